/*
 * PostgreSQL on the loop: a few non-blocking connections and one that listens. The only user of libpq;
 * has no SQL of its own but BEGIN, COMMIT, ROLLBACK and LISTEN. Nothing here blocks; connecting needs
 * an address or a unix socket (name resolution would block).
 *
 * A call is a transaction of one or more statements sent as one pipeline. `done` is called exactly
 * once, on the loop, never before db_start() returns. Results are valid inside `done` only.
 * Each call carries a deadline; lost connections come back by themselves, with backoff. Calls wait
 * for a free connection within their deadline, in order.
 */
#ifndef PRONTOD_WIRE_DB_H
#define PRONTOD_WIRE_DB_H

#include "base/problem.h"
#include "base/time.h"
#include "wire/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;

typedef void db_notify_fn(void *ctx, const char *channel, const char *payload);
typedef void db_listening_fn(void *ctx, bool listening); /* the listening connection came (LISTEN done) or went */

struct db_options {
	const char *url;
	int connections;
	struct span deadline;        /* default of each call */
	const char *const *channels; /* NULL-terminated names to LISTEN on; NULL: no listening connection */
	db_notify_fn *on_notify;
	db_listening_fn *on_listening;
	void *ctx;
};

struct db *db_open(struct loop *loop, const struct db_options *options);
void db_close(struct db **db); /* calls still open end with DB_UNKNOWN or DB_REFUSED before it returns */
bool db_ready(const struct db *db); /* at least one usable connection right now */

/* ---- questions ---- */

#define DB_MAX_PARAMS 64

/* One statement and its text-format parameters ($1…); strings are copied by db_add(). */
struct db_batch;
struct db_batch *db_batch_new(void);
void db_batch_free(struct db_batch **batch); /* only where it was never started */
/* Adds a statement; sql must be a string constant (it is kept by pointer, and prepared once a connection
 * by that pointer). params[i] NULL is SQL NULL. Returns the statement's index. */
size_t db_add(struct db_batch *batch, const char *sql, int count, const char *const *params);

enum db_outcome {
	DB_DONE,    /* committed; results are there */
	DB_REFUSED, /* nothing happened: the server said no (sqlstate), or it was never sent */
	DB_UNKNOWN, /* sent, then connection or deadline lost: may or may not have happened */
};

struct db_result; /* one statement's rows */
struct db_answer {
	enum db_outcome outcome;
	const char *sqlstate; /* of DB_REFUSED: "23505"…; "" if it was never sent */
	const char *message;  /* the server's words, for the log */
	const char *detail;   /* constraint name of an integrity error, else "" */
	size_t failed;        /* index of the refused statement */
	size_t count;         /* statements answered */
};

typedef void db_done_fn(void *ctx, const struct db_answer *answer);
enum db_mode {
	DB_READ,  /* no transaction around; a single snapshot only within a statement */
	DB_WRITE, /* BEGIN … COMMIT around the batch, one pipeline */
};

struct db_call;
/* Takes the batch. deadline {0}: the default. */
struct db_call *db_start(struct db *db, struct db_batch **batch, enum db_mode mode, struct span deadline,
			 db_done_fn *done, void *ctx);
void db_cancel(struct db_call **call); /* done will not be called; the statements may still happen */

/* ---- rows, inside `done` ---- */

size_t db_rows(const struct db_answer *answer, size_t statement);
/* Text of a value, NULL for SQL NULL. */
const char *db_value(const struct db_answer *answer, size_t statement, size_t row, size_t column);
int64_t db_int(const struct db_answer *answer, size_t statement, size_t row, size_t column, int64_t otherwise);
double db_number(const struct db_answer *answer, size_t statement, size_t row, size_t column, double otherwise);
bool db_bool(const struct db_answer *answer, size_t statement, size_t row, size_t column);
/* timestamptz, in the format each connection is set to (ISO, UTC); unset for NULL */
struct instant db_instant(const struct db_answer *answer, size_t statement, size_t row, size_t column);
/* bytea in hex format -> bytes; returns the length, *out lives as long as the answer */
size_t db_bytes(const struct db_answer *answer, size_t statement, size_t row, size_t column,
		const unsigned char **out);

/* PROBLEM_BUSY for a statement never sent or a server gone, PROBLEM_UNCERTAIN for DB_UNKNOWN of a write,
 * PROBLEM_CONFLICT for 40001, 40P01 and PR409, PROBLEM_INTERNAL else. Fills *p and returns false unless DB_DONE. */
bool db_check(const struct db_answer *answer, enum db_mode mode, struct problem *p);

/* ---- session-long advisory lock on the listening connection (leader election) ---- */
typedef void db_lock_fn(void *ctx, bool held); /* each change; lost with the session */
void db_lock_want(struct db *db, int64_t key, db_lock_fn *fn, void *ctx); /* tries, and tries again every few seconds */

/* For programs without a loop (prontoctl): runs one batch to its end on a loop of its own. */
typedef void db_read_fn(void *ctx, const struct db_answer *answer);
bool db_run(const char *url, struct db_batch **batch, enum db_mode mode, struct span deadline,
	    db_read_fn *read, void *ctx, struct problem *p) MUST_CHECK;

#endif

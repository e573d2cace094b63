/*
 * Furniture of the room: statements put together, rows and aggregated JSON read, calls remembered.
 * Knows no table but the scope's columns.
 */
#ifndef PRONTOD_STORE_SQL_H
#define PRONTOD_STORE_SQL_H

#include "base/mem.h"
#include "store.h"
#include "wire/db.h"

struct store {
	struct loop *loop;
	struct db *db;
	struct store_options options;
	bool schema_ok;
	int schema_version;
	bool schema_asked;
	struct loop_timer *schema_timer;
	struct settle *settling; /* writes whose outcome is being found out */
};

/* ---- a batch under construction; its parameters are gathered and sent statement by statement ----
 */
struct sql {
	struct db_batch *batch;
	struct arena *arena;
	const char *values[DB_MAX_PARAMS];
	int count;
};
void sql_init(struct sql *q);
void sql_fini(struct sql *q); /* the batch, if it was not started, and the parameters */
void sql_text(struct sql *q, const char *s); /* NULL: SQL NULL */
void sql_id(struct sql *q, const char *id);  /* "" and NULL: SQL NULL */
void sql_int(struct sql *q, int64_t n);
void sql_number(struct sql *q, double n); /* NAN: SQL NULL */
void sql_bool(struct sql *q, bool b);
void sql_instant(struct sql *q, struct instant t); /* unset: SQL NULL */
void sql_point(struct sql *q, struct point p);     /* two parameters */
void sql_bytes(struct sql *q, const unsigned char *bytes, size_t length);
/* Two parameters: utilities' array and crew (user.h); NULL NULL for the system. */
void sql_scope(struct sql *q, const struct user *who);
size_t sql_send(struct sql *q, const char *statement); /* ends the statement; returns its index */

/* ---- one row, read column by column ---- */
struct row {
	const struct db_answer *answer;
	struct arena *arena;
	size_t statement, row, column;
};
const char *row_text(struct row *r); /* copied into the arena; NULL stays NULL */
void row_id(struct row *r, char out[ID_TEXT]);
int64_t row_int(struct row *r);
double row_number(struct row *r); /* NAN for NULL */
bool row_bool(struct row *r);
struct instant row_instant(struct row *r);
struct point row_point(struct row *r);
struct js *row_json(struct row *r); /* the caller frees; NULL for NULL */

/* ---- members of an aggregated row (to_jsonb) ---- */
const char *member_text(struct arena *arena, const struct js *o, const char *key);
void member_id(const struct js *o, const char *key, char out[ID_TEXT]);
struct instant member_instant(const struct js *o, const char *key);

/* {"kind": …} rows of report_target and clock_event -> structs in the arena */
struct due_target target_read(struct arena *arena, const struct js *row);
struct clock_event *events_read(struct arena *arena, const struct js *array, size_t *out_count);
struct due_target *targets_read(struct arena *arena, const struct js *array, size_t *out_count);

/* ---- a write: claim, statements, change rows, and what became of it ---- */
struct write;
/* Begins the batch with the claim of the key; `answer` (JSON text) is what the key will answer. */
struct write *write_begin(struct store *store, struct sql *q, const struct store_act *act,
                          const char *answer);
/* The kept answer is read from this statement's first column instead. */
void write_answer_from(struct write *w, size_t statement);
void write_key(struct write *w, struct sql *q); /* two parameters: its scope and key */
/* Appends a link of the chain. payload: JSON text. */
struct link {
	const char *utility, *what, *kind, *object, *incident, *from, *to, *payload;
	bool silent_words; /* the typed words go to another link of this transaction */
};
void sql_change(struct sql *q, const struct store_act *act, const struct link *link);
/* The link's object is an assignment, written before: the payload names the ranking it refers to. */
void sql_change_assigned(struct sql *q, const struct store_act *act, const struct link *link);
/* Keeps a ranking, unless it is kept already, or the incident has the kept one of the id `unless`. */
void ranking_insert(struct sql *q, const struct store_ranking *ranking, const char *unless);
void write_send(struct write *w, struct sql *q, store_written_fn *done, void *ctx);
void settle_stop(struct store *store); /* at closing: those still unknown are told so */

#define EXPECT_ONE(update) "WITH u AS (" update " RETURNING 1) SELECT expect_one(count(*)) FROM u"

#endif

/*
 * One PostgreSQL connection on the loop: comes up, comes back with backoff, runs one batch at a
 * time as a pipeline. Private to wire/: pool.c shares a few of them out.
 */
#ifndef PRONTOD_WIRE_LINK_H
#define PRONTOD_WIRE_LINK_H

#include "base/mem.h"
#include "wire/db.h"

struct statement {
	const char *sql;
	int count;
	const char **params;
};

struct db_batch {
	struct arena *arena;
	struct statement *list;
	size_t count, room;
};

struct link;
typedef void link_fn(void *ctx, struct link *link);
typedef void link_notify_fn(void *ctx, const char *channel, const char *payload);

struct link_options {
	struct loop *loop;
	const char *url;
	const char *name;            /* subject of its log lines: "db=2" */
	struct span longest;         /* the server ends any statement after this */
	const char *const *channels; /* LISTEN on them before on_idle; NULL: none */
	link_fn *on_idle;            /* each time it can take a batch */
	link_fn *on_down;            /* each time it was up and is lost */
	link_notify_fn *on_notify;   /* NULL: none */
	void *ctx;
};

struct link *link_open(const struct link_options *options); /* strings and channels are borrowed */
void link_close(struct link **link); /* a batch in hand ends with DB_UNKNOWN or DB_REFUSED */
bool link_is_up(const struct link *link);
bool link_is_idle(const struct link *link);
/* Only when idle. The batch must live until done; done comes later, once. */
void link_send(struct link *link, const struct db_batch *batch, enum db_mode mode, db_done_fn *done,
               void *ctx);
/* Drops the connection and makes a new one: how a late statement is given up. */
void link_reset(struct link *link, const char *why);
const char *link_error(const struct link *link); /* why it last went down, "" if never */

/* An answer without results, for calls that were never sent. */
void link_refuse(db_done_fn *done, void *ctx, const char *message);

#endif

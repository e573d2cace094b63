/* Batches on one connection, one after another; private to link.c. */
#ifndef PRONTOD_WIRE_PIPELINE_H
#define PRONTOD_WIRE_PIPELINE_H

#include "results.h"

struct step;
struct prepared;
struct db_batch;

struct pipeline {
	PGconn *pg; /* NULL: the connection is down */
	struct prepared *prepared;
	size_t prepared_count;
	struct step *steps;
	size_t step_count, step_room, step;
	enum db_mode mode;
	struct results results;
};

/* Expects the results of so many statements from here on. */
void pipeline_begin(struct pipeline *p, enum db_mode mode, size_t statements);
/* Each adds to what is sent; false: the connection is lost. */
bool pipeline_frame(struct pipeline *p, const char *sql); /* a command whose result nobody reads */
bool pipeline_setting(struct pipeline *p, const char *name, const char *value);
bool pipeline_sync(struct pipeline *p); /* the last */
/* A whole batch: with BEGIN and COMMIT around what writes, and the sync. */
bool pipeline_batch(struct pipeline *p, const struct db_batch *batch);

/* Takes what has come, up to a sync. */
enum pipeline_read { PIPELINE_WAITS, PIPELINE_SYNCED, PIPELINE_LOST };
enum pipeline_read pipeline_read(struct pipeline *p);

void pipeline_drop(struct pipeline *p); /* the connection, and what was prepared on it */
void pipeline_fini(struct pipeline *p);

#endif

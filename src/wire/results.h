/*
 * The results of a batch, as pipeline.c takes them from libpq and db_rows() and its like read them;
 * private to wire/.
 */
#ifndef PRONTOD_WIRE_RESULTS_H
#define PRONTOD_WIRE_RESULTS_H

#include "base/mem.h"
#include "wire/db.h"

#include <libpq-fe.h>

struct results {
	struct db_answer answer; /* first: accessors get here from it */
	PGresult **list;         /* one a statement, NULL where none came */
	PGresult *refusal;
	bool refused_at_commit;
	bool committed;
	struct arena *arena; /* decoded bytea */
};

void results_open(struct results *r, size_t count);
void results_close(struct results *r);
/* Fills the answer's outcome; finished: the sync came back. lost: why it did not. */
void results_judge(struct results *r, enum db_mode mode, bool finished, const char *lost);
const char *results_error(const PGresult *result, int code); /* PG_DIAG_…; "" if it has none */

#endif

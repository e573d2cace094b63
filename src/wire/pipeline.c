/*
 * A batch as libpq's pipeline mode has it: [BEGIN] (Prepare? Execute)… [COMMIT] Sync. Its outcome
 * is known when the sync comes back. An error without a SQLSTATE is libpq's own: the connection is
 * lost.
 */
#include "pipeline.h"

#include "base/str.h"
#include "link.h"

#include <stdio.h>
#include <stdlib.h>

enum step_kind { STEP_FRAME, STEP_PREPARE, STEP_QUERY, STEP_COMMIT };

/* One expected result of the pipeline, in order. */
struct step {
	enum step_kind kind;
	size_t statement; /* of STEP_QUERY */
	size_t prepared;  /* of STEP_PREPARE */
};

struct prepared {
	const char *pointer; /* what callers pass */
	char *sql;           /* what it said then */
	bool ready;
};

/* ---- sending ---- */

void pipeline_begin(struct pipeline *p, enum db_mode mode, size_t statements)
{
	p->mode = mode;
	p->step = p->step_count = 0;
	results_open(&p->results, statements);
}

static void add_step(struct pipeline *p, struct step step)
{
	if (p->step_count == p->step_room) {
		p->step_room = p->step_room * 2 + 16;
		p->steps = mem_grow(p->steps, p->step_room, sizeof *p->steps);
	}
	p->steps[p->step_count++] = step;
}

static bool send_command(struct pipeline *p, const char *sql, enum step_kind kind)
{
	add_step(p, (struct step){.kind = kind});
	return PQsendQueryParams(p->pg, sql, 0, NULL, NULL, NULL, NULL, 0) == 1;
}

bool pipeline_frame(struct pipeline *p, const char *sql)
{
	return send_command(p, sql, STEP_FRAME);
}

bool pipeline_setting(struct pipeline *p, const char *name, const char *value)
{
	const char *params[] = {name, value};

	add_step(p, (struct step){.kind = STEP_FRAME});
	return PQsendQueryParams(p->pg, "SELECT set_config($1, $2, false)", 2, NULL, params, NULL,
	                         NULL, 0) == 1;
}

static size_t prepared_for(struct pipeline *p, const char *sql)
{
	struct prepared fresh = {.pointer = sql};

	for (size_t i = 0; i < p->prepared_count; i++) {
		if (p->prepared[i].pointer == sql && str_equal(p->prepared[i].sql, sql))
			return i;
	}
	fresh.sql = mem_str(sql);
	p->prepared = mem_grow(p->prepared, p->prepared_count + 1, sizeof fresh);
	p->prepared[p->prepared_count] = fresh;
	return p->prepared_count++;
}

/* One batch may hold the same statement often: it is prepared before the first only. */
static bool prepare_is_under_way(const struct pipeline *p, size_t prepared)
{
	for (size_t i = 0; i < p->step_count; i++) {
		if (p->steps[i].kind == STEP_PREPARE && p->steps[i].prepared == prepared)
			return true;
	}
	return p->prepared[prepared].ready;
}

static bool send_statement(struct pipeline *p, const struct statement *s, size_t index)
{
	size_t prepared = prepared_for(p, s->sql);
	char name[24];

	snprintf(name, sizeof name, "s%zu", prepared);
	if (!prepare_is_under_way(p, prepared)) {
		add_step(p, (struct step){.kind = STEP_PREPARE, .prepared = prepared});
		if (PQsendPrepare(p->pg, name, s->sql, 0, NULL) != 1)
			return false;
	}
	add_step(p, (struct step){.kind = STEP_QUERY, .statement = index});
	return PQsendQueryPrepared(p->pg, name, s->count, s->params, NULL, NULL, 0) == 1;
}

bool pipeline_batch(struct pipeline *p, const struct db_batch *batch)
{
	bool good = p->mode == DB_READ || pipeline_frame(p, "BEGIN");

	for (size_t i = 0; good && i < batch->count; i++)
		good = send_statement(p, &batch->list[i], i);
	if (good && p->mode == DB_WRITE)
		good = send_command(p, "COMMIT", STEP_COMMIT);
	return good && pipeline_sync(p);
}

bool pipeline_sync(struct pipeline *p)
{
	return PQpipelineSync(p->pg) == 1;
}

/* ---- receiving ---- */

static bool is_error(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE;
}

/* Takes the result over. False: the connection is lost. */
static bool take_result(struct pipeline *p, PGresult *result)
{
	const struct step *step = &p->steps[p->step];
	PGresult **slot;

	if (p->step >= p->step_count ||
	    (is_error(result) && *results_error(result, PG_DIAG_SQLSTATE) == '\0')) {
		PQclear(result);
		return false;
	}
	if (is_error(result) && p->results.refusal == NULL) {
		p->results.refusal = result;
		p->results.refused_at_commit = step->kind == STEP_COMMIT;
		p->results.answer.failed = step->kind == STEP_QUERY ? step->statement : 0;
		return true;
	}
	if (step->kind == STEP_PREPARE && PQresultStatus(result) == PGRES_COMMAND_OK)
		p->prepared[step->prepared].ready = true;
	if (step->kind == STEP_COMMIT)
		p->results.committed = str_equal(PQcmdStatus(result), "COMMIT");
	slot = step->kind == STEP_QUERY ? &p->results.list[step->statement] : NULL;
	if (slot != NULL && *slot == NULL && !is_error(result) &&
	    PQresultStatus(result) != PGRES_PIPELINE_ABORTED)
		*slot = result;
	else
		PQclear(result);
	return true;
}

enum pipeline_read pipeline_read(struct pipeline *p)
{
	while (!PQisBusy(p->pg)) {
		PGresult *result = PQgetResult(p->pg);

		if (result == NULL) {
			/* The end of one statement; a NULL more than there are is a broken
			 * connection. */
			if (p->step++ > p->step_count)
				return PIPELINE_LOST;
		} else if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
			PQclear(result);
			return PIPELINE_SYNCED;
		} else if (!take_result(p, result)) {
			return PIPELINE_LOST;
		}
	}
	return PIPELINE_WAITS;
}

/* ---- ends ---- */

void pipeline_drop(struct pipeline *p)
{
	PQfinish(p->pg);
	p->pg = NULL;
	for (size_t i = 0; i < p->prepared_count; i++)
		free(p->prepared[i].sql);
	p->prepared_count = 0;
}

void pipeline_fini(struct pipeline *p)
{
	free(p->prepared);
	free(p->steps);
}

/*
 * PostgreSQL connections over libpq's non-blocking interface and pipeline mode, and the reading of
 * results. The one file that knows libpq. Which call runs on which connection is pool.c's business.
 *
 * A batch is sent as: [BEGIN] (Prepare? Execute)… [COMMIT] Sync. Its outcome is known when the sync
 * comes back. An error without a SQLSTATE is libpq's own: the connection is lost.
 */
#include "wire/db.h"

#include "base/log.h"
#include "base/str.h"
#include "link.h"
#include "watch.h"
#include "wire/crypto.h"

#include <libpq-fe.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_DEADLINE SPAN_S(5)
#define BACKOFF_FIRST_MS 50
#define BACKOFF_MOST_MS 5000

enum link_state {
	LINK_DOWN,       /* waits for its next try */
	LINK_CONNECTING, /* libpq's hand-shake */
	LINK_SETTING,    /* session settings and LISTEN */
	LINK_IDLE,
	LINK_BUSY,
	LINK_ROLLING, /* ROLLBACK after a refused transaction */
};

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

struct full_answer {
	struct db_answer answer; /* first: accessors get here from it */
	PGresult **results;      /* one a statement, NULL where none came */
	PGresult *refusal;
	bool refused_at_commit;
	bool committed;
	struct arena *arena; /* decoded bytea */
};

struct link {
	struct link_options options;
	PGconn *pg;
	enum link_state state;
	struct watch *watch;
	struct loop_timer *timer; /* connect deadline, or the pause before the next try */
	int backoff_ms;
	char error[200];
	struct prepared *prepared;
	size_t prepared_count;
	struct step *steps;
	size_t step_count, step_room, step;
	const struct db_batch *batch;
	enum db_mode mode;
	struct full_answer full;
	db_done_fn *done;
	void *ctx;
};

static void go_down(struct link *link, const char *why);
static void connect_now(void *ctx);

/* ---- answers ---- */

static void answer_open(struct full_answer *full, size_t count)
{
	*full = (struct full_answer){0};
	full->results = mem_zero(count, sizeof(PGresult *));
	full->answer.count = count;
	full->answer.sqlstate = full->answer.message = full->answer.detail = "";
}

static void answer_close(struct full_answer *full)
{
	for (size_t i = 0; full->results != NULL && i < full->answer.count; i++)
		PQclear(full->results[i]);
	PQclear(full->refusal);
	free(full->results);
	arena_free(&full->arena);
	*full = (struct full_answer){0};
}

static const char *error_field(const PGresult *result, int code)
{
	const char *text = result != NULL ? PQresultErrorField(result, code) : NULL;

	return text != NULL ? text : "";
}

/* A COMMIT that the server broke off because it was going down may or may not have happened. */
static bool is_certain(const struct full_answer *full)
{
	const char *state = error_field(full->refusal, PG_DIAG_SQLSTATE);

	return full->refusal != NULL &&
	       !(full->refused_at_commit && (str_starts(state, "57P") || str_starts(state, "08")));
}

static void fill_outcome(struct full_answer *full, enum db_mode mode, bool finished,
                         const char *lost)
{
	struct db_answer *answer = &full->answer;

	answer->sqlstate = error_field(full->refusal, PG_DIAG_SQLSTATE);
	answer->message = error_field(full->refusal, PG_DIAG_MESSAGE_PRIMARY);
	answer->detail = error_field(full->refusal, PG_DIAG_CONSTRAINT_NAME);
	if (is_certain(full))
		answer->outcome = DB_REFUSED;
	else if (finished && full->refusal == NULL && (mode == DB_READ || full->committed))
		answer->outcome = DB_DONE;
	else
		answer->outcome = DB_UNKNOWN;
	if (answer->outcome == DB_UNKNOWN)
		answer->message = lost;
}

/* Ends the batch in hand: its `done` runs here, once, unless it was cancelled. */
static void finish(struct link *link, bool finished, const char *lost)
{
	struct full_answer full = link->full;
	db_done_fn *done = link->done;

	link->full = (struct full_answer){0};
	link->batch = NULL;
	link->done = NULL;
	if (done != NULL) {
		fill_outcome(&full, link->mode, finished, lost);
		done(link->ctx, &full.answer);
	}
	answer_close(&full);
}

void link_refuse(db_done_fn *done, void *ctx, const char *message)
{
	struct full_answer full;

	answer_open(&full, 0);
	full.answer.outcome = DB_REFUSED;
	full.answer.message = message;
	done(ctx, &full.answer);
	answer_close(&full);
}

/* ---- sending ---- */

static void add_step(struct link *link, struct step step)
{
	if (link->step_count == link->step_room) {
		link->step_room = link->step_room * 2 + 16;
		link->steps = mem_grow(link->steps, link->step_room, sizeof *link->steps);
	}
	link->steps[link->step_count++] = step;
}

static bool send_frame(struct link *link, const char *sql, enum step_kind kind)
{
	add_step(link, (struct step){.kind = kind});
	return PQsendQueryParams(link->pg, sql, 0, NULL, NULL, NULL, NULL, 0) == 1;
}

static size_t prepared_for(struct link *link, const char *sql)
{
	struct prepared fresh = {.pointer = sql};

	for (size_t i = 0; i < link->prepared_count; i++) {
		if (link->prepared[i].pointer == sql && str_equal(link->prepared[i].sql, sql))
			return i;
	}
	fresh.sql = mem_str(sql);
	link->prepared = mem_grow(link->prepared, link->prepared_count + 1, sizeof fresh);
	link->prepared[link->prepared_count] = fresh;
	return link->prepared_count++;
}

/* One batch may hold the same statement often: it is prepared before the first only. */
static bool prepare_is_under_way(const struct link *link, size_t prepared)
{
	for (size_t i = 0; i < link->step_count; i++) {
		if (link->steps[i].kind == STEP_PREPARE && link->steps[i].prepared == prepared)
			return true;
	}
	return link->prepared[prepared].ready;
}

static bool send_statement(struct link *link, size_t index)
{
	const struct statement *s = &link->batch->list[index];
	size_t prepared = prepared_for(link, s->sql);
	char name[24];

	snprintf(name, sizeof name, "s%zu", prepared);
	if (!prepare_is_under_way(link, prepared)) {
		add_step(link, (struct step){.kind = STEP_PREPARE, .prepared = prepared});
		if (PQsendPrepare(link->pg, name, s->sql, 0, NULL) != 1)
			return false;
	}
	add_step(link, (struct step){.kind = STEP_QUERY, .statement = index});
	return PQsendQueryPrepared(link->pg, name, s->count, s->params, NULL, NULL, 0) == 1;
}

static bool send_steps(struct link *link)
{
	bool good = link->mode == DB_READ || send_frame(link, "BEGIN", STEP_FRAME);

	for (size_t i = 0; good && i < link->batch->count; i++)
		good = send_statement(link, i);
	if (good && link->mode == DB_WRITE)
		good = send_frame(link, "COMMIT", STEP_COMMIT);
	return good && PQpipelineSync(link->pg) == 1;
}

/* Asks for the descriptor anew each time: libpq may change it. */
static bool flush(struct link *link)
{
	int left = PQflush(link->pg);

	if (left < 0 || PQsocket(link->pg) < 0)
		return false;
	watch_set(link->watch, PQsocket(link->pg), WATCH_READ | (left > 0 ? WATCH_WRITE : 0));
	return true;
}

static void go_down_later(void *ctx)
{
	struct link *link = ctx;

	link->timer = NULL;
	go_down(link, PQerrorMessage(link->pg));
}

void link_send(struct link *link, const struct db_batch *batch, enum db_mode mode, db_done_fn *done,
               void *ctx)
{
	must(link_is_idle(link));
	link->batch = batch;
	link->mode = mode;
	link->done = done;
	link->ctx = ctx;
	link->state = LINK_BUSY;
	link->step = link->step_count = 0;
	answer_open(&link->full, batch->count);
	/* A link that dies under our hands says so on the next turn, never from in here. */
	if (!send_steps(link) || !flush(link))
		link->timer = loop_after(link->options.loop, SPAN_MS(0), go_down_later, link);
}

/* ---- receiving ---- */

static bool is_error(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE;
}

/* Takes the result over. False: the connection is lost. */
static bool take_result(struct link *link, PGresult *result)
{
	const struct step *step = &link->steps[link->step];
	PGresult **slot;

	if (link->step >= link->step_count ||
	    (is_error(result) && *error_field(result, PG_DIAG_SQLSTATE) == '\0')) {
		PQclear(result);
		return false;
	}
	if (is_error(result) && link->full.refusal == NULL) {
		link->full.refusal = result;
		link->full.refused_at_commit = step->kind == STEP_COMMIT;
		link->full.answer.failed = step->kind == STEP_QUERY ? step->statement : 0;
		return true;
	}
	if (step->kind == STEP_PREPARE && PQresultStatus(result) == PGRES_COMMAND_OK)
		link->prepared[step->prepared].ready = true;
	if (step->kind == STEP_COMMIT)
		link->full.committed = str_equal(PQcmdStatus(result), "COMMIT");
	slot = step->kind == STEP_QUERY ? &link->full.results[step->statement] : NULL;
	if (slot != NULL && *slot == NULL && !is_error(result) &&
	    PQresultStatus(result) != PGRES_PIPELINE_ABORTED)
		*slot = result;
	else
		PQclear(result);
	return true;
}

static void become_idle(struct link *link)
{
	link->state = LINK_IDLE;
	link->options.on_idle(link->options.ctx, link);
}

/* Plans that a migration has made stale are forgotten with their connection. */
static bool needs_new_session(const struct link *link)
{
	const char *state = error_field(link->full.refusal, PG_DIAG_SQLSTATE);

	return str_equal(state, "0A000") || str_equal(state, "26000");
}

static void on_synced(struct link *link)
{
	bool stale = needs_new_session(link);

	if (link->state == LINK_SETTING && link->full.refusal != NULL) {
		go_down(link, error_field(link->full.refusal, PG_DIAG_MESSAGE_PRIMARY));
		return;
	}
	if (link->state == LINK_SETTING) {
		link->backoff_ms = 0;
		loop_timer_cancel(&link->timer);
		log_debug(link->options.name, "database connection is up");
	}
	if (stale) {
		go_down(link, "stale plans");
		return;
	}
	if (link->state != LINK_ROLLING && PQtransactionStatus(link->pg) == PQTRANS_INERROR) {
		link->state = LINK_ROLLING;
		finish(link, true, "");
		link->step = link->step_count = 0;
		link->mode = DB_READ;
		answer_open(&link->full, 0);
		if (!send_frame(link, "ROLLBACK", STEP_FRAME) || PQpipelineSync(link->pg) != 1 ||
		    !flush(link))
			go_down(link, PQerrorMessage(link->pg));
		return;
	}
	finish(link, true, "");
	become_idle(link);
}

static bool is_waiting(const struct link *link)
{
	return link->state == LINK_SETTING || link->state == LINK_BUSY ||
	       link->state == LINK_ROLLING;
}

/* Drains what has come; false: the connection is lost. */
static bool read_results(struct link *link)
{
	while (is_waiting(link) && !PQisBusy(link->pg)) {
		PGresult *result = PQgetResult(link->pg);

		if (result == NULL) {
			/* The end of one statement; a NULL more than there are is a broken
			 * connection. */
			if (link->step++ > link->step_count)
				return false;
		} else if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
			PQclear(result);
			on_synced(link);
			return link->pg == NULL || read_results(link);
		} else if (!take_result(link, result)) {
			return false;
		}
	}
	return true;
}

static void deliver_notifications(struct link *link)
{
	PGnotify *n;

	while (link->pg != NULL && (n = PQnotifies(link->pg)) != NULL) {
		if (link->options.on_notify != NULL)
			link->options.on_notify(link->options.ctx, n->relname, n->extra);
		PQfreemem(n);
	}
}

static void on_ready(void *ctx, unsigned ready)
{
	struct link *link = ctx;

	if ((ready & WATCH_READ) != 0 && PQconsumeInput(link->pg) != 1) {
		/* What came before the end may hold the verdict. */
		if (!read_results(link) || link->pg != NULL)
			go_down(link, PQerrorMessage(link->pg));
		return;
	}
	if (!read_results(link)) {
		go_down(link, PQerrorMessage(link->pg));
		return;
	}
	deliver_notifications(link);
	if (link->pg != NULL && link->state >= LINK_SETTING && !flush(link))
		go_down(link, PQerrorMessage(link->pg));
}

/* ---- coming up and going down ---- */

static void on_notice(void *ctx, const PGresult *result)
{
	const struct link *link = ctx;

	/* Not the text: a notice may quote values. */
	log_debug(link->options.name, "database notice severity=%s sqlstate=%s",
	          error_field(result, PG_DIAG_SEVERITY), error_field(result, PG_DIAG_SQLSTATE));
}

static bool send_setting(struct link *link, const char *name, const char *value)
{
	const char *params[] = {name, value};

	add_step(link, (struct step){.kind = STEP_FRAME});
	return PQsendQueryParams(link->pg, "SELECT set_config($1, $2, false)", 2, NULL, params,
	                         NULL, NULL, 0) == 1;
}

static bool send_settings(struct link *link)
{
	static const char *const fixed[][2] = {
	    {"TimeZone", "UTC"},
	    {"DateStyle", "ISO"},
	    {"IntervalStyle", "postgres"},
	    {"bytea_output", "hex"},
	    {"client_encoding", "UTF8"},
	    {"extra_float_digits", "1"},
	    /* a statement whose asker is gone ends within a second */
	    {"client_connection_check_interval", "1000"}};
	char longest[32];
	bool good = true;

	snprintf(longest, sizeof longest, "%" PRId64, link->options.longest.us / 1000);
	for (size_t i = 0; good && i < sizeof fixed / sizeof fixed[0]; i++)
		good = send_setting(link, fixed[i][0], fixed[i][1]);
	return good && send_setting(link, "statement_timeout", longest) &&
	       send_setting(link, "idle_in_transaction_session_timeout", longest);
}

static bool send_listens(struct link *link)
{
	const char *const *channel = link->options.channels;
	char sql[128];
	bool good = true;

	for (; good && channel != NULL && *channel != NULL; channel++) {
		snprintf(sql, sizeof sql, "LISTEN \"%s\"", *channel);
		good = send_frame(link, sql, STEP_FRAME);
	}
	return good;
}

static void set_session(struct link *link)
{
	link->state = LINK_SETTING;
	link->mode = DB_READ;
	link->step = link->step_count = 0;
	answer_open(&link->full, 0);
	PQsetNoticeReceiver(link->pg, on_notice, link);
	if (PQsetnonblocking(link->pg, 1) != 0 || PQenterPipelineMode(link->pg) != 1 ||
	    !send_settings(link) || !send_listens(link) || PQpipelineSync(link->pg) != 1 ||
	    !flush(link))
		go_down(link, PQerrorMessage(link->pg));
}

static void on_connecting(void *ctx, unsigned ready)
{
	struct link *link = ctx;
	PostgresPollingStatusType status;

	(void)ready;
	watch_set(link->watch, -1, 0); /* libpq may close this descriptor and open another */
	status = PQconnectPoll(link->pg);
	if (status == PGRES_POLLING_FAILED) {
		go_down(link, PQerrorMessage(link->pg));
	} else if (status == PGRES_POLLING_OK) {
		watch_free(&link->watch);
		link->watch = watch_new(link->options.loop, -1, on_ready, link);
		set_session(link);
	} else {
		watch_set(link->watch, PQsocket(link->pg),
		          status == PGRES_POLLING_READING ? WATCH_READ : WATCH_WRITE);
	}
}

static void on_connect_late(void *ctx)
{
	struct link *link = ctx;

	link->timer = NULL;
	go_down(link, "no answer to a new connection");
}

static void connect_now(void *ctx)
{
	struct link *link = ctx;

	link->state = LINK_CONNECTING;
	link->timer = loop_after(link->options.loop, CONNECT_DEADLINE, on_connect_late, link);
	link->pg = PQconnectStart(link->options.url);
	must(link->pg != NULL);
	if (PQstatus(link->pg) == CONNECTION_BAD) {
		go_down(link, PQerrorMessage(link->pg));
		return;
	}
	link->watch = watch_new(link->options.loop, -1, on_connecting, link);
	watch_set(link->watch, PQsocket(link->pg), WATCH_WRITE);
}

/* Frees the connection and whatever waited on it; the batch in hand ends. */
static void drop(struct link *link, const char *why)
{
	bool asked = link->state == LINK_BUSY;

	watch_free(&link->watch);
	loop_timer_cancel(&link->timer);
	str_copy(link->error, sizeof link->error, why);
	for (char *c = link->error; *c != '\0'; c++)
		*c = *c == '\n' ? ' ' : *c;
	PQfinish(link->pg);
	link->pg = NULL;
	link->state = LINK_DOWN;
	for (size_t i = 0; i < link->prepared_count; i++)
		free(link->prepared[i].sql);
	link->prepared_count = 0;
	if (asked)
		finish(link, false, link->error);
	answer_close(&link->full);
}

static void go_down(struct link *link, const char *why)
{
	bool was_up = link_is_up(link);
	int pause;

	drop(link, why);
	link->backoff_ms = link->backoff_ms > 0 ? link->backoff_ms * 2 : BACKOFF_FIRST_MS;
	if (link->backoff_ms > BACKOFF_MOST_MS)
		link->backoff_ms = BACKOFF_MOST_MS;
	/* Spread, so that all workers do not come back in the same instant. */
	pause = link->backoff_ms / 2 + (int)crypto_random_below((uint32_t)link->backoff_ms / 2 + 1);
	if (was_up || link->backoff_ms == BACKOFF_FIRST_MS || link->backoff_ms == BACKOFF_MOST_MS)
		log_warn(link->options.name,
		         "database connection lost, trying again pause_ms=%d why=%s", pause,
		         link->error);
	link->timer = loop_after(link->options.loop, SPAN_MS(pause), connect_now, link);
	if (was_up)
		link->options.on_down(link->options.ctx, link);
}

void link_reset(struct link *link, const char *why)
{
	if (link->state != LINK_DOWN)
		go_down(link, why);
}

struct link *link_open(const struct link_options *options)
{
	struct link *link = mem_zero(1, sizeof *link);

	link->options = *options;
	link->timer = loop_after(options->loop, SPAN_MS(0), connect_now, link);
	return link;
}

void link_close(struct link **link)
{
	if (*link == NULL)
		return;
	drop(*link, "closing");
	free((*link)->prepared);
	free((*link)->steps);
	free(*link);
	*link = NULL;
}

bool link_is_up(const struct link *link)
{
	return link->state == LINK_IDLE || link->state == LINK_BUSY || link->state == LINK_ROLLING;
}

bool link_is_idle(const struct link *link)
{
	return link->state == LINK_IDLE;
}

const char *link_error(const struct link *link)
{
	return link->error;
}

/* ---- rows ---- */

static const PGresult *rows_of(const struct db_answer *answer, size_t statement)
{
	const struct full_answer *full = (const struct full_answer *)answer;

	return statement < answer->count ? full->results[statement] : NULL;
}

size_t db_rows(const struct db_answer *answer, size_t statement)
{
	const PGresult *result = rows_of(answer, statement);

	return result != NULL ? (size_t)PQntuples(result) : 0;
}

const char *db_value(const struct db_answer *answer, size_t statement, size_t row, size_t column)
{
	const PGresult *result = rows_of(answer, statement);
	int r = (int)row, c = (int)column;

	if (result == NULL || r >= PQntuples(result) || c >= PQnfields(result) ||
	    PQgetisnull(result, r, c))
		return NULL;
	return PQgetvalue(result, r, c);
}

int64_t db_int(const struct db_answer *answer, size_t statement, size_t row, size_t column,
               int64_t otherwise)
{
	const char *text = db_value(answer, statement, row, column);

	return text != NULL ? strtoll(text, NULL, 10) : otherwise;
}

double db_number(const struct db_answer *answer, size_t statement, size_t row, size_t column,
                 double otherwise)
{
	const char *text = db_value(answer, statement, row, column);

	return text != NULL ? strtod(text, NULL) : otherwise;
}

bool db_bool(const struct db_answer *answer, size_t statement, size_t row, size_t column)
{
	return str_equal(db_value(answer, statement, row, column), "t");
}

struct instant db_instant(const struct db_answer *answer, size_t statement, size_t row,
                          size_t column)
{
	const char *text = db_value(answer, statement, row, column);
	struct instant t = INSTANT_NONE;
	char rfc[64];

	/* "2026-03-29 05:30:00.25+00": the session is in UTC, so the offset is always +00. */
	if (text == NULL || strlen(text) + 4 > sizeof rfc)
		return t;
	snprintf(rfc, sizeof rfc, "%s:00", text);
	return instant_parse(rfc, &t, NULL) ? t : INSTANT_NONE;
}

static int nibble(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t db_bytes(const struct db_answer *answer, size_t statement, size_t row, size_t column,
                const unsigned char **bytes)
{
	/* The answer is ours, callers only borrow it: decoded bytes live and end with it. */
	struct full_answer *full = (struct full_answer *)(uintptr_t)answer;
	const char *text = db_value(answer, statement, row, column);
	size_t length;
	unsigned char *decoded;

	*bytes = NULL;
	if (text == NULL || !str_starts(text, "\\x"))
		return 0;
	length = strlen(text + 2) / 2;
	if (full->arena == NULL)
		full->arena = arena_new();
	decoded = arena_take(full->arena, length + 1);
	for (size_t i = 0; i < length; i++)
		decoded[i] =
		    (unsigned char)(nibble(text[2 + 2 * i]) << 4 | nibble(text[3 + 2 * i]));
	*bytes = decoded;
	return length;
}

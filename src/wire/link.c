/*
 * One PostgreSQL connection on the loop: up, down and back. Which call runs on which connection is
 * pool.c's business; how a batch is sent and read is pipeline.c's.
 */
#include "link.h"

#include "base/log.h"
#include "base/str.h"
#include "pipeline.h"
#include "watch.h"
#include "wire/crypto.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

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

struct link {
	struct link_options options;
	struct pipeline pipe;
	enum link_state state;
	struct watch *watch;
	struct loop_timer *timer; /* connect deadline, or the pause before the next try */
	int backoff_ms;
	char error[200];
	db_done_fn *done; /* of the batch in hand */
	void *ctx;
};

static void go_down(struct link *link, const char *why);
static void connect_now(void *ctx);

/* ---- the batch in hand ---- */

/* Ends the batch in hand: its `done` runs here, once, unless it was cancelled. */
static void finish(struct link *link, bool finished, const char *lost)
{
	struct results results = link->pipe.results;
	db_done_fn *done = link->done;

	link->pipe.results = (struct results){0};
	link->done = NULL;
	if (done != NULL) {
		results_judge(&results, link->pipe.mode, finished, lost);
		done(link->ctx, &results.answer);
	}
	results_close(&results);
}

void link_refuse(db_done_fn *done, void *ctx, const char *message)
{
	struct results none;

	results_open(&none, 0);
	none.answer.outcome = DB_REFUSED;
	none.answer.message = message;
	done(ctx, &none.answer);
	results_close(&none);
}

/* Asks for the descriptor anew each time: libpq may change it. */
static bool flush(struct link *link)
{
	int left = PQflush(link->pipe.pg);

	if (left < 0 || PQsocket(link->pipe.pg) < 0)
		return false;
	watch_set(link->watch, PQsocket(link->pipe.pg), WATCH_READ | (left > 0 ? WATCH_WRITE : 0));
	return true;
}

static void go_down_later(void *ctx)
{
	struct link *link = ctx;

	link->timer = NULL;
	go_down(link, PQerrorMessage(link->pipe.pg));
}

void link_send(struct link *link, const struct db_batch *batch, enum db_mode mode, db_done_fn *done,
               void *ctx)
{
	must(link_is_idle(link));
	link->done = done;
	link->ctx = ctx;
	link->state = LINK_BUSY;
	pipeline_begin(&link->pipe, mode, batch->count);
	/* A link that dies under our hands says so on the next turn, never from in here. */
	if (!pipeline_batch(&link->pipe, batch) || !flush(link))
		link->timer = loop_after(link->options.loop, SPAN_MS(0), go_down_later, link);
}

/* ---- what comes back ---- */

static void become_idle(struct link *link)
{
	link->state = LINK_IDLE;
	link->options.on_idle(link->options.ctx, link);
}

/* Plans that a migration has made stale are forgotten with their connection. */
static bool needs_new_session(const struct link *link)
{
	const char *state = results_error(link->pipe.results.refusal, PG_DIAG_SQLSTATE);

	return str_equal(state, "0A000") || str_equal(state, "26000");
}

static void on_synced(struct link *link)
{
	bool stale = needs_new_session(link);

	if (link->state == LINK_SETTING && link->pipe.results.refusal != NULL) {
		go_down(link, results_error(link->pipe.results.refusal, PG_DIAG_MESSAGE_PRIMARY));
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
	if (link->state != LINK_ROLLING && PQtransactionStatus(link->pipe.pg) == PQTRANS_INERROR) {
		link->state = LINK_ROLLING;
		finish(link, true, "");
		pipeline_begin(&link->pipe, DB_READ, 0);
		if (!pipeline_frame(&link->pipe, "ROLLBACK") || !pipeline_sync(&link->pipe) ||
		    !flush(link))
			go_down(link, PQerrorMessage(link->pipe.pg));
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
	while (is_waiting(link)) {
		switch (pipeline_read(&link->pipe)) {
		case PIPELINE_WAITS:
			return true;
		case PIPELINE_LOST:
			return false;
		case PIPELINE_SYNCED:
			on_synced(link);
		}
	}
	return true;
}

static void deliver_notifications(struct link *link)
{
	PGnotify *n;

	while (link->pipe.pg != NULL && (n = PQnotifies(link->pipe.pg)) != NULL) {
		if (link->options.on_notify != NULL)
			link->options.on_notify(link->options.ctx, n->relname, n->extra);
		PQfreemem(n);
	}
}

static void on_ready(void *ctx, unsigned ready)
{
	struct link *link = ctx;

	if ((ready & WATCH_READ) != 0 && PQconsumeInput(link->pipe.pg) != 1) {
		/* What came before the end may hold the verdict. */
		if (!read_results(link) || link->pipe.pg != NULL)
			go_down(link, PQerrorMessage(link->pipe.pg));
		return;
	}
	if (!read_results(link)) {
		go_down(link, PQerrorMessage(link->pipe.pg));
		return;
	}
	deliver_notifications(link);
	if (link->pipe.pg != NULL && link->state >= LINK_SETTING && !flush(link))
		go_down(link, PQerrorMessage(link->pipe.pg));
}

/* ---- coming up and going down ---- */

static void on_notice(void *ctx, const PGresult *result)
{
	const struct link *link = ctx;

	/* Not the text: a notice may quote values. */
	log_debug(link->options.name, "database notice severity=%s sqlstate=%s",
	          results_error(result, PG_DIAG_SEVERITY), results_error(result, PG_DIAG_SQLSTATE));
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
		good = pipeline_setting(&link->pipe, fixed[i][0], fixed[i][1]);
	return good && pipeline_setting(&link->pipe, "statement_timeout", longest) &&
	       pipeline_setting(&link->pipe, "idle_in_transaction_session_timeout", longest);
}

static bool send_listens(struct link *link)
{
	const char *const *channel = link->options.channels;
	char sql[128];
	bool good = true;

	for (; good && channel != NULL && *channel != NULL; channel++) {
		snprintf(sql, sizeof sql, "LISTEN \"%s\"", *channel);
		good = pipeline_frame(&link->pipe, sql);
	}
	return good;
}

static void set_session(struct link *link)
{
	link->state = LINK_SETTING;
	pipeline_begin(&link->pipe, DB_READ, 0);
	PQsetNoticeReceiver(link->pipe.pg, on_notice, link);
	if (PQsetnonblocking(link->pipe.pg, 1) != 0 || PQenterPipelineMode(link->pipe.pg) != 1 ||
	    !send_settings(link) || !send_listens(link) || !pipeline_sync(&link->pipe) ||
	    !flush(link))
		go_down(link, PQerrorMessage(link->pipe.pg));
}

static void on_connecting(void *ctx, unsigned ready)
{
	struct link *link = ctx;
	PostgresPollingStatusType status;

	(void)ready;
	watch_set(link->watch, -1, 0); /* libpq may close this descriptor and open another */
	status = PQconnectPoll(link->pipe.pg);
	if (status == PGRES_POLLING_FAILED) {
		go_down(link, PQerrorMessage(link->pipe.pg));
	} else if (status == PGRES_POLLING_OK) {
		watch_free(&link->watch);
		link->watch = watch_new(link->options.loop, -1, on_ready, link);
		set_session(link);
	} else {
		watch_set(link->watch, PQsocket(link->pipe.pg),
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
	link->pipe.pg = PQconnectStart(link->options.url);
	must(link->pipe.pg != NULL);
	if (PQstatus(link->pipe.pg) == CONNECTION_BAD) {
		go_down(link, PQerrorMessage(link->pipe.pg));
		return;
	}
	link->watch = watch_new(link->options.loop, -1, on_connecting, link);
	watch_set(link->watch, PQsocket(link->pipe.pg), WATCH_WRITE);
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
	pipeline_drop(&link->pipe);
	link->state = LINK_DOWN;
	if (asked)
		finish(link, false, link->error);
	results_close(&link->pipe.results);
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
	pipeline_fini(&(*link)->pipe);
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

/*
 * Sharing a few PostgreSQL connections (link.h) among calls with deadlines, the listening
 * connection and its advisory lock, and the verdicts callers see. Knows no libpq.
 */
#include "wire/db.h"

#include "base/log.h"
#include "base/str.h"
#include "link.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAITING_MOST 8192
#define PULSE                                                                                    \
	SPAN_S(2) /* the listening connection's question: is the server there, is the lock ours? \
	           */
#define PULSE_DEADLINE SPAN_S(5) /* no answer for so long: the connection is given up */
#define STATEMENT_LEAST SPAN_S(30)

struct db_call {
	struct db_call *next, *previous; /* in db->waiting or db->sent */
	struct db *db;
	struct db_batch *batch;
	enum db_mode mode;
	struct span deadline;
	struct link *link; /* NULL while it waits */
	struct loop_timer *timer;
	db_done_fn *done; /* NULL: cancelled */
	void *ctx;
};

struct lock {
	int64_t key;
	db_lock_fn *fn;
	void *ctx;
	bool wanted, held;
};

struct db {
	struct db_options options;
	char *url;
	struct loop *loop;
	struct link **links;
	char (*names)[16];
	struct db_call waiting, sent; /* heads of two rings */
	size_t waiting_count;
	bool closing;
	struct link *listener;
	struct db_batch *pulse;
	struct loop_timer *pulse_timer, *pulse_late;
	struct lock lock;
};

/* ---- batches ---- */

struct db_batch *db_batch_new(void)
{
	struct db_batch *batch = mem_zero(1, sizeof *batch);

	batch->arena = arena_new();
	return batch;
}

void db_batch_free(struct db_batch **batch)
{
	if (*batch == NULL)
		return;
	arena_free(&(*batch)->arena);
	free((*batch)->list);
	free(*batch);
	*batch = NULL;
}

size_t db_add(struct db_batch *batch, const char *sql, int count, const char *const *params)
{
	struct statement s = {.sql = sql, .count = count};

	must(count >= 0 && count <= DB_MAX_PARAMS);
	s.params = arena_take(batch->arena, (size_t)count * sizeof *s.params);
	for (int i = 0; i < count; i++)
		s.params[i] = arena_str(batch->arena, params[i]);
	if (batch->count == batch->room) {
		batch->room = batch->room * 2 + 8;
		batch->list = mem_grow(batch->list, batch->room, sizeof s);
	}
	batch->list[batch->count] = s;
	return batch->count++;
}

/* ---- calls ---- */

static void ring_init(struct db_call *head)
{
	head->next = head->previous = head;
}

static void ring_add(struct db_call *head, struct db_call *call)
{
	call->next = head;
	call->previous = head->previous;
	head->previous->next = call;
	head->previous = call;
}

static void ring_remove(struct db_call *call)
{
	call->next->previous = call->previous;
	call->previous->next = call->next;
}

static void free_call(struct db_call *call)
{
	loop_timer_cancel(&call->timer);
	db_batch_free(&call->batch);
	free(call);
}

static void refuse(struct db_call *call, const char *message)
{
	ring_remove(call);
	call->db->waiting_count--;
	if (call->done != NULL)
		link_refuse(call->done, call->ctx, message);
	free_call(call);
}

static void on_answer(void *ctx, const struct db_answer *answer)
{
	struct db_call *call = ctx;

	ring_remove(call);
	loop_timer_cancel(&call->timer);
	if (call->done != NULL)
		call->done(call->ctx, answer);
	free_call(call);
}

/* Why nothing can be sent: the first connection that has something to say. */
static const char *last_error(const struct db *db)
{
	for (int i = 0; i < db->options.connections; i++) {
		if (!link_is_up(db->links[i]) && *link_error(db->links[i]) != '\0')
			return link_error(db->links[i]);
	}
	return "every connection was busy until the deadline";
}

static void on_deadline(void *ctx)
{
	struct db_call *call = ctx;

	call->timer = NULL;
	if (call->link == NULL)
		refuse(call, last_error(call->db));
	else
		link_reset(call->link, "a statement missed its deadline");
}

/* Hands waiting calls, oldest first, to idle connections. */
static void share_out(struct db *db)
{
	for (int i = 0; i < db->options.connections && !db->closing; i++) {
		struct db_call *call = db->waiting.next;

		if (call == &db->waiting)
			return;
		if (db->links[i] == NULL || !link_is_idle(db->links[i]))
			continue;
		ring_remove(call);
		db->waiting_count--;
		ring_add(&db->sent, call);
		call->link = db->links[i];
		link_send(call->link, call->batch, call->mode, on_answer, call);
	}
}

struct db_call *db_start(struct db *db, struct db_batch **batch, enum db_mode mode,
                         struct span deadline, db_done_fn *done, void *ctx)
{
	struct db_call *call = mem_zero(1, sizeof *call);
	bool full = db->waiting_count >= WAITING_MOST;

	*call = (struct db_call){.db = db, .batch = *batch, .mode = mode, .done = done, .ctx = ctx};
	*batch = NULL;
	call->deadline = deadline.us > 0 ? deadline : db->options.deadline;
	if (full)
		call->deadline = SPAN_MS(0);
	call->timer = loop_after(db->loop, call->deadline, on_deadline, call);
	ring_add(&db->waiting, call);
	db->waiting_count++;
	if (!full)
		share_out(db);
	return call;
}

void db_cancel(struct db_call **call)
{
	if (*call == NULL)
		return;
	(*call)->done = NULL;
	if ((*call)->link == NULL)
		refuse(*call, "");
	*call = NULL;
}

/* ---- the listening connection ---- */

static void pulse(void *ctx);

static void set_held(struct db *db, bool held)
{
	if (db->lock.held == held)
		return;
	db->lock.held = held;
	db->lock.fn(db->lock.ctx, held);
}

static void on_pulse(void *ctx, const struct db_answer *answer)
{
	struct db *db = ctx;
	bool asked_lock = db->pulse->list[0].count == 1;

	loop_timer_cancel(&db->pulse_late);
	db_batch_free(&db->pulse);
	if (db->closing)
		return;
	if (answer->outcome == DB_DONE && asked_lock && db_bool(answer, 0, 0, 0))
		set_held(db, true);
	db->pulse_timer = loop_after(db->loop, PULSE, pulse, db);
}

static void on_pulse_late(void *ctx)
{
	struct db *db = ctx;

	db->pulse_late = NULL;
	link_reset(db->listener, "the listening connection gives no answer");
}

static void pulse(void *ctx)
{
	struct db *db = ctx;
	char key[24];
	const char *params[] = {key};

	db->pulse_timer = NULL;
	if (!link_is_idle(db->listener))
		return;
	snprintf(key, sizeof key, "%" PRId64, db->lock.key);
	db->pulse = db_batch_new();
	if (db->lock.wanted && !db->lock.held)
		db_add(db->pulse, "SELECT pg_try_advisory_lock($1::bigint)", 1, params);
	else
		db_add(db->pulse, "SELECT 1", 0, NULL);
	db->pulse_late = loop_after(db->loop, PULSE_DEADLINE, on_pulse_late, db);
	link_send(db->listener, db->pulse, DB_READ, on_pulse, db);
}

static void on_listener_idle(void *ctx, struct link *link)
{
	struct db *db = ctx;

	(void)link;
	/* Idle after its session was set, not after a pulse: the pulse has left its timer. */
	if (db->pulse_timer != NULL || db->closing)
		return;
	db->pulse_timer = loop_after(db->loop, SPAN_MS(0), pulse, db);
	if (db->options.on_listening != NULL)
		db->options.on_listening(db->options.ctx, true);
}

static void on_listener_down(void *ctx, struct link *link)
{
	struct db *db = ctx;

	(void)link;
	loop_timer_cancel(&db->pulse_timer);
	loop_timer_cancel(&db->pulse_late);
	db_batch_free(&db->pulse);
	set_held(db, false);
	if (db->options.on_listening != NULL)
		db->options.on_listening(db->options.ctx, false);
}

static void on_notify(void *ctx, const char *channel, const char *payload)
{
	struct db *db = ctx;

	if (db->options.on_notify != NULL && !db->closing)
		db->options.on_notify(db->options.ctx, channel, payload);
}

void db_lock_want(struct db *db, int64_t key, db_lock_fn *fn, void *ctx)
{
	db->lock = (struct lock){.key = key, .fn = fn, .ctx = ctx, .wanted = true};
}

/* ---- the pool ---- */

static void on_idle(void *ctx, struct link *link)
{
	(void)link;
	share_out(ctx);
}

static void on_down(void *ctx, struct link *link)
{
	(void)ctx;
	(void)link;
}

struct db *db_open(struct loop *loop, const struct db_options *options)
{
	struct db *db = mem_zero(1, sizeof *db);
	int count = options->connections > 0 ? options->connections : 1;
	struct link_options o = {.loop = loop, .ctx = db, .on_idle = on_idle, .on_down = on_down};

	db->options = *options;
	db->options.connections = count;
	db->loop = loop;
	db->url = mem_str(options->url);
	ring_init(&db->waiting);
	ring_init(&db->sent);
	db->links = mem_zero((size_t)count, sizeof(struct link *));
	db->names = mem_zero((size_t)count, sizeof db->names[0]);
	o.url = db->url;
	o.longest = options->deadline.us > STATEMENT_LEAST.us ? options->deadline : STATEMENT_LEAST;
	for (int i = 0; i < count; i++) {
		snprintf(db->names[i], sizeof db->names[i], "db=%d", i + 1);
		o.name = db->names[i];
		db->links[i] = link_open(&o);
	}
	if (options->channels != NULL) {
		o.name = "db=listen";
		o.channels = options->channels;
		o.on_idle = on_listener_idle;
		o.on_down = on_listener_down;
		o.on_notify = on_notify;
		db->listener = link_open(&o);
	}
	return db;
}

void db_close(struct db **db)
{
	struct db *d = *db;

	if (d == NULL)
		return;
	d->closing = true;
	loop_timer_cancel(&d->pulse_timer);
	loop_timer_cancel(&d->pulse_late);
	link_close(&d->listener);
	db_batch_free(&d->pulse);
	set_held(d, false);
	for (int i = 0; i < d->options.connections; i++)
		link_close(&d->links[i]);
	/* Last, for what the answers above asked anew. */
	while (d->waiting.next != &d->waiting)
		refuse(d->waiting.next, "closing");
	free(d->links);
	free(d->names);
	free(d->url);
	free(d);
	*db = NULL;
}

bool db_ready(const struct db *db)
{
	for (int i = 0; i < db->options.connections; i++) {
		if (link_is_up(db->links[i]))
			return true;
	}
	return false;
}

/* ---- verdicts ---- */

static bool is_one_of(const char *state, const char *const *list)
{
	for (; *list != NULL; list++) {
		if (strncmp(state, *list, strlen(*list)) == 0)
			return true;
	}
	return false;
}

static bool refused_problem(const struct db_answer *answer, struct problem *p)
{
	static const char *const conflicts[] = {"40001", "40P01", "PR409", NULL};
	/* resources, shutdown, cancelled, lock not to be had, connection trouble */
	static const char *const passing[] = {"53", "57", "55P03", "08", "25006", NULL};
	/* our own mistakes; their words quote SQL, never data */
	static const char *const ours[] = {"42", "0A", "25", "54", NULL};

	if (*answer->sqlstate == '\0')
		return problem_set(p, PROBLEM_BUSY, "", "the database is away, try again: %s",
		                   answer->message);
	if (is_one_of(answer->sqlstate, conflicts))
		return problem_set(p, PROBLEM_CONFLICT, "", "someone was faster: read again");
	if (is_one_of(answer->sqlstate, passing))
		return problem_set(p, PROBLEM_BUSY, "", "the database is busy (%s), try again",
		                   answer->sqlstate);
	log_error(NULL,
	          "database refused a statement sqlstate=%s statement=%zu constraint=%s words=%s",
	          answer->sqlstate, answer->failed, answer->detail,
	          is_one_of(answer->sqlstate, ours) ? answer->message : "");
	return problem_set(p, PROBLEM_INTERNAL, "", "the database refused (%s %s)",
	                   answer->sqlstate, answer->detail);
}

bool db_check(const struct db_answer *answer, enum db_mode mode, struct problem *p)
{
	switch (answer->outcome) {
	case DB_DONE:
		return true;
	case DB_REFUSED:
		return refused_problem(answer, p);
	case DB_UNKNOWN:
		if (mode == DB_READ)
			return problem_set(p, PROBLEM_BUSY, "",
			                   "the database gave no answer, try again");
		return problem_set(p, PROBLEM_UNCERTAIN, "",
		                   "the database gave no answer: it may or may not be written");
	}
	return false;
}

/* ---- programs without a loop ---- */

struct run {
	struct loop *loop;
	enum db_mode mode;
	db_read_fn *read;
	void *ctx;
	struct problem *p;
	bool good;
};

static void on_run(void *ctx, const struct db_answer *answer)
{
	struct run *run = ctx;

	run->good = db_check(answer, run->mode, run->p);
	if (!run->good && run->p != NULL && run->p->kind == PROBLEM_INTERNAL)
		problem_prefix(run->p, "%s", answer->message);
	if (run->good && run->read != NULL)
		run->read(run->ctx, answer);
	loop_stop(run->loop);
}

bool db_run(const char *url, struct db_batch **batch, enum db_mode mode, struct span deadline,
            db_read_fn *read, void *ctx, struct problem *p)
{
	struct loop *loop = loop_new();
	struct db_options options = {.url = url, .connections = 1, .deadline = deadline};
	struct run run = {.loop = loop, .mode = mode, .read = read, .ctx = ctx, .p = p};
	struct db *db;

	if (deadline.us <= 0)
		options.deadline = SPAN_S(10);
	db = db_open(loop, &options);
	db_start(db, batch, mode, options.deadline, on_run, &run);
	loop_run(loop);
	db_close(&db);
	loop_free(&loop);
	return run.good;
}

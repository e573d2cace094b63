/*
 * wire/db against a real PostgreSQL: outcomes, deadlines, lost connections, stopped servers,
 * listening, leadership. Started by db_test.py, which gives it a private server: PRONTOD_TEST_DB is
 * its URL. It signals that server's processes, so it needs their user's or root's rights.
 */
#include "base/mem.h"
#include "base/str.h"
#include "wire/crypto.h"
#include "wire/db.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct scene {
	struct loop *loop;
	struct db *db;
	int answers, wanted;
	enum db_outcome outcome;
	char sqlstate[8], value[64], detail[64];
	struct problem problem;
	enum db_mode mode;
	struct span deadline; /* {0}: the scene's 1 s */
	char notified[64];
	bool listening, leads;
	size_t rows;
};

static const char *url(void)
{
	const char *text = getenv("PRONTOD_TEST_DB");

	if (text == NULL)
		fail_msg("PRONTOD_TEST_DB must hold the test database's URL; run "
		         "tests/system/db_test.py");
	return text;
}

static void on_answer(void *ctx, const struct db_answer *answer)
{
	struct scene *s = ctx;
	const char *value = db_value(answer, answer->count > 0 ? answer->count - 1 : 0, 0, 0);

	s->answers++;
	s->outcome = answer->outcome;
	str_copy(s->sqlstate, sizeof s->sqlstate, answer->sqlstate);
	str_copy(s->detail, sizeof s->detail, answer->detail);
	str_copy(s->value, sizeof s->value, value != NULL ? value : "");
	s->rows = answer->count > 0 ? db_rows(answer, answer->count - 1) : 0;
	s->problem = (struct problem){0};
	db_check(answer, s->mode, &s->problem);
	if (s->answers >= s->wanted)
		loop_stop(s->loop);
}

static void on_notify(void *ctx, const char *channel, const char *payload)
{
	struct scene *s = ctx;

	snprintf(s->notified, sizeof s->notified, "%s:%s", channel, payload);
	loop_stop(s->loop);
}

static void on_listening(void *ctx, bool listening)
{
	struct scene *s = ctx;

	s->listening = listening;
	loop_stop(s->loop);
}

static void on_lead(void *ctx, bool held)
{
	struct scene *s = ctx;

	s->leads = held;
	loop_stop(s->loop);
}

static const char *const channels[] = {"first", "second", NULL};

static void open_scene(struct scene *s, int connections, bool listens)
{
	struct db_options o = {.url = url(), .connections = connections, .deadline = SPAN_MS(1000)};

	*s = (struct scene){.loop = loop_new()};
	if (listens) {
		o.channels = channels;
		o.on_notify = on_notify;
		o.on_listening = on_listening;
	}
	o.ctx = s;
	s->db = db_open(s->loop, &o);
}

static void close_scene(struct scene *s)
{
	db_close(&s->db);
	loop_free(&s->loop);
}

/* Starts statements given as text, each with one parameter or none, and waits for the answer. */
static void ask(struct scene *s, enum db_mode mode, int count, const char *const *sql,
                const char *const *params)
{
	struct db_batch *batch = db_batch_new();

	for (int i = 0; i < count; i++)
		db_add(batch, sql[i], params != NULL && params[i] != NULL,
		       params != NULL ? &params[i] : NULL);
	s->answers = 0;
	s->wanted = 1;
	s->mode = mode;
	db_start(s->db, &batch, mode, s->deadline, on_answer, s);
	assert_null(batch);
	assert_int_equal(s->answers, 0);
	loop_run(s->loop);
	assert_int_equal(s->answers, 1);
}

static void ask_one(struct scene *s, enum db_mode mode, const char *sql)
{
	ask(s, mode, 1, &sql, NULL);
}

static void outcomes_are_told_apart(void **state)
{
	static const char *const writes[] = {"INSERT INTO t VALUES ($1::int)",
	                                     "INSERT INTO t VALUES ($1::int)",
	                                     "SELECT count(*) FROM t"};
	static const char *const two[] = {"1", "2", NULL}, *const twice[] = {"3", "3", NULL};
	struct scene s;

	(void)state;
	open_scene(&s, 2, false);
	ask_one(&s, DB_WRITE, "DROP TABLE IF EXISTS t");
	ask_one(&s, DB_WRITE, "CREATE TABLE t (id int CONSTRAINT t_once PRIMARY KEY)");
	assert_int_equal(s.outcome, DB_DONE);
	ask(&s, DB_WRITE, 3, writes, two);
	assert_int_equal(s.outcome, DB_DONE);
	assert_string_equal(s.value, "2");
	ask(&s, DB_WRITE, 3, writes, twice);
	assert_int_equal(s.outcome, DB_REFUSED);
	assert_string_equal(s.sqlstate, "23505");
	assert_string_equal(s.detail, "t_once");
	assert_int_equal(s.problem.kind, PROBLEM_INTERNAL);
	for (int i = 0; i < 4;
	     i++) { /* both connections work on, nothing of the refused batch stayed */
		ask_one(&s, DB_READ, "SELECT count(*) FROM t");
		assert_string_equal(s.value, "2");
	}
	ask_one(&s, DB_READ, "SELEKT 1");
	assert_string_equal(s.sqlstate, "42601");
	ask_one(&s, DB_WRITE, "SELECT 1/0");
	assert_int_equal(s.outcome, DB_REFUSED);
	ask_one(&s, DB_READ, "SELECT 'once more'");
	assert_string_equal(s.value, "once more");
	close_scene(&s);
}

static void on_values(void *ctx, const struct db_answer *answer)
{
	const unsigned char *bytes;
	struct instant t;

	*(bool *)ctx = true;
	assert_int_equal(answer->outcome, DB_DONE);
	assert_int_equal(db_rows(answer, 0), 1);
	assert_int_equal(db_int(answer, 0, 0, 0, 0), -9000000000);
	assert_true(db_number(answer, 0, 0, 1, 0) == 45.25);
	assert_true(db_bool(answer, 0, 0, 2));
	assert_true(instant_parse("2026-03-29T05:30:00.25Z", &t, NULL));
	assert_int_equal(db_instant(answer, 0, 0, 3).us, t.us);
	assert_int_equal(db_bytes(answer, 0, 0, 4, &bytes), 3);
	assert_memory_equal(bytes, "\x00\xFF\x7A", 3);
	assert_null(db_value(answer, 0, 0, 5));
	assert_false(instant_is_set(db_instant(answer, 0, 0, 5)));
	assert_string_equal(db_value(answer, 0, 0, 6), "perché");
	assert_null(db_value(answer, 0, 1, 0));
	assert_null(db_value(answer, 1, 0, 0));
}

static void values_are_read(void **state)
{
	struct db_batch *batch = db_batch_new();
	struct problem p;
	bool seen = false;

	(void)state;
	db_add(batch,
	       "SELECT -9000000000, 45.25::float8, true, '2026-03-29 07:30:00.25+02'::timestamptz, "
	       "'\\x00ff7a'::bytea, NULL, 'perch\xC3\xA9'",
	       0, NULL);
	assert_true(db_run(url(), &batch, DB_READ, SPAN_S(5), on_values, &seen, &p));
	assert_true(seen);
	batch = db_batch_new();
	db_add(batch, "SELECT nonsense", 0, NULL);
	assert_false(db_run(url(), &batch, DB_READ, SPAN_S(5), NULL, NULL, &p));
	assert_int_equal(p.kind, PROBLEM_INTERNAL);
	assert_non_null(strstr(p.text, "nonsense"));
	batch = db_batch_new();
	db_add(batch, "SELECT 1", 0, NULL);
	assert_false(
	    db_run("host=/nowhere dbname=x", &batch, DB_READ, SPAN_MS(300), NULL, NULL, &p));
	assert_int_equal(p.kind, PROBLEM_BUSY);
	assert_non_null(strstr(p.text, "/nowhere"));
}

static void large_values_go_both_ways(void **state)
{
	static const char *const sql[] = {"SELECT length($1::text)", "SELECT repeat($1::text, 2)"};
	size_t length = (size_t)12 * 1024 * 1024;
	char *large = mem_zero(length + 1, 1);
	const char *params[] = {large, large};
	struct scene s;

	(void)state;
	memset(large, 'x', length);
	open_scene(&s, 1, false);
	s.deadline = SPAN_S(30); /* the machine may be busy */
	ask(&s, DB_WRITE, 1, sql, params);
	assert_string_equal(s.value, "12582912");
	ask(&s, DB_READ, 2, sql, params);
	assert_int_equal(s.outcome, DB_DONE);
	close_scene(&s);
	free(large);
}

static void calls_wait_in_order(void **state)
{
	struct scene s;

	(void)state;
	open_scene(&s, 1, false);
	s.wanted = 50;
	for (int i = 0; i < 50; i++) {
		struct db_batch *batch = db_batch_new();
		char text[8];
		const char *params[] = {text};

		snprintf(text, sizeof text, "%d", i);
		db_add(batch, "SELECT $1::text", 1, params);
		db_start(s.db, &batch, DB_READ, SPAN_MS(0), on_answer, &s);
	}
	loop_run(s.loop);
	assert_int_equal(s.answers, 50);
	assert_string_equal(s.value, "49");
	close_scene(&s);
}

static void cancelled_calls_say_nothing(void **state)
{
	struct db_batch *a = db_batch_new(), *b = db_batch_new();
	struct db_call *sent, *waiting;
	struct scene s;

	(void)state;
	open_scene(&s, 1, false);
	ask_one(&s, DB_READ, "SELECT 1");
	db_add(a, "SELECT pg_sleep(0.2)", 0, NULL);
	db_add(b, "SELECT 'never'", 0, NULL);
	s.answers = 0;
	sent = db_start(s.db, &a, DB_READ, SPAN_MS(0), on_answer, &s);
	waiting = db_start(s.db, &b, DB_READ, SPAN_MS(0), on_answer, &s);
	db_cancel(&sent);
	db_cancel(&waiting);
	assert_null(sent);
	ask_one(&s, DB_READ, "SELECT 'after'");
	assert_string_equal(s.value, "after");
	close_scene(&s);
}

static int64_t ms_since(struct instant t)
{
	return instant_since(instant_now(), t).us / 1000;
}

static void deadlines_hold(void **state)
{
	struct instant start;
	struct scene s;

	(void)state;
	open_scene(&s, 1, false);
	ask_one(&s, DB_READ, "SELECT 1");
	start = instant_now();
	ask_one(&s, DB_WRITE, "SELECT pg_sleep(5)");
	assert_in_range(ms_since(start), 990, 1500);
	assert_int_equal(s.outcome, DB_UNKNOWN);
	assert_int_equal(s.problem.kind, PROBLEM_UNCERTAIN);
	ask_one(&s, DB_READ, "SELECT 'well again'");
	assert_string_equal(s.value, "well again");
	ask_one(&s, DB_READ, "SELECT pg_sleep(5)");
	assert_int_equal(s.problem.kind, PROBLEM_BUSY);
	close_scene(&s);
}

static void a_stopped_server_does_not_stop_us(void **state)
{
	struct instant start;
	struct scene s;
	pid_t backend;

	(void)state;
	open_scene(&s, 1, false);
	ask_one(&s, DB_READ, "SELECT pg_backend_pid()");
	backend = (pid_t)atoi(s.value);
	assert_int_equal(kill(backend, SIGSTOP), 0);
	start = instant_now();
	ask_one(&s, DB_WRITE, "SELECT 'into the dark'");
	assert_in_range(ms_since(start), 990, 1500);
	assert_int_equal(s.outcome, DB_UNKNOWN);
	ask_one(&s, DB_READ, "SELECT 'another backend'");
	assert_string_equal(s.value, "another backend");
	assert_int_equal(kill(backend, SIGCONT), 0);
	close_scene(&s);
}

static void killed_backends_are_replaced(void **state)
{
	struct scene s;
	pid_t backend;

	(void)state;
	open_scene(&s, 1, false);
	ask_one(&s, DB_READ, "SELECT pg_backend_pid()");
	backend = (pid_t)atoi(s.value);
	ask_one(&s, DB_WRITE, "SELECT pg_terminate_backend(pg_backend_pid())");
	assert_int_equal(s.outcome,
	                 DB_REFUSED); /* said before COMMIT: known not to have happened */
	assert_string_equal(s.sqlstate, "57P01");
	assert_int_equal(s.problem.kind, PROBLEM_BUSY);
	ask_one(&s, DB_READ, "SELECT pg_backend_pid()");
	assert_int_equal(s.outcome, DB_DONE);
	assert_int_not_equal(atoi(s.value), backend);
	close_scene(&s);
}

static void conflicts_have_their_kind(void **state)
{
	struct scene s;

	(void)state;
	open_scene(&s, 1, false);
	ask_one(&s, DB_WRITE, "DO $$ BEGIN RAISE EXCEPTION 'old' USING ERRCODE = 'PR409'; END $$");
	assert_int_equal(s.problem.kind, PROBLEM_CONFLICT);
	ask_one(&s, DB_WRITE, "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$");
	assert_int_equal(s.problem.kind, PROBLEM_CONFLICT);
	close_scene(&s);
}

static void notifications_arrive(void **state)
{
	struct scene s, other;

	(void)state;
	open_scene(&other, 1, false);
	open_scene(&s, 1, true);
	loop_run(s.loop);
	assert_true(s.listening);
	ask_one(&other, DB_WRITE, "SELECT pg_notify('second', '417')");
	loop_run(s.loop);
	assert_string_equal(s.notified, "second:417");
	ask_one(&other, DB_WRITE,
	        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> "
	        "pg_backend_pid() AND backend_type = 'client backend'");
	assert_int_equal(other.rows, 2); /* the listening one and the other */
	loop_run(s.loop);
	assert_false(s.listening);
	loop_run(s.loop);
	assert_true(s.listening);
	ask_one(&other, DB_WRITE, "SELECT pg_notify('first', 'again')");
	loop_run(s.loop);
	assert_string_equal(s.notified, "first:again");
	close_scene(&s);
	close_scene(&other);
}

static void one_leads_and_another_follows(void **state)
{
	struct scene a, b;

	(void)state;
	open_scene(&a, 1, true);
	db_lock_want(a.db, 417, on_lead, &a);
	while (!a.leads)
		loop_run(a.loop);
	open_scene(&b, 1, true);
	db_lock_want(b.db, 417, on_lead, &b);
	loop_run(b.loop);
	assert_true(b.listening);
	ask_one(&b, DB_READ, "SELECT pg_sleep(0.5)");
	assert_false(b.leads);
	close_scene(&a);
	assert_false(a.leads); /* told while closing */
	while (!b.leads)
		loop_run(b.loop);
	close_scene(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(outcomes_are_told_apart),
	    cmocka_unit_test(values_are_read),
	    cmocka_unit_test(large_values_go_both_ways),
	    cmocka_unit_test(calls_wait_in_order),
	    cmocka_unit_test(cancelled_calls_say_nothing),
	    cmocka_unit_test(deadlines_hold),
	    cmocka_unit_test(a_stopped_server_does_not_stop_us),
	    cmocka_unit_test(killed_backends_are_replaced),
	    cmocka_unit_test(conflicts_have_their_kind),
	    cmocka_unit_test(notifications_arrive),
	    cmocka_unit_test(one_leads_and_another_follows),
	};

	crypto_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

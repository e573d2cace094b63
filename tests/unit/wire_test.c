/*
 * wire/ without a network: JSON strictness and pointers, hashes and passwords, timers and later,
 * threads.
 */
#include "base/mem.h"
#include "wire/crypto.h"
#include "wire/json.h"
#include "wire/loop.h"
#include "wire/work.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct js *parsed(const char *text)
{
	struct problem p;
	struct js *value = js_parse(text, strlen(text), &p);

	if (value == NULL)
		fail_msg("%s: %s", text, p.text);
	return value;
}

static void json_is_read_strictly(void **state)
{
	static const char *const bad[] = {"",
	                                  " ",
	                                  "{",
	                                  "{\"a\":1,}",
	                                  "{'a':1}",
	                                  "[1] x",
	                                  "[1,2",
	                                  "// c\n1",
	                                  "NaN",
	                                  "1e999",
	                                  "\"a\\u0000b\"",
	                                  "\"\xFF\"",
	                                  "null",
	                                  "tru",
	                                  "{\"a\" 1}",
	                                  "[1]]",
	                                  "01",
	                                  "-",
	                                  "\"abc"};
	char deep[100];
	struct problem p;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		if (js_parse(bad[i], strlen(bad[i]), &p) != NULL)
			fail_msg("accepted: %s", bad[i]);
		assert_int_equal(p.kind, PROBLEM_INPUT);
	}
	assert_null(js_parse("{\n  \"a\": x\n}", 12, &p));
	assert_non_null(strstr(p.text, "line 2, column 8"));
	memset(deep, '[', 50);
	memset(deep + 50, ']', 50);
	assert_null(js_parse(deep, 100, &p));
}

static void json_values_are_found(void **state)
{
	struct js *v = parsed(" {\"s\":\"perch\\u00e9\",\"n\":-1.5,\"i\":42,\"b\":true,\"x\":null,"
	                      "\"a\":[1,\"due\",{}]} ");
	struct js *number = parsed("17"), *word = parsed("\"solo\"");
	const struct js *value;
	const char *key;
	size_t i;

	(void)state;
	assert_string_equal(js_find_str(v, "s"), "perché");
	assert_true(js_number(js_find(v, "n"), 0) == -1.5);
	assert_int_equal(js_int(js_find(v, "i"), 0), 42);
	assert_true(js_bool(js_find(v, "b"), false));
	assert_int_equal(js_kind(js_find(v, "x")), JS_NULL);
	assert_int_equal(js_count(js_find(v, "a")), 3);
	assert_string_equal(js_str(js_at(js_find(v, "a"), 1)), "due");
	assert_null(js_at(js_find(v, "a"), 3));
	assert_null(js_find_str(v, "n"));
	assert_null(js_find(NULL, "n"));
	assert_int_equal(js_int(number, 0), 17);
	assert_string_equal(js_str(word), "solo");
	for (i = 0; js_pair(v, i, &key, &value); i++)
		assert_ptr_equal(value, js_find(v, key));
	assert_int_equal(i, 6);
	js_free(&v);
	assert_null(v);
	js_free(&v);
	js_free(&number);
	js_free(&word);
}

static void json_complaints_name_the_field(void **state)
{
	struct js *v =
	    parsed("{\"text\":\"\u00e8 gi\u00e0\",\"lat\":91,\"at\":\"ieri\",\"n\":null}");
	struct problem p;
	const char *text;
	struct instant at;
	double lat;
	bool yes;

	(void)state;
	assert_true(js_need_str(v, "", "text", true, 5, 5, &text, &p));
	assert_false(js_need_str(v, "", "text", true, 6, 10, &text, &p));
	assert_string_equal(p.field, "/text");
	assert_false(js_need_number(v, "/here", "lat", true, -90, 90, &lat, &p));
	assert_string_equal(p.field, "/here/lat");
	assert_false(js_need_instant(v, "", "at", false, &at, &p));
	assert_false(js_need_bool(v, "", "text", true, &yes, &p));
	assert_false(js_need_str(v, "", "n", true, 0, 9, &text, &p));
	assert_true(js_need_str(v, "", "n", false, 0, 9, &text, &p));
	assert_null(text);
	js_free(&v);
}

static void json_is_written(void **state)
{
	struct js *v = js_object(), *list = js_array(), *copy;
	struct str text = {0};

	(void)state;
	js_set_str(v, "s", "a/b \"c\"");
	js_set_str(v, "none", NULL);
	js_set_int(v, "i", INT64_MAX);
	js_set_number(v, "lat", 45.123456, 3);
	js_set_number(v, "nan", 0.0 / 0.0, 3);
	js_set_bool(v, "b", true);
	js_set_instant(v, "at", (struct instant){1774762200000000}, zone_get("Europe/Rome", NULL));
	js_set_instant(v, "never", INSTANT_NONE, NULL);
	js_push_str(list, "x");
	js_push(list, js_object());
	js_set(v, "list", list);
	js_set_int(v, "i", 7);
	copy = js_copy(v);
	js_free(&v);
	js_write(copy, &text);
	assert_string_equal(
	    text.data,
	    "{\"s\":\"a/b \\\"c\\\"\",\"none\":null,\"i\":7,\"lat\":45.123,\"nan\":null,"
	    "\"b\":true,\"at\":\"2026-03-29T07:30:00+02:00\",\"never\":null,\"list\":[\"x\",{}]}");
	str_fini(&text);
	js_free(&copy);
}

static void secrets_are_hashed(void **state)
{
	char hex[CRYPTO_HASH_HEX], a[CRYPTO_TOKEN], b[CRYPTO_TOKEN], stored[CRYPTO_PASSWORD];

	(void)state;
	crypto_start();
	crypto_sha256_hex("abc", 3, hex);
	assert_string_equal(hex,
	                    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	crypto_token(a);
	crypto_token(b);
	assert_int_equal(strlen(a), 43);
	assert_string_not_equal(a, b);
	assert_true(crypto_password_hash("acqua-chiara", stored));
	assert_memory_equal(stored, "$argon2id$", 10);
	assert_true(crypto_password_check(stored, "acqua-chiara"));
	assert_false(crypto_password_check(stored, "acqua-torbida"));
	assert_false(crypto_password_check("nonsense", "x"));
	for (int i = 0; i < 1000; i++)
		assert_true(crypto_random_below(7) < 7);
}

struct trace {
	struct loop *loop;
	struct loop_timer *cancelled;
	char seen[32];
};

static void note(struct trace *trace, char c)
{
	trace->seen[strlen(trace->seen)] = c;
}

static void on_last(void *ctx)
{
	struct trace *trace = ctx;

	note(trace, '3');
	loop_stop(trace->loop);
}

/* What comes last is set off here: by the clock alone a busy machine would find both due at once. */
static void on_later(void *ctx)
{
	struct trace *trace = ctx;

	note(trace, 'l');
	if (!strchr(trace->seen, '3'))
		loop_after(trace->loop, SPAN_MS(1), on_last, trace);
}

static void on_first(void *ctx)
{
	struct trace *trace = ctx;

	note(trace, '1');
	loop_later(trace->loop, on_later, trace);
	loop_timer_cancel(&trace->cancelled);
	note(trace, '2');
}

static void on_never(void *ctx)
{
	note(ctx, 'X');
}

static void the_loop_keeps_order(void **state)
{
	struct trace trace = {.loop = loop_new()};

	(void)state;
	loop_after(trace.loop, SPAN_MS(5), on_first, &trace);
	trace.cancelled = loop_after(trace.loop, SPAN_MS(6), on_never, &trace);
	loop_run(trace.loop);
	assert_string_equal(trace.seen, "12l3");
	loop_later(trace.loop, on_later, &trace); /* freeing the loop runs it: nothing leaks */
	loop_free(&trace.loop);
	assert_string_equal(trace.seen, "12l3l");
}

struct sum {
	struct loop *loop;
	int *left;
	uint64_t n, total;
};

static void add_up(void *argument)
{
	struct sum *sum = argument;

	for (uint64_t i = 1; i <= sum->n; i++)
		sum->total += i;
}

static void on_added(void *argument)
{
	struct sum *sum = argument;

	if (--*sum->left == 0)
		loop_stop(sum->loop);
}

static void sums_run_on_threads(void **state)
{
	struct loop *loop = loop_new();
	struct work *work = work_open(loop, "sums", 2);
	struct sum sums[20];
	int left = 20;

	(void)state;
	for (uint64_t i = 0; i < 20; i++) {
		sums[i] = (struct sum){loop, &left, i * 1000, 0};
		work_start(work, add_up, on_added, &sums[i]);
	}
	loop_run(loop);
	for (uint64_t i = 0; i < 20; i++)
		assert_int_equal(sums[i].total, i * 1000 * (i * 1000 + 1) / 2);
	left = 1;
	work_start(work, add_up, on_added, &sums[3]);
	work_close(&work); /* done before it returns */
	assert_int_equal(left, 0);
	loop_free(&loop);
}

struct turn {
	int gate; /* read before it ends; -1: none */
	char name, *seen;
	bool through;
};

static void take_turn(void *argument)
{
	struct turn *turn = argument;
	char byte;

	turn->through = turn->gate < 0 || read(turn->gate, &byte, 1) == 1;
}

static void on_turn(void *argument)
{
	struct turn *turn = argument;
	size_t length = strlen(turn->seen);

	assert_true(turn->through);
	turn->seen[length] = turn->name;
	turn->seen[length + 1] = '\0';
}

/* The only thread is held until all wait: what others wait for goes before pictures that were asked for earlier. */
static void an_urgent_sum_goes_before_those_that_wait(void **state)
{
	struct loop *loop = loop_new();
	struct work *work = work_open(loop, "sums", 1);
	int gate[2];
	char seen[8] = "";

	(void)state;
	assert_int_equal(pipe(gate), 0);
	struct turn held = {gate[0], '1', seen, false}, urgent = {-1, '!', seen, false};
	struct turn drawn[2] = {{-1, 'a', seen, false}, {-1, 'b', seen, false}};
	work_start(work, take_turn, on_turn, &held);
	work_start(work, take_turn, on_turn, &drawn[0]);
	work_start(work, take_turn, on_turn, &drawn[1]);
	work_start_first(work, take_turn, on_turn, &urgent);
	assert_int_equal(write(gate[1], "go", 2), 2);
	work_close(&work);
	assert_int_equal(strlen(seen), 4);
	assert_string_equal(seen + 2, "ab");
	close(gate[0]);
	close(gate[1]);
	loop_free(&loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(json_is_read_strictly),
	    cmocka_unit_test(json_values_are_found),
	    cmocka_unit_test(json_complaints_name_the_field),
	    cmocka_unit_test(json_is_written),
	    cmocka_unit_test(secrets_are_hashed),
	    cmocka_unit_test(the_loop_keeps_order),
	    cmocka_unit_test(sums_run_on_threads),
	    cmocka_unit_test(an_urgent_sum_goes_before_those_that_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

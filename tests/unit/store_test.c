/* The parts of the store that need no database: the text forms of values, cursors, rows read from
 * JSON. */
#include "../../src/store/read.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_values(void **state)
{
	(void)state;
	struct sql q;
	sql_init(&q);
	sql_instant(&q, (struct instant){1774965900123456});
	sql_instant(&q, (struct instant){-1});
	sql_instant(&q, INSTANT_NONE);
	sql_number(&q, NAN);
	sql_point(&q, (struct point){45.5, -9.25});
	sql_point(&q, POINT_NONE);
	sql_id(&q, "");
	sql_bytes(&q, (const unsigned char *)"\0\xff'\\", 4);
	assert_string_equal(q.values[0], "2026-03-31 14:05:00.123456+00");
	assert_string_equal(q.values[1], "1969-12-31 23:59:59.999999+00");
	assert_null(q.values[2]);
	assert_null(q.values[3]);
	assert_string_equal(q.values[4], "45.5");
	assert_string_equal(q.values[5], "-9.25");
	assert_null(q.values[6]);
	assert_null(q.values[8]);
	assert_string_equal(q.values[9], "\\x00ff275c");
	sql_fini(&q);
}

/* NULL is everybody: it must come only from the system, never from a user without utilities. */
static void test_scope(void **state)
{
	(void)state;
	struct sql q;
	struct user desk = {.role = ROLE_DISPATCHER, .utility_count = 2},
	            nobody = {.role = ROLE_AUDITOR}, crew = {.role = ROLE_CREW, .utility_count = 1};
	strcpy(desk.utilities[0].text, "a");
	strcpy(desk.utilities[1].text, "b");
	strcpy(crew.utilities[0].text, "a");
	strcpy(crew.crew.text, "c");
	sql_init(&q);
	sql_scope(&q, NULL);
	sql_scope(&q, &desk);
	sql_scope(&q, &nobody);
	sql_scope(&q, &crew);
	assert_null(q.values[0]);
	assert_null(q.values[1]);
	assert_string_equal(q.values[2], "{a,b}");
	assert_null(q.values[3]);
	assert_string_equal(q.values[4], "{}");
	assert_null(q.values[5]);
	assert_string_equal(q.values[6], "{}"); /* not its whole utility */
	assert_string_equal(q.values[7], "c");
	sql_fini(&q);
}

static void test_cursor(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct instant at;
	char id[ID_TEXT];
	const char *text = cursor_write(arena, (struct instant){1774965900123456},
	                                "0192d3e4-0000-7000-8000-000000000001");
	assert_true(cursor_read(text, &at, id));
	assert_int_equal(at.us, 1774965900123456);
	assert_string_equal(id, "0192d3e4-0000-7000-8000-000000000001");
	assert_false(cursor_read("", &at, id));
	assert_false(cursor_read("12", &at, id));
	assert_false(cursor_read("12.x'; DROP TABLE incident", &at, id));
	arena_free(&arena);
}

static void test_targets(void **state)
{
	(void)state;
	static const char json[] =
	    "[{\"id\":7,\"kind\":\"arrival\",\"source\":\"national\",\"bound\":\"exclusive\","
	    "\"rule\":\"2 calendar days\","
	    "\"first\":true,\"effective\":false,\"start_at\":\"2026-03-27T10:00:00+00:00\","
	    "\"due_at\":\"2026-03-29T22:00:00.5+00:00\",\"stopped_at\":null,\"result\":\"missed\","
	    "\"late_s\":61}]";
	struct arena *arena = arena_new();
	struct js *array = js_parse(json, strlen(json), NULL);
	size_t count;
	struct due_target *t = targets_read(arena, array, &count);
	js_free(&array);
	assert_int_equal(count, 1);
	assert_int_equal(t->id, 7);
	assert_int_equal(t->kind, TARGET_ARRIVAL);
	assert_int_equal(t->source, SOURCE_NATIONAL);
	assert_int_equal(t->bound, BOUND_EXCLUSIVE);
	assert_string_equal(t->rule, "2 calendar days");
	assert_true(t->first);
	assert_false(t->effective);
	assert_int_equal(t->due.us % 1000000, 500000);
	assert_false(instant_is_set(t->stopped_at));
	assert_int_equal(t->late.us, 61000000);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_scope),
	    cmocka_unit_test(test_cursor),
	    cmocka_unit_test(test_targets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The parts of the corridor that only reckon: pictures without their place, promises stopped by
 * steps. */
#include "../../src/flow/house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* SOI, APP0, APP1 (Exif with a place), COM, DQT, SOS and data */
static const unsigned char jpeg[] = "\xFF\xD8\xFF\xE0\x00\x04JF\xFF\xE1\x00\x0A"
                                    "GPS45.66\xFF\xFE\x00\x05"
                                    "abc"
    "\xFF\xDB\x00\x03Q\xFF\xDA\x00\x02\xFF\xE1\x00\x04"
    "data";

static void test_picture(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	size_t length = sizeof jpeg - 1;
	const unsigned char *clean = picture_cleaned(arena, "image/jpeg", jpeg, &length);
	assert_int_equal(length, sizeof jpeg - 1 - 12 - 7);
	assert_null(memmem(clean, length, "GPS", 3));
	assert_null(memmem(clean, length, "abc", 3));
	assert_non_null(memmem(clean, length,
	                       "\xFF\xDA\x00\x02\xFF\xE1\x00\x04"
	                       "data",
	                       12)); /* the picture itself is not touched */
	assert_non_null(memmem(clean, length, "JF", 2));
	arena_free(&arena);
}

static void test_picture_broken(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	static const unsigned char png[] = "\x89PNG";
	size_t length = 4;
	assert_ptr_equal(picture_cleaned(arena, "image/png", png, &length), png);
	assert_int_equal(length, 4);
	for (size_t n = 0; n < sizeof jpeg - 1; n++) {
		/* cut anywhere: never longer, never outside (the sanitizer looks) */
		unsigned char *cut = arena_take(arena, n + 1);
		memcpy(cut, jpeg, n);
		length = n;
		picture_cleaned(arena, "image/jpeg", cut, &length);
		assert_true(length <= n);
	}
	static const unsigned char liar[] = "\xFF\xD8\xFF\xE1\xFF\xFFshort";
	length = sizeof liar - 1;
	picture_cleaned(arena, "image/jpeg", liar, &length);
	assert_int_equal(length, sizeof liar - 1);
	arena_free(&arena);
}

#define T(s) ((struct instant){(int64_t)(s)*1000000})

static void test_stops(void **state)
{
	(void)state;
	const struct due_target targets[] = {
	    {.id = 1, .kind = TARGET_ARRIVAL, .bound = BOUND_INCLUSIVE, .due = T(1000)},
	    {.id = 2,
	     .kind = TARGET_ARRIVAL,
	     .bound = BOUND_INCLUSIVE,
	     .due = T(900),
	     .stopped_at = T(10)},
	    {.id = 3, .kind = TARGET_VERIFY, .bound = BOUND_EXCLUSIVE, .due = T(1000)},
	    {.id = 4, .kind = TARGET_RESTORE, .bound = BOUND_INCLUSIVE, .due = T(500)},
	    {.id = 5, .kind = TARGET_FEEDBACK, .bound = BOUND_INCLUSIVE, .due = T(500)},
	};
	struct store_stop stops[5];
	assert_int_equal(promises_stop(targets, 5, ASSIGNMENT_ARRIVE, T(1000), stops), 2);
	assert_int_equal(stops[0].target, 1);
	assert_true(stops[0].met); /* hours: on time at the very second */
	assert_int_equal(stops[0].late_s, 0);
	assert_int_equal(stops[1].target, 3);
	assert_false(stops[1].met); /* days: before the midnight */
	assert_int_equal(promises_stop(targets, 5, ASSIGNMENT_ARRIVE, T(1061), stops), 2);
	assert_false(stops[0].met);
	assert_int_equal(stops[0].late_s, 61);
	assert_int_equal(promises_stop(targets, 5, ASSIGNMENT_RESTORE, T(400), stops), 1);
	assert_int_equal(stops[0].target, 4);
	assert_true(stops[0].met);
	assert_int_equal(promises_stop(targets, 5, ASSIGNMENT_MAKE_SAFE, T(400), stops), 0);
}

/* A class changed after the arrival: the new promise is judged by the arrival there was. */
static void test_settle(void **state)
{
	(void)state;
	const struct incident i = {.arrived_at = T(2000)};
	struct due_target targets[] = {
	    {.kind = TARGET_ARRIVAL, .bound = BOUND_INCLUSIVE, .due = T(1000)},
	    {.kind = TARGET_RESTORE, .bound = BOUND_INCLUSIVE, .due = T(1000)},
	};
	promises_settle(targets, 2, &i);
	assert_int_equal(targets[0].stopped_at.us, T(2000).us);
	assert_string_equal(targets[0].result, "missed");
	assert_int_equal(targets[0].late.us, T(1000).us);
	assert_false(instant_is_set(targets[1].stopped_at));
	assert_null(targets[1].result);
}

/* A call counts from its first word (R8), whenever the form is sent; a letter from its receipt. */
static void test_start(void **state)
{
	(void)state;
	const struct report call = {.started_at = T(100), .received_at = T(190)};
	const struct report letter = {.received_at = T(190)};
	const struct report called_back = {.started_at = T(400), .received_at = T(190)};
	assert_int_equal(promises_start(&call).received.us, T(100).us);
	assert_int_equal(promises_start(&call).conversation.us, T(100).us);
	assert_int_equal(promises_start(&letter).received.us, T(190).us);
	assert_false(instant_is_set(promises_start(&letter).conversation));
	assert_int_equal(promises_start(&called_back).received.us, T(190).us);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_picture),
	    cmocka_unit_test(test_picture_broken),
	    cmocka_unit_test(test_stops),
	    cmocka_unit_test(test_settle),
	    cmocka_unit_test(test_start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Files of closed roads in both forms, and what is said of those that are not good. */
#include "../../src/ctl/closed.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;
static struct closed closed;

static int fresh(void **state)
{
	(void)state;
	arena = arena_new();
	closed = (struct closed){NULL, 99};
	return 0;
}

static int drop(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static void good(const char *text, size_t count)
{
	struct problem p;
	if (!closed_read(arena, text, strlen(text), &closed, &p))
		fail_msg("%s: %s", text, p.text);
	assert_int_equal(closed.count, count);
}

static void bad(const char *text, const char *says)
{
	struct problem p;
	closed.count = 99;
	if (closed_read(arena, text, strlen(text), &closed, &p))
		fail_msg("%s was taken", text);
	if (!strstr(p.text, says))
		fail_msg("%s: says '%s', not '%s'", text, p.text, says);
	assert_int_equal(closed.count, 99);
}

static void lines_are_closures(void **state)
{
	(void)state;
	good("", 0);
	good("# the bridge\n\n46.05,11.1 46.06,11.12\r\n  46.07,11.13\n", 2);
	assert_int_equal(closed.list[0].count, 2);
	assert_true(fabs(closed.list[0].points[1].lon - 11.12) < 1e-12);
	assert_int_equal(closed.list[1].count, 1);
	assert_true(closed.list[0].speed == 0 && !closed.list[0].area && !closed.list[0].one_way);
	good("46,11 47,12 48,13 49,14", 1);
	assert_int_equal(closed.list[0].count, 4);
	bad("46,11\n46.05 11.1", "line 2: write LAT,LON");
	bad("46,11 46,11x", "line 1");
	bad("\n\n91,11", "line 3");
	bad("Via Roma", "line 1");
}

#define FEATURE(properties, geometry) \
	"{\"type\":\"Feature\",\"properties\":" properties ",\"geometry\":" geometry "}"
#define ALL(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"
#define LINE "{\"type\":\"LineString\",\"coordinates\":[[11.1,46.05],[11.12,46.06,300]]}"
#define RING "[[11,46],[11.1,46],[11.1,46.1],[11,46]]"

static void geojson_is_closures(void **state)
{
	(void)state;
	good(LINE, 1);
	assert_int_equal(closed.list[0].count, 2);
	assert_true(closed.list[0].points[1].lat == 46.06);
	good("\n " FEATURE("{\"speed\":0.3,\"one_way\":true,\"name\":\"x\"}", LINE), 1);
	assert_true(closed.list[0].speed == 0.3 && closed.list[0].one_way);
	good(ALL(FEATURE("null", "{\"type\":\"Polygon\",\"coordinates\":[" RING "]}") "," FEATURE(
	         "{}", "{\"type\":\"Point\",\"coordinates\":[11,46]}")),
	     2);
	assert_true(closed.list[0].area && closed.list[0].count == 4);
	assert_true(!closed.list[1].area && closed.list[1].count == 1);
	good("{\"type\":\"MultiLineString\",\"coordinates\":[[[11,46],[12,46]],[[11,47],[12,47]]]}", 2);
	good("{\"type\":\"MultiPoint\",\"coordinates\":[[11,46],[12,46],[11,47]]}", 3);
	good("{\"type\":\"MultiPolygon\",\"coordinates\":[[" RING "],[" RING "]]}", 2);
	assert_true(closed.list[1].area);
	good("{\"type\":\"GeometryCollection\",\"geometries\":[" LINE "," LINE "]}", 2);
	good(ALL(""), 0);
}

static void bad_geojson_is_refused(void **state)
{
	(void)state;
	bad("{\"type\":\"LineString\"", "");
	bad("{}", "a geometry is");
	bad(ALL(FEATURE("{}", LINE) "," FEATURE("{\"speed\":1.5}", LINE)), "feature 2: speed");
	bad(FEATURE("{\"speed\":0.01}", LINE), "speed");
	bad(FEATURE("{\"speed\":\"slow\"}", LINE), "speed");
	bad(FEATURE("{\"one_way\":1}", LINE), "one_way");
	bad(FEATURE("{}", "null"), "a geometry is");
	bad(FEATURE("{}", "{\"type\":\"Circle\",\"coordinates\":[11,46]}"), "a geometry is");
	bad(ALL("{\"type\":\"Thing\"}"), "feature 1: it is no Feature");
	bad("{\"type\":\"FeatureCollection\"}", "no features");
	bad("{\"type\":\"LineString\",\"coordinates\":[[11,46]]}", "too few");
	bad("{\"type\":\"LineString\",\"coordinates\":[[11,46],[46,111]]}", "a position");
	bad("{\"type\":\"LineString\",\"coordinates\":[[11,46],[11]]}", "a position");
	bad("{\"type\":\"Point\",\"coordinates\":[\"11\",\"46\"]}", "a position");
	bad("{\"type\":\"MultiPoint\",\"coordinates\":7}", "no coordinates");
	bad("{\"type\":\"Polygon\",\"coordinates\":[]}", "a ring");
	bad("{\"type\":\"Polygon\",\"coordinates\":[[[11,46],[11.1,46],[11,46]]]}", "too few");
	bad("{\"type\":\"Polygon\",\"coordinates\":[" RING "," RING "]}", "holes");
	struct problem p;
	assert_false(closed_read(arena, "46,11\0", 6, &closed, &p));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(lines_are_closures),
	    TEST(geojson_is_closures),
	    TEST(bad_geojson_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

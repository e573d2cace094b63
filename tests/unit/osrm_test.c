/*
 * OSRM's HTTP interface as plain functions: requests read, polylines, answers and steps written,
 * networks. The examples of forms and codes are those that its clients live by.
 */
#include "../../src/http/machine/networks.h"
#include "../../src/http/machine/osrm.h"

#include "wire/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;
static struct osrm_query q;
static struct osrm_refusal why;

static int fresh(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int drop(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static bool parse(const char *path, const char *query)
{
	return osrm_query_parse(arena, path, query, &(struct osrm_limits){9, 5}, &q, &why);
}

#define TABLE "/table/v1/driving/"
#define ROUTE "/route/v1/driving/"
#define NEAREST "/nearest/v1/driving/"
#define TWO "11.1,46.05;11.12,46.06"

static void good(const char *path, const char *query)
{
	if (!parse(path, query))
		fail_msg("%s?%s: %s %s", path, query, why.code, why.text);
}

static void bad(const char *path, const char *query, const char *code)
{
	if (parse(path, query))
		fail_msg("%s?%s was taken", path, query);
	if (strcmp(why.code, code) != 0)
		fail_msg("%s?%s: %s %s, not %s", path, query, why.code, why.text, code);
}

static void is_near(double got, double expected, double within)
{
	if (!(fabs(got - expected) <= within))
		fail_msg("%.9f is not %.9f", got, expected);
}

/* ---- requests ---- */

static void places_are_read(void **state)
{
	(void)state;
	good(TABLE TWO, "");
	assert_int_equal(q.service, OSRM_TABLE);
	assert_int_equal(q.count, 2);
	is_near(q.places[1].at.lon, 11.12, 0);
	is_near(q.places[1].at.lat, 46.06, 0);
	assert_true(isnan(q.places[0].heading));
	assert_int_equal(q.source_count, 2);
	assert_int_equal(q.destinations[1], 1);
	assert_true(q.durations && !q.distances);
	good(TABLE "11,46;-11.,+46.5.json", "");
	is_near(q.places[1].at.lat, 46.5, 0);
	good("/route/v1/car/" TWO ".json", "steps=true");
	assert_true(q.steps);
	good("/nearest/v1/profile.lua/11,46.json", "");
	assert_int_equal(q.number, 1);
}

static void polylines_are_places_too(void **state)
{
	(void)state;
	good(ROUTE "polyline(_p~iF~ps|U_ulLnnqC_mqNvxq`@)", "overview=false");
	assert_int_equal(q.count, 3);
	is_near(q.places[0].at.lat, 38.5, 1e-9);
	is_near(q.places[2].at.lon, -126.453, 1e-9);
	assert_int_equal(q.overview, OSRM_NO_OVERVIEW);
	good(ROUTE "polyline6(_izlhA~rlgdF_{geC~ywl@_kwzCn`{nI)", "");
	is_near(q.places[1].at.lat, 40.7, 1e-9);
	/* a question mark of the line splits the address before it comes here */
	good(TABLE "polyline(", "?_ibE_ibE)?sources=0");
	assert_int_equal(q.count, 2);
	is_near(q.places[0].at.lat, 0, 0);
	assert_int_equal(q.source_count, 1);
	good(TABLE "polyline(??_ibE_ibE)", "sources=1");
	good(TABLE "polyline(", "%3f_ibE_ibE)");
	bad(TABLE "polyline(_p~iF", "", "InvalidQuery");
	bad(TABLE "polyline()", "", "InvalidQuery");
	bad(TABLE "polyline(_p~iF)", "", "InvalidQuery");
}

static void options_of_places_are_read(void **state)
{
	(void)state;
	good(TABLE "1,1;2,2;3,3",
	     "radiuses=35000;;unlimited&bearings=90,45;;0,180&hints=;;&approaches=;unrestricted;"
	     "&generate_hints=false&snapping=any&skip_waypoints=true");
	is_near(q.places[0].within_m, 35000, 0);
	is_near(q.places[1].within_m, 0, 0);
	assert_true(q.places[2].within_m > 35000);
	is_near(q.places[0].heading, 90, 0);
	assert_true(isnan(q.places[1].heading) && isnan(q.places[2].heading));
	assert_true(q.skip_waypoints);
	bad(TABLE TWO, "radiuses=1", "InvalidOptions");
	bad(TABLE TWO, "radiuses=1;2;3;4;5;6;7;8", "InvalidOptions");
	bad(TABLE TWO, "bearings=400,10;", "InvalidOptions");
	bad(TABLE TWO, "bearings=40;", "InvalidQuery");
	bad(TABLE TWO, "hints=abc", "InvalidOptions");
	bad(TABLE TWO, "approaches=curb;", "NotImplemented");
	bad(TABLE TWO, "exclude=motorway", "InvalidValue");
	bad(TABLE TWO, "radiuses=-1;", "InvalidQuery");
}

static void tables_are_read(void **state)
{
	(void)state;
	good(TABLE "1,1;2,2;3,3", "sources=2;0&destinations=all&annotations=distance,duration");
	assert_int_equal(q.source_count, 2);
	assert_int_equal(q.sources[0], 2);
	assert_int_equal(q.destination_count, 3);
	assert_true(q.durations && q.distances);
	good(TABLE TWO, "annotations=distance&fallback_speed=11.1&fallback_coordinate=snapped&"
	                "scale_factor=1.5");
	assert_true(!q.durations && q.distances && q.fallback_snapped);
	is_near(q.scale, 1.5, 0);
	bad(TABLE TWO, "sources=2", "InvalidOptions");
	bad(TABLE TWO, "sources=", "InvalidQuery");
	bad(TABLE TWO, "sources=-1", "InvalidQuery");
	bad(TABLE TWO, "fallback_speed=0", "InvalidOptions");
	bad(TABLE TWO, "fallback_speed=0.0009", "InvalidOptions");
	bad(TABLE TWO, "scale_factor=1000001", "InvalidOptions");
	bad(TABLE TWO, "scale_factor=99999999999999999999", "InvalidOptions");
	good(TABLE TWO, "scale_factor=1000000&fallback_speed=0.001");
	bad(TABLE TWO, "scale_factor=-2", "InvalidOptions");
	bad(TABLE TWO, "annotations=speed", "InvalidQuery");
	bad(TABLE "1,1;2,2;3,3;4,4", "", "TooBig");
	good(TABLE "1,1;2,2;3,3;4,4", "sources=0;1");
	bad(TABLE "1,1;2,2;3,3;4,4;5,5;6,6", "sources=0&destinations=1", "TooBig");
	bad(TABLE "1,1", "", "InvalidOptions");
	bad(TABLE "1,1;2,91", "", "InvalidOptions");
}

static void routes_are_read(void **state)
{
	(void)state;
	good(ROUTE TWO, "alternatives=3&steps=true&geometries=polyline6&overview=by_legs&"
	                "annotations=true&continue_straight=false&waypoints=0;1");
	assert_int_equal(q.lines, OSRM_POLYLINE6);
	assert_int_equal(q.overview, OSRM_BY_LEGS);
	assert_int_equal(q.notes, OSRM_NOTES_ALL);
	good(ROUTE TWO, "annotations=duration,speed&geometries=geojson");
	assert_int_equal(q.notes, OSRM_NOTE_DURATION | OSRM_NOTE_SPEED);
	good(ROUTE TWO, "continue_straight=true");
	bad(ROUTE "1,1;2,2;3,3", "continue_straight=true", "NotImplemented");
	bad(ROUTE "1,1;2,2;3,3", "waypoints=0;2", "NotImplemented");
	bad(ROUTE TWO, "annotations=nodes", "NotImplemented");
	bad(ROUTE TWO, "geometries=polyline5", "InvalidQuery");
	bad(ROUTE TWO, "steps=yes", "InvalidQuery");
	bad(ROUTE TWO, "number=1", "InvalidQuery");
	bad(ROUTE "1,1;2,91", "", "InvalidValue");
	good(NEAREST "1,1", "number=7");
	assert_int_equal(q.number, 7);
	bad(NEAREST "1,1", "number=0", "InvalidOptions");
	bad(NEAREST "1,1", "number=101", "TooBig");
	bad(NEAREST TWO, "", "InvalidOptions");
}

static void addresses_are_judged(void **state)
{
	(void)state;
	bad("", "", "InvalidUrl");
	bad("/", "", "InvalidUrl");
	bad("/table", "", "InvalidUrl");
	bad("/table/v1/driving/", "", "InvalidUrl");
	bad("/table/1/driving/" TWO, "", "InvalidUrl");
	bad("/table/v1/driv ing/" TWO, "", "InvalidUrl");
	bad("/trip/v1/driving/" TWO, "", "InvalidService");
	bad("/tables/v1/driving/" TWO, "", "InvalidService");
	bad("/table/v2/driving/" TWO, "", "InvalidVersion");
	bad(TABLE "11.1,46.05;", "", "InvalidQuery");
	bad(TABLE "11.1;46.05", "", "InvalidQuery");
	bad(TABLE "1e1,2;nan,3", "", "InvalidQuery");
	bad(TABLE TWO ".flatbuffers", "", "InvalidQuery");
	bad(TABLE TWO, "%zz", "InvalidUrl");
	bad("/t\xC3\xA0/v1/driving/" TWO, "", "InvalidUrl");
	assert_string_equal(why.text, "URL string malformed close to position 2: \"/t\?\?/\"");
	bad(TABLE TWO, "nonsense=1", "InvalidQuery");
	bad(TABLE TWO, "sources=0&", "InvalidQuery");
	bad(TABLE TWO, "sources=0&&destinations=1", "InvalidQuery");
	bad(TABLE TWO "x", "", "InvalidQuery");
	assert_string_equal(why.text, "Query string malformed close to position 40");
}

/* ---- polylines ---- */

static void polylines_come_back(void **state)
{
	(void)state;
	const struct point line[] = {{38.5, -120.2}, {40.7, -120.95}, {43.252, -126.453}};
	struct str text = {0};
	polyline_write(&text, line, 3, 1e5);
	assert_string_equal(str_text(&text), "_p~iF~ps|U_ulLnnqC_mqNvxq`@");
	str_clear(&text);
	polyline_write(&text, line, 3, 1e6);
	assert_string_equal(str_text(&text), "_izlhA~rlgdF_{geC~ywl@_kwzCn`{nI");
	size_t count;
	struct point *back = polyline_read(arena, text.data, text.length, 1e6, &count);
	assert_int_equal(count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(fabs(back[i].lat - line[i].lat) < 1e-9 &&
		            fabs(back[i].lon - line[i].lon) < 1e-9);
	assert_null(polyline_read(arena, "~~~~~~~~~~", 10, 1e5, &count));
	assert_null(polyline_read(arena, "> >", 3, 1e5, &count));
	str_fini(&text);
}

/* ---- answers ---- */

static void numbers_are_short(void **state)
{
	(void)state;
	static const struct {
		double n;
		int decimals;
		const char *text;
	} cases[] = {{0, 1, "0"},          {192.6, 1, "192.6"},  {192.04, 1, "192"},
	             {-0.04, 1, "0"},      {-11.5, 1, "-11.5"},  {13.3888, 6, "13.3888"},
	             {0.0000012, 6, "0.000001"}, {199.95, 1, "200"}, {1e9, 1, "1000000000"}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct str text = {0};
		osrm_write_number(&text, cases[i].n, cases[i].decimals);
		assert_string_equal(str_text(&text), cases[i].text);
		str_fini(&text);
	}
}

static void written(struct str *text, const char *expected)
{
	assert_string_equal(str_text(text), expected);
	str_fini(text);
}

static const struct osrm_waypoint snapped[] = {{{46.05, 11.1}, 4.152629, "Via \"Roma\""},
                                               {{46.06, 11.12}, 0, NULL},
                                               {{46.07, 11.13}, 1, "Corso Italia"}};

static void tables_are_written(void **state)
{
	(void)state;
	struct str text = {0};
	const struct map_eta etas[] = {{.known = true}, {.known = true, .eta_s = 192.64, .distance_m = 1886.9},
	                               {.known = false}, {.known = true}};
	good(TABLE TWO, "annotations=duration,distance");
	osrm_write_table(&text, &q, etas, snapped);
	written(&text, "{\"code\":\"Ok\",\"durations\":[[0,192.6],[null,0]],\"distances\":[[0,1886.9],[null,0]],"
	               "\"sources\":[{\"location\":[11.1,46.05],\"distance\":4.15,\"name\":\"Via \\\"Roma\\\"\"},"
	               "{\"location\":[11.12,46.06],\"distance\":0,\"name\":\"\"}],"
	               "\"destinations\":[{\"location\":[11.1,46.05],\"distance\":4.15,\"name\":\"Via \\\"Roma\\\"\"},"
	               "{\"location\":[11.12,46.06],\"distance\":0,\"name\":\"\"}]}");
	good(TABLE TWO, "sources=1&skip_waypoints=true&scale_factor=2&fallback_speed=10");
	osrm_write_table(&text, &q, etas + 2, snapped);
	double straight = point_distance_m(q.places[1].at, q.places[0].at);
	char expected[200];
	snprintf(expected, sizeof expected,
	         "{\"code\":\"Ok\",\"durations\":[[%.1f,0]],\"fallback_speed_cells\":[[0,0]]}",
	         straight / 5);
	written(&text, expected);
	good(TABLE TWO, "destinations=0&skip_waypoints=true&fallback_speed=1000&annotations=distance");
	osrm_write_table(&text, &q, etas + 1, snapped);
	snprintf(expected, sizeof expected,
	         "{\"code\":\"Ok\",\"distances\":[[1886.9],[%.1f]],\"fallback_speed_cells\":[[1,0]]}",
	         straight);
	written(&text, expected);
}

static void nearest_and_refusals_are_written(void **state)
{
	(void)state;
	struct str text = {0};
	const struct map_snap found[] = {{{46.05, 11.1}, 4.15, "Via Roma"}, {{46.06, 11.12}, 11.8, NULL}};
	good(NEAREST "11.1,46.05", "number=2");
	osrm_write_nearest(&text, &q, found, 2);
	written(&text, "{\"code\":\"Ok\",\"waypoints\":[{\"location\":[11.1,46.05],\"distance\":4.15,\"name\":\"Via Roma\"},"
	               "{\"location\":[11.12,46.06],\"distance\":11.8,\"name\":\"\"}]}");
	osrm_refuse(&why, "NoSegment", "Could not find a matching segment for coordinate %d", 3);
	osrm_write_refusal(&text, &why);
	written(&text, "{\"code\":\"NoSegment\",\"message\":\"Could not find a matching segment for coordinate 3\"}");
}

/* East along one street, right into a second, straight on into one without a name. */
static const struct point line[] = {{46.05, 11.1}, {46.05, 11.101}, {46.05, 11.102},
                                    {46.049, 11.102}, {46.048, 11.102}};
static const double at_s[] = {0, 10, 25, 40, 50};
static const struct map_step steps[] = {
    {"Via Roma", 0, 154.4, 25}, {"Corso Italia", 2, 111.2, 15}, {NULL, 3, 111.2, 10}};
static const struct map_route route = {.eta = {.known = true, .eta_s = 50, .distance_m = 376.8},
                                       .count = 5,
                                       .points = line,
                                       .at_s = at_s,
                                       .step_count = 3,
                                       .steps = steps};

static struct js *route_json(const char *query)
{
	struct str text = {0};
	struct problem p;
	good(ROUTE "11.1,46.0505;11.102,46.048", query);
	osrm_write_route(&text, &q, &route, snapped, "night");
	struct js *answer = js_parse(str_text(&text), text.length, &p);
	if (!answer)
		fail_msg("%s: %s", p.text, str_text(&text));
	str_fini(&text);
	return answer;
}

static const struct js *leg_of(const struct js *answer)
{
	return js_at(js_find(js_at(js_find(answer, "routes"), 0), "legs"), 0);
}

static double number(const struct js *object, const char *key)
{
	return js_number(js_find(object, key), NAN);
}

static void routes_are_written(void **state)
{
	(void)state;
	struct js *answer = route_json("overview=full&annotations=true");
	const struct js *r = js_at(js_find(answer, "routes"), 0), *leg = leg_of(answer),
	                *notes = js_find(leg, "annotation");
	assert_string_equal(js_find_str(answer, "code"), "Ok");
	assert_string_equal(js_find_str(r, "geometry"), "ocaxG_~vbA?gE?gEfE?fE?");
	assert_string_equal(js_find_str(r, "weight_name"), "duration");
	is_near(number(r, "duration"), 50, 0);
	is_near(number(r, "distance"), 376.8, 0);
	is_near(number(leg, "weight"), 50, 0);
	assert_string_equal(js_find_str(leg, "summary"), "");
	assert_int_equal(js_count(js_find(leg, "steps")), 0);
	assert_int_equal(js_count(js_find(notes, "duration")), 4);
	is_near(js_number(js_at(js_find(notes, "duration"), 1), 0), 15, 0);
	is_near(js_number(js_at(js_find(notes, "speed"), 0), 0), 7.7, 0);
	assert_string_equal(
	    js_str(js_at(js_find(js_find(notes, "metadata"), "datasource_names"), 0)), "night");
	assert_int_equal(js_count(js_find(answer, "waypoints")), 2);
	js_free(&answer);
	answer = route_json("geometries=geojson&overview=simplified&skip_waypoints=true");
	const struct js *geometry = js_find(js_at(js_find(answer, "routes"), 0), "geometry");
	assert_string_equal(js_find_str(geometry, "type"), "LineString");
	assert_int_equal(js_count(js_find(geometry, "coordinates")), 3); /* the corner stays */
	assert_null(js_find(answer, "waypoints"));
	js_free(&answer);
	answer = route_json("overview=by_legs");
	assert_non_null(js_find_str(leg_of(answer), "geometry"));
	assert_null(js_find(js_at(js_find(answer, "routes"), 0), "geometry"));
	js_free(&answer);
}

static void steps_say_what_is_done(void **state)
{
	(void)state;
	static const struct {
		const char *type, *modifier, *name;
		int before, after;
	} expected[] = {{"depart", "left", "Via Roma", 0, 90},
	                {"turn", "right", "Corso Italia", 90, 180},
	                {"new name", "straight", "", 180, 180},
	                {"arrive", NULL, "", 180, 0}};
	struct js *answer = route_json("steps=true&overview=false");
	const struct js *leg = leg_of(answer), *list = js_find(leg, "steps");
	assert_string_equal(js_find_str(leg, "summary"), "Via Roma, Corso Italia");
	assert_int_equal(js_count(list), 4);
	double metres = 0, seconds = 0;
	for (size_t i = 0; i < 4; i++) {
		const struct js *step = js_at(list, i), *maneuver = js_find(step, "maneuver"),
		                *crossing = js_at(js_find(step, "intersections"), 0);
		assert_string_equal(js_find_str(maneuver, "type"), expected[i].type);
		const char *modifier = js_find_str(maneuver, "modifier");
		assert_true(str_equal(modifier, expected[i].modifier));
		assert_string_equal(js_find_str(step, "name"), expected[i].name);
		assert_int_equal((int)number(maneuver, "bearing_before"), expected[i].before);
		assert_int_equal((int)number(maneuver, "bearing_after"), expected[i].after);
		assert_string_equal(js_find_str(step, "mode"), "driving");
		assert_string_equal(js_find_str(step, "driving_side"), "right");
		assert_non_null(js_find_str(step, "geometry"));
		assert_int_equal(js_count(js_find(crossing, "bearings")),
		                 js_count(js_find(crossing, "entry")));
		assert_int_equal(js_kind(js_find(crossing, "in")), i > 0 ? JS_NUMBER : JS_NULL);
		assert_int_equal(js_kind(js_find(crossing, "out")), i < 3 ? JS_NUMBER : JS_NULL);
		metres += number(step, "distance");
		seconds += number(step, "duration");
	}
	assert_true(fabs(metres - 376.8) < 0.01 && fabs(seconds - 50) < 0.01);
	const struct js *turn = js_at(js_find(js_at(list, 1), "intersections"), 0);
	/* from the west (270), to the south (180): sorted, so the way out stands first */
	is_near(number(turn, "in"), 1, 0);
	is_near(number(turn, "out"), 0, 0);
	is_near(js_number(js_at(js_find(turn, "bearings"), 0), 0), 180, 0);
	assert_false(js_bool(js_at(js_find(turn, "entry"), 1), true));
	js_free(&answer);
}

/* From a place to itself: one point, no street, and still a route. */
static void a_route_may_be_a_point(void **state)
{
	(void)state;
	static const double now[] = {0};
	const struct map_route still = {
	    .eta = {.known = true}, .count = 1, .points = line, .at_s = now};
	struct str text = {0};
	struct problem p;
	good(ROUTE "11.1,46.05;11.1,46.05", "steps=true&annotations=true&geometries=geojson");
	osrm_write_route(&text, &q, &still, snapped, "normal");
	struct js *answer = js_parse(str_text(&text), text.length, &p);
	assert_non_null(answer);
	const struct js *list = js_find(leg_of(answer), "steps");
	assert_string_equal(js_find_str(js_find(js_at(list, js_count(list) - 1), "maneuver"), "type"),
	                    "arrive");
	js_free(&answer);
	str_fini(&text);
}

static void lines_keep_their_look(void **state)
{
	(void)state;
	struct point points[1000];
	for (size_t i = 0; i < 1000; i++)
		points[i] = (struct point){46 + (i > 500 ? (double)(i - 500) * 1e-4 : 0) +
		                               (i % 2 ? 1e-6 : 0),
		                           11 + (double)i * 1e-4};
	struct point last = points[999];
	size_t left = osrm_simplify(points, 1000);
	assert_in_range(left, 3, 6);
	is_near(points[0].lon, 11, 0);
	is_near(points[left - 1].lon, last.lon, 0);
	struct point same[] = {{46, 11}, {46, 11}, {46, 11}};
	assert_in_range(osrm_simplify(same, 3), 2, 3);
}

/* ---- networks ---- */

static void networks_hold_addresses(void **state)
{
	(void)state;
	struct problem p;
	const char *list = "127.0.0.0/8, ::1,10.20.0.0/15 fd00::/7";
	assert_true(networks_check(list, &p));
	assert_true(networks_check("", &p));
	const char *const in[] = {"127.0.0.1", "127.255.1.2", "::1",    "10.21.255.255",
	                          "10.20.0.0", "fc12::1",     "fdff::2", "::ffff:127.0.0.1"};
	const char *const out[] = {"128.0.0.1", "10.22.0.0", "10.19.255.255", "::2", "fe00::1",
	                           "",          "localhost", "::ffff:128.0.0.1"};
	for (size_t i = 0; i < sizeof in / sizeof in[0]; i++)
		assert_true(networks_hold(list, in[i]));
	for (size_t i = 0; i < sizeof out / sizeof out[0]; i++)
		assert_false(networks_hold(list, out[i]));
	assert_false(networks_hold("", "127.0.0.1"));
	assert_true(networks_hold("0.0.0.0/0", "203.0.113.9"));
	assert_false(networks_hold("0.0.0.0/0", "2001:db8::1"));
	const char *const wrong[] = {"127.0.0.0/33", "127.0.0/8", "::1/129", "10.0.0.0/", "10.0.0.0/8x", "all"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_false(networks_check(wrong[i], &p));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(places_are_read),
	    TEST(polylines_are_places_too),
	    TEST(options_of_places_are_read),
	    TEST(tables_are_read),
	    TEST(routes_are_read),
	    TEST(addresses_are_judged),
	    TEST(polylines_come_back),
	    TEST(numbers_are_short),
	    TEST(tables_are_written),
	    TEST(nearest_and_refusals_are_written),
	    TEST(routes_are_written),
	    TEST(steps_say_what_is_done),
	    TEST(a_route_may_be_a_point),
	    TEST(lines_keep_their_look),
	    TEST(networks_hold_addresses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

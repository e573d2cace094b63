/* The parts of the corridor that only reckon: pictures without their place, promises stopped by
 * steps. */
#include "../../src/flow/drawing.h"
#include "../../src/flow/house.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* ---- which roads hold when ---- */

static struct instant at(const char *text)
{
	struct instant t = INSTANT_NONE;
	assert_true(instant_parse(text, &t, NULL));
	return t;
}

static void next_is(const struct hours *h, const char *now, const char *expected)
{
	char text[INSTANT_TEXT];
	assert_string_equal(instant_format(hours_next(h, at(now)), h->zone, text), expected);
}

/* The clock's next change, minute by minute from the table of map/. */
static struct instant change_after(const struct zone *zone, struct instant t)
{
	enum map_profile now = hours_by_clock(zone, t);
	do
		t.us += SPAN_S(60).us;
	while (hours_by_clock(zone, t) == now);
	return t;
}

static void test_hours_of_the_clock(void **state)
{
	(void)state;
	struct hours h = {.zone = zone_get("Europe/Rome", NULL)};
	bool by_hand;
	/* a working Monday has a night, peaks and hours between them */
	assert_int_equal(hours_profile(&h, at("2026-03-23T03:00:00+01:00"), &by_hand), MAP_NIGHT);
	assert_false(by_hand);
	assert_int_equal(hours_profile(&h, at("2026-03-23T08:00:00+01:00"), &by_hand), MAP_PEAK);
	assert_int_equal(hours_profile(&h, at("2026-03-23T11:00:00+01:00"), &by_hand), MAP_NORMAL);
	static const char *const from[] = {"2026-03-23T00:00:00+01:00", "2026-03-23T07:59:59+01:00",
	                                   "2026-03-27T18:30:00+01:00", "2026-03-28T23:00:00+01:00",
	                                   "2026-10-24T23:00:00+02:00"};
	for (size_t i = 0; i < sizeof from / sizeof *from; i++) {
		struct instant start = at(from[i]), next = hours_next(&h, start);
		struct instant whole = {start.us - start.us % SPAN_S(60).us};
		assert_int_equal(next.us, change_after(h.zone, whole).us);
		assert_int_equal(hours_by_clock(h.zone, start),
		                 hours_by_clock(h.zone, (struct instant){next.us - 1}));
		assert_int_not_equal(hours_by_clock(h.zone, start), hours_by_clock(h.zone, next));
	}
}

/* Monday to Sunday, where each reads from the table of map/ by the name of its own day. */
static void test_hours_of_the_week(void **state)
{
	(void)state;
	static const char *const eights[] = {
	    "2026-03-23T08:00:00+01:00", "2026-03-24T08:00:00+01:00", "2026-03-25T08:00:00+01:00",
	    "2026-03-26T08:00:00+01:00", "2026-03-27T08:00:00+01:00", "2026-03-28T08:00:00+01:00",
	    "2026-03-29T08:00:00+02:00"};
	const struct zone *zone = zone_get("Europe/Rome", NULL);
	for (int day = 0; day < 7; day++)
		assert_int_equal(hours_by_clock(zone, at(eights[day])),
		                 day < 5 ? MAP_PEAK : MAP_NORMAL);
}

/* The night of 29 March has 23 hours, that of 25 October 25: the morning comes by the wall. */
static void test_hours_of_odd_nights(void **state)
{
	(void)state;
	struct hours h = {.zone = zone_get("Europe/Rome", NULL)};
	static const char *const nights[][2] = {{"2026-03-28T23:30:00+01:00", "2026-03-21T23:30:00+01:00"},
	                                        {"2026-10-24T23:30:00+02:00", "2026-10-17T23:30:00+02:00"}};
	static const int shorter_s[] = {3600, -3600};
	for (size_t i = 0; i < 2; i++) {
		struct instant odd = at(nights[i][0]), even = at(nights[i][1]);
		struct wall w = zone_wall(h.zone, hours_next(&h, odd)),
		            usual = zone_wall(h.zone, hours_next(&h, even));
		assert_int_equal(w.hour * 60 + w.minute, usual.hour * 60 + usual.minute);
		assert_int_equal(instant_since(hours_next(&h, even), even).us -
		                     instant_since(hours_next(&h, odd), odd).us,
		                 SPAN_S(shorter_s[i]).us);
	}
}

static void test_hours_of_closures(void **state)
{
	(void)state;
	const struct closure list[] = {
	    {.from = at("2026-03-23T11:30:00+01:00"), .until = at("2026-03-23T11:45:00.5+01:00")},
	    {.from = at("2026-03-20T00:00:00+01:00")},
	    {.from = at("2026-03-23T11:40:00+01:00")},
	};
	struct hours h = {.zone = zone_get("Europe/Rome", NULL), .closures = list, .count = 3,
	                  .by_hand = true, .hand = MAP_SNOW};
	bool by_hand;
	assert_int_equal(hours_profile(&h, at("2026-03-23T03:00:00+01:00"), &by_hand), MAP_SNOW);
	assert_true(by_hand);
	next_is(&h, "2026-03-23T11:00:00+01:00", "2026-03-23T11:30:00+01:00");
	next_is(&h, "2026-03-23T11:30:00+01:00", "2026-03-23T11:40:00+01:00");
	assert_int_equal(hours_next(&h, list[2].from).us, list[0].until.us);
	/* nothing more is known: looked at again after a day */
	next_is(&h, "2026-03-23T12:00:00+01:00", "2026-03-24T12:00:00+01:00");
	h.hand_until = at("2026-03-23T12:10:00+01:00");
	next_is(&h, "2026-03-23T12:00:00+01:00", "2026-03-23T12:10:00+01:00");
	hours_profile(&h, h.hand_until, &by_hand);
	assert_false(by_hand); /* from that instant on by the clock */
	assert_true(hours_next(&h, h.hand_until).us > h.hand_until.us);
}

/* What has ended since they were read is no reason to refuse another. */
static void test_hours_count_what_is_open(void **state)
{
	(void)state;
	const struct closure list[] = {{.from = T(100), .until = T(200)}, {.from = T(150)}};
	const struct hours h = {.closures = list, .count = 2};
	assert_int_equal(hours_open(&h, T(50)), 2); /* planned */
	assert_int_equal(hours_open(&h, T(199)), 2);
	assert_int_equal(hours_open(&h, T(200)), 1);
}

static void test_closure_state(void **state)
{
	(void)state;
	struct closure c = {.from = T(100), .until = T(200)};
	assert_int_equal(closure_state_at(&c, T(99)), CLOSURE_PLANNED);
	assert_int_equal(closure_state_at(&c, T(100)), CLOSURE_ACTIVE);
	assert_int_equal(closure_state_at(&c, T(200)), CLOSURE_OVER);
	c.until = T(50); /* taken back before it began */
	assert_int_equal(closure_state_at(&c, T(60)), CLOSURE_OVER);
	c.until = INSTANT_NONE;
	assert_int_equal(closure_state_at(&c, T(1000000)), CLOSURE_ACTIVE);
}

static void on_link(void *ctx, bool listening)
{
	(void)ctx;
	(void)listening;
}

/* The connections of the pool race each other: what was read earlier may come later. */
static void test_roads_keep_the_newest(void **state)
{
	(void)state;
	struct flow flow = {.o.loop = loop_new()};
	flow.store = store_open(&(struct store_options){.loop = flow.o.loop,
	                                                .url = "host=/nowhere",
	                                                .connections = 1,
	                                                .deadline = SPAN_S(10),
	                                                .on_link = on_link});
	struct roads *r = roads_open(&flow);
	const struct point place = {46, 11};
	const struct closure list[] = {{.points = &place, .count = 1, .from = T(100)},
	                               {.points = &place, .count = 1, .from = T(150)}};
	roads_take(r, &(struct store_roads){.seq = 7, .closures = list, .count = 2});
	assert_int_equal(roads_open_count(r), 2);
	roads_take(r, &(struct store_roads){.seq = 6, .closures = list, .count = 1});
	assert_int_equal(roads_open_count(r), 2);
	/* An end that was reached is no change of the chain: of the same link the later answer holds. */
	roads_take(r, &(struct store_roads){.seq = 7, .closures = list, .count = 1});
	assert_int_equal(roads_open_count(r), 1);
	roads_take(r, &(struct store_roads){.seq = 8});
	assert_int_equal(roads_open_count(r), 0);
	roads_stop(r);
	store_close(&flow.store);
	roads_close(&r);
	loop_free(&flow.o.loop);
}

/* ---- how large a closure may be ---- */

static void test_too_wide(void **state)
{
	(void)state;
	static const struct {
		struct point corner[2];
		bool too_wide;
	} cases[] = {{{{46, 11}, {46.1, 11.1}}, false},
	             {{{46, 11}, {46.5, 11}}, true},
	             {{{60, 11}, {60, 11.8}}, false},
	             {{{46, 11}, {46, 11.8}}, true},
	             /* from one end of the map to the other, not across the line where the day changes */
	             {{{46.064, -179.99}, {46.068, 179.99}}, true},
	             {{{46.064, -90.1}, {46.068, 90}}, true}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct closure c = {.points = cases[i].corner, .count = 2, .area = true};
		assert_int_equal(drawing_too_wide(&c), cases[i].too_wide);
	}
}

/* ---- what closures take, kept ---- */

static struct js *drawn_of(size_t lines)
{
	struct js *o = js_object(), *roads = js_array();
	for (size_t i = 0; i < lines; i++)
		js_push(roads, js_array());
	js_set(o, "roads", roads);
	js_set_str(o, "municipality", "Trento");
	return o;
}

static struct closure numbered(int number, int64_t version)
{
	struct closure c = {.version = version};
	snprintf(c.id.text, sizeof c.id.text, "0192d3e4-0000-7000-8000-%012d", number);
	return c;
}

static void keep(struct drawn *k, int number, int64_t version, size_t lines)
{
	const struct closure c = numbered(number, version);
	struct js *drawn = drawn_of(lines);
	drawn_keep(k, &c, drawn);
	js_free(&drawn);
}

static size_t lines_of(struct drawn *k, int number, int64_t version)
{
	const struct closure c = numbered(number, version);
	struct js *found = drawn_find(k, &c);
	size_t lines = found ? js_count(js_find(found, "roads")) : SIZE_MAX;
	if (found)
		js_set_int(found, "version", version); /* the finder's own: nobody else sees this */
	js_free(&found);
	return lines;
}

static void test_drawn_is_kept(void **state)
{
	(void)state;
	struct drawn *k = drawn_open();
	const struct closure first = numbered(1, 1);
	assert_null(drawn_find(k, &first));
	keep(k, 1, 1, 3);
	keep(k, 1, 2, 5);
	keep(k, 2, 1, 0);
	assert_int_equal(lines_of(k, 1, 1), 3);
	assert_int_equal(lines_of(k, 1, 2), 5);
	assert_int_equal(lines_of(k, 2, 1), 0);
	assert_int_equal(lines_of(k, 2, 2), SIZE_MAX);
	struct js *found = drawn_find(k, &first);
	assert_int_equal(js_count(found), 2);
	assert_string_equal(js_find_str(found, "municipality"), "Trento");
	drawn_close(&k);
	assert_int_equal(js_count(js_find(found, "roads")), 3); /* outlives what kept it */
	js_free(&found);
}

static size_t kept_of_first(struct drawn *k, int count)
{
	size_t kept = 0;
	for (int i = 0; i < count; i++)
		kept += lines_of(k, i, 1) != SIZE_MAX;
	return kept;
}

static void keep_each_for_itself(struct drawn *k, int first, int count, size_t lines)
{
	for (int i = first; i < first + count; i++) {
		drawn_begin(k);
		keep(k, i, 1, lines);
	}
}

static void test_drawn_has_an_end(void **state)
{
	(void)state;
	struct drawn *few = drawn_open(), *large = drawn_open();
	keep_each_for_itself(few, 0, 5000, 1);
	keep_each_for_itself(large, 0, 20, 500);
	assert_int_equal(kept_of_first(few, 5000), 1000);
	assert_int_equal(kept_of_first(large, 20), 6);
	assert_int_equal(lines_of(few, 4999, 1), 1);
	assert_int_equal(lines_of(large, 19, 1), 500);
	drawn_close(&few);
	drawn_close(&large);
}

/* What was not read for longest goes first. */
static void test_drawn_drops_what_nobody_reads(void **state)
{
	(void)state;
	struct drawn *k = drawn_open();
	keep_each_for_itself(k, 0, 6, 500);
	drawn_begin(k);
	assert_int_equal(lines_of(k, 0, 1), 500);
	keep_each_for_itself(k, 6, 2, 500);
	assert_int_equal(lines_of(k, 0, 1), 500);
	assert_int_equal(lines_of(k, 1, 1), SIZE_MAX);
	assert_int_equal(lines_of(k, 2, 1), SIZE_MAX);
	assert_int_equal(kept_of_first(k, 8), 6);
	drawn_close(&k);
}

/* How many of a list have to be drawn. */
static int read_list(struct drawn *k, int count, size_t lines)
{
	int missing = 0;
	drawn_begin(k);
	for (int i = 0; i < count; i++)
		missing += lines_of(k, i, 1) == SIZE_MAX;
	for (int i = 0; i < count; i++)
		keep(k, i, 1, lines);
	return missing;
}

/* A list of large zones is drawn once, however many read it; of one without bounds most is kept. */
static void test_drawn_keeps_a_whole_list(void **state)
{
	(void)state;
	static const struct {
		int count;
		size_t lines;
		int missing; /* when it is read again */
	} cases[] = {{6, 500, 0},  {7, 500, 0},  {24, 500, 0},
	             {25, 500, 1}, {1000, 1, 0}, {1003, 1, 3}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct drawn *k = drawn_open();
		assert_int_equal(read_list(k, cases[i].count, cases[i].lines), cases[i].count);
		for (int again = 0; again < 3; again++)
			assert_int_equal(read_list(k, cases[i].count, cases[i].lines),
			                 cases[i].missing);
		/* And gives way to what is read later. */
		keep_each_for_itself(k, 5000, 6, 500);
		assert_int_equal(lines_of(k, 5005, 1), 500);
		assert_int_equal(lines_of(k, 5000, 1), 500);
		drawn_close(&k);
	}
}

/* ---- the folder of metrics ---- */

static void test_cache(void **state)
{
	(void)state;
	char folder[] = "/tmp/prontod-cache-XXXXXX", path[80], link[80];
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/roads", folder);
	snprintf(link, sizeof link, "%s/link", folder);
	char *found = cache_open(path);
	assert_string_equal(found, path);
	free(found);
	found = cache_open(path); /* the second worker */
	assert_string_equal(found, path);
	free(found);
	assert_int_equal(symlink(path, link), 0);
	assert_null(cache_open(link)); /* somebody else may have made it */
	assert_int_equal(chmod(path, 0750), 0);
	assert_null(cache_open(path));
	assert_null(cache_open("/proc/no/such/place"));
	unlink(link);
	rmdir(path);
	rmdir(folder);
}

/* ---- where crews start from ---- */

static void test_starts(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	const struct point here = {46.123456789, 11.987654321}, depot = {46.5, 11.5};
	struct crew crews[] = {
	    {.position = here, .position_at = T(10000), .base = depot, .heading = 91.26, .speed_mps = 12},
	    {.position = here, .position_at = T(10000), .base = depot, .heading = 91.26, .speed_mps = 1.9},
	    {.position = here, .position_at = T(9800), .base = depot, .heading = 91.26, .speed_mps = 12},
	    {.position = here, .position_at = T(10000), .base = depot, .heading = NAN, .speed_mps = NAN},
	    {.position = here, .position_at = T(10000 - 5 * 3600), .base = depot},
	    {.position = here, .position_at = T(10000 - 5 * 3600), .base = POINT_NONE},
	    {.position = POINT_NONE, .base = POINT_NONE},
	};
	for (size_t i = 0; i < 7; i++)
		crews[i].name = "Squadra";
	struct ranked *r = rank_crews(arena, crews, 7, T(10010));
	assert_true(r->stands[0].at.lat == 46.1234568 && r->stands[0].at.lon == 11.9876543);
	assert_true(r->stands[0].heading == 91.3);
	for (size_t i = 1; i < 4; i++) { /* slow, two minutes ago, not known */
		assert_true(isnan(r->stands[i].heading));
		assert_false(r->crews[i].at_base);
	}
	assert_true(r->crews[4].at_base && r->stands[4].at.lat == 46.5);
	assert_false(r->crews[5].at_base); /* it has none */
	assert_false(point_is_set(r->stands[5].at) || point_is_set(r->stands[6].at));
	r->to = (struct point){46.1234568, 11.9876543};
	rank_drive(r, NULL); /* no map */
	rank_order(r);
	assert_true(r->straight && r->crews[0].straight_line && r->etas[0].eta_s == 0);
	assert_false(r->crews[6].eta_known);
	assert_int_equal(r->crews[5].why_unknown, DISPATCH_OLD_POSITION);
	assert_int_equal(r->crews[6].why_unknown, DISPATCH_NO_POSITION);
	r->to = POINT_NONE;
	rank_drive(r, NULL);
	rank_order(r);
	assert_int_equal(r->crews[0].why_unknown, DISPATCH_NO_PLACE);
	arena_free(&arena);
}

/* ---- when crews will be there ---- */

static void test_arrival_at(void **state)
{
	(void)state;
	assert_int_equal(arrival_at(T(1000), 60.25, T(1010)).us, T(1060).us + 250000);
	assert_int_equal(arrival_at(T(1000), 10, T(1010)).us, T(1010).us);
	/* It should have been there for minutes: nobody is promised an instant that has gone by. */
	assert_int_equal(arrival_at(T(1000), 60, T(1500)).us, T(1500).us);
}

static void test_arrival_is_news(void **state)
{
	(void)state;
	const struct {
		struct instant before, found;
		bool news;
	} cases[] = {
	    {T(2000), T(2120), true},
	    {T(2000), T(2119), false},
	    {T(2120), T(2000), true},
	    {T(2119), T(2000), false},
	    {INSTANT_NONE, T(2000), true},
	    {INSTANT_NONE, INSTANT_NONE, false},
	    {T(2000), INSTANT_NONE, false},
	    /* Silent since, and it was to be there by now: else each look would tell of two minutes more. */
	    {T(500), T(1000), false},
	    {T(999), T(1000), false},
	    {T(1000), T(1000), false},
	    /* But it is told of who is later than promised, and of who should be there sooner. */
	    {T(900), T(1500), true},
	    {T(1500), T(1000), true},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(arrival_is_news(cases[i].before, cases[i].found, T(1000)),
		                 cases[i].news);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_picture),
	    cmocka_unit_test(test_picture_broken),
	    cmocka_unit_test(test_stops),
	    cmocka_unit_test(test_settle),
	    cmocka_unit_test(test_start),
	    cmocka_unit_test(test_hours_of_the_clock),
	    cmocka_unit_test(test_hours_of_the_week),
	    cmocka_unit_test(test_hours_of_odd_nights),
	    cmocka_unit_test(test_hours_of_closures),
	    cmocka_unit_test(test_hours_count_what_is_open),
	    cmocka_unit_test(test_closure_state),
	    cmocka_unit_test(test_roads_keep_the_newest),
	    cmocka_unit_test(test_too_wide),
	    cmocka_unit_test(test_drawn_is_kept),
	    cmocka_unit_test(test_drawn_has_an_end),
	    cmocka_unit_test(test_drawn_drops_what_nobody_reads),
	    cmocka_unit_test(test_drawn_keeps_a_whole_list),
	    cmocka_unit_test(test_cache),
	    cmocka_unit_test(test_starts),
	    cmocka_unit_test(test_arrival_at),
	    cmocka_unit_test(test_arrival_is_news),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

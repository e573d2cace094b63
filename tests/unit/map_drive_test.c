/*
 * Driving on tiny towns: the hierarchy against the plain search and against a third reading of the
 * rules written for clearness alone, on random towns with one-ways, forbidden turns and closures;
 * what a closure takes; ways to be drawn; metrics and their files.
 */
#include "map_forward.h"
#include "metric_file.h"

#include "base/str.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/map/drive/hierarchy.h"
#include "../../src/map/drive/plain.h"

static struct map *town(const char *text)
{
	char opl[64], path[64];
	struct problem p = {0};
	snprintf(opl, sizeof(opl), "/tmp/map_drive_test.%d.opl", (int)getpid());
	snprintf(path, sizeof(path), "/tmp/map_drive_test.%d.map", (int)getpid());
	FILE *out = fopen(opl, "w");
	assert_non_null(out);
	fputs(text, out);
	fclose(out);
	const char *inputs[] = {opl};
	if (!map_build(inputs, 1, path, NULL, NULL, &p))
		fail_msg("%s", p.text);
	struct map *map = map_open(path, &p);
	unlink(opl);
	unlink(path);
	if (!map)
		fail_msg("%s", p.text);
	return map;
}

/* ---- random towns: a grid with roads left out, one-ways and forbidden turns ---- */

#define SIDE 6
#define STEP 0.001 /* degrees */
#define SOUTH 45.0
#define WEST 10.0

static uint64_t seed;

static unsigned random_below(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((seed >> 33) % n);
}

static double random_unit(void)
{
	return random_below(1u << 20) / (double)(1u << 20);
}

static void add_road(struct str *opl, int *id, int from, int to)
{
	static const char *const classes[] = {"residential", "residential", "tertiary", "primary"};
	if (random_below(10) == 0)
		return;
	const char *oneway = random_below(4) == 0 ? ",oneway=yes" : "";
	++*id;
	str_addf(opl, "w%d Thighway=%s,name=Via%%20%%%d%s Nn%d,n%d\n", *id,
	         classes[random_below(4)], *id % 7, oneway, from, to);
}

static void draw_town(struct str *opl, int *ways)
{
	for (int i = 0; i < SIDE * SIDE; i++)
		str_addf(opl, "n%d x%.7f y%.7f\n", i + 1,
		         WEST + i % SIDE * STEP + random_unit() * STEP / 3,
		         SOUTH + i / SIDE * STEP + random_unit() * STEP / 3);
	*ways = 0;
	for (int i = 0; i < SIDE * SIDE; i++) {
		if (i % SIDE + 1 < SIDE)
			add_road(opl, ways, i + 1, i + 2);
		if (i / SIDE + 1 < SIDE)
			add_road(opl, ways, i + 1, i + 1 + SIDE);
	}
	for (int i = 0; i < 12; i++)
		str_addf(opl, "r%d Ttype=restriction,restriction=%s Mw%u@from,n%u@via,w%u@to\n",
		         i + 1, i % 4 ? "no_left_turn" : "only_straight_on",
		         1 + random_below((unsigned)*ways), 1 + random_below(SIDE * SIDE),
		         1 + random_below((unsigned)*ways));
}

static struct map *random_town(void)
{
	struct str opl = {0};
	int ways;
	draw_town(&opl, &ways);
	struct map *map = town(str_text(&opl));
	str_fini(&opl);
	return map;
}

static struct point random_place(void)
{
	return (struct point){SOUTH + random_unit() * SIDE * STEP,
	                      WEST + random_unit() * SIDE * STEP};
}

/* ---- the third reading: forward over (edge, part of the trip) ---- */

enum part { SETTING_OFF, UNDER_WAY, ARRIVING, PARTS };

struct reading {
	const struct map_metric *m;
	uint32_t *best; /* by edge and part: at the edge's end */
};

static uint32_t *best_of(const struct reading *r, uint32_t edge, enum part part)
{
	return &r->best[edge * PARTS + part];
}

static bool routable(const struct map *map, uint32_t edge)
{
	return map->segments[edge >> 1].time_ms[edge & 1] > 0 &&
	       map->segments[edge >> 1].component[edge & 1] != MAP_POCKET;
}

/* Which part of the trip one is in after driving into `to`; PARTS: not allowed. */
static enum part part_after(const struct map_metric *m, enum part now, uint32_t to)
{
	if (!metric_closed(m, to))
		return now == ARRIVING ? PARTS : UNDER_WAY;
	return now == SETTING_OFF ? SETTING_OFF : ARRIVING;
}

/* Relaxes everything until nothing changes: slow, and plain to see. */
static void settle(const struct reading *r)
{
	const struct map *map = r->m->map;
	for (bool changed = true; changed;) {
		changed = false;
		for (uint32_t from = 0; from < 2 * map->segment_count; from++)
			for (uint32_t to = 0; to < 2 * map->segment_count; to++) {
				if (map_edge_head(map, from) != map_edge_tail(map, to) ||
				    !routable(map, from) || !routable(map, to) ||
				    map_turn_ms(map, from, to) == MAP_NO_TURN)
					continue;
				for (enum part p = SETTING_OFF; p < PARTS; p++) {
					enum part q = part_after(r->m, p, to);
					uint32_t ms = *best_of(r, from, p);
					if (q == PARTS || ms == MAP_FAR)
						continue;
					ms += map_turn_ms(map, from, to) + metric_ms(r->m, to);
					if (ms < *best_of(r, to, q)) {
						*best_of(r, to, q) = ms;
						changed = true;
					}
					/* Whoever sets off on closed roads may as well be arriving. */
					if (q == SETTING_OFF && ms < *best_of(r, to, ARRIVING)) {
						*best_of(r, to, ARRIVING) = ms;
						changed = true;
					}
				}
			}
	}
}

static uint32_t arrive(const struct reading *r, const struct drive_end *to)
{
	const struct map *map = r->m->map;
	uint32_t found = MAP_FAR;
	for (uint32_t from = 0; from < 2 * map->segment_count; from++)
		for (unsigned dir = 0; dir < 2; dir++) {
			uint32_t edge = 2 * to->segment + dir;
			if (!to->usable[dir] || map_edge_head(map, from) != map_edge_tail(map, edge) ||
			    !routable(map, from) || map_turn_ms(map, from, edge) == MAP_NO_TURN)
				continue;
			for (enum part p = SETTING_OFF; p < PARTS; p++) {
				if (p == ARRIVING && !metric_closed(r->m, edge))
					continue;
				uint32_t ms = *best_of(r, from, p);
				if (ms != MAP_FAR &&
				    ms + map_turn_ms(map, from, edge) + drive_before_ms(r->m, to, dir) < found)
					found = ms + map_turn_ms(map, from, edge) +
					        drive_before_ms(r->m, to, dir);
			}
		}
	return found;
}

static uint32_t third_reading(const struct map_metric *m, const struct map_stand *from,
                              const struct map_stand *to)
{
	const struct map *map = m->map;
	struct drive_end a = drive_end_at(map, from), b = drive_end_at(map, to);
	struct reading r = {m, mem_zero(2 * map->segment_count * PARTS, sizeof(uint32_t))};
	uint32_t found, edge, straight;
	for (size_t i = 0; i < 2 * map->segment_count * PARTS; i++)
		r.best[i] = MAP_FAR;
	for (unsigned dir = 0; dir < 2; dir++) {
		edge = 2 * a.segment + dir;
		if (!a.usable[dir])
			continue;
		uint32_t ms = metric_ms(m, edge) - drive_before_ms(m, &a, dir);
		*best_of(&r, edge, metric_closed(m, edge) ? SETTING_OFF : UNDER_WAY) = ms;
		if (metric_closed(m, edge))
			*best_of(&r, edge, ARRIVING) = ms;
	}
	settle(&r);
	found = arrive(&r, &b);
	if (drive_direct(m, &a, &b, &straight, &edge) && straight < found)
		found = straight;
	free(r.best);
	return found;
}

/* ---- the three agree ---- */

#define CLOSURES 4

static struct map_metric *random_metric(const struct map *map)
{
	struct point points[CLOSURES][2];
	struct map_closure closures[CLOSURES];
	struct problem p;
	size_t count = random_below(CLOSURES + 1);
	for (size_t i = 0; i < count; i++) {
		points[i][0] = random_place();
		points[i][1] = random_place();
		closures[i] = (struct map_closure){.points = points[i],
		                                   .count = 1 + random_below(2),
		                                   .one_way = random_below(3) == 0,
		                                   .speed = random_below(4) == 0 ? 0.3 : 0};
	}
	return map_metric_make(map, (enum map_profile)random_below(MAP_PROFILES), closures, count,
	                       NULL, &p);
}

/* The way's own edges measure what the table remembered by arcs. */
static void compare_way(struct map_router *router, const struct map_stand *from,
                        const struct map_stand *to, const struct map_eta *eta)
{
	struct arena *arena = arena_new();
	struct map_route way;
	double drawn = 0;
	assert_int_equal(map_route(router, from, to, arena, &way), eta->known);
	for (size_t i = 1; i < way.count; i++)
		drawn += point_distance_m(way.points[i - 1], way.points[i]);
	if (eta->known) {
		assert_true(way.eta.eta_s == eta->eta_s);
		assert_true(fabs(way.at_s[way.count - 1] - eta->eta_s) < 1e-6);
		assert_true(fabs(way.eta.distance_m - eta->distance_m) < 0.01);
		assert_true(fabs(drawn - eta->distance_m) < 0.5);
	}
	arena_free(&arena);
}

static void compare(struct map_router *router, const struct map *map)
{
	struct map_metric *m = map_router_metric(router);
	struct map_stand from = map_stand_at(random_place()), to = map_stand_at(random_place());
	struct map_eta eta, plain;
	if (random_below(4) == 0)
		from.heading = random_unit() * 360;
	map_etas(router, &to, &from, 1, true, &eta);
	map_etas_plain(map, m, &to, &from, 1, &plain);
	uint32_t third = third_reading(m, &from, &to);
	assert_int_equal(plain.known ? llround(plain.eta_s * 1000) : MAP_FAR, third);
	assert_int_equal(eta.known ? llround(eta.eta_s * 1000) : MAP_FAR, third);
	compare_way(router, &from, &to, &eta);
}

static void three_readings_agree_on_random_towns(void **state)
{
	(void)state;
	seed = 20261122;
	for (int i = 0; i < 30; i++) {
		struct map *map = random_town();
		struct map_router *router = map_router_new(map);
		for (int k = 0; k < 4; k++) {
			struct map_metric *m = random_metric(map);
			map_router_use(router, m);
			map_metric_unref(&m);
			for (int pair = 0; pair < 8; pair++)
				compare(router, map);
		}
		map_router_free(&router);
		map_close(&map);
	}
}

/* ---- flooded quarters: many closed roads that hang together ---- */

/* Some rectangles, now and then nearly the whole town, beside single roads. */
static struct map_metric *flooded_metric(const struct map *map, double width, bool *out_any)
{
	struct point corners[CLOSURES][4];
	struct map_closure closures[CLOSURES];
	struct problem p;
	size_t count = 1 + random_below(CLOSURES);
	for (size_t i = 0; i < count; i++) {
		double lat = SOUTH + random_unit() * width, lon = WEST + random_unit() * width,
		       high = random_unit() * width, wide = random_unit() * width;
		corners[i][0] = (struct point){lat - high / 2, lon - wide / 2};
		corners[i][1] = (struct point){lat - high / 2, lon + wide / 2};
		corners[i][2] = (struct point){lat + high / 2, lon + wide / 2};
		corners[i][3] = (struct point){lat + high / 2, lon - wide / 2};
		bool area = random_below(3) > 0;
		closures[i] = (struct map_closure){.points = corners[i],
		                                   .count = area ? 4 : 2,
		                                   .area = area,
		                                   .one_way = random_below(3) == 0};
	}
	struct map_metric *m = map_metric_make(map, MAP_NORMAL, closures, count, NULL, &p);
	*out_any |= m->stretches != NULL;
	return m;
}

static void three_readings_agree_in_flooded_towns(void **state)
{
	(void)state;
	bool any = false;
	seed = 20261123;
	for (int i = 0; i < 20; i++) {
		struct map *map = random_town();
		struct map_router *router = map_router_new(map);
		for (int k = 0; k < 4; k++) {
			struct map_metric *m = flooded_metric(map, SIDE * STEP, &any);
			map_router_use(router, m);
			map_metric_unref(&m);
			for (int pair = 0; pair < 8; pair++)
				compare(router, map);
		}
		map_router_free(&router);
		map_close(&map);
	}
	assert_true(any);
}

/* A grid of side x side crossings, some roads of it one-way. */
static struct map *grid_town(int side, unsigned one_way_of)
{
	struct str opl = {0};
	int id = 0;
	for (int i = 0; i < side * side; i++)
		str_addf(&opl, "n%d x%.4f y%.4f\n", i + 1, WEST + i % side * STEP,
		         SOUTH + i / side * STEP);
	for (int i = 0; i < side * side; i++)
		for (int down = 0; down < 2; down++) {
			if (down ? i / side + 1 == side : i % side + 1 == side)
				continue;
			bool one_way = one_way_of && random_below(one_way_of) == 0;
			str_addf(&opl, "w%d Thighway=residential%s Nn%d,n%d\n", ++id,
			         one_way ? ",oneway=yes" : "", i + 1, i + (down ? side : 1) + 1);
		}
	struct map *map = town(str_text(&opl));
	str_fini(&opl);
	return map;
}

#define CITY 22

static struct point city_place(void)
{
	return (struct point){SOUTH + random_unit() * (CITY - 1) * STEP,
	                      WEST + random_unit() * (CITY - 1) * STEP};
}

/* Thousands of closed roads: the router beside the plain search, and its ways beside its times. */
static void a_flooded_city_is_driven_exactly(void **state)
{
	(void)state;
	bool any = false;
	size_t known = 0;
	seed = 7;
	struct map *map = grid_town(CITY, 5);
	struct map_router *router = map_router_new(map);
	for (int k = 0; k < 12; k++) {
		struct map_metric *m = flooded_metric(map, CITY * STEP, &any);
		map_router_use(router, m);
		for (int pair = 0; pair < 60; pair++) {
			struct map_stand from = map_stand_at(city_place()), to = map_stand_at(city_place());
			struct map_eta eta, plain;
			map_etas(router, &to, &from, 1, true, &eta);
			map_etas_plain(map, m, &to, &from, 1, &plain);
			assert_int_equal(eta.known, plain.known);
			assert_true(!eta.known || eta.eta_s == plain.eta_s);
			known += eta.known;
			compare_way(router, &from, &to, &eta);
		}
		map_metric_unref(&m);
	}
	assert_true(any && known > 500);
	map_router_free(&router);
	map_close(&map);
}

/* ---- what a flooded quarter costs, counted ---- */

/* All but the outermost roads. */
static struct map_metric *city_metric(const struct map *map)
{
	const double low = 0.8 * STEP, high = (CITY - 1.8) * STEP;
	const struct point zone[] = {{SOUTH + low, WEST + low}, {SOUTH + low, WEST + high},
	                             {SOUTH + high, WEST + high}, {SOUTH + high, WEST + low}};
	const struct map_closure closure = {.points = zone, .count = 4, .area = true};
	struct problem p;
	struct map_metric *m = map_metric_make(map, MAP_NORMAL, &closure, 1, NULL, &p);
	assert_true(map_metric_edges(m) > 1500);
	return m;
}

#define CREWS 300

/* A crew has a label once it is asked about again without having moved. */
static void ask_twice(struct map_router *router, const struct map_stand *to, const struct map_stand *crews)
{
	static struct map_eta etas[2][CREWS];
	for (int i = 0; i < 2; i++)
		map_etas(router, to, crews, CREWS, false, etas[i]);
	assert_memory_equal(etas[0], etas[1], sizeof(etas[0]));
}

/* However many ways lead out of the zone: a crew in it has one label, as long as if nothing were closed. */
static void a_crew_in_a_zone_is_kept_as_any_other(void **state)
{
	(void)state;
	static struct map_stand crews[CREWS];
	seed = 3;
	struct map *map = grid_town(CITY, 0);
	struct map_router *router = map_router_new(map);
	struct map_stand to = map_stand_at(city_place());
	for (size_t i = 0; i < CREWS; i++)
		crews[i] = map_stand_at(city_place());
	ask_twice(router, &to, crews);
	size_t open = drive_router_bytes(router);
	struct map_metric *m = city_metric(map);
	map_router_use(router, m);
	assert_int_equal(drive_router_bytes(router), 0);
	ask_twice(router, &to, crews);
	assert_true(open > 0);
	assert_int_equal(drive_router_bytes(router), open);
	map_metric_unref(&m);
	map_router_free(&router);
	map_close(&map);
}

static uint8_t *above_any(const struct map_hierarchy *h, const struct hierarchy_start *starts, size_t count)
{
	uint8_t *above = mem_zero(h->vertices, 1);
	for (size_t i = 0; i < count; i++)
		for (uint32_t v = starts[i].vertex; v != MAP_NONE; v = hierarchy_parent(h, v))
			above[v] = 1;
	return above;
}

/* The least time of the starts one by one. */
static void check_times(const struct map_metric *m, const struct hierarchy_start *starts, size_t count,
                        const struct hierarchy_goal *goal)
{
	int32_t *least = mem_zero(2 * goal->slots, sizeof(*least));
	for (size_t i = 0; i < 2 * goal->slots; i++)
		least[i] = MAP_FAR;
	for (size_t i = 0; i < count; i++) {
		struct hierarchy_goal *one = hierarchy_goal_new(m, &starts[i], 1);
		assert_int_equal(one->slots, m->map->hierarchy.depth[starts[i].vertex] + 1);
		for (size_t slot = 0; slot < one->slots; slot++) {
			size_t at = hierarchy_goal_slot(goal, one->vertex[slot]);
			assert_true(at < goal->slots);
			for (size_t dir = 0; dir < 2; dir++)
				if (one->label[2 * slot + dir] < least[2 * at + dir])
					least[2 * at + dir] = one->label[2 * slot + dir];
		}
		hierarchy_goal_free(&one);
	}
	assert_memory_equal(least, goal->label, 2 * goal->slots * sizeof(*least));
	free(least);
}

static void check_runs(const struct map_hierarchy *h, const struct hierarchy_goal *goal,
                       const uint8_t *above)
{
	for (uint32_t v = 0; v < h->vertices; v++) {
		size_t expected = 0, found = 0;
		struct hierarchy_run run;
		for (uint32_t w = v; w != MAP_NONE; w = hierarchy_parent(h, w))
			expected += above[w];
		for (bool more = hierarchy_run_first(h, goal, v, &run); more;
		     more = hierarchy_run_next(goal, &run))
			for (size_t i = 0; i < run.count; i++, found++) {
				uint32_t w = goal->vertex[run.slot + i];
				assert_true(hierarchy_above(h, w, v));
				assert_int_equal(h->depth[w], run.depth + i);
			}
		assert_int_equal(found, expected);
	}
}

/* However many ways lead into the zone: what stands above any of them is gone through once. */
static void a_zone_is_reached_over_each_vertex_once(void **state)
{
	(void)state;
	seed = 5;
	struct map *map = grid_town(CITY, 0);
	const struct map_hierarchy *h = &map->hierarchy;
	struct map_metric *m = city_metric(map);
	for (int round = 0; round < 5; round++) {
		struct hierarchy_start starts[200];
		size_t count = 0, vertices = 0, limit = round == 0 ? 1 : 200;
		for (uint32_t v = 0; v < h->vertices && count < limit; v++)
			if (random_below((unsigned)(round + 1) * 3) == 0)
				starts[count++] = (struct hierarchy_start){
				    v, {(int32_t)random_below(90000), random_below(2) ? MAP_FAR : 5000}};
		struct hierarchy_goal *goal = hierarchy_goal_new(m, starts, count);
		uint8_t *above = above_any(h, starts, count);
		for (uint32_t v = 0; v < h->vertices; v++)
			vertices += above[v];
		assert_int_equal(goal->slots, vertices);
		check_times(m, starts, count, goal);
		check_runs(h, goal, above);
		free(above);
		hierarchy_goal_free(&goal);
	}
	map_metric_unref(&m);
	map_close(&map);
}

/* ---- a town to walk in ----
 *
 *  4 --w3-- 5 --w4-- 6      46.002
 *  |w5      |w6      |w7
 *  1 --w1-- 2 --w2-- 3      46.000
 *  11.000   11.002   11.004
 */
#define WAY(id, name, nodes) "w" id " Thighway=residential,name=" name " N" nodes "\n"
static const char grid[] =
    "n1 x11.000 y46.000\nn2 x11.002 y46.000\nn3 x11.004 y46.000\n"
    "n4 x11.000 y46.002\nn5 x11.002 y46.002\nn6 x11.004 y46.002\n" WAY("1", "Roma", "n1,n2")
        WAY("2", "Roma", "n2,n3") WAY("3", "Dante", "n4,n5") WAY("4", "Dante", "n5,n6")
            WAY("5", "Verdi", "n1,n4") WAY("6", "Po", "n2,n5") WAY("7", "Mazzini", "n3,n6");

struct walker {
	struct map *map;
	struct map_router *router;
};

static struct walker walk(void)
{
	struct walker w = {town(grid), NULL};
	w.router = map_router_new(w.map);
	return w;
}

static void walk_end(struct walker *w)
{
	map_router_free(&w->router);
	map_close(&w->map);
}

static void close_roads(struct walker *w, const struct map_closure *closure)
{
	struct problem p;
	struct map_metric *m = map_metric_make(w->map, MAP_NORMAL, closure, 1, NULL, &p);
	map_router_use(w->router, m);
	map_metric_unref(&m);
}

static double drive(struct walker *w, struct point from, struct point to)
{
	struct map_stand a = map_stand_at(from), b = map_stand_at(to);
	struct map_eta eta;
	map_etas(w->router, &b, &a, 1, true, &eta);
	return eta.known ? eta.distance_m : NAN;
}

static const struct point on_w1 = {46, 11.001}, on_w2 = {46, 11.003}, on_w4 = {46.002, 11.003},
                          on_w6 = {46.001, 11.002}, on_w3 = {46.002, 11.001};
#define EAST_M 154.5
#define NORTH_M 222.4

static void assert_metres(double got, double expected)
{
	if (!(fabs(got - expected) <= 1)) /* NAN, no way, is wrong too */
		fail_msg("%.1f m, expected %.1f", got, expected);
}

static void a_closed_road_is_not_driven_through(void **state)
{
	(void)state;
	struct walker w = walk();
	assert_metres(drive(&w, on_w1, on_w4), EAST_M + NORTH_M);
	close_roads(&w, &(struct map_closure){.points = &on_w6, .count = 1});
	assert_metres(drive(&w, on_w1, on_w4), 2 * EAST_M + NORTH_M);
	close_roads(&w, &(struct map_closure){.points = &on_w6, .count = 1, .speed = 0.9});
	assert_metres(drive(&w, on_w1, on_w4), EAST_M + NORTH_M);
	close_roads(&w, &(struct map_closure){.points = &on_w6, .count = 1, .speed = 0.05});
	assert_metres(drive(&w, on_w1, on_w4), 2 * EAST_M + NORTH_M);
	walk_end(&w);
}

static void one_may_leave_and_reach_a_closed_road(void **state)
{
	(void)state;
	struct walker w = walk();
	const struct point line[] = {{46, 11.0003}, {46, 11.0037}};
	close_roads(&w, &(struct map_closure){.points = line, .count = 2});
	assert_int_equal(map_metric_edges(map_router_metric(w.router)), 4);
	assert_metres(drive(&w, on_w1, on_w6), EAST_M / 2 + NORTH_M / 2);
	assert_metres(drive(&w, on_w6, on_w2), EAST_M / 2 + NORTH_M / 2);
	assert_metres(drive(&w, on_w1, on_w2), EAST_M);
	/* Neither end lies on it: all round. */
	assert_metres(drive(&w, (struct point){46.0005, 11.0}, (struct point){46.0005, 11.004}),
	              2 * 0.75 * NORTH_M + 2 * EAST_M);
	walk_end(&w);
}

static bool is_closed(struct walker *w, struct point at)
{
	const struct map_stand stand = map_stand_at(at);
	return map_router_closed(w->router, &stand);
}

static void whether_a_place_lies_on_closed_ground(void **state)
{
	(void)state;
	struct walker w = walk();
	assert_false(is_closed(&w, on_w6));
	close_roads(&w, &(struct map_closure){.points = &on_w6, .count = 1});
	assert_true(is_closed(&w, on_w6));
	assert_false(is_closed(&w, on_w1));
	assert_false(is_closed(&w, (struct point){47, 11})); /* nor any road there */
	close_roads(&w, &(struct map_closure){.points = &on_w6, .count = 1, .speed = 0.05});
	assert_false(is_closed(&w, on_w6));
	const struct point south[] = {{46.0018, 11.002}, {46.0002, 11.002}};
	close_roads(&w, &(struct map_closure){.points = south, .count = 2, .one_way = true});
	assert_false(is_closed(&w, on_w6)); /* one may still leave and reach it */
	walk_end(&w);
}

static void a_line_may_close_one_direction(void **state)
{
	(void)state;
	struct walker w = walk();
	const struct point south[] = {{46.0018, 11.002}, {46.0002, 11.002}};
	close_roads(&w, &(struct map_closure){.points = south, .count = 2, .one_way = true});
	assert_int_equal(map_metric_edges(map_router_metric(w.router)), 1);
	assert_metres(drive(&w, on_w1, on_w4), EAST_M + NORTH_M);
	assert_metres(drive(&w, on_w4, on_w1), 2 * EAST_M + NORTH_M);
	walk_end(&w);
}

static void a_stretch_is_left_where_it_opens(void **state)
{
	(void)state;
	struct walker w = walk();
	/* w1 closed, w2 only westwards: who comes to w2 eastwards has no business on w1. */
	const struct point first[] = {{46, 11.0002}, {46, 11.0018}}, west[] = {{46, 11.0038}, {46, 11.0022}};
	const struct map_closure both[] = {{.points = first, .count = 2},
	                                   {.points = west, .count = 2, .one_way = true}};
	struct problem p;
	struct map_metric *m = map_metric_make(w.map, MAP_NORMAL, both, 2, NULL, &p);
	map_router_use(w.router, m);
	map_metric_unref(&m);
	assert_metres(drive(&w, (struct point){46.001, 11.0}, on_w2), 1.5 * NORTH_M + 1.5 * EAST_M);
	walk_end(&w);
}

static void a_closed_road_closes_its_ghosts(void **state)
{
	(void)state;
	struct str opl = {0};
	str_addf(&opl, "%sr1 Ttype=restriction,restriction=no_right_turn Mw1@from,w6@via,w4@to\n", grid);
	struct walker w = {town(str_text(&opl)), NULL};
	const struct point from = {46, 11.0015}, to = {46.002, 11.0015};
	assert_true(w.map->ghost_count > 0);
	w.router = map_router_new(w.map);
	assert_metres(drive(&w, from, to), EAST_M / 2 + NORTH_M);
	close_roads(&w, &(struct map_closure){.points = &on_w6, .count = 1});
	assert_metres(drive(&w, from, to), 1.5 * EAST_M + NORTH_M);
	str_fini(&opl);
	walk_end(&w);
}

/* Whoever follows the roads of a line may come over a ghost; what is closed is its road, once. */
static void a_line_takes_roads_and_no_ghosts(void **state)
{
	(void)state;
	struct str opl = {0};
	str_addf(&opl, "%sr1 Ttype=restriction,restriction=no_right_turn Mw1@from,w6@via,w4@to\n"
	               "r2 Ttype=restriction,restriction=no_left_turn Mw2@from,w6@via,w3@to\n"
	               "r3 Ttype=restriction,restriction=no_left_turn Mw3@from,w6@via,w2@to\n", grid);
	struct map *map = town(str_text(&opl));
	const struct point south[] = {{46, 11.0012}, {46, 11.0028}}, north[] = {{46.002, 11.0012}, {46.002, 11.0028}};
	size_t roads = map->segment_count - map->ghost_count;
	assert_true(map->ghost_count > 0);
	for (size_t i = 0; i < 8; i++) {
		const struct point line[] = {(i & 4 ? north : south)[i & 1], (i & 4 ? south : north)[i >> 1 & 1]};
		uint32_t *edges;
		size_t count = closure_edges(map, &(struct map_closure){.points = line, .count = 2}, &edges);
		assert_true(count >= 2);
		for (size_t k = 0; k < count; k++)
			assert_true(edges[k] >> 1 < roads && (k == 0 || edges[k] > edges[k - 1]));
		free(edges);
	}
	str_fini(&opl);
	map_close(&map);
}

/* From w2 one may not turn into w3, but drive up w1, turn at its end and come back. */
static void one_may_turn_round_in_a_dead_end(void **state)
{
	(void)state;
	const char *opl =
	    "n1 x11.000 y46.000\nn2 x10.998 y46.000\nn3 x11.002 y46.000\nn4 x11.000 y46.002\n" WAY(
	        "1", "Cieca", "n1,n4") WAY("2", "Roma", "n2,n1") WAY("3", "Roma", "n1,n3")
	        "r1 Ttype=restriction,restriction=no_straight_on Mw2@from,n1@via,w3@to\n";
	struct walker w = {town(opl), NULL};
	w.router = map_router_new(w.map);
	assert_metres(drive(&w, (struct point){46, 10.999}, (struct point){46, 11.001}),
	              EAST_M + 2 * NORTH_M);
	walk_end(&w);
}

/* From w1 one comes into w6 only by its ghost. Nothing else joins the two where both are closed in that direction
 * only, but the place is reached that way. */
static void a_closed_road_is_reached_by_its_ghost(void **state)
{
	(void)state;
	struct str opl = {0};
	str_addf(&opl, "%sr1 Ttype=restriction,restriction=no_right_turn Mw1@from,w6@via,w4@to\n", grid);
	struct walker w = {town(str_text(&opl)), NULL};
	assert_true(w.map->ghost_count > 0);
	w.router = map_router_new(w.map);
	const struct point corner[] = {{46, 11.0002}, {46.0019, 11.002}};
	close_roads(&w, &(struct map_closure){.points = corner, .count = 2, .one_way = true});
	assert_int_equal(map_metric_edges(map_router_metric(w.router)), 2);
	assert_metres(drive(&w, (struct point){46.0005, 11.0}, on_w6), 0.25 * NORTH_M + EAST_M + NORTH_M / 2);
	str_fini(&opl);
	walk_end(&w);
}

/* As above, all three closed, and reached from an open road: wherever in the order the dead end stands. */
static void one_may_turn_round_in_a_closed_dead_end(void **state)
{
	(void)state;
	for (int dead = 0; dead < 6; dead++) {
		/* More dead ends there are, of all lengths, so that orders differ. */
		struct str opl = {0};
		str_addf(&opl, "n1 x11.000 y46.000\nn2 x10.998 y46.000\nn3 x11.002 y46.000\nn4 x11.000 y46.002\n"
		               "n5 x10.996 y46.000\n" WAY("1", "Cieca", "n1,n4") WAY("2", "Roma", "n2,n1")
		                   WAY("3", "Roma", "n1,n3") WAY("4", "Roma", "n5,n2")
		               "r1 Ttype=restriction,restriction=no_straight_on Mw2@from,n1@via,w3@to\n");
		for (int i = 0; i < dead; i++)
			str_addf(&opl, "n%d x11.004 y%.4f\nw%d Thighway=residential,name=Altra Nn3,n%d\n", 10 + i,
			         46.001 + 0.001 * i, 10 + i, 10 + i);
		struct walker w = {town(str_text(&opl)), NULL};
		w.router = map_router_new(w.map);
		const struct point area[] = {{45.999, 10.9985}, {45.999, 11.001}, {46.003, 11.001}, {46.003, 10.9985}};
		close_roads(&w, &(struct map_closure){.points = area, .count = 4, .area = true});
		assert_int_equal(map_metric_edges(map_router_metric(w.router)), 6);
		assert_metres(drive(&w, (struct point){46, 10.997}, (struct point){46, 11.001}),
		              2 * EAST_M + 2 * NORTH_M);
		walk_end(&w);
		str_fini(&opl);
	}
}

/* A flooded town of 28 x 28 crossings in a ring of open roads: whoever is in its middle drives straight out, and who
 * is outside straight in, as if nothing were closed. */
static void a_large_zone_is_left_and_reached(void **state)
{
	(void)state;
	enum { N = 30 };
	struct walker w = {grid_town(N, 0), NULL};
	w.router = map_router_new(w.map);
	const double low = 0.8 * STEP, high = (N - 1.8) * STEP;
	const struct point zone[] = {{SOUTH + low, WEST + low}, {SOUTH + low, WEST + high},
	                             {SOUTH + high, WEST + high}, {SOUTH + high, WEST + low}};
	const struct point middle = {SOUTH + 14.4 * STEP, WEST + 15 * STEP},
	                   beside = {SOUTH + 17 * STEP, WEST + 12.4 * STEP},
	                   outside = {SOUTH, WEST + 3.3 * STEP};
	double out = drive(&w, middle, outside), in = drive(&w, outside, middle), within = drive(&w, middle, beside);
	close_roads(&w, &(struct map_closure){.points = zone, .count = 4, .area = true});
	assert_true(map_metric_edges(map_router_metric(w.router)) > 3000);
	assert_metres(drive(&w, middle, outside), out);
	assert_metres(drive(&w, outside, middle), in);
	assert_metres(drive(&w, middle, beside), within);
	walk_end(&w);
}

static size_t taken(const struct map *map, const struct map_closure *c, const char *names)
{
	struct arena *arena = arena_new();
	struct map_road roads[8];
	struct str found = {0};
	size_t count = map_closure_roads(map, c, arena, roads, 8);
	for (size_t i = 0; i < count; i++)
		str_addf(&found, "%s ", roads[i].name);
	assert_string_equal(str_text(&found), names);
	str_fini(&found);
	arena_free(&arena);
	return count;
}

static void a_line_follows_the_roads(void **state)
{
	(void)state;
	struct walker w = walk();
	const struct point corner[] = {{46, 11.0002}, {46.0019, 11.002}};
	taken(w.map, &(struct map_closure){.points = corner, .count = 2}, "Roma Po ");
	const struct point far[] = {{46.5, 11.0}, {46.5, 11.1}};
	taken(w.map, &(struct map_closure){.points = far, .count = 2}, "");
	const struct point area[] = {{45.9995, 11.0015}, {46.0005, 11.0015}, {46.0005, 11.0025}, {45.9995, 11.0025}};
	const struct map_closure crossing = {.points = area, .count = 4, .area = true};
	taken(w.map, &crossing, "Roma Roma Po ");
	/* Less than half of the road at an end stays open. */
	const struct point late[] = {{46, 11.0014}, {46.0018, 11.002}};
	taken(w.map, &(struct map_closure){.points = late, .count = 2}, "Po ");
	/* Those for which there is no room are counted. */
	assert_int_equal(map_closure_roads(w.map, &crossing, NULL, NULL, 0), 3);
	/* An area that holds no crossing and no bend of a road, only a piece of one. */
	const struct point middle[] = {{46.0019, 11.0005}, {46.0021, 11.0005}, {46.0021, 11.0008}};
	taken(w.map, &(struct map_closure){.points = middle, .count = 3, .area = true}, "Dante ");
	walk_end(&w);
}

static void one_closure_lies_under_another(void **state)
{
	(void)state;
	struct walker w = walk();
	const struct point corner[] = {{46, 11.0002}, {46.0019, 11.002}}, back[] = {{46.0019, 11.002}, {46, 11.0002}};
	const struct point roma[] = {{46, 11.001}}, far[] = {{46.5, 11.0}, {46.5, 11.1}};
	const struct map_closure line = {.points = corner, .count = 2}, one = {.points = roma, .count = 1},
	                         nowhere = {.points = far, .count = 2},
	                         there = {.points = corner, .count = 2, .one_way = true},
	                         home = {.points = back, .count = 2, .one_way = true},
	                         same = {.points = back, .count = 2};
	assert_true(map_closure_covers(w.map, &line, &line));
	assert_true(map_closure_covers(w.map, &same, &line));
	assert_true(map_closure_covers(w.map, &line, &one));
	assert_false(map_closure_covers(w.map, &one, &line));
	assert_true(map_closure_covers(w.map, &line, &there));
	assert_false(map_closure_covers(w.map, &there, &line));
	assert_false(map_closure_covers(w.map, &there, &home));
	assert_false(map_closure_covers(w.map, &nowhere, &nowhere));
	assert_false(map_closure_covers(w.map, &nowhere, &one));
	walk_end(&w);
}

/* ---- ways ---- */

static void a_way_is_drawn_with_its_times(void **state)
{
	(void)state;
	struct walker w = walk();
	struct arena *arena = arena_new();
	struct map_stand from = map_stand_at(on_w1), to = map_stand_at(on_w4);
	struct map_route way;
	struct map_eta eta;
	map_etas(w.router, &to, &from, 1, true, &eta);
	assert_true(map_route(w.router, &from, &to, arena, &way));
	assert_true(way.eta.eta_s == eta.eta_s && fabs(way.eta.distance_m - eta.distance_m) < 0.01);
	assert_int_equal(way.count, 4);
	assert_true(fabs(way.points[1].lon - 11.002) < 1e-6 && fabs(way.points[1].lat - 46) < 1e-6);
	assert_true(fabs(way.points[3].lon - 11.003) < 1e-6);
	for (size_t i = 1; i < way.count; i++)
		assert_true(way.at_s[i] > way.at_s[i - 1]);
	assert_true(way.at_s[0] == 0 && fabs(way.at_s[3] - way.eta.eta_s) < 1e-6);
	assert_int_equal(way.step_count, 3);
	assert_string_equal(way.steps[1].street, "Po");
	assert_int_equal(way.steps[1].first_point, 1);
	assert_metres(way.steps[1].distance_m, NORTH_M);
	double sum = 0;
	for (size_t i = 0; i < way.step_count; i++)
		sum += way.steps[i].time_s;
	assert_true(fabs(sum - way.eta.eta_s) < 1e-6);
	arena_free(&arena);
	walk_end(&w);
}

static void a_way_along_one_road(void **state)
{
	(void)state;
	struct walker w = walk();
	struct arena *arena = arena_new();
	struct map_stand from = map_stand_at((struct point){46, 11.0015}),
	                 to = map_stand_at((struct point){46, 11.0005}),
	                 nowhere = map_stand_at((struct point){47, 11});
	struct map_route way;
	assert_true(map_route(w.router, &from, &to, arena, &way));
	assert_int_equal(way.count, 2);
	assert_metres(way.eta.distance_m, EAST_M / 2);
	assert_false(map_route(w.router, &nowhere, &to, arena, &way));
	assert_int_equal(way.count, 0);
	arena_free(&arena);
	walk_end(&w);
}

static void heading_chooses_the_direction(void **state)
{
	(void)state;
	struct walker w = walk();
	struct map_stand from = map_stand_at(on_w1), to = map_stand_at((struct point){46, 11.0002});
	struct map_eta eta;
	map_etas(w.router, &to, &from, 1, true, &eta);
	assert_metres(eta.distance_m, 0.4 * EAST_M);
	from.heading = 95; /* east: round the block */
	map_etas(w.router, &to, &from, 1, true, &eta);
	assert_metres(eta.distance_m, 1.5 * EAST_M + 2 * NORTH_M + 0.1 * EAST_M);
	from.heading = 10; /* across: no road there goes so */
	map_etas(w.router, &to, &from, 1, true, &eta);
	assert_metres(eta.distance_m, 0.4 * EAST_M);
	walk_end(&w);
}

/* A road that leads elsewhere than one is heading counts as 30 m farther, and no more than that. */
static void heading_chooses_the_road(void **state)
{
	(void)state;
	struct walker w = walk();
	struct map_stand at = {{46.0001, 11.00203}, NAN, 0}; /* 2 m from w6, 11 m from w2 */
	assert_true(drive_end_at(w.map, &at).distance_m < 4);
	at.heading = 90;
	struct drive_end end = drive_end_at(w.map, &at);
	assert_true(fabs(end.at.lat - 46) < 1e-6 && end.distance_m > 10);
	at.at.lat = 46.0004; /* 44 m from w2 */
	assert_true(drive_end_at(w.map, &at).distance_m < 4);
	walk_end(&w);
}

/* Lengths are forgotten when there are too many of them, and measured again. */
static void lengths_outlast_a_full_table(void **state)
{
	(void)state;
	seed = 9;
	struct map *map = grid_town(12, 4);
	const struct map_metric *m = map->base;
	struct hierarchy_lengths *lengths = hierarchy_lengths_new(64);
	const int32_t start[2] = {0, 0};
	for (int i = 0; i < 200; i++) {
		uint32_t ends[2], vertices = (uint32_t)map->hierarchy.vertices;
		struct hierarchy_start to = {random_below(vertices), {0, 0}};
		uint32_t from = random_below(vertices);
		struct hierarchy_goal *goal = hierarchy_goal_new(m, &to, 1);
		struct hierarchy_sweep *sweep = hierarchy_sweep_new(m, goal);
		struct drive_path path = {0};
		double metres = 0, sum = 0;
		hierarchy_goal_trace(m, goal, &to);
		bool known = hierarchy_path(sweep, from, start, ends, &path);
		assert_int_equal(hierarchy_metres(sweep, from, start, lengths, ends, &metres), known);
		for (size_t k = 0; k < path.count; k++)
			sum += (double)map->segments[path.edge[k] >> 1].length_m;
		assert_true(!known || fabs(metres - sum) <= 0.01);
		drive_path_free(&path);
		hierarchy_sweep_free(&sweep);
		hierarchy_goal_free(&goal);
	}
	hierarchy_lengths_free(&lengths);
	map_close(&map);
}

/* Between two one-way streets, each nearer to one side: who heads so is on the farther one. */
static void a_way_begins_where_its_place_was_snapped(void **state)
{
	(void)state;
	struct map *map = town("n1 x11.0000 y46.0000\nn2 x11.0020 y46.0000\nn3 x11.0020 y46.0002\nn4 x11.0000 y46.0002\n"
	                       "w1 Thighway=residential,name=Ovest,oneway=yes Nn2,n1\n"
	                       "w2 Thighway=residential,name=Est,oneway=yes Nn4,n3\n"
	                       "w3 Thighway=residential Nn3,n2\nw4 Thighway=residential Nn1,n4\n");
	struct map_router *router = map_router_new(map);
	struct arena *arena = arena_new();
	struct map_stand to = map_stand_at((struct point){46, 11.0003});
	struct point place = {46.00008, 11.001};
	for (int degrees = -10; degrees < 360; degrees += 10) {
		struct map_stand from = {place, degrees < 0 ? (double)NAN : degrees, 0};
		struct map_snap kept, again, near[3];
		struct map_route way;
		assert_true(map_router_snap(router, &from, &kept) && map_router_snap(router, &from, &again));
		assert_true(map_snap(map, &from, near, 1) == 1 && map_route(router, &from, &to, arena, &way));
		assert_true(near[0].at.lat == kept.at.lat && near[0].at.lon == kept.at.lon);
		assert_true(again.at.lat == kept.at.lat && again.distance_m == kept.distance_m);
		assert_true(way.points[0].lat == kept.at.lat && way.points[0].lon == kept.at.lon);
		assert_true(way.eta.from.lat == kept.at.lat && way.eta.from_m == kept.distance_m);
		assert_string_equal(kept.street, degrees >= 20 && degrees <= 160 ? "Est" : "Ovest");
		assert_int_equal(map_snap(map, &from, near, 3), 3);
		assert_string_equal(near[0].street, kept.street);
	}
	assert_false(map_router_snap(router, &(struct map_stand){{47, 11}, NAN, 0}, &(struct map_snap){{0, 0}, 0, NULL}));
	arena_free(&arena);
	map_router_free(&router);
	map_close(&map);
}

static void a_table_is_its_pairs(void **state)
{
	(void)state;
	struct walker w = walk();
	struct map_stand places[] = {map_stand_at(on_w1), map_stand_at(on_w2), map_stand_at(on_w3),
	                             map_stand_at(on_w4), map_stand_at(on_w6)};
	struct map_eta table[25], pair;
	map_table(w.router, places, 5, places, 5, true, table);
	for (size_t i = 0; i < 25; i++) {
		struct map_router *fresh = map_router_new(w.map);
		map_etas(fresh, &places[i % 5], &places[i / 5], 1, true, &pair);
		assert_true(pair.known && pair.eta_s == table[i].eta_s &&
		            pair.distance_m == table[i].distance_m);
		map_router_free(&fresh);
	}
	walk_end(&w);
}

/* ---- metrics ---- */

static void the_clock_chooses_a_profile(void **state)
{
	(void)state;
	enum map_profile p;
	assert_int_equal(map_profile_at(1, 8 * 60), MAP_PEAK);
	assert_int_equal(map_profile_at(6, 8 * 60), MAP_NORMAL);
	assert_int_equal(map_profile_at(5, 18 * 60), MAP_PEAK);
	assert_int_equal(map_profile_at(3, 12 * 60), MAP_NORMAL);
	assert_int_equal(map_profile_at(7, 22 * 60), MAP_NIGHT);
	assert_int_equal(map_profile_at(7, 5 * 60 + 59), MAP_NIGHT);
	assert_int_equal(map_profile_at(7, 6 * 60), MAP_NORMAL);
	for (unsigned i = 0; i < MAP_PROFILES; i++) {
		assert_true(map_profile_parse(map_profile_name((enum map_profile)i), &p));
		assert_int_equal(p, i);
	}
	assert_false(map_profile_parse("rush", &p));
}

static uint32_t edge_time(const struct map *map, enum map_profile profile, const char *name)
{
	uint32_t *ms = mem_zero(2 * map->segment_count, sizeof(*ms)), found = 0;
	metric_hours(map, profile, ms);
	for (size_t i = 0; i < map->segment_count; i++)
		if (strcmp(map_string(map, map->segments[i].name), name) == 0)
			found = ms[2 * i];
	free(ms);
	return found;
}

static void assert_share(const struct map *map, enum map_profile profile, const char *name, unsigned percent)
{
	uint32_t usual = edge_time(map, MAP_NORMAL, name);
	assert_true(usual > 1000);
	assert_int_equal(edge_time(map, profile, name), (usual * percent + 50) / 100);
}

/* What the hour makes of roads; ships keep their timetable. */
static void roads_know_the_hour_and_ships_do_not(void **state)
{
	(void)state;
	struct map *map = town("n1 x11.000 y46.000\nn2 x11.002 y46.000\nn3 x11.004 y46.000\nn4 x11.006 y46.000\n"
	                       "n5 x11.008 y46.000\n"
	                       "w1 Thighway=primary,name=Statale,maxspeed=90 Nn1,n2\n"
	                       "w2 Thighway=residential,name=Corta Nn2,n3\n"
	                       "w3 Troute=ferry,motor_vehicle=yes,name=Traghetto Nn3,n4\n"
	                       "w4 Thighway=residential,name=Riva Nn4,n5\n");
	assert_share(map, MAP_NIGHT, "Statale", 92);
	assert_share(map, MAP_PEAK, "Statale", 120);
	assert_share(map, MAP_SNOW, "Statale", 160);
	assert_share(map, MAP_SNOW, "Corta", 210);
	assert_share(map, MAP_NIGHT, "Corta", 97);
	for (unsigned profile = 0; profile < MAP_PROFILES; profile++)
		assert_share(map, (enum map_profile)profile, "Traghetto", 100);
	map_close(&map);
}

static void a_version_names_the_times(void **state)
{
	(void)state;
	struct walker w = walk();
	struct problem p;
	struct map_closure c = {.points = &on_w6, .count = 1};
	struct map_metric *open = map_metric_make(w.map, MAP_NORMAL, NULL, 0, NULL, &p),
	                  *closed = map_metric_make(w.map, MAP_NORMAL, &c, 1, NULL, &p),
	                  *again = map_metric_make(w.map, MAP_NORMAL, &c, 1, NULL, &p),
	                  *snow = map_metric_make(w.map, MAP_SNOW, &c, 1, NULL, &p);
	assert_string_equal(map_metric_version(open), map_metric_version(map_router_metric(w.router)));
	assert_string_equal(map_metric_version(closed), map_metric_version(again));
	assert_string_not_equal(map_metric_version(closed), map_metric_version(open));
	assert_string_not_equal(map_metric_version(closed), map_metric_version(snow));
	assert_int_equal(map_metric_profile(snow), MAP_SNOW);
	assert_int_equal(map_metric_edges(closed), 2);
	map_metric_unref(&open);
	map_metric_unref(&closed);
	map_metric_unref(&again);
	map_metric_unref(&snow);
	walk_end(&w);
}

static void spoil(const char *path)
{
	int fd = open(path, O_RDWR);
	struct stat st;
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(pwrite(fd, "\xff", 1, st.st_size / 2), 1);
	close(fd);
}

static void metrics_are_kept_and_shared(void **state)
{
	(void)state;
	struct walker w = walk();
	char dir[] = "/tmp/map_drive_test.XXXXXX", path[300], lock[64];
	struct problem p;
	struct map_closure c = {.points = &on_w6, .count = 1};
	assert_non_null(mkdtemp(dir));
	struct map_metric *first = map_metric_make(w.map, MAP_NORMAL, &c, 1, dir, &p);
	assert_non_null(first);
	metric_file(dir, path);
	ino_t made = inode(path);
	struct map_metric *second = map_metric_make(w.map, MAP_NORMAL, &c, 1, dir, &p);
	assert_true(inode(path) == made);
	map_metric_unref(&second);
	map_router_use(w.router, first);
	unlink(path); /* whoever holds it keeps it */
	assert_metres(drive(&w, on_w1, on_w4), 2 * EAST_M + NORTH_M);
	map_metric_unref(&first);
	first = map_metric_make(w.map, MAP_NORMAL, &c, 1, dir, &p);
	map_metric_unref(&first);
	made = inode(path);
	spoil(path);
	first = map_metric_make(w.map, MAP_NORMAL, &c, 1, dir, &p);
	assert_true(inode(path) != made);
	map_router_use(w.router, first);
	assert_metres(drive(&w, on_w1, on_w4), 2 * EAST_M + NORTH_M);
	map_metric_unref(&first);
	assert_null(map_metric_make(w.map, MAP_NORMAL, &c, 1, "/nowhere/at/all", &p));
	assert_non_null(strstr(p.text, "/nowhere/at/all"));
	unlink(path);
	snprintf(lock, sizeof(lock), "%s/lock", dir);
	unlink(lock);
	rmdir(dir);
	walk_end(&w);
}

/* A worker that gave up before the other is ready would make a metric for itself alone, and of memory
 * a country's takes ten times a region's. */
static void a_larger_metric_is_waited_for_longer(void **state)
{
	(void)state;
	assert_int_equal(metric_patience_ms(0), 4000);
	assert_int_equal(metric_patience_ms(1000000), 4000);
	assert_int_equal(metric_patience_ms(1500000), 6000);
	assert_int_equal(metric_patience_ms(2000000), 8000);
	assert_int_equal(metric_patience_ms(UINT32_MAX), 8000); /* ten are given to a worker that stops */
}

/* Another map's file, of as many roads and arcs, under the name of ours: made again. */
static void a_metric_of_another_map_is_refused(void **state)
{
	(void)state;
	struct str renamed = {0};
	str_add(&renamed, grid);
	memcpy(strstr(renamed.data, "Roma"), "Amor", 4);
	struct walker w = walk();
	struct map *other = town(str_text(&renamed));
	char dir[] = "/tmp/map_drive_test.XXXXXX", path[300], theirs[300], lock[64];
	struct problem p;
	struct map_closure c = {.points = &on_w6, .count = 1};
	assert_non_null(mkdtemp(dir));
	struct map_metric *m = map_metric_make(w.map, MAP_NORMAL, &c, 1, dir, &p);
	metric_file(dir, path);
	map_metric_unref(&m);
	unlink(path);
	m = map_metric_make(other, MAP_NORMAL, &c, 1, dir, &p);
	metric_file(dir, theirs);
	map_metric_unref(&m);
	assert_string_not_equal(path, theirs);
	assert_int_equal(rename(theirs, path), 0);
	ino_t was = inode(path);
	m = map_metric_make(w.map, MAP_NORMAL, &c, 1, dir, &p);
	assert_true(inode(path) != was);
	map_metric_unref(&m);
	unlink(path);
	snprintf(lock, sizeof(lock), "%s/lock", dir);
	unlink(lock);
	rmdir(dir);
	str_fini(&renamed);
	map_close(&other);
	walk_end(&w);
}

/* ---- the nearest roads, beside a look at all ---- */

/* In units of 1e-7 degree of latitude. */
static double off_piece(struct map_vertex a, struct map_vertex b, struct point p)
{
	double narrow = cos(p.lat * M_PI / 180), t = 0;
	double ax = (a.lon - p.lon * 1e7) * narrow, ay = a.lat - p.lat * 1e7;
	double dx = (b.lon - a.lon) * narrow, dy = b.lat - a.lat;
	if (dx != 0 || dy != 0)
		t = fmin(1, fmax(0, -(ax * dx + ay * dy) / (dx * dx + dy * dy)));
	return hypot(ax + t * dx, ay + t * dy);
}

static double off_segment(const struct map *map, uint32_t segment, struct point p)
{
	struct map_unpacked line = {0};
	const struct map_vertex *v = map_line(map, &map->segments[segment], &line);
	double off = INFINITY;
	for (size_t i = 0; i + 1 < map->segments[segment].vertices; i++)
		off = fmin(off, off_piece(v[i], v[i + 1], p));
	map_unpacked_free(&line);
	return off * 0.0111194926644559;
}

static int nearer(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

#define NEAREST 4

static void check_nearest(const struct map *map, struct point p)
{
	struct map_snapped found[NEAREST];
	double *off = mem_zero(map->segment_count, sizeof(*off));
	size_t count = 0, within = 0, got = map_snap_segments(map, p, MAP_SNAP_LIMIT_M, found, NEAREST);
	for (uint32_t i = 0; i < map->segment_count; i++)
		if (routable(map, 2 * i) || routable(map, 2 * i + 1))
			off[count++] = off_segment(map, i, p);
	qsort(off, count, sizeof(*off), nearer);
	while (within < count && within < NEAREST && off[within] <= MAP_SNAP_LIMIT_M)
		within++;
	assert_int_equal(got, within);
	for (size_t i = 0; i < got; i++) {
		assert_true(fabs(found[i].distance_m - off[i]) <= 0.01);
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(found[i].segment, found[k].segment);
	}
	free(off);
}

/* Also from places well outside of a town, several cells away from its roads. */
static void the_nearest_roads_are_those_of_all(void **state)
{
	(void)state;
	seed = 11;
	for (int round = 0; round < 8; round++) {
		struct map *map = random_town();
		for (int i = 0; i < 150; i++) {
			struct point p = random_place();
			p.lat += (random_unit() - 0.5) * 6 * STEP;
			p.lon += (random_unit() - 0.5) * 6 * STEP;
			check_nearest(map, p);
		}
		map_close(&map);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(three_readings_agree_on_random_towns),
	    cmocka_unit_test(the_nearest_roads_are_those_of_all),
	    cmocka_unit_test(three_readings_agree_in_flooded_towns),
	    cmocka_unit_test(a_flooded_city_is_driven_exactly),
	    cmocka_unit_test(a_crew_in_a_zone_is_kept_as_any_other),
	    cmocka_unit_test(a_zone_is_reached_over_each_vertex_once),
	    cmocka_unit_test(a_closed_road_is_not_driven_through),
	    cmocka_unit_test(one_may_leave_and_reach_a_closed_road),
	    cmocka_unit_test(whether_a_place_lies_on_closed_ground),
	    cmocka_unit_test(a_line_may_close_one_direction),
	    cmocka_unit_test(a_stretch_is_left_where_it_opens),
	    cmocka_unit_test(a_closed_road_closes_its_ghosts),
	    cmocka_unit_test(a_line_takes_roads_and_no_ghosts),
	    cmocka_unit_test(one_may_turn_round_in_a_dead_end),
	    cmocka_unit_test(a_closed_road_is_reached_by_its_ghost),
	    cmocka_unit_test(one_may_turn_round_in_a_closed_dead_end),
	    cmocka_unit_test(a_large_zone_is_left_and_reached),
	    cmocka_unit_test(a_line_follows_the_roads),
	    cmocka_unit_test(one_closure_lies_under_another),
	    cmocka_unit_test(a_way_is_drawn_with_its_times),
	    cmocka_unit_test(a_way_along_one_road),
	    cmocka_unit_test(heading_chooses_the_direction),
	    cmocka_unit_test(heading_chooses_the_road),
	    cmocka_unit_test(lengths_outlast_a_full_table),
	    cmocka_unit_test(roads_know_the_hour_and_ships_do_not),
	    cmocka_unit_test(a_metric_of_another_map_is_refused),
	    cmocka_unit_test(a_larger_metric_is_waited_for_longer),
	    cmocka_unit_test(a_way_begins_where_its_place_was_snapped),
	    cmocka_unit_test(a_table_is_its_pairs),
	    cmocka_unit_test(the_clock_chooses_a_profile),
	    cmocka_unit_test(a_version_names_the_times),
	    cmocka_unit_test(metrics_are_kept_and_shared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

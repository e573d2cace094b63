/*
 * Which roads a closure takes that names its street: junctions as towns have them, where the
 * shortest way between two crossings, or the road nearest to one, is another street's. And lines by
 * hand: which roads their points stand for.
 */
#include "map_drawn.h"

#include "base/str.h"
#include "map/roads.h"

#include "../../src/map/drive/drive.h"

#include <stdlib.h>
#include <string.h>

#define ROADS 16

/* A junction of the drawing: metres east and north of the corner of it. */
#define EAST_DEGREES (1 / 77318.6)
#define NORTH_DEGREES (1 / 111194.9)

static struct point at(double east, double north)
{
	return (struct point){46 + north * NORTH_DEGREES, 11 + east * EAST_DEGREES};
}

struct sheet {
	struct str opl, ways;
	int nodes, roads;
};

static int node(struct sheet *s, double east, double north)
{
	struct point p = at(east, north);
	str_addf(&s->opl, "n%d x%.7f y%.7f\n", ++s->nodes, p.lon, p.lat);
	return s->nodes;
}

/* nodes: as OPL has them. */
static void road(struct sheet *s, const char *tags, const char *nodes)
{
	str_addf(&s->ways, "w%d Thighway=residential%s%s N%s\n", ++s->roads, *tags ? "," : "", tags, nodes);
}

static struct map *drawn(struct sheet *s)
{
	str_add(&s->opl, str_text(&s->ways));
	struct map *map = town(str_text(&s->opl));
	str_fini(&s->opl);
	str_fini(&s->ways);
	return map;
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "Corso 154, Corso 154": names and metres, by the alphabet. */
static void assert_takes(const struct map *map, const struct map_closure *c, const char *expected)
{
	struct arena *arena = arena_new();
	struct map_road roads[ROADS];
	const char *words[ROADS];
	struct str found = {0};
	size_t count = map_closure_roads(map, c, arena, roads, ROADS);
	for (size_t i = 0; i < count; i++) {
		double metres = 0;
		for (size_t k = 1; k < roads[i].points; k++)
			metres += point_distance_m(roads[i].line[k - 1], roads[i].line[k]);
		words[i] = arena_format(arena, "%s %.0f", roads[i].name ? roads[i].name : "?", metres);
	}
	qsort(words, count, sizeof *words, compare_text);
	for (size_t i = 0; i < count; i++)
		str_addf(&found, "%s%s", i ? ", " : "", words[i]);
	assert_string_equal(str_text(&found), expected);
	str_fini(&found);
	arena_free(&arena);
}

static void assert_street(const struct map *map, const char *street, const struct point *points,
                          size_t count, const char *expected)
{
	const struct map_closure c = {.points = points, .count = count, .street = street};
	assert_int_equal(map_closure_on_street(map, &c), *expected != 0);
	if (*expected)
		assert_takes(map, &c, expected);
}

/*  3-7--Piave--4
 *  |           |
 *  1--Malfatti-2    Perini leaves 1, Milano 2: between the two Malfatti is the shorter way */
static struct map *long_way_round(void)
{
	struct sheet s = {0};
	node(&s, 0, 0);
	node(&s, 80, 0);
	node(&s, 0, 100);
	node(&s, 80, 100);
	node(&s, -100, 0);
	node(&s, 180, 0);
	node(&s, 20, 100);
	node(&s, 20, 200);
	road(&s, "name=Malfatti", "n1,n2");
	road(&s, "name=Via%20%Piave", "n1,n3,n7,n4,n2");
	road(&s, "name=Isonzo", "n7,n8");
	road(&s, "name=Perini", "n5,n1");
	road(&s, "name=Milano", "n2,n6");
	return drawn(&s);
}

static void it_takes_its_street_though_another_is_shorter(void **state)
{
	(void)state;
	struct map *map = long_way_round();
	const struct point ends[] = {at(0, 0), at(80, 0)};
	assert_takes(map, &(struct map_closure){.points = ends, .count = 2}, "Malfatti 80");
	assert_street(map, "Via Piave", ends, 2, "Via Piave 120, Via Piave 160");
	assert_street(map, "VIA PIAVE", ends, 2, "Via Piave 120, Via Piave 160");
	assert_street(map, "Malfatti", ends, 2, "Malfatti 80");
	map_close(&map);
}

static void at_one_crossing_it_takes_what_ends_there(void **state)
{
	(void)state;
	struct map *map = long_way_round();
	const struct point crossing = at(0, 0), beside = at(0.5, -1), far = at(-40, -140);
	assert_street(map, "Via Piave", &crossing, 1, "Via Piave 120");
	assert_street(map, "Via Piave", &beside, 1, "Via Piave 120");
	assert_street(map, "Milano", &crossing, 1, "Milano 100");
	assert_street(map, "Via Piave", &far, 1, "");
	assert_street(map, "Via Isonzo", &crossing, 1, "");
	map_close(&map);
}

/*  5--<--6--<--7--<--8    20 m apart, crossed by Ovest and Est, and by Poi 30 m on
 *  1-->--2-->--3-->--4 */
static struct map *two_carriageways(void)
{
	struct sheet s = {0};
	for (int i = 0; i < 4; i++)
		node(&s, 200 * i, 0);
	for (int i = 0; i < 4; i++)
		node(&s, 200 * i + (i == 1 ? 8 : 0), 20);
	node(&s, 200, -100);
	node(&s, 208, 120);
	node(&s, 400, -100);
	node(&s, 400, 120);
	node(&s, 430, 0);
	node(&s, 430, 20);
	road(&s, "name=Corso,oneway=yes", "n1,n2,n3,n13,n4");
	road(&s, "name=Corso,oneway=yes", "n8,n14,n7,n6,n5");
	road(&s, "name=Poi", "n13,n14");
	road(&s, "name=Ovest", "n9,n2,n6,n10");
	road(&s, "name=Est", "n11,n3,n7,n12");
	road(&s, "name=Capo", "n1,n5");
	road(&s, "name=Fondo", "n4,n8");
	return drawn(&s);
}

static void it_takes_both_carriageways(void **state)
{
	(void)state;
	struct map *map = two_carriageways();
	const struct point ends[] = {at(200, 0), at(400, 20)}, back[] = {at(400, 20), at(200, 0)};
	assert_street(map, "Corso", ends, 2, "Corso 192, Corso 200");
	assert_street(map, "Corso", back, 2, "Corso 192, Corso 200");
	assert_street(map, "Corso", ends, 1, "Corso 192, Corso 200, Corso 200, Corso 208");
	const struct map_closure east = {.points = ends, .count = 2, .one_way = true, .street = "Corso"},
	                         west = {.points = back, .count = 2, .one_way = true, .street = "Corso"};
	assert_takes(map, &east, "Corso 200");
	assert_takes(map, &west, "Corso 192");
	map_close(&map);
}

/* Not on a crossing, but between two: that stretch of both carriageways. */
static void between_crossings_it_takes_the_stretch(void **state)
{
	(void)state;
	struct map *map = two_carriageways();
	const struct point middle = at(300, 1);
	assert_street(map, "Corso", &middle, 1, "Corso 192, Corso 200");
	map_close(&map);
}

/* A roundabout without a name, arms of Nord and Sud: they stay open. */
static void it_leaves_a_roundabout_open(void **state)
{
	(void)state;
	struct sheet s = {0};
	node(&s, 0, 0);
	node(&s, 100, 0);
	node(&s, 115, -15);
	node(&s, 130, 0);
	node(&s, 115, 15);
	node(&s, 230, 0);
	node(&s, 115, -100);
	node(&s, 115, 100);
	node(&s, 0, 50);
	node(&s, 230, 50);
	road(&s, "name=Viale", "n1,n2");
	road(&s, "junction=roundabout", "n2,n3,n4,n5,n2");
	road(&s, "name=Viale", "n4,n6");
	road(&s, "name=Sud", "n3,n7");
	road(&s, "name=Nord", "n5,n8");
	road(&s, "name=Capo", "n1,n9");
	road(&s, "name=Fondo", "n6,n10");
	struct map *map = drawn(&s);
	const struct point ends[] = {at(0, 0), at(230, 0)};
	assert_street(map, "Viale", ends, 2, "Viale 100, Viale 100");
	map_close(&map);
}

/* It goes on 40 m up the street that it crosses; that one stays open. 300 m away it has another piece. */
static void its_pieces_are_taken_where_they_are_near(void **state)
{
	(void)state;
	struct sheet s = {0};
	node(&s, 0, 0);
	node(&s, 100, 0);
	node(&s, 100, 40);
	node(&s, 200, 40);
	node(&s, 100, -100);
	node(&s, 100, 140);
	node(&s, 500, 40);
	node(&s, 600, 40);
	node(&s, 0, 90);
	node(&s, 600, 140);
	road(&s, "name=Via%20%Roma", "n1,n2");
	road(&s, "name=Via%20%Roma", "n3,n4");
	road(&s, "name=Traversa", "n5,n2,n3,n6");
	road(&s, "name=Provinciale", "n4,n7");
	road(&s, "name=Via%20%Roma", "n7,n8");
	road(&s, "name=Capo", "n1,n9");
	road(&s, "name=Fondo", "n8,n10");
	struct map *map = drawn(&s);
	const struct point near[] = {at(0, 0), at(200, 40)}, apart[] = {at(0, 0), at(600, 40)},
	                   other[] = {at(500, 40), at(600, 40)};
	assert_street(map, "Via Roma", near, 2, "Via Roma 100, Via Roma 100");
	assert_street(map, "Via Roma", apart, 2, "");
	assert_street(map, "Via Roma", other, 2, "Via Roma 100");
	map_close(&map);
}

/* Of a map that calls it otherwise, the roads along its points. */
static void without_its_street_it_takes_the_roads_of_its_points(void **state)
{
	(void)state;
	struct map *map = long_way_round();
	const struct point ends[] = {at(0, 50), at(40, 100), at(80, 50)};
	const struct map_closure c = {.points = ends, .count = 3, .street = "Via Isonzo"};
	assert_false(map_closure_on_street(map, &c));
	assert_takes(map, &c, "Via Piave 120, Via Piave 160");
	map_close(&map);
}

/* Where only a footway of that name comes, or the street ends some way off, no car crosses. */
static void cars_cross_where_a_road_of_the_street_passes(void **state)
{
	(void)state;
	struct sheet s = {0};
	node(&s, 0, 0);
	node(&s, 200, 0);
	node(&s, 400, 0);
	node(&s, 200, 100);
	node(&s, 400, 100);
	road(&s, "name=Via%20%Piave", "n1,n2");
	road(&s, "motor_vehicle=no,name=Via%20%Piave", "n2,n3");
	road(&s, "name=Milano", "n2,n4");
	road(&s, "name=Isonzo", "n3,n5");
	struct map *map = drawn(&s);
	assert_true(map_street_drivable(map, "Via Piave", at(200, 0)));
	assert_true(map_street_drivable(map, "via piave", at(200, 20)));
	assert_false(map_street_drivable(map, "Via Piave", at(400, 0)));
	assert_false(map_street_drivable(map, "Via Piave", at(200, 70)));
	assert_true(map_street_drivable(map, "Isonzo", at(400, 0)));
	assert_false(map_street_drivable(map, "Via Isarco", at(400, 0)));
	map_close(&map);
}

/* A short road leaves a street; the middle one of three points lies on it, beside the street. */
static void a_point_beside_a_crossing_takes_no_side_road(void **state)
{
	(void)state;
	struct sheet s = {0};
	node(&s, 0, 0);
	node(&s, 200, 0);
	node(&s, 400, 0);
	node(&s, 200, 20);
	road(&s, "name=Viale", "n1,n2,n3");
	road(&s, "name=Vicolo", "n2,n4");
	struct map *map = drawn(&s);
	const struct point points[] = {at(10, 0), at(200, 12), at(390, 0)}, up[] = {at(200, 1), at(200, 19)};
	assert_takes(map, &(struct map_closure){.points = points, .count = 3}, "Viale 200, Viale 200");
	assert_takes(map, &(struct map_closure){.points = up, .count = 2}, "Vicolo 20");
	map_close(&map);
}

/* 50 m from a road a point still closes it; 70 m from all it closes nothing. */
static void a_point_far_from_roads_takes_none(void **state)
{
	(void)state;
	struct map *map = long_way_round();
	const struct point near = at(40, -50), far = at(40, -70);
	assert_takes(map, &(struct map_closure){.points = &near, .count = 1}, "Malfatti 80");
	assert_takes(map, &(struct map_closure){.points = &far, .count = 1}, "");
	map_close(&map);
}

/* Two roads from one place to another, 10 m apart: of the longer one, which the points lie on. */
static void a_line_takes_the_road_that_its_points_lie_on(void **state)
{
	(void)state;
	struct sheet s = {0};
	node(&s, 0, 0);
	node(&s, 200, 0);
	node(&s, 0, 10);
	node(&s, 200, 10);
	road(&s, "name=Corta", "n1,n2");
	road(&s, "name=Lunga", "n1,n3,n4,n2");
	struct map *map = drawn(&s);
	const struct point above[] = {at(0, 2), at(60, 10), at(140, 10), at(200, 2)},
	                   below[] = {at(0, 0), at(140, 0), at(200, 0)};
	assert_takes(map, &(struct map_closure){.points = above, .count = 4}, "Lunga 220");
	assert_takes(map, &(struct map_closure){.points = below, .count = 3}, "Corta 200");
	map_close(&map);
}

/* Round a corner, over less than half of either road. */
static void a_corner_takes_the_road_on_which_more_of_it_lies(void **state)
{
	(void)state;
	struct sheet s = {0};
	node(&s, 0, 0);
	node(&s, 200, 0);
	node(&s, 200, 200);
	node(&s, 400, 0);
	road(&s, "name=Viale", "n1,n2,n4");
	road(&s, "name=Vicolo", "n2,n3");
	struct map *map = drawn(&s);
	const struct point up[] = {at(160, 0), at(200, 60)}, along[] = {at(120, 0), at(200, 60)};
	assert_takes(map, &(struct map_closure){.points = up, .count = 2}, "Vicolo 200");
	assert_takes(map, &(struct map_closure){.points = along, .count = 2}, "Viale 200");
	map_close(&map);
}

/* The only edge that a closure of one direction takes. */
static uint32_t edge_along(const struct map *map, const struct point *points, size_t count)
{
	uint32_t *edges;
	const struct map_closure c = {.points = points, .count = count, .one_way = true};
	assert_int_equal(closure_edges(map, &c, &edges), 1);
	uint32_t edge = edges[0];
	free(edges);
	return edge;
}

/* There and some of the way back: the direction is that of the most of it. */
static void a_line_that_turns_back_takes_the_direction_of_the_most(void **state)
{
	(void)state;
	struct map *map = long_way_round();
	const struct point east[] = {at(4, 0), at(76, 0), at(60, 0)},
	                   west[] = {at(76, 0), at(4, 0), at(20, 0)};
	uint32_t there = edge_along(map, east, 2), back = edge_along(map, west, 2);
	assert_int_equal(there ^ 1, back);
	assert_int_equal(edge_along(map, east, 3), there);
	assert_int_equal(edge_along(map, west, 3), back);
	map_close(&map);
}

/*  5-->--6-->--7-->--8    20 m apart, both eastwards: no two carriageways of one road
 *  1-->--2-->--3-->--4 */
static void what_runs_beside_it_the_same_way_stays_open(void **state)
{
	(void)state;
	struct sheet s = {0};
	for (int i = 0; i < 8; i++)
		node(&s, i % 4 * 200, i / 4 * 20);
	node(&s, 600, 150);
	node(&s, 0, 150);
	road(&s, "name=Corso,oneway=yes", "n1,n2,n3,n4");
	road(&s, "name=Corso,oneway=yes", "n5,n6,n7,n8");
	road(&s, "name=Ovest", "n2,n6");
	road(&s, "name=Est", "n3,n7");
	road(&s, "name=Ritorno", "n4,n8,n9,n10,n5,n1");
	struct map *map = drawn(&s);
	const struct point ends[] = {at(200, 0), at(400, 0)}, middle = at(300, 1);
	assert_street(map, "Corso", ends, 2, "Corso 200");
	assert_street(map, "Corso", &middle, 1, "Corso 200");
	map_close(&map);
}

static void assert_off_road(const struct map *map, const struct map_closure *c, const char *expected)
{
	size_t off[ROADS];
	struct str found = {0};
	size_t count = map_closure_off_road(map, c, off);
	for (size_t i = 0; i < count; i++)
		str_addf(&found, "%zu ", off[i]);
	assert_string_equal(str_text(&found), expected);
	str_fini(&found);
}

static void points_that_lie_on_no_road_are_told(void **state)
{
	(void)state;
	struct map *map = long_way_round();
	const struct point p[] = {at(0, -70), at(4, 0), at(30, -55), at(30, -65), at(76, 0)}, inside = at(40, 50);
	assert_off_road(map, &(struct map_closure){.points = p, .count = 5}, "0 3 ");
	assert_takes(map, &(struct map_closure){.points = p, .count = 5}, "Malfatti 80");
	assert_off_road(map, &(struct map_closure){.points = p, .count = 1}, "0 ");
	assert_off_road(map, &(struct map_closure){.points = &inside, .count = 1}, "");
	assert_off_road(map, &(struct map_closure){.points = p, .count = 5, .area = true}, "");
	assert_off_road(map, &(struct map_closure){.points = p, .count = 5, .street = "Malfatti"}, "");
	map_close(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_takes_its_street_though_another_is_shorter),
	    cmocka_unit_test(at_one_crossing_it_takes_what_ends_there),
	    cmocka_unit_test(it_takes_both_carriageways),
	    cmocka_unit_test(between_crossings_it_takes_the_stretch),
	    cmocka_unit_test(it_leaves_a_roundabout_open),
	    cmocka_unit_test(its_pieces_are_taken_where_they_are_near),
	    cmocka_unit_test(cars_cross_where_a_road_of_the_street_passes),
	    cmocka_unit_test(without_its_street_it_takes_the_roads_of_its_points),
	    cmocka_unit_test(a_point_beside_a_crossing_takes_no_side_road),
	    cmocka_unit_test(a_point_far_from_roads_takes_none),
	    cmocka_unit_test(a_line_takes_the_road_that_its_points_lie_on),
	    cmocka_unit_test(a_corner_takes_the_road_on_which_more_of_it_lies),
	    cmocka_unit_test(a_line_that_turns_back_takes_the_direction_of_the_most),
	    cmocka_unit_test(what_runs_beside_it_the_same_way_stays_open),
	    cmocka_unit_test(points_that_lie_on_no_road_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

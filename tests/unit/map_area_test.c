/*
 * Which roads an area takes, beside a look at all roads and all of its ring: for rings that enclose
 * much, little or nothing, that cross themselves, and whose corners lie on roads.
 */
#include "map_drawn.h"

#include "base/mem.h"
#include "base/str.h"
#include "map/roads.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/map/drive/drive.h"
#include "../../src/map/file.h"

#define SOUTH 46.0
#define WEST 11.0
#define WIDTH 0.02 /* degrees */
#define ROADS 250
#define MOST 200 /* corners */

static uint64_t seed = 20261123;

static double random_unit(void)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (double)(seed >> 40) / (1 << 24);
}

static int random_below(int n)
{
	return (int)(random_unit() * n);
}

/* Roads of two to five corners, each from a corner of one before. */
static struct map *winding_town(void)
{
	struct str opl = {0}, ways = {0};
	double lat[ROADS * 4 + 1] = {SOUTH + WIDTH / 2}, lon[ROADS * 4 + 1] = {WEST + WIDTH / 2};
	int nodes = 1;
	for (int i = 1; i <= ROADS; i++) {
		int at = random_below(nodes), corners = 1 + random_below(4);
		str_addf(&ways, "w%d Thighway=residential,name=Via%%20%%%d Nn%d", i, i, at + 1);
		for (int k = 0; k < corners; k++) {
			lat[nodes] = lat[at] + (random_unit() - 0.5) * WIDTH / 6;
			lon[nodes] = lon[at] + (random_unit() - 0.5) * WIDTH / 6;
			at = nodes++;
			str_addf(&ways, ",n%d", nodes);
		}
		str_addf(&ways, "\n");
	}
	for (int i = 0; i < nodes; i++)
		str_addf(&opl, "n%d x%.7f y%.7f\n", i + 1, lon[i], lat[i]);
	str_add(&opl, str_text(&ways));
	struct map *map = town(str_text(&opl));
	str_fini(&opl);
	str_fini(&ways);
	return map;
}

/* ---- a look at all ---- */

static int side(struct map_vertex a, struct map_vertex b, struct map_vertex p)
{
	int64_t cross = ((int64_t)b.lon - a.lon) * ((int64_t)p.lat - a.lat) -
	                ((int64_t)b.lat - a.lat) * ((int64_t)p.lon - a.lon);
	return (cross > 0) - (cross < 0);
}

static bool meet(struct map_vertex a, struct map_vertex b, struct map_vertex c, struct map_vertex d)
{
	return side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0 &&
	       !(side(a, b, c) == 0 && side(a, b, d) == 0);
}

static bool touches(const struct map_vertex *ring, size_t count, const struct map_vertex *line,
                    size_t vertices)
{
	bool found = false;
	for (size_t i = 0; i < vertices && !found; i++)
		found = map_ring_crossed(ring, count, line[i]);
	for (size_t i = 0; i + 1 < vertices && !found; i++)
		for (size_t k = 0; k + 1 < count && !found; k++)
			found = meet(line[i], line[i + 1], ring[k], ring[k + 1]);
	return found;
}

/* Returns how many edges it takes. */
static size_t check(const struct map *map, const struct point *points, size_t count)
{
	const struct map_closure c = {.points = points, .count = count, .area = true};
	struct map_vertex ring[MOST + 1];
	struct map_unpacked line = {0};
	uint32_t *edges;
	size_t taken = closure_edges(map, &c, &edges), seen = 0;
	for (size_t i = 0; i <= count; i++)
		ring[i] = map_vertex_of(points[i % count]);
	for (uint32_t i = 0; i < map->segment_count; i++) {
		const struct map_segment *s = &map->segments[i];
		if (!touches(ring, count + 1, map_line(map, s, &line), s->vertices))
			continue;
		assert_true(seen + 2 <= taken);
		assert_int_equal(edges[seen++], 2 * i);
		assert_int_equal(edges[seen++], 2 * i + 1);
	}
	assert_int_equal(seen, taken);
	map_unpacked_free(&line);
	free(edges);
	return taken;
}

/* ---- rings ---- */

static struct point random_place(void)
{
	return (struct point){SOUTH + (random_unit() * 1.4 - 0.2) * WIDTH,
	                      WEST + (random_unit() * 1.4 - 0.2) * WIDTH};
}

/* A corner or the middle of a road, which a ring may run over. */
static struct point place_on_road(const struct map *map)
{
	struct map_unpacked line = {0};
	const struct map_segment *s = &map->segments[random_below((int)map->segment_count)];
	const struct map_vertex *v = map_line(map, s, &line);
	struct point p = map_point(v[random_below((int)s->vertices)]);
	map_unpacked_free(&line);
	return p;
}

static size_t any_ring(const struct map *map, struct point *out)
{
	size_t count = 3 + (size_t)random_below(12);
	for (size_t i = 0; i < count; i++)
		out[i] = random_below(3) ? random_place() : place_on_road(map);
	return count;
}

static size_t small_ring(struct point *out)
{
	struct point middle = random_place();
	size_t count = 3 + (size_t)random_below(3);
	for (size_t i = 0; i < count; i++)
		out[i] = (struct point){middle.lat + random_unit() * WIDTH / 50,
		                        middle.lon + random_unit() * WIDTH / 50};
	return count;
}

static size_t circle(struct point *out)
{
	struct point middle = random_place();
	double wide = random_unit() * WIDTH / 2;
	for (size_t i = 0; i < MOST; i++)
		out[i] = (struct point){middle.lat + wide * sin((double)i * 2 * M_PI / MOST),
		                        middle.lon + wide * cos((double)i * 2 * M_PI / MOST)};
	return MOST;
}

/* To and fro, as high as the town or as wide: it encloses next to nothing. */
static size_t comb(struct point *out, bool upright)
{
	for (size_t i = 0; i < MOST; i++) {
		double along = WIDTH * (double)(i < MOST / 2 ? i : MOST - 1 - i) / (MOST / 2);
		double across = i % 2 ? 0 : WIDTH;
		out[i] = upright ? (struct point){SOUTH + across, WEST + along}
		                 : (struct point){SOUTH + along, WEST + across};
	}
	return MOST;
}

/* Flat, in either direction, or a point. */
static size_t flat(struct point *out, int kind)
{
	struct point at = random_place();
	for (size_t i = 0; i < 4; i++)
		out[i] = (struct point){at.lat + (kind == 1 ? (double)i * WIDTH / 5 : 0),
		                        at.lon + (kind == 2 ? (double)i * WIDTH / 5 : 0)};
	return 4;
}

static void an_area_takes_what_touches_it(void **state)
{
	(void)state;
	struct map *map = winding_town();
	struct point ring[MOST];
	size_t taken[4] = {0};
	for (int i = 0; i < 200; i++) {
		taken[0] += check(map, ring, any_ring(map, ring));
		taken[1] += check(map, ring, small_ring(ring));
		if (i < 20)
			taken[2] += check(map, ring, circle(ring));
		check(map, ring, flat(ring, i % 3));
	}
	taken[3] = check(map, ring, comb(ring, true)) + check(map, ring, comb(ring, false));
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		assert_true(taken[i] > 0);
	map_close(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_area_takes_what_touches_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

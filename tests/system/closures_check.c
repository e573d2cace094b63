/*
 * Closures by a street and two of its crossings, on an open map (closures_check MAP): random streets and crossings of
 * theirs, each closure held against a plain reading of what it should take. One line of figures on standard output; fails
 * where one takes a road of another street, or too many are not right.
 */
#include "../../src/map/file.h"
#include "../../src/map/search/words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIPLES 1500
#define ROADS 4000
#define ON_IT_M 1.0    /* a crossing that lies on a junction of the street */
#define BESIDE_M 100.0 /* carriageways, and what sticks out of a crossing */
#define RIGHT_LEAST 0.97
#define REFUSED_MOST 0.02

static uint64_t random_state = 20260322;

static size_t random_below(size_t n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (size_t)((random_state >> 33) % n);
}

/* ---- the plain reading: the street's own roads, by its name ---- */

struct own {
	const struct map *map;
	uint32_t *segment;
	size_t count;
};

static bool same_words(const char *a, const char *b)
{
	struct str x = {0}, y = {0};
	words_normal(a, &x);
	words_normal(b, &y);
	bool same = str_equal(str_text(&x), str_text(&y));
	str_fini(&x);
	str_fini(&y);
	return same;
}

/* All of that name, wherever on the map. */
static struct own own_roads(const struct map *map, const char *street)
{
	struct own own = {.map = map, .segment = mem_zero(map->segment_count, sizeof(*own.segment))};
	uint32_t known = 0;
	for (uint32_t i = 0; i < map->segment_count - map->ghost_count; i++) {
		const struct map_segment *s = &map->segments[i];
		if (!s->name || (s->component[0] == MAP_POCKET && s->component[1] == MAP_POCKET))
			continue;
		if (s->name != known && !same_words(map->strings + s->name, street))
			continue;
		known = s->name;
		own.segment[own.count++] = i;
	}
	return own;
}

/* The junction of it at the point; MAP_NONE: none. */
static uint32_t junction_at(const struct own *own, struct point p)
{
	uint32_t best = MAP_NONE;
	double best_m = ON_IT_M;
	for (size_t i = 0; i < own->count; i++)
		for (int end = 0; end < 2; end++) {
			const struct map_segment *s = &own->map->segments[own->segment[i]];
			uint32_t junction = end ? s->to : s->from;
			double metres = point_distance_m(p, map_point(own->map->junctions[junction]));
			if (metres <= best_m) {
				best_m = metres;
				best = junction;
			}
		}
	return best;
}

/* The shortest way from one junction to another over it, whatever the direction; INFINITY: none. */
static double over_own_m(const struct own *own, const bool *closed, uint32_t from, uint32_t to)
{
	double *at = mem_zero(own->map->junction_count, sizeof(*at)), found;
	for (size_t i = 0; i < own->map->junction_count; i++)
		at[i] = INFINITY;
	at[from] = 0;
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; i < own->count; i++) {
			const struct map_segment *s = &own->map->segments[own->segment[i]];
			double *a = &at[s->from], *b = &at[s->to], length = (double)s->length_m;
			if (closed && closed[i])
				continue;
			if (*a + length < *b || *b + length < *a) {
				*a = fmin(*a, *b + length);
				*b = fmin(*b, *a + length);
				changed = true;
			}
		}
	}
	found = at[to];
	free(at);
	return found;
}

/* ---- one closure ---- */

enum verdict { RIGHT, NOT_BETWEEN, STILL_OPEN, OTHER_STREET, REFUSED, NO_CARS, VERDICTS };

static double middle_off_m(const struct map_road *road, const struct point ends[2])
{
	struct point at = road->line[road->points / 2];
	if (road->points == 2)
		at = (struct point){(road->line[0].lat + road->line[1].lat) / 2,
		                    (road->line[0].lon + road->line[1].lon) / 2};
	return point_distance_m(at, ends[0]) + point_distance_m(at, ends[1]);
}

static bool is_road(const struct map *map, uint32_t segment, const struct map_road *road)
{
	const struct map_segment *s = &map->segments[segment];
	struct map_unpacked unpacked = {0};
	const struct map_vertex *line = map_line(map, s, &unpacked);
	bool same = s->vertices == road->points;
	for (size_t i = 0; same && i < road->points; i++) {
		struct point p = map_point(line[i]);
		same = p.lat == road->line[i].lat && p.lon == road->line[i].lon;
	}
	map_unpacked_free(&unpacked);
	return same;
}

static bool is_near(const struct own *own, struct point p)
{
	struct map_snapped near[64];
	size_t count = map_snap_segments(own->map, p, 110, near, 64);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < own->count; k++)
			if (own->segment[k] == near[i].segment)
				return true;
	return false;
}

static enum verdict judge_roads(const struct own *own, const struct map_closure *c,
                                const struct map_road *roads, size_t count)
{
	uint32_t from = junction_at(own, c->points[0]), to = junction_at(own, c->points[1]);
	bool *closed = mem_zero(own->count + 1, sizeof(*closed));
	enum verdict v = RIGHT;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < own->count; k++)
			closed[k] |= is_road(own->map, own->segment[k], &roads[i]);
	if (from != MAP_NONE && to != MAP_NONE) {
		double open_m = over_own_m(own, NULL, from, to), now_m = over_own_m(own, closed, from, to);
		for (size_t i = 0; isfinite(open_m) && i < count; i++)
			if (!(middle_off_m(&roads[i], c->points) <= open_m + BESIDE_M))
				v = NOT_BETWEEN;
		if (v == RIGHT && isfinite(open_m) && !(now_m > 1.5 * open_m))
			v = STILL_OPEN;
	}
	free(closed);
	return v;
}

static enum verdict judge(const struct own *own, const struct map_closure *c)
{
	struct arena *arena = arena_new();
	struct map_road *roads = arena_take(arena, ROADS * sizeof(*roads));
	enum verdict v = RIGHT;
	if (!map_closure_on_street(own->map, c)) {
		v = is_near(own, c->points[0]) && is_near(own, c->points[c->count - 1]) ? REFUSED : NO_CARS;
	} else {
		size_t count = map_closure_roads(own->map, c, arena, roads, ROADS);
		for (size_t i = 0; i < count; i++)
			if (!roads[i].name || !same_words(roads[i].name, c->street))
				v = OTHER_STREET;
		if (v == RIGHT && c->count == 2)
			v = judge_roads(own, c, roads, count);
	}
	arena_free(&arena);
	return v;
}

/* By its points alone, as a line drawn by hand: does it take a road of another street? */
static bool strays(const struct map *map, struct map_closure c)
{
	struct arena *arena = arena_new();
	struct map_road *roads = arena_take(arena, ROADS * sizeof(*roads));
	const char *street = c.street;
	c.street = NULL;
	size_t count = map_closure_roads(map, &c, arena, roads, ROADS);
	bool astray = count == 0;
	for (size_t i = 0; i < count; i++)
		astray |= !roads[i].name || !same_words(roads[i].name, street);
	arena_free(&arena);
	return astray;
}

static const char *verdict_words(enum verdict v)
{
	static const char *const words[VERDICTS] = {"right", "not between", "still open",
	                                            "another street", "refused", "no cars"};
	return words[v];
}

/* ---- many ---- */

struct range {
	size_t first, count;
};

static struct range crossings_of(const struct map *map, uint32_t street)
{
	struct range r = {0, 0};
	for (size_t i = 0; i < map->crossing_count; i++)
		if (map->crossings[i].street == street) {
			r.first = r.count ? r.first : i;
			r.count++;
		}
	return r;
}

static void close_some(const struct map *map, uint32_t named, size_t most,
                       size_t sums[2][VERDICTS], size_t *astray)
{
	const char *street = map->strings + map->named[named].label;
	struct range r = crossings_of(map, named);
	struct own own = own_roads(map, street);
	for (size_t n = 0; n < most; n++) {
		const struct map_crossing *a = &map->crossings[r.first + random_below(r.count)],
		                          *b = &map->crossings[r.first + random_below(r.count)];
		const struct point ends[2] = {map_point(a->at), map_point(b->at)};
		bool single = n + 1 == most || point_distance_m(ends[0], ends[1]) < 5;
		const struct map_closure c = {.points = ends, .count = single ? 1 : 2, .street = street};
		enum verdict v = judge(&own, &c);
		sums[single][v]++;
		*astray += !single && strays(map, c);
		if (v != RIGHT && v != NO_CARS)
			printf("%s: %s from %s%s%s, %.7f,%.7f %.7f,%.7f\n", verdict_words(v), street,
			       map->strings + map->named[a->other].label, single ? "" : " to ",
			       single ? "" : map->strings + map->named[b->other].label, ends[0].lat,
			       ends[0].lon, ends[1].lat, ends[1].lon);
	}
	free(own.segment);
}

/* Of those that cars drive on. */
static bool is_good(const char *what, const size_t sum[VERDICTS])
{
	size_t all = 0;
	for (size_t v = 0; v < NO_CARS; v++)
		all += sum[v];
	printf("%s: %zu closures, %zu right, %zu not between, %zu still open, %zu of another street, "
	       "%zu refused; %zu without cars\n",
	       what, all, sum[RIGHT], sum[NOT_BETWEEN], sum[STILL_OPEN], sum[OTHER_STREET], sum[REFUSED],
	       sum[NO_CARS]);
	return all > 50 && sum[OTHER_STREET] == 0 && (double)sum[RIGHT] >= RIGHT_LEAST * (double)all &&
	       (double)sum[REFUSED] <= REFUSED_MOST * (double)all;
}

int main(int argc, char **argv)
{
	struct problem p = {0};
	struct map *map = argc == 2 ? map_open(argv[1], &p) : NULL;
	size_t sums[2][VERDICTS] = {0}, astray = 0, done = 0;
	if (!map || map->crossing_count == 0) {
		fprintf(stderr, "closures_check MAP: %s\n", argc == 2 ? p.text : "one map, please");
		return 2;
	}
	while (done < TRIPLES) {
		uint32_t street = map->crossings[random_below(map->crossing_count)].street;
		close_some(map, street, 6, sums, &astray);
		done += 6;
	}
	bool good = is_good("two crossings", sums[0]);
	good &= is_good("one crossing", sums[1]);
	printf("by the two points alone %zu would take another street\n", astray);
	map_close(&map);
	return good ? 0 : 1;
}

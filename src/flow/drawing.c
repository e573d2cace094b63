/*
 * The roads that closures take, as a page draws and names them. Looked up on a thread, since an area
 * may take very many.
 */
#include "drawing.h"

#include "house.h"

#include "base/str.h"
#include "map/places.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_ROADS 500   /* lines of a closure that are drawn; all its roads are counted */
#define SHOWN_STREETS 300 /* of those it names */

/* What is larger was hardly meant, and would take a thread and the answer for too long. */
#define WIDEST_M 50000.0

bool drawing_too_wide(const struct closure *c)
{
	struct point low = c->points[0], high = low;
	for (size_t i = 1; i < c->count; i++) {
		const struct point *at = &c->points[i];
		low = (struct point){fmin(low.lat, at->lat), fmin(low.lon, at->lon)};
		high = (struct point){fmax(high.lat, at->lat), fmax(high.lon, at->lon)};
	}
	/* No distance is the long way round the globe, but what lies between is. */
	return high.lon - low.lon > 180 || point_distance_m(low, high) > WIDEST_M;
}

static bool on_roads(const struct flow *flow, size_t roads, struct problem *p)
{
	if (!flow->o.map)
		return problem_set(p, PROBLEM_INPUT, "/map", "this server has no map");
	if (roads == DRAWING_OFF_STREET)
		return problem_set(p, PROBLEM_INPUT, "/street",
		                   "the street does not lead along these points");
	if (roads > DRAWING_ROADS_MOST)
		return problem_set(p, PROBLEM_INPUT, "/zone", DRAWING_TOO_LARGE);
	return roads || problem_set(p, PROBLEM_INPUT, "/points",
	                            "there is no road within 60 m of these points");
}

struct js *drawing_off_road(const struct drawing *d)
{
	struct js *list = js_array();
	for (size_t i = 0; i < d->off_road_count; i++)
		js_push_number(list, (double)d->off_road[i], 0);
	return list;
}

bool drawing_on_roads(struct asking *a, const struct drawing *d)
{
	struct problem refused;
	struct js *more = NULL;
	if (on_roads(a->flow, d->roads[0], &refused))
		return true;
	if (d->off_road_count) {
		more = js_object();
		js_set(more, "off_road", drawing_off_road(d));
	}
	asking_refuse(a, &refused, more);
	return false;
}

/* Those of a closure, in the arena. */
struct taken {
	struct map_road *list;
	size_t count; /* of the list: what was stored before there was a limit may have more */
	size_t total;
};

static struct taken taken_by(const struct map *map, const struct closure *c, struct arena *arena)
{
	const struct map_closure on_map = closure_on_map(c);
	struct taken t = {.count = SHOWN_ROADS};
	t.list = arena_take(arena, t.count * sizeof *t.list);
	t.total = map_closure_roads(map, &on_map, arena, t.list, t.count);
	if (t.total > t.count) { /* seldom: most are a street or two */
		t.count = t.total < DRAWING_ROADS_MOST ? t.total : DRAWING_ROADS_MOST;
		t.list = arena_take(arena, t.count * sizeof *t.list);
		t.total = map_closure_roads(map, &on_map, arena, t.list, t.count);
	} else {
		t.count = t.total;
	}
	return t;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Each once, by the alphabet. */
static void set_streets(const struct taken *t, struct arena *arena, struct js *o)
{
	const char **names = arena_take(arena, (t->count + 1) * sizeof *names);
	struct js *streets = js_array();
	size_t named = 0, different = 0;
	for (size_t i = 0; i < t->count; i++)
		if (t->list[i].name)
			names[named++] = t->list[i].name;
	qsort(names, named, sizeof *names, compare_names);
	for (size_t i = 0; i < named; i++) {
		if (i && str_equal(names[i], names[i - 1]))
			continue;
		if (different++ < SHOWN_STREETS)
			js_push_str(streets, names[i]);
	}
	js_set_int(o, "more_streets", (int64_t)(different - js_count(streets)));
	js_set(o, "streets", streets);
}

static struct js *line_json(const struct map_road *road)
{
	struct js *line = js_array();
	for (size_t i = 0; i < road->points; i++) {
		struct js *point = js_array();
		js_push_number(point, road->line[i].lat, 6);
		js_push_number(point, road->line[i].lon, 6);
		js_push(line, point);
	}
	return line;
}

static double length_m(const struct map_road *road)
{
	double metres = 0;
	for (size_t i = 1; i < road->points; i++)
		metres += point_distance_m(road->line[i - 1], road->line[i]);
	return metres;
}

static void set_lines(const struct taken *t, struct js *o)
{
	struct js *lines = js_array();
	double metres = 0;
	for (size_t i = 0; i < t->count; i++) {
		metres += length_m(&t->list[i]);
		if (i < SHOWN_ROADS)
			js_push(lines, line_json(&t->list[i]));
	}
	js_set_int(o, "more", (int64_t)(t->total - js_count(lines)));
	js_set(o, "roads", lines);
	js_set_number(o, "metres", metres, 0);
}

/* A corner of a zone may lie far from every road: then one of its roads says where it is. */
static const char *municipality_of(const struct map *map, const struct closure *c,
                                   const struct taken *t, struct arena *arena)
{
	struct map_reverse there = {0};
	map_reverse(map, c->points[c->count / 2], arena, &there);
	if (!there.municipality && t->count) {
		const struct map_road *road = &t->list[t->count / 2];
		map_reverse(map, road->line[road->points / 2], arena, &there);
	}
	return there.municipality;
}

static size_t set_roads(const struct map *map, const struct closure *c, struct js *o)
{
	struct arena *arena = arena_new();
	struct taken t = {0};
	const char *municipality = NULL;
	if (map) {
		t = taken_by(map, c, arena);
		municipality = municipality_of(map, c, &t, arena);
	}
	set_streets(&t, arena, o);
	set_lines(&t, o);
	js_set_str(o, "municipality", municipality);
	arena_free(&arena);
	return t.total;
}

static void compare(struct drawing *d)
{
	const struct map_closure first = closure_on_map(&d->list[0]);
	for (size_t i = 0; i < d->other_count; i++) {
		const struct map_closure other = closure_on_map(&d->others[i]);
		d->covers[i] = d->map && map_closure_covers(d->map, &other, &first);
	}
}

static bool off_street(const struct map *map, const struct closure *c)
{
	const struct map_closure on_map = closure_on_map(c);
	return map && !map_closure_on_street(map, &on_map);
}

static void find_off_road(struct drawing *d)
{
	const struct map_closure first = closure_on_map(&d->list[0]);
	if (d->map && d->off_road)
		d->off_road_count = map_closure_off_road(d->map, &first, d->off_road);
}

static void draw(void *argument)
{
	struct drawing *d = argument;
	for (size_t i = 0; i < d->count; i++) {
		if (d->drawn[i])
			continue;
		d->drawn[i] = js_object();
		d->roads[i] = set_roads(d->map, &d->list[i], d->drawn[i]);
		if (off_street(d->map, &d->list[i]))
			d->roads[i] = DRAWING_OFF_STREET;
	}
	find_off_road(d);
	compare(d);
}

static void on_drawn(void *argument)
{
	struct drawing *d = argument;
	d->then(d->asking, d);
}

static struct drawing *drawing_of(struct asking *a, const struct closure *list, size_t count,
                                  drawn_fn *then)
{
	struct drawing *d = arena_take(a->arena, sizeof *d);
	*d = (struct drawing){.asking = a,
	                      .map = a->flow->o.map,
	                      .list = closures_copy(a->arena, list, count),
	                      .count = count,
	                      .drawn = arena_take(a->arena, (count + 1) * sizeof *d->drawn),
	                      .roads = arena_take(a->arena, (count + 1) * sizeof *d->roads),
	                      .then = then};
	return d;
}

/* Of one that is yet to be written. */
static struct drawing *drawing_of_new(struct asking *a, const struct closure *c, drawn_fn *then)
{
	struct drawing *d = drawing_of(a, c, 1, then);
	d->off_road = arena_take(a->arena, (c->count + 1) * sizeof *d->off_road);
	return d;
}

void drawing_begin(struct drawing *d, void (*done)(void *drawing))
{
	work_start(d->asking->flow->work, draw, done, d);
}

void drawing_start(struct asking *a, const struct closure *c, drawn_fn *then)
{
	drawing_begin(drawing_of_new(a, c, then), on_drawn);
}

void drawing_stored(struct asking *a, const struct closure *list, size_t count, drawn_fn *then)
{
	drawn_ask(a->flow->drawn, drawing_of(a, list, count, then));
}

void drawing_compare(struct asking *a, const struct closure *c, const struct closure *others,
                     size_t count, drawn_fn *then)
{
	struct drawing *d = drawing_of_new(a, c, then);
	d->others = closures_copy(a->arena, others, count);
	d->other_count = count;
	d->covers = arena_take(a->arena, (count + 1) * sizeof *d->covers);
	drawing_begin(d, on_drawn);
}

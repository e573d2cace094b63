/*
 * Which roads a closure takes: those along its points (along.c), of the street that it names alone
 * (street.c), or every road that touches its area (area.c).
 */
#include "drive.h"

#include <math.h>
#include <stdlib.h>

#define NEAR_M 60.0       /* a point this far from every road closes nothing */

/* A road stands for its ghosts: see map_ghosts(). */
static void take(const struct map *map, struct drive_path *e, uint32_t edge, bool one_way)
{
	edge = 2 * map_real_segment(map, edge >> 1) + (edge & 1);
	drive_path_add(e, edge);
	if (!one_way)
		drive_path_add(e, edge ^ 1);
}

/* ---- lines ---- */

static void take_line(const struct map *map, const struct map_closure *c, struct drive_path *out)
{
	struct map_snapped at;
	struct along along = {0};
	struct drive_path way = {0};
	if (c->count == 1) {
		if (map_snap_segments(map, c->points[0], NEAR_M, &at, 1) > 0)
			take(map, out, 2 * at.segment, false);
		return;
	}
	along_find(map, c, NULL, &along);
	along_take(&along, NULL, &way);
	for (size_t i = 0; i < way.count; i++)
		take(map, out, way.edge[i], c->one_way);
	drive_path_free(&way);
	along_free(&along);
}

static bool take_street(const struct map *map, const struct map_closure *c, struct drive_path *out)
{
	struct drive_path way = {0};
	street_take(map, c, &way);
	for (size_t i = 0; i < way.count; i++)
		take(map, out, way.edge[i], c->one_way);
	drive_path_free(&way);
	return out->count > 0;
}

bool map_closure_on_street(const struct map *map, const struct map_closure *closure)
{
	struct drive_path way = {0};
	if (!closure->street)
		return true;
	street_take(map, closure, &way);
	bool found = way.count > 0;
	drive_path_free(&way);
	return found;
}

static void take_area(const struct map *map, const struct map_closure *c, struct drive_path *out)
{
	struct drive_path roads = {0};
	area_take(map, c, &roads);
	for (size_t i = 0; i < roads.count; i++)
		take(map, out, roads.edge[i], false);
	drive_path_free(&roads);
}

size_t closure_edges(const struct map *map, const struct map_closure *closure, uint32_t **out)
{
	struct drive_path e = {0};
	if (closure->area && closure->count >= 3)
		take_area(map, closure, &e);
	else if (!closure->street || !take_street(map, closure, &e))
		take_line(map, closure, &e);
	drive_path_sort(&e);
	*out = e.edge;
	return e.count;
}

/* ---- shown to whoever is about to close them ---- */

static struct map_road road_of(const struct map *map, uint32_t segment, struct arena *arena)
{
	const struct map_segment *s = &map->segments[segment];
	struct map_unpacked unpacked = {0};
	const struct map_vertex *v = map_line(map, s, &unpacked);
	struct point *line = arena_take(arena, s->vertices * sizeof(*line));
	for (size_t i = 0; i < s->vertices; i++)
		line[i] = map_point(v[i]);
	map_unpacked_free(&unpacked);
	return (struct map_road){arena_str(arena, map_string(map, s->name)), line, s->vertices};
}

size_t map_closure_roads(const struct map *map, const struct map_closure *closure,
                         struct arena *arena, struct map_road *out, size_t room)
{
	uint32_t *edges;
	size_t count = closure_edges(map, closure, &edges), roads = 0;
	for (size_t i = 0; i < count; i++) {
		if (i && edges[i] >> 1 == edges[i - 1] >> 1)
			continue;
		if (roads < room)
			out[roads] = road_of(map, edges[i] >> 1, arena);
		roads++;
	}
	free(edges);
	return roads;
}

size_t map_closure_off_road(const struct map *map, const struct map_closure *closure, size_t *out)
{
	struct map_snapped at;
	size_t count = 0;
	if (closure->area || closure->street)
		return 0;
	for (size_t i = 0; i < closure->count; i++)
		if (map_snap_segments(map, closure->points[i], NEAR_M, &at, 1) == 0)
			out[count++] = i;
	return count;
}

/* ---- one under another ---- */

#define APART_M 5000.0 /* roads that a line takes beside its points: seldom so far */

struct box {
	double south, north, west, east;
};

static struct box box_of(const struct map_closure *c)
{
	struct box b = {INFINITY, -INFINITY, INFINITY, -INFINITY};
	for (size_t i = 0; i < c->count; i++) {
		b.south = fmin(b.south, c->points[i].lat);
		b.north = fmax(b.north, c->points[i].lat);
		b.west = fmin(b.west, c->points[i].lon);
		b.east = fmax(b.east, c->points[i].lon);
	}
	return b;
}

static bool apart(const struct map_closure *x, const struct map_closure *y)
{
	const struct box a = box_of(x), b = box_of(y);
	const struct point from = {fmax(a.south, fmin(a.north, b.south)), fmax(a.west, fmin(a.east, b.west))};
	const struct point to = {fmax(b.south, fmin(b.north, from.lat)), fmax(b.west, fmin(b.east, from.lon))};
	return point_distance_m(from, to) > APART_M;
}

/* Both sorted, each once. */
static bool within(const uint32_t *few, size_t few_count, const uint32_t *many, size_t many_count)
{
	size_t at = 0;
	for (size_t i = 0; i < few_count; i++) {
		while (at < many_count && many[at] < few[i])
			at++;
		if (at == many_count || many[at] != few[i])
			return false;
	}
	return few_count > 0;
}

bool map_closure_covers(const struct map *map, const struct map_closure *over,
                        const struct map_closure *one)
{
	if (apart(over, one))
		return false;
	uint32_t *few, *many;
	size_t few_count = closure_edges(map, one, &few);
	size_t many_count = closure_edges(map, over, &many);
	bool covers = within(few, few_count, many, many_count);
	free(few);
	free(many);
	return covers;
}

/*
 * Which roads a closure takes. A line clicked on a map follows the roads between its points, the
 * shorter way round, whatever their direction; an area takes every road that touches it.
 */
#include "drive.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEAR_M 60.0       /* a point this far from every road closes nothing */
#define PART_TAKEN 0.5    /* a road at the end of a line is taken from so much of it on */
#define DETOUR_MOST 4.0   /* two points are joined along roads up to so many times the straight line… */
#define DETOUR_MORE_M 600 /* … and so much more: else they do not belong together */

struct edges {
	uint32_t *edge;
	size_t count, room;
};

static void add(struct edges *e, uint32_t edge)
{
	if (e->count == e->room) {
		e->room = e->room ? 2 * e->room : 64;
		e->edge = mem_grow(e->edge, e->room, sizeof(*e->edge));
	}
	e->edge[e->count++] = edge;
}

/* A road stands for its ghosts: see map_ghosts(). */
static void take(const struct map *map, struct edges *e, uint32_t edge, bool one_way)
{
	edge = 2 * map_real_segment(map, edge >> 1) + (edge & 1);
	add(e, edge);
	if (!one_way)
		add(e, edge ^ 1);
}

static int compare_edges(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static void sort_once(struct edges *e)
{
	size_t kept = 0;
	if (e->count)
		qsort(e->edge, e->count, sizeof(*e->edge), compare_edges);
	for (size_t i = 0; i < e->count; i++)
		if (i == 0 || e->edge[i] != e->edge[i - 1])
			e->edge[kept++] = e->edge[i];
	e->count = kept;
}

/* ---- along the roads between two points ---- */

struct reached {
	uint32_t decimetres, edge; /* by which it was reached */
	bool known;
};

struct waiting {
	uint32_t decimetres, junction;
};

struct walk {
	const struct map *map;
	struct reached *at; /* by junction */
	struct waiting *heap;
	size_t count, room;
	uint32_t most;
};

static void reach(struct walk *w, uint32_t junction, uint32_t decimetres, uint32_t edge)
{
	struct reached *r = &w->at[junction];
	if (decimetres > w->most || (r->known && r->decimetres <= decimetres))
		return;
	*r = (struct reached){decimetres, edge, true};
	if (w->count == w->room) {
		w->room = w->room ? 2 * w->room : 256;
		w->heap = mem_grow(w->heap, w->room, sizeof(*w->heap));
	}
	size_t i = w->count++;
	for (; i > 0 && w->heap[(i - 1) / 2].decimetres > decimetres; i = (i - 1) / 2)
		w->heap[i] = w->heap[(i - 1) / 2];
	w->heap[i] = (struct waiting){decimetres, junction};
}

static struct waiting nearest(struct walk *w)
{
	struct waiting top = w->heap[0], last = w->heap[--w->count];
	size_t i = 0;
	for (;;) {
		size_t child = 2 * i + 1;
		if (child + 1 < w->count &&
		    w->heap[child + 1].decimetres < w->heap[child].decimetres)
			child++;
		if (child >= w->count || w->heap[child].decimetres >= last.decimetres)
			break;
		w->heap[i] = w->heap[child];
		i = child;
	}
	w->heap[i] = last;
	return top;
}

static uint32_t decimetres(double metres)
{
	return (uint32_t)lround(metres * 10);
}

static void walk_on(struct walk *w, struct waiting from)
{
	const struct map *map = w->map;
	for (uint32_t i = map->leaving_first[from.junction];
	     i < map->leaving_first[from.junction + 1]; i++) {
		uint32_t edge = map->leaving[i];
		uint32_t length = decimetres((double)map->segments[edge >> 1].length_m);
		if (length < UINT32_MAX / 2)
			reach(w, map_edge_head(map, edge), from.decimetres + length, edge);
	}
}

/* Both ends of the segment, from a point of it. */
static void reach_ends(struct walk *w, const struct map_snapped *from)
{
	const struct map_segment *s = &w->map->segments[from->segment];
	double length = (double)s->length_m;
	reach(w, s->to, decimetres((1 - from->fraction) * length), 2 * from->segment);
	reach(w, s->from, decimetres(from->fraction * length), 2 * from->segment + 1);
}

/* The end of the segment by which a point of it is nearest; false: neither was reached. */
static bool arrival(const struct walk *w, const struct map_snapped *to, uint32_t *out_edge)
{
	const struct map_segment *s = &w->map->segments[to->segment];
	uint32_t length = decimetres((double)s->length_m),
	         before = decimetres(to->fraction * (double)s->length_m);
	const struct reached *a = &w->at[s->from], *b = &w->at[s->to];
	if (!a->known && !b->known)
		return false;
	bool by_from = a->known &&
	               (!b->known || a->decimetres + before <= b->decimetres + length - before);
	*out_edge = 2 * to->segment + (by_from ? 0 : 1);
	return true;
}

/* How much of the edge lies behind one who drives it up to the point. */
static double share(const struct map_snapped *at, uint32_t edge)
{
	return edge & 1 ? 1 - at->fraction : at->fraction;
}

static void take_way(const struct walk *w, const struct map_snapped ends[2], bool one_way,
                     struct edges *out)
{
	uint32_t last, edge;
	size_t before = out->count;
	if (!arrival(w, &ends[1], &last))
		return;
	if (share(&ends[1], last) >= PART_TAKEN)
		take(w->map, out, last, one_way);
	for (edge = w->at[map_edge_tail(w->map, last)].edge; edge >> 1 != ends[0].segment;
	     edge = w->at[map_edge_tail(w->map, edge)].edge)
		take(w->map, out, edge, one_way);
	if (1 - share(&ends[0], edge) >= PART_TAKEN)
		take(w->map, out, edge, one_way);
	if (out->count == before) /* a corner only: the road on which more of it lies */
		take(w->map, out, 1 - share(&ends[0], edge) > share(&ends[1], last) ? edge : last, one_way);
}

static void follow(const struct map *map, const struct map_snapped ends[2], bool one_way,
                   struct edges *out)
{
	if (ends[0].segment == ends[1].segment) {
		take(map, out, 2 * ends[0].segment + (ends[0].fraction > ends[1].fraction), one_way);
		return;
	}
	double straight = point_distance_m(ends[0].at, ends[1].at);
	struct walk w = {.map = map,
	                 .at = mem_zero(map->junction_count, sizeof(*w.at)),
	                 .most = decimetres(fmin(1e7, DETOUR_MOST * straight + DETOUR_MORE_M))};
	const struct map_segment *goal = &map->segments[ends[1].segment];
	reach_ends(&w, &ends[0]);
	while (w.count > 0) {
		struct waiting at = nearest(&w);
		if (at.decimetres > w.at[at.junction].decimetres)
			continue;
		if (at.junction == goal->from || at.junction == goal->to) /* the rest cannot help much */
			w.most = w.most < at.decimetres + decimetres((double)goal->length_m)
			             ? w.most
			             : at.decimetres + decimetres((double)goal->length_m);
		walk_on(&w, at);
	}
	take_way(&w, ends, one_way, out);
	free(w.at);
	free(w.heap);
}

static void take_line(const struct map *map, const struct map_closure *c, struct edges *out)
{
	struct map_snapped ends[2];
	bool standing = false;
	for (size_t i = 0; i < c->count; i++) {
		if (map_snap_segments(map, c->points[i], NEAR_M, &ends[1], 1) == 0)
			continue;
		if (standing)
			follow(map, ends, c->one_way, out);
		ends[0] = ends[1];
		standing = true;
	}
	if (c->count == 1 && standing)
		take(map, out, 2 * ends[0].segment, false);
}

/* ---- areas ---- */

struct area {
	struct map_vertex *ring; /* closed */
	size_t count;
	struct map_vertex low, high;
};

static void area_init(struct area *a, const struct map_closure *c)
{
	a->count = c->count + 1;
	a->ring = mem_zero(a->count, sizeof(*a->ring));
	a->low = (struct map_vertex){INT32_MAX, INT32_MAX};
	a->high = (struct map_vertex){INT32_MIN, INT32_MIN};
	for (size_t i = 0; i < c->count; i++) {
		struct map_vertex v = a->ring[i] = map_vertex_of(c->points[i]);
		a->low = (struct map_vertex){v.lat < a->low.lat ? v.lat : a->low.lat,
		                             v.lon < a->low.lon ? v.lon : a->low.lon};
		a->high = (struct map_vertex){v.lat > a->high.lat ? v.lat : a->high.lat,
		                              v.lon > a->high.lon ? v.lon : a->high.lon};
	}
	a->ring[c->count] = a->ring[0];
}

/* On which side of a-b is p? */
static int side(struct map_vertex a, struct map_vertex b, struct map_vertex p)
{
	double cross = ((double)b.lon - a.lon) * ((double)p.lat - a.lat) -
	               ((double)b.lat - a.lat) * ((double)p.lon - a.lon);
	return cross > 0 ? 1 : cross < 0 ? -1 : 0;
}

static bool crosses(struct map_vertex a, struct map_vertex b, struct map_vertex c,
                    struct map_vertex d)
{
	return side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0 &&
	       !(side(a, b, c) == 0 && side(a, b, d) == 0);
}

static bool touches(const struct area *a, const struct map_vertex *line, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (map_ring_crossed(a->ring, a->count, line[i]))
			return true;
	for (size_t i = 0; i + 1 < count; i++)
		for (size_t k = 0; k + 1 < a->count; k++)
			if (crosses(line[i], line[i + 1], a->ring[k], a->ring[k + 1]))
				return true;
	return false;
}

static void take_area(const struct map *map, const struct map_closure *c, struct edges *out)
{
	struct area a;
	struct map_unpacked line = {0};
	area_init(&a, c);
	/* Cells are sorted by row, then column: each row of the area is one run of them. */
	for (int64_t row = map_cell_row(a.low.lat); row <= map_cell_row(a.high.lat); row++) {
		uint64_t last = map_cell_key(row, map_cell_column(a.high.lon));
		size_t at = map_cells_from(&map->snap,
		                           map_cell_key(row, map_cell_column(a.low.lon)));
		for (; at < map->snap.cell_count && map->snap.cells[at].key <= last; at++)
			for (uint32_t i = map->snap.cells[at].first;
			     i < map->snap.cells[at + 1].first; i++) {
				const struct map_segment *s =
				    &map->segments[map->snap.items[i]];
				if (touches(&a, map_line(map, s, &line), s->vertices))
					take(map, out, 2 * map->snap.items[i], false);
			}
	}
	free(a.ring);
	map_unpacked_free(&line);
}

size_t closure_edges(const struct map *map, const struct map_closure *closure, uint32_t **out)
{
	struct edges e = {0};
	if (closure->area && closure->count >= 3)
		take_area(map, closure, &e);
	else
		take_line(map, closure, &e);
	sort_once(&e);
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

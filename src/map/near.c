/*
 * What is near a point: cells, a flat earth of a few kilometres, the nearest point of a line, and
 * the nearest stretch of road a car may use. Pure reading of an open map.
 */
#include "file.h"

#include <math.h>

#define METRES_PER_UNIT 0.0111194926644559 /* 1e-7 degree of latitude on a sphere of 6371.0 km */

size_t map_cells_from(const struct map_cells *cells, uint64_t key)
{
	size_t low = 0, high = cells->cell_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (cells->cells[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t map_cell_items(const struct map_cells *cells, uint64_t key, const uint32_t **out)
{
	size_t at = map_cells_from(cells, key);
	if (at == cells->cell_count || cells->cells[at].key != key)
		return 0;
	*out = cells->items + cells->cells[at].first;
	return cells->cells[at + 1].first - cells->cells[at].first;
}

struct map_vertex map_vertex_of(struct point p)
{
	return (struct map_vertex){(int32_t)lround(p.lat * 1e7), (int32_t)lround(p.lon * 1e7)};
}

struct map_plane map_plane_at(struct map_vertex origin)
{
	double lat = (double)origin.lat / 1e7 * M_PI / 180;
	return (struct map_plane){(double)origin.lat, (double)origin.lon, METRES_PER_UNIT,
	                          METRES_PER_UNIT * cos(lat)};
}

struct flat {
	double x, y;
};

static struct flat flatten(const struct map_plane *plane, struct map_vertex v)
{
	return (struct flat){((double)v.lon - plane->lon) * plane->metres_lon,
	                     ((double)v.lat - plane->lat) * plane->metres_lat};
}

/* On a plane nothing overflows: what hypot() guards against, at many times the cost. */
static double square_of(double x, double y)
{
	return x * x + y * y;
}

double map_plane_distance(const struct map_plane *plane, struct map_vertex v)
{
	struct flat f = flatten(plane, v);
	return sqrt(square_of(f.x, f.y));
}

/* Where the origin comes nearest to a-b: 0 at a, 1 at b. */
static double foot(struct flat a, struct flat b)
{
	double dx = b.x - a.x, dy = b.y - a.y, square = dx * dx + dy * dy;
	double t = square > 0 ? -(a.x * dx + a.y * dy) / square : 0;
	return fmin(1, fmax(0, t));
}

bool map_nearest_on(const struct map_plane *plane, const struct map_vertex *line, size_t vertices,
                    struct map_nearest *out)
{
	struct flat a = {0, 0}, at = {0, 0};
	double along = 0, best = INFINITY, best_along = 0;
	for (size_t i = 0; i < vertices; i++) {
		struct flat b = flatten(plane, line[i]);
		if (i == 0)
			a = b;
		double t = foot(a, b), x = a.x + t * (b.x - a.x), y = a.y + t * (b.y - a.y);
		double length = sqrt(square_of(b.x - a.x, b.y - a.y)), square = square_of(x, y);
		if (square < best) {
			best = square;
			best_along = along + t * length;
			at = (struct flat){x, y};
		}
		along += length;
		a = b;
	}
	*out = (struct map_nearest){
	    .at = {(int32_t)lround(plane->lat + at.y / plane->metres_lat),
	           (int32_t)lround(plane->lon + at.x / plane->metres_lon)},
	    .distance_m = sqrt(best),
	    .along_m = best_along,
	    .length_m = along};
	return vertices > 0;
}

/* ---- cells round a point ---- */

#define HAIR_M 1e-6 /* what lies on the border of two cells may be reckoned nearer than either */

struct walk {
	const struct map_cells *cells;
	struct map_plane plane;
	const double *limit_m; /* shrinks while things are found */
	map_near_fn *fn;
	void *ctx;
};

/* From `at` to the nearest of the cell that begins at `low`, on one axis. */
static double beyond(double at, double low, double metres)
{
	return fmax(fmax(low - at, at - (low + MAP_CELL)), 0) * metres;
}

static bool is_out_of_reach(const struct walk *w, int64_t row, int64_t column)
{
	double y = beyond(w->plane.lat, (double)(row * MAP_CELL - 900000000), w->plane.metres_lat);
	double x =
	    beyond(w->plane.lon, (double)(column * MAP_CELL - 1800000000), w->plane.metres_lon);
	double reach = *w->limit_m + HAIR_M;
	return square_of(x, y) > reach * reach;
}

static void walk_cell(const struct walk *w, const struct map_cell *cell)
{
	for (uint32_t i = cell[0].first; i < cell[1].first; i++)
		w->fn(w->ctx, w->cells->items[i]);
}

/* The cells of a row from one column to another: they lie one after the other. */
static void walk_row(const struct walk *w, int64_t row, int64_t from, int64_t to)
{
	if (row < 0 || to < 0)
		return;
	uint64_t first = map_cell_key(row, from < 0 ? 0 : from), last = map_cell_key(row, to);
	for (size_t at = map_cells_from(w->cells, first);
	     at < w->cells->cell_count && w->cells->cells[at].key <= last; at++)
		if (!is_out_of_reach(w, row, (int64_t)(uint32_t)w->cells->cells[at].key))
			walk_cell(w, &w->cells->cells[at]);
}

/* The border of the square of cells at `ring` steps from the middle. */
static void walk_ring(const struct walk *w, struct map_vertex v, int64_t ring)
{
	int64_t row = map_cell_row(v.lat), column = map_cell_column(v.lon);
	for (int64_t r = row - ring; r <= row + ring; r++) {
		if (r == row - ring || r == row + ring) {
			if (!is_out_of_reach(w, r, column))
				walk_row(w, r, column - ring, column + ring);
			continue;
		}
		for (int64_t c = column - ring; c <= column + ring; c += 2 * ring)
			if (!is_out_of_reach(w, r, c))
				walk_row(w, r, c, c);
	}
}

#define MOST_RINGS 64 /* near the poles cells have no width: no search of the whole world */

void map_near(const struct map_cells *cells, struct map_vertex v, const double *limit_m,
              map_near_fn *fn, void *ctx)
{
	struct walk w = {cells, map_plane_at(v), limit_m, fn, ctx};
	/* Whatever lies in ring n+1 is at least n widths away. */
	double width = MAP_CELL * fmin(w.plane.metres_lon, w.plane.metres_lat);
	for (int64_t ring = 0; ring < MOST_RINGS && (double)(ring - 1) * width <= *limit_m; ring++)
		walk_ring(&w, v, ring);
}

bool map_ring_crossed(const struct map_vertex *ring, size_t vertices, struct map_vertex v)
{
	bool inside = false;
	for (size_t i = 1; i < vertices; i++) {
		struct map_vertex a = ring[i - 1], b = ring[i];
		if ((a.lat > v.lat) == (b.lat > v.lat))
			continue;
		double x = (double)a.lon + ((double)b.lon - (double)a.lon) *
		                               ((double)v.lat - (double)a.lat) /
		                               ((double)b.lat - (double)a.lat);
		if ((double)v.lon < x)
			inside = !inside;
	}
	return inside;
}

/* ---- snapping ---- */

/* The nearest segments found so far, nearest first; an equal distance goes to the lower number, so that the answer
 * does not depend on the order of cells. */
struct snapping {
	const struct map *map;
	map_snap_fn *may; /* NULL: any */
	void *ctx;
	struct map_plane plane;
	double limit_m;
	struct map_unpacked line;
	struct map_snapped *nearest;
	size_t count, room;
};

static bool is_routable(const struct map_segment *s)
{
	return s->component[0] != MAP_POCKET || s->component[1] != MAP_POCKET;
}

static bool is_nearer(const struct map_snapped *a, const struct map_snapped *b)
{
	return a->distance_m != b->distance_m ? a->distance_m < b->distance_m
	                                      : a->segment < b->segment;
}

static void keep(struct snapping *s, const struct map_snapped *found)
{
	size_t i = s->count;
	for (size_t k = 0; k < s->count; k++)
		if (s->nearest[k].segment == found->segment)
			return;
	while (i > 0 && is_nearer(found, &s->nearest[i - 1]))
		i--;
	if (i == s->room)
		return;
	if (s->count < s->room)
		s->count++;
	for (size_t k = s->count - 1; k > i; k--)
		s->nearest[k] = s->nearest[k - 1];
	s->nearest[i] = *found;
	if (s->count == s->room)
		s->limit_m = s->nearest[s->room - 1].distance_m;
}

#define PLANE_LASTS_M 10000.0 /* so far the plane is true to within PLANE_OFF */
#define PLANE_OFF 0.02

/* Over any point of a road it is not farther between its ends than the road is long: whose ends
 * alone are too far away need not be looked at point by point. */
static bool is_beyond(const struct snapping *s, const struct map_segment *segment)
{
	double length = (double)segment->length_m;
	double reach = 2 * s->limit_m + (1 + PLANE_OFF) * length + 1;
	if (!(length < PLANE_LASTS_M))
		return false;
	double from = map_plane_distance(&s->plane, s->map->junctions[segment->from]);
	return from > reach ||
	       from + map_plane_distance(&s->plane, s->map->junctions[segment->to]) > reach;
}

static void try_segment(void *ctx, uint32_t item)
{
	struct snapping *s = ctx;
	const struct map_segment *segment = &s->map->segments[item];
	struct map_nearest near;
	if (!is_routable(segment) || is_beyond(s, segment) || (s->may && !s->may(s->ctx, item)))
		return;
	map_nearest_on(&s->plane, map_line(s->map, segment, &s->line), segment->vertices, &near);
	if (near.distance_m <= s->limit_m)
		keep(s, &(struct map_snapped){
		            item, near.length_m > 0 ? near.along_m / near.length_m : 0,
		            map_point(near.at), near.distance_m});
}

size_t map_snap_some(const struct map *map, struct point p, double within_m, map_snap_fn *may,
                     void *ctx, struct map_snapped *out, size_t room)
{
	if (!point_valid(p) || room == 0)
		return 0;
	struct map_vertex v = map_vertex_of(p);
	struct snapping s = {.map = map,
	                     .may = may,
	                     .ctx = ctx,
	                     .plane = map_plane_at(v),
	                     .limit_m = within_m,
	                     .nearest = out,
	                     .room = room};
	map_near(&map->snap, v, &s.limit_m, try_segment, &s);
	map_unpacked_free(&s.line);
	return s.count;
}

size_t map_snap_segments(const struct map *map, struct point p, double within_m,
                         struct map_snapped *out, size_t room)
{
	return map_snap_some(map, p, within_m, NULL, NULL, out, room);
}

bool map_snap_segment(const struct map *map, struct point p, struct map_snapped *out)
{
	return map_snap_segments(map, p, MAP_SNAP_LIMIT_M, out, 1) == 1;
}

/*
 * What a closure takes of the street that it names, and of no other: between two of its crossings its own
 * roads along the way, and those of the other carriageway beside them; at a single crossing the
 * stretches that end there. Squares and roundabouts with a name of their own, or none, stay open.
 */
#include "drive.h"

#include "../search/words.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

#define NEAR_M 120.0      /* as along.c has it */
#define CROSSING_M 30.0   /* carriageways cross another street so near to each other */
#define CARRIAGEWAY_M 50.0 /* how far apart carriageways run */
#define OPPOSITE -0.5     /* cosine */
#define END_M 1.0         /* beside an end of the stretch: beyond it */
#define STRETCHES 16      /* of one street that end at one crossing */

/* ---- which roads are its own ---- */

void street_init(struct street *street, const struct map *map, const char *name)
{
	*street = (struct street){.map = map};
	words_normal(name, &street->words);
}

void street_fini(struct street *street)
{
	str_fini(&street->words);
}

static bool is_called(const struct street *street, uint32_t name)
{
	struct str words = {0};
	words_normal(map_string(street->map, name), &words);
	bool same = str_equal(str_text(&words), str_text(&street->words));
	str_fini(&words);
	return same;
}

bool street_has(struct street *street, uint32_t segment)
{
	uint32_t name = street->map->segments[segment].name, at = name % STREET_NAMES;
	if (!map_string(street->map, name))
		return false;
	if (street->asked[at] != name) {
		street->asked[at] = name;
		street->same[at] = is_called(street, name);
	}
	return street->same[at];
}

/* ---- its other carriageway ---- */

/* 1: only as drawn, -1: only against, 0: both. */
static int one_way_of(const struct map_segment *s)
{
	return (s->time_ms[0] > 0) - (s->time_ms[1] > 0);
}

struct near_taken {
	uint32_t edge; /* of those taken */
	double distance_m, east, north; /* and which way cars go there */
	bool beyond;   /* nearest is an end of the whole stretch */
};

struct stretch {
	const struct map *map;
	struct street *street;
	const struct drive_path *taken;
	uint32_t ends[2]; /* of the whole: junctions */
	struct map_unpacked line;
};

/* Which way cars go where the line is so far along; of length one. */
static void heading(const struct map_vertex *line, size_t vertices, double along_m, int way,
                    double *east, double *north)
{
	double gone = 0, x = 0, y = 0;
	for (size_t i = 0; i + 1 < vertices; i++) {
		struct map_plane plane = map_plane_at(line[i]);
		x = ((double)line[i + 1].lon - line[i].lon) * plane.metres_lon;
		y = ((double)line[i + 1].lat - line[i].lat) * plane.metres_lat;
		gone += sqrt(x * x + y * y);
		if (gone > along_m)
			break;
	}
	double length = fmax(sqrt(x * x + y * y), 1e-9);
	*east = way * x / length;
	*north = way * y / length;
}

static void look_at(struct stretch *t, struct map_vertex from, uint32_t edge, struct near_taken *best)
{
	const struct map_segment *s = &t->map->segments[edge >> 1];
	const struct map_vertex *line = map_line(t->map, s, &t->line);
	struct map_plane plane = map_plane_at(from);
	struct map_nearest near;
	map_nearest_on(&plane, line, s->vertices, &near);
	if (near.distance_m >= best->distance_m)
		return;
	uint32_t end = near.along_m < END_M                   ? s->from
	               : near.along_m > near.length_m - END_M ? s->to
	                                                      : MAP_NONE;
	*best = (struct near_taken){.edge = edge, .distance_m = near.distance_m};
	best->beyond = end != MAP_NONE && (end == t->ends[0] || end == t->ends[1]);
	heading(line, s->vertices, near.along_m, one_way_of(s), &best->east, &best->north);
}

static bool is_taken(const struct stretch *t, uint32_t segment)
{
	for (size_t i = 0; i < t->taken->count; i++)
		if (t->taken->edge[i] >> 1 == segment)
			return true;
	return false;
}

/* The middle of a line and which way cars go there. */
static struct map_vertex middle_of(const struct map_vertex *line, const struct map_segment *s,
                                   double *east, double *north)
{
	double half = (double)s->length_m / 2, gone = 0;
	struct map_vertex at = line[0];
	for (size_t i = 0; i + 1 < s->vertices; i++) {
		double step = point_distance_m(map_point(line[i]), map_point(line[i + 1]));
		if (gone + step >= half && step > 0) {
			double part = (half - gone) / step;
			at.lat = line[i].lat + (int32_t)lround(part * ((double)line[i + 1].lat - line[i].lat));
			at.lon = line[i].lon + (int32_t)lround(part * ((double)line[i + 1].lon - line[i].lon));
			break;
		}
		gone += step;
	}
	heading(line, s->vertices, half, one_way_of(s), east, north);
	return at;
}

/* A one-way road that runs beside one that was taken, the other way. */
static bool is_other_carriageway(struct stretch *t, uint32_t segment, uint32_t *beside)
{
	const struct map_segment *s = &t->map->segments[segment];
	struct near_taken near = {.distance_m = CARRIAGEWAY_M};
	double east, north;
	if (!one_way_of(s) || !street_has(t->street, segment) || is_taken(t, segment))
		return false;
	struct map_vertex middle = middle_of(map_line(t->map, s, &t->line), s, &east, &north);
	for (size_t i = 0; i < t->taken->count; i++)
		look_at(t, middle, t->taken->edge[i], &near);
	*beside = near.edge;
	return near.distance_m < CARRIAGEWAY_M && !near.beyond &&
	       east * near.east + north * near.north < OPPOSITE;
}

static bool drivable(const struct map *map, uint32_t edge)
{
	return map->segments[edge >> 1].time_ms[edge & 1] > 0;
}

static void box_of(struct stretch *t, struct map_vertex *low, struct map_vertex *high)
{
	*low = (struct map_vertex){INT32_MAX, INT32_MAX};
	*high = (struct map_vertex){INT32_MIN, INT32_MIN};
	for (size_t i = 0; i < t->taken->count; i++) {
		const struct map_segment *s = &t->map->segments[t->taken->edge[i] >> 1];
		const struct map_vertex *line = map_line(t->map, s, &t->line);
		for (size_t k = 0; k < s->vertices; k++) {
			low->lat = line[k].lat < low->lat ? line[k].lat : low->lat;
			low->lon = line[k].lon < low->lon ? line[k].lon : low->lon;
			high->lat = line[k].lat > high->lat ? line[k].lat : high->lat;
			high->lon = line[k].lon > high->lon ? line[k].lon : high->lon;
		}
	}
}

/* Looks at all roads in the cells that the stretch takes up; its carriageways share cells or are neighbours. */
static void take_beside(struct stretch *t, struct drive_path *out)
{
	const struct map_cells *cells = &t->map->snap;
	struct map_vertex low, high;
	uint32_t beside;
	box_of(t, &low, &high);
	int64_t west = map_cell_column(low.lon) - 1, east = map_cell_column(high.lon) + 1;
	for (int64_t row = map_cell_row(low.lat) - 1; row <= map_cell_row(high.lat) + 1; row++) {
		size_t at = map_cells_from(cells, map_cell_key(row, west));
		for (; at < cells->cell_count && cells->cells[at].key <= map_cell_key(row, east); at++)
			for (uint32_t i = cells->cells[at].first; i < cells->cells[at + 1].first; i++) {
				uint32_t segment = cells->items[i];
				if (is_other_carriageway(t, segment, &beside))
					drive_path_add(out, 2 * segment +
					                        (drivable(t->map, beside) == drivable(t->map, 2 * segment)));
			}
	}
}

/* ---- what it takes ---- */

/* The direction that was asked for leads over one carriageway only; where it leads over none it is kept as drawn. */
static void keep_drivable(const struct map *map, struct drive_path *path)
{
	size_t kept = 0;
	for (size_t i = 0; i < path->count; i++)
		if (drivable(map, path->edge[i]))
			path->edge[kept++] = path->edge[i];
	path->count = kept ? kept : path->count;
}

/* With what runs beside it the other way. */
static void take_stretch(struct stretch *t, bool one_way, struct drive_path *out)
{
	for (size_t i = 0; i < t->taken->count; i++)
		drive_path_add(out, t->taken->edge[i]);
	take_beside(t, out);
	map_unpacked_free(&t->line);
	if (one_way)
		keep_drivable(t->map, out);
}

static void find_ends(struct stretch *t, const struct along *along)
{
	t->ends[0] = t->ends[1] = MAP_NONE;
	for (size_t i = 0; i < along->count; i++) {
		uint32_t edge = along->piece[i].edge;
		if (!is_taken(t, edge >> 1))
			continue;
		if (t->ends[0] == MAP_NONE)
			t->ends[0] = map_edge_tail(t->map, edge);
		t->ends[1] = map_edge_head(t->map, edge);
	}
}

static void take_between(struct stretch *t, const struct map_closure *c, struct drive_path *out)
{
	struct along along = {0};
	struct drive_path taken = {0};
	if (along_find(t->map, c, t->street, &along)) {
		along_take(&along, t->street, &taken);
		t->taken = &taken;
		find_ends(t, &along);
		take_stretch(t, c->one_way, out);
	}
	drive_path_free(&taken);
	along_free(&along);
}

static bool may_be(void *ctx, uint32_t segment)
{
	return street_has(ctx, segment);
}

bool map_street_drivable(const struct map *map, const char *street, struct point crossing)
{
	struct street called;
	struct map_snapped near;
	street_init(&called, map, street);
	size_t count = map_snap_some(map, crossing, CROSSING_M, may_be, &called, &near, 1);
	street_fini(&called);
	return count > 0;
}

/* Is the point of the road beside an end of it? */
static bool is_at_end(const struct map *map, const struct map_snapped *s)
{
	return fmin(s->fraction, 1 - s->fraction) * (double)map->segments[s->segment].length_m <=
	       CROSSING_M;
}

/* At a crossing: what ends there, of each carriageway. */
static void take_at(struct stretch *t, struct point p, struct drive_path *out)
{
	struct map_snapped near[STRETCHES];
	struct drive_path taken = {0};
	size_t count = map_snap_some(t->map, p, NEAR_M, may_be, t->street, near, STRETCHES);
	if (count == 0)
		return;
	if (is_at_end(t->map, &near[0])) {
		for (size_t i = 0; i < count; i++)
			if (is_at_end(t->map, &near[i]) &&
			    near[i].distance_m <= near[0].distance_m + CROSSING_M)
				drive_path_add(out, 2 * near[i].segment);
		return;
	}
	drive_path_add(&taken, 2 * near[0].segment);
	t->taken = &taken;
	t->ends[0] = t->map->segments[near[0].segment].from;
	t->ends[1] = t->map->segments[near[0].segment].to;
	take_stretch(t, false, out);
	drive_path_free(&taken);
}

void street_take(const struct map *map, const struct map_closure *c, struct drive_path *out)
{
	struct street street;
	struct stretch t = {.map = map, .street = &street};
	street_init(&street, map, c->street);
	if (c->count == 1)
		take_at(&t, c->points[0], out);
	else
		take_between(&t, c, out);
	street_fini(&street);
}

/*
 * The roads that touch a closure's area: with a vertex in it, or across its ring. A road is
 * compared only with what of the ring lies beside it: the ring's edges are kept by bands of latitude
 * and of longitude, and told apart by their boxes first.
 */
#include "drive.h"

#include "base/mem.h"

#include <stdlib.h>

#define BANDS 64

struct box {
	struct map_vertex low, high;
};

/* The ring's edges by latitude, or by longitude. */
struct bands {
	int32_t low, high;
	uint32_t first[BANDS + 1]; /* by band: in `edge`, those that reach into it */
	uint32_t *edge;
};

struct area {
	struct map_vertex *ring; /* closed */
	size_t edges;
	struct box box;
	struct bands lat, lon;
};

/* ---- boxes ---- */

static struct box box_of(const struct map_vertex *line, size_t count)
{
	struct box b = {line[0], line[0]};
	for (size_t i = 1; i < count; i++) {
		b.low.lat = line[i].lat < b.low.lat ? line[i].lat : b.low.lat;
		b.low.lon = line[i].lon < b.low.lon ? line[i].lon : b.low.lon;
		b.high.lat = line[i].lat > b.high.lat ? line[i].lat : b.high.lat;
		b.high.lon = line[i].lon > b.high.lon ? line[i].lon : b.high.lon;
	}
	return b;
}

static bool apart(const struct box *a, const struct box *b)
{
	return a->low.lat > b->high.lat || a->high.lat < b->low.lat || a->low.lon > b->high.lon ||
	       a->high.lon < b->low.lon;
}

/* ---- the ring, by bands ---- */

/* What lies beyond the ring counts to its first or last band. */
static size_t band_of(const struct bands *b, int32_t at)
{
	int64_t from = (int64_t)at - b->low, whole = (int64_t)b->high - b->low + 1;
	return (size_t)(from <= 0 ? 0 : from >= whole ? BANDS - 1 : from * BANDS / whole);
}

/* Those that reach from..to: in b->edge, between these two. */
struct run {
	uint32_t from, end;
};

static struct run run_of(const struct bands *b, int32_t from, int32_t to)
{
	return (struct run){b->first[band_of(b, from)], b->first[band_of(b, to) + 1]};
}

/* spans: from where to where each edge reaches, two a piece. */
static void bands_init(struct bands *b, const int32_t *spans, size_t edges, int32_t low,
                       int32_t high)
{
	uint32_t at[BANDS];
	*b = (struct bands){.low = low, .high = high};
	for (size_t i = 0; i < edges; i++)
		for (size_t k = band_of(b, spans[2 * i]); k <= band_of(b, spans[2 * i + 1]); k++)
			b->first[k + 1]++;
	for (size_t k = 0; k < BANDS; k++) {
		at[k] = b->first[k];
		b->first[k + 1] += b->first[k];
	}
	b->edge = mem_zero(b->first[BANDS], sizeof(*b->edge));
	for (size_t i = 0; i < edges; i++)
		for (size_t k = band_of(b, spans[2 * i]); k <= band_of(b, spans[2 * i + 1]); k++)
			b->edge[at[k]++] = (uint32_t)i;
}

static void sort_edges(struct area *a)
{
	int32_t *lat = mem_zero(2 * a->edges, sizeof(*lat)),
	        *lon = mem_zero(2 * a->edges, sizeof(*lon));
	for (size_t i = 0; i < a->edges; i++) {
		const struct box b = box_of(a->ring + i, 2);
		lat[2 * i] = b.low.lat;
		lat[2 * i + 1] = b.high.lat;
		lon[2 * i] = b.low.lon;
		lon[2 * i + 1] = b.high.lon;
	}
	bands_init(&a->lat, lat, a->edges, a->box.low.lat, a->box.high.lat);
	bands_init(&a->lon, lon, a->edges, a->box.low.lon, a->box.high.lon);
	free(lat);
	free(lon);
}

static void area_init(struct area *a, const struct map_closure *c)
{
	*a = (struct area){.edges = c->count};
	a->ring = mem_zero(c->count + 1, sizeof(*a->ring));
	for (size_t i = 0; i <= c->count; i++)
		a->ring[i] = map_vertex_of(c->points[i % c->count]);
	a->box = box_of(a->ring, a->edges);
	sort_edges(a);
}

static void area_fini(struct area *a)
{
	free(a->ring);
	free(a->lat.edge);
	free(a->lon.edge);
}

/* ---- what touches it ---- */

static bool holds(const struct area *a, struct map_vertex v)
{
	const struct box at = {v, v};
	bool inside = false;
	if (apart(&a->box, &at))
		return false;
	const struct run run = run_of(&a->lat, v.lat, v.lat);
	for (uint32_t i = run.from; i < run.end; i++)
		inside ^= map_ring_crossed(a->ring + a->lat.edge[i], 2, v);
	return inside;
}

/* On which side of a-b is p? */
static int side(struct map_vertex a, struct map_vertex b, struct map_vertex p)
{
	double cross = ((double)b.lon - a.lon) * ((double)p.lat - a.lat) -
	               ((double)b.lat - a.lat) * ((double)p.lon - a.lon);
	return cross > 0 ? 1 : cross < 0 ? -1 : 0;
}

static bool crosses(const struct map_vertex *piece, const struct map_vertex *edge)
{
	int from = side(piece[0], piece[1], edge[0]), to = side(piece[0], piece[1], edge[1]);
	return from * to <= 0 && !(from == 0 && to == 0) &&
	       side(edge[0], edge[1], piece[0]) * side(edge[0], edge[1], piece[1]) <= 0;
}

/* By latitude or by longitude, whichever leaves fewer. */
static bool is_crossed(const struct area *a, const struct map_vertex *piece)
{
	const struct box b = box_of(piece, 2);
	if (apart(&a->box, &b))
		return false;
	struct run run = run_of(&a->lat, b.low.lat, b.high.lat),
	           other = run_of(&a->lon, b.low.lon, b.high.lon);
	bool by_lon = other.end - other.from < run.end - run.from;
	const uint32_t *edges = by_lon ? a->lon.edge : a->lat.edge;
	if (by_lon)
		run = other;
	for (uint32_t i = run.from; i < run.end; i++) {
		const struct map_vertex *edge = a->ring + edges[i];
		const struct box beside = box_of(edge, 2);
		if (!apart(&b, &beside) && crosses(piece, edge))
			return true;
	}
	return false;
}

static bool touches(const struct area *a, const struct map_vertex *line, size_t count)
{
	const struct box b = box_of(line, count);
	if (apart(&a->box, &b))
		return false;
	for (size_t i = 0; i < count; i++)
		if (holds(a, line[i]))
			return true;
	for (size_t i = 0; i + 1 < count; i++)
		if (is_crossed(a, line + i))
			return true;
	return false;
}

/* ---- among all roads ---- */

/* Cells are sorted by row, then column: each row of the area is one run of them. A road lies in
 * several. */
static void roads_near(const struct map *map, const struct box *b, struct drive_path *out)
{
	for (int64_t row = map_cell_row(b->low.lat); row <= map_cell_row(b->high.lat); row++) {
		uint64_t last = map_cell_key(row, map_cell_column(b->high.lon));
		size_t at =
		    map_cells_from(&map->snap, map_cell_key(row, map_cell_column(b->low.lon)));
		for (; at < map->snap.cell_count && map->snap.cells[at].key <= last; at++) {
			for (uint32_t i = map->snap.cells[at].first;
			     i < map->snap.cells[at + 1].first; i++)
				drive_path_add(out, 2 * map_real_segment(map, map->snap.items[i]));
			give_way();
		}
	}
	drive_path_sort(out);
}

void area_take(const struct map *map, const struct map_closure *c, struct drive_path *out)
{
	struct area a;
	struct drive_path near = {0};
	struct map_unpacked line = {0};
	area_init(&a, c);
	roads_near(map, &a.box, &near);
	for (size_t i = 0; i < near.count; i++) {
		const struct map_segment *s = &map->segments[near.edge[i] >> 1];
		if (touches(&a, map_line(map, s, &line), s->vertices))
			drive_path_add(out, near.edge[i]);
		give_way();
	}
	map_unpacked_free(&line);
	drive_path_free(&near);
	area_fini(&a);
}

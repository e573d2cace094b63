/*
 * What the files that answer "how long does it take" share: ends of trips, metrics, and searches.
 * Nobody outside this room sees it.
 *
 * A directed edge 2i drives segment i as drawn, 2i+1 against. The state of a search is the END of a
 * directed edge, before the turn: going on to edge f costs the turn and f's time. All times are
 * whole milliseconds, so that equal questions have equal answers whatever the order of sums.
 */
#ifndef PRONTOD_MAP_DRIVE_H
#define PRONTOD_MAP_DRIVE_H

#include "../file.h"

#include "base/str.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- metrics ---- */

#define MAP_CLOSED 0x80000000u /* of an edge's time: driven only where a trip begins or ends */
#define MAP_FAR 0x3FFFFFFF     /* no way; two of them still fit an int32_t */

struct map_metric {
	const struct map *map;
	const uint32_t *edge_ms; /* by directed edge; 0: never; MAP_CLOSED */
	/* Of the hierarchy: an arc's four times from the lower vertex to the upper and back, by direction
	 * of the first and of the second; a vertex's two from one of its directions to the other. */
	const int32_t *up, *down, *self;
	enum map_profile profile;
	size_t changed; /* directed edges that closures take */
	char version[17];
	struct drive_stretches *stretches;
	int holders;
	void *memory; /* behind the four: ours to free, or a mapping where `mapped` says how long it is */
	size_t mapped;
};

static inline uint32_t metric_ms(const struct map_metric *m, uint32_t edge)
{
	return m->edge_ms[edge] & ~MAP_CLOSED;
}
static inline bool metric_closed(const struct map_metric *m, uint32_t edge)
{
	return m->edge_ms[edge] & MAP_CLOSED;
}
/* May a trip go over the whole of it? */
static inline bool metric_open(const struct map_metric *m, uint32_t edge)
{
	return m->edge_ms[edge] - 1 < MAP_CLOSED - 1 &&
	       m->map->segments[edge >> 1].component[edge & 1] != MAP_POCKET;
}

/* May a trip begin on it, or end? */
static inline bool metric_usable(const struct map_metric *m, uint32_t edge)
{
	return metric_ms(m, edge) > 0 &&
	       m->map->segments[edge >> 1].component[edge & 1] != MAP_POCKET;
}
/* What a trip may drive before it comes to closed roads at its end: from one edge into another. Whoever sets out on
 * a stretch of closed roads drives on there until it leaves it. Turns are another matter. */
static inline bool metric_leads(const struct map_metric *m, uint32_t from, uint32_t into)
{
	return metric_open(m, into) ||
	       (metric_closed(m, from) && metric_closed(m, into) && metric_usable(m, into));
}

/* The map's own metric, over its file. */
struct map_metric *metric_base(const struct map *map);
/* How long one waits for another worker that makes a metric of so many segments. */
unsigned metric_patience_ms(size_t segments);
/* What the hour makes of each edge's time, nothing closed: all the map's edges. */
void metric_hours(const struct map *map, enum map_profile profile, uint32_t *edge_ms);

/* The edges that a closure takes, each once, ascending; the caller frees *out. */
size_t closure_edges(const struct map *map, const struct map_closure *closure, uint32_t **out);

struct drive_path;

/* A street by its name, however that is written. */
#define STREET_NAMES 64
struct street {
	const struct map *map;
	struct str words;
	uint32_t asked[STREET_NAMES]; /* names that were compared: strings */
	bool same[STREET_NAMES];
};
void street_init(struct street *street, const struct map *map, const char *name);
void street_fini(struct street *street);
bool street_has(struct street *street, uint32_t segment);

/* The way that a line of points draws over the roads: pieces of roads in the order they are gone over. */
struct along_piece {
	uint32_t edge;    /* of a road, never of a ghost */
	double low, high; /* shares of the segment as drawn */
};
struct along {
	struct along_piece *piece;
	size_t count, room;
};
/* street: only from road to road of it, short gaps apart; false: it does not lead from each point to the next. NULL:
 * along whatever roads, as far as they go. */
bool along_find(const struct map *map, const struct map_closure *closure, struct street *street,
                struct along *out);
void along_free(struct along *along);

/* What a closure takes of the street it names, in the direction of its points, no edge twice or some; nothing: the street
 * does not lead along them. */
void street_take(const struct map *map, const struct map_closure *closure, struct drive_path *out);
/* The roads that touch a closure's area, each once, as drawn. */
void area_take(const struct map *map, const struct map_closure *c, struct drive_path *out);
/* The roads of a way that are gone over for the most part; `street` NULL: of any. */
void along_take(const struct along *along, struct street *street, struct drive_path *out);

/* ---- ends of trips ---- */

struct drive_end {
	bool known;
	uint32_t segment;
	double fraction; /* of the segment as drawn */
	bool usable[2];  /* by direction */
	struct point at;
	double distance_m;
};
struct drive_end drive_end_at(const struct map *map, const struct map_stand *stand);
/* The same, kept: what is asked for again is not looked for again. */
struct drive_ends;
struct drive_ends *drive_ends_new(const struct map *map);
void drive_ends_free(struct drive_ends **ends);
struct drive_end drive_ends_get(struct drive_ends *ends, const struct map_stand *stand);
bool drive_same_stand(const struct map_stand *a, const struct map_stand *b);
uint32_t drive_stand_mixed(const struct map_stand *stand); /* of its place: chooses a set of those kept */
/* How much of the edge lies before the end: both parts of an edge always sum to its time. */
uint32_t drive_before_ms(const struct map_metric *m, const struct drive_end *e, unsigned dir);
/* Straight along the segment that both stand on; false: not so. */
bool drive_direct(const struct map_metric *m, const struct drive_end *from,
                  const struct drive_end *to, uint32_t *out_ms, uint32_t *out_edge);

/* ---- stretches of closed roads: stretch.c ---- */

/* The closed roads that hang together, ready to be searched as a whole. */
struct drive_stretches;
/* NULL: nothing is closed. */
struct drive_stretches *drive_stretches_new(const struct map_metric *m);
void drive_stretches_free(struct drive_stretches **stretches);

/* The end of an edge, from which one drives on into another; how long it still takes from there. */
struct drive_approach {
	uint32_t edge, ms, into;
	bool last; /* `into` is the road of the trip's end, driven as far as that */
};
/* Of one end of trips: the edges at whose end a trip there leaves the open roads, or its own beginning. */
struct drive_approaches {
	struct drive_approach *approach; /* by the hierarchy's vertex, then direction, then time */
	size_t count, room;
	/* Where it lies on closed roads: how long from the end of each of its stretch's, two a place. */
	int32_t *left;
	uint32_t first_place, places;
};
void drive_approaches_find(const struct map_metric *m, const struct drive_end *to,
                           struct drive_approaches *out);
void drive_approaches_free(struct drive_approaches *a);

/* A trip's sum, and over which edges: from the one it begins on to the one it ends on. */
struct drive_path {
	uint32_t *edge;
	size_t count, room;
};
void drive_path_add(struct drive_path *path, uint32_t edge);
void drive_path_sort(struct drive_path *path); /* by number, each once: no trip any more */
void drive_path_free(struct drive_path *path);
/* What lies between two ends along a path, in metres. */
double drive_path_m(const struct map *map, const struct drive_path *path,
                    const struct drive_end *from, const struct drive_end *to);

/* From the end of the edge at which a trip leaves the open roads, after so long, to the trip's end. */
void drive_path_end(const struct map_metric *m, const struct drive_approaches *to, uint32_t edge,
                    int32_t ms, struct drive_path *path);

/* The path's line, times along it and streets, kept in the arena. */
void drive_draw(const struct map_metric *m, const struct drive_path *path,
                const struct drive_end ends[2], struct arena *arena, struct map_route *out);

/* What a router keeps of places that trips begin at, in bytes. */
size_t drive_router_bytes(const struct map_router *router);

#ifdef __cplusplus
}
#endif
#endif

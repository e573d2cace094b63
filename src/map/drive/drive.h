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

/* The map's own metric, over its file. */
struct map_metric *metric_base(const struct map *map);
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
/* How much of the edge lies before the end: both parts of an edge always sum to its time. */
uint32_t drive_before_ms(const struct map_metric *m, const struct drive_end *e, unsigned dir);
/* Straight along the segment that both stand on; false: not so. */
bool drive_direct(const struct map_metric *m, const struct drive_end *from,
                  const struct drive_end *to, uint32_t *out_ms, uint32_t *out_edge);

/* The end of a directed edge, and how long the trip takes between there and its own end. */
struct drive_seed {
	uint32_t edge, ms;
	uint32_t next; /* the seed between this one and the end of the trip; MAP_NONE: none */
	uint32_t into; /* of a target: the edge that is driven next */
};
struct drive_seeds {
	struct drive_seed *seed;
	size_t count, room;
	uint32_t *slot; /* by a hash of the edge: its place among the seeds, and one; 0: free */
	size_t slots;
};
/* The seed of this edge; NULL: none. */
const struct drive_seed *drive_seed_of(const struct drive_seeds *seeds, uint32_t edge);
/* Edges at whose end one stands after having set off. Where it begins on a closed road, the closed
 * roads that lead out of there as well. */
void drive_origin_seeds(const struct map_metric *m, const struct drive_end *from,
                        struct drive_seeds *out);
/* Edges from whose end one turns into the road of the target, and so on back through closed roads
 * where the target lies on one. */
void drive_target_seeds(const struct map_metric *m, const struct drive_end *to,
                        struct drive_seeds *out);
void drive_seeds_free(struct drive_seeds *seeds);
/* Does a road that is open begin at the end of this edge? */
bool drive_leads_out(const struct map_metric *m, uint32_t edge);

/* A trip's sum, and over which edges: from the one it begins on to the one it ends on. */
struct drive_path {
	uint32_t *edge;
	size_t count, room;
};
void drive_path_add(struct drive_path *path, uint32_t edge);
void drive_path_free(struct drive_path *path);
/* What lies between two ends along a path, in metres. */
double drive_path_m(const struct map *map, const struct drive_path *path,
                    const struct drive_end *from, const struct drive_end *to);

/* From the origin's road to the end of one of its seeds, and from one of a target's to its road. */
void drive_path_begin(struct drive_path *path, const struct drive_seeds *origin, size_t seed);
void drive_path_end(struct drive_path *path, const struct drive_seeds *target,
                    const struct drive_seed *seed);

/* The path's line, times along it and streets, kept in the arena. */
void drive_draw(const struct map_metric *m, const struct drive_path *path,
                const struct drive_end ends[2], struct arena *arena, struct map_route *out);

#ifdef __cplusplus
}
#endif
#endif

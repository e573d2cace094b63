/*
 * The road map: one mapped, read-only file made by `prontoctl map build`. Here it is built, opened and
 * told about; what it is asked stands in map/roads.h, map/places.h and map/tiles.h. Thread- and
 * process-safe for reading. C++ stays behind these doors.
 */
#ifndef PRONTOD_MAP_H
#define PRONTOD_MAP_H

#include "base/problem.h"
#include "base/time.h"
#include "model/place.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
/* map_info is both a function and what it fills, as stat is: fine in C++ too. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif

struct map;

/* Refuses a truncated, foreign, older or damaged file with the reason. */
struct map *map_open(const char *path, struct problem *p);
void map_close(struct map **map);

/* What the builder met beside plain roads: said by `prontoctl map info`, so that nobody is surprised. */
struct map_counts {
	uint32_t ferries;             /* ways a car is shipped on: routed, slowly */
	uint32_t via_way;             /* restrictions over a way instead of a junction, kept */
	uint32_t conditional;         /* restrictions that hold at times: read, not kept */
	uint32_t unclear_restrictions; /* their ways do not meet at one end: not kept */
	uint32_t islands;             /* networks apart from the largest, large enough to be kept */
	uint32_t pocket_edges;        /* directed edges in small or one-way pockets: not routed */
	uint32_t cut_boundaries;      /* municipalities whose outline is not whole in the inputs */
	uint32_t conditional_roads;   /* access, speeds and directions of roads that hold at times: read, not kept */
	uint32_t conditional_unread;  /* of both, those that could not be read */
	uint32_t ghosts;              /* copies of roads for restrictions over ways */
	uint32_t urban, last;         /* segments in built-up areas; private or for who has business there */
	uint32_t signals, barriers;   /* junctions and edges with signals; barriers that may be passed, at a cost */
	uint32_t blocks;              /* barriers that stop cars: the road ends on both sides */
	uint32_t other_ferries;       /* of which no tag says that they take cars: not routed */
	uint32_t unclear_via_way;     /* of the unclear restrictions, those over a way */
	uint32_t astray;              /* roads with a node that is misplaced by tens of kilometres: not kept */
};

struct map_info {
	uint64_t arcs, levels; /* of the hierarchy */
	uint64_t junctions, segments, restrictions, streets, addresses, municipalities, places, features;
	uint64_t bytes;
	struct point south_west, north_east, centre; /* of the road network */
	struct instant built_at;
	char checksum[65]; /* of the contents, as names it in logs and rankings; the same inputs give the same */
	struct map_counts counts;
};
void map_info(const struct map *map, struct map_info *out);
/* Networks of roads apart from the largest, which one cannot drive to: the largest first. Returns how many there are;
 * fills at most `room`. */
struct map_island {
	size_t junctions;
	double road_km;
	struct point at;  /* on one of its roads */
	const char *near; /* the nearest place's name; NULL: none within 20 km */
};
size_t map_islands(const struct map *map, struct map_island *out, size_t room);
/* Reads every byte, compares all checksums and follows every index: about a second for a region. map_open does so
 * by itself only up to 2 MB; whoever opens a larger one has it verified once before it is asked anything. */
bool map_verify(const struct map *map, struct problem *p) MUST_CHECK;

/* progress: called with what is done (0 to 1) and the step's name; may be NULL. Writes beside and renames. */
typedef void map_progress_fn(void *ctx, double done, const char *step);
bool map_build(const char *const *inputs, size_t count, const char *output, map_progress_fn *progress, void *ctx,
	       struct problem *p) MUST_CHECK;

#ifdef __cplusplus
#pragma GCC diagnostic pop
}
#endif
#endif

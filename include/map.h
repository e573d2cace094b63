/*
 * Roads, addresses and tiles from one mapped, read-only file made by `prontoctl map build`.
 * Thread- and process-safe for reading. C++ stays behind this door.
 */
#ifndef PRONTOD_MAP_H
#define PRONTOD_MAP_H

#include "base/mem.h"
#include "base/problem.h"
#include "base/str.h"
#include "base/time.h"
#include "model/place.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
/* map_info and map_reverse are both a function and what it fills, as stat is: fine in C++ too. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif

struct map;

/* Refuses a truncated, foreign, older or damaged file with the reason. */
struct map *map_open(const char *path, struct problem *p);
void map_close(struct map **map);

/* What the builder met and did not turn into roads: said by `prontoctl map info`, so that nobody is surprised. */
struct map_counts {
	uint32_t ferries;             /* ways a car would be shipped on: not routed */
	uint32_t via_way;             /* restrictions over a way instead of a junction, kept */
	uint32_t conditional;         /* restrictions that hold at times: not kept */
	uint32_t unclear_restrictions; /* their ways do not meet at one end: not kept */
	uint32_t islands;             /* networks apart from the largest, large enough to be kept */
	uint32_t pocket_edges;        /* directed edges in small or one-way pockets: not routed */
	uint32_t cut_boundaries;      /* municipalities whose outline is not whole in the inputs */
	uint32_t reserved;
};

struct map_info {
	uint64_t junctions, segments, restrictions, streets, addresses, municipalities, places, features;
	uint64_t bytes;
	struct point south_west, north_east, centre; /* of the road network */
	struct instant built_at;
	char checksum[65]; /* of the contents, as names it in logs and rankings; the same inputs give the same */
	struct map_counts counts;
};
void map_info(const struct map *map, struct map_info *out);
/* Reads every byte and compares all checksums; map_open does so by itself only up to 64 MB. */
bool map_verify(const struct map *map, struct problem *p) MUST_CHECK;

/* progress: called with what is done (0 to 1) and the step's name; may be NULL. Writes beside and renames. */
typedef void map_progress_fn(void *ctx, double done, const char *step);
bool map_build(const char *const *inputs, size_t count, const char *output, map_progress_fn *progress, void *ctx,
	       struct problem *p) MUST_CHECK;

/* ---- driving times ---- */
struct map_eta {
	bool known;        /* false: not on a road within 1 km, or no route */
	double eta_s, distance_m;
};
/* Exact shortest times from each origin to one place: one reverse search, turn restrictions kept, both ends
 * snapped to the nearest point of a road segment. out[i] belongs to origins[i]. */
void map_etas(const struct map *map, struct point to, const struct point *origins, size_t count, struct map_eta *out);
/* Nearest point on a road a car may use; false if none within 1 km. */
bool map_snap(const struct map *map, struct point p, struct point *out, double *out_distance_m);

/* ---- addresses ---- */
enum map_place_kind { MAP_ADDRESS, MAP_STREET, MAP_PLACE, MAP_CROSSING };
struct map_candidate {
	const char *label;        /* "Via Monte Santo 18, Lonate Pozzolo" */
	const char *street;       /* NULL for a place */
	const char *number;       /* NULL if none */
	const char *municipality; /* NULL if not known */
	struct point at;
	enum map_place_kind kind;
	bool about;               /* the number is not on the map: where its neighbours let it be */
	double score;             /* 0 to 1 */
};
const char *map_place_kind_name(enum map_place_kind k); /* "address" "street" "place" "crossing" */
/* Best first; strings live in the arena. near: POINT_NONE for none. Returns how many (at most `room`). */
size_t map_geocode(const struct map *map, const char *query, struct point near, struct arena *arena,
		   struct map_candidate *out, size_t room);

/* All that the address search knows, in the file's order: for lists, and to make test queries of. */
struct map_entry {
	enum map_place_kind kind;
	const char *sort;         /* of a place: "city" "town" "village" "hamlet" "suburb" "poi"; else NULL */
	const char *name;         /* of the street or place */
	const char *number;       /* of an address; else NULL */
	const char *other;        /* of a crossing: the other street; else NULL */
	const char *municipality; /* NULL if not known */
	const char *hamlet;       /* where the municipality has the name more than once; else NULL */
	bool about;               /* number and point are of an addr:interpolation line */
	struct point at;
};
typedef void map_entry_fn(void *ctx, const struct map_entry *entry);
void map_each_entry(const struct map *map, map_entry_fn *fn, void *ctx);

struct map_reverse {
	const char *street, *number; /* nearest named street and house number; NULL if none near */
	const char *municipality;    /* by its outline; where that is cut, as the neighbours say; NULL: not known */
	const char *area;            /* what the public may see: "Via Cavour, Castiglione": never a number */
	double street_distance_m;
};
void map_reverse(const struct map *map, struct point at, struct arena *arena, struct map_reverse *out);
/* Municipality names of the map, sorted; returns how many. */
size_t map_municipalities(const struct map *map, const char *const **out);

/* ---- tiles ---- */
/* A Mapbox Vector Tile (version 2.1, extent 4096), uncompressed; false outside z 0-18 or the pyramid. Below
 * z 8 and where nothing is drawn it is empty. Layers, in drawing order, and their attributes:
 *   landuse     polygons  class: wood grass urban
 *   water       polygons  name
 *   waterway    lines     name
 *   building    polygons  (z 14)
 *   boundary    lines     admin_level: 2-10
 *   road        lines     class: motorway trunk primary secondary tertiary minor service path; name; oneway: true
 *   place       points    class: city town village hamlet suburb; name
 *   poi         points    class: school hospital pharmacy; name (z 13-16)
 *   housenumber points    number (z 17)
 * An attribute that is not known is missing. */
bool map_tile(const struct map *map, unsigned z, unsigned x, unsigned y, struct str *out);

#ifdef __cplusplus
#pragma GCC diagnostic pop
}
#endif
#endif

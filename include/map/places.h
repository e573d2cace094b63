/*
 * Where something is that somebody wrote, and what stands at a point.
 */
#ifndef PRONTOD_MAP_PLACES_H
#define PRONTOD_MAP_PLACES_H

#include "base/mem.h"
#include "model/place.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
/* map_reverse is both a function and what it fills, as stat is: fine in C++ too. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif

struct map;

/* ---- from words to places ---- */
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
	double sure;              /* the same by its own name alone: a municipality that fits makes no street likelier */
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

/* ---- from a point to words ---- */
struct map_reverse {
	const char *street, *number; /* of the house that stands there, else the nearest named street and a number of it; NULL: none near */
	const char *municipality;    /* by its outline; where that is cut, as the neighbours say; NULL: not known */
	const char *area;            /* what the public may see: "Via Cavour, Castiglione": never a number */
	double street_distance_m;
};
void map_reverse(const struct map *map, struct point at, struct arena *arena, struct map_reverse *out);
/* Municipality names of the map, sorted; returns how many. */
size_t map_municipalities(const struct map *map, const char *const **out);

#ifdef __cplusplus
#pragma GCC diagnostic pop
}
#endif
#endif

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
	uint32_t reserved;
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
/* How many roads the largest cut of each level of the dissection takes: how well the network comes apart. */
size_t map_separators(const struct map *map, const uint32_t **out);

/* progress: called with what is done (0 to 1) and the step's name; may be NULL. Writes beside and renames. */
typedef void map_progress_fn(void *ctx, double done, const char *step);
bool map_build(const char *const *inputs, size_t count, const char *output, map_progress_fn *progress, void *ctx,
	       struct problem *p) MUST_CHECK;

/* ---- how long roads take: metrics ----
 * A metric gives every directed road its time, from a profile of the hour and what is closed or slow now. It is
 * immutable, may be used by several threads, and is named by its version: the same map, profile and closures give
 * the same version and the same times, on every machine. */
enum map_profile { MAP_NORMAL, MAP_PEAK, MAP_NIGHT, MAP_SNOW };
#define MAP_PROFILES 4
const char *map_profile_name(enum map_profile profile); /* "normal" "peak" "night" "snow" */
bool map_profile_parse(const char *name, enum map_profile *out);
/* What the clock says: weekday 1 (Monday) to 7, minute of the local day. Never snow: that is said by hand. */
enum map_profile map_profile_at(int weekday, int minute);

/* A stretch that is closed or slow. Points, not roads: it outlives a change of map. */
struct map_closure {
	const struct point *points; /* one: the road there, between its crossings; several: along them */
	size_t count;
	bool area;    /* the points are a ring: every road that touches it */
	bool one_way; /* only in the direction of the points */
	double speed; /* 0: closed; else the share of the usual speed, 0.05 to 1 */
	/* NULL, or the street whose roads alone it takes: between the points, which are crossings of it or lie on it, both
	 * carriageways; at a single one, the stretches that end there. Where the map has no such street there, as a later one
	 * may, what the points take by themselves. */
	const char *street;
};
/* Does the street that it names lead along its points on this map? True where it names none. */
bool map_closure_on_street(const struct map *map, const struct map_closure *closure);
/* The roads a closure takes, to be drawn and named before somebody confirms it. Returns how many there are and
 * fills at most `room`; none: nothing within 60 m of the points. */
struct map_road {
	const char *name; /* NULL: none */
	const struct point *line;
	size_t points;
};
size_t map_closure_roads(const struct map *map, const struct map_closure *closure, struct arena *arena,
			 struct map_road *out, size_t room);

/* Does `over` take every road that `one` takes, in each direction? False where `one` takes none. Cheap where the two
 * lie apart. */
bool map_closure_covers(const struct map *map, const struct map_closure *over, const struct map_closure *one);

struct map_metric;
/* Takes about a second for a million junctions: on a thread, not on the loop. In `dir` (NULL: private memory) it is
 * kept under its version and shared: whoever comes first makes it, the others map what it made. */
struct map_metric *map_metric_make(const struct map *map, enum map_profile profile,
				   const struct map_closure *closures, size_t count, const char *dir,
				   struct problem *p);
struct map_metric *map_metric_ref(struct map_metric *metric);
void map_metric_unref(struct map_metric **metric);
const char *map_metric_version(const struct map_metric *metric); /* 16 hexadecimal digits */
enum map_profile map_metric_profile(const struct map_metric *metric);
size_t map_metric_edges(const struct map_metric *metric); /* directed roads that its closures take */

/* ---- driving times ----
 * A router belongs to one thread. It begins with the map's own metric (MAP_NORMAL, nothing closed) and keeps what it
 * found out about origins, so that asking again for those that stand still costs little. */
struct map_router;
struct map_router *map_router_new(const struct map *map);
void map_router_free(struct map_router **router);
void map_router_use(struct map_router *router, struct map_metric *metric); /* takes a reference */
struct map_metric *map_router_metric(const struct map_router *router);      /* borrowed */

/* Where something stands. */
struct map_stand {
	struct point at;
	double heading;  /* degrees from north, clockwise; NAN: not known */
	double within_m; /* a road must be as near; 0: 1000 */
};
static inline struct map_stand map_stand_at(struct point at)
{
	struct map_stand s = {at, __builtin_nan(""), 0};
	return s;
}
struct map_eta {
	bool known;               /* false: not on a road, or no route */
	double eta_s, distance_m; /* distance_m is NAN where it was not asked for */
	struct point from;        /* the point of the road it was counted from; POINT_NONE if not on a road */
	double from_m;            /* how far that is from where it stands */
};
/* Exact shortest times from each origin to one place, turn restrictions and turn costs kept, both ends snapped to
 * a road. Each pair by itself: nothing else that is asked changes it. out[i] belongs to origins[i]. A closed road is
 * driven only where the trip begins or ends on it. */
void map_etas(struct map_router *router, const struct map_stand *to, const struct map_stand *origins, size_t count,
	      bool distances, struct map_eta *out);
/* Every origin to every target, row by row: out[i * targets + j]. */
void map_table(struct map_router *router, const struct map_stand *origins, size_t count,
	       const struct map_stand *targets, size_t target_count, bool distances, struct map_eta *out);
/* The same answers by a plain reverse search over directed roads, slowly: what tests and benchmarks compare with. */
void map_etas_plain(const struct map *map, const struct map_metric *metric, const struct map_stand *to,
		    const struct map_stand *origins, size_t count, struct map_eta *out);

/* Nearest points on roads a car may use, nearest first; at most `room` of different roads. */
struct map_snap {
	struct point at;
	double distance_m;
	const char *street; /* NULL: without a name */
};
size_t map_snap(const struct map *map, const struct map_stand *stand, struct map_snap *out, size_t room);

/* The way itself. Everything lives in the arena. */
struct map_step {
	const char *street; /* NULL: without a name */
	size_t first_point; /* into points; the step goes on to the next one's first point */
	double distance_m, time_s;
};
struct map_route {
	struct map_eta eta;
	size_t count;
	const struct point *points; /* the line to draw, from the snapped origin to the snapped target */
	const double *at_s;         /* seconds from the start, at each point */
	size_t step_count;
	const struct map_step *steps; /* a step for each street driven */
};
bool map_route(struct map_router *router, const struct map_stand *from, const struct map_stand *to,
	       struct arena *arena, struct map_route *out);

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

struct map_reverse {
	const char *street, *number; /* of the house that stands there, else the nearest named street and a number of it; NULL: none near */
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
 *   landuse     polygons  class: wood grass urban sand square parking pier
 *   water       polygons  the sea too, as far as two degrees and half the map's size beyond its roads
 *   waterway    lines     name; structure: tunnel bridge
 *   building    polygons  (z 14)
 *   boundary    lines     admin_level: 2-10
 *   railway     lines     class: train tram; structure
 *   road        lines     class: motorway trunk primary secondary tertiary minor service pedestrian track path
 *                         construction runway; name; ref ("A22"); link: true (a ramp); structure;
 *                         oneway: true, along the line (z 15)
 *   place       points    class: city town village hamlet suburb; name
 *   water_name  points    name
 *   poi         points    class: school hospital pharmacy; name (z 13-16)
 *   housenumber points    number (z 17)
 * Below z 14 lines of one look are joined and thinned, and what would be smaller than a few points is left out.
 * An attribute that is not known is missing. */
bool map_tile(const struct map *map, unsigned z, unsigned x, unsigned y, struct str *out);

#ifdef __cplusplus
#pragma GCC diagnostic pop
}
#endif
#endif

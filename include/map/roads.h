/*
 * How long a crew drives, and which way: closures and the hour make a metric, a router asks it.
 */
#ifndef PRONTOD_MAP_ROADS_H
#define PRONTOD_MAP_ROADS_H

#include "base/mem.h"
#include "base/problem.h"
#include "model/place.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
/* map_snap and map_route are both a function and what it fills, as stat is: fine in C++ too. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif

struct map;

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
/* Does a road for cars that is called so pass at this crossing of it? Else no closure can begin or end there. */
bool map_street_drivable(const struct map *map, const char *street, struct point crossing);
/* The roads a closure takes, to be drawn and named before somebody confirms it. Returns how many there are and
 * fills at most `room`; none: nothing within 60 m of the points. */
struct map_road {
	const char *name; /* NULL: none */
	const struct point *line;
	size_t points;
};
size_t map_closure_roads(const struct map *map, const struct map_closure *closure, struct arena *arena,
			 struct map_road *out, size_t room);
/* Which of its points lie on no road, ascending, into out[closure->count]: a line goes on without them. Returns how
 * many; none of an area, whose corners may lie anywhere, nor of a street, which must lead along all its points. */
size_t map_closure_off_road(const struct map *map, const struct map_closure *closure, size_t *out);

/* Does `over` take every road that `one` takes, in each direction? False where `one` takes none. Cheap where the two
 * lie apart. */
bool map_closure_covers(const struct map *map, const struct map_closure *over, const struct map_closure *one);

struct map_metric;
/* Takes about a second for a million junctions: on a thread, not on the loop. In `dir` (NULL: private memory) it is
 * kept under its version and shared: whoever comes first makes it, the others map what it made; a folder that stays
 * locked for some seconds is a failure. In private memory it never fails. */
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
 * found out about origins and places, so that asking again for those that stand still costs little. */
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
/* Nearest points on roads a car may use, nearest first; at most `room` of different roads. A road that leads elsewhere
 * than one is heading counts as 30 m farther. */
struct map_snap {
	struct point at;
	double distance_m;
	const char *street; /* NULL: without a name */
};
size_t map_snap(const struct map *map, const struct map_stand *stand, struct map_snap *out, size_t room);
/* The first of them, from or to which this router counts. It is kept, whatever the metric: to be asked about the same
 * stand costs no second search. False: not on a road. */
bool map_router_snap(struct map_router *router, const struct map_stand *stand, struct map_snap *out);
/* Is that road closed, so that a trip from or to there begins or ends on closed ground? */
bool map_router_closed(struct map_router *router, const struct map_stand *stand);

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

#ifdef __cplusplus
#pragma GCC diagnostic pop
}
#endif
#endif

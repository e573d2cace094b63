/*
 * OSRM's HTTP interface, version 1, as other programs know it: table, route, nearest. What is shared
 * by reading a request (osrm_query.c, osrm_options.c), writing answers (osrm_write.c, osrm_steps.c, polyline.c) and
 * serving them (osrm.c). Reading and writing are plain functions of their arguments.
 *
 * Its own terms: places are "lon,lat", every error is {"code", "message"} with status 400.
 */
#ifndef PRONTOD_HTTP_OSRM_H
#define PRONTOD_HTTP_OSRM_H

#include "base/mem.h"
#include "base/str.h"
#include "map/roads.h"

#include <stdbool.h>
#include <stddef.h>

enum osrm_service { OSRM_TABLE, OSRM_ROUTE, OSRM_NEAREST };
enum osrm_lines { OSRM_POLYLINE, OSRM_POLYLINE6, OSRM_GEOJSON };
enum osrm_overview { OSRM_SIMPLIFIED, OSRM_FULL, OSRM_BY_LEGS, OSRM_NO_OVERVIEW };

/* What a route's legs are annotated with, between each two points of its line. */
enum osrm_note {
	OSRM_NOTE_DURATION = 1,
	OSRM_NOTE_DISTANCE = 2,
	OSRM_NOTE_SPEED = 4,
	OSRM_NOTE_WEIGHT = 8,
	OSRM_NOTE_SOURCES = 16,
	OSRM_NOTE_NODES = 32 /* may be asked for, is never answered: the map keeps no such numbers */
};
#define OSRM_NOTES_ALL 31u

struct osrm_query {
	enum osrm_service service;
	struct map_stand *places; /* heading from `bearings`, within_m from `radiuses` */
	size_t count;
	bool skip_waypoints;

	/* table; lists of indices into places, never empty */
	size_t *sources, *destinations;
	size_t source_count, destination_count;
	bool durations, distances;
	double fallback_mps; /* 0: none */
	bool fallback_snapped;
	double scale; /* of durations */

	/* route */
	bool steps;
	unsigned notes; /* enum osrm_note */
	enum osrm_lines lines;
	enum osrm_overview overview;

	unsigned number; /* nearest: how many, at least 1 */
};

struct osrm_limits {
	size_t cells;  /* of a table */
	size_t places; /* of any request */
};

/* A refusal in OSRM's words. */
struct osrm_refusal {
	const char *code; /* "InvalidQuery"; constant */
	char text[160];
};
bool osrm_refuse(struct osrm_refusal *why, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4))); /* always false */

/* ---- osrm_query.c ---- */
/* path: decoded, behind "/osrm"; query: raw, "" if none. Lists live in the arena. */
bool osrm_query_parse(struct arena *arena, const char *path, const char *query,
                      const struct osrm_limits *limits, struct osrm_query *out,
                      struct osrm_refusal *why) MUST_CHECK;

/* ---- polyline.c: the encoded polyline format, a digit a point ---- */
void polyline_write(struct str *to, const struct point *points, size_t count, double precision);
/* The points in the arena; NULL where the text is none. Precision 1e5 or 1e6. */
struct point *polyline_read(struct arena *arena, const char *text, size_t length, double precision,
                            size_t *count);

/* ---- osrm_write.c ---- */
/* Where a place was snapped to. */
struct osrm_waypoint {
	struct point at;
	double distance_m;
	const char *street; /* NULL: without a name */
};
void osrm_write_refusal(struct str *to, const struct osrm_refusal *why);
/* etas: [i * destination_count + j]; snapped: one for each place. */
void osrm_write_table(struct str *to, const struct osrm_query *q, const struct map_eta *etas,
                      const struct osrm_waypoint *snapped);
void osrm_write_nearest(struct str *to, const struct osrm_query *q, const struct map_snap *found,
                        size_t count);
/* legs: count - 1, all of them known. profile: names where the speeds come from. */
void osrm_write_route(struct str *to, const struct osrm_query *q, const struct map_route *legs,
                      const struct osrm_waypoint *snapped, const char *profile);
/* Rounded, without needless zeros. */
void osrm_write_number(struct str *to, double n, int decimals);
void osrm_write_text(struct str *to, const char *text); /* quoted; NULL is "" */
void osrm_write_place(struct str *to, struct point at); /* [lon,lat] */
void osrm_write_line(struct str *to, enum osrm_lines lines, const struct point *points,
                     size_t count);

/* ---- osrm_steps.c ---- */
/* The "steps" of a leg: one for each street driven, and the arrival. */
struct osrm_leg {
	const struct map_route *route;
	struct point from, to; /* as they were asked for: on which side of the road they are */
	enum osrm_lines lines;
};
void osrm_write_steps(struct str *to, const struct osrm_leg *leg);
void osrm_write_summary(struct str *to, const struct map_route *route); /* its two main streets */
/* Keeps the points without which a picture of the whole line would look different; in place,
 * returns how many are left. */
size_t osrm_simplify(struct point *points, size_t count);

#endif

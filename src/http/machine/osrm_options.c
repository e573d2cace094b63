/*
 * The options of OSRM's requests. Those that are known there and mean nothing here (hints, snapping)
 * are read and forgotten; those that would change the answer and cannot be kept to are refused as not
 * implemented.
 */
#include "osrm_reading.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#define NEAREST_MOST 100u
#define ANYWHERE_M 1e6
/* Round half the globe at the one and scaled by the other, seconds can still be written in tenths. */
#define SLOWEST_MPS 0.001
#define SCALE_MOST 1e6

/* ---- options that speak of each place: element;element; an empty one says nothing ---- */

static bool at_end_of_element(const struct osrm_reading *r)
{
	return *r->at == ';' || *r->at == '&' || *r->at == 0;
}

/* More than there are places are counted, and refused when all is read. */
static struct map_stand *place_for(struct osrm_reading *r, size_t *given)
{
	static struct map_stand nowhere;
	size_t i = (*given)++;
	return i < r->q->count ? &r->q->places[i] : &nowhere;
}

static bool take_radius(struct osrm_reading *r)
{
	struct map_stand *place = place_for(r, &r->radii);
	double radius = ANYWHERE_M;
	if (at_end_of_element(r))
		return true;
	if (!osrm_take(r, "unlimited") && (!osrm_take_number(r, &radius) || radius < 0))
		return false;
	place->within_m = fmin(fmax(radius, 0.001), ANYWHERE_M); /* 0 is the map's own limit */
	return true;
}

static bool take_bearing(struct osrm_reading *r)
{
	struct map_stand *place = place_for(r, &r->bearings);
	unsigned long long bearing, range;
	if (at_end_of_element(r))
		return true;
	if (!osrm_take_whole(r, &bearing) || !osrm_take(r, ",") || !osrm_take_whole(r, &range))
		return false;
	if (bearing > 360 || range > 180)
		return osrm_refuse(r->why, "InvalidOptions",
		                   "Bearings are 0 to 360, their ranges 0 to 180");
	if (range < 180) /* else every direction is as good */
		place->heading = (double)(bearing % 360);
	return true;
}

static bool take_hint(struct osrm_reading *r)
{
	place_for(r, &r->hints);
	while (isalnum((unsigned char)*r->at) || (*r->at && strchr("-_=", *r->at)))
		r->at++;
	return true;
}

static bool take_approach(struct osrm_reading *r)
{
	static const char *const words[] = {"unrestricted", "curb", "opposite"};
	size_t which;
	place_for(r, &r->approaches);
	if (at_end_of_element(r))
		return true;
	if (!osrm_take_word(r, words, 3, &which))
		return false;
	return which == 0 || osrm_refuse(r->why, "NotImplemented",
	                                 "Only the approach unrestricted is supported");
}

static bool take_each(struct osrm_reading *r, bool element(struct osrm_reading *))
{
	do {
		if (!element(r))
			return false;
	} while (osrm_take(r, ";"));
	return true;
}

static bool option_radiuses(struct osrm_reading *r)
{
	return take_each(r, take_radius);
}

static bool option_bearings(struct osrm_reading *r)
{
	return take_each(r, take_bearing);
}

static bool option_hints(struct osrm_reading *r)
{
	return take_each(r, take_hint);
}

static bool option_approaches(struct osrm_reading *r)
{
	return take_each(r, take_approach);
}

/* ---- options for all services ---- */

static bool option_ignored_bool(struct osrm_reading *r)
{
	bool ignored;
	return osrm_take_bool(r, &ignored);
}

static bool option_skip_waypoints(struct osrm_reading *r)
{
	return osrm_take_bool(r, &r->q->skip_waypoints);
}

/* Every road that a car may use can be snapped to here, which is what both words ask for. */
static bool option_snapping(struct osrm_reading *r)
{
	static const char *const words[] = {"default", "any"};
	size_t ignored;
	return osrm_take_word(r, words, 2, &ignored);
}

static bool option_exclude(struct osrm_reading *r)
{
	return osrm_refuse(r->why, "InvalidValue",
	                   "Exclude flag combination is not supported.");
}

/* ---- table ---- */

static bool take_indices(struct osrm_reading *r, size_t **list, size_t *count)
{
	static const char *const all[] = {"all"};
	size_t which, room = 0;
	*count = 0;
	if (osrm_take_word(r, all, 1, &which))
		return true;
	do {
		unsigned long long index;
		if (!osrm_take_whole(r, &index))
			return false;
		if (*count == room) {
			room = room ? room * 2 : 64;
			size_t *more = arena_take(r->arena, room * sizeof *more);
			if (*count)
				memcpy(more, *list, *count * sizeof *more);
			*list = more;
		}
		(*list)[(*count)++] = (size_t)index;
	} while (osrm_take(r, ";"));
	return true;
}

static bool option_sources(struct osrm_reading *r)
{
	return take_indices(r, &r->q->sources, &r->q->source_count);
}

static bool option_destinations(struct osrm_reading *r)
{
	return take_indices(r, &r->q->destinations, &r->q->destination_count);
}

static bool option_table_annotations(struct osrm_reading *r)
{
	static const char *const words[] = {"duration", "distance"};
	size_t which;
	r->q->durations = r->q->distances = false;
	do {
		if (!osrm_take_word(r, words, 2, &which))
			return false;
		*(which == 0 ? &r->q->durations : &r->q->distances) = true;
	} while (osrm_take(r, ","));
	return true;
}

static bool option_fallback_speed(struct osrm_reading *r)
{
	return osrm_take_number(r, &r->q->fallback_mps) &&
	       (r->q->fallback_mps >= SLOWEST_MPS ||
	        osrm_refuse(r->why, "InvalidOptions", "fallback_speed must be at least %g",
	                    SLOWEST_MPS));
}

static bool option_fallback_coordinate(struct osrm_reading *r)
{
	static const char *const words[] = {"input", "snapped"};
	size_t which;
	if (!osrm_take_word(r, words, 2, &which))
		return false;
	r->q->fallback_snapped = which == 1;
	return true;
}

static bool option_scale_factor(struct osrm_reading *r)
{
	return osrm_take_number(r, &r->q->scale) &&
	       ((r->q->scale > 0 && r->q->scale <= SCALE_MOST) ||
	        osrm_refuse(r->why, "InvalidOptions", "scale_factor must be > 0 and at most %.0f",
	                    SCALE_MOST));
}

/* ---- route ---- */

static bool option_steps(struct osrm_reading *r)
{
	return osrm_take_bool(r, &r->q->steps);
}

/* One route is always a valid answer to a wish for several. */
static bool option_alternatives(struct osrm_reading *r)
{
	bool wanted;
	unsigned long long how_many;
	return osrm_take_bool(r, &wanted) || osrm_take_whole(r, &how_many);
}

static bool option_geometries(struct osrm_reading *r)
{
	static const char *const words[] = {"polyline", "polyline6", "geojson"};
	size_t which;
	if (!osrm_take_word(r, words, 3, &which))
		return false;
	r->q->lines = (enum osrm_lines)which;
	return true;
}

static bool option_overview(struct osrm_reading *r)
{
	static const char *const words[] = {"simplified", "full", "by_legs", "false"};
	size_t which;
	if (!osrm_take_word(r, words, 4, &which))
		return false;
	r->q->overview = (enum osrm_overview)which;
	return true;
}

static bool option_notes(struct osrm_reading *r)
{
	static const char *const words[] = {"duration", "distance",    "speed",
	                                    "weight",   "datasources", "nodes"};
	bool all;
	size_t which;
	if (osrm_take_bool(r, &all)) {
		r->q->notes = all ? OSRM_NOTES_ALL : 0;
		return true;
	}
	do {
		if (!osrm_take_word(r, words, 6, &which))
			return false;
		r->q->notes |= 1u << which;
	} while (osrm_take(r, ","));
	return !(r->q->notes & OSRM_NOTE_NODES) ||
	       osrm_refuse(r->why, "NotImplemented", "The map keeps no numbers of nodes");
}

/* Legs are routes of their own here, so turning round at a place between them is allowed. */
static bool option_continue_straight(struct osrm_reading *r)
{
	static const char *const words[] = {"default", "false", "true"};
	size_t which;
	if (!osrm_take_word(r, words, 3, &which))
		return false;
	return which != 2 || r->q->count <= 2 ||
	       osrm_refuse(r->why, "NotImplemented", "continue_straight=true is not supported");
}

static bool option_waypoints(struct osrm_reading *r)
{
	size_t *list = NULL, count;
	if (!take_indices(r, &list, &count))
		return false;
	bool all = count == 0 || count == r->q->count;
	for (size_t i = 0; i < count; i++)
		all = all && list[i] == i;
	return all || osrm_refuse(r->why, "NotImplemented",
	                          "Every coordinate is a waypoint; passing by is not supported");
}

/* ---- nearest ---- */

static bool option_number(struct osrm_reading *r)
{
	unsigned long long n;
	if (!osrm_take_whole(r, &n))
		return false;
	if (n > NEAREST_MOST)
		return osrm_refuse(r->why, "TooBig",
		                   "Number of results %llu is higher than current maximum (%u)", n,
		                   NEAREST_MOST);
	r->q->number = (unsigned)n;
	return n > 0 || osrm_refuse(r->why, "InvalidOptions", "number must be at least 1");
}

/* ---- all options ---- */

#define FOR(service) (1u << (service))
#define FOR_ALL (FOR(OSRM_TABLE) | FOR(OSRM_ROUTE) | FOR(OSRM_NEAREST))

static const struct option {
	const char *name; /* with its = */
	unsigned services;
	bool (*read)(struct osrm_reading *r); /* false: refused, or (no code yet) malformed */
} options[] = {
    {"radiuses=", FOR_ALL, option_radiuses},
    {"bearings=", FOR_ALL, option_bearings},
    {"hints=", FOR_ALL, option_hints},
    {"approaches=", FOR_ALL, option_approaches},
    {"generate_hints=", FOR_ALL, option_ignored_bool},
    {"skip_waypoints=", FOR_ALL, option_skip_waypoints},
    {"snapping=", FOR_ALL, option_snapping},
    {"exclude=", FOR_ALL, option_exclude},
    {"sources=", FOR(OSRM_TABLE), option_sources},
    {"destinations=", FOR(OSRM_TABLE), option_destinations},
    {"annotations=", FOR(OSRM_TABLE), option_table_annotations},
    {"fallback_speed=", FOR(OSRM_TABLE), option_fallback_speed},
    {"fallback_coordinate=", FOR(OSRM_TABLE), option_fallback_coordinate},
    {"scale_factor=", FOR(OSRM_TABLE), option_scale_factor},
    {"steps=", FOR(OSRM_ROUTE), option_steps},
    {"alternatives=", FOR(OSRM_ROUTE), option_alternatives},
    {"geometries=", FOR(OSRM_ROUTE), option_geometries},
    {"overview=", FOR(OSRM_ROUTE), option_overview},
    {"annotations=", FOR(OSRM_ROUTE), option_notes},
    {"continue_straight=", FOR(OSRM_ROUTE), option_continue_straight},
    {"waypoints=", FOR(OSRM_ROUTE), option_waypoints},
    {"number=", FOR(OSRM_NEAREST), option_number},
};

static bool take_option(struct osrm_reading *r)
{
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		if (!(options[i].services & FOR(r->q->service)) || !osrm_take(r, options[i].name))
			continue;
		if (options[i].read(r) && (*r->at == '&' || *r->at == 0))
			return true;
		return r->why->code ? false : osrm_malformed(r);
	}
	return osrm_malformed(r);
}

bool osrm_take_options(struct osrm_reading *r)
{
	osrm_take(r, ".json");
	if (*r->at == 0)
		return true;
	if (!osrm_take(r, "?"))
		return osrm_malformed(r);
	do {
		if (!take_option(r))
			return false;
	} while (osrm_take(r, "&"));
	return true;
}

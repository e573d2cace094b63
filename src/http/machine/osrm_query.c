/*
 * Reads a request of OSRM's HTTP interface: /service/v1/profile/places?options. Strict as OSRM is:
 * what it does not know is refused with the place where reading stopped. Options that are known
 * there and mean nothing here (hints, snapping) are read and forgotten; options that would change
 * the answer and cannot be kept are refused as not implemented.
 */
#include "osrm.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEAREST_MOST 100u
#define ANYWHERE_M 1e6

struct reading {
	const char *text, *at; /* whole and where we are */
	struct arena *arena;
	const struct osrm_limits *limits;
	struct osrm_query *q;
	struct osrm_refusal *why;
	size_t radii, bearings, hints, approaches; /* how many of each were given; 0: none */
	unsigned long long alternatives;
};

bool osrm_refuse(struct osrm_refusal *why, const char *code, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	why->code = code;
	vsnprintf(why->text, sizeof why->text, format, list);
	va_end(list);
	return false;
}

static bool malformed(struct reading *r)
{
	return osrm_refuse(r->why, "InvalidQuery", "Query string malformed close to position %zu",
	                   (size_t)(r->at - r->text));
}

/* ---- pieces ---- */

static bool take(struct reading *r, const char *word)
{
	size_t length = strlen(word);
	if (strncmp(r->at, word, length) != 0)
		return false;
	r->at += length;
	return true;
}

/* One of these words as a whole: "polyline" is not the beginning of "polyline6". */
static bool take_word(struct reading *r, const char *const *words, size_t count, size_t *out)
{
	size_t length = strcspn(r->at, "&;,");
	for (size_t i = 0; i < count; i++) {
		if (strlen(words[i]) != length || strncmp(r->at, words[i], length) != 0)
			continue;
		r->at += length;
		*out = i;
		return true;
	}
	return false;
}

static bool take_bool(struct reading *r, bool *out)
{
	static const char *const words[] = {"false", "true"};
	size_t which;
	if (!take_word(r, words, 2, &which))
		return false;
	*out = which == 1;
	return true;
}

static bool take_whole(struct reading *r, unsigned long long *out)
{
	size_t length = strspn(r->at, "0123456789");
	if (length == 0 || length > 9)
		return false;
	*out = strtoull(r->at, NULL, 10);
	r->at += length;
	return true;
}

/* Plain decimals. A full stop that begins a suffix (".json") is not one of theirs. */
static bool take_number(struct reading *r, double *out)
{
	const char *s = r->at;
	char digits[48];
	s += *s == '-' || *s == '+';
	size_t whole = strspn(s, "0123456789"), parts = 0;
	s += whole;
	if (*s == '.' && !isalpha((unsigned char)s[1])) {
		parts = strspn(s + 1, "0123456789");
		s += 1 + parts;
	}
	size_t length = (size_t)(s - r->at);
	if (whole + parts == 0 || length >= sizeof digits)
		return false;
	memcpy(digits, r->at, length);
	digits[length] = 0;
	*out = strtod(digits, NULL);
	r->at = s;
	return true;
}

/* ---- places ---- */

static struct map_stand *add_place(struct reading *r, size_t *room)
{
	struct osrm_query *q = r->q;
	if (q->count == *room) {
		*room = *room ? *room * 2 : 64;
		struct map_stand *more = arena_take(r->arena, *room * sizeof *more);
		if (q->count)
			memcpy(more, q->places, q->count * sizeof *more);
		q->places = more;
	}
	struct map_stand *place = &q->places[q->count++];
	place->heading = NAN;
	return place;
}

static bool take_pairs(struct reading *r)
{
	size_t room = 0;
	do {
		struct point at;
		if (!take_number(r, &at.lon) || !take(r, ",") || !take_number(r, &at.lat))
			return malformed(r);
		add_place(r, &room)->at = at;
	} while (take(r, ";"));
	return true;
}

static bool take_polyline(struct reading *r, double precision)
{
	const char *end = strchr(r->at, ')');
	size_t count = 0, room = 0;
	struct point *points =
	    end ? polyline_read(r->arena, r->at, (size_t)(end - r->at), precision, &count) : NULL;
	if (!points || count == 0)
		return malformed(r);
	for (size_t i = 0; i < count; i++)
		add_place(r, &room)->at = points[i];
	r->at = end + 1;
	return true;
}

static bool take_places(struct reading *r)
{
	if (take(r, "polyline("))
		return take_polyline(r, 1e5);
	if (take(r, "polyline6("))
		return take_polyline(r, 1e6);
	return take_pairs(r);
}

/* ---- options that speak of each place: element;element; an empty one says nothing ---- */

static bool at_end_of_element(const struct reading *r)
{
	return *r->at == ';' || *r->at == '&' || *r->at == 0;
}

/* More than there are places are counted, and refused when all is read. */
static struct map_stand *place_for(struct reading *r, size_t *given)
{
	static struct map_stand nowhere;
	size_t i = (*given)++;
	return i < r->q->count ? &r->q->places[i] : &nowhere;
}

static bool take_radius(struct reading *r)
{
	struct map_stand *place = place_for(r, &r->radii);
	double radius = ANYWHERE_M;
	if (at_end_of_element(r))
		return true;
	if (!take(r, "unlimited") && (!take_number(r, &radius) || radius < 0))
		return false;
	place->within_m = fmin(fmax(radius, 0.001), ANYWHERE_M); /* 0 is the map's own limit */
	return true;
}

static bool take_bearing(struct reading *r)
{
	struct map_stand *place = place_for(r, &r->bearings);
	unsigned long long bearing, range;
	if (at_end_of_element(r))
		return true;
	if (!take_whole(r, &bearing) || !take(r, ",") || !take_whole(r, &range))
		return false;
	if (bearing > 360 || range > 180)
		return osrm_refuse(r->why, "InvalidOptions",
		                   "Bearings are 0 to 360, their ranges 0 to 180");
	if (range < 180) /* else every direction is as good */
		place->heading = (double)(bearing % 360);
	return true;
}

static bool take_hint(struct reading *r)
{
	place_for(r, &r->hints);
	while (isalnum((unsigned char)*r->at) || (*r->at && strchr("-_=", *r->at)))
		r->at++;
	return true;
}

static bool take_approach(struct reading *r)
{
	static const char *const words[] = {"unrestricted", "curb", "opposite"};
	size_t which;
	place_for(r, &r->approaches);
	if (at_end_of_element(r))
		return true;
	if (!take_word(r, words, 3, &which))
		return false;
	return which == 0 || osrm_refuse(r->why, "NotImplemented",
	                                 "Only the approach unrestricted is supported");
}

static bool take_each(struct reading *r, bool element(struct reading *))
{
	do {
		if (!element(r))
			return false;
	} while (take(r, ";"));
	return true;
}

static bool option_radiuses(struct reading *r)
{
	return take_each(r, take_radius);
}

static bool option_bearings(struct reading *r)
{
	return take_each(r, take_bearing);
}

static bool option_hints(struct reading *r)
{
	return take_each(r, take_hint);
}

static bool option_approaches(struct reading *r)
{
	return take_each(r, take_approach);
}

/* ---- options for all services ---- */

static bool option_ignored_bool(struct reading *r)
{
	bool ignored;
	return take_bool(r, &ignored);
}

static bool option_skip_waypoints(struct reading *r)
{
	return take_bool(r, &r->q->skip_waypoints);
}

/* Every road that a car may use can be snapped to here, which is what both words ask for. */
static bool option_snapping(struct reading *r)
{
	static const char *const words[] = {"default", "any"};
	size_t ignored;
	return take_word(r, words, 2, &ignored);
}

static bool option_exclude(struct reading *r)
{
	return osrm_refuse(r->why, "InvalidValue",
	                   "Exclude flag combination is not supported.");
}

/* ---- table ---- */

static bool take_indices(struct reading *r, size_t **list, size_t *count)
{
	static const char *const all[] = {"all"};
	size_t which, room = 0;
	*count = 0;
	if (take_word(r, all, 1, &which))
		return true;
	do {
		unsigned long long index;
		if (!take_whole(r, &index))
			return false;
		if (*count == room) {
			room = room ? room * 2 : 64;
			size_t *more = arena_take(r->arena, room * sizeof *more);
			if (*count)
				memcpy(more, *list, *count * sizeof *more);
			*list = more;
		}
		(*list)[(*count)++] = (size_t)index;
	} while (take(r, ";"));
	return true;
}

static bool option_sources(struct reading *r)
{
	return take_indices(r, &r->q->sources, &r->q->source_count);
}

static bool option_destinations(struct reading *r)
{
	return take_indices(r, &r->q->destinations, &r->q->destination_count);
}

static bool option_table_annotations(struct reading *r)
{
	static const char *const words[] = {"duration", "distance"};
	size_t which;
	r->q->durations = r->q->distances = false;
	do {
		if (!take_word(r, words, 2, &which))
			return false;
		*(which == 0 ? &r->q->durations : &r->q->distances) = true;
	} while (take(r, ","));
	return true;
}

static bool option_fallback_speed(struct reading *r)
{
	return take_number(r, &r->q->fallback_mps) &&
	       (r->q->fallback_mps > 0 ||
	        osrm_refuse(r->why, "InvalidOptions", "fallback_speed must be > 0"));
}

static bool option_fallback_coordinate(struct reading *r)
{
	static const char *const words[] = {"input", "snapped"};
	size_t which;
	if (!take_word(r, words, 2, &which))
		return false;
	r->q->fallback_snapped = which == 1;
	return true;
}

static bool option_scale_factor(struct reading *r)
{
	return take_number(r, &r->q->scale) &&
	       (r->q->scale > 0 ||
	        osrm_refuse(r->why, "InvalidOptions", "scale_factor must be > 0"));
}

/* ---- route ---- */

static bool option_steps(struct reading *r)
{
	return take_bool(r, &r->q->steps);
}

/* One route is always a valid answer to a wish for several. */
static bool option_alternatives(struct reading *r)
{
	bool ignored;
	return take_bool(r, &ignored) || take_whole(r, &r->alternatives);
}

static bool option_geometries(struct reading *r)
{
	static const char *const words[] = {"polyline", "polyline6", "geojson"};
	size_t which;
	if (!take_word(r, words, 3, &which))
		return false;
	r->q->lines = (enum osrm_lines)which;
	return true;
}

static bool option_overview(struct reading *r)
{
	static const char *const words[] = {"simplified", "full", "by_legs", "false"};
	size_t which;
	if (!take_word(r, words, 4, &which))
		return false;
	r->q->overview = (enum osrm_overview)which;
	return true;
}

static bool option_notes(struct reading *r)
{
	static const char *const words[] = {"duration", "distance",    "speed",
	                                    "weight",   "datasources", "nodes"};
	bool all;
	size_t which;
	if (take_bool(r, &all)) {
		r->q->notes = all ? OSRM_NOTES_ALL : 0;
		return true;
	}
	do {
		if (!take_word(r, words, 6, &which))
			return false;
		r->q->notes |= 1u << which;
	} while (take(r, ","));
	return !(r->q->notes & OSRM_NOTE_NODES) ||
	       osrm_refuse(r->why, "NotImplemented", "The map keeps no numbers of nodes");
}

/* Legs are routes of their own here, so turning round at a place between them is allowed. */
static bool option_continue_straight(struct reading *r)
{
	static const char *const words[] = {"default", "false", "true"};
	size_t which;
	if (!take_word(r, words, 3, &which))
		return false;
	return which != 2 || r->q->count <= 2 ||
	       osrm_refuse(r->why, "NotImplemented", "continue_straight=true is not supported");
}

static bool option_waypoints(struct reading *r)
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

static bool option_number(struct reading *r)
{
	unsigned long long n;
	if (!take_whole(r, &n))
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
	bool (*read)(struct reading *r); /* false: refused, or (no code yet) malformed */
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

static bool take_option(struct reading *r)
{
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		if (!(options[i].services & FOR(r->q->service)) || !take(r, options[i].name))
			continue;
		if (options[i].read(r) && (*r->at == '&' || *r->at == 0))
			return true;
		return r->why->code ? false : malformed(r);
	}
	return malformed(r);
}

static bool take_options(struct reading *r)
{
	take(r, ".json");
	if (*r->at == 0)
		return true;
	if (!take(r, "?"))
		return malformed(r);
	do {
		if (!take_option(r))
			return false;
	} while (take(r, "&"));
	return true;
}

/* ---- what must fit together ---- */

static bool counts_fit(struct reading *r)
{
	const struct {
		const char *name;
		size_t given;
	} lists[] = {{"hints", r->hints},
	             {"bearings", r->bearings},
	             {"radiuses", r->radii},
	             {"approaches", r->approaches}};
	for (size_t i = 0; i < 4; i++)
		if (lists[i].given && lists[i].given != r->q->count)
			return osrm_refuse(
			    r->why, "InvalidOptions",
			    "Number of elements in %s size %zu does not match coordinate size %zu",
			    lists[i].name, lists[i].given, r->q->count);
	return true;
}

static bool places_fit(struct reading *r)
{
	const struct osrm_query *q = r->q;
	if (q->service == OSRM_NEAREST && q->count != 1)
		return osrm_refuse(r->why, "InvalidOptions",
		                   "Only one input coordinate is supported");
	if (q->service != OSRM_NEAREST && q->count < 2)
		return osrm_refuse(r->why, "InvalidOptions",
		                   "Number of coordinates needs to be at least two.");
	if (q->count > r->limits->places)
		return osrm_refuse(r->why, "TooBig",
		                   "Number of entries %zu is higher than current maximum (%zu)",
		                   q->count, r->limits->places);
	for (size_t i = 0; i < q->count; i++)
		if (!point_valid(q->places[i].at))
			return osrm_refuse(
			    r->why, q->service == OSRM_ROUTE ? "InvalidValue" : "InvalidOptions",
			    "Invalid coordinate value.");
	return true;
}

static bool indices_fit(struct reading *r, size_t **list, size_t *count)
{
	if (*count == 0) {
		*list = arena_take(r->arena, (r->q->count + 1) * sizeof **list);
		for (*count = 0; *count < r->q->count; (*count)++)
			(*list)[*count] = *count;
	}
	for (size_t i = 0; i < *count; i++)
		if ((*list)[i] >= r->q->count)
			return osrm_refuse(r->why, "InvalidOptions",
			                   "Index %zu is not one of %zu coordinates", (*list)[i],
			                   r->q->count);
	return true;
}

static bool table_fits(struct reading *r)
{
	struct osrm_query *q = r->q;
	if (!indices_fit(r, &q->sources, &q->source_count) ||
	    !indices_fit(r, &q->destinations, &q->destination_count))
		return false;
	return q->source_count <= r->limits->cells / q->destination_count ||
	       osrm_refuse(r->why, "TooBig", "Too many table coordinates");
}

/* ---- the address ---- */

static bool bad_url(struct reading *r)
{
	size_t position = (size_t)(r->at - r->text), from = position < 3 ? 0 : position - 3;
	return osrm_refuse(r->why, "InvalidUrl",
	                   "URL string malformed close to position %zu: \"%.*s\"", position,
	                   (int)(position - from + 3), r->text + from);
}

static size_t identifier(const char *s)
{
	size_t length = 0;
	while (isalnum((unsigned char)s[length]) || (s[length] && strchr("_.~:-", s[length])))
		length++;
	return length;
}

/* The name of the vehicle is not ours to judge: there is one, whatever a program calls it. */
static bool take_address(struct reading *r)
{
	static const char *const names[] = {"table", "route", "nearest"};
	unsigned long long version;
	if (!take(r, "/"))
		return bad_url(r);
	const char *service = r->at;
	size_t length = identifier(service), known = 0;
	r->at += length;
	if (length == 0 || !take(r, "/v") || !take_whole(r, &version) || !take(r, "/"))
		return bad_url(r);
	size_t profile = identifier(r->at);
	r->at += profile;
	if (profile == 0 || !take(r, "/") || !*r->at)
		return bad_url(r);
	while (known < 3 && (strlen(names[known]) != length ||
	                     strncmp(names[known], service, length) != 0))
		known++;
	if (known == 3)
		return osrm_refuse(r->why, "InvalidService", "Service %.*s not found!",
		                   (int)(length < 40 ? length : 40), service);
	r->q->service = (enum osrm_service)known;
	return version == 1 || osrm_refuse(r->why, "InvalidVersion",
	                                   "Service %s has version 1 only", names[known]);
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The query behind the path, as OSRM reads them: as one text. False: a broken escape. */
static bool whole_text(struct arena *arena, const char *path, const char *query, const char **out)
{
	size_t n = strlen(path);
	char *text = arena_take(arena, n + strlen(query) + 2);
	memcpy(text, path, n);
	if (*query)
		text[n++] = '?';
	for (const char *s = query; *s; s++) {
		if (*s != '%') {
			text[n++] = *s;
			continue;
		}
		int high = hex(s[1]), low = high < 0 ? -1 : hex(s[2]);
		if (low < 0 || high * 16 + low == 0)
			return false;
		text[n++] = (char)(high * 16 + low);
		s += 2;
	}
	*out = text;
	return true;
}

bool osrm_query_parse(struct arena *arena, const char *path, const char *query,
                      const struct osrm_limits *limits, struct osrm_query *out,
                      struct osrm_refusal *why)
{
	struct reading r = {.arena = arena, .limits = limits, .q = out, .why = why};
	*out = (struct osrm_query){.durations = true, .scale = 1, .number = 1};
	*why = (struct osrm_refusal){.code = NULL};
	if (!whole_text(arena, path, query, &r.text))
		return osrm_refuse(why, "InvalidUrl", "URL string has a malformed escape");
	r.at = r.text;
	return take_address(&r) && take_places(&r) && take_options(&r) && counts_fit(&r) &&
	       places_fit(&r) && (out->service != OSRM_TABLE || table_fits(&r));
}

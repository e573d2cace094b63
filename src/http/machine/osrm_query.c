/*
 * Reads a request of OSRM's HTTP interface: /service/v1/profile/places?options. Strict as OSRM is:
 * what it does not know is refused with the place where reading stopped. Options are
 * osrm_options.c's.
 */
#include "osrm_reading.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* ---- places ---- */

static struct map_stand *add_place(struct osrm_reading *r, size_t *room)
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

static bool take_pairs(struct osrm_reading *r)
{
	size_t room = 0;
	do {
		struct point at;
		if (!osrm_take_number(r, &at.lon) || !osrm_take(r, ",") || !osrm_take_number(r, &at.lat))
			return osrm_malformed(r);
		add_place(r, &room)->at = at;
	} while (osrm_take(r, ";"));
	return true;
}

static bool take_polyline(struct osrm_reading *r, double precision)
{
	const char *end = strchr(r->at, ')');
	size_t count = 0, room = 0;
	struct point *points =
	    end ? polyline_read(r->arena, r->at, (size_t)(end - r->at), precision, &count) : NULL;
	if (!points || count == 0)
		return osrm_malformed(r);
	for (size_t i = 0; i < count; i++)
		add_place(r, &room)->at = points[i];
	r->at = end + 1;
	return true;
}

static bool take_places(struct osrm_reading *r)
{
	if (osrm_take(r, "polyline("))
		return take_polyline(r, 1e5);
	if (osrm_take(r, "polyline6("))
		return take_polyline(r, 1e6);
	return take_pairs(r);
}

/* ---- what must fit together ---- */

static bool counts_fit(struct osrm_reading *r)
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

static bool places_fit(struct osrm_reading *r)
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

static bool indices_fit(struct osrm_reading *r, size_t **list, size_t *count)
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

static bool table_fits(struct osrm_reading *r)
{
	struct osrm_query *q = r->q;
	if (!indices_fit(r, &q->sources, &q->source_count) ||
	    !indices_fit(r, &q->destinations, &q->destination_count))
		return false;
	return q->source_count <= r->limits->cells / q->destination_count ||
	       osrm_refuse(r->why, "TooBig", "Too many table coordinates");
}

/* ---- the address ---- */

static bool bad_url(struct osrm_reading *r)
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
static bool take_address(struct osrm_reading *r)
{
	static const char *const names[] = {"table", "route", "nearest"};
	unsigned long long version;
	if (!osrm_take(r, "/"))
		return bad_url(r);
	const char *service = r->at;
	size_t length = identifier(service), known = 0;
	r->at += length;
	if (length == 0 || !osrm_take(r, "/v") || !osrm_take_whole(r, &version) || !osrm_take(r, "/"))
		return bad_url(r);
	size_t profile = identifier(r->at);
	r->at += profile;
	if (profile == 0 || !osrm_take(r, "/") || !*r->at)
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

bool osrm_query_parse(struct arena *arena, const char *path, const char *query,
                      const struct osrm_limits *limits, struct osrm_query *out,
                      struct osrm_refusal *why)
{
	struct osrm_reading r = {.arena = arena, .limits = limits, .q = out, .why = why};
	*out = (struct osrm_query){.durations = true, .scale = 1, .number = 1};
	*why = (struct osrm_refusal){.code = NULL};
	if (!osrm_whole_text(arena, path, query, &r.text))
		return osrm_refuse(why, "InvalidUrl", "URL string has a malformed escape");
	r.at = r.text;
	return take_address(&r) && take_places(&r) && osrm_take_options(&r) && counts_fit(&r) &&
	       places_fit(&r) && (out->service != OSRM_TABLE || table_fits(&r));
}

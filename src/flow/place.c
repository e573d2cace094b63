/*
 * Where something is, and who serves there: the point on the map, else the address as typed (for
 * routing only, unconfirmed), else the municipality that was chosen; then the areas in force. The
 * words as typed are never changed.
 */
#include "house.h"

#include "base/str.h"
#include "map/places.h"

#include <string.h>
#include <strings.h>

#define GOOD_ENOUGH 0.8 /* of a geocoded address, to stand for the place: tests/eval/addresses/certain */

static void from_point(const struct flow *flow, struct arena *arena, struct place *place)
{
	struct map_reverse found;
	map_reverse(flow->o.map, place->point, arena, &found);
	if (found.municipality)
		place->municipality = found.municipality;
	place->area = found.area ? found.area : place->municipality;
}

/* The kind of street that an address begins with; NULL where it begins with none. */
static const char *street_kind(const char *address)
{
	static const char *const kinds[] = {"via",   "viale",  "corso",  "piazza",   "piazzale", "largo",
	                                    "vicolo", "strada", "salita", "contrada", "traversa", "località"};
	for (size_t i = 0; address && i < sizeof kinds / sizeof *kinds; i++) {
		size_t n = strlen(kinds[i]);
		if (strncasecmp(address, kinds[i], n) == 0 && address[n] == ' ')
			return kinds[i];
	}
	return NULL;
}

/* «Via Roma» was said, the map has «Corso Roma»: near enough to send a crew to ask, not to publish. */
static bool is_another_street(const char *said, const char *found)
{
	const char *a = street_kind(said), *b = street_kind(found);
	return a && b && a != b;
}

static void from_address(const struct flow *flow, struct arena *arena, const struct flow_report *r,
                         struct place *place)
{
	struct map_candidate best;
	const char *query = r->municipality
	                        ? arena_format(arena, "%s, %s", r->address, r->municipality)
	                        : r->address;
	if (map_geocode(flow->o.map, query, POINT_NONE, arena, &best, 1) == 0 ||
	    best.sure < GOOD_ENOUGH)
		return;
	/* another municipality than the one chosen: a namesake, so nothing is known */
	if (r->municipality && best.municipality &&
	    !str_equal_fold(best.municipality, r->municipality))
		return;
	place->point = best.at;
	from_point(flow, arena, place);
	if (is_another_street(r->address, best.street))
		place->area = place->municipality;
}

void place_find(const struct flow *flow, struct arena *arena, const struct flow_report *r,
                struct place *out)
{
	*out =
	    (struct place){.point = POINT_NONE, .municipality = arena_str(arena, r->municipality)};
	if (point_is_set(r->point) && point_valid(r->point)) {
		out->point = r->point;
		out->confirmed = r->point_confirmed;
	}
	if (flow->o.map && point_is_set(out->point))
		from_point(flow, arena, out);
	else if (flow->o.map && r->address)
		from_address(flow, arena, r, out);
	if (!out->area)
		out->area = out->municipality;
}

/* Ray casting; corners in order, the last joins the first. */
static bool is_inside(const struct store_area *a, struct point p)
{
	bool inside = false;
	for (size_t i = 0, j = a->corner_count - 1; i < a->corner_count; j = i++) {
		const struct point *c = &a->corners[i], *d = &a->corners[j];
		if ((c->lat > p.lat) != (d->lat > p.lat) &&
		    p.lon < (d->lon - c->lon) * (p.lat - c->lat) / (d->lat - c->lat) + c->lon)
			inside = !inside;
	}
	return inside;
}

static bool names(const char *text, const char *place)
{
	return text && place && strcasestr(text, place) != NULL;
}

/* Does a part of a municipality hold this place? */
static bool is_part(const struct store_area *a, const struct place *place, const char *address)
{
	if (point_is_set(place->point) && a->corner_count >= 3)
		return is_inside(a, place->point);
	return names(address, a->place);
}

static bool is_named_utility(const struct flow *flow, const struct store_area *a,
                             const char *utility)
{
	return !utility || str_equal(flow->setup.utilities[a->utility].code, utility);
}

size_t place_areas(const struct flow *flow, const struct place *place, const char *utility,
                   const char *address, size_t *out, size_t room)
{
	size_t count = 0;
	const struct store_setup *s = &flow->setup;
	for (int parts = 1; parts >= 0; parts--) {
		size_t before = count;
		for (size_t i = 0; i < s->area_count && count < room; i++) {
			const struct store_area *a = &s->areas[i];
			if (!place->municipality ||
			    !str_equal_fold(a->municipality, place->municipality) ||
			    !is_named_utility(flow, a, utility) ||
			    (a->place != NULL) != (parts == 1))
				continue;
			bool taken =
			    false; /* a part answers for its service instead of the whole */
			for (size_t k = 0; k < before && !parts; k++)
				taken |= str_equal(s->areas[out[k]].service, a->service);
			if (!taken && (!parts || is_part(a, place, address)))
				out[count++] = i;
		}
	}
	/* named, but the place is not known or lies elsewhere: all that the utility does */
	bool none = count == 0;
	for (size_t i = 0; none && utility && i < s->area_count && count < room; i++)
		if (is_named_utility(flow, &s->areas[i], utility))
			out[count++] = i;
	return count;
}

/* ---- as a dispatcher says ---- */

bool place_decide(struct asking *a, const struct incident *i, const struct store_act *act,
                  struct problem *p)
{
	struct flow_report said = {.point_confirmed = true, .municipality = i->municipality};
	struct store_spot spot = {0};
	struct place place;
	if (!js_need_number(a->body, "", "lat", true, -90, 90, &said.point.lat, p) ||
	    !js_need_number(a->body, "", "lon", true, -180, 180, &said.point.lon, p) ||
	    !js_need_str(a->body, "", "address", false, 1, 300, &spot.address, p))
		return false;
	if (!incident_is_open(i->state))
		return problem_set(p, PROBLEM_CONFLICT, "", "only an open incident is moved");
	place_find(a->flow, a->arena, &said, &place);
	spot.at = place.point;
	spot.municipality = place.municipality;
	spot.area = place.area;
	store_incident_place(a->flow->store, act, i, &spot, on_incident_written, a);
	return true;
}

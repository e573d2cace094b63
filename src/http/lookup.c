/*
 * Look-ups of the public form, the desk uses some too: utilities and the map's extent, places by
 * what was typed, published faults near a point. Nothing here is kept or counted.
 */
#include "map.h"
#include "map/places.h"
#include "map/roads.h"
#include "room.h"

#include <math.h>
#include <string.h>

static struct js *point_json(struct point at)
{
	struct js *pair = js_array();
	struct js *holder = js_object(); /* numbers are written with decimals through an object */
	js_set_number(holder, "lon", at.lon, 6);
	js_set_number(holder, "lat", at.lat, 6);
	js_push(pair, js_copy(js_find(holder, "lon")));
	js_push(pair, js_copy(js_find(holder, "lat")));
	js_free(&holder);
	return pair;
}

struct js *map_json(const struct http *http)
{
	const struct map *map = http->o.map;
	if (!map)
		return NULL;
	struct map_info info;
	map_info(map, &info);
	struct js *doc = js_object(), *bounds = point_json(info.south_west),
	          *end = point_json(info.north_east);
	js_push(bounds, js_copy(js_at(end, 0)));
	js_push(bounds, js_copy(js_at(end, 1)));
	js_free(&end);
	js_set(doc, "centre", point_json(info.centre));
	js_set(doc, "bounds", bounds);
	js_set_str(doc, "attribution", http->o.conf->map_attribution);
	js_set_int(doc, "max_zoom", 18);
	return doc;
}

void setup_api(struct visit *v)
{
	struct js *doc = flow_public_setup(v->http->o.flow);
	if (!doc)
		doc = js_object();
	js_set(doc, "map", map_json(v->http));
	js_set_instant(doc, "now", v->began, v->http->zone);
	visit_json(v, 200, doc);
	js_free(&doc);
}

/* What only the desk needs: how good it is, and whether a closure can begin at a crossing. */
static void set_for_desk(struct js *one, const struct map *map, const struct map_candidate *c)
{
	js_set_number(one, "score", c->score, 3);
	if (c->kind == MAP_CROSSING)
		js_set_bool(one, "drivable", map_street_drivable(map, c->street, c->at));
}

#define PLACES 10
#define DESK_PLACES 24 /* it lists the crossings of a street too */

struct js *places_json(const struct visit *v, bool desk)
{
	struct js *doc = js_object(), *list = js_array();
	struct map_candidate found[DESK_PLACES];
	const char *q = visit_query(v, "q");
	struct arena *arena = request_arena(v->request);
	size_t count = 0;
	if (q && strlen(q) <= 300 && v->http->o.map)
		count = map_geocode(v->http->o.map, q, visit_query_point(v), arena, found,
		                    desk ? DESK_PLACES : PLACES);
	for (size_t i = 0; i < count; i++) {
		struct js *one = js_object();
		js_set_str(one, "label", found[i].label);
		js_set_str(one, "street", found[i].street);
		js_set_str(one, "number", found[i].number);
		js_set_str(one, "municipality", found[i].municipality);
		js_set_number(one, "lat", found[i].at.lat, 6);
		js_set_number(one, "lon", found[i].at.lon, 6);
		js_set_str(one, "kind", map_place_kind_name(found[i].kind));
		js_set_bool(one, "about", found[i].about);
		if (desk)
			set_for_desk(one, v->http->o.map, &found[i]);
		js_push(list, one);
	}
	js_set(doc, "places", list);
	return doc;
}

void places_api(struct visit *v)
{
	struct js *doc = places_json(v, false);
	visit_json(v, 200, doc);
	js_free(&doc);
}

#define NEAR_M 300.0

void near_api(struct visit *v)
{
	struct point here = visit_query_point(v);
	struct problem p;
	if (!point_is_set(here)) {
		problem_set(&p, PROBLEM_INPUT, "/lat", "give lat and lon of a point");
		visit_problem(v, &p, NULL);
		return;
	}
	struct js *doc = js_object(), *list = js_array();
	struct flow_live live;
	const struct js *all =
	    flow_live(v->http->o.flow, NULL, &live) ? js_find(live.json, "incidents") : NULL;
	for (size_t i = 0; i < js_count(all); i++) {
		const struct js *one = js_at(all, i);
		struct point at = {js_number(js_find(one, "lat"), NAN),
		                   js_number(js_find(one, "lon"), NAN)};
		if (!point_is_set(at) || js_kind(js_find(one, "closed_at")) != JS_NULL)
			continue;
		double distance = point_distance_m(here, at);
		if (distance > NEAR_M)
			continue;
		struct js *copy = js_copy(one);
		js_set_int(copy, "distance_m", (int64_t)distance);
		js_push(list, copy);
	}
	js_set(doc, "incidents", list);
	visit_json(v, 200, doc);
	js_free(&doc);
}

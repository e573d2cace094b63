/*
 * Kept rankings: everything a list of candidates was reckoned from, so that asking again gives the
 * same list. Where the crews were is kept beside it and erased after a time: the content has its
 * hash. The id is made of the content; the same content is stored once, and a worker that has just
 * stored it does not ask the store again. Asking again under a metric that is no longer in force
 * makes that metric once more, on a thread, one at a time.
 */
#include "house.h"

#include "base/log.h"
#include "base/str.h"
#include "wire/crypto.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define REMEMBERED 256
#define REMEMBERED_FOR SPAN_S(3600)

struct rankings {
	struct {
		char id[ID_TEXT];
		struct instant at;
	} stored[REMEMBERED];
	size_t next;
	bool asking_again;
};

struct rankings *rankings_open(void)
{
	return mem_zero(1, sizeof(struct rankings));
}

void rankings_close(struct rankings **r)
{
	free(*r);
	*r = NULL;
}

/* ---- what is kept ---- */

static struct js *point_json(struct point p)
{
	struct js *pair = js_array();
	js_push_number(pair, p.lat, 7);
	js_push_number(pair, p.lon, 7);
	return pair;
}

static struct js *closure_json(const struct closure *c)
{
	struct js *o = js_object(), *points = js_array();
	for (size_t i = 0; i < c->count; i++)
		js_push(points, point_json(c->points[i]));
	js_set_str(o, "id", c->id.text);
	js_set_int(o, "version", c->version);
	js_set(o, "points", points);
	js_set_bool(o, "area", c->area);
	js_set_bool(o, "one_way", c->one_way);
	js_set_str(o, "street", c->street);
	js_set_number(o, "speed", c->speed, 3);
	return o;
}

static struct js *skills_json(const char *const *skills, size_t count)
{
	struct js *list = js_array();
	for (size_t i = 0; i < count; i++)
		js_push_str(list, skills[i]);
	return list;
}

static void set_duty(struct js *o, const struct dispatch_crew *c)
{
	js_set_str(o, "name", c->name);
	js_set(o, "skills", skills_json(c->skills, c->skill_count));
	js_set_bool(o, "on_shift", c->on_shift);
	js_set_bool(o, "on_call", c->on_call);
	js_set_int(o, "on_call_delay_s", c->on_call_delay.us / 1000000);
	js_set_int(o, "open_assignments", (int64_t)c->open_assignments);
}

/* What stays of a crew: its time as it was told, whole seconds. */
static struct js *origin_json(const struct ranked *r, size_t i)
{
	const struct dispatch_crew *c = &r->crews[i];
	const struct map_eta *eta = &r->etas[i];
	struct js *o = js_object();
	js_set_str(o, "crew", c->id.text);
	js_set_bool(o, "at_base", c->at_base);
	js_set_number(o, "eta_s", eta->known ? eta->eta_s : NAN, 0);
	set_duty(o, c);
	return o;
}

/* What is erased of it. */
static struct js *place_json(const struct ranked *r, size_t i)
{
	const struct map_eta *eta = &r->etas[i];
	struct js *o = js_object();
	double from_m = point_is_set(eta->from) ? eta->from_m : NAN;
	js_set_number(o, "lat", r->stands[i].at.lat, 7);
	js_set_number(o, "lon", r->stands[i].at.lon, 7);
	js_set_number(o, "heading", r->stands[i].heading, 1);
	js_set_instant(o, "position_at", r->crews[i].position_at, r->query.zone);
	js_set_number(o, "from_lat", eta->from.lat, 7);
	js_set_number(o, "from_lon", eta->from.lon, 7);
	js_set_number(o, "from_m", from_m, 1);
	js_set_number(o, "eta_s", eta->known ? eta->eta_s : NAN, 3);
	js_set_number(o, "distance_m", eta->known ? eta->distance_m : NAN, 1);
	return o;
}

static struct js *places_json(const struct ranked *r)
{
	struct js *o = js_object(), *origins = js_array();
	for (size_t i = 0; i < r->count; i++)
		js_push(origins, place_json(r, i));
	js_set_number(o, "lat", r->to.lat, 7);
	js_set_number(o, "lon", r->to.lon, 7);
	js_set(o, "origins", origins);
	return o;
}

static struct js *order_json(const struct ranked *r)
{
	struct js *list = js_array();
	for (size_t i = 0; i < r->count; i++)
		js_push_str(list, r->crews[r->order[i].crew].id.text);
	return list;
}

/* Those that may not go, each with its cause. */
static struct js *unfit_json(const struct ranked *r)
{
	struct js *o = js_object();
	for (size_t i = 0; i < r->count; i++)
		if (r->order[i].fit == DISPATCH_UNFIT)
			js_set_str(o, r->crews[r->order[i].crew].id.text, r->order[i].cause_it);
	return o;
}

static struct js *content_json(const struct flow *flow, const char *incident,
                               const struct ranked *r, const char *places_hash)
{
	struct js *o = js_object(), *closures = js_array(), *origins = js_array();
	size_t count;
	const struct closure *list = roads_closures(flow->roads, &count);
	for (size_t i = 0; i < count; i++)
		js_push(closures, closure_json(&list[i]));
	for (size_t i = 0; i < r->count; i++)
		js_push(origins, origin_json(r, i));
	js_set_str(o, "incident", incident);
	js_set_str(o, "places", places_hash);
	js_set(o, "skills", skills_json(r->query.skills_needed, r->query.skill_count));
	js_set_str(o, "map", roads_map(flow->roads));
	js_set_str(o, "metric", roads_metric(flow));
	js_set_str(o, "profile", map_profile_name(roads_profile(flow->roads)));
	js_set(o, "closures", closures);
	js_set(o, "origins", origins);
	js_set(o, "order", order_json(r));
	js_set(o, "unfit", unfit_json(r));
	return o;
}

/* A UUID (version 8, RFC 9562) made of the content. */
static void id_of(const char *content, char id[ID_TEXT])
{
	static const char variants[] = "89ab";
	char hex[CRYPTO_HASH_HEX];
	size_t at = 0;
	crypto_sha256_hex(content, strlen(content), hex);
	hex[12] = '8';
	hex[16] = variants[(hex[16] <= '9' ? hex[16] - '0' : hex[16] - 'a' + 10) & 3];
	for (size_t i = 0; i < 32; i++) {
		if (i == 8 || i == 12 || i == 16 || i == 20)
			id[at++] = '-';
		id[at++] = hex[i];
	}
	id[at] = 0;
}

static const char *text_of(struct arena *arena, struct js *value)
{
	struct str text = {0};
	js_write(value, &text);
	js_free(&value);
	const char *kept = arena_str(arena, text.data);
	str_fini(&text);
	return kept;
}

struct store_ranking *ranking_of(struct arena *arena, const struct flow *flow,
                                 const struct incident *i, const struct ranked *r)
{
	struct store_ranking *kept = arena_take(arena, sizeof *kept);
	const char *places = text_of(arena, places_json(r));
	char hash[CRYPTO_HASH_HEX];
	crypto_sha256_hex(places, strlen(places), hash);
	*kept = (struct store_ranking){.utility = arena_str(arena, i->utility.text),
	                               .incident = arena_str(arena, i->id.text),
	                               .made_at = r->query.now,
	                               .content =
	                                   text_of(arena, content_json(flow, i->id.text, r, hash)),
	                               .places = places};
	id_of(kept->content, kept->id.text);
	return kept;
}

bool ranking_is_stored(const struct rankings *r, const char *id)
{
	struct instant limit = instant_add(instant_now(), (struct span){-REMEMBERED_FOR.us});
	for (size_t i = 0; i < REMEMBERED; i++)
		if (strcmp(r->stored[i].id, id) == 0 && instant_compare(r->stored[i].at, limit) > 0)
			return true;
	return false;
}

void ranking_stored(struct rankings *r, const char *id)
{
	str_copy(r->stored[r->next].id, ID_TEXT, id);
	r->stored[r->next].at = instant_now();
	r->next = (r->next + 1) % REMEMBERED;
}

/* ---- what was kept, read again ---- */

static struct js *origin_whole(const struct js *origin, const struct js *place)
{
	struct js *o = js_copy(origin);
	const char *key;
	const struct js *value;
	for (size_t i = 0; js_pair(place, i, &key, &value); i++)
		js_set(o, key, js_copy(value));
	return o;
}

/* The content with the places in it, as one question. */
static void places_put(struct js *content, const struct js *places)
{
	const struct js *origins = js_find(content, "origins"), *at = js_find(places, "origins");
	struct js *whole = js_array();
	for (size_t i = 0; i < js_count(origins); i++)
		js_push(whole, origin_whole(js_at(origins, i), js_at(at, i)));
	js_set(content, "origins", whole);
	js_set(content, "lat", js_copy(js_find(places, "lat")));
	js_set(content, "lon", js_copy(js_find(places, "lon")));
}

static bool is_intact(const struct store_ranking *found, const char *places_hash)
{
	char id[ID_TEXT], hash[CRYPTO_HASH_HEX];
	id_of(found->content, id);
	if (strcmp(id, found->id.text) != 0 || !found->places)
		return strcmp(id, found->id.text) == 0;
	crypto_sha256_hex(found->places, strlen(found->places), hash);
	return str_equal(hash, places_hash);
}

/* Why it cannot be asked again, whatever the map and the roads; NULL: it can. */
static const char *what_lacks(const struct store_ranking *found, const char *places_hash)
{
	if (!found->whole && !places_hash)
		return "the positions it was reckoned from are no longer kept, and what is left "
		       "cannot be checked: an earlier version kept it";
	if (!is_intact(found, places_hash))
		return "what was kept was altered since";
	if (!found->whole && !found->places)
		return "the positions it was reckoned from are no longer kept";
	return NULL;
}

static double number_at(const struct js *o, const char *key)
{
	return js_number(js_find(o, key), NAN);
}

static struct point point_at(const struct js *o, const char *lat, const char *lon)
{
	struct point p = {number_at(o, lat), number_at(o, lon)};
	return point_is_set(p) ? p : POINT_NONE;
}

static const char *const *skills_read(struct arena *arena, const struct js *list, size_t *count)
{
	*count = js_count(list);
	const char **skills = arena_take(arena, (*count + 1) * sizeof *skills);
	for (size_t i = 0; i < *count; i++)
		skills[i] = arena_str(arena, js_str(js_at(list, i)));
	return skills;
}

static struct dispatch_crew crew_read(struct arena *arena, const struct js *o)
{
	const char *at = js_find_str(o, "position_at"), *id = js_find_str(o, "crew");
	struct dispatch_crew c = {
	    .name = arena_str(arena, js_find_str(o, "name")),
	    .on_shift = js_bool(js_find(o, "on_shift"), false),
	    .on_call = js_bool(js_find(o, "on_call"), false),
	    .on_call_delay = SPAN_S(js_int(js_find(o, "on_call_delay_s"), 0)),
	    .open_assignments = (size_t)js_int(js_find(o, "open_assignments"), 0),
	    .at_base = js_bool(js_find(o, "at_base"), false),
	};
	str_copy(c.id.text, sizeof c.id.text, id ? id : "");
	c.skills = skills_read(arena, js_find(o, "skills"), &c.skill_count);
	if (!at || !instant_parse(at, &c.position_at, NULL))
		c.position_at = INSTANT_NONE;
	return c;
}

static struct ranked *ranked_read(struct arena *arena, const struct js *content)
{
	const struct js *origins = js_find(content, "origins");
	struct ranked *r = rank_new(arena, js_count(origins));
	r->to = point_at(content, "lat", "lon");
	r->query.skills_needed =
	    skills_read(arena, js_find(content, "skills"), &r->query.skill_count);
	for (size_t i = 0; i < r->count; i++) {
		const struct js *o = js_at(origins, i);
		r->stands[i] = (struct map_stand){.at = point_at(o, "lat", "lon"),
		                                  .heading = number_at(o, "heading")};
		r->crews[i] = crew_read(arena, o);
	}
	return r;
}

static struct map_closure *closures_read(struct arena *arena, const struct js *list)
{
	struct map_closure *out = arena_take(arena, (js_count(list) + 1) * sizeof *out);
	for (size_t i = 0; i < js_count(list); i++) {
		const struct js *o = js_at(list, i), *points = js_find(o, "points");
		struct point *at = arena_take(arena, (js_count(points) + 1) * sizeof *at);
		for (size_t k = 0; k < js_count(points); k++)
			at[k] = (struct point){js_number(js_at(js_at(points, k), 0), NAN),
			                       js_number(js_at(js_at(points, k), 1), NAN)};
		out[i] = (struct map_closure){.points = at,
		                              .count = js_count(points),
		                              .area = js_bool(js_find(o, "area"), false),
		                              .one_way = js_bool(js_find(o, "one_way"), false),
		                              .street = arena_str(arena, js_find_str(o, "street")),
		                              .speed = js_number(js_find(o, "speed"), 0)};
	}
	return out;
}

/* ---- again ---- */

/* A question asked again; in the asking's arena. */
struct again {
	struct asking *asking;
	struct js *content; /* owned */
	struct ranked *ranked;
	const struct map *map;
	enum map_profile profile;
	const struct map_closure *closures;
	size_t closure_count;
	const char *metric; /* version it was kept under */
	const char *why;    /* it cannot be asked; NULL: it was */
};

static bool same_number(double a, const struct js *kept, double parts)
{
	bool known = js_kind(kept) == JS_NUMBER;
	if (isnan(a) || !known)
		return isnan(a) && !known;
	return llround(a * parts) == llround(js_number(kept, 0) * parts);
}

static bool same_origin(const struct ranked *r, size_t i, const struct js *kept)
{
	const struct map_eta *eta = &r->etas[i];
	return same_number(eta->known ? eta->eta_s : NAN, js_find(kept, "eta_s"), 1e3) &&
	       same_number(eta->from.lat, js_find(kept, "from_lat"), 1e7) &&
	       same_number(eta->from.lon, js_find(kept, "from_lon"), 1e7);
}

static const char *difference(const struct ranked *r, const struct js *content)
{
	const struct js *order = js_find(content, "order"), *origins = js_find(content, "origins");
	for (size_t i = 0; i < r->count; i++)
		if (!str_equal(js_str(js_at(order, i)), r->crews[r->order[i].crew].id.text))
			return "the order is another one";
	for (size_t i = 0; i < r->count; i++)
		if (!same_origin(r, i, js_at(origins, i)))
			return "the driving times are others";
	return NULL;
}

static void answer_again(struct again *g)
{
	struct asking *a = g->asking;
	struct js *again = js_object(), *content = g->content;
	const char *why = g->why;
	if (!why) {
		rank_order(g->ranked);
		why = difference(g->ranked, content);
		js_set_bool(again, "same", why == NULL);
	} else {
		js_set_null(again, "same");
	}
	js_set_str(again, "why", why);
	js_set(content, "again", again);
	asking_answer(a, content);
}

/* On a thread: the metric of that time, and the same question to a router of its own. */
static void ask_again(void *argument)
{
	struct again *g = argument;
	struct problem none; /* in private memory there is none */
	struct map_metric *metric =
	    map_metric_make(g->map, g->profile, g->closures, g->closure_count, NULL, &none);
	must(metric);
	struct map_router *router = map_router_new(g->map);
	map_router_use(router, metric);
	if (str_equal(map_metric_version(metric), g->metric))
		rank_drive(g->ranked, router);
	else
		g->why = "the roads of that time cannot be made again by this version";
	map_router_free(&router);
	map_metric_unref(&metric);
}

static void on_asked_again(void *argument)
{
	struct again *g = argument;
	g->asking->flow->rankings->asking_again = false;
	answer_again(g);
}

static void again_start(struct again *g)
{
	struct flow *flow = g->asking->flow;
	const char *map = js_find_str(g->content, "map");
	if (!g->why && !str_equal(map, roads_map(flow->roads)))
		g->why = "the map is another one since then";
	if (g->why || !map) {
		if (!g->why)
			rank_drive(g->ranked, NULL);
		answer_again(g);
	} else if (str_equal(g->metric, roads_metric(flow))) {
		rank_drive(g->ranked, flow->o.router);
		answer_again(g);
	} else if (flow->rankings->asking_again) {
		g->why = "another ranking is being asked again: try in a moment";
		answer_again(g);
	} else {
		flow->rankings->asking_again = true;
		work_start(flow->work, ask_again, on_asked_again, g);
	}
}

static struct again *again_new(struct asking *a, struct js *content)
{
	struct again *g = arena_take(a->arena, sizeof *g);
	const struct js *closures = js_find(content, "closures");
	const char *profile = js_find_str(content, "profile");
	*g = (struct again){.asking = a,
	                    .content = content,
	                    .ranked = ranked_read(a->arena, content),
	                    .map = a->flow->o.map,
	                    .closures = closures_read(a->arena, closures),
	                    .closure_count = js_count(closures),
	                    .metric = js_find_str(content, "metric")};
	if (!profile || !map_profile_parse(profile, &g->profile))
		g->why = "its profile is not known here";
	return g;
}

static void on_ranking(void *ctx, const struct problem *p, const struct store_ranking *found)
{
	struct asking *a = ctx;
	struct problem broken;
	struct js *content = p ? NULL : js_parse(found->content, strlen(found->content), NULL);
	if (p || !content) {
		problem_set(&broken, PROBLEM_INTERNAL, "", "this ranking cannot be read");
		asking_fail(a, p ? p : &broken);
		return;
	}
	const char *lacks = what_lacks(found, js_find_str(content, "places"));
	struct js *places =
	    found->places ? js_parse(found->places, strlen(found->places), NULL) : NULL;
	if (places)
		places_put(content, places);
	js_free(&places);
	struct again *g = again_new(a, content);
	if (lacks)
		g->why = lacks;
	js_set_str(content, "id", found->id.text);
	js_set_instant(content, "made_at", found->made_at, zone_of(a->flow, found->utility));
	g->ranked->query.now = found->made_at;
	g->ranked->query.zone = zone_of(a->flow, found->utility);
	again_start(g);
}

void flow_ranking(struct flow *flow, const struct user *who, const char *id, flow_done_fn *done,
                  void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	if (!may_look(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "rankings are the desk's");
	else
		store_ranking(flow->store, who, id, on_ranking, a);
}

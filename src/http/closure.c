/*
 * Closures, slow roads and the profile of the roads: body -> what somebody wants, every wrong field
 * named at once; flow's answer -> JSON. Kept rankings too. What a closure does to driving times
 * stands in flow and map.
 */
#include "room.h"

#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define REASON_MOST 200
#define WRONG_MOST 16

/* ---- reading, with all that is wrong ---- */

struct reading {
	struct visit *v;
	const struct js *body;
	struct js *wrong; /* errors of the answer; owned */
};

static struct reading reading_of(struct visit *v)
{
	return (struct reading){.v = v, .body = v->body, .wrong = js_array()};
}

static void complain(struct reading *r, const char *pointer, const char *what, int number)
{
	struct str words = {0};
	if (js_count(r->wrong) >= WRONG_MOST)
		return;
	struct js *one = js_object();
	error_words(what, number, r->v->lang, &words);
	js_set_str(one, "pointer", pointer);
	js_set_str(one, "detail", str_text(&words));
	js_push(r->wrong, one);
	str_fini(&words);
}

/* Nothing was wrong; else it is answered, and the visit is over. */
static bool read_well(struct reading *r)
{
	const struct js *first = js_at(r->wrong, 0);
	if (!first) {
		js_free(&r->wrong);
		return true;
	}
	struct problem p;
	struct js *more = js_object();
	problem_set(&p, PROBLEM_INPUT, "", "%s", js_find_str(first, "detail"));
	js_set(more, "errors", r->wrong);
	visit_problem(r->v, &p, more);
	js_free(&more);
	return false;
}

/* A key that is there, be its value null. */
static bool gives(const struct reading *r, const char *key)
{
	const char *name;
	const struct js *value;
	for (size_t i = 0; js_pair(r->body, i, &name, &value); i++)
		if (strcmp(name, key) == 0)
			return true;
	return false;
}

static bool is_null(const struct reading *r, const char *key)
{
	return js_kind(js_find(r->body, key)) == JS_NULL;
}

static bool read_bool(struct reading *r, const char *key, const char *pointer)
{
	const struct js *value = js_find(r->body, key);
	if (js_kind(value) != JS_NULL && js_kind(value) != JS_BOOL)
		complain(r, pointer, "bool_bad", 0);
	return js_bool(value, false);
}

static struct instant read_instant(struct reading *r, const char *key, const char *pointer)
{
	struct instant t = INSTANT_NONE;
	const char *text = js_find_str(r->body, key);
	if (!is_null(r, key) && (!text || !instant_parse(text, &t, NULL)))
		complain(r, pointer, "at_bad", 0);
	return t;
}

static enum flow_closure_kind read_kind(struct reading *r)
{
	const char *kind = js_find_str(r->body, "kind");
	if (str_equal(kind, "closed"))
		return FLOW_CLOSED;
	if (str_equal(kind, "slow"))
		return FLOW_SLOW;
	if (!is_null(r, "kind"))
		complain(r, "/kind", "kind_bad", 0);
	return FLOW_AS_IT_IS;
}

static double read_speed(struct reading *r, enum flow_closure_kind kind)
{
	const struct js *value = js_find(r->body, "speed");
	double speed = js_number(value, 0);
	if (js_kind(value) == JS_NULL)
		return 0;
	if (kind == FLOW_CLOSED)
		complain(r, "/speed", "speed_closed", 0);
	else if (js_kind(value) != JS_NUMBER || speed < CLOSURE_SLOWEST || speed > 1)
		complain(r, "/speed", "speed_bad", 0);
	return round(speed * 1000) / 1000;
}

static const char *read_reason(struct reading *r)
{
	const char *reason = js_find_str(r->body, "reason");
	if (!is_null(r, "reason") && (!reason || utf8_length(reason) > REASON_MOST))
		complain(r, "/reason", "too_long", REASON_MOST);
	return reason && *reason ? reason : NULL;
}

/* One part in ten million of a degree is a centimetre: what is kept is what is reckoned with. */
static struct point read_point(struct reading *r, size_t i)
{
	const struct js *one = js_at(js_find(r->body, "points"), i);
	struct point at = {js_number(js_find(one, "lat"), NAN), js_number(js_find(one, "lon"), NAN)};
	if (!point_valid(at)) {
		char pointer[40];
		snprintf(pointer, sizeof pointer, "/points/%zu", i);
		complain(r, pointer, "point_bad", 0);
	}
	return (struct point){round(at.lat * 1e7) / 1e7, round(at.lon * 1e7) / 1e7};
}

static void read_points(struct reading *r, struct closure *c)
{
	const struct js *list = js_find(r->body, "points");
	size_t count = js_count(list);
	if (js_kind(list) != JS_ARRAY || count == 0 || count > CLOSURE_POINTS) {
		complain(r, "/points", "points_bad", CLOSURE_POINTS);
		return;
	}
	struct point *points = arena_take(request_arena(r->v->request), count * sizeof *points);
	for (size_t i = 0; i < count; i++)
		points[i] = read_point(r, i);
	c->points = points;
	c->count = count;
	if (c->area && count < 3)
		complain(r, "/points", "area_points", 0);
	if (c->one_way && (c->area || count < 2))
		complain(r, "/one_way", "one_way_bad", 0);
}

/* The street that its points lie on. */
static const char *read_street(struct reading *r, bool area)
{
	const char *street = js_find_str(r->body, "street");
	if (is_null(r, "street"))
		return NULL;
	if (!street || !*street || utf8_length(street) > CLOSURE_STREET)
		complain(r, "/street", "street_bad", CLOSURE_STREET);
	else if (area)
		complain(r, "/street", "street_area", 0);
	return street;
}

/* A new place: points with what belongs to them. */
static void read_place(struct reading *r, struct flow_closure_change *change)
{
	struct closure c = {.area = read_bool(r, "area", "/area"),
	                    .one_way = read_bool(r, "one_way", "/one_way")};
	if (gives(r, "points"))
		read_points(r, &c);
	else if (gives(r, "area") || gives(r, "one_way") || gives(r, "street"))
		complain(r, "/points", "points_bad", CLOSURE_POINTS);
	change->street = read_street(r, c.area);
	change->points = c.points;
	change->count = c.count;
	change->area = c.area;
	change->one_way = c.one_way;
}

static void check_times(struct reading *r, struct instant from, struct instant until)
{
	struct instant now = instant_now();
	if (instant_is_set(until) &&
	    (instant_compare(until, now) <= 0 ||
	     (instant_is_set(from) && instant_compare(until, from) <= 0)))
		complain(r, "/until", "until_early", 0);
}

/* A whole new one; false: answered. */
static bool read_closure(struct visit *v, struct closure *c)
{
	struct reading r = reading_of(v);
	enum flow_closure_kind kind = read_kind(&r);
	*c = (struct closure){.speed = read_speed(&r, kind), .reason = read_reason(&r)};
	if (kind == FLOW_AS_IT_IS && is_null(&r, "kind"))
		complain(&r, "/kind", "kind_bad", 0);
	if (kind == FLOW_SLOW && is_null(&r, "speed"))
		complain(&r, "/speed", "speed_bad", 0);
	c->area = read_bool(&r, "area", "/area");
	c->one_way = read_bool(&r, "one_way", "/one_way");
	read_points(&r, c);
	c->street = read_street(&r, c->area);
	c->from = read_instant(&r, "from", "/from");
	c->until = read_instant(&r, "until", "/until");
	check_times(&r, c->from, c->until);
	return read_well(&r);
}

static int64_t read_version(struct reading *r)
{
	const struct js *version = js_find(r->body, "version");
	if (js_kind(version) != JS_NUMBER)
		complain(r, "/version", "version_missing", 0);
	return js_int(version, -1);
}

static bool closure_id(struct visit *v, char id[ID_TEXT])
{
	if (id_parse(v->args[0], id))
		return true;
	struct problem p;
	problem_set(&p, PROBLEM_NOT_FOUND, "", "there is no such closure");
	visit_problem(v, &p, NULL);
	return false;
}

/* ---- closures ---- */

void closures_get(struct visit *v)
{
	visit_wait(v);
	flow_closures(v->http->o.flow, &v->user, str_equal(visit_query(v, "state"), "all"),
	              visit_done, v);
}

void closure_add(struct visit *v)
{
	struct closure c;
	struct flow_once once;
	if (!read_closure(v, &c) || !visit_once(v, &once))
		return;
	v->status_on_success = 201;
	visit_wait(v);
	flow_closure_add(v->http->o.flow, &v->user, &c, &once, visit_done, v);
}

void closure_preview(struct visit *v)
{
	struct closure c;
	const char *moved = js_find_str(v->body, "id");
	if (!read_closure(v, &c))
		return;
	if (moved)
		id_parse(moved, c.id.text); /* what is no id is nobody's */
	visit_wait(v);
	flow_closure_preview(v->http->o.flow, &v->user, &c, visit_done, v);
}

void closure_change(struct visit *v)
{
	char id[ID_TEXT];
	struct flow_once once;
	struct reading r = reading_of(v);
	struct flow_closure_change c = {.version = read_version(&r), .kind = read_kind(&r)};
	c.speed = read_speed(&r, c.kind);
	c.reason = read_reason(&r);
	c.gives_reason = gives(&r, "reason");
	c.from = read_instant(&r, "from", "/from");
	c.gives_from = instant_is_set(c.from);
	c.until = read_instant(&r, "until", "/until");
	c.gives_until = gives(&r, "until");
	check_times(&r, c.from, c.until);
	read_place(&r, &c);
	if (!read_well(&r) || !closure_id(v, id) || !visit_once(v, &once))
		return;
	visit_wait(v);
	flow_closure_change(v->http->o.flow, &v->user, id, &c, &once, visit_done, v);
}

void closure_lift(struct visit *v)
{
	char id[ID_TEXT];
	struct flow_once once;
	struct reading r = reading_of(v);
	int64_t version = read_version(&r);
	if (!read_well(&r) || !closure_id(v, id) || !visit_once(v, &once))
		return;
	visit_wait(v);
	flow_closure_lift(v->http->o.flow, &v->user, id, version, &once, visit_done, v);
}

/* ---- how roads are ---- */

void roads_get(struct visit *v)
{
	struct js *doc = flow_roads(v->http->o.flow);
	visit_json(v, 200, doc);
	js_free(&doc);
}

void roads_set(struct visit *v)
{
	struct flow_once once;
	struct reading r = reading_of(v);
	const char *profile = js_find_str(r.body, "profile");
	enum map_profile known;
	if (!gives(&r, "profile") ||
	    (!is_null(&r, "profile") && !(profile && map_profile_parse(profile, &known))))
		complain(&r, "/profile", "profile_bad", 0);
	struct instant until = read_instant(&r, "until", "/until");
	check_times(&r, INSTANT_NONE, until);
	if (!read_well(&r) || !visit_once(v, &once))
		return;
	visit_wait(v);
	flow_roads_set(v->http->o.flow, &v->user, profile, until, &once, visit_done, v);
}

/* ---- rankings ---- */

void ranking_get(struct visit *v)
{
	char id[ID_TEXT];
	struct problem p;
	if (!id_parse(v->args[0], id)) {
		problem_set(&p, PROBLEM_NOT_FOUND, "", "there is no such ranking");
		visit_problem(v, &p, NULL);
		return;
	}
	visit_wait(v);
	flow_ranking(v->http->o.flow, &v->user, id, visit_done, v);
}

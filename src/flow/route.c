/*
 * The way of a crew to an incident, with the seconds at each point of it: for the desk any crew that
 * may go there, for a crew its own open assignments. By the roads as they are at this moment. Not
 * here: who should go (assign.c).
 */
#include "house.h"

#include "base/str.h"

#include <math.h>
#include <string.h>

/* What must survive the wait between incident and crew; in the asking's arena. */
struct trip {
	const char *crew;
	struct point to;
	struct map_stand from;      /* at POINT_NONE: where the crew was last */
	struct instant position_at; /* unset: not known, or at its base */
	bool at_base;
	struct assignment going; /* by which it drives there already; its strings are gone */
	const struct zone *zone;
};

static bool refuse(struct asking *a, enum problem_kind kind, const char *text)
{
	struct problem p;
	problem_set(&p, kind, "", "%s", text);
	asking_fail(a, &p);
	return false;
}

/* No way can be shown, and what is missing. */
static void lacks(struct asking *a, const char *what, const char *text)
{
	struct problem p;
	problem_set(&p, PROBLEM_INPUT, what, "%s", text);
	asking_fail(a, &p);
}

/* ---- the answer ---- */

static struct js *point_json(struct point at)
{
	struct js *o = js_object();
	js_set_number(o, "lat", at.lat, 6);
	js_set_number(o, "lon", at.lon, 6);
	return o;
}

static struct js *from_json(const struct trip *t, struct instant now)
{
	struct js *o = point_json(t->from.at);
	js_set_instant(o, "position_at", t->position_at, t->zone);
	if (instant_is_set(t->position_at))
		js_set_int(o, "age_s", instant_since(now, t->position_at).us / 1000000);
	else
		js_set_null(o, "age_s");
	js_set_bool(o, "at_base", t->at_base);
	return o;
}

static void set_line(struct js *o, const struct map_route *r)
{
	struct js *line = js_array(), *at_s = js_array();
	for (size_t i = 0; i < r->count; i++) {
		struct js *pair = js_array();
		js_push_number(pair, r->points[i].lat, 6);
		js_push_number(pair, r->points[i].lon, 6);
		js_push(line, pair);
		js_push_number(at_s, r->at_s[i], 1);
	}
	js_set(o, "line", line);
	js_set(o, "at_s", at_s);
}

static struct js *steps_json(const struct map_route *r)
{
	struct js *list = js_array();
	for (size_t i = 0; i < r->step_count; i++) {
		struct js *step = js_object();
		js_set_str(step, "street", r->steps[i].street);
		js_set_int(step, "distance_m", llround(r->steps[i].distance_m));
		js_set_int(step, "time_s", llround(r->steps[i].time_s));
		js_push(list, step);
	}
	return list;
}

static struct js *route_json(const struct trip *t, const struct map_route *r,
                             const struct map_metric *metric)
{
	struct instant now = instant_now();
	struct js *o = js_object();
	int64_t eta_s = llround(r->eta.eta_s);
	struct instant begun = arrival_begun(&t->going, t->position_at, t->at_base, now);
	struct instant arrival = arrival_at(begun, (double)eta_s, now);
	js_set(o, "from", from_json(t, now));
	js_set(o, "to", point_json(t->to));
	js_set_int(o, "eta_s", eta_s);
	js_set_int(o, "distance_m", llround(r->eta.distance_m));
	js_set_instant(o, "begun_at", begun, t->zone);
	js_set_instant(o, "arrival_at", arrival, t->zone);
	js_set_int(o, "left_s", instant_since(arrival, now).us / 1000000);
	set_line(o, r);
	js_set(o, "steps", steps_json(r));
	js_set_str(o, "metric", map_metric_version(metric));
	js_set_str(o, "profile", map_profile_name(map_metric_profile(metric)));
	return o;
}

static void drive(struct asking *a, const struct trip *t)
{
	struct map_router *router = a->flow->o.router;
	struct map_stand to = {.at = t->to, .heading = NAN};
	struct map_route route;
	if (!map_route(router, &t->from, &to, a->arena, &route))
		lacks(a, "way", "no road leads there from where the crew is");
	else
		asking_answer(a, route_json(t, &route, map_router_metric(router)));
}

/* ---- where the crew is ---- */

static void on_crew(void *ctx, const struct problem *p, const struct store_crews *found)
{
	struct asking *a = ctx;
	struct trip *t = a->own;
	if (p) {
		asking_fail(a, p);
		return;
	}
	if (!found->count) {
		refuse(a, PROBLEM_NOT_FOUND, "no such crew for this utility");
		return;
	}
	t->from = rank_stand(&found->list[0], instant_now(), &t->at_base);
	t->position_at = t->at_base ? INSTANT_NONE : found->list[0].position_at;
	if (point_is_set(t->from.at))
		drive(a, t);
	else
		lacks(a, "crew_position", "the crew's position is not known");
}

static void go_from(struct asking *a, struct trip *t, const struct incident *i)
{
	for (size_t n = 0; n < i->assignment_count; n++)
		if (strcmp(i->assignments[n].crew.text, t->crew) == 0 &&
		    i->assignments[n].state == ASSIGNMENT_EN_ROUTE)
			t->going = i->assignments[n];
	t->to = i->point;
	t->zone = zone_of(a->flow, i->utility.text);
	a->own = t;
	if (!a->flow->o.router)
		lacks(a, "map", "there is no map: no way can be shown");
	else if (!point_is_set(t->to))
		lacks(a, "incident_place", "the incident has no place on the map yet");
	else if (point_is_set(t->from.at))
		drive(a, t);
	else
		store_crews(a->flow->store, NULL, arena_format(a->arena, "{%s}", t->crew),
		            i->utility.text, on_crew, a);
}

/* ---- for the desk ---- */

static bool found_one(struct asking *a, const struct problem *p,
                      const struct store_incidents *found, const char *missing)
{
	if (p)
		asking_fail(a, p);
	else if (!found->count)
		return refuse(a, PROBLEM_NOT_FOUND, missing);
	return !p;
}

static void on_incident(void *ctx, const struct problem *p, const struct store_incidents *found)
{
	struct asking *a = ctx;
	if (found_one(a, p, found, "no such incident"))
		go_from(a, a->own, &found->list[0]);
}

void flow_incident_route(struct flow *flow, const struct user *who, const char *incident,
                         const char *crew, flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	struct trip *t = arena_take(a->arena, sizeof *t);
	char id[ID_TEXT], crew_id[ID_TEXT];
	struct store_query q = {.id = id};
	t->from.at = POINT_NONE;
	a->own = t;
	struct problem p;
	if (!may_look(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "ways are shown to the desk");
	else if (!incident || !id_parse(incident, id))
		asking_fail_later(a, PROBLEM_NOT_FOUND, "", "no such incident");
	else if (!crew || !id_parse(crew, crew_id))
		asking_fail_later(a, PROBLEM_INPUT, "crew", "give the crew's id");
	else if (!flow_knows_roads(flow, &p))
		asking_fail_later(a, p.kind, p.field, p.text);
	else {
		t->crew = arena_str(a->arena, crew_id);
		incidents_read(flow, who, &q, on_incident, a);
	}
}

/* ---- for the crew itself ---- */

static const struct assignment *open_assignment(const struct incident *i, const char *id)
{
	for (size_t n = 0; n < i->assignment_count; n++)
		if (strcmp(i->assignments[n].id.text, id) == 0)
			return assignment_is_open(i->assignments[n].state) ? &i->assignments[n] : NULL;
	return NULL;
}

static void on_work(void *ctx, const struct problem *p, const struct store_incidents *found)
{
	struct asking *a = ctx;
	if (!found_one(a, p, found, "no such assignment"))
		return;
	const struct assignment *as = open_assignment(&found->list[0], a->object);
	if (!as)
		refuse(a, PROBLEM_CONFLICT, "this assignment is over");
	else if (strcmp(as->crew.text, a->user.crew.text) != 0)
		refuse(a, PROBLEM_NOT_FOUND, "no such assignment");
	else
		go_from(a, a->own, &found->list[0]);
}

void flow_assignment_route(struct flow *flow, const struct user *who, const char *assignment,
                           const struct map_stand *from, flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	struct trip *t = arena_take(a->arena, sizeof *t);
	struct store_query q = {.assignment = a->object};
	a->own = t;
	t->from = *from;
	if (point_is_set(from->at))
		t->position_at = instant_now();
	struct problem p;
	if (!who || who->role != ROLE_CREW)
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "this is the crew's own way");
	else if (!assignment || !id_parse(assignment, a->object))
		asking_fail_later(a, PROBLEM_NOT_FOUND, "", "no such assignment");
	else if (!flow_knows_roads(flow, &p))
		asking_fail_later(a, p.kind, p.field, p.text);
	else {
		t->crew = a->user.crew.text;
		incidents_read(flow, who, &q, on_work, a);
	}
}

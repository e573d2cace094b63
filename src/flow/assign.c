/*
 * Candidates -> offer -> taken back or expired. The ETAs are the map's, the order is dispatch's;
 * here they meet the store's crews. A crew that may not go, or is on something else, goes only with
 * a reason.
 */
#include "house.h"

#include "base/log.h"
#include "base/str.h"
#include "dispatch.h"

#include <math.h>
#include <string.h>

/* A position older than this says nothing: the crew's base stands in for it. */
#define POSITION_LASTS SPAN_S(4 * 3600)
#define MAX_CREWS 2000

/* What must survive the wait between incident and crews; in the asking's arena. */
struct plan {
	struct incident_id incident;
	struct utility_id utility;
	char number[INCIDENT_NUMBER];
	const char *utility_code;
	int64_t version;
	enum incident_state state;
	bool made_safe;
	struct point point;
	struct instant due;
	const struct charter_row *row;
	const struct zone *zone;
	const char *crew, *reason; /* of assign */
};

struct ranked {
	struct dispatch_crew *crews;
	struct dispatch_candidate *order;
	size_t count;
};

static struct plan *plan_of(struct asking *a, const struct incident *i)
{
	struct plan *plan = arena_take(a->arena, sizeof *plan);
	const struct charter *charter = classify_charter(a->flow->o.classify, i->charter);
	const struct due_target *t = incident_governing(i);
	plan->incident = i->id;
	plan->utility = i->utility;
	memcpy(plan->number, i->number, sizeof plan->number);
	plan->utility_code = arena_str(a->arena, i->utility_code);
	plan->version = i->version;
	plan->state = i->state;
	plan->made_safe = instant_is_set(i->made_safe_at);
	plan->point = i->point;
	plan->row = charter && i->row ? charter_row_find(charter, i->row) : NULL;
	plan->zone = zone_of(a->flow, i->utility.text);
	if (t && t->kind == TARGET_ARRIVAL && !instant_is_set(t->stopped_at) && !t->paused)
		plan->due = t->due;
	return plan;
}

/* ---- ETAs and order ---- */

static struct point origin_of(const struct crew *c, struct instant now, bool *at_base)
{
	bool fresh = instant_is_set(c->position_at) &&
	             instant_since(now, c->position_at).us < POSITION_LASTS.us;
	*at_base = !fresh;
	return fresh && point_is_set(c->position) ? c->position : c->base;
}

static void straight_etas(struct point to, const struct point *from, size_t count,
                          struct map_eta *out)
{
	for (size_t i = 0; i < count; i++) {
		out[i].known = point_is_set(to) && point_is_set(from[i]);
		out[i].distance_m =
		    out[i].known ? point_distance_m(from[i], to) * STRAIGHT_DETOUR : 0;
		out[i].eta_s = out[i].distance_m / STRAIGHT_MPS;
	}
}

static struct dispatch_crew crew_for_rank(const struct crew *c, const struct map_eta *eta,
                                          bool at_base, bool straight)
{
	return (struct dispatch_crew){.id = c->id,
	                              .name = c->name,
	                              .skills = c->skills,
	                              .skill_count = c->skill_count,
	                              .on_shift = c->on_shift,
	                              .on_call = c->on_call,
	                              .on_call_delay = c->on_call_delay,
	                              .shift_ends = c->shift_ends,
	                              .open_assignments = c->open_assignments,
	                              .position_at = at_base ? INSTANT_NONE : c->position_at,
	                              .at_base = at_base,
	                              .eta = {eta->known ? (int64_t)llround(eta->eta_s * 1e6) : 0},
	                              .distance_m = eta->known ? eta->distance_m : 0,
	                              .eta_known = eta->known,
	                              .straight_line = straight && eta->known};
}

static struct ranked rank(struct asking *a, const struct plan *plan, const struct crew *crews,
                          size_t count)
{
	struct arena *arena = a->arena;
	struct instant now = instant_now();
	struct ranked r = {.count = count,
	                   .crews = arena_take(arena, (count + 1) * sizeof *r.crews),
	                   .order = arena_take(arena, (count + 1) * sizeof *r.order)};
	struct point *from = arena_take(arena, (count + 1) * sizeof *from);
	struct map_stand *stands = arena_take(arena, (count + 1) * sizeof *stands);
	struct map_eta *etas = arena_take(arena, (count + 1) * sizeof *etas);
	bool *at_base = arena_take(arena, (count + 1) * sizeof *at_base);
	for (size_t i = 0; i < count; i++)
		stands[i] = map_stand_at(from[i] = origin_of(&crews[i], now, &at_base[i]));
	bool straight = !a->flow->o.router;
	if (straight || !point_is_set(plan->point))
		straight_etas(plan->point, from, count, etas);
	else
		map_etas(a->flow->o.router, &(struct map_stand){plan->point, NAN, 0}, stands, count,
		         true, etas);
	for (size_t i = 0; i < count; i++)
		r.crews[i] = crew_for_rank(&crews[i], &etas[i], at_base[i], straight);
	struct dispatch_query q = {.now = now,
	                           .zone = plan->zone,
	                           .skills_needed = plan->row ? plan->row->skills : NULL,
	                           .skill_count = plan->row ? plan->row->skill_count : 0,
	                           .due = plan->due};
	dispatch_rank(&q, r.crews, count, r.order);
	return r;
}

/* ---- candidates ---- */

static void set_seconds(struct js *o, const char *key, bool known, int64_t us)
{
	if (known)
		js_set_int(o, key, (us + 500000) / 1000000);
	else
		js_set_null(o, key);
}

static struct js *candidate_json(const struct dispatch_candidate *c, const struct dispatch_crew *d,
                                 const struct crew *crew, const struct zone *zone)
{
	static const char *const fits[] = {"free", "busy", "unfit"};
	struct js *o = js_object(), *who = js_object();
	struct point at = d->at_base ? crew->base : crew->position;
	js_set_str(who, "id", crew->id.text);
	js_set_str(who, "name", crew->name);
	js_set_str(who, "phone", crew->phone);
	js_set(o, "crew", who);
	js_set_str(o, "fit", fits[c->fit]);
	set_seconds(o, "eta_s", d->eta_known, d->eta.us);
	set_seconds(o, "distance_m", d->eta_known, (int64_t)(d->distance_m * 1e6));
	set_seconds(o, "ready_in_s", c->known, c->ready_in.us);
	js_set_bool(o, "straight_line", d->straight_line);
	js_set_instant(o, "position_at", d->position_at, zone);
	js_set_bool(o, "at_base", d->at_base);
	js_set_str(o, "reason", c->reason_it);
	js_set_str(o, "reason_en", c->reason);
	js_set_str(o, "cause", c->cause_it);
	js_set_bool(o, "late", c->late);
	js_set_number(o, "lat", at.lat, 6);
	js_set_number(o, "lon", at.lon, 6);
	if (!point_is_set(at)) {
		js_set_null(o, "lat");
		js_set_null(o, "lon");
	}
	return o;
}

static void on_candidates(void *ctx, const struct problem *p, const struct store_crews *found)
{
	struct asking *a = ctx;
	struct plan *plan = a->own;
	if (p) {
		asking_fail(a, p);
		return;
	}
	size_t count = found->count < MAX_CREWS ? found->count : MAX_CREWS;
	struct ranked r = rank(a, plan, found->list, count);
	struct js *o = js_object(), *list = js_array();
	for (size_t i = 0; i < count; i++)
		js_push(list, candidate_json(&r.order[i], &r.crews[r.order[i].crew],
		                             &found->list[r.order[i].crew], plan->zone));
	js_set_str(o, "incident", plan->incident.text);
	js_set_int(o, "version", plan->version);
	js_set_str(o, "map", a->flow->o.map ? "ok" : "none");
	js_set(o, "candidates", list);
	asking_answer(a, o);
}

static bool found_one(struct asking *a, const struct problem *p,
                      const struct store_incidents *found, const char *what)
{
	struct problem gone;
	if (p) {
		asking_fail(a, p);
		return false;
	}
	if (!found->count) {
		problem_set(&gone, PROBLEM_NOT_FOUND, "", "no such %s", what);
		asking_fail(a, &gone);
		return false;
	}
	return true;
}

static void on_candidates_incident(void *ctx, const struct problem *p,
                                   const struct store_incidents *found)
{
	struct asking *a = ctx;
	if (!found_one(a, p, found, "incident"))
		return;
	struct plan *plan = plan_of(a, &found->list[0]);
	a->own = plan;
	store_crews(a->flow->store, NULL, NULL, plan->utility.text, on_candidates, a);
}

void flow_candidates(struct flow *flow, const struct user *who, const char *incident,
                     flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	char id[ID_TEXT];
	struct store_query q = {.id = id};
	if (!may_look(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "crews are sent by the desk");
	else if (!incident || !id_parse(incident, id))
		asking_fail_later(a, PROBLEM_NOT_FOUND, "", "no such incident");
	else
		incidents_read(flow, who, &q, on_candidates_incident, a);
}

/* ---- assign ---- */

static void on_assigned(void *ctx, const struct problem *p, const struct store_written *w)
{
	struct asking *a = ctx;
	if (!p)
		a->flow->counters.assigned++;
	on_incident_written(a, p, w);
}

static void send_crew(struct asking *a, const struct plan *plan, const struct crew *crew,
                      const struct dispatch_candidate *c, const struct dispatch_crew *d)
{
	struct incident i = {.id = plan->incident,
	                     .utility = plan->utility,
	                     .version = plan->version,
	                     .state = plan->state,
	                     .utility_code = plan->utility_code};
	struct problem p;
	struct store_act act = asking_act(a);
	struct store_assign s = {.incident = &i,
	                         .crew = crew,
	                         .eta_s = d->eta_known ? d->eta.us / 1000000 : -1,
	                         .eta_at =
	                             c->known ? instant_add(act.at, c->ready_in) : INSTANT_NONE,
	                         .forced_reason = c->fit != DISPATCH_FREE ? plan->reason : NULL};
	memcpy(i.number, plan->number, sizeof i.number);
	if (!incident_step(plan->state, INCIDENT_ASSIGN, plan->made_safe, &s.to, &p)) {
		refuse_with_incident(a, &p, plan->incident.text);
		return;
	}
	id_make(s.id.text);
	act.words = plan->reason;
	asking_moves(a, &i, incident_state_name(i.state), incident_state_name(s.to),
	             "crew=\"%s\" eta_s=%lld forced=%d", crew->name, (long long)s.eta_s,
	             s.forced_reason != NULL);
	store_assign(a->flow->store, &act, &s, on_assigned, a);
}

/* A crew that is not simply free: why, and whether the reason given carries it. */
static bool may_go(struct asking *a, const struct plan *plan, const struct crew *crew,
                   const struct dispatch_candidate *c)
{
	struct problem p;
	bool reason = plan->reason && *plan->reason;
	if (c->fit == DISPATCH_FREE || reason)
		return true;
	if (c->fit == DISPATCH_BUSY) {
		problem_set(&p, PROBLEM_CONFLICT, "/crew",
		            "%s is on incident %s: give a reason to send it all the same",
		            crew->name, crew->incident_number ? crew->incident_number : "another");
		refuse_with_incident(
		    a, &p, *crew->incident.text ? crew->incident.text : plan->incident.text);
	} else {
		problem_set(&p, PROBLEM_INPUT, "/reason",
		            "%s may not go (%s): give a reason to send it all the same", crew->name,
		            c->cause_it);
		asking_fail(a, &p);
	}
	return false;
}

static void on_assign_crews(void *ctx, const struct problem *p, const struct store_crews *found)
{
	struct asking *a = ctx;
	struct plan *plan = a->own;
	struct problem gone;
	if (p) {
		asking_fail(a, p);
		return;
	}
	struct ranked r = rank(a, plan, found->list, found->count);
	for (size_t i = 0; i < found->count; i++) {
		const struct crew *crew = &found->list[r.order[i].crew];
		if (strcmp(crew->id.text, plan->crew) != 0)
			continue;
		if (may_go(a, plan, crew, &r.order[i]))
			send_crew(a, plan, crew, &r.order[i], &r.crews[r.order[i].crew]);
		return;
	}
	problem_set(&gone, PROBLEM_INPUT, "/crew", "no such crew for this utility");
	asking_fail(a, &gone);
}

static bool assign_read(struct asking *a, struct plan *plan, struct problem *p)
{
	const char *crew;
	char id[ID_TEXT];
	if (!js_need_str(a->body, "", "crew", true, 36, 36, &crew, p) ||
	    !js_need_str(a->body, "", "reason", false, 0, 300, &plan->reason, p))
		return false;
	if (!id_parse(crew, id))
		return problem_set(p, PROBLEM_INPUT, "/crew", "give the crew's id");
	plan->crew = arena_str(a->arena, id);
	if (js_kind(js_find(a->body, "version")) != JS_NUMBER)
		return problem_set(p, PROBLEM_INPUT, "/version", "give the version you saw");
	return js_int(js_find(a->body, "version"), -1) == plan->version ||
	       problem_set(p, PROBLEM_CONFLICT, "", "somebody was faster: look again");
}

static void on_assign_incident(void *ctx, const struct problem *p,
                               const struct store_incidents *found)
{
	struct asking *a = ctx;
	struct problem refused;
	if (!found_one(a, p, found, "incident"))
		return;
	struct plan *plan = plan_of(a, &found->list[0]);
	a->own = plan;
	if (assign_read(a, plan, &refused))
		store_crews(a->flow->store, NULL, NULL, plan->utility.text, on_assign_crews, a);
	else if (refused.kind == PROBLEM_CONFLICT)
		refuse_with_incident(a, &refused, a->object);
	else
		asking_fail(a, &refused);
}

static void assign_now(struct asking *a)
{
	struct store_query q = {.id = a->object};
	incidents_read(a->flow, a->who, &q, on_assign_incident, a);
}

static void on_assign_once(void *ctx, const struct problem *p, const struct store_written *w)
{
	struct asking *a = ctx;
	if (p)
		asking_fail(a, p);
	else if (w)
		answer_with_incident(a, a->object);
	else
		assign_now(a);
}

void flow_assign(struct flow *flow, const struct user *who, const char *incident,
                 const struct js *body, const struct flow_once *once, flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	asking_key(a, once, "assign", incident ? incident : "");
	a->body = js_copy(body);
	struct store_act act = asking_act(a);
	if (!may_decide(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "crews are sent by the desk");
	else if (!*a->object)
		asking_fail_later(a, PROBLEM_NOT_FOUND, "", "no such incident");
	else if (a->once.key[0])
		store_once(flow->store, &act, on_assign_once, a);
	else
		assign_now(a);
}

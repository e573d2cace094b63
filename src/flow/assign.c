/*
 * Candidates -> offer -> taken back or expired. The ETAs are the map's, the order is dispatch's
 * (rank.c); here they meet the store's crews, and each list that is shown is kept (ranking.c). A crew
 * that may not go, or is on something else, goes only with a reason.
 */
#include "house.h"

#include "base/log.h"
#include "base/str.h"
#include "dispatch.h"

#include <math.h>
#include <string.h>

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
	const char *crew, *reason, *seen; /* of assign; seen: the ranking the dispatcher saw */
	struct js *answer;                /* of candidates, while their ranking is stored */
	char ranking[ID_TEXT];
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

/* The crews ranked for the plan, by the roads as they are now; all of it in the arena. */
static struct ranked *rank(struct asking *a, const struct plan *plan, const struct store_crews *found)
{
	size_t count = found->count < MAX_CREWS ? found->count : MAX_CREWS;
	struct ranked *r = rank_crews(a->arena, found->list, count, instant_now());
	r->to = rank_point(plan->point);
	r->query.zone = plan->zone;
	r->query.skills_needed = plan->row ? plan->row->skills : NULL;
	r->query.skill_count = plan->row ? plan->row->skill_count : 0;
	r->query.due = plan->due;
	rank_drive(r, a->flow->o.router);
	rank_order(r);
	return r;
}

static struct store_ranking *kept(struct asking *a, const struct plan *plan, const struct ranked *r)
{
	const struct incident i = {.id = plan->incident, .utility = plan->utility};
	return ranking_of(a->arena, a->flow, &i, r);
}

/* ---- candidates ---- */

static void set_seconds(struct js *o, const char *key, bool known, int64_t us)
{
	if (known)
		js_set_int(o, key, (us + 500000) / 1000000);
	else
		js_set_null(o, key);
}

static void set_lat_lon(struct js *o, struct point at)
{
	js_set_number(o, "lat", at.lat, 6);
	js_set_number(o, "lon", at.lon, 6);
}

/* Where it stands, since when it is known to, and where on the road its way begins. */
static void set_start(struct js *o, const struct ranked *r, size_t i)
{
	const struct dispatch_crew *d = &r->crews[i];
	bool seen = instant_is_set(d->position_at) && !d->at_base;
	struct js *from = point_is_set(r->etas[i].from) ? js_object() : NULL;
	js_set_instant(o, "position_at", seen ? d->position_at : INSTANT_NONE, r->query.zone);
	set_seconds(o, "position_age_s", seen, instant_since(r->query.now, d->position_at).us);
	js_set_bool(o, "at_base", d->at_base);
	set_lat_lon(o, r->stands[i].at);
	if (from)
		set_lat_lon(from, r->etas[i].from);
	js_set(o, "from", from);
	js_set_number(o, "from_m", from ? r->etas[i].from_m : NAN, 0);
}

static struct js *candidate_json(const struct ranked *r, const struct dispatch_candidate *c,
                                 const struct crew *crew)
{
	static const char *const fits[] = {"free", "busy", "unfit"};
	const struct dispatch_crew *d = &r->crews[c->crew];
	struct js *o = js_object(), *who = js_object();
	js_set_str(who, "id", crew->id.text);
	js_set_str(who, "name", crew->name);
	js_set_str(who, "phone", crew->phone);
	js_set(o, "crew", who);
	js_set_str(o, "fit", fits[c->fit]);
	set_seconds(o, "eta_s", d->eta_known, d->eta.us);
	js_set_str(o, "eta_unknown", d->eta_known ? NULL : dispatch_unknown_name(d->why_unknown));
	set_seconds(o, "distance_m", d->eta_known, (int64_t)(d->distance_m * 1e6));
	set_seconds(o, "ready_in_s", c->known, c->ready_in.us);
	js_set_bool(o, "straight_line", d->straight_line);
	set_start(o, r, c->crew);
	js_set_str(o, "reason", c->reason_it);
	js_set_str(o, "reason_en", c->reason);
	js_set_str(o, "cause", c->cause_it);
	js_set_bool(o, "late", c->late);
	return o;
}

static void answer_candidates(struct asking *a, bool stored)
{
	struct plan *plan = a->own;
	js_set_str(plan->answer, "ranking", stored ? plan->ranking : NULL);
	asking_answer(a, plan->answer);
}

static void on_kept(void *ctx, const struct problem *p)
{
	struct asking *a = ctx;
	const struct plan *plan = a->own;
	if (p)
		log_warn(NULL, "a ranking could not be kept reason=\"%s\"", p->text);
	else
		ranking_stored(a->flow->rankings, plan->ranking);
	answer_candidates(a, !p);
}

static struct js *candidates_json(const struct flow *flow, const struct plan *plan,
                                  const struct ranked *r, const struct store_crews *found)
{
	struct js *o = js_object(), *list = js_array();
	const char *map = roads_map(flow->roads);
	for (size_t i = 0; i < r->count; i++)
		js_push(list, candidate_json(r, &r->order[i], &found->list[r->order[i].crew]));
	js_set_str(o, "incident", plan->incident.text);
	js_set_int(o, "version", plan->version);
	js_set_str(o, "map", map ? map : "none");
	js_set_str(o, "metric", roads_metric(flow));
	js_set_bool(o, "place_closed", r->closed);
	js_set(o, "candidates", list);
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
	const struct ranked *r = rank(a, plan, found);
	const struct store_ranking *ranking = kept(a, plan, r);
	plan->answer = candidates_json(a->flow, plan, r, found);
	str_copy(plan->ranking, sizeof plan->ranking, ranking->id.text);
	if (ranking_is_stored(a->flow->rankings, plan->ranking))
		answer_candidates(a, true);
	else
		store_ranking_keep(a->flow->store, ranking, on_kept, a);
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
	struct problem p;
	if (!may_look(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "crews are sent by the desk");
	else if (!incident || !id_parse(incident, id))
		asking_fail_later(a, PROBLEM_NOT_FOUND, "", "no such incident");
	else if (!flow_knows_roads(flow, &p))
		asking_fail_later(a, p.kind, p.field, p.text);
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

static void send_crew(struct asking *a, const struct plan *plan, const struct ranked *r,
                      const struct dispatch_candidate *c, const struct crew *crew)
{
	const struct dispatch_crew *d = &r->crews[c->crew];
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
	                         .forced_reason = c->fit != DISPATCH_FREE ? plan->reason : NULL,
	                         .ranking = kept(a, plan, r),
	                         .seen = plan->seen};
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
	const struct ranked *r = rank(a, plan, found);
	for (size_t i = 0; i < r->count; i++) {
		const struct crew *crew = &found->list[r->order[i].crew];
		if (strcmp(crew->id.text, plan->crew) != 0)
			continue;
		if (may_go(a, plan, crew, &r->order[i]))
			send_crew(a, plan, r, &r->order[i], crew);
		return;
	}
	problem_set(&gone, PROBLEM_INPUT, "/crew", "no such crew for this utility");
	asking_fail(a, &gone);
}

static bool assign_read(struct asking *a, struct plan *plan, struct problem *p)
{
	const char *crew, *seen;
	char id[ID_TEXT];
	if (!js_need_str(a->body, "", "crew", true, 36, 36, &crew, p) ||
	    !js_need_str(a->body, "", "ranking", false, 36, 36, &seen, p) ||
	    !js_need_str(a->body, "", "reason", false, 0, 300, &plan->reason, p))
		return false;
	if (!id_parse(crew, id))
		return problem_set(p, PROBLEM_INPUT, "/crew", "give the crew's id");
	plan->crew = arena_str(a->arena, id);
	if (seen && !id_parse(seen, id))
		return problem_set(p, PROBLEM_INPUT, "/ranking", "give the id of a ranking");
	plan->seen = seen ? arena_str(a->arena, id) : NULL;
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

void flow_assign(struct flow *flow, const struct user *who, const char *incident,
                 const struct js *body, const struct flow_once *once, flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	asking_key(a, once, "assign", incident ? incident : "");
	a->body = js_copy(body);
	if (!may_decide(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "crews are sent by the desk");
	else if (!*a->object)
		asking_fail_later(a, PROBLEM_NOT_FOUND, "", "no such incident");
	else
		asking_once(a, incident_again, assign_now);
}

/*
 * What becomes of an assignment: the crew's steps, late ones too, the desk taking it back, offers
 * nobody answers. Each step moves assignment, incident and promises together. A step that no longer
 * fits is kept with its reason and answered like the others, so that no telephone's queue sticks.
 */
#include "house.h"

#include "base/log.h"
#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TRIES 4
#define WORDS_MAX 1000

static struct assignment *assignment_find(struct incident *i, const char *id)
{
	for (size_t n = 0; n < i->assignment_count; n++)
		if (strcmp(i->assignments[n].id.text, id) == 0)
			return &i->assignments[n];
	return NULL;
}

static bool is_last_open(const struct incident *i, const struct assignment *a)
{
	for (size_t n = 0; n < i->assignment_count; n++)
		if (&i->assignments[n] != a && assignment_is_open(i->assignments[n].state))
			return false;
	return true;
}

/* ---- the step, decided ---- */

static bool incident_event_of(enum assignment_event e, bool last, enum incident_event *out)
{
	switch (e) {
	case ASSIGNMENT_DEPART:
		*out = INCIDENT_CREW_EN_ROUTE;
		return true;
	case ASSIGNMENT_ARRIVE:
		*out = INCIDENT_CREW_ARRIVED;
		return true;
	case ASSIGNMENT_MAKE_SAFE:
		*out = INCIDENT_CREW_MADE_SAFE;
		return true;
	case ASSIGNMENT_RESTORE:
		*out = INCIDENT_CREW_RESTORED;
		return true;
	case ASSIGNMENT_ACCEPT:
		return false;
	case ASSIGNMENT_DECLINE:
	case ASSIGNMENT_LEAVE:
	case ASSIGNMENT_EXPIRE:
	case ASSIGNMENT_RECALL:
		*out = INCIDENT_NO_CREW_LEFT;
		return last;
	}
	return false;
}

static bool decide(const struct incident *i, const struct assignment *as,
                   enum assignment_event event, struct store_step *s, struct problem *p)
{
	enum incident_event moved;
	*s = (struct store_step){
	    .incident = i, .assignment = as, .event = event, .incident_to = i->state};
	if (!assignment_step(as->state, event, &s->to, p))
		return false;
	if ((event == ASSIGNMENT_MAKE_SAFE && instant_is_set(as->made_safe_at)) ||
	    (event == ASSIGNMENT_RESTORE && instant_is_set(as->restored_at)))
		return problem_set(p, PROBLEM_CONFLICT, "", "this was reported already");
	s->missing_leg = event == ASSIGNMENT_ARRIVE && as->state == ASSIGNMENT_ACCEPTED;
	return !incident_event_of(event, is_last_open(i, as), &moved) ||
	       incident_step(i->state, moved, instant_is_set(i->made_safe_at), &s->incident_to, p);
}

static struct instant clamp(struct instant at, const struct assignment *as)
{
	struct instant now = instant_now();
	if (!instant_is_set(at) || instant_compare(at, now) > 0)
		return now;
	return instant_compare(at, as->offered_at) < 0 ? as->offered_at : at;
}

/* ---- a crew's action ---- */

struct action {
	enum assignment_event event;
	struct instant at;
	const char *words, *outcome;
	struct point point;
	bool missed;        /* the arrival just stored */
	const char *reason; /* of an action that did not fit */
	bool applied;
};

static void read_work(struct asking *a);

static void on_shown(void *ctx, const struct problem *p, const struct store_incidents *found)
{
	struct asking *a = ctx;
	const struct action *act = a->own;
	struct problem gone;
	struct assignment *as =
	    !p && found->count ? assignment_find(&found->list[0], a->object) : NULL;
	if (p) {
		asking_fail(a, p);
		return;
	}
	if (!as) {
		problem_set(&gone, PROBLEM_NOT_FOUND, "", "no such assignment");
		asking_fail(a, &gone);
		return;
	}
	struct js *o = js_object();
	js_set_bool(o, "applied", act->applied);
	js_set_str(o, "reason", act->reason);
	js_set(o, "assignment", view_assignment(a->flow, &found->list[0], as));
	asking_answer(a, o);
}

static void show(struct asking *a)
{
	struct store_query q = {.assignment = a->object, .full = true};
	incidents_read(a->flow, a->who, &q, on_shown, a);
}

static void on_stepped(void *ctx, const struct problem *p, const struct store_written *w)
{
	struct asking *a = ctx;
	struct action *act = a->own;
	if (p && p->kind == PROBLEM_CONFLICT && ++a->tries < TRIES) {
		read_work(a); /* somebody moved the incident meanwhile: decide again on what is
		                 there now */
		return;
	}
	if (p) {
		asking_fail(a, p);
		return;
	}
	act->applied = js_bool(js_find(w->answer, "applied"), true);
	act->reason = arena_str(a->arena, js_find_str(w->answer, "reason"));
	if (act->applied)
		a->flow->counters.steps++;
	else
		a->flow->counters.late_steps++;
	if (act->applied && act->event == ASSIGNMENT_ARRIVE && act->missed)
		a->flow->counters.arrivals_missed++;
	else if (act->applied && act->event == ASSIGNMENT_ARRIVE)
		a->flow->counters.arrivals_met++;
	asking_moved(a);
	show(a);
}

static struct instant eta_from(const struct flow *flow, const struct incident *i,
                               const struct action *act, struct instant at)
{
	struct map_eta eta = {0};
	if (act->event != ASSIGNMENT_DEPART || !point_is_set(act->point) ||
	    !point_is_set(i->point) || !flow->o.router)
		return INSTANT_NONE;
	struct map_stand to = map_stand_at(i->point), from = map_stand_at(act->point);
	map_etas(flow->o.router, &to, &from, 1, false, &eta);
	return eta.known ? instant_add(at, (struct span){(int64_t)llround(eta.eta_s * 1e6)})
	                 : INSTANT_NONE;
}

static int64_t stops_log(const struct store_stop *stops, size_t count, bool *missed)
{
	int64_t late = 0;
	for (size_t i = 0; i < count; i++) {
		*missed |= !stops[i].met;
		late = stops[i].late_s > late ? stops[i].late_s : late;
	}
	return late;
}

static void step(struct asking *a, const struct incident *i, struct store_step *s,
                 struct store_act *act)
{
	struct action *action = a->own;
	struct store_stop *stops = arena_take(a->arena, (i->target_count + 1) * sizeof *stops);
	s->stop_count = promises_stop(clock_stopped(a->flow, i, act->at, a->arena), i->target_count,
	                              s->event, act->at, stops);
	s->stops = stops;
	s->begins = promises_begin(a->flow, i, s->event, act->at, a->arena, &s->begin_count);
	s->outcome = action->outcome;
	s->eta_at = eta_from(a->flow, i, action, act->at);
	action->missed = false;
	int64_t late = stops_log(stops, s->stop_count, &action->missed);
	const char *result = !s->stop_count   ? ""
	                     : action->missed ? " target=missed"
	                                      : " target=met";
	asking_moves(a, i, assignment_state_name(s->assignment->state),
	             assignment_event_name(s->event),
	             "crew=\"%s\" incident_from=%s incident_to=%s%s late_s=%lld",
	             s->assignment->crew_name, incident_state_name(i->state),
	             incident_state_name(s->incident_to), result, (long long)late);
	store_assignment_step(a->flow->store, act, s, on_stepped, a);
}

static void act_on(struct asking *a, const struct incident *i, const struct assignment *as)
{
	struct action *action = a->own;
	struct store_step s;
	struct problem p;
	struct store_act act = asking_act(a);
	act.at = clamp(action->at, as);
	act.words = action->words;
	if (a->tries < TRIES - 1 && decide(i, as, action->event, &s, &p)) {
		step(a, i, &s, &act);
		return;
	}
	if (a->tries >= TRIES - 1)
		problem_set(&p, PROBLEM_CONFLICT, "", "others moved this incident again and again");
	act.why = arena_str(a->arena, p.text);
	asking_moves(a, i, assignment_state_name(as->state), assignment_event_name(action->event),
	             "applied=false crew=\"%s\"", as->crew_name);
	store_assignment_late(a->flow->store, &act, i, as, action->event, on_stepped, a);
}

static void on_work(void *ctx, const struct problem *p, const struct store_incidents *found)
{
	struct asking *a = ctx;
	struct problem gone;
	if (p) {
		asking_fail(a, p);
		return;
	}
	struct assignment *as = found->count ? assignment_find(&found->list[0], a->object) : NULL;
	/* a second crew on the same incident sees the incident, not the other's assignment */
	if (!as || (a->who->role == ROLE_CREW && strcmp(as->crew.text, a->who->crew.text) != 0)) {
		problem_set(&gone, PROBLEM_NOT_FOUND, "", "no such assignment");
		asking_fail(a, &gone);
		return;
	}
	act_on(a, &found->list[0], as);
}

static void read_work(struct asking *a)
{
	struct store_query q = {.assignment = a->object};
	incidents_read(a->flow, a->who, &q, on_work, a);
}

static void act_again(struct asking *a, const struct js *answer)
{
	struct action *act = a->own;
	act->applied = js_bool(js_find(answer, "applied"), true);
	act->reason = arena_str(a->arena, js_find_str(answer, "reason"));
	show(a);
}

static bool point_read(const struct js *body, struct point *out, struct problem *p)
{
	*out = POINT_NONE;
	if (js_kind(js_find(body, "lat")) == JS_NULL && js_kind(js_find(body, "lon")) == JS_NULL)
		return true;
	return js_need_number(body, "", "lat", true, -90, 90, &out->lat, p) &&
	       js_need_number(body, "", "lon", true, -180, 180, &out->lon, p);
}

static bool action_read(struct asking *a, const char *name, struct action *act, struct problem *p)
{
	const char *note, *reason;
	if (!name || !assignment_event_parse(name, &act->event) ||
	    act->event == ASSIGNMENT_EXPIRE || act->event == ASSIGNMENT_RECALL)
		return problem_set(p, PROBLEM_NOT_FOUND, "", "no such action");
	if (!js_need_instant(a->body, "", "at", false, &act->at, p) ||
	    !point_read(a->body, &act->point, p) ||
	    !js_need_str(a->body, "", "note", false, 0, WORDS_MAX, &note, p) ||
	    !js_need_str(a->body, "", "reason", false, 0, WORDS_MAX, &reason, p) ||
	    !js_need_str(a->body, "", "outcome", false, 0, WORDS_MAX, &act->outcome, p))
		return false;
	act->words = reason && *reason ? reason : note;
	return true;
}

static void on_fix(void *ctx, const struct problem *p)
{
	(void)ctx;
	(void)p; /* the step itself carries the news; the next position comes soon */
}

void flow_assignment_act(struct flow *flow, const struct user *who, const char *assignment,
                         const char *action, const struct js *body, const struct flow_once *once,
                         flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	struct action *act = arena_take(a->arena, sizeof *act);
	struct problem p;
	asking_key(a, once, action ? action : "", assignment ? assignment : "");
	a->own = act;
	a->body = body ? js_copy(body) : js_object();
	if (!may_decide(who) && !(who && who->role == ROLE_CREW)) {
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "this is the crew's to say");
	} else if (!*a->object) {
		asking_fail_later(a, PROBLEM_NOT_FOUND, "", "no such assignment");
	} else if (!action_read(a, action, act, &p)) {
		asking_fail_later(a, p.kind, p.field, p.text);
	} else {
		if (who->role == ROLE_CREW && point_is_set(act->point)) {
			struct store_fix fix = {
			    .at = act->point,
			    .accuracy_m = NAN,
			    .speed_mps = NAN,
			    .heading = NAN,
			    .fixed_at = instant_is_set(act->at) ? act->at : instant_now()};
			store_position(flow->store, who, &fix, on_fix, flow);
		}
		asking_once(a, act_again, read_work);
	}
}

/* ---- the desk takes a crew back ---- */

static void on_recall_read(void *ctx, const struct problem *p, const struct store_incidents *found)
{
	struct asking *a = ctx;
	struct problem refused;
	struct store_step s;
	if (p) {
		asking_fail(a, p);
		return;
	}
	struct assignment *as = found->count ? assignment_find(&found->list[0], a->object) : NULL;
	if (!as) {
		problem_set(&refused, PROBLEM_NOT_FOUND, "", "no such assignment");
		asking_fail(a, &refused);
		return;
	}
	const struct incident *i = &found->list[0];
	str_copy(a->object, sizeof a->object, i->id.text);
	if (!decide(i, as, ASSIGNMENT_RECALL, &s, &refused)) {
		refuse_with_incident(a, &refused, i->id.text);
		return;
	}
	struct store_act act = asking_act(a);
	act.words = js_find_str(a->body, "reason");
	asking_moves(a, i, assignment_state_name(as->state), "recalled",
	             "crew=\"%s\" incident_from=%s incident_to=%s", as->crew_name,
	             incident_state_name(i->state), incident_state_name(s.incident_to));
	store_assignment_step(a->flow->store, &act, &s, on_incident_written, a);
}

void flow_recall(struct flow *flow, const struct user *who, const char *assignment,
                 const struct js *body, flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	asking_key(a, NULL, "recall", assignment ? assignment : "");
	a->body = body ? js_copy(body) : js_object();
	struct store_query q = {.assignment = a->object};
	if (!may_decide(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "crews are recalled by the desk");
	else if (!*a->object)
		asking_fail_later(a, PROBLEM_NOT_FOUND, "", "no such assignment");
	else
		incidents_read(flow, who, &q, on_recall_read, a);
}

/* ---- offers that nobody answers: on the leader ---- */

static void on_expired(void *ctx, const struct problem *p, const struct store_written *w)
{
	struct asking *a = ctx;
	(void)w;
	if (!p) {
		a->flow->counters.offers_expired++;
		asking_moved(a);
		asking_answer(a, js_object());
	} else {
		asking_fail(a,
		            p); /* the crew answered in this moment, or the next turn tries again */
	}
}

static void expire(struct flow *flow, const struct incident *i, const struct assignment *as)
{
	struct store_step s;
	struct problem p;
	if (!decide(i, as, ASSIGNMENT_EXPIRE, &s, &p))
		return;
	struct asking *a = asking_new(flow, NULL, NULL, NULL);
	asking_key(a, NULL, "expire", as->id.text);
	struct store_act act = asking_act(a);
	act.why = "no answer";
	asking_moves(a, i, assignment_state_name(as->state), "expired",
	             "crew=\"%s\" incident_from=%s incident_to=%s", as->crew_name,
	             incident_state_name(i->state), incident_state_name(s.incident_to));
	store_assignment_step(flow->store, &act, &s, on_expired, a);
}

static void on_offers(void *ctx, const struct problem *p, const struct store_incidents *found)
{
	struct flow *flow = ctx;
	struct instant limit = instant_add(instant_now(), (struct span){-OFFER_EXPIRES.us});
	for (size_t n = 0; !p && flow->leading && n < found->count; n++) {
		struct incident *i = &found->list[n];
		/* one a turn: the second needs the version the first makes */
		for (size_t k = 0; k < i->assignment_count; k++) {
			struct assignment *as = &i->assignments[k];
			if (as->state == ASSIGNMENT_OFFERED &&
			    instant_compare(as->offered_at, limit) < 0) {
				expire(flow, i, as);
				break;
			}
		}
	}
}

void expire_offers(struct flow *flow)
{
	struct store_query q = {
	    .expired = true, .since = instant_add(instant_now(), (struct span){-OFFER_EXPIRES.us})};
	incidents_read(flow, NULL, &q, on_offers, flow);
}

/* ---- the crew's own list, and where it is ---- */

static struct js *mine_json(struct asking *a, const struct store_incidents *found, bool open)
{
	struct js *list = js_array();
	for (size_t n = 0; n < found->count; n++) {
		struct incident *i = &found->list[n];
		for (size_t k = 0; k < i->assignment_count; k++) {
			const struct assignment *as = &i->assignments[k];
			bool is_open = assignment_is_open(as->state);
			bool told =
			    as->state == ASSIGNMENT_LEFT || as->state == ASSIGNMENT_RECALLED;
			if (strcmp(as->crew.text, a->user.crew.text) == 0 &&
			    (open ? is_open : !is_open && told))
				js_push(list, view_assignment(a->flow, i, as));
		}
	}
	return list;
}

static void on_mine(void *ctx, const struct problem *p, const struct store_incidents *found)
{
	struct asking *a = ctx;
	struct js *o = a->own;
	if (p) {
		js_free(&o);
		asking_fail(a, p);
		return;
	}
	js_set(o, "assignments", mine_json(a, found, true));
	js_set(o, "done_today", mine_json(a, found, false));
	asking_answer(a, o);
}

static void on_me(void *ctx, const struct problem *p, const struct store_crews *found)
{
	struct asking *a = ctx;
	struct problem gone;
	if (p || !found->count) {
		problem_set(&gone, PROBLEM_NOT_FOUND, "", "this account has no crew in service");
		asking_fail(a, p ? p : &gone);
		return;
	}
	const struct crew *me = &found->list[0];
	const struct zone *zone = zone_of(a->flow, me->utility.text);
	const struct store_utility *u = setup_utility_by_id(a->flow, me->utility.text);
	struct js *o = js_object(), *crew = js_object();
	js_set_str(crew, "id", me->id.text);
	js_set_str(crew, "name", me->name);
	js_set_instant(crew, "shift_ends", me->shift_ends, zone);
	js_set(o, "crew", crew);
	js_set_str(o, "desk_phone", u ? u->phone : NULL);
	js_set_instant(o, "now", instant_now(), zone);
	a->own = o;
	struct store_query q = {.crew = a->user.crew.text,
	                        .since = zone_midnight(zone, instant_now(), 0),
	                        .full = true};
	incidents_read(a->flow, a->who, &q, on_mine, a);
}

void flow_my_assignments(struct flow *flow, const struct user *who, flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	if (!who || who->role != ROLE_CREW)
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "only a crew has assignments");
	else
		store_crews(flow->store, who, arena_format(a->arena, "{%s}", who->crew.text), NULL,
		            on_me, a);
}

static void on_position(void *ctx, const struct problem *p)
{
	struct asking *a = ctx;
	if (p)
		asking_fail(a, p);
	else
		asking_answer(a, js_object());
}

/* Trackers say -1 for what they do not know. */
static double known_from(const struct js *body, const char *key, double most)
{
	double n = js_number(js_find(body, key), NAN);
	return n >= 0 && n <= most ? n : NAN;
}

static bool fix_read(const struct js *body, struct store_fix *fix, struct problem *p)
{
	fix->accuracy_m = fix->speed_mps = fix->heading = NAN;
	if (!js_need_number(body, "", "lat", true, -90, 90, &fix->at.lat, p) ||
	    !js_need_number(body, "", "lon", true, -180, 180, &fix->at.lon, p) ||
	    !js_need_instant(body, "", "at", false, &fix->fixed_at, p))
		return false;
	fix->accuracy_m = known_from(body, "accuracy_m", 1e6);
	fix->speed_mps = known_from(body, "speed_mps", 1000);
	fix->heading = known_from(body, "heading", 360);
	struct instant now = instant_now();
	if (!instant_is_set(fix->fixed_at) || instant_compare(fix->fixed_at, now) > 0)
		fix->fixed_at = now;
	return true;
}

void flow_position(struct flow *flow, const struct user *who, const struct js *body,
                   flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	struct store_fix fix = {0};
	struct problem p;
	if (!who || who->role != ROLE_CREW)
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "only a crew tells its position");
	else if (!fix_read(body, &fix, &p))
		asking_fail_later(a, p.kind, p.field, p.text);
	else
		store_position(flow->store, who, &fix, on_position, a);
}

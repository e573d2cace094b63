/*
 * What dispatchers decide about closures: one is drawn, changed, lifted. Read, decide, write on the
 * version that was seen, answer with what stands then. Which roads it takes is looked up by drawing.c
 * and shown before by preview.c; when it takes effect stands in roads.c.
 */
#include "drawing.h"
#include "house.h"

#include "base/log.h"
#include "base/str.h"

#define CLOSURES_MOST 1000
#define KEPT_FOR SPAN_S(24 * 3600) /* ?state=all shows what has been over for less */

/* What a closure's write needs across its waits; in the asking's arena. */
struct deed {
	struct closure closure;            /* add and change: as it shall be */
	struct flow_closure_change change; /* of change and lift */
	bool adds, lifts;
};

static const char *deed_name(const struct deed *deed)
{
	return deed->adds           ? "made"
	       : deed->lifts        ? "lifted"
	       : deed->change.count ? "moved"
	                            : "changed";
}

/* ---- views ---- */

static struct js *points_json(const struct closure *c)
{
	struct js *list = js_array();
	for (size_t i = 0; i < c->count; i++) {
		struct js *one = js_object();
		js_set_number(one, "lat", c->points[i].lat, 7);
		js_set_number(one, "lon", c->points[i].lon, 7);
		js_push(list, one);
	}
	return list;
}

/* Takes what was drawn of it, and adds the rest. */
static struct js *view_closure(const struct closure *c, struct js *o)
{
	const struct zone *zone = zone_get("Europe/Rome", NULL);
	js_set_str(o, "id", c->id.text);
	js_set_int(o, "version", c->version);
	js_set_str(o, "kind", c->speed > 0 ? "slow" : "closed");
	if (c->speed > 0)
		js_set_number(o, "speed", c->speed, 3);
	else
		js_set_null(o, "speed");
	js_set(o, "points", points_json(c));
	js_set_bool(o, "area", c->area);
	js_set_bool(o, "one_way", c->one_way);
	js_set_str(o, "street", c->street);
	js_set_str(o, "reason", c->reason);
	js_set_instant(o, "from", c->from, zone);
	js_set_instant(o, "until", c->until, zone);
	js_set_str(o, "state", closure_state_name(closure_state_at(c, instant_now())));
	js_set_str(o, "made_by", c->made_by);
	js_set_instant(o, "made_at", c->made_at, zone);
	js_set_str(o, "changed_by", c->changed_by);
	js_set_instant(o, "changed_at", c->changed_at, zone);
	return o;
}

/* ---- reading ---- */

static bool may_see_roads(const struct user *who)
{
	return may_look(who) || (who && who->role == ROLE_CREW);
}

static void answer_list(struct asking *a, const struct drawing *d)
{
	struct js *o = js_object(), *closures = js_array();
	for (size_t i = 0; i < d->count; i++)
		js_push(closures, view_closure(&d->list[i], d->drawn[i]));
	js_set(o, "closures", closures);
	js_set(o, "roads", roads_json(a->flow->roads));
	asking_answer(a, o);
}

static void on_list(void *ctx, const struct problem *p, const struct closure *list, size_t count)
{
	struct asking *a = ctx;
	if (p)
		asking_fail(a, p);
	else
		drawing_stored(a, list, count, answer_list);
}

/* Who has just changed the roads may ask a worker that has not heard of it: it hears of it now, and does not call
 * its roads those of the list before they are. */
static void on_roads_taken(void *ctx, const struct problem *p, const struct store_roads *found)
{
	struct asking *a = ctx;
	const struct span *back = a->own;
	if (p) {
		asking_fail(a, p);
		return;
	}
	roads_take(a->flow->roads, found);
	store_closures(a->flow->store, NULL, instant_add(instant_now(), (struct span){-back->us}),
	               on_list, a);
}

void flow_closures(struct flow *flow, const struct user *who, bool all, flow_done_fn *done,
                   void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	struct span *back = arena_take(a->arena, sizeof *back);
	*back = all ? KEPT_FOR : (struct span){0};
	a->own = back;
	if (!may_see_roads(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "roads are shown to desk and crews");
	else
		store_roads(flow->store, on_roads_taken, a);
}

struct js *flow_roads(struct flow *flow)
{
	return roads_json(flow->roads);
}

/* ---- answers ---- */

static void answer_one(struct asking *a, const struct drawing *d)
{
	asking_answer(a, view_closure(&d->list[0], d->drawn[0]));
}

static void on_answer(void *ctx, const struct problem *p, const struct closure *list, size_t count)
{
	struct asking *a = ctx;
	struct problem gone;
	if (p) {
		asking_fail(a, p);
	} else if (!count) {
		problem_set(&gone, PROBLEM_NOT_FOUND, "", "no such closure");
		asking_fail(a, &gone);
	} else {
		drawing_stored(a, list, 1, answer_one);
	}
}

static void answer_with_closure(struct asking *a)
{
	store_closures(a->flow->store, a->object, INSTANT_NONE, on_answer, a);
}

/* Who was faster on it, when, and what is the version now. */
static struct js *faster(const struct closure *c)
{
	struct js *o = js_object();
	bool over = closure_state_at(c, instant_now()) == CLOSURE_OVER;
	js_set_str(o, "who", c->changed_by ? c->changed_by : c->made_by);
	js_set_instant(o, "at", instant_is_set(c->changed_at) ? c->changed_at : c->made_at,
	               zone_get("Europe/Rome", NULL));
	js_set_str(o, "what", over ? "lifted" : "changed");
	js_set_int(o, "version", c->version);
	return o;
}

static void on_faster(void *ctx, const struct problem *p, const struct closure *list, size_t count)
{
	struct asking *a = ctx;
	struct problem kept = a->problem;
	asking_refuse(a, &kept, !p && count ? faster(&list[0]) : NULL);
}

static void tell_faster(struct asking *a)
{
	store_closures(a->flow->store, a->object, INSTANT_NONE, on_faster, a);
}

static void closure_again(struct asking *a, const struct js *answer)
{
	const char *id = js_find_str(answer, "id"); /* of one that this key drew */
	if (id)
		str_copy(a->object, sizeof a->object, id);
	answer_with_closure(a);
}

/* The same key may have been faster by a hair: then its answer is ours. */
static void refuse_with_closure(struct asking *a, const struct problem *p)
{
	a->problem = *p;
	asking_once(a, closure_again, tell_faster);
}

/* Which one, what and by which account: no place, no reason, no name. */
static void tell_log(const struct asking *a)
{
	const struct deed *deed = a->own;
	log_info(NULL, "closure by hand act=%s id=%s kind=%s account=%s", deed_name(deed),
	         deed->closure.id.text, deed->closure.speed > 0 ? "slow" : "closed",
	         a->user.id.text);
}

static void on_written(void *ctx, const struct problem *p, const struct store_written *w)
{
	struct asking *a = ctx;
	if (p) {
		if (p->kind == PROBLEM_CONFLICT)
			refuse_with_closure(a, p);
		else
			asking_fail(a, p);
		return;
	}
	if (!w->repeated)
		tell_log(a);
	closure_again(a, w->answer);
}

/* ---- drawing one ---- */

static void add_drawn(struct asking *a, const struct drawing *d)
{
	const struct deed *deed = a->own;
	struct js *found = d->drawn[0];
	struct problem refused;
	js_free(&found);
	if (!drawing_on_roads(a, d))
		return;
	if (roads_open_count(a->flow->roads) >= CLOSURES_MOST) {
		problem_set(&refused, PROBLEM_INPUT, "/closures",
		            "there are %d closures already: lift some", CLOSURES_MOST);
		asking_fail(a, &refused);
	} else {
		struct store_act act = asking_act(a);
		store_closure_add(a->flow->store, &act, &deed->closure, on_written, a);
	}
}

static void add_now(struct asking *a)
{
	const struct deed *deed = a->own;
	drawing_start(a, &deed->closure, add_drawn);
}

static struct deed *deed_of(struct asking *a, const struct closure *c)
{
	struct deed *deed = arena_take(a->arena, sizeof *deed);
	deed->adds = true;
	deed->closure = *closures_copy(a->arena, c, 1);
	if (!instant_is_set(c->from))
		deed->closure.from = instant_now();
	id_make(deed->closure.id.text);
	a->own = deed;
	return deed;
}

void flow_closure_add(struct flow *flow, const struct user *who, const struct closure *c,
                      const struct flow_once *once, flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	asking_key(a, once, "closure", NULL);
	struct deed *deed = deed_of(a, c);
	str_copy(a->object, sizeof a->object, deed->closure.id.text);
	if (!may_decide(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "roads are closed by the desk");
	else if (drawing_too_wide(c))
		asking_fail_later(a, PROBLEM_INPUT, "/zone", DRAWING_TOO_LARGE);
	else
		asking_once(a, closure_again, add_now);
}

/* ---- changing one ---- */

/* What was given on top of what stands there. */
static bool apply(const struct flow_closure_change *change, struct closure *c, struct problem *p)
{
	if (change->kind == FLOW_CLOSED)
		c->speed = 0;
	if (change->speed > 0) {
		if (change->kind != FLOW_SLOW && !(c->speed > 0))
			return problem_set(p, PROBLEM_INPUT, "/speed",
			                   "a closed road has no speed: say that it is slow");
		c->speed = change->speed;
	}
	if (change->kind == FLOW_SLOW && !(c->speed > 0))
		return problem_set(p, PROBLEM_INPUT, "/speed", "say how slow");
	if (change->gives_reason)
		c->reason = change->reason;
	if (change->gives_from)
		c->from = change->from;
	if (change->gives_until)
		c->until = change->until;
	if (change->count) {
		c->points = change->points;
		c->count = change->count;
		c->area = change->area;
		c->one_way = change->one_way;
		c->street = change->street;
	}
	if (instant_is_set(c->until) && instant_compare(c->until, c->from) <= 0)
		return problem_set(p, PROBLEM_INPUT, "/until", "it must end after it begins");
	return true;
}

static void change_write(struct asking *a)
{
	const struct deed *deed = a->own;
	struct store_act act = asking_act(a);
	store_closure_change(a->flow->store, &act, &deed->closure, deed_name(deed), on_written, a);
}

static void change_drawn(struct asking *a, const struct drawing *d)
{
	struct js *found = d->drawn[0];
	js_free(&found);
	if (drawing_on_roads(a, d))
		change_write(a);
}

static void on_change_read(void *ctx, const struct problem *p, const struct closure *list,
                           size_t count)
{
	struct asking *a = ctx;
	struct deed *deed = a->own;
	struct problem refused;
	struct instant now = instant_now();
	if (p || !count) {
		problem_set(&refused, PROBLEM_NOT_FOUND, "", "no such closure");
		asking_fail(a, p ? p : &refused);
		return;
	}
	struct closure c = list[0];
	if (c.version != deed->change.version ||
	    closure_state_at(&c, now) == CLOSURE_OVER) {
		problem_set(&refused, PROBLEM_CONFLICT, "", "somebody was faster: look again");
		refuse_with_closure(a, &refused);
		return;
	}
	if (deed->lifts)
		c.until = now;
	else if (!apply(&deed->change, &c, &refused)) {
		asking_fail(a, &refused);
		return;
	}
	deed->closure = *closures_copy(a->arena, &c, 1);
	if (deed->change.count)
		drawing_start(a, &deed->closure, change_drawn);
	else
		change_write(a);
}

static void change_now(struct asking *a)
{
	store_closures(a->flow->store, a->object, INSTANT_NONE, on_change_read, a);
}

/* In the asking's arena. */
static void change_copy(struct asking *a, const struct flow_closure_change *from,
                        struct flow_closure_change *to)
{
	struct point *points = arena_take(a->arena, (from->count + 1) * sizeof *points);
	for (size_t i = 0; i < from->count; i++)
		points[i] = from->points[i];
	*to = *from;
	to->reason = arena_str(a->arena, from->reason);
	to->street = arena_str(a->arena, from->street);
	to->points = points;
}

static void change(struct asking *a, const struct flow_closure_change *change)
{
	const struct closure place = {.points = change->points, .count = change->count};
	struct deed *deed = arena_take(a->arena, sizeof *deed);
	change_copy(a, change, &deed->change);
	deed->lifts = str_equal(a->action, "lift");
	a->own = deed;
	if (!may_decide(a->who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "roads are closed by the desk");
	else if (!*a->object)
		asking_fail_later(a, PROBLEM_NOT_FOUND, "", "no such closure");
	else if (place.count && drawing_too_wide(&place))
		asking_fail_later(a, PROBLEM_INPUT, "/zone", DRAWING_TOO_LARGE);
	else
		asking_once(a, closure_again, change_now);
}

void flow_closure_change(struct flow *flow, const struct user *who, const char *id,
                         const struct flow_closure_change *wanted, const struct flow_once *once,
                         flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	asking_key(a, once, "closure-change", id ? id : "");
	a->action = "change";
	change(a, wanted);
}

void flow_closure_lift(struct flow *flow, const struct user *who, const char *id, int64_t version,
                       const struct flow_once *once, flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	asking_key(a, once, "closure-lift", id ? id : "");
	a->action = "lift";
	change(a, &(struct flow_closure_change){.version = version});
}

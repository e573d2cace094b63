/*
 * What dispatchers decide about roads: a closure is drawn, changed, lifted; the profile is chosen by
 * hand. Read, decide, write on the version that was seen, answer with what stands then. When it takes
 * effect stands in roads.c.
 */
#include "house.h"

#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_ROADS 500   /* lines of a closure that are drawn; all its roads are counted */
#define SHOWN_STREETS 300 /* of those it names */
/* What is larger was hardly meant, and would take a thread and the answer for too long. */
#define ROADS_MOST 10000
#define WIDEST_M 50000.0
#define TOO_LARGE                                                                                  \
	"what was drawn is too large (at most 50 km and 10,000 roads): draw it smaller, or split " \
	"it into several closures"
#define CLOSURES_MOST 1000
#define KEPT_FOR SPAN_S(24 * 3600) /* ?state=all shows what has been over for less */

/* What a closure's write needs across its waits; in the asking's arena. */
struct deed {
	struct closure closure;            /* add: as it shall be */
	struct flow_closure_change change; /* of change and lift */
	bool lifts;
};

/* ---- the roads it takes: looked for on a thread, since an area may take very many ---- */

struct drawing;
typedef void drawn_fn(struct asking *a, const struct drawing *d);
struct drawing {
	struct asking *asking;
	const struct map *map;      /* NULL: none */
	const struct closure *list; /* in the asking's arena */
	size_t count;
	struct js **drawn; /* [count] {streets, roads, metres…}; the drawn_fn takes them */
	size_t *roads;     /* [count] how many each takes */
	drawn_fn *then;
};

/* Those of a closure, in the arena. */
struct taken {
	struct map_road *list;
	size_t count; /* of the list: what was stored before there was a limit may have more */
	size_t total;
};

static struct taken taken_by(const struct map *map, const struct closure *c, struct arena *arena)
{
	const struct map_closure on_map = closure_on_map(c);
	struct taken t = {.count = SHOWN_ROADS};
	t.list = arena_take(arena, t.count * sizeof *t.list);
	t.total = map_closure_roads(map, &on_map, arena, t.list, t.count);
	if (t.total > t.count) { /* seldom: most are a street or two */
		t.count = t.total < ROADS_MOST ? t.total : ROADS_MOST;
		t.list = arena_take(arena, t.count * sizeof *t.list);
		t.total = map_closure_roads(map, &on_map, arena, t.list, t.count);
	} else {
		t.count = t.total;
	}
	return t;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Each once, by the alphabet. */
static void set_streets(const struct taken *t, struct arena *arena, struct js *o)
{
	const char **names = arena_take(arena, (t->count + 1) * sizeof *names);
	struct js *streets = js_array();
	size_t named = 0, different = 0;
	for (size_t i = 0; i < t->count; i++)
		if (t->list[i].name)
			names[named++] = t->list[i].name;
	qsort(names, named, sizeof *names, compare_names);
	for (size_t i = 0; i < named; i++) {
		if (i && str_equal(names[i], names[i - 1]))
			continue;
		if (different++ < SHOWN_STREETS)
			js_push_str(streets, names[i]);
	}
	js_set_int(o, "more_streets", (int64_t)(different - js_count(streets)));
	js_set(o, "streets", streets);
}

static struct js *line_json(const struct map_road *road)
{
	struct js *line = js_array();
	for (size_t i = 0; i < road->points; i++) {
		struct js *point = js_array();
		js_push_number(point, road->line[i].lat, 6);
		js_push_number(point, road->line[i].lon, 6);
		js_push(line, point);
	}
	return line;
}

static double length_m(const struct map_road *road)
{
	double metres = 0;
	for (size_t i = 1; i < road->points; i++)
		metres += point_distance_m(road->line[i - 1], road->line[i]);
	return metres;
}

static void set_lines(const struct taken *t, struct js *o)
{
	struct js *lines = js_array();
	double metres = 0;
	for (size_t i = 0; i < t->count; i++) {
		metres += length_m(&t->list[i]);
		if (i < SHOWN_ROADS)
			js_push(lines, line_json(&t->list[i]));
	}
	js_set_int(o, "more", (int64_t)(t->total - js_count(lines)));
	js_set(o, "roads", lines);
	js_set_number(o, "metres", metres, 0);
}

/* A corner of a zone may lie far from every road: then one of its roads says where it is. */
static const char *municipality_of(const struct map *map, const struct closure *c,
                                   const struct taken *t, struct arena *arena)
{
	struct map_reverse there = {0};
	map_reverse(map, c->points[c->count / 2], arena, &there);
	if (!there.municipality && t->count) {
		const struct map_road *road = &t->list[t->count / 2];
		map_reverse(map, road->line[road->points / 2], arena, &there);
	}
	return there.municipality;
}

static size_t set_roads(const struct map *map, const struct closure *c, struct js *o)
{
	struct arena *arena = arena_new();
	struct taken t = {0};
	const char *municipality = NULL;
	if (map) {
		t = taken_by(map, c, arena);
		municipality = municipality_of(map, c, &t, arena);
	}
	set_streets(&t, arena, o);
	set_lines(&t, o);
	js_set_str(o, "municipality", municipality);
	arena_free(&arena);
	return t.total;
}

static void draw(void *argument)
{
	struct drawing *d = argument;
	for (size_t i = 0; i < d->count; i++) {
		d->drawn[i] = js_object();
		d->roads[i] = set_roads(d->map, &d->list[i], d->drawn[i]);
	}
}

static void on_drawn(void *argument)
{
	struct drawing *d = argument;
	d->then(d->asking, d);
}

/* Copies the list. */
static void draw_start(struct asking *a, const struct closure *list, size_t count, drawn_fn *then)
{
	struct drawing *d = arena_take(a->arena, sizeof *d);
	*d = (struct drawing){.asking = a,
	                      .map = a->flow->o.map,
	                      .list = closures_copy(a->arena, list, count),
	                      .count = count,
	                      .drawn = arena_take(a->arena, (count + 1) * sizeof *d->drawn),
	                      .roads = arena_take(a->arena, (count + 1) * sizeof *d->roads),
	                      .then = then};
	work_start(a->flow->work, draw, on_drawn, d);
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
		draw_start(a, list, count, answer_list);
}

void flow_closures(struct flow *flow, const struct user *who, bool all, flow_done_fn *done,
                   void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	struct span back = all ? KEPT_FOR : (struct span){0};
	if (!may_see_roads(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "roads are shown to desk and crews");
	else
		store_closures(flow->store, NULL,
		               instant_add(instant_now(), (struct span){-back.us}), on_list, a);
}

struct js *flow_roads(struct flow *flow)
{
	return roads_json(flow->roads);
}

/* ---- is it a stretch of road, of a sane size? ---- */

static bool too_wide(const struct closure *c)
{
	struct point low = c->points[0], high = low;
	for (size_t i = 1; i < c->count; i++) {
		const struct point *at = &c->points[i];
		low = (struct point){fmin(low.lat, at->lat), fmin(low.lon, at->lon)};
		high = (struct point){fmax(high.lat, at->lat), fmax(high.lon, at->lon)};
	}
	return point_distance_m(low, high) > WIDEST_M;
}

static bool on_roads(const struct flow *flow, size_t roads, struct problem *p)
{
	if (!flow->o.map)
		return problem_set(p, PROBLEM_INPUT, "/map", "this server has no map");
	if (roads > ROADS_MOST)
		return problem_set(p, PROBLEM_INPUT, "/zone", TOO_LARGE);
	return roads || problem_set(p, PROBLEM_INPUT, "/points",
	                            "there is no road within 60 m of these points");
}

static void answer_preview(struct asking *a, const struct drawing *d)
{
	struct js *found = d->drawn[0];
	struct problem nowhere;
	if (on_roads(a->flow, d->roads[0], &nowhere)) {
		asking_answer(a, found);
		return;
	}
	js_free(&found);
	asking_fail(a, &nowhere);
}

void flow_closure_preview(struct flow *flow, const struct user *who, const struct closure *c,
                          flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	if (!may_decide(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "roads are closed by the desk");
	else if (too_wide(c))
		asking_fail_later(a, PROBLEM_INPUT, "/zone", TOO_LARGE);
	else
		draw_start(a, c, 1, answer_preview);
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
		draw_start(a, list, 1, answer_one);
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

static void on_once_again(void *ctx, const struct problem *p, const struct store_written *w)
{
	struct asking *a = ctx;
	if (p)
		asking_fail(a, p);
	else if (w)
		answer_with_closure(a);
	else
		store_closures(a->flow->store, a->object, INSTANT_NONE, on_faster, a);
}

/* The same key may have been faster by a hair: then its answer is ours. */
static void refuse_with_closure(struct asking *a, const struct problem *p)
{
	struct store_act act = asking_act(a);
	a->problem = *p;
	if (a->once.key[0])
		store_once(a->flow->store, &act, on_once_again, a);
	else
		on_once_again(a, NULL, NULL);
}

static void on_written(void *ctx, const struct problem *p, const struct store_written *w)
{
	struct asking *a = ctx;
	if (p && p->kind == PROBLEM_CONFLICT) {
		refuse_with_closure(a, p);
		return;
	}
	if (p) {
		asking_fail(a, p);
		return;
	}
	const char *id = js_find_str(w->answer, "id"); /* of one that this key drew */
	if (id)
		str_copy(a->object, sizeof a->object, id);
	answer_with_closure(a);
}

/* ---- drawing one ---- */

static void add_drawn(struct asking *a, const struct drawing *d)
{
	const struct deed *deed = a->own;
	struct js *found = d->drawn[0];
	struct problem refused;
	js_free(&found);
	if (!on_roads(a->flow, d->roads[0], &refused)) {
		asking_fail(a, &refused);
	} else if (roads_open_count(a->flow->roads) >= CLOSURES_MOST) {
		problem_set(&refused, PROBLEM_INPUT, "/closures",
		            "there are %d closures already: lift some", CLOSURES_MOST);
		asking_fail(a, &refused);
	} else {
		struct store_act act = asking_act(a);
		store_closure_add(a->flow->store, &act, &deed->closure, on_written, a);
	}
}

static void on_add_once(void *ctx, const struct problem *p, const struct store_written *w)
{
	struct asking *a = ctx;
	const struct deed *deed = a->own;
	if (p || w)
		on_written(a, p, w);
	else
		draw_start(a, &deed->closure, 1, add_drawn);
}

static struct deed *deed_of(struct asking *a, const struct closure *c)
{
	struct deed *deed = arena_take(a->arena, sizeof *deed);
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
	struct store_act act = asking_act(a);
	str_copy(a->object, sizeof a->object, deed->closure.id.text);
	if (!may_decide(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "roads are closed by the desk");
	else if (too_wide(c))
		asking_fail_later(a, PROBLEM_INPUT, "/zone", TOO_LARGE);
	else if (a->once.key[0])
		store_once(flow->store, &act, on_add_once, a);
	else
		on_add_once(a, NULL, NULL);
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
	if (instant_is_set(c->until) && instant_compare(c->until, c->from) <= 0)
		return problem_set(p, PROBLEM_INPUT, "/until", "it must end after it begins");
	return true;
}

static void on_change_read(void *ctx, const struct problem *p, const struct closure *list,
                           size_t count)
{
	struct asking *a = ctx;
	const struct deed *deed = a->own;
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
	struct store_act act = asking_act(a);
	store_closure_change(a->flow->store, &act, &c, deed->lifts ? "lifted" : "changed",
	                     on_written, a);
}

static void on_change_once(void *ctx, const struct problem *p, const struct store_written *w)
{
	struct asking *a = ctx;
	if (p || w)
		on_written(a, p, w);
	else
		store_closures(a->flow->store, a->object, INSTANT_NONE, on_change_read, a);
}

static void change(struct asking *a, const struct flow_closure_change *change)
{
	struct deed *deed = arena_take(a->arena, sizeof *deed);
	struct store_act act = asking_act(a);
	deed->change = *change;
	deed->change.reason = arena_str(a->arena, change->reason);
	deed->lifts = str_equal(a->action, "lift");
	a->own = deed;
	if (!may_decide(a->who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "roads are closed by the desk");
	else if (!*a->object)
		asking_fail_later(a, PROBLEM_NOT_FOUND, "", "no such closure");
	else if (a->once.key[0])
		store_once(a->flow->store, &act, on_change_once, a);
	else
		store_closures(a->flow->store, a->object, INSTANT_NONE, on_change_read, a);
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

/* ---- the profile by hand ---- */

struct choice {
	const char *profile; /* NULL: by the clock */
	struct instant until;
};

static void on_profile_read(void *ctx, const struct problem *p, const struct store_roads *found)
{
	struct asking *a = ctx;
	if (p) {
		asking_fail(a, p);
		return;
	}
	roads_take(a->flow->roads, found);
	asking_answer(a, roads_json(a->flow->roads));
}

static void on_profile_set(void *ctx, const struct problem *p, const struct store_written *w)
{
	struct asking *a = ctx;
	(void)w;
	if (p)
		asking_fail(a, p);
	else
		store_roads(a->flow->store, on_profile_read, a);
}

static void on_profile_once(void *ctx, const struct problem *p, const struct store_written *w)
{
	struct asking *a = ctx;
	const struct choice *choice = a->own;
	struct store_act act = asking_act(a);
	if (p || w)
		on_profile_set(a, p, w);
	else
		store_profile_set(a->flow->store, &act, choice->profile, choice->until,
		                  on_profile_set, a);
}

void flow_roads_set(struct flow *flow, const struct user *who, const char *profile,
                    struct instant until, const struct flow_once *once, flow_done_fn *done,
                    void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	asking_key(a, once, "roads", NULL);
	struct choice *choice = arena_take(a->arena, sizeof *choice);
	struct store_act act = asking_act(a);
	*choice = (struct choice){arena_str(a->arena, profile), until};
	a->own = choice;
	if (!may_decide(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "the desk says how roads are");
	else if (a->once.key[0])
		store_once(flow->store, &act, on_profile_once, a);
	else
		store_profile_set(flow->store, &act, profile, until, on_profile_set, a);
}

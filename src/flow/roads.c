/*
 * The roads of this worker: the metric in force in its router. It is made anew on a thread whenever
 * closures or the profile were changed by somebody (the change table says so), and at the next
 * instant at which one of them begins or ends. One is made at a time; what changes meanwhile is made
 * next, the newest state only. Making one never fails: what cannot be shared this worker has for
 * itself. The worker is ready only once the first was made. Not here: what dispatchers do (closure.c),
 * times and routes (map/).
 */
#include "house.h"

#include "base/log.h"
#include "base/str.h"
#include "map.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define READ_AGAIN SPAN_S(2)
#define SLEEP_MOST SPAN_S(600) /* the wall clock may be set meanwhile */

/* What holds together: what a metric was, or is to be, made of. */
struct road_set {
	struct arena *arena;
	enum map_profile profile;
	const struct closure *closures;
	size_t count;
	const char *key; /* two sets of the same key are the same */
};

struct making {
	struct roads *roads;
	struct road_set *set;
	const struct map *map;
	const char *dir;
	struct instant began;
	struct map_metric *metric;
	bool alone; /* it could not be shared: why is in problem */
	struct problem problem;
};

struct roads {
	struct flow *flow;
	char *dir;    /* of shared metrics; NULL: private memory */
	char map[17]; /* the map's checksum, "" without one */
	struct arena *arena;
	struct hours hours; /* its closures are in the arena */
	int64_t seq; /* of the chain, when it was read */
	bool known, reading, again, closing;
	bool settled; /* what the database said first is in force */
	struct road_set *in_force;
	struct making *making;
	double took_s;
	struct loop_timer *read_timer, *timer;
	loop_fn *changed; /* NULL: nobody wants to know */
	void *changed_ctx;
};

/* ---- sets ---- */

static void closure_copy(struct arena *arena, const struct closure *from, struct closure *to)
{
	struct point *points = arena_take(arena, (from->count + 1) * sizeof *points);
	*to = *from;
	memcpy(points, from->points, from->count * sizeof *points);
	to->points = points;
	to->street = arena_str(arena, from->street);
	to->reason = arena_str(arena, from->reason);
	to->made_by = arena_str(arena, from->made_by);
	to->changed_by = arena_str(arena, from->changed_by);
}

struct closure *closures_copy(struct arena *arena, const struct closure *list, size_t count)
{
	struct closure *copy = arena_take(arena, (count + 1) * sizeof *copy);
	for (size_t i = 0; i < count; i++)
		closure_copy(arena, &list[i], &copy[i]);
	return copy;
}

static void set_free(struct road_set **set)
{
	if (!*set)
		return;
	struct arena *arena = (*set)->arena;
	arena_free(&arena);
	*set = NULL;
}

static uint64_t mixed(uint64_t sum, uint64_t more)
{
	return (sum ^ more) * 0x100000001b3u;
}

/* One closure may be moved, or told its street: what it takes of the map tells two sets apart as well. */
static uint64_t place_sum(const struct closure *c)
{
	uint64_t sum = mixed(0xcbf29ce484222325u, (uint64_t)c->area << 1 | (uint64_t)c->one_way);
	for (const char *s = c->street; s && *s; s++)
		sum = mixed(sum, (unsigned char)*s);
	for (size_t i = 0; i < c->count; i++) {
		sum = mixed(sum, (uint64_t)llround(c->points[i].lat * 1e7));
		sum = mixed(sum, (uint64_t)llround(c->points[i].lon * 1e7));
	}
	return sum;
}

/* Everything that holds at t. */
static struct road_set *set_at(const struct hours *h, struct instant t)
{
	struct arena *arena = arena_new();
	struct road_set *set = arena_take(arena, sizeof *set);
	struct closure *list = arena_take(arena, (h->count + 1) * sizeof *list);
	struct str key = {0};
	bool by_hand;
	*set = (struct road_set){
	    .arena = arena, .profile = hours_profile(h, t, &by_hand), .closures = list};
	str_add(&key, map_profile_name(set->profile));
	for (size_t i = 0; i < h->count; i++) {
		const struct closure *c = &h->closures[i];
		if (closure_state_at(c, t) != CLOSURE_ACTIVE)
			continue;
		closure_copy(arena, c, &list[set->count++]);
		str_addf(&key, " %s:%.3f:%016" PRIx64, c->id.text, c->speed, place_sum(c));
	}
	set->key = arena_str(arena, key.data);
	str_fini(&key);
	return set;
}

struct map_closure closure_on_map(const struct closure *c)
{
	return (struct map_closure){.points = c->points,
	                            .count = c->count,
	                            .area = c->area,
	                            .one_way = c->one_way,
	                            .speed = c->speed,
	                            .street = c->street};
}

struct map_closure *closures_on_map(struct arena *arena, const struct closure *list, size_t count)
{
	struct map_closure *out = arena_take(arena, (count + 1) * sizeof *out);
	for (size_t i = 0; i < count; i++)
		out[i] = closure_on_map(&list[i]);
	return out;
}

/* ---- making ---- */

static void consider(struct roads *r);

static void wake(void *ctx)
{
	struct roads *r = ctx;
	r->timer = NULL;
	consider(r);
}

static void wake_in(struct roads *r, struct span wait)
{
	loop_timer_cancel(&r->timer);
	r->timer = loop_after(r->flow->o.loop, wait, wake, r);
}

/* After the same `now` that was looked at, so that nothing that begins in between is overlooked. */
static void wake_at_next(struct roads *r, struct instant now)
{
	struct span wait = instant_since(hours_next(&r->hours, now), now);
	wake_in(r, wait.us < SLEEP_MOST.us ? wait : SLEEP_MOST);
}

static void make(void *argument)
{
	struct making *m = argument;
	const struct map_closure *list =
	    closures_on_map(m->set->arena, m->set->closures, m->set->count);
	size_t count = m->set->count;
	m->metric = map_metric_make(m->map, m->set->profile, list, count, m->dir, &m->problem);
	if (!m->metric) {
		/* A full disk must not keep a closed road open: then this worker has it for itself. */
		m->alone = true;
		m->metric = map_metric_make(m->map, m->set->profile, list, count, NULL, &m->problem);
	}
	must(m->metric);
}

static void let_go(void *argument)
{
	struct map_metric *metric = argument;
	map_metric_unref(&metric);
}

static void gone(void *argument)
{
	(void)argument;
}

/* The last holder unmaps some hundred megabytes, which takes longer than the loop has. */
void flow_roads_let_go(struct flow *flow, struct map_metric **metric)
{
	if (*metric && flow->o.router && *metric != map_router_metric(flow->o.router))
		work_start(flow->work, let_go, gone, *metric);
	else
		map_metric_unref(metric);
	*metric = NULL;
}

static void use(struct roads *r, struct making *m, struct span took)
{
	struct map_metric *old = map_metric_ref(map_router_metric(r->flow->o.router));
	map_router_use(r->flow->o.router, m->metric);
	flow_roads_let_go(r->flow, &old);
	set_free(&r->in_force);
	r->in_force = m->set;
	m->set = NULL;
	r->took_s = (double)took.us / 1e6;
	log_info(NULL, "roads changed closures=%zu profile=%s metric=%s edges=%zu took_ms=%lld",
	         r->in_force->count, map_profile_name(r->in_force->profile),
	         map_metric_version(m->metric), map_metric_edges(m->metric),
	         (long long)(took.us / 1000));
	if (m->alone)
		log_warn(NULL, "a road metric is not shared, it lies in memory reason=\"%s\"",
		         m->problem.text);
	if (r->changed)
		r->changed(r->changed_ctx);
	watching_roads(r->flow->watching, map_metric_version(m->metric));
	if (r->flow->leading)
		arrivals_look(r->flow->arrivals);
	cache_tidy(r->flow, r->dir, map_metric_version(m->metric));
}

static void on_made(void *argument)
{
	struct making *m = argument;
	struct roads *r = m->roads;
	r->making = NULL;
	if (!r->closing)
		use(r, m, instant_since(instant_now(), m->began));
	map_metric_unref(&m->metric);
	set_free(&m->set);
	free(m);
	if (r->closing)
		return;
	r->settled = true;
	consider(r);
}

static void make_start(struct roads *r, struct road_set *set)
{
	struct making *m = mem_zero(1, sizeof *m);
	*m = (struct making){.roads = r,
	                     .set = set,
	                     .map = r->flow->o.map,
	                     .dir = r->dir,
	                     .began = instant_now()};
	r->making = m;
	/* A closed road must not stay open because pictures of others are being drawn. */
	work_start_first(r->flow->work, make, on_made, m);
}

/* Is what holds now in force? If not, and nothing is being made, it is made. */
static void consider(struct roads *r)
{
	if (!r->known || r->closing)
		return;
	struct instant now = instant_now();
	struct road_set *set = set_at(&r->hours, now);
	bool others = r->flow->o.router && strcmp(set->key, r->in_force->key) != 0;
	r->settled = r->settled || !others;
	if (others && !r->making)
		make_start(r, set);
	else
		set_free(&set);
	wake_at_next(r, now);
}

/* ---- reading ---- */

static void read_roads(void *ctx);

void roads_take(struct roads *r, const struct store_roads *found)
{
	if (r->known && found->seq < r->seq) /* asked for earlier, answered later */
		return;
	struct arena *arena = arena_new();
	struct hours h = {.zone = r->hours.zone,
	                  .closures = closures_copy(arena, found->closures, found->count),
	                  .count = found->count,
	                  .hand_until = found->until};
	h.by_hand = found->profile && map_profile_parse(found->profile, &h.hand);
	arena_free(&r->arena);
	r->arena = arena;
	r->hours = h;
	r->seq = found->seq;
	r->known = true;
	consider(r);
}

static void on_roads(void *ctx, const struct problem *p, const struct store_roads *found)
{
	struct roads *r = ctx;
	r->reading = false;
	if (r->closing)
		return;
	if (p) {
		loop_timer_cancel(&r->read_timer);
		r->read_timer = loop_after(r->flow->o.loop, READ_AGAIN, read_roads, r);
		return;
	}
	roads_take(r, found);
	if (r->again)
		roads_look(r);
}

static void read_roads(void *ctx)
{
	struct roads *r = ctx;
	r->read_timer = NULL;
	r->reading = true;
	r->again = false;
	store_roads(r->flow->store, on_roads, r);
}

void roads_look(struct roads *r)
{
	if (r->reading) {
		r->again = true;
		return;
	}
	loop_timer_cancel(&r->read_timer);
	read_roads(r);
}

/* ---- what others ask ---- */

bool roads_ready(const struct roads *r)
{
	return r->settled;
}

const struct closure *roads_closures(const struct roads *r, size_t *count)
{
	*count = r->in_force->count;
	return r->in_force->closures;
}

enum map_profile roads_profile(const struct roads *r)
{
	return r->in_force->profile;
}

size_t roads_open_count(const struct roads *r)
{
	return hours_open(&r->hours, instant_now());
}

const char *roads_metric(const struct flow *flow)
{
	return flow->o.router ? map_metric_version(map_router_metric(flow->o.router)) : NULL;
}

const char *roads_map(const struct roads *r)
{
	return r->map[0] ? r->map : NULL;
}

struct js *roads_json(const struct roads *r)
{
	struct instant now = instant_now();
	struct js *o = js_object();
	bool by_hand;
	enum map_profile profile = hours_profile(&r->hours, now, &by_hand);
	struct road_set *set = set_at(&r->hours, now);
	bool ok = !r->flow->o.router || strcmp(set->key, r->in_force->key) == 0;
	set_free(&set);
	js_set_str(o, "profile", map_profile_name(profile));
	js_set_str(o, "source", by_hand ? "hand" : "clock");
	js_set_instant(o, "until", by_hand ? r->hours.hand_until : INSTANT_NONE, r->hours.zone);
	js_set_str(o, "metric", roads_metric(r->flow));
	js_set_int(o, "closures", (int64_t)r->in_force->count);
	js_set_str(o, "state", ok ? "ok" : "building");
	js_set_str(o, "map", roads_map(r));
	return o;
}

void roads_metrics(const struct roads *r, struct str *to)
{
	int worker = r->flow->o.worker;
	const char *version = roads_metric(r->flow);
	str_addf(to,
	         "# TYPE prontod_closures gauge\nprontod_closures{worker=\"%d\"} %zu\n"
	         "# TYPE prontod_metric_seconds gauge\nprontod_metric_seconds{worker=\"%d\"} %.3f\n",
	         worker, r->in_force->count, worker, r->took_s);
	if (version)
		str_addf(to,
		         "# TYPE prontod_metric_info gauge\n"
		         "prontod_metric_info{worker=\"%d\",metric=\"%s\",profile=\"%s\"} 1\n",
		         worker, version, map_profile_name(r->in_force->profile));
}

void flow_roads_tell(struct flow *flow, loop_fn *fn, void *ctx)
{
	flow->roads->changed = fn;
	flow->roads->changed_ctx = ctx;
}

/* ---- opening and closing ---- */

struct roads *roads_open(struct flow *flow)
{
	struct roads *r = mem_zero(1, sizeof *r);
	r->flow = flow;
	r->hours.zone = zone_get("Europe/Rome", NULL);
	/* what the router begins with: the map's own metric */
	struct hours nothing = {.by_hand = true, .hand = MAP_NORMAL, .zone = r->hours.zone};
	r->in_force = set_at(&nothing, instant_now());
	if (flow->o.router) {
		struct map_info info;
		map_info(flow->o.map, &info);
		str_copy(r->map, sizeof r->map, info.checksum);
		r->dir = cache_open(flow->o.conf->map_cache);
	}
	read_roads(r);
	return r;
}

void roads_stop(struct roads *r)
{
	r->closing = true;
	loop_timer_cancel(&r->timer);
	loop_timer_cancel(&r->read_timer);
}

void roads_close(struct roads **at)
{
	struct roads *r = *at;
	if (!r)
		return;
	loop_timer_cancel(&r->timer);
	loop_timer_cancel(&r->read_timer);
	set_free(&r->in_force);
	arena_free(&r->arena);
	free(r->dir);
	free(r);
	*at = NULL;
}

/*
 * Who is how far from whom: ends of trips, their labels, and where these meet. Labels of origins are
 * kept while the metric stays, so that crews which stand still cost one pass over two short arrays.
 */
#include "hierarchy.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

#define SETS 1024 /* of origins kept, four in each: about 3 KB apiece on a region */
#define WAYS 4

/* Where a search sets out: one vertex and the times at the ends of its two directions. */
struct fan {
	uint32_t vertex;
	int32_t start[2];
	uint32_t seed[2]; /* of the direction, in the seeds */
	int32_t *label;
	uint32_t *path; /* of a target only */
	struct hierarchy_climb *climb; /* while ways or distances are asked; NULL */
};

struct fans {
	struct fan *fan;
	size_t count;
};

struct origin {
	struct map_stand stand;
	struct drive_end end;
	struct drive_seeds seeds;
	struct fans fans;
	uint64_t used; /* the router's clock; 0: free */
};

/* A place to go to. Where its road is open a single fan does, reckoned to the road's far end; but not for trips
 * that begin on the same road, nor where it is closed or has ghosts: those go by the roads before it. */
struct target {
	struct drive_end end;
	bool open;
	struct fans direct; /* one, where open */
	int32_t beyond;     /* by so much a time to `direct` is too long */
	bool has_before;
	struct drive_seeds seeds;
	struct fans before;
};

struct map_router {
	const struct map *map;
	struct map_metric *metric;
	struct hierarchy_lengths *lengths; /* by this metric; NULL: none asked yet */
	struct origin (*kept)[WAYS];
	uint64_t clock;
};

/* ---- fans ---- */

static void fans_free(struct fans *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->fan[i].label);
		free(f->fan[i].path);
		hierarchy_climb_free(&f->fan[i].climb);
	}
	free(f->fan);
	*f = (struct fans){0};
}

static struct fan *fan_of(struct fans *f, uint32_t vertex)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->fan[i].vertex == vertex)
			return &f->fan[i];
	f->fan[f->count] = (struct fan){.vertex = vertex, .start = {MAP_FAR, MAP_FAR}};
	return &f->fan[f->count++];
}

/* Seeds by vertex: those from which, or to which, one goes by open roads. What lies deeper in a stretch of closed
 * ones is met by try_inside(). */
static void fans_of(const struct map_metric *m, const struct drive_seeds *seeds, bool origin,
                    struct fans *out)
{
	out->fan = mem_zero(seeds->count + 1, sizeof(*out->fan));
	for (uint32_t i = 0; i < seeds->count; i++) {
		uint32_t edge = seeds->seed[i].edge, vertex = m->map->hierarchy.vertex_of[edge >> 1];
		if (vertex == MAP_NONE || seeds->seed[i].ms >= MAP_FAR ||
		    (metric_closed(m, edge) && !(origin && drive_leads_out(m, edge))))
			continue;
		struct fan *f = fan_of(out, vertex);
		f->start[edge & 1] = (int32_t)seeds->seed[i].ms;
		f->seed[edge & 1] = i;
	}
}

static int32_t *label_new(const struct map *map, uint32_t vertex)
{
	return mem_zero(hierarchy_label_size(map, vertex), sizeof(int32_t));
}

static void labels_to(const struct map_metric *m, struct fans *f)
{
	for (size_t i = 0; i < f->count; i++) {
		struct fan *fan = &f->fan[i];
		fan->label = label_new(m->map, fan->vertex);
		fan->path = mem_zero(hierarchy_label_size(m->map, fan->vertex), sizeof(uint32_t));
		hierarchy_label_to(m, fan->vertex, fan->start, fan->label, fan->path);
	}
}

/* ---- origins ---- */

static void origin_fini(struct origin *o)
{
	drive_seeds_free(&o->seeds);
	fans_free(&o->fans);
	*o = (struct origin){0};
}

static void origin_init(const struct map_metric *m, struct origin *o, const struct map_stand *stand)
{
	*o = (struct origin){.stand = *stand, .end = drive_end_at(m->map, stand)};
	drive_origin_seeds(m, &o->end, &o->seeds);
	fans_of(m, &o->seeds, true, &o->fans);
	for (size_t i = 0; i < o->fans.count; i++) {
		struct fan *fan = &o->fans.fan[i];
		fan->label = label_new(m->map, fan->vertex);
		hierarchy_label_from(m, fan->vertex, fan->start, fan->label);
	}
}

static bool same_number(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

static bool same_stand(const struct map_stand *a, const struct map_stand *b)
{
	return same_number(a->at.lat, b->at.lat) && same_number(a->at.lon, b->at.lon) &&
	       same_number(a->heading, b->heading) && same_number(a->within_m, b->within_m);
}

static size_t set_of(const struct map_stand *stand)
{
	struct map_vertex v = point_valid(stand->at) ? map_vertex_of(stand->at)
	                                             : (struct map_vertex){0, 0};
	uint64_t mixed = ((uint64_t)(uint32_t)v.lat << 32 | (uint32_t)v.lon) * 0x9E3779B97F4A7C15u;
	return (size_t)(mixed >> 32) % SETS;
}

/* Kept, or found out now in the place of the one of its set that was not asked for longest. */
static const struct origin *origin_get(struct map_router *r, const struct map_stand *stand)
{
	struct origin *set = r->kept[set_of(stand)], *oldest = set;
	r->clock++;
	for (struct origin *o = set; o < set + WAYS; o++) {
		if (o->used && same_stand(&o->stand, stand)) {
			o->used = r->clock;
			return o;
		}
		if (o->used < oldest->used)
			oldest = o;
	}
	origin_fini(oldest);
	origin_init(r->metric, oldest, stand);
	oldest->used = r->clock;
	return oldest;
}

static void forget_all(struct map_router *r)
{
	for (size_t i = 0; i < SETS; i++)
		for (size_t k = 0; k < WAYS; k++)
			origin_fini(&r->kept[i][k]);
}

/* ---- targets ---- */

static bool is_open(const struct map_metric *m, const struct drive_end *e)
{
	uint32_t first;
	if (!e->known || map_ghosts(m->map, e->segment, &first) > 0)
		return false;
	for (unsigned dir = 0; dir < 2; dir++)
		if (e->usable[dir] && !metric_open(m, 2 * e->segment + dir))
			return false;
	return m->map->hierarchy.vertex_of[e->segment] != MAP_NONE;
}

static void target_init(const struct map_metric *m, struct target *t, const struct map_stand *stand)
{
	*t = (struct target){.end = drive_end_at(m->map, stand)};
	t->open = is_open(m, &t->end);
	if (!t->open)
		return;
	struct fan *fan = mem_zero(1, sizeof(*fan));
	int32_t own[2];
	for (unsigned dir = 0; dir < 2; dir++)
		own[dir] = (int32_t)metric_ms(m, 2 * t->end.segment + dir);
	t->beyond = own[0] > own[1] ? own[0] : own[1];
	fan->vertex = m->map->hierarchy.vertex_of[t->end.segment];
	for (unsigned dir = 0; dir < 2; dir++)
		fan->start[dir] = t->end.usable[dir]
		                      ? (int32_t)drive_before_ms(m, &t->end, dir) - own[dir] +
		                            t->beyond
		                      : MAP_FAR;
	t->direct = (struct fans){fan, 1};
	labels_to(m, &t->direct);
}

/* The roads before it, once somebody needs them. */
static const struct fans *target_before(const struct map_metric *m, struct target *t)
{
	if (!t->has_before) {
		drive_target_seeds(m, &t->end, &t->seeds);
		fans_of(m, &t->seeds, false, &t->before);
		labels_to(m, &t->before);
		t->has_before = true;
	}
	return &t->before;
}

static void target_fini(struct target *t)
{
	fans_free(&t->direct);
	fans_free(&t->before);
	drive_seeds_free(&t->seeds);
}

/* ---- trips ---- */

enum trip_kind { TRIP_NONE, TRIP_STRAIGHT, TRIP_INSIDE, TRIP_DIRECT, TRIP_BEFORE };

/* The best way from one origin to one target, and how to find it again. */
struct trip {
	enum trip_kind kind;
	int32_t ms;
	uint32_t edge;              /* straight: along that edge */
	uint32_t from_seed, to_seed; /* inside: one closed road */
	struct fan *from, *to;
};

static void try_straight(const struct map_metric *m, const struct origin *o, const struct target *t,
                         struct trip *best)
{
	uint32_t ms, edge;
	if (drive_direct(m, &o->end, &t->end, &ms, &edge) && (int32_t)ms < best->ms)
		*best = (struct trip){.kind = TRIP_STRAIGHT, .ms = (int32_t)ms, .edge = edge};
}

static void try_fan(const struct map *map, const struct fans *from, struct fan *to,
                    struct trip how, struct trip *best)
{
	for (size_t i = 0; i < from->count; i++) {
		struct fan *f = &from->fan[i];
		int32_t sum = hierarchy_meet(map, f->vertex, f->label, to->path, to->vertex,
		                             to->label);
		if (sum >= MAP_FAR || sum - how.ms >= best->ms)
			continue;
		*best = (struct trip){.kind = how.kind, .ms = sum - how.ms, .from = f, .to = to};
	}
}

/* Over closed roads alone, where both ends lie on a stretch of them. */
static void try_inside(const struct origin *o, const struct target *t, struct trip *best)
{
	for (uint32_t i = 0; i < o->seeds.count; i++) {
		const struct drive_seed *a = &o->seeds.seed[i], *b = drive_seed_of(&t->seeds, a->edge);
		if (b && a->ms + b->ms < (uint32_t)best->ms)
			*best = (struct trip){.kind = TRIP_INSIDE,
			                      .ms = (int32_t)(a->ms + b->ms),
			                      .from_seed = i,
			                      .to_seed = (uint32_t)(b - t->seeds.seed)};
	}
}

static bool sets_out_on(const struct origin *o, uint32_t segment)
{
	return drive_seed_of(&o->seeds, 2 * segment) || drive_seed_of(&o->seeds, 2 * segment + 1);
}

static struct trip trip_find(const struct map_metric *m, const struct origin *o, struct target *t)
{
	struct trip best = {.ms = MAP_FAR};
	if (!o->end.known || !t->end.known)
		return best;
	if (t->open && !sets_out_on(o, t->end.segment)) {
		try_fan(m->map, &o->fans, t->direct.fan,
		        (struct trip){.kind = TRIP_DIRECT, .ms = t->beyond}, &best);
		return best;
	}
	const struct fans *before = target_before(m, t);
	try_straight(m, o, t, &best);
	try_inside(o, t, &best);
	for (size_t i = 0; i < before->count; i++)
		try_fan(m->map, &o->fans, &before->fan[i], (struct trip){.kind = TRIP_BEFORE}, &best);
	return best;
}

/* ---- the edges of a trip ---- */

static struct hierarchy_climb *climb_of(const struct map_metric *m, struct fan *f, bool forward)
{
	if (!f->climb)
		f->climb = hierarchy_climb_new(m, f->vertex, f->start, forward);
	return f->climb;
}

/* Kept only while one question is answered: they are several times as large as labels. */
static void climbs_free(const struct fans *f)
{
	for (size_t i = 0; i < f->count; i++)
		hierarchy_climb_free(&f->fan[i].climb);
}

static void end_before(const struct target *t, const struct trip *trip, unsigned dir,
                       struct drive_path *out)
{
	drive_path_end(out, &t->seeds, &t->seeds.seed[trip->to->seed[dir]]);
}

static bool path_between(const struct map_metric *m, const struct origin *o, const struct target *t,
                         const struct trip *trip, struct drive_path *out)
{
	struct drive_path between = {0};
	unsigned dirs[2];
	bool known = hierarchy_path(m, climb_of(m, trip->from, true), climb_of(m, trip->to, false),
	                            dirs, &between);
	if (known) {
		drive_path_begin(out, &o->seeds, trip->from->seed[dirs[0]]);
		for (size_t i = 0; i < between.count; i++)
			drive_path_add(out, between.edge[i]);
		if (trip->kind == TRIP_BEFORE)
			end_before(t, trip, dirs[1], out);
	}
	drive_path_free(&between);
	return known;
}

static bool trip_path(const struct map_metric *m, const struct origin *o, const struct target *t,
                      const struct trip *trip, struct drive_path *out)
{
	switch (trip->kind) {
	case TRIP_NONE:
		return false;
	case TRIP_STRAIGHT:
		drive_path_add(out, trip->edge);
		return true;
	case TRIP_INSIDE:
		drive_path_begin(out, &o->seeds, trip->from_seed);
		drive_path_end(out, &t->seeds, &t->seeds.seed[trip->to_seed]);
		return true;
	case TRIP_DIRECT:
	case TRIP_BEFORE:
		return path_between(m, o, t, trip, out);
	}
	return false;
}

/* The trip's ends as a path, without what the hierarchy knows between them. */
static bool metres_between(struct map_router *r, const struct origin *o, const struct target *t,
                           const struct trip *trip, double *out)
{
	const struct map_metric *m = r->metric;
	struct drive_path ends = {0};
	unsigned dirs[2];
	double between;
	if (!r->lengths)
		r->lengths = hierarchy_lengths_new();
	if (!hierarchy_metres(m, climb_of(m, trip->from, true), climb_of(m, trip->to, false),
	                      r->lengths, dirs, &between))
		return false;
	drive_path_begin(&ends, &o->seeds, trip->from->seed[dirs[0]]);
	if (trip->kind == TRIP_BEFORE) {
		end_before(t, trip, dirs[1], &ends);
	} else { /* its last edge is the target's road, and counted between already */
		uint32_t road = t->end.segment;
		drive_path_add(&ends, 2 * road + dirs[1]);
		between -= (double)m->map->segments[road].length_m;
	}
	*out = fmax(0, between + drive_path_m(m->map, &ends, &o->end, &t->end));
	drive_path_free(&ends);
	return true;
}

static double trip_metres(struct map_router *r, const struct origin *o, const struct target *t,
                          const struct trip *trip)
{
	struct drive_path path = {0};
	double metres = NAN;
	if (trip->kind == TRIP_DIRECT || trip->kind == TRIP_BEFORE) {
		metres_between(r, o, t, trip, &metres);
	} else if (trip_path(r->metric, o, t, trip, &path)) {
		metres = drive_path_m(r->map, &path, &o->end, &t->end);
	}
	drive_path_free(&path);
	return metres;
}

static struct map_eta eta_of(struct map_router *r, const struct origin *o, struct target *t,
                             bool distance)
{
	struct trip trip = trip_find(r->metric, o, t);
	struct map_eta eta = {.known = trip.kind != TRIP_NONE,
	                      .distance_m = NAN,
	                      .from = o->end.at,
	                      .from_m = o->end.distance_m};
	if (!eta.known)
		return eta;
	eta.eta_s = trip.ms / 1000.0;
	if (distance)
		eta.distance_m = trip_metres(r, o, t, &trip);
	return eta;
}

/* ---- the router ---- */

struct map_router *map_router_new(const struct map *map)
{
	struct map_router *r = mem_zero(1, sizeof(*r));
	r->map = map;
	r->kept = mem_zero(SETS, sizeof(*r->kept));
	r->metric = map_metric_ref(map->base);
	return r;
}

void map_router_free(struct map_router **router)
{
	if (!*router)
		return;
	forget_all(*router);
	hierarchy_lengths_free(&(*router)->lengths);
	free((*router)->kept);
	map_metric_unref(&(*router)->metric);
	free(*router);
	*router = NULL;
}

void map_router_use(struct map_router *router, struct map_metric *metric)
{
	struct map_metric *old = router->metric;
	router->metric = map_metric_ref(metric);
	map_metric_unref(&old);
	hierarchy_lengths_free(&router->lengths);
	forget_all(router);
}

struct map_metric *map_router_metric(const struct map_router *router)
{
	return router->metric;
}

void map_table(struct map_router *router, const struct map_stand *origins, size_t count,
               const struct map_stand *targets, size_t target_count, bool distances,
               struct map_eta *out)
{
	struct target *to = mem_zero(target_count + 1, sizeof(*to));
	for (size_t k = 0; k < target_count; k++)
		target_init(router->metric, &to[k], &targets[k]);
	for (size_t i = 0; i < count; i++) {
		const struct origin *o = origin_get(router, &origins[i]);
		for (size_t k = 0; k < target_count; k++)
			out[i * target_count + k] = eta_of(router, o, &to[k], distances);
		climbs_free(&o->fans);
	}
	for (size_t k = 0; k < target_count; k++)
		target_fini(&to[k]);
	free(to);
}

void map_etas(struct map_router *router, const struct map_stand *to, const struct map_stand *origins,
              size_t count, bool distances, struct map_eta *out)
{
	map_table(router, origins, count, to, 1, distances, out);
}

/* ---- ways and snapping ---- */

bool map_route(struct map_router *router, const struct map_stand *from, const struct map_stand *to,
               struct arena *arena, struct map_route *out)
{
	const struct map_metric *m = router->metric;
	const struct origin *o = origin_get(router, from);
	struct target t;
	struct drive_path path = {0};
	target_init(m, &t, to);
	struct trip trip = trip_find(m, o, &t);
	*out = (struct map_route){.eta = {.from = o->end.at, .from_m = o->end.distance_m}};
	out->eta.known = trip_path(m, o, &t, &trip, &path);
	if (out->eta.known) {
		const struct drive_end ends[2] = {o->end, t.end};
		out->eta.eta_s = trip.ms / 1000.0;
		out->eta.distance_m = drive_path_m(m->map, &path, &o->end, &t.end);
		drive_draw(m, &path, ends, arena, out);
	}
	drive_path_free(&path);
	climbs_free(&o->fans);
	target_fini(&t);
	return out->eta.known;
}

size_t map_snap(const struct map *map, const struct map_stand *stand, struct map_snap *out,
                size_t room)
{
	struct map_snapped *near = mem_zero(room + 1, sizeof(*near));
	size_t count = map_snap_segments(map, stand->at,
	                                 stand->within_m > 0 ? stand->within_m : MAP_SNAP_LIMIT_M,
	                                 near, room);
	for (size_t i = 0; i < count; i++)
		out[i] = (struct map_snap){near[i].at, near[i].distance_m,
		                           map_string(map, map->segments[near[i].segment].name)};
	free(near);
	return count;
}

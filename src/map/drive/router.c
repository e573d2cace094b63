/*
 * Who is how far from whom: ends of trips, their labels, and where these meet. Labels of origins are
 * kept while the metric stays, so that crews which stand still cost one pass over two short arrays.
 */
#include "hierarchy.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

#define WAYS 4
#define SETS_MOST 1024
#define KEPT_BYTES ((size_t)32 << 20) /* of labels: about 3 KB apiece on a region */

/* How one leaves a stretch of closed roads is in the hierarchy (metric_leads): a crew in a flooded quarter has one label,
 * as everybody. */
struct origin {
	struct map_stand stand;
	struct drive_end end;
	uint32_t vertex; /* MAP_NONE: it leads nowhere */
	int32_t start[2];
	int32_t *label; /* NULL: not needed yet */
	uint64_t used;  /* the router's clock; 0: free */
};

/* Where trips end, in the hierarchy. */
struct arriving {
	struct hierarchy_start *start;
	size_t count;
	struct hierarchy_goal *goal;   /* NULL: not needed yet */
	struct hierarchy_sweep *sweep; /* to that, from whoever has no label; NULL as well */
};

/* A place to go to. Where its road is open a single start does, reckoned to the road's far end; but not for trips
 * that begin on the same road, nor where it is closed or has ghosts: those go by the roads before it. */
struct target {
	struct drive_end end;
	bool open;
	struct arriving direct; /* where open */
	int32_t beyond;         /* by so much a time to `direct` is too long */
	struct drive_approaches approaches;
	struct arriving before;
};

struct map_router {
	const struct map *map;
	struct map_metric *metric;
	struct hierarchy_lengths *lengths; /* by this metric; NULL: none asked yet */
	struct drive_ends *ends;
	struct origin (*kept)[WAYS];
	size_t sets;
	uint64_t clock;
};

/* ---- origins ---- */

static void origin_fini(struct origin *o)
{
	free(o->label);
	*o = (struct origin){0};
}

/* Up to so many targets a sweep costs whoever has just moved less than a label. Whoever is asked about
 * again stands still and is worth one; but so many a question, as those of 500 at once take longer than
 * an answer may. */
#define SWEPT_TARGETS 4
#define LABELS_A_QUESTION 48

static int32_t time_or_far(const struct map_metric *m, uint32_t edge, uint32_t before_ms)
{
	uint32_t ms = metric_ms(m, edge) - before_ms;
	return ms < MAP_FAR ? (int32_t)ms : MAP_FAR;
}

static void origin_init(struct map_router *r, struct origin *o, const struct map_stand *stand)
{
	const struct map_metric *m = r->metric;
	*o = (struct origin){.stand = *stand,
	                     .end = drive_ends_get(r->ends, stand),
	                     .vertex = MAP_NONE,
	                     .start = {MAP_FAR, MAP_FAR}};
	if (!o->end.known)
		return;
	o->vertex = m->map->hierarchy.vertex_of[o->end.segment];
	for (unsigned dir = 0; dir < 2; dir++)
		if (o->end.usable[dir])
			o->start[dir] = time_or_far(m, 2 * o->end.segment + dir,
			                            drive_before_ms(m, &o->end, dir));
}

static void origin_label(const struct map_metric *m, struct origin *o)
{
	if (o->vertex == MAP_NONE)
		return;
	o->label = mem_zero(hierarchy_label_size(m->map, o->vertex), sizeof(*o->label));
	hierarchy_label_from(m, o->vertex, o->start, o->label);
}

/* Kept (again), or found out now in the place of the one of its set that was not asked for longest. */
static struct origin *origin_get(struct map_router *r, const struct map_stand *stand, bool *again)
{
	struct origin *set = r->kept[drive_stand_mixed(stand) % r->sets], *oldest = set;
	r->clock++;
	*again = true;
	for (struct origin *o = set; o < set + WAYS; o++) {
		if (o->used && drive_same_stand(&o->stand, stand)) {
			o->used = r->clock;
			return o;
		}
		if (o->used < oldest->used)
			oldest = o;
	}
	origin_fini(oldest);
	origin_init(r, oldest, stand);
	oldest->used = r->clock;
	*again = false;
	return oldest;
}

static void forget_all(struct map_router *r)
{
	for (size_t i = 0; i < r->sets; i++)
		for (size_t k = 0; k < WAYS; k++)
			origin_fini(&r->kept[i][k]);
}

size_t drive_router_bytes(const struct map_router *router)
{
	size_t bytes = 0;
	for (size_t i = 0; i < router->sets; i++)
		for (size_t k = 0; k < WAYS; k++) {
			const struct origin *o = &router->kept[i][k];
			if (o->used && o->label)
				bytes += hierarchy_label_size(router->map, o->vertex) * sizeof(*o->label);
		}
	return bytes;
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

/* The starts are there. */
static void arriving_prepare(const struct map_metric *m, struct arriving *a)
{
	a->goal = hierarchy_goal_new(m, a->start, a->count);
	a->sweep = hierarchy_sweep_new(m, a->goal);
}

static void arriving_fini(struct arriving *a)
{
	free(a->start);
	hierarchy_sweep_free(&a->sweep);
	hierarchy_goal_free(&a->goal);
}

static void target_init(struct map_router *r, struct target *t, const struct map_stand *stand)
{
	const struct map_metric *m = r->metric;
	*t = (struct target){.end = drive_ends_get(r->ends, stand)};
	t->open = is_open(m, &t->end);
	if (!t->open)
		return;
	struct hierarchy_start *start = mem_zero(1, sizeof(*start));
	int32_t own[2];
	for (unsigned dir = 0; dir < 2; dir++)
		own[dir] = (int32_t)metric_ms(m, 2 * t->end.segment + dir);
	t->beyond = own[0] > own[1] ? own[0] : own[1];
	start->vertex = m->map->hierarchy.vertex_of[t->end.segment];
	for (unsigned dir = 0; dir < 2; dir++)
		start->ms[dir] = t->end.usable[dir] ? (int32_t)drive_before_ms(m, &t->end, dir) -
		                                          own[dir] + t->beyond
		                                    : MAP_FAR;
	t->direct = (struct arriving){.start = start, .count = 1};
	arriving_prepare(m, &t->direct);
}

/* One for each vertex by which it is approached, with the least times. */
static void starts_of(const struct map *map, const struct drive_approaches *from,
                      struct arriving *out)
{
	out->start = mem_zero(from->count + 1, sizeof(*out->start));
	for (size_t i = 0; i < from->count; i++) {
		const struct drive_approach *a = &from->approach[i];
		uint32_t vertex = map->hierarchy.vertex_of[a->edge >> 1];
		if (out->count == 0 || out->start[out->count - 1].vertex != vertex)
			out->start[out->count++] =
			    (struct hierarchy_start){vertex, {MAP_FAR, MAP_FAR}};
		int32_t *ms = &out->start[out->count - 1].ms[a->edge & 1];
		if (a->ms < (uint32_t)*ms)
			*ms = (int32_t)a->ms;
	}
}

/* By the roads before it, once somebody needs them. */
static struct arriving *target_before(const struct map_metric *m, struct target *t)
{
	if (!t->before.goal) {
		drive_approaches_find(m, &t->end, &t->approaches);
		starts_of(m->map, &t->approaches, &t->before);
		arriving_prepare(m, &t->before);
	}
	return &t->before;
}

static void target_fini(struct target *t)
{
	arriving_fini(&t->direct);
	arriving_fini(&t->before);
	drive_approaches_free(&t->approaches);
}

/* ---- trips ---- */

enum trip_kind { TRIP_NONE, TRIP_STRAIGHT, TRIP_DIRECT, TRIP_BEFORE };

/* The best way from one origin to one target, and how to find it again. */
struct trip {
	enum trip_kind kind;
	int32_t ms;
	uint32_t edge;       /* straight: along that edge */
	struct arriving *to; /* else */
};

static void try_straight(const struct map_metric *m, const struct origin *o, const struct target *t,
                         struct trip *best)
{
	uint32_t ms, edge;
	if (drive_direct(m, &o->end, &t->end, &ms, &edge) && (int32_t)ms < best->ms)
		*best = (struct trip){.kind = TRIP_STRAIGHT, .ms = (int32_t)ms, .edge = edge};
}

/* how.ms: by so much the goal's times are too long. */
static void try_goal(const struct map *map, const struct origin *o, struct trip how, struct trip *best)
{
	unsigned dir;
	if (o->vertex == MAP_NONE)
		return;
	int32_t sum = o->label ? hierarchy_meet(map, o->vertex, o->label, how.to->goal)
	                       : hierarchy_sweep_ms(how.to->sweep, o->vertex, o->start, &dir);
	if (sum >= MAP_FAR || sum - how.ms >= best->ms)
		return;
	how.ms = sum - how.ms;
	*best = how;
}

static struct trip trip_find(const struct map_metric *m, const struct origin *o, struct target *t)
{
	struct trip best = {.ms = MAP_FAR};
	if (!o->end.known || !t->end.known)
		return best;
	if (t->open && o->end.segment != t->end.segment) {
		try_goal(m->map, o,
		         (struct trip){.kind = TRIP_DIRECT, .ms = t->beyond, .to = &t->direct}, &best);
		return best;
	}
	try_straight(m, o, t, &best);
	try_goal(m->map, o, (struct trip){.kind = TRIP_BEFORE, .to = target_before(m, t)}, &best);
	return best;
}

/* ---- the edges of a trip ---- */

static struct hierarchy_sweep *traced(const struct map_metric *m, const struct arriving *to)
{
	hierarchy_goal_trace(m, to->goal, to->start);
	return to->sweep;
}

/* By the roads before the target: from the end of one of them to the target. */
static void end_before(const struct map_metric *m, const struct target *t, uint32_t edge,
                       struct drive_path *out)
{
	const struct hierarchy_goal *goal = t->before.goal;
	uint32_t vertex = m->map->hierarchy.vertex_of[edge >> 1];
	int32_t ms = goal->label[2 * hierarchy_goal_slot(goal, vertex) + (edge & 1)];
	drive_path_end(m, &t->approaches, edge, ms, out);
}

static bool path_between(const struct map_metric *m, const struct origin *o, const struct target *t,
                         const struct trip *trip, struct drive_path *out)
{
	struct drive_path between = {0};
	uint32_t ends[2];
	bool known = hierarchy_path(traced(m, trip->to), o->vertex, o->start, ends, &between);
	if (known) {
		drive_path_add(out, ends[0]);
		for (size_t i = 0; i < between.count; i++)
			drive_path_add(out, between.edge[i]);
		if (trip->kind == TRIP_BEFORE)
			end_before(m, t, ends[1], out);
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
	uint32_t edges[2];
	double between;
	if (!r->lengths)
		r->lengths = hierarchy_lengths_new(HIERARCHY_LENGTHS);
	if (!hierarchy_metres(traced(m, trip->to), o->vertex, o->start, r->lengths, edges,
	                      &between))
		return false;
	drive_path_add(&ends, edges[0]);
	if (trip->kind == TRIP_BEFORE) {
		end_before(m, t, edges[1], &ends);
	} else { /* its last edge is the target's road, and counted between already */
		drive_path_add(&ends, edges[1]);
		between -= (double)m->map->segments[t->end.segment].length_m;
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

static size_t sets_for(const struct map *map)
{
	size_t sets = KEPT_BYTES / (WAYS * 2 * sizeof(int32_t) * (map->hierarchy.levels + 1));
	return sets == 0 ? 1 : sets < SETS_MOST ? sets : SETS_MOST;
}

struct map_router *map_router_new(const struct map *map)
{
	struct map_router *r = mem_zero(1, sizeof(*r));
	r->map = map;
	r->sets = sets_for(map);
	r->ends = drive_ends_new(map);
	r->kept = mem_zero(r->sets, sizeof(*r->kept));
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
	drive_ends_free(&(*router)->ends);
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

/* ---- tables ---- */

struct question {
	struct map_router *router;
	struct target *to;
	size_t target_count;
	bool distances;
	struct map_eta *out;
};

static void answer_row(const struct question *q, const struct origin *o, size_t row)
{
	for (size_t k = 0; k < q->target_count; k++)
		q->out[row * q->target_count + k] = eta_of(q->router, o, &q->to[k], q->distances);
}

/* An origin without a label, in whatever place of the set it was: the next may take that. */
struct moved {
	struct origin origin;
	size_t row;
};

static struct moved moved_from(const struct origin *o, size_t row)
{
	struct moved moved = {*o, row};
	moved.origin.label = NULL;
	return moved;
}

static int by_vertex(const void *a, const void *b)
{
	const struct moved *const *x = a, *const *y = b;
	uint32_t v = (*x)->origin.vertex, w = (*y)->origin.vertex;
	return (v > w) - (v < w);
}

/* In the order in which sweeps share the most: see sweep.c. */
static void answer_moved(const struct question *q, const struct moved *moved, size_t count)
{
	const struct moved **order = mem_zero(count + 1, sizeof(struct moved *));
	for (size_t i = 0; i < count; i++)
		order[i] = &moved[i];
	qsort(order, count, sizeof(*order), by_vertex);
	for (size_t i = 0; i < count; i++)
		answer_row(q, &order[i]->origin, order[i]->row);
	free(order);
}

void map_table(struct map_router *router, const struct map_stand *origins, size_t count,
               const struct map_stand *targets, size_t target_count, bool distances,
               struct map_eta *out)
{
	bool few = target_count <= SWEPT_TARGETS;
	size_t labels = distances ? 0 : few ? LABELS_A_QUESTION : count; /* ways are found by sweeps alone */
	struct target *to = mem_zero(target_count + 1, sizeof(*to));
	for (size_t k = 0; k < target_count; k++)
		target_init(router, &to[k], &targets[k]);
	struct question q = {router, to, target_count, distances, out};
	struct moved *moved = mem_zero(count + 1, sizeof(*moved));
	size_t moved_count = 0;
	for (size_t i = 0; i < count; i++) {
		bool again;
		struct origin *o = origin_get(router, &origins[i], &again);
		if (!o->label && labels && (again || !few)) {
			origin_label(router->metric, o);
			labels--;
		}
		if (o->label && !distances)
			answer_row(&q, o, i);
		else
			moved[moved_count++] = moved_from(o, i);
	}
	answer_moved(&q, moved, moved_count);
	free(moved);
	for (size_t k = 0; k < target_count; k++)
		target_fini(&to[k]);
	free(to);
}

void map_etas(struct map_router *router, const struct map_stand *to, const struct map_stand *origins,
              size_t count, bool distances, struct map_eta *out)
{
	map_table(router, origins, count, to, 1, distances, out);
}

/* ---- ways, and where they begin ---- */

bool map_route(struct map_router *router, const struct map_stand *from, const struct map_stand *to,
               struct arena *arena, struct map_route *out)
{
	const struct map_metric *m = router->metric;
	bool again;
	const struct origin *o = origin_get(router, from, &again);
	struct target t;
	struct drive_path path = {0};
	target_init(router, &t, to);
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
	target_fini(&t);
	return out->eta.known;
}

bool map_router_closed(struct map_router *router, const struct map_stand *stand)
{
	struct drive_end end = drive_ends_get(router->ends, stand);
	bool closed = false;
	for (unsigned dir = 0; dir < 2 && end.known; dir++) {
		if (end.usable[dir] && !metric_closed(router->metric, 2 * end.segment + dir))
			return false;
		closed |= end.usable[dir];
	}
	return closed;
}

bool map_router_snap(struct map_router *router, const struct map_stand *stand, struct map_snap *out)
{
	struct drive_end end = drive_ends_get(router->ends, stand);
	if (end.known)
		*out = (struct map_snap){
		    end.at, end.distance_m,
		    map_string(router->map, router->map->segments[end.segment].name)};
	return end.known;
}

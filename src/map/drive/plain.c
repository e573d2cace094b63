/*
 * Driving times by a plain reverse Dijkstra over directed edges: nothing prepared, nothing kept.
 * What tests and benchmarks hold the hierarchy against; slow on a region.
 *
 * The label of an edge is the time from its END to the target.
 */
#include "plain.h"

#include "seeds.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct waiting {
	uint32_t ms, edge;
};

struct plain {
	const struct map_metric *m;
	uint32_t *label;         /* by directed edge; MAP_FAR: not reached */
	uint8_t *wanted;         /* by directed edge: an origin sets out from its end */
	struct waiting *heap;    /* smallest first, four children each */
	size_t count, room;
	size_t missing;          /* wanted edges not settled yet */
};

static void heap_push(struct plain *s, struct waiting w)
{
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 1024;
		s->heap = mem_grow(s->heap, s->room, sizeof(*s->heap));
	}
	size_t i = s->count++;
	while (i > 0 && s->heap[(i - 1) / 4].ms > w.ms) {
		s->heap[i] = s->heap[(i - 1) / 4];
		i = (i - 1) / 4;
	}
	s->heap[i] = w;
}

static size_t smallest_child(const struct plain *s, size_t parent)
{
	size_t first = 4 * parent + 1, last = first + 4 < s->count ? first + 4 : s->count,
	       best = first;
	for (size_t i = first + 1; i < last; i++)
		if (s->heap[i].ms < s->heap[best].ms)
			best = i;
	return best;
}

static struct waiting heap_pop(struct plain *s)
{
	struct waiting top = s->heap[0], w = s->heap[--s->count];
	size_t i = 0;
	for (size_t child; (child = smallest_child(s, i)) < s->count && s->heap[child].ms < w.ms;
	     i = child)
		s->heap[i] = s->heap[child];
	s->heap[i] = w;
	return top;
}

static void plain_init(struct plain *s, const struct map_metric *m)
{
	size_t edges = 2 * m->map->segment_count;
	*s = (struct plain){.m = m,
	                    .label = mem_zero(edges + 1, sizeof(*s->label)),
	                    .wanted = mem_zero(edges + 1, sizeof(*s->wanted))};
	for (size_t i = 0; i < edges; i++)
		s->label[i] = MAP_FAR;
}

static void plain_fini(struct plain *s)
{
	free(s->label);
	free(s->wanted);
	free(s->heap);
}

static void reach(struct plain *s, uint32_t edge, uint32_t ms)
{
	if (s->label[edge] <= ms)
		return;
	s->label[edge] = ms;
	heap_push(s, (struct waiting){ms, edge});
}

static void want(struct plain *s, const struct drive_seeds *origin)
{
	for (size_t i = 0; i < origin->count; i++) {
		s->missing += !s->wanted[origin->seed[i].edge];
		s->wanted[origin->seed[i].edge] = 1;
	}
}

/* Over the whole of an open edge, to every edge from which one may turn into it. */
static void go_back(struct plain *s, struct waiting w)
{
	const struct map *map = s->m->map;
	if (!metric_open(s->m, w.edge))
		return;
	uint32_t need = w.ms + metric_ms(s->m, w.edge), junction = map_edge_tail(map, w.edge);
	for (uint32_t i = map->leaving_first[junction]; i < map->leaving_first[junction + 1]; i++) {
		uint32_t before = map->leaving[i] ^ 1, turn = map_turn_ms(map, before, w.edge);
		if (turn != MAP_NO_TURN && metric_usable(s->m, before) && need < MAP_FAR - turn)
			reach(s, before, need + turn);
	}
}

static void run(struct plain *s, const struct drive_seeds *target)
{
	for (size_t i = 0; i < target->count; i++)
		reach(s, target->seed[i].edge, target->seed[i].ms);
	while (s->count > 0 && s->missing > 0) {
		struct waiting w = heap_pop(s);
		if (w.ms > s->label[w.edge])
			continue;
		s->missing -= s->wanted[w.edge];
		s->wanted[w.edge] = 0;
		go_back(s, w);
	}
}

/* The origin's seed that is best to set out from; count: none leads there. */
static size_t best_seed(const struct plain *s, const struct drive_seeds *origin, uint32_t *out_ms)
{
	size_t best = origin->count;
	for (size_t i = 0; i < origin->count; i++) {
		uint32_t label = s->label[origin->seed[i].edge];
		if (label == MAP_FAR || (best < origin->count &&
		                         *out_ms <= origin->seed[i].ms + label))
			continue;
		*out_ms = origin->seed[i].ms + label;
		best = i;
	}
	return best;
}

/* ---- the way, from the labels ---- */

/* From an edge's end, the edge whose label explains this one's. MAP_NONE: the target's own road is next. */
static uint32_t follow(const struct plain *s, uint32_t edge)
{
	const struct map *map = s->m->map;
	uint32_t junction = map_edge_head(map, edge);
	for (uint32_t i = map->leaving_first[junction]; i < map->leaving_first[junction + 1]; i++) {
		uint32_t next = map->leaving[i], turn = map_turn_ms(map, edge, next);
		if (turn != MAP_NO_TURN && metric_open(s->m, next) && s->label[next] != MAP_FAR &&
		    s->label[edge] == turn + metric_ms(s->m, next) + s->label[next])
			return next;
	}
	return MAP_NONE;
}

static const struct drive_seed *seed_at(const struct drive_seeds *seeds, uint32_t edge, uint32_t ms)
{
	for (size_t i = 0; i < seeds->count; i++)
		if (seeds->seed[i].edge == edge && seeds->seed[i].ms == ms)
			return &seeds->seed[i];
	return NULL;
}

/* From the trip's beginning to the end of one of its seeds. */
static void path_begin(struct drive_path *path, const struct drive_seeds *origin, size_t seed)
{
	size_t first = path->count;
	for (uint32_t i = (uint32_t)seed; i != MAP_NONE; i = origin->seed[i].next)
		drive_path_add(path, origin->seed[i].edge);
	for (size_t low = first, high = path->count - 1; low < high; low++, high--) {
		uint32_t edge = path->edge[low];
		path->edge[low] = path->edge[high];
		path->edge[high] = edge;
	}
}

static void path_end(struct drive_path *path, const struct drive_seeds *target, const struct drive_seed *seed)
{
	for (;;) {
		drive_path_add(path, seed->into);
		if (seed->next == MAP_NONE)
			return;
		seed = &target->seed[seed->next];
	}
}

static void trace(const struct plain *s, const struct drive_seeds *target, struct drive_path *out)
{
	uint32_t edge = out->edge[out->count - 1];
	const struct drive_seed *seed;
	while (!(seed = seed_at(target, edge, s->label[edge]))) {
		edge = follow(s, edge);
		if (edge == MAP_NONE)
			return;
		drive_path_add(out, edge);
	}
	path_end(out, target, seed);
}

/* ---- trips ---- */

struct trip {
	struct drive_end from;
	struct drive_seeds seeds;
};

/* Straight along the road, or by the labels: the better. False: no way. */
static bool answer(const struct plain *s, const struct trip *t, const struct drive_end *to,
                   const struct drive_seeds *target, uint32_t *out_ms, struct drive_path *path)
{
	uint32_t direct = MAP_FAR, edge = MAP_NONE, ms = MAP_FAR;
	bool straight = drive_direct(s->m, &t->from, to, &direct, &edge);
	size_t seed = best_seed(s, &t->seeds, &ms);
	if (straight && (seed == t->seeds.count || direct <= ms)) {
		*out_ms = direct;
		drive_path_add(path, edge);
		return true;
	}
	if (seed == t->seeds.count)
		return false;
	*out_ms = ms;
	path_begin(path, &t->seeds, seed);
	trace(s, target, path);
	return true;
}

void map_etas_plain(const struct map *map, const struct map_metric *metric,
                    const struct map_stand *to, const struct map_stand *origins, size_t count,
                    struct map_eta *out)
{
	struct plain s;
	struct drive_end end = drive_end_at(map, to);
	struct drive_seeds target = {0};
	struct trip *trips = mem_zero(count + 1, sizeof(*trips));
	drive_target_seeds(metric, &end, &target);
	plain_init(&s, metric);
	for (size_t i = 0; i < count; i++) {
		trips[i].from = drive_end_at(map, &origins[i]);
		drive_origin_seeds(metric, &trips[i].from, &trips[i].seeds);
		want(&s, &trips[i].seeds);
	}
	run(&s, &target);
	for (size_t i = 0; i < count; i++) {
		uint32_t ms = 0;
		struct drive_path path = {0};
		out[i] = (struct map_eta){.from = trips[i].from.at,
		                          .from_m = trips[i].from.distance_m};
		out[i].known = answer(&s, &trips[i], &end, &target, &ms, &path);
		out[i].eta_s = ms / 1000.0;
		out[i].distance_m = drive_path_m(map, &path, &trips[i].from, &end);
		drive_path_free(&path);
		drive_seeds_free(&trips[i].seeds);
	}
	free(trips);
	drive_seeds_free(&target);
	plain_fini(&s);
}

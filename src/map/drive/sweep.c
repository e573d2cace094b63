/*
 * Times from many origins to one goal, from the top down: what stands above an origin has its time
 * to the goal before those below it, each from the arcs above it. Origins of one town have nearly
 * all above them in common, and the top is where arcs are many: taken in the order of their
 * numbers, each sums only what it does not share with the one before.
 *
 * Source: Lazy RPHAST in Strasser, Zeitz: A Fast and Tight Heuristic for A* in Road Networks (SEA
 * 2021); there whatever was summed is kept for all vertices, here for those above one, by depth.
 */
#include "hierarchy.h"

#include "base/mem.h"

#include <stdlib.h>

static int32_t least(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

struct hierarchy_sweep *hierarchy_sweep_new(const struct map_metric *m,
                                            const struct hierarchy_goal *goal)
{
	struct hierarchy_sweep *s = mem_zero(1, sizeof(*s));
	size_t levels = m->map->hierarchy.levels + 1;
	s->m = m;
	s->goal = goal;
	s->below = MAP_NONE;
	s->vertex = mem_zero(levels, sizeof(*s->vertex));
	s->ms = mem_zero(2 * levels, sizeof(*s->ms));
	return s;
}

void hierarchy_sweep_free(struct hierarchy_sweep **sweep)
{
	struct hierarchy_sweep *s = *sweep;
	*sweep = NULL;
	if (!s)
		return;
	free(s->vertex);
	free(s->ms);
	free(s->rest);
	free(s);
}

/* Where the way leads down from here on: as it comes, or turned round below. */
static void meet(struct hierarchy_sweep *s, const struct hierarchy_run *run, size_t first,
                 size_t last)
{
	for (size_t i = run->depth > first ? 0 : first - run->depth;
	     i < run->count && run->depth + i <= last; i++) {
		const int32_t *goal = s->goal->label + 2 * (run->slot + i);
		const int32_t *self = s->m->self + 2 * (size_t)s->vertex[run->depth + i];
		int32_t *own = s->ms + 2 * (run->depth + i);
		own[0] = least(goal[0], self[0] + goal[1]);
		own[1] = least(goal[1], self[1] + goal[0]);
	}
}

static void settle(struct hierarchy_sweep *s, size_t depth)
{
	const struct map_hierarchy *h = &s->m->map->hierarchy;
	uint32_t v = s->vertex[depth];
	int32_t a = s->ms[2 * depth], b = s->ms[2 * depth + 1];
	for (size_t i = h->up_first[v]; i < h->up_first[v + 1]; i++) {
		const int32_t *up = s->m->up + 4 * i,
		              *above = s->ms + 2 * (size_t)h->depth[h->up_head[i]];
		a = least(a, least(up[0] + above[0], up[1] + above[1]));
		b = least(b, least(up[2] + above[0], up[3] + above[1]));
	}
	s->ms[2 * depth] = a;
	s->ms[2 * depth + 1] = b;
}

/* Arcs of one vertex lie together, those of the next elsewhere: all are on their way before the first is summed. */
static void fetch_arcs(const struct hierarchy_sweep *s, uint32_t v)
{
	const struct map_hierarchy *h = &s->m->map->hierarchy;
	__builtin_prefetch(s->m->self + 2 * (size_t)v);
	for (size_t i = h->up_first[v]; i < h->up_first[v + 1]; i += 4)
		__builtin_prefetch(s->m->up + 4 * i);
}

/* The depth from which on nothing is shared with those above the vertex before; notes who stands
 * there. */
static size_t part(struct hierarchy_sweep *s, uint32_t vertex)
{
	const struct map_hierarchy *h = &s->m->map->hierarchy;
	size_t first = (size_t)h->depth[vertex] + 1;
	for (uint32_t v = vertex; v != MAP_NONE; v = hierarchy_parent(h, v)) {
		if (s->below != MAP_NONE && hierarchy_above(h, v, s->below))
			break;
		first = h->depth[v];
		s->vertex[first] = v;
		fetch_arcs(s, v);
	}
	return first;
}

static void forget_rest(struct hierarchy_sweep *s, size_t first, size_t last)
{
	for (size_t i = 2 * first; s->rest && i < 2 * (last + 1); i++)
		s->rest[i].metres = -1;
}

void hierarchy_sweep_to(struct hierarchy_sweep *s, uint32_t vertex)
{
	const struct map_hierarchy *h = &s->m->map->hierarchy;
	size_t first = part(s, vertex), last = h->depth[vertex];
	struct hierarchy_run run;
	s->below = vertex;
	if (first > last)
		return;
	forget_rest(s, first, last);
	for (size_t i = 2 * first; i < 2 * (last + 1); i++)
		s->ms[i] = MAP_FAR;
	for (bool more = hierarchy_run_first(h, s->goal, vertex, &run);
	     more && run.depth + run.count > first; more = hierarchy_run_next(s->goal, &run))
		meet(s, &run, first, last);
	for (size_t depth = first; depth <= last; depth++)
		settle(s, depth);
}

int32_t hierarchy_sweep_ms(struct hierarchy_sweep *s, uint32_t vertex, const int32_t start[2],
                           unsigned *dir)
{
	hierarchy_sweep_to(s, vertex);
	const int32_t *own = s->ms + 2 * (size_t)s->m->map->hierarchy.depth[vertex];
	int32_t sums[2] = {start[0] + own[0], start[1] + own[1]};
	*dir = sums[1] < sums[0];
	return least(sums[*dir], MAP_FAR);
}

void hierarchy_sweep_measures(struct hierarchy_sweep *s)
{
	size_t levels = s->m->map->hierarchy.levels + 1;
	if (s->rest)
		return;
	s->rest = mem_zero(2 * levels, sizeof(*s->rest));
	forget_rest(s, 0, levels - 1);
}

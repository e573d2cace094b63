/*
 * Where trips end, in the hierarchy: times to the nearest of many starts, from all that stands above
 * any of them. A closed zone is reached by hundreds of roads, most of which have nearly all above
 * them in common: each vertex is gone on from once.
 *
 * What stands above the starts is a tree. Taken in the order of their numbers, each start adds the
 * piece from it up to where the next one's way begins; whatever was handed on to vertices above is
 * kept by depth meanwhile.
 */
#include "hierarchy.h"

#include "base/mem.h"

#include <stdlib.h>

static int32_t least(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

/* ---- its shape ---- */

/* The first vertex above start `i`, or it, that is not its own piece's: the next start's way has it. MAP_NONE: none. */
static uint32_t piece_end(const struct map_hierarchy *h, const struct hierarchy_start *starts,
                          size_t count, size_t i, size_t *out_length)
{
	uint32_t v = starts[i].vertex;
	*out_length = 0;
	while (v != MAP_NONE && !(i + 1 < count && hierarchy_above(h, v, starts[i + 1].vertex))) {
		v = hierarchy_parent(h, v);
		++*out_length;
	}
	return v;
}

/* Pieces from the last start's, which reaches to the top, down to the first's. */
static void shape(const struct map_hierarchy *h, struct hierarchy_goal *g,
                  const struct hierarchy_start *starts, size_t count)
{
	g->piece = mem_zero(count + 1, sizeof(*g->piece));
	g->pieces = count;
	for (size_t p = 0; p < count; p++) {
		struct hierarchy_piece *piece = &g->piece[p];
		uint32_t end = piece_end(h, starts, count, count - 1 - p, &piece->count);
		piece->first = g->slots;
		g->slots += piece->count;
		piece->upper = SIZE_MAX;
		if (end == MAP_NONE)
			continue;
		piece->depth = (size_t)h->depth[end] + 1;
		size_t upper = p - 1;
		while (h->depth[end] < g->piece[upper].depth)
			upper = g->piece[upper].upper;
		size_t down_to = h->depth[end] - g->piece[upper].depth + 1;
		piece->upper = upper;
		piece->upper_count = down_to < g->piece[upper].count ? down_to : g->piece[upper].count;
	}
}

/* ---- its times ---- */

/* By depth: the best times yet of what stands above the piece at hand. */
struct climb {
	const struct map_metric *m;
	int32_t *best;
	struct hierarchy_step *by; /* NULL: not asked */
};

static void hand_on(const struct climb *c, uint32_t v, int32_t a, int32_t b)
{
	const struct map_hierarchy *h = &c->m->map->hierarchy;
	for (size_t i = h->up_first[v]; i < h->up_first[v + 1]; i++) {
		const int32_t *down = c->m->down + 4 * i;
		int32_t *above = c->best + 2 * (size_t)h->depth[h->up_head[i]];
		above[0] = least(above[0], least(down[0] + a, down[1] + b));
		above[1] = least(above[1], least(down[2] + a, down[3] + b));
	}
}

/* The same, noting by what. */
static void hand_on_noted(const struct climb *c, uint32_t v, const int32_t own[2])
{
	const struct map_hierarchy *h = &c->m->map->hierarchy;
	for (size_t i = h->up_first[v]; i < h->up_first[v + 1]; i++)
		for (unsigned k = 0; k < 4; k++) {
			unsigned above = k >> 1, dir = k & 1;
			size_t at = 2 * (size_t)h->depth[h->up_head[i]] + above;
			int32_t ms = c->m->down[4 * i + k];
			if (ms + own[dir] >= c->best[at])
				continue;
			c->best[at] = ms + own[dir];
			c->by[at] = (struct hierarchy_step){v, dir, ms};
		}
}

static void start_at(const struct climb *c, const struct hierarchy_start *start)
{
	int32_t *best = c->best + 2 * (size_t)c->m->map->hierarchy.depth[start->vertex];
	for (unsigned dir = 0; dir < 2; dir++) {
		if (start->ms[dir] >= best[dir])
			continue;
		best[dir] = start->ms[dir];
		if (c->by)
			c->by[best - c->best + dir] = (struct hierarchy_step){MAP_NONE, 0, 0};
	}
}

/* Takes the times of one vertex, which are final, and hands them on. */
static void settle(const struct climb *c, struct hierarchy_goal *g, size_t slot, uint32_t v)
{
	size_t at = 2 * (size_t)c->m->map->hierarchy.depth[v];
	int32_t own[2] = {c->best[at], c->best[at + 1]};
	c->best[at] = c->best[at + 1] = MAP_FAR;
	g->vertex[slot] = v;
	g->label[2 * slot] = own[0];
	g->label[2 * slot + 1] = own[1];
	if (c->by) {
		g->by[2 * slot] = c->by[at];
		g->by[2 * slot + 1] = c->by[at + 1];
	}
	if (own[0] == MAP_FAR && own[1] == MAP_FAR)
		return;
	if (c->by)
		hand_on_noted(c, v, own);
	else
		hand_on(c, v, own[0], own[1]);
}

static void fill(const struct map_metric *m, struct hierarchy_goal *g,
                 const struct hierarchy_start *starts, bool noted)
{
	const struct map_hierarchy *h = &m->map->hierarchy;
	size_t deepest = 0;
	for (size_t i = 0; i < g->pieces; i++)
		deepest = h->depth[starts[i].vertex] > deepest ? h->depth[starts[i].vertex] : deepest;
	struct climb c = {m, mem_zero(2 * (deepest + 1), sizeof(*c.best)), NULL};
	if (noted)
		c.by = mem_zero(2 * (deepest + 1), sizeof(*c.by));
	for (size_t i = 0; i < 2 * (deepest + 1); i++)
		c.best[i] = MAP_FAR;
	for (size_t i = 0; i < g->pieces; i++) {
		const struct hierarchy_piece *piece = &g->piece[g->pieces - 1 - i];
		uint32_t v = starts[i].vertex;
		start_at(&c, &starts[i]);
		for (size_t slot = piece->first + piece->count; slot-- > piece->first;
		     v = hierarchy_parent(h, v))
			settle(&c, g, slot, v);
	}
	free(c.best);
	free(c.by);
}

struct hierarchy_goal *hierarchy_goal_new(const struct map_metric *m,
                                          const struct hierarchy_start *starts, size_t count)
{
	struct hierarchy_goal *g = mem_zero(1, sizeof(*g));
	shape(&m->map->hierarchy, g, starts, count);
	g->vertex = mem_zero(g->slots + 1, sizeof(*g->vertex));
	g->label = mem_zero(2 * g->slots + 1, sizeof(*g->label));
	fill(m, g, starts, false);
	return g;
}

void hierarchy_goal_trace(const struct map_metric *m, struct hierarchy_goal *goal,
                          const struct hierarchy_start *starts)
{
	if (goal->by)
		return;
	goal->by = mem_zero(2 * goal->slots + 1, sizeof(*goal->by));
	fill(m, goal, starts, true);
}

void hierarchy_goal_free(struct hierarchy_goal **goal)
{
	struct hierarchy_goal *g = *goal;
	*goal = NULL;
	if (!g)
		return;
	free(g->vertex);
	free(g->label);
	free(g->by);
	free(g->piece);
	free(g);
}

/* ---- what of it stands above a vertex ---- */

size_t hierarchy_goal_slot(const struct hierarchy_goal *goal, uint32_t vertex)
{
	size_t low = 0, high = goal->slots;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (goal->vertex[middle] > vertex)
			low = middle + 1;
		else
			high = middle;
	}
	return low < goal->slots && goal->vertex[low] == vertex ? low : goal->slots;
}

/* The last piece, of the lowest numbers, whose topmost is not below the vertex; SIZE_MAX: none. */
static size_t piece_of(const struct hierarchy_goal *g, uint32_t vertex)
{
	size_t low = 0, high = g->pieces;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (g->vertex[g->piece[middle].first] >= vertex)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? low - 1 : SIZE_MAX;
}

/* How many slots of the piece, from its topmost, stand above the vertex. */
static size_t shared(const struct map_hierarchy *h, const struct hierarchy_goal *g,
                     const struct hierarchy_piece *piece, uint32_t vertex)
{
	size_t depth = (size_t)h->depth[vertex] + 1, low = 0,
	       high = depth > piece->depth ? depth - piece->depth : 0;
	high = high < piece->count ? high : piece->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (hierarchy_above(h, g->vertex[piece->first + middle], vertex))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool hierarchy_run_first(const struct map_hierarchy *h, const struct hierarchy_goal *goal,
                         uint32_t vertex, struct hierarchy_run *out)
{
	for (size_t p = piece_of(goal, vertex); p != SIZE_MAX; p = goal->piece[p].upper) {
		const struct hierarchy_piece *piece = &goal->piece[p];
		size_t count = shared(h, goal, piece, vertex);
		if (count == 0)
			continue;
		*out = (struct hierarchy_run){piece->depth, piece->first, count, p};
		return true;
	}
	return false;
}

bool hierarchy_run_next(const struct hierarchy_goal *goal, struct hierarchy_run *run)
{
	const struct hierarchy_piece *below = &goal->piece[run->piece];
	if (below->upper == SIZE_MAX)
		return false;
	const struct hierarchy_piece *piece = &goal->piece[below->upper];
	*run = (struct hierarchy_run){piece->depth, piece->first, below->upper_count, below->upper};
	return true;
}

int32_t hierarchy_meet(const struct map *map, uint32_t vertex, const int32_t *from,
                       const struct hierarchy_goal *goal)
{
	int32_t best = MAP_FAR;
	struct hierarchy_run run;
	for (bool more = hierarchy_run_first(&map->hierarchy, goal, vertex, &run); more;
	     more = hierarchy_run_next(goal, &run)) {
		const int32_t *up = from + 2 * run.depth, *down = goal->label + 2 * run.slot;
		for (size_t i = 0; i < 2 * run.count; i++) {
			int32_t sum = up[i] + down[i];
			best = sum < best ? sum : best;
		}
	}
	return best;
}

/*
 * Times for the arcs of the hierarchy, from times of roads and turns: vertices from the lowest up,
 * each hands what one may drive through it to the arcs among those above it.
 *
 * A table of four times is one vector: (00 01 10 11), first by the direction one comes from.
 */
#include "hierarchy.h"

#include <string.h>

typedef int32_t times __attribute__((vector_size(16)));

static times load(const int32_t *at)
{
	times t;
	memcpy(&t, at, sizeof(t));
	return t;
}

static void store(int32_t *at, times t)
{
	memcpy(at, &t, sizeof(t));
}

static times least(times a, times b)
{
	times less = a < b;
	return (a & less) | (b & ~less);
}

static void fill(int32_t *at, size_t count)
{
	size_t most = GIVE_WAY_BYTES / sizeof(*at);
	for (size_t done = 0; done < count; done += most) {
		size_t part = count - done < most ? count - done : most;
		for (size_t i = 0; i < part; i++)
			at[done + i] = MAP_FAR;
		give_way();
	}
}

/* ---- roads and turns ---- */

struct tables {
	int32_t *up, *down, *self;
};

static void put_turn(const struct map_metric *m, const struct tables *t, uint32_t from, uint32_t to,
                     int32_t ms)
{
	const struct map_hierarchy *h = &m->map->hierarchy;
	uint32_t v = h->vertex_of[from >> 1], w = h->vertex_of[to >> 1];
	int32_t *at;
	if (w == MAP_NONE)
		return; /* as the arc that is not there, below: only in a damaged file */
	if (v == w) {
		if (from == to)
			return; /* a loop driven again helps nobody */
		at = &t->self[2 * (size_t)v + (from & 1)];
	} else {
		size_t arc = v < w ? hierarchy_arc(h, v, w) : hierarchy_arc(h, w, v);
		if (arc == h->arcs)
			return;
		at = (v < w ? t->up : t->down) + 4 * arc + 2 * (from & 1) + (to & 1);
	}
	if (ms < *at)
		*at = ms;
}

static void put_turns(const struct map_metric *m, const struct tables *t, uint32_t from)
{
	const struct map *map = m->map;
	uint32_t junction = map_edge_head(map, from);
	for (uint32_t i = map->leaving_first[junction]; i < map->leaving_first[junction + 1]; i++) {
		uint32_t to = map->leaving[i], turn;
		if (!metric_leads(m, from, to) || (turn = map_turn_ms(map, from, to)) == MAP_NO_TURN)
			continue;
		uint64_t ms = (uint64_t)turn + metric_ms(m, to);
		if (ms < MAP_FAR)
			put_turn(m, t, from, to, (int32_t)ms);
	}
}

/* ---- contraction ---- */

/* What leaves or reaches a vertex may turn round below it first. */
static void turn_round(const int32_t *self, int32_t *up, int32_t *down)
{
	times u = load(up), d = load(down);
	times round = {self[0], self[0], self[1], self[1]};
	store(up, least(u, round + __builtin_shufflevector(u, u, 2, 3, 0, 1)));
	times back = {self[1], self[0], self[1], self[0]};
	store(down, least(d, back + __builtin_shufflevector(d, d, 1, 0, 3, 2)));
}

/* Through the lower vertex of both arcs and back to where one came from, the other way. */
static void round_trip(const int32_t *up, const int32_t *down, int32_t *self)
{
	int32_t there[2] = {down[0] + up[1], down[2] + up[0]},
	        other[2] = {down[1] + up[3], down[3] + up[2]};
	for (int dir = 0; dir < 2; dir++) {
		int32_t best = there[dir] < other[dir] ? there[dir] : other[dir];
		if (best < self[dir])
			self[dir] = best;
	}
}

/* first ⊗ second: over either direction of the vertex between. */
static times through(times first, times second)
{
	times over0 = __builtin_shufflevector(first, first, 0, 0, 2, 2) +
	              __builtin_shufflevector(second, second, 0, 1, 0, 1);
	times over1 = __builtin_shufflevector(first, first, 1, 1, 3, 3) +
	              __builtin_shufflevector(second, second, 2, 3, 2, 3);
	return least(over0, over1);
}

/* All pairs of the vertices above: from each to each by way of this one. */
static void hand_up(const struct map_hierarchy *h, const struct tables *t, uint32_t vertex)
{
	size_t last = h->up_first[vertex + 1];
	for (size_t i = h->up_first[vertex]; i < last; i++) {
		uint32_t middle = h->up_head[i];
		times to = load(t->down + 4 * i), from = load(t->up + 4 * i);
		round_trip(t->up + 4 * i, t->down + 4 * i, t->self + 2 * (size_t)middle);
		size_t arc = h->up_first[middle], end = h->up_first[middle + 1];
		for (size_t k = i + 1; k < last; k++) {
			while (arc < end && h->up_head[arc] < h->up_head[k])
				arc++;
			if (arc == end)
				break; /* only in a damaged file */
			int32_t *up = t->up + 4 * arc, *down = t->down + 4 * arc;
			store(up, least(load(up), through(to, load(t->up + 4 * k))));
			store(down, least(load(down), through(load(t->down + 4 * k), from)));
		}
	}
}

void hierarchy_customise(const struct map_metric *m, int32_t *up, int32_t *down, int32_t *self)
{
	const struct map_hierarchy *h = &m->map->hierarchy;
	struct tables t = {up, down, self};
	fill(up, 4 * h->arcs);
	fill(down, 4 * h->arcs);
	fill(self, 2 * h->vertices);
	for (uint32_t v = 0; v < h->vertices; v++) {
		if (v % 256 == 0)
			give_way();
		for (unsigned dir = 0; dir < 2; dir++)
			if (metric_usable(m, 2 * h->segment_of[v] + dir))
				put_turns(m, &t, 2 * h->segment_of[v] + dir);
	}
	size_t pairs = 0; /* since others had the processor: those at the top have tens of thousands each */
	for (uint32_t v = 0; v < h->vertices; v++) {
		size_t above = h->up_first[v + 1] - h->up_first[v];
		pairs += 1 + above * above;
		if (pairs > 8192) {
			give_way();
			pairs = 0;
		}
		for (size_t i = h->up_first[v]; i < h->up_first[v + 1]; i++)
			turn_round(self + 2 * (size_t)v, up + 4 * i, down + 4 * i);
		hand_up(h, &t, v);
	}
}

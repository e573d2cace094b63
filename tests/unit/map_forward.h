/*
 * A second opinion on driving times: forward Dijkstra from one origin, written for clearness,
 * sharing with the router only the file's records and the snapping. Used by unit tests and on real
 * maps.
 */
#ifndef PRONTOD_TESTS_MAP_FORWARD_H
#define PRONTOD_TESTS_MAP_FORWARD_H

#include "../../src/map/file.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

struct forward_entry {
	uint64_t time_ms;
	uint32_t edge;
};

struct forward {
	const struct map *map;
	struct forward_entry *heap;
	size_t count;
	uint64_t *best;
};

static inline void forward_push(struct forward *f, uint64_t time_ms, uint32_t edge)
{
	if (time_ms >= f->best[edge])
		return;
	f->best[edge] = time_ms;
	size_t i = f->count++;
	for (; i > 0 && f->heap[(i - 1) / 2].time_ms > time_ms; i = (i - 1) / 2)
		f->heap[i] = f->heap[(i - 1) / 2];
	f->heap[i] = (struct forward_entry){time_ms, edge};
}

static inline struct forward_entry forward_pop(struct forward *f)
{
	struct forward_entry top = f->heap[0], last = f->heap[--f->count];
	size_t i = 0;
	for (;;) {
		size_t child = 2 * i + 1;
		if (child + 1 < f->count && f->heap[child + 1].time_ms < f->heap[child].time_ms)
			child++;
		if (child >= f->count || f->heap[child].time_ms >= last.time_ms)
			break;
		f->heap[i] = f->heap[child];
		i = child;
	}
	f->heap[i] = last;
	return top;
}

static inline bool forward_usable(const struct map *m, uint32_t edge)
{
	return m->segments[edge >> 1].time_ms[edge & 1] > 0 &&
	       m->segments[edge >> 1].component[edge & 1] != MAP_POCKET;
}

/* Where an edge stands among those that leave its beginning. */
static inline uint32_t forward_place(const struct map *m, uint32_t junction, uint32_t edge)
{
	uint32_t at = 0;
	while (m->leaving[m->leaving_first[junction] + at] != edge)
		at++;
	return at;
}

/* The table's entry: tenths of a second, or from 200 on tens of seconds from 20 on. */
static inline uint64_t forward_turn(const struct map *m, uint32_t from, uint32_t to)
{
	uint32_t j = to & 1 ? m->segments[to >> 1].to : m->segments[to >> 1].from;
	uint32_t roads = m->leaving_first[j + 1] - m->leaving_first[j];
	uint64_t cost = m->turns[m->turn_first[j] + forward_place(m, j, from ^ 1) * roads +
	                         forward_place(m, j, to)];
	if (cost == 255)
		return UINT64_MAX;
	return cost < 200 ? cost * 100 : 20000 + (cost - 200) * 10000;
}

static inline uint64_t forward_part(const struct map_segment *s, unsigned dir, double fraction)
{
	return (uint64_t)lround((double)s->time_ms[dir] * (dir ? 1 - fraction : fraction));
}

/* A ghost is a copy of the road with its shape. */
static inline uint32_t forward_road(const struct map *m, uint32_t segment)
{
	size_t roads = m->segment_count - m->ghost_count;
	return segment < roads ? segment : m->ghosts[segment - roads];
}

static inline uint64_t forward_run(struct forward *f, const struct map_snapped *to)
{
	const struct map *m = f->map;
	uint64_t found = UINT64_MAX;
	while (f->count > 0) {
		struct forward_entry e = forward_pop(f);
		if (e.time_ms >= found)
			break;
		if (e.time_ms > f->best[e.edge])
			continue;
		uint32_t junction =
		    e.edge & 1 ? m->segments[e.edge >> 1].from : m->segments[e.edge >> 1].to;
		for (uint32_t i = m->leaving_first[junction]; i < m->leaving_first[junction + 1];
		     i++) {
			uint32_t next = m->leaving[i];
			const struct map_segment *s = &m->segments[next >> 1];
			uint64_t turn = forward_turn(m, e.edge, next);
			if (!forward_usable(m, next) || turn == UINT64_MAX)
				continue;
			uint64_t there = e.time_ms + turn + forward_part(s, next & 1, to->fraction);
			if (forward_road(m, next >> 1) == to->segment && there < found)
				found = there;
			forward_push(f, e.time_ms + turn + s->time_ms[next & 1], next);
		}
	}
	return found;
}

/* Milliseconds, or UINT64_MAX: no way. */
static inline uint64_t forward_ms(const struct map *m, struct point from, struct point to)
{
	struct map_snapped a, b;
	if (!map_snap_segment(m, from, &a) || !map_snap_segment(m, to, &b))
		return UINT64_MAX;
	size_t edges = 2 * m->segment_count;
	struct forward f = {m, mem_zero(8 * edges, sizeof(*f.heap)), 0,
	                    mem_zero(edges, sizeof(*f.best))};
	for (size_t i = 0; i < edges; i++)
		f.best[i] = UINT64_MAX;
	const struct map_segment *s = &m->segments[a.segment];
	uint64_t direct = UINT64_MAX;
	for (unsigned dir = 0; dir < 2; dir++) {
		if (!forward_usable(m, 2 * a.segment + dir))
			continue;
		uint64_t done = forward_part(s, dir, a.fraction),
		         there = forward_part(s, dir, b.fraction);
		bool ahead = dir ? b.fraction <= a.fraction : b.fraction >= a.fraction;
		if (a.segment == b.segment && ahead && there - done < direct)
			direct = there - done;
		forward_push(&f, s->time_ms[dir] - done, 2 * a.segment + dir);
	}
	uint64_t found = forward_run(&f, &b);
	free(f.heap);
	free(f.best);
	return direct < found ? direct : found;
}

#endif

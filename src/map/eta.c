/*
 * Exact shortest driving times from many places to one: a single reverse Dijkstra over directed
 * edges (so that forbidden turns and one-ways hold), stopped when no origin can become faster. All
 * times are whole milliseconds: the same question always gets the same answer. Closures and
 * hierarchies come later.
 *
 * The label of an edge is the time from its END to the target. An origin at fraction g of edge e
 * then needs (1-g) of e and the label; the target's own edge is entered at its beginning and left
 * at f.
 */
#include "file.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct cost {
	uint32_t time_ms;
	float distance_m;
};

struct label {
	uint32_t round; /* of the search that wrote it */
	struct cost cost;
	uint32_t origin_round; /* of the search in which an origin waits for this edge */
};

struct waiting {
	uint32_t time_ms, edge;
};

struct map_search {
	struct label *labels; /* by directed edge */
	struct waiting *heap; /* smallest first, four children each */
	size_t count, room;
	uint32_t round;
};

/* One end of a trip: up to two directed edges, how far into each. */
struct end {
	bool known;
	uint32_t segment;
	double fraction[2]; /* already driven, by direction */
	bool usable[2];
};

struct origin {
	struct end end;
	bool reached;
	struct cost best;
};

/* ---- the search's memory ---- */

static struct map_search *search_take(const struct map *map)
{
	struct map_search *s =
	    __atomic_exchange_n(&((struct map *)(uintptr_t)map)->spare, NULL, __ATOMIC_ACQ_REL);
	if (!s) {
		s = mem_zero(1, sizeof(*s));
		s->labels = mem_zero(2 * map->segment_count + 1, sizeof(*s->labels));
	}
	if (++s->round == 0) { /* once in four thousand million searches */
		memset(s->labels, 0, (2 * map->segment_count + 1) * sizeof(*s->labels));
		s->round = 1;
	}
	s->count = 0;
	return s;
}

static void search_give(const struct map *map, struct map_search *s)
{
	s = __atomic_exchange_n(&((struct map *)(uintptr_t)map)->spare, s, __ATOMIC_ACQ_REL);
	map_search_free(&s);
}

void map_search_free(struct map_search **search)
{
	if (!*search)
		return;
	free((*search)->labels);
	free((*search)->heap);
	free(*search);
	*search = NULL;
}

static void heap_push(struct map_search *s, struct waiting w)
{
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 1024;
		s->heap = mem_grow(s->heap, s->room, sizeof(*s->heap));
	}
	size_t i = s->count++;
	while (i > 0 && s->heap[(i - 1) / 4].time_ms > w.time_ms) {
		s->heap[i] = s->heap[(i - 1) / 4];
		i = (i - 1) / 4;
	}
	s->heap[i] = w;
}

static size_t smallest_child(const struct map_search *s, size_t parent)
{
	size_t first = 4 * parent + 1, last = first + 4 < s->count ? first + 4 : s->count,
	       best = first;
	for (size_t i = first + 1; i < last; i++)
		if (s->heap[i].time_ms < s->heap[best].time_ms)
			best = i;
	return best;
}

static struct waiting heap_pop(struct map_search *s)
{
	struct waiting top = s->heap[0], w = s->heap[--s->count];
	size_t i = 0;
	for (size_t child;
	     (child = smallest_child(s, i)) < s->count && s->heap[child].time_ms < w.time_ms;
	     i = child)
		s->heap[i] = s->heap[child];
	s->heap[i] = w;
	return top;
}

/* ---- ends ---- */

static struct end end_at(const struct map *map, struct point p)
{
	struct map_snapped s;
	if (!map_snap_segment(map, p, &s))
		return (struct end){.known = false};
	const struct map_segment *segment = &map->segments[s.segment];
	return (struct end){
	    true,
	    s.segment,
	    {s.fraction, 1 - s.fraction},
	    {segment->component[0] != MAP_POCKET, segment->component[1] != MAP_POCKET}};
}

static uint32_t part_ms(const struct map_segment *s, unsigned dir, double fraction)
{
	return (uint32_t)lround((double)s->time_ms[dir] * fraction);
}

static void offer(struct origin *o, struct cost cost)
{
	if (o->reached && o->best.time_ms <= cost.time_ms)
		return;
	o->reached = true;
	o->best = cost;
}

/* Origin and target on one segment, the target ahead: straight there. */
static void offer_direct(const struct map *map, struct origin *o, const struct end *to)
{
	if (!o->end.known || o->end.segment != to->segment)
		return;
	const struct map_segment *s = &map->segments[to->segment];
	for (unsigned dir = 0; dir < 2; dir++) {
		double part = to->fraction[dir] - o->end.fraction[dir];
		if (o->end.usable[dir] && to->usable[dir] && part >= 0)
			offer(o, (struct cost){part_ms(s, dir, to->fraction[dir]) -
			                           part_ms(s, dir, o->end.fraction[dir]),
			                       (float)part * s->length_m});
	}
}

/* ---- the search ---- */

static void reach(struct map_search *s, uint32_t edge, struct cost cost)
{
	struct label *l = &s->labels[edge];
	if (l->round == s->round && l->cost.time_ms <= cost.time_ms)
		return;
	l->round = s->round;
	l->cost = cost;
	heap_push(s, (struct waiting){cost.time_ms, edge});
}

/* Every edge from which one may drive into `edge` gets there in what `edge` still needs. */
static void reach_before(const struct map *map, struct map_search *s, uint32_t edge,
                         struct cost need)
{
	uint32_t junction = map_edge_tail(map, edge);
	for (uint32_t i = map->leaving_first[junction]; i < map->leaving_first[junction + 1]; i++) {
		uint32_t before = map->leaving[i] ^ 1;
		uint32_t turn_ms = map_turn_ms(map, before, edge);
		if (map->segments[before >> 1].component[before & 1] != MAP_POCKET &&
		    turn_ms != MAP_NO_TURN)
			reach(s, before, (struct cost){need.time_ms + turn_ms, need.distance_m});
	}
}

static void reach_segment(const struct map *map, struct map_search *s, uint32_t segment,
                          const struct end *to)
{
	const struct map_segment *road = &map->segments[segment];
	for (unsigned dir = 0; dir < 2; dir++)
		if (road->component[dir] != MAP_POCKET)
			reach_before(map, s, 2 * segment + dir,
			             (struct cost){part_ms(road, dir, to->fraction[dir]),
			                           (float)to->fraction[dir] * road->length_m});
}

static void reach_target(const struct map *map, struct map_search *s, const struct end *to)
{
	uint32_t first, ghosts = map_ghosts(map, to->segment, &first);
	reach_segment(map, s, to->segment, to);
	for (uint32_t i = 0; i < ghosts; i++)
		reach_segment(map, s, first + i, to);
}

/* The origins, and how many still have no way. */
struct fleet {
	struct origin *origins;
	size_t count, missing;
	uint32_t slowest_ms; /* once none is missing: no later label helps anybody */
};

static void fleet_look(struct fleet *f)
{
	f->missing = 0;
	f->slowest_ms = 0;
	for (size_t i = 0; i < f->count; i++) {
		if (!f->origins[i].end.known)
			continue;
		if (!f->origins[i].reached)
			f->missing++;
		else if (f->origins[i].best.time_ms > f->slowest_ms)
			f->slowest_ms = f->origins[i].best.time_ms;
	}
}

static void fleet_settle(const struct map *map, struct fleet *f, uint32_t edge,
                         const struct label *l)
{
	const struct map_segment *s = &map->segments[edge >> 1];
	unsigned dir = edge & 1;
	for (size_t i = 0; i < f->count; i++) {
		struct origin *o = &f->origins[i];
		if (!o->end.known || o->end.segment != edge >> 1 || !o->end.usable[dir])
			continue;
		offer(o,
		      (struct cost){
		          s->time_ms[dir] - part_ms(s, dir, o->end.fraction[dir]) + l->cost.time_ms,
		          (float)(1 - o->end.fraction[dir]) * s->length_m + l->cost.distance_m});
	}
	fleet_look(f);
}

static void run(const struct map *map, struct map_search *s, struct fleet *fleet)
{
	while (s->count > 0) {
		struct waiting w = heap_pop(s);
		const struct label *l = &s->labels[w.edge];
		if (w.time_ms > l->cost.time_ms)
			continue;
		if (fleet->missing == 0 && w.time_ms >= fleet->slowest_ms)
			break;
		if (l->origin_round == s->round)
			fleet_settle(map, fleet, w.edge, l);
		const struct map_segment *segment = &map->segments[w.edge >> 1];
		struct cost need = {l->cost.time_ms + segment->time_ms[w.edge & 1],
		                    l->cost.distance_m + segment->length_m};
		if (need.time_ms >= w.time_ms) /* 49 days fit: more is a damaged file */
			reach_before(map, s, w.edge, need);
	}
}

static bool same_network(const struct map *map, const struct end *a, const struct end *b)
{
	const struct map_segment *s = &map->segments[a->segment], *t = &map->segments[b->segment];
	for (unsigned i = 0; i < 2; i++)
		for (unsigned j = 0; j < 2; j++)
			if (s->component[i] != MAP_POCKET && s->component[i] == t->component[j])
				return true;
	return false;
}

static void place_origins(const struct map *map, struct map_search *s, struct fleet *fleet,
                          const struct end *to)
{
	for (size_t i = 0; i < fleet->count; i++) {
		struct origin *o = &fleet->origins[i];
		if (o->end.known && !same_network(map, &o->end, to))
			o->end.known = false;
		offer_direct(map, o, to);
		for (unsigned dir = 0; dir < 2 && o->end.known; dir++)
			if (o->end.usable[dir])
				s->labels[2 * o->end.segment + dir].origin_round = s->round;
	}
	fleet_look(fleet);
}

void map_etas(const struct map *map, struct point to, const struct point *origins, size_t count,
              struct map_eta *out)
{
	struct end target = end_at(map, to);
	memset(out, 0, count * sizeof(*out));
	if (!target.known || count == 0)
		return;
	struct fleet fleet = {mem_zero(count, sizeof(*fleet.origins)), count, 0, 0};
	for (size_t i = 0; i < count; i++)
		fleet.origins[i].end = end_at(map, origins[i]);
	struct map_search *s = search_take(map);
	place_origins(map, s, &fleet, &target);
	reach_target(map, s, &target);
	run(map, s, &fleet);
	search_give(map, s);
	for (size_t i = 0; i < count; i++)
		if (fleet.origins[i].end.known && fleet.origins[i].reached)
			out[i] =
			    (struct map_eta){true, (double)fleet.origins[i].best.time_ms / 1000,
			                     (double)fleet.origins[i].best.distance_m};
	free(fleet.origins);
}

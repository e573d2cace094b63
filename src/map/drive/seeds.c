/*
 * From which edges the plain search sets out and at which it arrives. A closed road is driven only at
 * the very ends of a trip, so a trip that begins or ends on one has a small search of its own,
 * through closed roads alone.
 */
#include "seeds.h"

#include "base/mem.h"

#include <stdlib.h>

static size_t slot_of(const struct drive_seeds *s, uint32_t edge)
{
	size_t i = (edge * 2654435761u >> 7) % s->slots;
	while (s->slot[i] && s->seed[s->slot[i] - 1].edge != edge)
		i = (i + 1) % s->slots;
	return i;
}

/* Twice as many, and four slots for each. */
static void seeds_grow(struct drive_seeds *s)
{
	s->room = s->room ? 2 * s->room : 16;
	s->seed = mem_grow(s->seed, s->room, sizeof(*s->seed));
	free(s->slot);
	s->slots = 4 * s->room;
	s->slot = mem_zero(s->slots, sizeof(*s->slot));
	for (uint32_t i = 0; i < s->count; i++)
		s->slot[slot_of(s, s->seed[i].edge)] = i + 1;
}

/* Seeds that wait to be gone on from, nearest first; one that became nearer waits twice. */
struct queue {
	struct {
		uint32_t ms, seed;
	} *wait;
	size_t count, room;
};

static void queue_push(struct queue *q, uint32_t ms, uint32_t seed)
{
	if (q->count == q->room) {
		q->room = q->room ? 2 * q->room : 64;
		q->wait = mem_grow(q->wait, q->room, sizeof(*q->wait));
	}
	size_t i = q->count++;
	for (; i > 0 && q->wait[(i - 1) / 2].ms > ms; i = (i - 1) / 2)
		q->wait[i] = q->wait[(i - 1) / 2];
	q->wait[i].ms = ms;
	q->wait[i].seed = seed;
}

/* The nearest seed, and how far it was when it was put there. */
static uint32_t queue_pop(struct queue *q, uint32_t *out_ms)
{
	uint32_t top = q->wait[0].seed;
	*out_ms = q->wait[0].ms;
	q->count--;
	size_t i = 0;
	for (size_t child; (child = 2 * i + 1) < q->count; i = child) {
		child += child + 1 < q->count && q->wait[child + 1].ms < q->wait[child].ms;
		if (q->wait[child].ms >= q->wait[q->count].ms)
			break;
		q->wait[i] = q->wait[child];
	}
	q->wait[i] = q->wait[q->count];
	return top;
}

/* Goes the stretch of closed roads at the end of the trip on over this one? */
static bool goes_on(const struct map_metric *m, const struct drive_seed *s)
{
	return metric_closed(m, s->edge) && (s->into == MAP_NONE || metric_closed(m, s->into));
}

/* Where the seeds of one end are gathered. */
struct gathering {
	const struct map_metric *m;
	struct drive_seeds *s;
	struct queue queue;
};

/* Keeps the better of two ways to the same edge. */
static void seed_add(struct gathering *g, struct drive_seed seed)
{
	struct drive_seeds *s = g->s;
	if (s->count == s->room)
		seeds_grow(s);
	size_t slot = slot_of(s, seed.edge);
	uint32_t place = s->slot[slot];
	if (place && seed.ms >= s->seed[place - 1].ms)
		return;
	if (!place)
		place = s->slot[slot] = (uint32_t)++s->count;
	s->seed[place - 1] = seed;
	if (goes_on(g->m, &seed))
		queue_push(&g->queue, seed.ms, place - 1);
}

/* Hands on from one settled seed to the edges beside it. */
typedef void seed_expand_fn(struct gathering *g, uint32_t from);

static void through_closed(struct gathering *g, seed_expand_fn *expand)
{
	while (g->queue.count > 0) {
		uint32_t ms, seed = queue_pop(&g->queue, &ms);
		if (ms == g->s->seed[seed].ms)
			expand(g, seed);
	}
	free(g->queue.wait);
}

static void expand_origin(struct gathering *g, uint32_t from)
{
	const struct map *map = g->m->map;
	struct drive_seed at = g->s->seed[from];
	uint32_t junction = map_edge_head(map, at.edge);
	for (uint32_t i = map->leaving_first[junction]; i < map->leaving_first[junction + 1]; i++) {
		uint32_t edge = map->leaving[i], turn = map_turn_ms(map, at.edge, edge);
		if (turn != MAP_NO_TURN && metric_closed(g->m, edge) &&
		    metric_usable(g->m, edge))
			seed_add(g, (struct drive_seed){edge, at.ms + turn + metric_ms(g->m, edge),
			                                from, MAP_NONE});
	}
}

void drive_origin_seeds(const struct map_metric *m, const struct drive_end *from,
                        struct drive_seeds *out)
{
	struct gathering g = {m, out, {0}};
	for (unsigned dir = 0; dir < 2 && from->known; dir++) {
		uint32_t edge = 2 * from->segment + dir;
		if (from->usable[dir])
			seed_add(&g, (struct drive_seed){
			                 edge, metric_ms(m, edge) - drive_before_ms(m, from, dir),
			                 MAP_NONE, MAP_NONE});
	}
	through_closed(&g, expand_origin);
}

/* Every edge from whose end one may turn into `need.into`, which then still needs `need.ms`. */
static void seeds_before(struct gathering *g, struct drive_seed need)
{
	const struct map *map = g->m->map;
	uint32_t edge = need.into, junction = map_edge_tail(map, edge);
	for (uint32_t i = map->leaving_first[junction]; i < map->leaving_first[junction + 1]; i++) {
		uint32_t before = map->leaving[i] ^ 1, turn = map_turn_ms(map, before, edge);
		if (turn != MAP_NO_TURN && metric_usable(g->m, before))
			seed_add(g, (struct drive_seed){before, need.ms + turn, need.next, edge});
	}
}

static void expand_target(struct gathering *g, uint32_t from)
{
	struct drive_seed at = g->s->seed[from];
	seeds_before(g, (struct drive_seed){MAP_NONE, at.ms + metric_ms(g->m, at.edge), from, at.edge});
}

/* The road itself, or a ghost of it: both are the place to whoever arrives. */
static void seeds_of_road(struct gathering *g, const struct drive_end *to, uint32_t segment)
{
	for (unsigned dir = 0; dir < 2; dir++)
		if (to->usable[dir] && metric_usable(g->m, 2 * segment + dir))
			seeds_before(g, (struct drive_seed){MAP_NONE, drive_before_ms(g->m, to, dir),
			                                    MAP_NONE, 2 * segment + dir});
}

void drive_target_seeds(const struct map_metric *m, const struct drive_end *to,
                        struct drive_seeds *out)
{
	struct gathering g = {m, out, {0}};
	uint32_t first;
	if (!to->known)
		return;
	seeds_of_road(&g, to, to->segment);
	for (uint32_t i = map_ghosts(m->map, to->segment, &first); i-- > 0;)
		seeds_of_road(&g, to, first + i);
	through_closed(&g, expand_target);
}

void drive_seeds_free(struct drive_seeds *seeds)
{
	free(seeds->seed);
	free(seeds->slot);
	*seeds = (struct drive_seeds){0};
}

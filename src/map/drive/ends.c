/*
 * Where a trip begins and ends: a point of a road, which of its directions may be used, and the
 * edges from which a search sets out. A closed road is driven only at the very ends of a trip, so a
 * trip that begins or ends on one has a small search of its own, through closed roads alone.
 */
#include "drive.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

#define SEEDS_MOST 65536 /* of one end: more closed roads than a zone may take */
#define WRONG_WAY_M 30.0 /* a road that leads elsewhere than one is heading counts as that much farther */
#define HEADING_OFF 75.0 /* degrees */
#define STRETCH_M 15.0 /* a road's direction is taken over so much of it */

/* ---- snapping with heading ---- */

static double degrees_between(double a, double b)
{
	double off = fabs(fmod(a - b, 360));
	return off > 180 ? 360 - off : off;
}

static double bearing(struct point a, struct point b)
{
	double east = (b.lon - a.lon) * cos(a.lat * M_PI / 180), north = b.lat - a.lat;
	return fmod(atan2(east, north) * 180 / M_PI + 360, 360);
}

/* Degrees from north of the segment as drawn, around a point of it. */
static double direction_at(const struct map *map, const struct map_segment *s, double fraction)
{
	double length = (double)s->length_m, along = fraction * length, at = 0;
	struct map_unpacked line = {0};
	const struct map_vertex *v = map_line(map, s, &line);
	size_t first = 0, last = (size_t)s->vertices - 1;
	for (size_t i = 0; i + 1 < s->vertices; i++) {
		double piece = point_distance_m(map_point(v[i]), map_point(v[i + 1]));
		if (at + piece < along - STRETCH_M)
			first = i + 1;
		at += piece;
		if (at > along + STRETCH_M) {
			last = i + 1;
			break;
		}
	}
	if (first >= last)
		first = last - 1;
	double degrees = bearing(map_point(v[first]), map_point(v[last]));
	map_unpacked_free(&line);
	return degrees;
}

static bool edge_usable(const struct map_segment *s, unsigned dir)
{
	return s->time_ms[dir] > 0 && s->component[dir] != MAP_POCKET;
}

/* Which directions one who is heading so may be driving in; both where none fits. */
static bool directions(const struct map *map, const struct map_snapped *at, double heading,
                       bool out[2])
{
	const struct map_segment *s = &map->segments[at->segment];
	for (unsigned dir = 0; dir < 2; dir++)
		out[dir] = edge_usable(s, dir);
	if (isnan(heading))
		return true;
	double along = direction_at(map, s, at->fraction);
	bool fits[2] = {out[0] && degrees_between(along, heading) <= HEADING_OFF,
	                out[1] && degrees_between(along + 180, heading) <= HEADING_OFF};
	if (!fits[0] && !fits[1])
		return false;
	out[0] = fits[0];
	out[1] = fits[1];
	return true;
}

#define NEAREST 8 /* roads looked at where a heading may choose among them */

static double detour(const struct map *map, const struct map_snapped *at, double heading)
{
	bool ways[2];
	return at->distance_m + (directions(map, at, heading, ways) ? 0 : WRONG_WAY_M);
}

struct drive_end drive_end_at(const struct map *map, const struct map_stand *stand)
{
	struct map_snapped near[NEAREST];
	double within = stand->within_m > 0 ? stand->within_m : MAP_SNAP_LIMIT_M;
	size_t count = map_snap_segments(map, stand->at, within, near,
	                                 isnan(stand->heading) ? 1 : NEAREST);
	size_t best = 0;
	if (count == 0)
		return (struct drive_end){.at = POINT_NONE};
	for (size_t i = 1; i < count; i++)
		if (detour(map, &near[i], stand->heading) < detour(map, &near[best], stand->heading))
			best = i;
	struct drive_end e = {.known = true,
	                      .segment = near[best].segment,
	                      .fraction = near[best].fraction,
	                      .at = near[best].at,
	                      .distance_m = near[best].distance_m};
	directions(map, &near[best], stand->heading, e.usable);
	return e;
}

uint32_t drive_before_ms(const struct map_metric *m, const struct drive_end *e, unsigned dir)
{
	double share = dir ? 1 - e->fraction : e->fraction;
	return (uint32_t)lround((double)metric_ms(m, 2 * e->segment + dir) * share);
}

bool drive_direct(const struct map_metric *m, const struct drive_end *from,
                  const struct drive_end *to, uint32_t *out_ms, uint32_t *out_edge)
{
	bool found = false;
	if (!from->known || !to->known || from->segment != to->segment)
		return false;
	for (unsigned dir = 0; dir < 2; dir++) {
		bool ahead = dir ? to->fraction <= from->fraction : to->fraction >= from->fraction;
		if (!from->usable[dir] || !to->usable[dir] || !ahead)
			continue;
		uint32_t ms = drive_before_ms(m, to, dir) - drive_before_ms(m, from, dir);
		if (found && *out_ms <= ms)
			continue;
		*out_ms = ms;
		*out_edge = 2 * from->segment + dir;
		found = true;
	}
	return found;
}

/* ---- seeds ---- */

static size_t slot_of(const struct drive_seeds *s, uint32_t edge)
{
	size_t i = (edge * 2654435761u >> 7) % s->slots;
	while (s->slot[i] && s->seed[s->slot[i] - 1].edge != edge)
		i = (i + 1) % s->slots;
	return i;
}

const struct drive_seed *drive_seed_of(const struct drive_seeds *s, uint32_t edge)
{
	uint32_t place = s->slots ? s->slot[slot_of(s, edge)] : 0;
	return place ? &s->seed[place - 1] : NULL;
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
	if (s->count == s->room && s->count < SEEDS_MOST)
		seeds_grow(s);
	size_t slot = slot_of(s, seed.edge);
	uint32_t place = s->slot[slot];
	if (place ? seed.ms >= s->seed[place - 1].ms : s->count == SEEDS_MOST)
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

bool drive_leads_out(const struct map_metric *m, uint32_t edge)
{
	const struct map *map = m->map;
	uint32_t junction = map_edge_head(map, edge);
	for (uint32_t i = map->leaving_first[junction]; i < map->leaving_first[junction + 1]; i++)
		if (metric_open(m, map->leaving[i]) &&
		    map_turn_ms(map, edge, map->leaving[i]) != MAP_NO_TURN)
			return true;
	return false;
}

static void expand_origin(struct gathering *g, uint32_t from)
{
	const struct map *map = g->m->map;
	struct drive_seed at = g->s->seed[from];
	uint32_t junction = map_edge_head(map, at.edge);
	for (uint32_t i = map->leaving_first[junction]; i < map->leaving_first[junction + 1]; i++) {
		uint32_t edge = map->leaving[i], turn = map_turn_ms(map, at.edge, edge);
		if (turn != MAP_NO_TURN && metric_closed(g->m, edge) &&
		    edge_usable(&map->segments[edge >> 1], edge & 1))
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
		if (turn != MAP_NO_TURN && edge_usable(&map->segments[before >> 1], before & 1))
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
		if (to->usable[dir] && edge_usable(&g->m->map->segments[segment], dir))
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

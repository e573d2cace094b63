/*
 * The roads behind the hierarchy's arcs: by which a time was found, to be driven or only measured.
 * Measuring remembers every arc it has been through, so that a table's distances cost little more
 * than its times.
 */
#include "hierarchy.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* ---- the roads behind an arc ---- */

/* A damaged file may send us in circles: deeper or longer than any trip, and we give up. */
#define DEEPEST 2000

struct unpacking {
	const struct map_metric *m;
	const struct map_hierarchy *h;
	struct drive_path *out;       /* NULL: only measured */
	struct hierarchy_lengths *lengths; /* where measured */
	double metres;
	size_t left; /* edges and steps that may still follow */
	int depth;
};

/* From one state to the next: a vertex and its direction. */
struct state {
	uint32_t vertex;
	unsigned dir;
};

/* ---- lengths that were measured once ---- */

struct hierarchy_lengths {
	struct {
		uint64_t from, to; /* states; 0, 0: free */
		double metres;
	} *slot;
	size_t slots, used; /* half of them at most */
};

struct hierarchy_lengths *hierarchy_lengths_new(size_t slots)
{
	struct hierarchy_lengths *l = mem_zero(1, sizeof(*l));
	l->slots = slots;
	l->slot = mem_zero(slots, sizeof(*l->slot));
	return l;
}

void hierarchy_lengths_free(struct hierarchy_lengths **lengths)
{
	if (*lengths)
		free((*lengths)->slot);
	free(*lengths);
	*lengths = NULL;
}

/* Its slot; below 0: not measured yet. Good until the next call. */
static double *length_of(struct hierarchy_lengths *l, struct state from, struct state to)
{
	uint64_t a = 2 * (uint64_t)from.vertex + from.dir + 1, b = 2 * (uint64_t)to.vertex + to.dir + 1;
	if (l->used > l->slots / 2) {
		memset(l->slot, 0, l->slots * sizeof(*l->slot));
		l->used = 0;
	}
	size_t i = (size_t)((a * 0x9E3779B97F4A7C15u ^ b * 0xC2B2AE3D27D4EB4Fu) >> 32) % l->slots;
	while (l->slot[i].from && (l->slot[i].from != a || l->slot[i].to != b))
		i = (i + 1) % l->slots;
	if (!l->slot[i].from) {
		l->slot[i].from = a;
		l->slot[i].to = b;
		l->slot[i].metres = -1;
		l->used++;
	}
	return &l->slot[i].metres;
}

static bool unpack(struct unpacking *u, struct state from, struct state to, int32_t ms);

static uint32_t edge_of(const struct unpacking *u, struct state s)
{
	return 2 * u->h->segment_of[s.vertex] + s.dir;
}

/* One turn from road to road? */
static bool is_turn(const struct unpacking *u, struct state from, struct state to, int32_t ms)
{
	uint32_t e = edge_of(u, from), f = edge_of(u, to), turn;
	return map_edge_head(u->m->map, e) == map_edge_tail(u->m->map, f) &&
	       metric_leads(u->m, e, f) && (turn = map_turn_ms(u->m->map, e, f)) != MAP_NO_TURN &&
	       (uint64_t)turn + metric_ms(u->m, f) == (uint64_t)ms;
}

static bool via(struct unpacking *u, struct state from, struct state middle, int32_t first,
                struct state to, int32_t second)
{
	return unpack(u, from, middle, first) && unpack(u, middle, to, second);
}

/* By this vertex below both ends, in either direction of it? */
static bool over(struct unpacking *u, uint32_t below, struct state from, struct state to,
                 int32_t ms, bool *done)
{
	size_t first_arc = hierarchy_arc(u->h, below, from.vertex),
	       second_arc = hierarchy_arc(u->h, below, to.vertex);
	if (first_arc == u->h->arcs || second_arc == u->h->arcs)
		return false;
	const int32_t *down = u->m->down + 4 * first_arc + 2 * from.dir,
	              *up = u->m->up + 4 * second_arc + to.dir;
	for (unsigned dir = 0; dir < 2; dir++) {
		int32_t first = down[dir], second = up[2 * dir];
		if (first < MAP_FAR && second < MAP_FAR && first + second == ms) {
			*done = via(u, from, (struct state){below, dir}, first, to, second);
			return true;
		}
	}
	return false;
}

/* By a vertex below both ends. False: by none. */
static bool by_lower(struct unpacking *u, struct state from, struct state to, int32_t ms, bool *done)
{
	struct hierarchy_list a = hierarchy_below(u->h, from.vertex), b = hierarchy_below(u->h, to.vertex);
	bool more = hierarchy_next_below(&a) && hierarchy_next_below(&b);
	while (more) {
		if (a.vertex == b.vertex && over(u, a.vertex, from, to, ms, done))
			return true;
		more = a.vertex >= b.vertex ? hierarchy_next_below(&a) : hierarchy_next_below(&b);
	}
	return false;
}

/* By turning round at the lower end of the arc. */
static bool by_turning(struct unpacking *u, struct state from, struct state to, int32_t ms)
{
	bool up = from.vertex < to.vertex;
	uint32_t low = up ? from.vertex : to.vertex, high = up ? to.vertex : from.vertex;
	size_t arc = hierarchy_arc(u->h, low, high);
	if (arc == u->h->arcs)
		return false;
	struct state other = {low, up ? !from.dir : !to.dir};
	int32_t round = u->m->self[2 * (size_t)low + (up ? from.dir : other.dir)];
	const int32_t *rest = up ? u->m->up + 4 * arc + 2 * other.dir + to.dir
	                         : u->m->down + 4 * arc + 2 * from.dir + other.dir;
	if (*rest != ms - round)
		return false;
	return up ? via(u, from, other, round, to, *rest) : via(u, from, other, *rest, to, round);
}

static void pass(struct unpacking *u, uint32_t edge)
{
	if (u->out)
		drive_path_add(u->out, edge);
	else
		u->metres += (double)u->m->map->segments[edge >> 1].length_m;
}

static bool unpack_arc(struct unpacking *u, struct state from, struct state to, int32_t ms)
{
	bool done = false;
	u->depth++;
	if (!by_lower(u, from, to, ms, &done) && from.vertex != to.vertex)
		done = by_turning(u, from, to, ms);
	u->depth--;
	return done;
}

/* What was measured once is remembered. Summed by itself, so that the sum does not depend on what was asked before. */
static bool measure_arc(struct unpacking *u, struct state from, struct state to, int32_t ms)
{
	double before = u->metres, *known = length_of(u->lengths, from, to);
	bool done = true;
	if (*known < 0) {
		u->metres = 0;
		done = unpack_arc(u, from, to, ms);
		known = length_of(u->lengths, from, to); /* it may have moved meanwhile */
		*known = done ? u->metres : -1;
	}
	u->metres = done ? before + *known : before;
	return done;
}

static bool unpack(struct unpacking *u, struct state from, struct state to, int32_t ms)
{
	if (u->left == 0 || u->depth == DEEPEST || ms <= 0)
		return false;
	u->left--;
	if (is_turn(u, from, to, ms)) {
		pass(u, edge_of(u, to));
		return true;
	}
	return u->out ? unpack_arc(u, from, to, ms) : measure_arc(u, from, to, ms);
}

/* ---- a path: up from one end, down to the other ---- */

/* Where the goal's time from a vertex is. NULL: it stands above none of the goal's starts. */
static const int32_t *goal_times(const struct hierarchy_goal *goal, uint32_t vertex)
{
	size_t slot = hierarchy_goal_slot(goal, vertex);
	return slot < goal->slots ? goal->label + 2 * slot : NULL;
}

/* Does the way down begin here? out: in which direction; another where it turns round first. */
static bool meets(const struct hierarchy_sweep *s, struct state at, int32_t ms, struct state *out)
{
	const int32_t *goal = goal_times(s->goal, at.vertex);
	if (!goal)
		return false;
	bool as_it_comes = goal[at.dir] == ms;
	*out = (struct state){at.vertex, as_it_comes ? at.dir : !at.dir};
	return as_it_comes || goal[!at.dir] + s->m->self[2 * (size_t)at.vertex + at.dir] == ms;
}

/* By which arc the way goes on up. False: by none. */
static bool goes_up(const struct hierarchy_sweep *s, struct state at, int32_t ms,
                    struct hierarchy_step *out)
{
	const struct map_hierarchy *h = &s->m->map->hierarchy;
	for (size_t i = h->up_first[at.vertex]; i < h->up_first[at.vertex + 1]; i++)
		for (unsigned to = 0; to < 2; to++) {
			int32_t step = s->m->up[4 * i + 2 * at.dir + to];
			if (step + s->ms[2 * (size_t)h->depth[h->up_head[i]] + to] != ms)
				continue;
			*out = (struct hierarchy_step){h->up_head[i], to, step};
			return true;
		}
	return false;
}

static bool unpack_down(struct unpacking *u, const struct hierarchy_goal *goal, struct state at,
                        struct state *out)
{
	for (;;) {
		size_t slot = hierarchy_goal_slot(goal, at.vertex);
		if (slot == goal->slots)
			return false;
		struct hierarchy_step by = goal->by[2 * slot + at.dir];
		if (by.vertex == MAP_NONE)
			break;
		struct state below = {by.vertex, by.dir};
		if (!unpack(u, at, below, by.ms))
			return false;
		at = below;
	}
	*out = at;
	return true;
}

static bool unpack_rest(struct unpacking *u, const struct hierarchy_sweep *s, struct state at,
                        uint32_t *last);

static bool unpack_step(struct unpacking *u, const struct hierarchy_sweep *s, struct state at,
                        uint32_t *last)
{
	int32_t ms = s->ms[2 * (size_t)u->h->depth[at.vertex] + at.dir];
	struct hierarchy_step up;
	struct state down, end;
	if (meets(s, at, ms, &down)) {
		int32_t round = u->m->self[2 * (size_t)at.vertex + at.dir];
		if ((down.dir != at.dir && !unpack(u, at, down, round)) ||
		    !unpack_down(u, s->goal, down, &end))
			return false;
		*last = edge_of(u, end);
		return true;
	}
	if (!goes_up(s, at, ms, &up))
		return false;
	struct state above = {up.vertex, up.dir};
	return unpack(u, at, above, up.ms) && unpack_rest(u, s, above, last);
}

/* What is left from here. Where it is measured it is remembered for who comes by, and summed by
 * itself: see measure_arc(). */
static bool unpack_rest(struct unpacking *u, const struct hierarchy_sweep *s, struct state at,
                        uint32_t *last)
{
	if (u->out)
		return unpack_step(u, s, at, last);
	struct hierarchy_rest *rest = &s->rest[2 * (size_t)u->h->depth[at.vertex] + at.dir];
	if (rest->metres < 0) {
		double before = u->metres;
		u->metres = 0;
		if (!unpack_step(u, s, at, last))
			return false;
		*rest = (struct hierarchy_rest){u->metres, *last};
		u->metres = before;
	}
	u->metres += rest->metres;
	*last = rest->last;
	return true;
}

static bool unpack_between(struct unpacking *u, struct hierarchy_sweep *s, uint32_t vertex,
                           const int32_t start[2], uint32_t out_ends[2])
{
	struct state from = {vertex, 0};
	if (hierarchy_sweep_ms(s, vertex, start, &from.dir) == MAP_FAR)
		return false;
	out_ends[0] = edge_of(u, from);
	return unpack_rest(u, s, from, &out_ends[1]);
}

static struct unpacking unpacking_of(const struct map_metric *m)
{
	return (struct unpacking){.m = m, .h = &m->map->hierarchy, .left = 4 * m->map->segment_count + 64};
}

bool hierarchy_path(struct hierarchy_sweep *sweep, uint32_t vertex, const int32_t start[2],
                    uint32_t out_ends[2], struct drive_path *out)
{
	struct unpacking u = unpacking_of(sweep->m);
	u.out = out;
	return unpack_between(&u, sweep, vertex, start, out_ends);
}

bool hierarchy_metres(struct hierarchy_sweep *sweep, uint32_t vertex, const int32_t start[2],
                      struct hierarchy_lengths *lengths, uint32_t out_ends[2], double *out)
{
	struct unpacking u = unpacking_of(sweep->m);
	u.lengths = lengths;
	hierarchy_sweep_measures(sweep);
	if (!unpack_between(&u, sweep, vertex, start, out_ends))
		return false;
	*out = u.metres;
	return true;
}

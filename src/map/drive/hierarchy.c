/*
 * Questions to the hierarchy: labels of what stands above a road, where two labels meet, and the
 * roads behind the arcs. See hierarchy.h for the method and its sources.
 */
#include "hierarchy.h"

#include "base/mem.h"

#include <stdlib.h>

static int32_t least(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static uint32_t parent_of(const struct map_hierarchy *h, uint32_t vertex)
{
	return h->up_first[vertex] < h->up_first[vertex + 1] ? h->up_head[h->up_first[vertex]]
	                                                     : MAP_NONE;
}

static void label_start(const struct map_hierarchy *h, uint32_t vertex, const int32_t start[2],
                        int32_t *label)
{
	size_t last = 2 * (size_t)h->depth[vertex];
	for (size_t i = 0; i < last; i++)
		label[i] = MAP_FAR;
	label[last] = start[0];
	label[last + 1] = start[1];
}

void hierarchy_label_from(const struct map_metric *m, uint32_t vertex, const int32_t start[2],
                          int32_t *label)
{
	const struct map_hierarchy *h = &m->map->hierarchy;
	label_start(h, vertex, start, label);
	for (uint32_t v = vertex; v != MAP_NONE; v = parent_of(h, v)) {
		int32_t *own = label + 2 * (size_t)h->depth[v];
		int32_t a = own[0], b = own[1];
		if (a == MAP_FAR && b == MAP_FAR)
			continue;
		for (size_t i = h->up_first[v]; i < h->up_first[v + 1]; i++) {
			const int32_t *up = m->up + 4 * i;
			int32_t *above = label + 2 * (size_t)h->depth[h->up_head[i]];
			above[0] = least(above[0], least(a + up[0], b + up[2]));
			above[1] = least(above[1], least(a + up[1], b + up[3]));
		}
		/* For who meets it here: it may have turned round below. */
		own[0] = least(a, b + m->self[2 * (size_t)v + 1]);
		own[1] = least(b, a + m->self[2 * (size_t)v]);
	}
}

void hierarchy_label_to(const struct map_metric *m, uint32_t vertex, const int32_t start[2],
                        int32_t *label, uint32_t *path)
{
	const struct map_hierarchy *h = &m->map->hierarchy;
	label_start(h, vertex, start, label);
	for (uint32_t v = vertex; v != MAP_NONE; v = parent_of(h, v)) {
		int32_t a = label[2 * (size_t)h->depth[v]], b = label[2 * (size_t)h->depth[v] + 1];
		path[h->depth[v]] = v;
		if (a == MAP_FAR && b == MAP_FAR)
			continue;
		for (size_t i = h->up_first[v]; i < h->up_first[v + 1]; i++) {
			const int32_t *down = m->down + 4 * i;
			int32_t *above = label + 2 * (size_t)h->depth[h->up_head[i]];
			above[0] = least(above[0], least(down[0] + a, down[1] + b));
			above[1] = least(above[1], least(down[2] + a, down[3] + b));
		}
	}
}

/* How many vertices stand above both (or are both): a run from the top. */
static size_t shared(const struct map_hierarchy *h, uint32_t vertex, const uint32_t *path,
                     uint32_t other)
{
	size_t low = 0, high = (size_t)least(h->depth[vertex], h->depth[other]) + 1;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (h->first_below[path[middle]] <= vertex && vertex <= path[middle])
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int32_t hierarchy_meet(const struct map *map, uint32_t vertex, const int32_t *from,
                       const uint32_t *path, uint32_t other, const int32_t *to)
{
	size_t count = 2 * shared(&map->hierarchy, vertex, path, other);
	int32_t best = MAP_FAR;
	for (size_t i = 0; i < count; i++) {
		int32_t sum = from[i] + to[i];
		best = sum < best ? sum : best;
	}
	return best;
}

/* ---- the roads behind an arc ---- */

/* A damaged file may send us in circles: deeper or longer than any trip, and we give up. */
#define DEEPEST 2000

struct unpacking {
	const struct map_metric *m;
	const struct map_hierarchy *h;
	struct drive_path *out;
	size_t left; /* edges and steps that may still follow */
	int depth;
};

/* From one state to the next: a vertex and its direction. */
struct state {
	uint32_t vertex;
	unsigned dir;
};

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
	       metric_open(u->m, f) && (turn = map_turn_ms(u->m->map, e, f)) != MAP_NO_TURN &&
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

static bool unpack(struct unpacking *u, struct state from, struct state to, int32_t ms)
{
	bool done = false;
	if (u->left == 0 || u->depth == DEEPEST || ms <= 0)
		return false;
	u->left--;
	if (is_turn(u, from, to, ms)) {
		drive_path_add(u->out, edge_of(u, to));
		return true;
	}
	u->depth++;
	if (!by_lower(u, from, to, ms, &done) && from.vertex != to.vertex)
		done = by_turning(u, from, to, ms);
	u->depth--;
	return done;
}

/* ---- a path: up from one end, down to the other ---- */

/* By which state below a label's time was found. */
struct found_by {
	struct state from;
	int32_t ms; /* of that step */
};

struct climb {
	uint32_t vertex;
	int32_t *label;
	struct found_by *by; /* as label */
	uint32_t *path;
};

static void improve(struct climb *c, size_t at, int32_t sum, struct found_by by)
{
	if (sum >= c->label[at])
		return;
	c->label[at] = sum;
	c->by[at] = by;
}

/* As the two label functions, noting by what; forward: times from the start, else to it. */
static void climb(const struct map_metric *m, struct climb *c, const int32_t start[2], bool forward)
{
	const struct map_hierarchy *h = &m->map->hierarchy;
	const int32_t *table = forward ? m->up : m->down;
	label_start(h, c->vertex, start, c->label);
	for (uint32_t v = c->vertex; v != MAP_NONE; v = parent_of(h, v)) {
		c->path[h->depth[v]] = v;
		for (unsigned dir = 0; dir < 2; dir++) {
			int32_t own = c->label[2 * (size_t)h->depth[v] + dir];
			if (own == MAP_FAR)
				continue;
			for (size_t i = h->up_first[v]; i < h->up_first[v + 1]; i++)
				for (unsigned to = 0; to < 2; to++) {
					int32_t ms = table[4 * i + (forward ? 2 * dir + to
					                                    : 2 * to + dir)];
					improve(c, 2 * (size_t)h->depth[h->up_head[i]] + to, own + ms,
					        (struct found_by){{v, dir}, ms});
				}
		}
	}
}

struct meeting {
	struct state at;    /* where the way down begins */
	unsigned came_by;   /* the direction in which the way up ended: another where it turned round */
	int32_t ms;
};

static void look(struct meeting *best, uint32_t vertex, const unsigned dirs[2], int32_t ms)
{
	if (ms < best->ms)
		*best = (struct meeting){{vertex, dirs[1]}, dirs[0], ms};
}

static struct meeting meet(const struct map_metric *m, const struct climb *from,
                           const struct climb *to)
{
	const struct map_hierarchy *h = &m->map->hierarchy;
	struct meeting best = {.ms = MAP_FAR};
	size_t count = shared(h, from->vertex, to->path, to->vertex);
	for (size_t d = 0; d < count; d++)
		for (unsigned a = 0; a < 2; a++)
			for (unsigned b = 0; b < 2; b++) {
				int32_t round = a == b ? 0 : m->self[2 * (size_t)to->path[d] + a];
				int32_t sum = from->label[2 * d + a] + to->label[2 * d + b];
				if (sum < MAP_FAR && round < MAP_FAR)
					look(&best, to->path[d], (const unsigned[2]){a, b},
					     sum + round);
			}
	return best;
}

/* The way up was found from above: put in order before it is unpacked. */
static bool unpack_up(struct unpacking *u, const struct climb *c, struct state at)
{
	if (at.vertex == c->vertex)
		return true;
	struct found_by by = c->by[2 * (size_t)u->h->depth[at.vertex] + at.dir];
	return unpack_up(u, c, by.from) && unpack(u, by.from, at, by.ms);
}

static bool unpack_down(struct unpacking *u, const struct climb *c, struct state at)
{
	while (at.vertex != c->vertex) {
		struct found_by by = c->by[2 * (size_t)u->h->depth[at.vertex] + at.dir];
		if (!unpack(u, at, by.from, by.ms))
			return false;
		at = by.from;
	}
	return true;
}

static struct climb climb_new(const struct map *map, uint32_t vertex)
{
	size_t size = hierarchy_label_size(map, vertex);
	return (struct climb){vertex, mem_zero(size, sizeof(int32_t)),
	                      mem_zero(size, sizeof(struct found_by)),
	                      mem_zero(size, sizeof(uint32_t))};
}

static void climb_free(struct climb *c)
{
	free(c->label);
	free(c->by);
	free(c->path);
}

/* In which of its directions does the way up to here begin? */
static unsigned begins(const struct map_hierarchy *h, const struct climb *c, struct state at)
{
	while (at.vertex != c->vertex)
		at = c->by[2 * (size_t)h->depth[at.vertex] + at.dir].from;
	return at.dir;
}

bool hierarchy_path(const struct map_metric *m, uint32_t vertex, const int32_t from[2],
                    uint32_t other, const int32_t to[2], uint32_t *out_first,
                    struct drive_path *out)
{
	const struct map *map = m->map;
	struct climb up = climb_new(map, vertex), down = climb_new(map, other);
	struct unpacking u = {m, &map->hierarchy, out, 4 * map->segment_count + 64, 0};
	climb(m, &up, from, true);
	climb(m, &down, to, false);
	struct meeting best = meet(m, &up, &down);
	struct state came = {best.at.vertex, best.came_by};
	bool known = best.ms < MAP_FAR;
	if (known) {
		*out_first = begins(&map->hierarchy, &up, came);
		known = unpack_up(&u, &up, came) &&
		        (came.dir == best.at.dir ||
		         unpack(&u, came, best.at, m->self[2 * (size_t)came.vertex + came.dir])) &&
		        unpack_down(&u, &down, best.at);
	}
	climb_free(&up);
	climb_free(&down);
	return known;
}

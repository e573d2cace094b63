/*
 * Trips that end on closed roads. Closed roads that hang together are a stretch: who ends a trip on
 * one may drive it, after having left the open roads, and nobody else. (Who begins on one is the
 * hierarchy's affair: see metric_leads.) A flooded quarter is a stretch of ten thousand roads, with
 * hundreds of ways in, so it is not searched road by road.
 *
 * Of a perfect order of all roads any part is one of those roads alone: the hierarchy's arcs among a
 * stretch's own vertices are a hierarchy of the stretch. How long it takes from each of its roads to
 * one place on it is found by two passes over those arcs, up and down (as in Delling, Goldberg,
 * Nowatzyk, Werneck: PHAST, 2011), laid out one after another here when the metric is made.
 */
#include "hierarchy.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct arc {
	uint32_t upper;
	int32_t up[4], down[4]; /* as the metric's */
};

/* From the end of an open edge into a closed one. */
struct way_in {
	uint32_t edge, into;
	uint32_t place, ms; /* of the closed one; of the turn and the whole of it */
};

struct place_of {
	uint32_t vertex, place;
};

struct drive_stretches {
	size_t places, count;
	struct place_of *place_of; /* by vertex */
	uint32_t *vertex;          /* by place: stretch by stretch, ascending in each */
	uint32_t *stretch;         /* by place */
	uint32_t *first;           /* by stretch, and a sentinel: its places */
	uint32_t *arc_first;       /* by place, and a sentinel */
	struct arc *arc;
	int32_t *round;            /* two a place, from one of its directions to the other */
	uint32_t *way_first;       /* by stretch, and a sentinel */
	struct way_in *way;        /* by the vertex of the open edge */
};

/* ---- made with the metric ---- */

static bool is_closed(const struct map_metric *m, uint32_t edge)
{
	return metric_closed(m, edge) && metric_usable(m, edge);
}

static bool vertex_closed(const struct map_metric *m, uint32_t vertex, unsigned dir)
{
	return is_closed(m, 2 * m->map->hierarchy.segment_of[vertex] + dir);
}

static int compare_numbers(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* Ascending; returns how many. */
static size_t closed_vertices(const struct map_metric *m, uint32_t **out)
{
	const struct map *map = m->map;
	size_t count = 0, room = 0;
	*out = NULL;
	for (uint32_t s = 0; s < map->segment_count; s++) {
		uint32_t vertex = map->hierarchy.vertex_of[s];
		if (s % 4096 == 0)
			give_way();
		if ((!is_closed(m, 2 * s) && !is_closed(m, 2 * s + 1)) || vertex == MAP_NONE)
			continue;
		if (count == room) {
			room = room ? 2 * room : 64;
			*out = mem_grow(*out, room, sizeof(**out));
		}
		(*out)[count++] = vertex;
	}
	if (count)
		qsort(*out, count, sizeof(**out), compare_numbers);
	return count;
}

/* Keeps the times from closed direction to closed direction. False: there are none. */
static bool arc_between(const struct map_metric *m, uint32_t low, uint32_t high, size_t at,
                        struct arc *out)
{
	bool any = false;
	for (unsigned k = 0; k < 4; k++) {
		bool up = vertex_closed(m, low, k >> 1) && vertex_closed(m, high, k & 1),
		     down = vertex_closed(m, high, k >> 1) && vertex_closed(m, low, k & 1);
		out->up[k] = up ? m->up[4 * at + k] : MAP_FAR;
		out->down[k] = down ? m->down[4 * at + k] : MAP_FAR;
		any |= out->up[k] < MAP_FAR || out->down[k] < MAP_FAR;
	}
	return any;
}

/* What is only needed while stretches are made. */
struct making {
	const struct map_metric *m;
	uint32_t *vertex;   /* all that are closed, ascending */
	size_t count;
	uint32_t *index_of; /* by vertex: its index there, and one */
	uint32_t *joined;   /* by index: another of its stretch, or itself */
	uint32_t *place;    /* by index */
};

static uint32_t root(struct making *k, uint32_t i)
{
	while (k->joined[i] != i)
		i = k->joined[i] = k->joined[k->joined[i]];
	return i;
}

static void join(struct making *k, uint32_t i, uint32_t other)
{
	k->joined[root(k, i)] = root(k, other);
}

/* Those with an arc between them hang together, and a road with its ghosts. */
static void join_all(struct making *k)
{
	const struct map_hierarchy *h = &k->m->map->hierarchy;
	struct arc arc;
	for (uint32_t i = 0; i < k->count; i++) {
		uint32_t v = k->vertex[i];
		if (i % 1024 == 0)
			give_way();
		uint32_t real = h->vertex_of[map_real_segment(k->m->map, h->segment_of[v])];
		if (real != MAP_NONE && k->index_of[real])
			join(k, i, k->index_of[real] - 1);
		for (size_t at = h->up_first[v]; at < h->up_first[v + 1]; at++)
			if (k->index_of[h->up_head[at]] &&
			    arc_between(k->m, v, h->up_head[at], at, &arc))
				join(k, i, k->index_of[h->up_head[at]] - 1);
	}
}

/* Numbers the stretches and gives every vertex its place in its own. */
static void give_places(struct making *k, struct drive_stretches *s)
{
	uint32_t *number = mem_zero(k->count, sizeof(*number)); /* by root, and one */
	s->first = mem_zero(k->count + 2, sizeof(*s->first));
	for (uint32_t i = 0; i < k->count; i++) {
		uint32_t *own = &number[root(k, i)];
		if (!*own)
			*own = (uint32_t)++s->count;
		s->first[*own]++;
	}
	for (size_t i = 0; i < s->count; i++)
		s->first[i + 1] += s->first[i];
	for (uint32_t i = 0; i < k->count; i++) {
		uint32_t stretch = number[root(k, i)] - 1, place = s->first[stretch]++;
		k->place[i] = place;
		s->vertex[place] = k->vertex[i];
		s->stretch[place] = stretch;
		s->place_of[i] = (struct place_of){k->vertex[i], place};
	}
	for (size_t i = s->count; i-- > 0;)
		s->first[i + 1] = s->first[i];
	s->first[0] = 0;
	free(number);
}

static void add_arcs(struct making *k, struct drive_stretches *s)
{
	const struct map_hierarchy *h = &k->m->map->hierarchy;
	size_t count = 0, room = 0;
	for (size_t place = 0; place < s->places; place++) {
		uint32_t v = s->vertex[place];
		if (place % 1024 == 0)
			give_way();
		s->arc_first[place] = (uint32_t)count;
		s->round[2 * place] = vertex_closed(k->m, v, 1) ? k->m->self[2 * (size_t)v] : MAP_FAR;
		s->round[2 * place + 1] =
		    vertex_closed(k->m, v, 0) ? k->m->self[2 * (size_t)v + 1] : MAP_FAR;
		for (size_t at = h->up_first[v]; at < h->up_first[v + 1]; at++) {
			uint32_t index = k->index_of[h->up_head[at]];
			if (count == room) {
				room = room ? 2 * room : 256;
				s->arc = mem_grow(s->arc, room, sizeof(*s->arc));
			}
			if (!index || !arc_between(k->m, v, h->up_head[at], at, &s->arc[count]))
				continue;
			s->arc[count++].upper = k->place[index - 1];
		}
	}
	s->arc_first[s->places] = (uint32_t)count;
}

struct ways_in {
	struct way_in *way;
	size_t count, room;
};

static void add_way(struct ways_in *w, struct way_in way)
{
	if (w->count == w->room) {
		w->room = w->room ? 2 * w->room : 64;
		w->way = mem_grow(w->way, w->room, sizeof(*w->way));
	}
	w->way[w->count++] = way;
}

static void add_ways_into(const struct map_metric *m, uint32_t into, uint32_t place,
                          struct ways_in *out)
{
	const struct map *map = m->map;
	uint32_t junction = map_edge_tail(map, into);
	for (uint32_t i = map->leaving_first[junction]; i < map->leaving_first[junction + 1]; i++) {
		uint32_t edge = map->leaving[i] ^ 1, turn = map_turn_ms(map, edge, into);
		if (turn != MAP_NO_TURN && metric_usable(m, edge) && !metric_closed(m, edge) &&
		    map->hierarchy.vertex_of[edge >> 1] != MAP_NONE)
			add_way(out, (struct way_in){edge, into, place, turn + metric_ms(m, into)});
	}
}

/* Stretch by stretch. */
static void add_ways(const struct map_metric *m, struct drive_stretches *s)
{
	struct ways_in w = {0};
	for (size_t i = 0; i < s->count; i++) {
		s->way_first[i] = (uint32_t)w.count;
		for (uint32_t place = s->first[i]; place < s->first[i + 1]; place++)
			for (unsigned dir = 0; dir < 2; dir++)
				if (vertex_closed(m, s->vertex[place], dir))
					add_ways_into(
					    m,
					    2 * m->map->hierarchy.segment_of[s->vertex[place]] + dir,
					    place, &w);
	}
	s->way_first[s->count] = (uint32_t)w.count;
	s->way = w.way;
}

struct drive_stretches *drive_stretches_new(const struct map_metric *m)
{
	struct making k = {.m = m};
	k.count = closed_vertices(m, &k.vertex);
	if (k.count == 0)
		return NULL;
	k.index_of = mem_zero(m->map->hierarchy.vertices, sizeof(*k.index_of));
	k.joined = mem_zero(k.count, sizeof(*k.joined));
	k.place = mem_zero(k.count, sizeof(*k.place));
	for (uint32_t i = 0; i < k.count; i++) {
		k.index_of[k.vertex[i]] = i + 1;
		k.joined[i] = i;
	}
	struct drive_stretches *s = mem_zero(1, sizeof(*s));
	s->places = k.count;
	s->place_of = mem_zero(k.count, sizeof(*s->place_of));
	s->vertex = mem_zero(k.count, sizeof(*s->vertex));
	s->stretch = mem_zero(k.count, sizeof(*s->stretch));
	s->arc_first = mem_zero(k.count + 1, sizeof(*s->arc_first));
	s->round = mem_zero(2 * k.count, sizeof(*s->round));
	join_all(&k);
	give_places(&k, s);
	add_arcs(&k, s);
	s->way_first = mem_zero(s->count + 1, sizeof(*s->way_first));
	add_ways(m, s);
	free(k.vertex);
	free(k.index_of);
	free(k.joined);
	free(k.place);
	return s;
}

void drive_stretches_free(struct drive_stretches **stretches)
{
	struct drive_stretches *s = *stretches;
	*stretches = NULL;
	if (!s)
		return;
	free(s->place_of);
	free(s->vertex);
	free(s->stretch);
	free(s->first);
	free(s->arc_first);
	free(s->arc);
	free(s->round);
	free(s->way_first);
	free(s->way);
	free(s);
}

/* MAP_NONE: not a closed road's. */
static uint32_t place_at(const struct drive_stretches *s, uint32_t vertex)
{
	size_t low = 0, high = s ? s->places : 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (s->place_of[middle].vertex < vertex)
			low = middle + 1;
		else
			high = middle;
	}
	return s && low < s->places && s->place_of[low].vertex == vertex ? s->place_of[low].place
	                                                                 : MAP_NONE;
}

/* ---- from everywhere on a stretch to one place ---- */

static int32_t least(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

/* Four times as one vector, as in customise.c. */
typedef int32_t times __attribute__((vector_size(16)));

static times load(const int32_t *at)
{
	times t;
	memcpy(&t, at, sizeof(t));
	return t;
}

static times least_times(times a, times b)
{
	times less = a < b;
	return (a & less) | (b & ~less);
}

static void pass_up(const struct drive_stretches *s, uint32_t first, uint32_t last, int32_t *left)
{
	for (uint32_t place = first; place < last; place++) {
		int32_t a = left[2 * (place - first)], b = left[2 * (place - first) + 1];
		if (a == MAP_FAR && b == MAP_FAR)
			continue;
		for (uint32_t i = s->arc_first[place]; i < s->arc_first[place + 1]; i++) {
			const int32_t *down = s->arc[i].down;
			int32_t *upper = left + 2 * (s->arc[i].upper - first);
			upper[0] = least(upper[0], least(down[0] + a, down[1] + b));
			upper[1] = least(upper[1], least(down[2] + a, down[3] + b));
		}
	}
}

static void pass_down(const struct drive_stretches *s, uint32_t first, uint32_t last, int32_t *left)
{
	for (uint32_t place = last; place-- > first;) {
		int32_t *own = left + 2 * (place - first);
		times best = {own[0], s->round[2 * place] + own[1], own[1],
		              s->round[2 * place + 1] + own[0]};
		for (uint32_t i = s->arc_first[place]; i < s->arc_first[place + 1]; i++) {
			const int32_t *upper = left + 2 * (s->arc[i].upper - first);
			times beyond = {upper[0], upper[1], upper[0], upper[1]};
			best = least_times(best, load(s->arc[i].up) + beyond);
		}
		own[0] = least(best[0], best[1]);
		own[1] = least(best[2], best[3]);
	}
}

/* ---- approaches ---- */

static void add_approach(struct drive_approaches *a, struct drive_approach one)
{
	if (a->count == a->room) {
		a->room = a->room ? 2 * a->room : 32;
		a->approach = mem_grow(a->approach, a->room, sizeof(*a->approach));
	}
	a->approach[a->count++] = one;
}

/* From the edges before it into one direction of the trip's own road. */
static void add_last(const struct map_metric *m, uint32_t into, uint32_t before_ms,
                     struct drive_approaches *out)
{
	const struct map *map = m->map;
	uint32_t junction = map_edge_tail(map, into);
	for (uint32_t i = map->leaving_first[junction]; i < map->leaving_first[junction + 1]; i++) {
		uint32_t edge = map->leaving[i] ^ 1, turn = map_turn_ms(map, edge, into);
		if (turn != MAP_NO_TURN && metric_usable(m, edge) &&
		    map->hierarchy.vertex_of[edge >> 1] != MAP_NONE)
			add_approach(out, (struct drive_approach){edge, before_ms + turn, into, true});
	}
}

/* The road itself, or a ghost of it: both are the place to whoever arrives. */
static void add_road(const struct map_metric *m, const struct drive_end *to, uint32_t segment,
                     struct drive_approaches *out)
{
	for (unsigned dir = 0; dir < 2; dir++)
		if (to->usable[dir] && metric_usable(m, 2 * segment + dir))
			add_last(m, 2 * segment + dir, drive_before_ms(m, to, dir), out);
}

/* Is it driven on a stretch, the last road but one? */
static bool is_within(const struct map_metric *m, const struct drive_approach *a)
{
	return metric_closed(m, a->edge) && metric_closed(m, a->into);
}

/* By all ways into the stretch on which the trip ends. */
static void add_through(const struct map_metric *m, uint32_t place, struct drive_approaches *out)
{
	const struct drive_stretches *s = m->stretches;
	uint32_t stretch = s->stretch[place], first = s->first[stretch],
	         last = s->first[stretch + 1];
	bool any = false;
	out->first_place = first;
	out->places = last - first;
	out->left = mem_zero(2 * (last - first), sizeof(*out->left));
	for (uint32_t i = 0; i < 2 * (last - first); i++)
		out->left[i] = MAP_FAR;
	for (size_t i = 0; i < out->count; i++) {
		const struct drive_approach *a = &out->approach[i];
		uint32_t at = place_at(s, m->map->hierarchy.vertex_of[a->edge >> 1]);
		if (!is_within(m, a) || at < first || at >= last)
			continue;
		int32_t *left = &out->left[2 * (at - first) + (a->edge & 1)];
		*left = least(*left, (int32_t)a->ms);
		any = true;
	}
	if (!any)
		return;
	pass_up(s, first, last, out->left);
	pass_down(s, first, last, out->left);
	for (uint32_t i = s->way_first[stretch]; i < s->way_first[stretch + 1]; i++) {
		const struct way_in *w = &s->way[i];
		int64_t ms = (int64_t)w->ms + out->left[2 * (w->place - first) + (w->into & 1)];
		if (ms < MAP_FAR)
			add_approach(out, (struct drive_approach){w->edge, (uint32_t)ms, w->into, false});
	}
}

/* The hierarchy's vertex is the first key: see below. */
struct keyed {
	uint64_t key;
	struct drive_approach approach;
};

static int compare_keys(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;
	return x->key != y->key ? (x->key > y->key) - (x->key < y->key)
	                        : (x->approach.ms > y->approach.ms) - (x->approach.ms < y->approach.ms);
}

static uint64_t key_of(const struct map *map, uint32_t edge)
{
	return 2 * (uint64_t)map->hierarchy.vertex_of[edge >> 1] + (edge & 1);
}

static void sort(const struct map *map, struct drive_approaches *a)
{
	struct keyed *keyed = mem_zero(a->count + 1, sizeof(*keyed));
	for (size_t i = 0; i < a->count; i++)
		keyed[i] = (struct keyed){key_of(map, a->approach[i].edge), a->approach[i]};
	qsort(keyed, a->count, sizeof(*keyed), compare_keys);
	for (size_t i = 0; i < a->count; i++)
		a->approach[i] = keyed[i].approach;
	free(keyed);
}

void drive_approaches_find(const struct map_metric *m, const struct drive_end *to,
                           struct drive_approaches *out)
{
	uint32_t first;
	*out = (struct drive_approaches){0};
	if (!to->known)
		return;
	add_road(m, to, to->segment, out);
	for (uint32_t i = map_ghosts(m->map, to->segment, &first); i-- > 0;)
		add_road(m, to, first + i, out);
	uint32_t place = place_at(m->stretches, m->map->hierarchy.vertex_of[to->segment]);
	if (place != MAP_NONE)
		add_through(m, place, out);
	sort(m->map, out);
}

void drive_approaches_free(struct drive_approaches *a)
{
	free(a->approach);
	free(a->left);
	*a = (struct drive_approaches){0};
}

/* ---- the way to the trip's end ---- */

/* The approach by the end of this edge that takes so long; NULL: none. */
static const struct drive_approach *approach_at(const struct map *map,
                                                const struct drive_approaches *to, uint32_t edge,
                                                uint32_t ms)
{
	size_t low = 0, high = to->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct drive_approach *a = &to->approach[middle];
		uint64_t key = key_of(map, edge), own = key_of(map, a->edge);
		if (own < key || (own == key && a->ms < ms))
			low = middle + 1;
		else
			high = middle;
	}
	const struct drive_approach *a = &to->approach[low];
	return low < to->count && a->edge == edge && a->ms == ms ? a : NULL;
}

/* The last road, from the end of a closed edge within the stretch after so long; MAP_NONE: not yet. */
static uint32_t last_from(const struct map_metric *m, const struct drive_approaches *to,
                          uint32_t edge, uint32_t ms)
{
	const struct drive_approach *a = approach_at(m->map, to, edge, ms);
	for (; a && a < to->approach + to->count && a->edge == edge && a->ms == ms; a++)
		if (a->last && is_within(m, a))
			return a->into;
	return MAP_NONE;
}

/* The closed edge after this one on the way through the stretch. */
static uint32_t next_within(const struct map_metric *m, const struct drive_approaches *to,
                            uint32_t edge, uint32_t *ms)
{
	const struct map *map = m->map;
	uint32_t junction = map_edge_head(map, edge);
	for (uint32_t i = map->leaving_first[junction]; i < map->leaving_first[junction + 1]; i++) {
		uint32_t next = map->leaving[i], turn = map_turn_ms(map, edge, next);
		if (turn == MAP_NO_TURN || !is_closed(m, next))
			continue;
		uint32_t place = place_at(m->stretches, map->hierarchy.vertex_of[next >> 1]);
		if (place < to->first_place || place - to->first_place >= to->places)
			continue;
		uint32_t left = (uint32_t)to->left[2 * (place - to->first_place) + (next & 1)];
		if (left < MAP_FAR && turn + metric_ms(m, next) + left == *ms) {
			*ms = left;
			return next;
		}
	}
	return MAP_NONE;
}

void drive_path_end(const struct map_metric *m, const struct drive_approaches *to, uint32_t edge,
                    int32_t ms, struct drive_path *path)
{
	const struct drive_approach *a = approach_at(m->map, to, edge, (uint32_t)ms);
	if (!a)
		return;
	uint32_t left = a->ms - (a->last ? 0 : map_turn_ms(m->map, edge, a->into) + metric_ms(m, a->into));
	drive_path_add(path, a->into);
	for (uint32_t at = a->into; !a->last && at != MAP_NONE;) {
		uint32_t last = last_from(m, to, at, left);
		at = last == MAP_NONE ? next_within(m, to, at, &left) : MAP_NONE;
		if (last != MAP_NONE || at != MAP_NONE)
			drive_path_add(path, last != MAP_NONE ? last : at);
	}
}

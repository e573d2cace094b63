/*
 * The way that a line of points draws over the roads, whatever their direction. A point stands for all the
 * roads near it; which one is meant follows from the whole line: those by which it is shortest
 * together with how far the points lie off, so that a point beside a crossing leads into no side road.
 */
#include "drive.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

#define NEAR_M 60.0        /* a point this far from every road has none; */
#define NEAR_STREET_M 120.0 /* where the street is named: streets meet by links, too */
#define BESIDE_M 15.0      /* roads that lie so much farther off than the nearest may be meant, */
#define BESIDE_STREET_M 40.0 /* carriageways of one street */
#define SPOTS 8            /* for each point, at most */
#define OFF_WEIGHT 1.5     /* a metre that a point lies off its road, in metres of the way; */
#define OFF_STREET_WEIGHT 2
#define DETOUR_MOST 4.0    /* two points are joined along roads up to so many times the straight line… */
#define DETOUR_MORE_M 600  /* … and so much more: else they do not belong together */
#define DETOUR_STREET_M 2000 /* of one street */
#define GAP_M 250          /* one street may be interrupted for so long, by a square or a roundabout… */
#define GAP_WEIGHT 20      /* … but goes on along itself where it can, up to so many times as far */
#define PART_TAKEN 0.5     /* a road is taken that is gone over for so much of it */

/* ---- one point's roads ---- */

struct spot {
	struct map_snapped at;
	uint32_t cost; /* decimetres of the way so far; UINT32_MAX: it does not lead here */
	uint32_t before; /* which spot of the point before */
	struct along way; /* from there */
};
struct layer {
	struct spot spot[SPOTS];
	size_t count;
};

static bool may_be(void *ctx, uint32_t segment)
{
	return street_has(ctx, segment);
}

static uint32_t decimetres(double metres)
{
	return (uint32_t)lround(fmin(metres, 1e7) * 10);
}

static bool layer_at(const struct map *map, struct point p, struct street *street, struct layer *out)
{
	struct map_snapped near[SPOTS];
	double beside = street ? BESIDE_STREET_M : BESIDE_M;
	size_t count = map_snap_some(map, p, street ? NEAR_STREET_M : NEAR_M, street ? may_be : NULL,
	                             street, near, SPOTS);
	*out = (struct layer){0};
	for (size_t i = 0; i < count && near[i].distance_m <= near[0].distance_m + beside; i++)
		out->spot[out->count++] = (struct spot){.at = near[i], .cost = UINT32_MAX};
	return count > 0;
}

static uint32_t off_road(const struct spot *s, const struct street *street)
{
	return decimetres((street ? OFF_STREET_WEIGHT : OFF_WEIGHT) * s->at.distance_m);
}

static void layer_begin(struct layer *l, const struct street *street)
{
	for (size_t i = 0; i < l->count; i++) {
		l->spot[i].cost = off_road(&l->spot[i], street);
		l->spot[i].before = MAP_NONE;
	}
}

static const struct spot *best_of(const struct layer *l)
{
	const struct spot *best = &l->spot[0];
	for (size_t i = 1; i < l->count; i++)
		if (l->spot[i].cost < best->cost)
			best = &l->spot[i];
	return best;
}

static void layers_free(struct layer *layers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < layers[i].count; k++)
			along_free(&layers[i].spot[k].way);
	free(layers);
}

/* ---- from one point to the next ---- */

struct reached {
	uint32_t decimetres, edge; /* by which it was reached */
	uint32_t spot;             /* of the point before, where it lies on that edge; MAP_NONE */
	uint32_t leg;              /* of the walk: what other legs reached does not count */
};

struct waiting {
	uint32_t decimetres, junction;
};

struct walk {
	const struct map *map;
	struct street *street;
	struct reached *at; /* by junction */
	struct waiting *heap;
	size_t count, room;
	uint32_t most, leg;
};

static void reach(struct walk *w, uint32_t junction, uint32_t dm, uint32_t edge, uint32_t spot)
{
	struct reached *r = &w->at[junction];
	if (dm > w->most || (r->leg == w->leg && r->decimetres <= dm))
		return;
	*r = (struct reached){dm, edge, spot, w->leg};
	if (w->count == w->room) {
		w->room = w->room ? 2 * w->room : 256;
		w->heap = mem_grow(w->heap, w->room, sizeof(*w->heap));
	}
	size_t i = w->count++;
	for (; i > 0 && w->heap[(i - 1) / 2].decimetres > dm; i = (i - 1) / 2)
		w->heap[i] = w->heap[(i - 1) / 2];
	w->heap[i] = (struct waiting){dm, junction};
}

static struct waiting nearest(struct walk *w)
{
	struct waiting top = w->heap[0], last = w->heap[--w->count];
	size_t i = 0;
	for (;;) {
		size_t child = 2 * i + 1;
		if (child + 1 < w->count &&
		    w->heap[child + 1].decimetres < w->heap[child].decimetres)
			child++;
		if (child >= w->count || w->heap[child].decimetres >= last.decimetres)
			break;
		w->heap[i] = w->heap[child];
		i = child;
	}
	w->heap[i] = last;
	return top;
}

static double length_of(const struct map *map, uint32_t segment)
{
	return (double)map->segments[segment].length_m;
}

static void walk_on(struct walk *w, struct waiting from)
{
	const struct map *map = w->map;
	for (uint32_t i = map->leaving_first[from.junction];
	     i < map->leaving_first[from.junction + 1]; i++) {
		uint32_t edge = map->leaving[i];
		double weight = w->street && !street_has(w->street, edge >> 1) ? GAP_WEIGHT : 1;
		reach(w, map_edge_head(map, edge),
		      from.decimetres + decimetres(weight * length_of(map, edge >> 1)), edge, MAP_NONE);
	}
}

static void set_off(struct walk *w, const struct layer *from)
{
	for (uint32_t i = 0; i < from->count; i++) {
		const struct spot *s = &from->spot[i];
		const struct map_segment *segment = &w->map->segments[s->at.segment];
		double length = length_of(w->map, s->at.segment);
		if (s->cost == UINT32_MAX)
			continue;
		reach(w, segment->to, s->cost + decimetres((1 - s->at.fraction) * length),
		      2 * s->at.segment, i);
		reach(w, segment->from, s->cost + decimetres(s->at.fraction * length),
		      2 * s->at.segment + 1, i);
	}
}

/* What it takes to come to the spot over this edge; UINT32_MAX: it does not lead there. */
static uint32_t arrival(const struct walk *w, const struct spot *to, uint32_t edge)
{
	const struct reached *r = &w->at[map_edge_tail(w->map, edge)];
	double share = edge & 1 ? 1 - to->at.fraction : to->at.fraction;
	if (r->leg != w->leg)
		return UINT32_MAX;
	return r->decimetres + decimetres(share * length_of(w->map, to->at.segment));
}

/* Straight along the road that both lie on. */
static uint32_t straight(const struct walk *w, const struct layer *from, const struct spot *to,
                         uint32_t *before)
{
	uint32_t best = UINT32_MAX;
	for (uint32_t i = 0; i < from->count; i++) {
		const struct spot *s = &from->spot[i];
		if (s->at.segment != to->at.segment || s->cost == UINT32_MAX)
			continue;
		best = s->cost + decimetres(fabs(s->at.fraction - to->at.fraction) *
		                            length_of(w->map, to->at.segment));
		*before = i;
	}
	return best;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* No spot can be come to for less than by now. */
static bool all_known(const struct walk *w, const struct layer *from, const struct layer *to,
                      uint32_t dm)
{
	for (size_t i = 0; i < to->count; i++) {
		uint32_t edge = 2 * to->spot[i].at.segment, before;
		uint32_t best = least(arrival(w, &to->spot[i], edge),
		                      arrival(w, &to->spot[i], edge + 1));
		if (least(best, straight(w, from, &to->spot[i], &before)) > dm)
			return false;
	}
	return true;
}

static void put(const struct map *map, struct along *along, uint32_t edge, double low, double high)
{
	if (along->count == along->room) {
		along->room = along->room ? 2 * along->room : 16;
		along->piece = mem_grow(along->piece, along->room, sizeof(*along->piece));
	}
	uint32_t real = 2 * map_real_segment(map, edge >> 1) + (edge & 1);
	along->piece[along->count++] = (struct along_piece){real, low, high};
}

static void turn_round(struct along *along)
{
	for (size_t low = 0, high = along->count; low + 1 < high; low++) {
		struct along_piece piece = along->piece[low];
		along->piece[low] = along->piece[--high];
		along->piece[high] = piece;
	}
}

/* From the spot that lies on it back to where the leg began. */
static void go_back(const struct walk *w, const struct layer *from, struct spot *to, uint32_t edge)
{
	double at = to->at.fraction;
	put(w->map, &to->way, edge, edge & 1 ? at : 0, edge & 1 ? 1 : at);
	const struct reached *r = &w->at[map_edge_tail(w->map, edge)];
	for (; r->spot == MAP_NONE; r = &w->at[map_edge_tail(w->map, r->edge)])
		put(w->map, &to->way, r->edge, 0, 1);
	at = from->spot[r->spot].at.fraction;
	put(w->map, &to->way, r->edge, r->edge & 1 ? 0 : at, r->edge & 1 ? at : 1);
	to->before = r->spot;
	turn_round(&to->way);
}

static void arrive(const struct walk *w, const struct layer *from, struct spot *to)
{
	uint32_t before = MAP_NONE, edge = 2 * to->at.segment;
	uint32_t direct = straight(w, from, to, &before), by_from = arrival(w, to, edge),
	         by_to = arrival(w, to, edge + 1), best = least(direct, least(by_from, by_to));
	if (best == UINT32_MAX)
		return;
	to->cost = best + off_road(to, w->street);
	if (best == direct) {
		double a = from->spot[before].at.fraction, b = to->at.fraction;
		to->before = before;
		put(w->map, &to->way, edge + (a > b), fmin(a, b), fmax(a, b));
	} else {
		go_back(w, from, to, best == by_from ? edge : edge + 1);
	}
}

static bool go(struct walk *w, const struct layer *from, struct layer *to, double straight_m)
{
	double more = w->street ? DETOUR_STREET_M + GAP_WEIGHT * GAP_M : DETOUR_MORE_M;
	uint32_t begin = best_of(from)->cost;
	w->leg++;
	w->count = 0;
	w->most = begin + decimetres(DETOUR_MOST * straight_m + more);
	set_off(w, from);
	while (w->count > 0) {
		struct waiting at = nearest(w);
		if (at.decimetres > w->at[at.junction].decimetres)
			continue;
		if (all_known(w, from, to, at.decimetres))
			break;
		walk_on(w, at);
	}
	for (size_t i = 0; i < to->count; i++)
		arrive(w, from, &to->spot[i]);
	return best_of(to)->cost != UINT32_MAX;
}

/* ---- the whole line ---- */

/* The best way to the last of these points, behind what there is. */
static void collect(const struct map *map, const struct layer *layers, size_t count,
                    struct along *out)
{
	struct along back = {0};
	const struct spot *s = best_of(&layers[count - 1]);
	for (size_t i = count - 1; i > 0; s = &layers[--i].spot[s->before])
		for (size_t k = s->way.count; k-- > 0;)
			put(map, &back, s->way.piece[k].edge, s->way.piece[k].low, s->way.piece[k].high);
	for (size_t k = back.count; k-- > 0;)
		put(map, out, back.piece[k].edge, back.piece[k].low, back.piece[k].high);
	along_free(&back);
}

/* Where the way leaves the street it is soon back. */
static bool holds_together(const struct map *map, struct street *street, const struct along *along)
{
	double gap = 0;
	for (size_t i = 0; i < along->count; i++) {
		const struct along_piece *p = &along->piece[i];
		gap = street_has(street, p->edge >> 1)
		          ? 0
		          : gap + (p->high - p->low) * length_of(map, p->edge >> 1);
		if (gap > GAP_M)
			return false;
	}
	return along->count > 0;
}

bool along_find(const struct map *map, const struct map_closure *c, struct street *street,
                struct along *out)
{
	struct walk w = {.map = map,
	                 .street = street,
	                 .at = mem_zero(map->junction_count, sizeof(*w.at))};
	struct layer *layers = mem_zero(c->count, sizeof(*layers));
	struct point last = POINT_NONE;
	size_t count = 0;
	bool whole = true;
	for (size_t i = 0; i < c->count; i++) {
		if (!layer_at(map, c->points[i], street, &layers[count])) {
			whole = false;
			continue;
		}
		if (count > 0 && !go(&w, &layers[count - 1], &layers[count],
		                     point_distance_m(last, c->points[i]))) {
			struct layer apart = layers[count];
			collect(map, layers, count, out);
			layers[count] = (struct layer){0};
			layers_free(layers, count);
			layers = mem_zero(c->count, sizeof(*layers));
			layers[0] = apart;
			count = 0;
			whole = false;
		}
		if (count == 0)
			layer_begin(&layers[0], street);
		last = c->points[i];
		count++;
	}
	if (count > 0)
		collect(map, layers, count, out);
	layers_free(layers, count);
	free(w.at);
	free(w.heap);
	return !street || (whole && holds_together(map, street, out));
}

void along_free(struct along *along)
{
	free(along->piece);
	*along = (struct along){0};
}

/* ---- which roads that is ---- */

static int by_segment(const void *a, const void *b)
{
	const struct along_piece *x = a, *y = b;
	if (x->edge >> 1 != y->edge >> 1)
		return x->edge < y->edge ? -1 : 1;
	double more = (x->high - x->low) - (y->high - y->low);
	return more > 0 ? -1 : more < 0 ? 1 : 0;
}

/* Each road once, with all of it that was gone over, in the direction of the most of it. */
static size_t join(struct along_piece *piece, size_t count)
{
	size_t roads = 0;
	if (count)
		qsort(piece, count, sizeof(*piece), by_segment);
	for (size_t i = 0; i < count; i++) {
		struct along_piece *before = roads ? &piece[roads - 1] : NULL;
		if (before && before->edge >> 1 == piece[i].edge >> 1) {
			before->low = fmin(before->low, piece[i].low);
			before->high = fmax(before->high, piece[i].high);
		} else {
			piece[roads++] = piece[i];
		}
	}
	return roads;
}

void along_take(const struct along *along, struct street *street, struct drive_path *out)
{
	struct along_piece *piece = mem_zero(along->count + 1, sizeof(*piece));
	const struct along_piece *most = NULL;
	size_t count = 0;
	for (size_t i = 0; i < along->count; i++)
		if (!street || street_has(street, along->piece[i].edge >> 1))
			piece[count++] = along->piece[i];
	count = join(piece, count);
	for (size_t i = 0; i < count; i++) {
		double part = piece[i].high - piece[i].low;
		if (part >= PART_TAKEN)
			drive_path_add(out, piece[i].edge);
		if (!most || part > most->high - most->low)
			most = &piece[i];
	}
	if (out->count == 0 && most) /* a corner only: the road on which more of it lies */
		drive_path_add(out, most->edge);
	free(piece);
}

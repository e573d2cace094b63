/*
 * How the streets grow. A town is a ring cut again and again by new streets until its blocks are small
 * (smaller near the centre): each cut ends on older streets, which gives the T-junctions of real towns.
 * Valley roads tie the towns together; blind streets and drives then fill the blocks until the share of
 * dead ends is that of a real Italian town.
 */
#include "valley.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- which segments were split, so that the block next door learns of it ---- */

struct split {
	int a, b, middle; /* a < b; middle 0 where empty */
};
struct cutter {
	struct valley *v;
	struct split *table;
	size_t size;
	const struct town *town;
	double old_block, new_block; /* block areas at the centre and at the edge, m2 */
};

static size_t split_slot(const struct cutter *c, int a, int b)
{
	size_t h = ((size_t)a * 73856093U) ^ ((size_t)b * 19349663U);
	for (h &= c->size - 1; c->table[h].middle; h = (h + 1) & (c->size - 1))
		if (c->table[h].a == a && c->table[h].b == b)
			break;
	return h;
}

static int split_find(const struct cutter *c, int a, int b)
{
	return c->table[split_slot(c, a < b ? a : b, a < b ? b : a)].middle;
}

static void split_put(struct cutter *c, int a, int b, int middle)
{
	int low = a < b ? a : b, high = a < b ? b : a;
	c->table[split_slot(c, low, high)] = (struct split){low, high, middle};
}

struct chain {
	int *nodes;
	int count, room;
};

static void chain_add(struct chain *c, int node)
{
	c->nodes = valley_room(c->nodes, c->count, &c->room, sizeof *c->nodes);
	c->nodes[c->count++] = node;
}

/* a and everything since inserted between a and b; b itself is left to the next pair */
static void refine(const struct cutter *c, int a, int b, struct chain *to)
{
	int middle = split_find(c, a, b);
	if (!middle) {
		chain_add(to, a);
		return;
	}
	refine(c, a, middle, to);
	refine(c, middle, b, to);
}

static void refine_ring(const struct cutter *c, const struct chain *ring, struct chain *to)
{
	to->count = 0;
	for (int i = 0; i < ring->count; i++)
		refine(c, ring->nodes[i], ring->nodes[(i + 1) % ring->count], to);
}

/* ---- one cut through one block ---- */

static double ring_area(const struct valley *v, const struct chain *ring, struct vec *centre)
{
	double area = 0, cx = 0, cy = 0;
	for (int i = 0; i < ring->count; i++) {
		struct vec a = v->nodes[ring->nodes[i]], b = v->nodes[ring->nodes[(i + 1) % ring->count]];
		double w = a.x * b.y - b.x * a.y;
		area += w;
		cx += (a.x + b.x) * w;
		cy += (a.y + b.y) * w;
	}
	area /= 2;
	*centre = (struct vec){cx / (6 * area), cy / (6 * area)};
	return fabs(area);
}

/* Direction of the block's longer side (principal axis of its corners). */
static double ring_axis(const struct valley *v, const struct chain *ring, struct vec centre)
{
	double xx = 0, yy = 0, xy = 0;
	for (int i = 0; i < ring->count; i++) {
		struct vec p = v->nodes[ring->nodes[i]];
		xx += (p.x - centre.x) * (p.x - centre.x);
		yy += (p.y - centre.y) * (p.y - centre.y);
		xy += (p.x - centre.x) * (p.y - centre.y);
	}
	return 0.5 * atan2(2 * xy, xx - yy);
}

struct crossing {
	int edge; /* from ring node `edge` to the next */
	double along, t; /* along the edge 0-1; t along the cutting line, metres */
};

static bool line_meets(struct vec o, struct vec d, struct vec a, struct vec b, struct crossing *out)
{
	double ex = b.x - a.x, ey = b.y - a.y, den = d.x * ey - d.y * ex;
	if (fabs(den) < 1e-9)
		return false;
	double t = ((a.x - o.x) * ey - (a.y - o.y) * ex) / den;
	double u = ((a.x - o.x) * d.y - (a.y - o.y) * d.x) / den;
	*out = (struct crossing){.along = u, .t = t};
	return u >= 0 && u < 1;
}

static bool find_ends(const struct valley *v, const struct chain *ring, struct vec o, struct vec d,
		      struct crossing *before, struct crossing *after)
{
	before->t = -INFINITY;
	after->t = INFINITY;
	for (int i = 0; i < ring->count; i++) {
		struct crossing c;
		if (!line_meets(o, d, v->nodes[ring->nodes[i]], v->nodes[ring->nodes[(i + 1) % ring->count]], &c))
			continue;
		c.edge = i;
		if (c.t <= 0 && c.t > before->t)
			*before = c;
		if (c.t > 0 && c.t < after->t)
			*after = c;
	}
	return isfinite(before->t) && isfinite(after->t) && before->edge != after->edge &&
	       after->t - before->t > 18;
}

/* The node where a cut ends: an old corner if near enough, else a new one in the middle of the edge. */
static int cut_end(struct cutter *c, const struct chain *ring, const struct crossing *at)
{
	struct valley *v = c->v;
	int a = ring->nodes[at->edge], b = ring->nodes[(at->edge + 1) % ring->count];
	double length = vec_distance(v->nodes[a], v->nodes[b]);
	double snap = valley_random(v) < 0.29 ? 34 : 7;
	if (at->along * length < snap && at->along <= 0.5)
		return a;
	if ((1 - at->along) * length < snap)
		return b;
	int w = valley_node(v, vec_mix(v->nodes[a], v->nodes[b], at->along));
	split_put(c, a, b, w);
	return w;
}

static double wanted_area(const struct cutter *c, struct vec centre)
{
	double d = vec_distance(centre, c->town->centre) / c->town->radius;
	double t = d < 0.25 ? 0 : fmin(1, (d - 0.25) / 0.75);
	return (c->old_block + (c->new_block - c->old_block) * t) * valley_between(c->v, 0.6, 1.7);
}

static void bend_into(struct valley *v, struct street *s, int from, int to)
{
	struct vec a = v->nodes[from], b = v->nodes[to];
	double length = vec_distance(a, b), bow = length * valley_between(v, -0.035, 0.035);
	int steps = (int)(length / 55);
	for (int i = 1; i <= steps; i++) {
		double t = (double)i / (steps + 1), off = bow * sin(M_PI * t);
		struct vec p = vec_mix(a, b, t);
		p.x += -(b.y - a.y) / length * off;
		p.y += (b.x - a.x) / length * off;
		street_append(s, valley_node(v, p));
	}
}

/* Cuts a block in two; false where it stays whole. The halves replace it on the stack. */
static bool cut_block(struct cutter *c, struct chain *block, struct chain halves[2])
{
	struct valley *v = c->v;
	struct chain ring = {0};
	refine_ring(c, block, &ring);
	struct vec centre;
	double area = ring_area(v, &ring, &centre);
	struct crossing one, two;
	double angle = ring_axis(v, &ring, centre) + M_PI / 2 + valley_between(v, -0.16, 0.16);
	struct vec d = {cos(angle), sin(angle)}, o = vec_mix(centre, v->nodes[ring.nodes[0]], valley_between(v, -0.12, 0.12));
	if (area < wanted_area(c, centre) || !find_ends(v, &ring, o, d, &one, &two)) {
		free(ring.nodes);
		return false;
	}
	int from = cut_end(c, &ring, &one), to = cut_end(c, &ring, &two);
	struct chain whole = {0};
	refine_ring(c, &ring, &whole);
	int i = 0, j = 0;
	while (whole.nodes[i] != from)
		i++;
	while (whole.nodes[j] != to)
		j++;
	int gap = abs(i - j);
	if (from == to || gap < 2 || gap > whole.count - 2) {
		free(ring.nodes);
		free(whole.nodes);
		return false;
	}
	int id = valley_street(v, STREET_RESIDENTIAL, c->town->municipality);
	struct street *s = &v->streets[id];
	s->old_town = vec_distance(centre, c->town->centre) < 0.3 * c->town->radius;
	street_append(s, from);
	bend_into(v, s, from, to);
	street_append(s, to);
	for (int half = 0; half < 2; half++) {
		int start = half ? j : i, end = half ? i : j;
		for (int k = start; k != end; k = (k + 1) % whole.count)
			chain_add(&halves[half], whole.nodes[k]);
		for (int k = 0; k < s->count - 1; k++) /* back along the cut, its far end excluded */
			chain_add(&halves[half], half ? s->nodes[k] : s->nodes[s->count - 1 - k]);
	}
	free(ring.nodes);
	free(whole.nodes);
	return true;
}

static void note_square(struct cutter *c, const struct chain *block, double *nearest)
{
	struct chain ring = {0};
	refine_ring(c, block, &ring);
	struct vec centre;
	double area = ring_area(c->v, &ring, &centre), d = vec_distance(centre, c->town->centre);
	struct town *town = &c->v->towns[c->town - c->v->towns];
	if (d < *nearest && area > 900 && ring.count <= 64) {
		*nearest = d;
		memcpy(town->square, ring.nodes, (size_t)ring.count * sizeof *ring.nodes);
		town->square_count = ring.count;
	}
	free(ring.nodes);
}

static void town_ring(struct valley *v, struct town *t, struct chain *ring)
{
	int corners = t->radius > 400 ? 26 : 11;
	double phase = valley_between(v, 0, 6), squeeze = valley_between(v, 0.78, 0.92);
	for (int i = 0; i < corners; i++) {
		double a = 2 * M_PI * i / corners;
		double r = t->radius * (1 + 0.07 * sin(3 * a + phase) + 0.05 * sin(5 * a + 2 * phase));
		chain_add(ring, valley_node(v, (struct vec){t->centre.x + r * cos(a), t->centre.y + squeeze * r * sin(a)}));
	}
}

static void town_grow(struct cutter *c, struct town *t)
{
	struct valley *v = c->v;
	c->town = t;
	c->old_block = t->radius > 400 ? 4600 : 6500;
	c->new_block = t->radius > 400 ? 210000 : 20000;
	struct chain stack[256] = {0};
	int depth = 0, first = v->street_count;
	town_ring(v, t, &stack[depth++]);
	struct chain ring = {0};
	for (int i = 0; i < stack[0].count; i++)
		chain_add(&ring, stack[0].nodes[i]);
	chain_add(&ring, ring.nodes[0]);
	double nearest = INFINITY;
	while (depth) {
		struct chain block = stack[--depth], halves[2] = {0};
		if (!cut_block(c, &block, halves)) {
			note_square(c, &block, &nearest);
		} else {
			must(depth < 250);
			stack[depth++] = halves[0];
			stack[depth++] = halves[1];
		}
		free(block.nodes);
	}
	t->ring = valley_street(v, t->radius > 400 ? STREET_TERTIARY : STREET_RESIDENTIAL, t->municipality);
	for (int i = 0; i < ring.count; i++)
		street_append(&v->streets[t->ring], ring.nodes[i]);
	free(ring.nodes);
	for (int i = first; i < v->street_count; i++) { /* streets learn of the junctions that came later */
		struct chain full = {0};
		struct street *s = &v->streets[i];
		for (int k = 0; k + 1 < s->count; k++)
			refine(c, s->nodes[k], s->nodes[k + 1], &full);
		chain_add(&full, s->nodes[s->count - 1]);
		free(s->nodes);
		*s = (struct street){.nodes = full.nodes, .count = full.count, .room = full.room, .class = s->class,
				     .municipality = s->municipality, .mesh = true, .old_town = s->old_town};
	}
}

/* ---- roads of the valley ---- */

static int nearest_on(const struct valley *v, int street, struct vec p)
{
	const struct street *s = &v->streets[street];
	int best = s->nodes[0];
	for (int i = 1; i < s->count; i++)
		if (vec_distance(v->nodes[s->nodes[i]], p) < vec_distance(v->nodes[best], p))
			best = s->nodes[i];
	return best;
}

static void wind_into(struct valley *v, int street, int to, double wobble)
{
	struct vec a = v->nodes[v->streets[street].nodes[v->streets[street].count - 1]], b = v->nodes[to];
	double length = vec_distance(a, b), phase = valley_between(v, 0, 6);
	int steps = (int)(length / 70);
	for (int i = 1; i <= steps; i++) {
		double t = (double)i / (steps + 1);
		double off = wobble * sin(M_PI * t) * sin(phase + t * length / 210);
		struct vec p = vec_mix(a, b, t);
		p.x += -(b.y - a.y) / length * off;
		p.y += (b.x - a.x) / length * off;
		street_append(&v->streets[street], valley_node(v, p));
	}
	street_append(&v->streets[street], to);
}

static int road_between(struct valley *v, int from, int to, enum street_class class, double wobble)
{
	int road = valley_street(v, class, valley_municipality_at(vec_mix(v->nodes[from], v->nodes[to], 0.5)));
	street_append(&v->streets[road], from);
	wind_into(v, road, to, wobble);
	return road;
}

/* The provincial road: one street for each municipality, along the river's south bank. */
static void provincial_road(struct valley *v, int roads[VALLEY_MUNICIPALITIES])
{
	int previous = -1;
	for (int m = 0; m < VALLEY_MUNICIPALITIES; m++) {
		roads[m] = valley_street(v, STREET_PRIMARY, m);
		if (previous >= 0)
			street_append(&v->streets[roads[m]], previous);
		double x0 = m == 0 ? 150 : m == 1 ? 6560 : 10600, x1 = m == 0 ? 6500 : m == 1 ? 10540 : 13850;
		for (double x = x0; x < x1; x += 65)
			street_append(&v->streets[roads[m]], previous = valley_node(v, (struct vec){x, valley_river_y(x) - 170}));
	}
}

static void bridges_of(struct valley *v, const struct town *t, int provincial)
{
	for (int i = 0; i < 2; i++) {
		double x = t->centre.x + (i ? 0.45 : -0.4) * t->radius;
		struct vec south = {x, valley_river_y(x) - 170};
		int from = nearest_on(v, t->ring, (struct vec){x, t->centre.y - t->radius}), to = nearest_on(v, provincial, south);
		int road = valley_street(v, STREET_TERTIARY, t->municipality);
		struct vec a = v->nodes[from], b = v->nodes[to];
		double y = valley_river_y((a.x + b.x) / 2);
		street_append(&v->streets[road], from);
		for (int k = 0; k < 2; k++) { /* the two heads of the bridge */
			double t_along = (a.y - (y + (k ? -28 : 28))) / (a.y - b.y);
			street_append(&v->streets[road], valley_node(v, vec_mix(a, b, t_along)));
		}
		street_append(&v->streets[road], to);
		v->streets[road].bridge = true;
	}
}

static void valley_roads(struct valley *v)
{
	int provincial[VALLEY_MUNICIPALITIES];
	provincial_road(v, provincial);
	struct town *t = v->towns;
	for (int i = 0; i < 3; i++)
		bridges_of(v, &t[i], provincial[i]);
	for (int i = 0; i < 2; i++) /* the old road on the north bank */
		road_between(v, nearest_on(v, t[i].ring, t[i + 1].centre), nearest_on(v, t[i + 1].ring, t[i].centre), STREET_TERTIARY, 45);
	road_between(v, nearest_on(v, t[7].ring, t[8].centre), nearest_on(v, t[8].ring, t[7].centre), STREET_RURAL, 70);
	for (int i = 3; i < 6; i++) /* the hill road from hamlet to hamlet */
		road_between(v, nearest_on(v, t[i].ring, t[i + 1].centre), nearest_on(v, t[i + 1].ring, t[i].centre), STREET_RURAL, 80);
	for (int i = 3; i < VALLEY_TOWNS; i++) {
		bool south = t[i].centre.y < valley_river_y(t[i].centre.x);
		int near = south ? provincial[t[i].municipality] : t[t[i].municipality].ring;
		int from = nearest_on(v, t[i].ring, v->nodes[nearest_on(v, near, t[i].centre)]);
		road_between(v, from, nearest_on(v, near, v->nodes[from]), STREET_RURAL, 60);
	}
}

/* ---- blind streets ---- */

#define CELL 60.0
#define COLUMNS ((int)(VALLEY_WIDTH / CELL) + 1)
#define ROWS ((int)(VALLEY_HEIGHT / CELL) + 1)
struct segment {
	int street, a, b, next; /* next in the same cell */
};
struct filler {
	struct valley *v;
	struct segment *segments;
	int count, room;
	int *cell; /* first segment of each cell by its middle, -1 */
};

static int cell_of(struct vec p)
{
	int c = (int)(p.x / CELL), r = (int)(p.y / CELL);
	c = c < 0 ? 0 : c >= COLUMNS ? COLUMNS - 1 : c;
	r = r < 0 ? 0 : r >= ROWS ? ROWS - 1 : r;
	return r * COLUMNS + c;
}

static void filler_add(struct filler *f, int street, int a, int b)
{
	f->segments = valley_room(f->segments, f->count, &f->room, sizeof *f->segments);
	int c = cell_of(vec_mix(f->v->nodes[a], f->v->nodes[b], 0.5));
	f->segments[f->count] = (struct segment){street, a, b, f->cell[c]};
	f->cell[c] = f->count++;
}

static double distance_to(struct vec p, struct vec a, struct vec b)
{
	double l2 = (b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y);
	double t = l2 > 0 ? ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / l2 : 0;
	return vec_distance(p, vec_mix(a, b, fmax(0, fmin(1, t))));
}

/* No street crossed, and the far end keeps its distance from all of them. */
static bool room_for(const struct filler *f, int foot, struct vec from, struct vec to)
{
	const struct valley *v = f->v;
	if (fabs(to.y - valley_river_y(to.x)) < 45)
		return false;
	int around = 3 + (int)(vec_distance(from, to) / CELL), base = cell_of(from);
	for (int dr = -around; dr <= around; dr++)
		for (int dc = -around; dc <= around; dc++) {
			int r = base / COLUMNS + dr, c = base % COLUMNS + dc;
			if (r < 0 || c < 0 || r >= ROWS || c >= COLUMNS)
				continue;
			for (int i = f->cell[r * COLUMNS + c]; i >= 0; i = f->segments[i].next) {
				struct vec a = v->nodes[f->segments[i].a], b = v->nodes[f->segments[i].b];
				if (vec_cross(from, to, a, b) || distance_to(to, a, b) < 9)
					return false;
				if (i != foot && f->segments[i].a != f->segments[foot].b && f->segments[i].b != f->segments[foot].a &&
				    distance_to(vec_mix(from, to, 0.5), a, b) < 5)
					return false;
			}
		}
	return true;
}

/* Splits the segment at a node and keeps chain, list and cells in step. */
static int split_segment(struct filler *f, int segment, double along)
{
	struct segment s = f->segments[segment];
	struct street *street = &f->v->streets[s.street];
	int w = valley_node(f->v, vec_mix(f->v->nodes[s.a], f->v->nodes[s.b], along));
	for (int i = 0; i + 1 < street->count; i++)
		if (street->nodes[i] == s.a && street->nodes[i + 1] == s.b) {
			street_insert(street, i + 1, w);
			break;
		}
	f->segments[segment].b = w;
	filler_add(f, s.street, w, s.b);
	return w;
}

static bool is_open_country(const struct street *s)
{
	return s->class == STREET_PRIMARY || s->class == STREET_RURAL;
}

static bool grow_blind(struct filler *f)
{
	struct valley *v = f->v;
	int pick = (int)(valley_random(v) * f->count);
	struct segment s = f->segments[pick];
	const struct street *street = &v->streets[s.street];
	struct vec a = v->nodes[s.a], b = v->nodes[s.b];
	double length = vec_distance(a, b);
	if (length < 16 || street->bridge || valley_random(v) > length / 90 ||
	    (is_open_country(street) && valley_random(v) < 0.8))
		return false;
	double along = valley_between(v, 0.15, 0.85), reach = fmin(900, valley_lognormal(v, 41, 1.45));
	double turn = (valley_random(v) < 0.5 ? 1 : -1) * valley_between(v, 1.35, 1.8), heading = atan2(b.y - a.y, b.x - a.x) + turn;
	struct vec foot = vec_mix(a, b, along), end = {foot.x + reach * cos(heading), foot.y + reach * sin(heading)};
	if (reach < 9 || !room_for(f, pick, foot, end))
		return false;
	int municipality = street->municipality;
	bool rural = is_open_country(street);
	int w = split_segment(f, pick, along);
	int blind = valley_street(v, reach > 75 && !rural ? STREET_RESIDENTIAL : STREET_SERVICE, municipality);
	v->streets[blind].mesh = false;
	street_append(&v->streets[blind], w);
	struct vec bent = vec_mix(foot, end, 0.5);
	bent.x += valley_between(v, -2, 2);
	street_append(&v->streets[blind], valley_node(v, bent));
	street_append(&v->streets[blind], valley_node(v, end));
	for (int i = 0; i < 2; i++)
		filler_add(f, blind, v->streets[blind].nodes[i], v->streets[blind].nodes[i + 1]);
	return true;
}

static int count_junctions(const struct valley *v)
{
	int *degree = mem_zero((size_t)v->node_count, sizeof *degree), junctions = 0;
	for (int i = 0; i < v->street_count; i++)
		for (int k = 0; k + 1 < v->streets[i].count; k++) {
			degree[v->streets[i].nodes[k]]++;
			degree[v->streets[i].nodes[k + 1]]++;
		}
	for (int i = 0; i < v->node_count; i++)
		junctions += degree[i] > 0 && degree[i] != 2;
	free(degree);
	return junctions;
}

static void blind_streets(struct valley *v)
{
	struct filler f = {.v = v, .cell = mem_zero((size_t)(COLUMNS * ROWS), sizeof(int))};
	for (int i = 0; i < COLUMNS * ROWS; i++)
		f.cell[i] = -1;
	for (int i = 0; i < v->street_count; i++)
		for (int k = 0; k + 1 < v->streets[i].count; k++)
			filler_add(&f, i, v->streets[i].nodes[k], v->streets[i].nodes[k + 1]);
	int junctions = count_junctions(v), wanted = (int)(1.0 * junctions), grown = 0;
	for (int tries = 0; grown < wanted && tries < 400000; tries++)
		grown += grow_blind(&f);
	free(f.cell);
	free(f.segments);
}

static void place_towns(struct valley *v)
{
	static const struct {
		const char *name, *place;
		double x, off, radius; /* off: metres north of the river */
	} towns[VALLEY_TOWNS] = {
	    {"Borgo Valdoro", "town", 3900, 1560, 1520}, {"Pontalto", "village", 8500, 1290, 1260},
	    {"Roccaspina", "village", 12300, 1060, 1020}, {"Cà del Bosco", "hamlet", 1700, -1150, 230},
	    {"Molino Vecchio", "hamlet", 5400, -1050, 200}, {"Prati Alti", "hamlet", 8900, -1250, 250},
	    {"Selvapiana", "hamlet", 12500, -1150, 260}, {"San Rocco al Monte", "hamlet", 4300, 3720, 210},
	    {"Costa di Sopra", "hamlet", 8200, 3560, 220},
	};
	for (int i = 0; i < VALLEY_TOWNS; i++) {
		struct town *t = &v->towns[i];
		*t = (struct town){.name = towns[i].name, .place = towns[i].place, .radius = towns[i].radius,
				   .centre = {towns[i].x, valley_river_y(towns[i].x) + towns[i].off}};
		t->municipality = valley_municipality_at(t->centre);
	}
}

void valley_grow(struct valley *v)
{
	place_towns(v);
	valley_node(v, (struct vec){0, 0}); /* node 0 stays unused: 0 means "not split" */
	struct cutter c = {.v = v, .size = 1U << 16};
	c.table = mem_zero(c.size, sizeof *c.table);
	for (int i = 0; i < VALLEY_TOWNS; i++)
		town_grow(&c, &v->towns[i]);
	free(c.table);
	valley_roads(v);
	blind_streets(v);
}

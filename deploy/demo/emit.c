/*
 * The valley as OpenStreetMap objects: nodes, then ways, then relations, each by rising id. Streets are
 * cut into several ways where a bridge begins or a turn restriction needs an end.
 */
#include "osm_file.h"
#include "valley.h"

#include "base/mem.h"
#include "base/str.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Somewhere in the Prealps; nothing stands there by these names. */
#define ORIGIN_LAT 45.62
#define ORIGIN_LON 10.18
#define METRES_PER_DEGREE 111195.0

struct piece {
	int street, from, to; /* chain positions, both included */
	int64_t id;
};
struct emitter {
	const struct valley *v;
	struct osm_writer *out;
	struct problem *p;
	bool ok;
	int64_t next_node, next_way, next_relation;
	struct piece *pieces;
	int piece_count, piece_room;
	struct osm_tag tags[10];
	size_t tag_count;
	int64_t borders[VALLEY_MUNICIPALITIES][8]; /* way ids of each municipality's outline */
	int border_count[VALLEY_MUNICIPALITIES];
};

static void tag(struct emitter *e, const char *key, const char *value)
{
	if (value && value[0])
		e->tags[e->tag_count++] = (struct osm_tag){key, value};
}

static struct osm_object object(struct emitter *e, int64_t id)
{
	struct osm_object o = {id, e->tags, e->tag_count};
	e->tag_count = 0;
	return o;
}

static int64_t put_node(struct emitter *e, struct vec at)
{
	struct osm_object o = object(e, e->next_node++);
	double k = cos(ORIGIN_LAT * M_PI / 180);
	e->ok = e->ok && osm_write_node(e->out, &o, ORIGIN_LAT + at.y / METRES_PER_DEGREE,
					ORIGIN_LON + at.x / (METRES_PER_DEGREE * k), e->p);
	return o.id;
}

static int64_t put_way(struct emitter *e, const int64_t *nodes, size_t count)
{
	struct osm_object o = object(e, e->next_way++);
	e->ok = e->ok && osm_write_way(e->out, &o, nodes, count, e->p);
	return o.id;
}

/* ---- nodes ---- */

static bool is_signal(const struct valley *v, int node)
{
	for (int i = 0; i < v->signal_count; i++)
		if (v->signals[i] == node)
			return true;
	return false;
}

static void put_road_nodes(struct emitter *e)
{
	e->next_node = 1; /* road node i has id i: node 0 is unused */
	for (int i = 1; i < e->v->node_count; i++) {
		if (is_signal(e->v, i))
			tag(e, "highway", "traffic_signals");
		put_node(e, e->v->nodes[i]);
	}
}

static void address_tags(struct emitter *e, int street, const char *number)
{
	const struct street *s = &e->v->streets[street];
	tag(e, "addr:city", valley_municipality[s->municipality]);
	tag(e, "addr:housenumber", number);
	tag(e, "addr:street", s->name);
}

static void put_point_nodes(struct emitter *e)
{
	const struct valley *v = e->v;
	for (int i = 0; i < v->number_count; i++) {
		address_tags(e, v->numbers[i].street, v->numbers[i].text);
		put_node(e, v->numbers[i].at);
	}
	for (int i = 0; i < v->amenity_count; i++) {
		const struct amenity *a = &v->amenities[i];
		tag(e, a->key, a->value);
		tag(e, "name", a->name);
		address_tags(e, a->street, a->number);
		put_node(e, a->at);
	}
	for (int i = 0; i < VALLEY_TOWNS; i++) {
		tag(e, "place", v->towns[i].place);
		tag(e, "name", v->towns[i].name);
		put_node(e, v->towns[i].centre);
	}
}

/* ---- roads ---- */

static const char *highway_of(const struct street *s)
{
	switch (s->class) {
	case STREET_PRIMARY:
		return "primary";
	case STREET_TERTIARY:
		return "tertiary";
	case STREET_RESIDENTIAL:
		return "residential";
	case STREET_ALLEY:
		return "living_street";
	case STREET_SERVICE:
		return "service";
	case STREET_RURAL:
		return "unclassified";
	}
	return "residential";
}

static const char *maxspeed_of(const struct street *s)
{
	switch (s->class) {
	case STREET_PRIMARY:
		return "70";
	case STREET_TERTIARY:
		return "50";
	case STREET_RESIDENTIAL:
		return s->old_town ? "30" : "50";
	case STREET_ALLEY:
		return "20";
	case STREET_SERVICE:
	case STREET_RURAL:
		return "";
	}
	return "";
}

static bool cuts_here(const struct valley *v, int street, int position)
{
	const struct street *s = &v->streets[street];
	if (s->bridge && (position == 1 || position == 2))
		return true;
	for (int i = 0; i < v->restriction_count; i++)
		if (v->restrictions[i].to == street && v->restrictions[i].via == s->nodes[position])
			return true;
	return false;
}

static void put_piece(struct emitter *e, int street, int from, int to)
{
	const struct street *s = &e->v->streets[street];
	bool over_water = s->bridge && to - from == 1 && from == 1;
	tag(e, "highway", highway_of(s));
	tag(e, "name", s->name);
	tag(e, "maxspeed", maxspeed_of(s));
	tag(e, "oneway", s->oneway ? "yes" : "");
	tag(e, "bridge", over_water ? "yes" : "");
	tag(e, "layer", over_water ? "1" : "");
	tag(e, "ref", s->class == STREET_PRIMARY ? "SP9" : "");
	int64_t *nodes = mem_zero((size_t)(to - from + 1), sizeof *nodes);
	for (int i = from; i <= to; i++)
		nodes[i - from] = s->nodes[i];
	e->pieces = valley_room(e->pieces, e->piece_count, &e->piece_room, sizeof *e->pieces);
	e->pieces[e->piece_count++] = (struct piece){street, from, to, put_way(e, nodes, (size_t)(to - from + 1))};
	free(nodes);
}

static void put_streets(struct emitter *e)
{
	for (int i = 0; i < e->v->street_count; i++) {
		int from = 0, last = e->v->streets[i].count - 1;
		for (int k = 1; k <= last; k++)
			if (k == last || cuts_here(e->v, i, k)) {
				put_piece(e, i, from, k);
				from = k;
			}
	}
}

static int64_t piece_at(const struct emitter *e, int street, int position, bool forward)
{
	for (int i = 0; i < e->piece_count; i++)
		if (e->pieces[i].street == street && (forward ? e->pieces[i].from : e->pieces[i].to) == position)
			return e->pieces[i].id;
	return 0;
}

/* ---- areas; their nodes come before all ways, so shapes are laid out first ---- */

struct shape {
	int64_t first;
	int count;
};

static struct shape put_ring(struct emitter *e, const struct vec *ring, int count)
{
	struct shape s = {e->next_node, count};
	for (int i = 0; i < count; i++)
		put_node(e, ring[i]);
	return s;
}

static void put_area(struct emitter *e, struct shape s)
{
	int64_t nodes[2000];
	must(s.count < 2000);
	for (int i = 0; i < s.count; i++)
		nodes[i] = s.first + i;
	nodes[s.count] = s.first;
	put_way(e, nodes, (size_t)s.count + 1);
}

struct shapes {
	struct shape *buildings;
	struct shape river, river_line, towns[VALLEY_TOWNS], squares[3], woods[4], meadows[3];
	struct shape borders[4]; /* south-west, south-middle …: see border_nodes */
	struct shape inner[2];
	int64_t corner[4], foot[2], head[2];
};

static struct shape river_ring(struct emitter *e)
{
	struct vec ring[1200];
	int n = 0;
	for (double x = -200; x <= VALLEY_WIDTH + 200; x += 40)
		ring[n++] = (struct vec){x, valley_river_y(x) + 13 + 3 * sin(x / 170)};
	for (double x = VALLEY_WIDTH + 200; x >= -200; x -= 40)
		ring[n++] = (struct vec){x, valley_river_y(x) - 13 - 3 * sin(x / 140)};
	return put_ring(e, ring, n);
}

static struct shape river_line(struct emitter *e)
{
	struct vec line[600];
	int n = 0;
	for (double x = -200; x <= VALLEY_WIDTH + 200; x += 40)
		line[n++] = (struct vec){x, valley_river_y(x)};
	return put_ring(e, line, n);
}

static struct shape blob(struct emitter *e, struct vec centre, struct vec half, double rough)
{
	struct vec ring[60];
	for (int i = 0; i < 60; i++) {
		double a = 2 * M_PI * i / 60, r = 1 + rough * (sin(3 * a + centre.x) + 0.6 * sin(7 * a + centre.y));
		ring[i] = (struct vec){centre.x + half.x * r * cos(a), centre.y + half.y * r * sin(a)};
	}
	return put_ring(e, ring, 60);
}

static struct shape square_ring(struct emitter *e, const struct town *t)
{
	struct vec ring[64], middle = {0, 0};
	for (int i = 0; i < t->square_count; i++) {
		struct vec p = e->v->nodes[t->square[i]];
		middle.x += p.x / t->square_count;
		middle.y += p.y / t->square_count;
	}
	for (int i = 0; i < t->square_count; i++)
		ring[i] = vec_mix(e->v->nodes[t->square[i]], middle, 0.18);
	return put_ring(e, ring, t->square_count);
}

/* Three municipalities side by side: four outer corners, two inner lines with a foot and a head each. */
static void put_border_nodes(struct emitter *e, struct shapes *s)
{
	const double margin = 300, top = VALLEY_HEIGHT + margin, right = VALLEY_WIDTH + margin;
	const struct vec corners[4] = {{-margin, -margin}, {right, -margin}, {right, top}, {-margin, top}};
	for (int i = 0; i < 4; i++)
		s->corner[i] = put_node(e, corners[i]);
	for (int i = 0; i < 2; i++) {
		s->foot[i] = put_node(e, (struct vec){valley_border_x(i, -margin), -margin});
		s->head[i] = put_node(e, (struct vec){valley_border_x(i, top), top});
		struct vec line[120];
		int n = 0;
		for (double y = 0; y <= VALLEY_HEIGHT; y += 80)
			line[n++] = (struct vec){valley_border_x(i, y), y};
		s->inner[i] = put_ring(e, line, n);
	}
}

static void put_shape_nodes(struct emitter *e, struct shapes *s)
{
	const struct valley *v = e->v;
	s->buildings = mem_zero((size_t)v->building_count + 1, sizeof *s->buildings);
	for (int i = 0; i < v->building_count; i++)
		s->buildings[i] = put_ring(e, v->buildings[i].corner, 4);
	s->river = river_ring(e);
	s->river_line = river_line(e);
	for (int i = 0; i < VALLEY_TOWNS; i++)
		s->towns[i] = blob(e, v->towns[i].centre, (struct vec){v->towns[i].radius * 1.06, v->towns[i].radius * 0.94}, 0.02);
	for (int i = 0; i < 3; i++)
		s->squares[i] = square_ring(e, &v->towns[i]);
	for (int i = 0; i < 4; i++)
		s->woods[i] = blob(e, (struct vec){1900 + 3400 * i, i % 2 ? 600 : 7300}, (struct vec){1500, 520}, 0.09);
	for (int i = 0; i < 3; i++)
		s->meadows[i] = blob(e, (struct vec){3200 + 3900 * i, 1500}, (struct vec){900, 260}, 0.08);
	put_border_nodes(e, s);
}

static int64_t border_way(struct emitter *e, const int64_t *ends, struct shape middle)
{
	int64_t nodes[200];
	size_t n = 0;
	nodes[n++] = ends[0];
	for (int i = 0; i < middle.count; i++)
		nodes[n++] = middle.first + i;
	nodes[n++] = ends[1];
	tag(e, "boundary", "administrative");
	tag(e, "admin_level", "8");
	return put_way(e, nodes, n);
}

static void put_border_ways(struct emitter *e, const struct shapes *s)
{
	int64_t inner[2], south[3], north[3], west, east;
	struct shape none = {0};
	for (int i = 0; i < 2; i++)
		inner[i] = border_way(e, (const int64_t[]){s->foot[i], s->head[i]}, s->inner[i]);
	const int64_t feet[4] = {s->corner[0], s->foot[0], s->foot[1], s->corner[1]};
	const int64_t heads[4] = {s->corner[3], s->head[0], s->head[1], s->corner[2]};
	for (int i = 0; i < 3; i++) {
		south[i] = border_way(e, &feet[i], none);
		north[i] = border_way(e, &heads[i], none);
	}
	west = border_way(e, (const int64_t[]){s->corner[0], s->corner[3]}, none);
	east = border_way(e, (const int64_t[]){s->corner[1], s->corner[2]}, none);
	const int64_t outline[3][4] = {
	    {south[0], inner[0], north[0], west}, {south[1], inner[1], north[1], inner[0]}, {south[2], east, north[2], inner[1]}};
	for (int m = 0; m < VALLEY_MUNICIPALITIES; m++) {
		memcpy(e->borders[m], outline[m], sizeof outline[m]);
		e->border_count[m] = 4;
	}
}

static void put_areas(struct emitter *e, struct shapes *s)
{
	static const char *const squares[] = {"Piazza Grande", "Piazza del Ponte", "Piazza della Rocca"};
	for (int i = 0; i < e->v->building_count; i++) {
		tag(e, "building", "yes");
		put_area(e, s->buildings[i]);
	}
	free(s->buildings);
	tag(e, "natural", "water");
	tag(e, "water", "river");
	put_area(e, s->river);
	int64_t line[600];
	for (int i = 0; i < s->river_line.count; i++)
		line[i] = s->river_line.first + i;
	tag(e, "waterway", "river");
	tag(e, "name", "Fiume Doro");
	put_way(e, line, (size_t)s->river_line.count);
	for (int i = 0; i < VALLEY_TOWNS; i++) {
		tag(e, "landuse", "residential");
		put_area(e, s->towns[i]);
	}
	for (int i = 0; i < 3; i++) {
		tag(e, "highway", "pedestrian");
		tag(e, "area", "yes");
		tag(e, "name", squares[i]);
		put_area(e, s->squares[i]);
	}
	for (int i = 0; i < 4; i++) {
		tag(e, "landuse", "forest");
		put_area(e, s->woods[i]);
	}
	for (int i = 0; i < 3; i++) {
		tag(e, "landuse", "meadow");
		put_area(e, s->meadows[i]);
	}
	put_border_ways(e, s);
}

/* ---- relations ---- */

static void put_restrictions(struct emitter *e)
{
	for (int i = 0; i < e->v->restriction_count; i++) {
		const struct restriction *r = &e->v->restrictions[i];
		const struct street *stem = &e->v->streets[r->from], *road = &e->v->streets[r->to];
		int k = 0;
		while (road->nodes[k] != r->via)
			k++;
		struct osm_member m[3] = {{'w', piece_at(e, r->from, stem->count - 1, false), "from"},
					  {'n', r->via, "via"},
					  {'w', piece_at(e, r->to, k, r->to_forward), "to"}};
		tag(e, "type", "restriction");
		tag(e, "restriction", r->kind);
		struct osm_object o = object(e, e->next_relation++);
		e->ok = e->ok && osm_write_relation(e->out, &o, m, 3, e->p);
	}
}

static void put_municipalities(struct emitter *e)
{
	for (int i = 0; i < VALLEY_MUNICIPALITIES; i++) {
		struct osm_member m[8];
		for (int k = 0; k < e->border_count[i]; k++)
			m[k] = (struct osm_member){'w', e->borders[i][k], "outer"};
		tag(e, "type", "boundary");
		tag(e, "boundary", "administrative");
		tag(e, "admin_level", "8");
		tag(e, "name", valley_municipality[i]);
		struct osm_object o = object(e, e->next_relation++);
		e->ok = e->ok && osm_write_relation(e->out, &o, m, (size_t)e->border_count[i], e->p);
	}
}

bool valley_write(const struct valley *v, const char *path, struct problem *p)
{
	struct emitter e = {.v = v, .p = p, .ok = true, .next_node = 1, .next_way = 1, .next_relation = 1};
	struct shapes shapes = {0};
	e.out = osm_writer_open(path, p);
	if (!e.out)
		return false;
	put_road_nodes(&e);
	put_point_nodes(&e);
	put_shape_nodes(&e, &shapes);
	put_streets(&e);
	put_areas(&e, &shapes);
	put_restrictions(&e);
	put_municipalities(&e);
	free(e.pieces);
	return osm_writer_close(&e.out, p) && e.ok;
}

/*
 * A point -> words: the house it stands at or else the nearest named street, the house number, the
 * municipality it lies in, and the area name that the public may see, which never holds a number.
 */
#include "../feature.h"

#include "words.h"

#include <math.h>
#include <string.h>

#define STREET_LIMIT_M 500.0 /* farther: no street is named */
#define AREA_LIMIT_M 250.0   /* farther: the public reads the hamlet, not the street */
#define NUMBER_LIMIT_M 60.0  /* farther: no number is guessed */
#define HOUSE_LIMIT_M 20.0   /* nearer: the house says the street, unless a road is nearer still */
#define NEIGHBOUR_LIMIT_M 1000.0
#define PLACE_LIMIT_M 3000.0
#define PLACE_REACH 2 /* coarse cells */

struct looking {
	const struct map *map;
	struct map_vertex v;
	struct map_plane plane;
	double limit_m;
	const char *street; /* only this one, if set, */
	struct str words;   /* and its words: a road and its addresses may differ in spelling */
	uint32_t found;
};

/* For one street, or for any (NULL). */
static struct looking looking_from(const struct map *map, struct point at, double limit_m,
                                   const char *street)
{
	struct map_vertex v = map_vertex_of(at);
	struct looking l = {map, v, map_plane_at(v), limit_m, street, {0}, MAP_NONE};
	if (street)
		words_normal(street, &l.words);
	return l;
}

static bool is_looked_for(const struct looking *l, const char *street)
{
	struct str words = {0};
	if (!l->street || str_equal(street, l->street))
		return true;
	words_normal(street, &words);
	bool same = strcmp(str_text(&words), str_text(&l->words)) == 0;
	str_fini(&words);
	return same;
}

/* Where a drawn line comes nearest: a long one by some vertices at a time. How far along is not
 * said. */
static struct map_nearest nearest_on(const struct map_plane *plane, struct map_pen *pen)
{
	struct map_vertex some[256];
	struct map_nearest near, best = {.distance_m = INFINITY};
	uint32_t left = map_pen_number(pen);
	size_t count = 0;
	while (left > 0 && !map_pen_ended(pen)) {
		for (; left > 0 && count < sizeof(some) / sizeof(*some); left--)
			some[count++] = map_pen_vertex(pen);
		if (map_nearest_on(plane, some, count, &near) && near.distance_m < best.distance_m)
			best = near;
		some[0] = some[count - 1];
		count = 1;
	}
	return best;
}

static void look_at_road(void *ctx, uint32_t item)
{
	struct looking *l = ctx;
	struct map_feature f = map_feature_at(l->map, item);
	if (!f.name)
		return;
	double metres = nearest_on(&l->plane, &f.shape).distance_m;
	if (metres >= l->limit_m || !is_looked_for(l, map_string(l->map, f.name)))
		return;
	l->limit_m = metres;
	l->found = item;
}

static const char *label_of(const struct map *map, const struct map_address *a)
{
	return map_string(map, map->named[a->street].label);
}

static void look_at_address(void *ctx, uint32_t item)
{
	struct looking *l = ctx;
	const struct map_address *a = &l->map->addresses[item];
	double metres = map_plane_distance(&l->plane, a->at);
	if (metres >= l->limit_m || a->about || !is_looked_for(l, label_of(l->map, a)))
		return;
	l->limit_m = metres;
	l->found = item;
}

static bool inside(const struct map *map, const struct map_municipality *m, struct map_vertex v)
{
	if (m->rings == 0 || v.lat < m->low.lat || v.lat > m->high.lat || v.lon < m->low.lon ||
	    v.lon > m->high.lon)
		return false;
	bool in = false;
	for (uint32_t i = m->first_ring; i < m->first_ring + m->rings; i++)
		if (map_ring_crossed(map->ring_shape + map->rings[i].first, map->rings[i].vertices,
		                     v))
			in = !in;
	return in;
}

static const char *municipality_by_outline(const struct map *map, struct map_vertex v)
{
	const uint32_t *items;
	size_t count = map_cell_items(&map->area_cells, map_coarse_key(v, 0, 0), &items);
	for (size_t i = 0; i < count; i++)
		if (inside(map, &map->municipalities[items[i]], v))
			return map_string(map, map->municipalities[items[i]].name);
	return NULL;
}

/* Nearest hamlet, village or town; NULL if none is near. */
static const struct map_named *nearest_place(const struct map *map, struct map_vertex v)
{
	struct map_plane plane = map_plane_at(v);
	const struct map_named *best = NULL;
	double best_m = PLACE_LIMIT_M;
	for (int64_t down = -PLACE_REACH; down <= PLACE_REACH; down++)
		for (int64_t right = -PLACE_REACH; right <= PLACE_REACH; right++) {
			const uint32_t *items;
			size_t count = map_cell_items(&map->place_cells,
			                              map_coarse_key(v, down, right), &items);
			for (size_t i = 0; i < count; i++) {
				const struct map_named *n = &map->named[items[i]];
				double metres = map_plane_distance(&plane, n->at);
				if (metres >= best_m)
					continue;
				best_m = metres;
				best = n;
			}
		}
	return best;
}

/* Of one street, or of any (NULL). */
static const struct map_address *nearest_address(const struct map *map, struct point at,
                                                 double limit_m, const char *street)
{
	struct looking l = looking_from(map, at, limit_m, street);
	map_near(&map->address_cells, l.v, &l.limit_m, look_at_address, &l);
	str_fini(&l.words);
	return l.found == MAP_NONE ? NULL : &map->addresses[l.found];
}

/* Where the outline is cut: what the nearest address or hamlet belongs to. */
static const char *municipality_by_neighbours(const struct map *map, struct point at,
                                              const struct map_named *place)
{
	const struct map_address *a = nearest_address(map, at, NEIGHBOUR_LIMIT_M, NULL);
	const char *name = a ? map_string(map, map->named[a->street].municipality) : NULL;
	return name || !place ? name : map_string(map, place->municipality);
}

bool map_onto_street(const struct map *map, const char *name, double limit_m, struct map_vertex *v)
{
	struct looking l = looking_from(map, map_point(*v), limit_m, name);
	map_near(&map->street_cells, l.v, &l.limit_m, look_at_road, &l);
	str_fini(&l.words);
	if (l.found == MAP_NONE)
		return false;
	struct map_feature f = map_feature_at(map, l.found);
	*v = nearest_on(&l.plane, &f.shape).at;
	return true;
}

static const char *area_name(struct arena *arena, const char *what, const char *municipality)
{
	if (!what || !municipality || strcmp(what, municipality) == 0)
		return arena_str(arena, what ? what : municipality);
	return arena_format(arena, "%s, %s", what, municipality);
}

/* The house that the point stands at, where no road is nearer; else one of that road, if any. */
static const struct map_address *address_at(const struct map *map, struct point at,
                                            const char *road, double road_m)
{
	const struct map_address *house =
	    nearest_address(map, at, fmin(HOUSE_LIMIT_M, road_m), NULL);
	return house ? house : nearest_address(map, at, NUMBER_LIMIT_M, road);
}

void map_reverse(const struct map *map, struct point at, struct arena *arena,
                 struct map_reverse *out)
{
	*out = (struct map_reverse){.street_distance_m = INFINITY};
	if (!point_valid(at))
		return;
	struct looking l = looking_from(map, at, STREET_LIMIT_M, NULL);
	map_near(&map->street_cells, l.v, &l.limit_m, look_at_road, &l);
	const char *street =
	    l.found == MAP_NONE ? NULL : map_string(map, map_feature_at(map, l.found).name);
	const struct map_address *address = address_at(map, at, street, l.limit_m);
	const struct map_named *place = nearest_place(map, l.v);
	const char *municipality = municipality_by_outline(map, l.v);
	if (address)
		street = label_of(map, address);
	if (!municipality)
		municipality = municipality_by_neighbours(map, at, place);
	bool beside = street && (address || l.limit_m <= AREA_LIMIT_M);
	out->street = arena_str(arena, street);
	out->number = address ? arena_str(arena, map_string(map, address->number)) : NULL;
	out->municipality = arena_str(arena, municipality);
	out->street_distance_m = l.found == MAP_NONE ? INFINITY : l.limit_m;
	out->area = area_name(arena,
	                      beside  ? street
	                      : place ? map_string(map, place->label)
	                              : NULL,
	                      municipality);
}

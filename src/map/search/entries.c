/* All that can be found by name, as a list. */
#include "../file.h"

static const char *sort_name(const struct map_named *n)
{
	static const char *const names[] = {"city", "town", "village", "hamlet", "suburb", "poi"};
	return n->kind == MAP_PLACE ? names[n->place_class] : NULL;
}

static struct map_entry entry_of(const struct map *map, const struct map_named *n)
{
	return (struct map_entry){.kind = (enum map_place_kind)n->kind,
	                          .sort = sort_name(n),
	                          .name = map_string(map, n->label),
	                          .municipality = map_string(map, n->municipality),
	                          .hamlet = map_string(map, n->hamlet),
	                          .at = map_point(n->at)};
}

static void each_address(const struct map *map, const struct map_named *street, map_entry_fn *fn,
                         void *ctx)
{
	struct map_entry e = entry_of(map, street);
	e.kind = MAP_ADDRESS;
	for (uint32_t i = 0; i < street->addresses; i++) {
		const struct map_address *a = &map->addresses[street->first_address + i];
		e.number = map_string(map, a->number);
		e.about = a->about;
		e.at = map_point(a->at);
		fn(ctx, &e);
	}
}

/* Each pair is kept both ways round. */
static void each_crossing(const struct map *map, map_entry_fn *fn, void *ctx)
{
	for (size_t i = 0; i < map->crossing_count; i++) {
		const struct map_crossing *c = &map->crossings[i];
		struct map_entry e = entry_of(map, &map->named[c->street]);
		e.kind = MAP_CROSSING;
		e.other = map_string(map, map->named[c->other].label);
		e.at = map_point(c->at);
		if (c->street < c->other)
			fn(ctx, &e);
	}
}

void map_each_entry(const struct map *map, map_entry_fn *fn, void *ctx)
{
	for (size_t i = 0; i < map->named_count; i++) {
		struct map_entry e = entry_of(map, &map->named[i]);
		if (map->named[i].flags & NAMED_ALIAS)
			continue;
		fn(ctx, &e);
		each_address(map, &map->named[i], fn, ctx);
	}
	each_crossing(map, fn, ctx);
}

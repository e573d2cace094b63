/* The lines of roads are kept as differences, from the junction they leave on: most vertices take four
 * bytes instead of eight. */
#include "feature.h"

#include "base/mem.h"

#include <stdlib.h>

const struct map_vertex *map_line(const struct map *map, const struct map_segment *segment,
                                  struct map_unpacked *into)
{
	size_t count = segment->vertices, at = segment->shape;
	const unsigned char *end = map->shape + map->shape_bytes;
	struct map_vertex from = map->junctions[segment->from];
	struct map_pen pen = {at < map->shape_bytes ? map->shape + at : end, end, (uint32_t)from.lat,
	                      (uint32_t)from.lon};
	if (count > into->room) {
		into->room = count < 64 ? 64 : 2 * count;
		into->vertex = mem_grow(into->vertex, into->room, sizeof(*into->vertex));
	}
	for (size_t i = 0; i < count; i++)
		into->vertex[i] = map_pen_vertex(&pen);
	return into->vertex;
}

void map_unpacked_free(struct map_unpacked *unpacked)
{
	free(unpacked->vertex);
	*unpacked = (struct map_unpacked){0};
}

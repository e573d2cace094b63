/* A trip as the directed edges it goes over, or any edges: put together, measured. */
#include "drive.h"

#include "base/mem.h"

#include <stdlib.h>

void drive_path_add(struct drive_path *path, uint32_t edge)
{
	if (path->count == path->room) {
		path->room = path->room ? 2 * path->room : 64;
		path->edge = mem_grow(path->edge, path->room, sizeof(*path->edge));
	}
	path->edge[path->count++] = edge;
}

static int compare_edges(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

void drive_path_sort(struct drive_path *path)
{
	size_t kept = 0;
	if (path->count)
		qsort(path->edge, path->count, sizeof(*path->edge), compare_edges);
	for (size_t i = 0; i < path->count; i++)
		if (i == 0 || path->edge[i] != path->edge[i - 1])
			path->edge[kept++] = path->edge[i];
	path->count = kept;
}

void drive_path_free(struct drive_path *path)
{
	free(path->edge);
	*path = (struct drive_path){0};
}

double drive_path_m(const struct map *map, const struct drive_path *path,
                    const struct drive_end *from, const struct drive_end *to)
{
	double metres = 0;
	if (path->count == 0)
		return 0;
	for (size_t i = 0; i < path->count; i++)
		metres += (double)map->segments[path->edge[i] >> 1].length_m;
	uint32_t first = path->edge[0], last = path->edge[path->count - 1];
	double skipped = first & 1 ? 1 - from->fraction : from->fraction,
	       left = last & 1 ? to->fraction : 1 - to->fraction;
	metres -= skipped * (double)map->segments[first >> 1].length_m;
	metres -= left * (double)map->segments[last >> 1].length_m;
	return metres > 0 ? metres : 0;
}

/*
 * Labels of what stands above the road where a trip begins. See hierarchy.h for the method and its sources; goal.c has
 * the other end, trace.c finds the roads behind.
 */
#include "hierarchy.h"

static int32_t least(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

uint32_t hierarchy_parent(const struct map_hierarchy *h, uint32_t vertex)
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
	for (uint32_t v = vertex; v != MAP_NONE; v = hierarchy_parent(h, v)) {
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

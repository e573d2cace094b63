/*
 * Customizable contraction hierarchy over road segments.
 *
 * Source: Dibbelt, Strasser, Wagner: Customizable Contraction Hierarchies (ACM JEA 21, 2016); turns as
 * in Buchhold, Wagner, Zeitz, Zuendorf: Customizable Contraction Hierarchies with Turn Costs (ATMOS
 * 2020): a cut through roads of the map is a separator of the graph whose vertices are roads.
 * Where they have a vertex for each directed road, a vertex here is a segment with both its
 * directions, and an arc carries a small table of times, direction by direction: a quarter of the
 * arcs, an eighth of the triangles, and each step of the sums is one vector wide.
 *
 * Vertices are numbered so that a vertex's elimination tree below it is the run
 * first_below[v] … v. A label holds two times (one for each direction) for every vertex above,
 * by depth: label[2 * depth + direction].
 */
#ifndef PRONTOD_MAP_HIERARCHY_H
#define PRONTOD_MAP_HIERARCHY_H

#include "drive.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The arc between two vertices; the number of arcs if there is none. */
static inline size_t hierarchy_arc(const struct map_hierarchy *h, uint32_t low, uint32_t high)
{
	size_t first = h->up_first[low], last = h->up_first[low + 1];
	while (first < last) {
		size_t middle = first + (last - first) / 2;
		if (h->up_head[middle] == high)
			return middle;
		if (h->up_head[middle] < high)
			first = middle + 1;
		else
			last = middle;
	}
	return h->arcs;
}

/* The vertices below one that have an arc to it, from the highest down: kept as unsigned varints (LEB128),
 * each the difference from the one before, of the first from the vertex itself. */
struct hierarchy_list {
	const unsigned char *at, *end;
	uint32_t vertex;
};
static inline struct hierarchy_list hierarchy_below(const struct map_hierarchy *h, uint32_t vertex)
{
	struct hierarchy_list b = {h->down + h->down_first[vertex],
	                            h->down + h->down_first[vertex + 1], vertex};
	return b;
}
/* False: there is none left. */
static inline bool hierarchy_next_below(struct hierarchy_list *b)
{
	uint32_t step = 0;
	for (unsigned shift = 0; b->at < b->end && shift < 32; shift += 7) {
		unsigned char byte = *b->at++;
		step |= (uint32_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			b->vertex -= step;
			return true;
		}
	}
	return false;
}

/* Fills a metric's up, down and self from its edge_ms: 4, 4 for each arc and 2 for each vertex. */
void hierarchy_customise(const struct map_metric *m, int32_t *up, int32_t *down, int32_t *self);

static inline size_t hierarchy_label_size(const struct map *map, uint32_t vertex)
{
	return 2 * ((size_t)map->hierarchy.depth[vertex] + 1);
}
/* Times from `start` at the ends of the vertex's two directions to all above it. */
void hierarchy_label_from(const struct map_metric *m, uint32_t vertex, const int32_t start[2],
                          int32_t *label);
/* Times to `start` from all above it; path[d]: the vertex above at that depth. */
void hierarchy_label_to(const struct map_metric *m, uint32_t vertex, const int32_t start[2],
                        int32_t *label, uint32_t *path);
/* The least sum where the two meet; MAP_FAR: nowhere. `path` is that of the second. */
int32_t hierarchy_meet(const struct map *map, uint32_t vertex, const int32_t *from,
                       const uint32_t *path, uint32_t other, const int32_t *to);
/* How many vertices stand above both (or are both): a run from the top. `path` is that of `other`. */
size_t hierarchy_shared(const struct map_hierarchy *h, uint32_t vertex, const uint32_t *path,
                        uint32_t other);
uint32_t hierarchy_parent(const struct map_hierarchy *h, uint32_t vertex); /* MAP_NONE: none */
void hierarchy_label_start(const struct map_hierarchy *h, uint32_t vertex, const int32_t start[2],
                           int32_t *label);

/* ---- the roads behind: trace.c ---- */

/* A label that knows by what each of its times was found. forward: times from the start, else to it. */
struct hierarchy_climb;
struct hierarchy_climb *hierarchy_climb_new(const struct map_metric *m, uint32_t vertex,
                                            const int32_t start[2], bool forward);
void hierarchy_climb_free(struct hierarchy_climb **climb);
/* The edges driven after the start at one vertex up to and with the end at another; out_dirs: in which of their
 * directions. False: no way. */
bool hierarchy_path(const struct map_metric *m, const struct hierarchy_climb *from,
                    const struct hierarchy_climb *to, unsigned out_dirs[2], struct drive_path *out);
/* Lengths of arcs, good for one metric only. */
struct hierarchy_lengths;
struct hierarchy_lengths *hierarchy_lengths_new(void);
void hierarchy_lengths_free(struct hierarchy_lengths **lengths);
/* How long hierarchy_path() is, without its edges. */
bool hierarchy_metres(const struct map_metric *m, const struct hierarchy_climb *from,
                      const struct hierarchy_climb *to, struct hierarchy_lengths *lengths,
                      unsigned out_dirs[2], double *out);

#ifdef __cplusplus
}
#endif
#endif

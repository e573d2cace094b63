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
uint32_t hierarchy_parent(const struct map_hierarchy *h, uint32_t vertex); /* MAP_NONE: none */
static inline bool hierarchy_above(const struct map_hierarchy *h, uint32_t vertex, uint32_t below)
{
	return h->first_below[vertex] <= below && below <= vertex;
}

/* ---- where trips end: goal.c ---- */

/* A state, and how long it takes from there to the next or to the end. */
struct hierarchy_step {
	uint32_t vertex; /* MAP_NONE: none */
	unsigned dir;
	int32_t ms;
};

/* A vertex where a trip may end, and how long it still takes from the ends of its two directions. */
struct hierarchy_start {
	uint32_t vertex;
	int32_t ms[2];
};

/* A run of vertices, each the parent of the next, down to one of the starts. */
struct hierarchy_piece {
	size_t first, count; /* slots */
	size_t depth;        /* of its topmost */
	size_t upper;        /* the piece in which the topmost's parent is; SIZE_MAX: it has none */
	size_t upper_count;  /* slots of that from its topmost to the parent */
};

/* Times to the nearest of many starts from all that stands above any of them: each vertex has one slot, however many
 * of the starts stand below it. Slots go from the highest vertex down, so that those of a piece lie as in a label. */
struct hierarchy_goal {
	uint32_t *vertex;             /* by slot */
	int32_t *label;               /* two a slot */
	struct hierarchy_step *by;    /* as label: the state below by which the time was found; NULL: see _trace */
	struct hierarchy_piece *piece; /* the highest vertices' first */
	size_t slots, pieces;
};
/* The starts ascend, each vertex once. */
struct hierarchy_goal *hierarchy_goal_new(const struct map_metric *m,
                                          const struct hierarchy_start *starts, size_t count);
/* Finds `by`, from the starts it was made of. */
void hierarchy_goal_trace(const struct map_metric *m, struct hierarchy_goal *goal,
                          const struct hierarchy_start *starts);
void hierarchy_goal_free(struct hierarchy_goal **goal);
/* Its slot; goal->slots: it stands above none of the starts. */
size_t hierarchy_goal_slot(const struct hierarchy_goal *goal, uint32_t vertex);

/* The slots of a goal that stand above a vertex, or are it, run by run from below. */
struct hierarchy_run {
	size_t depth, slot, count; /* of its topmost; how many */
	size_t piece;
};
bool hierarchy_run_first(const struct map_hierarchy *h, const struct hierarchy_goal *goal,
                         uint32_t vertex, struct hierarchy_run *out);
bool hierarchy_run_next(const struct hierarchy_goal *goal, struct hierarchy_run *run);
/* The least sum where a label meets a goal; MAP_FAR: nowhere. */
int32_t hierarchy_meet(const struct map *map, uint32_t vertex, const int32_t *from,
                       const struct hierarchy_goal *goal);

/* ---- many origins, one goal: sweep.c ---- */

/* How long, in metres, the way is that is left from a state, and at the end of which edge it ends. */
struct hierarchy_rest {
	double metres; /* below 0: not measured yet */
	uint32_t last;
};

/* Of all that stands above one vertex, or is it, by depth: the time from the ends of its two directions to the goal. */
struct hierarchy_sweep {
	const struct map_metric *m;
	const struct hierarchy_goal *goal;
	uint32_t below;   /* that vertex; MAP_NONE: none yet */
	uint32_t *vertex; /* by depth */
	int32_t *ms;      /* two a depth */
	struct hierarchy_rest *rest; /* as ms; NULL: not asked */
};
struct hierarchy_sweep *hierarchy_sweep_new(const struct map_metric *m, const struct hierarchy_goal *goal);
void hierarchy_sweep_free(struct hierarchy_sweep **sweep);
void hierarchy_sweep_to(struct hierarchy_sweep *sweep, uint32_t vertex);
/* From a start at the ends of the vertex's two directions; MAP_FAR: no way. dir: in which of them the way begins. */
int32_t hierarchy_sweep_ms(struct hierarchy_sweep *sweep, uint32_t vertex, const int32_t start[2],
                           unsigned *dir);
void hierarchy_sweep_measures(struct hierarchy_sweep *sweep); /* from now on it keeps lengths as well */

/* ---- the roads behind: trace.c ---- */

/* The edges driven after the one that the way begins at the end of, up to and with the one it ends at the end of;
 * out_ends: those two. The sweep's goal has been traced. False: no way. */
bool hierarchy_path(struct hierarchy_sweep *sweep, uint32_t vertex, const int32_t start[2],
                    uint32_t out_ends[2], struct drive_path *out);
/* Lengths of arcs, good for one metric only. */
struct hierarchy_lengths;
#define HIERARCHY_LENGTHS ((size_t)1 << 17)
struct hierarchy_lengths *hierarchy_lengths_new(size_t slots);
void hierarchy_lengths_free(struct hierarchy_lengths **lengths);
/* How long hierarchy_path() is, without its edges. */
bool hierarchy_metres(struct hierarchy_sweep *sweep, uint32_t vertex, const int32_t start[2],
                      struct hierarchy_lengths *lengths, uint32_t out_ends[2], double *out);

#ifdef __cplusplus
}
#endif
#endif

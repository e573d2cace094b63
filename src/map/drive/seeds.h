/* Where the plain search sets out and arrives: see seeds.c. */
#ifndef PRONTOD_MAP_SEEDS_H
#define PRONTOD_MAP_SEEDS_H

#include "drive.h"

/* The end of a directed edge, and how long the trip takes between there and its own end. */
struct drive_seed {
	uint32_t edge, ms;
	uint32_t next; /* the seed between this one and the end of the trip; MAP_NONE: none */
	uint32_t into; /* of a target: the edge that is driven next */
};
struct drive_seeds {
	struct drive_seed *seed;
	size_t count, room;
	uint32_t *slot; /* by a hash of the edge: its place among the seeds, and one; 0: free */
	size_t slots;
};
/* Edges at whose end one stands after having set off. Where it begins on a closed road, the closed
 * roads that lead out of there as well. */
void drive_origin_seeds(const struct map_metric *m, const struct drive_end *from,
                        struct drive_seeds *out);
/* Edges from whose end one turns into the road of the target, and so on back through closed roads
 * where the target lies on one. */
void drive_target_seeds(const struct map_metric *m, const struct drive_end *to,
                        struct drive_seeds *out);
void drive_seeds_free(struct drive_seeds *seeds);

#endif

/* What tests and benchmarks hold the hierarchy against. */
#ifndef PRONTOD_MAP_PLAIN_H
#define PRONTOD_MAP_PLAIN_H

#include "map/roads.h"

/* The same answers by a plain reverse search over directed roads, slowly. */
void map_etas_plain(const struct map *map, const struct map_metric *metric, const struct map_stand *to,
		    const struct map_stand *origins, size_t count, struct map_eta *out);

#endif

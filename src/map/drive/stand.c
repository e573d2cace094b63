/*
 * Where stands lie on roads, found once: the same ones are asked about again and again, and neither
 * closures nor the hour move them. What is kept is what drive_end_at() says, bit by bit.
 */
#include "drive.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

/* Four in each set; more places than one table has. */
#define SETS 1024
#define WAYS 4

struct kept {
	struct map_stand stand;
	struct drive_end end;
	uint64_t used; /* the clock; 0: free */
};

struct drive_ends {
	const struct map *map;
	uint64_t clock;
	struct kept kept[SETS][WAYS];
};

struct drive_ends *drive_ends_new(const struct map *map)
{
	struct drive_ends *ends = mem_zero(1, sizeof(*ends));
	ends->map = map;
	return ends;
}

void drive_ends_free(struct drive_ends **ends)
{
	free(*ends);
	*ends = NULL;
}

static bool same_number(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

bool drive_same_stand(const struct map_stand *a, const struct map_stand *b)
{
	return same_number(a->at.lat, b->at.lat) && same_number(a->at.lon, b->at.lon) &&
	       same_number(a->heading, b->heading) && same_number(a->within_m, b->within_m);
}

uint32_t drive_stand_mixed(const struct map_stand *stand)
{
	struct map_vertex v = point_valid(stand->at) ? map_vertex_of(stand->at)
	                                             : (struct map_vertex){0, 0};
	uint64_t both = (uint64_t)(uint32_t)v.lat << 32 | (uint32_t)v.lon;
	return (uint32_t)(both * 0x9E3779B97F4A7C15u >> 32);
}

struct drive_end drive_ends_get(struct drive_ends *ends, const struct map_stand *stand)
{
	struct kept *set = ends->kept[drive_stand_mixed(stand) % SETS], *oldest = set;
	ends->clock++;
	for (struct kept *k = set; k < set + WAYS; k++) {
		if (k->used && drive_same_stand(&k->stand, stand)) {
			k->used = ends->clock;
			return k->end;
		}
		if (k->used < oldest->used)
			oldest = k;
	}
	*oldest = (struct kept){*stand, drive_end_at(ends->map, stand), ends->clock};
	return oldest->end;
}

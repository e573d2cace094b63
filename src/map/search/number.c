/*
 * A house number on a street: the number itself, else where it must be by its neighbours on the
 * same side, which is said to be a guess. See search.h.
 */
#include "search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RANGE 20    /* "54-56": its first number is no farther below the wanted one */
#define GAP 40      /* neighbours farther apart in number tell nothing */
#define GAP_M 300.0 /* nor farther apart in metres */
#define BEYOND 4    /* past the last known number, at most so much */
#define BEND_M 60.0 /* neighbours farther apart: the street may bend between them */
#define OFF_ROAD_M 80.0

static bool number_fits(const char *number, const char *wanted)
{
	char key[16];
	words_number(number, strlen(number), key);
	if (strcmp(key, wanted) == 0)
		return true;
	const char *bar = strpbrk(number, "-"); /* 54-56 is 54 and is 56 */
	if (!bar)
		return false;
	words_number(number, (size_t)(bar - number), key);
	if (strcmp(key, wanted) == 0)
		return true;
	words_number(bar + 1, strlen(bar + 1), key);
	return strcmp(key, wanted) == 0;
}

static long value_of(const struct map *map, uint32_t address)
{
	return strtol(map->strings + map->addresses[address].number, NULL, 10);
}

/* The first address of the street whose number is not below. */
static uint32_t first_from(const struct map *map, const struct map_named *street, long number)
{
	uint32_t low = street->first_address, high = low + street->addresses;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (value_of(map, middle) < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static uint32_t find_exact(const struct map *map, const struct map_named *street,
                           const char *wanted, long value)
{
	uint32_t end = street->first_address + street->addresses;
	for (uint32_t i = first_from(map, street, value - RANGE);
	     i < end && value_of(map, i) <= value; i++)
		if (number_fits(map->strings + map->addresses[i].number, wanted))
			return i;
	return MAP_NONE;
}

/* ---- neighbours ---- */

struct neighbours {
	uint32_t below, above; /* on the same side; MAP_NONE */
};

static struct neighbours neighbours_of(const struct map *map, const struct map_named *street,
                                       long value)
{
	struct neighbours n = {MAP_NONE, MAP_NONE};
	uint32_t first = street->first_address, end = first + street->addresses;
	uint32_t at = first_from(map, street, value);
	for (uint32_t i = at; i < end && n.above == MAP_NONE && value_of(map, i) <= value + GAP;
	     i++)
		if ((value_of(map, i) - value) % 2 == 0)
			n.above = i;
	for (uint32_t i = at;
	     i > first && n.below == MAP_NONE && value_of(map, i - 1) >= value - GAP; i--)
		if ((value_of(map, i - 1) - value) % 2 == 0)
			n.below = i - 1;
	return n;
}

static struct map_vertex between(struct map_vertex a, struct map_vertex b, double share)
{
	return (struct map_vertex){(int32_t)lround(a.lat + share * ((double)b.lat - a.lat)),
	                           (int32_t)lround(a.lon + share * ((double)b.lon - a.lon))};
}

static bool guess_between(const struct map *map, const struct map_named *street, long value,
                          struct neighbours n, struct map_vertex *out)
{
	struct map_vertex a = map->addresses[n.below].at, b = map->addresses[n.above].at;
	long low = value_of(map, n.below), high = value_of(map, n.above);
	double metres = point_distance_m(map_point(a), map_point(b));
	if (high - low > GAP || metres > GAP_M)
		return false;
	*out = high > low ? between(a, b, (double)(value - low) / (double)(high - low)) : a;
	if (metres > BEND_M)
		map_onto_street(map, map->strings + street->label, OFF_ROAD_M, out);
	return true;
}

static bool guess_beyond(const struct map *map, long value, struct neighbours n,
                         struct map_vertex *out)
{
	uint32_t only = n.below != MAP_NONE ? n.below : n.above;
	if (only == MAP_NONE || labs(value_of(map, only) - value) > BEYOND)
		return false;
	*out = map->addresses[only].at;
	return true;
}

bool number_find(const struct map *map, const struct map_named *street, const char *wanted,
                 struct numbered *out)
{
	long value = strtol(wanted, NULL, 10);
	if (street->addresses == 0 || value <= 0 || value > 99999)
		return false;
	uint32_t exact = find_exact(map, street, wanted, value);
	*out = (struct numbered){.address = exact, .about = exact == MAP_NONE};
	if (exact != MAP_NONE) {
		out->at = map->addresses[exact].at;
		out->about = map->addresses[exact].about;
		return true;
	}
	struct neighbours n = neighbours_of(map, street, value);
	if (n.below != MAP_NONE && n.above != MAP_NONE)
		return guess_between(map, street, value, n, &out->at);
	return guess_beyond(map, value, n, &out->at);
}

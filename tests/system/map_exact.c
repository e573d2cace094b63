/*
 * Counts on how many pairs of places the router and a plain search differ, for some profiles,
 * without and with closures. A line of JSON for each. Used by map_exact_test.py and by the
 * benchmark.
 *
 *     map_exact MAP PLACES PROFILE...
 */
#include "map_pairs.h"

#define CLOSURES 40

static bool run(const struct map *map, enum map_profile profile, size_t closures, size_t places)
{
	struct pairs_result r = {0};
	struct problem p;
	if (!pairs_run(map, profile, closures, places, &r, &p)) {
		fprintf(stderr, "map_exact: %s\n", p.text);
		return false;
	}
	printf("{\"profile\":\"%s\",\"closures\":%zu,\"pairs\":%zu,\"routed\":%zu,\"differ\":%zu,"
	       "\"first\":\"%s\"}\n",
	       map_profile_name(profile), closures, r.asked, r.routed, r.differ, r.first);
	fflush(stdout);
	return true;
}

int main(int argc, char **argv)
{
	struct problem p;
	size_t places = argc > 3 ? strtoul(argv[2], NULL, 10) : 0;
	if (places == 0) {
		fputs("usage: map_exact MAP PLACES PROFILE...\n", stderr);
		return 2;
	}
	struct map *map = map_open(argv[1], &p);
	bool good = map;
	if (!map)
		fprintf(stderr, "map_exact: %s\n", p.text);
	for (int i = 3; i < argc && good; i++) {
		enum map_profile profile;
		good = map_profile_parse(argv[i], &profile) && run(map, profile, 0, places) &&
		       run(map, profile, CLOSURES, places);
	}
	map_close(&map);
	return good ? 0 : 1;
}

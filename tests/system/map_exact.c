/*
 * Counts on how many pairs of places the router and a plain search differ, for some profiles,
 * without and with closures. A line of JSON for each. Used by map_exact_test.py and by the
 * benchmark.
 *
 *     map_exact MAP PLACES PROFILE...
 */
#include "map_pairs.h"

#define CLOSURES 40

static bool run(struct map_router *router, const struct map *map, enum map_profile profile,
                size_t closures, struct pairs_places *at)
{
	struct pairs_result r = {0};
	struct problem p;
	if (!pairs_run(router, map, profile, closures, at, &r, &p)) {
		fprintf(stderr, "map_exact: %s\n", p.text);
		return false;
	}
	printf("{\"profile\":\"%s\",\"closures\":%zu,\"pairs\":%zu,\"routed\":%zu,\"differ\":%zu,"
	       "\"first\":\"%s\"}\n",
	       map_profile_name(profile), closures, r.asked, r.routed, r.differ, r.first);
	fflush(stdout);
	return true;
}

static bool run_all(const struct map *map, size_t places, char **profiles)
{
	struct map_router *router = map_router_new(map);
	struct pairs_places at = pairs_places(map, places);
	bool good = true;
	for (; *profiles && good; profiles++) {
		enum map_profile profile;
		good = map_profile_parse(*profiles, &profile) &&
		       run(router, map, profile, 0, &at) &&
		       run(router, map, profile, CLOSURES, &at);
	}
	pairs_places_free(&at);
	map_router_free(&router);
	return good;
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
	if (!map) {
		fprintf(stderr, "map_exact: %s\n", p.text);
		return 1;
	}
	bool good = run_all(map, places, argv + 3);
	map_close(&map);
	return good ? 0 : 1;
}

/*
 * The map room on real OpenStreetMap extracts (PRONTOD_TEST_OSM names their folder): the router
 * against a forward Dijkstra on random pairs, and figures on standard output. Skipped where no
 * folder is named.
 */
#include "../unit/map_forward.h"

#include "../../src/map/search/words.h"
#include "map/tiles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define PAIRS 100

static const char *folder;

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t random_state = 20260322;

static double random_unit(void)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (double)(random_state >> 11) / 9007199254740992.0;
}

static struct map *built(const char *extract)
{
	char input[512], output[64];
	struct problem p = {0};
	snprintf(input, sizeof(input), "%s/%s.osm.pbf", folder, extract);
	snprintf(output, sizeof(output), "/tmp/map_real_test.%d.map", (int)getpid());
	const char *inputs[] = {input};
	double start = seconds();
	if (!map_build(inputs, 1, output, NULL, NULL, &p))
		fail_msg("%s: %s", extract, p.text);
	struct stat st;
	stat(output, &st);
	printf("%s: built in %.2f s, %.1f MB\n", extract, seconds() - start,
	       (double)st.st_size / 1e6);
	struct map *map = map_open(output, &p);
	unlink(output);
	if (!map)
		fail_msg("%s: %s", extract, p.text);
	return map;
}

static struct point random_point(const struct map_info *info)
{
	return (struct point){
	    info->south_west.lat + random_unit() * (info->north_east.lat - info->south_west.lat),
	    info->south_west.lon + random_unit() * (info->north_east.lon - info->south_west.lon)};
}

/* A point near a road, on the network or on an island. */
static struct point random_place(const struct map *map, const struct map_info *info)
{
	struct map_snapped s;
	for (;;) {
		struct point p = random_point(info);
		if (map_snap_segment(map, p, &s))
			return p;
	}
}

static void compare_pairs(const char *extract)
{
	struct map *map = built(extract);
	struct map_info info;
	struct map_router *router = map_router_new(map);
	int routed = 0;
	map_info(map, &info);
	for (int i = 0; i < PAIRS; i++) {
		struct point from = random_place(map, &info), to = random_place(map, &info);
		struct map_stand start = map_stand_at(from), end = map_stand_at(to);
		struct map_eta eta;
		map_etas(router, &end, &start, 1, true, &eta);
		uint64_t expected = forward_ms(map, from, to);
		if (eta.known != (expected != UINT64_MAX) ||
		    (eta.known && (uint64_t)llround(eta.eta_s * 1000) != expected))
			fail_msg("%s: %.6f,%.6f -> %.6f,%.6f: %.3f s, expected %.3f", extract,
			         from.lat, from.lon, to.lat, to.lon, eta.eta_s,
			         (double)expected / 1000);
		routed += eta.known;
	}
	assert_true(routed > PAIRS * 6 / 10); /* the rest: islands */
	map_router_free(&router);
	map_close(&map);
}

static void agrees_with_dijkstra_on_trento(void **state)
{
	(void)state;
	compare_pairs("trento-2023-02");
}

static void agrees_with_dijkstra_on_malta(void **state)
{
	(void)state;
	compare_pairs("malta-2018-08");
}

static void agrees_with_dijkstra_on_liechtenstein(void **state)
{
	(void)state;
	compare_pairs("liechtenstein-2026-01");
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static void two_hundred_crews_on_trento(void **state)
{
	(void)state;
	struct map *map = built("trento-2023-02");
	struct map_info info;
	struct map_stand crews[200];
	struct map_router *router = map_router_new(map);
	struct map_eta etas[200];
	double took[50];
	map_info(map, &info);
	for (int i = 0; i < 200; i++)
		crews[i] = map_stand_at(random_place(map, &info));
	for (int i = 0; i < 50; i++) {
		struct map_stand incident = map_stand_at(random_place(map, &info));
		double start = seconds();
		map_etas(router, &incident, crews, 200, true, etas);
		took[i] = seconds() - start;
	}
	qsort(took, 50, sizeof(*took), compare_doubles);
	printf("200 crews on Trento: median %.2f ms, slowest %.2f ms\n", took[25] * 1000,
	       took[49] * 1000);
	int known = 0;
	for (int i = 0; i < 200; i++)
		known += etas[i].known && etas[i].eta_s < 3600 && etas[i].distance_m < 60000;
	assert_true(known >= 199);
	map_router_free(&router);
	map_close(&map);
}

/* ---- addresses: what the map knows must be found again by its name ---- */

struct search_result {
	int asked, first, listed;
	double slowest_ms;
};

static void search_address(const struct map *map, uint32_t id, struct search_result *r)
{
	const struct map_address *a = &map->addresses[id];
	const struct map_named *street = &map->named[a->street];
	struct arena *arena = arena_new();
	const char *town = map_string(map, street->municipality);
	const char *query = arena_format(arena, "%s %s, %s", map->strings + street->label,
	                                 map->strings + a->number, town ? town : "");
	struct map_candidate found[10];
	double start = seconds();
	size_t count = map_geocode(map, query, POINT_NONE, arena, found, 10);
	r->slowest_ms = fmax(r->slowest_ms, (seconds() - start) * 1000);
	r->asked++;
	for (size_t i = 0; i < count; i++) {
		if (found[i].kind != MAP_ADDRESS ||
		    point_distance_m(found[i].at, map_point(a->at)) > 1)
			continue;
		r->first += i == 0;
		r->listed++;
		break;
	}
	arena_free(&arena);
}

static bool same_words(const char *a, const char *b)
{
	struct str one = {0}, other = {0};
	words_normal(a, &one);
	words_normal(b, &other);
	bool same = strcmp(str_text(&one), str_text(&other)) == 0;
	str_fini(&one);
	str_fini(&other);
	return same;
}

/* Is a house told its own street and number? */
static bool is_told_again(const struct map *map, const struct map_address *a)
{
	struct arena *arena = arena_new();
	struct map_reverse found;
	map_reverse(map, map_point(a->at), arena, &found);
	bool told = found.street && found.number &&
	            same_words(found.street, map->strings + map->named[a->street].label) &&
	            strcmp(found.number, map->strings + a->number) == 0;
	arena_free(&arena);
	return told;
}

/* The rest: several numbers at one point, of which any may be said. */
static void houses_know_themselves(const struct map *map, const char *extract)
{
	int asked = 0, told = 0;
	for (size_t i = 0; i < map->address_count; i++) {
		const struct map_address *a = &map->addresses[i];
		asked += !a->about;
		told += !a->about && is_told_again(map, a);
	}
	printf("%s: %d houses, told again %d\n", extract, asked, told);
	assert_true(told >= asked * 99 / 100);
}

static void addresses_of(const char *extract)
{
	struct map *map = built(extract);
	struct search_result r = {0};
	for (int i = 0; i < 500; i++)
		search_address(map, (uint32_t)(random_unit() * (double)map->address_count), &r);
	printf("%s: %d addresses, first answer %d, in the list %d, slowest %.2f ms\n", extract,
	       r.asked, r.first, r.listed, r.slowest_ms);
	assert_true(r.first >= r.asked * 97 / 100);
	houses_know_themselves(map, extract);
	map_close(&map);
}

static void addresses_are_found_again(void **state)
{
	(void)state;
	addresses_of("trento-2023-02");
	addresses_of("mezzolombardo-2020-10");
	addresses_of("liechtenstein-2026-01");
	addresses_of("bari-centro-2025-10");
}

static bool finds_itself(const struct map *map, const struct map_named *street)
{
	struct arena *arena = arena_new();
	struct map_candidate found;
	const char *label = map->strings + street->label;
	bool found_it = map_geocode(map, label, POINT_NONE, arena, &found, 1) == 1 &&
	                found.street && same_words(found.street, label);
	arena_free(&arena);
	return found_it;
}

/* The rest: streets called like the hamlet they lead to. */
static void every_street_is_found_by_its_name(void **state)
{
	(void)state;
	struct map *map = built("trento-2023-02");
	int asked = 0, found = 0;
	for (size_t i = 0; i < map->named_count; i++) {
		const struct map_named *n = &map->named[i];
		if (n->kind != MAP_STREET || n->flags & NAMED_ALIAS)
			continue;
		asked++;
		found += finds_itself(map, n);
	}
	printf("Trento: %d streets, found by their names %d\n", asked, found);
	assert_true(asked > 800 && found >= asked * 99 / 100);
	map_close(&map);
}

static void a_point_lies_in_its_municipality(void **state)
{
	(void)state;
	struct map *map = built("mezzolombardo-2020-10");
	struct arena *arena = arena_new();
	struct map_reverse found;
	map_reverse(map, (struct point){46.2105183, 11.0968805}, arena, &found);
	assert_string_equal(found.street, "Via San Vigilio");
	assert_string_equal(found.number, "11/A");
	assert_string_equal(found.municipality, "Mezzolombardo");
	map_reverse(map, (struct point){46.2142752, 11.0914998}, arena, &found);
	assert_string_equal(found.area, "Corso del Popolo, Mezzolombardo");
	arena_free(&arena);
	map_close(&map);
}

static void trento_is_one_municipality_though_cut(void **state)
{
	(void)state;
	struct map *map = built("trento-2023-02");
	const char *const *names;
	assert_int_equal(map_municipalities(map, &names), 1);
	assert_string_equal(names[0], "Trento");
	map_close(&map);
}

/* ---- tiles ---- */

static void every_tile_of_trento(void **state)
{
	(void)state;
	struct map *map = built("trento-2023-02");
	struct map_info info;
	struct str tile = {0};
	double slowest = 0;
	size_t largest = 0, drawn = 0;
	map_info(map, &info);
	for (int i = 0; i < 400; i++) {
		unsigned z = 8 + (unsigned)i % 11;
		struct point p = random_point(&info);
		unsigned x = (unsigned)((p.lon + 180) / 360 * (double)(1u << z));
		unsigned y =
		    (unsigned)((1 - asinh(tan(p.lat * M_PI / 180)) / M_PI) / 2 * (double)(1u << z));
		str_clear(&tile);
		double start = seconds();
		assert_true(map_tile(map, z, x, y, &tile));
		slowest = fmax(slowest, seconds() - start);
		largest = tile.length > largest ? tile.length : largest;
		drawn += tile.length > 0;
	}
	printf("400 tiles of Trento: slowest %.1f ms, largest %zu bytes\n", slowest * 1000,
	       largest);
	assert_true(drawn > 360);
	str_fini(&tile);
	map_close(&map);
}

int main(void)
{
	folder = getenv("PRONTOD_TEST_OSM");
	if (!folder) {
		fputs("PRONTOD_TEST_OSM names no folder of extracts\n", stderr);
		return 2;
	}
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(agrees_with_dijkstra_on_trento),
	    cmocka_unit_test(agrees_with_dijkstra_on_malta),
	    cmocka_unit_test(agrees_with_dijkstra_on_liechtenstein),
	    cmocka_unit_test(two_hundred_crews_on_trento),
	    cmocka_unit_test(addresses_are_found_again),
	    cmocka_unit_test(every_street_is_found_by_its_name),
	    cmocka_unit_test(a_point_lies_in_its_municipality),
	    cmocka_unit_test(trento_is_one_municipality_though_cut),
	    cmocka_unit_test(every_tile_of_trento),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

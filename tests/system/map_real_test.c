/*
 * The map room on real OpenStreetMap extracts (PRONTOD_TEST_OSM names their folder): the router
 * against a forward Dijkstra on random pairs, and figures on standard output. Skipped where no
 * folder is named.
 */
#include "../unit/map_forward.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define SKIPPED 77 /* meson's exit code for a skipped test */
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
	int routed = 0;
	map_info(map, &info);
	for (int i = 0; i < PAIRS; i++) {
		struct point from = random_place(map, &info), to = random_place(map, &info);
		struct map_eta eta;
		map_etas(map, to, &from, 1, &eta);
		uint64_t expected = forward_ms(map, from, to);
		if (eta.known != (expected != UINT64_MAX) ||
		    (eta.known && (uint64_t)llround(eta.eta_s * 1000) != expected))
			fail_msg("%s: %.6f,%.6f -> %.6f,%.6f: %.3f s, expected %.3f", extract,
			         from.lat, from.lon, to.lat, to.lon, eta.eta_s,
			         (double)expected / 1000);
		routed += eta.known;
	}
	assert_true(routed > PAIRS * 6 / 10); /* the rest: islands */
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
	struct point crews[200];
	struct map_eta etas[200];
	double took[50];
	map_info(map, &info);
	for (int i = 0; i < 200; i++)
		crews[i] = random_place(map, &info);
	for (int i = 0; i < 50; i++) {
		struct point incident = random_place(map, &info);
		double start = seconds();
		map_etas(map, incident, crews, 200, etas);
		took[i] = seconds() - start;
	}
	qsort(took, 50, sizeof(*took), compare_doubles);
	printf("200 crews on Trento: median %.2f ms, slowest %.2f ms\n", took[25] * 1000,
	       took[49] * 1000);
	int known = 0;
	for (int i = 0; i < 200; i++)
		known += etas[i].known && etas[i].eta_s < 3600 && etas[i].distance_m < 60000;
	assert_true(known >= 199);
	map_close(&map);
}

int main(void)
{
	folder = getenv("PRONTOD_TEST_OSM");
	if (!folder) {
		puts("skipped: PRONTOD_TEST_OSM names no folder of extracts");
		return SKIPPED;
	}
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(agrees_with_dijkstra_on_trento),
	    cmocka_unit_test(agrees_with_dijkstra_on_malta),
	    cmocka_unit_test(agrees_with_dijkstra_on_liechtenstein),
	    cmocka_unit_test(two_hundred_crews_on_trento),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * What driving times cost, and what they change: 200 crews ranked for random incidents by road and by
 * straight line, in the same run. Prints one line: the two medians, their ratio, and in how many
 * incidents the first crew differs.
 *
 *     bench_candidates MAP [INCIDENTS]
 */
#include "base/mem.h"
#include "dispatch.h"
#include "map.h"
#include "map/roads.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CREWS 200

static uint64_t seed = 20260310;

static double random_share(void)
{
	seed += 0x9E3779B97F4A7C15U; /* splitmix64 */
	uint64_t z = seed;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
	return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

static double now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* A point on a road from which the middle of the map can be reached. */
static struct point random_place(const struct map *map, struct map_router *router, const struct map_info *info)
{
	for (;;) {
		struct point p = {info->south_west.lat + random_share() * (info->north_east.lat - info->south_west.lat),
				  info->south_west.lon + random_share() * (info->north_east.lon - info->south_west.lon)};
		struct map_stand stand = map_stand_at(p), centre = map_stand_at(info->centre);
		struct map_snap on_road;
		struct map_eta eta;
		if (!map_snap(map, &stand, &on_road, 1) || on_road.distance_m > 400)
			continue;
		stand.at = on_road.at;
		map_etas(router, &centre, &stand, 1, false, &eta);
		if (eta.known)
			return on_road.at;
	}
}

static size_t rank(const struct map_eta *etas, struct dispatch_candidate *out)
{
	static const char *const skills[] = {"water"};
	static char names[CREWS][16];
	struct dispatch_crew crews[CREWS];
	for (int i = 0; i < CREWS; i++) {
		snprintf(names[i], sizeof names[i], "Squadra %03d", i);
		crews[i] = (struct dispatch_crew){.name = names[i], .skills = skills, .skill_count = 1, .on_shift = true,
						  .eta = SPAN_S(etas[i].eta_s), .distance_m = etas[i].distance_m,
						  .eta_known = etas[i].known};
	}
	const struct dispatch_query query = {.now = instant_now(), .zone = zone_get("Europe/Rome", NULL),
					     .skills_needed = skills, .skill_count = 1};
	dispatch_rank(&query, crews, CREWS, out);
	return out[0].crew;
}

static struct point straight_to;
static const struct point *straight_from;

static int by_line(const void *a, const void *b)
{
	double x = point_distance_m(straight_from[*(const int *)a], straight_to),
	       y = point_distance_m(straight_from[*(const int *)b], straight_to);
	return (x > y) - (x < y);
}

static size_t nearest_by_line(const struct point *crews, struct point incident)
{
	int order[CREWS];
	for (int i = 0; i < CREWS; i++)
		order[i] = i;
	straight_to = incident;
	straight_from = crews;
	qsort(order, CREWS, sizeof *order, by_line);
	return (size_t)order[0];
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	struct problem p;
	int incidents = argc > 2 ? atoi(argv[2]) : 300;
	struct map *map = argc > 1 ? map_open(argv[1], &p) : NULL;
	if (!map || incidents < 1) {
		fprintf(stderr, "bench_candidates: %s\n", argc > 1 ? p.text : "usage: bench_candidates MAP [INCIDENTS]");
		return argc > 1 ? 1 : 2;
	}
	struct map_info info;
	map_info(map, &info);
	struct map_router *router = map_router_new(map);
	struct point crews[CREWS];
	struct map_stand stands[CREWS];
	for (int i = 0; i < CREWS; i++)
		stands[i] = map_stand_at(crews[i] = random_place(map, router, &info));
	double *road = mem_zero((size_t)incidents, sizeof *road), *line = mem_zero((size_t)incidents, sizeof *line);
	struct dispatch_candidate *ranked = mem_zero(CREWS, sizeof *ranked);
	int differs = 0;
	double lost_s = 0;
	for (int i = 0; i < incidents; i++) {
		struct point incident = random_place(map, router, &info);
		struct map_eta etas[CREWS];
		struct map_stand to = map_stand_at(incident);
		double t0 = now_us();
		map_etas(router, &to, stands, CREWS, false, etas);
		size_t by_road = rank(etas, ranked);
		double t1 = now_us();
		size_t straight = nearest_by_line(crews, incident);
		double t2 = now_us();
		road[i] = t1 - t0;
		line[i] = t2 - t1;
		differs += by_road != straight;
		lost_s += etas[straight].known ? etas[straight].eta_s - etas[by_road].eta_s : 0;
	}
	qsort(road, (size_t)incidents, sizeof *road, by_size);
	qsort(line, (size_t)incidents, sizeof *line, by_size);
	printf("{\"crews\":%d,\"incidents\":%d,\"road_us\":%.1f,\"road_p99_us\":%.1f,\"line_us\":%.1f,\"cost_ratio\":%.1f,"
	       "\"first_differs\":%.3f,\"mean_seconds_saved\":%.1f}\n",
	       CREWS, incidents, road[incidents / 2], road[incidents * 99 / 100], line[incidents / 2],
	       road[incidents / 2] / line[incidents / 2], (double)differs / incidents, lost_s / incidents);
	free(road);
	free(line);
	free(ranked);
	map_router_free(&router);
	map_close(&map);
	return 0;
}

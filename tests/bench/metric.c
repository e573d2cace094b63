/*
 * How long a new metric takes after closures, and how much the questions beside it wait meanwhile:
 * one thread makes metrics one after another, another ranks 100 crews, with and without the first
 * at work.
 *
 *     bench_metric MAP [ROUNDS]
 */
#include "measure.h"

#include <pthread.h>

#define CREWS 100
#define CLOSURES 20
#define BESIDE_MS 4000.0

struct closures {
	struct map_closure of[CLOSURES];
	struct point at[CLOSURES][4];
};

/* Closed and slow stretches, some one way, some areas of a few streets. */
static void draw_closures(const struct map *map, struct closures *c)
{
	for (int i = 0; i < CLOSURES; i++) {
		struct point p = place_anywhere(map);
		bool area = i % 5 == 0;
		c->at[i][0] = p;
		for (int k = 1; k < 4; k++)
			c->at[i][k] = (struct point){p.lat + (k > 1 ? 0.002 : 0),
			                             p.lon + (k < 3 ? 0.003 : 0)};
		c->of[i] = (struct map_closure){.points = c->at[i],
		                                .count = area ? 4 : 1,
		                                .area = area,
		                                .one_way = false,
		                                .speed = i % 3 == 0 ? 0.4 : 0};
	}
}

static struct map_metric *make(const struct map *map, enum map_profile profile, double *took_ms)
{
	struct closures c;
	struct problem p;
	draw_closures(map, &c);
	double start = measure_ms();
	struct map_metric *metric = map_metric_make(map, profile, c.of, CLOSURES, NULL, &p);
	*took_ms = measure_ms() - start;
	if (!metric) {
		fprintf(stderr, "bench_metric: %s\n", p.text);
		exit(1);
	}
	return metric;
}

/* ---- the questions beside ---- */

struct beside {
	const struct map *map;
	struct map_stand crew[CREWS], incident[64];
	struct samples took;
	double until_ms;
};

static void *rank_beside(void *ctx)
{
	struct beside *b = ctx;
	struct map_router *router = map_router_new(b->map);
	struct map_eta eta[CREWS];
	map_etas(router, &b->incident[0], b->crew, CREWS, false, eta);
	for (size_t i = 0; measure_ms() < b->until_ms; i++) {
		double start = measure_ms();
		map_etas(router, &b->incident[i % 64], b->crew, CREWS, false, eta);
		samples_add(&b->took, measure_ms() - start);
		nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
	}
	map_router_free(&router);
	return NULL;
}

static void run_beside(const struct map *map, bool making)
{
	static struct beside b;
	pthread_t thread;
	double took;
	b = (struct beside){.map = map};
	for (int i = 0; i < CREWS; i++)
		b.crew[i] = stand_at(place_anywhere(map));
	for (int i = 0; i < 64; i++)
		b.incident[i] = stand_at(place_anywhere(map));
	b.until_ms = measure_ms() + BESIDE_MS;
	if (pthread_create(&thread, NULL, rank_beside, &b) != 0)
		exit(1);
	while (making && measure_ms() < b.until_ms) {
		struct map_metric *metric = make(map, MAP_NORMAL, &took);
		map_metric_unref(&metric);
	}
	pthread_join(thread, NULL);
	printf("{\"case\":\"beside\",\"making\":%s,\"questions\":%zu,\"p50\":%.3f,\"p99\":%.3f,"
	       "\"max\":%.3f}\n",
	       making ? "true" : "false", b.took.count, samples_at(&b.took, 0.5),
	       samples_at(&b.took, 0.99), samples_at(&b.took, 1));
	samples_free(&b.took);
}

int main(int argc, char **argv)
{
	struct map *map = open_or_leave(argc, argv, "bench_metric MAP [ROUNDS]");
	int rounds = argc > 2 ? atoi(argv[2]) : 3;
	struct samples all = {0};
	size_t edges = 0;
	for (int i = 0; i < rounds * MAP_PROFILES; i++) {
		double took;
		struct map_metric *metric = make(map, (enum map_profile)(i % MAP_PROFILES), &took);
		edges += map_metric_edges(metric);
		samples_add(&all, took);
		map_metric_unref(&metric);
	}
	printf("{\"case\":\"metric\",\"closures\":%d,\"edges\":%.0f,\"p50\":%.1f,\"max\":%.1f}\n",
	       CLOSURES, (double)edges / (double)all.count, samples_at(&all, 0.5),
	       samples_at(&all, 1));
	fflush(stdout);
	samples_free(&all);
	run_beside(map, false);
	run_beside(map, true);
	map_close(&map);
	return 0;
}

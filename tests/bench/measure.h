/*
 * What the map's benchmarks share: the clock, repeatable chance, percentiles, and places on roads
 * as they lie: where there are many streets there are many crews.
 */
#ifndef PRONTOD_BENCH_MEASURE_H
#define PRONTOD_BENCH_MEASURE_H

#include "../../src/map/file.h"

#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double measure_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Of this thread's processor alone: what other programs on a shared machine do not stretch. */
static inline double measure_cpu_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static inline double chance(void)
{
	static uint64_t seed = 20260322;
	seed += 0x9E3779B97F4A7C15U; /* splitmix64 */
	uint64_t z = seed;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
	return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

/* ---- samples ---- */

struct samples {
	double *value;
	size_t count, room;
	bool sorted;
};

static inline void samples_add(struct samples *s, double value)
{
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 256;
		s->value = mem_grow(s->value, s->room, sizeof(*s->value));
	}
	s->value[s->count++] = value;
	s->sorted = false;
}

static inline int samples_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* share: 0.5 for the median; 1 for the greatest. Zero where nothing was measured. */
static inline double samples_at(struct samples *s, double share)
{
	if (s->count == 0)
		return 0;
	if (!s->sorted)
		qsort(s->value, s->count, sizeof(*s->value), samples_compare);
	s->sorted = true;
	size_t at = (size_t)(share * (double)s->count);
	return s->value[at < s->count ? at : s->count - 1];
}

static inline void samples_free(struct samples *s)
{
	free(s->value);
	*s = (struct samples){0};
}

/* ---- places ---- */

/* Near a random road of the largest network. */
static inline struct point place_anywhere(const struct map *map)
{
	for (;;) {
		const struct map_segment *s =
		    &map->segments[(size_t)(chance() * (double)map->segment_count)];
		if (s->component[0] != 0 && s->component[1] != 0)
			continue;
		struct map_unpacked line = {0};
		struct point p = map_point(map_line(map, s, &line)[s->vertices / 2]);
		map_unpacked_free(&line);
		p.lat += (chance() - 0.5) * 4e-4;
		p.lon += (chance() - 0.5) * 6e-4;
		return p;
	}
}

static inline struct point place_near(const struct map *map, struct point centre, double within_m)
{
	for (;;) {
		struct point p = place_anywhere(map);
		if (point_distance_m(p, centre) <= within_m)
			return p;
	}
}

static inline struct map_stand stand_at(struct point p)
{
	return (struct map_stand){.at = p, .heading = NAN};
}

/* Opens the map named first on the command line, or says why not and ends the program. */
static inline struct map *open_or_leave(int argc, char **argv, const char *usage)
{
	struct problem p;
	if (argc < 2) {
		fprintf(stderr, "usage: %s\n", usage);
		exit(2);
	}
	struct map *map = map_open(argv[1], &p);
	if (!map) {
		fprintf(stderr, "%s: %s\n", argv[1], p.text);
		exit(1);
	}
	return map;
}

#endif

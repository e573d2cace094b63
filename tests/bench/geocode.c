/*
 * How long an address search takes, in process: every line of standard input as a whole, then as it
 * is typed, letter by letter from the third on. A line is a query, or "LAT,LON<TAB>query".
 *
 *     prontoctl map addresses MAP | tests/eval/addresses/queries.py --lines | bench_geocode MAP
 */
#include "base/mem.h"
#include "map.h"
#include "map/places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ANSWERS 10

struct times {
	double *us;
	size_t count;
	double slowest;
	char query[300]; /* the slowest */
};

static double now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void ask(const struct map *map, const char *query, struct point near, struct times *out)
{
	struct map_candidate found[ANSWERS];
	struct arena *arena = arena_new();
	double began = now_us();
	map_geocode(map, query, near, arena, found, ANSWERS);
	double us = now_us() - began;
	arena_free(&arena);
	out->us = mem_grow(out->us, out->count + 1, sizeof(*out->us));
	out->us[out->count++] = us;
	if (us > out->slowest) {
		out->slowest = us;
		str_copy(out->query, sizeof(out->query), query);
	}
}

static void ask_typing(const struct map *map, const char *query, struct point near, struct times *out)
{
	char typed[300];
	size_t length = str_copy(typed, sizeof(typed), query);
	for (size_t end = 3; end < length; end++) {
		if (((unsigned char)query[end] & 0xC0) == 0x80)
			continue; /* inside a letter */
		str_copy(typed, end + 1, query);
		ask(map, typed, near, out);
	}
}

static int by_time(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void print_times(const char *name, struct times *t)
{
	qsort(t->us, t->count, sizeof(*t->us), by_time);
	if (t->count == 0)
		return;
	printf("{\"queries\":\"%s\",\"count\":%zu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}\n", name, t->count,
	       t->us[t->count / 2] / 1e3, t->us[t->count * 99 / 100] / 1e3, t->slowest / 1e3);
	fprintf(stderr, "slowest: %s\n", t->query);
	free(t->us);
}

int main(int argc, char **argv)
{
	struct problem p;
	struct map *map = argc == 2 ? map_open(argv[1], &p) : NULL;
	struct times whole = {0}, typing = {0};
	char line[400];
	if (!map) {
		fprintf(stderr, "%s\n", argc == 2 ? p.text : "usage: bench_geocode MAP < QUERIES");
		return 1;
	}
	while (fgets(line, sizeof(line), stdin)) {
		struct point near = POINT_NONE;
		const char *tab = strchr(line, '\t'), *query = tab ? tab + 1 : line;
		line[strcspn(line, "\r\n")] = '\0';
		if (tab && sscanf(line, "%lf,%lf", &near.lat, &near.lon) != 2)
			near = POINT_NONE;
		ask(map, query, near, &whole);
		ask_typing(map, query, near, &typing);
	}
	print_times("whole", &whole);
	print_times("as typed", &typing);
	map_close(&map);
	return 0;
}

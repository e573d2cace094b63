/*
 * What road networks look like, one map beside another: junctions by degree, roads by class,
 * one-way streets, dead ends, how small the cuts are that take it apart. Shows how far an invented
 * region resembles a real country.
 *
 *     bench_shape MAP...
 */
#include "../../src/map/file.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

#define CLASSES 8
#define DEGREES 5 /* 1, 2, 3, 4, more */

struct shape {
	double segments, metres, vertices, one_way, pocket;
	double class_metres[CLASSES], class_segments[CLASSES];
	double junctions, degree[DEGREES];
	double bans;
};

static void count_segments(const struct map *map, struct shape *s, uint32_t *degree)
{
	for (size_t i = 0; i < map->segment_count; i++) {
		const struct map_segment *g = &map->segments[i];
		degree[g->from]++;
		degree[g->to]++;
		s->segments++;
		s->metres += (double)g->length_m;
		s->vertices += g->vertices - 2;
		s->one_way += (g->time_ms[0] == 0) != (g->time_ms[1] == 0);
		s->pocket += g->component[0] == MAP_POCKET && g->component[1] == MAP_POCKET;
		if (g->road_class < CLASSES) {
			s->class_metres[g->road_class] += (double)g->length_m;
			s->class_segments[g->road_class]++;
		}
	}
}

static void measure(const struct map *map, struct shape *s)
{
	uint32_t *degree = mem_zero(map->junction_count + 1, sizeof(*degree));
	count_segments(map, s, degree);
	for (size_t i = 0; i < map->junction_count; i++) {
		if (degree[i] == 0)
			continue;
		s->junctions++;
		s->degree[degree[i] < DEGREES ? degree[i] - 1 : DEGREES - 1]++;
	}
	s->bans = (double)map->header->restrictions;
	free(degree);
}

static void print_shares(const char *name, const double *parts, size_t count, double whole)
{
	printf(",\"%s\":[", name);
	for (size_t i = 0; i < count; i++)
		printf("%s%.4f", i ? "," : "", whole > 0 ? parts[i] / whole : 0);
	fputs("]", stdout);
}

/* The largest cut of each level of the nested dissection, the whole map's first. */
static void print_separators(const struct map *map)
{
	const uint32_t *roads;
	size_t levels = map_separators(map, &roads);
	fputs(",\"separators\":[", stdout);
	for (size_t i = 0; i < levels; i++)
		printf("%s%u", i ? "," : "", roads[i]);
	fputs("]", stdout);
}

static void print(const char *path, const struct map *map, const struct shape *s)
{
	printf("{\"map\":\"%s\",\"junctions\":%.0f,\"segments\":%.0f,\"km\":%.0f,\"mean_m\":%.1f,"
	       "\"bends\":%.2f,"
	       "\"one_way\":%.4f,\"pocket\":%.4f,\"dead_ends\":%.4f,\"forbidden_turns\":%.0f",
	       path, s->junctions, s->segments, s->metres / 1000, s->metres / s->segments,
	       s->vertices / s->segments, s->one_way / s->segments, s->pocket / s->segments,
	       s->degree[0] / s->junctions, s->bans);
	print_shares("degrees", s->degree, DEGREES, s->junctions);
	print_shares("class_km", s->class_metres, CLASSES, s->metres);
	print_shares("class_segments", s->class_segments, CLASSES, s->segments);
	print_separators(map);
	puts("}");
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct problem p;
		struct map *map = map_open(argv[i], &p);
		if (!map) {
			fprintf(stderr, "bench_shape: %s: %s\n", argv[i], p.text);
			return 1;
		}
		struct shape s = {0};
		measure(map, &s);
		print(argv[i], map, &s);
		map_close(&map);
	}
	return argc < 2 ? 2 : 0;
}

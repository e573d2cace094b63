/*
 * Is the router exact? Its answers beside those of a plain search over directed roads, for every
 * pair of some sources and targets, under some profile and some closures. Used by the tests on real
 * maps and by the benchmark.
 */
#ifndef PRONTOD_TESTS_MAP_PAIRS_H
#define PRONTOD_TESTS_MAP_PAIRS_H

#include "../../src/map/drive/plain.h"
#include "../../src/map/file.h"

#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t pairs_state = 20260322;

static inline double pairs_unit(void)
{
	pairs_state = pairs_state * 6364136223846793005u + 1442695040888963407u;
	return (double)(pairs_state >> 11) / 9007199254740992.0;
}

/* Near some road, also of an island, of a pocket, of one where only those may drive who live there.
 */
static inline struct point pairs_place(const struct map *map)
{
	const struct map_segment *s =
	    &map->segments[(size_t)(pairs_unit() * (double)map->segment_count)];
	struct map_unpacked line = {0};
	size_t i = (size_t)(pairs_unit() * s->vertices);
	struct point p = map_point(map_line(map, s, &line)[i]);
	map_unpacked_free(&line);
	return (struct point){p.lat + (pairs_unit() - 0.5) * 4e-4,
	                      p.lon + (pairs_unit() - 0.5) * 4e-4};
}

/* One in four knows where it is heading. */
static inline struct map_stand pairs_stand(const struct map *map)
{
	double heading = pairs_unit() * 4 * 360;
	return (struct map_stand){.at = pairs_place(map), .heading = heading < 360 ? heading : NAN};
}

#define PAIRS_ZONE 12.0 /* the first area is as wide as so many: a flooded quarter */

/* Closed and slow roads, some as areas; more round the sources and targets, where it is hardest. */
static inline struct map_metric *pairs_metric(const struct map *map, enum map_profile profile,
                                              size_t count, const struct map_stand *round,
                                              size_t round_count, struct problem *p)
{
	struct map_closure *closures = mem_zero(count + 1, sizeof(*closures));
	struct point(*corners)[4] = mem_zero(count + 1, sizeof(*corners));
	for (size_t i = 0; i < count; i++) {
		struct point at = i % 2 ? pairs_place(map)
		                        : round[(size_t)(pairs_unit() * (double)round_count)].at;
		double lat = pairs_unit() * 8e-4, lon = pairs_unit() * 8e-4;
		bool area = i % 3 == 0;
		if (i == 0) {
			lat = PAIRS_ZONE * 8e-4;
			lon = PAIRS_ZONE * 8e-4;
		}
		corners[i][0] = (struct point){at.lat - lat, at.lon - lon};
		corners[i][1] = (struct point){at.lat - lat, at.lon + lon};
		corners[i][2] = (struct point){at.lat + lat, at.lon + lon};
		corners[i][3] = (struct point){at.lat + lat, at.lon - lon};
		if (!area)
			corners[i][0] = at;
		closures[i] =
		    (struct map_closure){.points = corners[i],
		                         .count = area ? 4 : 1,
		                         .area = area,
		                         .speed = i % 4 == 1 ? 0.05 + 0.9 * pairs_unit() : 0};
	}
	struct map_metric *metric = map_metric_make(map, profile, closures, count, NULL, p);
	free(closures);
	free(corners);
	return metric;
}

struct pairs_result {
	size_t asked, routed, differ;
	char first[200]; /* of those that differ */
};

static inline void pairs_note(struct pairs_result *r, const struct map_stand *from,
                              const struct map_stand *to, const struct map_eta *a,
                              const struct map_eta *b)
{
	if (a->known == b->known &&
	    (!a->known || llround(a->eta_s * 1000) == llround(b->eta_s * 1000)))
		return;
	if (r->differ++ == 0)
		snprintf(r->first, sizeof(r->first),
		         "%.6f,%.6f heading %.0f -> %.6f,%.6f heading %.0f: %.3f s, plainly %.3f s",
		         from->at.lat, from->at.lon, from->heading, to->at.lat, to->at.lon,
		         to->heading, a->known ? a->eta_s : -1, b->known ? b->eta_s : -1);
}

/* Every source to every target: one by one, the router's table, and the plain search. */
static inline void pairs_compare(struct map_router *router, const struct map *map,
                                 const struct map_stand *sources, const struct map_stand *targets,
                                 size_t count, struct pairs_result *r)
{
	struct map_eta *etas = mem_zero(count, sizeof(*etas)),
	               *plain = mem_zero(count, sizeof(*plain)),
	               *table = mem_zero(count * count, sizeof(*table));
	map_table(router, sources, count, targets, count, false, table);
	for (size_t j = 0; j < count; j++) {
		map_etas(router, &targets[j], sources, count, false, etas);
		map_etas_plain(map, map_router_metric(router), &targets[j], sources, count, plain);
		for (size_t i = 0; i < count; i++) {
			r->asked++;
			r->routed += plain[i].known;
			pairs_note(r, &sources[i], &targets[j], &etas[i], &plain[i]);
			pairs_note(r, &sources[i], &targets[j], &table[i * count + j], &plain[i]);
		}
	}
	free(etas);
	free(plain);
	free(table);
}

/* The places of one comparison. */
struct pairs_places {
	size_t count;
	struct map_stand *sources, *targets;
};

static inline struct pairs_places pairs_places(const struct map *map, size_t count)
{
	struct pairs_places at = {count, mem_zero(count, sizeof(*at.sources)),
	                          mem_zero(count, sizeof(*at.targets))};
	for (size_t i = 0; i < count; i++) {
		at.sources[i] = pairs_stand(map);
		at.targets[i] = pairs_stand(map);
	}
	return at;
}

static inline void pairs_places_free(struct pairs_places *at)
{
	free(at->sources);
	free(at->targets);
}

/* count x count pairs on a metric with so many closures. The router may have answered for other
 * metrics before, and what it kept of them must not show; half of the sources have moved meanwhile.
 */
static inline bool pairs_run(struct map_router *router, const struct map *map,
                             enum map_profile profile, size_t closures, struct pairs_places *at,
                             struct pairs_result *r, struct problem *p)
{
	struct map_metric *metric = pairs_metric(map, profile, closures, at->sources, at->count, p);
	if (!metric)
		return false;
	map_router_use(router, metric);
	for (size_t i = 0; i < at->count; i += 2)
		at->sources[i] = pairs_stand(map);
	pairs_compare(router, map, at->sources, at->targets, at->count, r);
	map_metric_unref(&metric);
	return true;
}

#endif

/* A small town as a map file, for the map's fuzz targets: built once, kept as bytes. */
#ifndef PRONTOD_TESTS_MAP_TOWN_H
#define PRONTOD_TESTS_MAP_TOWN_H

#include "base/mem.h"
#include "../../src/map/drive/plain.h"
#include "map.h"
#include "map/places.h"
#include "map/tiles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char map_town_opl[] =
    "n1 x11.000 y46.000\nn2 x11.002 y46.000\nn3 x11.004 y46.000\nn4 x11.000 y46.002\nn5 x11.002 "
    "y46.002\n"
    "n6 x11.004 y46.002\nn7 x11.006 y46.000\nn20 x11.0012 y46.001 "
    "Tplace=village,name=Borgo%20%Alto\n"
    "n21 x10.990 y45.990\nn22 x11.010 y45.990\nn23 x11.010 y46.010\nn24 x10.990 y46.010\n"
    "n30 x11.0002 y46.0001 Taddr:street=Via%20%Roma,addr:housenumber=2\n"
    "n31 x11.0010 y46.0001 Taddr:street=Via%20%Roma,addr:housenumber=12/A\n"
    "n32 x11.0018 y46.0001 Taddr:street=Via%20%Roma,addr:housenumber=54-56\n"
    "n33 x11.0004 y46.0021 Taddr:street=Vicolo%20%dell'Orso,addr:housenumber=3\n"
    "n34 x11.0001 y46.0021 Taddr:street=Corso%20%XX%20%Settembre,addr:housenumber=1\n"
    "n35 x11.0019 y46.0021 Taddr:street=Corso%20%XX%20%Settembre,addr:housenumber=9\n"
    "n40 x11.0041 y46.0015 Tamenity=pharmacy,name=Farmacia%20%Centrale\n"
    "w1 Thighway=residential,name=Via%20%Roma Nn1,n2\nw2 Thighway=residential,name=Via%20%Roma "
    "Nn2,n3\n"
    "w3 Thighway=tertiary,name=Corso%20%XX%20%Settembre Nn4,n5\nw4 Thighway=residential Nn5,n6\n"
    "w5 Thighway=primary,name=Via%20%Sant'Anna Nn1,n4\nw6 Thighway=residential,oneway=yes Nn2,n5\n"
    "w7 Thighway=residential Nn3,n6\nw8 Thighway=residential Nn3,n7\n"
    "w20 T Nn21,n22,n23,n24,n21\nw30 Tbuilding=yes Nn1,n2,n5,n4,n1\nw31 Tnatural=water "
    "Nn2,n3,n6,n5,n2\n"
    "w40 Taddr:interpolation=odd Nn34,n35\n"
    "r1 Ttype=restriction,restriction=no_left_turn Mw1@from,n2@via,w6@to\n"
    "r20 Ttype=boundary,boundary=administrative,admin_level=8,name=Borgo Mw20@outer\n";

/* Builds it at `path`; ends the program where that fails. */
static inline void map_town_build(const char *path)
{
	char opl[300];
	struct problem p;
	snprintf(opl, sizeof(opl), "%s.opl", path);
	FILE *out = fopen(opl, "w");
	if (!out || fputs(map_town_opl, out) < 0 || fclose(out) != 0)
		abort();
	const char *inputs[] = {opl};
	if (!map_build(inputs, 1, path, NULL, NULL, &p)) {
		fprintf(stderr, "%s\n", p.text);
		abort();
	}
	unlink(opl);
}

static inline void map_town_entry(void *ctx, const struct map_entry *entry)
{
	struct point *last = ctx;
	*last = entry->at;
}

/* Other times than the file's own, with something closed and something slow. */
static inline void map_town_close(const struct map *map, struct map_router *router, struct point at)
{
	struct point ring[4] = {{46.0, 11.001}, {46.0, 11.003}, {46.0008, 11.003}, at};
	struct map_closure closures[2] = {{.points = &at, .count = 1},
	                                  {.points = ring, .count = 4, .area = true, .speed = 0.4}};
	struct problem p;
	struct map_metric *metric = map_metric_make(map, MAP_PEAK, closures, 2, NULL, &p);
	if (metric)
		map_router_use(router, metric);
	map_metric_unref(&metric);
}

/* Everything a map is asked. */
static inline void map_town_ask(const struct map *map, const char *query, struct point at)
{
	struct arena *arena = arena_new();
	struct map_candidate found[5];
	struct map_reverse reverse;
	struct map_eta etas[2], table[4];
	struct map_stand crews[2] = {map_stand_at((struct point){46.0001, 11.0041}),
	                             map_stand_at(at)};
	struct map_stand place = map_stand_at((struct point){46.0001, 11.0005});
	struct map_router *router = map_router_new(map);
	struct map_route route;
	struct str tile = {0};
	map_geocode(map, query, at, arena, found, 5);
	map_geocode(map, query, POINT_NONE, arena, found, 5);
	map_reverse(map, at, arena, &reverse);
	map_each_entry(map, map_town_entry, &at);
	map_reverse(map, at, arena, &reverse);
	map_etas(router, &place, crews, 2, true, etas);
	map_etas(router, &crews[1], crews, 2, true, etas);
	map_route(router, &crews[0], &place, arena, &route);
	map_route(router, &crews[1], &crews[0], arena, &route);
	map_town_close(map, router, at);
	map_table(router, crews, 2, crews, 2, true, table);
	map_etas_plain(map, map_router_metric(router), &place, crews, 2, etas);
	map_router_free(&router);
	for (unsigned z = 8; z <= 18; z += 2) {
		unsigned x = (unsigned)(191.001 / 360 * (double)(1u << z)),
		         y = (unsigned)(0.35521 * (double)(1u << z));
		if (!map_tile(map, z, x, y, &tile))
			abort();
	}
	str_fini(&tile);
	arena_free(&arena);
}

#endif

/*
 * What one ranking costs in process, on one core: N crews against one incident after another,
 * within 11 km or anywhere, the crews standing still or all having moved, beside a plain reverse
 * Dijkstra over the same roads. Then the way itself, and opening the file. A line of JSON for each
 * case.
 *
 *     bench_ranking MAP [QUESTIONS | pockets | zone]
 *
 * With `pockets`: crews and incidents where one cannot get, or cannot get away. With `zone`: all of
 * them in an area that is closed, as large as a dispatcher may draw one, and the same while it is open.
 */
#include "measure.h"

#include "../../src/map/drive/plain.h"

#include <string.h>

#define NEAR_M 11000.0
#define CREWS_MAX 500
#define CENTRES 4
#define MOVED_LAT 0.003 /* some 300 m */

struct fleet {
	const struct map *map;
	struct map_router *router;
	struct map_stand crew[CREWS_MAX];
	struct map_eta eta[CREWS_MAX];
	size_t count;
	bool near;
	struct point centre;
};

static struct point fleet_place(const struct fleet *f)
{
	return f->near ? place_near(f->map, f->centre, NEAR_M) : place_anywhere(f->map);
}

static void fleet_gather(struct fleet *f)
{
	f->centre = place_anywhere(f->map);
	for (size_t i = 0; i < f->count; i++)
		f->crew[i] = stand_at(fleet_place(f));
}

static void fleet_move(struct fleet *f)
{
	for (size_t i = 0; i < f->count; i++) {
		f->crew[i].at.lat += (chance() - 0.5) * 2 * MOVED_LAT;
		f->crew[i].at.lon += (chance() - 0.5) * 3 * MOVED_LAT;
	}
}

struct figures {
	struct samples wall, cpu;
};

static void ask(struct fleet *f, struct figures *to, bool plain)
{
	struct map_stand incident = stand_at(fleet_place(f));
	double wall = measure_ms(), cpu = measure_cpu_ms();
	if (plain)
		map_etas_plain(f->map, map_router_metric(f->router), &incident, f->crew, f->count,
		               f->eta);
	else
		map_etas(f->router, &incident, f->crew, f->count, false, f->eta);
	samples_add(&to->cpu, measure_cpu_ms() - cpu);
	samples_add(&to->wall, measure_ms() - wall);
}

static void figures_print(const char *name, struct figures *g)
{
	printf(",\"%s\":{\"p50\":%.4f,\"p99\":%.4f,\"max\":%.4f,\"cpu_p50\":%.4f,\"cpu_p99\":%.4f}",
	       name, samples_at(&g->wall, 0.5), samples_at(&g->wall, 0.99), samples_at(&g->wall, 1),
	       samples_at(&g->cpu, 0.5), samples_at(&g->cpu, 0.99));
	samples_free(&g->wall);
	samples_free(&g->cpu);
}

static void rank_case(const struct map *map, size_t count, bool near, int questions)
{
	static struct fleet f;
	struct figures first = {0}, standing = {0}, moved = {0}, plain = {0};
	f = (struct fleet){.map = map, .router = map_router_new(map), .count = count, .near = near};
	for (int c = 0; c < CENTRES; c++) {
		fleet_gather(&f);
		ask(&f, &first, false);
		for (int i = 0; i < questions / CENTRES; i++)
			ask(&f, &standing, false);
		for (int i = 0; i < questions / CENTRES / 4; i++) {
			fleet_move(&f);
			ask(&f, &moved, false);
		}
		for (int i = 0; i < (near ? 10 : 2); i++)
			ask(&f, &plain, true);
	}
	printf("{\"case\":\"ranking\",\"crews\":%zu,\"near\":%s", count, near ? "true" : "false");
	figures_print("standing", &standing);
	figures_print("moved", &moved);
	figures_print("first", &first);
	figures_print("plain", &plain);
	puts("}");
	fflush(stdout);
	map_router_free(&f.router);
}

static void route_case(const struct map *map, bool near, int questions)
{
	struct figures took = {0};
	struct map_router *router = map_router_new(map);
	double points = 0, known = 0;
	for (int i = 0; i < questions; i++) {
		struct point a = place_anywhere(map);
		struct map_stand from = stand_at(a), to = stand_at(near ? place_near(map, a, NEAR_M)
		                                                        : place_anywhere(map));
		struct arena *arena = arena_new();
		struct map_route route;
		double wall = measure_ms(), cpu = measure_cpu_ms();
		bool found = map_route(router, &from, &to, arena, &route);
		samples_add(&took.cpu, measure_cpu_ms() - cpu);
		samples_add(&took.wall, measure_ms() - wall);
		known += found;
		points += found ? (double)route.count : 0;
		arena_free(&arena);
	}
	printf("{\"case\":\"route\",\"near\":%s,\"routes\":%.0f,\"mean_points\":%.0f",
	       near ? "true" : "false", known, known > 0 ? points / known : 0);
	figures_print("took", &took);
	puts("}");
	map_router_free(&router);
}

/* ---- one-way pockets and islands ---- */

static bool is_odd(const struct map_segment *s)
{
	return s->component[0] != 0 && s->component[1] != 0;
}

/* At a road that does not belong to the largest network. */
static struct map_stand odd_stand(const struct map *map)
{
	for (size_t tries = 0; tries < map->segment_count; tries++) {
		const struct map_segment *s =
		    &map->segments[(size_t)(chance() * (double)map->segment_count)];
		if (is_odd(s))
			return stand_at(map_point(map->junctions[s->from]));
	}
	return stand_at(place_anywhere(map));
}

static void pocket_case(const struct map *map)
{
	static struct map_stand crew[100];
	static struct map_eta eta[100];
	struct figures took = {0};
	struct map_router *router = map_router_new(map);
	for (int i = 0; i < 100; i++)
		crew[i] = i % 2 ? odd_stand(map) : stand_at(place_anywhere(map));
	for (int i = 0; i <= 400; i++) {
		struct map_stand incident = odd_stand(map);
		double wall = measure_ms(), cpu = measure_cpu_ms();
		map_etas(router, &incident, crew, 100, false, eta);
		if (i == 0) /* the crews' own part, which is kept */
			continue;
		samples_add(&took.cpu, measure_cpu_ms() - cpu);
		samples_add(&took.wall, measure_ms() - wall);
	}
	printf("{\"case\":\"pockets\",\"questions\":400");
	figures_print("took", &took);
	puts("}");
	map_router_free(&router);
}

/* ---- a large closed zone ---- */

#define ZONE_ROADS 9500 /* of the 10,000 that one closure may take */
#define ZONE_CREWS 500
#define ZONE_QUESTIONS 400

struct zone {
	struct point corner[4];
	struct map_closure closure;
	size_t roads;
};

static void zone_draw(struct zone *z, const struct map *map, struct point centre, double half)
{
	for (int i = 0; i < 4; i++)
		z->corner[i] = (struct point){centre.lat + (i / 2 ? half : -half),
		                              centre.lon + ((i + 1) / 2 % 2 ? half : -half)};
	z->closure = (struct map_closure){.points = z->corner, .count = 4, .area = true};
	z->roads = map_closure_roads(map, &z->closure, NULL, NULL, 0);
}

/* A square round a place on a road, as wide as so many roads want. */
static void zone_find(struct zone *z, const struct map *map)
{
	struct point centre = place_anywhere(map);
	double low = 0, high = 0.2;
	for (int i = 0; i < 16; i++) {
		double half = (low + high) / 2;
		zone_draw(z, map, centre, half);
		*(z->roads < ZONE_ROADS ? &low : &high) = half;
	}
}

static struct map_stand zone_stand(const struct zone *z, const struct map *map)
{
	for (;;) {
		struct point p = place_anywhere(map);
		if (p.lat > z->corner[0].lat && p.lat < z->corner[2].lat &&
		    p.lon > z->corner[0].lon && p.lon < z->corner[2].lon)
			return stand_at(p);
	}
}

/* Times alone, and as the desk's list wants them: with the roads' lengths. */
static void zone_ask(struct map_router *router, const struct map_stand *crew, const struct map_stand *to,
                     bool lengths, struct figures *out)
{
	static struct map_eta eta[ZONE_CREWS];
	double wall = measure_ms(), cpu = measure_cpu_ms();
	map_etas(router, to, crew, ZONE_CREWS, lengths, eta);
	samples_add(&out->cpu, measure_cpu_ms() - cpu);
	samples_add(&out->wall, measure_ms() - wall);
}

static void zone_figures(const struct zone *z, const struct map *map, struct map_metric *metric,
                         const char *name)
{
	struct figures standing = {0}, moved = {0}, listed = {0};
	struct map_router *router = map_router_new(map);
	static struct map_stand crew[ZONE_CREWS];
	map_router_use(router, metric);
	for (int i = 0; i < ZONE_QUESTIONS; i++) {
		struct map_stand to = zone_stand(z, map), other = zone_stand(z, map);
		if (i % 40 == 0) {
			for (size_t k = 0; k < ZONE_CREWS; k++)
				crew[k] = zone_stand(z, map);
			zone_ask(router, crew, &to, false, &moved);
		}
		zone_ask(router, crew, &other, false, &standing);
		zone_ask(router, crew, &to, true, &listed);
	}
	printf("{\"case\":\"zone\",\"closed\":%s,\"roads\":%zu,\"crews\":%d", name, z->roads, ZONE_CREWS);
	figures_print("standing", &standing);
	figures_print("moved", &moved);
	figures_print("lengths", &listed);
	puts("}");
	map_router_free(&router);
}

static void zone_case(const struct map *map)
{
	struct zone z;
	struct problem p;
	zone_find(&z, map);
	struct map_metric *closed = map_metric_make(map, MAP_NORMAL, &z.closure, 1, NULL, &p),
	                  *open = map_metric_make(map, MAP_NORMAL, NULL, 0, NULL, &p);
	zone_figures(&z, map, open, "false");
	zone_figures(&z, map, closed, "true");
	map_metric_unref(&open);
	map_metric_unref(&closed);
}

static void open_case(const char *path)
{
	struct figures took = {0};
	for (int i = 0; i < 9; i++) {
		struct problem p;
		double wall = measure_ms(), cpu = measure_cpu_ms();
		struct map *map = map_open(path, &p);
		samples_add(&took.cpu, measure_cpu_ms() - cpu);
		samples_add(&took.wall, measure_ms() - wall);
		map_close(&map);
	}
	printf("{\"case\":\"open\"");
	figures_print("took", &took);
	puts("}");
}

int main(int argc, char **argv)
{
	struct map *map = open_or_leave(argc, argv, "bench_ranking MAP [QUESTIONS | pockets | zone]");
	if (argc > 2 && strcmp(argv[2], "zone") == 0) {
		zone_case(map);
		map_close(&map);
		return 0;
	}
	if (argc > 2 && strcmp(argv[2], "pockets") == 0) {
		pocket_case(map);
		map_close(&map);
		return 0;
	}
	int questions = argc > 2 ? atoi(argv[2]) : 800;
	static const size_t crews[] = {10, 100, 500};
	open_case(argv[1]);
	for (size_t near = 0; near < 2; near++)
		for (size_t i = 0; i < sizeof(crews) / sizeof(*crews); i++)
			rank_case(map, crews[i], near == 0, questions);
	route_case(map, true, questions);
	route_case(map, false, questions);
	map_close(&map);
	return 0;
}

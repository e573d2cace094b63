/*
 * Hands the road network of a map to somebody else who can route, and asks our own router for the
 * same trips, so that both answers can be laid side by side. Some roads are closed and slow.
 *
 *     map_network MAP CLOSURES arcs             CSV: from, to, ms. A node is the end of a directed
 * edge, so an arc is a turn and the road it leads into map_network MAP CLOSURES pairs FROM TO JSON,
 * a line for each of FROM x TO trips between random places
 */
#include "../../src/map/drive/drive.h"

#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t random_state = 20260322;

static double random_unit(void)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (double)(random_state >> 11) / 9007199254740992.0;
}

/* A place at a road of the largest network. */
static struct point random_place(const struct map *map)
{
	for (;;) {
		const struct map_segment *s =
		    &map->segments[(size_t)(random_unit() * (double)map->segment_count)];
		struct map_unpacked line = {0};
		size_t i = (size_t)(random_unit() * s->vertices);
		struct map_vertex v = map_line(map, s, &line)[i];
		map_unpacked_free(&line);
		if (s->component[0] == 0 || s->component[1] == 0)
			return (struct point){(double)v.lat / 1e7 + (random_unit() - 0.5) * 2e-4,
			                      (double)v.lon / 1e7 + (random_unit() - 0.5) * 2e-4};
	}
}

static struct map_metric *metric_with(const struct map *map, size_t closures)
{
	struct map_closure *of = mem_zero(closures + 1, sizeof(*of));
	struct point *at = mem_zero(closures + 1, sizeof(*at));
	struct problem p;
	for (size_t i = 0; i < closures; i++) {
		at[i] = random_place(map);
		of[i] =
		    (struct map_closure){.points = &at[i], .count = 1, .speed = i % 3 ? 0 : 0.3};
	}
	struct map_metric *metric = map_metric_make(map, MAP_PEAK, of, closures, NULL, &p);
	free(of);
	free(at);
	if (!metric) {
		fprintf(stderr, "map_network: %s\n", p.text);
		exit(1);
	}
	return metric;
}

static void print_arcs(const struct map *map, const struct map_metric *metric)
{
	for (uint32_t from = 0; from < 2 * map->segment_count; from++) {
		uint32_t junction = map_edge_head(map, from);
		if (!metric_open(metric, from))
			continue;
		for (uint32_t i = map->leaving_first[junction];
		     i < map->leaving_first[junction + 1]; i++) {
			uint32_t to = map->leaving[i], turn = map_turn_ms(map, from, to);
			if (metric_open(metric, to) && turn != MAP_NO_TURN)
				printf("%u,%u,%u\n", from, to, turn + metric_ms(metric, to));
		}
	}
}

/* As most people keep a network: one row a road, no turns. */
static void print_roads(const struct map *map, const struct map_metric *metric)
{
	for (uint32_t i = 0; i < map->segment_count; i++) {
		const struct map_segment *s = &map->segments[i];
		struct point at = map_point(map->junctions[s->from]);
		bool onward = metric_open(metric, 2 * i), back = metric_open(metric, 2 * i + 1);
		if (onward || back)
			printf("%u,%u,%ld,%ld,%.7f,%.7f\n", s->from, s->to,
			       onward ? (long)metric_ms(metric, 2 * i) : -1L,
			       back ? (long)metric_ms(metric, 2 * i + 1) : -1L, at.lat, at.lon);
	}
}

/* ---- trips ---- */

struct end {
	struct map_stand stand;
	uint32_t segment;
	double fraction;
};

/* Ends on closed roads have rules of their own, which a plain network does not show. */
static struct end random_end(const struct map *map, const struct map_metric *metric)
{
	for (;;) {
		struct end e = {.stand = {.at = random_place(map), .heading = NAN}};
		struct map_snapped s;
		if (!map_snap_segment(map, e.stand.at, &s) ||
		    metric_closed(metric, 2 * s.segment) ||
		    metric_closed(metric, 2 * s.segment + 1))
			continue;
		e.segment = s.segment;
		e.fraction = s.fraction;
		return e;
	}
}

static uint32_t before_ms(const struct map_metric *metric, const struct end *e, uint32_t edge)
{
	double share = edge & 1 ? 1 - e->fraction : e->fraction;
	return (uint32_t)lround((double)metric_ms(metric, edge) * share);
}

/* The nodes a trip may begin with and how long it takes to come there. */
static void print_from(const struct map_metric *metric, const struct end *e)
{
	const char *comma = "";
	fputs("\"from\":[", stdout);
	for (uint32_t edge = 2 * e->segment; edge < 2 * e->segment + 2; edge++) {
		if (!metric_open(metric, edge))
			continue;
		printf("%s[%u,%u]", comma, edge,
		       metric_ms(metric, edge) - before_ms(metric, e, edge));
		comma = ",";
	}
	fputs("]", stdout);
}

/* The nodes behind the target, on its road and on the road's copies, and how much that is too far.
 */
static void print_to(const struct map *map, const struct map_metric *metric, const struct end *e)
{
	uint32_t first, ghosts = map_ghosts(map, e->segment, &first);
	const char *comma = "";
	fputs(",\"to\":[", stdout);
	for (uint32_t i = 0; i < ghosts + 1; i++) {
		uint32_t segment = i == 0 ? e->segment : first + i - 1;
		for (uint32_t edge = 2 * segment; edge < 2 * segment + 2; edge++) {
			if (!metric_open(metric, edge))
				continue;
			printf("%s[%u,%u]", comma, edge,
			       metric_ms(metric, edge) - before_ms(metric, e, edge));
			comma = ",";
		}
	}
	fputs("]", stdout);
}

/* Both on one road, the target ahead; UINT32_MAX: not so. */
static uint32_t direct_ms(const struct map_metric *metric, const struct end *from,
                          const struct end *to)
{
	uint32_t best = UINT32_MAX;
	for (uint32_t edge = 2 * from->segment; edge < 2 * from->segment + 2; edge++) {
		uint32_t begun = before_ms(metric, from, edge), done = before_ms(metric, to, edge);
		bool ahead =
		    edge & 1 ? to->fraction <= from->fraction : to->fraction >= from->fraction;
		if (from->segment == to->segment && ahead && metric_open(metric, edge) &&
		    done - begun < best)
			best = done - begun;
	}
	return best;
}

static void print_pair(const struct map *map, const struct map_metric *metric,
                       const struct end *from, const struct end *to, const struct map_eta *eta)
{
	uint32_t direct = direct_ms(metric, from, to);
	/* Round the block and back to the same road: a plain network has no node for the place
	 * before. */
	if (from->segment == to->segment && direct == UINT32_MAX)
		return;
	printf("{\"pair\":\"%.7f,%.7f -> %.7f,%.7f\",", from->stand.at.lat, from->stand.at.lon,
	       to->stand.at.lat, to->stand.at.lon);
	print_from(metric, from);
	print_to(map, metric, to);
	if (direct == UINT32_MAX)
		fputs(",\"direct\":null", stdout);
	else
		printf(",\"direct\":%u", direct);
	if (eta->known)
		printf(",\"ours\":%ld}\n", lround(eta->eta_s * 1000));
	else
		puts(",\"ours\":null}");
}

static void print_pairs(const struct map *map, struct map_metric *metric, size_t from_count,
                        size_t to_count)
{
	struct end *from = mem_zero(from_count + 1, sizeof(*from));
	struct map_stand *stands = mem_zero(from_count + 1, sizeof(*stands));
	struct map_eta *eta = mem_zero(from_count + 1, sizeof(*eta));
	struct map_router *router = map_router_new(map);
	map_router_use(router, metric);
	for (size_t i = 0; i < from_count; i++) {
		from[i] = random_end(map, metric);
		stands[i] = from[i].stand;
	}
	for (size_t k = 0; k < to_count; k++) {
		struct end to = random_end(map, metric);
		map_etas(router, &to.stand, stands, from_count, false, eta);
		for (size_t i = 0; i < from_count; i++)
			print_pair(map, metric, &from[i], &to, &eta[i]);
	}
	map_router_free(&router);
	free(from);
	free(stands);
	free(eta);
}

int main(int argc, char **argv)
{
	struct problem p;
	bool arcs = argc == 4 && strcmp(argv[3], "arcs") == 0,
	     roads = argc == 4 && strcmp(argv[3], "roads") == 0,
	     pairs = argc == 6 && strcmp(argv[3], "pairs") == 0;
	if (!arcs && !roads && !pairs) {
		fputs("usage: map_network MAP CLOSURES (arcs | roads | pairs FROM TO)\n", stderr);
		return 2;
	}
	struct map *map = map_open(argv[1], &p);
	if (!map) {
		fprintf(stderr, "map_network: %s\n", p.text);
		return 1;
	}
	struct map_metric *metric = metric_with(map, strtoul(argv[2], NULL, 10));
	if (arcs)
		print_arcs(map, metric);
	else if (roads)
		print_roads(map, metric);
	else
		print_pairs(map, metric, strtoul(argv[4], NULL, 10), strtoul(argv[5], NULL, 10));
	map_metric_unref(&metric);
	map_close(&map);
	return 0;
}

/*
 * The shape of a car road network: share of dead ends, junction degrees, lengths between junctions.
 * The same sums for a real extract and for the demo valley, so that the two can stand side by side.
 */
#include "osm_file.h"
#include "valley.h"

#include "base/mem.h"
#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct place {
	int64_t id;
	double lat, lon;
	int degree, first; /* first link, -1 */
};
struct link {
	int to, next;
	double length;
};
struct reading {
	struct place *places;
	struct link *links;
	char **names;
	int place_count, place_room, link_count, link_room, name_count, name_room;
};

static bool is_car_way(const struct osm_way_seen *way)
{
	static const char *const classes[] = {"motorway", "trunk", "primary", "secondary", "tertiary", "unclassified",
					      "residential", "living_street", "service", "road", "motorway_link",
					      "trunk_link", "primary_link", "secondary_link", "tertiary_link"};
	const char *highway = osm_way_tag(way, "highway"), *access = osm_way_tag(way, "access"),
		   *motor = osm_way_tag(way, "motor_vehicle");
	if (!highway || str_equal(access, "private") || str_equal(access, "no") || str_equal(motor, "private") ||
	    str_equal(motor, "no"))
		return false;
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (str_equal(highway, classes[i]))
			return true;
	return false;
}

static void on_node(void *ctx, int64_t id, double lat, double lon)
{
	struct reading *r = ctx;
	r->places = valley_room(r->places, r->place_count, &r->place_room, sizeof *r->places);
	r->places[r->place_count++] = (struct place){id, lat, lon, 0, -1};
}

/* Extracts are sorted by id, so a binary search finds the node. */
static int find_place(const struct reading *r, int64_t id)
{
	int low = 0, high = r->place_count - 1;
	while (low <= high) {
		int middle = (low + high) / 2;
		if (r->places[middle].id == id)
			return middle;
		if (r->places[middle].id < id)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return -1;
}

static double metres(const struct place *a, const struct place *b)
{
	double k = cos(a->lat * M_PI / 180);
	return hypot((a->lon - b->lon) * k, a->lat - b->lat) * 111195;
}

static void add_link(struct reading *r, int from, int to, double length)
{
	r->links = valley_room(r->links, r->link_count, &r->link_room, sizeof *r->links);
	r->links[r->link_count] = (struct link){to, r->places[from].first, length};
	r->places[from].first = r->link_count++;
	r->places[from].degree++;
}

static void on_way(void *ctx, const struct osm_way_seen *way)
{
	struct reading *r = ctx;
	if (!is_car_way(way))
		return;
	for (size_t i = 0; i + 1 < way->count; i++) {
		int a = find_place(r, way->nodes[i]), b = find_place(r, way->nodes[i + 1]);
		if (a < 0 || b < 0 || a == b)
			continue;
		double length = metres(&r->places[a], &r->places[b]);
		add_link(r, a, b, length);
		add_link(r, b, a, length);
	}
	const char *name = osm_way_tag(way, "name");
	if (name) {
		r->names = valley_room(r->names, r->name_count, &r->name_room, sizeof *r->names);
		r->names[r->name_count++] = mem_str(name);
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Follows a chain of plain bends from one junction to the next. */
static double walk(const struct reading *r, int from, int link)
{
	double length = r->links[link].length;
	int before = from, here = r->links[link].to;
	while (r->places[here].degree == 2) {
		int l = r->places[here].first;
		if (r->links[l].to == before)
			l = r->links[l].next;
		if (l < 0 || r->links[l].to == before || here == from)
			break;
		before = here;
		length += r->links[l].length;
		here = r->links[l].to;
	}
	return length;
}

static void measure(const struct reading *r, struct road_stats *out)
{
	double *lengths = mem_zero((size_t)r->link_count + 1, sizeof *lengths), sum = 0;
	int n = 0;
	for (int i = 0; i < r->place_count; i++) {
		int degree = r->places[i].degree;
		if (degree == 0 || degree == 2)
			continue;
		out->junctions++;
		out->dead_ends += degree == 1;
		out->degree3 += degree == 3;
		out->degree4 += degree >= 4;
		for (int l = r->places[i].first; l >= 0; l = r->links[l].next)
			sum += lengths[n++] = walk(r, i, l);
	}
	qsort(lengths, (size_t)n, sizeof *lengths, by_size);
	if (n) {
		out->mean = sum / n;
		out->p25 = lengths[n / 4];
		out->median = lengths[n / 2];
		out->p75 = lengths[n * 3 / 4];
		out->p90 = lengths[n * 9 / 10];
	}
	free(lengths);
}

static int distinct_names(struct reading *r)
{
	int streets = 0;
	qsort(r->names, (size_t)r->name_count, sizeof *r->names, by_text);
	for (int i = 0; i < r->name_count; i++)
		streets += i == 0 || strcmp(r->names[i], r->names[i - 1]) != 0;
	return streets;
}

bool road_stats_read(const char *path, struct road_stats *out, struct problem *p)
{
	struct reading r = {0};
	*out = (struct road_stats){0};
	bool ok = osm_read(path, on_node, on_way, &r, p);
	if (ok) {
		measure(&r, out);
		out->streets = r.name_count ? distinct_names(&r) : 0;
	}
	for (int i = 0; i < r.name_count; i++)
		free(r.names[i]);
	free(r.names);
	free(r.places);
	free(r.links);
	return ok;
}

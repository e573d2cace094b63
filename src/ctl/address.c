/*
 * prontoctl map geocode, reverse and addresses: the address search asked from the command line, and
 * all it knows as a list. One JSON object (or, with --lines, one array) a line.
 */
#include "ctl.h"

#include "map.h"
#include "map/places.h"
#include "wire/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CANDIDATES 10

static struct js *candidate_js(const struct map_candidate *c)
{
	struct js *o = js_object();
	js_set_str(o, "label", c->label);
	ctl_set_point(o, c->at);
	js_set_str(o, "kind", map_place_kind_name(c->kind));
	js_set_str(o, "street", c->street);
	js_set_str(o, "number", c->number);
	js_set_str(o, "municipality", c->municipality);
	if (c->about)
		js_set_bool(o, "about", true);
	js_set_number(o, "score", c->score, 2);
	js_set_number(o, "sure", c->sure, 2);
	return o;
}

static size_t geocode(const struct map *map, const char *query, struct point near, struct js **out)
{
	struct arena *arena = arena_new();
	struct map_candidate found[CANDIDATES];
	size_t count = map_geocode(map, query, near, arena, found, CANDIDATES);
	for (size_t i = 0; i < count; i++)
		out[i] = candidate_js(&found[i]);
	arena_free(&arena);
	return count;
}

/* "46.07,11.12<TAB>via roma" is asked near that point. */
static const char *line_query(const char *line, struct point *near)
{
	char point[64];
	const char *tab = strchr(line, '\t');
	if (!tab || (size_t)(tab - line) >= sizeof(point))
		return line;
	str_copy(point, sizeof(point), line);
	point[tab - line] = '\0';
	return ctl_parse_point(point, near) ? tab + 1 : line;
}

/* One query a line in, one JSON array a line out. */
static void geocode_lines(const struct map *map, struct point near)
{
	char *line = NULL;
	size_t room = 0;
	for (ssize_t length; (length = getline(&line, &room, stdin)) >= 0;) {
		while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
			line[--length] = '\0';
		struct js *array = js_array(), *found[CANDIDATES];
		struct point at = near;
		const char *query = line_query(line, &at);
		size_t count = geocode(map, query, at, found);
		for (size_t i = 0; i < count; i++)
			js_push(array, found[i]);
		ctl_print(array);
	}
	free(line);
}

static void geocode_one(const struct map *map, struct point near, const char *query)
{
	struct js *found[CANDIDATES];
	size_t count = geocode(map, query, near, found);
	for (size_t i = 0; i < count; i++)
		ctl_print(found[i]);
}

struct geocode_args {
	const char *map, *near, *query;
	bool lines;
};

static bool parse_geocode_args(int argc, char **argv, struct geocode_args *out)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--near") == 0 && i + 1 < argc)
			out->near = argv[++i];
		else if (strcmp(argv[i], "--lines") == 0)
			out->lines = true;
		else if (strncmp(argv[i], "--", 2) == 0)
			return false;
		else if (!out->map)
			out->map = argv[i];
		else if (!out->query)
			out->query = argv[i];
		else
			return false;
	}
	return out->map && out->lines != (out->query != NULL);
}

int ctl_map_geocode(const struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	struct geocode_args args = {0};
	struct point near = POINT_NONE;
	struct problem p;
	if (!parse_geocode_args(argc, argv, &args))
		return ctl_usage("prontoctl map geocode MAP [--near LAT,LON] (QUERY | --lines)");
	if (args.near && !ctl_parse_point(args.near, &near))
		return ctl_bad_point(args.near);
	struct map *map = ctl_map_open(args.map, &p);
	if (!map)
		return ctl_failed(&p);
	if (args.lines)
		geocode_lines(map, near);
	else
		geocode_one(map, near, args.query);
	map_close(&map);
	return 0;
}

int ctl_map_reverse(const struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	struct point at;
	struct problem p;
	if (argc != 3)
		return ctl_usage("prontoctl map reverse MAP LAT,LON");
	if (!ctl_parse_point(argv[2], &at))
		return ctl_bad_point(argv[2]);
	struct map *map = ctl_map_open(argv[1], &p);
	if (!map)
		return ctl_failed(&p);
	struct arena *arena = arena_new();
	struct map_reverse found;
	map_reverse(map, at, arena, &found);
	struct js *o = js_object();
	js_set_str(o, "street", found.street);
	js_set_str(o, "number", found.number);
	js_set_str(o, "municipality", found.municipality);
	js_set_str(o, "area", found.area);
	if (isfinite(found.street_distance_m))
		js_set_number(o, "street_distance_m", found.street_distance_m, 1);
	else
		js_set_null(o, "street_distance_m");
	ctl_print(o);
	arena_free(&arena);
	map_close(&map);
	return 0;
}

/* ---- the list ---- */

static void print_entry(void *ctx, const struct map_entry *e)
{
	(void)ctx;
	struct js *o = js_object();
	js_set_str(o, "kind", map_place_kind_name(e->kind));
	if (e->sort)
		js_set_str(o, "sort", e->sort);
	js_set_str(o, "name", e->name);
	if (e->other)
		js_set_str(o, "other", e->other);
	if (e->number)
		js_set_str(o, "number", e->number);
	js_set_str(o, "municipality", e->municipality);
	if (e->hamlet)
		js_set_str(o, "hamlet", e->hamlet);
	if (e->about)
		js_set_bool(o, "about", true);
	ctl_set_point(o, e->at);
	ctl_print(o);
}

int ctl_map_addresses(const struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	struct problem p;
	if (argc != 2)
		return ctl_usage("prontoctl map addresses MAP");
	struct map *map = ctl_map_open(argv[1], &p);
	if (!map)
		return ctl_failed(&p);
	map_each_entry(map, print_entry, NULL);
	map_close(&map);
	return 0;
}

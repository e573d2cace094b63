/*
 * prontoctl map eta, prontoctl map route: driving times and a way by a map file, with roads closed
 * by another file and by any profile. What is asked here is answered by the same router as in
 * prontod.
 */
#include "closed.h"
#include "ctl.h"

#include "base/file.h"
#include "base/str.h"
#include "map.h"
#include "map/roads.h"
#include "wire/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what both are asked with ---- */

struct asked {
	const char *map, *from, *to, *closed, *profile; /* NULL: not given */
};

/* False: wrong usage. */
static bool read_arguments(int argc, char **argv, struct asked *out)
{
	struct {
		const char *name, **value;
	} options[] = {{"--from", &out->from},
	               {"--to", &out->to},
	               {"--closed", &out->closed},
	               {"--profile", &out->profile}};
	for (int i = 1; i < argc; i++) {
		size_t n = 0;
		while (n < 4 && strcmp(options[n].name, argv[i]) != 0)
			n++;
		if (n < 4 && i + 1 < argc && !*options[n].value)
			*options[n].value = argv[++i];
		else if (n == 4 && argv[i][0] != '-' && !out->map)
			out->map = argv[i];
		else
			return false;
	}
	return out->map && out->to;
}

struct road {
	struct arena *arena;
	struct map *map;
	struct map_router *router;
};

static void road_close(struct road *r)
{
	if (r->router)
		map_router_free(&r->router);
	if (r->map)
		map_close(&r->map);
	arena_free(&r->arena);
}

static bool read_closed(const struct road *r, const char *path, struct closed *out,
                        struct problem *p)
{
	struct str bytes = {0};
	bool good = file_read(path, &bytes, p);
	if (good && !closed_read(r->arena, str_text(&bytes), bytes.length, out, p)) {
		problem_prefix(p, "%s", path);
		good = false;
	}
	str_fini(&bytes);
	return good;
}

static bool use_metric(struct road *r, const struct asked *asked, struct problem *p)
{
	struct closed closed = {NULL, 0};
	enum map_profile profile = MAP_NORMAL;
	if (asked->profile && !map_profile_parse(asked->profile, &profile))
		return problem_set(p, PROBLEM_INPUT, "",
		                   "\"%s\" is no profile: normal, peak, night or snow",
		                   asked->profile);
	if (asked->closed && !read_closed(r, asked->closed, &closed, p))
		return false;
	struct map_metric *metric =
	    map_metric_make(r->map, profile, closed.list, closed.count, NULL, p);
	if (!metric)
		return false;
	map_router_use(r->router, metric);
	map_metric_unref(&metric);
	return true;
}

static bool road_open(struct road *r, const struct asked *asked, struct problem *p)
{
	*r = (struct road){.arena = arena_new()};
	r->map = ctl_map_open(asked->map, p);
	if (!r->map)
		return false;
	r->router = map_router_new(r->map);
	return use_metric(r, asked, p);
}

/* False, with the words, where no road is near it. */
static bool on_road(const struct road *r, const struct map_stand *stand, const char *option,
                    struct problem *p)
{
	struct map_snap near;
	if (map_snap(r->map, stand, &near, 1))
		return true;
	return problem_set(p, PROBLEM_NOT_FOUND, "", "%s %.7g,%.7g is not near a road of this map",
	                   option, stand->at.lat, stand->at.lon);
}

/* ---- eta ---- */

struct origins {
	char (*ids)[64];
	struct map_stand *stands;
	struct map_eta *etas;
	size_t count, room;
};

static void origins_free(struct origins *o)
{
	free(o->ids);
	free(o->stands);
	free(o->etas);
}

static bool add_origin(struct origins *o, const char *line)
{
	if (o->count == o->room) {
		o->room = o->room ? o->room * 2 : 64;
		o->ids = mem_grow(o->ids, o->room, sizeof *o->ids);
		o->stands = mem_grow(o->stands, o->room, sizeof *o->stands);
	}
	struct map_stand *stand = &o->stands[o->count];
	int used = 0;
	*stand = (struct map_stand){.heading = NAN};
	if (sscanf(line, "%63s %lf %lf %n", o->ids[o->count], &stand->at.lat, &stand->at.lon,
	           &used) != 3 ||
	    line[used] || !point_valid(stand->at))
		return false;
	o->count++;
	return true;
}

/* A line each: ID LAT LON */
static bool read_origins(FILE *in, struct origins *o, struct problem *p)
{
	char *line = NULL;
	size_t room = 0, number = 0;
	bool good = true;
	while (good && getline(&line, &room, in) >= 0) {
		number++;
		if (line[strspn(line, " \t\r\n")] && !add_origin(o, line))
			good = problem_set(p, PROBLEM_INPUT, "",
			                   "line %zu of standard input is not ID LAT LON", number);
	}
	free(line);
	o->etas = mem_zero(o->count + 1, sizeof *o->etas);
	return good;
}

static const struct map_eta *sorting; /* qsort has no context */

static int soonest_first(const void *a, const void *b)
{
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	if (sorting[i].known != sorting[j].known)
		return sorting[i].known ? -1 : 1;
	if (sorting[i].known && sorting[i].eta_s != sorting[j].eta_s)
		return sorting[i].eta_s < sorting[j].eta_s ? -1 : 1;
	return i < j ? -1 : i > j;
}

static void set_eta(struct js *o, const struct map_eta *eta)
{
	if (eta->known) {
		js_set_int(o, "eta_s", llround(eta->eta_s));
		js_set_int(o, "distance_m", llround(eta->distance_m));
	} else {
		js_set_null(o, "eta_s");
		js_set_null(o, "distance_m");
	}
}

static void print_etas(const struct origins *o)
{
	size_t *order = mem_zero(o->count + 1, sizeof *order);
	for (size_t i = 0; i < o->count; i++)
		order[i] = i;
	sorting = o->etas;
	qsort(order, o->count, sizeof *order, soonest_first);
	for (size_t i = 0; i < o->count; i++) {
		struct js *line = js_object();
		js_set_str(line, "id", o->ids[order[i]]);
		set_eta(line, &o->etas[order[i]]);
		ctl_print(line);
	}
	free(order);
}

int ctl_map_eta(const struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	struct asked asked = {0};
	struct map_stand to = {.heading = NAN};
	if (!read_arguments(argc, argv, &asked) || asked.from)
		return ctl_usage("prontoctl map eta MAP --to LAT,LON [--closed FILE] [--profile P]"
		                 "   (origins on standard input: ID LAT LON)");
	if (!ctl_parse_point(asked.to, &to.at))
		return ctl_bad_point(asked.to);
	struct road road;
	struct origins o = {0};
	struct problem p;
	int code = 0;
	if (road_open(&road, &asked, &p) && on_road(&road, &to, "--to", &p) &&
	    read_origins(stdin, &o, &p)) {
		map_etas(road.router, &to, o.stands, o.count, true, o.etas);
		print_etas(&o);
	} else {
		code = ctl_failed(&p);
	}
	origins_free(&o);
	road_close(&road);
	return code;
}

/* ---- route ---- */

static struct js *steps_js(const struct map_route *r)
{
	struct js *list = js_array();
	for (size_t i = 0; i < r->step_count; i++) {
		struct js *step = js_object();
		js_set_str(step, "street", r->steps[i].street);
		js_set_int(step, "distance_m", llround(r->steps[i].distance_m));
		js_set_int(step, "time_s", llround(r->steps[i].time_s));
		js_push(list, step);
	}
	return list;
}

/* Numbers as JSON writes those of an object: with this many decimals. */
static struct js *number_js(double n, int decimals)
{
	struct js *holder = js_object();
	js_set_number(holder, "n", n, decimals);
	struct js *number = js_copy(js_find(holder, "n"));
	js_free(&holder);
	return number;
}

static struct js *line_js(const struct map_route *r)
{
	struct js *geometry = js_object(), *line = js_array();
	for (size_t i = 0; i < r->count; i++) {
		struct js *pair = js_array();
		js_push(pair, number_js(r->points[i].lon, 7));
		js_push(pair, number_js(r->points[i].lat, 7));
		js_push(line, pair);
	}
	js_set_str(geometry, "type", "LineString");
	js_set(geometry, "coordinates", line);
	return geometry;
}

static struct js *route_js(const struct map_router *router, const struct map_route *r)
{
	const struct map_metric *metric = map_router_metric(router);
	struct js *feature = js_object(), *properties = js_object(), *at_s = js_array();
	for (size_t i = 0; i < r->count; i++)
		js_push(at_s, number_js(r->at_s[i], 1));
	set_eta(properties, &r->eta);
	js_set_str(properties, "profile", map_profile_name(map_metric_profile(metric)));
	js_set_str(properties, "metric", map_metric_version(metric));
	js_set(properties, "at_s", at_s);
	js_set(properties, "steps", steps_js(r));
	js_set_str(feature, "type", "Feature");
	js_set(feature, "properties", properties);
	js_set(feature, "geometry", line_js(r));
	return feature;
}

int ctl_map_route(const struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	struct asked asked = {0};
	struct map_stand from = {.heading = NAN}, to = {.heading = NAN};
	if (!read_arguments(argc, argv, &asked) || !asked.from)
		return ctl_usage("prontoctl map route MAP --from LAT,LON --to LAT,LON "
		                 "[--closed FILE] [--profile P]");
	if (!ctl_parse_point(asked.from, &from.at))
		return ctl_bad_point(asked.from);
	if (!ctl_parse_point(asked.to, &to.at))
		return ctl_bad_point(asked.to);
	struct road road;
	struct map_route route;
	struct problem p;
	int code = 0;
	if (!road_open(&road, &asked, &p) || !on_road(&road, &from, "--from", &p) ||
	    !on_road(&road, &to, "--to", &p))
		code = ctl_failed(&p);
	else if (map_route(road.router, &from, &to, road.arena, &route))
		ctl_print(route_js(road.router, &route));
	else
		code = ctl_failed(&(struct problem){
		    PROBLEM_NOT_FOUND, "", "no road leads from there to there"});
	road_close(&road);
	return code;
}

/*
 * prontoctl map: build a map file and ask it. One JSON object a line on standard output, so that
 * scripts can read it; a progress bar only where a person looks on.
 */
#include "ctl.h"

#include "base/log.h"
#include "map.h"
#include "map/places.h"
#include "wire/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* ---- small helpers ---- */

struct map *ctl_map_open(const char *path, struct problem *p)
{
	struct map *map = map_open(path, p);
	if (map && !map_verify(map, p))
		map_close(&map);
	if (!map)
		problem_prefix(p, "%s", path);
	return map;
}

void ctl_print(struct js *value)
{
	struct str line = {0};
	js_write(value, &line);
	puts(str_text(&line));
	str_fini(&line);
	js_free(&value);
}

void ctl_set_point(struct js *object, struct point p)
{
	js_set_number(object, "lat", p.lat, 7);
	js_set_number(object, "lon", p.lon, 7);
}

bool ctl_parse_point(const char *text, struct point *out)
{
	int used = 0;
	struct point p;
	if (sscanf(text, "%lf,%lf%n", &p.lat, &p.lon, &used) != 2 || text[used] || !point_valid(p))
		return false;
	*out = p;
	return true;
}

int ctl_bad_point(const char *text)
{
	struct problem p;
	problem_set(&p, PROBLEM_INPUT, "",
	            "\"%s\" is no point; write LAT,LON in degrees, such as 46.07,11.12", text);
	ctl_failed(&p);
	return 2;
}

/* ---- build ---- */

#define BAR 30
#define BESIDE_BAR 21 /* its frame, the share and the step */

#define LOG_EVERY 10 /* per cent */

struct build_show {
	bool terminal;
	int bar; /* columns; what is wider than the terminal would be a line each time */
	char step[32];
	int logged; /* per cent */
};

static void log_progress(struct build_show *show, int percent, const char *step)
{
	if (strcmp(show->step, step) == 0 && percent < show->logged + LOG_EVERY)
		return;
	log_info(NULL, "map build step=%s percent=%d", step, percent);
	str_copy(show->step, sizeof(show->step), step);
	show->logged = percent;
}

static void show_progress(void *ctx, double done, const char *step)
{
	struct build_show *show = ctx;
	if (!show->terminal) {
		log_progress(show, (int)lround(done * 100), step);
		return;
	}
	int full = (int)lround(done * show->bar);
	fprintf(stderr, "\r[%.*s%*s] %3.0f%% %-12s", full, "##############################",
	        show->bar - full, "", done * 100, step);
	if (done >= 1)
		fputc('\n', stderr);
}

static int bar_width(void)
{
	struct winsize size;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || !size.ws_col ||
	    size.ws_col > BAR + BESIDE_BAR)
		return BAR;
	return size.ws_col > BESIDE_BAR ? size.ws_col - BESIDE_BAR : 0;
}

static bool split_build_args(int argc, char **argv, const char **inputs, size_t *count,
                             const char **output)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-o") == 0 && i + 1 < argc)
			*output = argv[++i];
		else if (argv[i][0] == '-')
			return false;
		else
			inputs[(*count)++] = argv[i];
	}
	return *output && *count > 0;
}

int ctl_map_build(const struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	const char **inputs = mem_zero((size_t)argc + 1, sizeof(*inputs)), *output = NULL;
	struct build_show show = {.terminal = isatty(STDERR_FILENO) == 1, .bar = bar_width()};
	struct problem p;
	size_t count = 0;
	int code = 0;
	if (!show.terminal)
		log_start("prontoctl", LOG_INFO_LEVEL); /* how far it is */
	if (!split_build_args(argc, argv, inputs, &count, &output))
		code = ctl_usage("prontoctl map build IN.osm.pbf... -o OUT.map");
	else if (!map_build(inputs, count, output, show_progress, &show, &p)) {
		if (show.terminal)
			fputc('\n', stderr);
		code = ctl_failed(&p);
	}
	free(inputs);
	return code;
}

/* ---- info ---- */

static struct js *counts_js(const struct map_counts *c)
{
	struct js *o = js_object();
	js_set_int(o, "ferries", c->other_ferries);
	js_set_int(o, "restrictions_via_way", c->unclear_via_way);
	js_set_int(o, "restrictions_conditional", c->conditional);
	js_set_int(o, "roads_conditional", c->conditional_roads);
	js_set_int(o, "conditional_unread", c->conditional_unread);
	js_set_int(o, "restrictions_unclear", c->unclear_restrictions);
	js_set_int(o, "roads_astray", c->astray);
	js_set_int(o, "islands", c->islands);
	js_set_int(o, "pocket_edges", c->pocket_edges);
	js_set_int(o, "cut_boundaries", c->cut_boundaries);
	return o;
}

/* What is counted beside plain roads. */
static struct js *kept_js(const struct map_counts *c)
{
	struct js *o = js_object();
	js_set_int(o, "ferries", c->ferries);
	js_set_int(o, "restrictions_via_way", c->via_way);
	js_set_int(o, "restriction_copies", c->ghosts);
	js_set_int(o, "urban_segments", c->urban);
	js_set_int(o, "private_segments", c->last);
	js_set_int(o, "signals", c->signals);
	js_set_int(o, "barriers_passed", c->barriers);
	js_set_int(o, "barriers_closed", c->blocks);
	return o;
}

static struct js *islands_js(const struct map *map)
{
	size_t count = map_islands(map, NULL, 0);
	struct map_island *islands = mem_zero(count + 1, sizeof(*islands));
	struct js *list = js_array();
	map_islands(map, islands, count);
	for (size_t i = 0; i < count; i++) {
		struct js *o = js_object();
		js_set_int(o, "junctions", (int64_t)islands[i].junctions);
		js_set_number(o, "road_km", islands[i].road_km, 1);
		ctl_set_point(o, islands[i].at);
		js_set_str(o, "near", islands[i].near);
		js_push(list, o);
	}
	free(islands);
	return list;
}

static struct js *names_js(const struct map *map)
{
	const char *const *names;
	struct js *list = js_array();
	size_t count = map_municipalities(map, &names);
	for (size_t i = 0; i < count; i++)
		js_push_str(list, names[i]);
	return list;
}

static struct js *info_js(const struct map *map, const struct map_info *i)
{
	struct js *o = js_object(), *low = js_object(), *high = js_object(), *centre = js_object();
	js_set_str(o, "checksum", i->checksum);
	js_set_instant(o, "built_at", i->built_at, zone_get("Europe/Rome", NULL));
	js_set_int(o, "bytes", (int64_t)i->bytes);
	js_set_int(o, "junctions", (int64_t)i->junctions);
	js_set_int(o, "segments", (int64_t)i->segments);
	js_set_int(o, "restrictions", (int64_t)i->restrictions);
	js_set_int(o, "streets", (int64_t)i->streets);
	js_set_int(o, "addresses", (int64_t)i->addresses);
	js_set_int(o, "municipalities", (int64_t)i->municipalities);
	js_set_int(o, "places", (int64_t)i->places);
	js_set_int(o, "features", (int64_t)i->features);
	ctl_set_point(low, i->south_west);
	ctl_set_point(high, i->north_east);
	ctl_set_point(centre, i->centre);
	js_set(o, "south_west", low);
	js_set(o, "north_east", high);
	js_set(o, "centre", centre);
	js_set(o, "municipality_names", names_js(map));
	js_set(o, "islands", islands_js(map));
	js_set(o, "kept", kept_js(&i->counts));
	js_set(o, "not_kept", counts_js(&i->counts));
	return o;
}

int ctl_map_info(const struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	if (argc != 2)
		return ctl_usage("prontoctl map info MAP");
	struct problem p;
	struct map *map = ctl_map_open(argv[1], &p);
	if (!map)
		return ctl_failed(&p);
	struct map_info info;
	map_info(map, &info);
	ctl_print(info_js(map, &info));
	map_close(&map);
	return 0;
}

/*
 * Reads a file of closed roads in either form. What cannot be kept to is refused, never guessed: a
 * polygon with holes, a speed that is none, a coordinate off the earth.
 */
#include "closed.h"

#include "base/str.h"
#include "wire/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SLOWEST 0.05

struct reading {
	struct arena *arena;
	struct closed *out;
	size_t room;
	struct problem *p;
};

static struct map_closure *add(struct reading *r)
{
	struct closed *c = r->out;
	if (c->count == r->room) {
		r->room = r->room ? r->room * 2 : 16;
		struct map_closure *more = arena_take(r->arena, r->room * sizeof *more);
		if (c->count)
			memcpy(more, c->list, c->count * sizeof *more);
		c->list = more;
	}
	return &c->list[c->count++];
}

static bool wrong(struct reading *r, const char *text)
{
	return problem_set(r->p, PROBLEM_INPUT, "", "%s", text);
}

/* ---- a closure a line ---- */

static bool read_point(const char **at, struct point *out)
{
	char *comma, *end;
	out->lat = strtod(*at, &comma);
	if (comma == *at || *comma != ',')
		return false;
	out->lon = strtod(comma + 1, &end);
	if (end == comma + 1 || !point_valid(*out) || (*end && !strchr(" \t\r", *end)))
		return false;
	*at = end;
	return true;
}

static bool read_line(struct reading *r, const char *line)
{
	struct point *points = arena_take(r->arena, (strlen(line) / 3 + 1) * sizeof *points);
	size_t count = 0;
	for (const char *at = line;; count++) {
		at += strspn(at, " \t\r");
		if (!*at || (count == 0 && *at == '#'))
			break;
		if (!read_point(&at, &points[count]))
			return wrong(r, "write LAT,LON LAT,LON … in degrees");
	}
	if (count > 0)
		*add(r) = (struct map_closure){.points = points, .count = count};
	return true;
}

static bool read_lines(struct reading *r, const char *text)
{
	for (size_t number = 1; *text; number++) {
		size_t length = strcspn(text, "\n");
		if (!read_line(r, arena_strn(r->arena, text, length))) {
			problem_prefix(r->p, "line %zu", number);
			return false;
		}
		text += length + (text[length] == '\n');
	}
	return true;
}

/* ---- GeoJSON (RFC 7946) ---- */

/* What a feature's properties say of all its shapes. */
struct manner {
	double speed;
	bool one_way;
};

static bool read_manner(struct reading *r, const struct js *properties, struct manner *out)
{
	const struct js *speed = js_find(properties, "speed"),
	                *one_way = js_find(properties, "one_way");
	double share = js_number(speed, js_kind(speed) == JS_NULL ? 0 : NAN);
	*out = (struct manner){share, js_bool(one_way, false)};
	if (!(share == 0 || (share >= SLOWEST && share <= 1)))
		return wrong(r, "speed is 0 (closed) or 0.05 to 1, the share of the usual one");
	if (js_kind(one_way) != JS_NULL && js_kind(one_way) != JS_BOOL)
		return wrong(r, "one_way is true or false");
	return true;
}

static bool read_position(struct reading *r, const struct js *pair, struct point *out)
{
	*out = (struct point){js_number(js_at(pair, 1), NAN), js_number(js_at(pair, 0), NAN)};
	return (js_kind(pair) == JS_ARRAY && js_count(pair) >= 2 && point_valid(*out)) ||
	       wrong(r, "a position is [longitude, latitude] in degrees");
}

/* A shape of so many positions at least. */
static bool read_shape(struct reading *r, const struct js *positions, size_t least,
                       const struct map_closure *as)
{
	size_t count = js_kind(positions) == JS_ARRAY ? js_count(positions) : 0;
	if (count < least)
		return wrong(r, "there are too few positions");
	struct point *points = arena_take(r->arena, count * sizeof *points);
	for (size_t i = 0; i < count; i++)
		if (!read_position(r, js_at(positions, i), &points[i]))
			return false;
	struct map_closure *c = add(r);
	*c = *as;
	c->points = points;
	c->count = count;
	return true;
}

static bool read_polygon(struct reading *r, const struct js *rings, const struct map_closure *as)
{
	if (js_kind(rings) != JS_ARRAY || js_count(rings) == 0)
		return wrong(r, "a Polygon has a ring of positions");
	if (js_count(rings) > 1)
		return wrong(r, "a Polygon with holes cannot be kept: draw it without");
	struct map_closure area = *as;
	area.area = true;
	return read_shape(r, js_at(rings, 0), 4, &area);
}

static bool read_place(struct reading *r, const struct js *position, const struct map_closure *as)
{
	struct point *point = arena_take(r->arena, sizeof *point);
	if (!read_position(r, position, point))
		return false;
	struct map_closure *c = add(r);
	*c = *as;
	c->points = point;
	c->count = 1;
	return true;
}

static bool read_line_string(struct reading *r, const struct js *positions,
                             const struct map_closure *as)
{
	return read_shape(r, positions, 2, as);
}

typedef bool shape_fn(struct reading *r, const struct js *coordinates,
                      const struct map_closure *as);

static bool read_geometry(struct reading *r, const struct js *geometry,
                          const struct map_closure *as)
{
	static const struct {
		const char *one, *several;
		shape_fn *read;
	} kinds[] = {{"Point", "MultiPoint", read_place},
	             {"LineString", "MultiLineString", read_line_string},
	             {"Polygon", "MultiPolygon", read_polygon}};
	const char *type = js_find_str(geometry, "type");
	const struct js *coordinates = js_find(geometry, "coordinates"),
	                *parts = js_find(geometry, "geometries");
	for (size_t k = 0; type && k < 3; k++) {
		if (strcmp(type, kinds[k].one) == 0)
			return kinds[k].read(r, coordinates, as);
		if (strcmp(type, kinds[k].several) != 0)
			continue;
		if (js_kind(coordinates) != JS_ARRAY)
			return wrong(r, "there are no coordinates");
		for (size_t i = 0; i < js_count(coordinates); i++)
			if (!kinds[k].read(r, js_at(coordinates, i), as))
				return false;
		return true;
	}
	if (!str_equal(type, "GeometryCollection") || js_kind(parts) != JS_ARRAY)
		return wrong(r, "a geometry is a Point, LineString or Polygon, one or several");
	for (size_t i = 0; i < js_count(parts); i++)
		if (!read_geometry(r, js_at(parts, i), as))
			return false;
	return true;
}

static bool read_feature(struct reading *r, const struct js *feature)
{
	struct manner manner;
	if (!str_equal(js_find_str(feature, "type"), "Feature"))
		return wrong(r, "it is no Feature");
	if (!read_manner(r, js_find(feature, "properties"), &manner))
		return false;
	struct map_closure as = {.one_way = manner.one_way, .speed = manner.speed};
	return read_geometry(r, js_find(feature, "geometry"), &as);
}

static bool read_features(struct reading *r, const struct js *features)
{
	if (js_kind(features) != JS_ARRAY)
		return wrong(r, "the FeatureCollection has no features");
	for (size_t i = 0; i < js_count(features); i++)
		if (!read_feature(r, js_at(features, i))) {
			problem_prefix(r->p, "feature %zu", i + 1);
			return false;
		}
	return true;
}

static bool read_geojson(struct reading *r, const char *bytes, size_t length)
{
	static const struct map_closure closed;
	struct js *file = js_parse(bytes, length, r->p);
	if (!file)
		return false;
	const char *type = js_find_str(file, "type");
	bool good = str_equal(type, "FeatureCollection") ? read_features(r, js_find(file, "features"))
	            : str_equal(type, "Feature")         ? read_feature(r, file)
	                                                 : read_geometry(r, file, &closed);
	js_free(&file);
	return good;
}

bool closed_read(struct arena *arena, const char *bytes, size_t length, struct closed *out,
                 struct problem *p)
{
	struct closed read = {NULL, 0};
	struct reading r = {.arena = arena, .out = &read, .p = p};
	const char *text = arena_strn(arena, bytes, length);
	if (strlen(text) != length)
		return wrong(&r, "the file is no text");
	bool good = text[strspn(text, " \t\r\n")] == '{' ? read_geojson(&r, bytes, length)
	                                                 : read_lines(&r, text);
	if (good)
		*out = read;
	return good;
}

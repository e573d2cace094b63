/*
 * How fast a service van goes: by class of road, in built-up areas and outside, by the limit and by
 * what the road is like. The usual speeds are below the legal limits (Codice della strada art. 142:
 * 50 in built-up areas, 70 on their fast roads, 90 outside, 110 on main roads outside, 130 on
 * motorways): bends, traffic and crossings that no cost of a turn stands for take a part.
 */
#include "tags.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHARE_OF_LIMIT 0.85

static const struct road_kind road_kinds[] = {
    /* highway, class, usual km/h outside and in built-up areas, legal km/h there */
    {"motorway", ROAD_MOTORWAY, {112, 90}, {130, 130}},
    {"motorway_link", ROAD_MOTORWAY, {52, 45}, {70, 50}},
    {"trunk", ROAD_TRUNK, {82, 60}, {110, 70}},
    {"trunk_link", ROAD_TRUNK, {48, 38}, {70, 50}},
    {"primary", ROAD_PRIMARY, {66, 42}, {90, 50}},
    {"primary_link", ROAD_PRIMARY, {42, 32}, {70, 50}},
    {"secondary", ROAD_SECONDARY, {58, 40}, {90, 50}},
    {"secondary_link", ROAD_SECONDARY, {36, 30}, {70, 50}},
    {"tertiary", ROAD_TERTIARY, {48, 36}, {90, 50}},
    {"tertiary_link", ROAD_TERTIARY, {30, 26}, {70, 50}},
    {"unclassified", ROAD_MINOR, {36, 28}, {90, 50}},
    {"residential", ROAD_MINOR, {26, 26}, {50, 50}},
    {"road", ROAD_MINOR, {26, 25}, {50, 50}},
    {"living_street", ROAD_MINOR, {10, 10}, {20, 20}},
    {"service", ROAD_SERVICE, {14, 14}, {50, 50}},
    {"track", ROAD_PATH, {14, 14}, {50, 50}},
    {"pedestrian", ROAD_PATH, {7, 7}, {20, 20}},
};

const struct road_kind *road_kind_of(const char *highway)
{
	for (size_t i = 0; i < sizeof(road_kinds) / sizeof(*road_kinds); i++)
		if (strcmp(highway, road_kinds[i].highway) == 0)
			return &road_kinds[i];
	return NULL;
}

/* ---- limits ---- */

/* "IT:urban", "IT:zone30", "IT:30", "de:zone:30": what stands after the last colon. */
static double zone_limit(const char *value)
{
	static const struct {
		const char *zone;
		double kmh;
	} zones[] = {{"urban", 50},     {"rural", 90},         {"trunk", 110},
	             {"motorway", 130}, {"living_street", 20}, {"walk", 7}};
	const char *zone = strrchr(value, ':');
	if (!zone)
		return 0;
	zone++;
	for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++)
		if (strcmp(zone, zones[i].zone) == 0)
			return zones[i].kmh;
	if (strncmp(zone, "zone", 4) == 0)
		zone += 4;
	char *end;
	double number = strtod(zone, &end);
	return end != zone && !*end && number > 0 && number < 200 ? number : 0;
}

double tags_maxspeed(const char *value)
{
	char *end;
	double number = strtod(value, &end);
	if (end != value && number > 0 && number < 400) {
		while (*end == ' ')
			end++;
		return strncmp(end, "mph", 3) == 0 ? number * 1.609344 : number;
	}
	if (strcmp(value, "walk") == 0)
		return 7;
	return strcmp(value, "none") == 0 ? 130 : zone_limit(value);
}

/* "50|70|": the fastest lane is the road's. */
static double lanes_limit(const char *value)
{
	double most = 0;
	for (; *value; value += strcspn(value, "|"), value += *value == '|')
		most = fmax(most, tags_maxspeed(value));
	return most;
}

/* What is allowed in this direction; 0: nothing is said. *out_signed: by a number, not by the kind
 * of road that the law knows. */
static double limit_of(const struct tags *t, bool against, bool *out_signed)
{
	static const char *const keys[] = {"maxspeed", "maxspeed:type", "source:maxspeed",
	                                   "zone:maxspeed", "zone:traffic"};
	const char *value = tags_text(t, against ? "maxspeed:backward" : "maxspeed:forward");
	double limit = tags_maxspeed(value);
	for (size_t i = 0; limit <= 0 && i < sizeof(keys) / sizeof(*keys); i++) {
		value = tags_text(t, keys[i]);
		limit = tags_maxspeed(value);
	}
	*out_signed = limit <= 0 || !strchr(value, ':');
	return limit > 0 ? limit : lanes_limit(tags_text(t, "maxspeed:lanes"));
}

/* ---- what the road is like ---- */

struct worth {
	const char *key, *value;
	double kmh; /* the most one drives there */
};

static const struct worth worths[] = {
    {"surface", "sett", 35},
    {"surface", "cobblestone", 30},
    {"surface", "unhewn_cobblestone", 20},
    {"surface", "compacted", 45},
    {"surface", "fine_gravel", 35},
    {"surface", "gravel", 30},
    {"surface", "pebblestone", 25},
    {"surface", "unpaved", 30},
    {"surface", "ground", 20},
    {"surface", "dirt", 20},
    {"surface", "earth", 20},
    {"surface", "grass_paver", 15},
    {"surface", "grass", 12},
    {"surface", "sand", 8},
    {"surface", "mud", 8},
    {"tracktype", "grade1", 40},
    {"tracktype", "grade2", 20},
    {"tracktype", "grade3", 15},
    {"tracktype", "grade4", 10},
    {"tracktype", "grade5", 7},
    {"smoothness", "bad", 35},
    {"smoothness", "very_bad", 18},
    {"smoothness", "horrible", 10},
    {"smoothness", "very_horrible", 5},
    {"service", "driveway", 10},
    {"service", "parking_aisle", 9},
    {"service", "drive-through", 8},
    {"service", "alley", 12},
};

/* Where two cars pass each other only with care. */
static double narrow(const struct tags *t)
{
	char *end;
	const char *text = tags_text(t, "width"), *way = tags_text(t, "oneway");
	double width = strtod(text, &end);
	if (strcmp(way, "yes") == 0 || strcmp(way, "-1") == 0)
		return INFINITY;
	if (end != text && width > 0.5 && width < 3.5)
		return 25;
	return strcmp(tags_text(t, "lanes"), "1") == 0 ? 40 : INFINITY;
}

static double most_of(const struct tags *t)
{
	double most = narrow(t);
	for (size_t i = 0; i < sizeof(worths) / sizeof(*worths); i++)
		if (strcmp(tags_text(t, worths[i].key), worths[i].value) == 0)
			most = fmin(most, worths[i].kmh);
	return most;
}

/* A lower limit slows; a sign that allows more than the class has by law tells of a better road
 * than its class. */
double road_speed(const struct tags *t, const struct road_kind *kind, bool urban, bool against)
{
	bool by_sign;
	double usual = kind->kmh[urban], limit = limit_of(t, against, &by_sign);
	if (limit > 0 && by_sign)
		usual *= fmax(1, limit / kind->legal_kmh[urban]);
	if (limit > 0)
		usual = fmin(SHARE_OF_LIMIT * limit, usual);
	return fmin(usual, most_of(t));
}

bool road_passable(const struct tags *t)
{
	return strcmp(tags_text(t, "smoothness"), "impassable") != 0 &&
	       strcmp(tags_text(t, "impassable"), "yes") != 0;
}

/* ---- built-up or not, where a tag says so ---- */

enum road_place road_place(const struct tags *t, const char *highway)
{
	static const char *const keys[] = {"maxspeed",      "maxspeed:type", "source:maxspeed",
	                                   "zone:maxspeed", "zone:traffic",  "maxspeed:source"};
	static const char *const rural[] = {"rural", "motorway", "trunk"};
	if (strcmp(highway, "motorway") == 0)
		return ROAD_OUTSIDE;
	if (strcmp(highway, "living_street") == 0)
		return ROAD_BUILT_UP;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const char *value = tags_text(t, keys[i]), *zone = strrchr(value, ':');
		for (size_t r = 0; zone && r < sizeof(rural) / sizeof(*rural); r++)
			if (strcmp(zone + 1, rural[r]) == 0)
				return ROAD_OUTSIDE;
		if (zone && zone_limit(value) > 0)
			return ROAD_BUILT_UP; /* urban and every zone of 20, 30, 50 */
	}
	bool by_sign;
	return limit_of(t, false, &by_sign) >= 90 ? ROAD_OUTSIDE : ROAD_ANYWHERE;
}

double tags_duration(const char *value)
{
	double part[3] = {0, 0, 0};
	size_t parts = 0;
	for (const char *at = value; parts < 3; at++) {
		char *end;
		if (*at < '0' || *at > '9')
			return 0;
		part[parts++] = strtod(at, &end);
		at = end;
		if (!*at)
			break;
		if (*at != ':')
			return 0;
	}
	/* Minutes alone, hours and minutes, or seconds too. */
	double s = parts == 1 ? part[0] * 60 : part[0] * 3600 + part[1] * 60 + part[2];
	return s > 0 && s < 7 * 86400.0 ? s : 0;
}

/* Tags -> rules for cars. See tags.h. */
#include "tags.h"

#include <stdlib.h>
#include <string.h>

static const char *get(const struct tags *t, const char *key)
{
	const char *value = t->get(t->ctx, key);
	return value ? value : "";
}

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static bool is_one_of(const char *value, const char *const *list)
{
	for (; *list; list++)
		if (is(value, *list))
			return true;
	return false;
}

/* ---- classes ---- */

struct road_kind {
	const char *highway;
	enum map_road_class road_class;
	double kmh, limit_kmh; /* usual speed; the most that a maxspeed tag can make of it. 0: not
	                          for cars */
};

static const struct road_kind road_kinds[] = {
    {"motorway", ROAD_MOTORWAY, 110, 120},
    {"motorway_link", ROAD_MOTORWAY, 50, 60},
    {"trunk", ROAD_TRUNK, 80, 100},
    {"trunk_link", ROAD_TRUNK, 45, 60},
    {"primary", ROAD_PRIMARY, 60, 85},
    {"primary_link", ROAD_PRIMARY, 35, 50},
    {"secondary", ROAD_SECONDARY, 50, 75},
    {"secondary_link", ROAD_SECONDARY, 30, 45},
    {"tertiary", ROAD_TERTIARY, 42, 70},
    {"tertiary_link", ROAD_TERTIARY, 25, 40},
    {"unclassified", ROAD_MINOR, 32, 60},
    {"residential", ROAD_MINOR, 26, 45},
    {"road", ROAD_MINOR, 25, 45},
    {"living_street", ROAD_MINOR, 10, 18},
    {"service", ROAD_SERVICE, 14, 30},
    {"track", ROAD_PATH, 0, 15},
    {"pedestrian", ROAD_PATH, 0, 8},
    {"footway", ROAD_PATH, 0, 0},
    {"cycleway", ROAD_PATH, 0, 0},
    {"path", ROAD_PATH, 0, 0},
    {"steps", ROAD_PATH, 0, 0},
    {"bridleway", ROAD_PATH, 0, 0},
};

static const struct road_kind *kind_of(const char *highway)
{
	for (size_t i = 0; i < sizeof(road_kinds) / sizeof(*road_kinds); i++)
		if (is(highway, road_kinds[i].highway))
			return &road_kinds[i];
	return NULL;
}

/* ---- speed ---- */

double tags_maxspeed(const char *value)
{
	static const struct {
		const char *ends;
		double kmh;
	} zones[] = {{":urban", 50},  {":rural", 90},         {":trunk", 110}, {":motorway", 130},
	             {":zone30", 30}, {":living_street", 20}, {":walk", 7},    {":zone:30", 30}};
	char *end;
	double number = strtod(value, &end);
	if (end != value && number > 0 && number < 400) {
		while (*end == ' ')
			end++;
		return strncmp(end, "mph", 3) == 0 ? number * 1.609344 : number;
	}
	if (is(value, "walk"))
		return 7;
	if (is(value, "none"))
		return 130;
	for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++) {
		const char *colon = strchr(value, ':');
		if (colon && is(colon, zones[i].ends))
			return zones[i].kmh;
	}
	return 0;
}

/* A limit is not a speed: bends, crossings and others take a part of it. */
static double speed(const struct tags *t, const struct road_kind *kind, const char *key)
{
	double usual = kind->kmh > 0 ? kind->kmh : kind->limit_kmh;
	double limit = tags_maxspeed(get(t, key));
	if (limit <= 0)
		limit = tags_maxspeed(get(t, "maxspeed"));
	if (limit <= 0)
		limit = tags_maxspeed(get(t, "maxspeed:type"));
	if (limit <= 0)
		return usual;
	limit *= 0.85;
	return limit < kind->limit_kmh ? limit : kind->limit_kmh;
}

/* ---- access ---- */

static bool forbids(const char *value)
{
	static const char *const closed[] = {"no",       "private", "agricultural", "forestry",
	                                     "military", "psv",     "emergency",    NULL};
	return is_one_of(value, closed);
}

static bool invites(const char *value)
{
	static const char *const open[] = {"yes",       "designated", "permissive", "destination",
	                                   "customers", "delivery",   "official",   NULL};
	return is_one_of(value, open);
}

/* The most specific tag present speaks for cars. */
static const char *car_access(const struct tags *t)
{
	static const char *const keys[] = {"motorcar", "motor_vehicle", "vehicle", "access"};
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const char *value = get(t, keys[i]);
		if (*value)
			return value;
	}
	return "";
}

/* Paths and tracks want an explicit invitation to motors; `access=yes` alone means people. */
static bool invited_by_motor(const struct tags *t)
{
	const char *car = get(t, "motorcar");
	return invites(*car ? car : get(t, "motor_vehicle"));
}

static int oneway(const struct tags *t, const char *highway)
{
	const char *value = get(t, "oneway:motorcar");
	if (!*value)
		value = get(t, "oneway:motor_vehicle");
	if (!*value)
		value = get(t, "oneway");
	if (is(value, "yes") || is(value, "true") || is(value, "1"))
		return 1;
	if (is(value, "-1") || is(value, "reverse"))
		return -1;
	if (is(value, "no") || is(value, "false") || is(value, "0"))
		return 0;
	const char *junction = get(t, "junction");
	return is(junction, "roundabout") || is(junction, "circular") || is(highway, "motorway");
}

struct way_rule tags_way(const struct tags *t)
{
	struct way_rule rule = {.drawn = false};
	const char *highway = get(t, "highway");
	const struct road_kind *kind = kind_of(highway);
	if (!kind)
		return rule;
	rule.drawn = !is(get(t, "area"), "yes");
	rule.road_class = kind->road_class;
	bool open =
	    kind->kmh > 0 ? !forbids(car_access(t)) : kind->limit_kmh > 0 && invited_by_motor(t);
	/* A lane whose direction changes with the hour cannot be promised in either. */
	if (!rule.drawn || !open || is(get(t, "oneway"), "reversible"))
		return rule;
	int way = oneway(t, highway);
	rule.kmh[0] = way >= 0 ? speed(t, kind, "maxspeed:forward") : 0;
	rule.kmh[1] = way <= 0 ? speed(t, kind, "maxspeed:backward") : 0;
	rule.car = true;
	return rule;
}

bool tags_is_ferry(const struct tags *t)
{
	return is(get(t, "route"), "ferry") && !forbids(car_access(t));
}

bool tags_blocks(const struct tags *t)
{
	static const char *const passable[] = {"gate",
	                                       "lift_gate",
	                                       "cattle_grid",
	                                       "border_control",
	                                       "toll_booth",
	                                       "sally_port",
	                                       "height_restrictor",
	                                       "entrance",
	                                       "no",
	                                       "swing_gate",
	                                       "kerb",
	                                       "arch",
	                                       "bump_gate",
	                                       NULL};
	const char *barrier = get(t, "barrier"), *access = car_access(t);
	if (!*barrier)
		return false;
	if (forbids(access))
		return true;
	if (invites(access) || is_one_of(barrier, passable))
		return false;
	return !(is(barrier, "bollard") && is(get(t, "bollard"), "rising"));
}

/* ---- restrictions ---- */

static bool lists_car(const char *list)
{
	for (const char *at = list; *at; at += strcspn(at, ";"), at += *at == ';') {
		at += strspn(at, " ");
		size_t length = strcspn(at, "; ");
		if ((length == 8 && strncmp(at, "motorcar", 8) == 0) ||
		    (length == 13 && strncmp(at, "motor_vehicle", 13) == 0))
			return true;
	}
	return false;
}

enum restriction_kind tags_restriction(const struct tags *t)
{
	const char *value = get(t, "restriction:motorcar");
	if (!*value)
		value = get(t, "restriction");
	if (!*value)
		return *get(t, "restriction:conditional") ? RESTRICTION_CONDITIONAL
		                                          : RESTRICTION_OTHER;
	if (lists_car(get(t, "except")))
		return RESTRICTION_OTHER;
	if (strncmp(value, "no_", 3) == 0)
		return RESTRICTION_NO;
	return strncmp(value, "only_", 5) == 0 ? RESTRICTION_ONLY : RESTRICTION_OTHER;
}

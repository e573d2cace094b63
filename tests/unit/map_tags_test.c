/*
 * What OpenStreetMap's tags mean for a service car, for drawing and for the address search: tables
 * without a map. Every row of the tables in speed.c, tags.c, looks.c and landmark.c has a case that
 * fails without it. What becomes of them on a map is in map_import_test.c.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/map/build/condition.h"
#include "../../src/map/build/looks.h"
#include "../../src/map/search/landmark.h"

/* "highway=primary,maxspeed=70" */
static const char *listed(const void *ctx, const char *key)
{
	static char values[256][64]; /* texts stay while a rule is made from them */
	static size_t next;
	size_t length = strlen(key);
	for (const char *at = ctx; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, key, length) != 0 || at[length] != '=')
			continue;
		size_t end = strcspn(at + length + 1, ",");
		next = (next + 1) % 256;
		snprintf(values[next], sizeof(values[next]), "%.*s", (int)end, at + length + 1);
		return values[next];
	}
	return NULL;
}

static struct way_rule rule_of(const char *list)
{
	struct tags t = {listed, list};
	return tags_way(&t);
}

/* Usual speeds, and with a limit above the legal one: 0.85 of it, or the usual speed as much faster
 * as the limit is higher. */
static void every_class_has_its_speeds(void **state)
{
	(void)state;
	static const struct {
		const char *tags;
		double outside, built_up, limit, limited[2];
	} cases[] = {{"highway=motorway", 112, 90, 150, {127.5, 103.846}},
	             {"highway=motorway_link", 52, 45, 80, {59.429, 68}},
	             {"highway=trunk", 82, 60, 120, {89.455, 102}},
	             {"highway=trunk_link", 48, 38, 80, {54.857, 60.8}},
	             {"highway=primary", 66, 42, 100, {73.333, 84}},
	             {"highway=primary_link", 42, 32, 80, {48, 51.2}},
	             {"highway=secondary", 58, 40, 100, {64.444, 80}},
	             {"highway=secondary_link", 36, 30, 80, {41.143, 48}},
	             {"highway=tertiary", 48, 36, 100, {53.333, 72}},
	             {"highway=tertiary_link", 30, 26, 80, {34.286, 41.6}},
	             {"highway=unclassified", 36, 28, 100, {40, 56}},
	             {"highway=residential", 26, 26, 70, {36.4, 36.4}},
	             {"highway=road", 26, 25, 70, {36.4, 35}},
	             {"highway=living_street", 10, 10, 30, {15, 15}},
	             {"highway=service", 14, 14, 70, {19.6, 19.6}},
	             {"highway=track,motor_vehicle=yes", 14, 14, 70, {19.6, 19.6}},
	             {"highway=pedestrian,motor_vehicle=yes", 7, 7, 30, {10.5, 10.5}}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char with_limit[128];
		snprintf(with_limit, sizeof(with_limit), "%s,maxspeed=%.0f", cases[i].tags,
		         cases[i].limit);
		struct way_rule usual = rule_of(cases[i].tags), limited = rule_of(with_limit);
		for (int urban = 0; urban < 2; urban++) {
			double expected = urban ? cases[i].built_up : cases[i].outside;
			if (!(fabs(usual.kmh[urban][0] - expected) <= 0.01) ||
			    !(fabs(limited.kmh[urban][0] - cases[i].limited[urban]) <= 0.01))
				fail_msg("%s, urban %d: %.3f, with a limit %.3f", cases[i].tags,
				         urban, usual.kmh[urban][0], limited.kmh[urban][0]);
		}
	}
}

/* What a road is like lets one drive no faster than so, on a primary road outside. */
static void bad_roads_are_driven_slowly(void **state)
{
	(void)state;
	static const struct {
		const char *tag;
		double kmh;
	} cases[] = {{"surface=asphalt", 66},
	             {"surface=sett", 35},
	             {"surface=cobblestone", 30},
	             {"surface=unhewn_cobblestone", 20},
	             {"surface=compacted", 45},
	             {"surface=fine_gravel", 35},
	             {"surface=gravel", 30},
	             {"surface=pebblestone", 25},
	             {"surface=unpaved", 30},
	             {"surface=ground", 20},
	             {"surface=dirt", 20},
	             {"surface=earth", 20},
	             {"surface=grass_paver", 15},
	             {"surface=grass", 12},
	             {"surface=sand", 8},
	             {"surface=mud", 8},
	             {"tracktype=grade1", 40},
	             {"tracktype=grade2", 20},
	             {"tracktype=grade3", 15},
	             {"tracktype=grade4", 10},
	             {"tracktype=grade5", 7},
	             {"smoothness=intermediate", 66},
	             {"smoothness=bad", 35},
	             {"smoothness=very_bad", 18},
	             {"smoothness=horrible", 10},
	             {"smoothness=very_horrible", 5},
	             {"service=driveway", 10},
	             {"service=parking_aisle", 9},
	             {"service=drive-through", 8},
	             {"service=alley", 12},
	             {"surface=gravel,smoothness=very_bad", 18},
	             {"width=3.4", 25},
	             {"width=2.5,oneway=yes", 66},
	             {"width=3.5", 66},
	             {"width=0.5", 66}, /* nobody measured that */
	             {"width=wide", 66},
	             {"lanes=1", 40},
	             {"lanes=2", 66}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char tags[128];
		snprintf(tags, sizeof(tags), "highway=primary,%s", cases[i].tag);
		double kmh = rule_of(tags).kmh[0][0];
		if (!(fabs(kmh - cases[i].kmh) <= 0.01))
			fail_msg("%s: %.2f km/h", tags, kmh);
	}
	struct way_rule back = rule_of("highway=primary,lanes=1,oneway=-1");
	assert_true(fabs(back.kmh[0][1] - 66) <= 0.01);
}

static void limits_in_all_their_forms(void **state)
{
	(void)state;
	static const struct {
		const char *value;
		double kmh;
	} cases[] = {{"50", 50},
	             {"50 km/h", 50},
	             {"30 mph", 48.280},
	             {"30mph", 48.280},
	             {"30  mph", 48.280},
	             {"70; 50", 70},
	             {"walk", 7},
	             {"none", 130},
	             {"IT:urban", 50},
	             {"IT:rural", 90},
	             {"IT:trunk", 110},
	             {"IT:motorway", 130},
	             {"IT:living_street", 20},
	             {"IT:walk", 7},
	             {"IT:zone30", 30},
	             {"IT:30", 30},
	             {"de:zone:20", 20},
	             {"IT:0", 0},
	             {"IT:200", 0},
	             {"IT:30 or so", 0},
	             {"IT:", 0},
	             {"IT:sign", 0},
	             {"urban", 0},
	             {"signals", 0},
	             {"", 0},
	             {"0", 0},
	             {"-5", 0},
	             {"400", 0},
	             {"9999", 0}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (!(fabs(tags_maxspeed(cases[i].value) - cases[i].kmh) <= 0.01))
			fail_msg("\"%s\": %.2f km/h", cases[i].value, tags_maxspeed(cases[i].value));
}

/* On a trunk road outside: usually 82 km/h, at 50 it is 42.5. */
static void limits_are_read_from_these_keys(void **state)
{
	(void)state;
	static const struct {
		const char *tags;
		double with, against;
	} cases[] = {{"maxspeed=50", 42.5, 42.5},
	             {"maxspeed:type=IT:urban", 42.5, 42.5},
	             {"source:maxspeed=IT:urban", 42.5, 42.5},
	             {"zone:maxspeed=IT:50", 42.5, 42.5},
	             {"zone:traffic=IT:urban", 42.5, 42.5},
	             {"maxspeed:forward=50", 42.5, 82},
	             {"maxspeed:backward=50", 82, 42.5},
	             {"maxspeed:lanes=30|50|", 42.5, 42.5},
	             {"maxspeed=60,maxspeed:type=IT:urban", 51, 51},
	             {"maxspeed=60,maxspeed:lanes=40|50", 51, 51},
	             {"maxspeed=signals,zone:traffic=IT:urban", 42.5, 42.5},
	             {"maxspeed:hgv=50", 82, 82},
	             {"maxspeed:conditional=50 @ (Mo-Fr)", 82, 82}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char tags[128];
		snprintf(tags, sizeof(tags), "highway=trunk,%s", cases[i].tags);
		struct way_rule rule = rule_of(tags);
		if (!(fabs(rule.kmh[0][0] - cases[i].with) <= 0.01) ||
		    !(fabs(rule.kmh[0][1] - cases[i].against) <= 0.01))
			fail_msg("%s: %.2f and %.2f km/h", tags, rule.kmh[0][0], rule.kmh[0][1]);
	}
}

static void speeds_follow_class_place_and_limit(void **state)
{
	(void)state;
	static const struct {
		const char *tags;
		double outside, built_up;
	} cases[] = {
	    {"highway=motorway", 112, 90},
	    {"highway=primary", 66, 42},
	    {"highway=tertiary", 48, 36},
	    {"highway=primary,maxspeed=50", 42.5, 42},
	    {"highway=primary,maxspeed=70", 59.5, 58.8}, /* an urban fast road */
	    {"highway=secondary,maxspeed=IT:urban", 42.5, 40},
	    {"highway=tertiary,zone:maxspeed=IT:30", 25.5, 25.5},
	    {"highway=tertiary,source:maxspeed=IT:zone20", 17, 17},
	    {"highway=secondary,maxspeed=30 mph", 41.04, 40},
	    {"highway=residential,maxspeed=walk", 5.95, 5.95},
	    {"highway=motorway,maxspeed=none", 110.5, 90},
	    {"highway=primary,maxspeed:lanes=|40|30", 34, 34},
	    /* What the law says where nothing is signed makes no road better than its class. */
	    {"highway=motorway_link,maxspeed:type=IT:motorway", 52, 45},
	    {"highway=primary_link,source:maxspeed=IT:rural", 42, 32},
	    {"highway=residential,zone:traffic=IT:rural", 26, 26},
	    {"highway=tertiary,maxspeed=IT:rural", 48, 36},
	    {"highway=motorway_link,maxspeed=60,maxspeed:type=IT:motorway", 51, 51},
	    {"highway=residential,maxspeed=50", 26, 26},
	    {"highway=secondary,surface=gravel", 30, 30},
	    {"highway=unclassified,width=2.5", 25, 25},
	    {"highway=secondary,lanes=1", 40, 40},
	    {"highway=secondary,lanes=1,oneway=yes", 58, 40},
	    {"highway=service,service=parking_aisle", 9, 9},
	    {"highway=track,motor_vehicle=yes,tracktype=grade4", 10, 10},
	    {"highway=residential,smoothness=very_bad", 18, 18},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct way_rule rule = rule_of(cases[i].tags);
		if (!(fabs(rule.kmh[0][0] - cases[i].outside) <= 0.01) ||
		    !(fabs(rule.kmh[1][0] - cases[i].built_up) <= 0.01))
			fail_msg("%s: %.2f and %.2f km/h", cases[i].tags, rule.kmh[0][0],
			         rule.kmh[1][0]);
	}
	struct way_rule both = rule_of("highway=primary,maxspeed:forward=30,maxspeed=50");
	assert_true(fabs(both.kmh[0][0] - 25.5) < 0.01 && fabs(both.kmh[0][1] - 42.5) < 0.01);
}

static void tags_say_whether_a_road_is_built_up(void **state)
{
	(void)state;
	static const struct {
		const char *tags;
		enum road_place place;
	} cases[] = {{"highway=primary", ROAD_ANYWHERE},
	             {"highway=primary,maxspeed=50", ROAD_ANYWHERE},
	             {"highway=primary,maxspeed=IT:urban", ROAD_BUILT_UP},
	             {"highway=primary,maxspeed=70,maxspeed:type=IT:urban", ROAD_BUILT_UP},
	             {"highway=primary,source:maxspeed=IT:urban", ROAD_BUILT_UP},
	             {"highway=primary,zone:traffic=IT:urban", ROAD_BUILT_UP},
	             {"highway=primary,zone:traffic=IT:rural", ROAD_OUTSIDE},
	             {"highway=residential,zone:maxspeed=IT:30", ROAD_BUILT_UP},
	             {"highway=primary,maxspeed=90", ROAD_OUTSIDE},
	             {"highway=primary,maxspeed=80", ROAD_ANYWHERE},
	             {"highway=primary,zone:maxspeed=IT:rural", ROAD_OUTSIDE},
	             {"highway=primary,maxspeed:source=IT:urban", ROAD_BUILT_UP},
	             {"highway=trunk,maxspeed:type=IT:trunk", ROAD_OUTSIDE},
	             {"highway=trunk,maxspeed:type=IT:motorway", ROAD_OUTSIDE},
	             {"highway=primary,maxspeed:type=sign", ROAD_ANYWHERE},
	             {"highway=primary,maxspeed:type=IT:sign", ROAD_ANYWHERE},
	             {"highway=motorway,maxspeed:type=IT:urban", ROAD_OUTSIDE},
	             {"highway=motorway", ROAD_OUTSIDE},
	             {"highway=living_street", ROAD_BUILT_UP}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (rule_of(cases[i].tags).place != cases[i].place)
			fail_msg("%s: %d", cases[i].tags, rule_of(cases[i].tags).place);
}

static void access_is_open_last_or_closed(void **state)
{
	(void)state;
	static const struct {
		const char *tags;
		bool car, last;
	} cases[] = {{"highway=service", true, false},
	             {"highway=service,access=private", true, true},
	             {"highway=residential,access=destination", true, true},
	             {"highway=residential,motor_vehicle=permit", true, true},
	             {"highway=residential,access=no", false, false},
	             {"highway=residential,access=no,motor_vehicle=yes", true, false},
	             {"highway=residential,access=military", false, false},
	             {"highway=residential,access=agricultural", false, false},
	             {"highway=residential,access=forestry", false, false},
	             {"highway=residential,access=psv", false, false},
	             {"highway=residential,access=bus", false, false},
	             {"highway=residential,access=emergency", false, false},
	             {"highway=residential,access=customers", true, true},
	             {"highway=residential,motor_vehicle=bus;taxi", false, false},
	             {"highway=residential,motor_vehicle=tourist_bus", false, false},
	             {"highway=residential,motor_vehicle=hgv", false, false},
	             {"highway=residential,motor_vehicle=motorcycle;moped", false, false},
	             {"highway=residential,access=foot;bicycle", false, false},
	             {"highway=residential,access=unknown", true, false},
	             {"highway=residential,access=n", true, false},
	             {"highway=residential,access=delivery", true, true},
	             {"highway=residential,access=residents", true, true},
	             {"highway=residential,access=permissive", true, false},
	             {"highway=residential,vehicle=no", false, false},
	             {"highway=residential,motorcar=no", false, false},
	             {"highway=residential,motor_vehicle=no,motorcar=yes", true, false},
	             {"highway=residential,vehicle=no,motor_vehicle=yes", true, false},
	             {"highway=residential,access=no,vehicle=yes", true, false},
	             {"highway=residential,access=no ;private", true, true},
	             {"highway=residential,access=;", true, false},
	             {"highway=residential,hgv=no", true, false},
	             {"highway=residential,area=yes", false, false},
	             {"highway=construction", false, false},
	             {"highway=busway", false, false},
	             {"highway=cycleway", false, false},
	             {"highway=path", false, false},
	             {"highway=steps", false, false},
	             {"highway=bridleway", false, false},
	             {"highway=pedestrian", false, false},
	             {"highway=pedestrian,motor_vehicle=no", false, false},
	             {"highway=track,motorcar=private", true, true},
	             {"highway=track,motor_vehicle=yes,motorcar=no", false, false},
	             {"highway=residential,route=ferry,motor_vehicle=no", false, false},
	             {"highway=residential,route=ferry", true, false},
	             {"route=ferry,access=yes", false, false},
	             {"route=ferry,motor_vehicle=private", true, false},
	             {"route=bus,motor_vehicle=yes", false, false},
	             {"highway=residential,motor_vehicle=agricultural;forestry", false, false},
	             {"highway=residential,motor_vehicle=agricultural;private", true, true},
	             {"highway=track", false, false},
	             {"highway=track,access=yes", false, false},
	             {"highway=track,motor_vehicle=private", true, true},
	             {"highway=track,motor_vehicle=yes", true, false},
	             {"highway=track,tracktype=grade1", true, true},
	             {"highway=track,tracktype=grade2", true, true},
	             {"highway=track,tracktype=grade3", false, false},
	             {"highway=track,tracktype=grade2,access=private", true, true},
	             {"highway=track,tracktype=grade2,access=no", false, false},
	             {"highway=track,tracktype=grade2,vehicle=forestry", false, false},
	             {"highway=track,tracktype=grade2,motor_vehicle=agricultural", false, false},
	             {"highway=track,tracktype=grade2,motor_vehicle=yes", true, false},
	             {"highway=pedestrian,tracktype=grade1", false, false},
	             {"highway=track,vehicle=private", true, true},
	             {"highway=pedestrian,vehicle=permit", true, true},
	             {"highway=pedestrian,vehicle=yes,motor_vehicle=no", false, false},
	             {"route=ferry,vehicle=yes", true, false},
	             {"highway=service,service=emergency_access", false, false},
	             {"highway=service,service=emergency_access,motor_vehicle=permit", true, true},
	             {"highway=residential,impassable=yes", false, false},
	             {"highway=footway", false, false},
	             {"highway=footway,motor_vehicle=yes", false, false},
	             {"highway=pedestrian,motor_vehicle=delivery", true, true},
	             {"highway=primary,oneway=reversible", false, false},
	             {"highway=track,motor_vehicle=yes,smoothness=impassable", false, false},
	             {"route=ferry", false, false},
	             {"route=ferry,motor_vehicle=no", false, false},
	             {"route=ferry,motorcar=yes", true, false}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct way_rule rule = rule_of(cases[i].tags);
		if (rule.car != cases[i].car || rule.last != cases[i].last)
			fail_msg("%s: car %d last %d", cases[i].tags, rule.car, rule.last);
	}
}

static void oneways_in_all_their_forms(void **state)
{
	(void)state;
	static const struct {
		const char *tags;
		bool with, against;
	} cases[] = {{"highway=residential", true, true},
	             {"highway=residential,oneway=yes", true, false},
	             {"highway=residential,oneway=-1", false, true},
	             {"highway=motorway", true, false},
	             {"highway=motorway_link", true, true},
	             {"highway=motorway,oneway=no", true, true},
	             {"highway=tertiary,junction=roundabout", true, false},
	             {"highway=tertiary,junction=circular", true, false},
	             {"highway=residential,oneway=alternating", true, true},
	             {"highway=residential,oneway=true", true, false},
	             {"highway=residential,oneway=1", true, false},
	             {"highway=residential,oneway=reverse", false, true},
	             {"highway=motorway,oneway=false", true, true},
	             {"highway=motorway,oneway=0", true, true},
	             {"highway=tertiary,junction=roundabout,oneway=-1", false, true},
	             {"highway=tertiary,junction=jughandle", true, true},
	             {"highway=residential,oneway:motor_vehicle=yes", true, false},
	             {"highway=residential,oneway:motor_vehicle=yes,oneway:motorcar=no", true, true},
	             {"highway=residential,oneway:bicycle=no,oneway=yes", true, false},
	             {"highway=residential,oneway=yes,oneway:vehicle=no", true, true},
	             {"route=ferry,motor_vehicle=yes", true, true},
	             {"route=ferry,motor_vehicle=yes,oneway=yes", true, false},
	             {"route=ferry,motor_vehicle=yes,oneway=-1", false, true},
	             {"highway=residential,oneway=yes,oneway:motorcar=no", true, true},
	             {"highway=residential,oneway:conditional=yes @ (Mo-Fr)", true, true}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct way_rule rule = rule_of(cases[i].tags);
		if ((rule.kmh[0][0] > 0) != cases[i].with ||
		    (rule.kmh[0][1] > 0) != cases[i].against)
			fail_msg("%s", cases[i].tags);
	}
}

/* The most specific key that speaks for a direction. */
static void access_may_differ_by_direction(void **state)
{
	(void)state;
	static const struct {
		const char *tags;
		bool with, against, last;
	} cases[] = {{"motor_vehicle:forward=no", false, true, false},
	             {"motor_vehicle:backward=no", true, false, false},
	             {"vehicle:backward=no", true, false, false},
	             {"access:forward=no", false, true, false},
	             {"motorcar:forward=no", false, true, false},
	             {"vehicle:backward=no,motor_vehicle=yes", true, true, false},
	             {"motor_vehicle=no,motor_vehicle:backward=yes", false, true, false},
	             {"motor_vehicle:forward=bus;psv,oneway=no", false, true, false},
	             {"motor_vehicle:backward=destination", true, true, false},
	             {"motor_vehicle:backward=no,motor_vehicle:forward=private", true, false, true},
	             {"motor_vehicle:backward=private,oneway=yes", true, false, false},
	             {"motor_vehicle:forward=no,oneway=yes", false, false, false},
	             {"hgv:forward=no", true, true, false}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char tags[128];
		snprintf(tags, sizeof(tags), "highway=residential,%s", cases[i].tags);
		struct way_rule rule = rule_of(tags);
		if ((rule.kmh[1][0] > 0) != cases[i].with ||
		    (rule.kmh[1][1] > 0) != cases[i].against || rule.last != cases[i].last ||
		    rule.car != (cases[i].with || cases[i].against))
			fail_msg("%s: %.0f and %.0f km/h, last %d", tags, rule.kmh[1][0],
			         rule.kmh[1][1], rule.last);
	}
}

/* A van is two metres high and wide, about. */
static void a_van_does_not_fit_everywhere(void **state)
{
	(void)state;
	static const struct {
		const char *tags;
		bool car;
	} cases[] = {{"maxheight=1.9", false},
	             {"maxheight=1.9 m", false},
	             {"maxheight=2", true},
	             {"maxheight=2.05", true},
	             {"maxheight=6'0\"", false},
	             {"maxheight=6'10\"", true},
	             {"maxheight=190 cm", true}, /* says nothing we know */
	             {"maxheight=default", true},
	             {"maxheight=below_default", true},
	             {"maxheight=0", true},
	             {"maxheight:physical=1.8", false},
	             {"maxwidth=1.80", false},
	             {"maxwidth=2", true},
	             {"maxwidth:physical=1.7", false},
	             {"width=1.8", true}, /* somebody's guess, not a limit */
	             {"maxweight=3.5", true}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char tags[128];
		snprintf(tags, sizeof(tags), "highway=residential,%s", cases[i].tags);
		if (rule_of(tags).car != cases[i].car)
			fail_msg("%s: %d", tags, rule_of(tags).car);
	}
}

static void barriers_open_at_a_cost_or_not_at_all(void **state)
{
	(void)state;
	static const struct {
		const char *tags;
		enum node_sign sign;
		unsigned tenths;
	} cases[] = {{"barrier=gate", SIGN_BARRIER, 120},
	             {"barrier=lift_gate", SIGN_BARRIER, 100},
	             {"barrier=gate,access=private", SIGN_BARRIER, 600},
	             {"barrier=gate,access=no", SIGN_BLOCK, 0},
	             {"barrier=gate,locked=yes", SIGN_BLOCK, 0},
	             {"barrier=bollard", SIGN_BLOCK, 0},
	             {"barrier=bollard,bollard=rising", SIGN_BARRIER, 120},
	             {"barrier=bollard,access=yes", SIGN_BARRIER, 50},
	             {"barrier=block", SIGN_BLOCK, 0},
	             {"barrier=swing_gate", SIGN_BARRIER, 150},
	             {"barrier=sliding_gate", SIGN_BARRIER, 150},
	             {"barrier=cattle_grid", SIGN_BARRIER, 20},
	             {"barrier=border_control", SIGN_BARRIER, 100},
	             {"barrier=sally_port", SIGN_BARRIER, 20},
	             {"barrier=kerb", SIGN_BARRIER, 10},
	             {"barrier=bump_gate", SIGN_BARRIER, 50},
	             {"barrier=height_restrictor", SIGN_NONE, 0},
	             {"barrier=height_restrictor,maxheight=1.9", SIGN_BLOCK, 0},
	             {"barrier=height_restrictor,maxheight=2.2", SIGN_NONE, 0},
	             {"barrier=gate,maxwidth=1.5", SIGN_BLOCK, 0},
	             {"barrier=gate,motor_vehicle=private", SIGN_BARRIER, 600},
	             {"barrier=gate,access=private,motor_vehicle=permit", SIGN_BARRIER, 120},
	             {"barrier=gate,motor_vehicle=forestry;private", SIGN_BARRIER, 600},
	             {"barrier=arch", SIGN_NONE, 0},
	             {"barrier=no", SIGN_NONE, 0},
	             {"barrier=gate,locked=no", SIGN_BARRIER, 120},
	             {"barrier=gate,access=no,motor_vehicle=yes", SIGN_BARRIER, 120},
	             {"barrier=gate,access=private,motor_vehicle=yes", SIGN_BARRIER, 120},
	             {"barrier=gate,access=customers", SIGN_BARRIER, 120},
	             {"barrier=lift_gate,access=no,motor_vehicle=agricultural", SIGN_BLOCK, 0},
	             {"barrier=chain", SIGN_BLOCK, 0},
	             {"barrier=bollard,bollard=removable", SIGN_BLOCK, 0},
	             {"barrier=gate,bollard=rising", SIGN_BARRIER, 120},
	             {"barrier=block,bollard=rising", SIGN_BLOCK, 0},
	             {"barrier=bollard,motor_vehicle=private", SIGN_BARRIER, 600},
	             {"barrier=gate,highway=traffic_signals", SIGN_BARRIER, 120},
	             {"railway=level_crossing", SIGN_RAILWAY, 0},
	             {"railway=crossing", SIGN_NONE, 0},
	             {"highway=traffic_signals", SIGN_SIGNALS, 0},
	             {"highway=crossing;traffic_signals", SIGN_SIGNALS, 0},
	             {"highway=give_way", SIGN_GIVE_WAY, 0},
	             {"highway=mini_roundabout", SIGN_MINI_ROUNDABOUT, 0},
	             {"barrier=entrance", SIGN_NONE, 0},
	             {"barrier=toll_booth", SIGN_BARRIER, 150},
	             {"highway=crossing", SIGN_NONE, 0},
	             {"highway=stop", SIGN_STOP, 0}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct tags t = {listed, cases[i].tags};
		struct node_rule rule = tags_node(&t);
		if (rule.sign != cases[i].sign || rule.tenths != cases[i].tenths)
			fail_msg("%s: sign %d, %u tenths", cases[i].tags, rule.sign, rule.tenths);
	}
}

static void signs_stand_for_a_direction(void **state)
{
	(void)state;
	static const struct {
		const char *tags;
		int direction;
	} cases[] = {{"highway=stop", 0},
	             {"highway=stop,direction=forward", 1},
	             {"highway=stop,direction=backward", -1},
	             {"highway=stop,direction=both", 0},
	             {"highway=traffic_signals,traffic_signals:direction=forward", 1},
	             {"highway=traffic_signals,traffic_signals:direction=backward,direction=forward",
	              -1}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct tags t = {listed, cases[i].tags};
		if (tags_node(&t).direction != cases[i].direction)
			fail_msg("%s: %d", cases[i].tags, tags_node(&t).direction);
	}
}

static void roundabouts_ferries_and_lamps_are_noted(void **state)
{
	(void)state;
	assert_true(rule_of("highway=primary,junction=roundabout").roundabout);
	assert_true(rule_of("highway=primary,junction=circular").roundabout);
	assert_false(rule_of("highway=primary,junction=yes").roundabout);
	assert_true(rule_of("highway=primary,lit=24/7").lit);
	assert_false(rule_of("highway=primary,lit=no").lit);
	assert_false(rule_of("highway=primary").lit);
	struct way_rule ship = rule_of("route=ferry,motor_vehicle=yes,duration=00:25");
	assert_true(ship.ferry && ship.ferry_s == 1500);
	assert_true(ship.kmh[0][0] == 20 && ship.kmh[1][1] == 20);
	assert_int_equal(ship.place, ROAD_OUTSIDE);
	assert_int_equal(ship.road_class, ROAD_SERVICE);
}

static void restrictions_bind_cars_or_not(void **state)
{
	(void)state;
	static const struct {
		const char *tags;
		enum restriction_kind kind;
	} cases[] = {
	    {"restriction=no_left_turn", RESTRICTION_NO},
	    {"restriction=only_straight_on", RESTRICTION_ONLY},
	    {"restriction=give_way", RESTRICTION_OTHER},
	    {"restriction:hgv=no_left_turn", RESTRICTION_OTHER},
	    {"restriction:motorcar=no_left_turn", RESTRICTION_NO},
	    {"restriction:motor_vehicle=only_left_turn", RESTRICTION_ONLY},
	    {"restriction=no_left_turn,restriction:motor_vehicle=none", RESTRICTION_OTHER},
	    {"restriction:motorcar=no_left_turn,restriction:motor_vehicle=none", RESTRICTION_NO},
	    {"restriction=no_left_turn,except=psv;motorcar", RESTRICTION_OTHER},
	    {"restriction=no_left_turn,except=motor_vehicle ;psv", RESTRICTION_OTHER},
	    {"restriction=no_left_turn,except=bus; motorcar", RESTRICTION_OTHER},
	    {"restriction=no_left_turn,except=motorcars", RESTRICTION_NO},
	    {"restriction=no_left_turn,except=motor_vehicles", RESTRICTION_NO},
	    {"restriction=no_left_turn,except=psv;bicycle", RESTRICTION_NO},
	    {"restriction=no_left_turn,except=", RESTRICTION_NO}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct tags t = {listed, cases[i].tags};
		if (tags_restriction(&t) != cases[i].kind)
			fail_msg("%s: %d", cases[i].tags, tags_restriction(&t));
	}
}

static void conditions_are_looked_for_in_these_keys(void **state)
{
	(void)state;
	static const char *const keys[] = {"access:conditional",
	                                   "vehicle:conditional",
	                                   "motor_vehicle:conditional",
	                                   "motorcar:conditional",
	                                   "oneway:conditional",
	                                   "maxspeed:conditional",
	                                   "maxspeed:forward:conditional",
	                                   "maxspeed:backward:conditional",
	                                   "restriction:conditional",
	                                   "restriction:motorcar:conditional"};
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		char list[96];
		snprintf(list, sizeof(list), "%s=no @ (Mo-Fr)", keys[i]);
		struct tags t = {listed, list};
		assert_int_equal(tags_conditionals(&t).found, 1);
	}
	struct tags lorry = {listed, "hgv:conditional=no @ (Mo-Fr)"};
	assert_int_equal(tags_conditionals(&lorry).found, 0);
}

static void durations_of_ships(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		double seconds;
	} cases[] = {{"25", 1500},    {"0:25", 1500},   {"00:25:00", 1500}, {"1:45", 6300},
	             {"", 0},         {"PT25M", 0},     {"-5", 0},          {"1:", 0},
	             {"99999999", 0}, {"25 minutes", 0}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_true(tags_duration(cases[i].text) == cases[i].seconds);
}

static void conditions_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		unsigned found, unread;
	} cases[] = {
	    {"", 0, 0},
	    {"no @ (Mo-Fr 07:30-09:00)", 1, 0},
	    {"no @ (Mo-Fr 07:30-09:00,16:30-19:00; SH,PH off)", 1, 0},
	    {"destination @ (06:30-08:30);destination @ (16:30-18:30)", 2, 0},
	    {"no @ (Mar 15 - Sep 15)", 1, 0},
	    {"no @ (Mar-Oct)", 1, 0},
	    {"yes @ 18:00-07:30 AND weight>3.5", 1, 0},
	    {"no @ (weight <= 7.5 t)", 1, 0},
	    {"no @ winter", 1, 0},
	    {"80 @ (wet AND 22:00-06:00)", 1, 0},
	    {"no @ (sunset-sunrise)", 1, 0},
	    {"no @ ((sunset+00:30)-07:00)", 1, 0},
	    {"no @ 24/7", 1, 0},
	    {"no @ Mo-Fr 07:00-09:00; Sa 08:00-10:00", 1, 0},
	    {"no @ (Su[1] 10:00-12:00)", 1, 0},
	    {"no @ (2018 Jan 1-2018 Feb 10)", 1, 0},
	    {"no @ (week 1-20 Fr 20:00+)", 1, 0},
	    {"schooldays only", 1, 1},
	    {"no @ CAM", 1, 1},
	    {"no @ (Mo-)", 1, 1},
	    {"no @ (25:99)", 1, 1},
	    {"no @ ()", 1, 1},
	    {"@ (Mo)", 1, 1},
	    {"no @ (Mo) AND", 1, 1},
	    {"no @ (weight>)", 1, 1},
	    {"yes @ (Mo-Fr); no @ whenever", 2, 1},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct conditionals c = {0, 0};
		condition_count(cases[i].text, &c);
		if (c.found != cases[i].found || c.unread != cases[i].unread)
			fail_msg("\"%s\": %u found, %u unread", cases[i].text, c.found, c.unread);
	}
}

/* ---- how they are drawn ---- */

struct look_case {
	const char *tags;
	enum map_layer layer;
	unsigned feature_class, min_zoom;
};

static void assert_look(const struct look_case *c, struct map_look look)
{
	if (!look.drawn || look.layer != c->layer || look.feature_class != c->feature_class ||
	    look.min_zoom != c->min_zoom)
		fail_msg("%s: layer %d class %u from zoom %u", c->tags, (int)look.layer,
		         look.feature_class, look.min_zoom);
}

static void lines_are_drawn_by_what_they_are(void **state)
{
	(void)state;
	static const struct look_case cases[] = {
	    {"highway=motorway", LAYER_ROAD, DRAWN_MOTORWAY, 8},
	    {"highway=motorway_link", LAYER_ROAD, DRAWN_MOTORWAY, 11},
	    {"highway=trunk", LAYER_ROAD, DRAWN_TRUNK, 8},
	    {"highway=trunk_link", LAYER_ROAD, DRAWN_TRUNK, 12},
	    {"highway=primary", LAYER_ROAD, DRAWN_PRIMARY, 9},
	    {"highway=primary_link", LAYER_ROAD, DRAWN_PRIMARY, 12},
	    {"highway=secondary", LAYER_ROAD, DRAWN_SECONDARY, 10},
	    {"highway=secondary_link", LAYER_ROAD, DRAWN_SECONDARY, 12},
	    {"highway=tertiary", LAYER_ROAD, DRAWN_TERTIARY, 11},
	    {"highway=tertiary_link", LAYER_ROAD, DRAWN_TERTIARY, 13},
	    {"highway=unclassified", LAYER_ROAD, DRAWN_MINOR, 12},
	    {"highway=residential", LAYER_ROAD, DRAWN_MINOR, 12},
	    {"highway=living_street", LAYER_ROAD, DRAWN_MINOR, 13},
	    {"highway=road", LAYER_ROAD, DRAWN_MINOR, 13},
	    {"highway=service", LAYER_ROAD, DRAWN_SERVICE, 14},
	    {"highway=pedestrian", LAYER_ROAD, DRAWN_PEDESTRIAN, 14},
	    {"highway=track", LAYER_ROAD, DRAWN_TRACK, 14},
	    {"highway=footway", LAYER_ROAD, DRAWN_PATH, 14},
	    {"highway=cycleway", LAYER_ROAD, DRAWN_PATH, 14},
	    {"highway=path", LAYER_ROAD, DRAWN_PATH, 14},
	    {"highway=steps", LAYER_ROAD, DRAWN_PATH, 15},
	    {"highway=bridleway", LAYER_ROAD, DRAWN_PATH, 14},
	    {"highway=construction", LAYER_ROAD, DRAWN_CONSTRUCTION, 13},
	    {"railway=rail", LAYER_RAILWAY, RAIL_TRAIN, 9},
	    {"railway=narrow_gauge", LAYER_RAILWAY, RAIL_TRAIN, 10},
	    {"railway=light_rail", LAYER_RAILWAY, RAIL_TRAM, 12},
	    {"railway=tram", LAYER_RAILWAY, RAIL_TRAM, 13},
	    {"railway=subway", LAYER_RAILWAY, RAIL_TRAM, 13},
	    {"railway=funicular", LAYER_RAILWAY, RAIL_TRAM, 13},
	    {"railway=construction", LAYER_RAILWAY, RAIL_TRAM, 15},
	    {"waterway=river", LAYER_WATERWAY, 0, 8},
	    {"waterway=canal", LAYER_WATERWAY, 0, 11},
	    {"waterway=stream", LAYER_WATERWAY, 0, 13},
	    {"waterway=ditch", LAYER_WATERWAY, 0, 14},
	    {"waterway=drain", LAYER_WATERWAY, 0, 14},
	    {"railway=rail,service=siding", LAYER_RAILWAY, RAIL_TRAIN, 15},
	    {"railway=rail,usage=industrial", LAYER_RAILWAY, RAIL_TRAIN, 15},
	    {"railway=tram,service=yard", LAYER_RAILWAY, RAIL_TRAM, 13},
	    {"highway=service,service=driveway", LAYER_ROAD, DRAWN_SERVICE, 16},
	    {"highway=service,service=parking_aisle", LAYER_ROAD, DRAWN_SERVICE, 16},
	    {"highway=service,service=drive-through", LAYER_ROAD, DRAWN_SERVICE, 16},
	    {"highway=footway,footway=sidewalk", LAYER_ROAD, DRAWN_PATH, 16},
	    {"highway=footway,footway=crossing", LAYER_ROAD, DRAWN_PATH, 16},
	    {"highway=track,footway=crossing", LAYER_ROAD, DRAWN_TRACK, 14},
	    {"highway=residential,service=driveway", LAYER_ROAD, DRAWN_MINOR, 12},
	    {"aeroway=runway", LAYER_ROAD, DRAWN_RUNWAY, 11},
	    {"man_made=pier", LAYER_ROAD, DRAWN_PATH, 14}};
	static const char *const none[] = {"highway=proposed", "railway=abandoned",
	                                   "waterway=riverbank", "aeroway=runway,area=yes",
	                                   "man_made=pier,area=yes", "highway=pedestrian,area=yes",
	                                   "natural=coastline"};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct tags t = {listed, cases[i].tags};
		assert_look(&cases[i], look_of_line(&t));
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		struct tags t = {listed, none[i]};
		if (look_of_line(&t).drawn)
			fail_msg("%s is drawn", none[i]);
	}
	struct tags coast = {listed, "natural=coastline"}, lake = {listed, "natural=water"};
	assert_true(look_is_coast(&coast));
	assert_false(look_is_coast(&lake));
}

static void areas_are_drawn_by_what_they_are(void **state)
{
	(void)state;
	static const struct look_case cases[] = {
	    {"natural=water", LAYER_WATER, 0, 8},
	    {"waterway=riverbank", LAYER_WATER, 0, 8},
	    {"waterway=dock", LAYER_WATER, 0, 8},
	    {"landuse=reservoir", LAYER_WATER, 0, 8},
	    {"landuse=basin", LAYER_WATER, 0, 8},
	    {"leisure=swimming_pool", LAYER_WATER, 0, 16},
	    {"highway=pedestrian", LAYER_LANDUSE, LANDUSE_SQUARE, 14},
	    {"highway=footway", LAYER_LANDUSE, LANDUSE_SQUARE, 15},
	    {"place=square", LAYER_LANDUSE, LANDUSE_SQUARE, 14},
	    {"amenity=parking", LAYER_LANDUSE, LANDUSE_PARKING, 15},
	    {"man_made=pier", LAYER_LANDUSE, LANDUSE_PIER, 12},
	    {"man_made=breakwater", LAYER_LANDUSE, LANDUSE_PIER, 12},
	    {"natural=wood", LAYER_LANDUSE, LANDUSE_WOOD, 8},
	    {"landuse=forest", LAYER_LANDUSE, LANDUSE_WOOD, 8},
	    {"natural=beach", LAYER_LANDUSE, LANDUSE_SAND, 12},
	    {"natural=sand", LAYER_LANDUSE, LANDUSE_SAND, 12},
	    {"natural=grassland", LAYER_LANDUSE, LANDUSE_GRASS, 10},
	    {"natural=scrub", LAYER_LANDUSE, LANDUSE_GRASS, 10},
	    {"natural=heath", LAYER_LANDUSE, LANDUSE_GRASS, 10},
	    {"landuse=grass", LAYER_LANDUSE, LANDUSE_GRASS, 12},
	    {"landuse=meadow", LAYER_LANDUSE, LANDUSE_GRASS, 11},
	    {"landuse=orchard", LAYER_LANDUSE, LANDUSE_GRASS, 11},
	    {"landuse=vineyard", LAYER_LANDUSE, LANDUSE_GRASS, 11},
	    {"landuse=farmland", LAYER_LANDUSE, LANDUSE_GRASS, 11},
	    {"landuse=allotments", LAYER_LANDUSE, LANDUSE_GRASS, 12},
	    {"landuse=cemetery", LAYER_LANDUSE, LANDUSE_GRASS, 12},
	    {"landuse=recreation_ground", LAYER_LANDUSE, LANDUSE_GRASS, 12},
	    {"landuse=village_green", LAYER_LANDUSE, LANDUSE_GRASS, 12},
	    {"leisure=park", LAYER_LANDUSE, LANDUSE_GRASS, 11},
	    {"leisure=garden", LAYER_LANDUSE, LANDUSE_GRASS, 13},
	    {"leisure=pitch", LAYER_LANDUSE, LANDUSE_GRASS, 13},
	    {"leisure=golf_course", LAYER_LANDUSE, LANDUSE_GRASS, 11},
	    {"landuse=residential", LAYER_LANDUSE, LANDUSE_URBAN, 8},
	    {"landuse=commercial", LAYER_LANDUSE, LANDUSE_URBAN, 9},
	    {"landuse=industrial", LAYER_LANDUSE, LANDUSE_URBAN, 9},
	    {"landuse=retail", LAYER_LANDUSE, LANDUSE_URBAN, 9},
	    {"building=yes", LAYER_BUILDING, 0, 14},
	    {"building=school,landuse=grass", LAYER_BUILDING, 0, 14},
	    {"building=no,landuse=grass", LAYER_LANDUSE, LANDUSE_GRASS, 12}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char list[128];
		/* A closed road is an area only where it says so. */
		snprintf(list, sizeof(list), "%s%s", cases[i].tags,
		         strncmp(cases[i].tags, "highway", 7) ? "" : ",area=yes");
		struct tags t = {listed, list};
		struct map_look look = look_of_area(&t);
		assert_look(&cases[i], look);
		assert_int_equal(look.sized, look.layer != LAYER_BUILDING);
		assert_int_equal(look.named, look.layer == LAYER_WATER &&
		                                 strcmp(cases[i].tags, "leisure=swimming_pool") != 0);
		/* And somebody puts it together. */
		bool assembled = false;
		for (const struct look_key *k = look_area_keys; k->key; k++) {
			const char *value = listed(list, k->key);
			assembled |= value && (!k->value || strcmp(k->value, value) == 0);
		}
		if (!assembled)
			fail_msg("%s is not assembled", list);
	}
	struct tags ring = {listed, "highway=pedestrian"},
	            relation = {listed, "highway=pedestrian,type=multipolygon"},
	            desert = {listed, "natural=desert"};
	assert_false(look_of_area(&ring).drawn);
	assert_true(look_of_area(&relation).drawn);
	assert_false(look_of_area(&desert).drawn);
}

static void lines_show_bridges_tunnels_links_and_directions(void **state)
{
	(void)state;
	static const struct {
		const char *tags;
		uint8_t flags;
		bool against, named;
		const char *ref;
	} cases[] = {
	    {"highway=primary", 0, false, true, NULL},
	    {"highway=primary,bridge=yes", FEATURE_BRIDGE, false, true, NULL},
	    {"highway=primary,bridge=no", 0, false, true, NULL},
	    {"highway=primary,tunnel=yes,bridge=yes", FEATURE_TUNNEL, false, true, NULL},
	    {"highway=primary,covered=arcade", FEATURE_TUNNEL, false, true, NULL},
	    {"highway=primary_link", FEATURE_LINK, false, true, NULL},
	    {"highway=primary,oneway=yes", FEATURE_ONEWAY, false, true, NULL},
	    {"highway=primary,oneway=-1", FEATURE_ONEWAY, true, true, NULL},
	    {"highway=footway,oneway=yes", 0, false, true, NULL},
	    {"highway=secondary,ref=SP90", 0, false, true, "SP90"},
	    {"highway=secondary_link,ref=SP90", FEATURE_LINK, false, true, NULL},
	    {"highway=tertiary,ref=SP90", 0, false, true, NULL},
	    {"railway=rail,tunnel=yes", FEATURE_TUNNEL, false, false, NULL},
	    {"waterway=river", 0, false, true, NULL}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct tags t = {listed, cases[i].tags};
		struct map_look look = look_of_line(&t);
		if (look.flags != cases[i].flags || look.against != cases[i].against ||
		    look.named != cases[i].named || !look.ref != !cases[i].ref)
			fail_msg("%s: flags %d", cases[i].tags, look.flags);
		assert_true(!look.ref || strcmp(look.ref, cases[i].ref) == 0);
	}
}

/* ---- what people name places by ---- */

static void landmarks_are_called_what_they_are(void **state)
{
	(void)state;
	static const struct {
		const char *tags, *label, *words;
		bool alone;
	} cases[] = {
	    {"amenity=townhall", "Municipio", "comune rathaus gemeindeverwaltung", true},
	    {"amenity=hospital", "Ospedale", "spital krankenhaus", true},
	    {"amenity=clinic", "Clinica", "ambulatorio poliambulatorio", false},
	    {"amenity=pharmacy", "Farmacia", "apotheke", true},
	    {"amenity=school", "Scuola", "scuole schule", false},
	    {"amenity=kindergarten", "Scuola materna", "asilo infanzia kindergarten", false},
	    {"amenity=university", "Università", "facolta universitaet", false},
	    {"amenity=college", "Istituto", "scuola", false},
	    {"amenity=place_of_worship", "Chiesa", "parrocchia santuario kirche", false},
	    {"amenity=police", "Polizia", "carabinieri caserma polizei", false},
	    {"amenity=fire_station", "Vigili del fuoco", "pompieri caserma feuerwehr", true},
	    {"amenity=post_office", "Ufficio postale", "posta poste post", true},
	    {"amenity=library", "Biblioteca", "bibliothek", true},
	    {"amenity=theatre", "Teatro", "theater", false},
	    {"amenity=cinema", "Cinema", "kino", false},
	    {"amenity=marketplace", "Mercato", "markt", false},
	    {"amenity=courthouse", "Tribunale", "gericht", true},
	    {"amenity=prison", "Carcere", "casa circondariale", true},
	    {"amenity=nursing_home", "Casa di riposo", "rsa altersheim", true},
	    {"amenity=community_centre", "Centro civico", "sala civica", false},
	    {"amenity=grave_yard", "Cimitero", "camposanto friedhof", true},
	    {"landuse=cemetery", "Cimitero", "camposanto friedhof", true},
	    {"railway=station", "Stazione", "ferroviaria treni bahnhof", true},
	    {"railway=halt", "Fermata", "stazione ferroviaria haltestelle", true},
	    {"leisure=stadium", "Stadio", "stadion", true},
	    {"leisure=sports_centre", "Centro sportivo", "palestra campo sportivo sportanlage", false},
	    {"leisure=pitch", "Campo sportivo", "campo calcio sportplatz", false},
	    {"leisure=park", "Parco", "giardino giardini park", false},
	    {"shop=supermarket", "Supermercato", "supermarkt", false},
	    {"shop=mall", "Centro commerciale", "einkaufszentrum", false},
	    {"tourism=museum", "Museo", "museum", false},
	    {"tourism=hotel", "Hotel", "albergo", false},
	    {"historic=castle", "Castello", "schloss burg", false},
	    {"aeroway=aerodrome", "Aeroporto", "flugplatz", false},
	    {"man_made=water_works", "Acquedotto", "potabilizzatore wasserwerk", false},
	    {"man_made=wastewater_plant", "Depuratore", "klaeranlage", true},
	    {"man_made=water_tower", "Torre dell'acqua", "acquedotto", false},
	    {"man_made=reservoir_covered", "Serbatoio", "acquedotto", false},
	    {"man_made=pumping_station", "Stazione di pompaggio", "sollevamento pozzo", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct tags t = {listed, cases[i].tags};
		const struct landmark *l = landmark_of(&t);
		if (!l)
			fail_msg("%s is none", cases[i].tags);
		assert_string_equal(l->label, cases[i].label);
		assert_string_equal(l->words, cases[i].words);
		assert_int_equal(l->alone, cases[i].alone);
	}
	struct tags bench = {listed, "amenity=bench"}, landuse = {listed, "landuse=pharmacy"};
	assert_null(landmark_of(&bench));
	assert_null(landmark_of(&landuse));
}

static void landmarks_are_said_before_names_that_do_not_tell(void **state)
{
	(void)state;
	static const struct {
		const char *tags, *name, *before; /* NULL: nothing */
	} cases[] = {{"amenity=hospital", "Santa Chiara", "Ospedale"},
	             {"amenity=hospital", "Ospedale San Camillo", NULL},
	             {"amenity=hospital", "Clinica Solatrix", NULL},
	             {"amenity=hospital", "Casa di cura Eremo", NULL},
	             {"amenity=hospital", "Centro protonico", NULL},
	             {"amenity=hospital", "Spital Bozen", NULL},
	             {"amenity=hospital", "Krankenhaus Meran", NULL},
	             {"amenity=pharmacy", "Gallo", "Farmacia"},
	             {"amenity=pharmacy", "Antica farmacia", NULL},
	             {"amenity=pharmacy", "Adler-Apotheke", NULL},
	             {"railway=station", "Gardolo", "Stazione di"},
	             {"railway=station", "Stazione FTM", NULL},
	             {"railway=station", "Bahnhof Bozen", NULL},
	             {"railway=halt", "Povo", "Fermata di"},
	             {"railway=halt", "Fermata Povo", NULL},
	             {"railway=halt", "Stazione Povo", NULL},
	             {"railway=halt", "Haltestelle Gais", NULL},
	             {"railway=halt", "Bahnhof Gais", NULL},
	             {"amenity=school", "Manzoni", NULL}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct tags t = {listed, cases[i].tags};
		const char *before = landmark_said_before(landmark_of(&t), cases[i].name);
		if (!before != !cases[i].before || (before && strcmp(before, cases[i].before) != 0))
			fail_msg("%s \"%s\": %s", cases[i].tags, cases[i].name,
			         before ? before : "nothing");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_class_has_its_speeds),
	    cmocka_unit_test(bad_roads_are_driven_slowly),
	    cmocka_unit_test(limits_in_all_their_forms),
	    cmocka_unit_test(limits_are_read_from_these_keys),
	    cmocka_unit_test(speeds_follow_class_place_and_limit),
	    cmocka_unit_test(tags_say_whether_a_road_is_built_up),
	    cmocka_unit_test(access_is_open_last_or_closed),
	    cmocka_unit_test(a_van_does_not_fit_everywhere),
	    cmocka_unit_test(access_may_differ_by_direction),
	    cmocka_unit_test(oneways_in_all_their_forms),
	    cmocka_unit_test(barriers_open_at_a_cost_or_not_at_all),
	    cmocka_unit_test(signs_stand_for_a_direction),
	    cmocka_unit_test(roundabouts_ferries_and_lamps_are_noted),
	    cmocka_unit_test(restrictions_bind_cars_or_not),
	    cmocka_unit_test(conditions_are_looked_for_in_these_keys),
	    cmocka_unit_test(durations_of_ships),
	    cmocka_unit_test(conditions_are_read),
	    cmocka_unit_test(lines_are_drawn_by_what_they_are),
	    cmocka_unit_test(areas_are_drawn_by_what_they_are),
	    cmocka_unit_test(lines_show_bridges_tunnels_links_and_directions),
	    cmocka_unit_test(landmarks_are_called_what_they_are),
	    cmocka_unit_test(landmarks_are_said_before_names_that_do_not_tell),
	};
	return cmocka_run_group_tests_name("map_tags", tests, NULL, NULL);
}

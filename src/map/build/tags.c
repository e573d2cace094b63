/* Tags -> rules for cars. See tags.h. */
#include "tags.h"

#include "condition.h"

#include <stdlib.h>
#include <string.h>

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* ---- access ---- */

enum access {
	ACCESS_NOT_SAID,
	ACCESS_CLOSED,
	ACCESS_LAST, /* private, or only for who has business there: we may, others may not */
	ACCESS_OPEN
};

static enum access access_of_word(const char *word, size_t length)
{
	static const struct {
		const char *word;
		enum access access;
	} known[] = {{"no", ACCESS_CLOSED},         {"agricultural", ACCESS_CLOSED},
	             {"forestry", ACCESS_CLOSED},   {"military", ACCESS_CLOSED},
	             {"psv", ACCESS_CLOSED},        {"bus", ACCESS_CLOSED},
	             {"taxi", ACCESS_CLOSED},       {"tourist_bus", ACCESS_CLOSED},
	             {"hgv", ACCESS_CLOSED},        {"motorcycle", ACCESS_CLOSED},
	             {"moped", ACCESS_CLOSED},      {"bicycle", ACCESS_CLOSED},
	             {"foot", ACCESS_CLOSED},       {"emergency", ACCESS_CLOSED},
	             {"private", ACCESS_LAST},      {"permit", ACCESS_LAST},
	             {"customers", ACCESS_LAST},    {"destination", ACCESS_LAST},
	             {"delivery", ACCESS_LAST},     {"residents", ACCESS_LAST}};
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strlen(known[i].word) == length && memcmp(word, known[i].word, length) == 0)
			return known[i].access;
	return ACCESS_OPEN;
}

/* "agricultural;forestry": whoever is let in most decides. */
static enum access access_of(const char *value)
{
	enum access most = ACCESS_NOT_SAID;
	while (*value) {
		value += strspn(value, "; ");
		size_t length = strcspn(value, "; ");
		enum access access = length ? access_of_word(value, length) : ACCESS_NOT_SAID;
		most = access > most ? access : most;
		value += length;
	}
	return most;
}

/* Which way along a road? */
enum heading { AS_DRAWN, AGAINST, ANYHOW };

/* The most specific comes first. */
static const char *const access_keys[][3] = {
    {"motorcar:forward", "motorcar:backward", "motorcar"},
    {"motor_vehicle:forward", "motor_vehicle:backward", "motor_vehicle"},
    {"vehicle:forward", "vehicle:backward", "vehicle"},
    {"access:forward", "access:backward", "access"}};
#define KEYS_OF_ALL (sizeof(access_keys) / sizeof(*access_keys))
#define KEYS_OF_VEHICLES (KEYS_OF_ALL - 1)

/* What the most specific tag present says to cars; "" where none is. */
static const char *said(const struct tags *t, size_t keys, enum heading heading)
{
	for (size_t i = 0; i < keys; i++) {
		const char *value = tags_text(t, access_keys[i][heading]);
		if (!*value)
			value = tags_text(t, access_keys[i][ANYHOW]);
		if (*value)
			return value;
	}
	return "";
}

static enum access car_access(const struct tags *t, enum heading heading)
{
	return access_of(said(t, KEYS_OF_ALL, heading));
}

/* Paths, tracks and ships want an explicit invitation to vehicles; `access=yes` alone means people.
 */
static enum access vehicle_access(const struct tags *t, enum heading heading)
{
	return access_of(said(t, KEYS_OF_VEHICLES, heading));
}

static bool list_holds(const char *list, const char *word)
{
	for (const char *at = list; *at; at += strcspn(at, ";"), at += *at == ';') {
		at += strspn(at, " ");
		size_t length = strcspn(at, "; ");
		if (strlen(word) == length && memcmp(at, word, length) == 0)
			return true;
	}
	return false;
}

/* ---- what a van fits through ---- */

#define VAN_HEIGHT_M 2.0
#define VAN_WIDTH_M 1.9

/* "2.1", "2.1 m", "6'10\"" -> metres; 0: says nothing we know. */
static double metres_of(const char *value)
{
	char *end;
	double number = strtod(value, &end);
	if (end == value || !(number > 0))
		return 0;
	if (*end == '\'')
		return number * 0.3048 + strtod(end + 1, NULL) * 0.0254;
	end += strspn(end, " ");
	return !*end || is(end, "m") ? number : 0;
}

static bool van_fits(const struct tags *t)
{
	static const struct {
		const char *key;
		double least_m;
	} limits[] = {{"maxheight", VAN_HEIGHT_M},
	              {"maxheight:physical", VAN_HEIGHT_M},
	              {"maxwidth", VAN_WIDTH_M},
	              {"maxwidth:physical", VAN_WIDTH_M}};
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		double most = metres_of(tags_text(t, limits[i].key));
		if (most > 0 && most < limits[i].least_m)
			return false;
	}
	return true;
}

/* ---- ways ---- */

static int oneway(const struct tags *t, const char *highway, bool roundabout)
{
	static const char *const keys[] = {"oneway:motorcar", "oneway:motor_vehicle",
	                                   "oneway:vehicle", "oneway"};
	const char *value = "";
	for (size_t i = 0; !*value && i < sizeof(keys) / sizeof(*keys); i++)
		value = tags_text(t, keys[i]);
	if (is(value, "yes") || is(value, "true") || is(value, "1"))
		return 1;
	if (is(value, "-1") || is(value, "reverse"))
		return -1;
	if (is(value, "no") || is(value, "false") || is(value, "0"))
		return 0;
	return roundabout || is(highway, "motorway");
}

/* 20 km/h are usual between islands, docking not counted. */
#define FERRY_KMH 20

static struct way_rule ferry_rule(const struct tags *t)
{
	struct way_rule rule = {.ferry = true};
	if (vehicle_access(t, ANYHOW) < ACCESS_LAST)
		return rule;
	rule.car = true;
	rule.road_class = ROAD_SERVICE;
	rule.place = ROAD_OUTSIDE;
	rule.ferry_s = tags_duration(tags_text(t, "duration"));
	int way = oneway(t, "", false);
	for (int urban = 0; urban < 2; urban++) {
		rule.kmh[urban][0] = way >= 0 ? FERRY_KMH : 0;
		rule.kmh[urban][1] = way <= 0 ? FERRY_KMH : 0;
	}
	return rule;
}

/* A track fit for cars that nothing is said of leads to somebody's land: to its end we may. */
static enum access track_access(const struct tags *t, enum heading heading)
{
	const char *grade = tags_text(t, "tracktype");
	bool fit = is(tags_text(t, "highway"), "track") && (is(grade, "grade1") || is(grade, "grade2"));
	return fit && car_access(t, heading) != ACCESS_CLOSED ? ACCESS_LAST : ACCESS_CLOSED;
}

/* Which roads are for cars at all, and which only to their end. */
static enum access way_access(const struct tags *t, const struct road_kind *kind,
                              enum heading heading)
{
	if (!road_passable(t) || !van_fits(t))
		return ACCESS_CLOSED;
	bool path = kind->road_class == ROAD_PATH;
	enum access access = path ? vehicle_access(t, heading) : car_access(t, heading);
	if (access != ACCESS_NOT_SAID)
		return access;
	if (path)
		return track_access(t, heading);
	return is(tags_text(t, "service"), "emergency_access") ? ACCESS_CLOSED : ACCESS_OPEN;
}

/* Directions and speeds. */
static void set_speeds(struct way_rule *rule, const struct tags *t, const struct road_kind *kind)
{
	int way = oneway(t, kind->highway, rule->roundabout);
	bool through = false;
	for (int dir = 0; dir < 2; dir++) {
		enum access access = way_access(t, kind, dir ? AGAINST : AS_DRAWN);
		if (access <= ACCESS_CLOSED || (dir ? way > 0 : way < 0))
			continue;
		rule->car = true;
		through |= access == ACCESS_OPEN;
		for (int urban = 0; urban < 2; urban++)
			rule->kmh[urban][dir] = road_speed(t, kind, urban, dir);
	}
	rule->last = rule->car && !through;
}

struct way_rule tags_way(const struct tags *t)
{
	struct way_rule rule = {.car = false};
	const char *highway = tags_text(t, "highway");
	if (is(tags_text(t, "route"), "ferry") && !*highway)
		return ferry_rule(t);
	const struct road_kind *kind = road_kind_of(highway);
	if (!kind)
		return rule;
	rule.road_class = kind->road_class;
	/* A lane whose direction changes with the hour cannot be promised in either. */
	if (is(tags_text(t, "area"), "yes") || is(tags_text(t, "oneway"), "reversible"))
		return rule;
	const char *junction = tags_text(t, "junction"), *lit = tags_text(t, "lit");
	rule.roundabout = is(junction, "roundabout") || is(junction, "circular");
	rule.lit = *lit && !is(lit, "no");
	rule.place = road_place(t, highway);
	set_speeds(&rule, t, kind);
	return rule;
}

/* ---- nodes ---- */

/* What may be opened or driven over, and what that takes, in tenths of a second. Everything else
 * stops cars. */
static const struct {
	const char *barrier;
	unsigned tenths;
} passable[] = {{"gate", 120},         {"lift_gate", 100},  {"swing_gate", 150},
                {"sliding_gate", 150}, {"cattle_grid", 20}, {"border_control", 100},
                {"toll_booth", 150},   {"sally_port", 20},  {"height_restrictor", 0},
                {"entrance", 0},       {"no", 0},           {"kerb", 10},
                {"arch", 0},           {"bump_gate", 50}};
#define RISING_TENTHS 120  /* a bollard that goes down for who may */
#define OTHER_TENTHS 50    /* any other that says cars may pass */
#define PRIVATE_TENTHS 600 /* somebody must be asked */

static struct node_rule barrier_rule(const struct tags *t, const char *barrier)
{
	static const struct node_rule block = {SIGN_BLOCK, 0, 0};
	struct node_rule open = {SIGN_BARRIER, 0, OTHER_TENTHS};
	const char *whom = said(t, KEYS_OF_ALL, ANYHOW);
	enum access access = access_of(whom);
	bool known = access >= ACCESS_LAST;
	if (access == ACCESS_CLOSED || is(tags_text(t, "locked"), "yes") || !van_fits(t))
		return block;
	for (size_t i = 0; i < sizeof(passable) / sizeof(*passable); i++)
		if (is(barrier, passable[i].barrier)) {
			open.tenths = passable[i].tenths;
			known = true;
		}
	if (is(barrier, "bollard") && is(tags_text(t, "bollard"), "rising")) {
		open.tenths = RISING_TENTHS;
		known = true;
	}
	if (access == ACCESS_LAST && list_holds(whom, "private"))
		open.tenths = PRIVATE_TENTHS;
	if (open.tenths == 0)
		open.sign = SIGN_NONE;
	return known ? open : block;
}

static int direction_of(const struct tags *t)
{
	const char *value = tags_text(t, "traffic_signals:direction");
	if (!*value)
		value = tags_text(t, "direction");
	return is(value, "forward") ? 1 : is(value, "backward") ? -1 : 0;
}

struct node_rule tags_node(const struct tags *t)
{
	static const struct {
		const char *highway;
		enum node_sign sign;
	} signs[] = {{"traffic_signals", SIGN_SIGNALS},
	             {"crossing;traffic_signals", SIGN_SIGNALS},
	             {"stop", SIGN_STOP},
	             {"give_way", SIGN_GIVE_WAY},
	             {"mini_roundabout", SIGN_MINI_ROUNDABOUT}};
	const char *barrier = tags_text(t, "barrier"), *highway = tags_text(t, "highway");
	if (*barrier)
		return barrier_rule(t, barrier);
	if (is(tags_text(t, "railway"), "level_crossing"))
		return (struct node_rule){SIGN_RAILWAY, 0, 0};
	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (is(highway, signs[i].highway))
			return (struct node_rule){signs[i].sign, direction_of(t), 0};
	return (struct node_rule){SIGN_NONE, 0, 0};
}

/* ---- restrictions ---- */

enum restriction_kind tags_restriction(const struct tags *t)
{
	static const char *const keys[] = {"restriction:motorcar", "restriction:motor_vehicle",
	                                   "restriction"};
	const char *value = "";
	for (size_t i = 0; !*value && i < sizeof(keys) / sizeof(*keys); i++)
		value = tags_text(t, keys[i]);
	const char *except = tags_text(t, "except");
	if (list_holds(except, "motorcar") || list_holds(except, "motor_vehicle"))
		return RESTRICTION_OTHER;
	if (strncmp(value, "no_", 3) == 0)
		return RESTRICTION_NO;
	return strncmp(value, "only_", 5) == 0 ? RESTRICTION_ONLY : RESTRICTION_OTHER;
}

struct conditionals tags_conditionals(const struct tags *t)
{
	static const char *const keys[] = {
	    "access:conditional",           "vehicle:conditional",
	    "motor_vehicle:conditional",    "motorcar:conditional",
	    "oneway:conditional",           "maxspeed:conditional",
	    "maxspeed:forward:conditional", "maxspeed:backward:conditional",
	    "restriction:conditional",      "restriction:motorcar:conditional"};
	struct conditionals counts = {0, 0};
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		condition_count(tags_text(t, keys[i]), &counts);
	return counts;
}

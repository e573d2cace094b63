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
	} known[] = {{"no", ACCESS_CLOSED},        {"agricultural", ACCESS_CLOSED},
	             {"forestry", ACCESS_CLOSED},  {"military", ACCESS_CLOSED},
	             {"psv", ACCESS_CLOSED},       {"bus", ACCESS_CLOSED},
	             {"emergency", ACCESS_CLOSED}, {"private", ACCESS_LAST},
	             {"permit", ACCESS_LAST},      {"customers", ACCESS_LAST},
	             {"destination", ACCESS_LAST}, {"delivery", ACCESS_LAST},
	             {"residents", ACCESS_LAST}};
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

/* The most specific tag present speaks for cars. */
static enum access car_access(const struct tags *t)
{
	static const char *const keys[] = {"motorcar", "motor_vehicle", "vehicle", "access"};
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const char *value = tags_text(t, keys[i]);
		if (*value)
			return access_of(value);
	}
	return ACCESS_NOT_SAID;
}

/* Paths, tracks and ships want an explicit invitation to motors; `access=yes` alone means people.
 */
static enum access motor_access(const struct tags *t)
{
	const char *car = tags_text(t, "motorcar");
	return access_of(*car ? car : tags_text(t, "motor_vehicle"));
}

/* ---- ways ---- */

static int oneway(const struct tags *t, const char *highway, bool roundabout)
{
	const char *value = tags_text(t, "oneway:motorcar");
	if (!*value)
		value = tags_text(t, "oneway:motor_vehicle");
	if (!*value)
		value = tags_text(t, "oneway");
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
	if (motor_access(t) < ACCESS_LAST)
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

static void set_speeds(struct way_rule *rule, const struct tags *t, const struct road_kind *kind)
{
	int way = oneway(t, kind->highway, rule->roundabout);
	for (int urban = 0; urban < 2; urban++) {
		rule->kmh[urban][0] = way >= 0 ? road_speed(t, kind, urban, false) : 0;
		rule->kmh[urban][1] = way <= 0 ? road_speed(t, kind, urban, true) : 0;
	}
}

/* Which roads are for cars at all, and which only to their end. */
static enum access way_access(const struct tags *t, const struct road_kind *kind)
{
	if (kind->kmh[0] <= 0 || !road_passable(t))
		return ACCESS_CLOSED;
	enum access access = kind->road_class == ROAD_PATH ? motor_access(t) : car_access(t);
	if (kind->road_class != ROAD_PATH)
		return access == ACCESS_NOT_SAID ? ACCESS_OPEN : access;
	return access == ACCESS_NOT_SAID ? ACCESS_CLOSED : access;
}

struct way_rule tags_way(const struct tags *t)
{
	struct way_rule rule = {.drawn = false};
	const char *highway = tags_text(t, "highway");
	if (is(tags_text(t, "route"), "ferry") && !*highway)
		return ferry_rule(t);
	const struct road_kind *kind = road_kind_of(highway);
	if (!kind)
		return rule;
	rule.drawn = !is(tags_text(t, "area"), "yes");
	rule.road_class = kind->road_class;
	enum access access = way_access(t, kind);
	/* A lane whose direction changes with the hour cannot be promised in either. */
	if (!rule.drawn || access == ACCESS_CLOSED || is(tags_text(t, "oneway"), "reversible"))
		return rule;
	const char *junction = tags_text(t, "junction"), *lit = tags_text(t, "lit");
	rule.car = true;
	rule.last = access == ACCESS_LAST;
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
	enum access access = car_access(t);
	bool known = access >= ACCESS_LAST;
	if (access == ACCESS_CLOSED || is(tags_text(t, "locked"), "yes"))
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
	if (is(tags_text(t, "access"), "private") && access == ACCESS_LAST)
		open.tenths = PRIVATE_TENTHS;
	if (known && open.tenths == 0)
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
	static const char *const keys[] = {"restriction:motorcar", "restriction:motor_vehicle",
	                                   "restriction"};
	const char *value = "";
	for (size_t i = 0; !*value && i < sizeof(keys) / sizeof(*keys); i++)
		value = tags_text(t, keys[i]);
	if (lists_car(tags_text(t, "except")))
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

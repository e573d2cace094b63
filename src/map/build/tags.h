/*
 * OpenStreetMap's tags -> what a service car may do there, and how fast (speed.c). Pure: tags come
 * through a callback, so unit tests need no library. Sources: OSM wiki (Key:access, Key:oneway,
 * Key:maxspeed, Key:barrier, Tag:route=ferry, Relation:restriction), Codice della strada.
 */
#ifndef PRONTOD_MAP_TAGS_H
#define PRONTOD_MAP_TAGS_H

#include "../file.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef const char *tags_get_fn(const void *ctx,
                                const char *key); /* NULL where the tag is missing */
struct tags {
	tags_get_fn *get;
	const void *ctx;
};
/* "" where the tag is missing. */
static inline const char *tags_text(const struct tags *t, const char *key)
{
	const char *value = t->get(t->ctx, key);
	return value ? value : "";
}

enum road_place { ROAD_ANYWHERE, ROAD_BUILT_UP, ROAD_OUTSIDE };

struct way_rule {
	bool car;  /* a car may use it in at least one direction */
	bool last; /* private, or only for who has business there: the last stretch of a trip */
	bool roundabout; /* who is on it goes first */
	bool ferry;      /* a ship, with or without cars */
	bool lit;
	enum road_place place; /* what tags say of it */
	enum map_road_class road_class;
	double ferry_s;   /* from shore to shore; 0: not known, then kmh counts */
	double kmh[2][2]; /* outside and in built-up areas; as drawn, against; 0: not allowed */
};
struct way_rule tags_way(const struct tags *tags);

/* A node that a car passes, or not. */
enum node_sign {
	SIGN_NONE,
	SIGN_BLOCK, /* nobody drives through */
	SIGN_BARRIER,
	SIGN_SIGNALS,
	SIGN_STOP,
	SIGN_GIVE_WAY,
	SIGN_RAILWAY, /* level crossing */
	SIGN_MINI_ROUNDABOUT
};
struct node_rule {
	enum node_sign sign;
	int direction;   /* of the way it stands on: 1 as drawn, -1 against, 0 not said */
	unsigned tenths; /* what opening a barrier takes, in tenths of a second */
};
struct node_rule tags_node(const struct tags *tags);

/* "50", "30 mph", "IT:urban", "IT:zone30", "walk", "none" -> km/h; 0: says nothing we know. */
double tags_maxspeed(const char *value);
/* "25", "0:25", "00:25:00" -> seconds; 0: says nothing we know. */
double tags_duration(const char *value);

enum restriction_kind { RESTRICTION_OTHER, RESTRICTION_NO, RESTRICTION_ONLY };
/* Of a relation: does it bind a car, and how? */
enum restriction_kind tags_restriction(const struct tags *tags);

/* Rules that hold at times ("no @ (Mo-Fr 07:30-09:00)"), for cars: how many a way or relation has,
 * and how many of them we cannot read. They are counted, not applied. */
struct conditionals {
	unsigned found, unread;
};
struct conditionals tags_conditionals(const struct tags *tags);

/* ---- speed.c ---- */
struct road_kind {
	const char *highway;
	enum map_road_class road_class;
	double kmh[2], legal_kmh[2]; /* outside, in built-up areas */
};
const struct road_kind *road_kind_of(const char *highway); /* NULL: no road for cars */
double road_speed(const struct tags *tags, const struct road_kind *kind, bool urban, bool against);
bool road_passable(const struct tags *tags);
enum road_place road_place(const struct tags *tags, const char *highway);

#ifdef __cplusplus
}
#endif
#endif

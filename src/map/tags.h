/*
 * OpenStreetMap's tags -> what a service car may do there. Pure: tags come through a callback, so
 * unit tests need no library. Defaults by class are usual Italian driving speeds, below the legal
 * limits. Sources: OSM wiki (Key:access, Key:oneway, Key:maxspeed, Key:barrier), Codice della
 * strada art. 142.
 */
#ifndef PRONTOD_MAP_TAGS_H
#define PRONTOD_MAP_TAGS_H

#include "file.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef const char *tags_get_fn(const void *ctx,
                                const char *key); /* NULL where the tag is missing */
struct tags {
	tags_get_fn *get;
	const void *ctx;
};

struct way_rule {
	bool drawn; /* a road or path of any kind */
	bool car;   /* a car may use it in at least one direction */
	enum map_road_class road_class;
	double kmh[2]; /* as drawn, against; 0: not allowed */
};
struct way_rule tags_way(const struct tags *tags);
bool tags_is_ferry(const struct tags *tags);
/* Does this node stop cars? */
bool tags_blocks(const struct tags *tags);
/* "50", "30 mph", "IT:urban", "walk", "none" -> km/h; 0: says nothing we know. */
double tags_maxspeed(const char *value);

enum restriction_kind {
	RESTRICTION_OTHER,
	RESTRICTION_NO,
	RESTRICTION_ONLY,
	RESTRICTION_CONDITIONAL
};
/* Of a relation: does it bind a car, and how? */
enum restriction_kind tags_restriction(const struct tags *tags);

#ifdef __cplusplus
}
#endif
#endif

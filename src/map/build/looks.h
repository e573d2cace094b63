/*
 * OpenStreetMap's tags -> how a thing is drawn: its layer, class and the zoom from which it is seen.
 * Pure: tags come through a callback, so unit tests need no library. Sources: OSM wiki (Map
 * features). Not here: shapes (drawing.cpp), colours (the pages' map-style.js).
 */
#ifndef PRONTOD_MAP_LOOKS_H
#define PRONTOD_MAP_LOOKS_H

#include "tags.h"

#ifdef __cplusplus
extern "C" {
#endif

struct map_look {
	bool drawn;
	enum map_layer layer;
	unsigned feature_class, min_zoom;
	uint8_t flags;   /* FEATURE_* */
	bool against;    /* a one-way road drawn against its direction: turn its shape round */
	bool sized;      /* an area seen from the zoom its size deserves, min_zoom at the earliest */
	bool named;      /* its name is shown */
	const char *ref; /* a road's number, "A22", or NULL; belongs to the tags */
};
/* Of a way as a line. A coastline is none: look_is_coast. */
struct map_look look_of_line(const struct tags *tags);
/* Of a closed way or multipolygon. */
struct map_look look_of_area(const struct tags *tags);
bool look_is_coast(const struct tags *tags);

/* The tags that may make an area worth assembling; ends with a NULL key. A NULL value: any. */
struct look_key {
	const char *key, *value;
};
extern const struct look_key look_area_keys[];

#ifdef __cplusplus
}
#endif
#endif

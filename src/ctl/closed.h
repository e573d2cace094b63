/*
 * A file of closed and slow roads, as `prontoctl map eta --closed FILE` takes it: GeoJSON (points,
 * lines, polygons, also several; properties `speed`, 0 to 1, and `one_way`), or a closure a line,
 * LAT,LON LAT,LON …, where empty lines and those that begin with # say nothing.
 */
#ifndef PRONTOD_CTL_CLOSED_H
#define PRONTOD_CTL_CLOSED_H

#include "base/mem.h"
#include "base/problem.h"
#include "map/roads.h"

struct closed {
	struct map_closure *list;
	size_t count;
};
/* Everything lives in the arena. The problem names the line or the feature; nothing is half read. */
bool closed_read(struct arena *arena, const char *bytes, size_t length, struct closed *out,
                 struct problem *p) MUST_CHECK;

#endif

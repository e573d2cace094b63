/*
 * One drawn thing as it lies in the map file: a few bytes for its look, then its shape as differences
 * from vertex to vertex, for most of a map file is drawing. Records stand one after another; a feature
 * is named by where its record begins.
 *
 *     layer + HAS_NAME + HAS_REF, class + (first zoom - 8) * 16, flags, [name], [ref], shape
 *
 * The shape of a point is a vertex; of a line: how many vertices, and they; of a polygon: how many
 * rings, and each as a line that is not closed by its first vertex. Numbers are varints of 7 bits,
 * lowest first; a vertex is two of them, zigzag, from the vertex before (the first from 0, 0).
 */
#ifndef PRONTOD_MAP_FEATURE_H
#define PRONTOD_MAP_FEATURE_H

#include "file.h"

#define FEATURE_LAYER 15u /* of the first byte */
#define FEATURE_HAS_NAME 16u
#define FEATURE_HAS_REF 32u
#define FEATURE_FIRST_ZOOM 8u

/* Reads on and never beyond the end: there every number is 0. */
struct map_pen {
	const unsigned char *at, *end;
	uint32_t lat, lon; /* of the vertex before; wraps, so that damaged bytes do no harm */
};

struct map_feature {
	uint32_t name, ref; /* strings, 0: none; ref: a road's number, "A22" */
	uint8_t layer;      /* enum map_layer */
	uint8_t feature_class;
	uint8_t min_zoom;
	uint8_t flags; /* FEATURE_* */
	struct map_pen shape;
};

static inline bool map_pen_ended(const struct map_pen *p)
{
	return p->at >= p->end;
}

static inline uint32_t map_pen_number(struct map_pen *p)
{
	uint32_t value = 0;
	for (unsigned shift = 0; shift < 35 && p->at < p->end; shift += 7) {
		unsigned char byte = *p->at++;
		value |= (uint32_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			break;
	}
	return value;
}

static inline struct map_vertex map_pen_vertex(struct map_pen *p)
{
	uint32_t north = map_pen_number(p), east = map_pen_number(p);
	p->lat += (north >> 1) ^ (0u - (north & 1));
	p->lon += (east >> 1) ^ (0u - (east & 1));
	struct map_vertex v = {(int32_t)p->lat, (int32_t)p->lon};
	return v;
}

static inline bool map_layer_is_point(unsigned layer)
{
	return layer >= LAYER_PLACE;
}
static inline bool map_layer_is_polygon(unsigned layer)
{
	return layer == LAYER_LANDUSE || layer == LAYER_WATER || layer == LAYER_BUILDING;
}

/* The record that begins at `at`. */
static inline struct map_feature map_feature_read(const unsigned char *at, const unsigned char *end)
{
	struct map_feature f = {0, 0, LAYER_COUNT, 0, 0, 0, {at, end, 0, 0}};
	if (end - at < 3)
		return f;
	f.layer = at[0] & FEATURE_LAYER;
	f.feature_class = at[1] & 15;
	f.min_zoom = (uint8_t)(FEATURE_FIRST_ZOOM + (at[1] >> 4));
	f.flags = at[2];
	f.shape.at = at + 3;
	f.name = at[0] & FEATURE_HAS_NAME ? map_pen_number(&f.shape) : 0;
	f.ref = at[0] & FEATURE_HAS_REF ? map_pen_number(&f.shape) : 0;
	return f;
}

static inline struct map_feature map_feature_at(const struct map *map, uint32_t at)
{
	const unsigned char *all = map->features, *end = all + map->feature_bytes;
	return map_feature_read(at < map->feature_bytes ? all + at : end, end);
}

#endif

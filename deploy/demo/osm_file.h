/*
 * OpenStreetMap files in and out, behind a C door: libosmium stays in osm_file.cpp. Used by the demo
 * map's generator and its statistics only; prontod reads maps through src/map.
 */
#ifndef PRONTOD_DEMO_OSM_FILE_H
#define PRONTOD_DEMO_OSM_FILE_H

#include "base/problem.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct osm_tag {
	const char *key, *value;
};
struct osm_member {
	char type; /* 'n' or 'w' */
	int64_t ref;
	const char *role;
};
struct osm_object {
	int64_t id;
	const struct osm_tag *tags;
	size_t tag_count;
};

/* Writes sorted objects: all nodes, then ways, then relations, each by rising id. */
struct osm_writer;
struct osm_writer *osm_writer_open(const char *path, struct problem *p);
bool osm_write_node(struct osm_writer *w, const struct osm_object *o, double lat, double lon, struct problem *p);
bool osm_write_way(struct osm_writer *w, const struct osm_object *o, const int64_t *nodes, size_t count, struct problem *p);
bool osm_write_relation(struct osm_writer *w, const struct osm_object *o, const struct osm_member *members, size_t count,
			struct problem *p);
bool osm_writer_close(struct osm_writer **w, struct problem *p);

/* Reads nodes, then ways; tags of a way are asked for by key through `tag`. */
struct osm_way_seen {
	const int64_t *nodes;
	size_t count;
	const void *way;
};
const char *osm_way_tag(const struct osm_way_seen *way, const char *key); /* NULL if absent */
typedef void osm_node_fn(void *ctx, int64_t id, double lat, double lon);
typedef void osm_way_fn(void *ctx, const struct osm_way_seen *way);
bool osm_read(const char *path, osm_node_fn *node, osm_way_fn *way, void *ctx, struct problem *p);

#ifdef __cplusplus
}
#endif
#endif

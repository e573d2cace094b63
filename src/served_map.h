/*
 * The one map that all workers serve: verified whole by the supervisor before anybody serves by it, and handed down by the
 * fork, so that who comes back after a crash drives by the very map of the others, whatever lies on disk by then.
 */
#ifndef PRONTOD_SERVED_MAP_H
#define PRONTOD_SERVED_MAP_H

#include "map.h"

#include <sys/stat.h>

struct served_map {
	struct map *map;     /* NULL: none is configured */
	struct stat written; /* of its file, when it was verified */
	char checksum[65];
};

/* Every byte, about a second for a region. `path` may be "". */
bool served_map_open(struct served_map *served, const char *path, struct problem *p) MUST_CHECK;
void served_map_close(struct served_map *served);
/* In a worker, whose own it becomes; NULL: the file was written over by something that is no good map. Says in the log
 * where what lies on disk is no longer what is served. */
struct map *served_map_take(struct served_map *served, const char *path, struct problem *p);

#endif

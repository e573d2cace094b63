#include "served_map.h"

#include "base/log.h"
#include "base/str.h"

#include <stdio.h>

static struct map *open_whole(const char *path, struct problem *p)
{
	struct map *map = map_open(path, p);

	if (map != NULL && !map_verify(map, p))
		map_close(&map);
	return map;
}

static void read_checksum(const struct map *map, char to[65])
{
	struct map_info info;

	map_info(map, &info);
	str_copy(to, 65, info.checksum);
}

bool served_map_open(struct served_map *served, const char *path, struct problem *p)
{
	*served = (struct served_map){0};
	if (path[0] == '\0')
		return true;
	/* Before it is read: what is written meanwhile shows as a change. A missing file is map_open()'s to say. */
	if (stat(path, &served->written) != 0)
		served->written = (struct stat){0};
	served->map = open_whole(path, p);
	if (served->map != NULL)
		read_checksum(served->map, served->checksum);
	return served->map != NULL;
}

void served_map_close(struct served_map *served)
{
	map_close(&served->map);
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* Its bytes are the ones that are mapped: what the others serve by changed under them, and what they know of it fits no
 * longer. So it is opened and verified anew; one that was only touched has the checksum it had. */
static struct map *take_written_over(const struct served_map *served, const char *path, struct problem *p)
{
	struct problem why;
	struct map *map = open_whole(path, &why);
	char checksum[65];

	if (map == NULL) {
		problem_set(p, PROBLEM_INPUT, "map",
		            "the map file %s was written over while it was served: %s; put a good map in its place by renaming, "
		            "and reload (SIGHUP)",
		            path, why.text);
		return NULL;
	}
	read_checksum(map, checksum);
	if (!str_equal(checksum, served->checksum))
		log_warn(NULL,
		         "the map file was written over while it was served, and this worker serves what it holds now, which is "
		         "whole: reload (SIGHUP) so that all workers do file=%s map=%s before=%s",
		         path, checksum, served->checksum);
	return map;
}

struct map *served_map_take(struct served_map *served, const char *path, struct problem *p)
{
	struct map *map = served->map;
	struct stat now, was = served->written;

	served->map = NULL;
	if (stat(path, &now) != 0) {
		log_warn(NULL, "the map file on disk is gone, this worker serves the map that all serve file=%s map=%s", path,
		         served->checksum);
	} else if (now.st_dev != was.st_dev || now.st_ino != was.st_ino) {
		log_warn(NULL,
		         "the map file on disk is another one, this worker serves the map that all serve: reload (SIGHUP) to "
		         "serve the new one file=%s map=%s",
		         path, served->checksum);
	} else if (now.st_size != was.st_size || !same_time(now.st_mtim, was.st_mtim)) {
		map_close(&map);
		map = take_written_over(served, path, p);
	}
	return map;
}

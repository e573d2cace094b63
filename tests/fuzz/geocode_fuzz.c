/* Any bytes as an address search, and their first eight as a point: an answer or none, never a
 * stumble. */
#include "fuzz.h"
#include "map_town.h"

static struct map *map;

static void close_map(void)
{
	map_close(&map);
}

static void open_map(void)
{
	char path[64];
	struct problem p;
	snprintf(path, sizeof(path), "/tmp/geocode_fuzz.%d.map", (int)getpid());
	map_town_build(path);
	map = map_open(path, &p);
	unlink(path);
	if (!map)
		abort();
	atexit(close_map);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	if (!map)
		open_map();
	char *query = mem_strn((const char *)bytes, count);
	struct point at = {46.001, 11.001};
	if (count >= 8) {
		int32_t lat, lon;
		memcpy(&lat, bytes, 4);
		memcpy(&lon, bytes + 4, 4);
		at = (struct point){(double)lat / 2e7, (double)lon / 1e7};
	}
	map_town_ask(map, query, at);
	free(query);
	return 0;
}

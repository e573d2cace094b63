/* Any three numbers as a tile: a tile, or none outside the pyramid; the same one each time. */
#include "fuzz.h"
#include "map_town.h"

#include "base/problem.h"

static struct map *map;

static void close_map(void)
{
	map_close(&map);
}

static void open_map(void)
{
	char path[64];
	struct problem p;
	snprintf(path, sizeof(path), "/tmp/tile_fuzz.%d.map", (int)getpid());
	map_town_build(path);
	map = map_open(path, &p);
	unlink(path);
	must(map);
	atexit(close_map);
}

/* Half of the inputs near the town, where something is drawn. */
static void near_town(unsigned z, unsigned *x, unsigned *y)
{
	if (z > 18)
		return;
	double tiles = (double)(1u << z);
	*x = (unsigned)(191.001 / 360 * tiles) + (*x & 3u) - 1;
	*y = (unsigned)(0.35521 * tiles) + (*y & 3u) - 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	unsigned at[3];
	struct str once = {0}, again = {0};
	if (!map)
		open_map();
	if (count < sizeof(at) + 1)
		return 0;
	memcpy(at, bytes + 1, sizeof(at));
	unsigned z = bytes[0] & 2 ? at[0] : at[0] % 19;
	if (bytes[0] & 1)
		near_town(z, &at[1], &at[2]);
	bool drawn = map_tile(map, z, at[1], at[2], &once);
	must(drawn == (z <= 18 && at[1] >> z == 0 && at[2] >> z == 0));
	must(map_tile(map, z, at[1], at[2], &again) == drawn);
	must(once.length == again.length &&
	     (once.length == 0 || memcmp(once.data, again.data, once.length) == 0));
	str_fini(&once);
	str_fini(&again);
	return 0;
}

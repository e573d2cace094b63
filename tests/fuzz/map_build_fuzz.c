/*
 * Any bytes as OpenStreetMap data, as PBF where they begin as one and else as OPL: a map that can
 * be opened and asked, or a reason. Whatever the reader or the builder makes of it, no step
 * outside.
 */
#include "fuzz.h"
#include "map_town.h"

#include "base/log.h"

static char folder[] = "/tmp/map_build_fuzz.XXXXXX";

static void drop_folder(void)
{
	rmdir(folder);
}

static void make_folder(void)
{
	static bool made;
	if (made)
		return;
	made = true;
	log_start("map_build_fuzz", LOG_ERROR_LEVEL);
	if (!mkdtemp(folder))
		abort();
	atexit(drop_folder);
}

static void write_file(const char *path, const uint8_t *bytes, size_t count)
{
	FILE *out = fopen(path, "wb");
	if (!out || fwrite(bytes, 1, count, out) != count || fclose(out) != 0)
		abort();
}

static void ask(const char *path)
{
	struct problem p;
	struct map *map = map_open(path, &p);
	if (!map) {
		fprintf(stderr, "a map that was built is refused: %s\n", p.text);
		abort();
	}
	map_town_ask(map, "via roma 12/a borgo", (struct point){46.0011, 11.0021});
	map_close(&map);
	unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	make_folder();
	bool pbf = count > 3 && bytes[0] == 0 && bytes[1] == 0;
	char in[64], out[64];
	struct problem p;
	snprintf(in, sizeof(in), "%s/in.%s", folder, pbf ? "osm.pbf" : "opl");
	snprintf(out, sizeof(out), "%s/out.map", folder);
	write_file(in, bytes, count);
	const char *inputs[] = {in};
	if (map_build(inputs, 1, out, NULL, NULL, &p))
		ask(out);
	unlink(in);
	return 0;
}

/*
 * A kept metric with bytes changed and cut. Damage is noticed and the metric made again, so that
 * the times stay right; where the checksums are made good again (the first byte is odd) times may
 * be wrong, but no sum runs over, no step leads outside the arrays and every question ends.
 */
#include "fuzz.h"
#include "map_town.h"

#include "../../src/map/file.h"

#include "base/problem.h"

#include <dirent.h>

/* Of the file's header, see metric.c: where the sums of what follows and of itself stand. */
#define BODY_AT 56
#define SUM_AT 64
#define HEADER 72
#define SUM_SEED 1

static struct map *map;
static char folder[] = "/tmp/map_metric_fuzz.XXXXXX", file[400];
static unsigned char *kept;
static size_t kept_bytes;
static struct map_eta right[2];

static struct map_metric *make(void)
{
	static const struct point at = {46.0, 11.003};
	const struct map_closure closure = {.points = &at, .count = 1, .speed = 0.5};
	struct problem p;
	struct map_metric *metric = map_metric_make(map, MAP_PEAK, &closure, 1, folder, &p);
	must(metric);
	return metric;
}

static void ask(struct map_eta out[2])
{
	struct map_metric *metric = make();
	struct map_router *router = map_router_new(map);
	struct arena *arena = arena_new();
	struct map_stand crews[2] = {map_stand_at((struct point){46.0001, 11.0041}),
	                             map_stand_at((struct point){46.002, 11.001})};
	struct map_stand place = map_stand_at((struct point){46.0001, 11.0005});
	struct map_route route;
	map_router_use(router, metric);
	map_etas(router, &place, crews, 2, true, out);
	map_route(router, &crews[0], &place, arena, &route);
	arena_free(&arena);
	map_router_free(&router);
	map_metric_unref(&metric);
}

static void finish(void)
{
	char path[64];
	snprintf(path, sizeof(path), "%s/lock", folder);
	unlink(file);
	unlink(path);
	rmdir(folder);
	map_close(&map);
	free(kept);
}

static void find_file(void)
{
	DIR *entries = opendir(folder);
	must(entries);
	for (struct dirent *e; (e = readdir(entries));)
		if (strstr(e->d_name, ".metric"))
			snprintf(file, sizeof(file), "%s/%s", folder, e->d_name);
	closedir(entries);
	FILE *in = fopen(file, "rb");
	must(in);
	kept = mem_zero(1 << 20, 1);
	kept_bytes = fread(kept, 1, 1 << 20, in);
	fclose(in);
}

static void begin(void)
{
	char path[64];
	struct problem p;
	must(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s.map", folder);
	map_town_build(path);
	map = map_open(path, &p);
	unlink(path);
	must(map);
	ask(right);
	find_file();
	atexit(finish);
}

static void seal(unsigned char *bytes, size_t count)
{
	uint64_t sum = map_checksum(bytes + HEADER, count - HEADER, SUM_SEED);
	memcpy(bytes + BODY_AT, &sum, sizeof(sum));
	sum = map_checksum(bytes, SUM_AT, 0);
	memcpy(bytes + SUM_AT, &sum, sizeof(sum));
}

/* Groups of three bytes: where (two), what. */
static void write_changed(const uint8_t *bytes, size_t count)
{
	unsigned char *changed = mem_zero(kept_bytes, 1);
	size_t cut = bytes[1] & 0xf0 ? 0 : bytes[1] * 7u;
	memcpy(changed, kept, kept_bytes);
	for (size_t i = 2; i + 3 <= count; i += 3)
		changed[((size_t)bytes[i] << 8 | bytes[i + 1]) % kept_bytes] = bytes[i + 2];
	if (bytes[0] & 1)
		seal(changed, kept_bytes);
	unlink(file); /* who has it open keeps what is there */
	FILE *out = fopen(file, "wb");
	must(out && fwrite(changed, 1, kept_bytes - cut, out) == kept_bytes - cut);
	fclose(out);
	free(changed);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	struct map_eta etas[2];
	if (!map)
		begin();
	if (count < 2)
		return 0;
	write_changed(bytes, count);
	ask(etas);
	for (size_t i = 0; i < 2 && !(bytes[0] & 1); i++)
		must(etas[i].known == right[i].known && etas[i].eta_s == right[i].eta_s);
	return 0;
}

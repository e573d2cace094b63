/*
 * Vector tiles in process: how long one takes that nobody asked for yet (made and packed, as the
 * server's thread does), and how large it is, by zoom. Tiles lie where roads are, each taken once.
 *
 *     bench_tiles MAP [TILES A ZOOM, 400]
 */
#include "measure.h"

#include "map/tiles.h"
#include "wire/gzip.h"

#define FIRST_ZOOM 8u
#define LAST_ZOOM 18u

struct seen {
	uint64_t *keys;
	size_t count;
};

static bool is_new(struct seen *s, uint64_t key)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->keys[i] == key)
			return false;
	s->keys[s->count++] = key;
	return true;
}

static void tile_of(struct point p, unsigned z, unsigned out[2])
{
	double side = (double)(1u << z), lat = p.lat * M_PI / 180;
	out[0] = (unsigned)((p.lon + 180) / 360 * side);
	out[1] = (unsigned)((1 - asinh(tan(lat)) / M_PI) / 2 * side);
}

struct zoom_figures {
	struct samples took_ms, cpu_ms, bytes, packed;
};

static void make(const struct map *map, unsigned z, const unsigned xy[2], struct zoom_figures *f)
{
	struct str tile = {0}, packed = {0};
	double began = measure_ms(), began_cpu = measure_cpu_ms();
	if (!map_tile(map, z, xy[0], xy[1], &tile))
		exit(1);
	gzip_pack(str_text(&tile), tile.length, &packed);
	samples_add(&f->took_ms, measure_ms() - began);
	samples_add(&f->cpu_ms, measure_cpu_ms() - began_cpu);
	samples_add(&f->bytes, (double)tile.length);
	samples_add(&f->packed, (double)packed.length);
	str_fini(&tile);
	str_fini(&packed);
}

static void print(const char *what, struct zoom_figures *f)
{
	printf("%4s %6zu %8.2f %8.2f %8.2f %8.2f %9.0f %9.0f %9.0f\n", what, f->took_ms.count,
	       samples_at(&f->took_ms, 0.5), samples_at(&f->took_ms, 0.99),
	       samples_at(&f->took_ms, 1), samples_at(&f->cpu_ms, 0.99), samples_at(&f->bytes, 0.5),
	       samples_at(&f->bytes, 1), samples_at(&f->packed, 1));
}

static void free_figures(struct zoom_figures *f)
{
	samples_free(&f->took_ms);
	samples_free(&f->cpu_ms);
	samples_free(&f->bytes);
	samples_free(&f->packed);
}

static void add_all(struct samples *to, const struct samples *from)
{
	for (size_t i = 0; i < from->count; i++)
		samples_add(to, from->value[i]);
}

static void one_zoom(const struct map *map, unsigned z, size_t wanted, struct zoom_figures *all)
{
	struct zoom_figures f = {0};
	struct seen seen = {mem_zero(20 * wanted, sizeof(uint64_t)), 0};
	for (size_t tries = 0; tries < 20 * wanted && f.took_ms.count < wanted; tries++) {
		unsigned xy[2];
		tile_of(place_anywhere(map), z, xy);
		if (is_new(&seen, (uint64_t)xy[0] << 32 | xy[1]))
			make(map, z, xy, &f);
	}
	char name[8];
	snprintf(name, sizeof name, "z%u", z);
	print(name, &f);
	add_all(&all->took_ms, &f.took_ms);
	add_all(&all->cpu_ms, &f.cpu_ms);
	add_all(&all->bytes, &f.bytes);
	add_all(&all->packed, &f.packed);
	free_figures(&f);
	free(seen.keys);
}

int main(int argc, char **argv)
{
	struct map *map = open_or_leave(argc, argv, "bench_tiles MAP [TILES A ZOOM]");
	size_t wanted = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 400;
	struct zoom_figures all = {0};
	printf("tiles nobody asked for yet, made and packed in process\n"
	       "zoom  tiles   p50 ms   p99 ms   max ms  cpu p99 p50 bytes max bytes  max gzip\n");
	for (unsigned z = FIRST_ZOOM; z <= LAST_ZOOM; z++)
		one_zoom(map, z, wanted, &all);
	print("all", &all);
	free_figures(&all);
	map_close(&map);
	return 0;
}

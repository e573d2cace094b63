/*
 * Tiles, read back as a reader of vector tiles does: what covers a point of the earth, which way
 * rings and one-way streets turn, what wide views leave out, how far shapes reach beyond a tile.
 */
#include "map.h"
#include "map/tiles.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Every town needs a road: a short one, at the origin. */
#define ROAD "n1 x11.0 y46.0\nn2 x11.002 y46.0\n"
#define ROAD_WAY "w1 Thighway=residential,name=Via%20%Roma Nn1,n2\n"

static struct map *build(const char *opl)
{
	char text[64], out[64];
	struct problem p;
	snprintf(text, sizeof(text), "/tmp/tile_test.%d.opl", (int)getpid());
	snprintf(out, sizeof(out), "/tmp/tile_test.%d.map", (int)getpid());
	FILE *f = fopen(text, "w");
	assert_non_null(f);
	fputs(opl, f);
	fclose(f);
	const char *inputs[] = {text};
	if (!map_build(inputs, 1, out, NULL, NULL, &p))
		fail_msg("%s", p.text);
	struct map *map = map_open(out, &p);
	if (!map)
		fail_msg("%s", p.text);
	remove(text);
	remove(out);
	return map;
}

/* ---- reading a tile ---- */

struct reader {
	const unsigned char *at, *end;
};

static uint64_t varint(struct reader *r)
{
	uint64_t value = 0;
	for (unsigned shift = 0;; shift += 7) {
		assert_true(r->at < r->end && shift < 64);
		unsigned char byte = *r->at++;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return value;
	}
}

/* The next field's number; *inner: its bytes, where it has some. */
static unsigned field(struct reader *r, struct reader *inner)
{
	uint64_t key = varint(r), value = varint(r);
	*inner = (struct reader){r->at, r->at};
	if ((key & 7) == 2) {
		assert_true(value <= (uint64_t)(r->end - r->at));
		inner->end = r->at += value;
	}
	return (unsigned)(key >> 3);
}

struct shape {
	int x[4096], y[4096];
	size_t count;
	bool ring;
};
typedef void shape_fn(void *ctx, const struct shape *shape);

static int zigzag(uint64_t n)
{
	return (int)(n >> 1) ^ -(int)(n & 1);
}

static void each_shape_of(struct reader commands, shape_fn *fn, void *ctx)
{
	static struct shape s;
	int x = 0, y = 0;
	s.count = 0;
	while (commands.at < commands.end) {
		uint64_t command = varint(&commands), id = command & 7, times = command >> 3;
		if (id == 7)
			s.ring = true;
		if (s.count && (id == 7 || id == 1))
			fn(ctx, &s);
		if (id == 7 || id == 1) {
			s.count = 0;
			s.ring = false;
		}
		for (uint64_t i = 0; id != 7 && i < times; i++) {
			x += zigzag(varint(&commands));
			y += zigzag(varint(&commands));
			assert_true(s.count < 4096);
			s.x[s.count] = x;
			s.y[s.count++] = y;
		}
	}
	if (s.count)
		fn(ctx, &s);
}

/* Every shape of one layer; returns how many features it has. */
static size_t each_shape(const struct str *tile, const char *layer, shape_fn *fn, void *ctx)
{
	struct reader all = {(const unsigned char *)str_text(tile), NULL}, one, part, geometry;
	size_t features = 0;
	for (all.end = all.at + tile->length; all.at < all.end;) {
		assert_int_equal(field(&all, &one), 3);
		struct reader name = one;
		bool wanted = false;
		while (name.at < name.end)
			if (field(&name, &part) == 1)
				wanted = (size_t)(part.end - part.at) == strlen(layer) &&
				         memcmp(part.at, layer, strlen(layer)) == 0;
		while (wanted && one.at < one.end) {
			if (field(&one, &part) != 2)
				continue;
			features++;
			while (part.at < part.end)
				if (field(&part, &geometry) == 4)
					each_shape_of(geometry, fn, ctx);
		}
	}
	return features;
}

/* ---- what covers a point ---- */

struct spot_in_tile {
	double x, y;
	bool covered;
};

static int64_t twice_area(const struct shape *s)
{
	int64_t sum = 0;
	for (size_t i = 0; i < s->count; i++) {
		size_t n = (i + 1) % s->count;
		sum += (int64_t)s->x[i] * s->y[n] - (int64_t)s->x[n] * s->y[i];
	}
	return sum;
}

/* Even-odd over the outer ring and its holes; pieces of a cut area overlap a little, so an outer
 * ring only adds and a hole only takes. */
static void cover(void *ctx, const struct shape *s)
{
	struct spot_in_tile *p = ctx;
	bool in = false;
	for (size_t i = 0, j = s->count - 1; i < s->count; j = i++)
		if ((s->y[i] > p->y) != (s->y[j] > p->y) &&
		    p->x < (double)(s->x[j] - s->x[i]) * (p->y - s->y[i]) /
		                       (double)(s->y[j] - s->y[i]) +
		                   s->x[i])
			in = !in;
	if (in)
		p->covered = twice_area(s) > 0;
}

static void tile_at(const struct map *map, unsigned z, double lat, double lon, struct str *out,
                    struct spot_in_tile *spot)
{
	double side = (double)(1u << z);
	double x = (lon + 180) / 360 * side;
	double y = (1 - asinh(tan(lat * M_PI / 180)) / M_PI) / 2 * side;
	str_clear(out);
	assert_true(map_tile(map, z, (unsigned)x, (unsigned)y, out));
	*spot = (struct spot_in_tile){(x - floor(x)) * 4096, (y - floor(y)) * 4096, false};
}

static bool is_covered(const struct map *map, const char *layer, unsigned z, double lat, double lon)
{
	struct str tile = {0};
	struct spot_in_tile spot;
	tile_at(map, z, lat, lon, &tile, &spot);
	each_shape(&tile, layer, cover, &spot);
	str_fini(&tile);
	return spot.covered;
}

/* ---- the sea ---- */

static void an_island_lies_in_the_sea(void **state)
{
	(void)state;
	/* Counter-clockwise, in two ways: the land is on the left. */
	struct map *map = build(ROAD "n10 x10.9 y45.9\nn11 x11.1 y45.9\nn12 x11.1 y46.1\n"
	                             "n13 x10.9 y46.1\n" ROAD_WAY
	                             "w10 Tnatural=coastline Nn10,n11,n12\n"
	                             "w11 Tnatural=coastline Nn12,n13,n10\n");
	for (unsigned z = 8; z <= 18; z++) {
		assert_false(is_covered(map, "water", z, 46.001, 11.001));
		assert_false(is_covered(map, "water", z, 45.91, 10.91));
		assert_true(is_covered(map, "water", z, 45.88, 11.0));
		assert_true(is_covered(map, "water", z, 46.05, 11.15));
		assert_true(is_covered(map, "water", z, 46.12, 10.85));
	}
	map_close(&map);
}

static void a_coast_that_goes_on_beyond_the_map_has_its_sea(void **state)
{
	(void)state;
	/* Northwards: land to the west. The input's edge cut it at both ends. */
	struct map *map = build(ROAD "n10 x11.05 y45.9\nn11 x11.05 y46.1\n" ROAD_WAY
	                             "w10 Tnatural=coastline Nn10,n11\n");
	for (unsigned z = 8; z <= 16; z++) {
		assert_false(is_covered(map, "water", z, 46.001, 11.001));
		assert_true(is_covered(map, "water", z, 46.001, 11.1));
		assert_true(is_covered(map, "water", z, 45.95, 11.06));
	}
	map_close(&map);
}

static void two_coasts_bound_one_strait(void **state)
{
	(void)state;
	/* Land to the south of one and to the north of the other, both across the whole box. */
	struct map *map = build(ROAD "n10 x12.0 y46.05\nn11 x10.0 y46.05\n"
	                             "n12 x10.0 y46.1\nn13 x12.0 y46.1\n" ROAD_WAY
	                             "w10 Tnatural=coastline Nn10,n11\n"
	                             "w11 Tnatural=coastline Nn12,n13\n");
	for (unsigned z = 8; z <= 15; z++) {
		assert_false(is_covered(map, "water", z, 46.001, 11.001));
		assert_true(is_covered(map, "water", z, 46.075, 11.05));
		assert_false(is_covered(map, "water", z, 46.12, 11.05));
	}
	map_close(&map);
}

static void without_a_coast_there_is_no_sea(void **state)
{
	(void)state;
	struct map *map = build(ROAD ROAD_WAY);
	assert_false(is_covered(map, "water", 12, 46.1, 11.1));
	map_close(&map);
}

/* ---- areas ---- */

struct turned {
	bool outer_seen;
	size_t outers, holes;
};

static void is_turned(void *ctx, const struct shape *s)
{
	struct turned *t = ctx;
	assert_true(s->ring && s->count >= 3);
	int64_t area = twice_area(s);
	assert_true(area != 0);
	assert_true(area > 0 || t->outer_seen); /* a hole follows its outer ring */
	t->outer_seen = t->outer_seen || area > 0;
	*(area > 0 ? &t->outers : &t->holes) += 1;
}

static void in_bounds(void *ctx, const struct shape *s)
{
	(void)ctx;
	for (size_t i = 0; i < s->count; i++)
		assert_true(s->x[i] >= -64 && s->x[i] <= 4160 && s->y[i] >= -64 && s->y[i] <= 4160);
}

/* A round lake of many corners with a round island: too large for one piece. */
static struct map *round_lake(void)
{
	struct str opl = {0}, ways = {0};
	str_add(&opl, ROAD);
	for (int ring = 0; ring < 2; ring++) {
		int first = 1000 + ring * 1000;
		double radius = ring ? 0.02 : 0.05;
		str_addf(&ways, "w%d T Nn%d", 100 + ring, first);
		for (int i = 0; i < 900; i++) {
			double angle = i * 2 * M_PI / 900;
			str_addf(&opl, "n%d x%.7f y%.7f\n", first + i,
			         11.0 + radius * cos(angle), 46.0 + radius * sin(angle));
			if (i > 0)
				str_addf(&ways, ",n%d", first + i);
		}
		str_addf(&ways, ",n%d\n", first);
	}
	str_add(&opl, ROAD_WAY);
	str_add(&opl, str_text(&ways));
	str_add(&opl, "r1 Ttype=multipolygon,natural=water,name=Lago Mw100@outer,w101@inner\n");
	struct map *map = build(str_text(&opl));
	str_fini(&opl);
	str_fini(&ways);
	return map;
}

static void a_cut_lake_covers_what_the_whole_one_did(void **state)
{
	(void)state;
	struct map *map = round_lake();
	for (unsigned z = 8; z <= 17; z++)
		for (int i = 0; i < 48; i++) {
			double angle = (i + 0.37) * 2 * M_PI / 48;
			static const double radii[] = {0.01, 0.024, 0.035, 0.046, 0.054};
			for (size_t r = 0; r < 5; r++) {
				bool wet = radii[r] > 0.02 && radii[r] < 0.05;
				assert_int_equal(is_covered(map, "water", z,
				                            46.0 + radii[r] * sin(angle),
				                            11.0 + radii[r] * cos(angle)),
				                 wet);
			}
		}
	map_close(&map);
}

static void rings_are_turned_and_stay_near_their_tile(void **state)
{
	(void)state;
	struct map *map = round_lake();
	struct str tile = {0};
	struct spot_in_tile spot;
	size_t holes = 0;
	for (unsigned z = 8; z <= 18; z++) {
		struct turned t = {0};
		tile_at(map, z, 46.0301, 11.0002, &tile, &spot);
		assert_true(each_shape(&tile, "water", is_turned, &t) > 0);
		assert_true(t.outers > 0);
		each_shape(&tile, "water", in_bounds, NULL);
		holes += t.holes;
	}
	assert_true(holes > 0);
	str_fini(&tile);
	map_close(&map);
}

static void nothing(void *ctx, const struct shape *s)
{
	(void)ctx;
	(void)s;
}

static void a_lake_has_its_name_once(void **state)
{
	(void)state;
	struct map *map = round_lake();
	struct str tile = {0};
	size_t names = 0;
	for (unsigned y = 0; y < 8; y++)
		for (unsigned x = 0; x < 8; x++) {
			str_clear(&tile);
			/* z 12 round 46 N 11 E */
			assert_true(map_tile(map, 12, 2169 + x, 1455 + y, &tile));
			names += each_shape(&tile, "water_name", nothing, NULL);
		}
	assert_int_equal(names, 1);
	str_fini(&tile);
	map_close(&map);
}

/* ---- lines ---- */

static void first_and_last(void *ctx, const struct shape *s)
{
	int *ends = ctx;
	ends[0] = s->x[0];
	ends[1] = s->x[s->count - 1];
}

static void one_way_streets_run_as_they_are_driven(void **state)
{
	(void)state;
	static const struct {
		const char *oneway;
		bool eastwards;
	} cases[] = {{"yes", true}, {"-1", false}};
	for (size_t i = 0; i < 2; i++) {
		char opl[256];
		snprintf(opl, sizeof(opl), "%sw1 Thighway=residential,oneway=%s Nn1,n2\n", ROAD,
		         cases[i].oneway);
		struct map *map = build(opl);
		struct str tile = {0};
		struct spot_in_tile spot;
		int ends[2] = {0, 0};
		tile_at(map, 16, 46.0, 11.001, &tile, &spot);
		assert_int_equal(each_shape(&tile, "road", first_and_last, ends), 1);
		assert_int_equal(ends[1] > ends[0], cases[i].eastwards);
		str_fini(&tile);
		map_close(&map);
	}
}

static void count_vertices(void *ctx, const struct shape *s)
{
	*(size_t *)ctx += s->count;
}

static void wide_views_join_and_thin_lines(void **state)
{
	(void)state;
	/* A motorway in 20 ways, each of 50 corners a few metres off the line. */
	struct str opl = {0}, ways = {0};
	str_add(&opl, ROAD);
	for (int i = 0; i <= 1000; i++)
		str_addf(&opl, "n%d x%.7f y%.7f\n", 100 + i, 11.0 + i * 0.0002,
		         46.0 + (i % 2) * 0.00003);
	for (int w = 0; w < 20; w++) {
		str_addf(&ways, "w%d Thighway=motorway,ref=A22 Nn%d", 100 + w, 100 + 50 * w);
		for (int i = 1; i <= 50; i++)
			str_addf(&ways, ",n%d", 100 + 50 * w + i);
		str_add(&ways, "\n");
	}
	str_add(&opl, ROAD_WAY);
	str_add(&opl, str_text(&ways));
	struct map *map = build(str_text(&opl));
	struct str tile = {0};
	struct spot_in_tile spot;
	size_t vertices = 0;
	tile_at(map, 8, 46.0, 11.1, &tile, &spot);
	assert_int_equal(each_shape(&tile, "road", count_vertices, &vertices), 1);
	assert_true(vertices <= 4);
	tile_at(map, 14, 46.0, 11.1, &tile, &spot);
	assert_true(each_shape(&tile, "road", in_bounds, NULL) > 1);
	str_fini(&opl);
	str_fini(&ways);
	str_fini(&tile);
	map_close(&map);
}

static void what_no_tile_is_there_for(void **state)
{
	(void)state;
	struct map *map = build(ROAD ROAD_WAY);
	struct str tile = {0};
	for (unsigned z = 0; z < 8; z++) {
		struct spot_in_tile spot;
		tile_at(map, z, 46.0, 11.0, &tile, &spot);
		assert_int_equal(tile.length, 0);
	}
	assert_false(map_tile(map, 19, 0, 0, &tile));
	assert_false(map_tile(map, 8, 256, 0, &tile));
	assert_false(map_tile(map, 8, 0, 256, &tile));
	assert_false(map_tile(map, UINT32_MAX, 0, 0, &tile));
	assert_true(map_tile(map, 18, (1u << 18) - 1, (1u << 18) - 1, &tile));
	assert_int_equal(tile.length, 0);
	str_fini(&tile);
	map_close(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_island_lies_in_the_sea),
	    cmocka_unit_test(a_coast_that_goes_on_beyond_the_map_has_its_sea),
	    cmocka_unit_test(two_coasts_bound_one_strait),
	    cmocka_unit_test(without_a_coast_there_is_no_sea),
	    cmocka_unit_test(a_cut_lake_covers_what_the_whole_one_did),
	    cmocka_unit_test(rings_are_turned_and_stay_near_their_tile),
	    cmocka_unit_test(a_lake_has_its_name_once),
	    cmocka_unit_test(one_way_streets_run_as_they_are_driven),
	    cmocka_unit_test(wide_views_join_and_thin_lines),
	    cmocka_unit_test(what_no_tile_is_there_for),
	};
	return cmocka_run_group_tests_name("tile", tests, NULL, NULL);
}

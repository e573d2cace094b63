/*
 * The map room on tiny towns drawn as OPL text (osmcode.org/opl-file-format): what becomes a road,
 * how long it takes, which turns hold, what a damaged file is told. Real extracts are in
 * tests/system.
 */
#include "map_trip.h"

#include "../../src/map/build/tags.h"
#include "map/tiles.h"

#include <fcntl.h>

/* ---- building ---- */

static void info_counts_what_was_built(void **state)
{
	(void)state;
	struct map *map = town(GRID "w9 Troute=ferry,motor_vehicle=yes Nn1,n3\n");
	struct map_info info;
	map_info(map, &info);
	assert_int_equal(info.junctions, 6);
	assert_int_equal(info.segments, 8);
	assert_int_equal(info.counts.ferries, 1);
	assert_int_equal(info.counts.pocket_edges, 0);
	assert_true(info.north_east.lat > info.south_west.lat);
	assert_int_equal(strlen(info.checksum), 16);
	map_close(&map);
	assert_null(map);
}

static void same_input_gives_same_checksum(void **state)
{
	(void)state;
	struct map *a = town(GRID), *b = town(GRID), *c = town(NODES W1 W2 W3 W4 W5 W6);
	struct map_info x, y, z;
	map_info(a, &x);
	map_info(b, &y);
	map_info(c, &z);
	assert_string_equal(x.checksum, y.checksum);
	assert_string_not_equal(x.checksum, z.checksum);
	map_close(&a);
	map_close(&b);
	map_close(&c);
}

static void inputs_without_roads_are_refused(void **state)
{
	(void)state;
	struct files f;
	struct problem p = {0};
	assert_false(try_build(NODES, &f, &p));
	assert_non_null(strstr(p.text, "no road"));
	assert_int_equal(access(f.map, F_OK), -1);
	assert_false(try_build("this is not OPL\n", &f, &p));
	assert_false(try_build(NODES W2 W1, &f, &p));
	assert_non_null(strstr(p.text, "osmium sort"));
	const char *missing[] = {"/nonexistent.osm.pbf"};
	assert_false(map_build(missing, 1, f.map, NULL, NULL, &p));
}

/* ---- driving ---- */

static void part_of_one_segment(void **state)
{
	(void)state;
	assert_eta(GRID, TRIP(46, 11.0005, 46, 11.0015), EAST_S / 2);
	assert_eta(GRID, TRIP(46, 11.0015, 46, 11.0005), EAST_S / 2);
	assert_eta(GRID, TRIP(46, 11.001, 46, 11.001), 0);
}

static void partial_first_and_last(void **state)
{
	(void)state;
	assert_eta(GRID, W1_TO_W6, EAST_S / 2 + LEFT_S + NORTH_S / 2);
	struct map *map = town(GRID);
	struct map_eta e = eta(map, 46, 11.001, 46.001, 11.002);
	assert_true(fabs(e.distance_m - (154.5 / 2 + 222.4 / 2)) < 1);
	map_close(&map);
}

static bool snaps(const struct map *map, struct point p, struct map_snap *out)
{
	struct map_stand stand = map_stand_at(p);
	return map_snap(map, &stand, out, 1) == 1;
}

static void points_beside_the_road_snap_to_it(void **state)
{
	(void)state;
	struct map *map = town(GRID);
	struct map_snap s;
	assert_true(snaps(map, (struct point){46.0003, 11.0013}, &s));
	assert_true(fabs(s.at.lat - 46.0) < 1e-6 && fabs(s.at.lon - 11.0013) < 1e-6);
	assert_true(fabs(s.distance_m - 33.4) < 0.2);
	assert_true(snaps(map, (struct point){46.010, 11.002}, &s));
	assert_false(snaps(map, (struct point){46.012, 11.002}, &s));
	assert_false(snaps(map, POINT_NONE, &s));
	assert_false(snaps(map, (struct point){-89.9, 179.9}, &s));
	map_close(&map);
}

static void oneway_is_kept(void **state)
{
	(void)state;
	const char *with = NODES WAY("1", "oneway=yes", "n1,n2") W2 W3 W4 W5 W6 W7;
	const char *against = NODES WAY("1", "oneway=-1", "n1,n2") W2 W3 W4 W5 W6 W7;
	const char *round = NODES WAY("1", "junction=roundabout", "n1,n2") W2 W3 W4 W5 W6 W7;
	assert_eta(with, W1_TO_W6, EAST_S / 2 + LEFT_S + NORTH_S / 2);
	/* Only away from 2: back to 1, north, east, and half way south. */
	assert_eta(against, W1_TO_W6, EAST_S / 2 + NORTH_S + EAST_S + RIGHT_S + NORTH_S / 2);
	assert_eta(round, W1_TO_W6, EAST_S / 2 + NORTH_S / 2);
	/* The target lies behind on a oneway: once round the block. */
	assert_eta(with, TRIP(46, 11.0015, 46, 11.0005),
	           EAST_S / 2 + 2 * LEFT_S + 2 * NORTH_S + EAST_S);
}

static void forbidden_turn_sends_round_the_block(void **state)
{
	(void)state;
	const double round = EAST_S / 2 + NORTH_S + EAST_S + RIGHT_S + NORTH_S / 2;
	assert_eta(GRID "r1 Ttype=restriction,restriction=no_left_turn Mw1@from,n2@via,w6@to\n",
	           W1_TO_W6, round);
	assert_eta(GRID "r1 Ttype=restriction,restriction=only_straight_on Mw1@from,n2@via,w2@to\n",
	           W1_TO_W6, round);
	/* Not for cars, at times, or the other way: does not bind. */
	const double direct = EAST_S / 2 + LEFT_S + NORTH_S / 2;
	assert_eta(GRID "r1 Ttype=restriction,restriction=no_left_turn,except=bus;motorcar "
	                "Mw1@from,n2@via,w6@to\n",
	           W1_TO_W6, direct);
	assert_eta(GRID "r1 Ttype=restriction,restriction:hgv=no_left_turn Mw1@from,n2@via,w6@to\n",
	           W1_TO_W6, direct);
	assert_eta(GRID "r1 Ttype=restriction,restriction=no_right_turn Mw6@from,n2@via,w1@to\n",
	           W1_TO_W6, direct);
}

static void restrictions_are_counted(void **state)
{
	(void)state;
	struct map *map = town(
	    GRID "r1 Ttype=restriction,restriction=no_u_turn Mw1@from,w2@via,w7@to\n"
	         "r2 Ttype=restriction,restriction:conditional=no_left_turn%20%@%20%(22:00-05:00) "
	         "Mw1@from,n2@via,w6@to\n"
	         "r3 Ttype=restriction,restriction=no_left_turn Mw3@from,n2@via,w6@to\n"
	         "r4 Ttype=restriction,restriction=no_left_turn Mw1@from,n2@via,w6@to\n");
	struct map_info info;
	map_info(map, &info);
	assert_int_equal(info.counts.via_way, 1);
	assert_int_equal(info.counts.conditional, 1);
	assert_int_equal(info.counts.unclear_restrictions, 1);
	assert_int_equal(info.restrictions, 2);
	map_close(&map);
}

static void a_turn_may_be_forbidden_after_a_way(void **state)
{
	(void)state;
	/* From w1 over w2 not into w7; from w8, which meets w2 too, one may. */
	const char *opl = GRID "n8 x11.002 y45.998\n" WAY("8", "lit=no", "n8,n2")
	    WAY("9", "lit=no", "n8,n3") "r1 Ttype=restriction,restriction=no_left_turn "
	                                "Mw1@from,w2@via,w7@to\n";
	struct map *map = town(opl);
	struct map_info info;
	map_info(map, &info);
	assert_int_equal(info.counts.via_way, 1);
	assert_int_equal(map->ghost_count, 1);
	map_close(&map);
	const double into[4] = {46.0, 11.001, 46.001, 11.004};
	assert_eta(opl, into, EAST_S / 2 + LEFT_S + NORTH_S + RIGHT_S + EAST_S + NORTH_S / 2);
	assert_eta(opl, TRIP(45.999, 11.002, 46.001, 11.004), NORTH_S + EAST_S + RIGHT_S + LEFT_S);
	/* The way itself is still driven, and whoever begins on it is free. */
	assert_eta(opl, TRIP(46, 11.001, 46, 11.003), EAST_S);
	assert_eta(opl, TRIP(46, 11.003, 46.001, 11.004), EAST_S / 2 + LEFT_S + NORTH_S / 2);
}

static void one_turns_round_only_at_a_dead_end(void **state)
{
	(void)state;
	/* 3-7 is a cul-de-sac. A oneway w1 towards 2; from just behind a target on w2 heading away…
	 */
	const char *opl = NODES WAY("1", "oneway=yes", "n1,n2") WAY("2", "oneway=yes", "n2,n3")
	    W3 W4 W5 W7 WAY("8", "name=Vicolo", "n3,n7");
	struct map *map = town(opl);
	struct map_eta into = eta(map, 46, 11.0045, 46, 11.0055);
	assert_true(into.known && fabs(into.eta_s - EAST_S / 2) < 0.1);
	map_close(&map);
	/* Standing in the cul-de-sac, the way out is either direction: the end may be turned at. */
	assert_eta(opl, TRIP(46, 11.005, 46.001, 11.004), EAST_S / 2 + RIGHT_S + NORTH_S / 2);
}

static void barriers_and_access_close_a_road(void **state)
{
	(void)state;
	const double round = EAST_S / 2 + NORTH_S + EAST_S + RIGHT_S + NORTH_S / 2;
	const double direct = EAST_S / 2 + LEFT_S + NORTH_S / 2;
	const char *bollard =
	    NODES "n8 x11.0015 y46.000 Tbarrier=bollard\n" WAY("1", "lit=no", "n1,n8,n2")
	        W2 W3 W4 W5 W6 W7;
	const char *gate = NODES
	    "n8 x11.0015 y46.000 Tbarrier=gate\n" WAY("1", "lit=no", "n1,n8,n2") W2 W3 W4 W5 W6 W7;
	assert_eta(bollard, W1_TO_W6, round);
	assert_eta(gate, W1_TO_W6, direct + 12);
	assert_eta(NODES W1 W2 W3 W4 W5 WAY("6", "access=private", "n2,n5") W7,
	           TRIP(46, 11.001, 46.002, 11.003), EAST_S / 2 + NORTH_S + 1.5 * EAST_S);
	assert_eta(NODES W1 W2 W3 W4 W5 WAY("6", "access=private,motorcar=destination", "n2,n5") W7,
	           W1_TO_W6, EAST_S / 2 + 60 + NORTH_S / 2);
}

static void one_way_pockets_are_never_snapped_to(void **state)
{
	(void)state;
	/* From 3 a oneway leads away to 7 and never back. */
	struct map *map = town(GRID WAY("8", "oneway=yes", "n3,n7"));
	struct map_info info;
	struct map_snap s;
	map_info(map, &info);
	assert_int_equal(info.counts.pocket_edges, 1);
	assert_true(snaps(map, (struct point){46, 11.0058}, &s));
	assert_true(fabs(s.at.lon - 11.004) < 1e-6);
	map_close(&map);
}

static void an_island_has_no_route_to_the_main_land(void **state)
{
	(void)state;
	const char *opl =
	    GRID "n11 x11.020 y46.000\nn12 x11.022 y46.000\nn13 x11.022 y46.002\nn14 x11.024 "
	         "y46.002\n" WAY("11", "lit=no", "n11,n12") WAY("12", "lit=no", "n12,n13")
	             WAY("13", "lit=no", "n13,n11") WAY("14", "lit=no", "n13,n14");
	struct map *map = town(opl);
	struct map_info info;
	map_info(map, &info);
	assert_int_equal(info.counts.islands, 1);
	map_close(&map);
	assert_eta(opl, TRIP(46, 11.021, 46, 11.001), NAN);
	assert_eta(opl, TRIP(46, 11.0205, 46, 11.0215), EAST_S / 2);
}

static void many_origins_answer_in_their_order(void **state)
{
	(void)state;
	struct map *map = town(GRID);
	struct map_router *router = map_router_new(map);
	struct map_stand to = map_stand_at((struct point){46.001, 11.004});
	struct map_stand origins[] = {
	    map_stand_at((struct point){46, 11.001}), map_stand_at((struct point){47, 11}),
	    map_stand_at((struct point){46.001, 11.002}), map_stand_at(POINT_NONE),
	    map_stand_at((struct point){46.001, 11.000})};
	struct map_eta out[5], alone;
	map_etas(router, &to, origins, 5, true, out);
	assert_false(out[1].known || out[3].known);
	for (int i = 0; i < 5; i += 2) {
		map_etas(router, &to, &origins[i], 1, true, &alone);
		assert_true(out[i].known);
		assert_true(alone.eta_s == out[i].eta_s && alone.distance_m == out[i].distance_m);
	}
	map_etas(router, &to, origins, 0, true, out);
	map_router_free(&router);
	map_close(&map);
}

/* ---- tags ---- */

static void maxspeed_in_all_its_forms(void **state)
{
	(void)state;
	static const struct {
		const char *value;
		double kmh;
	} cases[] = {{"50", 50},       {"30 mph", 48.28}, {"30mph", 48.28},
	             {"IT:urban", 50}, {"IT:rural", 90},  {"IT:motorway", 130},
	             {"walk", 7},      {"none", 130},     {"signals", 0},
	             {"", 0},          {"70; 50", 70},    {"-5", 0},
	             {"9999", 0},      {"50 km/h", 50}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_true(fabs(tags_maxspeed(cases[i].value) - cases[i].kmh) < 0.01);
}

static void maxspeed_slows_and_speeds_up(void **state)
{
	(void)state;
	const double slow = 154.48 / (20 * 0.85) * 3.6; /* 20 km/h, of which traffic takes a part */
	assert_eta(NODES WAY("1", "maxspeed=20", "n1,n2") W2 W3 W4 W5 W6 W7,
	           TRIP(46, 11, 46, 11.002), slow);
	assert_eta(NODES WAY("1", "maxspeed:forward=20,maxspeed=50", "n1,n2") W2 W3 W4 W5 W6 W7,
	           TRIP(46, 11.0, 46, 11.002), slow);
}

/* ---- tiles ---- */

static uint64_t varint(const unsigned char **at)
{
	uint64_t value = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		unsigned char byte = *(*at)++;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			break;
	}
	return value;
}

/* Features of one layer, or -1 where the tile has no such layer; every field is delimited in these
 * tiles. */
static int layer_features(const struct str *tile, const char *layer)
{
	const unsigned char *at = (const unsigned char *)str_text(tile), *end = at + tile->length;
	while (at < end) {
		assert_int_equal(varint(&at), 3 << 3 | 2);
		uint64_t length = varint(&at);
		const unsigned char *stop = at + length;
		bool found = false;
		int features = 0;
		while (at < stop) {
			uint64_t key = varint(&at), value = varint(&at);
			if (key == (1 << 3 | 2))
				found = strlen(layer) == value && memcmp(at, layer, value) == 0;
			features += key == (2 << 3 | 2);
			at += (key & 7) == 2 ? value : 0;
		}
		assert_ptr_equal(at, stop);
		if (found)
			return features;
	}
	return -1;
}

static void tile_at(const struct map *map, unsigned z, struct str *out)
{
	double side = (double)(1u << z);
	unsigned x = (unsigned)((11.001 + 180) / 360 * side);
	unsigned y = (unsigned)((1 - asinh(tan(46.0002 * M_PI / 180)) / M_PI) / 2 * side);
	str_clear(out);
	assert_true(map_tile(map, z, x, y, out));
}

static void tiles_hold_the_layers_of_their_zoom(void **state)
{
	(void)state;
	struct map *map =
	    town(VILLAGE "w60 Tbuilding=yes Nn1,n2,n5,n4,n1\nw61 Tnatural=water Nn2,n3,n6,n5,n2\n");
	struct str tile = {0};
	tile_at(map, 15, &tile);
	assert_int_equal(layer_features(&tile, "road"), 7);
	assert_int_equal(layer_features(&tile, "building"), 1);
	assert_int_equal(layer_features(&tile, "water"), 1);
	assert_int_equal(layer_features(&tile, "poi"), 1);
	assert_int_equal(layer_features(&tile, "place"), 1);
	assert_int_equal(layer_features(&tile, "housenumber"), -1);
	tile_at(map, 18, &tile);
	assert_true(layer_features(&tile, "housenumber") >= 3);
	assert_int_equal(layer_features(&tile, "water"), -1); /* clipped away */
	tile_at(map, 12, &tile);
	assert_int_equal(layer_features(&tile, "road"), 5); /* one for each name */
	tile_at(map, 11, &tile);
	assert_int_equal(layer_features(&tile, "road"), -1); /* minor roads come later */
	assert_int_equal(layer_features(&tile, "boundary"), 1);
	tile_at(map, 3, &tile);
	assert_int_equal(tile.length, 0);
	assert_false(map_tile(map, 19, 0, 0, &tile));
	assert_false(map_tile(map, 2, 4, 0, &tile));
	assert_true(map_tile(map, 18, 0, 0, &tile));
	assert_int_equal(tile.length, 0);
	str_fini(&tile);
	map_close(&map);
}

/* ---- the file ---- */

static void assert_refused(const char *path, const char *why)
{
	struct problem p = {0};
	struct map *map = map_open(path, &p);
	if (map)
		fail_msg("opened, but should be refused: %s", why);
	if (!strstr(p.text, why))
		fail_msg("refused because \"%s\", expected \"%s\"", p.text, why);
}

static void write_bytes(const char *path, const unsigned char *bytes, size_t count)
{
	FILE *f = fopen(path, "wb");
	assert_int_equal(fwrite(bytes, 1, count, f), count);
	fclose(f);
}

static void damaged_files_are_refused_with_the_reason(void **state)
{
	(void)state;
	struct files f;
	struct problem p = {0};
	assert_true(try_build(GRID, &f, &p));
	static unsigned char bytes[1 << 20];
	FILE *in = fopen(f.map, "rb");
	size_t size = fread(bytes, 1, sizeof(bytes), in);
	fclose(in);
	assert_true(size > sizeof(struct map_header) && size < sizeof(bytes));

	write_bytes(f.map, bytes, size - 1);
	assert_refused(f.map, "truncated");
	write_bytes(f.map, bytes, 20);
	assert_refused(f.map, "truncated");
	write_bytes(f.map, bytes, size + 1);
	assert_refused(f.map, "too long");
	write_bytes(f.map, bytes, 0);
	assert_refused(f.map, "empty");
	write_bytes(f.map, (const unsigned char *)"\x89PNG\r\n\x1a\n and more", 17);
	assert_refused(f.map, "not a prontod map");
	bytes[8]++;
	write_bytes(f.map, bytes, size);
	assert_refused(f.map, "version");
	bytes[8]--;
	bytes[offsetof(struct map_header, section) + 9] ^= 1;
	write_bytes(f.map, bytes, size);
	assert_refused(f.map, "header is damaged");
	bytes[offsetof(struct map_header, section) + 9] ^= 1;
	const struct map_section *segments =
	    &((const struct map_header *)(const void *)bytes)->section[SECTION_SEGMENTS];
	bytes[segments->offset + 17] ^= 4;
	write_bytes(f.map, bytes, size);
	assert_refused(f.map, "checksum");
	unlink(f.map);
	assert_refused(f.map, "cannot open");
	assert_refused("/tmp", "not a file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(info_counts_what_was_built),
	    cmocka_unit_test(same_input_gives_same_checksum),
	    cmocka_unit_test(inputs_without_roads_are_refused),
	    cmocka_unit_test(part_of_one_segment),
	    cmocka_unit_test(partial_first_and_last),
	    cmocka_unit_test(points_beside_the_road_snap_to_it),
	    cmocka_unit_test(oneway_is_kept),
	    cmocka_unit_test(forbidden_turn_sends_round_the_block),
	    cmocka_unit_test(restrictions_are_counted),
	    cmocka_unit_test(a_turn_may_be_forbidden_after_a_way),
	    cmocka_unit_test(one_turns_round_only_at_a_dead_end),
	    cmocka_unit_test(barriers_and_access_close_a_road),
	    cmocka_unit_test(one_way_pockets_are_never_snapped_to),
	    cmocka_unit_test(an_island_has_no_route_to_the_main_land),
	    cmocka_unit_test(many_origins_answer_in_their_order),
	    cmocka_unit_test(maxspeed_in_all_its_forms),
	    cmocka_unit_test(maxspeed_slows_and_speeds_up),
	    cmocka_unit_test(tiles_hold_the_layers_of_their_zoom),
	    cmocka_unit_test(damaged_files_are_refused_with_the_reason),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * What closures make of the times of the roads, one over another; files of metrics that are not to
 * be believed; and where a stand lies on a road. On one street, mostly: what follows for trips says
 * map_drive_test.c.
 */
#include "map_drawn.h"
#include "metric_file.h"

#include "map/roads.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/map/drive/drive.h"
#include "../../src/map/file.h"

static const struct point on_w6 = {46.001, 11.002};

static struct map_metric *metric_with(const struct map *map, const struct map_closure *closures,
                                      size_t count, const char *dir)
{
	struct problem p;
	struct map_metric *m = map_metric_make(map, MAP_NORMAL, closures, count, dir, &p);
	assert_non_null(m);
	return m;
}

static uint32_t edge_named(const struct map *map, const char *name)
{
	for (uint32_t i = 0; i < map->segment_count; i++)
		if (strcmp(map_string(map, map->segments[i].name), name) == 0)
			return 2 * i;
	fail_msg("no %s", name);
	return MAP_NONE;
}

/* ---- closed and slow ---- */

/* What these make of Via Po, in both directions; slow: by how much, as a share of its speed. */
static void assert_po(const struct map *map, const struct map_closure *closures, size_t count,
                      bool closed, double slow)
{
	uint32_t edge = edge_named(map, "Via Po"), usual = metric_ms(map->base, edge);
	struct map_metric *m = metric_with(map, closures, count, NULL);
	assert_true(usual > 1000);
	for (unsigned dir = 0; dir < 2; dir++) {
		assert_int_equal(metric_closed(m, edge + dir), closed);
		assert_int_equal(metric_ms(m, edge + dir), lround(usual / slow));
	}
	map_metric_unref(&m);
}

/* Whichever was made first, and whichever is lifted first. */
static void a_slow_closure_opens_no_closed_road(void **state)
{
	(void)state;
	struct map *map = town(GRID);
	const struct map_closure closed = {.points = &on_w6, .count = 1},
	                         slow = {.points = &on_w6, .count = 1, .speed = 0.5};
	const struct map_closure orders[][3] = {
	    {closed, slow, slow}, {slow, closed, slow}, {slow, slow, closed}};
	for (size_t i = 0; i < 3; i++)
		assert_po(map, orders[i], 3, true, 0.25);
	for (size_t i = 0; i < 2; i++) {
		assert_po(map, orders[i], 2, true, 0.5);
		assert_po(map, &orders[i][0], 1, i == 0, i == 0 ? 1 : 0.5);
		assert_po(map, &orders[i][1], 1, i == 1, i == 1 ? 1 : 0.5);
	}
	assert_po(map, NULL, 0, false, 1);
	map_close(&map);
}

static void a_road_is_slowed_to_a_twentieth_at_most(void **state)
{
	(void)state;
	struct map *map = town(GRID);
	static const double speeds[][2] = {
	    {0.9, 0.9}, {0.1, 0.1}, {0.05, 0.05}, {0.001, 0.05}, {1.5, 1}};
	for (size_t i = 0; i < sizeof(speeds) / sizeof(*speeds); i++)
		assert_po(
		    map, &(struct map_closure){.points = &on_w6, .count = 1, .speed = speeds[i][0]},
		    1, false, speeds[i][1]);
	map_close(&map);
}

/* ---- files ---- */

/* As metric.c writes them. */
#define HEADER 72
#define VERSION 2
#define BODY_SUM 56
#define HEADER_SUM 64

/* Puts a number into the file (at: from its beginning, or < 0, from its end), and sums that fit it.
 */
static void forge(const char *path, long at, uint32_t number)
{
	unsigned char bytes[1 << 16];
	FILE *f = fopen(path, "r+b");
	assert_non_null(f);
	size_t count = fread(bytes, 1, sizeof(bytes), f);
	assert_true(count > HEADER && count < sizeof(bytes));
	memcpy(bytes + (at < 0 ? (long)count + at : at), &number, sizeof(number));
	uint64_t sum = map_checksum(bytes + HEADER, count - HEADER, VERSION);
	memcpy(bytes + BODY_SUM, &sum, sizeof(sum));
	sum = map_checksum(bytes, HEADER_SUM, 0);
	memcpy(bytes + HEADER_SUM, &sum, sizeof(sum));
	rewind(f);
	assert_int_equal(fwrite(bytes, 1, count, f), count);
	fclose(f);
}

static bool is_made_again(const struct map *map, const char *dir)
{
	const struct map_closure c = {.points = &on_w6, .count = 1};
	char path[300];
	metric_file(dir, path);
	/* Held, so that no new file gets its number. */
	int fd = open(path, O_RDONLY);
	ino_t was = inode(path);
	struct map_metric *m = metric_with(map, &c, 1, dir);
	map_metric_unref(&m);
	close(fd);
	return inode(path) != was;
}

/* Whoever wrote it: sums of two times must not overflow. */
static void times_beyond_all_bounds_are_refused(void **state)
{
	(void)state;
	struct map *map = town(GRID);
	const struct map_closure c = {.points = &on_w6, .count = 1};
	char dir[] = "/tmp/map_metric_test.XXXXXX", path[300], lock[64];
	assert_non_null(mkdtemp(dir));
	struct map_metric *m = metric_with(map, &c, 1, dir);
	map_metric_unref(&m);
	metric_file(dir, path);
	forge(path, HEADER, 5000);
	assert_false(is_made_again(map, dir));
	forge(path, HEADER, MAP_FAR + 1u);
	assert_true(is_made_again(map, dir));
	forge(path, -4, 5000);
	assert_false(is_made_again(map, dir));
	forge(path, -4, MAP_FAR + 1u);
	assert_true(is_made_again(map, dir));
	forge(path, -4, UINT32_MAX);
	assert_true(is_made_again(map, dir));
	unlink(path);
	snprintf(lock, sizeof(lock), "%s/lock", dir);
	unlink(lock);
	rmdir(dir);
	map_close(&map);
}

/* ---- stands ---- */

/* The same place, asked about again with another reach. */
static void a_stand_is_kept_with_its_reach(void **state)
{
	(void)state;
	struct map *map = town(GRID);
	struct drive_ends *ends = drive_ends_new(map);
	const struct point beside = {45.9995, 11.001}; /* 56 m from Via Roma */
	for (int i = 0; i < 2; i++) {
		assert_true(drive_ends_get(ends, &(struct map_stand){beside, NAN, 0}).known);
		assert_false(drive_ends_get(ends, &(struct map_stand){beside, NAN, 30}).known);
		assert_true(drive_ends_get(ends, &(struct map_stand){beside, NAN, 60}).known);
	}
	drive_ends_free(&ends);
	map_close(&map);
}

/* Where a road jogs aside for 4 m it still leads east. */
static void a_heading_is_that_of_a_stretch(void **state)
{
	(void)state;
	struct map *map =
	    town("n1 x11.000 y46.0\nn2 x11.001 y46.0\nn3 x11.001 y46.00004\nn4 x11.002 y46.00004\n"
	         "n5 x11.002 y46.001\n" WAY("1", "name=Via%20%Roma", "n1,n2,n3,n4")
	             WAY("2", "name=Via%20%Po", "n4,n5"));
	const struct point jog = {46.00002, 11.001};
	struct drive_end east = drive_end_at(map, &(struct map_stand){jog, 90, 0}),
	                 west = drive_end_at(map, &(struct map_stand){jog, 270, 0}),
	                 any = drive_end_at(map, &(struct map_stand){jog, NAN, 0});
	assert_true(any.usable[0] && any.usable[1]);
	assert_true(east.usable[0] != east.usable[1]);
	assert_true(west.usable[0] == east.usable[1] && west.usable[1] == east.usable[0]);
	map_close(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_slow_closure_opens_no_closed_road),
	    cmocka_unit_test(a_road_is_slowed_to_a_twentieth_at_most),
	    cmocka_unit_test(times_beyond_all_bounds_are_refused),
	    cmocka_unit_test(a_stand_is_kept_with_its_reach),
	    cmocka_unit_test(a_heading_is_that_of_a_stretch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * A drive in a tiny town (map_drawn.h): the router, the plain search and the second opinion of
 * map_forward.h must agree on every one.
 */
#ifndef PRONTOD_TESTS_MAP_TRIP_H
#define PRONTOD_TESTS_MAP_TRIP_H

#include "map_drawn.h"
#include "map_forward.h"

#include "../../src/map/drive/plain.h"

#include <string.h>

#define EAST_S 21.39
#define NORTH_S 30.79
/* At a junction of three roads or more. */
#define LEFT_S 4.5
#define RIGHT_S 2.0
#define TURN_BACK_S 15

static inline void write_text(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

static inline struct map_eta eta(const struct map *map, double lat1, double lon1, double lat2,
                                 double lon2)
{
	struct map_stand from = map_stand_at((struct point){lat1, lon1}),
	                 to = map_stand_at((struct point){lat2, lon2});
	struct map_eta out, plain;
	struct map_router *router = map_router_new(map);
	map_etas(router, &to, &from, 1, true, &out);
	map_etas_plain(map, map_router_metric(router), &to, &from, 1, &plain);
	map_router_free(&router);
	assert_true(plain.known == out.known);
	assert_true(!out.known || plain.eta_s == out.eta_s);
	uint64_t second = forward_ms(map, from.at, to.at);
	assert_int_equal(out.known, second != UINT64_MAX);
	if (out.known)
		assert_int_equal(llround(out.eta_s * 1000), second);
	return out;
}

static inline void assert_eta(const char *opl, const double trip[4], double expected_s)
{
	struct map *map = town(opl);
	struct map_eta e = eta(map, trip[0], trip[1], trip[2], trip[3]);
	map_close(&map);
	if (isnan(expected_s)) {
		assert_false(e.known);
		return;
	}
	assert_true(e.known);
	if (fabs(e.eta_s - expected_s) > 0.1)
		fail_msg("eta %.2f s, expected %.2f", e.eta_s, expected_s);
}

#define TRIP(a, b, c, d) ((const double[]){a, b, c, d})
#define W1_TO_W6 TRIP(46.000, 11.001, 46.001, 11.002) /* middle of w1 to middle of w6 */

#endif

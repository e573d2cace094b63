/*
 * What the import makes of OpenStreetMap's rules for roads, on tiny towns drawn as OPL text: each
 * rule has a case that fails without it. The town and its times are in map_drawn.h and
 * map_trip.h.
 */
#include "map_trip.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* ---- rules that hold at times ---- */

static void rules_that_hold_at_times_are_counted(void **state)
{
	(void)state;
	struct map *map =
	    town(NODES WAY("1", "motor_vehicle:conditional=no%20%%40%%20%(Mo-Fr)", "n1,n2")
	             WAY("2", "oneway:conditional=schooldays%20%only", "n2,n3") W3 W4 W5 W6 W7
	         "r1 Ttype=restriction,restriction:conditional=no_left_turn%20%%40%"
	         "%20%(22:00-05:00) Mw1@from,n2@via,w6@to\n");
	struct map_info info;
	map_info(map, &info);
	assert_int_equal(info.counts.conditional, 1);
	assert_int_equal(info.counts.conditional_roads, 2);
	assert_int_equal(info.counts.conditional_unread, 1);
	map_close(&map);
}

/* ---- turns ---- */

#define RESTRICT(id, kind, members) "r" id " Ttype=restriction,restriction=" kind " M" members "\n"

static void only_turns_leave_a_choice_where_there_are_two(void **state)
{
	(void)state;
	const double left = EAST_S / 2 + LEFT_S + NORTH_S / 2;
	const double round = EAST_S / 2 + NORTH_S + EAST_S + RIGHT_S + NORTH_S / 2;
	assert_eta(GRID RESTRICT("1", "only_straight_on", "w1@from,n2@via,w2@to"), W1_TO_W6, round);
	assert_eta(GRID RESTRICT("1", "only_straight_on", "w1@from,n2@via,w2@to")
	               RESTRICT("2", "only_left_turn", "w1@from,n2@via,w6@to"),
	           W1_TO_W6, left);
}

/* From w1 over w2: at its end 3 one may go on to w7 (left) or w8 (straight). */
#define FORKED                                                                        \
	NODES "n8 x11.006 y46.002\n" W1 W2 W3 W4 W5 W6 W7 WAY("8", "lit=no", "n3,n7") \
	    WAY("9", "lit=no", "n7,n8") WAY("10", "lit=no", "n6,n8")

static void only_one_way_may_lead_on_after_a_way(void **state)
{
	(void)state;
	const double trip[4] = {46, 11.001, 46.001, 11.004};
	const double direct = 1.5 * EAST_S + LEFT_S + NORTH_S / 2;
	const double over_w6 =
	    EAST_S / 2 + LEFT_S + NORTH_S + RIGHT_S + EAST_S + RIGHT_S + NORTH_S / 2;
	assert_eta(FORKED, trip, direct);
	assert_eta(FORKED RESTRICT("1", "only_straight_on", "w1@from,w2@via,w8@to"), trip, over_w6);
	/* Two such restrictions over one way: both turns are open again. */
	assert_eta(FORKED RESTRICT("1", "only_straight_on", "w1@from,w2@via,w8@to")
	               RESTRICT("2", "only_left_turn", "w1@from,w2@via,w7@to"),
	           trip, direct);
}

static void several_restrictions_share_a_way(void **state)
{
	(void)state;
	const char *opl = FORKED RESTRICT("1", "no_left_turn", "w1@from,w2@via,w7@to")
	    RESTRICT("2", "no_straight_on", "w1@from,w2@via,w8@to")
	        RESTRICT("3", "no_left_turn", "w6@from,w2@via,w7@to");
	struct map *map = town(opl);
	struct map_info info;
	map_info(map, &info);
	assert_int_equal(info.counts.via_way, 3);
	assert_int_equal(info.counts.ghosts, 2); /* one for those from w1, one for those from w6 */
	map_close(&map);
	const double over_w6 = EAST_S / 2 + LEFT_S + NORTH_S + RIGHT_S + EAST_S;
	assert_eta(opl, TRIP(46, 11.001, 46.001, 11.004), over_w6 + RIGHT_S + NORTH_S / 2);
	assert_eta(opl, TRIP(46, 11.001, 46.002, 11.005), over_w6 + EAST_S / 2);
	assert_eta(opl, TRIP(46, 11.001, 46, 11.003), EAST_S); /* to the way itself */
}

static void a_restriction_may_lead_over_two_ways(void **state)
{
	(void)state;
	const char *opl = FORKED RESTRICT("1", "no_left_turn", "w1@from,w2@via,w8@via,w9@to");
	const double over_w6 = EAST_S / 2 + LEFT_S + NORTH_S + RIGHT_S + 2 * EAST_S + NORTH_S / 2;
	const double over_w7 = 1.5 * EAST_S + LEFT_S + NORTH_S + RIGHT_S + EAST_S + NORTH_S / 2;
	assert_eta(FORKED, TRIP(46, 11.001, 46.001, 11.006), 2.5 * EAST_S + NORTH_S / 2);
	assert_eta(opl, TRIP(46, 11.001, 46.001, 11.006), fmin(over_w6, over_w7));
	assert_eta(opl, TRIP(46, 11.001, 46, 11.005), 2 * EAST_S);
}

/* w2 leads only east; left into w7 is forbidden: on to the dead end, round, and back. */
#define DEAD_END                                                                            \
	NODES W1 WAY("2", "oneway=yes", "n2,n3") W3 W4 W5 W6 W7 WAY("8", "lit=no", "n3,n7") \
	    RESTRICT("1", "no_left_turn", "w2@from,n3@via,w7@to")

static void turning_round_takes_time_and_may_be_forbidden(void **state)
{
	(void)state;
	assert_eta(DEAD_END, TRIP(46, 11.003, 46.001, 11.004),
	           2.5 * EAST_S + TURN_BACK_S + RIGHT_S + NORTH_S / 2);
	struct map *free_end = town(DEAD_END);
	struct map *bound = town(DEAD_END RESTRICT("2", "no_u_turn", "w8@from,n7@via,w8@to"));
	struct map_info before, after;
	map_info(free_end, &before);
	map_info(bound, &after);
	assert_int_equal(before.counts.pocket_edges, 0);
	assert_true(after.counts.pocket_edges > 0); /* whoever drives in stays there */
	map_close(&free_end);
	map_close(&bound);
}

static void a_roundabout_is_one_way_and_entered_with_care(void **state)
{
	(void)state;
	const char *opl = NODES W2 W4 WAY("10", "junction=roundabout", "n2,n5,n4,n1,n2");
	assert_eta(opl, TRIP(46, 11.003, 46.002, 11.003), EAST_S + 3 + NORTH_S);
	assert_eta(opl, TRIP(46.002, 11.003, 46, 11.003), EAST_S + 3 + 2 * EAST_S + NORTH_S);
	const char *mini = "n1 x11.000 y46.000\nn2 x11.002 y46.000 Thighway=mini_roundabout\n"
	                   "n3 x11.004 y46.000\nn5 x11.002 y46.002\n" W1 W2 W6;
	assert_eta(mini, W1_TO_W6, EAST_S / 2 + 2.5 + NORTH_S / 2);
}

static void signals_and_signs_take_time(void **state)
{
	(void)state;
	const double east[4] = {46.002, 11.001, 46.002, 11.003};
	const double west[4] = {46.002, 11.003, 46.002, 11.001};
	const char *junction = "n1 x11.000 y46.000\nn2 x11.002 y46.000\nn4 x11.000 y46.002\n"
	                       "n5 x11.002 y46.002 Thighway=traffic_signals\n"
	                       "n6 x11.004 y46.002\n" W1 W3 W4 W5 W6;
	assert_eta(junction, east, EAST_S + 8);
	assert_eta(junction, TRIP(46.002, 11.001, 46.001, 11.002),
	           EAST_S / 2 + 5 + RIGHT_S + NORTH_S / 2);
#define BEFORE(tags, x)                                                                    \
	NODES "n8 x" x " y46.002 Thighway=" tags "\n" W1 W2 WAY("3", "lit=no", "n4,n8,n5") \
	    W4 W5 W6 W7
	/* Near a junction: for those who come to it, as with a direction. */
	assert_eta(BEFORE("traffic_signals", "11.0018"), east, EAST_S + 8);
	assert_eta(BEFORE("traffic_signals", "11.0018"), west, EAST_S);
	assert_eta(BEFORE("traffic_signals,direction=backward", "11.0018"), east, EAST_S);
	assert_eta(BEFORE("traffic_signals,traffic_signals:direction=backward", "11.0012"), west,
	           EAST_S); /* met only beyond the target */
	/* Farther than 40 m from either: for both directions. */
	const double over_w3[4] = {46.002, 11.003, 46.001, 11.000};
	assert_eta(BEFORE("traffic_signals", "11.0016"), over_w3, 1.5 * EAST_S + NORTH_S / 2);
	assert_eta(BEFORE("traffic_signals", "11.0014"), over_w3, 1.5 * EAST_S + 8 + NORTH_S / 2);
	assert_eta(BEFORE("traffic_signals,direction=forward", "11.0012"), over_w3,
	           1.5 * EAST_S + NORTH_S / 2);
	assert_eta(BEFORE("stop", "11.0014"), over_w3, 1.5 * EAST_S + NORTH_S / 2);
	assert_eta(BEFORE("stop", "11.0018"), east, EAST_S + 4);
	assert_eta(BEFORE("stop", "11.0018"), west, EAST_S);
	assert_eta(BEFORE("give_way", "11.0018"), east, EAST_S + 2.5);
	assert_eta(BEFORE("x,railway=level_crossing", "11.0012"), east, EAST_S + 4);
}

/* Two roads lead on, so many degrees to either side. */
static double turn_s(double degrees, bool left, const char *main_road, const char *side_road)
{
	char opl[1024];
	double north = 0.002 * sin(degrees * M_PI / 180),
	       east = 0.002 * cos(degrees * M_PI / 180) / cos(46 * M_PI / 180);
	snprintf(opl, sizeof(opl),
	         "n1 x11.000 y46.000\nn2 x11.002 y46.000\nn3 x%.7f y%.7f\nn4 x%.7f y%.7f\n"
	         "w1 Thighway=%s,maxspeed=50 Nn1,n2\nw2 Thighway=%s,maxspeed=50 Nn2,n3\n"
	         "w3 Thighway=%s,maxspeed=50 Nn2,n4\n",
	         11.002 + east, 46 - north, 11.002 + east, 46 + north, main_road,
	         left ? side_road : main_road, left ? main_road : side_road);
	struct map *map = town(opl);
	struct map_eta e = eta(map, 46, 11.001, 46 + (left ? north : -north) / 2, 11.002 + east / 2);
	double kmh = (double)map->segments[0].length_m / map->segments[0].time_ms[0] * 3600;
	map_close(&map);
	return e.eta_s - e.distance_m / kmh * 3.6;
}

static void the_farther_one_turns_the_longer_it_takes(void **state)
{
	(void)state;
	static const struct {
		double degrees, right_s, left_s;
	} cases[] = {{25, 0, 0},     {35, 0.5, 1},   {55, 0.5, 1}, {65, 2, 4.5},
	             {115, 2, 4.5},  {125, 3.5, 6},  {155, 3.5, 6}, {165, 6, 8}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		double right = turn_s(cases[i].degrees, false, "residential", "residential"),
		       left = turn_s(cases[i].degrees, true, "residential", "residential");
		if (!(fabs(right - cases[i].right_s) <= 0.1) ||
		    !(fabs(left - cases[i].left_s) <= 0.1))
			fail_msg("%.0f degrees: %.2f and %.2f s", cases[i].degrees, right, left);
	}
	/* Who stays on the greater road pays half. */
	assert_true(fabs(turn_s(90, false, "primary", "residential") - 1) <= 0.1);
	assert_true(fabs(turn_s(90, true, "primary", "residential") - 2.2) <= 0.1);
}

static void no_entry_binds_every_pair(void **state)
{
	(void)state;
	const char *opl = GRID RESTRICT("1", "no_entry", "w1@from,w2@from,n2@via,w6@to");
	const double round = EAST_S / 2 + NORTH_S + EAST_S + NORTH_S / 2;
	struct map *map = town(opl);
	assert_int_equal(map->header->restrictions, 2);
	map_close(&map);
	assert_eta(opl, W1_TO_W6, round + RIGHT_S);
	assert_eta(opl, TRIP(46, 11.003, 46.001, 11.002), round + LEFT_S);
}

static void a_lesser_road_gives_way(void **state)
{
	(void)state;
	const char *opl =
	    NODES W1 W2 "w3 Thighway=primary Nn4,n5\nw4 Thighway=primary Nn5,n6\n" W5 W6 W7;
	const double primary = 154.48 / 2 / 66 * 3.6;
	assert_eta(opl, TRIP(46.001, 11.002, 46.002, 11.003),
	           NORTH_S / 2 + RIGHT_S + 2.5 + primary);
	assert_eta(opl, TRIP(46.002, 11.003, 46.001, 11.002), primary + LEFT_S + NORTH_S / 2);
	assert_eta(opl, TRIP(46.002, 11.001, 46.002, 11.003), 2 * primary);
}

/* A crossing in Malta: there the right turn is the dear one. */
static void traffic_keeps_left_in_malta(void **state)
{
	(void)state;
	const char *opl = "n1 x14.400 y35.900\nn2 x14.402 y35.900\nn3 x14.402 y35.898\n"
	                  "n4 x14.402 y35.902\n" WAY("1", "lit=no", "n1,n2")
	                      WAY("2", "lit=no", "n2,n3") WAY("3", "lit=no", "n2,n4");
	struct map *map = town(opl);
	double left = eta(map, 35.9, 14.401, 35.901, 14.402).eta_s;
	double right = eta(map, 35.9, 14.401, 35.899, 14.402).eta_s;
	assert_true(fabs(right - left - (LEFT_S - RIGHT_S)) < 0.1);
	map_close(&map);
}

static void private_roads_are_for_the_last_stretch(void **state)
{
	(void)state;
	const char *opl = NODES W1 W2 W3 W4 W5 WAY("6", "access=private", "n2,n5") W7;
	assert_eta(opl, TRIP(46, 11.001, 46.002, 11.003),
	           2 * EAST_S + NORTH_S); /* not through it */
	assert_eta(opl, W1_TO_W6, EAST_S / 2 + 60 + NORTH_S / 2);
	/* Whoever stands on it drives out for nothing. */
	assert_eta(opl, TRIP(46.001, 11.002, 46, 11.001), NORTH_S / 2 + RIGHT_S + EAST_S / 2);
}

/* One way for who is let in, without a sign for one way. */
static void a_road_may_be_closed_in_one_direction(void **state)
{
	(void)state;
	const char *opl = NODES W1 W2 W3 W4 W5 WAY("6", "vehicle:forward=no", "n2,n5") W7;
	assert_eta(opl, W1_TO_W6, EAST_S / 2 + NORTH_S + EAST_S + RIGHT_S + NORTH_S / 2);
	assert_eta(opl, TRIP(46.001, 11.002, 46, 11.001), NORTH_S / 2 + RIGHT_S + EAST_S / 2);
}

static void a_good_track_is_the_last_stretch(void **state)
{
	(void)state;
	const double north = 222.39 / 14 * 3.6;
#define TRACK(tags) NODES W1 W2 W3 W4 W5 "w6 Thighway=track," tags " Nn2,n5\n" W7
	assert_eta(TRACK("tracktype=grade2"), W1_TO_W6, EAST_S / 2 + 60 + north / 2);
	assert_eta(TRACK("tracktype=grade2"), TRIP(46, 11.001, 46.002, 11.003),
	           2 * EAST_S + NORTH_S);
	/* Where there is none for cars, the nearest road is the end of the trip. */
	assert_eta(TRACK("tracktype=grade3"), TRIP(46, 11.001, 46.0005, 11.002), EAST_S / 2);
}

/* ---- ferries ---- */

/* Between two towns, 3 km apart. */
#define SHIP(tags)                                                                         \
	GRID "n11 x11.040 y46.000\nn12 x11.042 y46.000\nn13 x11.042 y46.002\nn14 x11.044 " \
	     "y46.002\n" WAY("11", "lit=no", "n11,n12") WAY("12", "lit=no", "n12,n13")     \
	         WAY("13", "lit=no", "n13,n11")                                            \
	             WAY("14", "lit=no", "n13,n14") "w20 Troute=ferry," tags " Nn3,n11\n"

static void ships_that_take_cars_are_slow_roads(void **state)
{
	(void)state;
	const double across[4] = {46, 11.003, 46, 11.041};
	assert_eta(SHIP("motor_vehicle=yes,duration=00:10"), across, EAST_S + 540 + 600 + 2.5);
	assert_eta(SHIP("motor_vehicle=no,duration=00:10"), across, NAN);
	/* No ship is faster than 80 km/h or slower than 3; without a duration it makes 20. */
	const double sea_m = 2780.7;
	assert_eta(SHIP("motor_vehicle=yes,duration=00:01"), across,
	           EAST_S + 540 + sea_m / 80 * 3.6 + 2.5);
	assert_eta(SHIP("motor_vehicle=yes,duration=10:00"), across,
	           EAST_S + 540 + sea_m / 3 * 3.6 + 2.5);
	assert_eta(SHIP("motor_vehicle=yes"), across, EAST_S + 540 + sea_m / 20 * 3.6 + 2.5);
	struct map *map = town(SHIP("motorcar=yes"));
	struct map_info info;
	map_info(map, &info);
	assert_int_equal(info.counts.ferries, 1);
	assert_int_equal(info.counts.other_ferries, 0);
	assert_int_equal(info.counts.islands, 0);
	struct map_snapped snapped; /* nobody stands at sea */
	assert_true(map_snap_segment(map, (struct point){46, 11.006}, &snapped));
	assert_int_equal(map->segments[snapped.segment].flags & SEGMENT_FERRY, 0);
	assert_true(snapped.at.lon < 11.0041);
	map_close(&map);
}

/* ---- built-up areas ---- */

#define MAIN_ROAD "n1 x11.000 y46.000\nn2 x11.002 y46.000\nn3 x11.004 y46.000\n"
#define ALONG TRIP(46, 11.0, 46, 11.002)
#define TERTIARY(tags) "w1 Thighway=tertiary" tags " Nn1,n2,n3\n"
#define FIELD                                                                         \
	"n91 x10.990 y45.990\nn92 x11.010 y45.990\nn93 x11.010 y46.010\nn94 x10.990 " \
	"y46.010\n"

/* Houses as addresses beside the road. */
static void add_houses(char *opl, size_t room, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		size_t used = strlen(opl);
		snprintf(opl + used, room - used,
		         "n%u x11.001%u y46.0002 Taddr:housenumber=%u,addr:street=Via%%20%%Po\n",
		         100 + i, 1 + i % 8, i + 1);
	}
}

static double tertiary_s(double kmh)
{
	return 154.48 / kmh * 3.6;
}

static void towns_slow_traffic_down(void **state)
{
	(void)state;
	assert_eta(MAIN_ROAD TERTIARY(""), ALONG, tertiary_s(48));
	assert_eta(MAIN_ROAD FIELD TERTIARY("") "w9 Tlanduse=residential Nn91,n92,n93,n94,n91\n",
	           ALONG, tertiary_s(36));
	assert_eta(MAIN_ROAD FIELD TERTIARY("") "w9 Tlanduse=meadow Nn91,n92,n93,n94,n91\n", ALONG,
	           tertiary_s(48));
	/* A tag goes before what stands around. */
	assert_eta(MAIN_ROAD FIELD TERTIARY(
	               ",zone:traffic=IT:rural") "w9 Tlanduse=residential Nn91,n92,n93,n94,n91\n",
	           ALONG, tertiary_s(48));
	assert_eta(MAIN_ROAD TERTIARY(",zone:traffic=IT:urban"), ALONG, tertiary_s(36));
}

static void houses_make_a_town(void **state)
{
	(void)state;
	static const struct {
		unsigned houses;
		const char *way;
		double kmh;
	} cases[] = {{24, TERTIARY(""), 48},
	             {25, TERTIARY(""), 36},
	             {10, TERTIARY(",lit=yes"), 36},
	             {9, TERTIARY(",lit=yes"), 48}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char opl[8192] = MAIN_ROAD;
		add_houses(opl, sizeof(opl), cases[i].houses);
		strcat(opl, cases[i].way);
		assert_eta(opl, ALONG, tertiary_s(cases[i].kmh));
	}
}

/* Buildings count as addresses do, and what runs through an area only partly is judged by most of
 * three points: at a sixth, the middle and five sixths. */
static void most_of_a_road_lies_in_town_or_not(void **state)
{
	(void)state;
	static const struct {
		const char *east; /* how far the area reaches */
		double kmh;
	} cases[] = {{"11.0019", 48}, {"11.0023", 36}, {"11.0035", 36}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char opl[512];
		snprintf(opl, sizeof(opl),
		         MAIN_ROAD "n91 x10.990 y45.990\nn92 x%s y45.990\nn93 x%s y46.010\n"
		                   "n94 x10.990 y46.010\n" TERTIARY("")
		                       "w9 Tlanduse=industrial Nn91,n92,n93,n94,n91\n",
		         cases[i].east, cases[i].east);
		assert_eta(opl, ALONG, tertiary_s(cases[i].kmh));
	}
	/* In a hole of the area. */
	assert_eta(MAIN_ROAD FIELD
	           "n95 x10.999 y45.999\nn96 x11.005 y45.999\nn97 x11.005 y46.001\n"
	           "n98 x10.999 y46.001\n" TERTIARY("") "w9 T Nn91,n92,n93,n94,n91\n"
	           "w10 T Nn95,n96,n97,n98,n95\n"
	           "r1 Ttype=multipolygon,landuse=retail Mw9@outer,w10@inner\n",
	           ALONG, tertiary_s(48));
	char opl[8192] = MAIN_ROAD, ways[4096] = TERTIARY("");
	for (int i = 0; i < 25; i++) {
		size_t at = strlen(opl), end = strlen(ways);
		double x = 11.0011 + i * 0.00003;
		snprintf(opl + at, sizeof(opl) - at,
		         "n%d x%.5f y46.0002\nn%d x%.5f y46.0002\nn%d x%.5f y46.0003\n",
		         100 + 3 * i, x, 101 + 3 * i, x + 0.00002, 102 + 3 * i, x);
		snprintf(ways + end, sizeof(ways) - end, "w%d Tbuilding=yes Nn%d,n%d,n%d,n%d\n",
		         10 + i, 100 + 3 * i, 101 + 3 * i, 102 + 3 * i, 100 + 3 * i);
	}
	strcat(opl, ways);
	assert_eta(opl, ALONG, tertiary_s(36));
	*strstr(opl, "w34 ") = '\0'; /* one fewer */
	assert_eta(opl, ALONG, tertiary_s(48));
}

/* ---- islands ---- */

/* A twentieth of the largest network is an island, less is a pocket. */
/* A long leg lies in the cells it runs through, not in those of its box: a third of a degree by a third would fill
 * a hundred thousand of them. One that is longer still is somebody's slip, and keeps nobody waiting. */
static void long_legs_take_few_cells(void **state)
{
	(void)state;
	struct map *map = town("n8 x11.3 y46.3\n" NODES W1 W2 W3 W4 W5 W6 W7 WAY("8", "lit=no", "n3,n8"));
	size_t cells = (size_t)map->header->section[SECTION_SNAP_CELLS].count;
	assert_in_range(cells, 300, 1000);
	struct map_snap found;
	struct map_stand on = map_stand_at((struct point){46.15, 11.1505});
	assert_int_equal(map_snap(map, &on, &found, 1), 1);
	assert_true(found.distance_m < 200);
	map_close(&map);
	map = town("n8 x0 y0\n" NODES W1 W2 W3 W4 W5 W6 W7 WAY("8", "lit=no", "n3,n8"));
	assert_int_equal(map->header->counts.astray, 1);
	assert_int_equal(map->segment_count, 8 - 1);
	map_close(&map);
}

/* Of Via Roma, two nodes in the middle are not in the input: no road leads over the hole, though
 * its ends are kept and the way round is driven. */
static void no_road_leads_over_missing_nodes(void **state)
{
	(void)state;
#define ROUND                                                                              \
	"n1 x11.000 y46.000\nn2 x11.001 y46.000\nn3 x11.003 y46.000\nn4 x11.004 y46.000\n" \
	"n5 x11.000 y46.002\nn6 x11.004 y46.002\n" WAY("1", "name=Via%20%Po", "n1,n5,n6,n4")
	static const char *const holes[] = {"n1,n2,n98,n99,n3,n4", "n1,n2,n98,n1,n99,n3,n4",
	                                    "n97,n1,n2,n2,n98,n3,n4,n99"};
	const struct point hole = {46, 11.002};
	for (size_t i = 0; i < sizeof(holes) / sizeof(*holes); i++) {
		char opl[600];
		struct map_snap found;
		snprintf(opl, sizeof(opl), "%sw2 Thighway=residential,name=Via%%20%%Roma N%s\n",
		         ROUND, holes[i]);
		struct map *map = town(opl);
		assert_int_equal(map->segment_count, 3);
		assert_int_equal(map_snap(map, &(struct map_stand){hole, NAN, 50}, &found, 1), 0);
		struct map_eta e = eta(map, 46, 11.0005, 46, 11.0035);
		assert_true(e.known && fabs(e.distance_m - (2 * 38.6 + 2 * 222.4 + 2 * 154.5)) < 2);
		map_close(&map);
	}
	struct map *map = town(ROUND WAY("2", "name=Via%20%Roma", "n1,n2,n3,n4"));
	assert_true(eta(map, 46, 11.0005, 46, 11.0035).distance_m < 240);
	map_close(&map);
}

static void small_islands_are_pockets(void **state)
{
	(void)state;
	char opl[4096] = "", ways[2048] = "";
	for (int i = 0; i <= 35; i++) {
		size_t at = strlen(opl), end = strlen(ways);
		snprintf(opl + at, sizeof(opl) - at, "n%d x%.3f y46.0\n", i + 1, 11 + i * 0.001);
		if (i > 0)
			snprintf(ways + end, sizeof(ways) - end,
			         "w%d Thighway=residential Nn%d,n%d\n", i, i, i + 1);
	}
	strcat(opl, "n50 x11.0 y46.1\nn51 x11.001 y46.1\nn60 x11.1 y46.1\nn61 x11.101 y46.1\n"
	            "n62 x11.102 y46.1\n");
	strcat(ways, "w50 Thighway=residential Nn50,n51\nw60 Thighway=residential Nn60,n61\n"
	             "w61 Thighway=residential Nn61,n62\n");
	strcat(opl, ways);
	struct map *map = town(opl);
	struct map_info info;
	map_info(map, &info);
	assert_int_equal(info.counts.islands, 1);
	assert_int_equal(info.counts.pocket_edges, 2);
	struct map_island island;
	assert_int_equal(map_islands(map, &island, 1), 1);
	assert_int_equal(island.junctions, 3);
	map_close(&map);
}

static void islands_are_listed_with_the_place_near_them(void **state)
{
	(void)state;
	struct map *map =
	    town(SHIP("motor_vehicle=no") "n30 x11.041 y46.001 Tplace=village,name=Isola\n");
	struct map_island island;
	assert_int_equal(map_islands(map, &island, 1), 1);
	assert_int_equal(island.junctions, 4);
	assert_true(fabs(island.road_km - 0.802) < 0.01);
	assert_true(island.at.lon > 11.039);
	assert_string_equal(island.near, "Isola");
	map_close(&map);
	struct map *whole = town(SHIP("motor_vehicle=yes"));
	assert_int_equal(map_islands(whole, NULL, 0), 0);
	map_close(&whole);
}

/* ---- several inputs ---- */

static void what_two_inputs_share_is_taken_once(void **state)
{
	(void)state;
	struct files west, east;
	struct problem p = {0};
	files_new(&west);
	files_new(&east);
	strcat(east.opl, ".opl");
	write_text(west.opl, NODES W1 W3 W5 W6 "r1 Ttype=restriction,restriction=no_left_turn "
	                                       "Mw1@from,n2@via,w6@to\n");
	write_text(east.opl, NODES W2 W4 W6 W7 "r1 Ttype=restriction,restriction=no_left_turn "
	                                       "Mw1@from,n2@via,w6@to\n");
	const char *inputs[] = {west.opl, east.opl};
	if (!map_build(inputs, 2, west.map, NULL, NULL, &p))
		fail_msg("%s", p.text);
	struct map *both = map_open(west.map, &p), *one = town(GRID);
	assert_non_null(both);
	assert_int_equal(both->segment_count, one->segment_count);
	assert_int_equal(both->junction_count, one->junction_count);
	assert_int_equal(both->header->restrictions, 1);
	struct map_eta e = eta(both, 46, 11.001, 46.001, 11.002);
	assert_true(fabs(e.eta_s - (EAST_S / 2 + NORTH_S + EAST_S + RIGHT_S + NORTH_S / 2)) < 0.1);
	map_close(&both);
	map_close(&one);
	unlink(west.opl);
	unlink(east.opl);
	unlink(west.map);
}

/* ---- the file ---- */

/* One byte of a section changed, all checksums made to fit. */
static void damage(const char *path, enum map_section_id id, size_t at, unsigned char byte)
{
	static unsigned char bytes[1 << 20];
	FILE *f = fopen(path, "rb");
	size_t size = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	struct map_header *h = (struct map_header *)(void *)bytes;
	struct map_section *s = &h->section[id];
	assert_true(at < s->count * s->record);
	bytes[s->offset + at] = byte;
	s->checksum = map_checksum(bytes + s->offset, (size_t)(s->count * s->record), id);
	map_header_seal(h);
	f = fopen(path, "wb");
	assert_int_equal(fwrite(bytes, 1, size, f), size);
	fclose(f);
}

static void turns_that_lead_outside_are_refused(void **state)
{
	(void)state;
	static const struct {
		enum map_section_id section;
		size_t at;
		unsigned char byte;
		bool refused;
	} cases[] = {{SECTION_TURNS, 0, 7, false},
	             {SECTION_TURN_FIRST, 3, 0x7f, true},
	             {SECTION_GHOSTS, 2, 0x7f, true},
	             {SECTION_SEGMENTS, offsetof(struct map_segment, slot), 200, true},
	             {SECTION_SEGMENTS, offsetof(struct map_segment, slot), 1, true},
	             {SECTION_SEGMENTS, offsetof(struct map_segment, road_class), ROAD_PATH + 1, true},
	             {SECTION_SEGMENTS, offsetof(struct map_segment, road_class), 255, true},
	             {SECTION_ISLANDS, offsetof(struct map_island_record, near) + 3, 0x7f, true}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct files f;
		struct problem p = {0};
		assert_true(try_build(SHIP("motorcar=no")
		                          RESTRICT("1", "no_left_turn", "w1@from,w2@via,w7@to"),
		                      &f, &p));
		damage(f.map, cases[i].section, cases[i].at, cases[i].byte);
		struct map *map = map_open(f.map, &p);
		if ((map == NULL) != cases[i].refused)
			fail_msg("case %zu: %s", i, map ? "opened" : p.text);
		assert_true(map || strstr(p.text, "points outside itself"));
		map_close(&map);
		unlink(f.map);
	}
}

static volatile sig_atomic_t came_through;

static void on_interrupt(int signal)
{
	(void)signal;
	came_through = 1;
}

static void interrupt_when_half_written(void *ctx, double done, const char *step)
{
	const char *beside = ctx;
	if (strcmp(step, "writing") != 0 || done < 0.97)
		return;
	assert_int_equal(access(beside, F_OK), 0);
	raise(SIGINT);
	assert_int_equal(came_through, 0); /* held back while the file is there */
}

/* Stopped while writing: no file under its name, none beside it, and the signal comes through. */
static void a_stopped_build_leaves_nothing(void **state)
{
	(void)state;
	struct files f;
	struct problem p = {0};
	struct sigaction ours = {.sa_handler = on_interrupt}, before;
	char beside[120];
	files_new(&f);
	write_text(f.opl, GRID);
	snprintf(beside, sizeof(beside), "%s.part%d", f.map, (int)getpid());
	const char *inputs[] = {f.opl};
	sigaction(SIGINT, &ours, &before);
	assert_false(map_build(inputs, 1, f.map, interrupt_when_half_written, beside, &p));
	sigaction(SIGINT, &before, NULL);
	assert_non_null(strstr(p.text, "stopped"));
	assert_int_equal(came_through, 1);
	assert_int_equal(access(f.map, F_OK), -1);
	assert_int_equal(access(beside, F_OK), -1);
	unlink(f.opl);
}

/* The process that a limit on files stops leaves no part of one. */
static void a_file_too_large_leaves_nothing(void **state)
{
	(void)state;
	struct files f;
	char beside[120];
	files_new(&f);
	write_text(f.opl, GRID);
	pid_t child = fork();
	if (child == 0) {
		const struct rlimit least = {2048, 2048};
		const char *inputs[] = {f.opl};
		struct problem p = {0};
		setrlimit(RLIMIT_FSIZE, &least);
		_exit(map_build(inputs, 1, f.map, NULL, NULL, &p));
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ);
	snprintf(beside, sizeof(beside), "%s.part%d", f.map, (int)child);
	assert_int_equal(access(f.map, F_OK), -1);
	assert_int_equal(access(beside, F_OK), -1);
	unlink(f.opl);
}

static void inputs_that_cannot_be_read_are_named(void **state)
{
	(void)state;
	struct files f;
	char opl[] = "/tmp/map_import_test.txt", before[64] = "", after[64] = "";
	files_new(&f);
	write_text(f.opl, GRID);
	write_text(opl, GRID);
	static const char folder[] = "/tmp";
	const struct {
		const char *first, *second, *output, *said;
	} cases[] = {{f.opl, folder, f.map, "/tmp: it is a folder"},
	             {f.opl, "/nonexistent.opl", f.map, "cannot read /nonexistent.opl"},
	             {opl, opl, f.map, "must end in"},
	             {f.opl, f.opl, f.opl, "it is the input"}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *inputs[] = {cases[i].first, cases[i].second};
		struct problem p = {0};
		assert_false(map_build(inputs, 2, cases[i].output, NULL, NULL, &p));
		if (!strstr(p.text, cases[i].said))
			fail_msg("\"%s\", expected \"%s\"", p.text, cases[i].said);
		assert_int_equal(access(f.map, F_OK), -1);
	}
	FILE *kept = fopen(f.opl, "r");
	assert_non_null(fgets(after, sizeof(after), kept));
	fclose(kept);
	snprintf(before, sizeof(before), "%.*s", (int)strcspn(GRID, "\n") + 1, GRID);
	assert_string_equal(after, before);
	unlink(f.opl);
	unlink(opl);
}

static void a_failed_build_keeps_the_file_before(void **state)
{
	(void)state;
	struct files f;
	struct problem p = {0};
	assert_true(try_build(GRID, &f, &p));
	assert_false(try_build(NODES, &f, &p));
	struct map *map = map_open(f.map, &p);
	assert_non_null(map);
	map_close(&map);
	unlink(f.map);
	const char *inputs[] = {f.opl};
	write_text(f.opl, GRID);
	assert_false(map_build(inputs, 1, "/nonexistent/region.map", NULL, NULL, &p));
	assert_non_null(strstr(p.text, "cannot write"));
	unlink(f.opl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rules_that_hold_at_times_are_counted),
	    cmocka_unit_test(only_turns_leave_a_choice_where_there_are_two),
	    cmocka_unit_test(only_one_way_may_lead_on_after_a_way),
	    cmocka_unit_test(several_restrictions_share_a_way),
	    cmocka_unit_test(a_restriction_may_lead_over_two_ways),
	    cmocka_unit_test(no_entry_binds_every_pair),
	    cmocka_unit_test(turning_round_takes_time_and_may_be_forbidden),
	    cmocka_unit_test(a_roundabout_is_one_way_and_entered_with_care),
	    cmocka_unit_test(signals_and_signs_take_time),
	    cmocka_unit_test(the_farther_one_turns_the_longer_it_takes),
	    cmocka_unit_test(a_lesser_road_gives_way),
	    cmocka_unit_test(traffic_keeps_left_in_malta),
	    cmocka_unit_test(private_roads_are_for_the_last_stretch),
	    cmocka_unit_test(a_road_may_be_closed_in_one_direction),
	    cmocka_unit_test(a_good_track_is_the_last_stretch),
	    cmocka_unit_test(ships_that_take_cars_are_slow_roads),
	    cmocka_unit_test(towns_slow_traffic_down),
	    cmocka_unit_test(houses_make_a_town),
	    cmocka_unit_test(long_legs_take_few_cells),
	    cmocka_unit_test(no_road_leads_over_missing_nodes),
	    cmocka_unit_test(small_islands_are_pockets),
	    cmocka_unit_test(most_of_a_road_lies_in_town_or_not),
	    cmocka_unit_test(islands_are_listed_with_the_place_near_them),
	    cmocka_unit_test(what_two_inputs_share_is_taken_once),
	    cmocka_unit_test(turns_that_lead_outside_are_refused),
	    cmocka_unit_test(a_stopped_build_leaves_nothing),
	    cmocka_unit_test(a_file_too_large_leaves_nothing),
	    cmocka_unit_test(inputs_that_cannot_be_read_are_named),
	    cmocka_unit_test(a_failed_build_keeps_the_file_before),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Who goes first and why: the gate of skills and shifts, each part of the order, each piece of the
 * reason. */
#include "dispatch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static const char *const water[] = {"water"};
static const char *const sewer[] = {"sewer", "jetting"};
static struct dispatch_query query;

static struct instant at(const char *text)
{
	struct instant t = INSTANT_NONE;
	struct problem p;
	if (!instant_parse(text, &t, &p))
		fail_msg("%s", p.text);
	return t;
}

static struct instant in(int minutes)
{
	return instant_add(query.now, SPAN_S(minutes * 60));
}

static int prepare(void **state)
{
	(void)state;
	struct problem p;
	query = (struct dispatch_query){.now = at("2026-03-10T14:00:00+01:00"),
	                                .zone = zone_get("Europe/Rome", &p),
	                                .skills_needed = water,
	                                .skill_count = 1};
	return query.zone ? 0 : -1;
}

/* On shift until 20:00, water, a fresh position, `minutes` away. */
static struct dispatch_crew crew(const char *name, int minutes)
{
	struct dispatch_crew c = {.name = name,
	                          .skills = water,
	                          .skill_count = 1,
	                          .on_shift = true,
	                          .shift_ends = at("2026-03-10T20:00:00+01:00"),
	                          .position_at = in(-1),
	                          .eta = SPAN_S(minutes * 60),
	                          .eta_known = true};
	snprintf(c.id.text, sizeof c.id.text, "id of %s", name);
	return c;
}

static void the_order_is(const struct dispatch_crew *crews, size_t count, const char *expected)
{
	struct dispatch_candidate out[16];
	char names[256] = "";
	dispatch_rank(&query, crews, count, out);
	for (size_t i = 0; i < count; i++) {
		strcat(names, i ? " " : "");
		strcat(names, crews[out[i].crew].name);
	}
	assert_string_equal(names, expected);
}

static struct dispatch_candidate ranked(struct dispatch_crew c)
{
	struct dispatch_candidate out;
	dispatch_rank(&query, &c, 1, &out);
	return out;
}

static void the_soonest_free_crew_goes_first(void **state)
{
	(void)state;
	struct dispatch_crew crews[] = {crew("C", 30), crew("A", 12), crew("B", 19)};
	the_order_is(crews, 3, "A B C");
}

static void readiness_of_an_on_call_crew_counts(void **state)
{
	(void)state;
	struct dispatch_crew crews[] = {crew("OnCall", 5), crew("Shift", 19)};
	crews[0].on_shift = false;
	crews[0].on_call = true;
	crews[0].on_call_delay = SPAN_S(15 * 60);
	the_order_is(crews, 2, "Shift OnCall");
	assert_int_equal(ranked(crews[0]).ready_in.us, SPAN_S(20 * 60).us);
	crews[0].on_shift = true; /* in turno: no readiness to wait for */
	the_order_is(crews, 2, "OnCall Shift");
}

static void busy_crews_follow_by_when_they_are_free_and_there(void **state)
{
	(void)state;
	struct dispatch_crew crews[] = {crew("Long", 5), crew("Short", 20), crew("Free", 50)};
	crews[0].open_assignments = 1;
	crews[0].free_at = in(40);
	crews[1].open_assignments = 1;
	crews[1].free_at = in(10);
	the_order_is(crews, 3, "Free Short Long");
	struct dispatch_candidate c = ranked(crews[1]);
	assert_int_equal(c.fit, DISPATCH_BUSY);
	assert_int_equal(c.ready_in.us, SPAN_S(30 * 60).us);
	assert_true(c.known);
}

static void a_busy_crew_of_unknown_end_comes_after_those_whose_end_is_known(void **state)
{
	(void)state;
	struct dispatch_crew crews[] = {crew("Unknown", 1), crew("Known", 20)};
	crews[0].open_assignments = crews[1].open_assignments = 1;
	crews[1].free_at = in(60);
	the_order_is(crews, 2, "Known Unknown");
	assert_false(ranked(crews[0]).known);
}

static void unknown_driving_times_come_after_known_ones(void **state)
{
	(void)state;
	struct dispatch_crew crews[] = {crew("NoRoute", 0), crew("Far", 90)};
	crews[0].eta_known = false;
	the_order_is(crews, 2, "Far NoRoute");
}

static void unfit_crews_are_last_with_their_cause_however_near(void **state)
{
	(void)state;
	struct dispatch_crew crews[] = {crew("NoSkill", 1), crew("Off", 2), crew("Busy", 50),
	                                crew("Free", 60)};
	query.skills_needed = sewer;
	query.skill_count = 2;
	for (size_t i = 1; i < 4; i++) {
		crews[i].skills = sewer + 1;
		crews[i].skill_count = 1; /* jetting alone suffices */
	}
	crews[1].on_shift = false;
	crews[2].open_assignments = 1;
	crews[2].free_at = in(10);
	the_order_is(crews, 4, "Free Busy NoSkill Off");
	assert_string_equal(ranked(crews[0]).cause_it, "senza abilità fognatura o autospurgo");
	assert_string_equal(ranked(crews[1]).cause_it, "fuori turno");
	assert_string_equal(ranked(crews[3]).cause_it, "");
	assert_int_equal(ranked(crews[0]).fit, DISPATCH_UNFIT);
	crews[0].on_shift = false;
	assert_string_equal(ranked(crews[0]).cause_it,
	                    "fuori turno, senza abilità fognatura o autospurgo");
}

static void where_no_skill_is_needed_every_crew_fits(void **state)
{
	(void)state;
	struct dispatch_crew c = crew("A", 12);
	c.skill_count = 0;
	assert_int_equal(ranked(c).fit, DISPATCH_UNFIT);
	query.skill_count = 0;
	assert_int_equal(ranked(c).fit, DISPATCH_FREE);
	assert_string_equal(ranked(c).reason_it, "12 min, in turno fino alle 20:00");
}

static void ties_go_by_name_as_people_count(void **state)
{
	(void)state;
	struct dispatch_crew crews[] = {crew("Squadra-10", 12), crew("Squadra-9", 12),
	                                crew("Squadra-2", 12)};
	the_order_is(crews, 3, "Squadra-2 Squadra-9 Squadra-10");
	struct dispatch_crew turned[] = {crews[2], crews[0], crews[1]};
	the_order_is(turned, 3, "Squadra-2 Squadra-9 Squadra-10");
}

static void the_reason_is_said_in_both_languages(void **state)
{
	(void)state;
	struct dispatch_candidate c = ranked(crew("A", 12));
	assert_string_equal(c.reason_it, "12 min, acquedotto, in turno fino alle 20:00");
	assert_string_equal(c.reason, "12 min, water, on shift until 20:00");
	struct dispatch_crew far = crew("B", 80);
	far.shift_ends = INSTANT_NONE;
	assert_string_equal(ranked(far).reason_it, "1 h 20 min, acquedotto, in turno");
	far.eta = SPAN_S(3600);
	assert_string_equal(ranked(far).reason, "1 h, water, on shift");
	far.eta = SPAN_S(61); /* up: nobody arrives earlier than told */
	assert_string_equal(ranked(far).reason, "2 min, water, on shift");
	far.eta = SPAN_S(0);
	assert_string_equal(ranked(far).reason, "1 min, water, on shift");
}

static void a_guess_by_distance_is_marked(void **state)
{
	(void)state;
	struct dispatch_crew c = crew("A", 14);
	c.straight_line = true;
	assert_string_equal(ranked(c).reason_it,
	                    "≈ 14 min (linea d'aria), acquedotto, in turno fino alle 20:00");
	assert_string_equal(ranked(c).reason,
	                    "≈ 14 min (straight line), water, on shift until 20:00");
}

static void an_old_position_and_a_base_are_said(void **state)
{
	(void)state;
	struct dispatch_crew c = crew("A", 12);
	c.position_at = in(-24);
	assert_string_equal(ranked(c).reason_it,
	                    "12 min, acquedotto, in turno fino alle 20:00, posizione di 24 min fa");
	assert_string_equal(ranked(c).reason,
	                    "12 min, water, on shift until 20:00, position 24 min old");
	c.position_at = in(-2);
	assert_string_equal(ranked(c).reason_it,
	                    "12 min, acquedotto, in turno fino alle 20:00, posizione di 2 min fa");
	c.position_at = instant_add(in(-2), SPAN_S(1));
	assert_null(strstr(ranked(c).reason_it, "posizione"));
	c.position_at = INSTANT_NONE;
	c.at_base = true;
	assert_string_equal(ranked(c).reason_it,
	                    "12 min, acquedotto, in turno fino alle 20:00, dalla sede");
	c.position_at = in(-300); /* too old to start from, and said to be */
	assert_string_equal(ranked(c).reason_it, "12 min, acquedotto, in turno fino alle 20:00, "
	                                         "dalla sede (ultima posizione 5 h fa)");
	assert_string_equal(ranked(c).reason, "12 min, water, on shift until 20:00, "
	                                      "from its base (last position 5 h old)");
	c.position_at = in(-3 * 24 * 60);
	assert_non_null(strstr(ranked(c).reason_it, "(ultima posizione 3 giorni fa)"));
}

/* Of a crew whose time nobody knows, the dispatcher is told what is missing. */
static void why_a_time_is_not_known_is_said(void **state)
{
	(void)state;
	static const struct {
		enum dispatch_unknown why;
		const char *name, *it, *en;
	} cases[] = {
	    {DISPATCH_NO_POSITION, "no_position", "posizione non nota", "position unknown"},
	    {DISPATCH_OLD_POSITION, "old_position", "posizione vecchia di 5 h", "position 5 h old"},
	    {DISPATCH_NO_PLACE, "no_place", "l'intervento non ha un punto sulla mappa",
	     "the incident has no place on the map"},
	    {DISPATCH_PLACE_OFF_ROAD, "place_off_road", "nessuna strada vicino all'intervento",
	     "no road near the incident"},
	    {DISPATCH_OFF_ROAD, "off_road", "nessuna strada vicino alla squadra",
	     "no road near the crew"},
	    {DISPATCH_NO_WAY, "no_way", "nessuna strada aperta da lì", "no open road from there"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char it[200], en[200];
		struct dispatch_crew c = crew("A", 0);
		c.eta_known = false;
		c.why_unknown = cases[i].why;
		c.position_at = cases[i].why == DISPATCH_OLD_POSITION ? in(-300) : in(-1);
		snprintf(it, sizeof it, "%s, acquedotto, in turno fino alle 20:00", cases[i].it);
		snprintf(en, sizeof en, "%s, water, on shift until 20:00", cases[i].en);
		assert_string_equal(ranked(c).reason_it, it);
		assert_string_equal(ranked(c).reason, en);
		assert_string_equal(dispatch_unknown_name(cases[i].why), cases[i].name);
	}
}

static void a_stand_far_from_any_road_is_said(void **state)
{
	(void)state;
	struct dispatch_crew c = crew("A", 12);
	c.from_m = 149;
	assert_string_equal(ranked(c).reason_it, "12 min, acquedotto, in turno fino alle 20:00");
	c.from_m = 346;
	assert_string_equal(ranked(c).reason_it,
	                    "12 min, acquedotto, in turno fino alle 20:00, a 350 m dalla strada");
	assert_string_equal(ranked(c).reason,
	                    "12 min, water, on shift until 20:00, 350 m from the road");
	c.eta_known = false;
	assert_null(strstr(ranked(c).reason, "road"));
}

static void a_start_on_a_closed_road_is_said(void **state)
{
	(void)state;
	struct dispatch_crew c = crew("A", 12);
	c.on_closed = true;
	assert_string_equal(
	    ranked(c).reason_it,
	    "12 min, acquedotto, in turno fino alle 20:00, parte da una strada chiusa");
	assert_string_equal(ranked(c).reason,
	                    "12 min, water, on shift until 20:00, starts on a closed road");
	c.eta_known = false;
	assert_null(strstr(ranked(c).reason, "closed road"));
}

static void waiting_and_standing_by_are_said(void **state)
{
	(void)state;
	struct dispatch_crew c = crew("A", 19);
	c.open_assignments = 1;
	c.free_at = in(25);
	assert_string_equal(ranked(c).reason_it,
	                    "19 min, libera tra 25 min, acquedotto, in turno fino alle 20:00");
	assert_string_equal(ranked(c).reason,
	                    "19 min, free in 25 min, water, on shift until 20:00");
	c.free_at = in(-1);
	assert_non_null(strstr(ranked(c).reason_it, "sta per liberarsi"));
	c.free_at = INSTANT_NONE;
	assert_non_null(strstr(ranked(c).reason_it, "occupata, non si sa fino a quando"));
	struct dispatch_crew s = crew("B", 18);
	s.on_shift = false;
	s.on_call = true;
	s.on_call_delay = SPAN_S(15 * 60);
	assert_string_equal(ranked(s).reason_it,
	                    "reperibile: 15 min preparazione + 18 min strada, acquedotto");
	assert_string_equal(ranked(s).reason, "on call: 15 min to get ready + 18 min drive, water");
}

static void an_arrival_after_the_term_is_flagged(void **state)
{
	(void)state;
	query.due = in(30);
	struct dispatch_candidate c = ranked(crew("A", 42));
	assert_true(c.late);
	assert_string_equal(
	    c.reason_it,
	    "42 min, acquedotto, in turno fino alle 20:00, arriva 12 min dopo il termine");
	assert_string_equal(
	    c.reason, "42 min, water, on shift until 20:00, arrives 12 min after the time limit");
	assert_false(ranked(crew("A", 30)).late); /* at the second is in time */
	struct dispatch_crew unknown = crew("B", 90);
	unknown.eta_known = false;
	assert_false(ranked(unknown).late);
	query.due = INSTANT_NONE;
	assert_false(ranked(crew("A", 42)).late);
}

static void skills_have_italian_names(void **state)
{
	(void)state;
	assert_string_equal(skill_it("electromechanical"), "elettromeccanica");
	assert_string_equal(skill_it("diving"), "diving");
}

static void nobody_is_ranked_without_crews(void **state)
{
	(void)state;
	dispatch_rank(&query, NULL, 0, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(the_soonest_free_crew_goes_first, prepare),
	    cmocka_unit_test_setup(readiness_of_an_on_call_crew_counts, prepare),
	    cmocka_unit_test_setup(busy_crews_follow_by_when_they_are_free_and_there, prepare),
	    cmocka_unit_test_setup(a_busy_crew_of_unknown_end_comes_after_those_whose_end_is_known,
	                           prepare),
	    cmocka_unit_test_setup(unknown_driving_times_come_after_known_ones, prepare),
	    cmocka_unit_test_setup(unfit_crews_are_last_with_their_cause_however_near, prepare),
	    cmocka_unit_test_setup(where_no_skill_is_needed_every_crew_fits, prepare),
	    cmocka_unit_test_setup(ties_go_by_name_as_people_count, prepare),
	    cmocka_unit_test_setup(the_reason_is_said_in_both_languages, prepare),
	    cmocka_unit_test_setup(a_guess_by_distance_is_marked, prepare),
	    cmocka_unit_test_setup(an_old_position_and_a_base_are_said, prepare),
	    cmocka_unit_test_setup(why_a_time_is_not_known_is_said, prepare),
	    cmocka_unit_test_setup(a_stand_far_from_any_road_is_said, prepare),
	    cmocka_unit_test_setup(a_start_on_a_closed_road_is_said, prepare),
	    cmocka_unit_test_setup(waiting_and_standing_by_are_said, prepare),
	    cmocka_unit_test_setup(an_arrival_after_the_term_is_flagged, prepare),
	    cmocka_unit_test_setup(skills_have_italian_names, prepare),
	    cmocka_unit_test_setup(nobody_is_ranked_without_crews, prepare),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Identifiers, public codes, points, scopes, and the three state tables walked along their
 * scenarios. */
#include "model/crew.h"
#include "model/id.h"
#include "model/incident.h"
#include "model/place.h"
#include "model/states.h"
#include "model/user.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <math.h>

static const char symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void an_id_is_a_uuid_of_version_7_and_sorts_by_birth(void **state)
{
	(void)state;
	char before[ID_TEXT], after[ID_TEXT], parsed[ID_TEXT];
	id_make(before);
	/* Two ids within a quarter of a microsecond may share their time: wait a little more. */
	for (volatile int i = 0; i < 200000; i++) {
	}
	id_make(after);
	assert_int_equal(strlen(before), 36);
	assert_int_equal(before[14], '7');
	assert_non_null(strchr("89ab", before[19]));
	assert_true(strcmp(before, after) < 0);
	assert_true(id_parse(before, parsed));
	assert_string_equal(before, parsed);
}

static void an_id_from_outside_is_lowered_or_refused(void **state)
{
	(void)state;
	char out[ID_TEXT] = "untouched";
	assert_true(id_parse("0192D3E4-AAAA-7bbb-8CCC-0123456789aB", out));
	assert_string_equal(out, "0192d3e4-aaaa-7bbb-8ccc-0123456789ab");
	char kept[ID_TEXT] = "untouched";
	const char *bad[] = {NULL,
	                     "",
	                     "0192d3e4",
	                     "0192d3e4-aaaa-7bbb-8ccc-0123456789ag",
	                     "0192d3e4aaaaa-7bbb-8ccc-0123456789ab",
	                     "0192d3e4-aaaa-7bbb-8ccc-0123456789ab "};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(id_parse(bad[i], kept));
	assert_string_equal(kept, "untouched");
}

static void a_code_survives_showing_and_typing(void **state)
{
	(void)state;
	for (int n = 0; n < 200; n++) {
		char code[CODE_TEXT], shown[CODE_SHOWN], typed[64], back[CODE_TEXT];
		code_make(code);
		assert_int_equal(strlen(code), 11);
		assert_int_equal(strspn(code, symbols), 11);
		code_show(code, shown);
		assert_int_equal(strlen(shown), 13);
		assert_int_equal(shown[5], '-');
		assert_int_equal(shown[11], '-');
		size_t length = 0;
		for (const char *c = shown; *c;
		     c++) /* as a person types it: small, o for 0, l for 1, spaces */
			typed[length++] = *c == '0'   ? 'o'
			                  : *c == '1' ? 'l'
			                  : *c == '-' ? ' '
			                              : (char)(*c | (*c >= 'A' ? 32 : 0));
		typed[length] = '\0';
		assert_true(code_parse(typed, back));
		assert_string_equal(back, code);
	}
}

static void a_code_with_one_wrong_symbol_is_always_refused(void **state)
{
	(void)state;
	char code[CODE_TEXT], back[CODE_TEXT];
	code_make(code);
	for (size_t at = 0; at < 11; at++) {
		for (const char *s = symbols; *s; s++) {
			char wrong[CODE_TEXT];
			memcpy(wrong, code, sizeof wrong);
			if (wrong[at] == *s)
				continue;
			wrong[at] = *s;
			assert_false(code_parse(wrong, back));
		}
	}
	assert_false(code_parse(NULL, back));
	assert_false(code_parse("7KQ4M", back));
	assert_false(code_parse("UUUUU-UUUUU-U", back));
	assert_false(code_parse("00000-00000-00", back)); /* one symbol too many */
}

/* 0…01: the check of a single 1 in the last place is 32 - 2 = 30, the symbol Y. */
static void the_check_symbol_is_luhn_mod_32(void **state)
{
	(void)state;
	char back[CODE_TEXT];
	assert_true(code_parse("00000-00001-Y", back));
	assert_true(code_parse("00000-00010-Z", back));
	assert_true(code_parse("00000-00000-0", back));
	assert_false(code_parse("00000-00001-Z", back));
}

static void points_know_their_distance_and_their_public_form(void **state)
{
	(void)state;
	struct point trento = {46.0664, 11.1257}, rovereto = {45.8905, 11.0400};
	double d = point_distance_m(trento, rovereto);
	assert_true(d > 20500 && d < 20800);
	assert_true(point_distance_m(trento, trento) == 0);
	assert_false(point_is_set(POINT_NONE));
	assert_false(point_valid(POINT_NONE));
	assert_false(point_valid((struct point){91, 0}));
	assert_false(point_valid((struct point){0, -180.5}));
	assert_true(point_valid(trento));
	struct point r = point_rounded((struct point){45.38749, -10.49351});
	assert_true(fabs(r.lat - 45.387) < 1e-9 && fabs(r.lon + 10.494) < 1e-9);
}

static void a_user_sees_his_utilities_and_desks_see_what_nobody_could_route(void **state)
{
	(void)state;
	struct user u = {.role = ROLE_DISPATCHER, .utility_count = 1};
	strcpy(u.utilities[0].text, "aaa");
	strcpy(u.utilities[1].text, "bbb"); /* beyond the count */
	assert_true(user_may_see(&u, "aaa"));
	assert_false(user_may_see(&u, "bbb"));
	assert_true(user_may_see(&u, ""));
	u.role = ROLE_CREW;
	assert_false(user_may_see(&u, ""));
	enum role r;
	assert_true(role_parse("supervisor", &r));
	assert_int_equal(r, ROLE_SUPERVISOR);
	assert_false(role_parse("operator", &r));
	assert_string_equal(role_name(ROLE_MACHINE), "machine");
}

/* ---- states ---- */

static enum incident_state step(enum incident_state from, enum incident_event e, bool safe)
{
	enum incident_state to = from;
	struct problem p;
	if (!incident_step(from, e, safe, &to, &p))
		fail_msg("%s", p.text);
	return to;
}

static void refused(enum incident_state from, enum incident_event e, bool safe)
{
	enum incident_state to = from;
	struct problem p = {0};
	assert_false(incident_step(from, e, safe, &to, &p));
	assert_int_equal(p.kind, PROBLEM_CONFLICT);
	assert_non_null(strstr(p.text, incident_state_name(from)));
	assert_non_null(strstr(p.text, incident_event_name(e)));
	assert_int_equal(to, from);
}

static void an_incident_goes_the_plain_way(void **state)
{
	(void)state;
	static const struct {
		enum incident_event event;
		enum incident_state to;
	} way[] = {{INCIDENT_CLASSIFY, INCIDENT_CLASSIFIED},
	           {INCIDENT_ASSIGN, INCIDENT_ASSIGNED},
	           {INCIDENT_CREW_EN_ROUTE, INCIDENT_EN_ROUTE},
	           {INCIDENT_CREW_ARRIVED, INCIDENT_ON_SITE},
	           {INCIDENT_CREW_MADE_SAFE, INCIDENT_MADE_SAFE},
	           {INCIDENT_CREW_RESTORED, INCIDENT_RESTORED},
	           {INCIDENT_NO_CREW_LEFT, INCIDENT_RESTORED},
	           {INCIDENT_CLOSE, INCIDENT_CLOSED}};
	enum incident_state now = INCIDENT_NEW;
	for (size_t i = 0; i < sizeof way / sizeof *way; i++) {
		now = step(now, way[i].event, now >= INCIDENT_MADE_SAFE);
		assert_int_equal(now, way[i].to);
	}
}

static void a_lost_crew_sends_the_incident_back(void **state)
{
	(void)state;
	enum incident_state with_crew[] = {INCIDENT_ASSIGNED, INCIDENT_EN_ROUTE, INCIDENT_ON_SITE};
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(step(with_crew[i], INCIDENT_NO_CREW_LEFT, false),
		                 INCIDENT_CLASSIFIED);
		assert_int_equal(step(with_crew[i], INCIDENT_NO_CREW_LEFT, true),
		                 INCIDENT_MADE_SAFE);
	}
	assert_int_equal(step(INCIDENT_MADE_SAFE, INCIDENT_NO_CREW_LEFT, true), INCIDENT_MADE_SAFE);
	assert_int_equal(step(INCIDENT_MADE_SAFE, INCIDENT_ASSIGN, true), INCIDENT_ASSIGNED);
	assert_int_equal(step(INCIDENT_ON_SITE, INCIDENT_CREW_RESTORED, true), INCIDENT_RESTORED);
}

static void closing_works_from_every_open_state_and_cancelling_before_on_site(void **state)
{
	(void)state;
	for (int s = INCIDENT_NEW; s <= INCIDENT_RESTORED; s++) {
		assert_int_equal(step((enum incident_state)s, INCIDENT_CLOSE, false),
		                 INCIDENT_CLOSED);
		if (s < INCIDENT_ON_SITE)
			assert_int_equal(step((enum incident_state)s, INCIDENT_CANCEL, false),
			                 INCIDENT_CANCELLED);
		else
			refused((enum incident_state)s, INCIDENT_CANCEL, false);
		assert_true(incident_is_open((enum incident_state)s));
	}
	refused(INCIDENT_ASSIGNED, INCIDENT_CANCEL, true); /* somebody had been there */
	for (int e = INCIDENT_CLASSIFY; e <= INCIDENT_CANCEL; e++) {
		refused(INCIDENT_CLOSED, (enum incident_event)e, false);
		refused(INCIDENT_CANCELLED, (enum incident_event)e, true);
	}
	assert_false(incident_is_open(INCIDENT_CLOSED));
	assert_false(incident_is_open(INCIDENT_CANCELLED));
}

static void what_the_table_leaves_out_is_refused(void **state)
{
	(void)state;
	refused(INCIDENT_NEW, INCIDENT_ASSIGN, false);
	refused(INCIDENT_CLASSIFIED, INCIDENT_CREW_ARRIVED, false);
	refused(INCIDENT_ON_SITE, INCIDENT_CREW_RESTORED, false);
	refused(INCIDENT_EN_ROUTE, INCIDENT_CREW_MADE_SAFE, false);
	refused(INCIDENT_RESTORED, INCIDENT_ASSIGN, true);
}

static void a_second_crew_never_moves_an_incident_backwards(void **state)
{
	(void)state;
	assert_int_equal(step(INCIDENT_ON_SITE, INCIDENT_ASSIGN, false), INCIDENT_ON_SITE);
	assert_int_equal(step(INCIDENT_ON_SITE, INCIDENT_CREW_EN_ROUTE, false), INCIDENT_ON_SITE);
	assert_int_equal(step(INCIDENT_MADE_SAFE, INCIDENT_CREW_ARRIVED, true), INCIDENT_MADE_SAFE);
	assert_int_equal(step(INCIDENT_RESTORED, INCIDENT_CREW_ARRIVED, true), INCIDENT_RESTORED);
}

/* Every pair of assignment state and event: allowed exactly as written here. */
static void an_assignment_takes_exactly_its_events(void **state)
{
	(void)state;
	static const int to[8][9] = {
	    /* accept decline depart arrive safe restore leave expire recall */
	    {1, 5, -1, -1, -1, -1, -1, 6, 7},     {-1, -1, 2, 3, -1, -1, -1, -1, 7},
	    {-1, -1, -1, 3, -1, -1, -1, -1, 7},   {-1, -1, -1, -1, 3, 3, 4, -1, 7},
	    {-1, -1, -1, -1, -1, -1, -1, -1, -1}, {-1, -1, -1, -1, -1, -1, -1, -1, -1},
	    {-1, -1, -1, -1, -1, -1, -1, -1, -1}, {-1, -1, -1, -1, -1, -1, -1, -1, -1}};
	for (int s = 0; s < 8; s++) {
		for (int e = 0; e < 9; e++) {
			enum assignment_state out = ASSIGNMENT_OFFERED;
			struct problem p = {0};
			bool ok = assignment_step((enum assignment_state)s,
			                          (enum assignment_event)e, &out, &p);
			assert_int_equal(ok, to[s][e] >= 0);
			if (ok)
				assert_int_equal(out, to[s][e]);
			else
				assert_int_equal(p.kind, PROBLEM_CONFLICT);
		}
		assert_int_equal(assignment_is_open((enum assignment_state)s),
		                 s <= ASSIGNMENT_ARRIVED);
	}
}

static void a_report_is_triaged_before_anything_else(void **state)
{
	(void)state;
	struct problem p;
	assert_true(report_step(REPORT_RECEIVED, REPORT_TRIAGED, &p));
	assert_true(report_step(REPORT_TRIAGED, REPORT_LINKED, &p));
	assert_true(report_step(REPORT_TRIAGED, REPORT_REJECTED, &p));
	assert_true(report_step(REPORT_TRIAGED, REPORT_REFERRED, &p));
	assert_true(report_step(REPORT_REJECTED, REPORT_TRIAGED, &p));
	assert_false(report_step(REPORT_RECEIVED, REPORT_LINKED, &p));
	assert_int_equal(p.kind, PROBLEM_CONFLICT);
	assert_false(report_step(REPORT_LINKED, REPORT_REJECTED, &p));
}

static void names_go_there_and_back(void **state)
{
	(void)state;
	enum incident_state i = INCIDENT_NEW;
	assert_true(incident_state_parse("made_safe", &i));
	assert_int_equal(i, INCIDENT_MADE_SAFE);
	assert_false(incident_state_parse("MADE_SAFE", &i));
	assert_false(incident_state_parse(NULL, &i));
	assert_int_equal(i, INCIDENT_MADE_SAFE);
	enum assignment_event e;
	assert_true(assignment_event_parse("en_route", &e));
	assert_int_equal(e, ASSIGNMENT_DEPART);
	enum disposition d;
	assert_true(disposition_parse("", &d));
	assert_int_equal(d, DISPOSITION_NONE);
	assert_string_equal(disposition_name(DISPOSITION_MERGED), "merged");
}

static void the_picture_names_every_state_and_move(void **state)
{
	(void)state;
	struct str dot = {0};
	states_dot(&dot);
	assert_non_null(strstr(dot.data, "digraph"));
	assert_non_null(strstr(dot.data, "report_triaged -> report_linked [label=\"link\"]"));
	assert_non_null(
	    strstr(dot.data, "incident_on_site -> incident_made_safe [label=\"made_safe\"]"));
	assert_non_null(
	    strstr(dot.data, "assignment_accepted -> assignment_arrived [label=\"arrived\"]"));
	assert_non_null(strstr(dot.data, "(never safe)"));
	assert_null(strstr(dot.data, "incident_closed -> "));
	str_fini(&dot);
}

/* ---- what governs, what a crew does ---- */

static void the_earliest_running_arrival_governs(void **state)
{
	(void)state;
	struct due_target targets[] = {
	    {.kind = TARGET_REPAIR, .due = {50}, .first = false},
	    {.kind = TARGET_ARRIVAL, .due = {300}, .first = true},
	    {.kind = TARGET_ARRIVAL, .due = {200}, .effective = true},
	    {.kind = TARGET_ARRIVAL, .due = {100}, .first = true, .stopped_at = {90}},
	    {.kind = TARGET_RESTORE, .due = {60}, .first = true},
	};
	struct incident i = {.targets = targets, .target_count = 5};
	assert_ptr_equal(incident_governing(&i), &targets[2]);
	/* one that is held still waits behind those that run, judged by the instant it was held */
	const struct clock_event held = {.from = {150}};
	struct span late, left;
	targets[2].paused = &held;
	assert_ptr_equal(incident_governing(&i), &targets[1]);
	assert_int_equal(target_judge(&targets[2], (struct instant){900}, &late, &left), TARGET_RUNNING);
	assert_int_equal(left.us, 50);
	targets[2].paused = NULL;
	targets[1].stopped_at = targets[2].stopped_at = targets[4].stopped_at =
	    (struct instant){400};
	assert_ptr_equal(incident_governing(&i), &targets[3]);
	i.target_count = 1;
	assert_null(incident_governing(&i));
}

static void a_crew_is_what_its_work_and_shift_make_it(void **state)
{
	(void)state;
	struct crew c = {.on_shift = true};
	assert_int_equal(crew_state_of(&c), CREW_AVAILABLE);
	c.on_shift = false;
	assert_int_equal(crew_state_of(&c), CREW_OFF);
	c.on_call = true;
	assert_int_equal(crew_state_of(&c), CREW_ON_CALL);
	c.open_assignments = 1;
	c.assignment_state = ASSIGNMENT_ARRIVED;
	assert_int_equal(crew_state_of(&c), CREW_ON_SITE);
	c.assignment_state = ASSIGNMENT_OFFERED;
	assert_string_equal(crew_state_name(crew_state_of(&c)), "offered");

	struct assignment list[] = {{.state = ASSIGNMENT_DECLINED},
	                            {.state = ASSIGNMENT_OFFERED},
	                            {.state = ASSIGNMENT_EN_ROUTE},
	                            {.state = ASSIGNMENT_LEFT}};
	struct incident i = {.assignments = list, .assignment_count = 4};
	assert_ptr_equal(incident_open_assignment(&i), &list[2]);
	i.assignment_count = 1;
	assert_null(incident_open_assignment(&i));
}

static void a_crew_drives_while_it_is_fast_and_seen_of_late(void **state)
{
	(void)state;
	const struct crew there = {.position = {45.5, 10.25},
	                           .position_at = {1000000000},
	                           .heading = 0,
	                           .speed_mps = 2.1};
	const struct instant fresh = {1119000000}, late = {1120000000};
	assert_true(crew_drives(&there, fresh));
	assert_false(crew_drives(&there, late));
	struct crew c = there;
	c.speed_mps = 2;
	assert_false(crew_drives(&c, fresh));
	c.speed_mps = NAN;
	assert_false(crew_drives(&c, fresh));
	c = there;
	c.heading = NAN;
	assert_false(crew_drives(&c, fresh));
	c = there;
	c.position_at = INSTANT_NONE;
	assert_false(crew_drives(&c, fresh));
	c = there;
	c.position = POINT_NONE;
	assert_false(crew_drives(&c, fresh));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_id_is_a_uuid_of_version_7_and_sorts_by_birth),
	    cmocka_unit_test(an_id_from_outside_is_lowered_or_refused),
	    cmocka_unit_test(a_code_survives_showing_and_typing),
	    cmocka_unit_test(a_code_with_one_wrong_symbol_is_always_refused),
	    cmocka_unit_test(the_check_symbol_is_luhn_mod_32),
	    cmocka_unit_test(points_know_their_distance_and_their_public_form),
	    cmocka_unit_test(a_user_sees_his_utilities_and_desks_see_what_nobody_could_route),
	    cmocka_unit_test(an_incident_goes_the_plain_way),
	    cmocka_unit_test(a_lost_crew_sends_the_incident_back),
	    cmocka_unit_test(closing_works_from_every_open_state_and_cancelling_before_on_site),
	    cmocka_unit_test(what_the_table_leaves_out_is_refused),
	    cmocka_unit_test(a_second_crew_never_moves_an_incident_backwards),
	    cmocka_unit_test(an_assignment_takes_exactly_its_events),
	    cmocka_unit_test(a_report_is_triaged_before_anything_else),
	    cmocka_unit_test(names_go_there_and_back),
	    cmocka_unit_test(the_picture_names_every_state_and_move),
	    cmocka_unit_test(the_earliest_running_arrival_governs),
	    cmocka_unit_test(a_crew_is_what_its_work_and_shift_make_it),
	    cmocka_unit_test(a_crew_drives_while_it_is_fast_and_seen_of_late),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * What becomes of targets: running, paused, met, missed and excused; conditions of night, holiday
 * and dates; patron saints, Saturdays and the protocol where a charter counts them.
 */
#include "clocks_ask.h"

/* ---- judgement ---- */

/* What became of a target that started at `from`; stop and now as texts, stop may be NULL. */
static struct clocks_state became(struct charter_target target, const char *from,
                                  const struct clocks_pause *pauses, size_t count, const char *stop,
                                  const char *now)
{
	struct charter_class class;
	struct clocks_question q = ask(&class, &target, 1);
	struct clocks_due out[CLOCKS_MAX_TARGETS];
	q.received = at(from);
	q.now = at(now);
	q.pauses = pauses;
	q.pause_count = count;
	assert_int_equal(clocks_due(&q, out), 1);
	return clocks_state(&q, &out[0], stop ? at(stop) : INSTANT_NONE);
}

static void hours_are_kept_at_the_second_and_days_before_midnight(void **state)
{
	(void)state;
	const char *from = "2026-03-10T14:05:20+01:00", *later = "2026-03-12T00:00:00+01:00";
	struct charter_target three = hours(HOURS(3)), one = days(UNIT_CALENDAR_DAYS, 1);
	struct clocks_state s = became(three, from, NULL, 0, "2026-03-10T17:05:20+01:00", later);
	assert_int_equal(s.result, CLOCKS_MET);
	assert_int_equal(s.late.us, 0);
	assert_int_equal(s.left.us, 0);
	s = became(three, from, NULL, 0, "2026-03-10T17:05:21+01:00", later);
	assert_int_equal(s.result, CLOCKS_MISSED);
	assert_int_equal(s.late.us, SPAN_S(1).us);
	s = became(one, from, NULL, 0, "2026-03-12T00:00:00+01:00", later);
	assert_int_equal(s.result, CLOCKS_MISSED);
	s = became(one, from, NULL, 0, "2026-03-11T23:59:00+01:00", later);
	assert_int_equal(s.result, CLOCKS_MET);
	assert_int_equal(s.left.us, SPAN_S(60).us);
	s = became(one, from, NULL, 0, NULL, "2026-03-11T23:59:00+01:00");
	assert_int_equal(s.result, CLOCKS_RUNNING);
	assert_int_equal(s.left.us, SPAN_S(60).us);
	s = became(one, from, NULL, 0, NULL, "2026-03-12T00:00:01+01:00");
	assert_int_equal(s.result, CLOCKS_MISSED);
	assert_int_equal(s.late.us, SPAN_S(1).us);
}

static void a_held_clock_is_paused_and_keeps_what_was_left(void **state)
{
	(void)state;
	const char *from = "2026-03-10T14:00:00+01:00";
	struct charter_target three = hours(HOURS(3));
	struct clocks_pause open = pause_of("2026-03-10T14:30:00+01:00", NULL, PAUSE_STRIKE);
	struct clocks_state s = became(three, from, &open, 1, NULL, "2026-03-10T15:00:00+01:00");
	assert_int_equal(s.result, CLOCKS_PAUSED);
	assert_int_equal(s.left.us, SPAN_S(HOURS(2) + 1800).us);
	s = became(three, from, &open, 1, NULL, "2026-03-12T15:00:00+01:00");
	assert_int_equal(s.result, CLOCKS_PAUSED);
	assert_int_equal(s.left.us, SPAN_S(HOURS(2) + 1800).us);
	/* stopped while held: what was left then, however late it is asked */
	s = became(three, from, &open, 1, "2026-03-10T19:00:00+01:00", "2026-03-12T15:00:00+01:00");
	assert_int_equal(s.result, CLOCKS_MET);
	assert_int_equal(s.left.us, SPAN_S(HOURS(2) + 1800).us);
	/* before it begins and after it ends the clock runs */
	open.to = at("2026-03-10T15:00:00+01:00");
	s = became(three, from, &open, 1, NULL, "2026-03-10T14:29:59+01:00");
	assert_int_equal(s.result, CLOCKS_RUNNING);
	s = became(three, from, &open, 1, NULL, "2026-03-10T15:00:00+01:00");
	assert_int_equal(s.result, CLOCKS_RUNNING);
	/* a pause that began after the due instant saves nothing */
	open = pause_of("2026-03-10T17:30:00+01:00", NULL, PAUSE_STRIKE);
	s = became(three, from, &open, 1, NULL, "2026-03-10T18:00:00+01:00");
	assert_int_equal(s.result, CLOCKS_MISSED);
	assert_int_equal(s.late.us, SPAN_S(HOURS(1)).us);
}

static void three_excuses_have_three_sums(void **state)
{
	(void)state;
	const char *classes[] = {"K"}, *others[] = {"L"};
	struct charter_clause clauses[] = {{.kind = CLAUSE_STOP,
	                                    .causes = 1u << PAUSE_THIRD_PARTY_PERMIT,
	                                    .classes = classes,
	                                    .class_count = 1,
	                                    .quote = "al netto di"},
	                                   {.kind = CLAUSE_EXCUSE,
	                                    .causes = 1u << PAUSE_FORCE_MAJEURE,
	                                    .every_class = true,
	                                    .quote = "forza maggiore"},
	                                   {.kind = CLAUSE_EXCUSE,
	                                    .causes = 1u << PAUSE_REPORTER_ABSENT,
	                                    .classes = others,
	                                    .class_count = 1},
	                                   {.kind = CLAUSE_EXCUSE,
	                                    .source = SOURCE_NATIONAL,
	                                    .causes = 1u << PAUSE_STRIKE,
	                                    .every_class = true},
	                                   {.kind = CLAUSE_VALIDITY,
	                                    .causes = 1u << PAUSE_TRAFFIC_OR_VISIBILITY,
	                                    .every_class = true}};
	const struct {
		enum pause_cause cause;
		enum clocks_result result;
		enum clocks_excuse excuse;
	} cases[] = {
	    {PAUSE_THIRD_PARTY_PERMIT, CLOCKS_MET, CLOCKS_NO_EXCUSE},
	    {PAUSE_FORCE_MAJEURE, CLOCKS_MISSED, CLOCKS_EXCUSED},
	    {PAUSE_TRAFFIC_OR_VISIBILITY, CLOCKS_MISSED, CLOCKS_NOT_BINDING},
	    {PAUSE_REPORTER_ABSENT, CLOCKS_MISSED, CLOCKS_NO_EXCUSE}, /* of another class */
	    {PAUSE_STRIKE, CLOCKS_MISSED, CLOCKS_NO_EXCUSE},          /* of the national targets */
	    {PAUSE_EXTRAORDINARY_WEATHER, CLOCKS_MISSED, CLOCKS_NO_EXCUSE}};
	struct charter_target three = hours(HOURS(3));
	three.pause_causes = 1u << PAUSE_THIRD_PARTY_PERMIT;
	plain.clauses = clauses;
	plain.clause_count = sizeof clauses / sizeof *clauses;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct clocks_pause hour = pause_of("2026-03-10T15:00:00+01:00",
		                                    "2026-03-10T16:00:00+01:00", cases[i].cause);
		struct clocks_state s =
		    became(three, "2026-03-10T14:00:00+01:00", &hour, 1,
		           "2026-03-10T17:30:00+01:00", "2026-03-11T00:00:00+01:00");
		assert_int_equal(s.result, cases[i].result);
		assert_int_equal(s.excuse, cases[i].excuse);
		assert_int_equal(s.late.us, s.result == CLOCKS_MISSED ? SPAN_S(1800).us : 0);
		assert_int_equal(s.clause != NULL, s.excuse != CLOCKS_NO_EXCUSE);
		assert_int_equal(s.event != NULL, s.excuse != CLOCKS_NO_EXCUSE);
	}
	/* what came after the due instant excuses nothing */
	struct clocks_pause after =
	    pause_of("2026-03-10T17:10:00+01:00", "2026-03-10T17:20:00+01:00", PAUSE_FORCE_MAJEURE);
	struct clocks_state s = became(three, "2026-03-10T14:00:00+01:00", &after, 1,
	                               "2026-03-10T17:30:00+01:00", "2026-03-11T00:00:00+01:00");
	assert_int_equal(s.excuse, CLOCKS_NO_EXCUSE);
	plain.clauses = NULL;
	plain.clause_count = 0;
}

/* ---- conditions of the clock on the wall ---- */

static void a_target_may_hold_by_night_and_on_holidays_only(void **state)
{
	(void)state;
	struct charter_target targets[] = {hours(HOURS(2)), hours(HOURS(3)), hours(HOURS(12))};
	targets[0].when.is = WHEN_OTHERWISE;
	targets[1].when = (struct target_condition){WHEN_NIGHT_OR_HOLIDAY, 22 * 60, 6 * 60};
	targets[2].kind = TARGET_REPAIR; /* of another kind: stands beside both */
	const struct {
		const char *from;
		int hours;
	} cases[] = {
	    {"2026-03-10T14:00:00+01:00", 2},
	    {"2026-03-10T21:59:59+01:00", 2},
	    {"2026-03-10T22:00:00+01:00", 3},
	    {"2026-03-10T05:59:59+01:00", 3},
	    {"2026-03-10T06:00:00+01:00", 2},
	    {"2026-03-14T12:00:00+01:00", 2}, /* a Saturday is no holiday */
	    {"2026-03-15T12:00:00+01:00", 3},
	    {"2026-04-06T12:00:00+02:00", 3},
	    {"2026-10-25T04:30:00Z", 3},
	    {"2027-10-04T12:00:00+02:00", 3}, /* Saint Francis, a Monday */
	    {"2026-07-10T20:30:00Z", 3},
	    {"2026-07-10T19:59:00Z", 2},
	};
	struct charter_class class;
	struct clocks_question q = ask(&class, targets, 3);
	struct clocks_due out[CLOCKS_MAX_TARGETS];
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		q.received = at(cases[i].from);
		if (clocks_due(&q, out) != 2)
			fail_msg("%s: not one arrival and one repair", cases[i].from);
		assert_int_equal(out[0].target->kind, TARGET_ARRIVAL);
		assert_true(out[0].effective);
		if (instant_since(out[0].due, q.received).us != SPAN_S(HOURS(cases[i].hours)).us)
			fail_msg("%s: not %d hours", cases[i].from, cases[i].hours);
	}
	/* holidays alone, and a night that lies within one day */
	targets[1].when.is = WHEN_HOLIDAY;
	q.received = at("2026-03-10T23:00:00+01:00");
	assert_int_equal(clocks_due(&q, out), 2);
	assert_int_equal(out[0].target->amount, HOURS(2));
	targets[1].when = (struct target_condition){WHEN_NIGHT, 60, 6 * 60};
	q.received = at("2026-03-10T00:30:00+01:00");
	assert_int_equal(clocks_due(&q, out), 2);
	assert_int_equal(out[0].target->amount, HOURS(2));
	q.received = at("2026-03-15T12:00:00+01:00"); /* a Sunday at noon is no night */
	assert_int_equal(clocks_due(&q, out), 2);
	assert_int_equal(out[0].target->amount, HOURS(2));
	q.received = at("2026-03-10T01:00:00+01:00");
	assert_int_equal(clocks_due(&q, out), 2);
	assert_int_equal(out[0].target->amount, HOURS(3));
}

static void a_target_is_owed_between_its_dates(void **state)
{
	(void)state;
	struct charter_target target = hours(HOURS(3));
	target.valid_from = "2016-07-01";
	target.valid_to = "2026-12-31";
	struct charter_class class;
	struct clocks_question q = ask(&class, &target, 1);
	struct clocks_due out[CLOCKS_MAX_TARGETS];
	q.received = at("2016-06-30T23:59:59+02:00");
	assert_int_equal(clocks_due(&q, out), 0);
	q.received = at("2016-07-01T00:00:00+02:00");
	assert_int_equal(clocks_due(&q, out), 1);
	q.received = at("2026-12-31T23:59:59+01:00");
	assert_int_equal(clocks_due(&q, out), 1);
	q.received = at("2026-12-31T23:00:00Z");
	assert_int_equal(clocks_due(&q, out), 0);
}

/* ---- patron saints, Saturdays, the protocol ---- */

static void a_patron_rests_only_where_the_charter_counts_it(void **state)
{
	(void)state;
	struct patron_day all[] = {
	    {.municipality = "Castiglione", .name = "San Luigi", .month = 3, .day = 9},
	    {.municipality = "Milano",
	     .name = "Sant'Ambrogio",
	     .month = 12,
	     .day = 7,
	     .valid_from = "2020-01-01"},
	    {.municipality = "Valle",
	     .name = "Madonna del Bosco",
	     .rule = PATRON_WEEKDAY,
	     .month = 8,
	     .weekday = 0,
	     .nth = -1},
	    {.municipality = "Valle",
	     .name = "San Rocco",
	     .rule = PATRON_WEEKDAY,
	     .month = 9,
	     .weekday = 1,
	     .nth = 2},
	    {.municipality = "Valle",
	     .name = "Lunedì di Pentecoste",
	     .rule = PATRON_EASTER,
	     .after_easter = 50}};
	struct charter own = plain;
	struct charter_target ten = days(UNIT_WORKING_DAYS, 10), one = days(UNIT_WORKING_DAYS, 1);
	const struct {
		const struct charter_target *target;
		const char *municipality, *from, *without, *with;
	} cases[] = {
	    {&ten, "Castiglione", "2026-03-06T08:00:00+01:00", "2026-03-21T00:00:00+01:00",
	     "2026-03-24T00:00:00+01:00"},
	    {&one, "milano", "2026-12-04T09:00:00+01:00", "2026-12-08T00:00:00+01:00",
	     "2026-12-10T00:00:00+01:00"},
	    {&one, "Milano", "2018-12-06T09:00:00+01:00", "2018-12-08T00:00:00+01:00",
	     "2018-12-08T00:00:00+01:00"}, /* before its date */
	    {&one, "Valle", "2026-08-28T09:00:00+02:00", "2026-09-01T00:00:00+02:00",
	     "2026-09-02T00:00:00+02:00"},
	    {&one, "Valle", "2026-08-21T09:00:00+02:00", "2026-08-25T00:00:00+02:00",
	     "2026-08-25T00:00:00+02:00"}, /* the last but one */
	    {&one, "Valle", "2026-09-07T09:00:00+02:00", "2026-09-09T00:00:00+02:00",
	     "2026-09-10T00:00:00+02:00"},
	    {&one, "Valle", "2026-05-22T09:00:00+02:00", "2026-05-26T00:00:00+02:00",
	     "2026-05-27T00:00:00+02:00"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct charter_target target = *cases[i].target;
		struct charter_class class;
		struct clocks_question q = ask(&class, &target, 1);
		struct clocks_due out[CLOCKS_MAX_TARGETS];
		char text[INSTANT_TEXT];
		q.received = at(cases[i].from);
		q.municipality = cases[i].municipality;
		assert_int_equal(clocks_due(&q, out), 1);
		assert_string_equal(instant_format(out[0].due, rome(), text), cases[i].without);
		own.patrons = all;
		own.patron_count = sizeof all / sizeof *all;
		own.patrons_of_place = true;
		q.charter = &own;
		assert_int_equal(clocks_due(&q, out), 1);
		if (strcmp(instant_format(out[0].due, rome(), text), cases[i].with) != 0)
			fail_msg("%s from %s: %s", cases[i].municipality, cases[i].from, text);
		q.municipality = NULL; /* nobody knows where: no patron rests */
		assert_int_equal(clocks_due(&q, out), 1);
		assert_string_equal(instant_format(out[0].due, rome(), text), cases[i].without);
		q.municipality = "Altrove";
		assert_int_equal(clocks_due(&q, out), 1);
		assert_string_equal(instant_format(out[0].due, rome(), text), cases[i].without);
	}
	/* a charter that names its seat counts that patron wherever the fault is */
	own.patrons_of_place = false;
	own.patron_count = 1;
	struct charter_class class;
	struct clocks_question q = ask(&class, &ten, 1);
	struct clocks_due out[CLOCKS_MAX_TARGETS];
	char text[INSTANT_TEXT];
	q.charter = &own;
	q.received = at("2026-03-06T08:00:00+01:00");
	q.municipality = "Altrove";
	assert_int_equal(clocks_due(&q, out), 1);
	assert_string_equal(instant_format(out[0].due, rome(), text), "2026-03-24T00:00:00+01:00");
	struct str proof = {0};
	clocks_explain(&q, &out[0], &proof);
	assert_non_null(strstr(str_text(&proof),
	                       "saltato: lun 9 mar 2026 (San Luigi, patrono di Castiglione)\n"));
	str_fini(&proof);
}

static void saturdays_work_where_the_charter_says_so(void **state)
{
	(void)state;
	char text[INSTANT_TEXT];
	plain.saturday_works = true;
	due_of(days(UNIT_WORKING_DAYS, 2), "2026-03-12T10:00:00+01:00", text);
	assert_string_equal(text, "2026-03-15T00:00:00+01:00");
	due_of(days(UNIT_WORKING_DAYS, 3), "2026-03-12T10:00:00+01:00", text);
	assert_string_equal(text, "2026-03-17T00:00:00+01:00");
	due_of(days(UNIT_WORKING_DAYS, 1), "2026-08-14T10:00:00+02:00",
	       text); /* 15 August, a Saturday */
	assert_string_equal(text, "2026-08-18T00:00:00+02:00");
	plain.saturday_works = false;
}

static void days_count_from_the_protocol_where_the_charter_says_so(void **state)
{
	(void)state;
	char text[INSTANT_TEXT];
	plain.protocol_date = true;
	/* case 16: a Saturday before Monday 1 and the holiday on Tuesday 2 June */
	due_of(days(UNIT_WORKING_DAYS, 2), "2026-05-30T18:00:00+02:00", text);
	assert_string_equal(text, "2026-06-05T00:00:00+02:00");
	due_of(days(UNIT_WORKING_DAYS, 2), "2026-06-03T18:00:00+02:00",
	       text); /* a working day: itself */
	assert_string_equal(text, "2026-06-06T00:00:00+02:00");
	due_of(hours(HOURS(3)), "2026-05-30T18:00:00+02:00", text); /* hours run from receipt */
	assert_string_equal(text, "2026-05-30T21:00:00+02:00");
	struct charter_target two = days(UNIT_WORKING_DAYS, 2);
	struct charter_class class;
	struct clocks_question q = ask(&class, &two, 1);
	struct clocks_due out[CLOCKS_MAX_TARGETS];
	q.received = at("2026-06-03T18:00:00+02:00");
	q.protocolled = at("2026-06-08T09:00:00+02:00"); /* the stamp itself is known */
	assert_int_equal(clocks_due(&q, out), 1);
	assert_string_equal(instant_format(out[0].due, rome(), text), "2026-06-11T00:00:00+02:00");
	assert_int_equal(out[0].start.us, q.received.us);
	struct str proof = {0};
	clocks_explain(&q, &out[0], &proof);
	assert_non_null(strstr(str_text(&proof), "protocollo: lun 8 giu 2026"));
	assert_non_null(strstr(str_text(&proof), "giorno 0: lun 8 giu 2026 (non conta)"));
	str_fini(&proof);
	two.start = START_VERIFIED; /* a check has no protocol */
	q.verified = q.received;
	assert_int_equal(clocks_due(&q, out), 1);
	assert_string_equal(instant_format(out[0].due, rome(), text), "2026-06-06T00:00:00+02:00");
	plain.protocol_date = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hours_are_kept_at_the_second_and_days_before_midnight),
	    cmocka_unit_test(a_held_clock_is_paused_and_keeps_what_was_left),
	    cmocka_unit_test(three_excuses_have_three_sums),
	    cmocka_unit_test(a_target_may_hold_by_night_and_on_holidays_only),
	    cmocka_unit_test(a_target_is_owed_between_its_dates),
	    cmocka_unit_test(a_patron_rests_only_where_the_charter_counts_it),
	    cmocka_unit_test(saturdays_work_where_the_charter_says_so),
	    cmocka_unit_test(days_count_from_the_protocol_where_the_charter_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

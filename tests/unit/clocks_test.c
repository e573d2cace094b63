/*
 * The clocks by hand: the 21 worked cases of the rules (hours over DST nights, calendar and working
 * days, chains), national targets, pauses, holidays in their years. Charter structs are built here,
 * since the room reads no file.
 */
#include "clocks_ask.h"

static void the_worked_cases_come_out(void **state)
{
	(void)state;
	const struct charter_target cap = hours(HOURS(3)), sap = hours(3600), l1 = hours(HOURS(2)),
	                            g2 = hours(HOURS(6)), s2 = hours(HOURS(48)),
	                            repair = hours(HOURS(12)), l2 = days(UNIT_CALENDAR_DAYS, 2),
	                            l3 = days(UNIT_WORKING_DAYS, 10),
	                            ati2 = days(UNIT_WORKING_DAYS, 2),
	                            ati5 = days(UNIT_WORKING_DAYS, 5),
	                            ati20 = days(UNIT_WORKING_DAYS, 20);
	const struct {
		int number;
		struct charter_target target;
		const char *from, *due;
	} cases[] = {
	    {1, cap, "2026-03-10T14:05:20+01:00", "2026-03-10T17:05:20+01:00"},
	    {2, cap, "2026-03-29T00:30:00+01:00", "2026-03-29T04:30:00+02:00"},
	    {3, cap, "2026-10-25T00:30:00+02:00", "2026-10-25T02:30:00+01:00"},
	    {4, sap, "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"},
	    {5, l1, "2026-12-31T23:15:00+01:00", "2027-01-01T01:15:00+01:00"},
	    {6, l2, "2026-03-27T23:59:00+01:00", "2026-03-30T00:00:00+02:00"},
	    {7, l2, "2026-03-28T00:00:00+01:00", "2026-03-31T00:00:00+02:00"},
	    {8, l2, "2026-04-04T10:00:00+02:00", "2026-04-07T00:00:00+02:00"},
	    {9, l3, "2026-04-02T16:20:00+02:00", "2026-04-18T00:00:00+02:00"},
	    {10, l3, "2026-12-21T09:00:00+01:00", "2027-01-08T00:00:00+01:00"},
	    {11, l3, "2026-05-30T18:00:00+02:00", "2026-06-16T00:00:00+02:00"},
	    {12, l3, "2026-03-06T08:00:00+01:00", "2026-03-21T00:00:00+01:00"},
	    {13, ati2, "2026-10-02T11:00:00+02:00", "2026-10-07T00:00:00+02:00"},
	    {14, ati2, "2027-10-01T11:00:00+02:00", "2027-10-07T00:00:00+02:00"},
	    {15, ati5, "2026-08-08T09:00:00+02:00", "2026-08-15T00:00:00+02:00"},
	    {15, ati20, "2026-08-13T10:00:00+02:00", "2026-09-11T00:00:00+02:00"},
	    {16, ati2, "2026-05-30T18:00:00+02:00", "2026-06-04T00:00:00+02:00"},
	    {16, ati2, "2026-06-01T09:00:00+02:00",
	     "2026-06-05T00:00:00+02:00"}, /* protocol date: the Monday */
	    {17, g2, "2026-03-28T21:00:00+01:00", "2026-03-29T04:00:00+02:00"},
	    {18, s2, "2026-10-24T10:00:00+02:00", "2026-10-26T09:00:00+01:00"},
	    {19, repair, "2026-10-24T20:00:00+02:00", "2026-10-25T07:00:00+01:00"},
	    {20, l2, "2026-10-23T09:00:00+02:00", "2026-10-26T00:00:00+01:00"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[INSTANT_TEXT];
		if (strcmp(due_of(cases[i].target, cases[i].from, text), cases[i].due) != 0)
			fail_msg("case %d from %s: due %s, not %s", cases[i].number, cases[i].from,
			         text, cases[i].due);
	}
	/* 21: a local time that does not exist, and one without an offset, are no instants */
	struct wall never = {.year = 2026, .month = 3, .day = 29, .hour = 2, .minute = 30};
	struct instant t;
	struct problem p;
	assert_int_equal(zone_instant(rome(), &never, &t, NULL), ZONE_NEVER);
	assert_false(instant_parse("2026-03-29 02:30", &t, &p));
	assert_false(instant_parse("2026-03-29T02:30:00", &t, &p));
}

static void a_last_day_on_a_holiday_is_extended_only_if_the_charter_says_so(void **state)
{
	(void)state;
	char text[INSTANT_TEXT];
	plain.extend_if_holiday = true;
	due_of(days(UNIT_CALENDAR_DAYS, 2), "2026-04-04T10:00:00+02:00", text);
	assert_string_equal(text, "2026-04-08T00:00:00+02:00");
	due_of(days(UNIT_CALENDAR_DAYS, 2), "2026-04-03T10:00:00+02:00",
	       text); /* Easter Sunday, then Monday off too */
	assert_string_equal(text, "2026-04-08T00:00:00+02:00");
	due_of(days(UNIT_CALENDAR_DAYS, 2), "2026-03-12T10:00:00+01:00",
	       text); /* a Saturday is no holiday */
	assert_string_equal(text, "2026-03-15T00:00:00+01:00");
	plain.extend_if_holiday = false;
}

static void each_target_counts_from_its_own_event(void **state)
{
	(void)state;
	struct charter_target targets[] = {hours(100), hours(200), hours(300),
	                                   hours(400), hours(500), hours(600)};
	const enum target_start starts[] = {START_RECEIVED, START_CONVERSATION, START_CALL,
	                                    START_VERIFIED, START_INTERRUPTION, START_RING};
	for (size_t i = 0; i < 6; i++) {
		targets[i].start = starts[i];
		targets[i].kind = TARGET_REPAIR;
	}
	struct charter_class class;
	struct clocks_question q = ask(&class, targets, 6);
	struct clocks_due out[CLOCKS_MAX_TARGETS];
	q.received = at("2026-03-10T14:00:00Z");
	assert_int_equal(clocks_due(&q, out),
	                 3); /* no conversation, no call: the receipt stands for them */
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(out[i].start.us, q.received.us);
	q.conversation = at("2026-03-10T14:10:00Z");
	q.call = at("2026-03-10T14:20:00Z");
	q.verified = at("2026-03-12T09:00:00Z");
	q.interruption = at("2026-03-10T12:00:00Z");
	assert_int_equal(clocks_due(&q, out), 5); /* when it rang nobody knows */
	assert_int_equal(out[0].start.us, q.interruption.us);
	assert_int_equal(out[1].start.us, q.received.us);
	assert_int_equal(out[2].start.us, q.conversation.us);
	assert_int_equal(out[3].start.us, q.call.us);
	assert_int_equal(out[4].start.us, q.verified.us);
}

static void a_chained_target_waits_for_the_actual_event(void **state)
{
	(void)state;
	struct charter_target targets[] = {days(UNIT_WORKING_DAYS, 5), days(UNIT_WORKING_DAYS, 20)};
	targets[0].kind = TARGET_VERIFY;
	targets[1].kind = TARGET_RESTORE;
	targets[1].start = START_VERIFIED;
	struct charter_class class;
	struct clocks_question q = ask(&class, targets, 2);
	struct clocks_due out[CLOCKS_MAX_TARGETS];
	char text[INSTANT_TEXT];
	q.received = at("2026-08-08T09:00:00+02:00");
	assert_int_equal(clocks_due(&q, out), 1);
	assert_int_equal(out[0].target->kind, TARGET_VERIFY);
	assert_false(out[0].effective);
	q.verified = at("2026-08-13T10:00:00+02:00");
	assert_int_equal(clocks_due(&q, out), 2);
	assert_int_equal(out[1].target->kind, TARGET_RESTORE);
	assert_string_equal(instant_format(out[1].due, rome(), text), "2026-09-11T00:00:00+02:00");
}

/* Waste that must be characterised: arrival, made safe in 4 hours from it, taken away in 15 working
 * days from that; the reporter hears within 30 days. */
static void three_clocks_hang_on_each_other(void **state)
{
	(void)state;
	struct charter_target targets[] = {hours(HOURS(4)), hours(HOURS(4)),
	                                   days(UNIT_WORKING_DAYS, 15),
	                                   days(UNIT_CALENDAR_DAYS, 30)};
	targets[0].start = START_CONVERSATION;
	targets[1].kind = TARGET_MAKE_SAFE;
	targets[1].start = START_ARRIVED;
	targets[2].kind = TARGET_RESTORE;
	targets[2].start = START_MADE_SAFE;
	targets[3].kind = TARGET_FEEDBACK;
	struct charter_class class;
	struct clocks_question q = ask(&class, targets, 4);
	struct clocks_due out[CLOCKS_MAX_TARGETS];
	char text[INSTANT_TEXT];
	q.received = at("2026-10-24T23:00:00+02:00");
	assert_int_equal(clocks_due(&q, out), 2); /* arrival and feedback */
	assert_string_equal(instant_format(out[0].due, rome(), text), "2026-10-25T02:00:00+01:00");
	assert_int_equal(out[1].target->kind, TARGET_FEEDBACK);
	assert_string_equal(instant_format(out[1].due, rome(), text), "2026-11-24T00:00:00+01:00");
	q.arrived = at("2026-10-25T01:30:00+02:00");
	assert_int_equal(clocks_due(&q, out), 3);
	assert_int_equal(out[1].target->kind, TARGET_MAKE_SAFE);
	assert_string_equal(instant_format(out[1].due, rome(), text), "2026-10-25T04:30:00+01:00");
	q.made_safe = at("2026-10-25T06:00:00+01:00"); /* late: what follows counts from the fact */
	assert_int_equal(clocks_due(&q, out), 4);
	assert_int_equal(out[2].target->kind, TARGET_RESTORE);
	assert_string_equal(instant_format(out[2].due, rome(), text), "2026-11-14T00:00:00+01:00");
}

/* ---- national rules ---- */

static struct charter_target national(enum target_kind kind, int64_t seconds,
                                      enum target_start start)
{
	return (struct charter_target){.kind = kind,
	                               .source = SOURCE_NATIONAL,
	                               .unit = UNIT_SECONDS,
	                               .amount = seconds,
	                               .start = start,
	                               .rule = "national",
	                               .dangers = kind == TARGET_ARRIVAL ? "abc" : NULL};
}

static void a_national_arrival_is_owed_for_a_danger_and_the_stricter_one_governs(void **state)
{
	(void)state;
	struct charter_target targets[] = {hours(HOURS(6)),
	                                   national(TARGET_ARRIVAL, HOURS(3), START_CONVERSATION)};
	struct charter_row safe = {.code = "B11"}, danger = {.code = "B12", .national_danger = 'a'};
	struct charter_class class;
	struct clocks_question q = ask(&class, targets, 2);
	struct clocks_due out[CLOCKS_MAX_TARGETS];
	q.received = at("2026-03-10T14:00:00Z");
	q.row = &danger;
	assert_int_equal(clocks_due(&q, out),
	                 1); /* not asked for all: the charter's promise only */
	assert_int_equal(out[0].target->source, SOURCE_CHARTER);
	q.all = true;
	assert_int_equal(clocks_due(&q, out), 2);
	assert_int_equal(out[0].target->source, SOURCE_NATIONAL);
	assert_true(out[0].effective);
	assert_false(out[1].effective);
	q.row = &safe;
	assert_int_equal(clocks_due(&q, out), 1);
	assert_true(out[0].effective);
	danger.national_danger = 'd'; /* not one of those the target names */
	q.row = &danger;
	assert_int_equal(clocks_due(&q, out), 1);
	q.row = NULL;
	assert_int_equal(clocks_due(&q, out), 1);
}

static void where_both_fall_together_the_charter_s_is_named(void **state)
{
	(void)state;
	struct charter_target targets[] = {hours(HOURS(3)),
	                                   national(TARGET_ARRIVAL, HOURS(3), START_CONVERSATION)};
	struct charter_row danger = {.code = "a", .national_danger = 'a'};
	struct charter_class class;
	struct clocks_question q = ask(&class, targets, 2);
	struct clocks_due out[CLOCKS_MAX_TARGETS];
	q.received = at("2026-03-10T14:00:00Z");
	q.row = &danger;
	q.all = true;
	assert_int_equal(clocks_due(&q, out), 2);
	assert_int_equal(out[0].target->source, SOURCE_CHARTER);
	assert_true(out[0].effective);
	assert_false(out[1].effective);
}

static void national_targets_other_than_arrival_need_no_row(void **state)
{
	(void)state;
	struct charter_target targets[] = {
	    national(TARGET_SUBSTITUTE_SUPPLY, HOURS(48),
	             START_INTERRUPTION), /* S2: hours, not 2 days */
	    national(TARGET_RESTORE, HOURS(24), START_INTERRUPTION),
	    national(TARGET_MAKE_SAFE, HOURS(4), START_RECEIVED),
	    national(TARGET_CALL_ANSWER, 120, START_RING),
	};
	struct charter_class class;
	struct clocks_question q = ask(&class, targets, 4);
	struct clocks_due out[CLOCKS_MAX_TARGETS];
	char text[INSTANT_TEXT];
	q.received = at("2026-10-24T11:00:00+02:00");
	q.all = true;
	assert_int_equal(clocks_due(&q, out), 1); /* no interruption known: its clocks do not run */
	assert_int_equal(out[0].target->kind, TARGET_MAKE_SAFE);
	q.interruption = at("2026-10-24T10:00:00+02:00");
	assert_int_equal(clocks_due(&q, out), 3);
	assert_int_equal(out[2].target->kind, TARGET_SUBSTITUTE_SUPPLY);
	assert_string_equal(instant_format(out[2].due, rome(), text), "2026-10-26T09:00:00+01:00");
	assert_false(out[2].effective);
	q.all = false;
	assert_int_equal(clocks_due(&q, out), 0);
}

/* ---- pauses ---- */

static const char *paused_due(struct charter_target target, const char *from,
                              const struct clocks_pause *pauses, size_t count,
                              char text[INSTANT_TEXT])
{
	struct charter_class class;
	struct clocks_question q = ask(&class, &target, 1);
	struct clocks_due out[CLOCKS_MAX_TARGETS];
	q.received = at(from);
	q.pauses = pauses;
	q.pause_count = count;
	assert_int_equal(clocks_due(&q, out), 1);
	return instant_format(out[0].due, rome(), text);
}

static void an_hour_target_loses_the_paused_seconds(void **state)
{
	(void)state;
	char text[INSTANT_TEXT];
	struct clocks_pause p[] = {
	    pause_of("2026-03-10T14:30:00+01:00", "2026-03-10T15:00:00+01:00", PAUSE_STRIKE),
	    pause_of("2026-03-10T14:45:00+01:00", "2026-03-10T15:10:10+01:00",
	             PAUSE_FORCE_MAJEURE), /* overlaps */
	    pause_of("2026-03-10T17:20:00+01:00", "2026-03-10T17:30:00+01:00",
	             PAUSE_STRIKE), /* only because of the first */
	    pause_of("2026-03-10T20:00:00+01:00", "2026-03-10T21:00:00+01:00",
	             PAUSE_STRIKE), /* too late to matter */
	    pause_of("2026-03-10T12:00:00+01:00", "2026-03-10T13:00:00+01:00",
	             PAUSE_STRIKE), /* before the start */
	};
	paused_due(hours(HOURS(3)), "2026-03-10T14:00:00+01:00", p, 1, text);
	assert_string_equal(text, "2026-03-10T17:30:00+01:00");
	paused_due(hours(HOURS(3)), "2026-03-10T14:00:00+01:00", p, 2, text);
	assert_string_equal(text, "2026-03-10T17:40:10+01:00");
	paused_due(hours(HOURS(3)), "2026-03-10T14:00:00+01:00", p, 5, text);
	assert_string_equal(text, "2026-03-10T17:50:10+01:00");
	/* a pause that begins exactly when the target ends changes nothing */
	struct clocks_pause edge =
	    pause_of("2026-03-10T17:00:00+01:00", "2026-03-10T18:00:00+01:00", PAUSE_STRIKE);
	paused_due(hours(HOURS(3)), "2026-03-10T14:00:00+01:00", &edge, 1, text);
	assert_string_equal(text, "2026-03-10T17:00:00+01:00");
	/* started while paused: it runs from the pause's end */
	struct clocks_pause around =
	    pause_of("2026-03-10T13:00:00+01:00", "2026-03-10T14:20:00+01:00", PAUSE_STRIKE);
	paused_due(hours(HOURS(3)), "2026-03-10T14:00:00+01:00", &around, 1, text);
	assert_string_equal(text, "2026-03-10T17:20:00+01:00");
}

static void only_causes_in_the_target_s_data_stop_it(void **state)
{
	(void)state;
	char text[INSTANT_TEXT];
	struct charter_target target = hours(HOURS(3));
	struct clocks_pause p = pause_of("2026-03-10T14:30:00+01:00", "2026-03-10T15:00:00+01:00",
	                                 PAUSE_REPORTER_ABSENT);
	target.pause_causes = 1u << PAUSE_STRIKE;
	paused_due(target, "2026-03-10T14:00:00+01:00", &p, 1, text);
	assert_string_equal(text, "2026-03-10T17:00:00+01:00");
	target.pause_causes = 1u << PAUSE_REPORTER_ABSENT;
	paused_due(target, "2026-03-10T14:00:00+01:00", &p, 1, text);
	assert_string_equal(text, "2026-03-10T17:30:00+01:00");
}

static void a_working_day_wholly_inside_a_pause_does_not_count(void **state)
{
	(void)state;
	char text[INSTANT_TEXT];
	struct charter_target two = days(UNIT_WORKING_DAYS, 2);
	/* from Mon 9 Mar: Tue 10 and Wed 11 */
	struct clocks_pause part =
	    pause_of("2026-03-10T00:00:01+01:00", "2026-03-11T00:00:00+01:00", PAUSE_STRIKE);
	paused_due(two, "2026-03-09T10:00:00+01:00", &part, 1, text);
	assert_string_equal(text, "2026-03-12T00:00:00+01:00");
	struct clocks_pause whole =
	    pause_of("2026-03-10T00:00:00+01:00", "2026-03-11T00:00:00+01:00", PAUSE_STRIKE);
	paused_due(two, "2026-03-09T10:00:00+01:00", &whole, 1, text);
	assert_string_equal(text, "2026-03-13T00:00:00+01:00");
	/* two pauses that touch cover the day together */
	struct clocks_pause both[] = {
	    pause_of("2026-03-09T22:00:00+01:00", "2026-03-10T12:00:00+01:00", PAUSE_STRIKE),
	    pause_of("2026-03-10T12:00:00+01:00", "2026-03-11T03:00:00+01:00",
	             PAUSE_FORCE_MAJEURE)};
	paused_due(two, "2026-03-09T10:00:00+01:00", both, 2, text);
	assert_string_equal(text, "2026-03-13T00:00:00+01:00");
	/* … in whatever order they are listed */
	struct clocks_pause turned[] = {both[1], both[0]};
	paused_due(two, "2026-03-09T10:00:00+01:00", turned, 2, text);
	assert_string_equal(text, "2026-03-13T00:00:00+01:00");
	/* over a weekend nothing is lost: those days did not count anyway */
	struct clocks_pause weekend =
	    pause_of("2026-03-14T00:00:00+01:00", "2026-03-16T00:00:00+01:00", PAUSE_STRIKE);
	paused_due(two, "2026-03-13T10:00:00+01:00", &weekend, 1, text);
	assert_string_equal(text, "2026-03-18T00:00:00+01:00");
}

static void a_pause_still_on_reaches_to_now(void **state)
{
	(void)state;
	struct charter_target target = hours(HOURS(3));
	struct clocks_pause open = pause_of("2026-03-10T14:30:00+01:00", NULL, PAUSE_STRIKE);
	struct charter_class class;
	struct clocks_question q = ask(&class, &target, 1);
	struct clocks_due out[CLOCKS_MAX_TARGETS];
	char text[INSTANT_TEXT];
	q.received = at("2026-03-10T14:00:00+01:00");
	q.pauses = &open;
	q.pause_count = 1;
	assert_int_equal(clocks_due(&q, out), 1);
	assert_true(out[0].paused);
	assert_string_equal(instant_format(out[0].due, rome(), text), "2026-03-10T17:00:00+01:00");
	q.now = at("2026-03-10T16:00:00+01:00");
	assert_int_equal(clocks_due(&q, out), 1);
	assert_true(out[0].paused);
	assert_string_equal(instant_format(out[0].due, rome(), text), "2026-03-10T18:30:00+01:00");
	open.to = at("2026-03-10T15:00:00+01:00");
	assert_int_equal(clocks_due(&q, out), 1);
	assert_false(out[0].paused);
}

/* ---- calendar ---- */

static bool works(int year, int month, int day)
{
	struct clocks_question q = {.charter = &plain, .zone = rome()};
	struct wall noon = {.year = year, .month = month, .day = day, .hour = 12};
	struct instant t;
	assert_int_equal(zone_instant(rome(), &noon, &t, NULL), ZONE_ONCE);
	struct wall date = zone_wall(rome(), t);
	return calendar_is_working(&q, &date);
}

static void easter_monday_falls_where_it_fell(void **state)
{
	(void)state;
	static const int dates[][3] = {{2024, 4, 1},  {2025, 4, 21}, {2026, 4, 6},
	                               {2027, 3, 29}, {2028, 4, 17}, {2029, 4, 2},
	                               {2030, 4, 22}, {2038, 4, 26}, {2285, 3, 23}};
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
		const char *name = clocks_holiday(dates[i][0], dates[i][1], dates[i][2]);
		assert_non_null(name);
		assert_string_equal(name, "Lunedì dell'Angelo");
		assert_false(works(dates[i][0], dates[i][1], dates[i][2]));
	}
	assert_string_equal(clocks_holiday(2026, 4, 5), "Pasqua");
	assert_null(clocks_holiday(2026, 4, 3)); /* Good Friday */
	assert_null(clocks_holiday(2026, 4, 7));
}

static void holidays_count_in_their_years_only(void **state)
{
	(void)state;
	assert_null(clocks_holiday(2025, 10, 4));
	assert_string_equal(clocks_holiday(2026, 10, 4), "San Francesco d'Assisi");
	assert_string_equal(clocks_holiday(2027, 10, 4), "San Francesco d'Assisi");
	assert_true(works(2024, 10, 4));
	assert_false(works(2027, 10, 4));
	assert_null(clocks_holiday(1999, 6, 2));
	assert_non_null(clocks_holiday(2001, 6, 2));
	assert_null(clocks_holiday(1980, 1, 6));
	assert_non_null(clocks_holiday(1986, 1, 6));
	/* days that lost their effect in 1977, and days that never had one */
	static const int working[][2] = {{3, 19}, {6, 29}, {11, 4}, {12, 24}, {12, 31}};
	for (size_t i = 0; i < 5; i++)
		assert_null(clocks_holiday(2026, working[i][0], working[i][1]));
	assert_true(works(2026, 12, 24));
	assert_false(works(2026, 11, 22)); /* a Sunday */
	assert_false(works(2026, 11, 21)); /* a Saturday */
}

static void a_normal_year_has_twelve_named_holidays(void **state)
{
	(void)state;
	int before = 0, from_2026 = 0;
	for (int month = 1; month <= 12; month++) {
		for (int day = 1; day <= 31; day++) {
			before += clocks_holiday(2025, month, day) != NULL;
			from_2026 += clocks_holiday(2026, month, day) != NULL;
		}
	}
	assert_int_equal(before, 12);
	assert_int_equal(from_2026, 13);
}

static void a_class_without_targets_owes_nothing(void **state)
{
	(void)state;
	struct charter_class class;
	struct clocks_question q = ask(&class, NULL, 0);
	struct clocks_due out[CLOCKS_MAX_TARGETS];
	q.received = at("2026-03-10T14:00:00Z");
	q.all = true;
	assert_int_equal(clocks_due(&q, out), 0);
	q.class = NULL;
	assert_int_equal(clocks_due(&q, out), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_worked_cases_come_out),
	    cmocka_unit_test(a_last_day_on_a_holiday_is_extended_only_if_the_charter_says_so),
	    cmocka_unit_test(each_target_counts_from_its_own_event),
	    cmocka_unit_test(a_chained_target_waits_for_the_actual_event),
	    cmocka_unit_test(three_clocks_hang_on_each_other),
	    cmocka_unit_test(a_national_arrival_is_owed_for_a_danger_and_the_stricter_one_governs),
	    cmocka_unit_test(where_both_fall_together_the_charter_s_is_named),
	    cmocka_unit_test(national_targets_other_than_arrival_need_no_row),
	    cmocka_unit_test(an_hour_target_loses_the_paused_seconds),
	    cmocka_unit_test(only_causes_in_the_target_s_data_stop_it),
	    cmocka_unit_test(a_working_day_wholly_inside_a_pause_does_not_count),
	    cmocka_unit_test(a_pause_still_on_reaches_to_now),
	    cmocka_unit_test(easter_monday_falls_where_it_fell),
	    cmocka_unit_test(holidays_count_in_their_years_only),
	    cmocka_unit_test(a_normal_year_has_twelve_named_holidays),
	    cmocka_unit_test(a_class_without_targets_owes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

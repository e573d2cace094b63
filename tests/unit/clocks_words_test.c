/* How a due instant is told, and its proof: rule, condition, days, pauses and clock changes, in
 * Italian. */
#include "clocks_ask.h"

static void told(const char *due, enum target_bound bound, const char *now, const char *lang,
                 const char *expected)
{
	struct clocks_due d = {.bound = bound, .due = at(due)};
	struct str s = {0};
	clocks_tell(&d, rome(), at(now), lang, &s);
	assert_string_equal(str_text(&s), expected);
	str_fini(&s);
}

static void a_due_instant_is_told_as_people_say_it(void **state)
{
	(void)state;
	const char *now = "2026-03-10T23:30:00+01:00";
	told("2026-03-10T17:05:59+01:00", BOUND_INCLUSIVE, now, "it", "entro le 17:05 di oggi");
	told("2026-03-11T02:10:00+01:00", BOUND_INCLUSIVE, now, "it", "entro le 02:10 di domani");
	told("2026-03-09T08:00:00+01:00", BOUND_INCLUSIVE, now, "it", "entro le 08:00 di ieri");
	told("2026-10-26T09:00:00+01:00", BOUND_INCLUSIVE, now, "it",
	     "entro le 09:00 di lunedì 26 ottobre");
	told("2026-10-26T09:00:00+01:00", BOUND_INCLUSIVE, now, "en",
	     "by 09:00 on Monday 26 October");
	told("2026-03-10T17:05:00+01:00", BOUND_INCLUSIVE, now, "en", "by 17:05 today");
	told("2026-03-30T00:00:00+02:00", BOUND_EXCLUSIVE, now, "it",
	     "entro domenica 29 marzo, fine giornata");
	told("2026-03-30T00:00:00+02:00", BOUND_EXCLUSIVE, now, "en",
	     "by the end of Sunday 29 March");
	told("2026-05-02T00:00:00+02:00", BOUND_EXCLUSIVE, now, "it",
	     "entro venerdì 1° maggio, fine giornata");
	const char *autumn = "2026-10-25T01:00:00+02:00";
	told("2026-10-25T02:30:00+02:00", BOUND_INCLUSIVE, autumn, "it",
	     "entro le 02:30 (ora legale) di oggi");
	told("2026-10-25T02:30:00+01:00", BOUND_INCLUSIVE, autumn, "it",
	     "entro le 02:30 (ora solare) di oggi");
}

static void the_proof_names_each_day_and_why_it_was_skipped(void **state)
{
	(void)state;
	struct charter_target target = days(UNIT_WORKING_DAYS, 3);
	target.rule = "3 working days";
	target.rule_it = "3 giorni lavorativi";
	target.section = "§8.4";
	target.quote = "entro 3 giorni lavorativi";
	struct clocks_pause pauses[] = {
	    pause_of("2026-04-07T00:00:00+02:00", "2026-04-08T00:00:00+02:00", PAUSE_STRIKE),
	    pause_of("2026-04-08T10:00:00+02:00", "2026-04-08T12:00:00+02:00",
	             PAUSE_TRAFFIC_OR_VISIBILITY),
	    pause_of("2026-04-08T13:00:00+02:00", NULL, PAUSE_REPORTER_ABSENT)};
	struct charter_clause clauses[] = {{.kind = CLAUSE_STOP,
	                                    .causes = 1u << PAUSE_STRIKE,
	                                    .every_class = true,
	                                    .quote = "al netto degli scioperi",
	                                    .section = "§3"},
	                                   {.kind = CLAUSE_VALIDITY,
	                                    .causes = 1u << PAUSE_TRAFFIC_OR_VISIBILITY,
	                                    .every_class = true,
	                                    .quote = "in condizioni normali",
	                                    .section = "§4"}};
	target.pause_causes = 1u << PAUSE_STRIKE;
	plain.clauses = clauses;
	plain.clause_count = 2;
	struct charter_class class;
	struct clocks_question q = ask(&class, &target, 1);
	struct clocks_due out[CLOCKS_MAX_TARGETS];
	q.received = at("2026-04-02T16:20:00+02:00");
	q.pauses = pauses;
	q.pause_count = 3;
	assert_int_equal(clocks_due(&q, out), 1);
	struct str s = {0};
	clocks_explain(&q, &out[0], &s);
	assert_string_equal(
	    str_text(&s),
	    "regola: 3 giorni lavorativi / 3 working days (carta, §8.4: «entro 3 giorni "
	    "lavorativi»)\n"
	    "parte: gio 2 apr 2026 16:20:00 (ricezione della segnalazione)\n"
	    "giorno 0: gio 2 apr 2026 (non conta)\n"
	    "giorno 1: ven 3 apr 2026\n"
	    "saltato: sab 4 apr 2026 (sabato)\n"
	    "saltato: dom 5 apr 2026 (Pasqua)\n"
	    "saltato: lun 6 apr 2026 (Lunedì dell'Angelo)\n"
	    "saltato: mar 7 apr 2026 (termine fermo per l'intera giornata)\n"
	    "giorno 2: mer 8 apr 2026\n"
	    "giorno 3: gio 9 apr 2026\n"
	    "fermo: da mar 7 apr 2026 00:00:00 a mer 8 apr 2026 00:00:00 (sciopero)"
	    "; ferma il termine (carta, §3: «al netto degli scioperi»)\n"
	    "evento: da mer 8 apr 2026 10:00:00 a mer 8 apr 2026 12:00:00 (traffico o visibilità "
	    "non normali)"
	    "; non ferma il termine, che però non vincola: si mostra accanto al mancato rispetto"
	    " (carta, §4: «in condizioni normali»)\n"
	    "evento: da mer 8 apr 2026 13:00:00, ancora in corso (segnalante assente)"
	    "; non ferma e non scusa: nulla lo prevede\n"
	    "scade: fine di gio 9 apr 2026 (mezzanotte esclusa)\n");
	str_fini(&s);
	plain.clauses = NULL;
	plain.clause_count = 0;
}

static void proves(struct charter_target target, const char *from, const char *line)
{
	struct charter_class class;
	struct clocks_question q = ask(&class, &target, 1);
	struct clocks_due out[CLOCKS_MAX_TARGETS];
	struct str s = {0};
	q.received = at(from);
	assert_int_equal(clocks_due(&q, out), 1);
	clocks_explain(&q, &out[0], &s);
	if (!strstr(str_text(&s), line))
		fail_msg("%s lacks %s", str_text(&s), line);
	str_fini(&s);
}

static void the_proof_tells_what_is_not_plain(void **state)
{
	(void)state;
	plain.extend_if_holiday = plain.protocol_date = true;
	proves(days(UNIT_CALENDAR_DAYS, 2), "2026-12-23T10:00:00+01:00",
	       "giorno 2: ven 25 dic 2026\n"
	       "prorogato oltre: ven 25 dic 2026 (Natale)\n"
	       "prorogato oltre: sab 26 dic 2026 (Santo Stefano)\n"
	       "prorogato oltre: dom 27 dic 2026 (domenica)\n"
	       "ultimo giorno: lun 28 dic 2026 (il primo lavorativo che segue)\n"
	       "scade: fine di lun 28 dic 2026");
	proves(days(UNIT_WORKING_DAYS, 2), "2026-05-30T18:00:00+02:00",
	       "protocollo: lun 1 giu 2026 (primo giorno lavorativo dalla ricezione: i giorni "
	       "contano da qui)\n"
	       "giorno 0: lun 1 giu 2026 (non conta)\n"
	       "saltato: mar 2 giu 2026 (Festa della Repubblica)\n");
	plain.extend_if_holiday = plain.protocol_date = false;
	proves(hours(HOURS(3)), "2026-03-29T00:30:00+01:00",
	       "cambio dell'ora: contano le ore trascorse, non quelle dell'orologio\n"
	       "scade: dom 29 mar 2026 04:30:00, compreso\n");
}

static void the_proof_says_which_hours_decided(void **state)
{
	(void)state;
	struct charter_target targets[] = {hours(HOURS(2)), hours(HOURS(3))};
	targets[0].when.is = WHEN_OTHERWISE;
	targets[1].when = (struct target_condition){WHEN_NIGHT_OR_HOLIDAY, 22 * 60, 6 * 60};
	static const struct {
		const char *from, *line;
	} cases[] = {
	    {"2026-03-10T23:05:00+01:00",
	     "condizione: vale di notte (22:00-06:00) o la domenica e nei festivi; "
	     "all'avvio sono le 23:05 di mar 10 mar 2026, notte\n"},
	    {"2026-03-15T12:00:00+01:00", "all'avvio sono le 12:00 di dom 15 mar 2026, domenica\n"},
	    {"2026-04-06T12:00:00+02:00",
	     "all'avvio sono le 12:00 di lun 6 apr 2026, Lunedì dell'Angelo\n"},
	    {"2026-03-10T14:00:00+01:00",
	     "condizione: non vale di notte (22:00-06:00) o la domenica e nei festivi; "
	     "all'avvio sono le 14:00 di mar 10 mar 2026\n"},
	};
	struct charter_class class;
	struct clocks_question q = ask(&class, targets, 2);
	struct clocks_due out[CLOCKS_MAX_TARGETS];
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str s = {0};
		q.received = at(cases[i].from);
		assert_int_equal(clocks_due(&q, out), 1);
		clocks_explain(&q, &out[0], &s);
		if (!strstr(str_text(&s), cases[i].line))
			fail_msg("%s lacks %s", str_text(&s), cases[i].line);
		str_fini(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_due_instant_is_told_as_people_say_it),
	    cmocka_unit_test(the_proof_tells_what_is_not_plain),
	    cmocka_unit_test(the_proof_says_which_hours_decided),
	    cmocka_unit_test(the_proof_names_each_day_and_why_it_was_skipped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * What a charter's file says of clocks and calendars beside its rows: editions and the days they are in
 * force, patron saints, hours of the day, clauses; and the targets of the two charters that are data only.
 * Each case changes a copy of classifications/ in a folder of its own.
 */
#include "folder.h"

#include "classify.h"

static struct classify *open_folder(void)
{
	struct problem p = {0};
	struct classify *c = classify_open(folder, &p);
	if (!c)
		fail_msg("%s", p.text);
	return c;
}

static void refused(const char *words)
{
	struct problem p = {0};
	struct classify *c = classify_open(folder, &p);
	assert_null(c);
	if (!strstr(p.text, words))
		fail_msg("\"%s\" lacks \"%s\"", p.text, words);
}

static struct instant at(const char *text)
{
	struct instant t = INSTANT_NONE;
	struct problem p;
	assert_true(instant_parse(text, &t, &p));
	return t;
}

/* ---- editions ---- */

/* Three editions of S.A.P.'s charter: to the end of 2024, from 2026 (2025 is a gap), and one far ahead. */
static void list_editions(const char *first_end, const char *second_edition)
{
	char last[64], name[64];
	snprintf(last, sizeof last, "\"valid_to\": \"%s\"", first_end);
	snprintf(name, sizeof name, "\"%s\"", second_edition);
	CHANGE("sap.json", "sap.json", "\"valid_to\": null", last);
	CHANGE("sap-2026.json", "sap.json", "\"adottata il 1 gennaio 2003\"", name, "2003-01-01", "2026-01-01",
	       "\"valid_to\": null", "\"valid_to\": \"2098-12-31\"", "\"amount\": 3600", "\"amount\": 5400",
	       "\"60 minutes\"", "\"90 minutes\"");
	CHANGE("sap-2099.json", "sap.json", "\"adottata il 1 gennaio 2003\"", "\"terza\"", "2003-01-01", "2099-01-01");
	write_file("index.json", "{\"charters\": [\"sap.json\", \"cap.json\", \"sap-2099.json\", \"sap-2026.json\"]}");
}

static void the_edition_in_force_on_a_day_is_found(void **state)
{
	(void)state;
	list_editions("2024-12-31", "seconda");
	struct classify *c = open_folder();
	static const struct {
		const char *at, *edition;
	} cases[] = {
	    {"2002-12-31T23:59:59+01:00", NULL},
	    {"2003-01-01T00:00:00+01:00", "adottata il 1 gennaio 2003"},
	    {"2024-12-31T23:59:59+01:00", "adottata il 1 gennaio 2003"}, /* the last day belongs to it */
	    {"2024-12-31T23:00:00Z", NULL},                              /* already 2025 in Rome */
	    {"2025-12-31T23:59:59+01:00", NULL},
	    {"2025-12-31T23:00:00Z", "seconda"},
	    {"2098-12-31T22:59:59Z", "seconda"},
	    {"2098-12-31T23:00:00Z", "terza"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct charter *found = classify_charter_at(c, "sap", at(cases[i].at));
		assert_string_equal(found ? found->edition : "-", cases[i].edition ? cases[i].edition : "-");
	}
	assert_null(classify_charter_at(c, "nowhere", at("2026-06-01T12:00:00Z")));
	assert_int_equal(classify_charter_edition(c, "sap", "seconda")->classes[0].targets[0].amount, 5400);
	assert_int_equal(classify_charter_edition(c, "sap", "adottata il 1 gennaio 2003")->classes[0].targets[0].amount, 3600);
	assert_null(classify_charter_edition(c, "sap", "quarta"));
	assert_null(classify_charter_edition(c, "cap", "seconda"));
	/* lists that people see have a charter once, in the place of its first file; that of 2099 waits */
	const struct charter *const *list;
	assert_int_equal(classify_charters(c, &list), 2);
	assert_string_equal(list[0]->edition, "seconda");
	assert_string_equal(list[1]->code, "cap");
	assert_ptr_equal(classify_charter(c, "sap"), list[0]);
	assert_int_equal(classify_editions(c, &list), 4);
	classify_free(&c);
}

static void editions_that_share_a_day_or_a_name_are_refused(void **state)
{
	(void)state;
	list_editions("2026-01-01", "seconda");
	refused("two editions of \"sap\" are in force on 2026-01-01");
	list_editions("2025-12-31", "seconda"); /* one ends the day before the other begins */
	struct classify *c = open_folder();
	classify_free(&c);
	list_editions("2024-12-31", "adottata il 1 gennaio 2003");
	refused("listed twice");
	list_editions("2002-12-31", "seconda");
	refused("must not be before valid_from");
	list_editions("2024-02-30", "seconda");
	refused("must be a date");
	list_editions("2024-02-29", "seconda"); /* a leap year */
	c = open_folder();
	classify_free(&c);
}

static void an_edition_alone_stands_whatever_its_dates(void **state)
{
	(void)state;
	CHANGE("sap.json", "sap.json", "2003-01-01", "2099-01-01");
	write_file("index.json", "{\"charters\": [\"sap.json\"]}");
	struct classify *c = open_folder();
	assert_non_null(classify_charter(c, "sap"));
	assert_null(classify_charter_at(c, "sap", at("2026-06-01T12:00:00Z")));
	classify_free(&c);
}

/* ---- patron saints ---- */

static void patrons_are_counted_as_the_policy_says(void **state)
{
	(void)state;
	write_file("index.json", "{\"charters\": [\"indecast.json\"]}");
	struct classify *c = open_folder();
	assert_int_equal(classify_charter(c, "indecast")->patron_count, 0);
	classify_free(&c);
	CHANGE("indecast.json", "indecast.json", "\"patron_saints\": false", "\"patron_saints\": [\"Milano\", \"buscemi\"]");
	c = open_folder();
	const struct charter *indecast = classify_charter(c, "indecast");
	assert_int_equal(indecast->patron_count, 2);
	assert_false(indecast->patrons_of_place);
	assert_int_equal(indecast->patrons[0].rule, PATRON_DATE);
	assert_int_equal(indecast->patrons[0].month, 12);
	assert_int_equal(indecast->patrons[0].day, 7);
	assert_int_equal(indecast->patrons[1].rule, PATRON_WEEKDAY);
	assert_int_equal(indecast->patrons[1].month, 8);
	assert_int_equal(indecast->patrons[1].weekday, 6);
	assert_int_equal(indecast->patrons[1].nth, -1);
	classify_free(&c);
	CHANGE("indecast.json", "indecast.json", "\"patron_saints\": false", "\"patron_saints\": true");
	c = open_folder();
	indecast = classify_charter(c, "indecast");
	assert_true(indecast->patrons_of_place);
	assert_int_equal(indecast->patron_count, 3); /* not the two days on which the sources disagree */
	classify_free(&c);
	CHANGE("indecast.json", "indecast.json", "\"patron_saints\": false", "\"patron_saints\": [\"Castiglione delle Stiviere\"]");
	refused("the sources disagree on the patron of Castiglione delle Stiviere");
	CHANGE("indecast.json", "indecast.json", "\"patron_saints\": false", "\"patron_saints\": [\"Atlantide\"]");
	refused("\"Atlantide\" is not in patrons.json");
}

static void damaged_patrons_are_refused_by_name(void **state)
{
	(void)state;
	static const struct {
		const char *old, *new, *said;
	} cases[] = {
	    {"\"month\": 12", "\"month\": 13", "Milano: month: must lie between 1 and 12"},
	    {"\"nth\": -1", "\"nth\": 0", "Buscemi: nth: must be 1 to 5"},
	    {"\"sunday\"", "\"sundy\"", "did you mean \"sunday\""},
	    {"\"day\": 7", "\"dya\": 7", "did you mean \"day\""},
	    {"\"valid_from\": null", "\"valid_from\": \"1 gennaio\"", "must be a date"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHANGE("patrons.json", "patrons.json", cases[i].old, cases[i].new);
		refused(cases[i].said);
	}
}

/* ---- policy, conditions, clauses ---- */

static void flags_of_the_calendar_are_read(void **state)
{
	(void)state;
	CHANGE("ati1-rifiuti.json", "ati1-rifiuti.json", "\"start_from\": \"received\"", "\"start_from\": \"protocol_date\"",
	       "\"mon-fri\"", "\"mon-sat\"", "\"extend_if_holiday\": false", "\"extend_if_holiday\": true");
	write_file("index.json", "{\"charters\": [\"ati1-rifiuti.json\", \"sap.json\"]}");
	struct classify *c = open_folder();
	const struct charter *ati = classify_charter(c, "ati1-rifiuti"), *sap = classify_charter(c, "sap");
	assert_true(ati->protocol_date && ati->saturday_works && ati->extend_if_holiday);
	assert_false(sap->protocol_date || sap->saturday_works || sap->extend_if_holiday);
	classify_free(&c);
	CHANGE("ati1-rifiuti.json", "ati1-rifiuti.json", "\"start_from\": \"received\"", "\"start_from\": \"protocol\"");
	refused("start_from");
}

static const struct charter_clause *clause_of(const struct charter *c, enum clause_kind kind, enum pause_cause cause)
{
	for (size_t i = 0; i < c->clause_count; i++) {
		if (c->clauses[i].kind == kind && c->clauses[i].source == SOURCE_CHARTER && c->clauses[i].causes & 1u << cause)
			return &c->clauses[i];
	}
	return NULL;
}

static void the_three_kinds_of_excuses_are_told_apart(void **state)
{
	(void)state;
	struct classify *c = open_folder();
	const struct charter *sap = classify_charter(c, "sap"), *indecast = classify_charter(c, "indecast");
	assert_non_null(clause_of(sap, CLAUSE_VALIDITY, PAUSE_TRAFFIC_OR_VISIBILITY));
	assert_null(clause_of(sap, CLAUSE_EXCUSE, PAUSE_TRAFFIC_OR_VISIBILITY));
	assert_null(clause_of(sap, CLAUSE_STOP, PAUSE_TRAFFIC_OR_VISIBILITY));
	assert_non_null(clause_of(sap, CLAUSE_EXCUSE, PAUSE_STRIKE));
	const struct charter_clause *stop = clause_of(indecast, CLAUSE_STOP, PAUSE_EXTRAORDINARY_WEATHER);
	assert_non_null(stop);
	assert_false(stop->every_class);
	assert_int_equal(stop->class_count, 1);
	assert_string_equal(stop->classes[0], "L3");
	assert_string_equal(stop->section, "4.6");
	classify_free(&c);
}

static void damaged_targets_are_refused_by_field(void **state)
{
	(void)state;
	static const struct {
		const char *old, *new, *said;
	} cases[] = {
	    {"\"first\": true", "\"first\": true, \"when\": {\"is\": \"nihgt\"}", "did you mean \"night\""},
	    {"\"first\": true", "\"first\": true, \"when\": {\"is\": \"night\", \"night_from\": \"25:00\", \"night_to\": \"06:00\"}",
	     "night_from: must be a time of day"},
	    {"\"first\": true", "\"first\": true, \"when\": {\"is\": \"night\", \"night_from\": \"06:00\", \"night_to\": \"06:00\"}",
	     "different times"},
	    {"\"first\": true", "\"first\": true, \"valid_from\": \"2026\"", "valid_from: must be a date"},
	    {"\"first\": true", "\"first\": true, \"condition\": \"at night\"", "belongs with \"condition\""},
	    {"\"rule_it\": \"60 minuti\",", "", "rule_it: missing"},
	    {"\"pause_causes\": []", "\"pause_causes\": [\"strike\"]", "none allows \"strike\", which stops a target of class 60m"},
	    {"\"pauses\": []", "\"pauses\": [{\"causes\": [\"strike\"], \"quote\": \"q\", \"validity\": true}]", "belongs to \"excuses\""},
	    {"\"pauses\": []", "\"pauses\": [{\"causes\": [\"strike\"], \"quote\": \"q\", \"classes\": [\"L1\"]}]",
	     "\"L1\" is not a class"},
	};
	write_file("index.json", "{\"charters\": [\"sap.json\"]}");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHANGE("sap.json", "sap.json", cases[i].old, cases[i].new);
		refused(cases[i].said);
	}
}

static void national_targets_bring_their_dates(void **state)
{
	(void)state;
	struct classify *c = open_folder();
	const struct charter_class *g2 = charter_class_find(classify_charter(c, "buscemi"), "G2");
	size_t national = 0;
	for (size_t i = 0; i < g2->target_count; i++) {
		const struct charter_target *t = &g2->targets[i];
		if (t->source != SOURCE_NATIONAL) {
			assert_null(t->valid_from);
			continue;
		}
		national++;
		assert_string_equal(t->valid_from, t->kind == TARGET_SUBSTITUTE_SUPPLY ? "2018-01-01" : "2016-07-01");
		assert_null(t->valid_to);
	}
	assert_int_equal(national, 3);
	classify_free(&c);
}

/* ---- charters that are data only ---- */

static void on_mm(void *ctx, const struct charter *c)
{
	(void)ctx;
	const struct charter_class *water = charter_class_find(c, "2h"), *sewer = charter_class_find(c, "2h-fogna");
	assert_int_equal(water->targets[0].amount, 7200);
	assert_int_equal(water->targets[1].amount, 43200);
	assert_int_equal(water->targets[2].amount, 86400);
	assert_int_equal(sewer->targets[0].amount, 7200);
	assert_int_equal(sewer->targets[0].when.is, WHEN_OTHERWISE);
	assert_int_equal(sewer->targets[1].amount, 10800);
	assert_int_equal(sewer->targets[1].when.is, WHEN_NIGHT_OR_HOLIDAY);
	assert_int_equal(sewer->targets[1].when.night_from, 22 * 60);
	assert_int_equal(sewer->targets[1].when.night_to, 6 * 60);
	assert_int_equal(charter_row_find(c, "M03")->national_danger, 'c');
	assert_non_null(clause_of(c, CLAUSE_VALIDITY, PAUSE_EXTRAORDINARY_WEATHER));
}

static void on_ats(void *ctx, const struct charter *c)
{
	(void)ctx;
	const struct charter_class *danger = charter_class_find(c, "3h"), *meter = charter_class_find(c, "24h");
	assert_int_equal(danger->targets[0].start, START_CONVERSATION);
	assert_int_equal(danger->targets[1].kind, TARGET_REPAIR);
	assert_int_equal(danger->targets[1].start, START_RECEIVED);
	assert_int_equal(meter->targets[0].amount, 86400);
	assert_int_equal(meter->targets[0].start, START_CONVERSATION);
	for (char d = 'a'; d <= 'd'; d++)
		assert_int_equal(c->rows[d - 'a'].national_danger, d);
}

static void two_further_charters_are_only_data(void **state)
{
	(void)state;
	struct str complaints = {0};
	if (!classify_check_file(PRONTOD_CHARTERS, PRONTOD_CHARTERS "/mm.json", &complaints, on_mm, NULL) ||
	    !classify_check_file(PRONTOD_CHARTERS, PRONTOD_CHARTERS "/ats.json", &complaints, on_ats, NULL))
		fail_msg("%s", str_text(&complaints));
	str_fini(&complaints);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_FOLDER(the_edition_in_force_on_a_day_is_found),
	    IN_FOLDER(editions_that_share_a_day_or_a_name_are_refused),
	    IN_FOLDER(an_edition_alone_stands_whatever_its_dates),
	    IN_FOLDER(patrons_are_counted_as_the_policy_says),
	    IN_FOLDER(damaged_patrons_are_refused_by_name),
	    IN_FOLDER(flags_of_the_calendar_are_read),
	    IN_FOLDER(the_three_kinds_of_excuses_are_told_apart),
	    IN_FOLDER(damaged_targets_are_refused_by_field),
	    IN_FOLDER(national_targets_bring_their_dates),
	    cmocka_unit_test(two_further_charters_are_only_data),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

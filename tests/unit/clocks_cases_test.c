/*
 * The clocks of the charters as they are written, from tests/data/clocks.jsonl: the worked examples,
 * pauses, excuses, checks, patron saints, the protocol, extension, nights of the
 * clock change, hours of the day, national rules, editions. The expected values come from the rules and
 * the data alone: tests/system/clocks_oracle_test.py reckons them apart from this program.
 */
#include "folder.h"

#include "classify.h"
#include "clocks.h"
#include "wire/json.h"

static struct classify *opened;

/* Every charter, and a second edition of S.A.P.'s with 90 minutes. */
static int open_charters(void **state)
{
	struct problem p = {0};
	if (make_folder(state) != 0)
		return -1;
	CHANGE("sap.json", "sap.json", "\"valid_to\": null", "\"valid_to\": \"2026-11-30\"");
	CHANGE("sap-2026.json", "sap.json", "\"adottata il 1 gennaio 2003\"", "\"dicembre 2026\"", "2003-01-01", "2026-12-01",
	       "\"amount\": 3600", "\"amount\": 5400");
	write_file("index.json", "{\"charters\": [\"cap.json\", \"indecast.json\", \"sap.json\", \"sap-2026.json\", "
				 "\"buscemi.json\", \"ati1-rifiuti.json\", \"mm.json\", \"ats.json\"]}");
	opened = classify_open(folder, &p);
	if (!opened)
		fprintf(stderr, "%s\n", p.text);
	return opened ? 0 : -1;
}

static int close_charters(void **state)
{
	classify_free(&opened);
	return remove_folder(state);
}

/* ---- a case becomes a question ---- */

#define PAUSES_MAX 4
#define PATRONS_MAX 4
struct asked {
	struct clocks_question q;
	struct charter charter; /* the case's policy over the charter's own */
	struct patron_day patrons[PATRONS_MAX];
	struct clocks_pause pauses[PAUSES_MAX];
	struct instant stopped;
};

static struct instant instant_of(const struct js *o, const char *key)
{
	struct instant t = INSTANT_NONE;
	struct problem p = {0};
	const char *text = js_find_str(o, key);
	if (text && !instant_parse(text, &t, &p))
		fail_msg("%s: %s", text, p.text);
	return t;
}

static void read_patrons(const struct js *list, struct asked *a)
{
	assert_true(js_count(list) <= PATRONS_MAX);
	for (size_t i = 0; i < js_count(list); i++) {
		const struct js *o = js_at(list, i), *on = js_find(o, "on");
		bool by_weekday = js_find(on, "weekday") != NULL;
		assert_true(!by_weekday || str_equal(js_find_str(on, "weekday"), "sunday"));
		a->patrons[i] = (struct patron_day){.municipality = js_find_str(o, "municipality"),
						    .name = js_find_str(o, "name"),
						    .rule = by_weekday ? PATRON_WEEKDAY : PATRON_DATE,
						    .month = (int)js_int(js_find(on, "month"), 0),
						    .day = (int)js_int(js_find(on, "day"), 0),
						    .weekday = 6,
						    .nth = (int)js_int(js_find(on, "nth"), 0)};
	}
	a->charter.patrons = a->patrons;
	a->charter.patron_count = js_count(list);
}

static void read_policy(const struct js *k, struct asked *a)
{
	const struct js *policy = js_find(k, "policy");
	a->charter.extend_if_holiday = js_bool(js_find(policy, "extend_if_holiday"), a->charter.extend_if_holiday);
	if (js_find_str(policy, "start_from"))
		a->charter.protocol_date = str_equal(js_find_str(policy, "start_from"), "protocol_date");
	if (js_find_str(policy, "working_days"))
		a->charter.saturday_works = str_equal(js_find_str(policy, "working_days"), "mon-sat");
	a->charter.patrons_of_place = js_bool(js_find(policy, "patron_saints"), false);
	read_patrons(js_find(k, "patrons"), a);
}

static void read_pauses(const struct js *list, struct asked *a)
{
	assert_true(js_count(list) <= PAUSES_MAX);
	for (size_t i = 0; i < js_count(list); i++) {
		const struct js *o = js_at(list, i);
		a->pauses[i] = (struct clocks_pause){.from = instant_of(o, "from"), .to = instant_of(o, "to")};
		assert_true(pause_cause_parse(js_find_str(o, "cause"), &a->pauses[i].cause));
	}
	a->q.pauses = a->pauses;
	a->q.pause_count = js_count(list);
}

static void ask(const struct js *k, struct asked *a)
{
	struct problem p = {0};
	const char *code = js_find_str(k, "charter"), *edition = js_find_str(k, "edition"), *danger = js_find_str(k, "danger");
	struct instant from = instant_of(k, "from");
	const struct charter *charter =
	    edition ? classify_charter_edition(opened, code, edition) : classify_charter_at(opened, code, from);
	if (!charter)
		fail_msg("%s: no charter", js_find_str(k, "name"));
	a->charter = *charter;
	read_policy(k, a);
	read_pauses(js_find(k, "pauses"), a);
	a->q.charter = &a->charter;
	a->q.class = charter_class_find(charter, js_find_str(k, "class"));
	a->q.row = js_find_str(k, "row") ? charter_row_find(charter, js_find_str(k, "row")) : NULL;
	assert_true(a->q.class && (a->q.row || !js_find_str(k, "row")));
	a->q.danger = danger ? danger[0] : '\0';
	a->q.municipality = js_find_str(k, "municipality");
	a->q.zone = zone_get(charter->zone, &p);
	a->q.received = from;
	a->q.conversation = instant_of(k, "conversation");
	a->q.call = instant_of(k, "call");
	a->q.protocolled = instant_of(k, "protocol");
	a->q.verified = instant_of(k, "verified");
	a->q.interruption = instant_of(k, "interruption");
	a->q.ring = instant_of(k, "ring");
	a->q.now = instant_of(k, "now");
	a->q.all = js_bool(js_find(k, "all"), false);
	a->stopped = instant_of(k, "stopped");
}

/* ---- the answer, in the form of the file ---- */

static struct js *answer(const struct asked *a)
{
	struct js *list = js_array();
	struct clocks_due due[CLOCKS_MAX_TARGETS];
	size_t count = clocks_due(&a->q, due);
	for (size_t i = 0; i < count; i++) {
		struct js *o = js_object();
		struct clocks_state state = clocks_state(&a->q, &due[i], a->stopped);
		js_set_str(o, "kind", target_kind_name(due[i].target->kind));
		js_set_str(o, "source", due[i].target->source == SOURCE_CHARTER ? "charter" : "national");
		js_set_instant(o, "due", due[i].due, a->q.zone);
		if (instant_is_set(a->q.now)) {
			js_set_str(o, "result", clocks_result_name(state.result));
			js_set_int(o, "late_s", state.late.us / 1000000);
			js_set_int(o, "left_s", state.left.us / 1000000);
			js_set_str(o, "excuse", clocks_excuse_name(state.excuse));
		}
		js_set_bool(o, "effective", due[i].effective);
		js_push(list, o);
	}
	return list;
}

/* The proof must end where the due instant is, whatever was skipped on the way. */
static bool proof_agrees(const struct asked *a)
{
	struct clocks_due due[CLOCKS_MAX_TARGETS];
	bool agrees = true;
	for (size_t i = clocks_due(&a->q, due); i-- > 0;) {
		struct str proof = {0};
		char end[64];
		bool hours = due[i].bound == BOUND_INCLUSIVE;
		struct wall w = zone_wall(a->q.zone, hours ? due[i].due : instant_add(due[i].due, SPAN_S(-1)));
		snprintf(end, sizeof end, " %d", w.day);
		clocks_explain(&a->q, &due[i], &proof);
		const char *last = strstr(str_text(&proof), "scade: ");
		agrees &= last && strstr(last, end) && strstr(str_text(&proof), due[i].target->rule_it) &&
			  strstr(str_text(&proof), due[i].target->quote);
		str_fini(&proof);
	}
	return agrees;
}

static bool holds(const char *line, size_t length)
{
	struct problem p = {0};
	struct asked a = {0};
	struct js *k = js_parse(line, length, &p);
	if (!k)
		fail_msg("%.*s: %s", (int)length, line, p.text);
	ask(k, &a);
	struct js *seen = answer(&a);
	struct str expected = {0}, got = {0};
	js_write(js_find(k, "expect"), &expected);
	js_write(seen, &got);
	bool good = str_equal(str_text(&expected), str_text(&got)) && proof_agrees(&a);
	if (!good)
		fprintf(stderr, "%s\n  expected %s\n  got      %s\n", js_find_str(k, "name"), str_text(&expected), str_text(&got));
	str_fini(&expected);
	str_fini(&got);
	js_free(&seen);
	js_free(&k);
	return good;
}

static void every_case_of_the_file_comes_out(void **state)
{
	(void)state;
	char *line = NULL;
	size_t room = 0, cases = 0, wrong = 0;
	const char *other = getenv("PRONTOD_CLOCKS_CASES"); /* of tests/system/clocks_oracle_test.py */
	FILE *in = fopen(other ? other : PRONTOD_DATA "/clocks.jsonl", "r");
	assert_non_null(in);
	for (ssize_t n; (n = getline(&line, &room, in)) > 0; cases++)
		wrong += !holds(line, (size_t)n);
	free(line);
	fclose(in);
	assert_int_equal(wrong, 0);
	assert_true(cases >= 61); /* the 21 worked examples and 40 more at least */
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_case_of_the_file_comes_out)};
	return cmocka_run_group_tests(tests, open_charters, close_charters);
}

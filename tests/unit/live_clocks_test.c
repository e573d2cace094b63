/* Clocks as the views show them: held still, excused, and the chain from the ring to the restored
 * service. */
#include "live.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define T(minutes) ((struct instant){1773144000000000 + (int64_t)(minutes)*60000000})

static const struct charter_class class = {.code = "L1", .short_it = "L1", .urgency_rank = 1};
static const struct charter charter = {
    .code = "indecast", .classes = (struct charter_class *)&class, .class_count = 1};
static const struct charter_clause clause = {
    .kind = CLAUSE_VALIDITY, .quote = "in condizioni normali", .section = "4.3"};
static struct clock_event event;
static struct due_target targets[2];
static struct report report;
static struct assignment crew;
static struct incident incident;
static struct live_facts facts;

static int prepare(void **state)
{
	(void)state;
	event = (struct clock_event){.id = "e",
	                             .stops = true,
	                             .cause = PAUSE_THIRD_PARTY_PERMIT,
	                             .words = "geheim",
	                             .by = "Marta B.",
	                             .from = T(20)};
	targets[0] = (struct due_target){
	    .kind = TARGET_ARRIVAL, .start = T(0), .promised = T(120), .due = T(120), .first = true};
	targets[1] = (struct due_target){.kind = TARGET_CALL_ANSWER,
	                                 .source = SOURCE_NATIONAL,
	                                 .start = T(-3),
	                                 .due = T(-1),
	                                 .stopped_at = T(0)};
	report = (struct report){.channel = "phone", .rang_at = T(-3), .started_at = T(0), .code = ""};
	crew = (struct assignment){
	    .state = ASSIGNMENT_ARRIVED, .offered_at = T(5), .accepted_at = T(6), .arrived_at = T(40), .eta_s = -1};
	incident = (struct incident){.charter = "indecast",
	                             .class_code = "L1",
	                             .state = INCIDENT_CLASSIFIED,
	                             .opened_at = T(0),
	                             .confirmed_at = T(2),
	                             .targets = targets,
	                             .target_count = 2,
	                             .events = &event,
	                             .event_count = 1,
	                             .reports = &report,
	                             .reports_loaded = 1};
	facts = (struct live_facts){.incident = &incident,
	                            .charter = &charter,
	                            .zone = zone_get("Europe/Rome", NULL),
	                            .now = T(500)};
	return facts.zone ? 0 : -1;
}

static bool says(const struct js *o, const char *words)
{
	struct str s = {0};
	js_write(o, &s);
	bool so = strstr(str_text(&s), words) != NULL;
	str_fini(&s);
	return so;
}

/* Held after 20 of 120 minutes: whatever the time is now, 100 are left and nobody is called. */
static void a_held_clock_stands_still(void **state)
{
	(void)state;
	struct str why = {0};
	targets[0].paused = &event;
	struct js *o = live_incident(&facts);
	const struct js *held = js_find(o, "paused");
	assert_int_equal(js_int(js_find(held, "left_s"), 0), 100 * 60);
	assert_string_equal(js_find_str(held, "cause_label"), "permesso di terzi");
	assert_string_equal(js_find_str(held, "by"), "Marta B.");
	assert_string_equal(js_find_str(held, "reason"), "geheim");
	assert_string_equal(js_find_str(js_find(o, "arrival"), "result"), "running");
	js_free(&o);
	incident.state = INCIDENT_MADE_SAFE; /* otherwise it would want a crew */
	assert_int_equal(live_attention(&facts, &why), LIVE_CALM);
	targets[0].paused = NULL;
	assert_int_equal(live_attention(&facts, &why), LIVE_NOW);
	str_fini(&why);
}

static void the_public_learns_the_cause_alone(void **state)
{
	(void)state;
	targets[0].paused = &event;
	struct js *list = live_targets(targets, 2, facts.zone, facts.now), *open = live_public(&facts);
	assert_true(says(list, "third_party_permit"));
	assert_false(says(list, "geheim") || says(list, "Marta"));
	assert_false(says(open, "geheim") || says(open, "Marta"));
	assert_false(js_bool(js_find(open, "late"), true));
	js_free(&list);
	js_free(&open);
}

static void an_excuse_stands_beside_the_miss(void **state)
{
	(void)state;
	event.stops = false;
	event.cause = PAUSE_TRAFFIC_OR_VISIBILITY;
	targets[0].excuse = &event;
	targets[0].excused_by = &clause;
	struct js *o = live_incident_full(&facts);
	const struct js *t = js_at(js_find(o, "targets"), 0), *x = js_find(t, "excused");
	assert_string_equal(js_find_str(t, "result"), "missed");
	assert_true(js_bool(js_find(x, "not_binding"), false));
	assert_string_equal(js_find_str(x, "quote"), "in condizioni normali");
	assert_string_equal(js_find_str(js_find(o, "arrival"), "excused"),
	                    "traffico o visibilità non normali");
	assert_string_equal(js_find_str(js_at(js_find(o, "events"), 0), "effect"), "excuses");
	js_free(&o);
	targets[0].stopped_at = T(60); /* kept: there is nothing to excuse */
	o = live_incident_full(&facts);
	assert_int_equal(js_kind(js_find(js_at(js_find(o, "targets"), 0), "excused")), JS_NULL);
	js_free(&o);
}

static void chain_is(const char *wanted)
{
	struct str found = {0};
	struct js *list = live_chain(&facts);
	for (size_t n = 0; n < js_count(list); n++)
		str_addf(&found, "%s%c", n ? " " : "", js_find_str(js_at(list, n), "state")[0]);
	assert_string_equal(str_text(&found), wanted);
	js_free(&list);
	str_fini(&found);
}

/* d done, m missing, w waiting, n not applicable; ring … restored */
static void the_chain_tells_missing_from_not_yet(void **state)
{
	(void)state;
	chain_is("d d d w w w w w w w");
	incident.assignments = &crew;
	incident.assignment_count = 1;
	incident.arrived_at = T(40);
	chain_is("d d d m d d m d w w");
	incident.told_at = T(41);
	chain_is("d d d d d d m d w w");
	incident.state = INCIDENT_CLOSED;
	chain_is("d d d d d d m d m m");
	report.channel = "web";
	incident.state = INCIDENT_CLASSIFIED;
	chain_is("n n d d d d m d w w");
}

static void each_leg_has_its_own_limit(void **state)
{
	(void)state;
	incident.assignments = &crew;
	incident.assignment_count = 1;
	incident.arrived_at = targets[0].stopped_at = T(140);
	crew.arrived_at = T(140);
	struct js *list = live_chain(&facts);
	const struct js *answer = js_at(list, 1), *arrived = js_at(list, 7), *sent = js_at(list, 4);
	assert_int_equal(js_int(js_find(answer, "took_s"), 0), 180);
	assert_string_equal(js_find_str(js_find(answer, "limit"), "result"), "missed");
	assert_int_equal(js_int(js_find(js_find(answer, "limit"), "limit_s"), 0), 120);
	assert_int_equal(js_int(js_find(js_find(answer, "limit"), "late_s"), 0), 60);
	assert_int_equal(js_int(js_find(arrived, "took_s"), 0), 134 * 60); /* since it was accepted */
	assert_string_equal(js_find_str(js_find(arrived, "limit"), "result"), "missed");
	assert_int_equal(js_int(js_find(js_find(arrived, "limit"), "late_s"), 0), 20 * 60);
	assert_int_equal(js_kind(js_find(sent, "limit")), JS_NULL);
	js_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_held_clock_stands_still, prepare),
	    cmocka_unit_test_setup(the_public_learns_the_cause_alone, prepare),
	    cmocka_unit_test_setup(an_excuse_stands_beside_the_miss, prepare),
	    cmocka_unit_test_setup(the_chain_tells_missing_from_not_yet, prepare),
	    cmocka_unit_test_setup(each_leg_has_its_own_limit, prepare),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

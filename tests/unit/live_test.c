/*
 * What each eye may see: shapes and words of the views, the chips and groups of the desk, the ring.
 * The privacy test fills every personal field with a marker and looks for it in everything public.
 */
#include "live.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define MARK "ZQX"

static struct charter_class classes[] = {
    {.code = "L1",
     .label_it = "Livello 1 (il più urgente)",
     .label_en = "Level 1 (the most urgent)",
     .short_it = "L1",
     .urgency_rank = 1},
    {.code = "L2",
     .label_it = "Livello 2",
     .label_en = "Level 2",
     .short_it = "L2",
     .urgency_rank = 2},
};
static struct charter_row rows[] = {
    {.code = "F03",
     .text = "In strada con rilevante fuoriuscita",
     .section = "8.4",
     .class_code = "L1",
     .kind_it = "Perdita d'acqua in strada",
     .kind_en = "Water leak in the street",
     .icon = "leak",
     .advice = "street_leak",
     .is_public = PUBLIC_YES},
    {.code = "D01",
     .text = "Mancanza d'acqua",
     .class_code = "L2",
     .kind_it = "Manca l'acqua",
     .kind_en = "No water",
     .icon = "no_water",
     .is_public = PUBLIC_YES},
};
static const struct charter charter = {
    .code = "indecast", .classes = classes, .class_count = 2, .rows = rows, .row_count = 2};

static struct due_target targets[2];
static struct assignment crews[2];
static struct photo photo;
static struct report report;
static struct incident incident;
static struct incident_change change;
static struct live_facts facts;
static struct live_report_facts report_facts;

static struct instant at(const char *clock)
{
	char text[64];
	struct instant t = INSTANT_NONE;
	struct problem p;
	snprintf(text, sizeof text, "2026-03-10T%s+01:00", clock);
	if (!instant_parse(text, &t, &p))
		fail_msg("%s", p.text);
	return t;
}

static void make_targets(void)
{
	targets[0] = (struct due_target){.kind = TARGET_ARRIVAL,
	                                 .rule = "2 hours",
	                                 .quote = "intervento entro 2 ore",
	                                 .section = "8.4",
	                                 .start = at("13:05:00"),
	                                 .due = at("15:05:00"),
	                                 .first = true,
	                                 .effective = true,
	                                 .told_it = "entro le 15:05 di oggi",
	                                 .told_en = "by 15:05 today"};
	targets[1] = (struct due_target){.kind = TARGET_ARRIVAL,
	                                 .source = SOURCE_NATIONAL,
	                                 .start = at("13:05:00"),
	                                 .due = at("16:05:00")};
}

/* Every personal field holds the marker. */
static void make_report(void)
{
	photo = (struct photo){.name = MARK ".jpg", .content_type = "image/jpeg", .bytes = 7};
	report =
	    (struct report){.utility_code = "acque",
	                    .utility_name = "Acque Valdoro",
	                    .utility_phone = "800 175 571",
	                    .charter = "indecast",
	                    .code = "7KQ4MT9XW2H",
	                    .state = REPORT_LINKED,
	                    .channel = "web",
	                    .subject = "oggetto " MARK,
	                    .text = "testo " MARK,
	                    .lang = "it",
	                    .address = "via " MARK " 12",
	                    .landmark = "da " MARK,
	                    .municipality = "Castiglione",
	                    .area = "via Cavour 12/A, Castiglione",
	                    .point = {45.3874912, 10.4935123},
	                    .reporter = {MARK " nome", MARK " 347", MARK "@posta.it", "sms"},
	                    .received_at = at("13:05:00"),
	                    .recorded_at = at("13:05:01"),
	                    .updated_at = at("13:05:01"),
	                    .row = "F03",
	                    .class_code = "L1",
	                    .confidence = 0.93,
	                    .targets = targets,
	                    .target_count = 2,
	                    .photos = &photo,
	                    .photo_count = 1,
	                    .classification = "{\"evidence\":[{\"in\":\"text\",\"text\":\"" MARK
	                                      "\"}],\"row\":\"OLD\",\"class\":\"L3\",\"confidence\":0.9}"};
	strcpy(report.id.text, "report-id");
}

static void make_incident(void)
{
	crews[0] = (struct assignment){.crew_name = MARK " squadra",
	                               .crew_phone = MARK " 335",
	                               .state = ASSIGNMENT_DECLINED,
	                               .offered_at = at("13:06:00"),
	                               .ended_at = at("13:07:00"),
	                               .declined_reason = MARK,
	                               .eta_s = -1};
	crews[1] = (struct assignment){.crew_name = MARK " squadra",
	                               .crew_phone = MARK " 336",
	                               .recalled_by = MARK,
	                               .outcome = MARK,
	                               .forced_reason = MARK,
	                               .state = ASSIGNMENT_EN_ROUTE,
	                               .offered_at = at("13:08:00"),
	                               .accepted_at = at("13:09:00"),
	                               .departed_at = at("13:20:00"),
	                               .eta_at = at("13:48:00"),
	                               .eta_s = 1700,
	                               .version = 3};
	change = (struct incident_change){
	    .seq = 9, .at = at("13:08:00"), .who = MARK, .what = "assigned", .why = MARK};
	incident = (struct incident){.utility_code = "acque",
	                             .utility_name = "Acque Valdoro",
	                             .number = "2026-00417",
	                             .version = 4,
	                             .charter = "indecast",
	                             .state = INCIDENT_EN_ROUTE,
	                             .row = "F03",
	                             .class_code = "L1",
	                             .confidence = 0.93,
	                             .published = true,
	                             .address = "via " MARK " 12",
	                             .landmark = "da " MARK,
	                             .municipality = "Castiglione",
	                             .area = "via Cavour 12/A, Castiglione",
	                             .point = {45.3874912, 10.4935123},
	                             .opened_at = at("13:05:00"),
	                             .updated_at = at("13:20:00"),
	                             .report_count = 3,
	                             .targets = targets,
	                             .target_count = 2,
	                             .assignments = crews,
	                             .assignment_count = 2,
	                             .reports = &report,
	                             .reports_loaded = 1,
	                             .changes = &change,
	                             .change_count = 1};
	strcpy(incident.id.text, "incident-id");
}

static int prepare(void **state)
{
	(void)state;
	struct problem p;
	const struct zone *zone = zone_get("Europe/Rome", &p);
	make_targets();
	make_report();
	make_incident();
	facts = (struct live_facts){.incident = &incident,
	                            .charter = &charter,
	                            .zone = zone,
	                            .now = at("13:30:00"),
	                            .position_at = at("13:29:00")};
	report_facts = (struct live_report_facts){.report = &report,
	                                          .incident = &incident,
	                                          .charter = &charter,
	                                          .advice_it = "Stai lontano.",
	                                          .advice_en = "Keep away.",
	                                          .zone = zone,
	                                          .now = facts.now};
	return zone ? 0 : -1;
}

static void has(const struct js *o, const char *key, const char *value)
{
	const char *found = js_find_str(o, key);
	if (!value ? js_kind(js_find(o, key)) != JS_NULL : !found || strcmp(found, value) != 0)
		fail_msg("%s is %s, not %s", key, found ? found : "null", value ? value : "null");
}

/* ---- privacy ---- */

static void hides(struct js *view)
{
	struct str s = {0};
	js_write(view, &s);
	static const char *const secrets[] = {MARK,       "12/A",         "45.3874",     "10.4935",
	                                      "reporter", "phone\":\"ZQ", "\"text\":\"t"};
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
		if (strstr(str_text(&s), secrets[i]))
			fail_msg("%s shows in %s", secrets[i], str_text(&s));
	}
	str_fini(&s);
	js_free(&view);
}

static void nothing_personal_is_public(void **state)
{
	(void)state;
	for (int s = INCIDENT_NEW; s <= INCIDENT_CANCELLED; s++) {
		incident.state = (enum incident_state)s;
		hides(live_public(&facts));
		hides(live_report(&report_facts));
	}
	for (int s = REPORT_RECEIVED; s <= REPORT_REFERRED; s++) {
		report.state = (enum report_state)s;
		hides(live_report(&report_facts));
	}
	hides(live_classification(&report_facts));
	hides(live_targets(targets, 2, facts.zone, facts.now));
	struct str line = {0};
	live_removed_line(7, &incident, &line);
	assert_null(strstr(line.data, MARK));
	assert_string_equal(line.data,
	                    "{\"seq\":7,\"removed\":\"2026-00417\",\"utility\":\"acque\"}");
	str_fini(&line);
}

/* Guards the white list itself: a new field in the public view must be added here by a person. */
static void the_public_view_has_exactly_its_fields(void **state)
{
	(void)state;
	static const char *const fields[] = {"number",
	                                     "utility",
	                                     "kind",
	                                     "kind_en",
	                                     "icon",
	                                     "area",
	                                     "lat",
	                                     "lon",
	                                     "state",
	                                     "public_state",
	                                     "public_state_en",
	                                     "text",
	                                     "reported_at",
	                                     "updated_at",
	                                     "arrival_due",
	                                     "arrival_bound",
	                                     "arrived_at",
	                                     "late",
	                                     "estimate",
	                                     "reports",
	                                     "restored_at",
	                                     "closed_at"};
	struct js *o = live_public(&facts);
	assert_int_equal(js_count(o), sizeof fields / sizeof *fields);
	const char *key;
	const struct js *value;
	for (size_t i = 0; js_pair(o, i, &key, &value); i++)
		assert_string_equal(key, fields[i]);
	js_free(&o);
}

static void areas_lose_house_numbers_and_keep_street_names(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
	    {"via Cavour 12, Castiglione", "via Cavour, Castiglione"},
	    {"via Cavour 12/A, Castiglione", "via Cavour, Castiglione"},
	    {"via Cavour 12 bis, Castiglione", "via Cavour, Castiglione"},
	    {"via Cavour 12 A, Castiglione", "via Cavour, Castiglione"},
	    {"via Cavour n. 12", "via Cavour"},
	    {"via Cavour n.12, Medole", "via Cavour, Medole"},
	    {"via Roma 5 interno 3, Medole", "via Roma, Medole"},
	    {"via Roma 5/B scala C, Medole", "via Roma, Medole"},
	    {"via della Scala, Medole", "via della Scala, Medole"},
	    {"via Cavour, 12, 46043 Castiglione", "via Cavour, Castiglione"},
	    {"via 25 Aprile 7, Medole", "via 25 Aprile, Medole"},
	    {"via 25 Aprile, Medole", "via 25 Aprile, Medole"},
	    {"SP 10, Medole", "SP 10, Medole"},
	    {"Strada Provinciale 10, Medole", "Strada Provinciale 10, Medole"},
	    {"zona Belvedere, Medole", "zona Belvedere, Medole"},
	    {"via Papa Giovanni XXIII, Medole", "via Papa Giovanni XXIII, Medole"},
	    {"Medole", "Medole"},
	    {"", ""},
	};
	struct str s = {0};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		live_area(cases[i][0], &s);
		assert_string_equal(str_text(&s), cases[i][1]);
	}
	str_fini(&s);
}

/* ---- public ---- */

static void live_tells_kind_place_state_and_promise(void **state)
{
	(void)state;
	struct js *o = live_public(&facts);
	has(o, "number", "2026-00417");
	has(o, "kind", "Perdita d'acqua in strada");
	has(o, "kind_en", "Water leak in the street");
	has(o, "icon", "leak");
	has(o, "area", "via Cavour, Castiglione");
	has(o, "state", "en_route");
	has(o, "public_state", "Squadra in arrivo");
	has(o, "public_state_en", "Crew on its way");
	has(o, "arrival_due", "2026-03-10T15:05:00+01:00");
	has(o, "arrived_at", NULL);
	assert_int_equal(js_int(js_find(o, "reports"), 0), 3);
	assert_false(js_bool(js_find(o, "late"), true));
	assert_true(js_number(js_find(o, "lat"), 0) == 45.387);
	assert_true(js_number(js_find(o, "lon"), 0) == 10.494);
	js_free(&o);
	facts.now = at("15:05:01");
	o = live_public(&facts);
	assert_true(js_bool(js_find(o, "late"), false));
	js_free(&o);
	incident.area = NULL;
	incident.point = POINT_NONE;
	facts.charter = NULL;
	o = live_public(&facts);
	has(o, "area", NULL);
	has(o, "lat", NULL);
	has(o, "kind", "Guasto");
	has(o, "icon", "other");
	js_free(&o);
}

static void live_shows_what_is_published_and_for_a_day_what_is_over(void **state)
{
	(void)state;
	assert_true(live_is_public(&facts));
	incident.published = false;
	assert_false(live_is_public(&facts));
	incident.published = true;
	incident.state = INCIDENT_CLOSED;
	incident.closed_at = at("13:29:00");
	assert_true(live_is_public(&facts));
	incident.disposition = DISPOSITION_MERGED;
	assert_false(live_is_public(&facts));
	incident.disposition = DISPOSITION_DONE;
	facts.now = instant_add(incident.closed_at, LIVE_KEPT);
	assert_false(live_is_public(&facts));
}

static void no_water_stands_first_then_the_newest_then_what_is_over(void **state)
{
	(void)state;
	struct incident dry = incident, newer = incident, over = incident;
	dry.row = "D01";
	dry.opened_at = at("09:00:00");
	newer.opened_at = at("13:10:00");
	over.state = INCIDENT_CLOSED;
	over.opened_at = at("13:20:00");
	struct live_facts a = facts, b = facts, c = facts;
	a.incident = &dry;
	b.incident = &newer;
	c.incident = &over;
	assert_true(live_public_compare(&a, &b) < 0);
	assert_true(live_public_compare(&b, &facts) < 0);
	assert_true(live_public_compare(&facts, &c) < 0);
	assert_int_equal(live_public_compare(&facts, &facts), 0);
}

/* ---- the holder of the code ---- */

static const char *step_state(const struct js *o, size_t n)
{
	return js_find_str(js_at(js_find(o, "steps"), n), "state");
}

static void tracking_tells_the_promise_and_the_steps(void **state)
{
	(void)state;
	struct js *o = live_report(&report_facts);
	has(o, "code", "7KQ4M-T9XW2-H");
	has(o, "state", "linked");
	has(o, "public_state", "Squadra in arrivo");
	has(o, "public_state_en", "Crew on its way");
	has(o, "area", "via Cavour, Castiglione");
	has(o, "class_label", "Livello 1 (il più urgente)");
	has(o, "row_text", "In strada con rilevante fuoriuscita");
	has(o, "advice_it", "Stai lontano.");
	has(o, "eta", "2026-03-10T13:48:00+01:00");
	has(o, "updated_at", "2026-03-10T13:20:00+01:00");
	has(js_find(o, "utility"), "phone", "800 175 571");
	const struct js *target = js_at(js_find(o, "targets"), 0);
	has(target, "told", "entro le 15:05 di oggi");
	has(target, "result", "running");
	has(target, "bound", "inclusive");
	const char *states[] = {"done", "done", "done", "current", "todo", "todo", "todo", "todo"};
	for (size_t n = 0; n < 8; n++)
		assert_string_equal(step_state(o, n), states[n]);
	has(js_at(js_find(o, "steps"), 2), "at", "2026-03-10T13:08:00+01:00");
	has(js_at(js_find(o, "steps"), 3), "name", "en_route");
	js_free(&o);
}

static void tracking_says_what_became_of_the_arrival(void **state)
{
	(void)state;
	incident.state = INCIDENT_ON_SITE;
	crews[1].state = ASSIGNMENT_ARRIVED;
	incident.arrived_at = targets[0].stopped_at = targets[1].stopped_at = at("15:06:30");
	struct js *o = live_report(&report_facts);
	const struct js *target = js_at(js_find(o, "targets"), 0);
	has(target, "result", "missed");
	assert_int_equal(js_int(js_find(target, "late_s"), 0), 90);
	has(js_at(js_find(o, "targets"), 1), "result", "met");
	has(o, "eta", NULL);
	assert_string_equal(step_state(o, 4), "current");
	js_free(&o);
}

static void tracking_has_words_for_each_state_of_a_report(void **state)
{
	(void)state;
	report_facts.incident = NULL;
	report.state = REPORT_RECEIVED;
	struct js *o = live_report(&report_facts);
	has(o, "public_state", "Ricevuta");
	assert_string_equal(step_state(o, 0), "current");
	js_free(&o);
	report.state = REPORT_TRIAGED;
	o = live_report(&report_facts);
	has(o, "public_state", "Valutata: livello 1");
	has(o, "public_state_en", "Assessed: level 1");
	js_free(&o);
	report.state = REPORT_REJECTED;
	report.row = NULL;
	report.class_code = "none";
	report.reason = "altro servizio";
	o = live_report(&report_facts);
	has(o, "public_state", "Non è un guasto della nostra rete");
	has(o, "row", NULL);
	has(o, "class_label", "Non di nostra competenza");
	has(o, "urgency_rank", NULL);
	has(o, "reason", "altro servizio");
	assert_string_equal(step_state(o, 1), "done"); /* nothing goes on: no current step */
	js_free(&o);
	report.utility_code = NULL;
	o = live_report(&report_facts);
	assert_int_equal(js_kind(js_find(o, "utility")), JS_NULL);
	js_free(&o);
}

/* ---- desk ---- */

static void attention_is(enum live_attention expected, const char *why, const char *group)
{
	struct str s = {0};
	assert_int_equal(live_attention(&facts, &s), expected);
	assert_string_equal(str_text(&s), why);
	assert_string_equal(live_group(&facts), group);
	str_fini(&s);
}

static void a_crew_on_its_way_in_time_needs_nobody(void **state)
{
	(void)state;
	attention_is(LIVE_CALM, "", "followed");
}

static void what_is_overdue_is_now(void **state)
{
	(void)state;
	facts.now = at("15:09:10");
	facts.position_at = at("15:09:00");
	attention_is(LIVE_NOW, "Scaduto da 5 min", "now");
	facts.now = at("17:15:00");
	attention_is(LIVE_NOW, "Scaduto da 2 h 10 min", "now");
	targets[0].stopped_at = targets[1].stopped_at = at("15:09:10"); /* late, but there */
	facts.position_at = facts.now;
	attention_is(LIVE_CALM, "", "followed");
}

static void a_grave_one_without_a_crew_is_now_after_three_minutes(void **state)
{
	(void)state;
	incident.state = INCIDENT_CLASSIFIED;
	incident.assignment_count = 0;
	facts.now = at("13:08:00");
	attention_is(LIVE_CALM, "", "now");
	facts.now = at("13:08:01");
	attention_is(LIVE_NOW, "Senza squadra da 3 min", "now");
	incident.class_code = "L2";
	attention_is(LIVE_CALM, "", "now");
}

static void a_refusal_or_silence_is_now(void **state)
{
	(void)state;
	incident.state = INCIDENT_CLASSIFIED;
	incident.assignment_count = 1;
	facts.now = at("13:07:10");
	attention_is(LIVE_NOW, "Incarico rifiutato", "now");
	crews[0].state = ASSIGNMENT_EXPIRED;
	attention_is(LIVE_NOW, "Nessuno ha accettato", "now");
	crews[0].state = ASSIGNMENT_OFFERED;
	incident.state = INCIDENT_ASSIGNED;
	attention_is(LIVE_CALM, "", "followed");
	facts.now = at("13:10:00");
	attention_is(LIVE_NOW, "Nessuna risposta da 4 min", "now");
}

static void a_crew_cut_off_on_its_way_is_now(void **state)
{
	(void)state;
	crews[1].cut_off_at = at("13:07:10");
	attention_is(LIVE_NOW, MARK " squadra senza strada aperta", "now");
	crews[0].state = ASSIGNMENT_ACCEPTED; /* another one was sent */
	attention_is(LIVE_CALM, "", "followed");
	crews[0].state = ASSIGNMENT_DECLINED;
	crews[1].state = ASSIGNMENT_ARRIVED;
	incident.state = INCIDENT_ON_SITE;
	attention_is(LIVE_CALM, "", "followed");
}

static void lost_contact_is_now_for_the_gravest_and_soon_for_others(void **state)
{
	(void)state;
	facts.position_at = at("13:06:00");
	attention_is(LIVE_NOW, "Contatto perso da 24 min", "now");
	incident.class_code = "L2";
	attention_is(LIVE_SOON, "Posizione di 24 min fa", "followed");
}

static void unconfirmed_nearly_used_up_or_unset_is_soon(void **state)
{
	(void)state;
	incident.needs_review = true;
	attention_is(LIVE_SOON, "Da confermare", "now");
	incident.needs_review = false;
	facts.now = at("14:40:59"); /* 95 min 59 s of 120 */
	facts.position_at = facts.now;
	attention_is(LIVE_CALM, "", "followed");
	facts.now = at("14:41:00");
	attention_is(LIVE_SOON, "Usato oltre l'80 % del tempo", "followed");
	incident.state = INCIDENT_CLASSIFIED;
	incident.assignment_count = incident.target_count = 0;
	incident.class_code = "L2";
	attention_is(LIVE_SOON, "Orario da fissare", "now");
}

static void day_promises_wait_in_calm_until_they_are_late(void **state)
{
	(void)state;
	incident.state = INCIDENT_CLASSIFIED;
	incident.class_code = "L2";
	incident.assignment_count = 0;
	targets[0].bound = BOUND_EXCLUSIVE;
	targets[0].due = instant_add(at("00:00:00"), SPAN_S(3 * 24 * 3600));
	incident.target_count = 1;
	attention_is(LIVE_CALM, "", "calm");
	facts.now = targets[0].due;
	attention_is(LIVE_NOW, "Scaduto da 1 min", "now");
}

static void what_is_over_is_calm(void **state)
{
	(void)state;
	incident.state = INCIDENT_CLOSED;
	incident.needs_review = true;
	facts.now = at("18:00:00");
	attention_is(LIVE_CALM, "", "calm");
}

static void the_desk_sees_what_it_needs(void **state)
{
	(void)state;
	struct js *o = live_incident(&facts);
	has(o, "state_label", "In viaggio");
	has(o, "class_short", "L1");
	has(o, "address", "via " MARK " 12");
	has(o, "public", "yes");
	has(o, "due", "2026-03-10T15:05:00+01:00");
	has(o, "due_kind", "arrival");
	has(o, "due_told", "entro le 15:05 di oggi");
	has(js_find(o, "arrival"), "result", "running");
	assert_int_equal(js_int(js_find(js_find(o, "arrival"), "left_s"), 0), 95 * 60);
	assert_int_equal(js_count(js_find(o, "crews")), 1); /* the refused one is not on it */
	has(js_at(js_find(o, "crews"), 0), "eta", "2026-03-10T13:48:00+01:00");
	has(o, "attention", NULL);
	assert_int_equal(js_kind(js_find(o, "report_list")), JS_NULL);
	js_free(&o);
	incident.state = INCIDENT_CLOSED;
	incident.disposition = DISPOSITION_DONE;
	o = live_incident(&facts);
	has(o, "state_label", "Chiuso (risolto)");
	has(o, "public_state", "Concluso");
	js_free(&o);
}

static void the_whole_incident_has_words_evidence_and_history(void **state)
{
	(void)state;
	const char *proof[] = {"regola: 2 hours"};
	facts.explain = (struct live_proof){proof, 1};
	report.reason = "da sentire";
	struct js *o = live_incident_full(&facts);
	const struct js *r = js_at(js_find(o, "report_list"), 0);
	has(r, "text", "testo " MARK);
	has(r, "code_tail", "XW2H");
	has(js_find(r, "reporter"), "phone", MARK " 347");
	const struct js *c = js_find(r, "classification");
	has(c, "row", "F03"); /* as it stands now, not as the machine said first */
	has(js_find(c, "proposed"), "row", "OLD"); /* what it said stays beside */
	has(js_find(c, "proposed"), "class", "L3");
	has(js_at(js_find(c, "evidence"), 0), "text", MARK);
	assert_int_equal(js_kind(js_find(c, "also")), JS_ARRAY);
	has(c, "reason", "da sentire");
	has(js_at(js_find(r, "photos"), 0), "content_type", "image/jpeg");
	assert_int_equal(js_count(js_find(o, "assignments")), 2);
	has(js_at(js_find(o, "assignments"), 0), "eta_s", NULL);
	has(js_find(js_at(js_find(o, "assignments"), 1), "crew"), "phone", MARK " 336");
	has(js_at(js_find(o, "timeline"), 0), "text", "Squadra inviata");
	assert_string_equal(js_str(js_at(js_find(o, "explain"), 0)), "regola: 2 hours");
	js_free(&o);
	report.classification = "not JSON";
	o = live_incident_full(&facts);
	assert_int_equal(js_count(js_find(o, "report_list")), 1);
	c = js_find(js_at(js_find(o, "report_list"), 0), "classification");
	assert_int_equal(js_kind(js_find(c, "proposed")), JS_NULL);
	js_free(&o);
}

static void a_crew_is_shown_with_state_and_skills(void **state)
{
	(void)state;
	const char *skills[] = {"water", "jetting"};
	struct crew crew = {.name = "Squadra 3",
	                    .phone = "335",
	                    .skills = skills,
	                    .skill_count = 2,
	                    .on_shift = true,
	                    .base = POINT_NONE,
	                    .position = POINT_NONE,
	                    .utility_code = "acque"};
	struct js *o = live_crew(&crew, facts.zone, facts.now);
	has(o, "state", "available");
	has(o, "state_label", "Disponibile");
	assert_string_equal(js_str(js_at(js_find(o, "skill_labels"), 1)), "autospurgo");
	assert_int_equal(js_kind(js_find(o, "incident")), JS_NULL);
	has(o, "lat", NULL);
	assert_int_equal(js_kind(js_find(o, "base")), JS_NULL);
	js_free(&o);
	crew.base = (struct point){45.5, 10.25};
	crew.open_assignments = 1;
	crew.assignment_state = ASSIGNMENT_ARRIVED;
	strcpy(crew.incident.text, "incident-id");
	crew.incident_number = "2026-00417";
	o = live_crew(&crew, facts.zone, facts.now);
	has(o, "state_label", "Sul posto");
	has(js_find(o, "incident"), "number", "2026-00417");
	assert_true(js_number(js_find(js_find(o, "base"), "lat"), 0) == 45.5);
	assert_true(js_number(js_find(js_find(o, "base"), "lon"), 0) == 10.25);
	js_free(&o);
}

static void which_way_a_crew_drives_is_shown_while_it_does(void **state)
{
	(void)state;
	struct crew crew = {.name = "Squadra 3",
	                    .base = POINT_NONE,
	                    .position = {45.5, 10.25},
	                    .position_at = at("15:09:00"),
	                    .heading = 271.3,
	                    .speed_mps = 8.3};
	struct js *o = live_crew(&crew, facts.zone, at("15:10:59"));
	assert_true(js_number(js_find(o, "heading"), 0) == 271.3);
	assert_true(js_number(js_find(o, "speed_mps"), 0) == 8.3);
	js_free(&o);
	o = live_crew(&crew, facts.zone, at("15:11:00"));
	assert_int_equal(js_kind(js_find(o, "heading")), JS_NULL);
	assert_int_equal(js_kind(js_find(o, "speed_mps")), JS_NULL);
	js_free(&o);
}

/* ---- crew ---- */

static void next_is(enum assignment_state s, const char *expected)
{
	crews[1].state = s;
	struct js *o = live_assignment(&facts, &crews[1]);
	has(o, "next", expected);
	js_free(&o);
}

static void the_next_button_follows_the_work(void **state)
{
	(void)state;
	next_is(ASSIGNMENT_OFFERED, "accept");
	next_is(ASSIGNMENT_ACCEPTED, "en_route");
	next_is(ASSIGNMENT_EN_ROUTE, "arrived");
	next_is(ASSIGNMENT_ARRIVED, "made_safe");
	crews[1].made_safe_at = at("13:50:00");
	next_is(ASSIGNMENT_ARRIVED, "restored");
	crews[1].restored_at = at("14:50:00");
	next_is(ASSIGNMENT_ARRIVED, "left");
	next_is(ASSIGNMENT_LEFT, NULL);
	next_is(ASSIGNMENT_RECALLED, NULL);
}

static void the_crew_may_call_only_while_it_is_on_it(void **state)
{
	(void)state;
	struct js *o = live_assignment(&facts, &crews[1]);
	const struct js *i = js_find(o, "incident");
	has(i, "reporter_phone", MARK " 347");
	has(i, "reporter_name", MARK " nome");
	has(i, "address", "via " MARK " 12");
	has(i, "due_told", "entro le 15:05 di oggi");
	has(js_at(js_find(i, "texts"), 0), "text", "testo " MARK);
	assert_int_equal(js_count(js_find(i, "photos")), 1);
	js_free(&o);
	crews[1].state = ASSIGNMENT_LEFT;
	o = live_assignment(&facts, &crews[1]);
	has(js_find(o, "incident"), "reporter_phone", NULL);
	has(js_find(o, "incident"), "reporter_name", NULL);
	js_free(&o);
}

/* ---- the shapes that pages rely on ---- */

static void has_fields(struct js *view, const char *fields)
{
	struct str s = {0};
	char key[64];
	int used = 0;
	js_write(view, &s);
	for (const char *at_now = fields; sscanf(at_now, "%50s%n", key, &used) == 1;
	     at_now += used) {
		char wanted[64];
		snprintf(wanted, sizeof wanted, "\"%.50s\":", key);
		if (!strstr(str_text(&s), wanted))
			fail_msg("%s is missing in %s", key, str_text(&s));
	}
	str_fini(&s);
	js_free(&view);
}

static void each_view_has_the_fields_its_page_reads(void **state)
{
	(void)state;
	struct crew crew = {.name = "Squadra 3", .position = POINT_NONE};
	has_fields(live_incident_full(&facts),
	           "id number version utility code name charter state state_label row row_text "
	           "section class class_short "
	           "class_label urgency_rank needs_review confidence kind address area "
	           "municipality lat lon "
	           "point_confirmed public published public_text opened_at updated_at due "
	           "due_bound due_kind due_told "
	           "targets arrived_at arrival result late_s left_s made_safe_at restored_at "
	           "closed_at disposition reports "
	           "crews assignment eta attention attention_why group report_list code_tail "
	           "channel received_at started_at "
	           "text subject lang landmark reporter phone email prefer classification evidence "
	           "alternatives also proposed photos "
	           "content_type bytes assignments crew offered_at accepted_at departed_at left_at "
	           "declined_reason outcome "
	           "forced_reason eta_s timeline seq at recorded_at who what why explain");
	has_fields(live_crew(&crew, facts.zone, facts.now),
	           "id name phone state state_label skills skill_labels shift_ends lat lon "
	           "position_at heading speed_mps base incident utility");
	has_fields(live_assignment(&facts, &crews[1]),
	           "id version state offered_at accepted_at departed_at arrived_at made_safe_at "
	           "restored_at left_at recalled_at "
	           "recalled_by outcome eta_s incident number kind row_text class class_label "
	           "class_short urgency_rank address "
	           "landmark municipality lat lon due due_told reports texts channel text "
	           "reporter_phone reporter_name photos "
	           "next");
	has_fields(live_report(&report_facts),
	           "code utility name phone state public_state public_state_en area received_at "
	           "updated_at class class_label "
	           "class_label_en urgency_rank confirmed row_text section kind advice_it "
	           "advice_en reason refer_to targets due "
	           "bound rule source quote effective told result stopped_at late_s steps at eta "
	           "disposition");
	has_fields(live_classification(&report_facts),
	           "charter row row_text section class class_label urgency_rank confidence "
	           "needs_review reason refer_to kind advice");
}

/* ---- the ring ---- */

static char heard[256];

static void hear(void *ctx, const struct live_event *event)
{
	(void)ctx;
	size_t at_now = strlen(heard);
	snprintf(heard + at_now, sizeof heard - at_now, "%lld%.*s ", (long long)event->seq,
	         (int)event->length, event->data);
}

static void say(struct live_ring *ring, int64_t seq, const char *data)
{
	char copy[16];
	snprintf(copy, sizeof copy, "%s!",
	         data); /* longer than the event: the ring takes its length only */
	struct live_event e = {.seq = seq,
	                       .name = "incident",
	                       .data = copy,
	                       .length = strlen(data),
	                       .utility_code = "acque"};
	live_ring_add(ring, &e);
	memset(copy, 0, sizeof copy);
}

static bool since(const struct live_ring *ring, int64_t after, const char *expected)
{
	*heard = '\0';
	bool ok = live_ring_since(ring, after, hear, NULL);
	assert_string_equal(heard, expected);
	return ok;
}

static void a_returning_reader_gets_what_it_missed_or_is_told_to_read_again(void **state)
{
	(void)state;
	struct live_ring *ring = live_ring_new(3, 10);
	assert_int_equal(live_ring_newest(ring), 10);
	assert_true(since(ring, 10, ""));
	assert_false(since(ring, 9, "")); /* before this worker began */
	say(ring, 11, "a");
	say(ring, 13, "b");
	say(ring, 13, "c");
	assert_true(since(ring, 10, "11a 13b 13c "));
	assert_true(since(ring, 12, "13b 13c "));
	assert_true(since(ring, 13, ""));
	assert_true(since(ring, 99, "")); /* ahead of this worker: nothing was missed */
	say(ring, 14, "d");               /* a falls out */
	assert_false(since(ring, 10, ""));
	assert_true(since(ring, 11, "13b 13c 14d "));
	say(ring, 15, "e"); /* b falls out: of 13 only c is left, so 13 is incomplete */
	assert_false(since(ring, 12, ""));
	assert_true(since(ring, 13, "14d 15e "));
	assert_int_equal(live_ring_newest(ring), 15);
	live_ring_free(&ring);
	assert_null(ring);
	live_ring_free(&ring);
}

static void an_event_goes_only_where_it_may(void **state)
{
	(void)state;
	struct live_event e = {
	    .eye = LIVE_EYE_DESK, .utility_code = "acque", .utility = "u1", .crew = "c1"};
	struct user marta = {.role = ROLE_DISPATCHER, .utility_count = 1};
	struct user crew = {.role = ROLE_CREW, .utility_count = 1};
	strcpy(marta.utilities[0].text, "u1");
	strcpy(crew.utilities[0].text, "u1");
	strcpy(crew.crew.text, "c1");
	assert_true(live_event_is_for(&e, LIVE_EYE_DESK, &marta, NULL));
	assert_false(live_event_is_for(&e, LIVE_EYE_DESK, &crew, NULL));
	assert_false(live_event_is_for(&e, LIVE_EYE_DESK, NULL, NULL));
	assert_false(live_event_is_for(&e, LIVE_EYE_PUBLIC, NULL, NULL));
	assert_false(live_event_is_for(&e, LIVE_EYE_DESK, &marta, "rifiuti"));
	strcpy(e.utility, "u2");
	assert_false(live_event_is_for(&e, LIVE_EYE_DESK, &marta, NULL));
	e.eye = LIVE_EYE_CREW;
	assert_true(live_event_is_for(&e, LIVE_EYE_CREW, &crew, NULL));
	strcpy(e.crew, "c2");
	assert_false(live_event_is_for(&e, LIVE_EYE_CREW, &crew, NULL));
	strcpy(e.crew, "");
	strcpy(crew.crew.text, "");
	assert_false(live_event_is_for(&e, LIVE_EYE_CREW, &crew, NULL));
	struct live_event roads = {.eye = LIVE_EYE_DESK}; /* nobody's: for all of them */
	assert_true(live_event_is_for(&roads, LIVE_EYE_DESK, &marta, "acque"));
	assert_false(live_event_is_for(&roads, LIVE_EYE_DESK, &crew, NULL));
	roads.eye = LIVE_EYE_CREW;
	assert_true(live_event_is_for(&roads, LIVE_EYE_CREW, &crew, NULL));
	assert_false(live_event_is_for(&roads, LIVE_EYE_CREW, &marta, NULL));
	e.eye = LIVE_EYE_PUBLIC;
	assert_true(live_event_is_for(&e, LIVE_EYE_PUBLIC, NULL, NULL));
	assert_true(live_event_is_for(&e, LIVE_EYE_PUBLIC, NULL, "acque"));
	assert_false(live_event_is_for(&e, LIVE_EYE_PUBLIC, NULL, "rifiuti"));
}

static void a_line_carries_its_number(void **state)
{
	(void)state;
	struct js *o = js_object();
	js_set_str(o, "number", "2026-00417");
	struct str s = {0};
	live_line(42, "incident", o, &s);
	assert_string_equal(str_text(&s), "{\"seq\":42,\"incident\":{\"number\":\"2026-00417\"}}");
	str_fini(&s);
	js_free(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(nothing_personal_is_public, prepare),
	    cmocka_unit_test_setup(the_public_view_has_exactly_its_fields, prepare),
	    cmocka_unit_test_setup(areas_lose_house_numbers_and_keep_street_names, prepare),
	    cmocka_unit_test_setup(live_tells_kind_place_state_and_promise, prepare),
	    cmocka_unit_test_setup(live_shows_what_is_published_and_for_a_day_what_is_over,
	                           prepare),
	    cmocka_unit_test_setup(no_water_stands_first_then_the_newest_then_what_is_over,
	                           prepare),
	    cmocka_unit_test_setup(tracking_tells_the_promise_and_the_steps, prepare),
	    cmocka_unit_test_setup(tracking_says_what_became_of_the_arrival, prepare),
	    cmocka_unit_test_setup(tracking_has_words_for_each_state_of_a_report, prepare),
	    cmocka_unit_test_setup(a_crew_on_its_way_in_time_needs_nobody, prepare),
	    cmocka_unit_test_setup(what_is_overdue_is_now, prepare),
	    cmocka_unit_test_setup(a_grave_one_without_a_crew_is_now_after_three_minutes, prepare),
	    cmocka_unit_test_setup(a_refusal_or_silence_is_now, prepare),
	    cmocka_unit_test_setup(a_crew_cut_off_on_its_way_is_now, prepare),
	    cmocka_unit_test_setup(lost_contact_is_now_for_the_gravest_and_soon_for_others,
	                           prepare),
	    cmocka_unit_test_setup(unconfirmed_nearly_used_up_or_unset_is_soon, prepare),
	    cmocka_unit_test_setup(day_promises_wait_in_calm_until_they_are_late, prepare),
	    cmocka_unit_test_setup(what_is_over_is_calm, prepare),
	    cmocka_unit_test_setup(the_desk_sees_what_it_needs, prepare),
	    cmocka_unit_test_setup(the_whole_incident_has_words_evidence_and_history, prepare),
	    cmocka_unit_test_setup(a_crew_is_shown_with_state_and_skills, prepare),
	    cmocka_unit_test_setup(which_way_a_crew_drives_is_shown_while_it_does, prepare),
	    cmocka_unit_test_setup(the_next_button_follows_the_work, prepare),
	    cmocka_unit_test_setup(the_crew_may_call_only_while_it_is_on_it, prepare),
	    cmocka_unit_test_setup(each_view_has_the_fields_its_page_reads, prepare),
	    cmocka_unit_test(a_returning_reader_gets_what_it_missed_or_is_told_to_read_again),
	    cmocka_unit_test(an_event_goes_only_where_it_may),
	    cmocka_unit_test(a_line_carries_its_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Rows of the store become documents: live/ knows the form, we bring the charter, the words of the
 * promises and the proof. Also the machine's reading of a text, kept with its report.
 */
#include "house.h"

#include <stdlib.h>
#include <string.h>

static struct live_facts facts_of(const struct flow *flow, const struct incident *i)
{
	const struct assignment *on = incident_open_assignment(i);
	return (struct live_facts){
	    .incident = i,
	    .charter = edition_of_incident(flow, i),
	    .zone = zone_of(flow, i->utility.text),
	    .now = instant_now(),
	    .position_at = on && on->state == ASSIGNMENT_EN_ROUTE ? on->position_at : INSTANT_NONE};
}

static void tell_all(const struct flow *flow, struct incident *i, struct arena *arena)
{
	struct instant now = instant_now();
	const struct zone *zone = zone_of(flow, i->utility.text);
	promises_tell(i->targets, i->target_count, zone, now, arena);
	for (size_t n = 0; n < i->reports_loaded; n++)
		promises_tell(i->reports[n].targets, i->reports[n].target_count, zone, now, arena);
}

static void explain_all(const struct flow *flow, const struct incident *i, struct arena *arena,
                        struct live_facts *f)
{
	const struct due_target *governs = incident_governing(i);
	struct live_proof *proofs = arena_take(arena, (i->target_count + 1) * sizeof *proofs);
	for (size_t n = 0; n < i->target_count; n++) {
		proofs[n].count = clock_explain(flow, i, &i->targets[n], arena, &proofs[n].lines);
		if (&i->targets[n] == governs)
			f->explain = proofs[n];
	}
	f->proofs = proofs;
	struct clock_causes causes = hold_causes(flow, i);
	f->stop_causes = causes.stop;
	f->excuse_causes = causes.excuse;
}

struct js *view_incident(const struct flow *flow, struct incident *i, bool full)
{
	struct arena *arena = arena_new();
	tell_all(flow, i, arena);
	struct live_facts f = facts_of(flow, i);
	if (full)
		explain_all(flow, i, arena, &f);
	struct js *o = full ? live_incident_full(&f) : live_incident(&f);
	arena_free(&arena);
	return o;
}

struct js *view_assignment(const struct flow *flow, struct incident *i, const struct assignment *a)
{
	struct arena *arena = arena_new();
	tell_all(flow, i, arena);
	struct live_facts f = facts_of(flow, i);
	struct js *o = live_assignment(&f, a);
	arena_free(&arena);
	return o;
}

struct js *view_public(const struct flow *flow, const struct incident *i)
{
	struct live_facts f = facts_of(flow, i);
	return live_is_public(&f) ? live_public(&f) : NULL;
}

struct js *view_warning(const struct flow *flow, const struct incident *i, const char *payload)
{
	struct js *said = js_parse(payload, strlen(payload), NULL);
	struct live_warning w = {.percent = js_int(js_find(said, "percent"), 0),
	                         .kind = js_find_str(said, "kind"),
	                         .source = js_find_str(said, "source"),
	                         .bound = js_find_str(said, "bound")};
	const char *due = js_find_str(said, "due"), *at = js_find_str(said, "at");
	if ((due && !instant_parse(due, &w.due, NULL)) || (at && !instant_parse(at, &w.at, NULL)))
		w.due = w.at = INSTANT_NONE;
	struct live_facts f = facts_of(flow, i);
	struct js *o = live_warning(&f, &w);
	js_free(&said);
	return o;
}

static struct live_report_facts report_facts(const struct flow *flow, struct report *r,
                                             struct incident *i, struct arena *arena)
{
	struct live_report_facts f = {
	    .report = r,
	    .incident = i,
	    .charter = r->charter ? classify_charter(flow->o.classify, r->charter) : NULL,
	    .zone = zone_of(flow, r->utility.text),
	    .now = instant_now()};
	const struct charter_row *row =
	    f.charter && r->row ? charter_row_find(f.charter, r->row) : NULL;
	const struct classify_advice *advice =
	    row && row->advice ? classify_advice(flow->o.classify, row->advice) : NULL;
	f.advice_it = advice ? advice->told_it : NULL;
	f.advice_en = advice ? advice->told_en : NULL;
	f.advice_said = advice ? advice->said_it : NULL;
	promises_tell(r->targets, r->target_count, f.zone, f.now, arena);
	return f;
}

struct js *view_report_public(const struct flow *flow, struct report *r, struct incident *i)
{
	struct arena *arena = arena_new();
	struct live_report_facts f = report_facts(flow, r, i, arena);
	struct js *o = live_report(&f);
	arena_free(&arena);
	return o;
}

struct js *view_report_desk(const struct flow *flow, struct report *r)
{
	struct arena *arena = arena_new();
	struct live_report_facts f = report_facts(flow, r, NULL, arena);
	struct js *o = live_desk_report(r, f.charter, f.zone, f.now);
	arena_free(&arena);
	return o;
}

struct js *view_report_answer(const struct flow *flow, struct report *r, const char *incident_id)
{
	struct arena *arena = arena_new();
	struct live_report_facts f = report_facts(flow, r, NULL, arena);
	char shown[CODE_SHOWN];
	struct js *o = js_object(), *incident = NULL;
	js_set_str(o, "id", r->id.text);
	js_set_str(o, "code", code_show(r->code, shown));
	js_set_str(o, "utility", r->utility_code);
	js_set_bool(o, "needs_routing", !r->utility_code);
	js_set(o, "classification", live_classification(&f));
	js_set(o, "targets", live_promises(r->targets, r->target_count, f.zone, f.now));
	js_set_str(o, "status_url", arena_format(arena, "/s/%s", shown));
	if (incident_id) {
		incident = js_object();
		js_set_str(incident, "id", incident_id);
		js_set_null(incident, "number");
	}
	js_set(o, "incident", incident);
	arena_free(&arena);
	return o;
}

/* ---- what the machine read ---- */

static struct js *guess_json(const struct classify_guess *g)
{
	struct js *o = js_object();
	js_set_str(o, "row", g->row ? g->row->code : NULL);
	js_set_str(o, "row_text", g->row ? g->row->text : NULL);
	js_set_str(o, "class", g->class_code);
	js_set_number(o, "confidence", g->confidence, 3);
	return o;
}

static struct js *evidence_json(const struct classify_evidence *e, const char *text,
                                const char *subject)
{
	struct js *o = js_object();
	const char *in = strcmp(e->in, "subject") == 0 ? subject : text;
	char *words = in && e->end <= strlen(in) && e->start <= e->end
	                  ? mem_strn(in + e->start, e->end - e->start)
	                  : NULL;
	js_set_str(o, "in", e->in);
	js_set_str(o, "text", words);
	js_set_int(o, "start", (int64_t)e->start);
	js_set_int(o, "end", (int64_t)e->end);
	js_set_str(o, "means", e->means);
	js_set_str(o, "means_it", e->means_it);
	free(words);
	return o;
}

static struct js *address_json(const struct classify_address *a)
{
	if (!a->text && !a->municipality)
		return NULL;
	struct js *o = js_object();
	js_set_str(o, "text", a->text);
	js_set_str(o, "municipality", a->municipality);
	js_set_int(o, "start", (int64_t)a->start);
	js_set_int(o, "end", (int64_t)a->end);
	return o;
}

struct js *view_reading(const struct classify_answer *a, const struct charter *charter,
                        const char *text, const char *subject)
{
	const struct charter_class *class = charter_class_find(charter, a->class_code);
	struct js *o = js_object(), *evidence = js_array(), *also = js_array(),
	          *others = js_array();
	js_set_str(o, "charter", charter->code);
	js_set_str(o, "row", a->row ? a->row->code : NULL);
	js_set_str(o, "row_text", a->row ? a->row->text : NULL);
	js_set_str(o, "section", a->row ? a->row->section : NULL);
	js_set_str(o, "class", a->class_code);
	js_set_str(o, "class_label", class ? class->label_it : NULL);
	js_set_str(o, "class_short", class ? class->short_it : NULL);
	if (class)
		js_set_int(o, "urgency_rank", class->urgency_rank);
	else
		js_set_null(o, "urgency_rank");
	js_set_str(o, "kind", a->row ? a->row->kind_it : NULL);
	js_set_str(o, "advice", a->row ? a->row->advice : NULL);
	js_set_number(o, "confidence", a->confidence, 3);
	js_set_bool(o, "needs_review", a->needs_review);
	js_set_str(o, "reason", a->reason);
	js_set_str(o, "refer_to", a->refer_to);
	for (size_t i = 0; i < a->evidence_count; i++)
		js_push(evidence, evidence_json(&a->evidence[i], text, subject));
	for (size_t i = 0; i < a->also_count; i++)
		js_push(also, guess_json(&a->also[i]));
	for (size_t i = 0; i < a->alternative_count; i++)
		js_push(others, guess_json(&a->alternatives[i]));
	js_set(o, "evidence", evidence);
	js_set(o, "also", also);
	js_set(o, "alternatives", others);
	js_set(o, "address", address_json(&a->address));
	return o;
}

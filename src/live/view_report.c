/*
 * What the holder of a report's code may see: class, promises, steps. Whoever has the code may not
 * be the reporter, so no name, no phone, none of the report's words and no house number. Also the
 * pieces of it that the answer to a new report uses.
 */
#include "words.h"

#include <string.h>

/* Since when a clock stands still and why; not who stopped it, and none of the words typed. */
static struct js *paused_json(const struct due_target *t, const struct zone *zone, struct span left)
{
	if (!t->paused)
		return NULL;
	struct js *o = js_object();
	js_set_instant(o, "since", t->paused->from, zone);
	js_set_str(o, "cause", pause_cause_name(t->paused->cause));
	js_set_str(o, "cause_label", cause_it(t->paused->cause));
	js_set_str(o, "cause_label_en", cause_en(t->paused->cause));
	js_set_int(o, "left_s", left.us / 1000000);
	return o;
}

static struct js *excused_json(const struct due_target *t, enum target_result result)
{
	if (!t->excuse || result != TARGET_MISSED)
		return NULL;
	struct js *o = js_object();
	js_set_str(o, "cause", pause_cause_name(t->excuse->cause));
	js_set_str(o, "cause_label", cause_it(t->excuse->cause));
	js_set_str(o, "cause_label_en", cause_en(t->excuse->cause));
	js_set_bool(o, "not_binding", t->excused_by && t->excused_by->kind == CLAUSE_VALIDITY);
	js_set_str(o, "quote", t->excused_by ? t->excused_by->quote : NULL);
	js_set_str(o, "section", t->excused_by ? t->excused_by->section : NULL);
	return o;
}

/* all: also what was kept or not before the reporter could hear of it, the telephone's answer. */
static struct js *targets_json(const struct due_target *targets, size_t count,
                               const struct zone *zone, struct instant now, bool all)
{
	struct js *list = js_array();
	for (size_t i = 0; i < count; i++) {
		const struct due_target *t = &targets[i];
		if (!all && t->kind == TARGET_CALL_ANSWER)
			continue;
		struct span late, left;
		enum target_result result = target_judge(t, now, &late, &left);
		struct js *o = js_object();
		js_set_str(o, "kind", target_kind_name(t->kind));
		js_set_instant(o, "start", t->start, zone);
		js_set_instant(o, "due", t->due, zone);
		js_set_str(o, "bound", t->bound == BOUND_INCLUSIVE ? "inclusive" : "exclusive");
		js_set_str(o, "rule", t->rule);
		js_set_str(o, "source", t->source == SOURCE_CHARTER ? "charter" : "national");
		js_set_str(o, "quote", t->quote);
		js_set_str(o, "section", t->section);
		js_set_bool(o, "first", t->first);
		js_set_bool(o, "effective", t->effective);
		js_set_str(o, "told", t->told_it);
		js_set_str(o, "told_en", t->told_en);
		js_set_str(o, "result", target_result_name(result));
		js_set_instant(o, "stopped_at", t->stopped_at, zone);
		js_set_int(o, "late_s", late.us / 1000000);
		js_set(o, "paused", paused_json(t, zone, left));
		js_set(o, "excused", excused_json(t, result));
		js_push(list, o);
	}
	return list;
}

struct js *live_targets(const struct due_target *targets, size_t count, const struct zone *zone,
                        struct instant now)
{
	return targets_json(targets, count, zone, now, true);
}

struct js *live_promises(const struct due_target *targets, size_t count, const struct zone *zone,
                         struct instant now)
{
	return targets_json(targets, count, zone, now, false);
}

struct js *live_classification(const struct live_report_facts *f)
{
	const struct report *r = f->report;
	const struct charter_row *row = row_of(f->charter, r->row);
	struct js *o = js_object();
	js_set_str(o, "charter", r->charter);
	set_row(o, f->charter, r->row);
	set_class(o, f->charter, r->class_code, true);
	js_set_number(o, "confidence", r->confidence, 3);
	js_set_bool(o, "needs_review", r->needs_review);
	js_set_str(o, "reason", r->reason);
	js_set_str(o, "refer_to", r->refer_to);
	js_set_str(o, "advice", row ? row->advice : NULL);
	js_set_str(o, "advice_it", f->advice_it);
	js_set_str(o, "advice_en", f->advice_en);
	js_set_str(o, "advice_said", f->advice_said);
	return o;
}

/* ---- words of the report's state ---- */

static bool is_merged(const struct live_report_facts *f)
{
	return f->incident && f->incident->disposition == DISPOSITION_MERGED;
}

/* «Livello 1 (il più urgente)» is said «livello 1» inside a sentence. */
static void add_class_in_sentence(const struct live_report_facts *f, bool english, struct str *to)
{
	const struct charter_class *class =
	    f->charter && f->report->class_code
	        ? charter_class_find(f->charter, f->report->class_code)
	        : NULL;
	const char *label = class ? english ? class->label_en : class->label_it : NULL;
	if (!label)
		return;
	const char *bracket = strstr(label, " (");
	str_add(to, ": ");
	str_addc(to, (char)(*label >= 'A' && *label <= 'Z' ? *label - 'A' + 'a' : *label));
	str_addn(to, label + 1, bracket ? (size_t)(bracket - label - 1) : strlen(label + 1));
}

static void public_words(const struct live_report_facts *f, bool english, struct str *to)
{
	str_clear(to);
	if (is_merged(f)) {
		str_add(to, english ? "Joined with another report of the same fault"
		                    : "Unita a un'altra segnalazione dello stesso guasto");
		return;
	}
	switch (f->report->state) {
	case REPORT_RECEIVED:
		str_add(to, english ? "Received" : "Ricevuta");
		return;
	case REPORT_TRIAGED:
		str_add(to, english ? "Assessed" : "Valutata");
		add_class_in_sentence(f, english, to);
		return;
	case REPORT_LINKED:
		if (f->incident)
			str_add(to, live_public_state(f->incident->state, english));
		else
			str_add(to, english ? "Being worked on" : "Ci stiamo lavorando");
		return;
	case REPORT_REJECTED:
	case REPORT_REFERRED:
		str_add(to, english ? "Not a fault of our network"
		                    : "Non è un guasto della nostra rete");
		return;
	}
}

/* ---- steps ---- */

#define STEPS 8

/* The furthest step that happened decides: one before it without an instant was passed over, not
 * left to do. */
static void steps_of(const struct live_report_facts *f, struct instant at[STEPS], bool done[STEPS])
{
	const struct report *r = f->report;
	const struct incident *i = f->incident;
	const struct assignment *a = i ? incident_open_assignment(i) : NULL;
	memset(at, 0, STEPS * sizeof *at);
	memset(done, 0, STEPS * sizeof *done);
	at[0] = r->received_at;
	done[0] = true;
	done[1] = !r->needs_review && r->state != REPORT_RECEIVED;
	if (done[1])
		at[1] = i && instant_is_set(i->confirmed_at) ? i->confirmed_at : r->recorded_at;
	if (a) {
		at[2] = a->offered_at;
		at[3] = a->departed_at;
	} else if (i && i->assignment_count && i->state > INCIDENT_EN_ROUTE) {
		/* The crew that did it has left; one that fell away before it was there says
		 * nothing. */
		at[2] = i->assignments[i->assignment_count - 1].offered_at;
		at[3] = i->assignments[i->assignment_count - 1].departed_at;
	}
	if (i) {
		at[4] = i->arrived_at;
		at[5] = i->made_safe_at;
		at[6] = i->restored_at;
		at[7] = i->closed_at;
	}
	for (size_t n = 2; n < STEPS; n++)
		done[n] = instant_is_set(at[n]);
}

static bool goes_on(const struct live_report_facts *f)
{
	bool ended = f->report->state == REPORT_REJECTED || f->report->state == REPORT_REFERRED;
	return !ended && !(f->incident && !incident_is_open(f->incident->state));
}

/* The current step is the newest that happened: «Squadra in viaggio», not yet «sul posto». */
static struct js *steps_json(const struct live_report_facts *f)
{
	static const char *const names[STEPS] = {"received", "assessed",  "crew_sent", "en_route",
	                                         "on_site",  "made_safe", "restored",  "closed"};
	struct instant at[STEPS];
	bool done[STEPS];
	steps_of(f, at, done);
	size_t last = 0;
	for (size_t n = 0; n < STEPS; n++)
		last = done[n] ? n : last;
	struct js *list = js_array();
	for (size_t n = 0; n < STEPS; n++) {
		struct js *o = js_object();
		const char *state = n > last                  ? "todo"
		                    : n == last && goes_on(f) ? "current"
		                                              : "done";
		js_set_str(o, "name", names[n]);
		js_set_instant(o, "at", at[n], f->zone);
		js_set_str(o, "state", state);
		js_push(list, o);
	}
	return list;
}

/* ---- the document ---- */

static void set_words(struct js *o, const struct live_report_facts *f)
{
	struct str s = {0};
	public_words(f, false, &s);
	js_set_str(o, "public_state", str_text(&s));
	public_words(f, true, &s);
	js_set_str(o, "public_state_en", str_text(&s));
	str_clear(&s);
	if (f->report->area)
		live_area(f->report->area, &s);
	js_set_str(o, "area", s.length ? str_text(&s) : NULL);
	str_fini(&s);
}

static struct js *utility_of(const struct report *r)
{
	if (!r->utility_code)
		return NULL;
	struct js *o = js_object();
	js_set_str(o, "code", r->utility_code);
	js_set_str(o, "name", r->utility_name);
	js_set_str(o, "phone", r->utility_phone);
	return o;
}

/* When the crew is expected: only while it drives. */
static struct instant eta_of(const struct incident *i)
{
	const struct assignment *a = i ? incident_open_assignment(i) : NULL;
	return a && a->state == ASSIGNMENT_EN_ROUTE ? a->eta_at : INSTANT_NONE;
}

static struct instant newer(struct instant a, struct instant b)
{
	return instant_compare(a, b) > 0 ? a : b;
}

struct js *live_report(const struct live_report_facts *f)
{
	const struct report *r = f->report;
	const struct incident *i = f->incident;
	char shown[CODE_SHOWN];
	struct js *o = js_object();
	js_set_str(o, "code", code_show(r->code, shown));
	js_set(o, "utility", utility_of(r));
	js_set_str(o, "state", report_state_name(r->state));
	set_words(o, f);
	js_set_instant(o, "received_at", r->received_at, f->zone);
	js_set_instant(o, "updated_at", newer(r->updated_at, i ? i->updated_at : INSTANT_NONE),
	               f->zone);
	set_row(o, f->charter, r->row);
	set_class(o, f->charter, r->class_code, false);
	js_set_bool(o, "confirmed", !r->needs_review);
	js_set_str(o, "advice_it", f->advice_it);
	js_set_str(o, "advice_en", f->advice_en);
	js_set_str(o, "reason", r->reason);
	js_set_str(o, "refer_to", r->refer_to);
	js_set(o, "targets", live_promises(r->targets, r->target_count, f->zone, f->now));
	js_set(o, "steps", steps_json(f));
	js_set_instant(o, "eta", eta_of(i), f->zone);
	js_set_str(o, "disposition", i ? disposition_name(i->disposition) : "");
	return o;
}

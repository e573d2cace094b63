/*
 * What a dispatcher sees of an incident, a crew and a report: everything needed to decide, in the
 * desk's words. Not here: the whole incident with words and history (view_full.c).
 */
#include "view_desk.h"
#include "words.h"

#include <math.h>
#include <string.h>

static void set_place(struct js *o, const struct incident *i)
{
	js_set_str(o, "address", i->address);
	js_set_str(o, "landmark", i->landmark);
	js_set_str(o, "area", i->area);
	js_set_str(o, "municipality", i->municipality);
	set_point(o, i->point);
	js_set_bool(o, "point_confirmed", i->point_confirmed);
}

static const char *public_rule(const struct charter_row *row)
{
	if (!row || row->is_public == PUBLIC_ASK)
		return "ask";
	return row->is_public == PUBLIC_YES ? "yes" : "no";
}

static void set_state(struct js *o, const struct incident *i)
{
	struct str label = {0};
	str_add(&label, incident_state_it(i->state));
	if (i->state == INCIDENT_CLOSED && i->disposition != DISPOSITION_NONE)
		str_addf(&label, " (%s)", disposition_it(i->disposition));
	js_set_str(o, "state", incident_state_name(i->state));
	js_set_str(o, "state_label", str_text(&label));
	js_set_str(o, "public_state", live_public_state(i->state, false));
	js_set_str(o, "disposition", disposition_name(i->disposition));
	str_fini(&label);
}

/* Who holds the governing promise still, since when, why, and what was left of it. */
static struct js *held_json(const struct due_target *t, const struct zone *zone, struct span left)
{
	if (!t || !t->paused)
		return NULL;
	struct js *o = js_object();
	js_set_str(o, "cause", pause_cause_name(t->paused->cause));
	js_set_str(o, "cause_label", cause_it(t->paused->cause));
	js_set_str(o, "reason", t->paused->words);
	js_set_str(o, "by", t->paused->by);
	js_set_instant(o, "since", t->paused->from, zone);
	js_set_int(o, "left_s", left.us / 1000000);
	return o;
}

static struct js *arrival_json(const struct due_target *t, enum target_result result,
                               struct span late, struct span left)
{
	if (!t)
		return NULL;
	struct js *o = js_object();
	js_set_str(o, "result", target_result_name(result));
	js_set_int(o, "late_s", late.us / 1000000);
	js_set_int(o, "left_s", left.us / 1000000);
	js_set_str(o, "excused",
	           result == TARGET_MISSED && t->excuse ? cause_it(t->excuse->cause) : NULL);
	return o;
}

static void set_due(struct js *o, const struct live_facts *f)
{
	struct span late, left;
	enum target_result result;
	const struct due_target *t = governing(f->incident, f->now, &result, &late, &left);
	js_set_instant(o, "due", t ? t->due : INSTANT_NONE, f->zone);
	js_set_str(o, "due_bound",
	           !t                            ? NULL
	           : t->bound == BOUND_INCLUSIVE ? "inclusive"
	                                         : "exclusive");
	js_set_str(o, "due_kind", t ? target_kind_name(t->kind) : NULL);
	js_set_str(o, "due_told", t ? t->told_it : NULL);
	js_set_instant(o, "due_start", t ? t->start : INSTANT_NONE, f->zone);
	js_set_int(o, "warned", t ? t->warned : 0);
	js_set(o, "paused", held_json(t, f->zone, left));
	js_set(o, "arrival", arrival_json(t, result, late, left));
	js_set(o, "targets",
	       live_targets(f->incident->targets, f->incident->target_count, f->zone, f->now));
}

static struct js *crews_json(const struct live_facts *f)
{
	struct js *list = js_array();
	for (size_t n = 0; n < f->incident->assignment_count; n++) {
		const struct assignment *a = &f->incident->assignments[n];
		if (!assignment_is_open(a->state))
			continue;
		struct js *o = js_object();
		js_set_str(o, "assignment", a->id.text);
		js_set_str(o, "id", a->crew.text);
		js_set_str(o, "name", a->crew_name);
		js_set_str(o, "state", assignment_state_name(a->state));
		js_set_instant(o, "eta", a->state == ASSIGNMENT_ARRIVED ? INSTANT_NONE : a->eta_at,
		               f->zone);
		js_set_bool(o, "cut_off", a->state == ASSIGNMENT_EN_ROUTE && instant_is_set(a->cut_off_at));
		js_push(list, o);
	}
	return list;
}

static void set_attention(struct js *o, const struct live_facts *f)
{
	static const char *const chips[] = {
	    [LIVE_CALM] = NULL, [LIVE_SOON] = "presto", [LIVE_NOW] = "adesso"};
	struct str why = {0};
	js_set_str(o, "attention", chips[live_attention(f, &why)]);
	js_set_str(o, "attention_why", str_text(&why));
	js_set_str(o, "group", live_group(f));
	str_fini(&why);
}

static void set_instants(struct js *o, const struct live_facts *f)
{
	const struct incident *i = f->incident;
	js_set_instant(o, "opened_at", i->opened_at, f->zone);
	js_set_instant(o, "updated_at", i->updated_at, f->zone);
	js_set_instant(o, "arrived_at", i->arrived_at, f->zone);
	js_set_instant(o, "made_safe_at", i->made_safe_at, f->zone);
	js_set_instant(o, "restored_at", i->restored_at, f->zone);
	js_set_instant(o, "closed_at", i->closed_at, f->zone);
}

struct js *live_incident(const struct live_facts *f)
{
	const struct incident *i = f->incident;
	struct js *o = js_object();
	js_set_str(o, "id", i->id.text);
	js_set_str(o, "number", i->number);
	js_set_int(o, "version", i->version);
	js_set(o, "utility", utility_json(&i->utility, i->utility_code, i->utility_name));
	js_set_str(o, "charter", i->charter);
	set_state(o, i);
	set_row(o, f->charter, i->row);
	set_class(o, f->charter, i->class_code, true);
	js_set_bool(o, "needs_review", i->needs_review);
	js_set_number(o, "confidence", i->confidence, 3);
	set_place(o, i);
	js_set_str(o, "public", public_rule(row_of(f->charter, i->row)));
	js_set_bool(o, "published", i->published);
	js_set_str(o, "public_text", i->public_text);
	set_instants(o, f);
	set_due(o, f);
	js_set_int(o, "reports", i->report_count);
	js_set(o, "crews", crews_json(f));
	set_attention(o, f);
	return o;
}

struct js *live_warning(const struct live_facts *f, const struct live_warning *w)
{
	const struct incident *i = f->incident;
	struct js *o = js_object();
	js_set_str(o, "incident", i->id.text);
	js_set_str(o, "number", i->number);
	js_set_str(o, "utility", i->utility_code);
	js_set_int(o, "percent", w->percent);
	js_set_str(o, "kind", w->kind);
	js_set_str(o, "source", w->source);
	js_set_instant(o, "due", w->due, f->zone);
	js_set_str(o, "bound", w->bound);
	js_set_instant(o, "at", w->at, f->zone);
	js_set_str(o, "address", i->address);
	js_set_str(o, "area", i->area);
	return o;
}

/* ---- crews ---- */

static void set_skills(struct js *o, const struct crew *c)
{
	struct js *codes = js_array(), *labels = js_array();
	for (size_t n = 0; n < c->skill_count; n++) {
		js_push_str(codes, c->skills[n]);
		js_push_str(labels, skill_it(c->skills[n]));
	}
	js_set(o, "skills", codes);
	js_set(o, "skill_labels", labels);
}

static struct js *crew_incident(const struct crew *c)
{
	if (!c->open_assignments || !*c->incident.text)
		return NULL;
	struct js *o = js_object();
	js_set_str(o, "id", c->incident.text);
	js_set_str(o, "number", c->incident_number);
	js_set_str(o, "address", c->incident_address);
	return o;
}

/* Where it starts from, for whoever has no position of it. */
static struct js *crew_base(const struct crew *c)
{
	if (!point_is_set(c->base))
		return NULL;
	struct js *o = js_object();
	set_point(o, c->base);
	return o;
}

/* Of who stands, and of who was seen long ago, there is no telling which way they drive. */
static void set_driving(struct js *o, const struct crew *c, struct instant now)
{
	bool drives = crew_drives(c, now);
	js_set_number(o, "heading", drives ? c->heading : NAN, 1);
	js_set_number(o, "speed_mps", drives ? c->speed_mps : NAN, 1);
}

struct js *live_crew(const struct crew *c, const struct zone *zone, struct instant now)
{
	struct js *o = js_object();
	enum crew_state state = crew_state_of(c);
	js_set_str(o, "id", c->id.text);
	js_set_str(o, "name", c->name);
	js_set_str(o, "phone", c->phone);
	js_set_str(o, "state", crew_state_name(state));
	js_set_str(o, "state_label", crew_state_it(state));
	set_skills(o, c);
	js_set_instant(o, "shift_ends", c->shift_ends, zone);
	set_point(o, c->position);
	js_set_instant(o, "position_at", c->position_at, zone);
	set_driving(o, c, now);
	js_set(o, "base", crew_base(c));
	js_set(o, "incident", crew_incident(c));
	js_set_str(o, "utility", c->utility_code);
	return o;
}

/* ---- reports ---- */

static struct js *reporter_json(const struct reporter *r)
{
	struct js *o = js_object();
	js_set_str(o, "name", r->name);
	js_set_str(o, "phone", r->phone);
	js_set_str(o, "email", r->email);
	js_set_str(o, "prefer", r->prefer);
	return o;
}

/* What the machine said first, as one of its guesses; NULL if nothing of it was kept. */
static struct js *proposed_json(const struct js *reading)
{
	static const char *const kept[] = {"row", "row_text", "class", "confidence"};
	if (!js_find_str(reading, "class"))
		return NULL;
	struct js *o = js_object();
	for (size_t n = 0; n < 4; n++)
		js_set(o, kept[n], js_copy(js_find(reading, kept[n])));
	return o;
}

/* The machine's whole answer as it was kept, with row and class as they stand now. */
static struct js *classification_json(const struct report *r, const struct charter *charter)
{
	struct js *o =
	    r->classification ? js_parse(r->classification, strlen(r->classification), NULL) : NULL;
	if (js_kind(o) != JS_OBJECT) {
		js_free(&o);
		o = js_object();
	}
	js_set(o, "proposed", proposed_json(o));
	set_row(o, charter, r->row);
	set_class(o, charter, r->class_code, true);
	js_set_number(o, "confidence", r->confidence, 3);
	js_set_bool(o, "needs_review", r->needs_review);
	js_set_str(o, "reason", r->reason);
	js_set_str(o, "refer_to", r->refer_to);
	const char *const lists[] = {"evidence", "alternatives", "also"};
	for (size_t n = 0; n < 3; n++) {
		if (js_kind(js_find(o, lists[n])) != JS_ARRAY)
			js_set(o, lists[n], js_array());
	}
	return o;
}

struct js *photos_json(const struct report *r)
{
	struct js *list = js_array();
	for (size_t n = 0; n < r->photo_count; n++) {
		struct js *o = js_object();
		js_set_str(o, "id", r->photos[n].id.text);
		js_set_str(o, "name", r->photos[n].name);
		js_set_str(o, "content_type", r->photos[n].content_type);
		js_set_int(o, "bytes", r->photos[n].bytes);
		js_push(list, o);
	}
	return list;
}

struct js *live_desk_report(const struct report *r, const struct charter *charter,
                            const struct zone *zone, struct instant now)
{
	struct js *o = js_object();
	js_set_str(o, "id", r->id.text);
	js_set_str(o, "code_tail", strlen(r->code) > 4 ? r->code + strlen(r->code) - 4 : "");
	js_set_str(o, "state", report_state_name(r->state));
	js_set_int(o, "version", r->version);
	js_set_str(o, "utility", r->utility_code);
	js_set_str(o, "incident", *r->incident.text ? r->incident.text : NULL);
	js_set_str(o, "channel", r->channel);
	js_set_instant(o, "received_at", r->received_at, zone);
	js_set_instant(o, "started_at", r->started_at, zone);
	js_set_str(o, "text", r->text);
	js_set_str(o, "subject", r->subject);
	js_set_str(o, "lang", r->lang);
	js_set_str(o, "address", r->address);
	js_set_str(o, "landmark", r->landmark);
	js_set_str(o, "municipality", r->municipality);
	set_point(o, r->point);
	js_set_bool(o, "point_confirmed", r->point_confirmed);
	js_set(o, "reporter", reporter_json(&r->reporter));
	js_set(o, "classification", classification_json(r, charter));
	js_set(o, "targets", live_targets(r->targets, r->target_count, zone, now));
	js_set(o, "photos", photos_json(r));
	return o;
}

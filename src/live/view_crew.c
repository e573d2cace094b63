/*
 * What a crew sees of its assignment: where, what, by when, the words of the reports, the next
 * step. The reporter's name and phone only while the assignment is open: afterwards nobody needs
 * them there.
 */
#include "view_desk.h"
#include "words.h"

static bool made_safe(const struct live_facts *f, const struct assignment *a)
{
	return instant_is_set(a->made_safe_at) || instant_is_set(f->incident->made_safe_at);
}

static bool restored(const struct live_facts *f, const struct assignment *a)
{
	return instant_is_set(a->restored_at) || instant_is_set(f->incident->restored_at);
}

/* The one big button. */
static const char *next_of(const struct live_facts *f, const struct assignment *a)
{
	switch (a->state) {
	case ASSIGNMENT_OFFERED:
		return "accept";
	case ASSIGNMENT_ACCEPTED:
		return "en_route";
	case ASSIGNMENT_EN_ROUTE:
		return "arrived";
	case ASSIGNMENT_ARRIVED:
		return !made_safe(f, a) ? "made_safe" : !restored(f, a) ? "restored" : "left";
	case ASSIGNMENT_LEFT:
	case ASSIGNMENT_DECLINED:
	case ASSIGNMENT_EXPIRED:
	case ASSIGNMENT_RECALLED:
		return NULL;
	}
	return NULL;
}

static struct js *texts_json(const struct live_facts *f)
{
	struct js *list = js_array();
	for (size_t n = 0; n < f->incident->reports_loaded; n++) {
		const struct report *r = &f->incident->reports[n];
		struct js *o = js_object();
		js_set_instant(o, "at", r->received_at, f->zone);
		js_set_str(o, "channel", r->channel);
		js_set_str(o, "text", r->text);
		js_push(list, o);
	}
	return list;
}

static struct js *all_photos(const struct incident *i)
{
	struct js *list = js_array();
	for (size_t n = 0; n < i->reports_loaded; n++) {
		struct js *photos = photos_json(&i->reports[n]);
		for (size_t k = 0; k < js_count(photos); k++)
			js_push(list, js_copy(js_at(photos, k)));
		js_free(&photos);
	}
	return list;
}

/* Whom to call: the first reporter who left a number. */
static void set_reporter(struct js *o, const struct incident *i, bool open)
{
	const struct reporter *who = NULL;
	for (size_t n = 0; open && n < i->reports_loaded && !who; n++) {
		if (i->reports[n].reporter.phone)
			who = &i->reports[n].reporter;
	}
	js_set_str(o, "reporter_phone", who ? who->phone : NULL);
	js_set_str(o, "reporter_name", who ? who->name : NULL);
}

static struct js *incident_json(const struct live_facts *f, bool open)
{
	const struct incident *i = f->incident;
	const struct due_target *t = incident_governing(i);
	struct js *o = js_object();
	js_set_str(o, "id", i->id.text);
	js_set_str(o, "number", i->number);
	set_row(o, f->charter, i->row);
	set_class(o, f->charter, i->class_code, true);
	js_set_str(o, "address", i->address);
	js_set_str(o, "landmark", i->landmark);
	js_set_str(o, "municipality", i->municipality);
	set_point(o, i->point);
	js_set_instant(o, "due", t ? t->due : INSTANT_NONE, f->zone);
	js_set_str(o, "due_bound",
	           !t                            ? NULL
	           : t->bound == BOUND_INCLUSIVE ? "inclusive"
	                                         : "exclusive");
	js_set_str(o, "due_told", t ? t->told_it : NULL);
	js_set_str(o, "state", incident_state_name(i->state));
	js_set_int(o, "reports", i->report_count);
	js_set(o, "texts", texts_json(f));
	set_reporter(o, i, open);
	js_set(o, "photos", all_photos(i));
	return o;
}

static void set_instants(struct js *o, const struct assignment *a, const struct zone *zone)
{
	js_set_instant(o, "offered_at", a->offered_at, zone);
	js_set_instant(o, "accepted_at", a->accepted_at, zone);
	js_set_instant(o, "departed_at", a->departed_at, zone);
	js_set_instant(o, "arrived_at", a->arrived_at, zone);
	js_set_instant(o, "made_safe_at", a->made_safe_at, zone);
	js_set_instant(o, "restored_at", a->restored_at, zone);
	js_set_instant(o, "left_at", a->left_at, zone);
	js_set_instant(o, "recalled_at",
	               a->state == ASSIGNMENT_RECALLED ? a->ended_at : INSTANT_NONE, zone);
}

struct js *live_assignment(const struct live_facts *f, const struct assignment *a)
{
	struct js *o = js_object();
	js_set_str(o, "id", a->id.text);
	js_set_int(o, "version", a->version);
	js_set_str(o, "state", assignment_state_name(a->state));
	set_instants(o, a, f->zone);
	js_set_str(o, "recalled_by", a->recalled_by);
	js_set_str(o, "outcome", a->outcome);
	if (a->eta_s >= 0)
		js_set_int(o, "eta_s", a->eta_s);
	else
		js_set_null(o, "eta_s");
	js_set(o, "incident", incident_json(f, assignment_is_open(a->state)));
	js_set_str(o, "next", next_of(f, a));
	return o;
}

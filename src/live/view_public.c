/*
 * LIVE: what everybody may see of a published incident. A white list: each field is named here, and
 * a field that is not named does not leave. Not here: who publishes (flow/desk.c), the page (http/,
 * pages/).
 */
#include "words.h"

const char *live_public_state(enum incident_state s, bool english)
{
	switch (s) {
	case INCIDENT_NEW:
		return english ? "Reported" : "Segnalato";
	case INCIDENT_CLASSIFIED:
		return english ? "Accepted" : "Preso in carico";
	case INCIDENT_ASSIGNED:
		return english ? "Crew assigned" : "Squadra incaricata";
	case INCIDENT_EN_ROUTE:
		return english ? "Crew on its way" : "Squadra in arrivo";
	case INCIDENT_ON_SITE:
		return english ? "Crew on site" : "Squadra sul posto";
	case INCIDENT_MADE_SAFE:
		return english ? "Made safe, repair to be completed"
		               : "Messo in sicurezza, riparazione da completare";
	case INCIDENT_RESTORED:
		return english ? "Service restored" : "Servizio ripristinato";
	case INCIDENT_CLOSED:
		return english ? "Closed" : "Concluso";
	case INCIDENT_CANCELLED:
		return english ? "Cancelled" : "Annullato";
	}
	return "";
}

static struct instant over_since(const struct incident *i)
{
	return instant_is_set(i->closed_at) ? i->closed_at : i->updated_at;
}

bool live_is_public(const struct live_facts *f)
{
	const struct incident *i = f->incident;
	if (!i->published)
		return false;
	if (incident_is_open(i->state))
		return true;
	/* Merged: the other incident stands on LIVE in its place. */
	return i->disposition != DISPOSITION_MERGED &&
	       instant_since(f->now, over_since(i)).us < LIVE_KEPT.us;
}

/* The arrival that is promised, or was: first an effective one, then the earliest. */
static const struct due_target *arrival_of(const struct incident *i)
{
	const struct due_target *best = NULL;
	for (size_t n = 0; n < i->target_count; n++) {
		const struct due_target *t = &i->targets[n];
		if (t->kind == TARGET_ARRIVAL && (!best || instant_compare(t->due, best->due) < 0))
			best = t;
	}
	return best;
}

static void set_arrival(struct js *to, const struct live_facts *f)
{
	const struct due_target *t = arrival_of(f->incident);
	struct span late, left;
	bool missed = t && target_judge(t, f->now, &late, &left) == TARGET_MISSED;
	js_set_instant(to, "arrival_due", t ? t->due : INSTANT_NONE, f->zone);
	js_set_str(to, "arrival_bound",
	           !t                            ? NULL
	           : t->bound == BOUND_INCLUSIVE ? "inclusive"
	                                         : "exclusive");
	js_set_instant(to, "arrived_at", f->incident->arrived_at, f->zone);
	js_set_bool(to, "late", missed && incident_is_open(f->incident->state));
}

static void set_place(struct js *to, const struct incident *i)
{
	struct str area = {0};
	if (i->area)
		live_area(i->area, &area);
	js_set_str(to, "area", area.length ? str_text(&area) : NULL);
	str_fini(&area);
	set_point(to, point_is_set(i->point) ? point_rounded(i->point) : POINT_NONE);
}

struct js *live_public(const struct live_facts *f)
{
	const struct incident *i = f->incident;
	const struct charter_row *row = row_of(f->charter, i->row);
	struct js *o = js_object();
	js_set_str(o, "number", i->number);
	js_set_str(o, "utility", i->utility_code);
	js_set_str(o, "kind", row && row->kind_it ? row->kind_it : "Guasto");
	js_set_str(o, "kind_en", row && row->kind_en ? row->kind_en : "Fault");
	js_set_str(o, "icon", row && row->icon ? row->icon : "other");
	set_place(o, i);
	js_set_str(o, "state", incident_state_name(i->state));
	js_set_str(o, "public_state", live_public_state(i->state, false));
	js_set_str(o, "public_state_en", live_public_state(i->state, true));
	js_set_str(o, "text", i->public_text);
	js_set_instant(o, "reported_at", i->opened_at, f->zone);
	js_set_instant(o, "updated_at", i->updated_at, f->zone);
	set_arrival(o, f);
	js_set_null(o, "estimate"); /* nobody gives one yet */
	js_set_int(o, "reports", i->report_count);
	js_set_instant(o, "restored_at", i->restored_at, f->zone);
	js_set_instant(o, "closed_at", i->closed_at, f->zone);
	return o;
}

/* Over; concerns what people drink; the rest. */
static int public_order(const struct live_facts *f)
{
	const struct charter_row *row = row_of(f->charter, f->incident->row);
	if (!incident_is_open(f->incident->state))
		return 2;
	bool first = row && (str_equal(row->icon, "no_water") || str_equal(row->icon, "quality"));
	return first ? 0 : 1;
}

int live_public_compare(const struct live_facts *a, const struct live_facts *b)
{
	int order = public_order(a) - public_order(b);
	if (order)
		return order;
	return instant_compare(b->incident->opened_at, a->incident->opened_at);
}

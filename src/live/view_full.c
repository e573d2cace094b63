/* The whole incident for the desk: each report with its words, every assignment, the time line, the
 * proof. */
#include "words.h"

#include <string.h>

static struct js *reports_json(const struct live_facts *f)
{
	struct js *list = js_array();
	for (size_t n = 0; n < f->incident->reports_loaded; n++) {
		const struct report *r = &f->incident->reports[n];
		bool same = f->charter && str_equal(r->charter, f->charter->code);
		js_push(list, live_desk_report(r, same ? f->charter : NULL, f->zone, f->now));
	}
	return list;
}

static void set_steps(struct js *o, const struct assignment *a, const struct zone *zone)
{
	js_set_instant(o, "offered_at", a->offered_at, zone);
	js_set_instant(o, "accepted_at", a->accepted_at, zone);
	js_set_instant(o, "departed_at", a->departed_at, zone);
	js_set_instant(o, "arrived_at", a->arrived_at, zone);
	js_set_instant(o, "left_at", a->left_at, zone);
}

static struct js *assignment_json(const struct assignment *a, const struct zone *zone)
{
	struct js *o = js_object(), *crew = js_object();
	js_set_str(crew, "id", a->crew.text);
	js_set_str(crew, "name", a->crew_name);
	js_set_str(crew, "phone", a->crew_phone);
	js_set_str(o, "id", a->id.text);
	js_set(o, "crew", crew);
	js_set_str(o, "state", assignment_state_name(a->state));
	set_steps(o, a, zone);
	js_set_str(o, "declined_reason", a->declined_reason);
	js_set_str(o, "outcome", a->outcome);
	js_set_str(o, "forced_reason", a->forced_reason);
	js_set_str(o, "ranking", *a->ranking.text ? a->ranking.text : NULL);
	js_set_int(o, "version", a->version);
	if (a->eta_s >= 0)
		js_set_int(o, "eta_s", a->eta_s);
	else
		js_set_null(o, "eta_s");
	return o;
}

static struct js *assignments_json(const struct live_facts *f)
{
	struct js *list = js_array();
	for (size_t n = 0; n < f->incident->assignment_count; n++)
		js_push(list, assignment_json(&f->incident->assignments[n], f->zone));
	return list;
}

/* ---- time line ---- */

static const char *what_it(const char *what)
{
	static const char *const sentences[][2] = {
	    {"received", "Segnalazione ricevuta"},
	    {"opened", "Intervento aperto"},
	    {"linked", "Segnalazione collegata"},
	    {"classified", "Riga e classe confermate"},
	    {"assigned", "Squadra inviata"},
	    {"offered", "Squadra avvisata"},
	    {"accepted", "Incarico accettato"},
	    {"declined", "Incarico rifiutato"},
	    {"expired", "Nessuna risposta della squadra"},
	    {"recalled", "Squadra richiamata"},
	    {"en_route", "Squadra in viaggio"},
	    {"eta", "Arrivo previsto ricalcolato"},
	    {"cut_off", "Nessuna strada aperta per la squadra"},
	    {"arrived", "Squadra sul posto"},
	    {"on_site", "Squadra sul posto"},
	    {"made_safe", "Messo in sicurezza"},
	    {"restored", "Servizio ripristinato"},
	    {"left", "La squadra ha lasciato il posto"},
	    {"published", "Pubblicato su LIVE"},
	    {"unpublished", "Tolto da LIVE"},
	    {"note", "Nota"},
	    {"told", "Detto al segnalante"},
	    {"placed", "Punto confermato"},
	    {"closed", "Intervento chiuso"},
	    {"cancelled", "Intervento annullato"},
	    {"paused", "Termine fermato"},
	    {"resumed", "Termine ripreso"},
	    {"pause_undone", "Fermo annullato"},
	    {"excused", "Impedimento registrato"},
	    {"warned", "Avviso sul termine"},
	    {"not_applied", "Azione arrivata tardi, non applicata"},
	};
	for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
		if (str_equal(sentences[i][0], what))
			return sentences[i][1];
	}
	return what;
}

static struct js *change_json(const struct incident_change *c, const struct zone *zone)
{
	struct js *o = js_object();
	js_set_int(o, "seq", c->seq);
	js_set_instant(o, "at", c->at, zone);
	js_set_instant(o, "recorded_at", c->recorded_at, zone);
	js_set_str(o, "who", c->who ? c->who : "sistema");
	js_set_str(o, "what", c->what);
	js_set_str(o, "text", c->text ? c->text : what_it(c->what));
	js_set_str(o, "why", c->why);
	return o;
}

static struct js *timeline_json(const struct live_facts *f)
{
	struct js *list = js_array();
	for (size_t n = 0; n < f->incident->change_count; n++)
		js_push(list, change_json(&f->incident->changes[n], f->zone));
	return list;
}

static struct js *proof_json(const struct live_proof *p)
{
	struct js *list = js_array();
	for (size_t n = 0; n < p->count; n++)
		js_push_str(list, p->lines[n]);
	return list;
}

/* ---- clocks: what hindered, what may, what was promised before ---- */

static struct js *event_json(const struct clock_event *e, const struct zone *zone)
{
	bool undone = e->stops && instant_is_set(e->to) && instant_compare(e->to, e->from) == 0;
	struct js *o = js_object();
	js_set_str(o, "id", e->id);
	js_set_str(o, "effect", e->stops ? "stops" : "excuses");
	js_set_str(o, "cause", pause_cause_name(e->cause));
	js_set_str(o, "cause_label", cause_it(e->cause));
	js_set_str(o, "reason", e->words);
	js_set_str(o, "by", e->by);
	js_set_instant(o, "from", e->from, zone);
	js_set_instant(o, "to", e->to, zone);
	js_set_str(o, "ended_by", e->ended_by);
	js_set_instant(o, "recorded_at", e->recorded_at, zone);
	js_set_bool(o, "undone", undone);
	return o;
}

static struct js *events_json(const struct live_facts *f)
{
	struct js *list = js_array();
	for (size_t n = 0; n < f->incident->event_count; n++)
		js_push(list, event_json(&f->incident->events[n], f->zone));
	return list;
}

static struct js *causes_json(const struct live_facts *f)
{
	struct js *list = js_array();
	for (int n = 0; n <= PAUSE_STRIKE; n++) {
		bool stops = f->stop_causes & 1u << n;
		if (!stops && !(f->excuse_causes & 1u << n))
			continue;
		struct js *o = js_object();
		js_set_str(o, "cause", pause_cause_name((enum pause_cause)n));
		js_set_str(o, "label", cause_it((enum pause_cause)n));
		js_set_str(o, "effect", stops ? "stops" : "excuses");
		js_push(list, o);
	}
	return list;
}

static struct js *past_json(const struct live_facts *f)
{
	struct js *list = js_array();
	for (size_t n = 0; n < f->incident->past_count; n++) {
		const struct past_target *p = &f->incident->past[n];
		struct js *o = js_object();
		js_set_str(o, "report", p->report);
		js_set_str(o, "kind", target_kind_name(p->target.kind));
		js_set_str(o, "row", p->target.row);
		js_set_str(o, "class", p->target.class_code);
		js_set_str(o, "edition", p->target.edition);
		js_set_str(o, "rule", p->target.rule);
		js_set_instant(o, "due", p->target.promised, f->zone);
		js_set_str(o, "bound",
		           p->target.bound == BOUND_INCLUSIVE ? "inclusive" : "exclusive");
		js_set_instant(o, "until", p->superseded_at, f->zone);
		js_set_str(o, "who", p->who);
		js_set_str(o, "why", p->why);
		js_push(list, o);
	}
	return list;
}

/* Each promise with its proof and the edition that it is judged by. */
static struct js *targets_json(const struct live_facts *f)
{
	const struct incident *i = f->incident;
	struct js *plain = live_targets(i->targets, i->target_count, f->zone, f->now),
	          *list = js_array();
	for (size_t n = 0; n < i->target_count; n++) {
		const struct due_target *t = &i->targets[n];
		struct js *o = js_copy(js_at(plain, n));
		js_set_str(o, "charter", t->charter);
		js_set_str(o, "edition", t->edition);
		js_set_str(o, "row", t->row);
		js_set_str(o, "class", t->class_code);
		js_set_instant(o, "promised", t->promised, f->zone);
		js_set_int(o, "warned", t->warned);
		js_set(o, "proof", f->proofs ? proof_json(&f->proofs[n]) : js_array());
		js_push(list, o);
	}
	js_free(&plain);
	return list;
}

struct js *live_incident_full(const struct live_facts *f)
{
	struct js *o = live_incident(f);
	js_set(o, "report_list", reports_json(f));
	js_set(o, "assignments", assignments_json(f));
	js_set(o, "timeline", timeline_json(f));
	js_set(o, "explain", proof_json(&f->explain));
	js_set(o, "targets", targets_json(f));
	js_set(o, "events", events_json(f));
	js_set(o, "causes", causes_json(f));
	js_set(o, "past_targets", past_json(f));
	js_set(o, "chain", live_chain(f));
	return o;
}

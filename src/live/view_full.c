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
	    {"arrived", "Squadra sul posto"},
	    {"on_site", "Squadra sul posto"},
	    {"made_safe", "Messo in sicurezza"},
	    {"restored", "Servizio ripristinato"},
	    {"left", "La squadra ha lasciato il posto"},
	    {"published", "Pubblicato su LIVE"},
	    {"unpublished", "Tolto da LIVE"},
	    {"note", "Nota"},
	    {"told", "Detto al segnalante"},
	    {"closed", "Intervento chiuso"},
	    {"cancelled", "Intervento annullato"},
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

static struct js *explain_json(const struct live_facts *f)
{
	struct js *list = js_array();
	for (size_t n = 0; n < f->explain_count; n++)
		js_push_str(list, f->explain[n]);
	return list;
}

struct js *live_incident_full(const struct live_facts *f)
{
	struct js *o = live_incident(f);
	js_set(o, "report_list", reports_json(f));
	js_set(o, "assignments", assignments_json(f));
	js_set(o, "timeline", timeline_json(f));
	js_set(o, "explain", explain_json(f));
	return o;
}

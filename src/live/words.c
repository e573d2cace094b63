/* Words of states and pieces of documents that desk, crew and public views share. Source: pages,
 * section 6. */
#include "words.h"

const char *incident_state_it(enum incident_state s)
{
	switch (s) {
	case INCIDENT_NEW:
		return "Da classificare";
	case INCIDENT_CLASSIFIED:
		return "Da assegnare";
	case INCIDENT_ASSIGNED:
		return "Squadra avvisata";
	case INCIDENT_EN_ROUTE:
		return "In viaggio";
	case INCIDENT_ON_SITE:
		return "Sul posto";
	case INCIDENT_MADE_SAFE:
		return "In sicurezza";
	case INCIDENT_RESTORED:
		return "Ripristinato";
	case INCIDENT_CLOSED:
		return "Chiuso";
	case INCIDENT_CANCELLED:
		return "Annullato";
	}
	return "";
}

const char *crew_state_it(enum crew_state s)
{
	switch (s) {
	case CREW_AVAILABLE:
		return "Disponibile";
	case CREW_ON_CALL:
		return "Reperibile";
	case CREW_OFFERED:
		return "Avvisata";
	case CREW_ACCEPTED:
		return "Incarico accettato";
	case CREW_EN_ROUTE:
		return "In viaggio";
	case CREW_ON_SITE:
		return "Sul posto";
	case CREW_OFF:
		return "Fuori turno";
	}
	return "";
}

const char *disposition_it(enum disposition d)
{
	switch (d) {
	case DISPOSITION_NONE:
		return "";
	case DISPOSITION_DONE:
		return "risolto";
	case DISPOSITION_UNFOUNDED:
		return "nulla riscontrato";
	case DISPOSITION_PRIVATE:
		return "impianto privato";
	case DISPOSITION_REFERRED:
		return "passato a un altro ente";
	case DISPOSITION_MERGED:
		return "unito a un altro intervento";
	}
	return "";
}

static const char *const causes[][2] = {
    [PAUSE_FORCE_MAJEURE] = {"forza maggiore", "force majeure"},
    [PAUSE_THIRD_PARTY_PERMIT] = {"permesso di terzi", "permit of a third party"},
    [PAUSE_REPORTER_ABSENT] = {"segnalante assente", "reporter absent"},
    [PAUSE_TRAFFIC_OR_VISIBILITY] = {"traffico o visibilità non normali",
                                     "traffic or visibility not normal"},
    [PAUSE_EXTRAORDINARY_WEATHER] = {"maltempo straordinario", "extraordinary weather"},
    [PAUSE_STRIKE] = {"sciopero", "strike"},
};

const char *cause_it(enum pause_cause c)
{
	return causes[c][0];
}

const char *cause_en(enum pause_cause c)
{
	return causes[c][1];
}

const struct charter_row *row_of(const struct charter *charter, const char *code)
{
	return charter && code ? charter_row_find(charter, code) : NULL;
}

void set_row(struct js *to, const struct charter *charter, const char *code)
{
	const struct charter_row *row = row_of(charter, code);
	js_set_str(to, "row", code);
	js_set_str(to, "row_text", row ? row->text : NULL);
	js_set_str(to, "section", row ? row->section : NULL);
	js_set_str(to, "kind", row ? row->kind_it : NULL);
	js_set_str(to, "kind_en", row ? row->kind_en : NULL);
}

static const struct charter_class *class_of(const struct charter *charter, const char *code)
{
	return charter && code ? charter_class_find(charter, code) : NULL;
}

int rank_of(const struct charter *charter, const char *class_code)
{
	const struct charter_class *class = class_of(charter, class_code);
	return class ? class->urgency_rank : 0;
}

void set_class(struct js *to, const struct charter *charter, const char *code, bool short_too)
{
	const struct charter_class *class = class_of(charter, code);
	bool none = str_equal(code, "none");
	js_set_str(to, "class", code);
	js_set_str(to, "class_label",
	           none    ? "Non di nostra competenza"
	           : class ? class->label_it
	                   : NULL);
	js_set_str(to, "class_label_en",
	           none    ? "Not our responsibility"
	           : class ? class->label_en
	                   : NULL);
	if (short_too)
		js_set_str(to, "class_short", none ? "non nostro" : class ? class->short_it : NULL);
	if (rank_of(charter, code))
		js_set_int(to, "urgency_rank", rank_of(charter, code));
	else
		js_set_null(to, "urgency_rank");
}

void set_point(struct js *to, struct point p)
{
	if (!point_is_set(p)) {
		js_set_null(to, "lat");
		js_set_null(to, "lon");
		return;
	}
	js_set_number(to, "lat", p.lat, 6);
	js_set_number(to, "lon", p.lon, 6);
}

struct js *utility_json(const struct utility_id *id, const char *code, const char *name)
{
	struct js *o = js_object();
	js_set_str(o, "id", id->text);
	js_set_str(o, "code", code);
	js_set_str(o, "name", name);
	return o;
}

const struct due_target *governing(const struct incident *i, struct instant now,
                                   enum target_result *result, struct span *late, struct span *left)
{
	const struct due_target *t = incident_governing(i);
	*result = TARGET_RUNNING;
	*late = *left = (struct span){0};
	if (t)
		*result = target_judge(t, now, late, left);
	return t;
}

size_t open_assignments(const struct incident *i)
{
	size_t count = 0;
	for (size_t n = 0; n < i->assignment_count; n++)
		count += assignment_is_open(i->assignments[n].state);
	return count;
}

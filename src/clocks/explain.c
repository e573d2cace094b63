/*
 * The proof of a due instant, in Italian, a line each: rule with its English twin and its source,
 * condition, start event, days counted and skipped with reasons, pauses with the words that allow
 * them. For the dispatcher's panel and for whoever must defend a date a year later.
 */
#include "days.h"

static const char *const short_days[] = {"lun", "mar", "mer", "gio", "ven", "sab", "dom"};
static const char *const short_months[] = {"gen", "feb", "mar", "apr", "mag", "giu",
                                           "lug", "ago", "set", "ott", "nov", "dic"};

static const char *start_it(enum target_start start)
{
	switch (start) {
	case START_RECEIVED:
		return "ricezione della segnalazione";
	case START_CONVERSATION:
		return "inizio della conversazione, o ricezione dove non c'è";
	case START_CALL:
		return "chiamata, o ricezione dove non c'è";
	case START_VERIFIED:
		return "verifica avvenuta";
	case START_INTERRUPTION:
		return "inizio dell'interruzione";
	case START_RING:
		return "inizio della risposta, anche automatica";
	case START_ARRIVED:
		return "arrivo sul posto avvenuto";
	case START_MADE_SAFE:
		return "messa in sicurezza avvenuta";
	}
	return "";
}

static const char *cause_it(enum pause_cause cause)
{
	switch (cause) {
	case PAUSE_FORCE_MAJEURE:
		return "forza maggiore";
	case PAUSE_THIRD_PARTY_PERMIT:
		return "permesso di terzi";
	case PAUSE_REPORTER_ABSENT:
		return "segnalante assente";
	case PAUSE_TRAFFIC_OR_VISIBILITY:
		return "traffico o visibilità non normali";
	case PAUSE_EXTRAORDINARY_WEATHER:
		return "maltempo straordinario";
	case PAUSE_STRIKE:
		return "sciopero";
	}
	return "";
}

static void add_date(const struct wall *w, struct str *to)
{
	str_addf(to, "%s %d %s %d", short_days[w->weekday], w->day, short_months[w->month - 1],
	         w->year);
}

static void add_instant(const struct zone *zone, struct instant t, struct str *to)
{
	struct wall w = zone_wall(zone, t);
	add_date(&w, to);
	str_addf(to, " %02d:%02d:%02d", w.hour, w.minute, w.second);
}

/* "carta, 8.4: «entro 2 ore»" */
static void add_words(enum target_source source, const char *section, const char *quote,
                      struct str *to)
{
	str_add(to, source == SOURCE_CHARTER ? "carta" : "norma nazionale");
	if (section && *section)
		str_addf(to, ", %s", section);
	if (quote && *quote)
		str_addf(to, ": «%s»", quote);
}

static void explain_rule(const struct clocks_question *q, const struct clocks_due *due,
                         struct str *to)
{
	const struct charter_target *t = due->target;
	char danger = q->danger ? q->danger : q->row ? q->row->national_danger : '\0';
	str_addf(to, "regola: %s", t->rule_it ? t->rule_it : t->rule);
	if (t->rule_it)
		str_addf(to, " / %s", t->rule);
	str_add(to, " (");
	add_words(t->source, t->section, t->quote, to);
	str_addc(to, ')');
	if (t->condition_it || t->condition)
		str_addf(to, "; vale per: %s", t->condition_it ? t->condition_it : t->condition);
	if (t->dangers && danger)
		str_addf(to, "; vale per la situazione di pericolo %c%s", danger,
		         q->danger ? ", osservata" : ", della voce della carta");
	if (t->assumed)
		str_add(to, "; la carta tace: valore nostro");
	if (t->valid_from)
		str_addf(to, "; in vigore dal %s", t->valid_from);
	if (t->valid_to)
		str_addf(to, "; in vigore fino al %s", t->valid_to);
	str_addc(to, '\n');
}

static void add_hours(const struct target_condition *when, struct str *to)
{
	if (when->is != WHEN_HOLIDAY)
		str_addf(to, "di notte (%02d:%02d-%02d:%02d)", when->night_from / 60,
		         when->night_from % 60, when->night_to / 60, when->night_to % 60);
	if (when->is == WHEN_NIGHT_OR_HOLIDAY)
		str_add(to, " o ");
	if (when->is != WHEN_NIGHT)
		str_add(to, "la domenica e nei festivi");
}

static const char *rest_name(const struct clocks_question *q, const struct wall *w,
                             char buf[HOLIDAY_TEXT])
{
	const char *holiday = calendar_holiday(q, w, buf);
	return holiday ? holiday : "domenica";
}

static void explain_when(const struct clocks_question *q, const struct clocks_due *due,
                         struct str *to)
{
	const struct target_condition *when = &due->target->when;
	bool otherwise = when->is == WHEN_OTHERWISE;
	const struct target_condition *hours = otherwise ? when_against(q, due->target) : when;
	if (when->is == WHEN_ALWAYS || !hours)
		return;
	char holiday[HOLIDAY_TEXT];
	struct wall w = zone_wall(q->zone, due->start);
	str_add(to, otherwise ? "condizione: non vale " : "condizione: vale ");
	add_hours(hours, to);
	str_addf(to, "; all'avvio sono le %02d:%02d di ", w.hour, w.minute);
	add_date(&w, to);
	switch (when_reason(q, hours, due->start)) {
	case WHEN_BY_NIGHT:
		str_add(to, ", notte\n");
		return;
	case WHEN_BY_HOLIDAY:
		str_addf(to, ", %s\n", rest_name(q, &w, holiday));
		return;
	case WHEN_BY_NOTHING:
		str_add(to, "\n");
		return;
	}
}

static void explain_day(const struct day_walk *walk, struct str *to)
{
	char holiday[HOLIDAY_TEXT];
	const struct wall *d = &walk->date;
	if (walk->fate == DAY_COUNTS)
		str_addf(to, "giorno %lld: ", (long long)walk->counted);
	else
		str_add(to, "saltato: ");
	add_date(d, to);
	switch (walk->fate) {
	case DAY_COUNTS:
		break;
	case DAY_SATURDAY:
		str_add(to, " (sabato)");
		break;
	case DAY_SUNDAY:
		str_add(to, " (domenica)");
		break;
	case DAY_HOLIDAY:
		str_addf(to, " (%s)", calendar_holiday(walk->question, d, holiday));
		break;
	case DAY_PAUSED:
		str_add(to, " (termine fermo per l'intera giornata)");
		break;
	}
	str_addc(to, '\n');
}

/* From a last day that rests to the first one that works. */
static void explain_extension(struct day_walk *walk, struct str *to)
{
	char holiday[HOLIDAY_TEXT];
	struct wall rest = walk->date;
	while (day_walk_further(walk)) {
		const char *name = calendar_holiday(walk->question, &rest, holiday);
		str_add(to, "prorogato oltre: ");
		add_date(&rest, to);
		str_addf(to, " (%s)\n",
		         name                       ? name
		         : rest.weekday == SATURDAY ? "sabato"
		                                    : "domenica");
		rest = walk->date;
	}
	str_add(to, "ultimo giorno: ");
	add_date(&rest, to);
	str_add(to, " (il primo lavorativo che segue)\n");
}

static void explain_days(const struct clocks_question *q, const struct clocks_due *due,
                         struct str *to)
{
	struct day_walk walk = {
	    .question = q, .target = due->target, .start = day_zero(q, due->target, due->start)};
	struct wall zero = zone_wall(q->zone, walk.start);
	if (q->charter->protocol_date && instant_compare(walk.start, due->start) != 0) {
		str_add(to, "protocollo: ");
		add_date(&zero, to);
		str_add(
		    to,
		    instant_is_set(q->protocolled)
		        ? " (data apposta dall'ufficio: i giorni contano da qui)\n"
		        : " (primo giorno lavorativo dalla ricezione: i giorni contano da qui)\n");
	}
	str_add(to, "giorno 0: ");
	add_date(&zero, to);
	str_add(to, " (non conta)\n");
	while (day_walk_next(&walk))
		explain_day(&walk, to);
	if (day_walk_extends(&walk))
		explain_extension(&walk, to);
}

/* What a cause does to the target, with the words that say so. */
static void add_effect(const struct clocks_question *q, const struct charter_target *target,
                       enum pause_cause cause, struct str *to)
{
	const struct {
		enum clause_kind kind;
		const char *effect;
	} ways[] = {
	    {CLAUSE_STOP, "ferma il termine"},
	    {CLAUSE_VALIDITY, "non ferma il termine, che però non vincola: si mostra accanto al "
	                      "mancato rispetto"},
	    {CLAUSE_EXCUSE, "non ferma il termine, scusa il mancato rispetto"},
	};
	bool stops = target->pause_causes & 1u << cause;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		const struct charter_clause *clause = clause_find(q, target, ways[i].kind, cause);
		if (!clause || (ways[i].kind == CLAUSE_STOP) != stops)
			continue;
		str_addf(to, "; %s (", ways[i].effect);
		add_words(clause->source, clause->section, clause->quote, to);
		str_addc(to, ')');
		if (clause->assumed)
			str_add(to, "; interpretazione nostra");
		return;
	}
	str_add(to, stops ? "; ferma il termine" : "; non ferma e non scusa: nulla lo prevede");
}

static void explain_pause(const struct clocks_question *q, const struct clocks_due *due,
                          const struct clocks_pause *pause, struct str *to)
{
	str_add(to, pause_stops(pause, due->target) ? "fermo: da " : "evento: da ");
	add_instant(q->zone, pause->from, to);
	if (instant_is_set(pause->to)) {
		str_add(to, " a ");
		add_instant(q->zone, pause->to, to);
	} else {
		str_add(to, ", ancora in corso");
	}
	str_addf(to, " (%s)", cause_it(pause->cause));
	add_effect(q, due->target, pause->cause, to);
	str_addc(to, '\n');
}

static void explain_end(const struct clocks_question *q, const struct clocks_due *due,
                        struct str *to)
{
	if (due->bound == BOUND_INCLUSIVE) {
		if (zone_wall(q->zone, due->start).offset_s !=
		    zone_wall(q->zone, due->due).offset_s)
			str_add(to, "cambio dell'ora: contano le ore trascorse, non quelle "
			            "dell'orologio\n");
		str_add(to, "scade: ");
		add_instant(q->zone, due->due, to);
		str_add(to, ", compreso\n");
		return;
	}
	struct wall last = zone_wall(q->zone, instant_add(due->due, SPAN_S(-1)));
	str_add(to, "scade: fine di ");
	add_date(&last, to);
	str_add(to, " (mezzanotte esclusa)\n");
}

void clocks_explain(const struct clocks_question *question, const struct clocks_due *due,
                    struct str *to)
{
	explain_rule(question, due, to);
	explain_when(question, due, to);
	str_add(to, "parte: ");
	add_instant(question->zone, due->start, to);
	str_addf(to, " (%s)\n", start_it(due->target->start));
	if (due->target->unit != UNIT_SECONDS)
		explain_days(question, due, to);
	for (size_t i = 0; i < question->pause_count; i++)
		explain_pause(question, due, &question->pauses[i], to);
	explain_end(question, due, to);
}

/*
 * The proof of a due instant, in Italian, a line each: rule, start event, days counted and skipped
 * with reasons, pauses. For the dispatcher's panel and for whoever must defend a date a year later.
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
		return "squillo";
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

static void explain_rule(const struct clocks_due *due, struct str *to)
{
	const struct charter_target *t = due->target;
	str_addf(to, "regola: %s (%s%s%s)", t->rule ? t->rule : "",
	         t->source == SOURCE_CHARTER ? "carta" : "norma nazionale",
	         t->section && *t->section ? ", " : "", t->section ? t->section : "");
	if (t->quote && *t->quote)
		str_addf(to, ": «%s»", t->quote);
	if (t->condition)
		str_addf(to, "; vale per: %s", t->condition);
	if (t->assumed)
		str_add(to, "; la carta tace: valore nostro");
	str_addc(to, '\n');
}

static void explain_day(const struct day_walk *walk, struct str *to)
{
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
		str_addf(to, " (%s)", clocks_holiday(d->year, d->month, d->day));
		break;
	case DAY_PAUSED:
		str_add(to, " (termine fermo per l'intera giornata)");
		break;
	}
	str_addc(to, '\n');
}

static void explain_days(const struct clocks_question *q, const struct clocks_due *due,
                         struct str *to)
{
	struct day_walk walk = {.question = q, .target = due->target, .start = due->start};
	struct wall zero = zone_wall(q->zone, due->start);
	str_add(to, "giorno 0: ");
	add_date(&zero, to);
	str_add(to, " (non conta)\n");
	while (day_walk_next(&walk))
		explain_day(&walk, to);
	if (day_walk_extends(&walk))
		str_add(
		    to,
		    "prorogato: l'ultimo giorno è festivo, vale il primo lavorativo che segue\n");
}

static void explain_pause(const struct clocks_question *q, const struct clocks_due *due,
                          const struct clocks_pause *pause, struct str *to)
{
	bool stops = pause_stops(pause, due->target);
	str_add(to, stops ? "fermo: da " : "fermo che non vale per questo termine: da ");
	add_instant(q->zone, pause->from, to);
	if (instant_is_set(pause->to)) {
		str_add(to, " a ");
		add_instant(q->zone, pause->to, to);
	} else {
		str_add(to, ", ancora in corso");
	}
	str_addf(to, " (%s)\n", cause_it(pause->cause));
}

static void explain_end(const struct clocks_question *q, const struct clocks_due *due,
                        struct str *to)
{
	if (due->bound == BOUND_INCLUSIVE) {
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
	explain_rule(due, to);
	str_add(to, "parte: ");
	add_instant(question->zone, due->start, to);
	str_addf(to, " (%s)\n", start_it(due->target->start));
	if (due->target->unit != UNIT_SECONDS)
		explain_days(question, due, to);
	for (size_t i = 0; i < question->pause_count; i++)
		explain_pause(question, due, &question->pauses[i], to);
	explain_end(question, due, to);
}

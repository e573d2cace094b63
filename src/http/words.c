/*
 * The server's own sentences in Italian and English: problems, states, times. Public voice: "tu".
 * Layout texts live with the templates, charters' words with the charters.
 */
#include "words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct pair {
	const char *key, *it, *en;
};

static const char *pick(const struct pair *p, enum lang lang)
{
	return lang == LANG_EN ? p->en : p->it;
}

static const struct pair *pair_find(const struct pair *list, size_t count, const char *key)
{
	for (size_t i = 0; key && i < count; i++)
		if (strcmp(list[i].key, key) == 0)
			return &list[i];
	return NULL;
}
#define FIND(list, key) pair_find(list, sizeof(list) / sizeof(list)[0], key)

/* ---- language ---- */

const char *lang_name(enum lang lang)
{
	return lang == LANG_EN ? "en" : "it";
}

static bool lang_parse(const char *tag, enum lang *out)
{
	if (!tag || (strncasecmp(tag, "it", 2) != 0 && strncasecmp(tag, "en", 2) != 0) ||
	    isalnum((unsigned char)tag[2]))
		return false;
	*out = tolower((unsigned char)tag[0]) == 'e' ? LANG_EN : LANG_IT;
	return true;
}

/* Takes the languages in the order written, which is the order browsers write them in. */
static enum lang lang_accepted(const char *accept)
{
	enum lang lang;
	for (const char *at = accept; at && *at; at += strcspn(at, ","), at += *at == ',') {
		at += strspn(at, " \t");
		if (lang_parse(at, &lang))
			return lang;
	}
	return LANG_IT;
}

enum lang lang_choose(const char *query, const char *cookie, const char *accept)
{
	enum lang lang;
	if (lang_parse(query, &lang) || lang_parse(cookie, &lang))
		return lang;
	return lang_accepted(accept);
}

/* ---- problems ---- */

static const struct pair titles[] = {
    {"input", "Controlla i dati", "Check the data"},
    {"too-large", "Troppo grande", "Too large"},
    {"unauthenticated", "Accesso necessario", "Log-in needed"},
    {"forbidden", "Questa pagina è riservata", "This page is reserved"},
    {"not-found", "Pagina non trovata", "Page not found"},
    {"conflict", "Qualcuno ha già deciso", "Somebody has already decided"},
    {"limited", "Troppe richieste", "Too many requests"},
    {"busy", "Archivio non raggiungibile", "Archive not reachable"},
    {"uncertain", "Stiamo controllando", "We are checking"},
    {"internal", "Qualcosa non ha funzionato", "Something went wrong"},
};

static const struct pair details[] = {
    {"input", "Controlla i dati e riprova.", ""},
    {"too-large", "Massimo 10 MB con le foto, 64 kB di testo.", ""},
    {"unauthenticated", "Accedi per continuare.", ""},
    {"forbidden", "Il tuo ruolo non può farlo.", ""},
    {"not-found", "Non c'è niente a questo indirizzo.", ""},
    {"conflict", "Nel frattempo qualcosa è cambiato: guarda e decidi di nuovo.", ""},
    {"limited", "Troppe richieste: riprova tra poco.", ""},
    {"busy", "Non è stato registrato niente. Riprova tra poco; se è urgente telefona.", ""},
    {"uncertain", "Stiamo controllando che sia arrivata: non inviarla di nuovo.", ""},
    {"internal", "Qualcosa non ha funzionato. Se è urgente telefona.", ""},
};

/* By the last name of the pointer, so that /text and text, /reporter/phone and phone are one. */
static const struct pair fields[] = {
    {"text", "Scrivi che cosa succede, anche in poche parole. Massimo 4.000 caratteri.",
     "Write what is happening, a few words are enough. At most 4,000 characters."},
    {"foto", "Questo file non è una foto.", "This file is not a photo."},
    {"municipality", "Manca il comune: sceglilo dall'elenco.", "Choose the town from the list."},
    {"address", "Scrivi la via oppure indica il punto sulla mappa.",
     "Write the street or show the point on the map."},
    {"lat", "Le coordinate non sono valide.", "The coordinates are not valid."},
    {"lon", "Le coordinate non sono valide.", "The coordinates are not valid."},
    {"prefer", "Scegli come vuoi essere avvisato.", "Choose how we contact you."},
    {"phone", "Il numero di telefono non è completo: servono 9 o 10 cifre.",
     "The phone number is not complete: it needs 9 or 10 digits."},
    {"email", "L'e-mail non è completa: controllala.", "The e-mail is not complete: check it."},
    {"name", "Il nome è troppo lungo.", "The name is too long."},
    {"landmark", "Il punto di riferimento è troppo lungo.", "The landmark is too long."},
    {"utility", "Scegli il gestore dall'elenco.", "Choose the utility from the list."},
    {"charter", "Scegli una carta dall'elenco.", "Choose a charter from the list."},
    {"answers", "Le risposte sono un elenco di domande con la loro opzione.",
     "The answers are a list of questions with their option."},
    {"question", "Questa domanda non c'è, o ha già una risposta.",
     "There is no such question, or it is answered already."},
    {"option", "Questa domanda non ha una risposta con quel tasto.",
     "This question has no answer with that key."},
    {"reason", "Scrivi il motivo.", "Write the reason."},
    {"class_reason", "Per abbassare la classe scrivi il motivo.", "Write why the class is lowered."},
    {"cause", "Per questi termini la carta non prevede questa causa.",
     "The charter does not name this cause for these promises."},
    {"from", "L'ora deve stare tra l'inizio dell'intervento e adesso.",
     "The time must lie between the incident's beginning and now."},
    {"undo", "È tardi per annullare: riprendi il termine.", "It is too late to undo: resume the clock."},
    {"version", "Ricarica l'intervento e riprova.", "Read the incident again and retry."},
    {"crew", "Scegli una squadra.", "Choose a crew."},
    {"row", "Scegli una riga della tabella guasti.", "Choose a row of the fault table."},
    {"class", "Scegli una classe della carta.", "Choose a class of the charter."},
    {"disposition", "Scegli l'esito.", "Choose the outcome."},
    {"at", "L'ora non è valida.", "The time is not valid."},
    {"speed", "Scegli quanto si rallenta: dal 5 al 100 % della velocità solita.",
     "Choose how slow: 5 to 100 % of the usual speed."},
    {"points", "Vicino a questi punti non c'è nessuna strada: disegna sulla strada.",
     "There is no road near these points: draw on the road."},
    {"street",
     "La via non porta da un incrocio all'altro, o le auto non la percorrono: scegli altri incroci, o disegna sulla mappa.",
     "The street does not lead from one crossing to the other, or cars do not drive it: choose other crossings, or "
     "draw on the map."},
    {"zone",
     "La chiusura è troppo grande (al massimo 50 km e 10.000 tratti di strada): disegnala più piccola, "
     "oppure dividila in più chiusure.",
     "The closure is too large (at most 50 km and 10,000 roads): draw it smaller, or split it into "
     "several closures."},
    {"until", "La fine deve venire dopo l'inizio.", "The end must come after the beginning."},
    {"closures", "Ci sono già troppe chiusure: togline qualcuna.", "There are too many closures: lift some."},
    {"map", "Questo server non ha una mappa.", "This server has no map."},
    {"roads", "Le strade chiuse si stanno ancora leggendo: riprova tra un momento.",
     "The closed roads are still being read: try again in a moment."},
    {"incident_place", "L'intervento non ha ancora un punto sulla mappa.",
     "The incident has no place on the map yet."},
    {"crew_position", "Non si sa dove si trova la squadra.", "The crew's position is not known."},
    {"way", "Nessuna strada porta lì da dove si trova la squadra.",
     "No road leads there from where the crew is."},
    {"ranking", "Rileggi l'elenco delle squadre e riprova.", "Read the candidates again and retry."},
    {"login", "Scrivi il nome utente.", "Write your user name."},
    {"password", "Scrivi la password.", "Write the password."},
    {"Idempotency-Key", "La chiave è già stata usata per un'altra richiesta.",
     "The key was used for another request."},
};

/* %d: the number that intake found. */
static const struct pair errors[] = {
    {"text_missing", "Scrivi che cosa succede, anche in poche parole.",
     "Write what is happening, a few words are enough."},
    {"text_long", "Massimo 4.000 caratteri.", "At most 4,000 characters."},
    {"place_missing", "Scrivi la via oppure indica il punto sulla mappa.",
     "Write the street or show the point on the map."},
    {"municipality_missing", "Manca il comune: sceglilo dall'elenco.",
     "Choose the town from the list."},
    {"prefer_missing", "Scegli come vuoi essere avvisato.", "Choose how we contact you."},
    {"prefer_bad", "Scegli come vuoi essere avvisato.", "Choose how we contact you."},
    {"phone_missing", "Scrivi il numero a cui avvisarti.", "Write the number where we reach you."},
    {"phone_digits", "Il cellulare ha %d cifre, ne servono 9 o 10.",
     "The number has %d digits, it needs 9 or 10."},
    {"email_missing", "Scrivi l'e-mail a cui avvisarti.", "Write the e-mail where we reach you."},
    {"email_at", "L'e-mail non è completa: manca la @.",
     "The e-mail is not complete: the @ is missing."},
    {"email_bad", "L'e-mail non è completa: controlla quello che segue la @.",
     "The e-mail is not complete: check what follows the @."},
    {"point_bad", "Le coordinate non sono valide.", "The coordinates are not valid."},
    {"photo_kind", "Questo file non è una foto.", "This file is not a photo."},
    {"photo_count", "Le foto sono al massimo %d: togline una.", "At most %d photos: remove one."},
    {"photo_size", "Le foto superano 10 MB: togline una.", "Photos exceed 10 MB: remove one."},
    {"too_long", "Massimo %d caratteri.", "At most %d characters."},
    {"lang_bad", "La lingua è it oppure en.", "The language is it or en."},
    {"kind_bad", "Scegli se la strada è chiusa o rallentata.", "Choose whether the road is closed or slow."},
    {"speed_bad", "Scegli quanto si rallenta: dal 5 al 100 % della velocità solita.",
     "Choose how slow: 5 to 100 % of the usual speed."},
    {"speed_closed", "Una strada chiusa non ha velocità.", "A closed road has no speed."},
    {"points_bad", "Disegna da 1 a %d punti sulla mappa.", "Draw 1 to %d points on the map."},
    {"area_points", "Un'area ha almeno tre punti.", "An area has at least three points."},
    {"street_bad", "Scrivi il nome della via, al massimo %d lettere.",
     "Give the street's name, at most %d letters."},
    {"street_area", "Una zona prende tutte le sue strade: non si limita a una via.",
     "An area takes all its roads: it is not of one street."},
    {"one_way_bad", "Per un solo senso servono almeno due punti lungo la strada.",
     "A single direction needs at least two points along the road."},
    {"bool_bad", "Scegli sì o no.", "Choose yes or no."},
    {"at_bad", "L'ora non è valida.", "The time is not valid."},
    {"until_early", "La fine deve venire dopo l'inizio e dopo adesso.",
     "The end must come after the beginning and after now."},
    {"version_missing", "Ricarica la chiusura e riprova.", "Read the closure again and retry."},
    {"profile_bad", "Scegli normale, punta, notte, neve, oppure secondo l'ora.",
     "Choose normal, peak, night, snow, or by the clock."},
};

static const struct pair labels[] = {
    {"text", "Che cosa succede?", "What is happening?"},
    {"foto", "Foto", "Photos"},
    {"municipality", "Comune", "Town"},
    {"address", "Via e numero", "Street and number"},
    {"prefer", "Come ti avvisiamo?", "How shall we contact you?"},
    {"phone", "Telefono", "Telephone"},
    {"email", "E-mail", "E-mail"},
    {"name", "Nome", "Name"},
    {"landmark", "Punto di riferimento", "Landmark"},
    {"utility", "Gestore", "Utility"},
    {"lat", "Punto sulla mappa", "Point on the map"},
    {"lon", "Punto sulla mappa", "Point on the map"},
};

static const char *last_name(const char *field)
{
	const char *slash = field ? strrchr(field, '/') : NULL;
	return slash ? slash + 1 : field;
}

const char *problem_title(enum problem_kind kind, enum lang lang)
{
	return pick(FIND(titles, problem_kind_name(kind)), lang);
}

const char *field_words(const char *field, enum lang lang)
{
	const struct pair *p = FIND(fields, last_name(field));
	return p ? pick(p, lang) : NULL;
}

void error_words(const char *what, int number, enum lang lang, struct str *out)
{
	const struct pair *p = FIND(errors, what);
	const char *words = p ? pick(p, lang) : what;
	const char *mark = strstr(words, "%d");
	if (!mark) {
		str_add(out, words);
		return;
	}
	str_addn(out, words, (size_t)(mark - words));
	str_addf(out, "%d", number);
	str_add(out, mark + 2);
}

const char *field_label(const char *field, enum lang lang)
{
	const struct pair *p = FIND(labels, last_name(field));
	return p ? pick(p, lang) : last_name(field);
}

void problem_detail(const struct problem *p, int status, enum lang lang, struct str *out)
{
	if (lang == LANG_EN)
		str_add(out, p->text);
	else if (status == 405)
		str_add(out, "Questo indirizzo non accetta questo tipo di richiesta.");
	else if (status == 415)
		str_add(out, "Il formato della richiesta non è accettato.");
	else if ((p->kind == PROBLEM_INPUT || p->kind == PROBLEM_BUSY) && field_words(p->field, lang))
		str_add(out, field_words(p->field, lang));
	else
		str_add(out, FIND(details, problem_kind_name(p->kind))->it);
}

/* ---- states ---- */

static const struct pair states[] = {
    {"new", "Segnalato", "Reported"},
    {"classified", "Preso in carico", "Accepted"},
    {"assigned", "Squadra incaricata", "Crew assigned"},
    {"en_route", "Squadra in arrivo", "Crew on its way"},
    {"on_site", "Squadra sul posto", "Crew on site"},
    {"made_safe", "Messo in sicurezza, riparazione da completare",
     "Made safe, repair to be completed"},
    {"restored", "Servizio ripristinato", "Service restored"},
    {"closed", "Concluso", "Closed"},
    {"cancelled", "Annullato", "Cancelled"},
};

static const struct pair steps[] = {
    {"received", "Segnalazione ricevuta", "Report received"},
    {"assessed", "Valutata", "Assessed"},
    {"crew_sent", "Squadra incaricata", "Crew assigned"},
    {"en_route", "Squadra in viaggio", "Crew on its way"},
    {"on_site", "Squadra sul posto", "Crew on site"},
    {"made_safe", "Messo in sicurezza", "Made safe"},
    {"restored", "Servizio ripristinato", "Service restored"},
    {"closed", "Concluso", "Closed"},
};

static const struct pair roles[] = {
    {"dispatcher", "Sala operativa", "Dispatcher"},
    {"supervisor", "Responsabile", "Supervisor"},
    {"crew", "Squadra", "Crew"},
    {"admin", "Amministratore", "Administrator"},
    {"auditor", "Revisore", "Auditor"},
    {"machine", "Sistema", "System"},
};

static const char *say(const struct pair *p, const char *key, enum lang lang)
{
	return p ? pick(p, lang) : key ? key : "";
}

const char *say_public_state(const char *state, enum lang lang)
{
	return say(FIND(states, state), state, lang);
}

const char *say_step(const char *name, enum lang lang)
{
	return say(FIND(steps, name), name, lang);
}

const char *say_role(const char *role, enum lang lang)
{
	return say(FIND(roles, role), role, lang);
}

/* ---- times ---- */

static const char *const weekdays[2][7] = {
    {"lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"},
    {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
};
static const char *const months[2][12] = {
    {"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre",
     "ottobre", "novembre", "dicembre"},
    {"January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December"},
};

/* Local days from now to t: 0 today, 1 tomorrow, -1 yesterday. 99: further away. */
static int day_from_now(const struct saying *s, struct instant t)
{
	for (int day = -1; day <= 1; day++)
		if (instant_compare(t, zone_midnight(s->zone, s->now, day)) >= 0 &&
		    instant_compare(t, zone_midnight(s->zone, s->now, day + 1)) < 0)
			return day;
	return 99;
}

static void add_date(const struct saying *s, const struct wall *w, struct str *out)
{
	str_addf(out, "%s %d %s", weekdays[s->lang][w->weekday], w->day,
	         months[s->lang][w->month - 1]);
}

void say_clock(const struct saying *s, struct instant t, struct str *out)
{
	struct wall w = zone_wall(s->zone, t);
	str_addf(out, "%02d:%02d", w.hour, w.minute);
}

void say_when(const struct saying *s, struct instant t, struct str *out)
{
	static const char *const near[2][3] = {{"ieri", "oggi", "domani"},
	                                       {"yesterday", "today", "tomorrow"}};
	int day = day_from_now(s, t);
	struct wall w = zone_wall(s->zone, t);
	if (day == 99)
		add_date(s, &w, out);
	else
		str_add(out, near[s->lang][day + 1]);
	str_add(out, s->lang == LANG_EN ? " at " : w.hour == 1 ? " all'" : " alle ");
	say_clock(s, t, out);
}

/* A day target ends at the midnight that is not in it: people read its last day. */
static void say_by_day(const struct saying *s, struct instant due, struct str *out)
{
	struct wall w = zone_wall(s->zone, instant_add(due, (struct span){-1000000}));
	str_add(out, s->lang == LANG_EN ? "by " : "entro ");
	add_date(s, &w, out);
	str_add(out, s->lang == LANG_EN ? ", end of day" : ", fine giornata");
}

void say_by(const struct saying *s, struct instant due, bool day, struct str *out)
{
	if (day) {
		say_by_day(s, due, out);
		return;
	}
	int near = day_from_now(s, due);
	struct wall w = zone_wall(s->zone, due);
	str_add(out, s->lang == LANG_EN ? "by " : w.hour == 1 ? "entro l'" : "entro le ");
	say_clock(s, due, out);
	if (near == 99) {
		str_add(out, s->lang == LANG_EN ? " on " : " di ");
		add_date(s, &w, out);
		return;
	}
	static const char *const names[2][3] = {{" di ieri", " di oggi", " di domani"},
	                                        {" yesterday", " today", " tomorrow"}};
	str_add(out, names[s->lang][near + 1]);
}

void say_span(const struct saying *s, int64_t seconds, bool up, struct str *out)
{
	int64_t minutes = up ? (seconds + 59) / 60 : seconds / 60;
	if (minutes < 1)
		str_add(out, s->lang == LANG_EN ? "less than 1 min" : "meno di 1 min");
	else if (minutes < 60)
		str_addf(out, "%d min", (int)minutes);
	else if (minutes < 48 * 60 && minutes % 60)
		str_addf(out, "%d h %d min", (int)(minutes / 60), (int)(minutes % 60));
	else if (minutes < 48 * 60)
		str_addf(out, "%d h", (int)(minutes / 60));
	else
		str_addf(out, s->lang == LANG_EN ? "%d days" : "%d giorni",
		         (int)(minutes / (24 * 60)));
}

void say_left(const struct saying *s, struct instant due, struct str *out)
{
	int64_t left_s = instant_since(due, s->now).us / 1000000;
	if (left_s <= 0)
		return;
	str_add(out, s->lang == LANG_EN ? "in " : "tra ");
	say_span(s, left_s, false, out);
}

void say_ago(const struct saying *s, struct instant t, struct str *out)
{
	int64_t ago_s = instant_since(s->now, t).us / 1000000;
	if (ago_s >= 24 * 3600) {
		say_when(s, t, out);
		return;
	}
	say_span(s, ago_s < 0 ? 0 : ago_s, false, out);
	str_add(out, s->lang == LANG_EN ? " ago" : " fa");
}

void say_late(const struct saying *s, int64_t late_s, struct str *out)
{
	say_span(s, late_s, true, out);
}

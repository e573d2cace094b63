/*
 * LIVE for everybody: the snapshot as prebuilt bytes (made once for each state of the board, plain
 * and gzip), and the page that shows the same without JavaScript. What may be public was decided in
 * live/; nothing is added here but sentences.
 */
#include "page.h"
#include "room.h"
#include "template.h"

#include "base/mem.h"
#include "wire/gzip.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- prebuilt answers ---- */

struct snapshot {
	int holders; /* the shelf and each answer still being sent */
	char utility[64];
	char *bytes;
	size_t length;
	struct str packed; /* gzip; empty: not smaller */
	char etag[ETAG_ROOM];
};

#define SHELF 16
struct snapshots {
	struct snapshot *shelf[SHELF]; /* by utility; "" is all of them */
	size_t next;
};

static void snapshot_drop(void *ctx)
{
	struct snapshot *s = ctx;
	if (--s->holders > 0)
		return;
	free(s->bytes);
	str_fini(&s->packed);
	free(s);
}

struct snapshots *snapshots_open(void)
{
	return mem_zero(1, sizeof(struct snapshots));
}

void snapshots_close(struct snapshots **all)
{
	if (!*all)
		return;
	for (size_t i = 0; i < SHELF; i++)
		if ((*all)->shelf[i])
			snapshot_drop((*all)->shelf[i]);
	free(*all);
	*all = NULL;
}

static struct snapshot *snapshot_make(const char *utility, const struct flow_live *live)
{
	struct snapshot *s = mem_zero(1, sizeof *s);
	s->holders = 1;
	str_copy(s->utility, sizeof s->utility, utility);
	s->bytes = mem_strn(live->bytes, live->length);
	s->length = live->length;
	etag_of(s->bytes, s->length, s->etag);
	gzip_pack(s->bytes, s->length, &s->packed);
	return s;
}

/* The bytes decide whether what stands on the shelf is still right: comparing costs less than
 * sending. */
static struct snapshot *snapshot_find(struct snapshots *all, const char *utility,
                                      const struct flow_live *live)
{
	size_t at = SHELF;
	for (size_t i = 0; i < SHELF && at == SHELF; i++)
		if (all->shelf[i] && strcmp(all->shelf[i]->utility, utility) == 0)
			at = i;
	if (at < SHELF && all->shelf[at]->length == live->length &&
	    memcmp(all->shelf[at]->bytes, live->bytes, live->length) == 0)
		return all->shelf[at];
	if (at == SHELF)
		at = all->next++ % SHELF;
	if (all->shelf[at])
		snapshot_drop(all->shelf[at]);
	return all->shelf[at] = snapshot_make(utility, live);
}

bool accepts_gzip(const struct visit *v)
{
	const char *accepted = visit_header(v, "Accept-Encoding");
	return accepted && strstr(accepted, "gzip") && !strstr(accepted, "gzip;q=0");
}

/* The page's filter uses the same door: an unknown utility has no board. */
static bool find_live(struct visit *v, struct flow_live *out)
{
	if (flow_live(v->http->o.flow, visit_query(v, "utility"), out))
		return true;
	struct problem p;
	if (visit_query(v, "utility"))
		problem_set(&p, PROBLEM_NOT_FOUND, "utility", "no such utility");
	else
		problem_set(&p, PROBLEM_BUSY, "",
		            "the board is not loaded yet: try again in a moment");
	visit_problem(v, &p, NULL);
	return false;
}

void live_api(struct visit *v)
{
	struct flow_live live;
	if (!find_live(v, &live))
		return;
	const char *utility = visit_query(v, "utility");
	struct snapshot *s = snapshot_find(v->http->snapshots, utility ? utility : "", &live);
	bool packed = s->packed.length && accepts_gzip(v);
	answer_header(v->request, "Cache-Control", "no-cache");
	answer_header(v->request, "Vary", "Accept-Encoding");
	answer_header(v->request, "Access-Control-Allow-Origin", "*");
	if (visit_not_modified(v, s->etag))
		return;
	if (packed)
		answer_header(v->request, "Content-Encoding", "gzip");
	s->holders++;
	visit_shared(
	    v, &(struct shared_bytes){"application/json", packed ? s->packed.data : s->bytes,
	                              packed ? s->packed.length : s->length, snapshot_drop, s});
}

/* ---- the page's cards ---- */

static void say_reports(const struct saying *s, int64_t n, struct str *out)
{
	bool en = s->lang == LANG_EN;
	str_addf(out, "%lld %s", (long long)n,
	         n == 1 ? (en ? "report" : "segnalazione") : (en ? "reports" : "segnalazioni"));
}

static bool is_over(const struct js *incident)
{
	const char *state = js_find_str(incident, "state");
	return str_equal(state, "closed") || str_equal(state, "cancelled") ||
	       str_equal(state, "restored");
}

static void add_card_promise(const struct saying *s, const struct js *incident, struct js *card)
{
	struct str said = {0};
	struct instant due, arrived;
	bool en = s->lang == LANG_EN;
	if (find_instant(incident, "arrived_at", &arrived)) {
		str_add(&said, en ? "Crew on site since " : "Squadra sul posto dalle ");
		say_clock(s, arrived, &said);
		set_said(card, "arrived", &said);
	} else if (find_instant(incident, "arrival_due", &due) && !is_over(incident)) {
		bool late = instant_compare(due, s->now) < 0;
		js_set_bool(card, "late", late);
		js_set_str(card, "due_at", js_find_str(incident, "arrival_due"));
		str_add(&said,
		        en ? (late ? "We are late: the crew was due " : "Crew expected ")
		           : (late ? "Siamo in ritardo: dovevamo arrivare " : "Squadra attesa "));
		say_by(s, due, str_equal(js_find_str(incident, "arrival_bound"), "exclusive"),
		       &said);
		set_said(card, late ? "late_text" : "due", &said);
	}
	const char *estimate = js_find_str(incident, "estimate");
	struct instant until;
	if (estimate && instant_parse(estimate, &until, NULL)) {
		say_when(s, until, &said);
		str_add(&said, en ? " (estimate)" : " (stima)");
		set_said(card, "estimate", &said);
	} else {
		js_set_str(card, "estimate", en ? "not estimated yet" : "non ancora stimato");
	}
	str_fini(&said);
}

static void add_card_times(const struct saying *s, const struct js *incident, struct js *card)
{
	struct str said = {0};
	struct instant at;
	bool en = s->lang == LANG_EN;
	if (find_instant(incident, "reported_at", &at)) {
		bool today = instant_compare(at, zone_midnight(s->zone, s->now, 0)) >= 0;
		str_add(&said,
		        today ? (en ? "since " : "dalle ") : (en ? "reported " : "segnalato "));
		if (today)
			say_clock(s, at, &said);
		else
			say_when(s, at, &said);
		set_said(card, "since", &said);
		js_set_str(card, "since_at", js_find_str(incident, "reported_at"));
		say_ago(s, at, &said);
		set_said(card, "ago", &said);
	}
	if (find_instant(incident, "updated_at", &at)) {
		say_clock(s, at, &said);
		set_said(card, "updated", &said);
		js_set_str(card, "updated_at", js_find_str(incident, "updated_at"));
	}
	const char *end =
	    find_instant(incident, "closed_at", &at) || find_instant(incident, "restored_at", &at)
	        ? ""
	        : NULL;
	if (end && is_over(incident)) {
		str_add(&said, say_public_state(js_find_str(incident, "state"), s->lang));
		str_addc(&said, ' ');
		say_when(s, at, &said);
		set_said(card, "over_text", &said);
	}
	str_fini(&said);
}

static struct js *make_card(const struct saying *s, const struct js *incident)
{
	struct js *card = js_object();
	struct str said = {0};
	bool en = s->lang == LANG_EN;
	const char *state = js_find_str(incident, "state");
	const char *icon = js_find_str(incident, "icon");
	const char *public_state = js_find_str(incident, en ? "public_state_en" : "public_state");
	char is_icon[48];
	snprintf(is_icon, sizeof is_icon, "icon_%s", icon ? icon : "other");
	str_addf(&said, "%s-%s", js_find_str(incident, "utility"), js_find_str(incident, "number"));
	set_said(card, "id", &said);
	js_set_str(card, "number", js_find_str(incident, "number"));
	js_set_str(card, "utility", js_find_str(incident, "utility"));
	js_set_str(card, "icon", icon);
	js_set_bool(card, is_icon, true);
	js_set_str(card, "kind", js_find_str(incident, en ? "kind_en" : "kind"));
	js_set_str(card, "area", js_find_str(incident, "area"));
	js_set_str(card, "text", js_find_str(incident, "text"));
	js_set_str(card, "state_code", state);
	js_set_str(card, "state", public_state ? public_state : say_public_state(state, s->lang));
	js_set_bool(card, "closed", is_over(incident));
	js_set(card, "lat", js_copy(js_find(incident, "lat")));
	js_set(card, "lon", js_copy(js_find(incident, "lon")));
	add_card_times(s, incident, card);
	add_card_promise(s, incident, card);
	say_reports(s, js_int(js_find(incident, "reports"), 0), &said);
	set_said(card, "reports_text", &said);
	str_fini(&said);
	return card;
}

/* ---- "È la mia via?" ---- */

/* Words in lower case, accents folded to their letter, everything else a space. */
static void fold(const char *text, struct str *out)
{
	for (const char *c = text; *c;) {
		uint32_t u = utf8_next(&c);
		static const char from[] = "àáâèéêìíîòóôùúûç", to[] = "aaaeeeiiiooouuuc";
		char plain = u < 128 && isalnum((int)u) ? (char)tolower((int)u) : ' ';
		size_t i = 0;
		for (const char *f = from; *f && u >= 128; i++)
			if (utf8_next(&f) == (u | 0x20))
				plain = to[i];
		str_addc(out, plain);
	}
}

static bool is_filler(const char *word)
{
	static const char *const fillers[] = {"via",   "viale", "vicolo", "piazza", "piazzale",
	                                      "corso", "largo", "strada", "di",     "del",
	                                      "della", "dei",   "delle",  "dello",  "da",
	                                      "a",     "la",    "il",     "n",      "snc"};
	for (size_t i = 0; i < sizeof fillers / sizeof fillers[0]; i++)
		if (strcmp(fillers[i], word) == 0)
			return true;
	return isdigit((unsigned char)word[0]);
}

static bool has_word(const char *folded, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = folded; (at = strstr(at, word)); at++)
		if ((at == folded || at[-1] == ' ') && (at[length] == ' ' || at[length] == 0))
			return true;
	return false;
}

/* Every word of the street asked for that is not a filler stands in the area. */
static bool street_fits(const char *asked, const char *area)
{
	struct str a = {0}, b = {0};
	fold(asked, &a);
	fold(area ? area : "", &b);
	bool fits = false, missing = false;
	char *rest = NULL;
	for (char *word = a.data ? strtok_r(a.data, " ", &rest) : NULL; word;
	     word = strtok_r(NULL, " ", &rest)) {
		if (is_filler(word))
			continue;
		fits = true;
		missing = missing || !has_word(str_text(&b), word);
	}
	str_fini(&a);
	str_fini(&b);
	return fits && !missing;
}

/* "via Cavour, Castiglione": the town is what follows the last comma. */
static bool town_fits(const char *town, const char *area)
{
	const char *comma = area ? strrchr(area, ',') : NULL;
	if (!town)
		return true;
	return comma && str_equal_fold(comma + 1 + strspn(comma + 1, " "), town);
}

struct question {
	const char *street, *town; /* NULL: not asked */
	struct saying s;
	struct visit *v;
};

static void answer_link(struct js *answer, const struct question *q, bool yes, const char *id)
{
	bool en = q->s.lang == LANG_EN;
	char href[128];
	snprintf(href, sizeof href, "#%s", id ? id : "");
	js_set_str(answer, "href", yes ? href : "/");
	js_set_str(answer, "link_text",
	           yes ? (en ? "See the fault" : "Vedi il guasto")
	               : (en ? "Report a fault" : "Segnala un guasto"));
}

static struct js *answer_yes(const struct question *q, const struct js *cards)
{
	const struct js *first = NULL;
	int n = 0;
	for (size_t i = 0; i < js_count(cards); i++)
		if (js_bool(js_find(js_at(cards, i), "matched"), false)) {
			first = first ? first : js_at(cards, i);
			n++;
		}
	if (!first)
		return NULL;
	struct js *answer = js_object();
	struct str said = {0};
	const char *area = js_find_str(first, "area");
	const char *comma = area ? strrchr(area, ',') : NULL;
	int street = comma ? (int)(comma - area) : (int)strlen(area ? area : "");
	bool en = q->s.lang == LANG_EN;
	if (n == 1)
		str_addf(&said,
		         en ? "Yes: there is a fault in %.*s." : "Sì: in %.*s c'è un guasto.",
		         street, area);
	else
		str_addf(&said,
		         en ? "Yes: in %.*s there are %d faults."
		            : "Sì: in %.*s ci sono %d guasti.",
		         street, area, n);
	set_said(answer, "text", &said);
	js_set_bool(answer, "yes", true);
	answer_link(answer, q, true, js_find_str(first, "id"));
	str_fini(&said);
	return answer;
}

static bool is_served(const struct question *q, const char *town)
{
	struct js *setup = flow_public_setup(q->v->http->o.flow);
	const struct js *utilities = js_find(setup, "utilities");
	bool served = false;
	for (size_t u = 0; u < js_count(utilities); u++) {
		const struct js *names = js_find(js_at(utilities, u), "municipalities");
		for (size_t i = 0; i < js_count(names); i++)
			served = served || str_equal_fold(js_str(js_at(names, i)), town);
	}
	js_free(&setup);
	return served;
}

/* "via Roma" and "Via Roma" begin alike, "Corso Roma" does not. */
static bool same_sort(const char *asked, const char *street)
{
	struct str a = {0}, b = {0};
	fold(asked, &a);
	fold(street, &b);
	const char *x = str_text(&a) + strspn(str_text(&a), " "), *y = str_text(&b);
	size_t length = strcspn(x, " ");
	bool same = length && strncmp(x, y, length) == 0 && (y[length] == ' ' || y[length] == 0);
	str_fini(&a);
	str_fini(&b);
	return same;
}

/* Where the street that was asked for exists, its namesakes of another sort are not meant. */
static size_t keep_same_sort(const char *asked, struct map_candidate *streets, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (same_sort(asked, streets[i].street))
			streets[kept++] = streets[i];
	return kept ? kept : count;
}

static size_t find_streets(const struct question *q, struct map_candidate *out, size_t room)
{
	struct map_candidate found[10];
	struct str query = {0};
	if (!q->v->http->o.map)
		return 0;
	str_add(&query, q->street);
	if (q->town)
		str_addf(&query, ", %s", q->town);
	size_t count = map_geocode(q->v->http->o.map, str_text(&query), POINT_NONE,
	                           request_arena(q->v->request), found, 10);
	str_fini(&query);
	size_t kept = 0;
	for (size_t i = 0; i < count && kept < room; i++) {
		bool again = false;
		for (size_t k = 0; k < kept; k++)
			again = again || (str_equal(out[k].street, found[i].street) &&
			                  str_equal(out[k].municipality, found[i].municipality));
		if (!again && found[i].street && street_fits(q->street, found[i].street) &&
		    (!q->town || str_equal_fold(q->town, found[i].municipality)))
			out[kept++] = found[i];
	}
	return keep_same_sort(q->street, out, kept);
}

static struct js *answer_several(const struct question *q, const struct map_candidate *streets,
                                 size_t count)
{
	struct js *answer = js_object(), *choices = js_array();
	struct str said = {0};
	bool one_name = true, en = q->s.lang == LANG_EN;
	for (size_t i = 1; i < count; i++)
		one_name = one_name && str_equal_fold(streets[i].street, streets[0].street);
	if (one_name)
		str_addf(&said, en ? "Which %s?" : "Quale %s?", streets[0].street);
	else
		str_add(&said, en ? "Which street?" : "Quale strada?");
	set_said(answer, "text", &said);
	js_set_bool(answer, "several", true);
	for (size_t i = 0; i < count; i++) {
		struct js *one = js_object();
		str_addf(&said, "%s, %s", streets[i].street,
		         streets[i].municipality ? streets[i].municipality : "");
		set_said(one, "label", &said);
		str_add(&said, "/live?via=");
		url_escape(&said, streets[i].street);
		str_add(&said, "&comune=");
		url_escape(&said, streets[i].municipality ? streets[i].municipality : "");
		set_said(one, "href", &said);
		js_push(choices, one);
	}
	js_set(answer, "choices", choices);
	str_fini(&said);
	return answer;
}

static const struct js *nearest_card(const struct js *cards, struct point here, double *out_m)
{
	const struct js *nearest = NULL;
	*out_m = 300;
	for (size_t i = 0; i < js_count(cards); i++) {
		const struct js *card = js_at(cards, i);
		struct point at = {js_number(js_find(card, "lat"), NAN),
		                   js_number(js_find(card, "lon"), NAN)};
		if (!point_is_set(at) || point_distance_m(here, at) > *out_m)
			continue;
		*out_m = point_distance_m(here, at);
		nearest = card;
	}
	return nearest;
}

static struct js *answer_one(const struct question *q, const struct map_candidate *street,
                             const struct js *cards)
{
	struct js *answer = js_object();
	struct str said = {0};
	bool en = q->s.lang == LANG_EN;
	double metres;
	const struct js *near = street ? nearest_card(cards, street->at, &metres) : NULL;
	const char *name = street ? street->street : q->street;
	const char *town = street ? street->municipality : q->town;
	if (near) {
		str_addf(&said,
		         en ? "Not in your street, but there is one %d m away: %s."
		            : "Nella tua via no, ma ce n'è uno a %d m: %s.",
		         (int)(metres / 10) * 10, js_find_str(near, "area"));
		js_set_bool(answer, "near", true);
	} else if (town && !is_served(q, town)) {
		str_addf(&said,
		         en ? "%s, %s is not served by us." : "%s, %s: non è servita da noi.", name,
		         town);
		js_set_bool(answer, "not_served", true);
	} else {
		str_addf(&said, "%s%s%s: %s.", name, town ? ", " : "", town ? town : "",
		         en ? "no known fault" : "nessun guasto noto");
		js_set_bool(answer, "no", true);
	}
	set_said(answer, "text", &said);
	answer_link(answer, q, near != NULL, near ? js_find_str(near, "id") : NULL);
	str_fini(&said);
	return answer;
}

static struct js *answer_question(const struct question *q, const struct js *cards)
{
	if (!q->street)
		return NULL;
	struct js *yes = answer_yes(q, cards);
	if (yes)
		return yes;
	struct map_candidate streets[8];
	size_t count = find_streets(q, streets, 8);
	if (count > 1 && !q->town)
		return answer_several(q, streets, count);
	return answer_one(q, count ? &streets[0] : NULL, cards);
}

/* ---- the page ---- */

static void add_age(const struct saying *s, const struct flow_live *live, struct js *page)
{
	struct str said = {0};
	bool en = s->lang == LANG_EN;
	int64_t age_s = live->age.us / 1000000;
	struct instant proof = instant_add(s->now, (struct span){-live->age.us});
	js_set_bool(page, age_s < 120 ? "fresh" : age_s < 24 * 3600 ? "stale" : "very_old", true);
	str_add(&said, en ? "Data stopped at " : "Dati fermi alle ");
	say_clock(s, proof, &said);
	str_add(&said, ", ");
	say_span(s, age_s, false, &said);
	str_add(&said, en ? " ago." : " fa.");
	set_said(page, "age_text", &said);
	struct js *updated = js_object();
	struct wall w = zone_wall(s->zone, proof);
	str_addf(&said, "%02d:%02d:%02d", w.hour, w.minute, w.second);
	set_said(updated, "text", &said);
	js_set_instant(updated, "at", proof, s->zone);
	js_set(page, "updated", updated);
	str_fini(&said);
}

/* A tab for each town that has an open fault. */
static struct js *make_tabs(const struct question *q, const struct js *incidents, int open_count)
{
	struct js *tabs = js_array(), *all = js_object();
	js_set_str(all, "label", q->s.lang == LANG_EN ? "All" : "Tutti");
	js_set_int(all, "count", open_count);
	js_set_str(all, "href", "/live");
	js_set_bool(all, "selected", q->town == NULL);
	js_push(tabs, all);
	for (size_t i = 0; i < js_count(incidents); i++) {
		const char *area = js_find_str(js_at(incidents, i), "area");
		const char *comma =
		    area && !is_over(js_at(incidents, i)) ? strrchr(area, ',') : NULL;
		if (!comma)
			continue;
		const char *town = comma + 1 + strspn(comma + 1, " ");
		bool known = false;
		for (size_t k = 1; k < js_count(tabs); k++)
			known = known || str_equal(js_find_str(js_at(tabs, k), "label"), town);
		if (known)
			continue;
		int n = 0;
		for (size_t k = i; k < js_count(incidents); k++)
			n += !is_over(js_at(incidents, k)) &&
			     town_fits(town, js_find_str(js_at(incidents, k), "area"));
		struct js *tab = js_object();
		struct str href = {0};
		str_add(&href, "/live?comune=");
		url_escape(&href, town);
		js_set_str(tab, "label", town);
		js_set_int(tab, "count", n);
		set_said(tab, "href", &href);
		js_set_bool(tab, "selected", str_equal_fold(town, q->town));
		js_push(tabs, tab);
		str_fini(&href);
	}
	return tabs;
}

static struct js *town_choices(const struct question *q)
{
	struct js *setup = flow_public_setup(q->v->http->o.flow), *towns = js_array();
	const struct js *utilities = js_find(setup, "utilities");
	for (size_t u = 0; u < js_count(utilities); u++) {
		const struct js *names = js_find(js_at(utilities, u), "municipalities");
		for (size_t i = 0; i < js_count(names); i++) {
			bool known = false;
			for (size_t k = 0; k < js_count(towns); k++)
				known = known || str_equal(js_find_str(js_at(towns, k), "name"),
				                           js_str(js_at(names, i)));
			if (known)
				continue;
			struct js *town = js_object();
			js_set_str(town, "name", js_str(js_at(names, i)));
			js_set_bool(town, "selected",
			            str_equal_fold(js_str(js_at(names, i)), q->town));
			js_push(towns, town);
		}
	}
	js_free(&setup);
	return towns;
}

static void add_cards(const struct question *q, const struct js *incidents, struct js *page)
{
	struct js *open = js_array(), *closed = js_array();
	int all_open = 0;
	for (size_t i = 0; i < js_count(incidents); i++) {
		const struct js *one = js_at(incidents, i);
		const char *area = js_find_str(one, "area");
		all_open += !is_over(one);
		if (!town_fits(q->town, area))
			continue;
		struct js *card = make_card(&q->s, one);
		js_set_bool(card, "matched",
		            q->street && !is_over(one) && street_fits(q->street, area));
		js_push(is_over(one) ? closed : open, card);
	}
	js_set(page, "answer", answer_question(q, open));
	js_set_int(page, "open_count", (int64_t)js_count(open));
	js_set_int(page, "closed_count", (int64_t)js_count(closed));
	js_set(page, "tabs", make_tabs(q, incidents, all_open));
	js_set(page, "open", open);
	js_set(page, "closed", closed);
}

void live_page(struct visit *v)
{
	struct flow_live live;
	if (!find_live(v, &live))
		return;
	struct question q = {visit_query(v, "via"), visit_query(v, "comune"), page_saying(v), v};
	struct js *page = js_object(), *filter = js_object();
	js_set_str(filter, "comune", q.town);
	js_set_str(filter, "via", q.street);
	js_set_str(filter, "utility", visit_query(v, "utility"));
	js_set(page, "filter", filter);
	js_set(page, "municipalities", town_choices(&q));
	js_set_int(page, "seq", live.seq);
	add_age(&q.s, &live, page);
	add_cards(&q, js_find(live.json, "incidents"), page);
	page_answer(v, 200, "live", page);
}

/*
 * The LIVE page, readable without JavaScript: the board of live.c as cards, with filters and the
 * age of the data in words. What may be public was decided in live/; "È la mia via?" is street.c.
 */
#include "live_room.h"
#include "page.h"
#include "room.h"
#include "template.h"

#include <stdio.h>
#include <string.h>

/* ---- cards ---- */

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
static struct js *make_tabs(const struct street_question *q, const struct js *incidents,
                            int open_count)
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
			     street_in_town(town, js_find_str(js_at(incidents, k), "area"));
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

static void add_cards(const struct street_question *q, const struct js *incidents, struct js *page)
{
	struct js *open = js_array(), *closed = js_array();
	struct streets_found found;
	int all_open = 0;
	street_look(q, &found);
	for (size_t i = 0; i < js_count(incidents); i++) {
		const struct js *one = js_at(incidents, i);
		const char *area = js_find_str(one, "area");
		all_open += !is_over(one);
		if (!street_in_town(q->town, area))
			continue;
		struct js *card = make_card(&q->s, one);
		js_set_bool(card, "matched",
		            !is_over(one) && street_is_in(q, &found, area));
		js_push(is_over(one) ? closed : open, card);
	}
	js_set(page, "answer", street_answer(q, &found, open));
	js_set_int(page, "open_count", (int64_t)js_count(open));
	js_set_int(page, "closed_count", (int64_t)js_count(closed));
	js_set(page, "tabs", make_tabs(q, incidents, all_open));
	js_set(page, "open", open);
	js_set(page, "closed", closed);
}

void live_page(struct visit *v)
{
	struct flow_live live;
	if (!live_find(v, &live))
		return;
	struct street_question q = {visit_query(v, "via"), visit_query(v, "comune"), page_saying(v),
	                            v};
	struct js *page = js_object(), *filter = js_object();
	js_set_str(filter, "comune", q.town);
	js_set_str(filter, "via", q.street);
	js_set_str(filter, "utility", visit_query(v, "utility"));
	js_set(page, "filter", filter);
	js_set(page, "municipalities", page_towns(v, q.town));
	js_set_int(page, "seq", live.seq);
	add_age(&q.s, &live, page);
	add_cards(&q, js_find(live.json, "incidents"), page);
	page_answer(v, 200, "live", page);
}

/*
 * "È la mia via?": one sentence about a street, from the open cards of LIVE and the map. Words are
 * compared folded and without fillers, as people type them. Not here: how a place is found (map/).
 */
#include "live_room.h"
#include "page.h"
#include "template.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A street that is written otherwise is meant from here on: tests/eval/addresses/certain. */
#define SURELY 0.8

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
bool street_named_in(const char *asked, const char *area)
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
bool street_in_town(const char *town, const char *area)
{
	const char *comma = area ? strrchr(area, ',') : NULL;
	if (!town)
		return true;
	return comma && str_equal_fold(comma + 1 + strspn(comma + 1, " "), town);
}

static void answer_link(struct js *answer, const struct street_question *q, bool yes,
                        const char *id)
{
	bool en = q->s.lang == LANG_EN;
	char href[128];
	snprintf(href, sizeof href, "#%s", id ? id : "");
	js_set_str(answer, "href", yes ? href : "/");
	js_set_str(answer, "link_text",
	           yes ? (en ? "See the fault" : "Vedi il guasto")
	               : (en ? "Report a fault" : "Segnala un guasto"));
}

static struct js *answer_yes(const struct street_question *q, const struct js *cards)
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

static bool is_served(const struct street_question *q, const char *town)
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

static void streets_keep(struct streets_found *to, const struct map_candidate *c)
{
	bool again = to->count == sizeof to->list / sizeof *to->list;
	for (size_t k = 0; k < to->count; k++)
		again = again || (str_equal(to->list[k].street, c->street) &&
		                  str_equal(to->list[k].municipality, c->municipality));
	if (!again)
		to->list[to->count++] = *c;
}

void street_look(const struct street_question *q, struct streets_found *out)
{
	struct map_candidate found[10];
	struct str query = {0};
	out->count = 0;
	if (!q->street || !q->v->http->o.map)
		return;
	str_add(&query, q->street);
	if (q->town)
		str_addf(&query, ", %s", q->town);
	size_t count = map_geocode(q->v->http->o.map, str_text(&query), POINT_NONE,
	                           request_arena(q->v->request), found, 10);
	str_fini(&query);
	struct streets_found nearly = {.count = 0};
	for (size_t i = 0; i < count; i++) {
		const struct map_candidate *c = &found[i];
		if (!c->street || c->kind == MAP_CROSSING ||
		    (q->town && !str_equal_fold(q->town, c->municipality)))
			continue;
		if (street_named_in(q->street, c->street))
			streets_keep(out, c);
		else if (c->sure >= SURELY && (!nearly.count || str_equal_fold(c->street, nearly.list[0].street)))
			streets_keep(&nearly, c);
	}
	out->count = keep_same_sort(q->street, out->list, out->count);
	if (!out->count)
		*out = nearly;
}

/* "Via Cavour, Castiglione" is of the street "via Cavour". */
static bool is_of_street(const struct map_candidate *street, const char *area)
{
	const char *comma = area ? strrchr(area, ',') : NULL;
	size_t length = comma ? (size_t)(comma - area) : 0;
	return length && strlen(street->street) == length &&
	       strncasecmp(street->street, area, length) == 0 &&
	       (!street->municipality || street_in_town(street->municipality, area));
}

bool street_is_in(const struct street_question *q, const struct streets_found *found, const char *area)
{
	if (!q->street)
		return false;
	for (size_t i = 0; i < found->count; i++)
		if (is_of_street(&found->list[i], area))
			return true;
	return street_named_in(q->street, area);
}

static struct js *answer_several(const struct street_question *q,
                                 const struct map_candidate *streets, size_t count)
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

static struct js *answer_one(const struct street_question *q, const struct map_candidate *street,
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

/* Nothing is known of it, which is no good news. */
static struct js *answer_unknown(const struct street_question *q)
{
	struct js *answer = js_object();
	struct str said = {0};
	str_addf(&said,
	         q->s.lang == LANG_EN ? "We do not find «%s»: check the name, or look at the list below."
	                              : "Non troviamo «%s»: controlla il nome o guarda l'elenco qui sotto.",
	         q->street);
	set_said(answer, "text", &said);
	js_set_bool(answer, "unknown", true);
	answer_link(answer, q, false, NULL);
	str_fini(&said);
	return answer;
}

struct js *street_answer(const struct street_question *q, const struct streets_found *found,
                         const struct js *cards)
{
	if (!q->street)
		return NULL;
	struct js *yes = answer_yes(q, cards);
	if (yes)
		return yes;
	if (found->count > 1 && !q->town)
		return answer_several(q, found->list, found->count);
	if (!found->count && q->v->http->o.map && !(q->town && !is_served(q, q->town)))
		return answer_unknown(q);
	return answer_one(q, found->count ? &found->list[0] : NULL, cards);
}

/*
 * What is said around an address and is no part of its name: how far along a road ("km 12+300"),
 * where to stand ("davanti alla", "vicino a"). A street may all the same be called so ("Via Dietro
 * le Mura"), and a kilometre stone may be on the map. See search.h.
 */
#include "search.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Both are offered first where nothing fits better, and are too little to be sure of
 * (flow/place.c): a street whose kilometre was said, somewhere on it; */
#define NO_STONE 0.72
/* what is left where something that was said is not looked at. */
#define REST_LEFT 0.74

static bool is_one_of(const struct unit *u, const char *const *list)
{
	for (; *list; list++)
		if (strlen(*list) == u->length && memcmp(u->text, *list, u->length) == 0)
			return true;
	return false;
}

static bool is_figure(const struct unit *u, size_t most)
{
	for (size_t i = 0; i < u->length; i++)
		if (!isdigit((unsigned char)u->text[i]))
			return false;
	return u->length > 0 && u->length <= most;
}

/* ---- kilometres ---- */

static bool is_kilometre(const struct unit *u)
{
	static const char *const list[] = {"km",         "chilometro",  "kilometro",
	                                   "chilometri", "chilometrica", NULL};
	return is_one_of(u, list);
}

/* "12km" */
static bool ends_in_km(const struct unit *u)
{
	struct unit figure = *u;
	if (u->length < 3 || memcmp(u->text + u->length - 2, "km", 2) != 0)
		return false;
	figure.length -= 2;
	return is_figure(&figure, 4);
}

static void remove_unit(struct question *q, size_t at)
{
	q->typed--;
	q->units--;
	memmove(&q->unit[at], &q->unit[at + 1], (q->typed - at) * sizeof(*q->unit));
}

/* "12 300" or "5 2": the stone that is nearest. */
static void round_figure(struct question *q, size_t at)
{
	const struct unit *part = &q->unit[at + 1];
	long whole = strtol(arena_strn(q->arena, q->unit[at].text, q->unit[at].length), NULL, 10);
	struct unit *u = &q->unit[at];
	u->text = arena_format(q->arena, "%ld", whole + (*part->text >= '5'));
	u->length = strlen(u->text);
	u->unfinished = part->unfinished;
	remove_unit(q, at + 1);
}

static void mark_kilometre(struct question *q, size_t at)
{
	q->unit[at].role = ROLE_KILOMETRE;
	if (at + 1 < q->typed && is_figure(&q->unit[at + 1], 4)) {
		q->unit[at + 1].role = ROLE_KILOMETRE;
		if (at + 2 < q->typed && is_figure(&q->unit[at + 2], 3))
			round_figure(q, at + 1);
	} else if (at > 0 && is_figure(&q->unit[at - 1], 4)) { /* "al 12 km" */
		q->unit[at - 1].role = ROLE_KILOMETRE;
	}
}

/* ---- where to stand ---- */

static bool is_beside(const struct unit *u)
{
	static const char *const list[] = {
	    "davanti",  "dietro",   "vicino",     "vicina",   "vicinanze", "presso", "pressi",
	    "fronte",   "accanto",  "adiacente",  "adiacenze", "dopo",     "prima",  "zona",
	    "dintorni", "accosto",  "affianco",   "fianco",   "sono",      "siamo",  "abito",
	    "oltre",    "inizio",   "fine",       "fondo",    NULL};
	return is_one_of(u, list);
}

static bool leads_on(const struct unit *u)
{
	static const char *const list[] = {"a",  "al", "allo", "alla", "all", "ai",  "agli", "alle",
	                                   "di", "in", "nei",  "nelle", "da", "dal", "del",  "della",
	                                   "dell", "la", "il", "l", NULL};
	return is_one_of(u, list);
}

/* "di fronte alla farmacia": up to "alla". */
static void mark_beside(struct question *q, size_t at)
{
	q->unit[at].role = ROLE_BESIDE;
	if (at > 0 && leads_on(&q->unit[at - 1]))
		q->unit[at - 1].role = ROLE_BESIDE;
	for (size_t i = at + 1; i < at + 3 && i + 1 < q->typed && leads_on(&q->unit[i]); i++)
		q->unit[i].role = ROLE_BESIDE;
}

void said_roles(struct question *q)
{
	for (size_t i = 0; i < q->typed; i++) {
		if (is_kilometre(&q->unit[i]))
			mark_kilometre(q, i);
		else if (ends_in_km(&q->unit[i]))
			q->unit[i].role = ROLE_KILOMETRE;
		else if (is_beside(&q->unit[i]))
			mark_beside(q, i);
	}
}

/* ---- wordings ---- */

static bool has_role(const struct question *q, enum role role)
{
	for (size_t i = 0; i < q->typed; i++)
		if (q->unit[i].role == role)
			return true;
	return false;
}

/* A word of that role is a word of the map too. */
static bool is_name_too(const struct question *q, enum role role)
{
	for (size_t i = 0; i < q->typed; i++)
		if (q->unit[i].role == role && !q->unit[i].is_number &&
		    !leads_on(&q->unit[i]) && q->unit[i].exact != MAP_NONE)
			return true;
	return false;
}

/* "via Roma 10 davanti al bar": how many words come before that; 0: it begins so. */
static size_t words_before_beside(const struct question *q)
{
	bool names = false;
	for (size_t i = 0; i < q->typed; i++) {
		if (q->unit[i].role == ROLE_BESIDE && names)
			return i;
		names |= q->unit[i].role == ROLE_NAME &&
		         !words_is_little(q->unit[i].text, q->unit[i].length);
	}
	return 0;
}

/* "bar Sport, via Roma 10": where the street begins; 0: it leads, or a number comes before. */
static size_t words_before_street(const struct question *q)
{
	static const char *const hamlets[] = {"localita", "frazione", "contrada", "borgo", NULL};
	for (size_t i = 0; i < q->typed && !q->unit[i].is_number; i++)
		if (words_is_kind(q->unit[i].text, q->unit[i].length))
			return i + 1 < q->typed && !is_one_of(&q->unit[i], hamlets) ? i : 0;
	return 0;
}

size_t said_wordings(const struct question *q, struct wording out[WORDINGS])
{
	const struct wording all = {0, q->typed, false, false,
	                            has_role(q, ROLE_KILOMETRE) ? NO_STONE : 1};
	size_t count = 0, beside = words_before_beside(q), street = words_before_street(q);
	out[count++] = all;
	if (is_name_too(q, ROLE_BESIDE))
		out[count++] = (struct wording){0, q->typed, false, true, all.worth};
	if (is_name_too(q, ROLE_KILOMETRE))
		out[count++] = (struct wording){0, q->typed, true, false, 1};
	if (beside > 0)
		out[count++] = (struct wording){0, beside, false, false, all.worth * REST_LEFT};
	if (street > 0)
		out[count++] =
		    (struct wording){street, q->typed, false, false, all.worth * REST_LEFT};
	return count;
}

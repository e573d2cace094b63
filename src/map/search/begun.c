/*
 * The crossings of one street while the other one's name is being typed, or not yet: who types "via
 * s" has told too little for a search among all streets, and enough among those that cross here.
 * See search.h.
 */
#include "search.h"

#include <string.h>

#define BEGINS 0.85 /* with what was typed, after its kind */
#define WITHIN 0.75 /* one of its later words does */

/* ---- does a name go on as it was typed? ---- */

static bool begins_with(const char *word, const char *text, size_t length)
{
	return length > 0 && strncmp(word, text, length) == 0;
}

/* "s" was written out as a saint, "vent" becomes a number. */
static bool may_become(const struct unit *u, const char *word)
{
	size_t length = strlen(u->typed), at = 0;
	if (begins_with(word, u->text, u->length) || begins_with(word, u->typed, length))
		return true;
	for (const char *digits; (digits = words_number_begun(u->typed, length, &at));)
		if (strcmp(word, digits) == 0)
			return true;
	return false;
}

struct name {
	const struct question *q;
	const struct map_title *title;
};

static const char *word_of(const struct name *n, size_t at)
{
	return title_word(n->q->map, n->title, at);
}

static bool fits(const struct name *n, size_t at, const struct unit *u)
{
	if (u->unfinished)
		return may_become(u, word_of(n, at));
	return u->exact == n->q->map->title_words[n->title->first_word + at];
}

/* The typed words from `unit` on, from the name's word `at` on; "del" need not be typed. */
static bool fits_from(const struct name *n, size_t at, size_t unit)
{
	for (; unit < n->q->typed; unit++, at++) {
		while (at < n->title->words && !fits(n, at, &n->q->unit[unit]) &&
		       words_is_little(word_of(n, at), strlen(word_of(n, at))))
			at++;
		if (at >= n->title->words || !fits(n, at, &n->q->unit[unit]))
			return false;
	}
	return true;
}

static bool is_kind(const struct unit *u)
{
	return !u->unfinished && words_is_kind(u->text, u->length);
}

/* 0: the name does not go on so. A kind that was typed is the name's. */
static double likeness(const struct name *n, size_t first)
{
	const struct question *q = n->q;
	bool typed_kind = first < q->typed && is_kind(&q->unit[first]);
	if (n->title->words == 0 || (typed_kind && !fits(n, 0, &q->unit[first])))
		return 0;
	size_t behind = words_is_kind(word_of(n, 0), strlen(word_of(n, 0))) ? 1 : 0;
	for (size_t at = typed_kind ? 1 : 0; at <= n->title->words; at++)
		if (fits_from(n, at, first + typed_kind))
			return at <= behind ? BEGINS : WITHIN;
	return 0;
}

/* Titles and their bearers stand in the same order. */
static const struct map_title *title_of(const struct map *map, uint32_t named)
{
	size_t low = 0, high = map->title_count;
	while (low + 1 < high) {
		size_t middle = low + (high - low) / 2;
		if (map->titles[middle].first_named <= named)
			low = middle;
		else
			high = middle;
	}
	return &map->titles[low];
}

/* ---- along the street ---- */

static double metres_between(const struct corner *a, const struct corner *b)
{
	return point_distance_m(map_point(a->at), map_point(b->at));
}

static void swap(struct corner *a, struct corner *b)
{
	struct corner was = *a;
	*a = *b;
	*b = was;
}

/* Of the two that are farthest from each other, the western: an end of the street, where it does
 * not wind. */
static size_t an_end(const struct corner *corners, size_t count)
{
	size_t end = 0;
	double most = -1;
	for (size_t i = 0; i < count; i++)
		for (size_t k = i + 1; k < count; k++)
			if (metres_between(&corners[i], &corners[k]) > most) {
				most = metres_between(&corners[i], &corners[k]);
				end = corners[k].at.lon < corners[i].at.lon ? k : i;
			}
	return end;
}

/* From an end always to the nearest. */
static void put_in_order(struct corner *corners, size_t count)
{
	if (count > 0)
		swap(&corners[0], &corners[an_end(corners, count)]);
	for (size_t i = 0; i + 1 < count; i++) {
		size_t next = i + 1;
		for (size_t k = i + 2; k < count; k++)
			if (metres_between(&corners[i], &corners[k]) <
			    metres_between(&corners[i], &corners[next]))
				next = k;
		swap(&corners[i + 1], &corners[next]);
	}
}

size_t begun_corners(const struct question *q, uint32_t street, size_t first,
                     struct corner out[CORNERS])
{
	const struct map *map = q->map;
	size_t count = 0;
	for (size_t i = crossing_first(map, street);
	     i < map->crossing_count && map->crossings[i].street == street && count < CORNERS;
	     i++) {
		const struct map_crossing *c = &map->crossings[i];
		struct name other = {q, title_of(map, c->other)};
		double like = first < q->typed ? likeness(&other, first) : 1;
		if (like > 0)
			out[count++] = (struct corner){c->other, c->at, like};
	}
	put_in_order(out, count);
	return count;
}

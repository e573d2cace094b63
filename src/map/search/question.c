/*
 * What was typed -> units and readings. A word may be two that were joined or half of one that was
 * split; a number may be the house number or part of the name ("3 novembre 12"). See search.h.
 */
#include "search.h"

#include "slip.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#define LONGEST_WORD 40
#define MOST_NUMBERS 3
#define BASES 3

/* ---- words as typed ---- */

static bool all_digits(const struct unit *u)
{
	for (size_t i = 0; i < u->length; i++)
		if (!isdigit((unsigned char)u->text[i]))
			return false;
	return true;
}

static bool is(const struct unit *u, const char *text)
{
	return strlen(text) == u->length && memcmp(u->text, text, u->length) == 0;
}

static bool is_one_of(const struct unit *u, const char *const *list)
{
	for (; *list; list++)
		if (is(u, *list))
			return true;
	return false;
}

static struct unit unit_of(const char *text, size_t length, const char *typed)
{
	return (struct unit){.text = text,
	                     .length = length,
	                     .typed = typed,
	                     .exact = MAP_NONE,
	                     .is_number = isdigit((unsigned char)text[0]) != 0};
}

/* "interno 3", "scala B": inside the house, said behind its number. */
static bool leads_inside(const struct unit *u)
{
	static const char *const list[] = {"int", "interno", "scala", "piano", "palazzina", NULL};
	return is_one_of(u, list);
}

/* Postcodes and the country tell nothing that the map does not know; longer words are no names. */
static bool is_noise(const struct unit *u, const char *behind)
{
	static const char *const list[] = {"italia", "italy", "snc", NULL};
	bool postcode = is(u, "cap") && isdigit((unsigned char)*behind);
	return postcode || (u->length == 5 && all_digits(u)) || u->length > LONGEST_WORD ||
	       is_one_of(u, list);
}

/* The next of some words with a blank between; "" behind the last. */
static const char *next_word(const char **at, struct arena *arena)
{
	size_t length = strcspn(*at, " ");
	const char *word = arena_strn(arena, *at, length);
	*at += length + ((*at)[length] == ' ');
	return word;
}

static void split_words(struct question *q, const char *normal, const char *typed, bool unfinished)
{
	bool numbered = false, inside = false;
	while (*normal && q->units < WORDS) {
		const char *word = next_word(&normal, q->arena);
		size_t length = strlen(word);
		struct unit u = unit_of(word, length, next_word(&typed, q->arena));
		if (inside && length <= 3) {
			inside = false;
			continue;
		}
		inside = numbered && leads_inside(&u);
		numbered = numbered || u.is_number;
		if (inside || length == 0 || is_noise(&u, normal))
			continue;
		u.unfinished = unfinished && !*normal;
		q->unit[q->units++] = u;
	}
	q->typed = q->units;
}

/* ---- words joined and split ---- */

static bool add_unit(struct question *q, const char *text, uint8_t *out)
{
	if (q->units == UNITS)
		return false;
	q->unit[q->units] = unit_of(text, strlen(text), text);
	*out = (uint8_t)q->units++;
	lexicon_look_up(q, *out);
	return true;
}

struct repairs { /* of each typed word */
	bool joins[WORDS], is_cut[WORDS], is_cut_boldly[WORDS];
	uint8_t joined[WORDS], cut[WORDS][2];
	double joining[WORDS]; /* what it costs */
};

static bool begins_in_digit(const char *text)
{
	return isdigit((unsigned char)*text) != 0;
}

/* How many slips two words may hold that are half of one; the longer they are, the more tell they.
 */
static unsigned slips_joined(const struct unit *a, const struct unit *b, size_t length)
{
	bool unknown = a->exact == MAP_NONE || b->exact == MAP_NONE,
	     both = a->exact == MAP_NONE && b->exact == MAP_NONE;
	if (length >= (both ? 6 : 8))
		return unknown ? 2 : 0;
	return unknown && length >= 6 ? 1 : 0;
}

/* "mezzo lombardo", "nove mbre": the two typed words from i are one. */
static void join(struct question *q, size_t i, struct repairs *r)
{
	const struct unit *a = &q->unit[i], *b = &q->unit[i + 1];
	if (i + 1 >= q->typed || begins_in_digit(a->typed) || begins_in_digit(b->typed))
		return;
	const char *text = arena_format(q->arena, "%s%s", a->typed, b->typed);
	size_t length = strlen(text);
	if (length < 4 || length > LONGEST_WORD)
		return;
	unsigned slips = slips_joined(a, b, length);
	r->joining[i] = lexicon_find(q->map, text, length) != MAP_NONE ? 0
	                : slips > 0 ? lexicon_slip(q->map, text, length, slips)
	                            : INFINITY;
	r->joins[i] = r->joining[i] < INFINITY && add_unit(q, text, &r->joined[i]);
}

/* What it costs to read a part of a joined word as a word of the map, with so many slips. */
static double part_cost(const struct question *q, const char *text, size_t length, unsigned slips)
{
	if (begins_in_digit(text)) /* "iiinovembre", but "visan" is no 6 */
		return 1.6;
	if (lexicon_find(q->map, text, length) != MAP_NONE)
		return length < 3 && !words_is_little(text, length) ? 0.9 : 0;
	return length >= (slips > 1 ? 3 : 4)
	           ? 0.5 + lexicon_slip(q->map, text, length, length > 4 ? slips : 1)
	           : INFINITY;
}

/* As the words are kept: every kind of saint the same, numbers in figures. */
static const char *part_text(const struct question *q, const char *text, size_t length)
{
	struct str normal = {0};
	words_normal(arena_strn(q->arena, text, length), &normal);
	const char *part = arena_str(q->arena, str_text(&normal));
	str_fini(&normal);
	return part;
}

/* "viaroma": the word is two. Where it is cut they should cost least, and be long. */
static double best_cut(const struct question *q, const struct unit *u, double best, unsigned slips,
                       const char *part[2])
{
	for (size_t at = 2; at + 2 <= u->length; at++) {
		const char *a = part_text(q, u->text, at),
		           *b = part_text(q, u->text + at, u->length - at);
		double cost = part_cost(q, a, strlen(a), slips);
		double via = at <= 4 ? slip_cost(u->text, at, "via", 3, 1.3) : INFINITY;
		if (slips > 1 && 0.5 + via < cost) { /* "vai" */
			a = "via";
			cost = 0.5 + via;
		}
		if (cost < best)
			cost += part_cost(q, b, strlen(b), slips);
		if (cost < best) {
			best = cost;
			part[0] = a;
			part[1] = b;
		}
	}
	return best;
}

/* What is a word of the map is cut into such alone, and only boldly. */
static void cut(struct question *q, size_t i, struct repairs *r)
{
	const struct unit u = q->unit[i];
	const char *part[2] = {NULL, NULL};
	unsigned slips = u.exact != MAP_NONE ? 0 : lexicon_knows(q, i) ? 1 : 2;
	static const double most[] = {0.1, 1.9, 3.2};
	if (u.is_number || u.length < 5)
		return;
	best_cut(q, &u, most[slips], slips, part);
	bool done =
	    part[0] && add_unit(q, part[0], &r->cut[i][0]) && add_unit(q, part[1], &r->cut[i][1]);
	r->is_cut[i] = done && slips > 0;
	r->is_cut_boldly[i] = done && slips == 0;
}

/* ---- readings ---- */

static void find_repairs(struct question *q, struct repairs *r)
{
	*r = (struct repairs){0};
	for (size_t i = 0; i < q->typed; i++) {
		join(q, i, r);
		cut(q, i, r);
	}
}

static void push(struct reading *r, uint8_t unit)
{
	if (r->count < WORDS)
		r->unit[r->count++] = unit;
}

static bool is_left_out(const struct unit *u, const struct wording *w)
{
	return (u->role == ROLE_KILOMETRE && !w->kilometres) ||
	       (u->role == ROLE_BESIDE && !w->besides);
}

/* Two that join, unless the second joins better with the one behind it. */
static bool joins_best(const struct repairs *r, size_t i, size_t last)
{
	bool next = i + 2 < last && r->joins[i + 1] && r->joining[i + 1] < r->joining[i];
	return r->joins[i] && !next;
}

/* The words of a wording, repaired; `bold` joins and cuts also what are words by themselves. */
static struct reading base(const struct question *q, const struct wording *w,
                           const struct repairs *r, bool repaired, bool bold)
{
	struct reading out = {.worth = w->worth};
	for (size_t i = w->first; i < w->last; i++) {
		if (is_left_out(&q->unit[i], w))
			continue;
		bool next = i + 1 < w->last && !is_left_out(&q->unit[i + 1], w);
		bool unknown =
		    next && (q->unit[i].exact == MAP_NONE || q->unit[i + 1].exact == MAP_NONE);
		if (repaired && next && joins_best(r, i, w->last) && (bold || unknown)) {
			push(&out, r->joined[i++]);
		} else if (repaired && (r->is_cut[i] || (bold && r->is_cut_boldly[i]))) {
			push(&out, r->cut[i][0]);
			push(&out, r->cut[i][1]);
		} else {
			push(&out, (uint8_t)i);
		}
	}
	return out;
}

static bool may_be_number(const struct unit *u)
{
	return u->is_number && u->role == ROLE_NAME && u->length <= 8 &&
	       !(all_digits(u) && u->length >= 5);
}

static bool is_suffix(const struct unit *u)
{
	static const char *const list[] = {"bis", "ter", "quater", NULL};
	return (u->length == 1 && isalpha((unsigned char)u->text[0])) || is_one_of(u, list);
}

static bool announces_number(const struct unit *u)
{
	static const char *const list[] = {"n", "nr", "no", "num", "numero", "civico", "civ", NULL};
	return is_one_of(u, list);
}

static void take_out(struct reading *r, size_t first, size_t count)
{
	memmove(&r->unit[first], &r->unit[first + count], r->count - first - count);
	r->count -= count;
}

/* Unit `at` is the number, with the next as its suffix or not; "n." before it goes too. */
static struct reading numbered(const struct question *q, const struct reading *plain, size_t at,
                               bool suffix)
{
	struct reading r = *plain;
	char joined[32] = "";
	size_t length = 0;
	for (size_t k = at; k <= at + suffix; k++) {
		const struct unit *u = &q->unit[r.unit[k]];
		size_t part = u->length < sizeof(joined) - length ? u->length : 0;
		memcpy(joined + length, u->text, part);
		length += part;
	}
	words_number(joined, length, r.number);
	r.doubtful = suffix && at + 2 < r.count && strchr("ae", joined[length - 1]) != NULL &&
	             q->unit[r.unit[at + 1]].length == 1;
	take_out(&r, at, 1 + (size_t)suffix);
	if (at > 0 && announces_number(&q->unit[r.unit[at - 1]]))
		take_out(&r, at - 1, 1);
	return r;
}

static size_t add_readings(const struct question *q, const struct reading *plain,
                           struct reading *out, size_t count)
{
	size_t numbers = 0;
	if (count < READINGS)
		out[count++] = *plain;
	for (size_t i = plain->count; i-- > 0 && numbers < MOST_NUMBERS;) {
		if (!may_be_number(&q->unit[plain->unit[i]]))
			continue;
		bool suffix = i + 1 < plain->count && is_suffix(&q->unit[plain->unit[i + 1]]);
		numbers++;
		if (suffix && count < READINGS)
			out[count++] = numbered(q, plain, i, true);
		if (count < READINGS)
			out[count++] = numbered(q, plain, i, false);
	}
	return count;
}

static void set_masks(struct reading *readings, size_t first, size_t count, uint32_t around)
{
	for (size_t i = first; i < count; i++) {
		struct reading *r = &readings[i];
		r->mask = 0;
		for (size_t k = 0; k < r->count; k++)
			r->mask |= 1u << r->unit[k];
		r->around = around & ~r->mask;
	}
}

static bool same_units(const struct reading *a, const struct reading *b)
{
	return a->count == b->count && memcmp(a->unit, b->unit, a->count) == 0;
}

/* The typed words that a wording does not take, and that may say where. */
static uint32_t beside_wording(const struct question *q, size_t first, size_t last)
{
	uint32_t mask = 0;
	for (size_t i = 0; i < q->typed; i++)
		if ((i < first || i >= last) && q->unit[i].role == ROLE_NAME)
			mask |= 1u << i;
	return mask;
}

/* The first wording also as typed, and joined boldly. */
static void read_wording(struct question *q, const struct wording *w, const struct repairs *r,
                         bool first)
{
	struct reading bases[BASES] = {base(q, w, r, true, false), base(q, w, r, false, false),
	                               base(q, w, r, true, true)};
	size_t before = q->readings;
	if (first) { /* the plain one leads */
		struct reading plain = bases[1];
		bases[1] = bases[0];
		bases[0] = plain;
	}
	for (size_t i = 0; i < (first ? BASES : 1); i++)
		if (i == 0 || !same_units(&bases[i], &bases[i - 1]))
			q->readings = add_readings(q, &bases[i], q->reading, q->readings);
	set_masks(q->reading, before, q->readings, beside_wording(q, w->first, w->last));
}

void question_read(struct question *q, const char *query)
{
	struct str normal = {0}, typed = {0};
	struct repairs repairs;
	struct wording wordings[WORDINGS];
	size_t length = strlen(query);
	words_typed(query, &normal, &typed);
	split_words(q, str_text(&normal), str_text(&typed),
	            length > 0 && !isspace((unsigned char)query[length - 1]));
	str_fini(&normal);
	str_fini(&typed);
	said_roles(q);
	for (size_t i = 0; i < q->typed; i++)
		lexicon_look_up(q, i);
	find_repairs(q, &repairs);
	lexicon_ready(q);
	size_t count = said_wordings(q, wordings);
	for (size_t i = 0; i < count; i++)
		read_wording(q, &wordings[i], &repairs, i == 0);
}

size_t question_part(const struct question *q, size_t first, size_t last,
                     struct reading out[READINGS])
{
	struct reading plain = {.worth = 1};
	for (size_t i = first; i < last && i < q->typed; i++)
		if (q->unit[i].role == ROLE_NAME)
			push(&plain, (uint8_t)i);
	out[0] = plain;
	set_masks(out, 0, 1, beside_wording(q, first, last));
	return plain.count > 0;
}

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

static struct unit unit_of(const char *text, size_t length)
{
	return (struct unit){.text = text,
	                     .length = length,
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
static bool is_noise(const struct unit *u)
{
	static const char *const list[] = {"italia", "italy", "cap", "snc", NULL};
	return (u->length == 5 && all_digits(u)) || u->length > LONGEST_WORD || is_one_of(u, list);
}

static void split_words(struct question *q, const char *normal, bool unfinished)
{
	bool numbered = false, inside = false;
	for (const char *at = normal; *at && q->units < WORDS;) {
		size_t length = strcspn(at, " ");
		struct unit u = unit_of(at, length);
		at += length + (at[length] == ' ');
		if (inside && length <= 3) {
			inside = false;
			continue;
		}
		inside = numbered && leads_inside(&u);
		numbered = numbered || u.is_number;
		if (inside || length == 0 || is_noise(&u))
			continue;
		u.unfinished = unfinished && !*at;
		q->unit[q->units++] = u;
	}
	q->typed = q->units;
}

/* ---- words joined and split ---- */

static bool add_unit(struct question *q, const char *text, size_t length, uint8_t *out)
{
	if (q->units == UNITS)
		return false;
	q->unit[q->units] = unit_of(text, length);
	*out = (uint8_t)q->units++;
	lexicon_look_up(q, *out);
	return true;
}

/* "mezzo lombardo": the two typed words from i are one. */
static bool join(struct question *q, size_t i, uint8_t *out)
{
	const struct unit *a = &q->unit[i], *b = &q->unit[i + 1];
	bool unknown = a->exact == MAP_NONE || b->exact == MAP_NONE;
	if (i + 1 >= q->typed || a->is_number || b->is_number ||
	    a->length + b->length > LONGEST_WORD || a->length + b->length < 4)
		return false;
	const char *text =
	    arena_format(q->arena, "%.*s%.*s", (int)a->length, a->text, (int)b->length, b->text);
	size_t length = strlen(text);
	bool both = a->exact == MAP_NONE && b->exact == MAP_NONE;
	unsigned slips = both && length > 7 ? 2 : unknown && length > 6 ? 1 : 0;
	if (lexicon_find(q->map, text, length) == MAP_NONE &&
	    (slips == 0 || lexicon_slip(q->map, text, length, slips) == INFINITY))
		return false;
	return add_unit(q, text, length, out);
}

/* What it costs to read a part of a joined word as a word of the map, with so many slips. */
static double part_cost(const struct question *q, const char *text, size_t length, unsigned slips)
{
	if (lexicon_find(q->map, text, length) != MAP_NONE)
		return length < 3 && !words_is_little(text, length) ? 0.9 : 0;
	if (length == 3 && slips > 1) /* "vai" */
		return 0.5 + slip_cost(text, length, "via", 3, 1.3);
	return length >= 4 ? 0.5 + lexicon_slip(q->map, text, length, length > 4 ? slips : 1)
	                   : INFINITY;
}

/* As the words are kept: every kind of saint the same. */
static const char *part_text(const struct question *q, const char *text, size_t length)
{
	static const char *const saints[] = {"sant", "santa", "santo", "santi", NULL};
	struct unit u = unit_of(text, length);
	return is_one_of(&u, saints) ? "san" : arena_strn(q->arena, text, length);
}

/* "viaroma": typed word i is two. Where it is cut they should cost least, and be long. */
static bool cut(struct question *q, size_t i, uint8_t out[2])
{
	const struct unit u = q->unit[i];
	unsigned slips = lexicon_knows(q, i) ? 1 : 2;
	double best = slips > 1 ? 3.2 : 1.9;
	const char *left = NULL, *right = NULL;
	if (u.exact != MAP_NONE || u.is_number || u.length < 5)
		return false;
	for (size_t at = 2; at + 2 <= u.length; at++) {
		const char *a = part_text(q, u.text, at),
		           *b = part_text(q, u.text + at, u.length - at);
		double cost = part_cost(q, a, strlen(a), slips);
		if (cost < best)
			cost += part_cost(q, b, strlen(b), slips);
		if (cost < best) {
			best = cost;
			left = a;
			right = b;
		}
	}
	return left && add_unit(q, left, strlen(left), &out[0]) &&
	       add_unit(q, right, strlen(right), &out[1]);
}

/* ---- readings ---- */

struct repairs { /* of each typed word */
	bool joins[WORDS], is_cut[WORDS];
	uint8_t joined[WORDS], cut[WORDS][2];
};

static void find_repairs(struct question *q, struct repairs *r)
{
	for (size_t i = 0; i < q->typed; i++) {
		r->joins[i] = i + 1 < q->typed && join(q, i, &r->joined[i]);
		r->is_cut[i] = cut(q, i, r->cut[i]);
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

/* The words of a wording, repaired; `bold` joins also what are words by themselves. */
static struct reading base(const struct question *q, const struct wording *w,
                           const struct repairs *r, bool repaired, bool bold)
{
	struct reading out = {.worth = w->worth};
	for (size_t i = w->first; i < w->last; i++) {
		if (is_left_out(&q->unit[i], w))
			continue;
		bool next = i + 1 < w->last && !is_left_out(&q->unit[i + 1], w);
		bool unknown = next && (q->unit[i].exact == MAP_NONE ||
		                        q->unit[i + 1].exact == MAP_NONE);
		if (repaired && next && r->joins[i] && (bold || unknown)) {
			push(&out, r->joined[i++]);
		} else if (repaired && r->is_cut[i]) {
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

/* "corso 3 nove" may become "novembre" or be a 9, "via venti" a street of the 24th. */
static const char *said_last(struct arena *arena, const char *query)
{
	size_t end = strlen(query), begin = end, at = 0;
	while (begin > 0 && isalpha((unsigned char)query[begin - 1]))
		begin--;
	char *letters = arena_strn(arena, query + begin, end - begin);
	for (char *c = letters; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return words_number_begun(letters, end - begin, &at) ? letters : NULL;
}

void question_read(struct question *q, const char *query)
{
	struct str normal = {0};
	struct repairs repairs;
	struct wording wordings[WORDINGS];
	size_t length = strlen(query);
	words_normal(query, &normal);
	const char *text = arena_str(q->arena, str_text(&normal));
	str_fini(&normal);
	split_words(q, text, length > 0 && !isspace((unsigned char)query[length - 1]));
	said_roles(q);
	if (q->typed && q->unit[q->typed - 1].unfinished)
		q->unit[q->typed - 1].said = said_last(q->arena, query);
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

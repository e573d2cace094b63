/*
 * From what was typed to the words of the map: the word itself, words that begin so, words one or
 * two slips away. See search.h.
 */
#include "search.h"

#include "slip.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BEST 40 /* words that one unit may stand for */
#define SAID 0.9 /* likeness of a number begun in words */
#define UNKNOWN_WEIGHT 0.8
#define SHORT_WEIGHT 0.2 /* of an unknown word of two letters: "tn" */

static int order_of(const struct map *map, size_t word, const char *text, size_t length)
{
	return strncmp(map->strings + map->words[word].text, text, length);
}

/* The first word that does not come before the text, or (after) that does not begin with it. */
static uint32_t bound(const struct map *map, const char *text, size_t length, bool after)
{
	size_t low = 0, high = map->word_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = order_of(map, middle, text, length);
		if (order < 0 || (after && order == 0))
			low = middle + 1;
		else
			high = middle;
	}
	return (uint32_t)low;
}

uint32_t lexicon_find(const struct map *map, const char *text, size_t length)
{
	uint32_t at = bound(map, text, length, false);
	if (length == 0 || at >= map->word_count || order_of(map, at, text, length) != 0 ||
	    map->strings[map->words[at].text + length] != '\0')
		return MAP_NONE;
	return at;
}

/* ---- slips ---- */

struct slipped {
	uint32_t word;
	float cost;
};

struct slipping {
	const struct map *map;
	const char *text;
	size_t length;
	double limit;
	uint32_t seen[1024]; /* words compared already, most of them */
	struct slipped *out;
	size_t count, room;
};

static void keep_best(struct slipping *s, struct slipped new)
{
	if (s->count < s->room) {
		s->out[s->count++] = new;
		return;
	}
	size_t worst = 0;
	for (size_t i = 1; i < s->count; i++)
		if (s->out[i].cost > s->out[worst].cost)
			worst = i;
	if (new.cost < s->out[worst].cost)
		s->out[worst] = new;
}

static void try_word(struct slipping *s, uint32_t word)
{
	uint32_t *seen = &s->seen[word % (sizeof(s->seen) / sizeof(*s->seen))];
	if (*seen == word + 1)
		return;
	*seen = word + 1;
	const char *text = s->map->strings + s->map->words[word].text;
	double cost = slip_cost(s->text, s->length, text, strlen(text), s->limit);
	if (cost > 0 && cost <= s->limit)
		keep_best(s, (struct slipped){word, (float)cost});
}

static void try_key(struct slipping *s, uint32_t key)
{
	const struct map *map = s->map;
	size_t low = 0, high = map->slip_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (map->slips[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < map->slip_count && map->slips[low].key == key; low++)
		try_word(s, map->slips[low].word);
}

/* Words at most so many slips away, at most `room`; returns how many. */
static size_t slips_of(const struct map *map, const char *text, size_t length, unsigned slips,
                       struct slipped *out, size_t room)
{
	struct slipping s = {.map = map,
	                     .text = text,
	                     .length = length,
	                     .limit = slips + 0.3,
	                     .out = out,
	                     .room = room};
	uint32_t keys[SLIP_KEYS];
	size_t count = slip_keys(text, length, slips, keys);
	for (size_t i = 0; i < count; i++)
		try_key(&s, keys[i]);
	return s.count;
}

double lexicon_slip(const struct map *map, const char *text, size_t length, unsigned slips)
{
	struct slipped found[8];
	size_t count = slips_of(map, text, length, slips, found, 8);
	double best = INFINITY;
	for (size_t i = 0; i < count; i++)
		best = fmin(best, (double)found[i].cost);
	return best;
}

/* ---- one unit ---- */

static void add_match(struct question *q, size_t unit, uint32_t word, double like)
{
	if (q->matches < MATCHES)
		q->match[q->matches++] = (struct match){word, (uint8_t)unit, (float)like};
}

static bool add_prefix(struct question *q, size_t unit, const char *text, size_t length,
                       double like)
{
	uint32_t low = bound(q->map, text, length, false), high = bound(q->map, text, length, true);
	if (low < high && q->prefixes < PREFIXES)
		q->prefix[q->prefixes++] = (struct prefix){low, high, (uint8_t)unit, (float)like};
	return low < high;
}

/* The word goes on, or was cut short as one does: "garib.", "G." */
static bool look_up_beginnings(struct question *q, size_t i)
{
	const struct unit *u = &q->unit[i];
	if (u->unfinished)
		return add_prefix(q, i, u->text, u->length, 0.93);
	if (u->length == 1) /* "a Trento" says where */
		return (i < 2 || *u->text != 'a') && add_prefix(q, i, u->text, 1, 0.7);
	return u->length >= 3 && !u->is_number && add_prefix(q, i, u->text, u->length, 0.75);
}

/* Unfinished it is perhaps no abbreviation yet ("loc": "Locatelli"), or becomes a number in words: the map
 * writes digits. */
static bool look_up_said(struct question *q, size_t i)
{
	const struct unit *u = &q->unit[i];
	size_t length = strlen(u->typed), at = 0;
	bool written_out = length != u->length || memcmp(u->typed, u->text, length) != 0;
	bool begins = written_out && length > 1 && add_prefix(q, i, u->typed, length, SAID);
	for (const char *digits; (digits = words_number_begun(u->typed, length, &at));) {
		uint32_t word = lexicon_find(q->map, digits, strlen(digits));
		if (word != MAP_NONE && word != u->exact)
			add_match(q, i, word, SAID);
		begins = begins || word != MAP_NONE;
	}
	return begins;
}

/* The map says "Via G. Garibaldi". */
static void look_up_initial(struct question *q, size_t i)
{
	uint32_t word = lexicon_find(q->map, q->unit[i].text, 1);
	if (q->unit[i].length > 2 && word != MAP_NONE)
		add_match(q, i, word, 0.6);
}

/* A slip counts more in a short word. */
static double like_after(double cost, size_t length)
{
	return fmax(0.3, 1 - 1.2 * cost / (double)(length + 1));
}

/* "snta": every kind of saint is kept as "san". */
static void look_up_saint(struct question *q, size_t i)
{
	static const char *const saints[] = {"santa", "santo", "sant", NULL};
	const struct unit *u = &q->unit[i];
	uint32_t san = lexicon_find(q->map, "san", 3);
	double best = INFINITY;
	for (const char *const *s = saints; *s; s++)
		best = fmin(best, slip_cost(u->text, u->length, *s, strlen(*s), 1.3));
	if (san != MAP_NONE && u->exact == MAP_NONE && u->length >= 4 && best < INFINITY)
		add_match(q, i, san, like_after(best, u->length));
}

/* "statale 12": the map has its letters. */
static void look_up_road(struct question *q, size_t i)
{
	static const struct {
		const char *word, *letters;
	} roads[] = {{"statale", "ss"}, {"provinciale", "sp"}, {"regionale", "sr"}};
	const struct unit *u = &q->unit[i];
	for (size_t k = 0; k < sizeof(roads) / sizeof(*roads); k++) {
		uint32_t letters = lexicon_find(q->map, roads[k].letters, strlen(roads[k].letters));
		if (letters != MAP_NONE && strlen(roads[k].word) == u->length &&
		    memcmp(roads[k].word, u->text, u->length) == 0)
			add_match(q, i, letters, 0.95);
	}
}

static unsigned slips_allowed(const struct unit *u)
{
	if (u->is_number || u->length <= 2)
		return 0;
	return u->length <= 4 || u->exact != MAP_NONE ? 1 : 2;
}

static void look_up_slips_of(struct question *q, size_t i, const char *text, size_t length,
                             unsigned slips)
{
	struct slipped found[BEST];
	size_t count = slips_of(q->map, text, length, slips, found, BEST);
	for (size_t k = 0; k < count; k++)
		add_match(q, i, found[k].word,
		          like_after((double)found[k].cost, length) *
		              (q->unit[i].exact != MAP_NONE ? 0.9 : 1));
}

static void look_up_slips(struct question *q, size_t i)
{
	const struct unit *u = &q->unit[i];
	look_up_slips_of(q, i, u->text, u->length, slips_allowed(u));
}

/* "Hauptsrt": the short ending of a German street holds the slip, so it was not written out. */
static void look_up_strasse(struct question *q, size_t i)
{
	const struct unit *u = &q->unit[i];
	bool ends = false;
	for (size_t tail = 2; tail <= 4 && tail + 3 <= u->length; tail++)
		ends |= slip_cost(u->text + u->length - tail, tail, "str", 3, 1.3) <= 1.3;
	if (!ends || u->exact != MAP_NONE || u->unfinished)
		return;
	const char *text = arena_format(q->arena, "%.*sasse", (int)u->length, u->text);
	look_up_slips_of(q, i, text, strlen(text), 2);
}

/* What was typed of an unfinished word holds a slip already. Only where nothing else was found. */
static void look_up_slipped_beginnings(struct question *q, size_t i)
{
	char text[24];
	const struct unit *u = &q->unit[i];
	if (u->length < 4 || u->length > 20)
		return;
	double like = 0.93 * like_after(1, u->length);
	for (size_t at = 1; at < u->length; at++) {
		memcpy(text, u->text, at);
		memcpy(text + at, u->text + at + 1, u->length - at - 1); /* one too many */
		add_prefix(q, i, text, u->length - 1, like);
		memcpy(text, u->text, u->length);
		for (char c = 'a'; c <= 'z'; c++) { /* changed, or the next for it */
			text[at] = c;
			if (c != u->text[at])
				add_prefix(q, i, text, u->length, like);
		}
		memcpy(text + at + 1, u->text + at, u->length - at); /* missing */
		for (char c = 'a'; c <= 'z'; c++) {
			text[at] = c;
			add_prefix(q, i, text, u->length + 1, like);
		}
	}
}

/* "a Trento", "n. 12": says nothing by itself. */
static bool is_preposition(const struct unit *u)
{
	static const char *const list[] = {"a", "ad", "in", "n", "nr", NULL};
	for (const char *const *text = list; *text; text++)
		if (strlen(*text) == u->length && memcmp(*text, u->text, u->length) == 0)
			return true;
	return false;
}

static double weight_of(const struct question *q, size_t i, size_t first_match)
{
	const struct unit *u = &q->unit[i];
	if (i > 0 && is_preposition(u))
		return 0.03;
	if (u->exact != MAP_NONE)
		return (double)q->map->words[u->exact].weight;
	double plain = words_weight(u->text, u->length), best = 0, weight = 0;
	if (plain < 1)
		return plain;
	for (size_t k = first_match; k < q->matches; k++)
		best = fmax(best, (double)q->match[k].like);
	for (size_t k = first_match; k < q->matches; k++)
		if ((double)q->match[k].like > best - 0.05)
			weight = fmax(weight, (double)q->map->words[q->match[k].word].weight);
	if (best <= 0)
		weight = UNKNOWN_WEIGHT;
	if (u->length <= 2)
		return SHORT_WEIGHT;
	return u->unfinished && best < 0.9 ? fmin(1, (double)u->length / 4) * weight : weight;
}

void lexicon_look_up(struct question *q, size_t i)
{
	struct unit *u = &q->unit[i];
	size_t first = q->matches;
	u->exact = lexicon_find(q->map, u->text, u->length);
	if (u->exact != MAP_NONE)
		add_match(q, i, u->exact, 1);
	bool begins = look_up_beginnings(q, i);
	if (u->unfinished)
		begins = look_up_said(q, i) || begins;
	if (slips_allowed(u) > 0) {
		look_up_initial(q, i);
		look_up_saint(q, i);
		look_up_road(q, i);
		look_up_slips(q, i);
		look_up_strasse(q, i);
	}
	if (u->unfinished && !begins && !u->is_number)
		look_up_slipped_beginnings(q, i);
	u->weight = weight_of(q, i, first);
}

bool lexicon_knows(const struct question *q, size_t i)
{
	for (size_t k = 0; k < q->matches; k++)
		if (q->match[k].unit == i && (double)q->match[k].like > 0.65)
			return true;
	return false;
}

/* ---- all units ---- */

static int by_word(const void *a, const void *b)
{
	const struct match *x = a, *y = b;
	if (x->word != y->word)
		return x->word < y->word ? -1 : 1;
	return x->unit < y->unit ? -1 : x->unit > y->unit;
}

void lexicon_ready(struct question *q)
{
	qsort(q->match, q->matches, sizeof(*q->match), by_word);
	memset(q->in_settings, 0, sizeof(q->in_settings));
	for (size_t i = 0; i < q->matches; i++) {
		float *best = &q->in_settings[q->match[i].unit];
		if (q->map->words[q->match[i].word].settings > 0 && q->match[i].like > *best)
			*best = q->match[i].like;
	}
	for (size_t i = 0; i < q->prefixes; i++)
		if (q->prefix[i].like > q->in_settings[q->prefix[i].unit])
			q->in_settings[q->prefix[i].unit] = q->prefix[i].like;
}

void lexicon_likes(const struct question *q, uint32_t word, uint32_t mask, lexicon_like_fn *fn,
                   void *ctx)
{
	size_t low = 0, high = q->matches;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (q->match[middle].word < word)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < q->matches && q->match[low].word == word; low++)
		if (mask >> q->match[low].unit & 1)
			fn(ctx, q->match[low].unit, (double)q->match[low].like);
	for (size_t i = 0; i < q->prefixes; i++)
		if (mask >> q->prefix[i].unit & 1 && q->prefix[i].low <= word &&
		    word < q->prefix[i].high)
			fn(ctx, q->prefix[i].unit, (double)q->prefix[i].like);
}

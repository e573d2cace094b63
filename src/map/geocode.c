/*
 * Words -> places, as one types. The query is read in a few ways (which word is the house number?);
 * every way is compared with the streets and places that share a word with it, and the best reading
 * counts. Words may come in any order, unfinished, without accents, with one slip in longer words.
 */
#include "file.h"

#include "words.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WORDS 16 /* of a query; further ones are ignored */
#define READINGS 8
#define COMPARED 3000 /* at most so many candidates are compared in full */
#define SCORE_FLOOR 0.5

struct word {
	const char *text;
	size_t length;
	double weight;
};

struct words {
	struct word word[WORDS];
	size_t count;
};

/* One way to read the query. */
struct reading {
	struct words words;
	char number[16]; /* "" none */
	bool unfinished; /* the last word may go on */
};

struct hit {
	uint32_t named;
	uint32_t address; /* MAP_NONE: the street or place itself */
	double score;
};

const char *map_place_kind_name(enum map_place_kind k)
{
	switch (k) {
	case MAP_ADDRESS:
		return "address";
	case MAP_STREET:
		return "street";
	case MAP_PLACE:
		return "place";
	case MAP_CROSSING:
		return "crossing";
	}
	return "place";
}

static void split_words(const char *text, struct words *out)
{
	out->count = 0;
	while (*text && out->count < WORDS) {
		size_t length = strcspn(text, " ");
		if (length)
			out->word[out->count++] =
			    (struct word){text, length, words_weight(text, length)};
		text += length + (text[length] == ' ');
	}
}

/* ---- reading the query ---- */

static bool is_digits(const struct word *w)
{
	for (size_t i = 0; i < w->length; i++)
		if (!isdigit((unsigned char)w->text[i]))
			return false;
	return true;
}

static bool is(const struct word *w, const char *text)
{
	return strlen(text) == w->length && memcmp(w->text, text, w->length) == 0;
}

static bool may_be_number(const struct word *w)
{
	return isdigit((unsigned char)w->text[0]) && w->length <= 8 &&
	       !(is_digits(w) && w->length >= 5);
}

static bool is_suffix(const struct word *w)
{
	return (w->length == 1 && isalpha((unsigned char)w->text[0])) || is(w, "bis") ||
	       is(w, "ter") || is(w, "quater");
}

static bool announces_number(const struct word *w)
{
	static const char *const list[] = {"n",      "nr",  "no",  "num", "numero",
	                                   "civico", "civ", "snc", NULL};
	for (const char *const *text = list; *text; text++)
		if (is(w, *text))
			return true;
	return false;
}

static void take_out(struct words *w, size_t first, size_t count)
{
	memmove(&w->word[first], &w->word[first + count],
	        (w->count - first - count) * sizeof(w->word[0]));
	w->count -= count;
}

/* Word i is the number, with the next as its suffix or not; "n." before it goes too. */
static struct reading read_number(const struct reading *plain, size_t i, bool suffix)
{
	struct reading r = *plain;
	char joined[32] = "";
	size_t length = 0;
	for (size_t k = i; k <= i + suffix && length + r.words.word[k].length < sizeof(joined);
	     k++) {
		memcpy(joined + length, r.words.word[k].text, r.words.word[k].length);
		length += r.words.word[k].length;
	}
	words_number(joined, length, r.number);
	r.unfinished = plain->unfinished && i + suffix + 1 < r.words.count;
	take_out(&r.words, i, 1 + (size_t)suffix);
	if (i > 0 && announces_number(&r.words.word[i - 1]))
		take_out(&r.words, i - 1, 1);
	return r;
}

static bool is_postcode(const struct word *w)
{
	return w->length == 5 && is_digits(w);
}

static size_t read_query(const char *normal, bool unfinished, struct reading out[READINGS])
{
	struct reading *plain = &out[0];
	size_t count = 1;
	split_words(normal, &plain->words);
	plain->number[0] = '\0';
	plain->unfinished = unfinished;
	for (size_t i = plain->words.count; i-- > 0;)
		if (is_postcode(&plain->words.word[i]))
			take_out(&plain->words, i, 1);
	for (size_t i = plain->words.count; i-- > 0;) {
		if (!may_be_number(&plain->words.word[i]))
			continue;
		bool suffix = i + 1 < plain->words.count && is_suffix(&plain->words.word[i + 1]);
		if (suffix && count < READINGS)
			out[count++] = read_number(plain, i, true);
		if (count < READINGS)
			out[count++] = read_number(plain, i, false);
	}
	return count;
}

/* ---- comparing words ---- */

/* At most one letter inserted, left out, changed or swapped with its neighbour. */
static bool one_slip(const struct word *a, const struct word *b)
{
	if (a->length > b->length)
		return one_slip(b, a);
	if (b->length - a->length > 1)
		return false;
	size_t i = 0;
	while (i < a->length && a->text[i] == b->text[i])
		i++;
	if (a->length < b->length)
		return memcmp(a->text + i, b->text + i + 1, a->length - i) == 0;
	if (i + 1 >= a->length)
		return true;
	if (memcmp(a->text + i + 1, b->text + i + 1, a->length - i - 1) == 0)
		return true;
	return a->text[i] == b->text[i + 1] && a->text[i + 1] == b->text[i] &&
	       memcmp(a->text + i + 2, b->text + i + 2, a->length - i - 2) == 0;
}

/* 0 to 1: how well does what was typed stand for this word? */
static double likeness(const struct word *typed, const struct word *word, bool unfinished)
{
	size_t shorter = typed->length < word->length ? typed->length : word->length;
	if (memcmp(typed->text, word->text, shorter) == 0 && typed->length <= word->length)
		return typed->length == word->length ? 1
		       : unfinished                  ? 0.9
		       : typed->length >= 3          ? 0.7
		                                     : 0.3;
	return typed->length >= 4 && one_slip(typed, word) ? 0.7 : 0;
}

/* "dellarca" for "dell arca", "santanna" for "san anna". */
static bool is_joined(const struct word *typed, const struct words *of, size_t i)
{
	if (i + 1 >= of->count || !words_joins(of->word[i].text, of->word[i].length))
		return false;
	struct word first = of->word[i], second = of->word[i + 1];
	if (is(&first, "san"))
		first = (struct word){"sant", 4, 1};
	return typed->length == first.length + second.length &&
	       memcmp(typed->text, first.text, first.length) == 0 &&
	       memcmp(typed->text + first.length, second.text, second.length) == 0;
}

struct comparison {
	double typed, typed_found; /* weights of the query's words */
	double named_found;        /* weight of the name's words that were typed */
	bool used[WORDS];
	bool telling; /* a word that tells something was found in the name */
};

static double best_in_name(struct comparison *c, const struct word *typed, const struct words *name,
                           bool unfinished)
{
	double best = 0;
	size_t at = WORDS, also = WORDS;
	for (size_t i = 0; i < name->count; i++) {
		double like = c->used[i] ? 0 : likeness(typed, &name->word[i], unfinished);
		bool joined = is_joined(typed, name, i);
		if (joined)
			like = 0.95;
		if (like <= best)
			continue;
		best = like;
		at = i;
		also = joined ? i + 1 : WORDS;
	}
	if (at == WORDS)
		return 0;
	c->used[at] = true;
	c->named_found += name->word[at].weight * best;
	c->telling = c->telling || name->word[at].weight >= 1;
	if (also < WORDS) {
		c->used[also] = true;
		c->named_found += name->word[also].weight * best;
		c->telling = true;
	}
	return best;
}

static double best_in_town(const struct word *typed, const struct words *town, bool unfinished)
{
	double best = 0;
	for (size_t i = 0; i < town->count; i++)
		best = fmax(best, likeness(typed, &town->word[i], unfinished));
	return best;
}

static double weight_of(const struct words *w)
{
	double sum = 0;
	for (size_t i = 0; i < w->count; i++)
		sum += w->word[i].weight;
	return sum;
}

/* How well the reading's words fit a name in a town; 0: not at all. */
static double fit(const struct reading *r, const struct words *name, const struct words *town)
{
	struct comparison c = {.typed = 0};
	for (size_t i = 0; i < r->words.count; i++) {
		const struct word *typed = &r->words.word[i];
		bool unfinished = r->unfinished && i + 1 == r->words.count;
		double like = best_in_name(&c, typed, name, unfinished);
		if (like < 0.65) /* the municipality counts a little less than the name */
			like = fmax(like, 0.95 * best_in_town(typed, town, unfinished));
		c.typed += typed->weight;
		c.typed_found += typed->weight * like;
	}
	double whole = weight_of(name);
	if (c.typed <= 0 || whole <= 0 || c.named_found <= 0 || (!c.telling && whole >= 1))
		return 0;
	return c.typed_found / c.typed * (0.7 + 0.3 * fmin(1, c.named_found / whole));
}

/* ---- candidates: what shares a word with the query ---- */

struct candidates {
	uint8_t *hits; /* by named */
	uint32_t *touched;
	size_t count;
};

static size_t first_word_not_before(const struct map *map, const struct word *w)
{
	size_t low = 0, high = map->word_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *text = map->strings + map->words[middle].text;
		int order = strncmp(text, w->text, w->length);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void touch(const struct map *map, struct candidates *c, const struct map_word *word)
{
	for (uint32_t i = word->first; i < word->first + word->count; i++) {
		uint32_t named = map->word_items[i];
		if (c->hits[named] == 0)
			c->touched[c->count++] = named;
		if (c->hits[named] < UINT8_MAX)
			c->hits[named]++;
	}
}

static void touch_slips(const struct map *map, struct candidates *c, const struct word *typed)
{
	for (size_t i = 0; i < map->word_count; i++) {
		const char *text = map->strings + map->words[i].text;
		struct word word = {text, strlen(text), 1};
		if (one_slip(typed, &word))
			touch(map, c, &map->words[i]);
	}
}

static void touch_typed(const struct map *map, struct candidates *c, const struct word *typed)
{
	bool any = false;
	for (size_t i = first_word_not_before(map, typed); i < map->word_count; i++) {
		if (strncmp(map->strings + map->words[i].text, typed->text, typed->length) != 0)
			break;
		touch(map, c, &map->words[i]);
		any = true;
	}
	if (!any && typed->length >= 4)
		touch_slips(map, c, typed);
}

static void find_candidates(const struct map *map, const struct words *typed,
                            struct candidates *out)
{
	out->hits = mem_zero(map->named_count + 1, sizeof(*out->hits));
	out->touched = mem_zero(map->named_count + 1, sizeof(*out->touched));
	for (size_t i = 0; i < typed->count; i++)
		if (typed->word[i].weight >= 1)
			touch_typed(map, out, &typed->word[i]);
	for (size_t i = 0; out->count == 0 && i < typed->count; i++)
		touch_typed(map, out, &typed->word[i]);
}

/* ---- numbers ---- */

static bool number_fits(const char *number, const char *wanted)
{
	char key[16];
	words_number(number, strlen(number), key);
	if (strcmp(key, wanted) == 0)
		return true;
	const char *bar = strpbrk(number, "-"); /* 54-56 is 54 and is 56 */
	if (!bar)
		return false;
	words_number(number, (size_t)(bar - number), key);
	if (strcmp(key, wanted) == 0)
		return true;
	words_number(bar + 1, strlen(bar + 1), key);
	return strcmp(key, wanted) == 0;
}

static uint32_t find_number(const struct map *map, const struct map_named *street,
                            const char *wanted)
{
	for (uint32_t i = street->first_address; i < street->first_address + street->addresses; i++)
		if (number_fits(map->strings + map->addresses[i].number, wanted))
			return i;
	return MAP_NONE;
}

/* ---- scoring ---- */

static double nearness(const struct map_named *n, struct point near)
{
	if (!point_is_set(near))
		return 1;
	return 0.9 + 0.1 * exp(-point_distance_m(map_point(n->at), near) / 4000);
}

/* A little for what people mean more often: large places, then streets with many numbers. */
static double importance(const struct map_named *n)
{
	static const double places[] = {1, 0.995, 0.99, 0.985, 0.985, 0.97};
	if (n->kind == MAP_PLACE)
		return places[n->place_class];
	return 0.98 + 0.01 * fmin(1, n->addresses / 50.0);
}

static struct hit score_named(const struct map *map, uint32_t id, const struct reading *readings,
                              size_t count)
{
	const struct map_named *n = &map->named[id];
	struct hit best = {id, MAP_NONE, 0};
	struct words name, town;
	split_words(map->strings + n->words, &name);
	split_words(map->strings + n->town_words, &town);
	for (size_t i = 0; i < count; i++) {
		double score = fit(&readings[i], &name, &town);
		uint32_t address = MAP_NONE;
		if (score > 0 && readings[i].number[0]) {
			address = find_number(map, n, readings[i].number);
			score *= address != MAP_NONE ? 1 : n->kind == MAP_STREET ? 0.85 : 0.75;
		}
		if (score > best.score)
			best = (struct hit){id, address, score};
	}
	best.score *= importance(n);
	return best;
}

static int better(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;
	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->named < y->named ? -1 : x->named > y->named;
}

static struct map_candidate describe(const struct map *map, const struct hit *h,
                                     struct arena *arena)
{
	const struct map_named *n = &map->named[h->named];
	const char *label = map->strings + n->label, *town = map_string(map, n->municipality);
	struct map_candidate c = {.municipality = arena_str(arena, town),
	                          .at = map_point(n->at),
	                          .kind = (enum map_place_kind)n->kind,
	                          .score = h->score};
	if (n->kind == MAP_STREET)
		c.street = arena_str(arena, label);
	if (h->address != MAP_NONE) {
		const struct map_address *a = &map->addresses[h->address];
		c.kind = MAP_ADDRESS;
		c.at = map_point(a->at);
		c.number = arena_str(arena, map->strings + a->number);
		label = arena_format(arena, "%s %s", label, c.number);
	}
	if (map_string(map, n->hamlet))
		label = arena_format(arena, "%s, %s", label, map_string(map, n->hamlet));
	c.label = town && strcmp(town, label) != 0 ? arena_format(arena, "%s, %s", label, town)
	                                           : arena_str(arena, label);
	return c;
}

/* Those that share most words with the query; a reading may need one less for the municipality. */
static size_t score_candidates(const struct map *map, const struct candidates *c,
                               const struct reading *readings, size_t reading_count,
                               struct hit *out)
{
	unsigned most = 0;
	size_t count = 0;
	for (size_t i = 0; i < c->count; i++)
		if (c->hits[c->touched[i]] > most)
			most = c->hits[c->touched[i]];
	for (unsigned hits = most; hits > 0 && count < COMPARED; hits--)
		for (size_t i = 0; i < c->count && count < COMPARED; i++) {
			if (c->hits[c->touched[i]] != hits)
				continue;
			out[count++] = score_named(map, c->touched[i], readings, reading_count);
		}
	return count;
}

size_t map_geocode(const struct map *map, const char *query, struct point near, struct arena *arena,
                   struct map_candidate *out, size_t room)
{
	struct reading readings[READINGS];
	struct str normal = {0};
	struct candidates c = {0};
	size_t given = 0, length = strlen(query);
	words_normal(query, &normal);
	bool unfinished = length > 0 && !isspace((unsigned char)query[length - 1]);
	size_t reading_count = read_query(str_text(&normal), unfinished, readings);
	find_candidates(map, &readings[0].words, &c);
	struct hit *hits = mem_zero(COMPARED, sizeof(*hits));
	size_t count = score_candidates(map, &c, readings, reading_count, hits);
	for (size_t i = 0; i < count; i++)
		hits[i].score *= nearness(&map->named[hits[i].named], near);
	qsort(hits, count, sizeof(*hits), better);
	while (given < room && given < count && hits[given].score >= SCORE_FLOOR) {
		out[given] = describe(map, &hits[given], arena);
		given++;
	}
	free(hits);
	free(c.hits);
	free(c.touched);
	str_fini(&normal);
	return given;
}

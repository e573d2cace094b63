/*
 * What the weights look at: facts that the lexicon found, stems and pairs of stems, beginnings and
 * middles of long words (misspellings, dialect), the form of the text. Each feature has a name
 * ("w:perd", "k:event=leak"); here it is only hashed, for speed, and spelt out where somebody learns.
 */
#include "room.h"

#include <string.h>

#define GRAM 4          /* letters of a piece of a word */
#define GRAM_WORD_MIN 5 /* shorter words are their stem */
#define GRAM_WORD_MAX 24
#define DENY_REACH 4    /* words behind a "non" that it colours */

#define STEM_MAX 40     /* longer ones are cut: names need not be whole */
#define HASH_START UINT64_C(1469598103934665603) /* FNV-1a */

static uint64_t hash_on(uint64_t h, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		h = (h ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
	return h;
}

uint64_t feature_hash(const char *name, size_t length)
{
	return hash_on(HASH_START, name, length);
}

static size_t cut_length(const char *stem)
{
	return strnlen(stem, STEM_MAX);
}

static uint64_t hash_of(char kind, const char *what)
{
	char head[2] = {kind, ':'};
	return hash_on(hash_on(HASH_START, head, 2), what, cut_length(what));
}

/* All numbers are one word. */
static const char *what_of(const struct known *k)
{
	return k->number ? "#" : k->stem;
}

static bool has_grams(const char *norm, size_t n)
{
	return n >= GRAM_WORD_MIN && n <= GRAM_WORD_MAX && (unsigned char)norm[0] < 0x80;
}

/* "^word$", of which each GRAM letters are a piece. */
static size_t frame(const char *norm, size_t n, char word[GRAM_WORD_MAX + 2])
{
	word[0] = '^';
	memcpy(word + 1, norm, n);
	word[n + 1] = '$';
	return n + 2 - GRAM + 1;
}

void features_know(struct known *k, const struct weights *w, struct arena *arena)
{
	char word[GRAM_WORD_MAX + 2];
	size_t n = strlen(k->norm), grams = !k->number && has_grams(k->norm, n) ? frame(k->norm, n, word) : 0;
	uint64_t head = feature_hash("c:", 2);
	k->pair = hash_on(hash_of('b', what_of(k)), "_", 1);
	k->features = arena_take(arena, (2 + grams) * sizeof *k->features);
	k->features[k->feature_count++] = weights_find(w, hash_of('w', what_of(k)));
	k->features[k->feature_count++] = weights_find(w, hash_of('n', what_of(k)));
	for (size_t i = 0; i < grams; i++) {
		struct weighed one = weights_find(w, hash_on(head, word + i, GRAM));
		if (one.count)
			k->features[k->feature_count++] = one;
	}
}

struct maker {
	struct feature_sink *sink;
	const struct words *in;
	size_t first, last; /* words that the feature stands on */
	int fact;
};

/* "w:acqu", "b:perd_acqu" */
static size_t spell(char *name, char kind, const char *a, const char *b)
{
	size_t n = 2, la = cut_length(a), lb = b ? cut_length(b) : 0;
	name[0] = kind;
	name[1] = ':';
	memcpy(name + n, a, la);
	n += la;
	if (b) {
		name[n++] = '_';
		memcpy(name + n, b, lb);
		n += lb;
	}
	return n;
}

static void make_known(struct maker *m, struct weighed weighed)
{
	struct feature f = {.weighed = weighed, .in = m->in, .first = m->first, .last = m->last, .fact = m->fact};
	if (weighed.count)
		m->sink->take(m->sink->ctx, &f, NULL, 0);
}

static void make_spelt(struct maker *m, char kind, const char *a, const char *b)
{
	struct feature f = {.in = m->in, .first = m->first, .last = m->last, .fact = m->fact};
	char name[2 + STEM_MAX + 1 + STEM_MAX];
	m->sink->take(m->sink->ctx, &f, name, spell(name, kind, a, b));
}

static void make_word(struct maker *m, char kind, const char *what)
{
	if (m->sink->spelt)
		make_spelt(m, kind, what, NULL);
	else
		make_known(m, weights_find(m->sink->weights, hash_of(kind, what)));
}

static void make_own(struct maker *m, const struct known *k, bool is_denied)
{
	char word[GRAM_WORD_MAX + 2], gram[GRAM + 1] = {0};
	size_t n = strlen(k->norm), grams = m->sink->spelt && !k->number && has_grams(k->norm, n) ? frame(k->norm, n, word) : 0;
	if (m->sink->spelt)
		make_spelt(m, is_denied ? 'n' : 'w', what_of(k), NULL);
	else
		make_known(m, k->features[is_denied]);
	for (size_t i = 0; i < grams; i++) {
		memcpy(gram, word + i, GRAM);
		make_spelt(m, 'c', gram, NULL);
	}
	for (size_t i = 2; !m->sink->spelt && i < k->feature_count; i++)
		make_known(m, k->features[i]);
}

static void make_pair(struct maker *m, const struct known *a, const struct known *b)
{
	const char *what = what_of(b);
	if (m->sink->spelt)
		make_spelt(m, 'b', what_of(a), what);
	else
		make_known(m, weights_find(m->sink->weights, hash_on(a->pair, what, cut_length(what))));
}

static bool same_sentence(const struct words *w, size_t a, size_t b)
{
	return w->list[a].sentence == w->list[b].sentence;
}

static void word_features(struct maker *m)
{
	const struct words *words = m->in;
	size_t before = SIZE_MAX; /* the last word that was no article */
	int denied = 0;
	for (size_t i = 0; i < words->count; i++) {
		const struct word *w = &words->list[i];
		if (i && words->list[i - 1].clause != w->clause)
			denied = 0;
		if (w->small)
			continue;
		m->first = m->last = i;
		make_own(m, w->known, denied > 0 && !w->number);
		if (before != SIZE_MAX && same_sentence(words, before, i)) {
			m->first = before;
			make_pair(m, words->list[before].known, w->known);
		}
		before = i;
		denied = w->denies ? DENY_REACH : denied - 1;
	}
}

static void finding_features(struct feature_sink *sink, const struct facts *f, const struct findings *found)
{
	for (size_t i = 0; i < found->count; i++) {
		const struct finding *one = &found->list[i];
		struct maker m = {sink, one->in, one->words[0], one->words[one->count - 1], -1};
		for (size_t j = 0; j < one->pattern->fact_count; j++) {
			const struct fact *fact = facts_at(f, one->pattern->facts[j]);
			bool denied = one->struck || (one->denied && !fact->steady);
			m.fact = denied ? -1 : one->pattern->facts[j];
			make_word(&m, denied ? 'd' : 'k', fact->name);
		}
	}
}

/* What the rules conclude stands on no word of its own. */
static void derived_features(struct feature_sink *sink, const struct facts *f, const struct findings *found)
{
	struct fact_set all = found->facts;
	struct maker m = {.sink = sink, .fact = -1};
	facts_derive(f, &all);
	for (int i = 0; i < facts_count(f); i++) {
		if (fact_has(&all, i) && !fact_has(&found->facts, i))
			make_word(&m, 'k', facts_at(f, i)->name);
	}
}

static void form_features(struct feature_sink *sink, const struct charter *charter, const char *channel,
                          const struct words *text)
{
	struct maker m = {.sink = sink, .fact = -1};
	bool question = false;
	for (size_t i = 0; i < text->count; i++)
		question |= text->list[i].after == '?';
	if (question)
		make_word(&m, 'f', "question");
	make_word(&m, 'f', text->count < 8 ? "short" : text->count < 40 ? "middling" : "long");
	if (channel)
		make_word(&m, 'f', channel);
	for (size_t i = 0; charter && i < charter->service_count; i++)
		make_word(&m, 'o', charter->services[i]);
}

void features_of(const struct facts *f, const struct charter *charter, const char *channel,
                 const struct findings *found, const struct words *title, const struct words *text,
                 struct feature_sink *sink)
{
	struct maker in_title = {.sink = sink, .in = title, .fact = -1}, in_text = {.sink = sink, .in = text, .fact = -1};
	finding_features(sink, f, found);
	derived_features(sink, f, found);
	word_features(&in_title);
	word_features(&in_text);
	form_features(sink, charter, channel, text);
}

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

void features_know(struct known *k, struct arena *arena)
{
	size_t n = strlen(k->norm);
	k->said = hash_of('w', what_of(k));
	k->denied = hash_of('n', what_of(k));
	k->pair = hash_on(hash_of('b', what_of(k)), "_", 1);
	if (k->number || !has_grams(k->norm, n))
		return;
	char word[GRAM_WORD_MAX + 2];
	size_t count = frame(k->norm, n, word);
	k->grams = arena_take(arena, count * sizeof *k->grams);
	uint64_t head = feature_hash("c:", 2);
	for (; k->gram_count < count; k->gram_count++)
		k->grams[k->gram_count] = hash_on(head, word + k->gram_count, GRAM);
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

static void make(struct maker *m, uint64_t hash, char kind, const char *a, const char *b)
{
	struct feature f = {.hash = hash, .in = m->in, .first = m->first, .last = m->last, .fact = m->fact};
	char name[2 + STEM_MAX + 1 + STEM_MAX];
	m->sink->take(m->sink->ctx, &f, name, m->sink->spelt ? spell(name, kind, a, b) : 0);
}

static void make_word(struct maker *m, char kind, const char *what)
{
	make(m, hash_of(kind, what), kind, what, NULL);
}

static void make_grams(struct maker *m, const struct known *k)
{
	char word[GRAM_WORD_MAX + 2], gram[GRAM + 1] = {0};
	if (m->sink->spelt && k->gram_count)
		frame(k->norm, strlen(k->norm), word);
	for (size_t i = 0; i < k->gram_count; i++) {
		if (m->sink->spelt)
			memcpy(gram, word + i, GRAM);
		make(m, k->grams[i], 'c', gram, NULL);
	}
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
		const char *what = what_of(w->known);
		bool is_denied = denied > 0 && !w->number;
		make(m, is_denied ? w->known->denied : w->known->said, is_denied ? 'n' : 'w', what, NULL);
		make_grams(m, w->known);
		if (before != SIZE_MAX && same_sentence(words, before, i)) {
			const struct known *b = words->list[before].known;
			m->first = before;
			make(m, hash_on(b->pair, what, cut_length(what)), 'b', what_of(b), what);
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
	for (size_t i = 0; i < charter->service_count; i++)
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

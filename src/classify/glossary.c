/*
 * The words met so far, each worked out once: its stem, the word meant by a slip, what it begins and
 * fits in the lexicon, its features and where the weights have them. People use few words: most are found here. Bounded:
 * a word for which there is no room is worked out in the memory of the text it stands in.
 */
#include "room.h"

#include <stdlib.h>
#include <string.h>

#define PLACES 65536    /* a power of two, twice the words and more */
#define WORDS_MAX 30000 /* all of them take some 20 MiB */
#define LENGTH_MAX 24   /* bytes; longer ones are rare */

struct glossary {
	const struct lexicon *lexicon;
	const struct weights *weights;
	struct stems *stems;
	struct arena *arena;
	struct place { /* small: a text jumps about among them */
		uint16_t tag, word; /* a piece of the hash; place in words plus one, 0: free */
	} places[PLACES];
	struct known words[WORDS_MAX];
	size_t count;
};

struct glossary *glossary_new(const struct lexicon *l, const struct weights *w)
{
	struct glossary *g = mem_zero(1, sizeof *g);
	g->lexicon = l;
	g->weights = w;
	g->stems = stems_new();
	g->arena = arena_new();
	return g;
}

void glossary_free(struct glossary **g)
{
	if (!*g)
		return;
	arena_free(&(*g)->arena);
	stems_free(&(*g)->stems);
	free(*g);
	*g = NULL;
}

static const struct known *work_out(struct glossary *g, struct known *k, const char *raw, size_t length, struct arena *arena)
{
	k->raw = k->norm = k->stem = arena_strn(arena, raw, length);
	k->length = (uint8_t)length;
	k->small = word_is_small(k->raw);
	k->denies = word_denies(k->raw);
	k->turns = word_turns(k->raw);
	k->number = strspn(k->raw, "0123456789") == length;
	if (!k->number)
		k->stem = stems_of(g->stems, k->raw, arena);
	lexicon_know(g->lexicon, k, arena);
	features_know(k, g->weights, arena);
	k->street = word_is_street(k->norm);
	k->lead = word_is_lead(k->norm);
	k->foreign = word_is_foreign(k->raw);
	k->glue = k->small || word_is_glue(k->norm);
	return k;
}

const struct known *glossary_word(struct glossary *g, const char *raw, size_t length, struct arena *arena)
{
	uint64_t hash = feature_hash(raw, length);
	size_t at = (hash ^ hash >> 32) & (PLACES - 1);
	uint16_t tag = (uint16_t)(hash >> 48);
	for (; g->places[at].word; at = (at + 1) & (PLACES - 1)) {
		const struct known *k = &g->words[g->places[at].word - 1];
		if (g->places[at].tag == tag && k->length == length && memcmp(k->raw, raw, length) == 0)
			return k;
	}
	if (length > LENGTH_MAX || g->count == WORDS_MAX)
		return work_out(g, arena_take(arena, sizeof(struct known)), raw, length, arena);
	struct known *k = &g->words[g->count++];
	g->places[at] = (struct place){tag, (uint16_t)g->count};
	return work_out(g, k, raw, length, g->arena);
}

/*
 * The words met so far, each worked out once: its stem, the word meant by a slip, what it begins and
 * fits in the lexicon, the hashes of its features. People use few words: most are found here. Bounded:
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
	struct stems *stems;
	struct arena *arena;
	struct place {
		uint64_t hash;
		const struct known *word; /* NULL: free */
	} places[PLACES];
	size_t count;
};

struct glossary *glossary_new(const struct lexicon *l)
{
	struct glossary *g = mem_zero(1, sizeof *g);
	g->lexicon = l;
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

static struct known *work_out(struct glossary *g, const char *raw, size_t length, struct arena *arena)
{
	struct known *k = arena_take(arena, sizeof *k);
	k->raw = k->norm = k->stem = arena_strn(arena, raw, length);
	k->length = length;
	k->small = word_is_small(k->raw);
	k->denies = word_denies(k->raw);
	k->turns = word_turns(k->raw);
	k->number = strspn(k->raw, "0123456789") == length;
	if (!k->number)
		k->stem = stems_of(g->stems, k->raw, arena);
	lexicon_know(g->lexicon, k, arena);
	features_know(k, arena);
	k->street = word_is_street(k->norm);
	k->lead = word_is_lead(k->norm);
	return k;
}

const struct known *glossary_word(struct glossary *g, const char *raw, size_t length, struct arena *arena)
{
	uint64_t hash = feature_hash(raw, length);
	size_t at = (hash ^ hash >> 32) & (PLACES - 1);
	for (; g->places[at].word; at = (at + 1) & (PLACES - 1)) {
		const struct known *k = g->places[at].word;
		if (g->places[at].hash == hash && k->length == length && memcmp(k->raw, raw, length) == 0)
			return k;
	}
	if (length > LENGTH_MAX || g->count == WORDS_MAX)
		return work_out(g, raw, length, arena);
	g->count++;
	g->places[at] = (struct place){hash, work_out(g, raw, length, g->arena)};
	return g->places[at].word;
}

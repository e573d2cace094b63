/*
 * Which titles (names that several may bear) share telling words with a question. However common
 * the words, only so many postings are gone through, those of the words that tell most first. See
 * search.h.
 */
#include "search.h"

#include <stdlib.h>
#include <string.h>

#define POSTINGS 40000 /* at most so many are gone through for one question */

/* ---- titles that share words with the question ---- */

struct shared { /* open addressing, by title + 1 */
	struct {
		uint32_t title;
		float sum;
	} * slot;
	size_t slots, used;
};

static void share(struct shared *s, uint32_t title, float sum)
{
	size_t at = (title * 2654435761u) & (s->slots - 1);
	while (s->slot[at].title != 0 && s->slot[at].title != title + 1)
		at = (at + 1) & (s->slots - 1);
	s->used += s->slot[at].title == 0;
	s->slot[at].title = title + 1;
	s->slot[at].sum += sum;
}

struct source { /* a word's postings, to be gone through */
	uint32_t word;
	float worth;
};

static int most_worth(const void *a, const void *b)
{
	const struct source *x = a, *y = b;
	if (x->worth != y->worth)
		return x->worth > y->worth ? -1 : 1;
	return x->word < y->word ? -1 : x->word > y->word;
}

struct sources {
	struct source *source;
	size_t count, room;
	size_t postings;
	const struct question *q;
	uint32_t mask;
	bool telling; /* only words that tell something */
};

static void add_source(struct sources *s, uint32_t word, size_t unit, float like)
{
	const struct map_word *w = &s->q->map->words[word];
	float worth = like * w->weight;
	if (!(s->mask >> unit & 1) || w->count == 0 || s->count == s->room ||
	    (s->telling &&
	     ((double)w->weight < TOLD_WEIGHT || s->q->unit[unit].weight < TOLD_WEIGHT)))
		return;
	s->source[s->count++] = (struct source){word, worth};
	s->postings += w->count;
}

static void gather_sources(struct sources *s)
{
	const struct question *q = s->q;
	for (size_t i = 0; i < q->matches; i++)
		add_source(s, q->match[i].word, q->match[i].unit, q->match[i].like);
	for (size_t i = 0; i < q->prefixes; i++) {
		bool initial = q->unit[q->prefix[i].unit].length == 1 &&
		               !q->unit[q->prefix[i].unit].unfinished;
		for (uint32_t w = q->prefix[i].low; w < q->prefix[i].high && !initial; w++)
			add_source(s, w, q->prefix[i].unit, q->prefix[i].like);
	}
	qsort(s->source, s->count, sizeof(*s->source), most_worth);
}

static void share_titles(const struct sources *s, struct shared *out)
{
	const struct map *map = s->q->map;
	size_t left = POSTINGS;
	for (size_t i = 0; i < s->count && left > 0; i++) {
		const struct map_word *w = &map->words[s->source[i].word];
		for (uint32_t k = 0; k < w->count && left > 0; k++, left--)
			share(out, map->word_items[w->first + k], s->source[i].worth);
	}
}

/* A power of two, twice what may come. */
static void shared_init(struct shared *s, size_t expected)
{
	if (expected > POSTINGS)
		expected = POSTINGS;
	s->slots = 64;
	while (s->slots < 2 * expected)
		s->slots *= 2;
	s->slot = mem_zero(s->slots, sizeof(*s->slot));
}

/* ---- the best of them ---- */

static int best_rank(const void *a, const void *b)
{
	const struct chosen *x = a, *y = b;
	if (x->rank != y->rank)
		return x->rank > y->rank ? -1 : 1;
	return x->title < y->title ? -1 : x->title > y->title;
}

/* What the title shares, less a little for what it has besides, and more where many bear it. */
static float rank_of(const struct map *map, uint32_t title, float sum)
{
	const struct map_title *t = &map->titles[title];
	return sum - 0.25f * (t->weight - sum) + 0.002f * (float)(t->named < 50 ? t->named : 50);
}

/* Puts one into the first `room` places; the worst of them stands first (a heap). */
static size_t put_chosen(struct chosen *heap, size_t count, size_t room, struct chosen new)
{
	size_t at = count;
	if (count < room) {
		for (; at > 0 && best_rank(&heap[(at - 1) / 2], &new) < 0; at = (at - 1) / 2)
			heap[at] = heap[(at - 1) / 2];
		heap[at] = new;
		return count + 1;
	}
	if (best_rank(&new, &heap[0]) > 0)
		return count;
	at = 0;
	for (size_t child = 1; child < count; at = child, child = 2 * at + 1) {
		if (child + 1 < count && best_rank(&heap[child], &heap[child + 1]) < 0)
			child++;
		if (best_rank(&new, &heap[child]) > 0)
			break;
		heap[at] = heap[child];
	}
	heap[at] = new;
	return count;
}

static size_t choose(const struct map *map, const struct shared *s, struct chosen out[TITLES])
{
	size_t count = 0;
	for (size_t i = 0; i < s->slots; i++)
		if (s->slot[i].title != 0) {
			uint32_t title = s->slot[i].title - 1;
			struct chosen new = {title, rank_of(map, title, s->slot[i].sum)};
			count = put_chosen(out, count, TITLES, new);
		}
	qsort(out, count, sizeof(*out), best_rank);
	return count;
}

size_t titles_choose(const struct question *q, uint32_t mask, struct chosen out[TITLES])
{
	size_t room = q->matches;
	for (size_t i = 0; i < q->prefixes; i++)
		room += q->prefix[i].high - q->prefix[i].low;
	if (room > POSTINGS)
		room = POSTINGS;
	struct sources s = {mem_zero(room + 1, sizeof(struct source)), 0, room, 0, q, mask, true};
	struct shared shared = {0};
	gather_sources(&s);
	if (s.count == 0) {
		s.telling = false;
		gather_sources(&s);
	}
	shared_init(&shared, s.postings);
	share_titles(&s, &shared);
	size_t count = choose(q->map, &shared, out);
	free(shared.slot);
	free(s.source);
	return count;
}

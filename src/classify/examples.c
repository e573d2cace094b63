/*
 * Example sentences by kind of fault: how much a text's words are those of each kind's examples, rare
 * words counting more. It helps where the lexicon knows too little; the conditions decide where it does.
 */
#include "room.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define KINDS_MAX 128
#define BUCKETS 8192
#define CLOSENESS 2.5 /* the power that lets one close example outweigh many distant ones */

struct example {
	int kind;
	double norm;
};

struct stem_entry {
	struct stem_entry *next;
	const char *stem;
	size_t *examples; /* that contain it, ascending */
	size_t count;
	double weight;
	size_t number;
	size_t seen; /* number of the last example that counted it, while loading */
};

struct examples {
	struct arena *arena;
	const char *kinds[KINDS_MAX + 1];
	int kind_count;
	struct example *list;
	size_t count, stem_count;
	struct stem_entry *buckets[BUCKETS];
};

static size_t hash(const char *s)
{
	uint64_t h = UINT64_C(1469598103934665603);
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32) & (BUCKETS - 1);
}

static struct stem_entry *find(const struct examples *x, const char *stem)
{
	struct stem_entry *e = x->buckets[hash(stem)];
	while (e && !str_equal(e->stem, stem))
		e = e->next;
	return e;
}

static bool counts(const struct word *w)
{
	return !w->small && !w->number && strlen(w->norm) > 1;
}

static void add_word(struct examples *x, const char *stem)
{
	struct stem_entry *e = find(x, stem);
	if (!e) {
		struct stem_entry **bucket = &x->buckets[hash(stem)];
		e = arena_take(x->arena, sizeof *e);
		*e = (struct stem_entry){.next = *bucket, .stem = arena_str(x->arena, stem), .number = x->stem_count++};
		*bucket = e;
	}
	if (e->seen == x->count)
		return;
	e->seen = x->count;
	e->examples = mem_grow(e->examples, e->count + 1, sizeof e->examples[0]);
	e->examples[e->count++] = x->count - 1;
}

static void add_example(struct examples *x, int kind, const char *text, struct stems *stems)
{
	struct words words = words_cut(text, stems, x->arena);
	x->list = mem_grow(x->list, x->count + 1, sizeof x->list[0]);
	x->list[x->count++] = (struct example){.kind = kind};
	for (size_t i = 0; i < words.count; i++) {
		if (counts(&words.list[i]))
			add_word(x, words.list[i].stem);
	}
}

static void weigh(struct examples *x)
{
	for (size_t b = 0; b < BUCKETS; b++) {
		for (struct stem_entry *e = x->buckets[b]; e; e = e->next) {
			e->weight = log(((double)x->count + 1) / ((double)e->count + 0.5));
			for (size_t i = 0; i < e->count; i++)
				x->list[e->examples[i]].norm += e->weight * e->weight;
		}
	}
	for (size_t i = 0; i < x->count; i++)
		x->list[i].norm = sqrt(x->list[i].norm);
}

struct examples *examples_load(struct check *k, const struct js *root)
{
	static const char *const keys[] = {"about", "kinds", NULL};
	struct examples *x = mem_zero(1, sizeof *x);
	struct stems *stems = stems_new();
	const struct js *kinds = check_object(k, root, "kinds", true), *list;
	const char *name;
	x->arena = arena_new();
	check_keys(k, root, keys);
	for (size_t i = 0; js_pair(kinds, i, &name, &list); i++) {
		if (x->kind_count == KINDS_MAX) {
			check_say(k, name, "too many kinds; at most %d", KINDS_MAX);
			break;
		}
		x->kinds[x->kind_count++] = name;
		for (size_t j = 0; j < js_count(list); j++) {
			const char *text = js_str(js_at(list, j));
			if (text)
				add_example(x, x->kind_count - 1, text, stems);
			else
				check_say(k, name, "must be a list of sentences");
		}
	}
	weigh(x);
	stems_free(&stems);
	return x;
}

void examples_free(struct examples **x)
{
	if (!*x)
		return;
	for (size_t b = 0; b < BUCKETS; b++) {
		for (struct stem_entry *e = (*x)->buckets[b]; e; e = e->next)
			free(e->examples);
	}
	free((*x)->list);
	arena_free(&(*x)->arena);
	free(*x);
	*x = NULL;
}

const char *const *examples_kinds(const struct examples *x)
{
	return x->kinds;
}

int examples_kind(const struct examples *x, const char *name)
{
	for (int i = 0; i < x->kind_count; i++) {
		if (str_equal(x->kinds[i], name))
			return i;
	}
	return -1;
}

struct sharing {
	const struct examples *x;
	bool *used;     /* by number of the stem: each counts once */
	double *shared; /* by example */
	double norm;
};

/* What the words weigh together, and what each example shares with them. */
static void share_words(struct sharing *s, const struct words *words)
{
	for (size_t i = 0; i < words->count; i++) {
		struct stem_entry *e = counts(&words->list[i]) ? find(s->x, words->list[i].stem) : NULL;
		if (!e || s->used[e->number])
			continue;
		s->used[e->number] = true;
		s->norm += e->weight * e->weight;
		for (size_t j = 0; j < e->count; j++)
			s->shared[e->examples[j]] += e->weight * e->weight;
	}
}

double *examples_like(const struct examples *x, const struct words *text, const struct words *title,
		      struct arena *arena)
{
	double *shared = arena_take(arena, (x->count + 1) * sizeof *shared);
	double *like = arena_take(arena, ((size_t)x->kind_count + 1) * sizeof *like);
	struct sharing s = {.x = x, .shared = shared, .used = arena_take(arena, x->stem_count + 1)};
	share_words(&s, text);
	share_words(&s, title);
	for (size_t i = 0; i < x->count; i++) {
		if (shared[i] > 0 && x->list[i].norm > 0)
			like[x->list[i].kind] += pow(shared[i] / (x->list[i].norm * sqrt(s.norm)), CLOSENESS);
	}
	return like;
}

/*
 * What a text says: patterns found, the longer over the shorter they contain, and what is denied
 * ("nessuna perdita", "corrente, gradini: niente"). Which pattern means what is the lexicon's matter.
 */
#include "room.h"

#include <string.h>

#define SMALL_MAX 4       /* articles and the like stepped over between two words of a pattern */
#define FINDINGS_MAX 1500 /* of one text; later ones are left out */
#define FEW_WORDS 3       /* up to so many say too little to guess from */
#define DENY_REACH 3      /* words between "non" and what it denies */

struct observer {
	const struct lexicon *lexicon;
	const struct words *words;
	struct arena *arena;
	struct finding *list;
	size_t count, room;
	size_t at;
	uint64_t *present; /* a bit for each element of the lexicon */
};

static bool fits(const struct element *e, const struct word *w)
{
	for (size_t i = 0; i < w->known->fit_count; i++) {
		if (w->known->fits[i] == e->number)
			return true;
	}
	return false;
}

/* Matches the pattern's elements from `e` on, from word `from` on; fills found->words. */
static bool match_from(const struct words *words, struct finding *found, size_t e, size_t from)
{
	const struct pattern *p = found->pattern;
	if (e == p->element_count)
		return true;
	const struct element *element = &p->elements[e];
	int spare = element->gap, small = SMALL_MAX;
	for (size_t at = from; at < words->count; at++) {
		const struct word *w = &words->list[at];
		if (w->sentence != words->list[found->words[0]].sentence)
			break;
		if (fits(element, w)) {
			found->words[found->count++] = at;
			if (match_from(words, found, e + 1, at + 1))
				return true;
			found->count--;
		}
		if (w->denies) /* what lies behind a "non" says something else */
			break;
		if (w->small ? small-- == 0 : spare-- == 0)
			break;
	}
	return element->optional && match_from(words, found, e + 1, from);
}

/* Which elements the words of a sentence fit, from word `from` on: most patterns lack one. */
static void look_ahead(struct observer *o, size_t from)
{
	const struct word *list = o->words->list;
	memset(o->present, 0, (lexicon_elements(o->lexicon) / 64 + 1) * sizeof *o->present);
	o->present[0] = UINT64_C(1) << ELEMENT_ALWAYS;
	for (size_t at = from; at < o->words->count && list[at].sentence == list[from].sentence; at++) {
		const struct known *k = list[at].known;
		for (size_t i = 0; i < k->fit_count; i++)
			o->present[k->fits[i] / 64] |= UINT64_C(1) << k->fits[i] % 64;
	}
}

static bool is_present(const struct observer *o, uint16_t element)
{
	return o->present[element / 64] >> element % 64 & 1;
}

static void try_pattern(struct observer *o, const struct start *s)
{
	const uint16_t *n = s->needs;
	if (!is_present(o, n[0]) || !is_present(o, n[1]) || !is_present(o, n[2]) || !is_present(o, n[3]) ||
	    o->count == FINDINGS_MAX)
		return;
	const struct pattern *p = s->pattern;
	struct finding found; /* field by field: most of its words are never filled */
	found.pattern = p;
	found.in = o->words;
	found.words[0] = o->at;
	found.count = 1;
	found.denied = found.struck = false;
	if (!match_from(o->words, &found, 1, o->at + 1))
		return;
	if (o->count == o->room) {
		struct finding *old = o->list;
		o->room = o->room ? o->room * 2 : 32;
		o->list = arena_take(o->arena, o->room * sizeof *old);
		if (old)
			memcpy(o->list, old, o->count * sizeof *old);
	}
	o->list[o->count++] = found;
}

/* Do all words of a stand in b, b has more, and b's sort of fact replaces a's? */
static bool is_part(const struct finding *a, const struct finding *b)
{
	size_t i = 0;
	if (a->count >= b->count || (a->pattern->keys & ~b->pattern->silences))
		return false;
	for (size_t j = 0; i < a->count && j < b->count; j++)
		i += a->words[i] == b->words[j];
	return i == a->count;
}

/* Findings stand in the order of their first words: those of a sentence are neighbours. */
static int sentence_of(const struct observer *o, size_t finding)
{
	return o->words->list[o->list[finding].words[0]].sentence;
}

static size_t first_in(const struct observer *o, int sentence)
{
	size_t low = 0, high = o->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (sentence_of(o, middle) < sentence)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void drop_parts(struct observer *o)
{
	size_t kept = 0, from = 0;
	bool *part = arena_take(o->arena, o->count + 1);
	for (size_t i = 0; i < o->count; i++) {
		if (sentence_of(o, from) != sentence_of(o, i))
			from = i;
		/* what contains it begins no later than it does */
		for (size_t j = from; j < o->count && o->list[j].words[0] <= o->list[i].words[0] && !part[i]; j++)
			part[i] = is_part(&o->list[i], &o->list[j]);
	}
	for (size_t i = 0; i < o->count; i++) {
		if (!part[i])
			o->list[kept++] = o->list[i];
	}
	o->count = kept;
}

static bool has_word(const struct finding *found, size_t word)
{
	for (size_t i = 0; i < found->count; i++) {
		if (found->words[i] == word)
			return true;
	}
	return false;
}

/* Does this "non" belong to a pattern that has nothing to do with what was found? */
static bool is_taken(const struct observer *o, size_t denier, const struct finding *found)
{
	int sentence = o->words->list[denier].sentence;
	for (size_t i = first_in(o, sentence); i < o->count && o->list[i].words[0] <= denier; i++) {
		if (has_word(&o->list[i], denier) && (!found || !has_word(&o->list[i], found->words[0])))
			return true;
	}
	return false;
}

/* "non", "senza" … close in front, in the same clause. A pattern that says "non" itself ("nemmeno una goccia") is
 * never denied. */
static bool is_denied(const struct observer *o, const struct finding *found)
{
	const struct word *list = o->words->list;
	size_t first = found->words[0];
	int reach = DENY_REACH;
	for (size_t i = 0; i < found->count; i++) {
		if (list[found->words[i]].denies)
			return false;
	}
	for (size_t at = first; at-- > 0 && reach > 0 && list[at].clause == list[first].clause;) {
		if (list[at].denies && !is_taken(o, at, found))
			return true;
		reach -= !list[at].small;
	}
	return false;
}

/* "chiesto di corrente, gradini, pendenza: niente." denies what the sentence listed. */
static void deny_listed(struct observer *o, size_t at)
{
	const struct word *list = o->words->list;
	for (size_t i = first_in(o, list[at].sentence); i < o->count && o->list[i].words[0] < at; i++)
		o->list[i].denied = o->list[i].struck = true;
}

static void deny(struct observer *o)
{
	const struct word *list = o->words->list;
	for (size_t i = 0; i < o->count; i++)
		o->list[i].denied = !o->list[i].pattern->steady && is_denied(o, &o->list[i]);
	for (size_t at = 1; at < o->words->count; at++) {
		bool ends = at + 1 == o->words->count || list[at + 1].sentence != list[at].sentence;
		if (ends && list[at - 1].after == ':' && (list[at].denies || str_equal(list[at].norm, "no")) &&
		    !is_taken(o, at, NULL))
			deny_listed(o, at);
	}
}

static void sum_up(const struct facts *f, const struct finding *found, struct findings *out)
{
	for (size_t i = 0; i < found->pattern->fact_count; i++) {
		int fact = found->pattern->facts[i];
		const struct fact *what = facts_at(f, fact);
		if (!found->denied || (what->steady && !found->struck)) {
			fact_add(&out->facts, fact);
			continue;
		}
		fact_add(&out->denied, fact);
		if (what->denied >= 0)
			fact_add(&out->facts, what->denied);
	}
}

/* The text's form: does a sentence end with "?" (asking, not reporting), are there more than a few words? */
static void see_form(const struct facts *f, const struct words *words, struct findings *out)
{
	int question = facts_find(f, "form=question"), some = facts_find(f, "form=words");
	for (size_t i = 0; question >= 0 && i < words->count; i++) {
		if (words->list[i].after == '?')
			fact_add(&out->facts, question);
	}
	if (some >= 0 && words->count > FEW_WORDS)
		fact_add(&out->facts, some);
}

void facts_observe(const struct facts *f, const struct lexicon *l, const struct words *words, struct arena *arena,
		   struct findings *out)
{
	struct observer o = {.lexicon = l, .words = words, .arena = arena};
	o.present = arena_take(arena, (lexicon_elements(l) / 64 + 1) * sizeof *o.present);
	for (o.at = 0; o.at < words->count; o.at++) {
		const struct known *k = words->list[o.at].known;
		if (!o.at || words->list[o.at - 1].sentence != words->list[o.at].sentence)
			look_ahead(&o, o.at);
		for (size_t i = 0; i < k->start_count; i++)
			try_pattern(&o, &k->starts[i]);
	}
	drop_parts(&o);
	deny(&o);
	struct finding *all = arena_take(arena, (out->count + o.count + 1) * sizeof *all);
	if (out->count)
		memcpy(all, out->list, out->count * sizeof *all);
	if (o.count)
		memcpy(all + out->count, o.list, o.count * sizeof *all);
	out->list = all;
	out->count += o.count;
	for (size_t i = 0; i < o.count; i++)
		sum_up(f, &o.list[i], out);
	see_form(f, words, out);
}

/*
 * The lexicon: patterns over words that say facts, as lexicon.json writes them.
 *
 *   perdita            the word in any form (compared by stem)       =sale      this form only
 *   allag*             a beginning                                   #          a number      _  any word
 *   tubo|condotta      either                                        rotto?     may be missing
 *   ..  ...            up to 4, up to 8 words may lie between        @acqua     a group of the file
 *
 * "spelling" lists words for which a slip is corrected though only their beginning stands in a pattern.
 * Between two elements articles and the like are stepped over. A misspelt word is taken for the known
 * word one slip away (dropped, added, changed or swapped letter), from seven letters on.
 */
#include "room.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 16384 /* a power of two, above the number of words in the lexicon */
#define ENDING_MAX 4  /* letters behind a known beginning; more may hide a slip */
#define ELEMENTS_MAX 8192
#define PREFIX_MIN 2
#define PREFIX_MAX 32 /* bytes: sixteen letters in Cyrillic */
#define SLIP_MIN 7    /* letters; shorter words have too many true neighbours */

struct entry {
	struct entry *next;
	const char *key;
	size_t length;
	size_t *patterns;
	size_t pattern_count;
	uint16_t *elements; /* in the tables of what fits */
	size_t element_count;
	int number;       /* in the table of elements */
	const char *stem; /* in the table of slips: what the word is */
	const char *word;
};

struct table {
	struct entry *buckets[BUCKETS];
};

struct lexicon {
	struct arena *arena;
	struct stems *stems;
	const struct js *groups;
	struct pattern *patterns;
	size_t count, room;
	struct table stem, exact, prefix, any; /* first element -> patterns */
	struct table elements; /* as the file spells them, numbered */
	size_t element_count;
	struct table fit_stem, fit_exact, fit_prefix, fit_any; /* term -> elements that have it */
	struct table known; /* every stem and form that some pattern uses */
	struct table slips; /* words with one letter dropped -> the word */
};

static size_t hash(const char *key, size_t length)
{
	uint64_t h = UINT64_C(1469598103934665603);
	for (size_t i = 0; i < length; i++)
		h = (h ^ (unsigned char)key[i]) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32) & (BUCKETS - 1);
}

static struct entry *find_entry(const struct table *t, const char *key, size_t length)
{
	struct entry *e = t->buckets[hash(key, length)];
	while (e && (e->length != length || memcmp(e->key, key, length) != 0))
		e = e->next;
	return e;
}

static struct entry *add_entry(struct lexicon *l, struct table *t, const char *key, size_t length)
{
	struct entry *e = arena_take(l->arena, sizeof *e), **bucket = &t->buckets[hash(key, length)];
	*e = (struct entry){.next = *bucket, .key = arena_strn(l->arena, key, length), .length = length};
	*bucket = e;
	return e;
}

static struct entry *need_entry(struct lexicon *l, struct table *t, const char *key, size_t length)
{
	struct entry *e = find_entry(t, key, length);
	return e ? e : add_entry(l, t, key, length);
}

/* ---- reading patterns */

static void know(struct lexicon *l, const char *word, const char *stem)
{
	size_t n = strlen(word);
	need_entry(l, &l->known, stem, strlen(stem));
	if (find_entry(&l->known, word, n) && !str_equal(word, stem))
		return; /* known already */
	need_entry(l, &l->known, word, n);
	if (n < SLIP_MIN - 1 || n > 30)
		return;
	char less[32];
	for (size_t i = 1; i <= n; i++) { /* i == n: the word itself; the first letter is never dropped */
		memcpy(less, word, i);
		if (i < n)
			memcpy(less + i, word + i + 1, n - i - 1);
		struct entry *e = add_entry(l, &l->slips, less, i < n ? n - 1 : n);
		e->stem = stem;
		e->word = word;
	}
}

static struct term make_term(struct check *k, struct lexicon *l, const char *text, size_t n)
{
	struct term t = {.kind = TERM_STEM, .text = arena_strn(l->arena, text, n)};
	if (str_equal(t.text, "#"))
		t.kind = TERM_NUMBER;
	else if (str_equal(t.text, "_"))
		t.kind = TERM_ANY;
	else if (text[0] == '=') {
		t.kind = TERM_EXACT;
		t.text++;
		know(l, t.text, t.text);
	} else if (text[n - 1] == '*') {
		t.kind = TERM_PREFIX;
		t.text = arena_strn(l->arena, text, n - 1);
		if (n - 1 < PREFIX_MIN || n - 1 > PREFIX_MAX)
			check_say(k, text, "must have %d to %d bytes before the *", PREFIX_MIN, PREFIX_MAX);
		need_entry(l, &l->known, t.text, n - 1);
	} else {
		const char *word = t.text;
		t.text = stems_of(l->stems, word, l->arena);
		know(l, word, t.text);
	}
	t.length = strlen(t.text);
	return t;
}

/* Room doubles: a group of sixty words stands in hundreds of patterns. */
static void add_term(struct lexicon *l, struct element *e, struct term t)
{
	bool full = (e->term_count & (e->term_count - 1)) == 0; /* none, or a power of two */
	if (full) {
		struct term *grown = arena_take(l->arena, (e->term_count ? 2 * e->term_count : 1) * sizeof t);
		if (e->term_count)
			memcpy(grown, e->terms, e->term_count * sizeof t);
		e->terms = grown;
	}
	e->terms[e->term_count++] = t;
}

static void add_group(struct check *k, struct lexicon *l, struct element *e, const char *name)
{
	const struct js *group = js_find(l->groups, name);
	if (!js_count(group))
		check_say(k, "groups", "there is no group \"%s\"", name);
	for (size_t i = 0; i < js_count(group); i++) {
		const char *word = js_str(js_at(group, i));
		if (word && word[0])
			add_term(l, e, make_term(k, l, word, strlen(word)));
	}
}

/* Each term of a new element leads to its number. */
static void index_terms(struct lexicon *l, const struct element *e)
{
	for (size_t i = 0; i < e->term_count; i++) {
		const struct term *t = &e->terms[i];
		struct table *table = t->kind == TERM_STEM ? &l->fit_stem : t->kind == TERM_EXACT ? &l->fit_exact :
				      t->kind == TERM_PREFIX ? &l->fit_prefix : &l->fit_any;
		struct entry *to = need_entry(l, table, t->kind == TERM_NUMBER ? "#" : t->kind == TERM_ANY ? "_" : t->text,
					      t->kind == TERM_NUMBER || t->kind == TERM_ANY ? 1 : t->length);
		to->elements = mem_grow(to->elements, to->element_count + 1, sizeof to->elements[0]);
		to->elements[to->element_count++] = (uint16_t)e->number;
	}
}

/* "tubo|@rete|allag*?" */
static void read_element(struct check *k, struct lexicon *l, char *text, struct element *e)
{
	size_t n = strlen(text);
	if (text[n - 1] == '?') {
		e->optional = true;
		text[--n] = '\0';
	}
	struct entry *known = find_entry(&l->elements, text, n);
	bool is_new = !known && l->element_count < ELEMENTS_MAX;
	if (is_new) {
		known = add_entry(l, &l->elements, text, n);
		known->number = (int)++l->element_count;
	} else if (!known) {
		check_say(k, text, "is one element too many: at most %d", ELEMENTS_MAX);
	}
	e->number = known ? known->number : 0;
	for (char *rest = text, *one; (one = strsep(&rest, "|"));) {
		if (!one[0])
			check_say(k, "pattern", "an empty alternative");
		else if (one[0] == '@')
			add_group(k, l, e, one + 1);
		else
			add_term(l, e, make_term(k, l, one, strlen(one)));
	}
	if (is_new)
		index_terms(l, e);
}

static bool read_pattern(struct check *k, struct lexicon *l, const char *text, struct pattern *p)
{
	char *copy = mem_str(text);
	int gap = 0;
	bool good = true;
	for (char *rest = copy, *one; good && (one = strsep(&rest, " "));) {
		if (str_equal(one, "..") || str_equal(one, "...")) {
			gap = one[2] ? 8 : 4;
		} else if (p->element_count == PATTERN_MAX || !one[0]) {
			check_say(k, text, one[0] ? "has too many words" : "has two spaces");
			good = false;
		} else {
			struct element *e = &p->elements[p->element_count++];
			e->gap = gap;
			gap = 0;
			read_element(k, l, one, e);
		}
	}
	free(copy);
	if (good && (!p->element_count || p->elements[0].optional || gap)) {
		check_say(k, text, "must begin and end with a word that may not be missing");
		good = false;
	}
	return good;
}

static void index_under(struct lexicon *l, struct table *t, const struct term *term, size_t pattern)
{
	struct entry *e = need_entry(l, t, term->text, term->length);
	e->patterns = mem_grow(e->patterns, e->pattern_count + 1, sizeof e->patterns[0]);
	e->patterns[e->pattern_count++] = pattern;
}

static void index_pattern(struct check *k, struct lexicon *l, const char *text, size_t pattern)
{
	const struct element *first = &l->patterns[pattern].elements[0];
	for (size_t i = 0; i < first->term_count; i++) {
		const struct term *t = &first->terms[i];
		if (t->kind == TERM_ANY)
			check_say(k, text, "must not begin with _");
		else if (t->kind == TERM_NUMBER)
			index_under(l, &l->any, &(struct term){.text = "#", .length = 1}, pattern);
		else
			index_under(l, t->kind == TERM_STEM ? &l->stem : t->kind == TERM_EXACT ? &l->exact : &l->prefix, t,
				    pattern);
	}
}

/* "event=leak + quantity=copious" */
static size_t read_facts(struct check *k, struct lexicon *l, const struct facts *facts, const char *names,
			 const int **out, bool *out_steady)
{
	int list[16];
	size_t count = 0;
	char *copy = mem_str(names);
	*out_steady = true;
	for (char *rest = copy, *one; (one = strsep(&rest, "+"));) {
		while (*one == ' ')
			one++;
		one[strcspn(one, " ")] = '\0';
		int fact = facts_find(facts, one);
		const char *near = fact < 0 ? facts_nearest(facts, one) : NULL;
		if (fact < 0)
			check_say(k, names, "unknown fact \"%s\"%s%s", one, near ? "; did you mean " : "", near ? near : "");
		else if (count < sizeof list / sizeof list[0]) {
			*out_steady &= facts_at(facts, fact)->steady;
			list[count++] = fact;
		}
	}
	free(copy);
	int *kept = arena_take(l->arena, (count + 1) * sizeof *kept);
	memcpy(kept, list, count * sizeof *kept);
	*out = kept;
	return count;
}

static void read_entry(struct check *k, struct lexicon *l, const struct facts *facts, const char *names,
		       const struct js *list)
{
	const int *said;
	bool steady;
	size_t said_count = read_facts(k, l, facts, names, &said, &steady);
	for (size_t i = 0; i < js_count(list); i++) {
		const char *text = js_str(js_at(list, i));
		struct pattern p = {.facts = said, .fact_count = said_count, .steady = steady};
		if (!text || !text[0]) {
			check_say(k, names, "must be a list of patterns");
			continue;
		}
		if (!read_pattern(k, l, text, &p))
			continue;
		for (size_t j = 0; j < said_count; j++) {
			p.keys |= UINT64_C(1) << facts_at(facts, said[j])->key;
			p.silences |= facts_at(facts, said[j])->silences;
		}
		if (l->count == l->room) {
			l->room = l->room ? 2 * l->room : 1024;
			l->patterns = mem_grow(l->patterns, l->room, sizeof p);
		}
		l->patterns[l->count] = p;
		index_pattern(k, l, text, l->count++);
	}
}

/* Words that a slip is corrected to though no pattern spells them out ("contator*"). */
static void read_spelling(struct check *k, struct lexicon *l, const struct js *list)
{
	for (size_t i = 0; i < js_count(list); i++) {
		const char *word = js_str(js_at(list, i));
		if (word)
			know(l, word, stems_of(l->stems, word, l->arena));
		else
			check_say(k, "spelling", "must be a list of words");
	}
}

struct lexicon *lexicon_load(struct check *k, const struct js *root, const struct facts *facts)
{
	static const char *const keys[] = {"about", "groups", "says", "spelling", NULL};
	struct lexicon *l = mem_zero(1, sizeof *l);
	l->arena = arena_new();
	l->stems = stems_new();
	check_keys(k, root, keys);
	l->groups = check_object(k, root, "groups", true);
	const struct js *says = check_object(k, root, "says", true), *list;
	const char *names;
	for (size_t i = 0; js_pair(says, i, &names, &list); i++)
		read_entry(k, l, facts, names, list);
	read_spelling(k, l, check_list(k, root, "spelling", true));
	l->groups = NULL; /* the caller's JSON goes away; everything needed was copied */
	stems_free(&l->stems);
	return l;
}

static void free_patterns(struct table *t)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct entry *e = t->buckets[i]; e; e = e->next) {
			free(e->patterns);
			free(e->elements);
		}
	}
}

void lexicon_free(struct lexicon **l)
{
	if (!*l)
		return;
	free_patterns(&(*l)->stem);
	free_patterns(&(*l)->exact);
	free_patterns(&(*l)->prefix);
	free_patterns(&(*l)->any);
	free_patterns(&(*l)->fit_stem);
	free_patterns(&(*l)->fit_exact);
	free_patterns(&(*l)->fit_prefix);
	free_patterns(&(*l)->fit_any);
	free((*l)->patterns);
	arena_free(&(*l)->arena);
	free(*l);
	*l = NULL;
}

size_t lexicon_elements(const struct lexicon *l)
{
	return l->element_count + 1;
}

/* ---- looking up */

#define ENTRIES_MAX (4 + PREFIX_MAX)
/* The entries of a word in four tables: number or any word, stem, form, each beginning. */
static size_t entries_of(const struct known *w, const struct table *any, const struct table *stem, const struct table *exact,
			 const struct table *prefix, const struct entry *out[ENTRIES_MAX])
{
	size_t count = 0, n = strlen(w->norm);
	if (w->number)
		out[count++] = find_entry(any, "#", 1);
	out[count++] = find_entry(any, "_", 1);
	out[count++] = find_entry(stem, w->stem, strlen(w->stem));
	out[count++] = find_entry(exact, w->norm, n);
	for (size_t length = PREFIX_MIN; length <= n && length <= PREFIX_MAX; length++)
		out[count++] = find_entry(prefix, w->norm, length);
	return count;
}

static struct start start_of(const struct pattern *p)
{
	struct start s = {.pattern = p};
	size_t count = 0;
	for (size_t i = 1; i < p->element_count && count < sizeof s.needs / sizeof s.needs[0]; i++) {
		if (!p->elements[i].optional)
			s.needs[count++] = (uint16_t)p->elements[i].number;
	}
	return s;
}

static void fill_starts(const struct lexicon *l, struct known *w, struct arena *arena)
{
	const struct entry *list[ENTRIES_MAX];
	size_t count = entries_of(w, &l->any, &l->stem, &l->exact, &l->prefix, list), sum = 0;
	for (size_t i = 0; i < count; i++)
		sum += list[i] ? list[i]->pattern_count : 0;
	struct start *starts = sum ? arena_take(arena, sum * sizeof *starts) : NULL;
	w->starts = starts;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; list[i] && j < list[i]->pattern_count && w->start_count < UINT16_MAX; j++)
			starts[w->start_count++] = start_of(&l->patterns[list[i]->patterns[j]]);
	}
}

static void fill_fits(const struct lexicon *l, struct known *w, struct arena *arena)
{
	const struct entry *list[ENTRIES_MAX];
	size_t count = entries_of(w, &l->fit_any, &l->fit_stem, &l->fit_exact, &l->fit_prefix, list), sum = 0;
	for (size_t i = 0; i < count; i++)
		sum += list[i] ? list[i]->element_count : 0;
	uint16_t *fits = sum ? arena_take(arena, sum * sizeof *fits) : NULL;
	w->fits = fits;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; list[i] && j < list[i]->element_count && w->fit_count < UINT16_MAX; j++)
			fits[w->fit_count++] = list[i]->elements[j];
	}
}

static bool is_known(const struct lexicon *l, const struct known *w, size_t n)
{
	if (find_entry(&l->known, w->stem, strlen(w->stem)) || find_entry(&l->known, w->norm, n))
		return true;
	for (size_t length = n - ENDING_MAX; length < n && length <= PREFIX_MAX; length++) {
		if (find_entry(&l->prefix, w->norm, length))
			return true;
	}
	return false;
}

/* Two words one slip apart: the rest after the first difference is equal once a letter is passed over. */
static bool one_slip(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	if (!*a || !*b)
		return strlen(a) + strlen(b) <= 1;
	return str_equal(a + 1, b) || str_equal(a, b + 1) || str_equal(a + 1, b + 1) ||
	       (a[0] == b[1] && a[1] == b[0] && str_equal(a + 2, b + 2));
}

static const struct entry *find_slip(const struct lexicon *l, const char *key, size_t n, const char *word)
{
	for (struct entry *e = l->slips.buckets[hash(key, n)]; e; e = e->next) {
		if (e->length == n && memcmp(e->key, key, n) == 0 && one_slip(e->word, word))
			return e;
	}
	return NULL;
}

static void mend(const struct lexicon *l, struct known *w)
{
	size_t n = strlen(w->norm);
	if (n < SLIP_MIN || n > 30 || w->number || is_known(l, w, n))
		return;
	const struct entry *slip = find_slip(l, w->norm, n, w->norm);
	char less[32];
	for (size_t i = 1; !slip && i < n; i++) {
		memcpy(less, w->norm, i);
		memcpy(less + i, w->norm + i + 1, n - i - 1);
		slip = find_slip(l, less, n - 1, w->norm);
	}
	if (slip) {
		w->norm = slip->word;
		w->stem = slip->stem;
	}
}

void lexicon_know(const struct lexicon *l, struct known *word, struct arena *arena)
{
	mend(l, word);
	fill_starts(l, word, arena);
	fill_fits(l, word, arena);
}

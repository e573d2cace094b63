/*
 * What the files of this room share: checking JSON with good complaints, facts and conditions over
 * them, a charter's own part, the lexicon and a text cut into words. Not for other rooms.
 */
#ifndef CLASSIFY_ROOM_H
#define CLASSIFY_ROOM_H

#include "classify.h"
#include "wire/json.h"

#include <stdint.h>

/* ---- check.c: complaints that name file, place and field; one line each */
struct check {
	const char *file;
	const char *where; /* "row F03"; "" for the file itself */
	struct str *to;
	size_t count;
};
void check_say(struct check *k, const char *field, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Every key of the object must stand in the list (ended by NULL). */
void check_keys(struct check *k, const struct js *object, const char *const *allowed);
const char *check_str(struct check *k, const struct js *object, const char *field, bool required);
double check_number(struct check *k, const struct js *object, const char *field, double min, double max);
bool check_bool(struct check *k, const struct js *object, const char *field, bool otherwise);
/* An array or object of that name; NULL (after a complaint if required) where it is not. */
const struct js *check_list(struct check *k, const struct js *object, const char *field, bool required);
const struct js *check_object(struct check *k, const struct js *object, const char *field, bool required);
/* One of the names (ended by NULL); -1 after a complaint that suggests the nearest. */
int check_name(struct check *k, const struct js *object, const char *field, const char *const *names);
const char *check_nearest(const char *word, const char *const *names); /* NULL if nothing is near */
bool check_date(const char *text);

/* ---- facts and conditions (condition.c) */
#define FACTS_MAX 320
struct fact_set {
	uint64_t bits[FACTS_MAX / 64];
};
struct fact {
	const char *name;  /* "quantity=copious" */
	const char *it;    /* "molta acqua" */
	bool steady;       /* a "non" in front does not deny it: places, things */
	int denied;        /* what its denial says ("state=dry"), or -1 */
	int key;           /* number of its key, what stands before "=" */
	uint64_t silences; /* bits of the keys whose shorter findings it replaces */
};
/* "event=leak | event=spray & !place=house": groups joined by &, each any of its facts, ! for none of them */
struct condition {
	struct condition_group {
		struct fact_set any;
		bool none;
	} *groups;
	size_t count;
};
struct facts;
void fact_add(struct fact_set *set, int fact);
bool fact_has(const struct fact_set *set, int fact);
bool fact_meets(const struct fact_set *a, const struct fact_set *b); /* any in common */
struct facts *facts_load(struct check *k, const struct js *root);
void facts_free(struct facts **f);
int facts_find(const struct facts *f, const char *name); /* -1 */
const struct fact *facts_at(const struct facts *f, int fact);
int facts_count(const struct facts *f);
const char *facts_nearest(const struct facts *f, const char *name);
void facts_derive(const struct facts *f, struct fact_set *set); /* applies the rules once, in file order */
/* Adds the facts from which the rules conclude those of the set. */
void facts_expand(const struct facts *f, struct fact_set *set);
bool condition_parse(struct check *k, const struct facts *f, const char *text, struct condition *out);
void condition_fini(struct condition *c);
bool condition_holds(const struct condition *c, const struct fact_set *set);

/* ---- examples.c */
struct examples;
struct words;
struct examples *examples_load(struct check *k, const struct js *root); /* borrows the names of the kinds */
void examples_free(struct examples **x);
int examples_kind(const struct examples *x, const char *name); /* -1 */
const char *const *examples_kinds(const struct examples *x);   /* ended by NULL */
/* By kind: how much the text is like its examples, 0 and up. */
double *examples_like(const struct examples *x, const struct words *text, const struct words *title,
		      struct arena *arena);

/* ---- charter.c */
struct clause {
	struct condition when;
	const char *text; /* as written */
	double weight;
};
struct outcome { /* what a text may turn out to be: a row, or a reason for `none` */
	const struct charter_row *row; /* NULL: none */
	const char *code, *reason, *refer_to;
	struct clause *clauses;
	size_t clause_count;
	int *like; /* kinds of examples.json */
	size_t like_count;
};
struct charter_detail {
	struct js *root; /* owns every string of the charter */
	struct js *over; /* of an edition read again: owns those of its national rules and saints; else NULL */
	struct outcome *outcomes;
	size_t outcome_count;
};
struct charter_shelf { /* what a charter file is read against */
	const struct facts *facts;
	const struct examples *examples;
	const struct js *national, *none; /* roots of national.json and none.json, may be NULL */
	const char *const *advice;        /* known keys, ended by NULL */
	const struct js *patrons;         /* root of patrons.json, may be NULL */
};
struct charter *charter_load(struct check *k, struct js *root, const struct charter_shelf *shelf); /* takes root */
void charter_free(struct charter **c);
void charter_detail_keep(struct charter *c, struct js *over); /* takes it */
static inline const struct charter_detail *charter_detail(const struct charter *c)
{
	return c->detail;
}

/* ---- target.c: targets, and what a charter says of events that hinder */
extern const char *const target_kinds[], *const target_units[], *const target_starts[]; /* ended by NULL */
/* national: the root of national.json, whose dates hold where the target has none; else NULL. */
void target_load(struct check *k, const struct js *o, const struct js *national, struct charter_target *out);
/* "pauses" and "excuses" of a root, for targets of one source; the classes are loaded already. A charter's
 * pauses must cover what its targets name. */
void clauses_load(struct check *k, const struct js *root, enum target_source source, struct charter *c);
void clauses_free(struct charter *c);

/* ---- patron.c: patrons.json */
void patrons_check(struct check *k, const struct js *root);
/* "patron_saints" of a policy: false, true (the fault's municipality), or a list of municipalities. */
void patrons_choose(struct check *k, const struct js *policy, const struct js *root, struct charter *c);

/* ---- edition.c: charters of one code, one after the other */
/* The edition in force on a date ("2026-11-22"); NULL: none. */
const struct charter *edition_on(struct charter *const *all, size_t count, const char *code, const char *date);
/* A complaint for each two editions of one code that have the same name or a day in common. */
void editions_check(struct check *k, struct charter *const *all, size_t count);

/* ---- words.c: a text cut into words */
struct word {
	const char *norm; /* lower case, no accents */
	const char *stem; /* Snowball Italian of norm */
	size_t start, end; /* bytes in the text */
	int clause, sentence; /* numbered from 0 */
	bool small;       /* an article or the like: patterns may step over it */
	bool quoted;      /* in an earlier message quoted by a reply, or in a signature */
	bool number;
	char after;       /* what ends the clause behind this word: ':' '.' ','…, 0 if it goes on */
};
struct words {
	struct word *list;
	size_t count;
};
struct stems; /* the stemmer; not shared between threads */
struct stems *stems_new(void);
void stems_free(struct stems **s);
const char *stems_of(struct stems *s, const char *norm, struct arena *arena);
/* Looks at the first CLASSIFY_MAX_TEXT bytes. */
struct words words_cut(const char *text, struct stems *stems, struct arena *arena);

/* ---- lexicon.c: patterns over words -> facts */
#define PATTERN_MAX 10
struct element {
	const struct term {
		enum { TERM_STEM, TERM_EXACT, TERM_PREFIX, TERM_NUMBER, TERM_ANY } kind;
		const char *text;
		size_t length;
	} *terms;
	size_t term_count;
	int gap;       /* this many words may lie in front */
	bool optional;
};
struct pattern {
	struct element elements[PATTERN_MAX];
	size_t element_count;
	const int *facts;
	size_t fact_count;
	bool steady; /* all its facts are: a "non" in front denies nothing */
	uint64_t keys, silences; /* of all its facts */
};
struct lexicon;
struct lexicon *lexicon_load(struct check *k, const struct js *root, const struct facts *facts);
void lexicon_free(struct lexicon **l);
size_t lexicon_size(const struct lexicon *l);
/* Patterns that may begin with this word: calls back with each. A misspelt word gets its likely stem first. */
typedef void lexicon_fn(void *ctx, const struct pattern *p);
void lexicon_start(const struct lexicon *l, const struct word *w, lexicon_fn *fn, void *ctx);
void lexicon_mend(const struct lexicon *l, struct words *words); /* corrects stems one slip away from a known word */

/* ---- facts.c: what a text says */
struct finding {
	const struct pattern *pattern;
	const struct words *in;
	size_t words[PATTERN_MAX]; /* which words, ascending */
	size_t count;
	bool denied;
};
struct findings {
	struct finding *list;
	size_t count;
	struct fact_set facts, denied;
	const double *like; /* by kind of examples */
};
void facts_observe(const struct facts *f, const struct lexicon *l, const struct words *words, struct arena *arena,
		   struct findings *out); /* adds to out */

/* ---- match.c, explain.c, address.c */
void match_rows(const struct facts *f, const struct charter *c, const struct findings *found, struct classify_answer *out);
void explain_answer(const struct facts *f, const struct charter *c, const struct findings *found,
		    const struct words *subject, struct classify_answer *out);
void address_hide(const char *text, struct words *words); /* marks the names of streets as not the reporter's words */
void address_find(const char *text, const struct words *words, struct arena *arena,
		  struct classify_address *out);

#endif

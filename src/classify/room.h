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
bool condition_parse(struct check *k, const struct facts *f, const char *text, struct condition *out);
void condition_fini(struct condition *c);
bool condition_holds(const struct condition *c, const struct fact_set *set);

/* ---- situations.c */
#define SITUATIONS_MAX 160
#define SITUATION_FACTS_MAX 8
struct situation {
	const char *code, *it;
	struct fact_set facts;
	int fact_list[SITUATION_FACTS_MAX];
	size_t fact_count;
};
struct situations;
struct situations *situations_load(struct check *k, const struct js *root, const struct facts *f);
void situations_free(struct situations **all);
size_t situations_count(const struct situations *all);
const struct situation *situations_at(const struct situations *all, size_t i);
/* Keeps in view what the found facts cry out; the shares sum to 1 again. */
void situations_alarm(const struct situations *all, const struct fact_set *found, double *shares, bool *alarmed);
int situations_find(const struct situations *all, const char *code); /* -1 */

/* ---- question.c: what may be asked, against the situations */
#define QUESTIONS_MAX 48
#define OPTIONS_MAX CLASSIFY_OPTIONS
struct question {
	const char *code, *ask_it;
	bool about[SITUATIONS_MAX];
	struct question_option {
		const char *it;
		bool fits[SITUATIONS_MAX]; /* stays open with this answer; of those it is about */
	} options[OPTIONS_MAX];
	size_t option_count;
};
struct questions;
struct questions *questions_load(struct check *k, const struct js *root, const struct facts *f,
				 const struct situations *situations);
void questions_free(struct questions **all);
size_t questions_count(const struct questions *all);
const struct question *questions_at(const struct questions *all, size_t i);
int questions_find(const struct questions *all, const char *code); /* -1 */
/* By situation: which ones this one may turn out to be, because it only tells what was not said. */
const bool *questions_vaguer(const struct questions *all, size_t situation);

/* ---- charter.c */
#define NONE_RANK 1000
struct outcome { /* what a text may turn out to be: a row, or a reason for `none` */
	const struct charter_row *row; /* NULL: none */
	const char *code, *reason, *refer_to;
	int rank;               /* of its class; NONE_RANK */
	struct condition *when; /* any of them */
	size_t when_count;
};
struct charter_detail {
	struct js *root; /* owns every string of the charter */
	struct js *over; /* of an edition read again: owns those of its national rules and saints; else NULL */
	struct outcome *outcomes;
	size_t outcome_count;
	uint16_t of[SITUATIONS_MAX]; /* outcome of each situation */
};
struct charter_shelf { /* what a charter file is read against */
	const struct facts *facts;
	const struct situations *situations;
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
	const char *norm; /* lower case, no accents; a slip is corrected */
	const char *stem; /* Snowball Italian of norm */
	size_t start, end; /* bytes in the text */
	int clause, sentence; /* numbered from 0 */
	bool small;       /* an article or the like: patterns may step over it */
	bool quoted;      /* in an earlier message quoted by a reply, or in a signature */
	bool number;
	bool denies;      /* "non", "senza", …: what lies behind says something else */
	const struct known *known; /* what holds of the word wherever it stands */
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
struct glossary;
struct lexicon;
/* Looks at the first CLASSIFY_MAX_TEXT bytes. */
struct words words_cut(const char *text, struct glossary *glossary, struct arena *arena);
/* An article or the like; "non", "senza", …; "ma", "però": a new clause. */
bool word_is_small(const char *norm), word_is_glue(const char *norm), word_denies(const char *norm), word_turns(const char *norm), word_is_foreign(const char *norm);

/* ---- glossary.c: the words met so far, each worked out once */
struct weighed { /* what the weights have for a feature */
	uint32_t first;
	uint16_t count; /* 0: they do not know it */
	uint8_t kind;
	bool row; /* it stands in a row of all units: many of them have a weight */
};
struct pattern;
struct start {
	const struct pattern *pattern;
	uint16_t needs[4]; /* the first elements it cannot do without; ELEMENT_ALWAYS where it has fewer */
};
struct known { /* small: a text jumps about among them */
	const char *raw; /* as it was written, but for case and accents */
	const char *norm, *stem;
	const struct start *starts; /* patterns that it may begin */
	const uint16_t *fits; /* numbers of the elements of patterns that it fits */
	struct weighed *features; /* "w:…", "n:…", then each "c:…" that the weights know (features.c) */
	uint64_t pair; /* hash of "b:…_", the beginning of a pair's name */
	uint16_t start_count, fit_count;
	uint8_t feature_count, length; /* of raw, bytes */
	bool small : 1, number : 1, denies : 1, turns : 1;
	bool glue : 1;           /* "che", "per": holds a sentence together, is no evidence */
	bool foreign : 1;        /* of another language than Italian or English */
	bool street : 1, lead : 1; /* "via"; "a", "dove": a place's name may follow (address.c) */
};
struct weights;
/* Not shared between threads. The weights have been read before the first word is looked up, or never will be. */
struct glossary *glossary_new(const struct lexicon *l, const struct weights *w);
void glossary_free(struct glossary **g);
/* Lives as long as the glossary and the arena. */
const struct known *glossary_word(struct glossary *g, const char *raw, size_t length, struct arena *arena);

/* ---- lexicon.c: patterns over words -> facts */
#define PATTERN_MAX 10
struct element {
	struct term {
		enum { TERM_STEM, TERM_EXACT, TERM_PREFIX, TERM_NUMBER, TERM_ANY } kind;
		const char *text;
		size_t length;
	} *terms;
	size_t term_count;
	int number;    /* the same for elements that any word fits alike: struct known lists them */
	int gap;       /* this many words may lie in front */
	bool optional;
};
struct pattern {
	size_t element_count; /* in front: often all that is looked at */
	const int *facts;
	size_t fact_count;
	bool steady; /* all its facts are: a "non" in front denies nothing */
	uint64_t keys, silences; /* of all its facts */
	struct element elements[PATTERN_MAX];
};
struct lexicon *lexicon_load(struct check *k, const struct js *root, const struct facts *facts);
void lexicon_free(struct lexicon **l);
#define ELEMENT_ALWAYS 0 /* a number that no element has */
size_t lexicon_elements(const struct lexicon *l); /* their numbers lie below */
/* Corrects a word one slip away from a known one, then fills what it begins and what it fits. */
void lexicon_know(const struct lexicon *l, struct known *word, struct arena *arena);

/* ---- facts.c: what a text says */
struct finding {
	const struct pattern *pattern;
	const struct words *in;
	size_t words[PATTERN_MAX]; /* which words, ascending */
	size_t count;
	bool denied; /* what is steady (a place, a thing) stays */
	bool struck; /* denied by name, the steady too: "corrente, gradini: niente" */
};
struct findings {
	struct finding *list;
	size_t count;
	struct fact_set facts, denied;
};
void facts_observe(const struct facts *f, const struct lexicon *l, const struct words *words, struct arena *arena,
		   struct findings *out); /* adds to out */

/* ---- features.c: what the weights look at */
struct feature {
	struct weighed weighed;
	const struct words *in; /* NULL: stands on no word */
	size_t first, last;
	int fact; /* that the lexicon found there and nobody denied; -1 */
};
struct feature_sink { /* gets each feature, some more than once; the name is not ended by 0 */
	void (*take)(void *ctx, const struct feature *f, const char *name, size_t length);
	void *ctx;
	const struct weights *weights; /* gets only what these know, unless … */
	bool spelt;                    /* … it wants all, by name */
};
uint64_t feature_hash(const char *name, size_t length);
void features_know(struct known *word, const struct weights *w, struct arena *arena); /* a word's own features */
/* charter may be NULL: then nothing speaks for its services. */
void features_of(const struct facts *f, const struct charter *charter, const char *channel,
		 const struct findings *found, const struct words *title, const struct words *text,
		 struct feature_sink *sink);

/* ---- weights.c: features -> shares of the situations */
#define UNITS_MAX 320 /* situations and their facts: room for all of them */
#define WEIGHT_ONE 64
#define WEIGHT_KINDS 9 /* the last has no say */
struct known_feature {
	const struct words *in; /* as in struct feature */
	uint32_t first, last;
	int fact;
	struct weighed weighed;
	uint32_t next; /* in the same sentence, by its place in the list plus one; 0: none */
	uint32_t same; /* the first of the same name: itself, or counted already */
};
struct reading { /* what the weights know of a text */
	struct known_feature *list;
	size_t count;
	size_t kinds[WEIGHT_KINDS]; /* distinct ones of each kind */
	double says[WEIGHT_KINDS];  /* of each of a kind, by weights_sum() */
	uint32_t *sentences;        /* the first of each sentence, likewise; by weights_by_sentence() */
};
struct weights *weights_new(const struct situations *situations, const struct facts *f);
bool weights_read(struct check *k, struct weights *w, const char *text);
void weights_free(struct weights **w);
size_t weights_unit_count(const struct weights *w);
const char *weights_unit(const struct weights *w, size_t unit);
const int *weights_units_of(const struct weights *w, size_t situation); /* ended by -1 */
struct weighed weights_find(const struct weights *w, uint64_t hash);
/* The value of a feature of a kind, beside others of that kind in the same text. */
double feature_say(char kind, size_t of_that_kind);
/* A sink for features_of() that fills out. */
void weights_look(const struct weights *w, struct arena *arena, struct reading *out, struct feature_sink *sink);
size_t weights_known(const struct reading *r, char letter); /* distinct features of a kind that are known */
void weights_sum(const struct weights *w, struct reading *r, double *units);
/* The same for one sentence alone: what it would be without the others. */
void weights_by_sentence(struct reading *r, const struct words *words, struct arena *arena);
void weights_sum_sentence(const struct weights *w, const struct reading *r, int sentence, double *units);
void weights_share(const struct weights *w, const double *units, double *shares);
#define DIRECTION_ONE (1 << 28) /* whole numbers: exact sums, and quicker; no value is greater */
/* How much each feature speaks for a direction (a value for each unit). */
double *weights_said(const struct weights *w, const struct reading *r, const int32_t *direction, struct arena *arena);

/* ---- triage.c: the next question */
/* shares: as the words say; then as the answers leave them. Fills all of out but answer and advice. */
bool triage_next(const struct questions *all, size_t situations, const struct classify_asked *ask, double *shares,
		 struct arena *arena, struct classify_triage *out, struct problem *p) MUST_CHECK;


/* ---- judge.c, explain.c, address.c */
/* Looks at a sentence alone: another fault in the same message goes to `also`; a graver one asks for review. */
void judge_sentence(const struct situations *all, const struct charter *c, const double *shares, struct classify_answer *out);
/* What the lexicon cried out and the answer is not: a further fault. */
void judge_alarms(const struct situations *all, const struct charter *c, const bool *alarmed, const double *shares,
		  struct classify_answer *out);
/* Few of the words are known: nobody is sent away on so little, and what is in another language goes to the desk as
 * a fault. */
void judge_unknown(const struct situations *all, const struct charter *c, const struct reading *r, const char *text,
		   const struct words *words, bool found, const double *shares, struct classify_answer *out);
void judge_shares(const struct situations *all, const struct charter *c, const double *shares, struct classify_answer *out);
bool word_is_street(const char *norm), word_is_lead(const char *norm);
void address_hide(const char *text, struct words *words); /* marks the names of streets as not the reporter's words */
void address_find(const char *text, const struct words *words, struct arena *arena,
		  struct classify_address *out);

/* ---- classify.c, explain.c: a text as all later steps see it */
struct text_read { /* a text as all later steps see it */
	struct words title, all, own;
	struct findings found;
	struct fact_set facts; /* found and concluded */
};
void read_text(const struct classify *c, const char *subject, const char *text, struct arena *arena, struct text_read *out);
void read_features(const struct classify *c, const struct charter *charter, const char *channel,
		   const struct text_read *t, struct feature_sink *sink);
struct heard { /* a text, what the weights know of it, and what it then is, by situation */
	struct text_read text;
	struct reading reading;
	double shares[SITUATIONS_MAX];
	bool alarmed[SITUATIONS_MAX];
};
/* As the weights say it, without alarms and sentences; without a charter (NULL), of any service. */
void heard_words(const struct classify *c, const struct classify_asked *asked, struct arena *arena, struct heard *out);
void heard_read(const struct classify *c, const struct classify_asked *asked, struct arena *arena, struct heard *out);
/* shares: h->shares, or as answers left them. */
void heard_judge(const struct classify *c, const struct classify_asked *asked, const struct heard *h,
		 const double *shares, struct arena *arena, struct classify_answer *out);
void explain_answer(const struct facts *f, const struct situations *all, const struct weights *w, const struct charter *c,
		    const struct reading *r, const double *shares, const bool *alarmed, const struct text_read *t, struct arena *arena,
		    struct classify_answer *out);
/* Without weights and charters' complaints about them: for learn.c. */
struct classify *classify_open_unlearned(const char *dir, struct problem *p);
const struct situations *classify_situations(const struct classify *c);
const struct facts *classify_facts(const struct classify *c);
const struct questions *classify_questions(const struct classify *c);

#endif

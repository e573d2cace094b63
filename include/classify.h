/*
 * Words + charter -> row, class, confidence and evidence. Knows no charter by name: everything it
 * knows stands in classifications/. The same text always gets the same answer. classify_text() allocates
 * from the arena, and remembers words it met beside the rules: up to a limit (glossary.c), so that a text
 * of any length costs bounded memory. Not to be used by two threads at once.
 */
#ifndef PRONTOD_CLASSIFY_H
#define PRONTOD_CLASSIFY_H

#include "base/mem.h"
#include "base/problem.h"
#include "base/str.h"
#include "model/charter.h"
#include "wire/json.h"

struct classify; /* all charters, the lexicon, the weights and the facts; read-only after opening, but for words met */

/* Reads index.json, lexicon, facts and every charter; the first problem names file, row and field. */
struct classify *classify_open(const char *dir, struct problem *p);
void classify_free(struct classify **c);
/*
 * A charter may have several editions: files of one code, in force one after the other, never two on a
 * day. Whoever has an instant asks for the edition in force then; whoever pinned one asks for it by name.
 */
/* The edition in force on the local date of an instant; NULL: the code is unknown, or none was in force. */
const struct charter *classify_charter_at(const struct classify *c, const char *code, struct instant at);
const struct charter *classify_charter_edition(const struct classify *c, const char *code, const char *edition);
/* The newest edition that had begun when the folder was opened (else the one to begin first); NULL if unknown. */
const struct charter *classify_charter(const struct classify *c, const char *code);
size_t classify_charters(const struct classify *c, const struct charter *const **out); /* one of each code */
size_t classify_editions(const struct classify *c, const struct charter *const **out); /* every one */

/* What pins an edition of a charter: its file, the national rules over it and the patron saints, word for
 * word. Caller frees. */
struct js *classify_edition(const struct classify *c, const struct charter *charter);
/* Such an edition as a charter again, for its rows, classes and targets; NULL where it cannot be read. */
struct charter *classify_edition_open(const struct classify *c, const struct js *edition);
void classify_edition_close(struct charter **charter);

/* Learns weights.tsv anew from labelled reports (JSON Lines: situation, charter, channel, subject, text): `build`
 * teaches, `tune` sets how sure the shares are and then teaches too; lists of paths ended by NULL. The same files
 * give the same bytes. */
bool classify_learn(const char *dir, const char *const *build, const char *const *tune, struct str *to, struct problem *p);

/* `prontoctl charter check FILE`: every problem of one file, a line each ("file: row F03: class: …"). Without any,
 * show (may be NULL) is called with the charter before it is freed. */
typedef void classify_show_fn(void *ctx, const struct charter *charter);
bool classify_check_file(const char *dir, const char *path, struct str *complaints, classify_show_fn *show, void *ctx);

/* Safety advice until the crew arrives; the key is charter_row.advice, or "gas" and "many". NULL if unknown. */
struct classify_advice {
	const char *key;
	const char *said_it;          /* the dispatcher says: «Lei» */
	const char *told_it, *told_en; /* web and e-mail: «tu» */
};
const struct classify_advice *classify_advice(const struct classify *c, const char *key);

struct classify_evidence {
	const char *in;        /* "text" or "subject" */
	size_t start, end;     /* byte offsets */
	const char *means;     /* "quantity=copious" */
	const char *means_it;  /* for the dispatcher: "molta acqua" */
};

struct classify_guess {
	const struct charter_row *row; /* NULL for `none` */
	const char *class_code;
	double confidence;
};

struct classify_address {
	const char *text;         /* "via Cavour 12"; NULL if none was found */
	const char *municipality; /* NULL if none */
	size_t start, end;        /* in the text */
};

#define CLASSIFY_MAX_EVIDENCE 24
#define CLASSIFY_MAX_OTHERS 5
struct classify_answer {
	const struct charter_row *row; /* NULL for `none` */
	const char *class_code;        /* "none" for none */
	double confidence;             /* 0 to 1 */
	bool needs_review;
	const char *reason, *refer_to; /* of `none`, else NULL */
	struct classify_evidence evidence[CLASSIFY_MAX_EVIDENCE];
	size_t evidence_count;
	struct classify_guess also[CLASSIFY_MAX_OTHERS]; /* further faults in the same message */
	size_t also_count;
	struct classify_guess alternatives[CLASSIFY_MAX_OTHERS];
	size_t alternative_count;
	struct classify_address address;
};

#define CLASSIFY_MAX_TEXT (256 * 1024) /* bytes looked at; longer texts are judged by their beginning */
/* channel: "phone" "email" "web" or NULL. subject and text are UTF-8; subject may be NULL. */
void classify_text(const struct classify *c, const struct charter *charter, const char *channel,
		   const char *subject, const char *text, struct arena *arena, struct classify_answer *out);

/*
 * The service that the words speak of ("water" "sewer" "waste", as in charter.services), whichever charters there are;
 * for a place that several utilities serve: answers by different charters cannot be compared. NULL: none is clear.
 * share (may be NULL): of the likeliest, 0 to 1, clear or not. subject may be NULL. The name lives as long as c.
 */
const char *classify_service(const struct classify *c, const char *channel, const char *subject, const char *text,
			     struct arena *arena, double *share);
/*
 * Does this charter go before those that do not, whatever each makes of the words? It does where it has that service;
 * service NULL, none is clear: where it has any but waste, for who lacks water or is in danger is worse off than who
 * finds a bin full.
 */
bool classify_goes_first(const struct charter *charter, const char *service);

/* Guided questions for whoever speaks with the caller: answers so far narrow what the words left open, and an answer
 * goes before the words. Each question is answered by the number of its option, 0: the caller does not know. */
#define CLASSIFY_QUESTIONS 4     /* asked for one report at most */
#define CLASSIFY_OPTIONS 9       /* of one question: a key each */
#define CLASSIFY_MAX_REPLIES 16  /* read at most */
struct classify_reply {
	const char *question;
	int option;
};
struct classify_asked {
	const struct charter *charter;
	const char *channel, *subject, *text; /* NULL or "": nothing was said yet */
	const struct classify_reply *replies;
	size_t reply_count;
};
struct classify_option {
	int key;        /* 1 to 9; the same option always has the same key, so some may be missing */
	const char *it;
};
struct classify_answered {
	const char *code, *ask_it, *label_it; /* label_it "Non lo sa" for option 0 */
	int option;
	bool applied; /* it was about what remained; false also for option 0 */
};
struct classify_remaining {
	const struct charter_row *row; /* NULL: none */
	const char *class_code, *reason;
	double share; /* of what remains; all together 1 */
};
struct classify_triage {
	struct classify_answer answer;   /* as classify_text() says it, after the answers */
	const char *advice;              /* key of the advice for it; NULL if none */
	bool known;                      /* something was said or answered; else the class is the most urgent there is */
	bool decided;                    /* one row remains, or all that remain agree in class (or in whom to call) */
	const char *question, *ask_it;   /* the next one; NULL: nothing is to be asked any more */
	struct classify_option options[CLASSIFY_OPTIONS];
	size_t option_count;
	struct classify_answered answered[CLASSIFY_MAX_REPLIES];
	size_t answered_count;
	struct classify_remaining *remaining; /* likeliest first; in the arena */
	size_t remaining_count;
};
/* Pure; everything in the arena. False: an answer names no question, or an option that it does not have; the problem's
 * field is a pointer ("/answers/1/option"). */
bool classify_triage(const struct classify *c, const struct classify_asked *asked, struct arena *arena,
		     struct classify_triage *out, struct problem *p) MUST_CHECK;

#endif

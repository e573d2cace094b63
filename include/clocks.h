/*
 * Clocks: a charter's class and a start instant become due instants, with their proof. Pure: `now`,
 * zone, pauses and holidays are arguments or constants. Source: domain rules R1-R9, Law 260/1949 as
 * amended (54/1977, 792/1985, 336/2000, 151/2025).
 */
#ifndef PRONTOD_CLOCKS_H
#define PRONTOD_CLOCKS_H

#include "base/problem.h"
#include "base/str.h"
#include "model/charter.h"

struct clocks_pause {
	struct instant from, to; /* to unset: still on */
	enum pause_cause cause;
};

struct clocks_question {
	const struct charter *charter;
	const struct charter_class *class;
	const struct charter_row *row; /* may be NULL; decides the national overlay by its danger */
	char danger;              /* 'a' to 'd': seen on the spot, goes before the row's; 0: the row's */
	const char *municipality; /* of the fault, for its patron saint; NULL: none rests */
	const struct zone *zone;
	struct instant received;     /* start of START_RECEIVED */
	struct instant conversation; /* unset: the report's receipt stands for it */
	struct instant call;         /* unset: likewise */
	struct instant protocolled;  /* the office's stamp, for charters that count days from it; unset: the first
					working day from receipt on */
	/* actual events; unset: the targets that count from them are left out */
	struct instant verified, interruption, ring, arrived, made_safe;
	struct instant now; /* end so far of a pause that is still on; unset: that pause counts nothing yet */
	const struct clocks_pause *pauses;
	size_t pause_count;
	bool all;                     /* false: the first charter target(s) only */
};

#define CLOCKS_MAX_TARGETS 16
struct clocks_due {
	const struct charter_target *target;
	enum target_bound bound;
	struct instant start, due;
	bool effective; /* the strictest arrival, be it the charter's or the national rule's */
	bool paused;    /* a pause that stops it is still on: due moves until it ends */
};

/* Fills out[], soonest first; returns how many. Never fails: no target gives 0. A target that
 * names dangers is owed only for a row with one of them; without a row there is none. One that names
 * dates or hours is owed if the instant it starts from lies in them. */
size_t clocks_due(const struct clocks_question *question, struct clocks_due out[CLOCKS_MAX_TARGETS]);
/* The proof, a line each (Italian): the rule with its English twin and source, the start and its event, the
 * days counted and skipped with reasons, pauses with the words that allow them, the end. */
void clocks_explain(const struct clocks_question *question, const struct clocks_due *due, struct str *to);

#define CLOCKS_RESULTS(X)                                                                          \
	X(CLOCKS_RUNNING, "running")                                                               \
	X(CLOCKS_PAUSED, "paused") /* a pause holds the clock at now */                            \
	X(CLOCKS_MET, "met")                                                                       \
	X(CLOCKS_MISSED, "missed")
#define CLOCKS_EXCUSES(X)                                                                          \
	X(CLOCKS_NO_EXCUSE, "none")                                                                \
	X(CLOCKS_EXCUSED, "excused")        /* the charter excuses a miss of this cause */         \
	X(CLOCKS_NOT_BINDING, "not_binding") /* conditions under which the target does not bind */
#define X(value, name) value,
enum clocks_result { CLOCKS_RESULTS(X) };
enum clocks_excuse { CLOCKS_EXCUSES(X) };
#undef X
const char *clocks_result_name(enum clocks_result r);
const char *clocks_excuse_name(enum clocks_excuse e);

struct clocks_state {
	enum clocks_result result;
	struct instant due;    /* with the pauses up to the stop, or to now */
	struct span left;      /* until due: at the stop, or at now; 0 once missed */
	struct span late;      /* past due; 0 unless missed */
	enum clocks_excuse excuse; /* of a miss: offered, the desk decides */
	const struct clocks_pause *event;    /* what excuses; NULL if nothing */
	const struct charter_clause *clause; /* the words that do; NULL likewise */
};
/* What became of a target by question->now, or by the instant it was stopped (unset: it was not). An
 * event whose cause does not stop the target excuses a miss if it lay between start and due; it
 * never moves due and never hides the miss. */
struct clocks_state clocks_state(const struct clocks_question *question, const struct clocks_due *due,
				 struct instant stopped);

/* The name of the national holiday that a local date is, or NULL ("Lunedì dell'Angelo"). */
const char *clocks_holiday(int year, int month, int day);

/* "entro le 17:05 di oggi", "entro domenica 29 marzo, fine giornata": how a due instant is told. lang "it"/"en". */
void clocks_tell(const struct clocks_due *due, const struct zone *zone, struct instant now, const char *lang,
		 struct str *to);

#endif

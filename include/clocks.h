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
	const struct zone *zone;
	struct instant received;      /* start of START_RECEIVED */
	struct instant conversation;  /* unset: the report's receipt stands for it */
	struct instant call;          /* unset: likewise */
	struct instant verified;      /* unset: chained targets are left out */
	struct instant interruption;  /* unset: likewise */
	struct instant now;           /* end so far of a pause that is still on; unset: that pause counts nothing yet */
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
 * names dangers is owed only for a row with one of them; without a row there is none. */
size_t clocks_due(const struct clocks_question *question, struct clocks_due out[CLOCKS_MAX_TARGETS]);
/* The days counted and skipped with reasons (Italian), one line each, for --explain and the proof panel. */
void clocks_explain(const struct clocks_question *question, const struct clocks_due *due, struct str *to);

enum clocks_result { CLOCKS_RUNNING, CLOCKS_MET, CLOCKS_MISSED };
/* stopped unset: judged at now. late: how late (0 when met or running in time); early: what was left. */
enum clocks_result clocks_judge(const struct clocks_due *due, struct instant stopped, struct instant now,
				struct span *late, struct span *left);

/* The name of the national holiday that a local date is, or NULL ("Lunedì dell'Angelo"). */
const char *clocks_holiday(int year, int month, int day);
bool clocks_is_working_day(int year, int month, int day);

/* "entro le 17:05 di oggi", "entro domenica 29 marzo, fine giornata": how a due instant is told. lang "it"/"en". */
void clocks_tell(const struct clocks_due *due, const struct zone *zone, struct instant now, const char *lang,
		 struct str *to);

#endif

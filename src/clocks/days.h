/* What the files of clocks/ share: dates, pauses that stop a target, and the walk over its days. */
#ifndef PRONTOD_SRC_CLOCKS_DAYS_H
#define PRONTOD_SRC_CLOCKS_DAYS_H

#include "clocks.h"

/* calendar.c */
int calendar_weekday(int year, int month, int day);  /* 0 = Monday */
bool calendar_is_rest(int year, int month, int day); /* Sunday or national holiday */

/* pause.c: the pauses of a question as one target feels them. */
bool pause_stops(const struct clocks_pause *pause, const struct charter_target *target);
struct instant pause_end(const struct clocks_question *question, const struct clocks_pause *pause);
/* Where the pauses around t let go of it: t itself when none holds. */
struct instant pause_let_go(const struct clocks_question *question,
                            const struct charter_target *target, struct instant t);
/* start + amount of time that runs, pauses left out. */
struct instant pause_add(const struct clocks_question *question,
                         const struct charter_target *target, struct instant start);
bool pause_still_on(const struct clocks_question *question, const struct charter_target *target,
                    struct instant start);

/* target.c: the days after the start, one at a time. */
enum day_fate { DAY_COUNTS, DAY_SATURDAY, DAY_SUNDAY, DAY_HOLIDAY, DAY_PAUSED };
struct day_walk {
	const struct clocks_question *question;
	const struct charter_target *target;
	struct instant start;
	int day; /* 0: the day of the start, which never counts (R1) */
	int64_t counted;
	struct wall date;
	enum day_fate fate;
};
bool day_walk_next(struct day_walk *walk); /* false once the target's days are counted */
/* R3: the last day is a holiday and the charter extends it. */
bool day_walk_extends(const struct day_walk *walk);

#endif

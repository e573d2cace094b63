/* What the files of clocks/ share: dates, pauses that stop a target, and the walk over its days. */
#ifndef PRONTOD_SRC_CLOCKS_DAYS_H
#define PRONTOD_SRC_CLOCKS_DAYS_H

#include "clocks.h"

#define FRIDAY 4
#define SATURDAY 5
#define SUNDAY 6

/* calendar.c: the days of a question's charter, which may count patron saints. */
/* "Lunedì dell'Angelo", "Sant'Ambrogio, patrono di Milano"; NULL: no holiday. The patron's words
 * are put into buf. */
#define HOLIDAY_TEXT 160
const char *calendar_holiday(const struct clocks_question *question, const struct wall *date,
                             char buf[HOLIDAY_TEXT]);
bool calendar_is_rest(const struct clocks_question *question,
                      const struct wall *date); /* a Sunday or a holiday */
bool calendar_is_working(const struct clocks_question *question, const struct wall *date);
/* Does the date lie between two dates as texts (NULL: open)? Both belong to the time between. */
bool calendar_within(const struct wall *date, const char *from, const char *to);

/* when.c: conditions of the wall clock at the instant a target starts from. */
enum when_reason { WHEN_BY_NOTHING, WHEN_BY_NIGHT, WHEN_BY_HOLIDAY };
/* Why a condition of night or holiday holds; WHEN_BY_NOTHING: it does not. */
enum when_reason when_reason(const struct clocks_question *question,
                             const struct target_condition *when, struct instant start);
bool when_holds(const struct clocks_question *question, const struct charter_target *target,
                struct instant start);
/* The first condition of night or holiday among the targets that `otherwise` stands against. */
const struct target_condition *when_against(const struct clocks_question *question,
                                            const struct charter_target *target);

/* state.c: the words that speak of a cause for a target; NULL: none. */
const struct charter_clause *clause_find(const struct clocks_question *question,
                                         const struct charter_target *target, enum clause_kind kind,
                                         enum pause_cause cause);

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
                    struct instant due);
/* Does a pause that stops the target hold it at t? */
bool pause_holds(const struct clocks_question *question, const struct charter_target *target,
                 struct instant t);

/* target.c */
struct clocks_due target_reckon(const struct clocks_question *question,
                                const struct charter_target *target, struct instant start);
/* An instant of the day that days are counted from: the start's, or the protocol's (R5). */
struct instant day_zero(const struct clocks_question *question, const struct charter_target *target,
                        struct instant start);

/* The days after day zero, one at a time. */
enum day_fate { DAY_COUNTS, DAY_SATURDAY, DAY_SUNDAY, DAY_HOLIDAY, DAY_PAUSED };
struct day_walk {
	const struct clocks_question *question;
	const struct charter_target *target;
	struct instant start; /* an instant of day zero */
	int day;              /* 0: day zero, which never counts (R1) */
	int64_t counted;
	struct wall date;
	enum day_fate fate;
};
bool day_walk_next(struct day_walk *walk); /* false once the target's days are counted */
/* R3: is the last day a holiday that the charter extends? Then on to the next working day, a day at
 * a time: false once it is reached. */
bool day_walk_extends(const struct day_walk *walk);
bool day_walk_further(struct day_walk *walk);

#endif

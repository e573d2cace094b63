/*
 * A class's targets become due instants, and a stop instant becomes met or missed. Hours are
 * elapsed time, added in UTC; days are dates of the local calendar, due at the midnight that ends
 * the last one. Source: counting rules R1-R9. Not here: pauses (pause.c), holidays (calendar.c),
 * words (tell.c).
 */
#include "days.h"

#include "model/report.h"

#include <string.h>

/* No charter promises decades: a walk this long is a pause without end or data gone wrong. */
#define LONGEST_WALK_DAYS 4000

static struct instant first_set(struct instant a, struct instant b)
{
	return instant_is_set(a) ? a : b;
}

/* Unset: this target has not begun. */
static struct instant start_of(const struct clocks_question *q, const struct charter_target *target)
{
	switch (target->start) {
	case START_RECEIVED:
		return q->received;
	case START_CONVERSATION:
		return first_set(q->conversation, q->received);
	case START_CALL:
		return first_set(q->call, q->received);
	case START_VERIFIED:
		return q->verified;
	case START_INTERRUPTION:
		return q->interruption;
	case START_RING:
		return INSTANT_NONE; /* the call's own clock, kept with the call */
	}
	return INSTANT_NONE;
}

static enum day_fate fate_of(const struct day_walk *walk)
{
	const struct wall *d = &walk->date;
	if (walk->target->unit == UNIT_WORKING_DAYS) {
		if (clocks_holiday(d->year, d->month, d->day))
			return DAY_HOLIDAY;
		int weekday = calendar_weekday(d->year, d->month, d->day);
		if (weekday >= 5)
			return weekday == 5 ? DAY_SATURDAY : DAY_SUNDAY;
	}
	const struct zone *zone = walk->question->zone;
	struct instant begin = zone_midnight(zone, walk->start, walk->day);
	struct instant end = zone_midnight(zone, walk->start, walk->day + 1);
	struct instant let_go = pause_let_go(walk->question, walk->target, begin);
	return instant_compare(let_go, end) >= 0 ? DAY_PAUSED : DAY_COUNTS;
}

bool day_walk_next(struct day_walk *walk)
{
	if (walk->counted >= walk->target->amount || walk->day >= LONGEST_WALK_DAYS)
		return false;
	walk->day++;
	walk->date = zone_wall(walk->question->zone,
	                       zone_midnight(walk->question->zone, walk->start, walk->day));
	walk->fate = fate_of(walk);
	walk->counted += walk->fate == DAY_COUNTS;
	return true;
}

bool day_walk_extends(const struct day_walk *walk)
{
	const struct wall *d = &walk->date;
	return walk->target->unit == UNIT_CALENDAR_DAYS &&
	       walk->question->charter->extend_if_holiday &&
	       calendar_is_rest(d->year, d->month, d->day);
}

static struct instant due_by_days(const struct clocks_question *q,
                                  const struct charter_target *target, struct instant start)
{
	struct day_walk walk = {.question = q, .target = target, .start = start};
	while (day_walk_next(&walk)) {
	}
	if (day_walk_extends(&walk)) {
		do {
			walk.day++;
			walk.date = zone_wall(q->zone, zone_midnight(q->zone, start, walk.day));
		} while (!clocks_is_working_day(walk.date.year, walk.date.month, walk.date.day));
	}
	return zone_midnight(q->zone, start, walk.day + 1);
}

static bool is_owed(const struct clocks_question *q, const struct charter_target *target)
{
	if (target->dangers) {
		char danger = q->row ? q->row->national_danger : '\0';
		if (!danger || !strchr(target->dangers, danger))
			return false;
	}
	return q->all || (target->first && target->source == SOURCE_CHARTER);
}

static struct clocks_due reckon(const struct clocks_question *q,
                                const struct charter_target *target, struct instant start)
{
	bool hours = target->unit == UNIT_SECONDS;
	struct clocks_due due = {.target = target,
	                         .bound = hours ? BOUND_INCLUSIVE : BOUND_EXCLUSIVE,
	                         .start = start,
	                         .due = hours ? pause_add(q, target, start)
	                                      : due_by_days(q, target, start)};
	due.paused = pause_still_on(q, target, due.due);
	return due;
}

static void insert_by_due(struct clocks_due *list, size_t count, const struct clocks_due *new)
{
	size_t at = count;
	for (; at > 0 && instant_compare(list[at - 1].due, new->due) > 0; at--)
		list[at] = list[at - 1];
	list[at] = *new;
}

size_t clocks_due(const struct clocks_question *question, struct clocks_due out[CLOCKS_MAX_TARGETS])
{
	size_t count = 0;
	for (size_t i = 0; question->class && i < question->class->target_count; i++) {
		const struct charter_target *target = &question->class->targets[i];
		struct instant start = start_of(question, target);
		if (!instant_is_set(start) || !is_owed(question, target) ||
		    count == CLOCKS_MAX_TARGETS)
			continue;
		struct clocks_due due = reckon(question, target, start);
		insert_by_due(out, count++, &due);
	}
	for (size_t i = 0; i < count; i++) {
		if (out[i].target->kind == TARGET_ARRIVAL) {
			out[i].effective = true;
			break;
		}
	}
	return count;
}

enum clocks_result clocks_judge(const struct clocks_due *due, struct instant stopped,
                                struct instant now, struct span *late, struct span *left)
{
	const struct due_target target = {
	    .bound = due->bound, .due = due->due, .stopped_at = stopped};
	switch (target_judge(&target, now, late, left)) {
	case TARGET_RUNNING:
		return CLOCKS_RUNNING;
	case TARGET_MET:
		return CLOCKS_MET;
	case TARGET_MISSED:
		return CLOCKS_MISSED;
	}
	return CLOCKS_RUNNING;
}

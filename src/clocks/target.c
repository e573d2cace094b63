/*
 * A class's targets become due instants, and a stop instant becomes met or missed. Hours are
 * elapsed time, added in UTC; days are dates of the local calendar, due at the midnight that ends
 * the last one. Source: counting rules R1-R9. Not here: pauses (pause.c), holidays (calendar.c),
 * hours of the day (when.c), what became of a target (state.c), words (tell.c).
 */
#include "days.h"

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
		return q->ring;
	case START_ARRIVED:
		return q->arrived;
	case START_MADE_SAFE:
		return q->made_safe;
	}
	return INSTANT_NONE;
}

static enum day_fate fate_of(const struct day_walk *walk)
{
	const struct wall *d = &walk->date;
	char holiday[HOLIDAY_TEXT];
	if (walk->target->unit == UNIT_WORKING_DAYS && !calendar_is_working(walk->question, d)) {
		if (calendar_holiday(walk->question, d, holiday))
			return DAY_HOLIDAY;
		return d->weekday == SATURDAY ? DAY_SATURDAY : DAY_SUNDAY;
	}
	const struct zone *zone = walk->question->zone;
	struct instant begin = zone_midnight(zone, walk->start, walk->day);
	struct instant end = zone_midnight(zone, walk->start, walk->day + 1);
	struct instant let_go = pause_let_go(walk->question, walk->target, begin);
	return instant_compare(let_go, end) >= 0 ? DAY_PAUSED : DAY_COUNTS;
}

static void step(struct day_walk *walk)
{
	walk->day++;
	walk->date = zone_wall(walk->question->zone,
	                       zone_midnight(walk->question->zone, walk->start, walk->day));
}

bool day_walk_next(struct day_walk *walk)
{
	if (walk->counted >= walk->target->amount || walk->day >= LONGEST_WALK_DAYS)
		return false;
	step(walk);
	walk->fate = fate_of(walk);
	walk->counted += walk->fate == DAY_COUNTS;
	return true;
}

bool day_walk_extends(const struct day_walk *walk)
{
	const struct wall *d = &walk->date;
	return walk->target->unit == UNIT_CALENDAR_DAYS &&
	       walk->question->charter->extend_if_holiday && calendar_is_rest(walk->question, d);
}

bool day_walk_further(struct day_walk *walk)
{
	if (calendar_is_working(walk->question, &walk->date) || walk->day >= LONGEST_WALK_DAYS)
		return false;
	step(walk);
	return true;
}

/* The office stamps what comes in on a day of rest on the next working day. */
static struct instant stamped(const struct clocks_question *q, struct instant received)
{
	if (instant_is_set(q->protocolled))
		return q->protocolled;
	struct instant day = received;
	for (int ahead = 0; ahead < LONGEST_WALK_DAYS; ahead++) {
		struct wall date = zone_wall(q->zone, day);
		if (calendar_is_working(q, &date))
			return day;
		day = zone_midnight(q->zone, received, ahead + 1);
	}
	return received;
}

struct instant day_zero(const struct clocks_question *question, const struct charter_target *target,
                        struct instant start)
{
	bool stamp = question->charter->protocol_date && target->source == SOURCE_CHARTER &&
	             target->start == START_RECEIVED;
	return stamp ? stamped(question, start) : start;
}

static struct instant due_by_days(const struct clocks_question *q,
                                  const struct charter_target *target, struct instant zero)
{
	struct day_walk walk = {.question = q, .target = target, .start = zero};
	while (day_walk_next(&walk)) {
	}
	if (day_walk_extends(&walk)) {
		while (day_walk_further(&walk)) {
		}
	}
	return zone_midnight(q->zone, zero, walk.day + 1);
}

static bool is_owed(const struct clocks_question *q, const struct charter_target *target,
                    struct instant start)
{
	if (target->dangers) {
		char danger = q->danger ? q->danger : q->row ? q->row->national_danger : '\0';
		if (!danger || !strchr(target->dangers, danger))
			return false;
	}
	struct wall date = zone_wall(q->zone, start);
	if (!calendar_within(&date, target->valid_from, target->valid_to) ||
	    !when_holds(q, target, start))
		return false;
	return q->all || (target->first && target->source == SOURCE_CHARTER);
}

struct clocks_due target_reckon(const struct clocks_question *question,
                                const struct charter_target *target, struct instant start)
{
	bool hours = target->unit == UNIT_SECONDS;
	struct clocks_due due = {
	    .target = target,
	    .bound = hours ? BOUND_INCLUSIVE : BOUND_EXCLUSIVE,
	    .start = start,
	    .due = hours ? pause_add(question, target, start)
	                 : due_by_days(question, target, day_zero(question, target, start))};
	due.paused = pause_still_on(question, target, due.due);
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
		if (count == CLOCKS_MAX_TARGETS || !instant_is_set(start) ||
		    !is_owed(question, target, start))
			continue;
		struct clocks_due due = target_reckon(question, target, start);
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

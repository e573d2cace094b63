/*
 * Targets that hold by night or on holidays, and those that hold otherwise: judged by the wall
 * clock at the instant the target starts from, once and for all. Which hours are night is the
 * charter's data.
 */
#include "days.h"

static bool is_night(const struct target_condition *when, const struct wall *w)
{
	int minute = w->hour * 60 + w->minute;
	bool after = minute >= when->night_from, before = minute < when->night_to;
	return when->night_from > when->night_to ? after || before : after && before;
}

enum when_reason when_reason(const struct clocks_question *question,
                             const struct target_condition *when, struct instant start)
{
	struct wall w = zone_wall(question->zone, start);
	bool by_night = when->is == WHEN_NIGHT || when->is == WHEN_NIGHT_OR_HOLIDAY;
	bool by_holiday = when->is == WHEN_HOLIDAY || when->is == WHEN_NIGHT_OR_HOLIDAY;
	if (by_night && is_night(when, &w))
		return WHEN_BY_NIGHT;
	return by_holiday && calendar_is_rest(question, &w) ? WHEN_BY_HOLIDAY : WHEN_BY_NOTHING;
}

static bool is_rival(const struct charter_target *a, const struct charter_target *b)
{
	return a->kind == b->kind && a->source == b->source && a->when.is != WHEN_ALWAYS &&
	       a->when.is != WHEN_OTHERWISE;
}

const struct target_condition *when_against(const struct clocks_question *question,
                                            const struct charter_target *target)
{
	const struct charter_class *class = question->class;
	for (size_t i = 0; class && i < class->target_count; i++) {
		if (is_rival(&class->targets[i], target))
			return &class->targets[i].when;
	}
	return NULL;
}

static bool none_holds(const struct clocks_question *q, const struct charter_target *target,
                       struct instant start)
{
	const struct charter_class *class = q->class;
	for (size_t i = 0; class && i < class->target_count; i++) {
		const struct charter_target *other = &class->targets[i];
		if (is_rival(other, target) &&
		    when_reason(q, &other->when, start) != WHEN_BY_NOTHING)
			return false;
	}
	return true;
}

bool when_holds(const struct clocks_question *question, const struct charter_target *target,
                struct instant start)
{
	switch (target->when.is) {
	case WHEN_ALWAYS:
		return true;
	case WHEN_OTHERWISE:
		return none_holds(question, target, start);
	case WHEN_NIGHT:
	case WHEN_HOLIDAY:
	case WHEN_NIGHT_OR_HOLIDAY:
		return when_reason(question, &target->when, start) != WHEN_BY_NOTHING;
	}
	return true;
}

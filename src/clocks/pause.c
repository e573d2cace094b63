/*
 * Pauses: only causes that the charter's data names for a target stop it. An hour target loses the
 * seconds; of a day target the days wholly inside do not count (R7). Pauses may overlap and touch.
 */
#include "days.h"

bool pause_stops(const struct clocks_pause *pause, const struct charter_target *target)
{
	return target->pause_causes & 1u << pause->cause;
}

/* A pause still on reaches to now; without a now it has no length yet. */
struct instant pause_end(const struct clocks_question *question, const struct clocks_pause *pause)
{
	if (instant_is_set(pause->to))
		return pause->to;
	return instant_is_set(question->now) ? question->now : pause->from;
}

struct instant pause_let_go(const struct clocks_question *question,
                            const struct charter_target *target, struct instant t)
{
	for (size_t i = 0; i < question->pause_count; i++) {
		const struct clocks_pause *pause = &question->pauses[i];
		struct instant end = pause_end(question, pause);
		if (pause_stops(pause, target) && instant_compare(pause->from, t) <= 0 &&
		    instant_compare(t, end) < 0) {
			t = end;
			i = (size_t)-1; /* another one may hold the later instant: look again from
			                   the first */
		}
	}
	return t;
}

/* The next instant after t at which a pause begins to stop the target; unset if none. */
static struct instant next_stop(const struct clocks_question *question,
                                const struct charter_target *target, struct instant t)
{
	struct instant next = INSTANT_NONE;
	for (size_t i = 0; i < question->pause_count; i++) {
		const struct clocks_pause *pause = &question->pauses[i];
		bool empty = instant_compare(pause_end(question, pause), pause->from) <= 0;
		if (empty || !pause_stops(pause, target) || instant_compare(pause->from, t) <= 0)
			continue;
		if (!instant_is_set(next) || instant_compare(pause->from, next) < 0)
			next = pause->from;
	}
	return next;
}

struct instant pause_add(const struct clocks_question *question,
                         const struct charter_target *target, struct instant start)
{
	struct span remaining = SPAN_S(target->amount);
	struct instant t = start;
	for (;;) {
		t = pause_let_go(question, target, t);
		struct instant stop = next_stop(question, target, t);
		if (!instant_is_set(stop) || instant_since(stop, t).us >= remaining.us)
			return instant_add(t, remaining);
		remaining.us -= instant_since(stop, t).us;
		t = stop;
	}
}

bool pause_still_on(const struct clocks_question *question, const struct charter_target *target,
                    struct instant due)
{
	for (size_t i = 0; i < question->pause_count; i++) {
		const struct clocks_pause *pause = &question->pauses[i];
		if (pause_stops(pause, target) && !instant_is_set(pause->to) &&
		    instant_compare(pause->from, due) < 0)
			return true;
	}
	return false;
}

bool pause_holds(const struct clocks_question *question, const struct charter_target *target,
                 struct instant t)
{
	for (size_t i = 0; i < question->pause_count; i++) {
		const struct clocks_pause *pause = &question->pauses[i];
		bool over = instant_is_set(pause->to) && instant_compare(pause->to, t) <= 0;
		if (pause_stops(pause, target) && instant_compare(pause->from, t) <= 0 && !over)
			return true;
	}
	return false;
}

/*
 * What became of a target: running, paused, met or missed, with what is left or how late, and what
 * excuses a miss. Three kinds of events, three sums: a cause that stops the clock has moved due
 * already; one that the charter excuses, or under which the target does not bind, moves nothing and
 * is named beside the miss.
 */
#include "days.h"

#define X(value, name) name,
static const char *const result_names[] = {CLOCKS_RESULTS(X)};
static const char *const excuse_names[] = {CLOCKS_EXCUSES(X)};
#undef X

const char *clocks_result_name(enum clocks_result r)
{
	return result_names[r];
}

const char *clocks_excuse_name(enum clocks_excuse e)
{
	return excuse_names[e];
}

static bool speaks_of(const struct charter_clause *clause, const struct charter_class *class)
{
	for (size_t i = 0; class && i < clause->class_count; i++) {
		if (str_equal(clause->classes[i], class->code))
			return true;
	}
	return clause->every_class;
}

const struct charter_clause *clause_find(const struct clocks_question *question,
                                         const struct charter_target *target, enum clause_kind kind,
                                         enum pause_cause cause)
{
	for (size_t i = 0; i < question->charter->clause_count; i++) {
		const struct charter_clause *clause = &question->charter->clauses[i];
		if (clause->kind == kind && clause->source == target->source &&
		    clause->causes & 1u << cause && speaks_of(clause, question->class))
			return clause;
	}
	return NULL;
}

/* Only what lay between start and due can have made it late. */
static bool hindered(const struct clocks_question *q, const struct clocks_due *due,
                     const struct clocks_pause *event)
{
	return !pause_stops(event, due->target) && instant_compare(event->from, due->due) < 0 &&
	       (!instant_is_set(event->to) || instant_compare(event->to, due->start) > 0) &&
	       (!instant_is_set(q->now) || instant_compare(event->from, q->now) < 0);
}

static bool find_excuse(const struct clocks_question *q, const struct clocks_due *due,
                        enum clause_kind kind, struct clocks_state *out)
{
	for (size_t i = 0; i < q->pause_count; i++) {
		const struct clocks_pause *event = &q->pauses[i];
		const struct charter_clause *clause =
		    hindered(q, due, event) ? clause_find(q, due->target, kind, event->cause)
		                            : NULL;
		if (clause) {
			out->event = event;
			out->clause = clause;
			return true;
		}
	}
	return false;
}

static void judge(const struct clocks_due *due, struct instant at, bool stopped,
                  struct clocks_state *out)
{
	int over = instant_compare(at, due->due);
	bool missed = due->bound == BOUND_INCLUSIVE ? over > 0 : over >= 0;
	out->due = due->due;
	out->result = missed ? CLOCKS_MISSED : stopped ? CLOCKS_MET : CLOCKS_RUNNING;
	if (missed)
		out->late = instant_since(at, due->due);
	else
		out->left = instant_since(due->due, at);
}

struct clocks_state clocks_state(const struct clocks_question *question,
                                 const struct clocks_due *due, struct instant stopped)
{
	struct clocks_state out = {.result = CLOCKS_RUNNING};
	struct clocks_question then = *question;
	bool is_stopped = instant_is_set(stopped);
	if (is_stopped)
		then.now = stopped; /* a pause ends for a target with the target itself */
	struct clocks_due reckoned = target_reckon(&then, due->target, due->start);
	judge(&reckoned, then.now, is_stopped, &out);
	if (out.result == CLOCKS_RUNNING && pause_holds(&then, due->target, then.now))
		out.result = CLOCKS_PAUSED;
	if (out.result != CLOCKS_MISSED)
		return out;
	if (find_excuse(&then, &reckoned, CLAUSE_VALIDITY, &out))
		out.excuse = CLOCKS_NOT_BINDING;
	else if (find_excuse(&then, &reckoned, CLAUSE_EXCUSE, &out))
		out.excuse = CLOCKS_EXCUSED;
	return out;
}

/*
 * Promises between clocks, store and views: reckoned from a charter's class, pinned on the report,
 * told in words, stopped by the crew's steps. The sums are clocks' and model's; only the order is
 * ours. Not here: what pauses make of them since (clock.c).
 */
#include "house.h"

#include "clocks.h"

#include <string.h>

struct start promises_start(const struct report *r)
{
	bool talked_first = instant_is_set(r->started_at) &&
	                    instant_compare(r->started_at, r->received_at) < 0;
	return (struct start){.received = talked_first ? r->started_at : r->received_at,
	                      .conversation = r->started_at,
	                      .call = r->started_at,
	                      .ring = r->rang_at,
	                      .municipality = r->municipality};
}

static bool stop_at(struct due_target *t, struct instant at)
{
	struct span late, left;
	t->stopped_at = at;
	bool met = target_judge(t, at, &late, &left) != TARGET_MISSED;
	t->result = target_result_name(met ? TARGET_MET : TARGET_MISSED);
	t->late = late;
	return met;
}

/* The telephone was answered before there was a report: its clock begins stopped. */
static void answered(struct due_target *list, size_t count, const struct start *start)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].kind == TARGET_CALL_ANSWER && instant_is_set(start->conversation))
			stop_at(&list[i], start->conversation);
}

struct due_target *promises(const struct pinned *by, const char *row, const char *class_code,
                            const struct zone *zone, const struct start *start, struct arena *arena,
                            size_t *count)
{
	const struct charter *charter = by->charter;
	*count = 0;
	const struct charter_class *class =
	    class_code ? charter_class_find(charter, class_code) : NULL;
	if (!class)
		return NULL;
	struct clocks_question q = {.charter = charter,
	                            .class = class,
	                            .row = row ? charter_row_find(charter, row) : NULL,
	                            .zone = zone,
	                            .received = start->received,
	                            .conversation = start->conversation,
	                            .call = start->call,
	                            .ring = start->ring,
	                            .verified = start->verified,
	                            .arrived = start->arrived,
	                            .made_safe = start->made_safe,
	                            .municipality = start->municipality,
	                            .all = true};
	struct clocks_due due[CLOCKS_MAX_TARGETS];
	size_t n = clocks_due(&q, due);
	struct due_target *list = arena_take(arena, (n + 1) * sizeof *list);
	for (size_t i = 0; i < n; i++) {
		const struct charter_target *t = due[i].target;
		list[i] = (struct due_target){.charter = charter->code,
		                              .edition = charter->edition,
		                              .digest = by->digest,
		                              .row = row,
		                              .class_code = class->code,
		                              .kind = t->kind,
		                              .source = t->source,
		                              .bound = due[i].bound,
		                              .rule = t->rule,
		                              .quote = t->quote,
		                              .section = t->section,
		                              .start = due[i].start,
		                              .promised = due[i].due,
		                              .due = due[i].due,
		                              .first = t->first,
		                              .effective = due[i].effective};
	}
	*count = n;
	answered(list, n, start);
	return list;
}

void promises_chain(struct start *start, const struct incident *i)
{
	start->verified = start->arrived = i->arrived_at;
	start->made_safe = i->made_safe_at;
}

static bool has_one(const struct incident *i, const char *report, const struct due_target *new)
{
	for (size_t n = 0; n < i->target_count; n++) {
		const struct due_target *t = &i->targets[n];
		if (str_equal(t->report, report) && t->kind == new->kind &&
		    t->source == new->source && str_equal(t->rule, new->rule))
			return true;
	}
	return false;
}

/* Is it the first promise of its report in the list? Each report is reckoned once. */
static bool stands_for_report(const struct incident *i, size_t index)
{
	for (size_t n = 0; n < index; n++)
		if (str_equal(i->targets[n].report, i->targets[index].report))
			return false;
	return true;
}

struct due_target *promises_begin(const struct flow *flow, const struct incident *i,
                                  enum assignment_event event, struct instant at,
                                  struct arena *arena, size_t *count)
{
	struct start start = {.municipality = i->municipality};
	struct due_target *list =
	    arena_take(arena, (i->target_count + 1) * CLOCKS_MAX_TARGETS * sizeof *list);
	*count = 0;
	if (event == ASSIGNMENT_ARRIVE)
		start.verified = start.arrived = at;
	else if (event == ASSIGNMENT_MAKE_SAFE)
		start.made_safe = at;
	else
		return list;
	for (size_t n = 0; n < i->target_count; n++) {
		const struct due_target *of = &i->targets[n];
		struct pinned by;
		size_t found = 0;
		if (!stands_for_report(i, n) ||
		    !edition_find(flow, of->charter, of->edition, of->digest, &by) || !by.charter)
			continue;
		struct due_target *new =
		    promises(&by, of->row, of->class_code, zone_of(flow, i->utility.text), &start,
		             arena, &found);
		for (size_t k = 0; k < found; k++) {
			if (has_one(i, of->report, &new[k]))
				continue;
			memcpy(new[k].report, of->report, sizeof new[k].report);
			list[(*count)++] = new[k];
		}
	}
	return list;
}

void promises_tell(struct due_target *targets, size_t count, const struct zone *zone,
                   struct instant now, struct arena *arena)
{
	struct str said = {0};
	for (size_t i = 0; i < count; i++) {
		struct clocks_due due = {
		    .bound = targets[i].bound, .start = targets[i].start, .due = targets[i].due};
		str_clear(&said);
		clocks_tell(&due, zone, now, "it", &said);
		targets[i].told_it = arena_str(arena, str_text(&said));
		str_clear(&said);
		clocks_tell(&due, zone, now, "en", &said);
		targets[i].told_en = arena_str(arena, str_text(&said));
	}
	str_fini(&said);
}

/* Which step of a crew keeps which promise. */
static bool stops(enum assignment_event event, enum target_kind kind)
{
	switch (kind) {
	case TARGET_ARRIVAL:
	case TARGET_VERIFY:
		return event == ASSIGNMENT_ARRIVE;
	case TARGET_MAKE_SAFE:
		return event == ASSIGNMENT_MAKE_SAFE;
	case TARGET_RESTORE:
	case TARGET_REPAIR:
		return event == ASSIGNMENT_RESTORE;
	case TARGET_SUBSTITUTE_SUPPLY:
	case TARGET_CALL_ANSWER:
	case TARGET_FEEDBACK:
	case TARGET_NOTICE:
		return false;
	}
	return false;
}

size_t promises_stop(const struct due_target *targets, size_t count, enum assignment_event event,
                     struct instant at, struct store_stop *out)
{
	size_t n = 0;
	for (size_t i = 0; i < count; i++) {
		struct due_target t = targets[i];
		if (instant_is_set(t.stopped_at) || !stops(event, t.kind))
			continue;
		bool met = stop_at(&t, at);
		out[n++] =
		    (struct store_stop){.target = t.id, .met = met, .late_s = t.late.us / 1000000};
	}
	return n;
}

void promises_judge(struct due_target *targets, size_t count)
{
	for (size_t n = 0; n < count; n++)
		if (instant_is_set(targets[n].stopped_at))
			stop_at(&targets[n], targets[n].stopped_at);
}

void promises_settle(struct due_target *targets, size_t count, const struct incident *i)
{
	const struct {
		enum assignment_event event;
		struct instant at;
	} reached[] = {{ASSIGNMENT_ARRIVE, i->arrived_at},
	               {ASSIGNMENT_MAKE_SAFE, i->made_safe_at},
	               {ASSIGNMENT_RESTORE, i->restored_at}};
	for (size_t n = 0; n < count; n++)
		for (size_t k = 0; k < sizeof reached / sizeof *reached; k++)
			if (instant_is_set(reached[k].at) &&
			    stops(reached[k].event, targets[n].kind))
				stop_at(&targets[n], reached[k].at);
}

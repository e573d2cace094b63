/*
 * Clocks as they stand: a promise was reckoned once and stored; what hindered since is stored too,
 * and its due instant follows from both, by the edition it is pinned to. Nothing ticks and nothing
 * here is stored. Also what may hold a clock still, and the instants of warnings.
 */
#include "house.h"

#include "base/str.h"
#include "clocks.h"

#include <stdlib.h>
#include <string.h>

const struct charter_target *clock_target(const struct pinned *by, const struct due_target *t)
{
	const struct charter_class *class =
	    by->charter && t->class_code ? charter_class_find(by->charter, t->class_code) : NULL;
	for (size_t i = 0; class && i < class->target_count; i++)
		if (class->targets[i].kind == t->kind && class->targets[i].source == t->source &&
		    str_equal(class->targets[i].rule, t->rule))
			return &class->targets[i];
	return NULL;
}

/* Everything a target may start from is the instant it did start from. */
static struct clocks_question question_of(const struct flow *flow, const struct pinned *by,
                                          const struct incident *i, const struct due_target *t)
{
	const struct zone *zone = zone_of(flow, i->utility.text);
	return (struct clocks_question){.charter = by->charter,
	                                .class = charter_class_find(by->charter, t->class_code),
	                                .row = t->row ? charter_row_find(by->charter, t->row) : NULL,
	                                .municipality = i->municipality,
	                                .zone = zone,
	                                .received = t->start,
	                                .conversation = t->start,
	                                .call = t->start,
	                                .verified = t->start,
	                                .interruption = t->start,
	                                .ring = t->start,
	                                .arrived = t->start,
	                                .made_safe = t->start,
	                                .all = true};
}

static struct clocks_pause until(const struct clock_event *e, struct instant stopped)
{
	bool open = !instant_is_set(e->to) ||
	            (instant_is_set(stopped) && instant_compare(e->to, stopped) > 0);
	return (struct clocks_pause){.from = e->from, .to = open ? stopped : e->to, .cause = e->cause};
}

/* Later events than its stop are none of a promise's business. */
static bool concerns(const struct clock_event *e, struct instant stopped)
{
	return !instant_is_set(stopped) || instant_compare(e->from, stopped) < 0;
}

/* The pauses until the promise was kept or not. */
static size_t pauses_until(const struct incident *i, struct instant stopped,
                           struct clocks_pause *out)
{
	size_t count = 0;
	for (size_t n = 0; n < i->event_count; n++)
		if (i->events[n].stops && concerns(&i->events[n], stopped))
			out[count++] = until(&i->events[n], stopped);
	return count;
}

/* And what only excuses. One that was kept as an excuse stays one, though its cause would stop the clock
 * of a class that came later. */
static size_t excuses_until(const struct incident *i, const struct charter_target *target,
                            struct instant stopped, struct clocks_pause *out)
{
	size_t count = 0;
	for (size_t n = 0; n < i->event_count; n++) {
		const struct clock_event *e = &i->events[n];
		if (!e->stops && concerns(e, stopped) && !(target->pause_causes & 1u << e->cause))
			out[count++] = until(e, stopped);
	}
	return count;
}

/* Due of this one target after `percent` of its time, pauses counted; false: not to be reckoned. */
static bool reckon(const struct flow *flow, const struct incident *i, const struct due_target *t,
                   int percent, struct clocks_due *out)
{
	struct pinned by;
	const struct charter_target *own =
	    edition_find(flow, t->charter, t->edition, t->digest, &by) ? clock_target(&by, t) : NULL;
	if (!own)
		return false;
	struct charter_target target = *own;
	struct charter_class class = *charter_class_find(by.charter, t->class_code);
	struct clocks_question q = question_of(flow, &by, i, t);
	struct clocks_pause *pauses = mem_zero(i->event_count + 1, sizeof *pauses);
	/* it was owed, or it would not be here */
	target.dangers = target.valid_from = target.valid_to = NULL;
	target.when.is = WHEN_ALWAYS;
	if (target.unit == UNIT_SECONDS)
		target.amount = target.amount * percent / 100;
	class.targets = &target;
	class.target_count = 1;
	q.class = &class;
	q.pauses = pauses;
	q.pause_count = pauses_until(i, t->stopped_at, pauses);
	struct clocks_due due[CLOCKS_MAX_TARGETS];
	size_t count = clocks_due(&q, due);
	free(pauses);
	if (!count)
		return false;
	*out = due[0];
	out->target = own;
	return true;
}

static const struct clock_event *open_event(const struct incident *i)
{
	for (size_t n = 0; n < i->event_count; n++)
		if (i->events[n].stops && !instant_is_set(i->events[n].to))
			return &i->events[n];
	return NULL;
}

const struct clock_event *clock_held(const struct incident *i)
{
	return open_event(i);
}

/* What excuses a miss, and the words that say so. */
static void excuse(const struct flow *flow, const struct incident *i, struct due_target *t,
                   const struct clocks_due *due)
{
	struct pinned by;
	if (!edition_find(flow, t->charter, t->edition, t->digest, &by))
		return;
	struct clocks_question q = question_of(flow, &by, i, t);
	struct clocks_pause *pauses = mem_zero(i->event_count + 1, sizeof *pauses);
	size_t count = pauses_until(i, t->stopped_at, pauses);
	q.pauses = pauses;
	q.pause_count = count + 1;
	q.now = instant_now();
	for (size_t n = 0; n < i->event_count && !t->excuse; n++) {
		const struct clock_event *e = &i->events[n];
		pauses[count] = until(e, t->stopped_at);
		struct clocks_state s = clocks_state(&q, due, t->stopped_at);
		if (s.excuse != CLOCKS_NO_EXCUSE) {
			t->excuse = e;
			t->excused_by = s.clause;
		}
	}
	free(pauses);
}

static void apply_to(const struct flow *flow, const struct incident *i, struct due_target *t)
{
	struct clocks_due due;
	struct span late, left;
	t->due = t->promised;
	t->paused = t->excuse = NULL;
	if (!reckon(flow, i, t, 100, &due))
		return;
	t->due = due.due;
	if (due.paused && !instant_is_set(t->stopped_at))
		t->paused = open_event(i);
	if (target_judge(t, instant_now(), &late, &left) == TARGET_MISSED)
		excuse(flow, i, t, &due);
}

void clock_apply(const struct flow *flow, const struct incident *i, struct due_target *list,
                 size_t count)
{
	for (size_t n = 0; i->event_count && n < count; n++)
		apply_to(flow, i, &list[n]);
}

struct due_target *clock_stopped(const struct flow *flow, const struct incident *i,
                                 struct instant at, struct arena *arena)
{
	struct due_target *list = arena_take(arena, (i->target_count + 1) * sizeof *list);
	for (size_t n = 0; n < i->target_count; n++) {
		list[n] = i->targets[n];
		if (!i->event_count || instant_is_set(list[n].stopped_at))
			continue;
		list[n].stopped_at = at;
		apply_to(flow, i, &list[n]);
		list[n].stopped_at = INSTANT_NONE;
	}
	return list;
}

void clock_warning(const struct flow *flow, const struct incident *i, const struct due_target *t,
                   struct instant at[3])
{
	static const int percents[3] = {50, 80, 100};
	struct span whole = instant_since(t->due, t->start);
	for (size_t n = 0; n < 3; n++) {
		struct clocks_due due;
		/* a target in days is used up as its calendar time is */
		at[n] = instant_add(t->start, (struct span){whole.us / 100 * percents[n]});
		if (percents[n] == 100)
			at[n] = t->due;
		else if (i->event_count && t->bound == BOUND_INCLUSIVE &&
		         reckon(flow, i, t, percents[n], &due))
			at[n] = due.due;
	}
}

static bool speaks_of(const struct charter_clause *clause, const struct due_target *t)
{
	bool so = clause->every_class;
	for (size_t n = 0; n < clause->class_count && !so; n++)
		so = str_equal(clause->classes[n], t->class_code);
	return so && clause->kind != CLAUSE_STOP && clause->source == t->source;
}

unsigned clock_excuses(const struct flow *flow, const struct due_target *t)
{
	struct pinned by;
	unsigned causes = 0;
	if (!edition_find(flow, t->charter, t->edition, t->digest, &by) || !by.charter)
		return 0;
	for (size_t n = 0; n < by.charter->clause_count; n++)
		if (speaks_of(&by.charter->clauses[n], t))
			causes |= by.charter->clauses[n].causes;
	return causes;
}

/* ---- reading with dues as they stand ---- */

struct incidents_wanted {
	struct flow *flow;
	store_incidents_fn *done;
	void *ctx;
};

static void on_incidents(void *ctx, const struct problem *p, const struct store_incidents *found)
{
	struct incidents_wanted w = *(struct incidents_wanted *)ctx;
	free(ctx);
	for (size_t n = 0; found && n < found->count; n++) {
		const struct incident *i = &found->list[n];
		clock_apply(w.flow, i, i->targets, i->target_count);
		for (size_t k = 0; k < i->reports_loaded; k++)
			clock_apply(w.flow, i, i->reports[k].targets, i->reports[k].target_count);
	}
	w.done(w.ctx, p, found);
}

void incidents_read(struct flow *flow, const struct user *who, const struct store_query *query,
                    store_incidents_fn *done, void *ctx)
{
	struct incidents_wanted *w = mem_zero(1, sizeof *w);
	*w = (struct incidents_wanted){flow, done, ctx};
	store_incidents(flow->store, who, query, on_incidents, w);
}

/* ---- the proof ---- */

static size_t lines_of(struct str *text, struct arena *arena, const char *const **out)
{
	char *all = arena_str(arena, str_text(text));
	size_t count = 0, room = 1;
	for (const char *s = all; *s; s++)
		room += *s == '\n';
	const char **lines = arena_take(arena, (room + 1) * sizeof *lines);
	for (char *save, *line = strtok_r(all, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		lines[count++] = line;
	*out = lines;
	return count;
}

size_t clock_explain(const struct flow *flow, const struct incident *i, const struct due_target *t,
                     struct arena *arena, const char *const **out)
{
	struct pinned by;
	const struct charter_target *target =
	    edition_find(flow, t->charter, t->edition, t->digest, &by) ? clock_target(&by, t) : NULL;
	if (!target)
		return 0;
	struct clocks_question q = question_of(flow, &by, i, t);
	struct clocks_pause *pauses = arena_take(arena, (i->event_count + 1) * sizeof *pauses);
	q.pauses = pauses;
	q.pause_count = pauses_until(i, t->stopped_at, pauses);
	q.pause_count += excuses_until(i, target, t->stopped_at, pauses + q.pause_count);
	struct clocks_due due = {.target = target,
	                         .bound = t->bound,
	                         .start = t->start,
	                         .due = t->due,
	                         .effective = t->effective};
	struct str text = {0};
	str_addf(&text, "carta: %s, edizione %s\n", by.charter->name, by.charter->edition);
	clocks_explain(&q, &due, &text);
	size_t count = lines_of(&text, arena, out);
	str_fini(&text);
	return count;
}

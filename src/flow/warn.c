/*
 * Warnings at 50, 80 and 100 % of each promise that runs, on the leader: it reckons the next instant
 * over the open promises, sleeps until then, and has it told with a change of its own. Whether one was
 * told is a row of the store, so a killed leader, its successor or a restart tell each once; after an
 * outage the newest passed is told, and those below are kept as skipped. Not here: who hears them
 * (watch.c, and the desk).
 */
#include "house.h"

#include "base/log.h"

#include <stdlib.h>

#define HORIZON SPAN_S(60)    /* looked ahead; nothing due earlier can be overlooked between looks */
#define LOOK_AT_LEAST SPAN_S(30)
#define AFTER_CHANGE SPAN_MS(100) /* changes of a burst are looked at together */
#define AGAIN SPAN_MS(500)        /* the database did not answer, or others held the rows */
#define INCIDENTS 200             /* looked at together: the first to come */
#define MOST 1000                 /* told in one transaction */

struct warner {
	struct flow *flow;
	struct loop_timer *timer;
	struct instant wake_at;
	bool looking, again;
	struct arena *arena; /* of this look */
	struct store_warning *list;
	size_t count;
	int64_t loud; /* of the list: those to be told */
	bool more;    /* there may be others behind them */
	struct instant next;
};

static void look(void *ctx);

static void wake_in(struct warner *w, struct span wait)
{
	struct instant at = instant_add(instant_now(), wait);
	if (w->timer && instant_compare(w->wake_at, at) <= 0)
		return;
	loop_timer_cancel(&w->timer);
	w->wake_at = at;
	w->timer = loop_after(w->flow->o.loop, wait, look, w);
}

/* At the end of a look: when to look again. */
static void rest(struct warner *w, bool soon)
{
	struct span wait = soon ? AGAIN : LOOK_AT_LEAST;
	arena_free(&w->arena);
	w->looking = false;
	if (w->again)
		wait = AFTER_CHANGE;
	w->again = false;
	if (instant_is_set(w->next)) {
		struct span until = instant_since(w->next, instant_now());
		wait.us = until.us < 0 ? 0 : until.us < wait.us ? until.us : wait.us;
	}
	if (w->flow->leading)
		wake_in(w, wait);
}

static void on_told(void *ctx, const struct problem *p, int64_t told)
{
	struct warner *w = ctx;
	if (p)
		log_warn(NULL, "warnings could not be told reason=\"%s\"", p->text);
	else if (told)
		log_info(NULL, "warnings told count=%lld", (long long)told);
	if (!p)
		w->flow->counters.warnings += (uint64_t)told;
	bool left_out = !p && told < w->loud;
	if (!p && !left_out && w->more)
		w->again = true;
	rest(w, p || left_out);
}

/* The newest passed is told; those below it, if never told, are kept as skipped. */
static void passed(struct warner *w, const struct incident *i, const struct due_target *t,
                   const struct instant at[3], int newest)
{
	static const int percents[3] = {50, 80, 100};
	for (int n = 0; n <= newest && w->count < MOST; n++)
		if (percents[n] > t->warned)
			w->list[w->count++] = (struct store_warning){.target = t->id,
			                                             .version = i->version,
			                                             .percent = percents[n],
			                                             .due = t->due,
			                                             .at = at[n],
			                                             .skipped = n < newest};
	w->loud += percents[newest] > t->warned;
}

static void weigh(struct warner *w, const struct incident *i, const struct due_target *t,
                  struct instant now)
{
	struct instant at[3];
	int newest = -1;
	if (instant_is_set(t->stopped_at) || t->paused || (!t->first && !t->effective))
		return;
	clock_warning(w->flow, i, t, at);
	for (int n = 0; n < 3; n++) {
		if (instant_compare(at[n], now) <= 0)
			newest = n;
		else if (!instant_is_set(w->next) || instant_compare(at[n], w->next) < 0)
			w->next = at[n];
	}
	if (newest >= 0)
		passed(w, i, t, at, newest);
}

static void on_open(void *ctx, const struct problem *p, const struct store_incidents *found)
{
	struct warner *w = ctx;
	struct instant now = instant_now();
	w->next = INSTANT_NONE;
	w->count = 0;
	w->loud = 0;
	w->more = !p && found->count == INCIDENTS;
	w->arena = arena_new();
	w->list = arena_take(w->arena, MOST * sizeof *w->list);
	for (size_t n = 0; !p && n < found->count; n++)
		for (size_t k = 0; k < found->list[n].target_count; k++)
			weigh(w, &found->list[n], &found->list[n].targets[k], now);
	if (p || !w->count || !w->flow->leading)
		rest(w, p != NULL);
	else
		store_warn(w->flow->store, w->list, w->count, on_told, w);
}

static void look(void *ctx)
{
	struct warner *w = ctx;
	w->timer = NULL;
	if (w->looking || !w->flow->leading)
		return;
	w->looking = true;
	struct store_query q = {.warnable = true, .limit = INCIDENTS, .since = instant_add(instant_now(), HORIZON)};
	incidents_read(w->flow, NULL, &q, on_open, w);
}

void warner_changed(struct warner *w)
{
	if (!w || !w->flow->leading)
		return;
	if (w->looking)
		w->again = true;
	else
		wake_in(w, AFTER_CHANGE);
}

struct warner *warner_open(struct flow *flow)
{
	struct warner *w = mem_zero(1, sizeof *w);
	w->flow = flow;
	return w;
}

void warner_lead(struct warner *w, bool leading)
{
	if (leading && !w->looking)
		wake_in(w, SPAN_MS(0));
	else if (!leading)
		loop_timer_cancel(&w->timer);
}

void warner_close(struct warner **at)
{
	if (!*at)
		return;
	loop_timer_cancel(&(*at)->timer);
	arena_free(&(*at)->arena);
	free(*at);
	*at = NULL;
}

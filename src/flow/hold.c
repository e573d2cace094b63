/*
 * Holding the clocks of an incident still, and letting them run again: only for the causes that its
 * charter's data names for a promise that runs. A cause that only excuses a miss is kept beside it
 * and moves nothing.
 */
#include "house.h"

#include "base/str.h"

#include <string.h>

#define WORDS_MAX 500
#define QUEUED_AT_MOST SPAN_S(3600) /* a pause that waited for the network; an older one would mend a miss */
#define UNDO_WITHIN SPAN_S(60) /* the desk's ten seconds, and a slow network's */

/* Causes that stop a promise of the incident that still runs. */
static unsigned stopping_causes(const struct flow *flow, const struct incident *i)
{
	unsigned causes = 0;
	for (size_t n = 0; n < i->target_count; n++) {
		const struct due_target *t = &i->targets[n];
		struct pinned by;
		const struct charter_target *own =
		    edition_find(flow, t->charter, t->edition, t->digest, &by)
		        ? clock_target(&by, t)
		        : NULL;
		if (own && !instant_is_set(t->stopped_at))
			causes |= own->pause_causes;
	}
	return causes;
}

struct clock_causes hold_causes(const struct flow *flow, const struct incident *i)
{
	struct clock_causes c = {0};
	if (incident_is_open(i->state))
		c.stop = stopping_causes(flow, i);
	for (size_t n = 0; n < i->target_count; n++)
		c.excuse |= clock_excuses(flow, &i->targets[n]);
	c.excuse &= ~c.stop;
	return c;
}

/* Says which causes are allowed, in the words of both languages' readers. */
static void refuse_cause(struct asking *a, const struct clock_causes *c)
{
	struct problem p;
	struct str names = {0};
	struct js *more = js_object(), *allowed = js_array();
	for (int cause = 0; cause <= PAUSE_STRIKE; cause++) {
		if (!((c->stop | c->excuse) & 1u << cause))
			continue;
		const char *name = pause_cause_name((enum pause_cause)cause);
		str_addf(&names, "%s%s", names.length ? ", " : "", name);
		js_push_str(allowed, name);
	}
	js_set(more, "allowed", allowed);
	if (names.length)
		problem_set(&p, PROBLEM_INPUT, "/cause", "the charter allows only: %s", str_text(&names));
	else
		problem_set(&p, PROBLEM_INPUT, "/cause",
		            "the charter allows no pause and no excuse for these promises");
	str_fini(&names);
	asking_refuse(a, &p, more);
}

static bool event_read(struct asking *a, const struct incident *i, struct clock_event *e,
                       struct store_act *act, struct problem *p)
{
	const char *cause;
	struct instant now = instant_now();
	if (!js_need_str(a->body, "", "reason", true, 1, WORDS_MAX, &act->words, p) ||
	    !js_need_str(a->body, "", "cause", true, 1, 40, &cause, p) ||
	    !js_need_instant(a->body, "", "at", false, &act->at, p) ||
	    !js_need_instant(a->body, "", "from", false, &e->from, p))
		return false;
	/* an unknown cause is one that the charter does not allow: refused with those it does */
	e->stops = pause_cause_parse(cause, &e->cause);
	if (!instant_is_set(act->at))
		act->at = now;
	if (!instant_is_set(e->from))
		e->from = act->at;
	if (instant_since(now, act->at).us > QUEUED_AT_MOST.us)
		return problem_set(p, PROBLEM_INPUT, "/at", "this waited for too long: decide again");
	if (instant_compare(act->at, now) > 0 || instant_compare(e->from, act->at) > 0)
		return problem_set(p, PROBLEM_INPUT, "/at", "this has not happened yet");
	if (instant_compare(e->from, i->opened_at) < 0)
		return problem_set(p, PROBLEM_INPUT, "/from", "this was before the incident");
	return true;
}

bool hold_begin(struct asking *a, const struct incident *i, const struct store_act *from,
                 struct problem *p)
{
	struct clock_event e = {0};
	struct store_act act = *from;
	if (!event_read(a, i, &e, &act, p))
		return false;
	struct clock_causes c = hold_causes(a->flow, i);
	unsigned bit = e.stops ? 1u << e.cause : 0;
	if (!((c.stop | c.excuse) & bit)) {
		refuse_cause(a, &c);
		return true;
	}
	e.stops = c.stop & bit;
	if (e.stops && clock_held(i))
		return problem_set(p, PROBLEM_CONFLICT, "", "the clocks of this incident are held already");
	if (e.stops) /* a pause begins when it is decided; only an excuse may look back */
		e.from = act.at;
	else
		e.to = act.at;
	id_make(e.id);
	asking_moves(a, i, "running", e.stops ? "paused" : "excused", "cause=%s",
	             pause_cause_name(e.cause));
	store_event_add(a->flow->store, &act, i, &e, on_incident_written, a);
	return true;
}

bool hold_end(struct asking *a, const struct incident *i, const struct store_act *from,
               struct problem *p)
{
	const struct clock_event *e = clock_held(i);
	struct store_act act = *from;
	bool undo = false;
	if (!js_need_bool(a->body, "", "undo", false, &undo, p) ||
	    !js_need_instant(a->body, "", "at", false, &act.at, p))
		return false;
	if (!e)
		return problem_set(p, PROBLEM_CONFLICT, "", "no clock of this incident is held");
	if (!instant_is_set(act.at) || instant_compare(act.at, e->from) < 0 ||
	    instant_compare(act.at, from->at) > 0)
		act.at = from->at;
	if (undo && instant_since(from->at, e->recorded_at).us > UNDO_WITHIN.us)
		return problem_set(p, PROBLEM_INPUT, "/undo",
		                   "a pause is taken back at once or not at all: resume it");
	asking_moves(a, i, "paused", undo ? "undone" : "running", "cause=%s",
	             pause_cause_name(e->cause));
	store_event_end(a->flow->store, &act, i, e, undo, on_incident_written, a);
	return true;
}

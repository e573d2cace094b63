/*
 * One measured chain of an incident: ring, answer, class, told, crew sent, accepted, on its way,
 * arrived, made safe, restored. Each leg has its instant, how long it took since the one before, and its
 * own limit where a charter or the regulator has one; a leg that was passed over is missing, one not
 * reached yet says so. Pure.
 */
#include "words.h"

#define LEGS 10
enum leg { RING, ANSWER, CLASSIFIED, TOLD, DISPATCHED, ACCEPTED, EN_ROUTE, ARRIVED, MADE_SAFE, RESTORED };

static const struct {
	const char *name, *label;
} legs[LEGS] = {
    [RING] = {"ring", "Squillo"},
    [ANSWER] = {"answer", "Risposta"},
    [CLASSIFIED] = {"classified", "Classificato"},
    [TOLD] = {"told", "Detto al segnalante"},
    [DISPATCHED] = {"dispatched", "Squadra inviata"},
    [ACCEPTED] = {"accepted", "Incarico accettato"},
    [EN_ROUTE] = {"en_route", "In viaggio"},
    [ARRIVED] = {"arrived", "Sul posto"},
    [MADE_SAFE] = {"made_safe", "In sicurezza"},
    [RESTORED] = {"restored", "Ripristinato"},
};

struct chain {
	struct instant at[LEGS];
	bool by_phone;
};

/* The crew that was there first; else the one furthest on; else the last that was asked. */
static const struct assignment *crew_of(const struct incident *i)
{
	const struct assignment *best = NULL;
	for (size_t n = 0; n < i->assignment_count; n++) {
		const struct assignment *a = &i->assignments[n];
		if (instant_is_set(a->arrived_at) &&
		    (!best || instant_compare(a->arrived_at, best->arrived_at) < 0))
			best = a;
	}
	if (!best)
		best = incident_open_assignment(i);
	return best || !i->assignment_count ? best : &i->assignments[i->assignment_count - 1];
}

static struct chain chain_of(const struct incident *i)
{
	struct chain c = {0};
	const struct report *first = i->reports_loaded ? &i->reports[0] : NULL;
	const struct assignment *a = crew_of(i);
	c.by_phone = first && str_equal(first->channel, "phone");
	if (c.by_phone) {
		c.at[RING] = first->rang_at;
		c.at[ANSWER] = first->started_at;
	}
	c.at[CLASSIFIED] = i->confirmed_at;
	c.at[TOLD] = i->told_at;
	if (a) {
		c.at[DISPATCHED] = a->offered_at;
		c.at[ACCEPTED] = a->accepted_at;
		c.at[EN_ROUTE] = a->departed_at;
	}
	c.at[ARRIVED] = i->arrived_at;
	c.at[MADE_SAFE] = i->made_safe_at;
	c.at[RESTORED] = i->restored_at;
	return c;
}

static size_t furthest(const struct chain *c)
{
	size_t last = 0;
	for (size_t n = 0; n < LEGS; n++)
		last = instant_is_set(c->at[n]) ? n : last;
	return last;
}

static const char *state_of(const struct chain *c, size_t leg, size_t last, bool open)
{
	if (instant_is_set(c->at[leg]))
		return "done";
	if (leg <= ANSWER && !c->by_phone)
		return "not_applicable";
	/* told may come late without anything being passed over; at the end it is missing too */
	return leg < last || !open ? "missing" : "waiting";
}

static bool limits(enum leg leg, enum target_kind kind)
{
	switch (kind) {
	case TARGET_ARRIVAL:
	case TARGET_VERIFY:
		return leg == ARRIVED;
	case TARGET_MAKE_SAFE:
		return leg == MADE_SAFE;
	case TARGET_RESTORE:
	case TARGET_REPAIR:
		return leg == RESTORED;
	case TARGET_FEEDBACK:
		return leg == TOLD;
	case TARGET_CALL_ANSWER:
		return leg == ANSWER;
	case TARGET_SUBSTITUTE_SUPPLY:
	case TARGET_NOTICE:
		return false;
	}
	return false;
}

/* The strictest promise that this leg keeps; those that hold only under a condition go last. */
static const struct due_target *limit_of(const struct incident *i, enum leg leg)
{
	const struct due_target *best = NULL;
	for (size_t n = 0; n < i->target_count; n++) {
		const struct due_target *t = &i->targets[n];
		if (limits(leg, t->kind) && (!best || instant_compare(t->due, best->due) < 0))
			best = t;
	}
	return best;
}

static struct js *promise_json(const struct live_facts *f, const struct due_target *t)
{
	struct span late, left;
	enum target_result result = target_judge(t, f->now, &late, &left);
	struct js *o = js_object();
	js_set_str(o, "kind", target_kind_name(t->kind));
	js_set_instant(o, "due", t->due, f->zone);
	js_set_str(o, "bound", t->bound == BOUND_INCLUSIVE ? "inclusive" : "exclusive");
	js_set_int(o, "limit_s", instant_since(t->due, t->start).us / 1000000);
	js_set_str(o, "rule", t->rule);
	js_set_str(o, "source", t->source == SOURCE_CHARTER ? "charter" : "national");
	js_set_str(o, "section", t->section);
	js_set_str(o, "result", t->paused ? "paused" : target_result_name(result));
	js_set_int(o, "late_s", late.us / 1000000);
	return o;
}

struct js *live_chain(const struct live_facts *f)
{
	const struct incident *i = f->incident;
	struct chain c = chain_of(i);
	size_t last = furthest(&c);
	bool open = incident_is_open(i->state);
	struct instant before = INSTANT_NONE;
	struct js *list = js_array();
	for (size_t n = 0; n < LEGS; n++) {
		const struct due_target *t = limit_of(i, (enum leg)n);
		struct js *o = js_object();
		/* the desk may tell the reporter after the crew is sent: then nothing was waited for */
		bool measured = instant_is_set(before) && instant_compare(c.at[n], before) >= 0;
		js_set_str(o, "leg", legs[n].name);
		js_set_str(o, "label", legs[n].label);
		js_set_str(o, "state", state_of(&c, n, last, open));
		js_set_instant(o, "at", c.at[n], f->zone);
		if (measured)
			js_set_int(o, "took_s", instant_since(c.at[n], before).us / 1000000);
		else
			js_set_null(o, "took_s");
		js_set(o, "limit", t ? promise_json(f, t) : NULL);
		js_push(list, o);
		if (instant_compare(c.at[n], before) > 0)
			before = c.at[n];
	}
	return list;
}

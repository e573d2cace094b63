/*
 * What a dispatcher decides about an incident: row and class, publication, its end, notes. Read,
 * decide by the tables, write on the version that was read, answer with the incident as it is then.
 */
#include "house.h"

#include "base/str.h"

#include <string.h>

#define NOTE_MAX 2000

/* ---- answers ---- */

static void on_answer(void *ctx, const struct problem *p, const struct store_incidents *found)
{
	struct asking *a = ctx;
	struct problem gone;
	if (p) {
		asking_fail(a, p);
	} else if (!found->count) {
		problem_set(&gone, PROBLEM_NOT_FOUND, "", "no such incident");
		asking_fail(a, &gone);
	} else {
		asking_answer(a, view_incident(a->flow, &found->list[0], true));
	}
}

void answer_with_incident(struct asking *a, const char *incident)
{
	struct store_query q = {.id = incident, .full = true};
	incidents_read(a->flow, a->who, &q, on_answer, a);
}

/* Who was faster, when, and what is the version now. */
static struct js *faster(const struct flow *flow, const struct incident *i)
{
	struct js *o = js_object();
	const struct incident_change *last =
	    i->change_count ? &i->changes[i->change_count - 1] : NULL;
	js_set_str(o, "who", last ? last->who : NULL);
	js_set_instant(o, "at", last ? last->recorded_at : i->updated_at,
	               zone_of(flow, i->utility.text));
	js_set_str(o, "what", last ? last->what : NULL);
	js_set_int(o, "version", i->version);
	return o;
}

static void on_faster(void *ctx, const struct problem *p, const struct store_incidents *found)
{
	struct asking *a = ctx;
	struct problem kept = a->problem;
	asking_refuse(a, &kept, !p && found->count ? faster(a->flow, &found->list[0]) : NULL);
}

static void tell_faster(struct asking *a)
{
	struct store_query q = {.id = a->about, .full = true};
	incidents_read(a->flow, a->who, &q, on_faster, a);
}

void incident_again(struct asking *a, const struct js *answer)
{
	(void)answer; /* it has moved on since */
	answer_with_incident(a, a->object);
}

/* The same key may have been faster by a hair: then its answer is ours. */
void refuse_with_incident(struct asking *a, const struct problem *p, const char *incident)
{
	a->problem = *p;
	str_copy(a->about, sizeof a->about, incident);
	asking_once(a, incident_again, tell_faster);
}

void on_incident_written(void *ctx, const struct problem *p, const struct store_written *w)
{
	struct asking *a = ctx;
	(void)w;
	if (p && p->kind == PROBLEM_CONFLICT)
		refuse_with_incident(a, p, a->object);
	else if (p)
		asking_fail(a, p);
	else
		asking_moved(a);
	if (!p)
		answer_with_incident(a, a->object);
}

/* ---- classify ---- */

/* The incident's charter, else another one of its utility that has the row. */
static const struct charter *charter_with(const struct flow *flow, const struct incident *i,
                                          const char *row)
{
	const struct charter *own = classify_charter(flow->o.classify, i->charter);
	if (own && (strcmp(row, "none") == 0 || charter_row_find(own, row)))
		return own;
	for (size_t n = 0; n < flow->setup.area_count; n++) {
		const struct store_area *area = &flow->setup.areas[n];
		const struct charter *c = classify_charter(flow->o.classify, area->charter);
		if (c &&
		    strcmp(flow->setup.utilities[area->utility].id.text, i->utility.text) == 0 &&
		    charter_row_find(c, row))
			return c;
	}
	return NULL;
}

static bool class_read(const struct asking *a, const struct incident *i, struct store_classify *c,
                       const struct charter **out, struct problem *p)
{
	const char *row, *class_code = js_find_str(a->body, "class");
	if (!js_need_str(a->body, "", "row", true, 1, 40, &row, p))
		return false;
	const struct charter *charter = charter_with(a->flow, i, row);
	if (!charter)
		return problem_set(p, PROBLEM_INPUT, "/row",
		                   "no charter of this utility has this row");
	const struct charter_row *found = charter_row_find(charter, row);
	c->row = found ? found->code : NULL;
	c->class_code = found ? class_code ? class_code : found->class_code : "none";
	const struct charter_class *class = charter_class_find(charter, c->class_code);
	if (found && !class)
		return problem_set(p, PROBLEM_INPUT, "/class", "charter %s has no such class",
		                   charter->code);
	if (class)
		c->class_code = class->code;
	c->charter = charter->code;
	c->charter_edition = charter->edition;
	*out = charter;
	return true;
}

static bool lowered_without_reason(const struct asking *a, const struct incident *i,
                                   const struct charter *charter, const struct store_classify *c)
{
	const char *reason = js_find_str(a->body, "reason");
	return str_equal(i->charter, charter->code) &&
	       charter_class_rank(charter, c->class_code) > charter_class_rank(charter, i->class_code) &&
	       !(reason && *reason);
}

/* A report stays with the edition it is pinned to, where that knows the new row and class. */
static bool pinned_for(const struct flow *flow, const struct report *r,
                       const struct charter *charter, const struct store_classify *c,
                       struct pinned *out, struct problem *p)
{
	struct pinned by = {0};
	if (str_equal(r->charter, charter->code) &&
	    !edition_find(flow, r->charter, r->charter_edition, r->edition_digest, &by))
		return problem_set(p, PROBLEM_BUSY, "",
		                   "the edition this report is judged by is being read: try again");
	bool knows = by.charter && (!c->row || (charter_row_find(by.charter, c->row) &&
	                                        charter_class_find(by.charter, c->class_code)));
	*out = knows ? by : edition_now(flow, charter);
	return true;
}

static bool targets_anew(struct asking *a, const struct incident *i, const struct charter *charter,
                         struct store_classify *c, struct problem *p)
{
	struct store_edition *editions =
	    arena_take(a->arena, (i->reports_loaded + 1) * sizeof *editions);
	const struct due_target **lists =
	    arena_take(a->arena, (i->reports_loaded + 1) * sizeof *lists);
	size_t *counts = arena_take(a->arena, (i->reports_loaded + 1) * sizeof *counts);
	for (size_t n = 0; n < i->reports_loaded; n++) {
		const struct report *r = &i->reports[n];
		struct start start = promises_start(r);
		promises_chain(&start, i);
		struct pinned by;
		if (!pinned_for(a->flow, r, charter, c, &by, p))
			return false;
		editions[n] = (struct store_edition){.charter = by.charter->code,
		                                     .edition = by.charter->edition,
		                                     .digest = by.digest};
		if (!c->row)
			continue;
		struct due_target *list =
		    promises(&by, c->row, c->class_code, zone_of(a->flow, i->utility.text), &start,
		             a->arena, &counts[n]);
		promises_settle(list, counts[n], i);
		clock_apply(a->flow, i, list, counts[n]);
		promises_judge(list, counts[n]);
		lists[n] = list;
	}
	c->targets = lists;
	c->target_counts = counts;
	c->editions = editions;
	return true;
}

static bool do_classify(struct asking *a, const struct incident *i, const struct store_act *act,
                        struct problem *p)
{
	struct store_classify c = {.incident = i};
	const struct charter *charter = NULL;
	if (!class_read(a, i, &c, &charter, p))
		return false;
	if (lowered_without_reason(a, i, charter, &c))
		return problem_set(p, PROBLEM_INPUT, "/reason",
		                   "a less urgent class needs a reason");
	enum incident_event event = c.row ? INCIDENT_CLASSIFY : INCIDENT_CLOSE;
	if (!incident_step(i->state, event, instant_is_set(i->made_safe_at), &c.to, p))
		return false;
	const struct charter_row *row = c.row ? charter_row_find(charter, c.row) : NULL;
	c.disposition = row ? DISPOSITION_NONE : DISPOSITION_UNFOUNDED;
	c.publish = row && row->is_public == PUBLIC_YES;
	c.hide = !row || row->is_public == PUBLIC_NO;
	if (!targets_anew(a, i, charter, &c, p))
		return false;
	store_incident_classify(a->flow->store, act, &c, on_incident_written, a);
	asking_moves(a, i, incident_state_name(i->state), incident_state_name(c.to),
	             "row=%s class=%s", c.row ? c.row : "none", c.class_code);
	return true;
}

/* ---- the others ---- */

static bool reason_given(const struct store_act *act, struct problem *p)
{
	return (act->words && *act->words) || problem_set(p, PROBLEM_INPUT, "/reason", "say why");
}

static bool do_publish(struct asking *a, const struct incident *i, const struct store_act *act,
                       struct problem *p)
{
	const char *text = NULL;
	bool on = strcmp(a->action, "publish") == 0;
	if (!js_need_str(a->body, "", "text", false, 0, 300, &text, p) ||
	    (!on && !reason_given(act, p)))
		return false;
	if (on && (!incident_is_open(i->state) || i->needs_review))
		return problem_set(p, PROBLEM_CONFLICT, "",
		                   "only an open incident whose class is confirmed is published");
	store_incident_publish(a->flow->store, act, i, on, text, on_incident_written, a);
	return true;
}

static bool do_end(struct asking *a, const struct incident *i, const struct store_act *act,
                   struct problem *p)
{
	bool cancel = strcmp(a->action, "cancel") == 0;
	const char *name = js_find_str(a->body, "disposition");
	enum disposition d = cancel ? DISPOSITION_NONE : DISPOSITION_DONE;
	enum incident_state to;
	if (!cancel && name &&
	    (!disposition_parse(name, &d) || d == DISPOSITION_NONE || d == DISPOSITION_MERGED))
		return problem_set(p, PROBLEM_INPUT, "/disposition",
		                   "one of done, unfounded, private, referred");
	if (d != DISPOSITION_DONE && !reason_given(act, p))
		return false;
	if (!incident_step(i->state, cancel ? INCIDENT_CANCEL : INCIDENT_CLOSE,
	                   instant_is_set(i->made_safe_at), &to, p))
		return false;
	store_incident_end(a->flow->store, act, i, to, d, on_incident_written, a);
	asking_moves(a, i, incident_state_name(i->state), incident_state_name(to), "disposition=%s",
	             disposition_name(d));
	return true;
}

static bool do_note(struct asking *a, const struct incident *i, struct store_act *act,
                    struct problem *p)
{
	if (strcmp(a->action, "note") == 0 &&
	    !js_need_str(a->body, "", "text", true, 1, NOTE_MAX, &act->words, p))
		return false;
	store_incident_note(a->flow->store, act, i, a->action, on_incident_written, a);
	return true;
}

typedef bool decide_fn(struct asking *a, const struct incident *i, const struct store_act *act,
                       struct problem *p);
static bool note_const(struct asking *a, const struct incident *i, const struct store_act *act,
                       struct problem *p)
{
	struct store_act own = *act;
	return do_note(a, i, &own, p);
}

static const struct {
	const char *name;
	decide_fn *decide;
	bool versioned;
} actions[] = {
    {"classify", do_classify, true}, {"publish", do_publish, true}, {"unpublish", do_publish, true},
    {"cancel", do_end, true},        {"close", do_end, true},       {"note", note_const, false},
    {"told", note_const, false},     {"pause", hold_begin, true},  {"resume", hold_end, true},
    {"place", place_decide, true},
};

static int action_find(const char *name)
{
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
		if (str_equal(actions[i].name, name))
			return (int)i;
	return -1;
}

/* ---- the order of things ---- */

static bool version_fits(const struct asking *a, const struct incident *i, struct problem *p)
{
	const struct js *version = js_find(a->body, "version");
	if (js_kind(version) != JS_NUMBER)
		return problem_set(p, PROBLEM_INPUT, "/version", "give the version you saw");
	return js_int(version, -1) == i->version ||
	       problem_set(p, PROBLEM_CONFLICT, "", "somebody was faster: look again");
}

static void on_read(void *ctx, const struct problem *p, const struct store_incidents *found)
{
	struct asking *a = ctx;
	struct problem refused;
	if (p) {
		asking_fail(a, p);
		return;
	}
	if (!found->count) {
		problem_set(&refused, PROBLEM_NOT_FOUND, "", "no such incident");
		asking_fail(a, &refused);
		return;
	}
	const struct incident *i = &found->list[0];
	int action = action_find(a->action);
	struct store_act act = asking_act(a);
	act.words = js_find_str(a->body, "reason");
	if ((!actions[action].versioned || version_fits(a, i, &refused)) &&
	    actions[action].decide(a, i, &act, &refused))
		return;
	if (refused.kind == PROBLEM_CONFLICT)
		refuse_with_incident(a, &refused, a->object);
	else
		asking_fail(a, &refused);
}

static void read_incident(struct asking *a)
{
	struct store_query q = {.id = a->object, .full = true};
	incidents_read(a->flow, a->who, &q, on_read, a);
}

void flow_incident_act(struct flow *flow, const struct user *who, const char *incident,
                       const char *action, const struct js *body, const struct flow_once *once,
                       flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	asking_key(a, once, action ? action : "", incident ? incident : "");
	a->action = arena_str(a->arena, action);
	a->body = js_copy(body);
	if (!may_decide(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "only the desk decides");
	else if (!*a->object || action_find(action) < 0)
		asking_fail_later(a, PROBLEM_NOT_FOUND, "", "no such incident or action");
	else
		asking_once(a, incident_again, read_incident);
}

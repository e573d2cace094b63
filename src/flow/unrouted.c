/*
 * A report that nobody could place finds its place: a dispatcher says whose it is and what, and it
 * goes the way of a new one.
 */
#include "way.h"

#include "base/str.h"

/* The stored report as if it came in now, with what the dispatcher says of it. */
static void way_of_stored(struct asking *a, struct way *w, const struct report *r)
{
	struct flow_report stored = {
	    .utility = js_find_str(a->body, "utility"),
	    .channel = r->channel,
	    .subject = r->subject,
	    .text = r->text,
	    .address = r->address,
	    .municipality = r->municipality,
	    .landmark = r->landmark,
	    .point = r->point,
	    .point_confirmed = r->point_confirmed,
	    .name = r->reporter.name,
	    .phone = r->reporter.phone,
	    .email = r->reporter.email,
	    .prefer = r->reporter.prefer,
	    .lang = r->lang,
	    .at = r->received_at,
	    .conversation_started_at = r->started_at,
	    .confirmed_row = js_find_str(a->body, "row"),
	    .confirmed_class = js_find_str(a->body, "class"),
	    .class_reason = js_find_str(a->body, "reason"),
	};
	stored.replies = replies_kept(a->arena, r->classification, &stored.reply_count);
	way_take(a, w, &stored);
	if (!w->in.utility)
		w->in.utility = arena_str(a->arena, r->utility_code);
	w->routes = true;
}

static bool route(struct asking *a, struct way *w, const struct report *r, struct problem *p)
{
	if (!w->in.confirmed_row)
		return problem_set(p, PROBLEM_INPUT, "/row", "give the row, or none");
	if (!way_travel(a, w, p))
		return false;
	if (!w->utility)
		return problem_set(p, PROBLEM_INPUT, "/utility", "say whose it is");
	if (!w->confirmed)
		return problem_set(p, PROBLEM_INPUT, "/utility",
		                   "this utility has no charter here");
	w->report.id = r->id;
	w->report.version = r->version;
	str_copy(w->report.code, sizeof w->report.code, r->code);
	if (w->report.state == REPORT_LINKED)
		way_make_incident(w);
	return true;
}

static void on_route(void *ctx, const struct problem *p, const struct store_reports *found)
{
	struct asking *a = ctx;
	struct way *w = a->own;
	struct problem refused = {0};
	if (p) {
		asking_fail(a, p);
		return;
	}
	const struct report *r = found->count ? &found->list[0] : NULL;
	bool ready = false;
	if (!r) {
		problem_set(&refused, PROBLEM_NOT_FOUND, "", "no such report");
	} else if (*r->incident.text || !r->needs_review ||
	           js_int(js_find(a->body, "version"), -1) != r->version) {
		problem_set(&refused, PROBLEM_CONFLICT, "", "somebody was faster: look again");
	} else {
		way_of_stored(a, w, r);
		ready = route(a, w, r, &refused);
	}
	if (ready)
		way_store(a, w);
	else
		asking_fail(a, &refused);
}

static void read_waiting(struct asking *a)
{
	struct store_query q = {.id = a->object};
	store_reports(a->flow->store, a->who, &q, on_route, a);
}

/* A try after a lost answer is told what the first one did, not that somebody was faster. */
static void route_again(struct asking *a, const struct js *answer)
{
	asking_answer(a, js_copy(answer));
}

void flow_report_route(struct flow *flow, const struct user *who, const char *report,
                       const struct js *body, const struct flow_once *once, flow_done_fn *done,
                       void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	a->own = arena_take(a->arena, sizeof(struct way));
	a->body = js_copy(body);
	asking_key(a, once, "route", report);
	if (!may_decide(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "",
		                  "only the desk gives a report its place");
	else if (!*a->object)
		asking_fail_later(a, PROBLEM_NOT_FOUND, "", "no such report");
	else
		asking_once(a, route_again, read_waiting);
}

/*
 * Questions that only read: a report by its code or in lists, incidents, crews, pictures. Each is
 * one question to the store and one view.
 */
#include "house.h"

#include "base/str.h"
#include "wire/base64.h"

#include <string.h>

/* ---- the holder of a code ---- */

static void on_code_incident(void *ctx, const struct problem *p,
                             const struct store_incidents *found)
{
	struct asking *a = ctx;
	struct problem gone;
	if (p) {
		asking_fail(a, p);
		return;
	}
	struct incident *i = found->count ? &found->list[0] : NULL;
	for (size_t n = 0; i && n < i->reports_loaded; n++) {
		if (strcmp(i->reports[n].id.text, a->object) == 0) {
			asking_answer(a, view_report_public(a->flow, &i->reports[n], i));
			return;
		}
	}
	problem_set(&gone, PROBLEM_NOT_FOUND, "", "no report has this code");
	asking_fail(a, &gone);
}

static void on_code(void *ctx, const struct problem *p, const struct store_reports *found)
{
	struct asking *a = ctx;
	struct problem gone;
	if (p) {
		asking_fail(a, p);
	} else if (!found->count) {
		problem_set(&gone, PROBLEM_NOT_FOUND, "", "no report has this code");
		asking_fail(a, &gone);
	} else if (!*found->list[0].incident.text) {
		asking_answer(a, view_report_public(a->flow, &found->list[0], NULL));
	} else {
		str_copy(a->object, sizeof a->object, found->list[0].id.text);
		struct store_query q = {.id = found->list[0].incident.text, .full = true};
		incidents_read(a->flow, NULL, &q, on_code_incident, a);
	}
}

void flow_report_public(struct flow *flow, const char *code, flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, NULL, done, ctx);
	char symbols[CODE_TEXT];
	if (!code || !code_parse(code, symbols)) {
		asking_fail_later(a, PROBLEM_NOT_FOUND, "", "no report has this code");
		return;
	}
	struct store_query q = {.code = symbols};
	store_reports(flow->store, NULL, &q, on_code, a);
}

/* ---- lists ---- */

static bool filter_read(struct asking *a, const struct flow_filter *f, struct store_query *q)
{
	enum incident_state state;
	enum report_state report_state;
	*q = (struct store_query){.list = true,
	                          .state = f->state,
	                          .utility = f->utility,
	                          .q = f->q,
	                          .cursor = f->cursor,
	                          .limit = f->limit < 1     ? 50
	                                   : f->limit > 200 ? 200
	                                                    : f->limit};
	bool known = !f->state || str_equal(f->state, "open") || str_equal(f->state, "unrouted") ||
	             str_equal(f->state, "waiting") ||
	             incident_state_parse(f->state, &state) ||
	             report_state_parse(f->state, &report_state);
	if (!known)
		asking_fail_later(a, PROBLEM_INPUT, "/state", "no such state");
	return known;
}

static void on_reports(void *ctx, const struct problem *p, const struct store_reports *found)
{
	struct asking *a = ctx;
	if (p) {
		asking_fail(a, p);
		return;
	}
	struct js *o = js_object(), *list = js_array();
	for (size_t i = 0; i < found->count; i++)
		js_push(list, view_report_desk(a->flow, &found->list[i]));
	js_set(o, "reports", list);
	js_set_str(o, "next", found->next);
	js_set_int(o, "seq", flow_seq(a->flow));
	asking_answer(a, o);
}

void flow_reports(struct flow *flow, const struct user *who, const struct flow_filter *filter,
                  flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	struct store_query q;
	if (!may_look(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "reports are for the desk");
	else if (filter_read(a, filter, &q))
		store_reports(flow->store, who, &q, on_reports, a);
}

static void on_incidents(void *ctx, const struct problem *p, const struct store_incidents *found)
{
	struct asking *a = ctx;
	if (p) {
		asking_fail(a, p);
		return;
	}
	struct js *o = js_object(), *list = js_array();
	for (size_t i = 0; i < found->count; i++)
		js_push(list, view_incident(a->flow, &found->list[i], false));
	js_set(o, "incidents", list);
	js_set_str(o, "next", found->next);
	js_set_int(o, "seq", flow_seq(a->flow));
	asking_answer(a, o);
}

void flow_incidents(struct flow *flow, const struct user *who, const struct flow_filter *filter,
                    flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	struct store_query q;
	if (!may_look(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "incidents are for the desk");
	else if (filter_read(a, filter, &q))
		incidents_read(flow, who, &q, on_incidents, a);
}

void flow_incident(struct flow *flow, const struct user *who, const char *incident,
                   flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	char id[ID_TEXT];
	if (!may_look(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "incidents are for the desk");
	else if (!incident || !id_parse(incident, id))
		asking_fail_later(a, PROBLEM_NOT_FOUND, "", "no such incident");
	else
		answer_with_incident(a, id);
}

static void on_crews(void *ctx, const struct problem *p, const struct store_crews *found)
{
	struct asking *a = ctx;
	if (p) {
		asking_fail(a, p);
		return;
	}
	struct js *o = js_object(), *list = js_array();
	struct instant now = instant_now();
	for (size_t i = 0; i < found->count; i++) {
		const struct crew *c = &found->list[i];
		js_push(list, live_crew(c, zone_of(a->flow, c->utility.text), now));
	}
	js_set(o, "crews", list);
	js_set_int(o, "seq", flow_seq(a->flow));
	asking_answer(a, o);
}

void flow_crews(struct flow *flow, const struct user *who, flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	if (!may_look(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "crews are for the desk");
	else
		store_crews(flow->store, who, NULL, NULL, on_crews, a);
}

/* ---- pictures ---- */

static void on_photo(void *ctx, const struct problem *p, const struct store_photo *photo)
{
	struct asking *a = ctx;
	if (p) {
		asking_fail(a, p);
		return;
	}
	struct js *o = js_object();
	struct str text = {0};
	base64_encode(photo->bytes, photo->length, &text);
	js_set_str(o, "name", photo->name);
	js_set_str(o, "content_type", photo->content_type);
	js_set_str(o, "base64", str_text(&text));
	str_fini(&text);
	asking_answer(a, o);
}

void flow_photo(struct flow *flow, const struct user *who, const char *photo_id, flow_done_fn *done,
                void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	char id[ID_TEXT];
	if (!may_look(who) && !(who && who->role == ROLE_CREW))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "",
		                  "photos are for the desk and the crew sent");
	else if (!photo_id || !id_parse(photo_id, id))
		asking_fail_later(a, PROBLEM_NOT_FOUND, "", "no such photo");
	else
		store_photo(flow->store, who, id, on_photo, a);
}

/*
 * The desk's handlers: path and query -> ids and filters, body -> flow, flow's answer -> JSON. Who
 * may call them stands in router.c; what happens, in flow.
 */
#include "page.h"
#include "room.h"

#include "base/mem.h"
#include "map/places.h"
#include "model/id.h"
#include "wire/base64.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An id that is no id names nothing: 404 without asking. */
static bool id_arg(struct visit *v, size_t i, char out[ID_TEXT])
{
	if (id_parse(v->args[i], out))
		return true;
	struct problem p;
	problem_set(&p, PROBLEM_NOT_FOUND, "", "there is nothing with this id");
	visit_problem(v, &p, NULL);
	return false;
}

static bool limit_arg(struct visit *v, int *out)
{
	double n = visit_query_number(v, "limit", visit_query(v, "limit") ? -1 : 100);
	*out = (int)n;
	if (n >= 1 && n <= 200)
		return true;
	struct problem p;
	problem_set(&p, PROBLEM_INPUT, "/limit", "limit is a number from 1 to 200");
	visit_problem(v, &p, NULL);
	return false;
}

static bool read_filter(struct visit *v, struct flow_filter *out)
{
	*out = (struct flow_filter){
	    .state = visit_query(v, "state"),
	    .utility = visit_query(v, "utility"),
	    .q = visit_query(v, "q"),
	    .cursor = visit_query(v, "cursor"),
	};
	return limit_arg(v, &out->limit);
}

/* ---- reading ---- */

static void on_setup(void *ctx, const struct problem *problem, const struct js *answer)
{
	struct visit *v = ctx;
	if (!visit_back(v))
		return;
	if (problem) {
		visit_problem(v, problem, answer);
		return;
	}
	struct js *doc = js_copy(answer);
	if (!js_find(doc, "map"))
		js_set(doc, "map", map_json(v->http));
	if (!js_find(doc, "now"))
		js_set_instant(doc, "now", instant_now(), v->http->zone);
	if (!js_find(doc, "seq"))
		js_set_int(doc, "seq", flow_seq(v->http->o.flow));
	visit_json(v, 200, doc);
	js_free(&doc);
}

void desk_setup(struct visit *v)
{
	visit_wait(v);
	flow_desk_setup(v->http->o.flow, &v->user, on_setup, v);
}

void desk_incidents(struct visit *v)
{
	struct flow_filter filter;
	if (!read_filter(v, &filter))
		return;
	visit_wait(v);
	flow_incidents(v->http->o.flow, &v->user, &filter, visit_done, v);
}

void desk_reports(struct visit *v)
{
	struct flow_filter filter;
	if (!read_filter(v, &filter))
		return;
	visit_wait(v);
	flow_reports(v->http->o.flow, &v->user, &filter, visit_done, v);
}

void desk_incident(struct visit *v)
{
	char id[ID_TEXT];
	if (!id_arg(v, 0, id))
		return;
	visit_wait(v);
	flow_incident(v->http->o.flow, &v->user, id, visit_done, v);
}

void desk_candidates(struct visit *v)
{
	char id[ID_TEXT];
	if (!id_arg(v, 0, id))
		return;
	visit_wait(v);
	flow_candidates(v->http->o.flow, &v->user, id, visit_done, v);
}

void desk_crews(struct visit *v)
{
	visit_wait(v);
	flow_crews(v->http->o.flow, &v->user, visit_done, v);
}

/* ---- deciding ---- */

void desk_act(struct visit *v)
{
	static const char *const actions[] = {"classify", "publish", "unpublish", "cancel",
	                                      "close",    "note",    "told",      "pause",
	                                      "resume",   "place"};
	char id[ID_TEXT];
	struct flow_once once;
	bool known = false;
	for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
		known = known || strcmp(actions[i], v->args[1]) == 0;
	struct problem p;
	if (!known) {
		problem_set(&p, PROBLEM_NOT_FOUND, "", "an incident has no such action");
		visit_problem(v, &p, NULL);
		return;
	}
	if (!id_arg(v, 0, id) || !visit_once(v, &once))
		return;
	visit_wait(v);
	flow_incident_act(v->http->o.flow, &v->user, id, v->args[1], v->body, &once, visit_done, v);
}

void desk_assign(struct visit *v)
{
	char id[ID_TEXT];
	struct flow_once once;
	if (!id_arg(v, 0, id) || !visit_once(v, &once))
		return;
	visit_wait(v);
	flow_assign(v->http->o.flow, &v->user, id, v->body, &once, visit_done, v);
}

void desk_route(struct visit *v)
{
	char id[ID_TEXT];
	struct flow_once once;
	if (!id_arg(v, 0, id) || !visit_once(v, &once))
		return;
	visit_wait(v);
	flow_report_route(v->http->o.flow, &v->user, id, v->body, &once, visit_done, v);
}

void desk_recall(struct visit *v)
{
	char id[ID_TEXT];
	if (!id_arg(v, 0, id))
		return;
	visit_wait(v);
	flow_recall(v->http->o.flow, &v->user, id, v->body, visit_done, v);
}

/* ---- while a caller speaks ---- */

struct near {
	struct js *doc;
	struct point here;
};

static void near_free(void *own)
{
	struct near *n = own;
	js_free(&n->doc);
	free(n);
}

#define NEAR_M 300.0

static void on_near(void *ctx, const struct problem *problem, const struct js *answer)
{
	struct visit *v = ctx;
	if (!visit_back(v))
		return;
	struct near *n = v->own;
	struct js *list = js_array();
	const struct js *all = problem ? NULL : js_find(answer, "incidents");
	for (size_t i = 0; i < js_count(all); i++) {
		const struct js *one = js_at(all, i);
		struct point at = {js_number(js_find(one, "lat"), 1e9),
		                   js_number(js_find(one, "lon"), 1e9)};
		if (!point_valid(at) || point_distance_m(n->here, at) > NEAR_M)
			continue;
		struct js *copy = js_copy(one);
		js_set_int(copy, "distance_m", (int64_t)point_distance_m(n->here, at));
		js_push(list, copy);
	}
	js_set(n->doc, "near", list);
	if (problem) /* the proposal stands; only the neighbours could not be read */
		js_set_bool(n->doc, "near_unknown", true);
	visit_json(v, 200, n->doc);
}

void desk_classify(struct visit *v)
{
	struct problem p;
	const char *utility = NULL, *charter = NULL, *channel = NULL, *text = NULL, *subject = NULL;
	if (!js_need_str(v->body, "", "text", true, 0, 4000, &text, &p) ||
	    !js_need_str(v->body, "", "subject", false, 0, 500, &subject, &p) ||
	    !js_need_str(v->body, "", "utility", false, 1, 32, &utility, &p) ||
	    !js_need_str(v->body, "", "charter", false, 1, 64, &charter, &p) ||
	    !js_need_str(v->body, "", "channel", false, 1, 16, &channel, &p)) {
		visit_problem(v, &p, NULL);
		return;
	}
	struct near *n = mem_zero(1, sizeof *n);
	v->own = n;
	v->own_free = near_free;
	n->here = (struct point){js_number(js_find(v->body, "lat"), 1e9),
	                         js_number(js_find(v->body, "lon"), 1e9)};
	n->doc = js_object();
	js_set(n->doc, "classification",
	       flow_classify(v->http->o.flow, charter, channel ? channel : "phone", subject, text));
	if (!point_valid(n->here)) {
		js_set(n->doc, "near", js_array());
		visit_json(v, 200, n->doc);
		return;
	}
	struct flow_filter open = {.state = "open", .utility = utility, .limit = 200};
	visit_wait(v);
	flow_incidents(v->http->o.flow, &v->user, &open, on_near, v);
}

void desk_geocode(struct visit *v)
{
	struct js *doc = places_json(v, true);
	visit_json(v, 200, doc);
	js_free(&doc);
}

void desk_reverse(struct visit *v)
{
	struct point at = visit_query_point(v);
	struct problem p;
	if (!point_is_set(at)) {
		problem_set(&p, PROBLEM_INPUT, "/lat", "give lat and lon of a point");
		visit_problem(v, &p, NULL);
		return;
	}
	struct map_reverse found = {0};
	struct js *doc = js_object();
	struct str label = {0};
	if (v->http->o.map)
		map_reverse(v->http->o.map, at, request_arena(v->request), &found);
	if (found.street)
		str_addf(&label, "%s%s%s", found.street, found.number ? " " : "",
		         found.number ? found.number : "");
	if (found.municipality)
		str_addf(&label, "%s%s", label.length ? ", " : "", found.municipality);
	js_set_str(doc, "label", label.length ? str_text(&label) : NULL);
	js_set_str(doc, "street", found.street);
	js_set_str(doc, "number", found.number);
	js_set_str(doc, "municipality", found.municipality);
	js_set_str(doc, "area", found.area);
	str_fini(&label);
	visit_json(v, 200, doc);
	js_free(&doc);
}

/* ---- photos ---- */

static void on_photo(void *ctx, const struct problem *problem, const struct js *answer)
{
	struct visit *v = ctx;
	if (!visit_back(v))
		return;
	const char *data = js_find_str(answer, "base64"),
	           *type = js_find_str(answer, "content_type");
	struct str bytes = {0};
	struct problem p;
	if (problem) {
		visit_problem(v, problem, NULL);
	} else if (!data || !base64_decode(data, &bytes)) {
		problem_set(&p, PROBLEM_INTERNAL, "", "the photo cannot be read");
		visit_problem(v, &p, NULL);
	} else {
		/* Bytes from outside: shown as a picture only, never run as anything. */
		answer_header(v->request, "Content-Security-Policy", "default-src 'none'; sandbox");
		answer_header(v->request, "Content-Disposition", "inline");
		answer_header(v->request, "Cache-Control", "private, max-age=3600");
		bool picture = type && str_starts(type, "image/");
		visit_text(v, 200, picture ? type : "application/octet-stream", &bytes);
	}
	str_fini(&bytes);
}

void desk_photo(struct visit *v)
{
	char id[ID_TEXT];
	if (!id_arg(v, 0, id))
		return;
	visit_wait(v);
	flow_photo(v->http->o.flow, &v->user, id, on_photo, v);
}

/* ---- the page ---- */

static struct js *make_row(const struct saying *s, const struct js *incident)
{
	struct js *row = js_object();
	int64_t rank = js_int(js_find(incident, "urgency_rank"), 0);
	js_set_str(row, "number", js_find_str(incident, "number"));
	js_set_str(row, "utility_name", js_find_str(js_find(incident, "utility"), "name"));
	js_set_str(row, "municipality", js_find_str(incident, "municipality"));
	js_set_str(row, "address",
	           js_find_str(incident, js_find_str(incident, "address") ? "address" : "area"));
	js_set_str(row, "what",
	           js_find_str(incident, js_find_str(incident, "kind") ? "kind" : "row_text"));
	js_set_str(row, "state", js_find_str(incident, "state_label"));
	page_due(s, incident, row);
	js_set_str(row, "class", js_find_str(incident, "class_short"));
	if (rank >= 1 && rank <= 3)
		js_set_bool(row, rank == 1 ? "rank1" : rank == 2 ? "rank2" : "rank3", true);
	const struct js *list = js_find(incident, "crews");
	struct str names = {0};
	for (size_t i = 0; i < js_count(list); i++)
		str_addf(&names, "%s%s", i ? ", " : "", js_find_str(js_at(list, i), "name"));
	set_said(row, "crews", &names);
	str_fini(&names);
	return row;
}

struct js *user_page(const struct visit *v)
{
	struct js *user = js_object();
	js_set_str(user, "id", v->user.id.text);
	js_set_str(user, "name", v->user.name);
	js_set_str(user, "login", v->user.login);
	js_set_str(user, "role", role_name(v->user.role));
	js_set_str(user, "role_label", say_role(role_name(v->user.role), v->lang));
	return user;
}

static void on_page(void *ctx, const struct problem *problem, const struct js *answer)
{
	struct visit *v = ctx;
	if (!visit_back(v))
		return;
	struct js *page = js_object(), *rows = js_array();
	struct saying s = page_saying(v);
	const struct js *list = js_find(answer, "incidents");
	for (size_t i = 0; i < js_count(list); i++)
		js_push(rows, make_row(&s, js_at(list, i)));
	js_set(page, "incidents", rows);
	js_set(page, "user", user_page(v));
	if (problem)
		js_set_str(page, "incidents_error",
		           v->lang == LANG_EN ? "The queue does not load. The data are safe."
		                              : "La coda non si carica. I dati sono al sicuro.");
	if (v->user.utility_count == 1) /* of several none may give the page its name */
		page_speaks_for(page, v->user.utility_codes[0]);
	page_answer(v, 200, "desk", page);
}

void desk_page(struct visit *v)
{
	struct flow_filter open = {.state = "open", .limit = 200};
	visit_wait(v);
	flow_incidents(v->http->o.flow, &v->user, &open, on_page, v);
}

/*
 * The crew's handlers: its assignments, the steps it reports (also late, from a phone that was
 * offline) and its position. A step that no longer fits is flow's to record and to answer.
 */
#include "form.h"
#include "page.h"
#include "room.h"

#include "model/id.h"

#include <stdio.h>
#include <string.h>

void crew_assignments(struct visit *v)
{
	visit_wait(v);
	flow_my_assignments(v->http->o.flow, &v->user, visit_done, v);
}

static bool is_action(const char *name)
{
	static const char *const actions[] = {"accept",    "decline",  "en_route", "arrived",
	                                      "made_safe", "restored", "left"};
	for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
		if (strcmp(actions[i], name) == 0)
			return true;
	return false;
}

void crew_act(struct visit *v)
{
	char id[ID_TEXT];
	struct flow_once once;
	struct problem p;
	if (!is_action(v->args[1]) || !id_parse(v->args[0], id)) {
		problem_set(&p, PROBLEM_NOT_FOUND, "", "there is no such assignment or action");
		visit_problem(v, &p, NULL);
		return;
	}
	if (!visit_once(v, &once))
		return;
	visit_wait(v);
	flow_assignment_act(v->http->o.flow, &v->user, id, v->args[1], v->body, &once, visit_done,
	                    v);
}

static void on_position(void *ctx, const struct problem *problem, const struct js *answer)
{
	struct visit *v = ctx;
	if (!visit_back(v))
		return;
	if (problem)
		visit_problem(v, problem, answer);
	else
		visit_empty(v, 204);
}

void crew_position(struct visit *v)
{
	visit_wait(v);
	flow_position(v->http->o.flow, &v->user, v->body, on_position, v);
}

/* ---- the page, and its steps without JavaScript: one press a page ---- */

static const char *state_words(const char *state)
{
	static const char *const words[][2] = {
	    {"offered", "Nuovo incarico"},
	    {"accepted", "Accettato"},
	    {"en_route", "In viaggio"},
	    {"arrived", "Sul posto"},
	};
	for (size_t i = 0; state && i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i][0], state) == 0)
			return words[i][1];
	return state;
}

static const char *step_words(const char *action)
{
	static const char *const words[][2] = {
	    {"accept", "Accetto"},
	    {"en_route", "Parto"},
	    {"arrived", "Sono arrivato"},
	    {"made_safe", "Messo in sicurezza"},
	    {"restored", "Servizio ripristinato"},
	    {"left", "Lascio il posto"},
	};
	for (size_t i = 0; action && i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i][0], action) == 0)
			return words[i][1];
	return "";
}

/* What reporters said, the oldest first, each with its hour. */
static struct js *make_words(const struct saying *s, const struct js *texts)
{
	struct js *words = js_array();
	struct str said = {0};
	for (size_t i = 0; i < js_count(texts); i++) {
		struct js *one = js_object();
		struct instant at;
		js_set_str(one, "said", js_find_str(js_at(texts, i), "text"));
		if (find_instant(js_at(texts, i), "at", &at)) {
			say_when(s, at, &said);
			set_said(one, "told_at", &said);
		}
		js_push(words, one);
	}
	str_fini(&said);
	return words;
}

static void set_address(const struct js *incident, struct js *row)
{
	const char *street = js_find_str(incident, "address"),
	           *town = js_find_str(incident, "municipality");
	struct str said = {0};
	str_add(&said, street ? street : "");
	if (town && !(street && strstr(street, town)))
		str_addf(&said, "%s%s", street ? ", " : "", town);
	set_said(row, "address", &said);
	str_fini(&said);
}

/* The number is here only while the assignment is open: live/ gives none afterwards. */
static void set_reporter(const struct js *incident, struct js *row)
{
	const char *phone = js_find_str(incident, "reporter_phone");
	if (!phone)
		return;
	struct js *reporter = js_object();
	js_set_str(reporter, "name", js_find_str(incident, "reporter_name"));
	js_set_str(reporter, "phone", phone);
	set_phone_href(reporter, phone);
	js_set(row, "reporter", reporter);
}

static struct js *make_row(const struct saying *s, const struct js *assignment)
{
	struct js *row = js_object();
	const struct js *incident = js_find(assignment, "incident");
	const char *action = js_find_str(assignment, "next");
	js_set_str(row, "id", js_find_str(assignment, "id"));
	js_set_str(row, "state", state_words(js_find_str(assignment, "state")));
	js_set_str(row, "what",
	           js_find_str(incident, js_find_str(incident, "kind") ? "kind" : "row_text"));
	js_set_str(row, "row", js_find_str(incident, "row"));
	js_set_str(row, "row_text", js_find_str(incident, "row_text"));
	set_address(incident, row);
	js_set_str(row, "landmark", js_find_str(incident, "landmark"));
	page_due(s, incident, row);
	js_set(row, "words", make_words(s, js_find(incident, "texts")));
	set_reporter(incident, row);
	js_set_str(row, "class", js_find_str(incident, "class_short"));
	if (action) {
		struct js *next = js_object();
		js_set_str(next, "action", action);
		js_set_str(next, "label", step_words(action));
		js_set_bool(next, "declines", strcmp(action, "accept") == 0);
		js_set_bool(next, "leaves", strcmp(action, "left") == 0);
		js_set(row, "next", next);
	}
	return row;
}

static void on_page(void *ctx, const struct problem *problem, const struct js *answer)
{
	struct visit *v = ctx;
	if (!visit_back(v))
		return;
	struct js *page = js_object(), *rows = js_array();
	struct saying s = page_saying(v);
	const struct js *list = problem ? NULL : js_find(answer, "assignments");
	for (size_t i = 0; i < js_count(list); i++)
		js_push(rows, make_row(&s, js_at(list, i)));
	js_set(page, "assignments", rows);
	js_set(page, "user", user_page(v));
	if (v->user.utility_count)
		page_speaks_for(page, v->user.utility_codes[0]);
	page_answer(v, 200, "crew", page);
}

/* The shell opens with the archive away too: the phone has its own store. */
void crew_page(struct visit *v)
{
	visit_wait(v);
	flow_my_assignments(v->http->o.flow, &v->user, on_page, v);
}

static void on_step(void *ctx, const struct problem *problem, const struct js *answer)
{
	struct visit *v = ctx;
	if (!visit_back(v))
		return;
	if (problem)
		visit_problem(v, problem, answer);
	else
		visit_redirect(v, "/crew");
}

void crew_form(struct visit *v)
{
	struct problem p;
	struct form *form = form_of_visit(v);
	if (!form)
		return;
	const char *action = form_value(form, "action"),
	           *assignment = form_value(form, "assignment");
	char id[ID_TEXT];
	if (!action || !is_action(action) || !assignment || !id_parse(assignment, id)) {
		problem_set(&p, PROBLEM_NOT_FOUND, "", "there is no such assignment or action");
		visit_problem(v, &p, NULL);
		return;
	}
	static const char *const words[] = {"reason", "outcome"};
	v->body = js_object();
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		const char *said = form_value(form, words[i]);
		if (said && *said)
			js_set_str(v->body, words[i], said);
	}
	static const struct flow_once not_once; /* pressing twice is answered by the states */
	visit_wait(v);
	flow_assignment_act(v->http->o.flow, &v->user, id, action, v->body, &not_once, on_step, v);
}

/*
 * Who is asking: log-in, the cookie, requests that come from other sites, and the one place where
 * role and utility are held against a route. What a person may see inside a utility is flow's
 * business.
 *
 * A state-changing request that carries a session must come from our own pages: Origin, or where a
 * browser sends none Sec-Fetch-Site, must say so; the cookie is SameSite=Strict besides.
 */
#include "room.h"

#include "form.h"
#include "page.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COOKIE "prontod_session"

/* ---- decisions, free of everything else ---- */

/* "https://host:port" or "host:port" -> the host and port part. */
static const char *host_part(const char *url)
{
	const char *slashes = strstr(url, "://");
	return slashes ? slashes + 3 : url;
}

static bool same_host(const char *a, const char *b)
{
	return a && b && *a && strcasecmp(a, b) == 0;
}

enum origin origin_of(const char *origin, const char *fetch_site, const char *host,
                      const char *own_host)
{
	if (origin) {
		const char *from = host_part(origin);
		return same_host(from, host) || same_host(from, own_host) ? ORIGIN_SAME
		                                                          : ORIGIN_FOREIGN;
	}
	if (!fetch_site)
		return ORIGIN_UNKNOWN;
	return strcmp(fetch_site, "same-origin") == 0 ? ORIGIN_SAME : ORIGIN_FOREIGN;
}

bool next_is_local(const char *next)
{
	if (!next || next[0] != '/' || next[1] == '/' || next[1] == '\\')
		return false;
	for (const char *c = next; *c; c++)
		if ((unsigned char)*c < ' ' || *c == '\\' || *c == 127)
			return false;
	return true;
}

const char *page_of_role(enum role role)
{
	return role == ROLE_CREW ? "/crew" : "/desk";
}

static bool changes_state(const char *method)
{
	return strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0;
}

/* ---- at the door ---- */

static bool from_own_page(struct visit *v, bool must_be_known)
{
	enum origin o = origin_of(visit_header(v, "Origin"), visit_header(v, "Sec-Fetch-Site"),
	                          visit_header(v, "Host"), str_text(&v->http->own_host));
	if (o == ORIGIN_SAME || (o == ORIGIN_UNKNOWN && !must_be_known))
		return true;
	struct problem p;
	problem_set(&p, PROBLEM_FORBIDDEN, "",
	            "this request does not come from a page of this site");
	visit_problem(v, &p, NULL);
	return false;
}

static void ask_to_log_in(struct visit *v)
{
	if (!v->route->page) {
		struct problem p;
		problem_set(&p, PROBLEM_UNAUTHENTICATED, "", "log in first");
		visit_problem(v, &p, NULL);
		return;
	}
	char where[VISIT_ARG_ROOM];
	snprintf(where, sizeof where, "/login?next=%s",
	         v->route->path); /* pages for people have no parameters */
	visit_redirect(v, where);
}

/* A utility named in the query must be one of the visitor's. */
static bool in_scope(const struct visit *v)
{
	const char *utility = visit_query(v, "utility");
	for (size_t i = 0; utility && i < v->user.utility_count; i++)
		if (strcmp(v->user.utility_codes[i], utility) == 0)
			return true;
	return !utility;
}

static bool may_enter(struct visit *v)
{
	struct problem p;
	if (!v->has_user && v->route->may) {
		ask_to_log_in(v);
		return false;
	}
	if (v->has_user && !route_open_to(v->route, v->user.role))
		problem_set(&p, PROBLEM_FORBIDDEN, "", "the role %s may not do this",
		            role_name(v->user.role));
	else if (v->has_user && !in_scope(v))
		problem_set(&p, PROBLEM_FORBIDDEN, "utility", "this utility is not yours");
	else
		return true;
	visit_problem(v, &p, NULL);
	return false;
}

static void on_session(void *ctx, const struct problem *problem, const struct user *who)
{
	struct visit *v = ctx;
	if (!visit_back(v))
		return;
	if (problem && problem->kind != PROBLEM_UNAUTHENTICATED) {
		visit_problem(v, problem, NULL);
		return;
	}
	v->has_user = !problem && who;
	if (v->has_user)
		v->user = *who;
	if (may_enter(v))
		v->then(v);
}

void session_check(struct visit *v, visit_fn *then)
{
	if (v->route->osrm && osrm_is_open(v)) {
		then(v);
		return;
	}
	const char *token = request_cookie(v->request, COOKIE);
	bool matters = v->route->may || v->route->knows;
	bool changes = changes_state(request_method(v->request));
	bool logs_in =
	    v->route->limit == LIMIT_LOGINS; /* nobody may be logged in from elsewhere either */
	if (changes && ((matters && token) || logs_in) && !from_own_page(v, !logs_in))
		return;
	if (!matters || !token || !*token) {
		if (may_enter(v))
			then(v);
		return;
	}
	v->then = then;
	visit_wait(v);
	flow_session(v->http->o.flow, token, on_session, v);
}

/* ---- what a session says of itself ---- */

static const struct js *utility_of(const struct js *setup, const char *code)
{
	const struct js *list = js_find(setup, "utilities");
	for (size_t i = 0; i < js_count(list); i++)
		if (str_equal(js_find_str(js_at(list, i), "code"), code))
			return js_at(list, i);
	return NULL;
}

static struct js *user_json(const struct visit *v)
{
	const struct user *u = &v->user;
	struct js *user = js_object(), *utilities = js_array();
	struct js *setup = flow_public_setup(v->http->o.flow);
	js_set_str(user, "id", u->id.text);
	js_set_str(user, "login", u->login);
	js_set_str(user, "name", u->name);
	js_set_str(user, "role", role_name(u->role));
	for (size_t i = 0; i < u->utility_count; i++) {
		const struct js *known = utility_of(setup, u->utility_codes[i]);
		struct js *one = js_object();
		js_set_str(one, "id", u->utilities[i].text);
		js_set_str(one, "code", u->utility_codes[i]);
		js_set_str(one, "name", js_find_str(known, "name"));
		js_set_str(one, "phone", js_find_str(known, "phone"));
		js_push(utilities, one);
	}
	js_set(user, "utilities", utilities);
	js_set_null(user, "crew");
	js_free(&setup);
	return user;
}

static void answer_session(struct visit *v, const struct js *crew)
{
	struct js *doc = js_object(), *user = user_json(v);
	if (crew)
		js_set(user, "crew", js_copy(crew));
	js_set(doc, "user", user);
	visit_json(v, 200, doc);
	js_free(&doc);
}

static void on_crew(void *ctx, const struct problem *problem, const struct js *answer)
{
	struct visit *v = ctx;
	if (!visit_back(v))
		return;
	if (problem)
		visit_problem(v, problem, answer);
	else
		answer_session(v, js_find(answer, "crew"));
}

void session_show(struct visit *v)
{
	if (v->user.role != ROLE_CREW) {
		answer_session(v, NULL);
		return;
	}
	visit_wait(v);
	flow_my_assignments(v->http->o.flow, &v->user, on_crew, v);
}

/* ---- in and out ---- */

static void set_cookie(struct visit *v, const char *token)
{
	struct str cookie = {0};
	str_addf(&cookie, COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict", token ? token : "");
	str_addf(&cookie, "; Max-Age=%d", token ? v->http->o.conf->limits_session_hours * 3600 : 0);
	if (v->http->secure)
		str_add(&cookie, "; Secure");
	answer_header(v->request, "Set-Cookie", str_text(&cookie));
	str_fini(&cookie);
}

static void on_login(void *ctx, const struct problem *problem, const char *token,
                     const struct js *answer)
{
	struct visit *v = ctx;
	if (!visit_back(v))
		return;
	if (problem) {
		visit_problem(v, problem, answer);
		return;
	}
	set_cookie(v, token);
	if (js_find(answer, "user")) {
		visit_json(v, 200, answer);
		return;
	}
	struct js *doc = js_object();
	js_set(doc, "user", js_copy(answer));
	visit_json(v, 200, doc);
	js_free(&doc);
}

void session_create(struct visit *v)
{
	struct problem p;
	const char *login, *password;
	if (!js_need_str(v->body, "", "login", true, 1, 64, &login, &p) ||
	    !js_need_str(v->body, "", "password", true, 1, 200, &password, &p)) {
		visit_problem(v, &p, NULL);
		return;
	}
	visit_wait(v);
	flow_login(v->http->o.flow, login, password, on_login, v);
}

static void on_logout(void *ctx, const struct problem *problem, const struct js *answer)
{
	struct visit *v = ctx;
	(void)answer;
	if (!visit_back(v))
		return;
	if (problem && problem->kind != PROBLEM_UNAUTHENTICATED &&
	    problem->kind != PROBLEM_NOT_FOUND) {
		visit_problem(v, problem, NULL);
		return;
	}
	set_cookie(v, NULL);
	if (v->route->page)
		visit_redirect(v, "/login");
	else
		visit_empty(v, 204);
}

void session_end(struct visit *v)
{
	visit_wait(v);
	flow_logout(v->http->o.flow, request_cookie(v->request, COOKIE), on_logout, v);
}

void logout_page(struct visit *v)
{
	if (request_cookie(v->request, COOKIE))
		session_end(v);
	else
		visit_redirect(v, "/login");
}

/* ---- the page, with or without script ---- */

static void show_login(struct visit *v, int status, const char *error)
{
	struct js *page = js_object();
	const char *next = visit_query(v, "next");
	js_set_str(page, "next", next_is_local(next) ? next : "");
	js_set_bool(page, "expired", visit_query(v, "expired") != NULL);
	if (v->own) { /* the form, sent back as it was typed */
		js_set_str(page, "login", form_value(v->own, "login"));
		if (next_is_local(form_value(v->own, "next")))
			js_set_str(page, "next", form_value(v->own, "next"));
	}
	if (error)
		js_set_str(page, "error", error);
	page_answer(v, status, "login", page);
}

void login_page(struct visit *v)
{
	show_login(v, 200, NULL);
}

static const char *login_error(const struct problem *p, enum lang lang)
{
	bool en = lang == LANG_EN;
	if (p->kind == PROBLEM_LIMITED)
		return en ? "Too many attempts. Try again in a few minutes or call the "
		            "administrator."
		          : "Troppi tentativi. Riprova tra qualche minuto o chiama "
		            "l'amministratore.";
	if (p->kind == PROBLEM_UNAUTHENTICATED || p->kind == PROBLEM_INPUT)
		return en ? "User name or password are not right. Check and try again."
		          : "Nome utente o password non corretti. Controlla e riprova.";
	return NULL;
}

static void on_login_form(void *ctx, const struct problem *problem, const char *token,
                          const struct js *answer)
{
	struct visit *v = ctx;
	if (!visit_back(v))
		return;
	if (problem) {
		const char *error = login_error(problem, v->lang);
		if (error)
			show_login(v, http_status_of(problem->kind), error);
		else
			visit_problem(v, problem, NULL);
		return;
	}
	const struct js *user = js_find(answer, "user") ? js_find(answer, "user") : answer;
	enum role role = ROLE_DISPATCHER;
	const char *role_text = js_find_str(user, "role");
	if (role_text && !role_parse(role_text, &role))
		role = ROLE_DISPATCHER;
	const char *next = form_value(v->own, "next");
	set_cookie(v, token);
	visit_redirect(v, next_is_local(next) ? next : page_of_role(role));
}

void login_form(struct visit *v)
{
	struct problem p;
	struct form *form = form_of_visit(v);
	if (!form)
		return;
	const char *login = form_value(form, "login"), *password = form_value(form, "password");
	if (!login || !*login || !password || !*password) {
		problem_set(&p, PROBLEM_INPUT, "login", "write user name and password");
		show_login(v, 422, login_error(&p, v->lang));
		return;
	}
	visit_wait(v);
	flow_login(v->http->o.flow, login, password, on_login_form, v);
}

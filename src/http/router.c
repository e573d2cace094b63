/*
 * Path -> handler, who may take it and what it accepts; problem kind -> status. Both in this place
 * only, and a test compares the table with openapi.yaml. Every request comes in through
 * door_open(): route, size, rate, session, body, handler. Not here: sessions (session.c), answers
 * (visit.c).
 */
#include "room.h"

#include "words.h"

#include "base/log.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

#define PAGE .page = true
#define PUBLIC .limit = LIMIT_PUBLIC

/* Literal paths stand before patterns that would also fit. */
static const struct route routes[] = {
    /* citizens */
    {"GET", "/", PAGE, PUBLIC, .handler = report_page},
    {"POST", "/", PAGE, .limit = LIMIT_REPORTS, .body = BODY_REPORT, .handler = report_form},
    {"GET", "/s", PAGE, PUBLIC, .handler = status_ask},
    {"GET", "/s/", PAGE, PUBLIC, .handler = status_ask},
    {"GET", "/s/{code}", PAGE, PUBLIC, .handler = status_page},
    {"GET", "/live", PAGE, PUBLIC, .handler = live_page},
    {"GET", "/privacy", PAGE, PUBLIC, .handler = info_page},
    {"GET", "/accessibilita", PAGE, PUBLIC, .handler = info_page},
    {"POST", "/api/v1/reports", .knows = true, .limit = LIMIT_REPORTS, .body = BODY_REPORT,
     .handler = report_api},
    {"GET", "/api/v1/reports", .may = MAY_READ, .handler = desk_reports},
    {"GET", "/api/v1/reports/{code}", PUBLIC, .handler = status_api},
    {"GET", "/api/v1/live", PUBLIC, .handler = live_api},
    {"GET", "/api/v1/live/stream", PUBLIC, .handler = live_stream},
    {"GET", "/api/v1/setup", PUBLIC, .handler = setup_api},
    {"GET", "/api/v1/places", PUBLIC, .handler = places_api},
    {"GET", "/api/v1/near", PUBLIC, .handler = near_api},
    {"GET", "/tiles/{z}/{x}/{y}.mvt", .handler = tile_get},
    /* sessions */
    {"GET", "/login", PAGE, PUBLIC, .handler = login_page},
    {"POST", "/login", PAGE, .limit = LIMIT_LOGINS, .body = BODY_FORM, .handler = login_form},
    {"GET", "/logout", PAGE, .handler = logout_page},
    {"POST", "/logout", PAGE, .handler = logout_page},
    {"POST", "/api/v1/session", .limit = LIMIT_LOGINS, .body = BODY_JSON,
     .handler = session_create},
    {"GET", "/api/v1/session", .may = MAY_ANY, .handler = session_show},
    {"DELETE", "/api/v1/session", .may = MAY_ANY, .handler = session_end},
    /* desk */
    {"GET", "/desk", PAGE, .may = MAY_READ, .handler = desk_page},
    {"GET", "/api/v1/desk", .may = MAY_READ, .handler = desk_setup},
    {"GET", "/api/v1/incidents", .may = MAY_READ, .handler = desk_incidents},
    {"GET", "/api/v1/incidents/{id}", .may = MAY_READ, .handler = desk_incident},
    {"GET", "/api/v1/incidents/{id}/candidates", .may = MAY_READ, .handler = desk_candidates},
    {"GET", "/api/v1/incidents/{id}/route", .may = MAY_READ, .handler = desk_way},
    {"POST", "/api/v1/incidents/{id}/assign", .may = MAY_DESK, .body = BODY_JSON,
     .handler = desk_assign},
    {"POST", "/api/v1/incidents/{id}/{action}", .may = MAY_DESK, .body = BODY_JSON,
     .handler = desk_act},
    {"POST", "/api/v1/reports/{id}/route", .may = MAY_DESK, .body = BODY_JSON,
     .handler = desk_route},
    {"POST", "/api/v1/assignments/{id}/recall", .may = MAY_DESK, .body = BODY_JSON,
     .handler = desk_recall},
    {"GET", "/api/v1/crews", .may = MAY_READ, .handler = desk_crews},
    {"POST", "/api/v1/classify", .may = MAY_DESK, .body = BODY_JSON, .handler = desk_classify},
    {"GET", "/api/v1/triage", .may = MAY_READ, .handler = triage_get},
    {"POST", "/api/v1/triage", .may = MAY_DESK, .body = BODY_JSON, .handler = triage_post},
    {"GET", "/api/v1/geocode", .may = MAY_READ, .handler = desk_geocode},
    {"GET", "/api/v1/reverse", .may = MAY_READ | MAY_CREW, .handler = desk_reverse},
    {"GET", "/api/v1/photos/{id}", .may = MAY_ANY, .handler = desk_photo},
    {"GET", "/api/v1/stream", .may = MAY_ANY, .handler = desk_stream},
    /* roads */
    {"GET", "/api/v1/closures", .may = MAY_ANY, .handler = closures_get},
    {"POST", "/api/v1/closures", .may = MAY_DESK, .body = BODY_JSON, .handler = closure_add},
    {"POST", "/api/v1/closures/preview", .may = MAY_DESK, .body = BODY_JSON,
     .handler = closure_preview},
    {"POST", "/api/v1/closures/{id}", .may = MAY_DESK, .body = BODY_JSON,
     .handler = closure_change},
    {"POST", "/api/v1/closures/{id}/lift", .may = MAY_DESK, .body = BODY_JSON,
     .handler = closure_lift},
    {"GET", "/api/v1/roads", .may = MAY_ANY, .handler = roads_get},
    {"POST", "/api/v1/roads", .may = MAY_DESK, .body = BODY_JSON, .handler = roads_set},
    {"GET", "/api/v1/rankings/{id}", .may = MAY_READ, .handler = ranking_get},
    /* crew */
    {"GET", "/crew", PAGE, .may = MAY_CREW, .handler = crew_page},
    {"POST", "/crew", PAGE, .may = MAY_CREW, .body = BODY_FORM, .handler = crew_form},
    {"GET", "/api/v1/me/assignments", .may = MAY_CREW, .handler = crew_assignments},
    {"POST", "/api/v1/me/position", .may = MAY_CREW, .body = BODY_JSON, .handler = crew_position},
    {"GET", "/api/v1/assignments/{id}/route", .may = MAY_CREW, .handler = crew_way},
    {"POST", "/api/v1/assignments/{id}/{action}", .may = MAY_CREW, .body = BODY_JSON,
     .handler = crew_act},
    /* machines and files */
    {"GET", "/osrm/{path}", .osrm = true, .may = MAY_READ | MAY(ROLE_MACHINE), .limit = LIMIT_OSRM,
     .handler = osrm_get},
    {"GET", "/healthz", .handler = health_alive},
    {"GET", "/readyz", .handler = health_ready},
    {"GET", "/metrics", .handler = health_metrics},
    {"GET", "/api/openapi.yaml", .handler = openapi_get},
    {"GET", "/static/{path}", .handler = static_get},
    {"GET", "/favicon.ico", .handler = static_root},
    {"GET", "/favicon.svg", .handler = static_root},
    {"GET", "/manifest.webmanifest", .handler = static_root},
    {"GET", "/sw.js", .handler = static_root},
};
#define ROUTES (sizeof routes / sizeof routes[0])

size_t http_routes(const struct http_route_name **out)
{
	static struct http_route_name names[ROUTES];
	for (size_t i = 0; i < ROUTES; i++)
		names[i] = (struct http_route_name){routes[i].method, routes[i].path};
	*out = names;
	return ROUTES;
}

bool route_open_to(const struct route *r, enum role role)
{
	return r->may == 0 || (r->may & MAY(role));
}

/* Takes one {name} of the pattern from the path; false where what it would take is empty or too
 * long. A long {path} is passed over: its handler reads the request's. */
static bool take_arg(const char **pattern, const char **path, char arg[VISIT_ARG_ROOM])
{
	const char *end = strchr(*pattern, '}');
	must(end);
	bool greedy = strncmp(*pattern, "{path}", 6) == 0;
	char stop[3] = {'/', end[1], 0}; /* also what follows the name: the "." of {y}.mvt */
	size_t length = greedy ? strlen(*path) : strcspn(*path, stop);
	bool fits = length < VISIT_ARG_ROOM;
	if (length == 0 || (!fits && !greedy))
		return false;
	memcpy(arg, *path, fits ? length : 0);
	arg[fits ? length : 0] = 0;
	*pattern = end + 1;
	*path += length;
	return true;
}

static bool path_fits(const char *pattern, const char *path, char args[VISIT_ARGS][VISIT_ARG_ROOM])
{
	size_t count = 0;
	for (;;) {
		if (*pattern == '{') {
			if (!take_arg(&pattern, &path, args[count++]))
				return false;
			continue;
		}
		if (*pattern != *path)
			return false;
		if (!*pattern)
			return true;
		pattern++, path++;
	}
}

const struct route *route_find(const char *method, const char *path,
                               char args[VISIT_ARGS][VISIT_ARG_ROOM], char allow[64])
{
	const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
	allow[0] = 0;
	for (size_t i = 0; i < ROUTES; i++) {
		if (!path_fits(routes[i].path, path, args))
			continue;
		if (strcmp(wanted, routes[i].method) == 0)
			return &routes[i];
		if (!strstr(allow, routes[i].method)) {
			size_t have = strlen(allow);
			snprintf(allow + have, 64 - have, "%s%s", have ? ", " : "",
			         routes[i].method);
		}
	}
	return NULL;
}

/* ---- a request on its way to its handler ---- */

static bool body_fits(struct visit *v, bool *out_multipart)
{
	size_t length;
	request_body(v->request, &length);
	const char *type = visit_header(v, "Content-Type");
	*out_multipart = v->route->body == BODY_REPORT && type &&
	                 strncasecmp(type, "multipart/form-data", 19) == 0;
	size_t most = v->route->body == BODY_NONE ? BODY_SMALL
	              : *out_multipart            ? BODY_LARGE
	                                          : BODY_SMALL;
	if (length <= most)
		return true;
	struct problem p;
	problem_set(&p, PROBLEM_TOO_LARGE, "", "the body is over %zu bytes", most);
	visit_problem(v, &p, NULL);
	return false;
}

static bool type_is(const char *header, const char *type)
{
	size_t length = strlen(type);
	return header && strncasecmp(header, type, length) == 0 && strchr("; \t", header[length]);
}

static bool body_type_fits(struct visit *v, bool multipart)
{
	enum body_kind kind = v->route->body;
	const char *type = visit_header(v, "Content-Type");
	bool json = type_is(type, "application/json");
	bool form = type_is(type, "application/x-www-form-urlencoded");
	if (kind == BODY_NONE || (kind == BODY_JSON && json) || (kind == BODY_FORM && form) ||
	    (kind == BODY_REPORT && (json || form || multipart)))
		return true;
	struct problem p;
	problem_set(
	    &p, PROBLEM_INPUT, "", "send this as %s",
	    kind == BODY_JSON ? "application/json"
	    : kind == BODY_FORM
	        ? "application/x-www-form-urlencoded"
	        : "application/json, application/x-www-form-urlencoded or multipart/form-data");
	visit_refuse(v, 415, &p, NULL);
	return false;
}

static bool body_read(struct visit *v)
{
	bool multipart;
	if (!body_fits(v, &multipart) || !body_type_fits(v, multipart))
		return false;
	if (v->route->body != BODY_JSON)
		return true;
	size_t length;
	const unsigned char *bytes = request_body(v->request, &length);
	struct problem p;
	v->body = js_parse((const char *)bytes, length, &p);
	if (v->body && js_kind(v->body) == JS_OBJECT)
		return true;
	if (v->body)
		problem_set(&p, PROBLEM_INPUT, "", "the body must be a JSON object");
	visit_refuse(v, 400, &p, NULL);
	return false;
}

static void door_inside(struct visit *v)
{
	if (body_read(v))
		v->route->handler(v);
}

static bool rate_allows(struct visit *v)
{
	int retry_s = 0;
	if (v->route->limit == LIMIT_NONE ||
	    limits_take(v->http->limits, v->route->limit, v->peer, &retry_s))
		return true;
	struct problem p;
	char seconds[16];
	snprintf(seconds, sizeof seconds, "%d", retry_s);
	answer_header(v->request, "Retry-After", seconds);
	problem_set(&p, PROBLEM_LIMITED, "", "too many requests: try again in %d seconds", retry_s);
	visit_problem(v, &p, NULL);
	return false;
}

static void no_such_path(struct visit *v, const char *allow)
{
	struct problem p;
	if (*allow) {
		answer_header(v->request, "Allow", allow);
		problem_set(&p, PROBLEM_INPUT, "", "this path answers %s only", allow);
		visit_refuse(v, 405, &p, NULL);
		return;
	}
	problem_set(&p, PROBLEM_NOT_FOUND, "", "there is nothing at this path");
	visit_problem(v, &p, NULL);
}

void door_open(void *ctx, struct request *request)
{
	struct visit *v = visit_new(ctx, request);
	char allow[64];
	v->route = route_find(request_method(request), request_path(request), v->args, allow);
	if (!v->route)
		no_such_path(v, allow);
	else if (rate_allows(v))
		session_check(v, door_inside);
}

/*
 * The front door over a small flow: routes, roles, bodies, other sites, problems, pages, streams.
 * The table of who may do what stands here a second time on purpose: changing router.c alone fails.
 */
#include "http_fake.h"

#include "../../src/http/room.h"

#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ID "0192d3e4-0000-7000-8000-000000000001"


/* ---- routes ---- */

static const struct route *find(const char *method, const char *path,
                                char args[VISIT_ARGS][VISIT_ARG_ROOM])
{
	char allow[64];
	return route_find(method, path, args, allow);
}

static void paths_find_their_route(void **state)
{
	(void)state;
	char args[VISIT_ARGS][VISIT_ARG_ROOM], allow[64];
	assert_string_equal(find("POST", "/api/v1/incidents/X/assign", args)->path,
	                    "/api/v1/incidents/{id}/assign");
	assert_string_equal(find("POST", "/api/v1/incidents/X/close", args)->path,
	                    "/api/v1/incidents/{id}/{action}");
	assert_string_equal(args[0], "X");
	assert_string_equal(args[1], "close");
	assert_string_equal(find("GET", "/tiles/14/8600/5900.mvt", args)->path,
	                    "/tiles/{z}/{x}/{y}.mvt");
	assert_string_equal(args[2], "5900");
	assert_non_null(find("HEAD", "/live", args));
	assert_string_equal(find("GET", "/static/a/b.js", args)->path, "/static/{path}");
	assert_string_equal(args[0], "a/b.js");
	assert_null(route_find("DELETE", "/api/v1/reports", args, allow));
	assert_string_equal(allow, "POST, GET");
	const char *const nowhere[] = {"/nope",
	                               "/s/a/b",
	                               "/api/v1/incidents/",
	                               "/api/v1/incidents//assign",
	                               "/static/",
	                               "//",
	                               "",
	                               "/tiles/1/2/3.png",
	                               "/Live"};
	for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++) {
		assert_null(route_find("GET", nowhere[i], args, allow));
		assert_string_equal(allow, "");
	}
}

static void openapi_names_every_route(void **state)
{
	(void)state;
	FILE *f = fopen(OPENAPI, "r");
	assert_non_null(f);
	char line[2000], path[200] = "";
	const struct http_route_name *routes;
	size_t count = http_routes(&routes), found = 0;
	bool in_paths = false;
	while (fgets(line, sizeof line, f)) {
		if (strcmp(line, "paths:\n") == 0 || strcmp(line, "components:\n") == 0)
			in_paths = line[0] == 'p';
		if (in_paths && sscanf(line, "  /%190[^:\n]:", path + 1) == 1 && line[2] == '/')
			path[0] = '/';
		else if (in_paths && strcmp(line, "  /:\n") == 0)
			strcpy(path, "/");
		char method[16];
		if (!in_paths || strncmp(line, "    ", 4) != 0 ||
		    sscanf(line, "    %15[a-z]:", method) != 1 || line[4] == ' ')
			continue;
		bool known = false;
		for (size_t i = 0; i < count; i++)
			known = known || (strcmp(routes[i].path, path) == 0 &&
			                  str_equal_fold(routes[i].method, method));
		if (!known)
			fail_msg("openapi.yaml has %s %s, router.c has not", method, path);
		found++;
	}
	fclose(f);
	assert_int_equal(found, count); /* and none is missing there */
}

/* ---- who may do what ---- */

/* D dispatcher, S supervisor, A admin, U auditor, C crew, M machine; - everybody. */
static const struct {
	const char *method, *path, *who;
} table[] = {
    {"GET", "/", "-"},
    {"POST", "/", "-"},
    {"GET", "/s", "-"},
    {"GET", "/s/", "-"},
    {"GET", "/s/{code}", "-"},
    {"GET", "/live", "-"},
    {"GET", "/privacy", "-"},
    {"GET", "/accessibilita", "-"},
    {"POST", "/api/v1/reports", "-"},
    {"GET", "/api/v1/reports", "DSAU"},
    {"GET", "/api/v1/reports/{code}", "-"},
    {"GET", "/api/v1/live", "-"},
    {"GET", "/api/v1/live/stream", "-"},
    {"GET", "/api/v1/setup", "-"},
    {"GET", "/api/v1/places", "-"},
    {"GET", "/api/v1/near", "-"},
    {"GET", "/tiles/{z}/{x}/{y}.mvt", "-"},
    {"GET", "/login", "-"},
    {"POST", "/login", "-"},
    {"GET", "/logout", "-"},
    {"POST", "/logout", "-"},
    {"POST", "/api/v1/session", "-"},
    {"GET", "/api/v1/session", "DSAUC"},
    {"DELETE", "/api/v1/session", "DSAUC"},
    {"GET", "/desk", "DSAU"},
    {"GET", "/api/v1/desk", "DSAU"},
    {"GET", "/api/v1/incidents", "DSAU"},
    {"GET", "/api/v1/incidents/{id}", "DSAU"},
    {"GET", "/api/v1/incidents/{id}/candidates", "DSAU"},
    {"GET", "/api/v1/incidents/{id}/route", "DSAU"},
    {"POST", "/api/v1/incidents/{id}/assign", "DSA"},
    {"POST", "/api/v1/incidents/{id}/{action}", "DSA"},
    {"POST", "/api/v1/reports/{id}/route", "DSA"},
    {"POST", "/api/v1/assignments/{id}/recall", "DSA"},
    {"GET", "/api/v1/crews", "DSAU"},
    {"POST", "/api/v1/classify", "DSA"},
    {"GET", "/api/v1/triage", "DSAU"},
    {"POST", "/api/v1/triage", "DSA"},
    {"GET", "/api/v1/geocode", "DSAU"},
    {"GET", "/api/v1/reverse", "DSAUC"},
    {"GET", "/api/v1/photos/{id}", "DSAUC"},
    {"GET", "/api/v1/stream", "DSAUC"},
    {"GET", "/api/v1/closures", "DSAUC"},
    {"POST", "/api/v1/closures", "DSA"},
    {"POST", "/api/v1/closures/preview", "DSA"},
    {"POST", "/api/v1/closures/{id}", "DSA"},
    {"POST", "/api/v1/closures/{id}/lift", "DSA"},
    {"GET", "/api/v1/roads", "DSAUC"},
    {"POST", "/api/v1/roads", "DSA"},
    {"GET", "/api/v1/rankings/{id}", "DSAU"},
    {"GET", "/crew", "C"},
    {"POST", "/crew", "C"},
    {"GET", "/api/v1/me/assignments", "C"},
    {"POST", "/api/v1/me/position", "C"},
    {"GET", "/api/v1/assignments/{id}/route", "C"},
    {"POST", "/api/v1/assignments/{id}/{action}", "C"},
    {"GET", "/osrm/{path}", "DSAUM"},
    {"GET", "/healthz", "-"},
    {"GET", "/readyz", "-"},
    {"GET", "/metrics", "-"},
    {"GET", "/api/openapi.yaml", "-"},
    {"GET", "/static/{path}", "-"},
    {"GET", "/favicon.ico", "-"},
    {"GET", "/favicon.svg", "-"},
    {"GET", "/manifest.webmanifest", "-"},
    {"GET", "/sw.js", "-"},
};
static const struct {
	const char *role;
	char letter;
} visitors[] = {{NULL, 0},      {"nobody", 0},    {"dispatcher", 'D'}, {"supervisor", 'S'},
                {"admin", 'A'}, {"auditor", 'U'}, {"crew", 'C'},       {"machine", 'M'}};

static const char *who_may(const struct http_route_name *route)
{
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (strcmp(table[i].method, route->method) == 0 &&
		    strcmp(table[i].path, route->path) == 0)
			return table[i].who;
	fail_msg("no row for %s %s", route->method, route->path);
	return "";
}

static void fill_path(const char *pattern, char out[256])
{
	size_t n = 0;
	for (const char *c = pattern; *c; c++) {
		const char *with = NULL;
		if (strncmp(c, "{id}", 4) == 0)
			with = ID;
		else if (strncmp(c, "{action}", 8) == 0)
			with = strstr(pattern, "incidents") ? "note" : "accept";
		else if (*c == '{')
			with = "1";
		if (!with) {
			out[n++] = *c;
			continue;
		}
		n += (size_t)snprintf(out + n, 256 - n, "%s", with);
		c = strchr(c, '}');
	}
	out[n] = 0;
}

static void check_cell(const struct http_route_name *route, const char *role, char letter)
{
	char path[256];
	const char *who = who_may(route);
	bool page = !strstr(route->path, "/api/") && !strstr(route->path, "/osrm/");
	fill_path(route->path, path);
	struct request r = {.method = route->method, .path = path, .session = role, .body = "{}"};
	fake_header(&r, "Content-Type", "application/json");
	fake_header(&r, "Host", "pronto.example");
	fake_header(&r, "Origin", "http://pronto.example");
	fake_ask(&r);
	bool known = letter != 0, open = strcmp(who, "-") == 0;
	int expected = open || (known && strchr(who, letter)) ? 0 : known ? 403 : page ? 303 : 401;
	int got =
	    r.status == 401 || r.status == 403 || (page && !open && r.status == 303) ? r.status : 0;
	if (got != expected)
		fail_msg("%s %s as %s: %d", route->method, path, role ? role : "nobody", r.status);
	if (r.streaming)
		fake_stream->on_gone(fake_stream->gone_ctx);
	fake_request_fini(&r);
	if (fake_stream) {
		str_fini(&fake_stream->sent);
		free(fake_stream);
		fake_stream = NULL;
	}
}

static void roles_meet_every_route(void **state)
{
	(void)state;
	const struct http_route_name *routes;
	size_t count = http_routes(&routes);
	assert_int_equal(count, sizeof table / sizeof table[0]);
	fake.answer = "{\"base64\":\"\",\"content_type\":\"image/png\"}"; /* for the photo; the
	                                                                     others do not mind */
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < sizeof visitors / sizeof visitors[0]; k++)
			check_cell(&routes[i], visitors[k].role, visitors[k].letter);
}

/* The phone's own position goes with the question, where it is one. */
static void ways_are_asked_for(void **state)
{
	(void)state;
	struct request desk = {.method = "GET",
	                       .path = "/api/v1/incidents/" ID "/route",
	                       .query = "crew=" ID,
	                       .session = "dispatcher"};
	fake_ask(&desk);
	assert_string_equal(fake.asked, "flow_incident_route");
	assert_string_equal(fake.key, ID);
	fake_request_fini(&desk);
	static const struct {
		const char *query;
		bool placed, headed;
	} cases[] = {{"lat=45.6&lon=10.2&heading=90", true, true},
	             {"lat=45.6&lon=10.2", true, false},
	             {"lat=45.6&lon=10.2&heading=400", true, false},
	             {"lat=95.6&lon=10.2", false, false},
	             {"", false, false}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct request crew = {.method = "GET",
		                       .path = "/api/v1/assignments/" ID "/route",
		                       .query = cases[i].query,
		                       .session = "crew"};
		fake_ask(&crew);
		assert_string_equal(fake.asked, "flow_assignment_route");
		assert_int_equal(point_is_set(fake.stand.at), cases[i].placed);
		assert_int_equal(fake.stand.heading == 90, cases[i].headed);
		fake_request_fini(&crew);
	}
}

static void a_foreign_utility_is_refused(void **state)
{
	(void)state;
	struct request r = {.method = "GET",
	                    .path = "/api/v1/incidents",
	                    .query = "utility=other",
	                    .session = "dispatcher"};
	fake_ask(&r);
	assert_int_equal(r.status, 403);
	fake_request_fini(&r);
	r = (struct request){.method = "GET",
	                     .path = "/api/v1/incidents",
	                     .query = "utility=valdoro-sud",
	                     .session = "dispatcher"};
	fake_ask(&r);
	assert_int_equal(r.status, 200);
	fake_request_fini(&r);
}

/* ---- other sites ---- */

static void origin_decides(void **state)
{
	(void)state;
	const char *host = "pronto.example:8080", *own = "www.pronto.example";
	assert_int_equal(origin_of("http://pronto.example:8080", NULL, host, own), ORIGIN_SAME);
	assert_int_equal(origin_of("https://PRONTO.example:8080", "cross-site", host, own),
	                 ORIGIN_SAME);
	assert_int_equal(origin_of("https://www.pronto.example", NULL, host, own), ORIGIN_SAME);
	assert_int_equal(origin_of("http://pronto.example", NULL, host, own),
	                 ORIGIN_FOREIGN); /* another port */
	assert_int_equal(origin_of("http://pronto.example:8080.evil.example", NULL, host, own),
	                 ORIGIN_FOREIGN);
	assert_int_equal(origin_of("null", "same-origin", host, own), ORIGIN_FOREIGN);
	assert_int_equal(origin_of("", NULL, host, ""), ORIGIN_FOREIGN);
	assert_int_equal(origin_of(NULL, "same-origin", host, own), ORIGIN_SAME);
	assert_int_equal(origin_of(NULL, "same-site", host, own), ORIGIN_FOREIGN);
	assert_int_equal(origin_of(NULL, "cross-site", host, own), ORIGIN_FOREIGN);
	assert_int_equal(origin_of(NULL, NULL, host, own), ORIGIN_UNKNOWN);
}

static int status_of_write(const char *origin, const char *fetch_site, const char *session)
{
	struct request r = {.method = "POST",
	                    .path = "/api/v1/incidents/" ID "/note",
	                    .session = session,
	                    .body = "{\"text\":\"x\"}"};
	fake_header(&r, "Content-Type", "application/json");
	fake_header(&r, "Host", "pronto.example");
	if (origin)
		fake_header(&r, "Origin", origin);
	if (fetch_site)
		fake_header(&r, "Sec-Fetch-Site", fetch_site);
	fake_ask(&r);
	int status = r.status;
	fake_request_fini(&r);
	return status;
}

static void writes_come_from_our_own_pages(void **state)
{
	(void)state;
	assert_int_equal(status_of_write("http://pronto.example", NULL, "dispatcher"), 200);
	assert_int_equal(status_of_write(NULL, "same-origin", "dispatcher"), 200);
	assert_int_equal(status_of_write("http://evil.example", NULL, "dispatcher"), 403);
	assert_int_equal(status_of_write(NULL, "cross-site", "dispatcher"), 403);
	assert_int_equal(status_of_write(NULL, NULL, "dispatcher"), 403);
	assert_int_equal(status_of_write(NULL, NULL, NULL), 401);
}

static void next_stays_here(void **state)
{
	(void)state;
	assert_true(next_is_local("/desk?vista=mappa"));
	const char *const away[] = {NULL,
	                            "",
	                            "desk",
	                            "//evil.example",
	                            "/\\evil.example",
	                            "http://evil.example",
	                            "/desk\r\nSet-Cookie: a",
	                            "/a\\b"};
	for (size_t i = 0; i < sizeof away / sizeof away[0]; i++)
		assert_false(next_is_local(away[i]));
}

/* ---- log-in ---- */

static void login_sets_a_closed_cookie(void **state)
{
	(void)state;
	struct request r = {.method = "POST",
	                    .path = "/api/v1/session",
	                    .body = "{\"login\":\"marta\",\"password\":\"x\"}"};
	fake_header(&r, "Content-Type", "application/json");
	fake.answer = "{\"user\":{\"name\":\"Marta B.\",\"role\":\"crew\"}}";
	fake_ask(&r);
	assert_int_equal(r.status, 200);
	assert_string_equal(fake.id, "marta");
	assert_non_null(
	    strstr(str_text(&r.out_headers),
	           "Set-Cookie: prontod_session=the-token; Path=/; HttpOnly; SameSite=Strict"));
	assert_null(strstr(str_text(&r.out_headers), "Secure"));
	fake_request_fini(&r);
	fake.fails = true;
	fake.answer = NULL;
	problem_set(&fake.problem, PROBLEM_UNAUTHENTICATED, "", "wrong");
	r = (struct request){.method = "POST",
	                     .path = "/api/v1/session",
	                     .body = "{\"login\":\"marta\",\"password\":\"x\"}"};
	fake_header(&r, "Content-Type", "application/json");
	fake_ask(&r);
	assert_int_equal(r.status, 401);
	assert_null(strstr(str_text(&r.out_headers), "Set-Cookie"));
	fake_request_fini(&r);
}

static void login_form_goes_to_the_roles_page(void **state)
{
	(void)state;
	static const struct {
		const char *body, *role, *where;
	} cases[] = {
	    {"login=a&password=b", "dispatcher", "/desk"},
	    {"login=a&password=b", "crew", "/crew"},
	    {"login=a&password=b&next=%2Fdesk%3Fvista%3Dmappa", "supervisor", "/desk?vista=mappa"},
	    {"login=a&password=b&next=%2F%2Fevil.example", "admin", "/desk"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct request r = {.method = "POST", .path = "/login", .body = cases[i].body};
		char answer[80], where[80];
		snprintf(answer, sizeof answer, "{\"user\":{\"role\":\"%s\"}}", cases[i].role);
		snprintf(where, sizeof where, "Location: %s\n", cases[i].where);
		fake_header(&r, "Content-Type", "application/x-www-form-urlencoded");
		fake.answer = answer;
		fake_ask(&r);
		assert_int_equal(r.status, 303);
		assert_non_null(strstr(str_text(&r.out_headers), where));
		fake_request_fini(&r);
	}
	struct request r = {
	    .method = "POST", .path = "/login", .body = "login=%3Cmarta%3E&password=b"};
	fake_header(&r, "Content-Type", "application/x-www-form-urlencoded");
	fake.answer = NULL;
	fake.fails = true;
	problem_set(&fake.problem, PROBLEM_UNAUTHENTICATED, "", "wrong");
	fake_ask(&r);
	assert_int_equal(r.status, 401);
	assert_non_null(strstr(str_text(&r.answer), "login=&lt;marta&gt;"));
	assert_non_null(strstr(str_text(&r.answer), "Nome utente o password"));
	fake_request_fini(&r);
}

/* ---- bodies and problems ---- */

static struct request post(const char *path, const char *type, const char *body)
{
	struct request r = {.method = "POST", .path = path, .body = body};
	fake_header(&r, "Content-Type", type);
	return r;
}

static void bodies_have_limits_and_types(void **state)
{
	(void)state;
	char *big = mem_zero(1, BODY_SMALL + 2);
	memset(big, ' ', BODY_SMALL + 1);
	struct request r = post("/api/v1/reports", "application/json", big);
	fake_ask(&r);
	assert_int_equal(r.status, 413);
	assert_non_null(strstr(str_text(&r.answer), "\"urn:prontod:problem:too-large\""));
	fake_request_fini(&r);
	free(big);
	r = post("/api/v1/reports", "text/plain", "x");
	fake_ask(&r);
	assert_int_equal(r.status, 415);
	fake_request_fini(&r);
	r = post("/api/v1/reports", "application/json", "{\"text\":");
	fake_ask(&r);
	assert_int_equal(r.status, 400);
	assert_string_equal(str_text(&r.type), "application/problem+json");
	fake_request_fini(&r);
	r = post("/api/v1/reports", "application/json; charset=utf-8", "[1]");
	fake_ask(&r);
	assert_int_equal(r.status, 400);
	fake_request_fini(&r);
	assert_string_equal(fake.asked, "");
}

static void a_report_is_stored_once_and_answered(void **state)
{
	(void)state;
	struct request r = post("/api/v1/reports", "application/json",
	                        "{\"text\":\"  Perde "
	                        "acqua!\\n\",\"lat\":45.4,\"lon\":10.5,\"reporter\":{\"phone\":"
	                        "\"347 123 4567\",\"prefer\":\"sms\"}}");
	fake_header(&r, "Idempotency-Key", "k-1");
	fake.answer = "{\"code\":\"7KQ4M-T9XW2-H\"}";
	fake_ask(&r);
	assert_int_equal(r.status, 201);
	assert_string_equal(str_text(&r.answer), fake.answer);
	assert_string_equal(fake.report_text, "  Perde acqua!\n"); /* never trimmed */
	assert_string_equal(fake.report_channel, "web");
	assert_true(fake.report.point_confirmed);
	assert_string_equal(fake.key, "k-1");
	assert_int_equal(strlen(fake.body_hash), 64);
	fake_request_fini(&r);
}

static void wrong_fields_are_all_named(void **state)
{
	(void)state;
	struct request r =
	    post("/api/v1/reports", "application/json",
	         "{\"text\":\"x\",\"reporter\":{\"phone\":\"123\",\"email\":\"nope\"}}");
	fake_ask(&r);
	assert_int_equal(r.status, 422);
	struct js *doc = js_parse(r.answer.data, r.answer.length, NULL);
	assert_int_equal(js_count(js_find(doc, "errors")), 3);
	assert_string_equal(js_find_str(js_at(js_find(doc, "errors"), 1), "pointer"),
	                    "/reporter/phone");
	assert_non_null(
	    strstr(js_find_str(js_at(js_find(doc, "errors"), 1), "detail"), "ha 3 cifre"));
	js_free(&doc);
	assert_string_equal(fake.asked, "");
	fake_request_fini(&r);
}

static void only_the_desk_takes_calls(void **state)
{
	(void)state;
	const char *body =
	    "{\"channel\":\"phone\",\"text\":\"esce acqua\",\"row\":\"F03\",\"class\":\"L1\"}";
	const char *const sessions[] = {NULL, "crew", "dispatcher"};
	const int statuses[] = {401, 403, 201};
	for (size_t i = 0; i < 3; i++) {
		struct request r = post("/api/v1/reports", "application/json", body);
		fake_header(&r, "Host", "a");
		fake_header(&r, "Origin", "http://a");
		r.session = sessions[i];
		fake_ask(&r);
		assert_int_equal(r.status, statuses[i]);
		fake_request_fini(&r);
	}
	assert_string_equal(fake.report_channel, "phone");
	assert_false(fake.report.point_confirmed);
}

static void ask_triage(const char *query, const char *body, int status, const char *words)
{
	struct request r = {.method = body ? "POST" : "GET",
	                    .path = "/api/v1/triage",
	                    .query = query,
	                    .body = body,
	                    .session = "dispatcher"};
	fake_header(&r, "Content-Type", "application/json");
	fake_header(&r, "Host", "pronto.example");
	fake_header(&r, "Origin", "http://pronto.example");
	fake_ask(&r);
	if (r.status != status || !strstr(str_text(&r.answer), words))
		fail_msg("%s%s: %d %s", query ? query : "", body ? body : "", r.status,
		         str_text(&r.answer));
	fake_request_fini(&r);
}

static void answers_are_read_from_query_and_body(void **state)
{
	(void)state;
	ask_triage("charter=cap&answers=what:1,where:0", NULL, 200, "\"replies\":[{\"what\":1},{\"where\":0}]");
	ask_triage("answers=what:1", NULL, 422, "/charter");
	const char *const bad[] = {"what", "what:", "what:x", "what:1x", "what:10", "what:-1", "what:1;where:2"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char query[80];
		snprintf(query, sizeof query, "charter=cap&answers=%s", bad[i]);
		ask_triage(query, NULL, 422, "/answers");
	}
	ask_triage(NULL,
	           "{\"charter\":\"cap\",\"text\":\"perde\",\"conversation_started_at\":"
	           "\"2026-03-27T09:00:00+01:00\",\"answers\":[{\"question\":\"what\",\"option\":1}]}",
	           200, "\"text\":\"perde\",\"started\":true,\"replies\":[{\"what\":1}]");
	ask_triage(NULL, "{\"charter\":\"cap\",\"answers\":null}", 200, "\"replies\":[]");
	ask_triage(NULL, "{\"charter\":\"cap\",\"answers\":{}}", 422, "\"/answers\"");
	ask_triage(NULL, "{\"charter\":\"cap\",\"answers\":[1]}", 422, "\"/answers/0\"");
	ask_triage(NULL, "{\"charter\":\"cap\",\"answers\":[{\"option\":1}]}", 422, "/answers/0/question");
	ask_triage(NULL, "{\"charter\":\"cap\",\"answers\":[{\"question\":\"what\"}]}", 422, "/answers/0/option");
	ask_triage(NULL, "{\"charter\":\"cap\",\"answers\":[{\"question\":\"what\",\"option\":1.5}]}", 422,
	           "/answers/0/option");
	ask_triage(NULL, "{\"charter\":\"cap\",\"conversation_started_at\":\"ieri\"}", 422,
	           "/conversation_started_at");
	struct str many = {0};
	for (int i = 0; i < 17; i++)
		str_addf(&many, "%s{\"question\":\"q\",\"option\":1}", i ? "," : "{\"charter\":\"cap\",\"answers\":[");
	str_add(&many, "]}");
	ask_triage(NULL, str_text(&many), 422, "\"/answers\"");
	str_fini(&many);
}

static void a_call_brings_its_answers(void **state)
{
	(void)state;
	struct request r = {.method = "POST",
	                    .path = "/api/v1/reports",
	                    .session = "dispatcher",
	                    .body = "{\"channel\":\"phone\",\"text\":\"esce acqua\",\"answers\":[{\"question\":"
	                            "\"what\",\"option\":1},{\"question\":\"where\",\"option\":0}]}"};
	fake_header(&r, "Content-Type", "application/json");
	fake_header(&r, "Host", "pronto.example");
	fake_header(&r, "Origin", "http://pronto.example");
	fake_ask(&r);
	assert_int_equal(r.status, 201);
	assert_string_equal(fake.report_replies, "what:1 where:0 ");
	fake_request_fini(&r);
	r.body = "{\"channel\":\"phone\",\"text\":\"esce acqua\",\"answers\":[{\"question\":7}]}";
	r.method = "POST";
	r.path = "/api/v1/reports";
	r.session = "dispatcher";
	fake_header(&r, "Content-Type", "application/json");
	fake_header(&r, "Host", "pronto.example");
	fake_header(&r, "Origin", "http://pronto.example");
	fake_ask(&r);
	assert_int_equal(r.status, 422);
	assert_non_null(strstr(str_text(&r.answer), "/answers/0/question"));
	fake_request_fini(&r);
}

static void the_form_comes_back_as_typed(void **state)
{
	(void)state;
	struct request r = post("/", "application/x-www-form-urlencoded",
	                        "text=Perde+%22molto%22&address=via+Po&municipality=Medole&prefer="
	                        "sms&phone=347&key=form-key-1");
	fake_ask(&r);
	assert_int_equal(r.status, 422);
	const char *html = str_text(&r.answer);
	assert_non_null(strstr(html, "text=[Perde &quot;molto&quot;]"));
	assert_non_null(strstr(html, "(phone:Il cellulare ha 3 cifre, ne servono 9 o 10.)"));
	assert_non_null(strstr(html, "key=form-key-1"));
	assert_non_null(strstr(html, "<Medole*>"));
	assert_non_null(strstr(html, "SMS"));
	assert_string_equal(fake.asked, "");
	fake_request_fini(&r);

	r = post("/", "application/x-www-form-urlencoded",
	         "text=Perde+acqua&address=via+Po&municipality=Medole&prefer=none&key=form-key-1");
	fake.answer = "{\"code\":\"7KQ4M-T9XW2-H\"}";
	fake_ask(&r);
	assert_int_equal(r.status, 303);
	assert_non_null(strstr(str_text(&r.out_headers), "Location: /s/7KQ4M-T9XW2-H?nuova=1"));
	assert_string_equal(fake.key, "form-key-1");
	fake_request_fini(&r);

	r = post("/", "application/x-www-form-urlencoded",
	         "text=Perde+acqua&address=via+Po&municipality=Medole&prefer=none");
	fake.answer = NULL;
	fake.fails = true;
	problem_set(&fake.problem, PROBLEM_BUSY, "", "away");
	fake_ask(&r);
	assert_int_equal(r.status, 503);
	assert_non_null(strstr(str_text(&r.answer), "Non possiamo riceverla ora"));
	assert_non_null(strstr(str_text(&r.answer), "text=[Perde acqua]"));
	fake_request_fini(&r);
}

static void problems_speak_json_or_page(void **state)
{
	(void)state;
	struct request r = {.method = "GET", .path = "/nope"};
	fake_ask(&r);
	assert_int_equal(r.status, 404);
	assert_string_equal(str_text(&r.type), "application/problem+json");
	fake_request_fini(&r);
	r = (struct request){.method = "GET", .path = "/nope"};
	fake_header(&r, "Accept", "text/html,*/*");
	fake_ask(&r);
	assert_int_equal(r.status, 404);
	assert_non_null(strstr(str_text(&r.answer), "404 Pagina non trovata"));
	assert_non_null(strstr(str_text(&r.answer), "tel:800175571"));
	assert_non_null(strstr(str_text(&r.out_headers),
	                       "Content-Security-Policy: default-src 'self'; script-src 'self'"));
	assert_non_null(strstr(str_text(&r.out_headers), "frame-ancestors 'none'"));
	fake_request_fini(&r);
	r = (struct request){.method = "DELETE", .path = "/api/v1/live"};
	fake_header(&r, "Accept-Language", "en");
	fake_ask(&r);
	assert_int_equal(r.status, 405);
	assert_non_null(strstr(str_text(&r.out_headers), "Allow: GET"));
	fake_request_fini(&r);
}

static void conflicts_tell_who_and_when(void **state)
{
	(void)state;
	struct request r = post("/api/v1/incidents/" ID "/assign", "application/json",
	                        "{\"crew\":\"" ID "\",\"version\":1}");
	r.session = "dispatcher";
	fake_header(&r, "Sec-Fetch-Site", "same-origin");
	fake.fails = true;
	fake.answer = "{\"who\":\"Luca\",\"at\":\"2026-03-10T14:02:11+01:00\",\"version\":4}";
	problem_set(&fake.problem, PROBLEM_CONFLICT, "", "taken");
	fake_ask(&r);
	assert_int_equal(r.status, 409);
	struct js *doc = js_parse(r.answer.data, r.answer.length, NULL);
	assert_string_equal(js_find_str(doc, "who"), "Luca");
	assert_int_equal(js_int(js_find(doc, "version"), 0), 4);
	assert_int_equal(js_int(js_find(doc, "status"), 0), 409);
	js_free(&doc);
	fake_request_fini(&r);
}

/* Who may not decide does not get so far as to ask. */
static void clocks_are_held_by_the_desk_alone(void **state)
{
	(void)state;
	static const char *const actions[] = {"pause", "resume", "tick"};
	static const char *const roles[] = {"dispatcher", "supervisor", "crew", "auditor"};
	static const int wanted[3][4] = {{200, 200, 403, 403}, {200, 200, 403, 403}, {404, 404, 403, 403}};
	for (size_t a = 0; a < 3; a++) {
		for (size_t n = 0; n < 4; n++) {
			char path[120];
			snprintf(path, sizeof path, "/api/v1/incidents/" ID "/%s", actions[a]);
			struct request r = post(path, "application/json", "{\"version\":1}");
			r.session = roles[n];
			fake_header(&r, "Sec-Fetch-Site", "same-origin");
			fake_ask(&r);
			assert_int_equal(r.status, wanted[a][n]);
			if (r.status == 200)
				assert_string_equal(fake.action, actions[a]);
			fake_request_fini(&r);
		}
	}
}

/* Beside a refused cause stand those that are allowed. */
static void a_refused_cause_names_the_others(void **state)
{
	(void)state;
	struct request r = post("/api/v1/incidents/" ID "/pause", "application/json",
	                        "{\"version\":1,\"cause\":\"strike\",\"reason\":\"x\"}");
	r.session = "dispatcher";
	fake_header(&r, "Sec-Fetch-Site", "same-origin");
	fake.fails = true;
	fake.answer = "{\"allowed\":[\"reporter_absent\"]}";
	problem_set(&fake.problem, PROBLEM_INPUT, "/cause", "the charter allows only: reporter_absent");
	fake_ask(&r);
	assert_int_equal(r.status, 422);
	struct js *doc = js_parse(r.answer.data, r.answer.length, NULL);
	assert_string_equal(js_str(js_at(js_find(doc, "allowed"), 0)), "reporter_absent");
	assert_string_equal(js_find_str(js_at(js_find(doc, "errors"), 0), "pointer"), "/cause");
	js_free(&doc);
	fake_request_fini(&r);
}

static void a_reader_may_leave_while_flow_works(void **state)
{
	(void)state;
	struct request r =
	    post("/api/v1/reports", "application/json", "{\"text\":\"Perde acqua\"}");
	fake_ask_only(&r);
	fake_leave(&r);
	fake_request_fini(&r); /* flow's answer comes after the request is freed */
	fake_settle();
	assert_string_equal(fake.asked, "flow_report_submit");
}

/* ---- pages of citizens ---- */

static void codes_are_read_kindly(void **state)
{
	(void)state;
	char code[CODE_TEXT], shown[CODE_SHOWN], path[40], typed[40];
	code_make(code);
	code_show(code, shown);
	snprintf(path, sizeof path, "/s/%s", shown);
	struct request r = {.method = "GET", .path = path, .query = "nuova=1"};
	fake.answer = "{\"code\":\"7KQ4M-T9XW2-H\",\"state\":\"linked\",\"class\":\"L1\",\"class_"
	              "label\":\"Livello 1\",\"targets\":[{\"kind\":\"arrival\","
	              "\"due\":\"2030-03-10T17:05:00+01:00\",\"bound\":\"inclusive\",\"effective\":"
	              "true}],\"steps\":[{\"name\":\"received\",\"at\":"
	              "\"2030-03-10T15:05:00+01:00\",\"state\":\"done\"},{\"name\":\"assessed\","
	              "\"at\":null,\"state\":\"current\"}]}";
	fake_ask(&r);
	assert_int_equal(r.status, 200);
	assert_string_equal(fake.id, code);
	const char *html = str_text(&r.answer);
	assert_non_null(strstr(html, "7 K Q 4 M, T 9 X W 2, H"));
	assert_non_null(strstr(html, "La squadra arriva entro le 17:05 di domenica 10 marzo"));
	assert_non_null(strstr(html, "Segnalazione ricevuta/fatto Valutata: Livello 1/in corso"));
	assert_non_null(strstr(html, "NEW"));
	assert_non_null(strstr(str_text(&r.out_headers), "Referrer-Policy: no-referrer"));
	assert_non_null(strstr(str_text(&r.out_headers), "X-Robots-Tag: noindex"));
	fake_request_fini(&r);
	snprintf(typed, sizeof typed, "code=%s", code);
	r = (struct request){.method = "GET", .path = "/s/", .query = typed};
	fake_ask(&r);
	assert_int_equal(r.status, 303);
	assert_non_null(strstr(str_text(&r.out_headers), shown));
	fake_request_fini(&r);
	r = (struct request){.method = "GET", .path = "/s/<b>nope"};
	fake.asked[0] = 0;
	fake_ask(&r);
	assert_int_equal(r.status, 404);
	assert_string_equal(fake.asked, ""); /* the check symbol spares the question */
	assert_non_null(strstr(str_text(&r.answer), "&lt;b&gt;nope"));
	fake_request_fini(&r);
}

/* ---- pages of the house, for readers without JavaScript ---- */

static void ask_page(const char *path, const char *session, const char *answer, const char *words)
{
	fake.answer = answer;
	struct request r = {.method = "GET", .path = path, .session = session};
	fake_ask(&r);
	assert_int_equal(r.status, 200);
	if (!strstr(str_text(&r.answer), words))
		fail_msg("%s: %s", path, str_text(&r.answer));
	fake_request_fini(&r);
}

static void the_queue_names_utility_and_town(void **state)
{
	(void)state;
	ask_page("/desk", "dispatcher",
	         "{\"incidents\":[{\"utility\":{\"name\":\"Acque\"},\"municipality\":\"Medole\","
	         "\"address\":\"via Po 3\",\"due\":\"2000-01-03T10:00:00+01:00\","
	         "\"due_bound\":\"inclusive\"}]}",
	         "<Acque|Medole|via Po 3|entro le 10:00 di lunedì 3 gennaio>");
}

static void a_crew_reads_what_it_needs(void **state)
{
	(void)state;
	static const char open[] =
	    "{\"assignments\":[{\"id\":\"x\",\"state\":\"accepted\",\"incident\":{\"kind\":"
	    "\"Perdita\","
	    "\"row_text\":\"Rottura\",\"address\":\"via Po 3\",\"municipality\":\"Medole\","
	    "\"landmark\":\"al bar\",\"due\":\"2000-01-03T10:00:00+01:00\","
	    "\"due_bound\":\"inclusive\",\"texts\":[{\"text\":\"esce acqua\"}],"
	    "\"reporter_name\":\"Ada\",\"reporter_phone\":\"333 12 34\"}}]}";
	static const char over[] =
	    "{\"assignments\":[{\"id\":\"x\",\"state\":\"left\",\"incident\":{\"municipality\":"
	    "\"Medole\",\"texts\":[]}}]}";
	ask_page("/crew", "crew", open,
	         "<Perdita|Rottura|via Po 3, Medole|al bar|entro le 10:00 di lunedì 3 gennaio> "
	         "esce acqua Ada tel:3331234");
	ask_page("/crew", "crew", over, "<||Medole||>");
}

static void what_did_not_change_is_not_sent_again(void **state)
{
	(void)state;
	char code[CODE_TEXT], path[64], etag[64] = "";
	code_make(code);
	snprintf(path, sizeof path, "/api/v1/reports/%s", code);
	fake.answer = "{\"code\":\"x\"}";
	struct request r = {.method = "GET", .path = path};
	fake_ask(&r);
	assert_int_equal(sscanf(strstr(str_text(&r.out_headers), "ETag: ") + 6, "%63s", etag), 1);
	fake_request_fini(&r);
	r = (struct request){.method = "GET", .path = path};
	fake_header(&r, "If-None-Match", etag);
	fake_ask(&r);
	assert_int_equal(r.status, 304);
	fake_request_fini(&r);
}

static const char live[] =
    "{\"generated_at\":\"2030-01-01T10:00:00+01:00\",\"seq\":7,\"incidents\":[{\"number\":\"2030-"
    "00002\",\"utility\":\"valdoro-sud\",\"kind\":\"Manca "
    "l'acqua\",\"area\":\"via Cavour, "
    "Castiglione\",\"lat\":45.4,\"lon\":10.5,\"state\":\"en_route\",\"public_state\":\"Squadra in "
    "arrivo\","
    "\"arrival_due\":\"2000-01-01T10:00:00+01:00\",\"reports\":3},{\"number\":\"2030-00001\","
    "\"utility\":\"valdoro-sud\",\"area\":\"via Po, Medole\","
    "\"state\":\"closed\",\"closed_at\":\"2030-01-01T09:00:00+01:00\",\"reports\":1}]}";

static void live_is_sent_as_it_was_made(void **state)
{
	(void)state;
	struct request r = {.method = "GET", .path = "/api/v1/live"};
	fake_ask(&r);
	assert_int_equal(r.status, 503); /* not loaded yet */
	fake_request_fini(&r);
	fake.live = live;
	r = (struct request){.method = "GET", .path = "/api/v1/live"};
	fake_ask(&r);
	assert_string_equal(str_text(&r.answer), live);
	fake_request_fini(&r);
	r = (struct request){.method = "GET", .path = "/api/v1/live"};
	fake_header(&r, "Accept-Encoding", "br, gzip");
	fake_ask(&r);
	assert_non_null(strstr(str_text(&r.out_headers), "Content-Encoding: gzip"));
	assert_true(r.answer.length < strlen(live));
	assert_memory_equal(r.answer.data, "\x1f\x8b", 2);
	fake_request_fini(&r);
}

static void ask_street(const char *query, const char *words)
{
	struct request r = {.method = "GET", .path = "/live", .query = query};
	fake_ask(&r);
	assert_int_equal(r.status, 200);
	if (!strstr(str_text(&r.answer), words))
		fail_msg("%s: %s", query, str_text(&r.answer));
	fake_request_fini(&r);
}

static void live_answers_for_a_street(void **state)
{
	(void)state;
	fake.live = live;
	ask_street(
	    NULL,
	    "1/1 <valdoro-sud-2030-00002 Squadra in arrivo Siamo in ritardo: dovevamo arrivare");
	ask_street("via=via Cavour", "Sì: in via Cavour c&#39;è un guasto.");
	ask_street("via=CAVOUR 12", "Sì: in via Cavour");
	ask_street("via=via Cavour&comune=Medole", "via Cavour, Medole: nessun guasto noto.");
	ask_street("via=via Roma", "via Roma: nessun guasto noto.");
	ask_street("via=via Cavour&lang=en", "Yes: there is a fault in via Cavour.");
	ask_street("via=via Roma&comune=Mantova", "via Roma, Mantova: non è servita da noi.");
	ask_street("comune=Medole", "0/1");
	fake.away = true;
	ask_street(NULL, "STALE");
}

static void find_on_map(const char *const streets[][2], size_t count)
{
	memset(fake.streets, 0, sizeof fake.streets);
	memcpy(fake.streets, streets, count * sizeof streets[0]);
}

static void live_asks_which_street_is_meant(void **state)
{
	(void)state;
	static const char *const two_towns[][2] = {
	    {"Via Roma", "Castiglione"}, {"Corso Roma", "Medole"}, {"Via Roma", "Medole"}};
	static const char *const namesakes[][2] = {{"Corso Roma", "Medole"},
	                                           {"Viale Roma", "Medole"}};
	static const char *const one[][2] = {{"Via Roma", "Castiglione"}};
	fake.live = live;
	fake_http->o.map = (const struct map *)&fake; /* the map of this test is in http_fake.c */
	find_on_map(two_towns, 3);
	ask_street("via=via Roma", "Quale Via Roma?");
	ask_street("via=via Roma&comune=Medole", "Via Roma, Medole");
	find_on_map(namesakes, 2);
	ask_street("via=via Roma", "Quale strada?");
	find_on_map(one, 1); /* 157 m from the open fault */
	ask_street("via=via Roma",
	           "Nella tua via no, ma ce n&#39;è uno a 150 m: via Cavour, Castiglione.");
	fake_http->o.map = NULL;
}

/* ---- streams ---- */

static struct request *open_stream(struct request *r, const char *last_id)
{
	*r = (struct request){.method = "GET", .path = "/api/v1/live/stream"};
	if (last_id)
		fake_header(r, "Last-Event-ID", last_id);
	fake_ask(r);
	return r;
}

static void drop_stream(struct stream **s)
{
	if (!(*s)->closed)
		(*s)->on_gone((*s)->gone_ctx);
	str_fini(&(*s)->sent);
	free(*s);
	*s = NULL;
}

static void streams_say_hello_and_pass_events_on(void **state)
{
	(void)state;
	struct request r;
	open_stream(&r, NULL);
	assert_string_equal(str_text(&r.type), "text/event-stream");
	assert_non_null(strstr(str_text(&fake_stream->sent),
	                       "id: 41\nretry: 2000\nevent: hello\ndata: {\"now\":\""));
	assert_int_equal(fake.watch_after, -1);
	str_clear(&fake_stream->sent);
	fake.on_event(fake.event_ctx, 42, "incident", "{\"seq\":42}", 10);
	assert_string_equal(str_text(&fake_stream->sent),
	                    "id: 42\nevent: incident\ndata: {\"seq\":42}\n\n");
	drop_stream(&fake_stream);
	fake_request_fini(&r);

	open_stream(&r, "17");
	assert_int_equal(fake.watch_after, 17);
	assert_null(strstr(str_text(&fake_stream->sent),
	                   "id:")); /* hello must not move a resuming reader */
	drop_stream(&fake_stream);
	fake_request_fini(&r);
}

static void slow_readers_and_too_many_are_turned_away(void **state)
{
	(void)state;
	struct request a, b, c;
	open_stream(&a, NULL);
	struct stream *first = fake_stream;
	first->slow = true;
	fake.on_event(fake.event_ctx, 42, "incident", "{}", 2);
	assert_true(first->closed);
	drop_stream(&first);
	fake_request_fini(&a);
	open_stream(&a, NULL);
	first = fake_stream;
	open_stream(&b, NULL);
	struct stream *second = fake_stream;
	open_stream(&c, NULL); /* the test's limit is two */
	assert_int_equal(c.status, 503);
	drop_stream(&first);
	drop_stream(&second);
	fake_stream = NULL;
	fake_request_fini(&a);
	fake_request_fini(&b);
	fake_request_fini(&c);
}

/* ---- files, health ---- */

static void files_are_those_that_were_built(void **state)
{
	(void)state;
	struct request r = {.method = "GET", .path = "/static/app-1a2b.js"};
	fake_ask(&r);
	assert_int_equal(r.status, 200);
	assert_string_equal(str_text(&r.type), "text/javascript; charset=utf-8");
	assert_non_null(strstr(str_text(&r.out_headers), "immutable"));
	fake_request_fini(&r);
	const char *const no[] = {"/static/../text.it.json", "/static/../../etc/passwd",
	                          "/static/nope", "/secret.txt"};
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
		r = (struct request){.method = "GET", .path = no[i]};
		fake_ask(&r);
		assert_int_equal(r.status, 404);
		fake_request_fini(&r);
	}
}

static void health_is_told_apart(void **state)
{
	(void)state;
	fake.away = true;
	struct request r = {.method = "GET", .path = "/healthz"};
	fake_ask(&r);
	assert_int_equal(r.status, 200);
	fake_request_fini(&r);
	r = (struct request){.method = "GET", .path = "/readyz"};
	fake_ask(&r);
	assert_int_equal(r.status, 503);
	fake_request_fini(&r);
	r = (struct request){.method = "GET", .path = "/metrics"};
	fake_ask(&r);
	assert_non_null(
	    strstr(str_text(&r.answer), "prontod_requests_total{worker=\"1\",status=\"2xx\"} "));
	assert_non_null(strstr(str_text(&r.answer), "flow_metric 1"));
	fake_request_fini(&r);
	r = (struct request){.method = "GET", .path = "/api/v1/incidents", .session = "dispatcher"};
	fake_ask(&r);
	assert_int_equal(
	    r.status,
	    503); /* the session cannot be looked up: nobody is let in, nobody is sent away */
	fake_request_fini(&r);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, fake_fresh)
	const struct CMUnitTest tests[] = {
	    TEST(paths_find_their_route),
	    TEST(openapi_names_every_route),
	    TEST(roles_meet_every_route),
	    TEST(ways_are_asked_for),
	    TEST(a_foreign_utility_is_refused),
	    TEST(origin_decides),
	    TEST(writes_come_from_our_own_pages),
	    TEST(next_stays_here),
	    TEST(login_sets_a_closed_cookie),
	    TEST(login_form_goes_to_the_roles_page),
	    TEST(bodies_have_limits_and_types),
	    TEST(a_report_is_stored_once_and_answered),
	    TEST(wrong_fields_are_all_named),
	    TEST(only_the_desk_takes_calls),
	    TEST(answers_are_read_from_query_and_body),
	    TEST(a_call_brings_its_answers),
	    TEST(the_form_comes_back_as_typed),
	    TEST(problems_speak_json_or_page),
	    TEST(conflicts_tell_who_and_when),
	    TEST(clocks_are_held_by_the_desk_alone),
	    TEST(a_refused_cause_names_the_others),
	    TEST(a_reader_may_leave_while_flow_works),
	    TEST(codes_are_read_kindly),
	    TEST(the_queue_names_utility_and_town),
	    TEST(a_crew_reads_what_it_needs),
	    TEST(what_did_not_change_is_not_sent_again),
	    TEST(live_is_sent_as_it_was_made),
	    TEST(live_answers_for_a_street),
	    TEST(live_asks_which_street_is_meant),
	    TEST(streams_say_hello_and_pass_events_on),
	    TEST(slow_readers_and_too_many_are_turned_away),
	    TEST(files_are_those_that_were_built),
	    TEST(health_is_told_apart),
	};
	return cmocka_run_group_tests(tests, fake_open, fake_close);
}

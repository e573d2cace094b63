/* See http_fake.h. The session "dispatcher" is a dispatcher's, "crew" a crew's, and so on. */
#include "http_fake.h"

#include "base/log.h"
#include "map.h"
#include "map/places.h"
#include "map/roads.h"
#include "map/tiles.h"
#include "wire/crypto.h"
#include "wire/mime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct fake_flow fake;
struct stream *fake_stream;

/* ---- the server ---- */

static server_handler_fn *handler;
static void *handler_ctx;
struct server {
	int unused;
};

struct server *server_open(struct loop *loop, const struct server_options *o, struct problem *p)
{
	(void)loop, (void)p;
	handler = o->handler;
	handler_ctx = o->ctx;
	return mem_zero(1, sizeof(struct server));
}

void server_drain(struct server *server, loop_fn *drained, void *ctx)
{
	(void)server;
	drained(ctx);
}

void server_close(struct server **server)
{
	free(*server);
	*server = NULL;
}

const char *request_method(const struct request *r)
{
	return r->method;
}

const char *request_path(const struct request *r)
{
	return r->path;
}

const char *request_query_string(const struct request *r)
{
	return r->query ? r->query : "";
}

/* Values of the tests need no decoding. */
const char *request_query(const struct request *r, const char *name)
{
	size_t length = strlen(name);
	for (const char *at = r->query; at && *at; at += strcspn(at, "&"), at += *at == '&')
		if (strncmp(at, name, length) == 0 && at[length] == '=')
			return arena_strn(r->arena, at + length + 1, strcspn(at + length + 1, "&"));
	return NULL;
}

const char *request_header(const struct request *r, const char *name)
{
	for (size_t i = 0; i < r->header_count; i++)
		if (str_equal_fold(r->headers[i].name, name))
			return r->headers[i].value;
	return NULL;
}

const char *request_cookie(const struct request *r, const char *name)
{
	return strcmp(name, "prontod_session") == 0 ? r->session : NULL;
}

const char *request_peer(const struct request *r)
{
	(void)r;
	return "192.0.2.1";
}

const unsigned char *request_body(const struct request *r, size_t *length)
{
	*length = r->body_length ? r->body_length : r->body ? strlen(r->body) : 0;
	return (const unsigned char *)r->body;
}

struct arena *request_arena(struct request *r)
{
	return r->arena;
}

void request_on_gone(struct request *r, loop_fn *fn, void *ctx)
{
	r->on_gone = fn;
	r->gone_ctx = ctx;
}

void answer_header(struct request *r, const char *name, const char *value)
{
	str_addf(&r->out_headers, "%s: %s\n", name, value);
}

void answer(struct request *r, int status, const char *content_type, const char *body,
            size_t length)
{
	must(r->status == 0);
	r->status = status;
	str_add(&r->type, content_type);
	str_addn(&r->answer, body, length);
}

void answer_shared(struct request *r, int status, const char *content_type, const void *bytes,
                   size_t length, loop_fn *release, void *ctx)
{
	answer(r, status, content_type, bytes, length);
	release(ctx);
}

void answer_empty(struct request *r, int status)
{
	answer(r, status, "", "", 0);
}

struct stream *answer_stream(struct request *r, const char *content_type)
{
	answer(r, 200, content_type, "", 0);
	r->streaming = true;
	fake_stream = mem_zero(1, sizeof *fake_stream);
	fake_stream->request = r;
	return fake_stream;
}

bool stream_write(struct stream *s, const char *bytes, size_t length, size_t limit)
{
	(void)limit;
	str_addn(&s->sent, bytes, length);
	return !s->slow;
}

void stream_on_gone(struct stream *s, loop_fn *fn, void *ctx)
{
	s->on_gone = fn;
	s->gone_ctx = ctx;
}

void stream_close(struct stream **s)
{
	(*s)->closed = true; /* kept for the test to look at */
	*s = NULL;
}

/* ---- flow ---- */

struct waiting {
	flow_done_fn *done;
	flow_session_fn *session;
	flow_login_fn *login;
	void *ctx;
	char token[64];
};
static struct waiting queue[32];
static size_t waiting_count;

static void ask(const char *what, flow_done_fn *done, void *ctx)
{
	str_copy(fake.asked, sizeof fake.asked, what);
	queue[waiting_count++] = (struct waiting){.done = done, .ctx = ctx};
}

static void answer_session(const struct waiting *w)
{
	struct user user = {.login = "demo", .name = "Marta B.", .utility_count = 1};
	struct problem p;
	if (fake.away) {
		problem_set(&p, PROBLEM_BUSY, "", "the archive is away");
		w->session(w->ctx, &p, NULL);
	} else if (!role_parse(w->token, &user.role)) {
		problem_set(&p, PROBLEM_UNAUTHENTICATED, "", "no such session");
		w->session(w->ctx, &p, NULL);
	} else {
		str_copy(user.utility_codes[0], sizeof user.utility_codes[0], "valdoro-sud");
		w->session(w->ctx, NULL, &user);
	}
}

static void answer_done(const struct waiting *w)
{
	const char *text = fake.answer ? fake.answer : "{}";
	struct js *js = js_parse(text, strlen(text), NULL);
	must(js);
	if (w->login)
		w->login(w->ctx, fake.fails ? &fake.problem : NULL, "the-token",
		         fake.fails ? NULL : js);
	else
		w->done(w->ctx, fake.fails ? &fake.problem : NULL,
		        fake.fails && !fake.answer ? NULL : js);
	js_free(&js);
}

void fake_settle(void)
{
	for (size_t i = 0; i < waiting_count; i++) { /* a done may ask again */
		struct waiting w = queue[i];
		if (w.session)
			answer_session(&w);
		else
			answer_done(&w);
	}
	waiting_count = 0;
}

void flow_session(struct flow *flow, const char *token, flow_session_fn *done, void *ctx)
{
	(void)flow;
	queue[waiting_count] = (struct waiting){.session = done, .ctx = ctx};
	str_copy(queue[waiting_count++].token, 64, token);
}

void flow_login(struct flow *flow, const char *login, const char *password, flow_login_fn *done,
                void *ctx)
{
	(void)flow, (void)password;
	str_copy(fake.asked, sizeof fake.asked, "flow_login");
	str_copy(fake.id, sizeof fake.id, login);
	queue[waiting_count++] = (struct waiting){.login = done, .ctx = ctx};
}

void flow_logout(struct flow *flow, const char *token, flow_done_fn *done, void *ctx)
{
	(void)flow, (void)token;
	ask("flow_logout", done, ctx);
}

static void note_once(const struct flow_once *once)
{
	memcpy(fake.key, once->key, sizeof fake.key);
	memcpy(fake.body_hash, once->body_hash, sizeof fake.body_hash);
}

void flow_report_submit(struct flow *flow, const struct user *who, const struct flow_report *report,
                        const struct flow_once *once, flow_done_fn *done, void *ctx)
{
	(void)flow, (void)who;
	fake.report = *report;
	str_copy(fake.report_text, sizeof fake.report_text, report->text);
	str_copy(fake.report_channel, sizeof fake.report_channel, report->channel);
	for (size_t i = 0, at = 0; i < report->reply_count && at < sizeof fake.report_replies; i++)
		at += (size_t)snprintf(fake.report_replies + at, sizeof fake.report_replies - at,
		                       "%s:%d ", report->replies[i].question, report->replies[i].option);
	note_once(once);
	ask("flow_report_submit", done, ctx);
}

void flow_report_public(struct flow *flow, const char *code, flow_done_fn *done, void *ctx)
{
	(void)flow;
	str_copy(fake.id, sizeof fake.id, code);
	ask("flow_report_public", done, ctx);
}

void flow_reports(struct flow *flow, const struct user *who, const struct flow_filter *filter,
                  flow_done_fn *done, void *ctx)
{
	(void)flow, (void)who, (void)filter;
	ask("flow_reports", done, ctx);
}

void flow_photo(struct flow *flow, const struct user *who, const char *photo_id, flow_done_fn *done,
                void *ctx)
{
	(void)flow, (void)who, (void)photo_id;
	ask("flow_photo", done, ctx);
}

struct js *flow_classify(struct flow *flow, const char *charter, const char *channel,
                         const char *subject, const char *text)
{
	(void)flow, (void)charter, (void)channel, (void)subject, (void)text;
	return js_object();
}

struct js *flow_triage(struct flow *flow, const struct user *who, const struct flow_triage *said,
                       struct problem *p)
{
	(void)flow, (void)who;
	struct js *o = js_object();
	if (!said->charter && !said->utility) {
		js_free(&o);
		problem_set(p, PROBLEM_INPUT, "/charter", "give a charter or a utility");
		return NULL;
	}
	js_set_str(o, "charter", said->charter);
	js_set_str(o, "text", said->text);
	js_set_bool(o, "started", instant_is_set(said->conversation_started_at));
	struct js *list = js_array();
	for (size_t i = 0; i < said->reply_count; i++) {
		struct js *one = js_object();
		js_set_int(one, said->replies[i].question, said->replies[i].option);
		js_push(list, one);
	}
	js_set(o, "replies", list);
	return o;
}

void flow_incidents(struct flow *flow, const struct user *who, const struct flow_filter *filter,
                    flow_done_fn *done, void *ctx)
{
	(void)flow, (void)who, (void)filter;
	ask("flow_incidents", done, ctx);
}

void flow_incident(struct flow *flow, const struct user *who, const char *incident,
                   flow_done_fn *done, void *ctx)
{
	(void)flow, (void)who;
	str_copy(fake.id, sizeof fake.id, incident);
	ask("flow_incident", done, ctx);
}

void flow_incident_act(struct flow *flow, const struct user *who, const char *incident,
                       const char *action, const struct js *body, const struct flow_once *once,
                       flow_done_fn *done, void *ctx)
{
	(void)flow, (void)who, (void)body;
	str_copy(fake.id, sizeof fake.id, incident);
	str_copy(fake.action, sizeof fake.action, action);
	note_once(once);
	ask("flow_incident_act", done, ctx);
}

void flow_candidates(struct flow *flow, const struct user *who, const char *incident,
                     flow_done_fn *done, void *ctx)
{
	(void)flow, (void)who, (void)incident;
	ask("flow_candidates", done, ctx);
}

void flow_assign(struct flow *flow, const struct user *who, const char *incident,
                 const struct js *body, const struct flow_once *once, flow_done_fn *done, void *ctx)
{
	(void)flow, (void)who, (void)incident, (void)body;
	note_once(once);
	ask("flow_assign", done, ctx);
}

void flow_recall(struct flow *flow, const struct user *who, const char *assignment,
                 const struct js *body, flow_done_fn *done, void *ctx)
{
	(void)flow, (void)who, (void)assignment, (void)body;
	ask("flow_recall", done, ctx);
}

void flow_report_route(struct flow *flow, const struct user *who, const char *report,
                       const struct js *body, const struct flow_once *once, flow_done_fn *done,
                       void *ctx)
{
	(void)flow, (void)who, (void)report, (void)body, (void)once;
	ask("flow_report_route", done, ctx);
}

void flow_closures(struct flow *flow, const struct user *who, bool all, flow_done_fn *done,
                   void *ctx)
{
	(void)flow, (void)who, (void)all;
	ask("flow_closures", done, ctx);
}

static void note_street(const char *street)
{
	str_copy(fake.street, sizeof fake.street, street ? street : "");
}

void flow_closure_add(struct flow *flow, const struct user *who, const struct closure *closure,
                      const struct flow_once *once, flow_done_fn *done, void *ctx)
{
	(void)flow, (void)who;
	fake.closure = *closure;
	note_street(closure->street);
	note_once(once);
	ask("flow_closure_add", done, ctx);
}

void flow_closure_preview(struct flow *flow, const struct user *who, const struct closure *closure,
                          flow_done_fn *done, void *ctx)
{
	(void)flow, (void)who;
	fake.closure = *closure;
	ask("flow_closure_preview", done, ctx);
}

void flow_closure_change(struct flow *flow, const struct user *who, const char *id,
                         const struct flow_closure_change *change, const struct flow_once *once,
                         flow_done_fn *done, void *ctx)
{
	(void)flow, (void)who;
	str_copy(fake.id, sizeof fake.id, id);
	fake.closure_change = *change;
	note_street(change->street);
	note_once(once);
	ask("flow_closure_change", done, ctx);
}

void flow_closure_lift(struct flow *flow, const struct user *who, const char *id, int64_t version,
                       const struct flow_once *once, flow_done_fn *done, void *ctx)
{
	(void)flow, (void)who, (void)version;
	str_copy(fake.id, sizeof fake.id, id);
	note_once(once);
	ask("flow_closure_lift", done, ctx);
}

void flow_roads_tell(struct flow *flow, loop_fn *fn, void *ctx)
{
	(void)flow, (void)fn, (void)ctx;
}

void flow_roads_let_go(struct flow *flow, struct map_metric **metric)
{
	(void)flow;
	map_metric_unref(metric);
}

struct js *flow_roads(struct flow *flow)
{
	(void)flow;
	return js_object();
}

void flow_roads_set(struct flow *flow, const struct user *who, const char *profile,
                    struct instant until, const struct flow_once *once, flow_done_fn *done,
                    void *ctx)
{
	(void)flow, (void)who, (void)until;
	str_copy(fake.action, sizeof fake.action, profile ? profile : "");
	note_once(once);
	ask("flow_roads_set", done, ctx);
}

void flow_ranking(struct flow *flow, const struct user *who, const char *id, flow_done_fn *done,
                  void *ctx)
{
	(void)flow, (void)who;
	str_copy(fake.id, sizeof fake.id, id);
	ask("flow_ranking", done, ctx);
}

void flow_crews(struct flow *flow, const struct user *who, flow_done_fn *done, void *ctx)
{
	(void)flow, (void)who;
	ask("flow_crews", done, ctx);
}

void flow_desk_setup(struct flow *flow, const struct user *who, flow_done_fn *done, void *ctx)
{
	(void)flow, (void)who;
	ask("flow_desk_setup", done, ctx);
}

struct js *flow_public_setup(struct flow *flow)
{
	(void)flow;
	static const char setup[] = "{\"utilities\":[{\"code\":\"valdoro-sud\",\"name\":\"Acque "
	                            "Valdoro\",\"phone\":\"800 175 "
	                            "571\",\"municipalities\":[\"Castiglione\",\"Medole\"]}]}";
	return js_parse(setup, strlen(setup), NULL);
}

void flow_my_assignments(struct flow *flow, const struct user *who, flow_done_fn *done, void *ctx)
{
	(void)flow, (void)who;
	ask("flow_my_assignments", done, ctx);
}

void flow_incident_route(struct flow *flow, const struct user *who, const char *incident,
                         const char *crew, flow_done_fn *done, void *ctx)
{
	(void)flow, (void)who;
	str_copy(fake.id, sizeof fake.id, incident);
	str_copy(fake.key, sizeof fake.key, crew ? crew : "");
	ask("flow_incident_route", done, ctx);
}

void flow_assignment_route(struct flow *flow, const struct user *who, const char *assignment,
                           const struct map_stand *from, flow_done_fn *done, void *ctx)
{
	(void)flow, (void)who;
	str_copy(fake.id, sizeof fake.id, assignment);
	fake.stand = *from;
	ask("flow_assignment_route", done, ctx);
}

void flow_assignment_act(struct flow *flow, const struct user *who, const char *assignment,
                         const char *action, const struct js *body, const struct flow_once *once,
                         flow_done_fn *done, void *ctx)
{
	(void)flow, (void)who, (void)assignment, (void)body;
	str_copy(fake.action, sizeof fake.action, action);
	note_once(once);
	ask("flow_assignment_act", done, ctx);
}

void flow_position(struct flow *flow, const struct user *who, const struct js *body,
                   flow_done_fn *done, void *ctx)
{
	(void)flow, (void)who, (void)body;
	ask("flow_position", done, ctx);
}

bool flow_ready(const struct flow *flow, struct problem *p)
{
	(void)flow;
	return !fake.away || problem_set(p, PROBLEM_BUSY, "", "database away");
}

bool flow_knows_roads(const struct flow *flow, struct problem *p)
{
	(void)flow, (void)p;
	return true;
}

bool flow_is_leader(const struct flow *flow)
{
	(void)flow;
	return true;
}

bool flow_live(struct flow *flow, const char *utility, struct flow_live *out)
{
	(void)flow, (void)utility;
	static struct js *json;
	js_free(&json);
	if (!fake.live)
		return false;
	json = js_parse(fake.live, strlen(fake.live), NULL);
	*out =
	    (struct flow_live){fake.live, strlen(fake.live), json, 7, SPAN_S(fake.away ? 1500 : 1)};
	return true;
}

struct flow_watch {
	int unused;
};

struct flow_watch *flow_watch(struct flow *flow, enum flow_eye eye, const struct user *who,
                              const char *utility, int64_t after_seq, flow_event_fn *on_event,
                              void *ctx)
{
	(void)flow, (void)eye, (void)who, (void)utility;
	fake.on_event = on_event;
	fake.event_ctx = ctx;
	fake.watch_after = after_seq;
	fake.watching = true;
	return mem_zero(1, sizeof(struct flow_watch));
}

void flow_unwatch(struct flow_watch **watch)
{
	free(*watch);
	*watch = NULL;
	fake.watching = false;
}

int64_t flow_seq(const struct flow *flow)
{
	(void)flow;
	return 41;
}

void flow_metrics(struct flow *flow, struct str *to)
{
	(void)flow;
	str_add(to, "flow_metric 1\n");
}

/* ---- map: the door is opened without one ---- */

void map_info(const struct map *map, struct map_info *out)
{
	(void)map;
	*out = (struct map_info){0};
}

bool map_profile_parse(const char *name, enum map_profile *out)
{
	*out = MAP_SNOW;
	return strcmp(name, "snow") == 0;
}

const char *map_place_kind_name(enum map_place_kind k)
{
	(void)k;
	return "address";
}

size_t map_geocode(const struct map *map, const char *query, struct point near, struct arena *arena,
                   struct map_candidate *out, size_t room)
{
	(void)map, (void)query, (void)near, (void)arena;
	size_t count = 0;
	for (; count < room && fake.streets[count][0]; count++)
		out[count] = (struct map_candidate){.street = fake.streets[count][0],
		                                    .municipality = fake.streets[count][1],
		                                    .at = {45.4, 10.502}};
	return count;
}

void map_reverse(const struct map *map, struct point at, struct arena *arena,
                 struct map_reverse *out)
{
	(void)map, (void)at, (void)arena;
	*out = (struct map_reverse){0};
}

bool map_tile(const struct map *map, unsigned z, unsigned x, unsigned y, struct str *out)
{
	(void)map, (void)z, (void)x, (void)y, (void)out;
	return false;
}

/* Roads: without a map nobody comes so far as to ask. */

struct map_router *map_router_new(const struct map *map)
{
	(void)map;
	return NULL;
}

void map_router_free(struct map_router **router)
{
	*router = NULL;
}

void map_router_use(struct map_router *router, struct map_metric *metric)
{
	(void)router, (void)metric;
}

struct map_metric *map_router_metric(const struct map_router *router)
{
	(void)router;
	return NULL;
}

struct map_metric *map_metric_ref(struct map_metric *metric)
{
	return metric;
}

void map_metric_unref(struct map_metric **metric)
{
	*metric = NULL;
}

enum map_profile map_metric_profile(const struct map_metric *metric)
{
	(void)metric;
	return MAP_NORMAL;
}

const char *map_profile_name(enum map_profile profile)
{
	(void)profile;
	return "normal";
}

void map_table(struct map_router *router, const struct map_stand *origins, size_t count,
               const struct map_stand *targets, size_t target_count, bool distances,
               struct map_eta *out)
{
	(void)router, (void)origins, (void)targets, (void)distances;
	memset(out, 0, count * target_count * sizeof *out);
}

bool map_router_snap(struct map_router *router, const struct map_stand *stand, struct map_snap *out)
{
	(void)router, (void)stand, (void)out;
	return false;
}

bool map_router_closed(struct map_router *router, const struct map_stand *stand)
{
	(void)router, (void)stand;
	return false;
}

size_t map_snap(const struct map *map, const struct map_stand *stand, struct map_snap *out,
                size_t room)
{
	(void)map, (void)stand, (void)out, (void)room;
	return 0;
}

bool map_route(struct map_router *router, const struct map_stand *from, const struct map_stand *to,
               struct arena *arena, struct map_route *out)
{
	(void)router, (void)from, (void)to, (void)arena, (void)out;
	return false;
}

/* ---- small pages that show what they are given ---- */

static void write_page(const char *folder, const char *name, const char *text)
{
	char path[128];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	must(f);
	fputs(text, f);
	fclose(f);
}

bool fake_pages(char folder[64])
{
	char path[128];
	crypto_start();
	mime_start();
	strcpy(folder, "/tmp/prontod-pages-XXXXXX");
	if (!mkdtemp(folder))
		return false;
	snprintf(path, sizeof path, "%s/templates", folder);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/static", folder);
	mkdir(path, 0700);
	write_page(folder, "text.it.json", "{\"hello\":\"Ciao\"}");
	write_page(folder, "text.en.json", "{\"hello\":\"Hello\"}");
	write_page(folder, "static/app-1a2b.js", "let a = 1");
	write_page(folder, "secret.txt", "root files other than the named ones are not served");
	write_page(folder, "templates/report.html",
	           "{{t.hello}} {{lang}} key={{key}} text=[{{values.text}}] "
	           "{{#errors}}({{field}}:{{text}}){{/errors}} {{err.phone}} "
	           "{{#prefer.sms}}SMS{{/prefer.sms}} {{#notice}}{{title}}{{/notice}} "
	           "{{#municipalities}}<{{name}}{{#selected}}*{{/selected}}>{{/municipalities}}");
	write_page(folder, "templates/status.html",
	           "{{code}} {{code_spelled}} {{promise.text}} {{#steps}}{{label}}/{{state_text}} "
	           "{{/steps}}{{#new}}NEW{{/new}}");
	write_page(folder, "templates/code.html", "code? {{error}}");
	write_page(folder, "templates/live.html",
	           "{{open_count}}/{{closed_count}} {{#open}}<{{id}} {{state}} "
	           "{{due}}{{late_text}}>{{/open}} {{answer.text}} {{#stale}}STALE{{/stale}}");
	write_page(folder, "templates/login.html", "login={{login}} next={{next}} {{error}}");
	write_page(folder, "templates/error.html",
	           "{{status}} {{heading}}: {{text}} {{utility.phone_href}}");
	write_page(folder, "templates/desk.html",
	           "desk of {{user.name}}{{#incidents}} "
	           "<{{utility_name}}|{{municipality}}|{{address}}|{{due}}>"
	           "{{/incidents}}");
	write_page(folder, "templates/crew.html",
	           "crew of {{user.name}}{{#assignments}} "
	           "<{{what}}|{{row_text}}|{{address}}|{{landmark}}|{{due}}>"
	           "{{#words}} {{said}}{{/words}}{{#reporter}} {{name}} "
	           "{{phone_href}}{{/reporter}}{{/assignments}}");
	write_page(folder, "templates/privacy.html", "privacy");
	write_page(folder, "templates/accessibility.html", "accessibility");
	return true;
}

int fake_pages_drop(const char *folder)
{
	char command[128];
	snprintf(command, sizeof command, "rm -r %s", folder);
	return system(command);
}

/* ---- the door ---- */

struct http *fake_door(const char *pages, const char *public_url)
{
	static struct conf conf;
	struct problem p;
	static struct loop *loop;
	if (!loop)
		loop = loop_new();
	must(conf_load(&conf, "/dev/null", &p));
	str_copy(conf.http_public_url, sizeof conf.http_public_url, public_url);
	conf.limits_public_per_minute = conf.limits_logins_per_minute =
	    conf.limits_reports_per_minute = 100000;
	conf.limits_streams = 2;
	struct http *http = http_open(
	    &(struct http_options){.loop = loop, .conf = &conf, .worker = 1, .pages = pages}, &p);
	if (!http)
		fprintf(stderr, "%s\n", p.text);
	return http;
}

void fake_ask_only(struct request *r)
{
	r->arena = arena_new();
	handler(handler_ctx, r);
}

void fake_ask(struct request *r)
{
	fake_ask_only(r);
	fake_settle();
}

void fake_leave(struct request *r)
{
	if (r->on_gone)
		r->on_gone(r->gone_ctx);
}

void fake_request_fini(struct request *r)
{
	str_fini(&r->type);
	str_fini(&r->answer);
	str_fini(&r->out_headers);
	arena_free(&r->arena);
	*r = (struct request){0};
}

struct http *fake_http;
static char folder[64];

int fake_open(void **state)
{
	(void)state;
	log_start("http", LOG_ERROR_LEVEL);
	if (!fake_pages(folder))
		return -1;
	fake_http = fake_door(folder, "");
	return fake_http ? 0 : -1;
}

int fake_close(void **state)
{
	(void)state;
	http_close(&fake_http);
	return fake_pages_drop(folder);
}

int fake_fresh(void **state)
{
	(void)state;
	fake = (struct fake_flow){0};
	return 0;
}

void fake_header(struct request *r, const char *name, const char *value)
{
	struct fake_header *h = &r->headers[r->header_count++];
	snprintf(h->name, sizeof h->name, "%s", name);
	snprintf(h->value, sizeof h->value, "%s", value);
}

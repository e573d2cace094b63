/*
 * The whole story over flow/ and a real PostgreSQL, two processes on one database: report, class,
 * clocks, incident, crew, steps, arrival, LIVE; keys used twice, two dispatchers at once, late
 * steps, a stopped server. Started by flow_test.py, which gives it PRONTOD_TEST_DB (a loaded demo),
 * PRONTOD_TEST_CHARTERS and PRONTOD_TEST_POSTMASTER (the server's process, to be stopped).
 */
#include "flow.h"

#include "base/log.h"
#include "base/str.h"
#include "wire/crypto.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int passed, failed;

static bool expect_at(bool ok, const char *what, int line)
{
	ok ? passed++ : failed++;
	if (!ok)
		fprintf(stderr, "flow_story.c:%d: not so: %s\n", line, what);
	return ok;
}
#define expect(x) expect_at((x), #x, __LINE__)

/* ---- one flow, asked and waited for ---- */

struct scene {
	struct loop *loop;
	struct flow *flow;
	struct conf conf;
	struct classify *classify;
	int waiting;
	struct problem problem[8];
	struct js *answer[8];
	char token[CRYPTO_TOKEN];
	struct user user;
};

struct slot {
	struct scene *s;
	int index;
};

static void on_answer(void *ctx, const struct problem *p, const struct js *answer)
{
	struct slot *slot = ctx;
	struct scene *s = slot->s;
	js_free(&s->answer[slot->index]);
	s->problem[slot->index] = p ? *p : (struct problem){.text = "-"};
	s->answer[slot->index] = answer ? js_copy(answer) : NULL;
	if (p && answer)
		problem_prefix(&s->problem[slot->index], "with more");
	free(slot);
	if (--s->waiting == 0)
		loop_stop(s->loop);
}

static struct slot *slot(struct scene *s, int index)
{
	struct slot *new = mem_zero(1, sizeof *new);
	*new = (struct slot){s, index};
	s->waiting++;
	return new;
}

static const struct js *wait_for(struct scene *s)
{
	if (s->waiting)
		loop_run(s->loop);
	return s->answer[0];
}

static bool failed_as(const struct scene *s, int index, enum problem_kind kind)
{
	bool so = strcmp(s->problem[index].text, "-") != 0 && s->problem[index].kind == kind;
	if (!so)
		fprintf(stderr, "  got: %s %s\n",
		        strcmp(s->problem[index].text, "-")
		            ? problem_kind_name(s->problem[index].kind)
		            : "success",
		        s->problem[index].text);
	return so;
}

static bool worked(const struct scene *s)
{
	if (strcmp(s->problem[0].text, "-") != 0)
		fprintf(stderr, "  got: %s %s %s\n", problem_kind_name(s->problem[0].kind),
		        s->problem[0].field, s->problem[0].text);
	return strcmp(s->problem[0].text, "-") == 0;
}

static void stop_loop(void *ctx)
{
	loop_stop(ctx);
}

static void pause_s(struct scene *s, double seconds)
{
	loop_after(s->loop, SPAN_MS(seconds * 1000), stop_loop, s->loop);
	loop_run(s->loop);
}

static void scene_open(struct scene *s, int worker)
{
	struct problem p;
	*s = (struct scene){.loop = loop_new()};
	if (!conf_load(&s->conf, "/dev/null", &p))
		abort();
	str_copy(s->conf.database_url, sizeof s->conf.database_url, getenv("PRONTOD_TEST_DB"));
	s->conf.database_deadline_ms = 2000;
	s->classify = classify_open(getenv("PRONTOD_TEST_CHARTERS"), &p);
	if (!s->classify) {
		fprintf(stderr, "%s\n", p.text);
		exit(1);
	}
	s->flow = flow_open(&(struct flow_options){
	    .loop = s->loop, .conf = &s->conf, .classify = s->classify, .worker = worker});
	for (int i = 0; i < 100 && !flow_ready(s->flow, &p); i++)
		pause_s(s, 0.1);
	if (!flow_ready(s->flow, &p)) {
		fprintf(stderr, "never ready: %s\n", p.text);
		exit(1);
	}
}

static void scene_close(struct scene *s)
{
	flow_close(&s->flow);
	classify_free(&s->classify);
	for (int i = 0; i < 8; i++)
		js_free(&s->answer[i]);
	loop_free(&s->loop);
}

static void on_login(void *ctx, const struct problem *p, const char *token, const struct js *answer)
{
	struct slot *sl = ctx;
	if (token)
		str_copy(sl->s->token, sizeof sl->s->token, token);
	on_answer(sl, p, answer);
}

static void on_who(void *ctx, const struct problem *p, const struct user *who)
{
	struct slot *sl = ctx;
	if (who)
		sl->s->user = *who;
	on_answer(sl, p, NULL);
}

static struct user login(struct scene *s, const char *name)
{
	flow_login(s->flow, name, "prontod-demo", on_login, slot(s, 0));
	expect(wait_for(s) != NULL);
	flow_session(s->flow, s->token, on_who, slot(s, 0));
	wait_for(s);
	expect(worked(s));
	return s->user;
}

static struct js *json(const char *format, ...) __attribute__((format(printf, 1, 2)));
static struct js *json(const char *format, ...)
{
	char text[1000];
	struct problem p;
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	struct js *o = js_parse(text, strlen(text), &p);
	if (!o) {
		fprintf(stderr, "%s in %s\n", p.text, text);
		abort();
	}
	return o;
}

static struct flow_once key_of(const char *key, const char *body)
{
	struct flow_once once = {0};
	str_copy(once.key, sizeof once.key, key);
	crypto_sha256_hex(body, strlen(body), once.body_hash);
	return once;
}

/* ---- the other process ---- */

static void on_event(void *ctx, int64_t seq, const char *name, const char *data, size_t length)
{
	printf("%s %lld %s %.*s\n", (const char *)ctx, (long long)seq, name, (int)length, data);
	fflush(stdout);
}

static void on_term(void *ctx, int what)
{
	(void)what;
	loop_stop(ctx);
}

static int watch_process(void)
{
	struct scene s;
	scene_open(&s, 2);
	struct user marta = login(&s, "marta"), crew = login(&s, "squadra1");
	struct flow_watch *all[] = {
	    flow_watch(s.flow, FLOW_PUBLIC, NULL, NULL, -1, on_event, "public"),
	    flow_watch(s.flow, FLOW_DESK, &marta, NULL, -1, on_event, "desk"),
	    flow_watch(s.flow, FLOW_CREW, &crew, NULL, -1, on_event, "crew"),
	};
	loop_on_signal(s.loop, SIGTERM, on_term, s.loop);
	for (int i = 0; i < 300 && !flow_is_leader(s.flow); i++)
		pause_s(&s, 0.1);
	printf("ready\n");
	fflush(stdout);
	loop_run(s.loop);
	for (int i = 0; i < 3; i++)
		flow_unwatch(&all[i]);
	scene_close(&s);
	return 0;
}

static int other_fd; /* what it wrote: a file, since a pipe nobody reads would hold its loop up */
static pid_t other_pid;
static struct scene *here;

/* The next whole line of the other process; false when it has not written one yet. */
static bool other_line(char *line, size_t size)
{
	static char kept[400000];
	static size_t length;
	ssize_t more = read(other_fd, kept + length, sizeof kept - length);
	if (more > 0)
		length += (size_t)more;
	const char *end = memchr(kept, '\n', length);
	if (!end)
		return false;
	size_t used = (size_t)(end - kept) + 1;
	snprintf(line, size, "%.*s", (int)used, kept);
	memmove(kept, kept + used, length - used);
	length -= used;
	return true;
}

/* Keeps our loop turning until the other process says a line with all of these; false after 5 s. */
static bool other_says(const char *a, const char *b)
{
	static char line[200000];
	for (int i = 0; i < 250; i++) {
		while (other_line(line, sizeof line)) {
			if (getenv("STORY_LOUD"))
				fprintf(stderr, "  <- %.300s", line);
			if (strstr(line, a) && strstr(line, b))
				return true;
		}
		pause_s(here, 0.02);
	}
	fprintf(stderr, "  never said: %s … %s\n", a, b);
	return false;
}

/* Until it is ready: it is there first, so that the duties that run once are another worker's. */
static bool other_start(const char *self)
{
	char path[] = "/tmp/flow_story.XXXXXX", line[100];
	int written = mkstemp(path);
	other_fd = open(path, O_RDONLY);
	if (written < 0 || other_fd < 0 || unlink(path) != 0)
		abort();
	other_pid = fork();
	if (other_pid == 0) {
		dup2(written, 1);
		execl(self, self, "watch", (char *)NULL);
		_exit(127);
	}
	close(written);
	for (int i = 0; i < 600; i++) {
		if (other_line(line, sizeof line))
			return str_equal(line, "ready\n");
		usleep(100000);
	}
	return false;
}

/* ---- the story ---- */

static const char leak[] =
    "Buongiorno, in via Cavour davanti al numero 12 esce tantissima acqua dalla strada, "
    "un fiume, la strada si allaga";

static struct flow_report web_report(void)
{
	return (struct flow_report){.channel = "web",
	                            .text = leak,
	                            .address = "via Cavour 12",
	                            .municipality = "Borgo Valdoro",
	                            .point = {45.6601, 10.2300},
	                            .point_confirmed = true,
	                            .name = "Anna Prova",
	                            .phone = "+39 333 0000000",
	                            .prefer = "sms",
	                            .lang = "it"};
}

static char incident[ID_TEXT], number[20], code[20], assignment[ID_TEXT];
static int64_t version;

static void remember(const struct js *o)
{
	if (js_find_str(o, "id"))
		str_copy(incident, sizeof incident, js_find_str(o, "id"));
	if (js_find_str(o, "number"))
		str_copy(number, sizeof number, js_find_str(o, "number"));
	version = js_int(js_find(o, "version"), version);
	const struct js *list = js_find(o, "assignments");
	const char *id = js_find_str(js_at(list, js_count(list) - 1), "id");
	if (js_count(list) && id)
		str_copy(assignment, sizeof assignment, id);
}

static void step_report(struct scene *s)
{
	struct flow_report r = web_report();
	struct flow_once once = key_of("key-00000001", leak),
	                 changed = key_of("key-00000001", "another body");
	flow_report_submit(s->flow, NULL, &r, &once, on_answer, slot(s, 0));
	const struct js *o = wait_for(s);
	if (!expect(worked(s)))
		return;
	struct str first = {0}, again = {0};
	js_write(o, &first);
	str_copy(code, sizeof code, js_find_str(o, "code"));
	expect(str_equal(js_find_str(o, "utility"), "acque-valdoro"));
	expect(str_equal(js_find_str(js_find(o, "classification"), "row"), "F03"));
	expect(js_count(js_find(o, "targets")) >= 1);
	const char *given = js_find_str(js_find(o, "incident"), "number");
	expect(given && strlen(given) == 10);
	remember(js_find(o, "incident"));

	flow_report_submit(s->flow, NULL, &r, &once, on_answer, slot(s, 0));
	js_write(wait_for(s), &again);
	expect(strcmp(str_text(&first), str_text(&again)) == 0);
	flow_report_submit(s->flow, NULL, &r, &changed, on_answer, slot(s, 0));
	wait_for(s);
	expect(failed_as(s, 0, PROBLEM_INPUT));
	str_fini(&first);
	str_fini(&again);
	expect(other_says("desk ", number));
	flow_report_public(s->flow, code, on_answer, slot(s, 0));
	o = wait_for(s);
	expect(worked(s) && str_equal(js_find_str(o, "state"), "linked"));
}

static void act(struct scene *s, const struct user *who, const char *action, struct js *body)
{
	flow_incident_act(s->flow, who, incident, action, body, NULL, on_answer, slot(s, 0));
	wait_for(s);
	js_free(&body);
	if (s->answer[0] && strcmp(s->problem[0].text, "-") == 0)
		remember(s->answer[0]);
}

static void step_classify(struct scene *s, const struct user *marta)
{
	struct flow_live live;
	flow_incident(s->flow, marta, incident, on_answer, slot(s, 0));
	const struct js *o = wait_for(s);
	if (!expect(worked(s)))
		return;
	remember(o);
	expect(str_equal(js_find_str(o, "state"), "new"));
	expect(!js_bool(js_find(o, "published"), true));
	expect(str_equal(js_find_str(js_at(js_find(o, "report_list"), 0), "text"), leak));
	flow_live(s->flow, NULL, &live);
	expect(strstr(live.bytes, number) == NULL);
	act(s, marta, "classify",
	    json("{\"version\":%lld,\"row\":\"F03\",\"class\":\"L3\"}", (long long)version));
	expect(failed_as(s, 0, PROBLEM_INPUT) && strcmp(s->problem[0].field, "/reason") == 0);
	act(s, marta, "classify",
	    json("{\"version\":%lld,\"row\":\"F03\",\"class\":\"L1\"}", (long long)version + 7));
	expect(failed_as(s, 0, PROBLEM_CONFLICT) && js_find(s->answer[0], "version") != NULL);
	act(s, marta, "classify",
	    json("{\"version\":%lld,\"row\":\"F03\",\"class\":\"L1\"}", (long long)version));
	expect(worked(s));
	expect(str_equal(js_find_str(s->answer[0], "state"), "classified"));
	expect(js_bool(js_find(s->answer[0], "published"), false));
	expect(other_says("public ", number));
	pause_s(s, 0.1);
	flow_live(s->flow, "acque-valdoro", &live);
	expect(strstr(live.bytes, number) != NULL);
	expect(strstr(live.bytes, "Anna") == NULL && strstr(live.bytes, "333 0") == NULL &&
	       !strstr(live.bytes, "tantissima"));
	expect(!flow_live(s->flow, "nobody", &live));
}

static const char *crew_named(const struct js *candidates, const char *name, const char **fit)
{
	for (size_t i = 0; i < js_count(candidates); i++) {
		const struct js *c = js_at(candidates, i);
		if (str_equal(js_find_str(js_find(c, "crew"), "name"), name)) {
			*fit = js_find_str(c, "fit");
			return js_find_str(js_find(c, "crew"), "id");
		}
	}
	return NULL;
}

/* Two dispatchers send a crew at the same moment: one wins, the other hears who. */
static void step_assign(struct scene *s, const struct user *marta, const struct user *luca)
{
	const char *fit;
	flow_candidates(s->flow, marta, incident, on_answer, slot(s, 0));
	const struct js *list = js_find(wait_for(s), "candidates");
	if (!expect(worked(s) && js_count(list) >= 2))
		return;
	const char *first = crew_named(list, "Squadra 1", &fit);
	if (!expect(first && str_equal(fit, "free")))
		return;
	expect(js_bool(js_find(js_at(list, 0), "straight_line"), false));
	struct js *body = json("{\"crew\":\"%s\",\"version\":%lld}", first, (long long)version);
	flow_assign(s->flow, marta, incident, body, NULL, on_answer, slot(s, 0));
	flow_assign(s->flow, luca, incident, body, NULL, on_answer, slot(s, 1));
	wait_for(s);
	js_free(&body);
	bool one = strcmp(s->problem[0].text, "-") == 0, two = strcmp(s->problem[1].text, "-") == 0;
	expect(one != two);
	expect(failed_as(s, one ? 1 : 0, PROBLEM_CONFLICT));
	const struct js *winner = s->answer[one ? 0 : 1], *loser = s->answer[one ? 1 : 0];
	expect(str_equal(js_find_str(winner, "state"), "assigned"));
	expect(js_find_str(loser, "who") != NULL);
	remember(winner);
	expect(other_says("crew ", assignment));
}

static void crew_act(struct scene *s, const struct user *who, const char *action, struct js *body,
                     const char *key)
{
	struct flow_once once = key_of(key, action);
	flow_assignment_act(s->flow, who, assignment, action, body, &once, on_answer, slot(s, 0));
	wait_for(s);
	js_free(&body);
}

static bool applied(struct scene *s)
{
	return worked(s) && js_bool(js_find(s->answer[0], "applied"), false);
}

static void step_crew(struct scene *s, const struct user *crew, const struct user *stranger)
{
	flow_my_assignments(s->flow, crew, on_answer, slot(s, 0));
	const struct js *mine = wait_for(s);
	expect(worked(s) && js_count(js_find(mine, "assignments")) == 1);
	const struct js *on = js_find(js_at(js_find(mine, "assignments"), 0), "incident");
	expect(str_equal(js_find_str(on, "reporter_phone"), "+39 333 0000000"));
	crew_act(s, stranger, "accept", json("{}"), "crew-key-0");
	expect(failed_as(s, 0, PROBLEM_NOT_FOUND));
	crew_act(s, crew, "accept", json("{}"), "crew-key-1");
	expect(applied(s));
	crew_act(s, crew, "accept", json("{}"), "crew-key-1");
	expect(applied(s)); /* the same key: the same answer */
	crew_act(s, crew, "accept", json("{}"), "crew-key-2");
	expect(worked(s) && !applied(s) && js_find_str(s->answer[0], "reason"));
	crew_act(s, crew, "en_route", json("{\"lat\":45.661,\"lon\":10.231}"), "crew-key-3");
	expect(applied(s));
	expect(other_says("public ", "\"state\":\"en_route\""));
	crew_act(s, crew, "arrived", json("{}"), "crew-key-4");
	expect(applied(s));
	expect(other_says("public ", "\"state\":\"on_site\""));
}

static void step_end(struct scene *s, const struct user *crew, const struct user *marta)
{
	flow_incident(s->flow, marta, incident, on_answer, slot(s, 0));
	const struct js *o = wait_for(s);
	expect(str_equal(js_find_str(js_find(o, "arrival"), "result"), "met"));
	crew_act(s, crew, "made_safe", json("{}"), "crew-key-5");
	expect(applied(s));
	crew_act(s, crew, "restored", json("{\"note\":\"sostituito un metro di tubo\"}"),
	         "crew-key-6");
	expect(applied(s));
	crew_act(s, crew, "left", json("{\"outcome\":\"riparato\"}"), "crew-key-7");
	expect(applied(s));
	expect(other_says("public ", "\"state\":\"restored\""));
	flow_incident(s->flow, marta, incident, on_answer, slot(s, 0));
	remember(wait_for(s));
	act(s, marta, "close",
	    json("{\"version\":%lld,\"disposition\":\"done\"}", (long long)version));
	expect(worked(s) && str_equal(js_find_str(s->answer[0], "state"), "closed"));
	flow_report_public(s->flow, code, on_answer, slot(s, 0));
	o = wait_for(s);
	expect(worked(s) && js_count(js_find(o, "steps")) == 8);
	const struct js *targets = js_find(o, "targets");
	expect(str_equal(js_find_str(js_at(targets, 0), "result"), "met"));
}

/* A telephone call, confirmed by the dispatcher, joined to nothing; the clock starts with the
 * conversation. */
static void step_phone(struct scene *s, const struct user *marta, const struct user *irene)
{
	struct flow_report r = {.channel = "phone",
	                        .text = "manca l'acqua in tutta la via",
	                        .utility = "acque-valdoro",
	                        .municipality = "Borgo Valdoro",
	                        .point = POINT_NONE,
	                        .conversation_started_at = instant_add(instant_now(), SPAN_S(-240)),
	                        .conversation_reason = "telefono occupato",
	                        .confirmed_row = "F09",
	                        .class_reason = "verificato al telefono"};
	flow_report_submit(s->flow, irene, &r, NULL, on_answer, slot(s, 0));
	wait_for(s);
	expect(failed_as(s, 0, PROBLEM_FORBIDDEN));
	flow_report_submit(s->flow, marta, &r, NULL, on_answer, slot(s, 0));
	const struct js *o = wait_for(s);
	if (!expect(worked(s)))
		return;
	remember(js_find(o, "incident"));
	flow_incident(s->flow, marta, incident, on_answer, slot(s, 0));
	o = wait_for(s);
	remember(o);
	expect(str_equal(js_find_str(o, "state"), "classified") &&
	       !js_bool(js_find(o, "needs_review"), true));
	flow_incident(s->flow, irene, incident, on_answer, slot(s, 0));
	wait_for(s);
	expect(failed_as(s, 0, PROBLEM_NOT_FOUND));
	r.join_incident = incident;
	flow_report_submit(s->flow, marta, &r, NULL, on_answer, slot(s, 0));
	o = wait_for(s);
	expect(worked(s) && str_equal(js_find_str(js_find(o, "incident"), "id"), incident));
	flow_incident(s->flow, marta, incident, on_answer, slot(s, 0));
	o = wait_for(s);
	expect(js_int(js_find(o, "reports"), 0) == 2);
	remember(o);
	act(s, marta, "note", json("{\"text\":\"richiamare alle 18\"}"));
	expect(worked(s));
}

static void step_unrouted(struct scene *s, const struct user *marta)
{
	struct flow_report r = {
	    .channel = "web", .text = "buongiorno, ho bisogno di aiuto", .point = POINT_NONE};
	flow_report_submit(s->flow, NULL, &r, NULL, on_answer, slot(s, 0));
	const struct js *o = wait_for(s);
	expect(worked(s) && js_bool(js_find(o, "needs_routing"), false));
	struct flow_filter f = {.state = "unrouted", .limit = 10};
	flow_reports(s->flow, marta, &f, on_answer, slot(s, 0));
	o = wait_for(s);
	expect(worked(s) && js_count(js_find(o, "reports")) == 1);
}

/* Who serves there: the municipality, a hamlet of its own, the service that the words are about. */
static const char *whose(struct scene *s, const char *text, const char *municipality,
                         const char *address)
{
	struct flow_report r = {.channel = "web",
	                        .text = text,
	                        .municipality = municipality,
	                        .address = address,
	                        .point = POINT_NONE};
	flow_report_submit(s->flow, NULL, &r, NULL, on_answer, slot(s, 0));
	const struct js *o = wait_for(s);
	expect(worked(s));
	return js_find_str(o, "utility");
}

static void step_routing(struct scene *s)
{
	expect(str_equal(whose(s, "esce tanta acqua dalla strada", "Pontalto", NULL),
	                 "idrica-pontalto"));
	expect(str_equal(whose(s, "esce tanta acqua dalla strada", "roccaspina", NULL),
	                 "comune-roccaspina"));
	expect(str_equal(whose(s, "esce tanta acqua dalla strada", "Roccaspina",
	                       "frazione Selvapiana, via Alta 3"),
	                 "acquedotto-selvapiana"));
	expect(str_equal(
	    whose(s, "il cassonetto dei rifiuti non è stato svuotato, i rifiuti sono per strada",
	          "Borgo Valdoro", NULL),
	    "valdoro-ambiente"));
	struct flow_report r = {
	    .channel = "web", .text = "perdita", .utility = "no-such", .point = POINT_NONE};
	flow_report_submit(s->flow, NULL, &r, NULL, on_answer, slot(s, 0));
	wait_for(s);
	expect(failed_as(s, 0, PROBLEM_INPUT));
}

/* Pictures: without their place, for the desk and the crew that is sent, and nobody else. */
static void step_photo(struct scene *s, const struct user *marta, const struct user *irene,
                       const struct user *one)
{
	static const unsigned char jpeg[] = "\xFF\xD8\xFF\xE1\x00\x0A"
	                                    "GPS45.66\xFF\xDA\x00\x02picture";
	struct flow_photo photo = {"tubo.jpg", "image/jpeg", jpeg, sizeof jpeg - 1};
	struct flow_report r = web_report();
	char id[ID_TEXT] = "";
	r.photos = &photo;
	r.photo_count = 1;
	flow_report_submit(s->flow, NULL, &r, NULL, on_answer, slot(s, 0));
	remember(js_find(wait_for(s), "incident"));
	flow_incident(s->flow, marta, incident, on_answer, slot(s, 0));
	const struct js *report = js_at(js_find(wait_for(s), "report_list"), 0);
	remember(s->answer[0]);
	const char *found = js_find_str(js_at(js_find(report, "photos"), 0), "id");
	if (!expect(found != NULL))
		return;
	str_copy(id, sizeof id, found);
	flow_photo(s->flow, marta, id, on_answer, slot(s, 0));
	const struct js *o = wait_for(s);
	expect(worked(s) && str_equal(js_find_str(o, "base64"), "/9j/2gACcGljdHVyZQ=="));
	flow_photo(s->flow, irene, id, on_answer, slot(s, 0));
	wait_for(s);
	expect(failed_as(s, 0, PROBLEM_NOT_FOUND));
	flow_photo(s->flow, one, id, on_answer, slot(s, 0));
	wait_for(s);
	expect(failed_as(s, 0, PROBLEM_NOT_FOUND));
}

/* One key, one change, however often it is sent; and a class that is not public takes it off LIVE.
 */
static void step_keys(struct scene *s, const struct user *marta)
{
	struct js *body =
	    json("{\"version\":%lld,\"row\":\"F03\",\"class\":\"L1\"}", (long long)version);
	struct flow_once once = key_of("desk-key-1", "classify F03");
	for (int i = 0; i < 3; i++)
		flow_incident_act(s->flow, marta, incident, "classify", body, &once, on_answer,
		                  slot(s, i));
	wait_for(s);
	js_free(&body);
	for (int i = 0; i < 3; i++)
		expect(strcmp(s->problem[i].text, "-") == 0 &&
		       js_int(js_find(s->answer[i], "version"), 0) == version + 1);
	remember(s->answer[0]);
	act(s, marta, "unpublish", json("{\"version\":%lld}", (long long)version));
	expect(failed_as(s, 0, PROBLEM_INPUT));
	act(s, marta, "unpublish",
	    json("{\"version\":%lld,\"reason\":\"prova\"}", (long long)version));
	expect(worked(s) && !js_bool(js_find(s->answer[0], "published"), true));
	expect(other_says("\"removed\"", number));
	act(s, marta, "publish",
	    json("{\"version\":%lld,\"text\":\"Lavori in corso\"}", (long long)version));
	expect(worked(s) && js_bool(js_find(s->answer[0], "published"), false));
	expect(other_says("public ", "Lavori in corso"));
}

static void sql(const char *statement)
{
	char command[1000];
	snprintf(command, sizeof command, "psql -q '%s' -c \"%s\"", getenv("PRONTOD_TEST_DB"),
	         statement);
	expect(system(command) == 0);
}

static bool assign_to(struct scene *s, const struct user *who, const struct user *crew,
                      const char *reason)
{
	struct js *body =
	    json("{\"crew\":\"%s\",\"version\":%lld%s%s%s}", crew->crew.text, (long long)version,
	         reason ? ",\"reason\":\"" : "", reason ? reason : "", reason ? "\"" : "");
	flow_assign(s->flow, who, incident, body, NULL, on_answer, slot(s, 0));
	wait_for(s);
	js_free(&body);
	if (strcmp(s->problem[0].text, "-") != 0)
		return false;
	remember(s->answer[0]);
	return true;
}

/* One key in a dead heat: who reads just after the first has committed answers as it did. */
static void step_assign_keys(struct scene *s, const struct user *marta, const struct user *one)
{
	for (int round = 0; round < 10; round++) {
		char key[40];
		snprintf(key, sizeof key, "assign-key-%d", round);
		struct flow_once once = key_of(key, "assign");
		struct js *body = json("{\"crew\":\"%s\",\"version\":%lld}", one->crew.text,
		                       (long long)version);
		for (int i = 0; i < 3; i++)
			flow_assign(s->flow, marta, incident, body, &once, on_answer, slot(s, i));
		wait_for(s);
		js_free(&body);
		for (int i = 0; i < 3; i++)
			expect(strcmp(s->problem[i].text, "-") == 0 &&
			       js_int(js_find(s->answer[i], "version"), 0) == version + 1);
		if (!worked(s))
			return;
		remember(s->answer[0]);
		flow_recall(s->flow, marta, assignment, NULL, on_answer, slot(s, 0));
		wait_for(s);
		remember(s->answer[0]);
	}
}

/* Offers: declined, taken back, not answered; a crew without the skill goes only with a reason. */
static void step_offers(struct scene *s, const struct user *marta, const struct user *one,
                        const struct user *three)
{
	expect(!assign_to(s, marta, three, NULL));
	expect(failed_as(s, 0, PROBLEM_INPUT) && strcmp(s->problem[0].field, "/reason") == 0);
	expect(assign_to(s, marta, three, "unica vicina"));
	flow_recall(s->flow, marta, assignment, NULL, on_answer, slot(s, 0));
	wait_for(s);
	expect(worked(s) && str_equal(js_find_str(s->answer[0], "state"), "classified"));
	remember(s->answer[0]);
	crew_act(s, three, "accept", json("{}"), "late-key-1");
	expect(worked(s) && !applied(s)); /* its telephone had been offline */
	expect(assign_to(s, marta, one, NULL));
	crew_act(s, one, "decline", json("{\"reason\":\"gomma a terra\"}"), "decline-1");
	expect(applied(s));
	flow_incident(s->flow, marta, incident, on_answer, slot(s, 0));
	remember(wait_for(s));
	expect(str_equal(js_find_str(s->answer[0], "state"), "classified"));
	expect(assign_to(s, marta, one, NULL));
	sql("UPDATE assignment SET offered_at = offered_at - interval '4 minutes' WHERE state = "
	    "'offered'");
	for (int i = 0; i < 400; i++) { /* its duties come round every five seconds, later on a busy machine */
		pause_s(s, 0.1);
		flow_incident(s->flow, marta, incident, on_answer, slot(s, 0));
		wait_for(s);
		if (str_equal(js_find_str(s->answer[0], "state"), "classified"))
			break;
	}
	expect(str_equal(js_find_str(s->answer[0], "state"), "classified"));
	remember(s->answer[0]);
}

/* An arrival after the term, told late by a telephone that was offline; the desk writes meanwhile.
 */
static void step_late(struct scene *s, const struct user *marta, const struct user *one)
{
	expect(assign_to(s, marta, one, NULL));
	crew_act(s, one, "accept", json("{}"), "late-key-2");
	sql("UPDATE report_target SET due_at = now() - interval '10 minutes' WHERE kind = "
	    "'arrival' AND result = 'running'");
	struct js *body = json("{}"), *note = json("{\"text\":\"chiamata la squadra\"}"),
	          *class = json("{\"version\":%lld,\"row\":\"F03\",\"class\":\"L1\"}",
	                        (long long)version + 1);
	struct flow_once once = key_of("late-key-3", "arrived");
	flow_assignment_act(s->flow, one, assignment, "arrived", body, &once, on_answer,
	                    slot(s, 0));
	flow_incident_act(s->flow, marta, incident, "note", note, NULL, on_answer, slot(s, 1));
	flow_incident_act(s->flow, marta, incident, "told", note, NULL, on_answer, slot(s, 2));
	wait_for(s);
	js_free(&body);
	js_free(&note);
	js_free(&class);
	expect(applied(s));
	flow_incident(s->flow, marta, incident, on_answer, slot(s, 0));
	const struct js *arrival = js_find(wait_for(s), "arrival");
	remember(s->answer[0]);
	expect(str_equal(js_find_str(arrival, "result"), "missed") &&
	       js_int(js_find(arrival, "late_s"), 0) >= 600);
	expect(other_says("public ", "\"state\":\"on_site\""));
	act(s, marta, "cancel",
	    json("{\"version\":%lld,\"reason\":\"doppione\"}", (long long)version));
	expect(failed_as(s, 0, PROBLEM_CONFLICT)); /* somebody is there */
	act(s, marta, "close",
	    json("{\"version\":%lld,\"disposition\":\"unfounded\"}", (long long)version));
	expect(failed_as(s, 0, PROBLEM_INPUT));
	act(s, marta, "close",
	    json("{\"version\":%lld,\"disposition\":\"unfounded\",\"reason\":\"nulla\"}",
	         (long long)version));
	expect(worked(s) && str_equal(js_find_str(s->answer[0], "state"), "closed"));
	flow_my_assignments(s->flow, one, on_answer, slot(s, 0));
	expect(js_count(js_find(wait_for(s), "assignments")) == 0); /* sent home with it */
}

/* A second worker in this process: who logs out here is out there. */
static void step_two_workers(struct scene *s)
{
	struct flow *second = flow_open(&(struct flow_options){
	    .loop = s->loop, .conf = &s->conf, .classify = s->classify, .worker = 3});
	struct problem p;
	for (int i = 0; i < 100 && !flow_ready(second, &p); i++)
		pause_s(s, 0.1);
	login(s, "luca");
	flow_session(second, s->token, on_who, slot(s, 0));
	wait_for(s);
	expect(worked(s));
	flow_logout(s->flow, s->token, on_answer, slot(s, 0));
	wait_for(s);
	pause_s(s, 0.5);
	flow_session(second, s->token, on_who, slot(s, 0));
	wait_for(s);
	expect(failed_as(s, 0, PROBLEM_UNAUTHENTICATED));
	expect(!(flow_is_leader(second) && flow_is_leader(s->flow)));
	flow_close(&second);
}

static void step_position(struct scene *s, const struct user *one)
{
	struct js *body = json("{\"lat\":45.66,\"lon\":10.24,\"accuracy_m\":5}"),
	          *old = json("{\"lat\":1,\"lon\":2,\"at\":\"2026-01-01T00:00:00Z\"}"),
	          *bad = json("{\"lat\":91,\"lon\":2}");
	flow_position(s->flow, one, body, on_answer, slot(s, 0));
	wait_for(s);
	expect(worked(s) && other_says("desk ", "\"lat\":45.66"));
	flow_position(s->flow, one, old, on_answer, slot(s, 0));
	wait_for(s);
	expect(worked(s));
	flow_position(s->flow, one, bad, on_answer, slot(s, 1));
	wait_for(s);
	expect(failed_as(s, 1, PROBLEM_INPUT));
	js_free(&body);
	js_free(&old);
	js_free(&bad);
}

struct counted {
	int events, resets;
	int64_t last;
};

static void on_counted(void *ctx, int64_t seq, const char *name, const char *data, size_t length)
{
	struct counted *c = ctx;
	(void)data;
	(void)length;
	if (strcmp(name, "reset") == 0)
		c->resets++;
	else
		c->events++;
	expect(seq >= c->last);
	c->last = seq;
}

/* Who comes back gets what was missed: from the ring, or (a worker that began later) from the
 * table. */
static void step_resume(struct scene *s, const struct user *marta)
{
	struct counted early = {0}, future = {0};
	struct flow_watch *w = flow_watch(s->flow, FLOW_DESK, marta, NULL, 0, on_counted, &early);
	struct flow_watch *v =
	    flow_watch(s->flow, FLOW_PUBLIC, NULL, NULL, 99999999, on_counted, &future);
	pause_s(s, 0.5);
	expect(early.events >= 3 && early.resets == 0 && early.last > 0);
	expect(future.resets == 1);
	flow_unwatch(&w);
	flow_unwatch(&v);
}

/* The server is stopped, and its children with it, for longer than the deadline. */
static void signal_all(int what)
{
	pid_t postmaster = (pid_t)atoi(getenv("PRONTOD_TEST_POSTMASTER"));
	char path[64], line[256];
	DIR *d = opendir("/proc");
	for (struct dirent *e; d && (e = readdir(d));) {
		if (atoi(e->d_name) <= 0)
			continue;
		snprintf(path, sizeof path, "/proc/%d/stat", atoi(e->d_name));
		FILE *f = fopen(path, "r");
		int parent = 0;
		if (f && fgets(line, sizeof line, f) && strrchr(line, ')'))
			sscanf(strrchr(line, ')') + 1, " %*c %d", &parent);
		if (f)
			fclose(f);
		if (parent == postmaster)
			kill((pid_t)atoi(e->d_name), what);
	}
	closedir(d);
	kill(postmaster, what);
}

static void step_stopped(struct scene *s, const struct user *marta)
{
	struct flow_live live;
	struct flow_report r = web_report();
	signal_all(SIGSTOP);
	struct instant began = instant_now();
	flow_report_submit(s->flow, NULL, &r, NULL, on_answer, slot(s, 0));
	flow_incident(s->flow, marta, incident, on_answer, slot(s, 1));
	pause_s(s, 2.5);
	expect(flow_live(s->flow, NULL, &live) && strstr(live.bytes, number) != NULL &&
	       live.age.us > 1000000);
	expect(failed_as(s, 1, PROBLEM_BUSY));
	wait_for(s);
	double waited = (double)instant_since(instant_now(), began).us / 1e6;
	expect(waited < 15);
	expect(failed_as(s, 0, PROBLEM_UNCERTAIN) || failed_as(s, 0, PROBLEM_BUSY));
	signal_all(SIGCONT);
	struct problem p;
	for (int i = 0; i < 100 && !flow_ready(s->flow, &p); i++)
		pause_s(s, 0.1);
	pause_s(s, 3);
	flow_live(s->flow, NULL, &live);
	expect(live.age.us < 4000000);
	flow_report_submit(s->flow, NULL, &r, NULL, on_answer, slot(s, 0));
	wait_for(s);
	expect(worked(s));

	/* shorter than the tries: the write's fate is found out */
	signal_all(SIGSTOP);
	struct flow_once once = key_of("key-stopped-1", leak);
	flow_report_submit(s->flow, NULL, &r, &once, on_answer, slot(s, 0));
	pause_s(s, 2.5);
	signal_all(SIGCONT);
	wait_for(s);
	bool stored = worked(s);
	expect(stored || s->problem[0].kind == PROBLEM_BUSY);
	flow_report_submit(s->flow, NULL, &r, &once, on_answer, slot(s, 0));
	wait_for(s);
	expect(worked(s)); /* stored once, whatever happened before: flow_test.py counts */
}

static void step_session(struct scene *s)
{
	flow_login(s->flow, "marta", "wrong-password", on_login, slot(s, 0));
	wait_for(s);
	expect(failed_as(s, 0, PROBLEM_UNAUTHENTICATED));
	flow_login(s->flow, "nobody", "wrong-password", on_login, slot(s, 0));
	wait_for(s);
	expect(failed_as(s, 0, PROBLEM_UNAUTHENTICATED));
	login(s, "marta");
	flow_logout(s->flow, s->token, on_answer, slot(s, 0));
	wait_for(s);
	expect(worked(s));
	flow_session(s->flow, s->token, on_who, slot(s, 0));
	wait_for(s);
	expect(failed_as(s, 0, PROBLEM_UNAUTHENTICATED));
}

int main(int argc, char **argv)
{
	struct scene s;
	crypto_start();
	log_start(argc > 1 ? "other" : "story", LOG_INFO_LEVEL);
	if (argc > 1)
		return watch_process();
	expect(other_start(argv[0]));
	scene_open(&s, 1);
	here = &s;
	struct user marta = login(&s, "marta"), luca = login(&s, "luca"),
	            irene = login(&s, "irene");
	struct user one = login(&s, "squadra1"), two = login(&s, "squadra2"),
	            three = login(&s, "squadra3");
	step_session(&s);
	step_report(&s);
	step_classify(&s, &marta);
	step_assign(&s, &marta, &luca);
	step_crew(&s, &one, &two);
	step_end(&s, &one, &marta);
	step_phone(&s, &marta, &irene);
	step_unrouted(&s, &marta);
	step_routing(&s);
	step_photo(&s, &marta, &irene, &one);
	step_keys(&s, &marta);
	step_assign_keys(&s, &marta, &one);
	step_offers(&s, &marta, &one, &three);
	step_position(&s, &one);
	step_late(&s, &marta, &one);
	step_two_workers(&s);
	step_resume(&s, &marta);
	step_stopped(&s, &marta);
	kill(other_pid, SIGTERM);
	int status;
	waitpid(other_pid, &status, 0);
	expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close(other_fd);
	scene_close(&s);
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}

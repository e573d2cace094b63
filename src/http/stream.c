/*
 * Event streams (Server-Sent Events): one open answer a reader, fed by flow's watch. A reader that
 * is too slow is dropped: it comes back with Last-Event-ID and loses nothing. A named heartbeat
 * tells the pages the server's time and that the line is alive. Not here: what an eye may see
 * (live/).
 */
#include "room.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEARTBEAT SPAN_S(10)
#define SLOW_BYTES (256u * 1024u) /* waiting for a reader: more, and it is dropped */
#define SESSION_BEATS 6           /* a session is asked for again every so many heartbeats */

struct reader {
	struct streams *all;
	struct reader *next, *previous;
	struct stream *stream;
	struct flow_watch *watch;
	bool gone;   /* to be freed on the next turn */
	bool asking; /* flow is looking at the session */
	char *token; /* of a session's stream; NULL: public */
	struct user user;
	int beats;
};

struct streams {
	struct http *http;
	struct reader *first;
	struct loop_timer *timer, *sweeper;
	int count;
	bool ended;
};

/* ---- readers come and go ---- */

static void reader_free(struct reader *r)
{
	if (r->next)
		r->next->previous = r->previous;
	if (r->previous)
		r->previous->next = r->next;
	else
		r->all->first = r->next;
	if (r->watch)
		flow_unwatch(&r->watch);
	r->all = NULL;
	if (r->asking) /* flow still holds it: on_session_again() frees the rest */
		return;
	free(r->token);
	free(r);
}

static void sweep(void *ctx)
{
	struct streams *all = ctx;
	all->sweeper = NULL;
	for (struct reader *r = all->first, *next; r; r = next) {
		next = r->next;
		if (r->gone)
			reader_free(r);
	}
}

/* May be called from inside the reader's own event: the rest goes on the next turn. */
static void leave(struct reader *r)
{
	if (r->gone)
		return;
	struct streams *all = r->all;
	r->gone = true;
	all->count--;
	if (r->stream)
		stream_close(&r->stream);
	if (!all->sweeper)
		all->sweeper = loop_after(all->http->o.loop, SPAN_MS(0), sweep, all);
}

static void on_stream_gone(void *ctx)
{
	struct reader *r = ctx;
	r->stream = NULL;
	leave(r);
}

/* ---- writing ---- */

static void send_text(struct reader *r, const struct str *text)
{
	if (r->gone || stream_write(r->stream, text->data, text->length, SLOW_BYTES))
		return;
	log_info(NULL, "slow stream dropped streams=%d", r->all->count - 1);
	leave(r);
}

/* id < 0: the event does not move the reader's place. */
static void send_event(struct reader *r, int64_t id, const char *name, const char *data,
                       size_t length)
{
	struct str text = {0};
	if (id >= 0)
		str_addf(&text, "id: %lld\n", (long long)id);
	str_addf(&text, "event: %s\ndata: ", name);
	str_addn(&text, data, length);
	str_add(&text, "\n\n");
	send_text(r, &text);
	str_fini(&text);
}

static void on_event(void *ctx, int64_t seq, const char *name, const char *data, size_t length)
{
	struct reader *r = ctx;
	if (!r->gone)
		send_event(r, seq, name, data, length);
}

static void write_pulse(const struct http *http, struct str *out)
{
	char now[INSTANT_TEXT];
	str_clear(out);
	str_addf(out, "{\"now\":\"%s\",\"seq\":%lld}",
	         instant_format(instant_now(), http->zone, now), (long long)flow_seq(http->o.flow));
}

/* ---- heartbeat ---- */

static void on_session_again(void *ctx, const struct problem *problem, const struct user *who)
{
	struct reader *r = ctx;
	r->asking = false;
	(void)who;
	if (!r->all) {
		free(r->token);
		free(r);
	} else if (!r->gone && problem && problem->kind == PROBLEM_UNAUTHENTICATED) {
		send_event(r, -1, "ended", "{}", 2);
		leave(r);
	}
}

static void ask_session_again(struct reader *r)
{
	if (!r->token || r->asking || ++r->beats < SESSION_BEATS)
		return;
	r->beats = 0;
	r->asking = true;
	flow_session(r->all->http->o.flow, r->token, on_session_again, r);
}

static void beat(void *ctx)
{
	struct streams *all = ctx;
	struct str pulse = {0};
	write_pulse(all->http, &pulse);
	for (struct reader *r = all->first, *next; r; r = next) {
		next = r->next;
		if (r->gone)
			continue;
		send_event(r, -1, "heartbeat", pulse.data, pulse.length);
		if (!r->gone)
			ask_session_again(r);
	}
	str_fini(&pulse);
	all->timer = loop_after(all->http->o.loop, HEARTBEAT, beat, all);
}

/* ---- opening ---- */

/* The place to go on from: a returning browser says Last-Event-ID, a page that has read the
 * snapshot ?after=. */
static int64_t place_of(const struct visit *v)
{
	const char *text = visit_header(v, "Last-Event-ID");
	if (!text || !*text)
		text = visit_query(v, "after");
	if (!text)
		return -1;
	char *end;
	errno = 0;
	long long n = strtoll(text, &end, 10);
	return *end || errno || n < 0 ? -1 : (int64_t)n;
}

static struct reader *reader_new(struct visit *v)
{
	struct streams *all = v->http->streams;
	struct reader *r = mem_zero(1, sizeof *r);
	r->all = all;
	r->next = all->first;
	if (r->next)
		r->next->previous = r;
	all->first = r;
	all->count++;
	if (v->has_user) {
		r->user = v->user;
		r->token = mem_str(request_cookie(v->request, "prontod_session"));
	}
	return r;
}

static void say_hello(struct reader *r, int64_t after)
{
	struct str pulse = {0}, hello = {0};
	write_pulse(r->all->http, &pulse);
	/* An id here would move a resuming reader past what it has not read yet. */
	if (after < 0)
		str_addf(&hello, "id: %lld\n", (long long)flow_seq(r->all->http->o.flow));
	str_addf(&hello, "retry: 2000\nevent: hello\ndata: %s\n\n", str_text(&pulse));
	send_text(r, &hello);
	str_fini(&pulse);
	str_fini(&hello);
}

static void refuse_stream(struct visit *v)
{
	struct problem p;
	problem_set(&p, PROBLEM_BUSY, "", "too many open streams: read the list again in a minute");
	visit_problem(v, &p, NULL);
}

static void open_stream(struct visit *v, enum flow_eye eye)
{
	struct streams *all = v->http->streams;
	if (all->ended || all->count >= v->http->o.conf->limits_streams) {
		refuse_stream(v);
		return;
	}
	struct reader *r = reader_new(v);
	int64_t after = place_of(v);
	char utility[64];
	const char *asked = visit_query(v, "utility");
	str_copy(utility, sizeof utility, asked ? asked : "");
	request_on_gone(v->request, NULL, NULL);
	answer_header(v->request, "Cache-Control", "no-store");
	answer_header(v->request, "X-Accel-Buffering", "no"); /* a proxy must not wait for more */
	answer_header(v->request, "X-Content-Type-Options", "nosniff");
	if (eye == FLOW_PUBLIC)
		answer_header(v->request, "Access-Control-Allow-Origin", "*");
	r->stream = answer_stream(v->request, "text/event-stream");
	visit_sent(v, 200);
	stream_on_gone(r->stream, on_stream_gone, r);
	say_hello(r, after);
	if (!r->gone)
		r->watch = flow_watch(all->http->o.flow, eye, r->token ? &r->user : NULL,
		                      *utility ? utility : NULL, after, on_event, r);
}

void live_stream(struct visit *v)
{
	open_stream(v, FLOW_PUBLIC);
}

void desk_stream(struct visit *v)
{
	open_stream(v, v->user.role == ROLE_CREW ? FLOW_CREW : FLOW_DESK);
}

/* ---- life ---- */

struct streams *streams_open(struct http *http)
{
	struct streams *all = mem_zero(1, sizeof *all);
	all->http = http;
	all->timer = loop_after(http->o.loop, HEARTBEAT, beat, all);
	return all;
}

int streams_count(const struct streams *all)
{
	return all->count;
}

void streams_end(struct streams *all)
{
	all->ended = true;
	for (struct reader *r = all->first; r; r = r->next)
		leave(r);
}

void streams_close(struct streams **all)
{
	if (!*all)
		return;
	streams_end(*all);
	loop_timer_cancel(&(*all)->timer);
	loop_timer_cancel(&(*all)->sweeper);
	while ((*all)->first)
		reader_free((*all)->first);
	free(*all);
	*all = NULL;
}

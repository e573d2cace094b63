/*
 * libcurl's multi interface driven by our loop: its sockets become watches, its one timer ours. The
 * one file that knows libcurl; what the bytes mean is the caller's.
 */
#include "wire/fetch.h"

#include "watch.h"

#include <curl/curl.h>

#include <stdlib.h>
#include <string.h>

struct fetch_call {
	struct fetch_call *next, **previous;
	struct fetch *fetch;
	CURL *easy;
	struct str body;
	size_t max_bytes;
	bool overflown;
	char error[CURL_ERROR_SIZE];
	fetch_done_fn *done;
	void *ctx;
};

struct fetch {
	struct loop *loop;
	CURLM *multi;
	struct loop_timer *timer;
	struct fetch_call *calls;
};

struct socket {
	struct fetch *fetch;
	curl_socket_t fd;
	struct watch *watch;
};

static void free_call(struct fetch_call *call)
{
	*call->previous = call->next;
	if (call->next != NULL)
		call->next->previous = call->previous;
	curl_multi_remove_handle(call->fetch->multi, call->easy);
	curl_easy_cleanup(call->easy);
	str_fini(&call->body);
	free(call);
}

static void fill_problem(struct problem *p, const struct fetch_call *call, CURLcode code)
{
	const char *why = call->error[0] != '\0' ? call->error : curl_easy_strerror(code);

	if (call->overflown)
		problem_set(p, PROBLEM_TOO_LARGE, "", "more than %zu bytes came", call->max_bytes);
	else if (code == CURLE_LOGIN_DENIED || code == CURLE_REMOTE_ACCESS_DENIED)
		problem_set(p, PROBLEM_UNAUTHENTICATED, "", "the server refuses user or password");
	else if (code == CURLE_QUOTE_ERROR || code == CURLE_REMOTE_FILE_NOT_FOUND)
		problem_set(p, PROBLEM_NOT_FOUND, "", "the server said no: %s", why);
	else
		problem_set(p, PROBLEM_BUSY, "", "%s", why);
}

static void finish(struct fetch_call *call, CURLcode code)
{
	struct problem p;

	if (code == CURLE_OK && !call->overflown) {
		call->done(call->ctx, NULL, &call->body);
	} else {
		fill_problem(&p, call, code);
		call->done(call->ctx, &p, &call->body);
	}
	free_call(call);
}

static void take_finished(struct fetch *fetch)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(fetch->multi, &left)) != NULL) {
		struct fetch_call *call;
		char *ctx = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &ctx);
		call = (struct fetch_call *)(void *)ctx;
		finish(call, message->data.result);
	}
}

static void on_ready(void *ctx, unsigned ready)
{
	struct socket *s = ctx;
	struct fetch *fetch = s->fetch;
	int bits = (ready & WATCH_READ ? CURL_CSELECT_IN : 0) |
	           (ready & WATCH_WRITE ? CURL_CSELECT_OUT : 0);
	int running;

	curl_multi_socket_action(fetch->multi, s->fd, bits, &running);
	take_finished(fetch);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *of_socket)
{
	struct fetch *fetch = ctx;
	struct socket *s = of_socket;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (s != NULL)
			watch_free(&s->watch);
		free(s);
		curl_multi_assign(fetch->multi, fd, NULL);
		return 0;
	}
	if (s == NULL) {
		s = mem_zero(1, sizeof *s);
		s->fetch = fetch;
		s->fd = fd;
		s->watch = watch_new(fetch->loop, -1, on_ready, s);
		curl_multi_assign(fetch->multi, fd, s);
	}
	watch_set(s->watch, fd,
	          (what & CURL_POLL_IN ? WATCH_READ : 0) |
	              (what & CURL_POLL_OUT ? WATCH_WRITE : 0));
	return 0;
}

static void on_timer(void *ctx)
{
	struct fetch *fetch = ctx;
	int running;

	fetch->timer = NULL;
	curl_multi_socket_action(fetch->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	take_finished(fetch);
}

static int on_timeout(CURLM *multi, long ms, void *ctx)
{
	struct fetch *fetch = ctx;

	(void)multi;
	loop_timer_cancel(&fetch->timer);
	if (ms >= 0)
		fetch->timer = loop_after(fetch->loop, SPAN_MS(ms), on_timer, fetch);
	return 0;
}

static size_t on_bytes(char *bytes, size_t size, size_t count, void *ctx)
{
	struct fetch_call *call = ctx;

	if (call->body.length + size * count > call->max_bytes) {
		call->overflown = true;
		return 0;
	}
	str_addn(&call->body, bytes, size * count);
	return size * count;
}

static size_t drop_bytes(char *bytes, size_t size, size_t count, void *ctx)
{
	(void)bytes;
	(void)ctx;
	return size * count;
}

struct fetch *fetch_open(struct loop *loop)
{
	static bool started;
	struct fetch *fetch = mem_zero(1, sizeof *fetch);

	/* Counted by libcurl and never undone: a mailbox opens and closes this often. */
	if (!started)
		must(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
	started = true;
	fetch->loop = loop;
	fetch->multi = curl_multi_init();
	must(fetch->multi != NULL);
	curl_multi_setopt(fetch->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(fetch->multi, CURLMOPT_SOCKETDATA, fetch);
	curl_multi_setopt(fetch->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
	curl_multi_setopt(fetch->multi, CURLMOPT_TIMERDATA, fetch);
	curl_multi_setopt(fetch->multi, CURLMOPT_MAXCONNECTS, 2L);
	return fetch;
}

void fetch_close(struct fetch **fetch)
{
	if (*fetch == NULL)
		return;
	while ((*fetch)->calls != NULL)
		free_call((*fetch)->calls);
	curl_multi_cleanup((*fetch)->multi);
	loop_timer_cancel(&(*fetch)->timer);
	free(*fetch);
	*fetch = NULL;
}

/* The lines of a custom IMAP command reach libcurl's header function whole, literals included; its
 * body function gets only some of them. */
static void set_receiver(struct fetch_call *call, bool lines)
{
	curl_easy_setopt(call->easy, lines ? CURLOPT_HEADERFUNCTION : CURLOPT_WRITEFUNCTION,
	                 on_bytes);
	curl_easy_setopt(call->easy, lines ? CURLOPT_HEADERDATA : CURLOPT_WRITEDATA, call);
	if (lines)
		curl_easy_setopt(call->easy, CURLOPT_WRITEFUNCTION, drop_bytes);
}

struct fetch_call *fetch_start(struct fetch *fetch, const struct fetch_request *request,
                               fetch_done_fn *done, void *ctx)
{
	struct fetch_call *call = mem_zero(1, sizeof *call);
	CURL *easy = curl_easy_init();

	must(easy != NULL);
	*call = (struct fetch_call){.fetch = fetch,
	                            .easy = easy,
	                            .max_bytes = request->max_bytes,
	                            .done = done,
	                            .ctx = ctx};
	curl_easy_setopt(easy, CURLOPT_URL, request->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "imap,imaps");
	curl_easy_setopt(easy, CURLOPT_USERNAME, request->user);
	curl_easy_setopt(easy, CURLOPT_PASSWORD, request->password);
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->custom);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(request->timeout.us / 1000));
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(request->timeout.us / 1000));
	curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT,
	                 (long)(request->timeout.us / 1000000 + 1));
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->error);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
	set_receiver(call, request->custom != NULL);
	call->next = fetch->calls;
	call->previous = &fetch->calls;
	if (call->next != NULL)
		call->next->previous = &call->next;
	fetch->calls = call;
	/* libcurl asks for its timer at once: the work begins on the next turn of the loop. */
	must(curl_multi_add_handle(fetch->multi, easy) == CURLM_OK);
	return call;
}

void fetch_cancel(struct fetch_call **call)
{
	if (*call != NULL)
		free_call(*call);
	*call = NULL;
}

/* ---- addresses ---- */

static const char *url_part(CURLU *url, CURLUPart part, unsigned flags, struct arena *arena)
{
	char *text = NULL;
	const char *kept;

	if (curl_url_get(url, part, &text, flags) != CURLUE_OK)
		return NULL;
	kept = arena_str(arena, text);
	curl_free(text);
	return kept;
}

bool fetch_split_url(const char *text, struct arena *arena, struct fetch_request *out,
                     struct problem *p)
{
	CURLU *url = curl_url();
	const char *scheme, *path;
	bool good = false;

	must(url != NULL);
	if (curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK) {
		scheme = url_part(url, CURLUPART_SCHEME, 0, arena);
		path = url_part(url, CURLUPART_PATH, 0, arena);
		out->user = url_part(url, CURLUPART_USER, CURLU_URLDECODE, arena);
		out->password = url_part(url, CURLUPART_PASSWORD, CURLU_URLDECODE, arena);
		curl_url_set(url, CURLUPART_USER, NULL, 0);
		curl_url_set(url, CURLUPART_PASSWORD, NULL, 0);
		curl_url_set(url, CURLUPART_OPTIONS, NULL, 0);
		if (path == NULL || str_equal(path, "/"))
			curl_url_set(url, CURLUPART_PATH, "/INBOX", 0);
		out->url = url_part(url, CURLUPART_URL, 0, arena);
		good =
		    out->url != NULL && (str_equal(scheme, "imap") || str_equal(scheme, "imaps"));
	}
	curl_url_cleanup(url);
	return good || problem_set(p, PROBLEM_INPUT, "mail.imap",
	                           "[mail] imap: write imaps://user:password@host/INBOX, special "
	                           "characters as %%40");
}

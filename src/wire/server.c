/*
 * The HTTP/1.1 server of a worker, over libevent's events and buffers: connections, deadlines,
 * answers, streams. What the bytes mean is http1.c's; paths and rules are the handler's.
 *
 *   HEAD --head complete--> BODY --complete--> HANDLING --answer--> HEAD | CLOSING
 *     refused head or body --> answer, then LINGERING: the peer's bytes are read and dropped until
 * it has read the answer, since closing over unread bytes would reset the connection and lose it.
 *     HANDLING --answer_stream--> STREAMING
 */
#include "wire/server.h"

#include "base/log.h"
#include "http1.h"
#include "listen.h"
#include "request.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/event_struct.h>

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define READ_BLOCK 16384
#define AHEAD_MOST ((size_t)64 * 1024)    /* pipelined bytes kept while a request is handled */
#define BEHIND_MOST ((size_t)1024 * 1024) /* unsent answers, over it no further request is read */
#define BODY_LONGEST_S 600
#define LINGER_S 20
#define LINGER_MOST ((size_t)128 * 1024 * 1024)
#define DRAIN_NEW_MS 500
#define ACCEPTS_A_TURN 64

enum conn_state {
	CONN_HEAD,
	CONN_BODY,
	CONN_HANDLING,
	CONN_STREAMING,
	CONN_CLOSING,
	CONN_LINGERING
};

struct conn {
	struct conn *next, *previous;
	struct server *server;
	int fd;
	enum conn_state state;
	struct event readable, writable, deadline;
	struct evbuffer *in, *out;
	size_t searched, lingered;
	struct request *request;
	struct stream *stream;
	time_t body_since;
	bool reading, writing, advancing, dead, ended, served, close_after;
	char peer[INET6_ADDRSTRLEN];
};

struct stream {
	struct conn *conn;
	loop_fn *on_gone;
	void *ctx;
};

struct server {
	struct server_options options;
	char worker_name[64];
	struct loop *loop;
	int fd;
	struct event acceptable;
	struct loop_timer *rest; /* after running out of descriptors */
	struct conn conns;       /* head of a ring */
	bool draining;
	loop_fn *drained;
	void *drained_ctx;
	struct loop_timer *drained_timer;
	time_t date_at;
	char date[64];
};

static void advance(struct conn *c);

/* ---- connections ---- */

static void want_read(struct conn *c, bool want)
{
	if (want == c->reading)
		return;
	c->reading = want;
	if (want)
		event_add(&c->readable, NULL);
	else
		event_del(&c->readable);
}

static void want_write(struct conn *c, bool want)
{
	if (want == c->writing)
		return;
	c->writing = want;
	if (want)
		event_add(&c->writable, NULL);
	else
		event_del(&c->writable);
}

static void set_deadline(struct conn *c, struct span after)
{
	struct timeval tv = {after.us / 1000000, after.us % 1000000};

	event_add(&c->deadline, &tv);
}

static void free_request(struct request *r)
{
	if (r == NULL)
		return;
	if (r->conn != NULL)
		r->conn->request = NULL;
	str_fini(&r->body);
	str_fini(&r->headers);
	arena_free(&r->arena);
	free(r);
}

static void tell_gone(struct conn *c)
{
	struct request *r = c->request;
	struct stream *s = c->stream;

	c->request = NULL;
	c->stream = NULL;
	if (r != NULL) {
		r->conn = NULL;
		if (c->state != CONN_HANDLING || r->answered) {
			free_request(r);
		} else if (r->on_gone != NULL) {
			r->on_gone(r->gone_ctx);
			free_request(r);
		} /* else the handler still holds it: answering frees it */
	}
	if (s != NULL) {
		s->conn = NULL;
		if (s->on_gone != NULL)
			s->on_gone(s->ctx);
		free(s);
	}
}

static void is_drained(void *ctx)
{
	struct server *server = ctx;
	loop_fn *drained = server->drained;

	server->drained_timer = NULL;
	server->drained = NULL;
	drained(server->drained_ctx);
}

static void check_drained(struct server *server)
{
	if (server->drained != NULL && server->drained_timer == NULL &&
	    server->conns.next == &server->conns)
		server->drained_timer = loop_after(server->loop, SPAN_MS(0), is_drained, server);
}

static void free_conn(struct conn *c)
{
	struct server *server = c->server;

	c->next->previous = c->previous;
	c->previous->next = c->next;
	event_del(&c->readable);
	event_del(&c->writable);
	event_del(&c->deadline);
	tell_gone(c);
	evbuffer_free(c->in);
	evbuffer_free(c->out);
	close(c->fd);
	free(c);
	check_drained(server);
}

/* The connection ends now, or as soon as the function that works on it returns. */
static void kill_conn(struct conn *c)
{
	c->dead = true;
	if (!c->advancing)
		free_conn(c);
}

/* ---- sending ---- */

static const char *date_now(struct server *server)
{
	time_t now = time(NULL);
	struct tm tm;

	if (now != server->date_at) {
		server->date_at = now;
		gmtime_r(&now, &tm);
		strftime(server->date, sizeof server->date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
	}
	return server->date;
}

/* What is to follow once everything is sent. */
static void after_sending(struct conn *c)
{
	if (c->state == CONN_CLOSING) {
		kill_conn(c);
	} else if (c->state == CONN_LINGERING) {
		shutdown(c->fd, SHUT_WR);
		if (c->ended)
			kill_conn(c);
	}
}

static void send_waiting(struct conn *c)
{
	int n = evbuffer_get_length(c->out) > 0 ? evbuffer_write(c->out, c->fd) : 0;

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		kill_conn(c);
		return;
	}
	want_write(c, evbuffer_get_length(c->out) > 0);
	if (evbuffer_get_length(c->out) == 0)
		after_sending(c);
	else if (n > 0 && c->state != CONN_LINGERING && c->state != CONN_STREAMING)
		set_deadline(c, c->server->options.idle);
}

/* The release callback of a shared body that had to wait in the buffer. */
struct shared {
	loop_fn *release;
	void *ctx;
};

static void on_sent(const void *bytes, size_t length, void *ctx)
{
	struct shared *shared = ctx;

	(void)bytes;
	(void)length;
	shared->release(shared->ctx);
	free(shared);
}

static void keep_shared(struct evbuffer *out, const char *bytes, size_t length,
                        struct shared shared)
{
	struct shared *kept = mem_zero(1, sizeof *kept);

	*kept = shared;
	must(evbuffer_add_reference(out, bytes, length, on_sent, kept) == 0);
}

/* Sends what goes at once and keeps the rest: most answers never see the buffer. */
static void send_parts(struct conn *c, const struct str *head, const char *body, size_t length,
                       struct shared shared)
{
	struct iovec parts[2] = {{head->data, head->length}, {(char *)(uintptr_t)body, length}};
	ssize_t n = 0;
	size_t sent, body_sent;

	if (evbuffer_get_length(c->out) == 0)
		n = writev(c->fd, parts, length > 0 ? 2 : 1);
	sent = n > 0 ? (size_t)n : 0;
	if (sent < head->length)
		evbuffer_add(c->out, head->data + sent, head->length - sent);
	body_sent = sent > head->length ? sent - head->length : 0;
	if (body_sent < length && shared.release != NULL) {
		keep_shared(c->out, body + body_sent, length - body_sent, shared);
	} else {
		evbuffer_add(c->out, body + body_sent, length - body_sent);
		if (shared.release != NULL)
			shared.release(shared.ctx);
	}
	want_write(c, evbuffer_get_length(c->out) > 0);
	if (evbuffer_get_length(c->out) > 0)
		set_deadline(c, c->server->options.idle);
}

static void add_status(struct str *head, const struct conn *c, int status)
{
	str_addf(head, "HTTP/1.1 %d %s\r\nDate: %s\r\nX-Prontod-Worker: %s\r\n", status,
	         http1_reason(status), date_now(c->server), c->server->options.worker_name);
}

/* Refuses bytes that never became a request; then lets the peer read the answer. */
static void refuse(struct conn *c, int status)
{
	struct str head = {0};
	char body[200];
	int length = snprintf(
	    body, sizeof body,
	    "{\"type\":\"urn:prontod:problem:%s\",\"title\":\"%s\",\"status\":%d}\n",
	    status == 413 || status == 431 ? "too-large" : "input", http1_reason(status), status);

	free_request(c->request);
	add_status(&head, c, status);
	str_addf(&head,
	         "Content-Type: application/problem+json\r\nContent-Length: %d\r\nConnection: "
	         "close\r\n\r\n",
	         length);
	c->state = CONN_LINGERING;
	send_parts(c, &head, body, (size_t)length, (struct shared){0});
	str_fini(&head);
	set_deadline(c, SPAN_S(LINGER_S));
	evbuffer_drain(c->in, evbuffer_get_length(c->in));
	want_read(c, !c->ended);
	if (evbuffer_get_length(c->out) == 0)
		after_sending(c);
}

/* ---- receiving ---- */

static struct request *new_request(struct conn *c)
{
	struct request *r = mem_zero(1, sizeof *r);

	r->arena = arena_new();
	r->conn = c;
	r->peer = arena_str(r->arena, c->peer);
	c->request = r;
	return r;
}

static void start_body(struct conn *c)
{
	struct request *r = c->request;
	size_t max = c->server->options.max_body;

	if (r->head.content_length > 0 && (uint64_t)r->head.content_length > max) {
		refuse(c, 413);
		return;
	}
	c->state = CONN_BODY;
	c->body_since = time(NULL);
	set_deadline(c, c->server->options.idle);
	if (r->head.expects_continue && evbuffer_get_length(c->in) == 0) {
		evbuffer_add_printf(c->out, "HTTP/1.1 100 Continue\r\n\r\n");
		send_waiting(c);
	}
}

/* True where a head was taken. */
static bool take_head(struct conn *c)
{
	struct evbuffer_ptr from, found;
	struct request *r;
	size_t length;
	int status;

	/* Empty lines before a request are to be ignored (RFC 9112, 2.2). */
	while (evbuffer_get_length(c->in) >= 2 && memcmp(evbuffer_pullup(c->in, 2), "\r\n", 2) == 0)
		evbuffer_drain(c->in, 2);
	evbuffer_ptr_set(c->in, &from, c->searched, EVBUFFER_PTR_SET);
	found = evbuffer_search(c->in, "\r\n\r\n", 4, &from);
	if (found.pos < 0) {
		length = evbuffer_get_length(c->in);
		c->searched = length > 3 ? length - 3 : 0;
		if (length > c->server->options.max_headers)
			refuse(c, 431);
		return false;
	}
	length = (size_t)found.pos + 4;
	c->searched = 0;
	if (length > c->server->options.max_headers) {
		refuse(c, 431);
		return false;
	}
	r = new_request(c);
	status = http1_parse_head(r->arena, (const char *)evbuffer_pullup(c->in, (ssize_t)length),
	                          length, &r->head);
	evbuffer_drain(c->in, length);
	if (status != 0)
		refuse(c, status);
	else
		start_body(c);
	return status == 0;
}

static void take_block(struct conn *c, const struct evbuffer_iovec *block, int *status)
{
	struct request *r = c->request;
	size_t wanted = (size_t)r->head.content_length - r->body.length, used = block->iov_len;

	if (r->head.chunked) {
		*status = chunks_feed(&r->chunks, block->iov_base, block->iov_len, &used,
		                      c->server->options.max_body, &r->body);
	} else {
		used = used < wanted ? used : wanted;
		str_addn(&r->body, block->iov_base, used);
	}
	evbuffer_drain(c->in, used);
}

static bool has_whole_body(const struct request *r)
{
	if (r->head.chunked)
		return r->chunks.state == CHUNKS_DONE;
	return r->head.content_length <= 0 || r->body.length == (size_t)r->head.content_length;
}

static void handle(struct conn *c)
{
	struct server *server = c->server;
	struct request *r = c->request;

	c->state = CONN_HANDLING;
	c->served = true;
	c->close_after = !r->head.keep_alive;
	event_del(&c->deadline);
	server->options.handler(server->options.ctx, r);
}

/* True where the body is complete and was handed over. */
static bool take_body(struct conn *c)
{
	struct evbuffer_iovec block;
	int status = 0;

	while (status == 0 && !has_whole_body(c->request) &&
	       evbuffer_peek(c->in, -1, NULL, &block, 1) > 0 && block.iov_len > 0)
		take_block(c, &block, &status);
	if (status == 0 && !has_whole_body(c->request) &&
	    time(NULL) - c->body_since > BODY_LONGEST_S)
		status = 408;
	if (status != 0) {
		refuse(c, status);
		return false;
	}
	if (!has_whole_body(c->request))
		return false;
	handle(c);
	return true;
}

/* One step; true where another may follow. */
static bool step(struct conn *c)
{
	if (c->dead)
		return false;
	switch (c->state) {
	case CONN_HEAD:
		return evbuffer_get_length(c->in) > 0 &&
		       evbuffer_get_length(c->out) < BEHIND_MOST && take_head(c);
	case CONN_BODY:
		return take_body(c);
	case CONN_LINGERING:
		c->lingered += evbuffer_get_length(c->in);
		evbuffer_drain(c->in, evbuffer_get_length(c->in));
		if (c->lingered > LINGER_MOST)
			kill_conn(c);
		return false;
	case CONN_STREAMING:
	case CONN_CLOSING:
		evbuffer_drain(c->in, evbuffer_get_length(c->in));
		return false;
	case CONN_HANDLING:
		return false;
	}
	return false;
}

/* Goes on until bytes or an answer are missing. Handlers that answer at once do not nest in here.
 */
static void advance(struct conn *c)
{
	if (c->advancing)
		return;
	c->advancing = true;
	while (step(c)) {
	}
	c->advancing = false;
	if (c->dead) {
		free_conn(c);
		return;
	}
	if (c->ended && (c->state == CONN_HEAD || c->state == CONN_BODY) &&
	    evbuffer_get_length(c->out) == 0) {
		kill_conn(c);
		return;
	}
	want_read(c, !c->ended &&
	                 (c->state != CONN_HANDLING || evbuffer_get_length(c->in) < AHEAD_MOST) &&
	                 (c->state != CONN_HEAD || evbuffer_get_length(c->out) < BEHIND_MOST));
}

/* The peer has said its last; only a stream's reader is gone by that (others may still read). */
static void on_end(struct conn *c)
{
	c->ended = true;
	want_read(c, false);
	if (c->state == CONN_STREAMING ||
	    (c->state == CONN_LINGERING && evbuffer_get_length(c->out) == 0))
		kill_conn(c);
	else
		advance(c);
}

static void on_readable(evutil_socket_t fd, short what, void *ctx)
{
	struct conn *c = ctx;
	bool fresh = evbuffer_get_length(c->in) == 0;
	int n = evbuffer_read(c->in, fd, READ_BLOCK);

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		kill_conn(c);
		return;
	}
	if (n == 0) {
		on_end(c);
		return;
	}
	/* A head has one deadline from its first byte on; a body one after each piece. */
	if ((c->state == CONN_HEAD && fresh) || c->state == CONN_BODY)
		set_deadline(c, c->server->options.idle);
	advance(c);
}

static void on_writable(evutil_socket_t fd, short what, void *ctx)
{
	struct conn *c = ctx;

	(void)fd;
	(void)what;
	c->advancing = true;
	send_waiting(c);
	c->advancing = false;
	if (c->dead)
		free_conn(c);
	else
		advance(c);
}

static void on_deadline(evutil_socket_t fd, short what, void *ctx)
{
	struct conn *c = ctx;

	(void)fd;
	(void)what;
	if (evbuffer_get_length(c->out) == 0 &&
	    (c->state == CONN_BODY || (c->state == CONN_HEAD && evbuffer_get_length(c->in) > 0))) {
		refuse(c, 408);
		return;
	}
	kill_conn(c);
}

/* ---- listening ---- */

static void new_conn(struct server *server, int fd, const struct sockaddr_storage *address)
{
	struct conn *c = mem_zero(1, sizeof *c);
	struct event_base *base = loop_base(server->loop);
	int yes = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
	c->server = server;
	c->fd = fd;
	listen_peer(address, c->peer);
	c->in = evbuffer_new();
	c->out = evbuffer_new();
	must(c->in != NULL && c->out != NULL);
	event_assign(&c->readable, base, fd, EV_READ | EV_PERSIST, on_readable, c);
	event_assign(&c->writable, base, fd, EV_WRITE | EV_PERSIST, on_writable, c);
	event_assign(&c->deadline, base, -1, 0, on_deadline, c);
	c->next = &server->conns;
	c->previous = server->conns.previous;
	c->previous->next = c;
	server->conns.previous = c;
	set_deadline(c, server->draining ? SPAN_MS(DRAIN_NEW_MS) : server->options.idle);
	want_read(c, true);
}

static void accept_again(void *ctx)
{
	struct server *server = ctx;

	server->rest = NULL;
	event_add(&server->acceptable, NULL);
}

/* Takes up to `most` connections; false where something else than an empty queue stopped it. */
static bool accept_some(struct server *server, int most)
{
	for (int i = 0; i < most; i++) {
		struct sockaddr_storage address = {0};
		socklen_t size = sizeof address;
		int fd = accept4(server->fd, (struct sockaddr *)&address, &size,
		                 SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0)
			new_conn(server, fd, &address);
		else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			return false;
		else if (errno == EAGAIN)
			return true;
	}
	return true;
}

static void on_acceptable(evutil_socket_t fd, short what, void *ctx)
{
	struct server *server = ctx;

	(void)fd;
	(void)what;
	if (accept_some(server, ACCEPTS_A_TURN))
		return;
	log_warn(NULL, "no descriptors left, new connections wait");
	event_del(&server->acceptable);
	server->rest = loop_after(server->loop, SPAN_MS(200), accept_again, server);
}

struct server *server_open(struct loop *loop, const struct server_options *options,
                           struct problem *p)
{
	int fd = listen_on(options->listen, 1, p);
	struct server *server;

	if (fd < 0)
		return NULL;
	server = mem_zero(1, sizeof *server);
	server->options = *options;
	str_copy(server->worker_name, sizeof server->worker_name, options->worker_name);
	server->options.worker_name = server->worker_name;
	server->loop = loop;
	server->fd = fd;
	server->conns.next = server->conns.previous = &server->conns;
	event_assign(&server->acceptable, loop_base(loop), fd, EV_READ | EV_PERSIST, on_acceptable,
	             server);
	event_add(&server->acceptable, NULL);
	return server;
}

static void stop_listening(struct server *server)
{
	if (server->fd < 0)
		return;
	event_del(&server->acceptable);
	loop_timer_cancel(&server->rest);
	close(server->fd);
	server->fd = -1;
}

void server_drain(struct server *server, loop_fn *drained, void *ctx)
{
	struct conn *next;

	server->draining = true;
	server->drained = drained;
	server->drained_ctx = ctx;
	/* Who stands in the kernel's queue has been promised a connection. */
	if (server->fd >= 0)
		accept_some(server, 4096);
	stop_listening(server);
	for (struct conn *c = server->conns.next; c != &server->conns; c = next) {
		bool untouched = c->state == CONN_HEAD && evbuffer_get_length(c->in) == 0;

		next = c->next;
		if (c->state == CONN_STREAMING ||
		    (untouched && c->served && evbuffer_get_length(c->out) == 0))
			kill_conn(c);
		else if (untouched)
			set_deadline(c, SPAN_MS(DRAIN_NEW_MS));
	}
	check_drained(server);
}

void server_close(struct server **server)
{
	if (*server == NULL)
		return;
	(*server)->drained = NULL;
	loop_timer_cancel(&(*server)->drained_timer);
	stop_listening(*server);
	while ((*server)->conns.next != &(*server)->conns)
		free_conn((*server)->conns.next);
	free(*server);
	*server = NULL;
}

/* ---- the answer ---- */

static void add_head(struct str *head, const struct request *r, int status,
                     const char *content_type)
{
	add_status(head, r->conn, status);
	if (content_type != NULL)
		str_addf(head, "Content-Type: %s\r\n", content_type);
	str_addn(head, str_text(&r->headers), r->headers.length);
}

/* Answered: the connection reads on, or closes once all is sent. */
static void next_request(struct conn *c)
{
	free_request(c->request);
	if (c->close_after || c->server->draining) {
		c->state = CONN_CLOSING;
		if (evbuffer_get_length(c->out) == 0)
			after_sending(c);
		return;
	}
	c->state = CONN_HEAD;
	set_deadline(c, c->server->options.idle);
	advance(c);
}

static void answer_with(struct request *r, int status, const char *content_type, const char *body,
                        size_t length, struct shared shared)
{
	struct str head = {0};
	struct conn *c = r->conn;
	bool has_body = status != 204 && status != 304;

	must(!r->answered);
	r->answered = true;
	if (c == NULL) {
		if (shared.release != NULL)
			shared.release(shared.ctx);
		free_request(r);
		return;
	}
	add_head(&head, r, status, content_type);
	if (has_body)
		str_addf(&head, "Content-Length: %zu\r\n", length);
	if (c->close_after || c->server->draining)
		str_add(&head, "Connection: close\r\n");
	else if (r->head.minor == 0)
		str_add(&head, "Connection: keep-alive\r\n");
	str_add(&head, "\r\n");
	send_parts(c, &head, body, has_body && !str_equal(r->head.method, "HEAD") ? length : 0,
	           shared);
	str_fini(&head);
	next_request(c);
}

void answer(struct request *r, int status, const char *content_type, const char *body,
            size_t length)
{
	answer_with(r, status, content_type, body, length, (struct shared){0});
}

void answer_shared(struct request *r, int status, const char *content_type, const void *bytes,
                   size_t length, loop_fn *release, void *ctx)
{
	answer_with(r, status, content_type, bytes, length, (struct shared){release, ctx});
}

void answer_empty(struct request *r, int status)
{
	answer(r, status, NULL, "", 0);
}

/* ---- an answer that goes on ---- */

struct stream *answer_stream(struct request *r, const char *content_type)
{
	struct stream *s = mem_zero(1, sizeof *s);
	struct str head = {0};
	struct conn *c = r->conn;

	must(!r->answered);
	r->answered = true;
	s->on_gone = r->on_gone;
	s->ctx = r->gone_ctx;
	s->conn = c;
	if (c == NULL) {
		free_request(r);
		return s;
	}
	add_head(&head, r, 200, content_type);
	str_add(&head, "Connection: close\r\n\r\n");
	c->stream = s;
	c->state = CONN_STREAMING;
	free_request(r);
	send_parts(c, &head, "", 0, (struct shared){0});
	event_del(&c->deadline);
	str_fini(&head);
	return s;
}

bool stream_write(struct stream *s, const char *bytes, size_t length, size_t limit)
{
	struct conn *c = s->conn;
	size_t waiting;
	ssize_t n = 0;

	if (c == NULL)
		return false;
	waiting = evbuffer_get_length(c->out);
	if (waiting + length > limit)
		return false;
	/* An error shows on the next read of the loop, which then tells on_gone: never from in
	 * here. */
	if (waiting == 0)
		n = send(c->fd, bytes, length, MSG_NOSIGNAL);
	if (n < 0)
		n = 0;
	if ((size_t)n < length)
		evbuffer_add(c->out, bytes + n, length - (size_t)n);
	want_write(c, evbuffer_get_length(c->out) > 0);
	return true;
}

void stream_on_gone(struct stream *s, loop_fn *fn, void *ctx)
{
	s->on_gone = fn;
	s->ctx = ctx;
}

void stream_close(struct stream **s)
{
	struct conn *c;

	if (*s == NULL)
		return;
	c = (*s)->conn;
	free(*s);
	*s = NULL;
	if (c == NULL)
		return;
	c->stream = NULL;
	c->state = CONN_CLOSING;
	set_deadline(c, c->server->options.idle);
	if (evbuffer_get_length(c->out) == 0)
		after_sending(c);
}

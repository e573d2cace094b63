/*
 * One connection: its states, its deadlines, and what it reads.
 *
 *   HEAD --head complete--> BODY --complete--> HANDLING --answer--> HEAD | CLOSING
 *     refused head or body --> answer, then LINGERING: the peer's bytes are read and dropped until
 * it has read the answer, since closing over unread bytes would reset the connection and lose it.
 *     HANDLING --answer_stream--> STREAMING
 */
#include "conn.h"

#include "listen.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_BLOCK 16384
#define AHEAD_MOST ((size_t)64 * 1024)    /* pipelined bytes kept while a request is handled */
#define BEHIND_MOST ((size_t)1024 * 1024) /* unsent answers, over it no further request is read */
#define BODY_LONGEST_S 600
#define LINGER_S 20
#define LINGER_MOST ((size_t)128 * 1024 * 1024)
#define DRAIN_NEW_MS 500

/* ---- what it waits for ---- */

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

void conn_want_write(struct conn *c, bool want)
{
	if (want == c->writing)
		return;
	c->writing = want;
	if (want)
		event_add(&c->writable, NULL);
	else
		event_del(&c->writable);
}

void conn_set_deadline(struct conn *c, struct span after)
{
	struct timeval tv = {after.us / 1000000, after.us % 1000000};

	event_add(&c->deadline, &tv);
}

/* ---- ends ---- */

void request_free(struct request *r)
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
			request_free(r);
		} else if (r->on_gone != NULL) {
			r->on_gone(r->gone_ctx);
			request_free(r);
		} /* else the handler still holds it: answering frees it */
	}
	if (s != NULL) {
		s->conn = NULL;
		if (s->on_gone != NULL)
			s->on_gone(s->ctx);
		free(s);
	}
}

void conn_free(struct conn *c)
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
	server_check_drained(server);
}

void conn_kill(struct conn *c)
{
	c->dead = true;
	if (!c->advancing)
		conn_free(c);
}

void conn_sent(struct conn *c)
{
	if (c->state == CONN_CLOSING) {
		conn_kill(c);
	} else if (c->state == CONN_LINGERING) {
		shutdown(c->fd, SHUT_WR);
		if (c->ended)
			conn_kill(c);
	}
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
		answer_refusal(c, 413);
		return;
	}
	c->state = CONN_BODY;
	c->body_since = time(NULL);
	conn_set_deadline(c, c->server->options.idle);
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
			answer_refusal(c, 431);
		return false;
	}
	length = (size_t)found.pos + 4;
	c->searched = 0;
	if (length > c->server->options.max_headers) {
		answer_refusal(c, 431);
		return false;
	}
	r = new_request(c);
	status = http1_parse_head(r->arena, (const char *)evbuffer_pullup(c->in, (ssize_t)length),
	                          length, &r->head);
	evbuffer_drain(c->in, length);
	if (status != 0)
		answer_refusal(c, status);
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
		answer_refusal(c, status);
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
			conn_kill(c);
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
		conn_free(c);
		return;
	}
	if (c->ended && (c->state == CONN_HEAD || c->state == CONN_BODY) &&
	    evbuffer_get_length(c->out) == 0) {
		conn_kill(c);
		return;
	}
	want_read(c, !c->ended &&
	                 (c->state != CONN_HANDLING || evbuffer_get_length(c->in) < AHEAD_MOST) &&
	                 (c->state != CONN_HEAD || evbuffer_get_length(c->out) < BEHIND_MOST));
}

/* ---- after an answer ---- */

void conn_linger(struct conn *c)
{
	c->state = CONN_LINGERING;
	conn_set_deadline(c, SPAN_S(LINGER_S));
	evbuffer_drain(c->in, evbuffer_get_length(c->in));
	want_read(c, !c->ended);
	if (evbuffer_get_length(c->out) == 0)
		conn_sent(c);
}

void conn_close(struct conn *c)
{
	c->state = CONN_CLOSING;
	conn_set_deadline(c, c->server->options.idle);
	if (evbuffer_get_length(c->out) == 0)
		conn_sent(c);
}

void conn_next(struct conn *c)
{
	request_free(c->request);
	if (c->close_after || c->server->draining) {
		conn_close(c);
		return;
	}
	c->state = CONN_HEAD;
	conn_set_deadline(c, c->server->options.idle);
	advance(c);
}

void conn_drain(struct conn *c)
{
	bool untouched = c->state == CONN_HEAD && evbuffer_get_length(c->in) == 0;

	if (c->state == CONN_STREAMING ||
	    (untouched && c->served && evbuffer_get_length(c->out) == 0))
		conn_kill(c);
	else if (untouched)
		conn_set_deadline(c, SPAN_MS(DRAIN_NEW_MS));
}

/* ---- events ---- */

/* The peer has said its last; only a stream's reader is gone by that (others may still read). */
static void on_end(struct conn *c)
{
	c->ended = true;
	want_read(c, false);
	if (c->state == CONN_STREAMING ||
	    (c->state == CONN_LINGERING && evbuffer_get_length(c->out) == 0))
		conn_kill(c);
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
		conn_kill(c);
		return;
	}
	if (n == 0) {
		on_end(c);
		return;
	}
	/* A head has one deadline from its first byte on; a body one after each piece. */
	if ((c->state == CONN_HEAD && fresh) || c->state == CONN_BODY)
		conn_set_deadline(c, c->server->options.idle);
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
		conn_free(c);
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
		answer_refusal(c, 408);
		return;
	}
	conn_kill(c);
}

void conn_new(struct server *server, int fd, const struct sockaddr_storage *address)
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
	conn_set_deadline(c, server->draining ? SPAN_MS(DRAIN_NEW_MS) : server->options.idle);
	want_read(c, true);
}

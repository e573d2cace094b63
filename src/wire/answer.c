/*
 * Answers as bytes: whole, shared, going on, and the refusal of what never became a request. Which
 * headers an answer has is the handler's (request.c).
 */
#include "conn.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

/* ---- the head ---- */

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

static void add_status(struct str *head, const struct conn *c, int status)
{
	str_addf(head, "HTTP/1.1 %d %s\r\nDate: %s\r\nX-Prontod-Worker: %s\r\n", status,
	         http1_reason(status), date_now(c->server), c->server->options.worker_name);
}

static void add_head(struct str *head, const struct request *r, int status,
                     const char *content_type)
{
	add_status(head, r->conn, status);
	if (content_type != NULL)
		str_addf(head, "Content-Type: %s\r\n", content_type);
	str_addn(head, str_text(&r->headers), r->headers.length);
}

/* ---- a refusal ---- */

void answer_refusal(struct conn *c, int status)
{
	struct str head = {0};
	char body[200];
	int length = snprintf(
	    body, sizeof body,
	    "{\"type\":\"urn:prontod:problem:%s\",\"title\":\"%s\",\"status\":%d}\n",
	    status == 413 || status == 431 ? "too-large" : "input", http1_reason(status), status);

	request_free(c->request);
	add_status(&head, c, status);
	str_addf(&head,
	         "Content-Type: application/problem+json\r\nContent-Length: %d\r\nConnection: "
	         "close\r\n\r\n",
	         length);
	send_parts(c, &head, body, (size_t)length, (struct shared_bytes){0});
	str_fini(&head);
	conn_linger(c);
}

/* ---- the answer ---- */

static void answer_with(struct request *r, int status, const char *content_type, const char *body,
                        size_t length, struct shared_bytes shared)
{
	struct str head = {0};
	struct conn *c = r->conn;
	bool has_body = status != 204 && status != 304;

	must(!r->answered);
	r->answered = true;
	if (c == NULL) {
		if (shared.release != NULL)
			shared.release(shared.ctx);
		request_free(r);
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
	conn_next(c);
}

void answer(struct request *r, int status, const char *content_type, const char *body,
            size_t length)
{
	answer_with(r, status, content_type, body, length, (struct shared_bytes){0});
}

void answer_shared(struct request *r, int status, const char *content_type, const void *bytes,
                   size_t length, loop_fn *release, void *ctx)
{
	answer_with(r, status, content_type, bytes, length, (struct shared_bytes){release, ctx});
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
		request_free(r);
		return s;
	}
	add_head(&head, r, 200, content_type);
	str_add(&head, "Connection: close\r\n\r\n");
	c->stream = s;
	c->state = CONN_STREAMING;
	request_free(r);
	send_parts(c, &head, "", 0, (struct shared_bytes){0});
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
	conn_want_write(c, evbuffer_get_length(c->out) > 0);
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
	conn_close(c);
}

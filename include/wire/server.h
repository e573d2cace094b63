/*
 * The HTTP/1.1 server of a worker: connections, limits, bodies, answers, streams. Knows no path and no
 * rule; shows no library's type. Each worker has its own listening socket on the same port (SO_REUSEPORT).
 *
 * A request is valid from the handler's call until it is answered or the peer leaves. A handler may
 * answer at once or keep the struct request * and answer later; if the peer leaves meanwhile, on_gone
 * (if set) is called once and the request must not be touched after it returns.
 */
#ifndef PRONTOD_WIRE_SERVER_H
#define PRONTOD_WIRE_SERVER_H

#include "base/mem.h"
#include "base/problem.h"
#include "base/str.h"
#include "wire/loop.h"

#include <stdbool.h>
#include <stddef.h>

struct server;
struct request;
struct stream;

typedef void server_handler_fn(void *ctx, struct request *request);

struct server_options {
	const char *listen;      /* "127.0.0.1:8080", "[::1]:8080", "0.0.0.0:80" */
	size_t max_body;         /* over it: 413 and the connection closes */
	size_t max_headers;      /* over it: 431 or 400 */
	struct span idle;        /* silent connections are closed after this */
	const char *worker_name; /* sent as `X-Prontod-Worker` with every answer */
	server_handler_fn *handler;
	void *ctx;
};

/* Is this address well-formed and taken by no other program? Workers share it among themselves only. */
bool server_may_listen(const char *listen, struct problem *p) MUST_CHECK;
struct server *server_open(struct loop *loop, const struct server_options *options, struct problem *p);
/* No new connections; requests in hand are answered, streams are ended; then `drained` is called once. */
void server_drain(struct server *server, loop_fn *drained, void *ctx);
void server_close(struct server **server);

/* ---- what was asked ---- */
const char *request_method(const struct request *r);                    /* "GET" */
const char *request_path(const struct request *r);                      /* decoded, without the query */
const char *request_query(const struct request *r, const char *name);   /* decoded value or NULL */
const char *request_query_string(const struct request *r);              /* raw, "" if none */
const char *request_header(const struct request *r, const char *name);  /* NULL if absent */
const char *request_cookie(const struct request *r, const char *name);  /* NULL if absent */
const char *request_peer(const struct request *r);                      /* address of the other end */
const unsigned char *request_body(const struct request *r, size_t *length);
struct arena *request_arena(struct request *r);                         /* lives as long as the request */
void request_on_gone(struct request *r, loop_fn *fn, void *ctx);

/* ---- the answer ---- */
void answer_header(struct request *r, const char *name, const char *value); /* before answering; copied */
void answer(struct request *r, int status, const char *content_type, const char *body, size_t length);
/* The same, without copying: bytes are kept until `release(ctx)`. For prebuilt answers. */
void answer_shared(struct request *r, int status, const char *content_type, const void *bytes, size_t length,
		   loop_fn *release, void *ctx);
void answer_empty(struct request *r, int status);

/* ---- an answer that goes on (Server-Sent Events) ---- */
struct stream *answer_stream(struct request *r, const char *content_type); /* takes r; on_gone of r carries over */
/* False where the reader is too slow (more than `limit` bytes wait): the caller closes it. */
bool stream_write(struct stream *s, const char *bytes, size_t length, size_t limit);
void stream_on_gone(struct stream *s, loop_fn *fn, void *ctx);
void stream_close(struct stream **s); /* on_gone is not called */

#endif

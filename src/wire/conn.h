/* A server and its connections, as server.c, conn.c, send.c and answer.c share them; private to wire/. */
#ifndef PRONTOD_WIRE_CONN_H
#define PRONTOD_WIRE_CONN_H

#include "request.h"
#include "wire/server.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/event_struct.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>

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

/* ---- server.c ---- */
void server_check_drained(struct server *server); /* a connection has ended */

/* ---- conn.c ---- */
void conn_new(struct server *server, int fd, const struct sockaddr_storage *address);
void conn_free(struct conn *c);
void conn_kill(struct conn *c); /* now, or as soon as the function that works on it returns */
void conn_drain(struct conn *c);
void conn_want_write(struct conn *c, bool want);
void conn_set_deadline(struct conn *c, struct span after);
void conn_sent(struct conn *c);   /* nothing waits to be sent any more */
void conn_next(struct conn *c);   /* answered: it reads on, or closes once all is sent */
void conn_close(struct conn *c);  /* once all is sent */
void conn_linger(struct conn *c); /* refused: the peer reads its answer, what it sends is dropped */
void request_free(struct request *r);

/* ---- send.c ---- */
/* Bytes of others, told by `release` when they are needed no longer; {0}: they are copied. */
struct shared_bytes {
	loop_fn *release;
	void *ctx;
};
void send_parts(struct conn *c, const struct str *head, const char *body, size_t length,
                struct shared_bytes shared);
void send_waiting(struct conn *c);

/* ---- answer.c ---- */
/* Refuses bytes that never became a request; then lets the peer read the answer. */
void answer_refusal(struct conn *c, int status);

#endif

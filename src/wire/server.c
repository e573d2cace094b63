/*
 * The HTTP/1.1 server of a worker, over libevent's events and buffers: listens, accepts, drains.
 * What a connection does is conn.c's; what the bytes mean http1.c's; how answers are sent
 * answer.c's; paths and rules are the handler's.
 */
#include "conn.h"

#include "base/log.h"
#include "listen.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define ACCEPTS_A_TURN 64

/* ---- accepting ---- */

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
			conn_new(server, fd, &address);
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

/* ---- draining ---- */

static void is_drained(void *ctx)
{
	struct server *server = ctx;
	loop_fn *drained = server->drained;

	server->drained_timer = NULL;
	server->drained = NULL;
	drained(server->drained_ctx);
}

void server_check_drained(struct server *server)
{
	if (server->drained != NULL && server->drained_timer == NULL &&
	    server->conns.next == &server->conns)
		server->drained_timer = loop_after(server->loop, SPAN_MS(0), is_drained, server);
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
		next = c->next;
		conn_drain(c);
	}
	server_check_drained(server);
}

/* ---- opening and closing ---- */

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

void server_close(struct server **server)
{
	if (*server == NULL)
		return;
	(*server)->drained = NULL;
	loop_timer_cancel(&(*server)->drained_timer);
	stop_listening(*server);
	while ((*server)->conns.next != &(*server)->conns)
		conn_free((*server)->conns.next);
	free(*server);
	*server = NULL;
}

/*
 * What leaves a connection: at once where the socket takes it, else when it is writable. Bytes that
 * others share are not copied; they are given back once they are sent.
 */
#include "conn.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/uio.h>

void send_waiting(struct conn *c)
{
	int n = evbuffer_get_length(c->out) > 0 ? evbuffer_write(c->out, c->fd) : 0;

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		conn_kill(c);
		return;
	}
	conn_want_write(c, evbuffer_get_length(c->out) > 0);
	if (evbuffer_get_length(c->out) == 0)
		conn_sent(c);
	else if (n > 0 && c->state != CONN_LINGERING && c->state != CONN_STREAMING)
		conn_set_deadline(c, c->server->options.idle);
}

static void on_sent(const void *bytes, size_t length, void *ctx)
{
	struct shared_bytes *shared = ctx;

	(void)bytes;
	(void)length;
	shared->release(shared->ctx);
	free(shared);
}

static void keep_shared(struct evbuffer *out, const char *bytes, size_t length,
                        struct shared_bytes shared)
{
	struct shared_bytes *kept = mem_zero(1, sizeof *kept);

	*kept = shared;
	must(evbuffer_add_reference(out, bytes, length, on_sent, kept) == 0);
}

/* Most answers never see the buffer. */
void send_parts(struct conn *c, const struct str *head, const char *body, size_t length,
                struct shared_bytes shared)
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
	conn_want_write(c, evbuffer_get_length(c->out) > 0);
	if (evbuffer_get_length(c->out) > 0)
		conn_set_deadline(c, c->server->options.idle);
}

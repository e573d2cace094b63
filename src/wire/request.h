/* One request as conn.c builds it, request.c reads it and answer.c answers it; private to wire/. */
#ifndef PRONTOD_WIRE_REQUEST_H
#define PRONTOD_WIRE_REQUEST_H

#include "http1.h"
#include "wire/server.h"

struct conn;

struct request {
	struct conn *conn; /* NULL: the peer left, the answer goes nowhere */
	const char *peer;
	struct arena *arena;
	struct http1_head head;
	struct chunks chunks;
	struct str body, headers;
	loop_fn *on_gone;
	void *gone_ctx;
	bool answered;
};

#endif

/*
 * libcurl's multi interface on the loop: IMAP now, SMTP and HTTP later. Every transfer has a timeout;
 * `done` is called exactly once, on the loop, never before fetch_start() returns.
 */
#ifndef PRONTOD_WIRE_FETCH_H
#define PRONTOD_WIRE_FETCH_H

#include "base/mem.h"
#include "base/problem.h"
#include "base/str.h"
#include "wire/loop.h"

struct fetch;
struct fetch_call;

struct fetch_request {
	const char *url;             /* imap://host/INBOX, imaps://… without user or password in it */
	const char *user, *password; /* NULL: none */
	const char *custom;          /* IMAP command ("UID SEARCH UID 8:*"), NULL for a plain fetch */
	struct span timeout;
	size_t max_bytes;            /* over it the transfer ends with PROBLEM_TOO_LARGE */
};

/* problem NULL: it worked. body: what came; for a custom command every line the server sent, as it sent it.
 * Kinds: UNAUTHENTICATED (log-in refused), NOT_FOUND (the server said no), TOO_LARGE, else BUSY. */
typedef void fetch_done_fn(void *ctx, const struct problem *problem, const struct str *body);

struct fetch *fetch_open(struct loop *loop);
void fetch_close(struct fetch **fetch); /* transfers in hand are cancelled */
struct fetch_call *fetch_start(struct fetch *fetch, const struct fetch_request *request, fetch_done_fn *done,
			       void *ctx);
void fetch_cancel(struct fetch_call **call);

/* imaps://user:password@host/INBOX -> url without them (mailbox INBOX where none is named), user, password,
 * decoded, in the arena. */
bool fetch_split_url(const char *url, struct arena *arena, struct fetch_request *out, struct problem *p) MUST_CHECK;

#endif

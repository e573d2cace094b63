/*
 * A small flow and a small server for tests of the front door: requests are structs, answers are kept for
 * looking at, and flow's dones wait in a queue until settle() calls them, so that "the reader left
 * meanwhile" can be played. No socket, no database, no waiting.
 */
#ifndef PRONTOD_HTTP_FAKE_H
#define PRONTOD_HTTP_FAKE_H

#include "base/mem.h"
#include "base/str.h"
#include "flow.h"
#include "http.h"
#include "wire/server.h"

struct fake_header {
	char name[40], value[300];
};

struct request {
	const char *method, *path, *query, *body;
	size_t body_length; /* 0: strlen(body) */
	struct fake_header headers[8];
	size_t header_count;
	const char *session; /* the cookie */
	struct arena *arena;
	loop_fn *on_gone;
	void *gone_ctx;
	/* the answer */
	int status;
	struct str type, answer, out_headers;
	bool streaming;
};

struct stream {
	struct request *request;
	struct str sent;
	bool slow, closed;
	loop_fn *on_gone;
	void *gone_ctx;
};

/* What flow was last asked, and what it shall answer. */
struct fake_flow {
	char asked[64]; /* "flow_assign" */
	char id[64], action[32];
	struct map_stand stand;
	struct flow_report report; /* strings are copied below */
	char report_replies[200]; /* "what:1 where:2 " */
	char report_text[200], report_channel[16], key[201], body_hash[65];
	struct problem problem; /* answered where fails is true */
	bool fails;
	const char *answer; /* JSON; NULL: {} */
	bool away;          /* dones wait */
	bool live_known;
	const char *live;
	flow_event_fn *on_event;
	void *event_ctx;
	int64_t watch_after;
	bool watching;
	const char *streets[4][2]; /* what the map finds: street, municipality */
	struct closure closure;    /* its points live as long as the request */
	char street[64];           /* of the closure, or of its new place */
	struct flow_closure_change closure_change;
};
extern struct fake_flow fake;

/* ---- for tests of the whole door: once around a group, and before each ---- */
extern struct http *fake_http;
int fake_open(void **state);
int fake_close(void **state);
int fake_fresh(void **state);

void fake_header(struct request *r, const char *name, const char *value);
bool fake_pages(char folder[64]); /* makes a folder of them, and starts what wire/ needs */
int fake_pages_drop(const char *folder);
void fake_settle(void); /* calls every waiting done */
struct http *fake_door(const char *pages, const char *public_url);
void fake_ask(struct request *r);      /* hands it to the door and settles */
void fake_ask_only(struct request *r); /* without settling */
void fake_leave(struct request *r);    /* the reader goes */
void fake_request_fini(struct request *r);
extern struct stream *fake_stream; /* the last one opened */

#endif

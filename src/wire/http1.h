/*
 * HTTP/1.1 messages as bytes (RFC 9112): a request's head, chunked bodies, percent-encoding. No
 * connections, no waiting; conn.c has those. Private to wire/ and its fuzz target.
 */
#ifndef PRONTOD_WIRE_HTTP1_H
#define PRONTOD_WIRE_HTTP1_H

#include "base/mem.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP1_FIELDS 100

struct http1_field {
	const char *name, *value;
};

struct http1_head {
	const char *method;
	const char *path;  /* decoded, absolute, without dot segments, valid UTF-8 */
	const char *query; /* raw, "" if none */
	int minor;         /* HTTP/1.minor */
	struct http1_field *fields;
	size_t field_count;
	int64_t content_length; /* -1: none given */
	bool chunked, keep_alive, expects_continue;
};

/* Parses a whole head (with its empty line). Returns 0, or the status to refuse it with: 400, 431,
 * 501, 505. */
int http1_parse_head(struct arena *arena, const char *bytes, size_t length, struct http1_head *out);
/* A field's first value by name, any case; NULL if absent. */
const char *http1_field(const struct http1_head *head, const char *name);

/* %XX decoded (and + as blank where plus), mended to UTF-8; NULL where an escape is broken or makes
 * a NUL. */
char *http1_decode(struct arena *arena, const char *text, size_t length, bool plus);
/* name=value&…: the first value of this name, decoded; NULL if absent. */
const char *http1_form_value(struct arena *arena, const char *form, const char *name);

enum chunks_state {
	CHUNKS_SIZE,
	CHUNKS_EXTENSION,
	CHUNKS_DATA,
	CHUNKS_DATA_END,
	CHUNKS_TRAILER,
	CHUNKS_DONE
};
struct chunks {
	enum chunks_state state;
	uint64_t left;
	size_t digits, line, trailers;
};
/* Feeds bytes of a chunked body; decoded ones are added to body up to max. *used: bytes taken.
 * Returns 0 (more, or done: state CHUNKS_DONE), 400 or 413. */
int chunks_feed(struct chunks *chunks, const char *bytes, size_t length, size_t *used, size_t max,
                struct str *body);

const char *http1_reason(int status);

#endif

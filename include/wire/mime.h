/*
 * GMime: a mail message or a multipart/form-data body taken apart. Bounded: at most MIME_MAX_PARTS
 * parts, nesting of 16; bytes that are not text in any known charset are mended into UTF-8.
 */
#ifndef PRONTOD_WIRE_MIME_H
#define PRONTOD_WIRE_MIME_H

#include "base/mem.h"
#include "base/problem.h"
#include "base/time.h"

#include <stddef.h>

#define MIME_MAX_PARTS 100

struct mime_part {
	const char *name;         /* form field name; NULL in a mail */
	const char *filename;     /* as sent, UTF-8, NULL if none: never used as a path */
	const char *content_type; /* "text/plain", lower case */
	const char *disposition;  /* "attachment", "inline", "form-data" or NULL */
	const unsigned char *bytes; /* decoded; text parts are UTF-8 */
	size_t length;
	int alternative;            /* parts with the same number > 0 say the same thing in several forms */
};

struct mime_mail {
	const char *subject; /* decoded; "" if none */
	const char *from_name, *from_address; /* NULL if none */
	const char *message_id, *in_reply_to, *references; /* NULL if none */
	struct instant date; /* unset where absent or unreadable */
	struct mime_part *parts; /* leaves, in order */
	size_t count;
};

void mime_start(void); /* once a process */
/* Everything in *out lives in the arena. Broken mail still gives what can be read; false only for no message at all. */
bool mime_read_mail(const char *bytes, size_t length, struct arena *arena, struct mime_mail *out,
		    struct problem *p) MUST_CHECK;
/* content_type: the request's header with its boundary. */
bool mime_read_form(const char *content_type, const char *bytes, size_t length, struct arena *arena,
		    struct mime_part **out_parts, size_t *out_count, struct problem *p) MUST_CHECK;

#endif

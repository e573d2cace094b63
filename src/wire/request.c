/*
 * What was asked: a request's parts by name, and the headers its answer will have. Sending is
 * answer.c's.
 */
#include "request.h"

#include <string.h>

const char *request_method(const struct request *r)
{
	return r->head.method;
}

const char *request_path(const struct request *r)
{
	return r->head.path;
}

const char *request_query_string(const struct request *r)
{
	return r->head.query;
}

const char *request_query(const struct request *r, const char *name)
{
	return http1_form_value(r->arena, r->head.query, name);
}

const char *request_header(const struct request *r, const char *name)
{
	return http1_field(&r->head, name);
}

const char *request_cookie(const struct request *r, const char *name)
{
	size_t length = strlen(name);
	const char *s = http1_field(&r->head, "Cookie");

	while (s != NULL && *s != '\0') {
		s += strspn(s, "; ");
		if (strncmp(s, name, length) == 0 && s[length] == '=')
			return arena_strn(r->arena, s + length + 1, strcspn(s + length + 1, "; "));
		s += strcspn(s, ";");
	}
	return NULL;
}

const char *request_peer(const struct request *r)
{
	return r->peer;
}

const unsigned char *request_body(const struct request *r, size_t *length)
{
	*length = r->body.length;
	return (const unsigned char *)str_text(&r->body);
}

struct arena *request_arena(struct request *r)
{
	return r->arena;
}

void request_on_gone(struct request *r, loop_fn *fn, void *ctx)
{
	r->on_gone = fn;
	r->gone_ctx = ctx;
}

void answer_header(struct request *r, const char *name, const char *value)
{
	str_addf(&r->headers, "%s: ", name);
	for (const char *s = value; *s != '\0'; s++)
		str_addc(&r->headers, (unsigned char)*s < 0x20 || *s == 0x7f ? ' ' : *s);
	str_add(&r->headers, "\r\n");
}

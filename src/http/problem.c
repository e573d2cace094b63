/*
 * What a problem is at the front door: the status it is answered with, and the document (RFC 9457)
 * that says it to a program.
 */
#include "room.h"

#include "base/str.h"

#include <stdio.h>

int http_status_of(enum problem_kind kind)
{
	switch (kind) {
	case PROBLEM_INPUT:
		return 422;
	case PROBLEM_TOO_LARGE:
		return 413;
	case PROBLEM_UNAUTHENTICATED:
		return 401;
	case PROBLEM_FORBIDDEN:
		return 403;
	case PROBLEM_NOT_FOUND:
		return 404;
	case PROBLEM_CONFLICT:
		return 409;
	case PROBLEM_LIMITED:
		return 429;
	case PROBLEM_BUSY:
		return 503;
	case PROBLEM_UNCERTAIN:
		return 503;
	case PROBLEM_INTERNAL:
		return 500;
	}
	return 500;
}

static void add_errors(const struct visit *v, struct js *doc, const struct problem *p,
                       const struct js *more)
{
	const struct js *given = js_find(more, "errors");
	if (given) {
		js_set(doc, "errors", js_copy(given));
		return;
	}
	if (!p->field[0])
		return;
	struct js *errors = js_array(), *one = js_object();
	const char *words = field_words(p->field, v->lang);
	char pointer[64];
	snprintf(pointer, sizeof pointer, "%s%s", p->field[0] == '/' ? "" : "/", p->field);
	js_set_str(one, "pointer", pointer);
	js_set_str(one, "detail", v->lang == LANG_IT && words ? words : p->text);
	js_push(errors, one);
	js_set(doc, "errors", errors);
}

static void add_more(struct js *doc, const struct js *more)
{
	const char *key;
	const struct js *value;
	for (size_t i = 0; js_pair(more, i, &key, &value); i++)
		if (!js_find(doc, key))
			js_set(doc, key, js_copy(value));
}

struct js *problem_document(const struct visit *v, int status, const struct problem *p,
                            const struct js *more)
{
	struct js *doc = js_object();
	struct str text = {0};
	char type[64];
	snprintf(type, sizeof type, "urn:prontod:problem:%s", problem_kind_name(p->kind));
	problem_detail(p, status, v->lang, &text);
	js_set_str(doc, "type", type);
	js_set_str(doc, "title", problem_title(p->kind, v->lang));
	js_set_int(doc, "status", status);
	js_set_str(doc, "detail", str_text(&text));
	add_errors(v, doc, p, more);
	add_more(doc, more);
	str_fini(&text);
	return doc;
}

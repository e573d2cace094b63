/*
 * What went wrong, as a value (include/base/problem.h), and must(): the end of a process whose own
 * promise is broken. Decides no HTTP status and no exit code.
 */
#include "base/problem.h"

#include "base/log.h"
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool problem_set(struct problem *p, enum problem_kind kind, const char *field, const char *format,
                 ...)
{
	char text[1024];
	va_list args;

	if (p == NULL)
		return false;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	p->kind = kind;
	str_copy(p->field, sizeof p->field, field != NULL ? field : "");
	str_copy(p->text, sizeof p->text, text);
	return false;
}

void problem_prefix(struct problem *p, const char *format, ...)
{
	char phrase[512], whole[sizeof phrase + sizeof p->text + 4];
	va_list args;

	if (p == NULL)
		return;
	va_start(args, format);
	vsnprintf(phrase, sizeof phrase, format, args);
	va_end(args);
	snprintf(whole, sizeof whole, "%s: %s", phrase, p->text);
	str_copy(p->text, sizeof p->text, whole);
}

const char *problem_kind_name(enum problem_kind kind)
{
	switch (kind) {
#define X(value, name) \
	case value:    \
		return name;
		PROBLEM_KINDS(X)
#undef X
	}
	return "internal";
}

void must_failed(const char *expression, const char *file, int line)
{
	log_error(NULL, "broken promise expression=\"%s\" file=%s line=%d", expression, file, line);
	abort();
}

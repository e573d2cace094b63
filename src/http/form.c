/*
 * Short urlencoded forms (log-in). The report's form, with photos, is intake's.
 */
#include "form.h"

#include "intake.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define FORM_MAX 32

struct form {
	struct arena *arena;
	struct intake_pair pairs[FORM_MAX];
	size_t count;
};

struct form *form_read(const struct request *r, struct problem *p)
{
	size_t length;
	const unsigned char *body = request_body(r, &length);
	struct form *form = mem_zero(1, sizeof *form);
	form->arena = arena_new();
	struct intake_pair pair;
	const char *at = length ? (const char *)body : "", *end = at + length;
	while (intake_urlencoded_next(&at, end, form->arena, &pair)) {
		if (form->count == FORM_MAX) {
			problem_set(p, PROBLEM_INPUT, "", "too many fields");
			form_free_any(form);
			return NULL;
		}
		form->pairs[form->count++] = pair;
	}
	return form;
}

const char *form_value(const struct form *form, const char *name)
{
	for (size_t i = 0; i < form->count; i++)
		if (strcmp(form->pairs[i].name, name) == 0)
			return form->pairs[i].value;
	return NULL;
}

void form_free_any(void *any)
{
	struct form *form = any;
	if (!form)
		return;
	arena_free(&form->arena);
	free(form);
}

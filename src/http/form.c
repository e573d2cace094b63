/*
 * Short urlencoded forms (log-in, a crew's step). The report's form, with photos, is intake's.
 */
#include "form.h"

#include "intake.h"
#include "room.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define FORM_MAX 32

struct form {
	struct arena *arena;
	struct intake_pair pairs[FORM_MAX];
	size_t count;
};

static void free_any(void *any)
{
	struct form *form = any;
	arena_free(&form->arena);
	free(form);
}

/* False: more than any form of ours has. */
static bool read_pairs(struct form *form, const struct request *r)
{
	size_t length;
	const unsigned char *body = request_body(r, &length);
	struct intake_pair pair;
	const char *at = length ? (const char *)body : "", *end = at + length;
	while (intake_urlencoded_next(&at, end, form->arena, &pair)) {
		if (form->count == FORM_MAX)
			return false;
		form->pairs[form->count++] = pair;
	}
	return true;
}

struct form *form_of_visit(struct visit *v)
{
	struct problem p;
	struct form *form = mem_zero(1, sizeof *form);
	form->arena = arena_new();
	v->own = form;
	v->own_free = free_any;
	if (read_pairs(form, v->request))
		return form;
	problem_set(&p, PROBLEM_INPUT, "", "too many fields");
	visit_problem(v, &p, NULL);
	return NULL;
}

const char *form_value(const struct form *form, const char *name)
{
	for (size_t i = 0; i < form->count; i++)
		if (strcmp(form->pairs[i].name, name) == 0)
			return form->pairs[i].value;
	return NULL;
}

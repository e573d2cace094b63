/* Names of a charter's kinds, starts and causes, and its rows and classes by code. Reading:
 * classify/charter.c. */
#include "model/charter.h"

#include "names.h"

NAMES_NAME(target_kind, TARGET_KINDS)
NAMES_NAME(target_start, TARGET_STARTS)
NAMES_NAME(target_when, TARGET_WHENS)
NAMES_NAME(pause_cause, PAUSE_CAUSES)
NAMES_PARSE(target_kind)
NAMES_PARSE(target_start)
NAMES_PARSE(target_when)
NAMES_PARSE(pause_cause)

const struct charter_class *charter_class_find(const struct charter *c, const char *code)
{
	for (size_t i = 0; i < c->class_count; i++) {
		if (code && str_equal(c->classes[i].code, code))
			return &c->classes[i];
	}
	return NULL;
}

int charter_class_rank(const struct charter *c, const char *code)
{
	const struct charter_class *class = charter_class_find(c, code);
	return class ? class->urgency_rank : 1000;
}

const struct charter_row *charter_row_find(const struct charter *c, const char *code)
{
	for (size_t i = 0; i < c->row_count; i++) {
		if (code && str_equal(c->rows[i].code, code))
			return &c->rows[i];
	}
	return NULL;
}

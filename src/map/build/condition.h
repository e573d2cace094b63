/* Conditional restrictions, read but not applied. See condition.c. */
#ifndef PRONTOD_MAP_CONDITION_H
#define PRONTOD_MAP_CONDITION_H

#include "tags.h"

/* Adds the clauses ("value @ condition", joined by `;`) of one tag's text. Any bytes. */
void condition_count(const char *text, struct conditionals *counts);

#endif

/* A short urlencoded form, for this room only: names and values that live until form_free(). */
#ifndef PRONTOD_HTTP_FORM_H
#define PRONTOD_HTTP_FORM_H

#include "base/problem.h"
#include "wire/server.h"

struct form;

struct form *form_read(const struct request *r, struct problem *p);
const char *form_value(const struct form *form, const char *name); /* NULL if absent */
void form_free_any(void *form);

#endif

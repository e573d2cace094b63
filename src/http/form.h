/* A short urlencoded form, for this room only: names and values that live as long as the visit. */
#ifndef PRONTOD_HTTP_FORM_H
#define PRONTOD_HTTP_FORM_H

struct form;
struct visit;

/* The visit keeps it. NULL: answered with what is wrong. */
struct form *form_of_visit(struct visit *v);
const char *form_value(const struct form *form, const char *name); /* NULL if absent */

#endif

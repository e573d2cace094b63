/* Pages of this room: see page.c for what each template is given. */
#ifndef PRONTOD_HTTP_PAGE_H
#define PRONTOD_HTTP_PAGE_H

#include "room.h"

struct pages *pages_open(const char *folder, struct problem *p);
void pages_close(struct pages **pages);

/* Adds what every page gets, renders and answers. Takes `context`. utility: code the page speaks
 * for, or NULL. */
void page_answer(struct visit *v, int status, const char *name, struct js *context);
void page_error(struct visit *v, int status, const struct problem *problem);

/* The utility that a page speaks for: asked for, named, or the only one; "" where open. */
void page_speaks_for(struct js *context, const char *utility);
/* Municipalities of all utilities: [{name, selected}]. */
struct js *page_towns(const struct visit *v, const char *selected);
struct saying page_saying(const struct visit *v);
const char *page_text(const struct visit *v,
                      const char *key); /* of the texts; the key itself if missing */

/* Writers of prepared text: `to.key` becomes what `say` appended. */
void set_said(struct js *to, const char *key, struct str *said); /* clears said */
bool find_instant(const struct js *object, const char *key, struct instant *out);
void set_phone_href(struct js *to, const char *phone); /* "tel:…", what a phone dials */
/* `row.due` in words, from an incident's due and due_bound; nothing where it has none. */
void page_due(const struct saying *s, const struct js *incident, struct js *row);

#endif

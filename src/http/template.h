/* Templates without logic, for this room only: see page.c for the language and the files. */
#ifndef PRONTOD_HTTP_TEMPLATE_H
#define PRONTOD_HTTP_TEMPLATE_H

#include "base/problem.h"
#include "base/str.h"
#include "wire/json.h"

struct templates;

/* Every *.html of the folder; names lose the ending. The problem names file and line. */
struct templates *templates_load(const char *folder, struct problem *p);
struct templates *templates_new(void);
/* For tests and templates_load(): text is parsed now; partials are looked up by templates_check().
 */
bool templates_add(struct templates *all, const char *name, const char *text,
                   struct problem *p) MUST_CHECK;
bool templates_check(const struct templates *all, struct problem *p) MUST_CHECK;
void templates_free(struct templates **all);
bool templates_has(const struct templates *all, const char *name);

/* roots: objects in which names are looked up, the last first. Appends to out; name must exist. */
void templates_render(const struct templates *all, const char *name, const struct js *const *roots,
                      size_t count, struct str *out);
/* ` 'sha256-…' 'sha256-…'` of all literal <style> elements, for the Content-Security-Policy. */
const char *templates_style_hashes(const struct templates *all);

void html_escape(struct str *to, const char *text);
void url_escape(struct str *to, const char *text); /* one value of a query */

#endif

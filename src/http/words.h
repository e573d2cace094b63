/* Sentences the server itself says, Italian and English; layout texts are the templates'. */
#ifndef PRONTOD_HTTP_WORDS_H
#define PRONTOD_HTTP_WORDS_H

#include "base/problem.h"
#include "base/str.h"
#include "base/time.h"

enum lang { LANG_IT, LANG_EN };

const char *lang_name(enum lang lang);
/* query: "it" "en" or NULL; then the cookie, then Accept-Language. */
enum lang lang_choose(const char *query, const char *cookie, const char *accept);

/* ---- problems (pages.md's table) ---- */
const char *problem_title(enum problem_kind kind, enum lang lang);
/* Of a status that has no kind of its own (405, 415), else by kind; Italian by kind and field,
 * English as it is. */
void problem_detail(const struct problem *p, int status, enum lang lang, struct str *out);
const char *field_words(const char *field,
                        enum lang lang); /* what to do about a field; NULL: nothing known */
/* The sentence for one of intake's errors. */
void error_words(const char *what, int number, enum lang lang, struct str *out);
const char *field_label(const char *field, enum lang lang);

/* ---- states ---- */
const char *say_public_state(const char *state, enum lang lang); /* of an incident */
const char *say_step(const char *name, enum lang lang);          /* of a report's way */
const char *say_role(const char *role, enum lang lang);

/* ---- times, for public pages: absolute first ---- */
struct saying {
	const struct zone *zone;
	struct instant now;
	enum lang lang;
};
void say_clock(const struct saying *s, struct instant t, struct str *out); /* "14:02" */
void say_when(const struct saying *s, struct instant t,
              struct str *out); /* "oggi alle 15:05", "ieri alle 18:40" */
void say_by(const struct saying *s, struct instant due, bool day,
            struct str *out); /* "entro le 17:05 di oggi" */
void say_left(const struct saying *s, struct instant due,
              struct str *out); /* "tra 42 min", "" once over */
void say_ago(const struct saying *s, struct instant t, struct str *out); /* "57 min fa" */
void say_late(const struct saying *s, int64_t late_s, struct str *out);  /* "6 min": rounded up */
void say_span(const struct saying *s, int64_t seconds, bool up, struct str *out); /* "5 h 20 min" */

#endif

/*
 * JSON read with a path in every complaint, and written. The one door to json-c.
 *
 * A struct js is a value with an owner: js_parse() and js_object()/js_array() give one to free with
 * js_free(); js_set()/js_push() take over the value they are given. Borrowed values (js_find, js_at)
 * and strings live as long as their root.
 */
#ifndef PRONTOD_WIRE_JSON_H
#define PRONTOD_WIRE_JSON_H

#include "base/problem.h"
#include "base/str.h"
#include "base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct js; /* never defined: it is json-c's object behind the door */

enum js_kind { JS_NULL, JS_BOOL, JS_NUMBER, JS_STRING, JS_ARRAY, JS_OBJECT };

/* Strict: one value, UTF-8, no comments, depth at most 32. The problem names line and column or byte. */
struct js *js_parse(const char *bytes, size_t length, struct problem *p);
struct js *js_load(const char *path, struct problem *p); /* a whole file; the problem names the file */
void js_free(struct js **value);
struct js *js_copy(const struct js *value); /* deep */
struct js *js_share(const struct js *value); /* one more holder on the same thread; none of them may change it */

/* Reading. None of these fail on NULL: it reads as JS_NULL. */
enum js_kind js_kind(const struct js *value);
const struct js *js_find(const struct js *object, const char *key); /* NULL if absent or not an object */
const struct js *js_at(const struct js *array, size_t i);
size_t js_count(const struct js *array_or_object);
const char *js_str(const struct js *value);                       /* NULL unless a string */
double js_number(const struct js *value, double otherwise);
int64_t js_int(const struct js *value, int64_t otherwise);
bool js_bool(const struct js *value, bool otherwise);
const char *js_find_str(const struct js *object, const char *key); /* js_str(js_find()) */

/* Walks an object in file order: for (size_t i = 0; js_pair(o, i, &key, &value); i++) */
bool js_pair(const struct js *object, size_t i, const char **key, const struct js **value);

/* Reading with complaint: `required` false leaves *out at NULL/0 when the key is absent or null.
 * The problem's field is a JSON pointer made of `at` (may be "") and the key. */
bool js_need_str(const struct js *object, const char *at, const char *key, bool required,
		 size_t min, size_t max, const char **out, struct problem *p) MUST_CHECK; /* lengths in code points */
bool js_need_number(const struct js *object, const char *at, const char *key, bool required,
		    double min, double max, double *out, struct problem *p) MUST_CHECK;
bool js_need_bool(const struct js *object, const char *at, const char *key, bool required, bool *out,
		  struct problem *p) MUST_CHECK;
bool js_need_instant(const struct js *object, const char *at, const char *key, bool required,
		     struct instant *out, struct problem *p) MUST_CHECK;

/* Writing. A NULL string writes null. Every setter copies its string. */
struct js *js_object(void);
struct js *js_array(void);
struct js *js_string(const char *s);
void js_set(struct js *object, const char *key, struct js *value); /* takes value; NULL writes null */
void js_set_str(struct js *object, const char *key, const char *s);
void js_set_int(struct js *object, const char *key, int64_t n);
void js_set_number(struct js *object, const char *key, double n, int decimals);
void js_set_bool(struct js *object, const char *key, bool b);
void js_set_null(struct js *object, const char *key);
void js_set_instant(struct js *object, const char *key, struct instant t, const struct zone *zone); /* unset: null */
void js_push(struct js *array, struct js *value); /* takes value */
void js_push_str(struct js *array, const char *s);
void js_push_number(struct js *array, double n, int decimals);
void js_write(const struct js *value, struct str *to);        /* compact */
void js_write_pretty(const struct js *value, struct str *to); /* two spaces, for people */

#endif

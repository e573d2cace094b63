/*
 * JSON by json-c: strict reading with a path in every complaint, and writing. The casts here are
 * the door: a struct js is json-c's object and nothing else.
 */
#include "wire/json.h"

#include "base/file.h"
#include "base/mem.h"

#include <json-c/json.h>

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH 32

static struct json_object *in(const struct js *value)
{
	return (struct json_object *)(uintptr_t)value;
}

static struct js *out(struct json_object *value)
{
	return (struct js *)value;
}

/* json-c takes NaN, 1e999 and \u0000, which neither JSON nor PostgreSQL's text can hold. */
static const char *oddity(struct json_object *value)
{
	const char *found = NULL;

	switch (json_object_get_type(value)) {
	case json_type_double:
		return isfinite(json_object_get_double(value)) ? NULL : "a number out of range";
	case json_type_string:
		return strlen(json_object_get_string(value)) ==
		               (size_t)json_object_get_string_len(value)
		           ? NULL
		           : "a NUL character in a text";
	case json_type_array:
		for (size_t i = 0; found == NULL && i < json_object_array_length(value); i++)
			found = oddity(json_object_array_get_idx(value, i));
		return found;
	case json_type_object:
		for (struct lh_entry *e = json_object_get_object(value)->head;
		     found == NULL && e != NULL; e = e->next)
			found = oddity(lh_entry_v(e));
		return found;
	case json_type_null:
	case json_type_boolean:
	case json_type_int:
		return NULL;
	}
	return NULL;
}

static void place(const char *bytes, size_t end, size_t *line, size_t *column)
{
	*line = 1;
	*column = 1;
	for (size_t i = 0; i < end; i++) {
		*column = bytes[i] == '\n' ? 1 : *column + 1;
		*line += bytes[i] == '\n';
	}
}

static const char *only_blank(const char *bytes, size_t from, size_t length)
{
	for (; from < length; from++) {
		if (strchr(" \t\r\n", bytes[from]) == NULL || bytes[from] == '\0')
			return "more text after the value";
	}
	return NULL;
}

/* What json-c takes even when strict: single quotes, raw control characters in texts. */
static const char *laxity(const char *bytes, size_t length, size_t *at)
{
	bool text = false;

	for (size_t i = 0; i < length; i++) {
		*at = i;
		if (text && (unsigned char)bytes[i] < 0x20)
			return "a control character in a text";
		if (!text && (bytes[i] == '\'' || bytes[i] == '/'))
			return "texts stand in double quotes, comments nowhere";
		if (text && bytes[i] == '\\')
			i++;
		else if (bytes[i] == '"')
			text = !text;
	}
	return NULL;
}

static struct js *complain_parse(const char *bytes, size_t end, const char *wrong,
                                 struct problem *p)
{
	size_t line, column;

	place(bytes, end, &line, &column);
	problem_set(p, PROBLEM_INPUT, "", "not JSON: %s (line %zu, column %zu)", wrong, line,
	            column);
	return NULL;
}

struct js *js_parse(const char *bytes, size_t length, struct problem *p)
{
	size_t end = 0;
	const char *wrong = laxity(bytes, length, &end);
	struct json_tokener *tokener;
	struct json_object *value;

	if (wrong != NULL)
		return complain_parse(bytes, end, wrong, p);
	tokener = json_tokener_new_ex(DEPTH);
	must(tokener != NULL);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	value = json_tokener_parse_ex(tokener, bytes, length < INT_MAX ? (int)length : 0);
	end = json_tokener_get_parse_end(tokener);
	/* A bare number at the end waits for its delimiter: give it one. */
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		value = json_tokener_parse_ex(tokener, " ", 1);
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		wrong = length == 0 ? "it is empty" : "it ends too early";
	else if (json_tokener_get_error(tokener) != json_tokener_success)
		wrong = json_tokener_error_desc(json_tokener_get_error(tokener));
	json_tokener_free(tokener);
	if (wrong == NULL)
		wrong = value == NULL ? "a value is expected, not null" : oddity(value);
	if (wrong == NULL)
		wrong = only_blank(bytes, end, length);
	if (wrong == NULL)
		return out(value);
	json_object_put(value);
	return complain_parse(bytes, end, wrong, p);
}

struct js *js_load(const char *path, struct problem *p)
{
	struct str text = {0};
	struct js *value = NULL;

	if (file_read(path, &text, p)) {
		value = js_parse(str_text(&text), text.length, p);
		if (value == NULL)
			problem_prefix(p, "%s", path);
	}
	str_fini(&text);
	return value;
}

void js_free(struct js **value)
{
	json_object_put(in(*value));
	*value = NULL;
}

struct js *js_share(const struct js *value)
{
	return out(json_object_get(in(value)));
}

struct js *js_copy(const struct js *value)
{
	struct json_object *copy = NULL;

	if (value != NULL)
		must(json_object_deep_copy(in(value), &copy, NULL) == 0);
	return out(copy);
}

enum js_kind js_kind(const struct js *value)
{
	switch (json_object_get_type(in(value))) {
	case json_type_boolean:
		return JS_BOOL;
	case json_type_double:
	case json_type_int:
		return JS_NUMBER;
	case json_type_string:
		return JS_STRING;
	case json_type_array:
		return JS_ARRAY;
	case json_type_object:
		return JS_OBJECT;
	case json_type_null:
		return JS_NULL;
	}
	return JS_NULL;
}

const struct js *js_find(const struct js *object, const char *key)
{
	struct json_object *value = NULL;

	if (js_kind(object) == JS_OBJECT)
		json_object_object_get_ex(in(object), key, &value);
	return out(value);
}

const struct js *js_at(const struct js *array, size_t i)
{
	return js_kind(array) == JS_ARRAY ? out(json_object_array_get_idx(in(array), i)) : NULL;
}

size_t js_count(const struct js *value)
{
	if (js_kind(value) == JS_ARRAY)
		return json_object_array_length(in(value));
	return js_kind(value) == JS_OBJECT ? (size_t)json_object_object_length(in(value)) : 0;
}

const char *js_str(const struct js *value)
{
	return js_kind(value) == JS_STRING ? json_object_get_string(in(value)) : NULL;
}

double js_number(const struct js *value, double otherwise)
{
	return js_kind(value) == JS_NUMBER ? json_object_get_double(in(value)) : otherwise;
}

int64_t js_int(const struct js *value, int64_t otherwise)
{
	return js_kind(value) == JS_NUMBER ? json_object_get_int64(in(value)) : otherwise;
}

bool js_bool(const struct js *value, bool otherwise)
{
	return js_kind(value) == JS_BOOL ? json_object_get_boolean(in(value)) : otherwise;
}

const char *js_find_str(const struct js *object, const char *key)
{
	return js_str(js_find(object, key));
}

bool js_pair(const struct js *object, size_t i, const char **key, const struct js **value)
{
	struct lh_entry *entry;

	if (i >= js_count(object) || js_kind(object) != JS_OBJECT)
		return false;
	for (entry = json_object_get_object(in(object))->head; i > 0; i--)
		entry = entry->next;
	*key = lh_entry_k(entry);
	*value = lh_entry_v(entry);
	return true;
}

static bool complain(struct problem *p, const char *at, const char *key, const char *what)
{
	char pointer[256];

	snprintf(pointer, sizeof pointer, "%s/%s", at, key);
	return problem_set(p, PROBLEM_INPUT, pointer, "%s: %s", pointer, what);
}

bool js_need_str(const struct js *object, const char *at, const char *key, bool required,
                 size_t min, size_t max, const char **result, struct problem *p)
{
	const struct js *value = js_find(object, key);
	const char *text = js_str(value);
	char what[80];
	size_t length;

	*result = NULL;
	if (value == NULL)
		return !required || complain(p, at, key, "is missing");
	if (text == NULL)
		return complain(p, at, key, "must be a text");
	length = utf8_length(text);
	snprintf(what, sizeof what, "must have %zu to %zu characters", min, max);
	if (length < min || length > max)
		return complain(p, at, key, what);
	*result = text;
	return true;
}

bool js_need_number(const struct js *object, const char *at, const char *key, bool required,
                    double min, double max, double *result, struct problem *p)
{
	const struct js *value = js_find(object, key);
	double n = js_number(value, 0);
	char what[80];

	*result = 0;
	if (value == NULL)
		return !required || complain(p, at, key, "is missing");
	snprintf(what, sizeof what, "must be a number from %g to %g", min, max);
	if (js_kind(value) != JS_NUMBER || n < min || n > max)
		return complain(p, at, key, what);
	*result = n;
	return true;
}

bool js_need_bool(const struct js *object, const char *at, const char *key, bool required,
                  bool *result, struct problem *p)
{
	const struct js *value = js_find(object, key);

	*result = false;
	if (value == NULL)
		return !required || complain(p, at, key, "is missing");
	if (js_kind(value) != JS_BOOL)
		return complain(p, at, key, "must be true or false");
	*result = js_bool(value, false);
	return true;
}

bool js_need_instant(const struct js *object, const char *at, const char *key, bool required,
                     struct instant *result, struct problem *p)
{
	const struct js *value = js_find(object, key);

	*result = INSTANT_NONE;
	if (value == NULL)
		return !required || complain(p, at, key, "is missing");
	if (!instant_parse(js_str(value), result, NULL))
		return complain(p, at, key, "must be an instant like 2026-03-29T07:30:00+02:00");
	return true;
}

struct js *js_object(void)
{
	struct json_object *value = json_object_new_object();

	must(value != NULL);
	return out(value);
}

struct js *js_array(void)
{
	struct json_object *value = json_object_new_array();

	must(value != NULL);
	return out(value);
}

struct js *js_string(const char *s)
{
	return s != NULL ? out(json_object_new_string(s)) : NULL;
}

void js_set(struct js *object, const char *key, struct js *value)
{
	must(json_object_object_add(in(object), key, in(value)) == 0);
}

void js_set_str(struct js *object, const char *key, const char *s)
{
	js_set(object, key, js_string(s));
}

void js_set_int(struct js *object, const char *key, int64_t n)
{
	js_set(object, key, out(json_object_new_int64(n)));
}

static struct js *number_of(double n, int decimals)
{
	char text[400]; /* 1e308 in full */

	snprintf(text, sizeof text, "%.*f", decimals, n);
	return isfinite(n) ? out(json_object_new_double_s(n, text)) : NULL;
}

void js_set_number(struct js *object, const char *key, double n, int decimals)
{
	js_set(object, key, number_of(n, decimals));
}

void js_set_bool(struct js *object, const char *key, bool b)
{
	js_set(object, key, out(json_object_new_boolean(b)));
}

void js_set_null(struct js *object, const char *key)
{
	js_set(object, key, NULL);
}

void js_set_instant(struct js *object, const char *key, struct instant t, const struct zone *zone)
{
	char text[INSTANT_TEXT];

	js_set_str(object, key, instant_is_set(t) ? instant_format(t, zone, text) : NULL);
}

void js_push(struct js *array, struct js *value)
{
	must(json_object_array_add(in(array), in(value)) == 0);
}

void js_push_str(struct js *array, const char *s)
{
	js_push(array, js_string(s));
}

void js_push_number(struct js *array, double n, int decimals)
{
	js_push(array, number_of(n, decimals));
}

void js_write(const struct js *value, struct str *to)
{
	str_add(to, json_object_to_json_string_ext(in(value), JSON_C_TO_STRING_PLAIN |
	                                                          JSON_C_TO_STRING_NOSLASHESCAPE));
}

void js_write_pretty(const struct js *value, struct str *to)
{
	str_add(to, json_object_to_json_string_ext(in(value), JSON_C_TO_STRING_PRETTY |
	                                                          JSON_C_TO_STRING_SPACED |
	                                                          JSON_C_TO_STRING_NOSLASHESCAPE));
}

/*
 * Checking a data file: every complaint names file, place and field, and an unknown name suggests the
 * nearest known one. Nothing here knows what a charter is.
 */
#include "room.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void check_say(struct check *k, const char *field, const char *format, ...)
{
	char text[320];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	str_addf(k->to, "%s: ", k->file);
	if (k->where && k->where[0])
		str_addf(k->to, "%s: ", k->where);
	if (field && field[0])
		str_addf(k->to, "%s: ", field);
	str_addf(k->to, "%s\n", text);
	k->count++;
}

#define NEAR_MAX 40

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Levenshtein distance of two short words; long ones are never near. */
static size_t distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), row[NEAR_MAX + 1];
	if (n > NEAR_MAX || m > NEAR_MAX)
		return NEAR_MAX;
	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t corner = row[0];
		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t change = corner + (a[i - 1] != b[j - 1]);
			corner = row[j];
			row[j] = least(change, least(row[j] + 1, row[j - 1] + 1));
		}
	}
	return row[m];
}

const char *check_nearest(const char *word, const char *const *names)
{
	const char *best = NULL;
	size_t best_distance = 4;
	for (; *names; names++) {
		size_t d = distance(word, *names);
		if (d < best_distance && d < strlen(word)) {
			best = *names;
			best_distance = d;
		}
	}
	return best;
}

static bool among(const char *word, const char *const *names)
{
	for (; *names; names++) {
		if (str_equal(word, *names))
			return true;
	}
	return false;
}

void check_keys(struct check *k, const struct js *object, const char *const *allowed)
{
	const char *key;
	const struct js *value;
	for (size_t i = 0; js_pair(object, i, &key, &value); i++) {
		if (among(key, allowed))
			continue;
		const char *near = check_nearest(key, allowed);
		if (near)
			check_say(k, key, "unknown key; did you mean \"%s\"?", near);
		else
			check_say(k, key, "unknown key");
	}
}

const char *check_str(struct check *k, const struct js *object, const char *field, bool required)
{
	const struct js *value = js_find(object, field);
	const char *text = js_str(value);
	if (js_kind(value) == JS_NULL) {
		if (required)
			check_say(k, field, "missing; give a text");
		return NULL;
	}
	if (!text)
		check_say(k, field, "must be a text");
	else if (!text[0])
		check_say(k, field, "must not be empty");
	return text;
}

double check_number(struct check *k, const struct js *object, const char *field, double min, double max)
{
	const struct js *value = js_find(object, field);
	double n = js_number(value, min);
	if (js_kind(value) != JS_NUMBER)
		check_say(k, field, value ? "must be a number" : "missing; give a number");
	else if (!(n >= min && n <= max))
		check_say(k, field, "must lie between %g and %g", min, max);
	return n >= min && n <= max ? n : min; /* what is read is always within bounds */
}

bool check_bool(struct check *k, const struct js *object, const char *field, bool otherwise)
{
	const struct js *value = js_find(object, field);
	if (value && js_kind(value) != JS_BOOL)
		check_say(k, field, "must be true or false");
	return js_bool(value, otherwise);
}

static const struct js *want_kind(struct check *k, const struct js *object, const char *field, enum js_kind kind,
				  bool required)
{
	const struct js *value = js_find(object, field);
	if (value && js_kind(value) == kind)
		return value;
	if (value || required)
		check_say(k, field, "%s %s", value ? "must be" : "missing; give",
			  kind == JS_ARRAY ? "a list" : "an object");
	return NULL;
}

const struct js *check_list(struct check *k, const struct js *object, const char *field, bool required)
{
	return want_kind(k, object, field, JS_ARRAY, required);
}

const struct js *check_object(struct check *k, const struct js *object, const char *field, bool required)
{
	return want_kind(k, object, field, JS_OBJECT, required);
}

int check_name(struct check *k, const struct js *object, const char *field, const char *const *names)
{
	const char *text = check_str(k, object, field, true);
	if (!text)
		return -1;
	for (int i = 0; names[i]; i++) {
		if (str_equal(text, names[i]))
			return i;
	}
	const char *near = check_nearest(text, names);
	if (near)
		check_say(k, field, "\"%s\" is not known; did you mean \"%s\"?", text, near);
	else
		check_say(k, field, "\"%s\" is not known; the first choices are \"%s\" and \"%s\"", text, names[0],
			  names[1] ? names[1] : names[0]);
	return -1;
}

bool check_date(const char *text)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, day, end = 0;
	if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 || end != 10 || text[10] || month < 1 || month > 12)
		return false;
	bool leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return day >= 1 && day <= lengths[month - 1] + leap;
}

/*
 * The pieces of a request of OSRM's interface: words, numbers, escapes.
 */
#include "osrm_reading.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool osrm_refuse(struct osrm_refusal *why, const char *code, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	why->code = code;
	vsnprintf(why->text, sizeof why->text, format, list);
	va_end(list);
	for (char *c = why->text; *c; c++) /* it may quote what came from outside, and cut it */
		if (*c < ' ' || *c > '~')
			*c = '?';
	return false;
}

bool osrm_malformed(struct osrm_reading *r)
{
	return osrm_refuse(r->why, "InvalidQuery", "Query string malformed close to position %zu",
	                   (size_t)(r->at - r->text));
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool osrm_whole_text(struct arena *arena, const char *path, const char *query, const char **out)
{
	size_t n = strlen(path);
	char *text = arena_take(arena, n + strlen(query) + 2);
	memcpy(text, path, n);
	if (*query)
		text[n++] = '?';
	for (const char *s = query; *s; s++) {
		if (*s != '%') {
			text[n++] = *s;
			continue;
		}
		int high = hex(s[1]), low = high < 0 ? -1 : hex(s[2]);
		if (low < 0 || high * 16 + low == 0)
			return false;
		text[n++] = (char)(high * 16 + low);
		s += 2;
	}
	*out = text;
	return true;
}

bool osrm_take(struct osrm_reading *r, const char *word)
{
	size_t length = strlen(word);
	if (strncmp(r->at, word, length) != 0)
		return false;
	r->at += length;
	return true;
}

bool osrm_take_word(struct osrm_reading *r, const char *const *words, size_t count, size_t *out)
{
	size_t length = strcspn(r->at, "&;,");
	for (size_t i = 0; i < count; i++) {
		if (strlen(words[i]) != length || strncmp(r->at, words[i], length) != 0)
			continue;
		r->at += length;
		*out = i;
		return true;
	}
	return false;
}

bool osrm_take_bool(struct osrm_reading *r, bool *out)
{
	static const char *const words[] = {"false", "true"};
	size_t which;
	if (!osrm_take_word(r, words, 2, &which))
		return false;
	*out = which == 1;
	return true;
}

bool osrm_take_whole(struct osrm_reading *r, unsigned long long *out)
{
	size_t length = strspn(r->at, "0123456789");
	if (length == 0 || length > 9)
		return false;
	*out = strtoull(r->at, NULL, 10);
	r->at += length;
	return true;
}

bool osrm_take_number(struct osrm_reading *r, double *out)
{
	const char *s = r->at;
	char digits[48];
	s += *s == '-' || *s == '+';
	size_t whole = strspn(s, "0123456789"), parts = 0;
	s += whole;
	if (*s == '.' && !isalpha((unsigned char)s[1])) {
		parts = strspn(s + 1, "0123456789");
		s += 1 + parts;
	}
	size_t length = (size_t)(s - r->at);
	if (whole + parts == 0 || length >= sizeof digits)
		return false;
	memcpy(digits, r->at, length);
	digits[length] = 0;
	*out = strtod(digits, NULL);
	r->at = s;
	return true;
}

/*
 * Bounded strings and UTF-8 (RFC 3629): growing buffers, comparing, mending bytes from outside.
 * Knows no language and no charset but UTF-8.
 */
#include "base/str.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void str_fini(struct str *s)
{
	free(s->data);
	*s = (struct str){0};
}

void str_clear(struct str *s)
{
	s->length = 0;
	if (s->data != NULL)
		s->data[0] = '\0';
}

static void make_room(struct str *s, size_t more)
{
	size_t room = s->room > 0 ? s->room : 64;

	if (s->room >= s->length + more + 1)
		return;
	while (room < s->length + more + 1)
		room *= 2;
	s->data = mem_grow(s->data, room, 1);
	s->room = room;
}

void str_addn(struct str *s, const char *bytes, size_t length)
{
	make_room(s, length);
	if (length > 0)
		memcpy(s->data + s->length, bytes, length);
	s->length += length;
	s->data[s->length] = '\0';
}

void str_add(struct str *s, const char *text)
{
	if (text != NULL)
		str_addn(s, text, strlen(text));
}

void str_addc(struct str *s, char c)
{
	str_addn(s, &c, 1);
}

void str_addf(struct str *s, const char *format, ...)
{
	va_list args, again;
	int length;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length > 0) {
		make_room(s, (size_t)length);
		vsnprintf(s->data + s->length, (size_t)length + 1, format, again);
		s->length += (size_t)length;
	}
	va_end(again);
}

const char *str_text(const struct str *s)
{
	return s->data != NULL ? s->data : "";
}

bool str_equal(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

static int fold(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

bool str_equal_fold(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	while (*a != '\0' && fold(*a) == fold(*b)) {
		a++;
		b++;
	}
	return *a == '\0' && *b == '\0';
}

bool str_starts(const char *s, const char *prefix)
{
	return s != NULL && strncmp(s, prefix, strlen(prefix)) == 0;
}

size_t str_copy(char *to, size_t room, const char *from)
{
	size_t length = strlen(from);

	if (room == 0)
		return 0;
	if (length >= room) {
		length = room - 1;
		while (length > 0 && ((unsigned char)from[length] & 0xC0) == 0x80)
			length--;
	}
	memmove(to, from, length);
	to[length] = '\0';
	return length;
}

/* Length of the valid sequence at s (1-4), 0 if it is none; the code point goes to *out. */
static size_t sequence(const unsigned char *s, size_t length, uint32_t *out)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t count = s[0] < 0x80 ? 1 : s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
	uint32_t code = s[0];

	if (count == 1) {
		*out = code;
		return 1;
	}
	if (s[0] < 0xC2 || s[0] > 0xF4 || length < count)
		return 0;
	code &= 0x7FU >> count;
	for (size_t i = 1; i < count; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3FU);
	}
	if (code < smallest[count] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
		return 0;
	*out = code;
	return count;
}

bool utf8_valid(const char *s, size_t length)
{
	const unsigned char *bytes = (const unsigned char *)s;
	uint32_t code;

	for (size_t i = 0; i < length;) {
		size_t count = sequence(bytes + i, length - i, &code);

		if (count == 0)
			return false;
		i += count;
	}
	return true;
}

size_t utf8_length(const char *s)
{
	size_t length = 0;

	for (; *s != '\0'; s++)
		length += ((unsigned char)*s & 0xC0) != 0x80;
	return length;
}

void utf8_mend(struct str *to, const char *bytes, size_t length)
{
	const unsigned char *s = (const unsigned char *)bytes;
	uint32_t code;

	for (size_t i = 0; i < length;) {
		size_t count = sequence(s + i, length - i, &code);

		if (count == 0)
			str_add(to, "\xEF\xBF\xBD");
		else if (code != 0)
			str_addn(to, bytes + i, count);
		i += count > 0 ? count : 1;
	}
}

uint32_t utf8_next(const char **s)
{
	uint32_t code = 0;
	size_t count;

	if (**s == '\0')
		return 0;
	count = sequence((const unsigned char *)*s, strnlen(*s, 4), &code);
	*s += count > 0 ? count : 1;
	return count > 0 ? code : 0xFFFD;
}

void utf8_put(struct str *to, uint32_t code)
{
	if (code < 0x80) {
		str_addc(to, (char)code);
		return;
	}
	if (code < 0x800) {
		str_addc(to, (char)(0xC0 | code >> 6));
	} else if (code < 0x10000) {
		str_addc(to, (char)(0xE0 | code >> 12));
		str_addc(to, (char)(0x80 | (code >> 6 & 0x3F)));
	} else {
		str_addc(to, (char)(0xF0 | code >> 18));
		str_addc(to, (char)(0x80 | (code >> 12 & 0x3F)));
		str_addc(to, (char)(0x80 | (code >> 6 & 0x3F)));
	}
	str_addc(to, (char)(0x80 | (code & 0x3F)));
}

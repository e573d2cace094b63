/*
 * multipart/form-data (RFC 7578) taken apart by hand: a form's bytes must come out exactly as they
 * went in, and a browser's headers are simpler than mail's. Mail is mime.c's.
 */
#include "wire/mime.h"

#include "base/str.h"

#include <string.h>

#define PART_HEADERS_MOST 4096
#define BOUNDARY_MOST 70 /* RFC 2046 */

/* The value of `name=` in a header's parameters, unquoted and mended; NULL if absent. */
static const char *parameter(struct arena *arena, const char *header, const char *name)
{
	size_t length = strlen(name);
	struct str value = {0}, mended = {0};
	const char *result;

	for (const char *s = strchr(header, ';'); s != NULL; s = strchr(s, ';')) {
		bool quoted;

		s += 1 + strspn(s + 1, " \t");
		if (strncasecmp(s, name, length) != 0 || s[length] != '=') {
			/* A semicolon inside quotes begins no parameter. */
			const char *quote = s + strcspn(s, "\";");

			if (*quote == '"')
				for (s = quote + 1; *s != '\0' && *s != '"'; s++)
					s += *s == '\\' && s[1] != '\0';
			continue;
		}
		s += length + 1;
		quoted = *s == '"';
		for (s += quoted; *s != '\0' && (quoted ? *s != '"' : strchr("; \t", *s) == NULL);
		     s++) {
			if (quoted && s[0] == '\\' && (s[1] == '"' || s[1] == '\\'))
				s++;
			str_addc(&value, *s);
		}
		utf8_mend(&mended, str_text(&value), value.length);
		result = arena_str(arena, str_text(&mended));
		str_fini(&value);
		str_fini(&mended);
		return result;
	}
	return NULL;
}

static const char *header_value(struct arena *arena, const char *headers, const char *name)
{
	size_t length = strlen(name);

	for (const char *line = headers; *line != '\0';) {
		size_t size = strcspn(line, "\r\n");

		if (size > length && line[length] == ':' && strncasecmp(line, name, length) == 0) {
			const char *value = line + length + 1;

			value += strspn(value, " \t");
			return arena_strn(arena, value, (size_t)(line + size - value));
		}
		line += size;
		line += strspn(line, "\r\n");
	}
	return NULL;
}

static void lower(char *s)
{
	for (; *s != '\0'; s++)
		*s = *s >= 'A' && *s <= 'Z' ? (char)(*s - 'A' + 'a') : *s;
}

static bool read_part(const char *bytes, size_t length, struct arena *arena, struct mime_part *out,
                      struct problem *p)
{
	size_t most = length < PART_HEADERS_MOST ? length : PART_HEADERS_MOST;
	const char *end = length >= 2 && memcmp(bytes, "\r\n", 2) == 0
	                      ? bytes - 2
	                      : memmem(bytes, most, "\r\n\r\n", 4);
	const char *headers, *disposition, *type;
	char *kind;

	if (end == NULL)
		return problem_set(p, PROBLEM_INPUT, "",
		                   "a part of the form has no end of its headers");
	headers = end > bytes ? arena_strn(arena, bytes, (size_t)(end - bytes)) : "";
	disposition = header_value(arena, headers, "Content-Disposition");
	type = header_value(arena, headers, "Content-Type");
	*out = (struct mime_part){.disposition = "form-data"};
	out->name = disposition != NULL ? parameter(arena, disposition, "name") : NULL;
	out->filename = disposition != NULL ? parameter(arena, disposition, "filename") : NULL;
	if (out->name == NULL)
		return problem_set(p, PROBLEM_INPUT, "", "a part of the form has no name");
	kind = arena_strn(arena, type != NULL ? type : "text/plain",
	                  strcspn(type != NULL ? type : "text/plain", "; \t"));
	lower(kind);
	out->content_type = kind;
	end += 4;
	out->length = (size_t)(bytes + length - end);
	out->bytes = (const unsigned char *)arena_strn(arena, end, out->length);
	return true;
}

/* Text fields are UTF-8 as the page says; other bytes are mended. */
static void mend_field(struct mime_part *part, struct arena *arena)
{
	struct str text = {0};

	if (part->filename != NULL || utf8_valid((const char *)part->bytes, part->length))
		return;
	utf8_mend(&text, (const char *)part->bytes, part->length);
	part->bytes = (const unsigned char *)arena_str(arena, str_text(&text));
	part->length = text.length;
	str_fini(&text);
}

bool mime_read_form(const char *content_type, const char *bytes, size_t length, struct arena *arena,
                    struct mime_part **out_parts, size_t *out_count, struct problem *p)
{
	const char *boundary = parameter(arena, content_type, "boundary");
	struct mime_part *parts = arena_take(arena, MIME_MAX_PARTS * sizeof *parts);
	const char *at, *next, *end = bytes + length, *delimiter;
	size_t size, count = 0;

	if (strncasecmp(content_type, "multipart/form-data", 19) != 0 || boundary == NULL ||
	    boundary[0] == '\0' || strlen(boundary) > BOUNDARY_MOST)
		return problem_set(p, PROBLEM_INPUT, "",
		                   "not a multipart form: its boundary is missing");
	delimiter = arena_format(arena, "\r\n--%s", boundary);
	size = strlen(delimiter);
	/* The first one stands at the start of the body, without a line before it. */
	if (length >= size - 2 && memcmp(bytes, delimiter + 2, size - 2) == 0)
		at = bytes + size - 2;
	else if ((at = memmem(bytes, length, delimiter, size)) != NULL)
		at += size;
	else
		return problem_set(p, PROBLEM_INPUT, "", "the form's first boundary is missing");
	while (end - at >= 2 && memcmp(at, "--", 2) != 0) {
		at = memmem(at, (size_t)(end - at), "\r\n", 2);
		next = at != NULL ? memmem(at, (size_t)(end - at), delimiter, size) : NULL;
		if (next == NULL)
			return problem_set(p, PROBLEM_INPUT, "", "the form ends in the middle");
		if (count == MIME_MAX_PARTS)
			return problem_set(p, PROBLEM_TOO_LARGE, "", "more than %d form fields",
			                   MIME_MAX_PARTS);
		/* A part may be empty of bytes, so its delimiter may share the line end of its
		 * headers. */
		if (next < at + 2)
			return problem_set(p, PROBLEM_INPUT, "", "a part of the form is empty");
		if (!read_part(at + 2, (size_t)(next - at - 2), arena, &parts[count], p))
			return false;
		mend_field(&parts[count++], arena);
		at = next + size;
	}
	*out_parts = parts;
	*out_count = count;
	return true;
}

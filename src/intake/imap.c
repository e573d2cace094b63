/*
 * IMAP's answers read from lines (RFC 9051). Forgiving about order, strict about lengths: a literal
 * that is not whole is not given.
 */
#include "imap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *find_fold(const char *at, const char *end, const char *word)
{
	size_t length = strlen(word);

	for (; at != NULL && (size_t)(end - at) >= length && at <= end; at++) {
		if (strncasecmp(at, word, length) == 0)
			return at;
	}
	return NULL;
}

/* The number after ` WORD ` within a line; false if absent or not one. */
static bool number_after(const char *line, const char *end, const char *word, uint64_t *out)
{
	const char *at = find_fold(line, end, word);
	char *stop;

	if (at == NULL || (at > line && at[-1] != ' ' && at[-1] != '(' && at[-1] != '['))
		return false;
	at += strlen(word);
	if (*at < '0' || *at > '9')
		return false;
	*out = strtoull(at, &stop, 10);
	return stop <= end;
}

uint32_t imap_uidvalidity(const struct str *lines)
{
	const char *text = str_text(lines);
	const char *at = find_fold(text, text + lines->length, "[UIDVALIDITY ");
	uint64_t n;

	return at != NULL && number_after(at, text + lines->length, "UIDVALIDITY ", &n)
	           ? (uint32_t)n
	           : 0;
}

bool imap_date(const char *text, struct instant *out)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char month[4] = "", rfc[64];
	const char *found;
	int day, year, hour, minute, second, zone;

	if (sscanf(text, "%2d-%3s-%4d %2d:%2d:%2d %5d", &day, month, &year, &hour, &minute, &second,
	           &zone) != 7 ||
	    (found = strstr(months, month)) == NULL || strlen(month) != 3 ||
	    (found - months) % 3 != 0)
		return false;
	snprintf(rfc, sizeof rfc, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", year,
	         (int)(found - months) / 3 + 1, day, hour, minute, second, zone < 0 ? '-' : '+',
	         abs(zone) / 100, abs(zone) % 100);
	return instant_parse(rfc, out, NULL);
}

static bool read_item(const char *line, const char *end, struct imap_item *out)
{
	const char *date = find_fold(line, end, "INTERNALDATE \"");
	uint64_t uid;

	*out = (struct imap_item){0};
	if (strncmp(line, "* ", 2) != 0 || find_fold(line, end, " FETCH (") == NULL ||
	    !number_after(line, end, "UID ", &uid) || uid == 0 || uid > UINT32_MAX)
		return false;
	out->uid = (uint32_t)uid;
	number_after(line, end, "RFC822.SIZE ", &out->size);
	if (date != NULL)
		imap_date(date + strlen("INTERNALDATE \""), &out->arrived);
	return true;
}

bool imap_next_item(const char **at, const char *end, struct imap_item *out)
{
	while (*at < end) {
		const char *feed = memchr(*at, '\n', (size_t)(end - *at));
		const char *line = *at, *stop = feed != NULL ? feed : end;

		*at = feed != NULL ? feed + 1 : end;
		if (stop - line > 2 && read_item(line, stop, out))
			return true;
	}
	return false;
}

/* At `]<0> {12}` or `] {12}`: the literal's size; at `] ""` none. False where it is neither. */
static bool read_size(const char *at, const char *end, uint64_t *out)
{
	char *stop;

	*out = 0;
	if (at < end && *at == '<')
		at = memchr(at, '>', (size_t)(end - at));
	else
		at--;
	if (at == NULL || end - at < 4)
		return false;
	if (strncmp(at + 1, " \"\"", 3) == 0)
		return true;
	if (strncmp(at + 1, " {", 2) != 0)
		return false;
	*out = strtoull(at + 3, &stop, 10);
	return stop < end && *stop == '}';
}

bool imap_body(const struct str *lines, uint32_t uid, const char **out, size_t *out_length)
{
	const char *at = str_text(lines), *end = at + lines->length;
	struct imap_item item;

	while (at < end) {
		const char *line = at, *section, *feed = memchr(at, '\n', (size_t)(end - at));
		uint64_t size;

		at = feed != NULL ? feed + 1 : end;
		if (feed == NULL || feed - line < 4 || strncmp(line, "* ", 2) != 0 ||
		    find_fold(line, feed, " FETCH (") == NULL)
			continue;
		section = find_fold(line, feed, "BODY[]");
		if (section == NULL)
			continue;
		if (!read_size(section + strlen("BODY[]"), feed, &size) ||
		    size > (uint64_t)(end - at))
			return false;
		/* Servers may say the UID after the literal; there is one message in the answer
		 * then. */
		if (read_item(line, feed, &item) && item.uid != uid) {
			at += size;
			continue;
		}
		*out = at;
		*out_length = (size_t)size;
		return true;
	}
	return false;
}

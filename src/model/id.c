/*
 * Identifiers (UUIDv7, RFC 9562 section 5.7) and public codes (Crockford base32 with a Luhn mod 32
 * check symbol). Not here: who keeps them unique, that is the database's constraint.
 */
#include "model/id.h"

#include "base/problem.h"
#include "base/str.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static void random_bytes(void *to, size_t length)
{
	/* Up to 256 bytes are never cut short once the kernel's pool is ready. */
	must(length <= 256 && getrandom(to, length, 0) == (ssize_t)length);
}

void id_make(char text[ID_TEXT])
{
	struct timespec now;
	must(clock_gettime(CLOCK_REALTIME, &now) == 0);
	uint64_t ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	/* The 12 bits after the version carry the fraction of the millisecond, so ids sort by
	 * birth. */
	unsigned fraction = (unsigned)((uint64_t)(now.tv_nsec % 1000000) * 4096 / 1000000) & 0xfff;
	unsigned char r[8];
	random_bytes(r, sizeof r);
	snprintf(text, ID_TEXT, "%08x-%04x-7%03x-%02x%02x-%02x%02x%02x%02x%02x%02x",
	         (unsigned)(ms >> 16), (unsigned)(ms & 0xffff), fraction, (r[0] & 0x3fu) | 0x80u,
	         r[1], r[2], r[3], r[4], r[5], r[6], r[7]);
}

bool id_parse(const char *text, char out[ID_TEXT])
{
	if (!text || strlen(text) != ID_TEXT - 1)
		return false;
	char lower[ID_TEXT] = "";
	for (size_t i = 0; i < ID_TEXT - 1; i++) {
		bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
		if (hyphen ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
		lower[i] = (char)tolower((unsigned char)text[i]);
	}
	memcpy(out, lower, ID_TEXT);
	return true;
}

/* ---- public codes ---- */

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
#define BASE 32u

static int symbol_value(char c)
{
	char upper = (char)toupper((unsigned char)c);
	if (upper == 'O')
		upper = '0';
	if (upper == 'I' || upper == 'L')
		upper = '1';
	const char *at = upper ? strchr(alphabet, upper) : NULL;
	return at ? (int)(at - alphabet) : -1;
}

/* Luhn mod 32 over the first `length` values: every second one, from the right, counts double. */
static unsigned check_value(const unsigned *values, size_t length)
{
	unsigned sum = 0, factor = 2;
	for (size_t i = length; i-- > 0; factor = 3 - factor) {
		unsigned addend = factor * values[i];
		sum += addend / BASE + addend % BASE;
	}
	return (BASE - sum % BASE) % BASE;
}

void code_make(char out[CODE_TEXT])
{
	unsigned char r[CODE_TEXT - 2];
	unsigned values[CODE_TEXT - 2];
	random_bytes(r, sizeof r);
	for (size_t i = 0; i < sizeof r; i++) {
		values[i] = r[i] % BASE; /* 256 is a multiple of 32: no symbol is likelier */
		out[i] = alphabet[values[i]];
	}
	out[CODE_TEXT - 2] = alphabet[check_value(values, CODE_TEXT - 2)];
	out[CODE_TEXT - 1] = '\0';
}

bool code_parse(const char *text, char out[CODE_TEXT])
{
	unsigned values[CODE_TEXT - 1];
	size_t count = 0;
	for (const char *c = text ? text : ""; *c; c++) {
		if (*c == '-' || *c == ' ')
			continue;
		int value = symbol_value(*c);
		if (value < 0 || count == CODE_TEXT - 1)
			return false;
		values[count++] = (unsigned)value;
	}
	if (count != CODE_TEXT - 1 || check_value(values, count - 1) != values[count - 1])
		return false;
	for (size_t i = 0; i < count; i++)
		out[i] = alphabet[values[i]];
	out[count] = '\0';
	return true;
}

const char *code_show(const char code[CODE_TEXT], char out[CODE_SHOWN])
{
	snprintf(out, CODE_SHOWN, "%.5s-%.5s-%.1s", code, code + 5, code + 10);
	return out;
}

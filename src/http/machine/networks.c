/*
 * Networks by their leading bits. IPv4 inside IPv6 (::ffff:a.b.c.d), as a socket for both gives it,
 * counts as IPv4.
 */
#include "networks.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct network {
	unsigned char bytes[16];
	unsigned length, bits; /* length 4 or 16 bytes; of them the first bits count */
};

static bool parse_address(const char *text, struct network *out)
{
	static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	*out = (struct network){.length = 4, .bits = 32};
	if (inet_pton(AF_INET, text, out->bytes) == 1)
		return true;
	*out = (struct network){.length = 16, .bits = 128};
	if (inet_pton(AF_INET6, text, out->bytes) != 1)
		return false;
	if (memcmp(out->bytes, mapped, sizeof mapped) == 0) {
		memmove(out->bytes, out->bytes + 12, 4);
		out->length = 4;
		out->bits = 32;
	}
	return true;
}

static bool parse_network(const char *text, struct network *out)
{
	char address[64];
	size_t length = strcspn(text, "/");
	if (length >= sizeof address)
		return false;
	memcpy(address, text, length);
	address[length] = 0;
	if (!parse_address(address, out))
		return false;
	if (!text[length])
		return true;
	const char *bits = text + length + 1;
	size_t digits = strspn(bits, "0123456789");
	if (digits == 0 || digits > 3 || bits[digits])
		return false;
	unsigned long n = strtoul(bits, NULL, 10);
	if (n > out->bits)
		return false;
	out->bits = (unsigned)n;
	return true;
}

/* The next entry, spaces taken off; NULL at the end. */
static const char *next_entry(const char *at, char out[128])
{
	at += strspn(at, ", \t");
	if (!*at)
		return NULL;
	size_t length = strcspn(at, ", \t");
	snprintf(out, 128, "%.*s", (int)length, at);
	return at + length;
}

static bool holds(const struct network *n, const struct network *address)
{
	if (n->length != address->length)
		return false;
	unsigned whole = n->bits / 8, rest = n->bits % 8;
	if (memcmp(n->bytes, address->bytes, whole) != 0)
		return false;
	return rest == 0 || (n->bytes[whole] ^ address->bytes[whole]) >> (8 - rest) == 0;
}

bool networks_check(const char *list, struct problem *p)
{
	char entry[128];
	struct network n;
	for (const char *at = list; (at = next_entry(at, entry));)
		if (!parse_network(entry, &n))
			return problem_set(p, PROBLEM_INPUT, "",
			                   "'%s' is no network: write it as 127.0.0.0/8 or ::1",
			                   entry);
	return true;
}

bool networks_hold(const char *list, const char *address)
{
	char entry[128];
	struct network n, a;
	if (!parse_address(address, &a))
		return false;
	for (const char *at = list; (at = next_entry(at, entry));)
		if (parse_network(entry, &n) && holds(&n, &a))
			return true;
	return false;
}

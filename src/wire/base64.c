/* Base64, both ways. */
#include "wire/base64.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(const void *bytes, size_t length, struct str *to)
{
	const unsigned char *b = bytes;
	for (size_t i = 0; i < length; i += 3) {
		size_t have = length - i < 3 ? length - i : 3;
		unsigned bits = (unsigned)b[i] << 16;
		if (have > 1)
			bits |= (unsigned)b[i + 1] << 8;
		if (have > 2)
			bits |= b[i + 2];
		char four[4] = {digits[bits >> 18], digits[bits >> 12 & 63], digits[bits >> 6 & 63],
		                digits[bits & 63]};
		if (have < 3)
			four[3] = '=';
		if (have < 2)
			four[2] = '=';
		str_addn(to, four, 4);
	}
}

bool base64_decode(const char *text, struct str *to)
{
	size_t length = strlen(text), pads = 0;
	while (pads < 2 && pads < length && text[length - 1 - pads] == '=')
		pads++;
	if (length % 4)
		return false;
	unsigned bits = 0;
	for (size_t i = 0; i < length; i++) {
		bool pad = i >= length - pads;
		const char *at = pad ? digits : strchr(digits, text[i]);
		if (!at || !*at)
			return false;
		bits = bits << 6 | (unsigned)(at - digits);
		if (i % 4 != 3)
			continue;
		char three[3] = {(char)(bits >> 16), (char)(bits >> 8), (char)bits};
		str_addn(to, three, 3 - (i == length - 1 ? pads : 0));
		bits = 0;
	}
	return true;
}

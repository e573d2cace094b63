/*
 * Pictures lose where and with what they were taken before they are kept: the application segments
 * and comments of a JPEG are left out, its picture is not touched. Pure. Not here: re-encoding.
 */
#include "house.h"

#include <string.h>

static bool is_told(unsigned char marker)
{
	/* APP0 (JFIF) and APP14 (Adobe: how colours are coded) are needed to show it; APP1-13, 15
	 * and COM are not */
	return (marker >= 0xE1 && marker <= 0xEF && marker != 0xEE) || marker == 0xFE;
}

const unsigned char *picture_cleaned(struct arena *arena, const char *content_type,
                                     const unsigned char *bytes, size_t *length)
{
	size_t n = *length, at = 2, to = 2;
	if (!content_type || strcmp(content_type, "image/jpeg") != 0 || n < 4 || bytes[0] != 0xFF ||
	    bytes[1] != 0xD8)
		return bytes;
	unsigned char *out = arena_take(arena, n);
	out[0] = 0xFF;
	out[1] = 0xD8;
	while (at + 4 <= n && bytes[at] == 0xFF && bytes[at + 1] != 0xDA) {
		size_t segment = 2 + (size_t)(bytes[at + 2] << 8 | bytes[at + 3]);
		if (at + segment > n)
			break;
		if (!is_told(bytes[at + 1])) {
			memcpy(out + to, bytes + at, segment);
			to += segment;
		}
		at += segment;
	}
	memcpy(out + to, bytes + at, n - at);
	*length = to + n - at;
	return out;
}

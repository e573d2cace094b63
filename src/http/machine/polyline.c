/*
 * The encoded polyline format: differences of rounded degrees, zigzag, five bits a character from
 * '?' on, latitude before longitude.
 */
#include "osrm.h"

#include <math.h>
#include <stdint.h>

static void put(struct str *to, int64_t difference)
{
	uint64_t bits = (uint64_t)difference << 1;
	if (difference < 0)
		bits = ~bits;
	for (; bits >= 32; bits >>= 5)
		str_addc(to, (char)((32 | (bits & 31)) + 63));
	str_addc(to, (char)(bits + 63));
}

void polyline_write(struct str *to, const struct point *points, size_t count, double precision)
{
	int64_t lat = 0, lon = 0;
	for (size_t i = 0; i < count; i++) {
		int64_t y = llround(points[i].lat * precision), x = llround(points[i].lon * precision);
		put(to, y - lat);
		put(to, x - lon);
		lat = y;
		lon = x;
	}
}

/* The next difference; false where the text ends within it or it is larger than the earth. */
static bool get(const char **at, const char *end, int64_t *out)
{
	uint64_t bits = 0;
	for (unsigned shift = 0; *at < end && shift < 35; shift += 5) {
		int c = (unsigned char)*(*at)++ - 63;
		if (c < 0 || c > 63)
			return false;
		bits |= (uint64_t)(c & 31) << shift;
		if (c < 32) {
			*out = bits & 1 ? -(int64_t)(bits >> 1) - 1 : (int64_t)(bits >> 1);
			return true;
		}
	}
	return false;
}

struct point *polyline_read(struct arena *arena, const char *text, size_t length, double precision,
                            size_t *count)
{
	struct point *points = arena_take(arena, (length / 2 + 1) * sizeof *points);
	const char *at = text, *end = text + length;
	int64_t lat = 0, lon = 0, y, x;
	for (*count = 0; at < end; (*count)++) {
		if (!get(&at, end, &y) || !get(&at, end, &x))
			return NULL;
		lat += y;
		lon += x;
		points[*count] = (struct point){(double)lat / precision, (double)lon / precision};
	}
	return points;
}

/*
 * zlib: packs an answer once, so that it can be sent to many. Not here: who accepts it.
 */
#include "wire/gzip.h"

#include "base/mem.h"
#include "base/problem.h"

#include <stdlib.h>
#include <zlib.h>

void gzip_pack(const void *bytes, size_t length, struct str *out)
{
	z_stream z = {0};
	str_clear(out);
	must(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) ==
	     Z_OK); /* + 16: gzip's own frame */
	size_t room = deflateBound(&z, (uLong)length);
	unsigned char *packed = mem_zero(1, room);
	z.next_in = (Bytef *)(uintptr_t)bytes;
	z.avail_in = (uInt)length;
	z.next_out = packed;
	z.avail_out = (uInt)room;
	must(deflate(&z, Z_FINISH) == Z_STREAM_END);
	if (z.total_out < length)
		str_addn(out, (const char *)packed, z.total_out);
	deflateEnd(&z);
	free(packed);
}

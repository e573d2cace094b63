/* zlib: bytes packed as gzip, for answers that are sent many times. */
#ifndef PRONTOD_WIRE_GZIP_H
#define PRONTOD_WIRE_GZIP_H

#include "base/str.h"

#include <stddef.h>

/* Replaces out; leaves it empty where packing would not make it smaller. */
void gzip_pack(const void *bytes, size_t length, struct str *out);

#endif

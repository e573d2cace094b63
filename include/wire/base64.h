/* Base64 (RFC 4648, with padding): how bytes travel inside a JSON document (a photo's, in
 * flow_photo()'s answer). */
#ifndef PRONTOD_WIRE_BASE64_H
#define PRONTOD_WIRE_BASE64_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

void base64_encode(const void *bytes, size_t length, struct str *to); /* appends */
bool base64_decode(const char *text, struct str *to); /* appends; false if it is not base64 */

#endif

/* openapi.yaml, as it was when this was built. */
#ifndef PRONTOD_HTTP_OPENAPI_H
#define PRONTOD_HTTP_OPENAPI_H

#include <stddef.h>

extern const void *const openapi_text;
extern const size_t openapi_length;

#endif

/* A mail message from anybody, taken apart: text is UTF-8, nothing is read or written beyond its
 * bounds. */
#include "fuzz.h"

#include "base/str.h"
#include "wire/mime.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct mime_mail mail;

	mime_start();
	if (mime_read_mail((const char *)data, size, arena, &mail, NULL)) {
		must(mail.count <= MIME_MAX_PARTS);
		must(utf8_valid(mail.subject, utf8_length(mail.subject) == 0
		                                  ? 0
		                                  : __builtin_strlen(mail.subject)));
		for (size_t i = 0; i < mail.count; i++) {
			const struct mime_part *part = &mail.parts[i];

			must(part->content_type != NULL && part->bytes != NULL &&
			     part->bytes[part->length] == 0);
		}
	}
	arena_free(&arena);
	return 0;
}

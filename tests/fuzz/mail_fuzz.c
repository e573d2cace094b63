/* A message becomes a report: whatever comes, its words are UTF-8 without NUL and its attachments
 * have a kind. */
#include "fuzz.h"

#include "base/str.h"
#include "intake.h"
#include "wire/crypto.h"
#include "wire/mime.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct intake_mail mail;
	struct str text = {0};

	crypto_start();
	mime_start();
	if (intake_mail_read((const char *)data, size, arena, &mail, NULL)) {
		must(mail.report.text != NULL &&
		     utf8_valid(mail.report.text, strlen(mail.report.text)));
		must(strlen(mail.fingerprint) == 64);
		for (size_t i = 0; i < mail.report.photo_count; i++)
			must(mail.report.photos[i].content_type != NULL);
	}
	intake_html_text((const char *)data, size, &text);
	str_fini(&text);
	arena_free(&arena);
	return 0;
}

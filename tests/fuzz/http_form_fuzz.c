/* A form's body, in both encodings: the first line is the content type, the rest the body. */
#include "fuzz.h"

#include "base/str.h"
#include "intake.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *line = size > 0 ? memchr(data, '\n', size) : NULL;
	struct arena *arena = arena_new();
	struct intake_report report;
	struct intake_error errors[INTAKE_ERRORS_MAX];
	const char *type;

	if (line != NULL && memchr(data, 0, (size_t)(line - data)) == NULL) {
		size_t rest = size - (size_t)(line + 1 - data);

		type = arena_strn(arena, (const char *)data, (size_t)(line - data));
		if (intake_form_read(type, line + 1, rest, arena, &report, NULL)) {
			must(report.text == NULL || utf8_valid(report.text, strlen(report.text)));
			must(intake_check(&report, true, errors) <= INTAKE_ERRORS_MAX);
		}
	}
	arena_free(&arena);
	return 0;
}

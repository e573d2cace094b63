/*
 * Any bytes as a report, to every charter: an answer whose offsets lie inside the field, on whole
 * characters, with the row's own class. The first line is the subject.
 */
#include "fuzz.h"

#include "classify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct classify *opened;

static void close_all(void)
{
	classify_free(&opened);
}

static void open_all(void)
{
	struct problem p = {0};
	opened = classify_open(PRONTOD_CHARTERS, &p);
	must(opened);
	atexit(close_all);
}

static void check_answer(const struct charter *c, const struct classify_answer *a, const char *subject, const char *text)
{
	for (size_t i = 0; i < a->evidence_count; i++) {
		const char *field = str_equal(a->evidence[i].in, "subject") ? subject : text;
		must(a->evidence[i].start < a->evidence[i].end);
		must(a->evidence[i].end <= strlen(field));
		must(a->evidence[i].means && a->evidence[i].means_it);
	}
	must(a->confidence >= 0 && a->confidence <= 1.0001);
	must(a->row ? charter_row_find(c, a->row->code) == a->row : a->reason != NULL);
	must(str_equal(a->class_code, a->row ? a->row->class_code : "none"));
	must(!a->address.text || (a->address.start < a->address.end && a->address.end <= strlen(text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	const struct charter *const *charters;
	struct str mended = {0};
	if (!opened)
		open_all();
	utf8_mend(&mended, (const char *)bytes, count);
	char *subject = mem_str(str_text(&mended)), *text = strchr(subject, '\n');
	if (text)
		*text++ = '\0';
	size_t charter_count = classify_charters(opened, &charters);
	for (size_t i = 0; i < charter_count; i++) {
		struct arena *arena = arena_new();
		struct classify_answer a;
		classify_text(opened, charters[i], "web", text ? subject : NULL, text ? text : subject, arena, &a);
		check_answer(charters[i], &a, text ? subject : "", text ? text : subject);
		arena_free(&arena);
	}
	free(subject);
	str_fini(&mended);
	return 0;
}

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

/* The questions that follow, answered by the bytes themselves: at most four, whatever was said. */
static void check_questions(const struct charter *c, const char *subject, const char *text, struct arena *arena)
{
	struct classify_reply replies[CLASSIFY_QUESTIONS];
	struct classify_asked asked = {.charter = c, .channel = "phone", .subject = subject, .text = text, .replies = replies};
	for (;;) {
		struct classify_triage t;
		struct problem p = {0};
		must(classify_triage(opened, &asked, arena, &t, &p));
		check_answer(c, &t.answer, subject ? subject : "", text);
		must(t.remaining_count > 0 && t.answered_count == asked.reply_count);
		if (!t.question)
			return;
		must(asked.reply_count < CLASSIFY_QUESTIONS && t.option_count >= 2);
		size_t pick = text[0] ? (unsigned char)text[asked.reply_count % strlen(text)] % (t.option_count + 1) : 0;
		replies[asked.reply_count++] =
		    (struct classify_reply){t.question, pick < t.option_count ? t.options[pick].key : 0};
	}
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
		check_questions(charters[i], text ? subject : NULL, text ? text : subject, arena);
		arena_free(&arena);
	}
	free(subject);
	str_fini(&mended);
	return 0;
}

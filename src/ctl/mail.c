/*
 * prontoctl mail parse: one RFC 5322 message on standard input -> the report it would make, as JSON
 * on standard output. Attachments by name, kind and size only. Stores nothing.
 */
#include "ctl.h"

#include "intake.h"
#include "wire/crypto.h"
#include "wire/json.h"
#include "wire/mime.h"

#include <stdio.h>

#define MAIL_MOST ((size_t)256 * 1024 * 1024)

static struct js *attachments(const struct intake_report *report)
{
	struct js *list = js_array();

	for (size_t i = 0; i < report->photo_count; i++) {
		struct js *one = js_object();

		js_set_str(one, "name", report->photos[i].filename);
		js_set_str(one, "content_type", report->photos[i].content_type);
		js_set_int(one, "bytes", (int64_t)report->photos[i].length);
		js_push(list, one);
	}
	return list;
}

static void print_report(const struct intake_mail *mail)
{
	struct js *out = js_object(), *reporter = js_object();
	struct str text = {0};

	js_set_str(out, "channel", mail->report.channel);
	js_set_str(out, "subject", mail->subject);
	js_set_str(out, "text", mail->report.text);
	js_set_instant(out, "at", mail->at, zone_get("Europe/Rome", NULL));
	js_set_str(out, "message_id", mail->message_id);
	js_set_str(reporter, "name", mail->report.name);
	js_set_str(reporter, "email", mail->report.email);
	js_set_str(reporter, "prefer", mail->report.prefer);
	js_set(out, "reporter", reporter);
	js_set(out, "attachments", attachments(&mail->report));
	js_write(out, &text);
	puts(str_text(&text));
	str_fini(&text);
	js_free(&out);
}

int ctl_mail_parse(const struct ctl *ctl, int argc, char **argv)
{
	struct arena *arena = arena_new();
	struct intake_mail mail;
	struct problem p;
	struct str input = {0};
	char block[65536];
	size_t n;
	int code = 0;

	(void)ctl;
	(void)argv;
	if (argc > 1) {
		arena_free(&arena);
		return ctl_usage("prontoctl mail parse < MESSAGE");
	}
	mime_start();
	while (input.length < MAIL_MOST && (n = fread(block, 1, sizeof block, stdin)) > 0)
		str_addn(&input, block, n);
	if (intake_mail_read(str_text(&input), input.length, arena, &mail, &p))
		print_report(&mail);
	else
		code = ctl_failed(&p);
	str_fini(&input);
	arena_free(&arena);
	return code;
}

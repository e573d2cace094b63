/*
 * A mail message becomes a report: what was written (plain text, or HTML as read), by whom, when,
 * and every attachment. Nothing is cut: quoted mail and signatures may hold the address. Not here:
 * fetching (mailbox.c), MIME (wire/mime.c), judging.
 */
#include "intake.h"

#include "wire/crypto.h"
#include "wire/mime.h"

#include <string.h>
#include <strings.h>

static bool is_attachment(const struct mime_part *part)
{
	return str_equal_fold(part->disposition, "attachment") ||
	       !str_starts(part->content_type, "text/") ||
	       (part->filename != NULL && !str_equal_fold(part->disposition, "inline"));
}

static bool is_blank(const struct mime_part *part)
{
	for (size_t i = 0; i < part->length; i++) {
		if (memchr(" \t\r\n", part->bytes[i], 4) == NULL)
			return false;
	}
	return true;
}

/* Is the same thing said in plain text beside this part? */
static bool has_plain_form(const struct mime_mail *mail, const struct mime_part *part)
{
	for (size_t i = 0; part->alternative != 0 && i < mail->count; i++) {
		const struct mime_part *other = &mail->parts[i];

		if (other->alternative == part->alternative &&
		    str_equal(other->content_type, "text/plain") && !is_attachment(other) &&
		    !is_blank(other))
			return true;
	}
	return false;
}

/* Line ends as everywhere else in the house; nothing else changes. */
static void add_plain(struct str *to, const struct mime_part *part)
{
	for (size_t i = 0; i < part->length; i++) {
		if (part->bytes[i] != '\r' || i + 1 == part->length || part->bytes[i + 1] != '\n')
			str_addc(to, (char)part->bytes[i]);
	}
}

static void add_text(struct str *to, const struct mime_mail *mail, const struct mime_part *part)
{
	struct str html = {0};

	if (str_equal(part->content_type, "text/html") && has_plain_form(mail, part))
		return;
	if (is_blank(part))
		return;
	if (to->length > 0)
		str_add(to, "\n\n");
	if (str_equal(part->content_type, "text/html")) {
		intake_html_text((const char *)part->bytes, part->length, &html);
		str_addn(to, str_text(&html), html.length);
		str_fini(&html);
	} else {
		add_plain(to, part);
	}
}

static const char *text_of(const struct mime_mail *mail, struct arena *arena)
{
	struct str text = {0};
	const char *start, *kept;

	for (size_t i = 0; i < mail->count; i++) {
		if (!is_attachment(&mail->parts[i]))
			add_text(&text, mail, &mail->parts[i]);
	}
	while (text.length > 0 && memchr(" \t\r\n", text.data[text.length - 1], 4) != NULL)
		text.length--;
	start = str_text(&text);
	kept = text.length > 0 ? arena_strn(arena, start, text.length) : NULL;
	str_fini(&text);
	/* Some write everything into the subject. */
	return kept != NULL ? kept + strspn(kept, "\r\n") : mail->subject;
}

/* The kind by its first bytes; else what its sender says, if that cannot run in a browser. */
static const char *kind_of(const struct mime_part *part)
{
	static const char *const harmless[] = {"application/pdf", "text/plain", NULL};
	const char *photo = intake_photo_type(part->bytes, part->length);

	if (photo != NULL)
		return photo;
	for (const char *const *kind = harmless; *kind != NULL; kind++) {
		if (str_equal(*kind, part->content_type))
			return *kind;
	}
	return str_starts(part->content_type, "audio/") || str_starts(part->content_type, "video/")
	           ? part->content_type
	           : "application/octet-stream";
}

static void take_attachments(const struct mime_mail *mail, struct arena *arena,
                             struct intake_report *out)
{
	out->photos = arena_take(arena, (mail->count + 1) * sizeof *out->photos);
	for (size_t i = 0; i < mail->count; i++) {
		const struct mime_part *part = &mail->parts[i];
		struct intake_photo photo;

		if (!is_attachment(part) || part->length == 0)
			continue;
		photo =
		    (struct intake_photo){part->filename, kind_of(part), part->bytes, part->length};
		if (intake_photo_type(part->bytes, part->length) != NULL)
			intake_photo_forget_place(&photo, arena);
		out->photos[out->photo_count++] = photo;
	}
}

/* What makes two deliveries the same message: who, when, what; not the way it came, nor its place.
 */
static void make_fingerprint(const struct mime_mail *mail, struct intake_mail *out)
{
	const char *const words[] = {mail->message_id, mail->from_address, mail->subject,
	                             out->report.text};
	struct str all = {0};
	char hash[CRYPTO_HASH_HEX];

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		str_add(&all, words[i]);
		str_addc(&all, '\0');
	}
	str_addf(&all, "%lld", (long long)mail->date.us);
	for (size_t i = 0; i < out->report.photo_count; i++) {
		crypto_sha256_hex(out->report.photos[i].bytes, out->report.photos[i].length, hash);
		str_add(&all, hash);
	}
	crypto_sha256_hex(all.data, all.length, out->fingerprint);
	str_fini(&all);
}

static const char *or_none(const char *text)
{
	return text != NULL && *text != '\0' ? text : NULL;
}

bool intake_mail_read(const char *bytes, size_t length, struct arena *arena,
                      struct intake_mail *out, struct problem *p)
{
	struct mime_mail mail;

	if (!mime_read_mail(bytes, length, arena, &mail, p))
		return false;
	*out = (struct intake_mail){.subject = or_none(mail.subject),
	                            .at = mail.date,
	                            .message_id = or_none(mail.message_id)};
	out->report =
	    (struct intake_report){.channel = "email", .prefer = "email", .point = POINT_NONE};
	out->report.text = text_of(&mail, arena);
	out->report.name = or_none(mail.from_name);
	out->report.email = or_none(mail.from_address);
	if (out->report.email == NULL)
		out->report.prefer = "none";
	take_attachments(&mail, arena, &out->report);
	make_fingerprint(&mail, out);
	return true;
}

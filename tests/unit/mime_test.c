/*
 * wire/mime: Italian mail in the charsets it comes in, broken mail, nested mail; multipart forms
 * byte for byte.
 */
#include "base/str.h"
#include "one_arena.h"
#include "wire/mime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct mime_mail mail_of(const char *text)
{
	struct mime_mail mail;
	struct problem p;

	if (!mime_read_mail(text, strlen(text), arena, &mail, &p))
		fail_msg("%s", p.text);
	return mail;
}

static const char *text_of(const struct mime_part *part)
{
	assert_int_equal(strlen((const char *)part->bytes), part->length);
	return (const char *)part->bytes;
}

static void plain_mail_is_read(void **state)
{
	struct mime_mail m =
	    mail_of("From: =?iso-8859-1?Q?Nicol=F2_Brun?= <nicolo@example.it>\r\n"
	            "Subject: =?UTF-8?B?UGVyZGl0YSBpbiB2aWEgTWF0dGVvdHRpIOKAkyB1cmdlbnRl?=\r\n"
	            "Date: Sun, 29 Mar 2026 07:30:00 +0200\r\n"
	            "Message-ID: <a1@example.it>\r\nIn-Reply-To: <z9@example.it>\r\n"
	            "Content-Type: text/plain; charset=iso-8859-15\r\n"
	            "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	            "L'acqua =E8 finita da=\r\n un'ora.\r\nCosta 5 =A4.\r\n\r\n> citazione\r\n-- "
	            "\r\nNicol=F2\r\n");
	struct instant t;

	(void)state;
	assert_string_equal(m.from_name, "Nicolò Brun");
	assert_string_equal(m.from_address, "nicolo@example.it");
	assert_string_equal(m.subject, "Perdita in via Matteotti – urgente");
	assert_string_equal(m.message_id, "a1@example.it");
	assert_string_equal(m.in_reply_to, "<z9@example.it>");
	assert_true(instant_parse("2026-03-29T07:30:00+02:00", &t, NULL));
	assert_int_equal(m.date.us, t.us);
	assert_int_equal(m.count, 1);
	assert_string_equal(m.parts[0].content_type, "text/plain");
	assert_string_equal(
	    text_of(&m.parts[0]),
	    "L'acqua è finita da un'ora.\r\nCosta 5 €.\r\n\r\n> citazione\r\n-- \r\nNicolò\r\n");
}

static void wrong_charsets_lose_nothing_readable(void **state)
{
	struct mime_mail m;

	(void)state;
	m = mail_of(
	    "Subject: perch\xE9\nContent-Type: text/plain; charset=us-ascii\n\ncitt\xE0 \x80 5\n");
	assert_string_equal(m.subject, "perché");
	assert_string_equal(text_of(&m.parts[0]), "città € 5\n");
	m = mail_of(
	    "Subject: perch\xC3\xA9\nContent-Type: text/plain; charset=x-boh\n\ncitt\xC3\xA0\n");
	assert_string_equal(m.subject, "perché");
	assert_string_equal(text_of(&m.parts[0]), "città\n");
	m = mail_of("Content-Type: text/plain; charset=utf-8\n\nx\xFFy\n");
	assert_string_equal(text_of(&m.parts[0]), "x\xEF\xBF\xBDy\n");
	m = mail_of("Content-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: "
	            "base64\n\nYwBpAGEAbwDgAA==\n");
	assert_string_equal(text_of(&m.parts[0]), "ciaoà");
}

static void parts_come_in_order(void **state)
{
	struct mime_mail m = mail_of(
	    "From: a@b.it\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=out\n\n"
	    "--out\nContent-Type: multipart/alternative; boundary=in\n\n"
	    "--in\nContent-Type: text/plain\n\nsemplice\n--in\nContent-Type: "
	    "TEXT/HTML\n\n<b>ricco</b>\n--in--\n"
	    "--out\nContent-Type: image/png\nContent-Disposition: attachment;\n"
	    " filename*=UTF-8''foto%20citt%C3%A0.png\nContent-Transfer-Encoding: "
	    "base64\n\niVBORw0KGgo=\n"
	    "--out\nContent-Type: message/rfc822\n\nFrom: c@d.it\nSubject: inoltrata\n\ntesto "
	    "inoltrato\n--out--\n");

	(void)state;
	assert_int_equal(m.count, 4);
	assert_string_equal(text_of(&m.parts[0]), "semplice");
	assert_string_equal(m.parts[1].content_type, "text/html");
	assert_string_equal(m.parts[2].filename, "foto città.png");
	assert_string_equal(m.parts[2].disposition, "attachment");
	assert_int_equal(m.parts[2].length, 8);
	assert_memory_equal(m.parts[2].bytes, "\x89PNG\r\n\x1A\n", 8);
	assert_string_equal(text_of(&m.parts[3]), "testo inoltrato");
}

static void broken_mail_gives_what_it_has(void **state)
{
	struct mime_mail m =
	    mail_of("Content-Type: multipart/mixed; boundary=x\n\n--x\n\nsenza fine");
	struct str deep = {0};
	struct problem p;

	(void)state;
	assert_int_equal(m.count, 1);
	assert_string_equal(text_of(&m.parts[0]), "senza fine");
	assert_false(instant_is_set(m.date));
	assert_null(m.from_address);
	m = mail_of("Subject: solo oggetto\n\n");
	assert_string_equal(m.subject, "solo oggetto");
	assert_false(mime_read_mail("", 0, arena, &m, &p));
	for (int i = 0; i < 100000; i++)
		str_add(&deep, "Content-Type: message/rfc822\n\n");
	assert_false(mime_read_mail(deep.data, deep.length, arena, &m, &p));
	deep.length = 290 * 30;
	assert_true(mime_read_mail(deep.data, deep.length, arena, &m, &p)); /* deep, yet no harm */
	str_fini(&deep);
}

#define FORM "multipart/form-data; boundary=\"----WebKit;7\""

static void forms_come_out_as_they_went_in(void **state)
{
	static const char body[] =
	    "------WebKit;7\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nperch\xC3\xA9 "
	    "\xFF\r\nriga\r\n"
	    "------WebKit;7\r\ncontent-disposition: form-data; name=\"empty\"\r\n\r\n\r\n"
	    "------WebKit;7\r\nContent-Disposition: form-data; filename=\"a;b \\\"c\\\".jpg\"; "
	    "name=\"foto\"\r\n"
	    "Content-Type: IMAGE/jpeg; "
	    "x=y\r\n\r\n\xFF\xD8\0\r\n------WebKit;\r\n\xFE\r\n------WebKit;7--\r\n";
	struct mime_part *parts;
	struct problem p;
	size_t count;

	(void)state;
	assert_true(mime_read_form(FORM, body, sizeof body - 1, arena, &parts, &count, &p));
	assert_int_equal(count, 3);
	assert_string_equal(parts[0].name, "text");
	assert_string_equal(text_of(&parts[0]), "perché \xEF\xBF\xBD\r\nriga");
	assert_int_equal(parts[1].length, 0);
	assert_string_equal(parts[2].name, "foto");
	assert_string_equal(parts[2].filename, "a;b \"c\".jpg");
	assert_string_equal(parts[2].content_type, "image/jpeg");
	assert_int_equal(parts[2].length, 21);
	assert_memory_equal(parts[2].bytes, "\xFF\xD8\0\r\n------WebKit;\r\n\xFE", 21);
}

static void broken_forms_are_refused(void **state)
{
	static const char *const bad[] = {
	    "",
	    "--x",
	    "--x\r\n",
	    "--x\r\n\r\n--x--",
	    "--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--",
	    "--x\r\nContent-Disposition: form-data; name=a\r\n\r\nno end",
	    "--y\r\n"};
	struct mime_part *parts;
	struct problem p;
	size_t count;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (mime_read_form("multipart/form-data; boundary=x", bad[i], strlen(bad[i]), arena,
		                   &parts, &count, &p) &&
		    count > 0)
			fail_msg("accepted: %s", bad[i]);
	assert_false(mime_read_form("multipart/form-data", "--\r\n", 4, arena, &parts, &count, &p));
	assert_false(
	    mime_read_form("text/plain; boundary=x", "--x--", 5, arena, &parts, &count, &p));
	assert_true(mime_read_form("multipart/form-data; boundary=x", "--x--", 5, arena, &parts,
	                           &count, &p));
	assert_int_equal(count, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
	const struct CMUnitTest tests[] = {
	    T(plain_mail_is_read),
	    T(wrong_charsets_lose_nothing_readable),
	    T(parts_come_in_order),
	    T(broken_mail_gives_what_it_has),
	    T(forms_come_out_as_they_went_in),
	    T(broken_forms_are_refused),
	};

	mime_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

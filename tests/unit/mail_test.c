/*
 * intake/mail, html, imap: what a message says becomes a report's words, by whom, with every
 * attachment; what an IMAP server answers is read only where it is whole.
 */
#include "../../src/intake/imap.h"
#include "intake.h"
#include "one_arena.h"
#include "wire/crypto.h"
#include "wire/mime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct intake_mail read_mail(const char *text)
{
	struct intake_mail mail;
	struct problem p;

	if (!intake_mail_read(text, strlen(text), arena, &mail, &p))
		fail_msg("%s", p.text);
	return mail;
}

static void words_stay_as_they_were(void **state)
{
	struct intake_mail m = read_mail(
	    "From: \"Ada Bianchi\" <ada@example.it>\r\nSubject: Perdita\r\n"
	    "Message-ID: <1@x>\r\n\r\n"
	    "Esce acqua in via Cavour 12.\r\n\r\n> Il 3 marzo avete scritto:\r\n> chiuso\r\n"
	    "-- \r\nAda Bianchi, tel. 333 1234567\r\n\r\n");

	(void)state;
	assert_string_equal(
	    m.report.text, "Esce acqua in via Cavour 12.\n\n> Il 3 marzo avete scritto:\n> chiuso\n"
	                   "-- \nAda Bianchi, tel. 333 1234567");
	assert_string_equal(m.report.name, "Ada Bianchi");
	assert_string_equal(m.report.email, "ada@example.it");
	assert_string_equal(m.report.prefer, "email");
	assert_string_equal(m.report.channel, "email");
	assert_string_equal(m.subject, "Perdita");
	assert_string_equal(m.message_id, "1@x");
	assert_int_equal(m.report.photo_count, 0);
}

static void html_is_read_where_nothing_else_is(void **state)
{
	struct intake_mail m =
	    read_mail("Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: "
	              "text/plain\n\n  \n"
	              "--b\nContent-Type: text/html\n\n<p>Manca l&#39;acqua</p>\n--b--\n");

	(void)state;
	assert_string_equal(m.report.text, "Manca l'acqua");
	assert_null(m.report.email);
	assert_string_equal(m.report.prefer, "none");
	m = read_mail("Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: "
	              "multipart/alternative; boundary=b\n\n"
	              "--b\nContent-Type: text/plain\n\nprima\n--b\nContent-Type: "
	              "text/html\n\n<p>prima</p>\n--b--\n"
	              "--o\nContent-Type: text/html\n\n<i>dopo</i>\n--o--\n");
	assert_string_equal(m.report.text,
	                    "prima\n\ndopo"); /* the second HTML says something of its own */
	m = read_mail("Subject: Fogna intasata in via Po\n\n");
	assert_string_equal(m.report.text, "Fogna intasata in via Po");
}

static void every_attachment_is_kept(void **state)
{
	struct intake_mail m =
	    read_mail("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nvedi foto\n"
	              "--b\nContent-Type: application/octet-stream; "
	              "name=a.jpg\nContent-Transfer-Encoding: base64\n\n/9j/4AAQ\n"
	              "--b\nContent-Type: text/html\nContent-Disposition: attachment; "
	              "filename=x.html\n\n<script>alert(1)</script>\n"
	              "--b\nContent-Type: application/pdf\nContent-Disposition: attachment; "
	              "filename=../../etc/x.pdf\n\n%PDF\n--b--\n");

	(void)state;
	assert_string_equal(m.report.text, "vedi foto");
	assert_int_equal(m.report.photo_count, 3);
	assert_string_equal(m.report.photos[0].content_type, "image/jpeg"); /* by its bytes */
	assert_string_equal(m.report.photos[1].content_type,
	                    "application/octet-stream"); /* never runs in a browser */
	assert_string_equal(m.report.photos[1].filename, "x.html");
	assert_string_equal(m.report.photos[2].content_type, "application/pdf");
}

static void the_same_message_has_the_same_fingerprint(void **state)
{
	static const char said[] = "From: a@b.it\nSubject: s\nMessage-ID: <1@b>\nDate: Sun, 29 Mar "
	                           "2026 07:30:00 +0200\n\ntesto\n";
	struct intake_mail a = read_mail(said), b, c;
	char again[400];

	(void)state;
	snprintf(again, sizeof again, "Received: by another way\n%s", said);
	b = read_mail(again);
	assert_string_equal(a.fingerprint, b.fingerprint);
	snprintf(again, sizeof again, "%saltro\n", said);
	c = read_mail(again);
	assert_string_not_equal(a.fingerprint, c.fingerprint);
}

static const char *text_of(const char *html)
{
	static struct str text;

	str_clear(&text);
	intake_html_text(html, strlen(html), &text);
	return str_text(&text);
}

static void html_reads_as_a_person_would(void **state)
{
	(void)state;
	assert_string_equal(
	    text_of("<html><head><title>x</title><style>p{}</style></head><body>"
	            "<p>Buongiorno,</p>\n<p>manca   l'acqua<br>da <b>ieri</b>.</p></body>"),
	    "Buongiorno,\n\nmanca l'acqua\nda ieri.");
	assert_string_equal(
	    text_of("citt&agrave; &euro;&nbsp;5 &lt;ok&gt; &#232; &#xE8; &boh; & c"),
	    "città € 5 <ok> è è &boh; & c");
	assert_string_equal(text_of("pressione < 1 bar <!-- commento <p> --> ora"),
	                    "pressione < 1 bar ora");
	assert_string_equal(
	    text_of("<a href=\"x>y\" title='z>'>link</a><script>if (a<b) {}</script>!"), "link!");
	assert_string_equal(
	    text_of("<table><tr><td>via</td><td>Po</td></tr><tr><td>12</td></tr></table>"),
	    "via Po\n12");
	assert_string_equal(text_of("<script>mai chiuso"), "");
	assert_string_equal(text_of("aperto <b"), "aperto");
	assert_string_equal(text_of("&#xD800;&#0;&#1114112;"), "&#xD800;&#0;&#1114112;");
}

#define LINES(text) (&(struct str){(char *)(uintptr_t)(text), strlen(text), 0})

static void answers_are_read_where_whole(void **state)
{
	static const char list[] =
	    "* OK [UIDVALIDITY 1700000000] UIDs valid\r\n* 3 EXISTS\r\n"
	    "* 1 FETCH (UID 7 RFC822.SIZE 120 INTERNALDATE \"29-Mar-2026 07:30:00 +0200\")\r\n"
	    "* 2 FETCH (FLAGS (\\Seen) INTERNALDATE \" 1-Apr-2026 00:00:00 +0000\" RFC822.SIZE 99 "
	    "UID 9)\r\n"
	    "* 2 FETCH (FLAGS ())\r\nA003 OK done\r\n";
	static const char body[] = "* 1 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (UID 7 BODY[] "
	                           "{12}\r\nA003 OK no\r\n)\r\nA003 OK done\r\n";
	struct imap_item item;
	struct instant t;
	const char *at = list, *bytes;
	size_t length;

	(void)state;
	assert_int_equal(imap_uidvalidity(LINES(list)), 1700000000);
	assert_int_equal(imap_uidvalidity(LINES("* OK\r\n")), 0);
	assert_true(imap_next_item(&at, list + sizeof list - 1, &item));
	assert_int_equal(item.uid, 7);
	assert_int_equal(item.size, 120);
	assert_true(instant_parse("2026-03-29T07:30:00+02:00", &t, NULL));
	assert_int_equal(item.arrived.us, t.us);
	assert_true(imap_next_item(&at, list + sizeof list - 1, &item));
	assert_int_equal(item.uid, 9);
	assert_int_equal(item.size, 99);
	assert_true(instant_is_set(item.arrived));
	assert_false(imap_next_item(&at, list + sizeof list - 1, &item));
	assert_true(imap_body(LINES(body), 7, &bytes, &length));
	assert_int_equal(length, 12);
	assert_memory_equal(bytes, "A003 OK no\r\n", 12);
	assert_false(
	    imap_body(LINES("* 1 FETCH (UID 7 BODY[] {12}\r\nA003 OK"), 7, &bytes, &length));
	assert_true(
	    imap_body(LINES("* 1 FETCH (UID 7 BODY[]<131072> \"\")\r\n"), 7, &bytes, &length));
	assert_int_equal(length, 0);
	assert_true(
	    imap_body(LINES("* 1 FETCH (UID 7 BODY[]<20> {2}\r\nab)\r\n"), 7, &bytes, &length));
	assert_memory_equal(bytes, "ab", 2);
	assert_false(imap_body(LINES("* 1 FETCH (UID 7 BODY[] NIL)\r\n"), 7, &bytes, &length));
	assert_false(
	    imap_body(LINES("* 1 FETCH (UID 8 BODY[] {2}\r\nxx)\r\n"), 7, &bytes, &length));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
	const struct CMUnitTest tests[] = {
	    T(words_stay_as_they_were),      T(html_is_read_where_nothing_else_is),
	    T(every_attachment_is_kept),     T(the_same_message_has_the_same_fingerprint),
	    T(html_reads_as_a_person_would), T(answers_are_read_where_whole),
	};

	crypto_start();
	mime_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The parts of http/ that need neither requests nor flow: the template engine and the sentences.
 * Links their two files only.
 */
#include "../../src/http/template.h"
#include "../../src/http/words.h"

#include "wire/crypto.h"
#include "wire/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- templates ---- */

static char shown[4096];

static const char *render(const char *template, const char *context)
{
	struct problem p;
	struct templates *all = templates_new();
	assert_true(templates_add(all, "page", template, &p));
	assert_true(templates_add(all, "hello", "<b>{{name}}</b>", &p));
	assert_true(templates_check(all, &p));
	struct js *js = js_parse(context, strlen(context), &p);
	assert_non_null(js);
	const struct js *roots[] = {js};
	struct str out = {0};
	templates_render(all, "page", roots, 1, &out);
	snprintf(shown, sizeof shown, "%s", str_text(&out));
	str_fini(&out);
	js_free(&js);
	templates_free(&all);
	return shown;
}

static void values_are_escaped_unless_asked(void **state)
{
	(void)state;
	assert_string_equal(render("<p title=\"{{x}}\">{{x}}</p>", "{\"x\":\"<a href='x'>\\\"&\"}"),
	                    "<p title=\"&lt;a href=&#39;x&#39;&gt;&quot;&amp;\">&lt;a "
	                    "href=&#39;x&#39;&gt;&quot;&amp;</p>");
	assert_string_equal(render("{{{x}}}", "{\"x\":\"<b>\"}"), "<b>");
	assert_string_equal(
	    render("{{ x }} {{n}} {{f}} {{none}}.", "{\"x\":\"è\",\"n\":42,\"f\":1.5}"),
	    "è 42 1.5 .");
}

static void sections_follow_their_value(void **state)
{
	(void)state;
	assert_string_equal(
	    render("{{#l}}[{{n}}{{outer}}]{{/l}}", "{\"l\":[{\"n\":1},{\"n\":2}],\"outer\":\"o\"}"),
	    "[1o][2o]");
	assert_string_equal(render("{{#l}}<{{.}}>{{/l}}", "{\"l\":[\"a\",\"&\"]}"), "<a><&amp;>");
	assert_string_equal(render("{{#o}}{{x}}{{/o}}{{^o}}no{{/o}}", "{\"o\":{\"x\":\"yes\"}}"),
	                    "yes");
	const char *const absent[] = {"{}",           "{\"o\":null}", "{\"o\":false}",
	                              "{\"o\":\"\"}", "{\"o\":0}",    "{\"o\":[]}"};
	for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
		assert_string_equal(render("{{#o}}yes{{/o}}{{^o}}no{{/o}}", absent[i]), "no");
	assert_string_equal(
	    render("{{#a}}{{#b}}{{a.x}}{{/b}}{{/a}}", "{\"a\":{\"x\":\"1\"},\"b\":true}"), "1");
}

static void dotted_names_do_not_leak_outwards(void **state)
{
	(void)state;
	assert_string_equal(
	    render("{{#inner}}{{a.b}}|{{a.c}}{{/inner}}",
	           "{\"a\":{\"b\":\"outer\",\"c\":\"outer\"},\"inner\":{\"a\":{\"b\":\"inner\"}}}"),
	    "inner|");
}

static void partials_and_comments(void **state)
{
	(void)state;
	assert_string_equal(render("{{! not {{ shown }}{{>hello}}!", "{\"name\":\"<Ada>\"}"),
	                    "<b>&lt;Ada&gt;</b>!");
	struct problem p;
	struct templates *all = templates_new();
	assert_true(templates_add(all, "loop", "x{{>loop}}", &p));
	struct js *js = js_object();
	const struct js *roots[] = {js};
	struct str out = {0};
	templates_render(all, "loop", roots, 1, &out); /* ends */
	assert_true(out.length < 100);
	str_fini(&out);
	js_free(&js);
	templates_free(&all);
}

static void mistakes_name_their_line(void **state)
{
	(void)state;
	const char *const wrong[] = {"a\nb{{#x}}", "a\nb{{/x}}", "{{#x}}\n{{/y}}", "a\n{{x",
	                             "a\n{{x y}}", "\n{{&x}}",   "\n{{=<% %>=}}"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct problem p = {0};
		struct templates *all = templates_new();
		assert_false(templates_add(all, "wrong", wrong[i], &p));
		assert_non_null(strstr(p.text, "template wrong line 2"));
		templates_free(&all);
	}
	struct problem p = {0};
	struct templates *all = templates_new();
	assert_true(templates_add(all, "page", "{{>nobody}}", &p));
	assert_false(templates_check(all, &p));
	assert_non_null(strstr(p.text, "nobody"));
	templates_free(&all);
}

static void inline_style_is_allowed_by_its_hash(void **state)
{
	(void)state;
	struct problem p;
	struct templates *all = templates_new();
	assert_true(templates_add(all, "page", "<style>body{color:red}</style>", &p));
	/* printf 'body{color:red}' | openssl dgst -sha256 -binary | base64 */
	assert_string_equal(templates_style_hashes(all),
	                    " 'sha256-FcQqt3aNlV7AZnGV4zkQRVeCeJOxbMPnQSx258L803E='");
	templates_free(&all);
}

/* ---- sentences ---- */

static struct instant at(const char *text)
{
	struct instant t;
	assert_true(instant_parse(text, &t, NULL));
	return t;
}

static struct saying saying(enum lang lang, const char *now)
{
	return (struct saying){zone_get("Europe/Rome", NULL), at(now), lang};
}

static void expect_by(enum lang lang, const char *due, bool day, const char *words)
{
	struct saying s = saying(lang, "2026-03-10T14:22:00+01:00");
	struct str out = {0};
	say_by(&s, at(due), day, &out);
	assert_string_equal(str_text(&out), words);
	str_fini(&out);
}

static void times_are_said_as_promises(void **state)
{
	(void)state;
	expect_by(LANG_IT, "2026-03-10T17:05:00+01:00", false, "entro le 17:05 di oggi");
	expect_by(LANG_EN, "2026-03-10T17:05:00+01:00", false, "by 17:05 today");
	expect_by(LANG_IT, "2026-03-11T01:05:00+01:00", false, "entro l'01:05 di domani");
	expect_by(LANG_IT, "2026-03-14T09:00:00+01:00", false, "entro le 09:00 di sabato 14 marzo");
	/* the bound of a day is the midnight that is not in it */
	expect_by(LANG_IT, "2026-07-13T00:00:00+02:00", true,
	          "entro domenica 12 luglio, fine giornata");
	expect_by(LANG_EN, "2026-07-13T00:00:00+02:00", true, "by Sunday 12 July, end of day");
}

static void remaining_time_goes_down_and_lateness_up(void **state)
{
	(void)state;
	struct saying s = saying(LANG_IT, "2026-03-10T14:00:00+01:00");
	struct str out = {0};
	say_left(&s, at("2026-03-10T14:42:59+01:00"), &out);
	assert_string_equal(str_text(&out), "tra 42 min");
	str_clear(&out);
	say_late(&s, 5 * 60 + 1, &out);
	assert_string_equal(str_text(&out), "6 min");
	str_clear(&out);
	say_left(&s, at("2026-03-10T13:59:00+01:00"), &out);
	assert_string_equal(str_text(&out), "");
	say_span(&s, 5 * 3600 + 20 * 60, false, &out);
	assert_string_equal(str_text(&out), "5 h 20 min");
	str_clear(&out);
	say_span(&s, 59, false, &out);
	assert_string_equal(str_text(&out), "meno di 1 min");
	str_clear(&out);
	say_when(&s, at("2026-03-09T18:40:00+01:00"), &out);
	assert_string_equal(str_text(&out), "ieri alle 18:40");
	str_fini(&out);
}

static void the_reader_chooses_the_language(void **state)
{
	(void)state;
	assert_int_equal(lang_choose(NULL, NULL, NULL), LANG_IT);
	assert_int_equal(lang_choose(NULL, NULL, "de-DE,en;q=0.8,it;q=0.5"), LANG_EN);
	assert_int_equal(lang_choose(NULL, NULL, "fr"), LANG_IT);
	assert_int_equal(lang_choose("en", "it", "it-IT"), LANG_EN);
	assert_int_equal(lang_choose("xx", "en", "it"), LANG_EN);
	assert_int_equal(lang_choose(NULL, NULL, "enough, items"), LANG_IT);
}

static void problems_speak_both_languages(void **state)
{
	(void)state;
	struct problem p;
	struct str out = {0};
	problem_set(&p, PROBLEM_INPUT, "/reporter/phone", "too short");
	problem_detail(&p, 422, LANG_IT, &out);
	assert_non_null(strstr(str_text(&out), "9 o 10 cifre"));
	str_clear(&out);
	problem_detail(&p, 422, LANG_EN, &out);
	assert_string_equal(str_text(&out), "too short");
	str_clear(&out);
	error_words("phone_digits", 8, LANG_IT, &out);
	assert_string_equal(str_text(&out), "Il cellulare ha 8 cifre, ne servono 9 o 10.");
	str_clear(&out);
	error_words("email_at", 0, LANG_EN, &out);
	assert_string_equal(str_text(&out), "The e-mail is not complete: the @ is missing.");
	str_fini(&out);
	for (int kind = PROBLEM_INPUT; kind <= PROBLEM_INTERNAL; kind++)
		for (int lang = LANG_IT; lang <= LANG_EN; lang++)
			assert_true(
			    strlen(problem_title((enum problem_kind)kind, (enum lang)lang)) > 3);
}

int main(void)
{
	crypto_start();
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_are_escaped_unless_asked),
	    cmocka_unit_test(sections_follow_their_value),
	    cmocka_unit_test(dotted_names_do_not_leak_outwards),
	    cmocka_unit_test(partials_and_comments),
	    cmocka_unit_test(mistakes_name_their_line),
	    cmocka_unit_test(inline_style_is_allowed_by_its_hash),
	    cmocka_unit_test(times_are_said_as_promises),
	    cmocka_unit_test(remaining_time_goes_down_and_lateness_up),
	    cmocka_unit_test(the_reader_chooses_the_language),
	    cmocka_unit_test(problems_speak_both_languages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

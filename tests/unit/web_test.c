/*
 * A web form or JSON body becomes a report: everything as typed, every mistake named.
 */
#include "intake.h"

#include "one_arena.h"

#include "base/str.h"
#include "wire/json.h"
#include "wire/mime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct intake_report form(const char *type, const char *body, size_t length)
{
	struct intake_report r;
	struct problem p;
	assert_true(intake_form_read(type, (const unsigned char *)body, length, arena, &r, &p));
	return r;
}

static struct intake_report urlencoded(const char *body)
{
	return form("application/x-www-form-urlencoded", body, strlen(body));
}

/* "text:text_missing phone:phone_digits" */
static const char *wrong(const struct intake_report *r, bool whole)
{
	static char out[400];
	struct intake_error errors[INTAKE_ERRORS_MAX];
	size_t count = intake_check(r, whole, errors);
	out[0] = 0;
	for (size_t i = 0; i < count; i++)
		snprintf(out + strlen(out), sizeof out - strlen(out), "%s%s:%s", i ? " " : "",
		         errors[i].field, errors[i].what);
	return out;
}

static void urlencoded_values_are_decoded_and_mended(void **state)
{
	(void)state;
	struct intake_report r =
	    urlencoded("text=++Esce+acqua%21%0Aanche+qui++&address=via+C%C3%A8&name=50%25&landmark="
	               "a%+b%2&phone=&email=a%40b.it&text=two");
	assert_string_equal(r.text,
	                    "  Esce acqua!\nanche qui  "); /* never trimmed; the first counts */
	assert_string_equal(r.address, "via Cè");
	assert_string_equal(r.name, "50%");
	assert_string_equal(r.landmark, "a% b%2"); /* a % without digits stays */
	assert_null(r.phone);
	assert_string_equal(r.email, "a@b.it");
	r = urlencoded("text=perch%E8&name=a%00b");
	assert_true(utf8_valid(r.text, strlen(r.text)));
	assert_string_equal(r.name, "ab");
	r = urlencoded("");
	assert_null(r.text);
	r = urlencoded("&&=x&text&address=1");
	assert_null(r.text);
	assert_string_equal(r.address, "1");
}

static void points_are_read_as_people_type_them(void **state)
{
	(void)state;
	struct intake_report r = urlencoded("lat=45,4&lon=10.5");
	assert_true(point_is_set(r.point));
	assert_true(r.point.lat > 45.39 && r.point.lat < 45.41);
	const char *const bad[] = {"lat=91&lon=10", "lat=45",          "lat=45&lon=x",
	                           "lat=nan&lon=1", "lat=1e999&lon=1", "lat=45&lon=10.5abc"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		r = urlencoded(bad[i]);
		assert_false(point_is_set(r.point));
		assert_true(r.point_bad);
	}
	r = urlencoded("municipality=%3F&lat=45&lon=10&text=perde&prefer=none");
	assert_null(r.municipality);
	assert_true(r.town_unknown);
	assert_string_equal(wrong(&r, true), "");
}

static void the_whole_form_asks_for_more(void **state)
{
	(void)state;
	struct intake_report r = urlencoded("text=perde");
	assert_string_equal(wrong(&r, false), "");
	assert_string_equal(
	    wrong(&r, true),
	    "municipality:municipality_missing address:place_missing prefer:prefer_missing");
	r = urlencoded("text=perde&lat=45&lon=10&prefer=none");
	assert_string_equal(wrong(&r, true), "");
	r = urlencoded("text=perde&municipality=Medole&address=via+Po&prefer=none");
	assert_string_equal(wrong(&r, true), "");
}

static void texts_have_their_length_in_characters(void **state)
{
	(void)state;
	struct intake_report r = urlencoded("text=%C3%A8%C3%A8"); /* two characters, four bytes */
	assert_string_equal(wrong(&r, false), "text:text_missing");
	r = urlencoded("text=+++++");
	assert_string_equal(wrong(&r, false), "text:text_missing");
	struct str body = {0};
	str_add(&body, "text=");
	for (int i = 0; i < INTAKE_TEXT_MAX; i++)
		str_add(&body, "\xc3\xa8");
	r = form("application/x-www-form-urlencoded", body.data, body.length);
	assert_string_equal(wrong(&r, false), "");
	str_add(&body, "x");
	r = form("application/x-www-form-urlencoded", body.data, body.length);
	assert_string_equal(wrong(&r, false), "text:text_long");
	str_fini(&body);
}

static void the_way_to_be_answered_needs_its_address(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
	    {"text=perde&prefer=sms", "phone:phone_missing"},
	    {"text=perde&prefer=phone&phone=347+123+4567", ""},
	    {"text=perde&prefer=sms&phone=347+123+42", "phone:phone_digits"},
	    {"text=perde&prefer=sms&phone=%2B39+347+1234567", ""},
	    {"text=perde&prefer=sms&phone=347-123.4567%2F8", ""},
	    {"text=perde&prefer=sms&phone=trequattrosette", "phone:phone_digits"},
	    {"text=perde&prefer=email", "email:email_missing"},
	    {"text=perde&prefer=email&email=anna", "email:email_at"},
	    {"text=perde&prefer=email&email=anna%40posta", "email:email_bad"},
	    {"text=perde&prefer=email&email=a%40b%40c.it", "email:email_bad"},
	    {"text=perde&prefer=email&email=anna%40posta.it", ""},
	    {"text=perde&prefer=piccione", "prefer:prefer_bad"},
	    {"text=perde&lang=de", "lang:lang_bad"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct intake_report r = urlencoded(cases[i][0]);
		assert_string_equal(wrong(&r, false), cases[i][1]);
	}
}

#define PNG "\x89PNG\r\n\x1a\n"

static void photos_are_known_by_their_bytes(void **state)
{
	(void)state;
	static const char body[] =
	    "--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nperde acqua \r\n--x\r\n"
	    "Content-Disposition: form-data; name=\"foto\"; "
	    "filename=\"../../a.png\"\r\nContent-Type: image/png\r\n\r\n" PNG
	    "more\r\n--x\r\nContent-Disposition: form-data; name=\"foto\"; "
	    "filename=\"\"\r\nContent-Type: "
	    "application/octet-stream\r\n\r\n\r\n--x--\r\n";
	struct intake_report r = form("multipart/form-data; boundary=x", body, sizeof body - 1);
	assert_string_equal(r.text, "perde acqua ");
	assert_int_equal(r.photo_count, 1); /* the empty file field is none */
	assert_string_equal(r.photos[0].content_type, "image/png");
	assert_int_equal(r.photos[0].length, strlen(PNG) + 4);
	assert_string_equal(wrong(&r, false), "");
	static const char fake[] = "--x\r\nContent-Disposition: form-data; name=\"foto\"; "
	                           "filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"
	                           "<script>\r\n--x\r\nContent-Disposition: form-data; "
	                           "name=\"text\"\r\n\r\nperde\r\n--x--\r\n";
	r = form("multipart/form-data; boundary=x", fake, sizeof fake - 1);
	assert_string_equal(wrong(&r, false), "foto:photo_kind");
	assert_null(intake_photo_type((const unsigned char *)"GIF89a..............", 20));
	assert_string_equal(intake_photo_type((const unsigned char *)"\0\0\0\x18"
	                                                             "ftypheic....",
	                                      16),
	                    "image/heic");
	assert_null(intake_photo_type((const unsigned char *)"RIFF", 4));
}

static void six_photos_are_one_too_many(void **state)
{
	(void)state;
	struct str body = {0};
	for (int i = 0; i < 6; i++)
		str_addf(&body,
		         "--x\r\nContent-Disposition: form-data; name=\"foto\"; "
		         "filename=\"%d.png\"\r\n\r\n" PNG "\r\n",
		         i);
	str_add(&body,
	        "--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nperde\r\n--x--\r\n");
	struct intake_report r = form("multipart/form-data; boundary=x", body.data, body.length);
	assert_string_equal(wrong(&r, false), "foto:photo_count");
	str_fini(&body);
}

/* A TIFF with orientation and a GPS directory whose one value lies at its end. */
static size_t make_exif(unsigned char out[128], bool big)
{
	static const unsigned char little_tiff[] = {
	    'I',  'I',  '*', 0, 8, 0, 0, 0, 2,  0,                    /* header; two entries */
	    0x12, 1,    3,   0, 1, 0, 0, 0, 6,  0, 0,  0,             /* orientation 6 */
	    0x25, 0x88, 4,   0, 1, 0, 0, 0, 38, 0, 0,  0, 0, 0, 0, 0, /* GPS at 38; no next
	                                                                 directory */
	    1,    0,    2,   0, 5, 0, 3, 0, 0,  0, 56, 0, 0, 0, 0, 0, 0,  0, /* latitude: 3
	                                                                        rationals at 56 */
	    45,   0,    0,   0, 1, 0, 0, 0, 40, 0, 0,  0, 1, 0, 0, 0, 12, 0, 0, 0, 1, 0, 0, 0};
	static const unsigned char big_tiff[] = {
	    'M', 'M', 0, '*', 0, 0, 0, 8, 0,  1, 0x88, 0x25, 0,  4, 0,  0, 0, 1,
	    0,   0,   0, 26,  0, 0, 0, 0, 0,  1, 0,    2,    0,  5, 0,  0, 0, 1,
	    0,   0,   0, 44,  0, 0, 0, 0, 45, 1, 45,   1,    45, 1, 45, 1};
	size_t length = big ? sizeof big_tiff : sizeof little_tiff;
	memcpy(out, big ? big_tiff : little_tiff, length);
	return length;
}

static void photos_forget_where_they_were_taken(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		unsigned char jpeg[256] = "\xff\xd8\xff\xe1\0\x60"
		                          "Exif\0";
		size_t length = 12 + make_exif(jpeg + 12, big);
		memcpy(jpeg + length, "<x:xmpmeta>45.67</x:xmpmeta>rest", 32);
		struct intake_photo photo = {"a.jpg", "image/jpeg", jpeg, length + 32};
		intake_photo_forget_place(&photo, arena);
		assert_int_equal(photo.length, length + 32);
		assert_null(memchr(photo.bytes, 45, photo.length)); /* the latitude's degrees */
		assert_null(memmem(photo.bytes, photo.length, "45.67", 5));
		assert_memory_equal(photo.bytes + length + 28, "rest", 4);
		if (!big)
			assert_int_equal(photo.bytes[12 + 18], 6); /* it still stands upright */
	}
	static const unsigned char png[] =
	    PNG "\0\0\0\1IHDRxssss\0\0\0\5tEXt45.67ssss\0\0\0\0IENDssss";
	struct intake_photo photo = {"a.png", "image/png", png, sizeof png - 1};
	intake_photo_forget_place(&photo, arena);
	assert_int_equal(photo.length, sizeof png - 1 - 17);
	assert_memory_equal(photo.bytes, PNG "\0\0\0\1IHDRxssss\0\0\0\0IENDssss", photo.length);
}

static void broken_exif_does_no_harm(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		unsigned char tiff[128];
		size_t length = make_exif(tiff, big);
		for (size_t i = 4; i < length; i++)
			for (int value = 0; value < 256; value += 51) {
				unsigned char *bent =
				    malloc(length); /* exact: the sanitizer sees a step beyond */
				memcpy(bent, tiff, length);
				bent[i] = (unsigned char)value;
				struct intake_photo photo = {"a.jpg", "image/jpeg", bent, length};
				intake_photo_forget_place(&photo, arena);
				free(bent);
			}
		for (size_t cut = 1; cut < length; cut++) {
			struct intake_photo photo = {"a.jpg", "image/webp", tiff, cut};
			intake_photo_forget_place(&photo, arena);
		}
	}
}

static void json_reads_the_same_report(void **state)
{
	(void)state;
	static const char text[] = "{\"text\":\" perde "
	                           "\",\"lat\":45.4,\"lon\":10.5,\"utility\":\"u\",\"reporter\":{"
	                           "\"phone\":\"3471234567\"},\"x\":1}";
	struct problem p;
	struct intake_report r;
	struct js *js = js_parse(text, sizeof text - 1, &p);
	assert_true(intake_json_read(js, arena, &r, &p));
	assert_string_equal(r.text, " perde ");
	assert_string_equal(r.phone, "3471234567");
	assert_true(point_is_set(r.point));
	js_free(&js);
	static const char *const bad[][2] = {
	    {"{\"text\":5}", "/text"},
	    {"{\"text\":\"x\",\"lat\":45}", "/lon"},
	    {"{\"text\":\"x\",\"lat\":91,\"lon\":0}", "/lat"},
	    {"{\"text\":\"x\",\"reporter\":\"anna\"}", "/reporter"},
	    {"{\"text\":\"x\",\"reporter\":{\"phone\":{}}}", "/reporter/phone"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		js = js_parse(bad[i][0], strlen(bad[i][0]), &p);
		assert_non_null(js);
		assert_false(intake_json_read(js, arena, &r, &p));
		assert_string_equal(p.field, bad[i][1]);
		js_free(&js);
	}
}

int main(void)
{
	mime_start();
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_arena, close_arena)
	const struct CMUnitTest tests[] = {
	    TEST(urlencoded_values_are_decoded_and_mended),
	    TEST(points_are_read_as_people_type_them),
	    TEST(the_whole_form_asks_for_more),
	    TEST(texts_have_their_length_in_characters),
	    TEST(the_way_to_be_answered_needs_its_address),
	    TEST(photos_are_known_by_their_bytes),
	    TEST(six_photos_are_one_too_many),
	    TEST(photos_forget_where_they_were_taken),
	    TEST(broken_exif_does_no_harm),
	    TEST(json_reads_the_same_report),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Closures and the profile of the roads at the front door, over a small flow: what a body becomes,
 * and that everything wrong with it is named at once, in the reader's language.
 */
#include "http_fake.h"

#include "base/log.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ID "0192d3e4-0000-7000-8000-000000000001"

static char pointers[512]; /* of the last problem: "/kind /points " */
static char last[4000];

static void note_pointers(const struct js *errors)
{
	pointers[0] = 0;
	for (size_t i = 0; i < js_count(errors); i++) {
		strcat(pointers, js_find_str(js_at(errors, i), "pointer"));
		strcat(pointers, " ");
	}
}

/* Sends as a dispatcher and returns the status; what came back stays in `last`. */
static int post(const char *path, const char *body, const char *language)
{
	struct request r = {
	    .method = "POST", .path = path, .session = "dispatcher", .body = body};
	fake_header(&r, "Content-Type", "application/json");
	fake_header(&r, "Host", "pronto.example");
	fake_header(&r, "Origin", "http://pronto.example");
	fake_header(&r, "Accept-Language", language);
	fake_header(&r, "Idempotency-Key", "a-key-of-ours");
	fake_ask(&r);
	int status = r.status;
	snprintf(last, sizeof last, "%s", str_text(&r.answer));
	struct js *doc = js_parse(last, strlen(last), NULL);
	note_pointers(js_find(doc, "errors"));
	js_free(&doc);
	fake_request_fini(&r);
	return status;
}

#define SOME "\"points\":[{\"lat\":46.06,\"lon\":11.12}]"

static void a_closure_is_handed_on(void **state)
{
	(void)state;
	assert_int_equal(post("/api/v1/closures", "{\"kind\":\"closed\"," SOME "}", "it"), 201);
	assert_string_equal(fake.asked, "flow_closure_add");
	assert_string_equal(fake.key, "a-key-of-ours");
	assert_int_equal(fake.closure.count, 1);
	assert_true(fake.closure.speed == 0);
	assert_false(fake.closure.area || fake.closure.one_way);
	assert_null(fake.closure.reason);
	assert_false(instant_is_set(fake.closure.from) || instant_is_set(fake.closure.until));
	static const char slow[] =
	    "{\"kind\":\"slow\",\"speed\":0.33333,\"points\":[{\"lat\":46,\"lon\":11},"
	    "{\"lat\":46.00000004,\"lon\":11.00000006}],\"one_way\":true,\"reason\":\"\","
	    "\"street\":\"Via Piave\",\"from\":\"2999-05-01T08:00:00+02:00\",\"until\":\"2999-05-01T09:00:00+02:00\"}";
	assert_string_equal(fake.street, "");
	assert_int_equal(post("/api/v1/closures", slow, "it"), 201);
	assert_string_equal(fake.street, "Via Piave");
	assert_true(fabs(fake.closure.speed - 0.333) < 1e-12);
	assert_true(fake.closure.one_way);
	assert_null(fake.closure.reason);
	assert_int_equal(fake.closure.until.us - fake.closure.from.us, SPAN_S(3600).us);
}

static void all_that_is_wrong_is_named_at_once(void **state)
{
	(void)state;
	static const char body[] =
	    "{\"kind\":\"shut\",\"speed\":7,\"area\":\"yes\",\"one_way\":1,\"points\":[],\"street\":1,"
	    "\"from\":\"tomorrow\",\"until\":\"2020-01-01T00:00:00Z\",\"reason\":5}";
	assert_int_equal(post("/api/v1/closures", body, "it"), 422);
	assert_string_equal(pointers,
	                    "/kind /speed /reason /area /one_way /points /street /from /until ");
	assert_non_null(strstr(last, "Disegna da 1 a 200 punti sulla mappa."));
	assert_int_equal(post("/api/v1/closures/preview", body, "en"), 422);
	assert_string_equal(pointers,
	                    "/kind /speed /reason /area /one_way /points /street /from /until ");
	assert_non_null(strstr(last, "Draw 1 to 200 points on the map."));
	assert_string_equal(fake.asked, ""); /* nobody was bothered */
}

static void each_field_has_its_bounds(void **state)
{
	(void)state;
	static const struct {
		const char *body, *pointers;
	} cases[] = {
	    {"{}", "/kind /points "},
	    {"{\"kind\":\"closed\",\"street\":\"\"," SOME "}", "/street "},
	    {"{\"kind\":\"closed\",\"street\":\"Via Piave\",\"area\":true,\"points\":[{\"lat\":46,\"lon\":11},"
	     "{\"lat\":46,\"lon\":11.1},{\"lat\":46.1,\"lon\":11}]}",
	     "/street "},
	    {"{\"kind\":\"slow\"," SOME "}", "/speed "},
	    {"{\"kind\":\"slow\",\"speed\":0.04," SOME "}", "/speed "},
	    {"{\"kind\":\"slow\",\"speed\":1.01," SOME "}", "/speed "},
	    {"{\"kind\":\"closed\",\"speed\":0.5," SOME "}", "/speed "},
	    {"{\"kind\":\"closed\",\"points\":[{\"lat\":46,\"lon\":11},{\"lat\":91,\"lon\":11},"
	     "7]}",
	     "/points/1 /points/2 "},
	    {"{\"kind\":\"closed\",\"points\":{\"lat\":46,\"lon\":11}}", "/points "},
	    {"{\"kind\":\"closed\",\"area\":true," SOME "}", "/points "},
	    {"{\"kind\":\"closed\",\"one_way\":true," SOME "}", "/one_way "},
	    {"{\"kind\":\"closed\",\"from\":\"2999-05-01T08:00:00Z\","
	     "\"until\":\"2999-05-01T08:00:00Z\"," SOME "}",
	     "/until "},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(post("/api/v1/closures", cases[i].body, "it"), 422);
		assert_string_equal(pointers, cases[i].pointers);
	}
}

static void many_points_and_long_reasons_have_an_end(void **state)
{
	(void)state;
	struct str body = {0};
	str_add(&body, "{\"kind\":\"closed\",\"reason\":\"");
	for (int i = 0; i < 200; i++)
		str_add(&body, "è");
	str_add(&body, "\",\"points\":[");
	for (int i = 0; i < 200; i++)
		str_addf(&body, "%s{\"lat\":46,\"lon\":11.%03d}", i ? "," : "", i);
	size_t length = body.length;
	str_add(&body, "]}");
	assert_int_equal(post("/api/v1/closures", body.data, "it"), 201);
	assert_int_equal(fake.closure.count, 200);
	body.length = length;
	body.data[length] = 0;
	str_add(&body, ",{\"lat\":46,\"lon\":12}]}");
	assert_int_equal(post("/api/v1/closures", body.data, "it"), 422);
	assert_string_equal(pointers, "/points ");
	char *reason = strstr(body.data, "è");
	memcpy(reason, "ab", 2); /* one character more */
	assert_int_equal(post("/api/v1/closures", body.data, "it"), 422);
	assert_string_equal(pointers, "/reason /points ");
	str_fini(&body);
}

static void a_change_gives_only_what_it_names(void **state)
{
	(void)state;
	assert_int_equal(post("/api/v1/closures/" ID, "{\"version\":3,\"until\":null}", "it"), 200);
	assert_string_equal(fake.asked, "flow_closure_change");
	assert_int_equal(fake.closure_change.version, 3);
	assert_true(fake.closure_change.gives_until);
	assert_false(fake.closure_change.gives_from || fake.closure_change.gives_reason);
	assert_int_equal(fake.closure_change.kind, FLOW_AS_IT_IS);
	assert_int_equal(
	    post("/api/v1/closures/" ID, "{\"version\":3,\"kind\":\"slow\",\"speed\":0.5}", "it"),
	    200);
	assert_int_equal(fake.closure_change.kind, FLOW_SLOW);
	assert_false(fake.closure_change.gives_until);
	assert_int_equal(post("/api/v1/closures/" ID, "{\"kind\":\"x\",\"until\":5}", "it"), 422);
	assert_string_equal(pointers, "/version /kind /until ");
	assert_int_equal(fake.closure_change.count, 0);
	assert_int_equal(post("/api/v1/closures/nothing", "{\"version\":3}", "it"), 404);
	assert_int_equal(post("/api/v1/closures/" ID "/lift", "{\"version\":3}", "it"), 200);
	assert_string_equal(fake.asked, "flow_closure_lift");
	assert_int_equal(post("/api/v1/closures/" ID "/lift", "{}", "it"), 422);
	assert_string_equal(pointers, "/version ");
}

static void a_change_may_give_another_place(void **state)
{
	(void)state;
	assert_int_equal(post("/api/v1/closures/" ID,
	                      "{\"version\":3,\"one_way\":true,\"points\":[{\"lat\":45.65,\"lon\":"
	                      "10.23},{\"lat\":45.66,\"lon\":10.23}]}",
	                      "it"),
	                 200);
	assert_int_equal(fake.closure_change.count, 2);
	assert_true(fake.closure_change.one_way);
	assert_false(fake.closure_change.area);
	assert_int_equal(post("/api/v1/closures/" ID, "{\"version\":3,\"area\":true," SOME "}", "it"),
	                 422);
	assert_string_equal(pointers, "/points ");
	assert_int_equal(post("/api/v1/closures/" ID, "{\"version\":3,\"one_way\":false}", "it"), 422);
	assert_string_equal(pointers, "/points ");
	assert_int_equal(post("/api/v1/closures/" ID, "{\"version\":3,\"points\":[]}", "it"), 422);
	assert_string_equal(pointers, "/points ");
}

static void a_preview_may_be_of_one_that_is_moved(void **state)
{
	(void)state;
	assert_int_equal(post("/api/v1/closures/preview", "{\"kind\":\"closed\"," SOME "}", "it"), 200);
	assert_string_equal(fake.closure.id.text, "");
	assert_int_equal(
	    post("/api/v1/closures/preview", "{\"kind\":\"closed\",\"id\":\"" ID "\"," SOME "}", "it"), 200);
	assert_string_equal(fake.closure.id.text, ID);
}

static void where_no_road_is_it_is_said(void **state)
{
	(void)state;
	fake.fails = true;
	problem_set(&fake.problem, PROBLEM_INPUT, "/points", "there is no road");
	assert_int_equal(post("/api/v1/closures/preview", "{\"kind\":\"closed\"," SOME "}", "it"),
	                 422);
	assert_non_null(strstr(last, "non c'è nessuna strada"));
}

static void the_profile_is_one_of_four_or_the_clocks(void **state)
{
	(void)state;
	assert_int_equal(post("/api/v1/roads", "{\"profile\":\"snow\"}", "it"), 200);
	assert_string_equal(fake.action, "snow");
	assert_int_equal(post("/api/v1/roads", "{\"profile\":null}", "it"), 200);
	assert_string_equal(fake.action, "");
	assert_int_equal(post("/api/v1/roads", "{}", "it"), 422);
	assert_string_equal(pointers, "/profile ");
	assert_int_equal(post("/api/v1/roads",
	                      "{\"profile\":\"fog\",\"until\":\"2001-01-01T00:00:00Z\"}", "it"),
	                 422);
	assert_string_equal(pointers, "/profile /until ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_closure_is_handed_on, fake_fresh),
	    cmocka_unit_test_setup(all_that_is_wrong_is_named_at_once, fake_fresh),
	    cmocka_unit_test_setup(each_field_has_its_bounds, fake_fresh),
	    cmocka_unit_test_setup(many_points_and_long_reasons_have_an_end, fake_fresh),
	    cmocka_unit_test_setup(a_change_gives_only_what_it_names, fake_fresh),
	    cmocka_unit_test_setup(a_change_may_give_another_place, fake_fresh),
	    cmocka_unit_test_setup(a_preview_may_be_of_one_that_is_moved, fake_fresh),
	    cmocka_unit_test_setup(where_no_road_is_it_is_said, fake_fresh),
	    cmocka_unit_test_setup(the_profile_is_one_of_four_or_the_clocks, fake_fresh),
	};
	return cmocka_run_group_tests(tests, fake_open, fake_close);
}

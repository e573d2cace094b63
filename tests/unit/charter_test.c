/*
 * The charters as data: they load, have the rows and classes that the sources say, and a damaged file is
 * refused with a complaint that names file, row and field.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "charters.h"

static size_t rows_of_class(const struct charter *c, const char *code)
{
	size_t n = 0;
	for (size_t i = 0; i < c->row_count; i++)
		n += str_equal(c->rows[i].class_code, code);
	return n;
}

static const struct charter_target *first_target(const char *charter, const char *class)
{
	const struct charter_class *k = charter_class_find(classify_charter(opened, charter), class);
	for (size_t i = 0; i < k->target_count; i++) {
		if (k->targets[i].first)
			return &k->targets[i];
	}
	return NULL;
}

static void has_every_row_and_class(void **state)
{
	static const struct {
		const char *charter, *class;
		size_t rows;
	} want[] = {{"cap", "3h", 4},	       {"cap", "promised", 1},	       {"indecast", "L1", 15},
		    {"indecast", "L2", 11},    {"indecast", "L3", 11},	       {"sap", "60m", 1},
		    {"buscemi", "G1", 10},     {"buscemi", "G2", 4},	       {"ati1-rifiuti", "immediato", 1},
		    {"ati1-rifiuti", "2gg-lav", 4}, {"ati1-rifiuti", "5gg+20gg", 1}};
	(void)state;
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		const struct charter *c = classify_charter(opened, want[i].charter);
		assert_non_null(c);
		assert_non_null(charter_class_find(c, want[i].class));
		assert_int_equal(rows_of_class(c, want[i].class), want[i].rows);
	}
	const struct charter *const *list;
	assert_int_equal(classify_charters(opened, &list), 7);
}

static void promises_what_the_charters_print(void **state)
{
	static const struct {
		const char *charter, *class;
		enum target_kind kind;
		enum target_unit unit;
		int64_t amount;
		enum target_start start;
	} want[] = {
	    {"cap", "3h", TARGET_ARRIVAL, UNIT_SECONDS, 10800, START_CONVERSATION},
	    {"indecast", "L1", TARGET_ARRIVAL, UNIT_SECONDS, 7200, START_RECEIVED},
	    {"indecast", "L2", TARGET_ARRIVAL, UNIT_CALENDAR_DAYS, 2, START_RECEIVED},
	    {"indecast", "L3", TARGET_ARRIVAL, UNIT_WORKING_DAYS, 10, START_RECEIVED},
	    {"sap", "60m", TARGET_ARRIVAL, UNIT_SECONDS, 3600, START_CALL},
	    {"buscemi", "G1", TARGET_ARRIVAL, UNIT_SECONDS, 10800, START_RECEIVED},
	    {"buscemi", "G2", TARGET_ARRIVAL, UNIT_SECONDS, 21600, START_RECEIVED},
	    {"ati1-rifiuti", "immediato", TARGET_ARRIVAL, UNIT_SECONDS, 14400, START_RECEIVED},
	    {"ati1-rifiuti", "2gg-lav", TARGET_RESTORE, UNIT_WORKING_DAYS, 2, START_RECEIVED},
	    {"ati1-rifiuti", "5gg+20gg", TARGET_VERIFY, UNIT_WORKING_DAYS, 5, START_RECEIVED},
	};
	(void)state;
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		const struct charter_target *t = first_target(want[i].charter, want[i].class);
		assert_non_null(t);
		assert_int_equal(t->kind, want[i].kind);
		assert_int_equal(t->unit, want[i].unit);
		assert_int_equal(t->amount, want[i].amount);
		assert_int_equal(t->start, want[i].start);
	}
	assert_null(first_target("cap", "promised"));
}

static void lays_the_national_rules_over_water_only(void **state)
{
	(void)state;
	const struct charter_class *water = charter_class_find(classify_charter(opened, "buscemi"), "G2");
	const struct charter_class *waste = charter_class_find(classify_charter(opened, "ati1-rifiuti"), "2gg-lav");
	bool found = false;
	for (size_t i = 0; i < water->target_count; i++)
		found |= water->targets[i].source == SOURCE_NATIONAL && water->targets[i].kind == TARGET_ARRIVAL &&
			 water->targets[i].amount == 10800 && str_equal(water->targets[i].dangers, "abcd");
	assert_true(found);
	for (size_t i = 0; i < waste->target_count; i++)
		assert_int_equal(waste->targets[i].source, SOURCE_CHARTER);
}

static void keeps_how_each_class_was_settled(void **state)
{
	(void)state;
	const struct charter *indecast = classify_charter(opened, "indecast");
	const struct charter_row *d16 = charter_row_find(indecast, "D16");
	assert_int_equal(d16->class_source, CLASS_INFERRED);
	assert_true(d16->certainty > 0.59 && d16->certainty < 0.61);
	const struct charter *buscemi = classify_charter(opened, "buscemi");
	assert_int_equal(charter_row_find(buscemi, "B05")->class_source, CLASS_RESTORED);
	assert_int_equal(charter_row_find(buscemi, "B06")->class_source, CLASS_PRINTED);
	assert_int_equal(charter_row_find(indecast, "F03")->national_danger, 'a');
	assert_true(indecast->tell_class_to_reporter);
	assert_true(classify_charter(opened, "sap")->condition_traffic);
}

static void every_row_has_advice_that_exists(void **state)
{
	const struct charter *const *list;
	size_t count = classify_charters(opened, &list);
	(void)state;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < list[i]->row_count; j++) {
			const char *key = list[i]->rows[j].advice;
			assert_true(!key || classify_advice(opened, key));
		}
	}
	assert_non_null(classify_advice(opened, "gas"));
	assert_null(classify_advice(opened, "tea"));
}

/* buscemi.json with one text replaced; returns the complaints. */
static char *complaints_about(const char *old, const char *new)
{
	char path[] = "/tmp/charter_test_XXXXXX", bytes[65536];
	FILE *in = fopen(PRONTOD_CHARTERS "/buscemi.json", "r");
	assert_non_null(in);
	size_t n = fread(bytes, 1, sizeof bytes - 1, in);
	fclose(in);
	bytes[n] = '\0';
	char *at = strstr(bytes, old);
	assert_non_null(at);
	int fd = mkstemp(path);
	FILE *out = fdopen(fd, "w");
	fprintf(out, "%.*s%s%s", (int)(at - bytes), bytes, new, at + strlen(old));
	fclose(out);
	struct str complaints = {0};
	assert_false(classify_check_file(PRONTOD_CHARTERS, path, &complaints, NULL, NULL));
	unlink(path);
	return complaints.data;
}

static void reads_streets_typed_in_small_letters(void **state)
{
	static const struct {
		const char *text, *address;
	} said[] = {{"sono in via cavour 12 a castiglione esce acqua", "via cavour 12"},
		    {"in viale dante alighieri 2 esce acqua dalla strada", "viale dante alighieri 2"},
		    {"via delle mura 3, manca l'acqua", "via delle mura 3"},
		    {"manca l'acqua in tutta la via da stamattina", NULL},
		    {"l'acqua è andata via ieri", NULL}};
	struct arena *arena = arena_new();
	struct classify_answer answer;
	(void)state;
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		classify_text(opened, classify_charter(opened, "indecast"), "phone", NULL, said[i].text, arena, &answer);
		if (said[i].address)
			assert_string_equal(answer.address.text, said[i].address);
		else
			assert_null(answer.address.text);
	}
	arena_free(&arena);
}

static void tells_water_that_flows_from_water_that_is_missing(void **state)
{
	struct arena *arena = arena_new();
	struct classify_answer answer;
	const struct charter *c = classify_charter(opened, "indecast");
	(void)state;
	classify_text(opened, c, "web", NULL, "esce tantissima acqua dalla strada e scorre fino al marciapiede", arena,
		      &answer);
	assert_string_equal(answer.row->code, "F03");
	classify_text(opened, c, "web", NULL, "da stamattina l'acqua è finita", arena, &answer);
	assert_string_equal(answer.row->code, "D01");
	arena_free(&arena);
}

static void names_file_row_and_field(void **state)
{
	static const struct {
		const char *old, *new, *want[3];
	} cases[] = {
	    {"\"service\": \"water\"", "\"servizio\": \"water\"", {"row B01", "servizio", "unknown key"}},
	    {"\"class\": \"G1\"", "\"class\": \"G7\"", {"row B01", "class", "\"G7\" is not a class"}},
	    {"\"icon\": \"no_water\"", "\"icon\": \"no_watr\"", {"row B01", "icon", "did you mean \"no_water\""}},
	    {"\"advice\": \"no_water\"", "\"advice\": \"nowater\"", {"row B01", "advice", "did you mean no_water"}},
	    {"\"code\": \"B02\"", "\"code\": \"B01\"", {"row B01", "code", "twice"}},
	    {"\"amount\": 10800", "\"amount\": \"tre ore\"", {"class G1", "amount", "must be a number"}},
	    {"\"skills\": [\"water\"]", "\"skills\": [\"wather\"]", {"row B01", "skills", "did you mean water"}},
	    {"\"zone\": \"Europe/Rome\"", "\"zone\": \"Mars\"", {"", "zone", "not known"}},
	    {"\"valid_from\": \"2015-06-18\"", "\"valid_from\": \"18 giugno\"", {"", "valid_from", "YYYY-MM-DD"}},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *said = complaints_about(cases[i].old, cases[i].new);
		assert_non_null(strstr(said, "charter_test_"));
		for (size_t j = 0; j < 3; j++) {
			if (!strstr(said, cases[i].want[j]))
				fail_msg("\"%s\" lacks \"%s\"", said, cases[i].want[j]);
		}
		free(said);
	}
}

static void refuses_a_folder_that_is_none(void **state)
{
	struct problem p = {0};
	(void)state;
	assert_null(classify_open("/nowhere", &p));
	assert_int_equal(p.kind, PROBLEM_INPUT);
	assert_non_null(strstr(p.text, "index.json"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(has_every_row_and_class),
	    cmocka_unit_test(promises_what_the_charters_print),
	    cmocka_unit_test(lays_the_national_rules_over_water_only),
	    cmocka_unit_test(keeps_how_each_class_was_settled),
	    cmocka_unit_test(every_row_has_advice_that_exists),
	    cmocka_unit_test(reads_streets_typed_in_small_letters),
	    cmocka_unit_test(tells_water_that_flows_from_water_that_is_missing),
	    cmocka_unit_test(names_file_row_and_field),
	    cmocka_unit_test(refuses_a_folder_that_is_none),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}

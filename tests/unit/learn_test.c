/*
 * What the weights stand on: every charter decides every situation, what does not fit is refused with a
 * sentence that says what to do, and the same reports teach the same weights (tests/data/learn.jsonl).
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

#include "../../src/classify/room.h"
#include "charters.h"

static void every_charter_decides_every_situation(void **state)
{
	const struct charter *const *list;
	const struct situations *all = classify_situations(opened);
	(void)state;
	for (size_t i = classify_editions(opened, &list); i-- > 0;) {
		const struct charter_detail *d = charter_detail(list[i]);
		for (size_t s = 0; s < situations_count(all); s++) {
			const struct outcome *o = &d->outcomes[d->of[s]];
			bool holds = false;
			assert_true(d->of[s] < d->outcome_count);
			assert_true(o->row || o->reason);
			for (size_t w = 0; w < o->when_count; w++)
				holds |= condition_holds(&o->when[w], &situations_at(all, s)->facts);
			if (!holds)
				fail_msg("%s: %s is decided by what does not hold for it", list[i]->code, situations_at(all, s)->code);
		}
	}
}

/* Of the rows that would take a situation, none is more urgent than the one that does. */
static void the_most_urgent_row_takes_a_situation(void **state)
{
	const struct charter *const *list;
	const struct situations *all = classify_situations(opened);
	(void)state;
	for (size_t i = classify_editions(opened, &list); i-- > 0;) {
		const struct charter_detail *d = charter_detail(list[i]);
		for (size_t s = 0; s < situations_count(all); s++) {
			for (size_t j = 0; j < d->outcome_count; j++) {
				bool holds = false;
				for (size_t w = 0; w < d->outcomes[j].when_count; w++)
					holds |= condition_holds(&d->outcomes[j].when[w], &situations_at(all, s)->facts);
				if (holds && d->outcomes[j].rank < d->outcomes[d->of[s]].rank)
					fail_msg("%s: %s is urgent", list[i]->code, situations_at(all, s)->code);
			}
		}
	}
}

/* The complaints about a charter whose only row takes these situations. */
static void complaints_of(const char *when, struct str *to)
{
	char path[] = "/tmp/prontod-charter-XXXXXX";
	struct problem p = {0};
	struct str text = {0};
	struct js *root = js_load(PRONTOD_CHARTERS "/sap.json", &p), *list = js_array();
	assert_non_null(root);
	js_push_str(list, when);
	js_set((struct js *)js_at(js_find(root, "rows"), 0), "when", list);
	js_write(root, &text);
	int file = mkstemp(path);
	assert_true(file >= 0);
	assert_int_equal(write(file, text.data, text.length), (ssize_t)text.length);
	close(file);
	assert_false(classify_check_file(PRONTOD_CHARTERS, path, to, NULL, NULL));
	unlink(path);
	js_free(&root);
	str_fini(&text);
}

static void a_situation_left_undecided_is_named(void **state)
{
	struct str to = {0};
	(void)state;
	complaints_of("event=leak & !place=street", &to);
	assert_non_null(strstr(str_text(&to), "takes the situation \"leak_street_big\" (molta acqua in strada)"));
	assert_non_null(strstr(str_text(&to), "\"no_water\""));
	assert_null(strstr(str_text(&to), "\"leak_indoors\""));
	str_fini(&to);
}

static void a_misspelt_fact_gets_a_suggestion(void **state)
{
	struct str to = {0};
	(void)state;
	complaints_of("net=watr", &to);
	assert_non_null(strstr(str_text(&to), "net=water"));
	str_fini(&to);
}

static void assert_refused(const char *text, const char *complaint)
{
	struct str to = {0};
	struct check k = {.file = "weights.tsv", .where = "", .to = &to};
	struct weights *w = weights_new(classify_situations(opened), classify_facts(opened));
	assert_false(weights_read(&k, w, text));
	if (!strstr(str_text(&to), complaint))
		fail_msg("\"%s\" lacks \"%s\"", str_text(&to), complaint);
	weights_free(&w);
	str_fini(&to);
}

static void weights_that_do_not_fit_are_refused(void **state)
{
	struct str head = {0};
	struct weights *w = weights_new(classify_situations(opened), classify_facts(opened));
	(void)state;
	str_add(&head, "units");
	for (size_t u = 0; u < weights_unit_count(w); u++)
		str_addf(&head, "%c%s", u ? ' ' : '\t', weights_unit(w, u));
	str_addc(&head, '\n');
	const char *units = str_text(&head);
	assert_refused("", "units");
	assert_refused("w:perd\t0:12\n", "units");
	assert_refused("units\tnet=water event=leak\nw:perd\t0:12\n", "differ from situations.json");
	const char *wrong[][2] = {{"w:perd\t9999:1\n", "9999"},	  {"w:perd\t1\n", "no unit:weight"},
				  {"w:perd\t1:99999\n", "99999"}, {"w:perd\t1:2\nw:perd\t1:2\n", "stands twice"},
				  {"temperature\t0\n", "0.05"},	  {"perdita\n", "no tab"}};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct str text = {0};
		str_add(&text, units);
		str_add(&text, wrong[i][0]);
		assert_refused(str_text(&text), wrong[i][1]);
		str_fini(&text);
	}
	weights_free(&w);
	str_fini(&head);
}

static void the_same_reports_teach_the_same_weights(void **state)
{
	static const char *const build[] = {PRONTOD_DATA "/learn.jsonl", NULL}, *const tune[] = {NULL};
	struct str first = {0}, second = {0}, to = {0};
	struct problem p = {0};
	struct check k = {.file = "weights.tsv", .where = "", .to = &to};
	(void)state;
	assert_true(classify_learn(PRONTOD_CHARTERS, build, tune, &first, &p));
	assert_true(classify_learn(PRONTOD_CHARTERS, build, tune, &second, &p));
	assert_true(first.length > 10000);
	assert_int_equal(first.length, second.length);
	assert_memory_equal(first.data, second.data, first.length);
	struct weights *w = weights_new(classify_situations(opened), classify_facts(opened));
	assert_true(weights_read(&k, w, str_text(&first)));
	assert_true(weights_find(w, feature_hash("k:event=leak", 12)).count > 0);
	weights_free(&w);
	str_fini(&first);
	str_fini(&second);
	str_fini(&to);
}

static void a_lesson_that_cannot_be_read_is_named(void **state)
{
	char path[] = "/tmp/prontod-lessons-XXXXXX";
	static const char lesson[] = "{\"situation\":\"leak_street_big\",\"charter\":\"cap\",\"text\":\"perde\"}\n"
				     "{\"situation\":\"leak_moon\",\"charter\":\"cap\",\"text\":\"perde\"}\n";
	const char *const build[] = {path, NULL}, *const tune[] = {NULL};
	struct str to = {0};
	struct problem p = {0};
	(void)state;
	int file = mkstemp(path);
	assert_true(file >= 0);
	assert_int_equal(write(file, lesson, strlen(lesson)), (ssize_t)strlen(lesson));
	close(file);
	assert_false(classify_learn(PRONTOD_CHARTERS, build, tune, &to, &p));
	unlink(path);
	assert_non_null(strstr(p.text, "line 2"));
	assert_int_equal(to.length, 0);
	str_fini(&to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_charter_decides_every_situation),
	    cmocka_unit_test(the_most_urgent_row_takes_a_situation),
	    cmocka_unit_test(a_situation_left_undecided_is_named),
	    cmocka_unit_test(a_misspelt_fact_gets_a_suggestion),
	    cmocka_unit_test(weights_that_do_not_fit_are_refused),
	    cmocka_unit_test(the_same_reports_teach_the_same_weights),
	    cmocka_unit_test(a_lesson_that_cannot_be_read_is_named),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}

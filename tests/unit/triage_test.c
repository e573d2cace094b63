/*
 * Guided questions: every path of every charter from nothing known, true answers that never lose the
 * row, words that shorten the way, answers that go before the words, what is more urgent and never
 * left out, and complaints about a damaged questions.json.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/classify/room.h"
#include "charters.h"
#include "one_arena.h"

/* ---- walking ---- */

struct path {
	const struct charter *charter;
	const char *text;
	struct classify_reply replies[CLASSIFY_MAX_REPLIES];
	size_t count;
};

static struct classify_triage next(const struct path *path, struct arena *in)
{
	struct classify_triage t;
	struct problem p = {0};
	const struct classify_asked asked = {.charter = path->charter,
					     .channel = "phone",
					     .text = path->text,
					     .replies = path->replies,
					     .reply_count = path->count};
	if (!classify_triage(opened, &asked, in, &t, &p))
		fail_msg("%s: %s", p.field, p.text);
	return t;
}

static void print_path(const struct path *path)
{
	fprintf(stderr, "%s:", path->charter->code);
	for (size_t i = 0; i < path->count; i++)
		fprintf(stderr, " %s:%d", path->replies[i].question, path->replies[i].option);
	fprintf(stderr, "\n");
}

/* Asked of no one: an end, or a question with something to choose between that was not put before. */
static void check_step(const struct path *path, const struct classify_triage *t)
{
	if (!t->question)
		return;
	if (path->count >= CLASSIFY_QUESTIONS)
		print_path(path);
	assert_true(path->count < CLASSIFY_QUESTIONS);
	assert_true(t->option_count >= 2 && t->option_count <= CLASSIFY_OPTIONS);
	for (size_t i = 0; i < path->count; i++)
		assert_string_not_equal(path->replies[i].question, t->question);
	for (size_t i = 0; i < t->option_count; i++)
		assert_true(t->options[i].key >= 1 && t->options[i].key <= CLASSIFY_OPTIONS &&
			    (i == 0 || t->options[i].key > t->options[i - 1].key));
}

static int rank_of(const struct charter *c, const char *class_code)
{
	const struct charter_class *class = charter_class_find(c, class_code);
	return class ? class->urgency_rank : 1000;
}

static size_t walk_all(struct path *path, bool with_unknown)
{
	struct arena *own = arena_new();
	struct classify_triage t = next(path, own);
	size_t leaves = 0;
	check_step(path, &t);
	if (!t.question && !with_unknown && !t.decided)
		print_path(path);
	assert_true(t.question || with_unknown || t.decided);
	assert_true(t.decided || t.answer.needs_review);
	for (size_t i = 0; t.question && i < t.option_count + with_unknown; i++) {
		path->replies[path->count++] = (struct classify_reply){t.question, i < t.option_count ? t.options[i].key : 0};
		leaves += walk_all(path, with_unknown);
		path->count--;
	}
	/* who knows nothing is taken for the most urgent that remains */
	for (size_t i = 0; !path->text && i < t.remaining_count; i++)
		assert_true(rank_of(path->charter, t.answer.class_code) <= rank_of(path->charter, t.remaining[i].class_code));
	arena_free(&own);
	return t.question ? leaves : 1;
}

static void every_path_of_every_charter_ends_after_four(void **state)
{
	const struct charter *const *list;
	size_t count = classify_charters(opened, &list);
	(void)state;
	assert_true(count >= 5);
	for (size_t i = 0; i < count; i++) {
		struct path path = {.charter = list[i]};
		size_t known = walk_all(&path, false), unknown = walk_all(&path, true);
		assert_true(known >= 10 && unknown > known);
	}
}

/* Follows every answer that is true of the situation. */
static size_t walk_true(struct path *path, size_t situation)
{
	const struct questions *all = classify_questions(opened);
	const struct charter_detail *d = charter_detail(path->charter);
	const struct outcome *want = &d->outcomes[d->of[situation]];
	struct arena *own = arena_new();
	struct classify_triage t = next(path, own);
	size_t ends = t.question ? 0 : 1;
	bool remains = false;
	for (size_t i = 0; i < t.remaining_count; i++)
		remains |= t.remaining[i].row == want->row && (want->row || str_equal(t.remaining[i].reason, want->reason));
	if (!remains || (!t.question && !str_equal(t.answer.class_code, want->row ? want->row->class_code : "none")))
		print_path(path);
	assert_true(remains);
	if (!t.question) {
		assert_string_equal(t.answer.class_code, want->row ? want->row->class_code : "none");
		assert_true(want->row || str_equal(t.answer.refer_to ? t.answer.refer_to : "", want->refer_to ? want->refer_to : ""));
	}
	const struct question *q = t.question ? questions_at(all, (size_t)questions_find(all, t.question)) : NULL;
	for (size_t i = 0; q && i < q->option_count; i++) {
		if (!q->options[i].fits[situation])
			continue;
		path->replies[path->count++] = (struct classify_reply){q->code, (int)i + 1};
		ends += walk_true(path, situation);
		path->count--;
	}
	/* a question that the situation has nothing to do with is answered by "non lo sa" */
	if (q && !q->about[situation]) {
		path->replies[path->count++] = (struct classify_reply){q->code, 0};
		ends += walk_true(path, situation);
		path->count--;
	}
	arena_free(&own);
	return ends;
}

static void true_answers_lead_to_the_row(void **state)
{
	const struct charter *const *list;
	size_t count = classify_charters(opened, &list), situations = situations_count(classify_situations(opened));
	(void)state;
	for (size_t i = 0; i < count; i++) {
		const struct charter_detail *d = charter_detail(list[i]);
		size_t rows = 0;
		for (size_t r = 0; r < list[i]->row_count; r++) {
			size_t ends = 0;
			for (size_t s = 0; s < situations; s++) {
				struct path path = {.charter = list[i]};
				if (d->outcomes[d->of[s]].row == &list[i]->rows[r])
					ends += walk_true(&path, s);
			}
			rows += ends > 0;
			if (!ends)
				fprintf(stderr, "%s: no answers lead to row %s\n", list[i]->code, list[i]->rows[r].code);
		}
		assert_int_equal(rows, list[i]->row_count);
		for (size_t s = 0; s < situations; s++) { /* and whom to call where it is none */
			struct path path = {.charter = list[i]};
			if (!d->outcomes[d->of[s]].row)
				assert_true(walk_true(&path, s) > 0);
		}
	}
}

/* ---- words and answers ---- */

static struct path path_of(const char *charter, const char *text)
{
	return (struct path){.charter = classify_charter(opened, charter), .text = text};
}

static void reply(struct path *path, const char *question, int option)
{
	path->replies[path->count++] = (struct classify_reply){question, option};
}

static void words_shorten_the_way(void **state)
{
	struct path silent = path_of("indecast", NULL), clear = path_of("indecast", "Esce tantissima acqua dall'asfalto in via Cavour");
	struct path vague = path_of("indecast", "C'è una perdita");
	(void)state;
	struct classify_triage nothing = next(&silent, arena), sure = next(&clear, arena), some = next(&vague, arena);
	assert_string_equal(nothing.question, "what");
	assert_true(nothing.answer.needs_review && !nothing.known && sure.known);
	assert_null(sure.question);
	assert_string_equal(sure.answer.row->code, "F03");
	assert_true(sure.answer.evidence_count > 0);
	assert_non_null(some.question); /* how much and where was not said: no dispatcher stops here */
	assert_string_not_equal(some.question, "what");
	assert_string_equal(some.answer.class_code, "L1");
	assert_true(sure.remaining_count < some.remaining_count && some.remaining_count < nothing.remaining_count);
}

static void few_known_words_are_something_said(void **state)
{
	struct path short_words = path_of("indecast", "manca l'acqua"), noise = path_of("indecast", "qwe rty");
	(void)state;
	assert_true(next(&short_words, arena).known);
	assert_true(next(&short_words, arena).remaining_count < next(&noise, arena).remaining_count);
	assert_false(next(&noise, arena).known);
	struct path gas = path_of("cap", "odore di gas");
	assert_string_equal(next(&gas, arena).advice, "gas"); /* not a moment to lose */
}

static void an_answer_goes_before_the_words(void **state)
{
	struct path path = path_of("indecast", "Esce tantissima acqua dall'asfalto in via Cavour");
	(void)state;
	assert_string_equal(next(&path, arena).answer.class_code, "L1");
	reply(&path, "where", 3);
	reply(&path, "quantity", 3);
	struct classify_triage t = next(&path, arena);
	assert_string_equal(t.answer.row->code, "F11");
	assert_true(t.decided && t.answered[0].applied && t.answered[1].applied);
	assert_string_equal(t.answered[1].label_it, "Poca: gocce o un filo");
	struct path gas = path_of("indecast", "Sento odore di gas nelle scale");
	reply(&gas, "what", 1);
	reply(&gas, "quantity", 1);
	reply(&gas, "where", 1);
	t = next(&gas, arena);
	assert_string_equal(t.answer.class_code, "L1");
	assert_string_equal(t.answer.row->code, "F03");
	assert_string_equal(t.advice, "street_leak");
}

static void an_answer_says_nothing_of_what_it_is_not_about(void **state)
{
	struct path path = path_of("indecast", "Sento odore di gas nelle scale");
	(void)state;
	struct classify_triage before = next(&path, arena);
	assert_null(before.answer.row);
	assert_string_equal(before.advice, "gas");
	reply(&path, "quantity", 1);
	struct classify_triage after = next(&path, arena);
	assert_null(after.answer.row);
	assert_true(after.answer.confidence > before.answer.confidence - 0.001 && after.answer.confidence < before.answer.confidence + 0.001);
}

static void who_does_not_know_excludes_nothing(void **state)
{
	struct path path = path_of("indecast", NULL);
	(void)state;
	reply(&path, "what", 1);
	struct classify_triage before = next(&path, arena);
	reply(&path, before.question, 0);
	struct classify_triage after = next(&path, arena);
	assert_int_equal(after.remaining_count, before.remaining_count);
	assert_string_not_equal(after.question, before.question);
	assert_false(after.answered[1].applied);
	assert_string_equal(after.answered[1].label_it, "Non lo sa");
	reply(&path, "part", 0);
	reply(&path, "building", 0);
	struct classify_triage end = next(&path, arena);
	assert_null(end.question); /* four were put */
	assert_false(end.decided);
	assert_true(end.answer.needs_review);
	assert_string_equal(end.answer.class_code, "L1");
}

static void an_earlier_answer_stands(void **state)
{
	struct path path = path_of("indecast", NULL);
	(void)state;
	reply(&path, "where", 5);
	reply(&path, "building", 1);
	reply(&path, "what", 2);
	struct classify_triage t = next(&path, arena);
	assert_true(t.answered[0].applied);
	assert_false(t.answered[1].applied); /* near electric plants is no building */
	assert_true(t.answered[2].applied);
	assert_string_equal(t.question, "water");
}

static void keys_keep_their_meaning(void **state)
{
	struct path path = path_of("cap", NULL);
	(void)state;
	reply(&path, "what", 5);
	reply(&path, "meter", 1);
	struct classify_triage t = next(&path, arena);
	assert_string_equal(t.question, "quantity");
	path.count = 0;
	reply(&path, "what", 1);
	reply(&path, "where", 1);
	reply(&path, "hazard", 1); /* a trickle that freezes, or much water */
	t = next(&path, arena);
	assert_true(t.decided);
	path.count = 2;
	reply(&path, "hazard", 2);
	t = next(&path, arena);
	assert_string_equal(t.question, "quantity");
	assert_int_equal(t.options[t.option_count - 1].key, 3);
	assert_string_equal(t.options[t.option_count - 1].it, "Poca: gocce o un filo");
}

static void refuses_answers_to_nothing(void **state)
{
	static const struct {
		struct classify_reply replies[2];
		size_t count;
		const char *field;
	} cases[] = {{{{"wat", 1}}, 1, "/answers/0/question"},
		     {{{"what", 1}, {NULL, 1}}, 2, "/answers/1/question"},
		     {{{"what", 10}}, 1, "/answers/0/option"},
		     {{{"what", -1}}, 1, "/answers/0/option"},
		     {{{"what", 1}, {"where", 6}}, 2, "/answers/1/option"},
		     {{{"what", 1}, {"what", 2}}, 2, "/answers/1/question"}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct classify_triage t;
		struct problem p = {0};
		const struct classify_asked asked = {
		    .charter = classify_charter(opened, "cap"), .replies = cases[i].replies, .reply_count = cases[i].count};
		assert_false(classify_triage(opened, &asked, arena, &t, &p));
		assert_int_equal(p.kind, PROBLEM_INPUT);
		assert_string_equal(p.field, cases[i].field);
	}
}

/* ---- nothing is left out that is more urgent ---- */

static struct classify_triage by_shares(const char *charter, const char *likely, const char *other, double other_share)
{
	const struct situations *all = classify_situations(opened);
	struct classify_triage t = {0};
	struct problem p = {0};
	double shares[SITUATIONS_MAX] = {0};
	const struct classify_asked asked = {.charter = classify_charter(opened, charter)};
	shares[situations_find(all, likely)] = 1 - other_share;
	shares[situations_find(all, other)] += other_share;
	assert_true(triage_next(classify_questions(opened), situations_count(all), &asked, shares, arena, &t, &p));
	return t;
}

static void a_small_chance_counts_where_it_is_more_urgent(void **state)
{
	(void)state;
	struct classify_triage t = by_shares("indecast", "leak_country_small", "leak_country", 0.02);
	assert_false(t.decided); /* L3, perhaps L2 */
	assert_string_equal(t.question, "quantity");
	t = by_shares("indecast", "leak_country", "leak_country_small", 0.02);
	assert_true(t.decided); /* L2, perhaps L3: left out */
	t = by_shares("indecast", "leak_country_small", "sinkhole", 0.02);
	assert_false(t.decided);
	t = by_shares("indecast", "none_bill", "sinkhole", 0.02);
	assert_false(t.decided); /* a fault is more urgent than none */
	t = by_shares("indecast", "leak_country_small", "sinkhole", 0.001);
	assert_true(t.decided); /* a trace */
}

static void words_alone_never_lower_the_class(void **state)
{
	FILE *file = fopen(PRONTOD_DATA "/gold.jsonl", "r");
	char line[4096];
	size_t count = 0;
	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		struct problem p = {0};
		struct js *o = js_parse(line, strlen(line), &p);
		struct arena *own = arena_new();
		struct path path = path_of(js_find_str(o, "charter"), js_find_str(o, "text"));
		struct classify_answer plain;
		classify_text(opened, path.charter, "phone", NULL, path.text, own, &plain);
		struct classify_triage t = next(&path, own);
		for (; t.question; t = next(&path, own)) { /* who knows nothing changes nothing */
			assert_true(rank_of(path.charter, t.answer.class_code) <= rank_of(path.charter, plain.class_code));
			reply(&path, t.question, 0);
		}
		assert_true(rank_of(path.charter, t.answer.class_code) <= rank_of(path.charter, plain.class_code));
		for (size_t i = 0; t.decided && i < t.remaining_count; i++)
			assert_string_equal(t.remaining[i].class_code, t.answer.class_code);
		count++;
		arena_free(&own);
		js_free(&o);
	}
	fclose(file);
	assert_true(count >= 64);
}

static void sentences_need_at_most_four(void **state)
{
	static const char *const texts[] = {"perde", "acqua in cantina", "il tombino è rotto", "buongiorno, chiamo da via Roma",
					    "manca l'acqua e la fogna esce in strada", "il cassonetto puzza", "è tutto allagato"};
	const struct charter *const *list;
	size_t count = classify_charters(opened, &list);
	(void)state;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < sizeof texts / sizeof texts[0]; j++) {
			struct path path = {.charter = list[i], .text = texts[j]};
			assert_true(walk_all(&path, true) > 0);
		}
	}
}

/* ---- the file ---- */

#define TWO "\"options\":[{\"it\":\"Sì\",\"when\":[\"event=leak\"]},{\"it\":\"No\",\"when\":[\"!event=leak\"]}]"
static void says_what_is_wrong_with_a_question(void **state)
{
	static const struct {
		const char *question, *complaint;
	} cases[] = {
	    {"{\"code\":\"what\",\"ask_it\":\"Perde?\"," TWO "}", ""},
	    {"{\"ask_it\":\"Perde?\"," TWO "}", "question ?: code: missing"},
	    {"{\"code\":\"What?\",\"ask_it\":\"Perde?\"," TWO "}", "question What?: code: must be"},
	    {"{\"code\":\"a\",\"ask_it\":\"Perde\"," TWO "}", "question a: ask_it: must end with \"?\""},
	    {"{\"code\":\"a\",\"ask_it\":\"Mi sa dire, per cortesia, se dalla strada esce dell'acqua?\"," TWO "}",
	     "question a: ask_it: must have at most 48"},
	    {"{\"code\":\"a\",\"ask_it\":\"Perde?\",\"iff\":\"x\"," TWO "}", "question a: iff: unknown key; did you mean \"if\"?"},
	    {"{\"code\":\"a\",\"ask_it\":\"Perde?\",\"if\":\"event=leek\"," TWO "}", "unknown fact \"event=leek\"; did you mean \"event=leak\"?"},
	    {"{\"code\":\"a\",\"ask_it\":\"Perde?\",\"options\":[{\"it\":\"Sì\",\"when\":[\"event=leak\"]}]}",
	     "question a: options: must be 2 to 9"},
	    {"{\"code\":\"a\",\"ask_it\":\"Perde?\",\"if\":\"net=water\",\"options\":[{\"it\":\"Sì\",\"when\":[\"event=leak\"]},"
	     "{\"it\":\"Manca\",\"when\":[\"event=no_water\"]}]}",
	     "question a: options: none fits the situation \"low_pressure\""},
	    {"{\"code\":\"a\",\"ask_it\":\"Perde?\",\"if\":\"event=leak\",\"options\":[{\"it\":\"Sì\",\"when\":[\"event=leak\"]},"
	     "{\"it\":\"No\",\"when\":[\"net=waste\"]}]}",
	     "question a 2: when: no situation"},
	    {"{\"code\":\"a\",\"ask_it\":\"Perde?\",\"if\":\"event=leak\",\"options\":[{\"it\":\"Sì\",\"when\":[\"event=leak\"]},"
	     "{\"when\":[\"event=leak\"]}]}",
	     "question a 2: it: missing"},
	    {"{\"code\":\"a\",\"ask_it\":\"Perde?\"," TWO "},{\"code\":\"a\",\"ask_it\":\"Perde?\"," TWO "}", "question a: code: stands twice"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct str text = {0}, complaints = {0};
		struct problem p = {0};
		struct check k = {.file = "questions.json", .where = "", .to = &complaints};
		str_addf(&text, "{\"questions\":[%s]}", cases[i].question);
		struct js *root = js_parse(text.data, text.length, &p);
		assert_non_null(root);
		struct questions *all = questions_load(&k, root, classify_facts(opened), classify_situations(opened));
		if (!cases[i].complaint[0])
			assert_string_equal(str_text(&complaints), "");
		else if (!strstr(str_text(&complaints), cases[i].complaint))
			fail_msg("want \"%s\", got \"%s\"", cases[i].complaint, str_text(&complaints));
		questions_free(&all);
		js_free(&root);
		str_fini(&complaints);
		str_fini(&text);
	}
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, open_arena, close_arena)
	const struct CMUnitTest tests[] = {
	    EACH(every_path_of_every_charter_ends_after_four),
	    EACH(true_answers_lead_to_the_row),
	    EACH(words_shorten_the_way),
	    EACH(few_known_words_are_something_said),
	    EACH(an_answer_goes_before_the_words),
	    EACH(an_answer_says_nothing_of_what_it_is_not_about),
	    EACH(who_does_not_know_excludes_nothing),
	    EACH(an_earlier_answer_stands),
	    EACH(keys_keep_their_meaning),
	    EACH(refuses_answers_to_nothing),
	    EACH(a_small_chance_counts_where_it_is_more_urgent),
	    EACH(words_alone_never_lower_the_class),
	    EACH(sentences_need_at_most_four),
	    EACH(says_what_is_wrong_with_a_question),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}

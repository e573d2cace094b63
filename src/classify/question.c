/*
 * The questions a dispatcher may ask: which situations each is about and which ones every answer
 * leaves open, worked out once when the file is read. Which question comes next is triage.c's
 * matter. Source: classifications/questions.json.
 */
#include "room.h"

#include <stdlib.h>
#include <string.h>

#define ASK_MAX 48   /* code points: what can be said in one breath */
#define LABEL_MAX 48 /* likewise; the desk shows it on one line */

struct questions {
	struct question list[QUESTIONS_MAX];
	size_t count;
	bool vaguer[SITUATIONS_MAX][SITUATIONS_MAX];
};

/* Any of the conditions of a list. */
static bool any_holds(const struct condition *when, size_t count, const struct fact_set *facts)
{
	for (size_t i = 0; i < count; i++) {
		if (condition_holds(&when[i], facts))
			return true;
	}
	return false;
}

static void load_about(struct check *k, const struct js *value, const struct facts *f, const struct situations *all,
		       struct question *q)
{
	const char *text = check_str(k, value, "if", false);
	struct condition about = {0};
	bool given = text && condition_parse(k, f, text, &about);
	for (size_t s = 0; s < situations_count(all); s++)
		q->about[s] = !given || condition_holds(&about, &situations_at(all, s)->facts);
	condition_fini(&about);
}

static void load_option(struct check *k, const struct js *value, const struct facts *f, const struct situations *all,
			struct question *q)
{
	static const char *const keys[] = {"it", "when", NULL};
	struct question_option *o = &q->options[q->option_count++];
	const struct js *list = check_list(k, value, "when", true);
	struct condition *when = mem_zero(js_count(list) + 1, sizeof *when);
	size_t count = 0, open = 0;
	check_keys(k, value, keys);
	o->it = check_str(k, value, "it", true);
	if (o->it && utf8_length(o->it) > LABEL_MAX)
		check_say(k, "it", "must have at most %d characters", LABEL_MAX);
	for (size_t i = 0; i < js_count(list); i++) {
		const char *text = js_str(js_at(list, i));
		if (!text)
			check_say(k, "when", "must list conditions, such as \"place=street\"");
		else
			count += condition_parse(k, f, text, &when[count]);
	}
	for (size_t s = 0; s < situations_count(all); s++) {
		o->fits[s] = q->about[s] && any_holds(when, count, &situations_at(all, s)->facts);
		open += o->fits[s];
	}
	if (count && !open)
		check_say(k, "when", "no situation that the question is about fits it");
	for (size_t i = 0; i < count; i++)
		condition_fini(&when[i]);
	free(when);
}

/* Whoever the question is put to must find an answer that is true. */
static void check_fits(struct check *k, const struct situations *all, const struct question *q)
{
	for (size_t s = 0; s < situations_count(all); s++) {
		bool fits = !q->about[s];
		for (size_t i = 0; i < q->option_count; i++)
			fits |= q->options[i].fits[s];
		if (!fits)
			check_say(k, "options", "none fits the situation \"%s\" (%s)", situations_at(all, s)->code,
				  situations_at(all, s)->it);
	}
}

static void load_options(struct check *k, const struct js *list, const struct facts *f, const struct situations *all,
			 struct question *q)
{
	const char *place = k->where;
	char where[96];
	if (list && (js_count(list) < 2 || js_count(list) > OPTIONS_MAX))
		check_say(k, "options", "must be 2 to %d: one key each", OPTIONS_MAX);
	for (size_t i = 0; i < js_count(list) && q->option_count < OPTIONS_MAX; i++) {
		size_t used = str_copy(where, sizeof where, place);
		if (used + 12 < sizeof where)
			str_copy(where + used, sizeof where - used, (const char[]){' ', (char)('1' + (int)i), '\0'});
		k->where = where;
		load_option(k, js_at(list, i), f, all, q);
	}
	k->where = place;
}

static void load_one(struct check *k, struct questions *all, const struct js *value, const struct facts *f,
		     const struct situations *situations)
{
	static const char *const keys[] = {"code", "ask_it", "if", "options", NULL};
	const char *code = js_find_str(value, "code");
	char where[80];
	size_t used = str_copy(where, sizeof where, "question ");
	str_copy(where + used, sizeof where - used, code ? code : "?");
	k->where = where;
	check_keys(k, value, keys);
	struct question q = {.code = check_str(k, value, "code", true), .ask_it = check_str(k, value, "ask_it", true)};
	if (q.code && questions_find(all, q.code) >= 0)
		check_say(k, "code", "stands twice");
	if (q.code && (strspn(q.code, "abcdefghijklmnopqrstuvwxyz_") != strlen(q.code) || strlen(q.code) > 32))
		check_say(k, "code", "must be at most 32 small letters and \"_\"");
	if (q.ask_it && utf8_length(q.ask_it) > ASK_MAX)
		check_say(k, "ask_it", "must have at most %d characters", ASK_MAX);
	if (q.ask_it && q.ask_it[0] && q.ask_it[strlen(q.ask_it) - 1] != '?')
		check_say(k, "ask_it", "must end with \"?\"");
	load_about(k, value, f, situations, &q);
	load_options(k, check_list(k, value, "options", true), f, situations, &q);
	check_fits(k, situations, &q);
	all->list[all->count++] = q;
	k->where = "";
}

/* Are all facts of a also b's, but for those that only tell that something was not said? */
static bool is_vaguer(const struct situation *a, const struct situation *b, const struct fact_set *unsaid)
{
	for (size_t i = 0; i < a->fact_count; i++) {
		if (!fact_has(unsaid, a->fact_list[i]) && !fact_has(&b->facts, a->fact_list[i]))
			return false;
	}
	return true;
}

static void load_unsaid(struct check *k, struct questions *all, const struct js *root, const struct facts *f,
			const struct situations *situations)
{
	const struct js *list = check_list(k, root, "unsaid", false);
	struct fact_set unsaid = {0};
	for (size_t i = 0; i < js_count(list); i++) {
		const char *name = js_str(js_at(list, i));
		int fact = name ? facts_find(f, name) : -1;
		const char *near = name && fact < 0 ? facts_nearest(f, name) : NULL;
		if (fact < 0)
			check_say(k, "unsaid", "unknown fact \"%s\"%s%s", name ? name : "(not a text)",
				  near ? "; did you mean " : "", near ? near : "");
		else
			fact_add(&unsaid, fact);
	}
	for (size_t a = 0; a < situations_count(situations); a++) {
		const struct situation *s = situations_at(situations, a);
		for (size_t b = 0; fact_meets(&s->facts, &unsaid) && b < situations_count(situations); b++)
			all->vaguer[a][b] = a != b && is_vaguer(s, situations_at(situations, b), &unsaid);
	}
}

struct questions *questions_load(struct check *k, const struct js *root, const struct facts *f,
				 const struct situations *situations)
{
	static const char *const keys[] = {"about", "unsaid", "questions", NULL};
	struct questions *all = mem_zero(1, sizeof *all);
	check_keys(k, root, keys);
	const struct js *list = check_list(k, root, "questions", true);
	if (js_count(list) > QUESTIONS_MAX)
		check_say(k, "questions", "too many; at most %d", QUESTIONS_MAX);
	for (size_t i = 0; i < js_count(list) && all->count < QUESTIONS_MAX; i++)
		load_one(k, all, js_at(list, i), f, situations);
	load_unsaid(k, all, root, f, situations);
	return all;
}

void questions_free(struct questions **all)
{
	free(*all);
	*all = NULL;
}

size_t questions_count(const struct questions *all)
{
	return all->count;
}

const struct question *questions_at(const struct questions *all, size_t i)
{
	return &all->list[i];
}

int questions_find(const struct questions *all, const char *code)
{
	for (size_t i = 0; i < all->count; i++) {
		if (str_equal(all->list[i].code, code))
			return (int)i;
	}
	return -1;
}

const bool *questions_vaguer(const struct questions *all, size_t situation)
{
	return all->vaguer[situation];
}

/*
 * The room's door: opens classifications/ and answers what a text is. The order of things only; each
 * step has its own file. Source: include/classify.h.
 */
#include "room.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHARTERS_MAX 64
#define ADVICE_MAX 64
#define SENTENCES_MAX 12 /* judged alone */

struct classify {
	struct js *index, *national, *none, *advice_root;
	struct js *facts_root, *lexicon_root, *situations_root, *questions_root;
	struct facts *facts;
	struct lexicon *lexicon;
	struct situations *situations;
	struct questions *questions;
	struct weights *weights;
	struct glossary *glossary; /* grows while texts are read */
	struct charter *charters[CHARTERS_MAX]; /* every edition, as index.json lists them */
	size_t count;
	const struct charter *current[CHARTERS_MAX]; /* one of each code */
	size_t current_count;
	struct js *patrons;
	struct classify_advice advice[ADVICE_MAX];
	const char *advice_keys[ADVICE_MAX + 1];
	size_t advice_count;
};

static struct js *load(const char *dir, const char *name, struct str *to)
{
	struct problem p = {0};
	struct str path = {0};
	str_addf(&path, "%s/%s", dir, name);
	struct js *root = js_load(str_text(&path), &p);
	if (!root)
		str_addf(to, "%s: %s\n", name, p.text);
	str_fini(&path);
	return root;
}

static void load_advice(struct check *k, const struct js *root, struct classify *c)
{
	static const char *const keys[] = {"said_it", "told_it", "told_en", NULL};
	const struct js *value;
	const char *key;
	const struct js *list = check_object(k, root, "advice", true);
	for (size_t i = 0; js_pair(list, i, &key, &value) && c->advice_count < ADVICE_MAX; i++) {
		k->where = key;
		check_keys(k, value, keys);
		c->advice_keys[c->advice_count] = key;
		c->advice[c->advice_count++] = (struct classify_advice){.key = key,
									.said_it = check_str(k, value, "said_it", true),
									.told_it = check_str(k, value, "told_it", true),
									.told_en = check_str(k, value, "told_en", true)};
	}
	k->where = "";
}

/* Everything but the charters; complaints go to `to`. False if something could not be read at all. */
static bool open_shared(struct classify *c, const char *dir, struct str *to)
{
	c->index = load(dir, "index.json", to);
	c->national = load(dir, "national.json", to);
	c->none = load(dir, "none.json", to);
	c->advice_root = load(dir, "advice.json", to);
	c->facts_root = load(dir, "facts.json", to);
	c->lexicon_root = load(dir, "lexicon.json", to);
	c->situations_root = load(dir, "situations.json", to);
	c->patrons = load(dir, "patrons.json", to);
	c->questions_root = load(dir, "questions.json", to);
	if (!c->patrons || !c->questions_root || !c->situations_root || !c->index || !c->national || !c->none ||
	    !c->advice_root || !c->facts_root || !c->lexicon_root)
		return false;
	patrons_check(&(struct check){.file = "patrons.json", .where = "", .to = to}, c->patrons);
	load_advice(&(struct check){.file = "advice.json", .where = "", .to = to}, c->advice_root, c);
	c->facts = facts_load(&(struct check){.file = "facts.json", .where = "", .to = to}, c->facts_root);
	c->lexicon = lexicon_load(&(struct check){.file = "lexicon.json", .where = "", .to = to}, c->lexicon_root, c->facts);
	c->situations = situations_load(&(struct check){.file = "situations.json", .where = "", .to = to}, c->situations_root, c->facts);
	c->questions = questions_load(&(struct check){.file = "questions.json", .where = "", .to = to}, c->questions_root, c->facts, c->situations);
	c->weights = weights_new(c->situations, c->facts);
	c->glossary = glossary_new(c->lexicon, c->weights);
	return true;
}

static struct charter *open_charter(const struct classify *c, struct js *root, const char *file, struct str *to)
{
	struct check k = {.file = file, .where = "", .to = to};
	struct charter_shelf shelf = {
	    .facts = c->facts, .situations = c->situations, .national = c->national, .none = c->none, .advice = c->advice_keys};
	shelf.patrons = c->patrons;
	return charter_load(&k, root, &shelf);
}

static void open_charters(struct classify *c, const char *dir, struct str *to)
{
	static const char *const keys[] = {"about", "charters", NULL};
	struct check k = {.file = "index.json", .where = "", .to = to};
	check_keys(&k, c->index, keys);
	const struct js *list = check_list(&k, c->index, "charters", true);
	for (size_t i = 0; i < js_count(list) && c->count < CHARTERS_MAX; i++) {
		const char *file = js_str(js_at(list, i));
		struct js *root = file ? load(dir, file, to) : NULL;
		if (!root)
			continue;
		c->charters[c->count++] = open_charter(c, root, file, to);
	}
	editions_check(&k, c->charters, c->count);
}

static const char *date_of(const struct charter *charter, struct instant at, char text[16])
{
	struct problem p = {0};
	const struct zone *zone = charter->zone ? zone_get(charter->zone, &p) : NULL;
	struct wall w = zone ? zone_wall(zone, at) : (struct wall){0};
	snprintf(text, 16, "%04d-%02d-%02d", w.year % 10000, w.month, w.day);
	return text;
}

/* Does `a` stand for its code rather than `b`, that of the two that began last and no later than today? */
static bool is_newer(const struct charter *a, const struct charter *b, struct instant now)
{
	char today[16];
	bool a_began = strcmp(a->valid_from, date_of(a, now, today)) <= 0;
	bool b_began = strcmp(b->valid_from, date_of(b, now, today)) <= 0;
	if (a_began != b_began)
		return a_began;
	int order = strcmp(a->valid_from, b->valid_from);
	return a_began ? order > 0 : order < 0;
}

static void choose_current(struct classify *c)
{
	struct instant now = instant_now();
	for (size_t i = 0; i < c->count; i++) {
		size_t at = 0;
		while (at < c->current_count && !str_equal(c->current[at]->code, c->charters[i]->code))
			at++;
		if (at == c->current_count)
			c->current[c->current_count++] = c->charters[i];
		else if (is_newer(c->charters[i], c->current[at], now))
			c->current[at] = c->charters[i];
	}
}

/* The learned weights; a file that does not fit situations.json is refused, not half used. */
static void open_weights(struct classify *c, const char *dir, struct str *to)
{
	struct check k = {.file = "weights.tsv", .where = "", .to = to};
	struct str path = {0}, text = {0};
	struct problem p = {0};
	str_addf(&path, "%s/weights.tsv", dir);
	if (file_read(str_text(&path), &text, &p))
		weights_read(&k, c->weights, str_text(&text));
	else
		check_say(&k, "file", "%s; `prontoctl charter learn` writes it", p.text);
	str_fini(&text);
	str_fini(&path);
}

static struct classify *open_all(const char *dir, bool learned, struct problem *p)
{
	struct classify *c = mem_zero(1, sizeof *c);
	struct str complaints = {0};
	if (open_shared(c, dir, &complaints)) {
		open_charters(c, dir, &complaints);
		if (learned)
			open_weights(c, dir, &complaints);
	}
	if (complaints.length) {
		const char *text = str_text(&complaints);
		problem_set(p, PROBLEM_INPUT, "", "%s/%.*s", dir, (int)strcspn(text, "\n"), text);
		classify_free(&c);
	} else {
		choose_current(c);
	}
	str_fini(&complaints);
	return c;
}

struct classify *classify_open(const char *dir, struct problem *p)
{
	return open_all(dir, true, p);
}

struct classify *classify_open_unlearned(const char *dir, struct problem *p)
{
	return open_all(dir, false, p);
}

void classify_free(struct classify **classify)
{
	struct classify *c = *classify;
	if (!c)
		return;
	for (size_t i = c->count; i-- > 0;)
		charter_free(&c->charters[i]);
	weights_free(&c->weights);
	questions_free(&c->questions);
	situations_free(&c->situations);
	glossary_free(&c->glossary);
	lexicon_free(&c->lexicon);
	facts_free(&c->facts);
	js_free(&c->questions_root);
	js_free(&c->situations_root);
	js_free(&c->lexicon_root);
	js_free(&c->facts_root);
	js_free(&c->advice_root);
	js_free(&c->none);
	js_free(&c->national);
	js_free(&c->patrons);
	js_free(&c->index);
	free(c);
	*classify = NULL;
}

const struct charter *classify_charter(const struct classify *c, const char *code)
{
	for (size_t i = 0; i < c->current_count; i++) {
		if (str_equal(c->current[i]->code, code))
			return c->current[i];
	}
	return NULL;
}

size_t classify_charters(const struct classify *c, const struct charter *const **out)
{
	*out = c->current;
	return c->current_count;
}

const struct charter *classify_charter_at(const struct classify *c, const char *code, struct instant at)
{
	char date[16];
	const struct charter *any = classify_charter(c, code);
	return any ? edition_on(c->charters, c->count, code, date_of(any, at, date)) : NULL;
}

const struct charter *classify_charter_edition(const struct classify *c, const char *code, const char *edition)
{
	for (size_t i = 0; i < c->count; i++) {
		if (str_equal(c->charters[i]->code, code) && str_equal(c->charters[i]->edition, edition))
			return c->charters[i];
	}
	return NULL;
}

size_t classify_editions(const struct classify *c, const struct charter *const **out)
{
	*out = (const struct charter *const *)c->charters;
	return c->count;
}

struct js *classify_edition(const struct classify *c, const struct charter *charter)
{
	struct js *o = js_object();
	js_set(o, "charter", js_copy(charter_detail(charter)->root));
	js_set(o, "national", js_copy(c->national));
	js_set(o, "patrons", js_copy(c->patrons));
	return o;
}

/* Its conditions may name facts that exist no more: rows and targets are read all the same, and a text
 * is never judged by it. */
struct charter *classify_edition_open(const struct classify *c, const struct js *edition)
{
	const struct js *file = js_find(edition, "charter");
	if (js_kind(file) != JS_OBJECT || !js_find_str(file, "code"))
		return NULL;
	struct str complaints = {0};
	struct check k = {.file = "edition", .where = "", .to = &complaints};
	struct js *over = js_copy(edition);
	struct charter_shelf shelf = {
	    .facts = c->facts, .situations = c->situations, .none = c->none, .advice = c->advice_keys};
	shelf.national = js_find(over, "national");
	shelf.patrons = js_find(over, "patrons");
	struct charter *charter = charter_load(&k, js_copy(file), &shelf);
	charter_detail_keep(charter, over);
	str_fini(&complaints);
	return charter;
}

void classify_edition_close(struct charter **charter)
{
	charter_free(charter);
}

const struct classify_advice *classify_advice(const struct classify *c, const char *key)
{
	for (size_t i = 0; key && i < c->advice_count; i++) {
		if (str_equal(c->advice[i].key, key))
			return &c->advice[i];
	}
	return NULL;
}

/* Is it one of the files that all charters share, of this folder or another? */
static bool is_shared(const char *path)
{
	static const char *const names[] = {"index.json",    "national.json", "none.json",     "advice.json",
					    "facts.json",    "lexicon.json",  "situations.json", "schema.json",
					    "patrons.json",  "questions.json"};
	const char *slash = strrchr(path, '/');
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (str_equal(slash ? slash + 1 : path, names[i]))
			return true;
	}
	return false;
}

/* The shared files of the folder that the file lies in, together: they refer to each other. */
static bool check_shared(const char *path, struct str *complaints)
{
	struct classify *c = mem_zero(1, sizeof *c);
	const char *slash = strrchr(path, '/');
	char *dir = slash ? mem_strn(path, (size_t)(slash - path)) : mem_str(".");
	size_t before = complaints->length;
	open_shared(c, dir, complaints);
	classify_free(&c);
	free(dir);
	return complaints->length == before;
}

bool classify_check_file(const char *dir, const char *path, struct str *complaints, classify_show_fn *show, void *ctx)
{
	struct problem p = {0};
	size_t before = complaints->length;
	if (is_shared(path))
		return check_shared(path, complaints);
	struct classify *c = mem_zero(1, sizeof *c);
	struct js *root = js_load(path, &p);
	if (!root)
		str_addf(complaints, "%s: %s\n", path, p.text);
	if (open_shared(c, dir, complaints) && root) {
		struct charter *charter = open_charter(c, root, path, complaints);
		if (show && complaints->length == before)
			show(ctx, charter);
		charter_free(&charter);
	} else {
		js_free(&root);
	}
	classify_free(&c);
	return complaints->length == before;
}

/* The words that are the reporter's own: without what a reply quotes, the signature, and names of streets
 * ("viale Boschetti" is no wood). */
static struct words own_words(const struct words *all, struct arena *arena)
{
	struct words own = {.list = arena_take(arena, (all->count + 1) * sizeof *own.list)};
	for (size_t i = 0; i < all->count; i++) {
		if (!all->list[i].quoted)
			own.list[own.count++] = all->list[i];
	}
	return own;
}

static bool says_something(const struct facts *f, const struct findings *found)
{
	for (int i = 0; i < facts_count(f); i++) {
		if (!facts_at(f, i)->steady && fact_has(&found->facts, i))
			return true;
	}
	return false;
}

void read_text(const struct classify *c, const char *subject, const char *text, struct arena *arena, struct text_read *out)
{
	*out = (struct text_read){.title = words_cut(subject ? subject : "", c->glossary, arena),
				  .all = words_cut(text, c->glossary, arena)};
	address_hide(text, &out->all);
	out->own = own_words(&out->all, arena);
	facts_observe(c->facts, c->lexicon, &out->own, arena, &out->found);
	if (out->own.count < out->all.count && !says_something(c->facts, &out->found)) {
		out->found = (struct findings){0};
		out->own = out->all;
		facts_observe(c->facts, c->lexicon, &out->own, arena, &out->found);
	}
	facts_observe(c->facts, c->lexicon, &out->title, arena, &out->found);
	out->facts = out->found.facts;
	facts_derive(c->facts, &out->facts);
}

void read_features(const struct classify *c, const struct charter *charter, const char *channel, const struct text_read *t,
		   struct feature_sink *sink)
{
	features_of(c->facts, charter, channel, &t->found, &t->title, &t->own, sink);
}

const struct situations *classify_situations(const struct classify *c)
{
	return c->situations;
}

const struct facts *classify_facts(const struct classify *c)
{
	return c->facts;
}

const struct questions *classify_questions(const struct classify *c)
{
	return c->questions;
}

/* Two faults in one message stand in two sentences. Long letters: the first of them. */
static void judge_sentences(const struct classify *c, const struct charter *charter, const struct text_read *t,
			    const struct reading *reading, struct classify_answer *out)
{
	int last = t->own.count ? t->own.list[t->own.count - 1].sentence : 0, seen = 0;
	for (size_t i = 0; i < t->own.count && last > 0 && seen < SENTENCES_MAX; i++) {
		double units[UNITS_MAX], shares[SITUATIONS_MAX];
		int sentence = t->own.list[i].sentence;
		if (i && t->own.list[i - 1].sentence == sentence)
			continue;
		weights_sum_sentence(c->weights, reading, sentence, units);
		weights_share(c->weights, units, shares);
		judge_sentence(c->situations, charter, shares, out);
		seen++;
	}
}

void heard_words(const struct classify *c, const struct classify_asked *asked, struct arena *arena, struct heard *out)
{
	double units[UNITS_MAX];
	struct feature_sink sink;
	*out = (struct heard){0};
	read_text(c, asked->subject, asked->text ? asked->text : "", arena, &out->text);
	weights_look(c->weights, arena, &out->reading, &sink);
	read_features(c, asked->charter, asked->channel, &out->text, &sink);
	weights_sum(c->weights, &out->reading, units);
	weights_share(c->weights, units, out->shares);
}

void heard_read(const struct classify *c, const struct classify_asked *asked, struct arena *arena, struct heard *out)
{
	heard_words(c, asked, arena, out);
	situations_alarm(c->situations, &out->text.facts, out->shares, out->alarmed);
	weights_by_sentence(&out->reading, &out->text.own, arena);
}

void heard_judge(const struct classify *c, const struct classify_asked *asked, const struct heard *h,
		 const double *shares, struct arena *arena, struct classify_answer *out)
{
	judge_shares(c->situations, asked->charter, shares, out);
	judge_sentences(c, asked->charter, &h->text, &h->reading, out);
	judge_alarms(c->situations, asked->charter, h->alarmed, shares, out);
	if (shares == h->shares) /* by words alone */
		judge_unknown(c->situations, asked->charter, &h->reading, asked->text ? asked->text : "", &h->text.own, h->text.found.count > 0, shares, out);
	explain_answer(c->facts, c->situations, c->weights, asked->charter, &h->reading, h->shares, h->alarmed, &h->text,
		       arena, out);
	address_find(asked->text ? asked->text : "", &h->text.all, arena, &out->address);
}

void classify_text(const struct classify *c, const struct charter *charter, const char *channel, const char *subject,
		   const char *text, struct arena *arena, struct classify_answer *out)
{
	const struct classify_asked asked = {.charter = charter, .channel = channel, .subject = subject, .text = text};
	struct heard h;
	*out = (struct classify_answer){0};
	heard_read(c, &asked, arena, &h);
	heard_judge(c, &asked, &h, h.shares, arena, out);
}

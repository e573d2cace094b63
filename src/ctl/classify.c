/*
 * prontoctl classify --charter C [--channel phone|email|web] [--subject S] (--text T | --jsonl): one JSON
 * object on standard output; with --jsonl an object a line, as read from standard input.
 */
#include "ctl.h"

#include "classify.h"
#include "wire/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE                                                                                                \
	"prontoctl classify --charter C [--channel phone|email|web] [--subject S] (--text T | --jsonl)"

struct request {
	const char *id, *charter, *channel, *subject, *text;
	bool jsonl;
};

static struct js *guesses(const struct classify_guess *list, size_t count, bool confident)
{
	struct js *array = js_array();
	for (size_t i = 0; i < count; i++) {
		struct js *o = js_object();
		js_set_str(o, "row", list[i].row ? list[i].row->code : NULL);
		js_set_str(o, "class", list[i].class_code);
		if (confident)
			js_set_number(o, "confidence", list[i].confidence, 3);
		js_push(array, o);
	}
	return array;
}

static struct js *evidence(const struct request *r, const struct classify_answer *a)
{
	struct js *array = js_array();
	for (size_t i = 0; i < a->evidence_count; i++) {
		const struct classify_evidence *e = &a->evidence[i];
		const char *field = str_equal(e->in, "subject") ? r->subject : r->text;
		struct js *o = js_object();
		struct str words = {0};
		str_addn(&words, field + e->start, e->end - e->start);
		js_set_str(o, "in", e->in);
		js_set_str(o, "text", str_text(&words));
		js_set_int(o, "start", (int64_t)e->start);
		js_set_int(o, "end", (int64_t)e->end);
		js_set_str(o, "means", e->means);
		js_set_str(o, "means_it", e->means_it);
		js_push(array, o);
		str_fini(&words);
	}
	return array;
}

static struct js *address(const struct classify_address *a)
{
	if (!a->text)
		return NULL;
	struct js *o = js_object();
	js_set_str(o, "text", a->text);
	js_set_str(o, "municipality", a->municipality);
	return o;
}

static void print_answer(const struct request *r, const struct classify_answer *a)
{
	struct js *o = js_object();
	struct str line = {0};
	js_set_str(o, "id", r->id);
	js_set_str(o, "charter", r->charter);
	js_set_str(o, "row", a->row ? a->row->code : NULL);
	js_set_str(o, "row_text", a->row ? a->row->text : NULL);
	js_set_str(o, "class", a->class_code);
	js_set_number(o, "confidence", a->confidence, 3);
	js_set_bool(o, "needs_review", a->needs_review);
	js_set_str(o, "reason", a->reason);
	js_set_str(o, "refer_to", a->refer_to);
	js_set(o, "evidence", evidence(r, a));
	js_set(o, "also", guesses(a->also, a->also_count, false));
	js_set(o, "alternatives", guesses(a->alternatives, a->alternative_count, true));
	js_set(o, "address", address(&a->address));
	js_write(o, &line);
	puts(str_text(&line));
	str_fini(&line);
	js_free(&o);
}

static bool classify_one(const struct classify *c, const struct request *r, struct problem *p)
{
	const struct charter *charter = classify_charter(c, r->charter ? r->charter : "");
	if (!charter)
		return problem_set(p, PROBLEM_INPUT, "charter", "there is no charter \"%s\"; prontoctl charter check lists them",
				   r->charter ? r->charter : "");
	if (!r->text)
		return problem_set(p, PROBLEM_INPUT, "text", "missing; give the report's words");
	struct arena *arena = arena_new();
	struct classify_answer answer;
	classify_text(c, charter, r->channel, r->subject, r->text, arena, &answer);
	print_answer(r, &answer);
	arena_free(&arena);
	return true;
}

static bool classify_line(const struct classify *c, const struct request *usual, const char *line, struct problem *p)
{
	struct js *o = js_parse(line, strlen(line), p);
	if (!o)
		return false;
	struct request r = {.id = js_find_str(o, "id"),
			    .charter = js_find_str(o, "charter") ? js_find_str(o, "charter") : usual->charter,
			    .channel = js_find_str(o, "channel") ? js_find_str(o, "channel") : usual->channel,
			    .subject = js_find_str(o, "subject"),
			    .text = js_find_str(o, "text")};
	bool good = classify_one(c, &r, p);
	js_free(&o);
	return good;
}

static bool classify_lines(const struct classify *c, const struct request *usual, struct problem *p)
{
	char *line = NULL;
	size_t room = 0, number = 0;
	bool good = true;
	while (good && getline(&line, &room, stdin) > 0) {
		number++;
		if (line[strspn(line, " \t\r\n")])
			good = classify_line(c, usual, line, p);
	}
	free(line);
	if (!good)
		problem_prefix(p, "line %zu", number);
	return good;
}

static bool read_arguments(int argc, char **argv, struct request *r)
{
	for (int i = 1; i < argc; i++) {
		const char **to = NULL;
		if (strcmp(argv[i], "--jsonl") == 0)
			r->jsonl = true;
		else if (strcmp(argv[i], "--charter") == 0)
			to = &r->charter;
		else if (strcmp(argv[i], "--channel") == 0)
			to = &r->channel;
		else if (strcmp(argv[i], "--subject") == 0)
			to = &r->subject;
		else if (strcmp(argv[i], "--text") == 0)
			to = &r->text;
		else
			return false;
		if (to && ++i == argc)
			return false;
		if (to)
			*to = argv[i];
	}
	return r->jsonl ? !r->text : r->text && r->charter;
}

int ctl_classify(const struct ctl *ctl, int argc, char **argv)
{
	struct request r = {0};
	struct problem p = {0};
	if (!read_arguments(argc, argv, &r))
		return ctl_usage(USAGE);
	struct classify *c = classify_open(ctl_charters_dir(ctl), &p);
	if (!c)
		return ctl_failed(&p);
	bool good = r.jsonl ? classify_lines(c, &r, &p) : classify_one(c, &r, &p);
	classify_free(&c);
	return good ? 0 : ctl_failed(&p);
}

/*
 * prontoctl due: a class and a start instant become due instants, on standard output as one JSON
 * object. The instant given stands for every event a target may start from; only the check of a
 * chained target is named by itself (--verified).
 */
#include "ctl.h"

#include "base/mem.h"
#include "classify.h"
#include "clocks.h"
#include "wire/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE                                                                                \
	"prontoctl due --charter C --class K [--row R] --from INSTANT [--verified INSTANT] " \
	"[--pauses FILE] [--all] [--explain]"

struct request {
	const char *charter, *class, *row, *from, *verified, *pauses;
	bool all, explain;
};

struct pauses {
	struct clocks_pause *list;
	size_t count;
};

/* ---- arguments ---- */

static bool read_arguments(int argc, char **argv, struct request *r)
{
	const struct {
		const char *name;
		const char **to;
	} options[] = {{"--charter", &r->charter},   {"--class", &r->class},
	               {"--row", &r->row},           {"--from", &r->from},
	               {"--verified", &r->verified}, {"--pauses", &r->pauses}};
	for (int i = 1; i < argc; i++) {
		const char **to = NULL;
		for (size_t n = 0; n < sizeof options / sizeof *options; n++)
			to = strcmp(argv[i], options[n].name) == 0 ? options[n].to : to;
		if (to && i + 1 < argc)
			*to = argv[++i];
		else if (strcmp(argv[i], "--all") == 0)
			r->all = true;
		else if (strcmp(argv[i], "--explain") == 0)
			r->explain = true;
		else
			return false;
	}
	return r->charter && r->class && r->from;
}

static bool read_pause(const struct js *o, const char *at, struct clocks_pause *out,
                       struct problem *p)
{
	const char *cause;
	if (!js_need_instant(o, at, "from", true, &out->from, p) ||
	    !js_need_instant(o, at, "to", false, &out->to, p) ||
	    !js_need_str(o, at, "cause", true, 1, 64, &cause, p))
		return false;
	if (!pause_cause_parse(cause, &out->cause))
		return problem_set(
		    p, PROBLEM_INPUT, at,
		    "cause \"%s\" is none of force_majeure third_party_permit reporter_absent "
		    "traffic_or_visibility extraordinary_weather strike",
		    cause);
	if (instant_is_set(out->to) && instant_compare(out->to, out->from) < 0)
		return problem_set(p, PROBLEM_INPUT, at, "ends before it begins");
	return true;
}

static bool read_pauses(const char *path, struct pauses *out, struct problem *p)
{
	struct js *file = js_load(path, p);
	bool good = file != NULL;
	if (good && js_kind(file) != JS_ARRAY)
		good = problem_set(p, PROBLEM_INPUT, "", "must be an array of {from, to, cause}");
	out->count = good ? js_count(file) : 0;
	out->list = out->count ? mem_zero(out->count, sizeof *out->list) : NULL;
	for (size_t i = 0; good && i < out->count; i++) {
		char at[32];
		snprintf(at, sizeof at, "/%zu", i);
		good = read_pause(js_at(file, i), at, &out->list[i], p);
	}
	js_free(&file);
	if (!good)
		problem_prefix(p, "%s", path);
	return good;
}

static bool read_instant(const char *option, const char *text, struct instant *out,
                         struct problem *p)
{
	if (!text || instant_parse(text, out, p))
		return true;
	problem_prefix(p, "%s", option);
	return false;
}

/* ---- the question ---- */

static bool find_charter(const struct classify *c, const struct request *r,
                         struct clocks_question *q, struct problem *p)
{
	q->charter = classify_charter(c, r->charter);
	if (!q->charter)
		return problem_set(p, PROBLEM_INPUT, "charter",
		                   "there is no charter \"%s\"; prontoctl charter check lists them",
		                   r->charter);
	q->class = charter_class_find(q->charter, r->class);
	if (!q->class && !str_equal(r->class, "none"))
		return problem_set(
		    p, PROBLEM_INPUT, "class",
		    "charter %s has no class \"%s\"; prontoctl charter check lists them",
		    r->charter, r->class);
	q->row = r->row ? charter_row_find(q->charter, r->row) : NULL;
	if (r->row && !q->row)
		return problem_set(
		    p, PROBLEM_INPUT, "row",
		    "charter %s has no row \"%s\"; prontoctl charter check lists them", r->charter,
		    r->row);
	q->zone = zone_get(q->charter->zone, p);
	return q->zone != NULL;
}

static bool read_question(const struct request *r, struct clocks_question *q, struct problem *p)
{
	struct instant from = INSTANT_NONE;
	if (!read_instant("--from", r->from, &from, p) ||
	    !read_instant("--verified", r->verified, &q->verified, p))
		return false;
	if (r->verified && instant_compare(q->verified, from) < 0)
		return problem_set(p, PROBLEM_INPUT, "verified", "--verified is before --from");
	q->received = q->conversation = q->call = from;
	if (r->all)
		q->interruption = from;
	q->all = r->all;
	q->now = instant_now();
	return true;
}

/* ---- the answer ---- */

static struct js *proof(const struct clocks_question *q, const struct clocks_due *due)
{
	struct js *lines = js_array();
	struct str s = {0};
	clocks_explain(q, due, &s);
	for (const char *line = str_text(&s); *line;) {
		size_t length = strcspn(line, "\n");
		char *one = mem_strn(line, length);
		js_push_str(lines, one);
		free(one);
		line += length + (line[length] == '\n');
	}
	str_fini(&s);
	return lines;
}

static struct js *target_json(const struct clocks_question *q, const struct clocks_due *due,
                              bool explain)
{
	struct js *o = js_object();
	js_set_str(o, "kind", target_kind_name(due->target->kind));
	js_set_instant(o, "due", due->due, q->zone);
	js_set_str(o, "bound", due->bound == BOUND_INCLUSIVE ? "inclusive" : "exclusive");
	js_set_str(o, "rule", due->target->rule);
	js_set_str(o, "source", due->target->source == SOURCE_CHARTER ? "charter" : "national");
	js_set_str(o, "section", due->target->section);
	if (due->target->condition)
		js_set_str(o, "condition", due->target->condition);
	js_set_bool(o, "effective", due->effective);
	if (due->paused)
		js_set_bool(o, "paused", true);
	if (explain)
		js_set(o, "explain", proof(q, due));
	return o;
}

static void print_answer(const struct request *r, const struct clocks_question *q)
{
	struct clocks_due due[CLOCKS_MAX_TARGETS];
	size_t count = clocks_due(q, due);
	struct js *o = js_object(), *list = js_array();
	struct str line = {0};
	js_set_str(o, "charter", r->charter);
	js_set_str(o, "class", r->class);
	js_set_instant(o, "from", q->received, q->zone);
	for (size_t i = 0; i < count; i++)
		js_push(list, target_json(q, &due[i], r->explain));
	js_set(o, "targets", list);
	js_write(o, &line);
	puts(str_text(&line));
	str_fini(&line);
	js_free(&o);
}

static bool answer(const struct classify *c, const struct request *r, struct problem *p)
{
	struct clocks_question q = {0};
	struct pauses pauses = {0};
	bool good = find_charter(c, r, &q, p) && read_question(r, &q, p) &&
	            (!r->pauses || read_pauses(r->pauses, &pauses, p));
	q.pauses = pauses.list;
	q.pause_count = pauses.count;
	if (good)
		print_answer(r, &q);
	free(pauses.list);
	return good;
}

int ctl_due(const struct ctl *ctl, int argc, char **argv)
{
	struct request r = {0};
	struct problem p = {0};
	if (!read_arguments(argc, argv, &r))
		return ctl_usage(USAGE);
	struct classify *c = classify_open(ctl_charters_dir(ctl), &p);
	if (!c)
		return ctl_failed(&p);
	bool good = answer(c, &r, &p);
	classify_free(&c);
	return good ? 0 : ctl_failed(&p);
}

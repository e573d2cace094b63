/*
 * prontoctl due: a class and a start instant become due instants, on standard output as one JSON
 * object. The instant given stands for receipt, conversation and call; the events of chained
 * targets are named by themselves (--verified …). With --at each target tells what has become of it
 * by then.
 */
#include "ctl.h"

#include "base/mem.h"
#include "classify.h"
#include "clocks.h"
#include "wire/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE                                                                                  \
	"prontoctl due --charter C --class K [--row R] --from INSTANT [--verified INSTANT] "   \
	"[--pauses FILE] [--all] [--explain]\n"                                                \
	"       [--edition E] [--danger a-d] [--municipality M] [--protocol INSTANT] "         \
	"[--interruption INSTANT] [--ring INSTANT] [--arrived INSTANT] [--made-safe INSTANT] " \
	"[--at INSTANT [--stopped INSTANT]]"

struct request {
	const char *charter, *class, *row, *from, *pauses, *edition, *danger, *municipality;
	const char *verified, *protocol, *interruption, *ring, *arrived, *made_safe, *at, *stopped;
	struct instant stop;
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
	} options[] = {{"--charter", &r->charter},
	               {"--class", &r->class},
	               {"--row", &r->row},
	               {"--from", &r->from},
	               {"--verified", &r->verified},
	               {"--pauses", &r->pauses},
	               {"--edition", &r->edition},
	               {"--danger", &r->danger},
	               {"--protocol", &r->protocol},
	               {"--municipality", &r->municipality},
	               {"--ring", &r->ring},
	               {"--interruption", &r->interruption},
	               {"--arrived", &r->arrived},
	               {"--made-safe", &r->made_safe},
	               {"--at", &r->at},
	               {"--stopped", &r->stopped}};
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
	return r->charter && r->class && r->from && (r->at || !r->stopped);
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

/* The edition asked for, else the one in force when the clock starts. */
static bool find_edition(const struct classify *c, const struct request *r,
                         struct clocks_question *q, struct problem *p)
{
	if (!classify_charter(c, r->charter))
		return problem_set(p, PROBLEM_INPUT, "charter",
		                   "there is no charter \"%s\"; prontoctl charter check lists them",
		                   r->charter);
	q->charter = r->edition ? classify_charter_edition(c, r->charter, r->edition)
	                        : classify_charter_at(c, r->charter, q->received);
	if (!q->charter && r->edition)
		return problem_set(
		    p, PROBLEM_INPUT, "edition",
		    "charter %s has no edition \"%s\"; prontoctl charter check lists them",
		    r->charter, r->edition);
	if (!q->charter)
		return problem_set(
		    p, PROBLEM_INPUT, "from",
		    "no edition of charter %s was in force then; --edition names one", r->charter);
	q->zone = zone_get(q->charter->zone, p);
	return q->zone != NULL;
}

static bool find_class(const struct request *r, struct clocks_question *q, struct problem *p)
{
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
	if (r->danger && (strlen(r->danger) != 1 || !strchr("abcd", r->danger[0])))
		return problem_set(p, PROBLEM_INPUT, "danger", "--danger is a, b, c or d");
	q->danger = r->danger ? r->danger[0] : '\0';
	q->municipality = r->municipality;
	return true;
}

static bool read_instants(struct request *r, struct clocks_question *q, struct problem *p)
{
	const struct {
		const char *option, *text;
		struct instant *to;
	} events[] = {{"--from", r->from, &q->received},
	              {"--verified", r->verified, &q->verified},
	              {"--interruption", r->interruption, &q->interruption},
	              {"--protocol", r->protocol, &q->protocolled},
	              {"--ring", r->ring, &q->ring},
	              {"--arrived", r->arrived, &q->arrived},
	              {"--made-safe", r->made_safe, &q->made_safe},
	              {"--at", r->at, &q->now},
	              {"--stopped", r->stopped, &r->stop}};
	for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
		if (!read_instant(events[i].option, events[i].text, events[i].to, p))
			return false;
	}
	if (r->verified && instant_compare(q->verified, q->received) < 0)
		return problem_set(p, PROBLEM_INPUT, "verified", "--verified is before --from");
	q->conversation = q->call = q->received;
	if (r->all && !r->interruption)
		q->interruption = q->received;
	if (!r->at)
		q->now = instant_now();
	q->all = r->all;
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

static struct js *state_json(const struct clocks_question *q, const struct clocks_due *due,
                             struct instant stopped)
{
	struct clocks_state state = clocks_state(q, due, stopped);
	struct js *o = js_object();
	js_set_str(o, "result", clocks_result_name(state.result));
	js_set_int(o, "left_s", state.left.us / 1000000);
	js_set_int(o, "late_s", state.late.us / 1000000);
	js_set_str(o, "excuse", clocks_excuse_name(state.excuse));
	if (state.clause) {
		js_set_str(o, "cause", pause_cause_name(state.event->cause));
		js_set_str(o, "quote", state.clause->quote);
	}
	return o;
}

static struct js *target_json(const struct request *r, const struct clocks_question *q,
                              const struct clocks_due *due)
{
	const struct charter_target *target = due->target;
	struct js *o = js_object();
	js_set_str(o, "kind", target_kind_name(target->kind));
	js_set_instant(o, "due", due->due, q->zone);
	js_set_str(o, "bound", due->bound == BOUND_INCLUSIVE ? "inclusive" : "exclusive");
	js_set_str(o, "rule", target->rule);
	js_set_str(o, "rule_it", target->rule_it);
	js_set_str(o, "source", target->source == SOURCE_CHARTER ? "charter" : "national");
	js_set_str(o, "section", target->section);
	if (target->condition) {
		js_set_str(o, "condition", target->condition);
		js_set_str(o, "condition_it", target->condition_it);
	}
	js_set_bool(o, "effective", due->effective);
	if (due->paused)
		js_set_bool(o, "paused", true);
	if (r->at)
		js_set(o, "state", state_json(q, due, r->stop));
	if (r->explain)
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
	if (r->explain)
		js_set_str(o, "edition", q->charter->edition);
	for (size_t i = 0; i < count; i++)
		js_push(list, target_json(r, q, &due[i]));
	js_set(o, "targets", list);
	js_write(o, &line);
	puts(str_text(&line));
	str_fini(&line);
	js_free(&o);
}

static bool answer(const struct classify *c, struct request *r, struct problem *p)
{
	struct clocks_question q = {0};
	struct pauses pauses = {0};
	bool good = read_instants(r, &q, p) && find_edition(c, r, &q, p) && find_class(r, &q, p) &&
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

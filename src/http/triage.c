/*
 * Guided questions of the telephone form: query or body -> flow, its answer -> JSON. Also the
 * answers that come with a report. Which question and which class is classify's matter.
 */
#include "room.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define CODE_MAX 64

static bool read_one(const struct js *o, size_t i, struct arena *arena, struct classify_reply *out,
                     struct problem *p)
{
	const char *at = arena_format(arena, "/answers/%zu", i);
	double option;
	if (js_kind(o) != JS_OBJECT)
		return problem_set(p, PROBLEM_INPUT, at, "must be an object with question and option");
	if (!js_need_str(o, at, "question", true, 1, CODE_MAX, &out->question, p) ||
	    !js_need_number(o, at, "option", true, 0, CLASSIFY_OPTIONS, &option, p))
		return false;
	out->option = (int)option;
	if (out->option != option)
		return problem_set(p, PROBLEM_INPUT, arena_format(arena, "%s/option", at), "must be a whole number");
	return true;
}

bool answers_read(const struct js *body, struct arena *arena, const struct classify_reply **out, size_t *count,
                  struct problem *p)
{
	const struct js *list = js_find(body, "answers");
	struct classify_reply *replies = arena_take(arena, CLASSIFY_MAX_REPLIES * sizeof *replies);
	*count = 0;
	*out = replies;
	if (js_kind(list) == JS_NULL)
		return true;
	if (js_kind(list) != JS_ARRAY || js_count(list) > CLASSIFY_MAX_REPLIES)
		return problem_set(p, PROBLEM_INPUT, "/answers", "must be a list of at most %d answers",
		                   CLASSIFY_MAX_REPLIES);
	for (; *count < js_count(list); ++*count)
		if (!read_one(js_at(list, *count), *count, arena, &replies[*count], p))
			return false;
	return true;
}

/* "what:1,where:2" */
static bool answers_parse(const char *text, struct arena *arena, struct flow_triage *out, struct problem *p)
{
	struct classify_reply *replies = arena_take(arena, CLASSIFY_MAX_REPLIES * sizeof *replies);
	char *save, *copy = arena_str(arena, text ? text : "");
	out->replies = replies;
	for (char *one = strtok_r(copy, ",", &save); one; one = strtok_r(NULL, ",", &save)) {
		char *colon = strchr(one, ':'), *end = NULL;
		long option = colon ? strtol(colon + 1, &end, 10) : 0;
		if (!colon || end == colon + 1 || *end || option < 0 || option > CLASSIFY_OPTIONS ||
		    out->reply_count == CLASSIFY_MAX_REPLIES)
			return problem_set(p, PROBLEM_INPUT, "/answers",
			                   "must be at most %d pairs such as what:1,where:2", CLASSIFY_MAX_REPLIES);
		*colon = '\0';
		replies[out->reply_count++] = (struct classify_reply){one, (int)option};
	}
	return true;
}

static void answer_triage(struct visit *v, const struct flow_triage *ask)
{
	struct problem p = {0};
	struct js *doc = flow_triage(v->http->o.flow, &v->user, ask, &p);
	if (doc)
		visit_json(v, 200, doc);
	else
		visit_problem(v, &p, NULL);
	js_free(&doc);
}

void triage_get(struct visit *v)
{
	struct flow_triage ask = {.charter = visit_query(v, "charter"), .utility = visit_query(v, "utility")};
	struct problem p = {0};
	if (answers_parse(visit_query(v, "answers"), request_arena(v->request), &ask, &p))
		answer_triage(v, &ask);
	else
		visit_problem(v, &p, NULL);
}

void triage_post(struct visit *v)
{
	struct flow_triage ask = {0};
	const struct js *b = v->body;
	struct problem p = {0};
	if (js_need_str(b, "", "charter", false, 1, CODE_MAX, &ask.charter, &p) &&
	    js_need_str(b, "", "utility", false, 1, 32, &ask.utility, &p) &&
	    js_need_str(b, "", "channel", false, 1, 16, &ask.channel, &p) &&
	    js_need_str(b, "", "subject", false, 0, 500, &ask.subject, &p) &&
	    js_need_str(b, "", "text", false, 0, 4000, &ask.text, &p) &&
	    js_need_str(b, "", "municipality", false, 0, 100, &ask.municipality, &p) &&
	    js_need_instant(b, "", "conversation_started_at", false, &ask.conversation_started_at, &p) &&
	    answers_read(b, request_arena(v->request), &ask.replies, &ask.reply_count, &p))
		answer_triage(v, &ask);
	else
		visit_problem(v, &p, NULL);
}

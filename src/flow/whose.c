/*
 * Whose a report is, and what: the words are read by each charter that may apply at the place, and
 * the best answer says row, class and utility, unless somebody has confirmed them.
 */
#include "way.h"

#include "base/str.h"

#include <string.h>

/* ---- whose is it ---- */

/* Words, and the answers to guided questions where some were given. */
static bool read_with(struct asking *a, struct way *w, const struct charter *charter,
                      struct classify_triage *out, struct problem *p)
{
	const struct classify *c = a->flow->o.classify;
	const struct classify_asked asked = {.charter = charter,
	                                     .channel = w->in.channel,
	                                     .subject = w->in.subject,
	                                     .text = w->in.text,
	                                     .replies = w->in.replies,
	                                     .reply_count = w->in.reply_count};
	if (w->in.reply_count && classify_triage(c, &asked, a->arena, out, p))
		return true;
	if (w->in.reply_count && !w->routes) /* of a stored one, a question may be gone since */
		return false;
	memset(out, 0, sizeof *out);
	classify_text(c, charter, w->in.channel, w->in.subject, w->in.text, a->arena, &out->answer);
	return true;
}

/* Does the confirmed row belong to this charter? */
static bool has_row(const struct charter *charter, const char *row)
{
	return row && strcmp(row, "none") != 0 && charter_row_find(charter, row) != NULL;
}

/* A confirmed row settles it, then the service that the words speak of; among charters of that, a
 * fault beats none and confidence decides. */
static double worth(const struct way *w, const struct charter *charter,
                    const struct classify_answer *answer, bool goes_first)
{
	return (has_row(charter, w->in.confirmed_row) ? 10 : 0) + (goes_first ? 4 : 0) +
	       (answer->row ? 1 : 0) + answer->confidence;
}

static bool service_fits(const struct store_area *area, const struct classify_answer *answer)
{
	return !answer->row || str_equal(answer->row->service, area->service);
}

/* The edition in force when it was said, else the one of now: a report is never without. */
static const struct charter *charter_then(const struct flow *flow, const char *code,
                                          struct instant at)
{
	const struct charter *then =
	    flow->o.classify ? classify_charter_at(flow->o.classify, code, at) : NULL;
	return then ? then : classify_charter(flow->o.classify, code);
}

/* Where no charter applies yet the answers are kept all the same, for when the report finds its
 * place. */
static bool answers_alone(struct asking *a, struct way *w, struct problem *p)
{
	const struct charter *const *all;
	if (!w->in.reply_count || classify_charters(a->flow->o.classify, &all) == 0)
		return true;
	w->triage = arena_take(a->arena, sizeof *w->triage);
	return read_with(a, w, all[0], w->triage, p);
}

/* Reads the words by each charter that may apply here and keeps the best answer. */
static bool choose(struct asking *a, struct way *w, struct problem *p)
{
	const struct store_setup *s = &a->flow->setup;
	bool answered = replies_say(w->in.replies, w->in.reply_count);
	const char *service = w->area_count > 1
	                          ? classify_service(a->flow->o.classify, w->in.channel,
	                                             w->in.subject, w->in.text, a->arena, NULL)
	                          : NULL;
	double best = -1;
	size_t best_area = 0;
	for (size_t i = 0; i < w->area_count; i++) {
		const struct store_area *area = &s->areas[w->areas[i]];
		const struct charter *charter = charter_then(a->flow, area->charter, w->in.at);
		struct classify_triage *triage = arena_take(a->arena, sizeof *triage);
		struct classify_answer *answer = &triage->answer;
		if (!charter)
			continue;
		if (!read_with(a, w, charter, triage, p))
			return false;
		bool goes_first = !answered && classify_goes_first(charter, service);
		double value =
		    worth(w, charter, answer, goes_first) + (service_fits(area, answer) ? 0.5 : 0);
		if (value <= best)
			continue;
		best = value;
		best_area = w->areas[i];
		w->charter = charter;
		w->read = answer;
		w->triage = triage;
	}
	if (!w->charter)
		return answers_alone(a, w, p);
	bool alone = true;
	for (size_t i = 0; i < w->area_count; i++)
		alone &= s->areas[w->areas[i]].utility == s->areas[best_area].utility;
	w->read->needs_review |= !alone && !service;
	/* words that say nothing do not choose between utilities */
	if (alone || w->read->row || has_row(w->charter, w->in.confirmed_row))
		w->utility = &s->utilities[s->areas[best_area].utility];
	return true;
}

/* The place may stand in the words alone. */
static void place_from_words(struct asking *a, struct way *w)
{
	const struct charter *const *all;
	if (w->place.municipality || w->in.utility ||
	    classify_charters(a->flow->o.classify, &all) == 0)
		return;
	struct classify_answer *answer = arena_take(a->arena, sizeof *answer);
	classify_text(a->flow->o.classify, all[0], w->in.channel, w->in.subject, w->in.text,
	              a->arena, answer);
	if (!answer->address.municipality && !answer->address.text)
		return;
	struct flow_report said = {.address = answer->address.text,
	                           .municipality = answer->address.municipality,
	                           .point = POINT_NONE};
	place_find(a->flow, a->arena, &said, &w->place);
}

static bool find_utility(struct asking *a, struct way *w, struct problem *p)
{
	if (w->in.utility && !setup_utility(a->flow, w->in.utility))
		return problem_set(p, PROBLEM_INPUT, "/utility",
		                   "no such utility: take a code from the list");
	place_find(a->flow, a->arena, &w->in, &w->place);
	place_from_words(a, w);
	w->area_count =
	    place_areas(a->flow, &w->place, w->in.utility, w->in.address, w->areas, WAY_AREAS_MOST);
	if (!choose(a, w, p))
		return false;
	if (w->in.utility)
		w->utility = setup_utility(a->flow, w->in.utility);
	if (a->who && w->utility && !user_may_see(a->who, w->utility->id.text))
		return problem_set(p, PROBLEM_FORBIDDEN, "/utility",
		                   "this place is served by another utility");
	return true;
}

/* ---- class ---- */

static bool confirm(struct way *w, struct problem *p)
{
	const char *row = w->in.confirmed_row, *class_code = w->in.confirmed_class;
	if (!row || !w->charter)
		return true;
	if (strcmp(row, "none") == 0) {
		w->row = NULL;
		w->class_code = "none";
	} else if (!has_row(w->charter, row)) {
		return problem_set(p, PROBLEM_INPUT, "/row", "charter %s has no row with this code",
		                   w->charter->code);
	} else {
		w->row = charter_row_find(w->charter, row)->code;
		w->class_code =
		    class_code ? class_code : charter_row_find(w->charter, row)->class_code;
		const struct charter_class *class = charter_class_find(w->charter, w->class_code);
		if (!class)
			return problem_set(p, PROBLEM_INPUT, "/class",
			                   "charter %s has no such class", w->charter->code);
		w->class_code = class->code;
	}
	w->confirmed = true;
	const char *proposed = w->read ? w->read->class_code : NULL;
	bool lower =
	    proposed && charter_class_rank(w->charter, w->class_code) > charter_class_rank(w->charter, proposed);
	if (lower && !(w->in.class_reason && *w->in.class_reason))
		return problem_set(p, PROBLEM_INPUT, "/class_reason",
		                   "a less urgent class than proposed needs a reason");
	return true;
}

bool way_judge(struct asking *a, struct way *w, struct problem *p)
{
	if (!find_utility(a, w, p))
		return false;
	if (w->read) {
		w->row = w->read->row ? w->read->row->code : NULL;
		w->class_code = w->read->class_code;
	}
	return confirm(w, p);
}

/* ---- words alone, for who tries them ---- */

struct js *flow_classify(struct flow *flow, const char *charter_code, const char *channel,
                         const char *subject, const char *text)
{
	const struct charter *charter = classify_charter(flow->o.classify, charter_code);
	if (!charter)
		return NULL;
	struct arena *arena = arena_new();
	struct classify_answer *answer = arena_take(arena, sizeof *answer);
	classify_text(flow->o.classify, charter, channel, subject, text ? text : "", arena, answer);
	struct js *o = view_reading(answer, charter, text, subject);
	arena_free(&arena);
	return o;
}

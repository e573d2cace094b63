/*
 * Facts against a charter: each row and each reason for `none` adds up the weights of its conditions
 * that hold; the sums become likelihoods. Safe by construction: while a more urgent class remains
 * plausible it is the one proposed, and a person is asked to confirm. Knows no charter by name.
 */
#include "room.h"

#include <math.h>
#include <stdlib.h>

#define TEMPERATURE 1.3  /* how much one point of weight decides */
#define FLATTER 3.5      /* the same for the confidence shown */
#define PLAUSIBLE 0.45   /* of the likeliest class's likelihood: a more urgent one is proposed instead */
#define PLAUSIBLE_FAULT 0.45 /* the same where `none` is likeliest */
#define DOUBTFUL 0.25    /* likewise: a person should look */
#define SURE 0.55        /* below this confidence a person should look */
#define SAID_MIN 1.0     /* points below which a row was not spoken of: many such rows weigh nothing together */
#define TOLD_MIN 4.5      /* points by what the text says: told clearly */
#define OTHERS_MIN 3.0   /* points: what else the message reports */
#define LIKE_MOST 14.0    /* points that all examples together can give */
#define LIKE_LITTLE 0.06 /* likeness that is worth half of them */
#define NONE_RANK 1000

struct scored {
	const struct outcome *outcome;
	double said;  /* points by what the text says */
	double score; /* these and the likeness to examples */
	double likelihood; /* decides */
	double shown;      /* the confidence that people see: flatter, since the sums are surer than they should be */
	int rank;
};

static double likeness(const struct outcome *o, const double *like)
{
	double sum = 0;
	for (size_t i = 0; i < o->like_count; i++)
		sum += like[o->like[i]];
	return sum;
}

static double score_of(const struct outcome *o, const struct fact_set *facts)
{
	double sum = 0;
	for (size_t i = 0; i < o->clause_count; i++) {
		if (condition_holds(&o->clauses[i].when, facts))
			sum += o->clauses[i].weight;
	}
	return sum;
}

static int rank_of(const struct charter *c, const struct outcome *o)
{
	return o->row ? charter_class_find(c, o->row->class_code)->urgency_rank : NONE_RANK;
}

static int by_score(const void *a, const void *b)
{
	const struct scored *x = a, *y = b;
	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return (x->rank > y->rank) - (x->rank < y->rank);
}

static double class_likelihood(const struct scored *list, size_t count, int rank)
{
	double sum = 0;
	for (size_t i = 0; i < count; i++) {
		if (list[i].rank == rank)
			sum += list[i].likelihood;
	}
	return sum;
}

/* The rank to propose: the likeliest, or a more urgent one that remains plausible. */
static int choose_rank(const struct scored *list, size_t count, bool *out_doubt)
{
	int best = NONE_RANK, chosen;
	double most = -1;
	for (size_t i = 0; i < count; i++) {
		double p = class_likelihood(list, count, list[i].rank);
		if (p > most) {
			most = p;
			best = list[i].rank;
		}
	}
	chosen = best;
	for (size_t i = 0; i < count; i++) {
		double p = class_likelihood(list, count, list[i].rank);
		double enough = best == NONE_RANK ? PLAUSIBLE_FAULT : PLAUSIBLE;
		if (list[i].rank < chosen && p >= enough * most)
			chosen = list[i].rank;
		if (list[i].rank < best && p >= DOUBTFUL * most)
			*out_doubt = true;
	}
	return chosen;
}

/* A graver fault told clearly in the same message: a person should look even where another weighs more. */
static bool is_graver_told(const struct scored *list, size_t count, int chosen)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i].rank < chosen && list[i].said >= TOLD_MIN)
			return true;
	}
	return false;
}

static struct classify_guess guess_of(const struct scored *s)
{
	return (struct classify_guess){.row = s->outcome->row,
				       .class_code = s->outcome->row ? s->outcome->row->class_code : "none",
				       .confidence = s->shown};
}

/* Another fault in the same message: another kind of thing, well supported on its own. */
static bool is_also(const struct scored *s, const struct classify_answer *out)
{
	if (!out->row || !s->outcome->row || s->outcome->row == out->row || s->score < OTHERS_MIN)
		return false;
	return !str_equal(s->outcome->row->icon, out->row->icon);
}

static void list_others(const struct scored *list, size_t count, struct classify_answer *out)
{
	for (size_t i = 0; i < count; i++) {
		bool chosen = list[i].outcome->row == out->row &&
			      (out->row || str_equal(list[i].outcome->reason, out->reason));
		if (chosen)
			continue;
		if (is_also(&list[i], out) && out->also_count < CLASSIFY_MAX_OTHERS)
			out->also[out->also_count++] = guess_of(&list[i]);
		else if (list[i].shown >= 0.02 && out->alternative_count < CLASSIFY_MAX_OTHERS)
			out->alternatives[out->alternative_count++] = guess_of(&list[i]);
	}
}

static void fill(const struct scored *list, size_t count, struct classify_answer *out)
{
	bool doubt = false;
	int rank = choose_rank(list, count, &doubt);
	size_t best = 0;
	while (list[best].rank != rank)
		best++;
	const struct outcome *o = list[best].outcome;
	out->row = o->row;
	out->class_code = o->row ? o->row->class_code : "none";
	out->reason = o->reason;
	out->refer_to = o->refer_to;
	for (size_t i = 0; i < count; i++)
		out->confidence += list[i].rank == rank ? list[i].shown : 0;
	out->needs_review = doubt || out->confidence < SURE || is_graver_told(list, count, rank);
	list_others(list, count, out);
}

/* Turns scores, best first, into shares of 1. Rows that were not spoken of get none. */
static void share_out(struct scored *list, size_t count)
{
	double sum = 0, shown = 0;
	for (size_t i = 0; i < count; i++) {
		double behind = list[i].score - list[0].score;
		bool said = list[i].score >= SAID_MIN || i == 0;
		sum += list[i].likelihood = said ? exp(behind / TEMPERATURE) : 0;
		shown += list[i].shown = said ? exp(behind / FLATTER) : 0;
	}
	for (size_t i = 0; i < count; i++) {
		list[i].likelihood /= sum;
		list[i].shown /= shown;
	}
}

void match_rows(const struct facts *f, const struct charter *c, const struct findings *found,
		struct classify_answer *out)
{
	const struct charter_detail *d = charter_detail(c);
	struct scored *list = mem_zero(d->outcome_count, sizeof *list);
	double all = LIKE_LITTLE;
	struct fact_set facts = found->facts;
	if (facts_find(f, "always") >= 0)
		fact_add(&facts, facts_find(f, "always"));
	facts_derive(f, &facts);
	for (size_t i = 0; i < d->outcome_count; i++)
		all += likeness(&d->outcomes[i], found->like);
	for (size_t i = 0; i < d->outcome_count; i++) {
		const struct outcome *o = &d->outcomes[i];
		list[i].outcome = o;
		list[i].said = score_of(o, &facts);
		list[i].score = list[i].said + LIKE_MOST * likeness(o, found->like) / all;
		list[i].rank = rank_of(c, o);
	}
	qsort(list, d->outcome_count, sizeof *list, by_score);
	share_out(list, d->outcome_count);
	fill(list, d->outcome_count, out);
	free(list);
}

/*
 * Facts against a charter: each row and each reason for `none` adds up the weights of its conditions
 * that hold; the sums become likelihoods. Safe by construction: while a more urgent class remains
 * plausible it is the one proposed, and a person is asked to confirm. Knows no charter by name.
 */
#include "room.h"

#include <math.h>
#include <stdlib.h>

#define TEMPERATURE 1.3  /* how much one point of weight decides */
#define PLAUSIBLE 0.45   /* of the likeliest class's likelihood: a more urgent one is proposed instead */
#define DOUBTFUL 0.25    /* likewise: a person should look */
#define SURE 0.55        /* below this confidence a person should look */
#define SAID_MIN 1.0     /* points below which a row was not spoken of: many such rows weigh nothing together */
#define OTHERS_MIN 3.0   /* points: what else the message reports */
#define NONE_RANK 1000

struct scored {
	const struct outcome *outcome;
	double score, likelihood;
	int rank;
};

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
		if (list[i].rank < chosen && p >= PLAUSIBLE * most)
			chosen = list[i].rank;
		if (list[i].rank < best && p >= DOUBTFUL * most)
			*out_doubt = true;
	}
	return chosen;
}

static struct classify_guess guess_of(const struct scored *s)
{
	return (struct classify_guess){.row = s->outcome->row,
				       .class_code = s->outcome->row ? s->outcome->row->class_code : "none",
				       .confidence = s->likelihood};
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
		else if (list[i].likelihood >= 0.01 && out->alternative_count < CLASSIFY_MAX_OTHERS)
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
	out->confidence = class_likelihood(list, count, rank);
	out->needs_review = doubt || out->confidence < SURE;
	list_others(list, count, out);
}

static double likelihood_of(double score, double best)
{
	if (score < SAID_MIN && score < best)
		return 0;
	return exp((score - best) / TEMPERATURE);
}

void match_rows(const struct facts *f, const struct charter *c, const struct findings *found,
		struct classify_answer *out)
{
	const struct charter_detail *d = charter_detail(c);
	struct scored *list = mem_zero(d->outcome_count, sizeof *list);
	double sum = 0;
	struct fact_set facts = found->facts;
	if (facts_find(f, "always") >= 0)
		fact_add(&facts, facts_find(f, "always"));
	facts_derive(f, &facts);
	for (size_t i = 0; i < d->outcome_count; i++) {
		list[i].outcome = &d->outcomes[i];
		list[i].score = score_of(&d->outcomes[i], &facts);
		list[i].rank = rank_of(c, &d->outcomes[i]);
	}
	qsort(list, d->outcome_count, sizeof *list, by_score);
	for (size_t i = 0; i < d->outcome_count; i++)
		sum += list[i].likelihood = likelihood_of(list[i].score, list[0].score);
	for (size_t i = 0; i < d->outcome_count; i++)
		list[i].likelihood /= sum;
	fill(list, d->outcome_count, out);
	free(list);
}

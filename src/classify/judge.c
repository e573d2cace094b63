/*
 * Shares of the situations against a charter: row, class, confidence, alternatives. Safe by
 * construction: while a more urgent class remains plausible it is the one proposed, and a person is
 * asked to confirm. Knows no charter by name.
 */
#include "room.h"

#include <stdlib.h>

#define PLAUSIBLE 0.6  /* of the likeliest class's share: a more urgent one is proposed instead */
#define DOUBTFUL 0.25  /* likewise: a person should look */
#define SURE 0.5       /* below this confidence a person should look */
#define ALONE_SURE 0.6 /* a sentence alone that says another fault so surely says a second one */
#define KNOWN_MIN 4   /* words without which `none` is no more than a guess */
#define KNOWN_SHARE 3 /* one word in so many must be known, or it is another language */
#define FOREIGN_MIN 4 /* words from which that can be said */
#define GUESS 0.5     /* confidence of such a guess at most */
#define SHOWN_MIN 0.02 /* alternatives below are not worth a line */

struct share {
	const struct outcome *outcome;
	double share;
	int rank;
};

static int by_share(const void *a, const void *b)
{
	const struct share *x = a, *y = b;
	if (x->share != y->share)
		return x->share < y->share ? 1 : -1;
	return (x->rank > y->rank) - (x->rank < y->rank);
}

static double of_rank(const struct share *list, size_t count, int rank)
{
	double sum = 0;
	for (size_t i = 0; i < count; i++)
		sum += list[i].rank == rank ? list[i].share : 0;
	return sum;
}

/* Of its rank. */
static bool is_first(const struct share *list, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (list[i].rank == list[at].rank)
			return false;
	}
	return true;
}

/* The likeliest rank, or a more urgent one that remains plausible. */
static int choose_rank(const struct share *list, size_t count, bool *out_doubt)
{
	int best = NONE_RANK, chosen;
	double most = -1;
	for (size_t i = 0; i < count; i++) {
		double p = is_first(list, i) ? of_rank(list, count, list[i].rank) : 0;
		if (p > most) {
			most = p;
			best = list[i].rank;
		}
	}
	chosen = best;
	for (size_t i = 0; i < count; i++) {
		if (list[i].rank >= best || !is_first(list, i))
			continue;
		double p = of_rank(list, count, list[i].rank);
		if (list[i].rank < chosen && p >= PLAUSIBLE * most)
			chosen = list[i].rank;
		*out_doubt |= p >= DOUBTFUL * most;
	}
	return chosen;
}

static struct classify_guess guess_of(const struct share *s)
{
	return (struct classify_guess){.row = s->outcome->row,
				       .class_code = s->outcome->row ? s->outcome->row->class_code : "none",
				       .confidence = s->share};
}

static void sum_outcomes(const struct situations *all, const struct charter *c, const double *shares, struct share *list)
{
	const struct charter_detail *d = charter_detail(c);
	for (size_t i = 0; i < d->outcome_count; i++)
		list[i] = (struct share){.outcome = &d->outcomes[i], .rank = d->outcomes[i].rank};
	for (size_t s = 0; s < situations_count(all); s++)
		list[d->of[s]].share += shares[s];
}

static const struct share *likeliest(const struct share *list, size_t count)
{
	const struct share *best = list;
	for (size_t i = 1; i < count; i++) {
		if (by_share(&list[i], best) < 0)
			best = &list[i];
	}
	return best;
}

static bool is_listed(const struct classify_answer *out, const struct charter_row *row)
{
	for (size_t i = 0; i < out->also_count; i++) {
		if (out->also[i].row == row)
			return true;
	}
	return false;
}

void judge_sentence(const struct situations *all, const struct charter *c, const double *shares, struct classify_answer *out)
{
	struct share *list = mem_zero(charter_detail(c)->outcome_count, sizeof *list);
	sum_outcomes(all, c, shares, list);
	const struct share *best = likeliest(list, charter_detail(c)->outcome_count);
	const struct charter_row *row = best->outcome->row;
	int rank = out->row ? charter_class_find(c, out->class_code)->urgency_rank : NONE_RANK;
	if (row && row != out->row && best->share >= ALONE_SURE && !is_listed(out, row)) {
		bool other = !out->row || !str_equal(row->icon, out->row->icon);
		out->needs_review |= best->rank < rank;
		if (other && out->also_count < CLASSIFY_MAX_OTHERS)
			out->also[out->also_count++] = guess_of(best);
	}
	free(list);
}

void judge_alarms(const struct situations *all, const struct charter *c, const bool *alarmed, const double *shares,
		  struct classify_answer *out)
{
	const struct charter_detail *d = charter_detail(c);
	for (size_t s = 0; s < situations_count(all); s++) {
		const struct outcome *o = &d->outcomes[d->of[s]];
		bool other = o->row && o->row != out->row && (!out->row || !str_equal(o->row->icon, out->row->icon));
		if (alarmed[s] && other && !is_listed(out, o->row) && out->also_count < CLASSIFY_MAX_OTHERS)
			out->also[out->also_count++] = guess_of(&(struct share){.outcome = o, .share = shares[s]});
	}
}

static size_t known_words(const struct reading *r)
{
	return weights_known(r, 'w') + weights_known(r, 'n');
}

static size_t said_words(const struct words *words)
{
	size_t said = 0;
	for (size_t i = 0; i < words->count; i++)
		said += !words->list[i].small && !words->list[i].number;
	return said;
}

/* Words that nobody here knows, or writing of which no word could be made: another language, most likely. */
static bool is_foreign(size_t known, const struct words *words, const char *text)
{
	size_t said = said_words(words), foreign = 0;
	for (size_t i = 0; i < words->count; i++)
		foreign += words->list[i].known->foreign;
	if (foreign >= 2 || (said >= 2 && !known))
		return true;
	return said >= FOREIGN_MIN ? known * KNOWN_SHARE < said : !said && utf8_length(text) >= 2;
}

/* The likeliest row, however unlikely: a dispatcher will read it. */
static void take_a_row(const struct situations *all, const struct charter *c, const double *shares, struct classify_answer *out)
{
	struct share *list = mem_zero(charter_detail(c)->outcome_count, sizeof *list);
	size_t best = 0;
	sum_outcomes(all, c, shares, list);
	while (best + 1 < charter_detail(c)->outcome_count && !list[best].outcome->row)
		best++;
	const struct classify_guess guess = guess_of(&list[best]);
	out->row = guess.row;
	out->class_code = guess.class_code;
	out->confidence = guess.confidence;
	out->reason = out->refer_to = NULL;
	free(list);
}

static void say_unclear(const struct charter *c, struct classify_answer *out)
{
	const struct charter_detail *d = charter_detail(c);
	for (size_t i = 0; i < d->outcome_count; i++) {
		if (str_equal(d->outcomes[i].code, "unclear") && !d->outcomes[i].row) {
			out->reason = d->outcomes[i].reason;
			out->refer_to = d->outcomes[i].refer_to;
		}
	}
	out->confidence = out->confidence > GUESS ? GUESS : out->confidence;
}

void judge_unknown(const struct situations *all, const struct charter *c, const struct reading *r, const char *text,
		   const struct words *words, bool found, const double *shares, struct classify_answer *out)
{
	bool foreign = is_foreign(known_words(r), words, text);
	if (!foreign && (out->row || known_words(r) >= KNOWN_MIN || found))
		return; /* a word or two say it where the lexicon knows them: "odore di gas" */
	out->needs_review = true;
	if (!out->row && foreign)
		take_a_row(all, c, shares, out);
	else if (!out->row)
		say_unclear(c, out);
}

void judge_shares(const struct situations *all, const struct charter *c, const double *shares, struct classify_answer *out)
{
	const struct charter_detail *d = charter_detail(c);
	struct share *list = mem_zero(d->outcome_count, sizeof *list);
	bool doubt = false;
	size_t best = 0;
	sum_outcomes(all, c, shares, list);
	qsort(list, d->outcome_count, sizeof *list, by_share);
	int rank = choose_rank(list, d->outcome_count, &doubt);
	while (list[best].rank != rank)
		best++;
	const struct outcome *o = list[best].outcome;
	out->row = o->row;
	out->class_code = o->row ? o->row->class_code : "none";
	out->reason = o->reason;
	out->refer_to = o->refer_to;
	out->confidence = of_rank(list, d->outcome_count, rank);
	out->needs_review = doubt || out->confidence < SURE || (!o->row && str_equal(o->code, "unclear"));
	for (size_t i = 0; i < d->outcome_count && out->alternative_count < CLASSIFY_MAX_OTHERS; i++) {
		if (i != best && list[i].share >= SHOWN_MIN)
			out->alternatives[out->alternative_count++] = guess_of(&list[i]);
	}
	free(list);
}

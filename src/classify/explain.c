/*
 * Which words led to the answer, where they stand and what they mean. A word's part is how much the
 * likelihood of the chosen outcome would fall without it (the gradient of its logarithm), so that
 * taking the evidence away weakens the answer. Offsets are bytes of the field named by `in`.
 */
#include "room.h"

#include <stdio.h>
#include <string.h>

#define FOUND_WORTH 4 /* times as much as a weight that was only learned, for the name of what a word says */
#define WORTH 0.03 /* of all that speaks for the answer: less is not shown */

/* For each unit: how much more of it the chosen outcome has than what else was plausible. */
static void direction_of(const struct situations *all, const struct weights *w, const struct charter *c,
			 const double *shares, const struct classify_answer *out, double *direction)
{
	const struct charter_detail *d = charter_detail(c);
	double chosen = 1e-12;
	for (size_t u = 0; u < weights_unit_count(w); u++)
		direction[u] = 0;
	for (size_t s = 0; s < situations_count(all); s++) {
		const struct outcome *o = &d->outcomes[d->of[s]];
		if (o->row == out->row && (o->row || o->reason == out->reason))
			chosen += shares[s];
	}
	for (size_t s = 0; s < situations_count(all); s++) {
		const struct outcome *o = &d->outcomes[d->of[s]];
		bool is = o->row == out->row && (o->row || o->reason == out->reason);
		for (const int *u = weights_units_of(w, s); *u >= 0; u++)
			direction[*u] += (is ? shares[s] / chosen : 0) - shares[s];
	}
}

struct mark { /* a word, later a run of words, and what it says */
	double said;
	double most; /* by the feature that says most */
	int fact;    /* what that feature says, -1: nothing for the answer */
};

/* Words that hold a sentence together say nothing that a person could check. */
static bool is_glue(const struct word *w)
{
	static const char list[] =
	    " che con per via come perche sono era ero siamo sei stato stata fra tra poi cui chi dove quando quanto cosi "
	    "anche non nn dal dai dalla sul nel col qualcuno qualcosa loro lui lei noi voi avete abbiamo hanno ogni dopo prima "
	    "mentre ecc the and for with are was und der die das ist les des une est que los las para con ";
	char key[16];
	size_t n = strlen(w->norm);
	if (n < 3 || w->small)
		return true;
	if (n > 12)
		return false;
	snprintf(key, sizeof key, " %s ", w->norm);
	return strstr(list, key) != NULL;
}

static void add_marks(const struct weights *w, const struct reading *r, const double *direction,
		      const struct words *field, struct mark *marks)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct feature *f = &r->list[i].where;
		if (f->in != field)
			continue;
		double said = weights_said(w, r, i, direction) / (double)(f->last - f->first + 1);
		double worth = f->fact >= 0 ? said * FOUND_WORTH : said; /* the lexicon says it in so many words */
		int fact = f->fact;
		for (size_t at = f->first; at <= f->last; at++) {
			marks[at].said += said;
			if (worth > marks[at].most) {
				if (fact < 0)
					fact = weights_fact(w, (size_t)weights_says_most(w, r, i, direction));
				marks[at].most = worth;
				marks[at].fact = fact;
			}
		}
	}
}

struct piece {
	struct classify_evidence evidence;
	double said;
};

#define PIECES_MAX 64
struct pieces {
	struct piece list[PIECES_MAX];
	size_t count;
};

static void keep(struct pieces *all, const struct piece *one)
{
	size_t at = all->count < PIECES_MAX ? all->count++ : PIECES_MAX - 1;
	if (at == PIECES_MAX - 1 && all->list[at].said >= one->said)
		return;
	for (; at > 0 && all->list[at - 1].said < one->said; at--)
		all->list[at] = all->list[at - 1];
	all->list[at] = *one;
}

/* Neighbours that say the same are one piece: "esce tantissima acqua". */
static void join_marks(const struct facts *f, const struct words *field, const char *in, const struct mark *marks,
		       double least, struct pieces *to)
{
	for (size_t i = 0; i < field->count; i++) {
		if (marks[i].said < least || marks[i].fact < 0 || is_glue(&field->list[i]))
			continue;
		const struct fact *fact = facts_at(f, marks[i].fact);
		struct piece p = {.said = marks[i].said};
		size_t last = i;
		for (size_t j = i + 1; j < field->count && j <= last + 2; j++) {
			bool on = marks[j].said >= least && marks[j].fact >= 0 && !is_glue(&field->list[j]) && field->list[j].sentence == field->list[i].sentence;
			if (on && facts_at(f, marks[j].fact) == fact) {
				p.said += marks[j].said;
				last = j;
			} else if (!is_glue(&field->list[j])) {
				break;
			}
		}
		p.evidence = (struct classify_evidence){.in = in, .start = field->list[i].start, .end = field->list[last].end,
							.means = fact->name, .means_it = fact->it};
		keep(to, &p);
		i = last;
	}
}

static bool stands_already(const struct classify_answer *out, const struct classify_evidence *e)
{
	for (size_t i = 0; i < out->evidence_count; i++) {
		const struct classify_evidence *o = &out->evidence[i];
		if (o->start < e->end && e->start < o->end && str_equal(o->in, e->in) && str_equal(o->means, e->means))
			return true;
	}
	return false;
}

/* Facts of what the lexicon cried out: another fault of the same message has its evidence too. */
static struct fact_set alarm_facts(const struct situations *all, const bool *alarmed)
{
	struct fact_set set = {0};
	for (size_t s = 0; s < situations_count(all); s++) {
		const struct situation *one = situations_at(all, s);
		for (size_t i = 0; alarmed[s] && i < one->fact_count; i++)
			fact_add(&set, one->fact_list[i]);
	}
	return set;
}

/* Last, what else the lexicon found for the answer or for an alarm. */
static void add_found(const struct facts *f, const struct weights *w, const struct reading *r, const double *direction,
		      const struct fact_set *alarms, const struct words *field, const char *in, struct classify_answer *out)
{
	for (size_t i = 0; i < r->count && out->evidence_count < CLASSIFY_MAX_EVIDENCE; i++) {
		const struct feature *one = &r->list[i].where;
		if (one->in != field || one->fact < 0 ||
		    !(fact_has(alarms, one->fact) || weights_said(w, r, i, direction) > 0))
			continue;
		const struct fact *fact = facts_at(f, one->fact);
		struct classify_evidence e = {.in = in, .start = field->list[one->first].start, .end = field->list[one->last].end,
					      .means = fact->name, .means_it = fact->it};
		if (!stands_already(out, &e))
			out->evidence[out->evidence_count++] = e;
	}
}

void explain_answer(const struct facts *f, const struct situations *all, const struct weights *w, const struct charter *c,
		    const struct reading *r, const double *shares, const bool *alarmed, const struct text_read *t, struct arena *arena,
		    struct classify_answer *out)
{
	const struct words *fields[] = {&t->title, &t->own};
	static const char *const names[] = {"subject", "text"};
	const struct fact_set alarms = alarm_facts(all, alarmed);
	double direction[UNITS_MAX], total = 0;
	struct mark *marks[2];
	struct pieces *pieces = arena_take(arena, sizeof *pieces);
	direction_of(all, w, c, shares, out, direction);
	for (int i = 0; i < 2; i++) {
		marks[i] = arena_take(arena, (fields[i]->count + 1) * sizeof *marks[i]);
		for (size_t j = 0; j < fields[i]->count; j++)
			marks[i][j].fact = -1;
		add_marks(w, r, direction, fields[i], marks[i]);
		for (size_t j = 0; j < fields[i]->count; j++)
			total += marks[i][j].said > 0 ? marks[i][j].said : 0;
	}
	for (int i = 0; i < 2; i++)
		join_marks(f, fields[i], names[i], marks[i], WORTH * total, pieces);
	for (size_t i = 0; i < pieces->count && out->evidence_count < CLASSIFY_MAX_EVIDENCE; i++)
		out->evidence[out->evidence_count++] = pieces->list[i].evidence;
	for (int i = 0; i < 2; i++)
		add_found(f, w, r, direction, &alarms, fields[i], names[i], out);
}

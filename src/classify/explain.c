/*
 * Which words led to the answer, where they stand and what they mean. A word's part is how much the
 * likelihood of the chosen outcome would fall without it (the gradient of its logarithm), so that
 * taking the evidence away weakens the answer. Offsets are bytes of the field named by `in`.
 */
#include "room.h"

#include <math.h>

#define FOUND_WORTH 4 /* times as much as a weight that was only learned, for the name of what a word says */
#define WORTH 0.03 /* of all that speaks for the answer: less is not shown */
#define LEARNED_WORTH 0.06 /* the same for words that the lexicon does not know */

/* For each unit: how much more of it the chosen outcome has than what else was plausible, beside the others. */
static void direction_of(const struct situations *all, const struct weights *w, const struct charter *c,
			 const double *shares, const struct classify_answer *out, int32_t *direction)
{
	const struct charter_detail *d = charter_detail(c);
	double chosen = 1e-12, more[UNITS_MAX] = {0};
	for (size_t s = 0; s < situations_count(all); s++) {
		const struct outcome *o = &d->outcomes[d->of[s]];
		if (o->row == out->row && (o->row || o->reason == out->reason))
			chosen += shares[s];
	}
	for (size_t s = 0; s < situations_count(all); s++) {
		const struct outcome *o = &d->outcomes[d->of[s]];
		bool is = o->row == out->row && (o->row || o->reason == out->reason);
		for (const int *u = weights_units_of(w, s); *u >= 0; u++)
			more[*u] += (is ? shares[s] / chosen : 0) - shares[s];
	}
	double most = 1e-300;
	for (size_t u = 0; u < weights_unit_count(w); u++)
		most = fabs(more[u]) > most ? fabs(more[u]) : most;
	for (size_t u = 0; u < weights_unit_count(w); u++)
		direction[u] = (int32_t)lround(more[u] / most * DIRECTION_ONE);
}

struct mark { /* a word, later a run of words, and what it says */
	double said;
	double most; /* by the feature that says most */
	int fact;    /* what that feature says, -1: nothing for the answer */
	bool found;  /* by the lexicon */
};

/* What a word says that only the weights know: no more than what the answer is about. */
static int matter_of(const struct situations *all, const struct charter *c, const double *shares,
		     const struct classify_answer *out)
{
	const struct charter_detail *d = charter_detail(c);
	const struct situation *best = NULL;
	double most = -1;
	for (size_t s = 0; s < situations_count(all); s++) {
		const struct outcome *o = &d->outcomes[d->of[s]];
		if (o->row == out->row && (o->row || o->reason == out->reason) && shares[s] > most) {
			most = shares[s];
			best = situations_at(all, s);
		}
	}
	return best && best->fact_count ? best->fact_list[best->fact_count > 1 ? 1 : 0] : -1;
}

static void add_marks(const struct reading *r, const double *all_said, int matter, const struct words *field,
		      struct mark *marks)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct known_feature *f = &r->list[i];
		if (f->in != field)
			continue;
		double said = all_said[i] / (double)(f->last - f->first + 1);
		double worth = f->fact >= 0 ? said * FOUND_WORTH : said; /* the lexicon says it in so many words */
		for (size_t at = f->first; at <= f->last; at++) {
			marks[at].said += said;
			if (worth > marks[at].most) {
				marks[at].most = worth;
				marks[at].fact = f->fact >= 0 ? f->fact : matter;
				marks[at].found = f->fact >= 0;
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

static bool is_shown(const struct mark *m, const struct word *w, double total)
{
	return m->fact >= 0 && !w->known->glue && m->said >= (m->found ? WORTH : LEARNED_WORTH) * total;
}

/* Neighbours that say the same are one piece: "esce tantissima acqua". */
static void join_marks(const struct facts *f, const struct words *field, const char *in, const struct mark *marks,
		       double total, struct pieces *to)
{
	for (size_t i = 0; i < field->count; i++) {
		if (!is_shown(&marks[i], &field->list[i], total))
			continue;
		const struct fact *fact = facts_at(f, marks[i].fact);
		struct piece p = {.said = marks[i].said};
		size_t last = i;
		for (size_t j = i + 1; j < field->count && j <= last + 2; j++) {
			bool on = is_shown(&marks[j], &field->list[j], total) && field->list[j].sentence == field->list[i].sentence;
			if (on && facts_at(f, marks[j].fact) == fact) {
				p.said += marks[j].said;
				last = j;
			} else if (!field->list[j].known->glue) {
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

/* What happens, be it this fault or another: a dispatcher should see every one. */
static bool is_happening(const struct fact *fact)
{
	return str_starts(fact->name, "event=") || str_starts(fact->name, "bin=");
}

/* Last, what else the lexicon found for the answer, for an alarm, or happening besides. */
static void add_found(const struct facts *f, const struct reading *r, const double *said, const struct fact_set *alarms,
		      const struct words *field, const char *in, struct classify_answer *out)
{
	for (size_t i = 0; i < r->count && out->evidence_count < CLASSIFY_MAX_EVIDENCE; i++) {
		const struct known_feature *one = &r->list[i];
		if (one->in != field || one->fact < 0)
			continue;
		const struct fact *fact = facts_at(f, one->fact);
		if (!(is_happening(fact) || fact_has(alarms, one->fact) || said[i] > 0))
			continue;
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
	const int matter = matter_of(all, c, shares, out);
	int32_t direction[UNITS_MAX];
	double total = 0;
	struct mark *marks[2];
	struct pieces *pieces = arena_take(arena, sizeof *pieces);
	direction_of(all, w, c, shares, out, direction);
	double *said = weights_said(w, r, direction, arena);
	for (int i = 0; i < 2; i++) {
		marks[i] = arena_take(arena, (fields[i]->count + 1) * sizeof *marks[i]);
		for (size_t j = 0; j < fields[i]->count; j++)
			marks[i][j].fact = -1;
		add_marks(r, said, matter, fields[i], marks[i]);
		for (size_t j = 0; j < fields[i]->count; j++)
			total += marks[i][j].said > 0 ? marks[i][j].said : 0;
	}
	for (int i = 0; i < 2; i++)
		join_marks(f, fields[i], names[i], marks[i], total, pieces);
	for (size_t i = 0; i < pieces->count && out->evidence_count < CLASSIFY_MAX_EVIDENCE; i++)
		out->evidence[out->evidence_count++] = pieces->list[i].evidence;
	for (int i = 0; i < 2; i++)
		add_found(f, r, said, &alarms, fields[i], names[i], out);
}

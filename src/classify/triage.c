/*
 * Guided questions: what remains of a report after the caller's answers, and the question that best
 * tells it apart. An answer excludes what contradicts it, whatever the words said; words alone exclude
 * nothing for good. Knows no charter and no question by name.
 *
 * A question that is answered is about some of the situations. What it leaves open of them takes over
 * what they weighed together, so that an answer never speaks for or against what it was not about.
 */
#include "room.h"

#include <stdio.h>
#include <string.h>

#define FLOOR 1e-6            /* what words always leave to a situation: answers may contradict them */
#define TINY 0.1              /* of the largest share: what is smaller may be left out */
#define LEFT_OUT 0.08         /* of all, together, and only where it is no more urgent than what remains */
#define LEFT_OUT_URGENT 0.01  /* what is more urgent, together */
#define VAGUE_KEEPS 0.5        /* of the share of a situation that only tells what was not said */
#define PREMISE 0.75          /* a question is put only if so much of what remains is what it is about */
#define NONE_RANK 1000

/* What confusing two outcomes costs. A wrong class costs by the more urgent of the two. */
#define COST_CLASS 10.0 /* divided by its urgency_rank */
#define COST_REFER 1.0  /* neither is ours, but somebody else's */
#define COST_ROW 0.1    /* another row of one class */

struct view { /* what is known so far, by situation */
	const struct charter_detail *d;
	const struct charter *charter;
	size_t count;
	double share[SITUATIONS_MAX]; /* sums to 1 */
	bool out[SITUATIONS_MAX];     /* excluded by an answer */
	bool remains[SITUATIONS_MAX];
	size_t same[SITUATIONS_MAX];  /* the first situation with the same outcome */
};

static const struct outcome *outcome_of(const struct view *v, size_t s)
{
	return &v->d->outcomes[v->d->of[s]];
}

static int rank_of_row(const struct charter *c, const struct charter_row *row)
{
	return row ? charter_class_find(c, row->class_code)->urgency_rank : NONE_RANK;
}

static int rank_of(const struct charter *c, const struct outcome *o)
{
	return rank_of_row(c, o->row);
}

/* Two outcomes agree where the caller is told the same: the class, or whom to call instead. */
static bool agree(const struct outcome *a, const struct outcome *b)
{
	if (!a->row || !b->row)
		return !a->row && !b->row && str_equal(a->refer_to, b->refer_to);
	return str_equal(a->row->class_code, b->row->class_code);
}

static double cost_of(const struct charter *c, const struct outcome *a, const struct outcome *b)
{
	if (agree(a, b))
		return a == b ? 0 : COST_ROW;
	if (!a->row && !b->row)
		return COST_REFER;
	int x = rank_of(c, a), y = rank_of(c, b);
	return COST_CLASS / (x < y ? x : y);
}

/* ---- answers ---- */

/* How much of a question's situations is still open, and of those how much an option leaves open. */
static double mass_of(const struct view *v, const struct question *q, const struct question_option *o, size_t *count)
{
	double sum = 0;
	*count = 0;
	for (size_t s = 0; s < v->count; s++) {
		if (q->about[s] && !v->out[s] && (!o || o->fits[s])) {
			sum += v->share[s];
			++*count;
		}
	}
	return sum;
}

/* False where it would leave nothing of what the question is about: then an earlier answer stands. */
static bool apply(struct view *v, const struct question *q, const struct question_option *o)
{
	size_t count, left;
	double about = mass_of(v, q, NULL, &count), open = mass_of(v, q, o, &left);
	if (!left)
		return false;
	for (size_t s = 0; s < v->count; s++) {
		if (!q->about[s] || v->out[s])
			continue;
		v->out[s] = !o->fits[s];
		v->share[s] = o->fits[s] ? v->share[s] * about / open : 0;
	}
	return true;
}

/* ---- what remains ---- */

static int most_urgent(const struct view *v)
{
	int best = NONE_RANK + 1;
	for (size_t s = 0; s < v->count; s++) {
		int rank = rank_of(v->charter, outcome_of(v, s));
		if (v->remains[s] && rank < best)
			best = rank;
	}
	return best;
}

/* Small beside the likeliest, and small together with all that is no larger. */
static bool is_unlikely(const struct view *v, size_t s)
{
	double most = 0, sum = 0;
	for (size_t t = 0; t < v->count; t++) {
		most = v->share[t] > most ? v->share[t] : most;
		sum += v->share[t] <= v->share[s] ? v->share[t] : 0;
	}
	return v->share[s] < TINY * most && sum <= LEFT_OUT;
}

/* Leaves out what words make unlikely; never what is more urgent than the rest, but for a trace. */
static void find_remains(struct view *v)
{
	double urgent = 0;
	for (size_t s = 0; s < v->count; s++)
		v->remains[s] = !v->out[s] && !is_unlikely(v, s);
	int rank = most_urgent(v);
	for (size_t s = 0; s < v->count; s++)
		urgent += !v->remains[s] && rank_of(v->charter, outcome_of(v, s)) < rank ? v->share[s] : 0;
	for (size_t s = 0; urgent > LEFT_OUT_URGENT && s < v->count; s++)
		v->remains[s] |= !v->out[s] && rank_of(v->charter, outcome_of(v, s)) < rank;
}

static bool is_decided(const struct view *v)
{
	const struct outcome *first = NULL;
	for (size_t s = 0; s < v->count; s++) {
		if (!v->remains[s])
			continue;
		if (!first)
			first = outcome_of(v, s);
		else if (!agree(first, outcome_of(v, s)))
			return false;
	}
	return true;
}

/* ---- the next question ---- */

/* Expected cost of confusing what remains: of each pair of outcomes, by their shares. */
static double doubt_of(const struct view *v, const double *shares)
{
	double of[SITUATIONS_MAX] = {0}, sum = 0, all = 0;
	size_t list[SITUATIONS_MAX], count = 0;
	for (size_t s = 0; s < v->count; s++) {
		if (v->remains[s]) {
			of[v->same[s]] += shares[s];
			all += shares[s];
		}
	}
	for (size_t s = 0; s < v->count; s++) {
		if (of[s] > 0)
			list[count++] = s;
	}
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < i; j++)
			sum += of[list[i]] * of[list[j]] * cost_of(v->charter, outcome_of(v, list[i]), outcome_of(v, list[j]));
	}
	return all > 0 ? sum / (all * all) : 0;
}

static int options_fitting(const struct question *q, size_t s)
{
	int count = 0;
	for (size_t i = 0; i < q->option_count; i++)
		count += q->options[i].fits[s];
	return count;
}

/* The doubt that is left on average when the question is answered; one that fits several options answers with each
 * alike. Negative: not to be put, because it is not about what remains. */
static double doubt_after(const struct view *v, const struct question *q)
{
	double about = 0, all = 0, sum = 0;
	for (size_t s = 0; s < v->count; s++) {
		all += v->remains[s] ? v->share[s] : 0;
		about += v->remains[s] && q->about[s] ? v->share[s] : 0;
	}
	if (about < PREMISE * all)
		return -1;
	for (size_t i = 0; i < q->option_count; i++) {
		const struct question_option *o = &q->options[i];
		double shares[SITUATIONS_MAX], open = 0, likely = 0;
		for (size_t s = 0; s < v->count; s++) {
			if (!v->remains[s] || !o->fits[s])
				continue;
			open += v->share[s];
			likely += v->share[s] / options_fitting(q, s);
		}
		for (size_t s = 0; open > 0 && s < v->count; s++)
			shares[s] = !q->about[s] ? v->share[s] : o->fits[s] ? v->share[s] * about / open : 0;
		if (open > 0)
			sum += likely / about * doubt_of(v, shares);
	}
	return sum;
}

static const struct question *best_question(const struct view *v, const struct questions *all, const bool *asked)
{
	const struct question *best = NULL;
	double least = doubt_of(v, v->share) * 0.999; /* what changes nothing is not worth a breath */
	for (size_t i = 0; i < questions_count(all); i++) {
		double after = asked[i] ? -1 : doubt_after(v, questions_at(all, i));
		if (after >= 0 && after < least) {
			least = after;
			best = questions_at(all, i);
		}
	}
	return best;
}

/* ---- the door ---- */

/* Words that leave something out may mean any of the situations that they do not contradict. */
static void spread_vague(struct view *v, const struct questions *all, const double *shares)
{
	for (size_t s = 0; s < v->count; s++) {
		const bool *may_be = questions_vaguer(all, s);
		size_t count = 0;
		for (size_t t = 0; t < v->count; t++)
			count += may_be[t];
		for (size_t t = 0; t < v->count; t++)
			v->share[t] += may_be[t] ? shares[s] * (1 - VAGUE_KEEPS) / (double)count : 0;
		v->share[s] += count ? shares[s] * VAGUE_KEEPS : shares[s];
	}
}

static void begin(struct view *v, const struct questions *all, const struct charter *c, size_t count, const double *shares)
{
	double sum = 0;
	*v = (struct view){.charter = c, .d = charter_detail(c), .count = count};
	spread_vague(v, all, shares);
	for (size_t s = 0; s < count; s++)
		sum += v->share[s] += FLOOR;
	for (size_t s = 0; s < count; s++) {
		v->share[s] /= sum;
		while (v->d->of[v->same[s]] != v->d->of[s])
			v->same[s]++;
	}
}

static bool take_replies(struct view *v, const struct questions *all, const struct classify_asked *ask, bool *asked,
			 struct classify_triage *out, struct problem *p)
{
	char field[48];
	for (size_t i = 0; i < ask->reply_count; i++) {
		const struct classify_reply *r = &ask->replies[i];
		int at = questions_find(all, r->question);
		const struct question *q = at < 0 ? NULL : questions_at(all, (size_t)at);
		bool known = q && r->option >= 0 && (size_t)r->option <= q->option_count;
		bool again = q && asked[at];
		snprintf(field, sizeof field, "/answers/%zu/%s", i, q && !again ? "option" : "question");
		if (!q)
			return problem_set(p, PROBLEM_INPUT, field, "there is no such question");
		if (again)
			return problem_set(p, PROBLEM_INPUT, field, "this question is answered twice");
		if (!known)
			return problem_set(p, PROBLEM_INPUT, field, "this question has the options 0 to %zu", q->option_count);
		asked[at] = true;
		const struct question_option *o = r->option ? &q->options[r->option - 1] : NULL;
		out->answered[out->answered_count++] = (struct classify_answered){
		    .code = q->code, .ask_it = q->ask_it, .option = r->option, .label_it = o ? o->it : "Non lo sa",
		    .applied = o && apply(v, q, o)};
	}
	return true;
}

static void tell_question(const struct view *v, const struct question *q, struct classify_triage *out)
{
	out->question = q->code;
	out->ask_it = q->ask_it;
	for (size_t i = 0; i < q->option_count; i++) {
		size_t open;
		mass_of(v, q, &q->options[i], &open);
		if (open) /* keys keep their meaning: what cannot be any more is missing, the rest does not move up */
			out->options[out->option_count++] = (struct classify_option){(int)i + 1, q->options[i].it};
	}
}

/* Likeliest first; each outcome once. */
static void tell_remaining(const struct view *v, struct arena *arena, struct classify_triage *out)
{
	double of[SITUATIONS_MAX] = {0}, all = 0;
	out->remaining = arena_take(arena, v->count * sizeof *out->remaining);
	for (size_t s = 0; s < v->count; s++) {
		of[v->same[s]] += v->remains[s] ? v->share[s] : 0;
		all += v->remains[s] ? v->share[s] : 0;
	}
	for (size_t s = 0; s < v->count; s++) {
		const struct outcome *o = outcome_of(v, s);
		if (of[s] <= 0)
			continue;
		size_t at = out->remaining_count++;
		for (; at > 0 && out->remaining[at - 1].share < of[s] / all; at--)
			out->remaining[at] = out->remaining[at - 1];
		out->remaining[at] = (struct classify_remaining){
		    .row = o->row, .class_code = o->row ? o->row->class_code : "none", .reason = o->reason, .share = of[s] / all};
	}
}

bool triage_next(const struct questions *all, size_t situations, const struct classify_asked *ask, double *shares,
		 struct arena *arena, struct classify_triage *out, struct problem *p)
{
	struct view v;
	bool asked[QUESTIONS_MAX] = {false};
	begin(&v, all, ask->charter, situations, shares);
	if (!take_replies(&v, all, ask, asked, out, p))
		return false;
	find_remains(&v);
	out->decided = is_decided(&v);
	tell_remaining(&v, arena, out);
	const struct question *q = NULL;
	if (!out->decided && out->answered_count < CLASSIFY_QUESTIONS)
		q = best_question(&v, all, asked);
	if (q)
		tell_question(&v, q, out);
	memcpy(shares, v.share, situations * sizeof *shares);
	return true;
}

/* Proposes the most urgent of what remains: for a report without words, whose shares say nothing. */
static void propose_urgent(const struct charter *c, struct classify_triage *t)
{
	struct classify_answer *a = &t->answer;
	size_t best = 0;
	for (size_t i = 1; i < t->remaining_count; i++) {
		if (rank_of_row(c, t->remaining[i].row) < rank_of_row(c, t->remaining[best].row))
			best = i;
	}
	if (!t->remaining[best].row)
		return;
	a->row = t->remaining[best].row;
	a->class_code = a->row->class_code;
	a->reason = a->refer_to = NULL;
	a->confidence = 0;
	a->alternative_count = 0;
	for (size_t i = 0; i < t->remaining_count; i++) {
		const struct classify_remaining *r = &t->remaining[i];
		a->confidence += r->row && rank_of_row(c, r->row) == rank_of_row(c, a->row) ? r->share : 0;
		if (i != best && a->alternative_count < CLASSIFY_MAX_OTHERS)
			a->alternatives[a->alternative_count++] =
			    (struct classify_guess){.row = r->row, .class_code = r->class_code, .confidence = r->share};
	}
}

/* A word or a fact that somebody knows: without any, shares only tell what is reported most. */
static bool is_said(const struct heard *h)
{
	return h->text.found.count > 0 || weights_known(&h->reading, 'w') > 0 || weights_known(&h->reading, 'n') > 0;
}

/* The key of the advice: the row's, or where it is none, the reason's own if advice.json has it ("gas"). */
static const char *advice_for(const struct classify *c, const struct charter *charter, const struct classify_answer *a)
{
	const struct charter_detail *d = charter_detail(charter);
	for (size_t i = 0; !a->row && i < d->outcome_count; i++) {
		if (!d->outcomes[i].row && d->outcomes[i].reason == a->reason)
			return classify_advice(c, d->outcomes[i].code) ? d->outcomes[i].code : NULL;
	}
	return a->row ? a->row->advice : NULL;
}

bool classify_triage(const struct classify *c, const struct classify_asked *asked, struct arena *arena,
		     struct classify_triage *out, struct problem *p)
{
	const struct situations *all = classify_situations(c);
	double shares[SITUATIONS_MAX];
	struct heard h;
	*out = (struct classify_triage){0};
	if (asked->reply_count > CLASSIFY_MAX_REPLIES)
		return problem_set(p, PROBLEM_INPUT, "/answers", "at most %d answers", CLASSIFY_MAX_REPLIES);
	heard_read(c, asked, arena, &h);
	/* where nothing was said, nothing is likelier than the rest */
	bool said = is_said(&h);
	for (size_t s = 0; s < situations_count(all); s++)
		shares[s] = said ? h.shares[s] : 1;
	if (!triage_next(classify_questions(c), situations_count(all), asked, shares, arena, out, p))
		return false;
	for (size_t s = 0; s < situations_count(all); s++)
		h.alarmed[s] &= shares[s] > 0; /* what an answer denies is no further fault */
	bool answered = false;
	for (size_t i = 0; i < out->answered_count; i++)
		answered |= out->answered[i].applied;
	/* who knows no answer changes nothing: the words are judged as they would be without questions */
	heard_judge(c, asked, &h, said && !answered ? h.shares : shares, arena, &out->answer);
	out->answer.needs_review |= !out->decided;
	out->known = said || answered;
	if (!said && !out->decided)
		propose_urgent(asked->charter, out);
	out->advice = advice_for(c, asked->charter, &out->answer);
	return true;
}

/*
 * Which words led to the answer, where they stand and what they mean: first those that the chosen row
 * asked for, then what else was understood. Offsets are bytes of the field named by `in`.
 */
#include "room.h"

/* Facts that the chosen outcome's conditions name. */
static struct fact_set asked(const struct charter *c, const struct classify_answer *answer)
{
	const struct charter_detail *d = charter_detail(c);
	struct fact_set set = {0};
	for (size_t i = 0; i < d->outcome_count; i++) {
		const struct outcome *o = &d->outcomes[i];
		if (o->row != answer->row || (!o->row && !str_equal(o->reason, answer->reason)))
			continue;
		for (size_t j = 0; j < o->clause_count; j++) {
			for (size_t g = 0; o->clauses[j].weight > 0 && g < o->clauses[j].when.count; g++) {
				for (size_t b = 0; b < FACTS_MAX / 64; b++)
					set.bits[b] |= o->clauses[j].when.groups[g].none ? 0 : o->clauses[j].when.groups[g].any.bits[b];
			}
		}
	}
	return set;
}

static bool says_asked(const struct finding *found, const struct fact_set *set)
{
	for (size_t i = 0; i < found->pattern->fact_count; i++) {
		if (fact_has(set, found->pattern->facts[i]))
			return true;
	}
	return false;
}

static bool stands_already(const struct classify_answer *out, const struct classify_evidence *e)
{
	for (size_t i = 0; i < out->evidence_count; i++) {
		const struct classify_evidence *o = &out->evidence[i];
		if (o->start == e->start && o->end == e->end && str_equal(o->in, e->in) && str_equal(o->means, e->means))
			return true;
	}
	return false;
}

/* One piece of evidence for each fact that the words say. */
static void add(const struct facts *f, const struct finding *found, const struct words *subject,
		struct classify_answer *out)
{
	const struct word *list = found->in->list;
	for (size_t i = 0; i < found->pattern->fact_count; i++) {
		const struct fact *fact = facts_at(f, found->pattern->facts[i]);
		struct classify_evidence e = {.in = found->in == subject ? "subject" : "text",
					      .start = list[found->words[0]].start,
					      .end = list[found->words[found->count - 1]].end,
					      .means = fact->name,
					      .means_it = fact->it};
		if (out->evidence_count < CLASSIFY_MAX_EVIDENCE && !stands_already(out, &e))
			out->evidence[out->evidence_count++] = e;
	}
}

void explain_answer(const struct facts *f, const struct charter *c, const struct findings *found,
		    const struct words *subject, struct classify_answer *out)
{
	struct fact_set set = asked(c, out);
	facts_expand(f, &set);
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < found->count; i++) {
			const struct finding *one = &found->list[i];
			if (!one->denied && one->pattern->fact_count && says_asked(one, &set) == !pass)
				add(f, one, subject, out);
		}
	}
}

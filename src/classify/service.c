/*
 * Whose trade a text is, before any charter is asked: each situation names its network, and their shares
 * are summed. A charter cannot say this of itself: what it does not know of, it takes for what it knows.
 * Alarms have no part in it: they keep a danger in view and would draw a foul bin to the water.
 * Source: the facts "net=…" of classifications/situations.json.
 */
#include "room.h"

#include <string.h>

#define NET "net=" /* what stands behind it is a service */
#define NAMED "ctx=" /* the same, concluded from what a text names (facts.json) */
#define WASTE "waste" /* it can wait */
#define CLEAR_SHARE 0.25
#define CLEAR_LEAD 3 /* times the next */

static const char *service_of(const struct fact *fact, const char *key)
{
	return strncmp(fact->name, key, strlen(key)) == 0 ? fact->name + strlen(key) : NULL;
}

static double share_of(const struct situations *all, int net, const double *shares)
{
	double sum = 0;
	for (size_t s = 0; s < situations_count(all); s++)
		sum += fact_has(&situations_at(all, s)->facts, net) ? shares[s] : 0;
	return sum;
}

/* The likeliest by the weights. Clear: most is a matter of some service at all, and of this rather than the next. */
static const char *weighed_service(const struct facts *f, const struct situations *all, const double *shares, double *share,
				   bool *clear)
{
	const char *likeliest = NULL;
	double next = 0;
	*share = 0;
	for (int i = 0; i < facts_count(f); i++) {
		const char *service = service_of(facts_at(f, i), NET);
		double one = service ? share_of(all, i, shares) : 0;
		if (one > *share) {
			next = *share;
			*share = one;
			likeliest = service;
		} else if (one > next) {
			next = one;
		}
	}
	*clear = *share >= CLEAR_SHARE && *share >= CLEAR_LEAD * next;
	return likeliest;
}

/* The one whose things the text names; NULL where it names none, or those of several. */
static const char *named_service(const struct facts *f, const struct fact_set *found)
{
	const char *only = NULL;
	for (int i = 0; i < facts_count(f); i++) {
		const char *service = fact_has(found, i) ? service_of(facts_at(f, i), NAMED) : NULL;
		if (service && only)
			return NULL;
		only = service ? service : only;
	}
	return only;
}

const char *classify_service(const struct classify *c, const char *channel, const char *subject, const char *text,
			     struct arena *arena, double *share)
{
	const struct classify_asked asked = {.channel = channel, .subject = subject, .text = text};
	const struct facts *f = classify_facts(c);
	double most;
	bool clear;
	struct heard *h = arena_take(arena, sizeof *h);
	heard_words(c, &asked, arena, h);
	const char *service = weighed_service(f, classify_situations(c), h->shares, share ? share : &most, &clear);
	/* "cassonetto rotto": the water charters teach that a bin is nobody's, but it is named. "Acqua vicino al
	 * cassonetto": named, but not what it is about. */
	return service && (clear || str_equal(service, named_service(f, &h->text.facts))) ? service : NULL;
}

bool classify_goes_first(const struct charter *charter, const char *service)
{
	for (size_t i = 0; i < charter->service_count; i++) {
		if (service ? str_equal(charter->services[i], service) : !str_equal(charter->services[i], WASTE))
			return true;
	}
	return false;
}

/*
 * Who needs a person now: the two chips of the desk and the three groups of its queue. Urgency is
 * what the charter says, attention is what needs somebody: a grave fault with its crew on the way
 * needs nobody.
 */
#include "words.h"

#define CREWLESS_RANK_1 SPAN_S(180) /* a rank 1 without a crew for longer */
#define UNANSWERED SPAN_S(180)      /* an offer that nobody accepted for longer */
#define OLD_POSITION SPAN_S(600)    /* of a crew on its way */
#define USED_PERCENT 80             /* of a promise */

static bool older(struct instant t, struct instant now, struct span limit)
{
	return instant_is_set(t) && instant_since(now, t).us > limit.us;
}

static int64_t minutes(struct span s)
{
	return s.us / 60000000;
}

static bool waits_for_crew(const struct incident *i)
{
	bool needs_one = i->state == INCIDENT_NEW || i->state == INCIDENT_CLASSIFIED;
	return needs_one && !incident_open_assignment(i);
}

/* Since when nobody is on it: the last crew's end, else the beginning. */
static struct instant crewless_since(const struct incident *i)
{
	struct instant since = i->opened_at;
	for (size_t n = 0; n < i->assignment_count; n++) {
		struct instant ended = i->assignments[n].ended_at;
		if (instant_compare(ended, since) > 0)
			since = ended;
	}
	return since;
}

/* The last crew asked said no or nothing, and nobody else was asked. */
static const char *refused(const struct incident *i)
{
	if (!waits_for_crew(i) || !i->assignment_count)
		return NULL;
	switch (i->assignments[i->assignment_count - 1].state) {
	case ASSIGNMENT_DECLINED:
		return "Incarico rifiutato";
	case ASSIGNMENT_EXPIRED:
		return "Nessuno ha accettato";
	case ASSIGNMENT_OFFERED:
	case ASSIGNMENT_ACCEPTED:
	case ASSIGNMENT_EN_ROUTE:
	case ASSIGNMENT_ARRIVED:
	case ASSIGNMENT_LEFT:
	case ASSIGNMENT_RECALLED:
		return NULL;
	}
	return NULL;
}

/* A crew on its way to whom the roads have closed, where no other was sent that may still come. */
static const struct assignment *cut_off(const struct incident *i)
{
	const struct assignment *found = NULL;
	for (size_t n = 0; n < i->assignment_count; n++) {
		const struct assignment *a = &i->assignments[n];
		if (!assignment_is_open(a->state))
			continue;
		if (a->state != ASSIGNMENT_EN_ROUTE || !instant_is_set(a->cut_off_at))
			return NULL;
		found = found ? found : a;
	}
	return found;
}

static void say_overdue(struct span late, struct str *why)
{
	int64_t m = (late.us + 59999999) / 60000000; /* lateness is rounded up */
	m = m > 0 ? m : 1;
	if (m < 60)
		str_addf(why, "Scaduto da %lld min", (long long)m);
	else if (m < 48 * 60)
		str_addf(why, "Scaduto da %lld h %lld min", (long long)(m / 60),
		         (long long)(m % 60));
	else
		str_addf(why, "Scaduto da %lld giorni", (long long)(m / (24 * 60)));
}

static bool needs_now(const struct live_facts *f, const struct due_target *t,
                      enum target_result result, struct span late, struct str *why)
{
	const struct incident *i = f->incident;
	const struct assignment *a = incident_open_assignment(i), *lost = cut_off(i);
	bool grave = rank_of(f->charter, i->class_code) == 1;
	if (t && !instant_is_set(t->stopped_at) && result == TARGET_MISSED) {
		say_overdue(late, why);
	} else if (refused(i)) {
		str_add(why, refused(i));
	} else if (lost) {
		str_addf(why, "%s senza strada aperta", lost->crew_name);
	} else if (a && a->state == ASSIGNMENT_OFFERED &&
	           older(a->offered_at, f->now, UNANSWERED)) {
		str_addf(why, "Nessuna risposta da %lld min",
		         (long long)minutes(instant_since(f->now, a->offered_at)));
	} else if (grave && waits_for_crew(i) &&
	           older(crewless_since(i), f->now, CREWLESS_RANK_1)) {
		str_addf(why, "Senza squadra da %lld min",
		         (long long)minutes(instant_since(f->now, crewless_since(i))));
	} else if (grave && a && a->state == ASSIGNMENT_EN_ROUTE &&
	           older(f->position_at, f->now, OLD_POSITION)) {
		str_addf(why, "Contatto perso da %lld min",
		         (long long)minutes(instant_since(f->now, f->position_at)));
	}
	return why->length > 0;
}

static bool is_used_up(const struct due_target *t, struct instant now)
{
	if (t->paused)
		return false;
	int64_t whole = instant_since(t->due, t->start).us, used = instant_since(now, t->start).us;
	return whole > 0 && used / 100 * 100 >= whole / 100 * USED_PERCENT;
}

static bool needs_soon(const struct live_facts *f, const struct due_target *t,
                       enum target_result result, struct str *why)
{
	const struct incident *i = f->incident;
	const struct assignment *a = incident_open_assignment(i);
	if (i->needs_review)
		str_add(why, "Da confermare");
	else if (t && result == TARGET_RUNNING && is_used_up(t, f->now))
		str_addf(why, "Usato oltre l'%d %% del tempo", USED_PERCENT);
	else if (!t && waits_for_crew(i) && !str_equal(i->class_code, "none"))
		str_add(why, "Orario da fissare");
	else if (a && a->state == ASSIGNMENT_EN_ROUTE &&
	         older(f->position_at, f->now, OLD_POSITION))
		str_addf(why, "Posizione di %lld min fa",
		         (long long)minutes(instant_since(f->now, f->position_at)));
	return why->length > 0;
}

enum live_attention live_attention(const struct live_facts *f, struct str *why)
{
	struct span late, left;
	enum target_result result;
	const struct due_target *t = governing(f->incident, f->now, &result, &late, &left);
	str_clear(why);
	if (!incident_is_open(f->incident->state))
		return LIVE_CALM;
	if (needs_now(f, t, result, late, why))
		return LIVE_NOW;
	return needs_soon(f, t, result, why) ? LIVE_SOON : LIVE_CALM;
}

/* A promise in days, confirmed and in time, waits without hurry; so does a fault made safe. */
static bool may_wait(const struct live_facts *f, const struct due_target *t)
{
	const struct incident *i = f->incident;
	if (i->state == INCIDENT_MADE_SAFE || i->state == INCIDENT_RESTORED)
		return true;
	return i->state == INCIDENT_CLASSIFIED && t && t->bound == BOUND_EXCLUSIVE && !refused(i);
}

const char *live_group(const struct live_facts *f)
{
	const struct incident *i = f->incident;
	struct str why = {0};
	bool now = live_attention(f, &why) == LIVE_NOW;
	str_fini(&why);
	if (!incident_is_open(i->state))
		return "calm";
	if (now || i->needs_review || i->state == INCIDENT_NEW)
		return "now";
	const struct due_target *t = incident_governing(i);
	if (incident_open_assignment(i) || (t && t->paused))
		return "followed"; /* what is held waits for others, and somebody decided so */
	return may_wait(f, t) ? "calm" : "now";
}

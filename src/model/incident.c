/*
 * Questions that an incident and a crew answer by themselves: which promise governs, which
 * assignment is furthest on, what a crew is doing. Not here: whether a move is allowed (states.c).
 */
#include "model/crew.h"
#include "model/incident.h"

#include "names.h"

#include <math.h>

/* A heading says which way a vehicle drives only while it drives. */
#define HEADING_LASTS SPAN_S(120)
#define HEADING_FROM_MPS 2.0

NAMES_NAME(crew_state, CREW_STATES)
NAMES_NAME(target_result, TARGET_RESULTS)

/* Hours are kept at the due second itself, days only before the midnight that ends the last one. */
enum target_result target_judge(const struct due_target *t, struct instant now, struct span *late,
                                struct span *left)
{
	bool stopped = instant_is_set(t->stopped_at);
	struct instant at = stopped ? t->stopped_at : t->paused ? t->paused->from : now;
	int over = instant_compare(at, t->due);
	bool missed = t->bound == BOUND_INCLUSIVE ? over > 0 : over >= 0;
	*late = missed ? instant_since(at, t->due) : (struct span){0};
	*left = missed ? (struct span){0} : instant_since(t->due, at);
	return missed ? TARGET_MISSED : stopped ? TARGET_MET : TARGET_RUNNING;
}

/* Running before held still before stopped, arrival before the other kinds, then the earliest. */
static bool governs_before(const struct due_target *a, const struct due_target *b)
{
	bool a_stopped = instant_is_set(a->stopped_at), b_stopped = instant_is_set(b->stopped_at);
	if (a_stopped != b_stopped)
		return b_stopped;
	if (!a->paused != !b->paused)
		return b->paused;
	bool a_arrival = a->kind == TARGET_ARRIVAL, b_arrival = b->kind == TARGET_ARRIVAL;
	if (a_arrival != b_arrival)
		return a_arrival;
	return instant_compare(a->due, b->due) < 0;
}

const struct due_target *incident_governing(const struct incident *i)
{
	const struct due_target *best = NULL;
	for (size_t n = 0; n < i->target_count; n++) {
		const struct due_target *t = &i->targets[n];
		if (!t->first && !t->effective)
			continue;
		if (!best || governs_before(t, best))
			best = t;
	}
	return best;
}

const struct assignment *incident_open_assignment(const struct incident *i)
{
	const struct assignment *best = NULL;
	for (size_t n = 0; n < i->assignment_count; n++) {
		const struct assignment *a = &i->assignments[n];
		if (assignment_is_open(a->state) && (!best || a->state > best->state))
			best = a;
	}
	return best;
}

enum crew_state crew_state_of(const struct crew *c)
{
	if (!c->open_assignments)
		return c->on_shift ? CREW_AVAILABLE : c->on_call ? CREW_ON_CALL : CREW_OFF;
	switch (c->assignment_state) {
	case ASSIGNMENT_OFFERED:
		return CREW_OFFERED;
	case ASSIGNMENT_ACCEPTED:
		return CREW_ACCEPTED;
	case ASSIGNMENT_EN_ROUTE:
		return CREW_EN_ROUTE;
	case ASSIGNMENT_ARRIVED:
		return CREW_ON_SITE;
	case ASSIGNMENT_LEFT:
	case ASSIGNMENT_DECLINED:
	case ASSIGNMENT_EXPIRED:
	case ASSIGNMENT_RECALLED:
		break;
	}
	return CREW_AVAILABLE;
}

bool crew_drives(const struct crew *c, struct instant now)
{
	return instant_is_set(c->position_at) && point_is_set(c->position) &&
	       instant_since(now, c->position_at).us < HEADING_LASTS.us &&
	       c->speed_mps > HEADING_FROM_MPS && isfinite(c->heading);
}

const char *skill_it(const char *skill)
{
	static const char *const names[][2] = {
	    {"water", "acquedotto"},      {"sewer", "fognatura"},
	    {"jetting", "autospurgo"},    {"electromechanical", "elettromeccanica"},
	    {"treatment", "depurazione"}, {"waste", "rifiuti"},
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_equal(names[i][0], skill))
			return names[i][1];
	}
	return skill;
}

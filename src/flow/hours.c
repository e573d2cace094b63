/*
 * Which roads hold at an instant, and when that changes next: a closure begins or ends, the profile
 * chosen by hand runs out, the clock on the wall goes on to another one. Only reckons: `now` is an
 * argument.
 */
#include "house.h"

#define MINUTE_US ((int64_t)60000000)
#define LOOKED_AHEAD (24 * 60) /* minutes; no change within them: look again then */

enum map_profile hours_by_clock(const struct zone *zone, struct instant t)
{
	struct wall w = zone_wall(zone, t);
	return map_profile_at(w.weekday + 1, w.hour * 60 + w.minute);
}

static bool hand_holds(const struct hours *h, struct instant t)
{
	return h->by_hand &&
	       (!instant_is_set(h->hand_until) || instant_compare(h->hand_until, t) > 0);
}

enum map_profile hours_profile(const struct hours *h, struct instant t, bool *by_hand)
{
	*by_hand = hand_holds(h, t);
	return *by_hand ? h->hand : hours_by_clock(h->zone, t);
}

/* Minute by minute on the clock, so that nights of 23 and 25 hours need no rule of their own. */
static struct instant clock_changes(const struct zone *zone, struct instant t)
{
	enum map_profile now = hours_by_clock(zone, t);
	struct instant at = {t.us - t.us % MINUTE_US};
	for (int minute = 0; minute < LOOKED_AHEAD; minute++) {
		at.us += MINUTE_US;
		if (hours_by_clock(zone, at) != now)
			break;
	}
	return at;
}

static void earlier(struct instant *next, struct instant t, struct instant candidate)
{
	if (instant_is_set(candidate) && instant_compare(candidate, t) > 0 &&
	    instant_compare(candidate, *next) < 0)
		*next = candidate;
}

size_t hours_open(const struct hours *h, struct instant t)
{
	size_t open = 0;
	for (size_t i = 0; i < h->count; i++)
		open += closure_state_at(&h->closures[i], t) != CLOSURE_OVER;
	return open;
}

struct instant hours_next(const struct hours *h, struct instant t)
{
	struct instant next = clock_changes(h->zone, t);
	if (hand_holds(h, t))
		next = instant_is_set(h->hand_until)
		           ? h->hand_until
		           : (struct instant){t.us + LOOKED_AHEAD * MINUTE_US};
	for (size_t i = 0; i < h->count; i++) {
		earlier(&next, t, h->closures[i].from);
		earlier(&next, t, h->closures[i].until);
	}
	return next;
}

/* What a closure is at an instant. */
#include "model/closure.h"

#include "names.h"

NAMES_NAME(closure_state, CLOSURE_STATES)

enum closure_state closure_state_at(const struct closure *c, struct instant t)
{
	if (instant_is_set(c->until) && instant_compare(c->until, t) <= 0)
		return CLOSURE_OVER;
	return instant_compare(c->from, t) > 0 ? CLOSURE_PLANNED : CLOSURE_ACTIVE;
}

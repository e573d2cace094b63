/*
 * A stretch of road that is closed or slow for a time, as a dispatcher drew it. Points, not roads: it
 * outlives a change of map. Its state follows from the clock and is never stored. Strings live in the
 * arena of whoever asked; NULL where unknown.
 */
#ifndef PRONTOD_MODEL_CLOSURE_H
#define PRONTOD_MODEL_CLOSURE_H

#include "base/time.h"
#include "model/id.h"
#include "model/place.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOSURE_POINTS 200
#define CLOSURE_STREET 200 /* letters of its name */
#define CLOSURE_SLOWEST 0.05 /* share of the usual speed */

struct closure {
	struct closure_id id;
	int64_t version;
	const struct point *points; /* one: the road there; several: along them, or a ring around them */
	size_t count;
	bool area, one_way;         /* one_way: only in the direction of the points */
	const char *street;         /* whose roads alone it takes, as the map calls it; NULL: of any */
	double speed;               /* 0: closed; else the share of the usual speed */
	const char *reason;
	struct instant from, until; /* until unset: until it is lifted; before from: taken back */
	const char *made_by, *changed_by; /* first names */
	struct instant made_at, changed_at;
};

#define CLOSURE_STATES(X)              \
	X(CLOSURE_PLANNED, "planned")  \
	X(CLOSURE_ACTIVE, "active")    \
	X(CLOSURE_OVER, "over")
#define X(value, name) value,
enum closure_state { CLOSURE_STATES(X) };
#undef X
const char *closure_state_name(enum closure_state s);
/* From `from` on, and before `until`. */
enum closure_state closure_state_at(const struct closure *c, struct instant t);

#endif

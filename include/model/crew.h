/*
 * A crew: people, a vehicle, skills and a shift; its own state is derived from its assignments and
 * shift (interfaces.md section 6). Strings live in the arena of whoever asked; NULL where unknown.
 */
#ifndef PRONTOD_MODEL_CREW_H
#define PRONTOD_MODEL_CREW_H

#include "base/time.h"
#include "model/id.h"
#include "model/place.h"
#include "model/states.h"

#include <stdbool.h>
#include <stddef.h>

struct crew {
	struct crew_id id;
	struct utility_id utility;
	const char *utility_code;
	const char *name, *phone;
	const char *const *skills;
	size_t skill_count;
	bool on_shift, on_call;     /* at the instant it was read */
	struct span on_call_delay;  /* readiness when on call */
	struct instant shift_ends;  /* unset: not known */
	struct point base;          /* where it starts from without a position */
	struct point position;      /* last one received */
	struct instant position_at; /* unset: none */
	double heading, speed_mps;  /* as it was there: degrees from north, m/s; NAN: not known */
	size_t open_assignments;
	/* The open assignment furthest on; meaningless where open_assignments is 0. */
	enum assignment_state assignment_state;
	struct incident_id incident;
	const char *incident_number, *incident_address;
};

#define CREW_STATES(X)                 \
	X(CREW_AVAILABLE, "available") \
	X(CREW_ON_CALL, "on_call")     \
	X(CREW_OFFERED, "offered")     \
	X(CREW_ACCEPTED, "accepted")   \
	X(CREW_EN_ROUTE, "en_route")   \
	X(CREW_ON_SITE, "on_site")     \
	X(CREW_OFF, "off")
#define X(value, name) value,
enum crew_state { CREW_STATES(X) };
#undef X
const char *crew_state_name(enum crew_state s);
enum crew_state crew_state_of(const struct crew *c);
/* Its heading says which way it drives: only of a fresh position, and only while it drives. */
bool crew_drives(const struct crew *c, struct instant now);

const char *skill_it(const char *skill); /* "water" -> "acquedotto"; the code itself if unknown */

#endif

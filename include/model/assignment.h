/*
 * An assignment: one crew sent to one incident, with the instants of its steps (when they
 * happened). Strings live in the arena of whoever asked; NULL where unknown.
 */
#ifndef PRONTOD_MODEL_ASSIGNMENT_H
#define PRONTOD_MODEL_ASSIGNMENT_H

#include "base/time.h"
#include "model/id.h"
#include "model/states.h"

#include <stdint.h>

struct assignment {
	struct assignment_id id;
	struct incident_id incident;
	struct utility_id utility;
	struct crew_id crew;
	const char *crew_name, *crew_phone;
	enum assignment_state state;
	int64_t version;
	struct instant offered_at, accepted_at, departed_at, arrived_at;
	struct instant made_safe_at, restored_at; /* milestones this crew reported */
	struct instant left_at, ended_at; /* ended_at: left, declined, expired or recalled */
	struct instant eta_at;            /* expected arrival as last reckoned; unset: not known */
	struct instant cut_off_at; /* since when no open road leads its crew there; unset: one does, or it is not known */
	int64_t eta_s;                    /* driving time when it was offered; -1: not known */
	const char *declined_reason, *outcome, *forced_reason;
	struct instant position_at;               /* newest position of its crew; unset: none */
	const char *recalled_by; /* first name of the dispatcher */
	struct ranking_id ranking; /* the kept list it was chosen from; "": of before they were kept */
};

#endif

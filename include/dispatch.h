/*
 * Which crew, and why. Pure: ETAs, positions and `now` are arguments. Eligibility is a gate, not a
 * label (lessons 2): a crew that may not go is listed last with its cause.
 */
#ifndef PRONTOD_DISPATCH_H
#define PRONTOD_DISPATCH_H

#include "base/time.h"
#include "model/crew.h"
#include "model/id.h"
#include "model/place.h"

#include <stdbool.h>
#include <stddef.h>

/* What is missing for a driving time. */
enum dispatch_unknown {
	DISPATCH_NO_POSITION,    /* never heard of, and without a base */
	DISPATCH_OLD_POSITION,   /* too old to start from, and without a base */
	DISPATCH_NO_PLACE,       /* the incident has none on the map */
	DISPATCH_PLACE_OFF_ROAD, /* no road near it */
	DISPATCH_OFF_ROAD,       /* no road near the crew */
	DISPATCH_NO_WAY,         /* none that is open leads there */
};
const char *dispatch_unknown_name(enum dispatch_unknown why); /* "no_position" ... */

struct dispatch_crew {
	struct crew_id id;
	const char *name;           /* "Squadra 3" */
	const char *const *skills;
	size_t skill_count;
	bool on_shift, on_call;     /* in turno; reperibile */
	struct span on_call_delay;  /* readiness of an on-call crew */
	struct instant shift_ends;  /* unset: not known */
	size_t open_assignments;
	struct instant free_at;     /* estimate; unset: free, or not known */
	struct instant position_at; /* newest position; unset: none */
	bool at_base;               /* its base stands in for a missing position, or for one too old */
	struct span eta;            /* driving time to the incident */
	double distance_m;
	double from_m;              /* how far it stands from the road that its way begins on; 0: not known */
	bool on_closed;             /* that road is closed: its first stretch is reckoned as if it were not */
	bool eta_known;
	enum dispatch_unknown why_unknown; /* where it is not */
	bool straight_line;         /* eta is a guess by distance: shown with ≈ */
};

struct dispatch_query {
	struct instant now;
	const struct zone *zone;
	const char *const *skills_needed; /* any one of them suffices; none: every crew fits */
	size_t skill_count;
	struct instant due; /* of the governing arrival; unset: none */
};

enum dispatch_fit { DISPATCH_FREE, DISPATCH_BUSY, DISPATCH_UNFIT };

struct dispatch_candidate {
	size_t crew;            /* index into the input */
	enum dispatch_fit fit;
	struct span ready_in;   /* readiness + driving (+ wait until free): what the order is by */
	bool known;             /* ready_in means something */
	bool late;              /* would arrive after the due instant */
	char reason_it[320];    /* "12 min, acquedotto, in turno fino alle 20:00" */
	char reason[320];       /* "12 min, water, on shift until 20:00" */
	char cause_it[120];     /* of DISPATCH_UNFIT: "fuori turno", "senza abilità fognatura"; else "" */
};

/* Writes count candidates, best first: free and fit by ready_in, then busy, then unfit. */
void dispatch_rank(const struct dispatch_query *query, const struct dispatch_crew *crews, size_t count,
		   struct dispatch_candidate *out);

#endif

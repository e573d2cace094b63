/*
 * An incident: the real-world fault, gathering one or more reports, with its crews, its promises
 * and its history. What is words (labels, texts of rows) comes from the charter, not from here.
 * Strings live in the arena of whoever asked for it; NULL where unknown.
 */
#ifndef PRONTOD_MODEL_INCIDENT_H
#define PRONTOD_MODEL_INCIDENT_H

#include "base/time.h"
#include "model/assignment.h"
#include "model/charter.h"
#include "model/id.h"
#include "model/place.h"
#include "model/report.h"
#include "model/states.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INCIDENT_NUMBER 16 /* "2026-00417", terminated */

/* A line of the change table, about this incident, its reports or its assignments. */
struct incident_change {
	int64_t seq;
	struct instant at, recorded_at;
	const char *who;  /* first name, crew's name, "segnalante" or "sistema" */
	const char *what; /* "assigned": the state reached, or the act: "note" "told" "published" */
	const char *text; /* a sentence in Italian for the time line; NULL: the view makes one of
	                     what and who */
	const char *why;
};

/* A promise that a later class took the place of. */
struct past_target {
	struct due_target target;
	char report[ID_TEXT];
	struct instant superseded_at;
	const char *who, *why; /* NULL where not known */
};

struct incident {
	struct incident_id id;
	struct utility_id utility;
	const char *utility_code, *utility_name;
	char number[INCIDENT_NUMBER];
	int64_t version;
	int64_t seq; /* of its newest change */
	const char *charter;
	enum incident_state state;
	enum disposition disposition;
	const char *row,
	    *class_code; /* of the governing (most urgent) report, or as the desk set them */
	double confidence;
	bool needs_review; /* no dispatcher has confirmed row and class */
	bool published;
	const char
	    *public_text; /* written for the public by a dispatcher, never words of a report */
	/* where: the address is for desk and crew only */
	const char *address, *landmark, *municipality;
	const char *area; /* street and municipality, no number: what the public may see */
	struct point point;
	bool point_confirmed;
	struct instant confirmed_at; /* a dispatcher confirmed row and class; unset: not yet, or not known */
	struct instant opened_at; /* first report: when it was sent or said */
	struct instant updated_at;
	struct instant told_at; /* a dispatcher told the reporter class and time */
	struct instant arrived_at, made_safe_at, restored_at, closed_at;
	int64_t report_count;
	/* promises of its reports; the earliest effective arrival (else the earliest first target)
	 * governs */
	struct due_target *targets;
	size_t target_count;
	struct clock_event *events; /* pauses and excuses, oldest first */
	size_t event_count;
	struct assignment *assignments; /* every one, oldest first */
	size_t assignment_count;
	/* only where the whole incident was asked for; 0 in lists */
	struct report *reports;
	size_t reports_loaded;
	struct incident_change *changes;
	size_t change_count;
	struct past_target *past; /* oldest first */
	size_t past_count;
};

/* The promise that the incident is judged by; NULL if it has none. A running one goes before one
 * that is held still, and that before a stopped one. */
const struct due_target *incident_governing(const struct incident *i);
/* The open assignment furthest on; NULL if no crew is sent. */
const struct assignment *incident_open_assignment(const struct incident *i);

#endif

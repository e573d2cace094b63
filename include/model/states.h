/*
 * What a report, an incident and an assignment may do next: three const tables, one pure step each
 * (interfaces.md section 6). A step decides and changes nothing. A refused event is PROBLEM_CONFLICT
 * naming state and event.
 */
#ifndef PRONTOD_MODEL_STATES_H
#define PRONTOD_MODEL_STATES_H

#include "base/problem.h"
#include "base/str.h"

#define REPORT_STATES(X)                                                                           \
	X(REPORT_RECEIVED, "received")                                                             \
	X(REPORT_TRIAGED, "triaged")                                                               \
	X(REPORT_LINKED, "linked")                                                                 \
	X(REPORT_REJECTED, "rejected")                                                             \
	X(REPORT_REFERRED, "referred")

#define INCIDENT_STATES(X)                                                                         \
	X(INCIDENT_NEW, "new")                                                                     \
	X(INCIDENT_CLASSIFIED, "classified")                                                       \
	X(INCIDENT_ASSIGNED, "assigned")                                                           \
	X(INCIDENT_EN_ROUTE, "en_route")                                                           \
	X(INCIDENT_ON_SITE, "on_site")                                                             \
	X(INCIDENT_MADE_SAFE, "made_safe")                                                         \
	X(INCIDENT_RESTORED, "restored")                                                           \
	X(INCIDENT_CLOSED, "closed")                                                               \
	X(INCIDENT_CANCELLED, "cancelled")

/* What happens to an incident; the crew's events arrive through its assignment. */
#define INCIDENT_EVENTS(X)                                                                         \
	X(INCIDENT_CLASSIFY, "classify")       /* a dispatcher confirms or changes row and class */ \
	X(INCIDENT_ASSIGN, "assign")           /* a crew is sent */                                \
	X(INCIDENT_CREW_EN_ROUTE, "en_route")                                                      \
	X(INCIDENT_CREW_ARRIVED, "arrived")                                                        \
	X(INCIDENT_CREW_MADE_SAFE, "made_safe")                                                    \
	X(INCIDENT_CREW_RESTORED, "restored")                                                      \
	X(INCIDENT_NO_CREW_LEFT, "no_crew_left") /* the last open assignment was declined, expired, recalled or left */ \
	X(INCIDENT_CLOSE, "close")                                                                 \
	X(INCIDENT_CANCEL, "cancel")

#define ASSIGNMENT_STATES(X)                                                                       \
	X(ASSIGNMENT_OFFERED, "offered")                                                           \
	X(ASSIGNMENT_ACCEPTED, "accepted")                                                         \
	X(ASSIGNMENT_EN_ROUTE, "en_route")                                                         \
	X(ASSIGNMENT_ARRIVED, "arrived")                                                           \
	X(ASSIGNMENT_LEFT, "left")                                                                 \
	X(ASSIGNMENT_DECLINED, "declined")                                                         \
	X(ASSIGNMENT_EXPIRED, "expired")                                                           \
	X(ASSIGNMENT_RECALLED, "recalled")

/* made_safe and restored are milestones reached while arrived: they move the incident, not the assignment. */
#define ASSIGNMENT_EVENTS(X)                                                                       \
	X(ASSIGNMENT_ACCEPT, "accept")                                                             \
	X(ASSIGNMENT_DECLINE, "decline")                                                           \
	X(ASSIGNMENT_DEPART, "en_route")                                                           \
	X(ASSIGNMENT_ARRIVE, "arrived")                                                            \
	X(ASSIGNMENT_MAKE_SAFE, "made_safe")                                                       \
	X(ASSIGNMENT_RESTORE, "restored")                                                          \
	X(ASSIGNMENT_LEAVE, "left")                                                                \
	X(ASSIGNMENT_EXPIRE, "expire")                                                             \
	X(ASSIGNMENT_RECALL, "recall")

#define DISPOSITIONS(X)                                                                            \
	X(DISPOSITION_NONE, "")                                                                    \
	X(DISPOSITION_DONE, "done")                                                                \
	X(DISPOSITION_UNFOUNDED, "unfounded")                                                      \
	X(DISPOSITION_PRIVATE, "private")                                                          \
	X(DISPOSITION_REFERRED, "referred")                                                        \
	X(DISPOSITION_MERGED, "merged")

#define X(value, name) value,
enum report_state { REPORT_STATES(X) };
enum incident_state { INCIDENT_STATES(X) };
enum incident_event { INCIDENT_EVENTS(X) };
enum assignment_state { ASSIGNMENT_STATES(X) };
enum assignment_event { ASSIGNMENT_EVENTS(X) };
enum disposition { DISPOSITIONS(X) };
#undef X

const char *report_state_name(enum report_state s);
const char *incident_state_name(enum incident_state s);
const char *incident_event_name(enum incident_event e);
const char *assignment_state_name(enum assignment_state s);
const char *assignment_event_name(enum assignment_event e);
const char *disposition_name(enum disposition d);
/* Names from outside bytes: false if unknown. */
bool report_state_parse(const char *name, enum report_state *out);
bool incident_state_parse(const char *name, enum incident_state *out);
bool assignment_state_parse(const char *name, enum assignment_state *out);
bool assignment_event_parse(const char *name, enum assignment_event *out);
bool disposition_parse(const char *name, enum disposition *out);

bool report_step(enum report_state from, enum report_state to, struct problem *p) MUST_CHECK;

/* made_safe_before: the incident had reached made_safe, which INCIDENT_NO_CREW_LEFT goes back to. */
bool incident_step(enum incident_state from, enum incident_event event, bool made_safe_before,
		   enum incident_state *out, struct problem *p) MUST_CHECK;
/* out equals from for the milestones made_safe and restored. */
bool assignment_step(enum assignment_state from, enum assignment_event event, enum assignment_state *out,
		     struct problem *p) MUST_CHECK;
bool assignment_is_open(enum assignment_state s); /* offered to arrived */
bool incident_is_open(enum incident_state s);     /* neither closed nor cancelled */

void states_dot(struct str *to); /* the three pictures in Graphviz's language: prontoctl states --dot */

#endif

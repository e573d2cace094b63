/*
 * What a report, an incident and an assignment may do next: one const table each, and a pure step
 * that reads it. What is not in a table is refused; the comments name what is left out knowingly.
 * Not here: who may do it (http/), when deadlines ring (flow/deadline.c), storing the move
 * (store/).
 */
#include "model/states.h"

#include "names.h"

NAMES_NAME(report_state, REPORT_STATES)
NAMES_NAME(incident_state, INCIDENT_STATES)
NAMES_NAME(incident_event, INCIDENT_EVENTS)
NAMES_NAME(assignment_state, ASSIGNMENT_STATES)
NAMES_NAME(assignment_event, ASSIGNMENT_EVENTS)
NAMES_NAME(disposition, DISPOSITIONS)
NAMES_PARSE(report_state)
NAMES_PARSE(incident_state)
NAMES_PARSE(assignment_state)
NAMES_PARSE(assignment_event)
NAMES_PARSE(disposition)

#define COUNT(table) (sizeof(table) / sizeof *(table))

/*
 * Report
 *
 * R1  a fault of ours        received -> triaged -> linked
 * R2  not a fault, spam      received -> triaged -> rejected
 * R3  another utility's      received -> triaged -> referred
 * R4  the desk changes its mind: rejected or referred -> triaged, then R1
 *
 * Not handled: leaving `linked` (a split or a merge moves the report to another incident, it stays
 * linked); anything that skips `triaged` (an instant's triage is still recorded).
 */
static const struct {
	enum report_state from;
	const char *event;
	enum report_state to;
} report_table[] = {
    {REPORT_RECEIVED, "triage", REPORT_TRIAGED}, {REPORT_TRIAGED, "link", REPORT_LINKED},
    {REPORT_TRIAGED, "reject", REPORT_REJECTED}, {REPORT_TRIAGED, "refer", REPORT_REFERRED},
    {REPORT_REJECTED, "reopen", REPORT_TRIAGED}, {REPORT_REFERRED, "reopen", REPORT_TRIAGED},
};

bool report_step(enum report_state from, enum report_state to, struct problem *p)
{
	for (size_t i = 0; i < COUNT(report_table); i++) {
		if (report_table[i].from == from && report_table[i].to == to)
			return true;
	}
	return problem_set(p, PROBLEM_CONFLICT, "", "a report that is %s cannot become %s",
	                   report_state_name(from), report_state_name(to));
}

/*
 * Incident
 *
 * I1  the plain way          new -> classified -> assigned -> en_route -> on_site -> made_safe ->
 * restored -> closed I2  crew presses only "arrived"           assigned -> on_site I3  declined,
 * expired, recalled, or left with nothing done; nobody else there assigned, en_route or on_site ->
 * classified I4  safe, the repair comes another day    made_safe (crew left, stays) -> assigned ->
 * en_route -> on_site
 *                                           -> restored; if that crew falls away too: -> made_safe
 * I5  a second crew beside the first        assign in assigned, en_route, on_site changes nothing;
 *                                           its steps never move the incident backwards
 * I6  the class is changed under way        every state to restored keeps its state
 * I7  nothing found, private, another's     any open state -> closed, with a disposition and a
 * reason I8  false alarm before anybody was there  new, classified, assigned, en_route -> cancelled
 *
 * Not handled: sending a crew before the class is confirmed (the desk confirms and sends in two
 * steps of one transaction); restored without having been made safe (the crew reports both);
 * cancelling after somebody was on site (that is closed/unfounded); a new crew after restored (a
 * new fault is a new incident); reopening closed or cancelled; of two crews the one on site leaves
 * while the other still drives (the incident keeps on_site until the other's next step).
 */
enum when { ALWAYS, ONCE_SAFE, NEVER_SAFE }; /* had the incident reached made_safe before? */

static const struct {
	enum incident_state from;
	enum incident_event event;
	enum incident_state to;
	enum when when;
} incident_table[] = {
    {INCIDENT_NEW, INCIDENT_CLASSIFY, INCIDENT_CLASSIFIED, ALWAYS},
    {INCIDENT_NEW, INCIDENT_CLOSE, INCIDENT_CLOSED, ALWAYS},
    {INCIDENT_NEW, INCIDENT_CANCEL, INCIDENT_CANCELLED, ALWAYS},

    {INCIDENT_CLASSIFIED, INCIDENT_CLASSIFY, INCIDENT_CLASSIFIED, ALWAYS},
    {INCIDENT_CLASSIFIED, INCIDENT_ASSIGN, INCIDENT_ASSIGNED, ALWAYS},
    {INCIDENT_CLASSIFIED, INCIDENT_CLOSE, INCIDENT_CLOSED, ALWAYS},
    {INCIDENT_CLASSIFIED, INCIDENT_CANCEL, INCIDENT_CANCELLED, ALWAYS},

    {INCIDENT_ASSIGNED, INCIDENT_CLASSIFY, INCIDENT_ASSIGNED, ALWAYS},
    {INCIDENT_ASSIGNED, INCIDENT_ASSIGN, INCIDENT_ASSIGNED, ALWAYS},
    {INCIDENT_ASSIGNED, INCIDENT_CREW_EN_ROUTE, INCIDENT_EN_ROUTE, ALWAYS},
    {INCIDENT_ASSIGNED, INCIDENT_CREW_ARRIVED, INCIDENT_ON_SITE, ALWAYS},
    {INCIDENT_ASSIGNED, INCIDENT_CREW_RESTORED, INCIDENT_RESTORED, ONCE_SAFE},
    {INCIDENT_ASSIGNED, INCIDENT_NO_CREW_LEFT, INCIDENT_CLASSIFIED, NEVER_SAFE},
    {INCIDENT_ASSIGNED, INCIDENT_NO_CREW_LEFT, INCIDENT_MADE_SAFE, ONCE_SAFE},
    {INCIDENT_ASSIGNED, INCIDENT_CLOSE, INCIDENT_CLOSED, ALWAYS},
    {INCIDENT_ASSIGNED, INCIDENT_CANCEL, INCIDENT_CANCELLED, NEVER_SAFE},

    {INCIDENT_EN_ROUTE, INCIDENT_CLASSIFY, INCIDENT_EN_ROUTE, ALWAYS},
    {INCIDENT_EN_ROUTE, INCIDENT_ASSIGN, INCIDENT_EN_ROUTE, ALWAYS},
    {INCIDENT_EN_ROUTE, INCIDENT_CREW_EN_ROUTE, INCIDENT_EN_ROUTE, ALWAYS},
    {INCIDENT_EN_ROUTE, INCIDENT_CREW_ARRIVED, INCIDENT_ON_SITE, ALWAYS},
    {INCIDENT_EN_ROUTE, INCIDENT_CREW_RESTORED, INCIDENT_RESTORED, ONCE_SAFE},
    {INCIDENT_EN_ROUTE, INCIDENT_NO_CREW_LEFT, INCIDENT_CLASSIFIED, NEVER_SAFE},
    {INCIDENT_EN_ROUTE, INCIDENT_NO_CREW_LEFT, INCIDENT_MADE_SAFE, ONCE_SAFE},
    {INCIDENT_EN_ROUTE, INCIDENT_CLOSE, INCIDENT_CLOSED, ALWAYS},
    {INCIDENT_EN_ROUTE, INCIDENT_CANCEL, INCIDENT_CANCELLED, NEVER_SAFE},

    {INCIDENT_ON_SITE, INCIDENT_CLASSIFY, INCIDENT_ON_SITE, ALWAYS},
    {INCIDENT_ON_SITE, INCIDENT_ASSIGN, INCIDENT_ON_SITE, ALWAYS},
    {INCIDENT_ON_SITE, INCIDENT_CREW_EN_ROUTE, INCIDENT_ON_SITE, ALWAYS},
    {INCIDENT_ON_SITE, INCIDENT_CREW_ARRIVED, INCIDENT_ON_SITE, ALWAYS},
    {INCIDENT_ON_SITE, INCIDENT_CREW_MADE_SAFE, INCIDENT_MADE_SAFE, ALWAYS},
    {INCIDENT_ON_SITE, INCIDENT_CREW_RESTORED, INCIDENT_RESTORED, ONCE_SAFE},
    {INCIDENT_ON_SITE, INCIDENT_NO_CREW_LEFT, INCIDENT_CLASSIFIED, NEVER_SAFE},
    {INCIDENT_ON_SITE, INCIDENT_NO_CREW_LEFT, INCIDENT_MADE_SAFE, ONCE_SAFE},
    {INCIDENT_ON_SITE, INCIDENT_CLOSE, INCIDENT_CLOSED, ALWAYS},

    {INCIDENT_MADE_SAFE, INCIDENT_CLASSIFY, INCIDENT_MADE_SAFE, ALWAYS},
    {INCIDENT_MADE_SAFE, INCIDENT_ASSIGN, INCIDENT_ASSIGNED, ALWAYS},
    {INCIDENT_MADE_SAFE, INCIDENT_CREW_EN_ROUTE, INCIDENT_MADE_SAFE, ALWAYS},
    {INCIDENT_MADE_SAFE, INCIDENT_CREW_ARRIVED, INCIDENT_MADE_SAFE, ALWAYS},
    {INCIDENT_MADE_SAFE, INCIDENT_CREW_RESTORED, INCIDENT_RESTORED, ALWAYS},
    {INCIDENT_MADE_SAFE, INCIDENT_NO_CREW_LEFT, INCIDENT_MADE_SAFE, ALWAYS},
    {INCIDENT_MADE_SAFE, INCIDENT_CLOSE, INCIDENT_CLOSED, ALWAYS},

    {INCIDENT_RESTORED, INCIDENT_CLASSIFY, INCIDENT_RESTORED, ALWAYS},
    {INCIDENT_RESTORED, INCIDENT_CREW_EN_ROUTE, INCIDENT_RESTORED, ALWAYS},
    {INCIDENT_RESTORED, INCIDENT_CREW_ARRIVED, INCIDENT_RESTORED, ALWAYS},
    {INCIDENT_RESTORED, INCIDENT_NO_CREW_LEFT, INCIDENT_RESTORED, ALWAYS},
    {INCIDENT_RESTORED, INCIDENT_CLOSE, INCIDENT_CLOSED, ALWAYS},
};

bool incident_step(enum incident_state from, enum incident_event event, bool made_safe_before,
                   enum incident_state *out, struct problem *p)
{
	for (size_t i = 0; i < COUNT(incident_table); i++) {
		enum when when = incident_table[i].when;
		if (incident_table[i].from != from || incident_table[i].event != event)
			continue;
		if (when != ALWAYS && (when == ONCE_SAFE) != made_safe_before)
			continue;
		*out = incident_table[i].to;
		return true;
	}
	return problem_set(p, PROBLEM_CONFLICT, "", "an incident that is %s does not take %s",
	                   incident_state_name(from), incident_event_name(event));
}

/*
 * Assignment
 *
 * A1  the plain way                     offered -> accepted -> en_route -> arrived -> left
 * A2  the crew forgot "en route"        accepted -> arrived (the missing leg shows as an unset
 * instant) A3  the crew says no                  offered -> declined A4  nobody answers offered ->
 * expired A5  the desk takes the crew back      offered, accepted, en_route, arrived -> recalled A6
 * work done on site                 made_safe and restored keep arrived: they move the incident
 *
 * Not handled: declining after accepting (the crew telephones, the desk recalls); a step without
 * accepting first; leaving before arriving; anything after the end: a late phone's step is recorded
 * by the corridor as not applied.
 */
static const struct {
	enum assignment_state from;
	enum assignment_event event;
	enum assignment_state to;
} assignment_table[] = {
    {ASSIGNMENT_OFFERED, ASSIGNMENT_ACCEPT, ASSIGNMENT_ACCEPTED},
    {ASSIGNMENT_OFFERED, ASSIGNMENT_DECLINE, ASSIGNMENT_DECLINED},
    {ASSIGNMENT_OFFERED, ASSIGNMENT_EXPIRE, ASSIGNMENT_EXPIRED},
    {ASSIGNMENT_OFFERED, ASSIGNMENT_RECALL, ASSIGNMENT_RECALLED},
    {ASSIGNMENT_ACCEPTED, ASSIGNMENT_DEPART, ASSIGNMENT_EN_ROUTE},
    {ASSIGNMENT_ACCEPTED, ASSIGNMENT_ARRIVE, ASSIGNMENT_ARRIVED},
    {ASSIGNMENT_ACCEPTED, ASSIGNMENT_RECALL, ASSIGNMENT_RECALLED},
    {ASSIGNMENT_EN_ROUTE, ASSIGNMENT_ARRIVE, ASSIGNMENT_ARRIVED},
    {ASSIGNMENT_EN_ROUTE, ASSIGNMENT_RECALL, ASSIGNMENT_RECALLED},
    {ASSIGNMENT_ARRIVED, ASSIGNMENT_MAKE_SAFE, ASSIGNMENT_ARRIVED},
    {ASSIGNMENT_ARRIVED, ASSIGNMENT_RESTORE, ASSIGNMENT_ARRIVED},
    {ASSIGNMENT_ARRIVED, ASSIGNMENT_LEAVE, ASSIGNMENT_LEFT},
    {ASSIGNMENT_ARRIVED, ASSIGNMENT_RECALL, ASSIGNMENT_RECALLED},
};

bool assignment_step(enum assignment_state from, enum assignment_event event,
                     enum assignment_state *out, struct problem *p)
{
	for (size_t i = 0; i < COUNT(assignment_table); i++) {
		if (assignment_table[i].from == from && assignment_table[i].event == event) {
			*out = assignment_table[i].to;
			return true;
		}
	}
	return problem_set(p, PROBLEM_CONFLICT, "", "an assignment that is %s does not take %s",
	                   assignment_state_name(from), assignment_event_name(event));
}

bool assignment_is_open(enum assignment_state s)
{
	return s <= ASSIGNMENT_ARRIVED;
}

bool incident_is_open(enum incident_state s)
{
	return s != INCIDENT_CLOSED && s != INCIDENT_CANCELLED;
}

/* ---- the pictures ---- */

static void dot_edge(struct str *to, const char *noun, const char *const names[3], const char *note)
{
	str_addf(to, "\t\t%s_%s -> %s_%s [label=\"%s%s\"];\n", noun, names[0], noun, names[2],
	         names[1], note);
}

static void dot_open(struct str *to, const char *noun)
{
	str_addf(to, "\tsubgraph cluster_%s {\n\t\tlabel=\"%s\";\n", noun, noun);
}

static void dot_node(struct str *to, const char *noun, const char *name)
{
	str_addf(to, "\t\t%s_%s [label=\"%s\"];\n", noun, name, name);
}

static void dot_report(struct str *to)
{
	dot_open(to, "report");
	for (size_t i = 0; i < COUNT(report_state_names); i++)
		dot_node(to, "report", report_state_names[i]);
	for (size_t i = 0; i < COUNT(report_table); i++) {
		const char *names[3] = {report_state_name(report_table[i].from),
		                        report_table[i].event,
		                        report_state_name(report_table[i].to)};
		dot_edge(to, "report", names, "");
	}
	str_add(to, "\t}\n");
}

static const char *when_note(enum when when)
{
	switch (when) {
	case ALWAYS:
		return "";
	case ONCE_SAFE:
		return " (was safe)";
	case NEVER_SAFE:
		return " (never safe)";
	}
	return "";
}

/* Moves that stay where they are (I5, I6) would only hide the picture. */
static void dot_incident(struct str *to)
{
	dot_open(to, "incident");
	for (size_t i = 0; i < COUNT(incident_state_names); i++)
		dot_node(to, "incident", incident_state_names[i]);
	for (size_t i = 0; i < COUNT(incident_table); i++) {
		const char *names[3] = {incident_state_name(incident_table[i].from),
		                        incident_event_name(incident_table[i].event),
		                        incident_state_name(incident_table[i].to)};
		if (incident_table[i].from != incident_table[i].to)
			dot_edge(to, "incident", names, when_note(incident_table[i].when));
	}
	str_add(to, "\t}\n");
}

static void dot_assignment(struct str *to)
{
	dot_open(to, "assignment");
	for (size_t i = 0; i < COUNT(assignment_state_names); i++)
		dot_node(to, "assignment", assignment_state_names[i]);
	for (size_t i = 0; i < COUNT(assignment_table); i++) {
		const char *names[3] = {assignment_state_name(assignment_table[i].from),
		                        assignment_event_name(assignment_table[i].event),
		                        assignment_state_name(assignment_table[i].to)};
		dot_edge(to, "assignment", names, "");
	}
	str_add(to, "\t}\n");
}

void states_dot(struct str *to)
{
	str_add(to, "digraph states {\n\tnode [shape=box];\n");
	dot_report(to);
	dot_incident(to);
	dot_assignment(to);
	str_add(to, "}\n");
}

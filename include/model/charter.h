/*
 * A charter of services as the rooms see it: fault rows, classes, targets, clocks and duties, read
 * from classifications/<code>.json by classify/charter.c. Strings live as long as the charter.
 * A class is an opaque code, ordered by urgency_rank within its charter, never compared across charters.
 */
#ifndef PRONTOD_MODEL_CHARTER_H
#define PRONTOD_MODEL_CHARTER_H

#include "base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TARGET_KINDS(X)                                                                            \
	X(TARGET_ARRIVAL, "arrival")                                                               \
	X(TARGET_VERIFY, "verify")                                                                 \
	X(TARGET_RESTORE, "restore")                                                               \
	X(TARGET_REPAIR, "repair")                                                                 \
	X(TARGET_MAKE_SAFE, "make_safe")                                                           \
	X(TARGET_SUBSTITUTE_SUPPLY, "substitute_supply")                                           \
	X(TARGET_CALL_ANSWER, "call_answer")                                                       \
	X(TARGET_FEEDBACK, "feedback")                                                             \
	X(TARGET_NOTICE, "notice")

/* The event a target counts from. */
#define TARGET_STARTS(X)                                                                           \
	X(START_RECEIVED, "received")         /* receipt of the report, any channel */             \
	X(START_CONVERSATION, "conversation") /* start of the conversation; receipt where there is none */ \
	X(START_CALL, "call")                 /* the call; receipt where there is none */          \
	X(START_VERIFIED, "verified")         /* the actual check (chained clock) */               \
	X(START_INTERRUPTION, "interruption") /* the supply stopped */                             \
	X(START_RING, "ring")                 /* the line began to answer, be it a machine */      \
	X(START_ARRIVED, "arrived")           /* the actual arrival (chained clock) */             \
	X(START_MADE_SAFE, "made_safe")       /* the actual make-safe (chained clock) */

enum target_unit { UNIT_SECONDS, UNIT_CALENDAR_DAYS, UNIT_WORKING_DAYS }; /* "seconds" "calendar_days" "working_days" */
enum target_source { SOURCE_CHARTER, SOURCE_NATIONAL };                   /* "charter" "national" */
enum target_bound { BOUND_INCLUSIVE, BOUND_EXCLUSIVE }; /* seconds: at or before; days: before the next local midnight */
enum row_public { PUBLIC_NO, PUBLIC_YES, PUBLIC_ASK };
enum class_source { CLASS_PRINTED, CLASS_RESTORED, CLASS_INFERRED };

#define X(value, name) value,
enum target_kind { TARGET_KINDS(X) };
enum target_start { TARGET_STARTS(X) };
#undef X
const char *target_kind_name(enum target_kind k);
bool target_kind_parse(const char *name, enum target_kind *out);
const char *target_start_name(enum target_start s);
bool target_start_parse(const char *name, enum target_start *out);

#define PAUSE_CAUSES(X)                                                                            \
	X(PAUSE_FORCE_MAJEURE, "force_majeure")                                                    \
	X(PAUSE_THIRD_PARTY_PERMIT, "third_party_permit")                                          \
	X(PAUSE_REPORTER_ABSENT, "reporter_absent")                                                \
	X(PAUSE_TRAFFIC_OR_VISIBILITY, "traffic_or_visibility")                                    \
	X(PAUSE_EXTRAORDINARY_WEATHER, "extraordinary_weather")                                    \
	X(PAUSE_STRIKE, "strike")
#define X(value, name) value,
enum pause_cause { PAUSE_CAUSES(X) };
#undef X
const char *pause_cause_name(enum pause_cause c);
bool pause_cause_parse(const char *name, enum pause_cause *out);

/* Whether a target holds at the instant it starts from, by the wall clock there. */
#define TARGET_WHENS(X)                                                                            \
	X(WHEN_ALWAYS, "always")                                                                   \
	X(WHEN_NIGHT, "night")                                                                     \
	X(WHEN_HOLIDAY, "holiday") /* a Sunday or a holiday, no Saturday */                        \
	X(WHEN_NIGHT_OR_HOLIDAY, "night_or_holiday")                                               \
	X(WHEN_OTHERWISE, "otherwise") /* no other target of its kind, source and class holds */
#define X(value, name) value,
enum target_when { TARGET_WHENS(X) };
#undef X
const char *target_when_name(enum target_when w);
bool target_when_parse(const char *name, enum target_when *out);
struct target_condition {
	enum target_when is;
	int night_from, night_to; /* minutes after midnight; the night may span it; to is outside */
};

struct charter_target {
	enum target_kind kind;
	enum target_source source;
	enum target_unit unit;
	int64_t amount; /* seconds, or days */
	enum target_start start;
	bool first;            /* the promise told to the reporter: `prontoctl due` without --all */
	unsigned pause_causes; /* bits 1u << enum pause_cause: those that stop this target */
	bool assumed;          /* the charter is silent: a policy value of ours */
	const char *dangers;   /* national targets: the row dangers it holds for, "abcd"; NULL: whatever the row */
	const char *condition, *condition_it; /* what it holds for, in words: "pipes up to DN 200"; NULL: all */
	struct target_condition when;
	const char *valid_from, *valid_to; /* dates of the start between which it is owed; NULL: open */
	const char *rule, *rule_it;        /* "2 calendar days", "2 giorni di calendario" */
	const char *quote, *section;
};

/* What a charter says of events that hinder: three kinds with three different sums. */
enum clause_kind {
	CLAUSE_STOP,     /* the clock stands still meanwhile: due moves */
	CLAUSE_EXCUSE,   /* due stays; a miss is told with its excuse */
	CLAUSE_VALIDITY, /* due stays; the target does not bind under such conditions, the miss is shown */
};
struct charter_clause {
	enum clause_kind kind;
	enum target_source source; /* it speaks of this source's targets only */
	unsigned causes;           /* bits 1u << enum pause_cause */
	bool every_class;
	const char **classes; /* codes, where not every class */
	size_t class_count;
	const char *quote, *section;
	bool assumed;
};

/* The day of a municipality's patron saint, each year between two dates. */
enum patron_rule { PATRON_DATE, PATRON_WEEKDAY, PATRON_EASTER };
struct patron_day {
	const char *municipality, *name; /* "Milano", "Sant'Ambrogio" */
	enum patron_rule rule;
	int month, day;                    /* DATE: 12, 7 */
	int weekday, nth;                  /* WEEKDAY: of month, 0 = Monday; the nth, -1 the last */
	int after_easter;                  /* EASTER: days after Easter Sunday */
	const char *valid_from, *valid_to; /* dates, NULL: open */
};

struct charter_class {
	const char *code;          /* "L1" */
	const char *label_it, *label_en; /* "Livello 1 (il più urgente)" */
	const char *short_it;      /* desk: "L1"; at most 10 characters */
	const char *sms_it;        /* "Livello 1"; at most 10 characters */
	const char *said_it;       /* on the telephone: "È un livello 1, il più urgente" */
	int urgency_rank;          /* 1 = most urgent; shape on the pages */
	struct charter_target *targets; /* the charter's in file order, then the national ones */
	size_t target_count;
};

struct charter_row {
	const char *code;           /* "F03" */
	const char *text;           /* the charter's Italian words */
	const char *section;
	const char *service;        /* "water" "sewer" "waste" */
	const char *class_code;
	const char *kind_it, *kind_en; /* public title: "Perdita d'acqua in strada" */
	const char *icon;           /* leak no_water pressure quality sewage subsidence manhole meter waste other */
	const char *advice;         /* key of the safety advice, NULL if none */
	enum class_source class_source;
	double certainty;           /* 0 to 1 */
	enum row_public is_public;
	char national_danger;       /* 'a'…'d' or 0 */
	const char **skills;        /* "water" "jetting"… */
	size_t skill_count;
};

struct charter {
	const char *code, *name, *source; /* source: whose charter it is */
	const char *edition, *valid_from, *valid_to; /* dates; valid_to NULL: in force */
	const char *zone;
	const char **services;
	size_t service_count;
	struct charter_class *classes;
	size_t class_count;
	struct charter_row *rows;
	size_t row_count;
	bool extend_if_holiday;    /* R3; default false */
	bool protocol_date;        /* R5: days count from the office's stamp, not from receipt */
	bool saturday_works;       /* working days are Monday to Saturday */
	struct patron_day *patrons; /* days that rest beside the national holidays; default none */
	size_t patron_count;
	bool patrons_of_place; /* of them only those of the fault's municipality */
	struct charter_clause *clauses; /* its own in file order, then the national ones */
	size_t clause_count;
	bool condition_traffic;    /* valid "in condizioni normali di traffico e visibilità" */
	bool tell_class_to_reporter;
	void *detail;              /* classify/'s own (conditions, duties, standards); opaque to everybody else */
};

const struct charter_class *charter_class_find(const struct charter *c, const char *code);
/* Larger is less urgent; a class that the charter does not have is the least. */
int charter_class_rank(const struct charter *c, const char *code);
const struct charter_row *charter_row_find(const struct charter *c, const char *code);

#endif

/*
 * A report: one message by one reporter on one channel, its words as said, what was made of them
 * and the promises that run for it. Personal data stand in struct reporter only. Strings live in
 * the arena of whoever asked for the report; NULL where unknown.
 */
#ifndef PRONTOD_MODEL_REPORT_H
#define PRONTOD_MODEL_REPORT_H

#include "base/time.h"
#include "model/charter.h"
#include "model/id.h"
#include "model/place.h"
#include "model/states.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The reporter: never on a public path, never in a log, erased by itself. */
struct reporter {
	const char *name, *phone, *email;
	const char *prefer; /* "sms" "email" "phone" "none" */
};

/* What hindered the work on an incident: it stops the clocks whose charter says so, or only excuses a
 * miss. Kept as said; dues are reckoned from it, never moved by it. */
struct clock_event {
	char id[ID_TEXT];
	bool stops; /* false: an excuse */
	enum pause_cause cause;
	const char *words;             /* the reason, as it was typed */
	struct instant from, to;       /* to unset: still on; to == from: taken back, or a mere excuse */
	struct instant recorded_at;
	const char *by, *ended_by;     /* names; NULL where not known */
};

/* A promise as it was stored, with what stopped it. */
struct due_target {
	int64_t id; /* of the stored row; 0: not stored yet */
	char report[ID_TEXT]; /* whose it is; "" where not stored yet */
	/* what it was judged by; digest NULL: kept before editions were */
	const char *charter, *edition, *digest, *row, *class_code;
	enum target_kind kind;
	enum target_source source;
	enum target_bound bound;
	const char *rule;            /* "2 calendar days" */
	const char *quote, *section; /* the charter's words */
	struct instant start;
	struct instant promised;   /* due as it was reckoned and stored: never moves */
	struct instant due;        /* the same with the incident's pauses up to its stop */
	const struct clock_event *paused; /* holds it still since then; due is as of that instant */
	const struct clock_event *excuse; /* of a miss */
	const struct charter_clause *excused_by; /* the words that do; NULL without */
	bool first;                /* the promise told to the reporter */
	bool effective;            /* the strictest arrival */
	struct instant stopped_at; /* unset: running, or missed and still open */
	const char *result; /* as stored with the stop: "met" "missed"; NULL while it runs */
	struct span late;
	int64_t warned; /* highest percentage of it told to the desks; 0: none yet */
	/* Filled by the corridor from clocks, not stored: "entro le 17:05 di oggi". */
	const char *told_it, *told_en;
};

#define TARGET_RESULTS(X)                                                                          \
	X(TARGET_RUNNING, "running")                                                               \
	X(TARGET_MET, "met")                                                                       \
	X(TARGET_MISSED, "missed")
#define X(value, name) value,
enum target_result { TARGET_RESULTS(X) };
#undef X
const char *target_result_name(enum target_result r);
/* Not stopped: judged at now, or at the beginning of the pause that holds it. late: how late it is or was; left: what is or was left; else 0. */
enum target_result target_judge(const struct due_target *t, struct instant now, struct span *late,
				struct span *left);

struct photo {
	struct photo_id id;
	const char *name, *content_type;
	int64_t bytes;
};

struct report {
	struct report_id id;
	struct utility_id utility; /* none: not routed yet */
	const char *utility_code, *utility_name, *utility_phone;
	struct incident_id incident; /* none: not linked */
	const char *charter;         /* code */
	const char *charter_edition, *edition_digest; /* it is pinned to; digest NULL: from before editions were kept */
	char code[CODE_TEXT];
	enum report_state state;
	int64_t version;
	const char *channel;                           /* "web" "phone" "email" */
	const char *subject, *text;                    /* as said or written */
	const char *lang;                              /* "it" "en" */
	const char *address, *landmark, *municipality; /* as given */
	const char *area; /* what the public may see: "via Cavour, Castiglione" */
	struct point point;
	bool point_confirmed;
	struct reporter reporter;
	struct instant received_at; /* when it was sent or said */
	struct instant recorded_at; /* when it reached the database */
	struct instant rang_at;     /* its call began to ring; unset where not known */
	struct instant started_at;  /* conversation; unset where there was none */
	struct instant updated_at;
	/* classification, as it stands now; the machine's whole answer is kept beside it */
	const char *row;        /* row code; NULL for none */
	const char *class_code; /* "none" for none */
	double confidence;
	bool needs_review;             /* a person has not confirmed it */
	const char *reason, *refer_to; /* of none */
	const char
	    *classification; /* JSON text of the machine's answer: evidence, alternatives, also */
	struct due_target *targets;
	size_t target_count;
	struct photo *photos;
	size_t photo_count;
};

#endif

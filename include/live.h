/*
 * What each eye may see, and in which sequence. Pure: `now` is an argument; structs of model/
 * become JSON documents (fields: src/http/openapi.yaml), and a ring keeps the newest events for
 * readers that come back.
 *
 * The public views name what they show, field by field (a white list): no names, phones, addresses
 * of mail, words of a report or house numbers. Desk and crew views show what their reader needs for
 * work. Every struct js * returned is the caller's to free.
 */
#ifndef PRONTOD_LIVE_H
#define PRONTOD_LIVE_H

#include "base/str.h"
#include "base/time.h"
#include "model/charter.h"
#include "model/crew.h"
#include "model/incident.h"
#include "model/user.h"
#include "wire/json.h"

/* Why a due instant is that one: lines in Italian. */
struct live_proof {
	const char *const *lines;
	size_t count;
};

/* What a view is made of. charter NULL: not known here; its words are null. */
struct live_facts {
	const struct incident *incident;
	const struct charter *charter; /* the incident's */
	const struct zone *zone;
	struct instant now;
	struct instant position_at; /* newest position of the crew on its way; unset: not known */
	/* full view only */
	struct live_proof explain;       /* of the governing due instant */
	const struct live_proof *proofs; /* [n] of incident->targets[n]; NULL: none */
	unsigned stop_causes, excuse_causes; /* bits 1u << enum pause_cause: what the desk may record now */
};

/* ---- everybody: view_public.c ---- */
#define LIVE_KEPT SPAN_S(24 * 3600)              /* how long LIVE shows what is over */
bool live_is_public(const struct live_facts *f); /* published, and not over for longer than that */
struct js *live_public(const struct live_facts *f); /* whether or not it is public: ask first */
/* Order of the list: no water and bad water first, then the newest. <0: a before b. */
int live_public_compare(const struct live_facts *a, const struct live_facts *b);
/* Cuts house numbers off an area: "via Cavour 12/A, Castiglione" -> "via Cavour, Castiglione". */
void live_area(const char *area, struct str *to);
const char *live_public_state(enum incident_state s, bool english);

/* ---- the holder of a report's code: view_report.c ---- */
struct live_report_facts {
	const struct report *report;
	const struct incident *incident;   /* NULL: not linked */
	const struct charter *charter;     /* the report's; NULL: none */
	const char *advice_it, *advice_en; /* NULL: none */
	const char *advice_said;           /* the same as a dispatcher says it on the telephone */
	const struct zone *zone;
	struct instant now;
};
struct js *live_report(const struct live_report_facts *f);
/* Row, class and their labels, without evidence: of POST /api/v1/reports. */
struct js *live_classification(const struct live_report_facts *f);
struct js *live_targets(const struct due_target *targets, size_t count, const struct zone *zone,
                        struct instant now);

/* The same without what is no promise to the reporter. */
struct js *live_promises(const struct due_target *targets, size_t count, const struct zone *zone,
                         struct instant now);

/* ---- the desk: view_desk.c, view_full.c ---- */
struct js *live_incident(const struct live_facts *f); /* INCIDENT */
struct js *
live_incident_full(const struct live_facts *f); /* with reports, assignments and time line */
/* What a desk is told when a promise is used up by so much, at `at`. */
struct live_warning {
	int64_t percent; /* 50 80 100 */
	const char *kind, *source, *bound;
	struct instant due, at;
};
struct js *live_warning(const struct live_facts *f, const struct live_warning *w);
/* One measured chain from the ring to the restored service, chain.c. */
struct js *live_chain(const struct live_facts *f);
struct js *live_crew(const struct crew *c, const struct zone *zone, struct instant now);
/* A report in a list of the desk; charter NULL: not known. */
struct js *live_desk_report(const struct report *r, const struct charter *charter,
                            const struct zone *zone, struct instant now);

enum live_attention { LIVE_CALM, LIVE_SOON, LIVE_NOW }; /* null "presto" "adesso" */
/* Who needs a person (pages: chips); why in Italian, "" where nobody does. */
enum live_attention live_attention(const struct live_facts *f, struct str *why);
const char *live_group(const struct live_facts *f); /* "now" "followed" "calm" */

/* ---- the crew: view_crew.c ---- */
/* f->incident full (its reports give the words). The reporter's name and phone only while it is
 * open. */
struct js *live_assignment(const struct live_facts *f, const struct assignment *a);

/* ---- the sequence: ring.c ---- */
enum live_eye { LIVE_EYE_PUBLIC, LIVE_EYE_DESK, LIVE_EYE_CREW };
struct live_event {
	int64_t seq;
	enum live_eye eye;
	const char *name; /* "incident" "crew" "assignment" "warning" "roads" */
	const char *data; /* one line of JSON */
	size_t length;
	char utility[ID_TEXT]; /* whose it is */
	const char *utility_code;
	char crew[ID_TEXT]; /* of LIVE_EYE_CREW: whose assignment; "": for every crew */
};
/* May this reader have it? who NULL: everybody; utility_code NULL: of any utility. */
bool live_event_is_for(const struct live_event *e, enum live_eye eye, const struct user *who,
                       const char *utility_code);
/* {"seq":n,"<key>":value}; value is borrowed. */
void live_line(int64_t seq, const char *key, const struct js *value, struct str *to);
/* {"seq":n,"removed":"2026-00417","utility":"…"}: it is not public any more. */
void live_removed_line(int64_t seq, const struct incident *i, struct str *to);

struct live_ring;
/* Keeps the newest `room` events, complete after sequence number `from`. */
struct live_ring *live_ring_new(size_t room, int64_t from);
void live_ring_free(struct live_ring **ring);
/* Copies. seq never goes back; several events may share one. */
void live_ring_add(struct live_ring *ring, const struct live_event *event);
int64_t live_ring_newest(const struct live_ring *ring);
typedef void live_ring_fn(void *ctx, const struct live_event *event);
/* Calls fn for every kept event after `after`, in order. False, and no call, where some of those
 * are gone already: the reader reads everything again. An `after` not reached yet is fine: nothing
 * was missed. */
bool live_ring_since(const struct live_ring *ring, int64_t after, live_ring_fn *fn, void *ctx);

#endif

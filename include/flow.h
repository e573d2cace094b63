/*
 * The corridor: the order of things, and nothing else. Doors (http/, ctl.c, the mailbox) call it; it
 * asks the thinking rooms, has the working rooms do, and answers once.
 *
 * Every call with a `done` answers exactly once, on the loop, never before the call returns, also when
 * the database is away (PROBLEM_BUSY within the deadline). `answer` is NULL when problem is not, but
 * for a PROBLEM_CONFLICT, beside which it may say who was faster: {who, at, what, version}, and for a
 * cause of a pause that the charter does not allow: {allowed: [cause…]}; both are borrowed for the callback. Answers are JSON documents whose fields src/http/openapi.yaml fixes.
 * There is no cancel: a door whose reader left keeps its ctx until done (ids cross a wait, pointers do not).
 */
#ifndef PRONTOD_FLOW_H
#define PRONTOD_FLOW_H

#include "base/conf.h"
#include "base/problem.h"
#include "base/time.h"
#include "classify.h"
#include "map/roads.h"
#include "model/closure.h"
#include "model/id.h"
#include "model/place.h"
#include "model/user.h"
#include "wire/json.h"
#include "wire/loop.h"

struct flow;

struct flow_options {
	struct loop *loop;
	const struct conf *conf;
	const struct classify *classify;
	const struct map *map; /* NULL: no map: ETAs are straight lines, marked so */
	struct map_router *router; /* of this worker; NULL: no map */
	int worker;            /* 1… */
};

struct flow *flow_open(const struct flow_options *options);
void flow_close(struct flow **flow);
/* Database reachable, schema in range, charters loaded: what /readyz says. The text names what is missing. */
bool flow_ready(const struct flow *flow, struct problem *p);
/* Times and ways count what is closed. Until then (a worker that has just started) none is told: one by the roads of an
 * ordinary day would look like a right one. PROBLEM_BUSY on "roads". */
bool flow_knows_roads(const struct flow *flow, struct problem *p);
bool flow_is_leader(const struct flow *flow);

typedef void flow_done_fn(void *ctx, const struct problem *problem, const struct js *answer);

/* An Idempotency-Key and the hash of the body it came with; key "" for none. */
struct flow_once {
	char key[201];
	char body_hash[65];
};

/* ---- reports: flow/report.c, flow/whose.c, flow/unrouted.c ---- */
struct flow_photo {
	const char *filename; /* as sent; shown, never used as a path */
	const char *content_type;
	const unsigned char *bytes;
	size_t length;
};
struct flow_report {
	const char *utility;      /* code, NULL: found from the place, then from the words */
	const char *channel;      /* "web" "phone" "email" */
	const char *subject;      /* e-mail, else NULL */
	const char *text;         /* as said or written; never altered */
	const char *address;      /* as typed; NULL if none */
	const char *municipality; /* as chosen; NULL if none */
	const char *landmark;     /* NULL if none */
	struct point point;       /* POINT_NONE: none given; then geocoded for routing only, marked unconfirmed */
	bool point_confirmed;     /* the reporter's own position, or confirmed by the dispatcher */
	const char *name, *phone, *email; /* NULL if none */
	const char *prefer;       /* "sms" "email" "phone" "none" */
	const char *lang;         /* "it" "en" */
	struct instant at;        /* when it was sent or said; unset: now */
	struct instant rang_at;                 /* phone: the call began to ring; unset: not known */
	struct instant conversation_started_at; /* phone */
	const char *conversation_reason;        /* why the dispatcher edited that instant; NULL if not edited */
	const char *call_id;
	/* phone: the dispatcher's confirmation, NULL where the machine's proposal stands unconfirmed */
	const char *confirmed_row;   /* row code, or "none" */
	const char *confirmed_class;
	const char *class_reason;    /* needed when the confirmed class is less urgent than the proposed one */
	const char *join_incident;   /* id of a known incident this report belongs to; NULL: makes its own */
	const struct flow_photo *photos;
	size_t photo_count;
	const struct classify_reply *replies; /* phone: the guided questions, as they were answered */
	size_t reply_count;
	const char *source_key;      /* e-mail: "mailbox/uidvalidity/uid" kept with the report, NULL else */
};
/* who NULL: a citizen. Answers {id, code, utility, classification, targets, status_url, incident?}. */
void flow_report_submit(struct flow *flow, const struct user *who, const struct flow_report *report,
			const struct flow_once *once, flow_done_fn *done, void *ctx);
/* What the holder of the code may see. */
void flow_report_public(struct flow *flow, const char *code, flow_done_fn *done, void *ctx);
/* A waiting report (unrouted, or read as none by the machine alone) is given its place by a dispatcher: body
 * {version, utility?, row ("none": not ours), class?, reason?}. Answers as flow_report_submit(). */
void flow_report_route(struct flow *flow, const struct user *who, const char *report, const struct js *body,
		       const struct flow_once *once, flow_done_fn *done, void *ctx);
/* Reports by filter; state "unrouted": without a utility; "waiting": without an incident and not confirmed. */
struct flow_filter {
	const char *state, *utility, *q; /* NULL: any */
	int limit;                       /* 1-200 */
	const char *cursor;              /* NULL: from the start */
};
void flow_reports(struct flow *flow, const struct user *who, const struct flow_filter *filter, flow_done_fn *done,
		  void *ctx);
void flow_photo(struct flow *flow, const struct user *who, const char *photo_id, flow_done_fn *done, void *ctx);
/* At once, nothing stored: what classify says of words so far (the desk's live proposal). Caller frees. */
struct js *flow_classify(struct flow *flow, const char *charter, const char *channel, const char *subject,
			 const char *text);

/* ---- guided questions: flow/triage.c ---- */
struct flow_triage {
	const char *charter, *utility; /* codes, one at least; a charter goes before the utility's */
	const char *channel;           /* NULL: "phone" */
	const char *subject, *text;    /* what was said so far; NULL: nothing */
	const char *municipality;      /* NULL: not known */
	struct instant conversation_started_at; /* unset: now */
	const struct classify_reply *replies;
	size_t reply_count;
};
/* At once, nothing stored: row and class so far, the next question, what is told to the caller. NULL and a problem
 * where an answer or a code fits nothing, or the utility is another's. Caller frees. */
struct js *flow_triage(struct flow *flow, const struct user *who, const struct flow_triage *ask, struct problem *p);

/* ---- desk: flow/desk.c, flow/assign.c ---- */
void flow_incidents(struct flow *flow, const struct user *who, const struct flow_filter *filter, flow_done_fn *done,
		    void *ctx);
void flow_incident(struct flow *flow, const struct user *who, const char *incident, flow_done_fn *done, void *ctx);
/* action: classify publish unpublish cancel close note told pause resume; body carries `version` and the action's own fields. */
void flow_incident_act(struct flow *flow, const struct user *who, const char *incident, const char *action,
		       const struct js *body, const struct flow_once *once, flow_done_fn *done, void *ctx);
void flow_candidates(struct flow *flow, const struct user *who, const char *incident, flow_done_fn *done, void *ctx);
/* body {crew, version, reason?, ranking?}: reason forces a crew that is not eligible; ranking: the one that was seen. */
void flow_assign(struct flow *flow, const struct user *who, const char *incident, const struct js *body,
		 const struct flow_once *once, flow_done_fn *done, void *ctx);
/* The dispatcher takes a crew back: undo, or later. */
void flow_recall(struct flow *flow, const struct user *who, const char *assignment, const struct js *body,
		 flow_done_fn *done, void *ctx);
void flow_crews(struct flow *flow, const struct user *who, flow_done_fn *done, void *ctx);
/* Utilities, charters (rows and classes), municipalities, phones: what the desk needs once. */
void flow_desk_setup(struct flow *flow, const struct user *who, flow_done_fn *done, void *ctx);
/* Public part of the same, from memory: utilities with phones and municipalities. Caller frees. */
struct js *flow_public_setup(struct flow *flow);

/* ---- roads: flow/closure.c, flow/preview.c, flow/profile.c, flow/roads.c, flow/ranking.c ---- */
/* Closures that are active or planned, and with `all` those over for less than a day; and how the roads are. */
void flow_closures(struct flow *flow, const struct user *who, bool all, flow_done_fn *done, void *ctx);
/* A stretch as somebody draws it: points, area, one_way, street, speed, reason, from (unset: now) and until; copied. */
void flow_closure_add(struct flow *flow, const struct user *who, const struct closure *closure,
		      const struct flow_once *once, flow_done_fn *done, void *ctx);
/* Nothing stored: {streets, more_streets, roads, more, metres, municipality, off_road, already}. metres is of all its roads; the
 * last lines and names of very many are only counted, in more and more_streets. off_road: which points of a line lie on
 * no road, from 0; beside the problem too, where it is refused. already: which closures of its kind take all
 * of these roads at some of its time; never its own id. PROBLEM_INPUT where no road is near, the
 * street that it names does not lead along its points, or it is wider
 * than 50 km or takes more than 10,000 roads (as of adding one). */
void flow_closure_preview(struct flow *flow, const struct user *who, const struct closure *closure,
			  flow_done_fn *done, void *ctx);
enum flow_closure_kind { FLOW_AS_IT_IS, FLOW_CLOSED, FLOW_SLOW };
struct flow_closure_change {
	int64_t version; /* that was seen */
	enum flow_closure_kind kind;
	double speed; /* 0: stays */
	bool gives_reason, gives_from, gives_until;
	const char *reason;
	struct instant from, until; /* until unset: until it is lifted */
	const struct point *points; /* its new place, copied */
	size_t count;               /* 0: it stays where it is */
	bool area, one_way;         /* of the new place */
	const char *street;
};
/* A new place is refused where a closure would be. */
void flow_closure_change(struct flow *flow, const struct user *who, const char *id,
			 const struct flow_closure_change *change, const struct flow_once *once, flow_done_fn *done,
			 void *ctx);
void flow_closure_lift(struct flow *flow, const struct user *who, const char *id, int64_t version,
		       const struct flow_once *once, flow_done_fn *done, void *ctx);
/* How the roads are, from memory: {profile, source, until, metric, closures, state, map}. Caller frees. */
struct js *flow_roads(struct flow *flow);
/* Instead of map_metric_unref(), on the loop: the last holder of one that is no longer in force drops some hundred
 * megabytes, and does so on a thread. */
void flow_roads_let_go(struct flow *flow, struct map_metric **metric);
/* fn is called on the loop whenever the worker's router has another metric; one at a time, NULL: nobody. */
void flow_roads_tell(struct flow *flow, loop_fn *fn, void *ctx);
/* The profile by hand until an instant (unset: until it is changed); NULL: by the clock. */
void flow_roads_set(struct flow *flow, const struct user *who, const char *profile, struct instant until,
		    const struct flow_once *once, flow_done_fn *done, void *ctx);
/* A kept ranking, and whether the same question finds the same list again. */
void flow_ranking(struct flow *flow, const struct user *who, const char *id, flow_done_fn *done, void *ctx);

/* ---- ways: flow/route.c ---- */
/* How a crew drives to an incident by the roads as they are: {from, to, eta_s, distance_m, arrival_at, line, at_s, steps,
 * metric, profile}. PROBLEM_INPUT where there is no place, no position, no way or no map. */
void flow_incident_route(struct flow *flow, const struct user *who, const char *incident, const char *crew,
			 flow_done_fn *done, void *ctx);
/* The same for a crew's own open assignment. from: where its phone says it is; its point POINT_NONE: where it was last. */
void flow_assignment_route(struct flow *flow, const struct user *who, const char *assignment,
			   const struct map_stand *from, flow_done_fn *done, void *ctx);

/* ---- crew: flow/progress.c ---- */
void flow_my_assignments(struct flow *flow, const struct user *who, flow_done_fn *done, void *ctx);
/* action: accept decline en_route arrived made_safe restored left. body {at?, lat?, lon?, note?, reason?, outcome?}.
 * An action that no longer fits is recorded and answered with applied:false and the reason. */
void flow_assignment_act(struct flow *flow, const struct user *who, const char *assignment, const char *action,
			 const struct js *body, const struct flow_once *once, flow_done_fn *done, void *ctx);
/* body {lat, lon, at?, accuracy_m?, speed_mps?, heading?} */
void flow_position(struct flow *flow, const struct user *who, const struct js *body, flow_done_fn *done, void *ctx);

/* ---- sessions: flow/session.c ---- */
/* On success `token` is the secret to set as cookie; answer is {user, name, role, utilities, crew?}. */
typedef void flow_login_fn(void *ctx, const struct problem *problem, const char *token, const struct js *answer);
void flow_login(struct flow *flow, const char *login, const char *password, flow_login_fn *done, void *ctx);
typedef void flow_session_fn(void *ctx, const struct problem *problem, const struct user *who);
void flow_session(struct flow *flow, const char *token, flow_session_fn *done, void *ctx);
void flow_logout(struct flow *flow, const char *token, flow_done_fn *done, void *ctx);

/* ---- LIVE and streams: flow/watch.c ---- */
/* The public snapshot of a utility (NULL: all), ready to send; from memory, also while the database is away.
 * Borrowed until the next turn of the loop. age: since the last proof that it is current. */
struct flow_live {
	const char *bytes;
	size_t length;
	const struct js *json; /* the same as a value, for the page */
	int64_t seq;
	struct span age;
};
bool flow_live(struct flow *flow, const char *utility, struct flow_live *out);

enum flow_eye { FLOW_PUBLIC, FLOW_DESK, FLOW_CREW };
/* An event for this eye, in the order of seq; name "incident" "crew" "assignment" "warning" "roads" "reset"; data is one
 * line of JSON. The watcher must not free flow from inside. */
typedef void flow_event_fn(void *ctx, int64_t seq, const char *name, const char *data, size_t length);
struct flow_watch;
/* after_seq: resume after it without loss (older than what is kept: one "reset" event: read everything again);
 * -1: from now. Events never come before flow_watch() returns. */
struct flow_watch *flow_watch(struct flow *flow, enum flow_eye eye, const struct user *who, const char *utility,
			      int64_t after_seq, flow_event_fn *on_event, void *ctx);
void flow_unwatch(struct flow_watch **watch);
int64_t flow_seq(const struct flow *flow); /* newest change this worker has seen */

/* Counters for /metrics, Prometheus text. */
void flow_metrics(struct flow *flow, struct str *to);

#endif

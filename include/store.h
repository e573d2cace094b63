/*
 * What is true, kept in PostgreSQL. All SQL lives in this room.
 *
 * Reading gives model structs whose strings live until the callback returns; between question and
 * answer callers keep ids only. A write is one user action = one transaction = one function here, sent
 * as one pipeline: claim of the idempotency key first, `UPDATE … WHERE id AND version` (no row:
 * PROBLEM_CONFLICT), change rows last. A write whose outcome got lost is looked up, or fenced off so
 * that it can no longer happen, before `done` hears of it; PROBLEM_UNCERTAIN only where even that fails.
 *
 * Every question takes the caller: `who` NULL is the system itself (or the holder of a report's code);
 * else rows of the user's utilities, of its crew's own assignments, and nothing more, by SQL.
 * Every callback comes exactly once, on the loop, never before the call returns.
 */
#ifndef PRONTOD_STORE_H
#define PRONTOD_STORE_H

#include "base/problem.h"
#include "base/time.h"
#include "model/closure.h"
#include "model/crew.h"
#include "model/incident.h"
#include "model/user.h"
#include "wire/json.h"
#include "wire/loop.h"

struct store;

typedef void store_seq_fn(void *ctx, int64_t seq);                      /* a change was announced */
typedef void store_crew_moved_fn(void *ctx, const char *crew_id);       /* a position came */
typedef void store_link_fn(void *ctx, bool listening);                  /* announcements come, or do not */
struct store_options {
	struct loop *loop;
	const char *url;
	int connections;
	struct span deadline;
	store_seq_fn *on_change;
	store_crew_moved_fn *on_moved;
	store_link_fn *on_link;
	void *ctx;
};
struct store *store_open(const struct store_options *options);
void store_close(struct store **store);
/* A connection is usable and the schema's version is one we run on; the text names what is missing. */
bool store_ready(const struct store *store, struct problem *p);
typedef void store_lead_fn(void *ctx, bool leading);
void store_lead(struct store *store, store_lead_fn *fn, void *ctx); /* wants the one lock of the whole system */

/* ---- schema and first contents: for prontoctl, waiting ---- */
struct store_migration {
	int version;
	const char *name, *sql;
	bool applied;
};
/* Applies what is missing (dry: only marks what is applied). */
bool store_migrate(const char *url, struct store_migration *list, size_t count, bool dry, struct problem *p) MUST_CHECK;
/* The file of `prontoctl load` (migrations/README.md). */
bool store_load(const char *url, const struct js *file, struct problem *p) MUST_CHECK;
/* One person by login: action "add" (creates; utility and role needed), "disable", "password". */
struct store_person {
	const char *login, *name, *role, *password, *utility, *crew; /* NULL where not needed */
};
bool store_person(const char *url, const char *action, const struct store_person *person, struct problem *p) MUST_CHECK;
bool store_people(const char *url, struct str *to, struct problem *p) MUST_CHECK; /* a line each, no password */

/* ---- who serves where ---- */
struct store_area {
	size_t utility; /* index */
	const char *charter, *service, *municipality;
	const char *place; /* a part of the municipality; NULL: all of it */
	const struct point *corners;
	size_t corner_count;
};
struct store_utility {
	struct utility_id id;
	const char *code, *name, *zone, *phone, *site;
};
struct store_setup {
	const struct store_utility *utilities;
	size_t utility_count;
	const struct store_area *areas; /* in force today */
	size_t area_count;
};
typedef void store_setup_fn(void *ctx, const struct problem *p, const struct store_setup *setup);
void store_setup(struct store *store, store_setup_fn *done, void *ctx);

/* ---- accounts and sessions ---- */
struct store_account {
	struct user user;
	const char *password; /* the stored hash; of store_account() only */
	const char *crew_name;
	struct instant expires_at; /* of store_session() only */
};
typedef void store_account_fn(void *ctx, const struct problem *p, const struct store_account *account);
void store_account(struct store *store, const char *login, store_account_fn *done, void *ctx);      /* NOT_FOUND */
void store_session(struct store *store, const char *token_hash, store_account_fn *done, void *ctx); /* NOT_FOUND */
typedef void store_done_fn(void *ctx, const struct problem *p);
void store_session_open(struct store *store, const struct user *who, const char *token_hash,
			struct instant expires_at, store_done_fn *done, void *ctx);
void store_session_close(struct store *store, const char *token_hash, store_done_fn *done, void *ctx);

/* ---- reading incidents, reports, crews ---- */
struct store_query {
	/* exactly one way to find them */
	const char *id;         /* one object */
	const char *ids;        /* "{uuid,uuid}" */
	const char *assignment; /* incidents: the one it belongs to */
	const char *crew;       /* incidents: with an open assignment of this crew, or one ended after `since` */
	const char *code;       /* reports: the public code, 11 symbols */
	bool shown;             /* incidents: published, and open or closed after `since` */
	bool driving;           /* incidents: open ones that a crew is on its way to */
	bool expired;           /* incidents: with an offer made before `since` that nobody answered */
	bool warnable;          /* incidents: open ones of whose promises a warning may be due before `since`, the
				   first `limit` to come */
	bool near;              /* incidents: open ones within `radius_m` of `point` */
	bool list;              /* by state, utility, q, limit, cursor */

	struct instant since;
	struct point point;
	double radius_m;
	const char *state, *utility, *q, *cursor; /* utility: code; state: "open", "unrouted" or a state's name */
	int limit;
	bool full; /* incidents: with their reports, words and history */
};
struct store_incidents {
	struct incident *list;
	size_t count;
	const char *next; /* cursor; NULL: that was all */
};
typedef void store_incidents_fn(void *ctx, const struct problem *p, const struct store_incidents *found);
void store_incidents(struct store *store, const struct user *who, const struct store_query *query,
		     store_incidents_fn *done, void *ctx);

struct store_reports {
	struct report *list;
	size_t count;
	const char *next;
};
typedef void store_reports_fn(void *ctx, const struct problem *p, const struct store_reports *found);
void store_reports(struct store *store, const struct user *who, const struct store_query *query,
		   store_reports_fn *done, void *ctx);

struct store_crews {
	struct crew *list; /* by name */
	size_t count;
};
typedef void store_crews_fn(void *ctx, const struct problem *p, const struct store_crews *found);
/* ids NULL: all in scope; utility (id): only those that may go to its incidents. */
void store_crews(struct store *store, const struct user *who, const char *ids, const char *utility,
		 store_crews_fn *done, void *ctx);

struct store_photo {
	const char *name, *content_type;
	const unsigned char *bytes;
	size_t length;
};
typedef void store_photo_fn(void *ctx, const struct problem *p, const struct store_photo *photo);
void store_photo(struct store *store, const struct user *who, const char *id, store_photo_fn *done, void *ctx);

/* The highest UID taken of a mailbox (0: none), and all taken above `above`, as "uid uid …". */
typedef void store_mail_fn(void *ctx, const struct problem *p, int64_t highest, const char *taken);
void store_mail_taken(struct store *store, const char *mailbox, int64_t uidvalidity, int64_t above,
		      store_mail_fn *done, void *ctx);

/* A message that is dealt with without a new report: a further delivery of a known one, or kept aside. Recording
 * it again changes nothing. */
struct store_mail {
	const char *mailbox;
	int64_t uidvalidity, uid;
	const char *report; /* id; NULL: none */
	const char *reason; /* why it is kept aside; NULL: it is taken */
};
typedef void store_marked_fn(void *ctx, const struct problem *p);
void store_mail_mark(struct store *store, const struct store_mail *mail, store_marked_fn *done, void *ctx);

/* ---- roads ---- */
typedef void store_closures_fn(void *ctx, const struct problem *p, const struct closure *list, size_t count);
/* One by its id; id NULL: those not over at `since`, the oldest first. They belong to no utility: all see them. */
void store_closures(struct store *store, const char *id, struct instant since, store_closures_fn *done, void *ctx);
struct store_roads {
	int64_t seq;                    /* of the chain: all that was written up to here is in it */
	const struct closure *closures; /* not over, the oldest first */
	size_t count;
	const char *profile;  /* chosen by hand; NULL: by the clock */
	struct instant until; /* of the profile; unset: until it is changed */
};
typedef void store_roads_fn(void *ctx, const struct problem *p, const struct store_roads *roads);
void store_roads(struct store *store, store_roads_fn *done, void *ctx);

/* ---- the chain ---- */
struct store_change {
	int64_t seq;
	const char *what, *kind; /* kind "incident" "report" "assignment" "crew" "account" "utility" "closure" "roads" */
	char object[ID_TEXT], incident[ID_TEXT], crew[ID_TEXT];
	const char *payload; /* JSON, of a warning ("warned"); NULL of everything else */
};
struct store_changes {
	const struct store_change *list;
	size_t count;
	int64_t head; /* newest seq of the whole table */
};
typedef void store_changes_fn(void *ctx, const struct problem *p, const struct store_changes *changes);
void store_changes(struct store *store, int64_t after, int limit, store_changes_fn *done, void *ctx);

/* ---- writing ---- */

/* What all writes share. key "": none was given. */
struct store_act {
	const struct user *who; /* NULL: a citizen, or the system */
	struct instant at;      /* when it happened */
	const char *why;        /* a code or NULL; in the chain */
	const char *words;      /* what somebody typed, or NULL; beside the chain */
	const char *scope, *key, *body_hash;
};
struct store_written {
	const struct js *answer; /* what is kept for the key */
	bool repeated;           /* the key had its answer already: nothing was written now */
};
typedef void store_written_fn(void *ctx, const struct problem *p, const struct store_written *w);

/* What a key answered: w NULL where it is new. Another body than the kept one: PROBLEM_INPUT. */
void store_once(struct store *store, const struct store_act *act, store_written_fn *done, void *ctx);

struct store_photo_new {
	struct photo_id id;
	struct store_photo photo;
};
struct store_report_new {
	const struct report *report; /* with targets; incident set where it joins or makes one */
	const char *charter_edition, *edition_digest, *started_reason, *call_id, *proposed_row, *proposed_class;
	const struct store_photo_new *photos;
	size_t photo_count;
	const struct incident *makes; /* NULL: none is made; its number comes from the store */
	bool raises;                  /* joins one that must be looked at again with this more urgent row */
	const char *mailbox;          /* NULL: not from a mailbox */
	int64_t uidvalidity, uid;
	const char *answer; /* JSON object kept for the key; "incident" {id} in it gets its number */
};
void store_report_add(struct store *store, const struct store_act *act, const struct store_report_new *report,
		      store_written_fn *done, void *ctx);

/* A report that waits without an incident (unrouted, or read as none and not confirmed) is given its place by
 * a dispatcher: utility, row, class, and the incident it makes; or is confirmed as none. Version is checked. */
void store_report_route(struct store *store, const struct store_act *act, const struct store_report_new *report,
			store_written_fn *done, void *ctx);

/* An edition of a charter, as it was. */
struct store_edition {
	const char *charter, *edition, *digest; /* digest NULL: from before editions were kept */
	const char *content;                    /* JSON; NULL where it is only named */
};
typedef void store_editions_fn(void *ctx, const struct problem *p, const struct store_edition *list, size_t count);
/* Keeps those not known yet, and tells all there are. */
void store_editions(struct store *store, const struct store_edition *own, size_t count, store_editions_fn *done,
		    void *ctx);

struct store_classify {
	const struct incident *incident; /* as read, with its reports; version is checked */
	enum incident_state to;
	enum disposition disposition;    /* of `none`, which closes it */
	const char *charter, *charter_edition, *row, *class_code;
	bool publish, hide;
	/* [i] for incident->reports[i]: its new promises, and the edition it is pinned to */
	const struct due_target *const *targets;
	const size_t *target_counts;
	const struct store_edition *editions;
};
void store_incident_classify(struct store *store, const struct store_act *act, const struct store_classify *c,
			     store_written_fn *done, void *ctx);
void store_incident_publish(struct store *store, const struct store_act *act, const struct incident *incident,
			    bool published, const char *text, store_written_fn *done, void *ctx);
/* Where it is, as a person says: the point counts as confirmed. What is NULL stays as it is. */
struct store_spot {
	struct point at;
	const char *address, *municipality, *area;
};
void store_incident_place(struct store *store, const struct store_act *act, const struct incident *incident,
			  const struct store_spot *spot, store_written_fn *done, void *ctx);
/* closed or cancelled; open assignments are recalled with it. */
void store_incident_end(struct store *store, const struct store_act *act, const struct incident *incident,
			enum incident_state to, enum disposition disposition, store_written_fn *done, void *ctx);
/* Something hindered: keeps it, with the words typed (act->words) and since when (event->from). */
void store_event_add(struct store *store, const struct store_act *act, const struct incident *incident,
		     const struct clock_event *event, store_written_fn *done, void *ctx);
/* The clocks run again from act->at on; undone: as if they had never been stopped. */
void store_event_end(struct store *store, const struct store_act *act, const struct incident *incident,
		     const struct clock_event *event, bool undone, store_written_fn *done, void *ctx);
/* what: "note" or "told". Does not move the version. */
void store_incident_note(struct store *store, const struct store_act *act, const struct incident *incident,
			 const char *what, store_written_fn *done, void *ctx);

/* Candidates as they were shown, enough to find the same list again. */
struct store_ranking {
	struct ranking_id id; /* made of the content: the same is kept once */
	const char *utility, *incident; /* ids */
	struct instant made_at;
	const char *content; /* JSON, kept byte for byte */
	const char *places; /* JSON: where the crews were; NULL: erased */
	bool whole; /* kept by an earlier version: they stand in content */
};
typedef void store_ranking_fn(void *ctx, const struct problem *p, const struct store_ranking *ranking);
void store_ranking_keep(struct store *store, const struct store_ranking *ranking, store_done_fn *done, void *ctx);
void store_ranking(struct store *store, const struct user *who, const char *id, store_ranking_fn *done,
		   void *ctx); /* NOT_FOUND */
/* Puts away those older than so many days that no assignment refers to, and erases the places of those whose
 * incident was closed so many days ago; some hundreds or thousands at a time. */
void store_rankings_tidy(struct store *store, int unchosen_days, int places_days, store_done_fn *done, void *ctx);

struct store_assign {
	const struct incident *incident; /* version is checked */
	enum incident_state to;
	struct assignment_id id;
	const struct crew *crew; /* open_assignments is checked: it changed: CONFLICT */
	int64_t eta_s;           /* -1: not known */
	struct instant eta_at;
	const char *forced_reason;
	const struct store_ranking *ranking; /* as it is now: kept, if it is the one referred to */
	const char *seen; /* id of the kept ranking that the dispatcher saw, or NULL: it is referred to, if it is
			     one of this incident */
};
void store_assign(struct store *store, const struct store_act *act, const struct store_assign *a,
		  store_written_fn *done, void *ctx);

/* A promise stopped by a step. */
struct store_stop {
	int64_t target; /* due_target.id */
	bool met;
	int64_t late_s;
};
struct store_step {
	const struct incident *incident; /* as read; version is checked */
	const struct assignment *assignment; /* of it; version is checked */
	enum assignment_event event;
	enum assignment_state to;
	enum incident_state incident_to;
	bool missing_leg;
	const char *outcome;       /* of leaving */
	struct instant eta_at;     /* unset: stays */
	const struct store_stop *stops;
	size_t stop_count;
	const struct due_target *begins; /* promises that count from this step, each with its report */
	size_t begin_count;
};
void store_assignment_step(struct store *store, const struct store_act *act, const struct store_step *step,
			   store_written_fn *done, void *ctx);
/* Another expected arrival of a crew on its way, or INSTANT_NONE: it is cut off; PROBLEM_CONFLICT where it has moved on meanwhile. */
void store_assignment_eta(struct store *store, const struct store_act *act, const struct incident *incident,
			  const struct assignment *assignment, struct instant at, store_written_fn *done, void *ctx);
/* An action that did not fit: kept in the chain with its reason (act->why), nothing else moves. */
void store_assignment_late(struct store *store, const struct store_act *act, const struct incident *incident,
			   const struct assignment *assignment, enum assignment_event event,
			   store_written_fn *done, void *ctx);

/* A closure, as it shall be; its key is answered with {"id"}. */
void store_closure_add(struct store *store, const struct store_act *act, const struct closure *closure,
		       store_written_fn *done, void *ctx);
/* Speed, reason, from and until as they shall be; the version that was seen is checked. what: "changed" "lifted". */
void store_closure_change(struct store *store, const struct store_act *act, const struct closure *closure,
			  const char *what, store_written_fn *done, void *ctx);
/* profile NULL: by the clock. */
void store_profile_set(struct store *store, const struct store_act *act, const char *profile, struct instant until,
		       store_written_fn *done, void *ctx);

/* Warnings that a running promise is used up by 50, 80, 100 %: each told once, whoever asks. */
struct store_warning {
	int64_t target;  /* due_target.id */
	int64_t version; /* of the incident it was reckoned from: it moved meanwhile: not told */
	int percent;
	struct instant due, at; /* at: the true instant of the warning */
	bool skipped;           /* a higher one is told in its stead */
};
/* told: how many were new. */
typedef void store_warned_fn(void *ctx, const struct problem *p, int64_t told);
void store_warn(struct store *store, const struct store_warning *list, size_t count, store_warned_fn *done, void *ctx);

struct store_fix {
	struct point at;
	struct instant fixed_at;
	double accuracy_m, speed_mps, heading; /* NAN: not known */
};
/* Only a fix newer than the kept one counts. */
void store_position(struct store *store, const struct user *who, const struct store_fix *fix, store_done_fn *done,
		    void *ctx);
/* Keys older than a week and sessions long over. */
void store_tidy(struct store *store, store_done_fn *done, void *ctx);

#endif

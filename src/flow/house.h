/*
 * What the files of the corridor share: the flow itself, and `asking`, an open question of a door
 * with all it needs across waits (ids and copies, never somebody else's pointers).
 */
#ifndef PRONTOD_FLOW_HOUSE_H
#define PRONTOD_FLOW_HOUSE_H

#include "flow.h"

#include "dispatch.h"
#include "live.h"
#include "store.h"

#include "base/mem.h"
#include "wire/work.h"

/* An offer that nobody answered is withdrawn after this. */
#define OFFER_EXPIRES SPAN_S(180)
/* Where there is no map: 50 km/h over 1.4 times the straight line. */
#define STRAIGHT_MPS (50.0 / 3.6)
#define STRAIGHT_DETOUR 1.4

struct watching;
struct sessions;
struct editions;
struct arrivals;
struct warner;
struct drawn;
struct roads;
struct rankings;
struct post;

struct counters {
	uint64_t reports, reports_none, reports_unrouted, assigned, steps, late_steps, conflicts,
	    arrivals_met, arrivals_missed, offers_expired, warnings, events;
};

struct flow {
	struct flow_options o;
	struct store *store;
	struct work *work;
	struct arena *setup_arena;
	struct store_setup setup;
	bool setup_known, setup_asked;
	struct loop_timer *setup_timer;
	struct watching *watching;
	struct sessions *sessions;
	struct editions *editions;
	struct warner *warner;
	struct arrivals *arrivals;
	struct roads *roads;
	struct drawn *drawn; /* what closures take */
	struct rankings *rankings;
	bool leading;
	struct loop_timer *duty_timer;
	int duty_turns;
	struct post *post; /* the mailbox; NULL unless leading and one is configured */
	struct asking *askings;
	struct counters counters;
};

struct asking;
typedef void asking_fn(struct asking *a);
typedef void asking_again_fn(struct asking *a, const struct js *answer);

struct asking {
	struct flow *flow;
	struct asking *next, **previous;
	struct arena *arena;
	struct user user;
	const struct user *who; /* &user, or NULL: a citizen, or the system */
	struct flow_once once;
	const char *scope; /* of the key: who, what, and which object */
	asking_fn *begin;  /* of asking_once(), as is the next */
	asking_again_fn *again;
	char object[ID_TEXT];
	const char *action;
	struct js *body;
	flow_done_fn *done;
	void *ctx;
	struct problem problem; /* of asking_fail_later(), refuse_with_incident() */
	char about[ID_TEXT];    /* of refuse_with_incident() */
	int tries;
	const char *log_subject, *log_line; /* of the move being written */
	void *own;                          /* of the file that asked; in the arena */
};

/* One question; `body` and `once` are copied, NULL is fine. */
struct asking *asking_new(struct flow *flow, const struct user *who, flow_done_fn *done, void *ctx);
void asking_key(struct asking *a, const struct flow_once *once, const char *what,
                const char *object);
void asking_answer(struct asking *a, struct js *answer); /* takes it, tells it, ends the question */
void asking_fail(struct asking *a, const struct problem *p);
/* With something beside the problem: who was faster. Takes it. */
void asking_refuse(struct asking *a, const struct problem *p, struct js *more);
void asking_fail_later(struct asking *a, enum problem_kind kind, const char *field,
                       const char *text);
struct store_act asking_act(const struct asking *a);
/* Begins, unless this key was answered before: then `again` is told what the first try answered. */
void asking_once(struct asking *a, asking_again_fn *again, asking_fn *begin);

bool may_decide(const struct user *who); /* dispatcher, supervisor, admin */
bool may_look(const struct user *who);   /* those and the auditor */

/* ---- house.c: who serves where ---- */
void setup_read_again(struct flow *flow);
const struct store_utility *setup_utility(const struct flow *flow,
                                          const char *code); /* NULL if unknown */
const struct store_utility *setup_utility_by_id(const struct flow *flow,
                                                const char *id); /* NULL if unknown */
const struct zone *zone_of(const struct flow *flow,
                           const char *utility_id); /* Europe/Rome where unknown */

/* ---- place.c ---- */
struct place {
	struct point point; /* given, else geocoded; POINT_NONE */
	bool confirmed;
	const char *municipality, *area; /* NULL where not known */
};
/* Where something is, from what was given: point, else the address on the map. */
void place_find(const struct flow *flow, struct arena *arena, const struct flow_report *r,
                struct place *out);
/* A dispatcher says where an incident is (desk.c); false: refused with *p. */
bool place_decide(struct asking *a, const struct incident *i, const struct store_act *act,
                  struct problem *p);
/* Areas in force at a place: a part of the municipality with an answer of its own goes first.
 * `utility` (code) narrows. Returns how many indices were written. */
size_t place_areas(const struct flow *flow, const struct place *place, const char *utility,
                   const char *address, size_t *out, size_t room);

/* ---- edition.c: the editions of charters that reports are pinned to ---- */
struct pinned {
	const struct charter *charter; /* NULL: not known, or cannot be read */
	const char *digest;            /* NULL: not known */
};
struct editions *editions_open(struct flow *flow);
void editions_stop(struct editions *e);
void editions_close(struct editions **e);
bool editions_known(const struct editions *e);
struct pinned edition_now(const struct flow *flow, const struct charter *charter); /* of one of our files */
/* The edition of that digest (NULL: of before they were kept, known only by its name). False: not
 * read yet, ask again in a moment. */
bool edition_find(const struct flow *flow, const char *charter, const char *name,
                  const char *digest, struct pinned *out);

/* The edition that an incident's words come from: that of its governing promise, else today's. */
const struct charter *edition_of_incident(const struct flow *flow, const struct incident *i);

/* ---- promise.c ---- */
/* Promises of a class from these starts; in the arena. */
struct start {
	struct instant received, conversation, call, ring;
	struct instant verified, arrived, made_safe; /* chained clocks count from what happened (R6) */
	const char *municipality; /* of the fault, for its patron saint */
};
/* The request is the earliest of the talk and its record (R8): a call counts from its first word. */
struct start promises_start(const struct report *r);
struct due_target *promises(const struct pinned *by, const char *row, const char *class_code,
                            const struct zone *zone, const struct start *start, struct arena *arena,
                            size_t *count);
/* Promises that count from this step of a crew, for each report that has none of the kind yet; in the
 * arena, each with its report. */
struct due_target *promises_begin(const struct flow *flow, const struct incident *i,
                                  enum assignment_event event, struct instant at,
                                  struct arena *arena, size_t *count);
/* What the incident's milestones begin, for promises reckoned anew. */
void promises_chain(struct start *start, const struct incident *i);
/* Fills told_it and told_en. */
void promises_tell(struct due_target *targets, size_t count, const struct zone *zone,
                   struct instant now, struct arena *arena);
/* An arrival (or other milestone) at `at` stops these kinds: judges and fills stops; returns how
 * many. */
size_t promises_stop(const struct due_target *targets, size_t count, enum assignment_event event,
                     struct instant at, struct store_stop *out);
/* Promises that begin already stopped, because the incident's milestones are reached. */
void promises_settle(struct due_target *targets, size_t count, const struct incident *i);
/* Judges the stopped ones again, by their due as it is now. */
void promises_judge(struct due_target *targets, size_t count);

/* ---- clock.c: dues as they stand, from what was promised and what hindered ---- */
/* As store_incidents(), with due, paused and excuse of every promise filled in. */
void incidents_read(struct flow *flow, const struct user *who, const struct store_query *query,
                    store_incidents_fn *done, void *ctx);
void clock_apply(const struct flow *flow, const struct incident *i, struct due_target *list,
                 size_t count);
/* The promises of the incident as they would be if a step stopped them at `at`. */
struct due_target *clock_stopped(const struct flow *flow, const struct incident *i,
                                 struct instant at, struct arena *arena);
const struct charter_target *clock_target(const struct pinned *by, const struct due_target *t);
const struct clock_event *clock_held(const struct incident *i); /* what holds clocks now, or NULL */
/* When 50, 80 and 100 % of a promise are used up. */
void clock_warning(const struct flow *flow, const struct incident *i, const struct due_target *t,
                   struct instant at[3]);
/* Causes that excuse a miss of this promise, though they never stop its clock. */
unsigned clock_excuses(const struct flow *flow, const struct due_target *t);
/* The proof of a promise, by the edition it is pinned to: lines in the arena. */
size_t clock_explain(const struct flow *flow, const struct incident *i, const struct due_target *t,
                     struct arena *arena, const char *const **out);

/* ---- hold.c ---- */
struct clock_causes {
	unsigned stop, excuse; /* bits 1u << enum pause_cause */
};
/* What the charter's data names for the promises of this incident: while one runs, and for a miss. */
struct clock_causes hold_causes(const struct flow *flow, const struct incident *i);
/* Decisions of the desk (desk.c); false: refused with *p. */
bool hold_begin(struct asking *a, const struct incident *i, const struct store_act *act,
                 struct problem *p);
bool hold_end(struct asking *a, const struct incident *i, const struct store_act *act,
               struct problem *p);

/* ---- view.c: structs -> JSON, with the charter's words ---- */
struct js *view_incident(const struct flow *flow, struct incident *i, bool full);
struct js *view_assignment(const struct flow *flow, struct incident *i, const struct assignment *a);
struct js *view_public(const struct flow *flow, const struct incident *i);
/* What the desks hear; payload: JSON of the change. */
struct js *view_warning(const struct flow *flow, const struct incident *i, const char *payload);
struct js *view_report_public(const struct flow *flow, struct report *r, struct incident *i);
struct js *view_report_desk(const struct flow *flow, struct report *r);
/* POST /api/v1/reports: what the reporter is told at once. */
struct js *view_report_answer(const struct flow *flow, struct report *r, const char *incident_id);
struct js *view_reading(const struct classify_answer *answer, const struct charter *charter,
                        const char *text, const char *subject);

/* ---- triage.c: answers to guided questions ---- */
struct js *triage_answers(const struct classify_triage *t); /* [{code, ask, option, label, applied}] */
const struct classify_reply *replies_copy(struct arena *arena, const struct classify_reply *from,
                                          size_t count);
/* Does any of them say more than «non lo sa»? Answers go before words, in whose service it is too. */
bool replies_say(const struct classify_reply *list, size_t count);
/* Those that stand in a report's reading. */
const struct classify_reply *replies_kept(struct arena *arena, const char *reading, size_t *count);

/* ---- picture.c ---- */
/* Without place and device; the same bytes, or shorter ones in the arena. */
const unsigned char *picture_cleaned(struct arena *arena, const char *content_type,
                                     const unsigned char *bytes, size_t *length);

/* ---- desk.c ---- */
/* Reads the incident again and answers with it whole. */
void answer_with_incident(struct asking *a, const char *incident);
/* What a key is told again, whatever it did: the incident as it stands. */
void incident_again(struct asking *a, const struct js *answer);
/* Refuses with who was faster on it; unless it was the same key, whose answer is given then. */
void refuse_with_incident(struct asking *a, const struct problem *p, const char *incident);
/* A store_written_fn over an asking whose object is the incident. */
void on_incident_written(void *ctx, const struct problem *p, const struct store_written *w);

/* ---- answers of several files ---- */
/* Prepares the line of a state move; asking_moved() writes it once the move is committed. */
void asking_moves(struct asking *a, const struct incident *i, const char *from, const char *to,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));
void asking_moved(struct asking *a);

/* ---- assign.c, session.c, watch.c, leader.c ---- */
void expire_offers(struct flow *flow);
struct sessions *sessions_open(struct flow *flow);
void sessions_close(struct sessions **sessions);
void sessions_forget(struct sessions *sessions, const char *account); /* NULL: all */
struct watching *watching_open(struct flow *flow);
void watching_close(struct watching **watching);
void watching_announced(struct watching *w, int64_t seq);
void watching_moved(struct watching *w, const char *crew);
void watching_link(struct watching *w, bool listening);
/* Desks and crews hear that roads are others now, or will be in a moment. */
void watching_roads(struct watching *w, const char *metric);
void leader_open(struct flow *flow);
void leader_close(struct flow *flow);

/* ---- warn.c: while this worker leads ---- */
/* ---- arrival.c ---- */
struct arrivals *arrivals_open(struct flow *flow);
void arrivals_close(struct arrivals **r);
void arrivals_lead(struct arrivals *r, bool leading);
void arrivals_look(struct arrivals *r); /* on the leader: the roads are others now */
/* Since when a crew's way is counted: from its last position, from its departure if that is newer, from now if it
 * has not left. */
struct instant arrival_begun(const struct assignment *as, struct instant position_at, bool at_base, struct instant now);
/* Never before now: who should be there is silent, or held up. */
struct instant arrival_at(struct instant begun, double eta_s, struct instant now);
/* Is it to be told that an arrival told as `before` is expected at `found`? Both may be unset. */
bool arrival_is_news(struct instant before, struct instant found, struct instant now);

struct warner *warner_open(struct flow *flow);
void warner_close(struct warner **w);
void warner_lead(struct warner *w, bool leading);
void warner_changed(struct warner *w); /* something was written: promises may have come, gone or moved */

/* ---- hours.c: which roads hold when ---- */
struct hours {
	const struct zone *zone;
	const struct closure *closures; /* not over when they were read */
	size_t count;
	bool by_hand;
	enum map_profile hand;
	struct instant hand_until; /* unset: until it is changed */
};
enum map_profile hours_by_clock(const struct zone *zone, struct instant t);
enum map_profile hours_profile(const struct hours *h, struct instant t, bool *by_hand);
/* The next instant after t at which something else may hold; within a day. */
struct instant hours_next(const struct hours *h, struct instant t);
size_t hours_open(const struct hours *h, struct instant t); /* closures that are not over */

/* ---- roads.c: the metric in force ---- */
struct roads *roads_open(struct flow *flow);
void roads_stop(struct roads *r); /* nothing new is begun */
void roads_close(struct roads **r);
void roads_look(struct roads *r); /* somebody changed closures or profile */
void roads_take(struct roads *r, const struct store_roads *found);
bool roads_ready(const struct roads *r); /* times count what is closed */
struct js *roads_json(const struct roads *r);
void roads_metrics(const struct roads *r, struct str *to);
/* Those counted in the metric in force; borrowed until the next turn of the loop. */
const struct closure *roads_closures(const struct roads *r, size_t *count);
enum map_profile roads_profile(const struct roads *r); /* of the metric in force */
size_t roads_open_count(const struct roads *r); /* closures that are not over */
const char *roads_metric(const struct flow *flow); /* version in force; NULL without a map */
struct closure *closures_copy(struct arena *arena, const struct closure *list, size_t count);
struct map_closure closure_on_map(const struct closure *c); /* borrows its points */
struct map_closure *closures_on_map(struct arena *arena, const struct closure *list, size_t count);
const char *roads_map(const struct roads *r); /* the map's name in rankings; NULL: no map */

/* ---- rank.c: crews against one incident ---- */
struct ranked {
	struct dispatch_query query;
	struct point to;
	bool straight;               /* there was no map: times are guesses */
	bool off_road;               /* no road is near `to` */
	bool closed;                 /* that road is closed */
	struct dispatch_crew *crews; /* [count], as are the next four */
	struct map_stand *stands;    /* where each starts from */
	struct map_eta *etas;
	struct dispatch_candidate *order; /* best first */
	size_t count;
};
struct ranked *rank_new(struct arena *arena, size_t count);
/* Where each starts from now; the query has its `now`, and lacks the rest. */
struct ranked *rank_crews(struct arena *arena, const struct crew *crews, size_t count,
                          struct instant now);
/* Where a crew starts from: its position while that says something, else its base. */
struct map_stand rank_stand(const struct crew *c, struct instant now, bool *at_base);
struct point rank_point(struct point p); /* to the centimetre: what is kept is what is reckoned with */
/* Fills etas; router NULL: straight lines. Sees only its arguments: may run on a thread. */
void rank_drive(struct ranked *r, struct map_router *router);
void rank_order(struct ranked *r); /* by the etas */

/* ---- ranking.c: lists that were shown, kept ---- */
struct rankings *rankings_open(void);
void rankings_close(struct rankings **r);
struct store_ranking *ranking_of(struct arena *arena, const struct flow *flow,
                                 const struct incident *i, const struct ranked *r);
bool ranking_is_stored(const struct rankings *r, const char *id); /* by this worker, lately */
void ranking_stored(struct rankings *r, const char *id);

/* ---- cache.c: where metrics lie as files ---- */
char *cache_open(const char *configured); /* caller frees; NULL: none that is private */
void cache_tidy(struct flow *flow, const char *dir, const char *version); /* on the leader */

/* ---- mailbox.c: while this worker leads ---- */
void post_open(struct flow *flow);
void post_close(struct flow *flow);

#endif

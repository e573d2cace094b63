/*
 * What the files of this room share: the door itself, and one visit (a request from its arrival
 * until its answer is sent and nothing is awaited any more).
 */
#ifndef PRONTOD_HTTP_ROOM_H
#define PRONTOD_HTTP_ROOM_H

#include "words.h"

#include "base/conf.h"
#include "base/problem.h"
#include "base/str.h"
#include "base/time.h"
#include "flow.h"
#include "http.h"
#include "model/user.h"
#include "wire/json.h"
#include "wire/loop.h"
#include "wire/server.h"

#include <stdbool.h>
#include <stddef.h>

struct counts;    /* health.c */
struct limits;    /* limit.c */
struct osrm;      /* machine/osrm.c */
struct pages;     /* page.c */
struct statics;   /* static.c */
struct streams;   /* stream.c */
struct tiles;     /* tile.c */
struct snapshots; /* live.c */

struct http {
	struct http_options o;
	const struct zone *zone; /* Europe/Rome */
	char worker[16];         /* its number, as the server sends it */
	struct server *server;
	struct counts *counts;
	struct limits *limits;
	struct pages *pages;
	struct statics *statics;
	struct streams *streams;
	struct tiles *tiles;
	struct osrm *osrm;
	struct snapshots *snapshots;
	struct str own_host; /* of public_url, "" if none: what Origin must name */
	bool secure;         /* public_url is https */
	bool draining;
	int visits;  /* begun and not yet freed */
	bool closed; /* the last visit frees the door */
};

struct visit;
typedef void visit_fn(struct visit *v);

/* What a path accepts. */
enum body_kind {
	BODY_NONE,
	BODY_JSON,  /* application/json, 64 KiB */
	BODY_FORM,  /* urlencoded, 64 KiB */
	BODY_REPORT /* JSON or urlencoded, 64 KiB; multipart with photos, 10 MiB */
};

enum limit_kind { LIMIT_NONE, LIMIT_PUBLIC, LIMIT_REPORTS, LIMIT_LOGINS, LIMIT_OSRM };

#define BODY_SMALL (64u * 1024u)
#define BODY_LARGE (10u * 1024u * 1024u)

/* Who may come in: bits 1u << enum role; 0 is everybody. */
#define MAY(role) (1u << (role))
#define MAY_DESK (MAY(ROLE_DISPATCHER) | MAY(ROLE_SUPERVISOR) | MAY(ROLE_ADMIN))
#define MAY_READ (MAY_DESK | MAY(ROLE_AUDITOR))
#define MAY_CREW MAY(ROLE_CREW)
#define MAY_ANY (MAY_READ | MAY_CREW)

struct route {
	const char *method;
	const char *path; /* "/api/v1/incidents/{id}/assign"; {path} takes the rest, slashes too, and
	                     leaves what is too long for an argument to request_path() */
	unsigned may;
	bool page;  /* errors are pages, not problem documents; without a session: to the log-in */
	bool knows; /* public, but a session that comes along counts */
	bool osrm;  /* also for programs that [osrm] lets in; errors as OSRM writes them */
	enum body_kind body;
	enum limit_kind limit;
	visit_fn *handler;
};

#define VISIT_ARGS 4
#define VISIT_ARG_ROOM 512

struct visit {
	struct http *http;
	struct request *request; /* NULL: the reader left, or it is answered */
	const struct route *route;
	char args[VISIT_ARGS][VISIT_ARG_ROOM]; /* path parameters, in order */
	enum lang lang;
	char peer[64];
	bool has_user;
	struct user user;
	struct js *body; /* of BODY_JSON; NULL if none */
	struct instant began;
	int status_on_success;
	bool cacheable;           /* leave Cache-Control to the handler */
	bool waiting;             /* one call of flow is out; its done frees the visit */
	struct loop_timer *timer; /* while waiting: the reader is answered when it rings */
	visit_fn *then;           /* what follows the session check */
	void *own;                /* of the handler, freed with the visit by own_free */
	void (*own_free)(void *own);
};

/* ---- visit.c ---- */
struct visit *visit_new(struct http *http, struct request *request);
void visit_wait(struct visit *v); /* before a call that answers later */
void visit_wait_for(struct visit *v, struct span longest); /* a call with time of its own */
bool visit_back(
    struct visit *v);    /* in its done; false: the reader is gone and v is freed, touch nothing */
flow_done_fn visit_done; /* ctx: the visit; answers the JSON or the problem */
void visit_json(struct visit *v, int status, const struct js *value);
void visit_text(struct visit *v, int status, const char *type, const struct str *text);
void visit_empty(struct visit *v, int status);
void visit_problem(struct visit *v, const struct problem *problem,
                   const struct js *more); /* more: who, at… or NULL */
void visit_refuse(struct visit *v, int status, const struct problem *problem,
                  const struct js *more);
void visit_redirect(struct visit *v, const char *where); /* 303 */
void visit_sent(struct visit *v, int status); /* after answering by hand: counts, logs and frees */
/* Bytes that outlive the answer: release(ctx) is called once they are sent. */
struct shared_bytes {
	const char *type;
	const void *bytes;
	size_t length;
	loop_fn *release;
	void *ctx;
};
void visit_shared(struct visit *v, const struct shared_bytes *bytes);
const char *visit_header(const struct visit *v, const char *name);
const char *visit_query(const struct visit *v, const char *name); /* NULL if absent or empty */
double visit_query_number(const struct visit *v, const char *name, double otherwise);
struct point
visit_query_point(const struct visit *v); /* ?lat=&lon=; POINT_NONE if absent or no point */
bool visit_once(struct visit *v, struct flow_once *out); /* false: answered */
#define ETAG_ROOM 32
void etag_of(const void *bytes, size_t length, char out[ETAG_ROOM]);
bool accepts_gzip(const struct visit *v);
bool visit_not_modified(struct visit *v, const char *etag); /* sets ETag; true: answered 304 */

/* ---- problem.c ---- */
int http_status_of(enum problem_kind kind);
/* more: what stands beside it, or NULL. The caller frees. */
struct js *problem_document(const struct visit *v, int status, const struct problem *p,
                            const struct js *more);

/* ---- router.c ---- */
server_handler_fn door_open; /* ctx: the struct http */
const struct route *
route_find(const char *method, const char *path, char args[VISIT_ARGS][VISIT_ARG_ROOM],
           char allow[64]); /* NULL: allow is "" for 404, else the methods for 405 */
bool route_open_to(const struct route *r, enum role role);

/* ---- session.c ---- */
enum origin { ORIGIN_SAME, ORIGIN_FOREIGN, ORIGIN_UNKNOWN };
enum origin origin_of(const char *origin, const char *fetch_site, const char *host,
                      const char *own_host);
bool next_is_local(const char *next);
const char *page_of_role(enum role role);
void session_check(struct visit *v,
                   visit_fn *then); /* answers itself where the visitor may not come in */
visit_fn session_create, session_show, session_end, login_page, login_form, logout_page;

/* ---- lookup.c, for the desk too ---- */
struct js *map_json(const struct http *http); /* NULL without a map */
struct js *user_page(const struct visit *v);  /* desk.c: {id,name,login,role,role_label} */
struct js *places_json(const struct visit *v, bool desk); /* ?q=&lat=&lon= */

/* ---- machine/osrm.c ---- */
bool osrm_is_open(const struct visit *v); /* a program that needs no session */
void osrm_problem(struct visit *v, int status, const struct problem *problem);

/* ---- triage.c, for reports too ---- */
/* "answers" of a body, in the arena; its strings are the body's. */
bool answers_read(const struct js *body, struct arena *arena, const struct classify_reply **out,
                  size_t *count, struct problem *p) MUST_CHECK;

/* ---- the doors ---- */
visit_fn report_page, report_form, report_api, status_page, status_ask, status_api, setup_api,
    places_api, near_api, info_page;
visit_fn live_page, live_api, live_stream;
visit_fn desk_page, desk_setup, desk_incidents, desk_incident, desk_act, desk_candidates,
    desk_assign, desk_recall, desk_route, desk_crews, desk_reports, desk_classify, desk_geocode,
    desk_reverse, desk_photo, desk_stream, triage_get, triage_post;
visit_fn closures_get, closure_add, closure_preview, closure_change, closure_lift, roads_get,
    roads_set, ranking_get;
visit_fn crew_page, crew_form, crew_assignments, crew_act, crew_position;
visit_fn health_alive, health_ready, health_metrics;
visit_fn desk_way, crew_way; /* route.c */
visit_fn osrm_get;
visit_fn tile_get, static_get, static_root, openapi_get;

/* ---- parts that live as long as the door ---- */
struct counts *counts_open(void);
void counts_add(struct counts *c, int status, struct span took);
void counts_close(struct counts **c);
struct limits *limits_open(const struct http_options *o);
bool limits_take(struct limits *l, enum limit_kind kind, const char *peer, int *out_retry_s);
void limits_write(const struct limits *l, struct str *to); /* what all workers counted together */
void limits_close(struct limits **l);
struct statics *statics_open(const char *folder);
void statics_close(struct statics **s);
struct streams *streams_open(struct http *http);
void streams_end(struct streams *s); /* all of them, and no new ones */
void streams_close(struct streams **s);
int streams_count(const struct streams *s);
struct tiles *tiles_open(const struct map *map, struct loop *loop); /* map NULL: none */
void tiles_close(struct tiles **t);
struct osrm *osrm_open(const struct http_options *options);
void osrm_close(struct osrm **o);
struct snapshots *snapshots_open(void);
void snapshots_close(struct snapshots **s);

#endif

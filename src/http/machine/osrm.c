/*
 * Serves OSRM's HTTP interface, so that VROOM or a routing plug-in can use prontod as its router.
 * Everything is looked up on one thread with a router of its own, in slices of some milliseconds:
 * the loop is never held, a large table does not hold up a small one (but while an answer is written and
 * packed, which is done at once), and one whose reader left is given up. All of an answer is by the metric that was in force when it was asked for.
 */
#include "osrm.h"

#include "../room.h"
#include "networks.h"

#include "base/mem.h"
#include "wire/crypto.h"
#include "wire/gzip.h"
#include "wire/work.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The thread goes on to the next in the queue after this. */
#define SLICE SPAN_MS(10)
/* So much of a table is asked of the router at a time: a distance takes walking along the way, and each place that
 * it does not know yet a search. */
struct osrm_step {
	size_t cells, columns, rows; /* columns: while there are rows enough */
};
static const struct osrm_step durations_step = {8192, 32, 256}, distances_step = {16, 4, 16};
/* A reader is answered that it takes too long after this. */
#define LONGEST SPAN_S(120)

struct osrm {
	const struct map *map;
	struct work *work; /* one thread; what follows is that thread's */
	struct map_router *router;
	struct flow *flow;
	const struct map_router *roads; /* the loop's: its metric is the one in force */
};

struct job {
	struct visit *visit;
	struct osrm *osrm;
	struct arena *arena;
	struct osrm_query q;
	struct map_metric *metric; /* in force when it was asked */
	struct map_metric *former; /* by which the thread reckoned before; NULL: by the same */
	bool packs;
	/* the thread's */
	struct osrm_waypoint *snapped; /* NULL: not begun */
	size_t snapped_count;
	struct map_eta *etas;
	struct map_route *legs;
	size_t done; /* destinations, or legs */
	size_t row;  /* of these destinations, sources that are done */
	struct osrm_refusal refusal;
	bool finished, packed;
	struct str text;
};

static void job_free(void *own)
{
	struct job *job = own;
	flow_roads_let_go(job->osrm->flow, &job->metric);
	flow_roads_let_go(job->osrm->flow, &job->former);
	arena_free(&job->arena);
	str_fini(&job->text);
	free(job);
}

/* ---- on the thread ---- */

static void end(struct job *job)
{
	struct str packed = {0};
	if (job->refusal.code) {
		str_clear(&job->text);
		osrm_write_refusal(&job->text, &job->refusal);
	} else if (job->packs) {
		gzip_pack(job->text.data, job->text.length, &packed);
	}
	job->packed = packed.length > 0;
	if (job->packed) {
		str_fini(&job->text);
		job->text = packed;
	}
	job->finished = true;
}

/* The next place: the very point of a road that the router counts from or to, which keeps it for then. Refuses as the
 * clients expect it, who read the number in it. */
static bool snap_next(struct job *job)
{
	const struct osrm_query *q = &job->q;
	struct osrm_waypoint *out = &job->snapped[job->snapped_count];
	struct map_snap found;
	if (!map_router_snap(job->osrm->router, &q->places[job->snapped_count], &found))
		return osrm_refuse(&job->refusal, "NoSegment",
		                   "Could not find a matching segment for coordinate %zu",
		                   job->snapped_count);
	*out = (struct osrm_waypoint){found.at, found.distance_m, found.street};
	job->snapped_count++;
	return true;
}

static bool all_snapped(struct job *job)
{
	if (!job->snapped)
		job->snapped = arena_take(job->arena, job->q.count * sizeof *job->snapped);
	return job->snapped_count == job->q.count;
}

static struct map_stand *chosen(struct arena *arena, const struct osrm_query *q, const size_t *list,
                                size_t count)
{
	struct map_stand *stands = arena_take(arena, count * sizeof *stands);
	for (size_t i = 0; i < count; i++)
		stands[i] = q->places[list[i]];
	return stands;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The next rows of the next columns; after the last row the columns are done. */
static void table_block(struct job *job, const struct osrm_step *step)
{
	const struct osrm_query *q = &job->q;
	size_t left = q->destination_count - job->done;
	size_t high = least(least(q->source_count, step->rows), step->cells / least(left, step->columns));
	size_t columns = least(left, step->cells / high), rows = least(q->source_count - job->row, high);
	struct arena *arena = arena_new();
	struct map_stand *from = chosen(arena, q, q->sources + job->row, rows);
	struct map_stand *to = chosen(arena, q, q->destinations + job->done, columns);
	struct map_eta *etas = arena_take(arena, rows * columns * sizeof *etas);
	map_table(job->osrm->router, from, rows, to, columns, q->distances, etas);
	for (size_t i = 0; i < rows; i++)
		memcpy(job->etas + (job->row + i) * q->destination_count + job->done,
		       etas + i * columns, columns * sizeof *etas);
	arena_free(&arena);
	job->row += rows;
	if (job->row == q->source_count) {
		job->row = 0;
		job->done += columns;
	}
}

static bool table_part(struct job *job)
{
	const struct osrm_query *q = &job->q;
	if (!job->etas)
		job->etas = arena_take(job->arena,
		                       q->source_count * q->destination_count * sizeof *job->etas);
	table_block(job, q->distances ? &distances_step : &durations_step);
	if (job->done < q->destination_count)
		return false;
	osrm_write_table(&job->text, q, job->etas, job->snapped);
	return true;
}

static bool route_part(struct job *job)
{
	const struct osrm_query *q = &job->q;
	size_t legs = q->count - 1;
	if (!job->legs)
		job->legs = arena_take(job->arena, legs * sizeof *job->legs);
	const struct map_stand *from = &q->places[job->done];
	if (!map_route(job->osrm->router, from, from + 1, job->arena, &job->legs[job->done])) {
		osrm_refuse(&job->refusal, "NoRoute", "No route found between points");
		return true;
	}
	if (++job->done < legs)
		return false;
	osrm_write_route(&job->text, q, job->legs, job->snapped,
	                 map_profile_name(map_metric_profile(job->metric)));
	return true;
}

static bool nearest(struct job *job)
{
	struct map_snap *found = arena_take(job->arena, job->q.number * sizeof *found);
	size_t count = map_snap(job->osrm->map, &job->q.places[0], found, job->q.number);
	if (count == 0)
		osrm_refuse(&job->refusal, "NoSegment",
		            "Could not find a matching segments for coordinate");
	else
		osrm_write_nearest(&job->text, &job->q, found, count);
	return true;
}

/* True: the answer, or a refusal, is complete. */
static bool go_on(struct job *job)
{
	switch (job->q.service) {
	case OSRM_NEAREST:
		return nearest(job);
	case OSRM_TABLE:
		return all_snapped(job) ? table_part(job) : !snap_next(job);
	case OSRM_ROUTE:
		return all_snapped(job) ? route_part(job) : !snap_next(job);
	}
	return true;
}

/* The one before is kept until the loop lets go of it: to drop it here would take this thread, and whoever asks next,
 * tens of milliseconds. */
static void use_metric(struct osrm *o, struct map_metric *metric, struct map_metric **former)
{
	struct map_metric *before = map_router_metric(o->router);
	if (before == metric)
		return;
	if (!*former)
		*former = map_metric_ref(before);
	map_router_use(o->router, metric);
}

static void slice(void *argument)
{
	struct job *job = argument;
	struct instant began = instant_now();
	use_metric(job->osrm, job->metric, &job->former);
	bool complete;
	do
		complete = go_on(job);
	while (!complete && instant_since(instant_now(), began).us < SLICE.us);
	if (complete)
		end(job);
}

/* ---- on the loop: no metric is kept that is not in force ---- */

struct renewal {
	struct osrm *osrm;
	struct map_metric *metric, *former;
};

static void renew(void *argument)
{
	struct renewal *r = argument;
	use_metric(r->osrm, r->metric, &r->former);
}

static void renewed(void *argument)
{
	struct renewal *r = argument;
	flow_roads_let_go(r->osrm->flow, &r->metric);
	flow_roads_let_go(r->osrm->flow, &r->former);
	free(r);
}

/* Where nobody asks, the thread would hold for ever what all others have dropped. */
static void renew_start(struct osrm *o)
{
	struct renewal *r = mem_zero(1, sizeof *r);
	*r = (struct renewal){.osrm = o, .metric = map_metric_ref(map_router_metric(o->roads))};
	work_start(o->work, renew, renewed, r);
}

static void on_roads(void *ctx)
{
	renew_start(ctx);
}

struct osrm *osrm_open(const struct http_options *options)
{
	struct osrm *o = mem_zero(1, sizeof *o);
	o->map = options->map;
	o->flow = options->flow;
	o->roads = options->router;
	if (o->map) {
		o->work = work_open(options->loop, "osrm", 1);
		o->router = map_router_new(o->map);
		flow_roads_tell(o->flow, on_roads, o);
	}
	return o;
}

void osrm_close(struct osrm **o)
{
	if (*o) {
		if ((*o)->map)
			flow_roads_tell((*o)->flow, NULL, NULL);
		work_close(&(*o)->work);
		if ((*o)->router)
			map_router_free(&(*o)->router);
	}
	free(*o);
	*o = NULL;
}

/* ---- on the loop: questions ---- */

#define TYPE "application/json; charset=UTF-8"

static void drop_text(void *ctx)
{
	struct str *text = ctx;
	str_fini(text);
	free(text);
}

static void answer_job(struct visit *v, struct job *job)
{
	answer_header(v->request, "Cache-Control", "no-store");
	if (job->refusal.code) {
		visit_text(v, 400, TYPE, &job->text);
		return;
	}
	struct str *text = mem_zero(1, sizeof *text); /* outlives the visit, until it is sent */
	*text = job->text;
	job->text = (struct str){0};
	answer_header(v->request, "Vary", "Accept-Encoding");
	if (job->packed)
		answer_header(v->request, "Content-Encoding", "gzip");
	visit_shared(v, &(struct shared_bytes){TYPE, text->data, text->length, drop_text, text});
}

static void on_slice(void *argument)
{
	struct job *job = argument;
	struct visit *v = job->visit;
	if (!job->finished && v->request) {
		work_start(job->osrm->work, slice, on_slice, job);
		return;
	}
	if (job->metric != map_router_metric(job->osrm->roads)) /* the roads changed meanwhile */
		renew_start(job->osrm);
	if (visit_back(v)) /* else the visit took the job with it */
		answer_job(v, job);
}

static void refuse_now(struct visit *v, int status, const struct osrm_refusal *why)
{
	struct str text = {0};
	osrm_write_refusal(&text, why);
	answer_header(v->request, "Cache-Control", "no-store");
	visit_text(v, status, TYPE, &text);
	str_fini(&text);
}

void osrm_get(struct visit *v)
{
	const struct conf *conf = v->http->o.conf;
	const struct osrm_limits limits = {(size_t)conf->limits_osrm_cells,
	                                   (size_t)conf->limits_osrm_places};
	struct osrm_refusal why;
	struct job *job = mem_zero(1, sizeof *job);
	*job = (struct job){.visit = v, .osrm = v->http->osrm, .arena = arena_new()};
	v->own = job;
	v->own_free = job_free;
	bool good = osrm_query_parse(job->arena, request_path(v->request) + strlen("/osrm"),
	                             request_query_string(v->request), &limits, &job->q, &why);
	if (good && !job->osrm->map)
		good = osrm_refuse(&why, "DisabledDataset",
		                   "There is no map: name one in the configuration, [map] file");
	if (!good) {
		refuse_now(v, 400, &why);
		return;
	}
	struct problem p;
	if (!flow_knows_roads(job->osrm->flow, &p)) {
		osrm_problem(v, 503, &p);
		return;
	}
	job->packs = accepts_gzip(v);
	job->metric = map_metric_ref(map_router_metric(job->osrm->roads));
	visit_wait_for(v, LONGEST);
	work_start(job->osrm->work, slice, on_slice, job);
}

/* ---- who may ask, and what is said at the door ---- */

static bool has_token(const struct visit *v)
{
	const char *header = visit_header(v, "Authorization"), *token = v->http->o.conf->osrm_token;
	char given[CRYPTO_HASH_HEX], own[CRYPTO_HASH_HEX];
	if (!*token || !header || !str_starts(header, "Bearer "))
		return false;
	header += strlen("Bearer ");
	/* hashes: how long comparing takes says nothing of the token */
	crypto_sha256_hex(header, strlen(header), given);
	crypto_sha256_hex(token, strlen(token), own);
	return strcmp(given, own) == 0;
}

/* What a proxy passes on comes from where the proxy says; one that we do not know says nothing. */
static bool is_near(const struct visit *v)
{
	bool passed_on = visit_header(v, "X-Forwarded-For") || visit_header(v, "Forwarded");
	bool known = strcmp(v->peer, request_peer(v->request)) != 0;
	return (!passed_on || known) && networks_hold(v->http->o.conf->osrm_open_to, v->peer);
}

bool osrm_is_open(const struct visit *v)
{
	return is_near(v) || has_token(v);
}

void osrm_problem(struct visit *v, int status, const struct problem *problem)
{
	const char *code = status == 401   ? "NotAuthorized"
	                   : status == 403 ? "Forbidden"
	                   : status == 429 ? "TooManyRequests"
	                   : status == 503 ? "Busy"
	                                   : "InvalidUrl";
	struct osrm_refusal why = {.code = code};
	str_copy(why.text, sizeof why.text, problem->text);
	refuse_now(v, status, &why);
}

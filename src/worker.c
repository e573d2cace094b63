/*
 * A worker: opens the rooms in order, hands each what it needs, runs the loop, closes in reverse.
 * The order of opening is the order of the floors; nothing is decided here.
 */
#include "worker.h"

#include "base/log.h"
#include "beside.h"
#include "classify.h"
#include "flow.h"
#include "http.h"
#include "map.h"
#include "map/roads.h"
#include "supervisor.h"
#include "wire/loop.h"
#include "wire/work.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* From this size on memory goes back to the system when it is freed. glibc would raise the bound
 * with each freed table of a road metric, and keep 10 MB of each thread for the next one. */
#define LARGE_BYTES (1 << 20)
/* The supervisor forces after 10 s; a worker that knows it is late still closes its rooms. */
#define DRAIN_LONGEST SPAN_S(9)
#define READINESS_EVERY SPAN_MS(50)

struct worker {
	struct loop *loop;
	struct loop_timer *late, *readiness;
	struct classify *classify;
	struct map *map;
	struct map_router *router;
	struct flow *flow;
	struct http *http;
	struct shared *shared;
	int number;
	bool stopping;
};

static void end(void *ctx)
{
	loop_stop(((struct worker *)ctx)->loop);
}

static void end_late(void *ctx)
{
	struct worker *w = ctx;

	w->late = NULL;
	log_warn(NULL, "requests in hand are not done in time: leaving them");
	loop_stop(w->loop);
}

static void on_stop(void *ctx, int signal_number)
{
	struct worker *w = ctx;

	(void)signal_number;
	if (w->stopping)
		return;
	w->stopping = true;
	w->late = loop_after(w->loop, DRAIN_LONGEST, end_late, w);
	http_drain(w->http, end, w);
}

/* SIGINT reaches the whole group of a terminal, SIGHUP too; the supervisor says what they mean. */
static void leave_to_supervisor(void *ctx, int signal_number)
{
	(void)ctx;
	(void)signal_number;
}

/* Until it is: whom it replaces serves until then. */
static void look_whether_ready(void *ctx)
{
	struct worker *w = ctx;
	struct problem p;

	w->readiness = NULL;
	if (flow_ready(w->flow, &p))
		shared_say_ready(w->shared, w->number, getpid());
	else
		w->readiness = loop_after(w->loop, READINESS_EVERY, look_whether_ready, w);
}

static bool open_data(struct worker *w, struct worker_house *house, struct problem *p)
{
	const struct conf *conf = &house->conf;
	char found[BESIDE_PATH];
	const char *charters = conf->charters_dir[0] != '\0'
	                           ? conf->charters_dir
	                           : beside_find("classifications", found);

	w->classify = classify_open(charters, p);
	if (w->classify == NULL)
		return false;
	if (conf->map_file[0] == '\0') {
		log_warn(NULL, "no map: driving times are straight lines, marked so");
		return true;
	}
	w->map = served_map_take(&house->map, conf->map_file, p);
	if (w->map != NULL)
		w->router = map_router_new(w->map);
	return w->map != NULL;
}

static bool open_doors(struct worker *w, const struct worker_house *house, int number,
                       struct problem *p)
{
	char found[BESIDE_PATH];
	const char *pages = house->conf.http_pages[0] != '\0' ? house->conf.http_pages
	                                                      : beside_find("pages", found);
	struct flow_options flow = {w->loop, &house->conf, w->classify, w->map, w->router, number};
	struct http_options http = {.loop = w->loop,
	                            .conf = &house->conf,
	                            .map = w->map,
	                            .router = w->router,
	                            .shared = house->shared,
	                            .worker = number,
	                            .pages = pages,
	                            .keep = house->keep[0] != '\0' ? house->keep : NULL};

	w->flow = flow_open(&flow);
	http.flow = w->flow;
	w->http = http_open(&http, p);
	return w->http != NULL;
}

static void close_all(struct worker *w)
{
	loop_timer_cancel(&w->late);
	loop_timer_cancel(&w->readiness);
	http_close(&w->http);
	flow_close(&w->flow);
	map_router_free(&w->router);
	map_close(&w->map);
	classify_free(&w->classify);
	loop_free(&w->loop);
}

int worker_run(struct worker_house *house, int number)
{
	struct worker w = {.shared = house->shared, .number = number};
	struct problem p;
	char name[32];
	enum log_level level = LOG_INFO_LEVEL;
	int code = 0;

	snprintf(name, sizeof name, "worker-%d", number);
	log_level_parse(house->conf.log_level, &level);
	log_start(name, level);
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	w.loop = loop_new();
	if (open_data(&w, house, &p) && open_doors(&w, house, number, &p)) {
		loop_on_signal(w.loop, SIGTERM, on_stop, &w);
		loop_on_signal(w.loop, SIGINT, leave_to_supervisor, &w);
		loop_on_signal(w.loop, SIGHUP, leave_to_supervisor, &w);
		log_info(NULL, "serving worker=%d", number);
		look_whether_ready(&w);
		loop_run(w.loop);
	} else {
		log_error(NULL, "cannot start reason=%s", p.text);
		code = WORKER_CANNOT_START;
	}
	close_all(&w);
	return code;
}

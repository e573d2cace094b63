/*
 * The front door of a worker: who is asking, what for, and the answer's form. Opens the worker's
 * listening socket on its loop and answers every path of src/http/openapi.yaml until it is drained.
 * What it says comes from flow and map; it decides nothing but who may come in.
 */
#ifndef PRONTOD_HTTP_H
#define PRONTOD_HTTP_H

#include "base/conf.h"
#include "base/problem.h"
#include "wire/loop.h"

#include <stddef.h>

struct flow;
struct map;
struct map_router;
struct shared; /* wire/shared.h */
struct http;

struct http_options {
	struct loop *loop;
	const struct conf *conf;
	struct flow *flow;
	const struct map *map; /* NULL: no tiles, no address search */
	struct map_router *router; /* of this worker; NULL: no map */
	struct shared *shared; /* counters of all workers; NULL: this process counts alone */
	int worker;            /* 1…; sent with every answer as X-Prontod-Worker */
	const char
	    *pages; /* folder of the built pages: templates/, static/, text.it.json, text.en.json */
	const char *keep; /* private folder of all workers where photos wait for a mended form;
	                     NULL: none */
};

/* Reads templates and texts, opens the socket. NULL and a problem where either fails. */
struct http *http_open(const struct http_options *options, struct problem *p);
/* No new connections; requests in hand are answered, streams ended; then `drained` is called once.
 */
void http_drain(struct http *http, loop_fn *drained, void *ctx);
void http_close(struct http **http);

/* Every path that is answered, as openapi.yaml writes it; returns how many. */
struct http_route_name {
	const char *method, *path;
};
size_t http_routes(const struct http_route_name **out);

#endif

/*
 * The door's own life: opens what the handlers need, then the socket; closes in reverse. Not here:
 * any path or rule.
 */
#include "machine/networks.h"
#include "page.h"
#include "room.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What Origin must name, taken from public_url: host and port, without scheme and path. */
static void read_own_address(struct http *http)
{
	const char *url = http->o.conf->http_public_url;
	const char *slashes = strstr(url, "://");
	http->secure = str_starts(url, "https://");
	if (slashes)
		str_addn(&http->own_host, slashes + 3, strcspn(slashes + 3, "/"));
}

static bool open_socket(struct http *http, struct problem *p)
{
	snprintf(http->worker, sizeof http->worker, "%d", http->o.worker);
	http->server = server_open(
	    http->o.loop,
	    &(struct server_options){
	        .listen = http->o.conf->http_listen,
	        .max_body = BODY_LARGE + BODY_SMALL, /* a little over is answered in our words */
	        .max_headers = 32 * 1024, /* a table of OSRM: a thousand places in its path */
	        .idle = SPAN_S(75),
	        .worker_name = http->worker,
	        .handler = door_open,
	        .ctx = http,
	    },
	    p);
	return http->server != NULL;
}

static bool networks_are_good(const struct conf *conf, struct problem *p)
{
	bool good = networks_check(conf->osrm_open_to, p);
	if (!good)
		problem_prefix(p, "[osrm] open_to");
	return good;
}

struct http *http_open(const struct http_options *options, struct problem *p)
{
	struct http *http = mem_zero(1, sizeof *http);
	http->o = *options;
	if (networks_are_good(options->conf, p))
		http->zone = zone_get("Europe/Rome", p);
	if (http->zone)
		http->pages = pages_open(options->pages, p);
	if (!http->pages) {
		http_close(&http);
		return NULL;
	}
	read_own_address(http);
	http->counts = counts_open();
	http->limits = limits_open(&http->o);
	http->statics = statics_open(options->pages);
	http->tiles = tiles_open(options->map, options->loop);
	http->osrm = osrm_open(options);
	http->snapshots = snapshots_open();
	http->streams = streams_open(http);
	if (!open_socket(http, p))
		http_close(&http);
	return http;
}

void http_drain(struct http *http, loop_fn *drained, void *ctx)
{
	http->draining = true;
	streams_end(http->streams);
	server_drain(http->server, drained, ctx);
}

void http_close(struct http **door)
{
	struct http *http = *door;
	*door = NULL;
	if (!http)
		return;
	if (http->server)
		server_close(&http->server); /* readers go: their visits let go of the requests */
	streams_close(&http->streams);
	snapshots_close(&http->snapshots);
	osrm_close(&http->osrm); /* ends what is looked up: its visits are freed */
	tiles_close(&http->tiles);
	statics_close(&http->statics);
	limits_close(&http->limits);
	counts_close(&http->counts);
	pages_close(&http->pages);
	str_fini(&http->own_host);
	http->closed = true;
	if (http->visits == 0)
		free(http);
}

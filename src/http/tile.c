/*
 * Vector tiles: made and packed on a thread, once for all who wait for the same one, then kept on a
 * shelf (shelf.c). A tile of one map never changes; its ETag names the map. Not here: what is in a
 * tile (map/).
 */
#include "room.h"
#include "shelf.h"

#include "base/mem.h"
#include "map.h"
#include "map/tiles.h"
#include "wire/gzip.h"
#include "wire/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHELF_BYTES (24u << 20) /* of each worker */
#define FORMAT 2                /* of what map_tile writes: a new number makes readers' copies stale */
#define WAITING_MOST 512        /* tiles; whoever wants more is asked to come again */

struct waiter {
	struct waiter *next;
	struct visit *visit;
};

/* A tile on its way, and who waits for it. */
struct making {
	struct making *next;
	const struct map *map;
	struct tiles *tiles;
	unsigned zxy[3];
	struct waiter *waiters;
	/* the thread's */
	struct str bytes;
	bool made, packed;
};

struct tiles {
	const struct map *map;
	struct work *work;
	struct shelf *shelf;
	struct making *first, **last; /* the first is being made */
	size_t waiting;
	char etag[ETAG_ROOM];
};

struct tiles *tiles_open(const struct map *map, struct loop *loop)
{
	struct tiles *t = mem_zero(1, sizeof *t);
	struct map_info info = {0};
	t->map = map;
	t->last = &t->first;
	t->shelf = shelf_open(SHELF_BYTES);
	if (map) {
		map_info(map, &info);
		t->work = work_open(loop, "tiles", 1);
	}
	snprintf(t->etag, sizeof t->etag, "\"%.16s-%d\"", info.checksum, FORMAT);
	return t;
}

/* ---- answers ---- */

static void no_tile(struct visit *v)
{
	struct problem p;
	problem_set(&p, PROBLEM_NOT_FOUND, "", "there is no such tile");
	visit_problem(v, &p, NULL);
}

static void send_tile(struct visit *v, struct kept *k)
{
	answer_header(v->request, "ETag", v->http->tiles->etag);
	answer_header(v->request, "Cache-Control", "public, max-age=86400");
	if (k->packed) /* every reader of vector tiles unpacks */
		answer_header(v->request, "Content-Encoding", "gzip");
	visit_shared(v, &(struct shared_bytes){"application/vnd.mapbox-vector-tile", k->bytes.data,
	                                       k->bytes.length, kept_drop, kept_hold(k)});
}

/* Lets all who waited go, with the tile or without one. */
static void tell(struct making *m, struct kept *k)
{
	while (m->waiters) {
		struct waiter *w = m->waiters;
		m->waiters = w->next;
		if (visit_back(w->visit)) {
			if (k)
				send_tile(w->visit, k);
			else
				no_tile(w->visit);
		}
		free(w);
	}
}

/* ---- making ---- */

/* On the thread. */
static void make(void *argument)
{
	struct making *m = argument;
	struct str tile = {0};
	m->made = map_tile(m->map, m->zxy[0], m->zxy[1], m->zxy[2], &tile);
	if (m->made)
		gzip_pack(str_text(&tile), tile.length, &m->bytes);
	m->packed = m->bytes.length > 0;
	if (m->made && !m->packed) {
		m->bytes = tile;
		tile = (struct str){0};
	}
	str_fini(&tile);
}

static uint64_t key_of(const unsigned zxy[3])
{
	return (uint64_t)zxy[0] << 40 | (uint64_t)zxy[1] << 20 | zxy[2];
}

static bool is_wanted(const struct making *m)
{
	for (const struct waiter *w = m->waiters; w; w = w->next)
		if (w->visit->request)
			return true;
	return false;
}

/* The first in the line leaves it. */
static void end_first(struct tiles *t, struct kept *k)
{
	struct making *m = t->first;
	t->first = m->next;
	if (!t->first)
		t->last = &t->first;
	t->waiting--;
	tell(m, k);
	str_fini(&m->bytes);
	free(m);
}

static void on_made(void *argument);

/* Those that nobody waits for any more, who has moved the map on, are never made. */
static void make_next(struct tiles *t)
{
	while (t->first && !is_wanted(t->first))
		end_first(t, NULL);
	if (t->first)
		work_start(t->work, make, on_made, t->first);
}

static void on_made(void *argument)
{
	struct making *m = argument;
	struct tiles *t = m->tiles;
	end_first(t, m->made ? shelf_put(t->shelf, key_of(m->zxy), &m->bytes, m->packed) : NULL);
	make_next(t);
}

static struct making *line_up(struct tiles *t, const unsigned zxy[3])
{
	for (struct making *m = t->first; m; m = m->next)
		if (memcmp(m->zxy, zxy, sizeof m->zxy) == 0)
			return m;
	struct making *m = mem_zero(1, sizeof *m);
	m->map = t->map;
	m->tiles = t;
	memcpy(m->zxy, zxy, sizeof m->zxy);
	bool idle = !t->first;
	*t->last = m;
	t->last = &m->next;
	t->waiting++;
	if (idle)
		work_start(t->work, make, on_made, m);
	return m;
}

static void wait_for(struct visit *v, const unsigned zxy[3])
{
	struct tiles *t = v->http->tiles;
	struct waiter *w = mem_zero(1, sizeof *w);
	struct making *m = line_up(t, zxy);
	w->visit = v;
	w->next = m->waiters;
	m->waiters = w;
	visit_wait(v);
}

void tiles_close(struct tiles **tiles)
{
	struct tiles *t = *tiles;
	*tiles = NULL;
	if (!t)
		return;
	work_close(&t->work); /* its tile is told; the readers are gone, so no other is begun */
	while (t->first)
		end_first(t, NULL);
	shelf_close(&t->shelf);
	free(t);
}

/* ---- the way in ---- */

static bool read_number(const char *text, unsigned long most, unsigned *out)
{
	if (strspn(text, "0123456789") != strlen(text) || strlen(text) > 7)
		return false;
	unsigned long n = strtoul(text, NULL, 10);
	*out = (unsigned)n;
	return n < most;
}

static void too_many(struct visit *v)
{
	struct problem p;
	problem_set(&p, PROBLEM_BUSY, "", "too many tiles are waited for: try again in a moment");
	answer_header(v->request, "Retry-After", "1");
	visit_problem(v, &p, NULL);
}

void tile_get(struct visit *v)
{
	struct tiles *t = v->http->tiles;
	unsigned zxy[3];
	if (!t->map || !read_number(v->args[0], 19, &zxy[0]) ||
	    !read_number(v->args[1], 1ul << zxy[0], &zxy[1]) ||
	    !read_number(v->args[2], 1ul << zxy[0], &zxy[2])) {
		no_tile(v);
		return;
	}
	const char *known = visit_header(v, "If-None-Match");
	if (known && strstr(known, t->etag)) {
		answer_header(v->request, "Cache-Control", "public, max-age=86400");
		visit_not_modified(v, t->etag);
		return;
	}
	struct kept *k = shelf_find(t->shelf, key_of(zxy));
	if (k)
		send_tile(v, k);
	else if (t->waiting >= WAITING_MOST)
		too_many(v);
	else
		wait_for(v, zxy);
}

/*
 * Vector tiles: made by map/, packed once, kept in a small shelf of those asked for last. A tile of
 * one map never changes; its ETag names the map.
 */
#include "room.h"

#include "base/mem.h"
#include "wire/gzip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHELF 512

struct kept {
	int holders; /* the shelf and each answer still being sent */
	unsigned z, x, y;
	unsigned long used; /* the shelf's clock when it was last asked for */
	struct str bytes;
	bool packed;
};

struct tiles {
	struct kept *shelf[SHELF];
	unsigned long clock;
	char version[17]; /* of the map */
};

static void drop(void *ctx)
{
	struct kept *k = ctx;
	if (--k->holders > 0)
		return;
	str_fini(&k->bytes);
	free(k);
}

struct tiles *tiles_open(const struct map *map)
{
	struct tiles *t = mem_zero(1, sizeof *t);
	struct map_info info = {0};
	if (map)
		map_info(map, &info);
	snprintf(t->version, sizeof t->version, "%.16s", info.checksum);
	return t;
}

void tiles_close(struct tiles **t)
{
	for (size_t i = 0; *t && i < SHELF; i++)
		if ((*t)->shelf[i])
			drop((*t)->shelf[i]);
	free(*t);
	*t = NULL;
}

/* Its place, or the place of the one that waited longest. */
static struct kept **place_for(struct tiles *t, const unsigned zxy[3])
{
	struct kept **oldest = &t->shelf[0];
	for (size_t i = 0; i < SHELF; i++) {
		struct kept **at = &t->shelf[i];
		if (*at && (*at)->z == zxy[0] && (*at)->x == zxy[1] && (*at)->y == zxy[2])
			return at;
		if (!*at || (*oldest && (*at)->used < (*oldest)->used))
			oldest = at;
	}
	return oldest;
}

static struct kept *make(const struct map *map, const unsigned zxy[3])
{
	struct str tile = {0};
	if (!map_tile(map, zxy[0], zxy[1], zxy[2], &tile)) {
		str_fini(&tile);
		return NULL;
	}
	struct kept *k = mem_zero(1, sizeof *k);
	k->holders = 1;
	k->z = zxy[0], k->x = zxy[1], k->y = zxy[2];
	gzip_pack(str_text(&tile), tile.length, &k->bytes);
	k->packed = k->bytes.length > 0;
	if (k->packed)
		str_fini(&tile);
	else
		k->bytes = tile;
	return k;
}

static struct kept *find(struct http *http, const unsigned zxy[3])
{
	struct kept **at = place_for(http->tiles, zxy);
	bool here = *at && (*at)->z == zxy[0] && (*at)->x == zxy[1] && (*at)->y == zxy[2];
	if (!here) {
		struct kept *fresh = make(http->o.map, zxy);
		if (!fresh)
			return NULL;
		if (*at)
			drop(*at);
		*at = fresh;
	}
	(*at)->used = ++http->tiles->clock;
	return *at;
}

static bool read_number(const char *text, unsigned long most, unsigned *out)
{
	if (strspn(text, "0123456789") != strlen(text) || strlen(text) > 7)
		return false;
	unsigned long n = strtoul(text, NULL, 10);
	*out = (unsigned)n;
	return n < most;
}

static void no_tile(struct visit *v)
{
	struct problem p;
	problem_set(&p, PROBLEM_NOT_FOUND, "", "there is no such tile");
	visit_problem(v, &p, NULL);
}

void tile_get(struct visit *v)
{
	unsigned zxy[3];
	if (!v->http->o.map || !read_number(v->args[0], 19, &zxy[0]) ||
	    !read_number(v->args[1], 1ul << zxy[0], &zxy[1]) ||
	    !read_number(v->args[2], 1ul << zxy[0], &zxy[2])) {
		no_tile(v);
		return;
	}
	char etag[ETAG_ROOM];
	snprintf(etag, sizeof etag, "\"%s\"", v->http->tiles->version);
	answer_header(v->request, "Cache-Control", "public, max-age=86400");
	answer_header(v->request, "Vary", "Accept-Encoding");
	if (visit_not_modified(v, etag))
		return;
	struct kept *k = find(v->http, zxy);
	if (!k) {
		no_tile(v);
		return;
	}
	if (k->packed)
		answer_header(v->request, "Content-Encoding",
		              "gzip"); /* every reader of vector tiles unpacks */
	k->holders++;
	visit_shared(v, &(struct shared_bytes){"application/vnd.mapbox-vector-tile", k->bytes.data,
	                                       k->bytes.length, drop, k});
}

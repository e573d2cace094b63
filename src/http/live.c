/*
 * LIVE for everybody, as prebuilt bytes: made once for each state of the board, plain and gzip.
 * What may be public was decided in live/; the page that shows the same is live_page.c.
 */
#include "live_room.h"
#include "page.h"
#include "room.h"

#include "base/mem.h"
#include "wire/gzip.h"

#include <stdlib.h>
#include <string.h>

/* ---- prebuilt answers ---- */

struct snapshot {
	int holders; /* the shelf and each answer still being sent */
	char utility[64];
	char *bytes;
	size_t length;
	struct str packed; /* gzip; empty: not smaller */
	char etag[ETAG_ROOM];
};

#define SHELF 16
struct snapshots {
	struct snapshot *shelf[SHELF]; /* by utility; "" is all of them */
	size_t next;
};

static void snapshot_drop(void *ctx)
{
	struct snapshot *s = ctx;
	if (--s->holders > 0)
		return;
	free(s->bytes);
	str_fini(&s->packed);
	free(s);
}

struct snapshots *snapshots_open(void)
{
	return mem_zero(1, sizeof(struct snapshots));
}

void snapshots_close(struct snapshots **all)
{
	if (!*all)
		return;
	for (size_t i = 0; i < SHELF; i++)
		if ((*all)->shelf[i])
			snapshot_drop((*all)->shelf[i]);
	free(*all);
	*all = NULL;
}

static struct snapshot *snapshot_make(const char *utility, const struct flow_live *live)
{
	struct snapshot *s = mem_zero(1, sizeof *s);
	s->holders = 1;
	str_copy(s->utility, sizeof s->utility, utility);
	s->bytes = mem_strn(live->bytes, live->length);
	s->length = live->length;
	etag_of(s->bytes, s->length, s->etag);
	gzip_pack(s->bytes, s->length, &s->packed);
	return s;
}

/* The bytes decide whether what stands on the shelf is still right: comparing costs less than
 * sending. */
static struct snapshot *snapshot_find(struct snapshots *all, const char *utility,
                                      const struct flow_live *live)
{
	size_t at = SHELF;
	for (size_t i = 0; i < SHELF && at == SHELF; i++)
		if (all->shelf[i] && strcmp(all->shelf[i]->utility, utility) == 0)
			at = i;
	if (at < SHELF && all->shelf[at]->length == live->length &&
	    memcmp(all->shelf[at]->bytes, live->bytes, live->length) == 0)
		return all->shelf[at];
	if (at == SHELF)
		at = all->next++ % SHELF;
	if (all->shelf[at])
		snapshot_drop(all->shelf[at]);
	return all->shelf[at] = snapshot_make(utility, live);
}

/* The page's filter uses the same door: an unknown utility has no board. */
bool live_find(struct visit *v, struct flow_live *out)
{
	if (flow_live(v->http->o.flow, visit_query(v, "utility"), out))
		return true;
	struct problem p;
	if (visit_query(v, "utility"))
		problem_set(&p, PROBLEM_NOT_FOUND, "utility", "no such utility");
	else
		problem_set(&p, PROBLEM_BUSY, "",
		            "the board is not loaded yet: try again in a moment");
	visit_problem(v, &p, NULL);
	return false;
}

void live_api(struct visit *v)
{
	struct flow_live live;
	if (!live_find(v, &live))
		return;
	const char *utility = visit_query(v, "utility");
	struct snapshot *s = snapshot_find(v->http->snapshots, utility ? utility : "", &live);
	bool packed = s->packed.length && accepts_gzip(v);
	answer_header(v->request, "Cache-Control", "no-cache");
	answer_header(v->request, "Vary", "Accept-Encoding");
	answer_header(v->request, "Access-Control-Allow-Origin", "*");
	if (visit_not_modified(v, s->etag))
		return;
	if (packed)
		answer_header(v->request, "Content-Encoding", "gzip");
	s->holders++;
	visit_shared(
	    v, &(struct shared_bytes){"application/json", packed ? s->packed.data : s->bytes,
	                              packed ? s->packed.length : s->length, snapshot_drop, s});
}

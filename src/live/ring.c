/*
 * The newest events, for readers that come back with the last sequence number they saw. Bounded:
 * what fell out is answered by "read everything again". Not here: sockets and slow readers
 * (http/stream.c).
 */
#include "live.h"

#include "base/mem.h"
#include "base/problem.h"

#include <stdlib.h>
#include <string.h>

struct kept {
	struct live_event event; /* its strings are the two below */
	char *data, *utility_code;
};

struct live_ring {
	struct kept *kept; /* in order, the oldest at `first` */
	size_t room, first, count;
	int64_t complete_after; /* nothing with a higher seq is missing */
	int64_t newest;
};

struct live_ring *live_ring_new(size_t room, int64_t from)
{
	must(room > 0);
	struct live_ring *ring = mem_zero(1, sizeof *ring);
	ring->kept = mem_zero(room, sizeof *ring->kept);
	ring->room = room;
	ring->complete_after = ring->newest = from;
	return ring;
}

static void kept_fini(struct kept *kept)
{
	free(kept->data);
	free(kept->utility_code);
	memset(kept, 0, sizeof *kept);
}

void live_ring_free(struct live_ring **ring)
{
	if (!*ring)
		return;
	for (size_t i = 0; i < (*ring)->room; i++)
		kept_fini(&(*ring)->kept[i]);
	free((*ring)->kept);
	free(*ring);
	*ring = NULL;
}

static struct kept *kept_at(const struct live_ring *ring, size_t i)
{
	return &ring->kept[(ring->first + i) % ring->room];
}

static void drop_oldest(struct live_ring *ring)
{
	struct kept *oldest = kept_at(ring, 0);
	ring->complete_after = oldest->event.seq;
	kept_fini(oldest);
	ring->first = (ring->first + 1) % ring->room;
	ring->count--;
}

void live_ring_add(struct live_ring *ring, const struct live_event *event)
{
	must(event->seq >= ring->newest);
	if (ring->count == ring->room)
		drop_oldest(ring);
	struct kept *kept = kept_at(ring, ring->count++);
	kept->data = mem_strn(event->data, event->length);
	kept->utility_code = mem_str(event->utility_code);
	kept->event = *event;
	kept->event.data = kept->data;
	kept->event.utility_code = kept->utility_code;
	ring->newest = event->seq;
}

int64_t live_ring_newest(const struct live_ring *ring)
{
	return ring->newest;
}

bool live_ring_since(const struct live_ring *ring, int64_t after, live_ring_fn *fn, void *ctx)
{
	if (after < ring->complete_after)
		return false;
	for (size_t i = 0; i < ring->count; i++) {
		const struct live_event *event = &kept_at(ring, i)->event;
		if (event->seq > after)
			fn(ctx, event);
	}
	return true;
}

/* ---- who may have it ---- */

bool live_event_is_for(const struct live_event *e, enum live_eye eye, const struct user *who,
                       const char *utility_code)
{
	if (e->eye != eye ||
	    (utility_code && e->utility_code && !str_equal(e->utility_code, utility_code)))
		return false;
	switch (eye) {
	case LIVE_EYE_PUBLIC:
		return true;
	case LIVE_EYE_DESK:
		/* what has no utility yet belongs to every desk */
		return who && who->role != ROLE_CREW &&
		       (!*e->utility || user_may_see(who, e->utility));
	case LIVE_EYE_CREW:
		/* what is nobody's (the roads) is for every crew */
		if (who && who->role == ROLE_CREW && !*e->crew && !*e->utility)
			return true;
		return who && *e->crew && str_equal(who->crew.text, e->crew);
	}
	return false;
}

/* ---- lines ---- */

void live_line(int64_t seq, const char *key, const struct js *value, struct str *to)
{
	str_addf(to, "{\"seq\":%lld,\"%s\":", (long long)seq, key);
	js_write(value, to);
	str_addc(to, '}');
}

void live_removed_line(int64_t seq, const struct incident *i, struct str *to)
{
	struct js *o = js_object();
	js_set_int(o, "seq", seq);
	js_set_str(o, "removed", i->number);
	js_set_str(o, "utility", i->utility_code);
	js_write(o, to);
	js_free(&o);
}

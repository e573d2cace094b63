/*
 * Watchers and the sequence: woken by the change table's notifications (and every 2 s, in case one
 * got lost), this worker reads what is new, keeps LIVE's snapshot, and tells those who watch, in
 * order. Who comes back with the last number seen gets the rest from the ring, else from the table,
 * else one "reset". While the database is away the snapshot stays, and its age grows.
 */
#include "watch.h"

#include "base/log.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_EVERY SPAN_S(2)
#define LOOK_MOST 200
#define CATCH_UP_MOST 500
#define RING_ROOM 4096
#define MOVED_PAUSE SPAN_S(1)
#define MOVED_MOST 200

struct flow_watch {
	struct flow_watch *next;
	struct watching *w;
	enum flow_eye eye;
	struct user user;
	const struct user *who;
	char *utility;
	int64_t seq;      /* newest that it knows; -1: none */
	int64_t ahead;    /* it knew this from a worker that is ahead of us: not told again */
	bool following;   /* gets what comes */
	bool catching_up; /* from the table */
	bool dead;
	flow_event_fn *on_event;
	void *ctx;
};

struct watching {
	struct flow *flow;
	int64_t seq; /* -1: not loaded yet */
	int64_t announced;
	bool reading, again, closing;
	struct instant opened_at, current_at;
	struct snapshot *snapshot;
	struct live_ring *ring;
	struct flow_watch *watchers;
	int telling; /* inside callbacks: nobody is freed */
	struct loop_timer *look_timer, *moved_timer;
	char moved[MOVED_MOST][ID_TEXT];
	size_t moved_count;
};

/* ---- telling ---- */

static enum live_eye eye_of(const struct flow_watch *f)
{
	return f->eye == FLOW_PUBLIC ? LIVE_EYE_PUBLIC
	       : f->eye == FLOW_DESK ? LIVE_EYE_DESK
	                             : LIVE_EYE_CREW;
}

static void sweep(struct watching *w)
{
	for (struct flow_watch **at = &w->watchers; *at && !w->telling;) {
		struct flow_watch *f = *at;
		if (!f->dead) {
			at = &f->next;
			continue;
		}
		*at = f->next;
		free(f->utility);
		free(f);
	}
}

/* Events for one watcher, gathered so that of several with one number only the last carries it:
 * whoever leaves in between gets them all again. */
struct batch {
	struct flow_watch *to;
	const struct live_event *held;
};

static void batch_add(void *ctx, const struct live_event *e)
{
	struct batch *b = ctx;
	struct flow_watch *f = b->to;
	if (!live_event_is_for(e, eye_of(f), f->who, f->utility) || e->seq <= f->ahead)
		return;
	const struct live_event *held = b->held;
	b->held = e;
	if (!held || f->dead)
		return;
	f->on_event(f->ctx, held->seq == e->seq ? held->seq - 1 : held->seq, held->name, held->data,
	            held->length);
	f->w->flow->counters.events++;
}

static void batch_end(struct batch *b)
{
	const struct live_event *e = b->held;
	b->held = NULL;
	if (!e || b->to->dead)
		return;
	b->to->on_event(b->to->ctx, e->seq, e->name, e->data, e->length);
	b->to->w->flow->counters.events++;
}

static void tell(struct flow_watch *f, const struct live_event *events, size_t count)
{
	struct batch b = {.to = f};
	for (size_t i = 0; i < count; i++)
		batch_add(&b, &events[i]);
	batch_end(&b);
}

static void tell_all(struct watching *w, const struct live_event *events, size_t count)
{
	w->telling++;
	for (struct flow_watch *f = w->watchers; f; f = f->next)
		if (f->following && !f->dead)
			tell(f, events, count);
	w->telling--;
	sweep(w);
}

static void tell_reset(struct flow_watch *f)
{
	f->following = true;
	if (!f->dead)
		f->on_event(f->ctx, f->w->seq, "reset", "{}", 2);
}

/* ---- catching up ---- */

/* Replays from the ring; false where it does not reach back so far. */
static bool replay(struct flow_watch *f)
{
	struct batch b = {.to = f};
	if (!live_ring_since(f->w->ring, f->seq, batch_add, &b))
		return false;
	batch_end(&b);
	f->following = true;
	return true;
}

static gather_fn on_caught_up;

static void catch_up(struct flow_watch *f)
{
	struct watching *w = f->w;
	if (f->following || f->catching_up || f->dead)
		return;
	if (f->seq > w->seq && f->seq - w->seq < CATCH_UP_MOST) {
		f->ahead = f->seq;
		f->following = true;
	} else if (f->seq > w->seq || w->seq - f->seq > CATCH_UP_MOST) {
		tell_reset(f);
	} else if (!replay(f)) {
		f->catching_up = true;
		w->telling++; /* keeps it allocated */
		gather_start(w->flow, f->seq, CATCH_UP_MOST, on_caught_up, f);
	}
}

static void on_caught_up(void *ctx, const struct problem *p, const struct gathered *g,
                         struct incident *incidents, size_t incident_count)
{
	struct flow_watch *f = ctx;
	(void)incidents;
	(void)incident_count;
	if (p) {
		tell_reset(f);
	} else {
		tell(f, g->events, g->count);
		f->seq = g->seq;
		/* what came meanwhile */
		if (!f->dead && !replay(f))
			tell_reset(f);
	}
	f->w->telling--;
	sweep(f->w);
}

/* ---- reading what is new ---- */

static void look(void *ctx);

static void look_later(struct watching *w)
{
	if (!w->look_timer && !w->closing)
		w->look_timer = loop_after(w->flow->o.loop, LOOK_EVERY, look, w);
}

static void look_now(struct watching *w)
{
	if (w->reading) {
		w->again = true;
		return;
	}
	loop_timer_cancel(&w->look_timer);
	look(w);
}

static void on_gone(void *ctx, const struct incident *i)
{
	struct watching *w = ctx;
	struct str line = {0};
	struct live_event e = {.seq = w->seq,
	                       .eye = LIVE_EYE_PUBLIC,
	                       .name = "incident",
	                       .utility_code = i->utility_code};
	live_removed_line(w->seq, i, &line);
	str_copy(e.utility, sizeof e.utility, i->utility.text);
	e.data = line.data;
	e.length = line.length;
	live_ring_add(w->ring, &e);
	tell_all(w, &e, 1);
	str_fini(&line);
}

static void on_gathered(void *ctx, const struct problem *p, const struct gathered *g,
                        struct incident *incidents, size_t incident_count)
{
	struct watching *w = ctx;
	w->reading = false;
	if (p) {
		look_later(w);
		return;
	}
	for (size_t i = 0; i < incident_count; i++)
		snapshot_put(w->snapshot, &incidents[i]);
	for (size_t i = 0; i < g->count; i++)
		live_ring_add(w->ring, &g->events[i]);
	w->seq = g->seq;
	w->current_at = instant_now();
	tell_all(w, g->events, g->count);
	snapshot_age(w->snapshot, w->current_at, on_gone, w);
	if ((w->again || g->changes == LOOK_MOST) && !w->closing) {
		w->again = false;
		look_now(w);
	} else {
		look_later(w);
	}
}

/* ---- the first look ---- */

static void on_shown(void *ctx, const struct problem *p, const struct store_incidents *found)
{
	struct watching *w = ctx;
	w->reading = false;
	if (p) {
		look_later(w);
		return;
	}
	for (size_t i = 0; i < found->count; i++)
		snapshot_put(w->snapshot, &found->list[i]);
	w->seq = w->announced;
	w->ring = live_ring_new(RING_ROOM, w->seq);
	w->current_at = instant_now();
	roads_look(w->flow->roads); /* what was written before this place of the sequence is not told */
	log_info(NULL, "the state of the incidents is read seq=%lld public=%zu", (long long)w->seq,
	         found->count);
	w->telling++;
	for (struct flow_watch *f = w->watchers; f; f = f->next)
		catch_up(f);
	w->telling--;
	sweep(w);
	if (!w->closing)
		look_now(w);
}

static void on_head(void *ctx, const struct problem *p, const struct store_changes *changes)
{
	struct watching *w = ctx;
	if (p) {
		w->reading = false;
		look_later(w);
		return;
	}
	w->announced = changes->head;
	struct store_query q = {.shown = true,
	                        .since = instant_add(instant_now(), (struct span){-LIVE_KEPT.us})};
	incidents_read(w->flow, NULL, &q, on_shown, w);
}

static void look(void *ctx)
{
	struct watching *w = ctx;
	w->look_timer = NULL;
	if (w->reading || w->closing)
		return;
	w->reading = true;
	if (w->seq < 0)
		store_changes(w->flow->store, INT64_MAX, 1, on_head, w);
	else
		gather_start(w->flow, w->seq, LOOK_MOST, on_gathered, w);
}

/* ---- roads: the change was told when it was written; this is when it holds here ---- */

void watching_roads(struct watching *w, const char *metric)
{
	static const enum live_eye eyes[] = {LIVE_EYE_DESK, LIVE_EYE_CREW};
	struct js *value = js_string(metric);
	struct str line = {0};
	if (w && w->seq >= 0) {
		live_line(w->seq, "metric", value, &line);
		for (size_t i = 0; i < sizeof eyes / sizeof *eyes; i++) {
			struct live_event e = {.seq = w->seq, .eye = eyes[i], .name = "roads", .data = line.data, .length = line.length};
			live_ring_add(w->ring, &e);
			tell_all(w, &e, 1);
		}
	}
	js_free(&value);
	str_fini(&line);
}

/* ---- crews that move: no change of theirs is kept, so no number moves ---- */

static void on_moved_crews(void *ctx, const struct problem *p, const struct store_crews *found)
{
	struct watching *w = ctx;
	for (size_t i = 0; !p && w->seq >= 0 && i < found->count; i++) {
		const struct crew *c = &found->list[i];
		struct js *view = live_crew(c, zone_of(w->flow, c->utility.text), instant_now());
		struct str line = {0};
		struct live_event e = {.seq = w->seq,
		                       .eye = LIVE_EYE_DESK,
		                       .name = "crew",
		                       .utility_code = c->utility_code};
		live_line(w->seq, "crew", view, &line);
		js_free(&view);
		str_copy(e.utility, sizeof e.utility, c->utility.text);
		e.data = line.data;
		e.length = line.length;
		tell_all(w, &e, 1);
		str_fini(&line);
	}
}

static void moved_look(void *ctx)
{
	struct watching *w = ctx;
	struct str ids = {0};
	w->moved_timer = NULL;
	for (size_t i = 0; i < w->moved_count; i++)
		str_addf(&ids, "%s%s", i ? "," : "{", w->moved[i]);
	w->moved_count = 0;
	str_addc(&ids, '}');
	store_crews(w->flow->store, NULL, ids.data, NULL, on_moved_crews, w);
	str_fini(&ids);
}

static bool anybody_at_desk(const struct watching *w)
{
	for (const struct flow_watch *f = w->watchers; f; f = f->next)
		if (f->eye == FLOW_DESK && !f->dead)
			return true;
	return false;
}

void watching_moved(struct watching *w, const char *crew)
{
	char id[ID_TEXT];
	if (!id_parse(crew, id) || !anybody_at_desk(w) || w->moved_count == MOVED_MOST)
		return;
	for (size_t i = 0; i < w->moved_count; i++)
		if (strcmp(w->moved[i], id) == 0)
			return;
	str_copy(w->moved[w->moved_count++], ID_TEXT, id);
	if (!w->moved_timer)
		w->moved_timer = loop_after(w->flow->o.loop, MOVED_PAUSE, moved_look, w);
}

/* ---- the house's side ---- */

struct watching *watching_open(struct flow *flow)
{
	struct watching *w = mem_zero(1, sizeof *w);
	w->flow = flow;
	w->seq = -1;
	w->opened_at = instant_now();
	w->snapshot = snapshot_new(flow);
	look(w);
	return w;
}

void watching_close(struct watching **at)
{
	struct watching *w = *at;
	if (!w)
		return;
	w->closing = true;
	loop_timer_cancel(&w->look_timer);
	loop_timer_cancel(&w->moved_timer);
	for (struct flow_watch *f = w->watchers; f; f = f->next)
		f->dead = true;
	w->telling = 0;
	sweep(w);
	snapshot_free(&w->snapshot);
	live_ring_free(&w->ring);
	free(w);
	*at = NULL;
}

void watching_announced(struct watching *w, int64_t seq)
{
	if (seq > w->seq)
		look_now(w);
}

void watching_link(struct watching *w, bool listening)
{
	if (!listening)
		return;
	sessions_forget(w->flow->sessions, NULL);
	look_now(w);
}

/* ---- doors ---- */

bool flow_live(struct flow *flow, const char *utility, struct flow_live *out)
{
	struct watching *w = flow->watching;
	if (utility && flow->setup_known && !setup_utility(flow, utility))
		return false;
	/* before utilities are known a name is only remembered once it is one */
	snapshot_show(w->snapshot, flow->setup_known ? utility : NULL, w->seq < 0 ? 0 : w->seq,
	              out);
	struct instant since = instant_is_set(w->current_at) ? w->current_at : w->opened_at;
	out->age = instant_since(instant_now(), since);
	return true;
}

int64_t flow_seq(const struct flow *flow)
{
	return flow->watching ? flow->watching->seq : -1;
}

static void watch_begin(void *ctx)
{
	struct flow_watch *f = ctx;
	struct watching *w = f->w;
	if (w->seq >= 0 && !f->dead)
		catch_up(f);
	w->telling--;
	sweep(w);
}

struct flow_watch *flow_watch(struct flow *flow, enum flow_eye eye, const struct user *who,
                              const char *utility, int64_t after_seq, flow_event_fn *on_event,
                              void *ctx)
{
	struct flow_watch *f = mem_zero(1, sizeof *f);
	*f = (struct flow_watch){.w = flow->watching,
	                         .eye = eye,
	                         .utility = mem_str(utility),
	                         .seq = after_seq,
	                         .following = after_seq < 0,
	                         .on_event = on_event,
	                         .ctx = ctx};
	if (who) {
		f->user = *who;
		f->who = &f->user;
	}
	f->next = f->w->watchers;
	f->w->watchers = f;
	if (!f->following) {
		f->w->telling++; /* keeps it allocated until it has begun */
		loop_later(flow->o.loop, watch_begin, f);
	}
	return f;
}

void flow_unwatch(struct flow_watch **watch)
{
	struct flow_watch *f = *watch;
	if (!f)
		return;
	*watch = NULL;
	f->dead = true;
	sweep(f->w);
}

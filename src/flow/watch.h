/*
 * How a worker learns what others did, and tells it: changes read from the table become events, a
 * snapshot for the public, and lines to watchers. Furniture of watch.c, gather.c and snapshot.c.
 */
#ifndef PRONTOD_FLOW_WATCH_H
#define PRONTOD_FLOW_WATCH_H

#include "house.h"

/* ---- gather.c: changes -> events ---- */
struct gathered {
	struct live_event *events; /* in order of seq */
	size_t count;
	int64_t seq;  /* newest change looked at */
	int64_t head; /* newest of the table */
	size_t changes;
};
/* p set: try later. The incidents are there for the snapshot; all is borrowed. */
typedef void gather_fn(void *ctx, const struct problem *p, const struct gathered *g,
                       struct incident *incidents, size_t incident_count);
void gather_start(struct flow *flow, int64_t after, int limit, gather_fn *done, void *ctx);

/* ---- snapshot.c: what everybody may see now ---- */
/* Only what the public view and its order need. */
void incident_copy_public(struct arena *arena, const struct incident *from, struct incident *to);
struct snapshot;
struct snapshot *snapshot_new(struct flow *flow);
void snapshot_free(struct snapshot **s);
/* Takes the incident in, or out. */
void snapshot_put(struct snapshot *s, const struct incident *i);
/* Those over for too long; calls gone for each. */
typedef void snapshot_gone_fn(void *ctx, const struct incident *i);
void snapshot_age(struct snapshot *s, struct instant now, snapshot_gone_fn *gone, void *ctx);
void snapshot_show(struct snapshot *s, const char *utility, int64_t seq, struct flow_live *out);

#endif

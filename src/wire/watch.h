/*
 * Readiness of a descriptor on the loop, for the rooms' clients of wire/ that own sockets (link.c,
 * fetch.c, work.c). Private to wire/: no other room knows descriptors.
 */
#ifndef PRONTOD_WIRE_WATCH_H
#define PRONTOD_WIRE_WATCH_H

#include "wire/loop.h"

#define WATCH_READ 1U
#define WATCH_WRITE 2U

struct watch;
typedef void watch_fn(void *ctx, unsigned ready); /* ready: WATCH_… bits */

/* Calls fn each time fd is ready for one of `want`, until freed. fn may free or change its own
 * watch. */
struct watch *watch_new(struct loop *loop, int fd, watch_fn *fn, void *ctx);
/* A changed descriptor (libpq's while connecting) or other wishes; cheap when nothing changes. */
void watch_set(struct watch *watch, int fd, unsigned want);
void watch_free(struct watch **watch);

#endif

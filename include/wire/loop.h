/*
 * The event loop of a process: timers, signals, "later". One loop a process, one thread. Every
 * callback runs on the loop. Durations are monotonic inside; callers speak in struct span.
 */
#ifndef PRONTOD_WIRE_LOOP_H
#define PRONTOD_WIRE_LOOP_H

#include "base/time.h"

struct loop;
typedef void loop_fn(void *ctx);
typedef void loop_signal_fn(void *ctx, int signal_number);

struct loop *loop_new(void);
void loop_free(struct loop **loop);
void loop_run(struct loop *loop);  /* until loop_stop() */
void loop_stop(struct loop *loop); /* after the callback in hand */

/* One-shot timer, gone by the time fn is called: fn clears its owner's pointer first. */
struct loop_timer;
struct loop_timer *loop_after(struct loop *loop, struct span delay, loop_fn *fn, void *ctx);
void loop_timer_cancel(struct loop_timer **timer); /* NULL is fine; fn will not be called */

/* Runs fn on the next turn of the loop: freeing from inside one's own callback goes through it. */
void loop_later(struct loop *loop, loop_fn *fn, void *ctx);

void loop_on_signal(struct loop *loop, int signal_number, loop_signal_fn *fn, void *ctx);

/* For wire/ only: the libevent base behind the loop. */
struct event_base *loop_base(struct loop *loop);

#endif

/*
 * A few threads for sums that would block the loop for more than about 5 ms (password hashes, pictures).
 * `sum` runs on a thread and sees only its argument; `done` runs on the loop. No other file knows threads.
 */
#ifndef PRONTOD_WIRE_WORK_H
#define PRONTOD_WIRE_WORK_H

#include "wire/loop.h"

struct work;
typedef void work_fn(void *argument);

/* `name`: of its threads, as the system shows them; 15 letters at most. */
struct work *work_open(struct loop *loop, const char *name, int threads);
void work_close(struct work **work); /* waits for the sums in hand; their `done` is called before it returns */
void work_start(struct work *work, work_fn *sum, work_fn *done, void *argument);
/* The same, before all that still waits: what others wait for meanwhile, as the roads once one is closed. */
void work_start_first(struct work *work, work_fn *sum, work_fn *done, void *argument);

#endif

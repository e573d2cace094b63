/*
 * Starts, watches and replaces the workers; passes signals on; knows nothing of what they do.
 */
#ifndef PRONTOD_SUPERVISOR_H
#define PRONTOD_SUPERVISOR_H

#include "base/problem.h"
#include "wire/shared.h"

#include <stdbool.h>

#define WORKERS_MOST SHARED_WORKERS_MOST
#define WORKER_CANNOT_START 3 /* its exit code where trying again will not help */

/* Runs in the child, with signals as they were before; returns the exit code. */
typedef int worker_fn(void *ctx, int number);
/* SIGHUP: true where the next workers may start on what was read anew; false: all stays as it is.
 */
typedef bool reload_fn(void *ctx);
/* The end of what a reload began: `taken`, the new workers serve and what was before is over; or one of them ended,
 * and the old ones go on with what was before. */
typedef void settle_fn(void *ctx, bool taken);

struct supervisor_options {
	int workers; /* 1 to WORKERS_MOST */
	worker_fn *worker;
	reload_fn *reload; /* may be NULL, and settle with it */
	settle_fn *settle;
	void *ctx;
	struct shared *shared;
};

/* Until SIGTERM or SIGINT has ended all workers (0), or a first worker cannot start (1). */
int supervisor_run(const struct supervisor_options *options);

#endif

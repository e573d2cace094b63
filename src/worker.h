/* One worker: everything that serves, from opening the rooms to closing them in reverse. */
#ifndef PRONTOD_WORKER_H
#define PRONTOD_WORKER_H

#include "base/conf.h"
#include "served_map.h"
#include "wire/shared.h"

struct worker_house {
	struct conf conf;
	struct served_map map;
	struct shared *shared;
	char keep[64]; /* private folder of all workers; "" if none could be made */
};

/* Serves until SIGTERM; returns the process's exit code (WORKER_CANNOT_START where the
 * configuration names something that cannot be opened). */
int worker_run(struct worker_house *house, int number);

#endif

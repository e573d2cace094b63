/*
 * The one thing workers share besides the database and mapped files: a small anonymous page of atomic
 * numbers, made before they are forked. Rates (so that a limit holds for all workers together),
 * counters that outlive a worker, and who is ready. Lock-free; no callback; cannot fail once open.
 */
#ifndef PRONTOD_WIRE_SHARED_H
#define PRONTOD_WIRE_SHARED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct shared;

struct shared *shared_open(void); /* in the supervisor, before the first fork */
void shared_close(struct shared **shared);

/* What is limited; a person's log-ins and reports have buckets of their own. */
enum shared_rate { SHARED_PUBLIC, SHARED_REPORTS, SHARED_LOGINS, SHARED_OTHER };

/* One more from this address: true while there were at most `per_minute` a minute (all of them may come at
 * once). False: *retry_s (may be NULL) says in how many seconds the next is welcome. Addresses are hashed with a
 * secret; two of them may rarely share a bucket. */
bool shared_take(struct shared *shared, enum shared_rate rate, const char *address, int per_minute, int *retry_s);

/* Counters over all workers since the start, for /metrics. */
enum shared_counter {
	SHARED_WORKER_STARTS,
	SHARED_WORKER_DEATHS, /* ends that nobody asked for */
	SHARED_RELOADS,
	SHARED_COUNTERS
};
void shared_add(struct shared *shared, enum shared_counter counter, uint64_t n);
uint64_t shared_read(const struct shared *shared, enum shared_counter counter);

#define SHARED_WORKERS_MOST 64
/* A worker's word that it serves from now on with all it needs; `worker` is 1 to SHARED_WORKERS_MOST. Who replaces
 * its predecessor is asked by its process, so that the predecessor's word is not taken for its own. */
void shared_say_ready(struct shared *shared, int worker, pid_t process);
bool shared_is_ready(const struct shared *shared, int worker, pid_t process);

#endif

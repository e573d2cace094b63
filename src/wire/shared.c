/*
 * Atomic numbers in an anonymous shared mapping. A rate is GCRA: one word a bucket holds the
 * instant at which it will be full again, so taking is one compare-and-swap and no worker waits for
 * another.
 */
#include "wire/shared.h"

#include "base/mem.h"
#include "base/problem.h"
#include "wire/crypto.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#define BUCKETS 16384U /* a power of two */

struct shared {
	uint64_t secret;
	_Atomic uint64_t counters[SHARED_COUNTERS];
	_Atomic int64_t ready[SHARED_WORKERS_MOST]; /* the process that said so last, by worker */
	/* upper 16 bits: whose it is; lower 48: ms of the monotonic clock when it is full again */
	_Atomic uint64_t buckets[BUCKETS];
};

#define TIME_BITS 48
#define TIME_MASK ((UINT64_C(1) << TIME_BITS) - 1)

struct shared *shared_open(void)
{
	struct shared *shared =
	    mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	must(shared != MAP_FAILED);
	crypto_random(&shared->secret, sizeof shared->secret);
	return shared;
}

void shared_close(struct shared **shared)
{
	if (*shared != NULL)
		munmap(*shared, sizeof **shared);
	*shared = NULL;
}

/* FNV-1a over the secret, then mixed (splitmix64), so that nobody can aim at another's bucket. */
static uint64_t hash(const struct shared *shared, enum shared_rate rate, const char *address)
{
	uint64_t h = UINT64_C(1469598103934665603) ^ shared->secret ^ (uint64_t)rate << 32;

	for (const char *c = address; *c != '\0'; c++)
		h = (h ^ (unsigned char)*c) * UINT64_C(1099511628211);
	h = (h ^ h >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	h = (h ^ h >> 27) * UINT64_C(0x94D049BB133111EB);
	return h ^ h >> 31;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

bool shared_take(struct shared *shared, enum shared_rate rate, const char *address, int per_minute,
                 int *retry_s)
{
	uint64_t h = hash(shared, rate, address), now = now_ms();
	_Atomic uint64_t *bucket = &shared->buckets[h & (BUCKETS - 1)];
	uint64_t owner = h & ~TIME_MASK, old = atomic_load(bucket), full;
	uint64_t cost = 60000 / (uint64_t)(per_minute > 0 ? per_minute : 1);

	do {
		/* Another's bucket, or one that has long been full, starts afresh. */
		full =
		    (old & ~TIME_MASK) == owner && (old & TIME_MASK) > now ? old & TIME_MASK : now;
		if (full + cost > now + 60000) {
			if (retry_s != NULL)
				*retry_s = (int)((full + cost - now - 60000 + 999) / 1000);
			return false;
		}
	} while (!atomic_compare_exchange_weak(bucket, &old, owner | (full + cost)));
	return true;
}

void shared_add(struct shared *shared, enum shared_counter counter, uint64_t n)
{
	atomic_fetch_add(&shared->counters[counter], n);
}

uint64_t shared_read(const struct shared *shared, enum shared_counter counter)
{
	return atomic_load(&shared->counters[counter]);
}

void shared_say_ready(struct shared *shared, int worker, pid_t process)
{
	must(worker >= 1 && worker <= SHARED_WORKERS_MOST);
	atomic_store(&shared->ready[worker - 1], process);
}

bool shared_is_ready(const struct shared *shared, int worker, pid_t process)
{
	must(worker >= 1 && worker <= SHARED_WORKERS_MOST);
	return atomic_load(&shared->ready[worker - 1]) == process;
}

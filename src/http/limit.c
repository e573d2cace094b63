/*
 * How often one address may come: tokens of a bucket for each address and kind, refilled evenly. A
 * bucket's place follows from a keyed hash of the address, so nobody can aim at somebody else's.
 */
#include "room.h"

#include "base/mem.h"
#include "wire/crypto.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 8192 /* a power of two */
#define KINDS 4

struct bucket {
	uint64_t who;
	double tokens;
	struct instant at;
};

struct limits {
	int per_minute[KINDS];
	uint64_t key;
	struct bucket buckets[BUCKETS];
};

struct limits *limits_open(const struct http_options *o)
{
	struct limits *l = mem_zero(1, sizeof *l);
	l->per_minute[LIMIT_PUBLIC] = o->conf->limits_public_per_minute;
	l->per_minute[LIMIT_REPORTS] = o->conf->limits_reports_per_minute;
	l->per_minute[LIMIT_LOGINS] = o->conf->limits_logins_per_minute;
	crypto_random(&l->key, sizeof l->key);
	return l;
}

void limits_close(struct limits **l)
{
	free(*l);
	*l = NULL;
}

/* FNV-1a over a secret, the kind and the address. */
static uint64_t who_is(const struct limits *l, enum limit_kind kind, const char *peer)
{
	uint64_t h = 1469598103934665603u ^ l->key ^ (uint64_t)kind * 0x9E3779B97F4A7C15u;
	for (const char *c = peer; *c; c++)
		h = (h ^ (unsigned char)*c) * 1099511628211u;
	return h ? h : 1;
}

bool limits_take(struct limits *l, enum limit_kind kind, const char *peer, int *out_retry_s)
{
	double most = l->per_minute[kind];
	uint64_t who = who_is(l, kind, peer);
	struct bucket *b = &l->buckets[who & (BUCKETS - 1)];
	struct instant now = instant_now();
	if (b->who != who)
		*b = (struct bucket){who, most, now};
	double passed_s = (double)instant_since(now, b->at).us / 1e6;
	b->tokens += (passed_s > 0 ? passed_s : 0) * most / 60.0;
	b->tokens = b->tokens > most ? most : b->tokens;
	b->at = now;
	if (b->tokens < 1) {
		*out_retry_s = (int)((1 - b->tokens) * 60.0 / most) + 1;
		return false;
	}
	b->tokens -= 1;
	return true;
}

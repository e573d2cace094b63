/* A table of short chains by key, and one list from what was asked for last to longest ago. */
#include "shelf.h"

#include "base/mem.h"
#include "base/problem.h"

#include <stdlib.h>

#define CHAINS 4096u

struct book {
	struct kept kept;         /* first: a kept thing is its book */
	struct book *chain;       /* the next with the same place in the table */
	struct book *newer, *older;
	uint64_t key;
};

struct shelf {
	struct book *chains[CHAINS];
	struct book *newest, *oldest;
	size_t bytes, most;
};

static struct book **chain_of(struct shelf *s, uint64_t key)
{
	return &s->chains[(key * 0x9E3779B97F4A7C15u) >> 52];
}

static size_t weight(const struct book *b)
{
	return sizeof *b + b->kept.bytes.length;
}

struct kept *kept_hold(struct kept *k)
{
	k->holders++;
	return k;
}

void kept_drop(void *ctx)
{
	struct kept *k = ctx;
	if (--k->holders > 0)
		return;
	str_fini(&k->bytes);
	free((struct book *)k);
}

static void unlink_book(struct shelf *s, struct book *b)
{
	*(b->newer ? &b->newer->older : &s->newest) = b->older;
	*(b->older ? &b->older->newer : &s->oldest) = b->newer;
	b->newer = b->older = NULL;
}

static void put_first(struct shelf *s, struct book *b)
{
	b->older = s->newest;
	*(s->newest ? &s->newest->newer : &s->oldest) = b;
	s->newest = b;
}

static void take_off(struct shelf *s, struct book *b)
{
	struct book **at = chain_of(s, b->key);
	while (*at != b)
		at = &(*at)->chain;
	*at = b->chain;
	unlink_book(s, b);
	s->bytes -= weight(b);
	kept_drop(&b->kept);
}

struct shelf *shelf_open(size_t most_bytes)
{
	struct shelf *s = mem_zero(1, sizeof *s);
	s->most = most_bytes;
	return s;
}

void shelf_close(struct shelf **s)
{
	while (*s && (*s)->newest)
		take_off(*s, (*s)->newest);
	free(*s);
	*s = NULL;
}

struct kept *shelf_find(struct shelf *s, uint64_t key)
{
	struct book *b = *chain_of(s, key);
	while (b && b->key != key)
		b = b->chain;
	if (!b)
		return NULL;
	unlink_book(s, b);
	put_first(s, b);
	return &b->kept;
}

struct kept *shelf_put(struct shelf *s, uint64_t key, struct str *bytes, bool packed)
{
	struct book *b = mem_zero(1, sizeof *b), **chain = chain_of(s, key);
	b->kept = (struct kept){.bytes = *bytes, .packed = packed, .holders = 1};
	*bytes = (struct str){0};
	b->key = key;
	b->chain = *chain;
	*chain = b;
	put_first(s, b);
	s->bytes += weight(b);
	while (s->bytes > s->most && s->oldest != b)
		take_off(s, s->oldest);
	return &b->kept;
}

size_t shelf_bytes(const struct shelf *s)
{
	return s->bytes;
}

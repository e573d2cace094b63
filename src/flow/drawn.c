/*
 * What stored closures take, kept in this worker by id and version: desks and crews all read the list
 * when roads change, and a closure takes the same each time. What is not kept is drawn on a thread, for
 * one reader after the other, so that the next finds it here and other sums have threads too. On the
 * loop only.
 */
#include "drawing.h"
#include "house.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>

#define BUCKETS 512
#define CLOSURES_KEPT 1000
#define LINES_KEPT 3000 /* some 15 MB */
/* Where one list has more: some 60 MB; what goes beyond is drawn for each reader. */
#define LINES_MOST 12000

struct kept {
	struct kept *next;
	struct closure_id id;
	int64_t version;
	uint64_t read; /* by which list, last */
	struct js *drawn;
};

struct drawn {
	struct kept *bucket[BUCKETS];
	size_t count, lines;
	uint64_t list; /* the number of the latest */
	struct drawing *waiting, **last;
	bool busy, stopped;
};

static struct kept **bucket_of(struct drawn *k, const struct closure_id *id)
{
	uint32_t sum = 2166136261u;
	for (const char *c = id->text; *c; c++)
		sum = (sum ^ (unsigned char)*c) * 16777619u;
	return &k->bucket[sum % BUCKETS];
}

static struct kept *kept_of(struct drawn *k, const struct closure *c)
{
	struct kept *one = *bucket_of(k, &c->id);
	while (one && (one->version != c->version || !str_equal(one->id.text, c->id.text)))
		one = one->next;
	if (one)
		one->read = k->list;
	return one;
}

static struct js *shared(const struct js *drawn)
{
	struct js *o = js_object();
	const char *key;
	const struct js *value;
	for (size_t i = 0; js_pair(drawn, i, &key, &value); i++)
		js_set(o, key, js_share(value));
	return o;
}

struct js *drawn_find(struct drawn *k, const struct closure *c)
{
	struct kept *one = kept_of(k, c);
	return one ? shared(one->drawn) : NULL;
}

void drawn_begin(struct drawn *k)
{
	k->list++;
}

static size_t lines_of(const struct js *drawn)
{
	return js_count(js_find(drawn, "roads"));
}

static void drop(struct drawn *k, struct kept **at)
{
	struct kept *one = *at;
	*at = one->next;
	k->count--;
	k->lines -= lines_of(one->drawn);
	js_free(&one->drawn);
	free(one);
}

/* Of those that the latest list does not have: the one that was not read for longest. NULL: there
 * is none. */
static struct kept **longest_unread(struct drawn *k)
{
	struct kept **found = NULL;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct kept **at = &k->bucket[i]; *at; at = &(*at)->next)
			if ((*at)->read < (found ? (*found)->read : k->list))
				found = at;
	return found;
}

/* A list is read again and again: what it has gives way to nothing else of it, or none of it would
 * be there. */
static bool make_room(struct drawn *k, size_t lines)
{
	struct kept **unread;
	while ((k->count == CLOSURES_KEPT || k->lines + lines > LINES_KEPT) &&
	       (unread = longest_unread(k)))
		drop(k, unread);
	return k->count < CLOSURES_KEPT && k->lines + lines <= LINES_MOST;
}

void drawn_keep(struct drawn *k, const struct closure *c, const struct js *drawn)
{
	size_t lines = lines_of(drawn);
	if (kept_of(k, c) || !make_room(k, lines))
		return;
	struct kept **bucket = bucket_of(k, &c->id), *one = mem_zero(1, sizeof *one);
	*one = (struct kept){.next = *bucket,
	                     .id = c->id,
	                     .version = c->version,
	                     .read = k->list,
	                     .drawn = shared(drawn)};
	*bucket = one;
	k->count++;
	k->lines += lines;
}

/* ---- readers ---- */

static void serve(struct drawn *k);

static bool find_all(struct drawn *k, struct drawing *d)
{
	bool all = true;
	drawn_begin(k);
	for (size_t i = 0; i < d->count; i++) {
		d->drawn[i] = drawn_find(k, &d->list[i]);
		all = all && d->drawn[i];
	}
	return all;
}

static void on_drawn(void *argument)
{
	struct drawing *d = argument;
	struct drawn *k = d->asking->flow->drawn;
	k->busy = false;
	for (size_t i = 0; i < d->count; i++)
		drawn_keep(k, &d->list[i], d->drawn[i]);
	d->then(d->asking, d);
	serve(k);
}

static void serve(struct drawn *k)
{
	while (k->waiting && !k->busy && !k->stopped) {
		struct drawing *d = k->waiting;
		k->waiting = d->next;
		if (!k->waiting)
			k->last = &k->waiting;
		if (find_all(k, d)) {
			d->then(d->asking, d);
		} else {
			k->busy = true;
			drawing_begin(d, on_drawn);
		}
	}
}

void drawn_ask(struct drawn *k, struct drawing *d)
{
	*k->last = d;
	k->last = &d->next;
	serve(k);
}

/* ---- opening and closing ---- */

struct drawn *drawn_open(void)
{
	struct drawn *k = mem_zero(1, sizeof *k);
	k->last = &k->waiting;
	return k;
}

void drawn_stop(struct drawn *k)
{
	k->stopped = true;
}

void drawn_close(struct drawn **at)
{
	if (!*at)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		while ((*at)->bucket[i])
			drop(*at, &(*at)->bucket[i]);
	free(*at);
	*at = NULL;
}

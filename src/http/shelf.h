/*
 * Prebuilt answers kept for those who ask again, up to a number of bytes: what was asked for longest
 * ago goes first. A thing that is being sent stays until it is sent, whatever the shelf does.
 */
#ifndef PRONTOD_HTTP_SHELF_H
#define PRONTOD_HTTP_SHELF_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct shelf;
struct kept {
	struct str bytes;
	bool packed; /* gzip */
	int holders; /* the shelf and each answer still being sent */
};

struct shelf *shelf_open(size_t most_bytes);
void shelf_close(struct shelf **s);
/* Borrowed until the loop is reached again; NULL: not there. */
struct kept *shelf_find(struct shelf *s, uint64_t key);
/* Takes the bytes (leaves *bytes empty) under a key that is not there yet. */
struct kept *shelf_put(struct shelf *s, uint64_t key, struct str *bytes, bool packed);
size_t shelf_bytes(const struct shelf *s);

/* For sending: holds it, and lets it go (a loop_fn: ctx is the kept thing). */
struct kept *kept_hold(struct kept *k);
void kept_drop(void *ctx);

#endif

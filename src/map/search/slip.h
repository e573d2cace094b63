/*
 * Slips of the finger. Two words that are one or two edits apart have a form in common once up to
 * two letters are left out of each (symmetric deletion): the builder keeps the checksums of those
 * forms for every word, so that a search looks up a few instead of comparing with all.
 */
#ifndef PRONTOD_MAP_SLIP_H
#define PRONTOD_MAP_SLIP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLIP_KEYS 29 /* at most: seven letters less none, one or two */

/* The checksums of the word's beginning less up to `left_out` (0 to 2) letters, each once; returns
 * how many. */
size_t slip_keys(const char *word, size_t length, unsigned left_out, uint32_t out[SLIP_KEYS]);

/* What it costs to take `typed` for `word`: about 1 for each letter that is too many, missing,
 * changed or swapped with its neighbour; less for keys side by side, doubled letters, an h; a
 * little more for the first letter. INFINITY beyond `limit` (at most 3) or where the lengths differ
 * by more than two. */
double slip_cost(const char *typed, size_t typed_length, const char *word, size_t word_length,
                 double limit);

#ifdef __cplusplus
}
#endif
#endif

/*
 * A request of OSRM's interface while it is read: where we are, and the pieces all parts are made of.
 * Shared by osrm_query.c and osrm_options.c.
 */
#ifndef PRONTOD_HTTP_OSRM_READING_H
#define PRONTOD_HTTP_OSRM_READING_H

#include "osrm.h"

struct osrm_reading {
	const char *text, *at; /* whole and where we are */
	struct arena *arena;
	const struct osrm_limits *limits;
	struct osrm_query *q;
	struct osrm_refusal *why;
	size_t radii, bearings, hints, approaches; /* how many of each were given; 0: none */
};

/* The query behind the path, as OSRM reads them: as one text. False: a broken escape. */
bool osrm_whole_text(struct arena *arena, const char *path, const char *query, const char **out);
bool osrm_malformed(struct osrm_reading *r); /* refuses; false */

/* Each takes its piece and goes on behind it, or takes nothing and is false. */
bool osrm_take(struct osrm_reading *r, const char *word);
/* One of these words as a whole: "polyline" is not the beginning of "polyline6". */
bool osrm_take_word(struct osrm_reading *r, const char *const *words, size_t count, size_t *out);
bool osrm_take_bool(struct osrm_reading *r, bool *out);
bool osrm_take_whole(struct osrm_reading *r, unsigned long long *out); /* at most 9 digits */
/* Plain decimals. A full stop that begins a suffix (".json") is not one of theirs. */
bool osrm_take_number(struct osrm_reading *r, double *out);

/* ---- osrm_options.c ---- */
/* The suffix and what follows the question mark, up to the end. False: refused. */
bool osrm_take_options(struct osrm_reading *r);

#endif

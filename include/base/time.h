/*
 * Instants and spans, which do not mix by mistake: both count microseconds, in different structs.
 * An instant is wall time since 1970-01-01T00:00:00Z; monotonic time stays inside wire/loop.c.
 * A zone turns instants into a clock on the wall and back (IANA database).
 */
#ifndef PRONTOD_BASE_TIME_H
#define PRONTOD_BASE_TIME_H

#include "base/problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct instant {
	int64_t us;
}; /* us == 0 means "not set" in model structs */
struct span {
	int64_t us;
};

#define SPAN_S(n) ((struct span){(int64_t)(n) * 1000000})
#define SPAN_MS(n) ((struct span){(int64_t)(n) * 1000})
#define INSTANT_NONE ((struct instant){0})

struct instant instant_now(void);
bool instant_is_set(struct instant t);
struct instant instant_add(struct instant t, struct span s);
struct span instant_since(struct instant later, struct instant earlier);
int instant_compare(struct instant a, struct instant b); /* <0, 0, >0 */

/* A date and a clock as read on a wall; weekday 0 = Monday. */
struct wall {
	int year, month, day; /* month 1-12, day 1-31 */
	int hour, minute, second;
	int weekday;
	int offset_s; /* east of Greenwich */
};

struct zone; /* one IANA zone; loaded once, lives with the process, read-only afterwards */
/* NULL and a problem where the name is unknown. zone_get("Europe/Rome") keeps one copy by name. */
const struct zone *zone_get(const char *name, struct problem *p);
struct wall zone_wall(const struct zone *zone, struct instant t);

enum zone_fit { ZONE_ONCE, ZONE_TWICE, ZONE_NEVER }; /* how often a wall time happens (DST nights) */
/* Wall -> instant; offset_s and weekday of *w are ignored. ZONE_TWICE gives the first, *second the later
 * one; ZONE_NEVER gives the instant right after the gap. second may be NULL. */
enum zone_fit zone_instant(const struct zone *zone, const struct wall *w, struct instant *first,
			   struct instant *second);
/* The midnight that begins the local day `days` after the one t lies in (0 = today's). */
struct instant zone_midnight(const struct zone *zone, struct instant t, int days);

#define INSTANT_TEXT 40
/* RFC 3339, whole seconds, with the zone's offset (zone NULL: Z). Returns buf. "" for an unset instant. */
const char *instant_format(struct instant t, const struct zone *zone, char buf[INSTANT_TEXT]);
/* Strict RFC 3339 with offset or Z; fractions allowed. */
bool instant_parse(const char *text, struct instant *out, struct problem *p) MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif

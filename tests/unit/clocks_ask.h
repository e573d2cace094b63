/* What the tests of clocks/ share: targets built by hand, a question about them, instants as texts.
 */
#ifndef PRONTOD_TESTS_CLOCKS_ASK_H
#define PRONTOD_TESTS_CLOCKS_ASK_H

#include "../../src/clocks/days.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define HOURS(n) ((n)*3600)
#define ALL_CAUSES 0x3fu

static inline struct charter_target hours(int64_t seconds)
{
	return (struct charter_target){.kind = TARGET_ARRIVAL,
	                               .unit = UNIT_SECONDS,
	                               .amount = seconds,
	                               .first = true,
	                               .rule = "hours",
	                               .pause_causes = ALL_CAUSES};
}

static inline struct charter_target days(enum target_unit unit, int64_t amount)
{
	return (struct charter_target){.kind = TARGET_ARRIVAL,
	                               .unit = unit,
	                               .amount = amount,
	                               .first = true,
	                               .rule = "days",
	                               .pause_causes = ALL_CAUSES};
}

static inline struct instant at(const char *text)
{
	struct instant t = INSTANT_NONE;
	struct problem p;
	if (!instant_parse(text, &t, &p))
		fail_msg("%s: %s", text, p.text);
	return t;
}

static inline const struct zone *rome(void)
{
	struct problem p;
	const struct zone *zone = zone_get("Europe/Rome", &p);
	assert_non_null(zone);
	return zone;
}

static struct charter plain = {.code = "test", .zone = "Europe/Rome"};

static inline struct clocks_question ask(struct charter_class *class,
                                         struct charter_target *targets, size_t count)
{
	*class = (struct charter_class){.code = "K", .targets = targets, .target_count = count};
	return (struct clocks_question){.charter = &plain, .class = class, .zone = rome()};
}

/* The due instant of one target, as text in the local zone. */
static inline const char *due_of(struct charter_target target, const char *from,
                                 char text[INSTANT_TEXT])
{
	struct charter_class class;
	struct clocks_question q = ask(&class, &target, 1);
	struct clocks_due out[CLOCKS_MAX_TARGETS];
	q.received = at(from);
	assert_int_equal(clocks_due(&q, out), 1);
	assert_int_equal(out[0].bound,
	                 target.unit == UNIT_SECONDS ? BOUND_INCLUSIVE : BOUND_EXCLUSIVE);
	return instant_format(out[0].due, rome(), text);
}

static inline struct clocks_pause pause_of(const char *from, const char *to, enum pause_cause cause)
{
	return (struct clocks_pause){at(from), to ? at(to) : INSTANT_NONE, cause};
}

#endif

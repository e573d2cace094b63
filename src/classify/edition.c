/*
 * Editions of one charter: files with one code, each in force from a day to a day, both included.
 * On any day at most one is.
 */
#include "room.h"

#include <string.h>

static bool in_force(const struct charter *c, const char *date)
{
	return c->valid_from && strcmp(c->valid_from, date) <= 0 &&
	       (!c->valid_to || strcmp(date, c->valid_to) <= 0);
}

const struct charter *edition_on(struct charter *const *all, size_t count, const char *code,
                                 const char *date)
{
	for (size_t i = 0; i < count; i++) {
		if (str_equal(all[i]->code, code) && in_force(all[i], date))
			return all[i];
	}
	return NULL;
}

static void compare(struct check *k, const struct charter *a, const struct charter *b)
{
	if (!str_equal(a->code, b->code) || !a->code || !a->valid_from || !b->valid_from)
		return;
	const struct charter *later = strcmp(a->valid_from, b->valid_from) < 0 ? b : a;
	const struct charter *earlier = later == a ? b : a;
	if (str_equal(a->edition, b->edition))
		check_say(k, "charters", "edition \"%s\" of \"%s\" is listed twice",
		          a->edition ? a->edition : "?", a->code);
	else if (in_force(earlier, later->valid_from))
		check_say(k, "charters",
		          "two editions of \"%s\" are in force on %s: \"%s\" and \"%s\"; give the "
		          "earlier a valid_to",
		          a->code, later->valid_from, earlier->edition ? earlier->edition : "?",
		          later->edition ? later->edition : "?");
}

void editions_check(struct check *k, struct charter *const *all, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = i + 1; j < count; j++)
			compare(k, all[i], all[j]);
	}
}

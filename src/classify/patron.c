/*
 * Reads patrons.json, the days of patron saints by municipality, and gives a charter those that its
 * policy counts: none unless it says so. A day on which the sources disagree is counted by nobody
 * until a person settles it.
 */
#include "room.h"

#include <stdlib.h>
#include <string.h>

static const char *const weekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                       "friday", "saturday", "sunday",    NULL};

static const char *load_date(struct check *k, const struct js *o, const char *field)
{
	const char *text = check_str(k, o, field, false);
	if (text && !check_date(text))
		check_say(k, field, "must be a date, YYYY-MM-DD, or null");
	return text;
}

/* "on": {"month", "day"}, {"month", "weekday", "nth"} or {"after_easter"} */
static void load_rule(struct check *k, const struct js *on, struct patron_day *out)
{
	static const char *const dates[] = {"month", "day", NULL};
	static const char *const days[] = {"month", "weekday", "nth", NULL};
	static const char *const easters[] = {"after_easter", NULL};
	if (js_find(on, "after_easter")) {
		check_keys(k, on, easters);
		out->rule = PATRON_EASTER;
		out->after_easter = (int)check_number(k, on, "after_easter", -60, 120);
		return;
	}
	out->month = (int)check_number(k, on, "month", 1, 12);
	if (!js_find(on, "weekday")) {
		check_keys(k, on, dates);
		out->rule = PATRON_DATE;
		out->day = (int)check_number(k, on, "day", 1, 31);
		return;
	}
	check_keys(k, on, days);
	out->rule = PATRON_WEEKDAY;
	int weekday = check_name(k, on, "weekday", weekdays);
	out->weekday = weekday < 0 ? 0 : weekday;
	out->nth = (int)check_number(k, on, "nth", -1, 5);
	if (out->nth == 0)
		check_say(k, "nth", "must be 1 to 5, or -1 for the last");
}

static void load_patron(struct check *k, const struct js *o, struct patron_day *out)
{
	static const char *const keys[] = {"municipality", "name",     "on",
	                                   "valid_from",   "valid_to", "source",
	                                   "disputed",     "note",     NULL};
	check_keys(k, o, keys);
	*out = (struct patron_day){.municipality = check_str(k, o, "municipality", true),
	                           .name = check_str(k, o, "name", true),
	                           .valid_from = load_date(k, o, "valid_from"),
	                           .valid_to = load_date(k, o, "valid_to")};
	check_str(k, o, "source", true);
	check_bool(k, o, "disputed", false);
	const struct js *on = check_object(k, o, "on", true);
	if (on)
		load_rule(k, on, out);
}

static bool is_disputed(const struct js *o)
{
	return js_bool(js_find(o, "disputed"), false);
}

void patrons_check(struct check *k, const struct js *root)
{
	static const char *const keys[] = {"about", "patrons", NULL};
	check_keys(k, root, keys);
	const struct js *list = check_list(k, root, "patrons", true);
	for (size_t i = 0; i < js_count(list); i++) {
		struct patron_day day;
		const char *municipality = js_find_str(js_at(list, i), "municipality");
		k->where = municipality ? municipality : "?";
		load_patron(k, js_at(list, i), &day);
		k->where = "";
	}
}

/* The days of one municipality (NULL: of every one) join the charter's; how many the file has, and
 * how many of them are disputed. */
static size_t take(const struct js *root, const char *municipality, struct charter *c,
                   size_t *disputed)
{
	struct str unread = {0};
	struct check quiet = {
	    .file = "", .where = "", .to = &unread}; /* patrons_check() complained */
	const struct js *list = js_find(root, "patrons");
	size_t found = 0;
	for (size_t i = 0; i < js_count(list); i++) {
		struct patron_day day;
		const struct js *o = js_at(list, i);
		const char *name = js_find_str(o, "municipality");
		if (!name || (municipality && !str_equal_fold(name, municipality)))
			continue;
		found++;
		*disputed += is_disputed(o);
		load_patron(&quiet, o, &day);
		if (is_disputed(o) || quiet.count)
			continue;
		c->patrons = mem_grow(c->patrons, c->patron_count + 1, sizeof *c->patrons);
		c->patrons[c->patron_count++] = day;
	}
	str_fini(&unread);
	return found;
}

void patrons_choose(struct check *k, const struct js *policy, const struct js *root,
                    struct charter *c)
{
	const struct js *value = js_find(policy, "patron_saints");
	size_t disputed = 0;
	if (js_kind(value) != JS_ARRAY) {
		c->patrons_of_place = check_bool(k, policy, "patron_saints", false);
		if (c->patrons_of_place)
			take(root, NULL, c, &disputed);
		return;
	}
	for (size_t i = 0; i < js_count(value); i++) {
		const char *municipality = js_str(js_at(value, i));
		disputed = 0;
		if (!municipality || !take(root, municipality, c, &disputed))
			check_say(k, "patron_saints", "\"%s\" is not in patrons.json",
			          municipality ? municipality : "(not a text)");
		else if (disputed)
			check_say(
			    k, "patron_saints",
			    "the sources disagree on the patron of %s; settle patrons.json first",
			    municipality);
	}
}

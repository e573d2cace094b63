/*
 * Rules that hold at times: "no @ (Mo-Fr 07:30-09:00; SH off); destination @ weight>3.5". Says how
 * many such rules a text has and how many of them we can read, so that a map's owner knows what its
 * routes do not heed. Not here: applying them. Source: OSM wiki, Conditional restrictions and
 * opening_hours/specification, of which this reads what stands on roads.
 */
#include "condition.h"

#include <stdlib.h>
#include <string.h>

struct cursor {
	const char *at, *end;
};

static void skip_spaces(struct cursor *c)
{
	while (c->at < c->end && *c->at == ' ')
		c->at++;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool take(struct cursor *c, char wanted)
{
	if (c->at == c->end || *c->at != wanted)
		return false;
	c->at++;
	return true;
}

/* A word of the list, and nothing longer. */
static bool take_word(struct cursor *c, const char *const *list)
{
	const char *end = c->at;
	while (end < c->end && is_letter(*end))
		end++;
	size_t length = (size_t)(end - c->at);
	for (; *list; list++)
		if (strlen(*list) == length && memcmp(*list, c->at, length) == 0) {
			c->at = end;
			return true;
		}
	return false;
}

/* Digits, at most four of them; -1: none here. */
static int take_number(struct cursor *c)
{
	int number = 0;
	const char *begin = c->at;
	while (c->at < c->end && is_digit(*c->at) && c->at - begin < 4)
		number = 10 * number + (*c->at++ - '0');
	return c->at > begin ? number : -1;
}

/* ---- hours and days ---- */

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
                                     "Aug", "Sep", "Oct", "Nov", "Dec", NULL};
static const char *const days[] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH", "SH", NULL};
static const char *const events[] = {"sunrise", "sunset", "dawn", "dusk", "easter", NULL};
static const char *const states[] = {"off", "open", "closed", NULL};

/* 7:30, 24:00, 26:00 (past midnight); a bare number is a year, a day of the month or a week. */
static bool take_time_or_number(struct cursor *c)
{
	int number = take_number(c);
	if (number < 0)
		return false;
	if (!take(c, ':'))
		return number > 0;
	int minutes = take_number(c);
	return number <= 48 && minutes >= 0 && minutes < 60;
}

/* sunset, or (sunset-00:30) */
static bool take_event(struct cursor *c)
{
	if (!take(c, '('))
		return take_word(c, events);
	return take_word(c, events) && (take(c, '+') || take(c, '-')) && take_time_or_number(c) &&
	       take(c, ')');
}

static bool take_item(struct cursor *c)
{
	static const char *const week[] = {"week", NULL};
	if (take_word(c, months)) {
		skip_spaces(c);
		take_number(c); /* a day of it, or the whole month */
		return !take(c, ':');
	}
	if (take_word(c, days))
		return !take(c, '[') || (take_number(c) > 0 && take(c, ']'));
	if (take_word(c, week))
		skip_spaces(c);
	return take_time_or_number(c) || take_event(c);
}

static bool take_range(struct cursor *c)
{
	if (!take_item(c))
		return false;
	take(c, '+'); /* from then on */
	struct cursor before = *c;
	skip_spaces(c);
	if (take(c, '-')) {
		skip_spaces(c);
		return take_item(c);
	}
	*c = before;
	return true;
}

static bool read_hours(struct cursor c)
{
	size_t read = 0;
	for (skip_spaces(&c); c.at < c.end; skip_spaces(&c)) {
		bool always = c.end - c.at >= 4 && memcmp(c.at, "24/7", 4) == 0;
		if (always)
			c.at += 4;
		else if (!take_word(&c, states) && !take_range(&c))
			return false;
		read++;
		skip_spaces(&c);
		while (take(&c, ',') || take(&c, ';'))
			skip_spaces(&c);
	}
	return read > 0;
}

/* ---- weights and words ---- */

/* weight>3.5, length<=10, axles = 3 t */
static bool read_comparison(struct cursor c)
{
	const char *begin = c.at;
	while (c.at < c.end && (is_letter(*c.at) || *c.at == ':'))
		c.at++;
	if (c.at == begin)
		return false;
	skip_spaces(&c);
	bool compares = take(&c, '<') || take(&c, '>');
	compares = take(&c, '=') || compares;
	skip_spaces(&c);
	if (!compares || take_number(&c) < 0 || (take(&c, '.') && take_number(&c) < 0))
		return false;
	skip_spaces(&c);
	while (c.at < c.end && is_letter(*c.at))
		c.at++;
	return c.at == c.end;
}

static bool read_words(struct cursor c)
{
	static const char *const known[] = {
	    "wet",       "snow",        "ice",           "winter",    "summer",
	    "fog",       "flood",       "delivery",      "loading",   "disabled",
	    "residents", "destination", "trailer",       "emergency", "private",
	    "bus",       "permit",      "permit_holder", "doctor",    "children_present",
	    "hgv",       "hazmat",      "customers",     NULL};
	return take_word(&c, known) && c.at == c.end;
}

static struct cursor trimmed(struct cursor c)
{
	skip_spaces(&c);
	while (c.end > c.at && c.end[-1] == ' ')
		c.end--;
	return c;
}

static bool read_part(struct cursor c)
{
	c = trimmed(c);
	return read_words(c) || read_comparison(c) || read_hours(c);
}

/* Parts joined by AND. */
static bool read_condition(struct cursor c)
{
	c = trimmed(c);
	if (c.end - c.at >= 2 && *c.at == '(' && c.end[-1] == ')') {
		c.at++;
		c.end--;
	}
	for (const char *at = c.at; at + 5 <= c.end; at++)
		if (memcmp(at, " AND ", 5) == 0 || memcmp(at, " and ", 5) == 0) {
			if (!read_part((struct cursor){c.at, at}))
				return false;
			c.at = at + 5;
		}
	return read_part(c);
}

/* ---- clauses ---- */

/* Up to the next `;` that no bracket holds. */
static struct cursor next_clause(struct cursor *rest)
{
	struct cursor clause = {rest->at, rest->at};
	int depth = 0;
	for (; clause.end < rest->end && (*clause.end != ';' || depth > 0); clause.end++)
		depth += (*clause.end == '(') - (*clause.end == ')');
	rest->at = clause.end < rest->end ? clause.end + 1 : rest->end;
	return trimmed(clause);
}

void condition_count(const char *text, struct conditionals *counts)
{
	struct cursor rest = {text, text + strlen(text)};
	bool open = false; /* hours without brackets may go on after a `;` */
	while (rest.at < rest.end) {
		struct cursor clause = next_clause(&rest);
		if (clause.at == clause.end)
			continue;
		const char *at = memchr(clause.at, '@', (size_t)(clause.end - clause.at));
		if (!at && open && read_hours(clause))
			continue;
		counts->found++;
		open = at && at > clause.at && read_condition((struct cursor){at + 1, clause.end});
		counts->unread += !open;
	}
}

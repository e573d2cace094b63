/*
 * The area that the public may see: street and municipality. What comes in should hold no house
 * number already; this is the last gate, so it cuts what looks like one and keeps numbers that name
 * a street
 * ("via 25 Aprile", "SP 10").
 */
#include "live.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define MAX_TOKENS 32

struct token {
	const char *at;
	size_t length;
};

static bool token_is(struct token t, const char *word)
{
	return strlen(word) == t.length && strncasecmp(t.at, word, t.length) == 0;
}

/* "12", "12/A", "n.12" */
static bool is_number(struct token t)
{
	size_t skip = t.length > 2 && strncasecmp(t.at, "n.", 2) == 0 ? 2 : 0;
	return t.length && isdigit((unsigned char)t.at[skip]);
}

/* "A", "bis", "int." after a number belong to it. */
static bool is_suffix(struct token t)
{
	return t.length <= 4 &&
	       (t.length == 1 || token_is(t, "bis") || token_is(t, "ter") || token_is(t, "int.") ||
	        token_is(t, "int") || token_is(t, "-") || token_is(t, "snc"));
}

/* Words whose number is their name. */
static bool is_road(struct token t)
{
	static const char *const roads[] = {"SP",          "SS",      "SR",        "SC",
	                                    "S.P.",        "S.S.",    "S.R.",      "SPexSS",
	                                    "provinciale", "statale", "regionale", "comunale",
	                                    "strada",      "km",      "lotto",     "traversa"};
	for (size_t i = 0; i < sizeof roads / sizeof *roads; i++) {
		if (token_is(t, roads[i]))
			return true;
	}
	return false;
}

/* Words that stand before a number of a house, a stair or a flat. */
static bool is_number_word(struct token t)
{
	static const char *const words[] = {"n",      "n.",     "n°",    "nr",       "nr.",
	                                    "numero", "civico", "civ.",  "interno",  "int",
	                                    "int.",   "scala",  "piano", "palazzina"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (token_is(t, words[i]))
			return true;
	}
	return false;
}

static size_t tokens_of(const char *s, size_t length, struct token out[MAX_TOKENS])
{
	size_t count = 0;
	for (size_t i = 0; i < length && count < MAX_TOKENS;) {
		while (i < length && s[i] == ' ')
			i++;
		size_t begin = i;
		while (i < length && s[i] != ' ')
			i++;
		if (i > begin)
			out[count++] = (struct token){s + begin, i - begin};
	}
	return count;
}

/* How many tokens stay once a house number at the end is cut. */
static size_t without_number(const struct token *t, size_t count)
{
	size_t end = count;
	while (end > 1 && (is_suffix(t[end - 1]) || is_number_word(t[end - 1])) &&
	       !is_number(t[end - 1]))
		end--;
	bool cut = false;
	while (end > 0 && is_number(t[end - 1]) && !(end > 1 && is_road(t[end - 2]))) {
		end--;
		cut = true;
		while (end > 0 && (is_suffix(t[end - 1]) || is_number_word(t[end - 1])))
			end--;
	}
	return cut ? end : count;
}

/* One part between commas; "46043 Castiglione" loses its code, "12/A" everything. */
static void add_part(const char *s, size_t length, struct str *to)
{
	struct token t[MAX_TOKENS];
	size_t count = tokens_of(s, length, t);
	count = without_number(t, count);
	size_t first = count > 1 && is_number(t[0]) ? 1 : 0;
	for (size_t i = first; i < count; i++) {
		str_add(to, i > first ? " " : to->length ? ", " : "");
		str_addn(to, t[i].at, t[i].length);
	}
}

void live_area(const char *area, struct str *to)
{
	str_clear(to);
	for (const char *part = area; part;) {
		const char *comma = strchr(part, ',');
		add_part(part, comma ? (size_t)(comma - part) : strlen(part), to);
		part = comma ? comma + 1 : NULL;
	}
}

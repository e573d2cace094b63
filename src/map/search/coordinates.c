/*
 * Two coordinates typed as a place: "46.0679, 11.1211", "46,0679 11,1211", "46.0679N 11.1211E",
 * "46°04'04\"N 11°07'16\"E". Nothing else may stand there, and what could be two numbers of
 * something else ("12, 14") is none. See search.h.
 */
#include "search.h"

#include <ctype.h>
#include <string.h>

#define MOST_DIGITS 9
#define FRACTION 3 /* digits behind the point, by which a bare number is a coordinate */

/* ---- one number ---- */

/* Takes what the text goes on with, if it does. */
static bool take(const char **at, const char *what)
{
	size_t length = strlen(what);
	bool goes_on = strncmp(*at, what, length) == 0;
	*at += goes_on ? length : 0;
	return goes_on;
}

static bool take_any(const char **at, const char *const *list)
{
	for (; *list; list++)
		if (take(at, *list))
			return true;
	return false;
}

static void skip_blanks(const char **at)
{
	while (**at == ' ' || **at == '\t')
		++*at;
}

/* How many digits; 0: none, or too many. */
static size_t take_digits(const char **at, double *value)
{
	size_t count = 0;
	for (; isdigit((unsigned char)**at) && count <= MOST_DIGITS; ++*at, count++)
		*value = 10 * *value + (**at - '0');
	return count <= MOST_DIGITS ? count : 0;
}

/* With a point or a comma; returns the digits behind it in *fraction. */
static bool take_number(const char **at, double *value, size_t *fraction)
{
	*value = 0;
	*fraction = 0;
	if (take_digits(at, value) == 0)
		return false;
	if ((**at != '.' && **at != ',') || !isdigit((unsigned char)(*at)[1]))
		return true;
	double behind = 0;
	++*at;
	*fraction = take_digits(at, &behind);
	for (size_t i = 0; i < *fraction; i++)
		behind /= 10;
	*value += behind;
	return *fraction > 0;
}

/* ---- one coordinate ---- */

struct coordinate {
	double degrees;
	char towards; /* 'n', 's', 'e', 'w'; 0: not said */
	bool sure;    /* can be nothing else */
};

/* O is west in Italian. */
static char take_towards(const char **at)
{
	char letter = (char)tolower((unsigned char)**at);
	if (!letter || !strchr("nsewo", letter) || isalpha((unsigned char)(*at)[1]))
		return 0;
	++*at;
	return letter == 'o' ? 'w' : letter;
}

/* Of 60, and the mark behind them; none of them is fine too. */
static bool take_part(const char **at, const char *const *marks, double share, double *degrees)
{
	const char *from = *at;
	double value;
	size_t fraction;
	skip_blanks(at);
	if (!take_number(at, &value, &fraction) || !take_any(at, marks)) {
		*at = from;
		return true;
	}
	*degrees += value / share;
	return value < 60;
}

static bool take_minutes(const char **at, double *degrees)
{
	static const char *const minute[] = {"'", "\u2032", "\u2019", NULL};
	static const char *const second[] = {"\"",           "''",           "\u2033", "\u201d",
	                                     "\u2032\u2032", "\u2019\u2019", NULL};
	return take_part(at, minute, 60, degrees) && take_part(at, second, 3600, degrees);
}

static bool take_coordinate(const char **at, struct coordinate *out)
{
	static const char *const degree[] = {"\u00b0", "\u00ba", NULL};
	size_t fraction;
	out->towards = take_towards(at);
	skip_blanks(at);
	bool minus = take(at, "-");
	if (!take_number(at, &out->degrees, &fraction))
		return false;
	bool marked = take_any(at, degree);
	if (marked && fraction == 0 && !take_minutes(at, &out->degrees))
		return false;
	const char *behind = *at;
	skip_blanks(&behind);
	char towards = out->towards ? 0 : take_towards(&behind);
	if (towards) {
		out->towards = towards;
		*at = behind;
	}
	out->sure = marked || fraction >= FRACTION;
	if (minus || out->towards == 's' || out->towards == 'w')
		out->degrees = -out->degrees;
	return true;
}

static bool is_east_west(const struct coordinate *c)
{
	return c->towards == 'e' || c->towards == 'w';
}

bool coordinates_read(const char *query, struct point *out)
{
	struct coordinate first, second;
	const char *at = query;
	skip_blanks(&at);
	if (!take_coordinate(&at, &first))
		return false;
	at += strspn(at, " \t,;/");
	if (!take_coordinate(&at, &second))
		return false;
	skip_blanks(&at);
	if (*at || !first.sure || !second.sure ||
	    (first.towards && second.towards && is_east_west(&first) == is_east_west(&second)))
		return false;
	bool swapped = is_east_west(&first) || (second.towards && !is_east_west(&second));
	*out = swapped ? (struct point){second.degrees, first.degrees}
	               : (struct point){first.degrees, second.degrees};
	return point_valid(*out);
}

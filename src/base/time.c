/*
 * Instants and spans, and RFC 3339 texts. Zones live in zone.c. The civil-date arithmetic is Howard
 * Hinnant's "chrono-compatible low-level date algorithms".
 */
#include "base/time.h"

#include "civil.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct instant instant_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (struct instant){(int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000};
}

bool instant_is_set(struct instant t)
{
	return t.us != 0;
}

struct instant instant_add(struct instant t, struct span s)
{
	return (struct instant){t.us + s.us};
}

struct span instant_since(struct instant later, struct instant earlier)
{
	return (struct span){later.us - earlier.us};
}

int instant_compare(struct instant a, struct instant b)
{
	return (a.us > b.us) - (a.us < b.us);
}

int64_t civil_days(int year, int month, int day)
{
	int64_t y = month <= 2 ? (int64_t)year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

void civil_date(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

int civil_month_length(int year, int month)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : lengths[month - 1];
}

const char *instant_format(struct instant t, const struct zone *zone, char buf[INSTANT_TEXT])
{
	struct wall w;
	int minutes, length;

	buf[0] = '\0';
	if (!instant_is_set(t))
		return buf;
	w = zone_wall(zone, t);
	length = snprintf(buf, INSTANT_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d", w.year, w.month,
	                  w.day, w.hour, w.minute, w.second);
	if (length < 0 || length > INSTANT_TEXT - 8)
		return buf;
	minutes = w.offset_s < 0 ? -w.offset_s / 60 : w.offset_s / 60;
	if (zone == NULL)
		snprintf(buf + length, 2, "Z");
	else
		snprintf(buf + length, INSTANT_TEXT - (size_t)length, "%c%02d:%02d",
		         w.offset_s < 0 ? '-' : '+', minutes / 60 % 100, minutes % 60);
	return buf;
}

/* Exactly `digits` digits at *s, which moves on; false otherwise. */
static bool take_digits(const char **s, int digits, int *out)
{
	*out = 0;
	for (int i = 0; i < digits; i++, (*s)++) {
		if (!isdigit((unsigned char)**s))
			return false;
		*out = *out * 10 + (**s - '0');
	}
	return true;
}

static bool take(const char **s, const char *any_of)
{
	if (**s == '\0' || strchr(any_of, **s) == NULL)
		return false;
	(*s)++;
	return true;
}

static bool take_wall(const char **s, struct wall *w)
{
	return take_digits(s, 4, &w->year) && take(s, "-") && take_digits(s, 2, &w->month) &&
	       take(s, "-") && take_digits(s, 2, &w->day) && take(s, "Tt ") &&
	       take_digits(s, 2, &w->hour) && take(s, ":") && take_digits(s, 2, &w->minute) &&
	       take(s, ":") && take_digits(s, 2, &w->second);
}

static bool take_fraction(const char **s, int *us)
{
	int scale = 100000;

	*us = 0;
	if (!take(s, "."))
		return true;
	if (!isdigit((unsigned char)**s))
		return false;
	for (; isdigit((unsigned char)**s); (*s)++, scale /= 10)
		*us += (**s - '0') * scale;
	return true;
}

static bool take_offset(const char **s, int *offset_s)
{
	char sign = **s;
	int hours, minutes;

	*offset_s = 0;
	if (take(s, "Zz"))
		return true;
	if (!take(s, "+-") || !take_digits(s, 2, &hours) || !take(s, ":") ||
	    !take_digits(s, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*offset_s = (hours * 60 + minutes) * (sign == '-' ? -60 : 60);
	return true;
}

/* A leap second (:60) is read as the second after; RFC 3339 allows it, POSIX time does not know it.
 */
static bool wall_in_range(const struct wall *w)
{
	return w->month >= 1 && w->month <= 12 && w->day >= 1 &&
	       w->day <= civil_month_length(w->year, w->month) && w->hour <= 23 &&
	       w->minute <= 59 && w->second <= 60;
}

bool instant_parse(const char *text, struct instant *out, struct problem *p)
{
	struct wall w = {0};
	const char *s = text != NULL ? text : "";
	int us = 0, offset_s = 0;
	int64_t seconds;

	if (!take_wall(&s, &w) || !take_fraction(&s, &us) || !take_offset(&s, &offset_s) ||
	    *s != '\0' || !wall_in_range(&w))
		return problem_set(p, PROBLEM_INPUT, "",
		                   "not an instant: write it like 2026-03-29T07:30:00+02:00");
	seconds = civil_days(w.year, w.month, w.day) * DAY_S + w.hour * 3600 + w.minute * 60 +
	          w.second - offset_s;
	out->us = seconds * 1000000 + us;
	return true;
}

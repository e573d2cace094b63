/*
 * The Italian calendar: Easter, national holidays with the years in which they are ones, patron
 * saints where a charter counts them, working days (Monday to Friday, or to Saturday where the
 * charter says so, no holiday). Source: Law 260/1949, 54/1977, DPR 792/1985, Law 336/2000, Law
 * 151/2025 (4 October, from 2026).
 */
#include "days.h"

#include "base/str.h"

#include <stdio.h>
#include <string.h>

#define FOREVER 9999

static const struct {
	int month, day, from, to; /* years in which it is a holiday */
	const char *name;
} fixed[] = {
    {1, 1, 1949, FOREVER, "Capodanno"},
    {1, 6, 1949, 1977, "Epifania"},
    {1, 6, 1986, FOREVER, "Epifania"},
    {4, 25, 1949, FOREVER, "Festa della Liberazione"},
    {5, 1, 1949, FOREVER, "Festa del Lavoro"},
    {6, 2, 1949, 1976, "Festa della Repubblica"},
    {6, 2, 2001, FOREVER, "Festa della Repubblica"},
    {8, 15, 1949, FOREVER, "Assunzione"},
    {10, 4, 2026, FOREVER, "San Francesco d'Assisi"},
    {11, 1, 1949, FOREVER, "Tutti i Santi"},
    {12, 8, 1949, FOREVER, "Immacolata Concezione"},
    {12, 25, 1949, FOREVER, "Natale"},
    {12, 26, 1949, FOREVER, "Santo Stefano"},
};

/* Days since 1970-01-01 of a Gregorian date (Howard Hinnant, "chrono-compatible low-level date
 * algorithms"). */
static int64_t day_number(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* Easter Sunday as a day number (anonymous Gregorian computus). */
static int64_t easter(int year)
{
	int a = year % 19, b = year / 100, c = year % 100;
	int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
	int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
	int m = (a + 11 * h + 22 * l) / 451;
	int n = h + l - 7 * m + 114;
	return day_number(year, n / 31, n % 31 + 1);
}

const char *clocks_holiday(int year, int month, int day)
{
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
		if (fixed[i].month == month && fixed[i].day == day && year >= fixed[i].from &&
		    year <= fixed[i].to)
			return fixed[i].name;
	}
	if (month != 3 && month != 4)
		return NULL;
	int64_t after_easter = day_number(year, month, day) - easter(year);
	return after_easter == 0 ? "Pasqua" : after_easter == 1 ? "Lunedì dell'Angelo" : NULL;
}

bool calendar_within(const struct wall *date, const char *from, const char *to)
{
	char text[16];
	snprintf(text, sizeof text, "%04d-%02d-%02d", date->year % 10000, date->month, date->day);
	return (!from || strcmp(text, from) >= 0) && (!to || strcmp(text, to) <= 0);
}

static bool falls_on(const struct patron_day *p, const struct wall *d)
{
	switch (p->rule) {
	case PATRON_DATE:
		return d->month == p->month && d->day == p->day;
	case PATRON_WEEKDAY: {
		if (d->month != p->month || d->weekday != p->weekday)
			return false;
		int64_t next = day_number(d->year + d->month / 12, d->month % 12 + 1, 1);
		bool is_last = day_number(d->year, d->month, d->day) + 7 >= next;
		return p->nth < 0 ? is_last : (d->day - 1) / 7 + 1 == p->nth;
	}
	case PATRON_EASTER:
		return day_number(d->year, d->month, d->day) - easter(d->year) == p->after_easter;
	}
	return false;
}

/* The patron saint that a charter counts on that date; NULL: none. */
static const struct patron_day *patron(const struct clocks_question *q, const struct wall *d)
{
	for (size_t i = 0; i < q->charter->patron_count; i++) {
		const struct patron_day *p = &q->charter->patrons[i];
		bool here = !q->charter->patrons_of_place ||
		            (q->municipality && str_equal_fold(q->municipality, p->municipality));
		if (here && falls_on(p, d) && calendar_within(d, p->valid_from, p->valid_to))
			return p;
	}
	return NULL;
}

const char *calendar_holiday(const struct clocks_question *question, const struct wall *date,
                             char buf[HOLIDAY_TEXT])
{
	const char *national = clocks_holiday(date->year, date->month, date->day);
	const struct patron_day *p = national ? NULL : patron(question, date);
	if (p)
		snprintf(buf, HOLIDAY_TEXT, "%s, patrono di %s", p->name, p->municipality);
	return national ? national : p ? buf : NULL;
}

static bool is_holiday(const struct clocks_question *q, const struct wall *d)
{
	return clocks_holiday(d->year, d->month, d->day) || patron(q, d);
}

bool calendar_is_rest(const struct clocks_question *question, const struct wall *date)
{
	return date->weekday == SUNDAY || is_holiday(question, date);
}

bool calendar_is_working(const struct clocks_question *question, const struct wall *date)
{
	int last = question->charter->saturday_works ? SATURDAY : FRIDAY;
	return date->weekday <= last && !is_holiday(question, date);
}

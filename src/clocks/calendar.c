/*
 * The Italian calendar: Easter, national holidays with the years in which they are ones, working
 * days (Monday to Friday, no holiday). Not here: patron saints, which no charter counts. Source:
 * Law 260/1949, 54/1977, DPR 792/1985, Law 336/2000, Law 151/2025 (4 October, from 2026).
 */
#include "days.h"

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

int calendar_weekday(int year, int month, int day)
{
	int64_t n = (day_number(year, month, day) + 3) % 7; /* 1970-01-01 was a Thursday */
	return (int)(n < 0 ? n + 7 : n);
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

bool calendar_is_rest(int year, int month, int day)
{
	return calendar_weekday(year, month, day) == 6 || clocks_holiday(year, month, day);
}

bool clocks_is_working_day(int year, int month, int day)
{
	return calendar_weekday(year, month, day) < 5 && !clocks_holiday(year, month, day);
}

/* How a due instant is told to people: absolute, with the day in words, a day target by its last
 * day. */
#include "days.h"

static const char *const weekdays[2][7] = {
    {"lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"},
    {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
};
static const char *const months[2][12] = {
    {"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre",
     "ottobre", "novembre", "dicembre"},
    {"January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December"},
};

static bool same_day(const struct zone *zone, struct instant t, struct instant now, int days_ahead)
{
	struct instant begin = zone_midnight(zone, now, days_ahead),
	               end = zone_midnight(zone, now, days_ahead + 1);
	return instant_compare(begin, t) <= 0 && instant_compare(t, end) < 0;
}

static void add_date(const struct wall *w, bool english, struct str *to)
{
	const char *first = w->day == 1 && !english ? "°" : "";
	str_addf(to, "%s %d%s %s", weekdays[english][w->weekday], w->day, first,
	         months[english][w->month - 1]);
}

/* The hour that an autumn night has twice is told with the clock it is of. */
static void add_clock(const struct zone *zone, const struct wall *w, bool english, struct str *to)
{
	struct instant first, second;
	str_addf(to, "%02d:%02d", w->hour, w->minute);
	if (zone_instant(zone, w, &first, &second) != ZONE_TWICE)
		return;
	bool summer = w->offset_s == zone_wall(zone, first).offset_s;
	if (english)
		str_add(to, summer ? " (summer time)" : " (winter time)");
	else
		str_add(to, summer ? " (ora legale)" : " (ora solare)");
}

static void tell_time(const struct clocks_due *due, const struct zone *zone, struct instant now,
                      bool english, struct str *to)
{
	static const char *const near[2][3] = {{" di ieri", " di oggi", " di domani"},
	                                       {" yesterday", " today", " tomorrow"}};
	struct wall w = zone_wall(zone, due->due);
	str_add(to, english ? "by " : "entro le ");
	add_clock(zone, &w, english, to);
	for (int days = -1; days <= 1; days++) {
		if (same_day(zone, due->due, now, days)) {
			str_add(to, near[english][days + 1]);
			return;
		}
	}
	str_add(to, english ? " on " : " di ");
	add_date(&w, english, to);
}

void clocks_tell(const struct clocks_due *due, const struct zone *zone, struct instant now,
                 const char *lang, struct str *to)
{
	bool english = str_equal(lang, "en");
	if (due->bound == BOUND_INCLUSIVE) {
		tell_time(due, zone, now, english, to);
		return;
	}
	struct wall last = zone_wall(zone, instant_add(due->due, SPAN_S(-1)));
	str_add(to, english ? "by the end of " : "entro ");
	add_date(&last, english, to);
	str_add(to, english ? "" : ", fine giornata");
}

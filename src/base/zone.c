/*
 * A zone turns instants into a clock on the wall and back, by GLib's reading of the IANA database;
 * the one file that knows GLib's GTimeZone. Zones are kept by name for the life of the process.
 */
#include "base/time.h"

#include "base/mem.h"
#include "base/str.h"
#include "civil.h"

#include <glib.h>
#include <string.h>

struct zone {
	struct zone *next;
	char *name;
	GTimeZone *zone;
};

static struct zone *zones;

const struct zone *zone_get(const char *name, struct problem *p)
{
	struct zone *zone;
	GTimeZone *found = NULL;

	for (zone = zones; zone != NULL; zone = zone->next) {
		if (str_equal(zone->name, name))
			return zone;
	}
	/* Only names of the database: GLib would read any file for a name with dots or a leading
	 * slash. */
	if (name != NULL && name[0] >= 'A' && name[0] <= 'Z' && strstr(name, "..") == NULL)
		found = g_time_zone_new_identifier(name);
	if (found == NULL) {
		problem_set(p, PROBLEM_INPUT, "zone",
		            "unknown time zone '%s': use an IANA name such as Europe/Rome",
		            name != NULL ? name : "");
		return NULL;
	}
	zone = mem_zero(1, sizeof *zone);
	*zone = (struct zone){zones, mem_str(name), found};
	zones = zone;
	return zone;
}

static int64_t floor_s(struct instant t)
{
	return t.us >= 0 ? t.us / 1000000 : -((-t.us + 999999) / 1000000);
}

/* Seconds east of Greenwich at this second of UTC; zone NULL is UTC. */
static int offset_at(const struct zone *zone, int64_t utc_s)
{
	int interval;

	if (zone == NULL)
		return 0;
	interval = g_time_zone_find_interval(zone->zone, G_TIME_TYPE_UNIVERSAL, utc_s);
	return interval < 0 ? 0 : g_time_zone_get_offset(zone->zone, interval);
}

struct wall zone_wall(const struct zone *zone, struct instant t)
{
	int64_t utc_s = floor_s(t);
	struct wall w = {.offset_s = offset_at(zone, utc_s)};
	int64_t local_s = utc_s + w.offset_s;
	int64_t days = local_s >= 0 ? local_s / DAY_S : -((-local_s + DAY_S - 1) / DAY_S);
	int second = (int)(local_s - days * DAY_S);

	civil_date(days, &w.year, &w.month, &w.day);
	w.hour = second / 3600;
	w.minute = second / 60 % 60;
	w.second = second % 60;
	w.weekday = (int)(((days + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
	return w;
}

/* The first second at which `later` holds instead of `earlier`, between lo (earlier) and hi
 * (later). */
static int64_t transition(const struct zone *zone, int64_t lo, int64_t hi)
{
	int earlier = offset_at(zone, lo);

	while (hi - lo > 1) {
		int64_t middle = lo + (hi - lo) / 2;

		if (offset_at(zone, middle) == earlier)
			lo = middle;
		else
			hi = middle;
	}
	return hi;
}

enum zone_fit zone_instant(const struct zone *zone, const struct wall *w, struct instant *first,
                           struct instant *second)
{
	int64_t naive = civil_days(w->year, w->month, w->day) * DAY_S + w->hour * 3600 +
	                w->minute * 60 + w->second;
	int before = offset_at(zone, naive - DAY_S), after = offset_at(zone, naive + DAY_S);
	bool fits_before = offset_at(zone, naive - before) == before;
	bool fits_after = offset_at(zone, naive - after) == after;

	if (!fits_before && !fits_after) {
		first->us =
		    transition(zone, naive - before - DAY_S, naive - after + DAY_S) * 1000000;
		return ZONE_NEVER;
	}
	first->us = (naive - (fits_before ? before : after)) * 1000000;
	if (second != NULL)
		second->us = (naive - (fits_after ? after : before)) * 1000000;
	return fits_before && fits_after && before != after ? ZONE_TWICE : ZONE_ONCE;
}

struct instant zone_midnight(const struct zone *zone, struct instant t, int days)
{
	struct wall w = zone_wall(zone, t);
	struct instant midnight;

	civil_date(civil_days(w.year, w.month, w.day) + days, &w.year, &w.month, &w.day);
	w.hour = w.minute = w.second = 0;
	zone_instant(zone, &w, &midnight, NULL);
	return midnight;
}

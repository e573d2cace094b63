/*
 * What the hour does to driving times: a share of the usual time by class of road, in built-up areas
 * and outside. These are assumptions of ours, to be replaced by measured ones where a utility has
 * them: none is taken from traffic counts.
 */
#include "drive.h"

#include <string.h>

/* per cent of the usual time: motorway trunk primary secondary tertiary minor service path */
static const uint16_t shares[MAP_PROFILES][2][ROAD_PATH + 1] = {
    [MAP_NORMAL] = {{100, 100, 100, 100, 100, 100, 100, 100},
                    {100, 100, 100, 100, 100, 100, 100, 100}},
    [MAP_PEAK] = {{110, 120, 120, 115, 110, 105, 100, 100},
                  {120, 140, 150, 145, 130, 115, 100, 100}},
    [MAP_NIGHT] = {{97, 95, 92, 92, 95, 97, 100, 100}, {97, 92, 85, 85, 90, 95, 100, 100}},
    [MAP_SNOW] = {{140, 150, 160, 170, 190, 210, 220, 260},
                  {140, 150, 155, 160, 175, 190, 210, 260}},
};

static const char *const names[MAP_PROFILES] = {"normal", "peak", "night", "snow"};

const char *map_profile_name(enum map_profile profile)
{
	return names[profile];
}

bool map_profile_parse(const char *name, enum map_profile *out)
{
	for (unsigned i = 0; i < MAP_PROFILES; i++)
		if (strcmp(name, names[i]) == 0) {
			*out = (enum map_profile)i;
			return true;
		}
	return false;
}

#define HOUR 60

enum map_profile map_profile_at(int weekday, int minute)
{
	bool morning = minute >= 7 * HOUR + 15 && minute < 9 * HOUR + 15;
	bool evening = minute >= 17 * HOUR && minute < 19 * HOUR + 30;
	if (minute >= 22 * HOUR || minute < 6 * HOUR)
		return MAP_NIGHT;
	return weekday <= 5 && (morning || evening) ? MAP_PEAK : MAP_NORMAL;
}

void metric_hours(const struct map *map, enum map_profile profile, uint32_t *edge_ms)
{
	for (size_t i = 0; i < map->segment_count; i++) {
		if (i % 4096 == 0)
			give_way();
		const struct map_segment *s = &map->segments[i];
		uint64_t share = shares[profile][(s->flags & SEGMENT_URBAN) != 0][s->road_class];
		if (s->flags & SEGMENT_FERRY)
			share = 100; /* ships keep their timetable */
		for (unsigned dir = 0; dir < 2; dir++) {
			uint64_t ms = (s->time_ms[dir] * share + 50) / 100;
			if (s->time_ms[dir] > 0 && ms == 0)
				ms = 1;
			edge_ms[2 * i + dir] = ms < MAP_FAR ? (uint32_t)ms : MAP_FAR;
		}
	}
}

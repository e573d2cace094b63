/*
 * Where a trip begins and ends: a point of a road, and which of its directions may be used.
 */
#include "drive.h"

#include <math.h>
#include <stdlib.h>

#define WRONG_WAY_M 30.0 /* a road that leads elsewhere than one is heading counts as that much farther */
#define HEADING_OFF 75.0 /* degrees */
#define STRETCH_M 15.0 /* a road's direction is taken over so much of it */

/* ---- snapping with heading ---- */

static double degrees_between(double a, double b)
{
	double off = fabs(fmod(a - b, 360));
	return off > 180 ? 360 - off : off;
}

static double bearing(struct point a, struct point b)
{
	double east = (b.lon - a.lon) * cos(a.lat * M_PI / 180), north = b.lat - a.lat;
	return fmod(atan2(east, north) * 180 / M_PI + 360, 360);
}

/* Degrees from north of the segment as drawn, around a point of it. */
static double direction_at(const struct map *map, const struct map_segment *s, double fraction)
{
	double length = (double)s->length_m, along = fraction * length, at = 0;
	struct map_unpacked line = {0};
	const struct map_vertex *v = map_line(map, s, &line);
	size_t first = 0, last = (size_t)s->vertices - 1;
	for (size_t i = 0; i + 1 < s->vertices; i++) {
		double piece = point_distance_m(map_point(v[i]), map_point(v[i + 1]));
		if (at + piece < along - STRETCH_M)
			first = i + 1;
		at += piece;
		if (at > along + STRETCH_M) {
			last = i + 1;
			break;
		}
	}
	if (first >= last)
		first = last - 1;
	double degrees = bearing(map_point(v[first]), map_point(v[last]));
	map_unpacked_free(&line);
	return degrees;
}

static bool edge_usable(const struct map_segment *s, unsigned dir)
{
	return s->time_ms[dir] > 0 && s->component[dir] != MAP_POCKET;
}

/* Which directions one who is heading so may be driving in; both where none fits. */
static bool directions(const struct map *map, const struct map_snapped *at, double heading,
                       bool out[2])
{
	const struct map_segment *s = &map->segments[at->segment];
	for (unsigned dir = 0; dir < 2; dir++)
		out[dir] = edge_usable(s, dir);
	if (isnan(heading))
		return true;
	double along = direction_at(map, s, at->fraction);
	bool fits[2] = {out[0] && degrees_between(along, heading) <= HEADING_OFF,
	                out[1] && degrees_between(along + 180, heading) <= HEADING_OFF};
	if (!fits[0] && !fits[1])
		return false;
	out[0] = fits[0];
	out[1] = fits[1];
	return true;
}

#define NEAREST 8 /* roads looked at where a heading may choose among them */

static double detour(const struct map *map, const struct map_snapped *at, double heading)
{
	bool ways[2];
	return at->distance_m + (directions(map, at, heading, ways) ? 0 : WRONG_WAY_M);
}

/* Of the nearest, those first that one who is heading so may be driving on. */
static void prefer_heading(const struct map *map, double heading, struct map_snapped *near, size_t count)
{
	double far[NEAREST];
	for (size_t i = 0; i < count; i++) {
		struct map_snapped one = near[i];
		double own = detour(map, &one, heading);
		size_t to = i;
		for (; to > 0 && far[to - 1] > own; to--) {
			near[to] = near[to - 1];
			far[to] = far[to - 1];
		}
		near[to] = one;
		far[to] = own;
	}
}

/* room: at least NEAREST, or a heading chooses among fewer than a trip that begins there does. */
static size_t roads_near(const struct map *map, const struct map_stand *stand,
                         struct map_snapped *near, size_t room)
{
	double within = stand->within_m > 0 ? stand->within_m : MAP_SNAP_LIMIT_M;
	size_t count = map_snap_segments(map, stand->at, within, near, room);
	if (!isnan(stand->heading))
		prefer_heading(map, stand->heading, near, count < NEAREST ? count : NEAREST);
	return count;
}

struct drive_end drive_end_at(const struct map *map, const struct map_stand *stand)
{
	struct map_snapped near[NEAREST];
	if (roads_near(map, stand, near, isnan(stand->heading) ? 1 : NEAREST) == 0)
		return (struct drive_end){.at = POINT_NONE};
	struct drive_end e = {.known = true,
	                      .segment = near[0].segment,
	                      .fraction = near[0].fraction,
	                      .at = near[0].at,
	                      .distance_m = near[0].distance_m};
	directions(map, &near[0], stand->heading, e.usable);
	return e;
}

size_t map_snap(const struct map *map, const struct map_stand *stand, struct map_snap *out,
                size_t room)
{
	size_t looked_at = isnan(stand->heading) || room > NEAREST ? room : NEAREST;
	struct map_snapped *near = mem_zero(looked_at + 1, sizeof(*near));
	size_t count = roads_near(map, stand, near, looked_at);
	if (count > room)
		count = room;
	for (size_t i = 0; i < count; i++)
		out[i] = (struct map_snap){near[i].at, near[i].distance_m,
		                           map_string(map, map->segments[near[i].segment].name)};
	free(near);
	return count;
}

uint32_t drive_before_ms(const struct map_metric *m, const struct drive_end *e, unsigned dir)
{
	double share = dir ? 1 - e->fraction : e->fraction;
	return (uint32_t)lround((double)metric_ms(m, 2 * e->segment + dir) * share);
}

bool drive_direct(const struct map_metric *m, const struct drive_end *from,
                  const struct drive_end *to, uint32_t *out_ms, uint32_t *out_edge)
{
	bool found = false;
	if (!from->known || !to->known || from->segment != to->segment)
		return false;
	for (unsigned dir = 0; dir < 2; dir++) {
		bool ahead = dir ? to->fraction <= from->fraction : to->fraction >= from->fraction;
		if (!from->usable[dir] || !to->usable[dir] || !ahead)
			continue;
		uint32_t ms = drive_before_ms(m, to, dir) - drive_before_ms(m, from, dir);
		if (found && *out_ms <= ms)
			continue;
		*out_ms = ms;
		*out_edge = 2 * from->segment + dir;
		found = true;
	}
	return found;
}

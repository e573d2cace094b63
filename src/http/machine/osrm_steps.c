/*
 * What a driver is told on the way, in OSRM's terms, from the line and the streets of a route: depart,
 * turn or new name where the street changes, arrive. The angles are those of the line a few metres
 * before and behind. Also the line as it looks from afar. Not here: lanes, roundabouts' exits, signs.
 */
#include "osrm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bends nearer than this are the crossing itself, not where the street goes. */
#define LOOK_M 12.0
/* A place nearer to its road than this is on neither side of it. */
#define BESIDE_M 5.0

/* ---- angles ---- */

static double bearing(struct point a, struct point b)
{
	double y = b.lat - a.lat, x = (b.lon - a.lon) * cos((a.lat + b.lat) / 2 * M_PI / 180);
	double degrees = atan2(x, y) * 180 / M_PI;
	return degrees < 0 ? degrees + 360 : degrees;
}

static int whole_bearing(double degrees)
{
	return (int)lround(degrees) % 360;
}

/* Of the line where it leaves point `at` (step 1) or comes to it (step -1); NAN at its ends. */
static double bearing_at(const struct map_route *r, size_t at, int step)
{
	size_t other = at;
	while ((step > 0 ? other + 1 < r->count : other > 0) &&
	       point_distance_m(r->points[at], r->points[other]) < LOOK_M)
		other = step > 0 ? other + 1 : other - 1;
	if (point_distance_m(r->points[at], r->points[other]) < 0.01)
		return NAN;
	return step > 0 ? bearing(r->points[at], r->points[other])
	                : bearing(r->points[other], r->points[at]);
}

/* -180 to 180, to the right positive. */
static double turn_of(double before, double after)
{
	return remainder(after - before, 360);
}

static const char *modifier_of(double turn)
{
	static const struct {
		double to;
		const char *right, *left;
	} words[] = {{20, "straight", "straight"},
	             {50, "slight right", "slight left"},
	             {125, "right", "left"},
	             {165, "sharp right", "sharp left"},
	             {181, "uturn", "uturn"}};
	size_t i = 0;
	while (fabs(turn) >= words[i].to)
		i++;
	return turn >= 0 ? words[i].right : words[i].left;
}

/* On which side of the way something lies; NULL: on it. */
static const char *side_of(struct point on_road, double way, struct point place)
{
	if (isnan(way) || point_distance_m(on_road, place) < BESIDE_M)
		return NULL;
	return turn_of(way, bearing(on_road, place)) >= 0 ? "right" : "left";
}

/* ---- steps ---- */

struct step {
	size_t first, last; /* points */
	const char *street; /* NULL: without a name */
	double distance_m, time_s, before, after; /* bearings: NAN where there is none */
	const char *type, *modifier;              /* modifier NULL: none */
};

static void write_maneuver(struct str *to, const struct step *s, struct point at)
{
	str_addf(to, ",\"maneuver\":{\"type\":\"%s\"", s->type);
	if (s->modifier)
		str_addf(to, ",\"modifier\":\"%s\"", s->modifier);
	str_add(to, ",\"location\":");
	osrm_write_place(to, at);
	str_addf(to, ",\"bearing_before\":%d,\"bearing_after\":%d}",
	         isnan(s->before) ? 0 : whole_bearing(s->before),
	         isnan(s->after) ? 0 : whole_bearing(s->after));
}

/* The crossing where the step begins: the road we come from and the one we take, by bearing. */
static void write_intersection(struct str *to, const struct step *s, struct point at)
{
	int in = isnan(s->before) ? -1 : whole_bearing(s->before + 180);
	int out = isnan(s->after) ? -1 : whole_bearing(s->after);
	str_add(to, ",\"intersections\":[{\"location\":");
	osrm_write_place(to, at);
	if (in < 0 && out < 0)
		str_add(to, ",\"bearings\":[],\"entry\":[]");
	else if (in < 0)
		str_addf(to, ",\"bearings\":[%d],\"entry\":[true],\"out\":0", out);
	else if (out < 0)
		str_addf(to, ",\"bearings\":[%d],\"entry\":[true],\"in\":0", in);
	else if (in <= out)
		str_addf(to, ",\"bearings\":[%d,%d],\"entry\":[false,true],\"in\":0,\"out\":1", in,
		         out);
	else
		str_addf(to, ",\"bearings\":[%d,%d],\"entry\":[true,false],\"in\":1,\"out\":0", out,
		         in);
	str_add(to, "}]");
}

static void write_step(struct str *to, const struct osrm_leg *leg, const struct step *s)
{
	struct point at = leg->route->points[s->first], stays[2] = {at, at};
	str_add(to, "{\"distance\":");
	osrm_write_number(to, s->distance_m, 1);
	str_add(to, ",\"duration\":");
	osrm_write_number(to, s->time_s, 1);
	str_add(to, ",\"weight\":");
	osrm_write_number(to, s->time_s, 1);
	str_add(to, ",\"name\":");
	osrm_write_text(to, s->street);
	str_add(to, ",\"mode\":\"driving\",\"driving_side\":\"right\",\"geometry\":");
	if (s->last > s->first)
		osrm_write_line(to, leg->lines, leg->route->points + s->first,
		                s->last - s->first + 1);
	else
		osrm_write_line(to, leg->lines, stays, 2);
	write_maneuver(to, s, at);
	write_intersection(to, s, at);
	str_addc(to, '}');
}

/* The first says where the way leads; the others what is done where they begin. */
static struct step step_of(const struct osrm_leg *leg, size_t i)
{
	const struct map_route *r = leg->route;
	const struct map_step *m = &r->steps[i];
	struct step s = {.first = m->first_point,
	                 .last = i + 1 < r->step_count ? r->steps[i + 1].first_point
	                                               : r->count - 1,
	                 .street = m->street,
	                 .distance_m = m->distance_m,
	                 .time_s = m->time_s,
	                 .before = i > 0 ? bearing_at(r, m->first_point, -1) : NAN,
	                 .after = bearing_at(r, m->first_point, 1)};
	if (i == 0) {
		s.type = "depart";
		s.modifier = side_of(r->points[s.first], s.after, leg->from);
		return s;
	}
	double turn = isnan(s.before) || isnan(s.after) ? 0 : turn_of(s.before, s.after);
	s.modifier = modifier_of(turn);
	s.type = strcmp(s.modifier, "straight") == 0 ? "new name" : "turn";
	return s;
}

static struct step arrival(const struct osrm_leg *leg)
{
	const struct map_route *r = leg->route;
	size_t last = r->count - 1;
	struct step s = {.first = last,
	                 .last = last,
	                 .street = r->step_count ? r->steps[r->step_count - 1].street : NULL,
	                 .before = bearing_at(r, last, -1),
	                 .after = NAN,
	                 .type = "arrive"};
	s.modifier = side_of(r->points[last], s.before, leg->to);
	return s;
}

void osrm_write_steps(struct str *to, const struct osrm_leg *leg)
{
	const struct map_route *r = leg->route;
	if (r->count == 0)
		return;
	for (size_t i = 0; i < r->step_count; i++) {
		struct step s = step_of(leg, i);
		write_step(to, leg, &s);
		str_addc(to, ',');
	}
	struct step last = arrival(leg);
	write_step(to, leg, &last);
}

void osrm_write_summary(struct str *to, const struct map_route *route)
{
	const struct map_step *best[2] = {NULL, NULL};
	for (size_t i = 0; i < route->step_count; i++) {
		const struct map_step *s = &route->steps[i];
		if (!s->street)
			continue;
		if (!best[0] || s->distance_m > best[0]->distance_m) {
			best[1] = best[0];
			best[0] = s;
		} else if (!best[1] || s->distance_m > best[1]->distance_m) {
			best[1] = s;
		}
	}
	struct str text = {0};
	bool turned = best[1] && best[1] < best[0]; /* in the order of the way */
	if (best[0])
		str_add(&text, best[turned]->street);
	if (best[1] && strcmp(best[0]->street, best[1]->street) != 0)
		str_addf(&text, ", %s", best[!turned]->street);
	osrm_write_text(to, str_text(&text));
	str_fini(&text);
}

/* ---- a line from afar (Douglas and Peucker) ---- */

/* Of the larger side of what is seen: a pixel of a picture of this many. */
#define PICTURE 1000.0

struct flat {
	double x, y;
};

static double off_line(struct flat a, struct flat b, struct flat p)
{
	double dx = b.x - a.x, dy = b.y - a.y, square = dx * dx + dy * dy;
	double t = square > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / square : 0;
	t = fmin(1, fmax(0, t));
	return hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

/* Degrees as on a picture; the tolerance is what one dot of it shows. */
static struct flat *flatten(const struct point *points, size_t count, double *tolerance)
{
	struct flat *flat = mem_zero(count, sizeof *flat), low = {INFINITY, INFINITY},
	            high = {-INFINITY, -INFINITY};
	for (size_t i = 0; i < count; i++) {
		flat[i] = (struct flat){points[i].lon * cos(points[0].lat * M_PI / 180),
		                        points[i].lat};
		low = (struct flat){fmin(low.x, flat[i].x), fmin(low.y, flat[i].y)};
		high = (struct flat){fmax(high.x, flat[i].x), fmax(high.y, flat[i].y)};
	}
	*tolerance = fmax(high.x - low.x, high.y - low.y) / PICTURE;
	return flat;
}

static void mark_kept(const struct flat *flat, size_t count, double tolerance, bool *kept)
{
	size_t *stack = mem_zero(2 * count, sizeof *stack), depth = 0;
	stack[depth++] = 0;
	stack[depth++] = count - 1;
	while (depth > 0) {
		size_t last = stack[--depth], first = stack[--depth], worst = first;
		double most = tolerance;
		kept[first] = kept[last] = true;
		for (size_t i = first + 1; i < last; i++) {
			double off = off_line(flat[first], flat[last], flat[i]);
			if (off > most)
				most = off, worst = i;
		}
		if (worst == first)
			continue;
		stack[depth++] = first;
		stack[depth++] = worst;
		stack[depth++] = worst;
		stack[depth++] = last;
	}
	free(stack);
}

size_t osrm_simplify(struct point *points, size_t count)
{
	if (count < 3)
		return count;
	double tolerance;
	struct flat *flat = flatten(points, count, &tolerance);
	bool *kept = mem_zero(count, sizeof *kept);
	size_t left = 0;
	mark_kept(flat, count, tolerance, kept);
	for (size_t i = 0; i < count; i++)
		if (kept[i])
			points[left++] = points[i];
	free(kept);
	free(flat);
	return left;
}

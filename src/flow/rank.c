/*
 * Crews against one incident: where each starts from, how long it drives, who goes first. The times
 * are the map's, order and reasons dispatch's. The same starts under the same metric give the same
 * list, whoever asks and whenever: what is reckoned with is what is kept (ranking.c).
 */
#include "house.h"

#include <math.h>
#include <string.h>

/* A position older than this says nothing: the crew's base stands in for it. */
#define POSITION_LASTS SPAN_S(4 * 3600)

static double rounded(double n, double parts)
{
	return round(n * parts) / parts;
}

struct point rank_point(struct point p)
{
	return point_is_set(p) ? (struct point){rounded(p.lat, 1e7), rounded(p.lon, 1e7)} : POINT_NONE;
}

struct map_stand rank_stand(const struct crew *c, struct instant now, bool *at_base)
{
	struct span age = instant_since(now, c->position_at);
	bool fresh = instant_is_set(c->position_at) && point_is_set(c->position) &&
	             age.us < POSITION_LASTS.us;
	*at_base = !fresh && point_is_set(c->base);
	return (struct map_stand){.at = rank_point(fresh ? c->position : c->base),
	                          .heading = crew_drives(c, now) ? rounded(c->heading, 10) : NAN};
}

static struct dispatch_crew crew_for_rank(const struct crew *c, bool at_base)
{
	return (struct dispatch_crew){.id = c->id,
	                              .name = c->name,
	                              .skills = c->skills,
	                              .skill_count = c->skill_count,
	                              .on_shift = c->on_shift,
	                              .on_call = c->on_call,
	                              .on_call_delay = c->on_call_delay,
	                              .shift_ends = c->shift_ends,
	                              .open_assignments = c->open_assignments,
	                              .position_at = c->position_at,
	                              .at_base = at_base};
}

struct ranked *rank_new(struct arena *arena, size_t count)
{
	struct ranked *r = arena_take(arena, sizeof *r);
	r->count = count;
	r->crews = arena_take(arena, (count + 1) * sizeof *r->crews);
	r->stands = arena_take(arena, (count + 1) * sizeof *r->stands);
	r->etas = arena_take(arena, (count + 1) * sizeof *r->etas);
	r->order = arena_take(arena, (count + 1) * sizeof *r->order);
	return r;
}

struct ranked *rank_crews(struct arena *arena, const struct crew *crews, size_t count,
                          struct instant now)
{
	struct ranked *r = rank_new(arena, count);
	for (size_t i = 0; i < count; i++) {
		bool at_base;
		r->stands[i] = rank_stand(&crews[i], now, &at_base);
		r->crews[i] = crew_for_rank(&crews[i], at_base);
	}
	r->query.now = now;
	return r;
}

/* ---- times ---- */

static void straight_etas(struct ranked *r)
{
	for (size_t i = 0; i < r->count; i++) {
		struct point from = r->stands[i].at;
		bool known = point_is_set(r->to) && point_is_set(from);
		double metres = known ? point_distance_m(from, r->to) * STRAIGHT_DETOUR : NAN;
		r->etas[i] = (struct map_eta){.known = known,
		                              .eta_s = metres / STRAIGHT_MPS,
		                              .distance_m = metres,
		                              .from = POINT_NONE};
	}
}

void rank_drive(struct ranked *r, struct map_router *router)
{
	const struct map_stand to = {.at = r->to, .heading = NAN};
	struct map_snap near;
	r->straight = !router;
	r->off_road = router && point_is_set(r->to) && !map_router_snap(router, &to, &near);
	r->closed = router && point_is_set(r->to) && map_router_closed(router, &to);
	if (router && point_is_set(r->to) && r->count)
		map_etas(router, &to, r->stands, r->count, true, r->etas);
	else
		straight_etas(r);
	for (size_t i = 0; i < r->count; i++)
		r->crews[i].on_closed = router && point_is_set(r->stands[i].at) &&
		                        map_router_closed(router, &r->stands[i]);
}

static enum dispatch_unknown why_unknown(const struct ranked *r, size_t i)
{
	if (!point_is_set(r->stands[i].at))
		return instant_is_set(r->crews[i].position_at) ? DISPATCH_OLD_POSITION
		                                               : DISPATCH_NO_POSITION;
	if (!point_is_set(r->to))
		return DISPATCH_NO_PLACE;
	if (r->off_road)
		return DISPATCH_PLACE_OFF_ROAD;
	return point_is_set(r->etas[i].from) ? DISPATCH_NO_WAY : DISPATCH_OFF_ROAD;
}

void rank_order(struct ranked *r)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct map_eta *eta = &r->etas[i];
		struct dispatch_crew *c = &r->crews[i];
		c->eta_known = eta->known;
		c->why_unknown = why_unknown(r, i);
		c->eta.us = eta->known ? (int64_t)llround(eta->eta_s * 1e6) : 0;
		c->distance_m = eta->known ? eta->distance_m : 0;
		c->from_m = eta->known && !r->straight ? eta->from_m : 0;
		c->straight_line = r->straight && eta->known;
	}
	dispatch_rank(&r->query, r->crews, r->count, r->order);
}

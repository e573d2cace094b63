/*
 * When crews on their way will be there, reckoned again on the leader: now and then, and at once when the
 * roads change, from where each was last. What has moved by minutes is written, so that desks, the
 * public page and who reported hear of it; and so is that no open road leads there any more, since a
 * promise nobody can keep is worse than none. Not here: the first promise (assign.c), the way (route.c).
 */
#include "house.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_EVERY SPAN_S(30)
#define WORTH_TELLING SPAN_S(120)
#define NEXT SPAN_MS(1) /* one way a turn of the loop */

struct drive {
	struct incident incident;
	struct assignment assignment;
	struct crew crew; /* without its strings */
	bool found;       /* the crew was */
};

struct arrivals {
	struct flow *flow;
	struct loop_timer *timer;
	struct arena *arena; /* of this look */
	struct drive *drives;
	size_t count, next;
	bool looking, again;
};

static void look(void *ctx);

static void wake(struct arrivals *r, struct span wait, loop_fn *what)
{
	loop_timer_cancel(&r->timer);
	r->timer = loop_after(r->flow->o.loop, wait, what, r);
}

/* The end of a look. */
static void rest(struct arrivals *r)
{
	struct span wait = r->again ? NEXT : LOOK_EVERY;
	arena_free(&r->arena);
	r->drives = NULL;
	r->count = r->next = 0;
	r->looking = r->again = false;
	if (r->flow->leading)
		wake(r, wait, look);
}

/* ---- one crew ---- */

struct instant arrival_begun(const struct assignment *as, struct instant position_at, bool at_base,
                             struct instant now)
{
	if (as->state != ASSIGNMENT_EN_ROUTE || !instant_is_set(as->departed_at))
		return now;
	return !at_base && instant_compare(position_at, as->departed_at) > 0 ? position_at
	                                                                     : as->departed_at;
}

struct instant arrival_at(struct instant begun, double eta_s, struct instant now)
{
	struct instant at = instant_add(begun, (struct span){llround(eta_s * 1e6)});
	return instant_compare(at, now) < 0 ? now : at;
}

struct arrival {
	struct instant at; /* none: not known */
	bool cut_off;      /* both ends lie on roads, and no open one joins them */
};

static struct arrival arrival_of(struct flow *flow, const struct incident *i,
                                 const struct assignment *as, const struct crew *c,
                                 struct instant now)
{
	struct arrival found = {.at = INSTANT_NONE};
	struct map_eta eta = {0};
	struct map_snap place;
	bool at_base;
	struct map_stand from = rank_stand(c, now, &at_base), to = map_stand_at(i->point);
	if (!point_is_set(from.at))
		return found;
	map_etas(flow->o.router, &to, &from, 1, false, &eta);
	if (!eta.known) {
		found.cut_off = point_is_set(eta.from) && map_router_snap(flow->o.router, &to, &place);
		return found;
	}
	found.at = arrival_at(arrival_begun(as, c->position_at, at_base, now), eta.eta_s, now);
	return found;
}

bool arrival_is_news(struct instant before, struct instant found, struct instant now)
{
	if (!instant_is_set(before) || !instant_is_set(found))
		return instant_is_set(found);
	/* It should be there, and was to be: its phone is silent, and nothing better is known. */
	if (instant_compare(found, now) <= 0 && instant_compare(before, now) <= 0)
		return false;
	return llabs(instant_since(found, before).us) >= WORTH_TELLING.us;
}

static void on_told(void *ctx, const struct problem *p, const struct store_written *w)
{
	struct asking *a = ctx;
	(void)w;
	if (p) { /* the crew has arrived in this moment, or the next look tries again */
		asking_fail(a, p);
		return;
	}
	asking_moved(a);
	asking_answer(a, js_object());
}

static void tell(struct flow *flow, const struct incident *i, const struct assignment *as,
                 struct instant at)
{
	struct asking *a = asking_new(flow, NULL, NULL, NULL);
	asking_key(a, NULL, "eta", as->id.text);
	struct store_act act = asking_act(a);
	int64_t later = instant_is_set(as->eta_at) && instant_is_set(at)
	                    ? instant_since(at, as->eta_at).us / 1000000
	                    : 0;
	asking_moves(a, i, assignment_state_name(as->state),
	             instant_is_set(at) ? "eta" : "cut_off", "crew=\"%s\" later_s=%lld",
	             as->crew_name, (long long)later);
	store_assignment_eta(flow->store, &act, i, as, at, on_told, a);
}

/* ---- all of them ---- */

/* What is read is gone when the answer's callback returns: this is what stays of it. */
static void drive_keep(struct arrivals *r, const struct incident *i, const struct assignment *as)
{
	struct drive *d = &r->drives[r->count++];
	d->incident = (struct incident){.id = i->id,
	                                .utility = i->utility,
	                                .utility_code = arena_str(r->arena, i->utility_code),
	                                .version = i->version,
	                                .state = i->state,
	                                .point = i->point};
	memcpy(d->incident.number, i->number, sizeof i->number);
	d->assignment = (struct assignment){.id = as->id,
	                                    .crew = as->crew,
	                                    .crew_name = arena_str(r->arena, as->crew_name),
	                                    .state = as->state,
	                                    .version = as->version,
	                                    .departed_at = as->departed_at,
	                                    .eta_at = as->eta_at,
	                                    .cut_off_at = as->cut_off_at};
}

static void next(void *ctx)
{
	struct arrivals *r = ctx;
	r->timer = NULL;
	while (r->next < r->count && !r->drives[r->next].found)
		r->next++;
	if (r->next == r->count || !r->flow->leading) {
		rest(r);
		return;
	}
	const struct drive *d = &r->drives[r->next++];
	struct instant now = instant_now();
	struct arrival found = arrival_of(r->flow, &d->incident, &d->assignment, &d->crew, now);
	if (found.cut_off ? !instant_is_set(d->assignment.cut_off_at)
	                  : arrival_is_news(d->assignment.eta_at, found.at, now))
		tell(r->flow, &d->incident, &d->assignment, found.at);
	wake(r, NEXT, next);
}

static void on_crews(void *ctx, const struct problem *p, const struct store_crews *found)
{
	struct arrivals *r = ctx;
	for (size_t n = 0; !p && n < r->count; n++)
		for (size_t k = 0; k < found->count; k++)
			if (strcmp(found->list[k].id.text, r->drives[n].assignment.crew.text) == 0) {
				r->drives[n].crew = found->list[k];
				r->drives[n].found = true;
			}
	next(r);
}

static void on_incidents(void *ctx, const struct problem *p, const struct store_incidents *found)
{
	struct arrivals *r = ctx;
	struct str ids = {0};
	size_t most = 0;
	for (size_t n = 0; !p && n < found->count; n++)
		most += found->list[n].assignment_count;
	r->arena = arena_new();
	r->drives = arena_take(r->arena, (most + 1) * sizeof *r->drives);
	for (size_t n = 0; !p && n < found->count; n++) {
		const struct incident *i = &found->list[n];
		for (size_t k = 0; k < i->assignment_count && point_is_set(i->point); k++)
			if (i->assignments[k].state == ASSIGNMENT_EN_ROUTE) {
				str_addf(&ids, "%c%s", r->count ? ',' : '{', i->assignments[k].crew.text);
				drive_keep(r, i, &i->assignments[k]);
			}
	}
	str_addc(&ids, '}');
	if (r->count)
		store_crews(r->flow->store, NULL, ids.data, NULL, on_crews, r);
	else
		rest(r);
	str_fini(&ids);
}

static void look(void *ctx)
{
	struct arrivals *r = ctx;
	struct store_query q = {.driving = true};
	struct problem p;
	r->timer = NULL;
	if (!flow_knows_roads(r->flow, &p)) {
		rest(r);
		return;
	}
	r->looking = true;
	r->again = false;
	incidents_read(r->flow, NULL, &q, on_incidents, r);
}

void arrivals_look(struct arrivals *r)
{
	if (r->looking)
		r->again = true;
	else
		wake(r, NEXT, look);
}

void arrivals_lead(struct arrivals *r, bool leading)
{
	if (!leading && !r->looking)
		loop_timer_cancel(&r->timer);
	else if (leading)
		arrivals_look(r);
}

struct arrivals *arrivals_open(struct flow *flow)
{
	struct arrivals *r = mem_zero(1, sizeof *r);
	r->flow = flow;
	return r;
}

void arrivals_close(struct arrivals **at)
{
	struct arrivals *r = *at;
	if (!r)
		return;
	loop_timer_cancel(&r->timer);
	arena_free(&r->arena);
	free(r);
	*at = NULL;
}

/*
 * What a closure would take, before anybody makes it: its roads, and who has closed all of them
 * already. Nothing is stored. Making one stands in closure.c.
 */
#include "drawing.h"
#include "house.h"

#include <math.h>

#define NAMED_MOST 10 /* of those that are there already */

/* In the asking's arena. */
struct preview {
	struct closure wanted; /* its id: the one that is to be moved, which is no other's double */
};

/* ---- who has closed them already ---- */

static bool same_time(const struct closure *a, const struct closure *b)
{
	return (!instant_is_set(a->until) || instant_compare(b->from, a->until) < 0) &&
	       (!instant_is_set(b->until) || instant_compare(a->from, b->until) < 0);
}

/* On a closed road nothing more can be said; slow roads slow each other down. */
static bool same_kind(const struct closure *there, const struct closure *wanted)
{
	return !(there->speed > 0) || wanted->speed > 0;
}

static struct js *other_json(const struct closure *c)
{
	const struct zone *zone = zone_get("Europe/Rome", NULL);
	struct js *o = js_object();
	js_set_str(o, "id", c->id.text);
	js_set_str(o, "kind", c->speed > 0 ? "slow" : "closed");
	js_set_number(o, "speed", c->speed > 0 ? c->speed : NAN, 3);
	js_set_str(o, "reason", c->reason);
	js_set_instant(o, "from", c->from, zone);
	js_set_instant(o, "until", c->until, zone);
	js_set_str(o, "state", closure_state_name(closure_state_at(c, instant_now())));
	js_set_str(o, "made_by", c->made_by);
	js_set_instant(o, "made_at", c->made_at, zone);
	return o;
}

static struct js *already_json(const struct drawing *d)
{
	struct js *list = js_array();
	for (size_t i = 0; i < d->other_count && js_count(list) < NAMED_MOST; i++)
		if (d->covers[i])
			js_push(list, other_json(&d->others[i]));
	return list;
}

/* ---- what it takes ---- */

static void answer_preview(struct asking *a, const struct drawing *d)
{
	struct js *found = d->drawn[0];
	if (!drawing_on_roads(a, d)) {
		js_free(&found);
		return;
	}
	js_set(found, "off_road", drawing_off_road(d));
	js_set(found, "already", already_json(d));
	asking_answer(a, found);
}

static void on_closures(void *ctx, const struct problem *p, const struct closure *list,
                        size_t count)
{
	struct asking *a = ctx;
	const struct preview *own = a->own;
	struct closure *others = arena_take(a->arena, (count + 1) * sizeof *others);
	size_t kept = 0;
	if (p) {
		asking_fail(a, p);
		return;
	}
	for (size_t i = 0; i < count; i++)
		if (!str_equal(list[i].id.text, own->wanted.id.text) &&
		    same_kind(&list[i], &own->wanted) && same_time(&list[i], &own->wanted))
			others[kept++] = list[i];
	drawing_compare(a, &own->wanted, others, kept, answer_preview);
}

void flow_closure_preview(struct flow *flow, const struct user *who, const struct closure *c,
                          flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	struct preview *own = arena_take(a->arena, sizeof *own);
	struct instant now = instant_now();
	own->wanted = *closures_copy(a->arena, c, 1);
	if (!instant_is_set(c->from) || instant_compare(c->from, now) < 0)
		own->wanted.from = now;
	a->own = own;
	if (!may_decide(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "roads are closed by the desk");
	else if (drawing_too_wide(c))
		asking_fail_later(a, PROBLEM_INPUT, "/zone", DRAWING_TOO_LARGE);
	else
		store_closures(flow->store, NULL, now, on_closures, a);
}

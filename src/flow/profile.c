/*
 * The profile of the roads by hand: a dispatcher says how they are, for a while or until it is changed.
 * By the clock it goes in hours.c.
 */
#include "house.h"

struct choice {
	const char *profile; /* NULL: by the clock */
	struct instant until;
};

static void on_profile_read(void *ctx, const struct problem *p, const struct store_roads *found)
{
	struct asking *a = ctx;
	if (p) {
		asking_fail(a, p);
		return;
	}
	roads_take(a->flow->roads, found);
	asking_answer(a, roads_json(a->flow->roads));
}

static void on_profile_set(void *ctx, const struct problem *p, const struct store_written *w)
{
	struct asking *a = ctx;
	(void)w;
	if (p)
		asking_fail(a, p);
	else
		store_roads(a->flow->store, on_profile_read, a);
}

static void on_profile_once(void *ctx, const struct problem *p, const struct store_written *w)
{
	struct asking *a = ctx;
	const struct choice *choice = a->own;
	struct store_act act = asking_act(a);
	if (p || w)
		on_profile_set(a, p, w);
	else
		store_profile_set(a->flow->store, &act, choice->profile, choice->until,
		                  on_profile_set, a);
}

void flow_roads_set(struct flow *flow, const struct user *who, const char *profile,
                    struct instant until, const struct flow_once *once, flow_done_fn *done,
                    void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	asking_key(a, once, "roads", NULL);
	struct choice *choice = arena_take(a->arena, sizeof *choice);
	struct store_act act = asking_act(a);
	*choice = (struct choice){arena_str(a->arena, profile), until};
	a->own = choice;
	if (!may_decide(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "the desk says how roads are");
	else if (a->once.key[0])
		store_once(flow->store, &act, on_profile_once, a);
	else
		store_profile_set(flow->store, &act, profile, until, on_profile_set, a);
}

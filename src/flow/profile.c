/*
 * The profile of the roads by hand: a dispatcher says how they are, for a while or until it is changed.
 * By the clock it goes in hours.c.
 */
#include "house.h"

#include "base/log.h"

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

static void answer_with_profile(struct asking *a, const struct js *answer)
{
	(void)answer; /* it may be another one by now */
	store_roads(a->flow->store, on_profile_read, a);
}

static void on_profile_set(void *ctx, const struct problem *p, const struct store_written *w)
{
	struct asking *a = ctx;
	const struct choice *choice = a->own;
	if (p) {
		asking_fail(a, p);
		return;
	}
	if (!w->repeated)
		log_info(NULL, "profile by hand profile=%s account=%s",
		         choice->profile ? choice->profile : "clock", a->user.id.text);
	answer_with_profile(a, w->answer);
}

static void set_profile(struct asking *a)
{
	const struct choice *choice = a->own;
	struct store_act act = asking_act(a);
	store_profile_set(a->flow->store, &act, choice->profile, choice->until, on_profile_set, a);
}

void flow_roads_set(struct flow *flow, const struct user *who, const char *profile,
                    struct instant until, const struct flow_once *once, flow_done_fn *done,
                    void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	asking_key(a, once, "roads", NULL);
	struct choice *choice = arena_take(a->arena, sizeof *choice);
	*choice = (struct choice){arena_str(a->arena, profile), until};
	a->own = choice;
	if (!may_decide(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "", "the desk says how roads are");
	else
		asking_once(a, answer_with_profile, set_profile);
}

/*
 * Duties that run once in the whole system: on the worker that holds the database's one lock.
 * Losing the session is losing the lock, and the duties stop at once.
 */
#include "house.h"

#include "base/log.h"

#define DUTY_EVERY SPAN_S(5)
#define TIDY_EVERY 720 /* turns: an hour */

static void duty(void *ctx);

static void duty_again(struct flow *flow)
{
	if (flow->leading && !flow->duty_timer)
		flow->duty_timer = loop_after(flow->o.loop, DUTY_EVERY, duty, flow);
}

static void on_tidied(void *ctx, const struct problem *p)
{
	(void)ctx;
	if (p)
		log_warn(NULL, "what is old could not be put away reason=\"%s\"", p->text);
}

static void duty(void *ctx)
{
	struct flow *flow = ctx;
	flow->duty_timer = NULL;
	if (!flow->leading)
		return;
	expire_offers(flow);
	if (flow->duty_turns++ % TIDY_EVERY == 0) {
		store_tidy(flow->store, on_tidied, flow);
		store_rankings_tidy(flow->store, flow->o.conf->map_rankings_days,
		                    flow->o.conf->map_positions_days, on_tidied, flow);
	}
	duty_again(flow);
}

static void on_lead(void *ctx, bool leading)
{
	struct flow *flow = ctx;
	if (flow->leading != leading)
		log_info(NULL, "%s the duties that run once",
		         leading ? "this worker takes" : "this worker leaves");
	flow->leading = leading;
	warner_lead(flow->warner, leading);
	if (flow->o.router)
		arrivals_lead(flow->arrivals, leading);
	if (leading) {
		duty_again(flow);
		post_open(flow);
	} else {
		loop_timer_cancel(&flow->duty_timer);
		post_close(flow);
	}
}

void leader_open(struct flow *flow)
{
	store_lead(flow->store, on_lead, flow);
}

void leader_close(struct flow *flow)
{
	flow->leading = false;
	warner_lead(flow->warner, false);
	arrivals_lead(flow->arrivals, false);
	loop_timer_cancel(&flow->duty_timer);
	post_close(flow);
}

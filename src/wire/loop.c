/*
 * The event loop of a process over libevent: timers, signals, later, and descriptors for the rest
 * of wire/. Monotonic time stays in here.
 */
#include "wire/loop.h"

#include "base/mem.h"
#include "watch.h"

#include <event2/event.h>

#include <signal.h>
#include <stdlib.h>

struct later {
	struct later *next;
	loop_fn *fn;
	void *ctx;
};

struct signal_watch {
	struct signal_watch *next;
	struct event *event;
	loop_signal_fn *fn;
	void *ctx;
};

struct loop {
	struct event_base *base;
	struct event *turn; /* runs what was asked for later */
	struct later *first, **last;
	struct signal_watch *signals;
};

struct loop_timer {
	struct event *event;
	loop_fn *fn;
	void *ctx;
};

/* Runs what was asked for before this turn; what they ask for comes next turn. */
static void run_later(struct loop *loop)
{
	struct later *job = loop->first, *next;

	loop->first = NULL;
	loop->last = &loop->first;
	for (; job != NULL; job = next) {
		next = job->next;
		job->fn(job->ctx);
		free(job);
	}
}

static void on_turn(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	run_later(ctx);
}

struct loop *loop_new(void)
{
	struct loop *loop = mem_zero(1, sizeof *loop);
	struct event_config *config = event_config_new();

	must(config != NULL);
	/* A peer that left is an error of the write, not the end of the process. */
	signal(SIGPIPE, SIG_IGN);
	/* Coarse clocks make short timers fire early against the wall. */
	event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
	loop->base = event_base_new_with_config(config);
	event_config_free(config);
	must(loop->base != NULL);
	loop->turn = event_new(loop->base, -1, 0, on_turn, loop);
	must(loop->turn != NULL);
	loop->last = &loop->first;
	return loop;
}

void loop_free(struct loop **loop)
{
	struct signal_watch *s, *next;

	if (*loop == NULL)
		return;
	while ((*loop)->first != NULL)
		run_later(*loop);
	for (s = (*loop)->signals; s != NULL; s = next) {
		next = s->next;
		event_free(s->event);
		free(s);
	}
	event_free((*loop)->turn);
	event_base_free((*loop)->base);
	free(*loop);
	*loop = NULL;
}

void loop_run(struct loop *loop)
{
	event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY);
}

void loop_stop(struct loop *loop)
{
	event_base_loopbreak(loop->base);
}

static void on_timer(evutil_socket_t fd, short what, void *ctx)
{
	struct loop_timer *timer = ctx;
	loop_fn *fn = timer->fn;
	void *fn_ctx = timer->ctx;

	(void)fd;
	(void)what;
	loop_timer_cancel(&timer);
	fn(fn_ctx);
}

struct loop_timer *loop_after(struct loop *loop, struct span delay, loop_fn *fn, void *ctx)
{
	struct loop_timer *timer = mem_zero(1, sizeof *timer);
	int64_t us = delay.us > 0 ? delay.us : 0;
	struct timeval tv = {us / 1000000, us % 1000000};

	timer->fn = fn;
	timer->ctx = ctx;
	timer->event = event_new(loop->base, -1, 0, on_timer, timer);
	must(timer->event != NULL);
	must(event_add(timer->event, &tv) == 0);
	return timer;
}

void loop_timer_cancel(struct loop_timer **timer)
{
	if (*timer == NULL)
		return;
	event_free((*timer)->event);
	free(*timer);
	*timer = NULL;
}

void loop_later(struct loop *loop, loop_fn *fn, void *ctx)
{
	struct later *job = mem_zero(1, sizeof *job);

	job->fn = fn;
	job->ctx = ctx;
	if (loop->first == NULL)
		event_active(loop->turn, EV_TIMEOUT, 0);
	*loop->last = job;
	loop->last = &job->next;
}

static void on_signal(evutil_socket_t number, short what, void *ctx)
{
	struct signal_watch *s = ctx;

	(void)what;
	s->fn(s->ctx, (int)number);
}

void loop_on_signal(struct loop *loop, int signal_number, loop_signal_fn *fn, void *ctx)
{
	struct signal_watch *s = mem_zero(1, sizeof *s);

	s->next = loop->signals;
	s->fn = fn;
	s->ctx = ctx;
	s->event = evsignal_new(loop->base, signal_number, on_signal, s);
	must(s->event != NULL);
	must(event_add(s->event, NULL) == 0);
	loop->signals = s;
}

struct event_base *loop_base(struct loop *loop)
{
	return loop->base;
}

struct watch {
	struct loop *loop;
	struct event *event;
	int fd;
	unsigned want;
	watch_fn *fn;
	void *ctx;
};

static void on_ready(evutil_socket_t fd, short what, void *ctx)
{
	struct watch *watch = ctx;
	unsigned ready = (what & EV_READ ? WATCH_READ : 0) | (what & EV_WRITE ? WATCH_WRITE : 0);

	(void)fd;
	watch->fn(watch->ctx, ready);
}

struct watch *watch_new(struct loop *loop, int fd, watch_fn *fn, void *ctx)
{
	struct watch *watch = mem_zero(1, sizeof *watch);

	*watch = (struct watch){.loop = loop, .fd = fd, .fn = fn, .ctx = ctx};
	return watch;
}

void watch_set(struct watch *watch, int fd, unsigned want)
{
	short what = (short)(EV_PERSIST | (want & WATCH_READ ? EV_READ : 0) |
	                     (want & WATCH_WRITE ? EV_WRITE : 0));

	if (fd == watch->fd && want == watch->want)
		return;
	if (watch->event != NULL)
		event_free(watch->event);
	watch->event = NULL;
	watch->fd = fd;
	watch->want = want;
	if (fd < 0 || want == 0)
		return;
	watch->event = event_new(watch->loop->base, fd, what, on_ready, watch);
	must(watch->event != NULL);
	must(event_add(watch->event, NULL) == 0);
}

void watch_free(struct watch **watch)
{
	if (*watch == NULL)
		return;
	if ((*watch)->event != NULL)
		event_free((*watch)->event);
	free(*watch);
	*watch = NULL;
}

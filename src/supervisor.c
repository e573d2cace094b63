/*
 * The parent of the workers. A worker that ends unasked comes back in its slot, with backoff.
 * SIGTERM and SIGINT let them finish what is in hand, 10 s long; a second one ends them at once.
 * SIGHUP starts new workers on the new configuration beside the old ones, which finish when all the
 * new ones are ready; where one of those ends instead, the old ones go on. No loop, no library: it
 * must not fail for reasons of its own.
 */
#include "supervisor.h"

#include "base/log.h"
#include "base/time.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GRACE_MS 10000 /* for requests in hand, after SIGTERM */
/* Without a database no worker is ever ready: the new ones take over even so. */
#define HAND_OVER_MS 30000
#define BACKOFF_FIRST_MS 100
#define BACKOFF_MOST_MS 10000
#define SETTLED_MS 10000 /* who lived so long starts again at once */

struct slot {
	pid_t pid;  /* 0: none */
	pid_t past; /* the one it replaces, 0: none */
	int64_t started_ms, start_at_ms;
	int backoff_ms;
};

struct supervisor {
	struct supervisor_options options;
	struct slot slots[WORKERS_MOST];
	sigset_t watched, before;
	bool stopping, failed;
	bool handing_over; /* new workers are getting ready beside the old ones */
	int64_t force_at_ms, hand_over_at_ms;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void send_signal(pid_t pid, int number)
{
	if (pid > 0)
		kill(pid, number);
}

static void send_all(struct supervisor *s, int number)
{
	for (int i = 0; i < s->options.workers; i++) {
		send_signal(s->slots[i].pid, number);
		send_signal(s->slots[i].past, number);
	}
}

/* The child's side of a fork: never returns. */
static void be_worker(const struct supervisor *s, int number, pid_t parent)
{
	int code;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0); /* it died in between */
	sigprocmask(SIG_SETMASK, &s->before, NULL);
	code = s->options.worker(s->options.ctx, number);
	exit(code);
}

static void start_worker(struct supervisor *s, int index)
{
	struct slot *slot = &s->slots[index];
	pid_t parent = getpid(), pid = fork();

	if (pid == 0)
		be_worker(s, index + 1, parent);
	slot->started_ms = now_ms();
	slot->pid = pid > 0 ? pid : 0;
	slot->start_at_ms = pid > 0 ? 0 : slot->started_ms + 1000;
	if (pid < 0)
		log_error(NULL, "cannot fork, trying again in 1 s errno=%d", errno);
	else
		shared_add(s->options.shared, SHARED_WORKER_STARTS, 1);
}

static void begin_stop(struct supervisor *s)
{
	if (s->stopping) {
		log_warn(NULL, "asked again to stop: ending the workers at once");
		send_all(s, SIGKILL);
		return;
	}
	s->stopping = true;
	s->force_at_ms = now_ms() + GRACE_MS;
	log_info(NULL, "stopping, requests in hand are finished");
	send_all(s, SIGTERM);
}

static void plan_restart(struct supervisor *s, int index, int status)
{
	struct slot *slot = &s->slots[index];
	bool settled = now_ms() - slot->started_ms > SETTLED_MS;

	shared_add(s->options.shared, SHARED_WORKER_DEATHS, 1);
	slot->backoff_ms =
	    settled || slot->backoff_ms == 0 ? BACKOFF_FIRST_MS : slot->backoff_ms * 2;
	if (slot->backoff_ms > BACKOFF_MOST_MS)
		slot->backoff_ms = BACKOFF_MOST_MS;
	slot->start_at_ms = now_ms() + slot->backoff_ms;
	log_error(NULL,
	          "a worker ended unasked and comes back worker=%d code=%d signal=%d pause_ms=%d",
	          index + 1, WIFEXITED(status) ? WEXITSTATUS(status) : -1,
	          WIFSIGNALED(status) ? WTERMSIG(status) : 0, slot->backoff_ms);
}

/* ---- new workers beside the old ones ---- */

static void settle(struct supervisor *s, bool taken)
{
	s->handing_over = false;
	if (s->options.settle != NULL)
		s->options.settle(s->options.ctx, taken);
}

static bool all_ready(const struct supervisor *s)
{
	for (int i = 0; i < s->options.workers; i++) {
		pid_t pid = s->slots[i].pid;

		if (pid == 0 || !shared_is_ready(s->options.shared, i + 1, pid))
			return false;
	}
	return true;
}

static void hand_over(struct supervisor *s)
{
	if (now_ms() >= s->hand_over_at_ms)
		log_warn(NULL, "the new workers are not ready in time and take over even so");
	else if (!all_ready(s))
		return;
	for (int i = 0; i < s->options.workers; i++)
		send_signal(s->slots[i].past, SIGTERM);
	settle(s, true);
}

/* The old workers never stopped serving: they are the workers again. */
static void take_back(struct supervisor *s)
{
	log_error(NULL, "a new worker ended before all were ready: the old ones go on");
	for (int i = 0; i < s->options.workers; i++) {
		struct slot *slot = &s->slots[i];

		send_signal(slot->pid, SIGTERM);
		slot->pid = slot->past;
		slot->past = 0;
		slot->start_at_ms = now_ms();
	}
	settle(s, false);
}

/* SIGTERM may meet a worker that is still opening its rooms. */
static bool ended_well(int status)
{
	return (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
	       (WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

static void on_death(struct supervisor *s, pid_t pid, int status)
{
	bool hopeless = WIFEXITED(status) && WEXITSTATUS(status) == WORKER_CANNOT_START;

	for (int i = 0; i < s->options.workers; i++) {
		struct slot *slot = &s->slots[i];

		if (slot->past == pid) {
			slot->past = 0;
			return;
		}
		if (slot->pid != pid)
			continue;
		slot->pid = 0;
		if (s->stopping) {
			s->failed |= !ended_well(status);
		} else if (s->handing_over) {
			take_back(s);
		} else if (hopeless && slot->backoff_ms == 0 &&
		           now_ms() - slot->started_ms < SETTLED_MS) {
			s->failed = true;
			begin_stop(s);
		} else {
			plan_restart(s, i, status);
		}
		return;
	}
}

static void reap(struct supervisor *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		on_death(s, pid, status);
}

static void reload(struct supervisor *s)
{
	for (int i = 0; i < s->options.workers; i++) {
		if (s->slots[i].past != 0) {
			log_warn(NULL, "still handing over: SIGHUP is not followed");
			return;
		}
	}
	if (s->options.reload == NULL || !s->options.reload(s->options.ctx))
		return;
	shared_add(s->options.shared, SHARED_RELOADS, 1);
	s->handing_over = true;
	s->hand_over_at_ms = now_ms() + HAND_OVER_MS;
	for (int i = 0; i < s->options.workers; i++) {
		s->slots[i].past = s->slots[i].pid;
		start_worker(s, i);
	}
}

static void look_after_slots(struct supervisor *s)
{
	int64_t now = now_ms();

	if (s->handing_over && !s->stopping)
		hand_over(s);
	for (int i = 0; i < s->options.workers; i++) {
		struct slot *slot = &s->slots[i];

		if (!s->stopping && slot->pid == 0 && now >= slot->start_at_ms)
			start_worker(s, i);
	}
	if (s->stopping && s->force_at_ms != 0 && now >= s->force_at_ms) {
		log_warn(NULL, "workers are not done after the time of grace: ending them");
		send_all(s, SIGKILL);
		s->force_at_ms = 0;
	}
}

static bool any_left(const struct supervisor *s)
{
	for (int i = 0; i < s->options.workers; i++) {
		if (s->slots[i].pid != 0 || s->slots[i].past != 0)
			return true;
	}
	return false;
}

static void watch_signals(struct supervisor *s)
{
	sigemptyset(&s->watched);
	sigaddset(&s->watched, SIGTERM);
	sigaddset(&s->watched, SIGINT);
	sigaddset(&s->watched, SIGHUP);
	sigaddset(&s->watched, SIGCHLD);
	sigprocmask(SIG_BLOCK, &s->watched, &s->before);
}

int supervisor_run(const struct supervisor_options *options)
{
	struct supervisor s = {.options = *options};
	const struct timespec tick = {0, 100000000};

	watch_signals(&s);
	for (int i = 0; i < s.options.workers; i++)
		start_worker(&s, i);
	while (!s.stopping || any_left(&s)) {
		int number = sigtimedwait(&s.watched, NULL, &tick);

		if (number == SIGTERM || number == SIGINT)
			begin_stop(&s);
		else if (number == SIGHUP)
			reload(&s);
		reap(&s);
		look_after_slots(&s);
	}
	sigprocmask(SIG_SETMASK, &s.before, NULL);
	log_info(NULL, "stopped failed=%d", s.failed);
	return s.failed ? 1 : 0;
}

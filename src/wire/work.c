/*
 * A few threads for long sums; their `done` runs on the loop. The one file that knows threads: a
 * sum sees its argument and nothing else.
 */
#include "wire/work.h"

#include "base/mem.h"
#include "base/problem.h"
#include "watch.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct job {
	struct job *next;
	work_fn *sum, *done;
	void *argument;
};

struct work {
	pthread_mutex_t lock;
	pthread_cond_t wanted;
	struct job *waiting, **waiting_last;
	struct job *finished, **finished_last;
	bool closing;
	int bell; /* eventfd: something is finished */
	struct watch *watch;
	int threads;
	pthread_t thread[];
};

static void push(struct job ***last, struct job *job)
{
	job->next = NULL;
	**last = job;
	*last = &job->next;
}

static struct job *take(struct job **first, struct job ***last)
{
	struct job *job = *first;

	if (job != NULL) {
		*first = job->next;
		if (*first == NULL)
			*last = first;
	}
	return job;
}

static struct job *next_sum(struct work *work)
{
	struct job *job;

	pthread_mutex_lock(&work->lock);
	while (work->waiting == NULL && !work->closing)
		pthread_cond_wait(&work->wanted, &work->lock);
	job = take(&work->waiting, &work->waiting_last);
	pthread_mutex_unlock(&work->lock);
	return job;
}

static void *run_sums(void *ctx)
{
	struct work *work = ctx;
	struct job *job;
	uint64_t one = 1;

	while ((job = next_sum(work)) != NULL) {
		job->sum(job->argument);
		pthread_mutex_lock(&work->lock);
		push(&work->finished_last, job);
		pthread_mutex_unlock(&work->lock);
		must(write(work->bell, &one, sizeof one) == sizeof one);
	}
	return NULL;
}

static void call_finished(struct work *work)
{
	struct job *job;

	for (;;) {
		pthread_mutex_lock(&work->lock);
		job = take(&work->finished, &work->finished_last);
		pthread_mutex_unlock(&work->lock);
		if (job == NULL)
			return;
		job->done(job->argument);
		free(job);
	}
}

static void on_bell(void *ctx, unsigned ready)
{
	struct work *work = ctx;
	uint64_t count;

	(void)ready;
	/* Empty already is fine: an earlier ring took these. */
	if (read(work->bell, &count, sizeof count) < 0)
		return;
	call_finished(work);
}

struct work *work_open(struct loop *loop, const char *name, int threads)
{
	struct work *work = mem_zero(1, sizeof *work + (size_t)threads * sizeof work->thread[0]);
	sigset_t all, old;

	pthread_mutex_init(&work->lock, NULL);
	pthread_cond_init(&work->wanted, NULL);
	work->waiting_last = &work->waiting;
	work->finished_last = &work->finished;
	work->threads = threads;
	work->bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	must(work->bell >= 0);
	work->watch = watch_new(loop, -1, on_bell, work);
	watch_set(work->watch, work->bell, WATCH_READ);
	sigfillset(&all); /* signals belong to the loop's thread */
	pthread_sigmask(SIG_SETMASK, &all, &old);
	for (int i = 0; i < threads; i++)
		must(pthread_create(&work->thread[i], NULL, run_sums, work) == 0 &&
		     pthread_setname_np(work->thread[i], name) == 0);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return work;
}

void work_close(struct work **work)
{
	struct work *w = *work;

	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	w->closing = true;
	pthread_cond_broadcast(&w->wanted);
	pthread_mutex_unlock(&w->lock);
	for (int i = 0; i < w->threads; i++)
		pthread_join(w->thread[i], NULL);
	call_finished(w);
	watch_free(&w->watch);
	close(w->bell);
	pthread_cond_destroy(&w->wanted);
	pthread_mutex_destroy(&w->lock);
	free(w);
	*work = NULL;
}

static struct job *job_new(work_fn *sum, work_fn *done, void *argument)
{
	struct job *job = mem_zero(1, sizeof *job);

	*job = (struct job){.sum = sum, .done = done, .argument = argument};
	return job;
}

void work_start(struct work *work, work_fn *sum, work_fn *done, void *argument)
{
	struct job *job = job_new(sum, done, argument);

	pthread_mutex_lock(&work->lock);
	push(&work->waiting_last, job);
	pthread_cond_signal(&work->wanted);
	pthread_mutex_unlock(&work->lock);
}

void work_start_first(struct work *work, work_fn *sum, work_fn *done, void *argument)
{
	struct job *job = job_new(sum, done, argument);

	pthread_mutex_lock(&work->lock);
	job->next = work->waiting;
	work->waiting = job;
	if (job->next == NULL)
		work->waiting_last = &job->next;
	pthread_cond_signal(&work->wanted);
	pthread_mutex_unlock(&work->lock);
}

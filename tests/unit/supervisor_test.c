/*
 * The supervisor over workers that only sleep: replaced when killed, ended in order, given up where
 * they cannot start, renewed on SIGHUP, gone with their supervisor. And the rates they share.
 */
#include "../../src/supervisor.h"

#include "base/log.h"
#include "wire/crypto.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* What the workers write and the test reads. */
struct board {
	volatile pid_t pid[3];
	volatile int version[3];
	volatile int starts, reloads, taken, taken_back;
	volatile bool refuse_reload, cannot_start, never_ready;
};

static struct board *board;
static int conf_version;
static struct shared *page; /* in the supervisor and its workers */

static void on_term(int number)
{
	(void)number;
	_exit(0);
}

static int sleep_well(void *ctx, int number)
{
	(void)ctx;
	signal(SIGTERM, on_term);
	signal(SIGHUP, SIG_IGN);
	if (board->cannot_start)
		return WORKER_CANNOT_START;
	board->version[number] = conf_version;
	board->pid[number] = getpid();
	__atomic_add_fetch(&board->starts, 1, __ATOMIC_SEQ_CST);
	while (board->never_ready)
		usleep(10000);
	shared_say_ready(page, number, getpid());
	for (;;)
		pause();
}

static bool on_reload(void *ctx)
{
	bool refuse = board->refuse_reload;

	(void)ctx;
	conf_version++;
	board->reloads++;
	return !refuse;
}

static void on_settle(void *ctx, bool taken)
{
	(void)ctx;
	if (taken) {
		board->taken++;
	} else {
		conf_version--;
		board->taken_back++;
	}
}

static pid_t start(void)
{
	struct supervisor_options options = {
	    .workers = 2, .worker = sleep_well, .reload = on_reload, .settle = on_settle};
	pid_t pid;

	memset((void *)board, 0, sizeof *board);
	pid = fork();
	if (pid == 0) {
		options.shared = page = shared_open();
		_exit(supervisor_run(&options));
	}
	return pid;
}

static void wait_for_starts(int n)
{
	for (int i = 0; i < 1000 && board->starts < n; i++)
		usleep(10000);
	assert_true(board->starts >= n);
}

static void wait_for_reload(void)
{
	for (int i = 0; i < 1000 && board->reloads == 0; i++)
		usleep(10000);
	assert_true(board->reloads > 0);
}

static void wait_for_count(volatile const int *count, int n)
{
	for (int i = 0; i < 1000 && *count < n; i++)
		usleep(10000);
	assert_int_equal(*count, n);
}

static int code_of(pid_t pid)
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static bool lives(pid_t pid)
{
	return kill(pid, 0) == 0;
}

static void wait_for_death(pid_t pid)
{
	for (int i = 0; i < 500 && lives(pid); i++)
		usleep(10000);
	assert_false(lives(pid));
}

static void the_dead_are_replaced(void **state)
{
	pid_t supervisor = start(), second;

	(void)state;
	wait_for_starts(2);
	second = board->pid[2];
	kill(second, SIGKILL);
	wait_for_starts(3);
	assert_int_not_equal(board->pid[2], second);
	assert_true(lives(board->pid[1]));
	kill(supervisor, SIGTERM);
	assert_int_equal(code_of(supervisor), 0);
	assert_false(lives(board->pid[1]));
	assert_false(lives(board->pid[2]));
}

static void those_who_cannot_start_end_it(void **state)
{
	pid_t supervisor;

	(void)state;
	supervisor = fork();
	if (supervisor == 0) {
		struct supervisor_options options = {
		    .workers = 2, .worker = sleep_well, .shared = shared_open()};

		board->cannot_start = true;
		_exit(supervisor_run(&options));
	}
	assert_int_equal(code_of(supervisor), 1);
}

/* A supervisor with its two workers. */
static pid_t start_both(pid_t *first, pid_t *second)
{
	pid_t supervisor = start();

	wait_for_starts(2);
	*first = board->pid[1];
	*second = board->pid[2];
	return supervisor;
}

static void reloading_takes_all_or_nothing(void **state)
{
	pid_t supervisor = start(), first;

	(void)state;
	wait_for_starts(2);
	first = board->pid[1];
	board->refuse_reload = true;
	kill(supervisor, SIGHUP);
	wait_for_reload();
	board->refuse_reload = false;
	kill(supervisor, SIGHUP);
	wait_for_starts(4);
	assert_int_equal(board->version[1], 2); /* the refused one counted too, and was not used */
	wait_for_death(first);
	kill(supervisor, SIGINT);
	assert_int_equal(code_of(supervisor), 0);
	assert_int_equal(board->starts, 4); /* the refused one started nobody */
}

static void the_old_serve_until_the_new_are_ready(void **state)
{
	pid_t first, second, supervisor = start_both(&first, &second);

	(void)state;
	board->never_ready = true;
	kill(supervisor, SIGHUP);
	wait_for_starts(4);
	sleep(3);
	assert_true(lives(first) && lives(second));
	assert_int_equal(board->taken, 0);
	board->never_ready = false;
	wait_for_death(first);
	wait_for_death(second);
	wait_for_count(&board->taken, 1);
	assert_int_equal(board->taken_back, 0);
	kill(supervisor, SIGTERM);
	assert_int_equal(code_of(supervisor), 0);
}

/* A new configuration under which nobody can serve must not end those who do. */
static void the_old_go_on_where_the_new_cannot(void **state)
{
	pid_t first, second, supervisor = start_both(&first, &second);

	(void)state;
	board->cannot_start = true;
	kill(supervisor, SIGHUP);
	wait_for_count(&board->taken_back, 1);
	board->cannot_start = false;
	assert_true(lives(first) && lives(second));
	kill(first, SIGKILL);
	wait_for_starts(3);
	assert_int_equal(board->version[1], 0); /* comes back on what was before */
	kill(supervisor, SIGHUP);
	wait_for_death(second);
	assert_int_equal(board->version[2], 1);
	wait_for_count(&board->taken, 1);
	kill(supervisor, SIGTERM);
	assert_int_equal(code_of(supervisor), 0);
}

static void workers_go_with_their_supervisor(void **state)
{
	pid_t supervisor = start();

	(void)state;
	wait_for_starts(2);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	kill(supervisor, SIGKILL);
	assert_int_equal(code_of(supervisor), 1000 + SIGKILL);
	/* We adopted them, and see how they end. */
	assert_int_equal(code_of(board->pid[1]), 0);
	assert_int_equal(code_of(board->pid[2]), 0);
}

static void rates_hold_over_processes(void **state)
{
	struct shared *shared = shared_open();
	int taken = 0, retry = 0;
	pid_t child = fork();

	(void)state;
	/* two a minute come back one in half a minute: no slow machine earns a third meanwhile */
	if (child == 0) {
		taken += shared_take(shared, SHARED_REPORTS, "192.0.2.7", 2, NULL);
		_exit(taken);
	}
	taken = code_of(child);
	assert_int_equal(taken, 1);
	for (int i = 0; i < 15; i++)
		taken += shared_take(shared, SHARED_REPORTS, "192.0.2.7", 2, &retry);
	assert_int_equal(taken, 2);
	assert_in_range(retry, 1, 30);
	assert_true(shared_take(shared, SHARED_REPORTS, "192.0.2.8", 20, NULL));
	assert_true(shared_take(shared, SHARED_LOGINS, "192.0.2.7", 20, NULL));
	shared_add(shared, SHARED_RELOADS, 3);
	assert_int_equal(shared_read(shared, SHARED_RELOADS), 3);
	shared_close(&shared);
	assert_null(shared);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_dead_are_replaced),
	    cmocka_unit_test(those_who_cannot_start_end_it),
	    cmocka_unit_test(reloading_takes_all_or_nothing),
	    cmocka_unit_test(the_old_serve_until_the_new_are_ready),
	    cmocka_unit_test(the_old_go_on_where_the_new_cannot),
	    cmocka_unit_test(workers_go_with_their_supervisor),
	    cmocka_unit_test(rates_hold_over_processes),
	};

	crypto_start();
	board =
	    mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

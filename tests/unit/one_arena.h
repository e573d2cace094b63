/* An arena around each test. */
#ifndef PRONTOD_TEST_ONE_ARENA_H
#define PRONTOD_TEST_ONE_ARENA_H

#include "base/mem.h"

static struct arena *arena;

static int open_arena(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int close_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

#endif

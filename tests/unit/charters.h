/* All charters of the project, open around a group of tests. */
#ifndef PRONTOD_TEST_CHARTERS_H
#define PRONTOD_TEST_CHARTERS_H

#include "classify.h"

#include <stdio.h>

static struct classify *opened;

static int open_all(void **state)
{
	struct problem p = {0};
	(void)state;
	opened = classify_open(PRONTOD_CHARTERS, &p);
	if (!opened)
		fprintf(stderr, "%s\n", p.text);
	return opened ? 0 : -1;
}

static int close_all(void **state)
{
	(void)state;
	classify_free(&opened);
	return 0;
}

#endif

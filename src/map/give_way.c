/*
 * Long sums beside somebody who answers requests. Whoever is woken on a processor that a sum is using waits until the
 * scheduler takes it away, often not before the next tick: 4 ms, with two sums twice that, and little less where the sums
 * have a low priority. So a sum sleeps for an instant after each millisecond, and who waits comes first. Where nobody
 * does that costs it a tenth of its time; where many do it keeps its share, as an idle priority would not.
 */
#include "file.h"

#include <time.h>

#define STRETCH_NS 1000000

void give_way(void)
{
	static _Thread_local struct timespec slept;
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if ((now.tv_sec - slept.tv_sec) * 1000000000 + now.tv_nsec - slept.tv_nsec < STRETCH_NS)
		return;
	nanosleep(&(struct timespec){.tv_nsec = 1}, NULL);
	clock_gettime(CLOCK_MONOTONIC, &slept);
}

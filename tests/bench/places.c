/*
 * Places near roads as crews and incidents would be: where there are many streets there are many.
 *
 *     bench_places MAP COUNT [LAT LON METRES]     a line each: LAT LON
 */
#include "measure.h"

int main(int argc, char **argv)
{
	struct map *map = open_or_leave(argc, argv, "bench_places MAP COUNT [LAT LON METRES]");
	long count = argc > 2 ? strtol(argv[2], NULL, 10) : 1;
	for (long i = 0; i < count; i++) {
		struct point p;
		if (argc > 5)
			p = place_near(map,
			               (struct point){strtod(argv[3], NULL), strtod(argv[4], NULL)},
			               strtod(argv[5], NULL));
		else
			p = place_anywhere(map);
		printf("%.6f %.6f\n", p.lat, p.lon);
	}
	map_close(&map);
	return 0;
}

/*
 * demo-valley: writes the demo's map as an OpenStreetMap file, or prints the statistics of extracts.
 *
 *     demo-valley OUT.osm.pbf
 *     demo-valley --stats FILE.osm.pbf…
 */
#include "valley.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int stats(int count, char **paths)
{
	for (int i = 0; i < count; i++) {
		struct road_stats s;
		struct problem p;
		if (!road_stats_read(paths[i], &s, &p)) {
			fprintf(stderr, "demo-valley: %s: %s\n", paths[i], p.text);
			return 1;
		}
		double n = s.junctions ? s.junctions : 1;
		printf("{\"junctions\":%d,\"dead_ends\":%.4f,\"degree3\":%.4f,\"degree4\":%.4f,\"mean_m\":%.1f,"
		       "\"p25_m\":%.1f,\"median_m\":%.1f,\"p75_m\":%.1f,\"p90_m\":%.1f,\"street_names\":%d}\n",
		       s.junctions, s.dead_ends / n, s.degree3 / n, s.degree4 / n, s.mean, s.p25, s.median, s.p75, s.p90,
		       s.streets);
	}
	return 0;
}

static void valley_fini(struct valley *v)
{
	for (int i = 0; i < v->street_count; i++)
		free(v->streets[i].nodes);
	free(v->streets);
	free(v->nodes);
	free(v->numbers);
	free(v->buildings);
	free(v->restrictions);
	free(v->amenities);
	free(v->signals);
}

static int make(const char *path)
{
	struct valley v = {.seed = 20260310};
	struct problem p;
	valley_grow(&v);
	valley_name(&v);
	valley_regulate(&v);
	valley_furnish(&v);
	bool ok = valley_write(&v, path, &p);
	if (ok)
		fprintf(stderr, "demo-valley: %d streets and drives, %d house numbers, %d buildings, %d turn restrictions\n",
			v.street_count, v.number_count, v.building_count, v.restriction_count);
	else
		fprintf(stderr, "demo-valley: %s: %s\n", path, p.text);
	valley_fini(&v);
	return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], "--stats") == 0)
		return stats(argc - 2, argv + 2);
	if (argc == 2 && argv[1][0] != '-')
		return make(argv[1]);
	fprintf(stderr, "usage: demo-valley OUT.osm.pbf | demo-valley --stats FILE.osm.pbf…\n");
	return 2;
}

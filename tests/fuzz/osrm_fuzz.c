/*
 * Any bytes as a request of OSRM's HTTP interface: the path, a line break, the query. What is taken
 * keeps its promises: indices within the places, limits held; a polyline written comes back.
 */
#include "../../src/http/machine/osrm.h"
#include "fuzz.h"

#include "base/problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CELLS 400
#define PLACES 100

static void check_list(const struct osrm_query *q, const size_t *list, size_t count)
{
	must(count > 0);
	for (size_t i = 0; i < count; i++)
		must(list[i] < q->count);
}

static void check(const struct osrm_query *q)
{
	must(q->count > 0 && q->count <= PLACES);
	for (size_t i = 0; i < q->count; i++)
		must(point_valid(q->places[i].at) && q->places[i].within_m >= 0);
	if (q->service == OSRM_TABLE) {
		check_list(q, q->sources, q->source_count);
		check_list(q, q->destinations, q->destination_count);
		must(q->source_count * q->destination_count <= CELLS && q->scale > 0);
	}
}

static void check_line(struct arena *arena, const struct osrm_query *q)
{
	struct point points[PLACES];
	struct str text = {0};
	size_t count;
	for (size_t i = 0; i < q->count; i++)
		points[i] = q->places[i].at;
	polyline_write(&text, points, q->count, 1e6);
	struct point *back = polyline_read(arena, str_text(&text), text.length, 1e6, &count);
	must(back && count == q->count);
	for (size_t i = 0; i < count; i++)
		must(fabs(back[i].lat - points[i].lat) < 1e-6 &&
		     fabs(back[i].lon - points[i].lon) < 1e-6);
	must(osrm_simplify(points, count) <= count);
	str_fini(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	struct arena *arena = arena_new();
	char *path = mem_strn((const char *)bytes, count);
	char *query = strchr(path, '\n');
	struct osrm_query q;
	struct osrm_refusal why;
	if (query)
		*query++ = 0;
	if (osrm_query_parse(arena, path, query ? query : "", &(struct osrm_limits){CELLS, PLACES},
	                     &q, &why)) {
		check(&q);
		check_line(arena, &q);
	} else {
		must(why.code && why.text[0]);
	}
	free(path);
	arena_free(&arena);
	return 0;
}

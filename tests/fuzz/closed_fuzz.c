/* Any bytes as a file of closed roads: good ones on the earth, or a problem that says so. */
#include "../../src/ctl/closed.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	struct arena *arena = arena_new();
	struct closed closed;
	struct problem p;
	if (!closed_read(arena, (const char *)bytes, count, &closed, &p)) {
		must(p.text[0]);
		closed.count = 0;
	}
	for (size_t i = 0; i < closed.count; i++) {
		const struct map_closure *c = &closed.list[i];
		must(c->count > 0 && c->speed >= 0 && c->speed <= 1);
		for (size_t k = 0; k < c->count; k++)
			must(point_valid(c->points[k]));
	}
	arena_free(&arena);
	return 0;
}

/* A request's head and a chunked body: parsed or refused, and a path that is parsed is safe to use.
 */
#include "fuzz.h"

#include "../../src/wire/http1.h"

#include "base/problem.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct http1_head head;
	struct chunks chunks = {0};
	struct str body = {0};
	size_t used = 0;

	if (http1_parse_head(arena, (const char *)data, size, &head) == 0) {
		must(head.path[0] == '/' && strstr(head.path, "/../") == NULL &&
		     utf8_valid(head.path, strlen(head.path)));
		http1_form_value(arena, head.query, "q");
	}
	if (chunks_feed(&chunks, (const char *)data, size, &used, 1000, &body) == 0)
		must(used <= size && body.length <= 1000);
	str_fini(&body);
	arena_free(&arena);
	return 0;
}

/*
 * The whole front door over a small flow: any method, path, query, session, content type, origin
 * and body (in this order, a line each; the rest is the body) must end in exactly one answer.
 */
#include "../unit/http_fake.h"
#include "fuzz.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct http *door;
static char pages[64];

static void close_door(void)
{
	http_close(&door);
	fake_pages_drop(pages);
}

static void open_door(void)
{
	log_start("route_fuzz", LOG_ERROR_LEVEL);
	must(fake_pages(pages));
	door = fake_door(pages, "https://pronto.example");
	must(door);
	atexit(close_door);
}

/* The next line, without zeros; moves on. */
static const char *line(struct arena *arena, const uint8_t **at, const uint8_t *end)
{
	const uint8_t *stop = memchr(*at, '\n', (size_t)(end - *at));
	if (!stop)
		stop = end;
	const char *text = arena_strn(arena, (const char *)*at, (size_t)(stop - *at));
	*at = stop < end ? stop + 1 : end;
	return text;
}

static void add(struct request *r, const char *name, const char *value)
{
	if (!*value)
		return;
	struct fake_header *h = &r->headers[r->header_count++];
	snprintf(h->name, sizeof h->name, "%s", name);
	snprintf(h->value, sizeof h->value, "%s", value);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	if (!door)
		open_door();
	struct arena *arena = arena_new();
	const uint8_t *at = bytes, *end = bytes + count;
	struct request r = {.method = line(arena, &at, end),
	                    .path = line(arena, &at, end),
	                    .query = line(arena, &at, end)};
	const char *session = line(arena, &at, end);
	r.session = *session ? session : NULL;
	add(&r, "Content-Type", line(arena, &at, end));
	add(&r, "Origin", line(arena, &at, end));
	r.body_length = (size_t)(end - at);
	char *body = mem_strn((const char *)at, r.body_length);
	r.body = body;
	fake = (struct fake_flow){.answer = "{\"code\":\"7KQ4M-T9XW2-H\"}"};
	fake.live = "{\"seq\":1,\"incidents\":[]}";
	fake_ask(&r);
	must(r.status >= 200 && r.status < 600);
	if (r.streaming) {
		fake_stream->on_gone(fake_stream->gone_ctx);
		str_fini(&fake_stream->sent);
		free(fake_stream);
	}
	fake_request_fini(&r);
	free(body);
	arena_free(&arena);
	return 0;
}

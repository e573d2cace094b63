/*
 * Allocation that cannot be refused, and arenas: the memory of one request, freed whole. Large
 * takings get a chunk of their own, so a photo does not waste a block.
 */
#include "base/mem.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)8 * 1024)
#define ALIGNMENT alignof(max_align_t)

static void out_of_memory(size_t count, size_t size)
{
	/* No log line: the logger allocates. */
	fprintf(stderr, "level=error msg=\"out of memory\" count=%zu size=%zu\n", count, size);
	abort();
}

void *mem_zero(size_t count, size_t size)
{
	void *memory = calloc(count > 0 ? count : 1, size > 0 ? size : 1);

	if (memory == NULL)
		out_of_memory(count, size);
	return memory;
}

void *mem_grow(void *old, size_t count, size_t size)
{
	void *memory;

	if (size > 0 && count > SIZE_MAX / size)
		out_of_memory(count, size);
	memory = realloc(old, count * size > 0 ? count * size : 1);
	if (memory == NULL)
		out_of_memory(count, size);
	return memory;
}

char *mem_strn(const char *s, size_t length)
{
	char *copy = mem_zero(length + 1, 1);

	if (length > 0)
		memcpy(copy, s, length);
	return copy;
}

char *mem_str(const char *s)
{
	return s != NULL ? mem_strn(s, strlen(s)) : NULL;
}

struct chunk {
	struct chunk *next;
	size_t used, room;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct chunk *chunks; /* the first is the one with room */
	size_t handed_out;
};

struct arena *arena_new(void)
{
	return mem_zero(1, sizeof(struct arena));
}

void arena_free(struct arena **arena)
{
	struct chunk *next;

	if (*arena == NULL)
		return;
	for (struct chunk *chunk = (*arena)->chunks; chunk != NULL; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	free(*arena);
	*arena = NULL;
}

static struct chunk *add_chunk(struct arena *arena, size_t size)
{
	size_t room = size > CHUNK_BYTES / 4 ? size : CHUNK_BYTES;
	struct chunk *chunk = mem_zero(1, sizeof *chunk + room);

	chunk->room = room;
	if (room == size && arena->chunks != NULL) {
		chunk->next = arena->chunks->next;
		arena->chunks->next = chunk;
	} else {
		chunk->next = arena->chunks;
		arena->chunks = chunk;
	}
	return chunk;
}

void *arena_take(struct arena *arena, size_t size)
{
	struct chunk *chunk = arena->chunks;
	void *memory;

	if (size > SIZE_MAX / 2)
		out_of_memory(1, size);
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (chunk == NULL || chunk->room - chunk->used < size)
		chunk = add_chunk(arena, size);
	memory = chunk->bytes + chunk->used;
	chunk->used += size;
	arena->handed_out += size;
	return memory;
}

char *arena_strn(struct arena *arena, const char *s, size_t length)
{
	char *copy = arena_take(arena, length + 1);

	if (length > 0)
		memcpy(copy, s, length);
	return copy;
}

char *arena_str(struct arena *arena, const char *s)
{
	return s != NULL ? arena_strn(arena, s, strlen(s)) : NULL;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text, *copy;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		out_of_memory(1, 0);
	copy = arena_strn(arena, text, (size_t)length);
	free(text);
	return copy;
}

size_t arena_bytes(const struct arena *arena)
{
	return arena->handed_out;
}

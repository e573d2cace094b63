/*
 * Memory that cannot be refused: mem_* never return NULL, they end the process (systemd restarts it
 * and the database brings everything back). An arena is the memory of one request: strings and
 * structs taken from it are zeroed, live until arena_free() and are freed whole.
 */
#ifndef PRONTOD_BASE_MEM_H
#define PRONTOD_BASE_MEM_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void *mem_zero(size_t count, size_t size); /* calloc that cannot fail; free() it */
void *mem_grow(void *old, size_t count, size_t size);
char *mem_str(const char *s);                 /* strdup; NULL stays NULL */
char *mem_strn(const char *s, size_t length); /* first length bytes, terminated */

struct arena;
struct arena *arena_new(void);
void arena_free(struct arena **arena);
void *arena_take(struct arena *arena, size_t size); /* zeroed, aligned for any type */
char *arena_str(struct arena *arena, const char *s); /* NULL stays NULL */
char *arena_strn(struct arena *arena, const char *s, size_t length);
char *arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
size_t arena_bytes(const struct arena *arena); /* handed out so far */

#ifdef __cplusplus
}
#endif
#endif

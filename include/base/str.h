/*
 * Bounded strings: a growing buffer that is always terminated, and the few UTF-8 questions that
 * rooms ask. No function here knows a language.
 */
#ifndef PRONTOD_BASE_STR_H
#define PRONTOD_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A growing buffer. Zero-initialise to start; data is NULL until the first byte, then terminated. */
struct str {
	char *data;
	size_t length;
	size_t room;
};

void str_fini(struct str *s);
void str_clear(struct str *s); /* keeps the memory */
void str_add(struct str *s, const char *text);
void str_addn(struct str *s, const char *bytes, size_t length);
void str_addc(struct str *s, char c);
void str_addf(struct str *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *str_text(const struct str *s); /* "" when empty */

bool str_equal(const char *a, const char *b);        /* NULL equals NULL only */
bool str_equal_fold(const char *a, const char *b);   /* ASCII case folded */
bool str_starts(const char *s, const char *prefix);
size_t str_copy(char *to, size_t room, const char *from); /* truncates on a UTF-8 boundary, terminates */

bool utf8_valid(const char *s, size_t length);
size_t utf8_length(const char *s);                   /* code points of a valid string */
/* Copies, replacing every invalid sequence by U+FFFD and dropping NUL: outside bytes become text. */
void utf8_mend(struct str *to, const char *bytes, size_t length);
/* One code point from *s (advances); U+FFFD for an invalid byte; 0 at the end. */
uint32_t utf8_next(const char **s);
void utf8_put(struct str *to, uint32_t code_point);

#ifdef __cplusplus
}
#endif
#endif

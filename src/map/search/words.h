/*
 * Italian (and neighbouring) place names -> words to compare: lower case, no accents, no
 * apostrophes, abbreviations written out, every kind of saint the same. Used when a map is built
 * and when it is searched, so that both always agree. Not for free text: that is classify's work.
 */
#ifndef PRONTOD_MAP_WORDS_H
#define PRONTOD_MAP_WORDS_H

#include "base/str.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Appends the words, separated by single spaces: "P.zza S. Anna 12/B" -> "piazza san anna 12/b". */
void words_normal(const char *text, struct str *out);
/* And beside them, as many, their letters before they were written out: "v", "nove". */
void words_typed(const char *text, struct str *out, struct str *typed);
/* The digits of the next number that is said with a word which begins so ("vent": "20", "24", …), from *at = 0 on;
 * NULL: no further one. */
const char *words_number_begun(const char *letters, size_t length, size_t *at);
/* How much a word tells by itself: 1; 0.3 for "via", "san" and initials; 0.15 for "di" and "della".
 */
double words_weight(const char *word, size_t length);
bool words_is_kind(const char *word, size_t length);   /* "via", "piazza", "localita" */
bool words_is_road(const char *word, size_t length);   /* "statale", "sp": its number follows */
bool words_is_little(const char *word, size_t length); /* "di", "della", "im" */
/* A house number in its comparable form: "12/A", "12 a" -> "12a"; "8/1" stays. */
void words_number(const char *text, size_t length, char out[16]);

#ifdef __cplusplus
}
#endif
#endif

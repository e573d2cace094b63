/*
 * Names of things: a struct per noun, so that a crew's id cannot be passed for an incident's, and the
 * public code of a report.
 */
#ifndef PRONTOD_MODEL_ID_H
#define PRONTOD_MODEL_ID_H

#include <stdbool.h>
#include <stddef.h>

#define ID_TEXT 37 /* "0192d3e4-…": 36 characters, terminated; "" means none */

struct utility_id { char text[ID_TEXT]; };
struct report_id { char text[ID_TEXT]; };
struct incident_id { char text[ID_TEXT]; };
struct assignment_id { char text[ID_TEXT]; };
struct crew_id { char text[ID_TEXT]; };
struct user_id { char text[ID_TEXT]; };
struct photo_id { char text[ID_TEXT]; };
struct closure_id { char text[ID_TEXT]; };
struct ranking_id { char text[ID_TEXT]; };

void id_make(char text[ID_TEXT]);                    /* a new UUIDv7 (RFC 9562) */
bool id_parse(const char *text, char out[ID_TEXT]);  /* any case; false unless a UUID */

/* A report's public code: 10 random Crockford base32 symbols and a check symbol from the same alphabet
 * (Luhn mod 32). Stored and compared as 11 symbols, shown as 7KQ4M-T9XW2-H. Never logged. */
#define CODE_TEXT 12
#define CODE_SHOWN 14
void code_make(char out[CODE_TEXT]);
/* With or without hyphens and spaces, any case, O read as 0, I and L as 1. False unless the check symbol fits. */
bool code_parse(const char *text, char out[CODE_TEXT]);
const char *code_show(const char code[CODE_TEXT], char out[CODE_SHOWN]);

#endif

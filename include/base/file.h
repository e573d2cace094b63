/*
 * Whole files, read and written at once. Blocking: for start-up and for commands, never on an event loop.
 */
#ifndef PRONTOD_BASE_FILE_H
#define PRONTOD_BASE_FILE_H

#include "base/problem.h"
#include "base/str.h"

#define FILE_MOST ((size_t)256 << 20) /* bytes; what is longer is cut there */

/* Appends the file's bytes to `to`. */
bool file_read(const char *path, struct str *to, struct problem *p);
/* Written beside and renamed: nobody ever sees half a file. */
bool file_write(const char *path, const struct str *bytes, struct problem *p);

#endif

/* Folders that come with the programs: from the program's own place upwards, else the installed
 * one. */
#ifndef PRONTOD_BESIDE_H
#define PRONTOD_BESIDE_H

#define BESIDE_PATH 4200

/* "pages" -> …/pages or …/share/prontod/pages of the program's folder or one above it; returns
 * `to`. */
const char *beside_find(const char *name, char to[BESIDE_PATH]);

#endif

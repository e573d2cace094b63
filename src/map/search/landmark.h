/*
 * What people name a place by when they know no address: pharmacies, schools, stations, churches,
 * town halls, works of the water utility. A table of OpenStreetMap tags; no libosmium here.
 */
#ifndef PRONTOD_MAP_LANDMARK_H
#define PRONTOD_MAP_LANDMARK_H

#include "../build/tags.h"

#ifdef __cplusplus
extern "C" {
#endif

struct landmark {
	const char *key, *value;
	const char *label; /* what it is, in Italian: "Farmacia" */
	const char *words; /* further words for it: "apotheke" */
	bool alone; /* a municipality has one or few: found by what it is, even without a name */
};
const struct landmark *landmark_of(const struct tags *tags); /* NULL: none */
/* What people say before a name that does not tell what it names: "Ospedale" before "Santa Chiara",
 * "Stazione di" before "Gardolo"; NULL: nothing. */
const char *landmark_said_before(const struct landmark *what, const char *name);

#ifdef __cplusplus
}
#endif
#endif

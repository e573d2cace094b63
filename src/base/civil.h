/* Days since 1970-01-01 and back, proleptic Gregorian; for base/time.c and base/zone.c only. */
#ifndef PRONTOD_BASE_CIVIL_H
#define PRONTOD_BASE_CIVIL_H

#include <stdint.h>

#define DAY_S 86400

int64_t civil_days(int year, int month, int day);
void civil_date(int64_t days, int *year, int *month, int *day);
int civil_month_length(int year, int month);

#endif

/* Points on the earth: known or not, valid or not, how far apart, how coarse for the public. */
#include "model/place.h"

#include <math.h>

#define EARTH_RADIUS_M 6371008.8
#define RADIANS (3.14159265358979323846 / 180)

bool point_is_set(struct point p)
{
	return !isnan(p.lat) && !isnan(p.lon);
}

bool point_valid(struct point p)
{
	return point_is_set(p) && fabs(p.lat) <= 90 && fabs(p.lon) <= 180;
}

double point_distance_m(struct point a, struct point b)
{
	double dlat = (b.lat - a.lat) * RADIANS, dlon = (b.lon - a.lon) * RADIANS;
	double h = sin(dlat / 2) * sin(dlat / 2) +
	           cos(a.lat * RADIANS) * cos(b.lat * RADIANS) * sin(dlon / 2) * sin(dlon / 2);
	return 2 * EARTH_RADIUS_M * asin(sqrt(fmin(1, h)));
}

struct point point_rounded(struct point p)
{
	return (struct point){round(p.lat * 1000) / 1000, round(p.lon * 1000) / 1000};
}

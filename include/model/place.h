/* A point on the earth (WGS 84 degrees) and a place as people name it. */
#ifndef PRONTOD_MODEL_PLACE_H
#define PRONTOD_MODEL_PLACE_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct point {
	double lat, lon; /* degrees; both NAN: not known */
};

#define POINT_NONE ((struct point){__builtin_nan(""), __builtin_nan("")})
bool point_is_set(struct point p);
bool point_valid(struct point p);                       /* on the earth */
double point_distance_m(struct point a, struct point b); /* great circle, metres */
struct point point_rounded(struct point p);             /* to 0.001 degrees: what the public may see */

#ifdef __cplusplus
}
#endif
#endif

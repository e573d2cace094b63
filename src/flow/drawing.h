/* The roads that closures take: drawing.c finds them for closure.c. */
#ifndef PRONTOD_FLOW_DRAWING_H
#define PRONTOD_FLOW_DRAWING_H

#include <stddef.h>

struct asking;
struct closure;
struct js;
struct map;

/* No closure may take more; what was stored before there was a limit may. */
#define DRAWING_ROADS_MOST 10000

struct drawing;
typedef void drawn_fn(struct asking *a, const struct drawing *d);
struct drawing {
	struct asking *asking;
	const struct map *map;      /* NULL: none */
	const struct closure *list; /* in the asking's arena */
	size_t count;
	/* [count] {streets, more_streets, roads, more, metres, municipality}; the drawn_fn takes them */
	struct js **drawn;
	size_t *roads; /* [count] how many each takes; 0 without a map */
	drawn_fn *then;
};
/* Copies the list. */
void drawing_start(struct asking *a, const struct closure *list, size_t count, drawn_fn *then);

#endif

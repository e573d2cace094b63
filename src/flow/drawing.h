/* The roads that closures take: drawing.c finds them for closure.c and preview.c. */
#ifndef PRONTOD_FLOW_DRAWING_H
#define PRONTOD_FLOW_DRAWING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct asking;
struct closure;
struct js;
struct map;

/* No closure may take more; what was stored before there was a limit may. */
#define DRAWING_ROADS_MOST 10000
#define DRAWING_OFF_STREET SIZE_MAX
#define DRAWING_TOO_LARGE                                                                          \
	"what was drawn is too large (at most 50 km and 10,000 roads): draw it smaller, or split " \
	"it into several closures"

struct drawing;
typedef void drawn_fn(struct asking *a, const struct drawing *d);
struct drawing {
	struct asking *asking;
	const struct map *map;      /* NULL: none */
	const struct closure *list; /* in the asking's arena */
	size_t count;
	/* [count] {streets, more_streets, roads, more, metres, municipality}; the drawn_fn takes them */
	struct js **drawn;
	/* [count] how many each takes; 0 without a map; DRAWING_OFF_STREET: its street does not lead along its points */
	size_t *roads;
	/* Of the first, unless it is a stored one: which of its points lie on no road; map_closure_off_road */
	size_t *off_road, off_road_count;
	const struct closure *others;
	size_t other_count;
	bool *covers; /* [other_count] it takes all that the first of the list takes */
	drawn_fn *then;
	struct drawing *next; /* of those that wait for drawn.c */
};
/* Copies the closure, as all of these do. */
void drawing_start(struct asking *a, const struct closure *c, drawn_fn *then);
/* Of closures as they are stored: those are kept, by id and version. Never of what is yet to be written. */
void drawing_stored(struct asking *a, const struct closure *list, size_t count, drawn_fn *then);
/* Draws one, and compares it with others. */
void drawing_compare(struct asking *a, const struct closure *c, const struct closure *others,
                     size_t count, drawn_fn *then);
void drawing_begin(struct drawing *d, void (*done)(void *drawing)); /* what is not drawn yet, on a thread */

/* Is it a stretch of road, of a sane size? The second is of the first of those drawn; if not it has refused, and told which
 * points lie on no road. */
bool drawing_too_wide(const struct closure *c);
bool drawing_on_roads(struct asking *a, const struct drawing *d);
struct js *drawing_off_road(const struct drawing *d); /* [number of the point, from 0] */

/* ---- drawn.c: what stored closures take, kept ---- */
struct drawn;
struct drawn *drawn_open(void);
void drawn_stop(struct drawn *k); /* no further one is begun */
void drawn_close(struct drawn **k);
void drawn_ask(struct drawn *k, struct drawing *d);
/* A reader's list: what it finds and keeps stays until the next begins. */
void drawn_begin(struct drawn *k);
struct js *drawn_find(struct drawn *k, const struct closure *c); /* a new object; NULL: not kept */
/* Where there is room for it. */
void drawn_keep(struct drawn *k, const struct closure *c, const struct js *drawn);

#endif

/* What live.c, live_page.c and street.c share. */
#ifndef PRONTOD_HTTP_LIVE_ROOM_H
#define PRONTOD_HTTP_LIVE_ROOM_H

#include "room.h"

#include "map/places.h"

/* The board that ?utility= asks for; false: answered. */
bool live_find(struct visit *v, struct flow_live *out);

struct street_question {
	const char *street, *town; /* NULL: not asked */
	struct saying s;
	struct visit *v;
};
/* Every word of the street asked for that is not a filler stands in the area. */
bool street_named_in(const char *asked, const char *area);
/* "via Cavour, Castiglione": the town is what follows the last comma; NULL fits all. */
bool street_in_town(const char *town, const char *area);
/* Streets of the map that the words mean: those that bear them, else one that is surely meant though it is
 * written otherwise. */
struct streets_found {
	struct map_candidate list[8]; /* strings in the request's arena */
	size_t count;
};
void street_look(const struct street_question *q, struct streets_found *out);
/* Is the fault of this area in the street asked for? */
bool street_is_in(const struct street_question *q, const struct streets_found *found, const char *area);
/* {text, yes|near|no|not_served|unknown|several, href, link_text, choices}; NULL: not asked. cards: the
 * open ones. */
struct js *street_answer(const struct street_question *q, const struct streets_found *found, const struct js *cards);

#endif

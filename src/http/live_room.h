/* What live.c, live_page.c and street.c share. */
#ifndef PRONTOD_HTTP_LIVE_ROOM_H
#define PRONTOD_HTTP_LIVE_ROOM_H

#include "room.h"

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
/* {text, yes|near|no|not_served|several, href, link_text, choices}; NULL: not asked. cards: the
 * open ones. */
struct js *street_answer(const struct street_question *q, const struct js *cards);

#endif

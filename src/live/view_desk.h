/* Pieces of the desk's views that the whole incident and the crew's view use too. Only for live/.
 */
#ifndef PRONTOD_SRC_LIVE_VIEW_DESK_H
#define PRONTOD_SRC_LIVE_VIEW_DESK_H

#include "live.h"

struct js *photos_json(const struct report *r);

#endif

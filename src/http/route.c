/*
 * Ways on the map: of a crew to an incident for the desk, and of a crew to its own assignment from
 * where its phone says it is.
 */
#include "room.h"

#include <math.h>

void desk_way(struct visit *v)
{
	visit_wait(v);
	flow_incident_route(v->http->o.flow, &v->user, v->args[0], visit_query(v, "crew"),
	                    visit_done, v);
}

void crew_way(struct visit *v)
{
	struct map_stand from = {.at = visit_query_point(v),
	                         .heading = visit_query_number(v, "heading", NAN)};
	if (!(from.heading >= 0 && from.heading <= 360))
		from.heading = NAN;
	visit_wait(v);
	flow_assignment_route(v->http->o.flow, &v->user, v->args[0], &from, visit_done, v);
}

/* Roles and what a user's scope lets him see. Which endpoint a role may use is http/'s table. */
#include "model/user.h"

#include "names.h"

NAMES_NAME(role, ROLES)
NAMES_PARSE(role)

/* utility_id "": a report that nobody could route yet; every desk sees those. */
bool user_may_see(const struct user *u, const char *utility_id)
{
	if (!utility_id || !*utility_id)
		return u->role != ROLE_CREW && u->role != ROLE_MACHINE;
	for (size_t i = 0; i < u->utility_count; i++) {
		if (str_equal(u->utilities[i].text, utility_id))
			return true;
	}
	return false;
}

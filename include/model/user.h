/* Who is asking: a person of one or more utilities, in one role (interfaces.md sections 2 and 6). */
#ifndef PRONTOD_MODEL_USER_H
#define PRONTOD_MODEL_USER_H

#include "model/id.h"

#include <stdbool.h>
#include <stddef.h>

#define ROLES(X)                                                                                   \
	X(ROLE_DISPATCHER, "dispatcher")                                                           \
	X(ROLE_SUPERVISOR, "supervisor")                                                           \
	X(ROLE_CREW, "crew")                                                                       \
	X(ROLE_ADMIN, "admin")                                                                     \
	X(ROLE_AUDITOR, "auditor")                                                                 \
	X(ROLE_MACHINE, "machine")
#define X(value, name) value,
enum role { ROLES(X) };
#undef X
const char *role_name(enum role r);
bool role_parse(const char *name, enum role *out);

#define USER_MAX_UTILITIES 16
struct user {
	struct user_id id;
	char login[65];
	char name[81]; /* first name and initial, as the desk shows it: "Marta B." */
	enum role role;
	struct utility_id utilities[USER_MAX_UTILITIES];
	char utility_codes[USER_MAX_UTILITIES][33];
	size_t utility_count;
	struct crew_id crew; /* of ROLE_CREW, else none */
};

bool user_may_see(const struct user *u, const char *utility_id);

#endif

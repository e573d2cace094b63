/* prontoctl user add|list|disable|password: the people who log in. Passwords come on standard
 * input. */
#include "ctl.h"

#include "base/str.h"
#include "model/user.h"
#include "store.h"
#include "wire/crypto.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "prontoctl user list | add LOGIN --role R --utility U [--name N] [--crew C] | "
    "disable LOGIN | password LOGIN   (a password is one line on standard input)";

/* "--name VALUE" pairs after the login. */
static bool read_options(int argc, char **argv, struct store_person *person)
{
	for (int i = 0; i < argc; i += 2) {
		const char **to = strcmp(argv[i], "--role") == 0      ? &person->role
		                  : strcmp(argv[i], "--utility") == 0 ? &person->utility
		                  : strcmp(argv[i], "--name") == 0    ? &person->name
		                  : strcmp(argv[i], "--crew") == 0    ? &person->crew
		                                                      : NULL;
		if (!to || i + 1 == argc)
			return false;
		*to = argv[i + 1];
	}
	return true;
}

static bool read_password(char *out, int size)
{
	if (!fgets(out, size, stdin))
		return false;
	out[strcspn(out, "\r\n")] = 0;
	return strlen(out) >= 8;
}

static int list(const char *url)
{
	struct str people = {0};
	struct problem p;
	bool ok = store_people(url, &people, &p);
	if (ok)
		fputs(str_text(&people), stdout);
	str_fini(&people);
	return ok ? 0 : ctl_failed(&p);
}

static int change(const char *url, const char *action, struct store_person *person)
{
	char password[201];
	struct problem p;
	enum role role;
	if (strcmp(action, "disable") != 0) {
		if (!read_password(password, sizeof password)) {
			problem_set(&p, PROBLEM_INPUT, "password",
			            "give a password of at least 8 characters on standard input");
			return ctl_failed(&p);
		}
		person->password = password;
	}
	if (strcmp(action, "add") == 0 &&
	    (!person->role || !role_parse(person->role, &role) || !person->utility))
		return ctl_usage(usage);
	crypto_start();
	return store_person(url, action, person, &p) ? 0 : ctl_failed(&p);
}

int ctl_user(const struct ctl *ctl, int argc, char **argv)
{
	struct conf conf;
	const char *action = argc > 1 ? argv[1] : "";
	bool known = strcmp(action, "add") == 0 || strcmp(action, "disable") == 0 ||
	             strcmp(action, "password") == 0;
	struct store_person person = {.login = argc > 2 ? argv[2] : NULL};
	if (!(argc == 2 && strcmp(action, "list") == 0) &&
	    !(known && argc > 2 && read_options(argc - 3, argv + 3, &person)))
		return ctl_usage(usage);
	if (!ctl_conf(ctl, &conf))
		return 1;
	return known ? change(conf.database_url, action, &person) : list(conf.database_url);
}

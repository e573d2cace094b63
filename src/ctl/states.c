/* prontoctl states --dot: the three state pictures, printed from the tables that the server runs
 * on. */
#include "ctl.h"

#include "model/states.h"

#include <stdio.h>
#include <string.h>

int ctl_states(const struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	if (argc != 2 || strcmp(argv[1], "--dot") != 0)
		return ctl_usage("prontoctl states --dot");
	struct str dot = {0};
	states_dot(&dot);
	fputs(str_text(&dot), stdout);
	str_fini(&dot);
	return 0;
}

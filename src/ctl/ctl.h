/*
 * prontoctl's subcommands: each is one function over a room. It gets its own arguments (argv[0] is the
 * subcommand's last word) and returns the exit code: 0 good, 1 the work failed, 2 wrong usage.
 * Errors go to standard error, one line that says what to do; results to standard output.
 */
#ifndef PRONTOD_CTL_H
#define PRONTOD_CTL_H

#include "base/conf.h"
#include "base/problem.h"
#include "model/place.h"

struct ctl {
	const char *conf_path; /* -c FILE, or NULL */
};

typedef int ctl_fn(const struct ctl *ctl, int argc, char **argv);

/* Loads the configuration or says why not (exit code 1). */
bool ctl_conf(const struct ctl *ctl, struct conf *out);
int ctl_usage(const char *usage);          /* prints it to standard error; returns 2 */
int ctl_failed(const struct problem *p);   /* prints it; returns 1 */
/* What the commands of the map share. */
struct js;
struct map;
/* Opens a map and reads all of it: a damaged one is refused here, not halfway through an answer. */
struct map *ctl_map_open(const char *path, struct problem *p);
void ctl_print(struct js *value); /* one line on standard output; takes it */
void ctl_set_point(struct js *object, struct point p);
bool ctl_parse_point(const char *text, struct point *out); /* "LAT,LON" */
int ctl_bad_point(const char *text);                       /* says so; returns 2 */
/* The charters' folder: configuration, else beside the program, else the installed one. */
const char *ctl_charters_dir(const struct ctl *ctl);

ctl_fn ctl_migrate, ctl_load, ctl_charter_check, ctl_charter_learn, ctl_classify, ctl_due, ctl_map_build, ctl_map_info, ctl_map_eta, ctl_map_route,
    ctl_map_geocode, ctl_map_reverse, ctl_map_addresses, ctl_mail_parse, ctl_states, ctl_user;

#endif

/*
 * The configuration: conf_keys.def is the one table that makes this struct, the parser,
 * `--check-config`, the environment names (PRONTOD_SECTION_KEY) and the README's table.
 * Values are checked for bounds; an unknown key is an error that names the nearest one.
 */
#ifndef PRONTOD_BASE_CONF_H
#define PRONTOD_BASE_CONF_H

#include "base/problem.h"
#include "base/str.h"

struct conf {
#define CONF_STR(section, key, dflt, sentence) char section##_##key[512];
#define CONF_SECRET(section, key, dflt, sentence) char section##_##key[512];
#define CONF_INT(section, key, dflt, min, max, unit, sentence) int section##_##key;
#include "base/conf_keys.def"
#undef CONF_STR
#undef CONF_SECRET
#undef CONF_INT
};

/* Defaults, then the file, then the environment. path NULL: $PRONTOD_CONFIG, ./prontod.conf,
 * /etc/prontod/prontod.conf, whichever exists first, else defaults. `file:PATH` secrets are read here. */
bool conf_load(struct conf *out, const char *path, struct problem *p) MUST_CHECK;
void conf_print(const struct conf *conf, struct str *to); /* effective values, secrets as `***` */

#endif

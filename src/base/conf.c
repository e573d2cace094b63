/*
 * The configuration: conf_keys.def made into a struct, a parser for `[section]` and `key = value`,
 * the environment's names, and the listing of --check-config. Reads no other file than its own and
 * secrets'.
 */
#include "base/conf.h"

#include "base/mem.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum conf_type { TYPE_STR, TYPE_SECRET, TYPE_INT };

struct key {
	const char *section, *name, *text;
	enum conf_type type;
	int number, min, max;
	const char *unit, *sentence;
	size_t offset;
};

static const struct key keys[] = {
#define AT(section, key) offsetof(struct conf, section##_##key)
#define CONF_STR(section, key, dflt, sentence) \
	{#section, #key, dflt, TYPE_STR, 0, 0, 0, "", sentence, AT(section, key)},
#define CONF_SECRET(section, key, dflt, sentence) \
	{#section, #key, dflt, TYPE_SECRET, 0, 0, 0, "", sentence, AT(section, key)},
#define CONF_INT(section, key, dflt, min, max, unit, sentence) \
	{#section, #key, NULL, TYPE_INT, dflt, min, max, unit, sentence, AT(section, key)},
#include "base/conf_keys.def"
#undef CONF_STR
#undef CONF_SECRET
#undef CONF_INT
};
#define KEY_COUNT (sizeof keys / sizeof keys[0])
#define VALUE_ROOM sizeof(((struct conf *)NULL)->http_listen)

static char *text_of(struct conf *conf, const struct key *key)
{
	return (char *)conf + key->offset;
}

static int *number_of(struct conf *conf, const struct key *key)
{
	/* Through void: the offset comes from offsetof, so the alignment is right. */
	return (int *)(void *)((char *)conf + key->offset);
}

static void set_defaults(struct conf *conf)
{
	memset(conf, 0, sizeof *conf);
	for (size_t i = 0; i < KEY_COUNT; i++) {
		if (keys[i].type == TYPE_INT)
			*number_of(conf, &keys[i]) = keys[i].number;
		else
			str_copy(text_of(conf, &keys[i]), VALUE_ROOM, keys[i].text);
	}
}

static char *trim(char *s)
{
	char *end = s + strlen(s);

	while (isspace((unsigned char)*s))
		s++;
	while (end > s && isspace((unsigned char)end[-1]))
		*--end = '\0';
	return s;
}

static bool read_secret(const char *path, char to[VALUE_ROOM], struct problem *p)
{
	char bytes[VALUE_ROOM + 2];
	FILE *file = fopen(path, "re");
	size_t length;

	if (file == NULL)
		return problem_set(p, PROBLEM_INPUT, "", "cannot read the secret's file %s: %s",
		                   path, strerror(errno));
	length = fread(bytes, 1, sizeof bytes - 1, file);
	fclose(file);
	bytes[length] = '\0';
	if (strlen(trim(bytes)) >= VALUE_ROOM)
		return problem_set(p, PROBLEM_INPUT, "", "the secret in %s is too long", path);
	str_copy(to, VALUE_ROOM, trim(bytes));
	return true;
}

static bool set_text(struct conf *conf, const struct key *key, const char *value, struct problem *p)
{
	if (strlen(value) >= VALUE_ROOM)
		return problem_set(p, PROBLEM_INPUT, "", "at most %zu bytes", VALUE_ROOM - 1);
	if (key->type == TYPE_SECRET && str_starts(value, "file:"))
		return read_secret(value + strlen("file:"), text_of(conf, key), p);
	str_copy(text_of(conf, key), VALUE_ROOM, value);
	return true;
}

static bool set_number(struct conf *conf, const struct key *key, const char *value,
                       struct problem *p)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(value, &end, 10);
	if (errno != 0 || end == value || *end != '\0' || n < key->min || n > key->max)
		return problem_set(p, PROBLEM_INPUT, "", "write a number from %d to %d (%s)",
		                   key->min, key->max, key->unit);
	*number_of(conf, key) = (int)n;
	return true;
}

static bool set_value(struct conf *conf, const struct key *key, const char *value,
                      struct problem *p)
{
	bool good =
	    key->type == TYPE_INT ? set_number(conf, key, value, p) : set_text(conf, key, value, p);

	if (!good) {
		problem_prefix(p, "[%s] %s", key->section, key->name);
		if (p != NULL)
			snprintf(p->field, sizeof p->field, "%s.%s", key->section, key->name);
	}
	return good;
}

/* Levenshtein's distance, small words only. */
static size_t distance(const char *a, const char *b)
{
	size_t row[64], n = strlen(b);

	if (n >= 64 || strlen(a) >= 64)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t change = corner + (a[i - 1] != b[j - 1]);

			corner = row[j];
			row[j] = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
			row[j] = row[j] < change ? row[j] : change;
		}
	}
	return row[n];
}

static const struct key *find_key(const char *section, const char *name)
{
	for (size_t i = 0; i < KEY_COUNT; i++) {
		if (str_equal(keys[i].section, section) && str_equal(keys[i].name, name))
			return &keys[i];
	}
	return NULL;
}

static bool unknown_key(const char *section, const char *name, struct problem *p)
{
	const struct key *nearest = &keys[0];
	size_t best = SIZE_MAX;

	for (size_t i = 0; i < KEY_COUNT; i++) {
		/* The right name in the wrong section is nearer than any misspelling. */
		size_t d = distance(keys[i].name, name) * 2 +
		           (str_equal(keys[i].section, section) ? 0 : 1);

		if (d < best) {
			best = d;
			nearest = &keys[i];
		}
	}
	return problem_set(p, PROBLEM_INPUT, name,
	                   "unknown key '%s' in [%s]; did you mean [%s] %s?", name, section,
	                   nearest->section, nearest->name);
}

static bool read_line(struct conf *conf, char *line, char section[64], struct problem *p)
{
	char *text = trim(line), *equals;
	const struct key *key;
	size_t length = strlen(text);

	if (*text == '\0' || *text == '#' || *text == ';')
		return true;
	if (*text == '[' && length > 2 && text[length - 1] == ']') {
		text[length - 1] = '\0';
		str_copy(section, 64, text + 1);
		return true;
	}
	equals = strchr(text, '=');
	if (equals == NULL)
		return problem_set(p, PROBLEM_INPUT, "", "expected '[section]' or 'key = value'");
	*equals = '\0';
	text = trim(text);
	key = find_key(section, text);
	return key != NULL ? set_value(conf, key, trim(equals + 1), p)
	                   : unknown_key(section, text, p);
}

static bool read_conf_file(struct conf *conf, const char *path, struct problem *p)
{
	char section[64] = "";
	char *line = NULL;
	size_t room = 0;
	int number = 0;
	bool good = true;
	FILE *file = fopen(path, "re");

	if (file == NULL)
		return problem_set(p, PROBLEM_INPUT, "", "cannot read %s: %s", path,
		                   strerror(errno));
	while (good && getline(&line, &room, file) >= 0) {
		number++;
		good = read_line(conf, line, section, p);
	}
	if (!good)
		problem_prefix(p, "%s line %d", path, number);
	free(line);
	fclose(file);
	return good;
}

static bool read_environment(struct conf *conf, struct problem *p)
{
	for (size_t i = 0; i < KEY_COUNT; i++) {
		char name[128];
		const char *value;

		snprintf(name, sizeof name, "PRONTOD_%s_%s", keys[i].section, keys[i].name);
		for (char *c = name; *c != '\0'; c++)
			*c = (char)toupper((unsigned char)*c);
		value = getenv(name);
		if (value != NULL && !set_value(conf, &keys[i], value, p)) {
			problem_prefix(p, "environment %s", name);
			return false;
		}
	}
	return true;
}

static const char *default_path(void)
{
	static const char *const places[] = {"./prontod.conf", "/etc/prontod/prontod.conf"};
	const char *path = getenv("PRONTOD_CONFIG");

	if (path != NULL && *path != '\0')
		return path;
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		if (access(places[i], F_OK) == 0)
			return places[i];
	}
	return NULL;
}

bool conf_load(struct conf *out, const char *path, struct problem *p)
{
	struct conf *fresh = mem_zero(1, sizeof *fresh);
	bool good;

	if (path == NULL)
		path = default_path();
	set_defaults(fresh);
	good = (path == NULL || read_conf_file(fresh, path, p)) && read_environment(fresh, p);
	if (good)
		*out = *fresh;
	explicit_bzero(fresh, sizeof *fresh);
	free(fresh);
	return good;
}

static void print_value(const struct conf *conf, const struct key *key, struct str *to)
{
	const char *at = (const char *)conf + key->offset;

	if (key->type == TYPE_INT)
		str_addf(to, "%s = %d\n", key->name, *(const int *)(const void *)at);
	else if (key->type == TYPE_SECRET && *at != '\0')
		str_addf(to, "%s = ***\n", key->name);
	else
		str_addf(to, "%s = %s\n", key->name, at);
}

void conf_print(const struct conf *conf, struct str *to)
{
	const char *section = "";

	for (size_t i = 0; i < KEY_COUNT; i++) {
		if (!str_equal(section, keys[i].section)) {
			str_addf(to, "%s[%s]\n", *section != '\0' ? "\n" : "", keys[i].section);
			section = keys[i].section;
		}
		str_addf(to, "# %s", keys[i].sentence);
		if (keys[i].type == TYPE_INT)
			str_addf(to, " (%d to %d %s)", keys[i].min, keys[i].max, keys[i].unit);
		str_addc(to, '\n');
		print_value(conf, &keys[i], to);
	}
}

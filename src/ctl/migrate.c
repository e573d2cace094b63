/*
 * prontoctl migrate [--status]: brings the database's schema up to date with
 * migrations/NNNN_name.sql. The folder is the one beside the sources or the program, or the
 * installed one; $PRONTOD_MIGRATIONS overrides.
 */
#include "ctl.h"

#include "base/mem.h"
#include "base/str.h"
#include "store.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_MIGRATIONS 1000

static bool is_folder(const char *path)
{
	DIR *d = opendir(path);
	if (d)
		closedir(d);
	return d != NULL;
}

/* Upwards from the program: build/src/prontoctl finds ./migrations. */
static const char *migrations_dir(char *room, size_t size)
{
	const char *set = getenv("PRONTOD_MIGRATIONS");
	if (set && *set)
		return set;
	char self[4000];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	self[n > 0 ? n : 0] = 0;
	for (char *slash = strrchr(self, '/'); slash; slash = strrchr(self, '/')) {
		*slash = 0;
		snprintf(room, size, "%s/migrations", self);
		if (is_folder(room))
			return room;
		snprintf(room, size, "%s/share/prontod/migrations", self);
		if (is_folder(room))
			return room;
	}
	return "/usr/share/prontod/migrations";
}

static int is_migration(const struct dirent *e)
{
	size_t length = strlen(e->d_name);
	return length > 9 && strspn(e->d_name, "0123456789") == 4 && e->d_name[4] == '_' &&
	       strcmp(e->d_name + length - 4, ".sql") == 0;
}

static bool read_file(const char *path, struct str *to, struct problem *p)
{
	FILE *f = fopen(path, "r");
	if (!f)
		return problem_set(p, PROBLEM_NOT_FOUND, "", "%s cannot be read", path);
	char block[8192];
	for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
		str_addn(to, block, n);
	fclose(f);
	return true;
}

/* names: sorted by number; their texts are kept in `list` until the program ends. */
static bool read_all(const char *dir, struct dirent **names, size_t count,
                     struct store_migration *list, struct problem *p)
{
	for (size_t i = 0; i < count; i++) {
		struct str text = {0}, path = {0};
		str_addf(&path, "%s/%s", dir, names[i]->d_name);
		bool ok = read_file(path.data, &text, p);
		str_fini(&path);
		list[i] = (struct store_migration){
		    .version = atoi(names[i]->d_name), .name = names[i]->d_name, .sql = text.data};
		if (!ok)
			return false;
	}
	return true;
}

static int migrate(const char *url, bool status)
{
	char room[4200];
	const char *dir = migrations_dir(room, sizeof room);
	struct dirent **names = NULL;
	struct problem p;
	int found = scandir(dir, &names, is_migration, alphasort);
	if (found <= 0 || found > MAX_MIGRATIONS) {
		problem_set(&p, PROBLEM_NOT_FOUND, "",
		            "no migrations in %.150s: set PRONTOD_MIGRATIONS", dir);
		free(names);
		return ctl_failed(&p);
	}
	size_t count = (size_t)found;
	struct store_migration *list = mem_zero(count, sizeof *list);
	bool ok =
	    read_all(dir, names, count, list, &p) && store_migrate(url, list, count, status, &p);
	for (size_t i = 0; i < count; i++) {
		if (ok)
			printf("%s\t%s\n", list[i].name, list[i].applied ? "applied" : "missing");
		free((void *)(uintptr_t)list[i].sql);
		free(names[i]);
	}
	free(list);
	free(names);
	return ok ? 0 : ctl_failed(&p);
}

int ctl_migrate(const struct ctl *ctl, int argc, char **argv)
{
	bool status = argc == 2 && strcmp(argv[1], "--status") == 0;
	struct conf conf;
	if (argc > 1 && !status)
		return ctl_usage("prontoctl migrate [--status]");
	if (!ctl_conf(ctl, &conf))
		return 1;
	return migrate(conf.database_url, status);
}

/*
 * A copy of classifications/ in a folder of its own, for tests that change files: every file is a link,
 * those that a case changes are written in their place.
 */
#ifndef PRONTOD_TESTS_FOLDER_H
#define PRONTOD_TESTS_FOLDER_H

#include "base/str.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

static inline int make_folder(void **state)
{
	(void)state;
	char from[512], to[512];
	strcpy(folder, "/tmp/edition_test_XXXXXX");
	DIR *dir = mkdtemp(folder) ? opendir(PRONTOD_CHARTERS) : NULL;
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(from, sizeof from, "%s/%s", PRONTOD_CHARTERS, entry->d_name);
		snprintf(to, sizeof to, "%s/%s", folder, entry->d_name);
		if (symlink(from, to) != 0)
			return -1;
	}
	return dir ? closedir(dir) : -1;
}

static inline int remove_folder(void **state)
{
	(void)state;
	char path[512];
	DIR *dir = opendir(folder);
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		unlink(path);
	}
	return dir ? closedir(dir) || rmdir(folder) : -1;
}

static inline void write_file(const char *name, const char *text)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	unlink(path);
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

/* A file of classifications/ with texts replaced (pairs, ended by NULL), under a name in the folder. */
static inline void write_changed(const char *name, const char *file, const char *const *changes)
{
	char path[512];
	static char text[1 << 20];
	snprintf(path, sizeof path, "%s/%s", PRONTOD_CHARTERS, file);
	FILE *in = fopen(path, "r");
	assert_non_null(in);
	text[fread(text, 1, sizeof text - 1, in)] = '\0';
	fclose(in);
	for (; *changes; changes += 2) {
		struct str changed = {0};
		char *at = strstr(text, changes[0]);
		if (!at)
			fail_msg("%s has no %s", file, changes[0]);
		str_addn(&changed, text, (size_t)(at - text));
		str_add(&changed, changes[1]);
		str_add(&changed, at + strlen(changes[0]));
		strcpy(text, str_text(&changed));
		str_fini(&changed);
	}
	write_file(name, text);
}

#define CHANGE(name, file, ...) write_changed(name, file, (const char *const[]){__VA_ARGS__, NULL})

#endif

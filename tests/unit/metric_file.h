/* The files of metrics that a folder holds, for the tests of those who write and read them. */
#ifndef PRONTOD_TESTS_METRIC_FILE_H
#define PRONTOD_TESTS_METRIC_FILE_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

/* The only .metric file of a folder. */
static inline void metric_file(const char *dir, char path[300])
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int found = 0;
	assert_non_null(d);
	while ((e = readdir(d)))
		if (strstr(e->d_name, ".metric")) {
			snprintf(path, 300, "%s/%s", dir, e->d_name);
			found++;
		}
	closedir(d);
	assert_int_equal(found, 1);
}

/* Another one: it was made again. */
static inline ino_t inode(const char *path)
{
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	return st.st_ino;
}

#endif

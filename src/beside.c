/*
 * Finds the folders that come with the programs, so that a build tree, an unpacked archive and an
 * installation all run without configuration.
 */
#include "beside.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INSTALLED "/usr/share/prontod"

static bool is_folder(const char *path)
{
	struct stat s;

	return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

static bool is_in(const char *folder, const char *middle, const char *name, char *to)
{
	int length = snprintf(to, BESIDE_PATH, "%s/%s%s", folder, middle, name);

	return length < BESIDE_PATH && is_folder(to);
}

const char *beside_find(const char *name, char to[BESIDE_PATH])
{
	char self[4000];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	char *slash;

	self[n > 0 ? n : 0] = '\0';
	while ((slash = strrchr(self, '/')) != NULL) {
		*slash = '\0';
		if (is_in(self, "", name, to) || is_in(self, "share/prontod/", name, to))
			return to;
	}
	is_in(INSTALLED, "", name, to);
	return to;
}

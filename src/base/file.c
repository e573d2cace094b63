/* Whole files. Source: include/base/file.h. */
#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool file_read(const char *path, struct str *to, struct problem *p)
{
	char block[16384];
	size_t n, before = to->length;
	FILE *file = fopen(path, "re");

	if (file == NULL)
		return problem_set(p, PROBLEM_NOT_FOUND, "", "cannot read %s: %s", path, strerror(errno));
	while (to->length - before < FILE_MOST && (n = fread(block, 1, sizeof block, file)) > 0)
		str_addn(to, block, n);
	bool good = !ferror(file);
	if (!good)
		problem_set(p, PROBLEM_NOT_FOUND, "", "cannot read %s: %s", path, strerror(errno));
	fclose(file);
	return good;
}

bool file_write(const char *path, const struct str *bytes, struct problem *p)
{
	struct str beside = {0};
	str_addf(&beside, "%s.new", path);
	FILE *file = fopen(str_text(&beside), "we");
	bool good = file && fwrite(str_text(bytes), 1, bytes->length, file) == bytes->length;
	good = file && fclose(file) == 0 && good && rename(str_text(&beside), path) == 0;
	if (!good)
		problem_set(p, PROBLEM_BUSY, "", "cannot write %s: %s", path, strerror(errno));
	str_fini(&beside);
	return good;
}

/*
 * Runs a fuzz target over files kept from earlier (a file or a folder of them), where the compiler
 * has no fuzzer: every input that once broke something is tried in every test run. Says how many it
 * tried.
 */
#include "fuzz.h"

#include "base/mem.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define MOST_BYTES (1 << 20)

static int tried;

static void try_file(const char *path)
{
	FILE *in = fopen(path, "rb");
	if (!in)
		return;
	uint8_t *bytes = mem_zero(MOST_BYTES, 1);
	size_t count = fread(bytes, 1, MOST_BYTES, in);
	fclose(in);
	/* An exact copy, so that the sanitizer sees a step beyond the end. */
	uint8_t *exact = mem_zero(count + 1, 1);
	exact = mem_grow(exact, count ? count : 1, 1);
	for (size_t i = 0; i < count; i++)
		exact[i] = bytes[i];
	LLVMFuzzerTestOneInput(exact, count);
	tried++;
	free(exact);
	free(bytes);
}

static void try_folder(const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		char name[4096];
		snprintf(name, sizeof(name), "%s/%s", path, entries[i]->d_name);
		struct stat st;
		if (stat(name, &st) == 0 && S_ISREG(st.st_mode))
			try_file(name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct stat st;
		if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
			try_folder(argv[i]);
		else
			try_file(argv[i]);
	}
	/* One test a target, however many inputs it keeps. */
	printf("%d inputs\n%d passed, %d failed\n", tried, tried > 0, tried == 0);
	return tried == 0;
}

/*
 * Runs a fuzz target over files kept from earlier (a file or a folder of them), where the compiler
 * has no fuzzer: every input that once broke something is tried in every test run, and then, for some
 * seconds, with bytes changed, doubled, cut and mixed. The changes are drawn from a fixed beginning:
 * how far they get depends on the machine, what they are does not. Says how many it tried.
 */
#include "fuzz.h"

#include "base/mem.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define MOST_BYTES (1 << 20)
#define CHANGED_BYTES (16 << 10) /* longer seeds are replayed only: changing them teaches little and costs much */
#define CHANGE_SECONDS 3
#define SEEDS_MAX 512

struct seed {
	uint8_t *bytes;
	size_t count;
};

static struct seed seeds[SEEDS_MAX];
static size_t seed_count;
static int tried, changed;
static uint64_t drawn = 20070101;

static uint32_t draw(void)
{
	drawn = drawn * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(drawn >> 33);
}

/* An exact copy, so that the sanitizer sees a step beyond the end. */
static void try_bytes(const uint8_t *bytes, size_t count)
{
	uint8_t *exact = malloc(count ? count : 1);
	if (!exact)
		abort();
	if (count)
		memcpy(exact, bytes, count);
	LLVMFuzzerTestOneInput(exact, count);
	free(exact);
}

static void try_file(const char *path)
{
	FILE *in = fopen(path, "rb");
	if (!in)
		return;
	uint8_t *bytes = mem_zero(MOST_BYTES, 1);
	size_t count = fread(bytes, 1, MOST_BYTES, in);
	fclose(in);
	try_bytes(bytes, count);
	tried++;
	if (count <= CHANGED_BYTES && seed_count < SEEDS_MAX)
		seeds[seed_count++] = (struct seed){bytes, count};
	else
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

/* One change somewhere; returns the new length. `room` holds twice the longest seed. */
static size_t change(uint8_t *bytes, size_t count, size_t room)
{
	size_t at = count ? draw() % count : 0, n = count ? 1 + draw() % (count - at) : 0;
	const struct seed *other = &seeds[draw() % seed_count];
	switch (draw() % 5) {
	case 0: /* another byte */
		if (count)
			bytes[at] = (uint8_t)draw();
		return count;
	case 1: /* a bit */
		if (count)
			bytes[at] ^= (uint8_t)(1u << draw() % 8);
		return count;
	case 2: /* a piece cut out */
		memmove(bytes + at, bytes + at + n, count - at - n);
		return count - n;
	case 3: /* a piece doubled */
		n = count + n > room ? room - count : n;
		memmove(bytes + at + n, bytes + at, count - at);
		return count + n;
	default: /* the end of another seed */
		n = other->count > room - at ? room - at : other->count;
		memcpy(bytes + at, other->bytes, n);
		return at + n;
	}
}

static void try_changed(void)
{
	size_t room = 2 * CHANGED_BYTES;
	uint8_t *bytes = mem_zero(room, 1);
	time_t end = time(NULL) + CHANGE_SECONDS;
	while (seed_count && time(NULL) < end) {
		const struct seed *seed = &seeds[draw() % seed_count];
		size_t count = seed->count;
		memcpy(bytes, seed->bytes, count);
		for (uint32_t n = 1 + draw() % 4; n > 0; n--)
			count = change(bytes, count, room);
		try_bytes(bytes, count);
		changed++;
	}
	free(bytes);
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
	try_changed();
	for (size_t i = 0; i < seed_count; i++)
		free(seeds[i].bytes);
	/* One test a target, however many inputs it keeps. */
	printf("%d inputs, %d changed\n%d passed, %d failed\n", tried, changed, tried > 0, tried == 0);
	return tried == 0;
}

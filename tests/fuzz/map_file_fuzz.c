/*
 * A map file with bytes changed and cut: opened or refused, never a step outside it. The input says
 * where to change what; its first byte says whether the checksums are made good again, so that
 * damage gets past them to the structure behind; its second bit, whether changes go by sections.
 */
#include "fuzz.h"
#include "map_town.h"

#include "../../src/map/file.h"

#include <sys/mman.h>

static unsigned char *town;
static size_t town_bytes;

static void load_town(void)
{
	char path[64];
	snprintf(path, sizeof(path), "/tmp/map_file_fuzz.%d.map", (int)getpid());
	map_town_build(path);
	FILE *in = fopen(path, "rb");
	town = mem_zero(1 << 20, 1);
	town_bytes = fread(town, 1, 1 << 20, in);
	fclose(in);
	unlink(path);
}

static void seal(unsigned char *file, size_t count)
{
	struct map_header *h = (struct map_header *)(void *)file;
	if (count < sizeof(*h))
		return;
	for (unsigned id = 0; id < SECTION_COUNT; id++) {
		struct map_section *s = &h->section[id];
		if (s->offset <= count && s->record > 0 &&
		    s->count <= (count - s->offset) / s->record)
			s->checksum =
			    map_checksum(file + s->offset, (size_t)s->count * s->record, id);
	}
	h->bytes = count;
	map_header_seal(h);
}

/* Groups of four bytes: which section, where in it (two), what. So that small ones are met as
 * often. */
static void change_sections(unsigned char *file, const uint8_t *bytes, size_t count)
{
	const struct map_header *h = (const struct map_header *)(const void *)town;
	for (size_t i = 0; i + 4 <= count; i += 4) {
		const struct map_section *s = &h->section[bytes[i] % SECTION_COUNT];
		size_t all = (size_t)s->count * s->record;
		if (all > 0)
			file[s->offset + ((size_t)bytes[i + 1] << 8 | bytes[i + 2]) % all] =
			    bytes[i + 3];
	}
}

/* Groups of four bytes: where (three, over the whole file), what. */
static void change(unsigned char *file, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i + 4 <= count; i += 4) {
		size_t at = ((size_t)bytes[i] << 16 | (size_t)bytes[i + 1] << 8 | bytes[i + 2]) %
		            town_bytes;
		file[at] = bytes[i + 3];
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	if (!town)
		load_town();
	if (count < 3)
		return 0;
	unsigned char *file = mem_zero(town_bytes, 1);
	memcpy(file, town, town_bytes);
	size_t cut = (bytes[1] & 0xf0) ? 0 : ((size_t)bytes[1] << 8 | bytes[2]) % town_bytes;
	if (bytes[0] & 2)
		change_sections(file, bytes + 3, count - 3);
	else
		change(file, bytes + 3, count - 3);
	if (bytes[0] & 1)
		seal(file, town_bytes - cut);
	int fd = memfd_create("map", MFD_CLOEXEC);
	char path[64];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fd < 0 || write(fd, file, town_bytes - cut) != (ssize_t)(town_bytes - cut))
		abort();
	struct problem p;
	struct map *map = map_open(path, &p);
	if (map)
		map_town_ask(map, "via roma 12/a borgo", (struct point){46.0011, 11.0021});
	map_close(&map);
	close(fd);
	free(file);
	return 0;
}

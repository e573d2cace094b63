/*
 * Photos lose where they were taken before anybody stores them: the GPS directory inside Exif, and
 * whole XMP and text notes. The picture itself and its orientation stay as they are; nothing is
 * decoded. Formats: Exif 2.3 (TIFF 6.0) in JPEG, PNG, WebP and HEIC; PNG chunks by ISO 15948. Not
 * here: what counts as a photo (web.c).
 */
#include "intake.h"

#include <stdint.h>
#include <string.h>

#define GPS_POINTER 0x8825
#define MOST_ENTRIES 512

/* ---- Exif: a small TIFF file somewhere inside ---- */

struct tiff {
	unsigned char *bytes; /* from its "II" or "MM" to the end of the file */
	size_t length;
	bool big_endian;
};

static uint32_t number(const struct tiff *t, size_t at, size_t count)
{
	uint32_t n = 0;
	for (size_t i = 0; i < count; i++)
		n = n << 8 | t->bytes[at + (t->big_endian ? i : count - 1 - i)];
	return n;
}

static size_t type_size(uint32_t type)
{
	static const unsigned char sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
	return type < sizeof sizes ? sizes[type] : 1;
}

/* Entries of the directory at `at`; 0 where it does not fit. */
static size_t entries_of(const struct tiff *t, size_t at)
{
	if (at < 8 || at > t->length - 2)
		return 0;
	size_t count = number(t, at, 2);
	return count <= MOST_ENTRIES && count * 12 <= t->length - at - 2 ? count : 0;
}

/* Zeroes a directory's values and then itself: it stays as one without entries. */
static void empty_directory(struct tiff *t, size_t at)
{
	size_t count = entries_of(t, at);
	for (size_t i = 0; i < count; i++) {
		size_t entry = at + 2 + i * 12;
		uint64_t size =
		    (uint64_t)type_size(number(t, entry + 2, 2)) * number(t, entry + 4, 4);
		size_t where = number(t, entry + 8, 4);
		if (size > 4 && where >= 8 && where < t->length && size <= t->length - where)
			memset(t->bytes + where, 0, (size_t)size);
	}
	if (count)
		memset(t->bytes + at, 0, 2 + count * 12);
}

static void forget_gps(struct tiff *t)
{
	if (t->length < 16)
		return;
	size_t first = number(t, 4, 4), count = entries_of(t, first);
	for (size_t i = 0; i < count; i++) {
		size_t entry = first + 2 + i * 12;
		if (number(t, entry, 2) == GPS_POINTER)
			empty_directory(t, number(t, entry + 8, 4));
	}
}

/* The next "II*" or "MM*" header from `from` on; length where there is none. */
static size_t next_tiff(const unsigned char *bytes, size_t length, size_t from)
{
	for (size_t i = from; i + 8 <= length; i++)
		if (memcmp(bytes + i, "II*\0", 4) == 0 || memcmp(bytes + i, "MM\0*", 4) == 0)
			return i;
	return length;
}

static void forget_exif(unsigned char *bytes, size_t length)
{
	for (size_t at = 0; (at = next_tiff(bytes, length, at)) < length; at += 4) {
		struct tiff t = {bytes + at, length - at, bytes[at] == 'M'};
		forget_gps(&t);
	}
}

/* ---- XMP: a packet of XML, blanked where it stands ---- */

static void forget_xmp(unsigned char *bytes, size_t length)
{
	unsigned char *at = bytes, *end = bytes + length;
	while ((at = memmem(at, (size_t)(end - at), "<x:xmpmeta", 10))) {
		unsigned char *stop = memmem(at, (size_t)(end - at), "</x:xmpmeta>", 12);
		if (!stop)
			return;
		memset(at, ' ', (size_t)(stop + 12 - at));
		at = stop + 12;
	}
}

/* ---- PNG: chunks carry a sum, so notes are taken out whole ---- */

static bool is_note(const unsigned char *type)
{
	static const char notes[][5] = {"eXIf", "iTXt", "tEXt", "zTXt"};
	for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++)
		if (memcmp(type, notes[i], 4) == 0)
			return true;
	return false;
}

static size_t drop_notes(unsigned char *png, size_t length)
{
	size_t from = 8, to = 8;
	struct tiff big = {png, length, true};
	while (length - from >= 12) {
		uint64_t chunk = (uint64_t)number(&big, from, 4) + 12;
		if (chunk > length - from)
			break;
		if (!is_note(png + from + 4)) {
			memmove(png + to, png + from, (size_t)chunk);
			to += (size_t)chunk;
		}
		from += (size_t)chunk;
	}
	memmove(png + to, png + from, length - from); /* what is no chunk stays */
	return to + length - from;
}

void intake_photo_forget_place(struct intake_photo *photo, struct arena *arena)
{
	if (!photo->content_type)
		return;
	unsigned char *copy = arena_take(arena, photo->length + 1);
	memcpy(copy, photo->bytes, photo->length);
	if (strcmp(photo->content_type, "image/png") == 0) {
		photo->length = drop_notes(copy, photo->length);
	} else {
		forget_exif(copy, photo->length);
		forget_xmp(copy, photo->length);
	}
	photo->bytes = copy;
}

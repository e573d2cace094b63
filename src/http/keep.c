/*
 * Photos of a form that came back with errors: kept in a private folder that all workers share,
 * under the hash of the form's key, for 30 minutes and up to a quota; then, or once the report is
 * stored, they are removed. A file is written in one go into memory-backed storage (the supervisor
 * makes the folder), at most 10 MiB: it does not wait for a disk. Not here: what a photo may be
 * (intake).
 */
#include "keep.h"

#include "intake.h"

#include "base/mem.h"
#include "wire/crypto.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define KEEP_S (30 * 60)
#define KEEP_QUOTA (256LL * 1024 * 1024)
#define NAME_ROOM 256

static const char *folder_of(const struct visit *v)
{
	return v->http->o.keep;
}

static bool path_of(const struct visit *v, const struct flow_once *once, size_t i, char out[1024])
{
	if (!folder_of(v) || !once->key[0])
		return false;
	char hex[CRYPTO_HASH_HEX];
	crypto_sha256_hex(once->key, strlen(once->key), hex);
	return snprintf(out, 1024, "%s/%s.%zu", folder_of(v), hex, i) < 1024;
}

/* Removes what nobody came back for; returns the bytes that stay. */
static int64_t sweep(const char *folder)
{
	DIR *dir = opendir(folder);
	int64_t bytes = 0;
	for (struct dirent *e; dir && (e = readdir(dir));) {
		struct stat s;
		if (e->d_name[0] == '.' ||
		    fstatat(dirfd(dir), e->d_name, &s, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(s.st_mode))
			continue;
		if (s.st_mtime + KEEP_S < time(NULL))
			unlinkat(dirfd(dir), e->d_name, 0);
		else
			bytes += s.st_size;
	}
	if (dir)
		closedir(dir);
	return bytes;
}

static void store_one(const char *path, const struct flow_photo *photo)
{
	FILE *f = NULL;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0 && !(f = fdopen(fd, "wb")))
		close(fd);
	if (!f)
		return;
	char head[2][NAME_ROOM] = {{0}};
	str_copy(head[0], NAME_ROOM, photo->filename);
	str_copy(head[1], NAME_ROOM, photo->content_type);
	bool whole = fwrite(head, sizeof head, 1, f) == 1 &&
	             fwrite(photo->bytes, 1, photo->length, f) == photo->length;
	if (fclose(f) != 0 || !whole)
		unlink(path);
}

void keep_store(struct visit *v, const struct flow_once *once, const struct flow_photo *photos,
                size_t count)
{
	char path[1024];
	if (count == 0 || !path_of(v, once, 0, path) ||
	    sweep(folder_of(v)) + BODY_LARGE > KEEP_QUOTA)
		return;
	for (size_t i = 0; i < count; i++)
		if (path_of(v, once, i, path) && access(path, F_OK) != 0)
			store_one(path, &photos[i]);
}

static bool fetch_one(const char *path, struct arena *arena, struct flow_photo *out)
{
	FILE *f = fopen(path, "rb");
	struct stat s;
	char head[2][NAME_ROOM];
	if (!f)
		return false;
	bool ok = fstat(fileno(f), &s) == 0 && s.st_mtime + KEEP_S >= time(NULL) &&
	          s.st_size > (off_t)sizeof head &&
	          s.st_size <= (off_t)(BODY_LARGE + sizeof head) &&
	          fread(head, sizeof head, 1, f) == 1;
	if (ok) {
		size_t length = (size_t)s.st_size - sizeof head;
		unsigned char *bytes = arena_take(arena, length);
		ok = fread(bytes, 1, length, f) == length;
		head[0][NAME_ROOM - 1] = head[1][NAME_ROOM - 1] = 0;
		*out = (struct flow_photo){arena_str(arena, head[0]), arena_str(arena, head[1]),
		                           bytes, length};
	}
	fclose(f);
	return ok;
}

static bool same_photo(const struct flow_photo *a, const struct flow_photo *b)
{
	return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

void keep_fetch(struct visit *v, const struct flow_once *once, struct arena *arena,
                struct flow_photo *photos, size_t *count)
{
	char path[1024];
	size_t total = 0, came = *count;
	for (size_t i = 0; i < came; i++)
		total += photos[i].length;
	for (size_t i = 0; *count < INTAKE_PHOTOS_MAX && path_of(v, once, i, path); i++) {
		struct flow_photo kept;
		if (!fetch_one(path, arena, &kept))
			return;
		bool again = false;
		for (size_t k = 0; k < came; k++)
			again = again || same_photo(&kept, &photos[k]);
		if (again || total + kept.length > BODY_LARGE)
			continue;
		total += kept.length;
		photos[(*count)++] = kept;
	}
}

void keep_drop(struct visit *v, const struct flow_once *once)
{
	char path[1024];
	for (size_t i = 0; i < INTAKE_PHOTOS_MAX && path_of(v, once, i, path); i++)
		unlink(path);
}

static bool is_kept(const struct visit *v, const struct flow_once *once)
{
	char path[1024];
	return path_of(v, once, 0, path) && access(path, R_OK) == 0;
}

void keep_show(const struct visit *v, const struct flow_once *once, const struct flow_photo *photos,
               size_t count, struct js *page)
{
	if (count == 0)
		return;
	if (!is_kept(v, once)) {
		js_set_bool(page, "photos_again", true);
		return;
	}
	struct js *list = js_array();
	for (size_t i = 0; i < count; i++) {
		struct js *one = js_object();
		char size[32];
		double mega = (double)photos[i].length / 1e6;
		snprintf(size, sizeof size, "%.1f MB", mega < 0.1 ? 0.1 : mega);
		char *point = strchr(size, '.');
		if (point && v->lang == LANG_IT)
			*point = ',';
		js_set_str(one, "name", photos[i].filename);
		js_set_str(one, "size", size);
		js_push(list, one);
	}
	js_set(page, "photos", list);
}

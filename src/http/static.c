/*
 * Files of the built pages: read once at start, sent from memory. Those under static/ carry a hash
 * in their name and are kept by browsers for ever; those of the root are asked for again each time.
 * A path is looked up among the files that were read, so none can lead out of the folder.
 */
#include "openapi.h"
#include "room.h"

#include "base/log.h"
#include "base/mem.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct file {
	char *name; /* below the folder: "static/desk-1a2b.js", "sw.js" */
	const char *type;
	char *bytes, *packed; /* packed: the .gz beside it, or NULL */
	size_t length, packed_length;
	char etag[ETAG_ROOM];
};

struct statics {
	struct file *list;
	size_t count;
};

#define FILE_MAX (32 * 1024 * 1024)

static const char *type_of(const char *name)
{
	static const char *const types[][2] = {
	    {".html", "text/html; charset=utf-8"},
	    {".css", "text/css; charset=utf-8"},
	    {".js", "text/javascript; charset=utf-8"},
	    {".mjs", "text/javascript; charset=utf-8"},
	    {".json", "application/json"},
	    {".webmanifest", "application/manifest+json"},
	    {".svg", "image/svg+xml"},
	    {".png", "image/png"},
	    {".jpg", "image/jpeg"},
	    {".webp", "image/webp"},
	    {".ico", "image/x-icon"},
	    {".woff2", "font/woff2"},
	    {".woff", "font/woff"},
	    {".mp3", "audio/mpeg"},
	    {".ogg", "audio/ogg"},
	    {".wav", "audio/wav"},
	    {".txt", "text/plain; charset=utf-8"},
	    {".map", "application/json"},
	    {".yaml", "application/yaml"},
	    {".wasm", "application/wasm"},
	};
	const char *dot = strrchr(name, '.');
	for (size_t i = 0; dot && i < sizeof types / sizeof types[0]; i++)
		if (strcmp(dot, types[i][0]) == 0)
			return types[i][1];
	return "application/octet-stream";
}

/* NULL where it cannot be read. */
static char *read_whole(const char *path, size_t *out_length)
{
	FILE *f = fopen(path, "rb");
	struct stat s;
	char *bytes = NULL;
	if (f && fstat(fileno(f), &s) == 0 && S_ISREG(s.st_mode) && s.st_size <= FILE_MAX) {
		*out_length = (size_t)s.st_size;
		bytes = mem_zero(*out_length + 1, 1);
		if (fread(bytes, 1, *out_length, f) != *out_length) {
			free(bytes);
			bytes = NULL;
		}
	}
	if (f)
		fclose(f);
	return bytes;
}

static bool ends_with(const char *s, const char *end)
{
	size_t a = strlen(s), b = strlen(end);
	return a >= b && strcmp(s + a - b, end) == 0;
}

static void add_file(struct statics *all, const char *path, const char *name)
{
	size_t length;
	char *bytes = read_whole(path, &length);
	if (!bytes) {
		log_warn(NULL, "page file not read name=%s", name);
		return;
	}
	all->list = mem_grow(all->list, all->count + 1, sizeof *all->list);
	struct file *f = &all->list[all->count++];
	*f = (struct file){
	    .name = mem_str(name), .type = type_of(name), .bytes = bytes, .length = length};
	etag_of(bytes, length, f->etag);
	struct str beside = {0};
	str_addf(&beside, "%s.gz", path);
	f->packed = read_whole(str_text(&beside), &f->packed_length);
	str_fini(&beside);
}

/* under: "" for the root, where only files count; "static/" and below, everything. */
static void add_folder(struct statics *all, const char *folder, const char *under, int depth)
{
	struct str path = {0}, name = {0};
	str_addf(&path, "%s/%s", folder, under);
	DIR *dir = opendir(str_text(&path));
	for (struct dirent *e; dir && (e = readdir(dir));) {
		struct stat s;
		if (e->d_name[0] == '.' || fstatat(dirfd(dir), e->d_name, &s, 0) != 0)
			continue;
		str_clear(&path);
		str_clear(&name);
		str_addf(&name, "%s%s", under, e->d_name);
		str_addf(&path, "%s/%s", folder, str_text(&name));
		if (S_ISREG(s.st_mode) && !ends_with(e->d_name, ".gz"))
			add_file(all, str_text(&path), str_text(&name));
		if (S_ISDIR(s.st_mode) && depth < 4 &&
		    (*under || strcmp(e->d_name, "static") == 0)) {
			str_addc(&name, '/');
			add_folder(all, folder, str_text(&name), depth + 1);
		}
	}
	if (dir)
		closedir(dir);
	str_fini(&path);
	str_fini(&name);
}

struct statics *statics_open(const char *folder)
{
	struct statics *all = mem_zero(1, sizeof *all);
	add_folder(all, folder, "", 0);
	return all;
}

void statics_close(struct statics **all)
{
	for (size_t i = 0; *all && i < (*all)->count; i++) {
		struct file *f = &(*all)->list[i];
		free(f->name);
		free(f->bytes);
		free(f->packed);
	}
	if (*all)
		free((*all)->list);
	free(*all);
	*all = NULL;
}

static void nothing(void *ctx)
{
	(void)ctx; /* files stay for as long as the door */
}

static void send_file(struct visit *v, const char *name, const char *caching)
{
	const struct statics *all = v->http->statics;
	const struct file *f = NULL;
	for (size_t i = 0; i < all->count && !f; i++)
		if (strcmp(all->list[i].name, name) == 0)
			f = &all->list[i];
	if (!f) {
		struct problem p;
		problem_set(&p, PROBLEM_NOT_FOUND, "", "there is no such file");
		visit_problem(v, &p, NULL);
		return;
	}
	bool packed = f->packed && accepts_gzip(v);
	answer_header(v->request, "Cache-Control", caching);
	answer_header(v->request, "Vary", "Accept-Encoding");
	if (visit_not_modified(v, f->etag))
		return;
	if (packed)
		answer_header(v->request, "Content-Encoding", "gzip");
	visit_shared(v,
	             &(struct shared_bytes){f->type, packed ? f->packed : f->bytes,
	                                    packed ? f->packed_length : f->length, nothing, NULL});
}

void static_get(struct visit *v)
{
	char name[VISIT_ARG_ROOM + 8];
	snprintf(name, sizeof name, "static/%s", v->args[0]);
	send_file(v, name, "public, max-age=31536000, immutable");
}

void static_root(struct visit *v)
{
	send_file(v, request_path(v->request) + 1, "no-cache");
}

void openapi_get(struct visit *v)
{
	char etag[ETAG_ROOM];
	etag_of(openapi_text, openapi_length, etag);
	answer_header(v->request, "Access-Control-Allow-Origin", "*");
	answer_header(v->request, "Cache-Control", "no-cache");
	if (visit_not_modified(v, etag))
		return;
	visit_shared(v, &(struct shared_bytes){"application/yaml", openapi_text, openapi_length,
	                                       nothing, NULL});
}

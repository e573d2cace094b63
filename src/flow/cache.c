/*
 * The private folder where metrics lie as files, so that all workers map the same pages: found or
 * made at start, and what nobody will ask for any more removed by the leader. A metric that was
 * removed is made again by whoever needs it; those that hold it keep it. Looking into the folder and
 * unlinking may wait for a disk, so it is done on a thread.
 */
#include "house.h"

#include "base/log.h"
#include "base/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define KEPT 2        /* beside the one in force: what held a moment ago may hold again */
#define FRESH_S 15    /* another worker may be about to map it */
#define FILES_MOST 1000

/* Ours, a folder, and nobody else's to read or to fill. */
static bool is_private(const char *path)
{
	struct stat s;
	return lstat(path, &s) == 0 && S_ISDIR(s.st_mode) && s.st_uid == geteuid() &&
	       (s.st_mode & 077) == 0 && access(path, R_OK | W_OK | X_OK) == 0;
}

static bool prepare(const char *path)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return false;
	return is_private(path);
}

char *cache_open(const char *configured)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR"), *temporary = getenv("TMPDIR");
	char paths[4][600] = {""};
	if (configured[0]) {
		snprintf(paths[0], sizeof paths[0], "%s", configured);
	} else {
		if (runtime && runtime[0] == '/')
			snprintf(paths[0], sizeof paths[0], "%s/prontod", runtime);
		snprintf(paths[1], sizeof paths[1], "/run/prontod");
		/* Memory where it can be: 180 MB for a region would keep a disk from what must be safe. */
		snprintf(paths[2], sizeof paths[2], "/dev/shm/prontod-%u", (unsigned)geteuid());
		snprintf(paths[3], sizeof paths[3], "%s/prontod-%u",
		         temporary && temporary[0] == '/' ? temporary : "/tmp", (unsigned)geteuid());
	}
	for (size_t i = 0; i < 4; i++)
		if (paths[i][0] && prepare(paths[i]))
			return mem_str(paths[i]);
	log_warn(NULL, "no private folder for road metrics, each worker keeps its own in memory "
	               "set=\"[map] cache\"");
	return NULL;
}

struct tidying {
	char *dir, version[32];
};

struct file {
	char name[80];
	time_t at;
};

static int newest_first(const void *a, const void *b)
{
	const struct file *x = a, *y = b;
	return x->at < y->at ? 1 : x->at > y->at ? -1 : strcmp(x->name, y->name);
}

/* Regular files whose name holds `part`, but not `but`. */
static size_t files_of(DIR *dir, const char *part, const char *but, struct file out[FILES_MOST])
{
	struct dirent *entry;
	struct stat s;
	size_t count = 0;
	rewinddir(dir);
	while (count < FILES_MOST && (entry = readdir(dir)) != NULL)
		if (strstr(entry->d_name, part) && !strstr(entry->d_name, but) &&
		    strlen(entry->d_name) < sizeof out->name &&
		    fstatat(dirfd(dir), entry->d_name, &s, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(s.st_mode)) {
			str_copy(out[count].name, sizeof out->name, entry->d_name);
			out[count++].at = s.st_mtime;
		}
	if (count)
		qsort(out, count, sizeof *out, newest_first);
	return count;
}

static void tidy(void *argument)
{
	const struct tidying *t = argument;
	struct file *files = mem_zero(FILES_MOST, sizeof *files);
	DIR *dir = opendir(t->dir);
	time_t now = time(NULL);
	size_t count = dir ? files_of(dir, ".metric", t->version, files) : 0;
	for (size_t i = KEPT; i < count; i++)
		if (files[i].at < now - FRESH_S)
			unlinkat(dirfd(dir), files[i].name, 0);
	if (dir)
		closedir(dir);
	free(files);
}

static void on_tidy(void *argument)
{
	struct tidying *t = argument;
	free(t->dir);
	free(t);
}

void cache_tidy(struct flow *flow, const char *dir, const char *version)
{
	if (!dir || !flow->leading)
		return;
	struct tidying *t = mem_zero(1, sizeof *t);
	t->dir = mem_str(dir);
	str_copy(t->version, sizeof t->version, version);
	work_start(flow->work, tidy, on_tidy, t);
}

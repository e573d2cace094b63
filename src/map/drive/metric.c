/*
 * Metrics: made, kept in a folder, shared. A metric's file is named by its version, which is a
 * checksum of its map and of every road's time: whoever needs the same times finds them made. It is
 * written beside and renamed under a lock, so that of several workers one makes it and the others
 * wait and map what it made; not for ever, since who holds it may have been stopped. A file that does
 * not fit is made again.
 */
#include "hierarchy.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define METRIC_MAGIC "PRONTOMT"
#define METRIC_VERSION 2u
#define SPEED_LEAST 0.05
#define LOCK_TRY_MS 20
#define PATIENCE_LEAST_MS 4000
#define PATIENCE_MOST_MS 8000         /* less than a stopping worker is given */
#define PATIENCE_MS_PER_SEGMENT 0.004 /* ten times what an idle machine takes */

struct metric_header {
	char magic[8];
	uint32_t version, profile;
	uint64_t map, edges, arcs, vertices, changed;
	uint64_t body;     /* checksum of what follows */
	uint64_t checksum; /* of the header before this field */
};

/* Where the arrays lie behind the header. */
struct layout {
	size_t edge_ms, up, down, self, bytes;
};

static struct layout layout_of(const struct map *map)
{
	struct layout l = {.edge_ms = sizeof(struct metric_header)};
	l.up = (l.edge_ms + 2 * map->segment_count * sizeof(uint32_t) + 63) / 64 * 64;
	l.down = l.up + 4 * map->hierarchy.arcs * sizeof(int32_t);
	l.self = l.down + 4 * map->hierarchy.arcs * sizeof(int32_t);
	l.bytes = l.self + 2 * map->hierarchy.vertices * sizeof(int32_t);
	return l;
}

static void view(struct map_metric *m, unsigned char *memory, const struct layout *l)
{
	m->memory = memory;
	m->edge_ms = (const void *)(memory + l->edge_ms);
	m->up = (const void *)(memory + l->up);
	m->down = (const void *)(memory + l->down);
	m->self = (const void *)(memory + l->self);
}

/* ---- the map's own ---- */

struct map_metric *metric_base(const struct map *map)
{
	struct map_metric *m = mem_zero(1, sizeof(*m));
	const struct map_section *s = map->header->section;
	*m = (struct map_metric){.map = map,
	                         .edge_ms = (const void *)(map->bytes + s[SECTION_BASE_MS].offset),
	                         .up = (const void *)(map->bytes + s[SECTION_BASE_UP].offset),
	                         .down = (const void *)(map->bytes + s[SECTION_BASE_DOWN].offset),
	                         .self = (const void *)(map->bytes + s[SECTION_BASE_SELF].offset),
	                         .profile = MAP_NORMAL,
	                         .holders = 1};
	snprintf(m->version, sizeof(m->version), "%016" PRIx64,
	         s[SECTION_BASE_MS].checksum ^ map->header->content);
	return m;
}

/* ---- what is closed and slow ---- */

static void slow_down(uint32_t *ms, double speed)
{
	double slower = (double)(*ms & ~MAP_CLOSED) / fmin(1, fmax(SPEED_LEAST, speed));
	uint32_t whole = slower < MAP_FAR ? (uint32_t)lround(slower) : MAP_FAR;
	*ms = (*ms & MAP_CLOSED) | whole;
}

static int compare_edges(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static size_t count_different(uint32_t *edges, size_t count)
{
	size_t different = 0;
	if (count)
		qsort(edges, count, sizeof(*edges), compare_edges);
	for (size_t i = 0; i < count; i++)
		different += i == 0 || edges[i] != edges[i - 1];
	return different;
}

static void change_one(uint32_t *ms, double speed)
{
	if (*ms == 0)
		return;
	if (speed <= 0)
		*ms |= MAP_CLOSED;
	else
		slow_down(ms, speed);
}

/* The edge, and its copies. */
static void change(const struct map *map, uint32_t *edge_ms, uint32_t edge, double speed)
{
	uint32_t first;
	change_one(&edge_ms[edge], speed);
	for (uint32_t i = map_ghosts(map, edge >> 1, &first); i-- > 0;)
		change_one(&edge_ms[2 * (first + i) + (edge & 1)], speed);
}

/* Returns how many directed edges the closures take. */
static size_t close_roads(const struct map *map, const struct map_closure *closures, size_t count,
                          uint32_t *edge_ms)
{
	uint32_t *all = NULL;
	size_t taken = 0;
	for (size_t i = 0; i < count; i++) {
		uint32_t *edges;
		size_t found = closure_edges(map, &closures[i], &edges);
		all = mem_grow(all, taken + found + 1, sizeof(*all));
		for (size_t k = 0; k < found; k++) {
			all[taken++] = edges[k];
			change(map, edge_ms, edges[k], closures[i].speed);
		}
		free(edges);
	}
	taken = count_different(all, taken);
	free(all);
	return taken;
}

/* ---- files ---- */

/* Changing or dropping a mapping stops every thread of the process that needs memory meanwhile, and so much of a file is
 * made room for without a stop: done piece by piece, nobody waits long. */
#define PIECE ((size_t)1 << 20)

static size_t piece_at(size_t done, size_t bytes)
{
	give_way();
	return bytes - done < PIECE ? bytes - done : PIECE;
}

static void protect_slowly(unsigned char *at, size_t bytes)
{
	for (size_t done = 0; done < bytes; done += PIECE)
		mprotect(at + done, piece_at(done, bytes), PROT_READ);
}

static void unmap_slowly(unsigned char *at, size_t bytes)
{
	for (size_t done = 0; done < bytes; done += PIECE)
		munmap(at + done, piece_at(done, bytes));
}

/* Room is taken first: a full disk must be an error here, not a signal later. Returns an errno. */
static int take_room(int fd, size_t bytes)
{
	int full = 0;
	for (size_t done = 0; done < bytes && !full; done += PIECE)
		full = posix_fallocate(fd, (off_t)done, (off_t)piece_at(done, bytes));
	return full;
}

#define PATH_ROOM 512

static bool refuse(struct problem *p, const char *doing, const char *path)
{
	return problem_set(p, PROBLEM_INTERNAL, "map", "cannot %s %s: %s", doing, path,
	                   strerror(errno));
}

static uint64_t body_sum(const unsigned char *memory, size_t bytes)
{
	return map_checksum(memory + sizeof(struct metric_header),
	                    bytes - sizeof(struct metric_header), METRIC_VERSION);
}

static bool header_fits(const struct map_metric *m, const unsigned char *memory, size_t bytes)
{
	struct metric_header h;
	memcpy(&h, memory, sizeof(h));
	return memcmp(h.magic, METRIC_MAGIC, sizeof(h.magic)) == 0 && h.version == METRIC_VERSION &&
	       h.checksum == map_checksum(&h, offsetof(struct metric_header, checksum), 0) &&
	       h.map == m->map->header->content && h.edges == 2 * m->map->segment_count &&
	       h.arcs == m->map->hierarchy.arcs && h.vertices == m->map->hierarchy.vertices &&
	       h.body == body_sum(memory, bytes);
}

static void header_write(const struct map_metric *m, unsigned char *memory, size_t bytes)
{
	struct metric_header h = {.version = METRIC_VERSION,
	                          .profile = m->profile,
	                          .map = m->map->header->content,
	                          .edges = 2 * m->map->segment_count,
	                          .arcs = m->map->hierarchy.arcs,
	                          .vertices = m->map->hierarchy.vertices,
	                          .changed = m->changed,
	                          .body = body_sum(memory, bytes)};
	memcpy(h.magic, METRIC_MAGIC, sizeof(h.magic));
	h.checksum = map_checksum(&h, offsetof(struct metric_header, checksum), 0);
	memcpy(memory, &h, sizeof(h));
}

/* Sums of two must fit, whoever wrote the file. */
static bool times_fit(const int32_t *ms, size_t count)
{
	int32_t beyond = 0;
	size_t most = GIVE_WAY_BYTES / sizeof(*ms);
	for (size_t done = 0; done < count; done += most) {
		size_t part = count - done < most ? count - done : most;
		for (size_t i = 0; i < part; i++)
			beyond |= ms[done + i] < 0 || ms[done + i] > MAP_FAR;
		give_way();
	}
	return !beyond;
}

static bool body_fits(const struct map *map, const unsigned char *memory, const struct layout *l)
{
	const uint32_t *edge_ms = (const void *)(memory + l->edge_ms);
	for (size_t i = 0; i < 2 * map->segment_count; i++) {
		if (i % 65536 == 0)
			give_way();
		if ((edge_ms[i] & ~MAP_CLOSED) > MAP_FAR)
			return false;
	}
	return times_fit((const void *)(memory + l->up), 4 * map->hierarchy.arcs) &&
	       times_fit((const void *)(memory + l->down), 4 * map->hierarchy.arcs) &&
	       times_fit((const void *)(memory + l->self), 2 * map->hierarchy.vertices);
}

/* Maps a file that is there and fits. */
static bool find_file(struct map_metric *m, const struct layout *l, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	void *at = MAP_FAILED;
	if (fstat(fd, &st) == 0 && (size_t)st.st_size == l->bytes)
		at = mmap(NULL, l->bytes, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (at == MAP_FAILED)
		return false;
	if (!header_fits(m, at, l->bytes) || !body_fits(m->map, at, l)) {
		unmap_slowly(at, l->bytes);
		return false;
	}
	m->mapped = l->bytes;
	view(m, at, l);
	return true;
}

/* All the arrays, from the times of the edges. */
static void fill(struct map_metric *m, unsigned char *memory, const struct layout *l,
                 const uint32_t *edge_ms)
{
	size_t bytes = 2 * m->map->segment_count * sizeof(*edge_ms);
	for (size_t done = 0; done < bytes; done += PIECE)
		memcpy(memory + l->edge_ms + done, (const unsigned char *)edge_ms + done,
		       piece_at(done, bytes));
	view(m, memory, l);
	hierarchy_customise(m, (void *)(memory + l->up), (void *)(memory + l->down),
	                    (void *)(memory + l->self));
}

static bool fill_file(struct map_metric *m, const struct layout *l, const char *path,
                      const uint32_t *edge_ms, struct problem *p)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return refuse(p, "write", path);
	int full = take_room(fd, l->bytes);
	void *at =
	    full ? MAP_FAILED : mmap(NULL, l->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (at == MAP_FAILED) {
		errno = full ? full : errno;
		return refuse(p, "write", path);
	}
	m->mapped = l->bytes;
	fill(m, at, l, edge_ms);
	header_write(m, at, l->bytes);
	protect_slowly(at, l->bytes);
	return true;
}

static bool make_file(struct map_metric *m, const struct layout *l, const char *path,
                      const uint32_t *edge_ms, struct problem *p)
{
	char beside[PATH_ROOM + 16];
	snprintf(beside, sizeof(beside), "%s.part%d", path, (int)getpid());
	bool good = fill_file(m, l, beside, edge_ms, p);
	if (good && rename(beside, path) != 0)
		good = refuse(p, "rename to", path);
	if (!good)
		unlink(beside);
	return good;
}

unsigned metric_patience_ms(size_t segments)
{
	double ms = PATIENCE_MS_PER_SEGMENT * (double)segments;
	return (unsigned)fmin(PATIENCE_MOST_MS, fmax(PATIENCE_LEAST_MS, ms));
}

static bool lock_folder(int fd, const char *lock, unsigned patience_ms, struct problem *p)
{
	const struct timespec wait = {.tv_nsec = LOCK_TRY_MS * 1000000L};
	for (unsigned waited = 0; waited < patience_ms; waited += LOCK_TRY_MS) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return refuse(p, "lock", lock);
		nanosleep(&wait, NULL);
	}
	return problem_set(p, PROBLEM_BUSY, "map", "another process keeps %s locked", lock);
}

/* Only one at a time makes metrics in a folder; who waited finds the file. */
static bool share(struct map_metric *m, const struct layout *l, const char *dir,
                  const uint32_t *edge_ms, struct problem *p)
{
	char path[PATH_ROOM], lock[PATH_ROOM];
	int fits = snprintf(path, sizeof(path), "%s/%s.metric", dir, m->version);
	if (fits < 0 || (size_t)fits >= sizeof(path))
		return problem_set(p, PROBLEM_INTERNAL, "map", "the folder's name is too long");
	if (find_file(m, l, path))
		return true;
	snprintf(lock, sizeof(lock), "%s/lock", dir);
	int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return refuse(p, "open", lock);
	bool good = lock_folder(fd, lock, metric_patience_ms(m->map->segment_count), p) &&
	            (find_file(m, l, path) || make_file(m, l, path, edge_ms, p));
	close(fd);
	return good;
}

static void keep_private(struct map_metric *m, const struct layout *l, const uint32_t *edge_ms)
{
	fill(m, mem_zero(1, l->bytes), l, edge_ms);
}

struct map_metric *map_metric_make(const struct map *map, enum map_profile profile,
                                   const struct map_closure *closures, size_t count,
                                   const char *dir, struct problem *p)
{
	struct layout l = layout_of(map);
	size_t edges = 2 * map->segment_count;
	uint32_t *edge_ms = mem_zero(edges + 1, sizeof(*edge_ms));
	metric_hours(map, profile, edge_ms);
	struct map_metric *m = mem_zero(1, sizeof(*m));
	*m = (struct map_metric){.map = map, .profile = profile, .holders = 1};
	m->changed = close_roads(map, closures, count, edge_ms);
	uint64_t sum = map_checksum(edge_ms, edges * sizeof(*edge_ms), SECTION_BASE_MS);
	snprintf(m->version, sizeof(m->version), "%016" PRIx64, sum ^ map->header->content);
	if (strcmp(m->version, map->base->version) == 0) {
		map_metric_unref(&m);
		m = map_metric_ref(map->base);
	} else if (!dir)
		keep_private(m, &l, edge_ms);
	else if (!share(m, &l, dir, edge_ms, p))
		map_metric_unref(&m);
	free(edge_ms);
	if (m && m != map->base)
		m->stretches = drive_stretches_new(m);
	return m;
}

/* ---- holders ---- */

struct map_metric *map_metric_ref(struct map_metric *metric)
{
	__atomic_add_fetch(&metric->holders, 1, __ATOMIC_RELAXED);
	return metric;
}

void map_metric_unref(struct map_metric **metric)
{
	struct map_metric *m = *metric;
	*metric = NULL;
	if (!m || __atomic_sub_fetch(&m->holders, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	if (m->mapped && m->memory)
		unmap_slowly(m->memory, m->mapped);
	else
		free(m->memory);
	drive_stretches_free(&m->stretches);
	free(m);
}

const char *map_metric_version(const struct map_metric *metric)
{
	return metric->version;
}

enum map_profile map_metric_profile(const struct map_metric *metric)
{
	return metric->profile;
}

size_t map_metric_edges(const struct map_metric *metric)
{
	return metric->changed;
}

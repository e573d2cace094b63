/*
 * Opens, checks and closes a map file. A file is mapped read-only, so workers share its pages. Up
 * to 2 MB every byte is checked at open; a larger one by its header and sizes, its bytes by
 * map_verify(). After map_verify() no index in the file leads outside it. Building is in build.cpp.
 */
#include "feature.h"
#include "drive/hierarchy.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define VERIFY_AT_OPEN (2u << 20)

static const uint32_t record_bytes[SECTION_COUNT] = {
#define X(id, type) sizeof(type),
    MAP_SECTIONS(X)
#undef X
};

static uint64_t mix(uint64_t a, uint64_t b)
{
	a = (a ^ b) * 0x9E3779B97F4A7C15u;
	return a ^ (a >> 29);
}

uint64_t map_checksum(const void *bytes, size_t length, uint64_t seed)
{
	/* Four lanes, so that the multiplications overlap: several GB/s without any library. */
	const unsigned char *at = bytes;
	uint64_t lane[4] = {seed ^ 1, seed ^ 2, seed ^ 3, seed ^ 4}, word[4];
	size_t left = length;
	for (; left >= sizeof(word); left -= sizeof(word), at += sizeof(word)) {
		memcpy(word, at, sizeof(word));
		for (int i = 0; i < 4; i++)
			lane[i] = mix(lane[i], word[i]);
	}
	memset(word, 0, sizeof(word));
	if (left)
		memcpy(word, at, left);
	uint64_t sum = length;
	for (int i = 0; i < 4; i++)
		sum = mix(mix(sum, lane[i]), word[i]);
	return sum;
}

void map_header_seal(struct map_header *header)
{
	header->content = map_checksum(header->section, sizeof(header->section), MAP_FILE_VERSION);
	header->checksum = map_checksum(header, offsetof(struct map_header, checksum), 0);
}

static bool bad(struct problem *p, const char *why)
{
	return problem_set(p, PROBLEM_INPUT, "map",
	                   "%s; build the map again with `prontoctl map build`", why);
}

static bool check_section(const struct map *map, unsigned id, struct problem *p)
{
	const struct map_section *s = &map->header->section[id];
	if (s->id != id || s->record != record_bytes[id])
		return bad(p, "the map file's table does not fit this program");
	if (s->offset % MAP_FILE_ALIGN || s->offset > map->size ||
	    s->count > (map->size - s->offset) / s->record)
		return bad(p, "the map file is damaged: a section lies outside it");
	if (s->count >= UINT32_MAX)
		return bad(p, "the map file is damaged: a section is too long");
	return true;
}

static bool check_header(const struct map *map, struct problem *p)
{
	const struct map_header *h = map->header;
	if (map->size < sizeof(h->magic) || memcmp(h->magic, MAP_FILE_MAGIC, sizeof(h->magic)) != 0)
		return bad(p, "not a prontod map file");
	if (map->size < 16)
		return bad(p, "the map file is truncated");
	if (h->order != MAP_FILE_ORDER)
		return bad(p, "the map file was made on a machine with another byte order");
	if (h->version != MAP_FILE_VERSION)
		return problem_set(p, PROBLEM_INPUT, "map",
		                   "map file of version %" PRIu32
		                   ", this program reads %u; build the map again "
		                   "with `prontoctl map build`",
		                   h->version, MAP_FILE_VERSION);
	if (map->size < sizeof(*h))
		return bad(p, "the map file is truncated");
	if (h->checksum != map_checksum(h, offsetof(struct map_header, checksum), 0))
		return bad(p, "the map file's header is damaged");
	if (h->bytes != map->size)
		return problem_set(p, PROBLEM_INPUT, "map",
		                   "the map file has %zu bytes and should have %" PRIu64
		                   ": it is truncated; copy or build it again",
		                   map->size, h->bytes);
	if (h->sections != SECTION_COUNT)
		return bad(p, "the map file's table does not fit this program");
	for (unsigned id = 0; id < SECTION_COUNT; id++)
		if (!check_section(map, id, p))
			return false;
	return true;
}

static uint64_t count_of(const struct map *map, enum map_section_id id)
{
	return map->header->section[id].count;
}

static const void *section(const struct map *map, enum map_section_id id, size_t *count)
{
	const struct map_section *s = &map->header->section[id];
	if (count)
		*count = (size_t)s->count;
	return map->bytes + s->offset;
}

static bool set_cells(struct map *map, enum map_section_id id, struct map_cells *out)
{
	size_t count;
	out->cells = section(map, id, &count);
	out->items = section(map, (enum map_section_id)(id + 1), NULL);
	if (count == 0)
		return false;
	out->cell_count = count - 1;
	return true;
}

static void set_hierarchy(struct map *map)
{
	struct map_hierarchy *h = &map->hierarchy;
	h->vertex_of = section(map, SECTION_VERTEX_OF, NULL);
	h->segment_of = section(map, SECTION_SEGMENT_OF, &h->vertices);
	h->depth = section(map, SECTION_DEPTH, NULL);
	h->first_below = section(map, SECTION_FIRST_BELOW, NULL);
	h->up_first = section(map, SECTION_UP_FIRST, NULL);
	h->up_head = section(map, SECTION_UP_HEAD, &h->arcs);
	h->down_first = section(map, SECTION_DOWN_FIRST, NULL);
	h->down = section(map, SECTION_DOWN, NULL);
	for (size_t v = 0; v < h->vertices; v++)
		h->levels = h->depth[v] + 1u > h->levels ? h->depth[v] + 1u : h->levels;
}

/* Each section as long as the roads and the others say. */
static bool hierarchy_sizes_ok(const struct map *map)
{
	uint64_t vertices = map->hierarchy.vertices, arcs = map->hierarchy.arcs,
	         segments = map->segment_count;
	return count_of(map, SECTION_VERTEX_OF) == segments &&
	       count_of(map, SECTION_DEPTH) == vertices &&
	       count_of(map, SECTION_FIRST_BELOW) == vertices &&
	       count_of(map, SECTION_UP_FIRST) == vertices + 1 &&
	       count_of(map, SECTION_DOWN_FIRST) == vertices + 1 &&
	       map->hierarchy.down_first[vertices] == count_of(map, SECTION_DOWN) &&
	       count_of(map, SECTION_BASE_MS) == 2 * segments &&
	       count_of(map, SECTION_BASE_UP) == 4 * arcs &&
	       count_of(map, SECTION_BASE_DOWN) == 4 * arcs &&
	       count_of(map, SECTION_BASE_SELF) == 2 * vertices;
}

/* Typed views; false where a section lacks its sentinel. */
static bool set_views(struct map *map)
{
	size_t count;
	map->strings = section(map, SECTION_STRINGS, &map->string_bytes);
	map->junctions = section(map, SECTION_JUNCTIONS, &map->junction_count);
	map->leaving_first = section(map, SECTION_LEAVING_FIRST, &count);
	map->leaving = section(map, SECTION_LEAVING, NULL);
	map->segments = section(map, SECTION_SEGMENTS, &map->segment_count);
	map->shape = section(map, SECTION_SHAPE, &map->shape_bytes);
	map->turn_first = section(map, SECTION_TURN_FIRST, NULL);
	map->turns = section(map, SECTION_TURNS, NULL);
	map->ghosts = section(map, SECTION_GHOSTS, &map->ghost_count);
	map->islands = section(map, SECTION_ISLANDS, &map->island_count);
	set_hierarchy(map);
	map->named = section(map, SECTION_NAMED, &map->named_count);
	map->addresses = section(map, SECTION_ADDRESSES, &map->address_count);
	map->municipalities = section(map, SECTION_MUNICIPALITIES, &map->municipality_count);
	map->rings = section(map, SECTION_RINGS, NULL);
	map->ring_shape = section(map, SECTION_RING_SHAPE, NULL);
	map->titles = section(map, SECTION_TITLES, &map->title_count);
	map->title_words = section(map, SECTION_TITLE_WORDS, NULL);
	map->settings = section(map, SECTION_SETTINGS, &map->setting_count);
	map->setting_words = section(map, SECTION_SETTING_WORDS, NULL);
	map->slips = section(map, SECTION_SLIPS, &map->slip_count);
	map->crossings = section(map, SECTION_CROSSINGS, &map->crossing_count);
	map->words = section(map, SECTION_WORDS, &map->word_count);
	map->word_items = section(map, SECTION_WORD_ITEMS, NULL);
	map->features = section(map, SECTION_FEATURES, &map->feature_bytes);
	return count == map->junction_count + 1 && map->segment_count < UINT32_MAX / 2 &&
	       count_of(map, SECTION_TURN_FIRST) == map->junction_count &&
	       map->ghost_count <= map->segment_count &&
	       set_cells(map, SECTION_SNAP_CELLS, &map->snap) &&
	       set_cells(map, SECTION_ADDRESS_CELLS, &map->address_cells) &&
	       set_cells(map, SECTION_STREET_CELLS, &map->street_cells) &&
	       set_cells(map, SECTION_PLACE_CELLS, &map->place_cells) &&
	       set_cells(map, SECTION_AREA_CELLS, &map->area_cells) &&
	       set_cells(map, SECTION_TILE_CELLS_0, &map->tiles[0]) &&
	       set_cells(map, SECTION_TILE_CELLS_1, &map->tiles[1]) &&
	       set_cells(map, SECTION_TILE_CELLS_2, &map->tiles[2]) &&
	       set_cells(map, SECTION_TILE_CELLS_3, &map->tiles[3]) && map->string_bytes > 0 &&
	       hierarchy_sizes_ok(map) && map->strings[0] == '\0' && map->strings[map->string_bytes - 1] == '\0';
}

/* ---- structure: every index leads inside ---- */

static bool within(uint64_t first, uint64_t count, uint64_t total)
{
	return first <= total && count <= total - first;
}

static bool cells_ok(const struct map *map, enum map_section_id id, uint64_t targets)
{
	const struct map_cell *cells = section(map, id, NULL);
	const uint32_t *items = section(map, (enum map_section_id)(id + 1), NULL);
	uint64_t cell_count = count_of(map, id),
	         item_count = count_of(map, (enum map_section_id)(id + 1));
	for (uint64_t i = 0; i + 1 < cell_count; i++)
		if (cells[i].key >= cells[i + 1].key || cells[i].first > cells[i + 1].first)
			return false;
	if (cells[cell_count - 1].first != item_count)
		return false;
	for (uint64_t i = 0; i < item_count; i++)
		if (items[i] >= targets)
			return false;
	return true;
}

/* Every vertex begins inside: the pen gives none beyond the end. */
static bool shape_ok(const struct map *map, const struct map_segment *s)
{
	if (s->shape >= map->shape_bytes)
		return false;
	struct map_pen pen = {map->shape + s->shape, map->shape + map->shape_bytes, 0, 0};
	for (size_t i = 0; i < s->vertices; i++) {
		if (map_pen_ended(&pen))
			return false;
		map_pen_vertex(&pen);
	}
	return true;
}

static bool segment_ok(const struct map *map, const struct map_segment *s)
{
	return s->from < map->junction_count && s->to < map->junction_count && s->vertices >= 2 &&
	       shape_ok(map, s) &&
	       s->name < map->string_bytes && s->length_m >= 0 && s->length_m < 1e7f;
}

/* Each edge stands where its slot says, among those that leave its junction; each junction has a
 * turn for every pair of them. */
static bool turns_ok(const struct map *map)
{
	uint64_t turns = count_of(map, SECTION_TURNS);
	for (size_t i = 0; i < map->junction_count; i++) {
		uint64_t leaving = map->leaving_first[i + 1] - map->leaving_first[i];
		if (leaving > MAP_MOST_LEAVING ||
		    !within(map->turn_first[i], leaving * leaving, turns))
			return false;
	}
	for (uint32_t edge = 0; edge < 2 * map->segment_count; edge++) {
		const struct map_segment *s = &map->segments[edge >> 1];
		uint32_t tail = edge & 1 ? s->to : s->from;
		uint64_t at = (uint64_t)map->leaving_first[tail] + s->slot[edge & 1];
		if (at >= map->leaving_first[tail + 1] || map->leaving[at] != edge)
			return false;
	}
	return true;
}

/* Sorted, and copies of real roads that have the same ends. */
static bool ghosts_ok(const struct map *map)
{
	size_t real = map->segment_count - map->ghost_count;
	for (size_t i = 0; i < map->ghost_count; i++) {
		const struct map_segment *ghost = &map->segments[real + i], *road;
		if (map->ghosts[i] >= real || (i && map->ghosts[i - 1] > map->ghosts[i]))
			return false;
		road = &map->segments[map->ghosts[i]];
		if (ghost->from != road->from || ghost->to != road->to)
			return false;
	}
	return true;
}

static bool roads_ok(const struct map *map)
{
	uint64_t edges = 2 * (uint64_t)map->segment_count;
	for (size_t i = 0; i < map->segment_count; i++)
		if (!segment_ok(map, &map->segments[i]))
			return false;
	for (size_t i = 0; i < map->junction_count; i++)
		if (map->leaving_first[i] > map->leaving_first[i + 1])
			return false;
	if (count_of(map, SECTION_LEAVING) != edges ||
	    map->leaving_first[map->junction_count] != edges)
		return false;
	for (uint64_t i = 0; i < edges; i++)
		if (map->leaving[i] >= edges)
			return false;
	for (size_t i = 0; i < map->island_count; i++)
		if (map->islands[i].near >= map->string_bytes)
			return false;
	return turns_ok(map) && ghosts_ok(map) &&
	       cells_ok(map, SECTION_SNAP_CELLS, map->segment_count);
}

/* What lies below a vertex ends where the next one's begins, and none is no vertex. */
static bool below_ok(const struct map_hierarchy *h, uint32_t v)
{
	if (h->down_first[v] > h->down_first[v + 1] ||
	    h->down_first[v + 1] > h->down_first[h->vertices])
		return false;
	struct hierarchy_list b = hierarchy_below(h, v);
	while (hierarchy_next_below(&b))
		if (b.vertex >= v)
			return false;
	return true;
}

/* The arcs of a vertex lead upwards, and to where they say; its parent stands just above it. */
static bool vertex_ok(const struct map_hierarchy *h, size_t v)
{
	size_t first = h->up_first[v], last = h->up_first[v + 1];
	if (first > last || last > h->arcs || h->first_below[v] > v || h->depth[v] > MAP_DEEPEST ||
	    !below_ok(h, (uint32_t)v))
		return false;
	for (size_t i = first; i < last; i++) {
		uint32_t head = h->up_head[i];
		if (head >= h->vertices || head <= (i > first ? h->up_head[i - 1] : v) ||
		    h->depth[head] >= h->depth[v])
			return false;
	}
	return h->depth[v] == (first < last ? h->depth[h->up_head[first]] + 1 : 0);
}

static bool times_ok(const struct map *map, enum map_section_id id)
{
	const int32_t *ms = section(map, id, NULL);
	for (uint64_t i = 0; i < count_of(map, id); i++)
		if (ms[i] < 0 || ms[i] > MAP_FAR)
			return false;
	return true;
}

static bool hierarchy_ok(const struct map *map)
{
	const struct map_hierarchy *h = &map->hierarchy;
	for (size_t i = 0; i < map->segment_count; i++)
		if (h->vertex_of[i] != MAP_NONE && h->vertex_of[i] >= h->vertices)
			return false;
	for (size_t v = 0; v < h->vertices; v++)
		if (h->segment_of[v] >= map->segment_count ||
		    h->vertex_of[h->segment_of[v]] != v || !vertex_ok(h, v))
			return false;
	const uint32_t *base = section(map, SECTION_BASE_MS, NULL);
	for (size_t i = 0; i < 2 * map->segment_count; i++)
		if (base[i] > MAP_FAR)
			return false;
	return times_ok(map, SECTION_BASE_UP) && times_ok(map, SECTION_BASE_DOWN) &&
	       times_ok(map, SECTION_BASE_SELF);
}

static bool named_ok(const struct map *map, const struct map_named *n)
{
	return n->label < map->string_bytes && n->municipality < map->string_bytes &&
	       n->setting < map->setting_count && n->hamlet < map->string_bytes &&
	       within(n->first_address, n->addresses, map->address_count) &&
	       n->kind <= MAP_CROSSING && n->place_class <= PLACE_POI;
}

static bool below(const struct map *map, enum map_section_id id, uint64_t total)
{
	const uint32_t *items = section(map, id, NULL);
	for (uint64_t i = 0; i < count_of(map, id); i++)
		if (items[i] >= total)
			return false;
	return true;
}

static bool title_ok(const struct map *map, const struct map_title *t)
{
	return within(t->first_named, t->named, map->named_count) && t->words <= MAP_TITLE_WORDS &&
	       within(t->first_word, t->words, count_of(map, SECTION_TITLE_WORDS)) &&
	       t->weight >= 0 && t->weight <= MAP_TITLE_WORDS;
}

static bool word_ok(const struct map *map, const struct map_word *w)
{
	return w->text < map->string_bytes && w->weight >= 0 && w->weight <= 1 &&
	       within(w->first, w->count, count_of(map, SECTION_WORD_ITEMS));
}

/* What the address search goes by. */
static bool words_ok(const struct map *map)
{
	for (size_t i = 0; i < map->title_count; i++)
		if (!title_ok(map, &map->titles[i]))
			return false;
	for (size_t i = 0; i < map->setting_count; i++)
		if (!within(map->settings[i].first_word, map->settings[i].words,
		            count_of(map, SECTION_SETTING_WORDS)))
			return false;
	for (size_t i = 0; i < map->word_count; i++)
		if (!word_ok(map, &map->words[i]))
			return false;
	for (size_t i = 0; i < map->slip_count; i++)
		if (map->slips[i].word >= map->word_count)
			return false;
	for (size_t i = 0; i < map->crossing_count; i++)
		if (map->crossings[i].street >= map->named_count ||
		    map->crossings[i].other >= map->named_count)
			return false;
	return below(map, SECTION_TITLE_WORDS, map->word_count) &&
	       below(map, SECTION_SETTING_WORDS, map->word_count) &&
	       below(map, SECTION_WORD_ITEMS, map->title_count);
}

static bool names_ok(const struct map *map)
{
	for (size_t i = 0; i < map->named_count; i++)
		if (!named_ok(map, &map->named[i]))
			return false;
	for (size_t i = 0; i < map->address_count; i++)
		if (map->addresses[i].street >= map->named_count ||
		    map->addresses[i].number >= map->string_bytes)
			return false;
	return words_ok(map) && cells_ok(map, SECTION_ADDRESS_CELLS, map->address_count) &&
	       cells_ok(map, SECTION_PLACE_CELLS, map->named_count) &&
	       cells_ok(map, SECTION_AREA_CELLS, map->municipality_count);
}

static bool areas_ok(const struct map *map)
{
	for (size_t i = 0; i < map->municipality_count; i++) {
		const struct map_municipality *m = &map->municipalities[i];
		if (m->name >= map->string_bytes ||
		    !within(m->first_ring, m->rings, count_of(map, SECTION_RINGS)))
			return false;
	}
	for (uint64_t i = 0; i < count_of(map, SECTION_RINGS); i++)
		if (!within(map->rings[i].first, map->rings[i].vertices,
		            count_of(map, SECTION_RING_SHAPE)))
			return false;
	return true;
}

/* Passes over one line's vertices; false where they go on beyond the end. */
static bool pass_line(struct map_pen *pen)
{
	uint32_t vertices = map_pen_number(pen);
	for (uint32_t i = 0; i < vertices; i++) {
		if (map_pen_ended(pen))
			return false;
		map_pen_vertex(pen);
	}
	return vertices > 0 && pen->at[-1] < 0x80;
}

static bool pass_shape(struct map_feature *f)
{
	struct map_pen *pen = &f->shape;
	if (map_layer_is_point(f->layer)) {
		map_pen_vertex(pen);
		return pen->at[-1] < 0x80;
	}
	uint32_t lines = map_layer_is_polygon(f->layer) ? map_pen_number(pen) : 1;
	for (uint32_t i = 0; i < lines; i++)
		if (map_pen_ended(pen) || !pass_line(pen))
			return false;
	return lines > 0;
}

/* The places of a map where a record begins, a bit each; NULL where the records are damaged. */
static unsigned char *feature_starts(const struct map *map)
{
	const unsigned char *at = map->features, *end = at + map->feature_bytes;
	unsigned char *starts = mem_zero(map->feature_bytes / 8 + 1, 1);
	while (at < end) {
		struct map_feature f = map_feature_read(at, end);
		size_t place = (size_t)(at - map->features);
		starts[place / 8] |= (unsigned char)(1u << place % 8);
		if (f.layer >= LAYER_COUNT || f.name >= map->string_bytes ||
		    f.ref >= map->string_bytes || !pass_shape(&f)) {
			free(starts);
			return NULL;
		}
		at = f.shape.at;
	}
	return starts;
}

static bool cells_name_features(const struct map *map, enum map_section_id id,
                                const unsigned char *starts)
{
	const uint32_t *items = section(map, (enum map_section_id)(id + 1), NULL);
	if (!cells_ok(map, id, map->feature_bytes))
		return false;
	for (uint64_t i = 0; i < count_of(map, (enum map_section_id)(id + 1)); i++)
		if (!(starts[items[i] / 8] & 1u << items[i] % 8))
			return false;
	return true;
}

static bool features_ok(const struct map *map)
{
	unsigned char *starts = feature_starts(map);
	bool ok = starts && cells_name_features(map, SECTION_STREET_CELLS, starts) &&
	          cells_name_features(map, SECTION_TILE_CELLS_0, starts) &&
	          cells_name_features(map, SECTION_TILE_CELLS_1, starts) &&
	          cells_name_features(map, SECTION_TILE_CELLS_2, starts) &&
	          cells_name_features(map, SECTION_TILE_CELLS_3, starts);
	free(starts);
	return ok;
}

bool map_verify(const struct map *map, struct problem *p)
{
	for (unsigned id = 0; id < SECTION_COUNT; id++) {
		const struct map_section *s = &map->header->section[id];
		if (s->checksum !=
		    map_checksum(map->bytes + s->offset, (size_t)s->count * s->record, id))
			return bad(p, "the map file is damaged: a checksum does not fit its bytes");
	}
	if (!roads_ok(map) || !hierarchy_ok(map) || !names_ok(map) || !areas_ok(map) || !features_ok(map))
		return bad(p, "the map file is damaged: it points outside itself");
	return true;
}

/* ---- open and close ---- */

bool map_verified(const struct map *map)
{
	return map->size <= VERIFY_AT_OPEN;
}

static bool map_bytes(struct map *map, const char *path, struct problem *p)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	if (fd < 0)
		return problem_set(p, errno == ENOENT ? PROBLEM_NOT_FOUND : PROBLEM_INTERNAL, "map",
		                   "cannot open the map file: %s", strerror(errno));
	bool ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
	if (ok) {
		map->size = (size_t)st.st_size;
		void *at = mmap(NULL, map->size, PROT_READ, MAP_SHARED, fd, 0);
		map->bytes = at == MAP_FAILED ? NULL : at;
		ok = map->bytes != NULL;
	}
	close(fd);
	return ok || bad(p, "the map file is empty or not a file");
}

static int compare_names(const void *a, const void *b)
{
	return strcoll(*(const char *const *)a, *(const char *const *)b);
}

static void sort_municipalities(struct map *map)
{
	map->municipality_names = mem_zero(map->municipality_count + 1, sizeof(char *));
	for (size_t i = 0; i < map->municipality_count; i++)
		map->municipality_names[i] = map->strings + map->municipalities[i].name;
	qsort(map->municipality_names, map->municipality_count, sizeof(char *), compare_names);
}

struct map *map_open(const char *path, struct problem *p)
{
	struct map *map = mem_zero(1, sizeof(*map));
	bool ok = map_bytes(map, path, p);
	if (ok) {
		map->header = (const void *)map->bytes;
		ok = check_header(map, p) && (set_views(map) || bad(p, "the map file is damaged"));
	}
	if (ok && map_verified(map))
		ok = map_verify(map, p);
	if (ok) {
		sort_municipalities(map);
		map->base = metric_base(map);
	} else
		map_close(&map);
	return map;
}

void map_close(struct map **map)
{
	if (!*map)
		return;
	map_metric_unref(&(*map)->base);
	free((*map)->municipality_names);
	if ((*map)->bytes)
		munmap((void *)(*map)->bytes, (*map)->size);
	free(*map);
	*map = NULL;
}

static void extent(const struct map *map, struct map_info *out)
{
	/* The outermost percent of junctions are ways that cross the cut's edge: the core is what
	 * people look at. */
	out->south_west = map_point(map->header->low);
	out->north_east = map_point(map->header->high);
	out->centre = (struct point){(out->south_west.lat + out->north_east.lat) / 2,
	                             (out->south_west.lon + out->north_east.lon) / 2};
}

void map_info(const struct map *map, struct map_info *out)
{
	*out = (struct map_info){.arcs = map->hierarchy.arcs,
	                         .levels = map->hierarchy.levels,
	                         .junctions = map->junction_count,
	                         .segments = map->segment_count,
	                         .restrictions = map->header->restrictions,
	                         .addresses = map->address_count,
	                         .municipalities = map->municipality_count,
	                         .features = (size_t)map->header->features,
	                         .bytes = map->size,
	                         .built_at = {map->header->built_at_us},
	                         .counts = map->header->counts};
	for (size_t i = 0; i < map->named_count; i++)
		if (!(map->named[i].flags & NAMED_ALIAS))
			*(map->named[i].kind == MAP_STREET ? &out->streets : &out->places) += 1;
	extent(map, out);
	snprintf(out->checksum, sizeof(out->checksum), "%016" PRIx64, map->header->content);
}

size_t map_separators(const struct map *map, const uint32_t **out)
{
	size_t count;
	*out = section(map, SECTION_SEPARATORS, &count);
	return count;
}

size_t map_islands(const struct map *map, struct map_island *out, size_t room)
{
	for (size_t i = 0; i < map->island_count && i < room; i++) {
		const struct map_island_record *r = &map->islands[i];
		out[i] =
		    (struct map_island){r->junctions, (double)r->road_m / 1000, map_point(r->at),
		                        map_string(map, r->near)};
	}
	return map->island_count;
}

size_t map_municipalities(const struct map *map, const char *const **out)
{
	*out = map->municipality_names;
	return map->municipality_count;
}

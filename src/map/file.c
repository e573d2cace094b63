/*
 * Opens and closes a map file. A file is mapped read-only, so workers share its pages. Up
 * to 2 MB every byte is checked at open; a larger one by its header and sizes, its bytes by
 * map_verify(). verify.c holds what lies inside to its word.
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
	while (left >= sizeof(word)) {
		size_t part = left < GIVE_WAY_BYTES ? left : GIVE_WAY_BYTES;
		left -= part;
		for (; part >= sizeof(word); part -= sizeof(word), at += sizeof(word)) {
			memcpy(word, at, sizeof(word));
			for (int i = 0; i < 4; i++)
				lane[i] = mix(lane[i], word[i]);
		}
		left += part;
		if (left)
			give_way();
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
		                   ": it is %s; copy or build it again",
		                   map->size, h->bytes,
		                   map->size < h->bytes ? "truncated" : "too long");
	if (h->sections != SECTION_COUNT)
		return bad(p, "the map file's table does not fit this program");
	for (unsigned id = 0; id < SECTION_COUNT; id++)
		if (!check_section(map, id, p))
			return false;
	return true;
}

static bool set_cells(struct map *map, enum map_section_id id, struct map_cells *out)
{
	size_t count;
	out->cells = map_records(map, id, &count);
	out->items = map_records(map, (enum map_section_id)(id + 1), NULL);
	if (count == 0)
		return false;
	out->cell_count = count - 1;
	return true;
}

static void set_hierarchy(struct map *map)
{
	struct map_hierarchy *h = &map->hierarchy;
	h->vertex_of = map_records(map, SECTION_VERTEX_OF, NULL);
	h->segment_of = map_records(map, SECTION_SEGMENT_OF, &h->vertices);
	h->depth = map_records(map, SECTION_DEPTH, NULL);
	h->first_below = map_records(map, SECTION_FIRST_BELOW, NULL);
	h->up_first = map_records(map, SECTION_UP_FIRST, NULL);
	h->up_head = map_records(map, SECTION_UP_HEAD, &h->arcs);
	h->down_first = map_records(map, SECTION_DOWN_FIRST, NULL);
	h->down = map_records(map, SECTION_DOWN, NULL);
	for (size_t v = 0; v < h->vertices; v++)
		h->levels = h->depth[v] + 1u > h->levels ? h->depth[v] + 1u : h->levels;
}

/* Each section as long as the roads and the others say. */
static bool hierarchy_sizes_ok(const struct map *map)
{
	uint64_t vertices = map->hierarchy.vertices, arcs = map->hierarchy.arcs,
	         segments = map->segment_count;
	return map_record_count(map, SECTION_VERTEX_OF) == segments &&
	       map_record_count(map, SECTION_DEPTH) == vertices &&
	       map_record_count(map, SECTION_FIRST_BELOW) == vertices &&
	       map_record_count(map, SECTION_UP_FIRST) == vertices + 1 &&
	       map_record_count(map, SECTION_DOWN_FIRST) == vertices + 1 &&
	       map->hierarchy.down_first[vertices] == map_record_count(map, SECTION_DOWN) &&
	       map_record_count(map, SECTION_BASE_MS) == 2 * segments &&
	       map_record_count(map, SECTION_BASE_UP) == 4 * arcs &&
	       map_record_count(map, SECTION_BASE_DOWN) == 4 * arcs &&
	       map_record_count(map, SECTION_BASE_SELF) == 2 * vertices;
}

/* Typed views; false where a section lacks its sentinel. */
static bool set_views(struct map *map)
{
	size_t count;
	map->strings = map_records(map, SECTION_STRINGS, &map->string_bytes);
	map->junctions = map_records(map, SECTION_JUNCTIONS, &map->junction_count);
	map->leaving_first = map_records(map, SECTION_LEAVING_FIRST, &count);
	map->leaving = map_records(map, SECTION_LEAVING, NULL);
	map->segments = map_records(map, SECTION_SEGMENTS, &map->segment_count);
	map->shape = map_records(map, SECTION_SHAPE, &map->shape_bytes);
	map->turn_first = map_records(map, SECTION_TURN_FIRST, NULL);
	map->turns = map_records(map, SECTION_TURNS, NULL);
	map->ghosts = map_records(map, SECTION_GHOSTS, &map->ghost_count);
	map->islands = map_records(map, SECTION_ISLANDS, &map->island_count);
	set_hierarchy(map);
	map->named = map_records(map, SECTION_NAMED, &map->named_count);
	map->addresses = map_records(map, SECTION_ADDRESSES, &map->address_count);
	map->municipalities = map_records(map, SECTION_MUNICIPALITIES, &map->municipality_count);
	map->rings = map_records(map, SECTION_RINGS, NULL);
	map->ring_shape = map_records(map, SECTION_RING_SHAPE, NULL);
	map->titles = map_records(map, SECTION_TITLES, &map->title_count);
	map->title_words = map_records(map, SECTION_TITLE_WORDS, NULL);
	map->settings = map_records(map, SECTION_SETTINGS, &map->setting_count);
	map->setting_words = map_records(map, SECTION_SETTING_WORDS, NULL);
	map->slips = map_records(map, SECTION_SLIPS, &map->slip_count);
	map->crossings = map_records(map, SECTION_CROSSINGS, &map->crossing_count);
	map->words = map_records(map, SECTION_WORDS, &map->word_count);
	map->word_items = map_records(map, SECTION_WORD_ITEMS, NULL);
	map->features = map_records(map, SECTION_FEATURES, &map->feature_bytes);
	return count == map->junction_count + 1 && map->segment_count < UINT32_MAX / 2 &&
	       map_record_count(map, SECTION_TURN_FIRST) == map->junction_count &&
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

/* ---- open and close ---- */

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

/* A larger map is verified later: until then a name may be anywhere. */
static void sort_municipalities(struct map *map)
{
	map->municipality_names = mem_zero(map->municipality_count + 1, sizeof(char *));
	for (size_t i = 0; i < map->municipality_count; i++) {
		const char *name = map_string(map, map->municipalities[i].name);
		map->municipality_names[i] = name ? name : "";
	}
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
	if (ok && map->size <= VERIFY_AT_OPEN)
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
	*out = map_records(map, SECTION_SEPARATORS, &count);
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

/*
 * Is the map file what was written? Every checksum, and every index leads inside: after map_verify()
 * no reader steps outside the file, whatever its bytes say.
 */
#include "feature.h"
#include "drive/hierarchy.h"

#include "base/mem.h"

#include <stdlib.h>
#include <sys/mman.h>

static bool damaged(struct problem *p, const char *why)
{
	return problem_set(p, PROBLEM_INPUT, "map",
	                   "the map file is damaged: %s; build the map again with `prontoctl map build`", why);
}

static bool within(uint64_t first, uint64_t count, uint64_t total)
{
	return first <= total && count <= total - first;
}

static bool cells_ok(const struct map *map, enum map_section_id id, uint64_t targets)
{
	const struct map_cell *cells = map_records(map, id, NULL);
	const uint32_t *items = map_records(map, (enum map_section_id)(id + 1), NULL);
	uint64_t cell_count = map_record_count(map, id),
	         item_count = map_record_count(map, (enum map_section_id)(id + 1));
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
	       s->name < map->string_bytes && s->length_m >= 0 && s->length_m < 1e7f &&
	       s->road_class <= ROAD_PATH;
}

/* Each edge stands where its slot says, among those that leave its junction; each junction has a
 * turn for every pair of them. */
static bool turns_ok(const struct map *map)
{
	uint64_t turns = map_record_count(map, SECTION_TURNS);
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
	if (map_record_count(map, SECTION_LEAVING) != edges ||
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
	const int32_t *ms = map_records(map, id, NULL);
	for (uint64_t i = 0; i < map_record_count(map, id); i++)
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
	const uint32_t *base = map_records(map, SECTION_BASE_MS, NULL);
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
	const uint32_t *items = map_records(map, id, NULL);
	for (uint64_t i = 0; i < map_record_count(map, id); i++)
		if (items[i] >= total)
			return false;
	return true;
}

static bool title_ok(const struct map *map, const struct map_title *t)
{
	return within(t->first_named, t->named, map->named_count) && t->words <= MAP_TITLE_WORDS &&
	       within(t->first_word, t->words, map_record_count(map, SECTION_TITLE_WORDS)) &&
	       t->weight >= 0 && t->weight <= MAP_TITLE_WORDS;
}

static bool word_ok(const struct map *map, const struct map_word *w)
{
	return w->text < map->string_bytes && w->weight >= 0 && w->weight <= 1 &&
	       within(w->first, w->count, map_record_count(map, SECTION_WORD_ITEMS));
}

/* What the address search goes by. */
static bool words_ok(const struct map *map)
{
	for (size_t i = 0; i < map->title_count; i++)
		if (!title_ok(map, &map->titles[i]))
			return false;
	for (size_t i = 0; i < map->setting_count; i++)
		if (!within(map->settings[i].first_word, map->settings[i].words,
		            map_record_count(map, SECTION_SETTING_WORDS)))
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
		    !within(m->first_ring, m->rings, map_record_count(map, SECTION_RINGS)))
			return false;
	}
	for (uint64_t i = 0; i < map_record_count(map, SECTION_RINGS); i++)
		if (!within(map->rings[i].first, map->rings[i].vertices,
		            map_record_count(map, SECTION_RING_SHAPE)))
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
	const uint32_t *items = map_records(map, (enum map_section_id)(id + 1), NULL);
	if (!cells_ok(map, id, map->feature_bytes))
		return false;
	for (uint64_t i = 0; i < map_record_count(map, (enum map_section_id)(id + 1)); i++)
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
			return damaged(p, "a checksum does not fit its bytes");
	}
	if (!roads_ok(map) || !hierarchy_ok(map) || !names_ok(map) || !areas_ok(map) || !features_ok(map))
		return damaged(p, "it points outside itself");
	/* All of it was read once and little is needed next: it stays in the system's cache, not in this process. */
	madvise((void *)map->bytes, map->size, MADV_DONTNEED);
	return true;
}

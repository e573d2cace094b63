/*
 * The map file: one header, then arrays of fixed-size little-endian records, each at a multiple of
 * 64 bytes, mapped read-only. Shared by the builder (C++) and the readers (C); nobody outside this
 * room sees it. A change of any record here is a new MAP_FILE_VERSION: old files are refused and
 * built again.
 */
#ifndef PRONTOD_MAP_FILE_H
#define PRONTOD_MAP_FILE_H

#include "map.h"
#include "map/places.h"
#include "map/roads.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MAP_FILE_MAGIC "PRONTOMP"
#define MAP_FILE_VERSION 2u
#define MAP_FILE_ORDER 0x01020304u
#define MAP_FILE_ALIGN 64u
#define MAP_NONE UINT32_MAX     /* no such index */
#define MAP_POCKET 255u         /* component of a directed edge that leads nowhere and back */
#define MAP_NO_TURN UINT32_MAX  /* not allowed there */
#define MAP_MOST_LEAVING 250u   /* roads at one junction: slots and turns are bytes */
#define MAP_SNAP_LIMIT_M 1000.0 /* farther from every road: not on a road */

/* 1e-7 degrees, as OpenStreetMap stores them */
struct map_vertex {
	int32_t lat, lon;
};

enum map_road_class {
	ROAD_MOTORWAY,
	ROAD_TRUNK,
	ROAD_PRIMARY,
	ROAD_SECONDARY,
	ROAD_TERTIARY,
	ROAD_MINOR,
	ROAD_SERVICE,
	ROAD_PATH
};

/* A stretch of road between two junctions. Directed edge 2i drives it as drawn, 2i+1 against. */
struct map_segment {
	uint32_t from, to;   /* junctions */
	uint32_t shape;      /* see map_line */
	uint32_t name;       /* string, 0: none */
	uint32_t time_ms[2]; /* as drawn, against; 0: not allowed */
	float length_m;
	uint16_t vertices;    /* at least 2 */
	uint8_t component[2]; /* 0: the largest network, 1..: islands, MAP_POCKET: not routable */
	uint8_t road_class;   /* enum map_road_class */
	uint8_t flags;        /* SEGMENT_* */
	uint8_t slot[2];      /* its place among the edges leaving `from`, and those leaving `to` */
};
#define SEGMENT_URBAN 1u /* in a built-up area */
#define SEGMENT_FERRY 2u /* cars are shipped */
#define SEGMENT_GHOST 4u /* see map_ghosts() */
#define SEGMENT_LAST 8u  /* private or for those who have business there: not driven through */

/* What a turn costs, as one byte: up to 19.9 s in tenths of a second, then 20 s to 560 s in steps
 * of ten seconds. */
#define MAP_TURN_FORBIDDEN 255u
#define MAP_TURN_TENTHS 200u /* bytes below are tenths */
static inline uint32_t map_turn_byte_ms(uint8_t byte)
{
	if (byte == MAP_TURN_FORBIDDEN)
		return MAP_NO_TURN;
	return byte < MAP_TURN_TENTHS ? byte * 100u : (byte - MAP_TURN_TENTHS + 2) * 10000u;
}

/* A network apart from the largest. */
struct map_island_record {
	uint32_t junctions;
	float road_m;
	struct map_vertex at; /* one of its junctions, near its middle */
	uint32_t near;        /* string: the nearest place; 0: none */
};

/* A sorted key and where its items begin; the last entry is a sentinel with key UINT64_MAX. Packed:
 * a region has two million of them. */
struct map_cell {
	uint64_t key;
	uint32_t first;
} __attribute__((packed, aligned(4)));

/* A street, place or point of interest that can be searched by its words. Sorted by title. */
struct map_named {
	uint32_t label;        /* string: as people write it */
	uint32_t setting;      /* words by which people say where it is */
	uint32_t municipality; /* string, 0: not known */
	uint32_t hamlet;       /* string: set where the municipality has the name more than once */
	struct map_vertex at;
	uint32_t first_address, addresses; /* streets only */
	uint8_t kind;                      /* enum map_place_kind */
	uint8_t place_class;               /* enum map_place_class, for places */
	uint8_t flags;                     /* NAMED_* */
	uint8_t reserved;
};
#define NAMED_ALIAS 1u /* another name of one that has its own record */
#define NAMED_STONE 2u /* a kilometre stone: found by its kilometre, or not at all */

/* The words of a name, in their order ("via monte santo"), and who bears it. */
struct map_title {
	uint32_t first_word;         /* title words */
	uint32_t first_named, named; /* bearers */
	float weight;                /* of its words together */
	uint16_t words, reserved;
};
#define MAP_TITLE_WORDS 12u /* further ones are left out */

/* Municipality, hamlets round about, what the addresses say; each word once. */
struct map_setting {
	uint32_t first_word, words; /* setting words */
};

enum map_place_class {
	PLACE_CITY,
	PLACE_TOWN,
	PLACE_VILLAGE,
	PLACE_HAMLET,
	PLACE_SUBURB,
	PLACE_POI
};

/* Sorted by street, then number as people count. */
struct map_address {
	struct map_vertex at;
	uint32_t street : 31; /* named */
	uint32_t about : 1;   /* of an addr:interpolation line */
	uint32_t number;      /* string */
};

/* Where two streets meet; sorted by street, each pair both ways round. */
struct map_crossing {
	uint32_t street, other; /* named */
	struct map_vertex at;
};

struct map_municipality {
	uint32_t name;               /* string */
	uint32_t first_ring, rings;  /* none: known by name only */
	struct map_vertex low, high; /* bounding box */
};

struct map_ring {
	uint32_t first, vertices; /* closed: first vertex repeated at the end */
};

/* A search word and the titles that hold it. The array is sorted by word. */
struct map_word {
	uint32_t text; /* string */
	uint32_t first, count;
	uint32_t settings; /* how many settings hold it */
	float weight;      /* how much it tells: 0 to 1 */
};

/* A form of a word with letters left out (slip.h). Sorted by key. */
struct map_slip {
	uint32_t key, word;
};

/* Of something drawn; its record is told in feature.h. */
#define FEATURE_ONEWAY 1u /* along its shape */
#define FEATURE_BRIDGE 2u
#define FEATURE_TUNNEL 4u
#define FEATURE_LINK 8u /* a ramp */

enum map_layer {
	LAYER_LANDUSE,
	LAYER_WATER,
	LAYER_WATERWAY,
	LAYER_BUILDING,
	LAYER_BOUNDARY,
	LAYER_RAILWAY,
	LAYER_ROAD,
	LAYER_PLACE, /* from here on: points */
	LAYER_WATER_NAME,
	LAYER_POI,
	LAYER_HOUSENUMBER,
	LAYER_COUNT
};
/* Classes of roads as they are drawn; what a car may do there is map_road_class. */
enum map_drawn_road {
	DRAWN_MOTORWAY,
	DRAWN_TRUNK,
	DRAWN_PRIMARY,
	DRAWN_SECONDARY,
	DRAWN_TERTIARY,
	DRAWN_MINOR,
	DRAWN_SERVICE,
	DRAWN_PEDESTRIAN,
	DRAWN_TRACK,
	DRAWN_PATH,
	DRAWN_CONSTRUCTION,
	DRAWN_RUNWAY
};
enum map_rail { RAIL_TRAIN, RAIL_TRAM };
enum map_landuse {
	LANDUSE_WOOD,
	LANDUSE_GRASS,
	LANDUSE_URBAN,
	LANDUSE_SAND,
	LANDUSE_SQUARE,
	LANDUSE_PARKING,
	LANDUSE_PIER
};
enum map_poi { POI_SCHOOL, POI_HOSPITAL, POI_PHARMACY };

/* Features are found by tile. Each group has all that is drawn from its first zoom up to the next
 * group's: the last one has everything as it is, the others thinned copies, so that a tile of a wide
 * area costs no more than one of a few streets. Each is indexed by the tiles of one level. */
#define MAP_TILE_GROUPS 4
static const unsigned map_tile_group_level[MAP_TILE_GROUPS] = {9, 11, 13, 15};
static const unsigned map_tile_group_first_zoom[MAP_TILE_GROUPS] = {8, 10, 12, 14};

/* id, record */
#define MAP_SECTIONS(X)                                                                          \
	X(SECTION_STRINGS, char)                                                                 \
	X(SECTION_JUNCTIONS, struct map_vertex)                                                  \
	X(SECTION_LEAVING_FIRST, uint32_t) /* by junction, and a sentinel */                     \
	X(SECTION_LEAVING, uint32_t)       /* directed edges that begin there, allowed or not */ \
	X(SECTION_SEGMENTS, struct map_segment)                                                  \
	X(SECTION_SHAPE, unsigned char)                                                          \
	X(SECTION_TURN_FIRST, uint32_t) /* by junction: where its turns begin */                 \
	X(SECTION_TURNS, uint8_t)       /* see map_turn_ms */                                    \
	X(SECTION_GHOSTS, uint32_t)     /* see map_ghosts */                                     \
	X(SECTION_ISLANDS, struct map_island_record) /* by component, without the largest */     \
	X(SECTION_SNAP_CELLS, struct map_cell)                                                   \
	X(SECTION_SNAP_ITEMS, uint32_t)                                                          \
	X(SECTION_VERTEX_OF, uint32_t)   /* by segment: its vertex of the hierarchy, MAP_NONE */ \
	X(SECTION_SEGMENT_OF, uint32_t)  /* by vertex */                                         \
	X(SECTION_DEPTH, uint16_t)       /* by vertex: how many stand above it */                \
	X(SECTION_FIRST_BELOW, uint32_t) /* by vertex: from there to it all stand below it */    \
	X(SECTION_UP_FIRST, uint32_t)    /* by vertex, and a sentinel: its arcs */               \
	X(SECTION_UP_HEAD, uint32_t)     /* by arc: the vertex above, ascending */               \
	X(SECTION_DOWN_FIRST, uint32_t)  /* by vertex, and a sentinel: see hierarchy_below */    \
	X(SECTION_DOWN, unsigned char)                                                           \
	X(SECTION_SEPARATORS, uint32_t)  /* by level of the dissection: the largest cut */       \
	X(SECTION_BASE_MS, uint32_t)     /* the map's own metric: by directed edge; */           \
	X(SECTION_BASE_UP, int32_t)      /* by arc, four; */                                     \
	X(SECTION_BASE_DOWN, int32_t)                                                            \
	X(SECTION_BASE_SELF, int32_t) /* by vertex, two */                                       \
	X(SECTION_NAMED, struct map_named)                                                       \
	X(SECTION_ADDRESSES, struct map_address)                                                 \
	X(SECTION_ADDRESS_CELLS, struct map_cell)                                                \
	X(SECTION_ADDRESS_ITEMS, uint32_t)                                                       \
	X(SECTION_STREET_CELLS, struct map_cell) /* named road features, also footways */        \
	X(SECTION_STREET_ITEMS, uint32_t)                                                        \
	X(SECTION_PLACE_CELLS, struct map_cell) /* coarse; named places but points of interest */ \
	X(SECTION_PLACE_ITEMS, uint32_t)                                                         \
	X(SECTION_CROSSINGS, struct map_crossing)                                                \
	X(SECTION_MUNICIPALITIES, struct map_municipality)                                       \
	X(SECTION_AREA_CELLS, struct map_cell) /* coarse; municipalities that may hold a point */ \
	X(SECTION_AREA_ITEMS, uint32_t)                                                          \
	X(SECTION_RINGS, struct map_ring)                                                        \
	X(SECTION_RING_SHAPE, struct map_vertex)                                                 \
	X(SECTION_TITLES, struct map_title)                                                      \
	X(SECTION_TITLE_WORDS, uint32_t)                                                         \
	X(SECTION_SETTINGS, struct map_setting)                                                  \
	X(SECTION_SETTING_WORDS, uint32_t)                                                       \
	X(SECTION_SLIPS, struct map_slip)                                                        \
	X(SECTION_WORDS, struct map_word)                                                        \
	X(SECTION_WORD_ITEMS, uint32_t)                                                          \
	X(SECTION_FEATURES, char) /* records, see feature.h */                                   \
	X(SECTION_TILE_CELLS_0, struct map_cell)                                                 \
	X(SECTION_TILE_ITEMS_0, uint32_t)                                                        \
	X(SECTION_TILE_CELLS_1, struct map_cell)                                                 \
	X(SECTION_TILE_ITEMS_1, uint32_t)                                                        \
	X(SECTION_TILE_CELLS_2, struct map_cell)                                                 \
	X(SECTION_TILE_ITEMS_2, uint32_t)                                                        \
	X(SECTION_TILE_CELLS_3, struct map_cell)                                                 \
	X(SECTION_TILE_ITEMS_3, uint32_t)

enum map_section_id {
#define X(id, type) id,
	MAP_SECTIONS(X)
#undef X
	    SECTION_COUNT
};

struct map_section {
	uint32_t id, record; /* bytes of one record */
	uint64_t offset, count;
	uint64_t checksum;
};

struct map_header {
	char magic[8];
	uint32_t version, order;
	uint64_t bytes; /* of the whole file */
	uint64_t sections;
	int64_t built_at_us;
	uint64_t
	    content; /* checksum of all section checksums: names the map, whenever it was built */
	struct map_counts counts;
	uint64_t features;           /* drawn things */
	uint64_t restrictions;       /* forbidden turns come from so many */
	struct map_vertex low, high; /* the road network without stray ends */
	struct map_section section[SECTION_COUNT];
	uint64_t checksum; /* of the header before this field */
};

/* 64 bits, fast, for accidents and not against malice. */
uint64_t map_checksum(const void *bytes, size_t length, uint64_t seed);
/* To be called every hundred microseconds or less by what takes long: lets others have the processor for an instant. */
void give_way(void);
#define GIVE_WAY_BYTES ((size_t)256 << 10) /* so much is read or written between two calls */
/* Seals a header whose sections are filled in: content and checksum. */
void map_header_seal(struct map_header *header);

#define MAP_DEEPEST 20000u /* levels of the hierarchy: some hundred on a region */

/* The order in which roads give way to each other, and the arcs that makes: hierarchy.h. */
struct map_hierarchy {
	const uint32_t *vertex_of, *segment_of, *first_below, *up_first, *up_head, *down_first;
	const unsigned char *down;
	const uint16_t *depth;
	size_t vertices, arcs;
	size_t levels; /* the greatest depth, and one; of an open map */
};

/* An open map: typed views of the sections. */
struct map_cells {
	const struct map_cell *cells;
	const uint32_t *items;
	size_t cell_count; /* without the sentinel */
};

struct map {
	const unsigned char *bytes;
	size_t size;
	const struct map_header *header;
	const char *strings;
	size_t string_bytes;
	const struct map_vertex *junctions;
	const uint32_t *leaving_first, *leaving;
	const struct map_segment *segments;
	const unsigned char *shape;
	size_t shape_bytes;
	const uint32_t *turn_first;
	const uint8_t *turns;
	const uint32_t *ghosts;
	const struct map_island_record *islands;
	const struct map_named *named;
	const struct map_address *addresses;
	const struct map_municipality *municipalities;
	const struct map_ring *rings;
	const struct map_vertex *ring_shape;
	const struct map_title *titles;
	const struct map_setting *settings;
	const uint32_t *title_words, *setting_words;
	const struct map_slip *slips;
	const struct map_crossing *crossings;
	const struct map_word *words;
	const uint32_t *word_items;
	const unsigned char *features;
	size_t feature_bytes;
	struct map_hierarchy hierarchy;
	struct map_metric *base; /* the map's own */
	struct map_cells snap, address_cells, street_cells, place_cells, area_cells;
	struct map_cells tiles[MAP_TILE_GROUPS];
	size_t junction_count, segment_count, ghost_count, island_count, named_count, address_count,
	    municipality_count, word_count, title_count, setting_count, slip_count, crossing_count;
	const char **municipality_names; /* sorted */
};

static inline uint64_t map_record_count(const struct map *map, enum map_section_id id)
{
	return map->header->section[id].count;
}
/* count may be NULL. */
static inline const void *map_records(const struct map *map, enum map_section_id id, size_t *count)
{
	const struct map_section *s = &map->header->section[id];
	if (count)
		*count = (size_t)s->count;
	return map->bytes + s->offset;
}

/* ---- cells of MAP_CELL on both axes, for finding what is near ---- */
#define MAP_CELL 10000 /* 0.001 degrees: about 111 m north, 77 m east in Italy */

#define MAP_COARSE 20 /* coarse cells are so many wide: about 2.2 km north, 1.5 km east */

static inline uint64_t map_cell_key(int64_t row, int64_t column)
{
	return ((uint64_t)row << 32) | (uint64_t)column;
}
static inline int64_t map_cell_row(int64_t lat)
{
	return (lat + 900000000) / MAP_CELL;
}
static inline int64_t map_cell_column(int64_t lon)
{
	return (lon + 1800000000) / MAP_CELL;
}
/* How many roads the largest cut of each level of the dissection takes: how well the network comes
 * apart. */
size_t map_separators(const struct map *map, const uint32_t **out);
/* The first cell whose key is not less; cell_count if there is none. */
size_t map_cells_from(const struct map_cells *cells, uint64_t key);
static inline uint64_t map_coarse_key(struct map_vertex v, int64_t down, int64_t right)
{
	return map_cell_key(map_cell_row(v.lat) / MAP_COARSE + down,
	                    map_cell_column(v.lon) / MAP_COARSE + right);
}
/* The items of one cell; returns how many. */
size_t map_cell_items(const struct map_cells *cells, uint64_t key, const uint32_t **out);

static inline const char *map_string(const struct map *map, uint32_t at)
{
	return at && at < map->string_bytes ? map->strings + at : NULL;
}
static inline struct point map_point(struct map_vertex v)
{
	struct point p = {(double)v.lat / 1e7, (double)v.lon / 1e7};
	return p;
}
struct map_vertex map_vertex_of(struct point p);

/* A flat earth around one point, in metres: good for a few kilometres. */
struct map_plane {
	double lat, lon, metres_lat, metres_lon; /* origin and metres for each 1e-7 degree */
};
struct map_plane map_plane_at(struct map_vertex origin);
double map_plane_distance(const struct map_plane *plane, struct map_vertex v);

/* Is the point inside? Even-odd, so a ring inside a ring is a hole. */
bool map_ring_crossed(const struct map_vertex *ring, size_t vertices, struct map_vertex v);

/* Hands every item of the cells round v to fn, nearest cells first, until no cell nearer than
 * *limit_m is left; fn lowers *limit_m when it has found something. An item in several cells comes
 * several times. */
typedef void map_near_fn(void *ctx, uint32_t item);
void map_near(const struct map_cells *cells, struct map_vertex v, const double *limit_m,
              map_near_fn *fn, void *ctx);

/* Where a point comes nearest to a polyline. */
struct map_nearest {
	double distance_m, along_m, length_m;
	struct map_vertex at;
};
bool map_nearest_on(const struct map_plane *plane, const struct map_vertex *line, size_t vertices,
                    struct map_nearest *out);

/* Moves v onto the nearest piece of the street of that name, if one is so near. */
bool map_onto_street(const struct map *map, const char *name, double limit_m, struct map_vertex *v);

/* ---- the lines of roads: vertices as differences, as feature.h has them ---- */

/* Where lines are unpacked, one after another. Begins zeroed. */
struct map_unpacked {
	struct map_vertex *vertex;
	size_t room;
};
const struct map_vertex *map_line(const struct map *map, const struct map_segment *segment,
                                  struct map_unpacked *into);
void map_unpacked_free(struct map_unpacked *unpacked);

/* ---- snapping ---- */
struct map_snapped {
	uint32_t segment;
	double fraction; /* of the segment's length, as drawn */
	struct point at;
	double distance_m;
};
/* Nearest points of segments that belong to the network or an island, nearest first; returns how
 * many (at most `room`). */
size_t map_snap_segments(const struct map *map, struct point p, double within_m,
                         struct map_snapped *out, size_t room);
/* The same among those that `may` allows. */
typedef bool map_snap_fn(void *ctx, uint32_t segment);
size_t map_snap_some(const struct map *map, struct point p, double within_m, map_snap_fn *may,
                     void *ctx, struct map_snapped *out, size_t room);
/* The nearest; false beyond MAP_SNAP_LIMIT_M. */
bool map_snap_segment(const struct map *map, struct point p, struct map_snapped *out);

/* Directed edges. */
static inline uint32_t map_edge_head(const struct map *map, uint32_t edge)
{
	const struct map_segment *s = &map->segments[edge >> 1];
	return edge & 1 ? s->from : s->to;
}
static inline uint32_t map_edge_tail(const struct map *map, uint32_t edge)
{
	return map_edge_head(map, edge ^ 1);
}
/* What it takes to turn from the end of `from` into `to`, which begins there; MAP_NO_TURN. */
static inline uint32_t map_turn_ms(const struct map *map, uint32_t from, uint32_t to)
{
	const struct map_segment *in = &map->segments[from >> 1], *out = &map->segments[to >> 1];
	uint32_t junction = from & 1 ? in->from : in->to;
	uint32_t leaving = map->leaving_first[junction + 1] - map->leaving_first[junction];
	return map_turn_byte_ms(map->turns[map->turn_first[junction] +
	                                   in->slot[(from & 1) ^ 1] * leaving + out->slot[to & 1]]);
}
/* A turn that is forbidden only to those who come from one road and drive over others is kept by
 * ghosts: copies of those other roads in that direction, which only the former enter instead of the
 * real ones, and which they leave without that turn. Ghosts are the file's last segments, share
 * their road's shape and times, and are never snapped to. Who drives to a place on a road may
 * arrive on a ghost of it; who begins there begins on the road itself. Whatever changes a road's
 * time changes that of its ghosts. Returns how many; *first: the first of them. */
static inline uint32_t map_ghosts(const struct map *map, uint32_t segment, uint32_t *first)
{
	size_t low = 0, high = map->ghost_count, after;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (map->ghosts[middle] < segment)
			low = middle + 1;
		else
			high = middle;
	}
	for (after = low; after < map->ghost_count && map->ghosts[after] == segment;)
		after++;
	*first = (uint32_t)(map->segment_count - map->ghost_count + low);
	return (uint32_t)(after - low);
}
/* The road that a segment is or is a copy of. */
static inline uint32_t map_real_segment(const struct map *map, uint32_t segment)
{
	size_t real = map->segment_count - map->ghost_count;
	return segment < real ? segment : map->ghosts[segment - real];
}

#ifdef __cplusplus
}
#endif
#endif

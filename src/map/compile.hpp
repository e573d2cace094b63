/*
 * The builder's parts: raw things in (from build.cpp, which alone knows libosmium), sections of the
 * map file out. Each part collects while the input is read and then fills its sections of the
 * image.
 */
#ifndef PRONTOD_MAP_COMPILE_HPP
#define PRONTOD_MAP_COMPILE_HPP

#include "file.h"
#include "tags.h"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace making {

using line = std::vector<map_vertex>;

/* Every text once, by offset; offset 0 is the empty one. */
class string_pool {
      public:
	uint32_t put(const std::string &text);
	const char *at(uint32_t offset) const
	{
		return m_bytes.data() + offset;
	}
	const std::string &bytes() const
	{
		return m_bytes;
	}

      private:
	std::string m_bytes = std::string(1, '\0');
	std::unordered_map<std::string, uint32_t> m_known;
};

/* (cell, item) pairs on their way to two sections. */
class cell_list {
      public:
	void put(uint64_t key, uint32_t item)
	{
		m_pairs.emplace_back(key, item);
	}
	void put_line(const map_vertex *vertices, size_t count,
	              uint32_t item); /* cells of MAP_CELL it touches */
	void finish(std::vector<map_cell> &cells, std::vector<uint32_t> &items);

      private:
	std::vector<std::pair<uint64_t, uint32_t>> m_pairs;
};

struct cell_sections {
	std::vector<map_cell> cells;
	std::vector<uint32_t> items;
};

/* The file as it will be written. */
struct image {
	string_pool strings;
	std::vector<map_vertex> junctions;
	std::vector<uint32_t> leaving_first, leaving;
	std::vector<map_segment> segments;
	std::vector<map_vertex> shape;
	std::vector<map_ban> bans;
	cell_sections snap;
	std::vector<map_named> named;
	std::vector<map_address> addresses;
	cell_sections address_cells, street_cells;
	std::vector<map_municipality> municipalities;
	std::vector<map_ring> rings;
	std::vector<map_vertex> ring_shape;
	std::vector<map_word> words;
	std::vector<uint32_t> word_items;
	std::vector<map_feature> features;
	std::vector<map_vertex> feature_shape;
	cell_sections tiles[MAP_TILE_GROUPS];
	map_counts counts{};
	uint64_t restrictions = 0;
	map_vertex low{}, high{};

	/* Beside the output, then renamed; throws std::system_error. */
	void write(const std::string &output) const;
};

struct node_ref {
	int64_t id;
	map_vertex at;
};

struct restriction {
	bool only;
	int64_t from_way, via_node, to_way;
};

/* Roads a car may use -> junctions, segments, forbidden turns, components, snapping cells. */
class network {
      public:
	void add_way(int64_t id, const std::vector<node_ref> &nodes, const way_rule &rule,
	             uint32_t name);
	void add_block(int64_t node)
	{
		m_blocks.push_back(node);
	}
	void add_restriction(const restriction &r)
	{
		m_restrictions.push_back(r);
	}
	void finish(image &out);

      private:
	struct way {
		int64_t id;
		size_t first, count;
		way_rule rule;
		uint32_t name;
	};
	void find_junctions();
	uint32_t junction_of(int64_t node) const; /* MAP_NONE: passed through */
	uint32_t junction_at(image &out, const node_ref &ref);
	bool is_block(int64_t node) const;
	void cut(image &out, const way &w);
	void add_segment(image &out, const way &w, size_t from, size_t to, uint32_t a, uint32_t b);
	void restrict_turns(image &out);
	bool restrict_turn(image &out, const restriction &r);
	uint32_t only_edge(const image &out, uint32_t junction, int64_t road, bool leaving) const;

	std::vector<way> m_ways;
	std::vector<node_ref> m_refs;
	std::vector<int64_t> m_blocks, m_junctions;
	std::vector<restriction> m_restrictions;
	std::vector<int64_t> m_segment_way;
};

/* ---- what is drawn ---- */

class drawing {
      public:
	struct look {
		map_layer layer;
		unsigned feature_class, min_zoom;
		uint32_t name;
		uint8_t flags;
	};
	explicit drawing(image &out) : m_out(out)
	{
	}
	uint32_t add_line(const look &how, const line &shape);
	/* Outer rings before their inner ones. */
	void add_polygon(const look &how, const std::vector<line> &outer_and_inner,
	                 const std::vector<bool> &outer);
	void add_point(const look &how, map_vertex at);
	void finish();

      private:
	uint32_t put(const look &how, const line &shape);
	void index(uint32_t feature, const line &piece);
	image &m_out;
	cell_list m_cells[MAP_TILE_GROUPS];
};

/* ---- what is found by name ---- */

struct found_address {
	std::string street, number, city;
	map_vertex at;
	bool plain; /* an address and nothing else: better than a shop's */
};

class gazetteer {
      public:
	void add_street(const std::string &name, const line &shape, uint32_t feature);
	void add_address(const found_address &address);
	void add_place(const std::string &name, map_place_class place_class, map_vertex at);
	void add_municipality(const std::string &name, const std::vector<line> &rings);
	/* One whose outline may be cut: where any is known, no other name passes for a
	 * municipality. */
	void add_municipality_name(const std::string &name);
	void finish(image &out);

      private:
	struct place {
		std::string name;
		map_place_class place_class;
		map_vertex at;
	};
	struct street_piece {
		std::string name;
		map_vertex at;
		double length_m;
	};
	struct municipality {
		std::string name;
		std::vector<line> rings;
		map_vertex low, high;
	};
	struct street {
		std::string label, words, town, town_words, hamlet;
		std::vector<street_piece> pieces;
		std::vector<uint32_t> addresses;
	};
	void index_near();
	const municipality *area_of(map_vertex at) const;
	std::string town_of(map_vertex at);
	const std::string &usual_city(map_vertex at);
	std::string count_cities(map_vertex at) const;
	bool is_town(const std::string &name) const;
	const place *nearest_place(map_vertex at, double limit_m, bool towns_only) const;
	street &street_of(const std::string &label, map_vertex at);
	void gather_streets();
	void split_streets();
	std::vector<street> split(const street &s) const;
	void describe(street &s) const;
	void put_street(image &out, street &s);
	void put_addresses(image &out, street &s, uint32_t id);
	void put_places(image &out);
	void put_municipalities(image &out);
	void put_words(image &out) const;

	std::vector<street_piece> m_pieces;
	std::vector<found_address> m_addresses;
	std::vector<place> m_places;
	std::vector<municipality> m_municipalities;
	std::vector<street> m_streets;
	std::unordered_set<std::string> m_municipality_names;
	std::unordered_map<std::string, size_t> m_street_ids;
	std::unordered_map<uint64_t, std::vector<uint32_t>> m_address_cells, m_place_cells;
	std::unordered_map<uint64_t, std::string> m_usual;
	cell_list m_road_cells;
};

} // namespace making
#endif

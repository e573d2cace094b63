/*
 * The builder's parts: raw things in (from build.cpp, which alone knows libosmium), sections of the
 * map file out. Each part collects while the input is read and then fills its sections of the
 * image.
 */
#ifndef PRONTOD_MAP_COMPILE_HPP
#define PRONTOD_MAP_COMPILE_HPP

#include "../file.h"
#include "tags.h"

#include <cstdint>
#include <string>
#include <unordered_map>
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

} // namespace making
#endif

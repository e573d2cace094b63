/*
 * The builder's parts: raw things in (from collection.cpp), sections of the map file out. Each part
 * collects while the input is read and then fills its sections of the image.
 */
#ifndef PRONTOD_MAP_COMPILE_HPP
#define PRONTOD_MAP_COMPILE_HPP

#include "../feature.h"
#include "../search/landmark.h"
#include "tags.h"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
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
	/* Every coarse cell of a box. */
	void put_box(map_vertex low, map_vertex high, uint32_t item);
	void put_leg(const map_vertex &a, const map_vertex &b, uint32_t item);
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

/* See SECTION_VERTEX_OF and on in file.h. */
struct hierarchy_sections {
	std::vector<uint32_t> vertex_of, segment_of, first_below, up_first, up_head, down_first,
	    base_ms, separators;
	std::vector<unsigned char> down;
	std::vector<uint16_t> depth;
	std::vector<int32_t> base_up, base_down, base_self;
};

/* Told how much is written, 0 to 1. */
using written_fn = std::function<void(double)>;

/* The file as it will be written. */
struct image {
	string_pool strings;
	std::vector<map_vertex> junctions;
	std::vector<uint32_t> leaving_first, leaving;
	std::vector<map_segment> segments;
	std::vector<map_vertex> shape;
	std::vector<uint32_t> turn_first;
	std::vector<uint8_t> turns;
	std::vector<uint32_t> ghosts;
	std::vector<map_island_record> islands;
	cell_sections snap;
	hierarchy_sections hierarchy;
	std::vector<map_named> named;
	std::vector<map_address> addresses;
	cell_sections address_cells, street_cells, place_cells, area_cells;
	std::vector<map_title> titles;
	std::vector<map_setting> settings;
	std::vector<uint32_t> title_words, setting_words;
	std::vector<map_slip> slips;
	std::vector<map_crossing> crossings;
	std::vector<map_municipality> municipalities;
	std::vector<map_ring> rings;
	std::vector<map_vertex> ring_shape;
	std::vector<map_word> words;
	std::vector<uint32_t> word_items;
	std::vector<unsigned char> features; /* records, see feature.h */
	uint64_t feature_count = 0;
	cell_sections tiles[MAP_TILE_GROUPS];
	map_counts counts{};
	uint64_t restrictions = 0;
	map_vertex low{}, high{};

	/* Beside the output, then renamed; throws std::system_error. */
	/* Can it be written at all? Asked before the work, throws as write() does. */
	static void try_output(const std::string &output);
	void write(const std::string &output, const written_fn &written) const;
};

/* The router's view of what the image has so far. */
map view_of(const image &i);

struct node_ref {
	int64_t id;
	map_vertex at;
};

/* Directed edges of the roads made so far. */
inline bool may_drive(const image &i, uint32_t edge)
{
	return i.segments[edge >> 1].time_ms[edge & 1] > 0;
}
inline uint32_t head_of(const image &i, uint32_t edge)
{
	return edge & 1 ? i.segments[edge >> 1].from : i.segments[edge >> 1].to;
}
inline uint32_t tail_of(const image &i, uint32_t edge)
{
	return head_of(i, edge ^ 1);
}
/* The router's view of them. */
map view_of(const image &i);

/* Over one node, or over ways. */
struct restriction {
	bool only;
	int64_t from_way, via_node, to_way;
	std::vector<int64_t> via_ways;
};

/* Which edges may follow, by the edges one has come over. */
class turn_rules {
      public:
	using path = std::vector<uint32_t>; /* directed edges, each beginning where the one before
	                                       ends; the last is where one is */
	void forbid(const path &come, uint32_t next);
	void allow_only(const path &come, uint32_t next);
	bool allows(const path &come, uint32_t next) const;
	/* Does any rule begin with this edge? */
	bool begins(uint32_t edge) const
	{
		return edge < m_begins.size() && m_begins[edge];
	}
	/* The ways come that must be told apart from merely being on their last edge, sorted by
	 * that edge: each wants a ghost. */
	std::vector<path> told_apart() const;

      private:
	struct rule {
		std::vector<uint32_t> forbidden, only;
	};
	rule &at(const path &come);
	std::map<path, rule> m_rules;
	std::vector<bool> m_begins;
};

/* The roads as restrictions name them: by way. */
class restricted_roads {
      public:
	restricted_roads(const image &out, const std::vector<int64_t> &segment_way);
	/* False where its roads do not meet, or not only once. via: junction, for those over a
	 * node. */
	bool add(const restriction &r, uint32_t via, turn_rules &rules) const;

      private:
	uint32_t only_edge(uint32_t junction, int64_t road, bool leaving) const;
	turn_rules::path way_over(const restriction &r) const;
	std::vector<turn_rules::path> begin_over(const restriction &r) const;
	bool is_via(const restriction &r, uint32_t edge) const;
	const image &m_out;
	const std::vector<int64_t> &m_segment_way;
	std::vector<std::pair<int64_t, uint32_t>> m_way_segments;
};

/* What the table of turns needs to know beside the segments. */
struct road_facts {
	std::vector<bool> roundabout; /* by segment */
	std::vector<uint8_t> signs;   /* by directed edge: bit n, a node_sign n before its end */
	std::vector<node_rule> at;    /* by junction */
};

/* What turns cost, as bytes of the file. Edges are real ones, not ghosts. */
class turn_costs {
      public:
	turn_costs(const image &out, const road_facts &facts);
	/* From the end of one edge into another that begins there. */
	uint8_t between(uint32_t from, uint32_t to) const;

      private:
	struct meeting {
		unsigned roads;          /* at the junction */
		unsigned greatest_other; /* class of the most important road that is neither */
	};
	float bearing(uint32_t edge) const;
	float angle(uint32_t from, uint32_t to) const;
	meeting meet(uint32_t from, uint32_t to) const;
	unsigned turning(uint32_t from, uint32_t to, const meeting &m) const;
	unsigned waiting(uint32_t from, uint32_t to, const meeting &m) const;
	unsigned crossing(uint32_t from, uint32_t to) const;
	bool signed_with(uint32_t edge, node_sign sign) const;
	const image &m_out;
	const road_facts &m_facts;
	std::vector<float> m_bearing; /* by directed edge */
};

/* Appends the ghosts that the rules want, then fills in leaving edges, slots and turns. */
void make_turns(image &out, const turn_rules &rules, const road_facts &facts);
/* Leaving edges and slots. */
void index_leaving(image &out);
/* Which edges belong to one network. */
void mark_components(image &out);
/* How large the islands are and where; after the names. */
void list_islands(image &out);

/* Where the built-up areas are. */
class built_up {
      public:
	void add_area(const std::vector<line> &rings); /* even-odd: inner rings are holes */
	void add_building(map_vertex at);
	void add_address(map_vertex at);
	void finish(); /* before asking */
	bool holds(map_vertex at, bool lit) const;

      private:
	struct houses {
		unsigned buildings, addresses;
	};
	void fill(int64_t row, int64_t from, int64_t to);
	unsigned houses_near(map_vertex at) const;
	std::vector<uint64_t> m_cells;
	std::unordered_map<uint64_t, houses> m_houses;
};

/* Roads a car may use -> junctions, segments, forbidden turns, components, snapping cells. */
class network {
      public:
	void add_way(int64_t id, const std::vector<node_ref> &nodes, const way_rule &rule,
	             uint32_t name);
	void add_sign(int64_t node, const node_rule &rule)
	{
		m_signs.emplace_back(node, rule);
	}
	void add_restriction(const restriction &r)
	{
		m_restrictions.push_back(r);
	}
	void finish(image &out, built_up &towns);

      private:
	struct way {
		int64_t id;
		size_t first, count;
		way_rule rule;
		uint32_t name;
	};
	struct piece { /* of a way, between two junctions */
		const way &whole;
		size_t from, to;
		uint32_t begin, end;
	};
	void find_junctions();
	uint32_t junction_of(int64_t node) const; /* MAP_NONE: passed through */
	uint32_t junction_at(image &out, const node_ref &ref);
	node_rule sign_of(int64_t node) const;
	void cut(image &out, const way &w, const built_up &towns);
	void add_segment(image &out, const piece &p, const built_up &towns);
	void set_times(map_segment &s, const way &w, bool urban) const;
	double length_of_way(const way &w) const;
	void count_facts(image &out) const;
	void note_signs(const piece &p, double metres);
	turn_rules restrict_turns(image &out) const;

	std::vector<way> m_ways;
	std::vector<node_ref> m_refs;
	std::vector<std::pair<int64_t, node_rule>> m_signs;
	std::vector<int64_t> m_junctions;
	std::vector<restriction> m_restrictions;
	std::vector<int64_t> m_segment_way;
	road_facts m_facts;
};

/* ---- what is drawn ---- */

/* Rings, each closed by its first vertex; outer ones before the holes in them. */
struct surface {
	std::vector<line> rings;
	std::vector<bool> outer;
};

/* Coastlines, which have the land on their left, become the sea of the map's box. */
class coast {
      public:
	void add(const line &way)
	{
		m_ways.push_back(way);
	}
	std::vector<surface> sea(map_vertex low, map_vertex high) const;

      private:
	std::vector<line> m_ways;
};

class drawing {
      public:
	struct look {
		map_layer layer;
		unsigned feature_class, min_zoom;
		uint32_t name, ref;
		uint8_t flags;
	};
	explicit drawing(image &out) : m_out(out)
	{
	}
	/* The feature that shows the line as it is. */
	uint32_t add_line(const look &how, const line &shape);
	void add_polygon(const look &how, surface area);
	void add_point(const look &how, map_vertex at);
	void add_coast(const line &way)
	{
		m_coast.add(way);
	}
	/* Thinned copies for wide views, and the sea; wants the network's box in the image. */
	void finish();

      private:
	struct kept_area {
		look how;
		surface shape;
	};
	uint32_t put(const look &how, const std::vector<line> &shape);
	void index(unsigned group, uint32_t feature, const line &piece);
	void index_line(unsigned group, uint32_t feature, const line &shape);
	void put_area(unsigned group, const look &how, const surface &area);
	void put_parts(unsigned group, const look &how, const surface &area);
	void thin_lines(unsigned group);
	line line_of(uint32_t feature) const;
	void thin_run(unsigned group, const look &how, const std::vector<line> &run);
	void thin_areas(unsigned group);
	image &m_out;
	coast m_coast;
	std::vector<uint32_t> m_lines; /* seen from below the last group's first zoom */
	std::vector<kept_area> m_areas;   /* likewise */
	cell_list m_cells[MAP_TILE_GROUPS];
};

/* ---- what is found by name ---- */

/* The words of a name, as they are compared. */
std::string normal_words(const std::string &text);

struct found_address {
	std::string street, number, city;
	map_vertex at;
	bool plain; /* an address and nothing else: better than a shop's */
	bool about; /* of an interpolation line */
};

/* Who has a name, on the way to the file. */
struct bearer {
	std::string words;   /* of the name */
	std::string setting; /* of where it is */
	map_named named{};
	uint32_t street = MAP_NONE; /* index of the gazetteer's, which has the addresses */
};

/* Names -> titles, settings, words and their slips. Bearers must be sorted by their words. */
void register_names(image &out, const std::vector<bearer> &bearers);

/* Which streets share a node, or are joined by a short road without a name. */
class meeting_places {
      public:
	void add_piece(uint32_t piece, const std::vector<node_ref> &nodes);
	void add_link(const std::vector<node_ref> &nodes);
	/* street_of: by piece, named; MAP_NONE: none */
	void finish(const std::vector<uint32_t> &street_of, std::vector<map_crossing> &out);

      private:
	struct touch {
		int64_t node;
		uint32_t road; /* pieces; links have the highest bit */
		map_vertex at;
	};
	struct link {
		std::vector<uint32_t> streets;
		map_vertex at{};
	};
	static constexpr uint32_t LINK = 1u << 31;
	void meet_at_node(const touch *touches, size_t count,
	                  const std::vector<uint32_t> &street_of, std::vector<link> &links,
	                  std::vector<map_crossing> &out) const;
	void meet_by_links(std::vector<link> &links, std::vector<map_crossing> &out) const;
	void meet(const std::vector<uint32_t> &streets, map_vertex at,
	          std::vector<map_crossing> &out) const;
	std::vector<touch> m_touches;
	uint32_t m_links = 0;
};

/* addr:interpolation lines: numbers between numbered nodes. */
class interpolations {
      public:
	void add_node(int64_t node, size_t address)
	{
		m_nodes.emplace_back(node, address);
	}
	void add_line(const std::string &kind, const std::string &street,
	              const std::vector<node_ref> &nodes)
	{
		m_lines.push_back({kind, street, nodes});
	}
	/* Appends what lies between. */
	void finish(std::vector<found_address> &addresses);

      private:
	struct numbered_line {
		std::string kind, street;
		std::vector<node_ref> nodes;
	};
	void fill(const numbered_line &l, std::vector<found_address> &addresses) const;
	std::vector<std::pair<int64_t, size_t>> m_nodes;
	std::vector<numbered_line> m_lines;
};

/* In which municipality? By outline; answers for whole cells where no outline runs. */
class municipal_areas {
      public:
	void add(const std::string &name, const std::vector<line> &rings);
	const std::string *at(map_vertex v); /* NULL: in none */
	void finish(image &out) const;
	const std::set<std::string> &names() const
	{
		return m_names;
	}

      private:
	struct municipality {
		std::string name;
		std::vector<line> rings;
		map_vertex low, high;
	};
	const municipality *search(map_vertex v) const;
	std::vector<municipality> m_all;
	std::set<std::string> m_names;
	std::unordered_map<uint64_t, std::vector<uint32_t>> m_coarse;
	std::unordered_set<uint64_t> m_border; /* fine cells */
	std::unordered_map<uint64_t, const municipality *> m_known;
};

class gazetteer {
      public:
	/* A stretch of road: its name, and others it goes by. `drawn` is its feature. */
	struct road {
		std::string name;
		std::vector<std::string> also;
		uint32_t drawn;
	};
	void add_road(const road &r, const std::vector<node_ref> &nodes);
	/* node: its id, 0 if it is none. */
	void add_address(const found_address &address, int64_t node);
	void add_interpolation(const std::string &kind, const std::string &on_street,
	                       const std::vector<node_ref> &nodes)
	{
		m_interpolations.add_line(kind, on_street, nodes);
	}
	void add_place(const std::string &name, map_place_class place_class, map_vertex at);
	/* Without a name it is called what it is, where there are few. */
	void add_landmark(const std::string &name, const landmark &what, map_vertex at);
	/* Of a road: "SP235 km 2". */
	void add_stone(const std::string &name, map_vertex at);
	void add_municipality(const std::string &name, const std::vector<line> &rings);
	/* One whose outline may be cut: where any is known, no other name passes for a
	 * municipality. */
	void add_municipality_name(const std::string &name);
	void finish(image &out);

      private:
	struct place {
		std::string name, label, what;
		map_place_class place_class;
		map_vertex at;
		bool alone, stone;
	};
	struct street_piece {
		std::string name;
		std::vector<std::string> also;
		map_vertex at;
		double length_m;
	};
	struct street {
		std::string label, words, town, town_words, hamlet;
		std::vector<uint32_t> pieces, addresses;
	};
	void index_near();
	std::string town_of(map_vertex at);
	const std::string &usual_city(map_vertex at);
	std::string count_cities(map_vertex at) const;
	bool is_town(const std::string &name) const;
	const place *nearest_place(map_vertex at, double limit_m, bool towns_only,
	                           const std::string &but = "") const;
	street &street_of(const std::string &label, map_vertex at);
	void gather_streets();
	void split_streets();
	std::vector<street> split(const street &s) const;
	map_vertex begin_of(const street &s) const;
	map_vertex middle_of(const street &s) const;
	void describe(street &s) const;
	void list_streets(image &out, std::vector<bearer> &to);
	void list_aliases(const bearer &main, std::vector<bearer> &to) const;
	void list_places(image &out, std::vector<bearer> &to);
	void put_addresses(image &out, std::vector<bearer> &bearers);
	void put_numbers(image &out, street &s, uint32_t id);
	void put_municipality_names(image &out) const;
	void put_cells(image &out);
	void put_crossings(image &out, const std::vector<bearer> &bearers);

	std::vector<street_piece> m_pieces;
	std::vector<found_address> m_addresses;
	std::vector<place> m_places;
	std::vector<street> m_streets;
	municipal_areas m_areas;
	meeting_places m_meetings;
	interpolations m_interpolations;
	std::unordered_set<std::string> m_municipality_names;
	std::unordered_map<std::string, size_t> m_street_ids;
	std::unordered_map<uint64_t, std::vector<uint32_t>> m_address_cells, m_place_cells;
	std::unordered_map<uint64_t, std::string> m_usual;
	cell_list m_road_cells;
};

} // namespace making
#endif

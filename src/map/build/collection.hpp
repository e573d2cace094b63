/*
 * Everything that is found in OpenStreetMap's objects, over all inputs: which of the builder's
 * parts gets what. Knows tags and places only; the objects themselves are read.cpp's.
 */
#ifndef PRONTOD_MAP_COLLECTION_HPP
#define PRONTOD_MAP_COLLECTION_HPP

#include "compile.hpp"
#include "looks.h"

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace making {

/* What is there of a way, two nodes or more. Where nodes of its middle are missing in the input it
 * is in several parts: nothing leads over the hole. */
struct way_part {
	std::vector<node_ref> refs;
	line shape;
};

class collection {
      public:
	image out;
	network roads;
	built_up towns;
	drawing drawn{out};
	gazetteer names;
	bool several = false; /* inputs: an object that two of them hold is taken once */

	enum kind { NODE, WAY, AREA, RELATION, KINDS };
	/* False where it was taken before, from another input. */
	bool is_new(kind k, int64_t id)
	{
		return !several || m_taken[k].insert(id).second;
	}
	bool is_border(int64_t way) const
	{
		return m_border_level.count(way) != 0;
	}
	void take_boundary(const tags &t, const std::vector<int64_t> &ways);
	void take_node(int64_t id, const tags &t, map_vertex at);
	void take_way(int64_t id, const tags &t, const std::vector<way_part> &parts);
	/* whole: put together from several ways; a closed way came as a way already. */
	void take_area(const tags &t, const surface &shape, bool whole);
	/* Rules that hold at times are counted only. */
	void count_conditionals(const tags &t);

      private:
	drawing::look look(map_layer layer, unsigned feature_class, unsigned zoom,
	                   const std::string &name = "");
	drawing::look look(const map_look &l, const std::string &name);
	void take_address(const tags &t, map_vertex at, int64_t node = 0);
	void take_poi(const tags &t, map_vertex at);
	void take_place(const tags &t, map_vertex at);
	void take_stone(const tags &t, map_vertex at);
	void take_border(const tags &t, const line &shape, unsigned level);
	void take_road(int64_t id, const tags &t, const std::vector<way_part> &parts);
	void take_line(const tags &t, const std::vector<node_ref> &refs, const line &shape);
	void take_name(const tags &t, const std::vector<node_ref> &refs, uint32_t drawn_as);
	void take_municipality(const tags &t, const surface &shape, bool whole);
	void take_cover(const tags &t, const surface &shape);

	std::unordered_set<int64_t> m_taken[KINDS];
	/* of member ways: the most important */
	std::unordered_map<int64_t, unsigned> m_border_level;
};

} // namespace making
#endif

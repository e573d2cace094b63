/*
 * Reads OpenStreetMap files with libosmium (the only file that knows it) and hands each object's
 * tags and place to the collection. Two passes over each input: relations first (restrictions,
 * outlines), then nodes, ways and the areas put together from them.
 */
#include "read.hpp"

#include "collection.hpp"

#include <osmium/area/assembler.hpp>
#include <osmium/area/multipolygon_manager.hpp>
#include <osmium/handler.hpp>
#include <osmium/handler/check_order.hpp>
#include <osmium/handler/node_locations_for_ways.hpp>
#include <osmium/index/map/flex_mem.hpp>
#include <osmium/io/any_input.hpp>
#include <osmium/tags/tags_filter.hpp>
#include <osmium/visitor.hpp>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace making {

namespace {

using location_index =
    osmium::index::map::FlexMem<osmium::unsigned_object_id_type, osmium::Location>;

const char *tag_of(const void *ctx, const char *key)
{
	return static_cast<const osmium::TagList *>(ctx)->get_value_by_key(key);
}

tags tags_of(const osmium::OSMObject &object)
{
	return {tag_of, &object.tags()};
}

map_vertex vertex_of(const osmium::Location &l)
{
	return {l.y(), l.x()};
}

/* ---- relations: restrictions, and which ways are boundaries ---- */

class relation_handler : public osmium::handler::Handler {
      public:
	explicit relation_handler(collection &all) : m_all(all)
	{
	}
	void relation(const osmium::Relation &r)
	{
		tags t = tags_of(r);
		std::string type = tags_text(&t, "type");
		if (type == "boundary" && !std::strcmp(tags_text(&t, "boundary"), "administrative"))
			m_all.take_boundary(t, ways_of(r));
		if (type == "restriction" && m_all.is_new(collection::RELATION, r.id()))
			restriction(r);
	}

      private:
	static std::vector<int64_t> ways_of(const osmium::Relation &r)
	{
		std::vector<int64_t> ways;
		for (const auto &m : r.members())
			if (m.type() == osmium::item_type::way)
				ways.push_back(m.ref());
		return ways;
	}
	void restriction(const osmium::Relation &r)
	{
		tags t = tags_of(r);
		enum restriction_kind kind = tags_restriction(&t);
		m_all.count_conditionals(t);
		if (kind == RESTRICTION_NO || kind == RESTRICTION_ONLY)
			add(r, kind == RESTRICTION_ONLY);
	}
	/* no_entry and no_exit have several from or to: each pair is one restriction. */
	void add(const osmium::Relation &r, bool only)
	{
		std::vector<int64_t> from, via, over, to;
		for (const auto &m : r.members()) {
			bool way = m.type() == osmium::item_type::way;
			if (way && !std::strcmp(m.role(), "from"))
				from.push_back(m.ref());
			else if (way && !std::strcmp(m.role(), "to"))
				to.push_back(m.ref());
			else if (!std::strcmp(m.role(), "via") &&
			         m.type() == osmium::item_type::node)
				via.push_back(m.ref());
			else if (way && !std::strcmp(m.role(), "via"))
				over.push_back(m.ref());
		}
		bool clear = over.empty() ? via.size() == 1 : via.empty();
		m_all.out.counts.unclear_restrictions += !clear;
		m_all.out.counts.unclear_via_way += !clear && !over.empty();
		for (int64_t f : from)
			for (int64_t t : to)
				if (clear)
					m_all.roads.add_restriction(
					    {only, f, over.empty() ? via[0] : 0, t, over});
	}
	collection &m_all;
};

/* ---- nodes and ways ---- */

class object_handler : public osmium::handler::Handler {
      public:
	explicit object_handler(collection &all) : m_all(all)
	{
	}
	void node(const osmium::Node &n)
	{
		if (!n.tags().empty() && n.location().valid() &&
		    m_all.is_new(collection::NODE, n.id()))
			m_all.take_node(n.id(), tags_of(n), vertex_of(n.location()));
	}
	void way(const osmium::Way &w)
	{
		if (!m_all.is_new(collection::WAY, w.id()) ||
		    (w.tags().empty() && !m_all.is_border(w.id())))
			return;
		read_parts(w);
		if (!m_parts.empty())
			m_all.take_way(w.id(), tags_of(w), m_parts);
	}

      private:
	/* Its nodes with places: a way that the input's edge cuts, in the middle too, keeps what is
	 * there. */
	void read_parts(const osmium::Way &w)
	{
		bool hole = true;
		m_parts.clear();
		for (const auto &n : w.nodes()) {
			if (!n.location().valid()) {
				hole = true;
				continue;
			}
			if (hole)
				begin_part();
			hole = false;
			way_part &part = m_parts.back();
			if (!part.refs.empty() && part.refs.back().id == n.ref())
				continue;
			part.refs.push_back({n.ref(), vertex_of(n.location())});
			part.shape.push_back(vertex_of(n.location()));
		}
		drop_single();
	}
	void begin_part()
	{
		drop_single();
		m_parts.emplace_back();
	}
	/* A node alone is no part. */
	void drop_single()
	{
		if (!m_parts.empty() && m_parts.back().shape.size() < 2)
			m_parts.pop_back();
	}
	collection &m_all;
	std::vector<way_part> m_parts;
};

/* ---- areas ---- */

osmium::TagsFilter area_filter()
{
	osmium::TagsFilter filter{false};
	for (const look_key *k = look_area_keys; k->key; k++)
		if (k->value)
			filter.add_rule(true, k->key, k->value);
		else
			filter.add_rule(true, k->key);
	filter.add_rule(true, "admin_level", "8");
	return filter;
}

class area_handler : public osmium::handler::Handler {
      public:
	explicit area_handler(collection &all) : m_all(all)
	{
	}
	void area(const osmium::Area &a)
	{
		if (!m_all.is_new(collection::AREA, a.id()))
			return;
		read_rings(a);
		if (!m_shape.rings.empty())
			m_all.take_area(tags_of(a), m_shape, !a.from_way());
	}

      private:
	template <typename R> void read_ring(const R &ring, bool outer)
	{
		line shape;
		for (const auto &n : ring)
			shape.push_back(vertex_of(n.location()));
		if (shape.size() >= 4) {
			m_shape.rings.push_back(shape);
			m_shape.outer.push_back(outer);
		}
	}
	void read_rings(const osmium::Area &a)
	{
		m_shape.rings.clear();
		m_shape.outer.clear();
		for (const auto &outer : a.outer_rings()) {
			read_ring(outer, true);
			for (const auto &inner : a.inner_rings(outer))
				read_ring(inner, false);
		}
	}
	collection &m_all;
	surface m_shape;
};

/* ---- passes ---- */

void read_objects(collection &all, const std::string &path, const part_fn &tell)
{
	osmium::io::File file{path};
	osmium::area::Assembler::config_type quietly;
	osmium::area::MultipolygonManager<osmium::area::Assembler> outlines{quietly, area_filter()};
	relation_handler relations{all};
	{
		osmium::io::Reader reader{file, osmium::osm_entity_bits::relation};
		osmium::apply(reader, relations, outlines);
		reader.close();
		outlines.prepare_for_lookup();
	}
	location_index index;
	osmium::handler::NodeLocationsForWays<location_index> locations{index};
	locations.ignore_errors();
	object_handler objects{all};
	area_handler areas{all};
	auto &assembling = outlines.handler(
	    [&areas](osmium::memory::Buffer &&buffer) { osmium::apply(buffer, areas); });
	osmium::io::Reader reader{file,
	                          osmium::osm_entity_bits::node | osmium::osm_entity_bits::way};
	double bytes = static_cast<double>(std::max<size_t>(1, reader.file_size()));
	while (osmium::memory::Buffer buffer = reader.read()) {
		osmium::apply(buffer, locations, objects, assembling);
		tell(static_cast<double>(reader.offset()) / bytes);
	}
	reader.close();
}

} // namespace

void try_input(const std::string &path, const std::string &output)
{
	struct stat in, out;
	if (access(path.c_str(), R_OK) != 0 || stat(path.c_str(), &in) != 0)
		throw std::system_error(errno, std::generic_category(), "cannot read " + path);
	if (S_ISDIR(in.st_mode))
		throw std::runtime_error("cannot read " + path + ": it is a folder");
	if (osmium::io::File{path}.format() == osmium::io::file_format::unknown)
		throw std::runtime_error(path + ": its name must end in .osm.pbf, .osm, .osm.gz, "
		                                ".osm.bz2 or .opl");
	if (stat(output.c_str(), &out) == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
		throw std::runtime_error("cannot write " + output + ": it is the input");
}

void read_input(collection &all, const std::string &path, const part_fn &tell)
{
	try {
		read_objects(all, path, tell);
	} catch (const osmium::out_of_order_error &e) {
		throw std::runtime_error(path + ": " + e.what() +
		                         ": sort it by type and id with `osmium sort`");
	} catch (const osmium::io_error &e) {
		throw std::runtime_error(
		    path + ": " + e.what() +
		    ": it is not whole or no OpenStreetMap file; fetch it again");
	}
}

} // namespace making

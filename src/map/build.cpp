/*
 * Reads OpenStreetMap files with libosmium (the only file that knows it) and hands what it finds to
 * the parts in build/. Also the C door of map building: no exception leaves it. Two passes over
 * each input: relations first (restrictions, outlines), then nodes, ways and the areas put together
 * from them.
 */
#include "build/compile.hpp"

#include "base/log.h"

#include <osmium/area/assembler.hpp>
#include <osmium/area/multipolygon_manager.hpp>
#include <osmium/handler.hpp>
#include <osmium/handler/node_locations_for_ways.hpp>
#include <osmium/index/map/flex_mem.hpp>
#include <osmium/io/any_input.hpp>
#include <osmium/visitor.hpp>

#include <algorithm>
#include <cstring>
#include <exception>
#include <string>
#include <unordered_set>

namespace {

using namespace making;
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

std::string text_of(const osmium::OSMObject &object, const char *key)
{
	const char *value = object.tags().get_value_by_key(key);
	return value ? value : "";
}

/* Says how far we are; the caller may be a terminal. */
class progress {
      public:
	progress(map_progress_fn *fn, void *ctx) : m_fn(fn), m_ctx(ctx)
	{
	}
	void say(double done, const char *step) const
	{
		if (m_fn)
			m_fn(m_ctx, done, step);
	}

      private:
	map_progress_fn *m_fn;
	void *m_ctx;
};

/* Everything found, over all inputs. An object that several inputs hold is taken once. */
struct collection {
	image out;
	network roads;
	std::unordered_set<int64_t> seen_ways, seen_restrictions;
	bool several = false;
};

/* ---- relations: restrictions ---- */

class relation_handler : public osmium::handler::Handler {
      public:
	explicit relation_handler(collection &all) : m_all(all)
	{
	}
	void relation(const osmium::Relation &r)
	{
		if (text_of(r, "type") != "restriction" ||
		    !m_all.seen_restrictions.insert(r.id()).second)
			return;
		tags t = tags_of(r);
		enum restriction_kind kind = tags_restriction(&t);
		m_all.out.counts.conditional += kind == RESTRICTION_CONDITIONAL;
		if (kind == RESTRICTION_NO || kind == RESTRICTION_ONLY)
			add(r, kind == RESTRICTION_ONLY);
	}

      private:
	/* no_entry and no_exit have several from or to: each pair is one restriction. */
	void add(const osmium::Relation &r, bool only)
	{
		std::vector<int64_t> from, via, to;
		bool via_way = false;
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
				via_way = true;
		}
		m_all.out.counts.via_way += via_way;
		if (via_way || via.size() != 1)
			return;
		for (int64_t f : from)
			for (int64_t t : to)
				m_all.roads.add_restriction({only, f, via[0], t});
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
		tags t = tags_of(n);
		if (!n.tags().empty() && tags_blocks(&t))
			m_all.roads.add_block(n.id());
	}
	void way(const osmium::Way &w)
	{
		if (m_all.several && !m_all.seen_ways.insert(w.id()).second)
			return;
		tags t = tags_of(w);
		m_all.out.counts.ferries += tags_is_ferry(&t);
		way_rule rule = tags_way(&t);
		if (!rule.drawn)
			return;
		refs(w);
		uint32_t name = m_all.out.strings.put(text_of(w, "name"));
		if (rule.car)
			m_all.roads.add_way(w.id(), m_refs, rule, name);
	}

      private:
	/* Its nodes with places; a way cut by the input's edge keeps the nodes that are there. */
	void refs(const osmium::Way &w)
	{
		m_refs.clear();
		for (const auto &n : w.nodes())
			if (n.location().valid() && (m_refs.empty() || m_refs.back().id != n.ref()))
				m_refs.push_back({n.ref(), {n.location().y(), n.location().x()}});
	}
	collection &m_all;
	std::vector<node_ref> m_refs;
};

/* ---- passes ---- */

void read_input(collection &all, const std::string &path, const progress &says, double from,
                double share)
{
	osmium::io::File file{path};
	relation_handler relations{all};
	{
		osmium::io::Reader reader{file, osmium::osm_entity_bits::relation};
		osmium::apply(reader, relations);
		reader.close();
	}
	location_index index;
	osmium::handler::NodeLocationsForWays<location_index> locations{index};
	locations.ignore_errors();
	object_handler objects{all};
	osmium::io::Reader reader{file,
	                          osmium::osm_entity_bits::node | osmium::osm_entity_bits::way};
	double bytes = static_cast<double>(std::max<size_t>(1, reader.file_size()));
	while (osmium::memory::Buffer buffer = reader.read()) {
		osmium::apply(buffer, locations, objects);
		says.say(from + share * static_cast<double>(reader.offset()) / bytes, "reading");
	}
	reader.close();
}

void build(const std::vector<std::string> &inputs, const std::string &output, const progress &says)
{
	collection all;
	all.several = inputs.size() > 1;
	double share = 0.7 / static_cast<double>(inputs.size());
	for (size_t i = 0; i < inputs.size(); i++)
		read_input(all, inputs[i], says, share * static_cast<double>(i), share);
	says.say(0.7, "roads");
	all.roads.finish(all.out);
	if (all.out.segments.empty())
		throw std::runtime_error("the inputs hold no road that a car may use");
	says.say(0.95, "writing");
	all.out.write(output);
	says.say(1, "done");
}

/* The guard at the C door: any exception becomes a problem. */
template <typename F> bool guarded(struct problem *p, F &&body)
{
	try {
		body();
		return true;
	} catch (const std::bad_alloc &) {
		return problem_set(p, PROBLEM_INTERNAL, "map",
		                   "not enough memory to build the map");
	} catch (const std::exception &e) {
		return problem_set(p, PROBLEM_INPUT, "map", "%s", e.what());
	} catch (...) {
		return problem_set(p, PROBLEM_INTERNAL, "map",
		                   "unknown failure while building the map");
	}
}

} // namespace

extern "C" bool map_build(const char *const *inputs, size_t count, const char *output,
                          map_progress_fn *fn, void *ctx, struct problem *p)
{
	return guarded(p, [&] { build({inputs, inputs + count}, output, progress{fn, ctx}); });
}

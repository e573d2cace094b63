/*
 * Reads OpenStreetMap files with libosmium (the only file that knows it) and hands what it finds to
 * the parts in compile.hpp. Also the C door of map building: no exception leaves it. Two passes
 * over each input: relations first (restrictions, outlines), then nodes, ways and the areas put
 * together from them.
 */
#include "looks.h"
#include "order.hpp"
#include "../tile/shapes.hpp"

#include "base/log.h"

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
#include <cctype>
#include <cmath>
#include <cstring>
#include <exception>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
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
	built_up towns;
	drawing drawn{out};
	gazetteer names;
	std::unordered_set<int64_t> seen_nodes, seen_ways, seen_areas, seen_relations;
	std::unordered_map<int64_t, unsigned>
	    boundary_level; /* of member ways: the most important */
	bool several = false;

	bool again(std::unordered_set<int64_t> &seen, int64_t id) const
	{
		return several && !seen.insert(id).second;
	}
	drawing::look look(map_layer layer, unsigned feature_class, unsigned zoom,
	                   const std::string &name = "")
	{
		return {layer, feature_class, zoom, out.strings.put(name), 0, 0};
	}
	drawing::look look(const map_look &l, const std::string &name)
	{
		return {l.layer, l.feature_class, l.min_zoom, out.strings.put(name),
		        out.strings.put(number_of(l.ref)), l.flags};
	}
	/* "A22;E45" -> "A22"; what is too long for a shield is none. */
	static std::string number_of(const char *ref)
	{
		std::string first = ref ? std::string{ref, std::strcspn(ref, ";")} : "";
		return first.size() <= 8 ? first : "";
	}
};

map_vertex vertex_of(const osmium::Location &l)
{
	return {l.y(), l.x()};
}

map_vertex middle_of(const line &shape)
{
	int64_t lat = 0, lon = 0;
	for (const map_vertex &v : shape) {
		lat += v.lat;
		lon += v.lon;
	}
	auto count = static_cast<int64_t>(std::max<size_t>(1, shape.size()));
	return {static_cast<int32_t>(lat / count), static_cast<int32_t>(lon / count)};
}

/* ---- relations: restrictions, and which ways are boundaries ---- */

class relation_handler : public osmium::handler::Handler {
      public:
	explicit relation_handler(collection &all) : m_all(all)
	{
	}
	void relation(const osmium::Relation &r)
	{
		std::string type = text_of(r, "type");
		if (type == "boundary" && text_of(r, "boundary") == "administrative")
			boundary(r);
		if (type == "restriction" && !m_all.again(m_all.seen_relations, r.id()))
			restriction(r);
	}

      private:
	void boundary(const osmium::Relation &r)
	{
		auto level = static_cast<unsigned>(
		    std::strtoul(text_of(r, "admin_level").c_str(), nullptr, 10));
		if (level < 2 || level > 10)
			return;
		if (level == 8) {
			m_all.out.counts.cut_boundaries++; /* each whole one is taken off again */
			m_all.names.add_municipality_name(text_of(r, "name"));
		}
		for (const auto &m : r.members())
			if (m.type() == osmium::item_type::way) {
				auto [known, is_new] = m_all.boundary_level.emplace(m.ref(), level);
				known->second = std::min(known->second, level);
			}
	}
	void restriction(const osmium::Relation &r)
	{
		tags t = tags_of(r);
		enum restriction_kind kind = tags_restriction(&t);
		conditionals at_times = tags_conditionals(&t);
		m_all.out.counts.conditional += at_times.found;
		m_all.out.counts.conditional_unread += at_times.unread;
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

/* ---- what has an address or a name, whatever its shape ---- */

void take_address(collection &all, const osmium::OSMObject &o, map_vertex at)
{
	std::string number = text_of(o, "addr:housenumber");
	if (number.empty())
		return;
	std::string street = text_of(o, "addr:street");
	if (street.empty())
		street = text_of(o, "addr:place");
	bool plain = !o.tags().has_key("amenity") && !o.tags().has_key("shop") &&
	             !o.tags().has_key("office");
	int64_t node = o.type() == osmium::item_type::node ? o.id() : 0;
	all.names.add_address({street, number, text_of(o, "addr:city"), at, plain, false}, node);
	all.towns.add_address(at);
	all.drawn.add_point(all.look(LAYER_HOUSENUMBER, 0, 17, number), at);
}

void take_poi(collection &all, const osmium::OSMObject &o, map_vertex at)
{
	static const struct {
		const char *amenity;
		map_poi poi;
		unsigned zoom;
	} kinds[] = {{"school", POI_SCHOOL, 15},     {"kindergarten", POI_SCHOOL, 16},
	             {"university", POI_SCHOOL, 15}, {"college", POI_SCHOOL, 15},
	             {"hospital", POI_HOSPITAL, 13}, {"clinic", POI_HOSPITAL, 15},
	             {"pharmacy", POI_PHARMACY, 15}};
	std::string amenity = text_of(o, "amenity"), name = text_of(o, "name");
	for (const auto &k : kinds)
		if (amenity == k.amenity)
			all.drawn.add_point(all.look(LAYER_POI, k.poi, k.zoom, name), at);
	tags t = tags_of(o);
	if (const landmark *what = landmark_of(&t))
		all.names.add_landmark(name, *what, at);
}

/* "SS12", "S.P. 121 dir"; not "2" and "18/36", as platforms and runways have. */
bool is_road_number(const std::string &ref)
{
	size_t digits = ref.find_first_of("0123456789");
	auto is_letter = [](unsigned char c) { return std::isalpha(c) || c == '.' || c == ' '; };
	std::string letters = ref.substr(0, digits);
	return digits != std::string::npos && digits > 0 &&
	       std::all_of(letters.begin(), letters.end(), is_letter);
}

/* "12", "12+000", "12.0"; "" where it stands between two whole kilometres. */
std::string whole_kilometres(const std::string &distance)
{
	size_t digits = distance.find_first_not_of("0123456789");
	bool whole = digits == std::string::npos ||
	             (std::strchr(".,+", distance[digits]) &&
	              distance.find_first_not_of('0', digits + 1) == std::string::npos);
	std::string figure = distance.substr(0, digits);
	return whole && figure.size() <= 4 ? figure : "";
}

/* "SP235 km 2" */
void take_stone(collection &all, const osmium::Node &n)
{
	std::string road = text_of(n, "ref"), distance = text_of(n, "distance");
	if (text_of(n, "highway") != "milestone" || !is_road_number(road))
		return;
	std::string figure = whole_kilometres(distance.empty() ? text_of(n, "pk") : distance);
	if (!figure.empty())
		all.names.add_stone(road + " km " + figure, vertex_of(n.location()));
}

/* Of a road between places; one road may have several: "SS12;SP90". */
std::vector<std::string> road_numbers(const osmium::Way &w)
{
	std::vector<std::string> numbers;
	tags t = tags_of(w);
	way_rule rule = tags_way(&t);
	std::istringstream refs(rule.car && rule.road_class <= ROAD_MINOR ? text_of(w, "ref") : "");
	for (std::string ref; std::getline(refs >> std::ws, ref, ';');)
		if (is_road_number(ref))
			numbers.push_back(ref);
	return numbers;
}

void take_place(collection &all, const osmium::Node &n)
{
	static const struct {
		const char *place;
		map_place_class place_class;
		unsigned zoom;
	} kinds[] = {{"city", PLACE_CITY, 8},
	             {"town", PLACE_TOWN, 9},
	             {"village", PLACE_VILLAGE, 11},
	             {"hamlet", PLACE_HAMLET, 13},
	             {"suburb", PLACE_SUBURB, 12},
	             {"quarter", PLACE_SUBURB, 13},
	             {"isolated_dwelling", PLACE_HAMLET, 15},
	             {"neighbourhood", PLACE_SUBURB, 14}};
	std::string place = text_of(n, "place"), name = text_of(n, "name");
	for (const auto &k : kinds)
		if (place == k.place && !name.empty()) {
			all.drawn.add_point(all.look(LAYER_PLACE, k.place_class, k.zoom, name),
			                    vertex_of(n.location()));
			all.names.add_place(name, k.place_class, vertex_of(n.location()));
		}
}

/* ---- nodes and ways ---- */

class object_handler : public osmium::handler::Handler {
      public:
	explicit object_handler(collection &all) : m_all(all)
	{
	}
	void node(const osmium::Node &n)
	{
		if (n.tags().empty() || !n.location().valid() ||
		    m_all.again(m_all.seen_nodes, n.id()))
			return;
		tags t = tags_of(n);
		node_rule rule = tags_node(&t);
		if (rule.sign != SIGN_NONE)
			m_all.roads.add_sign(n.id(), rule);
		take_address(m_all, n, vertex_of(n.location()));
		take_poi(m_all, n, vertex_of(n.location()));
		take_place(m_all, n);
		take_stone(m_all, n);
	}
	void way(const osmium::Way &w)
	{
		if (m_all.again(m_all.seen_ways, w.id()))
			return;
		auto border = m_all.boundary_level.find(w.id());
		if (w.tags().empty() && border == m_all.boundary_level.end())
			return;
		read_refs(w);
		if (m_shape.size() < 2)
			return;
		if (border != m_all.boundary_level.end())
			take_border(w, border->second);
		take_road(w);
		if (std::string numbers = text_of(w, "addr:interpolation"); !numbers.empty())
			m_all.names.add_interpolation(numbers, text_of(w, "addr:street"), m_refs);
		take_line(w);
		take_address(m_all, w, middle_of(m_shape));
		take_poi(m_all, w, middle_of(m_shape));
	}

      private:
	/* Its nodes with places; a way cut by the input's edge keeps the nodes that are there. */
	void read_refs(const osmium::Way &w)
	{
		m_refs.clear();
		m_shape.clear();
		for (const auto &n : w.nodes())
			if (n.location().valid() &&
			    (m_refs.empty() || m_refs.back().id != n.ref())) {
				m_refs.push_back({n.ref(), vertex_of(n.location())});
				m_shape.push_back(vertex_of(n.location()));
			}
	}
	/* At sea and along a coast a border would only be a dashed line in the water. */
	void take_border(const osmium::Way &w, unsigned level)
	{
		tags t = tags_of(w);
		if (look_is_coast(&t) || text_of(w, "maritime") == "yes")
			return;
		unsigned zoom = level <= 6 ? 8 : level == 7 ? 9 : level == 8 ? 10 : 12;
		m_all.drawn.add_line(m_all.look(LAYER_BOUNDARY, level, zoom), m_shape);
	}
	void take_road(const osmium::Way &w)
	{
		tags t = tags_of(w);
		way_rule rule = tags_way(&t);
		conditionals at_times = tags_conditionals(&t);
		m_all.out.counts.conditional_roads += at_times.found;
		m_all.out.counts.conditional_unread += at_times.unread;
		m_all.out.counts.ferries += rule.ferry && rule.car;
		m_all.out.counts.other_ferries += rule.ferry && !rule.car;
		if (rule.car)
			m_all.roads.add_way(w.id(), m_refs, rule, m_all.out.strings.put(text_of(w, "name")));
	}
	/* What is drawn as a line; a street is found by its name too. */
	void take_line(const osmium::Way &w)
	{
		tags t = tags_of(w);
		if (look_is_coast(&t))
			m_all.drawn.add_coast(m_shape);
		map_look look = look_of_line(&t);
		if (!look.drawn)
			return;
		std::string name = look.named ? text_of(w, "name") : "";
		if (look.against)
			std::reverse(m_shape.begin(), m_shape.end());
		uint32_t id = m_all.drawn.add_line(m_all.look(look, name), m_shape);
		if (look.layer == LAYER_ROAD)
			take_name(w, id);
	}
	/* By which names a road is searched; "SP121" is all the name that some have. */
	void take_name(const osmium::Way &w, uint32_t drawn)
	{
		gazetteer::road road{text_of(w, "name"), road_numbers(w), drawn};
		if (road.name.empty() && !road.also.empty())
			road.name = road.also[0];
		for (const char *key : {"alt_name", "old_name", "loc_name", "official_name",
		                        "short_name", "name:it", "name:de"})
			if (std::string also = text_of(w, key); !also.empty())
				road.also.push_back(also);
		m_all.names.add_road(road, m_refs);
	}
	collection &m_all;
	std::vector<node_ref> m_refs;
	line m_shape;
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
		if (m_all.again(m_all.seen_areas, a.id()))
			return;
		read_rings(a);
		if (m_shape.rings.empty())
			return;
		if (text_of(a, "boundary") == "administrative") {
			if (text_of(a, "admin_level") == "8")
				take_municipality(a);
		} else {
			take_cover(a);
		}
		if (!a.from_way()) { /* closed ways came as ways already */
			take_address(m_all, a, middle_of(m_shape.rings[0]));
			take_poi(m_all, a, middle_of(m_shape.rings[0]));
		}
	}

      private:
	void take_municipality(const osmium::Area &a)
	{
		m_all.names.add_municipality(text_of(a, "name"), m_shape.rings);
		m_all.out.counts.cut_boundaries -=
		    m_all.out.counts.cut_boundaries > 0 && !a.from_way();
	}
	void take_cover(const osmium::Area &a)
	{
		tags t = tags_of(a);
		map_look look = look_of_area(&t);
		if (!look.drawn)
			return;
		if (look.layer == LAYER_BUILDING)
			m_all.towns.add_building(middle_of(m_shape.rings[0]));
		if (look.layer == LAYER_LANDUSE && look.feature_class == LANDUSE_URBAN)
			m_all.towns.add_area(m_shape.rings);
		if (look.sized)
			look.min_zoom = std::max(look.min_zoom, zoom_by_size());
		m_all.drawn.add_polygon(m_all.look(look, ""), m_shape);
		std::string name = look.named ? text_of(a, "name") : "";
		if (!name.empty())
			m_all.drawn.add_point(
			    m_all.look(LAYER_WATER_NAME, 0, look.min_zoom + 2, name), middle());
	}
	map_vertex middle() const
	{
		std::vector<shapes::path> flat;
		for (const line &ring : m_shape.rings) {
			flat.emplace_back();
			for (const map_vertex &v : ring)
				flat.back().push_back(shapes::on_tiles(v, 0));
		}
		return shapes::off_tiles(shapes::middle(flat), 0);
	}
	/* Seen from the zoom at which it covers some points of the screen. */
	unsigned zoom_by_size() const
	{
		const double points = 512, enough = 16;
		double square = 0;
		for (size_t i = 0; i < m_shape.rings.size(); i++) {
			shapes::path flat;
			for (const map_vertex &v : m_shape.rings[i])
				flat.push_back(shapes::on_tiles(v, 0));
			double area = std::abs(shapes::turning(flat)) / 2;
			square += m_shape.outer[i] ? area : -area;
		}
		unsigned zoom = 8;
		while (zoom < 14 && std::ldexp(points * std::sqrt(square), static_cast<int>(zoom)) <
		                        std::sqrt(enough))
			zoom++;
		return zoom;
	}
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

void read_input(collection &all, const std::string &path, const progress &says, double from,
                double share)
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
		says.say(from + share * static_cast<double>(reader.offset()) / bytes, "reading");
	}
	reader.close();
}

/* Can it be read, and is it not the file to be written? Asked of all before the work. */
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

/* What went wrong, with the file it went wrong in and what to do. */
void read_named(collection &all, const std::string &path, const progress &says, double from,
                double share)
{
	try {
		read_input(all, path, says, from, share);
	} catch (const osmium::out_of_order_error &e) {
		throw std::runtime_error(path + ": " + e.what() +
		                         ": sort it by type and id with `osmium sort`");
	} catch (const osmium::io_error &e) {
		throw std::runtime_error(path + ": " + e.what() +
		                         ": it is not whole or no OpenStreetMap file; fetch it again");
	}
}

void build(const std::vector<std::string> &inputs, const std::string &output, const progress &says)
{
	collection all;
	for (const std::string &input : inputs)
		try_input(input, output);
	image::try_output(output);
	all.several = inputs.size() > 1;
	double share = 0.7 / static_cast<double>(inputs.size());
	for (size_t i = 0; i < inputs.size(); i++)
		read_named(all, inputs[i], says, share * static_cast<double>(i), share);
	says.say(0.7, "roads");
	all.roads.finish(all.out, all.towns);
	if (all.out.segments.empty())
		throw std::runtime_error("the inputs hold no road that a car may use");
	says.say(0.72, "hierarchy");
	order_roads(all.out);
	says.say(0.85, "names");
	all.names.finish(all.out);
	list_islands(all.out);
	says.say(0.92, "drawing");
	all.drawn.finish();
	says.say(0.95, "writing");
	all.out.write(output, [&says](double part) { says.say(0.95 + 0.05 * part, "writing"); });
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

/*
 * Features -> a Mapbox Vector Tile 2.1, by protozero. Shapes are projected, clipped to the tile and
 * a margin, simplified to half a pixel and written; what is too small to be seen is left out.
 */
#include "../feature.h"
#include "shapes.hpp"

#include "map/tiles.h"

#include <protozero/pbf_writer.hpp>

#include <algorithm>
#include <cmath>
#include <exception>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

using shapes::box;
using shapes::path;
using shapes::spot;

constexpr int32_t EXTENT = 4096, MARGIN = 64;
constexpr box ROOM = {-MARGIN, -MARGIN, EXTENT + MARGIN, EXTENT + MARGIN};

struct cell {
	int32_t x, y;
};
using cells = std::vector<cell>;

/* ---- geometry ---- */

/* Degrees to the tile's own units, and what of the earth lies in it with its margin. */
class projection {
      public:
	projection(unsigned z, unsigned x, unsigned y) : m_zoom(z), m_x(x), m_y(y)
	{
		double beside = double(MARGIN) / EXTENT;
		m_north_west = shapes::off_tiles({x - beside, y - beside}, z);
		m_south_east = shapes::off_tiles({x + 1 + beside, y + 1 + beside}, z);
	}
	spot at(map_vertex v) const
	{
		spot p = shapes::on_tiles(v, m_zoom);
		return {(p.x - m_x) * EXTENT, (p.y - m_y) * EXTENT};
	}
	/* Surely nothing of the shape is in the tile: cheaper than to clip it. */
	bool misses(const std::vector<map_vertex> &shape) const
	{
		if (shape.empty())
			return true;
		map_vertex low = shape[0], high = shape[0];
		for (const map_vertex &v : shape) {
			low = {std::min(low.lat, v.lat), std::min(low.lon, v.lon)};
			high = {std::max(high.lat, v.lat), std::max(high.lon, v.lon)};
		}
		return low.lat > m_north_west.lat || high.lat < m_south_east.lat ||
		       low.lon > m_south_east.lon || high.lon < m_north_west.lon;
	}

      private:
	unsigned m_zoom;
	double m_x, m_y;
	map_vertex m_north_west, m_south_east;
};

/* Simplified to whole numbers, each once. */
cells rounded(const path &p, double tolerance)
{
	std::vector<bool> keep = shapes::simplify(p, tolerance);
	cells out;
	for (size_t i = 0; i < p.size(); i++) {
		cell c{static_cast<int32_t>(std::lround(p[i].x)),
		       static_cast<int32_t>(std::lround(p[i].y))};
		if (keep[i] && (out.empty() || out.back().x != c.x || out.back().y != c.y))
			out.push_back(c);
	}
	return out;
}

/* Twice the area; positive: clockwise on the screen, an outer ring. */
int64_t turning(const cells &ring)
{
	int64_t sum = 0;
	for (size_t i = 0; i < ring.size(); i++) {
		const cell &a = ring[i], &b = ring[(i + 1) % ring.size()];
		sum += int64_t{a.x} * b.y - int64_t{b.x} * a.y;
	}
	return sum;
}

/* ---- the format ---- */

class geometry {
      public:
	void point(cell c)
	{
		command(1, 1);
		move(c);
	}
	void line(const cells &line)
	{
		point(line[0]);
		command(2, line.size() - 1);
		for (size_t i = 1; i < line.size(); i++)
			move(line[i]);
	}
	void ring(const cells &ring)
	{
		line(ring);
		command(7, 1);
	}
	const std::vector<uint32_t> &commands() const
	{
		return m_commands;
	}

      private:
	void command(uint32_t id, size_t count)
	{
		m_commands.push_back(id | static_cast<uint32_t>(count) << 3);
	}
	void move(cell c)
	{
		m_commands.push_back(protozero::encode_zigzag32(c.x - m_at.x));
		m_commands.push_back(protozero::encode_zigzag32(c.y - m_at.y));
		m_at = c;
	}
	std::vector<uint32_t> m_commands;
	cell m_at{0, 0};
};

enum geometry_kind { POINT = 1, LINE = 2, POLYGON = 3 };

/* One layer; keys and values once each. */
class layer {
      public:
	void tag(const std::string &key, const char *text)
	{
		std::string value;
		protozero::pbf_writer{value}.add_string(1, text);
		put_tag(key, value);
	}
	void tag(const std::string &key, uint64_t number)
	{
		std::string value;
		protozero::pbf_writer{value}.add_uint64(5, number);
		put_tag(key, value);
	}
	void tag_true(const std::string &key)
	{
		std::string value;
		protozero::pbf_writer{value}.add_bool(7, true);
		put_tag(key, value);
	}
	void feature(geometry_kind kind, const geometry &shape)
	{
		std::string bytes;
		protozero::pbf_writer f{bytes};
		f.add_packed_uint32(2, m_tags.begin(), m_tags.end());
		f.add_enum(3, kind);
		f.add_packed_uint32(4, shape.commands().begin(), shape.commands().end());
		m_features.push_back(std::move(bytes));
		m_tags.clear();
	}
	void forget_tags()
	{
		m_tags.clear();
	}
	void write(protozero::pbf_writer &tile, const char *name) const
	{
		if (m_features.empty())
			return;
		protozero::pbf_writer l{tile, 3};
		l.add_uint32(15, 2);
		l.add_string(1, name);
		for (const std::string &f : m_features)
			l.add_message(2, f);
		for (const std::string *key : in_order(m_keys))
			l.add_string(3, *key);
		for (const std::string *value : in_order(m_values))
			l.add_message(4, *value);
		l.add_uint32(5, EXTENT);
	}

      private:
	using numbered = std::map<std::string, uint32_t>;
	static std::vector<const std::string *> in_order(const numbered &texts)
	{
		std::vector<const std::string *> out(texts.size());
		for (const auto &[text, number] : texts)
			out[number] = &text;
		return out;
	}
	void put_tag(const std::string &key, const std::string &value)
	{
		m_tags.push_back(m_keys.emplace(key, m_keys.size()).first->second);
		m_tags.push_back(m_values.emplace(value, m_values.size()).first->second);
	}
	numbered m_keys, m_values;
	std::vector<uint32_t> m_tags;
	std::vector<std::string> m_features;
};

/* ---- features of one tile ---- */

const char *const layer_names[LAYER_COUNT] = {"landuse",    "water",   "waterway", "building",
                                              "boundary",   "railway", "road",     "place",
                                              "water_name", "poi",     "housenumber"};
const char *const road_names[] = {"motorway", "trunk",   "primary",    "secondary",
                                  "tertiary", "minor",   "service",    "pedestrian",
                                  "track",    "path",    "construction", "runway"};
const char *const rail_names[] = {"train", "tram"};
const char *const landuse_names[] = {"wood", "grass", "urban", "sand", "square", "parking", "pier"};
const char *const place_names[] = {"city", "town", "village", "hamlet", "suburb"};
const char *const poi_names[] = {"school", "hospital", "pharmacy"};

template <size_t N> const char *named(const char *const (&names)[N], unsigned i)
{
	return names[std::min<size_t>(i, N - 1)];
}

class tile_maker {
      public:
	tile_maker(const map &from, unsigned z, unsigned x, unsigned y)
	    : m_map(from), m_z(z), m_x(x), m_y(y), m_projection(z, x, y),
	      m_tolerance(z < 14 ? 4 : 2)
	{
	}
	std::string make()
	{
		for (uint32_t id : found())
			draw(map_feature_at(&m_map, id));
		std::string bytes;
		protozero::pbf_writer tile{bytes};
		for (unsigned i = 0; i < LAYER_COUNT; i++)
			m_layers[i].write(tile, layer_names[i]);
		return bytes;
	}

      private:
	std::vector<uint32_t> found() const
	{
		unsigned group = MAP_TILE_GROUPS - 1;
		while (group > 0 && map_tile_group_first_zoom[group] > m_z)
			group--;
		std::vector<uint32_t> ids;
		find_in(group, ids);
		std::sort(ids.begin(), ids.end());
		ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
		return ids;
	}
	void find_in(unsigned group, std::vector<uint32_t> &ids) const
	{
		unsigned level = map_tile_group_level[group];
		unsigned up = m_z > level ? m_z - level : 0, down = m_z < level ? level - m_z : 0;
		uint64_t x = (uint64_t{m_x} >> up) << down, y = (uint64_t{m_y} >> up) << down,
		         side = uint64_t{1} << down;
		for (uint64_t row = y; row < y + side; row++)
			for (uint64_t column = x; column < x + side; column++)
				find_in_cell(m_map.tiles[group], row << 32 | column, ids);
	}
	void find_in_cell(const map_cells &in, uint64_t key, std::vector<uint32_t> &ids) const
	{
		const uint32_t *items = nullptr;
		size_t count = map_cell_items(&in, key, &items);
		for (size_t i = 0; i < count; i++)
			if (map_feature_at(&m_map, items[i]).min_zoom <= m_z)
				ids.push_back(items[i]);
	}
	path projected(const std::vector<map_vertex> &shape) const
	{
		path out;
		out.reserve(shape.size());
		for (const map_vertex &v : shape)
			out.push_back(m_projection.at(v));
		return out;
	}
	void draw(map_feature f)
	{
		if (f.layer >= LAYER_COUNT)
			return;
		geometry shape;
		geometry_kind kind = map_layer_is_point(f.layer)     ? POINT
		                     : map_layer_is_polygon(f.layer) ? POLYGON
		                                                     : LINE;
		bool seen = kind == POINT  ? draw_point(f.shape, shape)
		            : kind == LINE ? draw_line(f.shape, shape)
		                           : draw_polygon(f.shape, shape);
		if (!seen)
			return;
		describe(f, m_layers[f.layer]);
		m_layers[f.layer].feature(kind, shape);
	}
	static std::vector<map_vertex> line_of(map_pen &pen)
	{
		std::vector<map_vertex> out;
		for (uint32_t left = map_pen_number(&pen); left > 0 && !map_pen_ended(&pen); left--)
			out.push_back(map_pen_vertex(&pen));
		return out;
	}
	bool draw_point(map_pen &pen, geometry &out) const
	{
		spot p = m_projection.at(map_pen_vertex(&pen));
		/* Only in its own tile: a label must not come twice. */
		if (p.x < 0 || p.y < 0 || p.x >= EXTENT || p.y >= EXTENT)
			return false;
		out.point({static_cast<int32_t>(p.x), static_cast<int32_t>(p.y)});
		return true;
	}
	bool draw_line(map_pen &pen, geometry &out) const
	{
		std::vector<map_vertex> shape = line_of(pen);
		bool any = false;
		if (m_projection.misses(shape))
			return false;
		for (const path &part : shapes::clip_line(projected(shape), ROOM)) {
			cells c = rounded(part, m_tolerance);
			if (c.size() < 2)
				continue;
			out.line(c);
			any = true;
		}
		return any;
	}
	bool draw_polygon(map_pen &pen, geometry &out) const
	{
		bool any = false, outer_seen = false;
		for (uint32_t left = map_pen_number(&pen); left > 0 && !map_pen_ended(&pen); left--) {
			std::vector<map_vertex> shape = line_of(pen);
			bool missed = m_projection.misses(shape);
			cells ring = missed ? cells{} : screen_ring(projected(shape));
			int64_t area = ring.size() < 3 ? 0 : turning(ring);
			bool outer = area > 0;
			/* A hole of a ring that is too small to be seen goes with it. */
			if (std::abs(area) < 2 * 64 || (!outer && !outer_seen)) {
				outer_seen = outer_seen && area <= 0;
				continue;
			}
			outer_seen = outer_seen || outer;
			out.ring(ring);
			any = true;
		}
		return any;
	}
	cells screen_ring(path ring) const
	{
		ring = shapes::clip_ring(std::move(ring), ROOM);
		if (ring.size() < 3)
			return {};
		ring.push_back(ring.front());
		cells c = rounded(ring, m_tolerance);
		if (c.size() > 1 && c.front().x == c.back().x && c.front().y == c.back().y)
			c.pop_back();
		return c;
	}
	void describe(const map_feature &f, layer &to) const
	{
		to.forget_tags();
		if (const char *name = class_of(f))
			to.tag("class", name);
		if (f.layer == LAYER_BOUNDARY)
			to.tag("admin_level", uint64_t{f.feature_class});
		if ((f.flags & FEATURE_ONEWAY) && m_z >= 15)
			to.tag_true("oneway");
		if (f.flags & FEATURE_LINK)
			to.tag_true("link");
		if (f.flags & (FEATURE_BRIDGE | FEATURE_TUNNEL))
			to.tag("structure", f.flags & FEATURE_TUNNEL ? "tunnel" : "bridge");
		if (const char *name = map_string(&m_map, f.name))
			to.tag(f.layer == LAYER_HOUSENUMBER ? "number" : "name", name);
		if (const char *ref = map_string(&m_map, f.ref))
			to.tag("ref", ref);
	}
	static const char *class_of(const map_feature &f)
	{
		switch (f.layer) {
		case LAYER_LANDUSE: return named(landuse_names, f.feature_class);
		case LAYER_RAILWAY: return named(rail_names, f.feature_class);
		case LAYER_ROAD: return named(road_names, f.feature_class);
		case LAYER_PLACE: return named(place_names, f.feature_class);
		case LAYER_POI: return named(poi_names, f.feature_class);
		default: return nullptr;
		}
	}
	const map &m_map;
	unsigned m_z, m_x, m_y;
	projection m_projection;
	double m_tolerance;
	layer m_layers[LAYER_COUNT];
};

} // namespace

/* The guard at the C door: out of memory and the like make no tile. */
extern "C" bool map_tile(const struct map *map, unsigned z, unsigned x, unsigned y, struct str *out)
{
	if (z > 18 || x >> z || y >> z)
		return false;
	try {
		std::string bytes = z < 8 ? std::string{} : tile_maker{*map, z, x, y}.make();
		str_addn(out, bytes.data(), bytes.size());
		return true;
	} catch (const std::exception &) {
		return false;
	}
}

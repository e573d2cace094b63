/*
 * What is drawn: shapes with a layer and the zoom from which they are seen, found by tile. Polygons
 * are turned as vector tiles want them (outer rings clockwise on screen). Encoding is tile.cpp's
 * work.
 */
#include "compile.hpp"

#include <algorithm>
#include <cmath>

namespace making {

namespace {

unsigned group_of(unsigned min_zoom)
{
	unsigned group = 0;
	while (group + 1 < MAP_TILE_GROUPS && map_tile_group_first_zoom[group + 1] <= min_zoom)
		group++;
	return group;
}

struct tile_point {
	double x, y;
};

tile_point tile_of(map_vertex v, unsigned level)
{
	double side = std::ldexp(1.0, static_cast<int>(level));
	double lat = std::clamp(v.lat / 1e7, -85.05, 85.05) * M_PI / 180;
	return {(v.lon / 1e7 + 180) / 360 * side,
	        (1 - std::asinh(std::tan(lat)) / M_PI) / 2 * side};
}

/* Twice the area in square units; positive: counter-clockwise with north up. */
double turning(const line &ring)
{
	double sum = 0;
	for (size_t i = 1; i < ring.size(); i++)
		sum += double(ring[i - 1].lon) * double(ring[i].lat) -
		       double(ring[i].lon) * double(ring[i - 1].lat);
	return sum;
}

} // namespace

uint32_t drawing::put(const look &how, const line &shape)
{
	map_feature f{};
	f.shape = static_cast<uint32_t>(m_out.feature_shape.size());
	f.vertices = static_cast<uint32_t>(shape.size());
	f.name = how.name;
	f.layer = static_cast<uint8_t>(how.layer);
	f.feature_class = static_cast<uint8_t>(how.feature_class);
	f.min_zoom = static_cast<uint8_t>(how.min_zoom);
	f.flags = how.flags;
	m_out.feature_shape.insert(m_out.feature_shape.end(), shape.begin(), shape.end());
	m_out.features.push_back(f);
	return static_cast<uint32_t>(m_out.features.size() - 1);
}

/* All tiles under the piece's box and a little more: what lies just outside a tile still shows in
 * it. */
void drawing::index(uint32_t feature, const line &piece)
{
	const double beside = 1.0 / 64;
	unsigned group = group_of(m_out.features[feature].min_zoom),
	         level = map_tile_group_level[group];
	tile_point low = tile_of(piece[0], level), high = low;
	for (const map_vertex &v : piece) {
		tile_point p = tile_of(v, level);
		low = {std::min(low.x, p.x), std::min(low.y, p.y)};
		high = {std::max(high.x, p.x), std::max(high.y, p.y)};
	}
	auto last = static_cast<int64_t>(std::ldexp(1.0, static_cast<int>(level))) - 1;
	auto cell = [last](double at) {
		return std::clamp(static_cast<int64_t>(std::floor(at)), int64_t{0}, last);
	};
	for (int64_t y = cell(low.y - beside); y <= cell(high.y + beside); y++)
		for (int64_t x = cell(low.x - beside); x <= cell(high.x + beside); x++)
			m_cells[group].put(map_cell_key(y, x), feature);
}

uint32_t drawing::add_line(const look &how, const line &shape)
{
	uint32_t id = put(how, shape);
	for (size_t i = 1; i < shape.size(); i++)
		index(id, {shape[i - 1], shape[i]});
	return id;
}

void drawing::add_polygon(const look &how, const std::vector<line> &rings,
                          const std::vector<bool> &outer)
{
	line all;
	for (size_t i = 0; i < rings.size(); i++) {
		line ring = rings[i];
		if ((turning(ring) > 0) == outer[i])
			std::reverse(ring.begin(), ring.end());
		all.insert(all.end(), ring.begin(), ring.end());
	}
	if (!all.empty())
		index(put(how, all), all);
}

void drawing::add_point(const look &how, map_vertex at)
{
	index(put(how, {at}), {at});
}

void drawing::finish()
{
	for (unsigned g = 0; g < MAP_TILE_GROUPS; g++)
		m_cells[g].finish(m_out.tiles[g].cells, m_out.tiles[g].items);
}

} // namespace making

/*
 * Where the built-up areas are, for speeds: inside land used for living, trade or industry, or
 * among at least 25 houses (Codice della strada art. 3 calls «centro abitato» a group of no fewer
 * than 25 buildings), of which ten are enough along a road that is lit. What a tag says of the road
 * itself goes before (road_place in speed.c).
 */
#include "compile.hpp"

#include <algorithm>

namespace making {

constexpr int64_t FINE = MAP_CELL / 2;           /* a cell of an area: about 55 m by 38 m */
constexpr int64_t MOST_CELLS_ACROSS = 2000;      /* 100 km: no town is that large */
constexpr unsigned HOUSES = 25, HOUSES_LIT = 10; /* in 3 x 3 cells of MAP_CELL, about 8 ha */

static uint64_t fine_key(int64_t row, int64_t column)
{
	return (static_cast<uint64_t>(row) << 32) | static_cast<uint64_t>(column);
}

static int64_t fine_row(int64_t lat)
{
	return (lat + 900000000) / FINE;
}

static int64_t fine_column(int64_t lon)
{
	return (lon + 1800000000) / FINE;
}

/* Where the rings cross a line from west to east. */
static std::vector<int64_t> crossings(const std::vector<line> &rings, int64_t lat)
{
	std::vector<int64_t> found;
	for (const line &ring : rings)
		for (size_t i = 1; i < ring.size(); i++) {
			const map_vertex &a = ring[i - 1], &b = ring[i];
			if ((a.lat > lat) == (b.lat > lat))
				continue;
			double part = static_cast<double>(lat - a.lat) /
			              (static_cast<double>(b.lat) - static_cast<double>(a.lat));
			found.push_back(a.lon +
			                static_cast<int64_t>(part * (static_cast<double>(b.lon) -
			                                             static_cast<double>(a.lon))));
		}
	std::sort(found.begin(), found.end());
	return found;
}

void built_up::add_area(const std::vector<line> &rings)
{
	int64_t low = INT64_MAX, high = INT64_MIN;
	for (const line &ring : rings)
		for (const map_vertex &v : ring) {
			low = std::min(low, fine_row(v.lat));
			high = std::max(high, fine_row(v.lat));
		}
	if (high - low > MOST_CELLS_ACROSS)
		return;
	for (int64_t row = low; row <= high; row++) {
		std::vector<int64_t> x = crossings(rings, row * FINE + FINE / 2 - 900000000);
		for (size_t i = 0; i + 1 < x.size(); i += 2)
			fill(row, fine_column(x[i] + FINE / 2), fine_column(x[i + 1] + FINE / 2));
	}
}

void built_up::fill(int64_t row, int64_t from, int64_t to)
{
	for (int64_t column = from; column < std::min(to, from + MOST_CELLS_ACROSS); column++)
		m_cells.push_back(fine_key(row, column));
}

void built_up::finish()
{
	std::sort(m_cells.begin(), m_cells.end());
	m_cells.erase(std::unique(m_cells.begin(), m_cells.end()), m_cells.end());
}

void built_up::add_building(map_vertex at)
{
	m_houses[map_cell_key(map_cell_row(at.lat), map_cell_column(at.lon))].buildings++;
}

void built_up::add_address(map_vertex at)
{
	m_houses[map_cell_key(map_cell_row(at.lat), map_cell_column(at.lon))].addresses++;
}

/* Where buildings are not drawn, addresses tell of them. */
unsigned built_up::houses_near(map_vertex at) const
{
	unsigned buildings = 0, addresses = 0;
	int64_t row = map_cell_row(at.lat), column = map_cell_column(at.lon);
	for (int64_t r = row - 1; r <= row + 1; r++)
		for (int64_t c = column - 1; c <= column + 1; c++) {
			auto found = m_houses.find(map_cell_key(r, c));
			if (found == m_houses.end())
				continue;
			buildings += found->second.buildings;
			addresses += found->second.addresses;
		}
	return std::max(buildings, addresses);
}

bool built_up::holds(map_vertex at, bool lit) const
{
	uint64_t key = fine_key(fine_row(at.lat), fine_column(at.lon));
	return std::binary_search(m_cells.begin(), m_cells.end(), key) ||
	       houses_near(at) >= (lit ? HOUSES_LIT : HOUSES);
}

} // namespace making

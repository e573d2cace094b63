/* The ground: a grid of bent cells, each a municipality of the plain; pairs of them in the
 * mountains, blocks of them for cities. */
#include "region.hpp"

#include <algorithm>

namespace region {

uint64_t dice::bits()
{
	uint64_t z = (m_state += 0x9E3779B97F4A7C15U);
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
	return z ^ (z >> 31);
}

double dice::share()
{
	return static_cast<double>(bits() >> 11) / 9007199254740992.0;
}

double dice::lognormal(double median, double sigma)
{
	double u = 1 - share(), w = share();
	return median * std::exp(sigma * std::sqrt(-2 * std::log(u)) * std::cos(2 * M_PI * w));
}

namespace {

constexpr double JUNCTIONS_PER_CELL = 580; /* 1,000,000 make some 1,500 municipalities */

void lay_corners(region &r)
{
	for (uint32_t row = 0; row <= r.rows; row++)
		for (uint32_t column = 0; column <= r.columns; column++)
			r.corners.push_back(vec{column * CELL_M, row * CELL_M} +
			                    r.random.around(0.14 * CELL_M));
}

uint32_t found(region &r, vec site, bool mountain)
{
	town t{};
	t.site = site;
	t.mountain = mountain;
	t.weight = r.random.lognormal(mountain ? 0.45 : 0.8, 0.65);
	t.numbered = r.random.luck(0.3);
	r.towns.push_back(t);
	return static_cast<uint32_t>(r.towns.size() - 1);
}

/* A block of cells becomes one city; its size follows from its radius. */
void found_city(region &r, uint32_t column, uint32_t row, uint32_t side, double radius)
{
	uint32_t middle = r.cell(column + side / 2, row + side / 2);
	if (r.owner[middle] != NONE)
		return;
	vec site = {(column + side / 2.0) * CELL_M, (row + side / 2.0) * CELL_M};
	uint32_t city = found(r, site, false);
	r.towns[city].large = true;
	r.towns[city].radius = radius;
	r.towns[city].weight = 50.0 * side;
	for (uint32_t i = 0; i < side; i++)
		for (uint32_t j = 0; j < side; j++)
			r.owner[r.cell(column + i, row + j)] = city;
}

void found_cities(region &r)
{
	if (r.columns < 12 || r.mountain_row < 10)
		return;
	found_city(r, r.columns / 3, r.mountain_row / 2, 5, 7600);
	for (uint32_t i = 0; i < 4; i++) {
		uint32_t column = r.columns * (2 * i + 1) / 8, row = i % 2 ? 4 : r.mountain_row - 4;
		if (column + 3 < r.columns && r.owner[r.cell(column, row)] == NONE &&
		    r.owner[r.cell(column + 2, row)] == NONE &&
		    r.owner[r.cell(column + 1, row + 2)] == NONE)
			found_city(r, column, row, 3, 3100);
	}
}

void found_towns(region &r)
{
	for (uint32_t row = 0; row < r.rows; row++)
		for (uint32_t column = 0; column < r.columns; column++) {
			if (r.owner[r.cell(column, row)] != NONE)
				continue;
			bool mountain = row >= r.mountain_row,
			     pair = mountain && column + 1 < r.columns;
			vec middle = {(column + (pair ? 1.0 : 0.5)) * CELL_M, (row + 0.5) * CELL_M};
			uint32_t id = found(r, middle + r.random.around(0.12 * CELL_M), mountain);
			r.owner[r.cell(column, row)] = id;
			if (pair)
				r.owner[r.cell(column + 1, row)] = id;
		}
}

} // namespace

void lay_ground(region &r, uint64_t junctions)
{
	double cells = std::max(4.0, static_cast<double>(junctions) / JUNCTIONS_PER_CELL);
	r.columns = static_cast<uint32_t>(std::lround(std::sqrt(cells * 1.32)));
	r.rows = std::max(2u, static_cast<uint32_t>(std::lround(cells / r.columns)));
	r.mountain_row = r.rows - r.rows * 3 / 10;
	r.great_river_row = r.rows > 8 ? 2 : NONE;
	for (uint32_t column = 4; column + 2 < r.columns; column += 8)
		r.rivers.push_back(column);
	r.owner.assign(r.columns * r.rows, NONE);
	lay_corners(r);
	found_cities(r);
	found_towns(r);
	std::vector<std::string> known;
	for (town &t : r.towns) {
		do
			t.name = town_name(r.random);
		while (std::find(known.begin(), known.end(), t.name) != known.end());
		known.push_back(t.name);
	}
}

} // namespace region

/* Houses along the streets, with numbers where somebody has mapped them; woods, fields, lakes. */
#include "region.hpp"

namespace region {

namespace {

constexpr double HOUSE_EVERY_M = 21, BUILT = 0.5, FARM_BUILT = 0.12;

/* A house each so many metres, left and right in turn, numbered as in Italy: odd left, even right.
 */
void line_with_houses(region &r, const way &w)
{
	double next = r.random.between(8, HOUSE_EVERY_M), gone = 0;
	uint32_t odd = 1, even = 2;
	bool in_town = w.flags & IN_TOWN, numbered = r.towns[w.town].numbered && w.name;
	for (size_t i = 1; i < w.nodes.size(); i++) {
		vec a = r.at[w.nodes[i - 1]], b = r.at[w.nodes[i]], along = unit(b - a);
		double metres = length(b - a);
		for (; next < gone + metres; next += HOUSE_EVERY_M * r.random.between(0.6, 1.4)) {
			bool left = r.random.luck(0.5);
			uint32_t &number = left ? odd : even;
			number += 2;
			if (!r.random.luck(in_town ? BUILT : FARM_BUILT))
				continue;
			vec side = left_of(along) * ((left ? 1 : -1) * r.random.between(11, 16));
			bool said = numbered && r.random.luck(0.75);
			char letter =
			    r.random.luck(0.06) ? static_cast<char>('A' + r.random.below(3)) : '\0';
			r.houses.push_back({a + along * (next - gone) + side, along, w.town, w.name,
			                    said ? number - 2 : 0, letter, r.random.luck(0.8)});
		}
		gone += metres;
	}
}

bool has_houses(const way &w)
{
	return w.kind >= SECONDARY && w.kind <= SERVICE && !(w.flags & (RING | BRIDGE | PRIVATE));
}

ring blob(region &r, vec middle, double radius, const char *key, const char *value)
{
	ring area{{}, key, value};
	double a = r.random.between(0, 6.28), b = r.random.between(0, 6.28);
	uint32_t corners = 12 + r.random.below(40);
	for (uint32_t i = 0; i < corners; i++) {
		double angle = 2 * M_PI * i / corners;
		double far =
		    radius * (1 + 0.25 * std::sin(2 * angle + a) + 0.15 * std::sin(5 * angle + b));
		area.corners.push_back(middle + vec{std::cos(angle), std::sin(angle)} * far);
	}
	return area;
}

void cover(region &r, uint32_t column, uint32_t row)
{
	bool mountain = row >= r.mountain_row;
	vec low = {column * CELL_M, row * CELL_M};
	for (uint32_t i = 0; i < (mountain ? 14u : 16u); i++) {
		vec at = low + vec{r.random.between(0, CELL_M), r.random.between(0, CELL_M)};
		double fate = r.random.share();
		if (mountain)
			r.land.push_back(
			    fate < 0.8
			        ? blob(r, at, r.random.between(200, 900), "natural", "wood")
			        : blob(r, at, r.random.between(100, 500), "natural", "grassland"));
		else
			r.land.push_back(
			    fate < 0.15 ? blob(r, at, r.random.between(60, 250), "natural", "wood")
			    : fate < 0.2
			        ? blob(r, at, r.random.between(20, 120), "natural", "water")
			        : blob(r, at, r.random.between(150, 420), "landuse", "farmland"));
	}
}

} // namespace

void furnish(region &r)
{
	for (const way &w : r.ways)
		if (has_houses(w))
			line_with_houses(r, w);
	for (const town &t : r.towns)
		r.land.push_back(blob(r, t.site, t.radius * 1.05, "landuse", "residential"));
	for (uint32_t row = 0; row < r.rows; row++)
		for (uint32_t column = 0; column < r.columns; column++)
			cover(r, column, row);
	if (r.mountain_row < r.rows)
		for (uint32_t column = 3; column + 4 < r.columns; column += 11)
			r.land.push_back(
			    blob(r, {(column + 1) * CELL_M, (r.mountain_row + 1.6) * CELL_M}, 1400,
			         "natural", "water"));
}

} // namespace region

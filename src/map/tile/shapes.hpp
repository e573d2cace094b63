/*
 * Flat geometry of drawn shapes, in the square of web maps: x to the east, y to the south, one unit
 * a tile of the level in question. Used when the map is built (drawing.cpp, coast.cpp) and when a
 * tile is made (tile.cpp).
 */
#ifndef PRONTOD_MAP_SHAPES_HPP
#define PRONTOD_MAP_SHAPES_HPP

#include "../file.h"

#include <cstddef>
#include <vector>

namespace shapes {

struct spot {
	double x, y;
};
using path = std::vector<spot>;

struct box {
	double left, top, right, bottom;
};
box bounds(const path &p); /* of at least one spot */
inline bool inside(const box &inner, const box &outer)
{
	return inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top &&
	       inner.bottom <= outer.bottom;
}
inline bool apart(const box &a, const box &b)
{
	return a.left > b.right || a.right < b.left || a.top > b.bottom || a.bottom < b.top;
}

/* Where a vertex lies among the tiles of a level, and back. Poles are cut off at 85.05 degrees. */
spot on_tiles(map_vertex v, unsigned level);
map_vertex off_tiles(spot at, unsigned level);

/* Sutherland and Hodgman: a ring, not closed by its first spot, stays one and keeps its turning. */
path clip_ring(path ring, const box &to);
/* The parts of a line inside. */
std::vector<path> clip_line(const path &line, const box &to);

/* Douglas and Peucker: which spots stay when none of the rest lies farther off than `tolerance`. */
std::vector<bool> simplify(const path &p, double tolerance);

/* Twice the area; positive: clockwise on the screen. */
double turning(const path &ring);

/* Is the spot inside these rings (even-odd)? */
bool within(const std::vector<path> &rings, spot at);
/* A spot well inside, where a name may stand: in the middle of the widest stretch of some rows. */
spot middle(const std::vector<path> &rings);

} // namespace shapes
#endif

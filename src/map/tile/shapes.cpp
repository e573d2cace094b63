/* Clipping, thinning and measuring of flat shapes. See shapes.hpp. */
#include "shapes.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace shapes {

box bounds(const path &p)
{
	box b{p[0].x, p[0].y, p[0].x, p[0].y};
	for (const spot &s : p)
		b = {std::min(b.left, s.x), std::min(b.top, s.y), std::max(b.right, s.x),
		     std::max(b.bottom, s.y)};
	return b;
}

spot on_tiles(map_vertex v, unsigned level)
{
	double side = std::ldexp(1.0, static_cast<int>(level));
	double lat = std::clamp(v.lat / 1e7, -85.05, 85.05) * M_PI / 180;
	return {(v.lon / 1e7 + 180) / 360 * side,
	        (1 - std::asinh(std::tan(lat)) / M_PI) / 2 * side};
}

map_vertex off_tiles(spot at, unsigned level)
{
	double side = std::ldexp(1.0, static_cast<int>(level));
	double lat = std::atan(std::sinh(M_PI * (1 - 2 * at.y / side))) * 180 / M_PI;
	double lon = at.x / side * 360 - 180;
	return {static_cast<int32_t>(std::lround(lat * 1e7)),
	        static_cast<int32_t>(std::lround(lon * 1e7))};
}

namespace {

/* One side of a box; inside is where `of` is not negative. */
struct border {
	bool vertical;
	double at, sign;
	double of(spot p) const
	{
		return ((vertical ? p.x : p.y) - at) * sign;
	}
	spot cross(spot a, spot b) const
	{
		double t = of(a) / (of(a) - of(b));
		spot p{a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)};
		(vertical ? p.x : p.y) = at; /* exactly, so that neighbours meet */
		return p;
	}
};

struct borders {
	border side[4];
	explicit borders(const box &b)
	    : side{{true, b.left, 1}, {true, b.right, -1}, {false, b.top, 1}, {false, b.bottom, -1}}
	{
	}
};

path ring_inside(const path &ring, const border &b)
{
	path kept;
	kept.reserve(ring.size() + 2);
	for (size_t i = 0; i < ring.size(); i++) {
		spot from = ring[i == 0 ? ring.size() - 1 : i - 1], to = ring[i];
		if ((b.of(from) >= 0) != (b.of(to) >= 0))
			kept.push_back(b.cross(from, to));
		if (b.of(to) >= 0)
			kept.push_back(to);
	}
	return kept;
}

void line_inside(const path &part, const border &b, std::vector<path> &kept)
{
	path run;
	for (size_t i = 0; i < part.size(); i++) {
		bool in = b.of(part[i]) >= 0;
		if (i > 0 && in != (b.of(part[i - 1]) >= 0))
			run.push_back(b.cross(part[i - 1], part[i]));
		if (in)
			run.push_back(part[i]);
		if (!in && run.size() > 1)
			kept.push_back(run);
		if (!in)
			run.clear();
	}
	if (run.size() > 1)
		kept.push_back(std::move(run));
}

double off_line(spot p, spot a, spot b)
{
	double dx = b.x - a.x, dy = b.y - a.y, square = dx * dx + dy * dy;
	double t =
	    square > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / square, 0.0, 1.0) : 0;
	dx = p.x - a.x - t * dx;
	dy = p.y - a.y - t * dy;
	return dx * dx + dy * dy; /* squared */
}

} // namespace

path clip_ring(path ring, const box &to)
{
	box all = ring.empty() ? to : bounds(ring);
	if (inside(all, to))
		return ring;
	if (apart(all, to))
		return {};
	for (const border &b : borders{to}.side)
		ring = ring_inside(ring, b);
	return ring;
}

std::vector<path> clip_line(const path &line, const box &to)
{
	box all = line.empty() ? to : bounds(line);
	if (apart(all, to))
		return {};
	std::vector<path> parts{line};
	if (inside(all, to))
		return parts;
	for (const border &b : borders{to}.side) {
		std::vector<path> kept;
		for (const path &part : parts)
			line_inside(part, b, kept);
		parts = std::move(kept);
	}
	return parts;
}

std::vector<bool> simplify(const path &p, double tolerance)
{
	std::vector<bool> keep(p.size(), false);
	if (p.empty())
		return keep;
	std::vector<std::pair<size_t, size_t>> open{{0, p.size() - 1}};
	keep.front() = keep.back() = true;
	while (!open.empty()) {
		auto [first, last] = open.back();
		open.pop_back();
		size_t farthest = first;
		double most = tolerance * tolerance;
		for (size_t i = first + 1; i < last; i++)
			if (double off = off_line(p[i], p[first], p[last]); off > most) {
				most = off;
				farthest = i;
			}
		if (farthest == first)
			continue;
		keep[farthest] = true;
		open.emplace_back(first, farthest);
		open.emplace_back(farthest, last);
	}
	return keep;
}

double turning(const path &ring)
{
	double sum = 0;
	for (size_t i = 0; i < ring.size(); i++) {
		const spot &a = ring[i], &b = ring[i + 1 < ring.size() ? i + 1 : 0];
		sum += (a.x - ring[0].x) * (b.y - ring[0].y) - (b.x - ring[0].x) * (a.y - ring[0].y);
	}
	return sum;
}

namespace {

/* Where the rings cross a row, from left to right. */
std::vector<double> crossings(const std::vector<path> &rings, double row)
{
	std::vector<double> at;
	for (const path &ring : rings)
		for (size_t i = 0; i < ring.size(); i++) {
			const spot &a = ring[i], &b = ring[i + 1 < ring.size() ? i + 1 : 0];
			if ((a.y > row) != (b.y > row))
				at.push_back(a.x + (row - a.y) / (b.y - a.y) * (b.x - a.x));
		}
	std::sort(at.begin(), at.end());
	return at;
}

} // namespace

bool within(const std::vector<path> &rings, spot at)
{
	std::vector<double> across = crossings(rings, at.y);
	return (std::lower_bound(across.begin(), across.end(), at.x) - across.begin()) % 2 == 1;
}

spot middle(const std::vector<path> &rings)
{
	box b = bounds(rings[0]);
	spot best{(b.left + b.right) / 2, (b.top + b.bottom) / 2};
	double widest = 0;
	for (int part = 1; part < 8; part++) {
		double row = b.top + (b.bottom - b.top) * part / 8;
		std::vector<double> at = crossings(rings, row);
		for (size_t i = 0; i + 1 < at.size(); i += 2)
			if (at[i + 1] - at[i] > widest * 1.1) {
				widest = at[i + 1] - at[i];
				best = {(at[i] + at[i + 1]) / 2, row};
			}
	}
	return best;
}

} // namespace shapes

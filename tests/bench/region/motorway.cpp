/*
 * Roads of two separate carriageways: motorways through the plain, a ring round each city. They
 * cross other roads on bridges; every so often four ramps join the two.
 */
#include "region.hpp"

#include <algorithm>

namespace region {

namespace {

constexpr double STEP_M = 420, HALF_M = 16;

/* Two one-way chains; forward[i] and back[i] stand side by side. */
struct dual {
	std::vector<uint32_t> forward, back;
	road_kind kind, ramp;
	size_t size() const
	{
		return forward.size();
	}
};

dual carriageways(region &r, const std::vector<vec> &line, bool closed, road_kind kind,
                  road_kind ramp)
{
	dual d{{}, {}, kind, ramp};
	size_t n = line.size();
	for (size_t i = 0; i < n; i++) {
		vec before = line[i > 0    ? i - 1
		                  : closed ? n - 1
		                           : 0],
		    after = line[i + 1 < n ? i + 1
		                 : closed  ? 0
		                           : n - 1];
		vec left = left_of(unit(after - before)) * HALF_M;
		d.forward.push_back(r.node(line[i] - left));
		d.back.push_back(r.node(line[i] + left));
	}
	for (size_t i = 1; i < n + closed; i++) {
		r.join(d.forward[i - 1], d.forward[i % n], kind, 0, ONEWAY);
		r.join(d.back[i % n], d.back[i - 1], kind, 0, ONEWAY);
	}
	return d;
}

void ramp(region &r, const dual &d, uint32_t from, uint32_t to)
{
	vec a = r.at[from], b = r.at[to], bow = left_of(b - a) * 0.12;
	uint32_t middle = r.node((a + b) * 0.5 + bow);
	r.join(from, middle, d.ramp, 0, ONEWAY);
	r.join(middle, to, d.ramp, 0, ONEWAY);
}

/* Four ramps where the road passes: right is the node on the forward side, left the one across. */
void interchange(region &r, const dual &d, size_t at, uint32_t right, uint32_t left)
{
	size_t n = d.size(), before = (at + n - 1) % n, after = (at + 1) % n;
	ramp(r, d, d.forward[before], right);
	ramp(r, d, right, d.forward[after]);
	ramp(r, d, d.back[after], left);
	ramp(r, d, left, d.back[before]);
}

size_t nearest(const region &r, const dual &d, vec p)
{
	size_t best = 0;
	for (size_t i = 1; i < d.size(); i++)
		if (length(r.at[d.forward[i]] - p) < length(r.at[d.forward[best]] - p))
			best = i;
	return best;
}

/* The road's nodes on both sides of the carriageways at `at`, some way off. */
void join_road(region &r, const dual &d, size_t at, const link &l)
{
	vec here = (r.at[d.forward[at]] + r.at[d.back[at]]) * 0.5;
	vec leftward = unit(r.at[d.back[at]] - r.at[d.forward[at]]);
	uint32_t right = NONE, left = NONE;
	double best[2] = {1e9, 1e9};
	for (uint32_t n : l.nodes) {
		vec off = r.at[n] - here;
		double across = off.x * leftward.x + off.y * leftward.y, far = length(off);
		if (std::abs(across) < 90 || far > 900)
			continue;
		bool side = across > 0;
		if (far < best[side]) {
			best[side] = far;
			(side ? left : right) = n;
		}
	}
	if (right != NONE && left != NONE)
		interchange(r, d, at, right, left);
}

/* ---- motorways ---- */

/* Along the borders, bent; east or north. */
std::vector<vec> motorway_line(const region &r, uint32_t border, bool north)
{
	double across = (border + 1) * CELL_M, end = (north ? r.mountain_row : r.columns) * CELL_M;
	std::vector<vec> line;
	for (double s = 0; s <= end; s += STEP_M) {
		double bend = 380 * std::sin(s / 9000 + border) + 150 * std::sin(s / 3100);
		line.push_back(north ? vec{across + bend, s} : vec{s, across + bend});
	}
	return line;
}

dual build_motorway(region &r, uint32_t border, bool north)
{
	dual d = carriageways(r, motorway_line(r, border, north), false, MOTORWAY, MOTORWAY_LINK);
	uint32_t last = NONE;
	for (const link &l : r.links) {
		if (l.vertical == north || (north ? l.column : l.row) != border ||
		    l.kind > TERTIARY)
			continue;
		uint32_t along = north ? l.row : l.column;
		size_t at = nearest(r, d, l.via);
		if ((last != NONE && along < last + 2) || at == 0 || at + 1 >= d.size())
			continue;
		join_road(r, d, at, l);
		last = along;
	}
	return d;
}

/* Every carriageway can be left for both others. */
void cross_motorways(region &r, const dual &east, const dual &north)
{
	size_t e = 0, n = 0;
	double best = 1e18;
	for (size_t i = 1; i + 1 < east.size(); i++)
		for (size_t k = 1; k + 1 < north.size(); k++) {
			double far = length(r.at[east.forward[i]] - r.at[north.forward[k]]);
			if (far < best) {
				best = far;
				e = i;
				n = k;
			}
		}
	if (best > 2 * STEP_M)
		return;
	const uint32_t into[] = {east.forward[e - 1], east.back[e + 1]},
	               onward[] = {east.forward[e + 1], east.back[e - 1]},
	               cross_into[] = {north.forward[n - 1], north.back[n + 1]},
	               cross_onward[] = {north.forward[n + 1], north.back[n - 1]};
	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < 2; k++) {
			ramp(r, east, into[i], cross_onward[k]);
			ramp(r, east, cross_into[i], onward[k]);
		}
}

/* ---- rings ---- */

void build_ring(region &r, uint32_t city)
{
	const town &t = r.towns[city];
	double radius = t.radius * 1.24;
	auto steps = static_cast<size_t>(2 * M_PI * radius / STEP_M);
	std::vector<vec> line;
	for (size_t i = 0; i < steps; i++) {
		double angle = 2 * M_PI * static_cast<double>(i) / static_cast<double>(steps);
		double bent =
		    radius * (1 + 0.06 * std::sin(2 * angle) + 0.04 * std::sin(3 * angle + 1));
		line.push_back(t.site + vec{std::cos(angle), std::sin(angle)} * bent);
	}
	dual d = carriageways(r, line, true, TRUNK, TRUNK_LINK);
	for (const link &l : r.links)
		if (l.kind <= SECONDARY && (l.town[0] == city || l.town[1] == city)) {
			size_t inside = l.town[0] == city ? 0 : l.nodes.size() - 1;
			vec way = unit(r.at[l.nodes[inside]] - t.site);
			join_road(r, d, nearest(r, d, t.site + way * radius), l);
		}
}

} // namespace

void build_motorways(region &r)
{
	if (r.columns < 6 || r.mountain_row < 5)
		return;
	uint32_t middle = r.mountain_row / 2, before = r.columns / 4, after = r.columns * 2 / 3;
	dual east = build_motorway(r, std::min(middle + 4, r.mountain_row - 2), false);
	dual first = build_motorway(r, before, true), second = build_motorway(r, after, true);
	cross_motorways(r, east, first);
	cross_motorways(r, east, second);
	for (uint32_t i = 0; i < r.towns.size(); i++)
		if (r.towns[i].large)
			build_ring(r, i);
}

} // namespace region

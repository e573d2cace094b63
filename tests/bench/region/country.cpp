/* The country along the roads between towns: hamlets, farms on blind lanes, lanes that come back.
 */
#include "region.hpp"

namespace region {

namespace {

constexpr double LANE_EVERY_M = 420, HAMLET_EVERY_M = 5200, FARTHEST_M = 700;

/* A farm road with a branch or two, ending nowhere. */
void grow_lane(region &r, uint32_t from, vec way, uint32_t of_town, unsigned deep)
{
	road_kind kind = deep == 0 && r.random.luck(0.3) ? UNCLASSIFIED : SERVICE;
	unsigned flags = kind == SERVICE ? STUB | (r.random.luck(0.15) ? PRIVATE : 0) : STUB;
	double metres = r.random.between(90, FARTHEST_M) / (deep + 1);
	for (double left = metres; left > 0;) {
		double step = r.random.between(60, 140);
		way = unit(way + left_of(way) * r.random.between(-0.35, 0.35));
		uint32_t next = r.node(r.at[from] + way * step);
		r.join(from, next, kind, of_town, flags);
		from = next;
		left -= step;
		if (deep < 2 && left > 0 && r.random.luck(0.13))
			grow_lane(r, from, left_of(way) * (r.random.luck(0.5) ? 1 : -1), of_town,
			          deep + 1);
	}
	if (r.random.luck(0.04))
		r.node_flags[from] |= GATE;
}

/* From one place of the road to a later one, along a bow. */
void grow_bow(region &r, const link &l, size_t from, size_t to, double side)
{
	vec a = r.at[l.nodes[from]], b = r.at[l.nodes[to]], across = left_of(unit(b - a)) * side;
	double metres = length(b - a), high = r.random.between(0.25, 0.5) * metres;
	auto steps = static_cast<uint32_t>(metres / 110) + 2;
	uint32_t last = l.nodes[from], town = l.town[from > l.nodes.size() / 2];
	for (uint32_t i = 1; i < steps; i++) {
		double s = static_cast<double>(i) / steps;
		uint32_t next = r.node(a + (b - a) * s + across * (high * std::sin(M_PI * s)) +
		                       r.random.around(14));
		r.join(last, next, UNCLASSIFIED, town);
		if (r.random.luck(0.3))
			grow_lane(r, next, across, town, 1);
		last = next;
	}
	r.join(last, l.nodes[to], UNCLASSIFIED, town);
}

void grow_hamlet(region &r, const link &l, size_t at)
{
	vec way = unit(r.at[l.nodes[at + 1]] - r.at[l.nodes[at]]);
	vec side = left_of(way) * (r.random.luck(0.5) ? 1 : -1);
	double radius = r.random.between(110, 260);
	vec middle = r.at[l.nodes[at]] + side * (radius + r.random.between(60, 250));
	uint32_t town = l.town[at > l.nodes.size() / 2];
	std::vector<uint32_t> nodes = mesh(r, middle, radius, town);
	uint32_t door = nodes[0], second = nodes[0];
	for (uint32_t n : nodes) {
		if (length(r.at[n] - r.at[l.nodes[at]]) < length(r.at[door] - r.at[l.nodes[at]]))
			door = n;
		if (length(r.at[n] - r.at[l.nodes[at + 2]]) <
		    length(r.at[second] - r.at[l.nodes[at + 2]]))
			second = n;
	}
	r.join(l.nodes[at], door, UNCLASSIFIED, town);
	if (second != door && r.random.luck(0.5))
		r.join(l.nodes[at + 2], second, UNCLASSIFIED, town);
	r.hamlets.push_back({hamlet_name(r.random), middle, town});
}

void settle(region &r, const link &l)
{
	double metres = 0, lane = r.random.between(0, LANE_EVERY_M),
	       hamlet = r.random.between(500, HAMLET_EVERY_M);
	for (size_t i = 1; i + 3 < l.nodes.size(); i++) {
		vec step = r.at[l.nodes[i]] - r.at[l.nodes[i - 1]];
		metres += length(step);
		double side = r.random.luck(0.5) ? 1 : -1;
		if (metres > hamlet) {
			grow_hamlet(r, l, i);
			hamlet = metres + HAMLET_EVERY_M * r.random.between(0.4, 1.6);
		} else if (metres > lane) {
			size_t to = i + 3 + r.random.below(6);
			if (to + 1 < l.nodes.size() && r.random.luck(0.16))
				grow_bow(r, l, i, to, side);
			else
				grow_lane(r, l.nodes[i], left_of(unit(step)) * side,
				          l.town[i > l.nodes.size() / 2], 0);
			lane = metres + LANE_EVERY_M * r.random.between(0.4, 1.6);
		}
	}
}

} // namespace

void settle_country(region &r)
{
	for (const link &l : r.links)
		settle(r, l);
}

} // namespace region

/* Roundabouts, lights, and the places where turns are forbidden. */
#include "region.hpp"

#include <algorithm>

namespace region {

namespace {

constexpr double RING_M = 15;

/* How many of a node's roads are greater than a street. */
uint32_t main_roads(const region &r, const adjacency &around, uint32_t node)
{
	uint32_t n = 0;
	for (uint32_t i = around.first[node]; i < around.first[node + 1]; i++)
		n += r.edges[around.items[i]].kind <= TERTIARY;
	return n;
}

bool has_ramp(const region &r, const adjacency &around, uint32_t node)
{
	for (uint32_t i = around.first[node]; i < around.first[node + 1]; i++)
		if (r.edges[around.items[i]].flags & ONEWAY)
			return true;
	return false;
}

/* Each road ends at a node of its own on the ring; one drives round it against the clock. */
void turn_into_ring(region &r, const adjacency &around, uint32_t node)
{
	struct arm {
		double angle;
		uint32_t edge;
	};
	std::vector<arm> arms;
	road_kind kind = SERVICE;
	for (uint32_t i = around.first[node]; i < around.first[node + 1]; i++) {
		edge &e = r.edges[around.items[i]];
		vec off = r.at[e.a == node ? e.b : e.a] - r.at[node];
		arms.push_back({std::atan2(off.y, off.x), around.items[i]});
		kind = std::min(kind, e.kind);
	}
	std::sort(arms.begin(), arms.end(),
	          [](const arm &a, const arm &b) { return a.angle < b.angle; });
	way round{{}, kind, ONEWAY | RING, r.edges[arms[0].edge].town, 0};
	for (size_t i = 0; i < arms.size(); i++) {
		double next = i + 1 < arms.size() ? arms[i + 1].angle : arms[0].angle + 2 * M_PI;
		for (int part = 0; part < 3; part++) {
			double angle = arms[i].angle + (next - arms[i].angle) * part / 3;
			round.nodes.push_back(
			    r.node(r.at[node] + vec{std::cos(angle), std::sin(angle)} * RING_M));
		}
		edge &e = r.edges[arms[i].edge];
		(e.a == node ? e.a : e.b) = round.nodes[round.nodes.size() - 3];
	}
	round.nodes.push_back(round.nodes[0]);
	r.ways.push_back(round);
}

bool can_be_ring(const region &r, const adjacency &around, uint32_t node)
{
	for (uint32_t i = around.first[node]; i < around.first[node + 1]; i++) {
		const edge &e = r.edges[around.items[i]];
		uint32_t other = e.a == node ? e.b : e.a;
		if (length(r.at[other] - r.at[node]) < 2 * RING_M || e.kind < PRIMARY)
			return false;
	}
	return true;
}

} // namespace

void regulate(region &r)
{
	adjacency around(r);
	auto nodes = static_cast<uint32_t>(r.at.size());
	for (uint32_t n = 0; n < nodes; n++) {
		uint32_t degree = around.degree(n), great = main_roads(r, around, n);
		if (degree == 2 &&
		    r.random.luck(0.12)) /* the name, the surface or the limit changes */
			r.node_flags[n] |= WAYS_END;
		if (degree < 3 || great < 2)
			continue;
		bool in_town = r.edges[around.items[around.first[n]]].flags & IN_TOWN;
		double fate = r.random.share();
		if (fate < (in_town ? 0.04 : 0.09) && can_be_ring(r, around, n))
			turn_into_ring(r, around, n);
		else if (in_town && fate < 0.20)
			r.node_flags[n] |= SIGNALS;
		else if ((in_town && fate < 0.30) || (has_ramp(r, around, n) && fate < 0.7))
			r.node_flags[n] |= WAYS_END;
	}
}

} // namespace region

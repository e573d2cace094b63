/*
 * Which directed edges belong to one network: whoever is on one may drive to every other and back,
 * turns included. The rules of turning are the router's own (map_turn_ms), so both always agree.
 */
#include "compile.hpp"

#include <algorithm>

namespace making {

/* ---- strongly connected components of directed edges (Tarjan, without recursion) ---- */

namespace {

class component_finder {
      public:
	explicit component_finder(const image &i) : m_map(view_of(i)), m_image(i)
	{
		size_t edges = 2 * i.segments.size();
		m_order.assign(edges, 0);
		m_low.assign(edges, 0);
		component.assign(edges, MAP_NONE);
		for (uint32_t e = 0; e < edges; e++)
			if (may_drive(i, e) && m_order[e] == 0)
				visit(e);
	}
	std::vector<uint32_t> component, size; /* by edge; by component */

      private:
	struct frame {
		uint32_t edge, next;
	};
	void enter(uint32_t e)
	{
		m_order[e] = m_low[e] = ++m_count;
		m_open.push_back(e);
		m_frames.push_back({e, m_map.leaving_first[map_edge_head(&m_map, e)]});
	}
	void visit(uint32_t root)
	{
		enter(root);
		while (!m_frames.empty())
			if (!step(m_frames.back()))
				leave();
	}
	/* One successor; false when all are done. */
	bool step(frame &f)
	{
		uint32_t e = f.edge;
		if (f.next == m_map.leaving_first[map_edge_head(&m_map, e) + 1])
			return false;
		uint32_t onward = m_map.leaving[f.next++];
		if (!may_drive(m_image, onward) || map_turn_ms(&m_map, e, onward) == MAP_NO_TURN)
			return true;
		if (m_order[onward] == 0)
			enter(onward);
		else if (component[onward] == MAP_NONE)
			m_low[e] = std::min(m_low[e], m_order[onward]);
		return true;
	}
	void leave()
	{
		uint32_t e = m_frames.back().edge;
		m_frames.pop_back();
		if (!m_frames.empty()) {
			uint32_t parent = m_frames.back().edge;
			m_low[parent] = std::min(m_low[parent], m_low[e]);
		}
		if (m_low[e] == m_order[e])
			close(e);
	}
	void close(uint32_t root)
	{
		auto id = static_cast<uint32_t>(size.size());
		size.push_back(0);
		uint32_t e;
		do {
			e = m_open.back();
			m_open.pop_back();
			component[e] = id;
			size[id]++;
		} while (e != root);
	}
	map m_map;
	const image &m_image;
	std::vector<uint32_t> m_order, m_low, m_open;
	std::vector<frame> m_frames;
	uint32_t m_count = 0;
};

} // namespace

/* ---- which networks are kept ---- */

/* An island is kept from a twentieth of the largest network on, at the latest from so many directed
 * edges: in a country, too, people live on small ones. */
constexpr uint32_t ISLAND_EDGES = 200;

/* By component: 0 the largest network, then the islands by size; MAP_POCKET. */
static std::vector<uint8_t> rank(const std::vector<uint32_t> &size)
{
	std::vector<uint32_t> by_size(size.size());
	for (uint32_t i = 0; i < by_size.size(); i++)
		by_size[i] = i;
	std::sort(by_size.begin(), by_size.end(), [&](uint32_t a, uint32_t b) {
		return size[a] != size[b] ? size[a] > size[b] : a < b;
	});
	std::vector<uint8_t> marks(size.size(), MAP_POCKET);
	if (by_size.empty())
		return marks;
	uint32_t least = std::clamp(size[by_size[0]] / 20, 2u, ISLAND_EDGES);
	for (uint8_t i = 0; i < by_size.size() && i < MAP_POCKET; i++)
		if (size[by_size[i]] >= least)
			marks[by_size[i]] = i;
	return marks;
}

/* A road that one enters only as a ghost of it belongs where the ghost does: one may stand there.
 */
static void mark_roads_of_ghosts(image &out)
{
	size_t real = out.segments.size() - out.ghosts.size();
	for (size_t i = 0; i < out.ghosts.size(); i++)
		for (int dir = 0; dir < 2; dir++) {
			uint8_t &road = out.segments[out.ghosts[i]].component[dir];
			road = std::min(road, out.segments[real + i].component[dir]);
		}
}

void mark_components(image &out)
{
	component_finder found(out);
	std::vector<uint8_t> marks = rank(found.size);
	for (uint32_t e = 0; e < 2 * out.segments.size(); e++)
		if (may_drive(out, e))
			out.segments[e >> 1].component[e & 1] = marks[found.component[e]];
	mark_roads_of_ghosts(out);
	for (uint32_t e = 0; e < 2 * out.segments.size(); e++)
		out.counts.pocket_edges +=
		    may_drive(out, e) && out.segments[e >> 1].component[e & 1] == MAP_POCKET;
	for (uint8_t m : marks)
		out.counts.islands += m != MAP_POCKET && m != 0;
}

/* ---- what is told of the islands ---- */

namespace {

struct shore {
	std::vector<uint32_t> junctions;
	double metres = 0;
};

} // namespace

/* Roads and junctions of each island; the largest network is none. */
static std::vector<shore> survey(const image &out)
{
	std::vector<shore> islands(out.counts.islands);
	for (uint32_t e = 0; e < 2 * (out.segments.size() - out.ghosts.size()); e++) {
		const map_segment &s = out.segments[e >> 1];
		uint8_t network = s.component[e & 1];
		if (network == 0 || network == MAP_POCKET)
			continue;
		shore &island = islands[network - 1u];
		island.junctions.push_back(s.from);
		island.junctions.push_back(s.to);
		if (!(e & 1) || s.component[0] != network) /* a road of two directions is one */
			island.metres += static_cast<double>(s.length_m);
	}
	for (shore &island : islands) {
		std::vector<uint32_t> &j = island.junctions;
		std::sort(j.begin(), j.end());
		j.erase(std::unique(j.begin(), j.end()), j.end());
	}
	return islands;
}

/* The junction nearest to the middle of all. */
static map_vertex middle_of(const image &out, const std::vector<uint32_t> &junctions)
{
	int64_t lat = 0, lon = 0;
	auto count = static_cast<int64_t>(junctions.size());
	for (uint32_t j : junctions) {
		lat += out.junctions[j].lat;
		lon += out.junctions[j].lon;
	}
	map_plane plane =
	    map_plane_at({static_cast<int32_t>(lat / count), static_cast<int32_t>(lon / count)});
	return out.junctions[*std::min_element(
	    junctions.begin(), junctions.end(), [&](uint32_t a, uint32_t b) {
		    return map_plane_distance(&plane, out.junctions[a]) <
		           map_plane_distance(&plane, out.junctions[b]);
	    })];
}

constexpr double NAMED_WITHIN_M = 20000;

/* The label of the nearest place; 0: none near. */
static uint32_t place_near(const image &out, map_vertex at)
{
	map_plane plane = map_plane_at(at);
	double nearest = NAMED_WITHIN_M;
	uint32_t label = 0;
	for (const map_named &n : out.named) {
		if (n.kind != MAP_PLACE || n.place_class == PLACE_POI)
			continue;
		double metres = map_plane_distance(&plane, n.at);
		if (metres < nearest) {
			nearest = metres;
			label = n.label;
		}
	}
	return label;
}

void list_islands(image &out)
{
	for (const shore &island : survey(out)) {
		map_vertex at = middle_of(out, island.junctions);
		out.islands.push_back({static_cast<uint32_t>(island.junctions.size()),
		                       static_cast<float>(island.metres), at, place_near(out, at)});
	}
}

} // namespace making

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

/* The largest network is 0; islands of at least a twentieth of it keep a number; the rest are
 * pockets. */
void mark_components(image &out)
{
	component_finder found(out);
	std::vector<uint32_t> by_size(found.size.size());
	for (uint32_t i = 0; i < by_size.size(); i++)
		by_size[i] = i;
	std::sort(by_size.begin(), by_size.end(), [&](uint32_t a, uint32_t b) {
		return found.size[a] != found.size[b] ? found.size[a] > found.size[b] : a < b;
	});
	std::vector<uint8_t> mark(by_size.size(), MAP_POCKET);
	for (uint8_t i = 0; i < by_size.size() && i < MAP_POCKET; i++)
		if (found.size[by_size[i]] >= std::max(2u, found.size[by_size[0]] / 20))
			mark[by_size[i]] = i;
	for (uint32_t e = 0; e < 2 * out.segments.size(); e++) {
		if (!may_drive(out, e))
			continue;
		uint8_t m = mark[found.component[e]];
		out.segments[e >> 1].component[e & 1] = m;
		out.counts.pocket_edges += m == MAP_POCKET;
	}
	for (uint8_t m : mark)
		out.counts.islands += m != MAP_POCKET && m != 0;
}

} // namespace making

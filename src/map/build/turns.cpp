/*
 * The table of turns: at each junction, for every road in and every road out, whether one may turn
 * and what it costs. Ghosts (see file.h) are made here: copies of roads for those who have come a
 * way that binds them.
 */
#include "compile.hpp"

#include <algorithm>
#include <stdexcept>

namespace making {

void index_leaving(image &out)
{
	out.leaving_first.assign(out.junctions.size() + 1, 0);
	for (const map_segment &s : out.segments) {
		out.leaving_first[s.from + 1]++;
		out.leaving_first[s.to + 1]++;
	}
	for (size_t i = 1; i < out.leaving_first.size(); i++) {
		if (out.leaving_first[i] > MAP_MOST_LEAVING)
			throw std::length_error("more than 250 roads meet at one junction");
		out.leaving_first[i] += out.leaving_first[i - 1];
	}
	out.leaving.resize(2 * out.segments.size());
	std::vector<uint32_t> next(out.leaving_first.begin(), out.leaving_first.end() - 1);
	for (uint32_t edge = 0; edge < 2 * out.segments.size(); edge++) {
		uint32_t tail = tail_of(out, edge), at = next[tail]++;
		out.leaving[at] = edge;
		out.segments[edge >> 1].slot[edge & 1] =
		    static_cast<uint8_t>(at - out.leaving_first[tail]);
	}
}

map view_of(const image &i)
{
	map m{};
	m.junctions = i.junctions.data();
	m.junction_count = i.junctions.size();
	m.leaving_first = i.leaving_first.data();
	m.leaving = i.leaving.data();
	m.segments = i.segments.data();
	m.segment_count = i.segments.size();
	m.turn_first = i.turn_first.data();
	m.turns = i.turns.data();
	m.ghosts = i.ghosts.data();
	m.ghost_count = i.ghosts.size();
	const hierarchy_sections &h = i.hierarchy;
	m.hierarchy = {h.vertex_of.data(), h.segment_of.data(), h.first_below.data(),
	               h.up_first.data(),  h.up_head.data(),    h.down_first.data(),
	               h.down.data(),      h.depth.data(),      h.segment_of.size(),
	               h.up_head.size(),   0};
	return m;
}

namespace {

class turn_table {
      public:
	turn_table(image &out, const turn_rules &rules, const turn_costs &costs)
	    : m_out(out), m_rules(rules), m_costs(costs), m_come(rules.told_apart()),
	      m_real(out.segments.size())
	{
		for (uint32_t i = 0; i < m_come.size(); i++)
			add_ghost(i);
		if (!m_come.empty())
			index_leaving(out);
		for (uint32_t j = 0; j < out.junctions.size(); j++)
			fill(j);
	}

      private:
	void add_ghost(uint32_t i)
	{
		uint32_t edge = m_come[i].back();
		map_segment ghost = m_out.segments[edge >> 1];
		ghost.time_ms[(edge & 1) ^ 1] = 0;
		ghost.component[(edge & 1) ^ 1] = MAP_POCKET;
		ghost.flags |= SEGMENT_GHOST;
		m_out.segments.push_back(ghost);
		m_out.ghosts.push_back(edge >> 1);
		m_ghost_of.emplace(m_come[i], 2 * (m_real + i) + (edge & 1));
	}
	void fill(uint32_t junction)
	{
		uint32_t first = m_out.leaving_first[junction],
		         last = m_out.leaving_first[junction + 1];
		m_out.turn_first.push_back(static_cast<uint32_t>(m_out.turns.size()));
		for (uint32_t in = first; in < last; in++)
			for (uint32_t to = first; to < last; to++)
				m_out.turns.push_back(
				    turn(m_out.leaving[in] ^ 1, m_out.leaving[to]));
	}
	turn_rules::path come_to(uint32_t edge) const
	{
		return is_ghost(edge) ? m_come[(edge >> 1) - m_real] : turn_rules::path{edge};
	}
	bool is_ghost(uint32_t edge) const
	{
		return edge >> 1 >= m_real;
	}
	uint32_t real(uint32_t edge) const
	{
		return is_ghost(edge) ? 2 * m_out.ghosts[(edge >> 1) - m_real] + (edge & 1) : edge;
	}
	/* Having come so, the edge one is on after driving into `next`: the ghost that remembers
	 * most of the way, or the road itself. */
	uint32_t entered(turn_rules::path come, uint32_t next) const
	{
		come.push_back(next);
		for (; come.size() > 1; come.erase(come.begin())) {
			auto found = m_ghost_of.find(come);
			if (found != m_ghost_of.end())
				return found->second;
		}
		return next;
	}
	/* May one turn round here? Only where no other road leads on. */
	bool leads_on(const turn_rules::path &come) const
	{
		uint32_t junction = head_of(m_out, come.back());
		for (uint32_t i = m_out.leaving_first[junction];
		     i < m_out.leaving_first[junction + 1]; i++) {
			uint32_t edge = m_out.leaving[i];
			if (!is_ghost(edge) && edge != (come.back() ^ 1) &&
			    may_drive(m_out, edge) && m_rules.allows(come, edge))
				return true;
		}
		return false;
	}
	uint8_t turn(uint32_t from, uint32_t to) const
	{
		if (!may_drive(m_out, from) || !may_drive(m_out, to))
			return MAP_TURN_FORBIDDEN;
		uint32_t next = real(to);
		bool back = next == (real(from) ^ 1);
		if (!back && !is_ghost(from) && !m_rules.begins(from))
			return is_ghost(to) ? MAP_TURN_FORBIDDEN : m_costs.between(from, to);
		turn_rules::path come = come_to(from);
		if (entered(come, next) != to || !m_rules.allows(come, next) ||
		    (back && leads_on(come)))
			return MAP_TURN_FORBIDDEN;
		return m_costs.between(come.back(), next);
	}
	image &m_out;
	const turn_rules &m_rules;
	const turn_costs &m_costs;
	const std::vector<turn_rules::path> m_come; /* by ghost */
	const size_t m_real;                        /* segments that are no ghosts */
	std::map<turn_rules::path, uint32_t> m_ghost_of;
};

} // namespace

void make_turns(image &out, const turn_rules &rules, const road_facts &facts)
{
	turn_costs costs(out, facts);
	turn_table(out, rules, costs);
}

} // namespace making

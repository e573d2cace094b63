/*
 * Turn restrictions: from relations, which speak of ways, to rules over directed edges. A rule over
 * one junction binds whoever arrives by an edge; a rule over ways binds whoever has come over a row
 * of edges. Source: OSM wiki, Relation:restriction.
 */
#include "compile.hpp"

#include <algorithm>

namespace making {

constexpr size_t MOST_VIA = 16;    /* edges that a restriction may lead over */
constexpr size_t MOST_TRIED = 512; /* ways through its roads, before it counts as unclear */

/* ---- rules ---- */

turn_rules::rule &turn_rules::at(const path &come)
{
	if (m_begins.size() <= come.front())
		m_begins.resize(come.front() + 1);
	m_begins[come.front()] = true;
	return m_rules[come];
}

void turn_rules::forbid(const path &come, uint32_t next)
{
	at(come).forbidden.push_back(next);
}

void turn_rules::allow_only(const path &come, uint32_t next)
{
	at(come).only.push_back(next);
}

static bool holds(const std::vector<uint32_t> &edges, uint32_t edge)
{
	return std::find(edges.begin(), edges.end(), edge) != edges.end();
}

/* Whatever one has come over before, the last part of it may be bound too. */
bool turn_rules::allows(const path &come, uint32_t next) const
{
	for (auto from = come.begin(); from != come.end(); ++from) {
		if (!begins(*from))
			continue;
		auto found = m_rules.find(path(from, come.end()));
		if (found == m_rules.end())
			continue;
		const rule &r = found->second;
		if (holds(r.forbidden, next) || (!r.only.empty() && !holds(r.only, next)))
			return false;
	}
	return true;
}

std::vector<turn_rules::path> turn_rules::told_apart() const
{
	std::vector<path> all;
	for (const auto &[come, bound] : m_rules)
		for (size_t length = 2; length <= come.size(); length++)
			all.emplace_back(come.begin(),
			                 come.begin() + static_cast<ptrdiff_t>(length));
	std::sort(all.begin(), all.end(), [](const path &a, const path &b) {
		return a.back() != b.back() ? a.back() < b.back() : a < b;
	});
	all.erase(std::unique(all.begin(), all.end()), all.end());
	return all;
}

/* ---- from ways to edges ---- */

restricted_roads::restricted_roads(const image &out, const std::vector<int64_t> &segment_way)
    : m_out(out), m_segment_way(segment_way)
{
	for (uint32_t i = 0; i < segment_way.size(); i++)
		m_way_segments.emplace_back(segment_way[i], i);
	std::sort(m_way_segments.begin(), m_way_segments.end());
}

/* The one edge of that way which leaves (or enters) the junction; MAP_NONE if none, or not only
 * one. */
uint32_t restricted_roads::only_edge(uint32_t junction, int64_t road, bool leaving) const
{
	uint32_t found = MAP_NONE;
	for (uint32_t i = m_out.leaving_first[junction]; i < m_out.leaving_first[junction + 1];
	     i++) {
		uint32_t edge = leaving ? m_out.leaving[i] : m_out.leaving[i] ^ 1;
		if (m_segment_way[edge >> 1] != road || !may_drive(m_out, edge))
			continue;
		if (found != MAP_NONE)
			return MAP_NONE;
		found = edge;
	}
	return found;
}

bool restricted_roads::is_via(const restriction &r, uint32_t edge) const
{
	return may_drive(m_out, edge) && std::find(r.via_ways.begin(), r.via_ways.end(),
	                                           m_segment_way[edge >> 1]) != r.via_ways.end();
}

/* Wherever `from` meets one of the ways it leads over. */
std::vector<turn_rules::path> restricted_roads::begin_over(const restriction &r) const
{
	std::vector<turn_rules::path> begun;
	for (int64_t way : r.via_ways) {
		auto at = std::lower_bound(m_way_segments.begin(), m_way_segments.end(),
		                           std::make_pair(way, uint32_t{0}));
		for (; at != m_way_segments.end() && at->first == way; ++at)
			for (uint32_t edge = 2 * at->second; edge <= 2 * at->second + 1; edge++) {
				uint32_t from = only_edge(tail_of(m_out, edge), r.from_way, false);
				if (may_drive(m_out, edge) && from != MAP_NONE)
					begun.push_back({from, edge});
			}
	}
	return begun;
}

/* From `from` by as few edges as possible to where `to` begins, that one last; empty: no such way.
 */
turn_rules::path restricted_roads::way_over(const restriction &r) const
{
	std::vector<turn_rules::path> tried = begin_over(r);
	for (size_t i = 0; i < tried.size() && tried.size() < MOST_TRIED; i++) {
		turn_rules::path come = tried[i];
		uint32_t junction = head_of(m_out, come.back());
		uint32_t to = only_edge(junction, r.to_way, true);
		if (to != MAP_NONE) {
			come.push_back(to);
			return come;
		}
		for (uint32_t l = m_out.leaving_first[junction];
		     l < m_out.leaving_first[junction + 1] && come.size() <= MOST_VIA; l++) {
			uint32_t next = m_out.leaving[l];
			if (!is_via(r, next) || holds(come, next) || holds(come, next ^ 1))
				continue;
			tried.push_back(come);
			tried.back().push_back(next);
		}
	}
	return {};
}

bool restricted_roads::add(const restriction &r, uint32_t via, turn_rules &rules) const
{
	turn_rules::path whole;
	if (!r.via_ways.empty())
		whole = way_over(r);
	else if (via != MAP_NONE)
		whole = {only_edge(via, r.from_way, false), only_edge(via, r.to_way, true)};
	if (whole.size() < 2 || holds(whole, MAP_NONE))
		return false;
	uint32_t to = whole.back();
	whole.pop_back();
	if (!r.only) {
		rules.forbid(whole, to);
		return true;
	}
	rules.allow_only(whole, to);
	/* Once on the way, one stays on it to its end. */
	for (size_t length = 2; length < whole.size(); length++)
		rules.allow_only({whole.begin(), whole.begin() + static_cast<ptrdiff_t>(length)},
		                 whole[length]);
	return true;
}

} // namespace making

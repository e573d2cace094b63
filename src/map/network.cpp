/*
 * Ways -> the road network: cut at junctions, then turned into the sections of the file by
 * restrict.cpp (which turns are forbidden), turns.cpp (what turns cost) and islands.cpp (what
 * belongs to one network).
 */
#include "compile.hpp"

#include <algorithm>
#include <cmath>

namespace making {

void network::add_way(int64_t id, const std::vector<node_ref> &nodes, const way_rule &rule,
                      uint32_t name)
{
	if (nodes.size() < 2)
		return;
	m_ways.push_back({id, m_refs.size(), nodes.size(), rule, name});
	m_refs.insert(m_refs.end(), nodes.begin(), nodes.end());
}

/* A junction is an end, a node used twice, or a barrier. */
void network::find_junctions()
{
	std::vector<int64_t> ids;
	for (const node_ref &r : m_refs)
		ids.push_back(r.id);
	for (const way &w : m_ways) {
		ids.push_back(m_refs[w.first].id);
		ids.push_back(m_refs[w.first + w.count - 1].id);
	}
	std::sort(m_blocks.begin(), m_blocks.end());
	ids.insert(ids.end(), m_blocks.begin(), m_blocks.end());
	std::sort(ids.begin(), ids.end());
	for (size_t i = 0; i + 1 < ids.size(); i++)
		if (ids[i] == ids[i + 1] && (m_junctions.empty() || m_junctions.back() != ids[i]))
			m_junctions.push_back(ids[i]);
}

uint32_t network::junction_of(int64_t node) const
{
	auto found = std::lower_bound(m_junctions.begin(), m_junctions.end(), node);
	return found != m_junctions.end() && *found == node
	           ? static_cast<uint32_t>(found - m_junctions.begin())
	           : MAP_NONE;
}

bool network::is_block(int64_t node) const
{
	return std::binary_search(m_blocks.begin(), m_blocks.end(), node);
}

/* Each road that ends at a barrier gets an end of its own there: nobody drives through. */
uint32_t network::junction_at(image &out, const node_ref &ref)
{
	uint32_t junction = junction_of(ref.id);
	if (junction == MAP_NONE)
		return MAP_NONE;
	if (is_block(ref.id)) {
		junction = static_cast<uint32_t>(out.junctions.size());
		out.junctions.push_back(ref.at);
	}
	out.junctions[junction] = ref.at;
	return junction;
}

static double length_of(const map_vertex *v, size_t count)
{
	double metres = 0;
	for (size_t i = 1; i < count; i++)
		metres += point_distance_m(map_point(v[i - 1]), map_point(v[i]));
	return metres;
}

static uint32_t time_of(double metres, double kmh)
{
	return kmh > 0 ? static_cast<uint32_t>(std::max(1L, std::lround(metres / kmh * 3600))) : 0;
}

void network::add_segment(image &out, const way &w, size_t from, size_t to, uint32_t a, uint32_t b)
{
	map_segment s{};
	s.from = a;
	s.to = b;
	s.shape = static_cast<uint32_t>(out.shape.size());
	s.vertices = static_cast<uint16_t>(to - from + 1);
	for (size_t i = from; i <= to; i++)
		out.shape.push_back(m_refs[w.first + i].at);
	double metres = length_of(&out.shape[s.shape], s.vertices);
	s.length_m = static_cast<float>(metres);
	s.name = w.name;
	s.road_class = static_cast<uint8_t>(w.rule.road_class);
	for (int dir = 0; dir < 2; dir++) {
		s.time_ms[dir] = time_of(metres, w.rule.kmh[dir]);
		s.component[dir] = s.time_ms[dir] ? 0 : MAP_POCKET;
	}
	out.segments.push_back(s);
	m_segment_way.push_back(w.id);
}

void network::cut(image &out, const way &w)
{
	uint32_t begin = junction_at(out, m_refs[w.first]);
	for (size_t from = 0, to = 1; to < w.count; to++) {
		const node_ref &ref = m_refs[w.first + to];
		uint32_t end = junction_at(out, ref);
		bool long_enough =
		    to - from == UINT16_MAX - 1; /* a segment counts its vertices in 16 bits */
		if (end == MAP_NONE && !long_enough)
			continue;
		if (end == MAP_NONE) {
			end = static_cast<uint32_t>(out.junctions.size());
			out.junctions.push_back(ref.at);
		}
		add_segment(out, w, from, to, begin, end);
		begin = is_block(ref.id) ? junction_at(out, ref) : end;
		from = to;
	}
}

/* ---- restrictions ---- */

turn_rules network::restrict_turns(image &out) const
{
	turn_rules rules;
	restricted_roads roads(out, m_segment_way);
	for (const restriction &r : m_restrictions) {
		bool kept = roads.add(r, junction_of(r.via_node), rules);
		out.restrictions += kept;
		out.counts.via_way += kept && !r.via_ways.empty();
		out.counts.unclear_restrictions += !kept;
	}
	return rules;
}

static bool is_routable(const map_segment &s)
{
	return s.component[0] != MAP_POCKET || s.component[1] != MAP_POCKET;
}

/* What people look at: the largest network without the outermost half percent on each side. */
static void measure_core(image &out)
{
	std::vector<int32_t> lat, lon;
	for (const map_segment &s : out.segments)
		if (s.component[0] == 0 || s.component[1] == 0) {
			lat.push_back(out.junctions[s.from].lat);
			lon.push_back(out.junctions[s.from].lon);
		}
	if (lat.empty())
		return;
	std::sort(lat.begin(), lat.end());
	std::sort(lon.begin(), lon.end());
	size_t low = lat.size() / 200, high = lat.size() - 1 - low;
	out.low = {lat[low], lon[low]};
	out.high = {lat[high], lon[high]};
}

void network::finish(image &out)
{
	find_junctions();
	out.junctions.assign(m_junctions.size(), map_vertex{});
	for (const way &w : m_ways)
		cut(out, w);
	index_leaving(out);
	make_turns(out, restrict_turns(out));
	mark_components(out);
	measure_core(out);
	cell_list cells;
	for (uint32_t i = 0; i < out.segments.size(); i++)
		if (is_routable(out.segments[i]) && !(out.segments[i].flags & SEGMENT_GHOST))
			cells.put_line(&out.shape[out.segments[i].shape], out.segments[i].vertices,
			               i);
	cells.finish(out.snap.cells, out.snap.items);
}

} // namespace making

/*
 * Ways -> the road network: cut at junctions, then turned into the sections of the file by
 * restrict.cpp (which turns are forbidden), turns.cpp (what turns cost) and islands.cpp (what
 * belongs to one network).
 */
#include "compile.hpp"

#include <algorithm>
#include <cmath>

namespace making {

constexpr double SIGNALS_BEFORE_M = 40; /* so near a junction, signals are that junction's */
constexpr double SLOWEST_SHIP = 3, FASTEST_SHIP = 80; /* km/h */

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
	for (const auto &[node, rule] : m_signs)
		if (rule.sign == SIGN_BLOCK || rule.sign == SIGN_BARRIER)
			ids.push_back(node);
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

node_rule network::sign_of(int64_t node) const
{
	auto found = std::lower_bound(m_signs.begin(), m_signs.end(), node,
	                              [](const auto &sign, int64_t id) { return sign.first < id; });
	return found != m_signs.end() && found->first == node ? found->second : node_rule{};
}

/* Each road that ends at a barrier gets an end of its own there: nobody drives through. */
uint32_t network::junction_at(image &out, const node_ref &ref)
{
	uint32_t junction = junction_of(ref.id);
	if (junction == MAP_NONE)
		return MAP_NONE;
	node_rule sign = sign_of(ref.id);
	if (sign.sign == SIGN_BLOCK) {
		junction = static_cast<uint32_t>(out.junctions.size());
		out.junctions.push_back(ref.at);
		m_facts.at.push_back({});
	}
	out.junctions[junction] = ref.at;
	m_facts.at[junction] = sign;
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

double network::length_of_way(const way &w) const
{
	double metres = 0;
	for (size_t i = 1; i < w.count; i++)
		metres += point_distance_m(map_point(m_refs[w.first + i - 1].at),
		                           map_point(m_refs[w.first + i].at));
	return metres;
}

/* A ship's whole voyage is known by its time, a road by its speed. */
void network::set_times(map_segment &s, const way &w, bool urban) const
{
	double ship_kmh = w.rule.ferry_s > 0 ? length_of_way(w) / w.rule.ferry_s * 3.6 : 0;
	for (int dir = 0; dir < 2; dir++) {
		double kmh = w.rule.kmh[urban][dir];
		if (kmh > 0 && ship_kmh > 0)
			kmh = std::clamp(ship_kmh, SLOWEST_SHIP, FASTEST_SHIP);
		s.time_ms[dir] = time_of(static_cast<double>(s.length_m), kmh);
		s.component[dir] = s.time_ms[dir] ? 0 : MAP_POCKET;
	}
}

/* Most of three points along it. */
static bool runs_through(const built_up &towns, const map_vertex *shape, size_t vertices, bool lit)
{
	unsigned inside = 0;
	for (size_t i = 1; i <= 5; i += 2) {
		double place = static_cast<double>((vertices - 1) * i) / 6;
		auto before = static_cast<size_t>(place);
		const map_vertex &a = shape[before], &b = shape[before + 1];
		double part = place - static_cast<double>(before);
		map_vertex at{a.lat + static_cast<int32_t>(part * (b.lat - a.lat)),
		              a.lon + static_cast<int32_t>(part * (b.lon - a.lon))};
		inside += towns.holds(at, lit);
	}
	return inside >= 2;
}

void network::add_segment(image &out, const piece &p, const built_up &towns)
{
	const way_rule &rule = p.whole.rule;
	map_segment s{};
	s.from = p.begin;
	s.to = p.end;
	s.shape = static_cast<uint32_t>(out.shape.size());
	s.vertices = static_cast<uint16_t>(p.to - p.from + 1);
	for (size_t i = p.from; i <= p.to; i++)
		out.shape.push_back(m_refs[p.whole.first + i].at);
	double metres = length_of(&out.shape[s.shape], s.vertices);
	s.length_m = static_cast<float>(metres);
	s.name = p.whole.name;
	s.road_class = static_cast<uint8_t>(rule.road_class);
	bool urban = rule.place == ROAD_ANYWHERE
	                 ? runs_through(towns, &out.shape[s.shape], s.vertices, rule.lit)
	                 : rule.place == ROAD_BUILT_UP;
	s.flags =
	    static_cast<uint8_t>((urban ? SEGMENT_URBAN : 0) | (rule.ferry ? SEGMENT_FERRY : 0) |
	                         (rule.last ? SEGMENT_LAST : 0));
	set_times(s, p.whole, urban);
	out.segments.push_back(s);
	m_segment_way.push_back(p.whole.id);
	note_signs(p, metres);
}

/* Signs between two junctions are met on leaving the edge. One that does not say for which
 * direction it stands is for those who come to the junction near it. */
void network::note_signs(const piece &p, double metres)
{
	uint8_t met[2] = {0, 0};
	double along = 0;
	for (size_t i = p.from + 1; i < p.to; i++) {
		const node_ref &ref = m_refs[p.whole.first + i];
		along += point_distance_m(map_point(m_refs[p.whole.first + i - 1].at),
		                          map_point(ref.at));
		node_rule rule = sign_of(ref.id);
		if (rule.sign < SIGN_SIGNALS)
			continue;
		double nearest = std::min(along, metres - along);
		bool both = rule.sign == SIGN_RAILWAY ||
		            (rule.sign == SIGN_SIGNALS && nearest > SIGNALS_BEFORE_M);
		int direction = rule.direction ? rule.direction : along > metres - along ? 1 : -1;
		bool for_both = both && !rule.direction;
		for (int dir = 0; dir < 2; dir++)
			if (for_both || direction == (dir ? -1 : 1))
				met[dir] |= static_cast<uint8_t>(1u << rule.sign);
	}
	m_facts.roundabout.push_back(p.whole.rule.roundabout);
	m_facts.signs.insert(m_facts.signs.end(), met, met + 2);
}

void network::cut(image &out, const way &w, const built_up &towns)
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
			m_facts.at.push_back({});
		}
		add_segment(out, {w, from, to, begin, end}, towns);
		begin = m_facts.at[end].sign == SIGN_BLOCK ? junction_at(out, ref) : end;
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
		out.counts.unclear_via_way += !kept && !r.via_ways.empty();
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

void network::count_facts(image &out) const
{
	for (const auto &[node, rule] : m_signs)
		if (junction_of(node) != MAP_NONE) {
			out.counts.barriers += rule.sign == SIGN_BARRIER;
			out.counts.blocks += rule.sign == SIGN_BLOCK;
		}
	for (const node_rule &rule : m_facts.at)
		out.counts.signals += rule.sign == SIGN_SIGNALS;
	for (uint8_t signs : m_facts.signs)
		out.counts.signals += signs >> SIGN_SIGNALS & 1;
	for (const map_segment &s : out.segments) {
		out.counts.urban += (s.flags & SEGMENT_URBAN) != 0;
		out.counts.last += (s.flags & SEGMENT_LAST) != 0;
	}
	out.counts.ghosts = static_cast<uint32_t>(out.ghosts.size());
}

void network::finish(image &out, built_up &towns)
{
	std::sort(m_signs.begin(), m_signs.end(),
	          [](const auto &a, const auto &b) { return a.first < b.first; });
	towns.finish();
	find_junctions();
	out.junctions.assign(m_junctions.size(), map_vertex{});
	m_facts.at.assign(m_junctions.size(), node_rule{});
	for (const way &w : m_ways)
		cut(out, w, towns);
	index_leaving(out);
	make_turns(out, restrict_turns(out), m_facts);
	count_facts(out);
	mark_components(out);
	measure_core(out);
	cell_list cells;
	for (uint32_t i = 0; i < out.segments.size(); i++)
		if (is_routable(out.segments[i]) &&
		    !(out.segments[i].flags & (SEGMENT_GHOST | SEGMENT_FERRY)))
			cells.put_line(&out.shape[out.segments[i].shape], out.segments[i].vertices,
			               i);
	cells.finish(out.snap.cells, out.snap.items);
}

} // namespace making

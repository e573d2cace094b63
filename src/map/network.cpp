/*
 * Ways -> the road network: cut at junctions, forbid turns, tell which directed edges belong to one
 * network. The rules of turning are the router's own (map_turn_allowed), so both always agree.
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

static void index_leaving(image &out)
{
	out.leaving_first.assign(out.junctions.size() + 1, 0);
	for (const map_segment &s : out.segments) {
		out.leaving_first[s.from + 1]++;
		out.leaving_first[s.to + 1]++;
	}
	for (size_t i = 1; i < out.leaving_first.size(); i++)
		out.leaving_first[i] += out.leaving_first[i - 1];
	out.leaving.resize(2 * out.segments.size());
	std::vector<uint32_t> next(out.leaving_first.begin(), out.leaving_first.end() - 1);
	for (uint32_t i = 0; i < out.segments.size(); i++) {
		out.leaving[next[out.segments[i].from]++] = 2 * i;
		out.leaving[next[out.segments[i].to]++] = 2 * i + 1;
	}
}

/* The router's view of the roads made so far. */
static map view_of(const image &i)
{
	map m{};
	m.junctions = i.junctions.data();
	m.junction_count = i.junctions.size();
	m.leaving_first = i.leaving_first.data();
	m.leaving = i.leaving.data();
	m.segments = i.segments.data();
	m.segment_count = i.segments.size();
	m.bans = i.bans.data();
	m.ban_count = i.bans.size();
	return m;
}

static bool may_drive(const image &i, uint32_t edge)
{
	return i.segments[edge >> 1].time_ms[edge & 1] > 0;
}

/* ---- restrictions ---- */

/* The one edge of that way which leaves (or enters) the junction; MAP_NONE if none, or not only
 * one. */
uint32_t network::only_edge(const image &out, uint32_t junction, int64_t road, bool leaving) const
{
	uint32_t found = MAP_NONE;
	for (uint32_t i = out.leaving_first[junction]; i < out.leaving_first[junction + 1]; i++) {
		uint32_t edge = leaving ? out.leaving[i] : out.leaving[i] ^ 1;
		if (m_segment_way[edge >> 1] != road || !may_drive(out, edge))
			continue;
		if (found != MAP_NONE)
			return MAP_NONE;
		found = edge;
	}
	return found;
}

bool network::restrict_turn(image &out, const restriction &r)
{
	uint32_t junction = junction_of(r.via_node);
	if (junction == MAP_NONE)
		return false;
	uint32_t from = only_edge(out, junction, r.from_way, false);
	uint32_t to = only_edge(out, junction, r.to_way, true);
	if (from == MAP_NONE || to == MAP_NONE)
		return false;
	if (!r.only) {
		out.bans.push_back({to, from});
		return true;
	}
	for (uint32_t i = out.leaving_first[junction]; i < out.leaving_first[junction + 1]; i++)
		if (out.leaving[i] != to && may_drive(out, out.leaving[i]))
			out.bans.push_back({out.leaving[i], from});
	return true;
}

void network::restrict_turns(image &out)
{
	for (const restriction &r : m_restrictions) {
		bool kept = restrict_turn(out, r);
		out.restrictions += kept;
		out.counts.unclear_restrictions += !kept;
	}
}

/* ---- where one may turn round: only where no other way leads on ---- */

static void mark_turns(image &out)
{
	for (uint32_t edge = 0; edge < 2 * out.segments.size(); edge++) {
		const map_segment &s = out.segments[edge >> 1];
		uint32_t junction = edge & 1 ? s.from : s.to;
		bool onward = false;
		for (uint32_t i = out.leaving_first[junction]; i < out.leaving_first[junction + 1];
		     i++)
			onward = onward ||
			         (out.leaving[i] != (edge ^ 1) && may_drive(out, out.leaving[i]));
		if (!onward)
			out.segments[edge >> 1].flags |=
			    static_cast<uint8_t>(SEGMENT_TURN_BACK(edge & 1));
	}
	std::sort(out.bans.begin(), out.bans.end(), [](const map_ban &a, const map_ban &b) {
		return a.to != b.to ? a.to < b.to : a.from < b.from;
	});
	for (const map_ban &b : out.bans)
		out.segments[b.to >> 1].flags |= static_cast<uint8_t>(SEGMENT_BANNED_TO(b.to & 1));
}

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
		if (!may_drive(m_image, onward) || !map_turn_allowed(&m_map, e, onward))
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
static void mark_components(image &out)
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
	restrict_turns(out);
	mark_turns(out);
	mark_components(out);
	measure_core(out);
	cell_list cells;
	for (uint32_t i = 0; i < out.segments.size(); i++)
		if (is_routable(out.segments[i]))
			cells.put_line(&out.shape[out.segments[i].shape], out.segments[i].vertices,
			               i);
	cells.finish(out.snap.cells, out.snap.items);
}

} // namespace making

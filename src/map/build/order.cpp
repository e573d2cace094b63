/*
 * The order of the hierarchy: nested dissection of the road network by inertial flow. A cell of
 * junctions is looked at from several sides; the quarter that lies farthest out on either side is
 * held together, and the fewest roads are found over which one must pass from one to the other.
 * Those roads stand above all others of the cell; the two parts they leave are cut the same way.
 *
 * Source: Schild, Sommer: On Balanced Separators in Road Networks (SEA 2015).
 */
#include "order.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace making {

namespace {

constexpr size_t SMALL_CELL = 4; /* junctions: not cut any further */
constexpr unsigned SIDES = 4;    /* from the west, the south, and between these */

/* A cell with its own numbers, so that a search stays in near memory. */
struct cell {
	std::vector<uint32_t> junctions, roads; /* of the whole network */
	unsigned level;
};

struct local_road {
	uint32_t ends[2];
};

enum side : uint8_t { BETWEEN, SOURCE, SINK };

/* The smallest cut between two ends of a cell: unit capacities, blocking flows (Dinic). */
class flow_search {
      public:
	explicit flow_search(size_t junctions, const std::vector<local_road> &roads);
	/* More than `limit` and no cut is looked for. */
	bool run(const std::vector<side> &held, uint32_t limit);
	uint32_t value() const
	{
		return m_value;
	}
	/* Junctions that the source still reaches, or that still reach the sink: two smallest cuts. */
	std::vector<uint8_t> reached(side from);

      private:
	bool has_room(uint32_t road, uint32_t from) const
	{
		return m_flow[road] != (m_roads[road].ends[0] == from ? 1 : -1);
	}
	uint32_t other(uint32_t road, uint32_t from) const
	{
		return m_roads[road].ends[m_roads[road].ends[0] == from];
	}
	bool find_levels();
	bool push_one(uint32_t from);

	const std::vector<local_road> &m_roads;
	std::vector<uint32_t> m_first, m_at, m_level, m_next, m_queue, m_path;
	std::vector<int8_t> m_flow; /* 1: from ends[0] to ends[1] */
	const std::vector<side> *m_held = nullptr;
	uint32_t m_value = 0;
};

flow_search::flow_search(size_t junctions, const std::vector<local_road> &roads) : m_roads(roads)
{
	m_first.assign(junctions + 1, 0);
	for (const local_road &r : roads)
		for (uint32_t end : r.ends)
			m_first[end + 1]++;
	std::partial_sum(m_first.begin(), m_first.end(), m_first.begin());
	m_at.resize(2 * roads.size());
	m_next.assign(m_first.begin(), m_first.end() - 1);
	for (uint32_t i = 0; i < roads.size(); i++)
		for (uint32_t end : roads[i].ends)
			m_at[m_next[end]++] = i;
	m_level.resize(junctions);
}

/* Breadth first from everything held at the source. True: the sink is reached. */
bool flow_search::find_levels()
{
	bool arrived = false;
	std::fill(m_level.begin(), m_level.end(), 0);
	m_queue.clear();
	for (uint32_t j = 0; j < m_level.size(); j++)
		if ((*m_held)[j] == SOURCE) {
			m_level[j] = 1;
			m_queue.push_back(j);
		}
	for (size_t i = 0; i < m_queue.size() && !arrived; i++) {
		uint32_t from = m_queue[i];
		for (uint32_t k = m_first[from]; k < m_first[from + 1]; k++) {
			uint32_t to = other(m_at[k], from);
			if (m_level[to] || !has_room(m_at[k], from))
				continue;
			m_level[to] = m_level[from] + 1;
			m_queue.push_back(to);
			arrived = arrived || (*m_held)[to] == SINK;
		}
	}
	return arrived;
}

/* One unit from a source junction along rising levels, by hand instead of by recursion. */
bool flow_search::push_one(uint32_t source)
{
	m_path.clear();
	uint32_t at = source;
	while ((*m_held)[at] != SINK) {
		uint32_t &k = m_next[at];
		while (k < m_first[at + 1]) {
			uint32_t to = other(m_at[k], at);
			if (m_level[to] == m_level[at] + 1 && has_room(m_at[k], at))
				break;
			k++;
		}
		if (k < m_first[at + 1]) {
			m_path.push_back(m_at[k]);
			at = other(m_at[k], at);
			continue;
		}
		if (m_path.empty())
			return false;
		at = other(m_path.back(), at);
		m_path.pop_back();
		m_next[at]++;
	}
	for (size_t i = m_path.size(); i-- > 0;) {
		uint32_t before = other(m_path[i], at);
		m_flow[m_path[i]] =
		    static_cast<int8_t>(m_flow[m_path[i]] +
		                        (m_roads[m_path[i]].ends[0] == before ? 1 : -1));
		at = before;
	}
	return true;
}

bool flow_search::run(const std::vector<side> &held, uint32_t limit)
{
	m_held = &held;
	m_value = 0;
	m_flow.assign(m_roads.size(), 0);
	while (find_levels()) {
		std::copy(m_first.begin(), m_first.end() - 1, m_next.begin());
		for (uint32_t j = 0; j < m_level.size(); j++)
			while (held[j] == SOURCE && push_one(j))
				if (++m_value > limit)
					return false;
	}
	return true;
}

std::vector<uint8_t> flow_search::reached(side from)
{
	std::vector<uint8_t> seen(m_level.size(), 0);
	m_queue.clear();
	for (uint32_t j = 0; j < seen.size(); j++)
		if ((*m_held)[j] == from) {
			seen[j] = 1;
			m_queue.push_back(j);
		}
	for (size_t i = 0; i < m_queue.size(); i++) {
		uint32_t at = m_queue[i];
		for (uint32_t k = m_first[at]; k < m_first[at + 1]; k++) {
			uint32_t to = other(m_at[k], at);
			bool room = from == SOURCE ? has_room(m_at[k], at) : has_room(m_at[k], to);
			if (!seen[to] && room) {
				seen[to] = 1;
				m_queue.push_back(to);
			}
		}
	}
	return seen;
}

/* ---- cells ---- */

class dissection {
      public:
	explicit dissection(const image &roads) : m_roads(roads)
	{
		m_local.assign(roads.junctions.size(), 0);
	}
	std::vector<uint32_t> run(); /* segments, the most important first */
	std::vector<uint32_t> largest; /* cut of each level */

      private:
	void cut(cell &c);
	std::vector<uint8_t> best_part(const cell &c, const std::vector<local_road> &roads);
	std::vector<side> hold(const cell &c, unsigned from) const;
	void rank(uint32_t segment)
	{
		m_ranked.push_back(segment);
	}
	const image &m_roads;
	std::vector<uint32_t> m_local; /* by junction: its number in the cell at hand */
	std::vector<uint32_t> m_ranked;
	std::vector<cell> m_open;
};

/* A quarter of the junctions on either side, as seen from one direction. */
std::vector<side> dissection::hold(const cell &c, unsigned from) const
{
	static const std::array<std::array<double, 2>, SIDES> weights{{{1, 0}, {0, 1}, {1, 1}, {1, -1}}};
	double flat = std::cos(m_roads.junctions[c.junctions[0]].lat / 1e7 * M_PI / 180);
	std::vector<std::pair<double, uint32_t>> places;
	places.reserve(c.junctions.size());
	for (uint32_t i = 0; i < c.junctions.size(); i++) {
		map_vertex v = m_roads.junctions[c.junctions[i]];
		places.emplace_back(weights[from][0] * flat * v.lon + weights[from][1] * v.lat, i);
	}
	auto quarter = static_cast<std::ptrdiff_t>(std::max<size_t>(1, places.size() / 4));
	std::nth_element(places.begin(), places.begin() + quarter, places.end());
	std::nth_element(places.begin() + quarter, places.end() - quarter, places.end());
	std::vector<side> held(places.size(), BETWEEN);
	for (auto i = places.begin(); i != places.begin() + quarter; ++i)
		held[i->second] = SOURCE;
	for (auto i = places.end() - quarter; i != places.end(); ++i)
		held[i->second] = SINK;
	return held;
}

size_t smaller_part(const std::vector<uint8_t> &part)
{
	auto inside = static_cast<size_t>(std::count(part.begin(), part.end(), 1));
	return std::min(inside, part.size() - inside);
}

/* The part on one side of the smallest cut; of equal cuts the one that leaves the evener parts. */
std::vector<uint8_t> dissection::best_part(const cell &c, const std::vector<local_road> &roads)
{
	flow_search search(c.junctions.size(), roads);
	std::vector<uint8_t> best;
	uint32_t value = UINT32_MAX - 1;
	for (unsigned from = 0; from < SIDES; from++) {
		std::vector<side> held = hold(c, from);
		if (!search.run(held, value))
			continue;
		for (side s : {SOURCE, SINK}) {
			std::vector<uint8_t> part = search.reached(s);
			if (best.empty() || search.value() < value ||
			    smaller_part(part) > smaller_part(best)) {
				best = part;
				value = search.value();
			}
		}
	}
	return best;
}

void dissection::cut(cell &c)
{
	std::vector<local_road> roads;
	for (uint32_t i = 0; i < c.junctions.size(); i++)
		m_local[c.junctions[i]] = i;
	for (uint32_t segment : c.roads)
		roads.push_back({{m_local[m_roads.segments[segment].from],
		                  m_local[m_roads.segments[segment].to]}});
	std::vector<uint8_t> part = best_part(c, roads);
	std::array<cell, 2> halves;
	uint32_t crossing = 0;
	for (uint32_t i = 0; i < c.junctions.size(); i++)
		halves[part[i]].junctions.push_back(c.junctions[i]);
	for (uint32_t i = 0; i < roads.size(); i++) {
		uint8_t a = part[roads[i].ends[0]], b = part[roads[i].ends[1]];
		if (a == b)
			halves[a].roads.push_back(c.roads[i]);
		else
			rank(c.roads[i]);
		crossing += a != b;
	}
	if (largest.size() <= c.level)
		largest.push_back(0);
	largest[c.level] = std::max(largest[c.level], crossing);
	for (cell &half : halves) {
		half.level = c.level + 1;
		if (!half.roads.empty())
			m_open.push_back(std::move(half));
	}
}

std::vector<uint32_t> dissection::run()
{
	cell whole{{}, {}, 0};
	std::vector<uint8_t> used(m_roads.junctions.size(), 0);
	for (uint32_t i = 0; i < m_roads.segments.size(); i++) {
		const map_segment &s = m_roads.segments[i];
		if (s.component[0] == MAP_POCKET && s.component[1] == MAP_POCKET)
			continue;
		whole.roads.push_back(i);
		used[s.from] = used[s.to] = 1;
	}
	for (uint32_t j = 0; j < used.size(); j++)
		if (used[j])
			whole.junctions.push_back(j);
	if (!whole.roads.empty())
		m_open.push_back(std::move(whole));
	while (!m_open.empty()) {
		cell c = std::move(m_open.back());
		m_open.pop_back();
		if (c.junctions.size() > SMALL_CELL)
			cut(c);
		else
			for (uint32_t segment : c.roads)
				rank(segment);
	}
	return m_ranked;
}

/* ---- contraction: who stands above whom ---- */

class contraction {
      public:
	contraction(const image &roads, std::vector<uint32_t> segments);
	void put(image &out) const;

      private:
	void find_above(const image &roads);
	void neighbours(const map &roads, uint32_t vertex, std::vector<uint32_t> &out) const;
	void number_from_below();
	uint32_t parent(uint32_t vertex) const
	{
		return m_above[vertex].empty() ? MAP_NONE : m_above[vertex].front();
	}
	std::vector<uint32_t> m_segment_of, m_vertex_of;
	std::vector<std::vector<uint32_t>> m_above; /* by vertex, ascending */
	std::vector<uint32_t> m_number, m_first_below; /* by vertex: its final number; by number */
};

contraction::contraction(const image &roads, std::vector<uint32_t> segments)
    : m_segment_of(std::move(segments)), m_vertex_of(roads.segments.size(), MAP_NONE),
      m_above(m_segment_of.size())
{
	for (uint32_t v = 0; v < m_segment_of.size(); v++)
		m_vertex_of[m_segment_of[v]] = v;
	find_above(roads);
	number_from_below();
}

/* Roads above this one that one may turn into from it, or from which into it. */
void contraction::neighbours(const map &roads, uint32_t vertex, std::vector<uint32_t> &out) const
{
	for (uint32_t edge : {2 * m_segment_of[vertex], 2 * m_segment_of[vertex] + 1}) {
		uint32_t junction = map_edge_head(&roads, edge);
		for (uint32_t i = roads.leaving_first[junction]; i < roads.leaving_first[junction + 1]; i++) {
			uint32_t to = roads.leaving[i], other = m_vertex_of[to >> 1];
			if (other == MAP_NONE || other <= vertex)
				continue;
			if (map_turn_ms(&roads, edge, to) != MAP_NO_TURN ||
			    map_turn_ms(&roads, to ^ 1, edge ^ 1) != MAP_NO_TURN)
				out.push_back(other);
		}
	}
}

/* What stands above a vertex: its own neighbours, and all that stood above what it stands just above. */
void contraction::find_above(const image &roads)
{
	map view = view_of(roads);
	std::vector<std::vector<uint32_t>> below(m_above.size());
	for (uint32_t v = 0; v < m_above.size(); v++) {
		std::vector<uint32_t> &above = m_above[v];
		neighbours(view, v, above);
		for (uint32_t child : below[v])
			above.insert(above.end(), m_above[child].begin() + 1, m_above[child].end());
		std::vector<uint32_t>().swap(below[v]);
		std::sort(above.begin(), above.end());
		above.erase(std::unique(above.begin(), above.end()), above.end());
		above.shrink_to_fit();
		if (!above.empty())
			below[above.front()].push_back(v);
	}
}

/* Numbers so that all below a vertex come right before it. The order of any two of which one stands above
 * the other stays. */
void contraction::number_from_below()
{
	std::vector<uint32_t> size(m_above.size(), 1), next(m_above.size(), 0);
	for (uint32_t v = 0; v < m_above.size(); v++)
		if (parent(v) != MAP_NONE)
			size[parent(v)] += size[v];
	m_number.resize(m_above.size());
	m_first_below.resize(m_above.size());
	uint32_t roots = 0;
	for (uint32_t v = static_cast<uint32_t>(m_above.size()); v-- > 0;) {
		uint32_t &from = parent(v) == MAP_NONE ? roots : next[parent(v)];
		uint32_t first = from;
		from += size[v];
		next[v] = first;
		m_number[v] = first + size[v] - 1;
		m_first_below[m_number[v]] = first;
	}
}

void contraction::put(image &out) const
{
	auto vertices = static_cast<uint32_t>(m_above.size());
	std::vector<uint32_t> vertex(vertices); /* by number */
	for (uint32_t v = 0; v < vertices; v++)
		vertex[m_number[v]] = v;
	hierarchy_sections &h = out.hierarchy;
	h.vertex_of.assign(out.segments.size(), MAP_NONE);
	h.segment_of.resize(vertices);
	h.depth.assign(vertices, 0);
	h.first_below = m_first_below;
	h.up_first.push_back(0);
	for (uint32_t n = 0; n < vertices; n++) {
		h.segment_of[n] = m_segment_of[vertex[n]];
		h.vertex_of[h.segment_of[n]] = n;
		for (uint32_t above : m_above[vertex[n]])
			h.up_head.push_back(m_number[above]);
		if (h.up_head.size() >= UINT32_MAX)
			throw std::length_error("the inputs are too large for one map file");
		h.up_first.push_back(static_cast<uint32_t>(h.up_head.size()));
	}
	for (uint32_t n = vertices; n-- > 0;)
		if (h.up_first[n] < h.up_first[n + 1]) {
			uint32_t deep = h.depth[h.up_head[h.up_first[n]]] + 1u;
			if (deep > MAP_DEEPEST)
				throw std::length_error("the road network cannot be taken apart");
			h.depth[n] = static_cast<uint16_t>(deep);
		}
}

/* The arcs once more, by the vertex above: see hierarchy_below(). */
void index_down(hierarchy_sections &h)
{
	auto vertices = static_cast<uint32_t>(h.segment_of.size());
	std::vector<uint32_t> count(vertices + 1, 0), tails(h.up_head.size());
	for (uint32_t head : h.up_head)
		count[head + 1]++;
	std::partial_sum(count.begin(), count.end(), count.begin());
	std::vector<uint32_t> next(count.begin(), count.end() - 1);
	for (uint32_t v = vertices; v-- > 0;)
		for (uint32_t arc = h.up_first[v]; arc < h.up_first[v + 1]; arc++)
			tails[next[h.up_head[arc]]++] = v;
	for (uint32_t v = 0; v < vertices; v++) {
		h.down_first.push_back(static_cast<uint32_t>(h.down.size()));
		uint32_t before = v;
		for (uint32_t i = count[v]; i < count[v + 1]; i++) {
			uint32_t step = before - tails[i];
			for (; step > 0x7f; step >>= 7)
				h.down.push_back(static_cast<unsigned char>(step | 0x80));
			h.down.push_back(static_cast<unsigned char>(step));
			before = tails[i];
		}
	}
	h.down_first.push_back(static_cast<uint32_t>(h.down.size()));
}

void put_base(image &out)
{
	map view = view_of(out);
	hierarchy_sections &h = out.hierarchy;
	h.base_ms.resize(2 * out.segments.size());
	metric_hours(&view, MAP_NORMAL, h.base_ms.data());
	map_metric m{};
	m.map = &view;
	m.edge_ms = h.base_ms.data();
	h.base_up.resize(4 * h.up_head.size());
	h.base_down.resize(4 * h.up_head.size());
	h.base_self.resize(2 * h.segment_of.size());
	hierarchy_customise(&m, h.base_up.data(), h.base_down.data(), h.base_self.data());
}

} // namespace

void order_roads(image &out)
{
	dissection cells(out);
	std::vector<uint32_t> segments = cells.run();
	std::reverse(segments.begin(), segments.end());
	out.hierarchy.separators = cells.largest;
	contraction(out, std::move(segments)).put(out);
	index_down(out.hierarchy);
	put_base(out);
}

} // namespace making

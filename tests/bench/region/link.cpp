/*
 * Roads between neighbours: one for each border that is no barrier, at times a second, minor one.
 * Their classes follow from who wants to go where: cities by primary roads, larger towns by
 * secondary ones. In a town they go on along its streets to the middle.
 */
#include "region.hpp"

#include <algorithm>
#include <numeric>
#include <queue>

namespace region {

namespace {

constexpr double BRIDGE_CHANCE = 0.8, GREAT_BRIDGE_CHANCE = 0.5, PASS_CHANCE = 0.04, MISSING = 0.06;
constexpr double MINOR_CHANCE = 0.46, BELT_CHANCE = 0.85,
                 BELT_M = 11000; /* round a city towns almost touch */

/* ---- which borders are crossed ---- */

struct border {
	uint32_t a, b; /* cells */
	vec from, to;  /* its line */
	bool vertical; /* driven north and south */
	uint32_t column, row;
};

bool is_river(const region &r, uint32_t column)
{
	return std::find(r.rivers.begin(), r.rivers.end(), column) != r.rivers.end();
}

/* How likely a road crosses here; a valley's next village is always reached, by one road. */
double chance(const region &r, const border &b)
{
	const town &s = r.towns[r.owner[b.a]], &t = r.towns[r.owner[b.b]];
	if (!b.vertical)
		return s.mountain || t.mountain ? PASS_CHANCE
		       : is_river(r, b.column)  ? (s.large || t.large ? 0.7 : BRIDGE_CHANCE)
		                                : 1 - MISSING;
	if (b.row == r.great_river_row)
		return GREAT_BRIDGE_CHANCE;
	if (t.mountain)
		return b.column % 2 == 0 ? 1 : 0;
	return 1 - MISSING;
}

bool in_belt(const region &r, vec p)
{
	for (const town &t : r.towns)
		if (t.large && length(t.site - p) < t.radius + BELT_M)
			return true;
	return false;
}

void add_link(region &r, const border &b, double along, road_kind kind)
{
	link l{};
	l.town[0] = r.owner[b.a];
	l.town[1] = r.owner[b.b];
	l.via = b.from + (b.to - b.from) * along;
	l.metres =
	    length(r.towns[l.town[0]].site - l.via) + length(r.towns[l.town[1]].site - l.via);
	l.kind = kind;
	l.vertical = b.vertical;
	l.column = b.column;
	l.row = b.row;
	l.bridge = b.vertical ? b.row == r.great_river_row : is_river(r, b.column);
	r.links.push_back(l);
}

void cross(region &r, const border &b)
{
	if (r.owner[b.a] == r.owner[b.b])
		return;
	double likely = chance(r, b);
	if (!r.random.luck(likely))
		return;
	add_link(r, b, r.random.between(0.42, 0.58), TERTIARY);
	if (likely < 0.9 || r.towns[r.owner[b.b]].mountain)
		return;
	for (double along : {0.1, 0.27, 0.73, 0.9})
		if (r.random.luck(in_belt(r, b.from) ? BELT_CHANCE : MINOR_CHANCE))
			add_link(r, b, along + r.random.between(-0.06, 0.06), UNCLASSIFIED);
}

void choose_links(region &r)
{
	for (uint32_t row = 0; row < r.rows; row++)
		for (uint32_t column = 0; column < r.columns; column++) {
			uint32_t here = r.cell(column, row);
			if (column + 1 < r.columns)
				cross(r, {here, r.cell(column + 1, row), r.corner(column + 1, row),
				          r.corner(column + 1, row + 1), false, column, row});
			if (row + 1 < r.rows)
				cross(r, {here, r.cell(column, row + 1), r.corner(column, row + 1),
				          r.corner(column + 1, row + 1), true, column, row});
		}
}

/* Rivers and gaps must leave no town alone: what hangs loose gets one more road. */
class joiner {
      public:
	explicit joiner(region &r) : m_region(r), m_root(r.towns.size())
	{
		std::iota(m_root.begin(), m_root.end(), 0u);
		for (const link &l : r.links)
			m_root[root(l.town[0])] = root(l.town[1]);
	}
	void join_all()
	{
		region &r = m_region;
		for (uint32_t row = 0; row < r.rows; row++)
			for (uint32_t column = 0; column < r.columns; column++) {
				if (row + 1 < r.rows)
					join({r.cell(column, row), r.cell(column, row + 1),
					      r.corner(column, row + 1),
					      r.corner(column + 1, row + 1), true, column, row});
				if (column + 1 < r.columns)
					join({r.cell(column, row), r.cell(column + 1, row),
					      r.corner(column + 1, row),
					      r.corner(column + 1, row + 1), false, column, row});
			}
	}

      private:
	uint32_t root(uint32_t t)
	{
		while (m_root[t] != t)
			t = m_root[t] = m_root[m_root[t]];
		return t;
	}
	void join(const border &b)
	{
		uint32_t s = root(m_region.owner[b.a]), t = root(m_region.owner[b.b]);
		if (s == t)
			return;
		add_link(m_region, b, 0.5, TERTIARY);
		m_root[s] = t;
	}
	region &m_region;
	std::vector<uint32_t> m_root;
};

/* ---- classes ---- */

class planner {
      public:
	explicit planner(region &r) : m_region(r), m_leaving(r.towns.size())
	{
		for (uint32_t i = 0; i < r.links.size(); i++)
			for (uint32_t t : r.links[i].town)
				m_leaving[t].push_back(i);
	}
	/* Roads of this kind from each of the `count` largest towns to the `next` nearest of them.
	 */
	void connect(size_t count, size_t next, road_kind kind)
	{
		std::vector<uint32_t> order(m_region.towns.size());
		std::iota(order.begin(), order.end(), 0u);
		std::stable_sort(order.begin(), order.end(), [this](uint32_t a, uint32_t b) {
			return m_region.towns[a].weight > m_region.towns[b].weight;
		});
		order.resize(std::min(order.size(), std::max<size_t>(2, count)));
		std::vector<bool> wanted(m_region.towns.size());
		for (uint32_t t : order)
			wanted[t] = true;
		for (uint32_t t : order)
			connect_one(t, wanted, next, kind);
	}

      private:
	/* Great roads draw more traffic to themselves, minor ones none. */
	double cost(const link &l) const
	{
		return l.metres * (l.kind <= SECONDARY ? 0.55 : l.kind == TERTIARY ? 1 : 2.5);
	}
	void connect_one(uint32_t from, const std::vector<bool> &wanted, size_t next,
	                 road_kind kind)
	{
		using entry = std::pair<double, uint32_t>;
		std::vector<double> best(m_leaving.size(), 1e18);
		std::vector<uint32_t> by(m_leaving.size(), NONE);
		std::priority_queue<entry, std::vector<entry>, std::greater<entry>> heap;
		heap.push({best[from] = 0, from});
		while (!heap.empty() && next > 0) {
			auto [far, t] = heap.top();
			heap.pop();
			if (far > best[t])
				continue;
			if (t != from && wanted[t]) {
				raise(t, by, kind);
				next--;
			}
			for (uint32_t i : m_leaving[t]) {
				const link &l = m_region.links[i];
				uint32_t other = l.town[0] == t ? l.town[1] : l.town[0];
				if (far + cost(l) < best[other]) {
					best[other] = far + cost(l);
					by[other] = i;
					heap.push({best[other], other});
				}
			}
		}
	}
	void raise(uint32_t t, const std::vector<uint32_t> &by, road_kind kind)
	{
		while (by[t] != NONE) {
			link &l = m_region.links[by[t]];
			l.kind = std::min(l.kind, kind);
			t = l.town[0] == t ? l.town[1] : l.town[0];
		}
	}
	region &m_region;
	std::vector<std::vector<uint32_t>> m_leaving;
};

/* ---- lines ---- */

uint32_t nearest(const region &r, const town &t, vec p)
{
	uint32_t best = t.nodes[0];
	for (uint32_t n : t.nodes)
		if (length(r.at[n] - p) < length(r.at[best] - p))
			best = n;
	return best;
}

/* Points of a country road from a to b, every 100 to 160 m, swinging more in the mountains. */
void draw(region &r, std::vector<uint32_t> &nodes, vec a, vec b, double swing)
{
	double metres = length(b - a);
	vec way = unit(b - a), side = left_of(way);
	double wave = r.random.between(250, 900), phase = r.random.between(0, 6.28);
	auto steps = static_cast<uint32_t>(metres / r.random.between(100, 160));
	for (uint32_t i = 1; i < steps; i++) {
		double s = metres * i / steps, calm = std::min(1.0, std::min(s, metres - s) / 400);
		double off =
		    swing * calm * (std::sin(s / wave + phase) + 0.4 * std::sin(2.7 * s / wave));
		nodes.push_back(r.node(a + way * s + side * off + r.random.around(6)));
	}
}

void draw_link(region &r, link &l)
{
	const town &s = r.towns[l.town[0]], &t = r.towns[l.town[1]];
	double swing = s.mountain ? 140 : 55;
	uint32_t begin = nearest(r, s, l.via), end = nearest(r, t, l.via);
	l.nodes.push_back(begin);
	draw(r, l.nodes, r.at[begin], l.via, swing);
	l.nodes.push_back(r.node(l.via));
	draw(r, l.nodes, l.via, r.at[end], swing);
	l.nodes.push_back(end);
	size_t middle = l.nodes.size() / 2;
	for (size_t i = 1; i < l.nodes.size(); i++) {
		bool bridge = l.bridge && (i == middle || i == middle + 1);
		r.join(l.nodes[i - 1], l.nodes[i], l.kind, l.town[i > middle], bridge ? BRIDGE : 0);
	}
}

/* ---- through the towns ---- */

/* Streets on the way from where the road comes in to the middle are of its class. */
class main_streets {
      public:
	explicit main_streets(region &r)
	    : m_region(r), m_around(r), m_by(r.at.size(), NONE), m_seen(r.at.size(), 0)
	{
	}
	void lead_in(uint32_t entry, uint32_t centre, road_kind kind)
	{
		m_round++;
		std::vector<uint32_t> queue{entry};
		m_seen[entry] = m_round;
		m_by[entry] = NONE;
		for (size_t i = 0; i < queue.size() && m_seen[centre] != m_round; i++)
			for (uint32_t k = m_around.first[queue[i]];
			     k < m_around.first[queue[i] + 1]; k++)
				visit(queue, queue[i], m_around.items[k]);
		for (uint32_t n = centre; m_seen[centre] == m_round && m_by[n] != NONE;) {
			edge &e = m_region.edges[m_by[n]];
			e.kind = std::min(e.kind, kind);
			n = e.a == n ? e.b : e.a;
		}
	}

      private:
	void visit(std::vector<uint32_t> &queue, uint32_t from, uint32_t by)
	{
		const edge &e = m_region.edges[by];
		uint32_t to = e.a == from ? e.b : e.a;
		if (!(e.flags & IN_TOWN) || m_seen[to] == m_round)
			return;
		m_seen[to] = m_round;
		m_by[to] = by;
		queue.push_back(to);
	}
	region &m_region;
	adjacency m_around;
	std::vector<uint32_t> m_by, m_seen;
	uint32_t m_round = 0;
};

} // namespace

adjacency::adjacency(const region &r) : first(r.at.size() + 2), items(2 * r.edges.size())
{
	for (const edge &e : r.edges) {
		first[e.a + 2]++;
		first[e.b + 2]++;
	}
	for (size_t i = 2; i < first.size(); i++)
		first[i] += first[i - 1];
	for (uint32_t i = 0; i < r.edges.size(); i++) {
		items[first[r.edges[i].a + 1]++] = i;
		items[first[r.edges[i].b + 1]++] = i;
	}
	first.pop_back();
}

void link_towns(region &r)
{
	choose_links(r);
	joiner(r).join_all();
	planner plan(r);
	plan.connect(r.towns.size() / 10, 5, PRIMARY);
	plan.connect(r.towns.size() * 3 / 5, 3, SECONDARY);
	for (link &l : r.links)
		draw_link(r, l);
	main_streets streets(r);
	for (const link &l : r.links)
		if (l.kind <= TERTIARY) {
			streets.lead_in(l.nodes.front(), r.towns[l.town[0]].centre, l.kind);
			streets.lead_in(l.nodes.back(), r.towns[l.town[1]].centre, l.kind);
		}
}

} // namespace region

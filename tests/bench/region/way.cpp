/* Edges become ways as a mapper draws them: straight on while the street stays the same. Then
 * streets of old centres become one-way, bends get points, streets names, and some turns are
 * forbidden. */
#include "region.hpp"

#include <algorithm>
#include <unordered_set>

namespace region {

namespace {

constexpr double STRAIGHT = 0.8; /* cosine of what still counts as straight on */
constexpr size_t TOWN_EDGES = 14, COUNTRY_EDGES = 60;

/* ---- tracing ---- */

class tracer {
      public:
	explicit tracer(region &r) : m_region(r), m_around(r), m_used(r.edges.size(), false)
	{
	}
	void trace_all()
	{
		for (uint32_t i = 0; i < m_region.edges.size(); i++)
			if (!m_used[i])
				trace(i);
	}

      private:
	void trace(uint32_t i)
	{
		const edge &e = m_region.edges[i];
		m_used[i] = true;
		size_t most = e.flags & IN_TOWN ? TOWN_EDGES : COUNTRY_EDGES;
		std::vector<uint32_t> onward{e.a, e.b}, before{e.b, e.a};
		follow(onward, e, most, true);
		follow(before, e, most, false);
		way w{{before.rbegin(), before.rend() - 2}, e.kind, e.flags, e.town, 0};
		w.nodes.insert(w.nodes.end(), onward.begin(), onward.end());
		m_region.ways.push_back(w);
	}
	void follow(std::vector<uint32_t> &line, const edge &like, size_t most, bool onward)
	{
		while (line.size() < most) {
			uint32_t here = line.back(),
			         next = choose(line[line.size() - 2], here, like, onward);
			if (next == NONE)
				return;
			m_used[next] = true;
			const edge &e = m_region.edges[next];
			line.push_back(e.a == here ? e.b : e.a);
		}
	}
	uint32_t choose(uint32_t from, uint32_t here, const edge &like, bool onward) const
	{
		if (m_region.node_flags[here] & WAYS_END)
			return NONE;
		vec in = unit(m_region.at[here] - m_region.at[from]);
		double best = m_around.degree(here) == 2 ? -1 : STRAIGHT;
		uint32_t chosen = NONE;
		for (uint32_t k = m_around.first[here]; k < m_around.first[here + 1]; k++) {
			uint32_t i = m_around.items[k];
			const edge &e = m_region.edges[i];
			bool goes = !(e.flags & ONEWAY) || (onward ? e.a : e.b) == here;
			if (m_used[i] || e.kind != like.kind || e.flags != like.flags ||
			    e.town != like.town || !goes)
				continue;
			vec out = unit(m_region.at[e.a == here ? e.b : e.a] - m_region.at[here]);
			double same = in.x * out.x + in.y * out.y;
			if (same > best) {
				best = same;
				chosen = i;
			}
		}
		return chosen;
	}
	region &m_region;
	adjacency m_around;
	std::vector<bool> m_used;
};

/* ---- one-way streets ---- */

void send_one_way(region &r)
{
	std::vector<uint8_t> ends(r.at.size(), 0);
	for (const way &w : r.ways)
		for (uint32_t n : w.nodes)
			ends[n] = static_cast<uint8_t>(std::min(
			    200, ends[n] + (n == w.nodes.front() || n == w.nodes.back() ? 1 : 2)));
	for (way &w : r.ways) {
		const town &t = r.towns[w.town];
		bool centre = (w.flags & IN_TOWN) && !(w.flags & STUB) && w.kind >= SECONDARY &&
		              length(r.at[w.nodes[w.nodes.size() / 2]] - t.site) <
		                  t.radius * (t.large ? 0.9 : 0.8);
		if (!centre || ends[w.nodes.front()] < 3 || ends[w.nodes.back()] < 3 ||
		    !r.random.luck(0.85))
			continue;
		w.flags |= ONEWAY;
		if (w.kind == RESIDENTIAL && r.random.luck(0.2))
			w.kind = LIVING_STREET;
		if (r.random.luck(0.5))
			std::reverse(w.nodes.begin(), w.nodes.end());
	}
}

/* Nobody puts up one-way signs that shut a street off: where one cannot come and go, they are taken
 * down. */
class opener {
      public:
	explicit opener(region &r) : m_region(r), m_first(r.at.size() + 2)
	{
		each_arc([this](uint32_t from, uint32_t) { m_first[from + 2]++; });
		for (size_t i = 2; i < m_first.size(); i++)
			m_first[i] += m_first[i - 1];
		m_items.resize(m_first.back());
		each_arc([this](uint32_t from, uint32_t to) { m_items[m_first[from + 1]++] = to; });
	}
	size_t open_all()
	{
		std::vector<bool> onward = reached(false), back = reached(true);
		size_t opened = 0;
		for (way &w : m_region.ways) {
			bool mine = (w.flags & ONEWAY) && (w.flags & IN_TOWN) && !(w.flags & RING);
			for (size_t i = 0; mine && i < w.nodes.size(); i++)
				if (!onward[w.nodes[i]] || !back[w.nodes[i]]) {
					w.flags &= static_cast<uint8_t>(~ONEWAY);
					opened++;
					break;
				}
		}
		return opened;
	}

      private:
	/* Both ways along every piece of road; whether one may is asked when it is walked. */
	template <typename F> void each_arc(F &&f) const
	{
		for (const way &w : m_region.ways)
			for (size_t i = 1; i < w.nodes.size(); i++) {
				bool oneway = w.flags & ONEWAY;
				f(w.nodes[i - 1], 2 * w.nodes[i]);
				f(w.nodes[i], 2 * w.nodes[i - 1] + oneway);
			}
	}
	std::vector<bool> reached(bool backward) const
	{
		std::vector<bool> seen(m_region.at.size(), false);
		std::vector<uint32_t> queue{m_region.ways[start()].nodes[0]};
		seen[queue[0]] = true;
		for (size_t i = 0; i < queue.size(); i++)
			for (uint32_t k = m_first[queue[i]]; k < m_first[queue[i] + 1]; k++) {
				uint32_t to = m_items[k] / 2;
				bool against = m_items[k] & 1;
				if (seen[to] || (backward ? only_onward(queue[i], to) : against))
					continue;
				seen[to] = true;
				queue.push_back(to);
			}
		return seen;
	}
	size_t start() const
	{
		size_t main_road = 0;
		while (main_road + 1 < m_region.ways.size() &&
		       m_region.ways[main_road].kind != PRIMARY)
			main_road++;
		return main_road;
	}
	/* From `here` to `to` and not back: backwards nobody comes here by it. */
	bool only_onward(uint32_t here, uint32_t to) const
	{
		for (uint32_t k = m_first[to]; k < m_first[to + 1]; k++)
			if (m_items[k] / 2 == here && !(m_items[k] & 1))
				return false;
		return true;
	}
	region &m_region;
	std::vector<uint32_t> m_first, m_items;
};

/* ---- turn restrictions ---- */

struct arm {
	uint32_t way;
	vec out; /* away from the junction */
	bool may_come, may_go;
};

arm arm_of(const region &r, uint32_t way_index, bool at_front)
{
	const way &w = r.ways[way_index];
	uint32_t here = at_front ? w.nodes.front() : w.nodes.back(),
	         next = at_front ? w.nodes[1] : w.nodes[w.nodes.size() - 2];
	bool oneway = w.flags & ONEWAY;
	return {way_index, unit(r.at[next] - r.at[here]), !oneway || !at_front,
	        !oneway || at_front};
}

void forbid(region &r, uint32_t via, const std::vector<arm> &arms)
{
	const arm &from = arms[r.random.below(static_cast<uint32_t>(arms.size()))];
	for (const arm &to : arms) {
		if (to.way == from.way || !from.may_come || !to.may_go)
			continue;
		double turn = std::atan2(-from.out.x * to.out.y + from.out.y * to.out.x,
		                         -from.out.x * to.out.x - from.out.y * to.out.y);
		const char *kind = std::abs(turn) < 0.5
		                       ? (r.random.luck(0.3) ? "only_straight_on" : nullptr)
		                   : turn > 0            ? "no_left_turn"
		                   : r.random.luck(0.25) ? "no_right_turn"
		                                         : nullptr;
		if (!kind)
			continue;
		r.restrictions.push_back({from.way, to.way, via, kind});
		return;
	}
}

void forbid_turns(region &r)
{
	std::vector<std::vector<arm>> arms;
	std::vector<uint32_t> slot(r.at.size(), NONE), nodes;
	for (uint32_t i = 0; i < r.ways.size(); i++)
		for (bool front : {true, false}) {
			uint32_t n = front ? r.ways[i].nodes.front() : r.ways[i].nodes.back();
			if (!(r.node_flags[n] & WAYS_END))
				continue;
			if (slot[n] == NONE) {
				slot[n] = static_cast<uint32_t>(nodes.size());
				nodes.push_back(n);
				arms.emplace_back();
			}
			arms[slot[n]].push_back(arm_of(r, i, front));
		}
	for (size_t k = 0; k < nodes.size(); k++)
		if (arms[k].size() > 2)
			forbid(r, nodes[k], arms[k]);
}

/* ---- names and bends ---- */

bool bears_name(dice &random, const way &w)
{
	if (w.flags & (RING | ONEWAY) && w.kind != RESIDENTIAL && w.kind != LIVING_STREET &&
	    !(w.flags & IN_TOWN))
		return false;
	if (w.kind == SERVICE)
		return random.luck(0.08);
	return w.flags & IN_TOWN || random.luck(0.55);
}

void name_streets(region &r)
{
	std::vector<std::unordered_set<std::string>> known(r.towns.size());
	for (way &w : r.ways) {
		if (!bears_name(r.random, w))
			continue;
		std::string name;
		for (int attempt = 0; attempt < 4; attempt++) {
			name = street_name(r.random, w.kind, w.flags & STUB);
			if (known[w.town].insert(name).second)
				break;
		}
		w.name = r.name(name);
	}
}

/* Points between a and b on a shallow bow. */
void bend(region &r, std::vector<uint32_t> &line, uint32_t a, uint32_t b)
{
	vec from = r.at[a], to = r.at[b], across = left_of(to - from);
	double metres = length(to - from), high = r.random.between(-0.05, 0.05);
	auto parts = static_cast<uint32_t>(metres < 26    ? 1
	                                   : metres < 70  ? 2
	                                   : metres < 150 ? 3
	                                                  : metres / 45);
	for (uint32_t i = 1; i < parts; i++) {
		double s = static_cast<double>(i) / parts;
		line.push_back(
		    r.node(from + (to - from) * s + across * (high * std::sin(M_PI * s))));
	}
	line.push_back(b);
}

void bend_all(region &r)
{
	for (way &w : r.ways) {
		if (w.flags & RING)
			continue;
		std::vector<uint32_t> line{w.nodes[0]};
		for (size_t i = 1; i < w.nodes.size(); i++)
			bend(r, line, w.nodes[i - 1], w.nodes[i]);
		w.nodes = line;
	}
}

} // namespace

void trace_ways(region &r)
{
	tracer(r).trace_all();
	send_one_way(r);
	while (opener(r).open_all() > 0)
		;
	forbid_turns(r);
	name_streets(r);
	bend_all(r);
}

} // namespace region

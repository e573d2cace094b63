/*
 * Coastlines -> the sea within a box round the map. Each coastline has the land on its left and the
 * sea on its right; ways are joined end to end. Rings inside the box are islands (or, turned the
 * other way, water). Whatever crosses the box is closed along its border, keeping the sea on the
 * right. Where the input's edge has cut a coastline inside the box, it is led straight to the
 * nearest border: beyond the input nothing is known.
 */
#include "compile.hpp"
#include "../tile/shapes.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace making {

namespace {

using shapes::box;
using shapes::path;
using shapes::spot;

constexpr unsigned LEVEL = 12;
constexpr int32_t LEAST_BESIDE = 20000000; /* two degrees: the widest view has no edge of the sea in it */

box box_round(map_vertex low, map_vertex high)
{
	int32_t more_lat = std::max(LEAST_BESIDE, (high.lat - low.lat) / 2);
	int32_t more_lon = std::max(LEAST_BESIDE, (high.lon - low.lon) / 2);
	spot a = shapes::on_tiles({high.lat + more_lat, low.lon - more_lon}, LEVEL);
	spot b = shapes::on_tiles({low.lat - more_lat, high.lon + more_lon}, LEVEL);
	return {a.x, a.y, b.x, b.y};
}

/* ---- ways into chains ---- */

bool same(map_vertex a, map_vertex b)
{
	return a.lat == b.lat && a.lon == b.lon;
}

class chainer {
      public:
	explicit chainer(const std::vector<line> &ways) : m_ways(ways), m_used(ways.size(), false)
	{
		for (size_t i = 0; i < ways.size(); i++) {
			m_starts.emplace(key(ways[i].front()), i);
			m_ends.emplace(key(ways[i].back()), i);
		}
	}
	std::vector<line> chains()
	{
		std::vector<line> out;
		for (size_t i = 0; i < m_ways.size(); i++) /* open ones from their beginning */
			if (!m_ends.count(key(m_ways[i].front())))
				out.push_back(from(i));
		for (size_t i = 0; i < m_ways.size(); i++)
			if (!m_used[i])
				out.push_back(from(i));
		return out;
	}

      private:
	using place = std::pair<int32_t, int32_t>;
	static place key(map_vertex v)
	{
		return {v.lat, v.lon};
	}
	line from(size_t way)
	{
		line chain = m_ways[way];
		m_used[way] = true;
		while (!same(chain.front(), chain.back())) {
			auto next = m_starts.find(key(chain.back()));
			if (next == m_starts.end() || m_used[next->second])
				break;
			const line &more = m_ways[next->second];
			m_used[next->second] = true;
			chain.insert(chain.end(), more.begin() + 1, more.end());
		}
		return chain;
	}
	const std::vector<line> &m_ways;
	std::vector<bool> m_used;
	std::map<place, size_t> m_starts, m_ends;
};

/* ---- the box's border, walked clockwise from its north-west corner ---- */

class border {
      public:
	explicit border(const box &b) : m_box(b), m_wide(b.right - b.left), m_high(b.bottom - b.top)
	{
	}
	/* The nearest spot of it. */
	spot nearest(spot p) const
	{
		double west = p.x - m_box.left, east = m_box.right - p.x, north = p.y - m_box.top,
		       south = m_box.bottom - p.y;
		double least = std::min({west, east, north, south});
		if (least == west || least == east)
			return {least == west ? m_box.left : m_box.right, p.y};
		return {p.x, least == north ? m_box.top : m_box.bottom};
	}
	double along(spot p) const
	{
		if (p.y <= m_box.top)
			return p.x - m_box.left;
		if (p.x >= m_box.right)
			return m_wide + (p.y - m_box.top);
		if (p.y >= m_box.bottom)
			return m_wide + m_high + (m_box.right - p.x);
		return 2 * m_wide + m_high + (m_box.bottom - p.y);
	}
	/* How far it is clockwise from one to the other. */
	double ahead(double from, double to) const
	{
		double way = to - from;
		return way < 0 ? way + 2 * (m_wide + m_high) : way;
	}
	/* The corners passed on the way of `ahead`. */
	void corners(double from, double way, path &out) const
	{
		const double at[] = {0, m_wide, m_wide + m_high, 2 * m_wide + m_high};
		const spot where[] = {{m_box.left, m_box.top},
		                      {m_box.right, m_box.top},
		                      {m_box.right, m_box.bottom},
		                      {m_box.left, m_box.bottom}};
		size_t first = 0;
		while (first < 4 && at[first] <= from)
			first++;
		for (size_t i = 0; i < 4; i++)
			if (ahead(from, at[(first + i) % 4]) < way)
				out.push_back(where[(first + i) % 4]);
	}
	path whole() const
	{
		return {{m_box.left, m_box.top},
		        {m_box.right, m_box.top},
		        {m_box.right, m_box.bottom},
		        {m_box.left, m_box.bottom}};
	}
	bool holds(spot p) const
	{
		return p.x > m_box.left && p.x < m_box.right && p.y > m_box.top && p.y < m_box.bottom;
	}

      private:
	box m_box;
	double m_wide, m_high;
};

class sea_maker {
      public:
	explicit sea_maker(const box &b) : m_box(b), m_border(b)
	{
	}
	void add(const line &chain)
	{
		path p;
		for (const map_vertex &v : chain)
			p.push_back(shapes::on_tiles(v, LEVEL));
		if (same(chain.front(), chain.back()))
			add_ring(std::move(p));
		else
			add_open(std::move(p));
	}
	std::vector<std::vector<path>> seas()
	{
		std::vector<bool> used(m_parts.size(), false);
		for (size_t i = 0; i < m_parts.size(); i++)
			if (!used[i])
				m_waters.push_back(walk(i, used));
		if (m_waters.empty() && !m_islands.empty())
			m_waters.push_back(m_border.whole());
		std::vector<std::vector<path>> out;
		for (path &water : m_waters)
			out.push_back({std::move(water)});
		for (path &island : m_islands)
			for (std::vector<path> &sea : out)
				if (shapes::within({sea[0]}, island[0])) {
					sea.push_back(std::move(island));
					break;
				}
		return out;
	}

      private:
	void add_ring(path p)
	{
		p.pop_back();
		if (p.size() < 3)
			return;
		auto outside = std::find_if(p.begin(), p.end(),
		                            [this](spot s) { return !m_border.holds(s); });
		if (outside != p.end()) {
			std::rotate(p.begin(), outside, p.end());
			p.push_back(p.front());
			add_parts(p);
		} else {
			(shapes::turning(p) < 0 ? m_islands : m_waters).push_back(std::move(p));
		}
	}
	void add_open(path p)
	{
		if (m_border.holds(p.front()))
			p.insert(p.begin(), m_border.nearest(p.front()));
		if (m_border.holds(p.back()))
			p.push_back(m_border.nearest(p.back()));
		add_parts(p);
	}
	void add_parts(const path &p)
	{
		for (path &part : shapes::clip_line(p, m_box))
			m_parts.push_back(std::move(part));
	}
	/* Along a coast, then along the border to the next coast that begins, until the first. */
	path walk(size_t first, std::vector<bool> &used) const
	{
		path ring;
		for (size_t at = first;;) {
			used[at] = true;
			ring.insert(ring.end(), m_parts[at].begin(), m_parts[at].end());
			double here = m_border.along(m_parts[at].back());
			size_t next = nearest_start(here);
			m_border.corners(here, way_to(here, next), ring);
			if (next == first || used[next])
				return ring;
			at = next;
		}
	}
	double way_to(double here, size_t part) const
	{
		return m_border.ahead(here, m_border.along(m_parts[part].front()));
	}
	size_t nearest_start(double here) const
	{
		size_t best = 0;
		for (size_t i = 1; i < m_parts.size(); i++)
			if (way_to(here, i) < way_to(here, best))
				best = i;
		return best;
	}
	box m_box;
	border m_border;
	std::vector<path> m_parts, m_islands, m_waters;
};

surface surface_of(const std::vector<path> &rings)
{
	surface out;
	for (const path &ring : rings) {
		line r;
		for (const spot &s : ring)
			r.push_back(shapes::off_tiles(s, LEVEL));
		r.push_back(r.front());
		out.outer.push_back(out.rings.empty());
		out.rings.push_back(std::move(r));
	}
	return out;
}

} // namespace

std::vector<surface> coast::sea(map_vertex low, map_vertex high) const
{
	sea_maker maker{box_round(low, high)};
	for (const line &chain : chainer{m_ways}.chains())
		maker.add(chain);
	std::vector<surface> out;
	for (const std::vector<path> &sea : maker.seas())
		out.push_back(surface_of(sea));
	return out;
}

} // namespace making

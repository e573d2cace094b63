/*
 * Where streets meet, and the house numbers of interpolation lines: what ways say through the nodes
 * they share.
 */
#include "compile.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace making {

namespace {

constexpr double LINK_M = 120; /* longer roads without a name do not make two streets meet */

double length_m(const std::vector<node_ref> &nodes)
{
	double metres = 0;
	for (size_t i = 1; i < nodes.size(); i++)
		metres += point_distance_m(map_point(nodes[i - 1].at), map_point(nodes[i].at));
	return metres;
}

bool before(const map_crossing &a, const map_crossing &b)
{
	return a.street != b.street ? a.street < b.street : a.other < b.other;
}

} // namespace

/* ---- crossings ---- */

void meeting_places::add_piece(uint32_t piece, const std::vector<node_ref> &nodes)
{
	for (const node_ref &n : nodes)
		m_touches.push_back({n.id, piece, n.at});
}

void meeting_places::add_link(const std::vector<node_ref> &nodes)
{
	if (length_m(nodes) > LINK_M)
		return;
	for (const node_ref &n : nodes)
		m_touches.push_back({n.id, LINK | m_links, n.at});
	m_links++;
}

void meeting_places::meet(const std::vector<uint32_t> &streets, map_vertex at,
                          std::vector<map_crossing> &out) const
{
	for (uint32_t a : streets)
		for (uint32_t b : streets)
			if (a != b)
				out.push_back({a, b, at});
}

/* All roads at one node: the streets among them meet; links remember what they touch. */
void meeting_places::meet_at_node(const touch *touches, size_t count,
                                  const std::vector<uint32_t> &street_of, std::vector<link> &links,
                                  std::vector<map_crossing> &out) const
{
	std::vector<uint32_t> streets;
	for (size_t i = 0; i < count; i++)
		if (!(touches[i].road & LINK) && street_of[touches[i].road] != MAP_NONE)
			streets.push_back(street_of[touches[i].road]);
	if (streets.empty())
		return;
	std::sort(streets.begin(), streets.end());
	streets.erase(std::unique(streets.begin(), streets.end()), streets.end());
	meet(streets, touches[0].at, out);
	for (size_t i = 0; i < count; i++)
		if (touches[i].road & LINK) {
			link &l = links[touches[i].road & ~LINK];
			l.at = l.streets.empty() ? touches[i].at : l.at;
			l.streets.insert(l.streets.end(), streets.begin(), streets.end());
		}
}

/* Streets that a link joins, unless they meet by themselves. */
void meeting_places::meet_by_links(std::vector<link> &links, std::vector<map_crossing> &out) const
{
	std::vector<map_crossing> more;
	std::stable_sort(out.begin(), out.end(), before);
	for (link &l : links) {
		std::sort(l.streets.begin(), l.streets.end());
		l.streets.erase(std::unique(l.streets.begin(), l.streets.end()), l.streets.end());
		meet(l.streets, l.at, more);
	}
	auto known = [&out](const map_crossing &c) {
		return std::binary_search(out.begin(), out.end(), c, before);
	};
	more.erase(std::remove_if(more.begin(), more.end(), known), more.end());
	out.insert(out.end(), more.begin(), more.end());
	std::stable_sort(out.begin(), out.end(), before);
}

void meeting_places::finish(const std::vector<uint32_t> &street_of, std::vector<map_crossing> &out)
{
	std::vector<link> links(m_links);
	std::sort(m_touches.begin(), m_touches.end(), [](const touch &a, const touch &b) {
		return a.node != b.node ? a.node < b.node : a.road < b.road;
	});
	for (size_t from = 0, to; from < m_touches.size(); from = to) {
		for (to = from + 1;
		     to < m_touches.size() && m_touches[to].node == m_touches[from].node;)
			to++;
		if (to - from > 1)
			meet_at_node(&m_touches[from], to - from, street_of, links, out);
	}
	meet_by_links(links, out);
	m_touches.clear();
}

/* ---- interpolation ---- */

namespace {

/* The point at a share of the line's length from node `from` to node `to`. */
map_vertex along(const std::vector<node_ref> &nodes, size_t from, size_t to, double share)
{
	std::vector<double> at{0};
	for (size_t i = from + 1; i <= to; i++)
		at.push_back(at.back() +
		             point_distance_m(map_point(nodes[i - 1].at), map_point(nodes[i].at)));
	double wanted = share * at.back();
	size_t i = 1;
	while (i + 1 < at.size() && at[i] < wanted)
		i++;
	double step = at[i] - at[i - 1], part = step > 0 ? (wanted - at[i - 1]) / step : 0;
	map_vertex a = nodes[from + i - 1].at, b = nodes[from + i].at;
	return {static_cast<int32_t>(std::lround(a.lat + part * (double(b.lat) - a.lat))),
	        static_cast<int32_t>(std::lround(a.lon + part * (double(b.lon) - a.lon)))};
}

/* "4", "4a": the number and its letter. */
bool read_number(const std::string &text, long &value, char &letter)
{
	char *end = nullptr;
	value = std::strtol(text.c_str(), &end, 10);
	if (end == text.c_str() || value <= 0 || value > 99999)
		return false;
	while (*end == ' ' || *end == '/')
		end++;
	letter = *end;
	return letter == '\0' ||
	       (((letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z')) &&
	        end[1] == '\0');
}

/* The numbers strictly between two, as the line's kind says. */
std::vector<std::string> between(const std::string &kind, const std::string &low,
                                 const std::string &high)
{
	long a = 0, b = 0;
	char x = '\0', y = '\0';
	std::vector<std::string> out;
	if (!read_number(low, a, x) || !read_number(high, b, y))
		return out;
	if (kind == "alphabetic") {
		for (int c = x + (x < y ? 1 : -1); x && y && a == b && c != y && x != y;
		     c += x < y ? 1 : -1)
			out.push_back(std::to_string(a) + static_cast<char>(c));
		return out;
	}
	long step = kind == "all" ? 1 : std::max(0L, std::strtol(kind.c_str(), nullptr, 10));
	step = step ? step : 2; /* odd, even */
	if (a == b || std::labs(a - b) > 1000 || (a - b) % step != 0)
		return out;
	for (long n = a + (a < b ? step : -step); n != b; n += a < b ? step : -step)
		out.push_back(std::to_string(n));
	return out;
}

} // namespace

void interpolations::fill(const numbered_line &l, std::vector<found_address> &addresses) const
{
	size_t last = SIZE_MAX, last_address = 0;
	for (size_t i = 0; i < l.nodes.size(); i++) {
		auto found = std::lower_bound(m_nodes.begin(), m_nodes.end(),
		                              std::make_pair(l.nodes[i].id, size_t{0}));
		if (found == m_nodes.end() || found->first != l.nodes[i].id)
			continue;
		if (last != SIZE_MAX) {
			const found_address a = addresses[last_address],
			                    b = addresses[found->second];
			std::vector<std::string> numbers = between(l.kind, a.number, b.number);
			for (size_t k = 0; k < numbers.size(); k++) {
				double share = double(k + 1) / double(numbers.size() + 1);
				addresses.push_back({a.street.empty() ? l.street : a.street,
				                     numbers[k], a.city,
				                     along(l.nodes, last, i, share), false, true});
			}
		}
		last = i;
		last_address = found->second;
	}
}

void interpolations::finish(std::vector<found_address> &addresses)
{
	std::sort(m_nodes.begin(), m_nodes.end());
	for (const numbered_line &l : m_lines) {
		for (const node_ref &n : l.nodes) { /* its ends may leave the street to the line */
			auto found = std::lower_bound(m_nodes.begin(), m_nodes.end(),
			                              std::make_pair(n.id, size_t{0}));
			if (found != m_nodes.end() && found->first == n.id &&
			    addresses[found->second].street.empty())
				addresses[found->second].street = l.street;
		}
		fill(l, addresses);
	}
	m_nodes.clear();
	m_lines.clear();
}

} // namespace making

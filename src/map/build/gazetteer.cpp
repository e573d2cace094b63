/*
 * Streets, house numbers, places and municipalities -> what can be searched. A street is one name
 * in one municipality. Where municipal outlines are cut by the extract's edge, the usual addr:city
 * of the addresses nearby stands in, and as the last resort the nearest town.
 */
#include "compile.hpp"

#include "../search/words.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

namespace making {

namespace {

constexpr int64_t QUARTER = 4; /* cells of 4 x MAP_CELL: where neighbours say the same town */
constexpr double SUBURB_M = 1200, TOWN_M = 10000;
constexpr double APART_M = 700; /* pieces of one name farther apart are two streets */

uint64_t quarter_key(map_vertex v, int64_t down, int64_t right)
{
	return map_cell_key(map_cell_row(v.lat) / QUARTER + down,
	                    map_cell_column(v.lon) / QUARTER + right);
}

std::string comparable(const std::string &number)
{
	char key[16];
	words_number(number.c_str(), number.size(), key);
	return key;
}

std::vector<std::string> parts_of(const std::string &text, const char *at)
{
	std::vector<std::string> parts;
	for (size_t from = 0; from <= text.size();) {
		size_t to = std::min(text.find_first_of(at, from), text.size());
		size_t begin = text.find_first_not_of(' ', from), end = to;
		while (end > from && text[end - 1] == ' ')
			end--;
		if (begin != std::string::npos && begin < end)
			parts.push_back(text.substr(begin, end - begin));
		from = to + 1;
	}
	return parts;
}

double distance_m(map_vertex a, map_vertex b)
{
	return point_distance_m(map_point(a), map_point(b));
}

/* Each word once, in order. */
std::string joined(const std::set<std::string> &texts)
{
	std::set<std::string> words;
	for (const std::string &t : texts)
		for (const std::string &word : parts_of(t, " "))
			words.insert(word);
	std::string out;
	for (const std::string &word : words)
		out += (out.empty() ? "" : " ") + word;
	return out;
}

/* Numbers as people count: 2, 10, 10/A, 11 */
bool number_before(const std::string &a, const std::string &b)
{
	long x = std::strtol(a.c_str(), nullptr, 10), y = std::strtol(b.c_str(), nullptr, 10);
	return x != y ? x < y : a < b;
}

} // namespace

void gazetteer::add_road(const road &r, const std::vector<node_ref> &nodes)
{
	line shape;
	double metres = 0;
	for (const node_ref &n : nodes) {
		metres += shape.empty() ? 0 : distance_m(shape.back(), n.at);
		shape.push_back(n.at);
	}
	if (shape.empty())
		return;
	if (r.name.empty()) {
		m_meetings.add_link(nodes);
		return;
	}
	m_meetings.add_piece(static_cast<uint32_t>(m_pieces.size()), nodes);
	m_pieces.push_back({r.name, r.also, shape[shape.size() / 2], metres});
	m_road_cells.put_line(shape.data(), shape.size(), r.drawn);
}

void gazetteer::add_address(const found_address &address, int64_t node)
{
	if (node)
		m_interpolations.add_node(node, m_addresses.size());
	for (const std::string &number : parts_of(address.number, ";,")) {
		m_addresses.push_back(address);
		m_addresses.back().number = number;
	}
}

void gazetteer::add_place(const std::string &name, map_place_class place_class, map_vertex at)
{
	if (!name.empty())
		m_places.push_back({name, name, "", place_class, at, false, false});
}

void gazetteer::add_landmark(const std::string &name, const landmark &what, map_vertex at)
{
	std::string called = name.empty() && what.alone ? what.label : name, label = called;
	if (called.empty())
		return;
	if (const char *before = landmark_said_before(&what, called.c_str()))
		label = std::string(before) + " " + called;
	m_places.push_back({called, label, std::string(what.label) + " " + what.words, PLACE_POI,
	                    at, what.alone, false});
}

void gazetteer::add_stone(const std::string &name, map_vertex at)
{
	m_places.push_back({name, name, "", PLACE_POI, at, false, true});
}

void gazetteer::add_municipality(const std::string &name, const std::vector<line> &rings)
{
	m_areas.add(name, rings);
}

void gazetteer::add_municipality_name(const std::string &name)
{
	if (!name.empty())
		m_municipality_names.insert(name);
}

/* ---- in which municipality? ---- */

/* Hamlets stand in addr:city too; where the municipalities' names are known, only they count. */
bool gazetteer::is_town(const std::string &name) const
{
	return m_municipality_names.empty() || m_municipality_names.count(name) > 0;
}

void gazetteer::index_near()
{
	for (uint32_t i = 0; i < m_addresses.size(); i++)
		if (!m_addresses[i].city.empty())
			m_address_cells[quarter_key(m_addresses[i].at, 0, 0)].push_back(i);
	for (uint32_t i = 0; i < m_places.size(); i++)
		if (m_places[i].place_class != PLACE_POI)
			m_place_cells[map_coarse_key(m_places[i].at, 0, 0)].push_back(i);
}

/* What most addresses in the cells around say; one answer for each cell. */
const std::string &gazetteer::usual_city(map_vertex at)
{
	auto [known, is_new] = m_usual.emplace(quarter_key(at, 0, 0), "");
	if (is_new)
		known->second = count_cities(at);
	return known->second;
}

std::string gazetteer::count_cities(map_vertex at) const
{
	std::map<std::string, unsigned> votes;
	for (int64_t down = -1; down <= 1; down++)
		for (int64_t right = -1; right <= 1; right++) {
			auto found = m_address_cells.find(quarter_key(at, down, right));
			if (found == m_address_cells.end())
				continue;
			for (uint32_t i : found->second)
				if (is_town(m_addresses[i].city))
					votes[m_addresses[i].city]++;
		}
	std::string best;
	unsigned most = 0;
	for (const auto &[city, count] : votes)
		if (count > most) {
			most = count;
			best = city;
		}
	return best;
}

const gazetteer::place *gazetteer::nearest_place(map_vertex at, double limit_m, bool towns_only,
                                                 const std::string &but) const
{
	const place *best = nullptr;
	const auto reach = static_cast<int64_t>(limit_m / 1500) + 1;
	for (int64_t down = -reach; down <= reach; down++)
		for (int64_t right = -reach; right <= reach; right++) {
			auto found = m_place_cells.find(map_coarse_key(at, down, right));
			if (found == m_place_cells.end())
				continue;
			for (uint32_t i : found->second) {
				const place &p = m_places[i];
				double metres = distance_m(at, p.at);
				if (metres > limit_m || p.name == but ||
				    (towns_only &&
				     (p.place_class > PLACE_VILLAGE || !is_town(p.name))))
					continue;
				limit_m = metres;
				best = &p;
			}
		}
	return best;
}

std::string gazetteer::town_of(map_vertex at)
{
	if (const std::string *name = m_areas.at(at))
		return *name;
	std::string city = usual_city(at);
	if (!city.empty())
		return city;
	const place *p = nearest_place(at, TOWN_M, true);
	return p ? p->name : "";
}

/* ---- streets ---- */

gazetteer::street &gazetteer::street_of(const std::string &label, map_vertex at)
{
	std::string words = normal_words(label), town = town_of(at);
	auto [found, is_new] = m_street_ids.emplace(words + "|" + town, m_streets.size());
	if (is_new)
		m_streets.push_back({label, words, town, "", "", {}, {}});
	return m_streets[found->second];
}

void gazetteer::gather_streets()
{
	for (uint32_t i = 0; i < m_pieces.size(); i++)
		street_of(m_pieces[i].name, m_pieces[i].at).pieces.push_back(i);
	for (uint32_t i = 0; i < m_addresses.size(); i++)
		if (!m_addresses[i].street.empty())
			street_of(m_addresses[i].street, m_addresses[i].at).addresses.push_back(i);
}

/* Two villages of one municipality may both have a Via Roma: what hangs together is one street. */
std::vector<gazetteer::street> gazetteer::split(const street &s) const
{
	struct part {
		map_vertex at;
		double reach_m;
		uint32_t index;
		bool address;
	};
	std::vector<part> left;
	for (uint32_t i : s.pieces)
		left.push_back({m_pieces[i].at, m_pieces[i].length_m / 2, i, false});
	for (uint32_t i : s.addresses)
		left.push_back({m_addresses[i].at, 0, i, true});
	std::vector<street> out;
	while (!left.empty()) {
		street cluster{s.label, s.words, s.town, "", "", {}, {}};
		std::vector<part> open{left[0]};
		left.erase(left.begin());
		while (!open.empty()) {
			const part from = open.back();
			open.pop_back();
			(from.address ? cluster.addresses : cluster.pieces).push_back(from.index);
			auto near = [&from](const part &p) {
				return distance_m(from.at, p.at) <
				       APART_M + from.reach_m + p.reach_m;
			};
			auto kept = std::stable_partition(
			    left.begin(), left.end(), [&near](const part &p) { return !near(p); });
			open.insert(open.end(), kept, left.end());
			left.erase(kept, left.end());
		}
		std::sort(cluster.pieces.begin(), cluster.pieces.end());
		std::sort(cluster.addresses.begin(), cluster.addresses.end());
		out.push_back(std::move(cluster));
	}
	return out;
}

map_vertex gazetteer::begin_of(const street &s) const
{
	return s.pieces.empty() ? m_addresses[s.addresses[0]].at : m_pieces[s.pieces[0]].at;
}

void gazetteer::split_streets()
{
	std::vector<street> all;
	for (const street &s : m_streets) {
		std::vector<street> parts = split(s);
		for (street &part : parts) {
			const place *p = parts.size() > 1
			                     ? nearest_place(begin_of(part), 2 * SUBURB_M, false)
			                     : nullptr;
			part.hamlet = p && p->name != part.town ? p->name : "";
			all.push_back(std::move(part));
		}
	}
	m_streets = std::move(all);
}

/* Words by which people say where it is: municipality, what its addresses say, the hamlets that it
 * runs through. */
void gazetteer::describe(street &s) const
{
	std::set<std::string> towns{normal_words(s.town), normal_words(s.hamlet)};
	for (uint32_t i : s.addresses) {
		towns.insert(normal_words(m_addresses[i].city));
		if (const place *p = nearest_place(m_addresses[i].at, SUBURB_M, false, s.town))
			towns.insert(normal_words(p->name));
	}
	for (uint32_t i : s.pieces)
		if (const place *p = nearest_place(m_pieces[i].at, SUBURB_M, false, s.town))
			towns.insert(normal_words(p->name));
	s.town_words = joined(towns);
}

/* The piece (or address) nearest to the middle of all: a point that lies on the street. */
map_vertex gazetteer::middle_of(const street &s) const
{
	line parts;
	for (uint32_t i : s.pieces)
		parts.push_back(m_pieces[i].at);
	for (uint32_t i : s.addresses)
		if (s.pieces.empty())
			parts.push_back(m_addresses[i].at);
	double lat = 0, lon = 0, best = INFINITY;
	for (const map_vertex &v : parts) {
		lat += v.lat / double(parts.size());
		lon += v.lon / double(parts.size());
	}
	map_vertex middle{static_cast<int32_t>(lat), static_cast<int32_t>(lon)}, found = middle;
	for (const map_vertex &v : parts)
		if (double metres = distance_m(v, middle); metres < best) {
			best = metres;
			found = v;
		}
	return found;
}

/* ---- bearers of names ---- */

/* "Via Val d'Ega - Eggentaler Straße": each by itself. */
static std::set<std::string> languages_of(const std::string &label)
{
	std::set<std::string> parts;
	for (const char *bar : {" - ", " / "}) {
		size_t at = label.find(bar);
		if (at != std::string::npos && at > 3 && label.size() > at + 6) {
			parts.insert(normal_words(label.substr(0, at)));
			parts.insert(normal_words(label.substr(at + 3)));
		}
	}
	return parts;
}

void gazetteer::list_aliases(const bearer &main, std::vector<bearer> &to) const
{
	const street &s = m_streets[main.street];
	std::set<std::string> names = languages_of(s.label);
	for (uint32_t i : s.pieces)
		for (const std::string &also : m_pieces[i].also)
			names.insert(normal_words(also));
	names.erase(s.words);
	names.erase("");
	for (const std::string &words : names) {
		bearer alias = main;
		alias.words = words;
		alias.named.flags = NAMED_ALIAS;
		to.push_back(alias);
	}
}

void gazetteer::list_streets(image &out, std::vector<bearer> &to)
{
	for (uint32_t i = 0; i < m_streets.size(); i++) {
		street &s = m_streets[i];
		if (s.words.empty())
			continue;
		describe(s);
		bearer b;
		b.words = s.words;
		b.setting = s.town_words;
		b.street = i;
		b.named.kind = MAP_STREET;
		b.named.label = out.strings.put(s.label);
		b.named.municipality = out.strings.put(s.town);
		b.named.hamlet = out.strings.put(s.hamlet);
		b.named.at = middle_of(s);
		to.push_back(b);
		list_aliases(b, to);
	}
}

/* A landmark is found by its name; what it is helps, and finds it too where there are few. */
void gazetteer::list_places(image &out, std::vector<bearer> &to)
{
	for (const place &p : m_places) {
		bearer b;
		std::string town = town_of(p.at), what = normal_words(p.what);
		std::set<std::string> around{normal_words(town), what};
		if (const place *near = nearest_place(p.at, SUBURB_M, false, town))
			around.insert(normal_words(near->name));
		b.words = normal_words(p.name);
		b.setting = joined(around);
		b.named.kind = MAP_PLACE;
		b.named.place_class = static_cast<uint8_t>(p.place_class);
		b.named.label = out.strings.put(p.label);
		b.named.municipality = out.strings.put(town);
		b.named.at = p.at;
		b.named.flags = p.stone ? NAMED_STONE : 0;
		if (b.words.empty())
			continue;
		to.push_back(b);
		b.named.flags = NAMED_ALIAS;
		b.setting += " " + b.words;
		for (const std::string &word : parts_of(p.alone ? what : "", " ")) {
			bearer alias = b;
			alias.words = word;
			if (word != to.back().words)
				to.push_back(alias);
		}
	}
}

void gazetteer::put_numbers(image &out, street &s, uint32_t id)
{
	auto text = [this](uint32_t i) { return comparable(m_addresses[i].number); };
	std::stable_sort(s.addresses.begin(), s.addresses.end(), [&](uint32_t a, uint32_t b) {
		const found_address &one = m_addresses[a], &other = m_addresses[b];
		std::string x = text(a), y = text(b);
		if (x != y)
			return number_before(x, y);
		return one.about != other.about ? other.about : one.plain && !other.plain;
	});
	std::string last;
	for (uint32_t i : s.addresses) {
		std::string number = text(i);
		if (number.empty() || number == last)
			continue; /* a shop beside the address itself */
		last = number;
		map_address a{};
		a.at = m_addresses[i].at;
		a.street = id & 0x7fffffffu;
		a.about = m_addresses[i].about;
		a.number = out.strings.put(m_addresses[i].number);
		out.addresses.push_back(a);
	}
}

/* Bearers are in the file's order now; aliases share what their street has. */
void gazetteer::put_addresses(image &out, std::vector<bearer> &bearers)
{
	std::vector<std::pair<uint32_t, uint32_t>> range(m_streets.size());
	for (uint32_t i = 0; i < bearers.size(); i++) {
		const bearer &b = bearers[i];
		if (b.street == MAP_NONE || b.named.flags & NAMED_ALIAS)
			continue;
		auto first = static_cast<uint32_t>(out.addresses.size());
		put_numbers(out, m_streets[b.street], i);
		range[b.street] = {first, static_cast<uint32_t>(out.addresses.size()) - first};
	}
	for (bearer &b : bearers)
		if (b.street != MAP_NONE)
			std::tie(b.named.first_address, b.named.addresses) = range[b.street];
}

void gazetteer::put_crossings(image &out, const std::vector<bearer> &bearers)
{
	std::vector<uint32_t> street_of(m_pieces.size(), MAP_NONE);
	for (uint32_t i = 0; i < bearers.size(); i++)
		if (bearers[i].street != MAP_NONE && !(bearers[i].named.flags & NAMED_ALIAS))
			for (uint32_t piece : m_streets[bearers[i].street].pieces)
				street_of[piece] = i;
	m_meetings.finish(street_of, out.crossings);
}

/* ---- the rest ---- */

/* Known by name only. */
void gazetteer::put_municipality_names(image &out) const
{
	std::set<std::string> known = m_areas.names();
	for (const street &s : m_streets)
		if (!s.town.empty() && known.insert(s.town).second)
			out.municipalities.push_back(
			    {out.strings.put(s.town), 0, 0, {0, 0}, {0, 0}});
}

void gazetteer::put_cells(image &out)
{
	cell_list addresses, places;
	for (uint32_t i = 0; i < out.addresses.size(); i++)
		addresses.put_line(&out.addresses[i].at, 1, i);
	addresses.finish(out.address_cells.cells, out.address_cells.items);
	for (uint32_t i = 0; i < out.named.size(); i++)
		if (out.named[i].kind == MAP_PLACE && out.named[i].place_class != PLACE_POI)
			places.put(map_coarse_key(out.named[i].at, 0, 0), i);
	places.finish(out.place_cells.cells, out.place_cells.items);
	m_road_cells.finish(out.street_cells.cells, out.street_cells.items);
}

void gazetteer::finish(image &out)
{
	std::vector<bearer> bearers;
	m_interpolations.finish(m_addresses);
	index_near();
	gather_streets();
	split_streets();
	list_streets(out, bearers);
	list_places(out, bearers);
	std::stable_sort(bearers.begin(), bearers.end(),
	                 [](const bearer &a, const bearer &b) { return a.words < b.words; });
	put_addresses(out, bearers);
	put_crossings(out, bearers);
	register_names(out, bearers);
	m_areas.finish(out);
	put_municipality_names(out);
	put_cells(out);
}

} // namespace making

/*
 * Streets, house numbers, places and municipalities -> what can be searched. A street is one name
 * in one municipality. Where municipal outlines are cut by the extract's edge, the usual addr:city
 * of the addresses nearby stands in, and as the last resort the nearest town.
 */
#include "compile.hpp"

#include "words.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace making {

namespace {

constexpr int64_t COARSE = 20; /* cells of 20 x MAP_CELL: about two kilometres */
constexpr int64_t QUARTER = 4; /* cells of 4 x MAP_CELL: where neighbours say the same town */
constexpr double SUBURB_M = 1200, TOWN_M = 10000;
constexpr double APART_M = 700; /* pieces of one name farther apart are two streets */

uint64_t coarse_key(map_vertex v, int64_t down, int64_t right)
{
	return map_cell_key(map_cell_row(v.lat) / COARSE + down,
	                    map_cell_column(v.lon) / COARSE + right);
}

uint64_t quarter_key(map_vertex v, int64_t down, int64_t right)
{
	return map_cell_key(map_cell_row(v.lat) / QUARTER + down,
	                    map_cell_column(v.lon) / QUARTER + right);
}

std::string normal(const std::string &text)
{
	struct str out = {};
	words_normal(text.c_str(), &out);
	std::string result = str_text(&out);
	str_fini(&out);
	return result;
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

/* Numbers as people count: 2, 10, 10/A, 11 */
bool number_before(const std::string &a, const std::string &b)
{
	long x = std::strtol(a.c_str(), nullptr, 10), y = std::strtol(b.c_str(), nullptr, 10);
	return x != y ? x < y : a < b;
}

} // namespace

void gazetteer::add_street(const std::string &name, const line &shape, uint32_t feature)
{
	if (name.empty() || shape.empty())
		return;
	double metres = 0;
	for (size_t i = 1; i < shape.size(); i++)
		metres += distance_m(shape[i - 1], shape[i]);
	m_pieces.push_back({name, shape[shape.size() / 2], metres});
	m_road_cells.put_line(shape.data(), shape.size(), feature);
}

void gazetteer::add_address(const found_address &address)
{
	for (const std::string &number : parts_of(address.number, ";,")) {
		m_addresses.push_back(address);
		m_addresses.back().number = number;
	}
}

void gazetteer::add_place(const std::string &name, map_place_class place_class, map_vertex at)
{
	if (!name.empty())
		m_places.push_back({name, place_class, at});
}

void gazetteer::add_municipality(const std::string &name, const std::vector<line> &rings)
{
	municipality m{name, rings, {INT32_MAX, INT32_MAX}, {INT32_MIN, INT32_MIN}};
	for (const line &ring : rings)
		for (const map_vertex &v : ring) {
			m.low = {std::min(m.low.lat, v.lat), std::min(m.low.lon, v.lon)};
			m.high = {std::max(m.high.lat, v.lat), std::max(m.high.lon, v.lon)};
		}
	if (!name.empty() && !rings.empty())
		m_municipalities.push_back(m);
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
		m_place_cells[coarse_key(m_places[i].at, 0, 0)].push_back(i);
}

const gazetteer::municipality *gazetteer::area_of(map_vertex at) const
{
	for (const municipality &m : m_municipalities) {
		if (at.lat < m.low.lat || at.lat > m.high.lat || at.lon < m.low.lon ||
		    at.lon > m.high.lon)
			continue;
		bool inside = false;
		for (const line &ring : m.rings)
			inside ^= map_ring_crossed(ring.data(), ring.size(), at);
		if (inside)
			return &m;
	}
	return nullptr;
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

const gazetteer::place *gazetteer::nearest_place(map_vertex at, double limit_m,
                                                 bool towns_only) const
{
	const place *best = nullptr;
	const auto reach = static_cast<int64_t>(limit_m / 1500) + 1;
	for (int64_t down = -reach; down <= reach; down++)
		for (int64_t right = -reach; right <= reach; right++) {
			auto found = m_place_cells.find(coarse_key(at, down, right));
			if (found == m_place_cells.end())
				continue;
			for (uint32_t i : found->second) {
				const place &p = m_places[i];
				double metres = distance_m(at, p.at);
				if (p.place_class == PLACE_POI || metres > limit_m ||
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
	if (const municipality *m = area_of(at))
		return m->name;
	std::string city = usual_city(at);
	if (!city.empty())
		return city;
	const place *p = nearest_place(at, TOWN_M, true);
	return p ? p->name : "";
}

/* ---- streets ---- */

gazetteer::street &gazetteer::street_of(const std::string &label, map_vertex at)
{
	std::string words = normal(label), town = town_of(at);
	auto [found, is_new] = m_street_ids.emplace(words + "|" + town, m_streets.size());
	if (is_new)
		m_streets.push_back({label, words, town, "", "", {}, {}});
	return m_streets[found->second];
}

void gazetteer::gather_streets()
{
	for (const street_piece &p : m_pieces)
		street_of(p.name, p.at).pieces.push_back(p);
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
		size_t cluster;
	};
	std::vector<part> parts;
	for (const street_piece &p : s.pieces)
		parts.push_back({p.at, p.length_m / 2, MAP_NONE});
	for (uint32_t i : s.addresses)
		parts.push_back({m_addresses[i].at, 0, MAP_NONE});
	std::vector<street> out;
	for (part &first : parts) {
		if (first.cluster != MAP_NONE)
			continue;
		first.cluster = out.size();
		std::vector<const part *> open{&first};
		while (!open.empty()) {
			const part from = *open.back();
			open.pop_back();
			for (part &p : parts)
				if (p.cluster == MAP_NONE &&
				    distance_m(from.at, p.at) <
				        APART_M + from.reach_m + p.reach_m) {
					p.cluster = from.cluster;
					open.push_back(&p);
				}
		}
		out.push_back({s.label, s.words, s.town, "", "", {}, {}});
	}
	for (size_t i = 0; i < parts.size(); i++) {
		street &to = out[parts[i].cluster];
		if (i < s.pieces.size())
			to.pieces.push_back(s.pieces[i]);
		else
			to.addresses.push_back(s.addresses[i - s.pieces.size()]);
	}
	return out;
}

void gazetteer::split_streets()
{
	std::vector<street> all;
	for (const street &s : m_streets) {
		std::vector<street> parts = split(s);
		for (street &part : parts) {
			map_vertex at = part.pieces.empty() ? m_addresses[part.addresses[0]].at
			                                    : part.pieces[0].at;
			const place *p =
			    parts.size() > 1 ? nearest_place(at, 2 * SUBURB_M, false) : nullptr;
			part.hamlet = p && p->name != part.town ? p->name : "";
			all.push_back(std::move(part));
		}
	}
	m_streets = std::move(all);
}

/* Words by which people say where it is: municipality, what its addresses say, the hamlet around
 * it. */
void gazetteer::describe(street &s) const
{
	std::set<std::string> towns{normal(s.town)};
	for (uint32_t i : s.addresses)
		towns.insert(normal(m_addresses[i].city));
	map_vertex at = s.pieces.empty() ? m_addresses[s.addresses[0]].at : s.pieces[0].at;
	if (const place *p = nearest_place(at, SUBURB_M, false))
		towns.insert(normal(p->name));
	for (const std::string &t : towns)
		if (!t.empty())
			s.town_words += (s.town_words.empty() ? "" : " ") + t;
}

/* The piece (or address) nearest to the middle of all: a point that lies on the street. */
template <typename T> static map_vertex middle_of(const std::vector<T> &parts)
{
	double lat = 0, lon = 0, best = INFINITY;
	for (const T &p : parts) {
		lat += p.at.lat / double(parts.size());
		lon += p.at.lon / double(parts.size());
	}
	map_vertex middle{static_cast<int32_t>(lat), static_cast<int32_t>(lon)}, found = middle;
	for (const T &p : parts)
		if (double metres = distance_m(p.at, middle); metres < best) {
			best = metres;
			found = p.at;
		}
	return found;
}

void gazetteer::put_addresses(image &out, street &s, uint32_t id)
{
	auto text = [this](uint32_t i) { return comparable(m_addresses[i].number); };
	std::stable_sort(s.addresses.begin(), s.addresses.end(), [&](uint32_t a, uint32_t b) {
		std::string x = text(a), y = text(b);
		if (x != y)
			return number_before(x, y);
		return m_addresses[a].plain && !m_addresses[b].plain;
	});
	std::string last;
	for (uint32_t i : s.addresses) {
		std::string number = text(i);
		if (number.empty() || number == last)
			continue; /* a shop beside the address itself */
		last = number;
		out.addresses.push_back(
		    {m_addresses[i].at, id, out.strings.put(m_addresses[i].number)});
	}
}

void gazetteer::put_street(image &out, street &s)
{
	map_named n{};
	n.kind = MAP_STREET;
	n.label = out.strings.put(s.label);
	n.words = out.strings.put(s.words);
	n.municipality = out.strings.put(s.town);
	n.town_words = out.strings.put(s.town_words);
	n.hamlet = out.strings.put(s.hamlet);
	std::vector<found_address> numbered;
	for (uint32_t i : s.addresses)
		numbered.push_back(m_addresses[i]);
	n.at = s.pieces.empty() ? middle_of(numbered) : middle_of(s.pieces);
	n.first_address = static_cast<uint32_t>(out.addresses.size());
	put_addresses(out, s, static_cast<uint32_t>(out.named.size()));
	n.addresses = static_cast<uint32_t>(out.addresses.size()) - n.first_address;
	out.named.push_back(n);
}

void gazetteer::put_places(image &out)
{
	for (const place &p : m_places) {
		map_named n{};
		std::string town = town_of(p.at);
		n.kind = MAP_PLACE;
		n.place_class = static_cast<uint8_t>(p.place_class);
		n.label = out.strings.put(p.name);
		n.words = out.strings.put(normal(p.name));
		n.municipality = out.strings.put(town);
		n.town_words = out.strings.put(normal(town));
		n.at = p.at;
		if (n.words)
			out.named.push_back(n);
	}
}

void gazetteer::put_municipalities(image &out)
{
	std::set<std::string> known;
	for (const municipality &m : m_municipalities) {
		known.insert(m.name);
		out.municipalities.push_back(
		    {out.strings.put(m.name), static_cast<uint32_t>(out.rings.size()),
		     static_cast<uint32_t>(m.rings.size()), m.low, m.high});
		for (const line &ring : m.rings) {
			out.rings.push_back({static_cast<uint32_t>(out.ring_shape.size()),
			                     static_cast<uint32_t>(ring.size())});
			out.ring_shape.insert(out.ring_shape.end(), ring.begin(), ring.end());
		}
	}
	for (const street &s : m_streets)
		if (!s.town.empty() && known.insert(s.town).second)
			out.municipalities.push_back(
			    {out.strings.put(s.town), 0, 0, {0, 0}, {0, 0}});
}

void gazetteer::put_words(image &out) const
{
	std::map<std::string, std::vector<uint32_t>> index;
	for (uint32_t i = 0; i < out.named.size(); i++) {
		std::string before;
		for (const std::string &word : parts_of(out.strings.at(out.named[i].words), " ")) {
			index[word].push_back(i);
			if (words_joins(before.c_str(), before.size()))
				index[(before == "san" ? "sant" : before) + word].push_back(i);
			before = word;
		}
	}
	for (auto &[word, items] : index) {
		items.erase(std::unique(items.begin(), items.end()), items.end());
		out.words.push_back({out.strings.put(word),
		                     static_cast<uint32_t>(out.word_items.size()),
		                     static_cast<uint32_t>(items.size())});
		out.word_items.insert(out.word_items.end(), items.begin(), items.end());
	}
}

void gazetteer::finish(image &out)
{
	index_near();
	gather_streets();
	split_streets();
	for (street &s : m_streets) {
		if (s.words.empty())
			continue;
		describe(s);
		put_street(out, s);
	}
	put_places(out);
	put_municipalities(out);
	put_words(out);
	cell_list cells;
	for (uint32_t i = 0; i < out.addresses.size(); i++)
		cells.put_line(&out.addresses[i].at, 1, i);
	cells.finish(out.address_cells.cells, out.address_cells.items);
	m_road_cells.finish(out.street_cells.cells, out.street_cells.items);
}

} // namespace making

/*
 * What each object of OpenStreetMap is to us, by its tags: a road, an address, a name, something
 * drawn; often several of them.
 */
#include "collection.hpp"
#include "../tile/shapes.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <sstream>

namespace making {

namespace {

constexpr int64_t FARTHEST_NODE = 5000000; /* half a degree: 55 km north */

std::string text_of(const tags &t, const char *key)
{
	return tags_text(&t, key);
}

bool has(const tags &t, const char *key)
{
	return t.get(t.ctx, key) != nullptr;
}

map_vertex middle_of(const line &shape)
{
	int64_t lat = 0, lon = 0;
	for (const map_vertex &v : shape) {
		lat += v.lat;
		lon += v.lon;
	}
	auto count = static_cast<int64_t>(std::max<size_t>(1, shape.size()));
	return {static_cast<int32_t>(lat / count), static_cast<int32_t>(lon / count)};
}

shapes::path on_tiles(const line &ring)
{
	shapes::path flat;
	for (const map_vertex &v : ring)
		flat.push_back(shapes::on_tiles(v, 0));
	return flat;
}

map_vertex middle_of(const surface &s)
{
	std::vector<shapes::path> flat;
	for (const line &ring : s.rings)
		flat.push_back(on_tiles(ring));
	return shapes::off_tiles(shapes::middle(flat), 0);
}

/* Seen from the zoom at which it covers some points of the screen. */
unsigned zoom_by_size(const surface &s)
{
	const double points = 512, enough = 16;
	double square = 0;
	for (size_t i = 0; i < s.rings.size(); i++) {
		double area = std::abs(shapes::turning(on_tiles(s.rings[i]))) / 2;
		square += s.outer[i] ? area : -area;
	}
	unsigned zoom = 8;
	while (zoom < 14 &&
	       std::ldexp(points * std::sqrt(square), static_cast<int>(zoom)) < std::sqrt(enough))
		zoom++;
	return zoom;
}

/* "A22;E45" -> "A22"; what is too long for a shield is none. */
std::string shield_of(const char *ref)
{
	std::string first = ref ? std::string{ref, std::strcspn(ref, ";")} : "";
	return first.size() <= 8 ? first : "";
}

/* "SS12", "S.P. 121 dir"; not "2" and "18/36", as platforms and runways have. */
bool is_road_number(const std::string &ref)
{
	size_t digits = ref.find_first_of("0123456789");
	auto is_letter = [](unsigned char c) { return std::isalpha(c) || c == '.' || c == ' '; };
	std::string letters = ref.substr(0, digits);
	return digits != std::string::npos && digits > 0 &&
	       std::all_of(letters.begin(), letters.end(), is_letter);
}

/* "12", "12+000", "12.0"; "" where it stands between two whole kilometres. */
std::string whole_kilometres(const std::string &distance)
{
	size_t digits = distance.find_first_not_of("0123456789");
	bool whole = digits == std::string::npos ||
	             (std::strchr(".,+", distance[digits]) &&
	              distance.find_first_not_of('0', digits + 1) == std::string::npos);
	std::string figure = distance.substr(0, digits);
	return whole && figure.size() <= 4 ? figure : "";
}

/* Of a road between places; one road may have several: "SS12;SP90". */
std::vector<std::string> road_numbers(const tags &t)
{
	std::vector<std::string> numbers;
	way_rule rule = tags_way(&t);
	std::istringstream refs(rule.car && rule.road_class <= ROAD_MINOR ? text_of(t, "ref") : "");
	for (std::string ref; std::getline(refs >> std::ws, ref, ';');)
		if (is_road_number(ref))
			numbers.push_back(ref);
	return numbers;
}

} // namespace

drawing::look collection::look(map_layer layer, unsigned feature_class, unsigned zoom,
                               const std::string &name)
{
	return {layer, feature_class, zoom, out.strings.put(name), 0, 0};
}

drawing::look collection::look(const map_look &l, const std::string &name)
{
	return {l.layer,
	        l.feature_class,
	        l.min_zoom,
	        out.strings.put(name),
	        out.strings.put(shield_of(l.ref)),
	        l.flags};
}

/* ---- what has an address or a name, whatever its shape ---- */

void collection::take_address(const tags &t, map_vertex at, int64_t node)
{
	std::string number = text_of(t, "addr:housenumber");
	if (number.empty())
		return;
	std::string street = text_of(t, "addr:street");
	if (street.empty())
		street = text_of(t, "addr:place");
	bool plain = !has(t, "amenity") && !has(t, "shop") && !has(t, "office");
	names.add_address({street, number, text_of(t, "addr:city"), at, plain, false}, node);
	towns.add_address(at);
	drawn.add_point(look(LAYER_HOUSENUMBER, 0, 17, number), at);
}

void collection::take_poi(const tags &t, map_vertex at)
{
	static const struct {
		const char *amenity;
		map_poi poi;
		unsigned zoom;
	} kinds[] = {{"school", POI_SCHOOL, 15},     {"kindergarten", POI_SCHOOL, 16},
	             {"university", POI_SCHOOL, 15}, {"college", POI_SCHOOL, 15},
	             {"hospital", POI_HOSPITAL, 13}, {"clinic", POI_HOSPITAL, 15},
	             {"pharmacy", POI_PHARMACY, 15}};
	std::string amenity = text_of(t, "amenity"), name = text_of(t, "name");
	for (const auto &k : kinds)
		if (amenity == k.amenity)
			drawn.add_point(look(LAYER_POI, k.poi, k.zoom, name), at);
	if (const landmark *what = landmark_of(&t))
		names.add_landmark(name, *what, at);
}

void collection::take_place(const tags &t, map_vertex at)
{
	static const struct {
		const char *place;
		map_place_class place_class;
		unsigned zoom;
	} kinds[] = {{"city", PLACE_CITY, 8},
	             {"town", PLACE_TOWN, 9},
	             {"village", PLACE_VILLAGE, 11},
	             {"hamlet", PLACE_HAMLET, 13},
	             {"suburb", PLACE_SUBURB, 12},
	             {"quarter", PLACE_SUBURB, 13},
	             {"isolated_dwelling", PLACE_HAMLET, 15},
	             {"neighbourhood", PLACE_SUBURB, 14}};
	std::string place = text_of(t, "place"), name = text_of(t, "name");
	for (const auto &k : kinds)
		if (place == k.place && !name.empty()) {
			drawn.add_point(look(LAYER_PLACE, k.place_class, k.zoom, name), at);
			names.add_place(name, k.place_class, at);
		}
}

/* "SP235 km 2" */
void collection::take_stone(const tags &t, map_vertex at)
{
	std::string road = text_of(t, "ref"), distance = text_of(t, "distance");
	if (text_of(t, "highway") != "milestone" || !is_road_number(road))
		return;
	std::string figure = whole_kilometres(distance.empty() ? text_of(t, "pk") : distance);
	if (!figure.empty())
		names.add_stone(road + " km " + figure, at);
}

/* ---- nodes ---- */

void collection::take_node(int64_t id, const tags &t, map_vertex at)
{
	node_rule rule = tags_node(&t);
	if (rule.sign != SIGN_NONE)
		roads.add_sign(id, rule);
	take_address(t, at, id);
	take_poi(t, at);
	take_place(t, at);
	take_stone(t, at);
}

/* ---- ways ---- */

/* A node of it was moved by a slip, to 0,0 say: no two nodes of a road are so far apart. */
static bool is_astray(const tags &t, const line &shape)
{
	if (!*tags_text(&t, "highway"))
		return false;
	for (size_t i = 1; i < shape.size(); i++)
		if (std::abs(static_cast<int64_t>(shape[i].lat) - shape[i - 1].lat) > FARTHEST_NODE ||
		    std::abs(static_cast<int64_t>(shape[i].lon) - shape[i - 1].lon) > FARTHEST_NODE)
			return true;
	return false;
}

void collection::take_way(int64_t id, const tags &t, const std::vector<way_part> &parts)
{
	for (const way_part &part : parts)
		if (is_astray(t, part.shape)) {
			out.counts.astray++;
			return;
		}
	if (auto border = m_border_level.find(id); border != m_border_level.end())
		for (const way_part &part : parts)
			take_border(t, part.shape, border->second);
	take_road(id, t, parts);
	std::string numbers = text_of(t, "addr:interpolation");
	for (const way_part &part : parts) {
		if (!numbers.empty())
			names.add_interpolation(numbers, text_of(t, "addr:street"), part.refs);
		take_line(t, part.refs, part.shape);
	}
	take_address(t, middle_of(parts[0].shape));
	take_poi(t, middle_of(parts[0].shape));
}

/* At sea and along a coast a border would only be a dashed line in the water. */
void collection::take_border(const tags &t, const line &shape, unsigned level)
{
	if (look_is_coast(&t) || text_of(t, "maritime") == "yes")
		return;
	unsigned zoom = level <= 6 ? 8 : level == 7 ? 9 : level == 8 ? 10 : 12;
	drawn.add_line(look(LAYER_BOUNDARY, level, zoom), shape);
}

void collection::take_road(int64_t id, const tags &t, const std::vector<way_part> &parts)
{
	way_rule rule = tags_way(&t);
	conditionals at_times = tags_conditionals(&t);
	out.counts.conditional_roads += at_times.found;
	out.counts.conditional_unread += at_times.unread;
	out.counts.ferries += rule.ferry && rule.car;
	out.counts.other_ferries += rule.ferry && !rule.car;
	if (!rule.car)
		return;
	uint32_t name = out.strings.put(text_of(t, "name"));
	for (const way_part &part : parts)
		roads.add_way(id, part.refs, rule, name);
}

/* What is drawn as a line; a street is found by its name too. */
void collection::take_line(const tags &t, const std::vector<node_ref> &refs, const line &shape)
{
	if (look_is_coast(&t))
		drawn.add_coast(shape);
	map_look l = look_of_line(&t);
	if (!l.drawn)
		return;
	std::string name = l.named ? text_of(t, "name") : "";
	uint32_t id =
	    drawn.add_line(look(l, name), l.against ? line{shape.rbegin(), shape.rend()} : shape);
	if (l.layer == LAYER_ROAD)
		take_name(t, refs, id);
}

/* By which names a road is searched; "SP121" is all the name that some have. */
void collection::take_name(const tags &t, const std::vector<node_ref> &refs, uint32_t drawn_as)
{
	gazetteer::road road{text_of(t, "name"), road_numbers(t), drawn_as};
	if (road.name.empty() && !road.also.empty())
		road.name = road.also[0];
	for (const char *key : {"alt_name", "old_name", "loc_name", "official_name", "short_name",
	                        "name:it", "name:de"})
		if (std::string also = text_of(t, key); !also.empty())
			road.also.push_back(also);
	names.add_road(road, refs);
}

/* ---- boundaries and areas ---- */

void collection::take_boundary(const tags &t, const std::vector<int64_t> &ways)
{
	auto level = static_cast<unsigned>(std::strtoul(tags_text(&t, "admin_level"), nullptr, 10));
	if (level < 2 || level > 10)
		return;
	if (level == 8) {
		out.counts.cut_boundaries++; /* each whole one is taken off again */
		names.add_municipality_name(text_of(t, "name"));
	}
	for (int64_t way : ways) {
		auto [known, is_new] = m_border_level.emplace(way, level);
		known->second = std::min(known->second, level);
	}
}

void collection::take_area(const tags &t, const surface &shape, bool whole)
{
	if (text_of(t, "boundary") == "administrative") {
		if (text_of(t, "admin_level") == "8")
			take_municipality(t, shape, whole);
	} else {
		take_cover(t, shape);
	}
	if (whole) {
		take_address(t, middle_of(shape.rings[0]));
		take_poi(t, middle_of(shape.rings[0]));
	}
}

void collection::take_municipality(const tags &t, const surface &shape, bool whole)
{
	names.add_municipality(text_of(t, "name"), shape.rings);
	out.counts.cut_boundaries -= out.counts.cut_boundaries > 0 && whole;
}

void collection::take_cover(const tags &t, const surface &shape)
{
	map_look l = look_of_area(&t);
	if (!l.drawn)
		return;
	if (l.layer == LAYER_BUILDING)
		towns.add_building(middle_of(shape.rings[0]));
	if (l.layer == LAYER_LANDUSE && l.feature_class == LANDUSE_URBAN)
		towns.add_area(shape.rings);
	if (l.sized)
		l.min_zoom = std::max(l.min_zoom, zoom_by_size(shape));
	drawn.add_polygon(look(l, ""), shape);
	std::string name = l.named ? text_of(t, "name") : "";
	if (!name.empty())
		drawn.add_point(look(LAYER_WATER_NAME, 0, l.min_zoom + 2, name), middle_of(shape));
}

/* ---- restrictions that hold at times ---- */

void collection::count_conditionals(const tags &t)
{
	conditionals at_times = tags_conditionals(&t);
	out.counts.conditional += at_times.found;
	out.counts.conditional_unread += at_times.unread;
}

} // namespace making

/*
 * What is drawn: shapes with a layer and the zoom from which they are seen, found by tile. Wide views
 * get thinned copies: lines of one look joined and simplified, small areas left out, large ones cut.
 * Polygons are turned as vector tiles want them (outer rings clockwise on screen). Encoding is
 * tile.cpp's work.
 */
#include "compile.hpp"
#include "pen.hpp"
#include "../tile/shapes.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <tuple>

namespace making {

namespace {

constexpr double UNITS = 4096;         /* a tile's side as it will be written; a point is 8 */
constexpr double THIN = 4;             /* what is nearer to the line may go */
constexpr double SMALLEST = 2 * 256;   /* twice the area: two points by two */
constexpr size_t PIECE = 256;          /* vertices of one feature, about: tiles clip them one by one */
constexpr double OVERLAP = 1.0 / 2048; /* of pieces of an area, so that no seam shows */

unsigned last_zoom(unsigned group)
{
	return group + 1 < MAP_TILE_GROUPS ? map_tile_group_first_zoom[group + 1] - 1 : 18;
}
constexpr unsigned DETAIL = MAP_TILE_GROUPS - 1;

shapes::path on_tiles(const line &shape, unsigned level, double units)
{
	shapes::path p;
	p.reserve(shape.size());
	for (const map_vertex &v : shape) {
		shapes::spot at = shapes::on_tiles(v, level);
		p.push_back({at.x * units, at.y * units});
	}
	return p;
}

/* Twice the area in square units; positive: counter-clockwise with north up. */
double turning(const line &ring)
{
	double sum = 0;
	for (size_t i = 1; i < ring.size(); i++)
		sum += double(ring[i - 1].lon) * double(ring[i].lat) -
		       double(ring[i].lon) * double(ring[i - 1].lat);
	return sum;
}

bool same(map_vertex a, map_vertex b)
{
	return a.lat == b.lat && a.lon == b.lon;
}

line thinned(const line &shape, unsigned zoom)
{
	std::vector<bool> keep = shapes::simplify(on_tiles(shape, zoom, UNITS), THIN);
	line out;
	for (size_t i = 0; i < shape.size(); i++)
		if (keep[i])
			out.push_back(shape[i]);
	return out;
}

/* ---- joining lines ---- */

/* Lines end to end: where exactly two meet they become one. */
class joiner {
      public:
	explicit joiner(const std::vector<line> &parts) : m_parts(parts), m_used(parts.size(), false)
	{
		for (uint32_t i = 0; i < parts.size(); i++) {
			m_ends[key(parts[i].front())].push_back(i);
			m_ends[key(parts[i].back())].push_back(i);
		}
	}
	std::vector<line> joined()
	{
		std::vector<line> out;
		for (uint32_t i = 0; i < m_parts.size(); i++) {
			if (m_used[i])
				continue;
			m_used[i] = true;
			line chain = m_parts[i];
			extend(chain);
			std::reverse(chain.begin(), chain.end());
			extend(chain);
			out.push_back(std::move(chain));
		}
		return out;
	}

      private:
	static uint64_t key(map_vertex v)
	{
		return uint64_t{static_cast<uint32_t>(v.lat)} << 32 | static_cast<uint32_t>(v.lon);
	}
	const line *next(map_vertex at)
	{
		const std::vector<uint32_t> &here = m_ends[key(at)];
		if (here.size() == 2)
			for (uint32_t i : here)
				if (!m_used[i]) {
					m_used[i] = true;
					return &m_parts[i];
				}
		return nullptr;
	}
	void extend(line &chain)
	{
		while (chain.size() < 4 * PIECE) {
			const line *more = next(chain.back());
			if (!more)
				return;
			if (same(more->front(), chain.back()))
				chain.insert(chain.end(), more->begin() + 1, more->end());
			else
				chain.insert(chain.end(), more->rbegin() + 1, more->rend());
		}
	}
	const std::vector<line> &m_parts;
	std::vector<bool> m_used;
	std::unordered_map<uint64_t, std::vector<uint32_t>> m_ends;
};

/* ---- cutting areas ---- */

struct flat_area {
	std::vector<shapes::path> rings;
	std::vector<bool> outer;
	size_t vertices() const
	{
		size_t n = 0;
		for (const shapes::path &r : rings)
			n += r.size();
		return n;
	}
};

flat_area flatten(const surface &area, unsigned level)
{
	flat_area out{{}, area.outer};
	for (const line &ring : area.rings) {
		out.rings.push_back(on_tiles(ring, level, 1));
		out.rings.back().pop_back();
	}
	return out;
}

surface unflatten(const flat_area &area, unsigned level)
{
	surface out{{}, area.outer};
	for (const shapes::path &ring : area.rings) {
		line r;
		for (const shapes::spot &s : ring)
			r.push_back(shapes::off_tiles(s, level));
		r.push_back(r.front());
		out.rings.push_back(std::move(r));
	}
	return out;
}

/*
 * What of an area lies on one side of a line. Rings that cross it fall into runs, each from where it
 * comes in to where it goes out; along the line, every other stretch between crossings is inside, so
 * each run goes on to its neighbour there. Unlike clip_ring it leaves no edges where nothing is.
 */
class halving {
      public:
	halving(bool vertical, double at, bool keep_low)
	    : m_vertical(vertical), m_keep_low(keep_low), m_at(at)
	{
	}
	flat_area of(const flat_area &area)
	{
		std::vector<shapes::path> holes;
		flat_area out;
		for (size_t i = 0; i < area.rings.size(); i++) {
			const shapes::path &ring = area.rings[i];
			size_t in = static_cast<size_t>(std::count_if(
			    ring.begin(), ring.end(), [this](shapes::spot s) { return inside(s); }));
			if (in > 0 && in < ring.size())
				break_up(ring);
			else if (in > 0 && !area.outer[i])
				holes.push_back(ring);
			else if (in > 0)
				add(out, ring, true);
		}
		connect(out);
		place_holes(out, holes);
		return out;
	}

      private:
	struct crossing {
		double along;
		size_t run;
		bool comes_in;
	};
	bool inside(shapes::spot s) const
	{
		double at = m_vertical ? s.x : s.y;
		return m_keep_low ? at <= m_at : at >= m_at;
	}
	double along(shapes::spot s) const
	{
		return m_vertical ? s.y : s.x;
	}
	shapes::spot cross(shapes::spot a, shapes::spot b) const
	{
		if (m_vertical)
			return {m_at, a.y + (b.y - a.y) * (m_at - a.x) / (b.x - a.x)};
		return {a.x + (b.x - a.x) * (m_at - a.y) / (b.y - a.y), m_at};
	}
	static void add(flat_area &out, const shapes::path &ring, bool outer)
	{
		if (ring.size() < 3)
			return;
		out.rings.push_back(ring);
		out.outer.push_back(outer);
	}
	void break_up(const shapes::path &ring)
	{
		size_t n = ring.size(), first = 0;
		while (inside(ring[first]) || !inside(ring[(first + 1) % n]))
			first++;
		for (size_t i = first; i < first + n; i++) {
			shapes::spot a = ring[i % n], b = ring[(i + 1) % n];
			if (!inside(a) && inside(b))
				m_runs.emplace_back();
			if (inside(a) != inside(b)) {
				shapes::spot at = cross(a, b);
				m_crossings.push_back({along(at), m_runs.size() - 1, inside(b)});
				m_runs.back().push_back(at);
			}
			if (inside(b))
				m_runs.back().push_back(b);
		}
	}
	/* From where a run goes out, its pair along the line is where the next one comes in. */
	void connect(flat_area &out)
	{
		std::sort(m_crossings.begin(), m_crossings.end(),
		          [](const crossing &a, const crossing &b) { return a.along < b.along; });
		std::vector<size_t> next(m_runs.size());
		for (size_t i = 0; i + 1 < m_crossings.size(); i += 2) {
			const crossing &a = m_crossings[i], &b = m_crossings[i + 1];
			next[a.comes_in ? b.run : a.run] = a.comes_in ? a.run : b.run;
		}
		std::vector<bool> used(m_runs.size(), false);
		for (size_t i = 0; i < m_runs.size(); i++) {
			shapes::path ring;
			for (size_t at = i; !used[at]; at = next[at]) {
				used[at] = true;
				ring.insert(ring.end(), m_runs[at].begin(), m_runs[at].end());
			}
			add(out, ring, true);
		}
	}
	static void place_holes(flat_area &out, const std::vector<shapes::path> &holes)
	{
		flat_area placed;
		for (size_t i = 0; i < out.rings.size(); i++) {
			add(placed, out.rings[i], true);
			for (const shapes::path &hole : holes)
				if (shapes::within({out.rings[i]}, hole[0]))
					add(placed, hole, false);
		}
		out = std::move(placed);
	}
	bool m_vertical, m_keep_low;
	double m_at;
	std::vector<shapes::path> m_runs;
	std::vector<crossing> m_crossings;
};

/* Halves an area until its parts are small enough to be clipped at each tile anew. */
void cut(const flat_area &area, const shapes::box &in, std::vector<flat_area> &out)
{
	double wide = in.right - in.left, high = in.bottom - in.top;
	if (area.vertices() <= PIECE || std::max(wide, high) < 0.125) {
		out.push_back(area);
		return;
	}
	bool vertical = wide > high;
	double middle = vertical ? in.left + wide / 2 : in.top + high / 2;
	shapes::box low = in, far = in;
	(vertical ? low.right : low.bottom) = (vertical ? far.left : far.top) = middle;
	cut(halving{vertical, middle + OVERLAP, true}.of(area), low, out);
	cut(halving{vertical, middle - OVERLAP, false}.of(area), far, out);
}

shapes::box bounds(const flat_area &area)
{
	shapes::box all = shapes::bounds(area.rings[0]);
	for (const shapes::path &ring : area.rings) {
		shapes::box b = shapes::bounds(ring);
		all = {std::min(all.left, b.left), std::min(all.top, b.top),
		       std::max(all.right, b.right), std::max(all.bottom, b.bottom)};
	}
	return all;
}

surface thinned(const surface &area, unsigned zoom)
{
	surface out;
	bool outer_seen = false;
	for (size_t i = 0; i < area.rings.size(); i++) {
		if (!area.outer[i] && !outer_seen)
			continue;
		line ring = thinned(area.rings[i], zoom);
		bool seen = ring.size() >= 4 && std::abs(shapes::turning(on_tiles(
		                                    ring, zoom, UNITS))) >= SMALLEST;
		if (area.outer[i])
			outer_seen = seen;
		if (!seen)
			continue;
		out.rings.push_back(std::move(ring));
		out.outer.push_back(area.outer[i]);
	}
	return out;
}

} // namespace

/* ---- features and where they are found ---- */

/* Lines (one for a point or a line) as feature.h has them. */
uint32_t drawing::put(const look &how, const std::vector<line> &shape)
{
	if (m_out.features.size() >= UINT32_MAX - 1)
		throw std::length_error("the inputs are too large for one map file");
	auto at = static_cast<uint32_t>(m_out.features.size());
	bool polygon = map_layer_is_polygon(how.layer);
	pen out(m_out.features);
	out.byte(how.layer | (how.name ? FEATURE_HAS_NAME : 0) | (how.ref ? FEATURE_HAS_REF : 0));
	out.byte(how.feature_class | (how.min_zoom - FEATURE_FIRST_ZOOM) << 4);
	out.byte(how.flags);
	for (uint32_t text : {how.name, how.ref})
		if (text)
			out.number(text);
	if (polygon)
		out.number(static_cast<uint32_t>(shape.size()));
	for (const line &l : shape) {
		size_t count = l.size() - (polygon ? 1 : 0);
		if (!map_layer_is_point(how.layer))
			out.number(static_cast<uint32_t>(count));
		for (size_t i = 0; i < count; i++)
			out.vertex(l[i]);
	}
	m_out.feature_count++;
	return at;
}

line drawing::line_of(uint32_t feature) const
{
	const unsigned char *all = m_out.features.data(), *end = all + m_out.features.size();
	map_feature f = map_feature_read(all + feature, end);
	line out(map_pen_number(&f.shape));
	for (map_vertex &v : out)
		v = map_pen_vertex(&f.shape);
	return out;
}

/* All tiles under the piece's box and a little more: what lies just outside a tile still shows in
 * it. */
void drawing::index(unsigned group, uint32_t feature, const line &piece)
{
	const double beside = 1.0 / 64;
	unsigned level = map_tile_group_level[group];
	shapes::box in = shapes::bounds(on_tiles(piece, level, 1));
	auto last = static_cast<int64_t>(std::ldexp(1.0, static_cast<int>(level))) - 1;
	auto cell = [last](double at) {
		return std::clamp(static_cast<int64_t>(std::floor(at)), int64_t{0}, last);
	};
	for (int64_t y = cell(in.top - beside); y <= cell(in.bottom + beside); y++)
		for (int64_t x = cell(in.left - beside); x <= cell(in.right + beside); x++)
			m_cells[group].put(map_cell_key(y, x), feature);
}

void drawing::index_line(unsigned group, uint32_t feature, const line &shape)
{
	for (size_t i = 1; i < shape.size(); i++)
		index(group, feature, {shape[i - 1], shape[i]});
}

uint32_t drawing::add_line(const look &how, const line &shape)
{
	uint32_t id = put(how, {shape});
	index_line(DETAIL, id, shape);
	if (how.min_zoom <= last_zoom(DETAIL - 1))
		m_lines.push_back(id);
	return id;
}

void drawing::put_area(unsigned group, const look &how, const surface &area)
{
	line all;
	for (const line &ring : area.rings)
		all.insert(all.end(), ring.begin(), ring.end());
	if (!all.empty())
		index(group, put(how, area.rings), all);
}

void drawing::put_parts(unsigned group, const look &how, const surface &area)
{
	unsigned level = map_tile_group_level[group];
	flat_area flat = flatten(area, level);
	std::vector<flat_area> parts;
	if (flat.vertices() <= PIECE)
		return put_area(group, how, area);
	cut(flat, bounds(flat), parts);
	for (const flat_area &part : parts)
		put_area(group, how, unflatten(part, level));
}

void drawing::add_polygon(const look &how, surface area)
{
	for (size_t i = 0; i < area.rings.size(); i++)
		if ((turning(area.rings[i]) > 0) == area.outer[i])
			std::reverse(area.rings[i].begin(), area.rings[i].end());
	put_parts(DETAIL, how, area);
	if (how.min_zoom <= last_zoom(DETAIL - 1))
		m_areas.push_back({how, std::move(area)});
}

void drawing::add_point(const look &how, map_vertex at)
{
	uint32_t id = put(how, {{at}});
	for (unsigned group = 0; group < MAP_TILE_GROUPS; group++)
		if (how.min_zoom <= last_zoom(group))
			index(group, id, {at});
}

/* ---- wide views ---- */

namespace {

/* What matters of a line's look at a group's zooms: the less, the more lines are joined. */
drawing::look look_of(const map_feature &f, unsigned group)
{
	bool near = group == DETAIL - 1;
	bool named = near || f.layer == LAYER_WATERWAY;
	auto flags =
	    static_cast<uint8_t>(f.flags & (near ? FEATURE_LINK | FEATURE_TUNNEL : FEATURE_LINK));
	return {static_cast<map_layer>(f.layer), f.feature_class, f.min_zoom,
	        named ? f.name : 0, f.ref, flags};
}

} // namespace

void drawing::thin_run(unsigned group, const look &how, const std::vector<line> &run)
{
	for (const line &chain : joiner{run}.joined()) {
		line thin = thinned(chain, last_zoom(group));
		index_line(group, put(how, {thin}), thin);
	}
}

void drawing::thin_lines(unsigned group)
{
	using key = std::tuple<unsigned, unsigned, unsigned, uint32_t, uint32_t, unsigned>;
	std::vector<std::pair<key, uint32_t>> seen;
	for (uint32_t id : m_lines) {
		const unsigned char *all = m_out.features.data();
		look l = look_of(map_feature_read(all + id, all + m_out.features.size()), group);
		if (l.min_zoom <= last_zoom(group))
			seen.push_back({{l.layer, l.feature_class, l.min_zoom, l.name, l.ref, l.flags},
			                id});
	}
	std::sort(seen.begin(), seen.end());
	for (size_t i = 0, end; i < seen.size(); i = end) {
		auto [layer, feature_class, min_zoom, name, ref, flags] = seen[i].first;
		std::vector<line> run;
		for (end = i; end < seen.size() && seen[end].first == seen[i].first; end++)
			run.push_back(line_of(seen[end].second));
		thin_run(group,
		         {static_cast<map_layer>(layer), feature_class, min_zoom, name, ref,
		          static_cast<uint8_t>(flags)},
		         run);
	}
}

void drawing::thin_areas(unsigned group)
{
	for (const kept_area &a : m_areas)
		if (a.how.min_zoom <= last_zoom(group))
			put_parts(group, a.how, thinned(a.shape, last_zoom(group)));
}

void drawing::finish()
{
	for (const surface &sea : m_coast.sea(m_out.low, m_out.high))
		add_polygon({LAYER_WATER, 0, map_tile_group_first_zoom[0], 0, 0, 0}, sea);
	for (unsigned g = 0; g < DETAIL; g++) {
		thin_lines(g);
		thin_areas(g);
	}
	for (unsigned g = 0; g < MAP_TILE_GROUPS; g++)
		m_cells[g].finish(m_out.tiles[g].cells, m_out.tiles[g].items);
}

} // namespace making

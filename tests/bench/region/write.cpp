/* The region as OpenStreetMap objects: nodes, then ways, then relations, each by rising id. */
#include "region.hpp"

#include "../../../deploy/demo/osm_file.h"

#include <memory>
#include <stdexcept>

namespace region {

namespace {

/* The south-west corner; nothing there bears these names. */
constexpr double ORIGIN_LAT = 44.80, ORIGIN_LON = 8.60, METRES_PER_DEGREE = 111195;

class writer {
      public:
	writer(const region &r, const std::string &path) : m_region(r)
	{
		m_out = osm_writer_open(path.c_str(), &m_problem);
		check(m_out != nullptr);
	}
	~writer()
	{
		struct problem ignored;
		if (m_out)
			osm_writer_close(&m_out, &ignored);
	}
	writer(const writer &) = delete;
	writer &operator=(const writer &) = delete;

	void write()
	{
		write_nodes();
		write_ways();
		write_relations();
		check(osm_writer_close(&m_out, &m_problem));
	}

      private:
	void check(bool good) const
	{
		if (!good)
			throw std::runtime_error(m_problem.text);
	}
	void tag(const char *key, const char *value)
	{
		m_tags.push_back({key, value});
	}
	osm_object object(int64_t id)
	{
		return {id, m_tags.data(), m_tags.size()};
	}

	/* ---- nodes ---- */

	int64_t put_node(vec at)
	{
		osm_object o = object(m_next++);
		double narrow = std::cos((ORIGIN_LAT + 0.7) * M_PI / 180);
		check(osm_write_node(m_out, &o, ORIGIN_LAT + at.y / METRES_PER_DEGREE,
		                     ORIGIN_LON + at.x / (METRES_PER_DEGREE * narrow), &m_problem));
		m_tags.clear();
		return o.id;
	}
	void write_nodes()
	{
		write_road_nodes();
		write_places();
		write_houses();
		for (const ring &area : m_region.land) {
			m_areas.push_back(m_next);
			for (vec c : area.corners)
				put_node(c);
		}
		write_corners();
	}
	void write_road_nodes()
	{
		std::vector<bool> used(m_region.at.size(), false);
		m_nodes.assign(m_region.at.size(), 0);
		for (const way &w : m_region.ways)
			for (uint32_t n : w.nodes)
				used[n] = true;
		for (size_t n = 0; n < used.size(); n++) {
			if (!used[n])
				continue;
			if (m_region.node_flags[n] & SIGNALS)
				tag("highway", "traffic_signals");
			if (m_region.node_flags[n] & GATE)
				tag("barrier", "gate");
			m_nodes[n] = put_node(m_region.at[n]);
		}
	}
	void write_places()
	{
		for (const town &t : m_region.towns) {
			tag("name", t.name.c_str());
			tag("place", t.large ? "city" : t.radius > 1100 ? "town" : "village");
			put_node(t.site);
		}
		for (const hamlet &h : m_region.hamlets) {
			tag("name", h.name.c_str());
			tag("place", "hamlet");
			put_node(h.at);
		}
	}
	/* A number stands on the house where there is one, else on a node. */
	void write_houses()
	{
		for (const house &h : m_region.houses) {
			if (h.building) {
				m_buildings.push_back(m_next);
				vec deep = left_of(h.along) * 5.5, wide = h.along * 6.5;
				for (vec corner :
				     {wide + deep, deep - wide, (wide + deep) * -1, wide - deep})
					put_node(h.at + corner);
			} else if (h.number) {
				tag_address(h);
				put_node(h.at);
			}
		}
	}
	void tag_address(const house &h)
	{
		m_number = std::to_string(h.number);
		if (h.letter)
			m_number += std::string("/") + h.letter;
		tag("addr:city", m_region.towns[h.town].name.c_str());
		tag("addr:housenumber", m_number.c_str());
		tag("addr:street", m_region.names[h.name].c_str());
	}
	/* Borders run from corner to corner of the grid, with some points between. */
	void write_corners()
	{
		m_corners = m_next;
		for (vec c : m_region.corners)
			put_node(c);
		dice wiggle(4711);
		for (uint32_t row = 0; row <= m_region.rows; row++)
			for (uint32_t column = 0; column <= m_region.columns; column++) {
				vec here = m_region.corner(column, row);
				put_border(wiggle, here,
				           column < m_region.columns
				               ? m_region.corner(column + 1, row)
				               : here);
				put_border(wiggle, here,
				           row < m_region.rows ? m_region.corner(column, row + 1)
				                               : here);
			}
	}
	void put_border(dice &wiggle, vec a, vec b)
	{
		m_borders.push_back(m_next);
		for (uint32_t i = 1; i < BORDER_PARTS; i++)
			put_node(a + (b - a) * (static_cast<double>(i) / BORDER_PARTS) +
			         wiggle.around(90));
	}

	/* ---- ways ---- */

	int64_t put_way(const std::vector<int64_t> &nodes)
	{
		osm_object o = object(m_next++);
		check(osm_write_way(m_out, &o, nodes.data(), nodes.size(), &m_problem));
		m_tags.clear();
		return o.id;
	}
	void write_ways()
	{
		m_next = 1;
		for (const way &w : m_region.ways)
			write_road(w);
		std::vector<int64_t> nodes;
		size_t next = 0;
		for (const house &h : m_region.houses) {
			if (!h.building)
				continue;
			int64_t first = m_buildings[next++];
			tag("building", "yes");
			if (h.number)
				tag_address(h);
			put_way({first, first + 1, first + 2, first + 3, first});
		}
		for (size_t i = 0; i < m_region.land.size(); i++) {
			const ring &area = m_region.land[i];
			nodes.clear();
			for (size_t k = 0; k <= area.corners.size(); k++)
				nodes.push_back(m_areas[i] +
				                static_cast<int64_t>(k % area.corners.size()));
			tag(area.key, area.value);
			put_way(nodes);
		}
		write_borders();
		write_rivers();
	}
	void write_road(const way &w)
	{
		static const char *const kinds[] = {
		    "motorway", "trunk",         "primary",     "secondary",
		    "tertiary", "unclassified",  "residential", "living_street",
		    "service",  "motorway_link", "trunk_link"};
		if (w.flags & BRIDGE)
			tag("bridge", "yes");
		tag("highway", kinds[w.kind]);
		if (w.flags & RING)
			tag("junction", "roundabout");
		else if (w.flags & ONEWAY)
			tag("oneway", "yes");
		if (w.flags & PRIVATE)
			tag("access", "private");
		if (w.name)
			tag("name", m_region.names[w.name].c_str());
		tag_speed(w);
		std::vector<int64_t> nodes;
		for (uint32_t n : w.nodes)
			nodes.push_back(m_nodes[n]);
		put_way(nodes);
	}
	void tag_speed(const way &w)
	{
		if (w.kind == MOTORWAY)
			tag("maxspeed", "130");
		else if (w.kind == TRUNK)
			tag("maxspeed", "90");
		else if (w.kind <= TERTIARY && w.flags & IN_TOWN)
			tag("maxspeed", "50");
		else if (w.kind <= SECONDARY)
			tag("maxspeed", w.town % 3 ? "70" : "90");
	}

	/* The border from corner (column, row): 0 east, 1 north. */
	size_t border(uint32_t column, uint32_t row, unsigned dir) const
	{
		return 2 * (static_cast<size_t>(row) * (m_region.columns + 1) + column) + dir;
	}
	int64_t corner_id(uint32_t column, uint32_t row) const
	{
		return m_corners + row * (m_region.columns + 1) + column;
	}
	uint32_t owner(int64_t column, int64_t row) const
	{
		if (column < 0 || row < 0 || column >= m_region.columns || row >= m_region.rows)
			return NONE;
		return m_region.owner[m_region.cell(static_cast<uint32_t>(column),
		                                    static_cast<uint32_t>(row))];
	}
	void append_border(std::vector<int64_t> &nodes, uint32_t column, uint32_t row,
	                   unsigned dir) const
	{
		if (nodes.empty())
			nodes.push_back(corner_id(column, row));
		for (uint32_t i = 0; i + 1 < BORDER_PARTS; i++)
			nodes.push_back(m_borders[border(column, row, dir)] + i);
		nodes.push_back(dir ? corner_id(column, row + 1) : corner_id(column + 1, row));
	}
	void write_borders()
	{
		m_outline.resize(m_region.towns.size());
		for (uint32_t row = 0; row <= m_region.rows; row++)
			for (uint32_t column = 0; column <= m_region.columns; column++) {
				if (column < m_region.columns)
					write_border(column, row, 0, owner(column, row),
					             owner(column, int64_t{row} - 1));
				if (row < m_region.rows)
					write_border(column, row, 1, owner(column, row),
					             owner(int64_t{column} - 1, row));
			}
	}
	void write_border(uint32_t column, uint32_t row, unsigned dir, uint32_t one, uint32_t other)
	{
		if (one == other)
			return;
		std::vector<int64_t> nodes;
		append_border(nodes, column, row, dir);
		tag("admin_level", "8");
		tag("boundary", "administrative");
		int64_t id = put_way(nodes);
		for (uint32_t t : {one, other})
			if (t != NONE)
				m_outline[t].push_back(id);
	}
	void write_rivers()
	{
		for (uint32_t i = 0; i < m_region.rivers.size(); i++) {
			std::vector<int64_t> nodes;
			for (uint32_t row = m_region.great_river_row == NONE
			                        ? 0
			                        : m_region.great_river_row + 1;
			     row < m_region.rows; row++)
				append_border(nodes, m_region.rivers[i] + 1, row, 1);
			write_river(nodes, i + 1);
		}
		std::vector<int64_t> nodes;
		for (uint32_t column = 0;
		     m_region.great_river_row != NONE && column < m_region.columns; column++)
			append_border(nodes, column, m_region.great_river_row + 1, 0);
		write_river(nodes, 0);
	}
	void write_river(const std::vector<int64_t> &nodes, uint32_t which)
	{
		if (nodes.size() < 2)
			return;
		std::string name = river_name(which);
		tag("name", name.c_str());
		tag("waterway", "river");
		put_way(nodes);
	}

	/* ---- relations ---- */

	void put_relation(const std::vector<osm_member> &members)
	{
		osm_object o = object(m_next++);
		check(osm_write_relation(m_out, &o, members.data(), members.size(), &m_problem));
		m_tags.clear();
	}
	void write_relations()
	{
		m_next = 1;
		for (size_t t = 0; t < m_outline.size(); t++) {
			std::vector<osm_member> members;
			for (int64_t id : m_outline[t])
				members.push_back({'w', id, "outer"});
			tag("admin_level", "8");
			tag("boundary", "administrative");
			tag("name", m_region.towns[t].name.c_str());
			tag("type", "boundary");
			put_relation(members);
		}
		for (const restriction &r : m_region.restrictions) {
			tag("restriction", r.kind);
			tag("type", "restriction");
			put_relation({{'w', int64_t{r.from} + 1, "from"},
			              {'n', m_nodes[r.via], "via"},
			              {'w', int64_t{r.to} + 1, "to"}});
		}
	}

	static constexpr uint32_t BORDER_PARTS = 12;
	const region &m_region;
	struct problem m_problem {};
	struct osm_writer *m_out = nullptr;
	std::vector<osm_tag> m_tags;
	std::string m_number;
	int64_t m_next = 1, m_corners = 0;
	std::vector<int64_t> m_nodes, m_buildings, m_areas, m_borders;
	std::vector<std::vector<int64_t>> m_outline;
};

} // namespace

void write(const region &r, const std::string &path)
{
	writer(r, path).write();
}

} // namespace region

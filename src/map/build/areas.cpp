/* Municipalities as areas. Most cells hold no outline: one answer serves all their points. */
#include "compile.hpp"

#include <algorithm>

namespace making {

void municipal_areas::add(const std::string &name, const std::vector<line> &rings)
{
	if (name.empty() || rings.empty())
		return;
	municipality m{name, rings, {INT32_MAX, INT32_MAX}, {INT32_MIN, INT32_MIN}};
	for (const line &ring : rings) {
		for (const map_vertex &v : ring) {
			m.low = {std::min(m.low.lat, v.lat), std::min(m.low.lon, v.lon)};
			m.high = {std::max(m.high.lat, v.lat), std::max(m.high.lon, v.lon)};
		}
		cell_list cells;
		cell_sections border;
		cells.put_line(ring.data(), ring.size(), 0);
		cells.finish(border.cells, border.items);
		for (const map_cell &c : border.cells)
			m_border.insert(c.key);
	}
	cell_list coarse;
	cell_sections box;
	coarse.put_box(m.low, m.high, 0);
	coarse.finish(box.cells, box.items);
	for (const map_cell &c : box.cells)
		m_coarse[c.key].push_back(static_cast<uint32_t>(m_all.size()));
	m_all.push_back(std::move(m));
	m_names.insert(name);
	m_known.clear();
}

const municipal_areas::municipality *municipal_areas::search(map_vertex v) const
{
	auto found = m_coarse.find(map_coarse_key(v, 0, 0));
	if (found == m_coarse.end())
		return nullptr;
	for (uint32_t i : found->second) {
		bool inside = false;
		for (const line &ring : m_all[i].rings)
			inside ^= map_ring_crossed(ring.data(), ring.size(), v);
		if (inside)
			return &m_all[i];
	}
	return nullptr;
}

const std::string *municipal_areas::at(map_vertex v)
{
	uint64_t cell = map_cell_key(map_cell_row(v.lat), map_cell_column(v.lon));
	const municipality *m = nullptr;
	if (m_border.count(cell)) {
		m = search(v);
	} else {
		auto [known, is_new] = m_known.emplace(cell, nullptr);
		if (is_new)
			known->second = search(v);
		m = known->second;
	}
	return m ? &m->name : nullptr;
}

void municipal_areas::finish(image &out) const
{
	cell_list cells;
	for (const municipality &m : m_all) {
		cells.put_box(m.low, m.high, static_cast<uint32_t>(out.municipalities.size()));
		out.municipalities.push_back(
		    {out.strings.put(m.name), static_cast<uint32_t>(out.rings.size()),
		     static_cast<uint32_t>(m.rings.size()), m.low, m.high});
		for (const line &ring : m.rings) {
			out.rings.push_back({static_cast<uint32_t>(out.ring_shape.size()),
			                     static_cast<uint32_t>(ring.size())});
			out.ring_shape.insert(out.ring_shape.end(), ring.begin(), ring.end());
		}
	}
	cells.finish(out.area_cells.cells, out.area_cells.items);
}

} // namespace making

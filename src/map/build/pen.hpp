/* Writes what map_pen (feature.h) reads: numbers of a few bytes, vertices as differences. */
#ifndef PRONTOD_MAP_PEN_HPP
#define PRONTOD_MAP_PEN_HPP

#include "../feature.h"

#include <vector>

namespace making {

class pen {
      public:
	explicit pen(std::vector<unsigned char> &out, map_vertex from = {0, 0}) : m_out(out), m_last(from)
	{
	}
	void byte(unsigned value)
	{
		m_out.push_back(static_cast<unsigned char>(value));
	}
	void number(uint32_t value)
	{
		for (; value >= 0x80; value >>= 7)
			byte((value & 0x7f) | 0x80);
		byte(value);
	}
	void vertex(map_vertex v)
	{
		difference(static_cast<uint32_t>(v.lat) - static_cast<uint32_t>(m_last.lat));
		difference(static_cast<uint32_t>(v.lon) - static_cast<uint32_t>(m_last.lon));
		m_last = v;
	}

      private:
	void difference(uint32_t d)
	{
		number(d << 1 ^ (0u - (d >> 31)));
	}
	std::vector<unsigned char> &m_out;
	map_vertex m_last;
};

} // namespace making
#endif

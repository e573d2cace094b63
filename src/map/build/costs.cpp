/*
 * What it takes to pass a junction, beside the roads themselves. Small costs, as other routers have
 * them (OSRM: up to 7.5 s by angle, 2 s a signal, 20 s to turn round; Valhalla: by angle, class and
 * signs); ours are in the table below. Waiting is counted once: signals before a stop sign, that
 * before giving way.
 */
#include "compile.hpp"

#include <algorithm>
#include <cmath>

namespace making {

/* In tenths of a second. */
constexpr unsigned TURN_BACK = 150; /* where no road leads on */
constexpr unsigned SIGNALS = 80;    /* half of a usual red, and starting again */
constexpr unsigned SIGNALS_NEAR_SIDE = 50;
constexpr unsigned STOP = 40;
constexpr unsigned GIVE_WAY = 25; /* by a sign, or from a lesser road onto or over a greater one */
constexpr unsigned ENTER_ROUNDABOUT = 30; /* what turning on it takes included */
constexpr unsigned MINI_ROUNDABOUT = 25;
constexpr unsigned RAILWAY = 40;
constexpr unsigned ENTER_LAST = 600;   /* so that nobody drives through to save time */
constexpr unsigned BOARD_FERRY = 5400; /* half of the time between ships, and loading */

/* By how far one turns, in degrees: with the stream, and across the other direction. One who stays
 * on a road that is greater than all others there pays half. */
static const struct {
	float degrees;
	unsigned near_side, far_side;
} angles[] = {{30, 0, 0}, {60, 5, 10}, {120, 20, 45}, {160, 35, 60}, {181, 60, 80}};

constexpr double LOOK_M = 15; /* a road's direction at a junction: to where it is after so much */

/* Where traffic keeps to the left, within reach of an Italian map: Malta, Cyprus, Great Britain and
 * Ireland. */
static bool drives_left(map_vertex v)
{
	static const struct {
		int32_t south, west, north, east; /* 1e-7 degrees */
	} lands[] = {{357000000, 140000000, 362000000, 147000000},
	             {344000000, 321000000, 358000000, 347000000},
	             {498000000, -108000000, 610000000, 18000000}};
	return std::any_of(std::begin(lands), std::end(lands), [&](const auto &l) {
		return v.lat > l.south && v.lat < l.north && v.lon > l.west && v.lon < l.east;
	});
}

static uint8_t byte_of(unsigned tenths)
{
	if (tenths < MAP_TURN_TENTHS)
		return static_cast<uint8_t>(tenths);
	return static_cast<uint8_t>(
	    std::min(MAP_TURN_FORBIDDEN - 1, MAP_TURN_TENTHS + (tenths - 150) / 100));
}

turn_costs::turn_costs(const image &out, const road_facts &facts) : m_out(out), m_facts(facts)
{
	for (uint32_t edge = 0; edge < 2 * out.segments.size(); edge++)
		m_bearing.push_back(bearing(edge));
}

/* Degrees from north of the first metres of an edge. */
float turn_costs::bearing(uint32_t edge) const
{
	const map_segment &s = m_out.segments[edge >> 1];
	const map_vertex *shape = &m_out.shape[s.shape];
	bool back = edge & 1;
	map_vertex from = shape[back ? s.vertices - 1 : 0], to = from;
	map_plane plane = map_plane_at(from);
	for (unsigned i = 1; i < s.vertices && map_plane_distance(&plane, to) < LOOK_M; i++)
		to = shape[back ? s.vertices - 1 - i : i];
	double north = (static_cast<double>(to.lat) - plane.lat) * plane.metres_lat;
	double east = (static_cast<double>(to.lon) - plane.lon) * plane.metres_lon;
	return static_cast<float>(std::atan2(east, north) * 180 / M_PI);
}

/* How far one turns: 0 straight on, to 180 clockwise, to -180 against. */
float turn_costs::angle(uint32_t from, uint32_t to) const
{
	float turned = m_bearing[to] - (m_bearing[from ^ 1] + 180);
	while (turned > 180)
		turned -= 360;
	while (turned <= -180)
		turned += 360;
	return turned;
}

/* The roads that meet where `from` ends. */
turn_costs::meeting turn_costs::meet(uint32_t from, uint32_t to) const
{
	meeting m{0, ROAD_PATH + 1};
	uint32_t junction = head_of(m_out, from);
	for (uint32_t i = m_out.leaving_first[junction]; i < m_out.leaving_first[junction + 1];
	     i++) {
		uint32_t edge = m_out.leaving[i];
		const map_segment &s = m_out.segments[edge >> 1];
		if (s.flags & SEGMENT_GHOST)
			continue;
		m.roads++;
		if (edge != (from ^ 1) && edge != to)
			m.greatest_other = std::min<unsigned>(m.greatest_other, s.road_class);
	}
	return m;
}

unsigned turn_costs::turning(uint32_t from, uint32_t to, const meeting &m) const
{
	const map_segment &in = m_out.segments[from >> 1], &into = m_out.segments[to >> 1];
	float turned = angle(from, to);
	bool near_side = (turned > 0) != drives_left(m_out.junctions[head_of(m_out, from)]);
	size_t i = 0;
	while (std::fabs(turned) > angles[i].degrees)
		i++;
	unsigned tenths = near_side ? angles[i].near_side : angles[i].far_side;
	bool main_road = in.road_class < m.greatest_other && into.road_class < m.greatest_other;
	return main_road ? tenths / 2 : tenths;
}

bool turn_costs::signed_with(uint32_t edge, node_sign sign) const
{
	return m_facts.at[head_of(m_out, edge)].sign == sign || (m_facts.signs[edge] >> sign & 1);
}

unsigned turn_costs::waiting(uint32_t from, uint32_t to, const meeting &m) const
{
	bool lesser = m.roads > 2 && m.greatest_other < m_out.segments[from >> 1].road_class;
	if (signed_with(from, SIGN_SIGNALS)) {
		bool left = drives_left(m_out.junctions[head_of(m_out, from)]);
		float turned = left ? -angle(from, to) : angle(from, to);
		return m.roads > 2 && turned > 45 ? SIGNALS_NEAR_SIDE : SIGNALS;
	}
	if (signed_with(from, SIGN_STOP))
		return STOP;
	return lesser || signed_with(from, SIGN_GIVE_WAY) ? GIVE_WAY : 0;
}

unsigned turn_costs::crossing(uint32_t from, uint32_t to) const
{
	meeting m = meet(from, to);
	bool on = m_facts.roundabout[from >> 1], onto = m_facts.roundabout[to >> 1];
	if (onto && !on)
		return signed_with(from, SIGN_SIGNALS) ? SIGNALS : ENTER_ROUNDABOUT;
	if (on)
		return signed_with(from, SIGN_SIGNALS) ? SIGNALS : 0;
	if (m_facts.at[head_of(m_out, from)].sign == SIGN_MINI_ROUNDABOUT)
		return MINI_ROUNDABOUT;
	return waiting(from, to, m) + (m.roads > 2 ? turning(from, to, m) : 0);
}

uint8_t turn_costs::between(uint32_t from, uint32_t to) const
{
	unsigned left = m_out.segments[from >> 1].flags, entered = m_out.segments[to >> 1].flags;
	const node_rule &at = m_facts.at[head_of(m_out, from)];
	unsigned tenths = to == (from ^ 1) ? TURN_BACK : crossing(from, to);
	if (signed_with(from, SIGN_RAILWAY))
		tenths += RAILWAY;
	if (at.sign == SIGN_BARRIER)
		tenths += at.tenths;
	if (entered & ~left & SEGMENT_LAST)
		tenths += ENTER_LAST;
	if (entered & ~left & SEGMENT_FERRY)
		tenths += BOARD_FERRY;
	return byte_of(tenths);
}

} // namespace making

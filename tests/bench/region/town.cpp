/* A town's streets: a bent and shaken mesh with a third of its edges taken out; what hangs together
 * is kept, then blind streets are added. */
#include "region.hpp"

#include <algorithm>
#include <numeric>

namespace region {

namespace {

constexpr double SPACING_M = 74, BLIND = 0.115;
/* Rows are streets; of the two ways up and down from a crossing one is mostly missing, as in a wall
 * of bricks. */
constexpr double KEPT_ROW = 0.7, KEPT_STRONG = 0.94, KEPT_WEAK = 0.16;
constexpr double JUNCTIONS_PER_POINT = 0.75, TOWN_SHARE = 0.70, LARGEST_M = 1500;

class lattice {
      public:
	lattice(region &r, vec middle, double radius, uint32_t of_town)
	    : m_region(r), m_random(r.random), m_middle(middle), m_radius(radius), m_town(of_town)
	{
		m_reach = static_cast<int>(std::ceil(radius * 1.4 / SPACING_M)) + 1;
		m_side = 2 * m_reach + 1;
		m_turn = m_random.between(0, M_PI / 2);
		for (double &w : m_wave)
			w = m_random.between(0, 2 * M_PI);
	}
	std::vector<uint32_t> build()
	{
		do { /* a very small one may fall to pieces */
			place();
			connect();
		} while (keep_largest() < 3);
		emit();
		return nodes();
	}

      private:
	struct pair {
		int a, b;
	};
	int index(int i, int j) const
	{
		return (j + m_reach) * m_side + i + m_reach;
	}
	/* Towns are no circles. */
	double edge_of_town(double angle) const
	{
		return m_radius * (1 + 0.16 * std::sin(2 * angle + m_wave[0]) +
		                   0.1 * std::sin(3 * angle + m_wave[1]) +
		                   0.06 * std::sin(5 * angle + m_wave[2]));
	}
	vec bent(int i, int j)
	{
		double x = i * SPACING_M, y = j * SPACING_M, wide = 1.5 * SPACING_M;
		vec p = {x + wide * std::sin(y / 420 + m_wave[3]) +
		             wide * std::sin(y / 1700 + m_wave[4]),
		         y + wide * std::sin(x / 510 + m_wave[5]) +
		             wide * std::sin(x / 1300 + m_wave[6])};
		p = p + m_random.around(0.24 * SPACING_M);
		double c = std::cos(m_turn), s = std::sin(m_turn);
		return {c * p.x - s * p.y, s * p.x + c * p.y};
	}
	void place()
	{
		m_at.resize(static_cast<size_t>(m_side) * static_cast<size_t>(m_side));
		m_in.assign(m_at.size(), false);
		for (int j = -m_reach; j <= m_reach; j++)
			for (int i = -m_reach; i <= m_reach; i++) {
				vec p = bent(i, j);
				auto k = static_cast<size_t>(index(i, j));
				m_at[k] = p;
				m_in[k] = length(p) < edge_of_town(std::atan2(p.y, p.x));
			}
	}
	void connect()
	{
		m_pairs.clear();
		m_root.resize(m_at.size());
		std::iota(m_root.begin(), m_root.end(), 0);
		for (int j = -m_reach; j < m_reach; j++)
			for (int i = -m_reach; i < m_reach; i++) {
				connect(index(i, j), index(i + 1, j), KEPT_ROW);
				connect(index(i, j), index(i, j + 1),
				        (i + j) % 2 ? KEPT_STRONG : KEPT_WEAK);
			}
	}
	void connect(int a, int b, double chance)
	{
		auto x = static_cast<size_t>(a), y = static_cast<size_t>(b);
		if (!m_in[x] || !m_in[y] || !m_random.luck(chance))
			return;
		m_pairs.push_back({a, b});
		m_root[static_cast<size_t>(root(a))] = root(b);
	}
	int root(int a)
	{
		while (m_root[static_cast<size_t>(a)] != a) {
			int &up = m_root[static_cast<size_t>(a)];
			up = m_root[static_cast<size_t>(up)];
			a = up;
		}
		return a;
	}
	uint32_t keep_largest()
	{
		std::vector<uint32_t> size(m_at.size(), 0);
		for (const pair &p : m_pairs)
			size[static_cast<size_t>(root(p.a))]++;
		auto largest = std::max_element(size.begin(), size.end());
		m_kept = static_cast<int>(largest - size.begin());
		return *largest;
	}
	uint32_t node_of(int k)
	{
		uint32_t &id = m_ids[static_cast<size_t>(k)];
		if (id == NONE) {
			id = m_region.node(m_middle + m_at[static_cast<size_t>(k)]);
			m_nodes.push_back(id);
		}
		return id;
	}
	void emit()
	{
		m_ids.assign(m_at.size(), NONE);
		for (const pair &p : m_pairs)
			if (root(p.a) == m_kept)
				emit_street(node_of(p.a), node_of(p.b));
	}
	void emit_street(uint32_t a, uint32_t b)
	{
		if (!m_random.luck(BLIND)) {
			m_region.join(a, b, RESIDENTIAL, m_town, IN_TOWN);
			return;
		}
		vec from = m_region.at[a], to = m_region.at[b], across = left_of(unit(to - from));
		double way = m_random.luck(0.5) ? 1 : -1, deep = m_random.between(18, 40);
		uint32_t fork = m_region.node(from + (to - from) * m_random.between(0.35, 0.65));
		uint32_t end = m_region.node(m_region.at[fork] + across * (way * deep));
		m_region.join(a, fork, RESIDENTIAL, m_town, IN_TOWN);
		m_region.join(fork, b, RESIDENTIAL, m_town, IN_TOWN);
		bool drive = m_random.luck(0.65);
		m_region.join(fork, end, drive ? SERVICE : RESIDENTIAL, m_town,
		              IN_TOWN | STUB | (drive && m_random.luck(0.2) ? PRIVATE : 0));
	}
	/* The one nearest the middle comes first. */
	std::vector<uint32_t> nodes()
	{
		for (uint32_t &n : m_nodes)
			if (length(m_region.at[n] - m_middle) <
			    length(m_region.at[m_nodes[0]] - m_middle))
				std::swap(n, m_nodes[0]);
		return m_nodes;
	}

	region &m_region;
	dice &m_random;
	vec m_middle;
	double m_radius, m_turn;
	uint32_t m_town;
	int m_reach, m_side, m_kept = 0;
	std::array<double, 7> m_wave{};
	std::vector<vec> m_at;
	std::vector<bool> m_in;
	std::vector<int> m_root;
	std::vector<pair> m_pairs;
	std::vector<uint32_t> m_ids, m_nodes;
};

double area_of(double radius)
{
	return M_PI * radius * radius / (SPACING_M * SPACING_M);
}

} // namespace

std::vector<uint32_t> mesh(region &r, vec middle, double radius, uint32_t of_town)
{
	return lattice(r, middle, radius, of_town).build();
}

/* Cities have the size they were given; the other towns share what is left by their weight. */
void build_towns(region &r, uint64_t junctions)
{
	double points = static_cast<double>(junctions) * TOWN_SHARE / JUNCTIONS_PER_POINT,
	       weights = 0;
	for (const town &t : r.towns) {
		points -= t.large ? area_of(t.radius) : 0;
		weights += t.large ? 0 : std::min(t.weight, 2.4);
	}
	for (uint32_t i = 0; i < r.towns.size(); i++) {
		town &t = r.towns[i];
		if (!t.large) {
			double mine = std::max(12.0, points * std::min(t.weight, 2.4) / weights);
			t.radius = std::min(LARGEST_M, SPACING_M * std::sqrt(mine / M_PI));
		}
		t.nodes = mesh(r, t.site, t.radius, i);
		t.centre = t.nodes[0];
	}
}

} // namespace region

/*
 * An invented region as large as Lombardia or the Veneto, for benchmarks: municipalities that tile
 * it, street meshes, hamlets, farm roads, roads between neighbours, valleys, rivers with few
 * bridges, motorways. Planar metres inside (x east, y north), degrees only on the way out.
 * Everything follows from one seed: the same file comes out each time.
 */
#ifndef PRONTOD_BENCH_REGION_HPP
#define PRONTOD_BENCH_REGION_HPP

#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace region {

constexpr double CELL_M = 4300; /* a municipality of the plain is about so wide */
constexpr uint32_t NONE = UINT32_MAX;

struct vec {
	double x, y;
};
inline vec operator+(vec a, vec b)
{
	return {a.x + b.x, a.y + b.y};
}
inline vec operator-(vec a, vec b)
{
	return {a.x - b.x, a.y - b.y};
}
inline vec operator*(vec a, double k)
{
	return {a.x * k, a.y * k};
}
inline double length(vec a)
{
	return std::sqrt(a.x * a.x + a.y * a.y);
}
inline vec unit(vec a)
{
	double l = length(a);
	return l > 0 ? a * (1 / l) : vec{1, 0};
}
inline vec left_of(vec a)
{
	return {-a.y, a.x};
}

/* splitmix64 (Steele, Lea, Flood 2014): repeatable everywhere. */
class dice {
      public:
	explicit dice(uint64_t seed) : m_state(seed)
	{
	}
	uint64_t bits();
	double share(); /* [0, 1) */
	double between(double low, double high)
	{
		return low + (high - low) * share();
	}
	bool luck(double chance)
	{
		return share() < chance;
	}
	uint32_t below(uint32_t n)
	{
		return static_cast<uint32_t>(share() * n);
	}
	double lognormal(double median, double sigma);
	vec around(double metres) /* somewhere in a square */
	{
		double x = between(-metres, metres);
		return {x, between(-metres, metres)};
	}

      private:
	uint64_t m_state;
};

enum road_kind : uint8_t {
	MOTORWAY,
	TRUNK,
	PRIMARY,
	SECONDARY,
	TERTIARY,
	UNCLASSIFIED,
	RESIDENTIAL,
	LIVING_STREET,
	SERVICE,
	MOTORWAY_LINK,
	TRUNK_LINK,
};

enum node_flag : uint8_t {
	SIGNALS = 1,
	GATE = 2,
	ROUNDABOUT = 4,
	WAYS_END = 8, /* no way goes through: a turn restriction hangs here, or something changes */
};

enum edge_flag : uint8_t {
	ONEWAY = 1, /* a to b */
	RING = 2,   /* part of a roundabout: written as a way of its own */
	IN_TOWN = 4,
	PRIVATE = 8,
	BRIDGE = 16,
	STUB = 32,
};

struct edge {
	uint32_t a, b;
	uint32_t town; /* municipality */
	road_kind kind;
	uint8_t flags;
};

struct town {
	std::string name;
	vec site;
	double radius;
	double weight; /* 1: a common municipality */
	bool mountain, large;
	bool numbered;               /* its house numbers are in the map */
	uint32_t centre;             /* node */
	std::vector<uint32_t> nodes; /* of its mesh, for roads that come in */
};

struct hamlet {
	std::string name;
	vec at;
	uint32_t town;
};

/* A road between two municipalities. */
struct link {
	uint32_t town[2];
	vec via; /* where it crosses the border */
	double metres;
	road_kind kind;
	bool bridge, vertical;
	uint32_t column, row; /* of the border it crosses: above or to the right of this cell */
	std::vector<uint32_t> nodes; /* from town[0]'s mesh to town[1]'s */
};

/* A way as it is written. */
struct way {
	std::vector<uint32_t> nodes;
	road_kind kind;
	uint8_t flags;
	uint32_t town;
	uint32_t name; /* index into names, 0: none */
};

struct restriction {
	uint32_t from, to, via; /* ways, node */
	const char *kind;
};

struct ring { /* a piece of land or water */
	std::vector<vec> corners;
	const char *key, *value;
};

struct house {
	vec at, along; /* along its street, unit length */
	uint32_t town, name;
	uint32_t number; /* 0: none written */
	char letter;
	bool building;
};

struct region {
	explicit region(uint64_t seed) : random(seed)
	{
	}
	dice random;
	/* ground: cells of CELL_M, row 0 in the south */
	uint32_t columns, rows, mountain_row; /* rows from here on are mountain */
	std::vector<uint32_t> owner;          /* by cell: municipality */
	std::vector<vec> corners;             /* (columns + 1) x (rows + 1) */
	std::vector<uint32_t> rivers;         /* columns whose right border is a river */
	uint32_t great_river_row;             /* the upper border of this row */
	/* roads */
	std::vector<town> towns;
	std::vector<hamlet> hamlets;
	std::vector<link> links;
	std::vector<vec> at; /* nodes */
	std::vector<uint8_t> node_flags;
	std::vector<edge> edges;
	/* as written */
	std::vector<std::string> names{std::string()};
	std::vector<way> ways;
	std::vector<restriction> restrictions;
	std::vector<house> houses;
	std::vector<ring> land;

	uint32_t cell(uint32_t column, uint32_t row) const
	{
		return row * columns + column;
	}
	vec corner(uint32_t column, uint32_t row) const
	{
		return corners[row * (columns + 1) + column];
	}
	uint32_t node(vec where, uint8_t flags = 0)
	{
		at.push_back(where);
		node_flags.push_back(flags);
		return static_cast<uint32_t>(at.size() - 1);
	}
	void join(uint32_t a, uint32_t b, road_kind kind, uint32_t of_town, unsigned flags = 0)
	{
		edges.push_back({a, b, of_town, kind, static_cast<uint8_t>(flags)});
	}
	uint32_t name(const std::string &text)
	{
		names.push_back(text);
		return static_cast<uint32_t>(names.size() - 1);
	}
};

/* Edges at each node. */
struct adjacency {
	explicit adjacency(const region &r);
	std::vector<uint32_t> first, items; /* by node, and a sentinel; edges */
	uint32_t degree(uint32_t node) const
	{
		return first[node + 1] - first[node];
	}
};

/* In this order. */
void lay_ground(region &r, uint64_t junctions);  /* ground.cpp: cells, municipalities, rivers */
void build_towns(region &r, uint64_t junctions); /* town.cpp: a street mesh each */
void link_towns(region &r);                      /* link.cpp: roads between them, by class */
void build_motorways(region &r);                 /* motorway.cpp */
void settle_country(region &r);                  /* country.cpp: hamlets, farms along the roads */
void regulate(region &r);                        /* traffic.cpp: one-ways, roundabouts, lights */
void trace_ways(region &r);                      /* way.cpp: edges become named ways */
void furnish(region &r);                         /* furnish.cpp: houses, woods, fields */
void write(const region &r, const std::string &path); /* write.cpp; throws std::runtime_error */

/* names.cpp */
std::string town_name(dice &random);
std::string hamlet_name(dice &random);
std::string street_name(dice &random, road_kind kind, bool stub);
std::string river_name(uint32_t which);
/* A mesh round `middle`, joined to nothing: its nodes; the first is nearest the middle. (town.cpp)
 */
std::vector<uint32_t> mesh(region &r, vec middle, double radius, uint32_t of_town);

} // namespace region

#endif

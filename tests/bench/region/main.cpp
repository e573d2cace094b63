/*
 * region: writes an invented region as an OpenStreetMap file.
 *
 *     region [--junctions N] [--seed S] OUT.osm.pbf
 */
#include "region.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

namespace {

struct wish {
	uint64_t junctions = 1000000, seed = 20260322;
	const char *path = nullptr;
};

bool read_wish(int argc, char **argv, wish &w)
{
	for (int i = 1; i < argc; i++) {
		bool junctions = std::strcmp(argv[i], "--junctions") == 0,
		     seed = std::strcmp(argv[i], "--seed") == 0;
		if ((junctions || seed) && i + 1 < argc)
			(junctions ? w.junctions : w.seed) = std::strtoull(argv[++i], nullptr, 10);
		else if (argv[i][0] != '-' && !w.path)
			w.path = argv[i];
		else
			return false;
	}
	return w.path && w.junctions >= 1000 && w.junctions <= 20000000;
}

void make(const wish &w)
{
	region::region r(w.seed);
	region::lay_ground(r, w.junctions);
	region::build_towns(r, w.junctions);
	region::link_towns(r);
	region::build_motorways(r);
	region::settle_country(r);
	region::regulate(r);
	region::trace_ways(r);
	region::furnish(r);
	region::write(r, w.path);
	size_t numbers = 0;
	for (const region::house &h : r.houses)
		numbers += h.number > 0;
	std::fprintf(stderr,
	             "region: %zu municipalities, %zu ways, %zu houses, %zu house numbers, %zu "
	             "turn restrictions\n",
	             r.towns.size(), r.ways.size(), r.houses.size(), numbers,
	             r.restrictions.size());
}

} // namespace

int main(int argc, char **argv)
{
	wish w;
	if (!read_wish(argc, argv, w)) {
		std::fputs("usage: region [--junctions 1000..20000000] [--seed S] OUT.osm.pbf\n",
		           stderr);
		return 2;
	}
	try {
		make(w);
		return 0;
	} catch (const std::exception &e) {
		std::fprintf(stderr, "region: %s: %s\n", w.path, e.what());
		return 1;
	}
}

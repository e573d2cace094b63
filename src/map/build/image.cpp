/* The image of a map file: strings once, cells sorted, and the writing itself. */
#include "compile.hpp"
#include "pen.hpp"

#include "base/log.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <memory>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace making {

uint32_t string_pool::put(const std::string &text)
{
	if (text.empty())
		return 0;
	auto found = m_known.find(text);
	if (found != m_known.end())
		return found->second;
	auto offset = static_cast<uint32_t>(m_bytes.size());
	m_bytes.append(text.c_str(), text.size() + 1);
	m_known.emplace(text, offset);
	return offset;
}

namespace {

/* Where on the leg a parallel is met, never outside it. */
double lon_at(const map_vertex &south, const map_vertex &north, double lat)
{
	if (north.lat == south.lat)
		return south.lon;
	double share = (lat - south.lat) / (static_cast<double>(north.lat) - south.lat);
	return south.lon + std::clamp(share, 0.0, 1.0) * (static_cast<double>(north.lon) - south.lon);
}

} // namespace

/* Row by row the cells that the leg runs through, and no other of its box: a long one has few. */
void cell_list::put_leg(const map_vertex &a, const map_vertex &b, uint32_t item)
{
	const map_vertex &south = a.lat <= b.lat ? a : b, &north = a.lat <= b.lat ? b : a;
	for (int64_t row = map_cell_row(south.lat); row <= map_cell_row(north.lat); row++) {
		auto low = static_cast<double>(row * MAP_CELL - 900000000), high = low + MAP_CELL;
		double from = low <= south.lat ? south.lon : lon_at(south, north, low);
		double to = high >= north.lat ? north.lon : lon_at(south, north, high);
		/* one unit of a centimetre more on either side, for what rounding took */
		int64_t first = map_cell_column(static_cast<int64_t>(std::min(from, to)) - 1);
		int64_t last = map_cell_column(static_cast<int64_t>(std::max(from, to)) + 1);
		for (int64_t c = first; c <= last; c++)
			if (m_pairs.empty() ||
			    m_pairs.back() != std::make_pair(map_cell_key(row, c), item))
				put(map_cell_key(row, c), item);
	}
}

void cell_list::put_line(const map_vertex *v, size_t count, uint32_t item)
{
	for (size_t i = 0; i < count; i++)
		put_leg(v[i], v[i + 1 < count ? i + 1 : i], item);
}

void cell_list::put_box(map_vertex low, map_vertex high, uint32_t item)
{
	int64_t rows = map_cell_row(high.lat) / MAP_COARSE - map_cell_row(low.lat) / MAP_COARSE;
	int64_t columns =
	    map_cell_column(high.lon) / MAP_COARSE - map_cell_column(low.lon) / MAP_COARSE;
	for (int64_t down = 0; down <= rows; down++)
		for (int64_t right = 0; right <= columns; right++)
			put(map_coarse_key(low, down, right), item);
}

void cell_list::finish(std::vector<map_cell> &cells, std::vector<uint32_t> &items)
{
	std::sort(m_pairs.begin(), m_pairs.end());
	m_pairs.erase(std::unique(m_pairs.begin(), m_pairs.end()), m_pairs.end());
	for (const auto &[key, item] : m_pairs) {
		if (cells.empty() || cells.back().key != key)
			cells.push_back({key, static_cast<uint32_t>(items.size())});
		items.push_back(item);
	}
	cells.push_back({UINT64_MAX, static_cast<uint32_t>(items.size())});
	m_pairs.clear();
}

namespace {

[[noreturn]] void fail(const std::string &what)
{
	throw std::system_error(errno, std::generic_category(), what);
}

volatile std::sig_atomic_t stopped_by = 0;

extern "C" void note_stop(int signal)
{
	stopped_by = signal;
}

/* Lets whoever stops the program wait until nothing is left half done: while this lives a signal is
 * only noted, whichever thread it comes to, and comes through at the end. */
class signals_held {
      public:
	signals_held()
	{
		stopped_by = 0;
		for (size_t i = 0; i < std::size(ours); i++) {
			struct sigaction noting = {};
			noting.sa_handler = note_stop;
			sigaction(ours[i], nullptr, &m_before[i]);
			if (m_before[i].sa_handler != SIG_IGN)
				sigaction(ours[i], &noting, nullptr);
		}
	}
	signals_held(const signals_held &) = delete;
	signals_held &operator=(const signals_held &) = delete;
	~signals_held()
	{
		for (size_t i = 0; i < std::size(ours); i++)
			sigaction(ours[i], &m_before[i], nullptr);
		if (stopped_by)
			raise(stopped_by);
	}
	static void check()
	{
		if (stopped_by)
			throw std::runtime_error("stopped; no map file was written");
	}

      private:
	static constexpr int ours[] = {SIGINT, SIGTERM, SIGHUP, SIGXFSZ};
	struct sigaction m_before[std::size(ours)];
};

/* Sections one after another into a file that vanishes unless it is finished. */
class writer {
      public:
	writer(std::string output, const written_fn &written)
	    : m_written(written), m_output(std::move(output)),
	      m_beside(m_output + ".part" + std::to_string(getpid())),
	      m_file(std::fopen(m_beside.c_str(), "wb"))
	{
		if (!m_file)
			fail("cannot write " + m_beside);
		put(&m_header, sizeof(m_header));
	}
	writer(const writer &) = delete;
	writer &operator=(const writer &) = delete;
	~writer()
	{
		if (m_file)
			std::fclose(m_file);
		if (!m_done)
			std::remove(m_beside.c_str());
	}
	void section(map_section_id id, const void *records, size_t record, size_t count)
	{
		static const char zeros[MAP_FILE_ALIGN] = {};
		m_written(static_cast<double>(id) / SECTION_COUNT);
		signals_held::check();
		put(zeros, (MAP_FILE_ALIGN - m_at % MAP_FILE_ALIGN) % MAP_FILE_ALIGN);
		m_header.section[id] = {
		    static_cast<uint32_t>(id), static_cast<uint32_t>(record), m_at, count,
		    map_checksum(records, record * count, static_cast<uint64_t>(id))};
		put(records, record * count);
	}
	void finish(const map_header &facts)
	{
		map_header h = facts;
		std::copy(std::begin(m_header.section), std::end(m_header.section),
		          std::begin(h.section));
		h.bytes = m_at;
		map_header_seal(&h);
		if (std::fseek(m_file, 0, SEEK_SET) != 0 ||
		    std::fwrite(&h, sizeof(h), 1, m_file) != 1 || std::fflush(m_file) != 0 ||
		    fsync(fileno(m_file)) != 0)
			fail("cannot write " + m_beside);
		signals_held::check();
		if (std::rename(m_beside.c_str(), m_output.c_str()) != 0)
			fail("cannot rename to " + m_output);
		m_done = true;
		keep_name();
	}

      private:
	/* The new name, too, outlives a power cut. */
	void keep_name() const
	{
		size_t slash = m_output.find_last_of('/');
		std::string folder =
		    slash == std::string::npos ? "." : m_output.substr(0, slash + 1);
		int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0 || fsync(fd) != 0)
			log_warn(NULL, "map build: cannot make sure of the name of %s",
			         m_output.c_str());
		if (fd >= 0)
			close(fd);
	}
	void put(const void *bytes, size_t count)
	{
		if (count && std::fwrite(bytes, 1, count, m_file) != count)
			fail("cannot write " + m_beside);
		m_at += count;
	}
	signals_held m_signals; /* first in, last out: the file is gone before they come through */
	const written_fn &m_written;
	std::string m_output, m_beside;
	FILE *m_file;
	map_header m_header{};
	uint64_t m_at = 0;
	bool m_done = false;
};

template <typename T> void put(writer &w, map_section_id id, const std::vector<T> &records)
{
	if (records.size() >= UINT32_MAX)
		throw std::length_error("the inputs are too large for one map file");
	w.section(id, records.data(), sizeof(T), records.size());
}

void put(writer &w, map_section_id id, const cell_sections &c)
{
	static const std::vector<map_cell> nothing{{UINT64_MAX, 0}};
	put(w, id, c.cells.empty() ? nothing : c.cells);
	put(w, static_cast<map_section_id>(id + 1), c.items);
}

/* Lines begin at the junction they leave, see map_line(). Ghosts share that of their road; they come last. */
void put_segments(writer &w, const image &i)
{
	std::vector<unsigned char> lines;
	std::vector<map_segment> segments = i.segments;
	size_t real = segments.size() - i.ghosts.size();
	for (size_t n = 0; n < segments.size(); n++) {
		map_segment &road = segments[n];
		if (n >= real) {
			road.shape = segments[i.ghosts[n - real]].shape;
			continue;
		}
		const map_vertex *line = &i.shape[road.shape];
		road.shape = static_cast<uint32_t>(lines.size());
		pen out(lines, i.junctions[road.from]);
		for (size_t v = 0; v < road.vertices; v++)
			out.vertex(line[v]);
		if (lines.size() >= UINT32_MAX)
			throw std::length_error("the inputs are too large for one map file");
	}
	put(w, SECTION_SEGMENTS, segments);
	put(w, SECTION_SHAPE, lines);
}

void put_roads(writer &w, const image &i)
{
	put(w, SECTION_JUNCTIONS, i.junctions);
	put(w, SECTION_LEAVING_FIRST, i.leaving_first);
	put(w, SECTION_LEAVING, i.leaving);
	put_segments(w, i);
	put(w, SECTION_TURN_FIRST, i.turn_first);
	put(w, SECTION_TURNS, i.turns);
	put(w, SECTION_GHOSTS, i.ghosts);
	put(w, SECTION_ISLANDS, i.islands);
	put(w, SECTION_SNAP_CELLS, i.snap);
}

void put_hierarchy(writer &w, const hierarchy_sections &h)
{
	put(w, SECTION_VERTEX_OF, h.vertex_of);
	put(w, SECTION_SEGMENT_OF, h.segment_of);
	put(w, SECTION_DEPTH, h.depth);
	put(w, SECTION_FIRST_BELOW, h.first_below);
	put(w, SECTION_UP_FIRST, h.up_first);
	put(w, SECTION_UP_HEAD, h.up_head);
	put(w, SECTION_DOWN_FIRST, h.down_first);
	put(w, SECTION_DOWN, h.down);
	put(w, SECTION_SEPARATORS, h.separators);
	put(w, SECTION_BASE_MS, h.base_ms);
	put(w, SECTION_BASE_UP, h.base_up);
	put(w, SECTION_BASE_DOWN, h.base_down);
	put(w, SECTION_BASE_SELF, h.base_self);
}

void put_names(writer &w, const image &i)
{
	put(w, SECTION_NAMED, i.named);
	put(w, SECTION_ADDRESSES, i.addresses);
	put(w, SECTION_ADDRESS_CELLS, i.address_cells);
	put(w, SECTION_STREET_CELLS, i.street_cells);
	put(w, SECTION_PLACE_CELLS, i.place_cells);
	put(w, SECTION_CROSSINGS, i.crossings);
	put(w, SECTION_MUNICIPALITIES, i.municipalities);
	put(w, SECTION_AREA_CELLS, i.area_cells);
	put(w, SECTION_RINGS, i.rings);
	put(w, SECTION_RING_SHAPE, i.ring_shape);
	put(w, SECTION_TITLES, i.titles);
	put(w, SECTION_TITLE_WORDS, i.title_words);
	put(w, SECTION_SETTINGS, i.settings);
	put(w, SECTION_SETTING_WORDS, i.setting_words);
	put(w, SECTION_SLIPS, i.slips);
	put(w, SECTION_WORDS, i.words);
	put(w, SECTION_WORD_ITEMS, i.word_items);
}

} // namespace

void image::try_output(const std::string &output)
{
	struct stat st;
	if (stat(output.c_str(), &st) == 0 && !S_ISREG(st.st_mode))
		throw std::runtime_error("cannot write " + output + ": it is no file");
	std::string beside = output + ".part" + std::to_string(getpid());
	FILE *file = std::fopen(beside.c_str(), "wb");
	if (!file)
		fail("cannot write " + output);
	std::fclose(file);
	std::remove(beside.c_str());
}

void image::write(const std::string &output, const written_fn &written) const
{
	writer w(output, written);
	if (strings.bytes().size() >= UINT32_MAX)
		throw std::length_error("the inputs are too large for one map file");
	w.section(SECTION_STRINGS, strings.bytes().data(), 1, strings.bytes().size());
	put_roads(w, *this);
	put_hierarchy(w, hierarchy);
	put_names(w, *this);
	put(w, SECTION_FEATURES, features);
	put(w, SECTION_TILE_CELLS_0, tiles[0]);
	put(w, SECTION_TILE_CELLS_1, tiles[1]);
	put(w, SECTION_TILE_CELLS_2, tiles[2]);
	put(w, SECTION_TILE_CELLS_3, tiles[3]);
	map_header h{};
	std::copy_n(MAP_FILE_MAGIC, sizeof(h.magic), h.magic);
	h.version = MAP_FILE_VERSION;
	h.order = MAP_FILE_ORDER;
	h.sections = SECTION_COUNT;
	h.built_at_us = instant_now().us;
	h.counts = counts;
	h.restrictions = restrictions;
	h.features = feature_count;
	h.low = low;
	h.high = high;
	w.finish(h);
}

} // namespace making

/*
 * The order in which a map is built, and the C door of it: no exception leaves here.
 */
#include "collection.hpp"
#include "order.hpp"
#include "read.hpp"

#include <exception>
#include <new>
#include <stdexcept>

namespace {

using namespace making;

/* Says how far we are; the caller may be a terminal. */
class progress {
      public:
	progress(map_progress_fn *fn, void *ctx) : m_fn(fn), m_ctx(ctx)
	{
	}
	void say(double done, const char *step) const
	{
		if (m_fn)
			m_fn(m_ctx, done, step);
	}

      private:
	map_progress_fn *m_fn;
	void *m_ctx;
};

void build(const std::vector<std::string> &inputs, const std::string &output, const progress &says)
{
	collection all;
	for (const std::string &input : inputs)
		try_input(input, output);
	image::try_output(output);
	all.several = inputs.size() > 1;
	double share = 0.7 / static_cast<double>(inputs.size());
	for (size_t i = 0; i < inputs.size(); i++)
		read_input(all, inputs[i], [&](double part) {
			says.say(share * (static_cast<double>(i) + part), "reading");
		});
	says.say(0.7, "roads");
	all.roads.finish(all.out, all.towns);
	if (all.out.segments.empty())
		throw std::runtime_error("the inputs hold no road that a car may use");
	says.say(0.72, "hierarchy");
	order_roads(all.out);
	says.say(0.85, "names");
	all.names.finish(all.out);
	list_islands(all.out);
	says.say(0.92, "drawing");
	all.drawn.finish();
	says.say(0.95, "writing");
	all.out.write(output, [&says](double part) { says.say(0.95 + 0.05 * part, "writing"); });
	says.say(1, "done");
}

/* The guard at the C door: any exception becomes a problem. */
template <typename F> bool guarded(struct problem *p, F &&body)
{
	try {
		body();
		return true;
	} catch (const std::bad_alloc &) {
		return problem_set(p, PROBLEM_INTERNAL, "map",
		                   "not enough memory to build the map");
	} catch (const std::exception &e) {
		return problem_set(p, PROBLEM_INPUT, "map", "%s", e.what());
	} catch (...) {
		return problem_set(p, PROBLEM_INTERNAL, "map",
		                   "unknown failure while building the map");
	}
}

} // namespace

extern "C" bool map_build(const char *const *inputs, size_t count, const char *output,
                          map_progress_fn *fn, void *ctx, struct problem *p)
{
	return guarded(p, [&] { build({inputs, inputs + count}, output, progress{fn, ctx}); });
}

// libosmium behind the C door of osm_file.h. Every entry turns exceptions into a struct problem.
#include "osm_file.h"

#include <osmium/builder/osm_object_builder.hpp>
#include <osmium/handler.hpp>
#include <osmium/io/pbf_input.hpp>
#include <osmium/io/pbf_output.hpp>
#include <osmium/memory/buffer.hpp>
#include <osmium/visitor.hpp>

#include <exception>
#include <memory>
#include <string>
#include <vector>

struct osm_writer {
	osmium::io::Writer writer;
	osmium::memory::Buffer buffer{1024UL * 1024UL, osmium::memory::Buffer::auto_grow::yes};

	osm_writer(const osmium::io::File &file, const osmium::io::Header &header)
	    : writer(file, header, osmium::io::overwrite::allow)
	{
	}

	void flush_if_full()
	{
		if (buffer.committed() < 800UL * 1024UL)
			return;
		osmium::memory::Buffer full{1024UL * 1024UL, osmium::memory::Buffer::auto_grow::yes};
		std::swap(full, buffer);
		writer(std::move(full));
	}
};

namespace {

template <typename F> bool guarded(struct problem *p, F &&body)
{
	try {
		body();
		return true;
	} catch (const std::exception &e) {
		return problem_set(p, PROBLEM_INTERNAL, "", "%s", e.what());
	}
}

template <typename B> void add_tags(B &builder, const struct osm_object *o)
{
	osmium::builder::TagListBuilder tags{builder};
	for (size_t i = 0; i < o->tag_count; i++)
		tags.add_tag(o->tags[i].key, o->tags[i].value);
}

osmium::item_type member_type(char type)
{
	return type == 'n' ? osmium::item_type::node : osmium::item_type::way;
}

class Visitor : public osmium::handler::Handler
{
      public:
	Visitor(osm_node_fn *on_node, osm_way_fn *on_way, void *context)
	    : node_fn(on_node), way_fn(on_way), ctx(context)
	{
	}

	void node(const osmium::Node &n) const
	{
		if (n.location().valid())
			node_fn(ctx, n.id(), n.location().lat(), n.location().lon());
	}

	void way(const osmium::Way &w)
	{
		refs.clear();
		for (const auto &n : w.nodes())
			refs.push_back(n.ref());
		const struct osm_way_seen seen = {refs.data(), refs.size(), &w};
		way_fn(ctx, &seen);
	}

      private:
	osm_node_fn *node_fn;
	osm_way_fn *way_fn;
	void *ctx;
	std::vector<int64_t> refs;
};

} // namespace

struct osm_writer *osm_writer_open(const char *path, struct problem *p)
{
	struct osm_writer *w = nullptr;
	guarded(p, [&] {
		osmium::io::Header header;
		header.set("generator", "prontod demo valley");
		w = new osm_writer{osmium::io::File{path, "pbf,add_metadata=false"}, header};
	});
	return w;
}

bool osm_write_node(struct osm_writer *w, const struct osm_object *o, double lat, double lon, struct problem *p)
{
	return guarded(p, [&] {
		{
			osmium::builder::NodeBuilder builder{w->buffer};
			builder.set_id(o->id).set_version(1U).set_visible(true);
			builder.set_location(osmium::Location{lon, lat});
			add_tags(builder, o);
		}
		w->buffer.commit();
		w->flush_if_full();
	});
}

bool osm_write_way(struct osm_writer *w, const struct osm_object *o, const int64_t *nodes, size_t count, struct problem *p)
{
	return guarded(p, [&] {
		{
			osmium::builder::WayBuilder builder{w->buffer};
			builder.set_id(o->id).set_version(1U).set_visible(true);
			{
				osmium::builder::WayNodeListBuilder list{builder};
				for (size_t i = 0; i < count; i++)
					list.add_node_ref(nodes[i]);
			}
			add_tags(builder, o);
		}
		w->buffer.commit();
		w->flush_if_full();
	});
}

bool osm_write_relation(struct osm_writer *w, const struct osm_object *o, const struct osm_member *members, size_t count,
			struct problem *p)
{
	return guarded(p, [&] {
		{
			osmium::builder::RelationBuilder builder{w->buffer};
			builder.set_id(o->id).set_version(1U).set_visible(true);
			{
				osmium::builder::RelationMemberListBuilder list{builder};
				for (size_t i = 0; i < count; i++)
					list.add_member(member_type(members[i].type), members[i].ref, members[i].role);
			}
			add_tags(builder, o);
		}
		w->buffer.commit();
		w->flush_if_full();
	});
}

bool osm_writer_close(struct osm_writer **w, struct problem *p)
{
	std::unique_ptr<struct osm_writer> owner{*w};
	*w = nullptr;
	return guarded(p, [&] {
		owner->writer(std::move(owner->buffer));
		owner->writer.close();
	});
}

const char *osm_way_tag(const struct osm_way_seen *way, const char *key)
{
	return static_cast<const osmium::Way *>(way->way)->tags().get_value_by_key(key);
}

bool osm_read(const char *path, osm_node_fn *node, osm_way_fn *way, void *ctx, struct problem *p)
{
	return guarded(p, [&] {
		osmium::io::Reader reader{path, osmium::osm_entity_bits::node | osmium::osm_entity_bits::way};
		Visitor visitor{node, way, ctx};
		osmium::apply(reader, visitor);
		reader.close();
	});
}

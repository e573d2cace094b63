/* A trip as a line with times along it, and as the streets it takes. */
#include "drive.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct drawing {
	const struct map_metric *m;
	struct point *points;
	double *at_s;
	size_t count, room;
	struct map_step *steps;
	size_t step_count, step_room;
	struct map_unpacked line;
};

static void draw_point(struct drawing *d, struct point p, double at_s)
{
	if (d->count == d->room) {
		d->room = d->room ? 2 * d->room : 256;
		d->points = mem_grow(d->points, d->room, sizeof(*d->points));
		d->at_s = mem_grow(d->at_s, d->room, sizeof(*d->at_s));
	}
	d->points[d->count] = p;
	d->at_s[d->count++] = at_s;
}

static void draw_step(struct drawing *d, uint32_t edge)
{
	const struct map *map = d->m->map;
	const char *street = map_string(map, map->segments[edge >> 1].name);
	if (d->step_count && d->steps[d->step_count - 1].street == street)
		return;
	if (d->step_count == d->step_room) {
		d->step_room = d->step_room ? 2 * d->step_room : 32;
		d->steps = mem_grow(d->steps, d->step_room, sizeof(*d->steps));
	}
	d->steps[d->step_count++] = (struct map_step){.street = street, .first_point = d->count - 1};
}

/* A piece of an edge, by shares of its length in the order it is driven. */
struct piece {
	uint32_t edge;
	double first, last;
	double starts_s, takes_s;
	struct point end; /* set: it ends there, not at the edge's own end */
};

static void draw_piece(struct drawing *d, const struct piece *p)
{
	const struct map *map = d->m->map;
	const struct map_segment *s = &map->segments[p->edge >> 1];
	double length = fmax((double)s->length_m, 1e-3), along = 0, span = fmax(p->last - p->first, 1e-9);
	const struct map_vertex *shape = map_line(map, s, &d->line);
	size_t last = (size_t)s->vertices - 1;
	struct point before = map_point(shape[p->edge & 1 ? last : 0]);
	draw_step(d, p->edge);
	d->steps[d->step_count - 1].distance_m += (p->last - p->first) * (double)s->length_m;
	d->steps[d->step_count - 1].time_s += p->takes_s;
	for (size_t i = 1; i < s->vertices; i++) {
		struct point v = map_point(shape[p->edge & 1 ? last - i : i]);
		along += point_distance_m(before, v) / length;
		before = v;
		if (along <= p->first || (along >= p->last && point_is_set(p->end)))
			continue;
		draw_point(d, v, p->starts_s + p->takes_s * fmin(1, (along - p->first) / span));
	}
	if (point_is_set(p->end))
		draw_point(d, p->end, p->starts_s + p->takes_s);
}

/* What is driven of the path's i-th edge, and when. The turn into it counts to it. */
static struct piece piece_at(const struct map_metric *m, const struct drive_path *path, size_t i,
                             const struct drive_end ends[2])
{
	uint32_t edge = path->edge[i], ms = metric_ms(m, edge);
	bool back = edge & 1;
	struct piece p = {.edge = edge, .last = 1, .end = POINT_NONE};
	uint32_t before = 0, until = ms;
	if (i == 0) {
		p.first = back ? 1 - ends[0].fraction : ends[0].fraction;
		before = drive_before_ms(m, &ends[0], back);
	}
	if (i + 1 == path->count) {
		p.last = back ? 1 - ends[1].fraction : ends[1].fraction;
		until = drive_before_ms(m, &ends[1], back);
		p.end = ends[1].at;
	}
	uint32_t turn = i ? map_turn_ms(m->map, path->edge[i - 1], edge) : 0;
	p.takes_s = (until - before + (turn == MAP_NO_TURN ? 0 : turn)) / 1000.0;
	return p;
}

static void draw_path(struct drawing *d, const struct drive_path *path,
                      const struct drive_end ends[2])
{
	double at_s = 0;
	draw_point(d, ends[0].at, 0);
	for (size_t i = 0; i < path->count; i++) {
		struct piece p = piece_at(d->m, path, i, ends);
		p.starts_s = at_s;
		draw_piece(d, &p);
		at_s += p.takes_s;
	}
}

static void *keep(struct arena *arena, const void *from, size_t bytes)
{
	void *to = arena_take(arena, bytes + 1);
	if (bytes)
		memcpy(to, from, bytes);
	return to;
}

static void drawing_give(struct drawing *d, struct arena *arena, struct map_route *out)
{
	out->count = d->count;
	out->points = keep(arena, d->points, d->count * sizeof(*d->points));
	out->at_s = keep(arena, d->at_s, d->count * sizeof(*d->at_s));
	out->step_count = d->step_count;
	out->steps = keep(arena, d->steps, d->step_count * sizeof(*d->steps));
	free(d->points);
	free(d->at_s);
	free(d->steps);
	map_unpacked_free(&d->line);
}

void drive_draw(const struct map_metric *m, const struct drive_path *path,
                const struct drive_end ends[2], struct arena *arena, struct map_route *out)
{
	struct drawing d = {.m = m};
	draw_path(&d, path, ends);
	drawing_give(&d, arena, out);
}

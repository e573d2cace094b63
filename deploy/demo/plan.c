/* The valley's ground: geometry, repeatable random numbers, growing arrays, river and borders. */
#include "valley.h"

#include "base/mem.h"

#include <math.h>

const char *const valley_municipality[VALLEY_MUNICIPALITIES] = {"Borgo Valdoro", "Pontalto", "Roccaspina"};

double valley_random(struct valley *v)
{
	/* splitmix64 (Steele, Lea, Flood 2014) */
	uint64_t z = (v->seed += 0x9E3779B97F4A7C15U);
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
	return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

double valley_between(struct valley *v, double low, double high)
{
	return low + (high - low) * valley_random(v);
}

double valley_lognormal(struct valley *v, double median, double sigma)
{
	double u = valley_between(v, 1e-9, 1), w = valley_random(v);
	return median * exp(sigma * sqrt(-2 * log(u)) * cos(2 * M_PI * w));
}

double valley_river_y(double x)
{
	return 3000 + 500 * sin(x / 2600) + 180 * sin(x / 900);
}

double valley_border_x(int which, double y)
{
	double base = which == 0 ? 6500 : 10550;
	return base + 120 * sin(y / 700) + 60 * sin(y / 260 + which);
}

int valley_municipality_at(struct vec p)
{
	return p.x < valley_border_x(0, p.y) ? 0 : p.x < valley_border_x(1, p.y) ? 1 : 2;
}

void *valley_room(void *array, int count, int *room, size_t size)
{
	if (count < *room)
		return array;
	*room = *room ? *room * 2 : 64;
	return mem_grow(array, (size_t)*room, size);
}

int valley_node(struct valley *v, struct vec at)
{
	v->nodes = valley_room(v->nodes, v->node_count, &v->node_room, sizeof *v->nodes);
	v->nodes[v->node_count] = at;
	return v->node_count++;
}

int valley_street(struct valley *v, enum street_class class, int municipality)
{
	v->streets = valley_room(v->streets, v->street_count, &v->street_room, sizeof *v->streets);
	v->streets[v->street_count] = (struct street){.class = class, .municipality = municipality, .mesh = true};
	return v->street_count++;
}

void street_append(struct street *s, int node)
{
	s->nodes = valley_room(s->nodes, s->count, &s->room, sizeof *s->nodes);
	s->nodes[s->count++] = node;
}

void street_insert(struct street *s, int at, int node)
{
	street_append(s, node);
	for (int i = s->count - 1; i > at; i--)
		s->nodes[i] = s->nodes[i - 1];
	s->nodes[at] = node;
}

double street_length(const struct valley *v, const struct street *s)
{
	double sum = 0;
	for (int i = 1; i < s->count; i++)
		sum += vec_distance(v->nodes[s->nodes[i - 1]], v->nodes[s->nodes[i]]);
	return sum;
}

double vec_distance(struct vec a, struct vec b)
{
	return hypot(a.x - b.x, a.y - b.y);
}

struct vec vec_mix(struct vec a, struct vec b, double t)
{
	return (struct vec){a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t};
}

static double side(struct vec a, struct vec b, struct vec c)
{
	return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

bool vec_cross(struct vec a, struct vec b, struct vec c, struct vec d)
{
	return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

/*
 * What stands along the streets: house numbers (odd on the left, even on the right, some with a letter),
 * buildings behind them, and the places people name: schools, pharmacies, churches, town halls.
 */
#include "valley.h"

#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- ground already taken, in squares of 3 m ---- */

#define SQUARE 3.0
#define GRID_COLUMNS ((int)(VALLEY_WIDTH / SQUARE) + 1)
#define GRID_ROWS ((int)(VALLEY_HEIGHT / SQUARE) + 1)

static unsigned char *square(unsigned char *grid, struct vec p)
{
	int c = (int)(p.x / SQUARE), r = (int)(p.y / SQUARE);
	if (c < 0 || r < 0 || c >= GRID_COLUMNS || r >= GRID_ROWS)
		return NULL;
	return &grid[r * GRID_COLUMNS + c];
}

static void take(unsigned char *grid, struct vec a, struct vec b, double half_width)
{
	double length = fmax(vec_distance(a, b), 0.1);
	for (double t = 0; t <= 1.0001; t += SQUARE / 2 / length)
		for (double w = -half_width; w <= half_width; w += SQUARE / 2) {
			struct vec p = vec_mix(a, b, t);
			p.x += -(b.y - a.y) / length * w;
			p.y += (b.x - a.x) / length * w;
			unsigned char *s = square(grid, p);
			if (s)
				*s = 1;
		}
}

static bool is_free(unsigned char *grid, const struct vec corner[4])
{
	for (double u = 0; u <= 1.001; u += 0.2)
		for (double w = 0; w <= 1.001; w += 0.2) {
			unsigned char *s = square(grid, vec_mix(vec_mix(corner[0], corner[1], u), vec_mix(corner[3], corner[2], u), w));
			if (!s || *s)
				return false;
		}
	return true;
}

/* ---- numbers and houses ---- */

struct front {
	struct vec foot, along, outward; /* unit vectors */
};

static void add_number(struct valley *v, int street, struct vec at, const char *text)
{
	v->numbers = valley_room(v->numbers, v->number_count, &v->number_room, sizeof *v->numbers);
	struct number *n = &v->numbers[v->number_count++];
	*n = (struct number){.at = at, .street = street};
	snprintf(n->text, sizeof n->text, "%s", text);
}

static bool add_house(struct valley *v, unsigned char *grid, const struct front *f, double setback)
{
	double wide = valley_between(v, 9, 15), deep = valley_between(v, 8, 13);
	struct vec c[4];
	for (int i = 0; i < 4; i++) {
		double a = (i == 0 || i == 3 ? -wide : wide) / 2, o = setback + (i >= 2 ? deep : 0);
		c[i] = (struct vec){f->foot.x + f->along.x * a + f->outward.x * o, f->foot.y + f->along.y * a + f->outward.y * o};
	}
	if (!is_free(grid, c))
		return false;
	v->buildings = valley_room(v->buildings, v->building_count, &v->building_room, sizeof *v->buildings);
	memcpy(v->buildings[v->building_count++].corner, c, sizeof c);
	take(grid, vec_mix(c[0], c[3], 0.5), vec_mix(c[1], c[2], 0.5), deep / 2);
	return true;
}

static struct vec outward_of(struct vec along, int left)
{
	return left ? (struct vec){-along.y, along.x} : (struct vec){along.y, -along.x};
}

/* One doorstep: a number if there is ground for a house. */
static void doorstep(struct valley *v, unsigned char *grid, int street, const struct front *f, int *next)
{
	const struct street *s = &v->streets[street];
	double setback = s->old_town ? 4.6 : valley_between(v, 6.5, 10);
	if (!add_house(v, grid, f, setback))
		return;
	char text[8];
	struct vec at = {f->foot.x + f->outward.x * (setback - 1), f->foot.y + f->outward.y * (setback - 1)};
	snprintf(text, sizeof text, "%d", *next);
	add_number(v, street, at, text);
	if (valley_random(v) < 0.09) {
		snprintf(text, sizeof text, "%d/%c", *next, "AB"[valley_random(v) < 0.25]);
		at.x += f->along.x * 4;
		at.y += f->along.y * 4;
		add_number(v, street, at, text);
	}
	*next += 2;
}

static void number_street(struct valley *v, unsigned char *grid, int street)
{
	const struct street *s = &v->streets[street];
	int next[2] = {2, 1}; /* right even, left odd */
	bool rural = s->class == STREET_RURAL || s->class == STREET_PRIMARY;
	double pitch = s->old_town ? 12 : rural ? 60 : 24, left_over = pitch / 2;
	for (int k = 0; k + 1 < s->count; k++) {
		struct vec a = v->nodes[s->nodes[k]], b = v->nodes[s->nodes[k + 1]];
		double length = vec_distance(a, b), t = left_over;
		for (; t < length; t += pitch * valley_between(v, 0.85, 1.25))
			for (int left = 0; left < 2; left++) {
				struct front f = {vec_mix(a, b, t / length), {(b.x - a.x) / length, (b.y - a.y) / length}, {0, 0}};
				f.outward = outward_of(f.along, left);
				doorstep(v, grid, street, &f, &next[left]);
			}
		left_over = t - length;
	}
}

/* ---- places people name ---- */

static void add_amenity(struct valley *v, int number, const char *key, const char *value, const char *name)
{
	v->amenities = valley_room(v->amenities, v->amenity_count, &v->amenity_room, sizeof *v->amenities);
	struct amenity *a = &v->amenities[v->amenity_count++];
	const struct number *n = &v->numbers[number];
	*a = (struct amenity){.at = n->at, .key = key, .value = value, .street = n->street};
	snprintf(a->name, sizeof a->name, "%s", name);
	snprintf(a->number, sizeof a->number, "%s", n->text);
}

/* The house number nearest to a point of a town given by direction and share of its radius. */
static int door_near(const struct valley *v, const struct town *t, double angle, double share)
{
	struct vec p = {t->centre.x + cos(angle) * share * t->radius, t->centre.y + sin(angle) * share * t->radius};
	int best = 0;
	for (int i = 1; i < v->number_count; i++)
		if (v->streets[v->numbers[i].street].municipality == t->municipality &&
		    vec_distance(v->numbers[i].at, p) < vec_distance(v->numbers[best].at, p))
			best = i;
	return best;
}

static void amenities(struct valley *v)
{
	static const struct {
		int town;
		double angle, share;
		const char *key, *value, *name;
	} list[] = {
	    {0, 0.2, 0.05, "amenity", "townhall", "Municipio di Borgo Valdoro"},
	    {1, 0.2, 0.05, "amenity", "townhall", "Municipio di Pontalto"},
	    {2, 0.2, 0.05, "amenity", "townhall", "Municipio di Roccaspina"},
	    {0, 1.1, 0.55, "amenity", "hospital", "Ospedale della Valdoro"},
	    {0, 2.0, 0.30, "amenity", "school", "Scuola primaria Giovanni Pascoli"},
	    {0, 3.4, 0.60, "amenity", "school", "Scuola secondaria Leonardo da Vinci"},
	    {0, 5.2, 0.70, "amenity", "school", "Istituto superiore Alessandro Volta"},
	    {0, 0.6, 0.75, "amenity", "kindergarten", "Scuola dell'infanzia Arcobaleno"},
	    {1, 2.4, 0.40, "amenity", "school", "Scuola primaria Gianni Rodari"},
	    {1, 4.6, 0.55, "amenity", "school", "Scuola secondaria Maria Montessori"},
	    {2, 1.7, 0.40, "amenity", "school", "Scuola primaria Don Milani"},
	    {6, 0.9, 0.30, "amenity", "school", "Scuola primaria di Selvapiana"},
	    {0, 4.0, 0.15, "amenity", "pharmacy", "Farmacia al Ponte"},
	    {0, 0.4, 0.50, "amenity", "pharmacy", "Farmacia Valdoro"},
	    {0, 2.7, 0.75, "amenity", "pharmacy", "Farmacia dei Tigli"},
	    {1, 5.5, 0.20, "amenity", "pharmacy", "Farmacia San Carlo"},
	    {2, 3.0, 0.20, "amenity", "pharmacy", "Farmacia della Rocca"},
	    {0, 1.5, 0.10, "amenity", "place_of_worship", "Chiesa di San Martino"},
	    {1, 1.0, 0.10, "amenity", "place_of_worship", "Chiesa di Santa Lucia"},
	    {2, 4.4, 0.10, "amenity", "place_of_worship", "Chiesa di San Michele"},
	    {0, 4.7, 0.90, "railway", "station", "Borgo Valdoro"},
	    {0, 3.1, 0.35, "amenity", "police", "Polizia Locale"},
	};
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		add_amenity(v, door_near(v, &v->towns[list[i].town], list[i].angle, list[i].share), list[i].key,
			    list[i].value, list[i].name);
}

void valley_furnish(struct valley *v)
{
	unsigned char *grid = mem_zero((size_t)(GRID_COLUMNS * GRID_ROWS), 1);
	for (int i = 0; i < v->street_count; i++)
		for (int k = 0; k + 1 < v->streets[i].count; k++)
			take(grid, v->nodes[v->streets[i].nodes[k]], v->nodes[v->streets[i].nodes[k + 1]], 3.4);
	for (double x = 0; x < VALLEY_WIDTH; x += 20)
		take(grid, (struct vec){x, valley_river_y(x)}, (struct vec){x + 20, valley_river_y(x + 20)}, 24);
	for (int i = 0; i < v->street_count; i++)
		if (v->streets[i].name[0] && !v->streets[i].bridge)
			number_street(v, grid, i);
	free(grid);
	amenities(v);
}

/*
 * The invented valley of the demo: a road network grown by rules, then named, numbered and furnished.
 * Planar metres inside (x east, y north), degrees only on the way out. Everything follows from one seed,
 * so the same file comes out each time. Sources of the target shape: the statistics of real Italian
 * extracts that stats.c prints.
 */
#ifndef PRONTOD_DEMO_VALLEY_H
#define PRONTOD_DEMO_VALLEY_H

#include "base/problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vec {
	double x, y;
};

enum street_class { STREET_PRIMARY, STREET_TERTIARY, STREET_RESIDENTIAL, STREET_ALLEY, STREET_SERVICE, STREET_RURAL };

struct street {
	int *nodes;
	int count, room;
	enum street_class class;
	int municipality; /* index into valley.towns' municipality names */
	bool oneway, mesh; /* mesh: part of a town's or the valley's net, not a blind stub */
	bool old_town;
	bool bridge; /* the chain crosses the river */
	char name[80]; /* "" for an unnamed service road */
};

struct number {
	struct vec at;
	char text[8];
	int street;
};

struct building {
	struct vec corner[4];
};

struct restriction {
	int from, to, via; /* streets and node */
	bool to_forward;   /* along the chain's direction after the via */
	const char *kind;
};

struct amenity {
	struct vec at;
	const char *key, *value;
	char name[80];
	int street;
	char number[8];
};

struct town {
	const char *name, *place; /* OSM place=town|village|hamlet */
	struct vec centre;
	double radius;
	int municipality;
	int ring; /* street index of its ring road */
	int square[64]; /* ring of nodes of the main square's block, 0 count if none */
	int square_count;
};

#define VALLEY_TOWNS 9
#define VALLEY_MUNICIPALITIES 3
struct valley {
	uint64_t seed;
	struct vec *nodes;
	int node_count, node_room;
	struct street *streets;
	int street_count, street_room;
	struct town towns[VALLEY_TOWNS];
	struct number *numbers;
	int number_count, number_room;
	struct building *buildings;
	int building_count, building_room;
	struct restriction *restrictions;
	int restriction_count, restriction_room;
	struct amenity *amenities;
	int amenity_count, amenity_room;
	int *signals; /* nodes with traffic lights */
	int signal_count, signal_room;
};

extern const char *const valley_municipality[VALLEY_MUNICIPALITIES];

#define VALLEY_WIDTH 14000.0
#define VALLEY_HEIGHT 8000.0
double valley_river_y(double x);      /* the river's middle line */
int valley_municipality_at(struct vec p);
double valley_border_x(int which, double y); /* line between municipality `which` and the next */

/* random numbers of the valley: repeatable */
double valley_random(struct valley *v);                          /* [0, 1) */
double valley_between(struct valley *v, double low, double high);
double valley_lognormal(struct valley *v, double median, double sigma);

int valley_node(struct valley *v, struct vec at);
int valley_street(struct valley *v, enum street_class class, int municipality);
void street_append(struct street *s, int node);
void street_insert(struct street *s, int at, int node);
double street_length(const struct valley *v, const struct street *s);
/* Makes room for one more element of a growing array. */
void *valley_room(void *array, int count, int *room, size_t size);

double vec_distance(struct vec a, struct vec b);
struct vec vec_mix(struct vec a, struct vec b, double t);
bool vec_cross(struct vec a, struct vec b, struct vec c, struct vec d); /* do the open segments cross? */

void valley_grow(struct valley *v);    /* streets.c: towns, hamlets, valley roads, blind streets */
void valley_name(struct valley *v);    /* names.c */
void valley_regulate(struct valley *v); /* traffic.c: one-ways, lights, turn restrictions */
void valley_furnish(struct valley *v); /* furnish.c: numbers, buildings, amenities */
bool valley_write(const struct valley *v, const char *path, struct problem *p); /* emit.c */

/* stats.c: shape of the car road network of any extract. */
struct road_stats {
	int junctions, dead_ends, degree3, degree4; /* degree4: four or more; junctions: all but degree 2 */
	int streets;                                /* different names of car ways */
	double mean, p25, median, p75, p90;         /* metres between junctions */
};
bool road_stats_read(const char *path, struct road_stats *out, struct problem *p);

#endif

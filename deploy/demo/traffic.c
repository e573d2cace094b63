/*
 * Rules of the road: one-ways in the old towns (kept only while every place still reaches every other),
 * traffic lights, turn restrictions at T-junctions.
 */
#include "valley.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct net {
	int *first, *next, *to; /* arcs by node */
	int count;
};

static void arc(struct net *n, int from, int to)
{
	n->to[n->count] = to;
	n->next[n->count] = n->first[from];
	n->first[from] = n->count++;
}

static struct net net_of(const struct valley *v, bool backwards)
{
	int arcs = 0;
	for (int i = 0; i < v->street_count; i++)
		arcs += 2 * v->streets[i].count;
	struct net n = {mem_zero((size_t)v->node_count, sizeof(int)), mem_zero((size_t)arcs, sizeof(int)),
			mem_zero((size_t)arcs, sizeof(int)), 0};
	for (int i = 0; i < v->node_count; i++)
		n.first[i] = -1;
	for (int i = 0; i < v->street_count; i++)
		for (int k = 0; k + 1 < v->streets[i].count; k++) {
			int a = v->streets[i].nodes[k], b = v->streets[i].nodes[k + 1];
			if (!backwards || !v->streets[i].oneway)
				arc(&n, a, b);
			if (backwards || !v->streets[i].oneway)
				arc(&n, b, a);
		}
	return n;
}

static int reached(const struct valley *v, bool backwards)
{
	struct net n = net_of(v, backwards);
	int *stack = mem_zero((size_t)v->node_count, sizeof(int)), depth = 0, seen = 0;
	bool *been = mem_zero((size_t)v->node_count, sizeof(bool));
	int start = v->streets[v->towns[0].ring].nodes[0];
	been[start] = true;
	stack[depth++] = start;
	while (depth) {
		int here = stack[--depth];
		seen++;
		for (int a = n.first[here]; a >= 0; a = n.next[a])
			if (!been[n.to[a]]) {
				been[n.to[a]] = true;
				stack[depth++] = n.to[a];
			}
	}
	free(stack);
	free(been);
	free(n.first);
	free(n.next);
	free(n.to);
	return seen;
}

static void one_ways(struct valley *v)
{
	int all = reached(v, false);
	for (int i = 0; i < v->street_count; i++) {
		struct street *s = &v->streets[i];
		if (!s->mesh || s->bridge || s->class == STREET_PRIMARY || s->class == STREET_RURAL ||
		    valley_random(v) > (s->old_town ? 0.75 : 0.22))
			continue;
		s->oneway = true;
		s->oneway = reached(v, false) == all && reached(v, true) == all;
	}
}

static double heading(const struct valley *v, int from, int to)
{
	return atan2(v->nodes[to].y - v->nodes[from].y, v->nodes[to].x - v->nodes[from].x);
}

static int position(const struct street *s, int node)
{
	for (int k = 0; k < s->count; k++)
		if (s->nodes[k] == node)
			return k;
	return -1;
}

static void restrict_turn(struct valley *v, int from, int through, int via)
{
	const struct street *stem = &v->streets[from], *road = &v->streets[through];
	int k = position(road, via), before = stem->nodes[stem->count - 2];
	if (k <= 0 || k >= road->count - 1)
		return;
	double turn = heading(v, via, road->nodes[k + 1]) - heading(v, before, via);
	bool forward_is_left = sin(turn) > 0, only = v->restriction_count % 6 == 5;
	v->restrictions = valley_room(v->restrictions, v->restriction_count, &v->restriction_room, sizeof *v->restrictions);
	v->restrictions[v->restriction_count++] = (struct restriction){
	    from, through, via, only ? !forward_is_left : forward_is_left, only ? "only_right_turn" : "no_left_turn"};
}

/* From the foot of a side street onto a long one: no left turn, now and then only to the right. */
static void restrictions(struct valley *v)
{
	for (int i = 0; i < v->street_count && v->restriction_count < 84; i++) {
		struct street *s = &v->streets[i];
		if (!s->mesh || s->oneway || s->bridge || s->count < 3 || s->class == STREET_RURAL || i % 2)
			continue;
		int via = s->nodes[s->count - 1];
		for (int j = 0; j < v->street_count; j++)
			if (j != i && v->streets[j].mesh && !v->streets[j].oneway && v->streets[j].class != STREET_SERVICE &&
			    position(&v->streets[j], via) > 0 && position(&v->streets[j], via) < v->streets[j].count - 1) {
				restrict_turn(v, i, j, via);
				break;
			}
	}
}

static void lights(struct valley *v)
{
	for (int m = 0; m < 3; m++)
		for (int i = 0; i < v->streets[v->towns[m].ring].count - 1; i += 7) {
			v->signals = valley_room(v->signals, v->signal_count, &v->signal_room, sizeof *v->signals);
			v->signals[v->signal_count++] = v->streets[v->towns[m].ring].nodes[i];
		}
}

void valley_regulate(struct valley *v)
{
	one_ways(v);
	restrictions(v);
	lights(v);
}

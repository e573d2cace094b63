/* Tiny towns drawn as OPL text (osmcode.org/opl-file-format), built and opened as maps. */
#ifndef PRONTOD_TESTS_MAP_DRAWN_H
#define PRONTOD_TESTS_MAP_DRAWN_H

#include "map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

/*
 *  4 --w3-- 5 --w4-- 6      46.002
 *  |w5      |w6      |w7
 *  1 --w1-- 2 --w2-- 3      46.000
 *  11.000   11.002   11.004
 *
 * One step east is 154.5 m, one step north 222.4 m.
 */
#define NODES                                                          \
	"n1 x11.000 y46.000\nn2 x11.002 y46.000\nn3 x11.004 y46.000\n" \
	"n4 x11.000 y46.002\nn5 x11.002 y46.002\nn6 x11.004 y46.002\n" \
	"n7 x11.006 y46.000\n"
#define WAY(id, tags, nodes) "w" id " Thighway=residential," tags " N" nodes "\n"
#define W1 WAY("1", "name=Via%20%Roma", "n1,n2")
#define W2 WAY("2", "name=Via%20%Roma", "n2,n3")
#define W3 WAY("3", "name=Via%20%Dante", "n4,n5")
#define W4 WAY("4", "name=Via%20%Dante", "n5,n6")
#define W5 WAY("5", "name=Via%20%Verdi", "n1,n4")
#define W6 WAY("6", "name=Via%20%Po", "n2,n5")
#define W7 WAY("7", "name=Via%20%Mazzini", "n3,n6")
#define GRID NODES W1 W2 W3 W4 W5 W6 W7

/* With addresses, places and a municipality. */
#define NUMBER(id, x, street, number) \
	"n" id " x" x " y46.0001 Taddr:street=" street ",addr:housenumber=" number "\n"
#define ADDRESSES                                                                                \
	"n20 x11.0012 y46.001 Tplace=village,name=Borgo%20%Alto\n"                               \
	"n21 x10.990 y45.990\nn22 x11.010 y45.990\nn23 x11.010 y46.010\nn24 x10.990 "            \
	"y46.010\n" NUMBER("30", "11.0002", "Via%20%Roma", "2") NUMBER(                          \
	    "31", "11.0006", "Via%20%Roma", "12") NUMBER("32", "11.0010", "Via%20%Roma", "12/A") \
	    NUMBER("33", "11.0014", "Via%20%Roma", "14;16")                                      \
	        NUMBER("34", "11.0018", "Via%20%Roma", "54-56") NUMBER(                          \
	            "35", "11.0020", "Via%20%Roma",                                              \
	            "8/1") "n36 x11.0006 y46.0001 "                                              \
	                   "Taddr:street=Via%20%Roma,addr:housenumber=12,shop=bakery\n"          \
	                   "n37 x11.0004 y46.0021 "                                              \
	                   "Taddr:street=Vicolo%20%dell'Orso,addr:housenumber=3\n"               \
	                   "n40 x11.0041 y46.0015 Tamenity=pharmacy,name=Farmacia%20%Centrale\n"
#define BORDER                         \
	"w20 T Nn21,n22,n23,n24,n21\n" \
	"r20 Ttype=boundary,boundary=administrative,admin_level=8,name=Borgo Mw20@outer\n"
#define VILLAGE NODES ADDRESSES W1 W2 W3 W4 W5 W6 W7 BORDER

struct files {
	char opl[64], map[64];
};

static inline void files_new(struct files *f)
{
	snprintf(f->opl, sizeof(f->opl), "/tmp/map_test.%d.opl", (int)getpid());
	snprintf(f->map, sizeof(f->map), "/tmp/map_test.%d.map", (int)getpid());
}

static inline bool try_build(const char *opl, struct files *f, struct problem *p)
{
	files_new(f);
	FILE *out = fopen(f->opl, "w");
	assert_non_null(out);
	fputs(opl, out);
	fclose(out);
	const char *inputs[] = {f->opl};
	bool ok = map_build(inputs, 1, f->map, NULL, NULL, p);
	unlink(f->opl);
	return ok;
}

static inline struct map *town(const char *opl)
{
	struct files f;
	struct problem p = {0};
	if (!try_build(opl, &f, &p))
		fail_msg("%s", p.text);
	struct map *map = map_open(f.map, &p);
	unlink(f.map);
	if (!map)
		fail_msg("%s", p.text);
	return map;
}

#endif

/* A report on its way through the corridor, as report.c, whose.c and unrouted.c take it further. */
#ifndef PRONTOD_FLOW_WAY_H
#define PRONTOD_FLOW_WAY_H

#include "house.h"

#define WAY_AREAS_MOST 64

/* In the asking's arena: kept across the one wait that joining needs. */
struct way {
	struct flow_report in; /* strings and photos in the asking's arena */
	struct place place;
	size_t areas[WAY_AREAS_MOST];
	size_t area_count;
	const struct store_utility *utility; /* NULL: not routed */
	const struct charter *charter;
	struct classify_answer *read; /* the machine's answer; NULL: no charter to read it by */
	struct classify_triage
	    *triage; /* of which it is a part, with the answers given on the telephone */
	const char *row, *class_code; /* as it stands: confirmed, else proposed; row NULL: none */
	bool confirmed;
	struct report report;
	struct incident incident; /* that it makes */
	bool makes, raises;
	bool routes; /* it is stored already and finds its place now */
};

/* ---- report.c ---- */
void way_take(struct asking *a, struct way *w, const struct flow_report *in); /* copies */
/* From what came in to the report as it will be stored; false: refused with *p. */
bool way_travel(struct asking *a, struct way *w, struct problem *p);
void way_make_incident(struct way *w);
void way_store(struct asking *a, struct way *w); /* and answers */

/* ---- whose.c ---- */
/* Place, utility, row and class; false: refused with *p. */
bool way_judge(struct asking *a, struct way *w, struct problem *p);

#endif

/*
 * Any bytes as a charter's file, as the files beside it: read with complaints or without, never a step outside, nothing left
 * behind. A charter without a complaint must give due instants that come after their start, with a proof.
 */
#include "fuzz.h"

#include "../../src/classify/room.h"
#include "clocks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct js *facts_root, *situations_root, *none, *national, *patrons;
static struct facts *facts;
static struct situations *situations;
static const char *const advice[] = {"street_leak", "no_water", NULL};

static void close_shelf(void)
{
	situations_free(&situations);
	facts_free(&facts);
	js_free(&patrons);
	js_free(&national);
	js_free(&none);
	js_free(&situations_root);
	js_free(&facts_root);
}

static struct js *load(const char *name)
{
	struct problem p = {0};
	char path[512];
	snprintf(path, sizeof path, "%s/%s", PRONTOD_CHARTERS, name);
	struct js *root = js_load(path, &p);
	must(root);
	return root;
}

static void open_shelf(void)
{
	struct str to = {0};
	facts_root = load("facts.json");
	situations_root = load("situations.json");
	none = load("none.json");
	national = load("national.json");
	patrons = load("patrons.json");
	facts = facts_load(&(struct check){.file = "facts.json", .where = "", .to = &to}, facts_root);
	situations = situations_load(&(struct check){.file = "situations.json", .where = "", .to = &to}, situations_root, facts);
	must(to.length == 0);
	str_fini(&to);
	atexit(close_shelf);
}

/* A Saturday night before Easter Monday and the spring change's year, a pause still on. */
static void reckon(const struct charter *charter)
{
	struct problem p = {0};
	struct instant start, now;
	must(instant_parse("2026-04-04T23:30:00+02:00", &start, &p) && instant_parse("2026-04-08T10:00:00+02:00", &now, &p));
	struct clocks_pause pause = {.from = instant_add(start, SPAN_S(600)), .cause = PAUSE_STRIKE};
	struct clocks_question q = {.charter = charter, .danger = 'a', .municipality = "Milano", .received = start,
				    .verified = start, .interruption = start, .ring = start, .arrived = start,
				    .made_safe = start, .now = now, .pauses = &pause, .pause_count = 1, .all = true};
	q.zone = zone_get(charter->zone, &p);
	must(q.zone);
	for (size_t i = 0; i < charter->class_count; i++) {
		struct clocks_due due[CLOCKS_MAX_TARGETS];
		q.class = &charter->classes[i];
		for (size_t n = clocks_due(&q, due); n-- > 0;) {
			struct str proof = {0};
			must(instant_compare(due[n].due, start) > 0);
			must(clocks_state(&q, &due[n], INSTANT_NONE).result != CLOCKS_MET);
			clocks_explain(&q, &due[n], &proof);
			must(proof.length > 0);
			str_fini(&proof);
		}
	}
}

static void read_as_charter(struct js *root, const struct charter_shelf *shelf)
{
	struct str complaints = {0};
	struct check k = {.file = "fuzz.json", .where = "", .to = &complaints};
	struct charter *charter = charter_load(&k, root, shelf);
	must((k.count > 0) == (complaints.length > 0));
	if (!k.count)
		reckon(charter);
	charter_free(&charter);
	str_fini(&complaints);
}

/* The same bytes as situations.json, and as questions.json over those situations and the true ones. */
static void read_as_situations(const struct js *root)
{
	struct str complaints = {0};
	struct check k = {.file = "fuzz.json", .where = "", .to = &complaints};
	struct situations *own = situations_load(&k, root, facts);
	struct weights *w = weights_new(own, facts);
	must((k.count > 0) == (complaints.length > 0));
	must(weights_unit_count(w) <= UNITS_MAX);
	const struct situations *const both[] = {own, situations};
	for (size_t i = 0; i < 2; i++) {
		struct questions *questions = questions_load(&k, root, facts, both[i]);
		must((k.count > 0) == (complaints.length > 0));
		questions_free(&questions);
	}
	weights_free(&w);
	situations_free(&own);
	str_fini(&complaints);
}

/* The same bytes as national.json and patrons.json, beside themselves as a charter. */
static void read_as_shared(struct js *root)
{
	struct str complaints = {0};
	struct check k = {.file = "fuzz.json", .where = "", .to = &complaints};
	struct charter_shelf shelf = {
	    .facts = facts, .situations = situations, .national = root, .none = none, .advice = advice, .patrons = root};
	patrons_check(&k, root);
	read_as_charter(js_copy(root), &shelf);
	str_fini(&complaints);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	struct problem p = {0};
	if (!facts)
		open_shelf();
	struct js *root = js_parse((const char *)bytes, count, &p);
	if (!root)
		return 0;
	struct charter_shelf shelf = {
	    .facts = facts, .situations = situations, .national = national, .none = none, .advice = advice, .patrons = patrons};
	read_as_shared(root);
	read_as_situations(root);
	read_as_charter(root, &shelf);
	return 0;
}

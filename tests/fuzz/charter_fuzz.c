/*
 * Any bytes as a charter's file: read with complaints or without, never a step outside, nothing left
 * behind. A charter without a complaint must answer a report.
 */
#include "fuzz.h"

#include "../../src/classify/room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct js *facts_root, *examples_root, *none, *national;
static struct facts *facts;
static struct examples *examples;
static const char *const advice[] = {"street_leak", "no_water", NULL};

static void close_shelf(void)
{
	examples_free(&examples);
	facts_free(&facts);
	js_free(&national);
	js_free(&none);
	js_free(&examples_root);
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
	examples_root = load("examples.json");
	none = load("none.json");
	national = load("national.json");
	facts = facts_load(&(struct check){.file = "facts.json", .where = "", .to = &to}, facts_root);
	examples = examples_load(&(struct check){.file = "examples.json", .where = "", .to = &to}, examples_root);
	must(to.length == 0);
	str_fini(&to);
	atexit(close_shelf);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	struct problem p = {0};
	if (!facts)
		open_shelf();
	struct js *root = js_parse((const char *)bytes, count, &p);
	if (!root)
		return 0;
	struct str complaints = {0};
	struct check k = {.file = "fuzz.json", .where = "", .to = &complaints};
	struct charter_shelf shelf = {
	    .facts = facts, .examples = examples, .national = national, .none = none, .advice = advice};
	struct charter *charter = charter_load(&k, root, &shelf);
	must((k.count > 0) == (complaints.length > 0));
	charter_free(&charter);
	str_fini(&complaints);
	return 0;
}

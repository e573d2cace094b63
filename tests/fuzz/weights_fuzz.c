/*
 * Any bytes as weights.tsv, alone and behind the right head: refused with a complaint, or read; and then
 * every text gets shares that are shares.
 */
#include "fuzz.h"

#include "../../src/classify/room.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct js *facts_root, *situations_root;
static struct facts *facts;
static struct situations *situations;
static struct str head;

static void close_shelf(void)
{
	str_fini(&head);
	situations_free(&situations);
	facts_free(&facts);
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
	facts = facts_load(&(struct check){.file = "facts.json", .where = "", .to = &to}, facts_root);
	situations = situations_load(&(struct check){.file = "situations.json", .where = "", .to = &to}, situations_root, facts);
	must(to.length == 0);
	str_fini(&to);
	struct weights *w = weights_new(situations, facts);
	str_add(&head, "units");
	for (size_t u = 0; u < weights_unit_count(w); u++)
		str_addf(&head, "%c%s", u ? ' ' : '\t', weights_unit(w, u));
	str_addc(&head, '\n');
	weights_free(&w);
	atexit(close_shelf);
}

/* A text that has every feature named in the file. */
static void weigh(const struct weights *w, const char *text)
{
	struct arena *arena = arena_new();
	struct reading reading;
	struct feature_sink sink;
	double units[UNITS_MAX], shares[SITUATIONS_MAX], sum = 0;
	weights_look(w, arena, &reading, &sink);
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		struct feature f = {.weighed = weights_find(w, feature_hash(line, strcspn(line, "\t\n"))), .fact = -1};
		if (f.weighed.count)
			sink.take(sink.ctx, &f, NULL, 0);
	}
	weights_sum(w, &reading, units);
	weights_share(w, units, shares);
	for (size_t s = 0; s < situations_count(situations); s++) {
		must(shares[s] >= 0 && shares[s] <= 1);
		sum += shares[s];
	}
	must(fabs(sum - 1) < 1e-6);
	arena_free(&arena);
}

static bool read_weights(const char *text)
{
	struct str complaints = {0};
	struct check k = {.file = "weights.tsv", .where = "", .to = &complaints};
	struct weights *w = weights_new(situations, facts);
	bool good = weights_read(&k, w, text);
	must(good == (complaints.length == 0));
	if (good)
		weigh(w, text);
	weights_free(&w);
	str_fini(&complaints);
	return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	if (!facts)
		open_shelf();
	struct str text = {0};
	char *alone = mem_strn((const char *)bytes, count);
	read_weights(alone);
	str_add(&text, str_text(&head));
	str_add(&text, alone);
	read_weights(str_text(&text));
	str_fini(&text);
	free(alone);
	return 0;
}

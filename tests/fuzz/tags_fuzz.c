/*
 * Any bytes as an object's tags, a line each ("key=value"): a rule with sane numbers, never a
 * stumble; and every value as one that holds at times.
 */
#include "fuzz.h"

#include "../../src/map/build/condition.h"

#include <stdlib.h>
#include <string.h>

#define MOST_TAGS 32

struct listed {
	const char *key[MOST_TAGS], *value[MOST_TAGS];
	size_t count;
};

static const char *find(const void *ctx, const char *key)
{
	const struct listed *l = ctx;
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->key[i], key) == 0)
			return l->value[i];
	return NULL;
}

static void split(char *text, struct listed *out)
{
	char *rest = text, *line;
	while (out->count < MOST_TAGS && (line = strsep(&rest, "\n"))) {
		char *equals = strchr(line, '=');
		if (!equals)
			continue;
		*equals = '\0';
		out->key[out->count] = line;
		out->value[out->count++] = equals + 1;
	}
}

static void check_way(const struct tags *t)
{
	struct way_rule rule = tags_way(t);
	for (int urban = 0; urban < 2; urban++)
		for (int against = 0; against < 2; against++) {
			double kmh = rule.kmh[urban][against];
			must(kmh >= 0 && kmh < 400 && (kmh <= 0 || rule.car));
		}
	must(rule.ferry_s >= 0 && rule.ferry_s < 8 * 86400.0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	char *text = mem_strn((const char *)bytes, count);
	struct listed list = {.count = 0};
	split(text, &list);
	struct tags t = {find, &list};
	check_way(&t);
	must(tags_node(&t).tenths <= 1000);
	tags_restriction(&t);
	struct conditionals all = tags_conditionals(&t);
	must(all.unread <= all.found);
	for (size_t i = 0; i < list.count; i++) {
		condition_count(list.value[i], &all);
		must(all.unread <= all.found);
		must(tags_maxspeed(list.value[i]) >= 0 && tags_duration(list.value[i]) >= 0);
	}
	free(text);
	return 0;
}

/*
 * What a report may turn out to be: each situation is a full set of facts. Charters say which of them
 * is which row; weights.c says which words speak for which. Source: classifications/situations.json.
 */
#include "room.h"

#include <stdlib.h>

/* Of all the rest together: enough for a person to look, or to be proposed where it is graver (judge.c). */
#define ALARM_LOOK 0.3
#define ALARM_PROPOSE 0.7

struct alarm { /* found facts that keep a situation in view */
	struct condition when;
	size_t situation;
	double share;
};

struct situations {
	struct situation list[SITUATIONS_MAX];
	size_t count;
	struct alarm *alarms;
	size_t alarm_count;
};

static void load_one(struct check *k, struct situations *all, const struct facts *f, const char *code,
                     const struct js *value)
{
	static const char *const keys[] = {"it", "facts", NULL};
	k->where = code;
	check_keys(k, value, keys);
	const struct js *list = check_list(k, value, "facts", true);
	struct situation *s = &all->list[all->count];
	*s = (struct situation){.code = code, .it = check_str(k, value, "it", true)};
	for (size_t i = 0; i < js_count(list); i++) {
		const char *name = js_str(js_at(list, i));
		int fact = name ? facts_find(f, name) : -1;
		const char *near = name && fact < 0 ? facts_nearest(f, name) : NULL;
		if (fact < 0)
			check_say(k, "facts", "unknown fact \"%s\"%s%s", name ? name : "(not a text)",
			          near ? "; did you mean " : "", near ? near : "");
		else if (s->fact_count == SITUATION_FACTS_MAX)
			check_say(k, "facts", "too many; at most %d", SITUATION_FACTS_MAX);
		else {
			fact_add(&s->facts, fact);
			s->fact_list[s->fact_count++] = fact;
		}
	}
	all->count++;
	k->where = "";
}

static void load_alarm(struct check *k, struct situations *all, const struct facts *f, const struct js *value)
{
	static const char *const keys[] = {"when", "situation", "proposes", NULL};
	check_keys(k, value, keys);
	const char *when = check_str(k, value, "when", true), *code = check_str(k, value, "situation", true);
	int situation = code ? situations_find(all, code) : -1;
	struct alarm alarm = {.situation = situation < 0 ? 0 : (size_t)situation,
			      .share = check_bool(k, value, "proposes", false) ? ALARM_PROPOSE : ALARM_LOOK};
	if (code && situation < 0)
		check_say(k, "situation", "there is no situation \"%s\"", code);
	if (!when || !condition_parse(k, f, when, &alarm.when))
		return;
	all->alarms = mem_grow(all->alarms, all->alarm_count + 1, sizeof alarm);
	all->alarms[all->alarm_count++] = alarm;
}

struct situations *situations_load(struct check *k, const struct js *root, const struct facts *f)
{
	static const char *const keys[] = {"about", "situations", "alarms", NULL};
	struct situations *all = mem_zero(1, sizeof *all);
	const struct js *list, *value;
	const char *code;
	check_keys(k, root, keys);
	list = check_object(k, root, "situations", true);
	for (size_t i = 0; js_pair(list, i, &code, &value); i++) {
		if (all->count == SITUATIONS_MAX) {
			check_say(k, "situations", "too many; at most %d", SITUATIONS_MAX);
			break;
		}
		load_one(k, all, f, code, value);
	}
	k->where = "alarms";
	list = check_list(k, root, "alarms", true);
	for (size_t i = 0; i < js_count(list); i++)
		load_alarm(k, all, f, js_at(list, i));
	k->where = "";
	return all;
}

void situations_free(struct situations **all)
{
	if (!*all)
		return;
	for (size_t i = 0; i < (*all)->alarm_count; i++)
		condition_fini(&(*all)->alarms[i].when);
	free((*all)->alarms);
	free(*all);
	*all = NULL;
}

size_t situations_count(const struct situations *all)
{
	return all->count;
}

const struct situation *situations_at(const struct situations *all, size_t i)
{
	return &all->list[i];
}

int situations_find(const struct situations *all, const char *code)
{
	for (size_t i = 0; i < all->count; i++) {
		if (str_equal(all->list[i].code, code))
			return (int)i;
	}
	return -1;
}

void situations_alarm(const struct situations *all, const struct fact_set *found, double *shares, bool *alarmed)
{
	double sum = 0;
	for (size_t i = 0; i < all->alarm_count; i++) {
		const struct alarm *alarm = &all->alarms[i];
		if (!condition_holds(&alarm->when, found))
			continue;
		alarmed[alarm->situation] = true;
		if (shares[alarm->situation] < alarm->share)
			shares[alarm->situation] = alarm->share;
	}
	for (size_t s = 0; s < all->count; s++)
		sum += shares[s];
	for (size_t s = 0; s < all->count; s++)
		shares[s] /= sum;
}

/*
 * Facts ("event=leak") and conditions over them ("event=leak & place=street|place=square & !quantity=small"),
 * and the rules by which facts imply others. Where facts come from is lexicon.c's and facts.c's matter.
 */
#include "room.h"

#include <stdlib.h>
#include <string.h>

struct rule {
	struct condition when;
	struct fact_set then;
};

struct facts {
	struct fact list[FACTS_MAX];
	const char *names[FACTS_MAX + 1];
	int count;
	struct rule *rules;
	size_t rule_count;
	char keys[64][24]; /* "event", "place", …: at most as many as a mask has bits */
	int key_count;
};

void fact_add(struct fact_set *set, int fact)
{
	set->bits[fact / 64] |= UINT64_C(1) << (fact % 64);
}

bool fact_has(const struct fact_set *set, int fact)
{
	return set->bits[fact / 64] >> (fact % 64) & 1;
}

bool fact_meets(const struct fact_set *a, const struct fact_set *b)
{
	for (size_t i = 0; i < FACTS_MAX / 64; i++) {
		if (a->bits[i] & b->bits[i])
			return true;
	}
	return false;
}

int facts_find(const struct facts *f, const char *name)
{
	for (int i = 0; i < f->count; i++) {
		if (str_equal(f->list[i].name, name))
			return i;
	}
	return -1;
}

const struct fact *facts_at(const struct facts *f, int fact)
{
	return &f->list[fact];
}

int facts_count(const struct facts *f)
{
	return f->count;
}

const char *facts_nearest(const struct facts *f, const char *name)
{
	return check_nearest(name, f->names);
}

/* One alternative of a group: a fact's name, trimmed. */
static bool add_named(struct check *k, const struct facts *f, const char *name, struct fact_set *to)
{
	int fact = facts_find(f, name);
	if (fact >= 0) {
		fact_add(to, fact);
		return true;
	}
	const char *near = facts_nearest(f, name);
	if (near)
		check_say(k, "when", "unknown fact \"%s\"; did you mean \"%s\"?", name, near);
	else
		check_say(k, "when", "unknown fact \"%s\"; facts.json lists them", name);
	return false;
}

static char *trim(char *s)
{
	while (*s == ' ')
		s++;
	for (char *end = s + strlen(s); end > s && end[-1] == ' '; end--)
		end[-1] = '\0';
	return s;
}

static bool parse_group(struct check *k, const struct facts *f, char *text, struct condition_group *out)
{
	text = trim(text);
	if (*text == '!') {
		out->none = true;
		text++;
	}
	bool good = true;
	for (char *rest = text, *one; good && (one = strsep(&rest, "|"));)
		good = add_named(k, f, trim(one), &out->any);
	return good;
}

bool condition_parse(struct check *k, const struct facts *f, const char *text, struct condition *out)
{
	char *copy = mem_str(text);
	bool good = true;
	*out = (struct condition){0};
	for (char *rest = copy, *one; good && (one = strsep(&rest, "&"));) {
		out->groups = mem_grow(out->groups, out->count + 1, sizeof out->groups[0]);
		out->groups[out->count] = (struct condition_group){0};
		good = parse_group(k, f, one, &out->groups[out->count++]);
	}
	free(copy);
	if (!good)
		condition_fini(out);
	return good;
}

void condition_fini(struct condition *c)
{
	free(c->groups);
	*c = (struct condition){0};
}

bool condition_holds(const struct condition *c, const struct fact_set *set)
{
	for (size_t i = 0; i < c->count; i++) {
		if (fact_meets(&c->groups[i].any, set) == c->groups[i].none)
			return false;
	}
	return true;
}

/* Number of a key ("event"), a new one if needed; the last one stands for all that do not fit. */
static int key_of(struct facts *f, const char *name)
{
	char key[24];
	size_t length = strcspn(name, "=");
	str_copy(key, length < sizeof key - 1 ? length + 1 : sizeof key, name);
	for (int i = 0; i < f->key_count; i++) {
		if (str_equal(f->keys[i], key))
			return i;
	}
	if (f->key_count < 64)
		str_copy(f->keys[f->key_count++], sizeof f->keys[0], key);
	return f->key_count - 1;
}

/* "silences": which keys' shorter findings a longer finding of this key replaces. */
static void load_silences(struct check *k, struct facts *f, const struct js *root)
{
	const struct js *table = check_object(k, root, "silences", true), *list;
	const char *key;
	for (size_t i = 0; js_pair(table, i, &key, &list); i++) {
		uint64_t mask = 0;
		for (size_t j = 0; j < js_count(list); j++)
			mask |= UINT64_C(1) << key_of(f, js_str(js_at(list, j)) ? js_str(js_at(list, j)) : "");
		for (int j = 0; j < f->count; j++) {
			if (f->list[j].key == key_of(f, key))
				f->list[j].silences = mask;
		}
	}
}

static void load_fact(struct check *k, struct facts *f, const char *name, const struct js *value)
{
	static const char *const keys[] = {"it", "steady", "denied", NULL};
	if (f->count == FACTS_MAX) {
		check_say(k, name, "too many facts; at most %d", FACTS_MAX);
		return;
	}
	check_keys(k, value, keys);
	f->names[f->count] = name;
	f->list[f->count++] = (struct fact){
	    .name = name, .it = check_str(k, value, "it", true), .steady = check_bool(k, value, "steady", false), .denied = -1, .key = key_of(f, name)};
}

static void load_rule(struct check *k, struct facts *f, const struct js *value)
{
	static const char *const keys[] = {"if", "then", NULL};
	check_keys(k, value, keys);
	const char *when = check_str(k, value, "if", true);
	const struct js *then = check_list(k, value, "then", true);
	struct rule rule = {0};
	if (!when || !then || !condition_parse(k, f, when, &rule.when))
		return;
	for (size_t i = 0; i < js_count(then); i++) {
		const char *name = js_str(js_at(then, i));
		if (!name || !add_named(k, f, name, &rule.then))
			check_say(k, "then", "must list names of facts");
	}
	f->rules = mem_grow(f->rules, f->rule_count + 1, sizeof f->rules[0]);
	f->rules[f->rule_count++] = rule;
}

/* After all facts are known: what a denial says. */
static void link_denied(struct check *k, struct facts *f, const char *name, const struct js *value)
{
	const char *denied = js_find_str(value, "denied");
	int fact = facts_find(f, name);
	if (!denied || fact < 0)
		return;
	f->list[fact].denied = facts_find(f, denied);
	if (f->list[fact].denied < 0)
		check_say(k, name, "\"denied\": unknown fact \"%s\"", denied);
}

struct facts *facts_load(struct check *k, const struct js *root)
{
	static const char *const keys[] = {"about", "facts", "rules", "silences", NULL};
	struct facts *f = mem_zero(1, sizeof *f);
	const char *name;
	const struct js *value;
	check_keys(k, root, keys);
	const struct js *list = check_object(k, root, "facts", true);
	for (size_t i = 0; js_pair(list, i, &name, &value); i++)
		load_fact(k, f, name, value);
	for (size_t i = 0; js_pair(list, i, &name, &value); i++)
		link_denied(k, f, name, value);
	load_silences(k, f, root);
	const struct js *rules = check_list(k, root, "rules", true);
	for (size_t i = 0; i < js_count(rules); i++)
		load_rule(k, f, js_at(rules, i));
	return f;
}

void facts_free(struct facts **f)
{
	if (!*f)
		return;
	for (size_t i = 0; i < (*f)->rule_count; i++)
		condition_fini(&(*f)->rules[i].when);
	free((*f)->rules);
	free(*f);
	*f = NULL;
}

static void join(struct fact_set *to, const struct fact_set *from)
{
	for (size_t i = 0; i < FACTS_MAX / 64; i++)
		to->bits[i] |= from->bits[i];
}

/* In file order, once: a rule may use what an earlier one found, so no rule can go round in circles. */
void facts_derive(const struct facts *f, struct fact_set *set)
{
	for (size_t i = 0; i < f->rule_count; i++) {
		if (condition_holds(&f->rules[i].when, set))
			join(set, &f->rules[i].then);
	}
}

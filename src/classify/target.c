/*
 * Reads targets, their conditions and dates, and what a charter says of events that hinder: clauses
 * that stop a clock, excuse a miss, or say when a target does not bind. Source: schema.json.
 */
#include "room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define X(value, name) name,
const char *const target_kinds[] = {TARGET_KINDS(X) NULL};
const char *const target_starts[] = {TARGET_STARTS(X) NULL};
static const char *const whens[] = {TARGET_WHENS(X) NULL};
#undef X
const char *const target_units[] = {"seconds", "calendar_days", "working_days", NULL};
static const char *const sources[] = {"charter", "national", NULL};

static unsigned load_causes(struct check *k, const struct js *object, const char *field)
{
	const struct js *list = check_list(k, object, field, true);
	unsigned bits = 0;
	for (size_t i = 0; i < js_count(list); i++) {
		enum pause_cause cause;
		const char *name = js_str(js_at(list, i));
		if (name && pause_cause_parse(name, &cause))
			bits |= 1u << cause;
		else
			check_say(
			    k, field,
			    "\"%s\" is not a cause; known: force_majeure third_party_permit "
			    "reporter_absent traffic_or_visibility extraordinary_weather strike",
			    name ? name : "(not a text)");
	}
	return bits;
}

/* "22:00" as minutes after midnight. */
static int load_clock(struct check *k, const struct js *o, const char *field)
{
	const char *text = check_str(k, o, field, true);
	int hour = -1, minute = -1, end = 0;
	bool good = text && sscanf(text, "%2d:%2d%n", &hour, &minute, &end) == 2 && end == 5 &&
	            !text[5] && hour >= 0 && hour < 24 && minute >= 0 && minute < 60;
	if (text && !good)
		check_say(k, field, "must be a time of day, HH:MM");
	return good ? hour * 60 + minute : 0;
}

static struct target_condition load_condition(struct check *k, const struct js *target)
{
	static const char *const keys[] = {"is", "night_from", "night_to", NULL};
	struct target_condition out = {.is = WHEN_ALWAYS};
	if (!js_find(target, "when"))
		return out;
	const struct js *o = check_object(k, target, "when", true);
	int is = o ? check_name(k, o, "is", whens) : -1;
	if (is < 0)
		return out;
	check_keys(k, o, keys);
	out.is = (enum target_when)is;
	if (out.is != WHEN_NIGHT && out.is != WHEN_NIGHT_OR_HOLIDAY)
		return out;
	out.night_from = load_clock(k, o, "night_from");
	out.night_to = load_clock(k, o, "night_to");
	if (out.night_from == out.night_to)
		check_say(k, "when", "needs a night that begins and ends at different times");
	return out;
}

static const char *load_date(struct check *k, const struct js *o, const struct js *otherwise,
                             const char *field)
{
	const char *text = check_str(k, o, field, false);
	if (text && !check_date(text))
		check_say(k, field, "must be a date, YYYY-MM-DD, or null");
	return text ? text : js_find_str(otherwise, field);
}

void target_load(struct check *k, const struct js *o, const struct js *national,
                 struct charter_target *out)
{
	static const char *const keys[] = {
	    "kind", "source",   "unit",    "amount",     "start",    "first",     "pause_causes",
	    "rule", "rule_it",  "quote",   "section",    "assumed",  "condition", "condition_it",
	    "when", "services", "dangers", "valid_from", "valid_to", NULL};
	check_keys(k, o, keys);
	int kind = check_name(k, o, "kind", target_kinds);
	int source = check_name(k, o, "source", sources);
	int unit = check_name(k, o, "unit", target_units);
	int start = check_name(k, o, "start", target_starts);
	*out = (struct charter_target){
	    .kind = kind < 0 ? TARGET_ARRIVAL : (enum target_kind)kind,
	    .source = source < 0 ? SOURCE_CHARTER : (enum target_source)source,
	    .unit = unit < 0 ? UNIT_SECONDS : (enum target_unit)unit,
	    .start = start < 0 ? START_RECEIVED : (enum target_start)start,
	    .amount = (int64_t)check_number(k, o, "amount", 1, 366 * 86400),
	    .first = check_bool(k, o, "first", false),
	    .pause_causes = load_causes(k, o, "pause_causes"),
	    .assumed = check_bool(k, o, "assumed", false),
	    .dangers = check_str(k, o, "dangers", false),
	    .condition = check_str(k, o, "condition", false),
	    .condition_it = check_str(k, o, "condition_it", false),
	    .when = load_condition(k, o),
	    .valid_from = load_date(k, o, national, "valid_from"),
	    .valid_to = load_date(k, o, national, "valid_to"),
	    .rule = check_str(k, o, "rule", true),
	    .rule_it = check_str(k, o, "rule_it", true),
	    .quote = check_str(k, o, "quote", true),
	    .section = check_str(k, o, "section", true),
	};
	if (unit > 0 && out->amount > 366)
		check_say(k, "amount", "is in days and must be at most 366");
	if (!out->condition != !out->condition_it)
		check_say(k, "condition_it", "belongs with \"condition\": give both or none");
}

/* ---- clauses ---- */

static void load_clause(struct check *k, const struct js *o, bool excuse, const struct charter *c,
                        struct charter_clause *out)
{
	const struct js *classes = check_list(k, o, "classes", false);
	bool validity = check_bool(k, o, "validity", false);
	out->kind = validity ? CLAUSE_VALIDITY : excuse ? CLAUSE_EXCUSE : CLAUSE_STOP;
	if (validity && !excuse)
		check_say(k, "validity",
		          "belongs to \"excuses\": a condition of validity stops no clock");
	out->causes = load_causes(k, o, "causes");
	out->every_class = !js_find(o, "classes");
	out->classes = mem_zero(js_count(classes) + 1, sizeof *out->classes);
	for (size_t i = 0; i < js_count(classes); i++) {
		const char *code = js_str(js_at(classes, i));
		if (code && charter_class_find(c, code))
			out->classes[out->class_count++] = code;
		else
			check_say(k, "classes", "\"%s\" is not a class of this charter",
			          code ? code : "(not a text)");
	}
	out->quote = check_str(k, o, "quote", true);
	out->section = check_str(k, o, "section", false);
	out->assumed = check_bool(k, o, "assumed", false);
}

static void load_list(struct check *k, const struct js *root, bool excuse,
                      enum target_source source, struct charter *c)
{
	const char *field = excuse ? "excuses" : "pauses";
	const struct js *list = check_list(k, root, field, false);
	k->where = field;
	for (size_t i = 0; i < js_count(list); i++) {
		c->clauses = mem_grow(c->clauses, c->clause_count + 1, sizeof *c->clauses);
		c->clauses[c->clause_count] = (struct charter_clause){.source = source};
		load_clause(k, js_at(list, i), excuse, c, &c->clauses[c->clause_count++]);
	}
	k->where = "";
}

static unsigned allowed(const struct charter *c, const char *class)
{
	unsigned causes = 0;
	for (size_t i = 0; i < c->clause_count; i++) {
		const struct charter_clause *clause = &c->clauses[i];
		bool speaks = clause->every_class;
		for (size_t j = 0; j < clause->class_count; j++)
			speaks |= str_equal(clause->classes[j], class);
		if (speaks && clause->kind == CLAUSE_STOP)
			causes |= clause->causes;
	}
	return causes;
}

/* A clock that stops without the charter's words for it could not be defended later. */
static void check_pauses(struct check *k, const struct charter *c)
{
	for (size_t i = 0; i < c->class_count; i++) {
		const struct charter_class *class = &c->classes[i];
		unsigned causes = 0;
		for (size_t j = 0; j < class->target_count; j++)
			causes |= class->targets[j].pause_causes;
		causes &= ~allowed(c, class->code);
		for (enum pause_cause cause = 0; causes >> cause; cause++) {
			if (causes & 1u << cause)
				check_say(k, "pauses",
				          "none allows \"%s\", which stops a target of class %s",
				          pause_cause_name(cause), class->code ? class->code : "?");
		}
	}
}

void clauses_load(struct check *k, const struct js *root, enum target_source source,
                  struct charter *c)
{
	load_list(k, root, false, source, c);
	load_list(k, root, true, source, c);
	if (source == SOURCE_CHARTER)
		check_pauses(k, c);
}

void clauses_free(struct charter *c)
{
	for (size_t i = 0; i < c->clause_count; i++)
		free(c->clauses[i].classes);
	free(c->clauses);
}

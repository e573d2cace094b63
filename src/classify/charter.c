/*
 * Reads one classifications/<code>.json into a struct charter and complains about everything that is
 * wrong with it, not only the first. National targets are appended to the classes of the services they
 * hold for. The strings are borrowed from the JSON, which the charter keeps. Source: schema.json.
 */
#include "room.h"

#include <stdlib.h>
#include <string.h>

static const char *const services[] = {"water", "sewer", "waste", NULL};
static const char *const skills[] = {"water", "sewer", "jetting", "electromechanical", "treatment", "waste", NULL};
static const char *const icons[] = {"leak",	  "no_water", "pressure", "quality", "sewage", "subsidence",
				    "manhole", "meter",	  "waste",    "other",	  NULL};
static const char *const publics[] = {"no", "yes", "ask", NULL};
static const char *const class_sources[] = {"printed", "restored", "inferred", NULL};
static const char *const zones[] = {"Europe/Rome", NULL};

/* A list of names; returns how many, *out is allocated. */
static size_t load_names(struct check *k, const struct js *object, const char *field, const char *const *known,
			 const char ***out)
{
	const struct js *list = check_list(k, object, field, true);
	size_t count = js_count(list), good = 0;
	*out = mem_zero(count + 1, sizeof **out);
	for (size_t i = 0; i < count; i++) {
		const char *name = js_str(js_at(list, i));
		const char *near = name ? check_nearest(name, known) : NULL;
		for (size_t j = 0; name && known[j]; j++) {
			if (str_equal(name, known[j]))
				(*out)[good++] = known[j];
		}
		if (good != i + 1) {
			check_say(k, field, "\"%s\" is not known; %s%s", name ? name : "(not a text)",
				  near ? "did you mean " : "see schema.json", near ? near : "");
			return good;
		}
	}
	if (!good)
		check_say(k, field, "must name at least one");
	return good;
}

static void load_class(struct check *k, const struct js *o, struct charter_class *out)
{
	static const char *const keys[] = {"code", "label_it", "label_en", "short_it", "sms_it", "said_it",
					   "urgency_rank", "targets", "promise", NULL};
	check_keys(k, o, keys);
	*out = (struct charter_class){
	    .code = check_str(k, o, "code", true),
	    .label_it = check_str(k, o, "label_it", true),
	    .label_en = check_str(k, o, "label_en", true),
	    .short_it = check_str(k, o, "short_it", true),
	    .sms_it = check_str(k, o, "sms_it", true),
	    .said_it = check_str(k, o, "said_it", true),
	    .urgency_rank = (int)check_number(k, o, "urgency_rank", 1, 9),
	};
	if (str_equal(out->code, "none"))
		check_say(k, "code", "\"none\" is reserved for what is no emergency of the charter");
	if (out->short_it && utf8_length(out->short_it) > 10)
		check_say(k, "short_it", "must have at most 10 characters");
	if (out->sms_it && utf8_length(out->sms_it) > 10)
		check_say(k, "sms_it", "must have at most 10 characters");
	const struct js *list = check_list(k, o, "targets", true);
	out->targets = mem_zero(js_count(list) + 1, sizeof out->targets[0]);
	for (size_t i = 0; i < js_count(list); i++)
		target_load(k, js_at(list, i), NULL, &out->targets[out->target_count++]);
	if (!js_count(list) && !js_find(o, "promise"))
		check_say(k, "targets", "is empty; a class without targets needs a \"promise\"");
}

static void check_advice(struct check *k, const char *advice, const struct charter_shelf *shelf)
{
	if (!advice)
		return;
	for (size_t i = 0; shelf->advice[i]; i++) {
		if (str_equal(advice, shelf->advice[i]))
			return;
	}
	const char *near = check_nearest(advice, shelf->advice);
	check_say(k, "advice", "\"%s\" is not in advice.json%s%s", advice, near ? "; did you mean " : "", near ? near : "");
}

static void load_row(struct check *k, const struct js *o, const struct charter_shelf *shelf, struct charter_row *out)
{
	static const char *const keys[] = {"code", "text", "section", "service", "class", "kind_it", "kind_en", "icon",
					   "advice", "class_source", "certainty", "public", "national_danger", "skills",
					   "note", "when", NULL};
	check_keys(k, o, keys);
	int service = check_name(k, o, "service", services), icon = check_name(k, o, "icon", icons);
	int source = check_name(k, o, "class_source", class_sources), public = check_name(k, o, "public", publics);
	const char *danger = check_str(k, o, "national_danger", false);
	if (danger && (strlen(danger) != 1 || !strchr("abcd", danger[0])))
		check_say(k, "national_danger", "must be \"a\", \"b\", \"c\", \"d\" or null");
	*out = (struct charter_row){
	    .code = check_str(k, o, "code", true),
	    .text = check_str(k, o, "text", true),
	    .section = check_str(k, o, "section", true),
	    .service = service < 0 ? NULL : services[service],
	    .class_code = check_str(k, o, "class", true),
	    .kind_it = check_str(k, o, "kind_it", true),
	    .kind_en = check_str(k, o, "kind_en", true),
	    .icon = icon < 0 ? NULL : icons[icon],
	    .advice = check_str(k, o, "advice", false),
	    .class_source = source < 0 ? CLASS_PRINTED : (enum class_source)source,
	    .certainty = check_number(k, o, "certainty", 0, 1),
	    .is_public = public < 0 ? PUBLIC_NO : (enum row_public)public,
	    .national_danger = danger ? danger[0] : '\0',
	};
	check_advice(k, out->advice, shelf);
	out->skill_count = load_names(k, o, "skills", skills, &out->skills);
}

/* "when": conditions over the facts of situations, any of which makes the row. */
static void load_when(struct check *k, const struct js *o, const struct facts *facts, struct outcome *out)
{
	const struct js *when = check_list(k, o, "when", true);
	if (when && !js_count(when))
		check_say(k, "when", "is empty: nothing would ever be this; give a condition");
	out->when = mem_zero(js_count(when) + 1, sizeof out->when[0]);
	for (size_t i = 0; i < js_count(when); i++) {
		const char *text = js_str(js_at(when, i));
		if (!text)
			check_say(k, "when", "must list conditions, such as \"event=leak & place=street\"");
		else if (condition_parse(k, facts, text, &out->when[out->when_count]))
			out->when_count++;
	}
}

static struct outcome *new_outcome(struct charter_detail *d)
{
	d->outcomes = mem_grow(d->outcomes, d->outcome_count + 1, sizeof d->outcomes[0]);
	d->outcomes[d->outcome_count] = (struct outcome){0};
	return &d->outcomes[d->outcome_count++];
}

/* Reasons for `none`: the charter's own and those that all share. */
static void load_none(struct check *k, const struct js *list, const struct charter_shelf *shelf,
		      struct charter_detail *d)
{
	static const char *const keys[] = {"code", "text", "section", "reason", "refer_to", "when", "quote", "note", NULL};
	for (size_t i = 0; i < js_count(list); i++) {
		const struct js *o = js_at(list, i);
		struct outcome *out = new_outcome(d);
		const char *code = js_find_str(o, "code");
		char where[64] = "";
		str_copy(where, sizeof where, "none ");
		str_copy(where + 5, sizeof where - 5, code ? code : "?");
		k->where = where;
		check_keys(k, o, keys);
		out->code = check_str(k, o, "code", true);
		out->reason = check_str(k, o, "reason", true);
		out->refer_to = check_str(k, o, "refer_to", false);
		load_when(k, o, shelf->facts, out);
		k->where = "";
	}
}

static void check_entries(struct check *k, const struct js *root, const char *field, const char *const *keys)
{
	const struct js *list = check_list(k, root, field, true);
	for (size_t i = 0; i < js_count(list); i++) {
		const struct js *o = js_at(list, i);
		k->where = js_find_str(o, "code") ? js_find_str(o, "code") : field;
		check_keys(k, o, keys);
		if (!js_find(o, "quote"))
			check_say(k, "quote", "missing; give the charter's words");
		k->where = "";
	}
}

/* What prontod keeps beside rows and classes: checked for keys and quotes, read by whoever needs it. */
static void check_rest(struct check *k, const struct js *root)
{
	static const char *const duty[] = {"code", "quote", "section", "consequence", NULL};
	static const char *const standard[] = {"code", "kind", "unit", "amount", "start", "stop", "quote", "section",
					       "level", "note", "max_diameter_mm", "min_diameter_mm", NULL};
	static const char *const stop[] = {"kind", "event", "quote", "section", "assumed", NULL};
	static const char *const pause[] = {"classes", "causes", "quote", "section", "assumed", "validity", "note", NULL};
	static const char *const indemnity[] = {"applies_to_emergency", "amount_eur", "rows", "pay_days", "claim_days",
						"late_payment_factor", "quote", "section", "note", NULL};
	static const char *const contacts[] = {"phones", "emails", "web", "hours", "accessible", NULL};
	check_entries(k, root, "duties", duty);
	check_entries(k, root, "standards", standard);
	check_entries(k, root, "stops", stop);
	check_entries(k, root, "pauses", pause);
	check_entries(k, root, "excuses", pause);
	check_entries(k, root, "indemnities", indemnity);
	const struct js *list = js_find(root, "standards");
	for (size_t i = 0; i < js_count(list); i++) {
		k->where = js_find_str(js_at(list, i), "code");
		check_name(k, js_at(list, i), "kind", target_kinds);
		check_name(k, js_at(list, i), "unit", target_units);
		check_number(k, js_at(list, i), "amount", 1, 366 * 86400);
	}
	const struct js *o = check_object(k, root, "contacts", true);
	k->where = "contacts";
	check_keys(k, o, contacts);
	k->where = "";
}

static void load_policy(struct check *k, const struct js *root, const struct js *patrons, struct charter *c)
{
	static const char *const keys[] = {"extend_if_holiday", "patron_saints", "default_day_unit", "start_from",
					   "start_otherwise", "condition_traffic", "tell_class_to_reporter",
					   "working_days", "round_up_minutes", "subtract_pauses", NULL};
	static const char *const weeks[] = {"mon-fri", "mon-sat", NULL};
	const struct js *o = check_object(k, root, "policy", true);
	if (!o)
		return;
	k->where = "policy";
	check_keys(k, o, keys);
	c->protocol_date = str_equal(js_find_str(o, "start_from"), "protocol_date");
	if (!c->protocol_date)
		check_name(k, o, "start_from", target_starts);
	check_name(k, o, "start_otherwise", target_starts);
	c->saturday_works = check_name(k, o, "working_days", weeks) == 1;
	c->extend_if_holiday = check_bool(k, o, "extend_if_holiday", false);
	c->condition_traffic = check_bool(k, o, "condition_traffic", false);
	c->tell_class_to_reporter = check_bool(k, o, "tell_class_to_reporter", false);
	patrons_choose(k, o, patrons, c);
	k->where = "";
}

static void load_head(struct check *k, const struct js *root, struct charter *c)
{
	static const char *const keys[] = {"code", "name", "source", "edition", "valid_from", "valid_to", "zone",
					   "services", "contacts", "policy", "classes", "rows", "none", "duties",
					   "standards", "stops", "pauses", "excuses", "indemnities", "notes", NULL};
	check_keys(k, root, keys);
	c->code = check_str(k, root, "code", true);
	c->name = check_str(k, root, "name", true);
	c->source = check_str(k, root, "source", true);
	c->edition = check_str(k, root, "edition", true);
	c->valid_from = check_str(k, root, "valid_from", true);
	c->valid_to = check_str(k, root, "valid_to", false);
	if (c->valid_from && !check_date(c->valid_from))
		check_say(k, "valid_from", "must be a date, YYYY-MM-DD");
	if (c->valid_to && !check_date(c->valid_to))
		check_say(k, "valid_to", "must be a date, YYYY-MM-DD, or null");
	if (c->valid_from && c->valid_to && strcmp(c->valid_to, c->valid_from) < 0)
		check_say(k, "valid_to", "is the last day in force and must not be before valid_from");
	int zone = check_name(k, root, "zone", zones);
	c->zone = zone < 0 ? NULL : zones[zone];
	c->service_count = load_names(k, root, "services", services, &c->services);
}

static void name_place(char *where, size_t room, const char *what, const struct js *o)
{
	size_t used = str_copy(where, room, what);
	str_copy(where + used, room - used, js_find_str(o, "code") ? js_find_str(o, "code") : "?");
}

static void load_classes(struct check *k, const struct js *root, struct charter *c)
{
	const struct js *list = check_list(k, root, "classes", true);
	c->classes = mem_zero(js_count(list) + 1, sizeof c->classes[0]);
	for (size_t i = 0; i < js_count(list); i++) {
		char where[64];
		name_place(where, sizeof where, "class ", js_at(list, i));
		k->where = where;
		struct charter_class class = {0};
		load_class(k, js_at(list, i), &class);
		if (class.code && charter_class_find(c, class.code))
			check_say(k, "code", "stands twice");
		c->classes[c->class_count++] = class;
		k->where = "";
	}
	clauses_load(k, root, SOURCE_CHARTER, c);
}

static void load_rows(struct check *k, const struct js *root, const struct charter_shelf *shelf, struct charter *c)
{
	struct charter_detail *d = c->detail;
	const struct js *list = check_list(k, root, "rows", true);
	if (list && !js_count(list))
		check_say(k, "rows", "must not be empty");
	c->rows = mem_zero(js_count(list) + 1, sizeof c->rows[0]);
	for (size_t i = 0; i < js_count(list); i++) {
		char where[64];
		name_place(where, sizeof where, "row ", js_at(list, i));
		k->where = where;
		struct charter_row row = {0};
		load_row(k, js_at(list, i), shelf, &row);
		if (row.code && charter_row_find(c, row.code))
			check_say(k, "code", "stands twice");
		if (row.class_code && !charter_class_find(c, row.class_code))
			check_say(k, "class", "\"%s\" is not a class of this charter", row.class_code);
		c->rows[c->row_count] = row;
		struct outcome *out = new_outcome(d);
		out->row = &c->rows[c->row_count++];
		out->code = row.code;
		load_when(k, js_at(list, i), shelf->facts, out);
		k->where = "";
	}
}

static bool serves(const struct charter *c, const struct js *list)
{
	for (size_t i = 0; i < js_count(list); i++) {
		for (size_t j = 0; j < c->service_count; j++) {
			if (str_equal(c->services[j], js_str(js_at(list, i))))
				return true;
		}
	}
	return false;
}

/* Each class gets the national targets of the charter's services; clocks picks by the row's danger. */
static void add_national(struct check *k, const struct js *national, struct charter *c)
{
	const struct js *list = js_find(national, "targets");
	struct check words = {.file = "national.json", .where = "", .to = k->to};
	clauses_load(&words, national, SOURCE_NATIONAL, c);
	k->count += words.count;
	for (size_t i = 0; i < js_count(list); i++) {
		struct charter_target target;
		struct check own = {.file = "national.json", .where = "targets", .to = k->to};
		target_load(&own, js_at(list, i), national, &target);
		k->count += own.count;
		for (size_t j = 0; serves(c, js_find(js_at(list, i), "services")) && j < c->class_count; j++) {
			struct charter_class *class = &c->classes[j];
			class->targets = mem_grow(class->targets, class->target_count + 1, sizeof target);
			class->targets[class->target_count++] = target;
		}
	}
}

static bool is_outcome(const struct outcome *o, const struct situation *s)
{
	for (size_t i = 0; i < o->when_count; i++) {
		if (condition_holds(&o->when[i], &s->facts))
			return true;
	}
	return false;
}

/* Rows by urgency and then as they stand in the file, then the reasons for `none`: the first that holds. */
static size_t outcome_of(const struct charter *c, const struct situation *s)
{
	const struct charter_detail *d = c->detail;
	size_t best = SIZE_MAX;
	for (size_t i = 0; i < d->outcome_count; i++) {
		const struct outcome *o = &d->outcomes[i];
		if ((best == SIZE_MAX || o->rank < d->outcomes[best].rank) && is_outcome(o, s))
			best = i;
	}
	return best;
}

/* Every situation must be decided: what no row takes has a reason for `none`. */
static void decide_situations(struct check *k, const struct situations *all, struct charter *c)
{
	struct charter_detail *d = c->detail;
	for (size_t i = 0; i < d->outcome_count; i++) {
		const struct charter_row *row = d->outcomes[i].row;
		const struct charter_class *class = row ? charter_class_find(c, row->class_code) : NULL;
		d->outcomes[i].rank = class ? class->urgency_rank : NONE_RANK;
	}
	for (size_t s = 0; s < situations_count(all); s++) {
		size_t outcome = outcome_of(c, situations_at(all, s));
		if (outcome == SIZE_MAX)
			check_say(k, "rows", "no row and no reason for none takes the situation \"%s\" (%s)",
				  situations_at(all, s)->code, situations_at(all, s)->it);
		else
			d->of[s] = (uint16_t)outcome;
	}
}

struct charter *charter_load(struct check *k, struct js *root, const struct charter_shelf *shelf)
{
	struct charter *c = mem_zero(1, sizeof *c);
	struct charter_detail *d = mem_zero(1, sizeof *d);
	c->detail = d;
	d->root = root;
	load_head(k, root, c);
	load_policy(k, root, shelf->patrons, c);
	load_classes(k, root, c);
	load_rows(k, root, shelf, c);
	load_none(k, js_find(root, "none"), shelf, d);
	struct check shared = {.file = "none.json", .to = k->to};
	load_none(&shared, js_find(shelf->none, "none"), shelf, d);
	k->count += shared.count;
	if (d->outcome_count)
		decide_situations(k, shelf->situations, c);
	check_rest(k, root);
	if (shelf->national)
		add_national(k, shelf->national, c);
	return c;
}

void charter_detail_keep(struct charter *c, struct js *over)
{
	struct charter_detail *d = c->detail;
	d->over = over;
}

void charter_free(struct charter **charter)
{
	struct charter *c = *charter;
	if (!c)
		return;
	struct charter_detail *d = c->detail;
	for (size_t i = 0; i < d->outcome_count; i++) {
		for (size_t j = 0; j < d->outcomes[i].when_count; j++)
			condition_fini(&d->outcomes[i].when[j]);
		free(d->outcomes[i].when);
	}
	free(d->outcomes);
	for (size_t i = 0; i < c->row_count; i++)
		free(c->rows[i].skills);
	for (size_t i = 0; i < c->class_count; i++)
		free(c->classes[i].targets);
	free(c->rows);
	free(c->classes);
	free(c->services);
	free(c->patrons);
	clauses_free(c);
	js_free(&d->root);
	js_free(&d->over);
	free(d);
	free(c);
	*charter = NULL;
}

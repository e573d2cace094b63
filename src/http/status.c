/*
 * What the reporter may see: the page of a code, its JSON, and the page that asks for the code.
 * Also the public look-ups of the form: set-up, places, faults near a point. Everything comes from
 * flow's public answers and is turned into sentences here. Codes are never logged.
 */
#include "page.h"
#include "room.h"

#include "base/mem.h"
#include "model/id.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- sentences about one report ---- */

static bool by_day(const struct js *target)
{
	return str_equal(js_find_str(target, "bound"), "exclusive");
}

/* "La squadra arriva" for an arrival, "Ripariamo" for a repair …: what the promise says before its
 * time. */
static const char *promise_verb(const char *kind, enum lang lang)
{
	bool en = lang == LANG_EN;
	if (str_equal(kind, "verify"))
		return en ? "We inspect" : "Veniamo a controllare";
	if (str_equal(kind, "restore"))
		return en ? "Service is back" : "Il servizio torna";
	if (str_equal(kind, "repair") || str_equal(kind, "make_safe"))
		return en ? "We repair or replace" : "Ripariamo o sostituiamo";
	if (str_equal(kind, "substitute_supply"))
		return en ? "We bring water" : "Portiamo l'acqua";
	if (str_equal(kind, "feedback"))
		return en ? "We answer you" : "Ti rispondiamo";
	return en ? "The crew arrives" : "La squadra arriva";
}

static void say_promise(const struct saying *s, const struct js *target, struct str *out)
{
	bool en = s->lang == LANG_EN;
	const char *told = js_find_str(target, en ? "told_en" : "told");
	const char *held =
	    js_find_str(js_find(target, "paused"), en ? "cause_label_en" : "cause_label");
	struct instant due;
	if (held) { /* no hour is promised while the clock is held */
		str_addf(out, en ? "On hold: %s" : "In attesa: %s", held);
		return;
	}
	str_addf(out, "%s ", promise_verb(js_find_str(target, "kind"), s->lang));
	if (told)
		str_add(out, told);
	else if (find_instant(target, "due", &due))
		say_by(s, due, by_day(target), out);
}

static void say_result(const struct saying *s, const struct js *target, struct str *out)
{
	const char *result = js_find_str(target, "result");
	bool en = s->lang == LANG_EN;
	struct instant due, stopped;
	if (!result || strcmp(result, "running") == 0 || !find_instant(target, "due", &due))
		return;
	bool has_end = find_instant(target, "stopped_at", &stopped);
	if (strcmp(result, "met") == 0 && has_end) {
		str_add(out, en ? "kept, " : "rispettato, ");
		say_span(s, instant_since(due, stopped).us / 1000000, false, out);
		str_add(out, en ? " early" : " prima");
	} else if (strcmp(result, "missed") == 0) {
		int64_t late_s =
		    js_int(js_find(target, "late_s"),
		           instant_since(has_end ? stopped : s->now, due).us / 1000000);
		str_add(out, en ? "missed by " : "mancato di ");
		say_late(s, late_s, out);
	}
}

static struct js *show_target(const struct saying *s, const struct js *target)
{
	struct js *one = js_object();
	struct str said = {0};
	const char *result = js_find_str(target, "result");
	const char *source = js_find_str(target, "source");
	struct instant due;
	bool en = s->lang == LANG_EN;
	say_promise(s, target, &said);
	set_said(one, "text", &said);
	bool running = !result || strcmp(result, "running") == 0;
	bool held = js_kind(js_find(target, "paused")) == JS_OBJECT;
	if (running && !held && find_instant(target, "due", &due) && !by_day(target))
		say_left(s, due, &said);
	set_said(one, "left", &said);
	say_result(s, target, &said);
	set_said(one, "result", &said);
	js_set_str(one, "due", js_find_str(target, "due"));
	js_set_str(one, "kind", js_find_str(target, "kind"));
	js_set_str(one, "rule", js_find_str(target, "rule"));
	js_set_str(one, "section", js_find_str(target, "section"));
	js_set_str(one, "quote", js_find_str(target, "quote"));
	js_set_str(one, "source", source);
	js_set_str(one, "source_text",
	           str_equal(source, "national") ? (en ? "National rule" : "Regola nazionale")
	                                         : (en ? "Service charter" : "Carta dei servizi"));
	js_set_bool(one, "effective", js_bool(js_find(target, "effective"), false));
	js_set_bool(one, "running", running);
	js_set_bool(one, "met", str_equal(result, "met"));
	js_set_bool(one, "missed", str_equal(result, "missed"));
	str_fini(&said);
	return one;
}

/* The strictest arrival, else the first of the charter, else the first at all. */
static const struct js *find_promise(const struct js *report)
{
	const struct js *targets = js_find(report, "targets");
	for (size_t i = 0; i < js_count(targets); i++)
		if (js_bool(js_find(js_at(targets, i), "effective"), false))
			return js_at(targets, i);
	for (size_t i = 0; i < js_count(targets); i++)
		if (str_equal(js_find_str(js_at(targets, i), "source"), "charter"))
			return js_at(targets, i);
	return js_at(targets, 0);
}

/* Two rules that the charter states in one sentence (small and large pipes). */
static bool one_sentence(const struct js *a, const struct js *b)
{
	static const char *const keys[] = {"kind", "quote", "source"};
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (!str_equal(js_find_str(a, keys[i]), js_find_str(b, keys[i])))
			return false;
	return true;
}

static bool told_before(const struct js *targets, size_t n, const struct js *promise)
{
	const struct js *this = js_at(targets, n);
	if (promise && one_sentence(promise, this) &&
	    str_equal(js_find_str(promise, "due"), js_find_str(this, "due")))
		return true;
	for (size_t i = 0; i < n; i++)
		if (js_at(targets, i) != promise && one_sentence(js_at(targets, i), this))
			return true;
	return false;
}

/* "Ripariamo entro le 3:00 oppure entro le 15:00": which one holds stands in the quote after it. */
static struct js *show_sentence(const struct saying *s, const struct js *targets, size_t n)
{
	const struct js *first = js_at(targets, n);
	struct js *one = show_target(s, first);
	struct str said = {0};
	bool en = s->lang == LANG_EN, several = false;
	str_add(&said, js_find_str(one, "text"));
	for (size_t i = n + 1; i < js_count(targets); i++) {
		const struct js *other = js_at(targets, i);
		const char *told = js_find_str(other, en ? "told_en" : "told");
		if (!one_sentence(first, other) || !told ||
		    str_equal(js_find_str(first, "due"), js_find_str(other, "due")))
			continue;
		str_addf(&said, "%s%s", en ? " or " : " oppure ", told);
		several = true;
	}
	set_said(one, "text", &said);
	if (several)
		js_set_null(one, "result");
	str_fini(&said);
	return one;
}

/* An arrival that came true is no promise any more: it is told as what happened. */
static struct js *show_promise(const struct saying *s, const struct js *target)
{
	struct js *one = show_target(s, target);
	struct str said = {0};
	struct instant came;
	if (str_equal(js_find_str(target, "kind"), "arrival") &&
	    find_instant(target, "stopped_at", &came)) {
		str_add(&said, s->lang == LANG_EN ? "The crew arrived " : "La squadra è arrivata ");
		say_when(s, came, &said);
		set_said(one, "text", &said);
	}
	str_fini(&said);
	return one;
}

/* The promise stands alone; all other targets are told under "why", with the charter's own words.
 */
static void add_promise(const struct saying *s, const struct js *report, struct js *page)
{
	bool en = s->lang == LANG_EN;
	const char *class_code = js_find_str(report, "class");
	const struct js *promise = find_promise(report);
	struct js *list = js_array();
	const struct js *targets = js_find(report, "targets");
	for (size_t i = 0; i < js_count(targets); i++)
		if (js_at(targets, i) != promise && !told_before(targets, i, promise))
			js_push(list, show_sentence(s, targets, i));
	js_set_bool(page, "has_targets", js_count(list) > 0);
	js_set(page, "targets", list);
	if (promise) {
		js_set(page, "promise", show_promise(s, promise));
		return;
	}
	struct js *none = js_object();
	bool assessed = class_code && *class_code;
	js_set_str(
	    none, "text",
	    assessed ? (en ? "We will tell you the time" : "Ti diremo l'orario")
	             : (en ? "We are assessing your report" : "Stiamo valutando la segnalazione"));
	js_set_null(page, "promise");
	js_set(page, "no_promise", none);
}

static struct js *show_step(const struct saying *s, const struct js *step, const struct js *report)
{
	static const char *const words[2][3] = {{"fatto", "in corso", "da fare"},
	                                        {"done", "in progress", "to do"}};
	const char *name = js_find_str(step, "name"), *state = js_find_str(step, "state");
	int which = str_equal(state, "done") ? 0 : str_equal(state, "current") ? 1 : 2;
	struct js *one = js_object();
	struct str said = {0};
	struct instant at;
	js_set_str(one, "name", name);
	str_add(&said, say_step(name, s->lang));
	const char *label =
	    js_find_str(report, s->lang == LANG_EN ? "class_label_en" : "class_label");
	if (str_equal(name, "assessed") && which != 2 && label)
		str_addf(&said, ": %s", label);
	set_said(one, "label", &said);
	js_set_str(one, "at", js_find_str(step, "at"));
	if (find_instant(step, "at", &at))
		say_clock(s, at, &said);
	set_said(one, "time", &said);
	js_set_bool(one, which == 0 ? "done" : which == 1 ? "current" : "todo", true);
	js_set_str(one, "state_text", words[s->lang][which]);
	str_fini(&said);
	return one;
}

/* "7 K Q 4 M, T 9 X W 2, H": for ears. */
static void spell(const char *code, struct str *out)
{
	for (const char *c = code; *c; c++) {
		if (*c == '-')
			str_addc(out, ',');
		else
			str_addf(out, "%s%c", c == code ? "" : " ", *c);
	}
}

static void add_instant(const struct saying *s, const struct js *from, const char *key,
                        struct js *page, const char *as)
{
	struct instant at;
	if (!find_instant(from, key, &at))
		return;
	struct js *one = js_object();
	struct str said = {0};
	js_set_str(one, "at", js_find_str(from, key));
	if (strcmp(as, "received") == 0)
		say_when(s, at, &said);
	else
		say_clock(s, at, &said);
	set_said(one, "text", &said);
	js_set(page, as, one);
	str_fini(&said);
}

static void add_eta(const struct saying *s, const struct js *report, struct js *page)
{
	struct instant eta;
	if (!find_instant(report, "eta", &eta))
		return;
	struct js *one = js_object();
	struct str said = {0};
	js_set_str(one, "at", js_find_str(report, "eta"));
	str_add(&said, s->lang == LANG_EN ? "expected at " : "arrivo previsto alle ");
	say_clock(s, eta, &said);
	set_said(one, "text", &said);
	js_set(page, "eta", one);
	str_fini(&said);
}

static const char *disposition_words(const char *code, enum lang lang)
{
	static const char *const words[][3] = {
	    {"done", "Guasto riparato", "Fault repaired"},
	    {"unfounded", "Nessun guasto trovato", "No fault found"},
	    {"private", "Guasto su un impianto privato", "Fault in private plumbing"},
	    {"referred", "Passato a un altro ente", "Passed on to another body"},
	    {"merged", "Unito a un altro intervento", "Joined with another incident"},
	};
	for (size_t i = 0; code && i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i][0], code) == 0)
			return words[i][lang == LANG_EN ? 2 : 1];
	return "";
}

static void add_refer(const struct visit *v, const struct js *report, struct js *page)
{
	const char *state = js_find_str(report, "state"),
	           *class_code = js_find_str(report, "class");
	const char *to = js_find_str(report, "refer_to");
	if (!str_equal(class_code, "none") && !str_equal(state, "rejected") &&
	    !str_equal(state, "referred"))
		return;
	struct js *refer = js_object();
	bool en = v->lang == LANG_EN;
	js_set_str(refer, "to", to);
	js_set_str(refer, "reason", js_find_str(report, "reason"));
	js_set_str(refer, "text",
	           en ? "Not a fault of our network" : "Non è un guasto della nostra rete");
	js_set(page, "refer", refer);
	js_set_null(page, "no_promise");
}

static struct js *status_context(const struct visit *v, const struct js *report)
{
	struct saying s = page_saying(v);
	struct js *page = js_object(), *why = js_object(), *steps = js_array();
	struct str said = {0};
	bool en = v->lang == LANG_EN;
	const char *code = js_find_str(report, "code");
	const struct js *promise = find_promise(report);
	int64_t rank = js_int(js_find(report, "urgency_rank"), 0);
	js_set_str(page, "code", code);
	spell(code ? code : "", &said);
	set_said(page, "code_spelled", &said);
	js_set_bool(page, "new", visit_query(v, "nuova") != NULL);
	js_set_str(page, "state", js_find_str(report, "state"));
	js_set_str(page, "public_state",
	           js_find_str(report, en ? "public_state_en" : "public_state"));
	js_set_str(page, "area", js_find_str(report, "area"));
	js_set_str(page, "class", js_find_str(report, "class"));
	js_set_str(page, "class_label", js_find_str(report, en ? "class_label_en" : "class_label"));
	js_set_int(page, "rank", rank);
	if (rank >= 1 && rank <= 3)
		js_set_bool(page, rank == 1 ? "rank1" : rank == 2 ? "rank2" : "rank3", true);
	js_set_bool(page, "unconfirmed", !js_bool(js_find(report, "confirmed"), false));
	add_instant(&s, report, "received_at", page, "received");
	add_instant(&s, report, "updated_at", page, "updated");
	add_promise(&s, report, page);
	add_refer(v, report, page);
	js_set_str(why, "row_text", js_find_str(report, "row_text"));
	js_set_str(why, "section", js_find_str(report, "section"));
	js_set_str(why, "quote", js_find_str(promise, "quote"));
	js_set_str(why, "rule", js_find_str(promise, "rule"));
	js_set(page, "why", why);
	const struct js *list = js_find(report, "steps");
	for (size_t i = 0; i < js_count(list); i++)
		js_push(steps, show_step(&s, js_at(list, i), report));
	js_set(page, "steps", steps);
	add_eta(&s, report, page);
	js_set_str(page, "advice", js_find_str(report, en ? "advice_en" : "advice_it"));
	js_set_str(page, "disposition_text",
	           disposition_words(js_find_str(report, "disposition"), v->lang));
	const struct js *last = js_at(list, js_count(list) ? js_count(list) - 1 : 0);
	js_set_bool(page, "over", str_equal(js_find_str(last, "state"), "done"));
	js_set_int(page, "refresh_s", 60);
	page_speaks_for(page, js_find_str(js_find(report, "utility"), "code"));
	str_fini(&said);
	return page;
}

/* ---- the pages ---- */

static void show_ask(struct visit *v, int status, const char *typed, const char *error)
{
	struct js *page = js_object();
	js_set_str(page, "value", typed);
	js_set_str(page, "error", error);
	page_answer(v, status, "code", page);
}

static void no_such_code(struct visit *v, const char *typed)
{
	struct str error = {0};
	bool en = v->lang == LANG_EN;
	str_addf(&error,
	         en ? "The code %.20s does not exist: perhaps a typing error."
	            : "Il codice %.20s non esiste: forse c'è un errore di scrittura.",
	         typed);
	struct str mended = {0}; /* the cut may fall inside a character */
	utf8_mend(&mended, str_text(&error), error.length);
	show_ask(v, 404, typed, str_text(&mended));
	str_fini(&mended);
	str_fini(&error);
}

static void on_status_page(void *ctx, const struct problem *problem, const struct js *answer)
{
	struct visit *v = ctx;
	if (!visit_back(v))
		return;
	if (problem && problem->kind == PROBLEM_NOT_FOUND)
		no_such_code(v, v->args[0]);
	else if (problem)
		visit_problem(v, problem, NULL);
	else
		page_answer(v, 200, "status", status_context(v, answer));
}

void status_page(struct visit *v)
{
	char code[CODE_TEXT];
	if (!code_parse(v->args[0], code)) {
		no_such_code(v, v->args[0]);
		return;
	}
	visit_wait(v);
	flow_report_public(v->http->o.flow, code, on_status_page, v);
}

void status_ask(struct visit *v)
{
	const char *typed = visit_query(v, "code");
	char code[CODE_TEXT], shown[CODE_SHOWN], where[32];
	if (!typed) {
		show_ask(v, 200, NULL, NULL);
		return;
	}
	if (!code_parse(typed, code)) {
		no_such_code(v, typed);
		return;
	}
	snprintf(where, sizeof where, "/s/%s", code_show(code, shown));
	visit_redirect(v, where);
}

static void on_status_json(void *ctx, const struct problem *problem, const struct js *answer)
{
	struct visit *v = ctx;
	if (!visit_back(v))
		return;
	if (problem) {
		visit_problem(v, problem, NULL);
		return;
	}
	struct str text = {0};
	char etag[ETAG_ROOM];
	js_write(answer, &text);
	etag_of(text.data, text.length, etag);
	answer_header(v->request, "Cache-Control", "private, no-cache");
	answer_header(v->request, "Referrer-Policy", "no-referrer");
	if (!visit_not_modified(v, etag))
		visit_text(v, 200, "application/json", &text);
	str_fini(&text);
}

void status_api(struct visit *v)
{
	char code[CODE_TEXT];
	if (!code_parse(v->args[0], code)) {
		struct problem p;
		problem_set(&p, PROBLEM_NOT_FOUND, "",
		            "this code does not exist: perhaps a typing error");
		visit_problem(v, &p, NULL);
		return;
	}
	visit_wait(v);
	flow_report_public(v->http->o.flow, code, on_status_json, v);
}

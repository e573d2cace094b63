/*
 * Guided questions while a caller speaks: what classify makes of words and answers so far becomes a
 * document, with what the charter has the dispatcher tell the caller. Nothing is stored here and the
 * words are not logged; the answers are kept with the report that comes of them (report.c).
 */
#include "house.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

/* ---- what is told ---- */

/* The promise that the caller hears of: the arrival that binds, else the charter's first. */
static const struct due_target *told_first(const struct due_target *targets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (targets[i].effective)
			return &targets[i];
	for (size_t i = 0; i < count; i++)
		if (targets[i].first)
			return &targets[i];
	return NULL;
}

static const char *deed_of(enum target_kind kind)
{
	switch (kind) {
	case TARGET_VERIFY:
		return "veniamo a controllare";
	case TARGET_RESTORE:
		return "lo sistemiamo";
	case TARGET_REPAIR:
		return "ripariamo";
	case TARGET_MAKE_SAFE:
		return "mettiamo in sicurezza";
	case TARGET_ARRIVAL:
	case TARGET_SUBSTITUTE_SUPPLY:
	case TARGET_CALL_ANSWER:
	case TARGET_FEEDBACK:
	case TARGET_NOTICE:
		return "la squadra arriva";
	}
	return "la squadra arriva";
}

static void say_time(const struct charter *charter, const struct due_target *first, struct str *to)
{
	if (first)
		str_addf(to, "%s %s%s", deed_of(first->kind), first->told_it,
		         charter->condition_traffic ? ", se traffico e visibilità sono normali" : "");
	else
		str_add(to, "Per questo guasto la carta non fissa un tempo: Le diciamo l'orario appena è fissato");
}

/* The level where the charter has it told, and the time of the first intervention. */
static void say_promise(const struct charter *charter, const char *level, const struct due_target *first,
                        struct str *to)
{
	size_t at;
	if (level)
		str_addf(to, "%s%s ", level, first ? ":" : ".");
	at = to->length;
	say_time(charter, first, to);
	if (!level && to->data[at] >= 'a' && to->data[at] <= 'z')
		to->data[at] = (char)(to->data[at] - 'a' + 'A');
	str_add(to, ".");
}

static void say_elsewhere(const struct classify_answer *a, struct str *to)
{
	if (a->refer_to)
		str_addf(to, "Non è un guasto della nostra rete. Le dico a chi rivolgersi: %s.", a->refer_to);
	else
		str_add(to, "Per ora non mandiamo nessuno. Se il guasto c'è ancora o si ripete, ci richiami.");
}

/* As it is said: the promise and then the advice. What is not ours but dangerous needs the advice alone: gas. */
static void say_all(const struct charter *charter, const struct classify_triage *t, const char *level,
                    const char *advice, const struct due_target *first, struct str *to)
{
	if (t->answer.row)
		say_promise(charter, level, first, to);
	else if (!advice)
		say_elsewhere(&t->answer, to);
	if (advice)
		str_addf(to, "%s%s", to->length ? " " : "", advice);
}

static struct js *tell_json(const struct flow *flow, const struct charter *charter,
                            const struct classify_triage *t, const struct due_target *first)
{
	const struct classify_advice *advice = classify_advice(flow->o.classify, t->advice);
	const struct charter_class *class = charter_class_find(charter, t->answer.class_code);
	const char *level = class && charter->tell_class_to_reporter ? class->said_it : NULL;
	struct str time = {0}, said = {0};
	if (class)
		say_time(charter, first, &time);
	say_all(charter, t, level, advice ? advice->said_it : NULL, first, &said);
	struct js *o = js_object();
	js_set_str(o, "said_it", str_text(&said));
	js_set_str(o, "level_it", level);
	js_set_str(o, "time_it", class ? str_text(&time) : NULL);
	js_set_str(o, "advice_it", advice ? advice->said_it : NULL);
	js_set_bool(o, "must_tell_level", charter->tell_class_to_reporter);
	str_fini(&said);
	str_fini(&time);
	return o;
}

/* ---- what is known and what is asked ---- */

static struct js *question_json(const struct classify_triage *t)
{
	if (!t->question)
		return NULL;
	struct js *o = js_object(), *options = js_array();
	js_set_str(o, "code", t->question);
	js_set_str(o, "ask", t->ask_it);
	js_set_int(o, "number", (int64_t)t->answered_count + 1);
	for (size_t i = 0; i < t->option_count; i++) {
		struct js *one = js_object();
		js_set_int(one, "key", t->options[i].key);
		js_set_str(one, "label", t->options[i].it);
		js_push(options, one);
	}
	js_set(o, "options", options);
	return o;
}

struct js *triage_answers(const struct classify_triage *t)
{
	struct js *list = js_array();
	for (size_t i = 0; i < t->answered_count; i++) {
		const struct classify_answered *a = &t->answered[i];
		struct js *o = js_object();
		js_set_str(o, "code", a->code);
		js_set_str(o, "ask", a->ask_it);
		js_set_int(o, "option", a->option);
		js_set_str(o, "label", a->label_it);
		js_set_bool(o, "applied", a->applied);
		js_push(list, o);
	}
	return list;
}

static struct js *remaining_json(const struct classify_triage *t)
{
	struct js *list = js_array();
	for (size_t i = 0; i < t->remaining_count; i++) {
		const struct classify_remaining *r = &t->remaining[i];
		struct js *o = js_object();
		js_set_str(o, "row", r->row ? r->row->code : NULL);
		js_set_str(o, "row_text", r->row ? r->row->text : NULL);
		js_set_str(o, "class", r->class_code);
		js_set_str(o, "reason", r->reason);
		js_set_number(o, "share", r->share, 3);
		js_push(list, o);
	}
	return list;
}

/* As the report would promise it if it were stored now. */
static struct due_target *promised(const struct flow *flow, const struct flow_triage *ask,
                                   const struct charter *charter, const struct classify_answer *answer,
                                   struct arena *arena, size_t *count)
{
	const struct store_utility *utility = ask->utility ? setup_utility(flow, ask->utility) : NULL;
	const struct zone *zone = zone_of(flow, utility ? utility->id.text : "");
	struct instant now = instant_now();
	const struct report r = {.received_at = now,
	                         .started_at = instant_is_set(ask->conversation_started_at)
	                                           ? ask->conversation_started_at
	                                           : now,
	                         .municipality = ask->municipality};
	struct start start = promises_start(&r);
	struct pinned by = edition_now(flow, charter);
	*count = 0;
	if (!answer->row)
		return NULL;
	struct due_target *list =
	    promises(&by, answer->row->code, answer->class_code, zone, &start, arena, count);
	promises_tell(list, *count, zone, now, arena);
	return list;
}

static struct js *triage_json(struct flow *flow, const struct flow_triage *ask,
                              const struct charter *charter, const struct classify_triage *t,
                              struct arena *arena)
{
	const struct store_utility *utility = ask->utility ? setup_utility(flow, ask->utility) : NULL;
	size_t count;
	struct due_target *targets = promised(flow, ask, charter, &t->answer, arena, &count);
	struct js *o = js_object();
	js_set_str(o, "charter", charter->code);
	js_set_str(o, "utility", ask->utility);
	js_set_bool(o, "decided", t->decided);
	js_set(o, "classification", view_reading(&t->answer, charter, ask->text, ask->subject));
	js_set(o, "question", question_json(t));
	js_set(o, "answered", triage_answers(t));
	js_set(o, "remaining", remaining_json(t));
	js_set(o, "tell", t->known ? tell_json(flow, charter, t, told_first(targets, count)) : NULL);
	js_set(o, "targets",
	       live_targets(targets, count, zone_of(flow, utility ? utility->id.text : ""), instant_now()));
	return o;
}

/* ---- by which charter ---- */

static const char *channel_of(const struct flow_triage *ask)
{
	return ask->channel ? ask->channel : "phone";
}

static const char *service_of(const struct flow *flow, const struct flow_triage *ask, struct arena *arena)
{
	return classify_service(flow->o.classify, channel_of(ask), ask->subject, ask->text, arena, NULL);
}

static bool goes_first(const struct flow_triage *ask, const struct charter *charter, const char *service)
{
	return replies_say(ask->replies, ask->reply_count) || classify_goes_first(charter, service);
}

static bool ask_with(const struct flow *flow, const struct flow_triage *ask, const struct charter *charter,
                     struct arena *arena, struct classify_triage *out, struct problem *p)
{
	const struct classify_asked asked = {.charter = charter,
	                                     .channel = channel_of(ask),
	                                     .subject = ask->subject,
	                                     .text = ask->text,
	                                     .replies = ask->replies,
	                                     .reply_count = ask->reply_count};
	return classify_triage(flow->o.classify, &asked, arena, out, p);
}

/* Of the charters of a utility, those first whose service the words speak of, the one that knows the fault best; the
 * first of them while nothing is known. */
static bool ask_utility(const struct flow *flow, const struct flow_triage *ask, struct arena *arena,
                        const struct charter **charter, struct classify_triage *out, struct problem *p)
{
	const struct store_setup *s = &flow->setup;
	const struct store_utility *utility = setup_utility(flow, ask->utility);
	const char *service = service_of(flow, ask, arena);
	double best = -1;
	for (size_t i = 0; i < s->area_count; i++) {
		const struct charter *c = classify_charter(flow->o.classify, s->areas[i].charter);
		if (&s->utilities[s->areas[i].utility] != utility || !c || c == *charter)
			continue;
		struct classify_triage *t = arena_take(arena, sizeof *t);
		if (!ask_with(flow, ask, c, arena, t, p))
			return false;
		double worth = (goes_first(ask, c, service) ? 4 : 0) + (t->answer.row ? 1 : 0) + t->answer.confidence;
		if (worth <= best)
			continue;
		best = worth;
		*charter = c;
		*out = *t;
	}
	return *charter || problem_set(p, PROBLEM_INPUT, "/utility", "this utility has no charter here");
}

static bool ask_any(const struct flow *flow, const struct user *who, const struct flow_triage *ask,
                    struct arena *arena, const struct charter **charter, struct classify_triage *out,
                    struct problem *p)
{
	const struct store_utility *utility = ask->utility ? setup_utility(flow, ask->utility) : NULL;
	if (ask->utility && !utility)
		return problem_set(p, PROBLEM_INPUT, "/utility", "no such utility: take a code from the list");
	if (utility && !user_may_see(who, utility->id.text))
		return problem_set(p, PROBLEM_FORBIDDEN, "/utility", "this utility is not yours");
	if (!ask->charter && !utility)
		return problem_set(p, PROBLEM_INPUT, "/charter", "give a charter or a utility");
	if (!ask->charter)
		return ask_utility(flow, ask, arena, charter, out, p);
	*charter = classify_charter(flow->o.classify, ask->charter);
	if (!*charter)
		return problem_set(p, PROBLEM_INPUT, "/charter", "no such charter: take a code from the list");
	return ask_with(flow, ask, *charter, arena, out, p);
}

struct js *flow_triage(struct flow *flow, const struct user *who, const struct flow_triage *ask, struct problem *p)
{
	struct arena *arena = arena_new();
	struct classify_triage *t = arena_take(arena, sizeof *t);
	const struct charter *charter = NULL;
	struct js *o = NULL;
	if (ask_any(flow, who, ask, arena, &charter, t, p))
		o = triage_json(flow, ask, charter, t, arena);
	if (o)
		js_set_bool(o, "goes_first", goes_first(ask, charter, service_of(flow, ask, arena)));
	arena_free(&arena);
	return o;
}

/* ---- kept with a report ---- */

const struct classify_reply *replies_copy(struct arena *arena, const struct classify_reply *from, size_t count)
{
	struct classify_reply *list = arena_take(arena, (count + 1) * sizeof *list);
	for (size_t i = 0; i < count; i++)
		list[i] = (struct classify_reply){arena_str(arena, from[i].question), from[i].option};
	return list;
}

bool replies_say(const struct classify_reply *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i].option > 0)
			return true;
	}
	return false;
}

const struct classify_reply *replies_kept(struct arena *arena, const char *reading, size_t *count)
{
	struct js *kept = reading ? js_parse(reading, strlen(reading), NULL) : NULL;
	const struct js *answers = js_find(kept, "answers");
	struct classify_reply *list = arena_take(arena, (js_count(answers) + 1) * sizeof *list);
	*count = 0;
	for (size_t i = 0; i < js_count(answers) && i < CLASSIFY_MAX_REPLIES; i++)
		list[(*count)++] =
		    (struct classify_reply){arena_str(arena, js_find_str(js_at(answers, i), "code")),
		                            (int)js_int(js_find(js_at(answers, i), "option"), 0)};
	js_free(&kept);
	return list;
}

/*
 * The corridor itself: opening and closing, open questions, who serves where. The story's steps
 * stand in the other files of this folder.
 */
#include "drawing.h"
#include "house.h"

#include "base/log.h"
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETUP_AGAIN SPAN_S(2)

/* ---- questions ---- */

struct asking *asking_new(struct flow *flow, const struct user *who, flow_done_fn *done, void *ctx)
{
	struct asking *a = mem_zero(1, sizeof *a);
	a->flow = flow;
	a->arena = arena_new();
	a->done = done;
	a->ctx = ctx;
	if (who) {
		a->user = *who;
		a->who = &a->user;
	}
	a->next = flow->askings;
	a->previous = &flow->askings;
	if (a->next)
		a->next->previous = &a->next;
	flow->askings = a;
	return a;
}

void asking_key(struct asking *a, const struct flow_once *once, const char *what,
                const char *object)
{
	if (once)
		a->once = *once;
	if (object && !id_parse(object, a->object))
		a->object[0] = 0;
	a->scope = arena_format(a->arena, "%s:%s:%s", a->who ? a->who->id.text : "public", what,
	                        object ? object : "");
}

static void asking_end(struct asking *a, const struct problem *p, struct js *answer)
{
	*a->previous = a->next;
	if (a->next)
		a->next->previous = a->previous;
	if (p && p->kind == PROBLEM_CONFLICT)
		a->flow->counters.conflicts++;
	if (a->done)
		a->done(a->ctx, p, answer);
	js_free(&answer);
	js_free(&a->body);
	arena_free(&a->arena);
	free(a);
}

void asking_answer(struct asking *a, struct js *answer)
{
	asking_end(a, NULL, answer);
}

void asking_fail(struct asking *a, const struct problem *p)
{
	struct problem kept = *p;
	asking_end(a, &kept, NULL);
}

void asking_refuse(struct asking *a, const struct problem *p, struct js *more)
{
	struct problem kept = *p;
	asking_end(a, &kept, more);
}

static void fail_now(void *ctx)
{
	struct asking *a = ctx;
	asking_fail(a, &a->problem);
}

void asking_fail_later(struct asking *a, enum problem_kind kind, const char *field,
                       const char *text)
{
	problem_set(&a->problem, kind, field, "%s", text);
	loop_later(a->flow->o.loop, fail_now, a);
}

struct store_act asking_act(const struct asking *a)
{
	return (struct store_act){.who = a->who,
	                          .at = instant_now(),
	                          .scope = a->scope,
	                          .key = a->once.key,
	                          .body_hash = a->once.body_hash};
}

static void on_once(void *ctx, const struct problem *p, const struct store_written *w)
{
	struct asking *a = ctx;
	if (p)
		asking_fail(a, p);
	else if (w)
		a->again(a, w->answer);
	else
		a->begin(a);
}

void asking_once(struct asking *a, asking_again_fn *again, asking_fn *begin)
{
	struct store_act act = asking_act(a);
	a->again = again;
	a->begin = begin;
	if (a->once.key[0])
		store_once(a->flow->store, &act, on_once, a);
	else
		begin(a);
}

bool may_decide(const struct user *who)
{
	return who && (who->role == ROLE_DISPATCHER || who->role == ROLE_SUPERVISOR ||
	               who->role == ROLE_ADMIN);
}

bool may_look(const struct user *who)
{
	return may_decide(who) || (who && who->role == ROLE_AUDITOR);
}

void asking_moves(struct asking *a, const struct incident *i, const char *from, const char *to,
                  const char *format, ...)
{
	char more[160];
	va_list args;
	va_start(args, format);
	vsnprintf(more, sizeof more, format, args);
	va_end(args);
	a->log_subject = arena_format(a->arena, "incident=%s", i->number);
	a->log_line =
	    arena_format(a->arena, "%s -> %s utility=%s %s", from, to, i->utility_code, more);
}

void asking_moved(struct asking *a)
{
	if (a->log_line)
		log_info(a->log_subject, "%s", a->log_line);
	a->log_line = NULL;
}

/* ---- who serves where ---- */

static void area_copy(struct arena *arena, const struct store_area *from, struct store_area *to)
{
	*to = *from;
	to->charter = arena_str(arena, from->charter);
	to->service = arena_str(arena, from->service);
	to->municipality = arena_str(arena, from->municipality);
	to->place = arena_str(arena, from->place);
	struct point *corners =
	    from->corner_count ? arena_take(arena, from->corner_count * sizeof *corners) : NULL;
	if (corners)
		memcpy(corners, from->corners, from->corner_count * sizeof *corners);
	to->corners = corners;
}

static void utility_copy(struct arena *arena, const struct store_utility *from,
                         struct store_utility *to)
{
	*to = *from;
	to->code = arena_str(arena, from->code);
	to->name = arena_str(arena, from->name);
	to->zone = arena_str(arena, from->zone);
	to->phone = arena_str(arena, from->phone);
	to->site = arena_str(arena, from->site);
}

static void setup_keep(struct flow *flow, const struct store_setup *setup)
{
	arena_free(&flow->setup_arena);
	flow->setup_arena = arena_new();
	struct store_utility *utilities =
	    arena_take(flow->setup_arena, (setup->utility_count + 1) * sizeof *utilities);
	struct store_area *areas =
	    arena_take(flow->setup_arena, (setup->area_count + 1) * sizeof *areas);
	for (size_t i = 0; i < setup->utility_count; i++)
		utility_copy(flow->setup_arena, &setup->utilities[i], &utilities[i]);
	for (size_t i = 0; i < setup->area_count; i++)
		area_copy(flow->setup_arena, &setup->areas[i], &areas[i]);
	flow->setup =
	    (struct store_setup){utilities, setup->utility_count, areas, setup->area_count};
	flow->setup_known = true;
}

static void setup_ask(void *ctx);

static void on_setup(void *ctx, const struct problem *p, const struct store_setup *setup)
{
	struct flow *flow = ctx;
	flow->setup_asked = false;
	if (setup)
		setup_keep(flow, setup);
	if (p && !flow->setup_timer)
		flow->setup_timer = loop_after(flow->o.loop, SETUP_AGAIN, setup_ask, flow);
}

static void setup_ask(void *ctx)
{
	struct flow *flow = ctx;
	flow->setup_timer = NULL;
	if (flow->setup_asked)
		return;
	flow->setup_asked = true;
	store_setup(flow->store, on_setup, flow);
}

void setup_read_again(struct flow *flow)
{
	loop_timer_cancel(&flow->setup_timer);
	setup_ask(flow);
}

const struct store_utility *setup_utility(const struct flow *flow, const char *code)
{
	for (size_t i = 0; i < flow->setup.utility_count; i++)
		if (str_equal(flow->setup.utilities[i].code, code))
			return &flow->setup.utilities[i];
	return NULL;
}

const struct store_utility *setup_utility_by_id(const struct flow *flow, const char *id)
{
	for (size_t i = 0; i < flow->setup.utility_count; i++)
		if (str_equal(flow->setup.utilities[i].id.text, id))
			return &flow->setup.utilities[i];
	return NULL;
}

const struct zone *zone_of(const struct flow *flow, const char *utility_id)
{
	const struct store_utility *u = setup_utility_by_id(flow, utility_id);
	const struct zone *zone = u ? zone_get(u->zone, NULL) : NULL;
	return zone ? zone : zone_get("Europe/Rome", NULL);
}

/* ---- opening and closing ---- */

static void on_change(void *ctx, int64_t seq)
{
	struct flow *flow = ctx;
	if (flow->watching)
		watching_announced(flow->watching, seq);
	warner_changed(flow->warner);
}

static void on_moved(void *ctx, const char *crew)
{
	struct flow *flow = ctx;
	if (flow->watching)
		watching_moved(flow->watching, crew);
}

static void on_link(void *ctx, bool listening)
{
	struct flow *flow = ctx;
	if (flow->watching)
		watching_link(flow->watching, listening);
	if (listening)
		warner_changed(flow->warner);
}

struct flow *flow_open(const struct flow_options *options)
{
	struct flow *flow = mem_zero(1, sizeof *flow);
	flow->o = *options;
	flow->work = work_open(options->loop, "sums", 3);
	flow->store = store_open(
	    &(struct store_options){.loop = options->loop,
	                            .url = options->conf->database_url,
	                            .connections = options->conf->database_connections,
	                            .deadline = SPAN_MS(options->conf->database_deadline_ms),
	                            .on_change = on_change,
	                            .on_moved = on_moved,
	                            .on_link = on_link,
	                            .ctx = flow});
	flow->sessions = sessions_open(flow);
	flow->drawn = drawn_open();
	flow->roads = roads_open(flow);
	flow->rankings = rankings_open();
	flow->watching = watching_open(flow);
	flow->editions = editions_open(flow);
	flow->warner = warner_open(flow);
	flow->arrivals = arrivals_open(flow);
	setup_ask(flow);
	leader_open(flow);
	return flow;
}

void flow_close(struct flow **at)
{
	struct flow *flow = *at;
	if (!flow)
		return;
	leader_close(flow);
	loop_timer_cancel(&flow->setup_timer);
	roads_stop(flow->roads);
	drawn_stop(flow->drawn);
	work_close(&flow->work);
	store_close(&flow->store);
	loop_timer_cancel(&flow->setup_timer); /* what the store answered while closing may have set it */
	editions_stop(flow->editions);
	watching_close(&flow->watching);
	sessions_close(&flow->sessions);
	while (flow->askings) {
		struct problem p;
		problem_set(&p, PROBLEM_BUSY, "", "the server stops: try again");
		asking_fail(flow->askings, &p);
	}
	warner_close(&flow->warner);
	arrivals_close(&flow->arrivals);
	rankings_close(&flow->rankings);
	drawn_close(&flow->drawn);
	roads_close(&flow->roads);
	editions_close(&flow->editions);
	arena_free(&flow->setup_arena);
	free(flow);
	*at = NULL;
}

bool flow_ready(const struct flow *flow, struct problem *p)
{
	if (!store_ready(flow->store, p))
		return false;
	if (!flow->o.classify)
		return problem_set(p, PROBLEM_BUSY, "", "no charters are loaded");
	if (!flow->setup_known)
		return problem_set(p, PROBLEM_BUSY, "", "utilities and areas are not read yet");
	if (!editions_known(flow->editions))
		return problem_set(p, PROBLEM_BUSY, "", "the editions of the charters are not read yet");
	if (flow_seq(flow) < 0)
		return problem_set(p, PROBLEM_BUSY, "", "the state of the incidents is not read yet");
	return roads_ready(flow->roads) ||
	       problem_set(p, PROBLEM_BUSY, "", "the roads are not known yet");
}

bool flow_knows_roads(const struct flow *flow, struct problem *p)
{
	return !flow->o.router || roads_ready(flow->roads) ||
	       problem_set(p, PROBLEM_BUSY, "roads",
	                   "the closed roads are still being read: try again in a moment");
}

bool flow_is_leader(const struct flow *flow)
{
	return flow->leading;
}

/* ---- setup for pages ---- */

static void add_unique(struct js *list, const char *s)
{
	for (size_t i = 0; i < js_count(list); i++)
		if (str_equal(js_str(js_at(list, i)), s))
			return;
	js_push_str(list, s);
}

static void add_kinds(struct js *kinds, const struct charter *charter, const char *service)
{
	for (size_t r = 0; charter && r < charter->row_count; r++) {
		const struct charter_row *row = &charter->rows[r];
		bool known = !row->kind_it || !str_equal(row->service, service);
		for (size_t i = 0; i < js_count(kinds) && !known; i++)
			known = str_equal(js_find_str(js_at(kinds, i), "kind"), row->kind_it);
		if (known)
			continue;
		struct js *kind = js_object();
		js_set_str(kind, "kind", row->kind_it);
		js_set_str(kind, "kind_en", row->kind_en);
		js_set_str(kind, "icon", row->icon);
		js_set_str(kind, "service", row->service);
		js_push(kinds, kind);
	}
}

static struct js *utility_setup(const struct flow *flow, size_t index)
{
	const struct store_utility *u = &flow->setup.utilities[index];
	struct js *o = js_object(), *services = js_array(), *towns = js_array(),
	          *charters = js_array(), *kinds = js_array();
	js_set_str(o, "id", u->id.text);
	js_set_str(o, "code", u->code);
	js_set_str(o, "name", u->name);
	js_set_str(o, "phone", u->phone);
	js_set_str(o, "site", u->site);
	for (size_t i = 0; i < flow->setup.area_count; i++) {
		const struct store_area *a = &flow->setup.areas[i];
		if (a->utility != index)
			continue;
		add_unique(services, a->service);
		add_unique(towns, a->municipality);
		add_unique(charters, a->charter);
		add_kinds(kinds, classify_charter(flow->o.classify, a->charter), a->service);
	}
	js_set(o, "services", services);
	js_set(o, "municipalities", towns);
	js_set(o, "charters", charters);
	js_set(o, "kinds", kinds);
	return o;
}

struct js *flow_public_setup(struct flow *flow)
{
	struct js *o = js_object(), *utilities = js_array();
	for (size_t i = 0; i < flow->setup.utility_count; i++)
		js_push(utilities, utility_setup(flow, i));
	js_set(o, "utilities", utilities);
	js_set_instant(o, "now", instant_now(), zone_get("Europe/Rome", NULL));
	return o;
}

static struct js *charter_setup(const struct charter *c)
{
	static const char *const publics[] = {"no", "yes", "ask"};
	static const char *const sources[] = {"printed", "restored", "inferred"};
	struct js *o = js_object(), *classes = js_array(), *rows = js_array();
	const char *start = NULL;
	js_set_str(o, "code", c->code);
	js_set_str(o, "name", c->name);
	for (size_t i = 0; i < c->class_count; i++) {
		const struct charter_class *k = &c->classes[i];
		struct js *one = js_object();
		js_set_str(one, "code", k->code);
		js_set_str(one, "label", k->label_it);
		js_set_str(one, "short", k->short_it);
		js_set_str(one, "said", k->said_it);
		js_set_int(one, "urgency_rank", k->urgency_rank);
		js_push(classes, one);
		for (size_t t = 0; t < k->target_count && !start; t++)
			if (k->targets[t].first && k->targets[t].source == SOURCE_CHARTER)
				start = target_start_name(k->targets[t].start);
	}
	for (size_t i = 0; i < c->row_count; i++) {
		const struct charter_row *r = &c->rows[i];
		struct js *one = js_object();
		js_set_str(one, "code", r->code);
		js_set_str(one, "text", r->text);
		js_set_str(one, "section", r->section);
		js_set_str(one, "class", r->class_code);
		js_set_str(one, "kind", r->kind_it);
		js_set_str(one, "icon", r->icon);
		js_set_str(one, "service", r->service);
		js_set_str(one, "public", publics[r->is_public]);
		js_set_number(one, "certainty", r->certainty, 2);
		js_set_str(one, "class_source", sources[r->class_source]);
		js_push(rows, one);
	}
	js_set(o, "classes", classes);
	js_set(o, "rows", rows);
	js_set_bool(o, "tell_class", c->tell_class_to_reporter);
	js_set_bool(o, "condition_traffic", c->condition_traffic);
	js_set_str(o, "start", start ? start : "received");
	return o;
}

static bool charter_in_scope(const struct flow *flow, const struct user *who, const char *charter)
{
	for (size_t i = 0; i < flow->setup.area_count; i++) {
		const struct store_area *a = &flow->setup.areas[i];
		if (str_equal(a->charter, charter) &&
		    user_may_see(who, flow->setup.utilities[a->utility].id.text))
			return true;
	}
	return false;
}

static struct js *user_json(const struct user *who)
{
	struct js *user = js_object();
	js_set_str(user, "id", who->id.text);
	js_set_str(user, "login", who->login);
	js_set_str(user, "name", who->name);
	js_set_str(user, "role", role_name(who->role));
	return user;
}

static void desk_setup_now(void *ctx)
{
	struct asking *a = ctx;
	struct flow *flow = a->flow;
	struct js *o = js_object(), *utilities = js_array(), *charters = js_array();
	js_set_instant(o, "now", instant_now(), zone_of(flow, a->user.utilities[0].text));
	js_set_int(o, "seq", flow_seq(flow));
	js_set(o, "user", user_json(&a->user));
	for (size_t i = 0; i < flow->setup.utility_count; i++)
		if (user_may_see(a->who, flow->setup.utilities[i].id.text))
			js_push(utilities, utility_setup(flow, i));
	const struct charter *const *all;
	size_t count = classify_charters(flow->o.classify, &all);
	for (size_t i = 0; i < count; i++)
		if (charter_in_scope(flow, a->who, all[i]->code))
			js_push(charters, charter_setup(all[i]));
	js_set(o, "utilities", utilities);
	js_set(o, "charters", charters);
	asking_answer(a, o);
}

void flow_desk_setup(struct flow *flow, const struct user *who, flow_done_fn *done, void *ctx)
{
	loop_later(flow->o.loop, desk_setup_now, asking_new(flow, who, done, ctx));
}

void flow_metrics(struct flow *flow, struct str *to)
{
	const struct counters *c = &flow->counters;
	const struct {
		const char *name;
		uint64_t value;
	} all[] = {{"reports", c->reports},
	           {"reports_none", c->reports_none},
	           {"reports_unrouted", c->reports_unrouted},
	           {"assignments", c->assigned},
	           {"crew_steps", c->steps},
	           {"crew_steps_not_applied", c->late_steps},
	           {"conflicts", c->conflicts},
	           {"arrivals_met", c->arrivals_met},
	           {"arrivals_missed", c->arrivals_missed},
	           {"offers_expired", c->offers_expired},
	           {"warnings", c->warnings},
	           {"events", c->events}};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		str_addf(
		    to, "# TYPE prontod_%s_total counter\nprontod_%s_total{worker=\"%d\"} %llu\n",
		    all[i].name, all[i].name, flow->o.worker, (unsigned long long)all[i].value);
	struct problem p;
	str_addf(to, "# TYPE prontod_ready gauge\nprontod_ready{worker=\"%d\"} %d\n",
	         flow->o.worker, flow_ready(flow, &p));
	str_addf(to, "# TYPE prontod_leader gauge\nprontod_leader{worker=\"%d\"} %d\n",
	         flow->o.worker, flow->leading);
	str_addf(to, "# TYPE prontod_seq gauge\nprontod_seq{worker=\"%d\"} %lld\n", flow->o.worker,
	         (long long)flow_seq(flow));
	roads_metrics(flow->roads, to);
}

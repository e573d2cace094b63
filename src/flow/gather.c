/*
 * A stretch of the change table becomes events: what was touched is read as it is now, once, and
 * told at its newest change of the stretch. Incidents for the desk and the public, crews for the
 * desk, assignments for the crew that has them.
 */
#include "watch.h"

#include "base/log.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

struct gather {
	struct flow *flow;
	struct arena *arena;
	struct store_change *changes;
	size_t count;
	int64_t seq, head;
	struct live_event *events;
	size_t event_count, event_room;
	struct incident *incidents; /* borrowed, only while on_incidents runs to the end */
	size_t incident_count;
	gather_fn *done;
	void *ctx;
};

static void gather_end(struct gather *g, const struct problem *p)
{
	struct gathered result = {g->events, g->event_count, g->seq, g->head, g->count};
	g->done(g->ctx, p, p ? NULL : &result, g->incidents, g->incident_count);
	for (size_t i = 0; i < g->event_count; i++)
		free((char *)(uintptr_t)g->events[i].data);
	free(g->events);
	arena_free(&g->arena);
	free(g);
}

static struct live_event *event_add(struct gather *g, int64_t seq, enum live_eye eye,
                                    const char *name, struct str *line)
{
	if (g->event_count == g->event_room) {
		g->event_room = g->event_room ? g->event_room * 2 : 16;
		g->events = mem_grow(g->events, g->event_room, sizeof *g->events);
	}
	struct live_event *e = &g->events[g->event_count++];
	/* takes the line */
	*e = (struct live_event){
	    .seq = seq, .eye = eye, .name = name, .data = line->data, .length = line->length};
	*line = (struct str){0};
	return e;
}

static void event_of(struct live_event *e, struct gather *g, const char *utility_id,
                     const char *utility_code)
{
	str_copy(e->utility, sizeof e->utility, utility_id);
	e->utility_code = arena_str(g->arena, utility_code);
}

static struct live_event *event_json(struct gather *g, int64_t seq, enum live_eye eye,
                                     const char *name, struct js *value)
{
	struct str line = {0};
	live_line(seq, name, value, &line);
	js_free(&value);
	return event_add(g, seq, eye, name, &line);
}

/* Newest change of this stretch about an object; 0: none. what: also of this name (NULL: any). */
static int64_t last_about(const struct gather *g, size_t offset, const char *id, const char *what)
{
	for (size_t i = g->count; i-- > 0;) {
		const struct store_change *c = &g->changes[i];
		if (strcmp((const char *)c + offset, id) == 0 &&
		    (!what || strcmp(c->what, what) == 0))
			return c->seq;
	}
	return 0;
}

#define ABOUT(g, member, id, what) last_about(g, offsetof(struct store_change, member), id, what)

/* Each warning by itself: it is told once, and a later one does not stand in for it. */
static void warning_events(struct gather *g, struct incident *i)
{
	for (size_t n = 0; n < g->count; n++) {
		const struct store_change *c = &g->changes[n];
		if (!c->payload || strcmp(c->incident, i->id.text) != 0)
			continue;
		event_of(event_json(g, c->seq, LIVE_EYE_DESK, "warning",
		                    view_warning(g->flow, i, c->payload)),
		         g, i->utility.text, i->utility_code);
	}
}

static void incident_events(struct gather *g, struct incident *i)
{
	int64_t seq = ABOUT(g, incident, i->id.text, NULL);
	if (!seq)
		return;
	event_of(event_json(g, seq, LIVE_EYE_DESK, "incident", view_incident(g->flow, i, false)), g,
	         i->utility.text, i->utility_code);
	struct js *shown = view_public(g->flow, i);
	if (shown) {
		event_of(event_json(g, seq, LIVE_EYE_PUBLIC, "incident", shown), g, i->utility.text,
		         i->utility_code);
	} else if (ABOUT(g, incident, i->id.text, "unpublished")) {
		struct str line = {0};
		live_removed_line(seq, i, &line);
		event_of(event_add(g, seq, LIVE_EYE_PUBLIC, "incident", &line), g, i->utility.text,
		         i->utility_code);
	}
}

/* A crew sees its assignment anew when that moves, or when the incident under it does. */
static void assignment_events(struct gather *g, struct incident *i)
{
	for (size_t n = 0; n < i->assignment_count; n++) {
		const struct assignment *a = &i->assignments[n];
		int64_t seq = ABOUT(g, object, a->id.text, NULL);
		if (!seq && assignment_is_open(a->state))
			seq = ABOUT(g, incident, i->id.text, NULL);
		if (!seq)
			continue;
		struct live_event *e =
		    event_json(g, seq, LIVE_EYE_CREW, "assignment", view_assignment(g->flow, i, a));
		event_of(e, g, i->utility.text, i->utility_code);
		str_copy(e->crew, sizeof e->crew, a->crew.text);
	}
}

static int by_seq(const void *a, const void *b)
{
	const struct live_event *x = a, *y = b;
	return x->seq < y->seq ? -1 : x->seq > y->seq ? 1 : (int)x->eye - (int)y->eye;
}

static void on_crews(void *ctx, const struct problem *p, const struct store_crews *found)
{
	struct gather *g = ctx;
	for (size_t i = 0; !p && i < found->count; i++) {
		const struct crew *c = &found->list[i];
		int64_t seq = ABOUT(g, crew, c->id.text, NULL);
		struct js *view = live_crew(c, zone_of(g->flow, c->utility.text), instant_now());
		if (seq)
			event_of(event_json(g, seq, LIVE_EYE_DESK, "crew", view), g,
			         c->utility.text, c->utility_code);
		else
			js_free(&view);
	}
	if (!p && g->event_count)
		qsort(g->events, g->event_count, sizeof *g->events, by_seq);
	gather_end(g, p);
}

/* "{id,id}" of what the changes name; NULL: none. */
static const char *ids_of(struct gather *g, size_t offset)
{
	struct str ids = {0};
	for (size_t i = 0; i < g->count; i++) {
		const char *id = (const char *)&g->changes[i] + offset;
		if (*id && last_about(g, offset, id, NULL) == g->changes[i].seq)
			str_addf(&ids, "%s%s", ids.length ? "," : "{", id);
	}
	if (ids.length)
		str_addc(&ids, '}');
	const char *text = arena_str(g->arena, ids.data);
	str_fini(&ids);
	return text;
}

static void ask_crews(struct gather *g)
{
	const char *ids = ids_of(g, offsetof(struct store_change, crew));
	static const struct store_crews none = {0};
	if (ids)
		store_crews(g->flow->store, NULL, ids, NULL, on_crews, g);
	else
		on_crews(g, NULL, &none);
}

/* Kept for the snapshot: only what the public view and its order need lives on, in our arena. */
static void incidents_keep(struct gather *g, const struct store_incidents *found)
{
	g->incident_count = found->count;
	g->incidents = arena_take(g->arena, (found->count + 1) * sizeof *g->incidents);
	for (size_t n = 0; n < found->count; n++) {
		struct incident *to = &g->incidents[n];
		incident_copy_public(g->arena, &found->list[n], to);
	}
}

static void on_incidents(void *ctx, const struct problem *p, const struct store_incidents *found)
{
	struct gather *g = ctx;
	if (p) {
		gather_end(g, p);
		return;
	}
	for (size_t n = 0; n < found->count; n++) {
		incident_events(g, &found->list[n]);
		warning_events(g, &found->list[n]);
		assignment_events(g, &found->list[n]);
	}
	incidents_keep(g, found);
	ask_crews(g);
}

static bool needs_words(const struct gather *g)
{
	for (size_t i = 0; i < g->count; i++)
		if (strcmp(g->changes[i].kind, "assignment") == 0 ||
		    strcmp(g->changes[i].what, "classified") == 0)
			return true;
	return false;
}

static void changes_keep(struct gather *g, const struct store_changes *changes)
{
	g->count = changes->count;
	g->changes = arena_take(g->arena, (g->count + 1) * sizeof *g->changes);
	for (size_t i = 0; i < g->count; i++) {
		g->changes[i] = changes->list[i];
		g->changes[i].what = arena_str(g->arena, changes->list[i].what);
		g->changes[i].kind = arena_str(g->arena, changes->list[i].kind);
		g->changes[i].payload = arena_str(g->arena, changes->list[i].payload);
	}
	g->head = changes->head;
	if (g->count)
		g->seq = g->changes[g->count - 1].seq;
}

/* A report that waits without an incident, or waits no longer: desks read their list again. */
static void report_events(struct gather *g)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct store_change *c = &g->changes[i];
		if (strcmp(c->kind, "report") != 0 || (*c->incident && strcmp(c->what, "routed") != 0))
			continue;
		struct js *o = js_object();
		js_set_str(o, "id", c->object);
		event_json(g, c->seq, LIVE_EYE_DESK, "report", o);
	}
}

static bool is_about_roads(const struct store_change *c)
{
	return strcmp(c->kind, "closure") == 0 || strcmp(c->kind, "roads") == 0;
}

/* Closures and profile belong to nobody: every desk and crew hears that they were changed. */
static void road_events(struct gather *g)
{
	static const enum live_eye eyes[] = {LIVE_EYE_DESK, LIVE_EYE_CREW};
	struct js *metric = js_string(roads_metric(g->flow));
	for (size_t i = 0; i < g->count; i++) {
		for (size_t k = 0; is_about_roads(&g->changes[i]) && k < 2; k++) {
			struct str line = {0};
			live_line(g->changes[i].seq, "metric", metric, &line);
			event_add(g, g->changes[i].seq, eyes[k], "roads", &line);
		}
	}
	js_free(&metric);
}

/* What is not an incident's: people, utilities, roads. */
static void others_heed(struct gather *g)
{
	bool roads = false;
	for (size_t i = 0; i < g->count; i++) {
		if (strcmp(g->changes[i].kind, "account") == 0)
			sessions_forget(g->flow->sessions, g->changes[i].object);
		else if (strcmp(g->changes[i].kind, "utility") == 0)
			setup_read_again(g->flow);
		roads = roads || is_about_roads(&g->changes[i]);
	}
	if (roads)
		roads_look(g->flow->roads);
}

static void on_changes(void *ctx, const struct problem *p, const struct store_changes *changes)
{
	struct gather *g = ctx;
	if (p) {
		gather_end(g, p);
		return;
	}
	changes_keep(g, changes);
	others_heed(g);
	report_events(g);
	road_events(g);
	const char *ids = ids_of(g, offsetof(struct store_change, incident));
	if (!ids) {
		ask_crews(g);
		return;
	}
	struct store_query q = {.ids = ids, .full = needs_words(g)};
	incidents_read(g->flow, NULL, &q, on_incidents, g);
}

void gather_start(struct flow *flow, int64_t after, int limit, gather_fn *done, void *ctx)
{
	struct gather *g = mem_zero(1, sizeof *g);
	*g = (struct gather){
	    .flow = flow, .arena = arena_new(), .seq = after, .done = done, .ctx = ctx};
	store_changes(flow->store, after, limit, on_changes, g);
}

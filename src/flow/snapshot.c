/*
 * LIVE as it is now, in memory: published incidents, open or over since less than a day, and the
 * bytes made of them for each utility and for all. It answers also while the database is away.
 */
#include "watch.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

#define REMADE_AFTER SPAN_S(5) /* «late» moves with time */

struct shown {
	struct incident incident; /* its own few strings, in `arena` */
	struct arena *arena;
};

struct made {
	struct made *next;
	char *utility; /* NULL: all */
	struct str bytes;
	struct js *json;
	int64_t version, seq;
	struct instant at;
};

struct snapshot {
	struct flow *flow;
	struct shown **list;
	size_t count, room;
	int64_t version; /* moves with every change of the list */
	struct made *made;
};

/* Since when and why; never who, and no words that were typed. */
static const struct clock_event *event_copy_public(struct arena *arena,
                                                   const struct clock_event *from)
{
	if (!from)
		return NULL;
	struct clock_event *to = arena_take(arena, sizeof *to);
	*to = (struct clock_event){.stops = from->stops, .cause = from->cause, .from = from->from};
	return to;
}

void incident_copy_public(struct arena *arena, const struct incident *from, struct incident *to)
{
	*to = *from;
	const char **const strings[] = {&to->utility_code, &to->utility_name, &to->charter,
	                                &to->row,          &to->class_code,   &to->public_text,
	                                &to->municipality, &to->area};
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
		*strings[i] = arena_str(arena, *strings[i]);
	to->address = to->landmark = NULL;
	to->targets =
	    from->target_count ? arena_take(arena, from->target_count * sizeof *to->targets) : NULL;
	for (size_t i = 0; i < from->target_count; i++) {
		to->targets[i] = from->targets[i];
		to->targets[i].rule = to->targets[i].quote = to->targets[i].section = NULL;
		to->targets[i].result = to->targets[i].told_it = to->targets[i].told_en = NULL;
		to->targets[i].charter = arena_str(arena, from->targets[i].charter);
		to->targets[i].edition = arena_str(arena, from->targets[i].edition);
		to->targets[i].digest = arena_str(arena, from->targets[i].digest);
		to->targets[i].row = to->targets[i].class_code = NULL;
		to->targets[i].paused = event_copy_public(arena, from->targets[i].paused);
		to->targets[i].excuse = NULL;
		to->targets[i].excused_by = NULL;
	}
	to->assignments = NULL;
	to->reports = NULL;
	to->changes = NULL;
	to->events = NULL;
	to->past = NULL;
	to->event_count = to->past_count = 0;
	to->assignment_count = to->reports_loaded = to->change_count = 0;
}

struct snapshot *snapshot_new(struct flow *flow)
{
	struct snapshot *s = mem_zero(1, sizeof *s);
	s->flow = flow;
	return s;
}

static void shown_free(struct shown *e)
{
	arena_free(&e->arena);
	free(e);
}

void snapshot_free(struct snapshot **at)
{
	struct snapshot *s = *at;
	if (!s)
		return;
	for (size_t i = 0; i < s->count; i++)
		shown_free(s->list[i]);
	for (struct made *m = s->made, *next; m; m = next) {
		next = m->next;
		js_free(&m->json);
		str_fini(&m->bytes);
		free(m->utility);
		free(m);
	}
	free(s->list);
	free(s);
	*at = NULL;
}

static struct live_facts facts_of(const struct snapshot *s, const struct incident *i)
{
	return (struct live_facts){.incident = i,
	                           .charter = edition_of_incident(s->flow, i),
	                           .zone = zone_of(s->flow, i->utility.text),
	                           .now = instant_now()};
}

static void take_out(struct snapshot *s, size_t index)
{
	shown_free(s->list[index]);
	memmove(&s->list[index], &s->list[index + 1], (s->count - index - 1) * sizeof *s->list);
	s->count--;
	s->version++;
}

/* Where it belongs in the order of the list. */
static void put_in(struct snapshot *s, struct shown *e)
{
	if (s->count == s->room) {
		s->room = s->room ? s->room * 2 : 64;
		s->list = mem_grow(s->list, s->room, sizeof *s->list);
	}
	struct live_facts mine = facts_of(s, &e->incident);
	size_t at = s->count;
	for (; at > 0; at--) {
		struct live_facts other = facts_of(s, &s->list[at - 1]->incident);
		if (live_public_compare(&other, &mine) <= 0)
			break;
		s->list[at] = s->list[at - 1];
	}
	s->list[at] = e;
	s->count++;
	s->version++;
}

void snapshot_put(struct snapshot *s, const struct incident *i)
{
	for (size_t n = 0; n < s->count; n++) {
		if (strcmp(s->list[n]->incident.id.text, i->id.text) == 0) {
			take_out(s, n);
			break;
		}
	}
	struct live_facts f = facts_of(s, i);
	if (!live_is_public(&f))
		return;
	struct shown *e = mem_zero(1, sizeof *e);
	e->arena = arena_new();
	incident_copy_public(e->arena, i, &e->incident);
	put_in(s, e);
}

void snapshot_age(struct snapshot *s, struct instant now, snapshot_gone_fn *gone, void *ctx)
{
	for (size_t n = s->count; n-- > 0;) {
		struct live_facts f = facts_of(s, &s->list[n]->incident);
		f.now = now;
		if (live_is_public(&f))
			continue;
		gone(ctx, &s->list[n]->incident);
		take_out(s, n);
	}
}

/* ---- bytes ---- */

static struct made *made_find(struct snapshot *s, const char *utility)
{
	for (struct made *m = s->made; m; m = m->next)
		if (str_equal(m->utility, utility))
			return m;
	struct made *m = mem_zero(1, sizeof *m);
	m->utility = mem_str(utility);
	m->version = -1;
	m->next = s->made;
	s->made = m;
	return m;
}

static void make(struct snapshot *s, struct made *m, int64_t seq)
{
	struct js *o = js_object(), *list = js_array();
	m->at = instant_now();
	js_set_instant(o, "generated_at", m->at, zone_get("Europe/Rome", NULL));
	js_set_int(o, "seq", seq);
	for (size_t i = 0; i < s->count; i++) {
		struct live_facts f = facts_of(s, &s->list[i]->incident);
		if (!m->utility || str_equal(s->list[i]->incident.utility_code, m->utility))
			js_push(list, live_public(&f));
	}
	js_set(o, "incidents", list);
	js_free(&m->json);
	m->json = o;
	str_clear(&m->bytes);
	js_write(o, &m->bytes);
	m->version = s->version;
	m->seq = seq;
}

void snapshot_show(struct snapshot *s, const char *utility, int64_t seq, struct flow_live *out)
{
	struct made *m = made_find(s, utility);
	bool old = instant_since(instant_now(), m->at).us > REMADE_AFTER.us;
	if (m->version != s->version || m->seq != seq || old)
		make(s, m, seq);
	out->bytes = str_text(&m->bytes);
	out->length = m->bytes.length;
	out->json = m->json;
	out->seq = seq;
}

/*
 * Incidents, read: one statement gives each with its promises and crews as aggregated JSON, so that
 * a list is one snapshot. What a dispatcher decides about them is written in decision.c.
 */
#include "read.h"

#include <stdlib.h>
#include <string.h>

struct asked {
	store_incidents_fn *done;
	void *ctx;
	bool full;
	int limit; /* 0: no list, no cursor */
};

#define INCIDENT_COLUMNS                                                                          \
	"i.id, i.utility_id, u.code, u.name, i.number, i.version, "                               \
	"(SELECT max(h.seq) FROM change h WHERE h.incident_id = i.id), i.charter, i.state, "      \
	"i.disposition, i.fault_row, i.fault_class, i.confidence, i.needs_review, "               \
	"i.published_at IS NOT NULL, i.public_text, i.address, i.landmark, i.municipality, "      \
	"i.area, "                                                                                \
	"i.lat, i.lon, i.point_confirmed, i.confirmed_at, i.opened_at, i.updated_at, "            \
	"i.told_at, i.arrived_at, "                                                               \
	"i.made_safe_at, "                                                                        \
	"i.restored_at, i.closed_at, "                                                            \
	"(SELECT count(*) FROM report r WHERE r.incident_id = i.id), "                            \
	"(SELECT jsonb_agg(to_jsonb(t) || jsonb_build_object('warned', (SELECT max(w.percent) "   \
	"FROM clock_warning w WHERE w.target_id = t.id)) ORDER BY t.due_at, t.id) "               \
	"FROM report_target t "                                                                   \
	"JOIN report r ON r.id = t.report_id WHERE r.incident_id = i.id AND t.superseded_at IS "  \
	"NULL), "                                                                                 \
	"(SELECT jsonb_agg(to_jsonb(a) || jsonb_build_object('crew_name', c.name, 'crew_phone', " \
	"c.phone, 'recalled_name', x.name, 'position_at', p.at) ORDER BY a.offered_at, a.id) "    \
	"FROM assignment a JOIN crew c ON c.id = a.crew_id "                                      \
	"LEFT JOIN account x ON x.id = a.recalled_by "                                            \
	"LEFT JOIN crew_position p ON p.crew_id = a.crew_id "                                     \
	"WHERE a.incident_id = i.id), "                                                           \
	"(SELECT jsonb_agg(to_jsonb(e) || jsonb_build_object('by_name', x.name, 'ended_name', "   \
	"y.name) ORDER BY e.from_at, e.id) FROM clock_event e "                                   \
	"LEFT JOIN account x ON x.id = e.by_id LEFT JOIN account y ON y.id = e.ended_by "         \
	"WHERE e.incident_id = i.id)"
/* $1, $2: the caller's scope */
#define INCIDENT_SELECT                                                                        \
	"SELECT " INCIDENT_COLUMNS " FROM incident i JOIN utility u ON u.id = i.utility_id "   \
	"WHERE ($1::uuid[] IS NULL OR i.utility_id = ANY ($1::uuid[]) OR EXISTS (SELECT FROM " \
	"assignment s "                                                                        \
	"WHERE s.incident_id = i.id AND s.crew_id = $2::uuid)) AND "
/* Lists are the desk's: without the crew's way in, so that an index gives their order. */
#define INCIDENT_LIST                                                                        \
	"SELECT " INCIDENT_COLUMNS " FROM incident i JOIN utility u ON u.id = i.utility_id " \
	"WHERE ($1::uuid[] IS NULL OR i.utility_id = ANY ($1::uuid[])) AND $2::uuid IS NULL AND "
#define OPEN "i.state NOT IN ('closed', 'cancelled')"

/* ---- rows into structs ---- */

static void assignment_read(struct arena *arena, const struct js *o, struct assignment *a)
{
	member_id(o, "id", a->id.text);
	member_id(o, "incident_id", a->incident.text);
	member_id(o, "utility_id", a->utility.text);
	member_id(o, "crew_id", a->crew.text);
	a->crew_name = member_text(arena, o, "crew_name");
	a->crew_phone = member_text(arena, o, "crew_phone");
	must(assignment_state_parse(js_find_str(o, "state"), &a->state));
	a->version = js_int(js_find(o, "version"), 0);
	a->offered_at = member_instant(o, "offered_at");
	a->accepted_at = member_instant(o, "accepted_at");
	a->departed_at = member_instant(o, "departed_at");
	a->arrived_at = member_instant(o, "arrived_at");
	a->made_safe_at = member_instant(o, "made_safe_at");
	a->restored_at = member_instant(o, "restored_at");
	a->left_at = member_instant(o, "left_at");
	a->ended_at = member_instant(o, "ended_at");
	a->eta_at = member_instant(o, "eta_at");
	a->cut_off_at = member_instant(o, "cut_off_at");
	a->eta_s = js_int(js_find(o, "eta_s"), -1);
	a->declined_reason = member_text(arena, o, "declined_reason");
	a->outcome = member_text(arena, o, "outcome");
	a->forced_reason = member_text(arena, o, "forced_reason");
	a->position_at = member_instant(o, "position_at");
	a->recalled_by = member_text(arena, o, "recalled_name");
	member_id(o, "ranking_id", a->ranking.text);
}

static void children_read(struct row *r, struct incident *i)
{
	struct js *targets = row_json(r);
	i->targets = targets_read(r->arena, targets, &i->target_count);
	js_free(&targets);
	struct js *assignments = row_json(r);
	i->assignment_count = js_count(assignments);
	i->assignments = i->assignment_count
	                     ? arena_take(r->arena, i->assignment_count * sizeof *i->assignments)
	                     : NULL;
	for (size_t n = 0; n < i->assignment_count; n++)
		assignment_read(r->arena, js_at(assignments, n), &i->assignments[n]);
	js_free(&assignments);
	struct js *events = row_json(r);
	i->events = events_read(r->arena, events, &i->event_count);
	js_free(&events);
}

static void incident_read(struct row *r, struct incident *i)
{
	row_id(r, i->id.text);
	row_id(r, i->utility.text);
	i->utility_code = row_text(r);
	i->utility_name = row_text(r);
	str_copy(i->number, sizeof i->number, row_text(r));
	i->version = row_int(r);
	i->seq = row_int(r);
	i->charter = row_text(r);
	must(incident_state_parse(row_text(r), &i->state));
	must(disposition_parse(row_text(r), &i->disposition));
	i->row = row_text(r);
	i->class_code = row_text(r);
	i->confidence = row_number(r);
	i->needs_review = row_bool(r);
	i->published = row_bool(r);
	i->public_text = row_text(r);
	i->address = row_text(r);
	i->landmark = row_text(r);
	i->municipality = row_text(r);
	i->area = row_text(r);
	i->point = row_point(r);
	i->point_confirmed = row_bool(r);
	i->confirmed_at = row_instant(r);
	i->opened_at = row_instant(r);
	i->updated_at = row_instant(r);
	i->told_at = row_instant(r);
	i->arrived_at = row_instant(r);
	i->made_safe_at = row_instant(r);
	i->restored_at = row_instant(r);
	i->closed_at = row_instant(r);
	i->report_count = row_int(r);
	children_read(r, i);
}

static void change_read(struct row *r, struct incident_change *c)
{
	row_text(r); /* the incident */
	c->seq = row_int(r);
	c->at = row_instant(r);
	c->recorded_at = row_instant(r);
	c->who = row_text(r);
	c->what = row_text(r);
	c->why = row_text(r);
}

static void past_read(struct row *r, struct past_target *t)
{
	row_text(r); /* the incident */
	struct js *target = row_json(r);
	member_id(target, "report_id", t->report);
	t->target = target_read(r->arena, target);
	t->superseded_at = member_instant(target, "superseded_at");
	js_free(&target);
	t->who = row_text(r);
	t->why = row_text(r);
}

static void past_targets_read(const struct db_answer *answer, struct arena *arena,
                              struct incident *i)
{
	size_t count = db_rows(answer, 3);
	i->past = arena_take(arena, (count + 1) * sizeof *i->past);
	for (size_t n = 0; n < count; n++)
		if (strcmp(db_value(answer, 3, n, 0), i->id.text) == 0)
			past_read(&(struct row){.answer = answer,
			                        .arena = arena,
			                        .statement = 3,
			                        .row = n},
			          &i->past[i->past_count++]);
}

/* Reports and history of all incidents found, each statement ordered by incident. */
static void full_read(const struct db_answer *answer, struct arena *arena, struct incident *i)
{
	size_t reports = db_rows(answer, 1), changes = db_rows(answer, 2);
	i->reports = arena_take(arena, (reports + 1) * sizeof *i->reports);
	i->changes = arena_take(arena, (changes + 1) * sizeof *i->changes);
	for (size_t n = 0; n < reports; n++) {
		struct row r = {.answer = answer, .arena = arena, .statement = 1, .row = n};
		struct report *to = &i->reports[i->reports_loaded];
		report_read(&r, to);
		if (strcmp(to->incident.text, i->id.text) == 0)
			i->reports_loaded++;
		else
			memset(to, 0, sizeof *to);
	}
	for (size_t n = 0; n < changes; n++)
		if (strcmp(db_value(answer, 2, n, 0), i->id.text) == 0)
			change_read(
			    &(struct row){
			        .answer = answer, .arena = arena, .statement = 2, .row = n},
			    &i->changes[i->change_count++]);
	past_targets_read(answer, arena, i);
}

/* ---- answers ---- */

static void on_incidents(void *ctx, const struct db_answer *answer)
{
	struct asked *a = ctx;
	struct problem p;
	struct store_incidents found = {0};
	struct arena *arena = arena_new();
	bool ok = db_check(answer, DB_READ, &p);
	if (ok) {
		found.count = db_rows(answer, 0);
		found.list = arena_take(arena, (found.count + 1) * sizeof *found.list);
		for (size_t n = 0; n < found.count; n++) {
			incident_read(&(struct row){.answer = answer, .arena = arena, .row = n},
			              &found.list[n]);
			if (a->full)
				full_read(answer, arena, &found.list[n]);
		}
		if (a->limit && found.count == (size_t)a->limit)
			found.next = cursor_write(arena, found.list[found.count - 1].opened_at,
			                          found.list[found.count - 1].id.text);
	}
	a->done(a->ctx, ok ? NULL : &p, ok ? &found : NULL);
	arena_free(&arena);
	free(a);
}

/* ---- questions ---- */

static const char *const by_ids = INCIDENT_SELECT "i.id = ANY ($3::uuid[]) ORDER BY i.id";
static const char *const by_id = INCIDENT_SELECT "i.id = $3";
static const char *const by_assignment =
    INCIDENT_SELECT "i.id = (SELECT incident_id FROM assignment WHERE id = $3)";
static const char *const by_crew =
    INCIDENT_SELECT "i.id IN (SELECT a.incident_id FROM assignment a WHERE a.crew_id = $3 "
                    "AND (a.ended_at IS NULL OR a.ended_at >= $4)) ORDER BY i.opened_at";
static const char *const by_shown =
    INCIDENT_SELECT "i.published_at IS NOT NULL AND coalesce(i.closed_at, 'infinity') >= $3 "
                    "ORDER BY i.id";
static const char *const by_driving =
    INCIDENT_SELECT OPEN " AND EXISTS (SELECT FROM assignment a WHERE a.incident_id = i.id "
                         "AND a.state = 'en_route') ORDER BY i.id LIMIT 500";
static const char *const by_expired =
    INCIDENT_SELECT "i.id IN (SELECT a.incident_id FROM assignment a WHERE a.state = 'offered' AND "
                    "a.offered_at < $3)";
/* By the next percentage of each running promise, from its due instant as it was stored: pauses only
 * push it later. Over once all were told. The first to come first, those that are held last, and no
 * more than one transaction tells. */
static const char *const by_warnable = INCIDENT_SELECT
    "i.id IN (SELECT o.id FROM incident o JOIN report r ON r.incident_id = o.id "
    "JOIN report_target t ON t.report_id = r.id, "
    "LATERAL (SELECT coalesce(max(c.percent), 0) AS told FROM clock_warning c "
    "WHERE c.target_id = t.id) w, "
    "LATERAL (SELECT t.start_at + (t.due_at - t.start_at) * CASE w.told WHEN 0 THEN 0.5 "
    "WHEN 50 THEN 0.8 WHEN 80 THEN 1.0 END AS at) next "
    "WHERE o.state NOT IN ('closed', 'cancelled') AND t.stopped_at IS NULL "
    "AND t.superseded_at IS NULL AND (t.first OR t.effective) AND next.at <= $3 "
    "GROUP BY o.id ORDER BY EXISTS (SELECT FROM clock_event e WHERE e.incident_id = o.id "
    "AND e.to_at IS NULL), min(next.at) LIMIT $4)";
static const char *const by_near = INCIDENT_SELECT OPEN
    " AND i.lat BETWEEN $3::float8 - $5::float8 / 111320 AND $3::float8 + $5::float8 / 111320"
    " AND i.lon BETWEEN $4::float8 - $5::float8 / (111320 * cos(radians($3::float8)))"
    " AND $4::float8 + $5::float8 / (111320 * cos(radians($3::float8))) ORDER BY i.opened_at DESC "
    "LIMIT 50";
#define FILTER                                                                           \
	"AND ($4::text IS NULL OR u.code = $4) "                                         \
	"AND ($5::text IS NULL OR strpos(i.number, $5) > 0 OR strpos(lower(i.address), " \
	"lower($5)) > 0 OR strpos(lower(i.area), lower($5)) > 0 "                        \
	"OR strpos(lower(i.municipality), lower($5)) > 0) "                              \
	"AND ($6::timestamptz IS NULL OR (i.opened_at, i.id) < ($6, $7::uuid)) "         \
	"ORDER BY i.opened_at DESC, i.id DESC LIMIT $8::integer"
static const char *const by_open = INCIDENT_LIST OPEN " AND $3::text IS NOT NULL " FILTER;
static const char *const by_filter = INCIDENT_LIST
    "($3::text IS NULL OR i.state = $3 OR ($3 = 'closed' AND i.state = 'cancelled')) " FILTER;

static void ask_filter(struct sql *q, const struct store_query *query)
{
	filter_add(q, query);
	sql_send(q, str_equal(query->state, "open") ? by_open : by_filter);
}

static void add_question(struct sql *q, const struct store_query *query)
{
	if (query->near) {
		sql_point(q, query->point);
		sql_number(q, query->radius_m);
		sql_send(q, by_near);
	} else if (query->id || query->ids || query->assignment) {
		sql_text(q, query->id ? query->id : query->ids ? query->ids : query->assignment);
		sql_send(q, query->id ? by_id : query->ids ? by_ids : by_assignment);
	} else if (query->crew) {
		sql_text(q, query->crew);
		sql_instant(q, query->since);
		sql_send(q, by_crew);
	} else if (query->shown || query->expired) {
		sql_instant(q, query->since);
		sql_send(q, query->shown ? by_shown : by_expired);
	} else if (query->driving) {
		sql_send(q, by_driving);
	} else if (query->warnable) {
		sql_instant(q, query->since);
		sql_int(q, query->limit);
		sql_send(q, by_warnable);
	} else {
		ask_filter(q, query);
	}
}

/* Reports, words and history of the same incidents: one, several, or those a crew is on. */
#define FULL_WHERE(column)                                                                   \
	"CASE WHEN $1::uuid IS NOT NULL THEN " column                                        \
	" = $1 WHEN $2::uuid IS NOT NULL THEN " column                                       \
	" = (SELECT incident_id FROM assignment WHERE id = $2) WHEN $5::uuid[] IS NOT NULL " \
	"THEN " column " = ANY ($5) ELSE " column " IN (SELECT incident_id FROM assignment " \
	"WHERE crew_id = $3::uuid AND (ended_at IS NULL OR ended_at >= $4::timestamptz)) END "

static void full_keys(struct sql *q, const struct store_query *query)
{
	sql_text(q, query->id);
	sql_text(q, query->assignment);
	sql_text(q, query->crew);
	sql_instant(q, query->since);
	sql_text(q, query->ids);
}

static void add_full(struct sql *q, const struct store_query *query)
{
	full_keys(q, query);
	sql_send(q, "SELECT " REPORT_COLUMNS REPORT_FROM
	            "WHERE " FULL_WHERE("r.incident_id") "ORDER BY r.received_at, r.id");
	full_keys(q, query);
	sql_send(
	    q, "SELECT h.incident_id, h.seq, h.at, h.recorded_at, "
	       "coalesce(c.name, x.name, CASE WHEN h.kind = 'report' THEN 'segnalante' ELSE "
	       "'sistema' END), "
	       "h.what, coalesce(k.text, h.why) FROM change h LEFT JOIN account x ON x.id = h.who "
	       "LEFT JOIN crew c ON c.id = x.crew_id LEFT JOIN change_words k ON k.seq = h.seq "
	       "WHERE " FULL_WHERE("h.incident_id") "ORDER BY h.seq");
	full_keys(q, query);
	sql_send(q, "SELECT r.incident_id, to_jsonb(t), x.name, k.text FROM report_target t "
	            "JOIN report r ON r.id = t.report_id "
	            "LEFT JOIN account x ON x.id = t.superseded_by "
	            "LEFT JOIN change_words k ON k.seq = t.superseded_seq "
	            "WHERE t.superseded_at IS NOT NULL AND " FULL_WHERE("r.incident_id")
	            "ORDER BY t.superseded_at, t.due_at, t.id");
}

void store_incidents(struct store *store, const struct user *who, const struct store_query *query,
                     store_incidents_fn *done, void *ctx)
{
	struct asked *a = mem_zero(1, sizeof *a);
	*a = (struct asked){
	    .done = done, .ctx = ctx, .full = query->full, .limit = query->list ? query->limit : 0};
	struct sql q;
	sql_init(&q);
	sql_scope(&q, who);
	add_question(&q, query);
	if (query->full)
		add_full(&q, query);
	db_start(store->db, &q.batch, DB_READ, (struct span){0}, on_incidents, a);
	sql_fini(&q);
}

/* Crews as they are now: duty, newest position, what they are on; and positions coming in. */
#include "sql.h"

#include <stdlib.h>

struct asked {
	store_crews_fn *done;
	store_done_fn *position_done;
	void *ctx;
};

static void skills_read(struct row *r, struct crew *c)
{
	struct js *skills = row_json(r);
	c->skill_count = js_count(skills);
	const char **list = arena_take(r->arena, (c->skill_count + 1) * sizeof *list);
	for (size_t i = 0; i < c->skill_count; i++)
		list[i] = arena_str(r->arena, js_str(js_at(skills, i)));
	c->skills = list;
	js_free(&skills);
}

static void crew_read(struct row *r, struct crew *c)
{
	row_id(r, c->id.text);
	row_id(r, c->utility.text);
	c->utility_code = row_text(r);
	c->name = row_text(r);
	c->phone = row_text(r);
	skills_read(r, c);
	const char *duty = row_text(r);
	c->on_shift = str_equal(duty, "shift");
	c->on_call = str_equal(duty, "on_call");
	c->shift_ends = row_instant(r);
	c->on_call_delay = SPAN_S(row_int(r));
	c->base = row_point(r);
	c->position = row_point(r);
	c->position_at = row_instant(r);
	c->heading = row_number(r);
	c->speed_mps = row_number(r);
	c->open_assignments = (size_t)row_int(r);
	const char *state = row_text(r);
	if (state)
		must(assignment_state_parse(state, &c->assignment_state));
	row_id(r, c->incident.text);
	c->incident_number = row_text(r);
	c->incident_address = row_text(r);
}

static void on_crews(void *ctx, const struct db_answer *answer)
{
	struct asked *a = ctx;
	struct problem p;
	struct store_crews found = {0};
	struct arena *arena = arena_new();
	bool ok = db_check(answer, DB_READ, &p);
	if (ok) {
		found.count = db_rows(answer, 0);
		found.list = arena_take(arena, (found.count + 1) * sizeof *found.list);
		for (size_t i = 0; i < found.count; i++)
			crew_read(&(struct row){.answer = answer, .arena = arena, .row = i},
			          &found.list[i]);
	}
	a->done(a->ctx, ok ? NULL : &p, ok ? &found : NULL);
	arena_free(&arena);
	free(a);
}

static const char crews_sql[] =
    "SELECT c.id, c.utility_id, u.code, c.name, c.phone, array_to_json(c.skills), d.kind, "
    "d.ends_at, "
    "c.on_call_delay_s, c.base_lat, c.base_lon, p.lat, p.lon, p.at, p.heading, p.speed_mps, coalesce(o.n, 0), o.state, "
    "i.id, i.number, "
    "coalesce(i.address, i.area) "
    "FROM crew c JOIN utility u ON u.id = c.utility_id "
    "LEFT JOIN LATERAL crew_duty(c.id, u.zone, now()) d ON true "
    "LEFT JOIN crew_position p ON p.crew_id = c.id "
    "LEFT JOIN LATERAL (SELECT a.state, a.incident_id, count(*) OVER () AS n FROM assignment a "
    "	WHERE a.crew_id = c.id AND a.ended_at IS NULL "
    "	ORDER BY array_position(ARRAY['arrived', 'en_route', 'accepted', 'offered'], a.state), "
    "a.offered_at LIMIT 1) o ON true "
    "LEFT JOIN incident i ON i.id = o.incident_id "
    "WHERE c.active AND ($1::uuid[] IS NULL OR c.utility_id = ANY ($1::uuid[]) OR c.id = $2::uuid "
    "OR EXISTS "
    "(SELECT FROM crew_share s WHERE s.crew_id = c.id AND s.utility_id = ANY ($1::uuid[]))) "
    "AND ($3::uuid[] IS NULL OR c.id = ANY ($3::uuid[])) "
    "AND ($4::uuid IS NULL OR c.utility_id = $4::uuid OR EXISTS (SELECT FROM crew_share s WHERE "
    "s.crew_id = c.id "
    "AND s.utility_id = $4::uuid)) ORDER BY u.code, length(c.name), c.name";

void store_crews(struct store *store, const struct user *who, const char *ids, const char *utility,
                 store_crews_fn *done, void *ctx)
{
	struct asked *a = mem_zero(1, sizeof *a);
	*a = (struct asked){.done = done, .ctx = ctx};
	struct sql q;
	sql_init(&q);
	sql_scope(&q, who);
	sql_text(&q, ids);
	sql_id(&q, utility);
	sql_send(&q, crews_sql);
	db_start(store->db, &q.batch, DB_READ, (struct span){0}, on_crews, a);
	sql_fini(&q);
}

static void on_position(void *ctx, const struct db_answer *answer)
{
	struct asked *a = ctx;
	struct problem p;
	bool ok = db_check(answer, DB_WRITE, &p);
	a->position_done(a->ctx, ok ? NULL : &p);
	free(a);
}

void store_position(struct store *store, const struct user *who, const struct store_fix *fix,
                    store_done_fn *done, void *ctx)
{
	struct asked *a = mem_zero(1, sizeof *a);
	*a = (struct asked){.position_done = done, .ctx = ctx};
	struct sql q;
	sql_init(&q);
	sql_id(&q, who->crew.text);
	sql_instant(&q, fix->fixed_at);
	sql_point(&q, fix->at);
	sql_number(&q, fix->accuracy_m);
	sql_number(&q, fix->speed_mps);
	sql_number(&q, fix->heading);
	sql_send(
	    &q,
	    "WITH n AS (INSERT INTO crew_position AS p (crew_id, utility_id, at, lat, lon, "
	    "accuracy_m, speed_mps, "
	    "heading) SELECT c.id, c.utility_id, $2, $3, $4, $5, $6, $7 FROM crew c WHERE c.id = "
	    "$1 "
	    "ON CONFLICT (crew_id) DO UPDATE SET at = excluded.at, recorded_at = now(), lat = "
	    "excluded.lat, "
	    "lon = excluded.lon, accuracy_m = excluded.accuracy_m, speed_mps = excluded.speed_mps, "
	    "heading = excluded.heading WHERE p.at < excluded.at RETURNING crew_id) "
	    "SELECT pg_notify('moved', crew_id::text) FROM n");
	db_start(store->db, &q.batch, DB_WRITE, (struct span){0}, on_position, a);
	sql_fini(&q);
}

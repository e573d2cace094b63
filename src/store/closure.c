/*
 * Roads as people set them: closures and slow stretches, and the profile chosen by hand. Each act is
 * one transaction on the version that was read, with its link of the chain, by which every worker
 * learns of it. What roads mean for driving times is flow's and map's.
 */
#include "sql.h"

#include <stdlib.h>

/* The profile has one row and no id: its links name this one. */
#define NO_ID "00000000-0000-0000-0000-000000000000"

#define CLOSURE_COLUMNS                                                                           \
	"c.id, c.version, c.points, c.area, c.one_way, c.street, c.speed, c.reason, c.from_at, c.until_at, " \
	"m.name, c.made_at, x.name, c.changed_at"
#define CLOSURE_SELECT                                                      \
	"SELECT " CLOSURE_COLUMNS " FROM closure c "                        \
	"LEFT JOIN account m ON m.id = c.made_by LEFT JOIN account x ON x.id = c.changed_by WHERE "

/* ---- reading ---- */

static void points_read(struct row *r, struct closure *c)
{
	struct js *list = row_json(r);
	c->count = js_count(list);
	struct point *points = arena_take(r->arena, (c->count + 1) * sizeof *points);
	for (size_t i = 0; i < c->count; i++) {
		const struct js *one = js_at(list, i);
		points[i].lat = js_number(js_at(one, 0), 0);
		points[i].lon = js_number(js_at(one, 1), 0);
	}
	c->points = points;
	js_free(&list);
}

static void closure_read(struct row *r, struct closure *c)
{
	row_id(r, c->id.text);
	c->version = row_int(r);
	points_read(r, c);
	c->area = row_bool(r);
	c->one_way = row_bool(r);
	c->street = row_text(r);
	c->speed = db_number(r->answer, r->statement, r->row, r->column++, 0);
	c->reason = row_text(r);
	c->from = row_instant(r);
	c->until = row_instant(r);
	c->made_by = row_text(r);
	c->made_at = row_instant(r);
	c->changed_by = row_text(r);
	c->changed_at = row_instant(r);
}

static struct closure *closures_read(const struct db_answer *answer, size_t statement,
                                     struct arena *arena, size_t *count)
{
	*count = db_rows(answer, statement);
	struct closure *list = arena_take(arena, (*count + 1) * sizeof *list);
	for (size_t i = 0; i < *count; i++)
		closure_read(&(struct row){.answer = answer,
		                           .arena = arena,
		                           .statement = statement,
		                           .row = i},
		             &list[i]);
	return list;
}

struct asked {
	store_closures_fn *closures;
	store_roads_fn *roads;
	void *ctx;
};

static void on_closures(void *ctx, const struct db_answer *answer)
{
	struct asked *a = ctx;
	struct problem p;
	struct arena *arena = arena_new();
	struct closure *list = NULL;
	size_t count = 0;
	bool ok = db_check(answer, DB_READ, &p);
	if (ok)
		list = closures_read(answer, 0, arena, &count);
	a->closures(a->ctx, ok ? NULL : &p, list, count);
	arena_free(&arena);
	free(a);
}

void store_closures(struct store *store, const char *id, struct instant since,
                    store_closures_fn *done, void *ctx)
{
	struct asked *a = mem_zero(1, sizeof *a);
	*a = (struct asked){.closures = done, .ctx = ctx};
	struct sql q;
	sql_init(&q);
	if (id) {
		sql_id(&q, id);
		sql_send(&q, CLOSURE_SELECT "c.id = $1");
	} else {
		sql_instant(&q, since);
		sql_send(&q, CLOSURE_SELECT
		         "coalesce(c.until_at, 'infinity') > $1 ORDER BY c.id LIMIT 2000");
	}
	db_start(store->db, &q.batch, DB_READ, (struct span){0}, on_closures, a);
	sql_fini(&q);
}

static void on_roads(void *ctx, const struct db_answer *answer)
{
	struct asked *a = ctx;
	struct problem p;
	struct arena *arena = arena_new();
	struct store_roads roads = {0};
	bool ok = db_check(answer, DB_READ, &p);
	if (ok) {
		struct row head = {.answer = answer, .arena = arena, .statement = 0};
		struct row profile = {.answer = answer, .arena = arena, .statement = 2};
		roads.seq = row_int(&head);
		roads.closures = closures_read(answer, 1, arena, &roads.count);
		roads.profile = row_text(&profile);
		roads.until = row_instant(&profile);
	}
	a->roads(a->ctx, ok ? NULL : &p, ok ? &roads : NULL);
	arena_free(&arena);
	free(a);
}

void store_roads(struct store *store, store_roads_fn *done, void *ctx)
{
	struct asked *a = mem_zero(1, sizeof *a);
	*a = (struct asked){.roads = done, .ctx = ctx};
	struct sql q;
	sql_init(&q);
	/* Before the rest: each statement sees what is written when it begins. */
	sql_send(&q, "SELECT seq FROM change_head");
	sql_send(&q, CLOSURE_SELECT
	         "coalesce(c.until_at, 'infinity') > now() ORDER BY c.id LIMIT 2000");
	sql_send(&q, "SELECT profile, until_at FROM road_profile");
	db_start(store->db, &q.batch, DB_READ, (struct span){0}, on_roads, a);
	sql_fini(&q);
}

/* ---- writing ---- */

static const char *written(struct sql *q, struct js *value)
{
	struct str s = {0};
	js_write(value, &s);
	js_free(&value);
	const char *text = arena_str(q->arena, s.data);
	str_fini(&s);
	return text;
}

static struct js *points_json(const struct closure *c)
{
	struct js *list = js_array();
	for (size_t i = 0; i < c->count; i++) {
		struct js *one = js_array();
		js_push_number(one, c->points[i].lat, 7);
		js_push_number(one, c->points[i].lon, 7);
		js_push(list, one);
	}
	return list;
}

/* The whole of it but for what was typed: the chain says what was closed, and until when. */
static const char *payload_of(struct sql *q, const struct closure *c)
{
	struct js *o = js_object();
	js_set(o, "points", points_json(c));
	js_set_bool(o, "area", c->area);
	js_set_bool(o, "one_way", c->one_way);
	js_set_str(o, "street", c->street);
	js_set_number(o, "speed", c->speed, 3);
	js_set_instant(o, "from", c->from, NULL);
	js_set_instant(o, "until", c->until, NULL);
	return written(q, o);
}

static void link_closure(struct sql *q, const struct store_act *act, const struct closure *c,
                         const char *what)
{
	sql_change(q, act,
	           &(struct link){.what = what,
	                          .kind = "closure",
	                          .object = c->id.text,
	                          .payload = payload_of(q, c)});
}

static void speed_add(struct sql *q, const struct closure *c)
{
	sql_text(q, c->speed > 0 ? arena_format(q->arena, "%.3f", c->speed) : NULL);
}

void store_closure_add(struct store *store, const struct store_act *act, const struct closure *c,
                       store_written_fn *done, void *ctx)
{
	struct sql q;
	struct js *kept = js_object();
	struct str answer = {0};
	js_set_str(kept, "id", c->id.text);
	js_write(kept, &answer);
	js_free(&kept);
	struct write *w = write_begin(store, &q, act, answer.data);
	str_fini(&answer);
	sql_id(&q, c->id.text);
	sql_text(&q, written(&q, points_json(c)));
	sql_bool(&q, c->area);
	sql_bool(&q, c->one_way);
	speed_add(&q, c);
	sql_text(&q, c->reason);
	sql_instant(&q, c->from);
	sql_instant(&q, c->until);
	sql_id(&q, act->who ? act->who->id.text : NULL);
	sql_text(&q, c->street);
	sql_send(&q, "INSERT INTO closure (id, points, area, one_way, speed, reason, from_at, "
	             "until_at, made_by, street) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
	link_closure(&q, act, c, "made");
	write_send(w, &q, done, ctx);
}

void store_closure_change(struct store *store, const struct store_act *act,
                          const struct closure *c, const char *what, store_written_fn *done,
                          void *ctx)
{
	struct sql q;
	struct write *w = write_begin(store, &q, act, NULL);
	sql_id(&q, c->id.text);
	sql_int(&q, c->version);
	sql_text(&q, written(&q, points_json(c)));
	sql_bool(&q, c->area);
	sql_bool(&q, c->one_way);
	speed_add(&q, c);
	sql_text(&q, c->reason);
	sql_instant(&q, c->from);
	sql_instant(&q, c->until);
	sql_id(&q, act->who ? act->who->id.text : NULL);
	sql_text(&q, c->street);
	sql_send(&q, EXPECT_ONE("UPDATE closure SET points = $3, area = $4, one_way = $5, "
	                        "speed = $6, reason = $7, from_at = $8, until_at = $9, "
	                        "changed_by = $10, street = $11, changed_at = now(), "
	                        "version = version + 1 "
	                        "WHERE id = $1 AND version = $2"));
	link_closure(&q, act, c, what);
	write_send(w, &q, done, ctx);
}

void store_profile_set(struct store *store, const struct store_act *act, const char *profile,
                       struct instant until, store_written_fn *done, void *ctx)
{
	struct sql q;
	struct js *payload = js_object();
	struct write *w = write_begin(store, &q, act, NULL);
	sql_text(&q, profile);
	sql_instant(&q, until);
	sql_id(&q, act->who ? act->who->id.text : NULL);
	sql_send(&q, EXPECT_ONE("UPDATE road_profile SET profile = $1, until_at = $2, set_by = $3, "
	                        "set_at = now()"));
	js_set_str(payload, "profile", profile);
	js_set_instant(payload, "until", until, NULL);
	sql_change(&q, act,
	           &(struct link){.what = "profile",
	                          .kind = "roads",
	                          .object = NO_ID,
	                          .payload = written(&q, payload)});
	write_send(w, &q, done, ctx);
}

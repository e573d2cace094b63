/*
 * Kept rankings: what candidates were shown and why. Append-only; the same content is kept once,
 * since its id is made of it. Where the crews were stands beside it, and is erased before.
 */
#include "sql.h"

#include <stdlib.h>

#define TIDY_MOST 5000 /* at a time, so that no transaction holds many rows */
#define BARE_MOST 500  /* as well; a list that was kept whole costs about a millisecond */

struct asked {
	store_done_fn *done;
	store_ranking_fn *found;
	void *ctx;
};

static struct asked *asked_new(store_done_fn *done, store_ranking_fn *found, void *ctx)
{
	struct asked *a = mem_zero(1, sizeof *a);
	*a = (struct asked){done, found, ctx};
	return a;
}

void ranking_insert(struct sql *q, const struct store_ranking *ranking, const char *unless)
{
	sql_id(q, ranking->id.text);
	sql_id(q, ranking->utility);
	sql_id(q, ranking->incident);
	sql_instant(q, ranking->made_at);
	sql_text(q, ranking->content);
	sql_id(q, unless);
	/* The one found is locked: the leader may be putting it away just now. */
	sql_send(q, "INSERT INTO ranking (id, utility_id, incident_id, made_at, content, whole) "
	            "SELECT $1, $2, $3, $4, $5, false WHERE NOT EXISTS (SELECT FROM ranking WHERE "
	            "id = $6 AND incident_id = $3 FOR KEY SHARE) ON CONFLICT (id) DO NOTHING");
	sql_id(q, ranking->id.text);
	sql_text(q, ranking->places);
	sql_send(q, "INSERT INTO ranking_place (ranking_id, utility_id, content) SELECT id, "
	            "utility_id, $2 FROM ranking WHERE id = $1 "
	            "ON CONFLICT (ranking_id) DO NOTHING");
}

static void on_done(void *ctx, const struct db_answer *answer)
{
	struct asked *a = ctx;
	struct problem p;
	bool ok = db_check(answer, DB_WRITE, &p);
	a->done(a->ctx, ok ? NULL : &p);
	free(a);
}

/* Nobody waits for the disk here: what refers to it is committed later, and waits for both. */
void store_ranking_keep(struct store *store, const struct store_ranking *ranking,
                        store_done_fn *done, void *ctx)
{
	struct sql q;
	sql_init(&q);
	sql_send(&q, "SET LOCAL synchronous_commit = off");
	ranking_insert(&q, ranking, NULL);
	db_start(store->db, &q.batch, DB_WRITE, (struct span){0}, on_done,
	         asked_new(done, NULL, ctx));
	sql_fini(&q);
}

static void on_ranking(void *ctx, const struct db_answer *answer)
{
	struct asked *a = ctx;
	struct problem p;
	struct arena *arena = arena_new();
	struct store_ranking found = {0};
	bool ok = db_check(answer, DB_READ, &p);
	if (ok && !db_rows(answer, 0))
		ok = problem_set(&p, PROBLEM_NOT_FOUND, "", "no such ranking");
	if (ok) {
		struct row r = {.answer = answer, .arena = arena};
		row_id(&r, found.id.text);
		found.utility = row_text(&r);
		found.incident = row_text(&r);
		found.made_at = row_instant(&r);
		found.content = row_text(&r);
		found.places = row_text(&r);
		found.whole = row_bool(&r);
	}
	a->found(a->ctx, ok ? NULL : &p, ok ? &found : NULL);
	arena_free(&arena);
	free(a);
}

void store_ranking(struct store *store, const struct user *who, const char *id,
                   store_ranking_fn *done, void *ctx)
{
	struct sql q;
	sql_init(&q);
	sql_scope(&q, who);
	sql_id(&q, id);
	sql_send(&q, "SELECT r.id, r.utility_id, r.incident_id, r.made_at, r.content, p.content, "
	             "r.whole FROM ranking r LEFT JOIN ranking_place p ON p.ranking_id = r.id "
	             "WHERE ($1::uuid[] IS NULL OR r.utility_id = ANY ($1::uuid[])) "
	             "AND $2::uuid IS NULL AND r.id = $3");
	db_start(store->db, &q.batch, DB_READ, (struct span){0}, on_ranking,
	         asked_new(NULL, done, ctx));
	sql_fini(&q);
}

static void unchosen_delete(struct sql *q, int days)
{
	sql_int(q, days);
	sql_int(q, TIDY_MOST);
	sql_send(q, "DELETE FROM ranking WHERE id IN (SELECT id FROM ranking r WHERE "
	            "made_at < now() - make_interval(days => $1::integer) AND NOT EXISTS (SELECT "
	            "FROM assignment a WHERE a.ranking_id = r.id) ORDER BY made_at LIMIT $2 "
	            "FOR UPDATE SKIP LOCKED)");
}

/* An incident that nobody closes keeps nobody's way for ever: a year is the end of it. */
static void places_erase(struct sql *q, int days)
{
	sql_int(q, days);
	sql_int(q, BARE_MOST);
	sql_send(q, "SELECT ranking_forget(ARRAY(SELECT r.id FROM (SELECT ranking_id AS id FROM "
	            "ranking_place UNION SELECT id FROM ranking WHERE whole) p JOIN ranking r "
	            "USING (id) JOIN incident i ON i.id = r.incident_id "
	            "WHERE r.made_at < now() - interval '1 year' "
	            "OR i.state IN ('closed', 'cancelled') AND coalesce(i.closed_at, "
	            "i.updated_at) < now() - make_interval(days => $1::integer) LIMIT $2))");
}

void store_rankings_tidy(struct store *store, int unchosen_days, int places_days,
                         store_done_fn *done, void *ctx)
{
	struct sql q;
	sql_init(&q);
	unchosen_delete(&q, unchosen_days);
	places_erase(&q, places_days);
	db_start(store->db, &q.batch, DB_WRITE, (struct span){0}, on_done,
	         asked_new(done, NULL, ctx));
	sql_fini(&q);
}

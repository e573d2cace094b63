/* The chain of what happened, read forward: how workers learn what others did. */
#include "sql.h"

#include <stdlib.h>

struct asked {
	store_changes_fn *done;
	void *ctx;
};

static void on_changes(void *ctx, const struct db_answer *answer)
{
	struct asked *a = ctx;
	struct problem p;
	struct store_changes changes = {0};
	struct arena *arena = arena_new();
	bool ok = db_check(answer, DB_READ, &p);
	if (ok) {
		changes.head = db_int(answer, 0, 0, 0, 0);
		changes.count = db_rows(answer, 1);
		struct store_change *list = arena_take(arena, (changes.count + 1) * sizeof *list);
		for (size_t i = 0; i < changes.count; i++) {
			struct row r = {.answer = answer, .arena = arena, .statement = 1, .row = i};
			list[i].seq = row_int(&r);
			list[i].what = row_text(&r);
			list[i].kind = row_text(&r);
			row_id(&r, list[i].object);
			row_id(&r, list[i].incident);
			row_id(&r, list[i].crew);
			list[i].payload = row_text(&r);
		}
		changes.list = list;
	}
	a->done(a->ctx, ok ? NULL : &p, ok ? &changes : NULL);
	arena_free(&arena);
	free(a);
}

void store_changes(struct store *store, int64_t after, int limit, store_changes_fn *done, void *ctx)
{
	struct asked *a = mem_zero(1, sizeof *a);
	*a = (struct asked){done, ctx};
	struct sql q;
	sql_init(&q);
	sql_send(&q, "SELECT seq FROM change_head");
	sql_int(&q, after);
	sql_int(&q, limit);
	sql_send(&q, "SELECT seq, what, kind, object_id, incident_id, payload ->> 'crew', "
	             "CASE WHEN what = 'warned' THEN payload END FROM "
	             "change WHERE seq > $1 "
	             "ORDER BY seq LIMIT $2");
	db_start(store->db, &q.batch, DB_READ, (struct span){0}, on_changes, a);
	sql_fini(&q);
}

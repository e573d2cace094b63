/*
 * Editions of charters as they were, kept word for word, and the warnings of clocks, told once
 * whoever leads. Pauses are decisions (decision.c); what runs is read with its incident (incident.c).
 */
#include "sql.h"

#include <stdlib.h>

/* ---- editions ---- */

struct editions_asked {
	store_editions_fn *done;
	void *ctx;
	size_t own; /* statements before the question */
};

static void on_editions(void *ctx, const struct db_answer *answer)
{
	struct editions_asked *a = ctx;
	struct problem p;
	struct arena *arena = arena_new();
	struct store_edition *list = NULL;
	size_t count = 0;
	bool ok = db_check(answer, DB_WRITE, &p);
	if (ok) {
		count = db_rows(answer, a->own);
		list = arena_take(arena, (count + 1) * sizeof *list);
		for (size_t i = 0; i < count; i++) {
			struct row r = {
			    .answer = answer, .arena = arena, .statement = a->own, .row = i};
			list[i].charter = row_text(&r);
			list[i].edition = row_text(&r);
			list[i].digest = row_text(&r);
			list[i].content = row_text(&r);
		}
	}
	a->done(a->ctx, ok ? NULL : &p, list, count);
	arena_free(&arena);
	free(a);
}

/* Asked again after an unknown outcome it does the same once more: keeping is by content. */
void store_editions(struct store *store, const struct store_edition *own, size_t count,
                    store_editions_fn *done, void *ctx)
{
	struct editions_asked *a = mem_zero(1, sizeof *a);
	*a = (struct editions_asked){done, ctx, count};
	struct sql q;
	sql_init(&q);
	for (size_t i = 0; i < count; i++) {
		sql_text(&q, own[i].charter);
		sql_text(&q, own[i].edition);
		sql_text(&q, own[i].digest);
		sql_text(&q, own[i].content);
		sql_send(&q, "INSERT INTO charter_edition (charter, edition, digest, content) "
		             "VALUES ($1, $2, $3, $4) ON CONFLICT (charter, digest) DO NOTHING");
	}
	sql_send(&q, "SELECT charter, edition, digest, content FROM charter_edition "
	             "ORDER BY charter, since, digest");
	db_start(store->db, &q.batch, DB_WRITE, (struct span){0}, on_editions, a);
	sql_fini(&q);
}

/* ---- warnings ---- */

struct warn_asked {
	store_warned_fn *done;
	void *ctx;
};

static void on_warned(void *ctx, const struct db_answer *answer)
{
	struct warn_asked *a = ctx;
	struct problem p;
	bool ok = db_check(answer, DB_WRITE, &p);
	a->done(a->ctx, ok ? NULL : &p, ok ? db_int(answer, 0, 0, 0, 0) : 0);
	free(a);
}

static struct js *warning_json(const struct store_warning *w)
{
	struct js *o = js_object();
	js_set_int(o, "target", w->target);
	js_set_int(o, "version", w->version);
	js_set_int(o, "percent", w->percent);
	js_set_int(o, "due_us", w->due.us);
	js_set_int(o, "at_us", w->at.us);
	js_set_bool(o, "skipped", w->skipped);
	return o;
}

/* An unknown outcome needs no looking up: the next look finds what was told. */
void store_warn(struct store *store, const struct store_warning *list, size_t count,
                store_warned_fn *done, void *ctx)
{
	struct warn_asked *a = mem_zero(1, sizeof *a);
	*a = (struct warn_asked){done, ctx};
	struct js *array = js_array();
	for (size_t i = 0; i < count; i++)
		js_push(array, warning_json(&list[i]));
	struct str text = {0};
	struct sql q;
	js_write(array, &text);
	js_free(&array);
	sql_init(&q);
	sql_text(&q, text.data);
	sql_send(&q, "SELECT clock_warn($1)");
	db_start(store->db, &q.batch, DB_WRITE, (struct span){0}, on_warned, a);
	sql_fini(&q);
	str_fini(&text);
}

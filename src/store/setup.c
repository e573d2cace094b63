/* Who serves where: utilities and the areas in force, read whole (they are few and change seldom).
 */
#include "sql.h"

#include <stdlib.h>

struct asked {
	store_setup_fn *done;
	void *ctx;
};

static void corners_read(struct arena *arena, const struct js *polygon, struct store_area *a)
{
	size_t n = js_count(polygon);
	struct point *corners = n ? arena_take(arena, n * sizeof *corners) : NULL;
	for (size_t i = 0; i < n; i++) {
		const struct js *corner = js_at(polygon, i);
		corners[i].lat = js_number(js_at(corner, 0), 0);
		corners[i].lon = js_number(js_at(corner, 1), 0);
	}
	a->corners = corners;
	a->corner_count = n;
}

static void area_read(struct row *r, const struct store_setup *setup, struct store_area *a)
{
	char id[ID_TEXT];
	row_id(r, id);
	for (a->utility = 0; a->utility + 1 < setup->utility_count; a->utility++)
		if (str_equal(setup->utilities[a->utility].id.text, id))
			break;
	a->charter = row_text(r);
	a->service = row_text(r);
	a->municipality = row_text(r);
	a->place = row_text(r);
	struct js *polygon = row_json(r);
	corners_read(r->arena, polygon, a);
	js_free(&polygon);
}

static void setup_read(const struct db_answer *answer, struct arena *arena,
                       struct store_setup *setup)
{
	setup->utility_count = db_rows(answer, 0);
	struct store_utility *utilities =
	    arena_take(arena, (setup->utility_count + 1) * sizeof *utilities);
	for (size_t i = 0; i < setup->utility_count; i++) {
		struct row r = {.answer = answer, .arena = arena, .row = i};
		row_id(&r, utilities[i].id.text);
		utilities[i].code = row_text(&r);
		utilities[i].name = row_text(&r);
		utilities[i].zone = row_text(&r);
		utilities[i].phone = row_text(&r);
		utilities[i].site = row_text(&r);
	}
	setup->utilities = utilities;
	setup->area_count = setup->utility_count ? db_rows(answer, 1) : 0;
	struct store_area *areas = arena_take(arena, (setup->area_count + 1) * sizeof *areas);
	for (size_t i = 0; i < setup->area_count; i++)
		area_read(&(struct row){.answer = answer, .arena = arena, .statement = 1, .row = i},
		          setup, &areas[i]);
	setup->areas = areas;
}

static void on_setup(void *ctx, const struct db_answer *answer)
{
	struct asked *a = ctx;
	struct problem p;
	struct store_setup setup = {0};
	struct arena *arena = arena_new();
	bool ok = db_check(answer, DB_READ, &p);
	if (ok)
		setup_read(answer, arena, &setup);
	a->done(a->ctx, ok ? NULL : &p, ok ? &setup : NULL);
	arena_free(&arena);
	free(a);
}

void store_setup(struct store *store, store_setup_fn *done, void *ctx)
{
	struct asked *a = mem_zero(1, sizeof *a);
	*a = (struct asked){done, ctx};
	struct sql q;
	sql_init(&q);
	sql_send(&q, "SELECT id, code, name, zone, phone, site FROM utility ORDER BY code");
	sql_send(&q,
	         "SELECT a.utility_id, a.charter, a.service, a.municipality, a.place, a.polygon "
	         "FROM service_area a JOIN utility u ON u.id = a.utility_id "
	         "WHERE a.valid_from <= (now() AT TIME ZONE u.zone)::date "
	         "AND (a.valid_to IS NULL OR a.valid_to >= (now() AT TIME ZONE u.zone)::date) "
	         "ORDER BY a.municipality, a.place NULLS LAST, u.code, a.service");
	db_start(store->db, &q.batch, DB_READ, (struct span){0}, on_setup, a);
	sql_fini(&q);
}

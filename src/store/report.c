/*
 * Reports: read with their words and promises, and added, with the incident they make or join, in
 * one transaction. Words, reporter and pictures go to tables of their own.
 */
#include "read.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

static void photos_read(struct arena *arena, const struct js *array, struct report *out)
{
	out->photo_count = js_count(array);
	out->photos =
	    out->photo_count ? arena_take(arena, out->photo_count * sizeof *out->photos) : NULL;
	for (size_t i = 0; i < out->photo_count; i++) {
		const struct js *o = js_at(array, i);
		member_id(o, "id", out->photos[i].id.text);
		out->photos[i].name = member_text(arena, o, "name");
		out->photos[i].content_type = member_text(arena, o, "content_type");
		out->photos[i].bytes = js_int(js_find(o, "bytes"), 0);
	}
}

static void place_read(struct row *row, struct report *out)
{
	out->address = row_text(row);
	out->landmark = row_text(row);
	out->municipality = row_text(row);
	out->area = row_text(row);
	out->point = row_point(row);
	out->point_confirmed = row_bool(row);
}

static void judged_read(struct row *row, struct report *out)
{
	out->row = row_text(row);
	out->class_code = row_text(row);
	out->confidence = row_number(row);
	out->needs_review = row_bool(row);
	out->reason = row_text(row);
	out->refer_to = row_text(row);
	out->classification = row_text(row);
	struct js *targets = row_json(row);
	out->targets = targets_read(row->arena, targets, &out->target_count);
	js_free(&targets);
	struct js *photos = row_json(row);
	photos_read(row->arena, photos, out);
	js_free(&photos);
}

void report_read(struct row *row, struct report *out)
{
	row_id(row, out->id.text);
	row_id(row, out->utility.text);
	out->utility_code = row_text(row);
	out->utility_name = row_text(row);
	out->utility_phone = row_text(row);
	row_id(row, out->incident.text);
	out->charter = row_text(row);
	str_copy(out->code, sizeof out->code, row_text(row));
	must(report_state_parse(row_text(row), &out->state));
	out->version = row_int(row);
	out->channel = row_text(row);
	out->subject = row_text(row);
	out->text = row_text(row);
	out->lang = row_text(row);
	place_read(row, out);
	out->reporter.name = row_text(row);
	out->reporter.phone = row_text(row);
	out->reporter.email = row_text(row);
	out->reporter.prefer = row_text(row);
	out->received_at = row_instant(row);
	out->recorded_at = row_instant(row);
	out->started_at = row_instant(row);
	out->updated_at = row_instant(row);
	out->rang_at = row_instant(row);
	out->charter_edition = row_text(row);
	out->edition_digest = row_text(row);
	judged_read(row, out);
}

bool cursor_read(const char *cursor, struct instant *at, char id[ID_TEXT])
{
	char *end;
	long long us = strtoll(cursor, &end, 10);
	if (end == cursor || *end != '.' || !id_parse(end + 1, id))
		return false;
	at->us = us;
	return true;
}

const char *cursor_write(struct arena *arena, struct instant at, const char *id)
{
	return arena_format(arena, "%lld.%s", (long long)at.us, id);
}

void filter_add(struct sql *q, const struct store_query *query)
{
	struct instant at = INSTANT_NONE;
	char id[ID_TEXT] = "";
	sql_text(q, query->state);
	sql_text(q, query->utility);
	sql_text(q, query->q && *query->q ? query->q : NULL);
	if (query->cursor && !cursor_read(query->cursor, &at, id))
		at = INSTANT_NONE;
	sql_instant(q, at);
	sql_id(q, arena_str(q->arena, id));
	sql_int(q, query->limit);
}

struct asked {
	store_reports_fn *done;
	void *ctx;
	int limit;
};

static void on_reports(void *ctx, const struct db_answer *answer)
{
	struct asked *a = ctx;
	struct problem p;
	struct store_reports found = {0};
	struct arena *arena = arena_new();
	bool ok = db_check(answer, DB_READ, &p);
	if (ok) {
		found.count = db_rows(answer, 0);
		found.list = arena_take(arena, (found.count + 1) * sizeof *found.list);
		for (size_t n = 0; n < found.count; n++)
			report_read(&(struct row){.answer = answer, .arena = arena, .row = n},
			            &found.list[n]);
		if (a->limit && found.count == (size_t)a->limit)
			found.next = cursor_write(arena, found.list[found.count - 1].received_at,
			                          found.list[found.count - 1].id.text);
	}
	a->done(a->ctx, ok ? NULL : &p, ok ? &found : NULL);
	arena_free(&arena);
	free(a);
}

/* $1, $2: the scope. The unrouted queue belongs to every dispatcher. */
#define REPORT_SELECT                                                                         \
	"SELECT " REPORT_COLUMNS REPORT_FROM                                                  \
	"WHERE ($1::uuid[] IS NULL OR r.utility_id = ANY ($1::uuid[]) "                       \
	"OR (r.utility_id IS NULL AND $2::uuid IS NULL) OR EXISTS (SELECT FROM assignment s " \
	"WHERE s.incident_id = r.incident_id AND s.crew_id = $2::uuid)) AND "

#define REPORT_LIST                                                                              \
	"SELECT " REPORT_COLUMNS REPORT_FROM                                                     \
	"WHERE ($1::uuid[] IS NULL OR r.utility_id = ANY ($1::uuid[]) OR r.utility_id IS NULL) " \
	"AND $2::uuid IS NULL AND "
#define FILTER                                                                     \
	"AND ($4::text IS NULL OR u.code = $4) "                                   \
	"AND ($5::text IS NULL OR strpos(lower(w.text), lower($5)) > 0) "          \
	"AND ($6::timestamptz IS NULL OR (r.received_at, r.id) < ($6, $7::uuid)) " \
	"ORDER BY r.received_at DESC, r.id DESC LIMIT $8::integer"
static const char *const by_filter = REPORT_LIST "($3::text IS NULL OR r.state = $3) " FILTER;
static const char *const by_waiting =
    REPORT_LIST "r.incident_id IS NULL AND CASE $3::text WHEN 'unrouted' THEN r.utility_id IS NULL "
                "ELSE r.needs_review END " FILTER;

static void ask_filter(struct sql *q, const struct store_query *query)
{
	filter_add(q, query);
	bool waits = str_equal(query->state, "waiting") || str_equal(query->state, "unrouted");
	sql_send(q, waits ? by_waiting : by_filter);
}

void store_reports(struct store *store, const struct user *who, const struct store_query *query,
                   store_reports_fn *done, void *ctx)
{
	struct asked *a = mem_zero(1, sizeof *a);
	*a = (struct asked){.done = done, .ctx = ctx, .limit = query->list ? query->limit : 0};
	struct sql q;
	sql_init(&q);
	sql_scope(&q, who);
	if (query->code) {
		sql_text(&q, query->code);
		sql_send(&q, REPORT_SELECT "r.code = $3");
	} else if (query->id) {
		sql_text(&q, query->id);
		sql_send(&q, REPORT_SELECT "r.id = $3");
	} else {
		ask_filter(&q, query);
	}
	db_start(store->db, &q.batch, DB_READ, (struct span){0}, on_reports, a);
	sql_fini(&q);
}

/* ---- adding ---- */

static void add_incident(struct sql *q, const struct store_report_new *n)
{
	const struct incident *i = n->makes;
	sql_id(q, i->id.text);
	sql_id(q, i->utility.text);
	sql_instant(q, i->opened_at);
	sql_text(q, incident_state_name(i->state));
	sql_text(q, i->charter);
	sql_text(q, n->charter_edition);
	sql_text(q, i->row);
	sql_text(q, i->class_code);
	sql_number(q, i->confidence);
	sql_bool(q, i->needs_review);
	sql_point(q, i->point);
	sql_bool(q, i->point_confirmed);
	sql_text(q, i->address);
	sql_text(q, i->landmark);
	sql_text(q, i->municipality);
	sql_text(q, i->area);
	sql_bool(q, i->published);
	sql_send(q, "INSERT INTO incident (id, utility_id, number, opened_at, state, charter, "
	            "charter_edition, fault_row, "
	            "fault_class, confidence, needs_review, lat, lon, point_confirmed, address, "
	            "landmark, municipality, "
	            "area, published_at, confirmed_at) VALUES ($1, $2, incident_number_next($2, "
	            "$3), $3, $4, $5, $6, $7, "
	            "$8, $9, $10, $11, $12, $13, $14, $15, $16, $17, CASE WHEN $18 THEN now() END, "
	            "CASE WHEN NOT $10 THEN now() END)");
}

static void join_incident(struct sql *q, const struct store_act *act,
                          const struct store_report_new *n)
{
	const struct report *r = n->report;
	sql_scope(q, act->who);
	sql_id(q, r->incident.text);
	sql_bool(q, n->raises);
	sql_text(q, r->row);
	sql_text(q, r->class_code);
	sql_send(
	    q,
	    EXPECT_ONE(
	        "UPDATE incident SET updated_at = now(), "
	        "version = version + $4::boolean::integer, "
	        "needs_review = needs_review OR $4::boolean, "
	        "fault_row = CASE WHEN $4::boolean THEN $5 ELSE fault_row END, "
	        "fault_class = CASE WHEN $4::boolean THEN $6 ELSE fault_class END "
	        "WHERE id = $3 AND state NOT IN ('closed', 'cancelled') "
	        "AND ($1::uuid[] IS NULL OR utility_id = ANY ($1::uuid[])) AND $2::uuid IS NULL"));
}

static void add_report(struct sql *q, const struct store_act *act, const struct store_report_new *n)
{
	const struct report *r = n->report;
	sql_id(q, r->id.text);
	sql_id(q, r->utility.text);
	sql_id(q, r->incident.text);
	sql_text(q, r->code);
	sql_text(q, r->channel);
	sql_text(q, r->lang);
	sql_text(q, report_state_name(r->state));
	sql_instant(q, r->received_at);
	sql_instant(q, r->started_at);
	sql_id(q, act->who ? act->who->id.text : NULL);
	sql_text(q, n->call_id);
	sql_text(q, r->charter);
	sql_text(q, n->charter_edition);
	sql_text(q, r->row);
	sql_text(q, r->class_code);
	sql_number(q, r->confidence);
	sql_bool(q, r->needs_review);
	sql_text(q, r->reason);
	sql_text(q, r->refer_to);
	sql_text(q, n->proposed_row);
	sql_text(q, n->proposed_class);
	sql_text(q, r->municipality);
	sql_text(q, r->area);
	sql_point(q, r->point);
	sql_bool(q, r->point_confirmed);
	sql_text(q, n->edition_digest);
	sql_instant(q, r->rang_at);
	sql_send(q, "INSERT INTO report (id, utility_id, incident_id, code, channel, lang, state, "
	            "received_at, started_at, "
	            "taken_by, call_id, charter, charter_edition, fault_row, fault_class, "
	            "confidence, needs_review, reason, "
	            "refer_to, proposed_row, proposed_class, municipality, area, lat, lon, "
	            "point_confirmed, edition_digest, rang_at) VALUES ($1, $2, "
	            "$3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, "
	            "$20, $21, $22, $23, "
	            "$24, $25, $26, $27, $28)");
}

static void add_person(struct sql *q, const struct store_report_new *n)
{
	const struct report *r = n->report;
	sql_id(q, r->id.text);
	sql_id(q, r->utility.text);
	sql_text(q, r->subject);
	sql_text(q, r->text ? r->text : "");
	sql_text(q, r->address);
	sql_text(q, r->landmark);
	sql_text(q, n->started_reason);
	sql_text(q, r->classification ? r->classification : "{}");
	sql_send(q, "INSERT INTO report_words (report_id, utility_id, subject, text, address, "
	            "landmark, started_reason, "
	            "reading) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
	sql_id(q, r->id.text);
	sql_id(q, r->utility.text);
	sql_text(q, r->reporter.name);
	sql_text(q, r->reporter.phone);
	sql_text(q, r->reporter.email);
	sql_text(q, r->reporter.prefer);
	sql_send(q, "INSERT INTO reporter (report_id, utility_id, name, phone, email, prefer) "
	            "VALUES ($1, $2, $3, $4, $5, $6)");
	for (size_t i = 0; i < n->photo_count; i++) {
		const struct store_photo *f = &n->photos[i].photo;
		sql_id(q, n->photos[i].id.text);
		sql_id(q, r->utility.text);
		sql_id(q, r->id.text);
		sql_text(q, f->name);
		sql_text(q, f->content_type);
		sql_bytes(q, f->bytes, f->length);
		sql_send(q, "INSERT INTO photo (id, utility_id, report_id, name, content_type, "
		            "length, bytes) "
		            "VALUES ($1, $2, $3, $4, $5, length($6::bytea), $6)");
	}
}

void targets_add(struct sql *q, const struct report *r, const struct due_target *targets,
                 size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct due_target *t = &targets[i];
		sql_id(q, r->utility.text);
		sql_id(q, r->id.text);
		sql_text(q, t->charter);
		sql_text(q, t->edition);
		sql_text(q, t->row);
		sql_text(q, t->class_code);
		sql_text(q, target_kind_name(t->kind));
		sql_text(q, t->source == SOURCE_NATIONAL ? "national" : "charter");
		sql_text(q, t->bound == BOUND_EXCLUSIVE ? "exclusive" : "inclusive");
		sql_text(q, t->rule ? t->rule : "");
		sql_text(q, t->quote);
		sql_text(q, t->section);
		sql_bool(q, t->first);
		sql_bool(q, t->effective);
		sql_instant(q, t->start);
		sql_instant(q, t->promised);
		sql_instant(q, t->stopped_at);
		sql_text(q, t->result ? t->result : "running");
		sql_int(q, t->late.us / 1000000);
		sql_text(q, t->digest);
		sql_send(q, "INSERT INTO report_target (utility_id, report_id, charter, "
		            "charter_edition, fault_row, "
		            "fault_class, kind, source, bound, rule, quote, section, first, "
		            "effective, start_at, due_at, "
		            "stopped_at, result, late_s, edition_digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
		            "$9, $10, $11, $12, $13, "
		            "$14, $15, $16, $17, $18, $19, $20)");
	}
}

/* The answer kept for the key gets the number only now known. */
static size_t complete_answer(struct write *w, struct sql *q, const char *incident)
{
	write_key(w, q);
	sql_id(q, incident);
	return sql_send(
	    q, "UPDATE once o SET answer = CASE WHEN i.number IS NULL THEN o.answer "
	       "ELSE jsonb_set(o.answer, '{incident,number}', to_jsonb(i.number)) END "
	       "FROM (SELECT (SELECT number FROM incident WHERE id = $3::uuid) AS number) i "
	       "WHERE o.scope = $1 AND o.key = $2 RETURNING o.answer");
}

/* what happened to the report: "received", or "routed" */
static void add_links(struct sql *q, const struct store_act *act, const struct store_report_new *n,
                      const char *what)
{
	const struct report *r = n->report;
	const char *payload = arena_format(
	    q->arena,
	    "{\"channel\":\"%s\",\"row\":\"%s\",\"class\":\"%s\",\"proposed_row\":\"%s\","
	    "\"proposed_class\":\"%s\"}",
	    r->channel, r->row ? r->row : "", r->class_code ? r->class_code : "",
	    n->proposed_row ? n->proposed_row : "", n->proposed_class ? n->proposed_class : "");
	sql_change(q, act,
	           &(struct link){.utility = r->utility.text,
	                          .what = what,
	                          .kind = "report",
	                          .object = r->id.text,
	                          .incident = r->incident.text,
	                          .to = report_state_name(r->state),
	                          .payload = payload});
	if (n->makes)
		sql_change(q, act,
		           &(struct link){.utility = r->utility.text,
		                          .what = "opened",
		                          .kind = "incident",
		                          .object = n->makes->id.text,
		                          .incident = n->makes->id.text,
		                          .to = incident_state_name(n->makes->state),
		                          .payload = payload,
		                          .silent_words = true});
	if (n->makes && n->makes->published)
		sql_change(q, act,
		           &(struct link){.utility = r->utility.text,
		                          .what = "published",
		                          .kind = "incident",
		                          .object = n->makes->id.text,
		                          .incident = n->makes->id.text,
		                          .silent_words = true});
}

void store_report_add(struct store *store, const struct store_act *act,
                      const struct store_report_new *n, store_written_fn *done, void *ctx)
{
	struct sql q;
	struct write *w = write_begin(store, &q, act, n->answer);
	if (n->mailbox) {
		/* first, so that a message already taken stops here */
		sql_text(&q, n->mailbox);
		sql_int(&q, n->uidvalidity);
		sql_int(&q, n->uid);
		sql_send(&q,
		         "INSERT INTO mail_taken (mailbox, uidvalidity, uid) VALUES ($1, $2, $3)");
	}
	if (n->makes)
		add_incident(&q, n);
	else if (*n->report->incident.text)
		join_incident(&q, act, n);
	add_report(&q, act, n);
	add_person(&q, n);
	targets_add(&q, n->report, n->report->targets, n->report->target_count);
	if (n->mailbox) {
		sql_text(&q, n->mailbox);
		sql_int(&q, n->uidvalidity);
		sql_int(&q, n->uid);
		sql_id(&q, n->report->id.text);
		sql_send(&q, "UPDATE mail_taken SET report_id = $4 WHERE mailbox = $1 AND "
		             "uidvalidity = $2 AND uid = $3");
	}
	write_answer_from(w, complete_answer(w, &q, n->report->incident.text));
	add_links(&q, act, n, "received");
	write_send(w, &q, done, ctx);
}

/* ---- a waiting report finds its place ---- */

static void move_report(struct sql *q, const struct store_act *act,
                        const struct store_report_new *n)
{
	const struct report *r = n->report;
	sql_scope(q, act->who);
	sql_id(q, r->id.text);
	sql_int(q, r->version);
	sql_id(q, r->utility.text);
	sql_id(q, r->incident.text);
	sql_text(q, report_state_name(r->state));
	sql_text(q, r->charter);
	sql_text(q, n->charter_edition);
	sql_text(q, r->row);
	sql_text(q, r->class_code);
	sql_text(q, n->edition_digest);
	sql_send(
	    q,
	    EXPECT_ONE(
	        "UPDATE report SET utility_id = $5, incident_id = $6, state = $7, charter = $8, "
	        "charter_edition = $9, edition_digest = $12, fault_row = $10, fault_class = $11, confidence = 1, "
	        "needs_review = false, version = version + 1, updated_at = now() "
	        "WHERE id = $3 AND version = $4 AND incident_id IS NULL AND needs_review "
	        "AND (utility_id IS NULL OR $1::uuid[] IS NULL OR utility_id = ANY ($1::uuid[])) "
	        "AND $2::uuid IS NULL"));
}

static void move_person(struct sql *q, const struct report *r)
{
	static const char *const moves[] = {
	    "UPDATE report_words SET utility_id = $2 WHERE report_id = $1",
	    "UPDATE reporter SET utility_id = $2 WHERE report_id = $1",
	    "UPDATE photo SET utility_id = $2 WHERE report_id = $1"};
	for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
		sql_id(q, r->id.text);
		sql_id(q, r->utility.text);
		sql_send(q, moves[i]);
	}
}

void store_report_route(struct store *store, const struct store_act *act,
                        const struct store_report_new *n, store_written_fn *done, void *ctx)
{
	struct sql q;
	struct write *w = write_begin(store, &q, act, n->answer);
	if (n->makes)
		add_incident(&q, n);
	move_report(&q, act, n);
	move_person(&q, n->report);
	targets_add(&q, n->report, n->report->targets, n->report->target_count);
	write_answer_from(w, complete_answer(w, &q, n->report->incident.text));
	add_links(&q, act, n, "routed");
	write_send(w, &q, done, ctx);
}

/* ---- pictures ---- */

struct photo_asked {
	store_photo_fn *done;
	void *ctx;
};

static void on_photo(void *ctx, const struct db_answer *answer)
{
	struct photo_asked *a = ctx;
	struct problem p;
	struct store_photo photo = {0};
	bool ok = db_check(answer, DB_READ, &p);
	if (ok && !db_rows(answer, 0))
		ok = problem_set(&p, PROBLEM_NOT_FOUND, "", "no such photo");
	if (ok) {
		photo.name = db_value(answer, 0, 0, 0);
		photo.content_type = db_value(answer, 0, 0, 1);
		photo.length = db_bytes(answer, 0, 0, 2, &photo.bytes);
	}
	a->done(a->ctx, ok ? NULL : &p, ok ? &photo : NULL);
	free(a);
}

void store_photo(struct store *store, const struct user *who, const char *id, store_photo_fn *done,
                 void *ctx)
{
	struct photo_asked *a = mem_zero(1, sizeof *a);
	*a = (struct photo_asked){done, ctx};
	struct sql q;
	sql_init(&q);
	sql_scope(&q, who);
	sql_text(&q, id);
	sql_send(
	    &q,
	    "SELECT f.name, f.content_type, f.bytes FROM photo f JOIN report r ON r.id = "
	    "f.report_id "
	    "WHERE f.id = $3 AND ($1::uuid[] IS NULL OR r.utility_id = ANY ($1::uuid[]) "
	    "OR (r.utility_id IS NULL AND $2::uuid IS NULL) OR EXISTS (SELECT FROM assignment s "
	    "WHERE s.incident_id = r.incident_id AND s.crew_id = $2::uuid AND s.ended_at IS "
	    "NULL))");
	db_start(store->db, &q.batch, DB_READ, (struct span){0}, on_photo, a);
	sql_fini(&q);
}

/*
 * What dispatchers decide about an incident: row and class, publication, where it is, its end, notes.
 * Each is one transaction on the version that was read.
 */
#include "read.h"

#include <stdlib.h>
#include <string.h>

/* "id = $1 AND version = $2", within the caller's utilities ($3; $4 is NULL for everybody but
 * crews) */
#define GUARD                                                                          \
	" WHERE id = $1 AND version = $2 AND ($3::uuid[] IS NULL OR utility_id = ANY " \
	"($3::uuid[])) AND $4::uuid IS NULL"

static void guard(struct sql *q, const struct store_act *act, const struct incident *i)
{
	sql_id(q, i->id.text);
	sql_int(q, i->version);
	sql_scope(q, act->who);
}

static struct link incident_link(const struct incident *i, const char *what)
{
	return (struct link){.utility = i->utility.text,
	                     .what = what,
	                     .kind = "incident",
	                     .object = i->id.text,
	                     .incident = i->id.text};
}

static void classify_incident(struct sql *q, const struct store_act *act,
                              const struct store_classify *c)
{
	guard(q, act, c->incident);
	sql_text(q, incident_state_name(c->to));
	sql_text(q, c->charter);
	sql_text(q, c->charter_edition);
	sql_text(q, c->row);
	sql_text(q, c->class_code);
	sql_bool(q, c->publish);
	sql_id(q, act->who ? act->who->id.text : NULL);
	sql_text(q, disposition_name(c->disposition));
	sql_bool(q, c->hide);
	sql_send(
	    q, EXPECT_ONE(
	           "UPDATE incident SET state = $5, charter = $6, charter_edition = $7, fault_row "
	           "= $8, "
	           "fault_class = $9, needs_review = false, confidence = 1, confirmed_at = now(), "
	           "confirmed_by = $11, version = version + 1, updated_at = now(), "
	           "published_at = CASE WHEN $13 THEN NULL WHEN $10 THEN coalesce(published_at, "
	           "now()) ELSE published_at END, "
	           "disposition = $12, closed_at = CASE WHEN $5 = 'closed' THEN now() ELSE "
	           "closed_at END" GUARD));
}

static void classify_report(struct sql *q, const struct store_act *act,
                            const struct store_classify *c, size_t index)
{
	const struct report *r = &c->incident->reports[index];
	const struct store_edition *edition = &c->editions[index];
	sql_id(q, r->id.text);
	sql_text(q, edition->charter);
	sql_text(q, edition->edition);
	sql_text(q, c->row);
	sql_text(q, c->class_code);
	sql_text(q, c->row ? "linked" : "rejected");
	sql_text(q, edition->digest);
	sql_send(q,
	         "UPDATE report SET charter = $2, charter_edition = $3, edition_digest = $7, "
	         "fault_row = $4, fault_class = $5, state = $6, "
	         "needs_review = false, version = version + 1, updated_at = now() WHERE id = $1");
	sql_id(q, r->id.text);
	sql_id(q, act->who ? act->who->id.text : NULL);
	sql_send(q, "UPDATE report_target SET superseded_at = now(), superseded_by = $2 "
	            "WHERE report_id = $1 AND superseded_at IS NULL");
	targets_add(q, r, c->targets[index], c->target_counts[index]);
}

/* The change that has just been written says when and why their place was taken. */
static void superseded_by_this(struct sql *q, const struct incident *i)
{
	sql_id(q, i->id.text);
	sql_send(q, "UPDATE report_target SET superseded_seq = (SELECT seq FROM change_head) "
	            "WHERE superseded_at = now() AND report_id IN (SELECT id FROM report "
	            "WHERE incident_id = $1)");
}

void store_incident_classify(struct store *store, const struct store_act *act,
                             const struct store_classify *c, store_written_fn *done, void *ctx)
{
	const struct incident *i = c->incident;
	struct sql q;
	struct write *w = write_begin(store, &q, act, NULL);
	classify_incident(&q, act, c);
	for (size_t n = 0; n < i->reports_loaded; n++)
		classify_report(&q, act, c, n);
	struct link link = incident_link(i, c->to == INCIDENT_CLOSED ? "closed" : "classified");
	link.from = incident_state_name(i->state);
	link.to = incident_state_name(c->to);
	link.payload = arena_format(
	    q.arena,
	    "{\"row\":\"%s\",\"class\":\"%s\",\"row_before\":\"%s\",\"class_before\":\"%s\"}",
	    c->row ? c->row : "", c->class_code, i->row ? i->row : "", i->class_code);
	sql_change(&q, act, &link);
	superseded_by_this(&q, i);
	if (c->to == INCIDENT_CLOSED)
		events_end(&q, i, act->at);
	if (c->hide ? i->published : c->publish && !i->published) {
		link = incident_link(i, c->hide ? "unpublished" : "published");
		link.silent_words = true;
		sql_change(&q, act, &link);
	}
	write_send(w, &q, done, ctx);
}

void store_incident_publish(struct store *store, const struct store_act *act,
                            const struct incident *i, bool published, const char *text,
                            store_written_fn *done, void *ctx)
{
	struct sql q;
	struct write *w = write_begin(store, &q, act, NULL);
	guard(&q, act, i);
	sql_bool(&q, published);
	sql_text(&q, text);
	sql_send(&q, EXPECT_ONE("UPDATE incident SET published_at = CASE WHEN $5 THEN "
	                        "coalesce(published_at, now()) END, "
	                        "public_text = CASE WHEN $5 THEN coalesce($6, public_text) END, "
	                        "version = version + 1, "
	                        "updated_at = now()" GUARD));
	struct link link = incident_link(i, published ? "published" : "unpublished");
	sql_change(&q, act, &link);
	write_send(w, &q, done, ctx);
}

void store_incident_place(struct store *store, const struct store_act *act,
                          const struct incident *i, const struct store_spot *spot,
                          store_written_fn *done, void *ctx)
{
	struct sql q;
	struct write *w = write_begin(store, &q, act, NULL);
	guard(&q, act, i);
	sql_point(&q, spot->at);
	sql_text(&q, spot->address);
	sql_text(&q, spot->municipality);
	sql_text(&q, spot->area);
	sql_send(&q, EXPECT_ONE("UPDATE incident SET lat = $5, lon = $6, point_confirmed = true, "
	                        "address = coalesce($7, address), "
	                        "municipality = coalesce($8, municipality), "
	                        "area = coalesce($9, area), version = version + 1, "
	                        "updated_at = now()" GUARD));
	struct link link = incident_link(i, "placed");
	sql_change(&q, act, &link);
	write_send(w, &q, done, ctx);
}

/* Crews still on it are recalled with it. */
static void recall_all(struct sql *q, const struct store_act *act, const struct incident *i)
{
	sql_id(q, i->id.text);
	sql_instant(q, act->at);
	sql_id(q, act->who ? act->who->id.text : NULL);
	sql_send(q, "UPDATE assignment SET state = CASE state WHEN 'arrived' THEN 'left' ELSE "
	            "'recalled' END, "
	            "left_at = CASE state WHEN 'arrived' THEN $2::timestamptz END, ended_at = $2, "
	            "recalled_by = $3, "
	            "version = version + 1 WHERE incident_id = $1 AND ended_at IS NULL");
}

static void recall_links(struct sql *q, const struct store_act *act, const struct incident *i)
{
	for (size_t n = 0; n < i->assignment_count; n++) {
		const struct assignment *a = &i->assignments[n];
		if (!assignment_is_open(a->state))
			continue;
		const char *to = a->state == ASSIGNMENT_ARRIVED ? "left" : "recalled";
		sql_change(q, act,
		           &(struct link){.utility = i->utility.text,
		                          .what = to,
		                          .kind = "assignment",
		                          .object = a->id.text,
		                          .incident = i->id.text,
		                          .from = assignment_state_name(a->state),
		                          .to = to,
		                          .silent_words = true,
		                          .payload = arena_format(q->arena, "{\"crew\":\"%s\"}",
		                                                  a->crew.text)});
	}
}

void store_incident_end(struct store *store, const struct store_act *act, const struct incident *i,
                        enum incident_state to, enum disposition disposition,
                        store_written_fn *done, void *ctx)
{
	struct sql q;
	struct write *w = write_begin(store, &q, act, NULL);
	guard(&q, act, i);
	sql_text(&q, incident_state_name(to));
	sql_text(&q, disposition_name(disposition));
	sql_instant(&q, act->at);
	sql_send(&q, EXPECT_ONE("UPDATE incident SET state = $5, disposition = $6, closed_at = $7, "
	                        "version = version + 1, "
	                        "updated_at = now()" GUARD));
	recall_all(&q, act, i);
	events_end(&q, i, act->at);
	struct link link = incident_link(i, incident_state_name(to));
	link.from = incident_state_name(i->state);
	link.to = link.what;
	link.payload =
	    arena_format(q.arena, "{\"disposition\":\"%s\"}", disposition_name(disposition));
	sql_change(&q, act, &link);
	recall_links(&q, act, i);
	write_send(w, &q, done, ctx);
}

/* ---- what hinders ---- */

void events_end(struct sql *q, const struct incident *i, struct instant at)
{
	sql_id(q, i->id.text);
	sql_instant(q, at);
	sql_send(q, "UPDATE clock_event SET to_at = greatest(from_at, $2::timestamptz) "
	            "WHERE incident_id = $1 AND to_at IS NULL");
}

static void incident_moves(struct sql *q, const struct store_act *act, const struct incident *i)
{
	guard(q, act, i);
	sql_send(q, EXPECT_ONE("UPDATE incident SET version = version + 1, updated_at = now()" GUARD));
}

void store_event_add(struct store *store, const struct store_act *act, const struct incident *i,
                     const struct clock_event *e, store_written_fn *done, void *ctx)
{
	struct sql q;
	struct write *w = write_begin(store, &q, act, NULL);
	incident_moves(&q, act, i);
	sql_id(&q, e->id);
	sql_id(&q, i->utility.text);
	sql_id(&q, i->id.text);
	sql_bool(&q, e->stops);
	sql_text(&q, pause_cause_name(e->cause));
	sql_text(&q, act->words);
	sql_instant(&q, e->from);
	sql_instant(&q, e->to);
	sql_id(&q, act->who ? act->who->id.text : NULL);
	sql_send(&q, "INSERT INTO clock_event (id, utility_id, incident_id, stops, cause, words, "
	             "from_at, to_at, by_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
	struct link link = incident_link(i, e->stops ? "paused" : "excused");
	link.payload = arena_format(q.arena, "{\"event\":\"%s\",\"cause\":\"%s\"}", e->id,
	                            pause_cause_name(e->cause));
	sql_change(&q, act, &link);
	write_send(w, &q, done, ctx);
}

void store_event_end(struct store *store, const struct store_act *act, const struct incident *i,
                     const struct clock_event *e, bool undone, store_written_fn *done, void *ctx)
{
	struct sql q;
	struct write *w = write_begin(store, &q, act, NULL);
	incident_moves(&q, act, i);
	sql_id(&q, e->id);
	sql_instant(&q, undone ? e->from : act->at);
	sql_id(&q, act->who ? act->who->id.text : NULL);
	sql_send(&q, EXPECT_ONE("UPDATE clock_event SET to_at = greatest(from_at, $2::timestamptz), "
	                        "ended_by = $3 WHERE id = $1 AND to_at IS NULL"));
	struct link link = incident_link(i, undone ? "pause_undone" : "resumed");
	link.payload = arena_format(q.arena, "{\"event\":\"%s\",\"cause\":\"%s\"}", e->id,
	                            pause_cause_name(e->cause));
	sql_change(&q, act, &link);
	write_send(w, &q, done, ctx);
}

void store_incident_note(struct store *store, const struct store_act *act, const struct incident *i,
                         const char *what, store_written_fn *done, void *ctx)
{
	struct sql q;
	struct write *w = write_begin(store, &q, act, NULL);
	sql_id(&q, i->id.text);
	sql_scope(&q, act->who);
	sql_bool(&q, str_equal(what, "told"));
	sql_send(&q, EXPECT_ONE("UPDATE incident SET told_at = CASE WHEN $4 THEN now() ELSE "
	                        "told_at END, updated_at = now() "
	                        "WHERE id = $1 AND ($2::uuid[] IS NULL OR utility_id = ANY "
	                        "($2::uuid[])) AND $3::uuid IS NULL"));
	struct link link = incident_link(i, what);
	sql_change(&q, act, &link);
	write_send(w, &q, done, ctx);
}

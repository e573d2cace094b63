/*
 * Assignments: a crew is sent, and what becomes of it. Each step moves assignment, incident and the
 * promises it stops in one transaction, on the versions that were read.
 */
#include "read.h"

#include <stdlib.h>
#include <string.h>

static void incident_guard(struct sql *q, const struct incident *i)
{
	sql_id(q, i->id.text);
	sql_int(q, i->version);
}

/* Locks the crew's row, so that two dispatchers cannot both find it free. */
static void crew_guard(struct sql *q, const struct store_assign *a)
{
	sql_id(q, a->crew->id.text);
	sql_id(q, a->incident->utility.text);
	sql_send(q, EXPECT_ONE("UPDATE crew SET version = version + 1 WHERE id = $1 AND active AND "
	                       "(utility_id = $2 "
	                       "OR EXISTS (SELECT FROM crew_share s WHERE s.crew_id = $1 AND "
	                       "s.utility_id = $2))"));
	sql_id(q, a->crew->id.text);
	sql_int(q, (int64_t)a->crew->open_assignments);
	sql_send(q, "SELECT expect_one(1 + abs(count(*) - $2::bigint)) FROM assignment WHERE "
	            "crew_id = $1 AND ended_at IS NULL");
}

static void assignment_insert(struct sql *q, const struct store_act *act,
                              const struct store_assign *a)
{
	sql_id(q, a->id.text);
	sql_id(q, a->incident->utility.text);
	sql_id(q, a->incident->id.text);
	sql_id(q, a->crew->id.text);
	sql_instant(q, act->at);
	sql_id(q, act->who ? act->who->id.text : NULL);
	sql_text(q, a->eta_s >= 0 ? arena_format(q->arena, "%lld", (long long)a->eta_s) : NULL);
	sql_instant(q, a->eta_at);
	sql_text(q, a->forced_reason);
	sql_id(q, a->seen);
	sql_id(q, a->ranking->id.text);
	sql_send(q,
	         "INSERT INTO assignment (id, utility_id, incident_id, crew_id, state, offered_at, "
	         "offered_by, eta_s, "
	         "eta_at, forced_reason, ranking_id) VALUES ($1, $2, $3, $4, 'offered', $5, $6, $7, "
	         "$8, $9, coalesce((SELECT id FROM ranking WHERE id = $10 AND incident_id = $3), "
	         "$11))");
}

void store_assign(struct store *store, const struct store_act *act, const struct store_assign *a,
                  store_written_fn *done, void *ctx)
{
	struct sql q;
	struct write *w = write_begin(store, &q, act, NULL);
	crew_guard(&q, a);
	incident_guard(&q, a->incident);
	sql_scope(&q, act->who);
	sql_text(&q, incident_state_name(a->to));
	sql_send(
	    &q,
	    EXPECT_ONE("UPDATE incident SET state = $5, version = version + 1, updated_at = now() "
	               "WHERE id = $1 AND version = $2 AND ($3::uuid[] IS NULL OR utility_id = ANY "
	               "($3::uuid[])) "
	               "AND $4::uuid IS NULL"));
	ranking_insert(&q, a->ranking, a->seen);
	assignment_insert(&q, act, a);
	sql_change_assigned(
	    &q, act,
	    &(struct link){.utility = a->incident->utility.text,
	                   .what = "assigned",
	                   .kind = "assignment",
	                   .object = a->id.text,
	                   .incident = a->incident->id.text,
	                   .from = incident_state_name(a->incident->state),
	                   .to = incident_state_name(a->to),
	                   .payload = arena_format(
	                       q.arena, "{\"crew\":\"%s\",\"eta_s\":%lld,\"forced\":%s}",
	                       a->crew->id.text, (long long)a->eta_s,
	                       a->forced_reason ? "true" : "false")});
	write_send(w, &q, done, ctx);
}

/* ---- steps ---- */

static void assignment_update(struct sql *q, const struct store_act *act,
                              const struct store_step *s)
{
	sql_id(q, s->assignment->id.text);
	sql_int(q, s->assignment->version);
	sql_scope(q, act->who);
	sql_text(q, assignment_event_name(s->event));
	sql_instant(q, act->at);
	sql_text(q, assignment_state_name(s->to));
	sql_bool(q, !assignment_is_open(s->to));
	sql_text(q, act->words);
	sql_text(q, s->outcome);
	sql_instant(q, s->eta_at);
	sql_bool(q, s->missing_leg);
	sql_id(q, act->who && s->event == ASSIGNMENT_RECALL ? act->who->id.text : NULL);
	sql_send(
	    q,
	    EXPECT_ONE(
	        "UPDATE assignment SET state = $7, version = version + 1, "
	        "accepted_at = CASE WHEN $5 = 'accept' THEN $6::timestamptz ELSE accepted_at END, "
	        "departed_at = CASE WHEN $5 = 'en_route' THEN $6 ELSE departed_at END, "
	        "arrived_at = CASE WHEN $5 = 'arrived' THEN $6 ELSE arrived_at END, "
	        "made_safe_at = CASE WHEN $5 = 'made_safe' THEN $6 ELSE made_safe_at END, "
	        "restored_at = CASE WHEN $5 = 'restored' THEN $6 ELSE restored_at END, "
	        "left_at = CASE WHEN $5 = 'left' THEN $6 ELSE left_at END, "
	        "ended_at = CASE WHEN $8 THEN $6 ELSE ended_at END, "
	        "declined_reason = CASE WHEN $5 = 'decline' THEN $9 ELSE declined_reason END, "
	        "outcome = coalesce($10, outcome), eta_at = coalesce($11, eta_at), missing_leg = "
	        "missing_leg OR $12, "
	        "recalled_by = coalesce($13, recalled_by) "
	        "WHERE id = $1 AND version = $2 AND ($3::uuid[] IS NULL OR utility_id = ANY "
	        "($3::uuid[]) OR crew_id = $4::uuid)"));
}

static void incident_update(struct sql *q, const struct store_act *act, const struct store_step *s)
{
	incident_guard(q, s->incident);
	sql_text(q, assignment_event_name(s->event));
	sql_instant(q, act->at);
	sql_text(q, incident_state_name(s->incident_to));
	sql_send(
	    q,
	    EXPECT_ONE("UPDATE incident SET state = $5, version = version + 1, updated_at = now(), "
	               "arrived_at = CASE WHEN $3 = 'arrived' THEN least(arrived_at, "
	               "$4::timestamptz) ELSE arrived_at END, "
	               "made_safe_at = CASE WHEN $3 = 'made_safe' THEN coalesce(made_safe_at, $4) "
	               "ELSE made_safe_at END, "
	               "restored_at = CASE WHEN $3 = 'restored' THEN coalesce(restored_at, $4) "
	               "ELSE restored_at END, "
	               "closed_at = CASE WHEN $5 = 'closed' THEN $4 ELSE closed_at END, "
	               "disposition = CASE WHEN $5 = 'closed' THEN 'done' ELSE disposition END "
	               "WHERE id = $1 AND version = $2"));
}

static void targets_stop(struct sql *q, const struct store_act *act, const struct store_step *s)
{
	struct str ids = {0}, results = {0}, late = {0};
	for (size_t i = 0; i < s->stop_count; i++) {
		const char *comma = i ? "," : "{";
		str_addf(&ids, "%s%lld", comma, (long long)s->stops[i].target);
		str_addf(&results, "%s%s", comma, s->stops[i].met ? "met" : "missed");
		str_addf(&late, "%s%lld", comma, (long long)s->stops[i].late_s);
	}
	if (s->stop_count) {
		str_addc(&ids, '}');
		str_addc(&results, '}');
		str_addc(&late, '}');
		sql_instant(q, act->at);
		sql_text(q, ids.data);
		sql_text(q, results.data);
		sql_text(q, late.data);
		sql_send(
		    q, "UPDATE report_target t SET stopped_at = $1, result = v.result, late_s = "
		       "v.late "
		       "FROM unnest($2::bigint[], $3::text[], $4::integer[]) v (id, result, late) "
		       "WHERE t.id = v.id AND t.stopped_at IS NULL");
	}
	str_fini(&ids);
	str_fini(&results);
	str_fini(&late);
}

static const char *step_payload(struct arena *arena, const struct store_step *s)
{
	bool missed = false;
	int64_t late = 0;
	for (size_t i = 0; i < s->stop_count; i++) {
		missed |= !s->stops[i].met;
		late = s->stops[i].late_s > late ? s->stops[i].late_s : late;
	}
	const char *result = !s->stop_count ? ""
	                     : missed       ? ",\"result\":\"missed\""
	                                    : ",\"result\":\"met\"";
	return arena_format(
	    arena,
	    "{\"crew\":\"%s\",\"incident_from\":\"%s\",\"incident_to\":\"%s\",\"late_s\":%lld,"
	    "\"missing_leg\":%s%s}",
	    s->assignment->crew.text, incident_state_name(s->incident->state),
	    incident_state_name(s->incident_to), (long long)late, s->missing_leg ? "true" : "false",
	    result);
}

void store_assignment_step(struct store *store, const struct store_act *act,
                           const struct store_step *s, store_written_fn *done, void *ctx)
{
	struct sql q;
	struct write *w = write_begin(store, &q, act, "{\"applied\":true,\"reason\":null}");
	assignment_update(&q, act, s);
	incident_update(&q, act, s);
	targets_stop(&q, act, s);
	for (size_t i = 0; i < s->begin_count; i++) {
		struct report r = {.utility = s->incident->utility};
		str_copy(r.id.text, sizeof r.id.text, s->begins[i].report);
		targets_add(&q, &r, &s->begins[i], 1);
	}
	if (s->incident_to == INCIDENT_CLOSED)
		events_end(&q, s->incident, act->at);
	bool milestone = s->event == ASSIGNMENT_MAKE_SAFE || s->event == ASSIGNMENT_RESTORE;
	sql_change(&q, act,
	           &(struct link){.utility = s->incident->utility.text,
	                          .what = milestone ? assignment_event_name(s->event)
	                                            : assignment_state_name(s->to),
	                          .kind = "assignment",
	                          .object = s->assignment->id.text,
	                          .incident = s->incident->id.text,
	                          .from = assignment_state_name(s->assignment->state),
	                          .to = assignment_state_name(s->to),
	                          .payload = step_payload(q.arena, s)});
	if (s->incident_to == INCIDENT_CLOSED && s->incident->state != INCIDENT_CLOSED)
		sql_change(&q, act,
		           &(struct link){.utility = s->incident->utility.text,
		                          .what = "closed",
		                          .kind = "incident",
		                          .object = s->incident->id.text,
		                          .incident = s->incident->id.text,
		                          .from = incident_state_name(s->incident->state),
		                          .to = "closed",
		                          .payload = "{\"disposition\":\"done\"}",
		                          .silent_words = true});
	write_send(w, &q, done, ctx);
}

void store_assignment_eta(struct store *store, const struct store_act *act,
                          const struct incident *incident, const struct assignment *assignment,
                          struct instant at, store_written_fn *done, void *ctx)
{
	struct sql q;
	struct write *w = write_begin(store, &q, act, "{}");
	sql_id(&q, assignment->id.text);
	sql_int(&q, assignment->version);
	sql_instant(&q, at);
	sql_instant(&q, instant_is_set(at) ? INSTANT_NONE : act->at);
	/* The version stays: nobody's act on it is overtaken by news of the traffic. */
	sql_send(&q, EXPECT_ONE("UPDATE assignment SET eta_at = $3, cut_off_at = $4 WHERE id = $1 "
	                        "AND version = $2 AND state = 'en_route'"));
	sql_change(&q, act,
	           &(struct link){.utility = incident->utility.text,
	                          .what = instant_is_set(at) ? "eta" : "cut_off",
	                          .kind = "assignment",
	                          .object = assignment->id.text,
	                          .incident = incident->id.text,
	                          .from = "en_route",
	                          .to = "en_route",
	                          .payload = arena_format(q.arena, "{\"crew\":\"%s\"}",
	                                                  assignment->crew.text)});
	write_send(w, &q, done, ctx);
}

void store_assignment_late(struct store *store, const struct store_act *act,
                           const struct incident *incident, const struct assignment *assignment,
                           enum assignment_event event, store_written_fn *done, void *ctx)
{
	struct js *kept = js_object();
	struct str answer = {0};
	js_set_bool(kept, "applied", false);
	js_set_str(kept, "reason", act->why);
	js_write(kept, &answer);
	js_free(&kept);
	struct sql q;
	struct write *w = write_begin(store, &q, act, answer.data);
	str_fini(&answer);
	sql_id(&q, assignment->id.text);
	sql_scope(&q, act->who);
	sql_send(&q,
	         "SELECT expect_one(count(*)) FROM assignment WHERE id = $1 "
	         "AND ($2::uuid[] IS NULL OR utility_id = ANY ($2::uuid[]) OR crew_id = $3::uuid)");
	sql_change(
	    &q, act,
	    &(struct link){.utility = incident->utility.text,
	                   .what = "not_applied",
	                   .kind = "assignment",
	                   .object = assignment->id.text,
	                   .incident = incident->id.text,
	                   .from = assignment_state_name(assignment->state),
	                   .to = assignment_state_name(assignment->state),
	                   .payload = arena_format(
	                       q.arena, "{\"crew\":\"%s\",\"event\":\"%s\",\"applied\":false}",
	                       assignment->crew.text, assignment_event_name(event))});
	write_send(w, &q, done, ctx);
}

/*
 * Writing once: the key is claimed by the first statement of a transaction, and a write whose
 * outcome got lost is found out before anybody hears of it. On DB_UNKNOWN the attempt is looked up
 * on another connection and, if it is not there, fenced off (once_settle), so that it can never
 * happen later.
 */
#include "sql.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

#define SETTLE_TRIES 4
#define SETTLE_PAUSE SPAN_MS(400)

struct write {
	struct store *store;
	char scope[121], key[201], body[65], attempt[ID_TEXT];
	size_t answer_statement; /* 0: the kept answer below */
	char *kept;
	store_written_fn *done;
	void *ctx;
};

/* A write between its lost outcome and the truth. */
struct settle {
	struct settle *next;
	struct write *write;
	struct loop_timer *timer;
	int tries;
};

static void write_free(struct write *w)
{
	free(w->kept);
	free(w);
}

static void tell(struct write *w, const struct problem *p, const char *answer, bool repeated)
{
	struct js *js = answer ? js_parse(answer, strlen(answer), NULL) : NULL;
	struct store_written written = {.answer = js, .repeated = repeated};
	w->done(w->ctx, p, p ? NULL : &written);
	js_free(&js);
	write_free(w);
}

/* The key's row against the body that came now. */
static bool key_agrees(const struct db_answer *answer, const char *body, struct problem *p)
{
	const char *kept = db_value(answer, 0, 0, 0);
	if (kept && strcmp(kept, body) == 0)
		return true;
	return problem_set(p, PROBLEM_INPUT, "Idempotency-Key",
	                   "this key was used with another body: take a new key");
}

static db_done_fn on_answered_before, on_settled;

static const char *const once_sql =
    "SELECT body_hash, answer FROM once WHERE scope = $1 AND key = $2 AND answer IS NOT NULL";

static void ask_kept(struct write *w, db_done_fn *done)
{
	struct sql q;
	sql_init(&q);
	sql_text(&q, w->scope);
	sql_text(&q, w->key);
	sql_send(&q, once_sql);
	db_start(w->store->db, &q.batch, DB_READ, (struct span){0}, done, w);
	sql_fini(&q);
}

static void on_answered_before(void *ctx, const struct db_answer *answer)
{
	struct write *w = ctx;
	struct problem p;
	if (!db_check(answer, DB_READ, &p) ||
	    (db_rows(answer, 0) && !key_agrees(answer, w->body, &p)))
		tell(w, &p, NULL, false);
	else if (!db_rows(answer, 0))
		tell(w, &(struct problem){PROBLEM_BUSY, "", "try again"}, NULL, false);
	else
		tell(w, NULL, db_value(answer, 0, 0, 1), true);
}

static void settle_again(struct settle *s);

static void settle_end(struct settle *s)
{
	struct settle **at = &s->write->store->settling;
	while (*at && *at != s)
		at = &(*at)->next;
	if (*at)
		*at = s->next;
	loop_timer_cancel(&s->timer);
	free(s);
}

static void on_settled(void *ctx, const struct db_answer *answer)
{
	struct settle *s = ctx;
	struct write *w = s->write;
	struct problem p;
	bool known = db_check(answer, DB_WRITE, &p);
	if (!known && ++s->tries < SETTLE_TRIES) {
		settle_again(s);
		return;
	}
	settle_end(s);
	if (!known) {
		problem_set(&p, PROBLEM_UNCERTAIN, "",
		            "the database went away: send it again with the same key");
		tell(w, &p, NULL, false);
	} else if (db_value(answer, 0, 0, 0)) {
		tell(w, NULL, db_value(answer, 0, 0, 0), false);
	} else {
		problem_set(&p, PROBLEM_BUSY, "",
		            "the database did not answer in time: nothing was written, try again");
		tell(w, &p, NULL, false);
	}
}

static void settle_ask(void *ctx)
{
	struct settle *s = ctx;
	struct write *w = s->write;
	struct sql q;
	s->timer = NULL;
	sql_init(&q);
	sql_text(&q, w->scope);
	sql_text(&q, w->key);
	sql_text(&q, w->body);
	sql_text(&q, w->attempt);
	sql_send(&q, "SELECT once_settle($1, $2, $3, $4)");
	db_start(w->store->db, &q.batch, DB_WRITE, (struct span){0}, on_settled, s);
	sql_fini(&q);
}

static void settle_again(struct settle *s)
{
	s->timer = loop_after(s->write->store->loop, SETTLE_PAUSE, settle_ask, s);
}

void settle_stop(struct store *store)
{
	for (struct settle *s = store->settling, *next; s; s = next) {
		next = s->next;
		if (!s->timer)
			continue; /* its question is with db, which will end it */
		struct write *w = s->write;
		settle_end(s);
		tell(w,
		     &(struct problem){PROBLEM_UNCERTAIN, "",
		                       "the server stops: send it again with the same key"},
		     NULL, false);
	}
}

struct write *write_begin(struct store *store, struct sql *q, const struct store_act *act,
                          const char *answer)
{
	struct write *w = mem_zero(1, sizeof *w);
	w->store = store;
	id_make(w->attempt);
	bool keyed = act->key && *act->key;
	str_copy(w->scope, sizeof w->scope, keyed && act->scope ? act->scope : "-");
	str_copy(w->key, sizeof w->key, keyed ? act->key : w->attempt);
	str_copy(w->body, sizeof w->body, keyed && act->body_hash ? act->body_hash : "-");
	w->kept = mem_str(answer ? answer : "{}");
	sql_init(q);
	sql_text(q, w->scope);
	sql_text(q, w->key);
	sql_text(q, w->body);
	sql_text(q, w->attempt);
	sql_text(q, w->kept);
	sql_send(q, "SELECT once_claim($1, $2, $3, $4, $5)");
	return w;
}

void write_answer_from(struct write *w, size_t statement)
{
	w->answer_statement = statement;
}

void write_key(struct write *w, struct sql *q)
{
	sql_text(q, w->scope);
	sql_text(q, w->key);
}

static void on_written(void *ctx, const struct db_answer *answer)
{
	struct write *w = ctx;
	struct problem p;
	if (answer->outcome == DB_UNKNOWN) {
		struct settle *s = mem_zero(1, sizeof *s);
		s->write = w;
		s->next = w->store->settling;
		w->store->settling = s;
		log_warn(NULL, "a write's outcome is unknown, asking for it");
		settle_again(s);
	} else if (answer->outcome == DB_REFUSED && strcmp(answer->sqlstate, "PR208") == 0) {
		ask_kept(w, on_answered_before);
	} else if (answer->outcome == DB_REFUSED &&
	           strcmp(answer->detail, "assignment_once_open") == 0) {
		tell(w,
		     &(struct problem){PROBLEM_CONFLICT, "",
		                       "this crew is already on this incident"},
		     NULL, false);
	} else if (!db_check(answer, DB_WRITE, &p)) {
		if (p.kind == PROBLEM_INTERNAL)
			log_error(NULL,
			          "a write was refused sqlstate=%s statement=%zu reason=\"%s\"",
			          answer->sqlstate, answer->failed, answer->message);
		tell(w, &p, NULL, false);
	} else {
		tell(w, NULL,
		     w->answer_statement ? db_value(answer, w->answer_statement, 0, 0) : w->kept,
		     false);
	}
}

void write_send(struct write *w, struct sql *q, store_written_fn *done, void *ctx)
{
	w->done = done;
	w->ctx = ctx;
	db_start(w->store->db, &q->batch, DB_WRITE, (struct span){0}, on_written, w);
	sql_fini(q);
}

static void link_params(struct sql *q, const struct store_act *act, const struct link *link)
{
	sql_id(q, link->utility);
	sql_instant(q, act->at);
	sql_id(q, act->who ? arena_str(q->arena, act->who->id.text) : NULL);
	sql_text(q, link->what);
	sql_text(q, link->kind);
	sql_id(q, link->object);
	sql_id(q, link->incident);
	sql_text(q, link->from);
	sql_text(q, link->to);
	sql_text(q, act->why);
	sql_text(q, link->silent_words ? NULL : act->words);
	sql_text(q, link->payload ? link->payload : "{}");
}

void sql_change(struct sql *q, const struct store_act *act, const struct link *link)
{
	link_params(q, act, link);
	sql_send(q, "SELECT change_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
}

void sql_change_assigned(struct sql *q, const struct store_act *act, const struct link *link)
{
	link_params(q, act, link);
	sql_send(q, "SELECT change_append($1, $2, $3, $4, $5, a.id, $7, $8, $9, $10, $11, "
	            "$12::jsonb || jsonb_build_object('ranking', a.ranking_id)) "
	            "FROM assignment a WHERE a.id = $6");
}

/* ---- asking before anything is decided ---- */

static void on_asked(void *ctx, const struct db_answer *answer)
{
	struct write *w = ctx;
	struct problem p;
	if (!db_check(answer, DB_READ, &p) ||
	    (db_rows(answer, 0) && !key_agrees(answer, w->body, &p))) {
		tell(w, &p, NULL, false);
	} else if (db_rows(answer, 0)) {
		tell(w, NULL, db_value(answer, 0, 0, 1), true);
	} else {
		w->done(w->ctx, NULL, NULL);
		write_free(w);
	}
}

void store_once(struct store *store, const struct store_act *act, store_written_fn *done, void *ctx)
{
	struct write *w = mem_zero(1, sizeof *w);
	w->store = store;
	str_copy(w->scope, sizeof w->scope, act->scope ? act->scope : "-");
	str_copy(w->key, sizeof w->key, act->key ? act->key : "");
	str_copy(w->body, sizeof w->body, act->body_hash ? act->body_hash : "-");
	w->done = done;
	w->ctx = ctx;
	ask_kept(w, on_asked);
}

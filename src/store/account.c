/* People who log in, and their sessions: tokens are kept as hashes, passwords as argon2id. */
#include "sql.h"

#include "wire/crypto.h"

#include <stdlib.h>

struct asked {
	store_account_fn *account_done;
	store_done_fn *done;
	enum db_mode mode;
	void *ctx;
};

#define ACCOUNT_COLUMNS                                                                            \
	"a.id, a.login, a.name, a.role, a.crew_id, c.name, a.password, "                           \
	"(SELECT jsonb_agg(jsonb_build_array(u.id, u.code) ORDER BY u.code) FROM account_utility " \
	"l "                                                                                       \
	"JOIN utility u ON u.id = l.utility_id WHERE l.account_id = a.id)"
#define ACCOUNT_FROM " FROM account a LEFT JOIN crew c ON c.id = a.crew_id"

static void utilities_read(const struct js *list, struct user *u)
{
	for (size_t i = 0; i < js_count(list) && i < USER_MAX_UTILITIES; i++) {
		str_copy(u->utilities[i].text, ID_TEXT, js_str(js_at(js_at(list, i), 0)));
		str_copy(u->utility_codes[i], sizeof u->utility_codes[i],
		         js_str(js_at(js_at(list, i), 1)));
		u->utility_count++;
	}
}

static bool account_read(struct row *r, struct store_account *out)
{
	struct user *u = &out->user;
	row_id(r, u->id.text);
	str_copy(u->login, sizeof u->login, row_text(r));
	str_copy(u->name, sizeof u->name, row_text(r));
	bool known = role_parse(row_text(r), &u->role);
	row_id(r, u->crew.text);
	out->crew_name = row_text(r);
	out->password = row_text(r);
	struct js *utilities = row_json(r);
	utilities_read(utilities, u);
	js_free(&utilities);
	out->expires_at = row_instant(r);
	return known;
}

static void on_account(void *ctx, const struct db_answer *answer)
{
	struct asked *a = ctx;
	struct problem p;
	struct store_account account = {0};
	struct arena *arena = arena_new();
	bool ok = db_check(answer, DB_READ, &p);
	if (ok && !db_rows(answer, 0))
		ok = problem_set(&p, PROBLEM_NOT_FOUND, "", "no such account or session");
	if (ok && !account_read(&(struct row){.answer = answer, .arena = arena}, &account))
		ok = problem_set(&p, PROBLEM_INTERNAL, "",
		                 "an account has a role this server does not know");
	a->account_done(a->ctx, ok ? NULL : &p, ok ? &account : NULL);
	arena_free(&arena);
	free(a);
}

static void account_ask(struct store *store, const char *sql, const char *what,
                        store_account_fn *done, void *ctx)
{
	struct asked *a = mem_zero(1, sizeof *a);
	*a = (struct asked){.account_done = done, .ctx = ctx};
	struct sql q;
	sql_init(&q);
	sql_text(&q, what);
	sql_send(&q, sql);
	db_start(store->db, &q.batch, DB_READ, (struct span){0}, on_account, a);
	sql_fini(&q);
}

void store_account(struct store *store, const char *login, store_account_fn *done, void *ctx)
{
	account_ask(store,
	            "SELECT " ACCOUNT_COLUMNS ", NULL::timestamptz" ACCOUNT_FROM
	            " WHERE lower(a.login) = lower($1) AND a.disabled_at IS NULL",
	            login, done, ctx);
}

void store_session(struct store *store, const char *token_hash, store_account_fn *done, void *ctx)
{
	account_ask(store,
	            "SELECT " ACCOUNT_COLUMNS ", s.expires_at" ACCOUNT_FROM
	            " JOIN session s ON s.account_id = a.id"
	            " WHERE s.token_hash = $1 AND s.closed_at IS NULL AND s.expires_at > now() AND "
	            "a.disabled_at IS NULL",
	            token_hash, done, ctx);
}

static void on_done(void *ctx, const struct db_answer *answer)
{
	struct asked *a = ctx;
	struct problem p;
	bool ok = db_check(answer, DB_WRITE, &p);
	a->done(a->ctx, ok ? NULL : &p);
	free(a);
}

static void run(struct store *store, struct sql *q, store_done_fn *done, void *ctx)
{
	struct asked *a = mem_zero(1, sizeof *a);
	*a = (struct asked){.done = done, .ctx = ctx};
	db_start(store->db, &q->batch, DB_WRITE, (struct span){0}, on_done, a);
	sql_fini(q);
}

void store_session_open(struct store *store, const struct user *who, const char *token_hash,
                        struct instant expires_at, store_done_fn *done, void *ctx)
{
	struct sql q;
	sql_init(&q);
	sql_text(&q, token_hash);
	sql_id(&q, who->id.text);
	sql_instant(&q, expires_at);
	sql_send(&q,
	         "INSERT INTO session (token_hash, account_id, expires_at) VALUES ($1, $2, $3)");
	struct store_act act = {.who = who, .at = instant_now()};
	sql_change(&q, &act,
	           &(struct link){.what = "logged_in", .kind = "account", .object = who->id.text});
	run(store, &q, done, ctx);
}

void store_session_close(struct store *store, const char *token_hash, store_done_fn *done,
                         void *ctx)
{
	struct sql q;
	sql_init(&q);
	sql_text(&q, token_hash);
	sql_send(&q, "WITH s AS (UPDATE session SET closed_at = now() WHERE token_hash = $1 AND "
	             "closed_at IS NULL "
	             "RETURNING account_id) SELECT change_append(NULL, now(), account_id, "
	             "'logged_out', 'account', "
	             "account_id, NULL, NULL, NULL, NULL, NULL, NULL) FROM s");
	run(store, &q, done, ctx);
}

void store_tidy(struct store *store, store_done_fn *done, void *ctx)
{
	struct sql q;
	sql_init(&q);
	sql_send(&q, "DELETE FROM once WHERE at < now() - interval '7 days'");
	sql_send(&q, "DELETE FROM session WHERE expires_at < now() - interval '30 days'");
	run(store, &q, done, ctx);
}

/* ---- prontoctl user ---- */

static const char *hash_or_null(struct sql *q, const char *password)
{
	char hash[CRYPTO_PASSWORD];
	if (!password || !crypto_password_hash(password, hash))
		return NULL;
	return arena_str(q->arena, hash);
}

static void person_add(struct sql *q, const struct store_person *person)
{
	char id[ID_TEXT];
	id_make(id);
	sql_id(q, arena_str(q->arena, id));
	sql_text(q, person->login);
	sql_text(q, person->name ? person->name : person->login);
	sql_text(q, person->role);
	sql_text(q, hash_or_null(q, person->password));
	sql_text(q, person->crew);
	sql_text(q, person->utility);
	sql_send(q, "INSERT INTO account (id, login, name, role, password, crew_id) VALUES ($1, "
	            "$2, $3, $4, $5, "
	            "(SELECT c.id FROM crew c JOIN utility u ON u.id = c.utility_id WHERE c.name = "
	            "$6 AND u.code = $7))");
	sql_id(q, arena_str(q->arena, id));
	sql_text(q, person->utility);
	sql_send(q, "WITH l AS (INSERT INTO account_utility SELECT $1, id FROM utility WHERE code "
	            "= $2 RETURNING 1) "
	            "SELECT expect_one(count(*)) FROM l");
}

static void person_change(struct sql *q, const char *action, const struct store_person *person)
{
	bool disable = str_equal(action, "disable");
	sql_text(q, person->login);
	if (!disable)
		sql_text(q, hash_or_null(q, person->password));
	sql_send(
	    q, disable
	           ? EXPECT_ONE("UPDATE account SET disabled_at = coalesce(disabled_at, now()) "
	                        "WHERE lower(login) = lower($1)")
	           : EXPECT_ONE("UPDATE account SET password = $2 WHERE lower(login) = lower($1)"));
	sql_text(q, person->login);
	sql_send(q, "UPDATE session SET closed_at = now() FROM account a WHERE a.id = account_id "
	            "AND lower(a.login) = lower($1) AND closed_at IS NULL");
}

bool store_person(const char *url, const char *action, const struct store_person *person,
                  struct problem *p)
{
	struct sql q;
	sql_init(&q);
	if (str_equal(action, "add"))
		person_add(&q, person);
	else
		person_change(&q, action, person);
	sql_text(&q, person->login);
	sql_text(&q, action);
	sql_send(&q, "SELECT change_append(NULL, now(), NULL, 'account_' || $2, 'account', id, "
	             "NULL, NULL, NULL, NULL, "
	             "NULL, NULL) FROM account WHERE lower(login) = lower($1)");
	bool ok = db_run(url, &q.batch, DB_WRITE, SPAN_S(30), NULL, NULL, p);
	sql_fini(&q);
	if (!ok && p && p->kind == PROBLEM_CONFLICT)
		problem_set(p, PROBLEM_NOT_FOUND, "", "no login \"%s\", or no such utility",
		            person->login);
	return ok;
}

static void people_print(void *ctx, const struct db_answer *answer)
{
	for (size_t i = 0; i < db_rows(answer, 0); i++)
		str_addf(ctx, "%s\t%s\t%s\t%s\t%s\n", db_value(answer, 0, i, 0),
		         db_value(answer, 0, i, 1), db_value(answer, 0, i, 2),
		         db_value(answer, 0, i, 3), db_value(answer, 0, i, 4));
}

bool store_people(const char *url, struct str *to, struct problem *p)
{
	struct sql q;
	sql_init(&q);
	sql_send(&q, "SELECT a.login, a.name, a.role, coalesce((SELECT string_agg(u.code, ',' "
	             "ORDER BY u.code) "
	             "FROM account_utility l JOIN utility u ON u.id = l.utility_id WHERE "
	             "l.account_id = a.id), '-'), "
	             "CASE WHEN a.disabled_at IS NULL THEN 'enabled' ELSE 'disabled' END FROM "
	             "account a ORDER BY a.login");
	bool ok = db_run(url, &q.batch, DB_READ, SPAN_S(30), people_print, to, p);
	sql_fini(&q);
	return ok;
}

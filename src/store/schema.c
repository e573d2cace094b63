/*
 * The house's connection to its database: opening, which schema version is there, migrations, the
 * one lock of the whole system. A server runs on versions SCHEMA_MIN to SCHEMA_MAX, so that old and
 * new servers can run side by side while a migration is rolled out.
 */
#include "sql.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

#define SCHEMA_MIN 6
#define SCHEMA_MAX 6
#define SCHEMA_AGAIN SPAN_S(2)
#define LEADER_KEY 0x70726f6e746f64 /* "prontod" */

static void schema_ask(void *ctx);

static void on_schema(void *ctx, const struct db_answer *answer)
{
	struct store *s = ctx;
	struct problem p;
	s->schema_asked = false;
	bool asked = db_check(answer, DB_READ, &p);
	if (asked)
		s->schema_version = (int)db_int(answer, 0, 0, 0, 0);
	bool ok = asked && s->schema_version >= SCHEMA_MIN && s->schema_version <= SCHEMA_MAX;
	if (asked && !ok)
		log_error(NULL, "the schema is not one this server runs on version=%d",
		          s->schema_version);
	s->schema_ok = ok;
	if (!ok)
		s->schema_timer = loop_after(s->loop, SCHEMA_AGAIN, schema_ask, s);
}

static void schema_ask(void *ctx)
{
	struct store *s = ctx;
	s->schema_timer = NULL;
	if (s->schema_asked || s->schema_ok)
		return;
	struct sql q;
	sql_init(&q);
	sql_send(&q, "SELECT max(version) FROM schema_version");
	s->schema_asked = true;
	db_start(s->db, &q.batch, DB_READ, (struct span){0}, on_schema, s);
	sql_fini(&q);
}

static void on_notify(void *ctx, const char *channel, const char *payload)
{
	struct store *s = ctx;
	if (strcmp(channel, "change") == 0)
		s->options.on_change(s->options.ctx, strtoll(payload, NULL, 10));
	else
		s->options.on_moved(s->options.ctx, payload);
}

static void on_listening(void *ctx, bool listening)
{
	struct store *s = ctx;
	s->options.on_link(s->options.ctx, listening);
}

struct store *store_open(const struct store_options *options)
{
	static const char *const channels[] = {"change", "moved", NULL};
	struct store *s = mem_zero(1, sizeof *s);
	s->loop = options->loop;
	s->options = *options;
	s->db = db_open(options->loop, &(struct db_options){.url = options->url,
	                                                    .connections = options->connections,
	                                                    .deadline = options->deadline,
	                                                    .channels = channels,
	                                                    .on_notify = on_notify,
	                                                    .on_listening = on_listening,
	                                                    .ctx = s});
	schema_ask(s);
	return s;
}

void store_close(struct store **store)
{
	struct store *s = *store;
	if (!s)
		return;
	db_close(&s->db);
	settle_stop(s);
	loop_timer_cancel(&s->schema_timer);
	free(s);
	*store = NULL;
}

bool store_ready(const struct store *s, struct problem *p)
{
	if (!db_ready(s->db))
		return problem_set(p, PROBLEM_BUSY, "", "the database does not answer");
	if (!s->schema_ok && s->schema_version)
		return problem_set(p, PROBLEM_BUSY, "",
		                   "the schema is at version %d, this server runs on %d to %d",
		                   s->schema_version, SCHEMA_MIN, SCHEMA_MAX);
	if (!s->schema_ok)
		return problem_set(p, PROBLEM_BUSY, "",
		                   "the schema's version is not known: run prontoctl migrate");
	return true;
}

void store_lead(struct store *s, store_lead_fn *fn, void *ctx)
{
	db_lock_want(s->db, LEADER_KEY, fn, ctx);
}

/* ---- migrations ---- */

/* One statement, so that each file is one transaction whatever it holds; the lock keeps two apart.
 */
static const char migrate_sql[] =
    "DO $$ BEGIN "
    "PERFORM pg_advisory_xact_lock(8101816655414685541); "
    "CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, name text NOT NULL, "
    "	applied_at timestamptz NOT NULL DEFAULT now()); "
    "IF NOT EXISTS (SELECT FROM schema_version WHERE version = "
    "current_setting('prontod.version')::integer) THEN "
    "	EXECUTE current_setting('prontod.script'); "
    "	INSERT INTO schema_version (version, name) "
    "		VALUES (current_setting('prontod.version')::integer, "
    "current_setting('prontod.name')); "
    "END IF; END $$";

static const char settings_sql[] =
    "SELECT set_config('client_min_messages', 'warning', true), set_config('prontod.version', $1, "
    "true), "
    "set_config('prontod.name', $2, true), set_config('prontod.script', $3, true)";

static void read_number(void *ctx, const struct db_answer *answer)
{
	*(int64_t *)ctx = db_rows(answer, 0) ? db_int(answer, 0, 0, 0, 0) : 0;
}

static bool is_applied(const char *url, int version, bool *out, struct problem *p)
{
	int64_t known = 0, applied = 0;
	struct sql q;
	sql_init(&q);
	sql_send(&q, "SELECT (to_regclass('schema_version') IS NOT NULL)::integer");
	bool ok = db_run(url, &q.batch, DB_READ, SPAN_S(30), read_number, &known, p);
	sql_fini(&q);
	if (ok && known) {
		sql_init(&q);
		sql_int(&q, version);
		sql_send(&q, "SELECT count(*) FROM schema_version WHERE version = $1");
		ok = db_run(url, &q.batch, DB_READ, SPAN_S(30), read_number, &applied, p);
		sql_fini(&q);
	}
	*out = applied > 0;
	return ok;
}

static bool apply(const char *url, const struct store_migration *m, struct problem *p)
{
	struct sql q;
	sql_init(&q);
	sql_int(&q, m->version);
	sql_text(&q, m->name);
	sql_text(&q, m->sql);
	sql_send(&q, settings_sql);
	sql_send(&q, migrate_sql);
	bool ok = db_run(url, &q.batch, DB_WRITE, SPAN_S(600), NULL, NULL, p);
	sql_fini(&q);
	if (!ok)
		problem_prefix(p, "migration %d %s", m->version, m->name);
	return ok;
}

bool store_migrate(const char *url, struct store_migration *list, size_t count, bool dry,
                   struct problem *p)
{
	for (size_t i = 0; i < count; i++) {
		if (!is_applied(url, list[i].version, &list[i].applied, p))
			return false;
		if (!list[i].applied && !dry) {
			if (!apply(url, &list[i], p))
				return false;
			list[i].applied = true;
		}
	}
	return true;
}

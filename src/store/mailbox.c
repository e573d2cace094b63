/*
 * Which messages of a mailbox are dealt with: known here, in the same transaction as their reports, never
 * from the mailbox's own flags. Taking a message that becomes a report stands in report.c.
 */
#include "sql.h"

#include <stdlib.h>

struct mail_asked {
	store_mail_fn *done;
	void *ctx;
};

static void on_mail(void *ctx, const struct db_answer *answer)
{
	struct mail_asked *a = ctx;
	struct problem p;
	bool ok = db_check(answer, DB_READ, &p);
	const char *taken = ok ? db_value(answer, 0, 0, 1) : NULL;
	a->done(a->ctx, ok ? NULL : &p, ok ? db_int(answer, 0, 0, 0, 0) : 0, taken ? taken : "");
	free(a);
}

void store_mail_taken(struct store *store, const char *mailbox, int64_t uidvalidity, int64_t above,
                      store_mail_fn *done, void *ctx)
{
	struct mail_asked *a = mem_zero(1, sizeof *a);
	*a = (struct mail_asked){done, ctx};
	struct sql q;
	sql_init(&q);
	sql_text(&q, mailbox);
	sql_int(&q, uidvalidity);
	sql_int(&q, above);
	sql_send(&q,
	         "SELECT max(uid), string_agg(uid::text, ' ' ORDER BY uid) FILTER (WHERE uid > $3) "
	         "FROM mail_taken WHERE mailbox = $1 AND uidvalidity = $2");
	db_start(store->db, &q.batch, DB_READ, (struct span){0}, on_mail, a);
	sql_fini(&q);
}

struct mark_asked {
	store_marked_fn *done;
	void *ctx;
};

static void on_marked(void *ctx, const struct db_answer *answer)
{
	struct mark_asked *a = ctx;
	struct problem p;
	bool ok = db_check(answer, DB_WRITE, &p);
	a->done(a->ctx, ok ? NULL : &p);
	free(a);
}

void store_mail_mark(struct store *store, const struct store_mail *mail, store_marked_fn *done,
                     void *ctx)
{
	struct mark_asked *a = mem_zero(1, sizeof *a);
	*a = (struct mark_asked){done, ctx};
	struct sql q;
	sql_init(&q);
	sql_text(&q, mail->mailbox);
	sql_int(&q, mail->uidvalidity);
	sql_int(&q, mail->uid);
	sql_id(&q, mail->report);
	sql_text(&q, mail->reason);
	sql_send(&q, "INSERT INTO mail_taken (mailbox, uidvalidity, uid, report_id, aside) "
	             "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING");
	db_start(store->db, &q.batch, DB_WRITE, (struct span){0}, on_marked, a);
	sql_fini(&q);
}

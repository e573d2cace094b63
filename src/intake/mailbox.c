/*
 * Reading a mailbox over IMAP by libcurl. A look: list what is above the highest UID dealt with,
 * then one message after the other: fetch (without touching its flags), hand up, wait for the
 * verdict, flag or move.
 *
 * - nothing new: look again after `poll`
 * - a message is taken: flagged or moved after the commit; then the next one
 * - it cannot be taken (ASIDE): it stays as it is; then the next one
 * - not now (AGAIN), or the server is silent: this look ends, the same message comes again
 * - killed between commit and flag: the next reader learns the highest UID from above, nothing
 * comes twice
 * - UIDVALIDITY changed: the numbers mean nothing any more, so what is known is asked anew
 * - somebody else set Seen: makes no difference, flags are never asked
 *
 * What has been taken is never kept here. Flagging is a courtesy to people: where it fails, it is
 * logged.
 */
#include "intake.h"

#include "base/log.h"
#include "imap.h"
#include "wire/crypto.h"
#include "wire/fetch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MOST ((size_t)8 * 1024 * 1024)
#define LINES_AROUND ((size_t)64 * 1024) /* what a server says beside a message */
#define PIECE ((size_t)128 * 1024)
#define BACKOFF_MOST_S 300
#define STUCK_MOST 4

struct mailbox {
	struct mailbox_options o;
	struct arena *arena;
	struct fetch_request access; /* url, user, password, timeout */
	char name[65];
	struct fetch *fetch;
	struct fetch_call *call;
	struct loop_timer *timer;
	uint32_t uidvalidity, highest;
	bool known;
	struct imap_item *items; /* of this look, by UID */
	size_t count, next;
	struct str body; /* of the message in hand, as far as it has come */
	bool settling;
	int failures;
	uint32_t stuck_uid;
	int stuck;
};

static void look(void *ctx);
static void next_message(struct mailbox *m);

/* ---- the end of a look ---- */

static void look_again(struct mailbox *m, bool failed)
{
	struct span pause = m->o.poll;

	m->failures = failed ? m->failures + 1 : 0;
	for (int i = 1; i < m->failures && pause.us < SPAN_S(BACKOFF_MOST_S).us; i++)
		pause.us *= 2;
	m->count = m->next = 0;
	m->settling = false;
	loop_timer_cancel(&m->timer);
	m->timer = loop_after(m->o.loop, pause, look, m);
}

static void failed(struct mailbox *m, const char *what, const struct problem *p)
{
	log_warn(NULL, "the mailbox cannot be read step=%s kind=%s reason=%s", what,
	         problem_kind_name(p->kind), p->text);
	look_again(m, true);
}

/* Drops every kept connection. One that is left over from an earlier look may not see newer
 * messages; a new one says UIDVALIDITY when it opens the mailbox. Never from inside an answer. */
static void renew(struct mailbox *m)
{
	fetch_close(&m->fetch);
	m->fetch = fetch_open(m->o.loop);
}

static void ask(struct mailbox *m, const char *custom, size_t max_bytes, fetch_done_fn *done)
{
	struct fetch_request request = m->access;

	request.custom = custom;
	request.max_bytes = max_bytes;
	m->call = fetch_start(m->fetch, &request, done, m);
}

/* ---- flagging and moving ---- */

static void after_mark(struct mailbox *m)
{
	m->next++;
	next_message(m);
}

static void on_marked(void *ctx, const struct problem *problem, const struct str *body)
{
	struct mailbox *m = ctx;

	(void)body;
	m->call = NULL;
	if (problem != NULL)
		log_warn(NULL,
		         "a taken message could not be flagged or moved uid=%" PRIu32 " reason=%s",
		         m->items[m->next].uid, problem->text);
	after_mark(m);
}

static bool has_folder(const struct mailbox *m)
{
	return m->o.done_folder != NULL && *m->o.done_folder != '\0';
}

static void move(struct mailbox *m, fetch_done_fn *done)
{
	char custom[700];

	snprintf(custom, sizeof custom, "UID MOVE %" PRIu32 " \"%s\"", m->items[m->next].uid,
	         m->o.done_folder);
	ask(m, custom, LINES_AROUND, done);
}

static void on_folder_made(void *ctx, const struct problem *problem, const struct str *body)
{
	struct mailbox *m = ctx;

	(void)body;
	(void)problem; /* it may exist already; moving tells */
	m->call = NULL;
	move(m, on_marked);
}

/* The folder may not exist yet: made once, then tried again. */
static void on_moved(void *ctx, const struct problem *problem, const struct str *body)
{
	struct mailbox *m = ctx;
	char custom[700];

	m->call = NULL;
	if (problem == NULL || problem->kind != PROBLEM_NOT_FOUND) {
		on_marked(m, problem, body);
		return;
	}
	snprintf(custom, sizeof custom, "CREATE \"%s\"", m->o.done_folder);
	ask(m, custom, LINES_AROUND, on_folder_made);
}

static void mark(struct mailbox *m)
{
	char custom[128];

	if (has_folder(m)) {
		move(m, on_moved);
		return;
	}
	snprintf(custom, sizeof custom, "UID STORE %" PRIu32 " +FLAGS.SILENT (\\Seen $Prontod)",
	         m->items[m->next].uid);
	ask(m, custom, LINES_AROUND, on_marked);
}

/* ---- one message ---- */

void mailbox_settle(struct mailbox *m, enum mailbox_verdict verdict)
{
	must(m->settling);
	m->settling = false;
	if (verdict == MAILBOX_AGAIN) {
		look_again(m, true);
		return;
	}
	m->highest = m->items[m->next].uid;
	if (verdict == MAILBOX_TAKEN)
		mark(m);
	else
		after_mark(m);
}

static void hand_up(struct mailbox *m, const char *bytes, size_t length)
{
	const struct imap_item *item = &m->items[m->next];
	struct mailbox_message message = {m->uidvalidity, item->uid, item->arrived, bytes, length};

	m->settling = true;
	m->o.on_message(m->o.ctx, &message);
}

/* One that the server refuses to give, or hangs on again and again, must not stand before the
 * others for ever. */
static void not_fetched(struct mailbox *m, const struct problem *p)
{
	uint32_t uid = m->items[m->next].uid;

	m->stuck = m->stuck_uid == uid ? m->stuck + 1 : 1;
	m->stuck_uid = uid;
	if (p->kind == PROBLEM_TOO_LARGE || m->stuck > STUCK_MOST)
		hand_up(m, NULL, 0);
	else
		failed(m, "fetch", p);
}

static void ask_piece(struct mailbox *m);

/* A line of the message looked like the end of the server's answer, and the connection does not
 * know any more where it is: a new one, and libcurl's own fetch, which counts bytes but sets \Seen.
 */
static void ask_plainly(void *ctx);

static void take_piece(struct mailbox *m, const char *bytes, size_t length)
{
	str_addn(&m->body, bytes, length);
	if (m->body.length > m->o.max_bytes)
		hand_up(m, NULL, 0);
	else if (length == PIECE)
		ask_piece(m);
	else
		hand_up(m, str_text(&m->body), m->body.length);
}

static void on_lines(void *ctx, const struct problem *problem, const struct str *lines)
{
	struct mailbox *m = ctx;
	uint32_t validity = problem == NULL ? imap_uidvalidity(lines) : 0;
	struct problem p;
	const char *bytes;
	size_t length;

	m->call = NULL;
	if (problem != NULL) {
		not_fetched(m, problem);
	} else if (validity != 0 && validity != m->uidvalidity) {
		m->known = false;
		look_again(m, false);
	} else if (imap_body(lines, m->items[m->next].uid, &bytes, &length)) {
		take_piece(m, bytes, length);
	} else if (strstr(str_text(lines), "BODY[]") != NULL) {
		m->timer = loop_after(m->o.loop, SPAN_MS(0), ask_plainly, m);
	} else {
		/* Removed meanwhile, or not yet seen by this session: the next look's list tells.
		 */
		problem_set(&p, PROBLEM_BUSY, "",
		            "the server gives nothing for a message of its list");
		not_fetched(m, &p);
	}
}

/* Without touching its flags; in pieces, since libcurl takes so many bytes of lines and no more. */
static void ask_piece(struct mailbox *m)
{
	char custom[96];

	snprintf(custom, sizeof custom, "UID FETCH %" PRIu32 " BODY.PEEK[]<%zu.%zu>",
	         m->items[m->next].uid, m->body.length, PIECE);
	ask(m, custom, PIECE + LINES_AROUND, on_lines);
}

static void on_plain(void *ctx, const struct problem *problem, const struct str *body)
{
	struct mailbox *m = ctx;

	m->call = NULL;
	if (problem != NULL)
		not_fetched(m, problem);
	else
		hand_up(m, str_text(body), body->length);
}

static void ask_plainly(void *ctx)
{
	struct mailbox *m = ctx;
	struct fetch_request request = m->access;
	char url[1200];

	m->timer = NULL;
	renew(m);
	snprintf(url, sizeof url, "%s;UIDVALIDITY=%" PRIu32 "/;UID=%" PRIu32, m->access.url,
	         m->uidvalidity, m->items[m->next].uid);
	request.url = url;
	request.max_bytes = m->o.max_bytes;
	m->call = fetch_start(m->fetch, &request, on_plain, m);
}

static void next_message(struct mailbox *m)
{
	if (m->next == m->count) {
		look_again(m, false);
		return;
	}
	if (m->items[m->next].size > m->o.max_bytes) {
		hand_up(m, NULL, 0);
		return;
	}
	str_clear(&m->body);
	ask_piece(m);
}

/* ---- a look ---- */

static int by_uid(const void *a, const void *b)
{
	const struct imap_item *x = a, *y = b;

	return (x->uid > y->uid) - (x->uid < y->uid);
}

static void start_messages(struct mailbox *m)
{
	m->next = 0;
	while (m->next < m->count && m->items[m->next].uid <= m->highest)
		m->next++;
	next_message(m);
}

void mailbox_known(struct mailbox *m, uint32_t highest, bool not_known)
{
	if (not_known) {
		look_again(m, true);
		return;
	}
	m->known = true;
	m->highest = highest;
	start_messages(m);
}

static void keep_items(struct mailbox *m, const struct str *lines)
{
	const char *at = str_text(lines), *end = at + lines->length;
	struct imap_item item;
	size_t room = 0;

	m->count = 0;
	while (imap_next_item(&at, end, &item)) {
		if (m->count == room) {
			room = room * 2 + 64;
			m->items = mem_grow(m->items, room, sizeof *m->items);
		}
		m->items[m->count++] = item;
	}
	if (m->count > 1)
		qsort(m->items, m->count, sizeof *m->items, by_uid);
}

static void on_list(void *ctx, const struct problem *problem, const struct str *lines)
{
	struct mailbox *m = ctx;
	struct problem p;
	uint32_t validity;

	m->call = NULL;
	if (problem != NULL) {
		failed(m, "list", problem);
		return;
	}
	validity = imap_uidvalidity(lines);
	if (validity == 0) {
		problem_set(&p, PROBLEM_BUSY, "", "the server does not say UIDVALIDITY");
		failed(m, "list", &p);
		return;
	}
	keep_items(m, lines);
	if (m->known && validity == m->uidvalidity) {
		start_messages(m);
		return;
	}
	/* What was listed from the old highest UID on says nothing about the new numbers. */
	if (m->known && validity != m->uidvalidity) {
		log_warn(NULL, "the mailbox numbers its messages anew uidvalidity=%" PRIu32,
		         validity);
		m->known = false;
		m->highest = 0;
		m->timer = loop_after(m->o.loop, SPAN_MS(0), look, m);
		return;
	}
	m->uidvalidity = validity;
	m->o.on_opened(m->o.ctx, validity);
}

static void look(void *ctx)
{
	struct mailbox *m = ctx;
	struct fetch_request request = m->access;
	char custom[96];

	m->timer = NULL;
	renew(m);
	snprintf(custom, sizeof custom, "UID FETCH %" PRIu32 ":* (UID RFC822.SIZE INTERNALDATE)",
	         m->known ? m->highest + 1 : 1);
	request.custom = custom;
	request.max_bytes = LIST_MOST;
	m->call = fetch_start(m->fetch, &request, on_list, m);
}

struct mailbox *mailbox_open(const struct mailbox_options *options, struct problem *p)
{
	struct mailbox *m = mem_zero(1, sizeof *m);

	m->o = *options;
	m->arena = arena_new();
	if (!fetch_split_url(options->url, m->arena, &m->access, p) ||
	    (options->done_folder != NULL && strpbrk(options->done_folder, "\"\\\r\n") != NULL &&
	     !problem_set(p, PROBLEM_INPUT, "mail.done_folder",
	                  "[mail] done_folder: no quotes or backslashes"))) {
		arena_free(&m->arena);
		free(m);
		return NULL;
	}
	m->o.done_folder = arena_str(m->arena, options->done_folder);
	m->access.timeout = options->timeout;
	crypto_sha256_hex(m->access.url, strlen(m->access.url), m->name);
	m->name[16] = '\0';
	m->fetch = fetch_open(options->loop);
	m->timer = loop_after(options->loop, SPAN_MS(0), look, m);
	return m;
}

void mailbox_close(struct mailbox **mailbox)
{
	struct mailbox *m = *mailbox;

	if (m == NULL)
		return;
	loop_timer_cancel(&m->timer);
	fetch_close(&m->fetch);
	free(m->items);
	str_fini(&m->body);
	arena_free(&m->arena);
	free(m);
	*mailbox = NULL;
}

const char *mailbox_name(const struct mailbox *mailbox)
{
	return mailbox->name;
}

/*
 * A message's way: mailbox -> report -> committed -> flagged or moved. Runs on the one worker that
 * has the duties. What was taken is known from the database, in the same transaction as the report;
 * a message that cannot be taken is recorded as kept aside and never stops the next.
 */
#include "house.h"

#include "intake.h"

#include "base/log.h"
#include "base/str.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define TRIES 3 /* for a message that fails by itself, not for a database that is away */

struct post {
	struct flow *flow;
	struct mailbox *mailbox;
	uint32_t failing_uid;
	int tries;
};

/* One open question about a message; outlives the post where the duties are lost meanwhile. */
struct handing {
	struct flow *flow;
	struct post *post;
	uint32_t uidvalidity, uid;
	enum mailbox_verdict verdict; /* once it is recorded */
};

static struct handing *handing_new(struct post *post, const struct mailbox_message *message)
{
	struct handing *h = mem_zero(1, sizeof *h);

	*h = (struct handing){.flow = post->flow, .post = post};
	if (message != NULL) {
		h->uidvalidity = message->uidvalidity;
		h->uid = message->uid;
	}
	return h;
}

/* The post that asked, or NULL where another has taken its place. */
static struct post *still(const struct handing *h)
{
	return h->flow->post == h->post ? h->post : NULL;
}

static void settle(struct handing *h, enum mailbox_verdict verdict)
{
	struct post *post = still(h);

	if (post != NULL)
		mailbox_settle(post->mailbox, verdict);
	free(h);
}

/* ---- what is known ---- */

static void on_known(void *ctx, const struct problem *p, int64_t highest, const char *taken)
{
	struct handing *h = ctx;
	struct post *post = still(h);

	(void)taken;
	if (post != NULL)
		mailbox_known(post->mailbox, p == NULL ? (uint32_t)highest : 0, p != NULL);
	free(h);
}

static void on_opened(void *ctx, uint32_t uidvalidity)
{
	struct post *post = ctx;

	store_mail_taken(post->flow->store, mailbox_name(post->mailbox), uidvalidity, INT64_MAX,
	                 on_known, handing_new(post, NULL));
}

/* ---- recording ---- */

static void on_recorded(void *ctx, const struct problem *p)
{
	struct handing *h = ctx;

	settle(h, p == NULL ? h->verdict : MAILBOX_AGAIN);
}

static void record(struct handing *h, const char *report, const char *reason)
{
	struct store_mail mail = {mailbox_name(h->post->mailbox), h->uidvalidity, h->uid, report,
	                          reason};

	h->verdict = reason == NULL ? MAILBOX_TAKEN : MAILBOX_ASIDE;
	store_mail_mark(h->flow->store, &mail, on_recorded, h);
}

static void put_aside(struct handing *h, const char *reason)
{
	log_warn(NULL, "a message is kept aside uid=%" PRIu32 " reason=%s", h->uid, reason);
	record(h, NULL, reason);
}

/* Is it the message, rather than the moment? Then it must not stand before the others for ever. */
static bool fails_by_itself(struct post *post, const struct handing *h, const struct problem *p)
{
	if (p->kind == PROBLEM_INPUT || p->kind == PROBLEM_TOO_LARGE)
		return true;
	if (p->kind == PROBLEM_BUSY || p->kind == PROBLEM_UNCERTAIN)
		return false;
	post->tries = post->failing_uid == h->uid ? post->tries + 1 : 1;
	post->failing_uid = h->uid;
	return post->tries >= TRIES;
}

static void on_submitted(void *ctx, const struct problem *p, const struct js *answer)
{
	struct handing *h = ctx;
	struct post *post = still(h);

	if (post == NULL)
		free(h);
	else if (p == NULL)
		record(h, js_find_str(answer, "id"),
		       NULL); /* also a second delivery of what is a report already */
	else if (fails_by_itself(post, h, p))
		put_aside(h, problem_kind_name(p->kind));
	else
		settle(h, MAILBOX_AGAIN);
}

/* ---- one message ---- */

static const struct flow_photo *photos(const struct intake_report *report, struct arena *arena)
{
	struct flow_photo *list = arena_take(arena, (report->photo_count + 1) * sizeof *list);

	for (size_t i = 0; i < report->photo_count; i++) {
		const struct intake_photo *photo = &report->photos[i];

		list[i] = (struct flow_photo){photo->filename, photo->content_type, photo->bytes,
		                              photo->length};
	}
	return list;
}

/* When it reached the mailbox: its own Date is its sender's word, and may lie in the future. */
static struct instant said_at(const struct mailbox_message *message, const struct intake_mail *mail)
{
	struct instant now = instant_now();
	struct instant at = instant_is_set(message->arrived) ? message->arrived : mail->at;

	return !instant_is_set(at) || instant_compare(at, now) > 0 ? now : at;
}

static void submit(struct handing *h, const struct mailbox_message *message,
                   const struct intake_mail *mail, struct arena *arena)
{
	const char *utility = h->flow->o.conf->mail_utility;
	struct flow_report report = {
	    .utility = *utility != '\0' ? utility : NULL,
	    .channel = mail->report.channel,
	    .subject = mail->subject,
	    .text = mail->report.text,
	    .point = POINT_NONE,
	    .name = mail->report.name,
	    .email = mail->report.email,
	    .prefer = mail->report.prefer,
	    .lang = "it",
	    .at = said_at(message, mail),
	    .photos = photos(&mail->report, arena),
	    .photo_count = mail->report.photo_count,
	    .source_key =
	        arena_format(arena, "%s/%" PRIu32 "/%" PRIu32, mailbox_name(h->post->mailbox),
	                     message->uidvalidity, message->uid),
	};
	struct flow_once once = {0};

	snprintf(once.key, sizeof once.key, "mail-%s", mail->fingerprint);
	flow_report_submit(h->flow, NULL, &report, &once, on_submitted, h);
}

static void on_message(void *ctx, const struct mailbox_message *message)
{
	struct post *post = ctx;
	struct handing *h = handing_new(post, message);
	struct arena *arena = arena_new();
	struct intake_mail mail;

	if (message->bytes == NULL)
		put_aside(h, "too-large-or-lost");
	else if (!intake_mail_read(message->bytes, message->length, arena, &mail, NULL))
		put_aside(h, "unreadable");
	else
		submit(h, message, &mail, arena);
	arena_free(&arena);
}

/* ---- opening and closing ---- */

void post_open(struct flow *flow)
{
	const struct conf *conf = flow->o.conf;
	struct problem p;
	struct post *post;

	if (conf->mail_imap[0] == '\0' || flow->post != NULL)
		return;
	post = mem_zero(1, sizeof *post);
	post->flow = flow;
	post->mailbox =
	    mailbox_open(&(struct mailbox_options){.loop = flow->o.loop,
	                                           .url = conf->mail_imap,
	                                           .done_folder = conf->mail_done_folder,
	                                           .poll = SPAN_S(conf->mail_poll_s),
	                                           .timeout = SPAN_S(conf->mail_timeout_s),
	                                           .max_bytes = (size_t)conf->mail_max_mib << 20,
	                                           .on_opened = on_opened,
	                                           .on_message = on_message,
	                                           .ctx = post},
	                 &p);
	if (post->mailbox != NULL) {
		flow->post = post;
		return;
	}
	log_error(NULL, "no mailbox is read reason=%s", p.text);
	free(post);
}

void post_close(struct flow *flow)
{
	if (flow->post == NULL)
		return;
	mailbox_close(&flow->post->mailbox);
	free(flow->post);
	flow->post = NULL;
}

/*
 * Bytes from any channel become one struct intake_report, losing nothing: values stand as they were
 * sent, what is wrong with them is told beside. Decides nothing about the fault.
 */
#ifndef PRONTOD_INTAKE_H
#define PRONTOD_INTAKE_H

#include "base/mem.h"
#include "base/problem.h"
#include "base/str.h"
#include "base/time.h"
#include "model/place.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct js;
struct loop;

#define INTAKE_TEXT_MAX 4000 /* characters */
#define INTAKE_PHOTOS_MAX 5

struct intake_photo {
	const char *filename; /* as sent; shown, never used as a path */
	const char
	    *content_type; /* by its first bytes, not by what the sender says; NULL: no photo */
	const unsigned char *bytes;
	size_t length;
};

/* Strings live in the arena (or in the JSON value) they were read into; NULL where absent or empty.
 */
struct intake_report {
	const char *utility, *channel, *text, *address, *municipality, *landmark;
	const char *name, *phone, *email, *prefer, *lang;
	const char *lat, *lon; /* forms: as typed */
	struct point point;    /* POINT_NONE: none, or not one */
	bool town_unknown;     /* "?" was chosen: I do not know the town; municipality is NULL */
	bool point_bad;        /* something was given that is no point on the earth */
	const char *key;       /* a form's own idempotency key */
	const char *trap;      /* the field people do not see; filled: a machine */
	struct intake_photo *photos;
	size_t photo_count;
};

/* A form (urlencoded or multipart/form-data) or a JSON object. False where the body cannot be read
 * at all. */
bool intake_form_read(const char *content_type, const unsigned char *body, size_t length,
                      struct arena *arena, struct intake_report *out, struct problem *p) MUST_CHECK;
bool intake_json_read(const struct js *body, struct arena *arena, struct intake_report *out,
                      struct problem *p) MUST_CHECK;

/* One name and value of an urlencoded body or query, decoded into the arena; false at the end. *at
 * moves on. */
struct intake_pair {
	const char *name, *value;
};
bool intake_urlencoded_next(const char **at, const char *end, struct arena *arena,
                            struct intake_pair *out);

/* What is wrong, in the order of the form. */
struct intake_error {
	const char *field;   /* "text", "phone": a form's name */
	const char *pointer; /* "/text", "/reporter/phone" */
	const char
	    *what;  /* "text_missing" "text_long" "place_missing" "municipality_missing"
	               "prefer_missing"  "phone_missing" "phone_digits" "email_missing" "email_bad"
	               "point_bad" "photo_kind"  "photo_count" "too_long" "prefer_bad" "lang_bad" */
	int number; /* of phone_digits: how many there are; of too_long: how many may be */
};
#define INTAKE_ERRORS_MAX 16
/* whole_form: place and way to be answered are asked for too, as the page does; else only what
 * makes no sense. */
size_t intake_check(const struct intake_report *r, bool whole_form,
                    struct intake_error out[INTAKE_ERRORS_MAX]);

/* "image/jpeg" "image/png" "image/webp" "image/heic", or NULL: no photo. */
const char *intake_photo_type(const unsigned char *bytes, size_t length);

/* Takes out where it was taken (Exif GPS, XMP, text notes); bytes become a copy in the arena. */
void intake_photo_forget_place(struct intake_photo *photo, struct arena *arena);

/* ---- mail ---- */

struct intake_mail {
	struct intake_report
	    report;             /* channel "email"; every attachment is in photos, of any kind */
	const char *subject;    /* NULL if none */
	struct instant at;      /* what its Date says; unset where that is absent or unreadable */
	const char *message_id; /* NULL if none */
	char fingerprint[65];   /* of what was said and by whom: the same however often it is
	                           delivered */
};
/* One RFC 5322 message; quoted mail and signature stay. False only where there is no message to be
 * read. */
bool intake_mail_read(const char *bytes, size_t length, struct arena *arena,
                      struct intake_mail *out, struct problem *p) MUST_CHECK;

/* HTML as somebody reads it: tags gone, blocks on lines of their own, entities decoded. UTF-8 in
 * and out. */
void intake_html_text(const char *html, size_t length, struct str *to);

/* ---- a mailbox, read over IMAP ---- */

/* Hands every message up once, oldest first, one at a time; what has been taken is the other side's
 * knowledge, never the mailbox's. A message is flagged or moved only after mailbox_settle(…,
 * MAILBOX_TAKEN). */
struct mailbox;
enum mailbox_verdict {
	MAILBOX_TAKEN, /* it is stored: flag or move it */
	MAILBOX_ASIDE, /* it cannot be taken, that is recorded: leave it and go on */
	MAILBOX_AGAIN, /* not now: the same message comes again with the next look */
};
struct mailbox_message {
	uint32_t uidvalidity, uid;
	struct instant arrived; /* unset where the server does not say */
	const char *bytes;      /* NULL: larger than is taken, or the server cannot give it */
	size_t length;
};
/* A mailbox as we have not seen it (also after UIDVALIDITY changed): answer with mailbox_known().
 */
typedef void mailbox_opened_fn(void *ctx, uint32_t uidvalidity);
/* Bytes are valid until it returns; answer with mailbox_settle(), from inside or later. */
typedef void mailbox_message_fn(void *ctx, const struct mailbox_message *message);
struct mailbox_options {
	struct loop *loop;
	const char *url;         /* imaps://user:password@host/INBOX */
	const char *done_folder; /* NULL or "": taken messages are flagged and stay */
	struct span poll, timeout;
	size_t max_bytes;
	mailbox_opened_fn *on_opened;
	mailbox_message_fn *on_message;
	void *ctx;
};
struct mailbox *mailbox_open(const struct mailbox_options *options,
                             struct problem *p); /* strings are copied */
void mailbox_close(struct mailbox **mailbox);
/* The highest UID that is dealt with, 0 for none. failed: it could not be found out, look again
 * later. */
void mailbox_known(struct mailbox *mailbox, uint32_t highest, bool failed);
void mailbox_settle(struct mailbox *mailbox, enum mailbox_verdict verdict);
/* Which mailbox this is, without user or password: a hash that does not change while the address
 * does not. */
const char *mailbox_name(const struct mailbox *mailbox);

#endif

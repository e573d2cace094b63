/*
 * Bytes from any channel become one struct intake_report, losing nothing: values stand as they were
 * sent, what is wrong with them is told beside. Decides nothing about the fault.
 */
#ifndef PRONTOD_INTAKE_H
#define PRONTOD_INTAKE_H

#include "base/mem.h"
#include "base/problem.h"
#include "model/place.h"

#include <stdbool.h>
#include <stddef.h>

struct js;

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

#endif

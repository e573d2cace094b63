/*
 * The lines an IMAP server answers (RFC 9051), as far as mailbox.c needs them. Pure; private to
 * intake/.
 */
#ifndef PRONTOD_INTAKE_IMAP_H
#define PRONTOD_INTAKE_IMAP_H

#include "base/str.h"
#include "base/time.h"

#include <stdbool.h>
#include <stdint.h>

struct imap_item {
	uint32_t uid;
	uint64_t size;
	struct instant arrived; /* unset where not said */
};

/* UIDVALIDITY among the lines, 0 if none. */
uint32_t imap_uidvalidity(const struct str *lines);
/* The next "* n FETCH (UID … RFC822.SIZE … INTERNALDATE …)" after *at; false at the end. */
bool imap_next_item(const char **at, const char *end, struct imap_item *out);
/* The literal of BODY[] or a part of it, BODY[]<n>, for this UID; false where it is not there or
 * not whole. */
bool imap_body(const struct str *lines, uint32_t uid, const char **out, size_t *out_length);
/* "29-Mar-2026 07:30:00 +0200" */
bool imap_date(const char *text, struct instant *out);

#endif

/*
 * Mail taken apart by GMime (RFC 5322, MIME): headers decoded, leaves in order, text in UTF-8.
 * Forgiving: broken mail gives what can be read. The one file that knows GMime; what a mail means
 * is intake's.
 */
#include "wire/mime.h"

#include "base/str.h"

#include <gmime/gmime.h>

#include <iconv.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MOST 16
/* The parser calls itself for each level; a mail that names more containers than this is an attack.
 */
#define CONTAINERS_MOST 300

static GMimeParserOptions *options;

void mime_start(void)
{
	/* Headers with raw bytes: first as UTF-8, then as what Windows wrote in Italy for decades.
	 */
	const char *fallback[] = {"utf-8", "windows-1252", NULL};

	if (options != NULL)
		return;
	g_mime_init();
	options = g_mime_parser_options_new();
	g_mime_parser_options_set_fallback_charsets(options, fallback);
}

static const char *keep(struct arena *arena, const char *text)
{
	struct str mended = {0};
	const char *kept;

	if (text == NULL)
		return NULL;
	utf8_mend(&mended, text, strlen(text));
	kept = arena_str(arena, str_text(&mended));
	str_fini(&mended);
	return kept;
}

/* ---- text into UTF-8 ---- */

static iconv_t converter(const char *charset)
{
	if (charset == NULL || str_equal_fold(charset, "us-ascii") ||
	    str_equal_fold(charset, "ascii") || str_equal_fold(charset, "iso-8859-1") ||
	    str_equal_fold(charset, "latin1"))
		charset = "windows-1252"; /* what is meant where bytes above 0x7f come under these
		                             names */
	return iconv_open("UTF-8", charset);
}

static void convert(iconv_t cd, const char *bytes, size_t length, struct str *to)
{
	char block[4096];
	char *in = (char *)(uintptr_t)bytes;
	size_t left = length;

	while (left > 0) {
		char *out = block;
		size_t room = sizeof block;
		size_t result = iconv(cd, &in, &left, &out, &room);

		str_addn(to, block, (size_t)(out - block));
		if (result != (size_t)-1 || errno == E2BIG)
			continue;
		str_add(to, "\xEF\xBF\xBD");
		in++;
		left--;
	}
}

/* Bytes in the part's charset become UTF-8 without NUL; a wrong or unknown charset loses nothing
 * readable. */
static void into_utf8(const char *charset, const char *bytes, size_t length, struct str *to)
{
	struct str converted = {0};
	iconv_t cd = (iconv_t)-1;
	bool declared = charset != NULL && !str_equal_fold(charset, "utf-8") &&
	                !str_equal_fold(charset, "utf8");
	/* UTF-16 has NULs in ASCII text, so a valid UTF-8 string is no proof there. */
	bool trust = declared && (strncasecmp(charset, "utf", 3) == 0 ||
	                          strncasecmp(charset, "iso-2022", 8) == 0);

	if (!trust && utf8_valid(bytes, length)) {
		utf8_mend(to, bytes, length);
		return;
	}
	if (!declared && charset != NULL) {
		utf8_mend(to, bytes, length); /* says UTF-8 and is not quite */
		return;
	}
	cd = converter(charset);
	if (cd == (iconv_t)-1)
		cd = converter(NULL);
	convert(cd, bytes, length, &converted);
	iconv_close(cd);
	utf8_mend(to, str_text(&converted), converted.length);
	str_fini(&converted);
}

/* ---- parts ---- */

struct walk {
	struct arena *arena;
	struct mime_part *parts;
	size_t count;
	int alternatives, alternative; /* numbered so far; the innermost that we are in */
};

static void keep_type(GMimeObject *object, struct walk *walk, struct mime_part *part)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	char *name = type != NULL ? g_mime_content_type_get_mime_type(type) : NULL;
	char *kept = arena_str(walk->arena, keep(walk->arena, name != NULL ? name : "text/plain"));

	for (char *c = kept; *c != '\0'; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
	part->content_type = kept;
	part->disposition = keep(walk->arena, g_mime_object_get_disposition(object));
	g_free(name);
}

static void keep_bytes(GMimePart *leaf, struct walk *walk, struct mime_part *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(leaf);
	GMimeStream *stream;
	GByteArray *bytes;
	struct str text = {0};

	part->bytes = arena_take(walk->arena, 1);
	if (content == NULL)
		return;
	stream = g_mime_stream_mem_new();
	g_mime_data_wrapper_write_to_stream(content, stream);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	if (str_starts(part->content_type, "text/") &&
	    !str_equal_fold(part->disposition, "attachment")) {
		into_utf8(g_mime_object_get_content_type_parameter(GMIME_OBJECT(leaf), "charset"),
		          (const char *)bytes->data, bytes->len, &text);
		part->bytes =
		    (const unsigned char *)arena_strn(walk->arena, str_text(&text), text.length);
		part->length = text.length;
		str_fini(&text);
	} else {
		part->bytes = (const unsigned char *)arena_strn(
		    walk->arena, (const char *)bytes->data, bytes->len);
		part->length = bytes->len;
	}
	g_object_unref(stream);
}

static void walk_object(struct walk *walk, GMimeObject *object, int depth);

static void walk_leaf(struct walk *walk, GMimePart *leaf)
{
	struct mime_part *part = &walk->parts[walk->count];

	*part = (struct mime_part){.alternative = walk->alternative};
	keep_type(GMIME_OBJECT(leaf), walk, part);
	part->filename = keep(walk->arena, g_mime_part_get_filename(leaf));
	keep_bytes(leaf, walk, part);
	walk->count++;
}

static void walk_object(struct walk *walk, GMimeObject *object, int depth)
{
	if (object == NULL || depth > DEPTH_MOST || walk->count == MIME_MAX_PARTS)
		return;
	if (GMIME_IS_MULTIPART(object)) {
		GMimeMultipart *multipart = GMIME_MULTIPART(object);
		int outer = walk->alternative;

		if (g_mime_content_type_is_type(g_mime_object_get_content_type(object), "multipart",
		                                "alternative"))
			walk->alternative = ++walk->alternatives;
		for (int i = 0; i < g_mime_multipart_get_count(multipart); i++)
			walk_object(walk, g_mime_multipart_get_part(multipart, i), depth + 1);
		walk->alternative = outer;
	} else if (GMIME_IS_MESSAGE_PART(object)) {
		/* A forwarded mail: what it says is part of what was sent. */
		GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));

		if (inner != NULL)
			walk_object(walk, g_mime_message_get_mime_part(inner), depth + 1);
	} else if (GMIME_IS_PART(object)) {
		walk_leaf(walk, GMIME_PART(object));
	}
}

/* ---- messages ---- */

static void keep_sender(GMimeMessage *message, struct arena *arena, struct mime_mail *out)
{
	InternetAddressList *from = g_mime_message_get_from(message);
	InternetAddress *first;

	if (from == NULL || internet_address_list_length(from) == 0)
		return;
	first = internet_address_list_get_address(from, 0);
	out->from_name = keep(arena, internet_address_get_name(first));
	if (INTERNET_ADDRESS_IS_MAILBOX(first))
		out->from_address =
		    keep(arena, internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(first)));
}

static void keep_headers(GMimeMessage *message, struct arena *arena, struct mime_mail *out)
{
	GDateTime *date = g_mime_message_get_date(message);
	const char *subject = keep(arena, g_mime_message_get_subject(message));

	out->subject = subject != NULL ? subject : "";
	out->message_id = keep(arena, g_mime_message_get_message_id(message));
	out->in_reply_to =
	    keep(arena, g_mime_object_get_header(GMIME_OBJECT(message), "In-Reply-To"));
	out->references =
	    keep(arena, g_mime_object_get_header(GMIME_OBJECT(message), "References"));
	if (date != NULL)
		out->date.us = g_date_time_to_unix(date) * 1000000;
	keep_sender(message, arena, out);
}

/* How often containers are named at all: an upper bound of the nesting, found without nesting. */
static size_t count_containers(const char *bytes, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i + 10 < length; i++) {
		if ((bytes[i] == 'm' || bytes[i] == 'M') &&
		    (strncasecmp(bytes + i, "multipart/", 10) == 0 ||
		     strncasecmp(bytes + i, "message/", 8) == 0))
			count++;
	}
	return count;
}

bool mime_read_mail(const char *bytes, size_t length, struct arena *arena, struct mime_mail *out,
                    struct problem *p)
{
	struct walk walk = {.arena = arena};
	GMimeStream *stream;
	GMimeParser *parser;
	GMimeMessage *message;

	if (length == 0)
		return problem_set(p, PROBLEM_INPUT, "", "an empty message");
	if (count_containers(bytes, length) > CONTAINERS_MOST)
		return problem_set(p, PROBLEM_INPUT, "", "more than %d nested parts",
		                   CONTAINERS_MOST);
	mime_start();
	stream = g_mime_stream_mem_new_with_buffer(bytes, length);
	parser = g_mime_parser_new_with_stream(stream);
	message = g_mime_parser_construct_message(parser, options);
	g_object_unref(parser);
	g_object_unref(stream);
	if (message == NULL)
		return problem_set(p, PROBLEM_INPUT, "", "not a mail message");
	*out = (struct mime_mail){0};
	keep_headers(message, arena, out);
	walk.parts = out->parts = arena_take(arena, MIME_MAX_PARTS * sizeof *out->parts);
	walk_object(&walk, g_mime_message_get_mime_part(message), 0);
	out->count = walk.count;
	g_object_unref(message);
	return true;
}

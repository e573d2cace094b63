/*
 * HTTP/1.1 as bytes (RFC 9112, RFC 9110): strict, since what two programs read differently can be
 * used to smuggle a request. Bare LF, folded fields, two lengths, dot segments are refused.
 */
#include "http1.h"

#include <ctype.h>
#include <string.h>

#define TRAILERS_MOST 8192
#define CHUNK_LINE_MOST 1024

static bool is_token(const char *s, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (!isalnum((unsigned char)s[i]) &&
		    (s[i] == '\0' || strchr("!#$%&'*+-.^_`|~", s[i]) == NULL))
			return false;
	}
	return length > 0;
}

static bool is_field_text(const char *s, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)s[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *http1_decode(struct arena *arena, const char *text, size_t length, bool plus)
{
	char *out = arena_take(arena, length + 1);
	size_t n = 0;
	struct str mended = {0};

	for (size_t i = 0; i < length; i++) {
		char c = text[i];

		if (c == '%') {
			if (i + 2 >= length || hex(text[i + 1]) < 0 || hex(text[i + 2]) < 0)
				return NULL;
			c = (char)(hex(text[i + 1]) << 4 | hex(text[i + 2]));
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c == '\0')
			return NULL;
		out[n++] = c;
	}
	if (utf8_valid(out, n))
		return out;
	utf8_mend(&mended, out, n);
	out = arena_strn(arena, str_text(&mended), mended.length);
	str_fini(&mended);
	return out;
}

const char *http1_form_value(struct arena *arena, const char *form, const char *name)
{
	while (form != NULL && *form != '\0') {
		size_t length = strcspn(form, "&");
		size_t key = strcspn(form, "&=");
		const char *found = http1_decode(arena, form, key, true);

		if (found != NULL && str_equal(found, name)) {
			size_t skip = key < length ? key + 1 : length;

			return http1_decode(arena, form + skip, length - skip, true);
		}
		form += length + (form[length] == '&');
	}
	return NULL;
}

/* No "." or ".." between slashes, after decoding; no control characters. */
static bool is_safe_path(const char *path)
{
	if (*path != '/' || !is_field_text(path, strlen(path)))
		return false;
	for (const char *s = path; s != NULL; s = strchr(s + 1, '/')) {
		size_t length = strcspn(s + 1, "/");

		if ((length == 1 && s[1] == '.') || (length == 2 && s[1] == '.' && s[2] == '.'))
			return false;
	}
	return true;
}

static bool parse_target(struct arena *arena, const char *target, size_t length,
                         struct http1_head *out)
{
	const char *query;
	char *path, *decoded;

	/* absolute-form, which every server must take: the authority is not ours to judge */
	if (length > 7 && strncmp(target, "http://", 7) == 0) {
		const char *slash = memchr(target + 7, '/', length - 7);

		if (slash == NULL)
			return false;
		length -= (size_t)(slash - target);
		target = slash;
	}
	path = arena_strn(arena, target, length);
	query = strchr(path, '?');
	if (strchr(path, '#') != NULL)
		return false;
	out->query = query != NULL ? query + 1 : "";
	length = query != NULL ? (size_t)(query - path) : strlen(path);
	decoded = http1_decode(arena, path, length, false);
	out->path = decoded;
	return decoded != NULL && is_safe_path(decoded) && strstr(decoded, "\xEF\xBF\xBD") == NULL;
}

static int parse_request_line(struct arena *arena, const char *line, size_t length,
                              struct http1_head *out)
{
	const char *first = memchr(line, ' ', length), *last;
	const char *end = line + length;

	if (first == NULL || !is_token(line, (size_t)(first - line)) || first - line > 32)
		return 400;
	last = memrchr(first + 1, ' ', (size_t)(end - first - 1));
	if (last == NULL || end - last != 9 || strncmp(last + 1, "HTTP/", 5) != 0)
		return 400;
	if (strncmp(last + 6, "1.", 2) != 0)
		return 505;
	if (last[8] != '0' && last[8] != '1')
		return isdigit((unsigned char)last[8]) ? 505 : 400;
	out->minor = last[8] - '0';
	out->method = arena_strn(arena, line, (size_t)(first - line));
	first++;
	for (const char *s = first; s < last; s++) {
		if ((unsigned char)*s <= 0x20 || *s == 0x7f)
			return 400;
	}
	return last > first && parse_target(arena, first, (size_t)(last - first), out) ? 0 : 400;
}

static int parse_field(struct arena *arena, const char *line, size_t length, struct http1_head *out)
{
	const char *colon = memchr(line, ':', length), *end = line + length;
	struct http1_field *field = &out->fields[out->field_count];

	if (out->field_count == HTTP1_FIELDS)
		return 431;
	if (colon == NULL || !is_token(line, (size_t)(colon - line)) ||
	    !is_field_text(line, length))
		return 400;
	field->name = arena_strn(arena, line, (size_t)(colon - line));
	for (colon++; colon < end && (*colon == ' ' || *colon == '\t');)
		colon++;
	while (end > colon && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	field->value = arena_strn(arena, colon, (size_t)(end - colon));
	out->field_count++;
	return 0;
}

const char *http1_field(const struct http1_head *head, const char *name)
{
	for (size_t i = 0; i < head->field_count; i++) {
		if (str_equal_fold(head->fields[i].name, name))
			return head->fields[i].value;
	}
	return NULL;
}

static size_t count_field(const struct http1_head *head, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < head->field_count; i++)
		count += str_equal_fold(head->fields[i].name, name);
	return count;
}

static bool parse_length(const char *text, int64_t *out)
{
	*out = 0;
	for (const char *s = text; *s != '\0'; s++) {
		if (!isdigit((unsigned char)*s) || *out > INT64_MAX / 100)
			return false;
		*out = *out * 10 + (*s - '0');
	}
	return *text != '\0';
}

/* Does a comma-separated list hold this word? */
static bool lists(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *s = list; s != NULL && *s != '\0';) {
		s += strspn(s, " \t,");
		if (strncasecmp(s, word, length) == 0 &&
		    (s[length] == '\0' || strchr(" \t,", s[length]) != NULL))
			return true;
		s += strcspn(s, ",");
	}
	return false;
}

/* Everything that decides where this message ends. */
static int read_framing(struct http1_head *head)
{
	const char *encoding = http1_field(head, "Transfer-Encoding");
	const char *length = http1_field(head, "Content-Length");
	const char *connection = http1_field(head, "Connection");
	const char *expect = http1_field(head, "Expect");

	head->content_length = -1;
	if (count_field(head, "Transfer-Encoding") > 1 || count_field(head, "Content-Length") > 1 ||
	    (encoding != NULL && (length != NULL || head->minor == 0)))
		return 400;
	if (encoding != NULL && !str_equal_fold(encoding, "chunked"))
		return 501;
	head->chunked = encoding != NULL;
	if (length != NULL && !parse_length(length, &head->content_length))
		return 400;
	if (count_field(head, "Host") != 1 && (head->minor == 1 || count_field(head, "Host") > 1))
		return 400;
	head->keep_alive =
	    head->minor == 1 ? !lists(connection, "close") : lists(connection, "keep-alive");
	head->expects_continue =
	    head->minor == 1 && expect != NULL && str_equal_fold(expect, "100-continue");
	return 0;
}

int http1_parse_head(struct arena *arena, const char *bytes, size_t length, struct http1_head *out)
{
	const char *line = bytes, *end = bytes + length;
	int status = 0;

	*out = (struct http1_head){.content_length = -1};
	out->fields = arena_take(arena, HTTP1_FIELDS * sizeof *out->fields);
	while (status == 0) {
		const char *feed = memchr(line, '\n', (size_t)(end - line));
		size_t size;

		if (feed == NULL || feed == line || feed[-1] != '\r')
			return 400;
		size = (size_t)(feed - 1 - line);
		if (size == 0)
			break;
		status = out->method == NULL ? parse_request_line(arena, line, size, out)
		                             : parse_field(arena, line, size, out);
		line = feed + 1;
	}
	if (status == 0)
		status = out->method != NULL ? read_framing(out) : 400;
	return status;
}

/* ---- chunked bodies ---- */

static int feed_size(struct chunks *c, char byte)
{
	int digit = hex(byte);

	if (digit >= 0 && isxdigit((unsigned char)byte) && c->digits < 15) {
		c->left = c->left << 4 | (uint64_t)digit;
		c->digits++;
		return 0;
	}
	if (c->digits == 0 || (byte != '\r' && byte != ';' && byte != ' ' && byte != '\t'))
		return 400;
	c->state = CHUNKS_EXTENSION;
	c->line = byte == '\r';
	return 0;
}

/* Extensions are skipped; c->line counts 1 after a CR. */
static int feed_extension(struct chunks *c, char byte)
{
	if (c->line == 1) {
		if (byte != '\n')
			return 400;
		c->state = c->left > 0 ? CHUNKS_DATA : CHUNKS_TRAILER;
		c->line = 0;
		c->digits = 0;
		return 0;
	}
	if (byte == '\n' || ++c->digits > CHUNK_LINE_MOST)
		return 400;
	c->line = byte == '\r';
	return 0;
}

/* Trailer fields are skipped; c->line counts the bytes of the line before its CR. */
static int feed_trailer(struct chunks *c, char byte)
{
	if (++c->trailers > TRAILERS_MOST)
		return 400;
	if (byte == '\n') {
		if (c->left != 1)
			return 400;
		c->left = 0;
		if (c->line == 0)
			c->state = CHUNKS_DONE;
		c->line = 0;
	} else if (c->left == 1) {
		return 400;
	} else if (byte == '\r') {
		c->left = 1;
	} else {
		c->line++;
	}
	return 0;
}

static int feed_data_end(struct chunks *c, char byte)
{
	if (byte != (c->line == 0 ? '\r' : '\n'))
		return 400;
	c->line++;
	if (c->line == 2) {
		c->state = CHUNKS_SIZE;
		c->line = c->digits = 0;
		c->left = 0;
	}
	return 0;
}

static int feed_byte(struct chunks *c, char byte)
{
	switch (c->state) {
	case CHUNKS_SIZE:
		return feed_size(c, byte);
	case CHUNKS_EXTENSION:
		return feed_extension(c, byte);
	case CHUNKS_DATA_END:
		return feed_data_end(c, byte);
	case CHUNKS_TRAILER:
		return feed_trailer(c, byte);
	case CHUNKS_DATA:
	case CHUNKS_DONE:
		break;
	}
	return 400;
}

int chunks_feed(struct chunks *c, const char *bytes, size_t length, size_t *used, size_t max,
                struct str *body)
{
	int status = 0;

	*used = 0;
	while (status == 0 && *used < length && c->state != CHUNKS_DONE) {
		size_t take = length - *used;

		if (c->state != CHUNKS_DATA) {
			status = feed_byte(c, bytes[(*used)++]);
			continue;
		}
		take = c->left < take ? (size_t)c->left : take;
		if (c->left > max || body->length > max - c->left)
			return 413;
		str_addn(body, bytes + *used, take);
		*used += take;
		c->left -= take;
		if (c->left == 0)
			c->state = CHUNKS_DATA_END;
	}
	return status;
}

const char *http1_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {{200, "OK"},
	               {201, "Created"},
	               {204, "No Content"},
	               {303, "See Other"},
	               {304, "Not Modified"},
	               {400, "Bad Request"},
	               {401, "Unauthorized"},
	               {403, "Forbidden"},
	               {404, "Not Found"},
	               {405, "Method Not Allowed"},
	               {408, "Request Timeout"},
	               {409, "Conflict"},
	               {413, "Content Too Large"},
	               {415, "Unsupported Media Type"},
	               {422, "Unprocessable Content"},
	               {429, "Too Many Requests"},
	               {431, "Request Header Fields Too Large"},
	               {500, "Internal Server Error"},
	               {501, "Not Implemented"},
	               {503, "Service Unavailable"},
	               {505, "HTTP Version Not Supported"}};

	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
		if (reasons[i].status == status)
			return reasons[i].reason;
	}
	return "Status";
}

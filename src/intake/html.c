/*
 * HTML mail as somebody reads it, so that words and address can be found in it: no layout, no
 * links' targets, nothing that only machines see. Pure; knows the tags that break lines and the
 * common entities.
 */
#include "intake.h"

#include <string.h>
#include <strings.h>

struct reader {
	const char *at, *end;
	struct str *to;
	bool blank; /* a blank is owed before the next word */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void new_line(struct reader *r, int most)
{
	int have = 0;

	while (r->to->length > 0 && r->to->data[r->to->length - 1] == ' ')
		r->to->data[--r->to->length] = '\0';
	for (size_t i = r->to->length; i > 0 && r->to->data[i - 1] == '\n'; i--)
		have++;
	if (r->to->length > 0 && have < most)
		str_addc(r->to, '\n');
	r->blank = false;
}

static void put(struct reader *r, const char *bytes, size_t length)
{
	if (r->blank && r->to->length > 0 && r->to->data[r->to->length - 1] != '\n')
		str_addc(r->to, ' ');
	r->blank = false;
	str_addn(r->to, bytes, length);
}

/* ---- entities ---- */

static uint32_t named(const char *name, size_t length)
{
	static const struct {
		const char *name;
		uint32_t code;
	} names[] = {{"amp", '&'},       {"lt", '<'},       {"gt", '>'},       {"quot", '"'},
	             {"apos", '\''},     {"nbsp", ' '},     {"agrave", 0xE0},  {"egrave", 0xE8},
	             {"eacute", 0xE9},   {"igrave", 0xEC},  {"ograve", 0xF2},  {"ugrave", 0xF9},
	             {"Agrave", 0xC0},   {"Egrave", 0xC8},  {"Eacute", 0xC9},  {"Igrave", 0xCC},
	             {"Ograve", 0xD2},   {"Ugrave", 0xD9},  {"auml", 0xE4},    {"ouml", 0xF6},
	             {"uuml", 0xFC},     {"ccedil", 0xE7},  {"euro", 0x20AC},  {"deg", 0xB0},
	             {"ndash", 0x2013},  {"mdash", 0x2014}, {"lsquo", 0x2018}, {"rsquo", 0x2019},
	             {"ldquo", 0x201C},  {"rdquo", 0x201D}, {"laquo", 0xAB},   {"raquo", 0xBB},
	             {"hellip", 0x2026}, {"bull", 0x2022},  {"sup2", 0xB2},    {"szlig", 0xDF}};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strlen(names[i].name) == length && strncmp(names[i].name, name, length) == 0)
			return names[i].code;
	}
	return 0;
}

static uint32_t numbered(const char *digits, size_t length)
{
	bool hex = length > 0 && (digits[0] == 'x' || digits[0] == 'X');
	uint32_t code = 0;

	for (size_t i = hex; i < length; i++) {
		char c = digits[i];
		uint32_t digit =
		    c >= '0' && c <= '9' ? (uint32_t)(c - '0') : (uint32_t)((c | 0x20) - 'a' + 10);

		if (digit >= (hex ? 16U : 10U) || code > 0x10FFFF)
			return 0;
		code = code * (hex ? 16 : 10) + digit;
	}
	if (code == 0xA0)
		return ' ';
	return code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF) || code < 0x20 ? 0 : code;
}

static void take_entity(struct reader *r)
{
	size_t most = (size_t)(r->end - r->at) < 12 ? (size_t)(r->end - r->at) : 12;
	const char *semicolon = memchr(r->at, ';', most);
	struct str text = {0};
	uint32_t code = 0;

	if (semicolon != NULL && r->at[1] == '#')
		code = numbered(r->at + 2, (size_t)(semicolon - r->at - 2));
	else if (semicolon != NULL)
		code = named(r->at + 1, (size_t)(semicolon - r->at - 1));
	if (code == ' ') {
		r->blank = true;
	} else if (code != 0) {
		utf8_put(&text, code);
		put(r, text.data, text.length);
	} else {
		put(r, "&", 1);
	}
	r->at = code != 0 ? semicolon + 1 : r->at + 1;
	str_fini(&text);
}

/* ---- tags ---- */

static bool is_tag(const char *name, size_t length, const char *const *list)
{
	for (; *list != NULL; list++) {
		if (strlen(*list) == length && strncasecmp(*list, name, length) == 0)
			return true;
	}
	return false;
}

/* Past the closing tag of what nobody reads; to the end where it never closes. */
static void skip_element(struct reader *r, const char *name, size_t length)
{
	while (r->at < r->end) {
		const char *open = memchr(r->at, '<', (size_t)(r->end - r->at));

		r->at = open != NULL ? open + 1 : r->end;
		if ((size_t)(r->end - r->at) > length && r->at[0] == '/' &&
		    strncasecmp(r->at + 1, name, length) == 0)
			break;
	}
	while (r->at < r->end && *r->at++ != '>') {
	}
}

static void skip_comment(struct reader *r)
{
	const char *close = memmem(r->at, (size_t)(r->end - r->at), "-->", 3);

	r->at = close != NULL ? close + 3 : r->end;
}

static void take_tag(struct reader *r)
{
	static const char *const hidden[] = {"script", "style", "head", "title", "template", NULL};
	static const char *const lines[] = {"br",    "div", "tr", "li", "ul", "ol",
	                                    "table", "hr",  "dt", "dd", NULL};
	static const char *const paragraphs[] = {"p",  "h1", "h2",         "h3",  "h4",
	                                         "h5", "h6", "blockquote", "pre", NULL};
	static const char *const cells[] = {"td", "th", NULL};
	const char *name = r->at + 1;
	bool closing = name < r->end && *name == '/';
	size_t length = 0;

	if (r->end - r->at >= 4 && strncmp(r->at, "<!--", 4) == 0) {
		skip_comment(r);
		return;
	}
	name += closing;
	while (name + length < r->end && memchr(" \t\r\n/>", name[length], 6) == NULL)
		length++;
	if (length == 0 ||
	    !(((*name | 0x20) >= 'a' && (*name | 0x20) <= 'z') || *name == '!' || *name == '?')) {
		put(r, "<", 1); /* "acqua < 1 bar" */
		r->at++;
		return;
	}
	for (r->at = name + length; r->at < r->end && *r->at != '>'; r->at++) {
		if ((*r->at == '"' || *r->at == '\'') && r->at[-1] == '=') {
			const char *quote = memchr(r->at + 1, *r->at, (size_t)(r->end - r->at - 1));

			r->at = quote != NULL ? quote : r->at;
		}
	}
	r->at += r->at < r->end;
	if (!closing && is_tag(name, length, hidden))
		skip_element(r, name, length);
	else if (is_tag(name, length, lines))
		new_line(r, strncasecmp(name, "br", 2) == 0 ? 2 : 1);
	else if (is_tag(name, length, paragraphs))
		new_line(r, 1), new_line(r, 2);
	else if (is_tag(name, length, cells))
		r->blank = true;
}

void intake_html_text(const char *html, size_t length, struct str *to)
{
	struct reader r = {html, html + length, to, false};

	while (r.at < r.end) {
		const char *word = r.at;

		if (*r.at == '<') {
			take_tag(&r);
		} else if (*r.at == '&') {
			take_entity(&r);
		} else if (is_blank(*r.at)) {
			r.blank = true;
			r.at++;
		} else {
			while (r.at < r.end && *r.at != '<' && *r.at != '&' && !is_blank(*r.at))
				r.at++;
			put(&r, word, (size_t)(r.at - word));
		}
	}
	while (to->length > 0 && is_blank(to->data[to->length - 1]))
		to->data[--to->length] = '\0';
}

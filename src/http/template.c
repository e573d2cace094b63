/*
 * The template engine: a small part of mustache, parsed once at start into a flat list of pieces.
 * Nothing here can fail while a page is being made: what is missing is empty, what recurses stops.
 * Not here: what a page shows (page.c and the rooms of each page).
 */
#include "template.h"

#include "base/mem.h"
#include "wire/crypto.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum piece_kind {
	PIECE_TEXT,
	PIECE_ESCAPED,
	PIECE_RAW,
	PIECE_SECTION,
	PIECE_INVERTED,
	PIECE_END,
	PIECE_PARTIAL
};

struct piece {
	enum piece_kind kind;
	char *text;    /* literal text, or the name */
	size_t length; /* of literal text */
	size_t end;    /* of a section: index of its PIECE_END */
	int line;
};

struct template
{
	char *name;
	struct piece *pieces;
	size_t count;
};

struct templates {
	struct template *list;
	size_t count;
	struct str hashes;
};

#define MAX_DEPTH \
	24 /* of sections and partials together: a partial that includes itself ends here */

struct place { /* the names in sight: a chain towards the roots */
	const struct js *value;
	const struct place *outer;
};

struct render {
	const struct templates *all;
	struct str *out;
};

/* ---- reading ---- */

struct reading {
	struct template *into;
	const char *at;
	int line;
	size_t open[MAX_DEPTH];
	size_t depth;
};

static struct piece *piece_add(struct reading *r, enum piece_kind kind, const char *text,
                               size_t length)
{
	struct template *t = r->into;
	t->pieces = mem_grow(t->pieces, t->count + 1, sizeof *t->pieces);
	struct piece *p = &t->pieces[t->count++];
	*p = (struct piece){
	    .kind = kind, .text = mem_strn(text, length), .length = length, .line = r->line};
	for (size_t i = 0; i < length; i++)
		r->line += text[i] == '\n';
	return p;
}

static bool complain(const struct reading *r, struct problem *p, const char *what, const char *name)
{
	return problem_set(p, PROBLEM_INPUT, "", "template %s line %d: %s %s", r->into->name,
	                   r->line, what, name);
}

static bool close_section(struct reading *r, const char *name, struct problem *p)
{
	if (r->depth == 0)
		return complain(r, p, "nothing is open to close with", name);
	struct template *t = r->into;
	size_t start = r->open[--r->depth];
	if (strcmp(t->pieces[start].text, name) != 0)
		return complain(r, p, "closes another section than is open:", name);
	t->pieces[start].end = t->count;
	piece_add(r, PIECE_END, "", 0);
	return true;
}

static bool open_section(struct reading *r, enum piece_kind kind, const char *name,
                         struct problem *p)
{
	if (r->depth == MAX_DEPTH)
		return complain(r, p, "sections nested too deeply at", name);
	r->open[r->depth++] = r->into->count;
	piece_add(r, kind, name, strlen(name));
	return true;
}

static bool name_ok(const char *name)
{
	if (strcmp(name, ".") == 0)
		return true;
	return *name &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./") ==
	           strlen(name);
}

/* The inside of {{…}}, without its sign, spaces taken off. */
static void tag_name(const char *from, const char *to, char out[128])
{
	while (from < to && (*from == ' ' || *from == '\n' || *from == '\t'))
		from++;
	while (to > from && (to[-1] == ' ' || to[-1] == '\n' || to[-1] == '\t'))
		to--;
	snprintf(out, 128, "%.*s", (int)(to - from), from);
}

static bool read_tag(struct reading *r, const char *inside, const char *end, struct problem *p)
{
	char sign = *inside;
	if (sign == '!')
		return true;
	char name[128];
	bool has_sign = strchr("#^/>{", sign) != NULL && sign;
	tag_name(inside + has_sign, end, name);
	if (!name_ok(name))
		return complain(r, p, "not a name:", name);
	switch (has_sign ? sign : 0) {
	case '#':
		return open_section(r, PIECE_SECTION, name, p);
	case '^':
		return open_section(r, PIECE_INVERTED, name, p);
	case '/':
		return close_section(r, name, p);
	case '>':
		piece_add(r, PIECE_PARTIAL, name, strlen(name));
		return true;
	case '{':
		piece_add(r, PIECE_RAW, name, strlen(name));
		return true;
	default:
		piece_add(r, PIECE_ESCAPED, name, strlen(name));
		return true;
	}
}

static bool read_template(struct reading *r, struct problem *p)
{
	for (;;) {
		const char *open = strstr(r->at, "{{");
		size_t before = open ? (size_t)(open - r->at) : strlen(r->at);
		if (before)
			piece_add(r, PIECE_TEXT, r->at, before);
		if (!open)
			break;
		bool raw = open[2] == '{';
		const char *end = strstr(open, raw ? "}}}" : "}}");
		if (!end)
			return complain(r, p, "a tag is not closed", "");
		if (!read_tag(r, open + 2, end, p))
			return false;
		r->at = end + (raw ? 3 : 2);
	}
	if (r->depth)
		return complain(
		    r, p, "a section is not closed:", r->into->pieces[r->open[r->depth - 1]].text);
	return true;
}

/* Base64 of a digest given in hex: what the header wants. */
static void hash_add(struct str *to, const char *text, size_t length)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char hex[CRYPTO_HASH_HEX];
	crypto_sha256_hex(text, length, hex);
	unsigned bits = 0;
	int have = 0;
	str_add(to, " 'sha256-");
	for (const char *h = hex; *h; h++) {
		bits = bits << 4 | (unsigned)(*h <= '9' ? *h - '0' : *h - 'a' + 10);
		have += 4;
		if (have >= 6) {
			have -= 6;
			str_addc(to, digits[bits >> have & 63]);
		}
	}
	str_addc(to, digits[bits << (6 - have) & 63]); /* 256 bits leave 4 over */
	str_add(to, "='");
}

static void hash_styles(struct templates *all, const char *text)
{
	for (const char *at = text; (at = strstr(at, "<style>"));) {
		at += strlen("<style>");
		const char *end = strstr(at, "</style>");
		if (!end)
			return;
		hash_add(&all->hashes, at, (size_t)(end - at));
		at = end;
	}
}

struct templates *templates_new(void)
{
	return mem_zero(1, sizeof(struct templates));
}

bool templates_add(struct templates *all, const char *name, const char *text, struct problem *p)
{
	all->list = mem_grow(all->list, all->count + 1, sizeof *all->list);
	struct template *t = &all->list[all->count++];
	*t = (struct template){.name = mem_str(name)};
	struct reading r = {.into = t, .at = text, .line = 1};
	hash_styles(all, text);
	return read_template(&r, p);
}

static const struct template *find(const struct templates *all, const char *name)
{
	for (size_t i = 0; i < all->count; i++)
		if (strcmp(all->list[i].name, name) == 0)
			return &all->list[i];
	return NULL;
}

bool templates_has(const struct templates *all, const char *name)
{
	return find(all, name) != NULL;
}

bool templates_check(const struct templates *all, struct problem *p)
{
	for (size_t i = 0; i < all->count; i++)
		for (size_t k = 0; k < all->list[i].count; k++) {
			const struct piece *piece = &all->list[i].pieces[k];
			if (piece->kind == PIECE_PARTIAL && !find(all, piece->text))
				return problem_set(p, PROBLEM_INPUT, "",
				                   "template %s line %d: there is no template %s",
				                   all->list[i].name, piece->line, piece->text);
		}
	return true;
}

static bool add_file(struct templates *all, const char *folder, const char *file, struct problem *p)
{
	struct str path = {0}, text = {0};
	str_addf(&path, "%s/%s", folder, file);
	FILE *f = fopen(str_text(&path), "rb");
	bool ok = f != NULL;
	if (f) {
		char block[8192];
		for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
			str_addn(&text, block, n);
		fclose(f);
		char name[256];
		snprintf(name, sizeof name, "%.*s", (int)(strlen(file) - strlen(".html")), file);
		ok = templates_add(all, name, str_text(&text), p);
	} else {
		problem_set(p, PROBLEM_NOT_FOUND, "", "%s cannot be read", str_text(&path));
	}
	str_fini(&path);
	str_fini(&text);
	return ok;
}

struct templates *templates_load(const char *folder, struct problem *p)
{
	DIR *dir = opendir(folder);
	if (!dir) {
		problem_set(p, PROBLEM_NOT_FOUND, "",
		            "the templates' folder %s cannot be opened: build the pages", folder);
		return NULL;
	}
	struct templates *all = templates_new();
	bool ok = true;
	for (struct dirent *e; ok && (e = readdir(dir));) {
		size_t length = strlen(e->d_name);
		if (length > 5 && strcmp(e->d_name + length - 5, ".html") == 0)
			ok = add_file(all, folder, e->d_name, p);
	}
	closedir(dir);
	if (!ok || !templates_check(all, p))
		templates_free(&all);
	return all;
}

void templates_free(struct templates **all)
{
	if (!*all)
		return;
	for (size_t i = 0; i < (*all)->count; i++) {
		struct template *t = &(*all)->list[i];
		for (size_t k = 0; k < t->count; k++)
			free(t->pieces[k].text);
		free(t->pieces);
		free(t->name);
	}
	free((*all)->list);
	str_fini(&(*all)->hashes);
	free(*all);
	*all = NULL;
}

const char *templates_style_hashes(const struct templates *all)
{
	return str_text(&all->hashes);
}

/* ---- writing ---- */

void html_escape(struct str *to, const char *text)
{
	for (const char *from = text;;) {
		size_t plain = strcspn(from, "&<>\"'");
		str_addn(to, from, plain);
		from += plain;
		switch (*from++) {
		case '&':
			str_add(to, "&amp;");
			break;
		case '<':
			str_add(to, "&lt;");
			break;
		case '>':
			str_add(to, "&gt;");
			break;
		case '"':
			str_add(to, "&quot;");
			break;
		case '\'':
			str_add(to, "&#39;");
			break;
		default:
			return;
		}
	}
}

void url_escape(struct str *to, const char *text)
{
	for (const char *c = text; *c; c++) {
		if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
		    (*c >= '0' && *c <= '9') || strchr("-_.~", *c))
			str_addc(to, *c);
		else
			str_addf(to, "%%%02X", (unsigned)(unsigned char)*c);
	}
}

/* "a.b.c": a is looked up outwards, b and c inside what was found. */
static const struct js *look_up(const struct place *place, const char *name)
{
	if (strcmp(name, ".") == 0)
		return place->value;
	char part[128];
	size_t length = strcspn(name, ".");
	snprintf(part, sizeof part, "%.*s", (int)length, name);
	const struct js *found = NULL;
	for (; place && !found; place = place->outer)
		found = js_find(place->value, part);
	while (found && name[length] == '.') {
		name += length + 1;
		length = strcspn(name, ".");
		snprintf(part, sizeof part, "%.*s", (int)length, name);
		found = js_find(found, part);
	}
	return found;
}

static bool is_there(const struct js *value)
{
	switch (js_kind(value)) {
	case JS_NULL:
		return false;
	case JS_BOOL:
		return js_bool(value, false);
	case JS_NUMBER:
		return js_number(value, 0) != 0;
	case JS_STRING:
		return js_str(value)[0] != 0;
	case JS_ARRAY:
		return js_count(value) > 0;
	case JS_OBJECT:
		return true;
	}
	return false;
}

static void write_value(struct str *out, const struct js *value, bool escape)
{
	if (js_kind(value) == JS_NUMBER || js_kind(value) == JS_BOOL)
		js_write(value, out);
	else if (js_str(value) && escape)
		html_escape(out, js_str(value));
	else if (js_str(value))
		str_add(out, js_str(value));
}

static void write_pieces(const struct render *r, const struct template *t, size_t from, size_t to,
                         const struct place *place, int depth);

static void write_section(const struct render *r, const struct template *t, size_t at,
                          const struct place *place, int depth)
{
	const struct piece *piece = &t->pieces[at];
	const struct js *value = look_up(place, piece->text);
	if (piece->kind == PIECE_INVERTED) {
		if (!is_there(value))
			write_pieces(r, t, at + 1, piece->end, place, depth + 1);
		return;
	}
	if (!is_there(value))
		return;
	bool list = js_kind(value) == JS_ARRAY;
	for (size_t i = 0; i < (list ? js_count(value) : 1); i++) {
		struct place inner = {list ? js_at(value, i) : value, place};
		write_pieces(r, t, at + 1, piece->end, &inner, depth + 1);
	}
}

static void write_pieces(const struct render *r, const struct template *t, size_t from, size_t to,
                         const struct place *place, int depth)
{
	for (size_t i = from; i < to && depth < MAX_DEPTH; i++) {
		const struct piece *piece = &t->pieces[i];
		const struct template *partial;
		switch (piece->kind) {
		case PIECE_TEXT:
			str_addn(r->out, piece->text, piece->length);
			break;
		case PIECE_ESCAPED:
			write_value(r->out, look_up(place, piece->text), true);
			break;
		case PIECE_RAW:
			write_value(r->out, look_up(place, piece->text), false);
			break;
		case PIECE_PARTIAL:
			partial = find(r->all, piece->text);
			if (partial)
				write_pieces(r, partial, 0, partial->count, place, depth + 1);
			break;
		case PIECE_SECTION:
		case PIECE_INVERTED:
			write_section(r, t, i, place, depth);
			i = piece->end;
			break;
		case PIECE_END:
			break;
		}
	}
}

void templates_render(const struct templates *all, const char *name, const struct js *const *roots,
                      size_t count, struct str *out)
{
	const struct template *t = find(all, name);
	must(t);
	must(count > 0 && count <= 4);
	struct place places[4];
	for (size_t i = 0; i < count; i++)
		places[i] = (struct place){roots[i], i ? &places[i - 1] : NULL};
	struct render r = {all, out};
	write_pieces(&r, t, 0, t->count, &places[count - 1], 0);
}

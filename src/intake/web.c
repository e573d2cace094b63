/*
 * A web form or a JSON object becomes a report. Everything stays as typed: the text is never
 * trimmed, and a value that is wrong is still handed back, so that the form can show it again. Not
 * here: what the sentences about errors are (http/words.c), what the fault is (classify).
 */
#include "intake.h"

#include "base/str.h"
#include "wire/json.h"
#include "wire/mime.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- urlencoded ---- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes and mends into UTF-8; a % without two digits stays as it is. */
static const char *decode(const char *from, const char *end, struct arena *arena)
{
	char *raw = arena_strn(arena, from, (size_t)(end - from));
	char *to = raw;
	for (const char *c = raw; *c; c++) {
		int high = *c == '%' ? hex_digit(c[1]) : -1;
		int low = high >= 0 ? hex_digit(c[2]) : -1;
		if (low >= 0) {
			*to++ = (char)(high << 4 | low);
			c += 2;
		} else {
			*to++ = *c == '+' ? ' ' : *c;
		}
	}
	struct str mended = {0};
	utf8_mend(&mended, raw, (size_t)(to - raw));
	const char *text = arena_str(arena, str_text(&mended));
	str_fini(&mended);
	return text;
}

bool intake_urlencoded_next(const char **at, const char *end, struct arena *arena,
                            struct intake_pair *out)
{
	while (*at < end && **at == '&')
		(*at)++;
	if (*at >= end)
		return false;
	const char *stop = memchr(*at, '&', (size_t)(end - *at));
	if (!stop)
		stop = end;
	const char *equals = memchr(*at, '=', (size_t)(stop - *at));
	out->name = decode(*at, equals ? equals : stop, arena);
	out->value = equals ? decode(equals + 1, stop, arena) : "";
	*at = stop;
	return true;
}

/* ---- the fields ---- */

static const char **slot(struct intake_report *r, const char *name)
{
	const struct {
		const char *name;
		const char **slot;
	} slots[] = {
	    {"utility", &r->utility},
	    {"channel", &r->channel},
	    {"text", &r->text},
	    {"address", &r->address},
	    {"municipality", &r->municipality},
	    {"landmark", &r->landmark},
	    {"name", &r->name},
	    {"phone", &r->phone},
	    {"email", &r->email},
	    {"prefer", &r->prefer},
	    {"lang", &r->lang},
	    {"lat", &r->lat},
	    {"lon", &r->lon},
	    {"key", &r->key},
	    {"website", &r->trap},
	};
	for (size_t i = 0; i < sizeof slots / sizeof slots[0]; i++)
		if (strcmp(slots[i].name, name) == 0)
			return slots[i].slot;
	return NULL;
}

static void take(struct intake_report *r, const char *name, const char *value)
{
	const char **to = slot(r, name);
	if (to && value && *value && !*to) /* the first counts */
		*to = value;
}

/* "45,41" is how a person with an Italian keyboard types it. */
static bool read_degrees(const char *text, double *out)
{
	char plain[32];
	if (str_copy(plain, sizeof plain, text) < strlen(text))
		return false;
	for (char *c = plain; *c; c++)
		if (*c == ',')
			*c = '.';
	char *end;
	*out = strtod(plain, &end);
	return end != plain && *end == 0 && isfinite(*out);
}

static void read_point(struct intake_report *r)
{
	struct point at;
	r->point = POINT_NONE;
	if (!r->lat && !r->lon)
		return;
	if (r->lat && r->lon && read_degrees(r->lat, &at.lat) && read_degrees(r->lon, &at.lon) &&
	    point_valid(at))
		r->point = at;
	else
		r->point_bad = true;
}

const char *intake_photo_type(const unsigned char *b, size_t length)
{
	if (length >= 4 && memcmp(b, "\xff\xd8\xff", 3) == 0)
		return "image/jpeg";
	if (length >= 8 && memcmp(b, "\x89PNG\r\n\x1a\n", 8) == 0)
		return "image/png";
	if (length >= 12 && memcmp(b, "RIFF", 4) == 0 && memcmp(b + 8, "WEBP", 4) == 0)
		return "image/webp";
	static const char *const brands[] = {"heic", "heix", "heif", "hevc", "mif1", "msf1"};
	for (size_t i = 0; i < sizeof brands / sizeof brands[0]; i++)
		if (length >= 12 && memcmp(b + 4, "ftyp", 4) == 0 &&
		    memcmp(b + 8, brands[i], 4) == 0)
			return "image/heic";
	return NULL;
}

static void take_photo(struct intake_report *r, const struct mime_part *part, struct arena *arena)
{
	if (part->length == 0 || !part->filename) /* an empty file field */
		return;
	if (r->photo_count < INTAKE_PHOTOS_MAX) {
		struct intake_photo *photo = &r->photos[r->photo_count];
		*photo = (struct intake_photo){
		    .filename = part->filename,
		    .content_type = intake_photo_type(part->bytes, part->length),
		    .bytes = part->bytes,
		    .length = part->length,
		};
		intake_photo_forget_place(photo, arena);
	}
	r->photo_count++; /* over the limit: counted, so that the check can say so */
}

static bool multipart_read(const char *content_type, const char *body, size_t length,
                           struct arena *arena, struct intake_report *out, struct problem *p)
{
	struct mime_part *parts;
	size_t count;
	if (!mime_read_form(content_type, body, length, arena, &parts, &count, p))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!parts[i].name)
			continue;
		if (strcmp(parts[i].name, "foto") == 0 || parts[i].filename)
			take_photo(out, &parts[i], arena);
		else
			take(out, parts[i].name,
			     arena_strn(arena, (const char *)parts[i].bytes, parts[i].length));
	}
	return true;
}

bool intake_form_read(const char *content_type, const unsigned char *body, size_t length,
                      struct arena *arena, struct intake_report *out, struct problem *p)
{
	*out = (struct intake_report){
	    .photos = arena_take(arena, INTAKE_PHOTOS_MAX * sizeof *out->photos)};
	const char *bytes = length ? (const char *)body : "";
	if (content_type && strncasecmp(content_type, "multipart/", 10) == 0) {
		if (!multipart_read(content_type, bytes, length, arena, out, p))
			return false;
	} else {
		struct intake_pair pair;
		for (const char *at = bytes;
		     intake_urlencoded_next(&at, bytes + length, arena, &pair);)
			take(out, pair.name, pair.value);
	}
	read_point(out);
	out->town_unknown = str_equal(out->municipality, "?");
	if (out->town_unknown)
		out->municipality = NULL;
	return true;
}

/* ---- JSON ---- */

static bool json_fields(const struct js *object, const char *at, const char *const *names,
                        struct intake_report *out, struct problem *p)
{
	for (; *names; names++) {
		const char *value = NULL;
		if (!js_need_str(object, at, *names, false, 0, 20000, &value, p))
			return false;
		take(out, *names, value);
	}
	return true;
}

static bool json_point(const struct js *body, struct intake_report *out, struct problem *p)
{
	out->point = POINT_NONE;
	bool lat = js_kind(js_find(body, "lat")) != JS_NULL,
	     lon = js_kind(js_find(body, "lon")) != JS_NULL;
	if (!lat && !lon)
		return true;
	struct point at;
	if (!js_need_number(body, "", "lat", true, -90, 90, &at.lat, p) ||
	    !js_need_number(body, "", "lon", true, -180, 180, &at.lon, p))
		return false;
	out->point = at;
	return true;
}

bool intake_json_read(const struct js *body, struct arena *arena, struct intake_report *out,
                      struct problem *p)
{
	static const char *const top[] = {"utility",      "channel",  "text", "address",
	                                  "municipality", "landmark", "lang", NULL};
	static const char *const person[] = {"name", "phone", "email", "prefer", NULL};
	*out = (struct intake_report){
	    .photos = arena_take(arena, INTAKE_PHOTOS_MAX * sizeof *out->photos)};
	const struct js *reporter = js_find(body, "reporter");
	if (js_kind(reporter) != JS_NULL && js_kind(reporter) != JS_OBJECT)
		return problem_set(p, PROBLEM_INPUT, "/reporter", "/reporter must be an object");
	return json_fields(body, "", top, out, p) &&
	       json_fields(reporter, "/reporter", person, out, p) && json_point(body, out, p);
}

/* ---- what is wrong ---- */

struct checking {
	struct intake_error *out;
	size_t count;
};

static void wrong(struct checking *c, const char *field, const char *pointer, const char *what,
                  int number)
{
	if (c->count < INTAKE_ERRORS_MAX)
		c->out[c->count++] = (struct intake_error){field, pointer, what, number};
}

static void check_text(struct checking *c, const char *text)
{
	size_t length = text ? utf8_length(text) : 0;
	bool blank = !text || strspn(text, " \t\r\n") == strlen(text);
	if (length < 3 || blank)
		wrong(c, "text", "/text", "text_missing", 0);
	else if (length > INTAKE_TEXT_MAX)
		wrong(c, "text", "/text", "text_long", INTAKE_TEXT_MAX);
}

static void check_photos(struct checking *c, const struct intake_report *r)
{
	if (r->photo_count > INTAKE_PHOTOS_MAX)
		wrong(c, "foto", "/foto", "photo_count", INTAKE_PHOTOS_MAX);
	for (size_t i = 0; i < r->photo_count && i < INTAKE_PHOTOS_MAX; i++)
		if (!r->photos[i].content_type) {
			wrong(c, "foto", "/foto", "photo_kind", 0);
			return;
		}
}

static void check_place(struct checking *c, const struct intake_report *r, bool whole_form)
{
	if (r->point_bad)
		wrong(c, "lat", "/lat", "point_bad", 0);
	if (!whole_form)
		return;
	bool point = point_is_set(r->point);
	if (!r->municipality && !point)
		wrong(c, "municipality", "/municipality", "municipality_missing", 0);
	if (!r->address && !point)
		wrong(c, "address", "/address", "place_missing", 0);
}

/* Nine or ten digits as in Italy (eleven exist), or an international number; any grouping. */
static void check_phone(struct checking *c, const char *phone)
{
	int digits = 0;
	size_t start = phone[0] == '+';
	for (const char *d = phone + start; *d; d++) {
		if (*d >= '0' && *d <= '9')
			digits++;
		else if (!strchr(" .-/()", *d))
			digits = -1000;
	}
	bool fits = start ? digits >= 7 && digits <= 15 : digits >= 9 && digits <= 11;
	if (!fits)
		wrong(c, "phone", "/reporter/phone", "phone_digits", digits < 0 ? 0 : digits);
}

static void check_email(struct checking *c, const char *email)
{
	const char *at = strchr(email, '@');
	const char *dot = at ? strrchr(at, '.') : NULL;
	bool fits = at && at > email && dot && dot > at + 1 && dot[1] && !strchr(at + 1, '@') &&
	            strcspn(email, " \t\r\n<>,;") == strlen(email);
	if (!fits)
		wrong(c, "email", "/reporter/email", at ? "email_bad" : "email_at", 0);
}

static void check_answer(struct checking *c, const struct intake_report *r, bool whole_form)
{
	static const char *const ways[] = {"sms", "email", "phone", "none"};
	bool known = false;
	for (size_t i = 0; r->prefer && i < 4; i++)
		known = known || strcmp(r->prefer, ways[i]) == 0;
	if (!r->prefer && whole_form)
		wrong(c, "prefer", "/reporter/prefer", "prefer_missing", 0);
	else if (r->prefer && !known)
		wrong(c, "prefer", "/reporter/prefer", "prefer_bad", 0);
	bool by_phone = known && (strcmp(r->prefer, "sms") == 0 || strcmp(r->prefer, "phone") == 0);
	if (r->phone)
		check_phone(c, r->phone);
	else if (by_phone)
		wrong(c, "phone", "/reporter/phone", "phone_missing", 0);
	if (r->email)
		check_email(c, r->email);
	else if (known && strcmp(r->prefer, "email") == 0)
		wrong(c, "email", "/reporter/email", "email_missing", 0);
}

static void check_length(struct checking *c, const char *value, const struct intake_error *what)
{
	if (value && utf8_length(value) > (size_t)what->number)
		wrong(c, what->field, what->pointer, "too_long", what->number);
}

size_t intake_check(const struct intake_report *r, bool whole_form,
                    struct intake_error out[INTAKE_ERRORS_MAX])
{
	struct checking c = {out, 0};
	check_text(&c, r->text);
	check_photos(&c, r);
	check_place(&c, r, whole_form);
	check_length(&c, r->municipality,
	             &(struct intake_error){"municipality", "/municipality", NULL, 120});
	check_length(&c, r->address, &(struct intake_error){"address", "/address", NULL, 300});
	check_length(&c, r->landmark, &(struct intake_error){"landmark", "/landmark", NULL, 300});
	check_answer(&c, r, whole_form);
	check_length(&c, r->name, &(struct intake_error){"name", "/reporter/name", NULL, 120});
	check_length(&c, r->email, &(struct intake_error){"email", "/reporter/email", NULL, 254});
	if (r->lang && strcmp(r->lang, "it") != 0 && strcmp(r->lang, "en") != 0)
		wrong(&c, "lang", "/lang", "lang_bad", 0);
	return c.count;
}

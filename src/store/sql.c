/*
 * Parameters in, columns out: the text forms PostgreSQL reads and writes, in one place. No
 * statement stands here.
 */
#include "sql.h"

#include "base/str.h"

#include <math.h>
#include <string.h>
#include <time.h>

void sql_init(struct sql *q)
{
	*q = (struct sql){.batch = db_batch_new(), .arena = arena_new()};
}

void sql_fini(struct sql *q)
{
	if (q->batch)
		db_batch_free(&q->batch);
	arena_free(&q->arena);
}

void sql_text(struct sql *q, const char *s)
{
	must(q->count < DB_MAX_PARAMS);
	q->values[q->count++] = s;
}

void sql_id(struct sql *q, const char *id)
{
	sql_text(q, id && *id ? id : NULL);
}

void sql_int(struct sql *q, int64_t n)
{
	sql_text(q, arena_format(q->arena, "%lld", (long long)n));
}

void sql_number(struct sql *q, double n)
{
	sql_text(q, isnan(n) ? NULL : arena_format(q->arena, "%.9g", n));
}

void sql_bool(struct sql *q, bool b)
{
	sql_text(q, b ? "t" : "f");
}

void sql_instant(struct sql *q, struct instant t)
{
	if (!instant_is_set(t)) {
		sql_text(q, NULL);
		return;
	}
	int64_t s = t.us / 1000000, us = t.us % 1000000;
	if (us < 0) {
		us += 1000000;
		s--;
	}
	time_t seconds = (time_t)s;
	struct tm tm;
	gmtime_r(&seconds, &tm);
	sql_text(q, arena_format(q->arena, "%04d-%02d-%02d %02d:%02d:%02d.%06d+00",
	                         tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	                         tm.tm_min, tm.tm_sec, (int)us));
}

void sql_point(struct sql *q, struct point p)
{
	bool set = point_is_set(p);
	sql_number(q, set ? p.lat : NAN);
	sql_number(q, set ? p.lon : NAN);
}

void sql_bytes(struct sql *q, const unsigned char *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	char *hex = arena_take(q->arena, length * 2 + 3);
	hex[0] = '\\';
	hex[1] = 'x';
	for (size_t i = 0; i < length; i++) {
		hex[2 + i * 2] = digits[bytes[i] >> 4];
		hex[3 + i * 2] = digits[bytes[i] & 15];
	}
	sql_text(q, hex);
}

void sql_scope(struct sql *q, const struct user *who)
{
	if (!who) {
		sql_text(q, NULL);
		sql_text(q, NULL);
		return;
	}
	struct str list = {0};
	str_addc(&list, '{');
	for (size_t i = 0; who->role != ROLE_CREW && i < who->utility_count; i++)
		str_addf(&list, "%s%s", i ? "," : "", who->utilities[i].text);
	str_addc(&list, '}');
	sql_text(q, arena_str(q->arena, list.data));
	str_fini(&list);
	sql_id(q, who->role == ROLE_CREW ? arena_str(q->arena, who->crew.text) : NULL);
}

size_t sql_send(struct sql *q, const char *statement)
{
	size_t index = db_add(q->batch, statement, q->count, q->values);
	q->count = 0;
	return index;
}

const char *row_text(struct row *r)
{
	return arena_str(r->arena, db_value(r->answer, r->statement, r->row, r->column++));
}

void row_id(struct row *r, char out[ID_TEXT])
{
	const char *s = db_value(r->answer, r->statement, r->row, r->column++);
	str_copy(out, ID_TEXT, s ? s : "");
}

int64_t row_int(struct row *r)
{
	return db_int(r->answer, r->statement, r->row, r->column++, 0);
}

double row_number(struct row *r)
{
	return db_number(r->answer, r->statement, r->row, r->column++, NAN);
}

bool row_bool(struct row *r)
{
	return db_bool(r->answer, r->statement, r->row, r->column++);
}

struct instant row_instant(struct row *r)
{
	return db_instant(r->answer, r->statement, r->row, r->column++);
}

struct point row_point(struct row *r)
{
	struct point p = {.lat = row_number(r)};
	p.lon = row_number(r);
	return p;
}

struct js *row_json(struct row *r)
{
	const char *s = db_value(r->answer, r->statement, r->row, r->column++);
	return s ? js_parse(s, strlen(s), NULL) : NULL;
}

const char *member_text(struct arena *arena, const struct js *o, const char *key)
{
	return arena_str(arena, js_find_str(o, key));
}

void member_id(const struct js *o, const char *key, char out[ID_TEXT])
{
	const char *s = js_find_str(o, key);
	str_copy(out, ID_TEXT, s ? s : "");
}

struct instant member_instant(const struct js *o, const char *key)
{
	struct instant t = INSTANT_NONE;
	const char *s = js_find_str(o, key);
	if (s && !instant_parse(s, &t, NULL))
		return INSTANT_NONE;
	return t;
}

struct due_target target_read(struct arena *arena, const struct js *o)
{
	struct due_target t = {
	    .id = js_int(js_find(o, "id"), 0),
	    .charter = member_text(arena, o, "charter"),
	    .edition = member_text(arena, o, "charter_edition"),
	    .digest = member_text(arena, o, "edition_digest"),
	    .row = member_text(arena, o, "fault_row"),
	    .class_code = member_text(arena, o, "fault_class"),
	    .source =
	        str_equal(js_find_str(o, "source"), "national") ? SOURCE_NATIONAL : SOURCE_CHARTER,
	    .bound =
	        str_equal(js_find_str(o, "bound"), "exclusive") ? BOUND_EXCLUSIVE : BOUND_INCLUSIVE,
	    .rule = member_text(arena, o, "rule"),
	    .quote = member_text(arena, o, "quote"),
	    .section = member_text(arena, o, "section"),
	    .start = member_instant(o, "start_at"),
	    .promised = member_instant(o, "due_at"),
	    .due = member_instant(o, "due_at"),
	    .warned = js_int(js_find(o, "warned"), 0),
	    .first = js_bool(js_find(o, "first"), false),
	    .effective = js_bool(js_find(o, "effective"), false),
	    .stopped_at = member_instant(o, "stopped_at"),
	    .result = member_text(arena, o, "result"),
	    .late = SPAN_S(js_int(js_find(o, "late_s"), 0)),
	};
	member_id(o, "report_id", t.report);
	const char *kind = js_find_str(o, "kind");
	if (!kind || !target_kind_parse(kind, &t.kind))
		t.kind = TARGET_NOTICE;
	return t;
}

static struct clock_event event_read(struct arena *arena, const struct js *o)
{
	struct clock_event e = {
	    .stops = js_bool(js_find(o, "stops"), false),
	    .words = member_text(arena, o, "words"),
	    .from = member_instant(o, "from_at"),
	    .to = member_instant(o, "to_at"),
	    .recorded_at = member_instant(o, "recorded_at"),
	    .by = member_text(arena, o, "by_name"),
	    .ended_by = member_text(arena, o, "ended_name"),
	};
	member_id(o, "id", e.id);
	const char *cause = js_find_str(o, "cause");
	must(cause && pause_cause_parse(cause, &e.cause));
	return e;
}

struct clock_event *events_read(struct arena *arena, const struct js *array, size_t *out_count)
{
	size_t n = js_count(array);
	struct clock_event *list = n ? arena_take(arena, n * sizeof *list) : NULL;
	for (size_t i = 0; i < n; i++)
		list[i] = event_read(arena, js_at(array, i));
	*out_count = n;
	return list;
}

struct due_target *targets_read(struct arena *arena, const struct js *array, size_t *out_count)
{
	size_t n = js_count(array);
	struct due_target *list = n ? arena_take(arena, n * sizeof *list) : NULL;
	for (size_t i = 0; i < n; i++)
		list[i] = target_read(arena, js_at(array, i));
	*out_count = n;
	return list;
}

/*
 * One visit: a request from its arrival until its answer is sent and nothing is awaited any more.
 * The reader may leave in between; then the visit lives on, without request, until what it awaits
 * is back. Also the forms an answer takes: JSON, problem document, page, redirect. Not here: who
 * may come in.
 */
#include "room.h"

#include "page.h"

#include "base/log.h"
#include "base/mem.h"
#include "wire/crypto.h"
#include "wire/gzip.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void visit_free(struct visit *v)
{
	struct http *http = v->http;
	if (v->own_free)
		v->own_free(v->own);
	js_free(&v->body);
	free(v);
	http->visits--;
	if (http->closed && http->visits == 0)
		free(http);
}

static void on_reader_gone(void *ctx)
{
	struct visit *v = ctx;
	v->request = NULL;
	if (v->timer)
		loop_timer_cancel(&v->timer);
	if (!v->waiting)
		visit_free(v);
}

/* ---- who is at the other end ---- */

/* One address of a list separated by commas, spaces taken off; NULL at the end. */
static const char *list_next(const char *at, char out[64])
{
	at += strspn(at, ", \t");
	if (!*at)
		return NULL;
	size_t length = strcspn(at, ", \t");
	snprintf(out, 64, "%.*s", (int)length, at);
	return at + length;
}

static bool is_trusted(const char *proxies, const char *peer)
{
	char one[64];
	for (const char *at = proxies; (at = list_next(at, one));)
		if (strcmp(one, peer) == 0)
			return true;
	return false;
}

static bool is_address(const char *text)
{
	unsigned char bytes[16];
	return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

/* X-Forwarded-For is read from the right: the last address that is not one of our proxies. */
static void find_peer(const struct http *http, const struct request *r, char out[64])
{
	snprintf(out, 64, "%s", request_peer(r));
	const char *forwarded = request_header(r, "X-Forwarded-For");
	if (!forwarded || !is_trusted(http->o.conf->http_trusted_proxies, out))
		return;
	char one[64], last[64] = "";
	for (const char *at = forwarded; (at = list_next(at, one));)
		if (is_address(one) && !is_trusted(http->o.conf->http_trusted_proxies, one))
			memcpy(last, one, sizeof last);
	if (*last)
		memcpy(out, last, sizeof last);
}

struct visit *visit_new(struct http *http, struct request *request)
{
	struct visit *v = mem_zero(1, sizeof *v);
	v->http = http;
	v->request = request;
	v->began = instant_now();
	v->status_on_success = 200;
	v->lang =
	    lang_choose(request_query(request, "lang"), request_cookie(request, "prontod_lang"),
	                request_header(request, "Accept-Language"));
	find_peer(http, request, v->peer);
	http->visits++;
	request_on_gone(request, on_reader_gone, v);
	return v;
}

/* The reader is not left without an answer, whatever flow still waits for; its done frees the
 * visit. */
static void on_too_long(void *ctx)
{
	struct visit *v = ctx;
	struct problem p;
	bool writes = !str_equal(request_method(v->request), "GET") &&
	              !str_equal(request_method(v->request), "HEAD");
	v->timer = NULL;
	problem_set(
	    &p, writes ? PROBLEM_UNCERTAIN : PROBLEM_BUSY, "",
	    writes ? "we do not know yet whether this was recorded: ask again with the same key"
	           : "the archive does not answer: try again in a moment");
	visit_problem(v, &p, NULL);
}

void visit_wait_for(struct visit *v, struct span longest)
{
	must(!v->waiting);
	v->waiting = true;
	v->timer = loop_after(v->http->o.loop, longest, on_too_long, v);
}

void visit_wait(struct visit *v)
{
	/* Flow has its own deadlines, shorter ones: three statements' time is when they have failed
	 * to hold. */
	visit_wait_for(v, SPAN_MS(3 * v->http->o.conf->database_deadline_ms));
}

bool visit_back(struct visit *v)
{
	must(v->waiting);
	v->waiting = false;
	if (v->timer)
		loop_timer_cancel(&v->timer);
	if (v->request)
		return true;
	visit_free(v);
	return false;
}

/* ---- reading ---- */

const char *visit_header(const struct visit *v, const char *name)
{
	return request_header(v->request, name);
}

const char *visit_query(const struct visit *v, const char *name)
{
	const char *value = request_query(v->request, name);
	return value && *value ? value : NULL;
}

double visit_query_number(const struct visit *v, const char *name, double otherwise)
{
	const char *value = visit_query(v, name);
	if (!value)
		return otherwise;
	char *end;
	double n = strtod(value, &end);
	return *end ? otherwise : n;
}

struct point visit_query_point(const struct visit *v)
{
	struct point at = {visit_query_number(v, "lat", 1e9), visit_query_number(v, "lon", 1e9)};
	return point_valid(at) ? at : POINT_NONE;
}

static bool key_ok(const char *key)
{
	size_t length = strlen(key);
	if (length == 0 || length > 200)
		return false;
	for (size_t i = 0; i < length; i++)
		if (key[i] < '!' || key[i] > '~')
			return false;
	return true;
}

bool visit_once(struct visit *v, struct flow_once *out)
{
	*out = (struct flow_once){0};
	const char *key = visit_header(v, "Idempotency-Key");
	if (!key)
		return true;
	struct problem p;
	if (!key_ok(key)) {
		problem_set(&p, PROBLEM_INPUT, "Idempotency-Key",
		            "Idempotency-Key is 1 to 200 visible characters");
		visit_problem(v, &p, NULL);
		return false;
	}
	size_t length;
	const unsigned char *body = request_body(v->request, &length);
	struct str all = {0}; /* the path too: one key for two things is two requests */
	str_add(&all, request_path(v->request));
	str_addc(&all, '\n');
	str_addn(&all, (const char *)body, length);
	str_copy(out->key, sizeof out->key, key);
	crypto_sha256_hex(all.data, all.length, out->body_hash);
	str_fini(&all);
	return true;
}

/* ---- answering ---- */

void visit_sent(struct visit *v, int status)
{
	struct span took = instant_since(instant_now(), v->began);
	counts_add(v->http->counts, status, took);
	const char *route = v->route ? v->route->path : "none";
	if (status >= 500 && status != 503)
		log_error(NULL, "answer failed status=%d route=%s ms=%d", status, route,
		          (int)(took.us / 1000));
	else
		log_debug(NULL, "answered status=%d route=%s ms=%d", status, route,
		          (int)(took.us / 1000));
	v->request = NULL;
	if (!v->waiting)
		visit_free(v);
}

static void common_headers(struct visit *v)
{
	request_on_gone(v->request, NULL, NULL);
	answer_header(v->request, "X-Content-Type-Options", "nosniff");
}

bool accepts_gzip(const struct visit *v)
{
	const char *accepted = visit_header(v, "Accept-Encoding");
	return accepted && strstr(accepted, "gzip") && !strstr(accepted, "gzip;q=0");
}

/* Below this packing saves no packet. */
#define PACK_FROM 1400

static bool is_packable(const char *type, size_t length)
{
	return length >= PACK_FROM &&
	       (str_starts(type, "text/") || str_starts(type, "application/json"));
}

static void respond(struct visit *v, int status, const char *type, const char *bytes, size_t length)
{
	struct str packed = {0};
	if (is_packable(type, length)) {
		answer_header(v->request, "Vary", "Accept-Encoding");
		if (accepts_gzip(v))
			gzip_pack(bytes, length, &packed);
	}
	if (packed.length)
		answer_header(v->request, "Content-Encoding", "gzip");
	common_headers(v);
	answer(v->request, status, type, packed.length ? packed.data : bytes,
	       packed.length ? packed.length : length);
	str_fini(&packed);
	visit_sent(v, status);
}

void visit_text(struct visit *v, int status, const char *type, const struct str *text)
{
	respond(v, status, type, str_text(text), text->length);
}

void visit_shared(struct visit *v, const struct shared_bytes *bytes)
{
	common_headers(v);
	answer_shared(v->request, 200, bytes->type, bytes->bytes, bytes->length, bytes->release,
	              bytes->ctx);
	visit_sent(v, 200);
}

void visit_json(struct visit *v, int status, const struct js *value)
{
	struct str text = {0};
	js_write(value, &text);
	if (!v->cacheable)
		answer_header(v->request, "Cache-Control", "no-store");
	visit_text(v, status, "application/json", &text);
	str_fini(&text);
}

void visit_empty(struct visit *v, int status)
{
	common_headers(v);
	answer_empty(v->request, status);
	visit_sent(v, status);
}

void visit_redirect(struct visit *v, const char *where)
{
	answer_header(v->request, "Location", where);
	answer_header(v->request, "Cache-Control", "no-store");
	visit_empty(v, 303);
}

bool visit_not_modified(struct visit *v, const char *etag)
{
	answer_header(v->request, "ETag", etag);
	const char *known = visit_header(v, "If-None-Match");
	if (!known || !strstr(known, etag))
		return false;
	visit_empty(v, 304);
	return true;
}

void etag_of(const void *bytes, size_t length, char out[ETAG_ROOM])
{
	char hex[CRYPTO_HASH_HEX];
	crypto_sha256_hex(bytes, length, hex);
	snprintf(out, ETAG_ROOM, "\"%.24s\"", hex);
}

void visit_done(void *ctx, const struct problem *problem, const struct js *answer)
{
	struct visit *v = ctx;
	if (!visit_back(v))
		return;
	if (problem)
		visit_problem(v, problem, answer);
	else if (answer)
		visit_json(v, v->status_on_success, answer);
	else
		visit_empty(v, 204);
}

/* ---- problems ---- */

/* A browser that asks for a page gets one, also where no page stands. */
static bool wants_page(const struct visit *v)
{
	if (v->route)
		return v->route->page;
	const char *accept = visit_header(v, "Accept");
	return accept && strstr(accept, "text/html") &&
	       !str_starts(request_path(v->request), "/api/");
}

void visit_refuse(struct visit *v, int status, const struct problem *problem, const struct js *more)
{
	if (status >= 500)
		log_warn(NULL, "request not served kind=%s route=%s",
		         problem_kind_name(problem->kind), v->route ? v->route->path : "none");
	if (status == 503)
		answer_header(v->request, "Retry-After", "10");
	if (v->route && v->route->osrm) {
		osrm_problem(v, status, problem);
		return;
	}
	if (wants_page(v)) {
		page_error(v, status, problem);
		return;
	}
	struct js *doc = problem_document(v, status, problem, more);
	struct str text = {0};
	js_write(doc, &text);
	js_free(&doc);
	answer_header(v->request, "Cache-Control", "no-store");
	visit_text(v, status, "application/problem+json", &text);
	str_fini(&text);
}

void visit_problem(struct visit *v, const struct problem *problem, const struct js *more)
{
	visit_refuse(v, http_status_of(problem->kind), problem, more);
}

/*
 * A report comes in: the page with its form, the same form sent without JavaScript, and the API for
 * pages, programs and the desk's telephone form. The reading and the rules of fields are intake's;
 * here they become an answer: 303, 201, or 422 with everything typed still there.
 */
#include "keep.h"
#include "page.h"
#include "room.h"

#include "intake.h"

#include "base/mem.h"
#include "wire/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What was sent, alive until the visit ends. */
struct typed {
	struct arena *arena;
	struct intake_report r;
	struct js *json; /* of a JSON body */
	struct flow_photo photos[INTAKE_PHOTOS_MAX];
	size_t photo_count;
	struct flow_once once;
	struct intake_error errors[INTAKE_ERRORS_MAX];
	size_t error_count;
};

static void typed_free(void *own)
{
	struct typed *t = own;
	js_free(&t->json);
	arena_free(&t->arena);
	free(t);
}

/* ---- the form's page ---- */

static struct js *typed_values(const struct intake_report *r)
{
	struct js *values = js_object();
	js_set_str(values, "text", r->text);
	js_set_str(values, "address", r->address);
	js_set_str(values, "municipality", r->municipality);
	js_set_str(values, "landmark", r->landmark);
	js_set_str(values, "lat", r->lat);
	js_set_str(values, "lon", r->lon);
	js_set_str(values, "name", r->name);
	js_set_str(values, "phone", r->phone);
	js_set_str(values, "email", r->email);
	js_set_str(values, "utility", r->utility);
	js_set_bool(values, "unknown_place", r->town_unknown);
	return values;
}

static void add_errors(const struct visit *v, const struct typed *t, struct js *page)
{
	struct js *list = js_array(), *beside = js_object();
	struct str words = {0};
	for (size_t i = 0; i < t->error_count; i++) {
		const struct intake_error *e = &t->errors[i];
		const char *field = strcmp(e->field, "lon") == 0 ? "lat" : e->field;
		char href[64];
		snprintf(href, sizeof href, "#%s%s", field,
		         strcmp(field, "prefer") == 0 ? "-sms" : "");
		error_words(e->what, e->number, v->lang, &words);
		struct js *one = js_object();
		js_set_str(one, "field", field);
		js_set_str(one, "label", field_label(field, v->lang));
		js_set_str(one, "href", href);
		js_set_str(one, "text", str_text(&words));
		js_push(list, one);
		if (!js_find(beside, field))
			set_said(beside, field, &words);
		str_clear(&words);
	}
	str_fini(&words);
	js_set_bool(page, "has_errors", t->error_count > 0);
	js_set(page, "errors", list);
	js_set(page, "err", beside);
}

static void add_key(struct js *page, const struct typed *t)
{
	char fresh[CRYPTO_TOKEN];
	if (t && t->once.key[0]) {
		js_set_str(page, "key", t->once.key);
		return;
	}
	crypto_token(fresh);
	js_set_str(page, "key", fresh);
}

static void add_title(const struct visit *v, struct js *page, bool errors)
{
	bool en = v->lang == LANG_EN;
	if (errors)
		js_set_str(page, "title",
		           en ? "Error: Report a fault" : "Errore: Segnala un guasto");
}

static void show_form(struct visit *v, int status, struct js *notice)
{
	static const struct intake_report nothing = {0};
	struct typed *t = v->own;
	const struct intake_report *r = t ? &t->r : &nothing;
	struct js *page = js_object(), *prefer = js_object();
	if (t)
		add_errors(v, t, page);
	add_title(v, page, t && t->error_count);
	add_key(page, t);
	js_set(page, "values", typed_values(r));
	js_set(page, "municipalities", page_towns(v, r->municipality));
	if (r->prefer)
		js_set_bool(prefer, r->prefer, true);
	js_set(page, "prefer", prefer);
	if (t)
		keep_show(v, &t->once, t->photos, t->photo_count, page);
	js_set(page, "notice", notice);
	page_speaks_for(page, r->utility);
	page_answer(v, status, "report", page);
}

void report_page(struct visit *v)
{
	show_form(v, 200, NULL);
}

/* ---- reading what was sent ---- */

static void hash_add(struct str *all, const char *value)
{
	str_addf(all, "%zu:", value ? strlen(value) : 0);
	str_add(all, value ? value : "");
}

/* Of the fields, not of the bytes: browsers send the same form with another boundary each time. */
static void hash_form(struct typed *t)
{
	const struct intake_report *r = &t->r;
	const char *const fields[] = {r->utility,  r->text, r->address, r->municipality,
	                              r->landmark, r->name, r->phone,   r->email,
	                              r->prefer,   r->lat,  r->lon};
	struct str all = {0};
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		hash_add(&all, fields[i]);
	for (size_t i = 0; i < t->photo_count; i++) {
		char hex[CRYPTO_HASH_HEX];
		crypto_sha256_hex(t->photos[i].bytes, t->photos[i].length, hex);
		hash_add(&all, hex);
	}
	crypto_sha256_hex(all.data, all.length, t->once.body_hash);
	str_fini(&all);
}

static void take_photos(struct typed *t)
{
	for (size_t i = 0; i < t->r.photo_count && i < INTAKE_PHOTOS_MAX; i++) {
		const struct intake_photo *from = &t->r.photos[i];
		if (from->content_type)
			t->photos[t->photo_count++] = (struct flow_photo){
			    from->filename, from->content_type, from->bytes, from->length};
	}
}

static bool key_fits(const char *key)
{
	return key && strlen(key) >= 8 && strlen(key) <= 200 &&
	       strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:") ==
	           strlen(key);
}

static bool read_json(struct visit *v, struct typed *t)
{
	size_t length;
	const unsigned char *body = request_body(v->request, &length);
	struct problem p;
	t->json = js_parse(length ? (const char *)body : "", length, &p);
	if (!t->json || js_kind(t->json) != JS_OBJECT) {
		if (t->json)
			problem_set(&p, PROBLEM_INPUT, "", "the body must be a JSON object");
		visit_refuse(v, 400, &p, NULL);
		return false;
	}
	if (intake_json_read(t->json, t->arena, &t->r, &p))
		return visit_once(v, &t->once);
	visit_problem(v, &p, NULL);
	return false;
}

static bool read_form(struct visit *v, struct typed *t, const char *type)
{
	size_t length;
	const unsigned char *body = request_body(v->request, &length);
	unsigned char *kept =
	    arena_take(t->arena, length + 1); /* the request may go while flow still reads */
	if (length)
		memcpy(kept, body, length);
	struct problem p;
	if (!intake_form_read(type, kept, length, t->arena, &t->r, &p)) {
		visit_refuse(v, 400, &p, NULL);
		return false;
	}
	if (!visit_once(v, &t->once))
		return false;
	if (!t->once.key[0] && key_fits(t->r.key))
		str_copy(t->once.key, sizeof t->once.key, t->r.key);
	take_photos(t);
	keep_fetch(v, &t->once, t->arena, t->photos, &t->photo_count);
	hash_form(t);
	return true;
}

/* False: answered. */
static bool read_sent(struct visit *v)
{
	struct typed *t = mem_zero(1, sizeof *t);
	t->arena = arena_new();
	v->own = t;
	v->own_free = typed_free;
	const char *type = arena_str(t->arena, visit_header(v, "Content-Type"));
	return strncasecmp(type, "application/json", 16) == 0 ? read_json(v, t)
	                                                      : read_form(v, t, type);
}

/* ---- to flow ---- */

static struct flow_report as_flow_report(const struct visit *v, const struct typed *t)
{
	const struct intake_report *r = &t->r;
	return (struct flow_report){
	    .utility = r->utility,
	    .channel = "web",
	    .text = r->text,
	    .address = r->address,
	    .municipality = r->municipality,
	    .landmark = r->landmark,
	    .point = r->point,
	    .point_confirmed = point_is_set(r->point),
	    .name = r->name,
	    .phone = r->phone,
	    .email = r->email,
	    .prefer = r->prefer ? r->prefer : "none",
	    .lang = r->lang ? r->lang : lang_name(v->lang),
	    .photos = t->photos,
	    .photo_count = t->photo_count,
	};
}

static bool phone_fields(const struct js *b, struct arena *arena, struct flow_report *out,
                         struct problem *p)
{
	out->channel = "phone";
	out->point_confirmed = false;
	return js_need_bool(b, "", "point_confirmed", false, &out->point_confirmed, p) &&
	       js_need_instant(b, "", "rang_at", false, &out->rang_at, p) &&
	       js_need_instant(b, "", "conversation_started_at", false,
	                       &out->conversation_started_at, p) &&
	       js_need_str(b, "", "conversation_reason", false, 0, 300, &out->conversation_reason,
	                   p) &&
	       js_need_str(b, "", "row", false, 1, 40, &out->confirmed_row, p) &&
	       js_need_str(b, "", "class", false, 1, 40, &out->confirmed_class, p) &&
	       js_need_str(b, "", "class_reason", false, 1, 300, &out->class_reason, p) &&
	       js_need_str(b, "", "join_incident", false, 36, 36, &out->join_incident, p) &&
	       js_need_str(b, "", "call_id", false, 1, 100, &out->call_id, p) &&
	       answers_read(b, arena, &out->replies, &out->reply_count, p);
}

static struct js *errors_json(const struct visit *v, const struct typed *t)
{
	struct js *more = js_object(), *list = js_array();
	struct str words = {0};
	for (size_t i = 0; i < t->error_count; i++) {
		struct js *one = js_object();
		error_words(t->errors[i].what, t->errors[i].number, v->lang, &words);
		js_set_str(one, "pointer", t->errors[i].pointer);
		set_said(one, "detail", &words);
		js_push(list, one);
	}
	js_set(more, "errors", list);
	str_fini(&words);
	return more;
}

static void refuse_errors(struct visit *v, const struct typed *t)
{
	struct problem p;
	struct js *more = errors_json(v, t);
	const struct js *first = js_at(js_find(more, "errors"), 0);
	problem_set(&p, PROBLEM_INPUT, t->errors[0].pointer, "%s", js_find_str(first, "detail"));
	visit_problem(v, &p, more);
	js_free(&more);
}

static void refuse_trap(struct visit *v)
{
	struct problem p;
	problem_set(&p, PROBLEM_INPUT, "/website", "the field website must stay empty");
	visit_problem(v, &p, NULL);
}

void report_api(struct visit *v)
{
	if (!read_sent(v))
		return;
	struct typed *t = v->own;
	if (t->r.trap) {
		refuse_trap(v);
		return;
	}
	bool phone = str_equal(t->r.channel, "phone");
	struct problem p;
	if (phone && (!v->has_user || !(MAY_DESK & MAY(v->user.role)))) {
		problem_set(&p, v->has_user ? PROBLEM_FORBIDDEN : PROBLEM_UNAUTHENTICATED,
		            "/channel", "only the desk takes reports by telephone");
		visit_problem(v, &p, NULL);
		return;
	}
	t->error_count = intake_check(&t->r, false, t->errors);
	if (t->error_count) {
		refuse_errors(v, t);
		return;
	}
	struct flow_report report = as_flow_report(v, t);
	if (phone && !phone_fields(t->json, t->arena, &report, &p)) {
		visit_problem(v, &p, NULL);
		return;
	}
	v->status_on_success = 201;
	visit_wait(v);
	flow_report_submit(v->http->o.flow, phone ? &v->user : NULL, &report, &t->once, visit_done,
	                   v);
}

/* ---- the form without JavaScript ---- */

static struct js *make_notice(const struct visit *v, const struct problem *p)
{
	struct js *notice = js_object();
	struct str text = {0};
	bool en = v->lang == LANG_EN;
	if (p->kind == PROBLEM_BUSY) {
		js_set_str(notice, "title",
		           en ? "We cannot receive it now" : "Non possiamo riceverla ora");
		str_add(&text, en ? "Your report was NOT recorded. Call us, or send it again in a "
		                    "moment: everything is still here."
		                  : "La tua segnalazione NON è stata registrata. Telefona, o "
		                    "inviala di nuovo tra poco: è ancora tutto qui.");
	} else {
		js_set_str(notice, "title", problem_title(p->kind, v->lang));
		problem_detail(p, http_status_of(p->kind), v->lang, &text);
	}
	set_said(notice, "text", &text);
	str_fini(&text);
	return notice;
}

static void on_form_stored(void *ctx, const struct problem *problem, const struct js *answer)
{
	struct visit *v = ctx;
	if (!visit_back(v))
		return;
	struct typed *t = v->own;
	if (problem) {
		keep_store(v, &t->once, t->photos, t->photo_count);
		show_form(v, http_status_of(problem->kind), make_notice(v, problem));
		return;
	}
	keep_drop(v, &t->once);
	char where[80];
	snprintf(where, sizeof where, "/s/%s?nuova=1", js_find_str(answer, "code"));
	visit_redirect(v, where);
}

static struct js *trap_notice(const struct visit *v)
{
	struct js *notice = js_object();
	bool en = v->lang == LANG_EN;
	js_set_str(notice, "title", en ? "Please press again" : "Premi di nuovo");
	js_set_str(notice, "text",
	           en ? "Wait 20 seconds and press again: nothing is lost."
	              : "Attendi 20 secondi e premi di nuovo: non hai perso niente.");
	return notice;
}

void report_form(struct visit *v)
{
	if (!read_sent(v))
		return;
	struct typed *t = v->own;
	t->error_count = intake_check(&t->r, true, t->errors);
	if (t->error_count || t->r.trap) {
		keep_store(v, &t->once, t->photos, t->photo_count);
		show_form(v, 422, t->r.trap ? trap_notice(v) : NULL);
		return;
	}
	struct flow_report report = as_flow_report(v, t);
	visit_wait(v);
	flow_report_submit(v->http->o.flow, NULL, &report, &t->once, on_form_stored, v);
}

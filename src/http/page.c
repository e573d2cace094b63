/* clang-format off */
/*
 * Pages: a template, the texts of the reader's language and a context object become HTML.
 * Not here: what a page is about (report.c, status.c, live.c, desk.c …).
 *
 * Templates have no logic: everything they show is prepared text. They are written in a subset of
 * mustache ({{x}} escaped, {{{x}}}, {{#x}}…{{/x}}, {{^x}}…{{/x}}, {{>partial}}, {{! comment}}, dotted names) and lie
 * in <pages>/templates/<name>.html; {{>head}} is templates/head.html. A missing value is empty; an empty string,
 * 0, false, null and an empty list count as absent for sections. A CSP hash is made at start for each literal
 * <style>…</style> without tags inside; no inline script, no style= attributes.
 *
 * Files of <pages>: templates/ *.html · text.it.json, text.en.json (flat objects; become `t`) · assets.json (optional:
 * {"public_css":"/static/public-1a2b3c.css"}; becomes `asset`) · static/ (served under /static/, kept for ever by
 * browsers, so names carry a hash; x.gz beside x is sent to who accepts it) · favicon.svg, favicon.ico,
 * manifest.webmanifest, sw.js (served at the root, revalidated).
 *
 * Every page gets:
 *   t, asset, lang ("it"|"en"), lang_it, lang_en (true for the one in use), other_lang_href (this page in the other one),
 *   page ("report"…), is_report, is_status, is_code, is_live, is_login, is_desk, is_crew, is_error (true for one),
 *   title (for <title>, "Segnala un guasto · Acque Valdoro"), path, now ("14:02"), now_at (RFC 3339),
 *   utility {code,name,phone,phone_href,site} (the one the page speaks for; absent while one of several is not chosen), many_utilities,
 *   utilities [{code,name,phone,phone_href,site,selected,services[],municipalities[{name}]}], map (true where tiles are served)
 *
 * report (/): key (hidden field `key`), values {text,address,municipality,landmark,lat,lon,name,phone,email,utility,unknown_place},
 *   municipalities [{name,selected}], prefer {sms,email,phone,none} (one true), has_errors,
 *   errors [{field,label,text,href:"#text"}] (summary), err {text,municipality,address,prefer,phone,email,foto,utility,place} (beside
 *   the field; absent without error), photos [{name,size:"2,1 MB"}] kept from the last sending, photos_again (true: choose
 *   them again), notice {title,text} (503, 429: nothing was recorded). The inputs' ids equal their names: text, foto,
 *   municipality, address, landmark, lat, lon, prefer (ids prefer-sms…), phone, email, name, utility, key, website (honeypot), lang.
 * status (/s/{code}): code, code_spelled ("7 K Q 4 M, T 9 X W 2, H"), new (true with ?nuova=1), state, public_state, area, received {at,text:
 *   "oggi alle 15:05"}, updated {at,text:"15:21"}, class, class_label, rank (1…), rank1, rank2, rank3, unconfirmed (true: to be
 *   confirmed), promise {text:"La squadra arriva entro le 17:05 di oggi",left:"tra 1 h 43 min",due,kind,running,met,missed,
 *   result:"rispettato, 53 min prima"|"…"} (null: no_promise {text}), refer {to,reason,text}, why {row_text,section,quote,rule},
 *   has_targets, targets [{text,due,rule,source,source_text,section,quote,effective,running,met,missed,result}],
 *   steps [{name,label,at,time,done,current,todo,state_text}], eta {at,text:"arrivo previsto alle 15:48"}, advice, over (closed),
 *   disposition_text, refresh_s
 * code (/s/): value (as typed), error (text), what the code looks like is the template's
 * live (/live): fresh | stale | very_old (one true), age_text ("Dati fermi alle 13:40, 22 min fa"), updated {at,text:"14:02:10"}, seq,
 *   open [card], open_count, closed [card], closed_count, tabs [{label,count,href,selected}], filter {comune,via,utility},
 *   municipalities [{name,selected}], answer {text,yes,near,no,not_served,several,href,link_text,choices [{label,href}]} (null: not asked),
 *   card {id:"valdoro-sud-2026-00417",number,utility,icon,icon_<icon> (true),kind,area,state_code,state,since:"dalle 13:05",since_at,ago:"57 min fa",
 *   due:"Squadra attesa entro le 15:05",due_at,late (true),late_text,arrived:"Squadra sul posto dalle 14:12",estimate ("… (stima)" or
 *   "non ancora stimato"),reports_text:"3 segnalazioni",updated:"13:58",updated_at,closed (true),over_text,lat,lon,matched (true: answers via)}
 * login (/login): next, login, error (text), expired (true)
 * desk (/desk): user {id,name,login,role,role_label}, incidents [row] for readers without JavaScript: row {number,utility_name,municipality,address,what,state,
 *   due,class,rank1,rank2,rank3,crews}, incidents_error (text)
 * crew (/crew): user, assignments [{id,what,row,row_text,address,landmark,due,class,state,words [{said,told_at}],reporter {name,phone,
 *   phone_href} (null: none, or over),next {action,label,declines,leaves}}] for readers without JavaScript
 * privacy (/privacy), accessibility (/accessibilita): nothing more
 * error: status, heading, text, detail, reference ("14:02:11-3F"), next {href,label}, is_404, is_403, is_429, is_503, is_500, code (typed report code)
 */
/* clang-format on */
#include "page.h"

#include "template.h"

#include "base/log.h"
#include "base/mem.h"
#include "wire/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pages {
	struct templates *templates;
	struct js *texts[2]; /* by enum lang: {"t":{…},"asset":{…}} */
	struct str policy;   /* Content-Security-Policy */
};

/* ---- opening ---- */

static struct js *load_texts(const char *folder, const char *lang, const struct js *assets,
                             struct problem *p)
{
	struct str path = {0};
	str_addf(&path, "%s/text.%s.json", folder, lang);
	struct js *texts = js_load(str_text(&path), p);
	str_fini(&path);
	if (!texts)
		return NULL;
	struct js *root = js_object();
	js_set(root, "t", texts);
	js_set(root, "asset", assets ? js_copy(assets) : js_object());
	return root;
}

/* The pages' build writes which file each logical name became; without it templates name the files.
 */
static struct js *load_assets(const char *folder)
{
	struct str path = {0};
	str_addf(&path, "%s/assets.json", folder);
	struct js *assets = js_load(str_text(&path), NULL);
	str_fini(&path);
	return assets;
}

struct pages *pages_open(const char *folder, struct problem *p)
{
	struct pages *pages = mem_zero(1, sizeof *pages);
	struct js *assets = load_assets(folder);
	struct str templates = {0};
	str_addf(&templates, "%s/templates", folder);
	pages->templates = templates_load(str_text(&templates), p);
	str_fini(&templates);
	if (pages->templates) {
		pages->texts[LANG_IT] = load_texts(folder, "it", assets, p);
		if (pages->texts[LANG_IT])
			pages->texts[LANG_EN] = load_texts(folder, "en", assets, p);
	}
	js_free(&assets);
	if (!pages->texts[LANG_EN])
		pages_close(&pages);
	else
		str_addf(&pages->policy,
		         "default-src 'self'; script-src 'self'; style-src 'self'%s; img-src "
		         "'self' data: blob:; "
		         "worker-src 'self' blob:; connect-src 'self'; font-src 'self'; object-src "
		         "'none'; "
		         "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
		         templates_style_hashes(pages->templates));
	return pages;
}

void pages_close(struct pages **pages)
{
	if (!*pages)
		return;
	templates_free(&(*pages)->templates);
	js_free(&(*pages)->texts[LANG_IT]);
	js_free(&(*pages)->texts[LANG_EN]);
	str_fini(&(*pages)->policy);
	free(*pages);
	*pages = NULL;
}

/* ---- small helpers of all pages ---- */

struct saying page_saying(const struct visit *v)
{
	return (struct saying){v->http->zone, v->began, v->lang};
}

const char *page_text(const struct visit *v, const char *key)
{
	const char *text = js_find_str(js_find(v->http->pages->texts[v->lang], "t"), key);
	return text ? text : key;
}

void set_said(struct js *to, const char *key, struct str *said)
{
	js_set_str(to, key, str_text(said));
	str_clear(said);
}

bool find_instant(const struct js *object, const char *key, struct instant *out)
{
	const char *text = js_find_str(object, key);
	return text && instant_parse(text, out, NULL);
}

void page_due(const struct saying *s, const struct js *incident, struct js *row)
{
	struct instant due;
	struct str said = {0};
	if (!find_instant(incident, "due", &due))
		return;
	say_by(s, due, str_equal(js_find_str(incident, "due_bound"), "exclusive"), &said);
	set_said(row, "due", &said);
	str_fini(&said);
}

struct js *page_towns(const struct visit *v, const char *selected)
{
	struct js *setup = flow_public_setup(v->http->o.flow), *towns = js_array();
	const struct js *utilities = js_find(setup, "utilities");
	for (size_t u = 0; u < js_count(utilities); u++) {
		const struct js *names = js_find(js_at(utilities, u), "municipalities");
		for (size_t i = 0; i < js_count(names); i++) {
			const char *name = js_str(js_at(names, i));
			bool known = false;
			for (size_t k = 0; k < js_count(towns); k++)
				known =
				    known || str_equal(js_find_str(js_at(towns, k), "name"), name);
			if (known || !name)
				continue;
			struct js *town = js_object();
			js_set_str(town, "name", name);
			js_set_bool(town, "selected", str_equal_fold(name, selected));
			js_push(towns, town);
		}
	}
	js_free(&setup);
	return towns;
}

/* ---- what every page gets ---- */

static const char *const page_names[] = {"report", "status", "code",  "live",    "login",
                                         "desk",   "crew",   "error", "privacy", "accessibility"};

static const char *page_title(const struct visit *v, const char *name)
{
	static const char *const titles[2][10] = {
	    {"Segnala un guasto", "La tua segnalazione", "Segui la tua segnalazione",
	     "Pronto intervento LIVE", "Accedi", "Sala operativa", "Squadra",
	     "Qualcosa non ha funzionato", "Privacy", "Dichiarazione di accessibilità"},
	    {"Report a fault", "Your report", "Follow your report", "Emergency service LIVE",
	     "Log in", "Control room", "Crew", "Something went wrong", "Privacy",
	     "Accessibility statement"},
	};
	for (size_t i = 0; i < sizeof page_names / sizeof page_names[0]; i++)
		if (strcmp(page_names[i], name) == 0)
			return titles[v->lang][i];
	return name;
}

/* "800 175 571" -> "tel:800175571" */
void set_phone_href(struct js *to, const char *phone)
{
	struct str href = {0};
	str_add(&href, "tel:");
	for (const char *c = phone ? phone : ""; *c; c++)
		if ((*c >= '0' && *c <= '9') || *c == '+')
			str_addc(&href, *c);
	if (phone)
		set_said(to, "phone_href", &href);
	str_fini(&href);
}

static struct js *page_utility(const struct js *from, bool selected)
{
	struct js *one = js_copy(from), *towns = js_array();
	const struct js *names = js_find(from, "municipalities");
	for (size_t i = 0; i < js_count(names); i++) {
		struct js *town = js_object();
		js_set_str(town, "name", js_str(js_at(names, i)));
		js_push(towns, town);
	}
	js_set(one, "municipalities", towns);
	js_set_bool(one, "selected", selected);
	set_phone_href(one, js_find_str(one, "phone"));
	return one;
}

void page_speaks_for(struct js *context, const char *utility)
{
	js_set_str(context, "speaks_for", utility ? utility : "");
}

static const char *asked_utility(const struct visit *v, const struct js *context)
{
	const char *named = js_find_str(context, "speaks_for");
	return named && *named ? named : visit_query(v, "utility");
}

static void add_utilities(const struct visit *v, struct js *context)
{
	struct js *setup = flow_public_setup(v->http->o.flow);
	const struct js *list = js_find(setup, "utilities");
	const char *asked = asked_utility(v, context);
	struct js *all = js_array();
	const struct js *chosen = NULL;
	for (size_t i = 0; i < js_count(list); i++) {
		const struct js *one = js_at(list, i);
		bool is = asked && str_equal(asked, js_find_str(one, "code"));
		if (is)
			chosen = one;
		js_push(all, page_utility(one, is));
	}
	/* Of several none may pass for the only one: the frame then shows all numbers. */
	if (!chosen && js_count(list) == 1)
		chosen = js_at(list, 0);
	js_set(context, "utility", chosen ? page_utility(chosen, true) : NULL);
	js_set(context, "utilities", all);
	js_set_bool(context, "many_utilities", js_count(list) > 1);
	js_free(&setup);
}

/* This page in the other language: the same query, with another lang. */
static void set_other_lang(const struct visit *v, struct js *context)
{
	struct str href = {0};
	str_addf(&href, "%s?", request_path(v->request));
	for (const char *at = request_query_string(v->request); *at;) {
		size_t length = strcspn(at, "&");
		if (length && strncmp(at, "lang=", 5) != 0) {
			str_addn(&href, at, length);
			str_addc(&href, '&');
		}
		at += length + (at[length] == '&');
	}
	str_addf(&href, "lang=%s", lang_name(v->lang == LANG_IT ? LANG_EN : LANG_IT));
	set_said(context, "other_lang_href", &href);
	str_fini(&href);
}

static void add_common(struct visit *v, const char *name, struct js *context)
{
	struct saying s = page_saying(v);
	struct str said = {0};
	char is[32];
	snprintf(is, sizeof is, "is_%s", name);
	js_set_bool(context, is, true);
	js_set_str(context, "page", name);
	js_set_str(context, "lang", lang_name(v->lang));
	js_set_bool(context, v->lang == LANG_IT ? "lang_it" : "lang_en", true);
	js_set_str(context, "path", request_path(v->request));
	js_set_bool(context, "map", v->http->o.map != NULL);
	say_clock(&s, s.now, &said);
	set_said(context, "now", &said);
	js_set_instant(context, "now_at", s.now, s.zone);
	add_utilities(v, context);
	set_other_lang(v, context);
	const char *what = js_find_str(context, "title");
	str_add(&said, what ? what : page_title(v, name));
	const char *whose = js_find_str(js_find(context, "utility"), "name");
	if (!whose && js_bool(js_find(context, "many_utilities"), false))
		whose = v->lang == LANG_EN ? "Emergency service" : "Pronto intervento";
	if (whose)
		str_addf(&said, " · %s", whose);
	set_said(context, "title", &said);
	str_fini(&said);
}

static void page_headers(struct visit *v, const char *name)
{
	bool secret = strcmp(name, "status") == 0 || strcmp(name, "code") == 0;
	bool is_public = strcmp(name, "live") == 0 || strcmp(name, "privacy") == 0 ||
	                 strcmp(name, "accessibility") == 0;
	answer_header(v->request, "Content-Security-Policy", str_text(&v->http->pages->policy));
	answer_header(v->request, "X-Frame-Options", "DENY");
	answer_header(v->request, "Referrer-Policy", secret ? "no-referrer" : "same-origin");
	answer_header(v->request, "Permissions-Policy",
	              "geolocation=(self), camera=(self), microphone=()");
	answer_header(v->request, "Content-Language", lang_name(v->lang));
	/* What everybody may see may wait behind the browser's back button, if it is asked for
	 * again. */
	answer_header(v->request, "Cache-Control", is_public ? "no-cache" : "no-store");
	if (secret)
		answer_header(v->request, "X-Robots-Tag", "noindex");
	const char *asked = visit_query(v, "lang");
	if (asked && (strcmp(asked, "it") == 0 || strcmp(asked, "en") == 0)) {
		char cookie[80];
		snprintf(cookie, sizeof cookie, "prontod_lang=%s; Path=/; SameSite=Lax", asked);
		answer_header(v->request, "Set-Cookie", cookie);
	}
}

void page_answer(struct visit *v, int status, const char *name, struct js *context)
{
	struct str html = {0};
	add_common(v, name, context);
	if (templates_has(v->http->pages->templates, name)) {
		const struct js *roots[] = {v->http->pages->texts[v->lang], context};
		templates_render(v->http->pages->templates, name, roots, 2, &html);
	} else {
		log_error(NULL, "template missing name=%s", name);
		status = 500;
	}
	js_free(&context);
	page_headers(v, name);
	visit_text(v, status, "text/html; charset=utf-8", &html);
	str_fini(&html);
}

/* ---- pages that say the same to everybody ---- */

void info_page(struct visit *v)
{
	page_answer(v, 200, strcmp(v->route->path, "/privacy") == 0 ? "privacy" : "accessibility",
	            js_object());
}

/* ---- the error page ---- */

/* What a person can quote and a log line shows: the time and a random byte. */
static void make_reference(struct visit *v, char out[16])
{
	struct wall w = zone_wall(v->http->zone, v->began);
	snprintf(out, 16, "%02d:%02d:%02d-%02X", w.hour, w.minute, w.second,
	         (unsigned)crypto_random_below(256));
}

static void set_next_step(const struct visit *v, int status, struct js *context)
{
	struct js *next = js_object();
	bool en = v->lang == LANG_EN;
	bool retry = status >= 500 || status == 429;
	js_set_str(next, "href", retry ? request_path(v->request) : status == 403 ? "/login" : "/");
	js_set_str(next, "label",
	           retry           ? (en ? "Try again" : "Riprova")
	           : status == 403 ? (en ? "Log in as somebody else" : "Accedi con un altro nome")
	                           : (en ? "Report a fault" : "Segnala un guasto"));
	js_set(context, "next", next);
}

static const char *error_heading(const struct visit *v, int status, const struct problem *p)
{
	if (p->kind == PROBLEM_BUSY && strcmp(request_method(v->request), "POST") == 0)
		return v->lang == LANG_EN ? "We cannot receive it now"
		                          : "Non possiamo riceverla ora";
	if (status == 405)
		return v->lang == LANG_EN ? "Page not found" : "Pagina non trovata";
	return problem_title(p->kind, v->lang);
}

void page_error(struct visit *v, int status, const struct problem *p)
{
	struct js *context = js_object();
	struct str detail = {0};
	char is[16], reference[16];
	snprintf(is, sizeof is, "is_%d", status);
	make_reference(v, reference);
	if (status >= 500)
		log_warn(NULL, "error page shown reference=%s status=%d", reference, status);
	problem_detail(p, status, v->lang, &detail);
	js_set_int(context, "status", status);
	js_set_bool(context, is, true);
	js_set_str(context, "heading", error_heading(v, status, p));
	js_set_str(context, "title", error_heading(v, status, p));
	set_said(context, "text", &detail);
	js_set_str(context, "reference", status >= 500 ? reference : "");
	set_next_step(v, status, context);
	str_fini(&detail);
	page_answer(v, status, "error", context);
}

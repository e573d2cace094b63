/*
 * A report's way: received -> whose is it -> classified -> promises -> stored with its incident ->
 * answered. Never refused for not knowing whose it is: then it waits in the unrouted queue, which
 * all dispatchers see. Every fault of ours makes or joins an incident at once.
 */
#include "house.h"

#include "base/log.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_AREAS 64

/* A report on its way, kept across the one wait that joining needs. */
struct way {
	struct flow_report in; /* strings and photos in the asking's arena */
	struct place place;
	size_t areas[MAX_AREAS];
	size_t area_count;
	const struct store_utility *utility; /* NULL: not routed */
	const struct charter *charter;
	struct classify_answer *read; /* the machine's answer; NULL: no charter to read it by */
	struct classify_triage *triage; /* of which it is a part, with the answers given on the telephone */
	const char *row, *class_code; /* as it stands: confirmed, else proposed; row NULL: none */
	bool confirmed;
	struct report report;
	struct incident incident; /* that it makes */
	bool makes, raises;
	bool routes; /* it is stored already and finds its place now */
};

/* ---- copies ---- */

static const struct flow_photo *photos_copy(struct arena *arena, const struct flow_report *from)
{
	struct flow_photo *list = arena_take(arena, (from->photo_count + 1) * sizeof *list);
	for (size_t i = 0; i < from->photo_count; i++) {
		unsigned char *bytes = arena_take(arena, from->photos[i].length + 1);
		if (from->photos[i].length)
			memcpy(bytes, from->photos[i].bytes, from->photos[i].length);
		list[i] = (struct flow_photo){arena_str(arena, from->photos[i].filename),
		                              arena_str(arena, from->photos[i].content_type), bytes,
		                              from->photos[i].length};
	}
	return list;
}

static void report_copy(struct arena *arena, const struct flow_report *from, struct flow_report *to)
{
	*to = *from;
	const char **const strings[] = {&to->utility,
	                                &to->channel,
	                                &to->subject,
	                                &to->text,
	                                &to->address,
	                                &to->municipality,
	                                &to->landmark,
	                                &to->name,
	                                &to->phone,
	                                &to->email,
	                                &to->prefer,
	                                &to->lang,
	                                &to->conversation_reason,
	                                &to->call_id,
	                                &to->confirmed_row,
	                                &to->confirmed_class,
	                                &to->class_reason,
	                                &to->join_incident,
	                                &to->source_key};
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
		*strings[i] = arena_str(arena, *strings[i]);
	to->photos = photos_copy(arena, from);
	to->replies = replies_copy(arena, from->replies, from->reply_count);
	if (!to->text)
		to->text = "";
	if (!instant_is_set(to->at))
		to->at = instant_now();
}

/* ---- whose is it, and what ---- */

/* Words, and the answers to guided questions where some were given. */
static bool read_with(struct asking *a, struct way *w, const struct charter *charter,
                      struct classify_triage *out, struct problem *p)
{
	const struct classify *c = a->flow->o.classify;
	const struct classify_asked asked = {.charter = charter,
	                                     .channel = w->in.channel,
	                                     .subject = w->in.subject,
	                                     .text = w->in.text,
	                                     .replies = w->in.replies,
	                                     .reply_count = w->in.reply_count};
	if (w->in.reply_count && classify_triage(c, &asked, a->arena, out, p))
		return true;
	if (w->in.reply_count && !w->routes) /* of a stored one, a question may be gone since */
		return false;
	memset(out, 0, sizeof *out);
	classify_text(c, charter, w->in.channel, w->in.subject, w->in.text, a->arena, &out->answer);
	return true;
}

/* Does the confirmed row belong to this charter? */
static bool has_row(const struct charter *charter, const char *row)
{
	return row && strcmp(row, "none") != 0 && charter_row_find(charter, row) != NULL;
}

/* A confirmed row settles it, then the service that the words speak of; among charters of that, a fault beats none
 * and confidence decides. */
static double worth(const struct way *w, const struct charter *charter,
                    const struct classify_answer *answer, bool goes_first)
{
	return (has_row(charter, w->in.confirmed_row) ? 10 : 0) + (goes_first ? 4 : 0) +
	       (answer->row ? 1 : 0) + answer->confidence;
}

static bool service_fits(const struct store_area *area, const struct classify_answer *answer)
{
	return !answer->row || str_equal(answer->row->service, area->service);
}

/* The edition in force when it was said, else the one of now: a report is never without. */
static const struct charter *charter_then(const struct flow *flow, const char *code,
                                          struct instant at)
{
	const struct charter *then =
	    flow->o.classify ? classify_charter_at(flow->o.classify, code, at) : NULL;
	return then ? then : classify_charter(flow->o.classify, code);
}

/* Where no charter applies yet the answers are kept all the same, for when the report finds its place. */
static bool answers_alone(struct asking *a, struct way *w, struct problem *p)
{
	const struct charter *const *all;
	if (!w->in.reply_count || classify_charters(a->flow->o.classify, &all) == 0)
		return true;
	w->triage = arena_take(a->arena, sizeof *w->triage);
	return read_with(a, w, all[0], w->triage, p);
}

/* Reads the words by each charter that may apply here and keeps the best answer. */
static bool choose(struct asking *a, struct way *w, struct problem *p)
{
	const struct store_setup *s = &a->flow->setup;
	bool answered = replies_say(w->in.replies, w->in.reply_count);
	const char *service =
	    w->area_count > 1 ? classify_service(a->flow->o.classify, w->in.channel, w->in.subject,
	                                         w->in.text, a->arena, NULL)
	                      : NULL;
	double best = -1;
	size_t best_area = 0;
	for (size_t i = 0; i < w->area_count; i++) {
		const struct store_area *area = &s->areas[w->areas[i]];
		const struct charter *charter =
		    charter_then(a->flow, area->charter, w->in.at);
		struct classify_triage *triage = arena_take(a->arena, sizeof *triage);
		struct classify_answer *answer = &triage->answer;
		if (!charter)
			continue;
		if (!read_with(a, w, charter, triage, p))
			return false;
		bool goes_first = !answered && classify_goes_first(charter, service);
		double value = worth(w, charter, answer, goes_first) +
		               (service_fits(area, answer) ? 0.5 : 0);
		if (value <= best)
			continue;
		best = value;
		best_area = w->areas[i];
		w->charter = charter;
		w->read = answer;
		w->triage = triage;
	}
	if (!w->charter)
		return answers_alone(a, w, p);
	bool alone = true;
	for (size_t i = 0; i < w->area_count; i++)
		alone &= s->areas[w->areas[i]].utility == s->areas[best_area].utility;
	w->read->needs_review |= !alone && !service;
	/* words that say nothing do not choose between utilities */
	if (alone || w->read->row || has_row(w->charter, w->in.confirmed_row))
		w->utility = &s->utilities[s->areas[best_area].utility];
	return true;
}

/* The place may stand in the words alone. */
static void place_from_words(struct asking *a, struct way *w)
{
	const struct charter *const *all;
	if (w->place.municipality || w->in.utility ||
	    classify_charters(a->flow->o.classify, &all) == 0)
		return;
	struct classify_answer *answer = arena_take(a->arena, sizeof *answer);
	classify_text(a->flow->o.classify, all[0], w->in.channel, w->in.subject, w->in.text, a->arena,
	              answer);
	if (!answer->address.municipality && !answer->address.text)
		return;
	struct flow_report said = {.address = answer->address.text,
	                           .municipality = answer->address.municipality,
	                           .point = POINT_NONE};
	place_find(a->flow, a->arena, &said, &w->place);
}

static bool find_utility(struct asking *a, struct way *w, struct problem *p)
{
	if (w->in.utility && !setup_utility(a->flow, w->in.utility))
		return problem_set(p, PROBLEM_INPUT, "/utility",
		                   "no such utility: take a code from the list");
	place_find(a->flow, a->arena, &w->in, &w->place);
	place_from_words(a, w);
	w->area_count =
	    place_areas(a->flow, &w->place, w->in.utility, w->in.address, w->areas, MAX_AREAS);
	if (!choose(a, w, p))
		return false;
	if (w->in.utility)
		w->utility = setup_utility(a->flow, w->in.utility);
	if (a->who && w->utility && !user_may_see(a->who, w->utility->id.text))
		return problem_set(p, PROBLEM_FORBIDDEN, "/utility",
		                   "this place is served by another utility");
	return true;
}

/* ---- class ---- */

/* Larger is less urgent; none is the least. */
static int rank_of(const struct charter *charter, const char *class_code)
{
	const struct charter_class *class =
	    class_code ? charter_class_find(charter, class_code) : NULL;
	return class ? class->urgency_rank : 1000;
}

static bool confirm(struct way *w, struct problem *p)
{
	const char *row = w->in.confirmed_row, *class_code = w->in.confirmed_class;
	if (!row || !w->charter)
		return true;
	if (strcmp(row, "none") == 0) {
		w->row = NULL;
		w->class_code = "none";
	} else if (!has_row(w->charter, row)) {
		return problem_set(p, PROBLEM_INPUT, "/row", "charter %s has no row with this code",
		                   w->charter->code);
	} else {
		w->row = charter_row_find(w->charter, row)->code;
		w->class_code =
		    class_code ? class_code : charter_row_find(w->charter, row)->class_code;
		const struct charter_class *class = charter_class_find(w->charter, w->class_code);
		if (!class)
			return problem_set(p, PROBLEM_INPUT, "/class",
			                   "charter %s has no such class", w->charter->code);
		w->class_code = class->code;
	}
	w->confirmed = true;
	const char *proposed = w->read ? w->read->class_code : NULL;
	bool lower = proposed && rank_of(w->charter, w->class_code) > rank_of(w->charter, proposed);
	if (lower && !(w->in.class_reason && *w->in.class_reason))
		return problem_set(p, PROBLEM_INPUT, "/class_reason",
		                   "a less urgent class than proposed needs a reason");
	return true;
}

static bool classify(struct way *w, struct problem *p)
{
	if (w->read) {
		w->row = w->read->row ? w->read->row->code : NULL;
		w->class_code = w->read->class_code;
	}
	return confirm(w, p);
}

/* ---- the report itself ---- */

static void report_place(struct asking *a, struct way *w)
{
	struct report *r = &w->report;
	r->address = w->in.address;
	r->landmark = w->in.landmark;
	r->municipality = w->place.municipality;
	r->area = w->place.area;
	r->point = w->place.point;
	r->point_confirmed = w->place.confirmed;
	if (!r->address && w->read)
		r->address = arena_str(a->arena, w->read->address.text);
}

static void report_words(struct asking *a, struct way *w)
{
	struct report *r = &w->report;
	r->channel = w->in.channel;
	r->subject = w->in.subject;
	r->text = w->in.text;
	r->lang = w->in.lang ? w->in.lang : "it";
	r->reporter = (struct reporter){w->in.name, w->in.phone, w->in.email, w->in.prefer};
	if (!w->read && !w->triage)
		return;
	struct js *reading =
	    w->read ? view_reading(w->read, w->charter, w->in.text, w->in.subject) : js_object();
	if (w->in.reply_count)
		js_set(reading, "answers", triage_answers(w->triage));
	struct str text = {0};
	js_write(reading, &text);
	r->classification = arena_str(a->arena, text.data);
	str_fini(&text);
	js_free(&reading);
}

static struct instant conversation_of(const struct way *w)
{
	return str_equal(w->in.channel, "phone") ? w->in.conversation_started_at : INSTANT_NONE;
}

static void report_judged(struct asking *a, struct way *w)
{
	struct report *r = &w->report;
	bool fault = w->utility && w->row;
	r->charter = w->utility && w->charter ? w->charter->code : NULL;
	r->row = w->utility ? w->row : NULL;
	r->class_code = w->utility ? w->class_code : NULL;
	r->confidence = w->confirmed ? 1 : w->read ? w->read->confidence : 0;
	r->needs_review = !w->confirmed;
	r->reason = !w->row && w->read ? w->read->reason : NULL;
	r->refer_to = !w->row && w->read ? w->read->refer_to : NULL;
	/* received and triaged happen in this one instant */
	/* none is final only when a person says so: until then the report waits at the desk */
	r->state = fault          ? REPORT_LINKED
	           : !w->utility  ? REPORT_RECEIVED
	           : w->confirmed ? REPORT_REJECTED
	                          : REPORT_TRIAGED;
	if (!fault)
		return;
	struct start start = promises_start(r);
	struct pinned by = edition_now(a->flow, w->charter);
	r->targets = promises(&by, w->row, w->class_code, zone_of(a->flow, r->utility.text),
	                      &start, a->arena, &r->target_count);
}

static void report_make(struct asking *a, struct way *w)
{
	struct report *r = &w->report;
	id_make(r->id.text);
	code_make(r->code);
	if (w->utility) {
		r->utility = w->utility->id;
		r->utility_code = arena_str(a->arena, w->utility->code);
	}
	r->received_at = w->in.at;
	r->started_at = conversation_of(w);
	r->rang_at = instant_is_set(r->started_at) ? w->in.rang_at : INSTANT_NONE;
	report_words(a, w);
	report_place(a, w);
	report_judged(a, w);
}

static void incident_make(struct way *w)
{
	const struct report *r = &w->report;
	const struct charter_row *row = charter_row_find(w->charter, w->row);
	struct incident *i = &w->incident;
	w->makes = true;
	id_make(i->id.text);
	i->utility = r->utility;
	i->charter = r->charter;
	i->state = w->confirmed ? INCIDENT_CLASSIFIED : INCIDENT_NEW;
	i->row = r->row;
	i->class_code = r->class_code;
	i->confidence = r->confidence;
	i->needs_review = r->needs_review;
	i->published = w->confirmed && row->is_public == PUBLIC_YES;
	i->address = r->address;
	i->landmark = r->landmark;
	i->municipality = r->municipality;
	i->area = r->area;
	i->point = r->point;
	i->point_confirmed = r->point_confirmed;
	i->opened_at = instant_is_set(r->started_at) ? r->started_at : r->received_at;
	w->report.incident = i->id;
}

/* ---- storing and answering ---- */

static void on_stored(void *ctx, const struct problem *p, const struct store_written *written)
{
	struct asking *a = ctx;
	struct way *w = a->own;
	if (p) {
		asking_fail(a, p);
		return;
	}
	if (!written->repeated) {
		struct counters *c = &a->flow->counters;
		char subject[40];
		const char *number = js_find_str(js_find(written->answer, "incident"), "number");
		c->reports += !w->routes;
		c->reports_none += w->utility && !w->row;
		c->reports_unrouted += !w->utility;
		snprintf(subject, sizeof subject, "incident=%s", number ? number : "-");
		log_info(subject,
		         "%s channel=%s utility=%s charter=%s row=%s class=%s "
		         "confidence=%.2f state=%s",
		         w->routes ? "report routed" : "report received", w->in.channel,
		         w->utility ? w->utility->code : "-",
		         w->report.charter ? w->report.charter : "-", w->row ? w->row : "none",
		         w->class_code ? w->class_code : "-", w->report.confidence,
		         w->makes ? incident_state_name(w->incident.state)
		                  : report_state_name(w->report.state));
	}
	asking_answer(a, js_copy(written->answer));
}

static void mail_key(struct asking *a, const struct way *w, struct store_report_new *n)
{
	long long validity, uid;
	char *mailbox = arena_take(a->arena, 72);
	if (!w->in.source_key ||
	    sscanf(w->in.source_key, "%71[^/]/%lld/%lld", mailbox, &validity, &uid) != 3)
		return;
	n->mailbox = mailbox;
	n->uidvalidity = validity;
	n->uid = uid;
	if (!a->once.key[0]) {
		/* a message is taken once, however often it is handed in */
		snprintf(a->once.key, sizeof a->once.key, "%s", w->in.source_key);
		a->scope = "mail";
	}
}

static const struct store_photo_new *photos_for_store(struct asking *a, const struct way *w)
{
	struct store_photo_new *list = arena_take(a->arena, (w->in.photo_count + 1) * sizeof *list);
	for (size_t i = 0; i < w->in.photo_count; i++) {
		const struct flow_photo *from = &w->in.photos[i];
		id_make(list[i].id.text);
		list[i].photo.name = from->filename ? from->filename : "foto";
		list[i].photo.content_type = from->content_type;
		list[i].photo.length = from->length;
		list[i].photo.bytes = picture_cleaned(a->arena, from->content_type, from->bytes,
		                                      &list[i].photo.length);
	}
	return list;
}

static void store_it(struct asking *a, struct way *w)
{
	struct store_report_new n = {
	    .report = &w->report,
	    .charter_edition = w->charter ? w->charter->edition : NULL,
	    .edition_digest = edition_now(a->flow, w->charter).digest,
	    .started_reason = w->in.conversation_reason,
	    .call_id = w->in.call_id,
	    .proposed_row = w->read && w->read->row ? w->read->row->code : NULL,
	    .proposed_class = w->read ? w->read->class_code : NULL,
	    .photos = photos_for_store(a, w),
	    .photo_count = w->in.photo_count,
	    .makes = w->makes ? &w->incident : NULL,
	    .raises = w->raises,
	};
	mail_key(a, w, &n);
	struct js *answer = view_report_answer(
	    a->flow, &w->report, *w->report.incident.text ? w->report.incident.text : NULL);
	struct str text = {0};
	js_write(answer, &text);
	js_free(&answer);
	n.answer = text.data;
	struct store_act act = asking_act(a);
	if (!w->routes) /* routing happens now, whenever the report came */
		act.at = w->report.received_at;
	act.words = w->in.class_reason;
	if (w->routes)
		store_report_route(a->flow->store, &act, &n, on_stored, a);
	else
		store_report_add(a->flow->store, &act, &n, on_stored, a);
	str_fini(&text);
}

/* ---- joining a known incident ---- */

static void on_join(void *ctx, const struct problem *p, const struct store_incidents *found)
{
	struct asking *a = ctx;
	struct way *w = a->own;
	struct problem refused;
	if (p) {
		asking_fail(a, p);
		return;
	}
	const struct incident *i = found->count ? &found->list[0] : NULL;
	if (!i || !incident_is_open(i->state)) {
		problem_set(&refused, PROBLEM_INPUT, "/join_incident", "no such open incident");
		asking_fail(a, &refused);
		return;
	}
	if (!w->utility || strcmp(i->utility.text, w->utility->id.text) != 0) {
		problem_set(&refused, PROBLEM_INPUT, "/join_incident",
		            "that incident is another utility's");
		asking_fail(a, &refused);
		return;
	}
	w->report.incident = i->id;
	/* a graver report of the same fault: the desk looks again */
	w->raises = w->row && str_equal(i->charter, w->charter->code) &&
	            rank_of(w->charter, w->class_code) < rank_of(w->charter, i->class_code);
	promises_settle(w->report.targets, w->report.target_count, i);
	store_it(a, w);
}

static bool travel(struct asking *a, struct way *w, struct problem *p)
{
	if (!a->flow->setup_known)
		return problem_set(p, PROBLEM_BUSY, "", "the server is starting: try again");
	if (!find_utility(a, w, p) || !classify(w, p))
		return false;
	report_make(a, w);
	return true;
}

static void fail_soon(struct asking *a, const struct problem *p)
{
	asking_fail_later(a, p->kind, p->field, p->text);
}

void flow_report_submit(struct flow *flow, const struct user *who, const struct flow_report *report,
                        const struct flow_once *once, flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	struct way *w = arena_take(a->arena, sizeof *w);
	struct problem p;
	a->own = w;
	asking_key(a, once, "report", NULL);
	report_copy(a->arena, report, &w->in);
	if (!travel(a, w, &p)) {
		fail_soon(a, &p);
	} else if (w->in.join_incident && w->report.state == REPORT_LINKED) {
		struct store_query q = {.id = w->in.join_incident};
		incidents_read(flow, who, &q, on_join, a);
	} else {
		if (w->report.state == REPORT_LINKED)
			incident_make(w);
		store_it(a, w);
	}
}

/* ---- a waiting report finds its place ---- */

/* The stored report as if it came in now, with what the dispatcher says of it. */
static void way_of_stored(struct asking *a, struct way *w, const struct report *r)
{
	struct flow_report stored = {
	    .utility = js_find_str(a->body, "utility"),
	    .channel = r->channel,
	    .subject = r->subject,
	    .text = r->text,
	    .address = r->address,
	    .municipality = r->municipality,
	    .landmark = r->landmark,
	    .point = r->point,
	    .point_confirmed = r->point_confirmed,
	    .name = r->reporter.name,
	    .phone = r->reporter.phone,
	    .email = r->reporter.email,
	    .prefer = r->reporter.prefer,
	    .lang = r->lang,
	    .at = r->received_at,
	    .conversation_started_at = r->started_at,
	    .confirmed_row = js_find_str(a->body, "row"),
	    .confirmed_class = js_find_str(a->body, "class"),
	    .class_reason = js_find_str(a->body, "reason"),
	};
	stored.replies = replies_kept(a->arena, r->classification, &stored.reply_count);
	report_copy(a->arena, &stored, &w->in);
	if (!w->in.utility)
		w->in.utility = arena_str(a->arena, r->utility_code);
	w->routes = true;
}

static bool route(struct asking *a, struct way *w, const struct report *r, struct problem *p)
{
	if (!w->in.confirmed_row)
		return problem_set(p, PROBLEM_INPUT, "/row", "give the row, or none");
	if (!travel(a, w, p))
		return false;
	if (!w->utility)
		return problem_set(p, PROBLEM_INPUT, "/utility", "say whose it is");
	if (!w->confirmed)
		return problem_set(p, PROBLEM_INPUT, "/utility",
		                   "this utility has no charter here");
	w->report.id = r->id;
	w->report.version = r->version;
	str_copy(w->report.code, sizeof w->report.code, r->code);
	if (w->report.state == REPORT_LINKED)
		incident_make(w);
	return true;
}

static void on_route(void *ctx, const struct problem *p, const struct store_reports *found)
{
	struct asking *a = ctx;
	struct way *w = a->own;
	struct problem refused = {0};
	if (p) {
		asking_fail(a, p);
		return;
	}
	const struct report *r = found->count ? &found->list[0] : NULL;
	bool ready = false;
	if (!r) {
		problem_set(&refused, PROBLEM_NOT_FOUND, "", "no such report");
	} else if (*r->incident.text || !r->needs_review ||
	           js_int(js_find(a->body, "version"), -1) != r->version) {
		problem_set(&refused, PROBLEM_CONFLICT, "", "somebody was faster: look again");
	} else {
		way_of_stored(a, w, r);
		ready = route(a, w, r, &refused);
	}
	if (ready)
		store_it(a, w);
	else
		asking_fail(a, &refused);
}

static void read_waiting(struct asking *a)
{
	struct store_query q = {.id = a->object};
	store_reports(a->flow->store, a->who, &q, on_route, a);
}

/* A try after a lost answer is told what the first one did, not that somebody was faster. */
static void on_route_once(void *ctx, const struct problem *p, const struct store_written *w)
{
	struct asking *a = ctx;
	if (p)
		asking_fail(a, p);
	else if (w)
		asking_answer(a, js_copy(w->answer));
	else
		read_waiting(a);
}

void flow_report_route(struct flow *flow, const struct user *who, const char *report,
                       const struct js *body, const struct flow_once *once, flow_done_fn *done,
                       void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	a->own = arena_take(a->arena, sizeof(struct way));
	a->body = js_copy(body);
	asking_key(a, once, "route", report);
	struct store_act act = asking_act(a);
	if (!may_decide(who))
		asking_fail_later(a, PROBLEM_FORBIDDEN, "",
		                  "only the desk gives a report its place");
	else if (!*a->object)
		asking_fail_later(a, PROBLEM_NOT_FOUND, "", "no such report");
	else if (a->once.key[0])
		store_once(flow->store, &act, on_route_once, a);
	else
		read_waiting(a);
}

struct js *flow_classify(struct flow *flow, const char *charter_code, const char *channel,
                         const char *subject, const char *text)
{
	const struct charter *charter = classify_charter(flow->o.classify, charter_code);
	if (!charter)
		return NULL;
	struct arena *arena = arena_new();
	struct classify_answer *answer = arena_take(arena, sizeof *answer);
	classify_text(flow->o.classify, charter, channel, subject, text ? text : "", arena, answer);
	struct js *o = view_reading(answer, charter, text, subject);
	arena_free(&arena);
	return o;
}

/*
 * A report's way: received -> whose is it -> classified (whose.c) -> promises -> stored with its
 * incident -> answered. Never refused for not knowing whose it is: then it waits in the unrouted
 * queue, which all dispatchers see (unrouted.c). Every fault of ours makes or joins an incident at
 * once.
 */
#include "way.h"

#include "base/log.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>

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

void way_take(struct asking *a, struct way *w, const struct flow_report *in)
{
	report_copy(a->arena, in, &w->in);
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

void way_make_incident(struct way *w)
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

void way_store(struct asking *a, struct way *w)
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
	            charter_class_rank(w->charter, w->class_code) < charter_class_rank(w->charter, i->class_code);
	promises_settle(w->report.targets, w->report.target_count, i);
	way_store(a, w);
}

/* ---- the way ---- */

bool way_travel(struct asking *a, struct way *w, struct problem *p)
{
	if (!a->flow->setup_known)
		return problem_set(p, PROBLEM_BUSY, "", "the server is starting: try again");
	if (!way_judge(a, w, p))
		return false;
	report_make(a, w);
	return true;
}

void flow_report_submit(struct flow *flow, const struct user *who, const struct flow_report *report,
                        const struct flow_once *once, flow_done_fn *done, void *ctx)
{
	struct asking *a = asking_new(flow, who, done, ctx);
	struct way *w = arena_take(a->arena, sizeof *w);
	struct problem p;
	a->own = w;
	asking_key(a, once, "report", NULL);
	way_take(a, w, report);
	if (!way_travel(a, w, &p)) {
		asking_fail_later(a, p.kind, p.field, p.text);
	} else if (w->in.join_incident && w->report.state == REPORT_LINKED) {
		struct store_query q = {.id = w->in.join_incident};
		incidents_read(flow, who, &q, on_join, a);
	} else {
		if (w->report.state == REPORT_LINKED)
			way_make_incident(w);
		way_store(a, w);
	}
}

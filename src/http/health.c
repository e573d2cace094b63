/*
 * How this worker is: alive (asks nobody), ready (what flow says), and its figures for Prometheus.
 * Figures are of the worker that answered; its number is a label.
 */
#include "room.h"

#include "base/mem.h"

#include <stdlib.h>

static const double bounds_ms[] = {1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000};
#define BOUNDS (sizeof bounds_ms / sizeof bounds_ms[0])

struct counts {
	unsigned long long by_class[6]; /* 1xx … 5xx; 0 is anything else */
	unsigned long long within[BOUNDS + 1];
	unsigned long long total;
	double sum_s;
};

struct counts *counts_open(void)
{
	return mem_zero(1, sizeof(struct counts));
}

void counts_close(struct counts **c)
{
	free(*c);
	*c = NULL;
}

void counts_add(struct counts *c, int status, struct span took)
{
	int sort = status / 100;
	size_t i = 0;
	while (i < BOUNDS && (double)took.us / 1000.0 > bounds_ms[i])
		i++;
	c->by_class[sort >= 1 && sort <= 5 ? sort : 0]++;
	c->within[i]++;
	c->total++;
	c->sum_s += (double)took.us / 1e6;
}

void health_alive(struct visit *v)
{
	struct str text = {0};
	str_addf(&text, "{\"status\":\"ok\",\"worker\":%d}\n", v->http->o.worker);
	answer_header(v->request, "Cache-Control", "no-store");
	visit_text(v, 200, "application/json", &text);
	str_fini(&text);
}

void health_ready(struct visit *v)
{
	struct problem p;
	struct js *doc = js_object();
	bool ready = !v->http->draining && flow_ready(v->http->o.flow, &p);
	js_set_str(doc, "status", ready ? "ready" : "not ready");
	if (!ready)
		js_set_str(doc, "why", v->http->draining ? "stopping" : p.text);
	js_set_bool(doc, "leader", flow_is_leader(v->http->o.flow));
	js_set_int(doc, "seq", flow_seq(v->http->o.flow));
	visit_json(v, ready ? 200 : 503, doc);
	js_free(&doc);
}

static void write_requests(const struct counts *c, int worker, struct str *to)
{
	str_add(to, "# HELP prontod_requests_total Requests answered, by class of status.\n# TYPE "
	            "prontod_requests_total counter\n");
	for (int sort = 1; sort <= 5; sort++)
		str_addf(to, "prontod_requests_total{worker=\"%d\",status=\"%dxx\"} %llu\n", worker,
		         sort, c->by_class[sort]);
	str_add(to, "# HELP prontod_request_seconds Time from a request's arrival to its answer.\n"
	            "# TYPE prontod_request_seconds histogram\n");
	unsigned long long below = 0;
	for (size_t i = 0; i < BOUNDS; i++) {
		below += c->within[i];
		str_addf(to, "prontod_request_seconds_bucket{worker=\"%d\",le=\"%g\"} %llu\n",
		         worker, bounds_ms[i] / 1000.0, below);
	}
	str_addf(to, "prontod_request_seconds_bucket{worker=\"%d\",le=\"+Inf\"} %llu\n", worker,
	         c->total);
	str_addf(to, "prontod_request_seconds_sum{worker=\"%d\"} %.6f\n", worker, c->sum_s);
	str_addf(to, "prontod_request_seconds_count{worker=\"%d\"} %llu\n", worker, c->total);
}

void health_metrics(struct visit *v)
{
	struct str text = {0};
	int worker = v->http->o.worker;
	write_requests(v->http->counts, worker, &text);
	str_add(&text,
	        "# HELP prontod_streams Open event streams.\n# TYPE prontod_streams gauge\n");
	str_addf(&text, "prontod_streams{worker=\"%d\"} %d\n", worker,
	         streams_count(v->http->streams));
	str_add(&text, "# HELP prontod_leader Whether this worker holds the duties that run "
	               "once.\n# TYPE prontod_leader gauge\n");
	str_addf(&text, "prontod_leader{worker=\"%d\"} %d\n", worker,
	         flow_is_leader(v->http->o.flow));
	limits_write(v->http->limits, &text);
	flow_metrics(v->http->o.flow, &text);
	answer_header(v->request, "Cache-Control", "no-store");
	visit_text(v, 200, "text/plain; version=0.0.4; charset=utf-8", &text);
	str_fini(&text);
}

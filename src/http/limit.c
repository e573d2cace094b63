/*
 * How often one address may come. Counted in the page that all workers share, so that a limit holds
 * for the system and not for each worker; here is only which limit belongs to which kind.
 */
#include "room.h"

#include "base/mem.h"
#include "wire/shared.h"

#include <stdlib.h>

struct limits {
	const struct conf *conf;
	struct shared *shared, *own; /* own: where nobody shares */
};

struct limits *limits_open(const struct http_options *o)
{
	struct limits *l = mem_zero(1, sizeof *l);
	l->conf = o->conf;
	l->own = o->shared ? NULL : shared_open();
	l->shared = o->shared ? o->shared : l->own;
	return l;
}

void limits_close(struct limits **l)
{
	if (*l && (*l)->own)
		shared_close(&(*l)->own);
	free(*l);
	*l = NULL;
}

bool limits_take(struct limits *l, enum limit_kind kind, const char *peer, int *out_retry_s)
{
	const struct conf *c = l->conf;
	switch (kind) {
	case LIMIT_NONE:
		return true;
	case LIMIT_PUBLIC:
		return shared_take(l->shared, SHARED_PUBLIC, peer, c->limits_public_per_minute,
		                   out_retry_s);
	case LIMIT_REPORTS:
		return shared_take(l->shared, SHARED_REPORTS, peer, c->limits_reports_per_minute,
		                   out_retry_s);
	case LIMIT_LOGINS:
		return shared_take(l->shared, SHARED_LOGINS, peer, c->limits_logins_per_minute,
		                   out_retry_s);
	case LIMIT_OSRM:
		return shared_take(l->shared, SHARED_OTHER, peer, c->limits_osrm_per_minute,
		                   out_retry_s);
	}
	return true;
}

void limits_write(const struct limits *l, struct str *to)
{
	static const struct {
		enum shared_counter counter;
		const char *name, *help;
	} counters[] = {
	    {SHARED_WORKER_STARTS, "prontod_worker_starts_total",
	     "Workers started since the supervisor began."},
	    {SHARED_WORKER_DEATHS, "prontod_worker_deaths_total",
	     "Workers that ended without being asked to."},
	    {SHARED_RELOADS, "prontod_reloads_total", "Times the configuration was read again."},
	};
	for (size_t i = 0; i < sizeof counters / sizeof counters[0]; i++)
		str_addf(to, "# HELP %s %s\n# TYPE %s counter\n%s %llu\n", counters[i].name,
		         counters[i].help, counters[i].name, counters[i].name,
		         (unsigned long long)shared_read(l->shared, counters[i].counter));
}

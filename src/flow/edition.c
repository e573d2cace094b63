/*
 * Editions of charters: each report is pinned to the one it was judged by. At its start a worker
 * keeps the files it runs on in the database and reads all that were ever kept; a promise from an
 * older edition is reckoned and explained by that one, whatever the file says today.
 */
#include "house.h"

#include "base/log.h"
#include "base/str.h"
#include "wire/crypto.h"

#include <stdlib.h>
#include <string.h>

#define EDITIONS_AGAIN SPAN_S(2)
#define EDITIONS_PAUSE SPAN_S(5) /* not asked more often for one that is not there */

struct edition {
	const char *charter, *name, *digest; /* in the arena */
	struct charter *own;                 /* read from what was kept; NULL: could not be read */
};

struct editions {
	struct flow *flow;
	struct arena *arena;
	struct store_edition *loaded; /* those of this worker's files */
	const struct charter *const *charters; /* [n] of loaded[n] */
	size_t loaded_count;
	struct edition *kept;
	size_t kept_count;
	bool known, asked;
	struct instant asked_at;
	struct loop_timer *timer;
};

static void editions_ask(void *ctx);

static void own_editions(struct editions *e)
{
	const struct charter *const *all = NULL;
	size_t count = e->flow->o.classify ? classify_editions(e->flow->o.classify, &all) : 0;
	e->charters = all;
	e->loaded = arena_take(e->arena, (count + 1) * sizeof *e->loaded);
	for (size_t i = 0; i < count; i++) {
		struct js *content = classify_edition(e->flow->o.classify, all[i]);
		struct str text = {0};
		char digest[CRYPTO_HASH_HEX];
		js_write(content, &text);
		js_free(&content);
		crypto_sha256_hex(text.data, text.length, digest);
		e->loaded[i] = (struct store_edition){.charter = all[i]->code,
		                                      .edition = all[i]->edition,
		                                      .digest = arena_str(e->arena, digest),
		                                      .content = arena_str(e->arena, text.data)};
		str_fini(&text);
	}
	e->loaded_count = count;
}

static const struct edition *kept_find(const struct editions *e, const char *charter,
                                       const char *digest)
{
	for (size_t i = 0; i < e->kept_count; i++)
		if (str_equal(e->kept[i].digest, digest) && str_equal(e->kept[i].charter, charter))
			return &e->kept[i];
	return NULL;
}

/* One of this worker's files; by its name where no digest is known. */
static struct pinned loaded_find(const struct editions *e, const char *charter, const char *name,
                                 const char *digest)
{
	for (size_t i = 0; i < e->loaded_count; i++) {
		const struct store_edition *l = &e->loaded[i];
		if (str_equal(l->charter, charter) &&
		    (digest ? str_equal(l->digest, digest) : str_equal(l->edition, name)))
			return (struct pinned){e->charters[i], l->digest};
	}
	return (struct pinned){0};
}

static void keep(struct editions *e, const struct store_edition *s)
{
	struct js *content = s->content ? js_parse(s->content, strlen(s->content), NULL) : NULL;
	struct charter *own =
	    e->flow->o.classify ? classify_edition_open(e->flow->o.classify, content) : NULL;
	js_free(&content);
	if (!own)
		log_error(NULL, "an edition that was kept cannot be read charter=%s edition=\"%s\"",
		          s->charter, s->edition);
	e->kept = mem_grow(e->kept, e->kept_count + 1, sizeof *e->kept);
	e->kept[e->kept_count++] = (struct edition){.charter = arena_str(e->arena, s->charter),
	                                            .name = arena_str(e->arena, s->edition),
	                                            .digest = arena_str(e->arena, s->digest),
	                                            .own = own};
}

static void on_editions(void *ctx, const struct problem *p, const struct store_edition *list,
                        size_t count)
{
	struct editions *e = ctx;
	e->asked = false;
	e->asked_at = instant_now();
	if (p) {
		e->timer = loop_after(e->flow->o.loop, EDITIONS_AGAIN, editions_ask, e);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const struct store_edition *s = &list[i];
		if (!loaded_find(e, s->charter, s->edition, s->digest).charter &&
		    !kept_find(e, s->charter, s->digest))
			keep(e, s);
	}
	e->known = true;
}

static void editions_ask(void *ctx)
{
	struct editions *e = ctx;
	e->timer = NULL;
	if (e->asked)
		return;
	e->asked = true;
	store_editions(e->flow->store, e->loaded, e->loaded_count, on_editions, e);
}

struct editions *editions_open(struct flow *flow)
{
	struct editions *e = mem_zero(1, sizeof *e);
	e->flow = flow;
	e->arena = arena_new();
	own_editions(e);
	editions_ask(e);
	return e;
}

void editions_stop(struct editions *e)
{
	loop_timer_cancel(&e->timer);
}

void editions_close(struct editions **at)
{
	struct editions *e = *at;
	if (!e)
		return;
	editions_stop(e);
	for (size_t i = 0; i < e->kept_count; i++)
		classify_edition_close(&e->kept[i].own);
	free(e->kept);
	arena_free(&e->arena);
	free(e);
	*at = NULL;
}

bool editions_known(const struct editions *e)
{
	return e->known;
}

struct pinned edition_now(const struct flow *flow, const struct charter *charter)
{
	const struct editions *e = flow->editions;
	for (size_t i = 0; i < e->loaded_count; i++)
		if (e->charters[i] == charter)
			return (struct pinned){charter, e->loaded[i].digest};
	return (struct pinned){charter, NULL};
}

bool edition_find(const struct flow *flow, const char *charter, const char *name,
                  const char *digest, struct pinned *out)
{
	struct editions *e = flow->editions;
	*out = (struct pinned){0};
	if (!charter)
		return true;
	*out = loaded_find(e, charter, name, digest);
	const struct edition *kept = digest && !out->charter ? kept_find(e, charter, digest) : NULL;
	if (kept)
		*out = (struct pinned){kept->own, kept->digest};
	if (out->charter || kept || !digest)
		return true;
	/* a newer worker has kept it since we read them all */
	if (!e->asked && !e->timer && instant_since(instant_now(), e->asked_at).us > EDITIONS_PAUSE.us)
		editions_ask(e);
	return false;
}

const struct charter *edition_of_incident(const struct flow *flow, const struct incident *i)
{
	const struct due_target *t = incident_governing(i);
	struct pinned by = {0};
	if (t && str_equal(t->charter, i->charter) &&
	    edition_find(flow, t->charter, t->edition, t->digest, &by) && by.charter)
		return by.charter;
	return classify_charter(flow->o.classify, i->charter);
}

/*
 * Who is asking: log-in, session, log-out. Passwords are judged on a thread; tokens are kept as
 * hashes; a session once found is believed for 30 s, or until somebody logs out anywhere (the
 * change stream).
 */
#include "house.h"

#include "wire/crypto.h"

#include <stdlib.h>
#include <string.h>

#define BELIEVED SPAN_S(30)
#define SLOTS 1024

struct known {
	char hash[CRYPTO_HASH_HEX];
	struct user user;
	struct instant until;
};

struct sessions {
	struct flow *flow;
	struct known *slots[SLOTS];
};

struct sessions *sessions_open(struct flow *flow)
{
	struct sessions *s = mem_zero(1, sizeof *s);
	s->flow = flow;
	return s;
}

void sessions_forget(struct sessions *s, const char *account)
{
	for (size_t i = 0; i < SLOTS; i++) {
		if (!s->slots[i] || (account && strcmp(s->slots[i]->user.id.text, account) != 0))
			continue;
		free(s->slots[i]);
		s->slots[i] = NULL;
	}
}

void sessions_close(struct sessions **s)
{
	if (!*s)
		return;
	sessions_forget(*s, NULL);
	free(*s);
	*s = NULL;
}

static struct known **slot_of(struct sessions *s, const char *hash)
{
	char head[9];
	str_copy(head, sizeof head, hash);
	return &s->slots[strtoul(head, NULL, 16) % SLOTS];
}

static void remember(struct sessions *s, const char *hash, const struct store_account *account)
{
	struct known **slot = slot_of(s, hash);
	if (!*slot)
		*slot = mem_zero(1, sizeof **slot);
	str_copy((*slot)->hash, sizeof(*slot)->hash, hash);
	(*slot)->user = account->user;
	(*slot)->until = instant_add(instant_now(), BELIEVED);
	if (instant_is_set(account->expires_at) &&
	    instant_compare(account->expires_at, (*slot)->until) < 0)
		(*slot)->until = account->expires_at;
}

/* ---- session ---- */

struct session_asked {
	struct flow *flow;
	char hash[CRYPTO_HASH_HEX];
	struct user user;
	flow_session_fn *done;
	void *ctx;
};

static void on_session(void *ctx, const struct problem *p, const struct store_account *account)
{
	struct session_asked *a = ctx;
	struct problem refused;
	if (account)
		remember(a->flow->sessions, a->hash, account);
	if (p && p->kind == PROBLEM_NOT_FOUND) {
		problem_set(&refused, PROBLEM_UNAUTHENTICATED, "", "log in first");
		p = &refused;
	}
	a->done(a->ctx, p, account ? &account->user : NULL);
	free(a);
}

static void session_known(void *ctx)
{
	struct session_asked *a = ctx;
	a->done(a->ctx, NULL, &a->user);
	free(a);
}

void flow_session(struct flow *flow, const char *token, flow_session_fn *done, void *ctx)
{
	struct session_asked *a = mem_zero(1, sizeof *a);
	*a = (struct session_asked){.flow = flow, .done = done, .ctx = ctx};
	crypto_sha256_hex(token ? token : "", token ? strlen(token) : 0, a->hash);
	const struct known *known = *slot_of(flow->sessions, a->hash);
	if (known && strcmp(known->hash, a->hash) == 0 &&
	    instant_compare(instant_now(), known->until) < 0) {
		a->user = known->user;
		loop_later(flow->o.loop, session_known, a);
		return;
	}
	store_session(flow->store, a->hash, on_session, a);
}

/* ---- log-in ---- */

struct login {
	struct flow *flow;
	char password[401], stored[CRYPTO_PASSWORD], token[CRYPTO_TOKEN], crew_name[81];
	bool known, right;
	struct problem problem;
	struct user user;
	flow_login_fn *done;
	void *ctx;
};

static void login_end(struct login *l, const struct problem *p, const struct js *answer)
{
	l->done(l->ctx, p, p ? NULL : l->token, answer);
	memset(l, 0, sizeof *l);
	free(l);
}

static struct js *login_json(const struct login *l)
{
	struct js *o = js_object(), *user = js_object(), *utilities = js_array(), *crew = NULL;
	js_set_str(user, "id", l->user.id.text);
	js_set_str(user, "login", l->user.login);
	js_set_str(user, "name", l->user.name);
	js_set_str(user, "role", role_name(l->user.role));
	for (size_t i = 0; i < l->user.utility_count; i++) {
		const struct store_utility *u =
		    setup_utility_by_id(l->flow, l->user.utilities[i].text);
		struct js *one = js_object();
		js_set_str(one, "id", l->user.utilities[i].text);
		js_set_str(one, "code", l->user.utility_codes[i]);
		js_set_str(one, "name", u ? u->name : NULL);
		js_set_str(one, "phone", u ? u->phone : NULL);
		js_push(utilities, one);
	}
	if (l->user.role == ROLE_CREW) {
		crew = js_object();
		js_set_str(crew, "id", l->user.crew.text);
		js_set_str(crew, "name", l->crew_name);
	}
	js_set(user, "utilities", utilities);
	js_set(user, "crew", crew);
	js_set(o, "user", user);
	return o;
}

static void on_session_open(void *ctx, const struct problem *p)
{
	struct login *l = ctx;
	struct js *answer = p ? NULL : login_json(l);
	login_end(l, p, answer);
	js_free(&answer);
}

static void password_sum(void *argument)
{
	struct login *l = argument;
	l->right = crypto_password_check(l->stored, l->password) && l->known;
}

static void on_password(void *argument)
{
	struct login *l = argument;
	if (!l->right || !l->flow->store) {
		problem_set(&l->problem, PROBLEM_UNAUTHENTICATED, "", "login or password is wrong");
		login_end(l, &l->problem, NULL);
		return;
	}
	char hash[CRYPTO_HASH_HEX];
	crypto_token(l->token);
	crypto_sha256_hex(l->token, strlen(l->token), hash);
	store_session_open(
	    l->flow->store, &l->user, hash,
	    instant_add(instant_now(), SPAN_S(l->flow->o.conf->limits_session_hours * 3600)),
	    on_session_open, l);
}

/* For logins that do not exist: judging takes as long as for those that do. */
static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$"
                             "9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ";

static void on_account(void *ctx, const struct problem *p, const struct store_account *account)
{
	struct login *l = ctx;
	if (p && p->kind != PROBLEM_NOT_FOUND) {
		login_end(l, p, NULL);
		return;
	}
	l->known = account != NULL;
	str_copy(l->stored, sizeof l->stored, account ? account->password : nobody);
	if (account) {
		l->user = account->user;
		str_copy(l->crew_name, sizeof l->crew_name,
		         account->crew_name ? account->crew_name : "");
	}
	if (l->flow->work)
		work_start(l->flow->work, password_sum, on_password, l);
	else
		on_password(l);
}

void flow_login(struct flow *flow, const char *login, const char *password, flow_login_fn *done,
                void *ctx)
{
	struct login *l = mem_zero(1, sizeof *l);
	*l = (struct login){.flow = flow, .done = done, .ctx = ctx};
	str_copy(l->password, sizeof l->password, password ? password : "");
	store_account(flow->store, login ? login : "", on_account, l);
}

/* ---- log-out ---- */

static void on_closed(void *ctx, const struct problem *p)
{
	struct asking *a = ctx;
	if (p)
		asking_fail(a, p);
	else
		asking_answer(a, js_object());
}

void flow_logout(struct flow *flow, const char *token, flow_done_fn *done, void *ctx)
{
	char hash[CRYPTO_HASH_HEX];
	crypto_sha256_hex(token ? token : "", token ? strlen(token) : 0, hash);
	struct known **slot = slot_of(flow->sessions, hash);
	if (*slot && strcmp((*slot)->hash, hash) == 0) {
		free(*slot);
		*slot = NULL;
	}
	store_session_close(flow->store, hash, on_closed, asking_new(flow, NULL, done, ctx));
}

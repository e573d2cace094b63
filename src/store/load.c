/*
 * The file of `prontoctl load` (migrations/README.md): utilities, areas, crews, rotas and people,
 * as one transaction of upserts. Running it again changes nothing; nothing is ever deleted.
 */
#include "sql.h"

#include "wire/crypto.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Where in the file we are, for complaints: "/utilities/0/crews/2". */
struct loading {
	struct sql q;
	char at[120];
	const char *utility; /* code */
	struct problem *p;
};

static const char *fresh_id(struct loading *l)
{
	char id[ID_TEXT];
	id_make(id);
	return arena_str(l->q.arena, id);
}

static bool need(struct loading *l, const struct js *o, const char *key, size_t max,
                 const char **out)
{
	return js_need_str(o, l->at, key, true, 1, max, out, l->p);
}

static const char *array_of(struct loading *l, const struct js *list, bool numbers)
{
	struct str s = {0};
	str_addc(&s, '{');
	for (size_t i = 0; i < js_count(list); i++) {
		if (numbers)
			str_addf(&s, "%s%lld", i ? "," : "", (long long)js_int(js_at(list, i), 0));
		else
			str_addf(&s, "%s%s", i ? "," : "",
			         js_str(js_at(list, i)) ? js_str(js_at(list, i)) : "");
	}
	str_addc(&s, '}');
	const char *text = arena_str(l->q.arena, s.data);
	str_fini(&s);
	return text;
}

static const char *json_of(struct loading *l, const struct js *value)
{
	if (js_kind(value) == JS_NULL)
		return NULL;
	struct str s = {0};
	js_write(value, &s);
	const char *text = arena_str(l->q.arena, s.data);
	str_fini(&s);
	return text;
}

static bool load_area(struct loading *l, const struct js *area)
{
	const char *charter, *municipality;
	if (!need(l, area, "charter", 32, &charter) ||
	    !need(l, area, "municipality", 120, &municipality))
		return false;
	const struct js *services = js_find(area, "services");
	if (js_count(services) == 0)
		return problem_set(l->p, PROBLEM_INPUT, l->at,
		                   "services: at least one of water, sewer, waste");
	for (size_t i = 0; i < js_count(services); i++) {
		sql_id(&l->q, fresh_id(l));
		sql_text(&l->q, l->utility);
		sql_text(&l->q, charter);
		sql_text(&l->q, js_str(js_at(services, i)));
		sql_text(&l->q, municipality);
		sql_text(&l->q, json_of(l, js_find(area, "polygon")));
		sql_text(&l->q, js_find_str(area, "place"));
		sql_text(&l->q, js_find_str(area, "valid_from"));
		sql_text(&l->q, js_find_str(area, "valid_to"));
		sql_send(
		    &l->q,
		    "INSERT INTO service_area (id, utility_id, charter, service, municipality, "
		    "polygon, place, "
		    "valid_from, valid_to) VALUES ($1, (SELECT id FROM utility WHERE code = $2), "
		    "$3, $4, $5, $6, $7, "
		    "coalesce($8::date, '1970-01-01'), $9::date) "
		    "ON CONFLICT (utility_id, charter, service, municipality, place, valid_from) "
		    "DO UPDATE SET polygon = excluded.polygon, valid_to = excluded.valid_to");
	}
	return true;
}

/* "06:00" and "22:00" -> "16:00:00"; an end at or before the start is tomorrow's. */
static bool lasts(const char *from, const char *to, char out[32])
{
	int fh, fm, th, tm;
	if (sscanf(from, "%2d:%2d", &fh, &fm) != 2 || sscanf(to, "%2d:%2d", &th, &tm) != 2)
		return false;
	int minutes = th * 60 + tm - fh * 60 - fm;
	if (minutes <= 0)
		minutes += 24 * 60;
	snprintf(out, 32, "%d minutes", minutes);
	return true;
}

static bool load_rota(struct loading *l, const struct js *turn, const char *crew)
{
	const char *from, *to, *kind = js_find_str(turn, "kind");
	char length[32];
	if (!need(l, turn, "from", 5, &from) || !need(l, turn, "to", 5, &to))
		return false;
	if (!lasts(from, to, length) || js_count(js_find(turn, "days")) == 0)
		return problem_set(l->p, PROBLEM_INPUT, l->at,
		                   "rota: from and to as \"06:00\", days as [1, 2, 3]");
	sql_id(&l->q, fresh_id(l));
	sql_text(&l->q, l->utility);
	sql_text(&l->q, crew);
	sql_text(&l->q, kind ? kind : "shift");
	sql_text(&l->q, array_of(l, js_find(turn, "days"), true));
	sql_text(&l->q, from);
	sql_text(&l->q, arena_str(l->q.arena, length));
	sql_send(&l->q,
	         "INSERT INTO rota (id, utility_id, crew_id, kind, days, starts, lasts) "
	         "SELECT $1, u.id, c.id, $4, $5, $6::time, $7::interval FROM utility u JOIN crew c "
	         "ON c.utility_id = u.id "
	         "WHERE u.code = $2 AND c.name = $3 "
	         "ON CONFLICT (crew_id, kind, starts, days) DO UPDATE SET lasts = excluded.lasts");
	return true;
}

static bool load_shift(struct loading *l, const struct js *turn, const char *crew)
{
	const char *from, *to, *kind = js_find_str(turn, "kind");
	if (!need(l, turn, "from", 40, &from) || !need(l, turn, "to", 40, &to))
		return false;
	sql_id(&l->q, fresh_id(l));
	sql_text(&l->q, l->utility);
	sql_text(&l->q, crew);
	sql_text(&l->q, kind ? kind : "shift");
	sql_text(&l->q, from);
	sql_text(&l->q, to);
	sql_send(
	    &l->q,
	    "INSERT INTO shift (id, utility_id, crew_id, kind, from_at, to_at) "
	    "SELECT $1, u.id, c.id, $4, $5, $6 FROM utility u JOIN crew c ON c.utility_id = u.id "
	    "WHERE u.code = $2 AND c.name = $3 "
	    "ON CONFLICT (crew_id, kind, from_at) DO UPDATE SET to_at = excluded.to_at");
	return true;
}

static bool load_turns(struct loading *l, const struct js *crew, const char *name)
{
	const struct js *rota = js_find(crew, "rota"), *shifts = js_find(crew, "shifts"),
	                *shared = js_find(crew, "shared_with");
	for (size_t i = 0; i < js_count(rota); i++)
		if (!load_rota(l, js_at(rota, i), name))
			return false;
	for (size_t i = 0; i < js_count(shifts); i++)
		if (!load_shift(l, js_at(shifts, i), name))
			return false;
	for (size_t i = 0; i < js_count(shared); i++) {
		sql_text(&l->q, l->utility);
		sql_text(&l->q, name);
		sql_text(&l->q, js_str(js_at(shared, i)));
		sql_send(&l->q, "INSERT INTO crew_share SELECT c.id, o.id FROM crew c JOIN utility "
		                "u ON u.id = c.utility_id, "
		                "utility o WHERE u.code = $1 AND c.name = $2 AND o.code = $3 ON "
		                "CONFLICT DO NOTHING");
	}
	return true;
}

static bool load_crew(struct loading *l, const struct js *crew)
{
	const char *name;
	if (!need(l, crew, "name", 80, &name))
		return false;
	const struct js *base = js_find(crew, "base");
	sql_id(&l->q, fresh_id(l));
	sql_text(&l->q, l->utility);
	sql_text(&l->q, name);
	sql_text(&l->q, js_find_str(crew, "phone"));
	sql_text(&l->q, array_of(l, js_find(crew, "skills"), false));
	sql_text(&l->q, js_find_str(base, "name"));
	sql_number(&l->q, js_number(js_find(base, "lat"), NAN));
	sql_number(&l->q, js_number(js_find(base, "lon"), NAN));
	sql_int(&l->q, js_int(js_find(crew, "on_call_delay_s"), 1200));
	sql_bool(&l->q, js_bool(js_find(crew, "active"), true));
	sql_send(
	    &l->q,
	    "INSERT INTO crew (id, utility_id, name, phone, skills, base_name, base_lat, base_lon, "
	    "on_call_delay_s, active) VALUES ($1, (SELECT id FROM utility WHERE code = $2), $3, "
	    "$4, $5, $6, $7, "
	    "$8, $9, $10) ON CONFLICT (utility_id, name) DO UPDATE SET phone = excluded.phone, "
	    "skills = excluded.skills, base_name = excluded.base_name, base_lat = "
	    "excluded.base_lat, "
	    "base_lon = excluded.base_lon, on_call_delay_s = excluded.on_call_delay_s, active = "
	    "excluded.active");
	return load_turns(l, crew, name);
}

static void utility_row(struct loading *l, const struct js *u, const char *name)
{
	const char *zone = js_find_str(u, "zone");
	sql_id(&l->q, fresh_id(l));
	sql_text(&l->q, l->utility);
	sql_text(&l->q, name);
	sql_text(&l->q, zone ? zone : "Europe/Rome");
	sql_text(&l->q, js_find_str(u, "phone"));
	sql_text(&l->q, js_find_str(u, "site"));
	sql_send(&l->q,
	         "INSERT INTO utility (id, code, name, zone, phone, site) VALUES ($1, $2, $3, $4, "
	         "$5, $6) "
	         "ON CONFLICT (code) DO UPDATE SET name = excluded.name, zone = excluded.zone, "
	         "phone = excluded.phone, site = excluded.site");
}

static bool load_utility(struct loading *l, const struct js *u, size_t index)
{
	const char *name;
	snprintf(l->at, sizeof l->at, "/utilities/%zu", index);
	if (!need(l, u, "code", 32, &l->utility) || !need(l, u, "name", 120, &name))
		return false;
	utility_row(l, u, name);
	const struct js *areas = js_find(u, "areas");
	for (size_t i = 0; i < js_count(areas); i++) {
		snprintf(l->at, sizeof l->at, "/utilities/%zu/areas/%zu", index, i);
		if (!load_area(l, js_at(areas, i)))
			return false;
	}
	return true;
}

/* After all utilities, since a crew may be shared with a later one. */
static bool load_crews(struct loading *l, const struct js *u, size_t index)
{
	const struct js *crews = js_find(u, "crews");
	l->utility = js_find_str(u, "code");
	for (size_t i = 0; i < js_count(crews); i++) {
		snprintf(l->at, sizeof l->at, "/utilities/%zu/crews/%zu", index, i);
		if (!load_crew(l, js_at(crews, i)))
			return false;
	}
	return true;
}

static bool load_user(struct loading *l, const struct js *u, size_t index)
{
	const char *login, *name, *role, *password;
	char hash[CRYPTO_PASSWORD];
	enum role known;
	snprintf(l->at, sizeof l->at, "/users/%zu", index);
	if (!need(l, u, "login", 64, &login) || !need(l, u, "name", 80, &name) ||
	    !need(l, u, "role", 16, &role) || !need(l, u, "password", 200, &password))
		return false;
	if (!role_parse(role, &known) || js_count(js_find(u, "utilities")) == 0)
		return problem_set(l->p, PROBLEM_INPUT, l->at,
		                   "a role and at least one of utilities are needed");
	if (!crypto_password_hash(password, hash))
		return problem_set(l->p, PROBLEM_INTERNAL, l->at,
		                   "the password could not be hashed");
	const struct js *crew = js_find(u, "crew");
	sql_id(&l->q, fresh_id(l));
	sql_text(&l->q, login);
	sql_text(&l->q, name);
	sql_text(&l->q, role);
	sql_text(&l->q, arena_str(l->q.arena, hash));
	sql_text(&l->q, js_find_str(crew, "utility"));
	sql_text(&l->q, js_find_str(crew, "name"));
	sql_send(&l->q, "INSERT INTO account (id, login, name, role, password, crew_id) VALUES "
	                "($1, $2, $3, $4, $5, "
	                "(SELECT c.id FROM crew c JOIN utility u ON u.id = c.utility_id WHERE "
	                "u.code = $6 AND c.name = $7)) "
	                "ON CONFLICT ((lower(login))) DO UPDATE SET name = excluded.name, role = "
	                "excluded.role, "
	                "crew_id = excluded.crew_id");
	sql_text(&l->q, login);
	sql_text(&l->q, array_of(l, js_find(u, "utilities"), false));
	sql_send(&l->q, "INSERT INTO account_utility SELECT a.id, u.id FROM account a, utility u "
	                "WHERE lower(a.login) = lower($1) AND u.code = ANY ($2::text[]) ON "
	                "CONFLICT DO NOTHING");
	return true;
}

static bool load_all(struct loading *l, const struct js *file)
{
	const struct js *utilities = js_find(file, "utilities"), *users = js_find(file, "users");
	for (size_t i = 0; i < js_count(utilities); i++)
		if (!load_utility(l, js_at(utilities, i), i))
			return false;
	for (size_t i = 0; i < js_count(utilities); i++)
		if (!load_crews(l, js_at(utilities, i), i))
			return false;
	for (size_t i = 0; i < js_count(users); i++)
		if (!load_user(l, js_at(users, i), i))
			return false;
	return true;
}

bool store_load(const char *url, const struct js *file, struct problem *p)
{
	struct loading l = {.p = p};
	sql_init(&l.q);
	bool ok = load_all(&l, file);
	if (ok) {
		/* running servers read utilities and areas again */
		sql_send(
		    &l.q,
		    "SELECT change_append(NULL, now(), NULL, 'loaded', 'utility', "
		    "'00000000-0000-0000-0000-000000000000', NULL, NULL, NULL, NULL, NULL, NULL)");
		ok = db_run(url, &l.q.batch, DB_WRITE, SPAN_S(120), NULL, NULL, p);
	}
	sql_fini(&l.q);
	return ok;
}

/*
 * Who goes first, and the reason in words. Eligibility is a gate: a crew without the skill or off
 * duty comes last with its cause, whatever its distance. Not here: driving times (map/), offers and
 * answers.
 */
#include "dispatch.h"

#include "base/str.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define OLD_POSITION SPAN_S(120) /* from here on its age is said */
#define OFF_ROAD_M 150           /* further from a road than this is said too */

struct ranking {
	const struct dispatch_query *query;
	const struct dispatch_crew *crews;
};

/* ---- the gate ---- */

static bool has_skill(const struct dispatch_crew *crew, const char *skill)
{
	for (size_t i = 0; i < crew->skill_count; i++) {
		if (str_equal(crew->skills[i], skill))
			return true;
	}
	return false;
}

/* The needed skill that lets this crew in; NULL if none is needed or it has none. */
static const char *matching_skill(const struct dispatch_query *query,
                                  const struct dispatch_crew *crew)
{
	for (size_t i = 0; i < query->skill_count; i++) {
		if (has_skill(crew, query->skills_needed[i]))
			return query->skills_needed[i];
	}
	return NULL;
}

static bool lacks_skill(const struct dispatch_query *query, const struct dispatch_crew *crew)
{
	return query->skill_count && !matching_skill(query, crew);
}

static bool is_off(const struct dispatch_crew *crew)
{
	return !crew->on_shift && !crew->on_call;
}

static bool is_busy(const struct dispatch_query *query, const struct dispatch_crew *crew)
{
	return crew->open_assignments || instant_compare(crew->free_at, query->now) > 0;
}

static enum dispatch_fit fit_of(const struct dispatch_query *query,
                                const struct dispatch_crew *crew)
{
	if (lacks_skill(query, crew) || is_off(crew))
		return DISPATCH_UNFIT;
	return is_busy(query, crew) ? DISPATCH_BUSY : DISPATCH_FREE;
}

/* ---- the time ---- */

static struct span delay_of(const struct dispatch_crew *crew)
{
	return crew->on_call && !crew->on_shift ? crew->on_call_delay : (struct span){0};
}

static struct span wait_of(const struct dispatch_query *query, const struct dispatch_crew *crew)
{
	if (instant_compare(crew->free_at, query->now) <= 0)
		return (struct span){0};
	return instant_since(crew->free_at, query->now);
}

static bool wait_known(const struct dispatch_crew *crew)
{
	return !crew->open_assignments || instant_is_set(crew->free_at);
}

static struct span late_by(const struct dispatch_query *query,
                           const struct dispatch_candidate *candidate)
{
	if (!candidate->known || !instant_is_set(query->due))
		return (struct span){0};
	struct span over = instant_since(instant_add(query->now, candidate->ready_in), query->due);
	return over.us > 0 ? over : (struct span){0};
}

/* ---- the words ---- */

static void add_minutes(struct str *to, struct span s)
{
	int64_t minutes = (s.us + 59999999) / 60000000; /* up: nobody arrives earlier than told */
	if (minutes < 60)
		str_addf(to, "%lld min", (long long)(minutes > 0 ? minutes : 1));
	else if (minutes % 60)
		str_addf(to, "%lld h %lld min", (long long)(minutes / 60),
		         (long long)(minutes % 60));
	else
		str_addf(to, "%lld h", (long long)(minutes / 60));
}

/* Down: it was there so long ago at least. */
static void add_age(struct str *to, struct span age, bool italian)
{
	int64_t days = age.us / (86400 * (int64_t)1000000);
	if (days >= 2)
		str_addf(to, italian ? "%lld giorni" : "%lld days", (long long)days);
	else
		add_minutes(to, (struct span){age.us / 60000000 * 60000000});
}

static void add_comma(struct str *to)
{
	if (to->length)
		str_add(to, ", ");
}

static void add_cause(const struct dispatch_query *query, const struct dispatch_crew *crew,
                      bool italian, struct str *to)
{
	if (is_off(crew)) {
		add_comma(to);
		str_add(to, italian ? "fuori turno" : "off shift");
	}
	if (!lacks_skill(query, crew))
		return;
	add_comma(to);
	str_add(to, italian ? "senza abilità " : "lacks skill ");
	for (size_t i = 0; i < query->skill_count; i++) {
		const char *skill = query->skills_needed[i];
		str_add(to, i == 0 ? "" : italian ? " o " : " or ");
		str_add(to, italian ? skill_it(skill) : skill);
	}
}

static const struct {
	const char *name, *it, *en;
} unknowns[] = {
    [DISPATCH_NO_POSITION] = {"no_position", "posizione non nota", "position unknown"},
    [DISPATCH_OLD_POSITION] = {"old_position", "posizione vecchia di ", "position "},
    [DISPATCH_NO_PLACE] = {"no_place", "l'intervento non ha un punto sulla mappa",
                           "the incident has no place on the map"},
    [DISPATCH_PLACE_OFF_ROAD] = {"place_off_road", "nessuna strada vicino all'intervento",
                                 "no road near the incident"},
    [DISPATCH_OFF_ROAD] = {"off_road", "nessuna strada vicino alla squadra",
                           "no road near the crew"},
    [DISPATCH_NO_WAY] = {"no_way", "nessuna strada aperta da lì", "no open road from there"},
};

const char *dispatch_unknown_name(enum dispatch_unknown why)
{
	return unknowns[why].name;
}

static bool start_is_old(const struct dispatch_crew *crew)
{
	return !crew->eta_known && crew->why_unknown == DISPATCH_OLD_POSITION;
}

static void add_unknown(const struct dispatch_query *query, const struct dispatch_crew *crew,
                        bool italian, struct str *to)
{
	str_add(to, italian ? unknowns[crew->why_unknown].it : unknowns[crew->why_unknown].en);
	if (!start_is_old(crew))
		return;
	add_age(to, instant_since(query->now, crew->position_at), italian);
	str_add(to, italian ? "" : " old");
}

static void add_drive(const struct dispatch_query *query, const struct dispatch_crew *crew,
                      bool italian, struct str *to)
{
	bool stands_by = delay_of(crew).us > 0;
	add_comma(to);
	if (stands_by) {
		str_add(to, italian ? "reperibile: " : "on call: ");
		add_minutes(to, delay_of(crew));
		str_add(to, italian ? " preparazione + " : " to get ready + ");
	}
	if (!crew->eta_known) {
		add_unknown(query, crew, italian, to);
		return;
	}
	str_add(to, crew->straight_line ? "≈ " : "");
	add_minutes(to, crew->eta);
	if (stands_by)
		str_add(to, italian ? " strada" : " drive");
	if (crew->straight_line)
		str_add(to, italian ? " (linea d'aria)" : " (straight line)");
}

static void add_wait(const struct dispatch_query *query, const struct dispatch_crew *crew,
                     bool italian, struct str *to)
{
	struct span wait = wait_of(query, crew);
	if (!is_busy(query, crew))
		return;
	add_comma(to);
	if (wait.us > 0) {
		str_add(to, italian ? "libera tra " : "free in ");
		add_minutes(to, wait);
	} else if (wait_known(crew)) {
		str_add(to, italian ? "sta per liberarsi" : "about to be free");
	} else {
		str_add(to, italian ? "occupata, non si sa fino a quando"
		                    : "busy, until when is not known");
	}
}

static void add_skill(const struct dispatch_query *query, const struct dispatch_crew *crew,
                      bool italian, struct str *to)
{
	const char *skill = matching_skill(query, crew);
	if (!skill)
		return;
	add_comma(to);
	str_add(to, italian ? skill_it(skill) : skill);
}

static void add_shift(const struct dispatch_query *query, const struct dispatch_crew *crew,
                      bool italian, struct str *to)
{
	if (is_off(crew) || delay_of(crew).us > 0)
		return;
	add_comma(to);
	if (!crew->on_shift)
		str_add(to, italian ? "reperibile" : "on call");
	else
		str_add(to, italian ? "in turno" : "on shift");
	if (!instant_is_set(crew->shift_ends))
		return;
	struct wall w = zone_wall(query->zone, crew->shift_ends);
	str_addf(to, italian ? " fino alle %02d:%02d" : " until %02d:%02d", w.hour, w.minute);
}

static void add_base(const struct dispatch_query *query, const struct dispatch_crew *crew,
                     bool italian, struct str *to)
{
	add_comma(to);
	str_add(to, italian ? "dalla sede" : "from its base");
	if (!instant_is_set(crew->position_at))
		return;
	str_add(to, italian ? " (ultima posizione " : " (last position ");
	add_age(to, instant_since(query->now, crew->position_at), italian);
	str_add(to, italian ? " fa)" : " old)");
}

static void add_position(const struct dispatch_query *query, const struct dispatch_crew *crew,
                         bool italian, struct str *to)
{
	if (crew->at_base) {
		add_base(query, crew, italian, to);
		return;
	}
	if (!instant_is_set(crew->position_at) || start_is_old(crew))
		return;
	struct span age = instant_since(query->now, crew->position_at);
	if (age.us < OLD_POSITION.us)
		return;
	add_comma(to);
	str_add(to, italian ? "posizione di " : "position ");
	add_age(to, age, italian);
	str_add(to, italian ? " fa" : " old");
}

/* The way to the road itself is not in the driving time. */
static void add_off_road(const struct dispatch_crew *crew, bool italian, struct str *to)
{
	if (!crew->eta_known || crew->from_m < OFF_ROAD_M)
		return;
	add_comma(to);
	str_addf(to, italian ? "a %d m dalla strada" : "%d m from the road",
	         ((int)crew->from_m + 5) / 10 * 10);
}

static void add_closed(const struct dispatch_crew *crew, bool italian, struct str *to)
{
	if (!crew->eta_known || !crew->on_closed)
		return;
	add_comma(to);
	str_add(to, italian ? "parte da una strada chiusa" : "starts on a closed road");
}

static void add_late(const struct dispatch_query *query, const struct dispatch_candidate *candidate,
                     bool italian, struct str *to)
{
	struct span late = late_by(query, candidate);
	if (late.us == 0)
		return;
	add_comma(to);
	str_add(to, italian ? "arriva " : "arrives ");
	add_minutes(to, late);
	str_add(to, italian ? " dopo il termine" : " after the time limit");
}

static void reason_in(const struct ranking *r, const struct dispatch_candidate *c, bool italian,
                      struct str *to)
{
	const struct dispatch_crew *crew = &r->crews[c->crew];
	str_clear(to);
	add_cause(r->query, crew, italian, to);
	add_drive(r->query, crew, italian, to);
	add_wait(r->query, crew, italian, to);
	add_skill(r->query, crew, italian, to);
	add_shift(r->query, crew, italian, to);
	add_position(r->query, crew, italian, to);
	add_off_road(crew, italian, to);
	add_closed(crew, italian, to);
	add_late(r->query, c, italian, to);
}

static void say(const struct ranking *r, struct dispatch_candidate *c)
{
	struct str s = {0};
	reason_in(r, c, true, &s);
	str_copy(c->reason_it, sizeof c->reason_it, str_text(&s));
	reason_in(r, c, false, &s);
	str_copy(c->reason, sizeof c->reason, str_text(&s));
	str_clear(&s);
	add_cause(r->query, &r->crews[c->crew], true, &s);
	str_copy(c->cause_it, sizeof c->cause_it, str_text(&s));
	str_fini(&s);
}

/* ---- the order ---- */

static void reckon(const struct ranking *r, struct dispatch_candidate *c)
{
	const struct dispatch_crew *crew = &r->crews[c->crew];
	c->fit = fit_of(r->query, crew);
	c->known = crew->eta_known && wait_known(crew);
	c->ready_in.us =
	    delay_of(crew).us + wait_of(r->query, crew).us + (crew->eta_known ? crew->eta.us : 0);
	c->late = late_by(r->query, c).us > 0;
	say(r, c);
}

static int compare_int(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

/* Fit, then known times before unknown ones, then the time; equal ones by name, so that nothing
 * jumps. */
static int compare(const void *left, const void *right, void *ctx)
{
	const struct dispatch_candidate *a = left, *b = right;
	const struct dispatch_crew *crews = ctx;
	const struct dispatch_crew *x = &crews[a->crew], *y = &crews[b->crew];
	int order = compare_int(a->fit, b->fit);
	order = order ? order : compare_int(b->known, a->known);
	order = order ? order : compare_int(y->eta_known, x->eta_known);
	order = order ? order : compare_int(a->ready_in.us, b->ready_in.us);
	order = order ? order : strverscmp(x->name, y->name);
	return order ? order : strcmp(x->id.text, y->id.text);
}

void dispatch_rank(const struct dispatch_query *query, const struct dispatch_crew *crews,
                   size_t count, struct dispatch_candidate *out)
{
	struct ranking ranking = {query, crews};
	for (size_t i = 0; i < count; i++) {
		out[i] = (struct dispatch_candidate){.crew = i};
		reckon(&ranking, &out[i]);
	}
	if (count)
		qsort_r(out, count, sizeof *out, compare, (void *)(uintptr_t)crews);
}

/*
 * Which streets and places fit a reading, and how well. First the titles (names that several may
 * bear) that share telling words with it (titles.c), how their words pair off; then their bearers,
 * by municipality and nearness. See search.h.
 *
 * A fit is the share of the typed words (by weight) that are found in the name or, a little less,
 * in what is around it, times 0.7 to 1 for the share of the name that was typed.
 */
#include "search.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BEARERS 30000  /* at most so many are looked at */
#define NO_STREET 0.85 /* a place, where a kind of street was typed */
#define NO_SAINT 0.88  /* "Via Giacomo Matteotti", where San Giacomo was typed */
#define DISORDER 0.985 /* all words are there, in another order */
#define SETTLED 0.95 /* "frazione" counts so much where a place is one and is not called so */
#define AROUND 0.95 /* a word found in the municipality counts so much of one found in the name */

/* ---- pairing typed words with those of a title ---- */

#define PAIRS 64

struct pairing {
	struct {
		uint8_t unit, word;
		float like, weight;
	} pair[PAIRS];
	size_t count;
	uint8_t word;
	float weight;
	float found[UNITS]; /* by unit: how well it was found in the name */
	double name_found;
	bool telling, disorder;
};

static void note_pair(void *ctx, size_t unit, double like)
{
	struct pairing *p = ctx;
	if (p->count == PAIRS)
		return;
	p->pair[p->count].unit = (uint8_t)unit;
	p->pair[p->count].word = p->word;
	p->pair[p->count].weight = p->weight;
	p->pair[p->count++].like = (float)like;
}

/* Each word once, each unit once, the best pairs first. */
static void pair_off(struct pairing *p)
{
	uint32_t words = 0, units = 0;
	uint8_t unit_of[MAP_TITLE_WORDS];
	p->disorder = false;
	memset(unit_of, UINT8_MAX, sizeof(unit_of));
	for (;;) {
		size_t best = PAIRS;
		for (size_t i = 0; i < p->count; i++)
			if (!(words >> p->pair[i].word & 1) && !(units >> p->pair[i].unit & 1) &&
			    (best == PAIRS || p->pair[i].like > p->pair[best].like))
				best = i;
		if (best == PAIRS)
			break;
		unit_of[p->pair[best].word] = p->pair[best].unit;
		words |= 1u << p->pair[best].word;
		units |= 1u << p->pair[best].unit;
		p->found[p->pair[best].unit] = p->pair[best].like;
		p->name_found += (double)(p->pair[best].like * p->pair[best].weight);
		p->telling = p->telling || (double)p->pair[best].weight >= TOLD_WEIGHT;
	}
	for (size_t i = 0, last = 0; i < MAP_TITLE_WORDS; i++)
		if (unit_of[i] != UINT8_MAX) {
			p->disorder |= unit_of[i] < last;
			last = unit_of[i];
		}
}

static void compare(const struct question *q, const struct map_title *t, uint32_t mask,
                    struct pairing *out)
{
	out->count = 0;
	out->name_found = 0;
	out->telling = false;
	memset(out->found, 0, sizeof(out->found));
	for (uint16_t i = 0; i < t->words; i++) {
		uint32_t word = q->map->title_words[t->first_word + i];
		out->word = (uint8_t)i;
		out->weight = q->map->words[word].weight;
		lexicon_likes(q, word, mask, note_pair, out);
	}
	pair_off(out);
}

/* ---- bearers of a title ---- */

static int best_score(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;
	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	if (x->named != y->named)
		return x->named < y->named ? -1 : 1;
	return x->reading < y->reading ? -1 : x->reading > y->reading;
}

void score_sort(struct hits *hits)
{
	qsort(hits->hit, hits->count, sizeof(*hits->hit), best_score);
}

/* A heap with the worst at its head. */
static void sift_down(struct hits *h, size_t at)
{
	for (;;) {
		size_t child = 2 * at + 1;
		if (child >= h->count)
			return;
		if (child + 1 < h->count && best_score(&h->hit[child], &h->hit[child + 1]) < 0)
			child++;
		if (best_score(&h->hit[at], &h->hit[child]) > 0)
			return;
		struct hit swap = h->hit[at];
		h->hit[at] = h->hit[child];
		h->hit[child] = swap;
		at = child;
	}
}

static void keep(struct hits *h, const struct hit *new)
{
	if (h->count < h->room) {
		size_t at = h->count++;
		h->hit[at] = *new;
		for (; at > 0 && best_score(&h->hit[(at - 1) / 2], &h->hit[at]) < 0;
		     at = (at - 1) / 2) {
			struct hit swap = h->hit[at];
			h->hit[at] = h->hit[(at - 1) / 2];
			h->hit[(at - 1) / 2] = swap;
		}
	} else if (best_score(new, &h->hit[0]) < 0) {
		h->hit[0] = *new;
		sift_down(h, 0);
	}
}

static double floor_of(const struct hits *h)
{
	return h->count < h->room ? 0 : h->hit[0].score;
}

static double nearness(const struct map_named *n, struct point near)
{
	if (!point_is_set(near))
		return 1;
	return 0.9 + 0.1 * exp(-point_distance_m(map_point(n->at), near) / 4000);
}

/* A little for what people mean more often: large places, then streets with many numbers. */
static double importance(const struct map_named *n)
{
	if (n->flags & NAMED_ALIAS)
		return 0.965;
	static const double places[] = {1, 0.995, 0.99, 0.985, 0.985, 0.97};
	if (n->kind == MAP_PLACE)
		return places[n->place_class];
	return 0.98 + 0.01 * fmin(1, n->addresses / 50.0);
}

struct standing { /* one title under one reading */
	const struct question *q;
	const struct reading *reading;
	uint32_t id; /* of the reading */
	double typed, found, name_share;
	uint32_t kinds;          /* units such as "via" that are not in the name */
	const float *in_name;    /* by unit */
	uint32_t open;           /* units that the surroundings may explain better */
	uint32_t help;           /* units that may say where, beside the reading */
	float in_setting[UNITS]; /* of the bearer at hand */
	bool kilometre, is_stone; /* one is looked for; the title may be it */
	double highest;          /* no bearer can fit better */
	double sure;             /* the bearer at hand, as far as its name goes */
};

static void note_setting(void *ctx, size_t unit, double like)
{
	struct standing *s = ctx;
	if ((float)like > s->in_setting[unit])
		s->in_setting[unit] = (float)like;
}

static void look_around(struct standing *s, const struct map_named *n)
{
	const struct map *map = s->q->map;
	const struct map_setting *setting = &map->settings[n->setting];
	memset(s->in_setting, 0, sizeof(s->in_setting));
	for (uint32_t i = 0; i < setting->words; i++)
		lexicon_likes(s->q, map->setting_words[setting->first_word + i], s->open | s->help,
		              note_setting, s);
}

static bool is_hamlet_word(const struct unit *u)
{
	static const char *const list[] = {"frazione", "localita"};
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (strlen(list[i]) == u->length && memcmp(list[i], u->text, u->length) == 0)
			return true;
	return false;
}

/* A kind of street was typed and this is a place; or the place is of the kind. */
static double fit_kinds(const struct standing *s, const struct map_named *n, double *found)
{
	double fit = 1;
	for (size_t i = 0; i < s->q->units && s->kinds >> i; i++) {
		if (!(s->kinds >> i & 1) || (s->open >> i & 1 && s->in_setting[i] > 0.6f))
			continue;
		if (n->place_class != PLACE_POI && is_hamlet_word(&s->q->unit[i]))
			*found += SETTLED * s->q->unit[i].weight;
		else
			fit = NO_STREET;
	}
	return fit;
}

static double fit_of(struct standing *s, const struct map_named *n)
{
	double found = s->found, help = 1, where = 1, said = s->typed, in_name = s->found;
	if (s->open | s->help)
		look_around(s, n);
	if (n->kind == MAP_PLACE)
		help = fit_kinds(s, n, &found);
	for (size_t i = 0; i < s->q->units && s->open >> i; i++) {
		double gain = AROUND * (double)s->in_setting[i] - (double)s->in_name[i];
		if (!(s->open >> i & 1) || gain <= 0)
			continue;
		found += s->q->unit[i].weight * gain;
		said -= s->q->unit[i].weight;
		in_name -= s->q->unit[i].weight * (double)s->in_name[i];
	}
	for (size_t i = 0; i < s->q->units && s->help >> i; i++)
		if (s->help >> i & 1 && s->in_setting[i] > 0.6f &&
		    s->q->unit[i].weight > TOLD_WEIGHT)
			where = 1.15;
	double fit = found / s->typed * s->name_share * help * where, worth = s->reading->worth;
	s->sure = fmin(1, said > 0.01 ? in_name / said * s->name_share * help : fit) * worth;
	return worth < 1 ? worth * fmin(1, fit) : fit;
}

/* Which units may be explained by where something is, and the best that could come of it. */
static void open_units(struct standing *s)
{
	double highest = s->found;
	s->open = s->help = 0;
	for (size_t k = 0; k < s->reading->count; k++) {
		size_t i = s->reading->unit[k];
		double gain = AROUND * (double)s->q->in_settings[i] - (double)s->in_name[i];
		if (gain <= 0)
			continue;
		s->open |= 1u << i;
		highest += gain * s->q->unit[i].weight;
	}
	for (size_t i = 0; i < s->q->units && s->kinds >> i; i++)
		if (s->kinds >> i & 1)
			highest += s->q->unit[i].weight;
	for (size_t i = 0; i < s->q->units; i++)
		if (s->reading->around >> i & 1 && s->q->in_settings[i] > 0)
			s->help |= 1u << i;
	s->highest = highest / s->typed * s->name_share * (s->help ? 1.15 : 1);
}

static bool lacks_saint(const struct standing *s, const struct pairing *p)
{
	for (size_t k = 0; k < s->reading->count; k++) {
		const struct unit *u = &s->q->unit[s->reading->unit[k]];
		if (u->length == 3 && memcmp(u->text, "san", 3) == 0 &&
		    p->found[s->reading->unit[k]] <= 0)
			return true;
	}
	return false;
}

/* Whether a kilometre is looked for, and road and kilometre are all as the title has them. */
static void look_for_stone(struct standing *s, const struct map_title *t, const struct pairing *p)
{
	s->kilometre = false;
	for (size_t k = 0; k < s->reading->count; k++)
		s->kilometre |= s->q->unit[s->reading->unit[k]].role == ROLE_KILOMETRE;
	s->is_stone =
	    s->kilometre && !p->disorder && p->name_found > (double)t->weight - 0.001;
}

static bool is_in_question(const struct standing *s, const struct map_named *n, bool streets_only)
{
	if (n->flags & NAMED_STONE)
		return s->is_stone && !streets_only;
	return !s->kilometre && (!streets_only || n->kind == MAP_STREET);
}

const char *title_word(const struct map *map, const struct map_title *t, size_t i)
{
	return map->strings + map->words[map->title_words[t->first_word + i]].text;
}

/* "SS12", "A22": letters that are no name, then the number. */
static bool is_road_number(const struct map *map, const struct map_title *t)
{
	if (t->words < 2 || !isdigit((unsigned char)*title_word(map, t, 1)))
		return false;
	const char *letters = title_word(map, t, 0);
	size_t length = strlen(letters);
	return words_is_road(letters, length) || length == 1 ||
	       (length <= 3 && !words_is_kind(letters, length) &&
	        !words_is_little(letters, length));
}

/* A number alone is a house's, whatever road bears it: before a road's its letters were typed, or
 * that it is a road. */
static bool is_said_of_road(const struct standing *s, const struct pairing *p)
{
	bool road = false;
	for (size_t k = 0; k < s->reading->count; k++) {
		const struct unit *u = &s->q->unit[s->reading->unit[k]];
		bool found = p->found[s->reading->unit[k]] > 0;
		if (u->is_number && found)
			return road;
		road |= found || words_is_road(u->text, u->length);
	}
	return true;
}

static bool stand(struct standing *s, const struct map_title *t, const struct pairing *p)
{
	s->typed = s->found = 0;
	s->kinds = 0;
	for (size_t k = 0; k < s->reading->count; k++) {
		const struct unit *u = &s->q->unit[s->reading->unit[k]];
		double found = (double)p->found[s->reading->unit[k]];
		s->typed += u->weight;
		s->found += u->weight * found;
		if (found <= 0 && words_is_kind(u->text, u->length))
			s->kinds |= 1u << s->reading->unit[k];
	}
	double whole = (double)t->weight;
	if (s->typed <= 0 || whole <= 0 || p->name_found <= 0 || (!p->telling && whole >= 1))
		return false;
	if (is_road_number(s->q->map, t) && !is_said_of_road(s, p))
		return false;
	s->name_share = (0.7 + 0.3 * fmin(1, p->name_found / whole)) *
	                (p->disorder ? DISORDER : 1) * (lacks_saint(s, p) ? NO_SAINT : 1);
	s->in_name = p->found;
	look_for_stone(s, t, p);
	open_units(s);
	return true;
}

static size_t score_bearers(struct standing *s, const struct map_title *t, bool streets_only,
                            struct hits *out)
{
	const struct map *map = s->q->map;
	if (s->highest < floor_of(out))
		return 0;
	for (uint32_t i = t->first_named; i < t->first_named + t->named; i++) {
		const struct map_named *n = &map->named[i];
		if (!is_in_question(s, n, streets_only))
			continue;
		double fit = fit_of(s, n);
		struct hit hit = {i, s->id, s->sure, fit * importance(n) * nearness(n, s->q->near)};
		keep(out, &hit);
	}
	return t->named;
}

void score_readings(const struct question *q, const struct reading *readings, size_t count,
                    bool streets_only, struct hits *out)
{
	uint32_t mask = 0;
	struct chosen chosen[TITLES];
	struct pairing pairing;
	for (size_t i = 0; i < count; i++)
		mask |= readings[i].mask;
	size_t titles = titles_choose(q, mask, chosen), seen = 0;
	for (size_t i = 0; i < titles && seen < BEARERS; i++) {
		const struct map_title *t = &q->map->titles[chosen[i].title];
		for (uint32_t k = 0; k < count; k++) {
			struct standing s = {.q = q, .reading = &readings[k], .id = k};
			compare(q, t, readings[k].mask, &pairing);
			if (stand(&s, t, &pairing))
				seen += score_bearers(&s, t, streets_only, out);
		}
	}
}

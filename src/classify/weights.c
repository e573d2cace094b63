/*
 * Learned weights: how much each feature of a text speaks for each fact and each situation. A
 * situation's score is the sum over its facts, so that what was learned of "in strada" from one kind
 * of leak serves for all. Log-linear model; the scores become shares of 1 by softmax. Source of the
 * numbers: learn.c, from tests/eval/corpus; file format: classifications/README.md.
 */
#include "room.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct slot {
	uint64_t hash; /* 0: free */
	uint32_t first, count; /* in pairs */
	uint8_t kind; /* place of the first letter of its name in kinds[] */
};

struct weights {
	const struct situations *situations;
	const char *names[UNITS_MAX];
	int facts[UNITS_MAX]; /* what each unit says: itself, or of a situation what happens in it */
	size_t unit_count;
	int units[SITUATIONS_MAX][SITUATION_FACTS_MAX + 1]; /* of each situation; ended by -1 */
	struct slot *slots;
	uint32_t *tags; /* a piece of each slot's hash, 0: free; most features are unknown, and this is small */
	size_t slot_count, used; /* slot_count: a power of two */
	struct pair {
		uint16_t unit;
		int16_t weight; /* in 1/WEIGHT_ONE */
	} *pairs;
	size_t pair_count, pair_room;
	double bias[UNITS_MAX];
	double temperature; /* by which scores are divided: makes the shares honest */
};

/* ---- units: every fact that some situation has, then every situation itself */

static int unit_of(struct weights *w, const char *name)
{
	for (size_t i = 0; i < w->unit_count; i++) {
		if (str_equal(w->names[i], name))
			return (int)i;
	}
	if (w->unit_count == UNITS_MAX)
		return -1;
	w->names[w->unit_count] = name;
	return (int)w->unit_count++;
}

struct weights *weights_new(const struct situations *situations, const struct facts *f)
{
	struct weights *w = mem_zero(1, sizeof *w);
	w->situations = situations;
	w->temperature = 1;
	for (size_t s = 0; s < situations_count(situations); s++) {
		const struct situation *one = situations_at(situations, s);
		for (size_t i = 0; i < one->fact_count; i++) {
			int unit = w->units[s][i] = unit_of(w, facts_at(f, one->fact_list[i])->name);
			w->facts[unit < 0 ? 0 : unit] = one->fact_list[i];
		}
	}
	for (size_t s = 0; s < situations_count(situations); s++) {
		const struct situation *one = situations_at(situations, s);
		int unit = w->units[s][one->fact_count] = unit_of(w, one->code);
		w->facts[unit < 0 ? 0 : unit] = one->fact_list[one->fact_count > 1 ? 1 : 0];
		w->units[s][one->fact_count + 1] = -1;
	}
	return w;
}

void weights_free(struct weights **w)
{
	if (!*w)
		return;
	free((*w)->slots);
	free((*w)->tags);
	free((*w)->pairs);
	free(*w);
	*w = NULL;
}

size_t weights_unit_count(const struct weights *w)
{
	return w->unit_count;
}

const char *weights_unit(const struct weights *w, size_t unit)
{
	return w->names[unit];
}

int weights_fact(const struct weights *w, size_t unit)
{
	return w->facts[unit];
}

const int *weights_units_of(const struct weights *w, size_t situation)
{
	return w->units[situation];
}

/* ---- the table */

static size_t slot_for(const struct weights *w, uint64_t hash)
{
	size_t at = (size_t)hash & (w->slot_count - 1);
	uint32_t tag = (uint32_t)(hash >> 32) | 1;
	while (w->tags[at] && (w->tags[at] != tag || w->slots[at].hash != hash))
		at = (at + 1) & (w->slot_count - 1);
	return at;
}

static void put_slot(struct weights *w, size_t at, const struct slot *slot)
{
	w->slots[at] = *slot;
	w->tags[at] = (uint32_t)(slot->hash >> 32) | 1;
}

static void make_room(struct weights *w)
{
	struct slot *old = w->slots;
	size_t old_count = w->slot_count;
	if (2 * (w->used + 1) <= w->slot_count)
		return;
	w->slot_count = old_count ? 2 * old_count : 4096;
	w->slots = mem_zero(w->slot_count, sizeof *w->slots);
	free(w->tags);
	w->tags = mem_zero(w->slot_count, sizeof *w->tags);
	for (size_t i = 0; i < old_count; i++) {
		if (old[i].hash)
			put_slot(w, slot_for(w, old[i].hash), &old[i]);
	}
	free(old);
}

/* "3:12 17:-4": units by their number in the file's own list. */
static bool read_pairs(struct check *k, struct weights *w, const char *text, bool bias)
{
	for (const char *at = text; *at;) {
		char *end;
		unsigned long unit = strtoul(at, &end, 10);
		long weight = *end == ':' ? strtol(end + 1, &end, 10) : LONG_MAX;
		if (unit >= w->unit_count || weight < INT16_MIN || weight > INT16_MAX || (*end && *end != ' '))
			return check_say(k, "weight", "\"%.20s\" is no unit:weight", at), false;
		at = *end ? end + 1 : end;
		if (bias) {
			w->bias[unit] = (double)weight / WEIGHT_ONE;
			continue;
		}
		if (w->pair_count == w->pair_room) {
			w->pair_room = w->pair_room ? 2 * w->pair_room : 65536;
			w->pairs = mem_grow(w->pairs, w->pair_room, sizeof *w->pairs);
		}
		w->pairs[w->pair_count++] = (struct pair){(uint16_t)unit, (int16_t)weight};
	}
	return true;
}

/* The file numbers units as they stood when it was learned; situations.json must still say the same. */
static bool check_units(struct check *k, const struct weights *w, const char *text)
{
	for (size_t i = 0; i < w->unit_count; i++) {
		size_t n = strlen(w->names[i]);
		bool last = i + 1 == w->unit_count;
		if (strncmp(text, w->names[i], n) != 0 || text[n] != (last ? '\0' : ' '))
			return check_say(k, "units", "differ from situations.json: learn the weights again (`prontoctl charter learn`)"), false;
		text += n + 1;
	}
	return true;
}

/* Each kind of feature has its own say, shared by those found: long texts have many, and each then says less. */
static const struct {
	char letter;
	double say;
} kinds[WEIGHT_KINDS] = {{'k', 3}, {'d', 2}, {'f', 1}, {'o', 2}, {'w', 4}, {'n', 4}, {'b', 2}, {'c', 4}, {0, 0}};

static uint8_t kind_of(char letter)
{
	uint8_t i = 0;
	while (i < WEIGHT_KINDS - 1 && kinds[i].letter != letter)
		i++;
	return i;
}

static double say_of(size_t kind, size_t of_that_kind)
{
	return of_that_kind ? kinds[kind].say / sqrt((double)of_that_kind) : 0;
}

double feature_say(char kind, size_t of_that_kind)
{
	return say_of(kind_of(kind), of_that_kind);
}

/* "name<TAB>unit:weight unit:weight …" */
static bool read_line(struct check *k, struct weights *w, char *line)
{
	char *tab = strchr(line, '\t');
	if (line[0] == '#' || !line[0])
		return true;
	if (!tab)
		return check_say(k, "line", "\"%.40s\" has no tab", line), false;
	*tab = '\0';
	if (str_equal(line, "temperature")) {
		w->temperature = strtod(tab + 1, NULL);
		if (!(w->temperature >= 0.05 && w->temperature <= 20))
			return check_say(k, "temperature", "must lie between 0.05 and 20"), false;
		return true;
	}
	if (str_equal(line, "units"))
		return check_units(k, w, tab + 1);
	if (str_equal(line, "bias"))
		return read_pairs(k, w, tab + 1, true);
	make_room(w);
	struct slot slot = {.hash = feature_hash(line, (size_t)(tab - line)), .kind = kind_of(line[0])};
	size_t at = slot_for(w, slot.hash), first = w->pair_count;
	if (w->tags[at])
		return check_say(k, line, "stands twice"), false;
	if (!read_pairs(k, w, tab + 1, false))
		return false;
	slot.first = (uint32_t)first;
	slot.count = (uint32_t)(w->pair_count - first);
	put_slot(w, at, &slot);
	w->used++;
	return true;
}

bool weights_read(struct check *k, struct weights *w, const char *text)
{
	char *copy = mem_str(text);
	bool good = true;
	make_room(w);
	for (char *rest = copy, *line; good && (line = strsep(&rest, "\n"));)
		good = read_line(k, w, line);
	free(copy);
	return good;
}

/* ---- scoring */

struct tally {
	const struct weights *w;
	struct reading *to;
	struct arena *arena;
	size_t room;
	uint64_t *seen; /* a bit for each slot */
};

static void take(void *ctx, const struct feature *f, const char *name, size_t length)
{
	struct tally *t = ctx;
	(void)name;
	(void)length;
	size_t at = slot_for(t->w, f->hash);
	if (!t->w->tags[at])
		return;
	bool again = t->seen[at / 64] >> (at % 64) & 1;
	t->seen[at / 64] |= UINT64_C(1) << (at % 64);
	struct reading *r = t->to;
	if (r->count == t->room) {
		struct known_feature *old = r->list;
		t->room = t->room ? 2 * t->room : 256;
		r->list = arena_take(t->arena, t->room * sizeof *old);
		if (old)
			memcpy(r->list, old, r->count * sizeof *old);
	}
	r->list[r->count++] = (struct known_feature){.where = *f, .slot = at, .again = again};
	r->kinds[t->w->slots[at].kind] += !again;
}

/* Sums of whole weights, exact, a row of units for each kind. */
size_t weights_known(const struct reading *r, char letter)
{
	return r->kinds[kind_of(letter)];
}

typedef int32_t kind_sums[WEIGHT_KINDS][UNITS_MAX];

static void sums_add(const struct weights *w, const struct slot *slot, kind_sums sums)
{
	int32_t *row = sums[slot->kind];
	const struct pair *p = &w->pairs[slot->first];
	for (uint32_t i = 0; i < slot->count; i++)
		row[p[i].unit] += p[i].weight;
}

static void sums_weigh(const struct weights *w, kind_sums sums, const double *says, double *units)
{
	memcpy(units, w->bias, w->unit_count * sizeof *units);
	for (size_t kind = 0; kind < WEIGHT_KINDS; kind++) {
		for (size_t u = 0; says[kind] > 0 && u < w->unit_count; u++)
			units[u] += says[kind] * sums[kind][u];
	}
}

void weights_sum(const struct weights *w, struct reading *r, double *units)
{
	kind_sums sums = {0};
	for (size_t kind = 0; kind < WEIGHT_KINDS; kind++)
		r->says[kind] = say_of(kind, r->kinds[kind]) / WEIGHT_ONE;
	for (size_t i = 0; i < r->count; i++) {
		if (!r->list[i].again)
			sums_add(w, &w->slots[r->list[i].slot], sums);
	}
	sums_weigh(w, sums, r->says, units);
}

/* Features of a pair of words count where they begin. */
void weights_by_sentence(struct reading *r, const struct words *words, struct arena *arena)
{
	int last = words->count ? words->list[words->count - 1].sentence : 0;
	r->sentences = arena_take(arena, ((size_t)last + 1) * sizeof *r->sentences);
	for (size_t i = 0; i < r->count; i++) {
		const struct feature *f = &r->list[i].where;
		if (f->in != words)
			continue;
		uint32_t *head = &r->sentences[words->list[f->first].sentence];
		r->list[i].next = *head;
		*head = (uint32_t)i + 1;
	}
}

void weights_sum_sentence(const struct weights *w, const struct reading *r, int sentence, double *units)
{
	kind_sums sums = {0};
	size_t count[WEIGHT_KINDS] = {0};
	double says[WEIGHT_KINDS];
	for (uint32_t i = r->sentences[sentence]; i; i = r->list[i - 1].next) {
		const struct slot *slot = &w->slots[r->list[i - 1].slot];
		count[slot->kind]++;
		sums_add(w, slot, sums);
	}
	for (size_t kind = 0; kind < WEIGHT_KINDS; kind++)
		says[kind] = say_of(kind, count[kind]) / WEIGHT_ONE;
	sums_weigh(w, sums, says, units);
}

void weights_share(const struct weights *w, const double *units, double *shares)
{
	size_t n = situations_count(w->situations);
	double best = -INFINITY, sum = 0;
	for (size_t s = 0; s < n; s++) {
		shares[s] = 0;
		for (const int *u = w->units[s]; *u >= 0; u++)
			shares[s] += units[*u];
		shares[s] /= w->temperature;
		best = shares[s] > best ? shares[s] : best;
	}
	for (size_t s = 0; s < n; s++)
		sum += shares[s] = exp(shares[s] - best);
	for (size_t s = 0; s < n; s++)
		shares[s] /= sum;
}

double weights_said(const struct weights *w, const struct reading *r, size_t i, const double *direction)
{
	const struct slot *slot = &w->slots[r->list[i].slot];
	const struct pair *p = &w->pairs[slot->first];
	double a = 0, b = 0; /* two sums side by side: one would wait for itself */
	uint32_t j = 0;
	for (; j + 1 < slot->count; j += 2) {
		a += direction[p[j].unit] * p[j].weight;
		b += direction[p[j + 1].unit] * p[j + 1].weight;
	}
	if (j < slot->count)
		a += direction[p[j].unit] * p[j].weight;
	return (a + b) * r->says[slot->kind];
}

int weights_says_most(const struct weights *w, const struct reading *r, size_t i, const double *direction)
{
	const struct slot *slot = &w->slots[r->list[i].slot];
	double most = 0;
	int unit = -1;
	for (size_t j = 0; j < slot->count; j++) {
		const struct pair *p = &w->pairs[slot->first + j];
		if (direction[p->unit] * p->weight > most) {
			most = direction[p->unit] * p->weight;
			unit = p->unit;
		}
	}
	return unit;
}

void weights_look(const struct weights *w, struct arena *arena, struct reading *out, struct feature_sink *sink)
{
	struct tally *t = arena_take(arena, sizeof *t);
	*out = (struct reading){0};
	*t = (struct tally){.w = w, .to = out, .arena = arena};
	t->seen = arena_take(arena, (w->slot_count / 64 + 1) * sizeof *t->seen);
	*sink = (struct feature_sink){take, t, false};
}

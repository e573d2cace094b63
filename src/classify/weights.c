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

#define ROW_WEIGHT_MAX 200 /* so that said_by() cannot overflow */

struct weights {
	const struct situations *situations;
	const char *names[UNITS_MAX];
	size_t unit_count;
	int units[SITUATIONS_MAX][SITUATION_FACTS_MAX + 1]; /* of each situation; ended by -1 */
	struct weighed *slots;
	uint64_t *hashes; /* of each slot, 0: free */
	uint8_t *tags; /* likewise a piece of it: most features are unknown, and look no further */
	size_t slot_count, used; /* slot_count: a power of two */
	struct pair {
		uint16_t unit;
		int16_t weight; /* in 1/WEIGHT_ONE */
	} *pairs;
	size_t pair_count, pair_room;
	int16_t *rows; /* of features that most units have a weight for: row_width each, no longer than their pairs */
	size_t row_width, row_count, row_room;
	bool numbered; /* the file said which unit has which number */
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
		for (size_t i = 0; i < one->fact_count; i++)
			w->units[s][i] = unit_of(w, facts_at(f, one->fact_list[i])->name);
	}
	for (size_t s = 0; s < situations_count(situations); s++) {
		const struct situation *one = situations_at(situations, s);
		w->units[s][one->fact_count] = unit_of(w, one->code);
		w->units[s][one->fact_count + 1] = -1;
	}
	w->row_width = (w->unit_count + 7) / 8 * 8;
	return w;
}

void weights_free(struct weights **w)
{
	if (!*w)
		return;
	free((*w)->slots);
	free((*w)->hashes);
	free((*w)->tags);
	free((*w)->pairs);
	free((*w)->rows);
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

const int *weights_units_of(const struct weights *w, size_t situation)
{
	return w->units[situation];
}

/* ---- the table */

static uint8_t tag_of(uint64_t hash)
{
	return (uint8_t)(hash >> 56 | 1);
}

static size_t slot_for(const struct weights *w, uint64_t hash)
{
	size_t at = (size_t)hash & (w->slot_count - 1);
	uint8_t tag = tag_of(hash);
	while (w->tags[at] && (w->tags[at] != tag || w->hashes[at] != hash))
		at = (at + 1) & (w->slot_count - 1);
	return at;
}

static void put_slot(struct weights *w, size_t at, uint64_t hash, struct weighed slot)
{
	w->slots[at] = slot;
	w->hashes[at] = hash;
	w->tags[at] = tag_of(hash);
}

static void make_room(struct weights *w)
{
	struct weighed *old = w->slots;
	uint64_t *hashes = w->hashes;
	size_t old_count = w->slot_count;
	if (2 * (w->used + 1) <= w->slot_count)
		return;
	w->slot_count = old_count ? 2 * old_count : 4096;
	w->slots = mem_zero(w->slot_count, sizeof *w->slots);
	free(w->tags);
	w->hashes = mem_zero(w->slot_count, sizeof *w->hashes);
	w->tags = mem_zero(w->slot_count, sizeof *w->tags);
	for (size_t i = 0; i < old_count; i++) {
		if (hashes[i])
			put_slot(w, slot_for(w, hashes[i]), hashes[i], old[i]);
	}
	free(hashes);
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

/* The pairs from `first` on, as they are or as a row, which is summed in long strides. */
static struct weighed weighed_of(struct weights *w, size_t first, uint8_t kind)
{
	struct weighed own = {(uint32_t)first, (uint16_t)(w->pair_count - first), kind, 2 * (w->pair_count - first) > w->row_width};
	for (size_t i = first; i < w->pair_count; i++)
		own.row &= abs(w->pairs[i].weight) <= ROW_WEIGHT_MAX;
	if (!own.row)
		return own;
	if (w->row_count == w->row_room) {
		w->row_room = w->row_room ? 2 * w->row_room : 1024;
		w->rows = mem_grow(w->rows, w->row_room * w->row_width, sizeof *w->rows);
	}
	own.first = (uint32_t)(w->row_count++ * w->row_width);
	memset(&w->rows[own.first], 0, w->row_width * sizeof *w->rows);
	for (size_t i = first; i < w->pair_count; i++)
		w->rows[own.first + w->pairs[i].unit] = w->pairs[i].weight;
	w->pair_count = first;
	return own;
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
		return w->numbered = check_units(k, w, tab + 1);
	if (!w->numbered)
		return check_say(k, "units", "must stand before the weights that go by their number"), false;
	if (str_equal(line, "bias"))
		return read_pairs(k, w, tab + 1, true);
	make_room(w);
	uint64_t hash = feature_hash(line, (size_t)(tab - line));
	size_t at = slot_for(w, hash), first = w->pair_count;
	if (w->tags[at])
		return check_say(k, line, "stands twice"), false;
	if (!read_pairs(k, w, tab + 1, false))
		return false;
	if (w->pair_count - first > UNITS_MAX)
		return check_say(k, line, "has more weights than there are units"), false;
	put_slot(w, at, hash, weighed_of(w, first, kind_of(line[0])));
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
	if (good && !w->numbered) {
		check_say(k, "units", "are missing: learn the weights again (`prontoctl charter learn`)");
		good = false;
	}
	free(copy);
	return good;
}

/* ---- scoring */

struct weighed weights_find(const struct weights *w, uint64_t hash)
{
	struct weighed none = {0};
	size_t at = w->slot_count ? slot_for(w, hash) : 0;
	return w->slot_count && w->tags[at] ? w->slots[at] : none;
}

struct tally {
	const struct weights *w;
	struct reading *to;
	struct arena *arena;
	size_t room;
	uint32_t *firsts; /* table by what is weighed: the first feature that has it, plus one */
	size_t first_room, distinct;
};

static bool is_same(struct weighed a, struct weighed b)
{
	return a.first == b.first && a.row == b.row;
}

static uint32_t *first_of(const struct tally *t, struct weighed one)
{
	size_t at = one.first * UINT32_C(2654435769) >> 8 & (t->first_room - 1);
	while (t->firsts[at] && !is_same(t->to->list[t->firsts[at] - 1].weighed, one))
		at = (at + 1) & (t->first_room - 1);
	return &t->firsts[at];
}

static void grow_firsts(struct tally *t)
{
	t->first_room = t->first_room ? 4 * t->first_room : 1024;
	t->firsts = arena_take(t->arena, t->first_room * sizeof *t->firsts);
	for (size_t i = 0; i < t->to->count; i++) {
		if (t->to->list[i].same == i)
			*first_of(t, t->to->list[i].weighed) = (uint32_t)i + 1;
	}
}

static void grow_list(struct tally *t)
{
	struct known_feature *old = t->to->list;
	t->room = t->room ? 2 * t->room : 512;
	t->to->list = arena_take(t->arena, t->room * sizeof *old);
	if (old)
		memcpy(t->to->list, old, t->to->count * sizeof *old);
}

/* It is wanted as soon as all features are known. */
static void prefetch(const struct weights *w, const struct weighed *one)
{
	const char *at = one->row ? (const char *)&w->rows[one->first] : (const char *)&w->pairs[one->first];
	__builtin_prefetch(at);
	if (one->row)
		__builtin_prefetch(at + 64);
}

static void take(void *ctx, const struct feature *f, const char *name, size_t length)
{
	struct tally *t = ctx;
	struct reading *r = t->to;
	(void)name;
	(void)length;
	if (r->count == t->room)
		grow_list(t);
	if (2 * t->distinct >= t->first_room)
		grow_firsts(t);
	uint32_t *first = first_of(t, f->weighed);
	if (!*first) {
		*first = (uint32_t)r->count + 1;
		t->distinct++;
		r->kinds[f->weighed.kind]++;
		prefetch(t->w, &f->weighed);
	}
	r->list[r->count++] = (struct known_feature){.in = f->in,
						     .first = (uint32_t)f->first,
						     .last = (uint32_t)f->last,
						     .fact = f->fact,
						     .weighed = f->weighed,
						     .same = *first - 1};
}

/* Sums of whole weights, exact, a row of units for each kind. */
size_t weights_known(const struct reading *r, char letter)
{
	return r->kinds[kind_of(letter)];
}

typedef int32_t kind_sums[WEIGHT_KINDS][UNITS_MAX];

static void sums_add(const struct weights *w, const struct weighed *slot, kind_sums sums)
{
	int32_t *row = sums[slot->kind];
	const int16_t *all = &w->rows[slot->row ? slot->first : 0];
	if (slot->row) {
		for (size_t u = 0; u < w->row_width; u++)
			row[u] += all[u];
		return;
	}
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
		if (r->list[i].same == i)
			sums_add(w, &r->list[i].weighed, sums);
	}
	sums_weigh(w, sums, r->says, units);
}

/* Features of a pair of words count where they begin. */
void weights_by_sentence(struct reading *r, const struct words *words, struct arena *arena)
{
	int last = words->count ? words->list[words->count - 1].sentence : 0;
	r->sentences = arena_take(arena, ((size_t)last + 1) * sizeof *r->sentences);
	for (size_t i = 0; i < r->count; i++) {
		const struct known_feature *f = &r->list[i];
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
		const struct weighed *slot = &r->list[i - 1].weighed;
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

#define LOW_BITS 14
struct split { /* a direction in halves of 16 bits, whose products are summed eight at a time */
	int16_t high[UNITS_MAX], low[UNITS_MAX];
};

/* At most UNITS_MAX products of 2^14 and ROW_WEIGHT_MAX: each sum fits. */
static int64_t said_by_row(const int16_t *row, size_t width, const struct split *d)
{
	int32_t high = 0, low = 0;
	for (size_t u = 0; u < width; u++) {
		high += row[u] * d->high[u];
		low += row[u] * d->low[u];
	}
	return (int64_t)high * (1 << LOW_BITS) + low;
}

static double said_by(const struct weights *w, const struct reading *r, size_t i, const int32_t *direction,
		      const struct split *split)
{
	const struct weighed *one = &r->list[i].weighed;
	int64_t sum = 0;
	if (one->row)
		sum = said_by_row(&w->rows[one->first], w->row_width, split);
	for (uint32_t j = 0; !one->row && j < one->count; j++)
		sum += (int64_t)direction[w->pairs[one->first + j].unit] * w->pairs[one->first + j].weight;
	return (double)sum * r->says[one->kind] / DIRECTION_ONE;
}

double *weights_said(const struct weights *w, const struct reading *r, const int32_t *direction, struct arena *arena)
{
	double *said = arena_take(arena, (r->count + 1) * sizeof *said);
	struct split split = {0};
	for (size_t u = 0; u < w->unit_count; u++) {
		split.low[u] = (int16_t)(direction[u] & ((1 << LOW_BITS) - 1));
		split.high[u] = (int16_t)((direction[u] - split.low[u]) / (1 << LOW_BITS));
	}
	for (size_t i = 0; i < r->count; i++)
		said[i] = r->list[i].same == i ? said_by(w, r, i, direction, &split) : said[r->list[i].same];
	return said;
}

void weights_look(const struct weights *w, struct arena *arena, struct reading *out, struct feature_sink *sink)
{
	struct tally *t = arena_take(arena, sizeof *t);
	*out = (struct reading){0};
	*t = (struct tally){.w = w, .to = out, .arena = arena};
	*sink = (struct feature_sink){.take = take, .ctx = t, .weights = w};
}

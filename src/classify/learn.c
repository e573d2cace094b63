/*
 * Learns the weights from labelled reports: softmax regression over situations whose score is the sum
 * of their facts' (weights.c), with a ridge, by L-BFGS in a fixed order, so that the same corpus gives
 * the same file. Features seen once are left out: no weight can remember one sentence.
 * Source: Nocedal and Wright, Numerical Optimization, 2nd ed., algorithm 7.4; Guo et al. 2017 (temperature).
 */
#include "room.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEEN_MIN 2
#define ROUNDS 110      /* of the optimiser at most */
#define MEMORY 6        /* earlier steps it remembers */
#define RIDGE 0.3       /* how strongly weights are pulled to nought */
#define PRUNE 2         /* weights below, in 1/WEIGHT_ONE, are not written */

struct lesson {
	int situation;
	const struct charter *charter;
	size_t *features; /* distinct */
	float *values;    /* of each, once it is known which are kept */
	size_t count;
};

struct name {
	char *text;
	uint64_t hash;
	size_t seen;   /* lessons that have it */
	size_t last;   /* lesson that counted it last */
	size_t number; /* among those kept; SIZE_MAX: left out */
};

struct learner {
	struct classify *classify;
	struct weights *units; /* for their numbering */
	struct name *names;
	size_t name_count, name_room;
	size_t *table, table_count; /* hash -> name + 1 */
	struct lesson *lessons;
	size_t lesson_count;
	size_t kept, unit_count;
	size_t room;   /* numbers in a point: a weight for each kept feature and unit, then the bias of each unit */
	float *point;
};

/* ---- reading the corpus */

static size_t find_name(struct learner *l, uint64_t hash)
{
	size_t at = (size_t)hash & (l->table_count - 1);
	while (l->table[at] && l->names[l->table[at] - 1].hash != hash)
		at = (at + 1) & (l->table_count - 1);
	return at;
}

static void grow_table(struct learner *l)
{
	if (2 * (l->name_count + 1) <= l->table_count)
		return;
	free(l->table);
	l->table_count = l->table_count ? 2 * l->table_count : 1 << 16;
	l->table = mem_zero(l->table_count, sizeof *l->table);
	for (size_t i = 0; i < l->name_count; i++)
		l->table[find_name(l, l->names[i].hash)] = i + 1;
}

static void take(void *ctx, const struct feature *f, const char *name, size_t length)
{
	struct learner *l = ctx;
	struct lesson *lesson = &l->lessons[l->lesson_count];
	uint64_t hash = feature_hash(name, length);
	(void)f;
	grow_table(l);
	size_t at = find_name(l, hash);
	if (!l->table[at]) {
		if (l->name_count == l->name_room) {
			l->name_room = l->name_room ? 2 * l->name_room : 65536;
			l->names = mem_grow(l->names, l->name_room, sizeof *l->names);
		}
		l->names[l->name_count++] = (struct name){.text = mem_strn(name, length), .hash = hash, .last = SIZE_MAX};
		l->table[at] = l->name_count;
	}
	struct name *n = &l->names[l->table[at] - 1];
	if (n->last == l->lesson_count)
		return;
	n->last = l->lesson_count;
	n->seen++;
	lesson->features = mem_grow(lesson->features, lesson->count + 1, sizeof *lesson->features);
	lesson->features[lesson->count++] = l->table[at] - 1;
}

static bool add_lesson(struct learner *l, const struct js *o, struct arena *arena, struct problem *p)
{
	const char *situation = js_find_str(o, "situation"), *code = js_find_str(o, "charter"), *text = js_find_str(o, "text");
	const struct charter *charter = code ? classify_charter(l->classify, code) : NULL;
	int number = situation ? situations_find(classify_situations(l->classify), situation) : -1;
	if (number < 0 || !charter || !text)
		return problem_set(p, PROBLEM_INPUT, "", "needs a situation, a charter and a text that are known");
	struct text_read t;
	struct feature_sink sink = {.take = take, .ctx = l, .spelt = true};
	l->lessons = mem_grow(l->lessons, l->lesson_count + 1, sizeof *l->lessons);
	l->lessons[l->lesson_count] = (struct lesson){.situation = number, .charter = charter};
	read_text(l->classify, js_find_str(o, "subject"), text, arena, &t);
	read_features(l->classify, charter, js_find_str(o, "channel"), &t, &sink);
	l->lesson_count++;
	return true;
}

static bool read_corpus(struct learner *l, const char *path, struct problem *p)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t room = 0, number = 0;
	bool good = true;
	if (!file)
		return problem_set(p, PROBLEM_NOT_FOUND, "", "%s: cannot be read", path);
	while (good && getline(&line, &room, file) > 0) {
		number++;
		struct js *o = js_parse(line, strlen(line), p);
		struct arena *arena = arena_new();
		good = o && add_lesson(l, o, arena, p);
		arena_free(&arena);
		js_free(&o);
	}
	if (!good)
		problem_prefix(p, "%s: line %zu", path, number);
	free(line);
	fclose(file);
	return good;
}

/* ---- learning */

static void keep_names(struct learner *l)
{
	for (size_t i = 0; i < l->name_count; i++)
		l->names[i].number = l->names[i].seen >= SEEN_MIN ? l->kept++ : SIZE_MAX;
	l->unit_count = weights_unit_count(l->units);
	l->room = (l->kept + 1) * l->unit_count;
	l->point = mem_zero(l->room, sizeof *l->point);
}

/* As weights_sum() will see them: only features that are kept, each kind sharing its own say. */
static void set_values(const struct learner *l, struct lesson *one)
{
	size_t kinds[256] = {0}, kept = 0;
	one->values = mem_zero(one->count + 1, sizeof *one->values);
	for (size_t i = 0; i < one->count; i++) {
		const struct name *n = &l->names[one->features[i]];
		if (n->number == SIZE_MAX)
			continue;
		kinds[(unsigned char)n->text[0]]++;
		one->features[kept++] = one->features[i];
	}
	one->count = kept;
	for (size_t i = 0; i < kept; i++) {
		char kind = l->names[one->features[i]].text[0];
		one->values[i] = (float)feature_say(kind, kinds[(unsigned char)kind]);
	}
}

static void scores_of(const struct learner *l, const float *point, const struct lesson *one, double *units)
{
	float sums[UNITS_MAX];
	memcpy(sums, point + l->kept * l->unit_count, l->unit_count * sizeof *sums);
	for (size_t i = 0; i < one->count; i++) {
		const float *w = point + l->names[one->features[i]].number * l->unit_count, value = one->values[i];
		for (size_t u = 0; u < l->unit_count; u++)
			sums[u] += value * w[u];
	}
	for (size_t u = 0; u < l->unit_count; u++)
		units[u] = (double)sums[u];
}

/* Adds one lesson's part of the gradient; returns its surprise. */
static double visit(const struct learner *l, const float *point, const struct lesson *one, float *gradient)
{
	double units[UNITS_MAX], shares[SITUATIONS_MAX];
	float part[UNITS_MAX] = {0};
	scores_of(l, point, one, units);
	weights_share(l->units, units, shares);
	for (size_t s = 0; s < situations_count(classify_situations(l->classify)); s++) {
		float g = (float)shares[s] - ((int)s == one->situation ? 1 : 0);
		for (const int *u = weights_units_of(l->units, s); *u >= 0; u++)
			part[*u] += g;
	}
	for (size_t i = 0; i < one->count; i++) {
		float *g = gradient + l->names[one->features[i]].number * l->unit_count, value = one->values[i];
		for (size_t u = 0; u < l->unit_count; u++)
			g[u] += value * part[u];
	}
	for (size_t u = 0; u < l->unit_count; u++)
		gradient[l->kept * l->unit_count + u] += part[u];
	return -log(shares[one->situation] + 1e-12);
}

struct job {
	const struct learner *learner;
	size_t count; /* lessons to learn from */
};

/* What is to be made small, and its slope. */
static double cost(const struct job *job, const float *point, float *gradient)
{
	const struct learner *l = job->learner;
	double sum = 0;
	size_t ridged = l->kept * l->unit_count;
	for (size_t i = 0; i < l->room; i++)
		gradient[i] = i < ridged ? (float)RIDGE * point[i] : 0;
	for (size_t i = 0; i < ridged; i++)
		sum += RIDGE / 2 * (double)point[i] * (double)point[i];
	for (size_t i = 0; i < job->count; i++)
		sum += visit(l, point, &l->lessons[i], gradient);
	return sum;
}

static double dot(const float *a, const float *b, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (double)a[i] * (double)b[i];
	return sum;
}

struct memory { /* of the last steps: where they went and how the slope changed */
	float *step[MEMORY], *bend[MEMORY];
	double rho[MEMORY];
	size_t count; /* of all steps so far; the newest stands at (count - 1) % MEMORY */
};

/* Two-loop recursion: turns the slope into a way to go. */
static void way_of(const struct memory *m, const float *slope, float *way, size_t n)
{
	double alpha[MEMORY];
	size_t known = m->count < MEMORY ? m->count : MEMORY;
	for (size_t i = 0; i < n; i++)
		way[i] = -slope[i];
	for (size_t k = 0; k < known; k++) {
		size_t at = (m->count - 1 - k) % MEMORY;
		alpha[at] = m->rho[at] * dot(m->step[at], way, n);
		for (size_t i = 0; i < n; i++)
			way[i] -= (float)alpha[at] * m->bend[at][i];
	}
	if (known) {
		size_t at = (m->count - 1) % MEMORY;
		float scale = (float)(1 / (m->rho[at] * dot(m->bend[at], m->bend[at], n)));
		for (size_t i = 0; i < n; i++)
			way[i] *= scale;
	}
	for (size_t k = known; k-- > 0;) {
		size_t at = (m->count - 1 - k) % MEMORY;
		float beta = (float)(alpha[at] - m->rho[at] * dot(m->bend[at], way, n));
		for (size_t i = 0; i < n; i++)
			way[i] += beta * m->step[at][i];
	}
}

/* Remembers a step unless it bent the wrong way. */
static void remember(struct memory *m, const float *from, const float *to, const float *slope, const float *next, size_t n)
{
	size_t at = m->count % MEMORY;
	for (size_t i = 0; i < n; i++) {
		m->step[at][i] = to[i] - from[i];
		m->bend[at][i] = next[i] - slope[i];
	}
	double both = dot(m->step[at], m->bend[at], n);
	if (both <= 1e-10)
		return;
	m->rho[at] = 1 / both;
	m->count++;
}

/* Goes along `way` until the cost falls as a slope that steep promises (Armijo); false if it never does. */
static bool go(const struct job *job, float *point, const float *slope, const float *way, double *now, float *to, float *next)
{
	size_t n = job->learner->room;
	double steep = dot(slope, way, n), length = 1;
	for (int i = 0; i < 20; i++, length /= 2) {
		for (size_t j = 0; j < n; j++)
			to[j] = point[j] + (float)length * way[j];
		double then = cost(job, to, next);
		if (then <= *now + 1e-4 * length * steep) {
			*now = then;
			return true;
		}
	}
	return false;
}

static void learn(struct learner *l, size_t count)
{
	struct job job = {l, count};
	struct memory m = {0};
	size_t n = l->room;
	float *slope = mem_zero(n, sizeof *slope), *way = mem_zero(n, sizeof *way);
	float *to = mem_zero(n, sizeof *to), *next = mem_zero(n, sizeof *next);
	for (int i = 0; i < MEMORY; i++) {
		m.step[i] = mem_zero(n, sizeof(float));
		m.bend[i] = mem_zero(n, sizeof(float));
	}
	double now = cost(&job, l->point, slope);
	for (int round = 0; round < ROUNDS; round++) {
		double before = now;
		way_of(&m, slope, way, n);
		if (!round) { /* nothing is known of the land yet: a careful first step */
			float first = (float)(1 / sqrt(dot(slope, slope, n)));
			for (size_t i = 0; i < n; i++)
				way[i] *= first;
		}
		if (!go(&job, l->point, slope, way, &now, to, next) || before - now < 1e-6 * before)
			break;
		remember(&m, l->point, to, slope, next, n);
		memcpy(l->point, to, n * sizeof *to);
		memcpy(slope, next, n * sizeof *next);
	}
	for (int i = 0; i < MEMORY; i++) {
		free(m.step[i]);
		free(m.bend[i]);
	}
	free(slope);
	free(way);
	free(to);
	free(next);
}

/* Surprise at the lessons kept for tuning, per lesson, when scores are divided by this. */
static double surprise(const struct learner *l, size_t from, double temperature)
{
	double sum = 0, units[UNITS_MAX], shares[SITUATIONS_MAX];
	for (size_t i = from; i < l->lesson_count; i++) {
		scores_of(l, l->point, &l->lessons[i], units);
		for (size_t u = 0; u < l->unit_count; u++)
			units[u] /= temperature;
		weights_share(l->units, units, shares);
		sum -= log(shares[l->lessons[i].situation] + 1e-9);
	}
	return sum;
}

static double best_temperature(const struct learner *l, size_t from)
{
	double best = 1, least = INFINITY;
	for (double t = 0.5; t <= 4 && from < l->lesson_count; t += 0.05) {
		double s = surprise(l, from, t);
		if (s < least) {
			least = s;
			best = t;
		}
	}
	return best;
}

/* ---- writing */

static const struct learner *sorting;
static int by_name(const void *a, const void *b)
{
	return strcmp(sorting->names[*(const size_t *)a].text, sorting->names[*(const size_t *)b].text);
}

static size_t write_units(const struct learner *l, const float *list, struct str *to)
{
	size_t count = 0;
	for (size_t u = 0; u < l->unit_count; u++) {
		long weight = lroundf(list[u] * WEIGHT_ONE);
		if (labs(weight) >= PRUNE)
			str_addf(to, "%s%zu:%ld", count++ ? " " : "\t", u, weight);
	}
	return count;
}

static void write_weights(const struct learner *l, double temperature, struct str *to)
{
	size_t *order = mem_zero(l->name_count + 1, sizeof *order), count = 0;
	for (size_t i = 0; i < l->name_count; i++) {
		if (l->names[i].number != SIZE_MAX)
			order[count++] = i;
	}
	sorting = l;
	qsort(order, count, sizeof *order, by_name);
	str_add(to, "# learned by `prontoctl charter learn` from tests/eval/corpus; not to be edited\n");
	str_add(to, "units");
	for (size_t u = 0; u < l->unit_count; u++)
		str_addf(to, "%c%s", u ? ' ' : '\t', weights_unit(l->units, u));
	str_addf(to, "\ntemperature\t%.2f\nbias", temperature);
	write_units(l, l->point + l->kept * l->unit_count, to);
	str_addc(to, '\n');
	for (size_t i = 0; i < count; i++) {
		const struct name *n = &l->names[order[i]];
		size_t before = to->length;
		str_add(to, n->text);
		if (!write_units(l, l->point + n->number * l->unit_count, to))
			to->length = before, to->data[before] = '\0';
		else
			str_addc(to, '\n');
	}
	free(order);
}

static void learner_fini(struct learner *l)
{
	for (size_t i = 0; i < l->name_count; i++)
		free(l->names[i].text);
	for (size_t i = 0; i < l->lesson_count; i++) {
		free(l->lessons[i].features);
		free(l->lessons[i].values);
	}
	free(l->names);
	free(l->table);
	free(l->lessons);
	free(l->point);
	weights_free(&l->units);
	classify_free(&l->classify);
}

static bool read_all(struct learner *l, const char *const *paths, struct problem *p)
{
	bool good = true;
	for (size_t i = 0; good && paths[i]; i++)
		good = read_corpus(l, paths[i], p);
	return good;
}

/* First from `build` alone, to see on `tune` how sure the shares may be; then from both: what was kept aside to judge
 * by need not be wasted. */
static void learn_all(struct learner *l, size_t built, struct str *to)
{
	keep_names(l);
	for (size_t i = 0; i < l->lesson_count; i++)
		set_values(l, &l->lessons[i]);
	learn(l, built);
	double temperature = best_temperature(l, built);
	if (built < l->lesson_count)
		learn(l, l->lesson_count);
	write_weights(l, temperature, to);
}

bool classify_learn(const char *dir, const char *const *build, const char *const *tune, struct str *to, struct problem *p)
{
	struct learner l = {.classify = classify_open_unlearned(dir, p)};
	if (!l.classify)
		return false;
	l.units = weights_new(classify_situations(l.classify), classify_facts(l.classify));
	bool good = read_all(&l, build, p);
	size_t built = l.lesson_count;
	good = good && read_all(&l, tune, p);
	if (good)
		learn_all(&l, built, to);
	learner_fini(&l);
	return good;
}

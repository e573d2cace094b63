/*
 * What reading a report costs: classifications of 300-byte reports a second on one core, the time that a
 * 4 KiB e-mail takes, and the memory of texts far too long. The texts are people's own, joined or cut to
 * length. Prints one line of JSON; times of the clock and of the processor, since a machine may be shared.
 *
 *     bench_triage CHARTERS-FOLDER CORPUS.jsonl...
 */
#include "base/mem.h"
#include "base/str.h"
#include "classify.h"
#include "wire/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define SHORT_BYTES 300
#define MAIL_BYTES 4096
#define SHORT_SECONDS 3.0
#define MAIL_ROUNDS 20

struct sample {
	const struct charter *charter;
	char *subject, *text;
};
struct samples {
	struct sample *list;
	size_t count;
};

static double seconds_of(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long peak_kib(void)
{
	struct rusage used;
	getrusage(RUSAGE_SELF, &used);
	return used.ru_maxrss;
}

/* Cuts to so many bytes, on a whole character. */
static void cut_to(struct str *text, size_t bytes)
{
	while (bytes && ((unsigned char)text->data[bytes] & 0xC0) == 0x80)
		bytes--;
	text->data[text->length = bytes] = '\0';
}

/* Reports of one charter joined until they fill so many bytes. */
struct builder {
	struct str text;
	char *subject;
};

static void add_text(struct samples *to, const struct charter *charter, struct builder *b, const char *text, size_t bytes)
{
	if (!b->subject) {
		struct str head = {0};
		str_add(&head, text);
		if (head.length > 60)
			cut_to(&head, 60);
		b->subject = mem_str(str_text(&head));
		str_fini(&head);
	}
	if (b->text.length)
		str_addc(&b->text, '\n');
	str_add(&b->text, text);
	if (b->text.length < bytes)
		return;
	cut_to(&b->text, bytes);
	to->list = mem_grow(to->list, to->count + 1, sizeof *to->list);
	to->list[to->count++] = (struct sample){charter, b->subject, mem_str(str_text(&b->text))};
	b->subject = NULL;
	str_clear(&b->text);
}

static void read_corpus(const struct classify *c, const char *path, struct samples *reports, struct samples *mails)
{
	const struct charter *const *charters;
	size_t charter_count = classify_charters(c, &charters), room = 0;
	struct builder *builders = mem_zero(2 * charter_count, sizeof *builders);
	FILE *file = fopen(path, "r");
	char *line = NULL;
	if (!file) {
		fprintf(stderr, "bench_triage: %s cannot be read\n", path);
		exit(1);
	}
	while (getline(&line, &room, file) > 0) {
		struct problem p = {0};
		struct js *o = js_parse(line, strlen(line), &p);
		const char *code = js_find_str(o, "charter"), *text = js_find_str(o, "text");
		for (size_t i = 0; code && text && i < charter_count; i++) {
			if (!str_equal(charters[i]->code, code))
				continue;
			add_text(reports, charters[i], &builders[2 * i], text, SHORT_BYTES);
			add_text(mails, charters[i], &builders[2 * i + 1], text, MAIL_BYTES);
		}
		js_free(&o);
	}
	for (size_t i = 0; i < 2 * charter_count; i++) {
		free(builders[i].subject);
		str_fini(&builders[i].text);
	}
	free(builders);
	free(line);
	fclose(file);
}

static void classify_one(const struct classify *c, const struct sample *s, const char *channel, const char *subject)
{
	struct arena *arena = arena_new();
	struct classify_answer a;
	classify_text(c, s->charter, channel, subject, s->text, arena, &a);
	arena_free(&arena);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void bench_reports(const struct classify *c, const struct samples *s)
{
	size_t done = 0;
	double first = seconds_of(CLOCK_PROCESS_CPUTIME_ID); /* once, while words are met for the first time */
	for (size_t i = 0; i < s->count; i++)
		classify_one(c, &s->list[i], "web", NULL);
	double new_rate = (double)s->count / (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - first);
	double begun = seconds_of(CLOCK_MONOTONIC), cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
	while (seconds_of(CLOCK_MONOTONIC) - begun < SHORT_SECONDS) {
		for (size_t i = 0; i < s->count; i++)
			classify_one(c, &s->list[i], "web", NULL);
		done += s->count;
	}
	printf("{\"reports\": %zu, \"rate\": %.0f, \"cpu_rate\": %.0f, \"new_rate\": %.0f", s->count,
	       (double)done / (seconds_of(CLOCK_MONOTONIC) - begun),
	       (double)done / (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu), new_rate);
}

static void bench_mails(const struct classify *c, const struct samples *s)
{
	size_t count = 0;
	double *clock = mem_zero(s->count * MAIL_ROUNDS, sizeof *clock), *cpu = mem_zero(s->count * MAIL_ROUNDS, sizeof *cpu);
	for (int round = 0; round < MAIL_ROUNDS; round++) {
		for (size_t i = 0; i < s->count; i++, count++) {
			double begun = seconds_of(CLOCK_MONOTONIC), used = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
			classify_one(c, &s->list[i], "email", s->list[i].subject);
			cpu[count] = (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - used) * 1e6;
			clock[count] = (seconds_of(CLOCK_MONOTONIC) - begun) * 1e6;
		}
	}
	qsort(clock, count, sizeof *clock, by_value);
	qsort(cpu, count, sizeof *cpu, by_value);
	printf(", \"mails\": %zu, \"p50_us\": %.0f, \"p99_us\": %.0f, \"cpu_p50_us\": %.0f, \"cpu_p99_us\": %.0f", s->count,
	       clock[count / 2], clock[count * 99 / 100], cpu[count / 2], cpu[count * 99 / 100]);
	free(clock);
	free(cpu);
}

/* The same texts over and over, up to so many bytes: the peak is the process's own, above the text itself. */
static void bench_memory(const struct classify *c, const struct samples *s, size_t mib)
{
	struct str text = {0};
	for (size_t i = 0; text.length < mib << 20; i++) {
		str_add(&text, s->list[i % s->count].text);
		str_addc(&text, '\n');
	}
	cut_to(&text, mib << 20);
	long before = peak_kib();
	struct arena *arena = arena_new();
	struct classify_answer a;
	double begun = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
	classify_text(c, s->list[0].charter, "email", NULL, str_text(&text), arena, &a);
	printf(", \"mib_%zu\": {\"arena_kib\": %zu, \"peak_growth_kib\": %ld, \"cpu_ms\": %.1f}", mib, arena_bytes(arena) >> 10,
	       peak_kib() - before, (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - begun) * 1e3);
	arena_free(&arena);
	str_fini(&text);
}

static void free_samples(struct samples *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->list[i].subject);
		free(s->list[i].text);
	}
	free(s->list);
}

int main(int argc, char **argv)
{
	struct samples reports = {0}, mails = {0};
	struct problem p = {0};
	struct classify *c = argc > 2 ? classify_open(argv[1], &p) : NULL;
	if (!c) {
		fprintf(stderr, "%s\n", argc > 2 ? p.text : "bench_triage CHARTERS-FOLDER CORPUS.jsonl...");
		return 1;
	}
	for (int i = 2; i < argc; i++)
		read_corpus(c, argv[i], &reports, &mails);
	if (!reports.count || !mails.count) {
		fprintf(stderr, "bench_triage: too few texts\n");
		return 1;
	}
	bench_reports(c, &reports);
	bench_mails(c, &mails);
	bench_memory(c, &mails, 1);
	bench_memory(c, &mails, 16);
	printf("}\n");
	free_samples(&reports);
	free_samples(&mails);
	classify_free(&c);
	return 0;
}

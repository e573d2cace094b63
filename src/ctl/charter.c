/*
 * prontoctl charter check [FILE...]: validates charter files, all complaints, and prints their rows and
 * classes. Without a file: every charter of the folder.
 * prontoctl charter learn [--tune FILE]... [-o WEIGHTS] FILE...: the weights of words, from labelled
 * reports, into WEIGHTS (else the folder's weights.tsv).
 */
#include "ctl.h"

#include "classify.h"

#include "base/file.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_when(const struct target_condition *when)
{
	bool by_night = when->is == WHEN_NIGHT || when->is == WHEN_NIGHT_OR_HOLIDAY;
	if (when->is != WHEN_ALWAYS)
		printf(", %s", target_when_name(when->is));
	if (by_night)
		printf(" %02d:%02d-%02d:%02d", when->night_from / 60, when->night_from % 60, when->night_to / 60,
		       when->night_to % 60);
}

static void print_class(const struct charter_class *class)
{
	printf("  class %s (rank %d): %s\n", class->code, class->urgency_rank, class->label_it);
	for (size_t i = 0; i < class->target_count; i++) {
		const struct charter_target *t = &class->targets[i];
		printf("    %-17s %s, from %s%s%s%s%s", target_kind_name(t->kind), t->rule, target_start_name(t->start),
		       t->source == SOURCE_NATIONAL ? ", national" : "", t->assumed ? ", assumed" : "",
		       t->dangers ? ", dangers " : "", t->dangers ? t->dangers : "");
		print_when(&t->when);
		printf("%s%s%s%s\n", t->valid_from ? ", since " : "", t->valid_from ? t->valid_from : "",
		       t->valid_to ? ", until " : "", t->valid_to ? t->valid_to : "");
	}
}

static void print_row(const struct charter_row *row)
{
	static const char *const sources[] = {"printed", "restored", "inferred"};
	printf("  row %-5s %-9s %-8s %.2f  %s\n", row->code, row->class_code, sources[row->class_source], row->certainty,
	       row->text);
}

static void print_charter(const struct charter *c)
{
	printf("%s: %s (%s), %s, from %s%s%s\n", c->code, c->name, c->source, c->edition, c->valid_from,
	       c->valid_to ? " to " : "", c->valid_to ? c->valid_to : "");
	for (size_t i = 0; i < c->class_count; i++)
		print_class(&c->classes[i]);
	for (size_t i = 0; i < c->row_count; i++)
		print_row(&c->rows[i]);
}

static classify_show_fn on_charter;
static void on_charter(void *ctx, const struct charter *charter)
{
	(void)ctx;
	print_charter(charter);
}

static int check_files(const char *dir, int count, char **files)
{
	struct str complaints = {0};
	bool good = true;
	for (int i = 0; i < count; i++) {
		good = classify_check_file(dir, files[i], &complaints, on_charter, NULL) && good;
	}
	fputs(str_text(&complaints), stderr);
	str_fini(&complaints);
	return good ? 0 : 1;
}

int ctl_charter_check(const struct ctl *ctl, int argc, char **argv)
{
	const char *dir = ctl_charters_dir(ctl);
	if (argc > 1 && argv[1][0] == '-')
		return ctl_usage("prontoctl charter check [FILE...]");
	if (argc > 1)
		return check_files(dir, argc - 1, argv + 1);
	struct problem p = {0};
	struct classify *c = classify_open(dir, &p);
	if (!c)
		return ctl_failed(&p);
	const struct charter *const *list;
	size_t count = classify_editions(c, &list);
	for (size_t i = 0; i < count; i++)
		print_charter(list[i]);
	classify_free(&c);
	return 0;
}

#define LEARN_USAGE "prontoctl charter learn [--tune FILE]... [-o WEIGHTS] FILE..."

static int learn(const char *dir, const char *const *build, const char *const *tune, const char *to)
{
	struct problem p = {0};
	struct str weights = {0}, path = {0};
	str_addf(&path, "%s/weights.tsv", dir);
	bool good = classify_learn(dir, build, tune, &weights, &p) &&
		    file_write(to ? to : str_text(&path), &weights, &p);
	str_fini(&weights);
	str_fini(&path);
	return good ? 0 : ctl_failed(&p);
}

int ctl_charter_learn(const struct ctl *ctl, int argc, char **argv)
{
	const char **build = mem_zero((size_t)argc + 1, sizeof *build), **tune = mem_zero((size_t)argc + 1, sizeof *tune);
	const char *to = NULL;
	size_t built = 0, tuned = 0;
	bool good = true;
	for (int i = 1; i < argc && good; i++) {
		bool is_tune = strcmp(argv[i], "--tune") == 0, is_out = strcmp(argv[i], "-o") == 0;
		good = (argv[i][0] != '-' || is_tune || is_out) && (!(is_tune || is_out) || i + 1 < argc);
		if (!good)
			break;
		if (is_out)
			to = argv[++i];
		else if (is_tune)
			tune[tuned++] = argv[++i];
		else
			build[built++] = argv[i];
	}
	int status = good && built ? learn(ctl_charters_dir(ctl), build, tune, to) : ctl_usage(LEARN_USAGE);
	free(build);
	free(tune);
	return status;
}

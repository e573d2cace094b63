/*
 * prontoctl: a table of subcommands, each a function over a room (src/ctl/). Here: finding the
 * subcommand, --help, --version, -c FILE, and the exit codes 0 good, 1 the work failed, 2 wrong
 * usage.
 */
#include "ctl/ctl.h"

#include "base/log.h"
#include "base/str.h"
#include "beside.h"
#include "wire/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One line each; the words of a nested subcommand are separated by one blank. */
static const struct command {
	const char *words, *arguments;
	ctl_fn *run;
} commands[] = {
    {"migrate", "[--status]", ctl_migrate},
    {"load", "FILE.json", ctl_load},
    {"charter check", "[FILE...]", ctl_charter_check},
    {"charter learn", "[--tune FILE]... [-o WEIGHTS] FILE...", ctl_charter_learn},
    {"classify", "--charter C [--channel phone|email|web] [--subject S] (--text T | --jsonl)",
     ctl_classify},
    {"due",
     "--charter C --class K [--row R] --from INSTANT [--verified INSTANT] [--pauses FILE] [--all] "
     "[--explain] [--edition E] [--danger a-d] [--municipality M] [--protocol INSTANT] "
     "[--interruption INSTANT] [--ring INSTANT] [--arrived INSTANT] [--made-safe INSTANT] "
     "[--at INSTANT [--stopped INSTANT]]",
     ctl_due},
    {"mail parse", "< MESSAGE", ctl_mail_parse},
    {"map build", "IN.osm.pbf... -o OUT.map", ctl_map_build},
    {"map info", "MAP", ctl_map_info},
    {"map eta", "MAP --to LAT,LON [--closed FILE] [--profile normal|peak|night|snow]  < ORIGINS",
     ctl_map_eta},
    {"map route",
     "MAP --from LAT,LON --to LAT,LON [--closed FILE] [--profile normal|peak|night|snow]",
     ctl_map_route},
    {"map geocode", "MAP [--near LAT,LON] (QUERY | --lines)", ctl_map_geocode},
    {"map reverse", "MAP LAT,LON", ctl_map_reverse},
    {"map addresses", "MAP", ctl_map_addresses},
    {"states", "--dot", ctl_states},
    {"user", "add|list|disable|password ...", ctl_user},
};
#define COMMANDS (sizeof commands / sizeof commands[0])

static void print_help(void)
{
	puts("prontoctl: everything about prontod but serving\n\n"
	     "  prontoctl [-c FILE] SUBCOMMAND [ARGUMENTS]\n");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  prontoctl %s %s\n", commands[i].words, commands[i].arguments);
	puts("\n  --help      this, or a subcommand's line when it follows one\n"
	     "  --version   the version\n"
	     "  -c FILE     configuration; else $PRONTOD_CONFIG, ./prontod.conf, "
	     "/etc/prontod/prontod.conf\n\n"
	     "Results on standard output, errors on standard error.\n"
	     "Exit code: 0 good, 1 the work failed, 2 wrong usage.");
}

/* How many arguments the command's words take, 0 where they are not its words. */
static int matches(const struct command *command, int argc, char **argv)
{
	const char *words = command->words;
	int n = 0;

	while (*words != '\0') {
		size_t length = strcspn(words, " ");

		if (n == argc || strlen(argv[n]) != length || strncmp(argv[n], words, length) != 0)
			return 0;
		words += length + (words[length] == ' ');
		n++;
	}
	return n;
}

/* Commands that begin with this word, for whoever knows no more. */
static bool print_group(FILE *to, const char *word)
{
	bool any = false;
	size_t length = strlen(word);

	for (size_t i = 0; i < COMMANDS; i++)
		if (strncmp(commands[i].words, word, length) == 0 && commands[i].words[length] == ' ') {
			fprintf(to, "prontoctl %s %s\n", commands[i].words, commands[i].arguments);
			any = true;
		}
	return any;
}

static int unknown(int argc, char **argv)
{
	bool help = argc > 1 && (str_equal(argv[1], "--help") || str_equal(argv[1], "-h"));

	if ((argc == 1 || help) && print_group(help ? stdout : stderr, argv[0]))
		return help ? 0 : 2;
	fprintf(stderr, "prontoctl: unknown subcommand '%s%s%s'; see prontoctl --help\n", argv[0],
	        argc > 1 ? " " : "", argc > 1 ? argv[1] : "");
	return 2;
}

static int run(const struct ctl *ctl, int argc, char **argv)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		int words = matches(&commands[i], argc, argv);

		if (words == 0)
			continue;
		if (argc > words && str_equal(argv[words], "--help")) {
			printf("prontoctl %s %s\n", commands[i].words, commands[i].arguments);
			return 0;
		}
		return commands[i].run(ctl, argc - words + 1, argv + words - 1);
	}
	return unknown(argc, argv);
}

int main(int argc, char **argv)
{
	struct ctl ctl = {0};
	int at = 1;

	log_start("prontoctl", LOG_WARN_LEVEL);
	crypto_start();
	for (; at < argc && argv[at][0] == '-'; at++) {
		if (str_equal(argv[at], "--help") || str_equal(argv[at], "-h")) {
			print_help();
			return 0;
		}
		if (str_equal(argv[at], "--version")) {
			puts("prontoctl " PRONTOD_VERSION);
			return 0;
		}
		if (!str_equal(argv[at], "-c") || at + 1 == argc)
			return ctl_usage(
			    "prontoctl [-c FILE] SUBCOMMAND [ARGUMENTS]; see prontoctl --help");
		ctl.conf_path = argv[++at];
	}
	if (at == argc)
		return ctl_usage(
		    "prontoctl [-c FILE] SUBCOMMAND [ARGUMENTS]; see prontoctl --help");
	return run(&ctl, argc - at, argv + at);
}

bool ctl_conf(const struct ctl *ctl, struct conf *out)
{
	struct problem p;

	if (conf_load(out, ctl->conf_path, &p))
		return true;
	ctl_failed(&p);
	return false;
}

int ctl_usage(const char *usage)
{
	fprintf(stderr, "usage: %s\n", usage);
	return 2;
}

int ctl_failed(const struct problem *p)
{
	/* a pointer into a file says where; a field's name is in the text already */
	fprintf(stderr, "prontoctl: %s%s%s\n", p->field[0] == '/' ? p->field : "",
	        p->field[0] == '/' ? ": " : "", p->text);
	return 1;
}

const char *ctl_charters_dir(const struct ctl *ctl)
{
	static char found[BESIDE_PATH];
	static struct conf conf;

	if (!ctl_conf(ctl, &conf))
		exit(1);
	return conf.charters_dir[0] != '\0' ? conf.charters_dir
	                                    : beside_find("classifications", found);
}

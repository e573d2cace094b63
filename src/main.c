/*
 * prontod: reads the configuration, says it on --check-config, and hands over to the supervisor,
 * which forks the workers. What a worker is stands in worker.c.
 */
#include "base/log.h"
#include "base/str.h"
#include "supervisor.h"
#include "wire/crypto.h"
#include "wire/mime.h"
#include "wire/server.h"
#include "worker.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

struct arguments {
	const char *conf_path;
	bool check;
};

static void print_help(void)
{
	puts("prontod: dispatch server for the emergency service of a water or waste utility\n\n"
	     "  prontod [-c FILE] [--check-config]\n\n"
	     "  -c FILE          configuration; else $PRONTOD_CONFIG, ./prontod.conf, "
	     "/etc/prontod/prontod.conf\n"
	     "  --check-config   print the effective configuration without secrets, and end\n"
	     "  --help           this\n"
	     "  --version        the version\n\n"
	     "SIGTERM finishes requests in hand and ends; SIGHUP reads the configuration anew.\n"
	     "Exit code: 0 good, 1 it could not serve, 2 wrong usage.");
}

/* Exit code, or -1 to go on. */
static int read_arguments(int argc, char **argv, struct arguments *out)
{
	for (int i = 1; i < argc; i++) {
		if (str_equal(argv[i], "--help") || str_equal(argv[i], "-h")) {
			print_help();
			return 0;
		}
		if (str_equal(argv[i], "--version")) {
			puts("prontod " PRONTOD_VERSION);
			return 0;
		}
		if (str_equal(argv[i], "--check-config")) {
			out->check = true;
		} else if (str_equal(argv[i], "-c") && i + 1 < argc) {
			out->conf_path = argv[++i];
		} else {
			fprintf(stderr, "prontod: unknown argument '%s'; see prontod --help\n",
			        argv[i]);
			return 2;
		}
	}
	return -1;
}

static bool load(struct conf *conf, const char *path, struct problem *p)
{
	enum log_level level;

	if (!conf_load(conf, path, p))
		return false;
	if (!log_level_parse(conf->log_level, &level))
		return problem_set(p, PROBLEM_INPUT, "log.level",
		                   "[log] level '%s': write error, warn, info or debug",
		                   conf->log_level);
	return true;
}

static int print_conf(const struct conf *conf)
{
	struct str text = {0};

	conf_print(conf, &text);
	fputs(str_text(&text), stdout);
	str_fini(&text);
	return 0;
}

/* Many readers of streams need many descriptors; the hard limit is the administrator's word. */
static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static void make_keep(struct worker_house *house)
{
	str_copy(house->keep, sizeof house->keep, "/tmp/prontod-keep-XXXXXX");
	if (mkdtemp(house->keep) == NULL)
		house->keep[0] = '\0';
}

static void remove_keep(const char *folder)
{
	DIR *dir = folder[0] != '\0' ? opendir(folder) : NULL;
	struct dirent *entry;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
	rmdir(folder);
}

struct reloading {
	struct worker_house house,
	    before; /* before: while new workers get ready beside the old ones */
	const char *conf_path;
};

static int on_worker(void *ctx, int number)
{
	struct reloading *r = ctx;

	/* Else its file would keep its place on the disk as long as this worker lives. */
	served_map_close(&r->before.map);
	return worker_run(&r->house, number);
}

static bool on_reload(void *ctx)
{
	struct reloading *r = ctx;
	struct conf fresh;
	struct served_map map;
	struct problem p;

	/* A wrong driving time looks like a right one: every byte of the map is read before anybody
	 * serves by it. */
	if (!load(&fresh, r->conf_path, &p) || !served_map_open(&map, fresh.map_file, &p)) {
		log_error(NULL, "the configuration stays as it was reason=%s", p.text);
		return false;
	}
	r->before = r->house;
	r->house.map = map;
	r->house.conf = fresh;
	log_info(NULL, "configuration read anew, new workers take over when they are ready");
	return true;
}

static void on_settle(void *ctx, bool taken)
{
	struct reloading *r = ctx;

	if (!taken) {
		log_error(NULL, "nobody can serve by the new configuration, the one before stays");
		served_map_close(&r->house.map);
		r->house = r->before;
		r->before.map = (struct served_map){0};
	}
	served_map_close(&r->before.map);
}

static int cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > WORKERS_MOST ? WORKERS_MOST : (int)n;
}

static int serve(struct reloading *r)
{
	struct supervisor_options options = {
	    .worker = on_worker, .reload = on_reload, .settle = on_settle, .ctx = r};
	enum log_level level = LOG_INFO_LEVEL;
	struct problem p;
	int code;

	log_level_parse(r->house.conf.log_level, &level);
	log_start("supervisor", level);
	if (!server_may_listen(r->house.conf.http_listen, &p)) {
		fprintf(stderr, "prontod: %s\n", p.text);
		return 1;
	}
	if (!served_map_open(&r->house.map, r->house.conf.map_file, &p)) {
		fprintf(stderr, "prontod: [map] file %s: %s\n", r->house.conf.map_file, p.text);
		return 1;
	}
	raise_descriptors();
	mime_start();
	make_keep(&r->house);
	r->house.shared = options.shared = shared_open();
	options.workers = r->house.conf.http_workers > 0 ? r->house.conf.http_workers : cores();
	log_info(NULL, "prontod starts version=%s workers=%d listen=%s", PRONTOD_VERSION,
	         options.workers, r->house.conf.http_listen);
	code = supervisor_run(&options);
	shared_close(&r->house.shared);
	served_map_close(&r->house.map);
	served_map_close(&r->before.map);
	remove_keep(r->house.keep);
	return code;
}

int main(int argc, char **argv)
{
	struct arguments arguments = {0};
	struct reloading r = {0};
	struct problem p;
	int code = read_arguments(argc, argv, &arguments);

	if (code >= 0)
		return code;
	crypto_start();
	r.conf_path = arguments.conf_path;
	if (!load(&r.house.conf, arguments.conf_path, &p)) {
		fprintf(stderr, "prontod: %s\n", p.text);
		return 1;
	}
	return arguments.check ? print_conf(&r.house.conf) : serve(&r);
}

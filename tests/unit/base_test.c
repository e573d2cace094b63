/*
 * base/: texts, UTF-8 mending, arenas, problems, RFC 3339, Italy's clock changes, configuration,
 * and the shape of a log line.
 */
#include "base/conf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/problem.h"
#include "base/str.h"
#include "base/time.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void strings_grow_and_cut_on_characters(void **state)
{
	struct str s = {0};
	char small[6];

	(void)state;
	assert_string_equal(str_text(&s), "");
	for (int i = 0; i < 1000; i++)
		str_addf(&s, "%d,", i);
	assert_int_equal(s.length, 3890);
	assert_int_equal(strlen(s.data), 3890);
	str_fini(&s);
	assert_int_equal(str_copy(small, sizeof small, "perché"), 5); /* é would need byte 6 */
	assert_string_equal(small, "perch");
	assert_true(str_equal_fold("Via", "vIA"));
	assert_false(str_equal(NULL, ""));
	assert_true(str_equal(NULL, NULL));
}

static void outside_bytes_become_text(void **state)
{
	struct str s = {0};
	const char *walk = "a\xC3\xA8\xFF";

	(void)state;
	utf8_mend(&s, "a\xFF\0b\xC3\xA8\xED\xA0\x80\xC0\xAF", 12);
	assert_string_equal(s.data,
	                    "a\xEF\xBF\xBD"
	                    "b\xC3\xA8"
	                    "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" /* a surrogate: three bytes */
	                    "\xEF\xBF\xBD\xEF\xBF\xBD");           /* an overlong slash: two */
	assert_true(utf8_valid(s.data, s.length));
	str_fini(&s);
	assert_false(utf8_valid("\xF4\x90\x80\x80", 4)); /* above U+10FFFF */
	assert_false(utf8_valid("\xC3", 1));
	assert_int_equal(utf8_next(&walk), 'a');
	assert_int_equal(utf8_next(&walk), 0xE8);
	assert_int_equal(utf8_next(&walk), 0xFFFD);
	assert_int_equal(utf8_next(&walk), 0);
	for (uint32_t c = 1; c < 0x110000; c += 97) {
		const char *again;

		if (c >= 0xD800 && c <= 0xDFFF)
			continue;
		str_clear(&s);
		utf8_put(&s, c);
		again = s.data;
		assert_int_equal(utf8_next(&again), c);
		assert_int_equal(utf8_length(s.data), 1);
	}
	str_fini(&s);
}

static void arenas_zero_align_and_count(void **state)
{
	struct arena *arena = arena_new();
	size_t total = 0;

	(void)state;
	for (size_t size = 1; size < 20000; size += 371) {
		unsigned char *memory = arena_take(arena, size);

		assert_int_equal((uintptr_t)memory % 16, 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(memory[i], 0);
		memset(memory, 0xAA, size);
		total += size;
	}
	assert_true(arena_bytes(arena) >= total);
	assert_string_equal(arena_format(arena, "%s-%d", "via", 12), "via-12");
	assert_null(arena_str(arena, NULL));
	assert_string_equal(arena_strn(arena, "abcdef", 3), "abc");
	arena_free(&arena);
	assert_null(arena);
	arena_free(&arena);
}

static void problems_keep_their_kind(void **state)
{
	struct problem p;

	(void)state;
	assert_false(problem_set(&p, PROBLEM_CONFLICT, "/version", "version %d is old", 3));
	problem_prefix(&p, "incident %s", "2026-00417");
	assert_int_equal(p.kind, PROBLEM_CONFLICT);
	assert_string_equal(p.field, "/version");
	assert_string_equal(p.text, "incident 2026-00417: version 3 is old");
	assert_string_equal(problem_kind_name(p.kind), "conflict");
	assert_false(problem_set(NULL, PROBLEM_INPUT, NULL, "nobody asks"));
}

static int64_t at(const char *text)
{
	struct instant t;
	struct problem p;

	if (!instant_parse(text, &t, &p))
		fail_msg("%s: %s", text, p.text);
	return t.us;
}

static void instants_are_read_strictly(void **state)
{
	static const char *const bad[] = {"",
	                                  "2026-03-29",
	                                  "2026-02-29T00:00:00Z",
	                                  "2026-13-01T00:00:00Z",
	                                  "2026-03-29T24:00:00Z",
	                                  "2026-03-29T07:30:00",
	                                  "2026-03-29T07:30:00+02",
	                                  "2026-03-29T07:30:00+24:00",
	                                  "2026-03-29T07:30:00Z ",
	                                  "2026-03-29T07:30:00.Z",
	                                  "26-03-29T07:30:00Z",
	                                  "x"};
	struct instant t;

	(void)state;
	assert_int_equal(at("1970-01-01T00:00:00Z"), 0);
	assert_int_equal(at("2026-03-29T07:30:00+02:00"), 1774762200000000);
	assert_int_equal(at("2026-03-29T05:30:00.25z"), 1774762200250000);
	assert_int_equal(at("2024-02-29T23:59:60Z"), at("2024-03-01T00:00:00Z"));
	assert_int_equal(at("1969-12-31T23:59:59Z"), -1000000);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(instant_parse(bad[i], &t, NULL));
	assert_false(instant_parse(NULL, &t, NULL));
}

static const char *in_rome(const char *utc, char buf[INSTANT_TEXT])
{
	return instant_format((struct instant){at(utc)}, zone_get("Europe/Rome", NULL), buf);
}

static void rome_changes_its_clock(void **state)
{
	const struct zone *rome = zone_get("Europe/Rome", NULL);
	struct wall gap = {2026, 3, 29, 2, 30, 0, 0, 0}, twice = {2026, 10, 25, 2, 30, 0, 0, 0};
	struct instant first, second;
	struct wall w;
	char buf[INSTANT_TEXT];

	(void)state;
	assert_ptr_equal(rome, zone_get("Europe/Rome", NULL));
	assert_string_equal(in_rome("2026-03-29T00:59:59Z", buf), "2026-03-29T01:59:59+01:00");
	assert_string_equal(in_rome("2026-03-29T01:00:00Z", buf), "2026-03-29T03:00:00+02:00");
	assert_int_equal(zone_instant(rome, &gap, &first, NULL), ZONE_NEVER);
	assert_int_equal(first.us, at("2026-03-29T03:00:00+02:00"));
	assert_int_equal(zone_instant(rome, &twice, &first, &second), ZONE_TWICE);
	assert_int_equal(first.us, at("2026-10-25T02:30:00+02:00"));
	assert_int_equal(second.us, at("2026-10-25T02:30:00+01:00"));
	w = zone_wall(rome, (struct instant){at("2026-03-28T23:30:00Z")});
	assert_int_equal(w.weekday, 6); /* a Sunday */
	assert_int_equal(w.day, 29);
	assert_int_equal(zone_midnight(rome, first, 1).us, at("2026-10-26T00:00:00+01:00"));
	assert_int_equal(zone_midnight(rome, first, 0).us, at("2026-10-25T00:00:00+02:00"));
	assert_int_equal(zone_midnight(rome, first, -300).us, at("2025-12-29T00:00:00+01:00"));
	assert_string_equal(instant_format(INSTANT_NONE, rome, buf), "");
	assert_string_equal(instant_format((struct instant){at("2026-01-02T03:04:05Z")}, NULL, buf),
	                    "2026-01-02T03:04:05Z");
}

static void every_hour_of_years_comes_back(void **state)
{
	const struct zone *rome = zone_get("Europe/Rome", NULL);

	(void)state;
	for (int64_t t = at("2024-01-01T00:17:00Z"); t < at("2028-01-01T00:00:00Z");
	     t += 3600000000) {
		struct wall w = zone_wall(rome, (struct instant){t});
		struct instant first, second;
		enum zone_fit fit = zone_instant(rome, &w, &first, &second);

		assert_int_not_equal(fit, ZONE_NEVER);
		assert_true(first.us == t || (fit == ZONE_TWICE && second.us == t));
	}
}

static void unknown_zones_are_refused(void **state)
{
	static const char *const bad[] = {"Europe/Roma", "/etc/passwd", "../../etc/localtime", ""};
	struct problem p;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_null(zone_get(bad[i], &p));
	assert_non_null(strstr(p.text, "Europe/Rome"));
}

/* Writes a file of its own and returns its path, valid until the next call. */
static const char *file_with(const char *text)
{
	static char path[] = "/tmp/prontod-conf-XXXXXX";
	int fd;

	unlink(path);
	str_copy(path, sizeof path, "/tmp/prontod-conf-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	return path;
}

static void refused(const char *text, const char *says)
{
	struct conf conf;
	struct problem p;

	assert_false(conf_load(&conf, file_with(text), &p));
	if (strstr(p.text, says) == NULL)
		fail_msg("'%s' does not say '%s'", p.text, says);
}

static void configuration_is_checked(void **state)
{
	struct conf conf;
	struct problem p;

	(void)state;
	assert_true(conf_load(&conf,
	                      file_with("# a comment\n[http]\nworkers = 3\n\n"
	                                "[log]\nlevel=debug\n"),
	                      &p));
	assert_int_equal(conf.http_workers, 3);
	assert_string_equal(conf.log_level, "debug");
	assert_string_equal(conf.http_listen, "127.0.0.1:8080");
	refused("[http]\nwokers = 3\n",
	        "line 2: unknown key 'wokers' in [http]; did you mean [http] workers?");
	refused("[html]\nlisten = x\n", "did you mean [http] listen?");
	refused("[http]\nworkers = 65\n", "from 0 to 64 (processes)");
	refused("[http]\nworkers = 3x\n", "from 0 to 64");
	refused("[http]\nworkers\n", "expected '[section]' or 'key = value'");
	refused("workers = 3\n", "did you mean [http] workers?");
	refused("[database]\nurl = file:/nowhere/at/all\n", "/nowhere/at/all");
	assert_false(conf_load(&conf, "/nowhere/prontod.conf", &p));
}

static void environment_wins_and_secrets_hide(void **state)
{
	struct conf conf;
	struct problem p;
	struct str listing = {0};
	char url[128];

	(void)state;
	snprintf(url, sizeof url, "file:%s", file_with("host=/tmp/pg password=segreta\n"));
	setenv("PRONTOD_DATABASE_URL", url, 1);
	setenv("PRONTOD_HTTP_WORKERS", "2", 1);
	assert_true(conf_load(&conf, "/dev/null", &p));
	assert_string_equal(conf.database_url, "host=/tmp/pg password=segreta");
	assert_int_equal(conf.http_workers, 2);
	conf_print(&conf, &listing);
	assert_null(strstr(listing.data, "segreta"));
	assert_non_null(strstr(listing.data, "url = ***\n"));
	assert_non_null(strstr(listing.data, "workers = 2\n"));
	setenv("PRONTOD_HTTP_WORKERS", "many", 1);
	assert_false(conf_load(&conf, "/dev/null", &p));
	assert_non_null(strstr(p.text, "PRONTOD_HTTP_WORKERS"));
	unsetenv("PRONTOD_HTTP_WORKERS");
	unsetenv("PRONTOD_DATABASE_URL");
	str_fini(&listing);
	file_with(""); /* removes the secret's file */
}

/* What one log call writes, without its time. */
static const char *logged(char line[512])
{
	char *level;
	ssize_t n = pread(STDERR_FILENO, line, 511, 0);

	line[n > 0 ? n : 0] = '\0';
	assert_int_equal(ftruncate(STDERR_FILENO, 0), 0);
	lseek(STDERR_FILENO, 0, SEEK_SET);
	level = strstr(line, "level=");
	return level != NULL ? level : line;
}

static void log_lines_are_keys_and_values(void **state)
{
	int saved = dup(STDERR_FILENO);
	int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	char a[512], b[512], c[512], d[512];
	enum log_level level = LOG_DEBUG_LEVEL;

	(void)state;
	assert_true(fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
	log_start("worker-2", LOG_INFO_LEVEL);
	log_info("incident=2026-00417", "crew sent class=%s why=%s", "L1", "free and near");
	logged(a);
	log_warn(NULL, "line\nbreak \"quoted\" n=%d sql=\"x=1 y=2\" last=%s", 3, "a=b");
	logged(b);
	log_debug(NULL, "not shown");
	logged(c);
	log_error(NULL, "plain");
	logged(d);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(fd);
	log_start("test", LOG_INFO_LEVEL);
	assert_string_equal(
	    strstr(a, "level="),
	    "level=info process=worker-2 incident=2026-00417 msg=\"crew sent\" class=L1 "
	    "why=\"free and near\"\n");
	assert_string_equal(strstr(b, "level="),
	                    "level=warn process=worker-2 msg=\"line break \\\"quoted\\\"\" n=3 "
	                    "sql=\"x=1 y=2\" last=a=b\n");
	assert_string_equal(c, "");
	assert_string_equal(strstr(d, "level="), "level=error process=worker-2 msg=\"plain\"\n");
	assert_true(log_level_parse("warn", &level) && level == LOG_WARN_LEVEL);
	assert_false(log_level_parse("loud", &level));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(strings_grow_and_cut_on_characters),
	    cmocka_unit_test(outside_bytes_become_text),
	    cmocka_unit_test(arenas_zero_align_and_count),
	    cmocka_unit_test(problems_keep_their_kind),
	    cmocka_unit_test(instants_are_read_strictly),
	    cmocka_unit_test(rome_changes_its_clock),
	    cmocka_unit_test(every_hour_of_years_comes_back),
	    cmocka_unit_test(unknown_zones_are_refused),
	    cmocka_unit_test(configuration_is_checked),
	    cmocka_unit_test(environment_wins_and_secrets_hide),
	    cmocka_unit_test(log_lines_are_keys_and_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

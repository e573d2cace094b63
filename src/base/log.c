/*
 * One line an event to standard error, `time=… level=… process=… subject msg="…" key=value`, in one
 * write() so that lines of several processes do not mix. Not for: keeping, rotating, sending logs.
 */
#include "base/log.h"

#include "base/str.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 2048

static char log_process[32] = "prontod";
static enum log_level log_most = LOG_INFO_LEVEL;

static const char *const level_names[] = {"error", "warn", "info", "debug"};

void log_start(const char *process, enum log_level most)
{
	str_copy(log_process, sizeof log_process, process);
	log_most = most;
}

bool log_level_parse(const char *name, enum log_level *out)
{
	for (size_t i = 0; i < sizeof level_names / sizeof level_names[0]; i++) {
		if (str_equal(name, level_names[i])) {
			*out = (enum log_level)i;
			return true;
		}
	}
	return false;
}

/* At ` key=`: a word of key characters with an equals sign behind it, after a space or at the
 * start. */
static bool at_key(const char *text, const char *at)
{
	const char *p = at;

	if (at != text && at[-1] != ' ')
		return false;
	while (islower((unsigned char)*p) || isdigit((unsigned char)*p) || *p == '_')
		p++;
	return p > at && *p == '=';
}

static const char *next_key(const char *text, const char *from)
{
	bool quoted = false;

	for (const char *p = from; *p != '\0'; p++) {
		if (*p == '"' && (p == text || p[-1] != '\\'))
			quoted = !quoted;
		if (!quoted && at_key(text, p))
			return p;
	}
	return from + strlen(from);
}

static void add_quoted(struct str *line, const char *bytes, size_t length)
{
	str_addc(line, '"');
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '"' || bytes[i] == '\\')
			str_addc(line, '\\');
		str_addc(line, bytes[i]);
	}
	str_addc(line, '"');
}

static size_t trimmed(const char *from, const char *to)
{
	while (to > from && to[-1] == ' ')
		to--;
	return (size_t)(to - from);
}

/* A value with blanks or quotes inside is quoted, unless its caller did so already. */
static void add_value(struct str *line, const char *value, size_t length)
{
	bool done = length >= 2 && value[0] == '"' && value[length - 1] == '"';

	if (!done && (memchr(value, ' ', length) != NULL || memchr(value, '"', length) != NULL))
		add_quoted(line, value, length);
	else
		str_addn(line, value, length);
}

static void add_message(struct str *line, const char *text)
{
	const char *key = next_key(text, text);

	str_add(line, " msg=");
	add_quoted(line, text, trimmed(text, key));
	while (*key != '\0') {
		const char *value = strchr(key, '=') + 1;
		const char *next = next_key(text, value);

		str_addc(line, ' ');
		str_addn(line, key, (size_t)(value - key));
		add_value(line, value, trimmed(value, next));
		key = next;
	}
}

static void add_time(struct str *line)
{
	struct timespec now;
	struct tm utc;
	char text[32];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
	str_addf(line, "time=%s.%03ldZ", text, now.tv_nsec / 1000000);
}

__attribute__((format(printf, 3, 0))) static void
put_line(enum log_level level, const char *subject, const char *format, va_list args)
{
	struct str line = {0};
	char text[LINE_MAX_BYTES];

	if (level > log_most)
		return;
	vsnprintf(text, sizeof text, format, args);
	for (char *c = text; *c != '\0'; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = ' ';
	}
	add_time(&line);
	str_addf(&line, " level=%s process=%s", level_names[level], log_process);
	if (subject != NULL && subject[0] != '\0')
		str_addf(&line, " %s", subject);
	add_message(&line, text);
	str_addc(&line, '\n');
	/* A log that cannot be written has nobody to tell. */
	if (write(STDERR_FILENO, line.data, line.length) < 0) {
	}
	str_fini(&line);
}

#define LOG_BODY(level)                         \
	va_list args;                           \
	va_start(args, format);                 \
	put_line(level, subject, format, args); \
	va_end(args)

void log_error(const char *subject, const char *format, ...)
{
	LOG_BODY(LOG_ERROR_LEVEL);
}

void log_warn(const char *subject, const char *format, ...)
{
	LOG_BODY(LOG_WARN_LEVEL);
}

void log_info(const char *subject, const char *format, ...)
{
	LOG_BODY(LOG_INFO_LEVEL);
}

void log_debug(const char *subject, const char *format, ...)
{
	LOG_BODY(LOG_DEBUG_LEVEL);
}

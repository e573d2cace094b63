/*
 * One line an event to stderr: `level=info incident=2026-00417 msg="…" key=value`, for journald.
 * error = wake someone; warn = we coped; info = what a dispatcher would tell the next shift; debug =
 * for us. Numbers and codes only: never a name, phone, address, free text, or a report's public code.
 */
#ifndef PRONTOD_BASE_LOG_H
#define PRONTOD_BASE_LOG_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum log_level { LOG_ERROR_LEVEL, LOG_WARN_LEVEL, LOG_INFO_LEVEL, LOG_DEBUG_LEVEL };

void log_start(const char *process, enum log_level most); /* process: "supervisor", "worker-2", "prontoctl" */
bool log_level_parse(const char *name, enum log_level *out);

/* subject: NULL, or "incident=2026-00417", "conn=17", "db=3": prepared by its owner, put in front.
 * format: `what happened key=value …`; the message up to the first key is quoted by the logger. */
void log_error(const char *subject, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_warn(const char *subject, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_info(const char *subject, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_debug(const char *subject, const char *format, ...) __attribute__((format(printf, 2, 3)));

#ifdef __cplusplus
}
#endif
#endif

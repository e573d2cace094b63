/*
 * What went wrong, in a form for people and programs (RFC 9457 in spirit).
 *
 * Three sorts of failure, three tools: our broken promise is must(); memory that runs out ends the
 * process inside mem_*; everything the world does to us is a struct problem, returned by functions
 * that are false (or NULL) on failure. A problem needs no freeing. Bytes from outside never reach must().
 */
#ifndef PRONTOD_BASE_PROBLEM_H
#define PRONTOD_BASE_PROBLEM_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* kind, name in `urn:prontod:problem:<name>`. HTTP status and exit code are chosen in one place each. */
#define PROBLEM_KINDS(X)                                                                           \
	X(PROBLEM_INPUT, "input")                     /* a field is wrong: names it */             \
	X(PROBLEM_TOO_LARGE, "too-large")             /* over a size limit */                      \
	X(PROBLEM_UNAUTHENTICATED, "unauthenticated") /* who are you? */                           \
	X(PROBLEM_FORBIDDEN, "forbidden")             /* known, but may not */                     \
	X(PROBLEM_NOT_FOUND, "not-found")                                                          \
	X(PROBLEM_CONFLICT, "conflict")   /* somebody was faster, or the state refuses the event */ \
	X(PROBLEM_LIMITED, "limited")     /* too many requests */                                  \
	X(PROBLEM_BUSY, "busy")           /* try later; nothing was written */                     \
	X(PROBLEM_UNCERTAIN, "uncertain") /* a write whose outcome is unknown */                   \
	X(PROBLEM_INTERNAL, "internal")

enum problem_kind {
#define X(kind, name) kind,
	PROBLEM_KINDS(X)
#undef X
};

struct problem {
	enum problem_kind kind;
	char field[48]; /* JSON pointer or form field at fault, "" if none */
	char text[240]; /* English, one line, says what to do; pages translate by kind and field */
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* Fills *p (p may be NULL: the caller does not care). Always returns false, so `return problem_set(…)`. */
bool problem_set(struct problem *p, enum problem_kind kind, const char *field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Puts a phrase and ": " in front of p->text; the kind never changes on its way up. */
void problem_prefix(struct problem *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

const char *problem_kind_name(enum problem_kind kind);

/* Our own promise: always compiled in; logs expression and place, then aborts. */
#define must(x) ((x) ? (void)0 : must_failed(#x, __FILE__, __LINE__))
void must_failed(const char *expression, const char *file, int line) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif
#endif

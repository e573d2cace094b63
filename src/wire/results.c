/*
 * What a batch brought: how it ended, and its rows as values of C.
 */
#include "results.h"

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- how it ended ---- */

void results_open(struct results *r, size_t count)
{
	*r = (struct results){0};
	r->list = mem_zero(count, sizeof(PGresult *));
	r->answer.count = count;
	r->answer.sqlstate = r->answer.message = r->answer.detail = "";
}

void results_close(struct results *r)
{
	for (size_t i = 0; r->list != NULL && i < r->answer.count; i++)
		PQclear(r->list[i]);
	PQclear(r->refusal);
	free(r->list);
	arena_free(&r->arena);
	*r = (struct results){0};
}

const char *results_error(const PGresult *result, int code)
{
	const char *text = result != NULL ? PQresultErrorField(result, code) : NULL;

	return text != NULL ? text : "";
}

/* A COMMIT that the server broke off because it was going down may or may not have happened. */
static bool is_certain(const struct results *r)
{
	const char *state = results_error(r->refusal, PG_DIAG_SQLSTATE);

	return r->refusal != NULL &&
	       !(r->refused_at_commit && (str_starts(state, "57P") || str_starts(state, "08")));
}

void results_judge(struct results *r, enum db_mode mode, bool finished, const char *lost)
{
	struct db_answer *answer = &r->answer;

	answer->sqlstate = results_error(r->refusal, PG_DIAG_SQLSTATE);
	answer->message = results_error(r->refusal, PG_DIAG_MESSAGE_PRIMARY);
	answer->detail = results_error(r->refusal, PG_DIAG_CONSTRAINT_NAME);
	if (is_certain(r))
		answer->outcome = DB_REFUSED;
	else if (finished && r->refusal == NULL && (mode == DB_READ || r->committed))
		answer->outcome = DB_DONE;
	else
		answer->outcome = DB_UNKNOWN;
	if (answer->outcome == DB_UNKNOWN)
		answer->message = lost;
}

/* ---- rows ---- */

static const PGresult *rows_of(const struct db_answer *answer, size_t statement)
{
	const struct results *r = (const struct results *)answer;

	return statement < answer->count ? r->list[statement] : NULL;
}

size_t db_rows(const struct db_answer *answer, size_t statement)
{
	const PGresult *result = rows_of(answer, statement);

	return result != NULL ? (size_t)PQntuples(result) : 0;
}

const char *db_value(const struct db_answer *answer, size_t statement, size_t row, size_t column)
{
	const PGresult *result = rows_of(answer, statement);
	int r = (int)row, c = (int)column;

	if (result == NULL || r >= PQntuples(result) || c >= PQnfields(result) ||
	    PQgetisnull(result, r, c))
		return NULL;
	return PQgetvalue(result, r, c);
}

int64_t db_int(const struct db_answer *answer, size_t statement, size_t row, size_t column,
               int64_t otherwise)
{
	const char *text = db_value(answer, statement, row, column);

	return text != NULL ? strtoll(text, NULL, 10) : otherwise;
}

double db_number(const struct db_answer *answer, size_t statement, size_t row, size_t column,
                 double otherwise)
{
	const char *text = db_value(answer, statement, row, column);

	return text != NULL ? strtod(text, NULL) : otherwise;
}

bool db_bool(const struct db_answer *answer, size_t statement, size_t row, size_t column)
{
	return str_equal(db_value(answer, statement, row, column), "t");
}

struct instant db_instant(const struct db_answer *answer, size_t statement, size_t row,
                          size_t column)
{
	const char *text = db_value(answer, statement, row, column);
	struct instant t = INSTANT_NONE;
	char rfc[64];

	/* "2026-03-29 05:30:00.25+00": the session is in UTC, so the offset is always +00. */
	if (text == NULL || strlen(text) + 4 > sizeof rfc)
		return t;
	snprintf(rfc, sizeof rfc, "%s:00", text);
	return instant_parse(rfc, &t, NULL) ? t : INSTANT_NONE;
}

static int nibble(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t db_bytes(const struct db_answer *answer, size_t statement, size_t row, size_t column,
                const unsigned char **bytes)
{
	/* The answer is ours, callers only borrow it: decoded bytes live and end with it. */
	struct results *r = (struct results *)(uintptr_t)answer;
	const char *text = db_value(answer, statement, row, column);
	size_t length;
	unsigned char *decoded;

	*bytes = NULL;
	if (text == NULL || !str_starts(text, "\\x"))
		return 0;
	length = strlen(text + 2) / 2;
	if (r->arena == NULL)
		r->arena = arena_new();
	decoded = arena_take(r->arena, length + 1);
	for (size_t i = 0; i < length; i++)
		decoded[i] =
		    (unsigned char)(nibble(text[2 + 2 * i]) << 4 | nibble(text[3 + 2 * i]));
	*bytes = decoded;
	return length;
}

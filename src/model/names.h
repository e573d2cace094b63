/*
 * One list of values and names makes the enum, its name function and its parser: the lists stand in
 * include/model/. Only for model/.
 */
#ifndef PRONTOD_SRC_MODEL_NAMES_H
#define PRONTOD_SRC_MODEL_NAMES_H

#include "base/problem.h"
#include "base/str.h"

#include <stddef.h>

#define NAMES_ROW(value, text) [value] = text,

/* Defines const char *prefix_name(enum type); a value outside the list is our broken promise. */
#define NAMES_NAME(type, LIST)                                         \
	static const char *const type##_names[] = {LIST(NAMES_ROW)};   \
	const char *type##_name(enum type value)                       \
	{                                                              \
		size_t at = (size_t)value;                             \
		must(at < sizeof type##_names / sizeof *type##_names); \
		return type##_names[at];                               \
	}

/* Defines bool prefix_parse(const char *, enum type *): false, *out untouched, if unknown or NULL.
 */
#define NAMES_PARSE(type)                                                                 \
	bool type##_parse(const char *name, enum type *out)                               \
	{                                                                                 \
		for (size_t i = 0; i < sizeof type##_names / sizeof *type##_names; i++) { \
			if (name && str_equal(type##_names[i], name)) {                   \
				*out = (enum type)i;                                      \
				return true;                                              \
			}                                                                 \
		}                                                                         \
		return false;                                                             \
	}

#endif

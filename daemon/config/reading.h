#pragma once
/*
 * One scalar of the file against its row: read, or complained about.
 */
#include <stdbool.h>
#include <stdint.h>

#include "config/check.h"

/* A scalar once it has been read; which member counts is the row's type. */
struct reading {
	int64_t integer; /* INT, DURATION, PERCENT, RATE; index of the WORD; BOOL */
	const char *text;
};

/* False when the scalar at @at does not fit @f; then that has been complained about. */
bool reading_take(struct check *c, const struct schema_field *f, const struct source *at,
		  struct reading *ret);
/* What the row sends of it; NULL without memory. */
struct value *reading_value(const struct schema_field *f, const struct reading *v);

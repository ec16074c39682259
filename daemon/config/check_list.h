#pragma once
/*
 * What repeats in the file, against its row: lists of scalars or of maps, and maps whose
 * keys are the user's (tags, parameters).
 */
#include "config/check.h"

/* Complains, or puts the entries where the row says; @create may be NULL. */
void check_list(struct check *c, const struct schema_field *f, const struct source *at,
		void *object, struct value *create);

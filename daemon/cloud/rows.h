#pragma once
/*
 * What the rows of every service have in common when they become part of the observation.
 */
#include <cjson/cJSON.h>
#include <stdint.h>

#include "cloud/fields.h"
#include "model/observed.h"

/* Tables list the members that their service has. */
struct row_tag {
	const char *key;
	const char *value;
	const char *scope; /* NULL where the service knows none; "" not said */
};

FIELD_LIST_TYPE(row_tags, struct row_tag);

/* With Key, Scope and Value. */
extern const struct field_table row_scoped_tag_table;

/* Tags as the observation keeps them (tags_get()); interned, @tags get sorted. NULL without
 * memory. What the cloud itself has tagged (Scope System) is left out. */
const char *row_join_tags(struct row_tags *tags, struct observed *strings);
/* 0 where there is none or it cannot be read: no decision may hang on it. */
uint64_t row_time(const char *text);
/* No longer than the room: the tables take no such id (FIELD_ID). */
void row_copy_id(char out[OBSERVED_ID_SIZE], const char *id);

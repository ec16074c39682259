#pragma once
/*
 * The vector files of tests/data as trees. cJSON's own malloc: free with cJSON_Delete().
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#include "cloud/flatten.h"
#include "model/value.h"

static inline cJSON *vectors_load(const char *path)
{
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	long size = ftell(file);
	assert_true(size > 0);
	rewind(file);
	char *text = calloc(1, (size_t)size + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)size, file), (size_t)size);
	(void)fclose(file);
	cJSON *root = cJSON_Parse(text);
	free(text);
	assert_non_null(root);
	return root;
}

static inline const char *vectors_text(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
	return cJSON_IsString(item) ? item->valuestring : "";
}

static inline struct value *vectors_value(const cJSON *item)
{
	struct value *v;
	if (cJSON_IsBool(item))
		return value_bool(cJSON_IsTrue(item));
	if (cJSON_IsNumber(item)) {
		int64_t whole = (int64_t)item->valuedouble;
		bool is_whole = !((double)whole < item->valuedouble) &&
				!((double)whole > item->valuedouble);
		return is_whole ? value_int(whole) : value_float(item->valuedouble);
	}
	if (cJSON_IsString(item))
		return value_text(item->valuestring);
	if (cJSON_IsNull(item))
		return value_null();
	v = cJSON_IsArray(item) ? value_list() : value_map();
	for (const cJSON *child = item->child; child; child = child->next)
		assert_int_equal(cJSON_IsArray(item)
					 ? value_append(v, vectors_value(child))
					 : value_set(v, child->string, vectors_value(child)),
				 0);
	return v;
}

/* The members of the map @value, each under its own name. */
static inline int vectors_flatten(const struct value *value, struct params *params)
{
	int r = 0;
	for (size_t k = 0; k < value->n && r == 0; k++)
		r = flatten_value(value->keys[k], value->items[k], params);
	return r;
}

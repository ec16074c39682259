#pragma once
/*
 * Members of JSON that came in, by name.
 */
#include <cjson/cJSON.h>

static inline const cJSON *read_member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* @absent also for what is not a text. */
static inline const char *read_text(const cJSON *object, const char *name, const char *absent)
{
	const cJSON *item = read_member(object, name);
	return cJSON_IsString(item) ? item->valuestring : absent;
}

static inline int read_int(const cJSON *object, const char *name, int absent)
{
	const cJSON *item = read_member(object, name);
	return cJSON_IsNumber(item) ? item->valueint : absent;
}

#pragma once
/*
 * Replies as JSON: strict where a mistake could cost money, tolerant where the API is
 * known to vary (protocol b, eds-aic 1).
 *
 * A parsed tree lives in an arena and is released with it: never cJSON_Delete() it. The
 * hooks of cJSON are process-global; they serve from the arena only while json_parse()
 * runs on this thread and are malloc otherwise, so other users of cJSON notice nothing.
 * The first arena must be made before another thread uses cJSON.
 *
 * Keys are case-sensitive. Of duplicate keys the first wins: replies may hold what they
 * like, and what drover writes never has duplicates.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

struct json_arena;

/* NULL without memory. */
struct json_arena *json_arena_new(void);
/* Overwrites what it held: a refused signature is answered with the security token. */
struct json_arena *json_arena_free(struct json_arena *arena);
/* Ends the life of every tree parsed into @arena; keeps some memory for the next. */
void json_arena_reset(struct json_arena *arena);
/* The same, and overwrites all of it: for an answer that holds keys. */
void json_arena_wipe(struct json_arena *arena);
DEFINE_CLEANUP(struct json_arena *, json_arena_free)
#define auto_json_arena cleanup(json_arena_freep)

/*
 * Parses exactly one object into @arena, which is reset first. @text[@len] must be NUL.
 * The tree does not point into @text. Integers of more than 15 digits and fractions, which a
 * double may not hold, become strings with the very same digits; \u0000 becomes U+FFFD, for a C
 * string would end there and read as a shorter id.
 *
 * 0; -EBADMSG: not one whole object, or nested deeper than LIMIT_JSON_DEPTH, or a NUL byte
 * inside; -E2BIG: would need more memory than any answer should; -ENOMEM.
 */
int json_parse(struct json_arena *arena, const char *text, size_t len, const cJSON **ret_root);

/* All getters take NULL for @object and treat null like absent. */
const cJSON *json_get(const cJSON *object, const char *key);
const cJSON *json_object(const cJSON *object, const char *key); /* NULL unless an object */
const cJSON *json_array(const cJSON *object, const char *key);  /* NULL unless an array */
bool json_has(const cJSON *object, const char *key);

/* The string, or the digits of a number; "" otherwise, and for what is written with an exponent
 * and is not whole. Lives as long as the tree. */
const char *json_text(const cJSON *object, const char *key);
const char *json_item_text(const cJSON *item);

/* A whole number within ±2^53, or a string that is one (NumberOfInstances, protocol b), of
 * any size an int64_t holds. 0, -ENOENT (absent) or -EINVAL, *ret untouched. */
int json_int(const cJSON *object, const char *key, int64_t *ret);
int64_t json_int_or(const cJSON *object, const char *key, int64_t otherwise);
/* true, false, "true", "false". 0, -ENOENT or -EINVAL, *ret untouched. */
int json_bool(const cJSON *object, const char *key, bool *ret);

/* Elements of an array, NULL or not an array: none. */
#define json_each(item, array)                                                                     \
	for (const cJSON *item = cJSON_IsArray(array) ? (array)->child : NULL; item;               \
	     item = item->next)

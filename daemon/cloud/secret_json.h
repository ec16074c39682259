#pragma once
/*
 * JSON that holds secrets: parsed by itself, and wiped before its memory goes back.
 */
#include <cjson/cJSON.h>

#include "base/cleanup.h"

/* @text[@len] must be NUL. NULL unless it is one whole object; @ret_end, which may be NULL, is
 * then where it broke. */
cJSON *secret_json_parse(const char *text, size_t len, const char **ret_end);
/* Accepts NULL, returns NULL. */
cJSON *secret_json_free(cJSON *root);
DEFINE_CLEANUP(cJSON *, secret_json_free)
#define auto_secret_json cleanup(secret_json_freep)

/* A string member; "" when it is missing or something else. */
const char *secret_json_text(const cJSON *object, const char *name);

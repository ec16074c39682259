#pragma once
/*
 * The daemon's JSON as text for people. Tolerant: what is missing or of another type is shown
 * as empty, so that an older command still reads a newer daemon.
 */
#include <cjson/cJSON.h>

#include "base/strbuf.h"
#include "cli/table.h"

struct show {
	struct strbuf *out;
	bool colored;
	bool bars; /* a progress bar per group */
};

/* NULL when @text is not one JSON object. cJSON_Delete(). */
cJSON *show_parse(const char *text, size_t len);

void show_status(const struct show *s, const cJSON *json);
void show_plan(const struct show *s, const cJSON *json);
void show_orders(const struct show *s, const cJSON *json);
void show_intents(const struct show *s, const cJSON *json);
void show_explain(const struct show *s, const cJSON *json);
/* show_whoami.c */
void show_whoami(const struct show *s, const cJSON *json);
/* show_instances.c: a line each, or how many of each status when they are many. */
void show_instances(const struct show *s, const cJSON *json);
/* The actions of a plan. */
int show_count_actions(const cJSON *json);
/* A member that is text; "" when it is missing or something else. */
const char *show_text(const cJSON *object, const char *key);
/* The "error" of a refusal; "" when there is none. */
const char *show_error(const cJSON *json);

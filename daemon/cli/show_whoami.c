/*
 * Who droverd is in the cloud, for people.
 */
#include <stdio.h>

#include "base/cleanup.h"
#include "base/duration.h"
#include "cli/show.h"

static void add_row(struct table *t, const char *label, const char *text)
{
	table_text(t, label, COLOR_DIM);
	table_text(t, *text ? text : "-", COLOR_NONE);
}

static void add_expiry(struct table *t, const cJSON *json)
{
	const cJSON *left = cJSON_GetObjectItemCaseSensitive(json, "expires_in_s");
	const char *expires = show_text(json, "expires");
	char human[40], text[100];
	if (!*expires || !cJSON_IsNumber(left) || left->valuedouble < 0 ||
	    left->valuedouble > 1e9) {
		add_row(t, "expires", *expires ? expires : "never, as far as is known");
		return;
	}
	duration_human((uint64_t)left->valuedouble * 1000, human, sizeof(human));
	(void)snprintf(text, sizeof(text), "%.40s (in %s)", expires, human);
	add_row(t, "expires", text);
}

void show_whoami(const struct show *s, const cJSON *json)
{
	static const char *const heads[] = {"DROVERD", "IS"};
	static const struct {
		const char *label, *member;
	} rows[] = {
		{"account", "account"}, {"identity", "arn"},  {"type", "identity_type"},
		{"site", "site"},       {"keys of", "source"}, {"key", "key_hint"},
	};
	auto_table struct table t;
	table_init(&t, heads, ARRAY_SIZE(heads));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		add_row(&t, rows[i].label, show_text(json, rows[i].member));
	add_expiry(&t, json);
	table_print(&t, s->colored, s->out);
}

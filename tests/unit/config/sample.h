#pragma once
/*
 * A valid file of one group of any kind with one key set, and what that key needs beside it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "model/kind.h"

/* What stands in the map at @at ("": the group) when a key of it is set that begins with
 * @key ("": any). */
struct neighbour {
	const char *at, *key, *name, *value;
};

static const struct neighbour of_phones[] = {
	{"", "", "region", "cn-shanghai"},
	{"", "", "spec", "acp.basic.small"},
	{"", "", "image", "imgc-1"},
	{"", "", "office_site_id", "cn-shanghai+dir-1"},
	{"charge", "", "period", "1"},
	{"charge", "", "period_unit", "Month"},
	{"charge", "period", "type", "PrePaid"},
	{"charge", "auto_", "type", "PrePaid"},
	{"network_info", "", "period", "1"},
	{"network_info", "", "period_unit", "Month"},
	{0},
};

static const struct neighbour of_apps[] = {
	{"", "", "region", "cn-shanghai"},
	{"", "", "image", "img-1"},
	{"", "", "node_pool", "{instance_type: appstreaming.general.4c8g}"},
	{"", "users", "user_info", "{type: Simple}"},
	{"charge", "period", "type", "PrePaid"},
	{"charge", "auto_", "type", "PrePaid"},
	{"charge", "auto_", "period", "1"},
	{"charge", "period_unit", "period", "1"},
	{"node_pool", "", "instance_type", "appstreaming.general.4c8g"},
	{"node_pool.recurrence_schedules[]", "", "recurrence_type", "Weekly"},
	{"node_pool.recurrence_schedules[]", "", "recurrence_values", "[1]"},
	{"node_pool.recurrence_schedules[].timer_periods[]", "", "start_time", "09:00"},
	{"node_pool.recurrence_schedules[].timer_periods[]", "", "end_time", "10:00"},
	{"node_pool.recurrence_schedules[].timer_periods[]", "", "amount", "2"},
	{"network", "routes", "strategy_type", "Mixed"},
	{"network", "v_switch_ids", "office_site_id", "cn-shanghai+dir-1"},
	{"network.routes[]", "", "destination", "10.0.0.0/8"},
	{"network.domain_rules[]", "", "domain", "example.com"},
	{"network.domain_rules[]", "", "policy", "block"},
	{"video_policy", "webrtc", "streaming_mode", "video"},
	{0},
};

static const struct neighbour of_purchases[] = {
	{"", "", "product_code", "ddos"},
	{"", "", "product_type", "ddoscoo"},
	{"", "", "subscription", "Subscription"},
	{"", "", "period", "1"},
	{"", "", "confirm_auto_pay", "true"},
	{"", "renew_period", "renewal_status", "AutoRenewal"},
	{0},
};

/* The key that begins at @key ends at a dot, at "[]" or with the text. */
static inline size_t key_length(const char *key)
{
	return strcspn(key, ".[");
}

static inline void add_neighbours(struct strbuf *out, const struct neighbour *rows,
				  const char *path, const char *key)
{
	size_t at_len = key == path ? 0 : (size_t)(key - path) - 1;
	for (const struct neighbour *n = rows; n->at; n++) {
		bool is_here = strlen(n->at) == at_len && strncmp(n->at, path, at_len) == 0;
		bool is_wanted = strncmp(key, n->key, strlen(n->key)) == 0;
		bool is_itself = strlen(n->name) == key_length(key) &&
				 strncmp(n->name, key, key_length(key)) == 0;
		if (is_here && is_wanted && !is_itself)
			strbuf_addf(out, "%s: %s, ", n->name, n->value);
	}
}

/* The one group is in the fourth line, written as a flow map. @path as schema_walk() gives it. */
static inline char *text_with(enum kind kind, const char *path, const char *value)
{
	static const struct neighbour *const rows[] = {of_phones, of_apps, of_purchases};
	struct strbuf out = STRBUF_INIT(4096), end = STRBUF_INIT(64);
	strbuf_add(&out, "version: 1\nfleet: qa\ngroups:\n  - {");
	if (strcmp(path, "name") != 0)
		strbuf_add(&out, "name: some, ");
	if (strcmp(path, "kind") != 0)
		strbuf_addf(&out, "kind: %s, ", kind_name(kind));
	if (strcmp(path, "count") != 0)
		strbuf_add(&out, "count: 3, ");
	for (const char *key = path;; key += key_length(key) + 1) {
		if (*key == ']')
			key += 2;
		size_t len = key_length(key);
		add_neighbours(&out, rows[kind], path, key);
		strbuf_addf(&out, "%.*s: ", (int)len, key);
		if (key[len] == '\0')
			break;
		strbuf_add(&out, key[len] == '[' ? "[{" : "{");
		strbuf_add(&end, key[len] == '[' ? "]}" : "}");
	}
	strbuf_add(&out, value);
	for (size_t i = end.len; i > 0; i--)
		strbuf_add_char(&out, strbuf_text(&end)[i - 1]);
	strbuf_add(&out, "}\n...\n");
	strbuf_fini(&end);
	return strbuf_take(&out);
}

/* Where a complaint about @path of that group points: its lists have one entry. */
static inline void place_of(const char *path, char out[256])
{
	size_t n = (size_t)snprintf(out, 256, "groups[0].");
	for (; *path && n < 254; path++) {
		out[n++] = *path;
		if (*path == '[')
			out[n++] = '0';
	}
	out[n] = '\0';
}

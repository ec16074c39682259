#include "sim_tags.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sim_json.h"

#define JSON_MAX ((size_t)1 << 20)

DEFINE_CLEANUP(struct sim_tags *, sim_tags_unref)

static char *to_json(const struct sim_tags *tags)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(JSON_MAX);
	json_literal(&out, "[");
	for (size_t i = 0; i < tags->n; i++) {
		json_comma(&out);
		json_literal(&out, "{");
		json_text(&out, "Key", tags->items[i].key);
		json_text(&out, "Value", tags->items[i].value);
		json_literal(&out, "}");
	}
	json_literal(&out, "]");
	return strbuf_take(&out);
}

static struct sim_tags *allocate(size_t capacity)
{
	struct sim_tags *tags = calloc(1, sizeof(*tags));
	if (!tags)
		return NULL;
	tags->refs = 1;
	tags->items = calloc(capacity ? capacity : 1, sizeof(*tags->items));
	if (!tags->items) {
		free(tags);
		return NULL;
	}
	return tags;
}

static bool add(struct sim_tags *tags, const char *key, const char *value)
{
	struct sim_tag *tag = &tags->items[tags->n];
	tag->key = strdup(key);
	tag->value = strdup(value);
	tags->n++; /* also half done: unref frees what is there */
	return tag->key && tag->value;
}

struct sim_tags *sim_tags_new(const struct sim_tag *pairs, size_t n)
{
	cleanup(sim_tags_unrefp) struct sim_tags *tags = allocate(n);
	for (size_t i = 0; tags && i < n; i++)
		if (!add(tags, pairs[i].key, pairs[i].value))
			return NULL;
	if (tags)
		tags->json = to_json(tags);
	return tags && tags->json ? TAKE(tags) : NULL;
}

struct sim_tags *sim_tags_ref(struct sim_tags *tags)
{
	tags->refs++;
	return tags;
}

void sim_tags_unref(struct sim_tags *tags)
{
	if (!tags || --tags->refs > 0)
		return;
	for (size_t i = 0; i < tags->n; i++) {
		free(tags->items[i].key);
		free(tags->items[i].value);
	}
	free(tags->items);
	free(tags->json);
	free(tags);
}

static struct sim_tags *copy_but(const struct sim_tags *tags, const char *key, const char *value)
{
	auto_free struct sim_tag *pairs = calloc(tags->n + 1, sizeof(*pairs));
	size_t n = 0;
	bool placed = false;
	if (!pairs)
		return NULL;
	for (size_t i = 0; i < tags->n; i++) {
		bool same = strcmp(tags->items[i].key, key) == 0;
		if (same && !value)
			continue;
		pairs[n++] = (struct sim_tag){tags->items[i].key, same ? (char *)(uintptr_t)value
								       : tags->items[i].value};
		placed |= same;
	}
	if (value && !placed)
		pairs[n++] = (struct sim_tag){(char *)(uintptr_t)key, (char *)(uintptr_t)value};
	return sim_tags_new(pairs, n);
}

struct sim_tags *sim_tags_with(const struct sim_tags *tags, const char *key, const char *value)
{
	return copy_but(tags, key, value);
}

struct sim_tags *sim_tags_without(const struct sim_tags *tags, const char *key)
{
	return copy_but(tags, key, NULL);
}

const char *sim_tags_get(const struct sim_tags *tags, const char *key)
{
	for (size_t i = 0; i < tags->n; i++)
		if (strcmp(tags->items[i].key, key) == 0)
			return tags->items[i].value;
	return NULL;
}

struct sim_tags *sim_tags_merged(const struct sim_tags *tags, const struct sim_tags *added)
{
	struct sim_tags *merged = sim_tags_new(tags->items, tags->n);
	for (size_t i = 0; merged && i < added->n; i++) {
		struct sim_tags *more =
			sim_tags_with(merged, added->items[i].key, added->items[i].value);
		sim_tags_unref(merged);
		merged = more;
	}
	return merged;
}

void sim_tags_object(const struct sim_tags *tags, const char *name, struct strbuf *out)
{
	json_key(out, name);
	json_literal(out, "{");
	for (size_t i = 0; i < tags->n; i++)
		json_text(out, tags->items[i].key, tags->items[i].value);
	json_literal(out, "}");
}

bool sim_tags_have(const struct sim_tags *tags, const struct sim_tag *wanted, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *value = wanted[i].key ? sim_tags_get(tags, wanted[i].key) : NULL;
		if (!value || (wanted[i].value && strcmp(value, wanted[i].value) != 0))
			return false;
	}
	return true;
}

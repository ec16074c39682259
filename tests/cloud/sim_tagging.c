/*
 * TagResources, UntagResources, ListTagResources (eds-aic 4.17 to 4.19): instances only.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sim_json.h"
#include "sim_operation.h"
#include "sim_operations.h"
#include "sim_page.h"

#define RESOURCE_TYPE "ALIYUN::ACP::INSTANCE"

static bool is_tag_text(const char *text, bool key)
{
	size_t n = strlen(text);
	return n <= 128 && (!key || (n > 0 && strncmp(text, "aliyun", 6) != 0)) &&
	       strncmp(text, "acs:", 4) != 0 && !strstr(text, "http://") &&
	       !strstr(text, "https://");
}

static int read_tag(struct sim_call *call, const char *name, unsigned index,
		    struct sim_tag *ret_tag)
{
	const char *key = sim_arg_member(call, name, index, "Key");
	const char *value = sim_arg_member(call, name, index, "Value");
	value = value ? value : "";
	if (!key || !is_tag_text(key, true))
		return sim_refuse_arg(call, "TagKey", "Tag %u has no acceptable key.", index);
	if (!is_tag_text(value, false))
		return sim_refuse_arg(call, "TagValue", "Tag %u has no acceptable value.", index);
	ret_tag->key = (char *)(uintptr_t)key; /* sim_tags_new copies */
	ret_tag->value = (char *)(uintptr_t)value;
	return 0;
}

size_t sim_read_tags(const struct sim_call *call, const char *name,
		     struct sim_tag ret_tags[SIM_TAGS_MAX])
{
	unsigned n = sim_arg_count(call, name);
	for (unsigned i = 0; i < n; i++) {
		ret_tags[i].key = (char *)(uintptr_t)sim_arg_member(call, name, i + 1, "Key");
		ret_tags[i].value = (char *)(uintptr_t)sim_arg_member(call, name, i + 1, "Value");
	}
	return n;
}

int sim_check_tags(struct sim_call *call, const char *name, struct sim_tags **ret_tags)
{
	struct sim_tag pairs[SIM_TAGS_MAX];
	unsigned n = sim_arg_count(call, name);
	for (unsigned i = 0; i < n && i < SIM_TAGS_MAX; i++) {
		int r = read_tag(call, name, i + 1, &pairs[i]);
		if (r != 0)
			return r;
		for (unsigned j = 0; j < i; j++)
			if (strcmp(pairs[j].key, pairs[i].key) == 0)
				return sim_refuse_arg(call, "TagKey", "The key %s is given twice.",
						      pairs[i].key);
	}
	*ret_tags = sim_tags_new(pairs, n);
	return *ret_tags ? 0 : -ENOMEM;
}

static int check_type(struct sim_call *call)
{
	const char *type = sim_arg(call, "ResourceType");
	if (strcmp(type, RESOURCE_TYPE) == 0)
		return 0;
	return sim_refuse(call, 400, "InvalidResourceType", "ResourceType must be %s.",
			  RESOURCE_TYPE);
}

/* The instance of ResourceId.@index, which must exist. */
static int check_resource(struct sim_call *call, unsigned index, struct sim_instance **ret_instance)
{
	const char *id = sim_arg_item(call, "ResourceId", index);
	struct sim_instance *instance = sim_find_instance(call->sim, id);
	if (!instance)
		return sim_refuse(call, 400, "InvalidResourceId.NotFound", "No instance %s.", id);
	*ret_instance = instance;
	return 0;
}

static void replace_tags(struct sim_call *call, struct sim_instance *instance,
			 struct sim_tags *tags)
{
	if (strcmp(instance->tags->json, tags->json) == 0) {
		sim_tags_unref(tags); /* no change, so no effect */
		return;
	}
	sim_tags_unref(instance->tags);
	instance->tags = tags;
	sim_instance_touch(call->sim, instance);
}

static int check_room(struct sim_call *call, const struct sim_tags *added)
{
	unsigned n = sim_arg_count(call, "ResourceId");
	int r = 0;
	for (unsigned i = 1; i <= n && r == 0; i++) {
		struct sim_instance *instance = NULL;
		struct sim_tags *merged = NULL;
		r = check_resource(call, i, &instance);
		if (r == 0)
			merged = sim_tags_merged(instance->tags, added);
		if (r == 0 && !merged)
			r = -ENOMEM;
		if (r == 0 && merged->n > SIM_TAGS_MAX)
			r = sim_refuse(call, 400, "QuotaExceeded.Tags",
				       "%s would have more than %d tags.", instance->id,
				       SIM_TAGS_MAX);
		sim_tags_unref(merged);
	}
	return r;
}

int sim_tag_resources(struct sim_call *call)
{
	struct sim_tags *added = NULL;
	unsigned n = sim_arg_count(call, "ResourceId");
	int r = check_type(call);
	if (r == 0)
		r = sim_check_tags(call, "Tag", &added);
	if (r == 0)
		r = check_room(call, added);
	for (unsigned i = 1; i <= n && r == 0; i++) {
		struct sim_instance *instance =
			sim_find_instance(call->sim, sim_arg_item(call, "ResourceId", i));
		struct sim_tags *merged = sim_tags_merged(instance->tags, added);
		if (merged)
			replace_tags(call, instance, merged);
		else
			r = -ENOMEM;
	}
	sim_tags_unref(added);
	return r;
}

static struct sim_tags *stripped(struct sim_call *call, const struct sim_tags *old)
{
	unsigned n = sim_arg_count(call, "TagKey");
	if (n == 0) /* All is only looked at without keys (eds-aic 4.18) */
		return sim_arg_bool(call, "All", false) ? sim_tags_new(NULL, 0)
							: sim_tags_new(old->items, old->n);
	struct sim_tags *tags = sim_tags_new(old->items, old->n);
	for (unsigned i = 1; tags && i <= n; i++) {
		struct sim_tags *less = sim_tags_without(tags, sim_arg_item(call, "TagKey", i));
		sim_tags_unref(tags);
		tags = less;
	}
	return tags;
}

int sim_untag_resources(struct sim_call *call)
{
	unsigned n = sim_arg_count(call, "ResourceId");
	struct sim_instance *instance = NULL;
	int r = check_type(call);
	for (unsigned i = 1; i <= n && r == 0; i++)
		r = check_resource(call, i, &instance);
	for (unsigned i = 1; i <= n && r == 0; i++) {
		instance = sim_find_instance(call->sim, sim_arg_item(call, "ResourceId", i));
		struct sim_tags *tags = stripped(call, instance->tags);
		if (!tags)
			return -ENOMEM;
		replace_tags(call, instance, tags);
	}
	return r;
}

struct tag_row {
	const struct sim_instance *instance;
	const struct sim_tag *tag;
};

static void add_row(struct sim_call *call, const void *item)
{
	const struct tag_row *row = item;
	json_text(&call->out, "ResourceId", row->instance->id);
	json_text(&call->out, "ResourceType", RESOURCE_TYPE);
	json_text(&call->out, "TagKey", row->tag->key);
	json_text(&call->out, "TagValue", row->tag->value);
}

static bool is_asked_for(const struct sim_call *call, const struct sim_tag *tag)
{
	unsigned n = sim_arg_count(call, "Tag");
	for (unsigned i = 1; i <= n; i++) {
		const char *key = sim_arg_member(call, "Tag", i, "Key");
		const char *value = sim_arg_member(call, "Tag", i, "Value");
		if (key && strcmp(key, tag->key) == 0 && (!value || strcmp(value, tag->value) == 0))
			return true;
	}
	return n == 0;
}

struct tag_rows {
	VEC(struct tag_row) list;
};

static int collect_from(const struct sim_call *call, const struct sim_instance *instance,
			struct tag_rows *rows)
{
	for (size_t i = 0; i < instance->tags->n; i++) {
		if (!is_asked_for(call, &instance->tags->items[i]))
			continue;
		struct tag_row *row = vec_add(&rows->list);
		if (!row)
			return -ENOMEM;
		*row = (struct tag_row){instance, &instance->tags->items[i]};
	}
	return 0;
}

static int collect(struct sim_call *call, struct tag_rows *rows)
{
	unsigned n = sim_arg_count(call, "ResourceId");
	int r = 0;
	for (unsigned i = 1; i <= n && r == 0; i++) {
		const struct sim_instance *instance =
			sim_find_instance(call->sim, sim_arg_item(call, "ResourceId", i));
		r = instance ? collect_from(call, instance, rows) : 0;
	}
	if (n > 0)
		return r;
	vec_each(&call->sim->instance_order.list, slot) if (r == 0 && slot->item) r =
		collect_from(call, slot->item, rows);
	return r;
}

int sim_list_tag_resources(struct sim_call *call)
{
	struct tag_rows rows = {0};
	const char *region = sim_arg(call, "RegionId");
	int r = check_type(call);
	/* The region of the endpoint, not of the phones (eds-aic 2). */
	if (r == 0 && strcmp(region, "cn-shanghai") != 0 && strcmp(region, "ap-southeast-1") != 0)
		r = sim_refuse(call, 400, "InvalidRegionId", "No endpoint in %s.", region);
	if (r == 0 && sim_arg_count(call, "ResourceId") == 0 && sim_arg_count(call, "Tag") == 0)
		r = sim_refuse(call, 400, "MissingParameter", "ResourceId or Tag must be given.");
	if (r == 0)
		r = collect(call, &rows);
	auto_free const void **items = r == 0 ? calloc(rows.list.n + 1, sizeof(*items)) : NULL;
	if (r == 0 && !items)
		r = -ENOMEM;
	for (size_t i = 0; r == 0 && i < rows.list.n; i++)
		items[i] = &rows.list.items[i];
	if (r == 0)
		r = sim_page_items(call, "TagResources", items, rows.list.n, 50, add_row);
	vec_free(&rows.list);
	return r;
}

/*
 * TagCloudResources, UntagCloudResources, ListTagCloudResources (appstream-center 3.18 to
 * 3.20), for delivery groups. What cannot be done for one resource is told in the answer of
 * a call that succeeds.
 */
#include "sim_stream_tags.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sim_json.h"
#include "sim_operation.h"
#include "sim_operations.h"
#include "sim_page.h"
#include "sim_stream.h"

#define RESOURCE_TYPE "AppInstanceGroupId"

DEFINE_CLEANUP(struct sim_tags *, sim_tags_unref)

static const char *scope_of(const char *key)
{
	return strncmp(key, "System/", 7) == 0 ? "System" : "Custom";
}

static void add_tag(struct strbuf *out, const char *key, const char *value)
{
	json_comma(out);
	json_literal(out, "{");
	json_text(out, "Key", key);
	json_text(out, "Scope", scope_of(key));
	if (value)
		json_text(out, "Value", value);
	json_literal(out, "}");
}

static void add_tags_of(struct strbuf *out, const char *name, const struct sim_tags *tags,
			const char *scope)
{
	json_key(out, name);
	json_literal(out, "[");
	for (size_t i = 0; i < tags->n; i++)
		if (!scope || strcmp(scope, scope_of(tags->items[i].key)) == 0)
			add_tag(out, tags->items[i].key, tags->items[i].value);
	json_literal(out, "]");
}

void sim_stream_add_tags(struct strbuf *out, const char *name, const struct sim_tags *tags)
{
	add_tags_of(out, name, tags, NULL);
}

/* --- Tag and Untag */

/* The group of ResourceIds.@index; NULL when there is none. */
static struct sim_stream *resource(const struct sim_call *call, unsigned index)
{
	if (!sim_arg_is(call, "ResourceType", RESOURCE_TYPE))
		return NULL; /* nothing of another type exists */
	return sim_find_stream(call->sim, sim_arg_item(call, "ResourceIds", index));
}

static void begin_failure(struct sim_call *call, unsigned index, const char *code,
			  const char *message)
{
	struct strbuf *out = &call->out;
	json_comma(out);
	json_literal(out, "{");
	json_text(out, "ResourceId", sim_arg_item(call, "ResourceIds", index));
	json_text(out, "ResourceType", sim_arg(call, "ResourceType"));
	json_text(out, "Code", code);
	json_text(out, "Message", message);
}

static void fail_tags(struct sim_call *call, unsigned index, const struct sim_tags *tags,
		      const char *code, const char *message)
{
	begin_failure(call, index, code, message);
	sim_stream_add_tags(&call->out, "Tags", tags);
	json_literal(&call->out, "}");
}

static size_t count_custom(const struct sim_tags *tags)
{
	size_t n = 0;
	for (size_t i = 0; i < tags->n; i++)
		n += strcmp(scope_of(tags->items[i].key), "Custom") == 0;
	return n;
}

/* Equal tags are no effect. */
static void put_tags(struct sim *sim, struct sim_stream *stream, struct sim_tags *tags)
{
	sim->changes += strcmp(stream->tags->json, tags->json) != 0;
	sim_tags_unref(stream->tags);
	stream->tags = tags;
}

static int tag_one(struct sim_call *call, unsigned index, const struct sim_tags *added)
{
	struct sim_stream *stream = resource(call, index);
	if (!stream) {
		fail_tags(call, index, added, "InvalidAppInstanceGroup.NotFound", "not there");
		return 0;
	}
	struct sim_tags *merged = sim_tags_merged(stream->tags, added);
	if (!merged)
		return -ENOMEM;
	if (count_custom(merged) > SIM_TAGS_MAX) {
		sim_tags_unref(merged);
		fail_tags(call, index, added, "ResourceTag.CustomTagCountExceed", "too many tags");
		return 0;
	}
	put_tags(call->sim, stream, merged);
	return 0;
}

static int check_resources(struct sim_call *call, unsigned *ret_n)
{
	*ret_n = sim_arg_count(call, "ResourceIds");
	if (*ret_n == 0 && strcmp(sim_arg(call, "ResourceType"), "AliUid") != 0)
		return sim_refuse_missing(call, "ResourceIds");
	return 0;
}

int sim_tag_streams(struct sim_call *call)
{
	cleanup(sim_tags_unrefp) struct sim_tags *added = NULL;
	unsigned n = 0;
	int r = check_resources(call, &n);
	if (r == 0)
		r = sim_check_tags(call, "Tags", &added);
	if (r != 0)
		return r;
	for (size_t i = 0; i < added->n; i++)
		if (!*added->items[i].value)
			return sim_refuse_arg(call, "TagValue", "The value of %s is empty.",
					      added->items[i].key);
	json_key(&call->out, "FailedResources");
	json_literal(&call->out, "[");
	for (unsigned i = 1; i <= n && r == 0; i++)
		r = tag_one(call, i, added);
	json_literal(&call->out, "]");
	return r;
}

static int untag_one(struct sim_call *call, unsigned index)
{
	struct sim_stream *stream = resource(call, index);
	unsigned n = sim_arg_count(call, "TagKeys");
	if (!stream) {
		begin_failure(call, index, "UNTAG_RESOURCE_FAILED", "not there");
		json_key(&call->out, "Tags");
		json_literal(&call->out, "[");
		for (unsigned i = 1; i <= n; i++)
			add_tag(&call->out, sim_arg_item(call, "TagKeys", i), NULL);
		json_literal(&call->out, "]}");
		return 0;
	}
	struct sim_tags *tags = sim_tags_ref(stream->tags);
	for (unsigned i = 1; tags && i <= n; i++) {
		struct sim_tags *less = sim_tags_without(tags, sim_arg_item(call, "TagKeys", i));
		sim_tags_unref(tags);
		tags = less;
	}
	if (!tags)
		return -ENOMEM;
	put_tags(call->sim, stream, tags);
	return 0;
}

int sim_untag_streams(struct sim_call *call)
{
	unsigned n = 0;
	int r = check_resources(call, &n);
	if (r != 0)
		return r;
	json_key(&call->out, "FailedResources");
	json_literal(&call->out, "[");
	for (unsigned i = 1; i <= n && r == 0; i++)
		r = untag_one(call, i);
	json_literal(&call->out, "]");
	return r;
}

/* --- List */

static void add_tagged(struct sim_call *call, const void *item)
{
	const struct sim_stream *stream = item;
	const char *scope = sim_arg(call, "Scope");
	json_text(&call->out, "ResourceId", stream->id);
	json_text(&call->out, "ResourceType", RESOURCE_TYPE);
	add_tags_of(&call->out, "Tags", stream->tags,
		    scope && strcmp(scope, "All") != 0 ? scope : NULL);
}

static bool is_asked_for(const struct sim_call *call, const struct sim_stream *stream)
{
	const char *scope = sim_arg(call, "Scope");
	size_t custom = count_custom(stream->tags), n = stream->tags->n;
	if (scope && strcmp(scope, "Custom") == 0)
		n = custom;
	else if (scope && strcmp(scope, "System") == 0)
		n -= custom;
	return stream->stands && n > 0 && sim_arg_is(call, "ResourceType", RESOURCE_TYPE) &&
	       sim_arg_lists(call, "ResourceIds", stream->id);
}

int sim_list_stream_tags(struct sim_call *call)
{
	size_t n = 0;
	auto_free const void **found = calloc(HASH_COUNT(call->sim->streams) + 1, sizeof(*found));
	if (!found)
		return -ENOMEM;
	for (const struct sim_stream *stream = call->sim->streams; stream; stream = stream->hh.next)
		if (is_asked_for(call, stream))
			found[n++] = stream;
	return sim_page_items(call, "ResourceTags", found, n, 50, add_tagged);
}

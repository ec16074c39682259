/*
 * GetAppInstanceGroup, ListAppInstanceGroup, ListNodes (appstream-center 3.2, 3.3, 3.5).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/timefmt.h"
#include "sim_json.h"
#include "sim_operation.h"
#include "sim_operations.h"
#include "sim_page.h"
#include "sim_stream.h"
#include "sim_stream_tags.h"

#define SOON_MS (7 * SIM_DAY_MS)

/* --- the members of a group */

/* 2022-04-27T16:00:00.000+00:00 */
static void add_time(struct strbuf *out, const char *key, uint64_t wall_ms)
{
	char text[TIMEFMT_SIZE], full[TIMEFMT_SIZE + 8];
	timefmt_iso(wall_ms, text);
	(void)snprintf(full, sizeof(full), "%.19s.000+00:00", text);
	json_text(out, key, full);
}

static const char *shown(const struct sim_call *call, const char *word)
{
	return sim_meets(&call->faults, PHASE_READ, FAULT_UNKNOWN_STATUS) ? sim_unknown_word(call)
									  : word;
}

static const char *resource_status(const struct sim_call *call, const struct sim_stream *stream)
{
	bool soon = stream->expire_due != SIM_NEVER &&
		    stream->expire_due - call->sim->cloud_ms <= SOON_MS;
	return soon && stream->resource_status == ST_AVAILABLE ? "EXPIRED_IN_7_DAYS"
							       : stream->resource_status;
}

/* A node that is still being made is not listed; but what a new group was bought with is
 * told from the beginning (the example of 3.3). */
static bool is_listed(const struct sim_node *node)
{
	return node->status != ST_CREATING;
}

static void add_amounts(struct strbuf *out, const struct sim_stream *stream)
{
	unsigned prepaid = 0, elastic = 0;
	vec_each(&stream->nodes, node)
	{
		bool counts = is_listed(node) || stream->status == ST_DEPLOYING;
		prepaid += counts && node->prepaid;
		elastic += counts && node->elastic;
	}
	json_int(out, "Amount", stream->bought);
	json_int(out, "NodeAmount", prepaid); /* subscription nodes only (3.2) */
	json_int(out, "NodeUsed", 0);
	json_int(out, "ScalingNodeAmount", elastic);
	json_int(out, "ScalingNodeUsed", 0);
}

static void add_strategy(struct strbuf *out, const struct sim_stream *stream)
{
	const cJSON *member = NULL;
	cJSON_ArrayForEach(member, stream->strategy)
	{
		char *text = cJSON_PrintUnformatted(member);
		if (!text) {
			out->error = -ENOMEM;
			return;
		}
		json_key(out, member->string);
		strbuf_add(out, text);
		cJSON_free(text);
	}
}

static void add_pool(struct strbuf *out, const struct sim_stream *stream)
{
	json_key(out, "NodePool");
	json_literal(out, "[");
	if (*stream->pool_id) {
		json_literal(out, "{");
		json_text(out, "NodePoolId", stream->pool_id);
		json_text(out, "NodeInstanceType", stream->type->id);
		json_text(out, "NodeTypeName", stream->type->name);
		json_int(out, "NodeCapacity", stream->capacity);
		add_amounts(out, stream);
		add_strategy(out, stream);
		json_literal(out, "}");
	}
	json_literal(out, "]");
}

/* Of groups that are sold by session; meaningless for those sold by node. */
static void add_session_scaling(struct strbuf *out)
{
	json_int(out, "MaxAmount", 1);
	json_int(out, "MinAmount", 1);
	json_text(out, "ReserveAmountRatio", "0");
	json_int(out, "ReserveMaxAmount", 0);
	json_int(out, "ReserveMinAmount", 0);
	json_int(out, "ScalingDownAfterIdleMinutes", 0);
	json_int(out, "ScalingStep", 1);
	json_text(out, "ScalingUsageThreshold", "85");
}

static void add_product(struct strbuf *out, const struct sim_stream *stream)
{
	char timeout[12];
	(void)snprintf(timeout, sizeof(timeout), "%d", stream->session_timeout);
	json_text(out, "AppInstanceType", "__dynamic__");
	json_text(out, "AppPolicyId", stream->policy);
	json_literal(out, ",\"Apps\":[]");
	json_text(out, "AuthMode", stream->auth_mode);
	json_text(out, "ChargeResourceMode", "Node");
	json_text(out, "ChargeType", stream->prepaid ? "PrePaid" : "PostPaid");
	json_text(out, "OfficeSiteId", stream->office_site);
	json_text(out, "OsType", "Windows");
	json_literal(out, ",\"OtaInfo\":{\"OtaVersion\":\"1.0.0\",\"NewOtaVersion\":\"\","
			  "\"TaskId\":\"\"}");
	json_text(out, "ProductType", "CloudApp");
	json_text(out, "RegionId", stream->region->id);
	json_text(out, "SessionTimeout", timeout); /* a string here (3.2) */
	json_bool(out, "SkipUserAuthCheck", stream->skip_auth);
	json_text(out, "SpecId", stream->spec_id);
	json_bool(out, "SupportUserGroupMixedAuth", false);
	json_text(out, "UserGroupAuthMode", "Mixed");
}

/* What both Get and List show. */
static void add_group(struct sim_call *call, const struct sim_stream *stream)
{
	struct strbuf *out = &call->out;
	json_text(out, "AppInstanceGroupId", stream->id);
	json_text(out, "AppInstanceGroupName", stream->name);
	json_text(out, "AppCenterImageId", stream->image->id);
	json_text(out, "Status", shown(call, stream->status));
	json_text(out, "ResourceStatus", shown(call, resource_status(call, stream)));
	json_int(out, "Amount", stream->bought);
	add_session_scaling(out);
	add_product(out, stream);
	add_time(out, "GmtCreate", stream->made.wall_ms);
	if (stream->expire_due != SIM_NEVER)
		add_time(out, "ExpiredTime",
			 sim_due_wall_ms(call->sim, stream->made, stream->expire_due));
	add_pool(out, stream);
	sim_stream_add_tags(out, "Tags", stream->tags);
}

/* --- Get and List */

int sim_get_stream(struct sim_call *call)
{
	const char *id = sim_arg(call, "AppInstanceGroupId");
	const struct sim_stream *stream = sim_find_stream(call->sim, id);
	if (!stream || !sim_is_visible(call, stream->made.cloud_ms))
		return sim_refuse(call, 400, "InvalidAppInstanceGroup.NotFound",
				  "No delivery group %s.", id);
	json_key(&call->out, "AppInstanceGroupModels"); /* one object, despite the name */
	json_literal(&call->out, "{");
	add_group(call, stream);
	json_text(&call->out, "AppCenterImageName", stream->image->name);
	json_text(&call->out, "AppInstanceTypeName", "");
	json_text(&call->out, "SessionType", stream->session_type);
	json_literal(&call->out, "}");
	return 0;
}

static void add_row(struct sim_call *call, const void *item)
{
	const struct sim_stream *stream = item;
	add_group(call, stream);
	json_bool(&call->out, "AppPolicyImageCheck", true);
	json_text(&call->out, "AppPolicyVersion", "CENTER");
	sim_stream_add_tags(&call->out, "ResourceTags", stream->tags);
}

static bool has_user_group(const struct sim_call *call, const char *list,
			   const struct sim_stream *stream)
{
	unsigned n = sim_arg_count(call, list);
	for (unsigned i = 1; i <= n; i++) {
		char line[128];
		(void)snprintf(line, sizeof(line), "\n%s\n", sim_arg_item(call, list, i));
		if (strstr(stream->user_groups, line))
			return true;
	}
	return false;
}

static bool matches(const struct sim_call *call, const struct sim_stream *stream)
{
	const char *name = sim_arg(call, "AppInstanceGroupName");
	struct sim_tag tags[SIM_TAGS_MAX] = {0};
	size_t n_tags = sim_read_tags(call, "Tag", tags);
	return stream->stands && sim_is_visible(call, stream->made.cloud_ms) &&
	       (!name || strstr(stream->name, name)) && /* contains (3.3) */
	       sim_arg_is(call, "AppInstanceGroupId", stream->id) &&
	       sim_arg_is(call, "AppCenterImageId", stream->image->id) &&
	       sim_arg_is(call, "BizRegionId", stream->region->id) &&
	       sim_arg_is(call, "NodeInstanceType", stream->type->id) &&
	       sim_arg_is(call, "OfficeSiteId", stream->office_site) &&
	       sim_arg_lists(call, "Status", stream->status) &&
	       (sim_arg_count(call, "UserGroupIds") == 0 ||
		has_user_group(call, "UserGroupIds", stream)) &&
	       !has_user_group(call, "ExcludedUserGroupIds", stream) &&
	       sim_tags_have(stream->tags, tags, n_tags);
}

/* The newest first. */
int sim_list_streams(struct sim_call *call)
{
	static const struct sim_numbered names = {.number = "PageNumber",
						  .size = "PageSize",
						  .total = "TotalCount",
						  .default_size = 20,
						  .key = "AppInstanceGroupModels",
						  .add = add_row};
	size_t n = HASH_COUNT(call->sim->streams), at = n;
	auto_free const void **found = calloc(n + 1, sizeof(*found));
	if (!found)
		return -ENOMEM;
	for (const struct sim_stream *stream = call->sim->streams; stream; stream = stream->hh.next)
		if (matches(call, stream))
			found[--at] = stream;
	sim_page_numbered(call, &names, found + at, n - at);
	return 0;
}

/* --- ListNodes */

static void add_node(struct sim_call *call, const void *item)
{
	const struct sim_node *node = item;
	json_text(&call->out, "NodeId", node->id);
	json_text(&call->out, "ChargeType", node->prepaid ? "Prepaid" : "PostPaid"); /* so (3.5) */
}

int sim_list_nodes(struct sim_call *call)
{
	static const struct sim_numbered names = {.number = "ToPage",
						  .size = "PerPageSize",
						  .total = "Count",
						  .key = "NodeModels",
						  .add = add_node};
	struct sim_stream *stream = NULL;
	size_t n = 0;
	int r = sim_check_stream(call, &stream);
	if (r == 0 && !sim_is_visible(call, stream->made.cloud_ms))
		r = sim_refuse(call, 400, "InvalidAppInstanceGroup.NotFound",
			       "No delivery group %s.", stream->id);
	auto_free const void **found = r == 0 ? calloc(stream->nodes.n + 1, sizeof(*found)) : NULL;
	if (!found)
		return r != 0 ? r : -ENOMEM;
	vec_each(&stream->nodes, node) if (is_listed(node)) found[n++] = node;
	sim_page_numbered(call, &names, found, n);
	return 0;
}

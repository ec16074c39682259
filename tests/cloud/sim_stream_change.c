/*
 * What can be done to a delivery group that exists (appstream-center 3.6, 3.8 to 3.10,
 * 3.12). One step at a time: while one is under way the others are refused.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sim_json.h"
#include "sim_operation.h"
#include "sim_operations.h"
#include "sim_read.h"
#include "sim_stream.h"

DEFINE_CLEANUP(cJSON *, cJSON_Delete)

static int check_ready(struct sim_call *call, struct sim_stream **ret_stream)
{
	int r = sim_check_stream(call, ret_stream);
	return r == 0 ? sim_check_settled(call, *ret_stream) : r;
}

static int check_place(struct sim_call *call, const struct sim_stream *stream)
{
	if (sim_arg_is(call, "BizRegionId", stream->region->id))
		return 0;
	return sim_refuse_arg(call, "BizRegionId", "%s is in %s.", stream->id, stream->region->id);
}

/* --- ModifyAppInstanceGroupAttribute */

static int check_modification(struct sim_call *call, const struct sim_stream *stream,
			      const cJSON *pool)
{
	const char *mode = sim_arg(call, "PreOpenMode"), *app = sim_arg(call, "PreOpenAppId");
	const char *id = read_text(pool, "NodePoolId", stream->pool_id);
	int r = sim_check_policies(call);
	if (r == 0 && mode && strcmp(mode, "SINGLE_APP") == 0 && (!app || !*app))
		r = sim_refuse_missing(call, "PreOpenAppId");
	if (r == 0 && strcmp(id, stream->pool_id) != 0)
		r = sim_refuse_arg(call, "NodePool", "%s has no pool %s.", stream->id, id);
	if (r == 0 && pool && stream->type)
		r = sim_check_capacity(call, stream->type,
				       (unsigned)read_int(pool, "NodeCapacity", 1));
	return r;
}

int sim_modify_stream(struct sim_call *call)
{
	struct sim_stream *stream = NULL;
	cleanup(cJSON_Deletep) cJSON *pool = NULL;
	cleanup(cJSON_Deletep) cJSON *security = NULL;
	if (sim_arg_json(call, "NodePool", &pool) < 0 ||
	    sim_arg_json(call, "SecurityPolicy", &security) < 0)
		return -ENOMEM;
	int r = check_ready(call, &stream);
	if (r == 0)
		r = check_modification(call, stream, pool);
	if (r == 0)
		r = sim_replace(&stream->name, sim_arg(call, "AppInstanceGroupName"));
	if (r != 0)
		return r;
	stream->session_timeout = (int)sim_arg_int(call, "SessionTimeout", stream->session_timeout);
	stream->capacity = (unsigned)read_int(pool, "NodeCapacity", (int)stream->capacity);
	if (read_member(security, "SkipUserAuthCheck"))
		stream->skip_auth = cJSON_IsTrue(read_member(security, "SkipUserAuthCheck"));
	call->sim->changes++;
	return 0;
}

/* --- ModifyNodePoolAttribute */

static int find_pool(struct sim_call *call, struct sim_stream **ret_stream)
{
	const char *id = sim_arg(call, "PoolId");
	for (struct sim_stream *stream = call->sim->streams; stream; stream = stream->hh.next) {
		if (!stream->stands || stream->resource_status == ST_RELEASED ||
		    strcmp(stream->pool_id, id) != 0)
			continue;
		*ret_stream = stream;
		return sim_check_settled(call, stream);
	}
	return sim_refuse_arg(call, "PoolId", "No pool %s.", id);
}

/* @after is the strategy as it would be. */
static int check_pool(struct sim_call *call, const struct sim_stream *stream, const cJSON *wanted,
		      const cJSON *after)
{
	const char *type = read_text(after, "StrategyType", "NODE_FIXED");
	bool scheduled = strcmp(type, "NODE_SCALING_BY_SCHEDULE") == 0;
	int r = check_place(call, stream);
	if (r == 0)
		r = sim_check_capacity(call, stream->type,
				       (unsigned)sim_arg_int(call, "NodeCapacity", 1));
	if (r == 0 && read_member(wanted, "NodeAmount") && (stream->prepaid || scheduled))
		r = sim_refuse_arg(call, "NodeAmount", "The number of nodes of %s is not for this.",
				   stream->id);
	return r == 0 && wanted ? sim_check_strategy(call, after, stream->prepaid) : r;
}

/* How many nodes of each sort the strategy asks for. */
static int resize(struct sim_call *call, struct sim_stream *stream, const cJSON *wanted)
{
	const char *type = sim_stream_strategy(stream);
	bool scheduled = strcmp(type, "NODE_SCALING_BY_SCHEDULE") == 0;
	unsigned elastic = sim_stream_size(stream, true), own = sim_stream_size(stream, false);
	uint64_t before = call->sim->changes;
	if (scheduled)
		elastic = elastic > 0 ? elastic : 1;
	else if (strcmp(type, "NODE_FIXED") == 0)
		elastic = 0;
	own = scheduled ? 0 : (unsigned)read_int(wanted, "NodeAmount", (int)own);
	int r = sim_stream_resize(call->sim, stream, false, own);
	if (r == 0)
		r = sim_stream_resize(call->sim, stream, true, elastic);
	if (r == 0 && call->sim->changes != before)
		r = sim_stream_upgrade(call->sim, stream, sim_fate_of(call));
	return r;
}

int sim_modify_pool(struct sim_call *call)
{
	struct sim_stream *stream = NULL;
	cleanup(cJSON_Deletep) cJSON *wanted = NULL;
	cleanup(cJSON_Deletep) cJSON *after = NULL;
	int r = find_pool(call, &stream);
	if (r == 0)
		r = sim_arg_json(call, "NodePoolStrategy", &wanted);
	if (r != 0)
		return r;
	after = cJSON_Duplicate(stream->strategy, true);
	if (!after || sim_stream_merge(after, wanted) < 0)
		return -ENOMEM;
	r = check_pool(call, stream, wanted, after);
	if (r != 0)
		return r;
	unsigned capacity = (unsigned)sim_arg_int(call, "NodeCapacity", stream->capacity);
	call->sim->changes +=
		capacity != stream->capacity || !cJSON_Compare(after, stream->strategy, true);
	stream->capacity = capacity;
	cJSON *before = stream->strategy;
	stream->strategy = TAKE(after);
	cJSON_Delete(before);
	return resize(call, stream, wanted);
}

/* --- ModifyNodePoolAmount */

/* The nodes whose billing changes: there, pay-as-you-go, as many as the total grows by. */
static int check_converts(struct sim_call *call, const struct sim_stream *stream, const cJSON *pool,
			  unsigned more)
{
	const cJSON *ids = read_member(pool, "PrePaidNodeAmountModifyNodeIds"), *id = NULL;
	if (!ids != !read_member(pool, "PrePaidNodeAmountModifyMode"))
		return sim_refuse_missing(call, ids ? "PrePaidNodeAmountModifyMode"
						    : "PrePaidNodeAmountModifyNodeIds");
	if (ids && cJSON_GetArraySize(ids) != (int)more)
		return sim_refuse_arg(call, "NodeAmount", "It must grow by the nodes named.");
	cJSON_ArrayForEach(id, ids)
	{
		struct sim_node *node = NULL;
		if (sim_find_node(call->sim, id->valuestring, &node) != stream || node->prepaid)
			return sim_refuse_arg(call, "PrePaidNodeAmountModifyNodeIds",
					      "%s is no such node of %s.", id->valuestring,
					      stream->id);
	}
	return 0;
}

static int check_growth(struct sim_call *call, const struct sim_stream *stream, const cJSON *pool)
{
	int now = (int)sim_stream_size(stream, false), want = read_int(pool, "NodeAmount", 0);
	if (!stream->prepaid)
		return sim_refuse_arg(call, "AppInstanceGroupId", "%s is not a subscription.",
				      stream->id);
	if (want <= now) /* nobody documents what less would do (3.10) */
		return sim_refuse_arg(call, "NodeAmount", "%s has %d nodes already.", stream->id,
				      now);
	return check_converts(call, stream, pool, (unsigned)(want - now));
}

static int add_converts(struct sim_order *order, const cJSON *pool)
{
	const cJSON *id = NULL;
	int r = 0;
	cJSON_ArrayForEach(id, read_member(pool, "PrePaidNodeAmountModifyNodeIds")) if (r == 0) r =
		sim_order_add_target(order, id->valuestring);
	return r;
}

static int order_growth(struct sim_call *call, struct sim_stream *stream, const cJSON *pool)
{
	unsigned more = (unsigned)read_int(pool, "NodeAmount", 0) - sim_stream_size(stream, false);
	struct sim_order *order = sim_stream_order_new(call->sim, stream, call->op->name, more);
	if (!order)
		return -ENOMEM;
	sim_stream_order_grows(order, sim_fate_of(call));
	order->cents = sim_stream_price(stream->type, true, more, stream->period_ms).trade_cents;
	if (add_converts(order, pool) < 0) {
		sim_order_free(order);
		return -ENOMEM;
	}
	int r = sim_order_place(call->sim, order, false); /* there is no AutoPay here (3.10) */
	if (r < 0)
		return r;
	json_key(&call->out, "Data");
	json_literal(&call->out, "{");
	json_text(&call->out, "OrderId", order->id);
	json_literal(&call->out, "}");
	return 0;
}

int sim_modify_pool_amount(struct sim_call *call)
{
	struct sim_stream *stream = NULL;
	cleanup(cJSON_Deletep) cJSON *pool = NULL;
	int r = check_ready(call, &stream);
	if (r == 0)
		r = sim_arg_json(call, "NodePool", &pool);
	if (r == 0)
		r = check_growth(call, stream, pool);
	return r == 0 ? order_growth(call, stream, pool) : r;
}

/* --- UpdateAppInstanceGroupImage, DeleteAppInstanceGroup */

int sim_update_stream_image(struct sim_call *call)
{
	struct sim_stream *stream = NULL;
	const struct sim_app_image *image = NULL;
	int r = check_ready(call, &stream);
	if (r == 0)
		r = check_place(call, stream);
	if (r == 0)
		r = sim_check_app_image(call, stream->region, &image);
	if (r != 0)
		return r;
	bool fails = sim_fate_of(call) == FATE_FAILS;
	const struct sim_step step = {.status = ST_MAINTAINING,
				      .resource_status = stream->resource_status,
				      .next_status = fails ? ST_MAINTAIN_FAILED : ST_PUBLISHED,
				      .next_resource_status = stream->resource_status,
				      .low_ms = 60000,
				      .high_ms = 120000,
				      .fate = sim_fate_of(call),
				      .fails = fails};
	stream->next_image = image;
	stream->disconnections++; /* as soon as the update starts (3.12) */
	return sim_stream_begin(call->sim, stream, &step);
}

int sim_delete_stream(struct sim_call *call)
{
	const char *id = sim_arg(call, "AppInstanceGroupId");
	struct sim_stream *stream = sim_find_stream(call->sim, id);
	if (!stream || stream->resource_status == ST_RELEASED)
		return sim_refuse(call, 400, "InvalidAppInstanceGroupSpecItem.NotFound",
				  "No delivery group %s.", id);
	if (stream->prepaid)
		return sim_refuse_arg(call, "AppInstanceGroupId", "%s is a subscription.", id);
	return sim_stream_release(call->sim, stream);
}

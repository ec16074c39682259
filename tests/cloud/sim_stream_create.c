/*
 * CreateAppInstanceGroup (appstream-center 3.1). There is no client token: a call that
 * comes twice makes two groups.
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

#define GROUPS_MAX ((size_t)1 << 16)

DEFINE_CLEANUP(struct sim_stream *, sim_stream_free)
DEFINE_CLEANUP(cJSON *, cJSON_Delete)

/* --- checks */

static int check_people(struct sim_call *call)
{
	if (sim_arg_count(call, "Users") > 0 && !sim_arg(call, "UserInfo"))
		return sim_refuse_missing(call, "UserInfo");
	const char *sub = sim_arg(call, "SubPayType"), *promotion = sim_arg(call, "PromotionId");
	if (sub && strcmp(sub, "monthPackage") == 0) /* Cloud Browser only */
		return sim_refuse_arg(call, "SubPayType", "CloudApp has no monthPackage.");
	if (promotion && strcmp(promotion, sim_stream_promotion) != 0)
		return sim_refuse_arg(call, "PromotionId", "No promotion %s.", promotion);
	return 0;
}

static int check_pool(struct sim_call *call, const cJSON *pool, struct sim_stream *stream)
{
	const char *id = read_text(pool, "NodeInstanceType", NULL);
	const char *strategy = read_text(pool, "StrategyType", "NODE_FIXED");
	bool scheduled = strcmp(strategy, "NODE_SCALING_BY_SCHEDULE") == 0;
	stream->type = id ? sim_node_type(id) : NULL;
	if (!id)
		return sim_refuse_missing(call, "NodeInstanceType");
	if (!stream->type)
		return sim_refuse_arg(call, "NodeInstanceType", "No node type %s is sold.", id);
	stream->capacity = (unsigned)read_int(pool, "NodeCapacity", 1);
	int r = sim_check_capacity(call, stream->type, stream->capacity);
	if (r == 0)
		r = sim_check_strategy(call, pool, stream->prepaid);
	if (r == 0 && !read_member(pool, "NodeAmount") && !scheduled)
		r = sim_refuse_missing(call, "NodeAmount");
	stream->bought = scheduled ? 0 : (unsigned)read_int(pool, "NodeAmount", 0);
	return r;
}

/* Everything that is wrong with the call is found here. */
static int check(struct sim_call *call, const cJSON *pool, struct sim_stream *stream)
{
	stream->prepaid = strcmp(sim_arg(call, "ChargeType"), "PrePaid") == 0;
	stream->period_ms = sim_stream_period_ms(call, stream->prepaid);
	int r = sim_check_region(call, &stream->region);
	if (r == 0)
		r = sim_check_app_image(call, stream->region, &stream->image);
	if (r == 0)
		r = check_people(call);
	if (r == 0)
		r = sim_check_policies(call);
	if (r == 0 && !pool)
		r = sim_refuse_missing(call, "NodePool");
	return r == 0 ? check_pool(call, pool, stream) : r;
}

/* --- what it is to be */

/* A copy of a member's text, or of @absent. */
static char *copy_text(const cJSON *object, const char *name, const char *absent)
{
	return strdup(read_text(object, name, absent));
}

static char *join_groups(const struct sim_call *call)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(GROUPS_MAX);
	unsigned n = sim_arg_count(call, "UserGroupIds");
	strbuf_add(&out, "\n");
	for (unsigned i = 1; i <= n; i++)
		strbuf_addf(&out, "%s\n", sim_arg_item(call, "UserGroupIds", i));
	return strbuf_take(&out);
}

static int fill_policies(const struct sim_call *call, struct sim_stream *stream)
{
	cleanup(cJSON_Deletep) cJSON *network = NULL;
	cleanup(cJSON_Deletep) cJSON *runtime = NULL;
	cleanup(cJSON_Deletep) cJSON *security = NULL;
	if (sim_arg_json(call, "Network", &network) < 0 ||
	    sim_arg_json(call, "RuntimePolicy", &runtime) < 0 ||
	    sim_arg_json(call, "SecurityPolicy", &security) < 0)
		return -ENOMEM;
	stream->office_site = copy_text(network, "OfficeSiteId", "");
	stream->session_type = copy_text(runtime, "SessionType", "NORMAL");
	stream->skip_auth = cJSON_IsTrue(read_member(security, "SkipUserAuthCheck"));
	return stream->office_site && stream->session_type ? 0 : -ENOMEM;
}

static int fill(const struct sim_call *call, const cJSON *pool, struct sim_stream *stream)
{
	stream->name = sim_arg_copy(call, "AppInstanceGroupName", stream->id);
	stream->policy = sim_arg_copy(call, "AppPolicyId", "pg-0clfzcy0adpcf0000");
	stream->auth_mode = sim_arg_copy(call, "AuthMode", "AppInstanceGroup");
	stream->user_groups = join_groups(call);
	stream->tags = sim_tags_new(NULL, 0);
	stream->auto_renew = sim_arg_bool(call, "AutoRenew", false);
	stream->session_timeout = (int)sim_arg_int(call, "SessionTimeout", 15);
	stream->strategy = cJSON_CreateObject();
	if (!stream->name || !stream->policy || !stream->auth_mode || !stream->user_groups ||
	    !stream->tags || !stream->strategy)
		return -ENOMEM;
	int r = fill_policies(call, stream);
	return r == 0 ? sim_stream_merge(stream->strategy, pool) : r;
}

/* --- the purchase */

static void answer(struct sim_call *call, const struct sim_stream *stream,
		   const struct sim_order *order)
{
	json_key(&call->out, "AppInstanceGroupModel");
	json_literal(&call->out, "{");
	json_text(&call->out, "AppInstanceGroupId", stream->id);
	if (order) {
		json_text(&call->out, "OrderId", order->id);
		json_text(&call->out, "NodePoolId", stream->pool_id);
	}
	json_literal(&call->out, "}");
}

/* A pair of Period and PeriodUnit that is not sold does not fail the call: the placing of
 * the order fails, and leaves a group without a pool (appstream-center 3.1). */
static int fail_to_order(struct sim_call *call, struct sim_stream *stream)
{
	int r = sim_stream_add(call->sim, stream);
	if (r < 0)
		return r;
	stream->pool_id[0] = '\0';
	stream->stands = true;
	stream->made = (struct sim_moment){call->sim->cloud_ms, call->sim->now.wall_ms,
					   call->sim->advanced_ms};
	stream->status = ST_FAILED;
	stream->resource_status = ST_UNAVAILABLE;
	answer(call, stream, NULL);
	return 0;
}

static int add_nodes(struct sim *sim, struct sim_stream *stream)
{
	bool scheduled = strcmp(sim_stream_strategy(stream), "NODE_SCALING_BY_SCHEDULE") == 0;
	return sim_stream_resize(sim, stream, scheduled, scheduled ? 1 : stream->bought);
}

static int buy(struct sim_call *call, struct sim_stream *stream)
{
	struct sim *sim = call->sim;
	int r = sim_stream_add(sim, stream);
	if (r == 0)
		r = add_nodes(sim, stream);
	if (r < 0)
		return r;
	unsigned n = (unsigned)stream->nodes.n;
	struct sim_order *order = sim_stream_order_new(sim, stream, call->op->name, n);
	if (!order)
		return -ENOMEM;
	order->wish.fate = sim_fate_of(call);
	if (stream->prepaid)
		order->cents =
			sim_stream_price(stream->type, true, n, stream->period_ms).trade_cents;
	/* AutoPay without the money for it is not documented: the order stays unpaid (6). */
	r = sim_order_place(sim, order,
			    !stream->prepaid || (sim_arg_bool(call, "AutoPay", false) &&
						 sim_account_pays(&sim->account, order->cents)));
	if (r == 0)
		answer(call, stream, order);
	return r;
}

int sim_create_stream(struct sim_call *call)
{
	cleanup(cJSON_Deletep) cJSON *pool = NULL;
	cleanup(sim_stream_freep) struct sim_stream *stream = sim_stream_new(call->sim);
	if (!stream || sim_arg_json(call, "NodePool", &pool) < 0)
		return -ENOMEM;
	int r = check(call, pool, stream);
	if (r == 0)
		r = fill(call, pool, stream);
	if (r != 0)
		return r;
	return stream->period_ms > 0 ? buy(call, TAKE(stream)) : fail_to_order(call, TAKE(stream));
}

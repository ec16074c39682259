#include "cloud/actions_kind.h"

#include <errno.h>

#include "base/cleanup.h"
#include "cloud/stream_group.h"

static int encode_create(const struct action_context *ctx, const struct action *action,
			 const struct desired_group *group, const struct intent *intent,
			 struct params *ret)
{
	const struct stream_create create = {
		.group = group, .name = intent->name, .spec = action->spec, .nodes = intent->count};
	(void)ctx;
	return stream_encode_create(&create, ret);
}

/* Both ways: the number of nodes is an absolute one. Of nodes that are subscribed to none can
 * be taken (appstream-center 7): refused. */
static int encode_resize(const struct action_context *ctx, const struct action *action,
			 const struct desired_group *group, const struct intent *intent,
			 struct params *ret)
{
	(void)action;
	if (intent->total < 1)
		return -EINVAL;
	return stream_encode_strategy(group, ctx->pool, intent->total, ret);
}

static int encode_upgrade(const struct action_context *ctx, const struct action *action,
			  const struct desired_group *group, const struct intent *intent,
			  struct params *ret)
{
	(void)ctx;
	(void)action;
	(void)group;
	return stream_encode_amount(intent->cloud_group, intent->total, ret);
}

/* intent.total: the nodes that are there, for the whole strategy is said again. */
static int encode_scaling(const struct action_context *ctx, const struct action *action,
			  const struct desired_group *group, const struct intent *intent,
			  struct params *ret)
{
	bool is_sized = group->charge == CHARGE_POSTPAID && !group->unsized;
	(void)action;
	return stream_encode_strategy(group, ctx->pool, is_sized ? intent->total : 0, ret);
}

static int encode_configure(const struct action_context *ctx, const struct action *action,
			    const struct desired_group *group, const struct intent *intent,
			    struct params *ret)
{
	(void)action;
	return stream_encode_attribute(group, intent->cloud_group, ctx->pool, ret);
}

static int encode_image(const struct action_context *ctx, const struct action *action,
			const struct desired_group *group, const struct intent *intent,
			struct params *ret)
{
	(void)ctx;
	(void)action;
	return stream_encode_image(group, intent->cloud_group, ret);
}

static int encode_delete(const struct action_context *ctx, const struct action *action,
			 const struct desired_group *group, const struct intent *intent,
			 struct params *ret)
{
	(void)ctx;
	(void)action;
	(void)group;
	return stream_encode_delete(intent->cloud_group, ret);
}

static int encode_tag(const struct action_context *ctx, const struct action *action,
		      const struct desired_group *group, const struct intent *intent,
		      struct params *ret)
{
	auto_free struct tag *tags = NULL;
	size_t n = 0;
	(void)action;
	int r = action_tags(ctx, group, &tags, &n);
	return r < 0 ? r : stream_encode_tag(&intent->targets, tags, n, ret);
}

static int decode_create(const struct intent *intent, const cJSON *root, struct action_result *ret)
{
	struct stream_create_reply reply;
	int r = stream_decode_create(root, intent->charge, &reply);
	if (r == 0)
		r = intent_set(&ret->group, reply.made.group);
	return r < 0 ? r : intent_set(&ret->order_id, reply.made.order);
}

/* Which nodes it adds, nobody says. */
static int decode_resize(const struct intent *intent, const cJSON *root, struct action_result *ret)
{
	(void)root;
	return intent_set(&ret->group, intent->cloud_group);
}

static int decode_upgrade(const struct intent *intent, const cJSON *root, struct action_result *ret)
{
	const char *order = "";
	int r = stream_decode_amount(root, &order);
	if (r == 0)
		r = intent_set(&ret->group, intent->cloud_group);
	return r < 0 ? r : intent_set(&ret->order_id, order);
}

static int decode_tag(const struct intent *intent, const cJSON *root, struct action_result *ret)
{
	struct stream_tag_reply reply;
	(void)intent;
	int r = stream_decode_tag(root, &reply);
	if (r < 0)
		return r;
	ret->failed = (int64_t)reply.failed.n;
	stream_tag_reply_fini(&reply);
	return 0;
}

/* Its order waits for a person: the call has no AutoPay (appstream-center 3.10, 6.9). */
static const struct action_row prepaid_grow = {.op = OP_MODIFY_NODE_POOL_AMOUNT,
					       .encode = encode_upgrade,
					       .decode = decode_upgrade,
					       .no_auto_pay = true};

const struct action_row actions_app_streaming[VERB_MAX_] = {
	[VERB_CREATE] = {.op = OP_CREATE_APP_INSTANCE_GROUP,
		.encode = encode_create, .decode = decode_create},
	[VERB_GROW] = {.op = OP_MODIFY_NODE_POOL_ATTRIBUTE,
		.encode = encode_resize, .decode = decode_resize, .prepaid = &prepaid_grow},
	[VERB_SHRINK] = {.op = OP_MODIFY_NODE_POOL_ATTRIBUTE, .encode = encode_resize},
	[VERB_DELETE] = {.op = OP_DELETE_APP_INSTANCE_GROUP, .encode = encode_delete},
	[VERB_TAG] = {.op = OP_TAG_CLOUD_RESOURCES, .encode = encode_tag, .decode = decode_tag},
	[VERB_CONFIGURE] = {.op = OP_MODIFY_APP_INSTANCE_GROUP_ATTRIBUTE,
		.encode = encode_configure},
	[VERB_SET_SCALING] = {.op = OP_MODIFY_NODE_POOL_ATTRIBUTE, .encode = encode_scaling},
	[VERB_UPDATE_IMAGE] = {.op = OP_UPDATE_APP_INSTANCE_GROUP_IMAGE, .encode = encode_image},
};

#include "cloud/actions_kind.h"

#include <errno.h>

#include "base/cleanup.h"
#include "cloud/android_group.h"

static int encode_create(const struct action_context *ctx, const struct action *action,
			 const struct desired_group *group, const struct intent *intent,
			 struct params *ret)
{
	const struct android_create create = {
		.group = group,
		.marks = {ctx->fleet, group->name, intent->key, ctx->owner},
		.name = intent->name,
		.token = intent->token,
		.spec = action->spec,
		.instances = intent->count,
		.bandwidth_package = ctx->bandwidth_package,
	};
	return android_encode_create(&create, ret);
}

/* AutoPay is always explicit: what is pay-as-you-go leaves no order to a person. */
static bool pays_itself(const struct desired_group *group)
{
	return group->charge == CHARGE_POSTPAID || group->auto_pay;
}

static int encode_grow(const struct action_context *ctx, const struct action *action,
		       const struct desired_group *group, const struct intent *intent,
		       struct params *ret)
{
	(void)ctx;
	(void)action;
	return android_encode_upgrade(intent->cloud_group, intent->count, pays_itself(group), ret);
}

static int encode_shrink(const struct action_context *ctx, const struct action *action,
			 const struct desired_group *group, const struct intent *intent,
			 struct params *ret)
{
	(void)ctx;
	(void)action;
	return android_encode_downgrade(intent->cloud_group, &intent->targets, pays_itself(group), ret);
}

static int encode_delete(const struct action_context *ctx, const struct action *action,
			 const struct desired_group *group, const struct intent *intent,
			 struct params *ret)
{
	(void)ctx;
	(void)action;
	(void)group;
	return android_encode_delete(intent->cloud_group, ret);
}

static int encode_tag(const struct action_context *ctx, const struct action *action,
		      const struct desired_group *group, const struct intent *intent,
		      struct params *ret)
{
	auto_free struct tag *tags = NULL;
	size_t n = 0;
	(void)action;
	int r = action_tags(ctx, group, &tags, &n);
	return r < 0 ? r : android_encode_tag(&intent->targets, tags, n, ret);
}

static int encode_attach_key(const struct action_context *ctx, const struct action *action,
			     const struct desired_group *group, const struct intent *intent,
			     struct params *ret)
{
	(void)ctx;
	(void)action;
	if (!group->key_pair)
		return -EINVAL;
	return android_encode_attach_key(group->key_pair, &intent->targets, ret);
}

static int encode_power(const struct action_context *ctx, const struct action *action,
			const struct desired_group *group, const struct intent *intent,
			struct params *ret)
{
	(void)ctx;
	(void)action;
	(void)group;
	return android_encode_power(&intent->targets, ret);
}

static int decode_create(const struct intent *intent, const cJSON *root, struct action_result *ret)
{
	struct android_create_reply reply = {0};
	int r = android_decode_create(root, intent->charge, &reply);
	if (r < 0)
		return r;
	r = intent_set(&ret->group, android_create_group(&reply));
	for (size_t g = 0; g < reply.infos.n && r == 0; g++)
		for (size_t k = 0; k < reply.infos.items[g].instances.n && r == 0; k++)
			r = text_list_add(&ret->instances, reply.infos.items[g].instances.items[k]);
	if (r == 0)
		r = intent_set(&ret->order_id, reply.order);
	if (r == 0)
		r = intent_set(&ret->bandwidth_package, reply.bandwidth.package);
	if (r == 0)
		r = intent_set(&ret->bandwidth_order, reply.bandwidth.order);
	android_create_reply_fini(&reply);
	return r;
}

static int decode_grow(const struct intent *intent, const cJSON *root, struct action_result *ret)
{
	const char *order = "";
	int r = android_decode_upgrade(root, &ret->instances, &order);
	if (r == 0)
		r = intent_set(&ret->group, intent->cloud_group);
	return r == 0 ? intent_set(&ret->order_id, order) : r;
}

static int decode_shrink(const struct intent *intent, const cJSON *root, struct action_result *ret)
{
	(void)intent;
	return intent_set(&ret->order_id, android_decode_order(root));
}

static int decode_attach_key(const struct intent *intent, const cJSON *root, struct action_result *ret)
{
	struct android_attach_reply reply = {0};
	(void)intent;
	int r = android_decode_attach_key(root, &reply);
	if (r < 0)
		return r;
	ret->failed = reply.failed > 0 ? reply.failed : 0;
	android_attach_reply_fini(&reply);
	return 0;
}

const struct action_row actions_cloud_phone[VERB_MAX_] = {
	[VERB_CREATE] = {.op = OP_CREATE_ANDROID_INSTANCE_GROUP,
			.encode = encode_create, .decode = decode_create},
	[VERB_GROW] = {.op = OP_UPGRADE_ANDROID_INSTANCE_GROUP,
			.encode = encode_grow, .decode = decode_grow},
	[VERB_SHRINK] = {.op = OP_DOWNGRADE_ANDROID_INSTANCE_GROUP,
			.encode = encode_shrink, .decode = decode_shrink},
	[VERB_DELETE] = {.op = OP_DELETE_ANDROID_INSTANCE_GROUP, .encode = encode_delete},
	[VERB_TAG] = {.op = OP_TAG_RESOURCES, .encode = encode_tag},
	[VERB_ATTACH_KEY] = {.op = OP_ATTACH_KEY_PAIR,
			.encode = encode_attach_key, .decode = decode_attach_key},
	[VERB_START] = {.op = OP_START_ANDROID_INSTANCE, .encode = encode_power},
	[VERB_REBOOT] = {.op = OP_REBOOT_ANDROID_INSTANCES_IN_GROUP, .encode = encode_power},
	[VERB_RESET] = {.op = OP_RESET_ANDROID_INSTANCES_IN_GROUP, .encode = encode_power},
};

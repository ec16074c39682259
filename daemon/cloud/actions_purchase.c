/* Purchases are made, one by one, and nothing else is ever done to them (bssopenapi 6). */
#include "cloud/actions_kind.h"
#include "cloud/purchase_create.h"

static int encode_create(const struct action_context *ctx, const struct action *action,
			 const struct desired_group *group, const struct intent *intent,
			 struct params *ret)
{
	(void)ctx;
	(void)action;
	return purchase_encode_create(group->create, intent->token, ret);
}

/* A bought instance is a cloud group of its own. */
static int decode_create(const struct intent *intent, const cJSON *root, struct action_result *ret)
{
	struct purchase_create_reply reply;
	(void)intent;
	int r = purchase_decode_create(root, &reply);
	if (r == 0)
		r = intent_set(&ret->group, reply.data.instance);
	return r == 0 ? intent_set(&ret->order_id, reply.data.order) : r;
}

const struct action_row actions_purchase[VERB_MAX_] = {
	[VERB_CREATE] = {.op = OP_CREATE_INSTANCE,
			 .encode = encode_create,
			 .decode = decode_create},
};

#include "cloud/actions.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cloud/actions_kind.h"
#include "base/limits.h"

/* The one table of kinds. */
static const struct action_row *const kinds[KIND_MAX_] = {
	[KIND_CLOUD_PHONE] = actions_cloud_phone,
	[KIND_APP_STREAMING] = actions_app_streaming,
	[KIND_PURCHASE] = actions_purchase,
};

static const struct action_row *row_of(enum kind kind, enum verb verb, enum charge_type charge)
{
	const struct action_row *rows = kind >= 0 && kind < KIND_MAX_ ? kinds[kind] : NULL;
	if (!rows || verb >= VERB_MAX_ || !rows[verb].encode)
		return NULL;
	return charge == CHARGE_PREPAID && rows[verb].prepaid ? rows[verb].prepaid : &rows[verb];
}

/* A call that is found again by name gets one, a call that is repeated by token gets that;
 * both come from the key, so that they are the same bytes in every attempt. */
static int name_it(const struct recovery *recovery, struct intent *i)
{
	char text[LIMIT_NAME_BYTES];
	int r = 0;
	if (recovery->look == LOOK_NAME) {
		(void)snprintf(text, sizeof(text), "%s.%.6s", i->group, i->key);
		r = intent_set(&i->name, text);
	}
	if (r == 0 && recovery->again == AGAIN_TOKEN) {
		(void)snprintf(text, sizeof(text), "drover-%s", i->key);
		r = intent_set(&i->token, text);
	}
	return r;
}

int action_encode(const struct action_context *ctx, const struct action *action,
		  const struct desired_group *group, struct intent *intent)
{
	const struct action_row *row = row_of(intent->kind, intent->verb, group->charge);
	if (!row)
		return -EINVAL;
	const struct operation_info *info = operation_info(row->op);
	auto_params struct params params = {0};
	intent->buys = intent->verb == VERB_CREATE || intent->verb == VERB_GROW;
	intent->unpaid = intent->buys && group->charge == CHARGE_PREPAID &&
			 (!group->auto_pay || row->no_auto_pay);
	intent->total = action->total;
	int r = name_it(&info->recovery, intent);
	if (r == 0)
		r = intent_set(&intent->operation, info->name);
	if (r == 0)
		r = row->encode(ctx, action, group, intent, &params);
	if (r < 0)
		return r;
	auto_free char *text = params_text(&params);
	return text ? intent_set(&intent->params, text) : -ENOMEM;
}

static int result_init(struct action_result *r)
{
	*r = (struct action_result){0};
	if (intent_set(&r->group, "") < 0 || intent_set(&r->order_id, "") < 0 ||
	    intent_set(&r->bandwidth_package, "") < 0 || intent_set(&r->bandwidth_order, "") < 0)
		return -ENOMEM;
	return 0;
}

int action_decode(const struct intent *intent, const cJSON *root, struct action_result *ret)
{
	const struct action_row *row = row_of(intent->kind, intent->verb, intent->charge);
	struct action_result result;
	int r = result_init(&result);
	if (r == 0 && (!row || !root))
		r = -EBADMSG;
	if (r == 0 && row->decode)
		r = row->decode(intent, root, &result);
	if (r < 0) {
		action_result_fini(&result);
		return r;
	}
	*ret = result;
	return 0;
}

void action_result_fini(struct action_result *r)
{
	free(r->group);
	free(r->order_id);
	free(r->bandwidth_package);
	free(r->bandwidth_order);
	text_list_fini(&r->instances);
	*r = (struct action_result){0};
}

const char *action_operation(enum kind kind, enum verb verb, enum charge_type charge)
{
	const struct action_row *row = row_of(kind, verb, charge);
	return row ? operation_info(row->op)->name : "";
}

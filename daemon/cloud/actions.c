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
};

static const struct action_row *row_of(enum kind kind, enum verb verb)
{
	const struct action_row *rows = kind >= 0 && kind < KIND_MAX_ ? kinds[kind] : NULL;
	return rows && verb < VERB_MAX_ && rows[verb].encode ? &rows[verb] : NULL;
}

/* Only a create gives a name and carries a token (eds-aic 4.1); both come from the key, so
 * that they are the same bytes in every attempt. */
static int name_it(struct intent *i)
{
	char text[LIMIT_NAME_BYTES];
	(void)snprintf(text, sizeof(text), "%s.%.6s", i->group, i->key);
	int r = intent_set(&i->name, text);
	if (r < 0)
		return r;
	(void)snprintf(text, sizeof(text), "drover-%s", i->key);
	return intent_set(&i->token, text);
}

int action_encode(const struct action_context *ctx, const struct action *action,
		  const struct desired_group *group, struct intent *intent)
{
	const struct action_row *row = row_of(intent->kind, intent->verb);
	if (!row)
		return -EINVAL;
	auto_params struct params params = {0};
	intent->buys = intent->verb == VERB_CREATE || intent->verb == VERB_GROW;
	intent->unpaid = intent->buys && group->charge == CHARGE_PREPAID && !group->auto_pay;
	int r = intent->verb == VERB_CREATE ? name_it(intent) : 0;
	if (r == 0)
		r = intent_set(&intent->operation, operation_info(row->op)->name);
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
	const struct action_row *row = row_of(intent->kind, intent->verb);
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

const char *action_operation(enum kind kind, enum verb verb)
{
	const struct action_row *row = row_of(kind, verb);
	return row ? operation_info(row->op)->name : "";
}

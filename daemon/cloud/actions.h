#pragma once
/*
 * From an intended change to the call that makes it, and from the reply to what it made.
 * One row per kind and verb; the rows of a kind live in its own file
 * (actions_cloud_phone.c).
 */
#include <cjson/cJSON.h>

#include "cloud/operations.h"
#include "model/desired.h"
#include "model/intent.h"
#include "model/params.h"
#include "model/plan_result.h"

struct action_context {
	const char *fleet;
	const char *owner;
	/* cloud-phone with network_info: the bandwidth package of the group's first create;
	 * "" = this is the first, which buys it (eds-aic 4.1) */
	const char *bandwidth_package;
	/* app-streaming: the node pool of intent.cloud_group, as observed; "" not known */
	const char *pool;
};

/* What a reply says was made. Owned texts; action_result_fini(). */
struct action_result {
	char *group;              /* cloud group id; "" none named */
	struct text_list instances;
	char *order_id;           /* "" none */
	char *bandwidth_package;  /* "" none */
	char *bandwidth_order;    /* "" none: an order like any other */
	int64_t failed;           /* of the instances it named, how many it did not do */
};

/*
 * Fills operation, name, token, params, total, buys and unpaid of @intent, whose key, group,
 * region, cloud_group, count, targets and before are set. 0, -ENOMEM, or -EINVAL when the
 * verb does not exist for the kind or names nothing (an empty list of victims).
 */
int action_encode(const struct action_context *ctx, const struct action *action,
		  const struct desired_group *group, struct intent *intent);

/* 0; -EBADMSG when a success lacks what it must name: then the call is unclear. -ENOMEM. */
int action_decode(const struct intent *intent, const cJSON *root, struct action_result *ret);
void action_result_fini(struct action_result *r);

/* Name of the operation that does @verb to what is charged so; "" when the kind has none. */
const char *action_operation(enum kind kind, enum verb verb, enum charge_type charge);

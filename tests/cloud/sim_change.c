/*
 * What can be done to a group that exists (eds-aic 4.4 to 4.8).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sim_json.h"
#include "sim_operation.h"
#include "sim_operations.h"

static int find_group(struct sim_call *call, const char *id, struct sim_group **ret_group)
{
	struct sim_group *group = sim_find_group(call->sim, id);
	if (!group)
		return sim_refuse(call, 400, "InvalidInstanceGroupId.NotFound",
				  "No instance group %s.", id);
	*ret_group = group;
	return 0;
}

int sim_check_group(struct sim_call *call, const char *name, struct sim_group **ret_group)
{
	struct sim_group *group = NULL;
	int r = find_group(call, sim_arg(call, name), &group);
	if (r != 0)
		return r;
	if (group->status == ST_DELETING)
		return sim_refuse(call, 400, "IncorrectInstanceGroupStatus", "The group %s is %s.",
				  group->id, group->status);
	*ret_group = group;
	return 0;
}

/* --- Upgrade */

/* Three spellings are seen in the wild (eds-aic 4.4); a JSON array as text is the one
 * that the SDKs' own samples show. */
static void add_new_ids(struct sim_call *call, const struct sim_order *order)
{
	bool array = sim_meets(&call->faults, PHASE_SHAPE, FAULT_IDS_ARRAY);
	bool quotes = sim_meets(&call->faults, PHASE_SHAPE, FAULT_IDS_QUOTES);
	const char *around = array ? "\"" : quotes ? "'" : "\\\"";
	json_key(&call->out, "InstanceIds");
	strbuf_add(&call->out, array ? "[" : "\"[");
	for (size_t i = 0; i < sim_named_ids(call, order->resources.n); i++)
		strbuf_addf(&call->out, "%s%s%s%s", i > 0 ? quotes ? ", " : "," : "", around,
			    order->resources.items[i], around);
	strbuf_add(&call->out, array ? "]" : "]\"");
}

static int check_upgrade(struct sim_call *call, const struct sim_group *group, unsigned more)
{
	if (group->status != ST_RUNNING && group->status != ST_CREATING)
		return sim_refuse(call, 400, "IncorrectInstanceGroupStatus", "The group %s is %s.",
				  group->id, group->status);
	if (sim_group_size(group) + more > SIM_GROUP_MAX)
		return sim_refuse(call, 400, "QuotaExceeded.NumberOfInstances",
				  "A group holds at most %d instances.", SIM_GROUP_MAX);
	return 0;
}

static int fill_upgrade(struct sim_call *call, const struct sim_group *group,
			struct sim_order *order)
{
	order->count = sim_made(call, sim_arg_int(call, "IncreaseNumberOfInstance", 0));
	order->prepaid = group->wish.prepaid;
	order->region = group->wish.region->id;
	order->cents = sim_price_cents(&group->wish, order->count, group->wish.period_ms);
	if (sim_wish_copy(&group->wish, &order->wish) < 0)
		return -ENOMEM;
	order->wish.fate = sim_fate_of(call);
	return sim_order_add_target(order, group->id);
}

int sim_upgrade_group(struct sim_call *call)
{
	struct sim_group *group = NULL;
	int r = sim_check_group(call, "InstanceGroupId", &group);
	if (r == 0)
		r = check_upgrade(call, group,
				  (unsigned)sim_arg_int(call, "IncreaseNumberOfInstance", 0));
	if (r != 0)
		return r;
	struct sim_order *order = sim_order_new(call->sim, call->op->name, "Upgrade");
	if (!order || fill_upgrade(call, group, order) < 0) {
		sim_order_free(order);
		return -ENOMEM;
	}
	bool pay = !group->wish.prepaid || sim_arg_bool(call, "AutoPay", false);
	r = sim_order_place(call->sim, order, pay);
	if (r < 0)
		return r;
	json_text(&call->out, "OrderId", order->id);
	add_new_ids(call, order);
	return 0;
}

/* --- Downgrade */

static int check_victims(struct sim_call *call, const struct sim_group *group)
{
	unsigned n = sim_arg_count(call, "AndroidInstanceIds");
	if (group->wish.prepaid && group->status != ST_EXPIRED)
		return sim_refuse(call, 400, "OperationDenied.InstanceGroupStatus",
				  "The subscription of %s has not expired.", group->id);
	for (unsigned i = 1; i <= n; i++) {
		const char *id = sim_arg_item(call, "AndroidInstanceIds", i);
		const struct sim_instance *instance = sim_find_instance(call->sim, id);
		if (!instance || instance->group != group)
			return sim_refuse(call, 400, "InvalidAndroidInstanceId.NotFound",
					  "The group %s has no instance %s.", group->id, id);
		if (instance->status == ST_DELETING)
			return sim_refuse(call, 400, "IncorrectInstanceStatus", "%s is %s.", id,
					  instance->status);
	}
	return 0;
}

static int release(struct sim_call *call)
{
	unsigned n = sim_arg_count(call, "AndroidInstanceIds");
	int r = 0;
	for (unsigned i = 1; i <= n && r == 0; i++) {
		struct sim_instance *victim =
			sim_find_instance(call->sim, sim_arg_item(call, "AndroidInstanceIds", i));
		uint64_t ms = sim_random_between(&call->sim->random, 10000, 30000);
		if (victim->status == ST_DELETING)
			continue; /* named twice */
		r = sim_instance_begin(call->sim, victim, ST_DELETING, NULL, ms, sim_fate_of(call));
	}
	return r;
}

int sim_downgrade_group(struct sim_call *call)
{
	struct sim_group *group = NULL;
	int r = sim_check_group(call, "InstanceGroupId", &group);
	if (r == 0)
		r = check_victims(call, group);
	if (r != 0)
		return r;
	struct sim_order *order = sim_order_new(call->sim, call->op->name, "Downgrade");
	if (!order)
		return -ENOMEM;
	order->prepaid = group->wish.prepaid;
	order->region = group->wish.region->id;
	r = sim_order_place(call->sim, order, true);
	if (r == 0)
		r = release(call);
	if (r == 0)
		sim_group_touch(call->sim, group);
	if (r == 0)
		json_text(&call->out, "OrderId", order->id);
	return r;
}

/* --- Delete, Renew, Modify */

/* @check per group; all of them before anything changes. */
static int check_groups(struct sim_call *call,
			int (*check)(struct sim_call *call, const struct sim_group *group))
{
	unsigned n = sim_arg_count(call, "InstanceGroupIds");
	int r = 0;
	for (unsigned i = 1; i <= n && r == 0; i++) {
		struct sim_group *group = NULL;
		r = find_group(call, sim_arg_item(call, "InstanceGroupIds", i), &group);
		if (r == 0)
			r = check(call, group);
	}
	return r;
}

static int may_delete(struct sim_call *call, const struct sim_group *group)
{
	if (!group->wish.prepaid || group->status == ST_EXPIRED || group->status == ST_DELETING)
		return 0;
	return sim_refuse(call, 400, "OperationDenied.InstanceGroupStatus",
			  "The subscription of %s has not expired.", group->id);
}

int sim_delete_groups(struct sim_call *call)
{
	unsigned n = sim_arg_count(call, "InstanceGroupIds");
	int r = check_groups(call, may_delete);
	for (unsigned i = 1; i <= n && r == 0; i++) {
		struct sim_group *group =
			sim_find_group(call->sim, sim_arg_item(call, "InstanceGroupIds", i));
		if (group->status != ST_DELETING)
			r = sim_group_begin_delete(call->sim, group);
	}
	return r;
}

static int may_renew(struct sim_call *call, const struct sim_group *group)
{
	if (!group->wish.prepaid)
		return sim_refuse(call, 400, "OperationDenied.InstanceGroupStatus",
				  "%s is not a subscription.", group->id);
	if (group->status != ST_DELETING)
		return 0;
	return sim_refuse(call, 400, "IncorrectInstanceGroupStatus", "The group %s is %s.",
			  group->id, group->status);
}

static int fill_renewal(struct sim_call *call, struct sim_order *order, uint64_t ms)
{
	unsigned n = sim_arg_count(call, "InstanceGroupIds");
	int r = 0;
	order->count = n;
	order->prepaid = true;
	order->renew_ms = ms;
	for (unsigned i = 1; i <= n && r == 0; i++) {
		const char *id = sim_arg_item(call, "InstanceGroupIds", i);
		const struct sim_group *group = sim_find_group(call->sim, id);
		order->region = group->wish.region->id;
		order->cents += sim_price_cents(&group->wish, sim_group_size(group), ms);
		r = sim_order_add_target(order, id);
	}
	return r;
}

int sim_renew_groups(struct sim_call *call)
{
	uint64_t ms = 0;
	int r = check_groups(call, may_renew);
	if (r == 0)
		r = sim_period_ms(call, "Month", false, &ms);
	if (r != 0)
		return r;
	struct sim_order *order = sim_order_new(call->sim, call->op->name, "Renew");
	if (!order || fill_renewal(call, order, ms) < 0) {
		sim_order_free(order);
		return -ENOMEM;
	}
	r = sim_order_place(call->sim, order, sim_arg_bool(call, "AutoPay", false));
	if (r == 0)
		json_text(&call->out, "OrderId", order->id);
	return r;
}

int sim_replace(char **text, const char *value)
{
	char *copy = value ? strdup(value) : NULL;
	if (!value || !copy)
		return value ? -ENOMEM : 0;
	free(*text);
	*text = copy;
	return 0;
}

int sim_modify_group(struct sim_call *call)
{
	struct sim_group *group = NULL;
	const char *name = sim_arg(call, "NewInstanceGroupName");
	int r = sim_check_group(call, "InstanceGroupId", &group);
	if (r == 0 && name && !sim_is_name(name))
		r = sim_refuse(call, 400, "InvalidNewInstanceGroupName",
			       "The name %s is not allowed.", name);
	if (r == 0)
		r = sim_replace(&group->wish.name, name);
	if (r == 0)
		r = sim_replace(&group->wish.policy, sim_arg(call, "PolicyGroupId"));
	if (r != 0)
		return r;
	group->wish.stream_mode = (int)sim_arg_int(call, "StreamMode", 1); /* eds-aic 4.8 */
	sim_group_touch(call->sim, group);
	return 0;
}

/*
 * Orders: unpaid, then paid or cancelled; and what paying one brings about.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sim_model.h"

#define DEADLINE_MS (7 * SIM_DAY_MS) /* bssopenapi 5 */

struct sim_order *sim_find_order(struct sim *sim, const char *id)
{
	struct sim_order *order = NULL;
	HASH_FIND_STR(sim->orders, id, order);
	return order;
}

void sim_order_free(struct sim_order *order)
{
	if (!order)
		return;
	vec_each(&order->targets, id) free(*id);
	vec_each(&order->resources, id) free(*id);
	vec_free(&order->targets);
	vec_free(&order->resources);
	sim_wish_fini(&order->wish);
	free(order->config);
	free(order->cargo);
	free(order);
}

int sim_order_add_resource(struct sim_order *order, const char *id)
{
	char *copy = strdup(id);
	char **slot = copy ? vec_add(&order->resources) : NULL;
	if (!slot) {
		free(copy);
		return -ENOMEM;
	}
	*slot = copy;
	return 0;
}

int sim_order_add_target(struct sim_order *order, const char *id)
{
	char *copy = strdup(id);
	char **slot = copy ? vec_add(&order->targets) : NULL;
	if (!slot) {
		free(copy);
		return -ENOMEM;
	}
	*slot = copy;
	return 0;
}

static int deliver_groups(struct sim *sim, struct sim_order *order)
{
	int r = 0;
	for (unsigned i = 0; i < order->amount && r == 0; i++) {
		struct sim_group *group = NULL;
		r = sim_group_add(sim, &order->wish, false, &group);
		if (r == 0)
			r = sim_order_add_resource(order, group->id);
	}
	return r;
}

static int deliver_growth(struct sim *sim, struct sim_order *order)
{
	struct sim_group *group = sim_find_group(sim, order->targets.items[0]);
	if (!group)
		return 0; /* deleted since: the money is gone, as it may be in life */
	unsigned size = sim_group_size(group);
	unsigned room = size < SIM_GROUP_MAX ? SIM_GROUP_MAX - size : 0;
	unsigned n = order->count < room ? order->count : room;
	size_t first = group->instances.n;
	int r = sim_group_grow(sim, group, n, order->wish.fate);
	for (size_t i = first; i < group->instances.n && r == 0; i++)
		r = sim_order_add_resource(order, group->instances.items[i]->id);
	return r;
}

static int deliver_renewal(struct sim *sim, struct sim_order *order)
{
	int r = 0;
	for (size_t i = 0; i < order->targets.n && r == 0; i++) {
		struct sim_group *group = sim_find_group(sim, order->targets.items[i]);
		if (!group || group->status == ST_DELETING)
			continue;
		bool over = group->status == ST_EXPIRED;
		uint64_t from = over ? sim->cloud_ms : group->expire_due;
		if (over) {
			group->status = ST_RUNNING;
			group->gone_due = SIM_NEVER;
		}
		r = sim_group_expire_at(sim, group, from + order->renew_ms);
		if (r == 0)
			r = sim_order_add_resource(order, group->id);
	}
	return r;
}

static int deliver_phones(struct sim *sim, struct sim_order *order)
{
	if (order->is_network)
		return 0; /* the package has its id since the order was made */
	if (strcmp(order->order_type, "New") == 0)
		return deliver_groups(sim, order);
	if (strcmp(order->order_type, "Upgrade") == 0)
		return deliver_growth(sim, order);
	if (strcmp(order->order_type, "Renew") == 0)
		return deliver_renewal(sim, order);
	return 0;
}

static void new_number(struct sim *sim, char out[SIM_ID_SIZE])
{
	do
		(void)snprintf(out, SIM_ID_SIZE, "2%014" PRIu64,
			       sim_random_u64(&sim->random) % UINT64_C(100000000000000));
	while (sim_find_order(sim, out));
}

struct sim_order *sim_order_new(struct sim *sim, const char *action, const char *order_type)
{
	struct sim_order *order = calloc(1, sizeof(*order));
	if (!order)
		return NULL;
	new_number(sim, order->id);
	new_number(sim, order->sub_id);
	order->action = action;
	order->order_type = order_type;
	order->region = "";
	order->currency = "CNY";
	order->product_code = "eds";
	order->product_type = "eds_aic";
	order->commodity = "eds_aic_instance";
	order->deliver = deliver_phones;
	order->created_wall_ms = sim->now.wall_ms;
	order->created_cloud_ms = sim->cloud_ms;
	order->deadline_due = SIM_NEVER;
	return order;
}

int sim_order_pay(struct sim *sim, struct sim_order *order)
{
	if (order->status != ORDER_UNPAID)
		return 1;
	order->status = ORDER_PAID;
	order->paid_wall_ms = sim->now.wall_ms;
	order->deadline_due = SIM_NEVER;
	sim->changes++;
	return order->deliver(sim, order);
}

int sim_order_cancel(struct sim *sim, struct sim_order *order)
{
	if (order->status != ORDER_UNPAID)
		return 1;
	order->status = ORDER_CANCELLED;
	order->deadline_due = SIM_NEVER;
	sim->changes++;
	return 0;
}

int sim_order_place(struct sim *sim, struct sim_order *order, bool pay)
{
	uint64_t life = sim->account.order_life_ms ? sim->account.order_life_ms : DEADLINE_MS;
	int r = pay ? 0 : sim_order_deadline_at(sim, order, sim->cloud_ms + life);
	if (r < 0) {
		sim_order_free(order);
		return r;
	}
	order->seq = ++sim->seq;
	HASH_ADD_STR(sim->orders, id, order);
	if (!order->hh.tbl) {
		sim_order_free(order);
		return -ENOMEM;
	}
	sim->changes++;
	return pay ? sim_order_pay(sim, order) : 0;
}

const char *sim_order_status_text(const struct sim_order *order)
{
	static const char *const text[] = {"Unpaid", "Paid", "Cancelled"};
	return text[order->status];
}

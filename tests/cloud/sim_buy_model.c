/*
 * Purchases: how they come from an order, age, renew themselves, end and go.
 */
#include "sim_buy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim_model.h"

#define MONTH_MS (30 * SIM_DAY_MS)
#define REFUND_LEAVES_MS (60 * UINT64_C(1000))

static const char CREATING[] = "Creating", NORMAL[] = "Normal", EXPIRED[] = "Expired";

struct sim_purchase *sim_find_purchase(struct sim *sim, const char *id)
{
	struct sim_purchase *purchase = NULL;
	HASH_FIND_STR(sim->purchases, id, purchase);
	return purchase;
}

struct sim_purchase *sim_newest_purchase(const struct sim *sim)
{
	if (!sim->purchases)
		return NULL;
	return ELMT_FROM_HH(sim->purchases->hh.tbl, sim->purchases->hh.tbl->tail);
}

void sim_purchase_drop(struct sim *sim, struct sim_purchase *purchase)
{
	HASH_DEL(sim->purchases, purchase);
	sim->changes++;
	free(purchase);
}

bool sim_purchase_is_prepaid(const struct sim_purchase *purchase)
{
	return purchase->basket.article->prepaid;
}

uint64_t sim_purchase_end_wall_ms(const struct sim *sim, const struct sim_purchase *purchase)
{
	struct sim_moment made = {purchase->created_cloud_ms, purchase->created_wall_ms,
				  purchase->created_advanced_ms};
	return purchase->end_wall_ms ? purchase->end_wall_ms
				     : sim_due_wall_ms(sim, made, purchase->end_due);
}

/* --- what happens by itself */

static int leave(struct sim *sim, const struct sim_event *event)
{
	struct sim_purchase *purchase = sim_find_purchase(sim, event->id);
	if (purchase && purchase->gone_due == event->due)
		sim_purchase_drop(sim, purchase);
	return 0;
}

static int leave_at(struct sim *sim, struct sim_purchase *purchase, uint64_t due)
{
	purchase->gone_due = due;
	sim->changes++;
	return sim_event_at(sim, leave, purchase->id, due);
}

static int end(struct sim *sim, const struct sim_event *event);

static int end_at(struct sim *sim, struct sim_purchase *purchase, uint64_t due)
{
	purchase->end_due = due;
	sim->changes++;
	return sim_event_at(sim, end, purchase->id, due);
}

/* Renewal makes no order and takes no money here, as with cloud phones. */
static int end(struct sim *sim, const struct sim_event *event)
{
	struct sim_purchase *purchase = sim_find_purchase(sim, event->id);
	if (!purchase || purchase->end_due != event->due || purchase->refunded)
		return 0;
	if (strcmp(purchase->basket.renew_status, "AutoRenewal") == 0) {
		purchase->end_wall_ms = 0;
		return end_at(sim, purchase,
			      event->due + (uint64_t)purchase->basket.renew_months * MONTH_MS);
	}
	purchase->status = EXPIRED;
	return leave_at(sim, purchase, event->due + SIM_PURCHASE_KEPT_MS);
}

int sim_purchase_end_at(struct sim *sim, struct sim_purchase *purchase, uint64_t wall_ms)
{
	uint64_t now = sim->now.wall_ms;
	purchase->end_wall_ms = wall_ms;
	if (wall_ms <= now) {
		purchase->end_due = SIM_NEVER;
		sim->changes++;
		return 0;
	}
	double left = (double)(wall_ms - now) * (sim->scale > 0 ? sim->scale : 1);
	return end_at(sim, purchase, sim->cloud_ms + (uint64_t)left);
}

/* A purchase that fails vanishes, and its money comes back (observed, bssopenapi 3.1). */
static int step(struct sim *sim, const struct sim_event *event)
{
	struct sim_purchase *purchase = sim_find_purchase(sim, event->id);
	struct sim_order *refund = NULL;
	if (!purchase || purchase->step_due != event->due)
		return 0;
	purchase->step_due = SIM_NEVER;
	sim->changes++;
	if (!purchase->basket.fails) {
		purchase->status = NORMAL;
		return 0;
	}
	int r = sim_purchase_refund(sim, purchase, purchase->basket.cents, &refund);
	sim_purchase_drop(sim, purchase);
	return r;
}

/* --- from an order */

static int begin(struct sim *sim, struct sim_purchase *purchase)
{
	int r = 0;
	purchase->step_due = purchase->end_due = purchase->gone_due = SIM_NEVER;
	if (!purchase->basket.stuck) {
		purchase->step_due = sim->cloud_ms + sim_random_between(&sim->random, 30000, 90000);
		r = sim_event_at(sim, step, purchase->id, purchase->step_due);
	}
	if (r == 0 && sim_purchase_is_prepaid(purchase))
		r = end_at(sim, purchase, sim->cloud_ms + purchase->basket.period_ms);
	return r;
}

static int deliver(struct sim *sim, struct sim_order *order)
{
	const struct sim_basket *basket = order->cargo;
	const char *prefix = basket->article->id_prefix;
	struct sim_purchase *purchase = calloc(1, sizeof(*purchase));
	if (!purchase)
		return -ENOMEM;
	do
		sim_random_id(&sim->random, prefix, 11, purchase->id);
	while (sim_find_purchase(sim, purchase->id));
	purchase->basket = *basket;
	purchase->status = CREATING;
	purchase->renew_unit = "M";
	purchase->created_cloud_ms = sim->cloud_ms;
	purchase->created_wall_ms = sim->now.wall_ms;
	purchase->created_advanced_ms = sim->advanced_ms;
	HASH_ADD_STR(sim->purchases, id, purchase);
	if (!purchase->hh.tbl) {
		free(purchase);
		return -ENOMEM;
	}
	sim->changes++;
	int r = sim_order_add_resource(order, purchase->id);
	return r == 0 ? begin(sim, purchase) : r;
}

static struct sim_order *order_new(struct sim *sim, const char *action, const char *type,
				   const struct sim_basket *basket, uint64_t cents)
{
	const struct sim_article *article = basket->article;
	struct sim_order *order = sim_order_new(sim, action, type);
	struct sim_basket *cargo = order ? malloc(sizeof(*cargo)) : NULL;
	if (!cargo) {
		sim_order_free(order);
		return NULL;
	}
	*cargo = *basket;
	order->cargo = cargo;
	order->count = 1;
	order->prepaid = article->prepaid;
	order->cents = cents;
	order->currency = sim_article_currency(article);
	order->region = cargo->region;
	order->product_code = article->code;
	order->product_type = order->commodity = article->type;
	return order;
}

struct sim_order *sim_purchase_order(struct sim *sim, const struct sim_basket *basket)
{
	struct sim_order *order = order_new(sim, "CreateInstance", "New", basket, basket->cents);
	if (order)
		order->deliver = deliver;
	return order;
}

static int give_back(struct sim *sim, struct sim_order *order)
{
	sim->account.cents += (int64_t)order->cents;
	return 0;
}

int sim_purchase_refund(struct sim *sim, struct sim_purchase *purchase, uint64_t cents,
			struct sim_order **ret_order)
{
	struct sim_order *order =
		order_new(sim, "RefundInstance", "Refund", &purchase->basket, cents);
	if (!order)
		return -ENOMEM;
	order->deliver = give_back;
	if (sim_order_add_resource(order, purchase->id) < 0) {
		sim_order_free(order);
		return -ENOMEM;
	}
	int r = sim_order_place(sim, order, true);
	if (r < 0)
		return r;
	*ret_order = order;
	purchase->refunded = true;
	return leave_at(sim, purchase, sim->cloud_ms + REFUND_LEAVES_MS);
}

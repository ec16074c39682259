/*
 * Orders: asked about until they are paid or cancelled, and told to people until then.
 */
#include <errno.h>
#include <string.h>

#include "app_internal.h"
#include "report/log.h"

/* ---- the orders we know ---- */

struct reading_all {
	struct app *app;
	unsigned started;
};

static bool is_worth_asking(const struct order *o)
{
	bool assumed = o->status == ORDER_PAID && o->settled_wall_ms == 0 && !o->landed;
	/* Paid for, and nobody has said yet what it was. */
	bool unnamed = o->status == ORDER_PAID && !o->landed && !*o->cloud_group;
	return !o->foreign && (assumed || unnamed || o->status == ORDER_UNPAID || o->status == ORDER_UNKNOWN);
}

static int read_one(void *data, const struct order *order)
{
	struct reading_all *all = data;
	if (is_worth_asking(order) && order_reader_read(all->app->order_reader, order->id) == 0)
		all->started++;
	return 0;
}

static int has_one(void *data, const struct order *order)
{
	bool *any = data;
	*any = *any || is_worth_asking(order);
	return *any;
}

static bool has_open_orders(struct app *a)
{
	bool any = false;
	(void)books_each_order(a->books, has_one, &any);
	return any;
}

void app_orders_schedule(struct app *a, bool now)
{
	if (a->stopping)
		return;
	orders_remind(a->orders, env_wall_ms(a->env));
	if (orders_are_announcing(a->orders) && !uv_is_active((uv_handle_t *)&a->journal_timer))
		(void)uv_timer_again(&a->journal_timer);
	if (!has_open_orders(a) && a->orders_look != LOOK_WANTED && a->strays.n == 0) {
		a->orders_read_once = true;
		(void)uv_timer_stop(&a->order_timer);
	} else if (now || !uv_is_active((uv_handle_t *)&a->order_timer)) {
		(void)uv_timer_start(&a->order_timer, app_on_order_timer,
				     now ? 1 : a->settings.poll.orders_ms, 0);
	}
}

void app_on_order_timer(uv_timer_t *timer)
{
	struct app *a = timer->data;
	struct reading_all all = {.app = a};
	(void)books_each_order(a->books, read_one, &all);
	a->order_reads += all.started;
	app_orders_look(a);
	app_searches_retry(a);
	app_orders_schedule(a, false);
}

static void learn(struct app *a, const struct order_news *news)
{
	int r = orders_learn(a->orders, news, a->desired, env_wall_ms(a->env));
	if (r <= 0)
		return;
	const struct order *order = books_order(a->books, news->id);
	/* Nothing of it is on its way any more. Tried again by the driver until it is durable. */
	if (order->status == ORDER_CANCELLED && order->count > 0)
		(void)driver_landed(a->driver, order->intent);
	else
		(void)driver_flush(a->driver);
	if (news->status == ORDER_PAID)
		app_cycle_now(a); /* what it paid for should appear */
	app_plan_now(a);
}

/* What an order brought is its group's, where such a thing is a cloud group of its own and its
 * reply did not name it. */
static int learn_resource(struct app *a, const struct order *order, const char *id)
{
	const struct desired_group *group = desired_find(a->desired, order->group);
	const struct resource *known = books_resource(a->books, id);
	if (!group || listing_of(group->kind)->instances != OP_MAX_ || (known && !known->foreign))
		return 0;
	if (order->intent != 0 && driver_name_result(a->driver, order->intent, id) == 0)
		return 0;
	const struct resource row = {.id = (char *)"", .cloud_group = (char *)id, .group = group->name,
				     .intent = order->intent, .state = RESOURCE_EXPECTED,
				     .charge = group->charge, .first_wall_ms = env_wall_ms(a->env)};
	struct order named = *order;
	named.cloud_group = (char *)id; /* one of the two stands for the other */
	int r = books_put_resource(a->books, &row);
	return r < 0 ? r : books_put_order(a->books, &named);
}

static void learn_resources(struct app *a, const char *order_id, const struct text_list *ids)
{
	for (size_t k = 0; k < ids->n; k++) {
		const struct order *order = books_order(a->books, order_id); /* a put moves it */
		if (order && !order->foreign && *order->group && learn_resource(a, order, ids->items[k]) < 0)
			log_event(EV_OUT_OF_MEMORY, LOG_STR("ORDER_ID", order_id));
	}
}

/* A missing permission makes the state unknown, and still counted; a lost answer changes nothing. */
void app_on_order(void *data, const char *order_id, enum order_answer answer,
		  const struct billing_order *order, const struct cloud_reply *reply)
{
	struct app *a = data;
	struct order_news news = {.id = order_id, .status_text = "", .amount = "", .currency = "",
				  .request_id = reply->request_id};
	a->order_reads -= a->order_reads > 0;
	if (a->order_reads == 0)
		a->orders_read_once = true;
	switch (answer) {
	case ORDER_ANSWER_OK:
		news.status = order->status;
		news.status_text = order->status_text;
		news.amount = order->amount;
		news.currency = order->currency;
		learn_resources(a, order_id, &order->instances);
		learn(a, &news);
		break;
	case ORDER_ANSWER_DENIED:
		news.status = ORDER_UNKNOWN;
		news.status_text = reply->code;
		learn(a, &news);
		break;
	case ORDER_ANSWER_NOT_YET:
	case ORDER_ANSWER_FAILED:
		break;
	}
	app_once_check(a);
}

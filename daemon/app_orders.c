/*
 * Orders: asked about until they are paid or cancelled, told to people until then, and looked
 * for once when the ledger is young.
 */
#include <errno.h>
#include <string.h>

#include "app_internal.h"
#include "report/log.h"

/* What an order_search is for. */
enum { SEARCH_YOUNG_LEDGER };

#define CLOCK_SLACK_MS UINT64_C(3600000) /* the window of a search ends a little in the future */

/* ---- the orders we know ---- */

struct reading_all {
	struct app *app;
	unsigned started;
};

static bool is_worth_asking(const struct order *o)
{
	bool assumed = o->status == ORDER_PAID && o->settled_wall_ms == 0 && !o->landed;
	return !o->foreign && (assumed || o->status == ORDER_UNPAID || o->status == ORDER_UNKNOWN);
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
	if (!has_open_orders(a) && a->orders_look != LOOK_WANTED) {
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

/* ---- orders that nobody told us of ---- */

static bool wants_pre_paid(const struct app *a)
{
	for (size_t k = 0; a->desired && k < a->desired->n_groups; k++)
		if (a->desired->groups[k].charge == CHARGE_PREPAID && a->desired->groups[k].count > 0)
			return true;
	return false;
}

static bool is_young(struct app *a, uint64_t wall)
{
	uint64_t since = ledger_since_wall_ms(a->ledger);
	return wall < since || wall - since < a->settings.poll.young_ledger_ms;
}

/* The days that the ledger does not remember: from young_ledger_ms ago until a little ahead. */
void app_orders_look(struct app *a)
{
	uint64_t wall = env_wall_ms(a->env), mono = env_mono_ms(a->env);
	if (a->orders_look == LOOK_NOT_NEEDED && wants_pre_paid(a))
		a->orders_look = is_young(a, wall) ? LOOK_WANTED : LOOK_DONE;
	if (a->stopping || a->orders_look != LOOK_WANTED || mono < a->orders_look_mono_ms)
		return;
	uint64_t back = a->settings.poll.young_ledger_ms;
	const struct order_search search = {.from_wall_ms = wall > back ? wall - back : 0,
					    .to_wall_ms = wall + CLOCK_SLACK_MS,
					    .unpaid_only = true,
					    .purpose = SEARCH_YOUNG_LEDGER};
	if (order_reader_search(a->order_reader, &search) == 0)
		a->orders_look = LOOK_RUNNING;
}

void app_on_found_order(void *data, const struct order_search *search, const struct billing_row *row)
{
	struct app *a = data;
	(void)search;
	uint64_t created = 0;
	struct order_news news = {.id = row->order_id, .status = billing_status(row->status),
				  .status_text = row->status, .amount = row->amount,
				  .currency = row->currency, .request_id = ""};
	(void)timefmt_parse(row->created, &created);
	if (news.status == ORDER_UNPAID &&
	    orders_found(a->orders, &news, created, env_wall_ms(a->env)) < 0)
		log_event(EV_OUT_OF_MEMORY, LOG_STR("ORDER_ID", row->order_id));
}

static void look_again_later(struct app *a)
{
	a->orders_look = LOOK_WANTED;
	a->orders_look_mono_ms = env_mono_ms(a->env) + a->settings.poll.orders_ms;
}

void app_on_order_search(void *data, const struct order_search *search, enum order_answer answer,
			 const char *code, const char *request_id)
{
	struct app *a = data;
	(void)search;
	if (a->stopping)
		return;
	switch (answer) {
	case ORDER_ANSWER_OK:
		a->orders_look = driver_flush(a->driver) == 0 ? LOOK_DONE : LOOK_WANTED;
		break;
	case ORDER_ANSWER_DENIED:
		if (a->cycles == 0 || a->refused) { /* the keys themselves, perhaps: that is told once */
			look_again_later(a);
			break;
		}
		a->orders_look = LOOK_REFUSED;
		log_event(EV_ORDERS_LOOK_REFUSED, LOG_STR("CODE", code), LOG_STR("REQUEST_ID", request_id));
		break;
	case ORDER_ANSWER_NOT_YET:
	case ORDER_ANSWER_FAILED:
		look_again_later(a);
		break;
	}
	app_plan_now(a);
}

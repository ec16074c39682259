/*
 * BssOpenApi GetOrderDetail and QueryOrders (bssopenapi 3.3, 3.4).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/timefmt.h"
#include "sim_billing.h"
#include "sim_json.h"
#include "sim_operation.h"
#include "sim_operations.h"
#include "sim_page.h"

#define HOUR_MS (60 * SIM_MINUTE_MS)
#define PAGE_MAX 300

void sim_add_time(struct strbuf *out, const char *key, uint64_t wall_ms)
{
	char text[TIMEFMT_SIZE];
	timefmt_iso(wall_ms, text);
	json_text(out, key, text);
}

static void add_amounts(struct strbuf *out, const struct sim_order *order)
{
	static const char *const keys[] = {"PretaxGrossAmount", "PretaxAmount", "PretaxAmountLocal",
					   "AfterTaxAmount"};
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		json_cents(out, keys[i], order->cents);
	json_text(out, "Tax", "0");
	json_text(out, "Currency", order->currency);
	json_text(out, "PaymentCurrency", order->currency);
}

static bool is_refund(const struct sim_order *order)
{
	return strcmp(order->order_type, "Refund") == 0;
}

/* A refund has no payment status (bssopenapi 4.1). */
static void add_payment(struct sim_call *call, const struct sim_order *order)
{
	bool unknown = sim_meets(&call->faults, PHASE_READ, FAULT_UNKNOWN_STATUS);
	if (is_refund(order))
		json_literal(&call->out, ",\"PaymentStatus\":null");
	else
		json_text(&call->out, "PaymentStatus",
			  unknown ? sim_unknown_word(call) : sim_order_status_text(order));
}

/* The members that both operations show. */
static void add_order(struct sim_call *call, const void *item)
{
	const struct sim_order *order = item;
	struct strbuf *out = &call->out;
	json_text(out, "OrderId", order->id);
	json_text(out, "RelatedOrderId", "");
	json_text(out, "OrderType", order->order_type);
	add_payment(call, order);
	sim_add_time(out, "CreateTime", order->created_wall_ms);
	if (order->status == ORDER_PAID)
		sim_add_time(out, "PaymentTime", order->paid_wall_ms);
	json_text(out, "ProductCode", order->product_code);
	json_text(out, "ProductType", order->product_type);
	json_text(out, "CommodityCode", order->commodity);
	json_text(out, "SubscriptionType", order->prepaid ? "Subscription" : "PayAsYouGo");
	add_amounts(out, order);
}

/* A JSON array as text (bssopenapi 3.3): to be parsed twice. */
static void add_instance_ids(struct strbuf *out, const struct sim_order *order)
{
	json_key(out, "InstanceIDs");
	json_literal(out, "\"[");
	for (size_t i = 0; i < order->resources.n; i++)
		strbuf_addf(out, "%s\\\"%s\\\"", i > 0 ? "," : "", order->resources.items[i]);
	json_literal(out, "]\"");
}

static void add_detail(struct sim_call *call, const void *item)
{
	const struct sim_order *order = item;
	struct strbuf *out = &call->out;
	char text[12];
	(void)snprintf(text, sizeof(text), "%u", order->count);
	add_order(call, order);
	json_text(out, "SubOrderId", order->sub_id);
	json_text(out, "OrderSubType", is_refund(order) ? "RefundSubOrder" : "ProductSubOrder");
	json_text(out, "Quantity", text);
	json_text(out, "Region", order->region);
	add_instance_ids(out, order);
	json_text(out, "Config", order->config ? order->config : "");
	json_text(out, "OriginalConfig", "");
	json_text(out, "Operator", "");
	json_literal(out, ",\"ExtendInfos\":{}");
}

void sim_bss_page(struct sim_call *call, int64_t size_max, const char *key, const char *inner,
		  const void *const *items, size_t n,
		  void (*add)(struct sim_call *call, const void *item))
{
	struct strbuf *out = &call->out;
	int64_t num = sim_arg_int(call, "PageNum", 1), size = sim_arg_int(call, "PageSize", 20);
	size = (int64_t)sim_page_size(call, (size_t)(size < size_max ? size : size_max));
	size_t from = sim_page_first(call, (size_t)num, (size_t)size);
	size_t end = from < n && (size_t)size < n - from ? from + (size_t)size : n;
	json_int(out, "PageNum", num);
	json_int(out, "PageSize", size);
	if (!call->op->no_total || sim_arg_bool(call, "QueryTotalCount", false))
		json_int(out, "TotalCount", (int64_t)sim_shown_total(call, n));
	json_key(out, key);
	if (inner) {
		json_literal(out, "{");
		json_key(out, inner);
	}
	sim_page_rows(call, items, from, end, add);
	if (inner)
		json_literal(out, "}");
}

static void answer(struct sim_call *call, const void *const *orders, size_t n,
		   void (*add)(struct sim_call *call, const void *item))
{
	json_literal(&call->out, ",\"Data\":{\"HostName\":\"sim\"");
	sim_bss_page(call, PAGE_MAX, "OrderList", "Order", orders, n, add);
	json_literal(&call->out, "}");
}

/* An order just made may not be readable at once (bssopenapi 3.3). */
int sim_get_order_detail(struct sim_call *call)
{
	const struct sim_order *order = sim_find_order(call->sim, sim_arg(call, "OrderId"));
	const void *const found[] = {order};
	answer(call, found, order && sim_is_visible(call, order->created_cloud_ms), add_detail);
	return 0;
}

static int read_time(struct sim_call *call, const char *name, uint64_t *ms)
{
	const char *text = sim_arg(call, name);
	if (!text || (strlen(text) == 20 && timefmt_parse(text, ms) == 0))
		return 0;
	return sim_refuse_arg(call, name, "%s must read yyyy-MM-ddTHH:mm:ssZ.", name);
}

int sim_window_read(struct sim_call *call, const char *from, const char *to,
		    struct sim_window *ret_window)
{
	struct sim_window w = {0, UINT64_MAX};
	int r = read_time(call, from, &w.from_ms);
	if (r == 0)
		r = read_time(call, to, &w.to_ms);
	*ret_window = w;
	return r;
}

bool sim_window_has(const struct sim_window *window, uint64_t wall_ms)
{
	uint64_t second = wall_ms / 1000 * 1000;
	return second >= window->from_ms / 1000 * 1000 && second <= window->to_ms;
}

/* Without a window: the last hour only. */
static int read_window(struct sim_call *call, struct sim_window *w)
{
	int r = sim_window_read(call, "CreateTimeStart", "CreateTimeEnd", w);
	if (!sim_arg(call, "CreateTimeEnd"))
		w->to_ms = call->sim->now.wall_ms;
	if (!sim_arg(call, "CreateTimeStart"))
		w->from_ms = w->to_ms > HOUR_MS ? w->to_ms - HOUR_MS : 0;
	return r;
}

static bool order_matches(const struct sim_call *call, const struct sim_order *order,
			  const struct sim_window *w)
{
	const char *payment = is_refund(order) ? "" : sim_order_status_text(order);
	return sim_is_visible(call, order->created_cloud_ms) &&
	       sim_window_has(w, order->created_wall_ms) &&
	       sim_arg_is(call, "OrderType", order->order_type) &&
	       sim_arg_is(call, "PaymentStatus", payment) &&
	       sim_arg_is(call, "ProductCode", order->product_code) &&
	       sim_arg_is(call, "ProductType", order->product_type) &&
	       sim_arg_is(call, "SubscriptionType", order->prepaid ? "Subscription" : "PayAsYouGo");
}

static const struct sim_order *newest(const struct sim *sim)
{
	if (!sim->orders)
		return NULL;
	return ELMT_FROM_HH(sim->orders->hh.tbl, sim->orders->hh.tbl->tail);
}

int sim_query_orders(struct sim_call *call)
{
	auto_free const void **found = calloc(HASH_COUNT(call->sim->orders) + 1, sizeof(*found));
	struct sim_window w = {0};
	size_t n = 0;
	int r = found ? read_window(call, &w) : -ENOMEM;
	if (r != 0)
		return r;
	for (const struct sim_order *order = newest(call->sim); order; order = order->hh.prev)
		if (order_matches(call, order, &w))
			found[n++] = order;
	answer(call, found, n, add_order);
	return 0;
}

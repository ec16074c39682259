/*
 * BssOpenApi GetOrderDetail and QueryOrders (bssopenapi 3.3, 3.4).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/timefmt.h"
#include "sim_json.h"
#include "sim_operation.h"
#include "sim_operations.h"
#include "sim_page.h"

#define HOUR_MS (60 * SIM_MINUTE_MS)

static void add_time(struct strbuf *out, const char *key, uint64_t wall_ms)
{
	char text[TIMEFMT_SIZE];
	timefmt_iso(wall_ms, text);
	json_text(out, key, text);
}

static void add_amounts(struct strbuf *out, const struct sim_order *order)
{
	static const char *const keys[] = {"PretaxGrossAmount", "PretaxAmount", "PretaxAmountLocal",
					   "AfterTaxAmount"};
	char text[32];
	(void)snprintf(text, sizeof(text), "%" PRIu64 ".%02" PRIu64, order->cents / 100,
		       order->cents % 100);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		json_text(out, keys[i], text);
	json_text(out, "Tax", "0");
	json_text(out, "Currency", "CNY");
	json_text(out, "PaymentCurrency", "CNY");
}

/* The members that both operations show. */
static void add_order(struct sim_call *call, const struct sim_order *order)
{
	struct strbuf *out = &call->out;
	bool unknown = sim_meets(&call->faults, PHASE_READ, FAULT_UNKNOWN_STATUS);
	json_text(out, "OrderId", order->id);
	json_text(out, "RelatedOrderId", "");
	json_text(out, "OrderType", order->order_type);
	json_text(out, "PaymentStatus",
		  unknown ? sim_unknown_word(call) : sim_order_status_text(order));
	add_time(out, "CreateTime", order->created_wall_ms);
	if (order->status == ORDER_PAID)
		add_time(out, "PaymentTime", order->paid_wall_ms);
	json_text(out, "ProductCode", "eds");
	json_text(out, "ProductType", "eds_aic");
	json_text(out, "CommodityCode",
		  order->is_network ? "eds_aic_bandwidth" : "eds_aic_instance");
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

static void add_detail(struct sim_call *call, const struct sim_order *order)
{
	struct strbuf *out = &call->out;
	char text[12];
	(void)snprintf(text, sizeof(text), "%u", order->count);
	add_order(call, order);
	json_text(out, "SubOrderId", order->sub_id);
	json_text(out, "OrderSubType", "ProductSubOrder");
	json_text(out, "Quantity", text);
	json_text(out, "Region", order->region);
	add_instance_ids(out, order);
	json_text(out, "Config", "");
	json_text(out, "OriginalConfig", "");
	json_text(out, "Operator", "");
	json_literal(out, ",\"ExtendInfos\":{}");
}

static void begin_data(struct strbuf *out, int64_t page_num, int64_t page_size, size_t total)
{
	json_literal(out, ",\"Data\":{\"HostName\":\"sim\"");
	json_int(out, "PageNum", page_num);
	json_int(out, "PageSize", page_size);
	json_int(out, "TotalCount", (int64_t)total);
	json_literal(out, ",\"OrderList\":{\"Order\":[");
}

static size_t shown_total(const struct sim_call *call, size_t total)
{
	if (sim_meets(&call->faults, PHASE_READ, FAULT_EMPTY_LIST))
		return 0;
	return sim_meets(&call->faults, PHASE_READ, FAULT_WRONG_TOTAL) ? total + 1 : total;
}

/* An order just made may not be readable at once (bssopenapi 3.3). */
static bool is_visible(const struct sim_call *call, const struct sim_order *order)
{
	const struct sim_verdict *faults = &call->faults;
	if (sim_meets(faults, PHASE_READ, FAULT_EMPTY_LIST))
		return false;
	return !sim_meets(faults, PHASE_READ, FAULT_LIST_LAG) ||
	       call->sim->cloud_ms - order->created_cloud_ms >= faults->phase[PHASE_READ].ms;
}

int sim_get_order_detail(struct sim_call *call)
{
	const struct sim_order *order = sim_find_order(call->sim, sim_arg(call, "OrderId"));
	bool shown = order && is_visible(call, order);
	begin_data(&call->out, 1, 20, shown_total(call, shown));
	if (shown) {
		json_literal(&call->out, "{");
		add_detail(call, order);
		json_literal(&call->out, "}");
	}
	json_literal(&call->out, "]}}");
	return 0;
}

struct window {
	uint64_t from_ms, to_ms;
};

static int read_time(struct sim_call *call, const char *name, uint64_t absent, uint64_t *ret_ms)
{
	const char *text = sim_arg(call, name);
	*ret_ms = absent;
	if (!text || (strlen(text) == 20 && timefmt_parse(text, ret_ms) == 0))
		return 0;
	char code[64];
	(void)snprintf(code, sizeof(code), "Invalid%s", name);
	return sim_refuse(call, 400, code, "%s must read yyyy-MM-ddTHH:mm:ssZ.", name);
}

/* Without a window: the last hour only. */
static int read_window(struct sim_call *call, struct window *w)
{
	uint64_t now = call->sim->now.wall_ms;
	int r = read_time(call, "CreateTimeEnd", now, &w->to_ms);
	if (r == 0)
		r = read_time(call, "CreateTimeStart", w->to_ms > HOUR_MS ? w->to_ms - HOUR_MS : 0,
			      &w->from_ms);
	return r;
}

static bool says(const struct sim_call *call, const char *name, const char *value)
{
	const char *wanted = sim_arg(call, name);
	return !wanted || !*wanted || strcmp(wanted, value) == 0;
}

static bool order_matches(const struct sim_call *call, const struct sim_order *order,
			  const struct window *w)
{
	uint64_t second = order->created_wall_ms / 1000 * 1000; /* as it is shown */
	return is_visible(call, order) && second >= w->from_ms / 1000 * 1000 &&
	       second <= w->to_ms && says(call, "OrderType", order->order_type) &&
	       says(call, "PaymentStatus", sim_order_status_text(order)) &&
	       says(call, "ProductCode", "eds") && says(call, "ProductType", "eds_aic") &&
	       says(call, "SubscriptionType", order->prepaid ? "Subscription" : "PayAsYouGo");
}

static const struct sim_order *newest(const struct sim *sim)
{
	if (!sim->orders)
		return NULL;
	return ELMT_FROM_HH(sim->orders->hh.tbl, sim->orders->hh.tbl->tail);
}

int sim_query_orders(struct sim_call *call)
{
	struct window w = {0};
	int64_t num = sim_arg_int(call, "PageNum", 1), size = sim_arg_int(call, "PageSize", 20);
	size_t total = 0, first = (size_t)((num - 1) * size);
	int r = read_window(call, &w);
	if (r != 0)
		return r;
	for (const struct sim_order *order = newest(call->sim); order; order = order->hh.prev)
		total += order_matches(call, order, &w);
	begin_data(&call->out, num, size, shown_total(call, total));
	if (sim_meets(&call->faults, PHASE_READ, FAULT_MISSING_PAGE))
		first += (size_t)size;
	size_t row = 0;
	for (const struct sim_order *order = newest(call->sim); order; order = order->hh.prev) {
		if (!order_matches(call, order, &w))
			continue;
		if (row >= first && row < first + (size_t)size) {
			json_comma(&call->out);
			json_literal(&call->out, "{");
			add_order(call, order);
			json_literal(&call->out, "}");
		}
		row++;
	}
	json_literal(&call->out, "]}}");
	return 0;
}

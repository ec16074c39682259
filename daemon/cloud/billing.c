#include "cloud/billing.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/money.h"
#include "base/timefmt.h"
#include "cloud/fields.h"
#include "cloud/json.h"
#include "model/observed.h"

#define ROW(name, member) FIELD(billing_row, FIELD_TEXT, name, member)

static const struct field row_fields[] = {
	FIELD(billing_row, FIELD_ID, "OrderId", order_id),
	ROW("SubOrderId", sub_order_id),
	ROW("OrderType", type),
	ROW("PaymentStatus", status),
	ROW("CreateTime", created),
	ROW("PaymentTime", paid),
	ROW("ProductCode", product_code),
	ROW("ProductType", product_type),
	ROW("CommodityCode", commodity),
	ROW("Region", region),
	ROW("Quantity", quantity),
	ROW("AfterTaxAmount", amount),
	ROW("Currency", currency),
	ROW("InstanceIDs", instances),
};
static const struct field_table row_table = FIELD_TABLE(billing_row, row_fields);

int billing_encode_order(const char *order_id, struct params *ret)
{
	return order_id && *order_id ? params_set(ret, "OrderId", order_id) : -EINVAL;
}

int billing_row_decode(const cJSON *row, struct billing_row *ret)
{
	return fields_decode(&row_table, row, ret);
}

enum order_status billing_status(const char *text)
{
	static const struct {
		const char *word;
		enum order_status status;
	} words[] = {{"unpaid", ORDER_UNPAID},
		     {"paid", ORDER_PAID},
		     {"cancelled", ORDER_CANCELLED},
		     {"canceled", ORDER_CANCELLED}};
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasecmp(text, words[i].word) == 0)
			return words[i].status;
	return ORDER_UNKNOWN;
}

/* --- one order --- */

#define ORDER_IDS_MAX 1000 /* no order of ours funds more */

/* How much a sub-order's word says about the whole: the highest wins. */
static int weight(enum order_status status)
{
	static const int weights[ORDER_STATUS_MAX_] = {
		[ORDER_PAID] = 0, [ORDER_UNPAID] = 1, [ORDER_UNKNOWN] = 2, [ORDER_CANCELLED] = 3};
	return weights[status];
}

static int add_instances(const cJSON *array, struct text_list *ids)
{
	json_each(item, array)
	{
		const char *id = json_item_text(item);
		if (ids->n >= ORDER_IDS_MAX)
			break;
		int r = observed_is_id(id) && !text_list_has(ids, id) ? text_list_add(ids, id) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

/* The member is JSON inside a string; what cannot be read names nothing (for an unpaid
 * order its content is not documented). */
static int parse_instances(const char *text, struct text_list *ids)
{
	cJSON *array = *text == '[' ? cJSON_Parse(text) : NULL;
	int r = add_instances(array, ids);
	cJSON_Delete(array);
	return r;
}

static int add_row(const struct billing_row *row, size_t index, struct billing_order *order)
{
	enum order_status status = billing_status(row->status);
	if (index == 0 || weight(status) > weight(order->status)) {
		order->status = status;
		order->status_text = row->status;
	}
	if (index == 0) {
		order->amount = row->amount;
		(void)timefmt_parse(row->created, &order->created_ms);
	} else { /* adding decimals up is the console's business */
		order->amount = "";
	}
	order->currency = row->currency;
	return parse_instances(row->instances, &order->instances);
}

/* Refund orders have no payment status and say nothing about the purchase. */
static bool is_refund(const struct billing_row *row)
{
	return !*row->status && strcasecmp(row->type, "Refund") == 0;
}

static int add_rows(const cJSON *rows, const char *order_id, struct billing_order *order)
{
	size_t n = 0;
	json_each(item, rows)
	{
		struct billing_row row;
		int r = billing_row_decode(item, &row);
		if (r == 0 && strcmp(row.order_id, order_id) != 0)
			r = -EBADMSG;
		if (r == 0 && !is_refund(&row))
			r = add_row(&row, n++, order);
		if (r < 0)
			return r;
	}
	return n > 0 ? BILLING_OK : BILLING_NOT_YET;
}

int billing_decode_order(const cJSON *root, const char *order_id, struct billing_order *ret)
{
	struct billing_order order = {.status_text = "", .amount = "", .currency = ""};
	const cJSON *data = json_object(root, "Data");
	const cJSON *rows = json_get(json_object(data, "OrderList"), "Order");
	if (!data || (rows && !cJSON_IsArray(rows)))
		return -EBADMSG;
	int r = add_rows(rows, order_id, &order);
	/* Sub-orders that the reply leaves out could be the unpaid ones. */
	if (order.status == ORDER_PAID &&
	    json_int_or(data, "TotalCount", 0) > cJSON_GetArraySize(rows))
		order.status = ORDER_UNKNOWN;
	if (r == BILLING_OK)
		*ret = order;
	else
		billing_order_fini(&order);
	return r;
}

void billing_order_fini(struct billing_order *order)
{
	text_list_fini(&order->instances);
}

/* --- the account --- */

int billing_decode_balance(const cJSON *root, int64_t *ret_micro, const char **ret_currency)
{
	const cJSON *data = json_object(root, "Data");
	const char *currency = json_text(data, "Currency");
	if (!*currency || money_parse(json_text(data, "AvailableAmount"), ret_micro) < 0)
		return -EBADMSG;
	*ret_currency = currency;
	return 0;
}

/* --- lists of orders --- */

int billing_encode_query(const struct billing_query *query, struct params *ret)
{
	char from[TIMEFMT_SIZE], to[TIMEFMT_SIZE];
	if (query->from_ms == 0 || query->to_ms < query->from_ms)
		return -EINVAL;
	timefmt_iso(query->from_ms, from);
	timefmt_iso(query->to_ms, to);
	int r = params_set(ret, "CreateTimeStart", from);
	if (r == 0)
		r = params_set(ret, "CreateTimeEnd", to);
	if (r == 0 && query->status)
		r = params_set(ret, "PaymentStatus", query->status);
	if (r == 0 && query->type)
		r = params_set(ret, "OrderType", query->type);
	return r < 0 ? r : params_set_int(ret, "PageSize", BILLING_PAGE_SIZE);
}

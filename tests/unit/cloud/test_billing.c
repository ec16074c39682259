#include "replies.h"

#include <errno.h>

#include "base/cleanup.h"
#include "cloud/billing.h"
#include "cloud/page.h"

static const cJSON *order(void **state, const char *rows)
{
	char text[4096];
	(void)snprintf(text, sizeof(text),
		       "{\"Code\":\"Success\",\"Success\":true,\"Data\":{\"TotalCount\":1,"
		       "\"OrderList\":{\"Order\":%s}}}",
		       rows);
	return reply_text(state, text);
}

#define SUB(status) "{\"OrderId\":\"34534253240001234567\",\"PaymentStatus\":" status "}"
#define ID "34534253240001234567"

static void the_sub_orders_decide_together(void **state)
{
	static const struct {
		const char *rows;
		enum order_status status;
	} cases[] = {
		{"[" SUB("\"Unpaid\"") "]", ORDER_UNPAID},
		{"[" SUB("\"Paid\"") "]", ORDER_PAID},
		{"[" SUB("\"Cancelled\"") "]", ORDER_CANCELLED},
		{"[" SUB("\"canceled\"") "]", ORDER_CANCELLED},
		{"[" SUB("\"PAID\"") "," SUB("\"paid\"") "]", ORDER_PAID},
		{"[" SUB("\"Paid\"") "," SUB("\"unpaid\"") "]", ORDER_UNPAID},
		{"[" SUB("\"Unpaid\"") "," SUB("\"Paid\"") "]", ORDER_UNPAID},
		{"[" SUB("\"Paid\"") "," SUB("\"Cancelled\"") "]", ORDER_CANCELLED},
		{"[" SUB("\"Cancelled\"") "," SUB("\"Paying\"") "]", ORDER_CANCELLED},
		{"[" SUB("\"Paying\"") "]", ORDER_UNKNOWN},
		{"[" SUB("\"Paid\"") "," SUB("null") "]", ORDER_UNKNOWN},
		{"[" SUB("\"Paid\"") ",{\"OrderId\":\"" ID "\",\"OrderType\":\"Refund\"}]",
		 ORDER_PAID},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct billing_order o;
		assert_int_equal(billing_decode_order(order(state, cases[i].rows), ID, &o),
				 BILLING_OK);
		if (o.status != cases[i].status)
			fail_msg("%s: %d", cases[i].rows, o.status);
		billing_order_fini(&o);
	}
}

static void the_word_of_the_cloud_is_kept(void **state)
{
	struct billing_order o;
	assert_int_equal(
		billing_decode_order(order(state, "[" SUB("\"Paid\"") "," SUB("\"Paying\"") "]"),
				     ID, &o),
		BILLING_OK);
	assert_string_equal(o.status_text, "Paying");
	billing_order_fini(&o);
}

static void ids_amounts_and_instances_are_text(void **state)
{
	struct billing_order o;
	const cJSON *root = order(
		state,
		"[{\"OrderId\":34534253240001234567,\"PaymentStatus\":\"Unpaid\","
		"\"AfterTaxAmount\":\"1,066.10\",\"Currency\":\"CNY\",\"CreateTime\":"
		"\"2026-06-08T09:41:30Z\",\"InstanceIDs\":\"[\\\"acp-1\\\",\\\"acp-2\\\"]\"}]");
	assert_int_equal(billing_decode_order(root, ID, &o), BILLING_OK);
	assert_string_equal(o.amount, "1,066.10");
	assert_string_equal(o.currency, "CNY");
	assert_true(o.created_ms == UINT64_C(1780911690000));
	assert_int_equal(o.instances.n, 2);
	assert_string_equal(o.instances.items[1], "acp-2");
	billing_order_fini(&o);
}

static void unreadable_instances_name_nothing(void **state)
{
	static const char *const texts[] = {"[]", "", "null", "[\\\"acp-1\\\"", "acp-1", "[[1]]"};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		char rows[200];
		struct billing_order o;
		(void)snprintf(rows, sizeof(rows),
			       "[{\"OrderId\":\"" ID "\",\"PaymentStatus\":\"Paid\","
			       "\"InstanceIDs\":\"%s\"}]",
			       texts[i]);
		assert_int_equal(billing_decode_order(order(state, rows), ID, &o), BILLING_OK);
		assert_int_equal(o.instances.n, 0);
		billing_order_fini(&o);
	}
}

static void an_empty_list_means_not_yet(void **state)
{
	struct billing_order o = {.status = ORDER_STATUS_MAX_};
	assert_int_equal(billing_decode_order(order(state, "[]"), ID, &o), BILLING_NOT_YET);
	assert_int_equal(billing_decode_order(order(state, "null"), ID, &o), BILLING_NOT_YET);
	assert_int_equal(billing_decode_order(reply_text(state, "{\"Data\":{}}"), ID, &o),
			 BILLING_NOT_YET);
	assert_int_equal(o.status, ORDER_STATUS_MAX_);
}

static void what_is_not_this_order_is_undecodable(void **state)
{
	struct billing_order o;
	static const char *const rows[] = {
		"[{\"OrderId\":\"1\",\"PaymentStatus\":\"Paid\"}]",
		"[" SUB("\"Paid\"") ",{\"OrderId\":\"1\",\"PaymentStatus\":\"Paid\"}]",
		"[{\"PaymentStatus\":\"Paid\"}]", "[5]", "{\"OrderId\":\"" ID "\"}"};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(billing_decode_order(order(state, rows[i]), ID, &o), -EBADMSG);
	assert_int_equal(billing_decode_order(reply_text(state, "{}"), ID, &o), -EBADMSG);
	assert_int_equal(billing_decode_order(NULL, ID, &o), -EBADMSG);
}

static void paid_needs_every_sub_order_to_be_there(void **state)
{
	struct billing_order o;
	const cJSON *root =
		reply_text(state, "{\"Data\":{\"TotalCount\":2,\"OrderList\":{\"Order\":"
				  "[" SUB("\"Paid\"") "]}}}");
	assert_int_equal(billing_decode_order(root, ID, &o), BILLING_OK);
	assert_int_equal(o.status, ORDER_UNKNOWN);
	billing_order_fini(&o);
}

static void a_query_always_has_its_window(void **state)
{
	(void)state;
	auto_params struct params p = {0}, bad = {0}, one = {0};
	struct billing_query q = {.from_ms = UINT64_C(1780911690000),
				  .to_ms = UINT64_C(1780911691000),
				  .status = "Unpaid",
				  .type = "New"};
	assert_int_equal(billing_encode_query(&q, &p), 0);
	auto_free char *text = params_text(&p);
	assert_string_equal(text, "CreateTimeEnd=2026-06-08T09%3A41%3A31Z"
				  "&CreateTimeStart=2026-06-08T09%3A41%3A30Z&OrderType=New"
				  "&PageSize=100&PaymentStatus=Unpaid");
	q.to_ms = 1;
	assert_int_equal(billing_encode_query(&q, &bad), -EINVAL);
	q.from_ms = 0;
	assert_int_equal(billing_encode_query(&q, &bad), -EINVAL);
	assert_int_equal(billing_encode_order(ID, &one), 0);
	assert_string_equal(params_get(&one, "OrderId"), ID);
	assert_int_equal(billing_encode_order("", &one), -EINVAL);
}

static void a_list_of_orders_is_a_page(void **state)
{
	struct page page;
	const cJSON *root = order(state, "[" SUB("\"Paid\"") "]");
	assert_int_equal(page_decode(OP_QUERY_ORDERS, root, &page), 0);
	assert_int_equal(page.n, 1);
	assert_int_equal(page.total, 1);
	assert_string_equal(page_row_id(OP_QUERY_ORDERS, page.rows->child), ID);
	struct billing_row row;
	assert_int_equal(billing_row_decode(page.rows->child, &row), 0);
	assert_string_equal(row.status, "Paid");
	assert_int_equal(
		page_decode(OP_QUERY_ORDERS, reply_text(state, "{\"Code\":\"Success\"}"), &page),
		-EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		REPLY_CASE(the_sub_orders_decide_together),
		REPLY_CASE(the_word_of_the_cloud_is_kept),
		REPLY_CASE(ids_amounts_and_instances_are_text),
		REPLY_CASE(unreadable_instances_name_nothing),
		REPLY_CASE(an_empty_list_means_not_yet),
		REPLY_CASE(what_is_not_this_order_is_undecodable),
		REPLY_CASE(paid_needs_every_sub_order_to_be_there),
		REPLY_CASE(a_query_always_has_its_window),
		REPLY_CASE(a_list_of_orders_is_a_page),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
